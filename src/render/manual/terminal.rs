//! Blocks on a terminal: wrapped to its width, with names and headings in bold.

use std::io::{self, Write};

use anstyle::Style;

use crate::render::manual::Block;
use crate::render::{Look, clean, paint, wrapped};

/// Prints the blocks.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(blocks: &[Block], out: &mut dyn Write, look: Look) -> io::Result<()> {
    let bold = |text: &str| paint(&clean(text), Style::new().bold(), look);
    let names = blocks.iter().map(|block| if let Block::Fact(name, _) = block { name.len() } else { 0 });
    let column = names.max().unwrap_or(0) + 2;
    let mut before: Option<&Block> = None;
    for block in blocks {
        if before.is_some_and(|before| !joined(before, block)) {
            writeln!(out)?;
        }
        match block {
            Block::Heading(_, text) => writeln!(out, "{}", bold(text))?,
            Block::Text(text) => lines(out, text, look, 0)?,
            Block::Fact(name, text) => {
                write!(out, "{}{:pad$}", bold(name), "", pad = column - name.len())?;
                lines(out, text, look, column)?;
            }
            Block::Label(text) => writeln!(out, "{}", bold(text))?,
            Block::List(items) => {
                for (depth, text) in items {
                    let indent = 2 + depth * 2;
                    write!(out, "{:indent$}- ", "")?;
                    lines(out, text, look, indent + 2)?;
                }
            }
            Block::Code(_, text) => {
                for line in text.trim_end().lines() {
                    writeln!(out, "{}", format!("    {}", clean(line)).trim_end())?;
                }
            }
        }
        before = Some(block);
    }
    Ok(())
}

/// Whether no empty line stands between two blocks.
fn joined(before: &Block, block: &Block) -> bool {
    matches!(
        (before, block),
        (Block::Heading(..), Block::Text(_)) | (Block::Fact(..), Block::Fact(..)) | (Block::Label(_), Block::List(_))
    )
}

/// A text in lines; all but the first are indented, and the first is where the cursor stands.
fn lines(out: &mut dyn Write, text: &str, look: Look, indent: usize) -> io::Result<()> {
    for (at, line) in wrapped(&clean(text), look.width.saturating_sub(indent), 0).iter().enumerate() {
        let indent = if at == 0 { 0 } else { indent };
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}
