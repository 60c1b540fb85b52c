//! What a rule demands, and why, with an example that is run by the tests.

use serde_json::{Value, json};

use crate::config::FILE_NAME;
use crate::diagnostic::Severity;
use crate::pack::example::Example;
use crate::pack::format::{Format, Stage};
use crate::pack::{Card, Packs};
use crate::render::manual::{Block, fact, list, words};

/// Longer reports are cut.
const MOST_LINES: usize = 40;

/// The manual of a rule, below a heading of the given level.
#[must_use]
pub fn blocks(card: &Card, packs: &Packs, example: Option<&Example>, level: usize) -> Vec<Block> {
    let format = &card.format;
    let mut blocks = vec![Block::Heading(level, card.name.to_string()), Block::Text(format.summary.trim().to_owned())];
    fact(&mut blocks, "Why", &format.why);
    let off = if format.severity == Severity::Off { ": it reports nothing unless it is turned on" } else { "" };
    fact(&mut blocks, "Level", &format!("`{}`{off}", format.severity.name()));
    fact(&mut blocks, "Pack", &format!("`{}`, since {}", card.pack, format.since));
    let kinds: Vec<String> = card.kinds().collect();
    let applies = match (kinds.is_empty(), format.plain) {
        (true, true) => "every document".to_owned(),
        (true, false) => "documents of every kind".to_owned(),
        (false, _) => format!("documents of {}", words::codes(&kinds, "and")),
    };
    fact(&mut blocks, "For", &applies);
    if let (Some(check), Some(with)) = (&format.check, &format.with) {
        fact(&mut blocks, "Check", &format!("`{check}` with {}", parameters(with)));
    }
    fact(&mut blocks, "Says", &format.message);
    fact(&mut blocks, "Fix", &format.help);
    if !format.aliases.is_empty() {
        fact(&mut blocks, "Former", &format!("{}, which may still be written", words::codes(&format.aliases, "and")));
    }
    let cases = format.cases.iter().map(|(name, case)| {
        let level = case.severity.unwrap_or(format.severity).name();
        let message = case.message.as_deref().unwrap_or(&format.message).trim();
        let help = case.help.as_deref().unwrap_or(&format.help).trim();
        let stop = if message.ends_with(['.', '?']) || help.is_empty() { "" } else { "." };
        (0, format!("`{name}` (`{level}`): {message}{stop} {help}").trim_end().to_owned())
    });
    list(&mut blocks, "Cases", cases.collect());
    if let Some(example) = example {
        show(&mut blocks, example);
    }
    configure(&mut blocks, card, packs);
    blocks
}

fn show(blocks: &mut Vec<Block>, example: &Example) {
    if !example.bad.trim().is_empty() {
        blocks.push(Block::Label(format!("Bad: {}", words::code(&example.path))));
        blocks.push(Block::Code(language(&example.path), example.bad.clone()));
    }
    if !example.output.is_empty() {
        blocks.push(Block::Label("What worklint says about it".to_owned()));
        let mut lines: Vec<&str> = example.output.trim_end().lines().collect();
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES);
            lines.push("…");
        }
        blocks.push(Block::Code("text", lines.join("\n")));
    }
    if !example.good.trim().is_empty() {
        let path = &example.good_path;
        let (label, language) = match path.as_str() {
            "" => ("Good".to_owned(), language(&example.path)),
            "/" => ("Good: the same document among these".to_owned(), "text"),
            path => (format!("Good: {}", words::code(path)), language(path)),
        };
        blocks.push(Block::Label(label));
        blocks.push(Block::Code(language, example.good.clone()));
    }
}

fn configure(blocks: &mut Vec<Block>, card: &Card, packs: &Packs) {
    // What is wrong with the packs or the settings stops the run before a document is looked at.
    if card.format.stage == Some(Stage::Pack) {
        blocks.push(Block::Text("It stops the run, so it has no level to change and no place to allow it.".to_owned()));
        return;
    }
    let other = if card.format.severity == Severity::Off { "warning" } else { "off" };
    let name = &card.name;
    let mut items = vec![(0, format!("`{name} = \"{other}\"` under `[rules]` in `{FILE_NAME}` sets its level"))];
    if card.format.stage == Some(Stage::Discover) {
        items.push((0, format!("`exclude` in `{FILE_NAME}` leaves a document out")));
    } else {
        let kinds: Vec<_> = card.kinds().filter_map(|kind| packs.kind(&kind)).collect();
        let is_yaml = !kinds.is_empty() && kinds.iter().all(|kind| kind.format.format == Format::Yaml);
        let comment = format!("worklint ignore next: {name} (the reason)");
        items.push(match is_yaml {
            true => (0, format!("`# {comment}` above a place allows it there")),
            false => {
                (0, format!("`<!-- {comment} -->` above a place allows it there; in YAML the comment begins with `#`"))
            }
        });
    }
    list(blocks, "To change it", items);
}

/// `keywords` = `required`, …
fn parameters(with: &Value) -> String {
    let Some(object) = with.as_object() else { return words::value(with) };
    let each = object.iter().map(|(name, value)| match value.as_array() {
        Some(list) => format!("`{name}`: {}", words::joined(&list.iter().map(words::value).collect::<Vec<_>>(), "and")),
        None => format!("`{name}`: {}", words::value(value)),
    });
    each.collect::<Vec<_>>().join("; ")
}

fn language(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("yaml" | "yml") => "yaml",
        Some("json") => "json",
        _ => "markdown",
    }
}

/// The cards as one JSON array, for programs. Keys are added, never renamed or removed.
#[must_use]
pub fn json(cards: &[&Card]) -> Value {
    let object = |card: &&Card| {
        let format = &card.format;
        let cases: serde_json::Map<String, Value> = format
            .cases
            .iter()
            .map(|(name, case)| {
                let value = json!({
                    "severity": card.severity(Some(name)),
                    "message": case.message.as_deref().unwrap_or(&format.message),
                    "help": case.help.as_deref().unwrap_or(&format.help),
                });
                (name.clone(), value)
            })
            .collect();
        json!({
            "name": &*card.name,
            "pack": &*card.pack,
            "severity": format.severity,
            "summary": format.summary.trim(),
            "why": format.why.trim(),
            "message": format.message,
            "help": format.help,
            "kinds": card.kinds().collect::<Vec<_>>(),
            "plain": format.plain,
            "check": format.check,
            "with": format.with,
            "cases": cases,
            "aliases": format.aliases,
            "since": format.since,
        })
    };
    cards.iter().map(object).collect()
}
