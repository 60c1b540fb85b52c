//! What every command needs before it can begin: configuration, packs, the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::{Configuration, Failure};
use crate::config::{self, Config, FailOn, Settings};
use crate::discover;
use crate::pack::{PackSource, Packs};
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
    /// The folders of the user's packs.
    pub(super) folders: Vec<PathBuf>,
    own: Option<Packs>,
}

impl Setup {
    /// Reads configuration and packs.
    pub(super) fn new(configuration: &Configuration, now: Timestamp) -> Result<Self, Failure> {
        let directory = std::env::current_dir().map_err(|error| {
            Failure::new(format!("the working directory cannot be read: {error}"), "Change to a folder that exists")
        })?;
        let base = discover::project(&directory).unwrap_or_else(|| directory.clone());
        let mut setup = Setup {
            directory,
            base,
            settings: Settings::new(now),
            fail_on: None,
            texts: Vec::new(),
            folders: Vec::new(),
            own: None,
        };
        let file = if configuration.no_config {
            None
        } else {
            match &configuration.config {
                Some(file) => Some(setup.directory.join(file)),
                None => discover::configuration(&setup.directory),
            }
        };
        if let Some(file) = file {
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
        let shown = discover::relative(&self.directory, file);
        let text = discover::read(file).map_err(|_| {
            Failure::new(
                format!("the configuration file `{shown}` cannot be read"),
                "Name an existing text file with `--config`, or use `--no-config`",
            )
        })?;
        let config = match config::parse(&shown, &text) {
            Ok(config) => config,
            Err(mistakes) => return Err(Failure::Mistakes(mistakes, vec![(shown, text)])),
        };
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
        // Globs are relative to the file's folder where that is at or above the working directory.
        let inner = discover::relative(&folder, &self.base);
        let prefix = if inner.is_empty() || inner.starts_with("..") { String::new() } else { format!("{inner}/") };
        self.settings.add(&config, prefix);
        self.fail_on = config.fail_on;
        self.texts.push((shown, text));
        Ok(())
    }

    fn load_packs(&mut self, config: &Config, folder: &Path) -> Result<(), Failure> {
        if config.packs.is_empty() {
            return Ok(());
        }
        let mut sources: Vec<PackSource> = Vec::new();
        let mut problems = Vec::new();
        for pack in &config.packs {
            let place = folder.join(&pack.value);
            match discover::pack(&place, &discover::relative(&self.directory, &place)) {
                Ok(source) => {
                    sources.push(source);
                    self.folders.push(place);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(Failure::Problems(problems));
        }
        let (packs, mistakes) = Packs::load(&sources);
        if !mistakes.is_empty() {
            let texts = sources.into_iter().flat_map(|source| {
                let folder = source.folder;
                source.files.into_iter().map(move |(path, text)| (format!("{folder}/{path}"), text))
            });
            return Err(Failure::Mistakes(mistakes, texts.collect()));
        }
        self.own = Some(packs);
        Ok(())
    }
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
    kinds.clone().find(|kind| kind.rsplit('/').next() == Some(short)).or_else(|| config::nearest(name, kinds))
}
