//! Markers and labels of task lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Context, Findings};
use crate::document::{Phase, Task};
use crate::pack::schema::one_of;
use crate::text::Span;

fn phase<'a>(context: &'a Context<'_>, task: &Task) -> Option<&'a Phase> {
    task.phase.map(|phase| &context.document.phases[phase])
}

fn label_of(context: &Context<'_>, group: &str) -> String {
    let prefix = context.body.tasks.as_ref().map_or("", |rules| rules.label_prefix.as_str());
    format!("[{prefix}{group}]")
}

fn called(context: &Context<'_>) -> String {
    context
        .body
        .tasks
        .as_ref()
        .and_then(|rules| rules.format.label_called.clone())
        .unwrap_or_else(|| "group".to_owned())
}

fn uses_labels(context: &Context<'_>) -> bool {
    context.document.tasks.iter().any(|task| task.labels.iter().any(|label| !label.groups.is_empty()))
}

/// `marker-out-of-order`: a marker stands after a label.
pub(super) fn marker_out_of_order(context: &Context<'_>, found: &mut Findings) {
    for task in context.document.tasks.iter().filter(|task| task.marker_after_label) {
        let (Some(label), Some((marker, span))) = (task.labels.first(), task.markers.last()) else { continue };
        let finding = found
            .at(label.span.cover(*span))
            .value("id", task.id.clone())
            .value("marker", format!("[{marker}]"))
            .value("label", format!("[{}]", label.text));
        found.push(finding);
    }
}

/// `missing-label`: a task of a group's phase without its label, in a document that uses labels.
pub(super) fn missing(context: &Context<'_>, found: &mut Findings) {
    if !uses_labels(context) {
        return;
    }
    for task in &context.document.tasks {
        let Some(phase) = phase(context, task) else { continue };
        if phase.role.as_deref() != Some("group") || phase.groups.is_empty() || !task.labels.is_empty() {
            continue;
        }
        let labels: Vec<String> = phase.groups.iter().map(|group| label_of(context, group)).collect();
        let heading = context.document.parsed.sections[phase.section].heading;
        let finding = found
            .at(task.id_span)
            .value("id", task.id.clone())
            .value("called", called(context))
            .value("label", one_of(&labels))
            .related("phase", heading);
        found.push(finding);
    }
}

/// `unexpected-label`: a label in a phase that serves all groups.
pub(super) fn unexpected(context: &Context<'_>, found: &mut Findings) {
    for task in &context.document.tasks {
        let Some(phase) = phase(context, task) else { continue };
        if phase.role.as_deref() != Some("shared") {
            continue;
        }
        let heading = &context.document.parsed.sections[phase.section];
        for label in task.labels.iter().filter(|label| !label.groups.is_empty()) {
            let finding = found
                .at(label.span)
                .value("id", task.id.clone())
                .value("label", format!("[{}]", label.text))
                .value("called", called(context))
                .value("phase", heading.title.text.clone())
                .related("phase", heading.heading);
            found.push(finding);
        }
    }
}

/// `label-mismatch`: the label of another group than the phase's.
pub(super) fn mismatch(context: &Context<'_>, found: &mut Findings) {
    for task in &context.document.tasks {
        let Some(phase) = phase(context, task) else { continue };
        if phase.role.as_deref() != Some("group") || phase.groups.is_empty() {
            continue;
        }
        // Two labels may follow each other; one that belongs here is enough.
        let base = |group: &str| {
            group.trim_end_matches(|c: char| c.is_ascii_alphabetic()).split('.').next().unwrap_or("").to_owned()
        };
        let own: Vec<String> = phase.groups.iter().map(|group| base(group)).collect();
        let labels: Vec<_> = task.labels.iter().filter(|label| !label.groups.is_empty()).collect();
        let belongs = |group: &String| own.contains(&base(group)) || base(group) == "0";
        if labels.is_empty() || labels.iter().any(|label| label.groups.iter().any(belongs)) {
            continue;
        }
        let heading = &context.document.parsed.sections[phase.section];
        let expected: Vec<String> = phase.groups.iter().map(|group| label_of(context, group)).collect();
        let finding = found
            .at(labels[0].span)
            .value("id", task.id.clone())
            .value("label", format!("[{}]", labels[0].text))
            .value("phase", heading.title.text.clone())
            .value("expected", one_of(&expected))
            .related("phase", heading.heading);
        found.push(finding);
    }
}

/// `unknown-label`: the label of a group that neither this document nor the one that defines them has.
pub(super) fn unknown(context: &Context<'_>, found: &mut Findings) {
    let Some(rules) = &context.body.tasks else { return };
    let mut defined: BTreeSet<String> = BTreeSet::new();
    let mut source = None;
    let scope = context.scope();
    for (member, shape) in &rules.groups_from {
        for document in scope.members.of_role(member) {
            for section in &document.parsed.sections {
                for capture in shape.fits(&section.title).into_iter().flatten() {
                    if capture.name == "group" || capture.name == "groups" {
                        defined.extend(crate::read::tasks::groups_of(&capture.text));
                        source = Some((document.path.clone(), section.heading));
                    }
                }
            }
        }
    }
    // Without the document that defines the groups nothing can be said.
    let Some((source, place)) = source else { return };
    let base = |group: &str| {
        group.trim_end_matches(|c: char| c.is_ascii_alphabetic()).split('.').next().unwrap_or("").to_owned()
    };
    // One finding for each group: at the heading of its phase, else at the first label; the other labels with it.
    let mut places: BTreeMap<String, (String, Vec<(Span, String)>)> = BTreeMap::new();
    let known = |group: &str| base(group) == "0" || defined.iter().any(|known| base(known) == base(group));
    for label in context.document.tasks.iter().flat_map(|task| &task.labels) {
        for group in label.groups.iter().filter(|group| !known(group)) {
            let (_, labels) = places.entry(base(group)).or_insert_with(|| (group.clone(), Vec::new()));
            labels.push((label.span, format!("[{}]", label.text)));
        }
    }
    for (_, (group, labels)) in places {
        let Some(((first, label), others)) = labels.split_first() else { continue };
        let phase = context.document.phases.iter().find(|phase| phase.groups.contains(&group));
        let heading = phase.map(|phase| context.document.parsed.sections[phase.section].heading);
        let mut finding = found
            .at(heading.unwrap_or(*first))
            .value("label", label.clone())
            .value("called", called(context))
            .value("group", group)
            .value("source", &*source)
            .related_in(&source, "source", place);
        if heading.is_some() {
            finding = finding.case("phase").related("also", *first);
        }
        for (span, _) in others.iter().take(3) {
            finding = finding.related("also", *span);
        }
        found.push(finding);
    }
}
