//! Items with an ID: `- **FM-001**: …`.

use std::collections::HashMap;

use crate::check::{Context, Findings};
use crate::document::Item;

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
    let prefix = |item: &Item| item.id.chars().take_while(char::is_ascii_uppercase).collect::<String>();
    let mut of_prefix: HashMap<String, (usize, usize)> = HashMap::new();
    for item in &context.document.items {
        let (sound, other) = of_prefix.entry(prefix(item)).or_default();
        *if item.malformed { other } else { sound } += 1;
    }
    // Several items of a prefix, none of which has the form, have a form of their own.
    let own_form = |item: &&Item| matches!(of_prefix.get(&prefix(item)), Some((0, 2..)));
    for item in context.document.items.iter().filter(|item| item.malformed && !own_form(item)) {
        let digits = item.id.trim_start_matches(|c: char| !c.is_ascii_digit());
        let prefix = prefix(item);
        let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
        let finding =
            found.at(item.span).value("id", item.id.clone()).value("expected", format!("{prefix}-{number:0>3}"));
        found.push(finding);
    }
}
