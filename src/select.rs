//! Evaluates the one selector and the one condition language: on a document alone while it is classified and read, and
//! with the other members of its work item once all documents are there.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::{Body, Document, Entry, Format, Node, Section, TaskState, Value};
use crate::pack::condition::{Condition, Selector, Target, Test};
use crate::pack::schema::plain;
use crate::pack::shape::Shape;
use crate::text::Span;
use crate::time::{Demand, Timestamp};

/// What conditions are evaluated on.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The document.
    pub document: &'a Document,
    /// The entry at hand, for `part`.
    pub entry: Option<&'a Entry>,
    /// The others of its work item.
    pub members: &'a dyn Members,
}

/// The other documents of a work item, and the files around.
pub trait Members {
    /// The documents that play a role.
    fn of_role(&self, role: &str) -> Vec<&Document>;
    /// Whether a file exists, relative to the document's root.
    fn file_exists(&self, path: &str) -> bool;
}

/// A document by itself.
pub struct Alone;

impl Members for Alone {
    fn of_role(&self, _role: &str) -> Vec<&Document> {
        Vec::new()
    }

    fn file_exists(&self, _path: &str) -> bool {
        false
    }
}

/// Something that was selected.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The document that it lies in.
    pub path: Arc<str>,
    /// Where.
    pub span: Span,
    /// Its text, as a person would write it.
    pub text: String,
    /// Its time, if it has one.
    pub time: Option<Timestamp>,
    /// It has no value.
    pub empty: bool,
}

impl<'a> Scope<'a> {
    /// A document by itself.
    #[must_use]
    pub fn alone(document: &'a Document) -> Self {
        Self { document, entry: None, members: &Alone }
    }

    /// The same for an entry of the document.
    #[must_use]
    pub fn entry(self, entry: &'a Entry) -> Self {
        Self { entry: Some(entry), ..self }
    }

    /// Whether a condition holds.
    #[must_use]
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Exists(selector) => self.exists(selector),
            Condition::All(conditions) => conditions.iter().all(|condition| self.holds(condition)),
            Condition::Any(conditions) => conditions.iter().any(|condition| self.holds(condition)),
            Condition::Not(condition) => !self.holds(condition),
            Condition::Variant(name) => self.document.variants.iter().any(|variant| variant == name),
            Condition::Test(test) => self.test(test),
        }
    }

    fn exists(&self, selector: &Selector) -> bool {
        if let Target::File(path) = &selector.target {
            return self.members.file_exists(path);
        }
        !self.select(selector).is_empty()
    }

    fn test(&self, test: &Test) -> bool {
        let values = self.select(&test.select);
        if let Some(exists) = test.exists
            && self.exists(&test.select) != exists
        {
            return false;
        }
        if let Some(empty) = test.empty
            && values.iter().all(|value| value.empty) != empty
        {
            return false;
        }
        let asks_value = test.one_of.is_some()
            || !test.fits.is_empty()
            || !test.holds.is_empty()
            || test.before.is_some()
            || test.subset.is_some()
            || test.equals.is_some();
        if !asks_value {
            return true;
        }
        let select = |selector: &Option<Selector>| selector.as_ref().map(|selector| self.select(selector));
        let (before, subset, equals) = (select(&test.before), select(&test.subset), select(&test.equals));
        values.iter().any(|value| {
            let one_of = test.one_of.as_ref().is_none_or(|allowed| allowed.iter().any(|json| same(json, &value.text)));
            let fits = test.fits.is_empty() || test.fits.iter().any(|shape| shape.fits_str(&value.text));
            let holds = test.holds.is_empty() || test.holds.iter().any(|shape| occurs(shape, &value.text));
            let earlier = before.as_ref().is_none_or(|others| {
                others.iter().any(|other| match (&value.time, &other.time) {
                    (Some(a), Some(b)) => a.compare(b) == Some(std::cmp::Ordering::Less),
                    _ => false,
                })
            });
            let among = |others: &Option<Vec<Selected>>| {
                others.as_ref().is_none_or(|others| others.iter().any(|other| equal(&other.text, &value.text)))
            };
            one_of && fits && holds && earlier && among(&subset) && among(&equals)
        })
    }

    /// What a selector selects, in document order.
    #[must_use]
    pub fn select(&self, selector: &Selector) -> Vec<Selected> {
        match &selector.member {
            None => select_in(self.document, &selector.target, self.entry),
            Some(role) => self
                .members
                .of_role(role)
                .into_iter()
                .flat_map(|document| select_in(document, &selector.target, None))
                .collect(),
        }
    }
}

/// Whether a JSON value and a text mean the same; case does not matter.
fn same(json: &Json, text: &str) -> bool {
    equal(&plain(json), text)
}

/// Whether two texts are the same value: without blanks and back-ticks around, whatever their case.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    let bare = |text: &str| text.trim().trim_matches('`').trim().to_lowercase();
    let (a, b) = (bare(a), bare(b));
    // `7` and `007` are one number.
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.len() < 10);
    a == b || matches!((number(&a), number(&b)), (Some(a), Some(b)) if a == b)
}

/// Whether a shape occurs in a text, whatever the case of either.
fn occurs(shape: &Shape, text: &str) -> bool {
    // The shapes of `holds` are compiled from lower case.
    shape.find(&text.to_lowercase(), 0).is_some()
}

fn selected(document: &Document, span: Span, text: impl Into<String>) -> Selected {
    let text = text.into();
    let empty = text.trim().is_empty();
    Selected { path: document.path.clone(), span, time: time_of(&text), empty, text }
}

/// The time that a text is, without back-ticks.
#[must_use]
pub fn time_of(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches(['`', '"', '\'']).trim();
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let demand = Demand::of_format("timestamp").or_else(|| Demand::of_format("date"))?;
    crate::time::parse(text, demand).ok()
}

fn node_selected(document: &Document, node: &Node, found: &mut Vec<Selected>) {
    match &node.value {
        Value::Seq(items) if !items.is_empty() => {
            for item in items {
                node_selected(document, item, found);
            }
            // `[ISO timestamp]` is a list to YAML; a blank of a template is told by its source.
            let source = document.parsed.text.slice(node.span);
            if source.starts_with('[') && items.len() == 1 {
                found.push(Selected {
                    path: document.path.clone(),
                    span: node.span,
                    text: source.to_owned(),
                    time: None,
                    empty: false,
                });
            }
        }
        Value::Map(_) | Value::Seq(_) => {
            let empty = matches!(&node.value, Value::Seq(_)) || node.pairs().is_empty();
            let text = document.parsed.text.slice(node.span).to_owned();
            found.push(Selected { path: document.path.clone(), span: node.span, text, time: None, empty });
        }
        _ => {
            let mut value = selected(document, node.span, node.scalar().unwrap_or_default());
            value.empty = node.is_empty();
            found.push(value);
        }
    }
}

fn select_in(document: &Document, target: &Target, entry: Option<&Entry>) -> Vec<Selected> {
    let parsed = &document.parsed;
    let text = &parsed.text;
    let mut found = Vec::new();
    match target {
        Target::Field(name) if name.starts_with('/') => {
            let root = parsed.data.as_ref().unwrap_or(&document.fields);
            for node in pointed(root, name) {
                node_selected(document, node, &mut found);
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
                        None => {
                            let mut value = selected(document, entry.line.whole(), &*entry.line.text);
                            value.time = entry.when.map(|(when, _)| when);
                            found.push(value);
                        }
                        Some("when") => {
                            if let Some((when, span)) = entry.when {
                                let mut value = selected(document, span, text.slice(span));
                                value.time = Some(when);
                                found.push(value);
                            }
                        }
                        Some(part) => found.extend(part_of(document, entry, part)),
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
            for task in &document.tasks {
                let fits = match state.as_deref() {
                    None => true,
                    Some("open") => task.state == TaskState::Open,
                    Some("done") => task.state == TaskState::Done,
                    Some("skipped") => task.state == TaskState::Skipped,
                    Some(_) => false,
                };
                if fits {
                    found.push(selected(document, task.id_span, &*task.id));
                }
            }
        }
        Target::Criteria(state) => {
            for criterion in &document.criteria {
                let fits = match state.as_deref() {
                    None => true,
                    Some("checked") => criterion.checked,
                    Some("open") => !criterion.checked,
                    Some(_) => false,
                };
                if fits {
                    found.push(selected(document, criterion.line.whole(), &*criterion.line.text));
                }
            }
        }
        Target::State => {
            if let Some(state) = crate::select::state(document) {
                found.push(selected(document, Span::point(0), state.1.word()));
            }
        }
        Target::Text => found.push(selected(document, Span::new(0, text.len()), text.as_str())),
        Target::Document => found.push(selected(document, Span::point(0), &*document.path)),
        Target::File(_) => {}
    }
    found
}

fn part_of(document: &Document, entry: &Entry, name: &str) -> Vec<Selected> {
    let parts = entry.parts.iter().filter(|part| part.name.eq_ignore_ascii_case(name)).map(|part| {
        let span = if part.value.text.is_empty() { part.name_span } else { part.value.whole() };
        Selected { empty: part.empty, ..selected(document, span, &*part.value.text) }
    });
    let captures = entry
        .captures
        .iter()
        .filter(|capture| capture.name == name)
        .map(|capture| selected(document, capture.span, &*capture.text));
    parts.chain(captures).collect()
}

/// A field by its name, whatever its case, or by a dotted path.
#[must_use]
pub fn field<'a>(fields: &'a Node, name: &str) -> Option<&'a Node> {
    let direct = |node: &'a Node, name: &str| {
        node.get(name).or_else(|| {
            node.pairs()
                .iter()
                .find(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))
                .map(|(_, value)| value)
        })
    };
    direct(fields, name).or_else(|| {
        let mut node = fields;
        for step in name.split('.') {
            node = direct(node, step)?;
        }
        Some(node)
    })
}

/// The nodes that a JSON pointer with `*` names.
#[must_use]
pub fn pointed<'a>(root: &'a Node, pointer: &str) -> Vec<&'a Node> {
    let mut nodes = vec![root];
    for step in pointer.split('/').skip(1) {
        nodes = nodes
            .into_iter()
            .flat_map(|node| match (&node.value, step) {
                (Value::Seq(items), "*") => items.iter().collect::<Vec<_>>(),
                (Value::Map(pairs), "*") => pairs.iter().map(|(_, value)| value).collect(),
                _ => node.pointer(&format!("/{step}")).into_iter().collect(),
            })
            .collect();
    }
    nodes
}

/// The title: the first heading of level 1.
#[must_use]
pub fn title_of(sections: &[Section]) -> Option<usize> {
    sections.iter().position(|section| section.level == 1)
}

/// The class of a document's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateClass {
    /// Work goes on.
    Open,
    /// Work is done.
    Done,
    /// Work was given up.
    Closed,
}

impl StateClass {
    /// The word in conditions.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            StateClass::Open => "open",
            StateClass::Done => "done",
            StateClass::Closed => "closed",
        }
    }
}

/// The state that a document states, and its class.
#[must_use]
pub fn state(document: &Document) -> Option<(Selected, StateClass)> {
    let lifecycle = document.kind.as_ref()?.body().lifecycle.as_ref()?;
    let value = Scope::alone(document).select(&lifecycle.state).into_iter().next()?;
    let bare = value.text.trim().trim_matches('`').trim().to_owned();
    let fits = |shapes: &[Shape]| shapes.iter().any(|shape| shape.fits_str(&bare) || shape.fits_loosely(&bare));
    let class = if fits(&lifecycle.done) {
        StateClass::Done
    } else if fits(&lifecycle.closed) {
        StateClass::Closed
    } else if fits(&lifecycle.open) {
        StateClass::Open
    } else {
        return None;
    };
    Some((value, class))
}

/// Whether a heading is the section that a selector names: by itself, or because the kind declares a section of that name
/// with other headings.
fn named(document: &Document, shape: &Shape, title: &str) -> bool {
    if shape.fits_loosely(title) {
        return true;
    }
    let Some(kind) = &document.kind else { return false };
    kind.body()
        .sections
        .iter()
        .filter(|rule| rule.name.eq_ignore_ascii_case(shape.source()))
        .any(|rule| rule.headings.iter().any(|heading| heading.fits_loosely(title)))
}

/// The region of a selector in a document: what a section or callout holds, heading included.
#[must_use]
pub fn regions(document: &Document, selectors: &[Selector]) -> Vec<Span> {
    let parsed = &document.parsed;
    if selectors.is_empty() && parsed.format == Format::Markdown {
        return vec![Span::new(0, parsed.text.len())];
    }
    let mut regions: Vec<Span> = Vec::new();
    for selector in selectors {
        match &selector.target {
            Target::Section(shape) => regions.extend(
                parsed
                    .sections
                    .iter()
                    .filter(|section| named(document, shape, &section.title.text))
                    .map(|section| section.span),
            ),
            Target::Callout(shape) => regions.extend(
                parsed
                    .callouts
                    .iter()
                    .filter(|callout| shape.fits_loosely(&callout.title.text))
                    .map(|callout| callout.span),
            ),
            Target::Text | Target::Document => regions.push(Span::new(0, parsed.text.len())),
            _ => {}
        }
    }
    regions.sort_unstable_by_key(|span| (span.start, usize::MAX - span.end));
    let mut outer: Vec<Span> = Vec::new();
    for region in regions {
        if !outer.last().is_some_and(|last| last.contains(region)) {
            outer.push(region);
        }
    }
    outer
}

/// The text of the first item or paragraph in a region, with its place: what stands for the value of a section.
#[must_use]
pub fn first_text(document: &Document, region: Span) -> Option<&crate::document::Line> {
    document
        .parsed
        .blocks
        .iter()
        .find(|block| {
            region.contains(block.span)
                && matches!(block.body, Body::Item { .. } | Body::Paragraph)
                && !block.plain.text.trim().is_empty()
        })
        .map(|block| &block.plain)
}
