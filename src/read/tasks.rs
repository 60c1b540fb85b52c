//! Task lines, the phases that hold them, criteria and items with an ID. The reader is tolerant: it takes every spelling
//! that the kind's grammar allows, and keeps what departs from it for the checks.

use std::sync::Arc;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashSet;

use crate::document::{
    Block, Body, Checkbox, Criterion, Document, Item, Line, NearTask, Phase, Task, TaskLabel, TaskState,
};
use crate::pack::Kind;
use crate::pack::compile::TaskRules;
use crate::read::times_of;
use crate::select::regions;
use crate::text::Span;

/// Reads phases and task lines.
pub fn read(document: &mut Document, kind: &Arc<Kind>) {
    let body = kind.body();
    let Some(rules) = &body.tasks else { return };
    find_phases(document, kind);
    let regions = task_regions(document, rules);
    let mut near: Vec<(usize, &'static str, Span, String)> = Vec::new();
    let mut lines = 0;
    let mut ids: FxHashSet<String> = FxHashSet::default();
    // Boxes that only speak of tasks.
    let mut mentions: FxHashSet<usize> = FxHashSet::default();
    for index in 0..document.parsed.blocks.len() {
        let block = &document.parsed.blocks[index];
        let Body::Item { checkbox, depth, .. } = &block.body else { continue };
        if !regions.iter().any(|region| region.contains(block.span)) {
            continue;
        }
        let phase = block.section.and_then(|section| phase_of(document, section));
        match checkbox {
            Some(_) if names_range(&block.line.text, rules) => {
                mentions.insert(index);
            }
            Some(checkbox) => {
                let outer = *depth == 0;
                if let Some(task) = task(block, index, checkbox, rules, phase) {
                    if repeats(&task, &ids, rules) {
                        mentions.insert(index);
                        continue;
                    }
                    ids.insert(task.id.clone());
                    lines += 1;
                    if let Some((case, span)) = ill_formed(&task, rules) {
                        near.push((index, case, span, block.line.text.clone()));
                    }
                    document.tasks.push(task);
                } else if outer {
                    lines += 1;
                    if let Some((case, span)) = nearly(block, rules) {
                        near.push((index, case, span, block.line.text.clone()));
                    }
                }
            }
            // An ID without a box, where tasks stand, was meant as a task.
            None if *depth == 0 && phase.is_some() && strange_box(&block.line, rules).is_some() => {
                let span = strange_box(&block.line, rules).unwrap_or_else(|| block.line.whole());
                near.push((index, "strange-box", span, block.line.text.clone()));
            }
            None if *depth == 0 && phase.is_some() => {
                if let Some(found) = rules.id_at_start.find(&bare_start(&block.plain.text)) {
                    let text = &block.plain.text;
                    let at = text.find(found.as_str()).unwrap_or(0);
                    let follows = text[at + found.len()..].starts_with([' ', ':']);
                    let more = text[at + found.len()..].trim_start_matches([':', ' ']);
                    // A line of nothing but IDs and dashes is a list of dependencies.
                    if follows && !more.is_empty() && !more.starts_with(['→', '-', '–', ',', '<', '(', '~', '&', '+'])
                    {
                        near.push((index, "no-box", block.line.whole(), block.line.text.clone()));
                    }
                }
            }
            None => {}
        }
    }
    let lost = lost_ids(document, &regions, &near);
    near.extend(lost.into_iter().filter(|(index, ..)| !mentions.contains(index)));
    near.sort_by_key(|(index, ..)| *index);
    let with_id = document.tasks.len();
    if lines > 0 && with_id * 100 >= lines * rules.format.share {
        document.near_tasks = near.into_iter().map(|(_, case, span, text)| NearTask { case, span, text }).collect();
    } else if with_id > 0 {
        // Too few lines have an ID to say that the others lack one; what is plainly meant as an ID is still faulted.
        document.near_tasks = near
            .into_iter()
            .filter(|(_, case, ..)| *case == "malformed-id")
            .map(|(_, case, span, text)| NearTask { case, span, text })
            .collect();
    }
}

/// Whether a line begins with a range of IDs (`T062-T067`, `T030.2~T030.6`): it speaks of those tasks and is none itself.
fn names_range(text: &str, rules: &TaskRules) -> bool {
    let bare = text.trim_start_matches(['*', '~', '_', ' ', '`']);
    let Some(id) = rules.id_at_start.find(bare) else { return false };
    let rest = bare[id.end()..].trim_start_matches(['*', '`', ' ']);
    let joined = ["~", "-", "–", "—", "..", "→", "to ", "through "].iter().find_map(|sign| rest.strip_prefix(sign));
    joined.is_some_and(|rest| rules.id_at_start.is_match(rest.trim_start_matches(['.', '*', '`', ' '])))
}

/// Whether a line only repeats a task that stands above.
fn repeats(task: &Task, ids: &FxHashSet<String>, rules: &TaskRules) -> bool {
    let text = || task.description.text.to_lowercase();
    ids.contains(&task.id) && rules.repeats.iter().any(|word| text().contains(word))
}

/// Boxes of a phase without an ID, in one list directly beside a task that has one.
fn lost_ids(
    document: &Document,
    regions: &[Span],
    near: &[(usize, &'static str, Span, String)],
) -> Vec<(usize, &'static str, Span, String)> {
    let blocks = &document.parsed.blocks;
    let outer =
        |index: &usize| matches!(blocks[*index].body, Body::Item { depth: 0, .. }) && blocks[*index].parent.is_none();
    let with_id: FxHashSet<usize> = document.tasks.iter().map(|task| task.block).collect();
    let nearly: FxHashSet<usize> = near.iter().map(|(index, ..)| *index).collect();
    let has_id = |index: usize| with_id.contains(&index);
    let text = &document.parsed.text;
    let beside = |a: usize, b: usize| {
        let gap = Span::new(blocks[a].span.end.min(blocks[b].span.start), blocks[b].span.start);
        text.slice(gap).trim().is_empty() && text.line_at(gap.end) - text.line_at(gap.start) <= 1
    };
    let mut found = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let Body::Item { checkbox: Some(_), .. } = block.body else { continue };
        let known = has_id(index) || nearly.contains(&index);
        if known || !outer(&index) {
            continue;
        }
        let in_phase = block.section.and_then(|section| phase_of(document, section)).is_some();
        if !in_phase || !regions.iter().any(|region| region.contains(block.span)) {
            continue;
        }
        let before = (0..index).rev().find(|other| blocks[*other].parent.is_none());
        let after = (index + 1..blocks.len()).find(|other| blocks[*other].parent.is_none());
        let by = before.is_some_and(|other| outer(&other) && has_id(other) && beside(other, index))
            || after.is_some_and(|other| outer(&other) && has_id(other) && beside(index, other));
        if by {
            found.push((index, "no-id", block.line.whole(), block.line.text.clone()));
        }
    }
    found
}

/// What is wrong with a task that has an ID: nothing after it, or a marker that is none.
fn ill_formed(task: &Task, rules: &TaskRules) -> Option<(&'static str, Span)> {
    let text = &task.description.text;
    if text.trim().is_empty() {
        return Some(("no-description", task.line.whole()));
    }
    let at = task.line.text.find(&task.id).map_or(0, |at| at + task.id.len());
    if task.line.text[at..].starts_with('[') {
        return Some(("no-blank", task.line.span(at - task.id.len()..at + 1)));
    }
    let exact = |marker: &str| rules.format.markers.contains_key(marker);
    if let Some((_, span)) = task.markers.iter().find(|(marker, _)| !exact(marker)) {
        return Some(("no-marker", *span));
    }
    let inner = text.strip_prefix('[')?;
    let word: String = inner.chars().take_while(|c| c.is_alphanumeric()).collect();
    let marker = rules.format.markers.keys().find(|marker| marker.eq_ignore_ascii_case(&word))?;
    let rest = &inner[word.len()..];
    // `[P Text`: the marker was meant, and is not read as one.
    (exact(marker) && rest.starts_with(' ')).then(|| ("no-marker", task.description.span(0..1 + word.len())))
}

/// A box of some other sort before an ID: `[y] T014`, `☐ T014`.
fn strange_box(line: &Line, rules: &TaskRules) -> Option<Span> {
    let text = &line.text;
    let length = if let Some(inner) = text.strip_prefix('[') {
        let close = inner.find(']').filter(|close| *close <= 4)?;
        let word = inner[..close].trim();
        if rules.format.markers.contains_key(word) {
            return None;
        }
        close + 2
    } else {
        text.chars().next().filter(|c| ('☐'..='☒').contains(c) || matches!(c, '✅' | '⬜' | '✓' | '✔'))?.len_utf8()
    };
    let rest = text[length..].trim_start().trim_start_matches(['*', '~']);
    rules.id_at_start.is_match(rest).then(|| line.span(0..length))
}

/// Where task lines stand: what the kind says, else everything but the sections that only mention IDs.
fn task_regions(document: &Document, rules: &TaskRules) -> Vec<Span> {
    let mut found = regions(document, &rules.under);
    for section in &document.parsed.sections {
        if rules.not_under.iter().any(|shape| shape.fits_loosely(&section.title.text)) {
            found = found
                .into_iter()
                .flat_map(|region| {
                    if !region.overlaps(section.span) {
                        return vec![region];
                    }
                    let before = Span::new(region.start, section.span.start.max(region.start));
                    let after = Span::new(section.span.end.min(region.end), region.end);
                    vec![before, after]
                })
                .filter(|region| !region.is_empty())
                .collect();
        }
    }
    found
}

fn find_phases(document: &mut Document, kind: &Kind) {
    let body = kind.body();
    let Some(rules) = &body.tasks else { return };
    let mut level = None;
    let mut blocked: Option<Span> = None;
    for index in 0..document.parsed.sections.len() {
        let section = &document.parsed.sections[index];
        if blocked.is_some_and(|span| span.contains(section.heading)) {
            continue;
        }
        if rules.not_under.iter().any(|shape| shape.fits_loosely(&section.title.text)) {
            blocked = Some(section.span);
            continue;
        }
        let title = strip_marks(&section.title);
        let fit = body.phases.iter().enumerate().find_map(|(number, phase)| {
            phase.headings.iter().find_map(|shape| shape.fits(&title)).map(|captures| (number, captures))
        });
        let Some((number, captures)) = fit else { continue };
        // A plan's phases are of one level: deeper headings that speak of phases are references to them.
        if *level.get_or_insert(section.level) != section.level {
            continue;
        }
        let rule = &body.phases[number];
        let groups = captures
            .iter()
            .filter(|capture| capture.name == "group" || capture.name == "groups")
            .flat_map(|capture| groups_of(&capture.text))
            .collect();
        let number_of = captures.iter().find(|capture| capture.name == "n");
        let phase = Phase {
            section: index,
            number: number_of.map(|capture| (capture.text.clone(), capture.span)),
            role: Some(
                match rule.role {
                    crate::pack::format::Role::Shared => "shared",
                    crate::pack::format::Role::Group => "group",
                    crate::pack::format::Role::Any => "any",
                }
                .to_owned(),
            ),
            groups,
            shape: Some(number),
            blocks: rule.blocks,
            captures,
        };
        let times = times_of(&phase.captures, false);
        document.times.extend(times);
        document.phases.push(phase);
    }
}

/// A heading's text without emoji before it.
fn strip_marks(title: &Line) -> Line {
    let text = title.text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '[' | '('));
    let start = title.text.len() - text.len();
    title.sub(start..title.text.len()).trimmed()
}

fn phase_of(document: &Document, section: usize) -> Option<usize> {
    let mut at = Some(section);
    while let Some(index) = at {
        if let Some(phase) = document.phases.iter().position(|phase| phase.section == index) {
            return Some(phase);
        }
        at = document.parsed.sections[index].parent;
    }
    None
}

/// The groups that a text names: `1`, `1+2`, `3 & 4`, `1-6`, `1, 2`.
#[must_use]
pub fn groups_of(text: &str) -> Vec<String> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(\d+(?:\.\d+)?[a-z]?)").expect("the pattern is constant"));
    let found: Vec<&str> = NUMBER.find_iter(text).map(|found| found.as_str()).collect();
    if let [first, last] = found.as_slice() {
        let between = &text[text.find(first).map_or(0, |at| at + first.len())..text.rfind(last).unwrap_or(0)];
        let range = between.trim().trim_start_matches(|c: char| c.is_alphabetic()).trim();
        let is_range = range.starts_with(['-', '–', '—', '~', '→']) || between.contains("to");
        if let (true, Ok(a), Ok(b)) = (is_range, first.parse::<u32>(), last.parse::<u32>())
            && a < b
            && b - a < 100
        {
            return (a..=b).map(|number| number.to_string()).collect();
        }
    }
    found.into_iter().map(str::to_owned).collect()
}

/// What stands before the ID is emphasis or strike-through.
fn bare_start(text: &str) -> String {
    text.trim_start_matches(['*', '~', '_', ' ']).to_owned()
}

fn task(block: &Block, index: usize, checkbox: &Checkbox, rules: &TaskRules, phase: Option<usize>) -> Option<Task> {
    let line = &block.line;
    let text = &line.text;
    let start = text.len() - text.trim_start_matches(['*', '~', '_', ' ']).len();
    let id = rules.id_at_start.find(&text[start..])?;
    let id_range = start..start + id.end();
    let after = &text[id_range.end..];
    // The ID ends at a blank, a mark, or the end.
    if after.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/')) {
        return None;
    }
    let struck = text[..start].contains("~~");
    let mut at = id_range.end + (after.len() - after.trim_start_matches(['*', '~', '_', ':', '.', ' ']).len());
    let mut markers = Vec::new();
    let mut labels: Vec<TaskLabel> = Vec::new();
    let mut marker_after_label = false;
    loop {
        let rest = &text[at..];
        let lead = rest.len() - rest.trim_start_matches(['*', '`', ' ']).len();
        let Some(inner) = rest[lead..].strip_prefix('[') else { break };
        let Some(close) = inner.find(']') else { break };
        let word = inner[..close].trim();
        let range = at + lead..at + lead + close + 2;
        if text[range.end..].starts_with('(') || word.is_empty() {
            break;
        }
        if rules.format.markers.keys().any(|marker| marker.eq_ignore_ascii_case(word)) {
            marker_after_label |= !labels.is_empty();
            markers.push((word.to_owned(), line.span(range.clone())));
        } else if let Some(groups) = label_groups(word, rules) {
            labels.push(TaskLabel { text: word.to_owned(), span: line.span(range.clone()), groups });
        } else {
            break;
        }
        at = range.end + (text[range.end..].len() - text[range.end..].trim_start_matches(['*', '`', ' ']).len());
    }
    let mut description = line.sub(at..text.len()).trimmed();
    let trimmed = description.text.trim_end_matches(['~', '*', ' ']).len();
    description = description.sub(0..trimmed);
    let states = &rules.format.states;
    let state = if struck || states.skipped.contains(checkbox.state) {
        TaskState::Skipped
    } else if states.done.contains(checkbox.state) {
        TaskState::Done
    } else {
        TaskState::Open
    };
    Some(Task {
        span: block.span,
        id: id.as_str().to_owned(),
        id_span: line.span(id_range),
        block: index,
        state,
        checkbox: checkbox.clone(),
        markers,
        labels,
        marker_after_label,
        paths: paths(&description),
        depends: depends(&description, rules),
        description,
        phase,
        line: line.clone(),
    })
}

/// The groups of a label, an empty list for another label of the kind, `None` for text in brackets that is no label.
fn label_groups(word: &str, rules: &TaskRules) -> Option<Vec<String>> {
    if rules.format.other_labels.iter().any(|other| other.eq_ignore_ascii_case(word)) {
        return Some(Vec::new());
    }
    let label = rules.label.as_ref()?;
    let prefix = &rules.label_prefix;
    // Several groups in one label: each piece is a label, or a number alone.
    let pieces: Vec<&str> = word.split(['+', '/', ',', '&', '-', '–']).map(str::trim).collect();
    let fits = |piece: &&str| {
        let full = if piece.starts_with(|c: char| c.is_ascii_digit()) {
            format!("{prefix}{piece}")
        } else {
            (*piece).to_owned()
        };
        label.fits_str(&full)
    };
    let first = pieces.first()?;
    if !label.fits_str(first) {
        // `Foundation-US6`: another label with a group.
        let known = rules.format.other_labels.iter().any(|other| other.eq_ignore_ascii_case(first));
        return (known && pieces.len() > 1).then(Vec::new);
    }
    if pieces.iter().all(fits) {
        return Some(groups_of(&word.replace(prefix.as_str(), "")));
    }
    // `US1-blocking`: a group with a remark.
    Some(groups_of(&first.replace(prefix.as_str(), "")))
}

/// Endings by which a name without a folder is a file.
const ENDINGS: &str = "rs|py|ts|tsx|js|jsx|mjs|go|java|kt|swift|rb|php|cs|cpp|cc|c|h|hpp|md|mdx|json|ya?ml|toml|sql|sh|css|scss|html|vue|svelte|dart|proto|graphql|prisma|tf|ini|cfg|env|txt|csv|xml|gradle|lock|ipynb|tcss";

static KNOWN_ENDING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\.(?:{ENDINGS})$")).expect("the pattern is constant"));

static PATH: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x)
        `([^`\s]*(?:/[^`\s]*|\.[A-Za-z][A-Za-z0-9]{0,7}))`           # in back-ticks
        | (?:^|[\s(,;:]|[^\x00-\x7F])(                                 # bare
            (?:[A-Za-z0-9_.@{}\[\]*~+-]+/)+[A-Za-z0-9_.@{}\[\]*~+-]*   # with a folder
            | [A-Za-z0-9_@\[\]-][A-Za-z0-9_.@\[\]-]*\.(?:ENDINGS)\b
        )";
    Regex::new(&pattern.replace("ENDINGS", ENDINGS)).expect("the pattern is constant")
});

/// File paths in a description: in back-ticks, or words with a slash or a known ending.
fn paths(line: &Line) -> Vec<(String, Span)> {
    PATH.captures_iter(&line.text)
        .filter_map(|captures| {
            let found = captures.get(1).or_else(|| captures.get(2))?;
            let text = found.as_str().trim_end_matches(['.', ',', ';', ':', ')']);
            let bare = text.trim_start_matches("./");
            // The end of a route's parameter, and a name in code that is no file's.
            let route = line.text[..found.start()].ends_with("/:");
            let name_only = captures.get(1).is_some() && !bare.contains('/') && !bare.starts_with('.');
            if route || name_only && !KNOWN_ENDING.is_match(bare) {
                return None;
            }
            let plausible = !text.contains("://")
                && !text.starts_with("//")
                && !text.starts_with("http")
                && bare.contains(['/', '.'])
                && !bare.starts_with('/')
                && bare.chars().any(char::is_alphabetic);
            plausible.then(|| (bare.to_owned(), line.span(found.start()..found.start() + text.len())))
        })
        .collect()
}

/// IDs after `depends on` and the like; of a range both ends and what lies between them are not told apart.
fn depends(line: &Line, rules: &TaskRules) -> Vec<(String, Span)> {
    let lower = line.text.to_ascii_lowercase();
    let mut found: Vec<(String, Span)> = Vec::new();
    for phrase in &rules.format.depends {
        let phrase = phrase.to_lowercase();
        let mut from = 0;
        while let Some(at) = lower.get(from..).and_then(|rest| rest.find(&phrase)).map(|at| at + from) {
            let mut next = at + phrase.len();
            from = next;
            let whole_word = !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            if !whole_word && phrase.is_ascii() {
                continue;
            }
            loop {
                let rest = &line.text[next..];
                let lead = rest.len() - rest.trim_start_matches([' ', ':', '[', '`', '*']).len();
                // What is nearly an ID is one that no task has.
                let near = || rules.near_id.as_ref().and_then(|near| near.find(&rest[lead..]));
                let Some(id) = rules.id_at_start.find(&rest[lead..]).or_else(near) else { break };
                let range = next + lead..next + lead + id.end();
                let span = line.span(range.clone());
                if !found.iter().any(|(_, known)| *known == span) {
                    found.push((id.as_str().to_owned(), span));
                }
                let tail = &line.text[range.end..];
                let trimmed = tail.trim_start_matches([']', '`', '*']);
                let closed = tail.len() - trimmed.len();
                let joined = [
                    ", and ",
                    " and ",
                    ", ",
                    ",",
                    " & ",
                    " + ",
                    "+",
                    "/",
                    "、",
                    "，",
                    " – ",
                    "–",
                    "-",
                    "→",
                    " to ",
                    " through ",
                ]
                .iter()
                .find(|joint| trimmed.starts_with(**joint));
                match joined {
                    Some(joint) => next = range.end + closed + joint.len(),
                    None => break,
                }
            }
        }
    }
    found.sort_by_key(|(_, span)| *span);
    found
}

/// Why a box among tasks is nearly a task, and where.
fn nearly(block: &Block, rules: &TaskRules) -> Option<(&'static str, Span)> {
    let text = &block.line.text;
    let start = text.len() - text.trim_start_matches(['*', '~', '_', ' ']).len();
    let rest = &text[start..];
    if let Some(found) = rules.near_id.as_ref().and_then(|near| near.find(rest)) {
        return Some(("malformed-id", block.line.span(start..start + found.end())));
    }
    let inner = rest.strip_prefix('[')?;
    let close = inner.find(']')?;
    let word = inner[..close].trim();
    let known = rules.format.markers.contains_key(word) || label_groups(word, rules).is_some();
    if !known {
        return None;
    }
    let after = inner[close + 1..].trim_start();
    let span = block.line.span(start..start + close + 2);
    let mut tail = after;
    while let Some(more) = tail.strip_prefix('[').and_then(|more| more.split_once(']')) {
        tail = more.1.trim_start();
    }
    let case = if rules.id_at_start.is_match(tail) { "id-after-marker" } else { "no-id" };
    Some((case, span))
}

/// Reads the boxes of acceptance and success lists.
pub fn criteria(document: &mut Document, kind: &Arc<Kind>) {
    let selectors = &kind.body().criteria;
    if selectors.is_empty() {
        return;
    }
    let regions = regions(document, selectors);
    let done = kind.body().tasks.as_ref().map_or("xX", |tasks| tasks.format.states.done.as_str()).to_owned();
    for (index, block) in document.parsed.blocks.iter().enumerate() {
        let Body::Item { checkbox: Some(checkbox), .. } = &block.body else { continue };
        if regions.iter().any(|region| region.contains(block.span)) {
            document.criteria.push(Criterion {
                line: block.line.clone(),
                checked: done.contains(checkbox.state),
                checkbox: checkbox.clone(),
                block: index,
            });
        }
    }
}

static ITEM_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Z]{1,6})[-_ ]?(\d[\w.]*)$").expect("the pattern is constant"));

/// Reads `- **FM-001**: …` items.
pub fn items(document: &mut Document, kind: &Arc<Kind>) {
    let Some(rules) = &kind.body().items else { return };
    for label in &document.parsed.labels {
        let block = &document.parsed.blocks[label.block];
        if !matches!(block.body, Body::Item { .. }) || label.name_span.start > block.line.offset(0) + 2 {
            continue;
        }
        let name = label.name.trim();
        let Some(captures) = ITEM_ID.captures(name) else { continue };
        let prefix = captures.get(1).map_or("", |found| found.as_str());
        if !rules.prefixes.is_empty() && !rules.prefixes.iter().any(|known| known == prefix) {
            continue;
        }
        document.items.push(Item {
            id: name.to_owned(),
            span: label.name_span,
            malformed: !rules.id.is_match(name),
            text: label.value.clone(),
        });
    }
}
