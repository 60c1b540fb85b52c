//! The manual: what a rule, a kind or a pack says, as blocks. A terminal and a page of Markdown show the same blocks, so
//! that `worklint rule NAME` and `RULES.md` never say different things.
//!
//! Text in blocks is plain but for code in back-ticks, as in the messages of cards.

pub mod kind;
mod markdown;
pub mod page;
pub mod rule;
mod terminal;
mod words;

pub use markdown::write as markdown;
pub use terminal::write as terminal;

/// A part of the manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading with its level.
    Heading(usize, String),
    /// A paragraph.
    Text(String),
    /// A named statement: `Why: …`.
    Fact(&'static str, String),
    /// What introduces the list or example below it.
    Label(String),
    /// A list; each item has its depth, from 0.
    List(Vec<(usize, String)>),
    /// An example, with the language that a page of Markdown names.
    Code(&'static str, String),
}

/// Text that says something; nothing where there is nothing to say.
fn fact(blocks: &mut Vec<Block>, name: &'static str, text: &str) {
    if !text.trim().is_empty() {
        blocks.push(Block::Fact(name, text.trim().to_owned()));
    }
}

/// A labelled list; nothing where it would be empty.
fn list(blocks: &mut Vec<Block>, label: &str, items: Vec<(usize, String)>) {
    if !items.is_empty() {
        blocks.push(Block::Label(label.to_owned()));
        blocks.push(Block::List(items));
    }
}
