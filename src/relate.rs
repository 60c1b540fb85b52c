//! The relations that packs declare between the documents of a work item: what must exist, what must not hold.

use crate::check::Context;
use crate::diagnostic::Finding;
use crate::pack::Relation;
use crate::pack::condition::{Selector, Target};
use crate::text::Span;
use crate::workspace::folder_of;

/// The findings of all relations whose place lies in the document.
#[must_use]
pub fn relations(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (item, group) in context.workspace.work_items(context.packs, context.index) {
        let Some(pack) = context.packs.packs().get(group.sort.0) else { continue };
        for relation in pack.relations().iter().filter(|relation| relation.format.work_item == item.name) {
            let Some(span) = place(context, relation) else { continue };
            let scope = context.scope();
            let applies = relation.when.as_ref().is_none_or(|when| scope.holds(when));
            if !applies || relation.unless.as_ref().is_some_and(|unless| scope.holds(unless)) {
                continue;
            }
            for role in &relation.format.demand {
                if group.members.contains_key(role) {
                    continue;
                }
                let Some(member) = item.member(role) else { continue };
                let mut files: Vec<String> = member.files.iter().map(|file| format!("{}{file}", group.root)).collect();
                if files.iter().any(|file| context.workspace.document(file).is_some()) {
                    continue;
                }
                // Where the document that demands it lies, there it would go.
                let own = folder_of(&context.document.path);
                files.sort_by_key(|file| folder_of(file) != own);
                let path = files.into_iter().next().unwrap_or_default();
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                let mut finding =
                    finding(relation, span).value("document", name).value("member", role.clone()).value("path", path);
                finding = related(context, relation, finding);
                found.push(finding);
            }
            if let Some(forbid) = &relation.forbid
                && scope.holds(forbid)
            {
                let finding = finding(relation, span);
                found.push(related(context, relation, finding));
            }
        }
    }
    found
}

fn finding(relation: &Relation, span: Span) -> Finding {
    let finding = Finding::new(relation.format.report.as_str(), span);
    match &relation.format.case {
        Some(case) => finding.case(case.clone()),
        None => finding,
    }
}

/// The first place that is found, if it lies in this document: each relation is reported in one document only.
fn place(context: &Context<'_>, relation: &Relation) -> Option<Span> {
    let scope = context.scope();
    for selector in &relation.at {
        let Some(selected) = scope.select(selector).into_iter().next() else { continue };
        if selected.path != context.document.path {
            return None;
        }
        let whole = matches!(selector.target, Target::Document | Target::Path(_)) || selected.span.is_empty();
        return Some(if whole { context.head() } else { selected.span });
    }
    None
}

fn related(context: &Context<'_>, relation: &Relation, mut finding: Finding) -> Finding {
    let scope = context.scope();
    let place = |selector: &Selector| scope.select(selector).into_iter().next();
    for selected in relation.related.iter().filter_map(place) {
        finding = if selected.path == context.document.path {
            finding.related("source", selected.span)
        } else {
            finding.related_in(&selected.path, "source", selected.span)
        };
    }
    finding
}
