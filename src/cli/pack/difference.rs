//! What differs between two texts, line by line: for fixtures whose output changed.

/// Lines beyond this number are compared from the front only: a table of all pairs would grow too large.
const MOST_LINES: usize = 2_000;

/// A line of the comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// In both.
    Same(&'t str),
    /// In the first only.
    Lost(&'t str),
    /// In the second only.
    New(&'t str),
}

/// The lines of both texts in order, by their longest common sequence.
pub(super) fn lines<'t>(old: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old.len().max(new.len()) > MOST_LINES {
        return old.into_iter().map(Line::Lost).chain(new.into_iter().map(Line::New)).collect();
    }
    let mut longest = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            longest[a][b] =
                if old[a] == new[b] { longest[a + 1][b + 1] + 1 } else { longest[a + 1][b].max(longest[a][b + 1]) };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut found = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            found.push(Line::Same(old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len() || a < old.len() && longest[a + 1][b] >= longest[a][b + 1] {
            found.push(Line::Lost(old[a]));
            a += 1;
        } else {
            found.push(Line::New(new[b]));
            b += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stay_are_told_from_those_that_change() {
        use Line::{Lost, New, Same};
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\nd\n"), [Same("a"), Lost("b"), New("x"), Same("c"), New("d")]);
        assert_eq!(lines("", "a\n"), [New("a")]);
        assert_eq!(lines("a\n", ""), [Lost("a")]);
    }
}
