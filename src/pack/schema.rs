//! The JSON Schema (2020-12) of a kind's fields: compiled once, asked for what a value violates. The crate's own words are
//! not used; a violation says which keyword, where, and what was expected, and the rule has the words.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::diagnostic::Severity;
use crate::time::Demand;

/// A compiled schema.
#[derive(Debug)]
pub struct FieldSchema {
    source: Value,
    validator: OnceLock<Result<Validator, String>>,
    /// The top-level properties, in the order written.
    pub properties: Vec<String>,
    /// Where times stand, as JSON pointers with `*` for list items, and what is demanded of them.
    pub times: Vec<(String, Demand)>,
    /// Whether unknown fields are violations.
    pub closed: bool,
}

/// What a value does not fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaViolation {
    /// The keyword.
    pub keyword: String,
    /// The value, as a JSON pointer; for `required` and unknown fields the object.
    pub pointer: String,
    /// The name that is missing or unknown.
    pub name: Option<String>,
    /// What should stand there, in words.
    pub expected: String,
    /// Allowed values or names.
    pub allowed: Vec<String>,
    /// Where in the schema.
    pub schema_pointer: String,
}

impl FieldSchema {
    /// Reads a schema. Its patterns must be linear-time: look-around is refused.
    ///
    /// # Errors
    /// When it is no JSON Schema.
    pub fn compile(source: Value) -> Result<Self, String> {
        if !source.is_object() {
            return Err("a schema is a mapping with `type: object` and `properties`".to_owned());
        }
        let properties = source
            .get("properties")
            .and_then(Value::as_object)
            .map(|properties| properties.keys().cloned().collect())
            .unwrap_or_default();
        let mut times = Vec::new();
        collect_times(&source, "", &mut times);
        let closed = matches!(source.get("additionalProperties"), Some(Value::Bool(false)))
            || matches!(source.get("unevaluatedProperties"), Some(Value::Bool(false)));
        Ok(Self { source, validator: OnceLock::new(), properties, times, closed })
    }

    /// The schema as it is written.
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// Whether the schema is one; compiles it.
    ///
    /// # Errors
    /// The compiler's words.
    pub fn verify(&self) -> Result<(), String> {
        self.validator().map(|_| ()).map_err(Clone::clone)
    }

    fn validator(&self) -> Result<&Validator, &String> {
        self.validator
            .get_or_init(|| {
                jsonschema::options()
                    .with_draft(draft_for(&self.source))
                    // Formats are the timestamp rules' business: one wrong date is one finding.
                    .should_validate_formats(false)
                    .with_pattern_options(PatternOptions::regex())
                    .build(&self.source)
                    .map_err(|error| error.to_string())
            })
            .as_ref()
    }

    /// What `value` violates.
    #[must_use]
    pub fn violations(&self, value: &Value) -> Vec<SchemaViolation> {
        let Ok(validator) = self.validator() else { return Vec::new() };
        let mut found: Vec<SchemaViolation> = Vec::new();
        for error in validator.iter_errors(value) {
            explain(&error, &mut found);
        }
        let mut unique: Vec<SchemaViolation> = Vec::new();
        for violation in found {
            let same = |other: &SchemaViolation| {
                other.keyword == violation.keyword && other.pointer == violation.pointer && other.name == violation.name
            };
            match unique.iter_mut().find(|other| same(other)) {
                // Of two demands the conditional one explains more.
                Some(known)
                    if violation.schema_pointer.contains("/then") && !known.schema_pointer.contains("/then") =>
                {
                    *known = violation;
                }
                Some(_) => {}
                None => unique.push(violation),
            }
        }
        unique
    }

    /// The schema of a top-level or nested property, by the value's JSON pointer.
    #[must_use]
    pub fn property(&self, pointer: &str) -> Option<&Value> {
        let mut schema = &self.source;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            schema = match schema.get("properties").and_then(|properties| properties.get(&step)) {
                Some(property) => property,
                None => schema.get("items").or_else(|| schema.get("additionalProperties"))?,
            };
        }
        Some(schema)
    }

    /// What the schema says of a field: help and level.
    #[must_use]
    pub fn advice(&self, pointer: &str) -> (Option<String>, Option<Severity>) {
        let Some(property) = self.property(pointer) else { return (None, None) };
        let text = property.get("description").and_then(Value::as_str).map(str::to_owned);
        let level = property.get("severity").and_then(Value::as_str).and_then(|level| level.parse().ok());
        (text, level)
    }

    /// The subschema of a condition's branch that a violation comes from: what it says of the field goes before what the
    /// property says.
    #[must_use]
    pub fn branch(&self, schema_pointer: &str, name: Option<&str>) -> Option<&Value> {
        if !schema_pointer.contains("/then") && !schema_pointer.contains("/else") {
            return None;
        }
        let (parent, _) = schema_pointer.rsplit_once('/')?;
        let holder = self.source.pointer(parent)?;
        match name {
            Some(name) => holder.get("properties")?.get(name),
            None => Some(holder),
        }
    }

    /// The condition (`name: value`) that makes a violation's branch apply, from the `if` beside a `then`.
    #[must_use]
    pub fn because(&self, schema_pointer: &str) -> Option<(String, Value)> {
        let at = schema_pointer.find("/then")?;
        let holder = self.source.pointer(&schema_pointer[..at])?;
        let properties = holder.get("if")?.get("properties")?.as_object()?;
        let (name, test) = properties.iter().next()?;
        let value = test.get("const").or_else(|| test.get("enum")).cloned().unwrap_or(Value::Null);
        Some((name.clone(), value))
    }
}

/// The draft to compile a schema by. Kinds write JSON Schema 2020-12; but before it compiles a schema, the crate builds a
/// validator of the draft's own schema, and that of 2020-12 costs ten times as much as checking a document. A schema
/// without any keyword that draft 7 lacks or reads otherwise means the same in both, and is compiled by the cheaper one.
fn draft_for(schema: &Value) -> Draft {
    const DIFFERENT: &[&str] = &[
        "$schema",
        "$ref",
        "$dynamicRef",
        "$anchor",
        "$dynamicAnchor",
        "$id",
        "$defs",
        "prefixItems",
        "items",
        "additionalItems",
        "contains",
        "minContains",
        "maxContains",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
    ];
    fn plain(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.iter().all(|(name, value)| {
                // `items` with one schema is the same in both.
                let same = !DIFFERENT.contains(&name.as_str()) || name == "items" && value.is_object();
                same && plain(value)
            }),
            Value::Array(items) => items.iter().all(plain),
            _ => true,
        }
    }
    if plain(schema) { Draft::Draft7 } else { Draft::Draft202012 }
}

fn collect_times(schema: &Value, pointer: &str, times: &mut Vec<(String, Demand)>) {
    if let Some(demand) = schema.get("format").and_then(Value::as_str).and_then(Demand::of_format) {
        times.push((pointer.to_owned(), demand));
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            let step = name.replace('~', "~0").replace('/', "~1");
            collect_times(property, &format!("{pointer}/{step}"), times);
        }
    }
    if let Some(items) = schema.get("items") {
        collect_times(items, &format!("{pointer}/*"), times);
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for branch in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            collect_times(branch, pointer, times);
        }
    }
}

fn explain(error: &ValidationError<'_>, found: &mut Vec<SchemaViolation>) {
    let pointer = error.instance_path().to_string();
    let schema_pointer = error.evaluation_path().to_string();
    let violation = |keyword: &str, expected: String| SchemaViolation {
        keyword: keyword.to_owned(),
        pointer: pointer.clone(),
        name: None,
        expected,
        allowed: Vec::new(),
        schema_pointer: schema_pointer.clone(),
    };
    let keyword = error.kind().keyword().to_owned();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(context, &violation(&keyword, String::new()), found);
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                found.push(SchemaViolation {
                    name: Some(name.clone()),
                    ..violation("additionalProperties", String::new())
                });
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default().to_owned();
            found.push(SchemaViolation { name: Some(name), ..violation("required", String::new()) });
        }
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default().to_owned();
            found.push(SchemaViolation { name: Some(name), ..violation("propertyNames", String::new()) });
        }
        ValidationErrorKind::Enum { options } => {
            let allowed: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
            let expected = one_of(&allowed);
            found.push(SchemaViolation { allowed, ..violation("enum", expected) });
        }
        ValidationErrorKind::Constant { expected_value } => {
            let allowed = vec![plain(expected_value)];
            let expected = one_of(&allowed);
            found.push(SchemaViolation { allowed, ..violation("const", expected) });
        }
        ValidationErrorKind::Type { kind } => found.push(violation("type", types(kind))),
        ValidationErrorKind::Pattern { pattern } => {
            found.push(violation("pattern", format!("text of the form `{pattern}`")));
        }
        ValidationErrorKind::Minimum { limit } => found.push(violation("minimum", format!("{limit} or more"))),
        ValidationErrorKind::Maximum { limit } => found.push(violation("maximum", format!("{limit} or less"))),
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            found.push(violation("minimum", format!("more than {limit}")));
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => {
            found.push(violation("maximum", format!("less than {limit}")));
        }
        ValidationErrorKind::MinLength { limit } => {
            found.push(violation(
                "minLength",
                format!("at least {limit} {}", if *limit == 1 { "character" } else { "characters" }),
            ));
        }
        ValidationErrorKind::MaxLength { limit } => {
            found.push(violation(
                "maxLength",
                format!("at most {limit} {}", if *limit == 1 { "character" } else { "characters" }),
            ));
        }
        ValidationErrorKind::MinItems { limit } => {
            found.push(violation(
                "minItems",
                format!("at least {limit} {}", if *limit == 1 { "item" } else { "items" }),
            ));
        }
        ValidationErrorKind::MaxItems { limit } => {
            found
                .push(violation("maxItems", format!("at most {limit} {}", if *limit == 1 { "item" } else { "items" })));
        }
        _ => found.push(violation(&keyword, error.to_string())),
    }
}

/// Of several alternatives none fits: the one that comes nearest speaks, for all.
fn alternatives(context: &[Vec<ValidationError<'static>>], whole: &SchemaViolation, found: &mut Vec<SchemaViolation>) {
    let branches: Vec<Vec<SchemaViolation>> = context
        .iter()
        .map(|errors| {
            let mut inner = Vec::new();
            for error in errors {
                explain(error, &mut inner);
            }
            inner
        })
        .collect();
    let distance = |branch: &[SchemaViolation]| {
        let type_differs = branch.iter().any(|v| v.keyword == "type" && v.pointer == whole.pointer);
        (usize::from(type_differs), branch.len())
    };
    let Some(best) = branches.iter().filter(|branch| !branch.is_empty()).min_by_key(|branch| distance(branch)) else {
        found.push(whole.clone());
        return;
    };
    let same_place = |v: &&SchemaViolation| v.pointer == whole.pointer && v.name.is_none();
    let mut expected: Vec<String> = Vec::new();
    let mut allowed: Vec<String> = Vec::new();
    for violation in branches.iter().flatten().filter(same_place) {
        if !violation.expected.is_empty() && !expected.contains(&violation.expected) {
            expected.push(violation.expected.clone());
        }
        allowed.extend(violation.allowed.iter().cloned());
    }
    for violation in best {
        let mut violation = violation.clone();
        if same_place(&&violation) {
            violation.expected = expected.join(", or ");
            violation.allowed.clone_from(&allowed);
        }
        violation.schema_pointer.clone_from(&whole.schema_pointer);
        found.push(violation);
    }
}

fn types(kind: &TypeKind) -> String {
    let word = |name: &str| match name {
        "string" => "text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "a mapping".to_owned(),
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    };
    match kind {
        TypeKind::Single(single) => word(&single.to_string()),
        TypeKind::Multiple(set) => set.iter().map(|single| word(&single.to_string())).collect::<Vec<_>>().join(" or "),
    }
}

/// A JSON value as a person would write it.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Words for a closed list.
#[must_use]
pub fn one_of(allowed: &[String]) -> String {
    match allowed {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [head @ .., last] => {
            let head: Vec<String> = head.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", head.join(", "))
        }
    }
}

/// The text of a keyword that worklint adds to the standard's (`expects`).
#[must_use]
pub fn own_text(property: Option<&Value>, keyword: &str) -> Option<String> {
    property?.get(keyword)?.as_str().map(str::to_owned)
}
