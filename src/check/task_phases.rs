//! Phases: numbers, contents, parts, and stated totals.

use std::collections::HashMap;

use crate::check::{Context, Findings};
use crate::document::{Body, TaskState};
use crate::read::fields::short;

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
            let wanted = part.to_lowercase();
            let known = parsed.labels.iter().any(|label| {
                let named = section.span.contains(label.span) && label.name.trim().to_lowercase().starts_with(&wanted);
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
                inner.level > section.level
                    && section.span.contains(inner.heading)
                    && inner.title.text.to_lowercase().starts_with(&wanted)
            });
            if !known && !headed {
                let finding =
                    found.at(section.heading).value("phase", short(&section.title.text)).value("part", part.clone());
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
    for label in &context.document.parsed.labels {
        if !rules.format.totals.iter().any(|name| name.eq_ignore_ascii_case(label.name.trim())) {
            continue;
        }
        let digits: String = label
            .value
            .text
            .trim_start_matches(['~', '*', '`', ' '])
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let Ok(stated) = digits.parse::<usize>() else { continue };
        if counts.contains(&stated) {
            continue;
        }
        let at = label.value.text.find(&digits).unwrap_or(0);
        let finding = found
            .at(label.value.span(at..at + digits.len()))
            .value("stated", stated.to_string())
            .value("count", all.to_string());
        found.push(finding);
    }
}
