//! From a shape's source to its segments.

use crate::pack::shape::hole::Hole;
use crate::pack::shape::{ShapeError, squeeze};
use crate::text::Span;

/// Longer shapes are refused: what a pack says must stay cheap to match.
const LONGEST: usize = 2000;

/// Deeper nesting is refused.
const DEEPEST: usize = 8;

/// A piece of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Text that must stand there. One blank stands for a run of blanks.
    Literal(String),
    /// A hole.
    Hole(HoleSegment),
    /// Alternatives, each a shape of its own; one only for a plain group.
    Group {
        /// The alternatives.
        alternatives: Vec<Vec<Segment>>,
        /// It may be left out.
        optional: bool,
    },
}

/// A hole of a shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HoleSegment {
    /// Its name; empty for a hole that catches nothing.
    pub(crate) name: String,
    /// Its type.
    pub(crate) hole: Hole,
    /// The words of an enumeration.
    pub(crate) choices: Vec<String>,
    /// It may be left out.
    pub(crate) optional: bool,
    /// It may be left out and follows another hole for text: what it catches begins with a bracket or a symbol, because
    /// otherwise nothing would tell where the one ends and the other begins.
    pub(crate) aside: bool,
}

impl HoleSegment {
    /// The words of an enumeration, longer ones first, so that none hides another.
    pub(crate) fn longest_first(&self) -> Vec<&str> {
        let mut choices: Vec<_> = self.choices.iter().map(String::as_str).collect();
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.len()));
        choices
    }
}

impl Segment {
    /// Whether it can match nothing.
    pub(super) fn may_vanish(&self) -> bool {
        match self {
            Segment::Literal(_) => false,
            Segment::Hole(hole) => hole.optional || hole.hole.may_be_empty(),
            Segment::Group { optional, .. } => *optional,
        }
    }

    /// The same segment, no longer optional.
    fn demanded(mut self) -> Self {
        match &mut self {
            Segment::Literal(_) => {}
            Segment::Hole(hole) => hole.optional = false,
            Segment::Group { optional, .. } => *optional = false,
        }
        self
    }
}

/// Reads a shape's source.
///
/// # Errors
/// The first place where it is no shape.
pub(crate) fn parse(source: &str) -> Result<Vec<Segment>, ShapeError> {
    if source.len() > LONGEST {
        return Err(ShapeError::new(LONGEST..source.len(), format!("a shape has at most {LONGEST} bytes")));
    }
    let mut parser = Parser { source, at: 0, depth: 0 };
    let segments = parser.segments(End::Source)?;
    if segments.is_empty() {
        return Err(ShapeError::new(0..source.len(), "a shape must not be empty"));
    }
    Ok(segments)
}

/// What ends a run of segments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Source,
    /// `}`
    Brace,
    /// `|`, `)}` or `)?}`
    Alternative,
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// The character after a backslash.
    fn escaped(&mut self) -> Result<char, ShapeError> {
        let start = self.at - 1;
        match self.rest().chars().next() {
            Some(char) if !char.is_alphanumeric() => {
                self.at += char.len_utf8();
                Ok(char)
            }
            Some(char) => Err(ShapeError::new(
                start..self.at + char.len_utf8(),
                format!("`\\{char}` is not an escape; a backslash stands before `{{`, `}}`, `|`, `)`, `?` or `\\`"),
            )),
            None => Err(ShapeError::new(start..self.at, "a backslash at the end escapes nothing")),
        }
    }

    fn segments(&mut self, end: End) -> Result<Vec<Segment>, ShapeError> {
        let mut segments = Vec::new();
        let mut literal = String::new();
        loop {
            let rest = self.rest();
            let Some(char) = rest.chars().next() else { break };
            let ended = match end {
                End::Source => false,
                End::Brace => char == '}',
                End::Alternative => char == '|' || rest.starts_with(")}") || rest.starts_with(")?}"),
            };
            if ended {
                break;
            }
            if char == '{' {
                push_literal(&mut segments, &mut literal);
                segments.push(self.braces()?);
                continue;
            }
            if char == '}' {
                let message = "this `}` closes nothing; write `\\}` for a brace in the text";
                return Err(ShapeError::new(self.at..self.at + 1, message));
            }
            self.at += char.len_utf8();
            literal.push(if char == '\\' { self.escaped()? } else { char });
        }
        push_literal(&mut segments, &mut literal);
        Ok(segments)
    }

    /// What stands in braces; the parser is at the opening one.
    fn braces(&mut self) -> Result<Segment, ShapeError> {
        let start = self.at;
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ShapeError::new(start..self.at, format!("groups are nested more than {DEEPEST} deep")));
        }
        let segment = if self.eat("?") {
            let segments = self.segments(End::Brace)?;
            self.close(start)?;
            Segment::Group { alternatives: vec![segments], optional: true }
        } else if self.eat("(") {
            let mut alternatives = vec![self.segments(End::Alternative)?];
            while self.eat("|") {
                alternatives.push(self.segments(End::Alternative)?);
            }
            self.eat(")");
            let optional = self.eat("?");
            self.close(start)?;
            Segment::Group { alternatives, optional }
        } else {
            self.hole(start)?
        };
        if let Segment::Group { alternatives, .. } = &segment
            && alternatives.iter().any(Vec::is_empty)
        {
            return Err(ShapeError::new(start..self.at, "an alternative or group of a shape must not be empty"));
        }
        self.depth -= 1;
        Ok(segment)
    }

    fn close(&mut self, start: usize) -> Result<(), ShapeError> {
        if self.eat("}") {
            return Ok(());
        }
        Err(ShapeError::new(start..self.source.len(), "this `{` is not closed; write `\\{` for a brace in the text"))
    }

    /// `name`, `name:type`, `:type`, `name=a|b`, each with `?` at its end.
    fn hole(&mut self, start: usize) -> Result<Segment, ShapeError> {
        let name = self.name();
        let mut hole = Hole::Text;
        let mut choices = Vec::new();
        let mut optional = self.eat("?");
        if self.eat(":") {
            let from = self.at;
            let named = self.name();
            hole = Hole::named(named).ok_or_else(|| {
                let message = match Hole::near(named) {
                    Some(near) => format!("`{named}` is not a type of hole; did you mean `{near}`?"),
                    None => format!("`{named}` is not a type of hole; there are {}", Hole::all_names()),
                };
                ShapeError::new(from..self.at, message)
            })?;
        } else if self.eat("=") {
            hole = Hole::OneOf;
            choices = self.choices(start)?;
        } else if name.is_empty() {
            let end = self.rest().find('}').map_or(self.source.len(), |end| self.at + end + 1);
            let message =
                "a hole is written `{name}`, `{name:type}`, `{:type}` or `{name=a|b}`; write `\\{` for a brace";
            return Err(ShapeError::new(start..end, message));
        }
        optional |= self.eat("?");
        if !self.rest().is_empty() && !self.rest().starts_with('}') {
            let end = self.rest().find('}').map_or(self.source.len(), |end| self.at + end);
            let message = "the name of a hole has letters, digits, `-` and `_`, and a type, `=` or `?` may follow it";
            return Err(ShapeError::new(self.at..end, message));
        }
        self.close(start)?;
        Ok(Segment::Hole(HoleSegment { name: name.to_owned(), hole, choices, optional, aside: false }))
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|char: char| !(char.is_alphanumeric() || char == '-' || char == '_')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The words of an enumeration, up to `}` or `?}`.
    fn choices(&mut self, start: usize) -> Result<Vec<String>, ShapeError> {
        let mut choices = vec![String::new()];
        while let Some(char) = self.rest().chars().next() {
            if char == '}' || self.rest().starts_with("?}") {
                break;
            }
            self.at += char.len_utf8();
            let choice = choices.last_mut().expect("there is always a word that is being read");
            match char {
                '|' => choices.push(String::new()),
                '\\' => choice.push(self.escaped()?),
                _ => choice.push(char),
            }
        }
        for choice in &mut choices {
            *choice = squeeze(choice);
        }
        if choices.iter().any(String::is_empty) {
            return Err(ShapeError::new(start..self.at, "a word of an enumeration must not be empty"));
        }
        Ok(choices)
    }
}

fn push_literal(segments: &mut Vec<Segment>, literal: &mut String) {
    if !literal.is_empty() {
        segments.push(Segment::Literal(squeeze(literal)));
        literal.clear();
    }
}

/// Gives the blank beside an optional segment to that segment, so that `{a} {b?} - {c}` fits `A - C` as well as `A B - C`.
pub(super) fn settle(segments: Vec<Segment>) -> Vec<Segment> {
    settle_within(segments, true, true)
}

fn settle_within(segments: Vec<Segment>, at_start: bool, at_end: bool) -> Vec<Segment> {
    let mut settled: Vec<Segment> = Vec::new();
    // Nothing stands before the next segment, or what stands there brings its own blank.
    let mut fresh = at_start;
    let mut segments = std::collections::VecDeque::from(segments);
    while let Some(segment) = segments.pop_front() {
        let last = at_end && segments.iter().all(Segment::may_vanish);
        let optional = segment.may_vanish();
        let segment = match segment {
            Segment::Group { alternatives, optional } => {
                let inside = |segments| settle_within(segments, settled.is_empty() && at_start, last);
                Segment::Group { alternatives: alternatives.into_iter().map(inside).collect(), optional }
            }
            Segment::Literal(text) if text.is_empty() => continue,
            other => other,
        };
        if !optional {
            fresh = false;
            settled.push(segment);
            continue;
        }
        if let Some(aside) = as_aside(&segment, &settled) {
            if matches!(settled.last(), Some(Segment::Literal(_))) {
                settled.pop();
            }
            settled.push(aside);
            fresh = false;
            continue;
        }
        let next = match segments.front() {
            Some(Segment::Literal(text)) => text.chars().next(),
            _ => None,
        };
        let blank_before = matches!(settled.last(), Some(Segment::Literal(text)) if text.ends_with(' '));
        if blank_before && (last || next.is_some_and(|char| " :,;.)]".contains(char))) {
            if let Some(Segment::Literal(text)) = settled.last_mut() {
                text.pop();
                if text.is_empty() {
                    settled.pop();
                }
            }
            let blank = Segment::Literal(" ".to_owned());
            let inside = vec![blank, without_blank(segment.demanded())];
            settled.push(Segment::Group { alternatives: vec![inside], optional: true });
            fresh = false;
        } else if fresh && next == Some(' ') {
            if let Some(Segment::Literal(text)) = segments.front_mut() {
                text.remove(0);
            }
            let inside = vec![segment.demanded(), Segment::Literal(" ".to_owned())];
            settled.push(Segment::Group { alternatives: vec![inside], optional: true });
        } else if blank_before {
            settled.push(without_blank(segment));
            fresh = false;
        } else {
            settled.push(segment);
            fresh = false;
        }
    }
    settled
}

/// An optional hole for text that follows another hole for text, with or without a blank between them, as a group that
/// begins with a blank and a bracket or symbol.
fn as_aside(segment: &Segment, settled: &[Segment]) -> Option<Segment> {
    let Segment::Hole(hole @ HoleSegment { hole: Hole::Text, optional: true, .. }) = segment else { return None };
    let before = match settled {
        [.., before, Segment::Literal(blank)] if blank == " " => before,
        [.., before] => before,
        [] => return None,
    };
    if !matches!(before, Segment::Hole(HoleSegment { hole: Hole::Text, .. })) {
        return None;
    }
    let aside = Segment::Hole(HoleSegment { optional: false, aside: true, ..hole.clone() });
    Some(Segment::Group { alternatives: vec![vec![Segment::Literal(" ".to_owned()), aside]], optional: true })
}

/// The segment without the blank that it begins with, where one stands before it already.
fn without_blank(mut segment: Segment) -> Segment {
    if let Segment::Group { alternatives, .. } = &mut segment {
        for alternative in alternatives {
            if let Some(Segment::Literal(text)) = alternative.first_mut()
                && text.len() > 1
                && text.starts_with(' ')
            {
                text.remove(0);
            }
        }
    }
    segment
}

/// All holes, in the order of their capturing groups.
pub(crate) fn holes(segments: &[Segment]) -> Vec<&HoleSegment> {
    let mut found = Vec::new();
    for segment in segments {
        match segment {
            Segment::Literal(_) => {}
            Segment::Hole(hole) => found.push(hole),
            Segment::Group { alternatives, .. } => {
                found.extend(alternatives.iter().flat_map(|alternative| holes(alternative)));
            }
        }
    }
    found
}

impl ShapeError {
    fn new(range: std::ops::Range<usize>, message: impl Into<String>) -> Self {
        Self { span: Span::from(range), message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::shape::pattern::{Taking, write};

    fn error(source: &str) -> (String, String) {
        let error = parse(source).expect_err(source);
        (source[error.span.start..error.span.end].to_owned(), error.message)
    }

    #[test]
    fn what_is_no_shape_is_refused_at_its_place() {
        for (source, place, words) in [
            ("a {b", "{b", "not closed"),
            ("a } b", "}", "closes nothing"),
            ("{a:dat}", "dat", "`dat` is not a type of hole; did you mean `date`?"),
            ("{a:integer}", "integer", "`integer` is not a type of hole; did you mean `int`?"),
            ("{a:colour}", "colour", "`colour` is not a type of hole; there are text, rest"),
            (r"a \d+", r"\d", "is not an escape"),
            (r"a \", r"\", "escapes nothing"),
            ("{}", "{}", "a hole is written"),
            ("{a b}", " b", "the name of a hole"),
            ("{a=b||c}", "{a=b||c", "must not be empty"),
            ("x {(a|)}", "{(a|)}", "must not be empty"),
            ("x {?}", "{?}", "must not be empty"),
            ("", "", "must not be empty"),
            ("{?{?{?{?{?{?{?{?{?a}}}}}}}}}", "{", "nested"),
        ] {
            let (found, message) = error(source);
            assert_eq!(found, place, "{source}");
            assert!(message.contains(words), "{source}: {message}");
        }
    }

    #[test]
    fn blanks_go_with_what_is_optional() {
        let settled = |source: &str| {
            let mut pattern = String::new();
            write(&settle(parse(source).unwrap()), Taking::Usual, &mut pattern);
            pattern
        };
        assert_eq!(settled("a {n:int?} - b"), r"a(?:\s+([0-9]+))?\s+\-\s+b");
        assert_eq!(settled("{n:int?} b"), r"(?:([0-9]+)\s+)?b");
        assert_eq!(settled("{n:int?} {m:int?} b"), r"(?:([0-9]+)\s+)?(?:([0-9]+)\s+)?b");
        assert_eq!(settled("b {n:int?}"), r"b(?:\s+([0-9]+))?");
        assert_eq!(settled("b {n:int?} {m:int?}"), r"b(?:\s+([0-9]+))?(?:\s+([0-9]+))?");
        assert_eq!(settled("b {n:int?}: c"), r"b(?:\s+([0-9]+))?:\s+c");
        assert_eq!(settled("b{? ({n:int})} - c"), r"b(?:\s+\(([0-9]+)\))?\s+\-\s+c");
        assert_eq!(settled("b {? ({n:int})} - c"), r"b(?:\s+(?:\(([0-9]+)\)))?\s+\-\s+c");
        assert_eq!(settled("b {r:rest}"), r"b(?:\s+(.*))?");
    }

    #[test]
    fn the_longest_word_comes_first() {
        let segments = parse(r"{s=done|done for now|a\|b|\}?}").unwrap();
        let [Segment::Hole(hole)] = segments.as_slice() else { panic!("{segments:?}") };
        assert_eq!(hole.longest_first(), ["done for now", "done", "a|b", "}"]);
        assert!(hole.optional);
    }
}
