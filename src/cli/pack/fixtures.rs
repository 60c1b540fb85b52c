//! `worklint pack test`: the pack as a whole, and its fixtures.

use std::io::Write;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::Args;

use crate::cli::output::{Stream, Streams};
use crate::cli::pack::difference::{self, Line};
use crate::cli::pack::{shown, store};
use crate::cli::{Configuration, Failure, setup};
use crate::fixture::{CaseResult, Outcome, run_pack};
use crate::render::{self, OutputFormat, Report};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder with the pack's `pack.yaml`
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where its fixtures lie: `rules/RULE/`, `kinds/KIND/` and `work-items/CASE/` below it [default: DIR/fixtures]
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Store what bad fixtures give; read it before you keep it
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let pack = setup::one_pack(&arguments.configuration, &arguments.folder)?;
    let (Some(name), true) = (&pack.name, pack.mistakes.is_empty()) else {
        let sources = pack.texts.iter().map(|(path, text)| (path.as_str().into(), text)).collect();
        let look = streams.out.look;
        let report = Report { diagnostics: &pack.mistakes, sources, summary: None };
        render::render(OutputFormat::Full, &report, &mut streams.out, look)?;
        let count = pack.mistakes.len();
        writeln!(streams.out, "\n{count} {} in the pack; its fixtures were not run", plural(count, "mistake"))?;
        return Ok(1);
    };
    let fixtures = arguments.fixtures.clone().unwrap_or_else(|| arguments.folder.join("fixtures"));
    let mut outcomes = run_pack(&pack.packs, name, &fixtures);
    if outcomes.iter().all(|outcome| outcome.case.is_none()) {
        let help = format!(
            "Put documents that are right (`good-….md`) and wrong (`bad-….md`) below `{}`, in `kinds/KIND/` and \
             `rules/RULE/`; `worklint pack new` writes the first ones",
            shown(&fixtures)
        );
        outcomes.insert(
            0,
            Outcome {
                place: shown(&fixtures),
                case: None,
                fault: Some((format!("the pack `{name}` has no fixtures"), help)),
                may_be_stored: false,
            },
        );
    }
    let (mut passed, mut failed) = (0, 0);
    for outcome in &outcomes {
        if let (true, true, Some(case)) = (arguments.update, outcome.may_be_stored, &outcome.case) {
            store(&case.out, &case.output)?;
            writeln!(streams.out, "wrote {}", shown(&case.out))?;
            passed += 1;
        } else if let Some((message, help)) = &outcome.fault {
            failed += 1;
            fault(&mut streams.out, outcome, message, help)?;
        } else {
            passed += 1;
        }
    }
    let ran = passed + failed;
    writeln!(streams.out, "{ran} {} of `{name}`: {passed} passed, {failed} failed", plural(ran, "test"))?;
    Ok(u8::from(failed > 0))
}

fn fault(out: &mut Stream, outcome: &Outcome, message: &str, help: &str) -> Result<(), Failure> {
    let red = out.style(Style::new().bold().fg_color(Some(AnsiColor::Red.into())));
    let cyan = out.style(Style::new().bold().fg_color(Some(AnsiColor::Cyan.into())));
    writeln!(out, "{red}failed{red:#} {}: {message}", render::clean(&outcome.place))?;
    if let Some(case) = &outcome.case {
        difference(out, case)?;
    }
    if !help.is_empty() {
        writeln!(out, "  {cyan}help:{cyan:#} {help}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// What is stored and what was found; for a good document, what it gave.
fn difference(out: &mut Stream, case: &CaseResult) -> Result<(), Failure> {
    let red = out.style(Style::new().fg_color(Some(AnsiColor::Red.into())));
    let green = out.style(Style::new().fg_color(Some(AnsiColor::Green.into())));
    let stored = case.expected.as_deref().filter(|_| case.bad).unwrap_or_default();
    if stored.is_empty() {
        for line in case.output.lines() {
            writeln!(out, "    {line}")?;
        }
        return Ok(());
    }
    if stored == case.output {
        return Ok(());
    }
    for line in difference::lines(stored, &case.output) {
        match line {
            Line::Same(text) => writeln!(out, "      {text}")?,
            Line::Lost(text) => writeln!(out, "    {red}- {text}{red:#}")?,
            Line::New(text) => writeln!(out, "    {green}+ {text}{green:#}")?,
        }
    }
    Ok(())
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
