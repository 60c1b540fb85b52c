//! Criteria: a document that says it is done has met them.

use crate::check::{Context, Findings};
use crate::document::Criterion;
use crate::read::fields::short;
use crate::select::StateClass;

/// How many of the other open criteria are shown.
const MOST_SHOWN: usize = 3;

/// `criteria-checked`: the document is done, its criteria are not. One finding for the document, at the first open one.
pub(super) fn open(context: &Context<'_>, found: &mut Findings) {
    if context.document.criteria.is_empty() || context.state() != Some(StateClass::Done) {
        return;
    }
    let counted: Vec<&Criterion> = context
        .document
        .criteria
        .iter()
        .filter(|criterion| !criterion.is_struck() && !is_left_open(context, criterion))
        .collect();
    let open: Vec<&Criterion> = counted.iter().copied().filter(|criterion| is_open(criterion)).collect();
    let Some((first, others)) = open.split_first() else { return };
    let mut finding = found
        .at(first.line.trimmed().whole())
        .value("criterion", short(&first.line.text))
        .value("open", open.len().to_string())
        .value("total", counted.len().to_string())
        .value("are", if open.len() == 1 { "is" } else { "are" });
    if open.len() == counted.len() {
        finding = finding.case(if open.len() == 1 { "only" } else { "none" });
    }
    for other in others.iter().take(MOST_SHOWN) {
        finding = finding.related("open", other.line.trimmed().whole());
    }
    found.push(finding);
}

/// Whether it is neither checked nor marked in another way (`[-]`, `[~]`). What is not shown as a box is another finding.
fn is_open(criterion: &Criterion) -> bool {
    !criterion.checked && criterion.checkbox.state == ' ' && !criterion.checkbox.malformed
}

/// Whether the workflow itself leaves it open.
fn is_left_open(context: &Context<'_>, criterion: &Criterion) -> bool {
    let shapes = &context.body.criteria_left_open;
    !shapes.is_empty() && {
        let text = &criterion.line.text;
        let small = text.to_lowercase();
        shapes.iter().any(|shape| shape.occurs(text, &small))
    }
}
