//! `worklint pack derive`: a kind from a template document.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Failure;
use crate::cli::output::Streams;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The template
    #[arg(value_name = "TEMPLATE")]
    template: PathBuf,
}

pub(super) fn run(_arguments: &Arguments, _streams: &mut Streams) -> Result<u8, Failure> {
    Ok(2)
}
