//! The fields of a document: one mapping, whatever they were written as, and what the kind's schema does not allow in it.

use std::sync::Arc;

use crate::document::{Body, Document, Label, Line, Node, Parsed, Section, TimeValue, Value, Violation};
use crate::pack::Kind;
use crate::pack::compile::{FieldRules, FieldSource};
use crate::pack::condition::{Selector, Target, compile_shape};
use crate::pack::schema::{FieldSchema, SchemaViolation, one_of, own_text, plain};
use crate::parse::yaml;
use crate::read::{labels_in, no_fields};
use crate::select::targets::pointed;
use crate::select::{Scope, equal, first_text, regions};
use crate::text::Span;

/// The fields that any document has: front matter or data, then bold lines before the first section below the title.
#[must_use]
pub fn generic(parsed: &Parsed) -> Node {
    let mut fields = parsed
        .front_matter
        .as_ref()
        .and_then(|front| front.root.clone())
        .or_else(|| parsed.data.clone())
        .filter(|root| matches!(root.value, Value::Map(_)))
        .unwrap_or_else(no_fields);
    let header: Vec<(Node, Node)> = head_labels(parsed).map(|label| pair(label, true)).collect();
    if let Value::Map(pairs) = &mut fields.value {
        for (key, value) in header {
            if !pairs.iter().any(|(known, _)| known.as_str() == key.as_str()) {
                pairs.push((key, value));
            }
        }
    }
    fields
}

/// Reads the kind's fields into the document, with violations and times.
pub fn read(document: &mut Document, kind: &Arc<Kind>) {
    let Some(rules) = &kind.body().fields else { return };
    let mut fields = no_fields();
    let mut loose: Vec<String> = Vec::new();
    for source in &rules.sources {
        let strict = matches!(source, FieldSource::FrontMatter | FieldSource::Data);
        let pairs = pairs_of(document, source, rules);
        if matches!(source, FieldSource::Bullets(_) | FieldSource::Table(_) | FieldSource::Header(None)) {
            duplicates(document, &pairs, rules);
        }
        for (key, value) in pairs {
            if let (Some(name), false) = (add(&mut fields, key, value, rules, strict), strict) {
                loose.push(name);
            }
        }
    }
    for (name, selector) in &rules.from {
        if let Some((key, value)) = from(document, name, selector) {
            loose.extend(add(&mut fields, key, value, rules, false));
        }
    }
    if let Some(schema) = &rules.schema {
        for (pointer, demand) in &schema.times {
            let name = pointer.trim_start_matches('/').to_owned();
            let strict = !loose.contains(&name);
            for (_, node) in pointed(&fields, pointer) {
                if let Some(text) = node.scalar().filter(|text| !text.trim().is_empty()) {
                    let time = TimeValue { span: node.span, text, demand: *demand, name: name.clone(), strict };
                    if !document.times.iter().any(|known| known.span == time.span) {
                        document.times.push(time);
                    }
                }
            }
        }
        document.fields = fields;
        for (name, selector) in &rules.from {
            second_value(document, name, selector, schema);
        }
        violations(document, rules, schema);
    } else {
        document.fields = fields;
    }
}

/// A field that the kind knows, written twice in one source.
fn duplicates(document: &mut Document, pairs: &[(Node, Node)], rules: &FieldRules) {
    let mut first: Vec<(String, Span)> = Vec::new();
    for (key, _) in pairs {
        let known = canonical(key.as_str().unwrap_or_default(), rules, false);
        if !rules.schema.iter().any(|schema| schema.properties.contains(&known)) {
            continue;
        }
        match first.iter().find(|(name, _)| *name == known) {
            Some((_, span)) => document.parsed.findings.push(
                crate::diagnostic::Finding::new("duplicate-field", key.span)
                    .value("field", known.clone())
                    .related("first", *span),
            ),
            None => first.push((known, key.span)),
        }
    }
}

/// Adds a field, unless a stronger source has it; returns its name as the kind writes it.
fn add(fields: &mut Node, mut key: Node, mut value: Node, rules: &FieldRules, strict: bool) -> Option<String> {
    let name = key.as_str().map(str::to_owned)?;
    let known = canonical(&name, rules, strict);
    key.value = Value::Str(known.clone());
    if !strict && let Some(schema) = &rules.schema {
        let pointer = format!("/{}", known.replace('~', "~0").replace('/', "~1"));
        if let Some(property) = schema.property(&pointer) {
            if wants_text(property) {
                value = as_text(value);
            }
            value = spelled(value, property);
        }
    }
    if let Some(text) = value.as_str()
        && rules.empty_values.iter().any(|empty| equal(empty, text))
    {
        value.value = Value::Null;
    }
    if let Value::Map(pairs) = &mut fields.value {
        if pairs.iter().any(|(other, _)| other.as_str() == Some(&known)) {
            return None;
        }
        pairs.push((key, value));
    }
    Some(known)
}

/// A value in Markdown as the schema spells it: case does not matter, and where the property says `remark: true`, a remark
/// may follow the word.
fn spelled(node: Node, property: &serde_json::Value) -> Node {
    let remark = property.get("remark").and_then(serde_json::Value::as_bool).unwrap_or(false);
    if remark && property.get("format").is_some() {
        return without_remark(node);
    }
    let Some(options) = property.get("enum").and_then(serde_json::Value::as_array) else { return node };
    let Some(text) = node.as_str().map(str::trim) else { return node };
    let bare = text.trim_start_matches(['`', '*']);
    let known = options.iter().filter_map(serde_json::Value::as_str).filter(|option| {
        let Some(head) = bare.get(..option.len()) else { return false };
        if !head.eq_ignore_ascii_case(option) {
            return false;
        }
        let rest = bare[option.len()..].trim_start_matches(['`', '*']);
        let first = rest.trim_start().chars().next();
        rest.is_empty()
            || remark
                && !matches!(first, Some('|' | '/'))
                && rest.starts_with([' ', '(', ',', ';', ':', '.', '-', '–', '—'])
    });
    match known.max_by_key(|option| option.len()) {
        Some(option) => Node { value: Value::Str(option.to_owned()), ..node },
        None => node,
    }
}

/// A value that begins with a digit, as a date does, without the remark behind it: `2026-07-21 (revised)`.
fn without_remark(node: Node) -> Node {
    let Some(text) = node.as_str().filter(|text| text.starts_with(|c: char| c.is_ascii_digit())) else { return node };
    let ends = [" (", ",", ";", " -", " –", " —", " ·"].iter().filter_map(|mark| text.find(mark)).min();
    // `2026-07-21, 10:00` is still one time.
    let end = ends.filter(|end| !text[*end..].trim_start_matches([',', ' ']).starts_with(|c: char| c.is_ascii_digit()));
    match end {
        Some(end) => {
            let value = text[..end].trim_end().to_owned();
            Node { span: Span::new(node.span.start, node.span.start + value.len()), value: Value::Str(value) }
        }
        None => node,
    }
}

/// The name as the kind writes it. Front matter and data are taken at their word, but for declared aliases.
fn canonical(name: &str, rules: &FieldRules, strict: bool) -> String {
    if let Some((_, known)) = rules.aliases.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(name)) {
        return known.clone();
    }
    if !strict {
        let fold = |name: &str| name.to_lowercase().replace(['_', '-'], " ");
        let folded = fold(name);
        let names = rules.schema.iter().flat_map(|schema| &schema.properties);
        if let Some(known) = names.into_iter().find(|known| fold(known) == folded) {
            return known.clone();
        }
    }
    name.to_owned()
}

/// Whether a property can only be text: values in Markdown are then not read as numbers.
fn wants_text(property: &serde_json::Value) -> bool {
    let own = property.get("type").and_then(serde_json::Value::as_str) == Some("string");
    let listed = property
        .get("enum")
        .and_then(serde_json::Value::as_array)
        .is_some_and(|options| !options.is_empty() && options.iter().all(serde_json::Value::is_string));
    own || listed || property.get("pattern").is_some() || property.get("format").is_some()
}

fn as_text(node: Node) -> Node {
    match &node.value {
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
            let text = node.scalar().unwrap_or_default();
            Node { value: Value::Str(text), ..node }
        }
        _ => node,
    }
}

fn pairs_of(document: &Document, source: &FieldSource, rules: &FieldRules) -> Vec<(Node, Node)> {
    let parsed = &document.parsed;
    match source {
        FieldSource::FrontMatter => parsed
            .front_matter
            .as_ref()
            .and_then(|front| front.root.as_ref())
            .map_or(Vec::new(), |root| root.pairs().to_vec()),
        FieldSource::Data => parsed.data.as_ref().map_or(Vec::new(), |root| root.pairs().to_vec()),
        FieldSource::Header(None) => head_labels(parsed).map(|label| pair(label, false)).collect(),
        FieldSource::Header(Some(section)) => sections_named(document, section)
            .into_iter()
            .flat_map(|region| labels_in(parsed, region))
            .map(|label| pair(label, false))
            .collect(),
        FieldSource::Table(section) => {
            let regions = match section {
                Some(section) => sections_named(document, section),
                None => vec![Span::new(0, parsed.text.len())],
            };
            table_rows(parsed, &regions)
        }
        FieldSource::Tables => {
            let mut found = Vec::new();
            for block in parsed.blocks.iter().filter(|block| matches!(block.body, Body::Table { .. })) {
                found.extend(table_rows(parsed, &[block.span]));
            }
            found
        }
        FieldSource::Labels => parsed.labels.iter().map(|label| pair(label, false)).collect(),
        FieldSource::Bullets(section) => {
            let regions = match section {
                Some(section) => sections_named(document, section),
                None => vec![Span::new(0, parsed.text.len())],
            };
            bullets(parsed, &regions, rules)
        }
        FieldSource::Lines(section) => {
            let regions = match section {
                Some(section) => sections_named(document, section),
                None => vec![head_region(parsed)],
            };
            lines(parsed, &regions)
        }
    }
}

fn sections_named(document: &Document, name: &str) -> Vec<Span> {
    let Ok(shape) = compile_shape(name) else { return Vec::new() };
    let target = Selector { member: None, target: Target::Section(Box::new(shape)), source: String::new() };
    regions(document, std::slice::from_ref(&target)).into_iter().take(1).collect()
}

/// What stands before the first heading below the title.
fn head_region(parsed: &Parsed) -> Span {
    let below = |section: &&Section| section.level > 1;
    let end = parsed.sections.iter().find(below).map_or(parsed.text.len(), |section| section.heading.start);
    Span::new(0, end)
}

fn head_labels(parsed: &Parsed) -> impl Iterator<Item = &Label> {
    labels_in(parsed, head_region(parsed))
}

fn pair(label: &Label, generic: bool) -> (Node, Node) {
    let key = Node { span: label.name_span, value: Value::Str(label.name.trim().to_owned()) };
    let mut value = value_of(&label.value, label.span.end);
    if generic {
        value = as_text(value);
    }
    (key, value)
}

/// The value of a piece of Markdown: a YAML scalar without the back-ticks around it.
#[must_use]
pub fn value_of(line: &Line, after: usize) -> Node {
    let line = line.trimmed();
    let mut range = 0..line.text.len();
    for mark in ["**", "`", "\""] {
        let text = &line.text[range.clone()];
        let inner = text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
        if let Some(inner) = inner
            && !inner.contains(mark)
        {
            range = range.start + mark.len()..range.start + mark.len() + inner.len();
        }
    }
    let bare = line.sub(range).trimmed();
    if bare.text.is_empty() {
        return Node { span: Span::point(after), value: Value::Null };
    }
    Node { span: bare.whole(), value: yaml::scalar(&bare.text) }
}

fn table_rows(parsed: &Parsed, regions: &[Span]) -> Vec<(Node, Node)> {
    let table = parsed.blocks.iter().find_map(|block| match &block.body {
        Body::Table { rows } if regions.iter().any(|region| region.contains(block.span)) => Some(rows),
        _ => None,
    });
    let Some(rows) = table else { return Vec::new() };
    rows.iter()
        .enumerate()
        .filter(|(number, row)| row.len() >= 2 && (*number > 0 || row[0].text.starts_with("**")))
        .filter_map(|(_, row)| {
            let name = row[0].text.trim_matches(['*', ' ', '`']).trim_end_matches(':').trim();
            if name.is_empty() {
                return None;
            }
            let at = row[0].text.find(name)?;
            let key = Node { span: row[0].span(at..at + name.len()), value: Value::Str(name.to_owned()) };
            Some((key, value_of(&row[1], row[1].offset(0))))
        })
        .collect()
}

fn bullets(parsed: &Parsed, regions: &[Span], rules: &FieldRules) -> Vec<(Node, Node)> {
    let mut found = Vec::new();
    for (index, block) in parsed.blocks.iter().enumerate() {
        let Body::Item { .. } = block.body else { continue };
        if !regions.iter().any(|region| region.contains(block.span)) {
            continue;
        }
        let Some(colon) = block.plain.text.find([':', '：']) else { continue };
        let name = block.plain.text[..colon].trim().trim_matches('`');
        if name.is_empty() || name.len() > 80 || block.plain.text.starts_with(['[', '<']) {
            continue;
        }
        let known = canonical(name, rules, false);
        let declared = rules.schema.iter().any(|schema| schema.properties.contains(&known));
        if block.parent.is_some() && !declared {
            continue;
        }
        let rest = colon + block.plain.text[colon..].chars().next().map_or(1, char::len_utf8);
        let after = block.plain.offset(rest.min(block.plain.text.len().saturating_sub(1))) + 1;
        let mut value = value_of(&block.plain.sub(rest.min(block.plain.text.len())..block.plain.text.len()), after);
        if value.value == Value::Null {
            value.span = Span::point(block.plain.offset(colon) + 1);
            let nested: Vec<Node> = parsed
                .blocks
                .iter()
                .filter(|inner| inner.parent == Some(index))
                .filter(|inner| matches!(inner.body, Body::Item { .. } | Body::Paragraph | Body::Code { .. }))
                .map(|inner| match inner.body {
                    Body::Code { content, .. } => {
                        Node { span: content, value: Value::Str(parsed.text.slice(content).to_owned()) }
                    }
                    _ => as_text(value_of(&inner.plain, inner.span.end)),
                })
                .filter(|node| node.value != Value::Null)
                .collect();
            match nested.as_slice() {
                [] => {}
                [only] => value = only.clone(),
                [first, .., last] => {
                    value = Node { span: first.span.cover(last.span), value: Value::Seq(nested) };
                }
            }
        }
        let at = block.plain.text.find(name).unwrap_or(0);
        let key = Node { span: block.plain.span(at..at + name.len()), value: Value::Str(name.to_owned()) };
        found.push((key, value));
    }
    found
}

fn lines(parsed: &Parsed, regions: &[Span]) -> Vec<(Node, Node)> {
    let mut found = Vec::new();
    for block in &parsed.blocks {
        if !matches!(block.body, Body::Paragraph) || !regions.iter().any(|region| region.contains(block.span)) {
            continue;
        }
        let starts: Vec<usize> = block.line.pieces.iter().map(|(at, _)| *at).collect();
        for (number, start) in starts.iter().enumerate() {
            let end = starts.get(number + 1).map_or(block.line.text.len(), |next| next.saturating_sub(1));
            let line = block.line.sub(*start..end);
            let Some(colon) = line.text.find(':') else { continue };
            let name = line.text[..colon].trim_matches(['*', ' ']);
            let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'));
            if !word || name.len() > 40 {
                continue;
            }
            let at = line.text.find(name).unwrap_or(0);
            let key = Node { span: line.span(at..at + name.len()), value: Value::Str(name.to_owned()) };
            let value = line.sub(colon + 1..line.text.len());
            let value = value_of(&value, line.offset(colon) + 1);
            found.push((key, value));
        }
    }
    found
}

/// A field that is read from a section's first item or paragraph, or from what any selector selects first.
fn from(document: &Document, name: &str, selector: &Selector) -> Option<(Node, Node)> {
    let key = |span| Node { span, value: Value::Str(name.to_owned()) };
    if let Target::Section(_) = selector.target {
        let region = *regions(document, std::slice::from_ref(selector)).first()?;
        let heading = document.parsed.sections.iter().find(|section| section.span == region)?;
        let inner = Span::new(heading.heading.end.min(region.end), region.end);
        let value = match first_text(document, inner) {
            Some(line) => value_of(line, heading.heading.end),
            None => Node { span: Span::point(heading.heading.end), value: Value::Null },
        };
        return Some((key(heading.heading), value));
    }
    let value = Scope::alone(document).select(selector).into_iter().next()?;
    let node = Node { span: value.span, value: yaml::scalar(value.text.trim().trim_matches('`')) };
    Some((key(value.span), node))
}

/// A section that holds one value of a closed list holds a second one.
fn second_value(document: &mut Document, name: &str, selector: &Selector, schema: &FieldSchema) {
    if !matches!(selector.target, Target::Section(_)) {
        return;
    }
    let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let options = schema.property(&pointer).and_then(|property| property.get("enum")?.as_array().cloned());
    let (Some(options), Some(region)) = (options, regions(document, std::slice::from_ref(selector)).first().copied())
    else {
        return;
    };
    let is_option =
        |node: &Node| node.as_str().is_some_and(|text| options.iter().any(|option| equal(&plain(option), text)));
    let items: Vec<Node> = document
        .parsed
        .blocks
        .iter()
        .filter(|block| region.contains(block.span) && matches!(block.body, Body::Item { .. }))
        .map(|block| as_text(value_of(&block.plain, block.span.end)))
        .collect();
    let Some((first, rest)) = items.split_first() else { return };
    for node in rest.iter().filter(|node| is_option(node)) {
        document.violations.push(Violation {
            keyword: "enum".to_owned(),
            pointer: pointer.clone(),
            field: name.to_owned(),
            span: node.span,
            found: node.scalar().unwrap_or_default(),
            expected: format!("one value only, and `{}` stands above it", first.scalar().unwrap_or_default()),
            allowed: Vec::new(),
            description: None,
            because: None,
            entry: None,
            severity: None,
        });
    }
}

fn violations(document: &mut Document, rules: &FieldRules, schema: &FieldSchema) {
    if document.parsed.broken {
        return;
    }
    if let Some(data) = document.parsed.data.as_ref().filter(|data| !matches!(data.value, Value::Map(_) | Value::Null))
    {
        let line = document.parsed.text.line_span(document.parsed.text.line_at(data.span.start));
        let span = Span::new(data.span.start, data.span.end.min(line.end).max(data.span.start));
        document.violations.push(Violation {
            keyword: "type".to_owned(),
            pointer: String::new(),
            field: "the document".to_owned(),
            span,
            found: short(document.parsed.text.slice(span)),
            expected: "a mapping of names to values".to_owned(),
            allowed: Vec::new(),
            description: None,
            because: None,
            entry: None,
            severity: None,
        });
        return;
    }
    // Empty text is no value either.
    let mut fields = document.fields.clone();
    if let Value::Map(pairs) = &mut fields.value {
        for (_, value) in pairs.iter_mut().filter(|(_, value)| value.is_empty()) {
            value.value = Value::Null;
        }
    }
    let json = yaml::to_json(&fields, yaml::Nulls::Drop);
    for found in schema.violations(&json) {
        if let Some(violation) = place(document, rules, schema, &found) {
            document.violations.push(violation);
        }
    }
}

/// Turns a violation of the value into one of the document.
fn place(document: &Document, rules: &FieldRules, schema: &FieldSchema, found: &SchemaViolation) -> Option<Violation> {
    let fields = &document.fields;
    let node = if found.pointer.is_empty() { Some(fields) } else { fields.pointer(&found.pointer) }?;
    let last = found.pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    let mut violation = Violation {
        keyword: found.keyword.clone(),
        pointer: found.pointer.clone(),
        field: last,
        span: node.span,
        found: short(&document.parsed.text.slice(node.span).replace(['\n', '\r'], " ")),
        expected: found.expected.clone(),
        allowed: found.allowed.clone(),
        description: None,
        because: None,
        entry: None,
        severity: None,
    };
    if let Some(name) = &found.name {
        let step = name.replace('~', "~0").replace('/', "~1");
        violation.field.clone_from(name);
        violation.pointer = format!("{}/{step}", found.pointer);
        match found.keyword.as_str() {
            "required" => match node.entry(name) {
                Some((key, value)) if value.is_empty() => {
                    let open = rules.may_be_empty.iter().any(|(field, when)| {
                        field == name && when.as_ref().is_none_or(|when| Scope::alone(document).holds(when))
                    });
                    if open {
                        return None;
                    }
                    violation.keyword = "empty".to_owned();
                    violation.span = key.span;
                    violation.found = String::new();
                }
                Some(_) => return None,
                // The section that holds it is not there: that is what is reported.
                None if lacks_its_section(document, rules, schema, &violation.pointer) => return None,
                None => violation.span = place_of_missing(document, node, &found.pointer),
            },
            _ => {
                let (key, _) = node.entry(name)?;
                violation.span = key.span;
                violation.found.clone_from(name);
                violation.allowed.clone_from(&schema.properties);
            }
        }
    }
    if violation.keyword == "type" && schema.times.iter().any(|(pointer, _)| *pointer == violation.pointer) {
        // A number where a time should stand (`20251101`) is the timestamp rules' business.
        if node.scalar().is_some() {
            return None;
        }
    }
    let branch = schema.branch(&found.schema_pointer, found.name.as_deref());
    let limit = matches!(
        violation.keyword.as_str(),
        "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems"
    );
    let expects = match branch {
        // A limit says itself what is expected.
        _ if limit => None,
        Some(_) => own_text(branch, "expects"),
        None => own_text(schema.property(&violation.pointer), "expects"),
    };
    if let Some(expects) = expects {
        violation.expected = expects;
    }
    let (description, severity) = schema.advice(&violation.pointer);
    violation.description = own_text(branch, "description").or(description);
    violation.severity = own_text(branch, "severity").and_then(|level| level.parse().ok()).or(severity);
    if let Some((name, value)) = schema.because(&found.schema_pointer) {
        let values = match &value {
            serde_json::Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>(),
            other => vec![plain(other)],
        };
        if let Some((_, node)) = fields.entry(&name).filter(|_| name != violation.field) {
            let text = node.scalar().unwrap_or_else(|| one_of(&values));
            violation.because = Some((format!("{name}: {text}"), node.span));
        }
    }
    Some(violation)
}

/// Whether a field stands in a section that the document does not have.
fn lacks_its_section(document: &Document, rules: &FieldRules, schema: &FieldSchema, pointer: &str) -> bool {
    // A section without anything in it is reported as empty, once, unless it may be.
    let may_be_empty = |name: &str| {
        let sections = document.kind.iter().flat_map(|kind| &kind.body().sections);
        sections.into_iter().any(|section| section.may_be_empty && section.name.eq_ignore_ascii_case(name))
    };
    let there = |name: &str| {
        if may_be_empty(name) {
            return !sections_named(document, name).is_empty();
        }
        sections_named(document, name).first().is_some_and(|region| {
            document.parsed.blocks.iter().any(|block| {
                region.contains(block.span) && !matches!(block.body, Body::Heading { .. } | Body::Ruler | Body::Comment)
            })
        })
    };
    if let Some(section) = own_text(schema.property(pointer), "section") {
        return !there(&section);
    }
    let name = pointer.trim_start_matches('/');
    if let Some((_, selector)) = rules.from.iter().find(|(known, _)| known == name) {
        return matches!(selector.target, Target::Section(_))
            && regions(document, std::slice::from_ref(selector)).is_empty();
    }
    let mut named = rules.sources.iter().map(|source| match source {
        FieldSource::Header(Some(name))
        | FieldSource::Table(Some(name))
        | FieldSource::Bullets(Some(name))
        | FieldSource::Lines(Some(name)) => Some(name),
        _ => None,
    });
    // Only where every source is a section, and none of them is there.
    !rules.sources.is_empty() && named.all(|name| name.is_some_and(|name| !there(name)))
}

/// A missing field is reported at the opening fence, else at the title, else at the mapping that lacks it.
fn place_of_missing(document: &Document, node: &Node, pointer: &str) -> Span {
    let parsed = &document.parsed;
    if pointer.is_empty() {
        if let Some(front) = &parsed.front_matter {
            return front.open;
        }
        if let Some(title) = document.title {
            return parsed.sections[title].heading;
        }
        if let Some((key, _)) = parsed.data.as_ref().and_then(|root| root.pairs().first()) {
            return key.span;
        }
        let line = parsed.text.line_span(0);
        return Span::new(line.start.max(parsed.text.start()).min(line.end), line.end);
    }
    node.pairs().first().map_or(node.span, |(key, _)| key.span)
}

/// A value as a message quotes it: of several lines the first, without back-ticks around.
#[must_use]
pub fn in_words(text: &str) -> String {
    short(text.trim().lines().next().unwrap_or_default().trim_matches('`'))
}

/// A value as a message shows it.
#[must_use]
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{}…", head.trim_end())
}
