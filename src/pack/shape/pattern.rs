//! From the segments of a shape to its regular expression.

use crate::pack::shape::grammar::Segment;
use crate::pack::shape::hole::{Hole, SYMBOLS, is_mark};

/// How the last segment of a regular expression takes its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    /// As the type says.
    Usual,
    /// As much as there is, if it is a hole for any text: to see how far a line fits.
    All,
}

/// Writes the regular expression of segments. Every hole is one capturing group, in the order of the source.
pub(super) fn write(segments: &[Segment], taking: Taking, out: &mut String) {
    for (place, segment) in segments.iter().enumerate() {
        let last = place + 1 == segments.len();
        match segment {
            Segment::Literal(text) => write_literal(text, out),
            Segment::Hole(hole) => {
                out.push('(');
                if hole.hole == Hole::OneOf {
                    for (place, choice) in hole.longest_first().into_iter().enumerate() {
                        if place > 0 {
                            out.push('|');
                        }
                        write_literal(choice, out);
                    }
                } else {
                    if hole.aside {
                        out.push_str(r"[(\[{<");
                        out.push_str(SYMBOLS);
                        out.push_str("].*?");
                    } else {
                        hole.hole.write_pattern(out);
                    }
                    if last && taking == Taking::All && out.ends_with(".*?") {
                        out.pop();
                    }
                }
                out.push_str(if hole.optional { ")?" } else { ")" });
            }
            Segment::Group { alternatives, optional } => {
                out.push_str("(?:");
                for (place, alternative) in alternatives.iter().enumerate() {
                    if place > 0 {
                        out.push('|');
                    }
                    write(alternative, if last { taking } else { Taking::Usual }, out);
                }
                out.push_str(if *optional { ")?" } else { ")" });
            }
        }
    }
}

/// A literal matches with any run of blanks for a blank, and with or without the invisible character that asks for the
/// coloured form of a symbol.
fn write_literal(text: &str, out: &mut String) {
    let mut buffer = [0; 4];
    for char in text.chars() {
        match char {
            '\u{FE0F}' => {}
            ' ' => out.push_str(r"\s+"),
            _ => {
                out.push_str(&regex::escape(char.encode_utf8(&mut buffer)));
                if is_mark(char) {
                    out.push_str(r"\x{FE0F}?");
                }
            }
        }
    }
}
