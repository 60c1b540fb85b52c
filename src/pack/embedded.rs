//! The packs inside the binary: each file's path below `rules/`, its value as JSON, and its YAML source.

/// Path, JSON (empty when the YAML does not parse), YAML.
pub static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Examples of built-in rules, made from their fixtures: pack, rule, what a bad document gives, a good document.
pub static EXAMPLES: &[(&str, &str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));
