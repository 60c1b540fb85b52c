//! Shapes, selectors, conditions and values in words.

use serde_json::Value;

use crate::pack::format::{Condition, OneOrMany, Test};
use crate::render::manual::markdown::longest_run;

/// Longer code is cut.
const MOST_CODE: usize = 100;
/// Of longer lists only the first are named.
const MOST_ITEMS: usize = 12;
/// A longer comparison is not said in full: nobody would read it.
const MOST_CLAUSE: usize = 240;

/// The text as code, whatever back-ticks it holds; a very long one is cut.
pub(super) fn code(text: &str) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = crate::render::shortened(&text, MOST_CODE);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.is_empty() { "` `".to_owned() } else { format!("{ticks}{blank}{text}{blank}{ticks}") }
}

/// Several texts as code: `a`, `b` or `c`.
pub(super) fn codes<T: AsRef<str>>(texts: &[T], last: &str) -> String {
    let words: Vec<String> = texts.iter().map(|text| code(text.as_ref())).collect();
    joined(&words, last)
}

/// Words joined with commas, and with `last` before the last; a long list is cut.
pub(super) fn joined(words: &[String], last: &str) -> String {
    if words.len() > MOST_ITEMS {
        return format!("{} {last} {} more", words[..MOST_ITEMS].join(", "), words.len() - MOST_ITEMS);
    }
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// A JSON value as code.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => code(text),
        other => code(&other.to_string()),
    }
}

/// Several JSON values as code.
pub(super) fn values(list: &[Value]) -> String {
    joined(&list.iter().map(value).collect::<Vec<_>>(), "or")
}

/// What a selector selects.
pub(super) fn selector(text: &str) -> String {
    if let Some((member, rest)) = text.split_once(": ")
        && !member.contains(' ')
    {
        return match rest {
            "document" => format!("the document {}", code(member)),
            rest => format!("{} of {}", selector(rest), code(member)),
        };
    }
    match text.split_once(' ') {
        Some(("field", name)) => format!("the field {}", code(name)),
        Some(("section", name)) => format!("the section {}", code(name)),
        Some(("callout", name)) => format!("the callout {}", code(name)),
        Some(("part", name)) => format!("the part {}", code(name)),
        Some(("label", name)) => format!("the label {}", code(name)),
        Some(("path", hole)) => format!("{} in the path", code(hole)),
        Some(("title", hole)) => format!("{} in the title", code(hole)),
        Some(("paths", section)) => format!("a path listed in the section {}", code(section)),
        Some(("file", path)) => format!("the file {}", code(path)),
        Some(("tasks" | "criteria", state)) if !state.contains(' ') => {
            format!("{} {}", code(state), text.split(' ').next().unwrap_or(text))
        }
        None if matches!(text, "path" | "title" | "text" | "state" | "document") => format!("the {text}"),
        None if matches!(text, "tasks" | "criteria") => text.to_owned(),
        None if text.starts_with('/') => format!("the value {}", code(text)),
        _ => code(text),
    }
}

/// A condition as a clause: it follows "when".
pub(super) fn condition(condition: &Condition) -> String {
    clause(condition, false)
}

fn clause(condition: &Condition, inner: bool) -> String {
    let several = |conditions: &[Condition], word: &str| {
        let words: Vec<String> = conditions.iter().map(|one| clause(one, conditions.len() > 1)).collect();
        let text = joined(&words, word);
        if inner && words.len() > 1 { format!("({text})") } else { text }
    };
    match condition {
        Condition::Exists(text) if text == "path" => "the path fits".to_owned(),
        Condition::Exists(text) => exists(text, true),
        Condition::All { all } => several(all, "and"),
        Condition::Any { any } => several(any, "or"),
        Condition::Not { not } => match &**not {
            Condition::Exists(text) => exists(text, false),
            Condition::Variant { variant } => format!("it is not of the variant {}", code(variant)),
            other => format!("not ({})", clause(other, false)),
        },
        Condition::Variant { variant } => format!("it is of the variant {}", code(variant)),
        Condition::Test(test) => comparison(test),
    }
}

fn exists(text: &str, there: bool) -> String {
    let target = text.split(": ").last().unwrap_or(text);
    let many = target.starts_with("tasks") || target.starts_with("criteria");
    let verb = match (many, there) {
        (false, true) => "is there",
        (false, false) => "is not there",
        (true, true) => "are there",
        (true, false) => "are not there",
    };
    format!("{} {verb}", selector(text))
}

fn comparison(test: &Test) -> String {
    let what = selector(&test.select);
    let mut said = Vec::new();
    if let Some(is) = &test.is {
        said.push(format!("is {}", value(is)));
    }
    if let Some(list) = &test.one_of {
        said.push(format!("is {}", values(list)));
    }
    match test.exists {
        Some(true) => said.push("is there".to_owned()),
        Some(false) => said.push("is not there".to_owned()),
        None => {}
    }
    match test.empty {
        Some(true) => said.push("is empty".to_owned()),
        Some(false) => said.push("is not empty".to_owned()),
        None => {}
    }
    if let Some(shapes) = &test.fits {
        said.push(format!("has the form {}", few(shapes)));
    }
    if let Some(shapes) = &test.holds {
        said.push(format!("holds {}", few(shapes)));
    }
    for (other, words) in [(&test.before, "is earlier than"), (&test.subset, "is among"), (&test.equals, "equals")] {
        if let Some(other) = other {
            said.push(format!("{words} {}", selector(other)));
        }
    }
    let said = format!("{what} {}", said.join(" and "));
    if said.len() > MOST_CLAUSE { format!("{what} fits one of the forms in the YAML file") } else { said }
}

/// The first few shapes of a condition: the rest are variations.
fn few(shapes: &OneOrMany<String>) -> String {
    const MOST: usize = 4;
    let shapes = shapes.as_slice();
    if shapes.len() <= MOST {
        return codes(shapes, "or");
    }
    format!("{} or {} more", codes(&shapes[..MOST], ","), shapes.len() - MOST).replace(" , ", ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(yaml: &str) -> String {
        condition(&serde_yaml::from_str(yaml).expect("a condition"))
    }

    #[test]
    fn conditions_are_said_in_words() {
        assert_eq!(said("field a"), "the field `a` is there");
        assert_eq!(said("{ not: 'section B' }"), "the section `B` is not there");
        assert_eq!(
            said("{ all: ['x: document', { any: [{ select: field s, in: [a, b] }, { select: title, holds: T }] }] }"),
            "the document `x` is there and (the field `s` is `a` or `b` or the title holds `T`)"
        );
    }

    #[test]
    fn code_holds_any_text() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`b"), "`` `b ``");
    }
}
