//! What may stand in `worklint.toml`, as types. Only the schema for editors is made of them; the file is read by
//! `config::parse`, which keeps the places.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use crate::diagnostic::Severity;

/// The settings of worklint. Paths and globs are relative to the folder of this file.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// Globs of what is not checked: `["vendor/**"]`.
    #[schemars(default)]
    pub exclude: Vec<String>,
    /// Globs of what is checked; everything, if there are none.
    #[schemars(default)]
    pub include: Vec<String>,
    /// Folders of packs of your own: `["./rules/my-pack"]`.
    #[schemars(default)]
    pub packs: Vec<String>,
    /// From which level on a run fails.
    #[schemars(default)]
    pub fail_on: FailOn,
    /// The levels of rules: a rule's name or, for a whole pack, `"pack/*"`.
    #[schemars(default)]
    pub rules: BTreeMap<String, Severity>,
    /// The kind of documents that are not recognised by themselves: a glob, and the kind as `pack/kind`.
    #[schemars(default)]
    pub kinds: BTreeMap<String, String>,
}

/// From which level on a run fails.
#[derive(Clone, Copy, Debug, Default, JsonSchema, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// On errors.
    #[default]
    Error,
    /// On warnings and errors.
    Warning,
    /// On any finding.
    Info,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_that_are_read() {
        let schema = schemars::schema_for!(File).to_value();
        let mut keys: Vec<&str> =
            schema["properties"].as_object().expect("properties").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, super::super::KEYS);
        let words: Vec<String> =
            serde_json::from_value(serde_json::json!(["error", "warning", "info", "never"])).expect("a list of words");
        assert_eq!(words, super::super::FAIL_LEVELS);
    }
}
