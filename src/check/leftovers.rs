//! What remains of the template.

use serde::Deserialize;

use crate::check::{Context, Findings};

/// Which sort of leftover a rule reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sort {
    /// `placeholder`, `instruction`, `sample-task` or `clarification`.
    sort: String,
}

/// `leftover`: text that only the template has.
pub(super) fn leftover(parameters: &Sort, context: &Context<'_>, found: &mut Findings) {
    for leftover in context.document.leftovers.iter().filter(|leftover| *leftover.sort == *parameters.sort) {
        let mut finding = found.at(leftover.span).value("text", leftover.text.clone()).severity(leftover.severity);
        if let Some(field) = &leftover.field {
            finding = finding.case("field").value("field", field.clone());
        } else if context.text(leftover.span).starts_with("<!--") {
            finding = finding.case("comment");
        }
        found.push(finding);
    }
}

/// `unfilled-document`: all marks of the unfilled template are there; nothing else is said about such a document.
pub(super) fn unfilled(context: &Context<'_>, found: &mut Findings) {
    if context.document.unfilled {
        let count = context.document.leftovers.len();
        let finding =
            found.at(context.head()).value("kind", context.kind.short_name()).value("count", count.to_string());
        found.push(finding);
    }
}
