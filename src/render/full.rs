//! Reports with the place underlined, its related places, why it matters and what to do.

use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::render::source::{CONTEXT, Excerpt, Place};
use crate::render::{Look, Report, clean, paint, painted, shortened, wrapped};
use crate::text::Text;

/// So many reports are printed; nobody reads more, and a terminal forgets them.
const MOST: usize = 500;

/// So many related places are shown in one report.
const MOST_RELATED: usize = 8;

/// So many characters of a message, a label or a help are shown.
const LONGEST: usize = 600;

/// Prints a report for each diagnostic, up to a limit.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write, look: Look) -> io::Result<()> {
    for diagnostic in report.diagnostics.iter().take(MOST) {
        writeln!(out, "{}", one(report, diagnostic, look))?;
    }
    let more = report.diagnostics.len().saturating_sub(MOST);
    if more > 0 {
        let findings = if more == 1 { "finding is" } else { "findings are" };
        writeln!(
            out,
            "{more} more {findings} not shown; `--output-format concise` shows all of them on one line each\n"
        )?;
    }
    Ok(())
}

/// The report of one diagnostic, with a line ending.
fn one(report: &Report, diagnostic: &Diagnostic, look: Look) -> String {
    let (own, other): (Vec<&Label>, Vec<&Label>) =
        diagnostic.related.iter().take(MOST_RELATED).partition(|label| label.path == diagnostic.path);
    let head = format!("{}[{}]:", diagnostic.severity.name(), clean(&diagnostic.rule));
    let mut text = Snippet {
        severity: diagnostic.severity,
        head: &head,
        message: &diagnostic.message,
        path: &diagnostic.path,
        text: report.sources.get(&diagnostic.path).copied(),
        primary: Some(Place { span: diagnostic.span, start: diagnostic.start }),
        related: &own,
    }
    .render(look);
    for label in other {
        let note = Snippet {
            severity: Severity::Info,
            head: "note:",
            message: &label.message,
            path: &label.path,
            text: report.sources.get(&label.path).copied(),
            primary: Some(Place { span: label.span, start: label.start }),
            related: &[],
        };
        text.push_str(&note.render(look));
    }
    let hidden = diagnostic.related.len().saturating_sub(MOST_RELATED);
    if hidden > 0 {
        text.push_str(&aside("note:", &format!("{hidden} more places, see `--output-format json`"), look));
    }
    if !diagnostic.why.is_empty() {
        text.push_str(&aside("why: ", &diagnostic.why, look));
    }
    if !diagnostic.help.is_empty() {
        text.push_str(&aside("help:", &diagnostic.help, look));
    }
    text
}

/// A line of words under a snippet.
fn aside(word: &str, words: &str, look: Look) -> String {
    let indent = word.width() + 3;
    let words: Vec<_> = shortened(words, LONGEST).lines().map(|line| clean(line).into_owned()).collect();
    let mut text = format!("  {} ", paint(word, Style::new().bold().fg_color(Some(AnsiColor::Cyan.into())), look));
    for (at, line) in wrapped(&words.join("\n"), look.width.saturating_sub(indent), 0).iter().enumerate() {
        if at > 0 {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A message, and the place in one document that it is about.
struct Snippet<'a> {
    severity: Severity,
    head: &'a str,
    message: &'a str,
    path: &'a str,
    text: Option<&'a Text>,
    primary: Option<Place>,
    related: &'a [&'a Label],
}

impl Snippet<'_> {
    fn render(&self, look: Look) -> String {
        let message = clean(self.message);
        // The continuation is indented by a bar and two blanks; miette keeps two columns free at the right.
        let lines = wrapped(&shortened(&message, LONGEST), look.width.saturating_sub(6), self.head.width() + 1);
        let message = lines.join("\n");
        let path = clean(self.path);
        match (self.text.filter(|text| !text.is_empty()), self.primary) {
            (Some(text), Some(primary)) => self.with_source(message, &path, text, primary, look),
            _ => format!(
                "{} {}\n   {}[{}]\n",
                painted(self.severity, self.head, look),
                lines.join("\n  │ "),
                "╶─",
                paint(&path, Style::new().fg_color(Some(AnsiColor::Cyan.into())), look)
            ),
        }
    }

    fn with_source(&self, message: String, path: &str, text: &Text, primary: Place, look: Look) -> String {
        let mut places = vec![primary];
        places.extend(self.related.iter().map(|label| Place { span: label.span, start: label.start }));
        let (excerpt, spans) = Excerpt::new(path, text, &places, look.width);
        let mut labels: Vec<LabeledSpan> = Vec::with_capacity(spans.len());
        for (at, span) in spans.iter().enumerate() {
            let source_span = (span.start, span.len());
            labels.push(match at.checked_sub(1).map(|related| self.related[related]) {
                None => LabeledSpan::new_primary_with_span(None, source_span),
                Some(label) => {
                    let words = clean(&label.message).into_owned();
                    let words =
                        wrapped(&shortened(&words, LONGEST), look.width.saturating_sub(24).max(30), 0).join("\n");
                    LabeledSpan::new_with_span(Some(words), source_span)
                }
            });
        }
        // miette sorts by offset and gives the styles in that order; a stable order keeps the two together.
        labels.sort_by_key(|label| (label.offset(), !label.primary()));

        let mut theme = if look.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let (style, severity) = match self.severity {
            Severity::Error => (theme.styles.error, miette::Severity::Error),
            Severity::Warning => (theme.styles.warning, miette::Severity::Warning),
            Severity::Info | Severity::Off => (theme.styles.advice, miette::Severity::Advice),
        };
        theme.styles.error = style.bold();
        theme.styles.warning = style.bold();
        theme.styles.advice = style.bold();
        if !look.color {
            theme = GraphicalTheme::unicode_nocolor();
        }
        let other = theme.styles.help;
        theme.styles.highlights = labels.iter().map(|label| if label.primary() { style } else { other }).collect();
        for icon in [&mut theme.characters.error, &mut theme.characters.warning, &mut theme.characters.advice] {
            self.head.clone_into(icon);
        }
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(look.width)
            .with_links(false)
            .with_break_words(false)
            // All words are wrapped already, between words only.
            .with_wrap_lines(false)
            .with_context_lines(CONTEXT);
        let shown = Shown { severity, message, excerpt, labels };
        let mut drawn = String::new();
        if handler.render_report(&mut drawn, &shown).is_err() {
            drawn = format!("  {} {}\n", self.head, shown.message);
        }
        // The header begins at the left edge, so that it can be searched for.
        let mut text = String::with_capacity(drawn.len());
        for line in drawn.trim_start_matches(' ').lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// What miette is given.
#[derive(Debug)]
struct Shown {
    severity: miette::Severity,
    message: String,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Position, Span};

    fn at(path: &str, text: &Text, words: &str) -> Label {
        let start = text.as_str().find(words).expect("the words are in the text");
        let span = Span::new(start, start + words.len());
        label(path, text, span)
    }

    fn label(path: &str, text: &Text, span: Span) -> Label {
        let (start, end) = (text.position(span.start), text.position(span.end));
        Label { path: path.into(), span, start, end, message: String::new() }
    }

    fn diagnostic(place: &Label, message: &str) -> Diagnostic {
        Diagnostic {
            rule: "missing-field".into(),
            severity: Severity::Error,
            message: message.to_owned(),
            why: String::new(),
            help: String::new(),
            path: place.path.clone(),
            kind: None,
            span: place.span,
            start: place.start,
            end: place.end,
            related: Vec::new(),
            fingerprint: String::new(),
        }
    }

    fn printed(diagnostics: &[Diagnostic], sources: &[(&str, &Text)], look: Look) -> String {
        let sources = sources.iter().map(|(path, text)| ((*path).into(), *text)).collect();
        let mut out = Vec::new();
        render(&Report { diagnostics, sources, summary: None }, &mut out, look).expect("a vector can be written to");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_report_has_place_reason_and_help() {
        let text = Text::new("---\nstate: finished\nid: 7\n---\n\n# Title\n");
        let mut found = diagnostic(&label("a/b.md", &text, Span::new(0, 3)), "the field `ended` is missing");
        let mut because = at("a/b.md", &text, "state: finished");
        because.message = "this makes it required".to_owned();
        found.related.push(because);
        found.why = "Whoever reads the task later cannot tell when the work ended".to_owned();
        found.help = "Add `ended: ` with the day on which the last of its conditions was at last met".to_owned();
        assert_eq!(
            printed(&[found], &[("a/b.md", &text)], Look::PLAIN),
            "\
error[missing-field]: the field `ended` is missing
   ╭─[a/b.md:1:1]
 1 │ ---
   · ───
 2 │ state: finished
   · ───────┬───────
   ·        ╰── this makes it required
 3 │ id: 7
   ╰────
  why:  Whoever reads the task later cannot tell when the work ended
  help: Add `ended: ` with the day on which the last of its conditions was at
        last met

"
        );
    }

    #[test]
    fn another_document_is_shown_below() {
        let own = Text::new("# One\n\n**State**: finished\n");
        let other = Text::new("# Two\n\n**State**: open\n");
        let mut found =
            diagnostic(&at("r.md", &own, "finished"), "the state is `finished` here and `open` in the other");
        let mut source = at("p.md", &other, "open");
        source.message = "the other says `open`".to_owned();
        found.related.push(source);
        assert_eq!(
            printed(&[found], &[("r.md", &own), ("p.md", &other)], Look::PLAIN),
            "\
error[missing-field]: the state is `finished` here and `open` in the other
   ╭─[r.md:3:12]
 2 │
 3 │ **State**: finished
   ·            ────────
   ╰────
note: the other says `open`
   ╭─[p.md:3:12]
 2 │
 3 │ **State**: open
   ·            ────
   ╰────

"
        );
    }

    #[test]
    fn a_document_without_text_is_named() {
        let text = Text::new("");
        let found = diagnostic(&label("a.md", &text, Span::point(0)), "the file is not text");
        let expected = "error[missing-field]: the file is not text\n   ╶─[a.md]\n\n";
        assert_eq!(printed(std::slice::from_ref(&found), &[], Look::PLAIN), expected);
        assert_eq!(printed(&[found], &[("a.md", &text)], Look::PLAIN), expected);
    }

    #[test]
    fn nothing_is_wider_than_the_look_and_nothing_acts_on_the_terminal() {
        let source = format!("{}\u{1b}[31mNEEDLE\u{7} {}\n", "long ".repeat(80), "日本 ".repeat(80));
        let text = Text::new(source);
        let mut found = diagnostic(&at("a.md", &text, "NEEDLE"), &"many words and \u{1b}[0m ".repeat(12));
        found.help = "what to do ".repeat(20);
        let printed = printed(&[found], &[("a.md", &text)], Look::PLAIN);
        assert!(printed.lines().all(|line| line.width() <= 80), "{printed}");
        assert!(!printed.contains(['\u{1b}', '\u{7}']), "{printed}");
        assert!(printed.contains("[a.md:1:406]") && printed.contains("NEEDLE"), "{printed}");
    }

    #[test]
    fn a_long_place_is_shown_by_its_first_line() {
        let text = Text::new("a\nb\nc\nd\ne\nf\ng\n");
        let found = diagnostic(&label("a.md", &text, Span::new(2, 14)), "too long");
        let printed = printed(&[found], &[("a.md", &text)], Look::PLAIN);
        assert!(printed.contains(" 2 │ b\n   · ─\n 3 │ c\n   ╰"), "{printed}");
    }

    #[test]
    fn every_place_of_odd_texts_can_be_drawn() {
        for source in ["\n", "a\n", "\u{FEFF}ä\r\nb\r\n", "日本\t\u{1b}[0m\n\n\nx", "a\n\n\n\n\n\nb\nc\n"] {
            let text = Text::new(source);
            for start in 0..=source.len() {
                for end in start..=source.len() {
                    let mut found = diagnostic(&label("a.md", &text, Span::new(start, end)), "x");
                    found.related.push(label("a.md", &text, Span::point(source.len() - start)));
                    let drawn = printed(&[found], &[("a.md", &text)], Look { color: true, width: 80 });
                    assert!(!drawn.contains("Failed to read"), "{source:?} {start}..{end}: {drawn}");
                }
            }
        }
    }

    #[test]
    fn more_reports_than_anyone_reads_are_counted() {
        let text = Text::new("a\n");
        let found = diagnostic(&label("a.md", &text, Span::new(0, 1)), "x");
        let printed = printed(&vec![found; MOST + 2], &[("a.md", &text)], Look::PLAIN);
        assert_eq!(printed.matches("error[").count(), MOST);
        assert!(printed.contains("2 more findings are not shown"), "{printed}");
    }

    #[test]
    fn the_header_names_the_characters_column() {
        let text = Text::new("ä日x\n");
        let place = Label { start: Position { line: 1, column: 3 }, ..at("a.md", &text, "x") };
        assert!(printed(&[diagnostic(&place, "m")], &[("a.md", &text)], Look::PLAIN).contains("[a.md:1:3]"));
    }
}
