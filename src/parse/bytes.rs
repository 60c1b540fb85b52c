//! What is wrong with the bytes of a text, whatever the text means: bad UTF-8, characters that were lost, conflict markers,
//! escapes that were written out, and (in `mojibake`) text that was read in the wrong encoding.

mod mojibake;

use memchr::memmem;

use crate::diagnostic::Finding;
use crate::text::{Span, Text};

/// How many lost characters one document reports.
const MOST_REPLACEMENTS: usize = 20;

/// Looks for damage. `code` are the sorted spans of code blocks and code spans, where a document may show damage on
/// purpose.
#[must_use]
pub fn findings(text: &Text, code: &[Span], is_markdown: bool) -> Vec<Finding> {
    let code = Code::new(code);
    let mut found = Vec::new();
    invalid_utf8(text, &mut found);
    if !text.as_str().is_ascii() {
        replacement_characters(text, &code, &mut found);
        mojibake::findings(text, &code, &mut found);
    }
    conflict_markers(text, &code, &mut found);
    if is_markdown {
        literal_escapes(text, &code, &mut found);
    }
    found
}

/// The places that hold code. Spans may be nested, so the furthest end of all spans that begin before a place counts.
struct Code {
    /// Start and, at that place, the furthest end.
    spans: Vec<(usize, usize)>,
}

impl Code {
    fn new(sorted: &[Span]) -> Self {
        let mut furthest = 0;
        let spans = sorted
            .iter()
            .map(|span| {
                furthest = furthest.max(span.end);
                (span.start, furthest)
            })
            .collect();
        Self { spans }
    }

    fn holds(&self, offset: usize) -> bool {
        let next = self.spans.partition_point(|(start, _)| *start <= offset);
        next > 0 && offset < self.spans[next - 1].1
    }
}

/// The first run of bytes that are not UTF-8, and how many there are in all.
fn invalid_utf8(text: &Text, found: &mut Vec<Finding>) {
    let bad = text.bad_bytes();
    let Some(first) = bad.first() else { return };
    let run = bad.iter().enumerate().take_while(|(at, offset)| **offset == first + at).count();
    let span = Span::new(*first, first + run);
    found.push(Finding::new("invalid-utf8", span).value("count", bad.len().to_string()));
}

/// Each run of U+FFFD.
fn replacement_characters(text: &Text, code: &Code, found: &mut Vec<Finding>) {
    const LOST: &str = "\u{FFFD}";
    let mut run: Option<Span> = None;
    let mut count = 0;
    let mut push = |run: Option<Span>| {
        if let Some(span) = run.filter(|span| !code.holds(span.start) && count < MOST_REPLACEMENTS) {
            count += 1;
            let characters = span.len() / LOST.len();
            found.push(Finding::new("replacement-character", span).value("count", characters.to_string()));
        }
    };
    for start in memmem::find_iter(text.as_str().as_bytes(), LOST) {
        let span = Span::new(start, start + LOST.len());
        run = match run {
            Some(open) if open.end == start => Some(open.cover(span)),
            before => {
                push(before);
                Some(span)
            }
        };
    }
    push(run);
}

/// `<<<<<<< `, `=======` and `>>>>>>> `, each at the beginning of its line, in this order.
fn conflict_markers(text: &Text, code: &Code, found: &mut Vec<Finding>) {
    let all = text.as_str();
    let marks = |line: Span, mark: &str| {
        let line = text.slice(line).trim_start_matches('\u{FEFF}').trim_end();
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let mut until = 0;
    for at in memmem::find_iter(all.as_bytes(), "<<<<<<<") {
        let first = text.line_at(at);
        let line = text.line_span(first);
        if at < until || !marks(line, "<<<<<<<") || code.holds(at) {
            continue;
        }
        let rest = || (first + 1..text.line_count()).map(|line| text.line_span(line));
        // Another opening mark means that this one is not the beginning of a conflict.
        let mut block = rest().take_while(|line| !marks(*line, "<<<<<<<"));
        if block.any(|line| marks(line, "======="))
            && let Some(end) = block.find(|line| marks(*line, ">>>>>>>"))
        {
            let span = Span::new(at, line.end);
            let value = text.slice(span).trim_end().to_owned();
            found.push(Finding::new("merge-conflict-marker", span).value("value", value).related("end", end));
            until = end.end;
        }
    }
}

/// A line break that was written as the two characters `\n` before a bold label.
fn literal_escapes(text: &Text, code: &Code, found: &mut Vec<Finding>) {
    let mut last: Option<(usize, Span, usize)> = None;
    let mut lines: Vec<(usize, Span, usize)> = Vec::new();
    for at in memmem::find_iter(text.as_str().as_bytes(), r"\n**") {
        if code.holds(at) {
            continue;
        }
        let line = text.line_at(at);
        match &mut last {
            Some((same, _, count)) if *same == line => *count += 1,
            _ => lines.extend(last.replace((line, Span::new(at, at + 2), 1))),
        }
    }
    lines.extend(last);
    found.extend(
        lines
            .into_iter()
            .map(|(_, span, count)| Finding::new("literal-escape", span).value("count", count.to_string())),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &Text, code: &[Span]) -> Vec<String> {
        findings(text, code, true)
            .iter()
            .map(|finding| {
                let values: Vec<_> = finding.values.iter().map(|(_, value)| value.as_str()).collect();
                format!("{} {:?} {}", finding.rule, text.slice(finding.span), values.join(", "))
            })
            .collect()
    }

    #[test]
    fn bad_bytes_are_counted() {
        let text = Text::from_bytes(b"a \xe2\x86 b \xff\n".to_vec()).expect("two bad places leave it text");
        assert_eq!(shown(&text, &[]), ["invalid-utf8 \"??\" 3"]);
    }

    #[test]
    fn lost_characters_are_reported_by_run() {
        let text = Text::new("a \u{FFFD}\u{FFFD} b\u{FFFD} `\u{FFFD}`");
        let code = [Span::new(text.len() - 5, text.len())];
        assert_eq!(
            shown(&text, &code),
            ["replacement-character \"\u{FFFD}\u{FFFD}\" 2", "replacement-character \"\u{FFFD}\" 1"]
        );
        assert_eq!(shown(&Text::new("\u{FFFD} ".repeat(50)), &[]).len(), MOST_REPLACEMENTS);
    }

    #[test]
    fn conflicts_need_all_three_marks() {
        let text = Text::new("<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> other\r\n");
        let found = findings(&text, &[], true);
        assert_eq!(shown(&text, &[]), ["merge-conflict-marker \"<<<<<<< HEAD\" <<<<<<< HEAD"]);
        assert_eq!(text.slice(found[0].related[0].span), ">>>>>>> other");
        assert_eq!(shown(&text, &[Span::new(0, text.len())]), [] as [&str; 0]);
        for fine in
            ["Title\n=======\n", "<<<<<<< HEAD\n", "a <<<<<<< b\n=======\n>>>>>>> c\n", "<<<<<<< a\n>>>>>>> b\n"]
        {
            assert_eq!(shown(&Text::new(fine), &[]), [] as [&str; 0], "{fine:?}");
        }
    }

    #[test]
    fn escapes_are_reported_by_line() {
        let text = Text::new("**A**: x  \\n**B**: y\\n**C**: z\nfine \\n here\n\\n**D**\n");
        assert_eq!(shown(&text, &[]), ["literal-escape \"\\\\n\" 2", "literal-escape \"\\\\n\" 1"]);
    }

    #[test]
    fn nested_code_still_counts() {
        let code = Code::new(&[Span::new(0, 100), Span::new(10, 20)]);
        assert!(code.holds(50) && code.holds(0) && !code.holds(100));
    }
}
