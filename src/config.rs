//! The user's settings: what `worklint.toml` says ([`Config`]), and what a run goes by ([`Settings`]).
//!
//! Parsing is a pure function from a text to values with places; which file is read is decided by the command line.

pub mod file;

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Position, Span, Text};
use crate::time::Timestamp;

/// The name of the configuration file.
pub const FILE_NAME: &str = "worklint.toml";

/// The rule that reports mistakes in a configuration file.
pub const INVALID: &str = "invalid-configuration";

const KEYS: &[&str] = &["exclude", "fail-on", "include", "kinds", "packs", "rules"];
const LEVELS: &[&str] = &["off", "info", "warning", "error"];
const FAIL_LEVELS: &[&str] = &["error", "warning", "info", "never"];

/// Where a setting was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The configuration file, relative to the working directory, with forward slashes.
    pub path: Arc<str>,
    /// The bytes there.
    pub span: Span,
    /// The first character's place.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// A value with the place where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub origin: Origin,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// On errors.
    #[default]
    Error,
    /// On warnings and errors.
    Warning,
    /// On any finding.
    Info,
    /// Never.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes the run fail.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Info => severity >= Severity::Info,
            FailOn::Never => false,
        }
    }
}

impl std::str::FromStr for FailOn {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "error" => Ok(FailOn::Error),
            "warning" => Ok(FailOn::Warning),
            "info" => Ok(FailOn::Info),
            "never" => Ok(FailOn::Never),
            _ => Err(format!("`{word}` is not a fail level; use `error`, `warning`, `info` or `never`")),
        }
    }
}

/// What a configuration file says. Paths and globs in it are relative to the file's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `[rules]`, in the order written: a rule's name or `pack/*`, and its level.
    pub levels: Vec<(Placed<String>, Severity)>,
    /// Globs of what is not checked.
    pub exclude: Vec<Placed<String>>,
    /// Globs of what is checked; everything, if there are none.
    pub include: Vec<Placed<String>>,
    /// Folders of packs.
    pub packs: Vec<Placed<String>>,
    /// `[kinds]`, in the order written: a glob, and the kind that its documents have.
    pub kinds: Vec<(String, Placed<String>)>,
    /// From which severity on a run fails.
    pub fail_on: Option<FailOn>,
}

/// What a run goes by: configuration and command line together.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Only these rules run; all, if empty.
    pub select: Vec<String>,
    /// These rules do not run.
    pub ignore: Vec<String>,
    /// Levels of rules; of several for one rule the last wins. A name is a rule or `pack/*`. The origin is missing for
    /// what the command line says.
    pub levels: Vec<(String, Severity, Option<Origin>)>,
    /// Globs of what is not checked, relative to the configuration file's folder.
    pub exclude: Vec<String>,
    /// Globs of what is checked; everything, if empty. Relative to the configuration file's folder.
    pub include: Vec<String>,
    /// Globs relative to the configuration file's folder, and the kind of the documents that they match; the last match wins.
    pub kinds: Vec<(String, String)>,
    /// The working directory as the configuration file's folder sees it, with a slash at its end; empty where the two
    /// are one. It precedes a path before a glob is asked.
    pub prefix: String,
    /// What counts as now.
    pub now: Timestamp,
}

impl Settings {
    /// The settings of a run that nothing was said about.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            select: Vec::new(),
            ignore: Vec::new(),
            levels: Vec::new(),
            exclude: Vec::new(),
            include: Vec::new(),
            kinds: Vec::new(),
            prefix: String::new(),
            now,
        }
    }

    /// Adds what a configuration file says; what the settings say already comes later and wins.
    pub fn add(&mut self, config: &Config, prefix: impl Into<String>) {
        self.prefix = prefix.into();
        let told = config.levels.iter().map(|(name, level)| (name.value.clone(), *level, Some(name.origin.clone())));
        self.levels = told.chain(self.levels.drain(..)).collect();
        self.exclude.extend(config.exclude.iter().map(|glob| glob.value.clone()));
        self.include.extend(config.include.iter().map(|glob| glob.value.clone()));
        self.kinds.extend(config.kinds.iter().map(|(glob, kind)| (glob.clone(), kind.value.clone())));
    }
}

/// Reads a configuration file.
///
/// # Errors
/// With every mistake in it, as diagnostics of [`INVALID`] with their places.
pub fn parse(path: &str, text: &Text) -> Result<Config, Vec<Diagnostic>> {
    let mut reader = Reader { path: path.into(), text, faults: Vec::new() };
    let config = reader.config();
    reader.faults.sort_by_key(|fault| fault.span);
    if reader.faults.is_empty() { Ok(config) } else { Err(reader.faults) }
}

/// The candidate that a misspelled word was most likely meant to be.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= limit || (word.len() >= 4 && candidate.split(['-', '/']).any(|part| part == word))
        })
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

/// A mistake in a file that is no document (configuration, command line): no card is asked for its words.
#[must_use]
pub fn fault(origin: Origin, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    let message = message.into();
    let fingerprint = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(format!("{INVALID} {message}").as_bytes()));
    Diagnostic {
        rule: INVALID.into(),
        severity: Severity::Error,
        message,
        why: String::new(),
        help: help.into(),
        path: origin.path,
        kind: None,
        span: origin.span,
        start: origin.start,
        end: origin.end,
        related: Vec::new(),
        fingerprint,
    }
}

/// Reads one file and collects its mistakes.
struct Reader<'a> {
    path: Arc<str>,
    text: &'a Text,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn config(&mut self) -> Config {
        let mut config = Config::default();
        let source = &self.text.as_str()[self.text.start()..];
        let (root, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            let place = error.span().unwrap_or(0..0);
            self.fault(place, lower_first(error.message()), "See https://toml.io for how TOML is written.");
        }
        if !errors.is_empty() {
            return config;
        }
        for (key, value) in in_order(root.get_ref()) {
            match key.get_ref().as_ref() {
                "rules" => config.levels = self.levels(value),
                "exclude" => config.exclude = self.globs(value, "exclude"),
                "include" => config.include = self.globs(value, "include"),
                "packs" => config.packs = self.strings(value, "packs"),
                "kinds" => config.kinds = self.kinds(value),
                "fail-on" => config.fail_on = self.fail_on(value),
                other => {
                    let help = match nearest(other, KEYS.iter().copied()) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("Known keys are {}.", listed(KEYS)),
                    };
                    self.fault(key.span(), format!("`{other}` is not a setting"), help);
                }
            }
        }
        config
    }

    fn levels(&mut self, value: &Spanned<DeValue>) -> Vec<(Placed<String>, Severity)> {
        let Some(table) = self.table(value, "[rules]", "Write one `rule = \"level\"` line for each rule.") else {
            return Vec::new();
        };
        let mut levels = Vec::new();
        for (key, value) in in_order(table) {
            let level = value.get_ref().as_str().map(str::parse::<Severity>);
            match level {
                Some(Ok(level)) => {
                    let origin = self.origin(key.span());
                    levels.push((Placed { value: key.get_ref().to_string(), origin }, level));
                }
                Some(Err(_)) => {
                    let word = value.get_ref().as_str().unwrap_or_default();
                    let help = match nearest(word, LEVELS.iter().copied()) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => format!("Levels are {}.", listed(LEVELS)),
                    };
                    self.fault(value.span(), format!("`{word}` is not a level"), help);
                }
                None => {
                    let message = format!("the level of `{}` is not a string", key.get_ref());
                    self.fault(value.span(), message, format!("Levels are {}, in quotes.", listed(LEVELS)));
                }
            }
        }
        levels
    }

    fn kinds(&mut self, value: &Spanned<DeValue>) -> Vec<(String, Placed<String>)> {
        let help = "Write one `\"glob\" = \"pack/kind\"` line for each place.";
        let Some(table) = self.table(value, "[kinds]", help) else { return Vec::new() };
        let mut kinds = Vec::new();
        for (key, value) in in_order(table) {
            self.check_glob(key.get_ref(), key.span());
            match value.get_ref().as_str() {
                Some(kind) => {
                    let origin = self.origin(value.span());
                    kinds.push((key.get_ref().to_string(), Placed { value: kind.to_owned(), origin }));
                }
                None => self.fault(value.span(), format!("the kind of `{}` is not a string", key.get_ref()), help),
            }
        }
        kinds
    }

    fn fail_on(&mut self, value: &Spanned<DeValue>) -> Option<FailOn> {
        let word = value.get_ref().as_str().unwrap_or_default();
        let level = word.parse().ok();
        if level.is_none() {
            let help = match nearest(word, FAIL_LEVELS.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("Fail levels are {}, in quotes.", listed(FAIL_LEVELS)),
            };
            self.fault(value.span(), "`fail-on` is not a fail level", help);
        }
        level
    }

    fn globs(&mut self, value: &Spanned<DeValue>, key: &str) -> Vec<Placed<String>> {
        let globs = self.strings(value, key);
        for glob in &globs {
            if let Err(error) = globset::Glob::new(&glob.value) {
                let message = format!("`{}` is not a glob: {}", glob.value, error.kind());
                self.faults.push(fault(glob.origin.clone(), message, "Quote special characters with a backslash."));
            }
        }
        globs
    }

    fn strings(&mut self, value: &Spanned<DeValue>, key: &str) -> Vec<Placed<String>> {
        let help = format!("Write `{key} = [\"…\"]`.");
        let Some(items) = value.get_ref().as_array() else {
            self.fault(value.span(), format!("`{key}` is not a list"), help);
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) => {
                    strings.push(Placed { value: text.to_owned(), origin: self.origin(item.span()) });
                }
                None => self.fault(item.span(), format!("an item of `{key}` is not a string"), help.clone()),
            }
        }
        strings
    }

    fn table<'v>(&mut self, value: &'v Spanned<DeValue<'v>>, name: &str, help: &str) -> Option<&'v DeTable<'v>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(value.span(), format!("`{name}` is not a table"), help);
        }
        table
    }

    fn check_glob(&mut self, glob: &str, place: Range<usize>) {
        if let Err(error) = globset::Glob::new(glob) {
            let message = format!("`{glob}` is not a glob: {}", error.kind());
            self.fault(place, message, "Quote special characters with a backslash.");
        }
    }

    fn fault(&mut self, place: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let origin = self.origin(place);
        self.faults.push(fault(origin, message, help));
    }

    fn origin(&self, place: Range<usize>) -> Origin {
        let span = Span::from(place).shifted(self.text.start());
        let (start, end) = (self.text.position(span.start), self.text.position(span.end));
        Origin { path: self.path.clone(), span, start, end }
    }
}

/// The pairs of a table in the order written; the crate gives them by name.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn lower_first(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut chars = line.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(source: &str) -> Vec<(String, String, String)> {
        let text = Text::new(source);
        let faults = parse("worklint.toml", &text).expect_err("a broken configuration");
        faults.into_iter().map(|fault| (text.slice(fault.span).to_owned(), fault.message, fault.help)).collect()
    }

    #[test]
    fn a_configuration_is_read_in_the_order_written() {
        let text = Text::new(
            "\u{FEFF}exclude = [\"old/**\"]\nfail-on = \"warning\"\n[rules]\nmissing-path = \"warning\"\n\"a/*\" = \"off\"\n",
        );
        let config = parse("worklint.toml", &text).expect("a good configuration");
        let levels: Vec<_> = config.levels.iter().map(|(name, level)| (name.value.as_str(), *level)).collect();
        assert_eq!(levels, [("missing-path", Severity::Warning), ("a/*", Severity::Off)]);
        assert_eq!(text.slice(config.levels[0].0.origin.span), "missing-path");
        assert_eq!(config.exclude[0].value, "old/**");
        assert_eq!(config.fail_on, Some(FailOn::Warning));
    }

    #[test]
    fn mistakes_have_places_and_suggestions() {
        let found = faults("exlude = []\n[rules]\nmissing-path = \"warn\"\nother = 3\n");
        assert_eq!(found[0].0, "exlude");
        assert_eq!(found[0].2, "Did you mean `exclude`?");
        assert_eq!(found[1].0, "\"warn\"");
        assert_eq!(found[2].1, "the level of `other` is not a string");
    }

    #[test]
    fn broken_toml_is_a_diagnostic() {
        assert!(!faults("[rules\n").is_empty());
        assert_eq!(faults("exclude = [\"a[\"]")[0].0, "\"a[\"");
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let text = Text::new("[rules]\na = \"off\"\n");
        let config = parse("worklint.toml", &text).expect("a good configuration");
        let mut settings = Settings::new(Timestamp::of_seconds(0));
        settings.levels.push(("a".to_owned(), Severity::Error, None));
        settings.add(&config, "");
        assert_eq!(settings.levels.last().map(|level| level.1), Some(Severity::Error));
    }

    #[test]
    fn near_names_are_found() {
        assert_eq!(nearest("missing-feild", ["missing-field", "empty-field"]), Some("missing-field"));
        assert_eq!(nearest("field", ["missing-field", "other"]), Some("missing-field"));
        assert_eq!(nearest("xyz", ["missing-field"]), None);
    }
}
