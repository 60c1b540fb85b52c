//! All documents of a run, the work items that join them, and the answers about files that documents mention. It is built
//! from values and asks no questions of its own.

pub mod evidence;
pub mod known;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock};

use rayon::prelude::*;

use crate::classify::classify;
use crate::diagnostic::Finding;
use crate::document::{Document, Format, LinkClass};
use crate::pack::{Kind, Member, Packs, Shared, WorkItem};
use crate::parse::{format_of, parse};
use crate::read::leftovers::{Remains, search};
use crate::read::mentions::Mention;
use crate::read::{draft, read};
use crate::select::{Members, Scope};
use crate::text::{Span, Text, Unreadable};

/// A document to be read.
pub struct Source {
    /// Its path, relative to the working directory, with forward slashes.
    pub path: Arc<str>,
    /// Its text, or why there is none.
    pub content: Result<Text, Unread>,
    /// The kind that was asked for.
    pub kind: Option<String>,
    /// Whether its findings are reported, or it is only read for the others.
    pub report: bool,
}

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its bytes are no text.
    Bytes(Unreadable),
    /// It may not be opened.
    Permission,
    /// It was there and is no more.
    Vanished,
    /// It is larger than what is read; in bytes.
    TooLarge(u64),
    /// A folder, FIFO or device.
    NotAFile,
    /// What the system said.
    Other(String),
}

/// A work item: the documents that belong together.
#[derive(Debug)]
pub struct Group {
    /// The pack's number and the number of its sort of work item.
    pub sort: (usize, usize),
    /// What its members share.
    pub shared: Shared,
    /// Documents by role.
    pub members: BTreeMap<String, Vec<usize>>,
    /// What its relations found, with the document that each finding lies in, once someone asked.
    findings: OnceLock<Vec<(usize, Finding)>>,
}

impl Group {
    /// The paths that a member could have, if it is missing. A document at one of them that could not be read, or is not
    /// recognised, is another finding.
    #[must_use]
    pub fn lacks(&self, member: &Member, workspace: &Workspace) -> Option<Vec<String>> {
        if self.members.contains_key(&member.role) {
            return None;
        }
        let files: Vec<String> = member.files.iter().map(|file| self.shared.path(file)).collect();
        let there = files.iter().any(|file| workspace.document(file).is_some());
        (!there).then_some(files)
    }
}

/// All documents of a run.
pub struct Workspace {
    documents: Vec<Document>,
    reported: Vec<bool>,
    unread: Vec<bool>,
    groups: Vec<Group>,
    groups_of: Vec<Vec<usize>>,
    answers: HashMap<String, bool>,
    asked: bool,
    whole: bool,
    /// Files that relations and claims ask for, relative to the root of whoever asks.
    files: Vec<String>,
    names: Vec<String>,
    kinds: Vec<Arc<Kind>>,
    known: Mutex<known::Tables>,
    by_name: OnceLock<HashMap<String, Vec<String>>>,
    /// The files that each document names, once someone asked.
    mentions: Vec<OnceLock<Vec<Mention>>>,
}

impl Workspace {
    /// Parses, classifies and reads all sources, in parallel; then joins them to work items.
    #[must_use]
    pub fn build(packs: &Packs, mut sources: Vec<Source>) -> Workspace {
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        sources.dedup_by(|a, b| a.path == b.path);
        let reported: Vec<bool> = sources.iter().map(|source| source.report).collect();
        let unread: Vec<bool> = sources.iter().map(|source| source.content.is_err()).collect();
        let documents: Vec<Document> = sources.into_par_iter().map(|source| document_of(packs, source)).collect();
        let mut workspace = Workspace {
            groups_of: vec![Vec::new(); documents.len()],
            mentions: documents.iter().map(|_| OnceLock::new()).collect(),
            documents,
            reported,
            unread,
            groups: Vec::new(),
            answers: HashMap::new(),
            asked: false,
            whole: false,
            files: Vec::new(),
            names: Vec::new(),
            kinds: packs.all_kinds().cloned().collect(),
            known: Mutex::default(),
            by_name: OnceLock::new(),
        };
        workspace.join(packs);
        workspace.files = workspace.files_asked_for(packs);
        let remains: Vec<Option<Remains>> = (0..workspace.documents.len())
            .into_par_iter()
            .map(|index| {
                let document = &workspace.documents[index];
                let kind = document.kind.clone()?;
                let members = MembersOf { workspace: &workspace, index };
                catch_unwind(AssertUnwindSafe(|| search(&Scope::of(document, &members), &kind))).ok()
            })
            .collect();
        for (document, remains) in workspace.documents.iter_mut().zip(remains) {
            if let Some(remains) = remains {
                document.leftovers = remains.leftovers;
                document.unfilled = remains.unfilled;
            }
        }
        workspace.read_evidence();
        workspace
    }

    fn join(&mut self, packs: &Packs) {
        let mut by_key: HashMap<(usize, usize, Shared), usize> = HashMap::new();
        for index in 0..self.documents.len() {
            let Some(kind) = self.documents[index].kind.clone() else { continue };
            for (pack_number, pack) in packs.packs().iter().enumerate() {
                for (number, item) in pack.work_items.iter().enumerate() {
                    let path = &self.documents[index].path;
                    let Some((shared, member)) = item.locate_as(path, |member| kind.is(&member.kind)) else { continue };
                    let key = (pack_number, number, shared.clone());
                    let group = *by_key.entry(key).or_insert_with(|| {
                        let (sort, findings) = ((pack_number, number), OnceLock::new());
                        self.groups.push(Group { sort, shared, members: BTreeMap::new(), findings });
                        self.groups.len() - 1
                    });
                    self.groups[group].members.entry(member.role.clone()).or_default().push(index);
                    self.groups_of[index].push(group);
                }
            }
        }
    }

    /// All documents, sorted by path.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Whether a document's findings are reported.
    #[must_use]
    pub fn is_reported(&self, index: usize) -> bool {
        self.reported[index]
    }

    /// Whether a document could not be read.
    #[must_use]
    pub fn is_unread(&self, index: usize) -> bool {
        self.unread[index]
    }

    /// The place of a document among all.
    #[must_use]
    pub fn index_of(&self, document: &Document) -> Option<usize> {
        self.documents.binary_search_by(|other| other.path.cmp(&document.path)).ok()
    }

    /// The document of a path.
    #[must_use]
    pub fn document(&self, path: &str) -> Option<&Document> {
        let at = self.documents.binary_search_by(|other| (*other.path).cmp(path)).ok()?;
        Some(&self.documents[at])
    }

    /// The work items of a document, with their sort.
    pub fn work_items<'a>(
        &'a self,
        packs: &'a Packs,
        index: usize,
    ) -> impl Iterator<Item = (&'a WorkItem, &'a Group)> + 'a {
        self.groups_of[index].iter().map(move |group| {
            let group = &self.groups[*group];
            (&packs.packs()[group.sort.0].work_items[group.sort.1], group)
        })
    }

    /// All work items.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The work items of a document, by number.
    #[must_use]
    pub fn groups_of(&self, index: usize) -> &[usize] {
        &self.groups_of[index]
    }

    /// What the relations of a work item find, with the document that each finding lies in; `find` is asked once.
    pub fn findings_of(&self, group: usize, find: impl FnOnce() -> Vec<(usize, Finding)>) -> &[(usize, Finding)] {
        self.groups[group].findings.get_or_init(find)
    }

    /// What conditions of a work item see: its members, and for other roles those of the other work items that its documents
    /// belong to.
    #[must_use]
    pub fn members_of_group<'a>(&'a self, group: usize, item: &'a WorkItem) -> MembersOfGroup<'a> {
        MembersOfGroup { workspace: self, group: &self.groups[group], item }
    }

    /// The documents that play a role in some work items, each once, in order.
    fn of_role(&self, groups: &[usize], role: &str) -> Vec<&Document> {
        let members = groups.iter().filter_map(|group| self.groups[*group].members.get(role));
        let mut found: Vec<usize> = members.flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|index| &self.documents[index]).collect()
    }

    /// What conditions of a document see of the others.
    #[must_use]
    pub fn members(&self, index: usize) -> MembersOf<'_> {
        MembersOf { workspace: self, index }
    }

    /// The paths that documents mention, relative to the working directory, so that someone can say whether they exist.
    #[must_use]
    pub fn questions(&self) -> Vec<String> {
        let mut questions: Vec<String> = self
            .documents
            .iter()
            .zip(&self.reported)
            .filter(|(document, reported)| **reported && document.kind.is_some())
            .flat_map(|(document, _)| {
                let asked = self.files.iter().map(|file| format!("{}{file}", document.root));
                document_questions(document).into_iter().chain(asked)
            })
            .collect();
        questions.sort_unstable();
        questions.dedup();
        questions
    }

    /// What the relations of the packs that have work items here, and the claims of the kinds that are here, ask for.
    fn files_asked_for(&self, packs: &Packs) -> Vec<String> {
        let mut numbers: Vec<usize> = self.groups.iter().map(|group| group.sort.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let relations = numbers.into_iter().filter_map(|number| packs.packs().get(number));
        let mut kinds: Vec<&Arc<Kind>> = self.documents.iter().filter_map(|document| document.kind.as_ref()).collect();
        kinds.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        kinds.dedup_by(|a, b| a.name == b.name);
        let claims = kinds.into_iter().flat_map(|kind| &kind.body().claims);
        let mut files: Vec<String> =
            relations.flat_map(|pack| pack.relations()).chain(claims).flat_map(|relation| relation.files()).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// Takes the answers.
    pub fn answer(&mut self, exists: impl Fn(&str) -> bool) {
        let mut answers: HashMap<String, bool> = self
            .questions()
            .into_iter()
            .map(|path| {
                let yes = exists(&path);
                (path, yes)
            })
            .collect();
        self.ask_for_evidence(&mut answers, exists);
        self.answers = answers;
        self.asked = true;
    }

    /// Says that the documents lie in a repository: what is not there, then, does not exist. A folder that was taken out of
    /// one may lack what its documents lead to.
    pub fn is_repository(&mut self, whole: bool) {
        self.whole = whole;
    }

    /// Whether what a document leads to and is not there does not exist: the document lies in the repository.
    #[must_use]
    pub fn is_whole(&self, document: &Document) -> bool {
        self.whole && !is_outside(&document.path)
    }

    /// Folders whose files someone should list, none within another: those under which a wikilink may lead to a document
    /// by its name alone, those that hold all documents of a kind whose values must be unique, and those in which a file
    /// that seems to be missing may lie elsewhere.
    #[must_use]
    pub fn roots_to_list(&self) -> Vec<String> {
        let reported = || {
            self.documents
                .iter()
                .zip(&self.reported)
                .filter(|(document, reported)| **reported && document.kind.is_some())
                .map(|(document, _)| document)
        };
        let wikilinks = reported()
            .filter(|document| {
                document.parsed.links.iter().filter(|link| link.class == LinkClass::Wiki).any(|link| {
                    let candidates = link_candidates(document, link.class, &link_file(&link.target));
                    !candidates.iter().any(|path| self.exists(path) == Some(true))
                })
            })
            .map(|document| document.root.to_string());
        let mut roots: Vec<String> =
            wikilinks.chain(reported().flat_map(known::folders_to_list)).chain(self.bases_of_missing()).collect();
        roots.sort();
        roots.dedup_by(|root, before| root.starts_with(before.as_str()));
        roots
    }

    /// Takes the paths of all files under the roots.
    pub fn know(&mut self, names: Vec<String>) {
        self.names = names;
        self.known = Mutex::default();
        self.by_name = OnceLock::new();
    }

    /// The paths of files under a root: those that were listed, else those that were read.
    pub fn files_under<'a>(&'a self, root: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let read = self.documents.iter().map(|document| &*document.path);
        self.names.iter().map(String::as_str).chain(read).filter(move |path| path.starts_with(root))
    }

    /// Whether a path exists; `None` when nobody was asked.
    #[must_use]
    pub fn exists(&self, path: &str) -> Option<bool> {
        if self.document(path).is_some() {
            return Some(true);
        }
        if !self.asked {
            return None;
        }
        self.answers.get(path).copied()
    }
}

/// The members of a document's work items.
pub struct MembersOf<'a> {
    workspace: &'a Workspace,
    index: usize,
}

impl Members for MembersOf<'_> {
    fn of_role(&self, role: &str) -> Vec<&Document> {
        self.workspace.of_role(&self.workspace.groups_of[self.index], role)
    }

    fn file_exists(&self, path: &str) -> bool {
        let root = &self.workspace.documents[self.index].root;
        self.workspace.exists(&format!("{root}{path}")).unwrap_or(false)
    }

    fn known(&self, document: &Document, hole: &str) -> Vec<String> {
        values_of(self.workspace, document, hole)
    }

    fn known_set(&self, document: &Document, hole: &str) -> Arc<HashSet<String>> {
        compared_values_of(self.workspace, document, hole)
    }
}

/// The members of a work item.
pub struct MembersOfGroup<'a> {
    workspace: &'a Workspace,
    group: &'a Group,
    item: &'a WorkItem,
}

impl Members for MembersOfGroup<'_> {
    fn of_role(&self, role: &str) -> Vec<&Document> {
        let documents = &self.workspace.documents;
        if self.item.member(role).is_some() {
            return self.group.members.get(role).into_iter().flatten().map(|index| &documents[*index]).collect();
        }
        let mut groups: Vec<usize> = self
            .group
            .members
            .values()
            .flatten()
            .flat_map(|index| &self.workspace.groups_of[*index])
            .copied()
            .collect();
        groups.sort_unstable();
        groups.dedup();
        self.workspace.of_role(&groups, role)
    }

    fn file_exists(&self, path: &str) -> bool {
        let first = self.group.members.values().flatten().min();
        let root = first.map_or("", |index| &self.workspace.documents[*index].root);
        self.workspace.exists(&format!("{root}{path}")).unwrap_or(false)
    }

    fn known(&self, document: &Document, hole: &str) -> Vec<String> {
        values_of(self.workspace, document, hole)
    }

    fn known_set(&self, document: &Document, hole: &str) -> Arc<HashSet<String>> {
        compared_values_of(self.workspace, document, hole)
    }
}

/// The values of a hole of the path in all documents of a document's kind.
fn values_of(workspace: &Workspace, document: &Document, hole: &str) -> Vec<String> {
    let Some(kind) = &document.kind else { return Vec::new() };
    workspace.known(document, &kind.name, hole).list.iter().map(|(value, _)| value.clone()).collect()
}

/// The same values as conditions compare them.
fn compared_values_of(workspace: &Workspace, document: &Document, hole: &str) -> Arc<HashSet<String>> {
    let kind = document.kind.as_ref();
    kind.map_or_else(Arc::default, |kind| workspace.known(document, &kind.name, hole).as_compared())
}

/// Parses, classifies and reads one document. A panic is a finding of that document.
fn document_of(packs: &Packs, source: Source) -> Document {
    let Source { path, content, kind, .. } = source;
    let format = format_of(&path);
    let text = match content {
        Ok(text) => text,
        Err(unread) => return unread_document(path, format, &unread),
    };
    let forced = kind.as_deref().and_then(|name| packs.kind(name));
    let format = forced.as_ref().map_or(format, |kind| kind.document_format());
    let text = Arc::new(text);
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut document = draft(path.clone(), parse(text.clone(), format));
        classify(packs, &mut document, forced.as_ref());
        read(&mut document);
        document
    }));
    result.unwrap_or_else(|_| {
        let mut document = draft(path, parse(Arc::new(Text::new("")), format));
        document.parsed.findings = vec![Finding::new("internal-error", Span::point(0)).value("stage", "reading")];
        document
    })
}

fn unread_document(path: Arc<str>, format: Format, unread: &Unread) -> Document {
    let mut document = draft(path, parse(Arc::new(Text::new("")), format));
    let (case, detail) = match unread {
        Unread::Bytes(Unreadable::Encrypted) => ("encrypted", String::new()),
        Unread::Bytes(Unreadable::Utf16) => ("utf-16", String::new()),
        Unread::Bytes(Unreadable::Binary) => ("binary", String::new()),
        Unread::Permission => ("permission", String::new()),
        Unread::Vanished => ("vanished", String::new()),
        Unread::TooLarge(bytes) => ("too-large", format!("{} MiB", bytes / (1024 * 1024))),
        Unread::NotAFile => ("not-a-file", String::new()),
        Unread::Other(words) => ("other", words.clone()),
    };
    document.parsed.findings =
        vec![Finding::new("unreadable-document", Span::point(0)).case(case).value("detail", detail)];
    document
}

/// Joins a relative path to a folder and resolves `.` and `..`; `None` when it leads out of the tree.
#[must_use]
pub fn join_path(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a path leads out of the repository or folder that paths are relative to.
#[must_use]
pub fn is_outside(path: &str) -> bool {
    path.starts_with("../") || path.starts_with('/')
}

/// The folder of a path, without a slash at its end.
#[must_use]
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Endings that a wikilink may leave out.
const WIKI_ENDINGS: &[&str] = &["md", "sh", "py", "yaml", "yml", "json"];

/// Where a link may lead: candidates, the likeliest first.
#[must_use]
pub fn link_candidates(document: &Document, class: LinkClass, target: &str) -> Vec<String> {
    let folder = folder_of(&document.path);
    let root = document.root.trim_end_matches('/');
    // Markdown's links are relative to the document; people also write them from the root.
    let bases: Vec<&str> = if class == LinkClass::Wiki { vec![root, folder] } else { vec![folder, root] };
    let mut found = Vec::new();
    let rooted = target.starts_with('/');
    for base in if rooted { vec![root] } else { bases } {
        let Some(path) = join_path(base, target.trim_start_matches('/')) else { continue };
        if path.is_empty() {
            continue;
        }
        found.push(path.clone());
        if class == LinkClass::Wiki {
            // The ending may be left out, also a script's.
            found.extend(WIKI_ENDINGS.iter().map(|ending| format!("{path}.{ending}")));
        }
    }
    found.dedup();
    found
}

/// A link's file part: without anchor, query and title, percent signs resolved.
#[must_use]
pub fn link_file(target: &str) -> String {
    let mut file = target.split(['#', '?']).next().unwrap_or_default().trim();
    // `app/flags.py:12` is a place in a file.
    if let Some((path, line)) = file.rsplit_once(':')
        && !line.is_empty()
        && line.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        file = path;
    }
    let bytes = file.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = file.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], code) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 3;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| file.to_owned())
}

/// Where the first folder of a link's target would lie, under the root and beside the document; nothing for a bare name. Of
/// a target that begins with `..` it is the folder that holds the target.
#[must_use]
pub fn first_folders(document: &Document, target: &str) -> Vec<String> {
    let folder = folder_of(&document.path);
    let root = document.root.trim_end_matches('/');
    let bare = target.trim_start_matches("./").trim_start_matches('/');
    if bare.starts_with("..") {
        return join_path(folder, bare)
            .map(|path| folder_of(&path).to_owned())
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect();
    }
    match bare.split_once('/') {
        Some((first, _)) => [root, folder].iter().filter_map(|base| join_path(base, first)).collect(),
        None => Vec::new(),
    }
}

fn document_questions(document: &Document) -> Vec<String> {
    let mut questions = Vec::new();
    for link in &document.parsed.links {
        if link.class == LinkClass::Auto || link.target.contains("://") || link.target.starts_with("mailto:") {
            continue;
        }
        let file = link_file(&link.target);
        if file.is_empty() {
            continue;
        }
        questions.extend(first_folders(document, &file));
        questions.extend(link_candidates(document, link.class, &file));
    }
    questions
}
