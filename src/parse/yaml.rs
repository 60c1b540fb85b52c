//! YAML and JSON with the exact place of every value.
//!
//! granit-parser gives events with byte ranges; [`parse`] makes a tree of them. What YAML refuses is looked at by `traps`,
//! which names the author's mistake and its place. Where the mistake is one value, that value is masked (same length, so
//! that spans stay true) and the rest is parsed again: the author sees every mistake at once, and the fields below the
//! broken line are known all the same. Aliases stay references, and nesting is limited, so no input can grow.

mod json;
mod traps;

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle};
use rustc_hash::FxHashMap;

use crate::document::{Node, Value};
use crate::text::{Span, Text};

pub use json::{Nulls, parse_json, to_json};
pub(crate) use traps::shortened;

/// How deep lists and mappings may be nested. Real documents stay below ten.
const DEEPEST: usize = 128;

/// How many mistakes of one document are looked for; each costs one more pass.
const MOST_MISTAKES: usize = 12;

/// What became of a YAML or JSON text.
#[derive(Clone, Debug, Default)]
pub struct Yaml {
    /// The value, as far as it could be parsed; `None` when there is none.
    pub root: Option<Node>,
    /// What is wrong with it, in the order of the text.
    pub mistakes: Vec<Mistake>,
    /// The comments, `#` included.
    pub comments: Vec<Span>,
}

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The place.
    pub span: Span,
    /// Its name: `colon-in-value`, `reserved-start`, `bracket-start`, `template-braces`, `tab`, `unclosed-quote`,
    /// `bad-indentation`, `unknown-alias`, `too-deep`, `several-documents`, `json` or `other`.
    pub case: &'static str,
    /// `value`: the text at the place, shortened. `key`: the key that it belongs to, where known. `problem`: what is
    /// wrong in plain words, for `json` and `other`.
    pub values: Vec<(Cow<'static, str>, String)>,
}

/// A key that one mapping has more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub name: String,
    /// The first key's place.
    pub first: Span,
    /// The later key's place.
    pub again: Span,
}

/// Parses the YAML under `span`. Of a stream of documents only the first is taken. Never fails.
#[must_use]
pub fn parse(text: &Text, span: Span) -> Yaml {
    let mut span = Span::new(span.start, span.end.min(text.len()).max(span.start));
    if text.slice(span).starts_with('\u{FEFF}') {
        span.start += '\u{FEFF}'.len_utf8();
    }
    let source = text.slice(span);
    let mut masked = Cow::Borrowed(source);
    let mut repairs: Vec<Range<usize>> = Vec::new();
    let mut stops = Vec::new();
    loop {
        let mut builder = Builder::new(source, &repairs, span.start);
        let trouble = builder.run(&masked);
        if let Some(trouble) = trouble {
            let found = traps::find(source, &masked, &trouble);
            let (range, repair) = (found.range.clone(), found.repair);
            // Trouble in a value that is masked already has been named.
            let known = repairs.iter().any(|known| known.start < range.end && range.start < known.end);
            if !known {
                stops.push(found.mistake(source, span.start));
            }
            if repair && !known && stops.len() < MOST_MISTAKES {
                masked = Cow::Owned(mask(&masked, &range));
                repairs.push(range);
                continue;
            }
            builder.unwind(span.start + range.start);
        }
        let Builder { root, mut mistakes, comments, .. } = builder;
        mistakes.append(&mut stops);
        mistakes.sort_by_key(|mistake| mistake.span);
        return Yaml { root, mistakes, comments };
    }
}

/// The text with every byte of `range` that is not blank replaced, so that it is a plain scalar of the same length.
fn mask(text: &str, range: &Range<usize>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for byte in &mut bytes[range.clone()] {
        if !byte.is_ascii_whitespace() {
            *byte = b'x';
        }
    }
    String::from_utf8(bytes).expect("whole characters were replaced by ASCII")
}

/// Where and why granit stopped.
struct Trouble {
    kind: ErrorKind,
    /// The offset that granit names.
    at: usize,
    /// The last value that was understood before.
    last: Range<usize>,
    /// The place lies between brackets or braces.
    flow: bool,
}

/// A list or mapping that is not yet closed.
enum Frame {
    Seq { flow: bool, start: usize, items: Vec<Node> },
    Map { flow: bool, start: Option<usize>, pairs: Vec<(Node, Node)>, key: Option<Node> },
}

impl Frame {
    fn is_flow(&self) -> bool {
        matches!(self, Frame::Seq { flow: true, .. } | Frame::Map { flow: true, .. })
    }
}

/// Makes a tree of events. Offsets inside are those of the slice; spans of nodes have the base added.
struct Builder<'s> {
    source: &'s str,
    repairs: &'s [Range<usize>],
    base: usize,
    stack: Vec<Frame>,
    root: Option<Node>,
    mistakes: Vec<Mistake>,
    comments: Vec<Span>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s str, repairs: &'s [Range<usize>], base: usize) -> Self {
        Self { source, repairs, base, stack: Vec::new(), root: None, mistakes: Vec::new(), comments: Vec::new() }
    }

    /// Parses `masked`; says what stopped it.
    fn run(&mut self, masked: &str) -> Option<Trouble> {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
            max_buffered_comment_events: usize::MAX,
        };
        let mut last = 0..0;
        let mut second = None;
        for item in Parser::new_from_str_with_options(masked, options) {
            let (event, range) = match item {
                Ok((event, span)) => (event, span.byte_range().unwrap_or(0..0)),
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(last.end).min(masked.len());
                    return Some(self.trouble(error.kind().clone(), at, last));
                }
            };
            let range = range.start.min(masked.len())..range.end.min(masked.len());
            if let Event::DocumentStart(..) = event {
                second = self.root.is_some().then(|| range.clone());
            } else if let Some(start) = second.as_ref().filter(|_| is_content(&event, &range)) {
                let found = traps::Found::new("several-documents", traps::visible(masked, start.start));
                self.mistakes.push(found.mistake(self.source, self.base));
                return None;
            } else if second.is_none() {
                if self.stack.len() >= DEEPEST && matches!(event, Event::SequenceStart(..) | Event::MappingStart(..)) {
                    return Some(self.trouble(ErrorKind::RecursionLimitExceeded, range.start, last));
                }
                if !range.is_empty() && !matches!(event, Event::Comment(..)) {
                    last = range.clone();
                }
                self.event(event, range);
            }
        }
        None
    }

    fn trouble(&self, kind: ErrorKind, at: usize, last: Range<usize>) -> Trouble {
        Trouble { kind, at, last, flow: self.stack.last().is_some_and(Frame::is_flow) }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Comment(..) => self.comments.push(Span::from(range).shifted(self.base)),
            Event::Scalar(value, style, _, tag) => {
                let tag = tag.map(|tag| tag.core_suffix().unwrap_or("str").to_owned());
                self.scalar(&value, style, tag.as_deref(), range);
            }
            Event::Alias(_) => {
                let name = self.source.get(range.clone()).unwrap_or_default().trim_start_matches('*').to_owned();
                self.add(Value::Alias(name), range);
            }
            Event::UnresolvedAlias(name) => {
                let mut found = traps::Found::new("unknown-alias", range.clone());
                if let Some(Frame::Map { key: Some(key), .. }) = self.stack.last() {
                    found.key = key.scalar();
                }
                self.mistakes.push(found.mistake(self.source, self.base));
                self.add(Value::Alias(name.into_owned()), range);
            }
            Event::SequenceStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                self.stack.push(Frame::Seq { flow, start: range.start, items: Vec::new() });
            }
            Event::MappingStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                let start = flow.then_some(range.start);
                self.stack.push(Frame::Map { flow, start, pairs: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            _ => {}
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, tag: Option<&str>, range: Range<usize>) {
        let repaired = self.repairs.iter().any(|repair| repair.start <= range.start && range.end <= repair.end);
        let value = if repaired && !range.is_empty() {
            let words: Vec<&str> = self.source[range.clone()].split_whitespace().collect();
            Value::Str(words.join(" "))
        } else if style == ScalarStyle::Plain && range.is_empty() && tag.is_none() {
            Value::Null
        } else {
            match (tag, style) {
                (Some("str"), _) if range.is_empty() => Value::Str(String::new()),
                (None, ScalarStyle::Plain) | (Some("int" | "float" | "bool" | "null"), _) => scalar(value),
                _ => Value::Str(value.to_owned()),
            }
        };
        let range = match style {
            // The range of a block scalar may run on over blank lines and the indentation of the next line.
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let slice = self.source.get(range.clone()).unwrap_or_default();
                let start = range.start + (slice.len() - slice.trim_start().len());
                start.min(range.end)..(start + slice.trim().len()).min(range.end)
            }
            _ => range,
        };
        self.add(value, range);
    }

    /// Adds a finished value to what is open.
    fn add(&mut self, value: Value, range: Range<usize>) {
        let mut span = Span::from(range).shifted(self.base);
        match self.stack.last_mut() {
            None => self.root = Some(Node { span, value }),
            Some(Frame::Seq { items, .. }) => items.push(Node { span, value }),
            Some(Frame::Map { start, pairs, key, .. }) => match key.take() {
                None => {
                    start.get_or_insert(span.start - self.base);
                    *key = Some(Node { span, value });
                }
                Some(name) => {
                    if span.is_empty() {
                        span = after_colon(self.source, self.base, name.span.end);
                    }
                    pairs.push((name, Node { span, value }));
                }
            },
        }
    }

    /// Closes the innermost list or mapping, whose end event has `range`.
    fn close(&mut self, range: Range<usize>) {
        let Some(frame) = self.stack.pop() else { return };
        let flow = frame.is_flow();
        let (value, start, last) = match frame {
            Frame::Seq { start, items, .. } => {
                let last = items.last().map(|item| item.span.end - self.base);
                (Value::Seq(items), start, last)
            }
            Frame::Map { start, pairs, .. } => {
                let last = pairs.last().map(|(_, value)| value.span.end - self.base);
                (Value::Map(pairs), start.unwrap_or(range.start), last)
            }
        };
        let end = if flow { range.end } else { last.unwrap_or(start) }.max(start);
        if flow && self.source[start..].starts_with("{{") && braces(&value) {
            let mut found = traps::Found::new("template-braces", start..end);
            if let Some(Frame::Map { key: Some(key), .. }) = self.stack.last() {
                found.key = key.scalar();
            }
            self.mistakes.push(found.mistake(self.source, self.base));
            self.add(Value::Str(self.source[start..end].to_owned()), start..end);
        } else {
            self.add(value, start..end);
        }
    }

    /// Closes everything after an error at `at`: a key without a value and a value that runs into the error are left out.
    fn unwind(&mut self, at: usize) {
        if let Some(Frame::Map { pairs, .. }) = self.stack.last_mut() {
            pairs.pop_if(|(_, value)| value.span.end > at);
        }
        while let Some(frame) = self.stack.last() {
            let start = match frame {
                Frame::Seq { start, .. } => *start,
                Frame::Map { start, .. } => start.unwrap_or(at - self.base),
            };
            let end = (at - self.base).max(start);
            self.close(start..end);
        }
    }
}

/// Whether an event is a value, rather than the absence of one.
fn is_content(event: &Event<'_>, range: &Range<usize>) -> bool {
    match event {
        Event::Scalar(..) => !range.is_empty(),
        Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => true,
        _ => false,
    }
}

/// Whether a value is what YAML makes of `{{ name }}`: a mapping whose key is a mapping.
fn braces(value: &Value) -> bool {
    matches!(value, Value::Map(pairs) if matches!(pairs.as_slice(), [(Node { value: Value::Map(_), .. }, _)]))
}

/// The place of an empty value: right after the colon of the key that ends at `end`, else at the key's end.
fn after_colon(source: &str, base: usize, end: usize) -> Span {
    let rest = source.get(end - base..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    Span::point(if rest[blanks..].starts_with(':') { end + blanks + 1 } else { end })
}

/// The value of a plain (unquoted) scalar by the YAML 1.2 core schema. Dates, `yes` and `on` are text.
#[must_use]
pub fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Value::Str(text.to_owned());
    }
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && digits.starts_with(|first: char| first.is_digit(radix))
            && let Ok(number) = i64::from_str_radix(digits, radix)
        {
            return Value::Int(number);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Value::Float(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number beyond 64 bits is still a number.
        return text.parse().map_or_else(|_| Value::Float(text.parse().unwrap_or(f64::NAN)), Value::Int);
    }
    if is_float(unsigned)
        && let Ok(number) = text.parse()
    {
        return Value::Float(number);
    }
    Value::Str(text.to_owned())
}

/// `\. [0-9]+ | [0-9]+ (\. [0-9]*)?`, then perhaps an exponent.
fn is_float(text: &str) -> bool {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let number = digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty());
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    number && exponent
}

/// Every key that its mapping already has, in all mappings of the tree.
#[must_use]
pub fn duplicates(root: &Node) -> Vec<Duplicate> {
    let mut found = Vec::new();
    collect_duplicates(root, &mut found);
    found.sort_by_key(|duplicate| duplicate.again);
    found
}

fn collect_duplicates(node: &Node, found: &mut Vec<Duplicate>) {
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| collect_duplicates(item, found)),
        Value::Map(pairs) => {
            // Keyed by text and by whether it is text: `1` and `"1"` are two keys.
            let mut seen: FxHashMap<(bool, String), Span> = FxHashMap::default();
            for (key, value) in pairs {
                if let Some(name) = key.scalar() {
                    let first = *seen.entry((key.as_str().is_some(), name.clone())).or_insert(key.span);
                    if first != key.span {
                        found.push(Duplicate { name, first, again: key.span });
                    }
                }
                collect_duplicates(value, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
