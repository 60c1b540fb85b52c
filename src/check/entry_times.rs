//! The times of entries: do they run in order, and do they lie within the document's lifetime.

use std::cmp::Ordering;

use crate::check::{Context, Findings, longest_run};
use crate::document::Entry;
use crate::pack::compile::EntryRules;
use crate::pack::condition::Selector;
use crate::pack::format::Order;
use crate::read::fields::short;
use crate::select::{Scope, Selected};
use crate::text::Span;
use crate::time::Timestamp;

/// `entry-order`: an entry is earlier than the one before it.
pub(super) fn order(context: &Context<'_>, found: &mut Findings) {
    for rules in &context.body.entries {
        numbers(context, rules, found);
        let Some(order) = rules.order() else { continue };
        let timed: Vec<(&Entry, Timestamp)> = context
            .document
            .entries
            .iter()
            .filter(|entry| *entry.list == *rules.name)
            .filter_map(|entry| entry.when.map(|(when, _)| (entry, when)))
            .collect();
        let falls = |a: &Timestamp, b: &Timestamp| b.compare(a) == Some(Ordering::Less);
        let rises = |a: &Timestamp, b: &Timestamp| b.compare(a) == Some(Ordering::Greater);
        let pairs = || timed.windows(2).map(|pair| (pair[0], pair[1]));
        let descending = match order {
            Order::Ascending => false,
            Order::Descending => true,
            // A log is read as it mostly runs.
            Order::Either => {
                pairs().filter(|(a, b)| falls(&a.1, &b.1)).count() > pairs().filter(|(a, b)| rises(&a.1, &b.1)).count()
            }
        };
        for (before, entry) in pairs() {
            let wrong = if descending { rises(&before.1, &entry.1) } else { falls(&before.1, &entry.1) };
            if !wrong {
                continue;
            }
            let Some((_, span)) = entry.0.when else { continue };
            let mut finding = found
                .at(span)
                .value("found", context.text(span))
                .value("entry", short(&entry.0.line.text))
                .value("called", rules.format.called.clone())
                .value("other", short(&before.0.line.text))
                .related("before", before.0.line.whole());
            let same_day = entry.1.date == before.1.date;
            if rules.dated_by.is_some() && same_day {
                finding = finding.case("missing-date");
            } else if let (true, Some((year, month, day))) = (rules.dated_by.is_some(), entry.1.date) {
                finding = finding.case("day").value("day", format!("{year:04}-{month:02}-{day:02}"));
            } else if descending {
                finding = finding.case("descending");
            }
            found.push(finding);
        }
    }
}

/// The number of an entry, with its letter: `4b`.
fn number(entry: &Entry, capture: &str) -> Option<(u64, String, Span)> {
    let capture = entry.captures.iter().find(|known| known.name == capture)?;
    let digits: String = capture.text.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, capture.text[digits.len()..].to_lowercase(), capture.span))
}

/// Entries with a number ascend by it, and no two have the same.
fn numbers(context: &Context<'_>, rules: &EntryRules, found: &mut Findings) {
    let Some(identity) = &rules.format.identity else { return };
    let numbered = context
        .document
        .entries
        .iter()
        .filter(|entry| *entry.list == *rules.name)
        .filter_map(|entry| number(entry, identity).map(|(number, letter, span)| (entry, (number, letter), span)));
    let numbered: Vec<(&Entry, (u64, String), Span)> = numbered.collect();
    // The longest run that ascends stays; what is not in it stands wrong. Plans have dozens of steps, not thousands.
    if numbered.len() > 1000 {
        return;
    }
    let in_order = longest_run(numbered.len(), |before, at| numbered[before].1 < numbered[at].1);
    for (at, (entry, number, span)) in numbered.iter().enumerate().filter(|(at, _)| !in_order[*at]) {
        let same = numbered.iter().enumerate().find(|(other, (_, known, _))| *other != at && known == number);
        let before = numbered[..at].iter().rev().find(|(_, known, _)| known > number);
        let after = numbered[at + 1..].iter().find(|(_, known, _)| known < number);
        let (case, other) = match (same, before.or(after)) {
            // Where the number is an ID, that it is there twice is another finding.
            (Some(_), _) if rules.format.unique.as_ref() == Some(identity) => continue,
            (Some((_, (other, ..))), _) => ("same-number", *other),
            (None, Some((other, ..))) => ("number", *other),
            (None, None) => continue,
        };
        let finding = found
            .at(*span)
            .case(case)
            .value("found", context.text(*span))
            .value("entry", short(&entry.line.text))
            .value("called", rules.format.called.clone())
            .value("other", short(&other.line.text))
            .related("other", other.line.whole());
        found.push(finding);
    }
}

/// `entry-outside-lifetime`: before the document was created, or after it was last touched.
pub(super) fn lifetime(context: &Context<'_>, found: &mut Findings) {
    let scope = context.scope();
    for rules in &context.body.entries {
        let Some((from, to)) = &rules.lifetime else { continue };
        let first = utmost(&scope, from, Ordering::Less);
        let last = utmost(&scope, to, Ordering::Greater);
        // Bounds that contradict each other are a finding of their own.
        let times = (first.as_ref().and_then(|value| value.time), last.as_ref().and_then(|value| value.time));
        if let (Some(a), Some(b)) = times
            && b.compare(&a) == Some(Ordering::Less)
        {
            continue;
        }
        // One wrong heading gives a wrong day to all entries under it: that is told once.
        let mut told = None;
        for entry in context.document.entries.iter().filter(|entry| *entry.list == *rules.name) {
            let Some((when, span)) = entry.when.filter(|(when, _)| when.date.is_some()) else { continue };
            if !entry.when_is_dated() && told == when.date {
                continue;
            }
            let is_outside = |bound: &&Selected<'_>, wrong: Ordering| {
                bound.time.is_some_and(|time| when.compare(&time) == Some(wrong))
            };
            let before = first.as_ref().filter(|bound| is_outside(bound, Ordering::Less));
            let after = last.as_ref().filter(|bound| is_outside(bound, Ordering::Greater));
            let (case, bound) = match (before, after) {
                (Some(bound), _) => ("before", bound),
                (None, Some(bound)) => ("after", bound),
                (None, None) => continue,
            };
            if !entry.when_is_dated() {
                told = when.date;
            }
            let finding = found
                .at(span)
                .case(case)
                .value("found", context.text(span))
                .value("bound", bound.text.clone())
                .value("called", rules.format.called.clone());
            let finding = if bound.path == context.document.path {
                finding.related("bound", bound.span)
            } else {
                finding.related_in(&bound.path, "bound", bound.span)
            };
            found.push(finding);
        }
    }
}

/// Of all dates that selectors select the earliest or the latest.
fn utmost<'a>(scope: &Scope<'a>, selectors: &[Selector], wanted: Ordering) -> Option<Selected<'a>> {
    selectors
        .iter()
        .flat_map(|selector| scope.select(selector))
        .filter(|value| value.time.is_some_and(|time| time.date.is_some()))
        .reduce(|best, value| match (value.time, best.time) {
            (Some(a), Some(b)) if a.compare(&b) == Some(wanted) => value,
            _ => best,
        })
}
