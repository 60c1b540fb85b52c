//! The blanks of a template: `[what to fill in]`, `{WHAT}`, `YYYY-MM-DD`; and lines with blanks as shapes.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::document::{Body, Parsed};
use crate::pack::shape::Shape;

/// A day, a moment or a time that is to be written.
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"Y{4}-MM-DD(?:[T ]HH:MM(?::SS)?(?:Z|[+±-]\S*)?)?|\bHH:MM(?::SS)?\b").expect("a fixed expression")
});

/// Numbers that a heading counts by.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:\d+(?:\.\d+)?[a-z]?|[NX]+)\b").expect("a fixed expression"));

/// Brackets that the template explains rather than leaves to be filled in: the markers of its task lines and the words of
/// its grammar.
#[derive(Default)]
pub(super) struct Legend(Vec<String>);

impl Legend {
    pub(super) fn of(parsed: &Parsed) -> Self {
        let mut words = Vec::new();
        for section in &parsed.sections {
            let title = parsed.text.slice(section.heading);
            for code in title.split('`').skip(1).step_by(2).filter(|code| code.matches('[').count() > 1) {
                words.extend(all(code).map(|range| code[range].to_owned()));
            }
        }
        for block in &parsed.blocks {
            let Body::Item { checkbox: Some(_), .. } = block.body else { continue };
            words.extend(all(&block.plain.text).map(|range| block.plain.text[range].to_owned()).filter(|word| {
                let inner = &word[1..word.len() - 1];
                inner.len() <= 5 && inner.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            }));
        }
        words.sort();
        words.dedup();
        Legend(words)
    }
}

/// The blanks of a line, outermost ones only, without what the legend explains.
pub(super) fn blanks(text: &str, legend: &Legend) -> Vec<Range<usize>> {
    all(text).filter(|range| !legend.0.iter().any(|word| word == &text[range.clone()])).collect()
}

fn all(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(start) = text[at..].find(['[', '{']).map(|found| at + found) {
            let Some(end) = closing(text, start) else {
                at = start + 1;
                continue;
            };
            at = end;
            if is_blank(text, start, end) {
                return Some(start..end);
            }
        }
        None
    })
}

/// Where the bracket at `start` closes, after its mark.
fn closing(text: &str, start: usize) -> Option<usize> {
    let (open, close) = if text[start..].starts_with('[') { ('[', ']') } else { ('{', '}') };
    let mut depth = 0;
    for (at, char) in text[start..].char_indices() {
        if char == open {
            depth += 1;
        } else if char == close {
            depth -= 1;
            if depth == 0 {
                return Some(start + at + char.len_utf8());
            }
        }
    }
    None
}

fn is_blank(text: &str, start: usize, end: usize) -> bool {
    let inner = text[start + 1..end - 1].trim_matches(['{', '}']).trim();
    let after = &text[end..];
    let is_link = after.starts_with('(') || after.starts_with('[') || inner.starts_with('[');
    let says = inner.chars().any(char::is_alphabetic) || inner.contains('#');
    let is_box = inner.chars().count() == 1 && inner.chars().all(|c| "xX~-/".contains(c));
    !is_link && says && !is_box && !inner.starts_with(['^', '!', '"', '\'']) && !inner.contains("\": ")
}

/// The blank itself if the text is nothing else.
pub(super) fn is_whole(text: &str, legend: &Legend) -> bool {
    let text = text.trim().trim_matches('`').trim();
    if DATED.find(text).is_some_and(|found| found.len() == text.len()) {
        return true;
    }
    matches!(blanks(text, legend).as_slice(), [one] if one.len() == text.len())
}

/// A line as a shape.
#[derive(Clone, Debug)]
pub(super) struct Shaped {
    /// The shape, and other spellings of it.
    pub(super) shapes: Vec<String>,
    /// The same with every blank still unfilled.
    pub(super) unfilled: String,
    /// Its literal text.
    pub(super) words: String,
    /// Something is to be filled in.
    pub(super) has_blank: bool,
    /// It begins with a day.
    pub(super) dated: bool,
}

impl Shaped {
    /// All spellings, as a YAML list.
    pub(super) fn list(&self) -> String {
        super::yaml::list(self.shapes.iter().map(String::as_str))
    }
}

/// Makes a shape of a line: blanks and dates become holes, and with `numbered` so do the numbers that it counts by.
pub(super) fn shape(text: &str, legend: &Legend, numbered: bool) -> Shaped {
    // Emphasis and code of the template are not part of the line's grammar.
    let text = text.replace('`', "");
    let mut found: Vec<(Range<usize>, bool)> = blanks(&text, legend).into_iter().map(|range| (range, true)).collect();
    let free = |found: &[(Range<usize>, bool)], range: &Range<usize>| {
        found.iter().all(|(other, _)| range.end <= other.start || range.start >= other.end)
    };
    for range in DATED.find_iter(&text).map(|found| found.range()) {
        if free(&found, &range) {
            found.push((range, true));
        }
    }
    if numbered {
        for range in NUMBER.find_iter(&text).map(|found| found.range()) {
            if free(&found, &range) {
                found.push((range, false));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut made = Shaped {
        shapes: Vec::new(),
        unfilled: String::new(),
        words: String::new(),
        has_blank: found.iter().any(|(_, blank)| *blank),
        dated: false,
    };
    let (mut source, mut names, mut at) = (String::new(), Vec::new(), 0);
    for (range, blank) in &found {
        let literal = &text[at..range.start];
        literal_to(literal, &mut source);
        literal_to(literal, &mut made.unfilled);
        made.words.push_str(literal);
        let (name, sort) = if *blank { hole(&text[range.clone()]) } else { ("n".to_owned(), "step") };
        made.dated |= source.is_empty() && matches!(sort, "date" | "timestamp");
        let name = unique(name, &mut names);
        source.push_str(&if sort == "text" { format!("{{{name}}}") } else { format!("{{{name}:{sort}}}") });
        made.unfilled.push_str(match (*blank, sort) {
            (false, _) => "{:word}",
            (true, "text") => "{:placeholder}",
            (true, "date") => "{:date}",
            (true, "time") => "{:time}",
            (true, _) => "{:placeholder}",
        });
        at = range.end;
    }
    let tail = &text[at..];
    made.words.push_str(tail);
    let in_brackets = tail.trim_start().starts_with('(') || !tail.is_ascii();
    literal_to(tail, &mut made.unfilled);
    if in_brackets && !found.is_empty() {
        // What follows in brackets is said of this one document.
        source.push_str("{rest?}");
    } else {
        literal_to(tail, &mut source);
    }
    made.words = made.words.split_whitespace().collect::<Vec<_>>().join(" ");
    made.shapes.push(source.trim().to_owned());
    // A colon before what is filled in is often written as a dash, and the other way round.
    if let Some((before, after)) = source.split_once(": {") {
        made.shapes.push(format!("{before} {{:dash}} {{{after}").trim().to_owned());
    } else if let Some((before, after)) = source.split_once(" - {") {
        made.shapes[0] = format!("{before} {{:dash}} {{{after}").trim().to_owned();
        made.shapes.push(format!("{before}: {{{after}").trim().to_owned());
    }
    made.shapes.retain(|shape| Shape::compile(shape).is_ok());
    if Shape::compile(&made.unfilled).is_err() {
        made.unfilled.clear();
    }
    made.has_blank &= !made.shapes.is_empty();
    made
}

/// Text as it stands in a shape.
fn literal_to(text: &str, source: &mut String) {
    for char in text.chars() {
        if matches!(char, '{' | '}' | '\\') {
            source.push('\\');
        }
        source.push(char);
    }
}

/// A literal as a shape.
pub(super) fn literal(text: &str) -> String {
    let mut source = String::new();
    literal_to(text, &mut source);
    source
}

/// Name and type of the hole that a blank becomes.
fn hole(blank: &str) -> (String, &'static str) {
    let inner = blank.trim_matches(['[', ']', '{', '}']).trim();
    match time_of(blank, "") {
        Some("date") => return ("when".to_owned(), "date"),
        Some("timestamp") => return ("when".to_owned(), "timestamp"),
        Some(_) => return ("at".to_owned(), "time"),
        None => {}
    }
    let word = inner.to_lowercase();
    if matches!(word.as_str(), "n" | "x" | "#" | "number" | "no") || inner.chars().all(|c| c == '#') {
        return ("n".to_owned(), "step");
    }
    let mut name = String::new();
    for word in word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(3) {
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    let name = name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned();
    (if name.is_empty() { "name".to_owned() } else { name }, "text")
}

/// What time a blank or the name of its field asks for: `date`, `timestamp` or `time`.
pub(super) fn time_of(blank: &str, field: &str) -> Option<&'static str> {
    let inner = blank.trim().trim_matches(['[', ']', '{', '}', '<', '>', '`', '"']).trim();
    if let Some(found) = DATED.find(inner) {
        let (day, time) = (found.as_str().contains("DD"), found.as_str().contains("HH"));
        return match (day, time) {
            (true, true) => Some("timestamp"),
            (true, false) => Some("date"),
            (false, _) => Some("time"),
        };
    }
    let word = inner.to_lowercase();
    let field = field.to_lowercase();
    if matches!(word.as_str(), "date" | "today" | "day") || field == "date" || field.ends_with(" date") {
        return Some("date");
    }
    matches!(word.as_str(), "timestamp" | "datetime" | "iso timestamp" | "iso_timestamp").then_some("timestamp")
}

fn unique(name: String, names: &mut Vec<String>) -> String {
    let mut own = name.clone();
    let mut count = 1;
    while names.contains(&own) {
        count += 1;
        own = format!("{name}-{count}");
    }
    names.push(own.clone());
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        blanks(text, &Legend::default()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn blanks_are_told_from_links_and_boxes() {
        assert_eq!(found("a [b c] [d](e) [x] [ ] [[f]] {G_H} [i: [j], k]"), ["[b c]", "{G_H}", "[i: [j], k]"]);
        assert_eq!(found("`[###-name]` [^1] [1]"), ["[###-name]"]);
    }

    #[test]
    fn lines_become_shapes() {
        let made = |text: &str, numbered| shape(text, &Legend::default(), numbered);
        assert_eq!(made("Plan: [PLAN NAME]", false).shapes, ["Plan: {plan-name}", "Plan {:dash} {plan-name}"]);
        assert_eq!(made("Plan: [PLAN NAME]", false).unfilled, "Plan: {:placeholder}");
        let dated = made("YYYY-MM-DD HH:MM - [Title]", true);
        assert_eq!(dated.shapes[0], "{when:timestamp} {:dash} {title}");
        assert!(dated.dated);
        assert_eq!(made("Step 1: [Name]", true).shapes[0], "Step {n:step}: {name}");
        assert_eq!(made("Part 3 - [Title] (Size: P1)", true).shapes[0], "Part {n:step} {:dash} {title}{rest?}");
        assert!(!made("Overview", true).has_blank);
    }
}
