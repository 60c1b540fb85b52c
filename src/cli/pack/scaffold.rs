//! `worklint pack new`: a working start of a pack, a kind or a rule. The words come from files in `rules/`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::Streams;
use crate::cli::pack::{Plan, name, shown, store};
use crate::cli::{Configuration, Failure, setup};
use crate::discover;
use crate::fixture::run_pack;
use crate::pack::Packs;

const PACK: &str = include_str!("../../../rules/core/scaffolds/pack/pack.yaml");
const KIND: &str = include_str!("../../../rules/core/scaffolds/pack/kind.yaml");
const GOOD: &str = include_str!("../../../rules/core/scaffolds/pack/good.md");
const BAD: &str = include_str!("../../../rules/core/scaffolds/pack/bad.md");
const CASE: &str = include_str!("../../../rules/core/scaffolds/pack/case.yaml");
const RULE: &str = include_str!("../../../rules/core/scaffolds/pack/rule.yaml");
const RULE_BAD: &str = include_str!("../../../rules/core/scaffolds/pack/rule-bad.txt");
const HINT: &str = include_str!("../../../rules/core/scaffolds/pack/hint.txt");

/// The kind of a new pack for which no name is given.
const FIRST_KIND: &str = "note";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder of the pack; its last part is the pack's name
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The kind to write; with an existing pack, the kind to add
    #[arg(long, value_name = "NAME")]
    kind: Option<String>,
    /// The rule to write; with an existing pack, the rule to add
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

/// The words that a scaffold is filled with.
struct Words {
    pack: String,
    kind: String,
    rule: String,
    folder: String,
}

impl Words {
    fn fill(&self, scaffold: &str) -> String {
        scaffold
            .replace("PACK_NAME", &self.pack)
            .replace("PACK_FOLDER", &self.folder)
            .replace("KIND_NAME", &self.kind)
            .replace("KIND_TITLE", &title(&self.kind))
            .replace("RULE_NAME", &self.rule)
    }
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let folder = &arguments.folder;
    for (what, given) in [("kind", &arguments.kind), ("rule", &arguments.rule)] {
        given.as_deref().map_or(Ok(()), |given| name(what, given))?;
    }
    setup::readable(&arguments.configuration, folder)?;
    let mut plan = Plan::default();
    let is_new = !folder.join("pack.yaml").exists();
    let words = if is_new { fresh(arguments, &mut plan)? } else { added(arguments, &mut plan)? };
    if let Some(rule) = Packs::builtin().card(&words.rule).filter(|_| !words.rule.is_empty()) {
        return Err(Failure::new(
            format!("the pack `{}` has a rule `{}` already; rule names are unique", rule.pack, words.rule),
            "Choose another name",
        ));
    }
    let new: Vec<PathBuf> = plan.files.iter().map(|(path, _)| path.clone()).collect();
    plan.write(streams)?;
    outputs(arguments, &new, streams)?;
    if is_new {
        write!(streams.out, "{}", words.fill(HINT))?;
    }
    Ok(0)
}

/// The name of the pack of a folder: that of its `pack.yaml`, or the folder's.
pub(super) fn pack_name(folder: &Path) -> Result<String, Failure> {
    let told = discover::read(&folder.join("pack.yaml")).ok();
    let told = told.and_then(|text| serde_yaml::from_str::<serde_json::Value>(text.as_str()).ok());
    if let Some(told) = told.as_ref().and_then(|told| told.get("name")).and_then(serde_json::Value::as_str) {
        return Ok(told.to_owned());
    }
    let whole = std::env::current_dir().map(|here| here.join(folder)).unwrap_or_else(|_| folder.to_owned());
    let pack = discover::relative(Path::new("/"), &whole).rsplit('/').next().unwrap_or_default().to_owned();
    name("pack", &pack)?;
    if Packs::builtin().pack(&pack).is_some() {
        return Err(Failure::new(
            format!("`{pack}` is the name of a built-in pack"),
            "Choose another name; a kind of your pack can extend one of that pack",
        ));
    }
    Ok(pack)
}

/// A `pack.yaml` for a folder that has none.
pub(super) fn head(folder: &Path, plan: &mut Plan) -> Result<(), Failure> {
    let words = Words { pack: pack_name(folder)?, kind: String::new(), rule: String::new(), folder: String::new() };
    plan.add(folder.join("pack.yaml"), words.fill(PACK));
    Ok(())
}

/// A whole pack.
fn fresh(arguments: &Arguments, plan: &mut Plan) -> Result<Words, Failure> {
    let folder = &arguments.folder;
    let pack = pack_name(folder)?;
    let kind = arguments.kind.clone().unwrap_or_else(|| FIRST_KIND.to_owned());
    let rule = arguments.rule.clone().unwrap_or_else(|| format!("unfinished-{kind}"));
    let shown = shown(folder);
    let folder_word = if folder.is_absolute() || shown.starts_with("..") { shown } else { format!("./{shown}") };
    let words = Words { pack, kind, rule, folder: folder_word.trim_end_matches('/').to_owned() };
    plan.add(folder.join("pack.yaml"), words.fill(PACK));
    add_kind(folder, &words, plan);
    add_rule(folder, &words, (&words.fill(GOOD), "md", Some(words.fill(CASE))), plan);
    Ok(words)
}

/// A kind, a rule or both, in a pack that is there.
fn added(arguments: &Arguments, plan: &mut Plan) -> Result<Words, Failure> {
    let folder = &arguments.folder;
    if arguments.kind.is_none() && arguments.rule.is_none() {
        return Err(Failure::new(
            format!("there is a pack at `{}` already", shown(folder)),
            "Add a kind with `--kind NAME`, or a rule with `--rule NAME`",
        ));
    }
    let pack = setup::one_pack(&arguments.configuration, folder)?;
    let (Some(own), true) = (&pack.name, pack.mistakes.is_empty()) else {
        return Err(Failure::Mistakes(pack.mistakes, pack.texts));
    };
    let kinds: Vec<String> = pack
        .packs
        .pack(own)
        .map_or(&[][..], |pack| &pack.kinds)
        .iter()
        .map(|kind| kind.short_name().to_owned())
        .collect();
    let rule = arguments.rule.clone().unwrap_or_default();
    let known = arguments.kind.as_ref().is_some_and(|kind| kinds.contains(kind));
    let mut words = Words { pack: own.clone(), kind: String::new(), rule, folder: shown(folder) };
    match &arguments.kind {
        Some(kind) if !known || arguments.rule.is_none() => {
            words.kind.clone_from(kind);
            add_kind(folder, &words, plan);
            if arguments.rule.is_some() {
                add_rule(folder, &words, (&words.fill(GOOD), "md", Some(words.fill(CASE))), plan);
            }
        }
        // The rule's documents are made of a good one of its kind.
        told => {
            let asked = told.as_ref().map_or(kinds.as_slice(), std::slice::from_ref);
            let found = asked.iter().find_map(|kind| Some((kind.clone(), example(folder, kind)?)));
            let Some((kind, (text, ending, case))) = found else {
                return Err(Failure::new(
                    "no kind of the pack has a good Markdown fixture that the rule's could be made of",
                    "Name a new kind with `--kind NAME`, or write `fixtures/kinds/KIND/good.md` first",
                ));
            };
            words.kind = kind;
            add_rule(folder, &words, (&text, &ending, case), plan);
        }
    }
    Ok(words)
}

fn add_kind(folder: &Path, words: &Words, plan: &mut Plan) {
    let fixtures = folder.join("fixtures/kinds").join(&words.kind);
    plan.add(folder.join(format!("kinds/{}.yaml", words.kind)), words.fill(KIND));
    plan.add(fixtures.join("case.yaml"), words.fill(CASE));
    plan.add(fixtures.join("good.md"), words.fill(GOOD));
    plan.add(fixtures.join("bad.md"), words.fill(BAD));
}

/// A card, and its documents made of a good one: its text, its ending, and the `case.yaml` that goes with it.
fn add_rule(folder: &Path, words: &Words, (good, ending, case): (&str, &str, Option<String>), plan: &mut Plan) {
    let fixtures = folder.join("fixtures/rules").join(&words.rule);
    plan.add(folder.join(format!("rules/{}.yaml", words.rule)), words.fill(RULE));
    if let Some(case) = case {
        plan.add(fixtures.join("case.yaml"), case.replace("2026-02-30", "2026-03-02"));
    }
    plan.add(fixtures.join(format!("good.{ending}")), good.to_owned());
    plan.add(fixtures.join(format!("bad.{ending}")), format!("{}\n{}", good.trim_end(), words.fill(RULE_BAD)));
}

/// The first good Markdown fixture of a kind, its ending, and a `case.yaml` that gives both documents its path.
fn example(folder: &Path, kind: &str) -> Option<(String, String, Option<String>)> {
    let fixtures = folder.join("fixtures/kinds").join(kind);
    let (_, files) = discover::listing(&fixtures)?;
    let file = files.iter().find(|name| name.starts_with("good") && name.ends_with(".md"))?;
    let text = discover::read(&fixtures.join(file)).ok()?;
    let told = discover::read(&fixtures.join("case.yaml")).ok();
    let case = told.map(|told| {
        let told: serde_json::Value = serde_yaml::from_str(told.as_str()).unwrap_or_default();
        let stem = file.trim_end_matches(".md");
        let own = |key: &str| {
            let cases = told.get("cases");
            let case = cases.and_then(|cases| cases.get(file).or_else(|| cases.get(stem)));
            case.and_then(|case| case.get(key))
                .or_else(|| told.get(key))
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
        };
        let lines = ["kind", "path", "now"].into_iter().filter_map(|key| Some(format!("{key}: {:?}\n", own(key)?)));
        lines.collect::<String>()
    });
    Some((text.as_str().to_owned(), "md".to_owned(), case.filter(|case| !case.is_empty())))
}

/// Stores what the new bad documents give.
fn outputs(arguments: &Arguments, new: &[PathBuf], streams: &mut Streams) -> Result<(), Failure> {
    let pack = setup::one_pack(&arguments.configuration, &arguments.folder)?;
    let (Some(own), true) = (&pack.name, pack.mistakes.is_empty()) else {
        return Err(Failure::Mistakes(pack.mistakes, pack.texts));
    };
    for outcome in run_pack(&pack.packs, own, &arguments.folder.join("fixtures")) {
        let Some(case) = outcome.case.filter(|_| outcome.may_be_stored) else { continue };
        if new.iter().any(|path| path.with_extension("out") == case.out) {
            store(&case.out, &case.output)?;
            writeln!(streams.out, "wrote {}", shown(&case.out))?;
        }
    }
    Ok(())
}

/// A kind's name as a person would write it: `design-note` is `Design Note`.
fn title(kind: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    };
    kind.split('-').map(capital).collect::<Vec<String>>().join(" ")
}
