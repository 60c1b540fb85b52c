//! The command line: one file per command. Beside `main`, only this module prints and touches the terminal.
//!
//! Exit codes: 0, nothing at or above the fail level was found; 1, something was; 2, worklint could not run.

mod ast;
mod check;
mod examples;
mod explain;
mod generate;
mod kinds;
mod output;
mod pack;
mod rule;
mod setup;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::output::Streams;
use crate::diagnostic::Diagnostic;
use crate::text::Text;

/// The exit code of a run that could not do what was asked.
const COULD_NOT_RUN: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  worklint check                          Check every document below the working directory
  worklint check docs/notes.md            Check one document; its work item is read, too
  worklint check --output-format concise  One line for each finding
  worklint rule missing-field             What a rule demands, and why
  worklint explain docs/notes.md          Why a document is what it is taken for

Exit codes: 0 nothing found at or above the fail level, 1 something found, 2 could not run";

const CHECK_EXAMPLES: &str = "\
Examples:
  worklint check docs notes/2026
  worklint check --select missing-field,malformed-entry
  worklint check --rule missing-path=warning --fail-on warning
  worklint check --kind PACK/KIND --stdin-filename notes.md - < draft.md
  worklint check --output-format json > findings.json";

/// Lints the documents that people and agents write while they carry out work
#[derive(Debug, Parser)]
#[command(name = "worklint", version, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colours [auto, always, never]
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto, hide_possible_values = true, hide_default_value = true)]
    color: Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check documents and print what is wrong with them
    Check(check::Arguments),
    /// List the rules, or show what one of them demands and why
    Rule(rule::Arguments),
    /// List the kinds of documents that are known, or show what one of them says
    Kinds(kinds::Arguments),
    /// Say which kind a document has, why, and which rules run on it
    Explain(explain::Arguments),
    /// Write and test packs of your own
    Pack(pack::Arguments),
    /// Print a document's tree as JSON
    Ast(ast::Arguments),
    /// Write the pages and schemas of packs (for authors of packs)
    Generate(generate::Arguments),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Which configuration is used.
#[derive(Clone, Debug, Default, Args)]
struct Configuration {
    /// Use this configuration file instead of the nearest `worklint.toml`
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long)]
    no_config: bool,
}

/// Why a command could not do what was asked.
#[derive(Debug)]
enum Failure {
    /// In words.
    Words {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: String,
    },
    /// Several things, each in words.
    Problems(Vec<crate::discover::Problem>),
    /// Mistakes in files that are no documents (configuration, packs), and those files.
    Mistakes(Vec<Diagnostic>, Vec<(String, Text)>),
    /// The output cannot be written.
    Output(std::io::Error),
}

impl Failure {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Failure::Words { message: message.into(), help: help.into() }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Output(error)
    }
}

/// Does what the arguments say; the first is the program's name. Returns the exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come this way, too. There is nothing left to do when they cannot be printed.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(COULD_NOT_RUN);
        }
    };
    let mut streams = Streams::open(arguments.color);
    let outcome = match &arguments.command {
        Command::Check(arguments) => check::run(arguments, &mut streams),
        Command::Rule(arguments) => rule::run(arguments, &mut streams),
        Command::Kinds(arguments) => kinds::run(arguments, &mut streams),
        Command::Explain(arguments) => explain::run(arguments, &mut streams),
        Command::Pack(arguments) => pack::run(arguments, &mut streams),
        Command::Ast(arguments) => ast::run(arguments, &mut streams),
        Command::Generate(arguments) => generate::run(arguments, &mut streams),
    };
    match outcome.and_then(|code| streams.finish().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            streams.fail(&failure);
            COULD_NOT_RUN
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
