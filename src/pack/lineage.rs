//! Kinds that extend others: where the other one is found, in whatever pack, and the kind that both make.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::pack::compile::Problems;
use crate::pack::extend::{Merged, extend};
use crate::pack::source::{Source, key_at};
use crate::pack::{format, load};
use crate::text::Span;

/// The files of all packs, by the pack's name: path below its folder, and source.
pub(super) type Files = BTreeMap<String, Vec<(String, Source)>>;

/// More kinds than this do not extend one another in a row.
const LONGEST: usize = 16;

/// A kind as its file, or its file and the one that it extends, say it.
pub(super) struct Told {
    /// What it says.
    pub(super) format: format::Kind,
    /// The kinds that it extends, nearest first, as `pack/kind`.
    pub(super) lineage: Vec<Arc<str>>,
    pub(super) merged: Option<Merged>,
}

impl Told {
    /// Reads a kind's file. `None` when it has mistakes, which are then told.
    pub(super) fn read(files: &Files, pack: &str, source: &Source, mistakes: &mut Vec<Diagnostic>) -> Option<Told> {
        if !source.extends() {
            let format = source.parse::<format::Kind>(mistakes)?;
            return Some(Told { format, lineage: Vec::new(), merged: None });
        }
        let own = source.parse::<Value>(mistakes)?;
        if own.get("kind").and_then(Value::as_str).is_none() {
            let help = "add `kind: …`, the file's name without its ending".to_owned();
            mistakes.push(source.mistake(Span::point(0), "the key `kind` is missing".to_owned(), help));
            return None;
        }
        let mut lineage = Vec::new();
        let (base, not) = match resolve(files, pack, &own, &mut lineage) {
            Ok(found) => found,
            Err((message, help)) => {
                mistakes.push(source.mistake(source.place("/extends"), message, help));
                return None;
            }
        };
        let mut merged = extend(&base, &own, &not);
        for (pointer, message, help) in std::mem::take(&mut merged.mistakes) {
            // What a list loses is a value, everything else a key.
            let span = match source.root() {
                Some(root) if !pointer.ends_with("/remove") && !pointer.contains("/remove/") => key_at(&root, &pointer),
                _ => source.place(&pointer),
            };
            mistakes.push(source.mistake(span, message, help));
        }
        let text = source.text();
        match load::from_value(&text, merged.value.take(), |pointer| merged.place(pointer)) {
            Ok(format) => Some(Told { format, lineage, merged: Some(merged) }),
            Err(mistake) => {
                mistakes.push(source.mistake(mistake.span, mistake.message, mistake.help));
                None
            }
        }
    }

    /// Tells what the compiler found, at its place in the kind's own file.
    pub(super) fn report(&self, source: &Source, problems: Problems, mistakes: &mut Vec<Diagnostic>) {
        let Some(merged) = &self.merged else { return source.report(problems, mistakes) };
        for problem in problems.found {
            let own = merged.place(&problem.pointer).unwrap_or_else(|| "/extends".to_owned());
            let span = match source.root() {
                Some(root) if problem.at_key => key_at(&root, &own),
                _ => source.place(&own),
            };
            mistakes.push(source.mistake(span, problem.message, problem.help));
        }
    }
}

/// The value of the kind that `own` extends, and the paths that are never documents of its pack. Errors are a message and
/// what to do.
fn resolve(
    files: &Files,
    pack: &str,
    own: &Value,
    lineage: &mut Vec<Arc<str>>,
) -> Result<(Value, Vec<String>), (String, String)> {
    let Some(name) = own.get("extends").and_then(Value::as_str) else {
        return Err(("`extends` names one kind".to_owned(), "write it as `PACK/KIND`".to_owned()));
    };
    let full = if name.contains('/') { name.to_owned() } else { format!("{pack}/{name}") };
    if lineage.iter().any(|known| **known == *full) || lineage.len() >= LONGEST {
        let through: Vec<String> =
            lineage.iter().skip_while(|known| ***known != *full).skip(1).map(|kind| format!("`{kind}`")).collect();
        let help = match name.contains('/') {
            false if through.is_empty() => "a kind of another pack is named with it: `extends: PACK/KIND`",
            _ => "name a kind that stands by itself",
        };
        let through = if through.is_empty() { String::new() } else { format!(" through {}", through.join(" and ")) };
        return Err((format!("`{full}` extends itself{through}"), help.to_owned()));
    }
    lineage.push(full.as_str().into());
    let (base_pack, kind) = full.split_once('/').unwrap_or((pack, &full));
    let own_files = files.get(base_pack).map_or(&[][..], Vec::as_slice);
    let file = format!("kinds/{kind}.yaml");
    let Some((_, source)) = own_files.iter().find(|(path, _)| *path == file) else {
        let names = files.iter().flat_map(|(pack, files)| {
            let kinds = files.iter().filter_map(|(path, _)| path.strip_prefix("kinds/")?.strip_suffix(".yaml"));
            kinds.map(move |kind| format!("{pack}/{kind}"))
        });
        let names: Vec<String> = names.collect();
        // A kind of that name in another pack is nearer than any other.
        let same = names.iter().find(|known| known.rsplit('/').next() == Some(kind));
        let near = same.or_else(|| names.iter().min_by_key(|known| strsim::osa_distance(known, &full)));
        let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`? `worklint kinds` lists them"));
        return Err((format!("there is no kind `{full}`"), help));
    };
    let broken = || (format!("`{full}` cannot be read"), "correct its file first".to_owned());
    let value = source.parse::<Value>(&mut Vec::new()).ok_or_else(broken)?;
    let head = own_files.iter().find(|(path, _)| path == "pack.yaml").and_then(|(_, source)| {
        let value = source.parse::<Value>(&mut Vec::new())?;
        let not = value.get("not")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Some(not)
    });
    let not: Vec<String> = head.unwrap_or_default();
    if value.get("extends").is_none() {
        return Ok((value, not));
    }
    let (base, further) = resolve(files, base_pack, &value, lineage)?;
    Ok((extend(&base, &value, &further).value, not))
}

impl Source {
    /// Whether the file is a kind that extends another.
    fn extends(&self) -> bool {
        match self {
            Source::Embedded { json, .. } => json.contains("\"extends\":") && self.key("extends"),
            Source::File { .. } => self.key("extends"),
        }
    }

    fn key(&self, name: &str) -> bool {
        self.parse::<Value>(&mut Vec::new()).is_some_and(|value| value.get(name).is_some())
    }
}
