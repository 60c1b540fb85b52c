//! UTF-8 that was read in an old 8-bit encoding and saved: `â€”` for a dash, `‚Üí` for an arrow.
//!
//! A run of characters beyond ASCII counts as damaged only if it can be undone exactly: written back in the old encoding
//! it is valid UTF-8, and what comes out makes sense where it stands. Everything else is somebody's language.

use encoding_rs::{EncoderResult, Encoding, IBM866, MACINTOSH, WINDOWS_1250, WINDOWS_1252};

use super::Code;
use crate::diagnostic::Finding;
use crate::text::{Span, Text};

/// The encodings that are tried, most frequent first.
const ENCODINGS: [(&Encoding, &str); 4] =
    [(WINDOWS_1252, "Windows-1252"), (MACINTOSH, "Mac Roman"), (WINDOWS_1250, "Windows-1250"), (IBM866, "CP866")];

/// How many characters of the damaged runs a finding names.
const SHOWN: usize = 60;

/// Letters beyond ASCII and Latin-1 that languages really use.
const LETTERS: &str = "ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĢģĪīĮįİıĶķĹĺĻļĽľŁłŃńŅņŇňŌōŐőŒœŔŕŘřŚśŞşŠšŢţŤťŪūŮůŰűŲųŸŹźŻżŽžƒȘșȚț";

/// One finding for each line that holds damage.
pub(super) fn findings(text: &Text, code: &Code, found: &mut Vec<Finding>) {
    for line in 0..text.line_count() {
        let mut span = text.line_span(line);
        if line == 0 {
            span.start = text.start();
        }
        let slice = text.slice(span);
        if !slice.is_ascii() {
            found.extend(on_line(slice, span.start, code));
        }
    }
}

fn on_line(line: &str, base: usize, code: &Code) -> Option<Finding> {
    let mut damage: Option<(Span, Vec<&str>, Vec<String>, &str)> = None;
    let mut from = 0;
    while let Some(at) = line[from..].find(|one: char| !one.is_ascii()) {
        let start = from + at;
        let end = line[start..].find(|one: char| one.is_ascii()).map_or(line.len(), |length| start + length);
        from = end;
        if code.holds(base + start) {
            continue;
        }
        let (before, after) = (line[..start].chars().next_back(), line[end..].chars().next());
        let Some((restored, encoding)) = restore(&line[start..end], before, after) else { continue };
        let span = Span::new(base + start, base + end);
        let (whole, broken, whole_again, _) = damage.get_or_insert((span, Vec::new(), Vec::new(), encoding));
        *whole = whole.cover(span);
        broken.push(&line[start..end]);
        whole_again.push(restored);
    }
    let (span, broken, restored, encoding) = damage?;
    let cut = |words: String| words.chars().take(SHOWN).collect::<String>();
    Some(
        Finding::new("mojibake", span)
            .value("found", cut(broken.join(" ")))
            .value("restored", cut(restored.join(" ")))
            .value("encoding", encoding),
    )
}

/// The text that a run once was, and the encoding it was read in.
fn restore(run: &str, before: Option<char>, after: Option<char>) -> Option<(String, &'static str)> {
    // One character, the most frequent run by far, cannot become fewer.
    run.chars().nth(1)?;
    let neighbours = (before, after);
    let (mut text, name) =
        ENCODINGS.iter().find_map(|(encoding, name)| Some((undo(run, encoding, neighbours)?, *name)))?;
    // Damage that was saved twice.
    while let Some(earlier) = ENCODINGS.iter().find_map(|(encoding, _)| undo(&text, encoding, neighbours)) {
        text = earlier;
    }
    Some((text, name))
}

/// The run written back in `encoding` and read as UTF-8, if that makes sense.
fn undo(run: &str, encoding: &'static Encoding, neighbours: (Option<char>, Option<char>)) -> Option<String> {
    let mut encoder = encoding.new_encoder();
    let room = encoder.max_buffer_length_from_utf8_without_replacement(run.len())?;
    let mut bytes = vec![0; room];
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(run, &mut bytes, true);
    if result != EncoderResult::InputEmpty {
        return None;
    }
    let text = std::str::from_utf8(&bytes[..written]).ok()?;
    let shorter = text.chars().count() < run.chars().count();
    // Box drawing reads as CP866 by chance; damaged UTF-8 has Cyrillic letters in it there.
    let telling = encoding != IBM866 || run.chars().any(is_cyrillic);
    (shorter && telling && makes_sense(run, text, neighbours)).then(|| text.to_owned())
}

fn is_cyrillic(one: char) -> bool {
    ('\u{0400}'..='\u{04FF}').contains(&one)
}

/// Whether restored text is what people write, where it stands.
fn makes_sense(run: &str, text: &str, (before, after): (Option<char>, Option<char>)) -> bool {
    if text.chars().all(is_cyrillic) {
        // Two letters may be chance; three are a word.
        return text.chars().count() >= 3;
    }
    if !text.chars().all(is_plausible) {
        return false;
    }
    // Signs are three or four bytes, which no language writes by chance. Two bytes need more.
    if text.chars().any(|one| one >= '\u{0800}') {
        return true;
    }
    let letter = |one: Option<char>| one.is_some_and(|one| one.is_ascii_alphabetic());
    if text.chars().any(char::is_alphabetic) {
        // `SPÄ“` ends a quotation and `2√π` is a formula; `Ã–sterreich` and `caf√©` are damage.
        let quoted = run.chars().next_back().is_some_and(is_closing);
        let last = text.chars().count() == 1 && run.chars().count() == 2;
        return if last && quoted { letter(after) } else { letter(before) || letter(after) };
    }
    run.starts_with(['Â', '¬', '┬']) && !run.chars().next_back().is_some_and(is_closing)
}

/// Signs that may follow a capital letter in ordinary text: quotes, dashes, dots.
fn is_closing(one: char) -> bool {
    matches!(one, '\u{2010}'..='\u{2026}' | '\u{2039}' | '\u{203A}' | '«' | '»' | '·')
}

/// What restored text may be made of.
fn is_plausible(one: char) -> bool {
    match one {
        // Spaces, punctuation and symbols of Latin-1, and its letters.
        '\u{00A0}'..='\u{00FF}' => true,
        // Punctuation without the invisible controls.
        '\u{2000}'..='\u{200D}' | '\u{2010}'..='\u{2027}' | '\u{202F}'..='\u{205E}' => true,
        // Superscripts, currency, letter-like signs, numbers, arrows, mathematics, technical signs.
        '\u{2070}'..='\u{23FF}' => true,
        // Enclosed numbers, box drawing, blocks, shapes, signs, dingbats.
        '\u{2460}'..='\u{27BF}' => true,
        '\u{2B05}'..='\u{2B07}' | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}' => true,
        '\u{FB01}' | '\u{FB02}' | '\u{FE0F}' | '\u{FEFF}' => true,
        '\u{1F000}'..='\u{1FAFF}' => true,
        _ => one.is_ascii() || LETTERS.contains(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(source: &str) -> Option<String> {
        let text = Text::new(source);
        let mut found = Vec::new();
        findings(&text, &Code::new(&[]), &mut found);
        assert!(found.len() <= 1);
        let finding = found.pop()?;
        let values: Vec<_> = finding.values.iter().map(|(_, value)| value.as_str()).collect();
        Some(format!("{}|{}", text.slice(finding.span), values.join("|")))
    }

    /// The text as it looks after it was read in the wrong encoding.
    fn damaged(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn damage_is_undone_exactly() {
        for (encoding, name) in ENCODINGS {
            for text in ["→", "⚠️", "🎯", "—", "’", "─", "✅", "café", "Österreich"] {
                let broken = damaged(text, encoding);
                let found =
                    values(&format!("a **{broken} b")).unwrap_or_else(|| panic!("{name}: {text} as {broken:?}"));
                let expected: String = text.chars().filter(|one| !one.is_ascii()).collect();
                assert!(found.contains(&format!("|{expected}|")), "{name}: {found}");
            }
        }
        assert_eq!(values("P1 ‚Üí P2 ‚Üí P3").as_deref(), Some("‚Üí P2 ‚Üí|‚Üí ‚Üí|→ →|Mac Roman"));
        assert_eq!(values("it is â€” well").as_deref(), Some("â€”|â€”|—|Windows-1252"));
        assert_eq!(values("ÐŸÑ€Ð¸Ð²ÐµÑ‚").as_deref(), Some("ÐŸÑ€Ð¸Ð²ÐµÑ‚|ÐŸÑ€Ð¸Ð²ÐµÑ‚|Привет|Windows-1252"));
        let twice = damaged(&damaged("→", WINDOWS_1252), WINDOWS_1252);
        assert!(values(&twice).is_some_and(|found| found.ends_with("|→|Windows-1252")));
    }

    #[test]
    fn languages_are_left_alone() {
        for fine in [
            "L’été à Noël « déjà » — où ça ? À bientôt…",
            "„SPÄ“ und „Äpfel“ – „Öl“, ‚Ähre‘ ÄÖÜß",
            "“AMANHÃ” e “ÇÃO” são maçãs",
            "Привет, так тема рай тАк отдел Ёлка",
            "DĹŽKA, ĘŻ, ŻÓŁĆ, Příliš žluťoučký",
            "日本語 中文 한국어 ไทย",
            "┌──┐ │─┤ └─┘ ├── файл ─│ ═║",
            "√π 2√2 ≈± 5 °C ± 3 µm ∞",
            "Tiếng Việt: Ấn Độ, ÂÊÔ",
            "→ ✅ ⚠️ 🎯 … — “x” ‘y’ • ·",
            "„CASĂ” ÎÂ",
            "ÅÄÖ åäö Å“ “Å”",
            "«Â» Â·",
        ] {
            assert_eq!(values(fine), None, "{fine}");
        }
    }

    #[test]
    fn code_may_show_damage() {
        let text = Text::new("`â€”` is damage");
        let mut found = Vec::new();
        findings(&text, &Code::new(&[Span::new(0, 11)]), &mut found);
        assert_eq!(found, []);
    }
}
