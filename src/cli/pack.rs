//! `worklint pack`: packs of one's own, from a start to tests.

mod derive;
mod difference;
mod fixtures;
mod scaffold;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::Failure;
use crate::cli::output::Streams;

const EXAMPLES: &str = "\
Examples:
  worklint pack new rules/decisions               Write a pack that works, to be changed
  worklint pack new rules/decisions --kind review Add a kind and its fixtures to it
  worklint pack derive docs/template.md --pack rules/decisions
                                                  Write a kind from a template document
  worklint pack test rules/decisions              Check the pack and run its fixtures
  worklint pack test rules/decisions --update     Store what its bad fixtures give

Exit codes: 0 all is well, 1 the pack or a fixture is wrong, 2 could not run";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a working start of a pack, or add a kind or a rule to one
    New(scaffold::Arguments),
    /// Write a kind from a template document
    Derive(derive::Arguments),
    /// Check a pack as a whole and run its good and bad fixtures
    Test(fixtures::Arguments),
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    match &arguments.command {
        Command::New(arguments) => scaffold::run(arguments, streams),
        Command::Derive(arguments) => derive::run(arguments, streams),
        Command::Test(arguments) => fixtures::run(arguments, streams),
    }
}

/// Files that are to be written, all or none: none may be there already.
#[derive(Default)]
struct Plan {
    files: Vec<(PathBuf, String)>,
    /// The outputs of its bad documents, which are stored once these have run.
    outputs: Vec<PathBuf>,
}

impl Plan {
    fn add(&mut self, path: PathBuf, text: String) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("bad")) {
            self.outputs.push(path.with_extension("out"));
        }
        self.files.push((path, text));
    }

    /// Writes the files and says so.
    fn write(self, streams: &mut Streams) -> Result<(), Failure> {
        let mut all = self.files.iter().map(|(path, _)| path).chain(&self.outputs);
        if let Some(taken) = all.find(|path| path.symlink_metadata().is_ok()) {
            return Err(Failure::new(
                format!("`{}` is there already, and nothing is overwritten", shown(taken)),
                "Choose another name, or move the file away",
            ));
        }
        for (path, text) in self.files {
            store(&path, &text)?;
            writeln!(streams.out, "wrote {}", shown(&path))?;
        }
        Ok(())
    }
}

/// Writes one file and the folders above it.
fn store(path: &Path, text: &str) -> Result<(), Failure> {
    let written = match path.parent() {
        Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::write(path, text)),
        None => fs::write(path, text),
    };
    written.map_err(|error| {
        Failure::new(format!("`{}` cannot be written: {error}", shown(path)), "Check that the folder may be written to")
    })
}

/// A path as it is printed.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

/// Checks the name of a pack, kind or rule.
fn name(what: &str, name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` is no name of a {what}", crate::render::clean(name)),
        "Use lower-case letters, digits and hyphens, beginning with a letter",
    ))
}
