//! Evaluates the one selector and the one condition language: on a document alone while it is classified and read, and
//! with the other members of its work item once all documents are there.

pub mod targets;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::{Body, Document, Entry, Fact, Format, Item, Node, Phase, Section, Task};
use crate::pack::condition::{Bound, Condition, Selector, Target, Test};
use crate::pack::format::Progress;
use crate::pack::schema::plain;
use crate::pack::shape::Shape;
use crate::select::targets::select_in;
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
    /// What the names of a relation's `each` stand for.
    pub bound: &'a [(&'a str, Selected<'a>)],
    /// Values that were selected before and do not depend on `bound`.
    pub memo: Option<&'a Memo>,
}

/// The other documents of a work item, and the files around.
pub trait Members {
    /// The documents that play a role.
    fn of_role(&self, role: &str) -> Vec<&Document>;
    /// Whether a file exists, relative to the document's root.
    fn file_exists(&self, path: &str) -> bool;
    /// The values that a hole of the kind's path has among all files under the document's root.
    fn known(&self, document: &Document, hole: &str) -> Vec<String>;
    /// The same values as they are compared.
    fn known_set(&self, document: &Document, hole: &str) -> Arc<HashSet<String>>;
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

    fn known(&self, _document: &Document, _hole: &str) -> Vec<String> {
        Vec::new()
    }

    fn known_set(&self, _document: &Document, _hole: &str) -> Arc<HashSet<String>> {
        Arc::default()
    }
}

/// Sets of values, so that asking each of many things whether it is among many others costs no more than reading both.
#[derive(Default)]
pub struct Memo {
    sets: RefCell<HashMap<*const Selector, Arc<HashSet<String>>>>,
}

/// Something that was selected.
#[derive(Clone, Debug)]
pub struct Selected<'a> {
    /// The document that it lies in.
    pub document: &'a Document,
    /// That document's path.
    pub path: Arc<str>,
    /// Where.
    pub span: Span,
    /// Its text, as a person would write it.
    pub text: String,
    /// Its time, if it has one.
    pub time: Option<Timestamp>,
    /// It has no value.
    pub empty: bool,
    /// What it is, where it has parts that can be asked for.
    pub thing: Thing<'a>,
}

/// What was selected, where it has parts.
#[derive(Clone, Copy, Debug)]
pub enum Thing<'a> {
    /// A value.
    Value,
    /// An entry: its captures, parts and facts.
    Entry(&'a Entry),
    /// A phase: the holes of its heading.
    Phase(&'a Phase),
    /// A task.
    Task(&'a Task),
    /// An item with an ID.
    Item(&'a Item),
    /// What the text states: the holes of its shape.
    Fact(&'a Fact),
    /// A mapping of data, with its key where it has one.
    Node(Option<&'a Node>, &'a Node),
}

impl<'a> Scope<'a> {
    /// A document by itself.
    #[must_use]
    pub fn alone(document: &'a Document) -> Self {
        Self::of(document, &Alone)
    }

    /// A document among the others of its work item.
    #[must_use]
    pub fn of(document: &'a Document, members: &'a dyn Members) -> Self {
        Self { document, entry: None, members, bound: &[], memo: None }
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
        if !test.asks_value() {
            return true;
        }
        values.iter().any(|value| self.fits(test, value))
    }

    /// Whether one value is what a comparison asks for.
    fn fits(&self, test: &Test, value: &Selected<'_>) -> bool {
        let any = |selector: &Option<Selector>, fits: &dyn Fn(&Selected<'_>) -> bool| {
            selector.as_ref().is_none_or(|selector| self.select(selector).iter().any(fits))
        };
        let among = |selector: &Option<Selector>| {
            selector.as_ref().is_none_or(|selector| self.set(selector).contains(&normal(&value.text)))
        };
        let later = |later: &Selected<'_>, earlier: &Selected<'_>| is_later(later, earlier, test.margin);
        test.one_of.as_ref().is_none_or(|allowed| allowed.iter().any(|json| same(json, &value.text)))
            && (test.fits.is_empty() || test.fits.iter().any(|shape| shape.fits_str(&value.text)))
            && (test.holds.is_empty() || test.holds.iter().any(|shape| occurs(shape, &value.text)))
            && among(&test.subset)
            && among(&test.equals)
            && test.differs.as_ref().is_none_or(|others| self.differs(value, others))
            && any(&test.before, &|other| later(other, value))
            && any(&test.after, &|other| later(value, other))
            && any(&test.like, &|other| like(&value.text, &other.text))
            && any(&test.contains, &|other| holds_text(&value.text, &other.text))
            && self.beyond(value, test.above.as_ref(), |value, bound| value > bound)
            && self.beyond(value, test.below.as_ref(), |value, bound| value < bound)
    }

    fn differs(&self, value: &Selected<'_>, others: &Selector) -> bool {
        let others: Vec<Selected<'_>> = self.select(others).into_iter().filter(|other| !other.empty).collect();
        !value.empty && !others.is_empty() && !others.iter().any(|other| equal(&other.text, &value.text))
    }

    fn beyond(&self, value: &Selected<'_>, bound: Option<&Bound>, fits: impl Fn(f64, f64) -> bool) -> bool {
        let Some(bound) = bound else { return true };
        let Some(value) = number(&value.text) else { return false };
        match bound {
            Bound::Number(bound) => fits(value, *bound),
            Bound::Selector(selector) => {
                self.select(selector).iter().filter_map(|other| number(&other.text)).any(|other| fits(value, other))
            }
        }
    }

    /// The values of a selector, as they are compared.
    fn set(&self, selector: &Selector) -> Arc<HashSet<String>> {
        // What is known of all documents is compared in each of them.
        if let Target::Known(hole) = &selector.target {
            return self.owner(selector).map(|owner| self.members.known_set(owner, hole)).unwrap_or_default();
        }
        let make = || Arc::new(self.select(selector).iter().map(|value| normal(&value.text)).collect::<HashSet<_>>());
        // What depends on a name of `each`, or on the entry at hand, is another set each time.
        match self.memo.filter(|_| selector.variable().is_none() && !matches!(selector.target, Target::Part(_))) {
            Some(memo) => {
                let key = std::ptr::from_ref(selector);
                if let Some(set) = memo.sets.borrow().get(&key) {
                    return set.clone();
                }
                let set = make();
                memo.sets.borrow_mut().insert(key, set.clone());
                set
            }
            None => make(),
        }
    }

    /// What a selector selects, in document order.
    #[must_use]
    pub fn select(&self, selector: &Selector) -> Vec<Selected<'a>> {
        match &selector.target {
            Target::Variable { name, hole } => {
                let Some((_, bound)) = self.bound.iter().find(|(known, _)| known == name) else { return Vec::new() };
                match hole {
                    None => vec![bound.clone()],
                    Some(hole) => bound.hole(hole),
                }
            }
            Target::First(inner) => self.select(inner).into_iter().take(1).collect(),
            Target::Last(inner) => self.select(inner).pop().into_iter().collect(),
            Target::Preceding(what, list) => {
                let Some(what) = self.select(what).into_iter().next() else { return Vec::new() };
                let place = in_sequence(&what.text);
                let before = self.select(list).into_iter().filter(|other| in_sequence(&other.text) < place);
                let last = before.max_by(|a, b| in_sequence(&a.text).cmp(&in_sequence(&b.text)));
                last.map(Selected::whole).into_iter().collect()
            }
            Target::Count(inner) => {
                let found = self.select(inner);
                let Some(document) = found.first().map(|first| first.document).or_else(|| self.owner(inner)) else {
                    return Vec::new();
                };
                let span = found.first().map_or_else(|| head(document), |first| first.span);
                vec![selected(document, span, found.len().to_string())]
            }
            Target::Known(hole) => {
                let owner = self.owner(selector).into_iter();
                owner
                    .flat_map(|document| {
                        let values = self.members.known(document, hole).into_iter();
                        values.map(move |value| selected(document, Span::point(0), value))
                    })
                    .collect()
            }
            target => match &selector.member {
                None => select_in(self.document, target, self.entry),
                Some(role) => self
                    .members
                    .of_role(role)
                    .into_iter()
                    .flat_map(|document| select_in(document, target, None))
                    .collect(),
            },
        }
    }

    /// The document that a selector is about, whether or not it selects something there.
    fn owner(&self, selector: &Selector) -> Option<&'a Document> {
        match (&selector.target, &selector.member) {
            (Target::Count(it) | Target::First(it) | Target::Last(it) | Target::Preceding(_, it), _) => self.owner(it),
            (Target::Variable { name, .. }, _) => {
                self.bound.iter().find(|(known, _)| known == name).map(|(_, bound)| bound.document)
            }
            (_, None) => Some(self.document),
            (_, Some(role)) => self.members.of_role(role).into_iter().next(),
        }
    }
}

/// Whether one time is later than another, by more than a margin in minutes.
fn is_later(later: &Selected<'_>, earlier: &Selected<'_>, margin: i64) -> bool {
    let (Some(a), Some(b)) = (later.time, earlier.time) else { return false };
    match a.minutes_since(&b).filter(|_| margin > 0) {
        Some(minutes) => minutes > margin,
        None => a.compare(&b) == Some(std::cmp::Ordering::Greater),
    }
}

/// The number at the beginning of a text: `80%` is 80.
fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('`').trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    text[..end].trim_end_matches('.').parse().ok()
}

/// Where a numbered thing stands among others: `3` before `3a` before `12`.
fn in_sequence(text: &str) -> (u64, String) {
    let bare = normal(text);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    (bare[..digits].parse().unwrap_or(u64::MAX), bare[digits..].to_owned())
}

/// Whether two texts say the same in other words: the words of one are all words of the other, or stand in it in a row.
fn like(a: &str, b: &str) -> bool {
    let words = |text: &str| -> String {
        // `&` is read as the word that it stands for.
        let text = text.replace(" & ", " and ");
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.fold(" ".to_owned(), |line, word| line + &word.to_lowercase() + " ")
    };
    let (a, b) = (words(a), words(b));
    a.len() > 1 && b.len() > 1 && (a.contains(&b) || b.contains(&a))
}

/// Whether one text occurs in another, whatever the case.
fn holds_text(text: &str, part: &str) -> bool {
    let part = normal(part);
    !part.is_empty() && text.to_lowercase().contains(&part)
}

/// Whether a JSON value and a text mean the same; case does not matter.
fn same(json: &Json, text: &str) -> bool {
    equal(&plain(json), text)
}

/// Whether two texts are the same value: without blanks and back-ticks around, whatever their case.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    normal(a) == normal(b)
}

/// A value as it is compared: without blanks and back-ticks around, in lower case; `007` is the number 7.
#[must_use]
pub fn normal(text: &str) -> String {
    let bare = text.trim().trim_matches('`').trim().to_lowercase();
    let digits = (1..10).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    match bare.parse::<u64>() {
        Ok(number) if digits => number.to_string(),
        _ => bare,
    }
}

/// Whether a shape occurs in a text, whatever the case of either.
fn occurs(shape: &Shape, text: &str) -> bool {
    shape.occurs(text, &text.to_lowercase())
}

/// A value of a document.
fn selected(document: &Document, span: Span, text: impl Into<String>) -> Selected<'_> {
    let text = text.into();
    let empty = text.trim().is_empty();
    let path = document.path.clone();
    Selected { document, path, span, time: time_of(&text), empty, text, thing: Thing::Value }
}

/// The time that a text is, without back-ticks.
#[must_use]
pub fn time_of(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches(['`', '"', '\'']).trim();
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    if let Some(time) = crate::time::compact(text) {
        return Some(time);
    }
    let demand = Demand::of_format("timestamp").or_else(|| Demand::of_format("date"))?;
    crate::time::parse(text, demand).ok()
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
pub fn state(document: &Document) -> Option<(Selected<'_>, StateClass)> {
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

/// Where something that is missing from a document as a whole is reported: its title, else the opening fence of its front
/// matter, else its first line.
#[must_use]
pub fn head(document: &Document) -> Span {
    let parsed = &document.parsed;
    if let Some(title) = document.title {
        return parsed.sections[title].heading;
    }
    if let Some(front) = &parsed.front_matter {
        return front.open;
    }
    let line = parsed.text.line_span(0);
    Span::new(line.start.max(parsed.text.start()).min(line.end), line.end)
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Done.
    Done,
    /// Being worked on.
    Current,
    /// Not begun.
    Open,
}

impl Stand {
    /// The word in conditions.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Stand::Done => "done",
            Stand::Current => "current",
            Stand::Open => "open",
        }
    }
}

/// How far a step is by its list's `progress`, and where that is written.
#[must_use]
pub fn stand(entry: &Entry, progress: &Progress) -> Option<(Stand, Span)> {
    progress.captures.as_slice().iter().find_map(|name| {
        let capture = entry.captures.iter().find(|capture| capture.name == *name)?;
        let fits =
            |words: &[String]| words.iter().any(|word| capture.text.to_lowercase().contains(&word.to_lowercase()));
        let stand = if fits(&progress.done) {
            Stand::Done
        } else if fits(&progress.current) {
            Stand::Current
        } else if fits(&progress.open) {
            Stand::Open
        } else {
            return None;
        };
        Some((stand, capture.span))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_people_read_them() {
        assert!(equal("`Done`", " done"));
        assert!(equal("007", "7"));
        assert!(!equal("7a", "7"));
        assert!(!equal("0070", "7"));
        assert_eq!(number("80%"), Some(80.0));
        assert_eq!(number("-3 of 4"), Some(-3.0));
        assert_eq!(number("2."), Some(2.0));
        assert_eq!(number("none"), None);
    }

    #[test]
    fn words_in_a_row_are_alike() {
        assert!(like("Phase 2: Boil & cool", "boil and cool"));
        assert!(like("`Phase 2`", "Phase 2: Boil"));
        assert!(!like("Phase 1", "Phase 10"));
        assert!(!like("Boil", "Cool"));
        assert!(!like("", "Boil"));
    }
}
