//! `worklint rule`: the list of rules, and the manual of one.

use std::io::{self, Write};

use anstyle::Style;
use clap::{Args, ValueEnum};

use crate::cli::examples::Fixtures;
use crate::cli::output::{Stream, Streams};
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};
use crate::pack::{Card, Packs, embedded};
use crate::render::manual;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The rule; without it, or for `PACK/*`, rules are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// List the checks that a card of your own can use, with the rules that use them
    #[arg(long, conflicts_with = "name")]
    checks: bool,
    /// How to print [full, json]
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Form::Full, hide_possible_values = true, hide_default_value = true)]
    output_format: Form,
    #[command(flatten)]
    configuration: Configuration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Full,
    Json,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let setup = Setup::new(&arguments.configuration, setup::clock(None)?)?;
    let packs = setup.packs();
    let out = &mut streams.out;
    if arguments.checks {
        for entry in crate::check::CHECKS {
            let rules = packs.cards().iter().filter(|card| card.format.check.as_deref() == Some(entry.name));
            let rules: Vec<&str> = rules.map(|card| &*card.name).collect();
            writeln!(out, "{:<24} {}", entry.name, rules.join(", "))?;
        }
        return Ok(0);
    }
    let asked = arguments.name.as_deref();
    let (cards, one) = wanted(packs, asked)?;
    match (arguments.output_format, one, asked) {
        (Form::Json, ..) => {
            serde_json::to_writer_pretty(&mut *out, &manual::rule::json(&cards)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        (Form::Full, Some(card), Some(asked)) => show(out, &setup, card, asked)?,
        _ => list(out, &cards)?,
    }
    Ok(0)
}

/// The cards that are asked for, and the one, if one was.
fn wanted<'p>(packs: &'p Packs, asked: Option<&str>) -> Result<(Vec<&'p Card>, Option<&'p Card>), Failure> {
    let Some(name) = asked else { return Ok((packs.cards().iter().collect(), None)) };
    if let Some(pack) = name.strip_suffix("/*") {
        if packs.pack(pack).is_none() {
            return Err(setup::unknown_rule(packs, name));
        }
        return Ok((packs.cards().iter().filter(|card| &*card.pack == pack).collect(), None));
    }
    // `pack/rule` is how a person might write it; names are unique without the pack.
    let short = name.rsplit('/').next().unwrap_or(name);
    let card = packs.card(name).or_else(|| packs.card(short));
    let card = card.ok_or_else(|| setup::unknown_rule(packs, short))?;
    Ok((vec![card], Some(card)))
}

fn list(out: &mut Stream, cards: &[&Card]) -> io::Result<()> {
    let bold = out.style(Style::new().bold());
    let width = cards.iter().map(|card| card.name.len()).max().unwrap_or(0);
    let mut pack = None;
    for card in cards {
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

fn show(out: &mut Stream, setup: &Setup, card: &Card, asked: &str) -> io::Result<()> {
    if card.format.aliases.iter().any(|alias| alias == asked) {
        writeln!(out, "`{asked}` is its former name.\n")?;
    }
    let own = setup.packs().pack(&card.pack).and_then(|pack| pack.folder());
    let example = match own {
        Some(folder) => Fixtures { folder: &setup.directory.join(folder), pack: &card.pack }.example(&card.name),
        None => embedded::example(&card.pack, &card.name),
    };
    let look = out.look;
    manual::terminal(&manual::rule::blocks(card, setup.packs(), example.as_ref(), 1), out, look)
}
