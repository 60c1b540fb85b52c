//! Files that a document says its work has made, and documents that its header lines name: what must be looked for in the
//! tree. Whether it is there is asked elsewhere.

use std::ops::Range;

use crate::document::{Block, Body, Document, Line, TaskState};
use crate::pack::Kind;
use crate::pack::compile::EvidenceRules;
use crate::pack::condition::{Selector, Target};
use crate::parse::paths;
use crate::select::{Scope, Stand, first_text, regions, stand};
use crate::text::Span;

/// A file that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The path, as written, without `./`.
    pub path: String,
    /// Where.
    pub span: Span,
    /// What stands there is said to be done, so that the file must exist.
    pub claimed: bool,
    /// It is said to be deleted, moved or the like.
    pub gone: bool,
}

/// The files that a document names, where its kind asks for evidence.
#[must_use]
pub fn evidence(document: &Document) -> Vec<Mention> {
    let Some(kind) = document.kind.as_deref() else { return Vec::new() };
    let Some(rules) = &kind.body().evidence else { return Vec::new() };
    let claims = claimed_regions(document, kind, rules);
    if claims.is_empty() {
        return Vec::new();
    }
    mentions(document, kind, rules, &claims)
}

fn mentions(document: &Document, kind: &Kind, rules: &EvidenceRules, claims: &[Span]) -> Vec<Mention> {
    let done = kind.body().tasks.as_ref().map_or("xX", |tasks| tasks.format.states.done.as_str());
    let blocks = &document.parsed.blocks;
    let mut found = Vec::new();
    // Whether each block stands in or under a box that is not ticked, and whether what leads to it says that it is gone.
    let mut open = vec![false; blocks.len()];
    let mut led = vec![false; blocks.len()];
    let mut intro = false;
    let mut region = 0;
    for (index, block) in blocks.iter().enumerate() {
        let parent = block.parent;
        open[index] = parent.is_some_and(|parent| open[parent])
            || matches!(&block.body, Body::Item { checkbox: Some(checkbox), .. } if !done.contains(checkbox.state));
        match &block.body {
            Body::Heading { .. } => intro = leads_to_gone(&block.plain.text, rules),
            Body::Paragraph if parent.is_none() => {
                let text = block.plain.text.trim_end_matches(['*', ' ']);
                intro = text.ends_with(':') && leads_to_gone(text, rules);
            }
            _ => {}
        }
        led[index] = match parent {
            Some(parent) => led[parent] || leads_to_gone(&blocks[parent].plain.text, rules),
            None => intro && !matches!(block.body, Body::Heading { .. }),
        };
        while claims.get(region).is_some_and(|span| span.end <= block.span.start) {
            region += 1;
        }
        let claimed =
            !open[index] && claims.get(region).is_some_and(|span| span.contains(Span::point(block.span.start)));
        for line in lines(document, block) {
            judge(&line, led[index], claimed, rules, &mut found);
        }
    }
    found
}

/// The lines of a block that may name files. Of code blocks only commands and what they print: any other code is an example.
fn lines(document: &Document, block: &Block) -> Vec<Line> {
    match &block.body {
        Body::Item { .. } | Body::Paragraph => vec![block.line.clone()],
        Body::Table { rows } => rows.iter().skip(1).flatten().cloned().collect(),
        Body::Code { info, content, .. } if SHELLS.contains(&info.trim().to_lowercase().as_str()) => {
            let text = &document.parsed.text;
            (text.line_at(content.start)..=text.line_at(content.end.saturating_sub(1)))
                .map(|number| text.trimmed(text.line_span(number)))
                .filter(|span| content.contains(*span) && !text.slice(*span).starts_with(['#', '+', '-']))
                .map(|span| Line::of(text.slice(span), span.start))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The info strings of code blocks that hold commands.
const SHELLS: &[&str] = &["", "bash", "sh", "shell", "zsh", "console", "text"];

fn judge(line: &Line, led: bool, claimed: bool, rules: &EvidenceRules, found: &mut Vec<Mention>) {
    let text = &line.text;
    let named = paths::exact(text);
    if named.is_empty() {
        return;
    }
    let words = words(text, &named);
    let mut gone = vec![false; named.len()];
    // From the last path to the first: `a.rs and b.rs were removed` says it of both.
    for (number, (_, place)) in named.iter().enumerate().rev() {
        let next = named.get(number + 1).map_or(text.len(), |(_, next)| next.start);
        let struck = text[..place.start].matches("~~").count() % 2 == 1;
        let after = text[place.end..next].trim_start_matches(['`', ' ', '*', ')']);
        let renamed = ["→", "->", "=>", "➜"].iter().any(|arrow| after.starts_with(arrow));
        let listed = after.split(|char: char| !char.is_alphanumeric()).all(|word| JOINTS.contains(&word));
        let before = number.checked_sub(1).map_or(0, |before| named[before].1.end);
        let unspaced = unspaced_verdict(&text[before..place.start], &text[place.end..next], rules);
        if let Some(verdict) = unspaced {
            gone[number] = verdict || struck;
            continue;
        }
        gone[number] = struck
            || renamed
            || gone_before(&words, place.start, rules).unwrap_or(led)
            || gone_after(&words, place.end, next, rules)
            || listed && gone.get(number + 1) == Some(&true) && gone_after_list(&words, &named, number, rules);
    }
    for ((path, place), gone) in named.into_iter().zip(gone) {
        let ignored = rules.ignore.is_match(&path);
        found.push(Mention { span: line.span(place), claimed: claimed && !ignored, gone, path });
    }
}

/// Words between two paths of which the same is said.
const JOINTS: &[&str] =
    &["", "and", "or", "y", "e", "et", "und", "och", "và", "と", "や", "和", "与", "及", "및", "와", "과"];

/// In scripts without blanks: whether the clause around a path takes it away (`true`) or makes it (`false`), by the last of
/// the words before it, else by the first one after it. Such a word is part of a longer run of letters.
fn unspaced_verdict(before: &str, after: &str, rules: &EvidenceRules) -> Option<bool> {
    const ENDS: [char; 9] = ['。', '、', '，', '；', '：', ',', ';', '（', '('];
    let clause_before = before.rsplit(ENDS).next().unwrap_or(before);
    let clause_after = after.split(ENDS).next().unwrap_or(after);
    let unspaced = |word: &&String| word.chars().any(paths::is_unspaced);
    let places = |clause: &str| -> Vec<(usize, bool)> {
        let find = |words: &[String], gone: bool| -> Vec<(usize, bool)> {
            let listed = words.iter().filter(unspaced);
            listed.flat_map(|word| clause.match_indices(word.as_str()).map(move |(at, _)| (at, gone))).collect()
        };
        let mut found = find(&rules.made, false);
        found.extend(find(&rules.gone, true));
        found.extend(find(&rules.gone_after, true));
        found.extend(find(&rules.without, true));
        found.sort_unstable();
        found
    };
    let last = places(clause_before).pop();
    last.or_else(|| places(clause_after).into_iter().next()).map(|(_, gone)| gone)
}

/// Whether the last of the paths that follow each other is said to be gone after it.
fn gone_after_list(words: &[Word], named: &[(String, Range<usize>)], number: usize, rules: &EvidenceRules) -> bool {
    named[number + 1..].iter().enumerate().any(|(at, (_, place))| {
        let next = named.get(number + at + 2).map_or(usize::MAX, |(_, next)| next.start);
        gone_after(words, place.end, next, rules)
    })
}

/// A word of a line, in lower case, without marks. Paths and code are none.
#[derive(Debug)]
struct Word {
    text: String,
    start: usize,
    /// Nothing stands before it in its clause.
    first: bool,
    /// It begins a remark in brackets.
    opens: bool,
}

fn words(text: &str, named: &[(String, Range<usize>)]) -> Vec<Word> {
    let mut found = Vec::new();
    let mut first = true;
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += piece.len();
        let piece = piece.trim_end();
        let bare = piece.trim_matches(['*', '_', ',', '.', ':', ';', '(', ')', '[', ']', '!', '—', '–', '"']);
        let is_word = !bare.is_empty()
            && bare.chars().all(|char| char.is_alphabetic() || matches!(char, '-' | '\'' | '’'))
            && !named.iter().any(|(_, place)| place.contains(&start));
        if is_word {
            let opens = piece.starts_with(['(', '[']);
            found.push(Word { text: bare.to_lowercase(), start, first: first || opens, opens });
        }
        if !piece.is_empty() {
            // An ID, a label or a mark begins a clause; so does what follows a sign.
            first = !is_word && !piece.contains('`') || piece.ends_with([',', ';', ':', '.', ')', ']', '*']);
        }
    }
    found
}

/// Whether the last verb before a place takes something away (`true`) or makes something (`false`).
fn gone_before(words: &[Word], place: usize, rules: &EvidenceRules) -> Option<bool> {
    /// How far before a path a word without a verb counts.
    const NEAR: usize = 4;
    let end = words.partition_point(|word| word.start < place);
    for (distance, at) in (0..end).rev().enumerate() {
        let word = &words[at];
        if distance < NEAR && rules.without.contains(&word.text) {
            return Some(true);
        }
        let gone = rules.gone.contains(&word.text);
        if (gone || rules.made.contains(&word.text)) && is_verb(words, at) {
            return Some(gone);
        }
    }
    None
}

/// Whether a word is used as a verb, rather than as part of a name (`the delete button`, `removed users`, `its test`).
fn is_verb(words: &[Word], at: usize) -> bool {
    /// Words after which a verb is a verb.
    const LEADS: &[&str] = &[
        "and", "then", "or", "to", "also", "by", "after", "before", "while", "was", "were", "is", "are", "be", "been",
        "has", "have", "had", "we",
    ];
    words[at].first || at.checked_sub(1).is_none_or(|before| LEADS.contains(&words[before].text.as_str()))
}

fn is_participle(word: &str) -> bool {
    word.ends_with("ed") || word.ends_with("en")
}

/// Whether what follows a path says that it is gone: `was removed`, `(deleted)`, `is not needed`, `no longer exists`.
fn gone_after(words: &[Word], end: usize, next: usize, rules: &EvidenceRules) -> bool {
    /// How far after a path it may be said.
    const NEAR: usize = 4;
    const AUXILIARIES: &[&str] =
        &["is", "are", "was", "were", "has", "have", "had", "be", "been", "got", "now", "already", "do", "does", "did"];
    let from = words.partition_point(|word| word.start < end);
    let after: Vec<&Word> = words[from..].iter().take_while(|word| word.start < next).take(NEAR).collect();
    after.iter().enumerate().any(|(at, word)| {
        let led = at == 0 || AUXILIARIES.contains(&after[at - 1].text.as_str()) || word.first;
        let participle =
            is_participle(&word.text) && rules.gone.contains(&word.text) || rules.gone_after.contains(&word.text);
        let turned = |before: &str| AUXILIARIES.contains(&before) || ["to", "in", "into"].contains(&before);
        let denied =
            rules.without.contains(&word.text) && (word.opens || at > 0 && turned(after[at - 1].text.as_str()));
        let longer = word.text == "longer" && at > 0 && after[at - 1].text == "no";
        participle && led || denied || longer
    })
}

/// Whether a line announces what is gone: its last verb says so.
fn leads_to_gone(text: &str, rules: &EvidenceRules) -> bool {
    /// Nobody announces a list with a longer line.
    const LONGEST: usize = 200;
    text.len() < LONGEST && {
        let words = words(text, &[]);
        (0..words.len()).rev().find_map(|at| {
            if rules.gone.contains(&words[at].text) {
                Some(true)
            } else if rules.made.contains(&words[at].text) {
                Some(false)
            } else {
                None
            }
        }) == Some(true)
    }
}

/// The regions in which what is named must exist, sorted, without overlaps.
fn claimed_regions(document: &Document, kind: &Kind, rules: &EvidenceRules) -> Vec<Span> {
    if rules.when.as_ref().is_some_and(|when| !Scope::alone(document).holds(when)) {
        return Vec::new();
    }
    let mut found: Vec<Span> = Vec::new();
    for selector in &rules.from {
        match &selector.target {
            Target::Tasks(_) => {
                let done = document.tasks.iter().filter(|task| task.state == TaskState::Done);
                found.extend(done.map(|task| task.span));
            }
            Target::Criteria(_) => {
                let checked = document.criteria.iter().filter(|criterion| criterion.checked);
                found.extend(checked.map(|criterion| document.parsed.blocks[criterion.block].span));
            }
            Target::Entry { list, form, part } => {
                let progress = kind.body().entries.iter().find(|rules| rules.name == *list);
                let progress = progress.and_then(|rules| rules.format.progress.as_ref());
                let entries = document.entries.iter().filter(|entry| {
                    *entry.list == **list
                        && form.as_ref().is_none_or(|form| *entry.form == **form)
                        && !entry.struck
                        && progress.is_none_or(|it| stand(entry, it).is_some_and(|(stand, _)| stand == Stand::Done))
                });
                for entry in entries {
                    match part {
                        None => found.push(entry.span),
                        Some(name) => found.extend(
                            entry
                                .parts
                                .iter()
                                .filter(|part| part.name.eq_ignore_ascii_case(name))
                                .map(|part| part.span),
                        ),
                    }
                }
            }
            Target::Label(name) => found.extend(
                document
                    .parsed
                    .labels
                    .iter()
                    .filter(|label| label.name.eq_ignore_ascii_case(name))
                    .map(|label| document.parsed.blocks[label.block].span),
            ),
            _ => found.extend(regions(document, std::slice::from_ref(selector))),
        }
    }
    found.sort_unstable_by_key(|span| (span.start, usize::MAX - span.end));
    let mut merged: Vec<Span> = Vec::new();
    for span in found {
        match merged.last_mut() {
            // A part begins within its line, and a block before it: a region covers whole blocks.
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    // A block is taken by where it begins: a part that begins within a block covers that block.
    let blocks = &document.parsed.blocks;
    for span in &mut merged {
        let at = blocks.partition_point(|block| block.span.start <= span.start);
        let holds = |block: &&Block| block.span.end > span.start && !matches!(block.body, Body::Heading { .. });
        if let Some(block) = blocks[..at].last().filter(holds) {
            span.start = block.span.start;
        }
    }
    merged
}

/// What may be said after the name of a document that need not be there.
const EXCUSES: &[&str] = &[
    "optional",
    "if available",
    "when available",
    "where available",
    "if present",
    "when present",
    "where present",
    "if it exists",
    "if exists",
    "if any",
    "if needed",
    "not available",
    "does not exist",
    "do not exist",
    "not yet",
    "not needed",
    "not created",
    "to be written",
    "to be created",
    "will be",
    "n/a",
    "skipped",
];

/// The documents that a document's values name, where its kind says which: names as written, with their places. What is a
/// link or is said to be optional is left out.
#[must_use]
pub fn named_documents(document: &Document) -> Vec<(String, Span)> {
    let Some(kind) = document.kind.as_deref() else { return Vec::new() };
    let mut found: Vec<(String, Span)> = Vec::new();
    for selector in &kind.body().names_documents {
        for span in values(document, selector) {
            let text = document.parsed.text.slice(span);
            let named = paths::documents(text);
            for (number, (name, place)) in named.iter().enumerate() {
                let next = named.get(number + 1).map_or(text.len(), |(_, next)| next.start);
                let after = text[place.end..next].to_lowercase();
                let own = Span::new(span.start + place.start, span.start + place.end);
                // In brackets after another name stands a remark on that one.
                let remark = number > 0 && text[..place.start].trim_end_matches('`').ends_with('(');
                let linked = remark || document.parsed.links.iter().any(|link| link.span.contains(own));
                if !linked && !EXCUSES.iter().any(|excuse| after.contains(excuse)) {
                    found.push((name.clone(), own));
                }
            }
        }
    }
    found.sort_by_key(|(_, span)| *span);
    found.dedup();
    found
}

/// The places of the values that a selector names; of a section its first paragraph.
fn values(document: &Document, selector: &Selector) -> Vec<Span> {
    match &selector.target {
        Target::Section(_) => regions(document, std::slice::from_ref(selector))
            .into_iter()
            .filter_map(|region| first_text(document, region))
            .map(Line::whole)
            .collect(),
        _ => Scope::alone(document).select(selector).into_iter().map(|value| value.span).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Vec<String> {
        let forms = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let rules = EvidenceRules {
            from: Vec::new(),
            when: None,
            gone: forms(&[
                "delete",
                "deleted",
                "remove",
                "removed",
                "rename",
                "renamed",
                "move",
                "moved",
                "moving",
                "删除",
                "重命名",
                "削除",
                "삭제",
            ]),
            without: forms(&["no", "not", "without", "instead", "gitignore"]),
            gone_after: forms(&["eliminado", "gelöscht"]),
            made: forms(&["add", "create", "created", "implement", "update", "创建", "作成"]),
            ignore: globset::GlobSet::empty(),
        };
        let mut found = Vec::new();
        judge(&Line::of(text, 0), false, true, &rules, &mut found);
        found.into_iter().filter(|mention| !mention.gone).map(|mention| mention.path).collect()
    }

    #[test]
    fn what_a_line_says_is_there() {
        for (line, expected) in [
            ("T001 Create src/a.rs and src/b.rs", &["src/a.rs", "src/b.rs"][..]),
            ("T001 [P] Add delete endpoint in `src/api/users.py`", &["src/api/users.py"]),
            ("Implement the move command in src/a.rs without a dialog", &["src/a.rs"]),
            ("Created src/a.rs for removed users", &["src/a.rs"]),
            ("Add src/a.rs, remove src/b.rs", &["src/a.rs"]),
            ("Update src/a.rs after `src/b.rs` was removed", &["src/a.rs"]),
            ("src/a.rs and src/b.rs were deleted", &[]),
            ("src/a.rs (removed)", &[]),
            ("T001 [US1] Delete src/a.rs and src/b.rs", &[]),
            ("- ✅ Removed `src/a.rs`", &[]),
            ("**Renamed** src/a.rs to src/b.rs", &[]),
            ("Update src/a.rs by moving src/b.rs there", &["src/a.rs"]),
            ("src/a.rs → src/b.rs", &["src/b.rs"]),
            ("Add the cache, not in src/b.rs", &[]),
            ("T024 No update to `src/a.rs`", &[]),
            ("T041 Delete src/a.rs and its update src/b.rs", &[]),
            ("删除 src/a.rs，创建 src/b.rs", &["src/b.rs"]),
            ("src/a.rsを削除し、src/b.rsを作成する", &["src/b.rs"]),
            ("src/a.rs를 삭제함", &[]),
            ("将 src/a.rs 重命名为 src/b.rs", &[]),
            ("src/a.rs eliminado", &[]),
            ("Generate src/a.rs via make (not committed), add src/b.rs to .gitignore", &[]),
            ("src/a.rs does not exist", &[]),
            ("src/a.rs is not needed, src/b.rs no longer exists, ~~src/c.rs~~", &[]),
        ] {
            assert_eq!(judged(line), expected, "{line}");
        }
        // A blank may have several bytes.
        let line = format!("{}T001 Create src/a.rs,\u{3000}remove\u{3000}src/b.rs", "\u{3000}".repeat(10));
        assert_eq!(judged(&line), ["src/a.rs"]);
    }
}
