//! What was checked as what, and what was found: the last lines of a run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::{Look, paint, painted, wrapped};

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Documents that a kind claims, by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Documents that no kind claims.
    pub plain: usize,
    /// Files that could not be read.
    pub unreadable: usize,
    /// Errors found.
    pub errors: usize,
    /// Warnings found.
    pub warnings: usize,
    /// What else was found.
    pub infos: usize,
}

impl Summary {
    /// Counts diagnostics.
    pub fn count(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Info => self.infos += 1,
                Severity::Off => {}
            }
        }
    }

    /// Documents that a kind claims.
    #[must_use]
    pub fn checked(&self) -> usize {
        self.kinds.values().sum()
    }

    /// All files that were looked at.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.checked() + self.plain + self.unreadable
    }

    /// `214 documents: 209 checked, 3 plain, 2 unreadable`.
    fn coverage(&self) -> String {
        let mut parts = vec![format!("{} checked", self.checked())];
        if self.plain > 0 {
            parts.push(format!("{} plain", self.plain));
        }
        if self.unreadable > 0 {
            parts.push(format!("{} unreadable", self.unreadable));
        }
        format!("{}: {}", counted(self.documents(), "document"), parts.join(", "))
    }
}

/// Prints the numbers.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(summary: &Summary, out: &mut dyn Write, look: Look) -> io::Result<()> {
    let counts = [
        (Severity::Error, summary.errors, "error"),
        (Severity::Warning, summary.warnings, "warning"),
        (Severity::Info, summary.infos, "info"),
    ];
    let found: Vec<String> = counts
        .iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(severity, count, word)| match severity {
            Severity::Info => painted(*severity, &format!("{count} {word}"), look),
            _ => painted(*severity, &counted(*count, word), look),
        })
        .collect();
    if summary.documents() == 0 {
        let headline = painted(Severity::Warning, "No document found, nothing was checked", look);
        writeln!(out, "{headline}")?;
        return writeln!(
            out,
            "Looked for .md, .markdown, .yaml, .yml and .json files that git does not ignore; name a file to check it anyway"
        );
    }
    if found.is_empty() {
        writeln!(
            out,
            "{}",
            paint("No problems found", Style::new().bold().fg_color(Some(AnsiColor::Green.into())), look)
        )?;
    } else {
        writeln!(out, "Found {}", found.join(", "))?;
    }
    writeln!(out, "{}", summary.coverage())?;
    if !summary.kinds.is_empty() {
        let kinds: Vec<String> = summary.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        for line in wrapped(&format!("checked {}", kinds.join(", ")), look.width, 0) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("{count} {word}") } else { format!("{count} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(summary: &Summary) -> String {
        let mut out = Vec::new();
        render(summary, &mut out, Look::PLAIN).expect("a vector can be written to");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_run_is_counted() {
        let kinds = [("a/x".to_owned(), 4), ("b/y".to_owned(), 1)].into();
        let summary = Summary { kinds, plain: 3, unreadable: 2, errors: 1, warnings: 2, infos: 0 };
        assert_eq!(
            printed(&summary),
            "Found 1 error, 2 warnings\n10 documents: 5 checked, 3 plain, 2 unreadable\nchecked 4 a/x, 1 b/y\n"
        );
    }

    #[test]
    fn a_run_without_documents_says_so() {
        assert!(printed(&Summary::default()).starts_with("No document found"));
    }
}
