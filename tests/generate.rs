//! Generated files: they equal what `worklint generate` writes, the schemas accept what the packs say and refuse what they
//! cannot say, and the pages are the Markdown that they mean to be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use insta_cmd::get_cargo_bin;
use jsonschema::Validator;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};
use serde_json::{Value, json};
use worklint::pack::{Packs, embedded};
use worklint::render::{manual, schema};

use crate::root;

fn generate(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(get_cargo_bin("worklint"));
    command.current_dir(folder).arg("generate").args(arguments).output().unwrap()
}

/// The validator of one definition of the packs' schema; of the file as a whole, if it has no name.
fn validator(definition: &str) -> Validator {
    let mut schema = schema::pack_files();
    if !definition.is_empty() {
        for keyword in ["if", "then", "else"] {
            schema.as_object_mut().unwrap().remove(keyword);
        }
        schema["allOf"] = json!([{ "$ref": format!("#/$defs/{definition}") }]);
    }
    jsonschema::validator_for(&schema).unwrap()
}

/// The YAML files of packs below a folder, with the definition that each has.
fn pack_files(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.ends_with("scaffolds") {
                // Blanks for files, not files of a pack.
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                let definition = match path.parent().unwrap().file_name().unwrap().to_str() {
                    Some("kinds") => "Kind",
                    Some("rules") => "Card",
                    _ => "Pack",
                };
                found.push((path, definition));
            }
        }
    }
    found
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn generated_files_are_up_to_date() {
    let output = generate(&root(), &["--check"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "run `cargo run -- generate` and commit what it writes:\n{text}");
}

#[test]
fn the_schema_accepts_every_file_of_the_packs() {
    let mut faults = Vec::new();
    let files = pack_files(&root().join("rules"));
    assert!(files.len() > 100, "{} files", files.len());
    for (path, definition) in files {
        let value = yaml(&fs::read_to_string(&path).unwrap());
        for definition in [definition, ""] {
            for error in validator(definition).iter_errors(&value) {
                faults.push(format!("{}: {} at {}", path.display(), error, error.instance_path()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_schema_refuses_what_packs_cannot_say() {
    let refuses = |definition: &str, text: &str| {
        assert!(!validator(definition).is_valid(&yaml(text)), "{definition} accepts {text}");
        assert!(!validator("").is_valid(&yaml(text)), "the whole schema accepts {text}");
    };
    let card = "summary: a\nwhy: b\nsince: 0.1.0\n";
    assert!(validator("Card").is_valid(&yaml(&format!("{card}severity: error"))));
    refuses("Card", &format!("{card}severity: error\nmesage: c"));
    refuses("Card", &format!("{card}severity: fatal"));
    refuses("Card", card);
    let kind = "kind: a\nsummary: b\nrecognise: [path]\n";
    assert!(validator("Kind").is_valid(&yaml(kind)));
    refuses("Kind", &format!("{kind}sections:\n  - {{ heading: A, requird: true }}"));
    refuses("Kind", &format!("{kind}sections:\n  - {{ heading: A, required: {{ all: [path], al: [] }} }}"));
    refuses("Kind", "kind: a\nsummary: b\nrecognise: [{ select: path, fit: x }]");
    refuses(
        "Kind",
        &format!("{kind}fields:\n  source: data\n  schema: {{ properties: {{ a: {{ severity: eror }} }} }}"),
    );
    refuses("Pack", "name: a\nsumary: b");
}

#[test]
fn the_schema_of_settings_knows_them() {
    let schema = schema::settings(Packs::builtin());
    let settings = jsonschema::validator_for(&schema).unwrap();
    let parse = |text: &str| -> Value { toml::from_str(text).unwrap() };
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(settings.is_valid(&parse(example)), "{example}");
    assert!(settings.is_valid(&parse("fail-on = \"never\"\n[rules]\nmy-own-rule = \"info\"")));
    for wrong in ["exlude = []", "fail-on = \"fatal\"", "[rules]\nmissing-field = \"warn\"", "[kinds]\n\"a\" = \"b\""] {
        assert!(!settings.is_valid(&parse(wrong)), "accepted: {wrong}");
    }
}

#[test]
fn pages_show_each_kind_and_rule_under_a_heading_of_its_own() {
    for pack in Packs::builtin().packs() {
        let page = fs::read_to_string(root().join("rules").join(&*pack.name).join("RULES.md")).unwrap();
        let (mut headings, mut html) = (0, 0);
        for event in Parser::new_ext(&page, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H3, .. }) => headings += 1,
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => html += 1,
                _ => {}
            }
        }
        let rules = Packs::builtin().cards().iter().filter(|card| card.pack == pack.name).count();
        assert_eq!((headings, html), (pack.kinds.len() + rules, 1), "rules/{}/RULES.md", pack.name);
    }
}

#[test]
fn the_command_and_the_page_show_the_same_example() {
    for card in Packs::builtin().cards() {
        let example = embedded::example(&card.pack, &card.name);
        let page = fs::read_to_string(root().join("rules").join(&*card.pack).join("RULES.md")).unwrap();
        let blocks = manual::rule::blocks(card, Packs::builtin(), example.as_ref(), 3);
        assert!(page.contains(&manual::markdown(&blocks)), "{}", card.name);
    }
}

#[test]
fn a_pack_of_ones_own_gets_its_page_and_schema() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("notes/pack.yaml", "name: notes\nsummary: Notes of meetings.\n");
    write("notes/kinds/note.yaml", "kind: note\nsummary: One meeting.\npath: \"notes/{slug}.md\"\nrecognise: [path]\n");
    write(
        "notes/rules/stale.yaml",
        "summary: A note is fresh.\nwhy: Old ones mislead.\nseverity: info\ncheck: entry-present\nkinds: [note]\nmessage: stale\nsince: 0.1.0\n",
    );
    write("notes/fixtures/rules/stale/bad.md", "# A\n");
    write("notes/fixtures/rules/stale/bad.out", "info[stale]: stale\n   ╭─[notes/a.md:1:1]\n");
    assert_eq!(generate(folder.path(), &["notes", "--check"]).status.code(), Some(1));
    assert!(generate(folder.path(), &["notes"]).status.success());
    assert!(generate(folder.path(), &["notes", "--check"]).status.success());
    let page = fs::read_to_string(folder.path().join("notes/RULES.md")).unwrap();
    for part in ["# The pack `notes`", "### notes/note", "### stale", "Bad: `notes/a.md`", "info[stale]: stale"] {
        assert!(page.contains(part), "{part} is missing in:\n{page}");
    }
    write("worklint.toml", "packs = [\"notes\"]\n");
    let rule =
        Command::new(get_cargo_bin("worklint")).current_dir(folder.path()).args(["rule", "stale"]).output().unwrap();
    assert!(String::from_utf8_lossy(&rule.stdout).contains("Bad: `notes/a.md`"));
    let schema = fs::read_to_string(folder.path().join("notes/worklint.schema.json")).unwrap();
    assert!(schema.contains("\"stale\""));
    assert_eq!(generate(folder.path(), &["nowhere"]).status.code(), Some(2));
    // The folder need not have the pack's name, and that of another pack says nothing.
    fs::rename(folder.path().join("notes"), folder.path().join("teds")).unwrap();
    write("worklint.toml", "packs = [\"teds\"]\n");
    assert_eq!(generate(folder.path(), &["teds", "--check"]).status.code(), Some(0));
    let rule = |name: &str| {
        let mut command = Command::new(get_cargo_bin("worklint"));
        String::from_utf8(command.current_dir(folder.path()).args(["rule", name]).output().unwrap().stdout).unwrap()
    };
    assert!(rule("stale").contains("Bad: `notes/a.md`"));
    assert!(rule("progress-regression").contains("Bad: "));
}

#[test]
fn what_was_written_by_hand_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join("notes").join(path);
    fs::create_dir(folder.path().join("notes")).unwrap();
    fs::write(at("pack.yaml"), "name: notes\nsummary: Notes of meetings.\n").unwrap();
    for (file, text) in
        [("RULES.md", "# Our rules\n"), ("schema.json", "{ \"title\": \"Ours\" }"), ("worklint.schema.json", "{")]
    {
        fs::write(at(file), text).unwrap();
        let output = generate(folder.path(), &["notes"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("`notes/{file}` is there already")) && said.contains("`--force`"), "{said}");
        assert_eq!(fs::read_to_string(at(file)).unwrap(), text);
        fs::remove_file(at(file)).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("notes")).unwrap().count(), 1, "nothing was written");
    }
    fs::write(at("RULES.md"), "# Our rules\n").unwrap();
    assert!(generate(folder.path(), &["notes", "--force"]).status.success());
    // What it wrote it may write anew.
    fs::write(at("pack.yaml"), "name: notes\nsummary: Minutes of meetings.\n").unwrap();
    fs::write(at("schema.json"), "{ \"title\": \"A file of a worklint pack\" }").unwrap();
    assert!(generate(folder.path(), &["notes"]).status.success());
    assert!(fs::read_to_string(at("RULES.md")).unwrap().contains("Minutes of meetings."));
}
