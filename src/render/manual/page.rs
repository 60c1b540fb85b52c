//! The page of a pack, `RULES.md`: what it is for, its kinds, its work items and its rules.

use std::fmt::Write;

use crate::pack::example::Example;
use crate::pack::{Card, Kind, Pack, Packs};
use crate::render::manual::markdown::escaped;
use crate::render::manual::{Block, fact, kind, list, markdown, rule, words};

/// How a page begins: what does not begin like this was written by hand.
pub const MARK: &str = "<!-- Written by `worklint generate`";

/// What a page is made of, beside the pack itself.
pub struct Sources<'a> {
    /// All packs.
    pub packs: &'a Packs,
    /// The example of a rule of this pack.
    pub example: &'a dyn Fn(&str) -> Option<Example>,
    /// The names of the rules that fixtures of a kind show at work.
    pub reported: &'a dyn Fn(&Kind) -> Vec<String>,
    /// Where the page of another pack is, from this one; `None` where there is none.
    pub page: &'a dyn Fn(&str) -> Option<String>,
}

/// The page of a pack, in Markdown.
#[must_use]
pub fn page(pack: &Pack, sources: &Sources) -> String {
    let cards: Vec<&Card> = sources.packs.cards().iter().filter(|card| card.pack == pack.name).collect();
    let mut text = format!("{MARK} from the YAML files and fixtures of this pack. Change those. -->\n\n");
    let mut head = vec![
        Block::Heading(1, format!("The pack `{}`", pack.name)),
        Block::Text(pack.format.summary.trim().to_owned()),
    ];
    fact(&mut head, "Source", &pack.format.source);
    text.push_str(&markdown(&head));
    contents(&mut text, pack, &cards);
    if !pack.kinds.is_empty() {
        text.push_str("\n## Kinds\n");
        for kind in &pack.kinds {
            text.push('\n');
            text.push_str(&markdown(&kind::blocks(kind, 3)));
            reported(&mut text, kind, sources);
        }
    }
    let items = work_items(pack);
    if !items.is_empty() {
        text.push_str("\n## Work items\n\n");
        text.push_str(&markdown(&items));
    }
    text.push_str("\n## Rules\n");
    if cards.is_empty() {
        let core = link("core", (sources.page)("core"));
        writeln!(text, "\nThis pack has no rules of its own: its kinds say what documents have, and the rules of {core} report what departs from that.")
            .expect("writing to a string cannot fail");
    }
    for card in cards {
        let example = (sources.example)(&card.name);
        text.push('\n');
        text.push_str(&markdown(&rule::blocks(card, sources.packs, example.as_ref(), 3)));
    }
    text
}

/// The list of kinds and the table of rules.
fn contents(text: &mut String, pack: &Pack, cards: &[&Card]) {
    let mut line = |words: std::fmt::Arguments| writeln!(text, "{words}").expect("writing to a string cannot fail");
    if !pack.kinds.is_empty() {
        line(format_args!(""));
        for kind in &pack.kinds {
            line(format_args!("- [`{}`](#{}): {}", kind.name, anchor(&kind.name), escaped(&kind.format.summary)));
        }
    }
    if !cards.is_empty() {
        line(format_args!("\n| rule | level | what must hold |\n| --- | --- | --- |"));
        for card in cards {
            let summary = escaped(&card.format.summary).replace('|', "\\|");
            let (name, level) = (&card.name, card.format.severity.name());
            line(format_args!("| [`{name}`](#{}) | {level} | {summary} |", anchor(name)));
        }
    }
}

fn reported(text: &mut String, kind: &Kind, sources: &Sources) {
    let names = (sources.reported)(kind);
    if names.is_empty() {
        return;
    }
    let links: Vec<String> = names
        .iter()
        .map(|name| {
            let page = sources.packs.card(name).and_then(|card| match card.pack == kind.pack {
                true => Some(String::new()),
                false => (sources.page)(&card.pack),
            });
            link(name, page.map(|page| format!("{page}#{}", anchor(name))))
        })
        .collect();
    writeln!(text, "\n**Rules that its fixtures show at work:** {}", links.join(", "))
        .expect("writing to a string cannot fail");
}

fn link(name: &str, target: Option<String>) -> String {
    target.map_or_else(|| format!("`{name}`"), |target| format!("[`{name}`]({target})"))
}

/// The anchor that a heading gets where Markdown is shown on the web.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn work_items(pack: &Pack) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (name, item) in &pack.format.work_items {
        let roots: Vec<&String> = item.root.as_slice().iter().filter(|root| !root.is_empty()).collect();
        let root =
            if roots.is_empty() { "in one folder".to_owned() } else { format!("at {}", words::codes(&roots, "or")) };
        let members = item.members.iter().map(|(role, member)| {
            let needed = if item.required.contains(role) { ", required" } else { "" };
            let files = words::codes(member.file.as_slice(), "or");
            let files = if files.is_empty() { String::new() } else { format!(": {files}") };
            (0, format!("{} is of the kind {}{needed}{files}", words::code(role), words::code(&member.kind)))
        });
        list(&mut blocks, &format!("{}, {root}", words::code(name)), members.collect());
    }
    list(&mut blocks, "What must hold between them", words::relations(&pack.format.relations));
    blocks
}
