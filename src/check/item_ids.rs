//! Items with an ID: `- **FM-001**: …`.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::check::{Context, Findings};
use crate::document::Item;
use crate::select::normal;
use crate::text::Span;

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
    let mut first: HashMap<(&str, String), Span> = HashMap::new();
    for (list, id, span) in entry_ids(context) {
        match first.entry((list, normal(id))) {
            Slot::Vacant(free) => {
                free.insert(span);
            }
            Slot::Occupied(taken) => {
                let finding = found.at(span).value("id", id).related("first", *taken.get());
                found.push(finding);
            }
        }
    }
}

/// The entries of lists whose entries have IDs, with the place of the ID.
fn entry_ids<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (&'a str, &'a str, Span)> {
    context.body.entries.iter().filter_map(|rules| Some((rules, rules.format.unique.as_deref()?))).flat_map(
        |(rules, hole)| {
            let own = context.document.entries.iter().filter(|entry| *entry.list == *rules.name && !entry.struck);
            own.filter_map(move |entry| {
                let id = entry.captures.iter().find(|capture| capture.name == hole)?;
                Some((rules.name.as_str(), id.text.as_str(), id.span))
            })
        },
    )
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
