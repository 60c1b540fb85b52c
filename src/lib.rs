//! worklint checks the documents that people and agents write while they carry out work.
//!
//! One idea carries the design: **a kind is a type for documents**. A kind is data (YAML in `rules/`): how a document of
//! that kind is recognised, which fields, sections, entries and task lines it has, and how it relates to the others of its
//! work item. Rules are the type errors. No workflow's name, heading or status word stands in Rust.
//!
//! The flow has one direction:
//!
//! ```text
//!  paths ─discover─> Text ─parse─> Parsed ─classify─> kind ─read─> Document ─> Workspace ─┐
//!  rules/ ─pack─> kinds, cards ── + CHECKS + config ─> RuleSet ──────────── lint ─────────┤
//!                                                                                        v
//!                                                            Vec<Diagnostic> ─> render │ fixture
//!  a template document ─derive─> a kind, as YAML for a person to read
//! ```
//!
//! Invariants, tested in `tests/tidy.rs`:
//! * the `mod` lines below are in layer order; a file names `crate::x` only if `x` stands above its own module (types of
//!   `document` name those of `pack`, which is the one knot: a document knows its kind);
//! * parsing never fails, and the core does no I/O: only `discover`, `fixture` and `cli` touch the outside;
//! * one door: command line and tests go through [`lint::lint`];
//! * a check names no rule, no severity, no message, no workflow: the cards in `rules/` do;
//! * only `cli` and `main` print; only `render` names miette.
//!
//! Departures from the design, with reasons:
//! * packs are embedded as JSON beside their YAML (`build.rs`), because reading YAML at each start would cost more than
//!   checking a document;
//! * small checks of one subject share a file in `check/`: fifty files of twenty lines hide more than they show;
//! * relations between documents are a stage of their own (`relate`), because what they report is named in `pack.yaml`,
//!   not by one card.

pub mod text;
pub mod time;
pub mod diagnostic;
pub mod document;
pub mod parse;
pub mod pack;
pub mod select;
pub mod config;
pub mod classify;
pub mod read;
pub mod derive;
pub mod workspace;
pub mod check;
pub mod suppress;
pub mod ruleset;
pub mod relate;
pub mod lint;
pub mod discover;
pub mod render;
pub mod fixture;
pub mod cli;
