//! Blocks as CommonMark.

use std::fmt::Write;

use crate::render::manual::Block;

/// The blocks as a text that CommonMark shows as meant: code is fenced safely, what would act as markup is escaped.
#[must_use]
pub fn write(blocks: &[Block]) -> String {
    let mut page = String::new();
    let mut in_facts = false;
    for block in blocks {
        // Statements that follow each other are one list.
        let is_fact = matches!(block, Block::Fact(..));
        let follows = page.is_empty() || (in_facts && is_fact);
        if !follows {
            page.push('\n');
        }
        in_facts = is_fact;
        match block {
            Block::Heading(level, text) => line(&mut page, format_args!("{} {}", "#".repeat(*level), escaped(text))),
            Block::Text(text) => line(&mut page, format_args!("{}", paragraph(text))),
            Block::Fact(name, text) => line(&mut page, format_args!("- **{name}:** {}", escaped(text))),
            Block::Label(text) => line(&mut page, format_args!("**{}**", escaped(text))),
            Block::List(items) => {
                for (depth, text) in items {
                    line(&mut page, format_args!("{}- {}", "  ".repeat(*depth), paragraph(text)));
                }
            }
            Block::Code(language, text) => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                line(&mut page, format_args!("{fence}{language}"));
                for text in text.trim_end_matches(['\n', '\r']).lines() {
                    let text: String = text.chars().map(|c| if c == '\t' { c } else { visible(c) }).collect();
                    line(&mut page, format_args!("{}", text.trim_end()));
                }
                line(&mut page, format_args!("{fence}"));
            }
        }
    }
    page
}

fn line(page: &mut String, text: std::fmt::Arguments) {
    writeln!(page, "{text}").expect("writing to a string cannot fail");
}

fn visible(c: char) -> char {
    crate::render::stand_in(c).unwrap_or(c)
}

/// A paragraph: what begins a list, a quote or a heading at its start is escaped too.
fn paragraph(text: &str) -> String {
    let text = escaped(text);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if text.starts_with(['#', '>', '+', '-', '=', '~']) {
        format!("\\{text}")
    } else if digits > 0 && text[digits..].starts_with(['.', ')']) {
        format!("{}\\{}", &text[..digits], &text[digits..])
    } else {
        text
    }
}

/// Text on one line, with what Markdown would take for markup escaped outside of code.
pub(super) fn escaped(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut result = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            let ticks = rest.chars().take_while(|c| *c == '`').count();
            match closing(&rest[ticks..], ticks) {
                Some(end) => {
                    result.push_str(&rest[..ticks + end + ticks]);
                    rest = &rest[ticks + end + ticks..];
                }
                None => {
                    result.push_str(&"\\`".repeat(ticks));
                    rest = &rest[ticks..];
                }
            }
            continue;
        }
        let mut after = rest.chars().skip(1);
        let in_word = c == '_' // within a word it is no markup
            && result.ends_with(char::is_alphanumeric)
            && after.next().is_some_and(char::is_alphanumeric);
        if !in_word && matches!(c, '\\' | '*' | '<' | '[' | ']' | '_' | '&') {
            result.push('\\');
        }
        result.push(visible(c));
        rest = &rest[c.len_utf8()..];
    }
    result
}

/// Where a run of exactly so many back-ticks begins.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let run = text[start..].chars().take_while(|c| *c == '`').count();
        if run == ticks {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// The longest run of back-ticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_outside_of_code_only() {
        assert_eq!(escaped("a *b* `*c*` <!-- [d] ``e`f``"), "a \\*b\\* `*c*` \\<!-- \\[d\\] ``e`f``");
        assert_eq!(escaped("a_b _c_"), "a_b \\_c\\_");
        assert_eq!(escaped("one ` alone"), "one \\` alone");
        assert_eq!(paragraph("# no heading"), "\\# no heading");
        assert_eq!(paragraph("1. no list"), "1\\. no list");
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        let page = write(&[Block::Code("markdown", "````\na\n````\n".to_owned())]);
        assert_eq!(page, "`````markdown\n````\na\n````\n`````\n");
    }
}
