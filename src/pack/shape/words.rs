//! Shapes in words: what should stand at a place, and a sketch of the whole.

use crate::pack::shape::grammar::{HoleSegment, Segment};
use crate::pack::shape::hole::Hole;

/// More words than this are too many for a sketch.
const MOST_CHOICES: usize = 4;

/// Whether any text fits the segment, so that its match says little about what a line is.
pub(super) fn is_free(segment: &Segment) -> bool {
    match segment {
        Segment::Literal(text) => text.trim().is_empty(),
        Segment::Hole(hole) => hole.hole.is_free(),
        Segment::Group { alternatives, .. } => alternatives.iter().any(|segments| segments.iter().all(is_free)),
    }
}

/// What should stand where the segment begins.
pub(super) fn expected(segment: &Segment) -> String {
    match segment {
        Segment::Literal(text) if text.trim().is_empty() => "a blank".to_owned(),
        Segment::Literal(text) => quoted(text),
        Segment::Hole(hole) if hole.hole == Hole::OneOf => match hole.choices.as_slice() {
            [choice] => quoted(choice),
            choices => {
                let quoted: Vec<_> = choices.iter().map(|choice| quoted(choice)).collect();
                format!("one of {}", quoted.join(", "))
            }
        },
        Segment::Hole(hole) => hole.hole.expected().to_owned(),
        Segment::Group { alternatives, .. } => {
            let mut words: Vec<String> = Vec::new();
            for alternative in alternatives {
                // The blank that settling put before an optional segment says nothing.
                let mut segments = alternative.iter();
                let first = segments.find(|segment| !matches!(segment, Segment::Literal(text) if text == " "));
                words.extend(first.map(expected).filter(|word| !words.contains(word)));
            }
            words.join(" or ")
        }
    }
}

fn quoted(text: &str) -> String {
    if text.contains('`') { format!("\"{text}\"") } else { format!("`{text}`") }
}

/// The shape as a person would sketch it.
pub(super) fn display(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        match segment {
            Segment::Literal(text) => out.push_str(text),
            Segment::Hole(hole) => {
                let label = label(hole);
                if hole.optional {
                    out.push_str(&format!("[{label}]"));
                } else if out.ends_with(char::is_alphanumeric) && label.starts_with(char::is_alphanumeric) {
                    out.push_str(&format!("<{label}>"));
                } else {
                    out.push_str(&label);
                }
            }
            Segment::Group { alternatives, optional } => {
                let shown: Vec<_> = alternatives.iter().map(|segments| display(segments)).collect();
                let inside = shown.join("|");
                match (optional, shown.len()) {
                    (true, _) => {
                        if inside.starts_with(' ') && !out.ends_with(' ') {
                            out.push(' ');
                        }
                        out.push_str(&format!("[{}]", inside.trim_start()));
                    }
                    (false, 1) => out.push_str(&inside),
                    (false, _) => out.push_str(&format!("({inside})")),
                }
            }
        }
    }
    out
}

fn label(hole: &HoleSegment) -> String {
    if hole.hole == Hole::OneOf && (hole.choices.len() <= MOST_CHOICES || hole.name.is_empty()) {
        return hole.choices.join("|");
    }
    match hole.hole.shown() {
        Some(shown) => shown.to_owned(),
        None if hole.name.is_empty() => "TEXT".to_owned(),
        None => hole.name.replace(['-', '_'], " ").to_uppercase(),
    }
}
