//! From paths to texts: the only module that walks folders and opens documents.
//!
//! What is given is reported; what else their work items need is read, too. Files that git ignores, hidden ones and
//! symbolic links are not walked into, but a file that is named by hand is read whatever it is called.

mod globs;

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::Settings;
use crate::discover::globs::Globs;
use crate::pack::{PackSource, Packs};
use crate::text::Text;
use crate::workspace::{Source, Unread};

/// Files above this many bytes are not read.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Files above this many bytes are not read for the sake of others.
const MOST_CONTEXT_BYTES: u64 = 8 * 1024 * 1024;

/// YAML and JSON files above this many bytes are not read: their tree takes two hundred times their size, and nobody
/// writes documents of work that long.
pub const MOST_DATA_BYTES: u64 = 4 * 1024 * 1024;

/// Endings that walking takes, in lower case; those of data files are in [`DATA`].
const TEXT: &[&str] = &["md", "markdown"];
/// Endings of files that are documents only where a kind claims them.
const DATA: &[&str] = &["yaml", "yml", "json"];

/// What is looked for.
#[derive(Debug)]
pub struct Request<'a> {
    /// The working directory, absolute.
    pub directory: &'a Path,
    /// Files and folders as they were given.
    pub paths: &'a [PathBuf],
    /// Contents that stand for a file, whatever is on the disk: path as given, bytes.
    pub given: Vec<(PathBuf, Vec<u8>)>,
    /// The kind that all reported documents have.
    pub kind: Option<&'a str>,
    /// Globs and kinds.
    pub settings: &'a Settings,
    /// What happens to data files that are named by hand and that no kind could claim.
    pub unclaimed: Unclaimed,
}

/// What happens to YAML and JSON files that no kind could claim by their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclaimed {
    /// They are counted, not opened: a hook names lock files of many megabytes that are nobody's business.
    Count,
    /// They are read.
    Read,
}

/// What was found.
#[derive(Default)]
pub struct Discovered {
    /// The files, sorted by path.
    pub sources: Vec<Source>,
    /// How many files were named by hand and not opened, because no kind could claim them.
    pub unopened: usize,
    /// Why the run cannot go on.
    pub problems: Vec<Problem>,
}

/// Something that was asked for and cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A file that will be read.
struct Wanted {
    /// Relative to the working directory, with forward slashes.
    path: String,
    /// Where it lies.
    file: PathBuf,
    /// Whether its diagnostics are printed.
    report: bool,
    /// What is known to be wrong with it before it is opened.
    fault: Option<Unread>,
}

/// Finds and reads the documents of a run.
#[must_use]
pub fn discover(packs: &Packs, request: Request) -> Discovered {
    let globs = match Globs::new(request.settings) {
        Ok(globs) => globs,
        Err(problem) => return Discovered { problems: vec![problem], ..Discovered::default() },
    };
    let finder = Finder { packs, directory: request.directory, globs: &globs, any_data: request.kind.is_some() };
    let mut problems = Vec::new();
    let mut found: FxHashMap<String, Wanted> = FxHashMap::default();
    let mut walked: FxHashSet<String> = FxHashSet::default();
    let mut folders = Vec::new();
    let mut unopened = 0;
    for path in request.paths {
        match finder.given(path) {
            Ok(Given::File(wanted)) if finder.globs.excludes(&wanted.path) => {}
            Ok(Given::File(wanted)) if request.unclaimed == Unclaimed::Count && finder.is_foreign(&wanted.path) => {
                unopened += 1;
            }
            Ok(Given::File(wanted)) => keep(&mut found, wanted),
            Ok(Given::Folder(folder)) => folders.push(folder),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Discovered { problems, ..Discovered::default() };
    }
    for wanted in finder.walk(&folders, &mut walked) {
        keep(&mut found, wanted);
    }
    let mut contents: FxHashMap<String, Vec<u8>> = FxHashMap::default();
    for (path, bytes) in request.given {
        let path = finder.relative(&path);
        let file = request.directory.join(&path);
        keep(&mut found, Wanted { path: path.clone(), file, report: true, fault: None });
        contents.insert(path, bytes);
    }
    for wanted in finder.context(found.values().filter(|wanted| wanted.report), &walked) {
        keep(&mut found, wanted);
    }
    let mut wanted: Vec<Wanted> = found.into_values().collect();
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    let sources = wanted
        .into_par_iter()
        .map(|wanted| {
            let content = match (wanted.fault, contents.get(&wanted.path)) {
                (_, Some(bytes)) => Text::from_bytes(bytes.clone()).map_err(Unread::Bytes),
                (Some(fault), None) => Err(fault),
                (None, None) => read(&wanted.file),
            };
            let told = if wanted.report { request.kind } else { None };
            let kind = told.map(str::to_owned).or_else(|| globs.kind(&wanted.path));
            Source { path: wanted.path.into(), content, kind, report: wanted.report }
        })
        .collect();
    Discovered { sources, unopened, problems }
}

/// All files under a folder, without regard to ignore files: the tree of a test. Paths are relative to the folder.
#[must_use]
pub fn tree(folder: &Path) -> Vec<(String, Result<Text, Unread>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    let name = slashed(path.strip_prefix(folder).unwrap_or(&path));
                    files.push((name, read(&path)));
                }
                _ => {}
            }
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

/// The names in a folder, sorted: first the folders, then the files. `None` if it cannot be read.
#[must_use]
pub fn listing(folder: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) { folders.push(name) } else { files.push(name) }
    }
    folders.sort();
    files.sort();
    Some((folders, files))
}

/// The files of a pack's folder. `shown` is how the folder is named in diagnostics.
///
/// # Errors
/// When there is no such folder, or a file in it is no text.
pub fn pack(folder: &Path, shown: &str) -> Result<PackSource, Problem> {
    if !folder.is_dir() {
        return Err(Problem {
            message: format!("there is no pack at `{shown}`"),
            help: format!("Correct `packs` in `{}`; each item is the folder of a pack", crate::config::FILE_NAME),
        });
    }
    let mut files = Vec::new();
    for (path, content) in tree(folder) {
        // Fixtures may be broken on purpose, and what is no YAML is no data.
        if path.starts_with("fixtures/") || !has_ending(&path, &["yaml", "yml"]) {
            continue;
        }
        let content = content.map_err(|_| Problem {
            message: format!("`{shown}/{path}` cannot be read"),
            help: "A pack is made of text files in UTF-8; check the file and its permissions".to_owned(),
        })?;
        files.push((path, content));
    }
    Ok(PackSource { folder: shown.to_owned(), files })
}

/// The text of a file that may be anything.
///
/// # Errors
/// With the reason why there is no text.
pub fn read(file: &Path) -> Result<Text, Unread> {
    let about = fs::metadata(file).map_err(|error| unread(&error))?;
    // A pipe or a device could be read for ever; it is never opened.
    if !about.is_file() {
        return Err(Unread::NotAFile);
    }
    if about.len() > most_bytes(file) {
        return Err(Unread::TooLarge(about.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    let file = fs::File::open(file).map_err(|error| unread(&error))?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unread(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unread::TooLarge(bytes.len() as u64));
    }
    Text::from_bytes(bytes).map_err(Unread::Bytes)
}

/// How many bytes of a file are read at most.
fn most_bytes(file: &Path) -> u64 {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if DATA.contains(&&*ending) { MOST_DATA_BYTES } else { MOST_BYTES }
}

/// The nearest configuration file at or above a folder.
#[must_use]
pub fn configuration(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|folder| folder.join(crate::config::FILE_NAME)).find(|file| file.is_file())
}

/// The paths of all files under some folders, relative to `directory`, with the same rules as walking. Nothing is opened.
#[must_use]
pub fn names(directory: &Path, roots: &[String]) -> Vec<String> {
    /// More files than this are not listed; a link that only its name could resolve is then left alone.
    const MOST_NAMES: usize = 200_000;
    let mut names = Vec::new();
    for root in roots {
        let walk = WalkBuilder::new(directory.join(root)).require_git(false).build();
        for entry in walk.flatten() {
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                names.push(relative(directory, entry.path()));
            }
            if names.len() >= MOST_NAMES {
                return names;
            }
        }
    }
    names
}

/// Whether a folder is the root of a git repository, or of a work tree of one.
#[must_use]
pub fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The nearest folder at or above a folder that is a repository or has a configuration file.
#[must_use]
pub fn project(directory: &Path) -> Option<PathBuf> {
    directory
        .ancestors()
        .find(|folder| folder.join(".git").exists() || folder.join(crate::config::FILE_NAME).is_file())
        .map(Path::to_owned)
}

/// The path relative to `directory`, with forward slashes; `..` steps lead to what lies outside of it.
#[must_use]
pub fn relative(directory: &Path, path: &Path) -> String {
    let full = lexical(&directory.join(path));
    let base = lexical(directory);
    let (base, full): (Vec<_>, Vec<_>) = (base.components().collect(), full.components().collect());
    let shared = base.iter().zip(&full).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); base.len() - shared];
    steps.extend(full[shared..].iter().map(|step| step.as_os_str().to_string_lossy().into_owned()));
    steps.join("/")
}

fn unread(error: &io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Unread::Permission,
        io::ErrorKind::NotFound => Unread::Vanished,
        _ => Unread::Other(error.to_string()),
    }
}

/// Of two reasons to read a file the one that reports it wins.
fn keep(found: &mut FxHashMap<String, Wanted>, wanted: Wanted) {
    match found.get_mut(&wanted.path) {
        Some(known) => known.report |= wanted.report,
        None => {
            found.insert(wanted.path.clone(), wanted);
        }
    }
}

/// The path without `.` and `..` steps, as far as names alone can tell.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            // Above the root there is only the root.
            Component::ParentDir if plain.has_root() => {}
            step => plain.push(step),
        }
    }
    plain
}

fn slashed(path: &Path) -> String {
    path.components().map(|step| step.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

enum Given {
    File(Wanted),
    Folder(PathBuf),
}

struct Finder<'a> {
    packs: &'a Packs,
    directory: &'a Path,
    globs: &'a Globs,
    /// Data files are taken even where no kind claims their path.
    any_data: bool,
}

impl Finder<'_> {
    fn relative(&self, path: &Path) -> String {
        relative(self.directory, path)
    }

    /// A path as it was given: whatever it is called, and through symbolic links.
    fn given(&self, path: &Path) -> Result<Given, Problem> {
        let file = self.directory.join(path);
        let shown = path.display();
        match fs::metadata(&file) {
            Ok(about) if about.is_dir() => Ok(Given::Folder(file)),
            Ok(_) => {
                let fault = path.to_str().is_none().then(not_utf8);
                Ok(Given::File(Wanted { path: self.relative(path), file, report: true, fault }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Problem {
                message: format!("`{shown}` does not exist"),
                help: format!("Check the spelling; paths are relative to `{}`", self.directory.display()),
            }),
            Err(error) => Err(Problem {
                message: format!("`{shown}` cannot be read: {error}"),
                help: "Check the permissions of the file and of the folders above it".to_owned(),
            }),
        }
    }

    /// The documents under folders. `walked` is told each folder that was looked into.
    fn walk(&self, folders: &[PathBuf], walked: &mut FxHashSet<String>) -> Vec<Wanted> {
        let Some((first, others)) = folders.split_first() else { return Vec::new() };
        let mut builder = WalkBuilder::new(first);
        for folder in others {
            builder.add(folder);
        }
        let hidden = self.packs.hidden_names();
        builder.hidden(false).require_git(false).follow_links(false);
        let (found, seen) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                match entry {
                    Ok(entry) if entry.depth() > 0 && is_hidden(&entry, &hidden) => return WalkState::Skip,
                    Ok(entry) => {
                        let path = self.relative(entry.path());
                        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                        if entry.depth() > 0 && self.globs.excludes(&path) {
                            return WalkState::Skip;
                        }
                        if is_folder {
                            push(&seen, path);
                        } else if self.takes(&entry, &path) {
                            let fault = entry.path().to_str().is_none().then(not_utf8);
                            push(&found, Wanted { path, file: entry.into_path(), report: true, fault });
                        }
                    }
                    Err(error) => {
                        if let Some(path) = place(&error) {
                            let fault = error.io_error().map_or_else(|| Unread::Other(error.to_string()), unread);
                            let file = path.to_owned();
                            push(&found, Wanted { path: self.relative(path), file, report: true, fault: Some(fault) });
                        }
                    }
                }
                WalkState::Continue
            })
        });
        walked.extend(seen.into_inner().unwrap_or_default());
        found.into_inner().unwrap_or_default()
    }

    /// Whether a file that was met is a document, by its name alone.
    fn takes(&self, entry: &DirEntry, path: &str) -> bool {
        // Neither symbolic links nor pipes: their type is neither file nor folder.
        entry.file_type().is_some_and(|kind| kind.is_file()) && self.globs.includes(path) && self.is_document(path)
    }

    fn is_document(&self, path: &str) -> bool {
        has_ending(path, TEXT) || (has_ending(path, DATA) && !self.is_foreign(path))
    }

    /// Whether it is a data file that no kind could claim. A lock file of many megabytes is not opened to learn that.
    fn is_foreign(&self, path: &str) -> bool {
        let asked = self.any_data || self.globs.kind(path).is_some();
        has_ending(path, DATA) && !asked && !self.packs.claims_path(path)
    }

    /// The other documents in the folders that the reported ones refer to: read, but not reported.
    fn context<'w>(&self, reported: impl Iterator<Item = &'w Wanted>, walked: &FxHashSet<String>) -> Vec<Wanted> {
        let (mut folders, mut below) = (Vec::new(), Vec::new());
        for wanted in reported {
            folders.extend(self.packs.context_of(&wanted.path));
            below.extend(self.packs.context_below(&wanted.path));
        }
        below.sort();
        below.dedup();
        below.retain(|folder| !walked.contains(folder));
        folders.sort();
        folders.dedup();
        let mut found = Vec::new();
        for path in names(self.directory, &below) {
            let file = self.directory.join(&path);
            let small = fs::metadata(&file).is_ok_and(|about| about.len() <= MOST_CONTEXT_BYTES);
            let inside = walked.contains(crate::workspace::folder_of(&path));
            if !inside && small && self.packs.is_member(&path) && self.is_document(&path) {
                found.push(Wanted { path, file, report: false, fault: None });
            }
        }
        for folder in folders {
            let folder = folder.trim_end_matches('/');
            if walked.contains(folder) {
                continue;
            }
            let place = self.directory.join(folder);
            let Some((_, names)) = listing(&place) else { continue };
            for name in names {
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                let file = place.join(&name);
                // A pipe, a huge file and a name that is not UTF-8 are no reason to stop when nobody asked for them.
                let small = fs::metadata(&file).is_ok_and(|about| about.is_file() && about.len() <= MOST_CONTEXT_BYTES);
                if self.is_document(&path) && small {
                    found.push(Wanted { path, file, report: false, fault: None });
                }
            }
        }
        found
    }
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = Path::new(path).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    if let Ok(mut list) = list.lock() {
        list.push(item);
    }
}

fn not_utf8() -> Unread {
    Unread::Other("its name is not UTF-8; rename it".to_owned())
}

fn is_hidden(entry: &DirEntry, known: &[String]) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') && !known.iter().any(|known| *known == *name)
}

/// The path that a walking error is about.
fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place(err),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_working_directory() {
        let here = Path::new("/a/b");
        assert_eq!(relative(here, Path::new("./c/../d.md")), "d.md");
        assert_eq!(relative(here, Path::new("/a/b/c/d.md")), "c/d.md");
        assert_eq!(relative(here, Path::new("../x.md")), "../x.md");
        assert_eq!(relative(here, Path::new(".")), "");
    }
}
