//! `worklint explain`: which kind a document has, why, what belongs to it and which rules run.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::Args;

use crate::cli::output::{Stream, Streams};
use crate::cli::setup::{self, Setup};
use crate::cli::{Configuration, Failure};
use crate::diagnostic::Severity;
use crate::discover::{self, Request, Unclaimed};
use crate::document::{Document, Format};
use crate::pack::Packs;
use crate::parse::{front_matter, head};
use crate::render::{clean, wrapped};
use crate::ruleset::RuleSet;
use crate::workspace::{Unread, Workspace};

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
    let (rules, _) = RuleSet::new(setup.packs(), &setup.settings);
    if let Some(document) = workspace.document(&path) {
        explain(&mut streams.out, setup.packs(), &rules, &workspace, document)?;
    }
    Ok(0)
}

/// Reads one document and what belongs to it; returns them with the document's path.
pub(super) fn opened(setup: &Setup, file: &Path, kind: Option<&str>) -> Result<(Workspace, String), Failure> {
    if let Some(kind) = kind {
        setup.known_kind(kind)?;
    }
    setup.exist(std::iter::once(&file.to_owned()))?;
    let file = &setup.given(file);
    let path = discover::relative(&setup.base, file);
    if setup.base.join(file).is_dir() {
        return Err(Failure::new(format!("`{path}` is a folder"), "Name a document in it"));
    }
    let paths = [file.to_owned()];
    let mut settings = setup.settings.clone();
    // What is not checked can still be explained.
    settings.exclude.clear();
    let request = Request {
        directory: &setup.base,
        paths: &paths,
        given: Vec::new(),
        kind,
        settings: &settings,
        unclaimed: Unclaimed::Read,
    };
    let found = discover::discover(setup.packs(), request);
    if !found.problems.is_empty() {
        return Err(Failure::Problems(found.problems));
    }
    let own = found.sources.iter().find(|source| *source.path == *path);
    if let Some(Err(unread)) = own.map(|source| &source.content) {
        return Err(Failure::new(format!("`{path}` cannot be read: {}", reason(unread)), "Name a text file in UTF-8"));
    }
    let mut workspace = Workspace::build(setup.packs(), found.sources);
    workspace.answer(|path| setup.base.join(path).exists());
    workspace.is_repository(discover::is_repository(&setup.base));
    Ok((workspace, path))
}

fn reason(unread: &Unread) -> String {
    match unread {
        Unread::Bytes(_) => "it is no text".to_owned(),
        Unread::Permission => "you have no permission".to_owned(),
        Unread::Vanished => "it vanished".to_owned(),
        Unread::TooLarge(bytes) => format!("it is too large ({} MiB)", bytes / 1024 / 1024),
        Unread::NotAFile => "it is a pipe or a device".to_owned(),
        Unread::Other(words) => words.clone(),
    }
}

fn explain(
    out: &mut Stream,
    packs: &Packs,
    rules: &RuleSet,
    workspace: &Workspace,
    document: &Document,
) -> io::Result<()> {
    let bold = out.style(Style::new().bold());
    writeln!(out, "{bold}{}{bold:#}", clean(&document.path))?;
    match &document.kind {
        Some(kind) => {
            fact(out, "kind", &format!("{}: {}", kind.name, kind.format.summary.trim()))?;
            fact(out, "extends", &kind.lineage.join(", "))?;
            fact(out, "because", &document.because.join("; "))?;
        }
        None => {
            fact(out, "kind", "none: no kind claims it, so only the rules for every document run")?;
            fact(out, "hint", "`worklint kinds` lists the kinds, `--kind PACK/KIND` asks for one")?;
        }
    }
    let caught: Vec<String> =
        document.path_captures.iter().map(|capture| format!("{} = {}", capture.name, capture.text)).collect();
    fact(out, "path says", &caught.join(", "))?;
    fact(out, "root", &document.root)?;
    fact(out, "variants", &document.variants.join(", "))?;
    if document.unfilled {
        fact(out, "unfilled", "it is still the template")?;
    }
    work_items(out, packs, workspace, document)?;
    if document.parsed.format == Format::Markdown {
        let text = &document.parsed.text;
        if let Some(disagreement) = head::others_see(text, front_matter::split(text).as_ref()) {
            fact(out, "others", disagreement.words())?;
        }
    }
    let mut running = rules.running(document);
    running.sort_by(|a, b| (std::cmp::Reverse(a.1), &a.0).cmp(&(std::cmp::Reverse(b.1), &b.0)));
    fact(out, "rules", &format!("{} run", running.len()))?;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let names: Vec<&str> = running.iter().filter(|rule| rule.1 == severity).map(|rule| &*rule.0).collect();
        fact(out, &format!("  {}", severity.name()), &names.join(", "))?;
    }
    Ok(())
}

/// The work items that the document belongs to, with their members that were read and those that are demanded.
fn work_items(out: &mut Stream, packs: &Packs, workspace: &Workspace, document: &Document) -> io::Result<()> {
    let Some(index) = workspace.index_of(document) else { return Ok(()) };
    for (item, group) in workspace.work_items(packs, index) {
        let mut members = Vec::new();
        for member in &item.members {
            match group.members.get(&member.role) {
                Some(documents) => members.extend(documents.iter().map(|other| {
                    let other = &workspace.documents()[*other].path;
                    let this = if *other == document.path { " (this document)" } else { "" };
                    format!("{} = {other}{this}", member.role)
                })),
                None if item.required.contains(&member.role) => members.push(format!("{} is missing", member.role)),
                None => {}
            }
        }
        fact(out, "work item", &format!("{} at `{}`: {}", item.name, group.shared.root, members.join(", ")))?;
    }
    Ok(())
}

/// A named line; nothing where there is nothing to say.
fn fact(out: &mut Stream, name: &str, text: &str) -> io::Result<()> {
    let text = clean(text.trim());
    if text.is_empty() {
        return Ok(());
    }
    let bold = out.style(Style::new().bold());
    write!(out, "  {bold}{name:<11}{bold:#}")?;
    for (at, line) in wrapped(&text, out.look.width.saturating_sub(13), 0).iter().enumerate() {
        let indent = if at == 0 { 0 } else { 13 };
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}
