//! The packs: what worklint knows about documents. Built-in packs and a user's go through the same types
//! ([`format`]) and the same compiler ([`compile`]); a kind is compiled when the first document of it is met.

pub mod compile;
pub mod condition;
pub mod embedded;
pub mod example;
pub mod extend;
pub mod format;
mod lineage;
pub mod load;
pub mod path_shape;
pub mod relation;
pub mod schema;
pub mod shape;
mod source;
mod validate;

use std::sync::{Arc, OnceLock};

use globset::GlobSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Format;
use crate::pack::compile::{KindBody, Lazy, Marks, Problems};
use crate::pack::lineage::{Files, Told};
use crate::pack::path_shape::PathShape;
pub use crate::pack::relation::Relation;
use crate::pack::relation::relation;
use crate::pack::source::{Source, adopt};
use crate::text::{Span, Text};

/// A folder with a user's pack.
pub struct PackSource {
    /// The folder, as the user names it.
    pub folder: String,
    /// Its files: path below the folder, and text.
    pub files: Vec<(String, Text)>,
}

/// All packs that a run knows.
#[derive(Debug)]
pub struct Packs {
    packs: Vec<Pack>,
    cards: OnceLock<Vec<Card>>,
}

/// One pack.
#[derive(Debug)]
pub struct Pack {
    /// Its name.
    pub name: Arc<str>,
    /// What `pack.yaml` says.
    pub format: format::Pack,
    /// Its kinds, by name.
    pub kinds: Vec<Arc<Kind>>,
    /// Its work items.
    pub work_items: Vec<WorkItem>,
    relations: Lazy<Vec<Relation>>,
    cards: Vec<(String, Source)>,
    kind_files: Vec<Source>,
    head: Source,
}

/// A kind of document.
#[derive(Debug)]
pub struct Kind {
    /// `pack/kind`.
    pub name: Arc<str>,
    /// The pack.
    pub pack: Arc<str>,
    /// What its file says; with that of the kind that it extends, if there is one.
    pub format: format::Kind,
    /// The kinds that it extends, nearest first.
    pub lineage: Vec<Arc<str>>,
    /// How its documents are recognised.
    pub marks: Marks,
    body: Lazy<KindBody>,
    // Globs cost more to compile than a document to check; most are never asked.
    not: Lazy<GlobSet>,
    governed: Lazy<GlobSet>,
}

impl Kind {
    /// What it says of its documents.
    #[must_use]
    pub fn body(&self) -> &KindBody {
        self.body.get_or_init(|| compile::body(&self.format, &mut Problems::default()))
    }

    /// Whether a path is never this kind.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.not.get_or_init(|| compile::globs("/not", &self.marks.not, &mut Problems::default())).is_match(path)
    }

    /// Whether the place of a path is governed by this kind.
    #[must_use]
    pub fn governs(&self, path: &str) -> bool {
        let globs = &self.format.governs;
        !globs.is_empty()
            && self.governed.get_or_init(|| compile::globs("/governs", globs, &mut Problems::default())).is_match(path)
    }

    /// How its documents are written.
    #[must_use]
    pub fn document_format(&self) -> Format {
        match self.format.format {
            format::Format::Markdown => Format::Markdown,
            format::Format::Yaml => Format::Yaml,
            format::Format::Json => Format::Json,
        }
    }

    /// Whether it is the kind of that name (`pack/kind`), or extends it.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        &*self.name == name || self.lineage.iter().any(|base| &**base == name)
    }

    /// The name without the pack.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// A sort of work item, compiled.
#[derive(Debug)]
pub struct WorkItem {
    /// Its name.
    pub name: String,
    /// The shapes of what its members share; `None` where that is any folder.
    pub roots: Vec<Option<PathShape>>,
    /// Holes whose values its members share.
    pub key: Vec<String>,
    /// The members: role, kind (`pack/kind`), and the paths after the root.
    pub members: Vec<Member>,
    /// Roles that must be there.
    pub required: Vec<String>,
}

/// What the members of a work item share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shared {
    /// The beginning of their paths: a folder with a slash at its end, or a stem.
    pub root: String,
    /// The holes of the key, with their values.
    pub key: Vec<(String, String)>,
}

impl Shared {
    /// The path of a member that lies at `file` after the root.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        let mut path = self.root.clone();
        let mut rest = file;
        // A hole may have a type: `{id:segment}`.
        while let Some((before, hole)) = rest.split_once('{') {
            let Some((inside, after)) = hole.split_once('}') else { break };
            let name = inside.split(':').next().unwrap_or(inside);
            path += before;
            match self.key.iter().find(|(hole, _)| hole == name) {
                Some((_, value)) => path += value,
                None => path += &format!("{{{inside}}}"),
            }
            rest = after;
        }
        path += rest;
        path
    }
}

/// A member of a work item, compiled.
#[derive(Debug)]
pub struct Member {
    /// Its role.
    pub role: String,
    /// Its kind, with the pack's name.
    pub kind: Arc<str>,
    /// Root and file together, and which root it is.
    pub shapes: Vec<(usize, PathShape)>,
    /// Where it lies after the root; the first is where a new one would go.
    pub files: Vec<String>,
}

/// A rule's card.
#[derive(Clone, Debug)]
pub struct Card {
    /// The rule's name.
    pub name: Arc<str>,
    /// Its pack.
    pub pack: Arc<str>,
    /// What its file says.
    pub format: format::Card,
}

impl Card {
    /// The level of a case, or of the rule.
    #[must_use]
    pub fn severity(&self, case: Option<&str>) -> Severity {
        case.and_then(|case| self.format.cases.get(case)).and_then(|case| case.severity).unwrap_or(self.format.severity)
    }

    /// The kinds that it is for, as `pack/kind`; empty for all.
    pub fn kinds(&self) -> impl Iterator<Item = String> + '_ {
        self.format.kinds.iter().map(
            |kind| {
                if kind.contains('/') { kind.clone() } else { format!("{}/{kind}", self.pack) }
            },
        )
    }
}

/// A kind as a list shows it.
#[derive(Clone, Debug)]
pub struct KindSummary {
    /// `pack/kind`.
    pub name: Arc<str>,
    /// What such a document is.
    pub summary: String,
    /// Where it usually lies.
    pub path: Vec<String>,
}

impl Packs {
    /// The packs inside the binary.
    #[must_use]
    pub fn builtin() -> &'static Packs {
        static BUILTIN: OnceLock<Packs> = OnceLock::new();
        BUILTIN.get_or_init(|| Packs::load(&[]).0)
    }

    /// The built-in packs and a user's. A user's pack may take the place of a built-in one only if it is whole: if it has
    /// every kind and rule of it. Mistakes in a user's pack are diagnostics of `invalid-pack`, at their place in its file;
    /// the rest of the pack is used.
    #[must_use]
    pub fn load(extra: &[PackSource]) -> (Packs, Vec<Diagnostic>) {
        let mut mistakes = Vec::new();
        let mut files = Files::new();
        for (path, json, yaml) in embedded::FILES {
            if let Some((pack, rest)) = path.split_once('/') {
                let source = Source::Embedded { json, yaml };
                files.entry(pack.to_owned()).or_default().push((rest.to_owned(), source));
            }
        }
        let mut own = Vec::new();
        for pack in extra {
            if let Some((name, list)) = adopt(pack, &files, &own, &mut mistakes) {
                files.insert(name.clone(), list);
                own.push(name);
            }
        }
        let mut packs: Vec<Pack> = files
            .iter()
            .filter_map(|(name, list)| Pack::load(name, list, &files, own.contains(name), &mut mistakes))
            .collect();
        packs.sort_by(|a, b| (&*a.name != "core", &a.name).cmp(&(&*b.name != "core", &b.name)));
        let packs = Packs { packs, cards: OnceLock::new() };
        for name in own {
            packs.validate(&name, &mut mistakes);
        }
        (packs, mistakes)
    }

    /// The packs, `core` first.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// All kinds, in order.
    pub fn all_kinds(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.packs.iter().flat_map(|pack| &pack.kinds)
    }

    /// All kinds, as a list shows them.
    #[must_use]
    pub fn kinds(&self) -> Vec<KindSummary> {
        self.all_kinds()
            .map(|kind| KindSummary {
                name: kind.name.clone(),
                summary: kind.format.summary.clone(),
                path: kind.format.path.as_slice().to_vec(),
            })
            .collect()
    }

    /// The kind of that name (`pack/kind`).
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<Arc<Kind>> {
        self.all_kinds().find(|kind| &*kind.name == name).cloned()
    }

    /// All cards, sorted by pack and name.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        self.cards.get_or_init(|| {
            let mut cards = Vec::new();
            for pack in &self.packs {
                for (name, source) in &pack.cards {
                    if let Some(format) = source.parse::<format::Card>(&mut Vec::new()) {
                        cards.push(Card { name: name.as_str().into(), pack: pack.name.clone(), format });
                    }
                }
            }
            cards
        })
    }

    /// The card of a rule, also by a former name.
    #[must_use]
    pub fn card(&self, name: &str) -> Option<&Card> {
        let cards = self.cards();
        cards
            .iter()
            .find(|card| &*card.name == name)
            .or_else(|| cards.iter().find(|card| card.format.aliases.iter().any(|alias| alias == name)))
    }

    /// Whether a claim or relation reports a rule in documents of a kind.
    #[must_use]
    pub fn relates(&self, rule: &str, kind: &Kind) -> bool {
        let in_claims = kind.body().claims.iter().any(|claim| claim.format.report == rule);
        in_claims
            || self.packs.iter().any(|pack| {
                pack.relations().iter().filter(|relation| relation.format.report == rule).any(|relation| {
                    let item =
                        pack.work_items.iter().find(|item| relation.format.work_item.as_ref() == Some(&item.name));
                    let member = |role: &str| item.and_then(|item| item.member(role));
                    relation.places().filter_map(member).any(|member| kind.is(&member.kind))
                })
            })
    }

    /// The pack of that name.
    #[must_use]
    pub fn pack(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| &*pack.name == name)
    }

    /// Names of hidden files and folders that kinds name in their paths (`.specify`), so that they are read.
    #[must_use]
    pub fn hidden_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .all_kinds()
            .flat_map(|kind| kind.format.path.as_slice())
            .flat_map(|path| path.split('/'))
            .filter(|segment| segment.starts_with('.') && !segment.contains(['{', '*']))
            .map(str::to_owned)
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Whether some kind could claim a data file of this path; any Markdown file may be claimed by its content.
    #[must_use]
    pub fn claims_path(&self, path: &str) -> bool {
        let format = crate::parse::format_of(path);
        format == Format::Markdown
            || self.all_kinds().filter(|kind| kind.document_format() == format).any(|kind| {
                kind.marks.paths.is_empty() || kind.marks.paths.iter().any(|shape| shape.matches(path).is_some())
            })
            || self.governs(path).is_some()
    }

    /// The kind that governs the place of a path, if one does.
    #[must_use]
    pub fn governs(&self, path: &str) -> Option<&Arc<Kind>> {
        self.all_kinds().find(|kind| kind.governs(path) && !kind.excludes(path))
    }

    /// Folders that hold, at any depth, members of a work item which `path` belongs to as a whole, such as the history of all
    /// tasks: a document that is one of many does not need the others.
    #[must_use]
    pub fn context_below(&self, path: &str) -> Vec<String> {
        let mut folders = Vec::new();
        for item in self.packs.iter().flat_map(|pack| &pack.work_items).filter(|item| item.key.is_empty()) {
            let Some((shared, own)) = item.locate(path) else { continue };
            if !own.files.iter().any(|file| shared.path(file) == path) {
                continue;
            }
            for file in item.members.iter().flat_map(|member| &member.files) {
                let full = shared.path(file);
                let literal = full.find(['{', '*']).map_or("", |hole| &full[..hole]);
                let folder = literal.rsplit_once('/').map_or("", |(folder, _)| folder);
                if !folder.is_empty() {
                    folders.push(folder.to_owned());
                }
            }
        }
        folders.sort();
        folders.dedup();
        folders
    }

    /// Whether a path has the form of a member of some work item.
    #[must_use]
    pub fn is_member(&self, path: &str) -> bool {
        self.packs.iter().flat_map(|pack| &pack.work_items).any(|item| item.locate(path).is_some())
    }

    /// The folders whose documents belong to the same work items as `path`, relative to the working directory: they are
    /// read, so that what crosses documents can be checked.
    #[must_use]
    pub fn context_of(&self, path: &str) -> Vec<String> {
        let mut folders = Vec::new();
        for item in self.packs.iter().flat_map(|pack| &pack.work_items) {
            let Some((shared, _)) = item.locate(path) else { continue };
            for member in &item.members {
                for file in &member.files {
                    let full = shared.path(file);
                    let folder = full.rsplit_once('/').map_or("", |(folder, _)| folder);
                    if !folder.contains(['{', '*']) {
                        folders.push(folder.to_owned());
                    }
                }
            }
        }
        folders.sort();
        folders.dedup();
        folders
    }
}

impl WorkItem {
    /// What the members around `path` share, and the member that the path's place makes it.
    #[must_use]
    pub fn locate(&self, path: &str) -> Option<(Shared, &Member)> {
        self.locate_as(path, |_| true)
    }

    /// The same among the members that are wanted.
    #[must_use]
    pub fn locate_as(&self, path: &str, wanted: impl Fn(&Member) -> bool) -> Option<(Shared, &Member)> {
        for member in self.members.iter().filter(|member| wanted(member)) {
            for (root, shape) in &member.shapes {
                if let Some(found) = shape.matches(path) {
                    let values: Vec<(&str, &str)> =
                        found.captures.iter().map(|(name, text, _)| (name.as_str(), text.as_str())).collect();
                    let own = self.roots[*root].as_ref().map_or(String::new(), |shape| shape.fill(&values));
                    let key =
                        self.key.iter().map(|hole| (hole.clone(), found.get(hole).unwrap_or_default().to_owned()));
                    return Some((Shared { root: format!("{}{own}", found.root), key: key.collect() }, member));
                }
            }
        }
        None
    }

    /// The member of a role.
    #[must_use]
    pub fn member(&self, role: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.role == role)
    }
}

impl Pack {
    fn load(
        name: &str,
        files: &[(String, Source)],
        all: &Files,
        own: bool,
        mistakes: &mut Vec<Diagnostic>,
    ) -> Option<Pack> {
        let (_, head) = files.iter().find(|(path, _)| path == "pack.yaml")?;
        let format: format::Pack = head.parse(mistakes)?;
        let name: Arc<str> = name.into();
        let mut problems = Problems::default();
        let work_items =
            format.work_items.iter().map(|(item, source)| work_item(&name, item, source, &mut problems)).collect();
        if own {
            compile_relations(&format, &mut problems);
        }
        head.report(problems, mistakes);
        let mut kinds = Vec::new();
        let mut cards = Vec::new();
        let mut kind_files = Vec::new();
        for (path, source) in files {
            if own && !validate::is_known_place(path) {
                let message = format!("`{path}` is not read");
                let help = "kinds lie in `kinds/`, cards in `rules/`; their names end in `.yaml`".to_owned();
                mistakes.push(source.mistake(Span::point(0), message, help));
            }
            let Some(stem) = path.strip_suffix(".yaml") else { continue };
            if let Some(rule) = stem.strip_prefix("rules/") {
                cards.push((rule.to_owned(), source.clone()));
            } else if stem.starts_with("kinds/") {
                let Some(told) = Told::read(all, &name, source, mistakes) else { continue };
                let mut problems = Problems::default();
                let marks = compile::marks(&told.format, &format.not, &mut problems);
                let full: Arc<str> = format!("{name}/{}", told.format.kind).into();
                if own && kinds.iter().any(|kind: &Arc<Kind>| kind.name == full) {
                    problems.take::<()>("/kind", Err(format!("there are two kinds `{full}`")));
                }
                let kind = Kind {
                    name: full,
                    pack: name.clone(),
                    format: told.format.clone(),
                    lineage: told.lineage.clone(),
                    marks,
                    body: Lazy::new(),
                    not: Lazy::new(),
                    governed: Lazy::new(),
                };
                if own {
                    compile::globs("/not", &kind.marks.not, &mut problems);
                    compile::globs("/governs", &kind.format.governs, &mut problems);
                    let body = compile::body(&kind.format, &mut problems);
                    if let Some(schema) = body.fields.as_ref().and_then(|fields| fields.schema.as_ref()) {
                        problems.take("/fields/schema", schema.verify());
                    }
                }
                told.report(source, problems, mistakes);
                kinds.push(Arc::new(kind));
                kind_files.push(source.clone());
            }
        }
        Some(Pack { name, format, kinds, work_items, relations: Lazy::new(), cards, kind_files, head: head.clone() })
    }

    /// Whether it is a user's, not one of the binary's.
    #[must_use]
    pub fn is_own(&self) -> bool {
        matches!(self.head, Source::File { .. })
    }

    /// Where its `pack.yaml` lies; empty for a built-in one.
    #[must_use]
    pub fn place(&self) -> &str {
        match &self.head {
            Source::File { path, .. } => path,
            Source::Embedded { .. } => "",
        }
    }

    /// Its relations, compiled when a work item of it is first met.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        self.relations.get_or_init(|| compile_relations(&self.format, &mut Problems::default()))
    }

    /// Every mistake in a built-in pack's files, read from their YAML as a user's pack is.
    #[must_use]
    pub fn mistakes(name: &str) -> Vec<Diagnostic> {
        let files: Vec<(String, Source)> = embedded::FILES
            .iter()
            .filter_map(|(path, _, yaml)| {
                let rest = path.strip_prefix(name)?.strip_prefix('/')?;
                let text = Arc::new(Text::new(*yaml));
                Some((rest.to_owned(), Source::File { path: format!("rules/{path}").into(), text }))
            })
            .collect();
        let mut mistakes = Vec::new();
        let all = Files::from([(name.to_owned(), files)]);
        if let Some(pack) = Pack::load(name, &all[name], &all, true, &mut mistakes) {
            for (_, source) in &pack.cards {
                source.parse::<format::Card>(&mut mistakes);
            }
        }
        mistakes
    }
}

fn work_item(pack: &str, name: &str, source: &format::WorkItem, problems: &mut Problems) -> WorkItem {
    let pointer = format!("/work-items/{name}");
    let shape = |path: &str, place: &str, problems: &mut Problems| {
        problems.take(place, PathShape::compile(path).map_err(|error| format!("`{path}`: {}", error.message)))
    };
    let roots: Vec<Option<PathShape>> = source
        .root
        .as_slice()
        .iter()
        .map(|root| if root.is_empty() { None } else { shape(root, &format!("{pointer}/root"), problems) })
        .collect();
    let members = source
        .members
        .iter()
        .map(|(role, member)| Member {
            role: role.clone(),
            kind: if member.kind.contains('/') {
                member.kind.as_str().into()
            } else {
                format!("{pack}/{}", member.kind).into()
            },
            shapes: member
                .file
                .as_slice()
                .iter()
                .flat_map(|file| source.root.as_slice().iter().enumerate().map(move |(at, root)| (at, root, file)))
                .filter_map(|(at, root, file)| {
                    let place = format!("{pointer}/members/{role}/file");
                    Some((at, shape(&format!("{root}{file}"), &place, problems)?))
                })
                .collect(),
            files: member.file.as_slice().to_vec(),
        })
        .collect();
    WorkItem { name: name.to_owned(), roots, key: source.key.clone(), members, required: source.required.clone() }
}

fn compile_relations(pack: &format::Pack, problems: &mut Problems) -> Vec<Relation> {
    let with_place = pack.relations.iter().enumerate();
    with_place
        .filter_map(|(number, source)| {
            let pointer = format!("/relations/{number}");
            match &source.work_item {
                None => {
                    let words = "a relation names the `work-item` that it is about".to_owned();
                    problems.take::<()>(pointer.as_str(), Err(words));
                }
                Some(item) if !pack.work_items.contains_key(item) => {
                    let words = format!("the pack has no work item `{item}`");
                    problems.take::<()>(format!("{pointer}/work-item"), Err(words));
                }
                Some(_) => {}
            }
            relation(&pointer, source, problems)
        })
        .collect()
}
