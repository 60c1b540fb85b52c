//! The grammar of a template's task lines, and the headings that group them.

use std::sync::LazyLock;

use regex::Regex;

use crate::derive::Template;
use crate::derive::blanks::literal;
use crate::derive::yaml::{Writer, list, quoted};
use crate::document::{Body, Section};

/// `T001 …`, `T-01: …`, `TXXX …`.
static TASK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Z]{1,5}?-?)(\d{1,4}|X{2,4})[a-z]?:?\s+(.+)$").expect("a fixed expression"));
/// `[P]`, `[M1]` before the description.
static BRACKET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\[([A-Z]{1,5})(\d*)\]\s*").expect("a fixed expression"));
/// `Phase 3: …`, `Phase N - …`.
static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\p{L}+) (?:\d+(?:\.\d+)?|[NX])(?::| [-–—])\s*(.+)$").expect("a fixed expression"));
/// `(depends on T011)`.
static DEPENDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(([a-z][a-z ]+?) [A-Z]{1,5}-?\d").expect("a fixed expression"));

/// A heading that groups tasks.
struct Phase {
    shapes: Vec<String>,
    role: &'static str,
    blocks: bool,
    parts: Vec<String>,
}

/// The grammar.
pub(super) struct Tasks {
    prefix: String,
    digits: usize,
    grammar: String,
    markers: Vec<(String, bool)>,
    label: Option<String>,
    /// What a label stands for, as headings say it.
    group: Option<String>,
    depends: Vec<String>,
    phases: Vec<Phase>,
    places: Vec<usize>,
    any: Vec<String>,
    /// Descriptions of the template's tasks.
    pub(super) samples: Vec<String>,
    /// IDs that are no numbers: `TXXX`.
    pub(super) blank_ids: Vec<String>,
    /// Headings with a letter for their number: `Phase N:`.
    pub(super) blank_numbers: Vec<String>,
}

impl Tasks {
    /// Whether a section groups tasks.
    pub(super) fn is_phase(&self, section: usize) -> bool {
        self.places.contains(&section)
    }

    /// Shapes that every such heading fits.
    pub(super) fn any_phase(&self) -> Vec<String> {
        let own = self.phases.iter().filter(|_| self.any.is_empty()).flat_map(|phase| phase.shapes.clone());
        self.any.iter().cloned().chain(own).collect()
    }

    /// A heading as a shape: the number of a group is that of one document.
    pub(super) fn without_group(&self, title: &str) -> String {
        let Some(group) = &self.group else { return literal(title) };
        let Some(at) = title.find(&format!("{group} ")) else { return literal(title) };
        let rest = &title[at + group.len() + 1..];
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        if digits == 0 {
            return literal(title);
        }
        format!("{}{{group:number}}{}", literal(&title[..at + group.len() + 1]), literal(&rest[digits..]))
    }

    pub(super) fn write(&self, out: &mut Writer) {
        let least = self.digits.max(1);
        out.line("tasks:");
        out.line("  # Guessed: a gap, a letter or one more digit is as good.");
        out.line(&format!(
            "  id: '{}-?\\d{{{},{}}}(?:\\.\\d+)?[A-Za-z]?'",
            self.prefix.trim_end_matches('-'),
            least.min(2),
            least + 1
        ));
        out.line(&format!("  grammar: {}", quoted(&self.grammar)));
        out.line("  states: { open: \" \", done: \"xX\", skipped: \"-~/>\" }");
        let meant: Vec<String> = self
            .markers
            .iter()
            .map(|(marker, parallel)| format!("{marker}: {}", if *parallel { "parallel" } else { "marker" }))
            .collect();
        if !meant.is_empty() {
            out.line(&format!("  markers: {{ {} }}", meant.join(", ")));
        }
        if let Some(label) = &self.label {
            out.line(&format!("  label: {}", quoted(&format!("{label}{{group:step}}{{?.{{part:int}}}}"))));
            if let Some(group) = &self.group {
                out.line(&format!("  label-called: {}", quoted(&group.to_lowercase())));
            }
        }
        if !self.depends.is_empty() {
            out.line(&format!("  depends: {}", list(self.depends.iter().map(String::as_str))));
        }
        if self.phases.is_empty() {
            return;
        }
        out.line("phases:  # the first that fits wins");
        for phase in &self.phases {
            out.line("  - heading:");
            for shape in &phase.shapes {
                out.line(&format!("      - {}", quoted(shape)));
            }
            out.line(&format!("    role: {}", phase.role));
            if phase.blocks {
                out.line("    blocks: later");
            }
            if !phase.parts.is_empty() {
                out.line(&format!("    parts: {}", list(phase.parts.iter().map(String::as_str))));
            }
        }
        if !self.any.is_empty() {
            out.line(&format!("  - {{ heading: {}, role: any }}", list(self.any.iter().map(String::as_str))));
        }
    }
}

/// One task line of the template.
struct Sample {
    prefix: String,
    number: String,
    markers: Vec<String>,
    label: Option<(String, String)>,
    description: String,
    section: Option<usize>,
}

fn samples(template: &Template) -> Vec<Sample> {
    let boxes =
        template.parsed.blocks.iter().filter(|block| matches!(block.body, Body::Item { checkbox: Some(_), .. }));
    let lines = boxes.filter_map(|block| Some((block.section, TASK.captures(block.plain.text.trim())?)));
    lines
        .map(|(section, found)| {
            let mut rest = found.get(3).map_or("", |rest| rest.as_str());
            let (mut markers, mut label) = (Vec::new(), None);
            while let Some(bracket) = BRACKET.captures(rest) {
                if bracket[2].is_empty() {
                    markers.push(bracket[1].to_owned());
                } else {
                    label = Some((bracket[1].to_owned(), bracket[2].to_owned()));
                }
                rest = &rest[bracket[0].len()..];
            }
            let (prefix, number) = (found[1].to_owned(), found[2].to_owned());
            Sample { prefix, number, markers, label, description: rest.trim().to_owned(), section }
        })
        .collect()
}

/// Reads the grammar; `None` if the template has no task lines with IDs.
pub(super) fn read(template: &Template) -> Option<Tasks> {
    let samples = samples(template);
    let real: Vec<&Sample> = samples.iter().filter(|sample| !sample.number.starts_with('X')).collect();
    let first = real.first().filter(|_| real.len() > 1)?;
    let of_prefix: Vec<&Sample> = samples.iter().filter(|sample| sample.prefix == first.prefix).collect();
    let fullest = real.iter().max_by_key(|sample| sample.markers.len() + usize::from(sample.label.is_some()))?;
    let mut grammar = format!("- [ ] {}{}", fullest.prefix, fullest.number);
    fullest.markers.iter().for_each(|marker| grammar += &format!(" [{marker}]"));
    if let Some((letters, number)) = &fullest.label {
        grammar += &format!(" [{letters}{number}]");
    }
    grammar += " Description";
    let mut markers: Vec<(String, bool)> = Vec::new();
    for marker in of_prefix.iter().flat_map(|sample| &sample.markers) {
        if !markers.iter().any(|(known, _)| known == marker) {
            markers.push((marker.clone(), means_parallel(template, marker)));
        }
    }
    let label = of_prefix.iter().find_map(|sample| sample.label.as_ref()).map(|(letters, _)| letters.clone());
    let mut depends: Vec<String> =
        of_prefix.iter().filter_map(|sample| Some(DEPENDS.captures(&sample.description)?[1].to_owned())).collect();
    depends.sort();
    depends.dedup();
    let mut blank_ids: Vec<String> = of_prefix
        .iter()
        .filter(|sample| sample.number.starts_with('X'))
        .map(|sample| format!("{}{}", sample.prefix, sample.number))
        .collect();
    blank_ids.dedup();
    let mut tasks = Tasks {
        prefix: first.prefix.clone(),
        digits: first.number.len(),
        grammar,
        markers,
        label,
        group: None,
        depends,
        phases: Vec::new(),
        places: Vec::new(),
        any: Vec::new(),
        samples: of_prefix
            .iter()
            .filter(|sample| !sample.number.starts_with('X'))
            .map(|sample| sample.description.clone())
            .collect(),
        blank_ids,
        blank_numbers: Vec::new(),
    };
    tasks.samples.sort();
    tasks.samples.dedup();
    phases(template, &of_prefix, &mut tasks);
    Some(tasks)
}

/// Whether the template explains a marker with the word.
fn means_parallel(template: &Template, marker: &str) -> bool {
    let mark = format!("[{marker}]");
    template
        .parsed
        .blocks
        .iter()
        .any(|block| block.line.text.contains(&mark) && block.line.text.to_lowercase().contains("parallel"))
}

/// The section that groups the tasks under a heading: the nearest numbered one, else the one below the title.
fn phase_of(template: &Template, section: usize) -> usize {
    let sections = &template.parsed.sections;
    let mut at = section;
    loop {
        if NUMBERED.is_match(sections[at].title.text.trim()) || sections[at].level <= template.level {
            return at;
        }
        match sections[at].parent {
            Some(parent) if Some(parent) != template.title => at = parent,
            _ => return at,
        }
    }
}

fn phases(template: &Template, samples: &[&Sample], tasks: &mut Tasks) {
    let sections = &template.parsed.sections;
    let mut places: Vec<usize> =
        samples.iter().filter_map(|sample| sample.section).map(|at| phase_of(template, at)).collect();
    places.dedup();
    tasks.places.clone_from(&places);
    let mut grouped: Vec<usize> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for place in &places {
        let title = sections[*place].title.text.trim();
        let Some(found) = NUMBERED.captures(title) else {
            let name = title.split(" (").next().unwrap_or(title);
            tasks.phases.push(Phase { shapes: vec![literal(name)], role: "any", blocks: false, parts: Vec::new() });
            continue;
        };
        let (word, rest) = (&found[1], &found[2]);
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
        if title[word.len()..].trim_start().starts_with(['N', 'X']) {
            tasks.blank_numbers.push(title[..word.len() + 3.min(title.len() - word.len())].trim().to_owned());
        }
        let own = samples.iter().filter(|sample| sample.section.is_some_and(|at| phase_of(template, at) == *place));
        let number = own.clone().find_map(|sample| sample.label.as_ref()).map(|(_, number)| number);
        if let Some(number) = number {
            grouped.push(*place);
            tasks.group = tasks.group.take().or_else(|| word_before(rest, number));
            continue;
        }
        let name = rest.split([' ', ':', '(']).next().unwrap_or(rest);
        let shapes = vec![
            format!("{word} {{n:word}}: {}{{rest?}}", literal(name)),
            format!("{word} {{n:word}} {{:dash}} {}{{rest?}}", literal(name)),
        ];
        let role = if tasks.label.is_some() { "shared" } else { "any" };
        // A phase that says so holds up all that come later.
        let blocks = rest.to_lowercase().contains("block");
        tasks.phases.push(Phase { shapes, role, blocks, parts: Vec::new() });
    }
    if let (Some(word), Some(group)) = (words.first(), &tasks.group) {
        let mut shapes = Vec::new();
        for between in [":", " {:dash}"] {
            for after in [": {title}", " {:dash} {title}", "{rest?}"] {
                shapes.push(format!("{word} {{n:number}}{between} {} {{group:step}}{after}", literal(group)));
            }
            shapes.push(format!("{word} {{n:number}}{between} {}{{(s)?}} {{groups:ints}}{{rest?}}", literal(group)));
        }
        let parts = parts(template, &grouped);
        tasks.phases.push(Phase { shapes, role: "group", blocks: false, parts });
    }
    for word in &words {
        tasks.any.push(format!("{word} {{n:word}}: {{title}}"));
        tasks.any.push(format!("{word} {{n:word}} {{:dash}} {{title}}"));
    }
}

/// The word that stands before a number.
fn word_before(text: &str, number: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| word.trim_end_matches([':', '-', '.']) == number)?;
    // Several words may name a group, as far as they are capitalized.
    let begin = words[..at].iter().rposition(|word| !word.starts_with(char::is_uppercase)).map_or(0, |at| at + 1);
    let name = words[begin..at].join(" ");
    (!name.is_empty()).then_some(name)
}

/// The labels that all of these sections have, in the order of the first.
fn parts(template: &Template, sections: &[usize]) -> Vec<String> {
    let labels = |section: &Section| -> Vec<String> {
        let span = section.span;
        let within = template.parsed.labels.iter().filter(|label| span.contains(label.span));
        within
            .filter(|label| matches!(template.parsed.blocks[label.block].body, Body::Paragraph))
            .map(|label| label.name.clone())
            .collect()
    };
    let mut lists = sections.iter().map(|at| labels(&template.parsed.sections[*at]));
    let mut all = lists.next().unwrap_or_default();
    for list in lists {
        all.retain(|name| list.contains(name));
    }
    all.dedup();
    all
}
