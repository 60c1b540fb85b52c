//! The form of task lines: IDs, boxes, paths.

use std::collections::HashMap;

use crate::check::{Context, Findings};
use crate::document::{Body, Task};
use crate::read::fields::short;

/// `malformed-task`: a task by its place, but not by its grammar.
pub(super) fn malformed(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    for near in &context.document.near_tasks {
        let finding = found
            .at(near.span)
            .case(near.case)
            .value("found", short(context.text(near.span)))
            .value("line", short(&near.text))
            .value("grammar", rules.format.grammar.clone());
        found.push(finding);
    }
}

/// `ambiguous-marker-case`: `[x]` and `[X]` in one document.
pub(super) fn mixed_box_case(context: &Context<'_>, found: &mut Findings) {
    let boxes = || {
        context.document.parsed.blocks.iter().filter_map(|block| match &block.body {
            Body::Item { checkbox: Some(checkbox), .. } if matches!(checkbox.state, 'x' | 'X') => Some(checkbox),
            _ => None,
        })
    };
    let small = boxes().filter(|checkbox| checkbox.state == 'x').count();
    let large = boxes().count() - small;
    if small == 0 || large == 0 {
        return;
    }
    let (usual, rare) = if small >= large { ('x', 'X') } else { ('X', 'x') };
    let place = |state: char| boxes().find(|checkbox| checkbox.state == state);
    if let (Some(odd), Some(even)) = (place(rare), place(usual)) {
        let finding = found
            .at(odd.span)
            .value("rare", rare.to_string())
            .value("usual", usual.to_string())
            .value("count", small.min(large).to_string())
            .value("usual_count", small.max(large).to_string())
            .related("usual", even.span);
        found.push(finding);
    }
}

/// `duplicate-task-id`: one ID, several tasks. Reported at each but the first.
pub(super) fn duplicate_id(context: &Context<'_>, found: &mut Findings) {
    let mut first: HashMap<String, &Task> = HashMap::new();
    let (prefix, width, mut free) = highest(context);
    for task in &context.document.tasks {
        match first.get(&task.id.to_uppercase()) {
            None => {
                first.insert(task.id.to_uppercase(), task);
            }
            Some(known) => {
                free += 1;
                let finding = found
                    .at(task.id_span)
                    .value("id", task.id.clone())
                    .value("free", format!("{prefix}{free:0width$}"))
                    .value("other", short(&known.description.text))
                    .related("first", known.id_span);
                found.push(finding);
            }
        }
    }
}

/// The number in an ID.
pub(super) fn number(id: &str) -> Option<u64> {
    let digits: String = id.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The letters, the width of the number, and the number of the highest ID.
fn highest(context: &Context<'_>) -> (String, usize, u64) {
    let Some(last) = context.document.tasks.iter().max_by_key(|task| number(&task.id)) else {
        return (String::new(), 0, 0);
    };
    let prefix: String = last.id.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let width = last.id.chars().filter(char::is_ascii_digit).count();
    (prefix, width, number(&last.id).unwrap_or(0))
}

/// `task-id-order`: a task's number is lower than that of the one before it.
pub(super) fn id_order(context: &Context<'_>, found: &mut Findings) {
    for pair in context.document.tasks.windows(2) {
        if let (Some(a), Some(b)) = (number(&pair[0].id), number(&pair[1].id))
            && b < a
        {
            let finding = found
                .at(pair[1].id_span)
                .value("id", pair[1].id.clone())
                .value("before", pair[0].id.clone())
                .related("before", pair[0].id_span);
            found.push(finding);
        }
    }
}

/// `task-id-gap`: numbers between two tasks are missing.
pub(super) fn id_gap(context: &Context<'_>, found: &mut Findings) {
    let mut tasks: Vec<(u64, &Task)> =
        context.document.tasks.iter().filter_map(|task| Some((number(&task.id)?, task))).collect();
    tasks.sort_by_key(|(number, _)| *number);
    for pair in tasks.windows(2) {
        let ((before, first), (after, task)) = (pair[0], pair[1]);
        if after > before + 1 {
            let finding = found
                .at(task.id_span)
                .value("id", task.id.clone())
                .value("before", first.id.clone())
                .value("count", (after - before - 1).to_string());
            found.push(finding);
        }
    }
}

/// `missing-path`: a task names no file.
pub(super) fn missing_path(context: &Context<'_>, found: &mut Findings) {
    for task in context.document.tasks.iter().filter(|task| task.paths.is_empty()) {
        let finding = found.at(task.description.whole()).value("id", task.id.clone());
        found.push(finding);
    }
}
