//! Which mistake an author made where YAML gave up.
//!
//! granit names the point where it could not go on, which is often not the place of the mistake: an open quote is
//! noticed lines later, a tab on the line before. [`find`] looks at the lines between the last value that was understood
//! and that point, and names the trap that it finds there.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::{Mistake, Trouble};
use crate::text::Span;

/// Characters that may not begin an unquoted value.
const RESERVED: [char; 3] = ['@', '`', '%'];

/// A named mistake and its place in the slice.
pub(super) struct Found {
    pub(super) case: &'static str,
    pub(super) range: Range<usize>,
    pub(super) key: Option<String>,
    problem: Option<String>,
    /// The range is one value, so that the rest can be parsed without it.
    pub(super) repair: bool,
}

impl Found {
    pub(super) fn new(case: &'static str, range: Range<usize>) -> Self {
        Self { case, range, key: None, problem: None, repair: false }
    }

    fn repaired(case: &'static str, range: Range<usize>) -> Self {
        Self { repair: true, ..Self::new(case, range) }
    }

    fn other(range: Range<usize>, problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()), ..Self::new("other", range) }
    }

    /// The mistake, with texts from `source` and spans shifted by `base`.
    pub(super) fn mistake(self, source: &str, base: usize) -> Mistake {
        let mut value = shortened(source.get(self.range.clone()).unwrap_or_default());
        if value.is_empty() {
            // Of a tab, show what it indents.
            value = shortened(&source[visible(source, self.range.start)]);
        }
        let mut values = vec![("value".into(), value)];
        values.extend(self.key.map(|key| ("key".into(), key)));
        values.extend(self.problem.map(|problem| ("problem".into(), problem)));
        Mistake { span: Span::from(self.range).shifted(base), case: self.case, values }
    }
}

/// The first line of a text, cut to 60 characters.
pub(crate) fn shortened(text: &str) -> String {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default().trim_end();
    let mut short: String = line.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The rest of the line at `at`, without blanks around it; at the end of the text the last line that has any.
pub(super) fn visible(source: &str, at: usize) -> Range<usize> {
    let at = at.min(source.len());
    let rest = &source[at..];
    let end = rest.find('\n').unwrap_or(rest.len());
    let shown = rest[..end].trim();
    if !shown.is_empty() {
        let start = at + (rest.len() - rest.trim_start().len());
        return start..start + shown.len();
    }
    let before = source[..at].trim_end();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let start = line + (before[line..].len() - before[line..].trim_start().len());
    start..before.len().max(start)
}

/// One line, taken apart.
struct Line<'s> {
    /// Blanks and tabs at its beginning.
    indent: &'s str,
    /// What stands after them and any `- `.
    content: Range<usize>,
    /// It is a list item.
    item: bool,
    key: Option<&'s str>,
    /// What stands after `key:`, else the content.
    value: Range<usize>,
    start: usize,
}

impl<'s> Line<'s> {
    /// The line that holds the byte at `at`.
    fn at(source: &'s str, at: usize) -> Self {
        let at = at.min(source.len());
        let start = source[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = source[start..].find('\n').map_or(source.len(), |end| start + end);
        let line = source[start..end].trim_end();
        let end = start + line.len();
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let mut from = start + indent.len();
        let mut item = false;
        while let Some(rest) = source[from..end].strip_prefix("- ") {
            from = end - rest.trim_start().len();
            item = true;
        }
        let content = from..end;
        let colon = colon_of_key(&source[from..end]).map(|at| from + at);
        let key = colon.map(|at| source[from..at].trim_end().trim_matches(['"', '\'']));
        let value = match colon {
            Some(at) => end - source[at + 1..end].trim_start().len()..end,
            None => content.clone(),
        };
        Self { indent, content, item, key, value, start }
    }

    /// The finding with this line's key. A line that is neither a field nor an item cannot be repaired: as a plain word
    /// it would only spoil the next line.
    fn named(&self, mut found: Found, flow: bool) -> Found {
        found.key = found.key.or_else(|| self.key.map(str::to_owned));
        found.repair &= self.key.is_some() || self.item || flow;
        found
    }
}

/// Where the colon after the key of a line stands.
fn colon_of_key(content: &str) -> Option<usize> {
    let first = content.chars().next()?;
    if matches!(first, '[' | '{' | '#') {
        return None;
    }
    if matches!(first, '"' | '\'') {
        let close = 1 + close_of_quote(&content[1..], first)?;
        let rest = content[close + 1..].trim_start();
        let blank_after = rest.strip_prefix(':').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
        return blank_after.then(|| content.len() - rest.len());
    }
    let colon = content.match_indices(':').map(|(at, _)| at);
    let comment = content.find(" #").unwrap_or(content.len());
    colon.take_while(|at| *at < comment).find(|at| {
        let rest = &content[at + 1..];
        *at > 0 && (rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

/// Where the quote that closes a quoted text stands; `text` begins after the opening one.
fn close_of_quote(text: &str, quote: char) -> Option<usize> {
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == '"' => at += 1,
            b'\'' if quote == '\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            byte if byte == quote as u8 => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the bracket that closes the one at the beginning of `text` stands.
fn close_of_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, one) in text.char_indices() {
        match (quote, one) {
            (Some(open), _) if open == one => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if text[..at].trim_end().ends_with(['[', '{', ',', ':']) => quote = Some(one),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Names the mistake. `original` is the text as written; in `source` earlier mistakes are masked.
pub(super) fn find(original: &str, source: &str, trouble: &Trouble) -> Found {
    debug_assert_eq!(original.len(), source.len(), "masking keeps every offset");
    let kind = &trouble.kind;
    if *kind == ErrorKind::RecursionLimitExceeded {
        let end = source[trouble.at..].chars().next().map_or(0, char::len_utf8);
        return Found::new("too-deep", trouble.at..trouble.at + end);
    }
    let line = Line::at(source, trouble.at);
    if let Some(found) = continued(source, trouble, &line) {
        return found;
    }
    if let Some(found) = at_point(source, trouble, &line) {
        return line.named(found, trouble.flow);
    }
    let late = matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
            | ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
    );
    if !late && let Some(found) = on_line(source, trouble, &line) {
        return line.named(found, trouble.flow);
    }
    if let Some(found) = between(source, trouble) {
        return found;
    }
    line.named(plain(source, trouble, &line), trouble.flow)
}

/// A colon in the second or a later line of an unquoted value.
fn continued(source: &str, trouble: &Trouble, line: &Line<'_>) -> Option<Found> {
    let last = &trouble.last;
    let spoiled = trouble.kind == ErrorKind::MappingValueNotAllowed && trouble.at == last.end;
    if !spoiled || last.start >= line.start || source[last.clone()].starts_with(['"', '\'']) {
        return None;
    }
    let first = Line::at(source, last.start);
    if first.key.is_none() && source[first.content.clone()].contains(':') {
        return Some(Found::other(first.content, "a blank must stand after the colon of a key"));
    }
    let prose = line.key.is_some_and(|key| key.contains(' '));
    Some(if first.key.is_some() && prose {
        first.named(Found::repaired("colon-in-value", last.start..line.content.end), false)
    } else if line.indent.contains('\t') {
        Found::new("tab", line.start..line.start + line.indent.len())
    } else {
        line.named(Found::new("bad-indentation", line.content.clone()), false)
    })
}

/// A character that may not begin a value, exactly where granit stopped.
fn at_point(source: &str, trouble: &Trouble, line: &Line<'_>) -> Option<Found> {
    let rest = &source[trouble.at..];
    let first = rest.chars().next()?;
    let value = &source[line.value.clone()];
    let templated = value.starts_with("{{") || value.starts_with("{%");
    let begins = trouble.at == line.value.start;
    let unexpected = matches!(trouble.kind, ErrorKind::UnexpectedCharacter { .. });
    if !templated && RESERVED.contains(&first) && (begins || unexpected) {
        let end = if trouble.flow && !begins {
            let length = rest.find([',', ']', '}', '\n']).unwrap_or(rest.len());
            trouble.at + rest[..length].trim_end().len()
        } else {
            line.value.end.max(trouble.at + 1)
        };
        return Some(Found::repaired("reserved-start", trouble.at..end));
    }
    if !begins || trouble.flow {
        return None;
    }
    match (first, &trouble.kind) {
        ('-', ErrorKind::BlockSequenceEntryNotAllowed) if line.key.is_some() => {
            Some(Found::other(line.value.clone(), "a list must begin on the line after its key"))
        }
        ('&' | '!' | '>' | '|' | '?' | ',' | ']' | '}', _) => {
            Some(Found::repaired("reserved-start", line.value.clone()))
        }
        ('*', ErrorKind::MissingAnchorOrAliasName) => Some(Found::repaired("unknown-alias", line.value.clone())),
        _ => None,
    }
}

/// A trap that can be told from one line alone.
fn on_line(source: &str, trouble: &Trouble, line: &Line<'_>) -> Option<Found> {
    if line.indent.contains('\t') && !trouble.flow && !line.content.is_empty() {
        return Some(Found::new("tab", line.start..line.start + line.indent.len()));
    }
    let range = line.value.clone();
    let value = &source[range.clone()];
    let first = value.chars().next()?;
    if value.starts_with("{{") || value.starts_with("{%") {
        return Some(Found::repaired("template-braces", range));
    }
    match first {
        '"' | '\'' => on_quote(source, trouble, line, first),
        // Alone on its line, an opening bracket begins a list over several lines.
        '[' | '{' if value.len() == 1 && !matches!(trouble.kind, ErrorKind::UnclosedFlowCollection { .. }) => None,
        '[' | '{' => match close_of_bracket(value) {
            None => Some(Found { repair: ends_here(source, range.end), ..Found::new("bracket-start", range) }),
            Some(at) => {
                let rest = value[at + 1..].trim_start();
                let text = !(rest.is_empty() || rest.starts_with('#') || trouble.flow || rest.starts_with(','));
                text.then(|| Found::repaired("bracket-start", range))
            }
        },
        '*' if value.contains(' ') && line.key.is_some() => Some(Found::repaired("unknown-alias", range)),
        _ if RESERVED.contains(&first) => Some(Found::repaired("reserved-start", range)),
        '#' | '|' | '>' | '&' | '!' | '*' => None,
        _ if line.key.is_some() && (value.contains(": ") || value.contains(":\t") || value.ends_with(':')) => {
            Some(Found::repaired("colon-in-value", range))
        }
        _ => None,
    }
}

/// A value that begins with a quote.
fn on_quote(source: &str, trouble: &Trouble, line: &Line<'_>, quote: char) -> Option<Found> {
    let range = line.value.clone();
    let value = &source[range.clone()];
    let Some(close) = close_of_quote(&value[1..], quote) else {
        return Some(Found { repair: ends_here(source, range.end), ..Found::new("unclosed-quote", range) });
    };
    let problem = match trouble.kind {
        ErrorKind::UnknownQuotedScalarEscape => {
            "a backslash in double quotes must be written twice; in single quotes it is only a backslash"
        }
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => "an escape in double quotes names no character",
        _ => {
            let rest = value[close + 2..].trim_start();
            if rest.is_empty() || rest.starts_with('#') || trouble.flow {
                return None;
            }
            "there is text after the closing quote; a quote inside must be written twice in `'…'` and as `\\\"` in `\"…\"`"
        }
    };
    Some(Found { repair: true, ..Found::other(range, problem) })
}

/// Whether what is open on a line can only end there: nothing follows, or a key does.
fn ends_here(source: &str, at: usize) -> bool {
    let rest = &source[at..];
    let next = at + (rest.len() - rest.trim_start().len());
    next >= source.len() || Line::at(source, next).key.is_some()
}

/// The first trap on the lines from the last value that was understood to the point where granit stopped.
fn between(source: &str, trouble: &Trouble) -> Option<Found> {
    let mut at = trouble.last.end.min(trouble.at);
    // A line of text in a block scalar may look like anything; it is skipped by its indentation.
    let mut text_of: Option<usize> = None;
    loop {
        let line = Line::at(source, at);
        let shown = !line.content.is_empty();
        if shown && text_of.is_some_and(|indent| line.indent.len() <= indent) {
            text_of = None;
        }
        if shown && text_of.is_none() {
            if let Some(found) = on_line(source, trouble, &line) {
                return Some(line.named(found, trouble.flow));
            }
            if source[line.value.clone()].starts_with(['|', '>']) {
                text_of = Some(line.indent.len());
            }
        }
        let next = source[at..].find('\n').map(|end| at + end + 1)?;
        let tabs = matches!(trouble.kind, ErrorKind::TabInPlainScalar) && line.start <= trouble.at;
        if next > trouble.at && !tabs {
            return None;
        }
        at = next;
    }
}

/// What remains: indentation that fits nothing, or the parser's reason in plain words.
fn plain(source: &str, trouble: &Trouble, line: &Line<'_>) -> Found {
    let shown = if line.content.is_empty() { visible(source, trouble.at) } else { line.content.clone() };
    let content = &source[shown.clone()];
    match &trouble.kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            let tab = source[line.start..].find('\t').map_or(trouble.at, |at| line.start + at);
            let end = tab + source[tab..].len() - source[tab..].trim_start_matches('\t').len();
            Found::new("tab", tab..end)
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingValueNotAllowed
            if !line.indent.is_empty() =>
        {
            Found::new("bad-indentation", shown)
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::BlockSequenceEntryNotAllowed if line.item => {
            Found::other(shown, "a list item stands where `key: value` is expected")
        }
        ErrorKind::ExpectedBlockSequenceEntry => Found::other(shown, "a list item, `- value`, is expected here"),
        ErrorKind::SimpleKeyExpected if key_without_blank(content) => {
            Found::other(shown, "a blank must stand after the colon of a key")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey | ErrorKind::ExpectedBlockMappingKey => {
            Found::other(shown, "this line is neither `key: value` nor a list item")
        }
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => Found::new("unclosed-quote", shown),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping => Found::new("bracket-start", shown),
        ErrorKind::InvalidColonPlacement
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => {
            let shown = if line.value.is_empty() { shown } else { line.value.clone() };
            Found::other(shown, "between brackets, a comma or the closing bracket is expected here")
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            Found::other(shown, format!("`{open}` is closed by `{close}`"))
        }
        ErrorKind::BomInsideDocument => {
            Found::other(shown, "an invisible byte order mark (U+FEFF) stands in the middle of the text")
        }
        ErrorKind::MappingValueNotAllowed => Found::other(shown, "a `key: value` may not stand here"),
        ErrorKind::ExpectedDocumentStart if line.key.is_some() => Found::new("bad-indentation", shown),
        ErrorKind::ExpectedDocumentStart => Found::other(shown, "there is text after the end of the value"),
        ErrorKind::UndeclaredTagHandle => {
            Found::other(shown, "a word that begins with `!` names a tag nobody declared")
        }
        ErrorKind::InvalidBlockScalarHeader => Found::other(shown, "nothing may follow `|` or `>` on its line"),
        _ if content.starts_with('%') => Found::new("reserved-start", shown),
        kind => {
            // "while scanning a tag, did not find …": the author does not care what the scanner was doing.
            let words = kind.to_string();
            let words =
                words.strip_prefix("while ").and_then(|rest| rest.split_once(", ")).map_or(&*words, |(_, it)| it);
            Found::other(shown, words)
        }
    }
}

/// Whether a line is `key:value` without the blank.
fn key_without_blank(content: &str) -> bool {
    content.split_once(':').is_some_and(|(key, value)| {
        !key.is_empty() && !key.contains(char::is_whitespace) && !value.is_empty() && !value.starts_with("//")
    })
}
