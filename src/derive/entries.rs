//! Lists of entries in a template: headings that repeat with another number, or that begin with a day to be written, and
//! lines under a heading that do.

use crate::derive::Template;
use crate::derive::blanks::{Shaped, blanks, literal, shape};
use crate::derive::tasks::Tasks;
use crate::derive::yaml::{Writer, list, quoted};
use crate::document::{Body, Section};

/// A list of entries.
pub(super) struct List {
    name: String,
    called: String,
    under: Option<String>,
    blocks: String,
    shaped: Shaped,
    parts: Vec<String>,
    places: Vec<usize>,
    remark: &'static str,
}

impl List {
    /// Whether a section is one of its entries.
    pub(super) fn holds(&self, section: usize) -> bool {
        self.places.contains(&section)
    }
}

/// Reads the lists.
pub(super) fn read(template: &Template, tasks: Option<&Tasks>) -> Vec<List> {
    let sections = &template.parsed.sections;
    let mut groups: Vec<(String, Vec<(usize, Shaped)>)> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        if Some(at) == template.title || in_phase(sections, at, tasks) {
            continue;
        }
        let shaped = shape(section.title.text.trim(), &template.legend, true);
        let Some(first) = shaped.shapes.first() else { continue };
        let key = format!("{} {:?} {}", section.level, section.parent, without_names(first));
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, list)) => list.push((at, shaped)),
            None => groups.push((key, vec![(at, shaped)])),
        }
    }
    let mut lists: Vec<List> = Vec::new();
    for (_, group) in groups {
        let Some((first, shaped)) = group.first().cloned() else { continue };
        // Of several the plainest: what one of them says in its blank is not what all say.
        let shaped =
            group.iter().map(|(_, shaped)| shaped).min_by_key(|one| one.shapes[0].len()).unwrap_or(&shaped).clone();
        let open = shaped.shapes[0].contains('{');
        let tells =
            shaped.dated || shaped.words.chars().any(char::is_alphabetic) || shaped.shapes[0].contains(":step}");
        if !open || !tells || !(shaped.dated || group.len() > 1) {
            continue;
        }
        let places: Vec<usize> = group.iter().map(|(at, _)| *at).collect();
        let parent = sections[first].parent.filter(|at| Some(*at) != template.title);
        lists.push(List {
            under: parent.and_then(|at| heading(template, &sections[at])),
            blocks: format!("heading {}", sections[first].level),
            parts: parts(template, &places),
            remark: if shaped.dated { "" } else { "  # guessed: the template repeats this heading" },
            ..named(&lists, shaped, places)
        });
    }
    lines(template, &mut lists);
    lists
}

/// Lines that begin with a day to be written.
fn lines(template: &Template, lists: &mut Vec<List>) {
    for block in &template.parsed.blocks {
        let sort = match &block.body {
            Body::Item { depth: 0, checkbox: None, .. } => "item",
            Body::Paragraph if block.line.text.starts_with("**") => "bold",
            _ => continue,
        };
        let shaped = shape(block.plain.text.trim(), &template.legend, false);
        let Some(at) =
            block.section.filter(|at| shaped.dated && Some(*at) != template.title && !shaped.shapes.is_empty())
        else {
            continue;
        };
        let under = heading(template, &template.parsed.sections[at]);
        if under.is_none() || lists.iter().any(|list| list.under == under || list.holds(at)) {
            continue;
        }
        lists.push(List { under, blocks: sort.to_owned(), ..named(lists, shaped, Vec::new()) });
    }
}

fn named(lists: &[List], shaped: Shaped, places: Vec<usize>) -> List {
    let words: Vec<String> = shaped
        .words
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| word.len() > 1)
        .take(2)
        .map(str::to_lowercase)
        .collect();
    let base = if words.is_empty() || shaped.dated { "entries".to_owned() } else { words.join("-") };
    let mut name = base.clone();
    let mut count = 1;
    while lists.iter().any(|list| list.name == name) {
        count += 1;
        name = format!("{base}-{count}");
    }
    let called = if base == "entries" { "entry".to_owned() } else { words.join(" ") };
    List { name, called, under: None, blocks: String::new(), shaped, parts: Vec::new(), places, remark: "" }
}

fn in_phase(sections: &[Section], at: usize, tasks: Option<&Tasks>) -> bool {
    let Some(tasks) = tasks else { return false };
    let mut at = Some(at);
    while let Some(section) = at {
        if tasks.is_phase(section) {
            return true;
        }
        at = sections[section].parent;
    }
    false
}

/// A heading that entries stand under, as a selector names it; none where it has blanks itself.
fn heading(template: &Template, section: &Section) -> Option<String> {
    let title = section.title.text.trim();
    let title = title.split(" (").next().unwrap_or(title).split(" *(").next().unwrap_or(title);
    blanks(title, &template.legend).is_empty().then(|| literal(title))
}

/// The bold labels under these headings, each once.
fn parts(template: &Template, places: &[usize]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for place in places {
        let span = template.parsed.sections[*place].span;
        for label in template.parsed.labels.iter().filter(|label| span.contains(label.span)) {
            let name = label.name.trim().trim_end_matches(':');
            let fits = name.chars().all(|c| c.is_alphanumeric() || " -/'&".contains(c)) && name.len() < 40;
            if fits && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// A shape without the names of its holes, so that headings that differ only in their blanks are one.
fn without_names(shape: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for char in shape.chars() {
        match char {
            '{' => {
                inside = true;
                bare.push('{');
            }
            '}' => inside = false,
            _ if inside => {}
            other => bare.push(other),
        }
    }
    bare
}

pub(super) fn write(out: &mut Writer, lists: &[List]) {
    if lists.is_empty() {
        return;
    }
    out.line("entries:");
    for entries in lists {
        out.line(&format!("  {}:{}", entries.name, entries.remark));
        if let Some(under) = &entries.under {
            out.line(&format!("    under: {}", quoted(&format!("section {under}"))));
        }
        out.line(&format!("    called: {}", quoted(&entries.called)));
        out.line(&format!("    as: {}", entries.blocks));
        out.line("    shapes:");
        for shape in &entries.shaped.shapes {
            out.line(&format!("      - {}", quoted(shape)));
        }
        if entries.shaped.dated {
            out.line("    near: \"{when:date}\"  # what begins so is meant to be an entry");
            out.line("    # order: ascending  # when the oldest stands first");
        }
        if !entries.parts.is_empty() {
            out.line(&format!("    parts: {{ optional: {} }}", list(entries.parts.iter().map(String::as_str))));
        }
    }
}
