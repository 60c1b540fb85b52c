//! The only integration binary: fixtures of rules and kinds, the command line, the tree of a document, and the tidiness of
//! this repository.

#![allow(clippy::unwrap_used, clippy::print_stderr)] // a test fails loudly

mod ast;
mod cli;
mod fixtures;
mod generate;
mod own_packs;
mod own_rules;
mod packs;
mod relations;
mod robust;
mod spans;
mod tidy;
mod trees;

use std::path::{Path, PathBuf};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
