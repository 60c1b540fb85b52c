//! `worklint kinds`: the kinds of documents that are known.

use std::io::Write;

use anstyle::Style;
use clap::Args;

use crate::cli::output::Streams;
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let setup = Setup::new(&arguments.configuration, setup::clock(None)?)?;
    let out = &mut streams.out;
    let bold = out.style(Style::new().bold());
    let dim = out.style(Style::new().dimmed());
    for kind in setup.packs().kinds() {
        writeln!(out, "{bold}{}{bold:#}  {}", kind.name, kind.summary.trim())?;
        for path in &kind.path {
            writeln!(out, "    {dim}{path}{dim:#}")?;
        }
    }
    Ok(0)
}
