//! `**Name**: value` pieces: the header lines, parts and fields that people write in bold.

use crate::document::{Label, Line};

/// The longest name of a label, in bytes: a longer bold run is a sentence.
const LONGEST_NAME: usize = 100;

/// Adds the labels of a paragraph or item line.
pub fn collect(line: &Line, block: usize, labels: &mut Vec<Label>) {
    if !line.text.contains("**") {
        return;
    }
    let starts = line_starts(line);
    let mut found: Vec<(usize, std::ops::Range<usize>, usize)> = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(line.text.len(), |next| next.saturating_sub(1));
        let mut at = *start;
        while at < end {
            let Some((name, value)) = label_at(&line.text[..end], at) else { break };
            found.push((at, name, value));
            // Another label on the same line follows a separator.
            let Some(next) = next_start(&line.text[..end], value) else { break };
            at = next;
        }
    }
    for (number, (at, name, value)) in found.iter().enumerate() {
        let end = found.get(number + 1).map_or(line.text.len(), |next| next.0);
        let mut value_line = line.sub((*value).min(end)..end).trimmed();
        loop {
            let text = value_line.text.trim_end();
            let shorter =
                text.strip_suffix("\\n").or_else(|| text.strip_suffix(['|', '·', '•'])).unwrap_or(text).trim_end();
            if shorter.len() == value_line.text.len() {
                break;
            }
            value_line = value_line.sub(0..shorter.len());
        }
        let name_span = line.span(name.clone());
        let mut span = line.span(*at..(*value).max(name.end));
        if !value_line.text.is_empty() {
            span = span.cover(value_line.whole());
        }
        labels.push(Label { name: line.text[name.clone()].to_owned(), name_span, value: value_line, block, span });
    }
}

/// Where each physical line starts in the folded text.
fn line_starts(line: &Line) -> Vec<usize> {
    line.pieces.iter().map(|(at, _)| *at).collect()
}

/// The name and the start of the value of a label at `at`.
fn label_at(text: &str, at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let rest = text.get(at..)?;
    let lead = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let open = at + lead;
    let inner = text.get(open..)?.strip_prefix("**")?;
    let close = inner.find("**")?;
    let name = &inner[..close];
    if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with(' ') {
        return None;
    }
    let start = open + 2;
    let after = start + close + 2;
    if let Some(short) = name.strip_suffix([':', '：']) {
        return Some((start..start + short.trim_end().len(), after));
    }
    let range = start..start + name.len();
    let tail = &text[after..];
    let (skipped, tail) = bracketed(tail);
    if let Some(rest) = tail.strip_prefix(':').or_else(|| tail.strip_prefix('：')) {
        return Some((range, text.len() - rest.len()));
    }
    // A line that is bold as a whole, or but for a remark in brackets, names what follows.
    let blank = tail.trim().is_empty();
    (blank && (skipped || text[after..].trim().is_empty())).then_some((range, text.len()))
}

/// Skips ` (…)` or ` _(…)_` after a name.
fn bracketed(tail: &str) -> (bool, &str) {
    let trimmed = tail.trim_start();
    let inner = trimmed.trim_start_matches(['_', '*']);
    if inner.starts_with('(')
        && let Some(close) = inner.find(')')
    {
        return (true, inner[close + 1..].trim_start_matches(['_', '*']));
    }
    (false, trimmed)
}

/// Where the next label of the same line may start: after ` | `, a literal `\n`, or ` · `.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = text.get(at..)?.find("**").map(|found| at + found) {
        let before = text[from..found].trim_end();
        if before.ends_with('|') || before.ends_with("\\n") || before.ends_with('·') || before.ends_with('•') {
            return Some(found);
        }
        at = found + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        collect(&Line::of(text, 0), 0, &mut found);
        found.into_iter().map(|label| (label.name, label.value.text)).collect()
    }

    #[test]
    fn the_spellings_of_a_label() {
        assert_eq!(labels("**Status**: done"), [("Status".into(), "done".into())]);
        assert_eq!(labels("**Completed:**"), [("Completed".into(), String::new())]);
        assert_eq!(labels("**Code** (add to `x`): y"), [("Code".into(), "y".into())]);
        assert_eq!(labels("**All tests** pass"), []);
        assert_eq!(
            labels("**Branch**: `a` | **Date**: 2025-01-01 | **Plan**: [b](c)"),
            [("Branch".into(), "`a`".into()), ("Date".into(), "2025-01-01".into()), ("Plan".into(), "[b](c)".into())]
        );
        assert_eq!(labels("**A**: x · **B**: y"), [("A".into(), "x".into()), ("B".into(), "y".into())]);
        assert_eq!(labels("**A**: x  \\n**B**: y"), [("A".into(), "x".into()), ("B".into(), "y".into())]);
    }
}
