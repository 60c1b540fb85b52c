//! The few lines of a document that one report shows, as miette wants to read them.
//!
//! miette's own source walks through the whole text for every report and prints lines whole. This one is given the line
//! table that the text has, holds only the lines around the places, cuts long ones to the width around what is
//! underlined, and lets no control character pass. Offsets handed to miette are offsets in this excerpt.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use crate::text::{Position, Span, Text};

/// Lines shown before and after a place.
pub(super) const CONTEXT: usize = 1;

/// A place that is longer than this many lines is shown by its first line.
const MOST_LINES: usize = 4;

/// So many bytes on each side of a place are looked at; a line may be as long as its file.
const REACH: usize = 2000;

/// A place that is to be underlined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Its bytes in the document.
    pub(super) span: Span,
    /// Its beginning, as people name it.
    pub(super) start: Position,
}

/// An excerpt of a document.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
    /// Where each place begins in the excerpt, and where that is in the document.
    starts: Vec<(usize, Position)>,
}

#[derive(Debug)]
struct Line {
    /// The line's number in the document, counted from 0.
    number: usize,
    /// Where it begins in the excerpt.
    at: usize,
    /// For each character that is shown: its offset in the document, its offset in the excerpt. Ascending.
    map: Vec<(usize, usize)>,
}

impl Excerpt {
    /// The lines around `places`, and the places as spans of the excerpt. The first place is the one that long lines are
    /// cut around.
    pub(super) fn new(name: &str, text: &Text, places: &[Place], width: usize) -> (Self, Vec<Span>) {
        let spans: Vec<Span> = places.iter().map(|place| fitted(text, place.span)).collect();
        let mut numbers: Vec<usize> = Vec::new();
        let last = last_line(text);
        for span in &spans {
            let (from, to) = (text.line_at(span.start), text.line_at(span.end));
            numbers.extend(from.saturating_sub(CONTEXT)..=(to + CONTEXT).min(last.max(to)));
        }
        numbers.sort_unstable();
        numbers.dedup();
        let digits = numbers.last().map_or(1, |number| (number + 1).to_string().len());
        // Number, bar and blanks stand before the text; places of several lines have a gutter, too.
        let gutter =
            digits + 4 + 2 * usize::from(spans.iter().any(|span| text.line_at(span.start) != text.line_at(span.end)));
        let room = width.saturating_sub(gutter).max(30);
        let mut excerpt = Excerpt { name: name.to_owned(), text: String::new(), lines: Vec::new(), starts: Vec::new() };
        for number in numbers {
            excerpt.add_line(text, number, &spans, room);
        }
        let shown: Vec<Span> = spans
            .iter()
            .map(|span| {
                let start = excerpt.offset(text.line_at(span.start), span.start);
                let end = excerpt.offset(text.line_at(span.end), span.end);
                Span::new(start, end.max(start))
            })
            .collect();
        excerpt.starts = shown.iter().zip(places).map(|(span, place)| (span.start, place.start)).collect();
        (excerpt, shown)
    }

    fn add_line(&mut self, text: &Text, number: usize, spans: &[Span], room: usize) {
        let mut line = text.line_span(number);
        if number == 0 {
            line.start = text.start().min(line.end);
        }
        let here: Vec<Span> = spans
            .iter()
            .filter(|span| text.line_at(span.start) <= number && number <= text.line_at(span.end))
            .map(|span| Span::new(span.start.clamp(line.start, line.end), span.end.clamp(line.start, line.end)))
            .collect();
        let all = here.iter().copied().reduce(Span::cover);
        let window = match (all, here.first()) {
            (Some(all), Some(first)) => cut(text, line, all, room)
                .or_else(|| cut(text, line, *first, room))
                .unwrap_or_else(|| head(text, line, *first, room)),
            _ => head(text, line, Span::point(line.start), room),
        };
        let at = self.text.len();
        let mut map = Vec::new();
        if window.start > line.start {
            map.push((line.start, self.text.len()));
            self.text.push('…');
        }
        for (offset, c) in text.slice(window).char_indices() {
            map.push((window.start + offset, self.text.len()));
            self.text.push(if c == '\t' { c } else { super::stand_in(c).unwrap_or(c) });
        }
        map.push((window.end, self.text.len()));
        if window.end < line.end {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines.push(Line { number, at, map });
    }

    /// The offset in the excerpt of an offset in the document.
    fn offset(&self, number: usize, offset: usize) -> usize {
        let Ok(line) = self.lines.binary_search_by_key(&number, |line| line.number) else { return 0 };
        let line = &self.lines[line];
        let next = line.map.partition_point(|(source, _)| *source <= offset);
        line.map.get(next.saturating_sub(1)).map_or(line.at, |(_, at)| *at)
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.at <= offset).saturating_sub(1)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end > self.text.len() || self.lines.is_empty() {
            return Err(MietteError::OutOfBounds);
        }
        let (mut first, mut last) = (self.line_at(start), self.line_at(end.saturating_sub(1).max(start)));
        let mut place = Position { line: self.lines[first].number + 1, column: 1 };
        if context_lines_before == 0 && context_lines_after == 0 {
            if let Some((_, known)) = self.starts.iter().find(|(at, _)| *at == start) {
                place = *known;
            }
        } else {
            let joined = |upper: usize, lower: usize| self.lines[upper].number + 1 == self.lines[lower].number;
            for _ in 0..context_lines_before {
                first -= usize::from(first > 0 && joined(first - 1, first));
            }
            for _ in 0..context_lines_after {
                last += usize::from(last + 1 < self.lines.len() && joined(last, last + 1));
            }
            place.line = self.lines[first].number + 1;
        }
        let from = self.lines[first].at;
        let to = self.lines.get(last + 1).map_or(self.text.len(), |line| line.at);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[from..to],
            (from, to - from).into(),
            place.line - 1,
            place.column - 1,
            last - first + 1,
        )))
    }
}

/// The last line that is worth showing: not the empty one after the last line ending.
fn last_line(text: &Text) -> usize {
    let last = text.line_count() - 1;
    if last > 0 && text.line_span(last).is_empty() { last - 1 } else { last }
}

/// The span cut to the text, to characters, and to its first line if it is long.
fn fitted(text: &Text, span: Span) -> Span {
    let source = text.as_str();
    let mut start = span.start.clamp(text.start().min(source.len()), source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, source.len());
    while !source.is_char_boundary(end) {
        end += 1;
    }
    // A line ending at the end of a place would draw one more line.
    while end > start && matches!(source.as_bytes()[end - 1], b'\n' | b'\r') {
        end -= 1;
    }
    let first = text.line_at(start);
    let line_end = text.line_span(first).end;
    if text.line_at(end) >= first + MOST_LINES {
        end = line_end.max(start);
    }
    if start > line_end {
        start = line_end;
    }
    Span::new(start, end.max(start))
}

/// The part of the line that holds all of `place` within `room` columns, if there is one: the whole line, or as much as
/// fits around the place.
fn cut(text: &Text, line: Span, place: Span, room: usize) -> Option<Span> {
    if place.len() > REACH || columns(text.slice(place)) + 2 > room {
        return None;
    }
    if line.len() <= REACH && columns(text.slice(line)) <= room {
        return Some(line);
    }
    let before = text.slice(Span::new(boundary(text, place.start.saturating_sub(REACH).max(line.start)), place.start));
    let after = text.slice(Span::new(place.end, boundary(text, (place.end + REACH).min(line.end))));
    let free = room - columns(text.slice(place)) - 2;
    // A quarter of what is free stands before the place, more where nothing follows.
    let behind = columns(after).min(free - (free / 4).min(columns(before)));
    let ahead = free - behind;
    Some(Span::new(place.start - tail_bytes(before, ahead), place.end + head_bytes(after, behind)))
}

/// The beginning of a place that does not fit, or of a line without one.
fn head(text: &Text, line: Span, place: Span, room: usize) -> Span {
    let start = if place.start == line.start || columns_up_to(text, line, place.start) <= room / 4 {
        line.start
    } else {
        let before =
            text.slice(Span::new(boundary(text, place.start.saturating_sub(REACH).max(line.start)), place.start));
        place.start - tail_bytes(before, room / 4)
    };
    let rest = text.slice(Span::new(start, boundary(text, (start + REACH).min(line.end))));
    let whole = start + rest.len() == line.end && columns(rest) + usize::from(start > line.start) <= room;
    let end = if whole { line.end } else { start + head_bytes(rest, room - 2) };
    Span::new(start, end)
}

/// The columns between the line's start and `offset`; a big number where that is far.
fn columns_up_to(text: &Text, line: Span, offset: usize) -> usize {
    if offset - line.start > REACH { usize::MAX } else { columns(text.slice(Span::new(line.start, offset))) }
}

/// The nearest offset at or after `offset` where a character begins.
fn boundary(text: &Text, mut offset: usize) -> usize {
    while !text.as_str().is_char_boundary(offset) {
        offset += 1;
    }
    offset
}

fn columns(text: &str) -> usize {
    text.chars().map(column_count).sum()
}

/// A tab counts as the most that it can take.
fn column_count(c: char) -> usize {
    if c == '\t' { 4 } else { super::stand_in(c).unwrap_or(c).width().unwrap_or(0) }
}

/// How many bytes at the beginning of `text` fit into `room` columns.
fn head_bytes(text: &str, room: usize) -> usize {
    let mut used = 0;
    text.char_indices()
        .find(|(_, c)| {
            used += column_count(*c);
            used > room
        })
        .map_or(text.len(), |(at, _)| at)
}

/// How many bytes at the end of `text` fit into `room` columns.
fn tail_bytes(text: &str, room: usize) -> usize {
    let mut used = 0;
    text.char_indices()
        .rev()
        .find(|(_, c)| {
            used += column_count(*c);
            used > room
        })
        .map_or(text.len(), |(at, c)| text.len() - at - c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, span: Span, width: usize) -> (Excerpt, Span) {
        let text = Text::new(source);
        let place = Place { span, start: text.position(span.start) };
        let (excerpt, spans) = Excerpt::new("a.md", &text, &[place], width);
        (excerpt, spans[0])
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}NEEDLE{}\n", "a ".repeat(300), " b".repeat(300));
        let (excerpt, span) = excerpt(&source, Span::new(600, 606), 80);
        assert_eq!(&excerpt.text[span.start..span.end], "NEEDLE");
        let line = excerpt.text.lines().next().expect("a line");
        assert!(line.starts_with('…') && line.ends_with('…') && columns(line) <= 76, "{line}");
    }

    #[test]
    fn a_place_that_is_too_long_shows_its_beginning() {
        let source = format!("x {}\n", "y".repeat(5000));
        let (excerpt, span) = excerpt(&source, Span::new(2, 5002), 80);
        assert!(excerpt.text.starts_with("x yyy"));
        assert!(span.len() > 40 && excerpt.text.len() < 90);
    }

    #[test]
    fn every_offset_of_odd_texts_gives_an_excerpt() {
        for source in ["", "\n", "a", "\u{FEFF}", "\u{FEFF}ä\r\nb\r\n", "日本\t\u{1b}[0m\n\n\nx", "a\n\n\n\n\n\nb"] {
            let text = Text::new(source);
            for start in 0..=source.len() {
                for end in start..=source.len() {
                    let place = Place { span: Span::new(start, end), start: text.position(start) };
                    let (excerpt, spans) = Excerpt::new("a", &text, &[place], 80);
                    let span: SourceSpan = (spans[0].start, spans[0].len()).into();
                    assert!(excerpt.read_span(&span, 1, 1).is_ok(), "{source:?} {start}..{end}");
                    assert!(!excerpt.text.contains('\u{1b}'));
                }
            }
        }
    }
}
