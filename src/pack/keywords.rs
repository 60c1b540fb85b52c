//! What is wrong with the JSON Schema of a kind's fields, at the keyword that has it and in plain words: before the schema
//! is compiled as a whole, whose errors name neither.

use serde_json::{Map, Value};

use crate::pack::compile::Problem;
use crate::pack::near::advice;
use crate::pack::schema::FieldSchema;
use crate::time::Demand;

/// Keywords whose value is a schema.
const ONE: &[&str] = &[
    "items",
    "additionalItems",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contains",
    "contentSchema",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
];
/// Keywords whose value is a list of schemas.
const SEVERAL: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a mapping of schemas.
const NAMED: &[&str] = &["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
/// All others of JSON Schema 2020-12, and those that worklint adds.
const OTHERS: &[&str] = &[
    "type",
    "enum",
    "const",
    "pattern",
    "format",
    "required",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependencies",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentEncoding",
    "contentMediaType",
    "severity",
    "expects",
    "section",
    "remark",
];
const TYPES: &[&str] = &["string", "number", "integer", "boolean", "array", "object", "null"];
/// Formats that are checked, then those of the standard that say something without being checked.
const FORMATS: &[&str] = &[
    "date",
    "time",
    "date-time",
    "local-date-time",
    "timestamp",
    "instant",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// What is wrong in a schema that stands at `pointer`.
pub(super) fn problems(schema: &Value, pointer: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(schema, pointer, &mut found);
    found
}

fn walk(schema: &Value, pointer: &str, found: &mut Vec<Problem>) {
    let Some(members) = schema.as_object() else {
        if !schema.is_boolean() {
            let message =
                format!("a schema is a mapping of keywords, such as `{{ type: string }}`, not {}", words(schema));
            found.push(Problem { pointer: pointer.to_owned(), message, ..Problem::default() });
        }
        return;
    };
    for (name, value) in members {
        let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match name.as_str() {
            name if ONE.contains(&name) => {
                // The older form of `items`, and of several schemas.
                match value.as_array().filter(|_| name == "items") {
                    Some(list) => each(list, &at, found),
                    None => walk(value, &at, found),
                }
            }
            name if SEVERAL.contains(&name) => match value.as_array() {
                Some(list) => each(list, &at, found),
                None => say(found, at, format!("`{name}` is a list of schemas"), ""),
            },
            name if NAMED.contains(&name) => match value.as_object() {
                Some(members) => {
                    for (key, schema) in members {
                        walk(schema, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
                    }
                }
                None => say(found, at, format!("`{name}` is a mapping of names to schemas"), ""),
            },
            name if OTHERS.contains(&name) => keyword(name, value, at, members, found),
            name if name.starts_with("x-") || name.starts_with('$') => {}
            name => {
                let known: Vec<String> =
                    [ONE, SEVERAL, NAMED, OTHERS].into_iter().flatten().map(|&known| known.to_owned()).collect();
                let help = match crate::pack::near::near(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "keywords are those of JSON Schema 2020-12; your own begin with `x-`".to_owned(),
                };
                let message = format!("`{name}` is no keyword of a schema");
                found.push(Problem { pointer: at, message, help, at_key: true });
            }
        }
    }
}

fn each(list: &[Value], pointer: &str, found: &mut Vec<Problem>) {
    for (number, schema) in list.iter().enumerate() {
        walk(schema, &format!("{pointer}/{number}"), found);
    }
}

/// One keyword whose value is no schema.
fn keyword(name: &str, value: &Value, at: String, beside: &Map<String, Value>, found: &mut Vec<Problem>) {
    let list = |known: &[&str]| known.iter().map(|&known| known.to_owned()).collect::<Vec<_>>();
    match name {
        "type" => {
            let types = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for (number, one) in types.iter().enumerate() {
                if !one.as_str().is_some_and(|one| TYPES.contains(&one)) {
                    let at = if value.is_array() { format!("{at}/{number}") } else { at.clone() };
                    let shown = crate::pack::schema::plain(one);
                    say(found, at, format!("`{shown}` is no type"), &advice(&shown, &list(TYPES), "types"));
                }
            }
        }
        "format" => {
            let shown = crate::pack::schema::plain(value);
            if Demand::of_format(&shown).is_none() && !FORMATS.contains(&shown.as_str()) {
                let checked = list(&FORMATS[..6]);
                let near = crate::pack::near::near(&shown, FORMATS.iter().copied());
                let help = near.map_or_else(
                    || advice(&shown, &checked, "formats that are checked"),
                    |near| format!("did you mean `{near}`?"),
                );
                say(found, at, format!("`{shown}` is no format"), &help);
            }
        }
        "pattern" => {
            let Some(pattern) = value.as_str() else {
                return say(found, at, format!("`pattern` is a regular expression, not {}", words(value)), "");
            };
            if FieldSchema::compile(serde_json::json!({ "pattern": pattern })).is_ok_and(|it| it.verify().is_ok()) {
                return;
            }
            if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| pattern.contains(start)) {
                let help = "say what is allowed instead, or write two patterns, the second under `not:`";
                return say(found, at, format!("`{pattern}` looks ahead or behind, which patterns here cannot"), help);
            }
            let reason = regex::Regex::new(pattern).err().map(|error| error.to_string()).unwrap_or_default();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            let help = if pattern.contains("(?") {
                "patterns are those of ECMA-262, which have no flags such as `(?i)`"
            } else {
                ""
            };
            say(found, at, format!("`{pattern}` is no regular expression{reason}"), help);
        }
        "required" if value.is_boolean() => {
            let message = "`required` is a list of names that stands beside `properties`, not at a property".to_owned();
            let help = if value == &Value::Bool(true) {
                "add the property's name to that list"
            } else {
                "leave it out: only what the list names is required (a kind that `extends` another takes a name away so)"
            };
            found.push(Problem { pointer: at, message, help: help.to_owned(), at_key: true });
        }
        "required" | "enum" if !value.is_array() => {
            let example = if name == "enum" { "[one, two]" } else { "[name]" };
            say(found, at, format!("`{name}` is a list, not {}", words(value)), &format!("write `{name}: {example}`"));
        }
        "required" => {
            for (number, one) in value.as_array().into_iter().flatten().enumerate().filter(|(_, one)| !one.is_string())
            {
                say(found, format!("{at}/{number}"), format!("`required` lists names, not {}", words(one)), "");
            }
        }
        "severity" => {
            let shown = crate::pack::schema::plain(value);
            if shown.parse::<crate::diagnostic::Severity>().is_err() {
                let levels = list(&["error", "warning", "info", "off"]);
                say(found, at, format!("`{shown}` is no level"), &advice(&shown, &levels, "levels"));
            }
        }
        "remark" if !value.is_boolean() => say(found, at, "`remark` is `true` or `false`".to_owned(), ""),
        "remark" if !beside.contains_key("enum") && !beside.contains_key("format") => {
            let help = "a remark may follow a word of a closed list, or a date";
            say(found, at, "`remark` stands beside `enum` or `format`".to_owned(), help);
        }
        "description" | "expects" | "section" if !value.is_string() => {
            say(found, at, format!("`{name}` is text, not {}", words(value)), "put it in quotes");
        }
        _ if (name.starts_with("min") || name.starts_with("max") || name == "multipleOf") && !value.is_number() => {
            say(found, at, format!("`{name}` is a number, not {}", words(value)), "");
        }
        _ => {}
    }
}

fn say(found: &mut Vec<Problem>, pointer: String, message: String, help: &str) {
    found.push(Problem { pointer, message, help: help.to_owned(), at_key: false });
}

/// A value in words.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
        other => format!("`{}`", crate::pack::schema::plain(other)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_mistake_has_its_own_place() {
        let schema = json!({
            "type": "object",
            "properties": {
                "a": { "type": "strng" },
                "b": { "fromat": "date", "x-own": 1 },
                "c": { "format": "data" },
                "d": { "pattern": "^(?!2025)" },
                "e": { "required": false },
                "f": { "anyOf": [{ "enum": "x" }, { "pattern": "(" }] },
                "g/h": 3,
            },
        });
        let found: Vec<String> = problems(&schema, "")
            .into_iter()
            .map(|it| format!("{} {} | {}", it.pointer, it.message, it.help))
            .collect();
        insta::assert_snapshot!(found.join("\n"));
    }
}
