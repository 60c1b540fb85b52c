//! Packs of one's own: kinds that extend others, `worklint pack new`, `pack test` and `pack derive`.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta_cmd::get_cargo_bin;
use worklint::pack::{PackSource, Packs};
use worklint::text::Text;
use worklint::{derive, fixture};

use crate::root;

/// What a command prints (both streams) and its exit code.
fn run(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = Command::new(get_cargo_bin("worklint")).current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (text, output.status.code().unwrap())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn source(folder: &str, files: &[(&str, &str)]) -> PackSource {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), Text::new(*text))).collect();
    PackSource { folder: folder.to_owned(), files }
}

/// What is wrong with packs: place, message and help.
fn mistakes(sources: &[PackSource]) -> Vec<String> {
    let (_, mistakes) = Packs::load(sources);
    let line = |mistake: &worklint::diagnostic::Diagnostic| {
        format!("{}:{}:{} {}", mistake.path, mistake.start.line, mistake.start.column, mistake.message)
    };
    mistakes.iter().map(line).collect()
}

const HEAD: &str = "name: team\nsummary: Ours.\n";

const TASK: &str = "\
kind: task
extends: mdtd/task
fields:
  schema:
    required: [team]
    properties:
      team: { type: string }
      agent: { required: false }
      status: { enum: [parked] }
lifecycle:
  open: [parked]
  folder: { parked: backlog }
sections:
  - { heading: Rollback, required: true }
";

#[test]
fn a_kind_extends_another_without_copying_it() {
    let pack = source("rules/team", &[("pack.yaml", HEAD), ("kinds/task.yaml", TASK)]);
    let (packs, wrong) = Packs::load(std::slice::from_ref(&pack));
    assert!(wrong.is_empty(), "{wrong:?}");
    let kind = packs.kind("team/task").unwrap();
    let base = packs.kind("mdtd/task").unwrap();
    assert!(kind.is("mdtd/task") && kind.is("team/task") && !base.is("team/task"));
    assert_eq!(kind.format.sections.len(), base.format.sections.len() + 1);
    let schema = kind.format.fields.as_ref().unwrap().schema.as_ref().unwrap();
    let required: Vec<&str> =
        schema["required"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
    assert!(required.contains(&"team") && !required.contains(&"agent") && required.contains(&"status"));
    assert!(schema["properties"]["status"]["enum"].as_array().unwrap().len() > 5);
}

#[test]
fn an_extended_kind_takes_the_place_of_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(&at("worklint.toml"), "packs = [\"./rules/team\"]\n");
    write(
        &at("rules/team/pack.yaml"),
        "name: team\nsummary: Ours.\nwork-items:\n  desk:\n    root: \"\"\n    members: { task: { kind: mdtd/task, file: \
         \"tasks/{folder}/{id:id}-{slug}.md\" } }\nrelations:\n  - work-item: desk\n    report: parked-without-owner\n    \
         when: { select: \"task: field status\", is: parked }\n    forbid: { not: \"task: field owner\" }\n    at: \"task: \
         field status\"\n",
    );
    write(&at("rules/team/kinds/task.yaml"), TASK);
    write(
        &at("rules/team/rules/parked-without-owner.yaml"),
        "summary: A parked task has an owner.\nwhy: Nobody wakes it else.\nseverity: error\nstage: relations\nkinds: \
         [mdtd/task]\nmessage: parked, and nobody owns it\nhelp: Add `owner:`.\nsince: 0.1.0\n",
    );
    let clean = fs::read_to_string(root().join("fixtures/cli/clean/tasks/backlog/IN-042-renew-domain.md")).unwrap();
    let document: String = clean
        .lines()
        .filter(|line| !line.starts_with("agent:"))
        .map(|line| if line.starts_with("status:") { "status: parked\n".to_owned() } else { format!("{line}\n") })
        .collect();
    write(&at("tasks/backlog/IN-042-renew-domain.md"), &document);
    let (text, code) = run(folder.path(), &["check", "--output-format", "concise", "--now", "2026-11-20T12:00:00Z"]);
    assert_eq!(code, 1, "{text}");
    for part in [
        "error missing-field: the field `team` is missing",
        "error missing-section: the section `## Rollback` is missing",
        "error parked-without-owner: parked, and nobody owns it",
        "checked 1 team/task",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(text.contains("Found 3 errors"), "{text}");
    // Elsewhere the built-in kind is what it was.
    let (text, _) = run(folder.path(), &["check", "--no-config", "--output-format", "concise"]);
    assert!(text.contains("value-not-allowed") && text.contains("checked 1 mdtd/task"), "{text}");
}

#[test]
fn what_is_allowed_is_said_beside_the_description() {
    let kind = "kind: note\nsummary: A note.\npath: \"notes/{slug}.md\"\nrecognise: [path]\nfields:\n  source: header\n  schema:\n    \
                type: object\n    properties:\n      Status: { enum: [open, shut], description: Say where it stands. }\n      \
                Next: { anyOf: [ { enum: [none, later] }, { pattern: '^N-' } ], expects: a number such as `N-1` }\n";
    let more = "kind: memo\nextends: note\nsummary: A memo.\npath: \"memos/{slug}.md\"\nfields:\n  schema:\n    properties:\n      \
                Status: { enum: [parked] }\n";
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(&at("worklint.toml"), "packs = [\"team\"]\n");
    write(&at("team/pack.yaml"), HEAD);
    write(&at("team/kinds/note.yaml"), kind);
    write(&at("team/kinds/memo.yaml"), more);
    write(&at("notes/a.md"), "# A\n\n**Status**: nowhere\n**Next**: latr\n");
    write(&at("memos/a.md"), "# A\n\n**Status**: nowhere\n");
    let (text, _) = run(folder.path(), &["check"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Say where it stands. Allowed: `open` or `shut` ",
        "Say where it stands. Allowed: `open`, `shut` or `parked` ",
        "Did you mean `later`? Allowed: `none` or `later`; expected is a number such as `N-1` ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_path_of_its_own_narrows_an_extended_kind() {
    let kind = "kind: task\nextends: mdtd/task\npath: \"ours/tasks/{folder}/{task-id:id}-{slug}.md\"\n";
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(&at("worklint.toml"), "packs = [\"rules/team\"]\n");
    write(&at("rules/team/pack.yaml"), HEAD);
    write(&at("rules/team/kinds/task.yaml"), kind);
    let clean = fs::read_to_string(root().join("fixtures/cli/clean/tasks/backlog/IN-042-renew-domain.md")).unwrap();
    write(&at("ours/tasks/backlog/IN-042-renew-domain.md"), &clean);
    write(&at("tasks/backlog/IN-043-renew-domain.md"), &clean.replace("IN-042", "IN-043"));
    let (text, _) = run(folder.path(), &["check", "--output-format", "concise"]);
    assert!(text.contains("1 team/task") && text.contains("1 mdtd/task"), "{text}");
}

#[test]
fn mistakes_of_an_extending_kind_stand_in_its_own_file() {
    let one = |kind: &str| mistakes(&[source("my", &[("pack.yaml", HEAD), ("kinds/task.yaml", kind)])]);
    for (rest, wanted) in [
        ("extends: mdtd/taks\n", "my/kinds/task.yaml:2:10 there is no kind `mdtd/taks`"),
        ("extends: task\n", "my/kinds/task.yaml:2:10 `team/task` extends itself"),
        ("extends: mdtd/task\ntitel: x\n", "my/kinds/task.yaml:3:1 unknown key `titel`"),
        (
            "extends: mdtd/task\nsections:\n  - { heading: Notes, colour: red }\n",
            "my/kinds/task.yaml:4:23 unknown key `colour`",
        ),
        (
            "extends: mdtd/task\nsections:\n  - remove: Nothing\n",
            "my/kinds/task.yaml:4:13 there is no `Nothing` in the list that is extended",
        ),
        ("extends: mdtd/task\ncriteria: [nowhere]\n", "my/kinds/task.yaml:3:11 `nowhere` does not begin"),
    ] {
        let found = one(&format!("kind: task\n{rest}"));
        assert!(found.len() == 1 && found[0].starts_with(wanted), "{rest}: {found:?}");
    }
}

#[test]
fn a_built_in_pack_is_not_replaced_by_accident() {
    let found = mistakes(&[source("rules/mdtd", &[("pack.yaml", "name: mdtd\nsummary: Ours.\n")])]);
    assert!(found.len() == 1 && found[0].contains("`mdtd` is the name of a built-in pack"), "{found:?}");
    let whole = worklint::discover::pack(&root().join("rules/mdtd"), "rules/mdtd").map_err(|p| p.message).unwrap();
    assert_eq!(mistakes(&[whole]), Vec::<String>::new());
    let twice = [source("a", &[("pack.yaml", HEAD)]), source("b", &[("pack.yaml", HEAD)])];
    assert_eq!(mistakes(&twice), ["b/pack.yaml:1:7 there are two packs `team`; the other is `a/pack.yaml`"]);
    let circle =
        [("pack.yaml", HEAD), ("kinds/a.yaml", "kind: a\nextends: b\n"), ("kinds/b.yaml", "kind: b\nextends: a\n")];
    let found = mistakes(&[source("c", &circle)]);
    assert!(found[0].ends_with("`team/b` extends itself through `team/a`"), "{found:?}");
    assert_eq!(mistakes(&[source("empty", &[])]), ["empty/pack.yaml:1:1 the pack `empty` has no `pack.yaml`"]);
}

#[test]
fn all_mistakes_of_a_pack_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(
        &at("p/pack.yaml"),
        "name: p\nsummary: x\nwork-items:\n  a: { root: \"\", members: { t: { kind: mdtd/tsk, file: a.md } } }\nrelations:\n  \
         - { work-item: b, report: nope, at: \"t: field status\" }\n",
    );
    write(&at("p/kind/x.yaml"), "kind: x\n");
    write(&at("p/rules/one.yaml"), "summary: a\nwhy: b\nseverity: error\ncheck: condtion\nkinds: [zz]\nsince: 0.1.0\n");
    write(
        &at("p/rules/two.yaml"),
        "summary: a\nwhy: b\nseverity: error\ncheck: condition\nwith: { forbid: fild x }\nsince: 0.1.0\n",
    );
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
    // A run that needs the pack cannot go on.
    write(&at("worklint.toml"), "packs = [\"p\"]\n");
    assert_eq!(run(folder.path(), &["check"]).1, 2);
}

#[test]
fn names_that_nothing_has_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(
        &at("p/pack.yaml"),
        "name: p\nsummary: x\nwork-items:\n  change:\n    root: \"c/{slug}/\"\n    members: { plan: { kind: plan, file: \
         plan.md }, task: { kind: mdtd/task, file: \"{id:id}.md\" } }\nrelations:\n  - work-item: change\n    report: \
         late\n    each: { step: \"plan: entry steps\" }\n    when: { select: \"pln: field Status\", is: done }\n    forbid: { \
         select: \"task: field statuss\", is: open }\n    related: \"$step nunber\"\n    message: step {nummer} is late\n",
    );
    write(
        &at("p/kinds/plan.yaml"),
        "kind: plann\nsummary: A plan.\nrecognise: [path]\ntitle: \"Plan {no:int}\"\nfields:\n  source: header\n  schema:\n    \
         type: object\n    properties:\n      Status: { enum: [open, accepted], section: Statuss }\nvariants: { old: field \
         Status }\nlifecycle:\n  state: field Statuss\n  open: [open]\nsections:\n  - { heading: Status, required: { \
         variant: odl } }\nentries:\n  steps: { as: item, shapes: \"{number:int}. {name}\", identity: nummber }\nfacts:\n  \
         superseded: { shape: \"by {n:int}\" }\nagree:\n  - [path nr, title nr]\n  - [fact supersede, fact superseded m]\n  - \
         [entry step, entry steps/long, known nr]\nseverity: { broken-lnk: off }\n",
    );
    write(
        &at("p/kinds/task.yaml"),
        "kind: task\nextends: mdtd/task\nclaimss: null\nfields:\n  schema:\n    properties:\n      agnt: { required: false }\n\
         lifecycle:\n  folder: { foo: nowhere }\nsections:\n  - { remove: Notess }\n",
    );
    write(
        &at("p/rules/late.yaml"),
        "summary: a\nwhy: b\nseverity: error\nstage: relations\ninstead-of: [broken-lnk]\nmessage: late\nsince: 0.1.0\n",
    );
    write(
        &at("p/rules/two.yaml"),
        "summary: a\nwhy: b\nseverity: error\ncheck: condition\nkinds: [plann]\nwith: { forbid: { all: [ field Statu, { \
         variant: olld } ] } }\nmessage: it says {fond}\nsince: 0.1.0\n",
    );
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_follows_from_a_mistake_is_not_told() {
    let card = "summary: a\nwhy: b\nseverity: error\nstage: relations\nmessage: late\nsince: 0.1.0\n";
    let kind = "kind: plan\nsummary: A plan.\npath: \"{slug}.md\"\nrecognise: [path]\nclaims:\n  - { report: late, when: title \
                }\n  - { report: late, when: text }\n";
    let with = |kind: &str, card: &str| {
        mistakes(&[source("p", &[("pack.yaml", HEAD), ("kinds/plan.yaml", kind), ("rules/late.yaml", card)])])
    };
    assert_eq!(with(kind, card), Vec::<String>::new());
    assert_eq!(with(&format!("{kind}titel: x\n"), card), ["p/kinds/plan.yaml:8:1 unknown key `titel`"]);
    assert_eq!(with(kind, &format!("{card}hlep: x\n")), ["p/rules/late.yaml:7:1 unknown key `hlep`"]);
    let found = with("kind: plan\nsummary: A plan.\npath: \"{slug}.md\"\nrecognise: [path]\n", card);
    assert!(found.len() == 1 && found[0].contains("nor one of the `claims`"), "{found:?}");
}

#[test]
fn what_no_test_runs_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["pack", "new", "p"]).1, 0);
    let at = |path: &str| folder.path().join("p/fixtures").join(path);
    write(&at("kinds/note/god.md"), "# A\n");
    write(&at("kinds/note/bad-gone.out"), "x\n");
    write(&at("kind/note/good.md"), "# A\n");
    write(&at("rules/unfinished-note/case.yaml"), "kind: p/nott\n");
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_new_pack_passes_its_tests_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (text, code) = run(folder.path(), &["pack", "new", "rules/decisions"]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text);
    assert_eq!(run(folder.path(), &["pack", "new", "rules/decisions", "--kind", "design-review"]).1, 0);
    assert_eq!(run(folder.path(), &["pack", "new", "rules/decisions", "--rule", "no-loose-ends"]).1, 0);
    assert_eq!(
        run(folder.path(), &["pack", "new", "rules/decisions", "--kind", "vote", "--rule", "no-open-votes"]).1,
        0
    );
    let (text, code) = run(folder.path(), &["pack", "test", "rules/decisions"]);
    assert_eq!((text.as_str(), code), ("12 tests of `decisions`: 12 passed, 0 failed\n", 0));
    // It is used as it was told, and its fixtures are no documents.
    write(&folder.path().join("worklint.toml"), "packs = [\"./rules/decisions\"]\n");
    write(
        &folder.path().join("notes/2026-03-02-a.md"),
        "# Note: A\n\n**Date**: 2026-03-02\n**Status**: shut\n\n## Context\n\nA.\n",
    );
    let (text, code) = run(folder.path(), &["check", "--output-format", "concise"]);
    assert!(code == 1 && text.contains("value-not-allowed") && text.contains("1 document:"), "{text}");
}

#[test]
fn a_kind_may_have_the_name_of_its_pack() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["pack", "new", "t/thing", "--kind", "thing"]).1, 0);
    let (text, code) = run(folder.path(), &["pack", "test", "t/thing"]);
    assert_eq!((text.as_str(), code), ("4 tests of `thing`: 4 passed, 0 failed\n", 0));
    let template = root().join("fixtures/cli/templates/voyage-template.md");
    let (text, code) = run(folder.path(), &["pack", "derive", template.to_str().unwrap(), "--pack", "voyage"]);
    assert!(code == 0 && text.contains("wrote voyage/fixtures/kinds/voyage/bad-unfilled.out"), "{text}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p/kinds/note.yaml");
    write(&file, "mine");
    let (text, code) = run(folder.path(), &["pack", "new", "p"]);
    assert!(code == 2 && text.contains("is there already"), "{text}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert!(!folder.path().join("p/pack.yaml").exists());
    // What a bad document gives is stored beside it, and that file may be there, too.
    let stored = folder.path().join("r/fixtures/kinds/note/bad.out");
    write(&stored, "mine");
    let (text, code) = run(folder.path(), &["pack", "new", "r"]);
    assert!(code == 2 && text.contains("bad.out` is there already"), "{text}");
    assert!(fs::read_to_string(&stored).unwrap() == "mine" && !folder.path().join("r/pack.yaml").exists());
    let template = root().join("fixtures/cli/templates/voyage-template.md");
    let derive = ["pack", "derive", template.to_str().unwrap(), "--pack", "s"];
    let outputs = folder.path().join("s/fixtures/kinds/voyage");
    write(&outputs.join("bad-unfilled.out"), "mine");
    let (text, code) = run(folder.path(), &derive);
    assert!(code == 2 && text.contains("bad-unfilled.out` is there already"), "{text}");
    fs::remove_file(outputs.join("bad-unfilled.out")).unwrap();
    // Nor is the output of another bad document.
    write(&outputs.join("bad-other.md"), "# Voyage Plan: [VOYAGE NAME]\n");
    write(&outputs.join("bad-other.out"), "mine");
    let (text, code) = run(folder.path(), &derive);
    assert!(code == 0 && outputs.join("bad-unfilled.out").is_file(), "{text}");
    assert_eq!(fs::read_to_string(outputs.join("bad-other.out")).unwrap(), "mine");
    for (arguments, words) in [
        (["pack", "new", "teds"], "is the name of a built-in pack"),
        (["pack", "new", "My_Pack"], "is no name of a pack"),
    ] {
        let (text, code) = run(folder.path(), &arguments);
        assert!(code == 2 && text.contains(words), "{text}");
    }
    let (text, code) = run(folder.path(), &["pack", "new", "q", "--rule", "missing-field"]);
    assert!(code == 2 && text.contains("has a rule `missing-field` already"), "{text}");
}

#[test]
fn only_the_files_of_a_pack_are_read() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["pack", "new", "p"]).1, 0);
    for path in ["p/.git/a.yaml", "p/.git/kinds/b.yaml", "p/target/c.md", "p/fixtures/broken.yaml"] {
        write(&folder.path().join(path), "no text: \0\0");
    }
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert_eq!(code, 0, "{text}");
    write(&folder.path().join("p/other/c.yaml"), "no text: \0\0");
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert!(code == 1 && text.contains("`other/c.yaml` is not read"), "{text}");
}

#[test]
fn fixtures_are_no_documents_wherever_the_configuration_lies() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    assert_eq!(run(&folder.path().join("sub"), &["pack", "new", "rules/decisions"]).1, 0);
    write(&folder.path().join("sub/worklint.toml"), "packs = [\"./rules/decisions/\"]\n");
    write(&folder.path().join("sub/notes/2026-03-02-a.md"), "# Note: A\n\n**Date**: 2026-03-02\n");
    let arguments = ["check", "--output-format", "concise", "--fail-on", "never", "--config"];
    for (place, file) in [("", "sub/worklint.toml"), ("sub", "worklint.toml"), ("sub/notes", "../worklint.toml")] {
        let (text, code) = run(&folder.path().join(place), &[&arguments[..], &[file]].concat());
        assert!(code == 0 && text.contains("2026-03-02-a.md:"), "{place}: {text}");
        assert!(!text.contains("fixtures/"), "{place}: {text}");
    }
}

#[test]
fn pack_test_shows_what_differs_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["pack", "new", "p"]).1, 0);
    let at = |path: &str| folder.path().join("p/fixtures").join(path);
    let out = at("kinds/note/bad.out");
    let stored = fs::read_to_string(&out).unwrap();
    fs::write(&out, stored.replace("finished", "ended")).unwrap();
    fs::remove_file(at("rules/unfinished-note/bad.out")).unwrap();
    fs::remove_file(at("rules/unfinished-note/good.md")).unwrap();
    write(&at("rules/no-such-rule/bad.md"), "# A\n");
    write(&at("kinds/note/good-lost.md"), "# Something else\n");
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert_eq!(code, 1, "{text}");
    insta::assert_snapshot!(text);
    let (text, code) = run(folder.path(), &["pack", "test", "p", "--update"]);
    assert!(code == 1 && text.contains("wrote p/fixtures/kinds/note/bad.out"), "{text}");
    assert_eq!(fs::read_to_string(&out).unwrap(), stored);
    fs::remove_dir_all(folder.path().join("p/fixtures")).unwrap();
    let (text, code) = run(folder.path(), &["pack", "test", "p"]);
    assert!(code == 1 && text.contains("the pack `p` has no fixtures"), "{text}");
    let (text, code) = run(folder.path(), &["pack", "test", "nowhere"]);
    assert!(code == 2 && text.contains("there is no pack at `nowhere`"), "{text}");
}

#[test]
fn a_derived_kind_accepts_documents_and_refuses_its_template() {
    let folder = tempfile::tempdir().unwrap();
    let templates = root().join("fixtures/cli/templates");
    let template = templates.join("voyage-template.md");
    let template = template.to_str().unwrap();
    let (text, code) = run(folder.path(), &["pack", "derive", template, "--pack", "fleet"]);
    assert_eq!(code, 0, "{text}");
    let fixtures = folder.path().join("fleet/fixtures/kinds/voyage");
    let refused = fs::read_to_string(fixtures.join("bad-unfilled.out")).unwrap();
    assert!(refused.starts_with("error[unfilled-document]"), "{refused}");
    assert_eq!(refused.matches("\nerror[").count(), 0, "one cause, one finding:\n{refused}");
    write(&folder.path().join("worklint.toml"), "packs = [\"fleet\"]\n");
    for name in ["good-whole.md", "good-small.md"] {
        let text = fs::read_to_string(templates.join(name)).unwrap();
        write(&folder.path().join("plans").join(name), &text);
        // Half filled in: what is left is found.
        let half = text.replace("Voyage Plan: The Northern Bays", "Voyage Plan: [VOYAGE NAME]");
        let half =
            half.replace("Order victuals for nine weeks in stores/order.csv", "Order victuals for the whole crew");
        write(&folder.path().join("half").join(name), &half);
    }
    let arguments = ["check", "plans", "--fail-on", "warning", "--now", "2026-11-20T12:00:00Z"];
    let (text, code) = run(folder.path(), &arguments);
    assert!(code == 0 && text.contains("checked 2 fleet/voyage"), "{text}");
    let (text, _) = run(folder.path(), &["check", "half", "--output-format", "concise"]);
    assert!(text.contains("leftover-placeholder") && text.contains("leftover-sample-task"), "{text}");
    // The template itself, where somebody copied it to.
    fs::copy(templates.join("voyage-template.md"), folder.path().join("plans/copied.md")).unwrap();
    let (text, code) = run(folder.path(), &["check", "plans/copied.md", "--output-format", "concise"]);
    assert!(code == 1 && text.contains("unfilled-document"), "{text}");
}

#[test]
fn a_derived_kind_is_readable() {
    let template = fs::read_to_string(root().join("fixtures/cli/templates/voyage-template.md")).unwrap();
    insta::assert_snapshot!(derive::kind(Text::new(template), "voyage"));
}

#[test]
fn every_document_of_this_repository_can_be_a_template() {
    // Whatever it is made of, a derived kind compiles.
    let mut count = 0;
    let mut open = vec![root().join("fixtures/kinds")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let Ok(text) = fs::read_to_string(&path) else { continue };
                let kind = derive::kind(Text::new(text), "one");
                let pack = source("p", &[("pack.yaml", "name: p\nsummary: P.\n"), ("kinds/one.yaml", &kind)]);
                let found = mistakes(&[pack]);
                assert!(found.is_empty(), "{}: {found:?}\n{kind}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 100);
}

#[test]
fn built_in_packs_pass_as_packs_of_ones_own() {
    for name in ["mdtd", "teds"] {
        let shown = format!("rules/{name}");
        let source = worklint::discover::pack(&root().join(&shown), &shown).map_err(|problem| problem.message).unwrap();
        let (packs, wrong) = Packs::load(&[source]);
        assert!(wrong.is_empty());
        let outcomes = fixture::run_pack(&packs, name, &root().join("fixtures"));
        let failed: Vec<String> = outcomes
            .iter()
            .filter_map(|outcome| Some(format!("{}: {}", outcome.place, outcome.fault.as_ref()?.0)))
            .collect();
        assert!(failed.is_empty() && outcomes.len() > 50, "{}", failed.join("\n"));
    }
}

#[test]
fn the_readme_of_packs_is_true() {
    let readme = fs::read_to_string(root().join("rules/README.md")).unwrap();
    let example = root().join("fixtures/cli/decisions");
    let pack = example.join("rules/decisions");
    for file in [
        "pack.yaml",
        "kinds/record.yaml",
        "kinds/task.yaml",
        "rules/rejected-without-reason.yaml",
        "fixtures/kinds/record/case.yaml",
        "fixtures/kinds/record/good-accepted.md",
    ] {
        let text = fs::read_to_string(pack.join(file)).unwrap();
        assert!(readme.contains(text.trim_end()), "rules/README.md does not show {file}");
    }
    let output = fs::read_to_string(pack.join("fixtures/kinds/record/bad-number.out")).unwrap();
    let beginning: Vec<&str> = output.lines().take(20).collect();
    assert!(readme.contains(&beginning.join("\n")), "rules/README.md does not show what the bad document gives");
    let (text, code) = run(&example, &["pack", "test", "rules/decisions"]);
    assert_eq!((text.as_str(), code), ("5 tests of `decisions`: 5 passed, 0 failed\n", 0));
    let (text, code) = run(&example, &["check", "--fail-on", "info"]);
    assert!(code == 0 && text.contains("checked 1 decisions/record"), "{text}");
}

#[test]
fn relations_of_ones_own_reach_over_packs() {
    let readme = fs::read_to_string(root().join("rules/README.md")).unwrap();
    let (_, rest) = readme.split_once("# pack.yaml\nwork-items:").unwrap();
    let (items, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(&at("worklint.toml"), "packs = [\"p\"]\n");
    write(&at("p/pack.yaml"), &format!("name: p\nsummary: P.\nwork-items:{items}"));
    write(
        &at("p/kinds/plan.yaml"),
        "kind: plan\nsummary: A plan.\npath: \"changes/{slug}/plan.md\"\nrecognise: [path]\nfields: { source: header }\n",
    );
    write(
        &at("p/rules/open-task-of-a-closed-plan.yaml"),
        "summary: A closed plan has no open task.\nwhy: It says it is done.\nseverity: error\nstage: relations\nmessage: still \
         open\nhelp: Close it.\nrelated: { source: the plan }\nsince: 0.1.0\n",
    );
    write(&at("changes/dns/plan.md"), "# Plan\n\n**Status**: done\n");
    let clean = fs::read_to_string(root().join("fixtures/cli/clean/tasks/backlog/IN-042-renew-domain.md")).unwrap();
    write(&at("changes/dns/IN-042-renew-domain.md"), &clean);
    let arguments = ["check", "--select", "open-task-of-a-closed-plan", "--output-format", "concise"];
    let (text, code) = run(folder.path(), &arguments);
    assert!(
        code == 1 && text.contains("IN-042-renew-domain.md:4:9: error open-task-of-a-closed-plan: still open"),
        "{text}"
    );
}

#[test]
fn the_recipe_for_what_was_superseded_works() {
    let readme = fs::read_to_string(root().join("rules/README.md")).unwrap();
    let block = |start: &str| {
        let (_, rest) = readme.split_once(start).unwrap_or_else(|| panic!("rules/README.md does not show {start}"));
        rest.split_once("```").unwrap().0.to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write(&at("worklint.toml"), "packs = [\"p\"]\n");
    write(&at("p/pack.yaml"), "name: p\nsummary: P.\n");
    write(&at("p/kinds/adr.yaml"), &block("# kinds/adr.yaml\n"));
    write(&at("p/rules/superseded-by-nothing.yaml"), &block("# rules/superseded-by-nothing.yaml\n"));
    write(&at("docs/adr/0001-a.md"), "---\nstatus: superseded by ADR-0002\n---\n\n# A\n");
    write(&at("docs/adr/0002-b.md"), "---\nstatus: \"Superseded by ADR-9\"\n---\n\n# B\n");
    let (text, code) = run(folder.path(), &["check", "--output-format", "concise"]);
    assert!(
        code == 1 && text.contains("0002-b.md:2:10: error superseded-by-nothing: ") && text.contains("`9`"),
        "{text}"
    );
    assert!(text.contains("Found 1 error"), "{text}");
}

#[test]
fn what_the_readme_says_of_variants_and_unique_values_works() {
    let readme = fs::read_to_string(root().join("rules/README.md")).unwrap();
    let (_, rest) = readme.split_once("```yaml\nvariants:").unwrap();
    let kind = format!(
        "kind: note\nsummary: A note.\nrecognise: [path]\npath: \"notes/{{no}}-{{slug}}.md\"\ntitle: \"{{no:int}}: {{name}}\"\nvariants:{}",
        rest.split_once("```").unwrap().0.replace("sections:\n", "sections:\n  - { heading: Decision Drivers }\n")
    );
    assert_eq!(mistakes(&[source("p", &[("pack.yaml", HEAD), ("kinds/note.yaml", &kind)])]), Vec::<String>::new());
    let whole = run(&root(), &["kinds", "stage3/*", "--no-config"]);
    assert_eq!(run(&root(), &["kinds", "stage3", "--no-config"]), whole);
    let (text, code) = run(&root(), &["rule", "--checks", "--no-config"]);
    assert!(code == 0 && text.contains("values-unique            duplicate-id"), "{text}");
}
