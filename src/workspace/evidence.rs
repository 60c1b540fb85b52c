//! Files that documents say exist: where they may lie, whether one does, and what else bears its name. Whether a path exists
//! is answered once, before the checks run.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::document::Document;
use crate::read::mentions::{Mention, evidence, named_documents};
use crate::workspace::{Workspace, folder_of, is_outside, join_path};

/// What became of a path that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// It exists, or lies where nobody looked.
    Fine,
    /// Its first folder exists in this folder (with a slash at its end, or empty), and it does not.
    Missing(String),
}

/// How many other files may have a name for one of them to be the renamed file.
const FEW: usize = 3;

impl Workspace {
    /// The files that a document names, where its kind asks for evidence.
    #[must_use]
    pub fn evidence_of(&self, index: usize) -> &[Mention] {
        self.mentions[index].get_or_init(|| evidence(&self.documents[index]))
    }

    /// Reads the mentions of all reported documents, in parallel. Those of a document that cannot be read are asked for again
    /// where it is checked, and the panic is then a finding of that document.
    pub(super) fn read_evidence(&self) {
        (0..self.documents.len()).into_par_iter().filter(|index| self.reported[*index]).for_each(|index| {
            let _ = catch_unwind(AssertUnwindSafe(|| self.evidence_of(index).len()));
        });
    }

    /// The reported documents, each with the files that must exist.
    fn claims(&self) -> impl Iterator<Item = (&Document, impl Iterator<Item = &Mention>)> {
        self.documents.iter().zip(&self.reported).zip(&self.mentions).filter(|((_, reported), _)| **reported).map(
            |((document, _), mentions)| {
                (document, mentions.get().into_iter().flatten().filter(|mention| is_claim(mention)))
            },
        )
    }

    /// Asks for what the documents say exists; a path only where its first folder does.
    pub(super) fn ask_for_evidence(&self, answers: &mut HashMap<String, bool>, exists: impl Fn(&str) -> bool) {
        let mut ask = |path: &str| match answers.get(path) {
            Some(known) => Some(*known),
            None => {
                let yes = self.document(path).is_some() || exists(path);
                answers.insert(path.to_owned(), yes);
                Some(yes)
            }
        };
        for (document, mentions) in self.claims() {
            for mention in mentions {
                trace(document, &mention.path, &mut ask);
            }
            for (name, _) in named_documents(document) {
                if name.contains('/') {
                    trace(document, name.trim_start_matches('/'), &mut ask);
                } else {
                    beside(document, &name).iter().for_each(|path| {
                        ask(path);
                    });
                }
            }
        }
    }

    /// What became of a path that a document names.
    #[must_use]
    pub fn trace(&self, document: &Document, path: &str) -> Trace {
        trace(document, path, &mut |path| self.exists(path))
    }

    /// Whether a document that another one names without a folder lies beside it or at its root; `None` when nobody was
    /// asked.
    #[must_use]
    pub fn lies_beside(&self, document: &Document, name: &str) -> Option<bool> {
        let mut unknown = false;
        for path in beside(document, name) {
            match self.exists(&path) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(false)
    }

    /// The folders in which files that reported documents say exist seem to be missing.
    pub(super) fn bases_of_missing(&self) -> impl Iterator<Item = String> {
        self.claims().flat_map(move |(document, mentions)| {
            mentions.filter_map(move |mention| match self.trace(document, &mention.path) {
                Trace::Missing(base) => Some(base),
                Trace::Fine => None,
            })
        })
    }

    /// Whether another file under a folder is probably the same one in a new place: it has the same base name, and is not
    /// `named` itself. A name that many files have, or that says only what part of a folder it is, must also have the same
    /// folder.
    #[must_use]
    pub fn has_moved(&self, base: &str, path: &str, named: &HashSet<&str>) -> bool {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
            let mut paths: Vec<&str> = self.files_under("").collect();
            paths.sort_unstable();
            paths.dedup();
            for path in paths {
                by_name.entry(name_of(path).to_owned()).or_default().push(path.to_owned());
            }
            by_name
        });
        let Some(same) = by_name.get(name_of(path)) else { return false };
        let is_named = |other: &str| {
            named.iter().any(|path| other.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')))
        };
        let under: Vec<&String> = same.iter().filter(|other| other.starts_with(base) && !is_named(other)).collect();
        let parent = |path: &str| name_of(folder_of(path)).to_owned();
        let stem = name_of(path).split('.').next().unwrap_or_default();
        let telling = under.len() <= FEW && !PARTS.iter().any(|part| part.eq_ignore_ascii_case(stem));
        if telling { !under.is_empty() } else { under.iter().any(|other| parent(other) == parent(path)) }
    }
}

/// Names of files that every folder may have: they say what part of the folder the file is, not what is in it.
const PARTS: &[&str] = &[
    "__init__", "__main__", "conftest", "error", "index", "init", "layout", "lib", "loading", "main", "mod", "models",
    "page", "readme", "route", "routes", "schema", "styles", "test", "tests", "types", "utils", "views",
];

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether what is mentioned must exist.
#[must_use]
pub fn is_claim(mention: &Mention) -> bool {
    mention.claimed && !mention.gone
}

/// The folders that a path may start from: the document's own and all above it, as far as they hold the document and
/// nothing else is known of them: above `../other/docs` that is `../other`, and not this repository.
fn bases(document: &Document) -> impl Iterator<Item = &str> {
    let outside = is_outside(&document.path);
    let mut next = Some(folder_of(&document.path));
    std::iter::from_fn(move || {
        let folder = next?;
        next = (!folder.is_empty()).then(|| folder_of(folder));
        (!outside || !(folder.is_empty() || folder == ".." || folder.ends_with("/.."))).then_some(folder)
    })
}

fn trace(document: &Document, path: &str, exists: &mut impl FnMut(&str) -> Option<bool>) -> Trace {
    let mut missing = None;
    for base in bases(document) {
        let Some(whole) = join_path(base, path) else { continue };
        match exists(first_folder(document, base, &whole)) {
            Some(true) => {}
            Some(false) => continue,
            None => return Trace::Fine,
        }
        match exists(&whole) {
            Some(false) => missing = Some(if base.is_empty() { String::new() } else { format!("{base}/") }),
            _ => return Trace::Fine,
        }
    }
    missing.map_or(Trace::Fine, Trace::Missing)
}

/// The first folder of a path below its base that does not hold the document itself: that one of the folders which hold the
/// documents exists says nothing about the rest of a tree.
fn first_folder<'p>(document: &Document, base: &str, whole: &'p str) -> &'p str {
    let mut end = if base.is_empty() { 0 } else { base.len() + 1 };
    while let Some(slash) = whole[end..].find('/').map(|at| at + end) {
        if !document.path.starts_with(&whole[..=slash]) {
            return &whole[..slash];
        }
        end = slash + 1;
    }
    folder_of(whole)
}

/// Where a document that is named without a folder may lie.
fn beside(document: &Document, name: &str) -> Vec<String> {
    let root = document.root.trim_end_matches('/');
    let mut found: Vec<String> =
        [folder_of(&document.path), root].iter().filter_map(|base| join_path(base, name)).collect();
    found.dedup();
    found
}
