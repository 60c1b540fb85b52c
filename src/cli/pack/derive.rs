//! `worklint pack derive`: a kind from a template document.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::Streams;
use crate::cli::pack::{Plan, name, scaffold, shown, store};
use crate::cli::{Configuration, Failure, setup};
use crate::derive;
use crate::discover;
use crate::fixture::run_pack;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The template: a Markdown document with blanks such as `[Title]` or `YYYY-MM-DD`
    #[arg(value_name = "TEMPLATE")]
    template: PathBuf,
    /// Write the kind into this pack, which is begun if it is not there; without it the kind is printed
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
    /// The kind's name [default: from the template's file name]
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let text = discover::read(&arguments.template).map_err(|_| {
        Failure::new(
            format!("the template `{}` cannot be read", shown(&arguments.template)),
            "Name a Markdown file in UTF-8",
        )
    })?;
    let kind = arguments.kind.clone().unwrap_or_else(|| kind_of(&arguments.template));
    name("kind", &kind)?;
    let written = derive::kind(text.clone(), &kind);
    let Some(folder) = &arguments.pack else {
        write!(streams.out, "{written}")?;
        return Ok(0);
    };
    setup::readable(&arguments.configuration, folder)?;
    let mut plan = Plan::default();
    if !folder.join("pack.yaml").exists() {
        scaffold::head(folder, &mut plan)?;
    }
    plan.add(folder.join(format!("kinds/{kind}.yaml")), written);
    // The template itself is the first thing that the kind must refuse.
    let fixtures = folder.join("fixtures/kinds").join(&kind);
    plan.add(fixtures.join("case.yaml"), format!("kind: {}/{kind}\n", scaffold::pack_name(folder)?));
    plan.add(fixtures.join("bad-unfilled.md"), text.as_str().to_owned());
    let output = fixtures.join("bad-unfilled.out");
    plan.write(streams)?;
    let pack = setup::one_pack(&arguments.configuration, folder)?;
    let (Some(own), true) = (&pack.name, pack.mistakes.is_empty()) else {
        return Err(Failure::Mistakes(pack.mistakes, pack.texts));
    };
    for outcome in run_pack(&pack.packs, own, &folder.join("fixtures")) {
        let Some(case) = outcome.case.filter(|case| outcome.may_be_stored && case.out == output) else {
            continue;
        };
        store(&case.out, &case.output)?;
        writeln!(streams.out, "wrote {}", shown(&case.out))?;
    }
    writeln!(
        streams.out,
        "\nRead `{}`, then put a filled-in document beside the template as `{}` and run `worklint pack test {}`",
        shown(&folder.join(format!("kinds/{kind}.yaml"))),
        shown(&fixtures.join("good.md")),
        shown(folder)
    )?;
    Ok(0)
}

/// A kind's name from the template's: `adr-template.md` is `adr`, `2-plan.md` is `plan`.
fn kind_of(template: &Path) -> String {
    let stem = template.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && *word != "template" && !word.chars().all(|c| c.is_ascii_digit()))
        .collect();
    if words.is_empty() { "document".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_after_its_template() {
        for (file, name) in [("adr-template.md", "adr"), ("2-plan.md", "plan"), ("TEMPLATE.md", "document")] {
            assert_eq!(kind_of(Path::new(file)), name);
        }
    }
}
