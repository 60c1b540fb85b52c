//! `worklint ast`: a document's tree as JSON.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::explain::opened;
use crate::cli::output::Streams;
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The document
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take the document for this kind, whatever it looks like
    #[arg(long, value_name = "PACK/KIND")]
    kind: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let setup = Setup::new(&arguments.configuration, setup::clock(None)?)?;
    let (workspace, path) = opened(&setup, &arguments.file, arguments.kind.as_deref())?;
    if let Some(document) = workspace.document(&path) {
        let tree = crate::read::ast::ast(document);
        serde_json::to_writer_pretty(&mut streams.out, &tree).map_err(std::io::Error::from)?;
        writeln!(streams.out)?;
    }
    Ok(0)
}
