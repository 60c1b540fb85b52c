//! What is known of all documents of a kind under one root: a value of each, from its path or, where it was read, from its
//! content. Built once for a root, so that thousands of documents can ask.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, PoisonError};

use crate::document::Document;
use crate::pack::Kind;
use crate::pack::condition::{Selector, Target};
use crate::select::{Scope, normal};
use crate::workspace::Workspace;

/// The values of all documents of a kind under one root, and which of them have the same.
#[derive(Debug, Default)]
pub struct Known {
    /// Value and path, in the order of the paths.
    pub list: Vec<(String, String)>,
    by_value: HashMap<String, Vec<usize>>,
    compared: OnceLock<Arc<HashSet<String>>>,
}

impl Known {
    /// The paths of the documents with this value, whatever its case, in order.
    pub fn with(&self, value: &str) -> impl Iterator<Item = &str> {
        self.by_value.get(&key(value)).into_iter().flatten().map(|at| self.list[*at].1.as_str())
    }

    /// Whether a document has this value, whatever its case.
    #[must_use]
    pub fn contains(&self, value: &str) -> bool {
        self.by_value.contains_key(&key(value))
    }

    fn of(mut list: Vec<(String, String)>) -> Self {
        list.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        list.dedup();
        let mut by_value: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (value, _)) in list.iter().enumerate() {
            by_value.entry(key(value)).or_default().push(at);
        }
        Self { list, by_value, compared: OnceLock::new() }
    }

    /// The values as conditions compare them.
    #[must_use]
    pub fn as_compared(&self) -> Arc<HashSet<String>> {
        self.compared.get_or_init(|| Arc::new(self.list.iter().map(|(value, _)| normal(value)).collect())).clone()
    }
}

fn key(value: &str) -> String {
    value.trim().trim_matches('`').trim().to_lowercase()
}

/// The number that a value begins with, without leading zeros.
#[must_use]
pub fn leading_number(value: &str) -> Option<String> {
    let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
    let bare = digits.trim_start_matches('0');
    (!digits.is_empty()).then(|| if bare.is_empty() { "0".to_owned() } else { bare.to_owned() })
}

/// Root, kind, selector, and whether only the leading number counts.
type Key = (String, String, String, bool);

/// The tables that were asked for.
pub(super) type Tables = HashMap<Key, Arc<Known>>;

impl Workspace {
    /// The values that a hole of the path has in all documents of a kind (`pack/kind`) under a document's root, those that
    /// were only listed included.
    #[must_use]
    pub fn known(&self, document: &Document, kind: &str, hole: &str) -> Arc<Known> {
        self.known_holes(document, kind, hole, false)
    }

    /// The values that a selector has in all documents of a kind under a document's root; of `path HOLE` also in those that
    /// were only listed. With `number`, only the number that a value begins with counts.
    #[must_use]
    pub fn known_values(&self, document: &Document, kind: &str, selector: &Selector, number: bool) -> Arc<Known> {
        if let (None, Target::Path(Some(hole))) = (&selector.member, &selector.target) {
            return self.known_holes(document, kind, hole, number);
        }
        self.table(document, kind, (&selector.source, number), |_, other, _| {
            let value = Scope::alone(other?).select(selector).into_iter().next()?;
            (!value.empty).then_some(value.text)
        })
    }

    fn known_holes(&self, document: &Document, kind: &str, hole: &str, number: bool) -> Arc<Known> {
        self.table(document, kind, (&format!("path {hole}"), number), |path, other, kind| match other {
            Some(other) => caught(other, hole),
            None if kind.excludes(path) => None,
            None => {
                let found = kind.marks.paths.iter().find_map(|shape| shape.matches(path))?;
                let own = found.root == *document.root;
                found.get(hole).filter(|_| own).map(str::to_owned)
            }
        })
    }

    fn table(
        &self,
        document: &Document,
        kind: &str,
        (what, number): (&str, bool),
        value: impl Fn(&str, Option<&Document>, &Kind) -> Option<String>,
    ) -> Arc<Known> {
        let Some(kind) = self.kinds.iter().find(|known| *known.name == *kind) else { return Arc::default() };
        let key = (document.root.to_string(), kind.name.to_string(), what.to_owned(), number);
        // Held while the table is built, so that it is built once; a panic meanwhile leaves nothing half done in it.
        let mut tables = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables.get(&key) {
            return table.clone();
        }
        let mut list = Vec::new();
        for path in self.files_under(&document.root) {
            let read = self.document(path);
            // What was read is the kind that it was recognised as, whatever its path.
            let other_kind = read.is_some_and(|read| {
                read.root != document.root
                    || read.kind.as_ref().is_none_or(|known| !known.is(&kind.name) && !kind.is(&known.name))
            });
            if other_kind {
                continue;
            }
            let found = value(path, read, kind);
            let found = if number { found.and_then(|value| leading_number(&value)) } else { found };
            list.extend(found.map(|value| (value, path.to_owned())));
        }
        let table = Arc::new(Known::of(list));
        tables.insert(key, table.clone());
        table
    }

    /// A hole of the path of a document of a kind, whether it was read or only listed.
    #[must_use]
    pub fn hole_of(&self, path: &str, kind: &Kind, hole: &str) -> Option<String> {
        match self.document(path) {
            Some(document) => caught(document, hole),
            None => kind.marks.paths.iter().find_map(|shape| shape.matches(path))?.get(hole).map(str::to_owned),
        }
    }

    /// Whether the findings of the document of a path are reported.
    #[must_use]
    pub fn reports(&self, path: &str) -> bool {
        self.document(path).and_then(|document| self.index_of(document)).is_some_and(|at| self.is_reported(at))
    }
}

fn caught(document: &Document, hole: &str) -> Option<String> {
    document.path_captures.iter().find(|capture| capture.name == hole).map(|capture| capture.text.clone())
}

/// The folders that hold all documents of a document's kind, where it has values that are unique and stand in the path: the
/// root with the folders that every path of the kind begins with.
pub(super) fn folders_to_list(document: &Document) -> Vec<String> {
    let Some(kind) = document.kind.as_deref() else { return Vec::new() };
    let in_path = |selector: &Selector| selector.member.is_none() && matches!(selector.target, Target::Path(Some(_)));
    let body = kind.body();
    let asked = body.unique.iter().any(|unique| in_path(&unique.value)) || body.claims.iter().any(|it| it.asks_known);
    if !asked || document.path_captures.is_empty() {
        return Vec::new();
    }
    let first = |source: &str| {
        let (folders, _) = source.rsplit_once('/').unwrap_or(("", source));
        let literal = folders.split('/').take_while(|folder| !folder.is_empty() && !folder.contains(['{', '*']));
        literal.map(|folder| format!("{folder}/")).collect::<String>()
    };
    kind.marks.paths.iter().map(|shape| format!("{}{}", document.root, first(shape.source()))).collect()
}
