//! The bytes of one document and the places in them.
//!
//! Inside worklint a place is a byte [`Span`] in the original file; lines and columns are made from it only at the edge,
//! by [`Text::position`]. A [`Text`] keeps a BOM and every line ending, so that spans are true for the file on disk.

use std::ops::Range;

use serde::Serialize;

/// A half-open range of bytes in the original file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, but without, `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span must not run backwards: {start}..{end}");
        Self { start, end }
    }

    /// An empty span: a place between two bytes.
    #[must_use]
    pub fn point(at: usize) -> Self {
        Self { start: at, end: at }
    }

    /// How many bytes it covers.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the byte at `offset` lies within this span.
    #[must_use]
    pub fn contains_offset(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether the two share a byte, or one is an empty place within or at the edge of the other.
    #[must_use]
    pub fn overlaps(self, other: Span) -> bool {
        if self.is_empty() || other.is_empty() {
            self.start <= other.end && other.start <= self.end
        } else {
            self.start < other.end && other.start < self.end
        }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same span, `by` bytes later.
    #[must_use]
    pub fn shifted(self, by: usize) -> Span {
        Span::new(self.start + by, self.end + by)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Span::new(range.start, range.end)
    }
}

/// A place as people and editors name it: both numbers are 1-based, the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// Why the bytes of a file are not a text that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Encrypted by git-crypt.
    Encrypted,
    /// UTF-16 or UTF-32, told by its byte order mark or its NULs.
    Utf16,
    /// Not text: NUL bytes or mostly bytes that are not UTF-8.
    Binary,
}

/// The text of one document, with what is needed to name places in it.
#[derive(Clone, Debug)]
pub struct Text {
    string: String,
    /// Where each line starts, in bytes; the first is 0.
    lines: Vec<usize>,
    /// Bytes that were not UTF-8; each was replaced by one `?`, so that spans stay true.
    bad: Vec<usize>,
}

impl Text {
    /// The text of a string, as it is.
    #[must_use]
    pub fn new(string: impl Into<String>) -> Self {
        let string = string.into();
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', string.as_bytes()).map(|at| at + 1));
        Self { string, lines, bad: Vec::new() }
    }

    /// The text of a file's bytes. Each byte that is not UTF-8 becomes one ASCII `?`.
    ///
    /// # Errors
    /// When the bytes are no text at all.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        if bytes.starts_with(b"\0GITCRYPT\0") {
            return Err(Unreadable::Encrypted);
        }
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Err(Unreadable::Utf16);
        }
        match String::from_utf8(bytes) {
            Ok(string) if memchr::memchr(0, string.as_bytes()).is_none() => Ok(Self::new(string)),
            Ok(string) => Err(nul_means(string.as_bytes())),
            Err(error) => Self::with_replacements(error.into_bytes()),
        }
    }

    fn with_replacements(mut bytes: Vec<u8>) -> Result<Self, Unreadable> {
        if memchr::memchr(0, &bytes).is_some() {
            return Err(nul_means(&bytes));
        }
        let mut bad = Vec::new();
        let mut from = 0;
        while let Err(error) = std::str::from_utf8(&bytes[from..]) {
            let at = from + error.valid_up_to();
            let length = error.error_len().unwrap_or(bytes.len() - at);
            bytes[at..at + length].fill(b'?');
            bad.extend(at..at + length);
            from = at + length;
            if bad.len() > 64 && bad.len() * 10 > bytes.len().min(from + 1) {
                return Err(Unreadable::Binary);
            }
        }
        let string = String::from_utf8(bytes).expect("every byte that was not UTF-8 was replaced");
        let mut text = Self::new(string);
        text.bad = bad;
        Ok(text)
    }

    /// The whole text, BOM included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.string
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.string.len()
    }

    /// Whether it has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.string.is_empty()
    }

    /// The bytes that were not UTF-8, by offset.
    #[must_use]
    pub fn bad_bytes(&self) -> &[usize] {
        &self.bad
    }

    /// Where the content begins: after a byte order mark, if there is one.
    #[must_use]
    pub fn start(&self) -> usize {
        if self.string.starts_with('\u{FEFF}') { 3 } else { 0 }
    }

    /// The text under a span. A span that does not fit is cut to what exists.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.string.get(span.start..span.end.min(self.string.len())).unwrap_or_default()
    }

    /// How many lines it has; an empty text has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// The line that holds the byte at `offset`, counted from 0.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line (counted from 0), without its line ending.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Span {
        let start = self.lines.get(line).copied().unwrap_or(self.string.len());
        let mut end = self.lines.get(line + 1).copied().unwrap_or(self.string.len());
        let bytes = self.string.as_bytes();
        if end > start && bytes[end - 1] == b'\n' {
            end -= 1;
        }
        if end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// The line and column of a byte. An offset inside a character counts as that character's.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.string.len());
        let line = self.line_at(offset);
        let mut start = self.lines[line];
        if line == 0 {
            start = self.start().min(offset);
        }
        let before = &self.string.as_bytes()[start..offset];
        let column = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count() + 1;
        Position { line: line + 1, column }
    }

    /// The span without blanks at its two ends.
    #[must_use]
    pub fn trimmed(&self, span: Span) -> Span {
        let slice = self.slice(span);
        let start = span.start + (slice.len() - slice.trim_start().len());
        let end = start + slice.trim().len();
        Span::new(start, end)
    }
}

/// The digits that a text begins with, without the commas between its thousands, and how many bytes it takes with them:
/// of `1,250 tasks` `1250` and 5. Where a comma is not followed by three digits, it ends the number.
#[must_use]
pub fn leading_digits(text: &str) -> (String, usize) {
    let bytes = text.as_bytes();
    let count = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = count(0);
    if (1..=3).contains(&end) {
        while bytes.get(end) == Some(&b',') && count(end + 1) == 3 {
            end += 4;
        }
    }
    (text[..end].replace(',', ""), end)
}

/// What NUL bytes say about a file: every second byte NUL is UTF-16 without its mark, anything else is binary.
fn nul_means(bytes: &[u8]) -> Unreadable {
    let head = &bytes[..bytes.len().min(512)];
    let (mut even, mut odd) = (0, 0);
    for (at, byte) in head.iter().enumerate() {
        if *byte == 0 {
            if at % 2 == 0 { even += 1 } else { odd += 1 }
        }
    }
    let half = head.len() / 2;
    if half > 4 && (even * 10 > half * 7 || odd * 10 > half * 7) && (even == 0 || odd == 0) {
        Unreadable::Utf16
    } else {
        Unreadable::Binary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_skip_the_mark() {
        let text = Text::new("\u{FEFF}äb\r\nc");
        assert_eq!(text.position(3), Position { line: 1, column: 1 });
        assert_eq!(text.position(5), Position { line: 1, column: 2 });
        assert_eq!(text.position(8), Position { line: 2, column: 1 });
        assert_eq!(text.slice(text.line_span(0)), "\u{FEFF}äb");
    }

    #[test]
    fn thousands_have_commas() {
        let digits = |text: &str| leading_digits(text);
        assert_eq!(digits("1,000"), ("1000".to_owned(), 5));
        assert_eq!(digits("12,345,678 of"), ("12345678".to_owned(), 10));
        assert_eq!(digits("12, of which 3"), ("12".to_owned(), 2));
        assert_eq!(digits("1,2"), ("1".to_owned(), 1));
        assert_eq!(digits("1000,000"), ("1000".to_owned(), 4));
        assert_eq!(digits("1,0000"), ("1".to_owned(), 1));
        assert_eq!(digits("x"), (String::new(), 0));
    }

    #[test]
    fn bad_bytes_become_one_question_mark_each() {
        let text = Text::from_bytes(b"a\xe2\x86b\xff".to_vec()).expect("text with bad bytes is still text");
        assert_eq!(text.as_str(), "a??b?");
        assert_eq!(text.bad_bytes(), [1, 2, 4]);
    }

    #[test]
    fn what_is_no_text_says_why() {
        assert_eq!(Text::from_bytes(b"\0GITCRYPT\0x".to_vec()).unwrap_err(), Unreadable::Encrypted);
        assert_eq!(Text::from_bytes(vec![0xFF, 0xFE, b'a', 0]).unwrap_err(), Unreadable::Utf16);
        assert_eq!(Text::from_bytes(b"PK\x03\0\0\0\x01".to_vec()).unwrap_err(), Unreadable::Binary);
    }
}
