//! File paths that a section lists: in its items, tables and code blocks, and in back-ticks in its prose. What merely looks
//! like a word with a slash in a sentence is none.

use crate::document::{Body, Line, Parsed};
use crate::text::Span;

/// The paths in a region, each with its place.
#[must_use]
pub fn listed(parsed: &Parsed, region: Span) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for block in parsed.blocks.iter().filter(|block| region.contains(Span::point(block.span.start))) {
        match &block.body {
            Body::Item { .. } => first(&block.line, &mut found),
            Body::Table { rows } => {
                for row in rows.iter().skip(1) {
                    let before = found.len();
                    for cell in row {
                        if found.len() == before {
                            first(cell, &mut found);
                        }
                    }
                }
            }
            Body::Code { content, .. } => {
                let text = &parsed.text;
                for number in text.line_at(content.start)..=text.line_at(content.end.saturating_sub(1)) {
                    let span = text.trimmed(text.line_span(number));
                    if content.contains(span) {
                        first(&Line::of(text.slice(span), span.start), &mut found);
                    }
                }
            }
            Body::Paragraph => quoted(&block.line, usize::MAX, &mut found),
            _ => {}
        }
    }
    found
}

/// The first path of a line: in back-ticks anywhere, or bare as its first word.
fn first(line: &Line, found: &mut Vec<(String, Span)>) {
    let before = found.len();
    quoted(line, 1, found);
    if found.len() > before {
        return;
    }
    let mut at = 0;
    for (number, word) in line.text.split(' ').enumerate() {
        let bare = word.trim_matches(['*', '[', '(', '"', '\'']);
        let single = bare.len() <= 1 || bare.trim_end_matches(':').eq_ignore_ascii_case("modified");
        let verb = number == 0
            && ["added", "modified", "deleted", "renamed", "updated", "new", "changed", "created", "removed"]
                .contains(&bare.trim_end_matches(':').to_lowercase().as_str());
        if is_path(bare) {
            let start = at + word.find(bare).unwrap_or(0);
            push(line, start, bare, found);
            return;
        }
        if !(single || verb) {
            return;
        }
        at += word.len() + 1;
    }
}

/// Paths in back-ticks, at most `most` of them.
fn quoted(line: &Line, most: usize, found: &mut Vec<(String, Span)>) {
    let mut at = 0;
    let mut count = 0;
    while let Some(open) = line.text[at..].find('`').map(|open| open + at + 1) {
        let Some(close) = line.text[open..].find('`').map(|close| close + open) else { return };
        let text = &line.text[open..close];
        if is_path(text) && count < most {
            push(line, open, text, found);
            count += 1;
        }
        at = close + 1;
    }
}

fn push(line: &Line, start: usize, text: &str, found: &mut Vec<(String, Span)>) {
    let mut bare = text.trim_end_matches([',', ';', ':', '.', ')', ']']);
    // A line number or range after the path is not part of it.
    if let Some((path, place)) = bare.rsplit_once(':')
        && !place.is_empty()
        && place.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        bare = path;
    }
    found.push((bare.trim_start_matches("./").to_owned(), line.span(start..start + bare.len())));
}

fn is_path(text: &str) -> bool {
    let text = text.trim_end_matches([',', ';', ':', '.', ')', ']']);
    let ending = text.rsplit('/').next().and_then(|name| name.rsplit_once('.')).is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=8).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
    });
    !text.contains([' ', '|', '<', '>'])
        && !text.starts_with("http")
        && !text.contains("://")
        && text.chars().any(char::is_alphabetic)
        && (ending || (text.contains('/') && !text.starts_with('/') && text.len() > 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        first(&Line::of(line, 0), &mut found);
        found.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn what_an_item_lists() {
        assert_eq!(of("`ops/rollout.md` - new steps"), ["ops/rollout.md"]);
        assert_eq!(of("M app/main.py:12"), ["app/main.py"]);
        assert_eq!(of("Modified: app/main.py"), ["app/main.py"]);
        assert_eq!(of("No ops/runbook changes"), Vec::<String>::new());
    }
}
