//! Times: are they ISO 8601, do they exist, is an offset there, do they ascend, do they lie in the future.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Deserialize;

use crate::check::{Context, Findings};
use crate::select::Selected;
use crate::text::Span;
use crate::time::{Problem, Timestamp, parse};

/// Which problems a rule reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// Times without an offset where one is demanded, rather than times that are none.
    zone: bool,
}

/// `time-form`: a time that is no ISO 8601 time, does not exist, or lacks the offset that is demanded.
pub(super) fn form(parameters: &Form, context: &Context<'_>, found: &mut Findings) {
    for time in &context.document.times {
        let text = time.text.trim().trim_matches(['`', '"', '\'']).trim();
        let Err(problem) = parse(text, time.demand) else { continue };
        let finding = found.at(time.span).value("found", text).value("field", time.name.clone());
        let (zone, finding) = match problem {
            Problem::MissingTimezone(time) if time.time.is_none() => (true, finding.case("no-time")),
            Problem::MissingTimezone(_) => (true, finding),
            Problem::MissingTime(_) => (false, finding.case("no-time")),
            Problem::Impossible { what } => {
                let of_day = ["hour", "minute", "second"].iter().any(|unit| what.starts_with(unit));
                let case = if of_day { "impossible-hour" } else { "impossible" };
                (false, finding.case(case).value("what", what))
            }
            Problem::Incomplete => (false, finding.case("incomplete")),
            Problem::Readable { iso } => {
                let case = if time.strict { "readable-field" } else { "readable" };
                (false, finding.case(case).value("iso", iso))
            }
            Problem::Ambiguous { readings } => {
                let case = if time.strict { "ambiguous-field" } else { "ambiguous" };
                (false, finding.case(case).value("readings", readings.join(" or ")))
            }
            Problem::NotATime => (false, finding.case("no-time-at-all")),
        };
        if zone == parameters.zone {
            found.push(finding);
        }
    }
}

/// `times-ascend`: a time is earlier than one that must not be later.
pub(super) fn ascend(context: &Context<'_>, found: &mut Findings) {
    let scope = context.scope();
    // A value that stands in several lists is reported once.
    let mut told: Vec<(Arc<str>, Span)> = Vec::new();
    for list in &context.body.order {
        let mut before: Vec<(Selected, &str)> = Vec::new();
        for selector in list {
            let values: Vec<Selected> =
                scope.select(selector).into_iter().filter(|value| value.time.is_some()).collect();
            for value in &values {
                // Against the latest of those that are really later.
                let later = before
                    .iter()
                    .filter(|(other, _)| earlier(value, other))
                    .reduce(|best, other| if earlier(&best.0, &other.0) { other } else { best });
                let place = (value.path.clone(), value.span);
                if let Some((other, name)) = later.filter(|_| !told.contains(&place)) {
                    told.push(place);
                    report(context, found, value, &selector.source, other, name);
                }
            }
            before.extend(values.into_iter().map(|value| (value, selector.source.as_str())));
        }
    }
}

fn earlier(a: &Selected, b: &Selected) -> bool {
    match (a.time, b.time) {
        (Some(a), Some(b)) => a.compare(&b) == Some(Ordering::Less),
        _ => false,
    }
}

fn report(
    context: &Context<'_>,
    found: &mut Findings,
    value: &Selected,
    name: &str,
    before: &Selected,
    before_name: &str,
) {
    // What lies in another document is that document's finding.
    if value.path != context.document.path {
        return;
    }
    let finding = found
        .at(value.span)
        .value("field", bare_name(name))
        .value("found", value.text.trim().trim_matches('`'))
        .value("other", before.text.trim().trim_matches('`'))
        .value("other_field", bare_name(before_name));
    let finding = if before.path == context.document.path {
        finding.related("earlier", before.span)
    } else {
        finding.related_in(&before.path, "earlier", before.span)
    };
    found.push(finding);
}

fn bare_name(selector: &str) -> String {
    let rest = selector.split_once(": ").map_or(selector, |(_, rest)| rest);
    rest.split_once(' ').map_or(rest, |(_, name)| name).trim_end_matches(" when").to_owned()
}

/// `future-time`: more than a day after now.
pub(super) fn future(context: &Context<'_>, found: &mut Findings) {
    for time in &context.document.times {
        let text = time.text.trim().trim_matches(['`', '"', '\'']).trim();
        let value = match parse(text, time.demand) {
            Ok(value) => value,
            Err(problem) => match problem.meant() {
                Some(value) => value,
                None => continue,
            },
        };
        if value.date.is_some() && is_future(&value, &context.now) {
            let finding = found
                .at(time.span)
                .value("found", text)
                .value("field", time.name.clone())
                .value("now", day(&context.now));
            found.push(finding);
        }
    }
}

/// Later than the end of tomorrow, whatever the zone.
fn is_future(value: &Timestamp, now: &Timestamp) -> bool {
    const TWO_DAYS: i64 = 2 * 24 * 60;
    let bare = |time: &Timestamp| Timestamp { time: Some((0, 0, None)), offset: Some(0), ..*time };
    bare(value).minutes_since(&bare(now)).is_some_and(|minutes| minutes >= TWO_DAYS)
}

fn day(time: &Timestamp) -> String {
    time.date.map_or(String::new(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}
