//! Shapes, selectors, conditions and values in words.

use serde_json::Value;

use crate::pack::format::{Bound, Condition, OneOrMany, Relation, Test};
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

/// What several selectors select.
pub(super) fn selectors(list: &[String], last: &str) -> String {
    joined(&list.iter().map(|one| selector(one)).collect::<Vec<_>>(), last)
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
    // Taken apart as a whole, so that a new test is not forgotten here.
    let Test {
        select,
        is,
        one_of,
        exists,
        empty,
        fits,
        holds,
        before,
        subset,
        equals,
        differs,
        like,
        contains,
        after,
        margin,
        above,
        below,
    } = test;
    let what = selector(select);
    let mut said = Vec::new();
    if let Some(is) = is {
        said.push(format!("is {}", value(is)));
    }
    if let Some(list) = one_of {
        said.push(format!("is {}", values(list)));
    }
    match exists {
        Some(true) => said.push("is there".to_owned()),
        Some(false) => said.push("is not there".to_owned()),
        None => {}
    }
    match empty {
        Some(true) => said.push("is empty".to_owned()),
        Some(false) => said.push("is not empty".to_owned()),
        None => {}
    }
    if let Some(shapes) = fits {
        said.push(format!("has the form {}", few(shapes)));
    }
    if let Some(shapes) = holds {
        said.push(format!("holds {}", few(shapes)));
    }
    let by = if *margin > 0 { format!("more than {} ", minutes(*margin)) } else { String::new() };
    for (other, words) in [
        (before, format!("is {by}earlier than")),
        (after, format!("is {by}later than")),
        (subset, "is among".to_owned()),
        (equals, "equals".to_owned()),
        (differs, "differs from".to_owned()),
        (like, "says the same as".to_owned()),
        (contains, "contains".to_owned()),
    ] {
        if let Some(other) = other {
            said.push(format!("{words} {}", selector(other)));
        }
    }
    for (bound, words) in [(above, "is greater than"), (below, "is less than")] {
        match bound {
            None => {}
            Some(Bound::Number(number)) => said.push(format!("{words} {number}")),
            Some(Bound::Selector(other)) => said.push(format!("{words} {}", selector(other))),
        }
    }
    let said = format!("{what} {}", said.join(" and "));
    if said.len() > MOST_CLAUSE { format!("{what} fits one of the forms in the YAML file") } else { said }
}

fn minutes(count: i64) -> String {
    if count == 1 { "1 minute".to_owned() } else { format!("{count} minutes") }
}

/// What relations and claims demand, each with the rule that it reports.
pub(super) fn relations(relations: &[Relation]) -> Vec<(usize, String)> {
    relations.iter().map(|one| (0, relation(one))).collect()
}

fn relation(relation: &Relation) -> String {
    // The words of findings and where they point are not said here: fixtures show them.
    let Relation {
        work_item: _,
        report,
        case,
        message: _,
        help: _,
        severity,
        each,
        values: _,
        once: _,
        when,
        unless,
        demand,
        forbid,
        at: _,
        related: _,
    } = relation;
    let mut said = Vec::new();
    if !each.is_empty() {
        let each: Vec<String> =
            each.iter().map(|(name, of)| format!("{} of {}", code(&format!("${name}")), selector(of))).collect();
        said.push(format!("for each {}", joined(&each, "and")));
    }
    // What applies, and neither forbids nor demands anything, is itself what must not be.
    let forbids_itself = forbid.is_none() && demand.is_empty();
    match when {
        Some(when) if forbids_itself => said.push(format!("it must not be that {}", condition(when))),
        Some(when) => said.push(format!("when {}", condition(when))),
        None if forbids_itself => said.push("there must be none".to_owned()),
        None => {}
    }
    if let Some(unless) = unless {
        said.push(format!("unless {}", condition(unless)));
    }
    if !demand.is_empty() {
        said.push(format!("{} must be there", codes(demand, "and")));
    }
    if let Some(forbid) = forbid {
        said.push(format!("it must not be that {}", condition(forbid)));
    }
    let case = case.as_ref().map_or(String::new(), |case| format!(", case `{case}`"));
    let level = severity.map_or(String::new(), |level| format!(", as `{}`", level.name()));
    let mut said = said.join(", ");
    if let Some(first) = said.get(..1) {
        said.replace_range(..1, &first.to_uppercase());
    }
    format!("{said} (`{report}`{case}{level})")
}

/// The first few shapes of a condition: the rest are variations.
pub(super) fn few(shapes: &OneOrMany<String>) -> String {
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
    fn every_test_is_said() {
        assert_eq!(
            said("{ select: field a, before: field b, margin: 5, above: 3 }"),
            "the field `a` is more than 5 minutes earlier than the field `b` and is greater than 3"
        );
        assert_eq!(
            said("{ select: field a, after: field b, differs: field c, below: 'x: field n' }"),
            "the field `a` is later than the field `b` and differs from the field `c` and is less than the field `n` of `x`"
        );
        assert_eq!(
            said("{ select: field a, like: field b, contains: field c }"),
            "the field `a` says the same as the field `b` and contains the field `c`"
        );
    }

    #[test]
    fn claims_are_said_with_their_rule() {
        let yaml = "[{ report: some-rule, case: late, each: { it: field a }, when: field b, forbid: field c }]";
        let claims: Vec<Relation> = serde_yaml::from_str(yaml).expect("relations");
        let said = relations(&claims).remove(0).1;
        let expected = "For each `$it` of the field `a`, when the field `b` is there, it must not be that the field `c` is there (`some-rule`, case `late`)";
        assert_eq!(said, expected);
    }

    #[test]
    fn code_holds_any_text() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`b"), "`` `b ``");
    }
}
