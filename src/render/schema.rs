//! JSON Schemas, so that editors complete and check the files of packs and the settings. They are made of the types that
//! read these files; comments of the types are the explanations that an editor shows.
//!
//! Draft 7 is what the editors' servers for YAML and TOML know whole.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::config::file::File;
use crate::pack::Packs;
use crate::pack::format::{Card, Kind, Pack};

/// The schema of a pack's files: `pack.yaml`, `kinds/*.yaml` and `rules/*.yaml` are the definitions `Pack`, `Kind` and
/// `Card`. Without a definition the schema is that of the file whose marks are there.
#[must_use]
pub fn pack_files() -> Value {
    let mut generator = generator();
    generator.subschema_for::<Pack>();
    generator.subschema_for::<Kind>();
    generator.subschema_for::<Card>();
    let mut definitions = generator.take_definitions(true);
    // What stands there is a schema itself, of which its type knows nothing.
    if let Some(schema) = definitions.get_mut("Fields").and_then(|fields| fields.pointer_mut("/properties/schema")) {
        schema["allOf"] = json!([{ "$ref": "#/$defs/FieldSchema" }]);
    }
    definitions.insert("FieldSchema".to_owned(), field_schema());
    json!({
        "$schema": DRAFT,
        "title": "A file of a worklint pack",
        "description": "`pack.yaml` is `#/$defs/Pack`, a file in `kinds/` is `#/$defs/Kind`, a file in `rules/` is `#/$defs/Card`.",
        "if": { "type": "object", "required": ["kind"] },
        "then": { "$ref": "#/$defs/Kind" },
        "else": {
            "if": { "type": "object", "required": ["name"] },
            "then": { "$ref": "#/$defs/Pack" },
            "else": { "$ref": "#/$defs/Card" },
        },
        "$defs": definitions,
    })
}

/// The schema of the settings file. Names of the packs' rules and kinds are proposed; others may stand there too, because
/// a user's pack has its own.
#[must_use]
pub fn settings(packs: &Packs) -> Value {
    let mut schema = generator().into_root_schema_for::<File>().to_value();
    let level = schema["properties"]["rules"]["additionalProperties"].clone();
    let mut rules = Map::new();
    for pack in packs.packs() {
        let text = format!("All rules, on documents of `{}`.", pack.name);
        rules.insert(format!("{}/*", pack.name), described(&level, &text));
    }
    for card in packs.cards() {
        rules.insert(card.name.to_string(), described(&level, card.format.summary.trim()));
    }
    schema["title"] = json!("The settings of worklint");
    schema["properties"]["rules"]["properties"] = Value::Object(rules);
    let names: Vec<&str> = packs.all_kinds().map(|kind| &*kind.name).collect();
    schema["properties"]["kinds"]["additionalProperties"] =
        json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": "^[^/]+/[^/]+$" }] });
    schema
}

/// The keywords of a field's schema that packs use; others of JSON Schema may stand there too.
fn field_schema() -> Value {
    let one = json!({ "$ref": "#/$defs/FieldSchema" });
    let several = json!({ "type": "array", "items": one });
    let named = json!({ "type": "object", "additionalProperties": one });
    let names = json!({ "type": "array", "items": { "type": "string" } });
    let said = |text: &str, schema: Value| described(&schema, text);
    let of_type = |name: &str| json!({ "type": name });
    let formats = json!({ "examples": ["date", "date-time", "timestamp", "time"], "type": "string" });
    json!({
        "description": "A JSON Schema (2020-12) with a few keywords of worklint's own.",
        "type": ["object", "boolean"],
        "properties": {
            "type": said("`string`, `integer`, `number`, `boolean`, `array`, `object`, `null`, or several of them.", json!({ "type": ["string", "array"] })),
            "description": said("What to write: printed as help.", of_type("string")),
            "required": said("The fields that must be there.", names),
            "properties": said("The fields by their names.", named),
            "additionalProperties": said("What fields of other names are; `false` if there are none.", one.clone()),
            "items": said("What the items of a list are.", one.clone()),
            "enum": said("The values that are allowed.", of_type("array")),
            "const": { "description": "The one value that is allowed." },
            "pattern": said("A regular expression that is found in the value.", of_type("string")),
            "format": said("`date`, `date-time` (with its offset), `timestamp` (a date, or a date and time) or `time`.", formats),
            "minimum": said("The least number.", of_type("number")),
            "maximum": said("The greatest number.", of_type("number")),
            "minLength": said("The least number of characters.", of_type("integer")),
            "maxLength": said("The greatest number of characters.", of_type("integer")),
            "minItems": said("The least number of items.", of_type("integer")),
            "maxItems": said("The greatest number of items.", of_type("integer")),
            "allOf": said("Schemas that all hold.", several.clone()),
            "anyOf": said("Schemas of which one holds.", several),
            "not": said("A schema that does not hold.", one.clone()),
            "if": said("When this holds, `then` must, else `else`.", one.clone()),
            "then": said("What must hold when `if` does.", one.clone()),
            "else": said("What must hold when `if` does not.", one),
            "severity": said("The level, in place of the rule's.", json!({ "$ref": "#/$defs/Severity" })),
            "expects": said("What should stand there, in words for messages: `an ID like IN-042`.", of_type("string")),
            "section": said("The section that the field stands in: when it is missing, the field is not reported too.", of_type("string")),
            "remark": said("A remark may follow the word (beside `enum`, in Markdown).", of_type("boolean")),
        },
    })
}

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

fn generator() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/$defs".into();
    settings.with_transform(Closed).into_generator()
}

/// A schema with a description of its own; beside `$ref` it would not count in this draft.
fn described(schema: &Value, text: &str) -> Value {
    json!({ "description": text, "allOf": [schema] })
}

/// Closes every mapping with known keys, and puts each description on one line per paragraph.
#[derive(Clone, Debug)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        if object.contains_key("properties") && !object.contains_key("additionalProperties") {
            object.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        if let Some(Value::String(text)) = object.get_mut("description") {
            *text = text.split("\n\n").map(|lines| lines.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_closed_and_keys_explained() {
        let schema = pack_files();
        let definitions = schema["$defs"].as_object().expect("definitions");
        let (mut open, mut silent) = (Vec::new(), Vec::new());
        for (name, definition) in definitions {
            let variants = definition["anyOf"].as_array().into_iter().flatten();
            for object in std::iter::once(definition).chain(variants) {
                let Some(properties) = object["properties"].as_object() else { continue };
                // What a field's schema says beside the known keywords is JSON Schema's business.
                if object["additionalProperties"] != false && name != "FieldSchema" {
                    open.push(name);
                }
                silent.extend(properties.iter().filter(|(_, property)| property["description"].is_null()));
            }
        }
        assert!(open.is_empty() && silent.is_empty(), "open: {open:?}, without a description: {silent:?}");
    }

    #[test]
    fn rules_and_kinds_are_proposed_in_settings() {
        let schema = settings(Packs::builtin());
        assert!(schema["properties"]["rules"]["properties"]["missing-field"]["description"].is_string());
        assert_eq!(schema["properties"]["fail-on"]["default"], "error");
    }
}
