//! File paths that a section lists: in its items, tables and code blocks, and in back-ticks in its prose. What merely looks
//! like a word with a slash in a sentence is none. And the words of any line that name exactly one file.

use std::ops::Range;

use crate::document::{Body, Line, Parsed};
use crate::text::Span;

/// The paths in a region, each with its place.
#[must_use]
pub fn listed(parsed: &Parsed, region: Span) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for block in parsed.blocks.iter().filter(|block| region.contains(Span::point(block.span.start))) {
        match &block.body {
            Body::Item { .. } => first(&block.line, &mut found),
            Body::Table { rows } => {
                for row in rows.iter().skip(1) {
                    let before = found.len();
                    for cell in row {
                        if found.len() == before {
                            first(cell, &mut found);
                        }
                    }
                }
            }
            Body::Code { content, .. } => {
                let text = &parsed.text;
                for number in text.line_at(content.start)..=text.line_at(content.end.saturating_sub(1)) {
                    let span = text.trimmed(text.line_span(number));
                    if content.contains(span) {
                        first(&Line::of(text.slice(span), span.start), &mut found);
                    }
                }
            }
            Body::Paragraph => quoted(&block.line, usize::MAX, &mut found),
            _ => {}
        }
    }
    found
}

/// The first path of a line: in back-ticks anywhere, or bare as its first word.
fn first(line: &Line, found: &mut Vec<(String, Span)>) {
    let before = found.len();
    quoted(line, 1, found);
    if found.len() > before {
        return;
    }
    let mut at = 0;
    for (number, word) in line.text.split(' ').enumerate() {
        let bare = word.trim_matches(['*', '[', '(', '"', '\'']);
        let single = bare.len() <= 1 || bare.trim_end_matches(':').eq_ignore_ascii_case("modified");
        let verb = number == 0
            && ["added", "modified", "deleted", "renamed", "updated", "new", "changed", "created", "removed"]
                .contains(&bare.trim_end_matches(':').to_lowercase().as_str());
        if is_path(bare) {
            let start = at + word.find(bare).unwrap_or(0);
            push(line, start, bare, found);
            return;
        }
        if !(single || verb) {
            return;
        }
        at += word.len() + 1;
    }
}

/// Paths in back-ticks, at most `most` of them.
fn quoted(line: &Line, most: usize, found: &mut Vec<(String, Span)>) {
    let mut at = 0;
    let mut count = 0;
    while let Some(open) = line.text[at..].find('`').map(|open| open + at + 1) {
        let Some(close) = line.text[open..].find('`').map(|close| close + open) else { return };
        let text = &line.text[open..close];
        if is_path(text) && count < most {
            push(line, open, text, found);
            count += 1;
        }
        at = close + 1;
    }
}

fn push(line: &Line, start: usize, text: &str, found: &mut Vec<(String, Span)>) {
    let mut bare = text.trim_end_matches([',', ';', ':', '.', ')', ']']);
    // A line number or range after the path is not part of it.
    if let Some((path, place)) = bare.rsplit_once(':')
        && !place.is_empty()
        && place.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        bare = path;
    }
    found.push((bare.trim_start_matches("./").to_owned(), line.span(start..start + bare.len())));
}

fn is_path(text: &str) -> bool {
    let text = text.trim_end_matches([',', ';', ':', '.', ')', ']']);
    let ending = text.rsplit('/').next().and_then(|name| name.rsplit_once('.')).is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=8).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
    });
    !text.contains([' ', '|', '<', '>'])
        && !text.starts_with("http")
        && !text.contains("://")
        && text.chars().any(char::is_alphabetic)
        && (ending || (text.contains('/') && !text.starts_with('/') && text.len() > 2))
}

/// Endings of file names that are told from words with a dot in them (`app/models.User`).
const ENDINGS: &[&str] = &[
    "bash",
    "c",
    "cc",
    "cfg",
    "clj",
    "cmake",
    "conf",
    "cpp",
    "cs",
    "cshtml",
    "css",
    "csv",
    "dart",
    "db",
    "env",
    "erl",
    "ex",
    "exs",
    "fs",
    "gif",
    "go",
    "gql",
    "gradle",
    "graphql",
    "h",
    "hbs",
    "hcl",
    "hpp",
    "hs",
    "htm",
    "html",
    "hurl",
    "ico",
    "ini",
    "ipynb",
    "java",
    "jinja",
    "jpeg",
    "jpg",
    "js",
    "json",
    "json5",
    "jsonl",
    "jsx",
    "kt",
    "kts",
    "less",
    "lock",
    "lua",
    "m",
    "md",
    "mdx",
    "mjs",
    "ml",
    "mm",
    "mts",
    "php",
    "plist",
    "png",
    "prisma",
    "properties",
    "proto",
    "ps1",
    "py",
    "pyi",
    "r",
    "razor",
    "rb",
    "rs",
    "rst",
    "sass",
    "scala",
    "scss",
    "service",
    "sh",
    "sol",
    "sql",
    "sqlite",
    "svelte",
    "svg",
    "swift",
    "tcss",
    "tf",
    "tfvars",
    "toml",
    "ts",
    "tscn",
    "tsv",
    "tsx",
    "txt",
    "vue",
    "webp",
    "xml",
    "yaml",
    "yml",
    "zig",
    "zsh",
];

/// The words of a line that name one file by a path with a folder, exactly: no globs, blanks to fill, addresses, home or
/// absolute paths, and nothing that a link leads to. With each comes its place in the line; what names a place in the file
/// (`:12`, `::test_name`, `#L3`) is left out of both.
#[must_use]
pub fn exact(text: &str) -> Vec<(String, Range<usize>)> {
    if !text.contains('/') {
        return Vec::new();
    }
    words(text)
        .filter_map(|(start, word)| {
            let place = plain_path(text, start, word)?;
            let path = &text[place.clone()];
            let bare = path.trim_start_matches("./");
            let segments = bare.split('/').collect::<Vec<_>>();
            let known = segments
                .last()?
                .rsplit_once('.')
                .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending));
            let relative = segments.len() > 1 && segments.iter().all(|segment| !segment.is_empty() && *segment != "..");
            (known && relative).then(|| (bare.to_owned(), place))
        })
        .collect()
}

/// The words of a text that name a Markdown, YAML or JSON file, with or without folders; a slash at the beginning stands for
/// the root. With each comes its place.
#[must_use]
pub fn documents(text: &str) -> Vec<(String, Range<usize>)> {
    words(text)
        .filter_map(|(start, word)| {
            let place = plain_path(text, start, word)?;
            let path = &text[place.clone()];
            let bare = path.trim_start_matches("./");
            let (stem, ending) = bare.rsplit('/').next()?.rsplit_once('.')?;
            let known = ["md", "yaml", "yml", "json"].contains(&ending) && !stem.is_empty();
            let clean = bare.trim_start_matches('/').split('/').all(|segment| !segment.is_empty() && segment != "..");
            (known && clean && !bare.starts_with("//")).then(|| (bare.to_owned(), place))
        })
        .collect()
}

/// The words of a line: split at blanks, quotation marks, back-ticks, parentheses and commas, but not within braces.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut depth = 0usize;
    let mut start = 0;
    // The run of letters without blanks that was judged last: where it ends, and whether it splits.
    let mut run = (0, false);
    let mut ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    std::iter::from_fn(move || {
        loop {
            let (at, char) = ends.next()?;
            match char {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if is_unspaced(char) && at >= run.0 {
                run = beside_path(text, at);
            }
            let splits = char.is_whitespace()
                || matches!(char, '`' | '"' | '\'' | '(' | ')' | '|' | '“' | '”' | '‘' | '’' | '→')
                || matches!(char, '\u{3001}'..='\u{3011}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}' | '・')
                || is_unspaced(char) && run.1
                || matches!(char, ',' | ';' | '，' | '、') && depth == 0;
            if splits {
                let word = (start, &text[start.min(at)..at]);
                start = at + char.len_utf8();
                if char.is_whitespace() {
                    depth = 0;
                }
                if !word.1.is_empty() {
                    return Some(word);
                }
            }
        }
    })
}

/// Whether a letter belongs to a script that sets no blanks between a path and the words around it: Han, kana, Hangul.
#[must_use]
pub fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// The end of the run of letters of a script without blanks that begins at a place, and whether it ends or begins a path:
/// within one it stands beside a slash.
fn beside_path(text: &str, at: usize) -> (usize, bool) {
    let after = text[at..].trim_start_matches(is_unspaced);
    let in_path = |char: char| matches!(char, '/' | '-' | '_' | '.');
    (text.len() - after.len(), !(text[..at].ends_with(in_path) || after.starts_with(in_path)))
}

/// The place of a word's path, if it is one that can be looked for.
fn plain_path(text: &str, start: usize, word: &str) -> Option<Range<usize>> {
    // What a link leads to is the business of links.
    if text[..start].ends_with("](") {
        return None;
    }
    let lead = word.len() - word.trim_start_matches(['*', '_', '~', '+']).len();
    let mut path = word[lead..].trim_end_matches(['.', ':', '!', '?', '*', '~', '_']);
    for mark in ["::", "#"] {
        path = path.split(mark).next().unwrap_or(path);
    }
    if let Some((file, place)) = path.rsplit_once(':')
        && place.chars().all(|char| char.is_ascii_digit() || matches!(char, '-' | ':' | 'L'))
    {
        path = file.split(':').next().unwrap_or(file);
    }
    let foreign = path.contains(['*', '{', '}', '[', ']', '<', '>', '$', '%', '\\', '=', '?', ':', '…', '&', '^', '!'])
        || path.contains("...")
        || path.contains("XXX")
        || path.starts_with(['~', '@', '-'])
        || path.starts_with("http")
        || path.starts_with("www.")
        || word.contains("://");
    (!foreign && !path.is_empty()).then(|| start + lead..start + lead + path.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(found: Vec<(String, Range<usize>)>) -> Vec<String> {
        found.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn paths_that_name_one_file() {
        for (line, expected) in [
            ("Create `src/app/main.py` and tests/test_x.py::test_one", &["src/app/main.py", "tests/test_x.py"][..]),
            ("**src/a.rs**: parser, src/b.rs:12-30, (lib/c.ts#L3).", &["src/a.rs", "src/b.rs", "lib/c.ts"]),
            ("`./web/page.tsx`", &["web/page.tsx"]),
            ("src/{a,x/b}.ts src/*.py src/[id]/page.tsx <dir>/a.py $HOME/a.sh ~/a.sh /etc/a.conf", &[]),
            (
                "编写契约测试：tests/contract/test_zh.py，src/a.pyで構造を作成（src/b.py）在src/c.py中",
                &["tests/contract/test_zh.py", "src/a.py", "src/b.py", "src/c.py"],
            ),
            ("docs/日本語/a.md and docs/計画.md", &["docs/日本語/a.md", "docs/計画.md"]),
            ("https://a.b/c.md and/or app/models.User v1.2/3.4 [x](docs/a.md) @/lib/a.ts ../a/b.py", &[]),
        ] {
            assert_eq!(all(exact(line)), expected, "{line}");
        }
    }

    #[test]
    fn a_long_line_without_blanks_is_read_once() {
        // By the square of its length this takes minutes.
        let line = format!("{}src/a.py{}", "漢".repeat(400_000), "字".repeat(400_000));
        assert_eq!(all(exact(&line)), ["src/a.py"]);
    }

    #[test]
    fn names_of_documents() {
        for (line, expected) in [
            ("plan.md (required), `spec.md`, contracts/", &["plan.md", "spec.md"][..]),
            ("plan.md（必須）、research.md", &["plan.md", "research.md"]),
            ("See `docs/a-design.md` and /visions/x/plan.md.", &["docs/a-design.md", "/visions/x/plan.md"]),
            ("[plan](plan.md) [link to plan.md] <name>.md *.md", &[]),
        ] {
            assert_eq!(all(documents(line)), expected, "{line}");
        }
    }

    fn of(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        first(&Line::of(line, 0), &mut found);
        found.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn what_an_item_lists() {
        assert_eq!(of("`ops/rollout.md` - new steps"), ["ops/rollout.md"]);
        assert_eq!(of("M app/main.py:12"), ["app/main.py"]);
        assert_eq!(of("Modified: app/main.py"), ["app/main.py"]);
        assert_eq!(of("No ops/runbook changes"), Vec::<String>::new());
    }
}
