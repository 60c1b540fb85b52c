//! One YAML file of a pack as a value, or what is wrong with it and where.
//!
//! serde names the place of an error only by its path (`rules[0].severity`); the span tree has the bytes. What the tree
//! itself refuses (syntax, duplicate keys) comes first, because its places are exact and serde's are not.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::document::{Node, Value};
use crate::parse::yaml;
use crate::text::{Span, Text};

/// Something that is wrong with a file of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The place.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do; empty where the message says it all.
    pub help: String,
}

/// Reads a value from YAML.
///
/// # Errors
/// All mistakes of the syntax and all duplicate keys, else the first thing that the type does not allow.
pub fn from_yaml<T: DeserializeOwned>(text: &Text) -> Result<T, Vec<Mistake>> {
    let whole = Span::new(text.start(), text.len());
    let tree = yaml::parse(text, whole);
    let mut mistakes: Vec<Mistake> = tree.mistakes.iter().map(syntax).collect();
    for again in tree.root.as_ref().map(yaml::duplicates).unwrap_or_default() {
        let line = text.position(again.first.start).line;
        let message = format!("the key `{}` is there twice", again.name);
        mistakes.push(Mistake {
            span: again.again,
            message,
            help: format!("keep one of them; the first is in line {line}"),
        });
    }
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.span);
        return Err(mistakes);
    }
    let deserializer = serde_yaml::Deserializer::from_str(text.slice(whole));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let start = Node { span: Span::point(whole.start), value: Value::Null };
        let root = tree.root.as_ref().unwrap_or(&start);
        let found = walk(root, error.path());
        let first = refused(text, found, &error.path().to_string(), &error.inner().to_string());
        if quoted_after(&error.inner().to_string(), MISSING).is_none() {
            return vec![first];
        }
        let span = first.span;
        let names = missing::<T>(text.slice(whole), &error);
        let mut all = vec![first];
        all.extend(names.into_iter().skip(1).map(|name| lacks(span, &name)));
        all
    })
}

/// How serde begins to say that a key is missing.
const MISSING: &str = "missing field `";

/// Every key that a mapping lacks, beginning with the one that an error names: each is filled in and the next one asked for.
fn missing<T: DeserializeOwned>(source: &str, error: &serde_path_to_error::Error<serde_yaml::Error>) -> Vec<String> {
    /// More keys than this are not told at once.
    const MOST: usize = 12;
    let mut names: Vec<String> = Vec::new();
    let Ok(mut value) = serde_yaml::from_str::<serde_json::Value>(source) else { return names };
    let mut words = error.inner().to_string();
    for _ in 0..2 * MOST {
        // At the mapping that the first error is about, and nowhere else.
        let Some(object) = error.path().iter().try_fold(&mut value, |node, segment| match segment {
            Segment::Map { key } => node.get_mut(key),
            Segment::Seq { index } => node.get_mut(*index),
            Segment::Enum { .. } | Segment::Unknown => None,
        }) else {
            return names;
        };
        if object.is_null() {
            *object = serde_json::json!({});
        }
        if let Some((name, _)) = quoted_after(&words, MISSING) {
            object[name] = "".into();
            names.push(name.to_owned());
        } else if let (Some(name), Some((_, rest))) = (names.last(), quoted_after(&words, "unknown variant `")) {
            // A word of a closed list: any of them will do.
            let Some(word) = all_quoted(rest).first().map(|&word| word.to_owned()) else { return names };
            object[name.as_str()] = word.into();
        } else {
            return names;
        }
        match serde_path_to_error::deserialize::<_, T>(value.clone()) {
            Ok(_) => return names,
            Err(error) => words = error.inner().to_string(),
        }
    }
    names
}

fn lacks(span: Span, name: &str) -> Mistake {
    Mistake { span, message: format!("the key `{name}` is missing"), help: format!("add `{name}: …`") }
}

/// Reads a value that was made of the file and of another one. `place` leads from a pointer into the value to one into
/// the file, if it comes from there.
///
/// # Errors
/// The first thing that the type does not allow.
pub fn from_value<T: DeserializeOwned>(
    text: &Text,
    value: serde_json::Value,
    place: impl Fn(&str) -> Option<String>,
) -> Result<T, Mistake> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let tree = yaml::parse(text, Span::new(text.start(), text.len()));
        let start = Node { span: Span::point(text.start()), value: Value::Null };
        let root = tree.root.as_ref().unwrap_or(&start);
        let mut pointer = String::new();
        for segment in error.path() {
            match segment {
                Segment::Map { key } => pointer += &format!("/{}", key.replace('~', "~0").replace('/', "~1")),
                Segment::Seq { index } => pointer += &format!("/{index}"),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let own = place(&pointer).unwrap_or_else(|| "/extends".to_owned());
        refused(text, along(root, &own), &error.path().to_string(), &error.inner().to_string())
    })
}

/// The node that a pointer names, and the key that it stands under. As far as the pointer leads.
fn along<'n>(root: &'n Node, pointer: &str) -> (Option<&'n Node>, &'n Node) {
    let (mut key, mut node) = (None, root);
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let next = match &node.value {
            Value::Seq(items) => name.parse::<usize>().ok().and_then(|at| items.get(at)).map(|item| (None, item)),
            _ => node.entry(&name).map(|(key, value)| (Some(key), value)),
        };
        let Some(next) = next else { break };
        (key, node) = next;
    }
    (key, node)
}

/// What the syntax does not allow, in words.
fn syntax(mistake: &yaml::Mistake) -> Mistake {
    let value = |name: &str| {
        let found = mistake.values.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let text = value("value");
    let quote = "put the value in quotes";
    let (message, help) = match mistake.case {
        "colon-in-value" => (format!("`{text}` is not quoted, but holds a colon followed by a blank"), quote),
        "reserved-start" => (format!("`{text}` is not quoted, but begins with a character that YAML reserves"), quote),
        "bracket-start" => (format!("`{text}` begins with a bracket, but is no list or mapping"), quote),
        "template-braces" => (format!("`{text}` begins with a brace, so YAML reads a mapping"), quote),
        "tab" => ("a tab stands where the indentation is".to_owned(), "indent with blanks"),
        "unclosed-quote" => (format!("the quote at the beginning of `{text}` is not closed"), "add the closing quote"),
        "bad-indentation" => (
            format!("the indentation of `{text}` fits nothing above it"),
            "align it with the other keys of its mapping",
        ),
        "unknown-alias" => (format!("`{text}` names an anchor that is not there"), quote),
        "too-deep" => ("the lists and mappings are nested too deep".to_owned(), ""),
        "several-documents" => ("a second YAML document begins here".to_owned(), "one file holds one document"),
        _ => (format!("{}: `{text}`", value("problem")), ""),
    };
    Mistake { span: mistake.span, message, help: help.to_owned() }
}

/// What the type does not allow.
fn refused(text: &Text, (key, node): (Option<&Node>, &Node), path: &str, words: &str) -> Mistake {
    // Without serde's own idea of the place: `rules[0].x: … at line 3 column 4`.
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    let prefix = format!("{path}: ");
    let words = words.strip_prefix(&prefix).unwrap_or(words);
    if let Some((name, rest)) = quoted_after(words, "unknown field `") {
        let known = all_quoted(rest);
        let key = key.filter(|key| key.scalar().as_deref() == Some(name));
        let span = key.or_else(|| node.entry(name).map(|(key, _)| key)).map_or(shown(text, node), |key| key.span);
        return Mistake {
            span,
            message: format!("unknown key `{name}`"),
            help: suggestion(name, &known, "the keys here are"),
        };
    }
    if let Some((name, rest)) = quoted_after(words, "unknown variant `") {
        let known = all_quoted(rest);
        let span = match &node.value {
            // The variant is the key of a mapping with one member.
            Value::Map(pairs) => pairs.first().map_or(node.span, |(key, _)| key.span),
            _ => shown(text, node),
        };
        return Mistake {
            span,
            message: format!("`{name}` is not allowed here"),
            help: suggestion(name, &known, "allowed are"),
        };
    }
    if let Some((name, _)) = quoted_after(words, MISSING) {
        let span = if node.value == Value::Null { key.map_or(node.span, |key| key.span) } else { shown(text, node) };
        return lacks(span, name);
    }
    // Whatever serde puts before it.
    let words = words.find(NO_CONDITION).map_or(words, |at| &words[at..]);
    if words.starts_with(NO_CONDITION)
        && let Some(mistake) = no_condition(node)
    {
        return mistake;
    }
    let span = if node.span.is_empty() { key.map_or(node.span, |key| key.span) } else { shown(text, node) };
    if words.starts_with("data did not match any variant of untagged enum") {
        let message = match key.and_then(Node::scalar) {
            Some(name) => format!("the value of `{name}` has none of the forms that are allowed here"),
            None => "this value has none of the forms that are allowed here".to_owned(),
        };
        return Mistake { span, message, help: "see the pack's documentation for the forms".to_owned() };
    }
    let message = plain(words);
    Mistake { span, message, help: String::new() }
}

/// How the words begin that refuse a condition.
pub const NO_CONDITION: &str = "this is no condition";

/// Which key makes a mapping no condition, and what was probably meant.
pub fn no_condition(node: &Node) -> Option<Mistake> {
    const JOINS: &[&str] = &["all", "any", "not", "variant", "select"];
    const TESTS: &[&str] = &[
        "is", "in", "exists", "empty", "fits", "holds", "before", "after", "margin", "subset", "equals", "differs",
        "like", "contains", "above", "below",
    ];
    if let Value::Seq(items) = &node.value {
        return items.iter().find_map(no_condition);
    }
    let names: Vec<(&Node, String, &Node)> =
        node.pairs().iter().filter_map(|(key, value)| Some((key, key.scalar()?, value))).collect();
    let has = |wanted: &str| names.iter().any(|(_, name, _)| name == wanted);
    let test = has("select") || names.iter().any(|(_, name, _)| TESTS.contains(&name.as_str()));
    for (key, name, value) in &names {
        let (known, what) = if test { (TESTS, "test") } else { (JOINS, "key") };
        if known.contains(&name.as_str()) || name == "select" {
            if matches!(name.as_str(), "all" | "any" | "not")
                && let Some(inner) = no_condition(value)
            {
                return Some(inner);
            }
            continue;
        }
        let message = format!("unknown {what} `{name}` in a condition");
        let otherwise = if test { "the tests are" } else { "a condition has" };
        return Some(Mistake { span: key.span, message, help: suggestion(name, known, otherwise) });
    }
    let joins = names.iter().find(|(_, name, _)| JOINS[..4].contains(&name.as_str())).filter(|_| names.len() > 1);
    if let Some((key, name, _)) = joins {
        let message = format!("`{name}` stands by itself in a condition");
        return Some(Mistake { span: key.span, message, help: "join conditions with `all: [ …, … ]`".to_owned() });
    }
    (test && !has("select")).then(|| Mistake {
        span: names.first().map_or(node.span, |(key, _, _)| key.span),
        message: "the condition does not say what is compared".to_owned(),
        help: "add `select: SELECTOR`".to_owned(),
    })
}

/// What a type refuses, in words without a place: message and advice.
#[must_use]
pub fn in_words(words: &str) -> (String, String) {
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    if let Some((name, rest)) = quoted_after(words, "unknown field `") {
        return (format!("unknown key `{name}`"), suggestion(name, &all_quoted(rest), "the keys here are"));
    }
    if let Some((name, rest)) = quoted_after(words, "unknown variant `") {
        return (format!("`{name}` is not allowed"), suggestion(name, &all_quoted(rest), "allowed are"));
    }
    if let Some((name, _)) = quoted_after(words, MISSING) {
        return (format!("the key `{name}` is missing"), format!("add `{name}: …`"));
    }
    (plain(words), String::new())
}

/// serde's words with YAML's names for types.
fn plain(words: &str) -> String {
    let rest = words.strip_prefix("invalid type: ").or_else(|| words.strip_prefix("invalid value: "));
    let Some((found, expected)) = rest.and_then(|rest| rest.split_once(", expected ")) else {
        return words.trim_end_matches('.').to_owned();
    };
    format!("{} is expected here, not {}", type_name(expected), type_name(found))
}

fn type_name(name: &str) -> String {
    match name.trim_end_matches('.') {
        "unit value" | "unit" => "nothing".to_owned(),
        "sequence" | "a sequence" => "a list".to_owned(),
        "map" | "a map" => "a mapping".to_owned(),
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" | "i8" => "a small whole number".to_owned(),
        "u16" | "u32" | "u64" | "usize" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        name if name.starts_with("struct ") => "a mapping".to_owned(),
        name if name.starts_with("string \"") => format!("the text {}", name.trim_start_matches("string ")),
        name => name.strip_prefix("integer ").map_or_else(|| name.to_owned(), str::to_owned),
    }
}

/// The node that a path names, and the key that it stands under. As far as the path leads.
fn walk<'n>(root: &'n Node, path: &serde_path_to_error::Path) -> (Option<&'n Node>, &'n Node) {
    let (mut key, mut node) = (None, root);
    for segment in path {
        let step = match segment {
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                let mut pairs = node.pairs().iter();
                pairs.find(|(key, _)| key.scalar().as_deref() == Some(name)).map(|(key, value)| (Some(key), value))
            }
            Segment::Seq { index } => match &node.value {
                Value::Seq(items) => items.get(*index).map(|item| (None, item)),
                _ => None,
            },
            Segment::Unknown => break,
        };
        match (step, segment) {
            (Some(next), _) => (key, node) = next,
            // A variant that is written as a word has no node of its own.
            (None, Segment::Enum { .. }) => {}
            (None, _) => break,
        }
    }
    (key, node)
}

/// The part of a node to underline: a scalar whole, of a list or mapping the first line.
fn shown(text: &Text, node: &Node) -> Span {
    let line = text.line_span(text.line_at(node.span.start));
    Span::new(node.span.start, node.span.end.min(line.end).max(node.span.start))
}

/// The name between `start` and the next back-tick, and what follows.
fn quoted_after<'w>(words: &'w str, start: &str) -> Option<(&'w str, &'w str)> {
    let at = words.find(start)? + start.len();
    words[at..].split_once('`')
}

/// Every name in back-ticks.
fn all_quoted(words: &str) -> Vec<&str> {
    words.split('`').skip(1).step_by(2).collect()
}

/// The nearest of the known names, else all of them.
fn suggestion(name: &str, known: &[&str], otherwise: &str) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase().replace('_', "-"), known);
    let limit = (name.chars().count() / 3).max(1);
    let near = known.iter().map(|known| (distance(known), *known)).filter(|(distance, _)| *distance <= limit).min();
    match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => {
            let names: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            format!("{otherwise} {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Card {
        summary: String,
        #[serde(default)]
        severity: Option<Level>,
        #[serde(default)]
        width: u8,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        cases: BTreeMap<String, Part>,
        #[serde(default)]
        form: Option<Form>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Part {
        name: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Level {
        Warning,
        Error,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    enum Form {
        Number(u8),
        Names(Vec<String>),
    }

    /// `place|message|help` of each mistake.
    fn mistakes(source: &str) -> Vec<String> {
        let text = Text::new(source);
        let mistakes = from_yaml::<Card>(&text).expect_err("the source has a mistake");
        mistakes.iter().map(|one| format!("{}|{}|{}", text.slice(one.span), one.message, one.help)).collect()
    }

    #[test]
    fn what_is_right_is_read() {
        let text = Text::new("\u{FEFF}# card\nsummary: x\nseverity: error\nwidth: 3\nparts: [{name: a}]\nform: [a]\n");
        let card = from_yaml::<Card>(&text).expect("the card is right");
        assert_eq!(card.summary, "x");
    }

    #[test]
    fn unknown_keys_are_underlined() {
        assert_eq!(mistakes("summry: x\n"), ["summry|unknown key `summry`|did you mean `summary`?"]);
        assert_eq!(
            mistakes("summary: x\nparts:\n  - name: a\n  - nam: b\n"),
            ["nam|unknown key `nam`|did you mean `name`?"]
        );
        assert_eq!(
            mistakes("summary: x\ncases:\n  one: {name: a, other: b}\n"),
            ["other|unknown key `other`|the keys here are `name`"]
        );
    }

    #[test]
    fn values_are_underlined() {
        assert_eq!(
            mistakes("summary: x\nseverity: fatal\n"),
            ["fatal|`fatal` is not allowed here|allowed are `warning`, `error`"]
        );
        assert_eq!(
            mistakes("summary: x\nseverity: warnin\n"),
            ["warnin|`warnin` is not allowed here|did you mean `warning`?"]
        );
        assert_eq!(mistakes("summary: x\nwidth: 300\n"), ["300|a small whole number is expected here, not `300`|"]);
        assert_eq!(
            mistakes("summary: x\nform: {a: 1}\n"),
            [
                "{a: 1}|the value of `form` has none of the forms that are allowed here|see the pack's documentation for the forms"
            ]
        );
        assert_eq!(mistakes("summary: x\nparts: a\n"), ["a|a list is expected here, not the text \"a\"|"]);
    }

    #[test]
    fn missing_keys_point_at_the_mapping() {
        assert_eq!(mistakes("width: 3\n"), ["width: 3|the key `summary` is missing|add `summary: …`"]);
        assert_eq!(mistakes("summary: x\nparts:\n  - {}\n"), ["{}|the key `name` is missing|add `name: …`"]);
        assert_eq!(mistakes(""), ["|the key `summary` is missing|add `summary: …`"]);
    }

    #[test]
    fn syntax_and_duplicates_come_first() {
        assert_eq!(
            mistakes("summary: a: b\nsummary: c\nwrong: 1\n"),
            [
                "a: b|`a: b` is not quoted, but holds a colon followed by a blank|put the value in quotes",
                "summary|the key `summary` is there twice|keep one of them; the first is in line 1",
            ]
        );
    }
}
