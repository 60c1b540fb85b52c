//! What tasks wait for, and what parallel tasks share.

use std::collections::{BTreeMap, HashMap};

use crate::check::task_form::number;
use crate::check::{Context, Findings};
use crate::document::{Body, Task, TaskState};
use crate::read::fields::short;
use crate::text::Span;

fn by_id<'a>(context: &'a Context<'_>) -> HashMap<String, &'a Task> {
    let mut tasks = HashMap::new();
    for task in &context.document.tasks {
        tasks.entry(task.id.to_uppercase()).or_insert(task);
    }
    tasks
}

/// The numbers that lines which are nearly tasks lost: one more than the task before, one less than the task after.
fn lost(context: &Context<'_>) -> Vec<u64> {
    let tasks = &context.document.tasks;
    let of = |task: Option<&Task>| task.and_then(|task| number(&task.id));
    let mut numbers = Vec::new();
    for near in &context.document.near_tasks {
        let at = tasks.partition_point(|task| task.id_span.start < near.span.start);
        numbers.extend(at.checked_sub(1).and_then(|before| of(tasks.get(before))).map(|number| number + 1));
        numbers.extend(of(tasks.get(at)).and_then(|number| number.checked_sub(1)));
    }
    numbers
}

/// `unknown-dependency`: a task waits for one that does not exist.
pub(super) fn unknown(context: &Context<'_>, found: &mut Findings) {
    let tasks = by_id(context);
    let lost = lost(context);
    let near = |id: &str| {
        context.document.near_tasks.iter().any(|near| near.text.contains(id))
            || number(id).is_some_and(|number| lost.contains(&number))
    };
    for task in &context.document.tasks {
        for (id, span) in &task.depends {
            if tasks.contains_key(&id.to_uppercase()) || near(id) {
                continue;
            }
            let finding = found.at(*span).value("id", task.id.clone()).value("other", id.clone());
            found.push(finding);
        }
    }
}

/// `dependency-cycle`: tasks wait for each other. Reported once, at the first task of the cycle.
pub(super) fn cycle(context: &Context<'_>, found: &mut Findings) {
    let tasks = &context.document.tasks;
    let index: HashMap<String, usize> =
        tasks.iter().enumerate().rev().map(|(at, task)| (task.id.to_uppercase(), at)).collect();
    let next = |at: usize| -> Vec<(usize, Span)> {
        tasks[at].depends.iter().filter_map(|(id, span)| Some((*index.get(&id.to_uppercase())?, *span))).collect()
    };
    let mut done = vec![false; tasks.len()];
    for start in 0..tasks.len() {
        // An explicit stack: a chain of thousands of tasks must not overflow ours.
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        let mut on_path = vec![start];
        while let Some((at, edge)) = path.last().copied() {
            if done[at] {
                path.pop();
                on_path.pop();
                continue;
            }
            let edges = next(at);
            let Some((to, span)) = edges.get(edge).copied() else {
                done[at] = true;
                path.pop();
                on_path.pop();
                continue;
            };
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            if let Some(from) = on_path.iter().position(|known| *known == to) {
                let members = &on_path[from..];
                let mut names: Vec<&str> = members.iter().map(|task| tasks[*task].id.as_str()).collect();
                names.push(&tasks[to].id);
                let mut finding = found.at(span).value("cycle", names.join(" → ")).value("id", tasks[at].id.clone());
                if members.len() == 1 {
                    finding = finding.case("itself");
                }
                for pair in members.windows(2) {
                    if let Some((_, span)) = next(pair[0]).into_iter().find(|(other, _)| *other == pair[1]) {
                        finding = finding.related("waits", span);
                    }
                }
                found.push(finding);
            } else if !done[to] {
                path.push((to, 0));
                on_path.push(to);
            }
        }
    }
}

/// `dependency-not-done`: a task is done while one that it waits for is open, or a blocking phase is open while later work
/// is done.
pub(super) fn not_done(context: &Context<'_>, found: &mut Findings) {
    let tasks = by_id(context);
    for task in context.document.tasks.iter().filter(|task| task.state == TaskState::Done) {
        for (id, span) in &task.depends {
            let Some(other) = tasks.get(&id.to_uppercase()) else { continue };
            if other.state == TaskState::Open && other.id_span != task.id_span {
                let finding = found
                    .at(*span)
                    .value("id", task.id.clone())
                    .value("other", other.id.clone())
                    .related("open", other.checkbox.span.cover(other.id_span));
                found.push(finding);
            }
        }
    }
    for (number, phase) in context.document.phases.iter().enumerate().filter(|(_, phase)| phase.blocks) {
        let of_phase = |task: &&Task| task.phase == Some(number);
        let open = context.document.tasks.iter().filter(of_phase).find(|task| task.state == TaskState::Open);
        let later = context.document.tasks.iter().find(|task| {
            let group = task
                .phase
                .is_some_and(|phase| phase > number && context.document.phases[phase].role.as_deref() == Some("group"));
            group && task.state == TaskState::Done
        });
        if let (Some(open), Some(later)) = (open, later) {
            let title = &context.document.parsed.sections[phase.section].title.text;
            let finding = found
                .at(later.checkbox.span.cover(later.id_span))
                .case("phase")
                .value("id", later.id.clone())
                .value("other", open.id.clone())
                .value("phase", short(title))
                .related("open", open.checkbox.span.cover(open.id_span));
            found.push(finding);
        }
    }
}

/// `parallel-conflict`: two parallel tasks of one phase write the same file, by the first path of each.
pub(super) fn parallel_conflict(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    let parallel: Vec<&String> =
        rules.format.markers.iter().filter(|(_, meaning)| *meaning == "parallel").map(|(marker, _)| marker).collect();
    let mut writers: BTreeMap<(usize, String), Vec<(&Task, Span)>> = BTreeMap::new();
    for task in &context.document.tasks {
        let Some(phase) = task.phase else { continue };
        let marked = task.markers.iter().any(|(marker, _)| parallel.contains(&marker));
        if !marked || task.state == TaskState::Skipped {
            continue;
        }
        // Words with a slash (`yaml/json`) are no files, and a folder is not what both write.
        let is_file = |path: &str| path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let written = task.paths.iter().find(|(path, _)| is_file(path) || path.ends_with('/'));
        let Some((path, span)) = written.filter(|(path, _)| is_file(path)) else { continue };
        if path.contains(['*', '?']) || path.contains("...") || rules.shared_paths.is_match(path) {
            continue;
        }
        // A placeholder in the path is no file.
        if path.contains("[name]") || path.contains('{') && path.contains('}') && path.contains("name") {
            continue;
        }
        writers.entry((phase, path.clone())).or_default().push((task, *span));
    }
    for ((_, path), tasks) in writers {
        let Some(((first, first_span), rest)) = tasks.split_first() else { continue };
        for (task, span) in rest {
            let finding = found
                .at(*span)
                .value("id", task.id.clone())
                .value("other", first.id.clone())
                .value("path", path.clone())
                .related("other", *first_span);
            found.push(finding);
        }
    }
}

/// `unknown-task`: prose names an ID that no task has. Of a range both ends count, what lies between may be missing.
pub(super) fn unknown_mention(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    if rules.mentioned_under.is_empty() || context.document.tasks.is_empty() {
        return;
    }
    let tasks = by_id(context);
    let highest = context.document.tasks.iter().filter_map(|task| number(&task.id)).max().unwrap_or(0);
    let parsed = &context.document.parsed;
    let lost = lost(context);
    let mut seen: Vec<String> = Vec::new();
    let document = context.document;
    let elsewhere = |id: &str| {
        let known = context.workspace.known_tasks(document, &context.kind.name);
        known.with(id).any(|path| *path != *document.path)
    };
    for section in &parsed.sections {
        if !rules.mentioned_under.iter().any(|shape| shape.fits_loosely(&section.title.text)) {
            continue;
        }
        for block in parsed.blocks.iter().filter(|block| section.span.contains(block.span)) {
            if !matches!(block.body, Body::Paragraph | Body::Item { .. }) {
                continue;
            }
            for (id, span) in mentions(&block.line, rules) {
                let upper = id.to_uppercase();
                let near = context.document.near_tasks.iter().any(|near| near.text.contains(&id))
                    || number(&id).is_some_and(|number| lost.contains(&number));
                if tasks.contains_key(&upper) || seen.contains(&upper) || near {
                    continue;
                }
                // A base ID whose lettered parts exist is known, and so is the part of a task that exists, and the task of
                // another work item.
                let base = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let base = base.split('.').next().unwrap_or(base);
                if tasks.keys().any(|known| known.starts_with(&upper)) || tasks.contains_key(base) || elsewhere(&id) {
                    continue;
                }
                seen.push(upper);
                let mut finding = found.at(span).value("id", id.clone());
                if number(&id).is_some_and(|number| number > highest) {
                    finding = finding.case("beyond").value("highest", highest.to_string());
                }
                found.push(finding);
            }
        }
    }
}

fn mentions(line: &crate::document::Line, rules: &crate::pack::compile::TaskRules) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.text.len() {
        let rest = &line.text[at..];
        let starts_word =
            at == 0 || !line.text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
        if starts_word && let Some(id) = rules.id_at_start.find(rest) {
            let end = at + id.end();
            let open = line.text[end..].chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
            if !open {
                found.push((id.as_str().to_owned(), line.span(at..end)));
            }
            at = end;
            continue;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    found
}

/// `test-after-implementation`: a test task follows a task of its phase that is none.
pub(super) fn test_after(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    let is_test = |task: &Task| {
        let text = task.description.text.to_lowercase();
        rules.format.test_words.iter().any(|word| text.contains(&word.to_lowercase()))
    };
    for (number, phase) in context.document.phases.iter().enumerate() {
        if phase.role.as_deref() != Some("group") {
            continue;
        }
        let tasks = || context.document.tasks.iter().filter(|task| task.phase == Some(number));
        let Some(first) = tasks().find(|task| !is_test(task)) else { continue };
        for test in tasks().filter(|task| task.id_span > first.id_span && is_test(task)) {
            let finding = found
                .at(test.id_span)
                .value("id", test.id.clone())
                .value("other", first.id.clone())
                .related("other", first.id_span);
            found.push(finding);
        }
    }
}
