//! Entries of logs and steps: their shape, their parts, and whether there are any.

use crate::check::{Context, Findings};
use crate::document::{Entry, Part};
use crate::pack::compile::{Demanded, EntryRules, FormRule};
use crate::pack::condition::Target;
use crate::read::fields::short;
use crate::select::{Scope, regions};

/// `malformed-entry`: a line that is nearly an entry.
pub(super) fn malformed(context: &Context<'_>, found: &mut Findings) {
    for near in &context.document.near_entries {
        let Some(rules) = context.body.entries.iter().find(|rules| *rules.name == *near.list) else { continue };
        let whole = near.line.whole();
        let mut finding = found
            .at(whole)
            .value("found", short(&near.line.text))
            .value("called", rules.format.called.clone())
            .value("shape", near.shape.clone())
            .value("expected", near.expected.clone());
        if let Some(place) = &near.place {
            finding = finding.case(if place.is_empty() { "day" } else { "place" }).value("place", place.clone());
            found.push(finding);
            continue;
        }
        if near.departs.start > whole.start && !near.expected.is_empty() {
            if near.departs.is_empty() {
                finding = finding.case("short");
            } else {
                finding.span = near.departs;
                finding = finding.case("departs").value("rest", short(context.text(near.departs)));
            }
        }
        found.push(finding);
    }
}

/// The rules of a form.
fn form_of<'a>(rules: &'a EntryRules, form: &str) -> Option<&'a FormRule> {
    rules.forms.iter().find(|known| known.name == form)
}

/// `entry-parts`: an entry lacks a part that its form demands, or the part is empty.
pub(super) fn parts(context: &Context<'_>, found: &mut Findings) {
    for entry in &context.document.entries {
        if entry.struck {
            continue;
        }
        let Some(rules) = context.body.entries.iter().find(|rules| *rules.name == *entry.list) else { continue };
        let Some(form) = form_of(rules, &entry.form) else { continue };
        let scope = Scope { entry: Some(entry), ..context.scope() };
        let conditional = form.parts.required_when.iter().filter(|(_, when)| scope.holds(when)).map(|(part, _)| part);
        for name in form.parts.required.iter().chain(conditional) {
            let part = entry.parts.iter().find(|part| part.name == *name);
            let finding = match part {
                None => match misspelt(entry, form, name) {
                    Some(part) => found.at(part.name_span).case("near").value("near", part.name.clone()),
                    None => found.at(entry.line.whole()),
                },
                Some(part) if part.empty && !form.parts.may_be_empty.contains(name) => {
                    found.at(part.name_span).case("empty")
                }
                Some(_) => continue,
            };
            let finding = finding
                .value("part", name.clone())
                .value("entry", short(&entry.line.text))
                .value("called", rules.format.called.clone());
            found.push(finding);
        }
    }
}

/// A part of an entry that the form does not know, and whose name is nearly that of one that is missing.
fn misspelt<'a>(entry: &'a Entry, form: &FormRule, name: &str) -> Option<&'a Part> {
    let known = |part: &str| {
        let parts = &form.parts;
        parts.required.iter().chain(&parts.optional).any(|known| known == part)
            || parts.required_when.iter().any(|(known, _)| known == part)
    };
    entry.parts.iter().find(|part| {
        let distance = strsim::osa_distance(&part.name.to_lowercase(), &name.to_lowercase());
        !known(&part.name) && distance <= 2 && distance * 3 < name.chars().count()
    })
}

/// `entry-present`: there must be an entry, and there is none.
pub(super) fn present(context: &Context<'_>, found: &mut Findings) {
    for rules in &context.body.entries {
        if matches!(rules.required, Demanded::Never) || !context.demands(&rules.required) {
            continue;
        }
        let document = context.document;
        if document.entries.iter().any(|entry| *entry.list == *rules.name)
            || document.near_entries.iter().any(|near| *near.list == *rules.name)
        {
            continue;
        }
        let declared =
            rules.under.iter().any(|selector| match &selector.target {
                Target::Section(shape) => context.body.sections.iter().any(|section| {
                    section.name.eq_ignore_ascii_case(shape.source()) && context.demands(&section.required)
                }),
                _ => false,
            });
        let region = regions(document, &rules.under).into_iter().next().filter(|_| !rules.under.is_empty());
        // The section that holds them is missing, and that is reported.
        if region.is_none() && declared {
            continue;
        }
        let place = region.map(|region| {
            let text = &document.parsed.text;
            text.trimmed(text.line_span(text.line_at(region.start)))
        });
        let mut finding =
            found.at(place.unwrap_or_else(|| context.head())).value("called", rules.format.called.clone());
        if place.is_none() {
            finding = finding.case("no-log");
        }
        found.push(finding);
    }
}
