//! The files of packs: embedded ones and a user's, what is in them, and what is wrong with them, at its place.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::diagnostic::{Diagnostic, Severity};
use crate::pack::compile::{Problem, Problems};
use crate::pack::lineage::Files;
use crate::pack::{PackSource, format, load, validate};
use crate::text::{Span, Text};

/// Where a file of a pack comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Embedded { json: &'static str, yaml: &'static str },
    File { path: Arc<str>, text: Arc<Text> },
}

impl Source {
    /// The file's value. Mistakes are diagnostics at their place in the YAML.
    pub(super) fn parse<T: DeserializeOwned>(&self, mistakes: &mut Vec<Diagnostic>) -> Option<T> {
        if let Source::Embedded { json, .. } = self
            && let Ok(value) = serde_json::from_str(json)
        {
            return Some(value);
        }
        let text = self.text();
        match load::from_yaml::<T>(&text) {
            Ok(value) => Some(value),
            Err(found) => {
                for mistake in found {
                    mistakes.push(self.mistake(mistake.span, mistake.message, mistake.help));
                }
                None
            }
        }
    }

    pub(super) fn text(&self) -> Arc<Text> {
        match self {
            Source::Embedded { yaml, .. } => Arc::new(Text::new(*yaml)),
            Source::File { text, .. } => text.clone(),
        }
    }

    pub(super) fn report(&self, problems: Problems, mistakes: &mut Vec<Diagnostic>) {
        if problems.found.is_empty() {
            return;
        }
        let text = self.text();
        let root = crate::parse::yaml::parse(&text, Span::new(text.start(), text.len())).root;
        for Problem { pointer, message, help, at_key } in problems.found {
            let span = root
                .as_ref()
                .map_or(Span::point(0), |root| if at_key { key_at(root, &pointer) } else { nearest(root, &pointer) });
            mistakes.push(self.mistake(span, message, help));
        }
    }

    pub(super) fn mistake(&self, span: Span, message: String, help: String) -> Diagnostic {
        let text = self.text();
        let path = match self {
            Source::File { path, .. } => path.clone(),
            Source::Embedded { .. } => "rules".into(),
        };
        Diagnostic {
            rule: "invalid-pack".into(),
            severity: Severity::Error,
            message,
            why: String::new(),
            help,
            path,
            kind: None,
            span,
            start: text.position(span.start),
            end: text.position(span.end),
            related: Vec::new(),
            fingerprint: String::new(),
        }
    }

    /// The file's YAML, as far as it can be read.
    pub(super) fn root(&self) -> Option<crate::document::Node> {
        let text = self.text();
        crate::parse::yaml::parse(&text, Span::new(text.start(), text.len())).root
    }

    /// The place of a pointer in the file, or of what is nearest above it.
    pub(super) fn place(&self, pointer: &str) -> Span {
        let text = self.text();
        let root = crate::parse::yaml::parse(&text, Span::new(text.start(), text.len())).root;
        root.as_ref().map_or(Span::point(0), |root| nearest(root, pointer))
    }
}

/// Takes in a user's pack: its name and files, unless the name is taken or there is none.
pub(super) fn adopt(
    pack: &PackSource,
    known: &Files,
    own: &[String],
    mistakes: &mut Vec<Diagnostic>,
) -> Option<(String, Vec<(String, Source)>)> {
    let folder = pack.folder.trim_end_matches('/');
    let list: Vec<(String, Source)> = pack
        .files
        .iter()
        .map(|(path, text)| {
            let full = format!("{folder}/{path}");
            (path.clone(), Source::File { path: full.into(), text: Arc::new(text.clone()) })
        })
        .collect();
    let Some((_, head)) = list.iter().find(|(path, _)| path == "pack.yaml") else {
        let path = format!("{folder}/pack.yaml").into();
        let source = Source::File { path, text: Arc::new(Text::new("")) };
        let message = format!("the pack `{folder}` has no `pack.yaml`");
        let help = "write one with `name:` and `summary:`, or begin with `worklint pack new`".to_owned();
        mistakes.push(source.mistake(Span::point(0), message, help));
        return None;
    };
    let format: format::Pack = head.parse(mistakes)?;
    let name = format.name.clone();
    let fault = if own.contains(&name) {
        let other = known.get(&name).and_then(|files| files.iter().find(|(path, _)| path == "pack.yaml"));
        let other = match other {
            Some((_, Source::File { path, .. })) => format!("; the other is `{path}`"),
            _ => String::new(),
        };
        Some((format!("there are two packs `{name}`{other}"), "give one of them another name".to_owned()))
    } else if let Some(words) = validate::name_of(&format) {
        Some((words, String::new()))
    } else {
        let taken = known.get(&name).map_or(&[][..], Vec::as_slice);
        let data = |path: &str| path.starts_with("kinds/") || path.starts_with("rules/");
        let mut lacking = taken.iter().map(|(path, _)| path).filter(|path| data(path));
        let lacks = lacking.find(|path| !list.iter().any(|(own, _)| own == *path));
        lacks.map(|path| {
            let help = format!(
                "give it another name, and write `extends: {name}/KIND` to change a kind; only a pack that has all of \
                 the other's files takes its place, and this one has no `{path}`"
            );
            (format!("`{name}` is the name of a built-in pack"), help)
        })
    };
    match fault {
        Some((message, help)) => {
            mistakes.push(head.mistake(head.place("/name"), message, help));
            None
        }
        None => Some((name, list)),
    }
}

/// The place of the key that a pointer ends with, or of what is nearest.
pub(super) fn key_at(root: &crate::document::Node, pointer: &str) -> Span {
    let key = pointer.rsplit_once('/').and_then(|(parent, step)| {
        let name = step.replace("~1", "/").replace("~0", "~");
        root.pointer(parent)?.entry(&name).map(|(key, _)| key.span)
    });
    key.unwrap_or_else(|| nearest(root, pointer))
}

/// The place that a pointer names, or the nearest node above it.
fn nearest(root: &crate::document::Node, pointer: &str) -> Span {
    let mut pointer = pointer;
    loop {
        if let Some(node) = root.pointer(pointer) {
            return node.span;
        }
        match pointer.rsplit_once('/') {
            Some((shorter, _)) => pointer = shorter,
            None => return Span::point(0),
        }
    }
}
