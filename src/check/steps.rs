//! Steps and the forms of a log: one step at a time, what must follow what, reasons, and one sort of status mark.

use serde::Deserialize;

use crate::check::{Context, Findings};
use crate::document::{Body, Entry};
use crate::pack::compile::EntryRules;
use crate::read::fields::short;
use crate::select::{Stand, stand};
use crate::text::Span;

fn entries_of<'a>(context: &'a Context<'_>, rules: &'a EntryRules) -> impl Iterator<Item = &'a Entry> {
    context.document.entries.iter().filter(|entry| *entry.list == *rules.name)
}

/// `step-skipped`: a step is done or under way while an earlier one is not; or two are under way.
pub(super) fn skipped(context: &Context<'_>, found: &mut Findings) {
    for rules in &context.body.entries {
        let Some(progress) = &rules.format.progress else { continue };
        let mut waiting: Option<&Entry> = None;
        let mut current: Option<(&Entry, Span)> = None;
        for entry in entries_of(context, rules).filter(|entry| !entry.struck) {
            let Some((stand, span)) = stand(entry, progress) else { continue };
            let report = |case: &'static str, other: &Entry, found: &mut Findings| {
                let finding = found
                    .at(span)
                    .case(case)
                    .value("step", short(&entry.line.text))
                    .value("other", short(&other.line.text))
                    .value("called", rules.format.called.clone())
                    .related("other", other.line.whole());
                found.push(finding);
            };
            match stand {
                Stand::Open => {
                    waiting.get_or_insert(entry);
                }
                Stand::Done | Stand::Current if waiting.is_some() => {
                    if let Some(other) = waiting.take() {
                        report("skipped", other, found);
                    }
                }
                Stand::Done => {
                    if let Some((other, _)) = current.take() {
                        report("skipped", other, found);
                    }
                }
                Stand::Current => match current {
                    Some((other, _)) => report("two-current", other, found),
                    None => current = Some((entry, span)),
                },
            }
        }
    }
}

/// `entry-without-follower`: an entry of one form must be followed by one of another before the next of its sort.
pub(super) fn without_follower(context: &Context<'_>, found: &mut Findings) {
    for rules in &context.body.entries {
        for follow in &rules.format.followed_by {
            let entries: Vec<&Entry> = entries_of(context, rules).collect();
            for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| *entry.form == *follow.form) {
                let mut rest = entries[number + 1..].iter();
                let ends = |other: &&&Entry| {
                    *other.form == *follow.form || follow.before.iter().any(|form| *other.form == **form)
                };
                // The log may still be open: only what comes after the entry can prove that nothing followed.
                let verdict = rest.find(|other| *other.form == *follow.next || ends(other));
                if verdict.is_some_and(|other| *other.form != *follow.next) {
                    let finding = found
                        .at(entry.line.whole())
                        .value("entry", short(&entry.line.text))
                        .value("next", follow.next.clone());
                    found.push(finding);
                }
            }
        }
    }
}

/// What tells that an item has a reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Reasons {
    /// Signs and words before a reason.
    signs: Vec<String>,
    /// Items that say that there is nothing, in small letters.
    nothing: Vec<String>,
}

/// `unexplained-item`: an item of a part that wants a reason has none.
pub(super) fn unexplained(reasons: &Reasons, context: &Context<'_>, found: &mut Findings) {
    let blocks = &context.document.parsed.blocks;
    for rules in &context.body.entries {
        if rules.format.explained.is_empty() {
            continue;
        }
        for part in entries_of(context, rules).flat_map(|entry| &entry.parts) {
            if !rules.format.explained.contains(&part.name) {
                continue;
            }
            let first = blocks.partition_point(|block| block.span.start < part.span.start);
            let within = blocks[first..].iter().take_while(|block| block.span.start < part.span.end);
            for (index, block) in within.enumerate().map(|(at, block)| (first + at, block)) {
                let inside = part.span.contains(block.span) && matches!(block.body, Body::Item { .. });
                let outer = block.parent.is_none_or(|parent| !part.span.contains(blocks[parent].span));
                if !inside || !outer || block.span.start <= part.name_span.start {
                    continue;
                }
                let text = block.plain.text.trim();
                let nested = blocks.get(index + 1).is_some_and(|next| next.parent == Some(index));
                let explained = nested || reasons.signs.iter().any(|sign| text.contains(sign.as_str()));
                let bare = text.trim_end_matches('.').to_lowercase();
                if !explained && !text.is_empty() && !reasons.nothing.contains(&bare) {
                    let finding =
                        found.at(block.line.whole()).value("part", part.name.clone()).value("found", short(text));
                    found.push(finding);
                }
            }
        }
    }
}

/// `status-marks`: steps of one document end in different marks of the same meaning.
pub(super) fn status_marks(context: &Context<'_>, found: &mut Findings) {
    for rules in &context.body.entries {
        let sorts = &rules.format.status_marks;
        if sorts.len() < 2 {
            continue;
        }
        let sort_of = |entry: &Entry| {
            let text = entry.line.text.trim_end();
            sorts.iter().enumerate().find_map(|(sort, marks)| {
                marks.iter().find(|mark| text.ends_with(mark.as_str())).map(|mark| (sort, mark))
            })
        };
        let marked: Vec<(&Entry, usize, &String)> = entries_of(context, rules)
            .filter_map(|entry| sort_of(entry).map(|(sort, mark)| (entry, sort, mark)))
            .collect();
        let count = |sort: usize| marked.iter().filter(|(_, other, _)| *other == sort).count();
        let Some(usual) = (0..sorts.len()).max_by_key(|sort| (count(*sort), usize::MAX - sort)) else { continue };
        let Some((example, _, mark)) = marked.iter().find(|(_, sort, _)| *sort == usual) else { continue };
        if let Some((entry, _, other)) = marked.iter().find(|(_, sort, _)| *sort != usual) {
            let others = marked.iter().filter(|(_, sort, _)| *sort != usual).count();
            let line = &entry.line;
            let start = line.text.trim_end().len() - other.len();
            let finding = found
                .at(line.span(start..line.text.trim_end().len()))
                .value("found", (*other).clone())
                .value("usual", (*mark).clone())
                .value("count", others.to_string())
                .related("usual", example.line.whole());
            found.push(finding);
        }
    }
}
