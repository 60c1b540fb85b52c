//! What remains of the template: the kind's closed list, searched for in the places where it is never legitimate. This runs
//! when all documents are read, because some blanks are legal until another document says that work has begun.

use crate::document::{Body, Document, Leftover, Line, Node, Value};
use crate::pack::Kind;
use crate::pack::compile::{LeftoverPlace, LeftoverRule, Needle};
use crate::pack::format::Sort;
use crate::read::fields::short;
use crate::select::Scope;
use crate::text::Span;

/// What was found in one document.
#[derive(Default)]
pub struct Remains {
    /// The leftovers, in document order, none within another.
    pub leftovers: Vec<Leftover>,
    /// All marks of the unfilled template hold.
    pub unfilled: bool,
}

/// Searches a document.
#[must_use]
pub fn search(scope: &Scope<'_>, kind: &Kind) -> Remains {
    let body = kind.body();
    let unfilled = !body.unfilled.is_empty() && body.unfilled.iter().all(|condition| scope.holds(condition));
    let mut found = Vec::new();
    let source = scope.document.parsed.text.as_str();
    for rule in &body.leftovers {
        if !may_occur(rule, source) {
            continue;
        }
        let before = found.len();
        for place in &rule.places {
            search_place(scope.document, rule, place, &mut found);
        }
        if found.len() > before && rule.unless.as_ref().is_some_and(|unless| scope.holds(unless)) {
            found.truncate(before);
        }
    }
    found.sort_by_key(|leftover: &Leftover| (leftover.span.start, usize::MAX - leftover.span.end));
    let mut outer: Vec<Leftover> = Vec::new();
    for leftover in found {
        match outer.last() {
            Some(last) if last.span.overlaps(leftover.span) && !leftover.span.is_empty() => {}
            _ => outer.push(leftover),
        }
    }
    Remains { leftovers: outer, unfilled }
}

/// Whether the document holds what a rule looks for, as far as one word of each of its texts can tell: lines are folded, so
/// a text with blanks may be spread over two of them.
fn may_occur(rule: &LeftoverRule, source: &str) -> bool {
    let word = |word: &str| memchr::memmem::find(source.as_bytes(), word.as_bytes()).is_some();
    rule.texts.iter().any(|needle| needle.word.find(source.as_bytes()).is_some())
        || rule.shapes.iter().any(|shape| shape.words().iter().all(|w| word(w)))
}

fn push(rule: &LeftoverRule, span: Span, text: &str, found: &mut Vec<Leftover>) {
    found.push(Leftover {
        sort: rule.sort.name().into(),
        span,
        // The message quotes it in back-ticks.
        text: short(&text.replace(['\n', '\r'], " ")).trim_matches('`').replace('`', "'"),
        severity: rule.severity,
        field: None,
    });
}

fn search_place(document: &Document, rule: &LeftoverRule, place: &LeftoverPlace, found: &mut Vec<Leftover>) {
    let parsed = &document.parsed;
    match place {
        LeftoverPlace::Title => {
            if let Some(title) = document.title {
                within(rule, &parsed.sections[title].title, None, found);
            }
        }
        LeftoverPlace::Fields => values(document, rule, &document.fields, "", found),
        LeftoverPlace::Values => {
            for (key, value) in document.fields.pairs() {
                let line = Line::of(document.parsed.text.slice(value.span), value.span.start);
                if whole(rule, &line, found)
                    && let Some(leftover) = found.last_mut()
                {
                    leftover.field = key.as_str().map(str::to_owned);
                    leftover.span = value.span;
                }
            }
        }
        LeftoverPlace::Headings => {
            for section in &parsed.sections {
                within(rule, &section.title, None, found);
            }
        }
        LeftoverPlace::Entries => {
            for line in document
                .entries
                .iter()
                .map(|entry| &entry.line)
                .chain(document.near_entries.iter().map(|near| &near.line))
            {
                within(rule, line, None, found);
            }
        }
        LeftoverPlace::Items => {
            for block in parsed.blocks.iter().filter(|block| matches!(block.body, Body::Item { .. })) {
                whole(rule, &block.plain, found);
            }
        }
        LeftoverPlace::Tasks => {
            let count = found.len();
            for task in &document.tasks {
                if whole(rule, &task.description, found) {
                    let last = found.len() - 1;
                    found[last].span = task.checkbox.span.cover(task.line.whole());
                }
            }
            for block in &parsed.blocks {
                let Body::Item { checkbox: Some(checkbox), .. } = &block.body else { continue };
                let known = found[count..].iter().any(|leftover| leftover.span.overlaps(checkbox.span));
                if !known && whole(rule, &block.plain, found) {
                    let last = found.len() - 1;
                    found[last].span = checkbox.span.cover(block.line.whole());
                }
            }
        }
        LeftoverPlace::Comments => {
            for block in parsed.blocks.iter().filter(|block| matches!(block.body, Body::Comment)) {
                let line = Line::of(parsed.text.slice(block.span), block.span.start);
                within(rule, &line, Some(block.span), found);
            }
        }
        LeftoverPlace::Code => {
            for block in &parsed.blocks {
                if let Body::Code { content, .. } = block.body {
                    lines(document, rule, content, found);
                }
            }
        }
        LeftoverPlace::Text => text(document, rule, Span::new(0, parsed.text.len()), found),
        LeftoverPlace::Section(shape) => {
            for section in parsed.sections.iter().filter(|section| shape.fits_loosely(&section.title.text)) {
                text(document, rule, section.span, found);
            }
        }
    }
}

/// Paragraphs, items, headings and cells of tables.
fn text(document: &Document, rule: &LeftoverRule, region: Span, found: &mut Vec<Leftover>) {
    let before = found.len();
    everywhere(document, rule, region, found);
    // In back-ticks a blank is quoted, unless the back-ticks are the template's own: they hold nothing else.
    let quoted = |leftover: &Leftover| {
        document.parsed.code_spans.iter().any(|code| {
            let inner = document.parsed.text.slice(*code).trim_matches('`').trim();
            let inside = code.contains(leftover.span) && !leftover.span.contains(*code);
            inside
                && (inner != document.parsed.text.slice(leftover.span).trim_matches('`').trim()
                    || rule.sort == Sort::Clarification)
        })
    };
    let mut number = 0;
    found.retain(|leftover| {
        number += 1;
        number <= before || !quoted(leftover)
    });
}

fn everywhere(document: &Document, rule: &LeftoverRule, region: Span, found: &mut Vec<Leftover>) {
    for block in document.parsed.blocks.iter().filter(|block| region.contains(Span::point(block.span.start))) {
        match &block.body {
            Body::Heading { .. } | Body::Paragraph | Body::Item { .. } => {
                let span = rule.whole.then(|| block.line.whole());
                within(rule, &block.line, span, found);
            }
            Body::Table { rows } => {
                for cell in rows.iter().flatten() {
                    within(rule, cell, None, found);
                }
            }
            Body::Code { .. } | Body::Comment | Body::Html | Body::Ruler => {}
        }
    }
}

fn lines(document: &Document, rule: &LeftoverRule, region: Span, found: &mut Vec<Leftover>) {
    let text = &document.parsed.text;
    let first = text.line_at(region.start);
    let last = text.line_at(region.end.saturating_sub(1).max(region.start));
    for number in first..=last {
        let span = text.line_span(number);
        let span = Span::new(span.start.max(region.start).min(span.end), span.end);
        let line = Line::of(text.slice(span), span.start);
        let whole = rule.whole.then(|| text.trimmed(span));
        within(rule, &line, whole, found);
    }
}

/// Every place in a line where a text or shape of the rule occurs; with `cover` the finding is that place, once.
fn within(rule: &LeftoverRule, line: &Line, cover: Option<Span>, found: &mut Vec<Leftover>) {
    for needle in &rule.texts {
        let text = &needle.text;
        for at in needle.finder.find_iter(line.text.as_bytes()) {
            // A text is meant as it stands, not as the beginning of a longer word.
            let cut = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let starts = text.starts_with(char::is_alphanumeric) && cut(line.text[..at].chars().next_back());
            let ends = text.ends_with(char::is_alphanumeric) && cut(line.text[at + text.len()..].chars().next());
            if starts || ends {
                continue;
            }
            match cover.filter(|_| rule.whole) {
                Some(span) => return push(rule, span, &line.text, found),
                None => push(rule, line.span(at..at + text.len()), text, found),
            }
        }
    }
    for shape in &rule.shapes {
        let mut from = 0;
        while let Some(range) = shape.find(&line.text, from) {
            if range.is_empty() {
                break;
            }
            from = range.end;
            match cover.filter(|_| rule.whole) {
                Some(span) => return push(rule, span, &line.text, found),
                None => push(rule, line.span(range.clone()), &line.text[range], found),
            }
        }
    }
}

/// Whether a line as a whole is one of the rule's texts or fits one of its shapes.
fn whole(rule: &LeftoverRule, line: &Line, found: &mut Vec<Leftover>) -> bool {
    let mut bare = line.text.trim();
    if let Some(at) = bare.find("<!--") {
        bare = bare[..at].trim_end();
    }
    let stop = bare.trim_end_matches('.');
    let equal = |needle: &Needle| needle.text == bare || needle.text.trim_end_matches('.') == stop;
    if rule.texts.iter().any(equal) {
        push(rule, line.whole(), bare, found);
        return true;
    }
    let start = line.text.len() - line.text.trim_start().len();
    let own = line.sub(start..start + bare.len());
    let Some(captures) = rule.shapes.iter().find_map(|shape| shape.fits(&own)) else { return false };
    // A hole of that name is the blank itself; without one the whole line is.
    match captures.into_iter().find(|capture| capture.name == "blank") {
        Some(blank) => push(rule, blank.span, &blank.text, found),
        None => push(rule, line.whole(), bare, found),
    }
    true
}

/// The values of fields: their source bytes, so that `{TASK_ID}` is found although YAML reads a mapping.
fn values(document: &Document, rule: &LeftoverRule, node: &Node, name: &str, found: &mut Vec<Leftover>) {
    for (key, value) in node.pairs() {
        let name = key.as_str().unwrap_or(name);
        let nested = matches!(value.value, Value::Map(_)) && !document.parsed.text.slice(value.span).starts_with('{');
        if nested {
            values(document, rule, value, name, found);
            continue;
        }
        // Each item of a list over several lines is a value of its own.
        if let Value::Seq(items) = &value.value
            && !document.parsed.text.slice(value.span).starts_with('[')
        {
            for item in items {
                let pair = Node { span: item.span, value: Value::Map(vec![(key.clone(), item.clone())]) };
                values(document, rule, &pair, name, found);
            }
            continue;
        }
        let before = found.len();
        let line = Line::of(document.parsed.text.slice(value.span), value.span.start);
        within(rule, &line, rule.whole.then_some(value.span), found);
        for leftover in &mut found[before..] {
            leftover.field = Some(name.to_owned());
            // The whole value is at stake: what else is wrong with it has the same cause.
            leftover.span = value.span;
        }
    }
}
