//! From a template document to a kind: what the template has becomes what its documents have, and its blanks become
//! leftovers. The result is YAML for a person to read and change, with a remark wherever something was guessed.
//!
//! A rule that is wrong is worse than one that is missing, so what cannot be told from one document is optional, and what
//! is likely is reported as a remark (`severity: info`) until the author takes that line out. Nothing here knows a
//! workflow: only brackets, dates, boxes, numbers and bold labels.

mod blanks;
mod entries;
mod fields;
mod leftovers;
mod sections;
mod tasks;
mod yaml;

use std::sync::Arc;

use crate::derive::blanks::{Legend, Shaped, shape};
use crate::derive::fields::Fields;
use crate::derive::yaml::{Writer, quoted};
use crate::document::{Block, Format, Parsed, Section};
use crate::parse;
use crate::select::title_of;
use crate::text::Text;

/// A template with what all parts of the derivation ask of it.
struct Template {
    parsed: Parsed,
    title: Option<usize>,
    /// The level of the headings below the title.
    level: u8,
    legend: Legend,
}

impl Template {
    fn new(text: Text) -> Self {
        let parsed = parse::parse(Arc::new(text), Format::Markdown);
        let title = title_of(&parsed.sections);
        let below = parsed.sections.iter().enumerate().filter(|(at, _)| Some(*at) != title);
        let level = below.map(|(_, section)| section.level).min().unwrap_or(2);
        let legend = Legend::of(&parsed);
        Self { parsed, title, level, legend }
    }

    /// The sections below the title, in order.
    fn main_sections(&self) -> impl Iterator<Item = (usize, &Section)> {
        self.parsed
            .sections
            .iter()
            .enumerate()
            .filter(|(at, section)| Some(*at) != self.title && section.level == self.level)
    }

    /// The blocks under a heading, those of its subsections included.
    fn blocks_in<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Block> {
        let inside =
            move |block: &&Block| block.span.start >= section.heading.end && block.span.start < section.span.end;
        self.parsed.blocks.iter().filter(inside)
    }

    /// Whether a block stands before the first section below the title.
    fn in_head(&self, section: Option<usize>) -> bool {
        section.is_none() || section == self.title
    }
}

/// The kind that a template describes, as YAML.
#[must_use]
pub fn kind(text: Text, name: &str) -> String {
    let template = Template::new(text);
    let title = template.title.map(|at| template.parsed.sections[at].title.text.clone());
    let shaped = title.as_deref().map(|title| shape(title, &template.legend, true));
    let fields = fields::read(&template);
    let tasks = tasks::read(&template);
    let lists = entries::read(&template, tasks.as_ref());
    let sections = sections::read(&template, tasks.as_ref(), &lists);

    let mut out = Writer::default();
    out.line("# Derived from a template. What is guessed says so: read it once, and take out what is not so.");
    out.line(&format!("kind: {}", quoted(name)));
    out.line(&format!("summary: {}", quoted(&summary(title.as_deref(), shaped.as_ref()))));
    let mut marks = Writer::default();
    let path = format!("path: \"docs/{{slug}}/{name}.md\"");
    if recognise(&mut marks, shaped.as_ref(), &fields, &sections) {
        out.line("# Where such documents lie, when they have a place of their own. `path` is then a mark as well.");
        out.line(&format!("# {path}"));
    } else {
        out.line("# Where such documents lie. Guessed: write your own place, which is all that tells such documents.");
        out.line(&path);
    }
    out.text.push_str(&marks.text);
    out.line("# The templates themselves are no documents.");
    out.line("not: [\"**/templates/**\", \"**/*-template.md\", \"**/template.md\"]");
    write_title(&mut out, title.as_deref(), shaped.as_ref());
    fields.write(&mut out);
    sections::write(&mut out, &sections);
    entries::write(&mut out, &lists);
    if let Some(tasks) = &tasks {
        tasks.write(&mut out);
    }
    leftovers::criteria(&template, &mut out);
    leftovers::items(&template, &mut out);
    leftovers::unfilled(&mut out, &template, shaped.as_ref(), &fields);
    leftovers::write(&template, tasks.as_ref(), &mut out, &fields);
    out.line("# Guesses only remark. Take a line out, and the rule counts as it does everywhere.");
    out.line("severity:");
    out.line("  malformed-title: info");
    out.line("  section-out-of-order: info");
    if tasks.is_some() {
        for rule in ["missing-label", "unexpected-label", "unknown-label", "missing-path"] {
            out.line(&format!("  {rule}: info"));
        }
    }
    out.text
}

/// What such a document is, as far as its title says.
fn summary(title: Option<&str>, shaped: Option<&Shaped>) -> String {
    let literal = match shaped {
        Some(shaped) if shaped.has_blank => shaped.words.trim_matches([':', '-', '–', '—', ' ']).to_owned(),
        _ => title.unwrap_or_default().to_owned(),
    };
    if literal.is_empty() {
        return "Say in one sentence what such a document is.".to_owned();
    }
    format!("A document that begins with “{literal}”; say in one sentence what it is.")
}

/// Writes the marks. Returns whether there is one beside the path.
fn recognise(out: &mut Writer, title: Option<&Shaped>, fields: &Fields, sections: &[sections::Rule]) -> bool {
    out.line("# Marks, strongest first; one is enough.");
    out.line("recognise:");
    let mut others: Vec<String> = fields.required().take(3).map(|name| format!("field {name}")).collect();
    others.extend(
        sections
            .iter()
            .filter(|rule| rule.asked && !rule.has_hole())
            .take(4)
            .map(|rule| format!("section {}", rule.heading)),
    );
    let others: Vec<String> = others.iter().map(|selector| quoted(selector)).collect();
    let title = title.filter(|title| title.has_blank && title.words.chars().filter(|c| c.is_alphabetic()).count() > 2);
    match (title, others.as_slice()) {
        (Some(title), []) => {
            out.line(&format!("  - {{ select: title, fits: {} }}", title.list()));
        }
        (Some(title), others) => {
            out.line("  - all:");
            out.line(&format!("      - {{ select: title, fits: {} }}", title.list()));
            out.line(&format!("      - any: [{}]", others.join(", ")));
        }
        (None, []) => {
            out.line("  - path  # the template has nothing else to know such documents by");
            return false;
        }
        (None, [one]) => out.line(&format!("  - {one}")),
        (None, others) => {
            let all = others.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            out.line(&format!("  - all: [{all}]  # guessed: nothing in the title tells it"));
        }
    }
    true
}

fn write_title(out: &mut Writer, title: Option<&str>, shaped: Option<&Shaped>) {
    match (title, shaped) {
        (Some(_), Some(shaped)) if shaped.has_blank => {
            out.line("title:");
            out.line("  shapes:");
            for shape in &shaped.shapes {
                out.line(&format!("    - {}", quoted(shape)));
            }
        }
        (Some(title), _) => {
            out.line(&format!(
                "# The template's title, “{}”, has no blank, so any title will do.",
                yaml::remark(title)
            ));
            out.line("title: { required: true }");
        }
        _ => {}
    }
}
