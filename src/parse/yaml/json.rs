//! JSON: the same tree as YAML, what JSON forbids from serde_json, and the way from the tree to JSON values.

use serde_json::error::Category;

use super::{Mistake, Yaml, parse};
use crate::document::{Node, Value};
use crate::text::{Span, Text};

/// What becomes of the null members of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// They are left out, as if they had not been written.
    Drop,
    /// They stay.
    Keep,
}

/// The tree as a JSON value. Of duplicate keys the first counts; aliases and numbers that JSON lacks become null; keys
/// that are lists or mappings are left out.
#[must_use]
pub fn to_json(node: &Node, nulls: Nulls) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.value {
        Value::Null | Value::Alias(_) => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Str(value) => Json::String(value.clone()),
        Value::Seq(items) => Json::Array(items.iter().map(|item| to_json(item, nulls)).collect()),
        Value::Map(pairs) => {
            let mut object = serde_json::Map::new();
            for (key, value) in pairs {
                let name = key.scalar().or_else(|| (key.value == Value::Null).then(|| "null".to_owned()));
                let Some(name) = name.filter(|name| !object.contains_key(name)) else { continue };
                if nulls == Nulls::Drop && value.value == Value::Null {
                    continue;
                }
                object.insert(name, to_json(value, nulls));
            }
            Json::Object(object)
        }
    }
}

/// Parses the JSON under `span`. The tree may be there even if JSON forbids something that YAML allows.
#[must_use]
pub fn parse_json(text: &Text, span: Span) -> Yaml {
    let mut span = Span::new(span.start, span.end.min(text.len()).max(span.start));
    if text.slice(span).starts_with('\u{FEFF}') {
        span.start += '\u{FEFF}'.len_utf8();
    }
    let mut yaml = parse(text, span);
    match serde_json::from_str::<serde_json::Value>(text.slice(span)) {
        Ok(value) => {
            // What JSON allows is no mistake, whatever YAML thinks of it (a byte order mark inside a string).
            if !yaml.mistakes.is_empty() {
                yaml = Yaml { root: Some(spread(&value, span)), ..Yaml::default() };
            }
        }
        Err(error) => yaml.mistakes = vec![mistake(text, span, &error)],
    }
    yaml
}

/// A JSON value as a tree whose nodes all have the span of the whole: the exact places are not known.
fn spread(json: &serde_json::Value, span: Span) -> Node {
    use serde_json::Value as Json;
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Json::String(value) => Value::Str(value.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(|item| spread(item, span)).collect()),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (Node { span, value: Value::Str(name.clone()) }, spread(value, span)))
                .collect(),
        ),
    };
    Node { span, value }
}

/// What serde_json found, with its line and column made into a place.
fn mistake(text: &Text, span: Span, error: &serde_json::Error) -> Mistake {
    let source = text.slice(span);
    let mut line_start = 0;
    for _ in 1..error.line() {
        line_start += source[line_start..].find('\n').map_or(0, |at| at + 1);
    }
    // The column counts bytes from 1 and names the byte read last; 0 is the end of the line before.
    let mut at = (line_start + error.column()).saturating_sub(1).min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    if error.classify() == Category::Eof || source[at..].trim().is_empty() {
        at = last_char(source);
    } else if words.starts_with("trailing comma") && !source[at..].starts_with(',') {
        // The bracket after a comma is not what is wrong; the comma is.
        at = last_char(&source[..at]);
    }
    let range = token(source, at);
    let rest = &source[range.start..];
    let problem = match words {
        "EOF while parsing a value" if source.trim().is_empty() => "the file is empty".to_owned(),
        _ if error.classify() == Category::Eof => "the file ends before everything is closed".to_owned(),
        "expected value" | "key must be a string" if rest.starts_with("//") || rest.starts_with("/*") => {
            "JSON has no comments".to_owned()
        }
        "expected value" => "a value is expected here".to_owned(),
        "key must be a string" => "a key must stand in double quotes".to_owned(),
        "expected ident" => "this is neither `true`, `false` nor `null`".to_owned(),
        "trailing comma" => "a comma must not stand before the closing bracket".to_owned(),
        "trailing characters" => "there is text after the end of the value".to_owned(),
        "invalid escape" => "this is no escape; write `\\\\` for a backslash".to_owned(),
        "invalid number" => "this is no number".to_owned(),
        "number out of range" => "the number is too large".to_owned(),
        "recursion limit exceeded" => "it is nested too deep".to_owned(),
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" => {
            "the `\\u` escape names half a character".to_owned()
        }
        _ if words.starts_with("control character") => {
            "a string must not hold a line break or a tab; write `\\n` or `\\t`".to_owned()
        }
        // `expected `,` or `}`` and the like are plain already.
        _ => format!("{words} here"),
    };
    let value = super::traps::shortened(&source[range.clone()]);
    Mistake {
        span: Span::from(range).shifted(span.start),
        case: "json",
        values: vec![("value".into(), value), ("problem".into(), problem)],
    }
}

/// Where the last character that is not blank stands.
fn last_char(text: &str) -> usize {
    text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at)
}

/// The word, or else the character, at `at`.
fn token(source: &str, at: usize) -> std::ops::Range<usize> {
    let word = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '.' | '/');
    let rest = &source[at..];
    let first = rest.chars().next();
    if !first.is_some_and(word) {
        return at..at + first.map_or(0, char::len_utf8);
    }
    let start = source[..at].char_indices().rev().take_while(|(_, one)| word(*one)).last().map_or(at, |(at, _)| at);
    at.min(start)..at + rest.find(|one| !word(one)).unwrap_or(rest.len())
}
