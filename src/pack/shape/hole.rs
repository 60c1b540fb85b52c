//! The types of holes: what each is called, which text it catches, how it is described in a message.

use std::fmt::Write as _;

use serde::Serialize;

/// What a hole of a shape catches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hole {
    /// Any text but blanks alone, as little of it as will do.
    Text,
    /// Everything to the end of the line; may be nothing.
    Rest,
    /// Any text, as little of it as will do; may be nothing.
    Any,
    /// Text without blanks.
    Word,
    /// Text without slashes and blanks.
    Segment,
    /// Lower-case words and numbers with single hyphens between them.
    Slug,
    /// Text without blanks and back-ticks.
    Path,
    /// A whole number.
    Int,
    /// Whole numbers in a list: `3 & 4`, `1, 2`.
    Ints,
    /// A number with or without one letter: `4b`.
    Step,
    /// A number, also negative or with decimals.
    Number,
    /// Up to five capitals and a number: `T012`, `IN-7`, `T012a`.
    Id,
    /// One or more IDs: `M1, M2`, `M1+M2`, `M1–M3`, `M1 and M2`.
    Ids,
    /// A date, right or wrong; also a blank for one.
    Date,
    /// A time of day, right or wrong; also a blank for one.
    Time,
    /// A date and a time of day, with or without an offset.
    Datetime,
    /// A date, with or without a time of day.
    Timestamp,
    /// The same; a time of day needs an offset.
    Instant,
    /// The name of a time zone or an offset.
    Zone,
    /// `-`, `--`, `–` or `—`.
    Dash,
    /// Emoji and other symbols: `✅`.
    Mark,
    /// `[what to fill in]` or `{WHAT_TO_FILL_IN}`; no box, link or footnote.
    Placeholder,
    /// One of the words that the shape lists.
    OneOf,
}

/// The types that a shape can name, in the order in which an error lists them.
const NAMES: &[(&str, Hole)] = &[
    ("text", Hole::Text),
    ("rest", Hole::Rest),
    ("any", Hole::Any),
    ("word", Hole::Word),
    ("segment", Hole::Segment),
    ("slug", Hole::Slug),
    ("path", Hole::Path),
    ("int", Hole::Int),
    ("ints", Hole::Ints),
    ("step", Hole::Step),
    ("number", Hole::Number),
    ("id", Hole::Id),
    ("ids", Hole::Ids),
    ("date", Hole::Date),
    ("time", Hole::Time),
    ("datetime", Hole::Datetime),
    ("timestamp", Hole::Timestamp),
    ("instant", Hole::Instant),
    ("zone", Hole::Zone),
    ("dash", Hole::Dash),
    ("mark", Hole::Mark),
    ("placeholder", Hole::Placeholder),
];

const ID: &str = "[A-Z]{1,5}-?[0-9]+[a-z]?";

/// What may stand between the members of a list.
const BETWEEN: &str = r"(?:\s*[,/+&|–-]\s*(?:and\s+|&\s*)?|\s+and\s+|\s+)";

/// A date as it is meant, whether or not it is one: the value is judged later, so that a wrong one is reported as a wrong
/// date and not as a line that fits nothing.
const DATE: &str = concat!(
    r"[0-9YX?]{4}-[0-9XM?]{1,2}-[0-9XD?]{1,2}",
    r"|[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}",
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    r"|(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?",
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?,?\s+[0-9]{4}",
    r"|[0-9]{1,2}(?:st|nd|rd|th)?\s+(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?",
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?,?\s+[0-9]{4}",
    r"|\[(?i:date|y{4}-mm-dd)\]|\{(?i:date|y{4}-mm-dd)\}|<(?i:date|y{4}-mm-dd)>",
);

const TIME: &str = concat!(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?(?:[AaPp][Mm]|[ap]\.m\.))?",
    r"|(?:HH|[0-9X?]{2}):(?:MM|[0-9X?]{2})(?::SS)?",
    r"|\[(?i:time|hh:mm(?::ss)?)\]|\{(?i:time|hh:mm(?::ss)?)\}|<(?i:time|hh:mm(?::ss)?)>",
);

/// What may follow a time of day that a date precedes: fractions and an offset.
const OFFSET: &str =
    r"(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?|\s[+-][0-9]{2}:?[0-9]{2}|[+±-](?:HH:?MM|TZ))?";

/// A blank for a date with a time of day.
const MOMENT_BLANK: &str = concat!(
    r"\[(?i:y{4}-mm-dd[^\]\[]+|(?:iso[ _-]?)?timestamp|iso[^\]\[]{0,20}|datetime)\]",
    r"|\{(?i:y{4}-mm-dd[^{}]+|(?:iso[ _-]?)?timestamp|iso[^{}]{0,20}|datetime)\}",
    r"|<(?i:y{4}-mm-dd[^<>]+|(?:iso[ _-]?)?timestamp|iso[^<>]{0,20}|datetime)>",
);

/// The symbols that count as marks, as ranges of a character class: emoji, dingbats, geometric figures, stars. Arrows,
/// enclosed numbers and box drawings are text. Written out, because the Unicode classes make slower automata.
pub(super) const SYMBOLS: &str =
    r"\x{2139}\x{203C}\x{2049}\x{231A}-\x{23FF}\x{25A0}-\x{27BF}\x{2B00}-\x{2BFF}\x{1F000}-\x{1FAFF}";

impl Hole {
    /// The type that a shape names so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, hole)| *hole)
    }

    /// The type that was probably meant: one that is nearly written so, or shorter for the same.
    pub(super) fn near(name: &str) -> Option<&'static str> {
        let names = || NAMES.iter().map(|(known, _)| *known);
        let near = crate::pack::near::near(name, names());
        near.or_else(|| {
            names().filter(|known| known.len() > 2 && name.starts_with(known)).max_by_key(|known| known.len())
        })
    }

    /// All names of types, for a message.
    pub(super) fn all_names() -> String {
        NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// Whether it can catch nothing at all.
    pub(crate) fn may_be_empty(self) -> bool {
        matches!(self, Hole::Rest | Hole::Any)
    }

    /// Whether it catches any text, so that its match says little about what a line is.
    pub(super) fn is_free(self) -> bool {
        matches!(self, Hole::Text | Hole::Rest | Hole::Any)
    }

    /// Writes the regular expression of what it catches, without a capturing group.
    pub(crate) fn write_pattern(self, out: &mut String) {
        let written = match self {
            Hole::Text => write!(out, r"\s*\S.*?"),
            Hole::Rest => write!(out, ".*"),
            Hole::Any => write!(out, ".*?"),
            Hole::Word => write!(out, r"\S+"),
            Hole::Segment => write!(out, r"[^/\s]+"),
            Hole::Slug => write!(out, "[a-z0-9]+(?:-[a-z0-9]+)*"),
            Hole::Path => write!(out, r"[^\s`]+"),
            Hole::Int => write!(out, "[0-9]+"),
            Hole::Ints => write!(out, "[0-9]+(?:{BETWEEN}[0-9]+)*"),
            Hole::Step => write!(out, "[0-9]+[a-z]?"),
            Hole::Number => write!(out, r"-?[0-9]+(?:\.[0-9]+)?"),
            Hole::Id => write!(out, "{ID}"),
            Hole::Ids => write!(out, "{ID}(?:{BETWEEN}{ID})*"),
            Hole::Date => write!(out, "(?:{DATE})"),
            Hole::Time => write!(out, "(?:{TIME})"),
            Hole::Datetime => write!(out, r"(?:{MOMENT_BLANK}|(?:{DATE})(?:[Tt]|,?\s+(?:at\s+)?)(?:{TIME}){OFFSET})"),
            Hole::Timestamp | Hole::Instant => {
                write!(out, r"(?:{MOMENT_BLANK}|(?:{DATE})(?:(?:[Tt]|,?\s+(?:at\s+)?)(?:{TIME}){OFFSET})?)")
            }
            Hole::Zone => write!(out, "(?:Z|[A-Z]{{2,5}}|[+-][0-9]{{2}}:?[0-9]{{2}})"),
            Hole::Dash => write!(out, "(?:--|—|–|-)"),
            Hole::Mark => {
                let one = format!(r"[{SYMBOLS}][\x{{FE0F}}\x{{200D}}]*");
                write!(out, r"{one}(?:\s*{one})*")
            }
            Hole::Placeholder => {
                write!(out, r"(?:\[[^\[\]^!\s][^\[\]]+\]|\[[^\[\]^!\sxX~/>-]\]|\{{\{{?[A-Za-z][^{{}}]*\}}?\}})")
            }
            Hole::OneOf => Ok(()),
        };
        written.expect("writing to a string does not fail");
    }

    /// What should stand there, for a message.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Hole::Text | Hole::Rest | Hole::Any | Hole::OneOf => "text",
            Hole::Word => "a word",
            Hole::Segment => "a name without blanks and slashes",
            Hole::Slug => "lower-case words with hyphens between them",
            Hole::Path => "a path",
            Hole::Int => "a whole number",
            Hole::Ints => "one or more whole numbers",
            Hole::Step => "a number such as 4 or 4b",
            Hole::Number => "a number",
            Hole::Id => "an ID (capital letters and a number)",
            Hole::Ids => "one or more IDs (capital letters and a number)",
            Hole::Date => "a date such as 2025-11-01",
            Hole::Time => "a time such as 14:30",
            Hole::Datetime => "a date and time such as 2025-11-01T14:30",
            Hole::Timestamp | Hole::Instant => "a date such as 2025-11-01, with or without a time",
            Hole::Zone => "a time zone such as UTC or +01:00",
            Hole::Dash => "a dash",
            Hole::Mark => "a symbol such as ✅",
            Hole::Placeholder => "a blank to fill in",
        }
    }

    /// The word that stands for it where a shape is shown, if its name does not say it better.
    pub(super) fn shown(self) -> Option<&'static str> {
        Some(match self {
            Hole::Date => "DATE",
            Hole::Time => "TIME",
            Hole::Datetime => "DATE TIME",
            Hole::Timestamp | Hole::Instant => "DATE [TIME]",
            Hole::Zone => "ZONE",
            Hole::Int | Hole::Step | Hole::Number => "N",
            Hole::Ints => "N, …",
            Hole::Id => "ID",
            Hole::Ids => "ID, …",
            Hole::Dash => "-",
            Hole::Mark => "✅",
            Hole::Rest | Hole::Any => "…",
            Hole::Placeholder => "[…]",
            Hole::Text | Hole::Word | Hole::Segment | Hole::Slug | Hole::Path | Hole::OneOf => return None,
        })
    }

    /// Whether what it caught between `before` and `after` is what it stands for: regular expressions cannot look
    /// around, but `[text](target)` and `[[page]]` are links.
    pub(super) fn accepts(self, before: &str, after: &str) -> bool {
        self != Hole::Placeholder || !(after.starts_with('(') || before.ends_with('[') && after.starts_with(']'))
    }
}

/// Whether a character is an emoji or another symbol that can mark a line, or a part of one.
pub(super) fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{2139}' | '\u{203C}' | '\u{2049}' | '\u{231A}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{200D}')
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn catches(hole: Hole, text: &str) -> bool {
        let mut pattern = "^(?:".to_owned();
        hole.write_pattern(&mut pattern);
        pattern.push_str(")$");
        Regex::new(&pattern).unwrap().is_match(text)
    }

    #[test]
    fn every_type_catches_its_own() {
        let table: &[(Hole, &[&str], &[&str])] = &[
            (Hole::Text, &["a", "a b"], &["", " "]),
            (Hole::Rest, &["", "a b"], &[]),
            (Hole::Any, &["", "a b"], &[]),
            (Hole::Word, &["a-b"], &["a b", ""]),
            (Hole::Segment, &["a.b"], &["a/b", "a b"]),
            (Hole::Slug, &["a", "a-1-b"], &["A", "a--b", "-a"]),
            (Hole::Path, &["a/b.md"], &["a b", "`a`"]),
            (Hole::Int, &["0", "42"], &["4b", "-1"]),
            (Hole::Ints, &["3", "3 & 4", "1, 2, and 3", "1 + 4"], &["a", "3 &"]),
            (Hole::Step, &["4", "4b"], &["b", "4bc"]),
            (Hole::Number, &["-1", "3.5"], &["3.", "a"]),
            (Hole::Id, &["T012", "IN-7", "T012a"], &["t1", "ABCDEF1", "T"]),
            (Hole::Ids, &["M1", "M1, M2", "M1+M2", "M1–M3", "M1 and M2", "M1/M2", "M1 M2"], &["M1,", "M"]),
            (
                Hole::Date,
                &[
                    "2025-11-01",
                    "2025-13-40",
                    "2025-1-3",
                    "2025-01-XX",
                    "YYYY-MM-DD",
                    "[YYYY-MM-DD]",
                    "[Date]",
                    "{DATE}",
                    "2026/01/03",
                    "1/17/2026",
                    "January 3, 2026",
                    "Jan 3rd 2026",
                    "3 January 2026",
                ],
                &["2025-11", "soon", "Maybe 3, 2026"],
            ),
            (
                Hole::Time,
                &["14:30", "25:70", "9:05", "14:30:05", "HH:MM", "[HH:MM]", "{HH:MM}", "3:07 PM", "3:07pm"],
                &["14", "14:3", "now"],
            ),
            (
                Hole::Datetime,
                &[
                    "2025-11-01T10:00",
                    "2025-11-01 10:00",
                    "2025-11-01T10:00:00.5Z",
                    "2025-11-01T10:00-0800",
                    "2025-11-01 10:00:00 -0800",
                    "January 3, 2026 at 3:07 PM",
                    "YYYY-MM-DD HH:MM",
                    "[YYYY-MM-DDTHH:MM:SS±HHMM]",
                    "{ISO_TIMESTAMP}",
                    "YYYY-MM-DDTHH:MM:SS-TZ",
                ],
                &["2025-11-01", "10:00"],
            ),
            (Hole::Timestamp, &["2025-11-01", "2025-11-01T10:00Z"], &["10:00"]),
            (Hole::Instant, &["2025-11-01", "2025-11-01T10:00Z"], &["10:00"]),
            (Hole::Zone, &["Z", "ET", "CEST", "+01:00", "-0800"], &["et", "01:00"]),
            (Hole::Dash, &["-", "--", "–", "—"], &["---", "a"]),
            (Hole::Mark, &["✅", "🔄", "⬜", "⏳", "❌", "⏭️", "⚠️", "🎯", "✅ 🎯"], &["→", "x", "", "-"]),
            (
                Hole::Placeholder,
                &["[Milestone]", "[a]", "{TASK_ID}", "{{name}}", "[e.g., this]"],
                &["[ ]", "[x]", "[X]", "[-]", "[^1]", "[!note]", "{}", "[]"],
            ),
        ];
        for (hole, fit, other) in table {
            for text in *fit {
                assert!(catches(*hole, text), "{hole:?} should catch {text:?}");
            }
            for text in *other {
                assert!(!catches(*hole, text), "{hole:?} should not catch {text:?}");
            }
        }
        let named: Vec<_> = table.iter().map(|(hole, _, _)| *hole).collect();
        assert!(NAMES.iter().all(|(_, hole)| named.contains(hole)), "a type has no test");
    }
}
