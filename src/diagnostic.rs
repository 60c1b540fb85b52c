//! What worklint has to say: a [`Finding`] is what a stage or a check noticed, a [`Diagnostic`] is that with the card's
//! words. Neither knows how it is printed.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{Position, Span};

/// How grave a diagnostic is. The order is ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not reported.
    Off,
    /// Worth knowing.
    Info,
    /// Probably a mistake.
    Warning,
    /// A mistake.
    Error,
}

impl Severity {
    /// The word that stands for it on the command line, in configuration and in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Off => "off",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "off" => Ok(Severity::Off),
            "info" => Ok(Severity::Info),
            "warning" => Ok(Severity::Warning),
            "error" => Ok(Severity::Error),
            _ => Err(format!("`{word}` is not a level; use `off`, `info`, `warning` or `error`")),
        }
    }
}

/// A second place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The document it lies in; `None` is the finding's own.
    pub path: Option<Arc<str>>,
    /// Where.
    pub span: Span,
    /// Which of the card's `related:` texts explains it.
    pub label: Cow<'static, str>,
}

/// What a stage or a check noticed, before the card gives it words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name; the card has the same.
    pub rule: Arc<str>,
    /// Which of the card's cases it is, if the card has cases.
    pub case: Option<Cow<'static, str>>,
    /// The place, in the document that is being checked.
    pub span: Span,
    /// The values that the card's texts name in braces.
    pub values: Vec<(Cow<'static, str>, String)>,
    /// Other places.
    pub related: Vec<Related>,
    /// A severity that the kind asks for, in place of the card's.
    pub severity: Option<Severity>,
    /// What the pack says is wrong, in place of the card's message, with the same braces.
    pub message: Option<String>,
    /// Help that the kind or the schema gives, in place of the card's.
    pub help: Option<String>,
}

impl Finding {
    /// A finding of `rule` at `span`.
    #[must_use]
    pub fn new(rule: impl Into<Arc<str>>, span: Span) -> Self {
        Self {
            rule: rule.into(),
            case: None,
            span,
            values: Vec::new(),
            related: Vec::new(),
            severity: None,
            message: None,
            help: None,
        }
    }

    /// Names the card's case.
    #[must_use]
    pub fn case(mut self, case: impl Into<Cow<'static, str>>) -> Self {
        self.case = Some(case.into());
        self
    }

    /// Adds a value for the card's texts.
    #[must_use]
    pub fn value(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// Adds a place in the same document.
    #[must_use]
    pub fn related(mut self, label: impl Into<Cow<'static, str>>, span: Span) -> Self {
        self.related.push(Related { path: None, span, label: label.into() });
        self
    }

    /// Adds a place in another document.
    #[must_use]
    pub fn related_in(mut self, path: &Arc<str>, label: impl Into<Cow<'static, str>>, span: Span) -> Self {
        self.related.push(Related { path: Some(path.clone()), span, label: label.into() });
        self
    }

    /// Replaces the card's help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Replaces the card's severity.
    #[must_use]
    pub fn severity(mut self, severity: Option<Severity>) -> Self {
        self.severity = severity.or(self.severity);
        self
    }
}

/// A second place of a diagnostic, with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The document it lies in, relative to the working directory, with forward slashes.
    pub path: Arc<str>,
    /// Where, in bytes.
    pub span: Span,
    /// The first character's place.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// What is there.
    pub message: String,
}

/// How sure a fix is. Fixes are data on a diagnostic; worklint offers none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The meaning is kept.
    Safe,
    /// Probably what was meant.
    Unsafe,
    /// For the author to judge.
    Display,
}

/// A finding with its severity and words, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name.
    pub rule: Arc<str>,
    /// How grave it is; never [`Severity::Off`].
    pub severity: Severity,
    /// What is wrong here, in one line.
    pub message: String,
    /// Why it matters, in one line; empty where the message says it all.
    pub why: String,
    /// What to do next.
    pub help: String,
    /// The document, relative to the working directory, with forward slashes.
    pub path: Arc<str>,
    /// The kind of the document (`pack/kind`), if it has one.
    pub kind: Option<Arc<str>>,
    /// Where, in bytes.
    pub span: Span,
    /// The first character's place.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// Other places.
    pub related: Vec<Label>,
    /// Sixteen hexadecimal digits that stay the same when lines move: rule, kind, text of the place and its number
    /// among equals.
    pub fingerprint: String,
}
