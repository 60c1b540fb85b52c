//! The packs inside the binary: each file's path below `rules/`, its value as JSON, and its YAML source.

use crate::pack::example::Example;

/// Path, JSON (empty when the YAML does not parse), YAML.
pub static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// Examples of built-in rules, made from their fixtures: pack, rule, and the texts of an [`Example`] in its order.
static EXAMPLES: &[(&str, &str, [&str; 5])] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The example of a built-in rule.
#[must_use]
pub fn example(pack: &str, rule: &str) -> Option<Example> {
    let (_, _, texts) = EXAMPLES.iter().find(|(of, name, _)| *of == pack && *name == rule)?;
    let [path, bad, output, good_path, good] = texts.map(str::to_owned);
    Some(Example { path, bad, output, good_path, good })
}
