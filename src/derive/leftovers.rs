//! What only the template has: its blanks, by place, its sample tasks and what its comments tell the author. A closed list:
//! nobody else's brackets are meant.

use std::sync::LazyLock;

use regex::Regex;

use crate::derive::Template;
use crate::derive::blanks::{Shaped, blanks, literal};
use crate::derive::fields::Fields;
use crate::derive::tasks::Tasks;
use crate::derive::yaml::{Writer, list, quoted};
use crate::document::{Block, Body};

/// `FM-001`.
static ITEM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^([A-Z]{2,5})-(\d{2,4})$").expect("a fixed expression"));
/// `[A MARK: question]`.
static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\[([A-Z][A-Z ]{3,}):").expect("a fixed expression"));

/// Longer texts are cut: the beginning tells enough.
const LONGEST: usize = 90;

/// The lists of boxes without IDs.
pub(super) fn criteria(template: &Template, out: &mut Writer) {
    let mut found: Vec<String> = Vec::new();
    for block in &template.parsed.blocks {
        let Body::Item { checkbox: Some(_), .. } = block.body else { continue };
        let text = block.plain.text.trim();
        let has_id = text.split(' ').next().is_some_and(|word| {
            word.starts_with(|c: char| c.is_ascii_uppercase())
                && word.chars().any(|c| c.is_ascii_digit() || c == 'X')
                && word.len() > 2
        });
        let Some(section) = block.section.filter(|at| Some(*at) != template.title && !has_id) else { continue };
        let title = template.parsed.sections[section].title.text.trim();
        let title = title.split(" (").next().unwrap_or(title);
        if !blanks(title, &template.legend).is_empty()
            || title.contains('`')
            || title.chars().any(|c| c.is_ascii_digit())
        {
            continue;
        }
        let selector = format!("section {}", literal(title));
        if !found.contains(&selector) {
            found.push(selector);
        }
    }
    if !found.is_empty() {
        out.line("# Boxes that are ticked when the work is done.");
        out.line(&format!("criteria: {}", list(found.iter().map(String::as_str))));
    }
}

/// Items with an ID.
pub(super) fn items(template: &Template, out: &mut Writer) {
    let mut prefixes: Vec<String> = Vec::new();
    let mut digits = 0;
    for label in &template.parsed.labels {
        if let (Some(found), Body::Item { .. }) =
            (ITEM.captures(&label.name), &template.parsed.blocks[label.block].body)
        {
            digits = digits.max(found[2].len());
            if !prefixes.contains(&found[1].to_owned()) {
                prefixes.push(found[1].to_owned());
            }
        }
    }
    if !prefixes.is_empty() {
        out.line("items:");
        out.line(&format!("  id: '[A-Z]{{2,5}}-\\d{{{digits}}}[a-z]?'"));
        out.line(&format!("  prefixes: {}", list(prefixes.iter().map(String::as_str))));
    }
}

/// When a document is still the template: its title and the first of its fields, or else two of its blanks.
pub(super) fn unfilled(out: &mut Writer, template: &Template, title: Option<&Shaped>, fields: &Fields) {
    let mut marks: Vec<String> = Vec::new();
    if let Some(title) = title.filter(|title| title.has_blank && !title.unfilled.is_empty()) {
        marks.push(format!("{{ select: title, fits: {} }}", quoted(&title.unfilled)));
    }
    if let Some(field) = fields.blank().first() {
        let field = quoted(&format!("field {field}"));
        marks.push(format!("{{ select: {field}, fits: \"{{:placeholder}}\" }}"));
    }
    if marks.is_empty() {
        let mut seen: Vec<String> = Vec::new();
        for block in
            template.parsed.blocks.iter().filter(|block| matches!(block.body, Body::Paragraph | Body::Item { .. }))
        {
            for range in blanks(&block.line.text, &template.legend) {
                let text = block.line.text[range].to_owned();
                if text.contains(' ') && text.len() < LONGEST && !seen.contains(&text) {
                    seen.push(text);
                }
            }
        }
        let three = seen.iter().take(3).map(|text| format!("{{ select: text, holds: {} }}", quoted(&literal(text))));
        marks.extend(three.filter(|_| seen.len() > 2));
    }
    if !marks.is_empty() {
        out.line("# All of these: the document is still the template, and that is the one finding it gives.");
        out.line("unfilled-when:");
        marks.iter().for_each(|mark| out.line(&format!("  - {mark}")));
    }
}

/// What was found, in order, each once.
#[derive(Default)]
struct Found {
    /// Texts that are blanks wherever they stand.
    anywhere: Vec<String>,
    /// Short ones, with the places where the template has them.
    placed: Vec<(String, Vec<String>)>,
    marks: Vec<String>,
    comments: Vec<(String, &'static str)>,
    instructions: Vec<String>,
}

impl Found {
    fn blank(&mut self, text: &str, place: &str) {
        if let Some(mark) = MARK.captures(text) {
            let shape = format!("[{}: {{question}}]", &mark[1]);
            if !self.marks.contains(&shape) {
                self.marks.push(shape);
            }
            return;
        }
        let text = cut(text);
        if text.trim().is_empty() {
            return;
        }
        let words =
            text.split([' ', '-', '_']).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count();
        if words > 1 || text.contains('#') {
            if !self.anywhere.contains(&text) {
                self.anywhere.push(text);
            }
            return;
        }
        match self.placed.iter_mut().find(|(known, _)| *known == text) {
            Some((_, places)) if places.iter().any(|known| known == place) => {}
            Some((_, places)) => places.push(place.to_owned()),
            None => self.placed.push((text, vec![place.to_owned()])),
        }
    }
}

fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    // What is left must tell something: a blank near the beginning is no place to cut.
    let mut ends = (LONGEST / 3..=LONGEST).rev().filter(|at| text.is_char_boundary(*at));
    let last = ends.clone().next().unwrap_or(text.len());
    let end = ends.find(|at| text[*at..].starts_with(' ')).unwrap_or(last);
    text[..end].to_owned()
}

pub(super) fn write(template: &Template, tasks: Option<&Tasks>, out: &mut Writer, fields: &Fields) {
    let found = collect(template, tasks);
    let nothing = found.anywhere.is_empty()
        && found.placed.is_empty()
        && found.instructions.is_empty()
        && found.comments.is_empty()
        && found.marks.is_empty()
        && fields.own.is_empty();
    if nothing && tasks.is_none() {
        out.line("# Nothing was found that only the template has: no blanks such as `[Title]`, no comments.");
        return;
    }
    out.line("# What only the template has: these very words, in these places.");
    out.line("leftovers:");
    for own in &fields.own {
        out.line(&format!("  - {{ text: {}, in: fields, severity: warning }}", quoted(own)));
    }
    for text in &found.anywhere {
        out.line(&format!("  - {}", serde_json::Value::from(text.as_str())));
    }
    for (text, places) in &found.placed {
        out.line(&format!("  - {{ text: {}, in: {} }}", quoted(text), list(places.iter().map(String::as_str))));
    }
    for text in &found.instructions {
        out.line(&format!("  - {{ text: {}, as: instruction }}", quoted(text)));
    }
    for (text, sort) in &found.comments {
        out.line(&format!("  - {{ text: {}, in: comments, as: {sort}, whole: true }}", quoted(text)));
    }
    for shape in &found.marks {
        out.line(&format!("  - {{ shape: {}, as: clarification }}", quoted(shape)));
    }
    let Some(tasks) = tasks else { return };
    for number in &tasks.blank_numbers {
        out.line(&format!("  - {{ text: {}, in: headings }}", quoted(number)));
    }
    for id in &tasks.blank_ids {
        let shape = quoted(&format!("{id}{{rest:rest}}"));
        out.line(&format!("  - {{ shape: {shape}, in: tasks, as: sample-task, whole: true }}"));
    }
    out.line("  # The template's own tasks, by what they say.");
    out.line("  - in: tasks");
    out.line("    as: sample-task");
    out.line("    whole: true");
    out.line("    text:");
    for sample in &tasks.samples {
        out.line(&format!("      - {}", quoted(sample)));
    }
}

fn collect(template: &Template, tasks: Option<&Tasks>) -> Found {
    let mut found = Found::default();
    let parsed = &template.parsed;
    let in_field = |block: usize| {
        parsed.labels.iter().any(|label| label.block == block && template.in_head(parsed.blocks[block].section))
    };
    if let Some(front) = &parsed.front_matter {
        for line in parsed.text.slice(front.content).lines() {
            let value = line.split_once(": ").map_or("", |(_, value)| value);
            for range in
                blanks(value, &template.legend).into_iter().filter(|_| !value.contains(", ") || value.contains('{'))
            {
                found.blank(&value[range], "fields");
            }
        }
    }
    for (at, block) in parsed.blocks.iter().enumerate() {
        let task = matches!(block.body, Body::Item { checkbox: Some(_), .. })
            && tasks.is_some_and(|tasks| {
                tasks.samples.iter().any(|sample| block.plain.text.trim().ends_with(sample.as_str()))
            });
        match &block.body {
            _ if task => {}
            Body::Comment => comment(parsed.text.slice(block.span), &mut found),
            Body::Table { rows } => {
                for cell in rows.iter().flatten() {
                    text(template, &cell.text, "text", &mut found);
                }
            }
            Body::Heading { level } => {
                let place = if *level == 1 { "title" } else { "headings" };
                for range in blanks(&block.line.text, &template.legend) {
                    found.blank(&block.line.text[range], place);
                }
            }
            Body::Paragraph | Body::Item { .. } => {
                let place = if in_field(at) { "fields" } else { place_of(block) };
                if let (Body::Paragraph, [one]) = (&block.body, blanks(&block.line.text, &template.legend).as_slice())
                    && one.len() == block.line.text.trim().len()
                    && speaks_to_author(block.line.text.trim())
                {
                    found.instructions.push(cut(block.line.text.trim()));
                } else {
                    text(template, &block.line.text, place, &mut found);
                }
            }
            Body::Code { .. } | Body::Html | Body::Ruler => {}
        }
    }
    prompts(template, &mut found);
    let anywhere = found.anywhere.clone();
    found.instructions.retain(|text| !anywhere.contains(text));
    found.instructions.dedup();
    found
}

/// A section that holds one sentence without blanks and nothing else: it says what belongs there.
fn prompts(template: &Template, found: &mut Found) {
    for (_, section) in template.main_sections() {
        let blocks: Vec<&Block> =
            template.blocks_in(section).filter(|block| !matches!(block.body, Body::Ruler | Body::Comment)).collect();
        let [only] = blocks.as_slice() else { continue };
        let text = only.line.text.trim();
        let plain = matches!(only.body, Body::Paragraph) && blanks(text, &template.legend).is_empty();
        if plain && text.split(' ').count() > 3 && !text.contains(['*', '`', '[', '|']) {
            found.instructions.push(cut(text));
        }
    }
}

/// Whether a paragraph in brackets says what to do rather than what stands here.
fn speaks_to_author(text: &str) -> bool {
    let first = text.trim_start_matches('[').split(' ').next().unwrap_or_default().to_lowercase();
    ["add", "remove", "delete", "repeat", "continue", "copy", "replace"].contains(&first.as_str())
}

fn place_of(block: &Block) -> &'static str {
    if matches!(block.body, Body::Item { .. }) { "items" } else { "text" }
}

/// The blanks of running text; a lower-case word in brackets within a path belongs to a framework as often as to a
/// template.
fn text(template: &Template, line: &str, place: &str, found: &mut Found) {
    for range in blanks(line, &template.legend) {
        let before = line[..range.start].chars().next_back();
        let after = line[range.end..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "/_.".contains(c));
        let blank = &line[range.clone()];
        let one_word = !blank.contains([' ', '-', '#']);
        let dotted = after == Some('.') && line[range.end + 1..].starts_with(char::is_alphanumeric);
        let in_path = joins(before) || dotted || after.is_some_and(|c| c == '/' || c == '_');
        if place != "fields" && one_word && in_path {
            continue;
        }
        found.blank(blank, place);
    }
}

/// A comment speaks to the author. Its most telling line stands for it.
fn comment(text: &str, found: &mut Found) {
    let inner = text.trim_start_matches("<!--").trim_end_matches("-->");
    if inner.trim().starts_with("worklint") {
        return;
    }
    let lines = inner.lines().map(|line| line.trim().trim_start_matches(['-', '*', ' ']));
    let telling = |line: &&str| line.chars().filter(|c| c.is_alphabetic()).count() > 5;
    let shouted = lines.clone().filter(telling).find(|line| {
        line.split(' ').any(|word| word.len() > 3 && word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase))
    });
    let Some(line) = shouted.or_else(|| lines.clone().find(telling)) else { return };
    let sort = if inner.to_lowercase().contains("sample task") { "sample-task" } else { "instruction" };
    let line = cut(line);
    if !found.comments.iter().any(|(known, _)| *known == line) {
        found.comments.push((line, sort));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_blanks_are_cut_and_never_to_nothing() {
        let spaced = "[word ".to_owned() + &"word ".repeat(30) + "]";
        assert!(cut(&spaced).ends_with("word") && cut(&spaced).len() <= LONGEST);
        let unspaced = format!("[{}]", "漢".repeat(60));
        assert_eq!(cut(&unspaced), format!("[{}", "漢".repeat(29)));
        assert_eq!(cut(&format!("[ {}]", "a".repeat(200))).len(), LONGEST);
        let mut found = Found::default();
        found.blank("", "text");
        assert!(found.anywhere.is_empty() && found.placed.is_empty());
    }
}
