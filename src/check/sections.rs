//! Title and sections: what must be there, in which order, and with something in it.

use serde::Deserialize;

use crate::check::fields::nearest;
use crate::check::{Context, Findings, longest_run};
use crate::document::{Body, Section};
use crate::pack::compile::SectionRule;
use crate::pack::format::Holds;
use crate::pack::shape::{Hole, loosen};
use crate::text::Span;

/// Which problem of the title a rule reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Title {
    /// There is none, rather than one of the wrong form.
    missing: bool,
}

/// `title`: there is no title, or it does not have the kind's form.
pub(super) fn title(parameters: &Title, context: &Context<'_>, found: &mut Findings) {
    let document = context.document;
    let shapes = &context.body.title;
    let expected = shapes.first().map_or_else(|| "# TITLE".to_owned(), |shape| format!("# {}", shape.display()));
    match document.title {
        None if parameters.missing && context.body.title_required => {
            let finding = found.at(context.head()).value("expected", expected);
            found.push(finding);
        }
        Some(title) if !parameters.missing && !shapes.is_empty() => {
            let section = &document.parsed.sections[title];
            if shapes.iter().any(|shape| shape.fits(&section.title).is_some()) {
                return;
            }
            let departure = crate::pack::shape::nearest(shapes.iter(), &section.title);
            let finding = found
                .at(section.heading)
                .value("found", section.title.text.clone())
                .value("expected", expected)
                .value("wanted", departure.map_or(String::new(), |(_, departure)| departure.expected));
            found.push(finding);
        }
        _ => {}
    }
}

/// The sections of the document that a rule means, in document order.
fn matching<'a>(context: &'a Context<'_>, rule: &'a SectionRule) -> impl Iterator<Item = (usize, &'a Section)> {
    context.document.parsed.sections.iter().enumerate().filter(|(_, section)| {
        rule.level.is_none_or(|level| level == section.level)
            && rule.headings.iter().any(|shape| shape.fits_loosely(&section.title.text))
    })
}

/// `section-present`: a section that the kind demands is not there.
pub(super) fn present(context: &Context<'_>, found: &mut Findings) {
    let parsed = &context.document.parsed;
    for (number, rule) in context.body.sections.iter().enumerate() {
        if !context.demands(&rule.required) || matching(context, rule).next().is_some() {
            continue;
        }
        // Above its place: the last section that is there of those that come before it.
        let above = context.body.sections[..number]
            .iter()
            .rev()
            .find_map(|before| matching(context, before).last())
            .map(|(_, section)| section.heading);
        let mut finding = found
            .at(above.unwrap_or_else(|| context.head()))
            .value(
                "section",
                // One without holes can be written as it is shown.
                rule.headings
                    .iter()
                    .find(|heading| heading.holes().next().is_none())
                    .or(rule.headings.first())
                    .map_or_else(|| rule.name.clone(), crate::pack::shape::Shape::display),
            )
            .value("level", "#".repeat(usize::from(rule.level.unwrap_or(2))))
            .severity(rule.severity);
        let unknown = parsed.sections.iter().filter(|section| {
            section.level > 1
                && !context
                    .body
                    .sections
                    .iter()
                    .any(|known| known.headings.iter().any(|shape| shape.fits_loosely(&section.title.text)))
        });
        let near = nearest(&loosen(&rule.name), unknown.clone().map(|section| section.title.text.as_str()));
        if let Some(near) = near {
            let place = unknown.clone().find(|section| section.title.text == near).map(|section| section.heading);
            finding = finding.case("near").value("near", near);
            if let Some(place) = place {
                finding.span = place;
            }
        } else if let Some(description) = &rule.description {
            finding = finding.help(description.clone());
        }
        found.push(finding);
    }
}

/// `section-order`: a section stands before one that comes before it.
pub(super) fn order(context: &Context<'_>, found: &mut Findings) {
    if !context.kind.format.sections_in_order {
        return;
    }
    let level = context.body.sections.iter().find_map(|rule| matching(context, rule).next().map(|(_, s)| s.level));
    // Sections of another level may stand anywhere.
    let sections: Vec<(&SectionRule, &Section)> = context
        .body
        .sections
        .iter()
        .filter_map(|rule| {
            let (_, section) = matching(context, rule).find(|(_, section)| Some(section.level) == level)?;
            Some((rule, section))
        })
        .collect();
    // The longest run that is in order stays; what is not in it was moved.
    let start = |at: usize| sections[at].1.heading.start;
    let in_order = longest_run(sections.len(), |before, at| start(before) < start(at));
    for (at, (_, section)) in sections.iter().enumerate().filter(|(at, _)| !in_order[*at]) {
        // The neighbour that it stands on the wrong side of.
        let after = (0..at).rev().find(|other| in_order[*other] && start(*other) > section.heading.start);
        let before = (at + 1..sections.len()).find(|other| in_order[*other] && start(*other) < section.heading.start);
        let (other, case) = match (after, before) {
            (Some(other), _) => (other, "after"),
            (None, Some(other)) => (other, "before"),
            (None, None) => continue,
        };
        let finding = found
            .at(section.heading)
            .case(case)
            .value("section", section.title.text.clone())
            .value("other", sections[other].1.title.text.clone())
            .related("other", sections[other].1.heading);
        found.push(finding);
    }
}

/// `duplicate-section`: a section of the kind is there twice on one level.
pub(super) fn duplicate(context: &Context<'_>, found: &mut Findings) {
    for rule in &context.body.sections {
        let mut sections = matching(context, rule);
        let Some((_, first)) = sections.next() else { continue };
        let mut seen = vec![first];
        for (_, again) in sections {
            let same = seen.iter().find(|other| {
                let equal = match (number(rule, other), number(rule, again)) {
                    (Some(a), Some(b)) => a == b,
                    _ => loosen(&again.title.text) == loosen(&other.title.text),
                };
                equal && again.level == other.level && again.parent == other.parent
            });
            if let Some(other) = same {
                let finding =
                    found.at(again.heading).value("section", again.title.text.clone()).related("first", other.heading);
                found.push(finding);
            }
            seen.push(again);
        }
    }
}

/// The number that a section's heading has by its shape (`Milestone {n:int} - {title}`).
fn number(rule: &SectionRule, section: &Section) -> Option<String> {
    let captures = rule.headings.iter().find_map(|shape| shape.fits(&section.title))?;
    let number = captures.into_iter().find(|capture| matches!(capture.hole, Hole::Int | Hole::Step))?;
    Some(number.text)
}

/// `empty-section`: a section that must be there has nothing in it, or not what it must hold.
pub(super) fn empty(context: &Context<'_>, found: &mut Findings) {
    for rule in &context.body.sections {
        if rule.may_be_empty || !(context.demands(&rule.required) || rule.holds.is_some()) {
            continue;
        }
        let Some((_, section)) = matching(context, rule).next() else { continue };
        let inner = Span::new(section.heading.end.min(section.span.end), section.span.end);
        let blocks = || {
            context.document.parsed.blocks.iter().filter(|block| {
                block.span.start >= inner.start
                    && block.span.start < inner.end
                    && !matches!(block.body, Body::Ruler | Body::Comment)
            })
        };
        let holds = rule.holds.unwrap_or(Holds::Anything);
        let filled = blocks().any(|block| match holds {
            Holds::Anything => !matches!(block.body, Body::Item { .. }) || !block.line.text.trim().is_empty(),
            Holds::Checklist => matches!(block.body, Body::Item { checkbox: Some(_), .. }),
            Holds::List => matches!(block.body, Body::Item { .. }),
            Holds::Table => matches!(block.body, Body::Table { .. }),
            Holds::Code => matches!(block.body, Body::Code { .. }),
        });
        if filled {
            continue;
        }
        let nothing = blocks().next().is_none();
        let what = match holds {
            Holds::Anything => "something",
            Holds::Checklist => "a checklist (`- [ ] …`)",
            Holds::List => "a list",
            Holds::Table => "a table",
            Holds::Code => "a code block",
        };
        let mut finding = found
            .at(section.heading)
            .value("section", section.title.text.clone())
            .value("holds", what)
            .severity(rule.severity);
        if !nothing {
            finding = finding.case("other-content");
        }
        if let Some(description) = &rule.description {
            finding = finding.help(description.clone());
        }
        found.push(finding);
    }
}

/// `heading-level`: a heading is more than one level below the one above it.
pub(super) fn skipped_level(context: &Context<'_>, found: &mut Findings) {
    let mut before: Option<&Section> = None;
    for section in &context.document.parsed.sections {
        if let Some(above) = before
            && section.level > above.level + 1
        {
            let finding = found
                .at(section.heading)
                .value("level", section.level.to_string())
                .value("above", above.level.to_string())
                .value("expected", (above.level + 1).to_string())
                .related("above", above.heading);
            found.push(finding);
        }
        before = Some(section);
    }
}
