//! Values that no two documents of a kind share: IDs of documents, numbers of folders.

use std::sync::Arc;

use crate::check::{Context, Findings};
use crate::pack::compile::UniqueRule;
use crate::pack::condition::Target;
use crate::workspace::known::leading_number;

/// `values-unique`: another document of this kind under the same root has the same value. Of several documents each but the
/// first is reported; the first, too, if the other is not looked at.
pub(super) fn unique(context: &Context<'_>, found: &mut Findings) {
    let workspace = context.workspace;
    let own = &context.document.path;
    for rule in &context.body.unique {
        let Some(selected) = context.scope().select(&rule.value).into_iter().find(|value| !value.empty) else {
            continue;
        };
        let value = if rule.number { leading_number(&selected.text) } else { Some(selected.text.clone()) };
        let Some(value) = value else { continue };
        let known = workspace.known_values(context.document, &context.kind.name, &rule.value, rule.number);
        let other = known
            .with(&value)
            .filter(|other| **other != **own && (*other < &**own || !workspace.reports(other)))
            .find(|other| differs(context, rule, other));
        let Some(other) = other else { continue };
        let own_place = if matches!(rule.value.target, Target::Path(_)) { context.head() } else { selected.span };
        let told = rule.at.as_ref().and_then(|at| context.scope().select(at).into_iter().find(|place| !place.empty));
        let span = told.map_or(own_place, |place| place.span);
        let shown = if rule.number {
            selected.text.chars().take_while(char::is_ascii_digit).collect()
        } else {
            selected.text.trim().to_owned()
        };
        let mut finding = found.at(span).value("value", shown).value("other", other);
        if let Some(case) = &rule.case {
            finding = finding.case(case.clone());
        }
        if let Some(document) = workspace.document(other) {
            let context = crate::select::head(document);
            finding = finding.related_in(&Arc::clone(&document.path), "other", context);
        }
        found.push(finding);
    }
}

/// Whether another document with the same value is in conflict with this one.
fn differs(context: &Context<'_>, rule: &UniqueRule, other: &str) -> bool {
    let Some(hole) = &rule.per else { return true };
    let of = |path: &str| context.workspace.hole_of(path, context.kind, hole);
    of(&context.document.path) != of(other)
}
