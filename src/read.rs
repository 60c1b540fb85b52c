//! Parsed + Kind -> Document: the kind's shapes make fields, entries and task lines of what any document has. What is
//! noticed here lies in the document as data (near entries, violations, times); the checks report it.

pub mod ast;
pub mod entries;
pub mod facts;
pub mod fields;
pub mod leftovers;
pub mod mentions;
pub mod tasks;

use std::sync::Arc;

use crate::document::{Capture, Document, Label, Node, Parsed, TimeValue, Value};
use crate::pack::Kind;
use crate::pack::shape::Hole;
use crate::select::{Scope, title_of};
use crate::text::Span;
use crate::time::Demand;

/// A document whose kind is not known yet: its fields are those of front matter, data file and bold lines.
#[must_use]
pub fn draft(path: Arc<str>, parsed: Parsed) -> Document {
    let fields = fields::generic(&parsed);
    Document {
        path,
        title: title_of(&parsed.sections),
        parsed,
        kind: None,
        because: Vec::new(),
        path_captures: Vec::new(),
        root: "".into(),
        fields,
        title_captures: Vec::new(),
        entries: Vec::new(),
        near_entries: Vec::new(),
        tasks: Vec::new(),
        near_tasks: Vec::new(),
        phases: Vec::new(),
        criteria: Vec::new(),
        items: Vec::new(),
        facts: Vec::new(),
        leftovers: Vec::new(),
        unfilled: false,
        violations: Vec::new(),
        times: Vec::new(),
        variants: Vec::new(),
    }
}

/// Reads a classified document by its kind.
pub fn read(document: &mut Document) {
    let Some(kind) = document.kind.clone() else { return };
    fields::read(document, &kind);
    title(document, &kind);
    for (name, condition) in &kind.body().variants {
        if Scope::alone(document).holds(condition) {
            document.variants.push(name.clone());
        }
    }
    entries::read(document, &kind);
    tasks::read(document, &kind);
    tasks::criteria(document, &kind);
    tasks::items(document, &kind);
    facts::read(document, &kind);
    document.times.sort_by_key(|time| time.span);
}

fn title(document: &mut Document, kind: &Kind) {
    let Some(title) = document.title else { return };
    let line = document.parsed.sections[title].title.clone();
    for shape in &kind.body().title {
        if let Some(captures) = shape.fits(&line) {
            document.times.extend(times_of(&captures, false));
            document.title_captures = captures;
            return;
        }
    }
}

/// The times among captures, with what their holes demand.
fn times_of(captures: &[Capture], strict: bool) -> Vec<TimeValue> {
    captures
        .iter()
        .filter_map(|capture| {
            let format = match capture.hole {
                Hole::Date => "date",
                Hole::Time => "time",
                Hole::Datetime => "local-date-time",
                Hole::Timestamp => "timestamp",
                Hole::Instant => "instant",
                _ => return None,
            };
            Some(TimeValue {
                span: capture.span,
                text: capture.text.clone(),
                demand: Demand::of_format(format)?,
                name: capture.name.clone(),
                strict,
            })
        })
        .collect()
}

/// An empty mapping at the start of a document.
fn no_fields() -> Node {
    Node { span: Span::point(0), value: Value::Map(Vec::new()) }
}

/// The labels in a region.
fn labels_in(parsed: &Parsed, region: Span) -> impl Iterator<Item = &Label> {
    parsed.labels.iter().filter(move |label| region.contains(label.span))
}
