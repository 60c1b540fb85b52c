//! The tree of a document as JSON, for `worklint ast`.

use serde_json::{Value, json};

use crate::document::Document;

/// Everything that was parsed and read.
#[must_use]
pub fn ast(document: &Document) -> Value {
    let parsed = &document.parsed;
    json!({
        "path": document.path,
        "kind": document.kind.as_ref().map(|kind| kind.name.clone()),
        "format": parsed.format,
        "front-matter": parsed.front_matter,
        "data": parsed.data,
        "path-captures": document.path_captures,
        "title": document.title.map(|title| &parsed.sections[title].title.text),
        "title-captures": document.title_captures,
        "fields": document.fields,
        "variants": document.variants,
        "sections": parsed.sections,
        "entries": document.entries,
        "near-entries": document.near_entries,
        "phases": document.phases,
        "tasks": document.tasks,
        "near-tasks": document.near_tasks,
        "criteria": document.criteria,
        "items": document.items,
        "facts": document.facts,
        "leftovers": document.leftovers,
        "unfilled": document.unfilled,
        "times": document.times,
        "labels": parsed.labels,
        "links": parsed.links,
        "callouts": parsed.callouts,
        "directives": parsed.directives,
        "blocks": parsed.blocks,
    })
}
