//! How a log runs: entries of a form that come too late, and a number that falls or leaps from one entry to the next.

use serde::Deserialize;
use serde_json::Value;

use crate::check::{Context, Findings, Prepared};
use crate::document::{Document, Entry};
use crate::pack::condition::Selector;
use crate::read::fields::short;
use crate::select::{Selected, number};

/// What `entry-gap` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gap {
    /// The list of entries.
    list: String,
    /// The forms that are due.
    forms: Vec<String>,
    /// Forms after which nothing is due any more.
    #[serde(default)]
    until: Vec<String>,
    /// How many minutes may lie between two of them.
    minutes: Minutes,
}

/// A number of minutes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Minutes {
    /// Always the same.
    Fixed(i64),
    /// What a selector selects, where it selects a number.
    From {
        /// Else.
        default: i64,
        /// The selector.
        from: String,
    },
}

/// What `entry-progress` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Progress {
    /// The list of entries.
    list: String,
    /// The forms that have the number.
    forms: Vec<String>,
    /// The part or capture that holds it.
    part: String,
    /// By how much it may rise from one entry to the next.
    #[serde(default)]
    jump: Option<f64>,
}

fn of_list<'a>(document: &'a Document, list: &'a str) -> impl Iterator<Item = &'a Entry> {
    document.entries.iter().filter(move |entry| *entry.list == *list && !entry.struck)
}

/// `entry-gap`: on one day, more than so many minutes lie between an entry of some forms and the next, with other entries
/// between them. A long silence right after the first of the two is a pause, and the time counts from its end.
pub(super) fn gap(parameters: &Value) -> Result<Prepared, String> {
    let gap: Gap = serde_json::from_value(parameters.clone()).map_err(|error| error.to_string())?;
    let selector = match &gap.minutes {
        Minutes::From { from, .. } => Some(Selector::compile(from)?),
        Minutes::Fixed(_) => None,
    };
    Ok(Box::new(move |context, found| late(&gap, selector.as_ref(), context, found)))
}

fn late(gap: &Gap, selector: Option<&Selector>, context: &Context<'_>, found: &mut Findings) {
    let told: Option<(i64, Selected)> = selector.and_then(|selector| {
        let value = context.scope().select(selector).into_iter().next()?;
        let minutes = value.text.trim().parse::<i64>().ok().filter(|minutes| *minutes > 0)?;
        Some((minutes, value))
    });
    let default = match gap.minutes {
        Minutes::Fixed(minutes) | Minutes::From { default: minutes, .. } => minutes,
    };
    let most = told.as_ref().map_or(default, |(minutes, _)| *minutes);
    let mut last: Option<&Entry> = None;
    let mut resumed: Option<&Entry> = None;
    for entry in of_list(context.document, &gap.list) {
        if gap.until.iter().any(|form| *entry.form == **form) {
            return;
        }
        if !gap.forms.iter().any(|form| *entry.form == **form) {
            resumed = resumed.or(Some(entry));
            continue;
        }
        let between = last.zip(resumed).and_then(|(last, resumed)| {
            let pause = minutes_between(last, resumed).unwrap_or(0);
            let from = if pause > most.saturating_mul(2) { resumed } else { last };
            minutes_between(from, entry).map(|minutes| (from, minutes))
        });
        if let Some((before, minutes)) = between.filter(|(_, minutes)| *minutes > most) {
            let mut finding = found
                .at(entry.line.whole())
                .value("entry", short(&entry.line.text))
                .value("minutes", minutes.to_string())
                .value("most", most.to_string())
                .related("before", before.line.whole());
            if let Some((_, value)) = &told {
                finding = finding.case("configured").related_in(&value.path, "configured", value.span);
            }
            found.push(finding);
        }
        last = Some(entry);
        resumed = None;
    }
}

/// The minutes from one entry to another of the same day.
fn minutes_between(before: &Entry, entry: &Entry) -> Option<i64> {
    let ((before, _), (when, _)) = (before.when?, entry.when?);
    (before.date == when.date).then(|| when.minutes_since(&before)).flatten()
}

/// `entry-progress`: a number falls from one entry to the next, or rises by too much.
pub(super) fn progress(parameters: &Value) -> Result<Prepared, String> {
    let progress: Progress = serde_json::from_value(parameters.clone()).map_err(|error| error.to_string())?;
    Ok(Box::new(move |context, found| falls(&progress, context, found)))
}

fn falls(progress: &Progress, context: &Context<'_>, found: &mut Findings) {
    let numbered = of_list(context.document, &progress.list)
        .filter(|entry| progress.forms.iter().any(|form| *entry.form == **form))
        .filter_map(|entry| {
            let capture = entry.captures.iter().find(|capture| capture.name == progress.part);
            let part = || entry.parts.iter().find(|part| part.name.eq_ignore_ascii_case(&progress.part));
            let (text, span) = capture
                .map(|capture| (capture.text.as_str(), capture.span))
                .or_else(|| part().map(|part| (part.value.text.as_str(), part.value.trimmed().whole())))?;
            Some((number(text)?, text.trim(), span))
        });
    let mut last = None;
    for (value, text, span) in numbered {
        if let Some((before, other, other_span)) = last {
            let case = if value < before {
                Some("falls")
            } else if progress.jump.is_some_and(|jump| value - before > jump) {
                Some("jumps")
            } else {
                None
            };
            if let Some(case) = case {
                let finding = found
                    .at(span)
                    .case(case)
                    .value("value", text)
                    .value("before", other)
                    .value("by", format!("{}", (value - before).abs()))
                    .related("before", other_span);
                found.push(finding);
            }
        }
        last = Some((value, text, span));
    }
}
