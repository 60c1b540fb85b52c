//! `worklint rule`: the list of rules, and the card of one.

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;

use crate::cli::output::{Stream, Streams};
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};
use crate::config::FILE_NAME;
use crate::pack::{Card, Packs, embedded};
use crate::render::{clean, wrapped};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The rule; without it, or for `PACK/*`, rules are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let setup = Setup::new(&arguments.configuration, setup::clock(None)?)?;
    let packs = setup.packs();
    let out = &mut streams.out;
    match arguments.name.as_deref() {
        None => list(out, packs, |_| true)?,
        Some(name) => {
            if let Some(pack) = name.strip_suffix("/*") {
                if packs.pack(pack).is_none() {
                    return Err(setup::unknown_rule(packs, name));
                }
                list(out, packs, |card| &*card.pack == pack)?;
            } else {
                // `pack/rule` is how a person might write it; names are unique without the pack.
                let short = name.rsplit('/').next().unwrap_or(name);
                let card = packs.card(name).or_else(|| packs.card(short));
                let card = card.ok_or_else(|| setup::unknown_rule(packs, short))?;
                show(out, card, name)?;
            }
        }
    }
    Ok(0)
}

fn list(out: &mut Stream, packs: &Packs, wanted: impl Fn(&Card) -> bool) -> io::Result<()> {
    let bold = out.style(Style::new().bold());
    let cards: Vec<&Card> = packs.cards().iter().filter(|card| wanted(card)).collect();
    let width = cards.iter().map(|card| card.name.len()).max().unwrap_or(0);
    let mut pack = None;
    for card in &cards {
        if pack != Some(&card.pack) {
            if pack.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{bold}{}{bold:#}", card.pack)?;
            pack = Some(&card.pack);
        }
        let summary = card.format.summary.trim();
        writeln!(out, "  {:<width$}  {:<7}  {summary}", card.name, card.format.severity.name())?;
    }
    if cards.is_empty() {
        writeln!(out, "There is no rule.")?;
    }
    Ok(())
}

fn show(out: &mut Stream, card: &Card, asked: &str) -> io::Result<()> {
    let (bold, format) = (out.style(Style::new().bold()), &card.format);
    writeln!(out, "{bold}{}{bold:#}", card.name)?;
    if format.aliases.iter().any(|alias| alias == asked) {
        writeln!(out, "`{asked}` is its former name.")?;
    }
    paragraph(out, 0, format.summary.trim())?;
    writeln!(out)?;
    fact(out, "Why", &format.why)?;
    fact(out, "Level", format.severity.name())?;
    fact(out, "Pack", &format!("{}, since {}", card.pack, format.since))?;
    let kinds: Vec<String> = card.kinds().collect();
    let applies = match (kinds.is_empty(), format.plain) {
        (true, true) => "every document".to_owned(),
        (true, false) => "documents of every kind".to_owned(),
        (false, _) => kinds.join(", "),
    };
    fact(out, "For", &applies)?;
    fact(out, "Says", &format.message)?;
    fact(out, "Help", &format.help)?;
    for (name, case) in &format.cases {
        let level = case.severity.map_or(String::new(), |level| format!(" ({})", level.name()));
        writeln!(out, "\n{bold}Case {name}{bold:#}{level}")?;
        fact(out, "Says", case.message.as_deref().unwrap_or_default())?;
        fact(out, "Help", case.help.as_deref().unwrap_or_default())?;
    }
    let example = embedded::EXAMPLES.iter().find(|(pack, rule, ..)| **pack == *card.pack && **rule == *card.name);
    if let Some((_, _, bad, good)) = example {
        if !bad.is_empty() {
            writeln!(out, "\n{bold}A document that breaks it{bold:#} gives")?;
            indented(out, bad)?;
        }
        if !good.is_empty() {
            writeln!(out, "\n{bold}A document that keeps it{bold:#} is")?;
            indented(out, good)?;
        }
    }
    writeln!(out, "\n{bold}To change its level{bold:#}, write in `{FILE_NAME}`")?;
    writeln!(out, "\n    [rules]\n    {} = \"off\"      # or info, warning, error\n", card.name)?;
    writeln!(out, "{bold}To allow one place{bold:#}, write above it")?;
    writeln!(out, "\n    <!-- worklint ignore next: {} (the reason) -->", card.name)
}

/// An example, set off; a long one is cut.
fn indented(out: &mut Stream, text: &str) -> io::Result<()> {
    const MOST_LINES: usize = 40;
    writeln!(out)?;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    for line in lines.iter().take(MOST_LINES) {
        writeln!(out, "{}", format!("    {}", clean(line)).trim_end())?;
    }
    if lines.len() > MOST_LINES {
        writeln!(out, "    …")?;
    }
    Ok(())
}

/// A named line; nothing where there is nothing to say.
fn fact(out: &mut Stream, name: &str, text: &str) -> io::Result<()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    let bold = out.style(Style::new().bold());
    write!(out, "{bold}{name:<7}{bold:#}")?;
    let width = out.look.width.saturating_sub(7);
    for (at, line) in wrapped(text, width, 0).iter().enumerate() {
        let indent = if at == 0 { 0 } else { 7 };
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

fn paragraph(out: &mut Stream, indent: usize, text: &str) -> io::Result<()> {
    for line in wrapped(text, out.look.width.saturating_sub(indent), 0) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}
