//! The fields of a kind, from its JSON Schema.

use serde_json::{Map, Value};

use crate::pack::format::{Fields, MayBeEmpty};
use crate::render::manual::kind::described;
use crate::render::manual::{Block, list, words};

/// Fields of fields are listed down to this depth.
const DEEPEST: usize = 3;

pub(super) fn blocks(blocks: &mut Vec<Block>, fields: &Fields) {
    let mut items = Vec::new();
    if let Some(schema) = &fields.schema {
        properties(&mut items, schema, 0);
        for rule in schema["allOf"].as_array().into_iter().flatten() {
            items.extend(conditional(rule).map(|text| (0, text)));
        }
    }
    for (name, selector) in &fields.from {
        items.push((0, format!("{} is read from {}", words::code(name), words::selector(selector))));
    }
    let empty: Vec<&str> = fields
        .may_be_empty
        .iter()
        .map(|field| match field {
            MayBeEmpty::Always(name) | MayBeEmpty::When { field: name, .. } => name.as_str(),
        })
        .collect();
    if !empty.is_empty() {
        items.push((0, format!("May be without a value, some only for a time: {}", words::codes(&empty, "and"))));
    }
    let sources: Vec<String> = fields.source.as_slice().iter().map(|source| source_words(source)).collect();
    list(blocks, &format!("Fields, in {}", words::joined(&sources, "or")), items);
}

fn source_words(source: &str) -> String {
    let (sort, section) = source.split_once(' ').unwrap_or((source, ""));
    let place = if section.is_empty() { String::new() } else { format!(" of the section {}", words::code(section)) };
    match sort {
        "front-matter" => "the front matter".to_owned(),
        "data" => "the file itself".to_owned(),
        "header" if section.is_empty() => "bold lines at the head of the document".to_owned(),
        "header" => format!("bold lines{place}"),
        "labels" => "bold lines anywhere".to_owned(),
        "table" => format!("the table{place}"),
        "tables" => "tables of two columns".to_owned(),
        "bullets" => format!("list items{place}"),
        "lines" if section.is_empty() => "plain lines at the head of the document".to_owned(),
        "lines" => format!("plain lines{place}"),
        _ => words::code(source),
    }
}

fn properties(items: &mut Vec<(usize, String)>, schema: &Value, depth: usize) {
    let required = strings(&schema["required"]);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let mut remarks = Vec::new();
        if required.contains(&name.as_str()) {
            remarks.push("required".to_owned());
        }
        remarks.extend(demands(property));
        if let Some(level) = property["severity"].as_str() {
            remarks.push(format!("reported as `{level}`"));
        }
        items.push((depth, described(&words::code(name), &remarks, property["description"].as_str())));
        if depth < DEEPEST {
            properties(items, property, depth + 1);
            properties(items, &property["items"], depth + 1);
        }
    }
    // Fields without a fixed name are all alike.
    let other = &schema["additionalProperties"];
    if other.is_object() && depth < DEEPEST {
        items.push((depth, described("any other name", &demands(other), other["description"].as_str())));
        properties(items, other, depth + 1);
    }
    for name in required.iter().filter(|name| schema["properties"].get(**name).is_none()) {
        items.push((depth, format!("{} (required)", words::code(name))));
    }
}

/// What a value must be, each demand in words.
fn demands(schema: &Value) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(value) = schema.get("const") {
        return vec![words::value(value)];
    }
    if let Some(list) = schema["enum"].as_array() {
        said.push(words::values(list));
        if schema["remark"] == true {
            said.push("a remark may follow".to_owned());
        }
        return said;
    }
    if let Some(expected) = schema["expects"].as_str() {
        return vec![expected.to_owned()];
    }
    match schema["format"].as_str() {
        Some("date") => said.push("a date".to_owned()),
        Some("date-time") => said.push("a date and time with offset".to_owned()),
        Some("timestamp") => said.push("a date, or a date and time".to_owned()),
        Some("time") => said.push("a time of day".to_owned()),
        Some(other) => said.push(words::code(other)),
        None => said.extend(types(&schema["type"])),
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        said.push(format!("of the form {}", words::code(pattern)));
    }
    for (keyword, name) in [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
        ("minItems", "items, at least"),
        ("maxItems", "items, at most"),
    ] {
        // "Not empty" needs no words.
        if let Some(limit) = schema.get(keyword).filter(|limit| !(keyword == "minLength" && **limit == 1)) {
            said.push(format!("{name} {limit}"));
        }
    }
    said
}

fn types(value: &Value) -> Option<String> {
    let name = |name: &str| {
        match name {
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            "array" => "a list",
            "object" => "a mapping",
            "null" => "nothing",
            other => return words::code(other),
        }
        .to_owned()
    };
    match value {
        Value::String(one) => Some(name(one)),
        Value::Array(several) => {
            let names: Vec<String> = several.iter().filter_map(Value::as_str).map(name).collect();
            Some(words::joined(&names, "or"))
        }
        _ => None,
    }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A demand that depends on other fields: `if` and `then` of a schema.
fn conditional(schema: &Value) -> Option<String> {
    let demanded = schema.get("then")?;
    let then = clause(demanded, &|_| true);
    // A type is worth a word where it decides between demands on the same field; else it says that the field is there.
    let when = clause(schema.get("if")?, &|name| demanded["properties"].get(name).is_some());
    (!then.is_empty() && !when.is_empty()).then(|| format!("When {when}: {then}"))
}

fn clause(schema: &Value, typed: &dyn Fn(&str) -> bool) -> String {
    let demanded = typed("");
    let mut said = Vec::new();
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    let required = strings(&schema["required"]);
    for (name, property) in properties {
        let allowed = property.get("const").is_some() || property.get("enum").is_some();
        if allowed || (typed(name) && !demands(property).is_empty()) {
            said.push(format!("{} is {}", words::code(name), demands(property).join(", ")));
        } else if let Some(not) = property.get("not").filter(|not| not.is_object()) {
            said.push(format!("{} is not {}", words::code(name), demands(not).join(", ")));
        } else if !required.contains(&name.as_str()) && *property == Value::Bool(false) {
            said.push(format!("{} is not there", words::code(name)));
        }
    }
    let plain: Vec<&str> = required
        .into_iter()
        .filter(|name| demanded || !said.iter().any(|said| said.starts_with(&words::code(name))))
        .collect();
    if !plain.is_empty() {
        let verb = match (demanded, plain.len()) {
            (true, 1) => "is required",
            (true, _) => "are required",
            (false, 1) => "is there",
            (false, _) => "are there",
        };
        said.push(format!("{} {verb}", words::codes(&plain, "and")));
    }
    for (keyword, word) in [("allOf", "and"), ("anyOf", "or")] {
        let parts: Vec<String> = schema[keyword].as_array().into_iter().flatten().map(|s| clause(s, typed)).collect();
        if !parts.is_empty() && parts.iter().all(|part| !part.is_empty()) {
            said.push(words::joined(&parts, word));
        }
    }
    if let Some(not) = schema.get("not").filter(|not| not.get("required").is_some()) {
        said.push(format!("not ({})", clause(not, &|_| false)));
    }
    said.join(" and ")
}
