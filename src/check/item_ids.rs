//! Items with an ID: `- **FM-001**: …`.

use std::collections::HashMap;

use crate::check::{Context, Findings};

/// `duplicate-item-id`: one ID stands for two items.
pub(super) fn duplicate(context: &Context<'_>, found: &mut Findings) {
    let mut first = HashMap::new();
    for item in &context.document.items {
        if let Some(span) = first.insert(item.id.as_str(), item.span) {
            first.insert(&item.id, span);
            let finding = found.at(item.span).value("id", item.id.clone()).related("first", span);
            found.push(finding);
        }
    }
}

/// `malformed-item-id`: an ID among others that does not have their form.
pub(super) fn malformed(context: &Context<'_>, found: &mut Findings) {
    for item in context.document.items.iter().filter(|item| item.malformed) {
        let digits = item.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        let prefix: String = item.id.chars().take_while(char::is_ascii_uppercase).collect();
        let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
        let finding =
            found.at(item.span).value("id", item.id.clone()).value("expected", format!("{prefix}-{number:0>3}"));
        found.push(finding);
    }
}
