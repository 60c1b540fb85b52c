//! Shapes: the grammar of one line. `{when:date} - {name}` is literal text with typed holes.
//!
//! | written | means |
//! | --- | --- |
//! | `text` | itself; a run of blanks fits any run of blanks; `\{`, `\}`, `\\` for the characters themselves |
//! | `{name:type}`, `{name}`, `{:type}` | a hole, a hole for text, a hole without a name; the types are those of [`Hole`] |
//! | `{name=a\|b}` | one of these words |
//! | `{name:type?}`, `{name?}`, `{name=a\|b?}` | the same, or nothing |
//! | `{? … }` | a group that may be left out, blanks in it included |
//! | `{(a\|b {n:int})}`, `{(a\|b)?}` | alternatives, each a shape |
//!
//! A blank beside something optional belongs to it, so that no shape asks for two blanks in a row. An optional hole for
//! text right after another one catches only what begins with a bracket or a symbol: `{title}{rest?}`.
//!
//! A shape becomes a regular expression that is matched in linear time and built when the shape is first met. Holes for
//! times are lenient on purpose: a wrong date is a wrong date, not a line that fits nothing.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};

use crate::document::{Capture, Line};
use crate::text::Span;

pub(super) mod grammar;
mod hole;
mod pattern;
mod words;

pub use crate::pack::shape::hole::Hole;

use crate::pack::shape::grammar::Segment;
use crate::pack::shape::hole::is_mark;
use crate::pack::shape::pattern::Taking;

/// Why a source is no shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    /// The place in the shape's source, in bytes.
    pub span: Span,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for ShapeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for ShapeError {}

/// Where a line stops fitting a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The byte of the line's text where the longest run of leading segments that fits ends, blanks after it skipped.
    pub at: usize,
    /// What should stand there, in words: `a date such as 2025-11-01`.
    pub expected: String,
    /// How many bytes fit, not counting what only a hole for any text took at the end. The higher, the nearer.
    pub matched: usize,
}

/// The grammar of one line.
#[derive(Clone)]
pub struct Shape {
    source: String,
    /// As written, for display.
    written: Vec<Segment>,
    /// With the blanks settled, for matching.
    segments: Vec<Segment>,
    /// Name and type of each hole, in the order of the capturing groups.
    holes: Vec<(String, Hole)>,
    /// Text that every fitting line begins with, and text that it holds: checked before any expression is built.
    head: String,
    needs: String,
    needs_small: String,
    whole: OnceLock<Regex>,
    start: OnceLock<Regex>,
    anywhere: OnceLock<Regex>,
    in_any_case: OnceLock<Regex>,
    loose: OnceLock<Regex>,
    /// For each number of leading segments, from 1.
    prefixes: Vec<OnceLock<Regex>>,
}

impl fmt::Debug for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Shape({:?})", self.source)
    }
}

impl Shape {
    /// Reads a shape's source. The regular expressions are built later, when a line is compared.
    ///
    /// # Errors
    /// The first place where the source is no shape.
    pub fn compile(source: &str) -> Result<Self, ShapeError> {
        let written = grammar::parse(source)?;
        let segments = grammar::settle(written.clone());
        let holes = grammar::holes(&segments).into_iter().map(|hole| (hole.name.clone(), hole.hole)).collect();
        let head = match segments.first() {
            Some(Segment::Literal(text)) => plain_pieces(text.trim_start()).next().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        let literals = segments.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(text.as_str()),
            _ => None,
        });
        let needs = literals.flat_map(plain_pieces).max_by_key(|piece| piece.len()).unwrap_or_default().to_owned();
        Ok(Self {
            source: source.to_owned(),
            prefixes: vec![OnceLock::new(); segments.len()],
            written,
            segments,
            holes,
            head,
            needs_small: needs.to_lowercase(),
            needs,
            whole: OnceLock::new(),
            start: OnceLock::new(),
            anywhere: OnceLock::new(),
            in_any_case: OnceLock::new(),
            loose: OnceLock::new(),
        })
    }

    /// The source, as the pack writes it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of its holes, each once, in the order of the source.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.holes {
            if !name.is_empty() && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// Name and type of each hole, in the order of the source; the name of a hole without one is empty.
    pub fn holes(&self) -> impl Iterator<Item = (&str, Hole)> {
        self.holes.iter().map(|(name, hole)| (name.as_str(), *hole))
    }

    /// Words that every fitting line holds, whatever the holes catch.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        [self.head.as_str(), self.needs.as_str()].into_iter().flat_map(str::split_whitespace).collect()
    }

    /// The shape as a person would sketch it: `DATE - NAME`, optional parts in brackets.
    #[must_use]
    pub fn display(&self) -> String {
        words::display(&self.written)
    }

    /// What the named holes catch, if the whole line fits; blanks around it do not matter. Holes that catch nothing are
    /// left out.
    #[must_use]
    pub fn fits(&self, line: &Line) -> Option<Vec<Capture>> {
        let found = self.match_whole(&line.text)?;
        Some(self.captures(&found, line))
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn fits_str(&self, text: &str) -> bool {
        self.may_fit(text) && {
            if self.looks_around() { self.match_whole(text).is_some() } else { self.whole().is_match(text) }
        }
    }

    /// Whether a heading fits as people vary them: see [`loosen`].
    #[must_use]
    pub fn fits_loosely(&self, title: &str) -> bool {
        if let [Segment::Literal(text)] = self.segments.as_slice() {
            return loosen(text) == loosen(title);
        }
        self.fits_str(title) || self.loose().is_match(&loosen(title))
    }

    /// Where the shape ends and what its holes catch, if the line begins with it; blanks before it do not matter.
    #[must_use]
    pub fn begins(&self, line: &Line) -> Option<(usize, Vec<Capture>)> {
        if !self.may_fit(&line.text) {
            return None;
        }
        let regex = self.start.get_or_init(|| build(r"^\s*(?:", &self.segments, Taking::Usual, ")"));
        let found = regex.captures(&line.text).filter(|found| self.accepts(found, &line.text))?;
        let end = found.get(0).map_or(0, |whole| whole.end());
        Some((end, self.captures(&found, line)))
    }

    /// The first place at or after `from` where the shape occurs in a line whatever the case of letters, and what its holes
    /// catch there. `small` is the line in lower case, by which most lines are passed over.
    #[must_use]
    pub fn find_in(&self, line: &Line, small: &str, from: usize) -> Option<(Range<usize>, Vec<Capture>)> {
        let found = self.in_any_case(&line.text, small, from)?;
        Some((found.get(0)?.range(), self.captures(&found, line)))
    }

    /// Whether the shape occurs in a text, whatever the case of letters; `small` is the text in lower case.
    #[must_use]
    pub fn occurs(&self, text: &str, small: &str) -> bool {
        self.in_any_case(text, small, 0).is_some()
    }

    fn in_any_case<'t>(&self, text: &'t str, small: &str, from: usize) -> Option<Captures<'t>> {
        if !small.contains(&self.needs_small) {
            return None;
        }
        let regex = self.in_any_case.get_or_init(|| build("(?i)(?:", &self.segments, Taking::Usual, ")"));
        let mut from = from;
        while from <= text.len() {
            let found = regex.captures_at(text, from)?;
            let place = found.get(0)?;
            if !place.is_empty() && self.accepts(&found, text) {
                return Some(found);
            }
            from = place.start() + text[place.start()..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// The first place at or after `from` where the shape occurs in a text.
    #[must_use]
    pub fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        if !text.get(from..)?.contains(&self.needs) {
            return None;
        }
        let regex = self.anywhere.get_or_init(|| build("(?:", &self.segments, Taking::Usual, ")"));
        let mut from = from;
        while from <= text.len() {
            let found = regex.find_at(text, from)?;
            let accepted = !self.looks_around()
                || regex.captures_at(text, from).is_some_and(|captures| self.accepts(&captures, text));
            if accepted && !found.is_empty() {
                return Some(found.range());
            }
            from = found.start() + text[found.start()..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// Where a line that does not fit stops fitting.
    #[must_use]
    pub fn departs(&self, line: &Line) -> Departure {
        let text = line.text.trim_end();
        let begin = text.len() - text.trim_start().len();
        // Where each run of leading segments ends; the first run is empty.
        let mut ends = vec![begin];
        for (count, prefix) in self.prefixes.iter().enumerate() {
            let regex = prefix.get_or_init(|| build(r"^\s*(?:", &self.segments[..=count], Taking::All, ")"));
            match regex.find(text) {
                Some(found) => ends.push(found.end()),
                None => break,
            }
        }
        let fitting = ends.len() - 1;
        let at = ends[fitting] + (text[ends[fitting]..].len() - text[ends[fitting]..].trim_start().len());
        let mut firm = fitting;
        while firm > 0 && (words::is_free(&self.segments[firm - 1]) || ends[firm] == ends[firm - 1]) {
            firm -= 1;
        }
        // What was left out just before may stand there as well.
        let mut first = fitting;
        while first > 0 && self.segments[first - 1].may_vanish() && ends[first] == ends[first - 1] {
            first -= 1;
        }
        // A line that ends within a literal, but for its blank, lacks what comes next.
        let mut next = fitting;
        let mut at = at;
        if let Some(Segment::Literal(literal)) = self.segments.get(fitting)
            && literal.ends_with(' ')
            && fitting + 1 < self.segments.len()
            && squeeze(&text[at..]) == literal.trim()
        {
            (first, next, at) = (fitting + 1, fitting + 1, text.len());
        }
        let mut expected: Vec<String> = Vec::new();
        for segment in &self.segments[first..self.segments.len().min(next + 1)] {
            let words = words::expected(segment);
            if !expected.contains(&words) {
                expected.push(words);
            }
        }
        if fitting == self.segments.len() {
            expected.push("the end of the line".to_owned());
        }
        Departure { at, expected: expected.join(" or "), matched: text[begin..ends[firm]].trim_end().len() }
    }

    fn whole(&self) -> &Regex {
        self.whole.get_or_init(|| build(r"^\s*(?:", &self.segments, Taking::Usual, r")\s*$"))
    }

    /// The expression for loosened titles: without the symbols and the colon at the ends, whatever the case.
    fn loose(&self) -> &Regex {
        self.loose.get_or_init(|| {
            let mut segments = self.segments.clone();
            if let Some(Segment::Literal(text)) = segments.first_mut() {
                *text = text.trim_start_matches(is_ornament).to_owned();
            }
            if let Some(Segment::Literal(text)) = segments.last_mut() {
                *text = text.trim_end_matches(|char| is_ornament(char) || char == ':').to_owned();
            }
            build(r"(?i)^\s*(?:", &segments, Taking::Usual, r")\s*$")
        })
    }

    /// Whether it is worth building an expression for this text.
    fn may_fit(&self, text: &str) -> bool {
        text.trim_start().starts_with(&self.head) && text.contains(&self.needs)
    }

    fn match_whole<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        // Most lines do not fit, and to learn that is much cheaper than to find out what the holes catch.
        if !self.may_fit(text) || !self.whole().is_match(text) {
            return None;
        }
        self.whole().captures(text).filter(|found| self.accepts(found, text))
    }

    /// Whether what stands beside a hole matters.
    fn looks_around(&self) -> bool {
        self.holes.iter().any(|(_, hole)| *hole == Hole::Placeholder)
    }

    fn accepts(&self, found: &Captures<'_>, text: &str) -> bool {
        !self.looks_around()
            || self.holes.iter().zip(found.iter().skip(1)).all(|((_, hole), group)| {
                group.is_none_or(|group| hole.accepts(&text[..group.start()], &text[group.end()..]))
            })
    }

    fn captures(&self, found: &Captures<'_>, line: &Line) -> Vec<Capture> {
        let mut captures = Vec::new();
        for ((name, hole), group) in self.holes.iter().zip(found.iter().skip(1)) {
            let Some(group) = group.filter(|_| !name.is_empty()) else { continue };
            let whole = &line.text[group.range()];
            let text = whole.trim();
            if text.is_empty() {
                continue;
            }
            let start = group.start() + (whole.len() - whole.trim_start().len());
            captures.push(Capture {
                name: name.clone(),
                text: text.to_owned(),
                span: line.span(start..start + text.len()),
                hole: *hole,
            });
        }
        captures
    }
}

/// The shape that a line fits furthest, with the place where it stops; of equals the most general one, which has the
/// fewest literal letters. `None` without shapes.
pub fn nearest<'a>(shapes: impl Iterator<Item = &'a Shape>, line: &Line) -> Option<(&'a Shape, Departure)> {
    let mut best: Option<(&Shape, Departure)> = None;
    for shape in shapes {
        let departure = shape.departs(line);
        let letters = |shape: &Shape| {
            shape
                .segments
                .iter()
                .map(|segment| match segment {
                    Segment::Literal(text) => text.chars().filter(|c| c.is_alphanumeric()).count(),
                    _ => 0,
                })
                .sum::<usize>()
        };
        let nearer = best.as_ref().is_none_or(|(known, other)| {
            let (new, old) = ((departure.matched, departure.at), (other.matched, other.at));
            new > old || new == old && (letters(shape), shape.segments.len()) < (letters(known), known.segments.len())
        });
        if nearer {
            best = Some((shape, departure));
        }
    }
    best
}

/// A heading as it is compared: in lower case, without symbols and emphasis at its ends, without a colon or an aside in
/// brackets at its end (`*(mandatory)*`: a bracket that begins with a small letter), with single blanks.
#[must_use]
pub fn loosen(title: &str) -> String {
    let mut text = title;
    loop {
        let before = text;
        text = text.trim_start_matches(is_ornament).trim_end_matches(|char| is_ornament(char) || char == ':');
        if let Some(open) = text.strip_suffix(')').and_then(|inside| inside.rfind('('))
            && open > 0
            && text[open + 1..].starts_with(char::is_lowercase)
        {
            text = &text[..open];
        }
        if text == before {
            break;
        }
    }
    squeeze(if text.is_empty() { title.trim() } else { text }).to_lowercase()
}

fn is_ornament(char: char) -> bool {
    is_mark(char) || char.is_whitespace() || char == '*' || char == '_'
}

/// The text with single blanks in place of runs of blanks.
fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for char in text.chars() {
        if !char.is_whitespace() {
            squeezed.push(char);
        } else if !squeezed.ends_with(' ') {
            squeezed.push(' ');
        }
    }
    squeezed
}

/// The pieces of a literal that stand in a fitting text exactly so.
fn plain_pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| char == ' ' || is_mark(char))
}

/// The expression with the blanks that stand in documents for `\s` and `\S`: Unicode's whole list makes an expression
/// several times dearer to build.
fn few_blanks(source: &str) -> String {
    let mut short = String::with_capacity(source.len() * 2);
    let mut chars = source.chars();
    while let Some(char) = chars.next() {
        match (char, if char == '\\' { chars.next() } else { None }) {
            ('\\', Some('s')) => short.push_str(r"[ \t\r\n\x{A0}\x{3000}]"),
            ('\\', Some('S')) => short.push_str(r"[^ \t\r\n\x{A0}\x{3000}]"),
            (char, escaped) => {
                short.push(char);
                short.extend(escaped);
            }
        }
    }
    short
}

fn build(before: &str, segments: &[Segment], taking: Taking, after: &str) -> Regex {
    let mut source = before.to_owned();
    pattern::write(segments, taking, &mut source);
    source.push_str(after);
    RegexBuilder::new(&few_blanks(&source))
        .size_limit(1 << 27)
        .build()
        .expect("the length and depth of a shape are limited, and its literals are escaped")
}

#[cfg(test)]
mod tests;
