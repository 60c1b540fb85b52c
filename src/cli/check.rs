//! `worklint check`: the main job.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use rustc_hash::FxHashMap;

use crate::cli::output::Streams;
use crate::cli::setup::{self, Setup};
use crate::cli::{CHECK_EXAMPLES, Configuration, Failure};
use crate::config::FailOn;
use crate::diagnostic::Severity;
use crate::discover::{self, Request, Unclaimed};
use crate::lint;
use crate::render::{self, OutputFormat, Report, summary, summary::Summary};
use crate::ruleset::RuleSet;
use crate::workspace::Workspace;

#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(super) struct Arguments {
    /// Files and folders; `-` reads standard input [default: .]
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,
    /// Take the documents for this kind, whatever they look like
    #[arg(long, value_name = "PACK/KIND")]
    kind: Option<String>,
    /// The path that standard input pretends to have
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// Run only these rules; `PACK/*` is all rules of a pack
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Set a rule's level: off, info, warning or error
    #[arg(long, value_name = "RULE=LEVEL", value_parser = level)]
    rule: Vec<(String, Severity)>,
    /// From which severity on to exit with 1: error, warning, info or never [default: error]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
    /// How to print findings: full, concise or json [default: full]
    #[arg(long, value_name = "FORMAT", default_value = "full", hide_default_value = true)]
    output_format: OutputFormat,
    #[command(flatten)]
    configuration: Configuration,
    /// What counts as now, for rules about time
    #[arg(long, value_name = "ISO-8601")]
    now: Option<String>,
    /// Print findings only, without the summary
    #[arg(long, short)]
    quiet: bool,
}

fn level(text: &str) -> Result<(String, Severity), String> {
    let (rule, level) = text.split_once('=').ok_or("write it as `RULE=LEVEL`")?;
    Ok((rule.to_owned(), level.parse()?))
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let mut setup = Setup::new(&arguments.configuration, setup::clock(arguments.now.as_deref())?)?;
    for name in arguments.select.iter().chain(&arguments.ignore).chain(arguments.rule.iter().map(|(name, _)| name)) {
        setup.known_rule(name)?;
    }
    if let Some(kind) = &arguments.kind {
        setup.known_kind(kind)?;
    }
    let settings = &mut setup.settings;
    settings.select.extend(arguments.select.iter().cloned());
    settings.ignore.extend(arguments.ignore.iter().cloned());
    settings.levels.extend(arguments.rule.iter().map(|(name, level)| (name.clone(), *level, None)));

    let (paths, given) = inputs(arguments)?;
    setup.exist(paths.iter())?;
    let paths: Vec<PathBuf> = paths.iter().map(|path| setup.given(path)).collect();
    let given = given.into_iter().map(|(path, bytes)| (setup.given(&path), bytes)).collect();
    let request = Request {
        directory: &setup.base,
        paths: &paths,
        given,
        kind: arguments.kind.as_deref(),
        settings: &setup.settings,
        unclaimed: Unclaimed::Count,
    };
    let found = discover::discover(setup.packs(), request);
    if !found.problems.is_empty() {
        return Err(Failure::Problems(found.problems));
    }
    let (rules, mistakes) = RuleSet::new(setup.packs(), &setup.settings);
    if !mistakes.is_empty() {
        return Err(Failure::Mistakes(mistakes, setup.texts));
    }
    let mut workspace = Workspace::build(setup.packs(), found.sources);
    workspace.answer(|path| setup.base.join(path).exists());
    workspace.is_repository(discover::is_repository(&setup.base));
    let roots = workspace.roots_to_list();
    if !roots.is_empty() {
        workspace.know(discover::names(&setup.base, &roots));
    }
    let mut diagnostics = lint::lint_all(&rules, &workspace);
    for diagnostic in &mut diagnostics {
        if workspace.document(&diagnostic.path).is_some() {
            diagnostic.path = setup.shown(&diagnostic.path);
        }
        for label in &mut diagnostic.related {
            label.path = setup.shown(&label.path);
        }
    }

    let mut summary = coverage(&workspace);
    summary.plain += found.unopened;
    summary.count(&diagnostics);
    let texts = setup.texts.iter().map(|(path, text)| (path.as_str().into(), text));
    let sources: FxHashMap<_, _> = texts.chain(setup::texts(&setup, &workspace)).collect();
    let quiet = arguments.quiet || arguments.output_format == OutputFormat::Json;
    let report = Report { diagnostics: &diagnostics, sources, summary: if quiet { None } else { Some(&summary) } };
    let look = streams.out.look;
    render::render(arguments.output_format, &report, &mut streams.out, look)?;
    streams.out.flush()?;
    // Programs read the array; people see the numbers.
    if arguments.output_format == OutputFormat::Json && !arguments.quiet {
        let look = streams.err.look;
        summary::render(&summary, &mut streams.err, look)?;
    }
    let fail_on = arguments.fail_on.or(setup.fail_on).unwrap_or_default();
    Ok(u8::from(diagnostics.iter().any(|diagnostic| fail_on.fails(diagnostic.severity))))
}

/// The paths that were given, and what standard input holds.
type Inputs = (Vec<PathBuf>, Vec<(PathBuf, Vec<u8>)>);

fn inputs(arguments: &Arguments) -> Result<Inputs, Failure> {
    let (stdin, mut paths): (Vec<_>, Vec<_>) = arguments.paths.iter().cloned().partition(|path| path == Path::new("-"));
    let mut given = Vec::new();
    if stdin.is_empty() {
        if arguments.stdin_filename.is_some() {
            return Err(Failure::new("`--stdin-filename` is for standard input", "Add `-` to the paths"));
        }
        if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
    } else {
        let mut bytes = Vec::new();
        io::stdin().lock().take(discover::MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| {
            Failure::new(format!("standard input cannot be read: {error}"), "Pipe a document into worklint")
        })?;
        if bytes.len() as u64 > discover::MOST_BYTES {
            let most = discover::MOST_BYTES / 1024 / 1024;
            return Err(Failure::new(format!("standard input is larger than {most} MiB"), "Check a smaller document"));
        }
        given.push((arguments.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.md")), bytes));
    }
    Ok((paths, given))
}

/// What was checked as what.
fn coverage(workspace: &Workspace) -> Summary {
    let mut summary = Summary::default();
    for (index, document) in workspace.documents().iter().enumerate().filter(|(index, _)| workspace.is_reported(*index))
    {
        match &document.kind {
            _ if workspace.is_unread(index) => summary.unreadable += 1,
            Some(kind) => *summary.kinds.entry(kind.name.to_string()).or_default() += 1,
            None => summary.plain += 1,
        }
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read() {
        assert_eq!(level("a-b=warning"), Ok(("a-b".to_owned(), Severity::Warning)));
        assert!(level("a-b").is_err() && level("a=loud").is_err());
    }
}
