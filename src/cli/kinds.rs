//! `worklint kinds`: the kinds of documents that are known, and what one of them says.

use std::io::Write;

use anstyle::Style;
use clap::Args;

use crate::cli::output::Streams;
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};
use crate::render::manual;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The kind; without it, or for `PACK`, kinds are listed
    #[arg(value_name = "PACK/KIND")]
    name: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let setup = Setup::new(&arguments.configuration, setup::clock(None)?)?;
    let packs = setup.packs();
    let out = &mut streams.out;
    let asked = arguments.name.as_deref();
    // A pack by its name alone, unless a kind has it, too.
    let whole = |name: &&str| packs.pack(name).is_some() && !packs.all_kinds().any(|kind| kind.short_name() == *name);
    let pack = asked.and_then(|name| name.strip_suffix("/*").or(Some(name).filter(whole)));
    if let (Some(name), None) = (asked, pack) {
        // The name without the pack will do where only one pack has such a kind.
        let mut short = packs.all_kinds().filter(|kind| kind.short_name() == name);
        let found = packs.kind(name).or_else(|| short.next().filter(|_| short.next().is_none()).cloned());
        let Some(kind) = found else { return setup.known_kind(name).map(|()| 0) };
        let look = out.look;
        manual::terminal(&manual::kind::blocks(&kind, 1), out, look)?;
        return Ok(0);
    }
    if let Some(pack) = pack.filter(|pack| packs.pack(pack).is_none()) {
        return Err(Failure::new(format!("there is no pack `{pack}`"), "`worklint kinds` lists all kinds"));
    }
    let bold = out.style(Style::new().bold());
    let dim = out.style(Style::new().dimmed());
    for kind in packs.kinds() {
        if pack.is_some_and(|pack| kind.name.split('/').next() != Some(pack)) {
            continue;
        }
        writeln!(out, "{bold}{}{bold:#}  {}", kind.name, kind.summary.trim())?;
        for path in &kind.path {
            writeln!(out, "    {dim}{path}{dim:#}")?;
        }
    }
    Ok(0)
}
