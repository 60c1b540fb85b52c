//! The one runner of fixture cases, for worklint's own tests and for a pack's.
//!
//! A case is a file or folder called `good…` or `bad…`; a folder is a tree that serves as root. What a bad one prints
//! stands beside it in `….out`. `case.yaml` in the folder says what the names do not. Nothing is printed or written here.

mod pack;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{Settings, nearest};
use crate::diagnostic::{Diagnostic, Severity};
use crate::discover;
use crate::lint;
use crate::pack::{Packs, load};
use crate::render::{self, Look, OutputFormat, Report};
use crate::ruleset::RuleSet;
use crate::text::Text;
use crate::time::{self, Demand, Form};
use crate::workspace::{Source, Unread, Workspace};

pub use crate::fixture::pack::{Outcome, run_pack};

/// The moment that counts as now where a case does not say.
pub const NOW: &str = "2026-11-20T12:00:00Z";

/// The name of the file that says what names do not.
const CASE_FILE: &str = "case.yaml";

/// What a case gave.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The file's or folder's name.
    pub name: String,
    /// Whether its documents must give findings.
    pub bad: bool,
    /// All reports, without colour, 80 columns wide, without a summary.
    pub output: String,
    /// What stands in [`CaseResult::out`]; `None` if it does not exist.
    pub expected: Option<String>,
    /// The file that holds, or should hold, what is printed.
    pub out: PathBuf,
    /// The rules that reported something, each once, sorted.
    pub rules_found: Vec<String>,
    /// The kinds of its documents and those that they extend, as `pack/kind`; each once.
    pub kinds_found: Vec<String>,
    /// Whether its documents could be read and checked at all.
    pub ran: bool,
    /// Whether all is as it should be.
    pub passed: bool,
    /// If not, why.
    pub why: String,
}

/// What `case.yaml` may say for all cases of a folder, or for one of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Terms {
    /// The kind of the document, however it would be recognised.
    #[serde(default)]
    kind: Option<String>,
    /// The path that the document pretends to have; `{file}` stands for the case's file name.
    #[serde(default)]
    path: Option<String>,
    /// Levels of rules.
    #[serde(default)]
    rules: BTreeMap<String, Severity>,
    /// The moment that counts as now.
    #[serde(default)]
    now: Option<String>,
    /// The rules that run.
    #[serde(default)]
    select: Vec<String>,
    /// What differs in single cases, by name, with or without the ending.
    #[serde(default)]
    cases: BTreeMap<String, Terms>,
}

impl Terms {
    /// The terms of one case.
    fn of(&self, name: &str) -> Terms {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let own = self.cases.get(name).or_else(|| self.cases.get(stem)).cloned().unwrap_or_default();
        let mut rules = self.rules.clone();
        rules.extend(own.rules);
        Terms {
            kind: own.kind.or_else(|| self.kind.clone()),
            path: own.path.or_else(|| self.path.clone()),
            rules,
            now: own.now.or_else(|| self.now.clone()),
            select: if own.select.is_empty() { self.select.clone() } else { own.select },
            cases: BTreeMap::new(),
        }
    }
}

/// Runs all cases of a folder, in the order of their names. A mistake in the folder itself is a result that did not pass.
#[must_use]
pub fn run(packs: &Packs, folder: &Path) -> Vec<CaseResult> {
    let terms = match terms(folder) {
        Ok(terms) => terms,
        Err(why) => return vec![failed(folder, CASE_FILE, why)],
    };
    let Some((folders, files)) = discover::listing(folder) else {
        return vec![failed(folder, "", "the folder cannot be read".to_owned())];
    };
    let kinds = terms.kind.iter().chain(terms.cases.values().filter_map(|terms| terms.kind.as_ref()));
    if let Some(kind) = kinds.clone().find(|kind| packs.kind(kind).is_none()) {
        let near = nearest(kind, packs.all_kinds().map(|kind| &*kind.name));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return vec![failed(folder, CASE_FILE, format!("there is no kind `{kind}`{near}"))];
    }
    let names: Vec<(String, bool)> = folders
        .into_iter()
        .map(|name| (name, true))
        .chain(files.into_iter().filter(|name| !is_stored(name)).map(|name| (name, false)))
        .filter(|(name, _)| name.starts_with("good") || name.starts_with("bad"))
        .collect();
    let mut results: Vec<CaseResult> = names
        .iter()
        .map(|(name, is_folder)| {
            let terms = terms.of(name);
            let found = if *is_folder { tree(&folder.join(name)) } else { single(folder, name, &terms) };
            found
                .and_then(|sources| case(packs, folder, name, &terms, sources))
                .unwrap_or_else(|why| failed(folder, name, why))
        })
        .collect();
    for name in terms.cases.keys() {
        if !names.iter().any(|(case, _)| case == name || case.split_once('.').is_some_and(|(stem, _)| stem == name)) {
            results.push(failed(folder, CASE_FILE, format!("`cases` names `{name}`, and there is no such case")));
        }
    }
    refuse_clashes(&mut results);
    results.sort_by(|a, b| a.name.cmp(&b.name));
    results
}

/// Files and folders beside the cases of a folder that belong to none of them, sorted.
#[must_use]
pub fn strays(folder: &Path) -> Vec<String> {
    let Some((folders, files)) = discover::listing(folder) else { return Vec::new() };
    let is_case = |name: &String| name.starts_with("good") || name.starts_with("bad");
    let case = |name: &String| is_case(name) && !is_stored(name);
    let stems: Vec<&str> = files
        .iter()
        .filter(|name| case(name))
        .map(|name| name.split_once('.').map_or(name.as_str(), |(stem, _)| stem))
        .chain(folders.iter().map(String::as_str))
        .collect();
    let belongs = |name: &String| {
        let stem = name.strip_suffix(".out").or_else(|| name.split_once(".fixed.").map(|(stem, _)| stem));
        stem.is_some_and(|stem| stems.contains(&stem) || stems.contains(&stem.split('.').next().unwrap_or(stem)))
    };
    let stray = files.iter().filter(|name| *name != CASE_FILE && !name.starts_with('.'));
    let stray = stray.filter(|name| if is_stored(name) { !belongs(name) } else { !is_case(name) });
    let mut found: Vec<String> = stray.cloned().collect();
    if files.iter().chain(&folders).any(is_case) {
        found.extend(folders.iter().filter(|name| !is_case(name)).cloned());
    }
    found.sort();
    found
}

/// Bad cases that would store what they give in one file cannot both pass.
fn refuse_clashes(results: &mut [CaseResult]) {
    for at in 0..results.len() {
        let own = &results[at];
        let other = results.iter().find(|other| other.bad && own.bad && other.out == own.out && other.name != own.name);
        let Some(other) = other.filter(|_| own.name != CASE_FILE) else { continue };
        let out = own.out.file_name().unwrap_or_default().to_string_lossy();
        let why = format!("its output would be stored in `{out}`, as that of `{}`; rename one of them", other.name);
        results[at] = CaseResult { output: String::new(), ran: false, passed: false, why, ..results[at].clone() };
    }
}

/// What is stored beside a case is not a case.
fn is_stored(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "out") || name.contains(".fixed.")
}

fn terms(folder: &Path) -> Result<Terms, String> {
    let file = folder.join(CASE_FILE);
    if !file.is_file() {
        return Ok(Terms::default());
    }
    let text = discover::read(&file).map_err(|_| format!("`{CASE_FILE}` cannot be read"))?;
    if text.as_str().trim().is_empty() {
        return Ok(Terms::default());
    }
    load::from_yaml(&text).map_err(|mistakes| {
        let lines = mistakes.iter().map(|mistake| {
            let line = text.position(mistake.span.start).line;
            let help = if mistake.help.is_empty() { String::new() } else { format!("; {}", mistake.help) };
            format!("line {line}: {}{help}", mistake.message)
        });
        lines.collect::<Vec<_>>().join("; ")
    })
}

/// One document, at the path that it pretends to have.
fn single(folder: &Path, name: &str, terms: &Terms) -> Result<Vec<Source>, String> {
    let path = terms.path.as_deref().unwrap_or("{file}").replace("{file}", name);
    let content = discover::read(&folder.join(name));
    Ok(vec![Source { path: path.into(), content, kind: terms.kind.clone(), report: true }])
}

/// All documents of a tree.
fn tree(root: &Path) -> Result<Vec<Source>, String> {
    let files = discover::tree(root);
    if files.is_empty() {
        return Err("the folder holds no file".to_owned());
    }
    Ok(files
        .into_iter()
        .map(|(path, content)| Source { path: path.into(), content, kind: None, report: true })
        .collect())
}

fn case(packs: &Packs, folder: &Path, name: &str, terms: &Terms, sources: Vec<Source>) -> Result<CaseResult, String> {
    let mut sources = sources;
    for source in &mut sources {
        source.kind.clone_from(&terms.kind);
        if let Err(Unread::Permission | Unread::Vanished | Unread::NotAFile) = source.content {
            return Err(format!("`{}` cannot be read", source.path));
        }
    }
    let now = terms.now.as_deref().unwrap_or(NOW);
    let now = time::parse(now, Demand { form: Form::Timestamp, zone: false })
        .map_err(|_| format!("`now: {now}` is not an ISO 8601 time"))?;
    let mut settings = Settings::new(now);
    settings.select.clone_from(&terms.select);
    settings.levels = terms.rules.iter().map(|(rule, level)| (rule.clone(), *level, None)).collect();
    let (rules, mistakes) = RuleSet::new(packs, &settings);
    if let Some(mistake) = mistakes.first() {
        return Err(mistake.message.clone());
    }
    let root = folder.join(name);
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let mut workspace = Workspace::build(packs, sources);
    workspace.answer(|path| paths.iter().any(|known| **known == *path) || (root.is_dir() && root.join(path).exists()));
    let diagnostics = lint::lint_all(&rules, &workspace);
    Ok(compared(folder, name, &workspace, &diagnostics))
}

fn compared(folder: &Path, name: &str, workspace: &Workspace, diagnostics: &[Diagnostic]) -> CaseResult {
    let sources =
        workspace.documents().iter().map(|document| (document.path.clone(), &*document.parsed.text)).collect();
    let report = Report { diagnostics, sources, summary: None };
    let mut output = Vec::new();
    let written = render::render(OutputFormat::Full, &report, &mut output, Look::PLAIN);
    let output = String::from_utf8_lossy(&output).into_owned();
    let mut rules_found: Vec<String> = diagnostics.iter().map(|found| found.rule.to_string()).collect();
    rules_found.sort();
    rules_found.dedup();
    let mut kinds_found: Vec<String> = workspace
        .documents()
        .iter()
        .filter_map(|document| document.kind.as_ref())
        .flat_map(|kind| kind.lineage.iter().chain([&kind.name]))
        .map(ToString::to_string)
        .collect();
    kinds_found.sort();
    kinds_found.dedup();
    let (bad, out) = (name.starts_with("bad"), out_file(folder, name));
    let expected = discover::read(&out).ok().map(|text: Text| text.as_str().replace("\r\n", "\n"));
    let why = if written.is_err() {
        "the reports could not be printed".to_owned()
    } else if !bad && !diagnostics.is_empty() {
        format!("a good document gave findings: {}", rules_found.join(", "))
    } else if bad && diagnostics.is_empty() {
        "a bad document gave no finding".to_owned()
    } else if bad && expected.is_none() {
        "the expected output is not stored".to_owned()
    } else if bad && expected.as_deref() != Some(output.as_str()) {
        "the output differs from what is stored".to_owned()
    } else {
        String::new()
    };
    let passed = why.is_empty();
    CaseResult { name: name.to_owned(), bad, output, expected, out, rules_found, kinds_found, ran: true, passed, why }
}

fn failed(folder: &Path, name: &str, why: String) -> CaseResult {
    CaseResult {
        name: name.to_owned(),
        bad: name.starts_with("bad"),
        output: String::new(),
        expected: None,
        out: out_file(folder, name),
        rules_found: Vec::new(),
        kinds_found: Vec::new(),
        ran: false,
        passed: false,
        why,
    }
}

/// What the document `bad-x.md` and the folder `bad-x` give is stored in `bad-x.out`; a folder's name has no ending.
fn out_file(folder: &Path, name: &str) -> PathBuf {
    let path = Path::new(name);
    let stem = path.file_stem().filter(|_| !folder.join(name).is_dir()).unwrap_or(path.as_os_str());
    folder.join(format!("{}.out", stem.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_its_own_terms_and_those_of_all() {
        let terms: Terms = serde_yaml::from_str(
            "kind: a/b\npath: docs/{file}\nrules: {x: off}\ncases: {bad-one: {path: other.md, rules: {y: error}}}",
        )
        .expect("terms");
        let own = terms.of("bad-one.md");
        assert_eq!((own.kind.as_deref(), own.path.as_deref(), own.rules.len()), (Some("a/b"), Some("other.md"), 2));
        assert_eq!(terms.of("good.md").path.as_deref(), Some("docs/{file}"));
    }

    #[test]
    fn cases_that_share_an_output_fail() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["bad.md", "bad.markdown", "bad-other.md", "good.md"] {
            std::fs::write(folder.path().join(name), "# A\n").expect("a file in it");
        }
        let results = run(Packs::builtin(), folder.path());
        let clashing: Vec<&str> =
            results.iter().filter(|case| case.why.contains("`bad.out`")).map(|case| case.name.as_str()).collect();
        assert_eq!(clashing, ["bad.markdown", "bad.md"]);
    }

    #[test]
    fn output_is_stored_beside_the_case() {
        assert_eq!(out_file(Path::new("f"), "bad-x.md"), Path::new("f/bad-x.out"));
        assert_eq!(out_file(Path::new("f"), "bad-x"), Path::new("f/bad-x.out"));
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("bad-v1.2")).expect("a folder in it");
        assert_eq!(out_file(folder.path(), "bad-v1.2"), folder.path().join("bad-v1.2.out"));
        assert!(is_stored("bad-x.out") && is_stored("bad-x.fixed.md") && !is_stored("bad-x.md"));
    }
}
