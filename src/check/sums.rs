//! Arithmetic that is written out: `294 tests (280 existing + 14 new)`. Only what is clearly a sum is judged; a wrong
//! suspicion costs more than a sum that nobody checked.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::{Context, Findings};
use crate::document::{Body, Line};
use crate::select::regions;
use crate::text::{Span, leading_digits};

/// A number with its place in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    value: i64,
    start: usize,
    end: usize,
}

/// A sum that is written out.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    /// What the terms add up to.
    sum: i64,
    /// Where they stand, from the first to the last.
    terms: (usize, usize),
    /// The number that they do not add up to.
    total: Number,
}

/// `sum-adds-up`: the terms of a sum do not add up to the total beside them.
pub(super) fn adds_up(context: &Context<'_>, found: &mut Findings) {
    if context.body.sums.is_empty() {
        return;
    }
    let regions = regions(context.document, &context.body.sums);
    let mut at = 0;
    for block in &context.document.parsed.blocks {
        // Regions and blocks both run through the document.
        while regions.get(at).is_some_and(|region| region.end <= block.span.start) {
            at += 1;
        }
        if !regions.get(at).is_some_and(|region| region.contains(Span::point(block.span.start))) {
            continue;
        }
        match &block.body {
            Body::Table { rows } => rows.iter().flatten().for_each(|cell| judge(cell, found)),
            Body::Item { .. } | Body::Paragraph | Body::Heading { .. } => judge(&block.plain, found),
            _ => {}
        }
    }
}

fn judge(line: &Line, found: &mut Findings) {
    if !line.text.contains('+') || !line.text.contains('(') {
        return;
    }
    for written in wrong_sums(&line.text) {
        let finding = found
            .at(line.span(written.total.start..written.total.end))
            .value("total", written.total.value.to_string())
            .value("sum", written.sum.to_string())
            .value("terms", line.text[written.terms.0..written.terms.1].to_owned())
            .related("terms", line.span(written.terms.0..written.terms.1));
        found.push(finding);
    }
}

/// The sums in parentheses that do not add up.
fn wrong_sums(text: &str) -> Vec<Written> {
    let mut wrong = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('(').map(|at| at + from) {
        let Some(close) = text[open + 1..].find(['(', ')']).map(|at| at + open + 1) else { break };
        from = close;
        // Code in back-ticks is no sum.
        let is_code = text[..open].matches('`').count() % 2 == 1;
        if text.as_bytes()[close] == b')' && !is_code {
            wrong.extend(wrong_sum(text, open + 1, close));
        }
    }
    wrong
}

fn wrong_sum(text: &str, start: usize, end: usize) -> Option<Written> {
    // What follows a semicolon is a remark.
    let end = text[start..end].find(';').map_or(end, |at| at + start);
    let (left, result) = match text[start..end].find('=') {
        Some(equals) => (start + equals, Some(number_alone(text, start + equals + 1, end)?)),
        None => (end, None),
    };
    let terms = terms(text, start, left)?;
    let sum: i64 = terms.iter().map(|term| term.value).sum();
    let places = (terms.first()?.start, start + text[start..left].trim_end().len());
    let words: Vec<&str> = terms.iter().map(|term| term.words).collect();
    let before = total_before(text, start - 1, &words, sum, result.is_some());
    let total = before.filter(|total| total.value != sum).or(result.filter(|result| result.value != sum))?;
    Some(Written { sum, terms: places, total })
}

/// A term of a sum.
struct Term<'t> {
    /// With its sign.
    value: i64,
    start: usize,
    words: &'t str,
}

static TERM: LazyLock<Regex> = LazyLock::new(|| {
    // A number, then words; a number among the words must belong to a name (`9 from Step 1`).
    let words = r"(?:\s+(?:[\pL`'’][\pL\d_`'’./-]*|[A-Z][\pL]*\s+\d+[a-z]?))*";
    Regex::new(&format!(r"^\s*({NUMBER})({words})\s*$")).expect("the pattern is constant")
});

/// A number as `leading_digits` reads it.
const NUMBER: &str = r"\d{1,3}(?:,\d{3})+|\d{1,7}";

fn value_of(number: &str) -> Option<i64> {
    leading_digits(number).0.parse().ok()
}

/// The terms between two places; nothing unless all of it is a sum of at least two.
fn terms(text: &str, start: usize, end: usize) -> Option<Vec<Term<'_>>> {
    let mut found = Vec::new();
    let (mut at, mut sign) = (start, 1);
    while at <= end {
        let (next, next_sign) = operator(text, at, end).unwrap_or((end, 1));
        let piece = &text[at..next];
        let captures = TERM.captures(piece)?;
        let number = captures.get(1)?;
        let value = value_of(number.as_str())?;
        let words = captures.get(2).map_or("", |words| words.as_str()).trim();
        found.push(Term { value: sign * value, start: at + number.start(), words });
        if next == end {
            break;
        }
        at = next + text[next..].chars().next().map_or(1, char::len_utf8);
        sign = next_sign;
    }
    (found.len() >= 2 && found.iter().any(|term| term.value > 0)).then_some(found)
}

/// The next `+` or `-` between blanks, and its sign.
fn operator(text: &str, start: usize, end: usize) -> Option<(usize, i64)> {
    text[start..end].char_indices().find_map(|(at, char)| {
        let at = start + at;
        let sign = match char {
            '+' => 1,
            '-' | '−' | '–' => -1,
            _ => return None,
        };
        let before = text[..at].ends_with(|char: char| char.is_whitespace());
        let after = text[at + char.len_utf8()..end].starts_with(|char: char| char.is_whitespace());
        (before && after && at > start).then_some((at, sign))
    })
}

static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"^\s*({NUMBER})(?:\s+[\pL][\pL\s-]*)?\s*$")).expect("the pattern is constant")
});

/// The number that a piece begins with, if nothing but words follow it.
fn number_alone(text: &str, start: usize, end: usize) -> Option<Number> {
    let found = RESULT.captures(&text[start..end])?.get(1)?;
    let value = value_of(found.as_str())?;
    Some(Number { value, start: start + found.start(), end: start + found.end() })
}

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    // `N`, `N/N`, then words up to the parenthesis.
    let words = r"(?:\s+[\pL`'’][\pL\d_`'’/-]*)*";
    Regex::new(&format!(r"(?:^|[\s*:(])(?:({NUMBER})/)?({NUMBER})({words})[\s*:]*$")).expect("the pattern is constant")
});

/// The number before a parenthesis that its terms explain.
fn total_before(text: &str, open: usize, terms: &[&str], sum: i64, has_result: bool) -> Option<Number> {
    let head = &text[..open];
    let captures = BEFORE.captures(head)?;
    let number = captures.get(2)?;
    let value = value_of(number.as_str())?;
    // `3/5` counts two things; nobody says which of them is explained.
    let share = captures.get(1).map(|done| value_of(done.as_str()).unwrap_or(-1));
    if share.is_some_and(|done| done != value) {
        return None;
    }
    let words = captures.get(3).map_or("", |words| words.as_str());
    if words.split_whitespace().count() > 6 {
        return None;
    }
    let total = Number { value, start: number.start(), end: number.end() };
    // `Step 3 tests (2 + 4)`: the number belongs to the word before it.
    let clause = head[..number.start()].rsplit(['.', ';', '(', ')']).next().unwrap_or_default();
    let named = clause.trim_end_matches(|char: char| !char.is_alphanumeric() && char != ':' && char != '*');
    let follows_name = clause.ends_with(' ')
        && named.len() + 1 == clause.len()
        && named.rsplit(' ').next().is_some_and(|word| {
            word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphabetic) && share.is_none()
        })
        && !FEW.iter().any(|few| named.to_lowercase().ends_with(few));
    if follows_name {
        return None;
    }
    let says_total = clause.to_lowercase().contains("total");
    let strong = has_result || says_total || share.is_some();
    let bare = terms.iter().all(|term| term.is_empty());
    let alike = terms.iter().any(|term| shares_word(words, term));
    let rest = terms.iter().any(|term| has_word(term, REST));
    let parts = terms.iter().all(|term| term.split_whitespace().all(|word| has_word(word, PARTS)));
    // `5 files (280 lines + 14 lines)` counts other things.
    if !(strong || bare || alike || rest || parts) {
        return None;
    }
    // Terms that make less than the total may be but a part of it.
    let whole = strong || bare || rest;
    if value > sum && !whole {
        return None;
    }
    let near = has_result || (value <= sum.saturating_mul(2) && sum <= value.saturating_mul(2));
    near.then_some(total)
}

/// Words before a number that do not name it.
const FEW: &[&str] = &["all", "the", "of", "now", "with", "has", "have", "is", "are", "and", "total", "pass", "passed"];
/// Words for what was there before: with them, the terms are all there is.
const REST: &[&str] = &[
    "existing",
    "baseline",
    "previous",
    "prior",
    "old",
    "original",
    "other",
    "others",
    "remaining",
    "earlier",
    "unchanged",
    "from",
    "already",
    "inherited",
    "before",
];
/// Words that part a number of things of one sort.
const PARTS: &[&str] = &[
    "existing",
    "baseline",
    "previous",
    "prior",
    "old",
    "original",
    "other",
    "others",
    "remaining",
    "earlier",
    "new",
    "added",
    "removed",
    "changed",
    "unit",
    "integration",
    "passed",
    "failed",
    "skipped",
    "passing",
    "failing",
    "pending",
    "open",
    "done",
    "unchanged",
    "modified",
    "deleted",
    "replacement",
    "optional",
    "required",
];

fn has_word(text: &str, known: &[&str]) -> bool {
    text.split(|char: char| !char.is_alphanumeric()).any(|word| known.contains(&word.to_lowercase().as_str()))
}

/// Whether a noun of two letters or more stands in both, in singular or plural.
fn shares_word(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|char: char| !char.is_alphanumeric())
            .filter(|word| word.chars().count() > 2)
            .map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
            .collect()
    };
    let known = words(a);
    words(b).iter().any(|word| known.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<(i64, i64)> {
        wrong_sums(text).iter().map(|written| (written.total.value, written.sum)).collect()
    }

    #[test]
    fn sums_that_do_not_add_up() {
        for (text, expected) in [
            ("Total: 294 tests passing (280 existing + 14 new partition tests + 5 new organization tests)", (294, 299)),
            ("79/79 CLI tests passing (73 baseline - 1 removed + 1 replacement + 5 new = 79 total; net +6)", (79, 78)),
            ("Total: 294 (280 + 14 + 5)", (294, 299)),
            ("Total: 1,294 (1,280 + 14 + 5)", (1294, 1299)),
            ("1,020 tests passing (1,012 existing + 7 new = 1,020)", (1020, 1019)),
            ("✅ 41/41 tests passing (32 from Step 4 + 8 new)", (41, 40)),
            ("All 12 files (7 new + 6 changed)", (12, 13)),
            ("20 tests passing (12 existing + 7 new = 20)", (20, 19)),
            ("20 tests passing (12 existing + 8 new = 21)", (21, 20)),
        ] {
            assert_eq!(wrong(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_right_or_no_sum() {
        for text in [
            "16/16 tests passing (9 from Step 1 + 7 new)",
            "12/12 tests passing (177/177 full suite)",
            "took 3 hours (2h + 30min)",
            "coverage 81% (70% + 12%)",
            "5 files changed (280 additions + 14 deletions)",
            "42 deployed commands (was 43; −3 old design commands + 2 new)",
            "42 deployed commands (-3 old + 2 new)",
            "120 tests (14 new + 5 changed)",
            "3/5 tests passing (2 new + 2 old)",
            "1,020/1,020 tests passing (1,013 existing + 7 new = 1,020)",
            "version 3 (1.2 + 1.3)",
            "between 3-5 files (2 new + 2 old)",
            "about ~20 tests (12 existing + 7 new)",
            "MVP First (User Story 1 + 2)",
            "Step 3 (2 + 2)",
            "`f(1 + 2)` gives 4 (see 2 + 3)",
            "54 tasks (T001 + T002)",
            "8 screens (4 list + 4 detail)",
            "≥ 354 (339 baseline + ≥15 new)",
            "20 tests (12 existing, 7 new + 2 moved)",
        ] {
            assert_eq!(wrong(text), [], "{text}");
        }
    }
}
