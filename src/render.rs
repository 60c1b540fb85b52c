//! How diagnostics are printed, one file per output format; only this module and its files know miette. Beside them, what
//! packs say: the [`manual`] of rules and kinds, and the [`schema`] of their files.
//!
//! Rendering takes values and writes to a given place: it opens no file and asks no terminal. The width and whether there
//! is colour are decided once, by the command line.

pub mod concise;
pub mod full;
pub mod json;
pub mod manual;
pub mod schema;
mod source;
pub mod summary;

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Text;

/// The output formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// A report with the place underlined.
    #[default]
    Full,
    /// One line for each diagnostic.
    Concise,
    /// An array of objects.
    Json,
}

impl std::str::FromStr for OutputFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "full" => Ok(OutputFormat::Full),
            "concise" => Ok(OutputFormat::Concise),
            "json" => Ok(OutputFormat::Json),
            _ => Err(format!("`{word}` is not an output format; use `full`, `concise` or `json`")),
        }
    }
}

/// What the output goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are shown.
    pub color: bool,
    /// How many columns a line may have.
    pub width: usize,
}

impl Look {
    /// No colour and 80 columns: what files and pipes get.
    pub const PLAIN: Look = Look { color: false, width: 80 };
}

/// What is printed.
#[derive(Debug, Default)]
pub struct Report<'a> {
    /// The diagnostics, in the order in which they are printed.
    pub diagnostics: &'a [Diagnostic],
    /// The texts that the spans point into, by path; a diagnostic without one is printed without its place.
    pub sources: FxHashMap<Arc<str>, &'a Text>,
    /// What was checked; printed after the diagnostics, except in JSON.
    pub summary: Option<&'a summary::Summary>,
}

/// Prints a report.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(format: OutputFormat, report: &Report, out: &mut dyn Write, look: Look) -> io::Result<()> {
    match format {
        OutputFormat::Full => full::render(report, out, look)?,
        OutputFormat::Concise => concise::render(report, out, look)?,
        OutputFormat::Json => return json::render(report, out),
    }
    match report.summary {
        Some(summary) => summary::render(summary, out, look),
        None => Ok(()),
    }
}

/// The word for a severity as it is shown, in colour where there is one.
fn painted(severity: Severity, text: &str, look: Look) -> String {
    use anstyle::{AnsiColor, Style};
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info | Severity::Off => AnsiColor::Cyan,
    };
    paint(text, Style::new().bold().fg_color(Some(color.into())), look)
}

fn paint(text: &str, style: anstyle::Style, look: Look) -> String {
    if look.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// What stands for a character that would act on the terminal or reorder the line; `None` for all others.
fn stand_in(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7F}' => Some('\u{2421}'),
        '\u{80}'..='\u{9F}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => Some('\u{FFFD}'),
        _ => None,
    }
}

/// The text on one line, without anything that acts on a terminal.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| stand_in(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c == '\t' { ' ' } else { stand_in(c).unwrap_or(c) }).collect())
}

/// The text, shortened to `limit` characters.
fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// The text in lines of at most `width` columns, the first of which has `first` columns less. Words are never broken, so
/// that paths and values can be copied.
pub(crate) fn wrapped(text: &str, width: usize, first: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut room = width.saturating_sub(first);
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.width() + 1 + word.width() > room {
                lines.push(std::mem::take(&mut line));
                room = width;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
        room = width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_passes() {
        assert_eq!(clean("a\u{1b}[31mb\r\n\u{202E}c\u{9b}"), "a␛[31mb␍␊\u{FFFD}c\u{FFFD}");
        assert!(matches!(clean("plain ä 日 👩‍🚀"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        assert_eq!(wrapped("aa bb cc", 5, 0), ["aa bb", "cc"]);
        assert_eq!(wrapped("aa bb cc", 8, 4), ["aa", "bb cc"]);
        assert_eq!(wrapped("averylongword b", 5, 0), ["averylongword", "b"]);
    }
}
