//! One line for each diagnostic: `path:line:column: severity rule: message`.

use std::io::{self, Write};

use crate::render::{Look, Report, clean, painted, shortened};

/// So many characters of a message are shown.
const LONGEST: usize = 600;

/// Prints a line for each diagnostic.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write, look: Look) -> io::Result<()> {
    for diagnostic in report.diagnostics {
        let path = clean(&diagnostic.path);
        let message = clean(&diagnostic.message);
        let severity = painted(diagnostic.severity, diagnostic.severity.name(), look);
        let start = diagnostic.start;
        let rule = clean(&diagnostic.rule);
        writeln!(out, "{path}:{}:{}: {severity} {rule}: {}", start.line, start.column, shortened(&message, LONGEST))?;
    }
    Ok(())
}
