//! The boxes of list items, in the forms that people write: CommonMark knows none of them, GFM three.

use crate::document::{Checkbox, Line};
use crate::text::Span;

/// The box that a list item's line begins with, and how many bytes of the line to skip for it.
#[must_use]
pub fn of_line(line: &Line) -> (Option<Checkbox>, usize) {
    let Some((state, length, malformed)) = at_start(&line.text) else { return (None, 0) };
    let checkbox = Checkbox { span: line.span(0..length), state, malformed };
    (Some(checkbox), length)
}

/// A box directly after its bullet, which CommonMark does not take for a list item: the bullet's length, the state, and
/// how many bytes to skip.
#[must_use]
pub fn lost(line: &str) -> Option<(usize, char, usize)> {
    let rest = line.strip_prefix(['-', '*', '+'])?;
    let (state, length, _) = at_start(rest)?;
    Some((1, state, 1 + length))
}

/// The state of the box at the start of `text`, its length in bytes, and whether it is malformed.
fn at_start(text: &str) -> Option<(char, usize, bool)> {
    if let Some(rest) = text.strip_prefix('［') {
        let close = rest.find('］').filter(|at| *at <= 3)?;
        return Some((state_of(&rest[..close])?, '［'.len_utf8() * 2 + close, true));
    }
    let rest = text.strip_prefix('[')?;
    let close = rest.find(']').filter(|at| *at <= 4)?;
    let inner = &rest[..close];
    let length = close + 2;
    let after = &text[length..];
    let state = state_of(inner)?;
    let sound = inner.chars().count() == 1;
    // `[x](target)` and `[x][ref]` are links, `[x]:` a definition.
    if after.starts_with(['(', '[', ':']) {
        return None;
    }
    if inner.is_empty() && !after.starts_with(' ') {
        return None;
    }
    let spaced = after.is_empty() || after.starts_with([' ', '\t']);
    if !spaced && !matches!(inner.trim(), "" | "x" | "X") {
        return None;
    }
    Some((state, length, !sound || !spaced))
}

/// The state that stands in a box; letters other than `x` are no box but a marker or a reference.
fn state_of(inner: &str) -> Option<char> {
    if inner.chars().all(char::is_whitespace) {
        return Some(' ');
    }
    let mut chars = inner.trim().chars();
    let state = chars.next()?;
    let alone = chars.all(|c| c == '\u{FE0F}');
    let fits =
        matches!(state, 'x' | 'X') || !state.is_alphanumeric() && !matches!(state, '!' | '[' | '^' | '#' | '@' | '$');
    (alone && fits).then_some(state)
}

/// The place of a box together with the bullet before it.
#[must_use]
pub fn with_marker(marker: Span, checkbox: &Checkbox) -> Span {
    marker.cover(checkbox.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> Option<(char, bool)> {
        at_start(text).map(|(state, _, malformed)| (state, malformed))
    }

    #[test]
    fn boxes_in_the_wild() {
        assert_eq!(state("[ ] a"), Some((' ', false)));
        assert_eq!(state("[X] a"), Some(('X', false)));
        assert_eq!(state("[~] a"), Some(('~', false)));
        assert_eq!(state("[] a"), Some((' ', true)));
        assert_eq!(state("[ x] a"), Some(('x', true)));
        assert_eq!(state("[x]a"), Some(('x', true)));
        assert_eq!(state("［ ］ a"), Some((' ', true)));
        assert_eq!(state("［x］ a"), Some(('x', true)));
    }

    #[test]
    fn links_and_markers_are_no_boxes() {
        assert_eq!(state("[x](y)"), None);
        assert_eq!(state("[P] a"), None);
        assert_eq!(state("[1] a"), None);
        assert_eq!(state("[](y)"), None);
        assert_eq!(state("[M1] a"), None);
        assert_eq!(state("[!note] a"), None);
    }

    #[test]
    fn a_box_that_clings_to_its_bullet() {
        assert_eq!(lost("-[ ] T001"), Some((1, ' ', 4)));
        assert_eq!(lost("- [ ] T001"), None);
    }
}
