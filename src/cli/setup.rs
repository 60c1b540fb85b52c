//! What every command needs before it can begin: configuration, packs, the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::{Configuration, Failure};
use crate::config::{self, Config, FailOn, Settings};
use crate::diagnostic::Diagnostic;
use crate::discover;
use crate::pack::{PackSource, Packs};
use crate::ruleset;
use crate::text::Text;
use crate::time::{self, Demand, Form, Timestamp};

/// Configuration and packs of a run.
pub(super) struct Setup {
    /// The working directory; printed paths are relative to it.
    pub(super) directory: PathBuf,
    /// The repository or project that holds it: documents are recognised by their path from here on, so that it does
    /// not matter from which folder of it a run is started.
    pub(super) base: PathBuf,
    /// What the run goes by; the command line adds to it.
    pub(super) settings: Settings,
    /// The fail level of the configuration file.
    pub(super) fail_on: Option<FailOn>,
    /// Texts that are no documents but may be pointed at: the configuration file.
    pub(super) texts: Vec<(String, Text)>,
    own: Option<Packs>,
}

impl Setup {
    /// Reads configuration and packs.
    pub(super) fn new(configuration: &Configuration, now: Timestamp) -> Result<Self, Failure> {
        let directory = std::env::current_dir().map_err(|error| {
            Failure::new(format!("the working directory cannot be read: {error}"), "Change to a folder that exists")
        })?;
        let base = discover::project(&directory).unwrap_or_else(|| directory.clone());
        let mut setup =
            Setup { directory, base, settings: Settings::new(now), fail_on: None, texts: Vec::new(), own: None };
        if let Some(file) = file_of(configuration, &setup.directory) {
            setup.configure(&file)?;
        }
        Ok(setup)
    }

    /// Whether paths exist, as they were given.
    pub(super) fn exist<'a>(&self, paths: impl Iterator<Item = &'a PathBuf>) -> Result<(), Failure> {
        let missing: Vec<discover::Problem> = paths
            .filter(|path| self.directory.join(path).symlink_metadata().is_err())
            .map(|path| discover::Problem {
                message: format!("`{}` does not exist", crate::render::clean(&path.to_string_lossy())),
                help: "Check the spelling; paths are relative to the folder that worklint is started in".to_owned(),
            })
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(Failure::Problems(missing)) }
    }

    /// A path as it was given, from the base.
    pub(super) fn given(&self, path: &Path) -> PathBuf {
        if self.base == self.directory { path.to_owned() } else { self.directory.join(path) }
    }

    /// A document's path as it is printed: relative to the working directory.
    pub(super) fn shown(&self, path: &str) -> Arc<str> {
        if self.base == self.directory || path.is_empty() {
            path.into()
        } else {
            discover::relative(&self.directory, &self.base.join(path)).into()
        }
    }

    /// All packs.
    pub(super) fn packs(&self) -> &Packs {
        match &self.own {
            Some(packs) => packs,
            None => Packs::builtin(),
        }
    }

    /// Checks that a kind of the command line exists.
    pub(super) fn known_kind(&self, name: &str) -> Result<(), Failure> {
        if self.packs().kind(name).is_some() {
            return Ok(());
        }
        let kinds = self.packs().kinds();
        let near = near_kind(name, kinds.iter().map(|kind| &*kind.name));
        Err(Failure::new(format!("there is no kind `{name}`"), suggestion(near, "`worklint kinds` lists them")))
    }

    /// Checks that a rule, or a pack as `name/*`, of the command line exists.
    pub(super) fn known_rule(&self, name: &str) -> Result<(), Failure> {
        let packs = self.packs();
        let known = match name.strip_suffix("/*") {
            Some(pack) => packs.pack(pack).is_some(),
            None => packs.card(name).is_some(),
        };
        if known { Ok(()) } else { Err(unknown_rule(packs, name)) }
    }

    fn configure(&mut self, file: &Path) -> Result<(), Failure> {
        let (shown, text, config) = read(&self.directory, file)?;
        let folder = file.parent().unwrap_or(&self.directory).to_owned();
        self.load_packs(&config, &folder)?;
        let mistakes: Vec<_> = config
            .kinds
            .iter()
            .filter(|(_, kind)| self.packs().kind(&kind.value).is_none())
            .map(|(_, kind)| {
                let kinds = self.packs().kinds();
                let near = near_kind(&kind.value, kinds.iter().map(|kind| &*kind.name));
                let message = format!("there is no kind `{}`", kind.value);
                config::fault(kind.origin.clone(), message, suggestion(near, "`worklint kinds` lists them"))
            })
            .collect();
        if !mistakes.is_empty() {
            return Err(Failure::Mistakes(mistakes, vec![(shown, text)]));
        }
        let inner = discover::relative(&folder, &self.base);
        let prefix = if inner.is_empty() || !self.is_above(&folder) { String::new() } else { format!("{inner}/") };
        self.settings.add(&config, prefix);
        self.fail_on = config.fail_on;
        self.texts.push((shown, text));
        Ok(())
    }

    /// Whether globs of a configuration file are relative to its folder: where that is at or above the base. Else they are
    /// relative to the base.
    fn is_above(&self, folder: &Path) -> bool {
        !discover::relative(folder, &self.base).starts_with("..")
    }

    fn load_packs(&mut self, config: &Config, folder: &Path) -> Result<(), Failure> {
        if config.packs.is_empty() {
            return Ok(());
        }
        let sources = sources(config, folder, &self.directory, None)?;
        let (packs, mistakes) = load(&sources);
        if !mistakes.is_empty() {
            return Err(Failure::Mistakes(mistakes, texts_of(sources)));
        }
        // Bad fixtures of a pack are no documents of the repository.
        let seen_from = if self.is_above(folder) { folder } else { &self.base };
        for pack in &config.packs {
            let fixtures = discover::relative(seen_from, &folder.join(&pack.value).join("fixtures"));
            if !fixtures.starts_with("../") {
                self.settings.exclude.push(format!("{}/**", globset::escape(&fixtures)));
            }
        }
        self.own = Some(packs);
        Ok(())
    }
}

/// The configuration file of a run, if there is one.
fn file_of(configuration: &Configuration, directory: &Path) -> Option<PathBuf> {
    if configuration.no_config {
        return None;
    }
    match &configuration.config {
        Some(file) => Some(directory.join(file)),
        None => discover::configuration(directory),
    }
}

/// How a configuration file is shown, its text, and what it says.
fn read(directory: &Path, file: &Path) -> Result<(String, Text, Config), Failure> {
    let shown = discover::relative(directory, file);
    let text = discover::read(file).map_err(|_| {
        Failure::new(
            format!("the configuration file `{shown}` cannot be read"),
            "Name an existing text file with `--config`, or use `--no-config`",
        )
    })?;
    match config::parse(&shown, &text) {
        Ok(config) => Ok((shown, text, config)),
        Err(mistakes) => Err(Failure::Mistakes(mistakes, vec![(shown, text)])),
    }
}

/// The packs that a configuration names, but for the one at `except`.
fn sources(
    config: &Config,
    folder: &Path,
    directory: &Path,
    except: Option<&Path>,
) -> Result<Vec<PackSource>, Failure> {
    let mut sources = Vec::new();
    let mut problems = Vec::new();
    for pack in &config.packs {
        let place = folder.join(&pack.value);
        let same = |other: &Path| match (place.canonicalize(), other.canonicalize()) {
            (Ok(place), Ok(other)) => place == other,
            // What is not there yet is known by its path alone.
            _ => discover::relative(directory, &place) == discover::relative(directory, other),
        };
        if except.is_some_and(same) {
            continue;
        }
        match discover::pack(&place, &discover::relative(directory, &place)) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(sources) } else { Err(Failure::Problems(problems)) }
}

/// The built-in packs and these, with every mistake in these.
fn load(sources: &[PackSource]) -> (Packs, Vec<Diagnostic>) {
    let (packs, mut mistakes) = Packs::load(sources);
    for pack in packs.packs().iter().filter(|pack| pack.is_own()) {
        mistakes.extend(ruleset::mistakes(&packs, &pack.name));
    }
    mistakes.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    (packs, mistakes)
}

/// The files of packs, as a report shows them.
fn texts_of(sources: Vec<PackSource>) -> Vec<(String, Text)> {
    let files = sources.into_iter().flat_map(|source| {
        let folder = source.folder;
        source.files.into_iter().map(move |(path, text)| (format!("{folder}/{path}"), text))
    });
    files.collect()
}

/// One pack by its folder, beside the built-in ones and those of the configuration.
pub(super) struct OnePack {
    /// All packs.
    pub(super) packs: Packs,
    /// The name of the one; none when its `pack.yaml` cannot be read.
    pub(super) name: Option<String>,
    /// What is wrong with any of them.
    pub(super) mistakes: Vec<Diagnostic>,
    /// The files that mistakes point into.
    pub(super) texts: Vec<(String, Text)>,
}

/// Whether the configuration and the packs that it names can be read, the one at `folder` aside: asked before anything is
/// written.
pub(super) fn readable(configuration: &Configuration, folder: &Path) -> Result<(), Failure> {
    let directory = std::env::current_dir().unwrap_or_default();
    let Some(file) = file_of(configuration, &directory) else { return Ok(()) };
    let (_, _, config) = read(&directory, &file)?;
    sources(&config, file.parent().unwrap_or(&directory), &directory, Some(&directory.join(folder))).map(|_| ())
}

/// Loads the pack of a folder.
pub(super) fn one_pack(configuration: &Configuration, folder: &Path) -> Result<OnePack, Failure> {
    let directory = std::env::current_dir().map_err(|error| {
        Failure::new(format!("the working directory cannot be read: {error}"), "Change to a folder that exists")
    })?;
    let place = directory.join(folder);
    let mut found = match file_of(configuration, &directory) {
        Some(file) => {
            let (_, _, config) = read(&directory, &file)?;
            sources(&config, file.parent().unwrap_or(&directory), &directory, Some(&place))?
        }
        None => Vec::new(),
    };
    let shown = discover::relative(&directory, &place);
    let shown = if shown.is_empty() { ".".to_owned() } else { shown };
    found.push(discover::pack(&place, &shown).map_err(|mut problem| {
        if !place.is_dir() {
            problem.help = "Name the folder that holds the pack's `pack.yaml`".to_owned();
        }
        Failure::Problems(vec![problem])
    })?);
    let (packs, mistakes) = load(&found);
    let own = |path: &str| path.strip_prefix(&*shown).is_some_and(|rest| rest.starts_with('/'));
    let pack = packs.packs().iter().filter(|pack| pack.is_own()).find(|pack| own(pack.place()));
    let name = pack.map(|pack| pack.name.to_string());
    Ok(OnePack { name, mistakes, texts: texts_of(found), packs })
}

/// What counts as now: what the command line says, or the clock.
pub(super) fn clock(told: Option<&str>) -> Result<Timestamp, Failure> {
    match told {
        Some(text) => time::parse(text, Demand { form: Form::Timestamp, zone: false }).map_err(|_| {
            Failure::new(
                format!("`--now {text}` is not an ISO 8601 time"),
                "Write a date or a date and a time, as in `--now 2026-11-20T12:00:00Z`",
            )
        }),
        None => {
            let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
            Ok(Timestamp::of_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
        }
    }
}

/// That there is no such rule, and which was probably meant.
pub(super) fn unknown_rule(packs: &Packs, name: &str) -> Failure {
    let packs_as_names: Vec<String> = packs.packs().iter().map(|pack| format!("{}/*", pack.name)).collect();
    let names = packs.cards().iter().map(|card| &*card.name).chain(packs_as_names.iter().map(String::as_str));
    let near = config::nearest(name, names);
    Failure::new(format!("there is no rule `{name}`"), suggestion(near, "`worklint rule` lists them"))
}

/// The text of a document, by path, for a report.
pub(super) fn texts<'a>(
    setup: &'a Setup,
    workspace: &'a crate::workspace::Workspace,
) -> impl Iterator<Item = (Arc<str>, &'a Text)> {
    workspace.documents().iter().map(|document| (setup.shown(&document.path), &*document.parsed.text))
}

fn suggestion(near: Option<&str>, otherwise: &str) -> String {
    match near {
        Some(near) => format!("Did you mean `{near}`? {otherwise}"),
        None => otherwise.to_owned(),
    }
}

/// The kind that was probably meant: by its whole name, or by its name without the pack.
fn near_kind<'a>(name: &str, kinds: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let short = name.rsplit('/').next().unwrap_or(name);
    config::nearest(name, kinds.clone()).or_else(|| kinds.clone().find(|kind| kind.rsplit('/').next() == Some(short)))
}
