//! Phases: numbers, contents, parts, and stated totals.

use std::collections::HashMap;

use crate::check::{Context, Findings};
use crate::document::{Body, Line, TaskState};
use crate::read::fields::short;
use crate::text::leading_digits;

/// `duplicate-phase`: two phases have one number.
pub(super) fn duplicate(context: &Context<'_>, found: &mut Findings) {
    let mut first = HashMap::new();
    for phase in &context.document.phases {
        let Some((number, span)) = &phase.number else { continue };
        let heading = &context.document.parsed.sections[phase.section];
        if let Some(other) = first.get(number) {
            let finding = found
                .at(*span)
                .value("number", number.clone())
                .value("phase", short(&heading.title.text))
                .related("first", *other);
            found.push(finding);
        } else {
            first.insert(number.clone(), heading.heading);
        }
    }
}

/// `empty-phase`: a phase without a task.
pub(super) fn empty(context: &Context<'_>, found: &mut Findings) {
    if context.document.tasks.is_empty() {
        return;
    }
    for (number, phase) in context.document.phases.iter().enumerate() {
        let section = &context.document.parsed.sections[phase.section];
        let filled = context.document.tasks.iter().any(|task| task.phase == Some(number));
        let nearly = context.document.parsed.blocks.iter().any(|block| {
            matches!(block.body, Body::Item { checkbox: Some(_), .. }) && section.span.contains(block.span)
        });
        if !filled && !nearly {
            let finding = found.at(section.heading).value("phase", short(&section.title.text));
            found.push(finding);
        }
    }
}

/// `missing-phase-part`: a phase lacks a part that its shape should have.
pub(super) fn missing_part(context: &Context<'_>, found: &mut Findings) {
    let parsed = &context.document.parsed;
    for phase in &context.document.phases {
        let Some(rule) = phase.shape.map(|shape| &context.body.phases[shape]) else { continue };
        let section = &parsed.sections[phase.section];
        for part in &rule.parts {
            let spellings: Vec<String> = part.split('|').map(|name| name.trim().to_lowercase()).collect();
            let is_wanted = |text: &str| {
                let text = text.trim().to_lowercase();
                spellings.iter().any(|name| text.starts_with(name.as_str()))
            };
            let known = parsed.labels.iter().any(|label| {
                let named = section.span.contains(label.span) && is_wanted(&label.name);
                // A label without a value must be followed by something that is not another label.
                let next = parsed.blocks.get(label.block + 1);
                let filled = !label.value.text.trim().is_empty()
                    || next.is_some_and(|block| {
                        matches!(
                            block.body,
                            Body::Paragraph
                                | Body::Item { checkbox: None, .. }
                                | Body::Code { .. }
                                | Body::Table { .. }
                        ) && !block.line.text.starts_with("**")
                    });
                named && filled
            });
            let headed = parsed.sections.iter().any(|inner| {
                inner.level > section.level && section.span.contains(inner.heading) && is_wanted(&inner.title.text)
            });
            if !known && !headed {
                let finding = found
                    .at(section.heading)
                    .value("phase", short(&section.title.text))
                    .value("part", part.split('|').next().unwrap_or(part).trim());
                found.push(finding);
            }
        }
    }
}

/// `total-mismatch`: a stated total is not the number of tasks, however they are counted.
pub(super) fn total(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    let tasks = &context.document.tasks;
    if tasks.is_empty() || !context.document.near_tasks.is_empty() {
        return;
    }
    let all = tasks.len();
    let skipped = tasks.iter().filter(|task| task.state == TaskState::Skipped).count();
    let lettered = tasks
        .iter()
        .filter(|task| task.id.ends_with(|c: char| c.is_ascii_alphabetic()) || task.id.contains('.'))
        .count();
    let counts = [all, all - skipped, all - lettered, all.saturating_sub(skipped + lettered)];
    for value in stated_totals(context, &rules.format.totals) {
        let start = value.text.len() - value.text.trim_start_matches(['~', '*', '`', ' ']).len();
        let (digits, length) = leading_digits(&value.text[start..]);
        let Ok(stated) = digits.parse::<usize>() else { continue };
        if counts.contains(&stated) || !is_total(&value.text[start + length..], &rules.format.totals) {
            continue;
        }
        let finding = found
            .at(value.span(start..start + length))
            .value("stated", stated.to_string())
            .value("count", all.to_string());
        found.push(finding);
    }
}

/// What stands behind the names of totals: bold labels, cells of tables, and lines `name: value`.
fn stated_totals(context: &Context<'_>, names: &[String]) -> Vec<Line> {
    let parsed = &context.document.parsed;
    let is_name = |text: &str| {
        let text = text.trim().trim_matches('*').trim_end_matches(':').trim();
        names.iter().any(|name| name.eq_ignore_ascii_case(text))
    };
    let mut found: Vec<Line> = Vec::new();
    found.extend(parsed.labels.iter().filter(|label| is_name(&label.name)).map(|label| label.value.clone()));
    for block in &parsed.blocks {
        match &block.body {
            Body::Table { rows } => {
                found.extend(rows.iter().filter_map(|row| match row.as_slice() {
                    [name, value, ..] if is_name(&name.text) => Some(value.clone()),
                    _ => None,
                }));
            }
            Body::Paragraph | Body::Item { .. } => {
                let line = &block.plain;
                let colon = line.text.find([':', '：']).filter(|colon| is_name(&line.text[..*colon]));
                let value = colon.and_then(|colon| {
                    let width = line.text[colon..].chars().next().map_or(1, char::len_utf8);
                    Some(line.sub(colon + width..line.text.len())).filter(|value| !value.text.trim().is_empty())
                });
                found.extend(value);
            }
            _ => {}
        }
    }
    let mut seen: Vec<usize> = Vec::new();
    found.retain(|value| {
        let at = value.trimmed().whole().end;
        !seen.contains(&at) && {
            seen.push(at);
            true
        }
    });
    found
}

/// Whether a number is a total by what follows it: nothing, a mark, a remark, or a word of the names themselves (`tasks`),
/// but no unit and no end of a range.
fn is_total(rest: &str, names: &[String]) -> bool {
    let rest = rest.trim_start_matches(['*', '`', ' ']);
    let Some(first) = rest.chars().next() else { return true };
    if matches!(first, '-' | '–' | '—' | '~') {
        let more = rest[first.len_utf8()..].trim_start();
        return !more.starts_with(|c: char| c.is_ascii_digit() || c == '~');
    }
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let known = |name: &String| {
        name.to_lowercase()
            .split_whitespace()
            .any(|own| own == word || own.trim_end_matches('s') == word.trim_end_matches('s'))
    };
    matches!(first, '(' | ',' | ';' | '|' | '。' | '，' | '（')
        || rest.trim() == "."
        || !word.is_empty() && names.iter().any(known)
}
