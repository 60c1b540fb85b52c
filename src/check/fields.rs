//! Fields: what the schema does not allow, names that are nearly known, values that disagree, and the path.

use serde::Deserialize;

use crate::check::{Context, Findings};
use crate::pack::schema::one_of;
use crate::select::{Selected, equal};

/// Which violations a rule reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keywords {
    /// Schema keywords; `other` stands for all that no rule names.
    keywords: Vec<String>,
}

/// Keywords that have a rule of their own.
const NAMED: &[&str] = &[
    "required",
    "empty",
    "type",
    "enum",
    "const",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "additionalProperties",
    "propertyNames",
];

/// `schema`: a field violates the kind's schema, or a part of an entry its closed list.
pub(super) fn schema(parameters: &Keywords, context: &Context<'_>, found: &mut Findings) {
    let other = parameters.keywords.iter().any(|keyword| keyword == "other");
    // Without the front matter that must be there, every field is missing: that is one finding.
    let headless = context.body.fields.as_ref().is_some_and(|fields| fields.front_matter_required)
        && context.document.parsed.front_matter.is_none();
    for violation in &context.document.violations {
        let named = parameters.keywords.contains(&violation.keyword);
        if !(named || other && !NAMED.contains(&violation.keyword.as_str())) {
            continue;
        }
        // A misspelt name is reported where it stands, not also as missing.
        let required = violation.keyword == "required";
        if required && (headless || misspelt(context, &violation.field).is_some()) {
            continue;
        }
        let mut finding = found
            .at(violation.span)
            .value("field", violation.field.clone())
            .value("found", violation.found.clone())
            .value("expected", violation.expected.clone())
            .severity(violation.severity);
        if let Some((because, span)) = &violation.because {
            finding = finding.case("because").value("because", because.clone()).related("because", *span);
        }
        if let Some((called, line, span)) = &violation.entry {
            finding = finding.case("entry").value("called", called.clone()).value("entry", line.clone());
            finding = finding.related("entry", *span);
        }
        let closed = matches!(violation.keyword.as_str(), "enum" | "const");
        let near = nearest(&violation.found, violation.allowed.iter().map(String::as_str)).filter(|_| closed);
        let allowed = allowed_words(&violation.allowed, &violation.expected);
        // What is allowed is said in any case; a message about another field says it itself.
        let named = |text: &str| violation.allowed.iter().all(|word| text.contains(&format!("`{word}`")));
        let said = !closed || violation.because.is_some() || violation.description.as_deref().is_some_and(named);
        match (near, &violation.description) {
            (Some(near), _) => finding = finding.help(format!("Did you mean `{near}`? Allowed: {allowed}")),
            (None, Some(description)) if said => finding = finding.help(description.clone()),
            (None, Some(description)) => {
                let description = description.trim_end();
                let stop = if description.ends_with(['.', '!', '?', ':']) { "" } else { "." };
                finding = finding.help(format!("{description}{stop} Allowed: {allowed}"));
            }
            (None, None) if !said && violation.entry.is_none() && allowed != violation.expected => {
                finding =
                    finding.help(format!("Write {}. Allowed: {}", violation.expected, one_of(&violation.allowed)));
            }
            (None, None) => {}
        }
        found.push(finding);
    }
}

/// The allowed values, and what else is expected: what the words do not name goes before them.
fn allowed_words(allowed: &[String], expected: &str) -> String {
    let names = |word: &String| expected.contains(&format!("`{word}`"));
    if allowed.iter().all(names) && !expected.is_empty() {
        expected.to_owned()
    } else if expected.is_empty() || allowed.iter().any(names) {
        one_of(allowed)
    } else {
        format!("{}; expected is {expected}", one_of(allowed))
    }
}

/// The word that was probably meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.trim().trim_matches('`').to_lowercase().replace([' ', '_'], "-");
    known
        .map(|name| {
            let other = name.to_lowercase().replace([' ', '_'], "-");
            let mut distance = strsim::osa_distance(&folded, &other);
            let short = folded.len().min(other.len());
            if short >= 4 && (folded.starts_with(&other) || other.starts_with(&folded)) {
                distance = distance.min(2);
            }
            (distance, name)
        })
        .filter(|(distance, name)| {
            let longest = folded.chars().count().max(name.chars().count());
            *distance == 0
                || (*distance <= 1 && longest > 2)
                || (*distance <= 2 && longest >= 5)
                || *distance * 4 <= longest
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `unknown-field`: a field that the closed schema does not have, or one whose name is nearly a known one that is absent.
pub(super) fn unknown(context: &Context<'_>, found: &mut Findings) {
    let Some(schema) = context.body.fields.as_ref().and_then(|fields| fields.schema.as_ref()) else { return };
    let known = || schema.properties.iter().map(String::as_str);
    for violation in &context.document.violations {
        if !matches!(violation.keyword.as_str(), "additionalProperties" | "propertyNames") {
            continue;
        }
        let mut finding = found.at(violation.span).value("field", violation.field.clone());
        if let Some(near) = nearest(&violation.field, known()) {
            finding = finding.case("near").value("near", near);
        }
        found.push(finding);
    }
    let mut inner = Vec::new();
    nested(schema.source(), &context.document.fields, &mut inner);
    for (name, near, span) in inner {
        if !context.document.violations.iter().any(|violation| violation.span == span) {
            let finding = found.at(span).case("near").value("field", name).value("near", near);
            found.push(finding);
        }
    }
    if schema.closed {
        return;
    }
    for property in &schema.properties {
        if let Some((name, span)) = misspelt(context, property) {
            let finding = found.at(span).case("near").value("field", name).value("near", property.clone());
            found.push(finding);
        }
    }
}

/// Nested mappings: a name that is nearly that of a property that the mapping does not have.
fn nested(
    schema: &serde_json::Value,
    node: &crate::document::Node,
    found: &mut Vec<(String, String, crate::text::Span)>,
) {
    let Some(properties) = schema.get("properties").and_then(serde_json::Value::as_object) else { return };
    for (name, property) in properties {
        let Some(inner) = node.get(name) else { continue };
        let known: Vec<&String> = property
            .get("properties")
            .and_then(serde_json::Value::as_object)
            .into_iter()
            .flat_map(|p| p.keys())
            .collect();
        for (key, _) in inner.pairs() {
            let Some(word) = key.as_str().filter(|word| !known.iter().any(|known| known == word)) else { continue };
            let near = known.iter().find(|known| {
                let distance = strsim::osa_distance(&word.to_lowercase(), &known.to_lowercase());
                inner.get(known).is_none() && distance <= 2 && distance * 3 < known.chars().count()
            });
            if let Some(near) = near {
                found.push((word.to_owned(), (*near).clone(), key.span));
            }
        }
        nested(property, inner, found);
    }
}

/// A field whose name is nearly that of a property that the document does not have.
fn misspelt(context: &Context<'_>, property: &str) -> Option<(String, crate::text::Span)> {
    let schema = context.body.fields.as_ref()?.schema.as_ref()?;
    let fields = &context.document.fields;
    if fields.get(property).is_some() || !schema.properties.iter().any(|known| known == property) {
        return None;
    }
    let folded = |name: &str| name.to_lowercase().replace([' ', '_'], "-");
    fields.pairs().iter().find_map(|(key, _)| {
        let name = key.as_str()?;
        let known = schema.properties.iter().any(|known| known == name);
        if known || name.chars().count() < 4 {
            return None;
        }
        let (a, b) = (folded(name), folded(property));
        let distance = strsim::osa_distance(&a, &b);
        let near = distance == 0 || distance == 1 && b.chars().count() >= 3 || distance == 2 && b.chars().count() >= 9;
        near.then(|| (name.to_owned(), key.span))
    })
}

/// `front-matter-present`: the kind wants front matter and there is none.
pub(super) fn front_matter_present(context: &Context<'_>, found: &mut Findings) {
    let Some(fields) = &context.body.fields else { return };
    if fields.front_matter_required && context.document.parsed.front_matter.is_none() {
        let names = fields.schema.as_ref().map_or(String::new(), |schema| {
            schema.properties.iter().take(4).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        });
        let finding = found.at(context.head()).value("kind", context.kind.short_name()).value("fields", names);
        found.push(finding);
    }
}

/// `values-agree`: one value, written in several places, differs. Reported at each that differs from the first.
pub(super) fn agree(context: &Context<'_>, found: &mut Findings) {
    let scope = context.scope();
    for (selectors, severity) in &context.body.agree {
        let values: Vec<(Selected, &str)> = selectors
            .iter()
            .filter_map(|selector| {
                let value = scope.select(selector).into_iter().find(|value| !value.empty)?;
                // What is wrong in itself has its own finding; that it also disagrees has the same cause.
                let wrong =
                    is_wrong(context, &value) || path_hole(selector).is_some_and(|hole| !hole_fits(context, hole));
                (!wrong).then_some((value, selector.source.as_str()))
            })
            .collect();
        // What most places say is right, else what the first says.
        let votes = |value: &Selected| values.iter().filter(|(other, _)| equal(&other.text, &value.text)).count();
        let Some(right) = values.iter().rev().max_by_key(|(value, _)| votes(value)) else { continue };
        let right = values.iter().find(|(value, _)| equal(&value.text, &right.0.text)).unwrap_or(right);
        for wrong in values.iter().filter(|(value, _)| !equal(&value.text, &right.0.text)) {
            // A path has no place in the text; the place of the other value is reported instead.
            let (place, other) =
                if wrong.0.span.is_empty() && wrong.0.span.start == 0 { (right, wrong) } else { (wrong, right) };
            let span = if place.0.span.is_empty() { context.head() } else { place.0.span };
            let mut finding = found
                .at(span)
                .value("found", place.0.text.trim().trim_matches('`'))
                .value("place", place_words(place.1))
                .value("other", other.0.text.trim().trim_matches('`'))
                .value("other_place", place_words(other.1))
                .severity(*severity);
            if !other.0.span.is_empty() {
                finding = if other.0.path == context.document.path {
                    finding.related("other", other.0.span)
                } else {
                    finding.related_in(&other.0.path, "other", other.0.span)
                };
            }
            found.push(finding);
        }
    }
}

/// Whether a value of this document is a leftover, or violates the schema.
fn is_wrong(context: &Context<'_>, value: &Selected) -> bool {
    let document = context.document;
    value.path == document.path
        && !value.span.is_empty()
        && (document.leftovers.iter().any(|leftover| leftover.span.overlaps(value.span))
            || document.violations.iter().any(|violation| {
                matches!(violation.keyword.as_str(), "type" | "pattern") && violation.span.overlaps(value.span)
            }))
}

/// The hole that a selector of the path names.
fn path_hole(selector: &crate::pack::condition::Selector) -> Option<&str> {
    match &selector.target {
        crate::pack::condition::Target::Path(Some(hole)) if selector.member.is_none() => Some(hole),
        _ => None,
    }
}

/// Whether a hole of the path has the form of the field of the same name.
fn hole_fits(context: &Context<'_>, hole: &str) -> bool {
    let capture = context.document.path_captures.iter().find(|capture| capture.name == hole);
    let schema = context.body.fields.as_ref().and_then(|fields| fields.schema.as_ref());
    let pattern = schema.and_then(|schema| schema.property(&format!("/{hole}"))?.get("pattern")?.as_str());
    match (capture, pattern.and_then(|pattern| regex::Regex::new(pattern).ok())) {
        (Some(capture), Some(pattern)) => pattern.is_match(&capture.text),
        _ => true,
    }
}

/// A selector in words.
fn place_words(selector: &str) -> String {
    let (member, rest) = match selector.split_once(": ") {
        Some((member, rest)) => (Some(member), rest),
        None => (None, selector),
    };
    let (word, name) = rest.split_once(' ').unwrap_or((rest, ""));
    let words = match word {
        "path" => "the path".to_owned(),
        "title" => "the title".to_owned(),
        "field" => format!("the field `{name}`"),
        _ => rest.to_owned(),
    };
    match member {
        Some(member) => format!("{words} of the {member}"),
        None => words,
    }
}

/// `path-fits`: the file lies where such documents lie, but its name does not have the form.
pub(super) fn path_fits(context: &Context<'_>, found: &mut Findings) {
    let paths = &context.kind.marks.paths;
    if paths.is_empty() {
        return;
    }
    let path = &context.document.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    if context.document.path_captures.is_empty() {
        if let Some(shape) = paths.iter().find(|shape| shape.near(path).is_some()) {
            let file = shape.source().rsplit('/').next().unwrap_or(shape.source());
            let finding = found.at(context.head()).value("name", name).value("expected", words_of_shape(file));
            found.push(finding);
        } else if let Some((folder, expected)) = paths.iter().find_map(|shape| wrong_folder(shape.source(), path)) {
            let finding = found
                .at(context.head())
                .case("folder")
                .value("name", name)
                .value("folder", folder)
                .value("expected", expected);
            found.push(finding);
        }
        return;
    }
    // A hole of the path that is also a field has the field's form.
    let Some(schema) = context.body.fields.as_ref().and_then(|fields| fields.schema.as_ref()) else { return };
    for capture in &context.document.path_captures {
        let pattern = schema.property(&format!("/{}", capture.name)).and_then(|property| property.get("pattern"));
        let Some(pattern) = pattern.and_then(serde_json::Value::as_str) else { continue };
        if regex::Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(&capture.text)) {
            let expected = crate::pack::schema::own_text(schema.property(&format!("/{}", capture.name)), "expects")
                .unwrap_or_else(|| format!("`{}` of the form `{pattern}`", capture.name));
            let finding = found
                .at(context.head())
                .case("part")
                .value("name", name)
                .value("part", capture.text.clone())
                .value("expected", expected);
            found.push(finding);
        }
    }
}

/// The folder of a path that is none of those that the shape lists, and the list in words.
fn wrong_folder(shape: &str, path: &str) -> Option<(String, String)> {
    let open = shape.find('{')?;
    let close = shape[open..].find('}')? + open;
    let (hole, words) = shape[open + 1..close].split_once('=')?;
    if !shape[..open].ends_with('/') || !shape[close + 1..].starts_with('/') {
        return None;
    }
    let relaxed = format!("{}{{{hole}}}{}", &shape[..open], &shape[close + 1..]);
    let found = crate::pack::path_shape::PathShape::compile(&relaxed).ok()?.matches(path)?;
    let folder = found.get(hole)?.to_owned();
    Some((folder, one_of(&words.split('|').map(str::to_owned).collect::<Vec<_>>())))
}

/// `{task-id}-{slug}.md` as a person would write it: `TASK-ID-SLUG.md`.
fn words_of_shape(shape: &str) -> String {
    let mut words = String::new();
    let mut hole = false;
    let mut kind = false;
    for c in shape.chars() {
        match c {
            '{' => hole = true,
            '}' => (hole, kind) = (false, false),
            ':' | '=' if hole => kind = true,
            _ if kind => {}
            c if hole => words.extend(c.to_uppercase()),
            c => words.push(c),
        }
    }
    format!("`{words}`")
}

/// `state-in-folder`: the document's state belongs to another folder.
pub(super) fn state_in_folder(context: &Context<'_>, found: &mut Findings) {
    let Some(lifecycle) = &context.body.lifecycle else { return };
    let capture = context.document.path_captures.iter().find(|capture| capture.name == lifecycle.folder_hole);
    let (Some(folder), Some(value)) = (capture, context.scope().select(&lifecycle.state).into_iter().next()) else {
        return;
    };
    let Some((_, folders)) = lifecycle.folder.iter().find(|(state, _)| equal(state, &value.text)) else { return };
    if folders.contains(&folder.text) {
        return;
    }
    // A folder that no state has is none of ours.
    if !lifecycle.folder.iter().any(|(_, folders)| folders.contains(&folder.text)) {
        return;
    }
    let span = if value.span.is_empty() { context.head() } else { value.span };
    let finding = found
        .at(span)
        .value("state", value.text.trim().to_owned())
        .value("folder", folder.text.clone())
        .value("expected", one_of(folders));
    found.push(finding);
}
