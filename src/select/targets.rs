//! What each target selects in one document, and what can be asked of the things that were selected.

use crate::document::{Body, Capture, Document, Entry, Fact, Item, Node, Task, TaskState, Value};
use crate::pack::condition::Target;
use crate::select::{Selected, Thing, field, named, selected, stand, state, title_of};
use crate::text::Span;

fn node_selected<'a>(document: &'a Document, node: &'a Node, found: &mut Vec<Selected<'a>>) {
    match &node.value {
        Value::Seq(items) if !items.is_empty() => {
            for item in items {
                node_selected(document, item, found);
            }
            // `[ISO timestamp]` is a list to YAML; a blank of a template is told by its source.
            let source = document.parsed.text.slice(node.span);
            if source.starts_with('[') && items.len() == 1 {
                found.push(Selected { time: None, ..selected(document, node.span, source) });
            }
        }
        Value::Map(_) | Value::Seq(_) => {
            let empty = matches!(&node.value, Value::Seq(_)) || node.pairs().is_empty();
            let value = selected(document, node.span, document.parsed.text.slice(node.span));
            found.push(Selected { time: None, empty, thing: Thing::Node(None, node), ..value });
        }
        _ => {
            let mut value = selected(document, node.span, node.scalar().unwrap_or_default());
            value.empty = node.is_empty();
            found.push(value);
        }
    }
}

/// What a target selects in one document, in document order.
pub(super) fn select_in<'a>(document: &'a Document, target: &Target, entry: Option<&'a Entry>) -> Vec<Selected<'a>> {
    let parsed = &document.parsed;
    let text = &parsed.text;
    let mut found = Vec::new();
    match target {
        Target::Field(name) if name.starts_with('/') => {
            let root = parsed.data.as_ref().unwrap_or(&document.fields);
            for (key, node) in pointed(root, name) {
                let before = found.len();
                node_selected(document, node, &mut found);
                if let ([one], Some(_)) = (&mut found[before..], key) {
                    one.thing = Thing::Node(key, node);
                }
            }
        }
        Target::Keys(pointer) => {
            let root = parsed.data.as_ref().unwrap_or(&document.fields);
            let pointer = pointer.trim_end_matches('/');
            for (key, _) in pointed(root, pointer).into_iter().flat_map(|(_, node)| node.pairs()) {
                node_selected(document, key, &mut found);
            }
        }
        Target::Field(name) => {
            if let Some(node) = field(&document.fields, name) {
                node_selected(document, node, &mut found);
            }
        }
        Target::Path(None) => {
            // Without a kind, the captures are those of the kind that asks.
            if !document.path_captures.is_empty() || !document.root.is_empty() || document.kind.is_some() {
                found.push(selected(document, Span::point(0), &*document.path));
            }
        }
        Target::Path(Some(hole)) => found.extend(
            document
                .path_captures
                .iter()
                .filter(|capture| capture.name == *hole)
                .map(|capture| selected(document, Span::point(0), &*capture.text)),
        ),
        Target::Title(hole) => {
            let Some(title) = document.title.or_else(|| title_of(&parsed.sections)) else { return found };
            let section = &parsed.sections[title];
            match hole {
                None => found.push(selected(document, section.heading, &*section.title.text)),
                Some(hole) => found.extend(
                    document
                        .title_captures
                        .iter()
                        .filter(|capture| capture.name == *hole)
                        .map(|capture| selected(document, capture.span, &*capture.text)),
                ),
            }
        }
        Target::Section(shape) => found.extend(
            parsed.sections.iter().filter(|section| named(document, shape, &section.title.text)).map(|section| {
                let body = Span::new(section.heading.end.min(section.span.end), section.span.end);
                Selected { span: section.heading, ..selected(document, body, text.slice(body)) }
            }),
        ),
        Target::Paths(shape) => {
            for section in parsed.sections.iter().filter(|section| named(document, shape, &section.title.text)) {
                for (path, span) in crate::parse::paths::listed(parsed, section.span) {
                    found.push(selected(document, span, path));
                }
            }
        }
        Target::Callout(shape) => found.extend(
            parsed.callouts.iter().filter(|callout| shape.fits_loosely(&callout.title.text)).map(|callout| Selected {
                span: callout.heading,
                ..selected(document, callout.span, text.slice(callout.span))
            }),
        ),
        Target::Label(name) => found.extend(
            parsed
                .labels
                .iter()
                .filter(|label| label.name.eq_ignore_ascii_case(name))
                .map(|label| selected(document, label.span, &*label.value.text)),
        ),
        Target::Entry { list, form, part } => {
            for entry in &document.entries {
                if *entry.list == **list && form.as_ref().is_none_or(|form| *entry.form == **form) {
                    match part.as_deref() {
                        None => found.push(entry_selected(document, entry)),
                        Some(part) => found.extend(entry_part(document, entry, part)),
                    }
                }
            }
        }
        Target::Part(name) => {
            if let Some(entry) = entry {
                found.extend(part_of(document, entry, name));
            }
        }
        Target::Tasks(state) => {
            let fits = |task: &&Task| state.as_deref().is_none_or(|state| state == task_state(task));
            for task in document.tasks.iter().filter(fits) {
                let value = selected(document, task.id_span, &*task.id);
                found.push(Selected { thing: Thing::Task(task), ..value });
            }
        }
        Target::Phases(hole) => {
            for phase in &document.phases {
                let section = &parsed.sections[phase.section];
                let value = selected(document, section.heading, &*section.title.text);
                let value = Selected { thing: Thing::Phase(phase), ..value };
                match hole {
                    None => found.push(value),
                    Some(hole) => found.extend(value.hole(hole)),
                }
            }
        }
        Target::Labels => {
            for label in document.tasks.iter().flat_map(|task| &task.labels) {
                found.extend(label.groups.iter().map(|group| selected(document, label.span, &**group)));
            }
        }
        Target::Items(prefix) => {
            let fits = |item: &&Item| {
                prefix
                    .as_deref()
                    .is_none_or(|prefix| item.id.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')))
            };
            for item in document.items.iter().filter(fits) {
                found.push(Selected { thing: Thing::Item(item), ..selected(document, item.span, &*item.id) });
            }
        }
        Target::Boxes(state) => {
            for block in &parsed.blocks {
                let Body::Item { checkbox: Some(checkbox), .. } = &block.body else { continue };
                let done = document.kind.as_ref().and_then(|kind| kind.body().tasks.as_ref());
                let done = done.map_or("xX", |tasks| tasks.format.states.done.as_str());
                let word = match checkbox.state {
                    state if state.is_whitespace() => "open",
                    state if done.contains(state) => "checked",
                    _ => "skipped",
                };
                if state.as_deref().is_none_or(|state| state == word) {
                    found.push(selected(document, block.line.whole(), &*block.plain.text));
                }
            }
        }
        Target::Fact { name, hole } => {
            for fact in document.facts.iter().filter(|fact| *fact.name == **name) {
                found.extend(fact_selected(document, fact, hole.as_deref()));
            }
        }
        Target::Criteria(state) => {
            for criterion in document.criteria.iter().filter(|criterion| !criterion.is_struck()) {
                let fits = match state.as_deref() {
                    None => true,
                    Some("checked") => criterion.checked,
                    Some("open") => !criterion.checked && criterion.checkbox.state.is_whitespace(),
                    Some("outer") => parsed.blocks[criterion.block].parent.is_none_or(|parent| {
                        !matches!(parsed.blocks[parent].body, Body::Item { checkbox: Some(_), .. })
                    }),
                    Some(_) => false,
                };
                if fits {
                    found.push(selected(document, criterion.line.whole(), &*criterion.line.text));
                }
            }
        }
        Target::State => {
            if let Some((value, class)) = state(document) {
                found.push(Selected { text: class.word().to_owned(), time: None, empty: false, ..value });
            }
        }
        Target::Text => found.push(selected(document, Span::new(0, text.len()), text.as_str())),
        Target::Document => found.push(selected(document, Span::point(0), &*document.path)),
        // These are answered by the scope.
        Target::File(_)
        | Target::Known(_)
        | Target::Variable { .. }
        | Target::Count(_)
        | Target::Preceding(..)
        | Target::First(_)
        | Target::Last(_) => {}
    }
    found
}

fn entry_selected<'a>(document: &'a Document, entry: &'a Entry) -> Selected<'a> {
    let mut value = selected(document, entry.line.whole(), &*entry.line.text);
    value.time = entry.when.map(|(when, _)| when);
    value.thing = Thing::Entry(entry);
    value
}

/// A part or capture of an entry; or its time (`when`), how far it is (`progress`), or that it is struck (`struck`).
fn entry_part<'a>(document: &'a Document, entry: &'a Entry, name: &str) -> Vec<Selected<'a>> {
    let line = entry.line.whole();
    match name {
        "when" => entry
            .when
            .map(|(when, span)| Selected {
                time: Some(when),
                ..selected(document, span, document.parsed.text.slice(span))
            })
            .into_iter()
            .collect(),
        "struck" => entry.struck.then(|| selected(document, line, "true")).into_iter().collect(),
        "progress" => {
            let kind = document.kind.as_deref();
            let rules = kind.and_then(|kind| kind.body().entries.iter().find(|rules| *rules.name == *entry.list));
            rules
                .and_then(|rules| rules.format.progress.as_ref())
                .and_then(|progress| stand(entry, progress))
                .map(|(stand, span)| selected(document, span, stand.word()))
                .into_iter()
                .collect()
        }
        _ => part_of(document, entry, name),
    }
}

fn fact_selected<'a>(document: &'a Document, fact: &'a Fact, hole: Option<&str>) -> Vec<Selected<'a>> {
    match hole {
        None => vec![Selected { thing: Thing::Fact(fact), ..selected(document, fact.span, &*fact.text) }],
        Some(hole) => captures(document, &fact.captures, hole),
    }
}

fn captures<'a>(document: &'a Document, captures: &'a [Capture], name: &str) -> Vec<Selected<'a>> {
    let named = captures.iter().filter(|capture| capture.name == name);
    named.map(|capture| selected(document, capture.span, &*capture.text)).collect()
}

fn task_state(task: &Task) -> &'static str {
    match task.state {
        TaskState::Open => "open",
        TaskState::Done => "done",
        TaskState::Skipped => "skipped",
    }
}

impl<'a> Selected<'a> {
    /// The entry that it is a part of, or itself.
    #[must_use]
    pub fn whole(self) -> Self {
        match self.thing {
            Thing::Entry(entry) => entry_selected(self.document, entry),
            _ => self,
        }
    }

    /// A capture, part or key of it: of an entry its parts and captures, `when`, `progress`, `struck`; of a phase the holes of
    /// its heading, `group` for each of its groups; of a task `id`, `state`, `labels`, `paths`, `depends`, `text`; of an
    /// item `id` and `text`; of data its `key` and what stands in it; `fact NAME [HOLE]` is what the text states within it,
    /// `entry LIST [PART]` the entries of another list within it; `field NAME` and `path HOLE` are those of its document.
    #[must_use]
    pub fn hole(&self, name: &str) -> Vec<Selected<'a>> {
        let document = self.document;
        if let Some(rest) = name.strip_prefix("fact ") {
            let (name, hole) = rest.split_once(' ').map_or((rest, None), |(name, hole)| (name, Some(hole.trim())));
            let region = self.region();
            let within = document.facts.iter().filter(|fact| *fact.name == *name && region.contains(fact.span));
            return within.flat_map(|fact| fact_selected(document, fact, hole)).collect();
        }
        // What the document that holds it says.
        if let Some(field) = name.strip_prefix("field ") {
            return select_in(document, &Target::Field(field.to_owned()), None);
        }
        if let Some(hole) = name.strip_prefix("path ") {
            return select_in(document, &Target::Path(Some(hole.to_owned())), None);
        }
        if let Some(rest) = name.strip_prefix("entry ") {
            let (list, part) = rest.split_once(' ').map_or((rest, None), |(list, part)| (list, Some(part.trim())));
            let region = self.region();
            let within = document.entries.iter().filter(|entry| *entry.list == *list && region.contains(entry.span));
            return within
                .flat_map(|entry| match part {
                    None => vec![entry_selected(document, entry)],
                    Some(part) => entry_part(document, entry, part),
                })
                .collect();
        }
        match self.thing {
            Thing::Value => (name == "text").then(|| self.clone()).into_iter().collect(),
            Thing::Entry(entry) => entry_part(document, entry, name),
            Thing::Fact(fact) => captures(document, &fact.captures, name),
            Thing::Phase(phase) => {
                let heading = document.parsed.sections[phase.section].heading;
                match (name, &phase.number) {
                    ("group", _) => phase.groups.iter().map(|group| selected(document, heading, &**group)).collect(),
                    ("number", Some((number, span))) => vec![selected(document, *span, &**number)],
                    _ => captures(document, &phase.captures, name),
                }
            }
            Thing::Task(task) => {
                let each = |list: &'a [(String, Span)]| {
                    list.iter().map(|(text, span)| selected(document, *span, &**text)).collect()
                };
                match name {
                    "id" => vec![self.clone()],
                    "state" => vec![selected(document, task.checkbox.span, task_state(task))],
                    "text" => vec![selected(document, task.description.whole(), &*task.description.text)],
                    "paths" => each(&task.paths),
                    "depends" => each(&task.depends),
                    "labels" => task
                        .labels
                        .iter()
                        .flat_map(|label| label.groups.iter().map(|group| selected(document, label.span, &**group)))
                        .collect(),
                    _ => Vec::new(),
                }
            }
            Thing::Item(item) => match name {
                "id" => vec![self.clone()],
                "text" => vec![selected(document, item.text.whole(), &*item.text.text)],
                _ => Vec::new(),
            },
            Thing::Node(key, node) => {
                let mut found = Vec::new();
                match (name, key) {
                    ("key", Some(key)) => node_selected(document, key, &mut found),
                    _ => {
                        let inner = if name.starts_with('/') { node.pointer(name) } else { node.get(name) };
                        if let Some(inner) = inner {
                            node_selected(document, inner, &mut found);
                        }
                    }
                }
                found
            }
        }
    }

    /// All of it, with what stands under its line.
    fn region(&self) -> Span {
        match self.thing {
            Thing::Entry(entry) => entry.span,
            Thing::Task(task) => task.span,
            Thing::Phase(phase) => self.document.parsed.sections[phase.section].span,
            _ => self.span,
        }
    }
}

fn part_of<'a>(document: &'a Document, entry: &'a Entry, name: &str) -> Vec<Selected<'a>> {
    let parts = entry.parts.iter().filter(|part| part.name.eq_ignore_ascii_case(name)).map(|part| {
        let span = if part.value.text.is_empty() { part.name_span } else { part.value.whole() };
        Selected { empty: part.empty, thing: Thing::Entry(entry), ..selected(document, span, &*part.value.text) }
    });
    let captures = entry
        .captures
        .iter()
        .filter(|capture| capture.name == name)
        .map(|capture| Selected { thing: Thing::Entry(entry), ..selected(document, capture.span, &*capture.text) });
    parts.chain(captures).collect()
}

/// The nodes that a JSON pointer with `*` names, each with its key where it has one.
#[must_use]
pub fn pointed<'a>(root: &'a Node, pointer: &str) -> Vec<(Option<&'a Node>, &'a Node)> {
    let mut nodes = vec![(None, root)];
    for step in pointer.split('/').skip(1) {
        nodes = nodes
            .into_iter()
            .flat_map(|(_, node)| match (&node.value, step) {
                (Value::Seq(items), "*") => items.iter().map(|item| (None, item)).collect::<Vec<_>>(),
                (Value::Map(pairs), "*") => pairs.iter().map(|(key, value)| (Some(key), value)).collect(),
                _ => node.pointer(&format!("/{step}")).into_iter().map(|node| (None, node)).collect(),
            })
            .collect();
    }
    nodes
}
