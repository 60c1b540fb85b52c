//! The comments that speak to worklint: `worklint ignore next: RULE, RULE (reason)`.
//!
//! A comment that begins as one but does not fit the grammar is a directive that names no rule, so that the stage that
//! applies suppressions can report it; [`fault`] then says what is wrong with it.

use crate::document::{Directive, Scope};
use crate::text::Span;

const SCOPES: &[(&str, Scope)] = &[("next", Scope::Next), ("section", Scope::Section), ("file", Scope::File)];

/// Words that other tools use for the same wish.
const SYNONYMS: &[&str] = &["disable", "allow", "suppress", "skip", "off", "noqa", "nolint", "expect"];

/// Reads a comment, with or without its marks (`<!-- -->`, `#`), that stands at `span` as it is written there. `covers`
/// stays empty: it is known only when the blocks are.
#[must_use]
pub fn parse(comment_text: &str, span: Span) -> Option<Directive> {
    let read = read(comment_text)?;
    let mut directive = Directive { span, scope: Scope::Next, rules: Vec::new(), reason: None, covers: Span::point(0) };
    if let Ok((scope, rules, reason)) = read {
        let place = |start: usize, text: &str| Span::new(span.start + start, span.start + start + text.len());
        directive.scope = scope;
        directive.rules = rules.into_iter().map(|(start, name)| (name.to_owned(), place(start, name))).collect();
        directive.reason = reason.map(str::to_owned);
    }
    Some(directive)
}

/// What is wrong with a comment that speaks to worklint without being understood, in words; `None` for a good one and
/// for one that does not speak to worklint.
#[must_use]
pub fn fault(comment_text: &str) -> Option<String> {
    read(comment_text)?.err()
}

type Read<'a> = Result<(Scope, Vec<(usize, &'a str)>, Option<&'a str>), String>;

/// Scope, rules with their offsets in `comment`, and reason.
fn read(comment: &str) -> Option<Read<'_>> {
    let (inner, base) = without_marks(comment);
    let rest = inner.strip_prefix("worklint")?;
    let separator = rest.chars().next()?;
    if !(separator.is_whitespace() || matches!(separator, ':' | '-' | '_')) {
        return None;
    }
    let exact = separator.is_whitespace();
    let after = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '_'));
    let verb_end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    let verb = after[..verb_end].to_ascii_lowercase();
    let meant =
        verb == "ignore" || strsim::damerau_levenshtein(&verb, "ignore") <= 2 || SYNONYMS.contains(&verb.as_str());
    if !meant {
        return None;
    }
    if &after[..verb_end] != "ignore" || !exact {
        return Some(Err(format!("`worklint {}` is not understood", &after[..verb_end])));
    }
    let after = after[verb_end..].trim_start();
    let scope_end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    let word = &after[..scope_end];
    let Some((_, scope)) = SCOPES.iter().find(|(name, _)| *name == word) else {
        return Some(Err(if word.is_empty() {
            "it does not say what it covers".to_owned()
        } else {
            format!("`ignore {word}` is not understood")
        }));
    };
    let after = after[scope_end..].trim_start();
    let Some(names) = after.strip_prefix(':') else {
        return Some(Err(format!("a colon is missing after `ignore {word}`")));
    };
    let (names, reason) = match names.find('(') {
        None => (names, None),
        Some(open) => {
            let Some(reason) = names[open + 1..].trim_end().strip_suffix(')') else {
                return Some(Err("the reason's bracket is not closed, or something follows it".to_owned()));
            };
            (&names[..open], Some(reason.trim()).filter(|reason| !reason.is_empty()))
        }
    };
    // Offsets are differences of slices of one string: `inner` lies `base` bytes into the comment.
    let names_at = base + (inner.len() - after.len()) + 1;
    let mut rules = Vec::new();
    let mut at = 0;
    for piece in names.split(',') {
        let name = piece.trim();
        if name.chars().any(char::is_whitespace) {
            return Some(Err(format!("`{name}` is not a rule's name; a reason stands in round brackets")));
        }
        if !name.is_empty() {
            rules.push((names_at + at + (piece.len() - piece.trim_start().len()), name));
        }
        at += piece.len() + 1;
    }
    if rules.is_empty() {
        return Some(Err("it names no rule".to_owned()));
    }
    Some(Ok((*scope, rules, reason)))
}

/// The comment without its marks and the blanks around it, and how far in it begins.
fn without_marks(comment: &str) -> (&str, usize) {
    let mut inner = comment.trim_start();
    inner = inner.strip_prefix("<!--").unwrap_or_else(|| inner.trim_start_matches('#'));
    inner = inner.trim_start();
    let base = comment.len() - inner.len();
    inner = inner.trim_end();
    inner = inner.strip_suffix("-->").unwrap_or(inner).trim_end();
    (inner, base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_places() {
        let comment = "<!-- worklint ignore section: missing-field, pack/* (ported (from elsewhere)) -->";
        let directive = parse(comment, Span::new(100, 100 + comment.len())).expect("a directive");
        assert_eq!(directive.scope, Scope::Section);
        assert_eq!(directive.reason.as_deref(), Some("ported (from elsewhere)"));
        let names: Vec<_> = directive
            .rules
            .iter()
            .map(|(name, span)| (name.as_str(), &comment[span.start - 100..span.end - 100]))
            .collect();
        assert_eq!(names, [("missing-field", "missing-field"), ("pack/*", "pack/*")]);
    }

    #[test]
    fn yaml_comments_and_bare_texts_are_read() {
        for comment in ["# worklint ignore next: a-b", "worklint ignore next: a-b", "<!--worklint ignore next: a-b-->"]
        {
            let directive = parse(comment, Span::new(0, comment.len())).expect("a directive");
            let (name, span) = &directive.rules[0];
            assert_eq!((name.as_str(), &comment[span.start..span.end]), ("a-b", "a-b"));
            assert_eq!(fault(comment), None);
        }
    }

    #[test]
    fn what_is_nearly_a_directive_names_no_rule() {
        for comment in [
            "<!-- worklint ignore nxt: a -->",
            "<!-- worklint ingore next: a -->",
            "<!-- worklint-disable a -->",
            "<!-- worklint ignore next a -->",
            "<!-- worklint ignore next: -->",
            "<!-- worklint ignore next: a because of b -->",
            "<!-- worklint ignore next: a (open -->",
            "<!-- worklint ignore -->",
        ] {
            assert_eq!(parse(comment, Span::new(0, comment.len())).expect(comment).rules, [], "{comment}");
            assert!(fault(comment).is_some(), "{comment}");
        }
    }

    #[test]
    fn other_comments_are_left_alone() {
        for comment in ["<!-- worklint is a linter -->", "<!-- note -->", "# worklinter ignore next: a", "<!-- -->"] {
            assert_eq!(parse(comment, Span::new(0, comment.len())), None, "{comment}");
        }
    }
}
