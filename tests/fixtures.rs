//! All fixture cases through the one runner. `UPDATE=1 cargo test` writes what bad documents print; a missing or different
//! file fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use worklint::fixture::{CaseResult, run};
use worklint::pack::Packs;
use worklint::pack::format::Stage;

use crate::root;

/// Rules of which no document can be an example: they speak of the world or of configuration, and are tested in `robust`
/// and `cli`.
const WITHOUT_FIXTURES: &[&str] = &["internal-error", "invalid-configuration", "invalid-pack", "unreadable-document"];

/// Cases of engines that no built-in pack reaches today, but a user's pack can: a log with the newest entry first, a
/// leftover list for comments or fields of its sort, a type or other keyword that depends on another field, a time without a
/// time of day.
const CASES_OF_OTHER_PACKS: &[(&str, &str)] = &[
    ("entry-out-of-order", "descending"),
    ("invalid-timestamp", "no-time"),
    ("leftover-instruction", "field"),
    ("schema-mismatch", "because"),
    ("leftover-placeholder", "comment"),
    ("unresolved-clarification", "comment"),
    ("unresolved-clarification", "field"),
    ("wrong-type", "because"),
];

/// The folders below `folder` that hold cases.
fn case_folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        let mut names: Vec<PathBuf> =
            fs::read_dir(&current).into_iter().flatten().flatten().map(|e| e.path()).collect();
        names.sort();
        let is_case = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("good") || name.starts_with("bad")
        };
        if names.iter().any(is_case) {
            found.push(current);
        } else {
            open.extend(names.into_iter().filter(|path| path.is_dir()));
        }
    }
    found.sort();
    found
}

fn check(folder: &Path, verdict: impl Fn(&Path, &CaseResult) -> Option<String>) {
    let update = std::env::var_os("UPDATE").is_some();
    let mut failures = Vec::new();
    let mut count = 0;
    for cases in case_folders(folder) {
        for case in run(Packs::builtin(), &cases) {
            count += 1;
            let place = cases.join(&case.name);
            let place = place.strip_prefix(root()).unwrap().display().to_string();
            if let Some(why) = verdict(&cases, &case) {
                failures.push(format!("{place}: {why}\n{}", case.output));
            } else if update && case.bad && !case.output.is_empty() {
                fs::write(&case.out, &case.output).unwrap();
            } else if !case.passed {
                failures.push(format!("{place}: {}\n{}", case.why, case.output));
            }
        }
    }
    assert!(count > 0, "no fixture case below {}", folder.display());
    assert!(failures.is_empty(), "{} of {count} cases fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn bad_documents_of_a_rule_give_exactly_that_rule() {
    check(&root().join("fixtures/rules"), |folder, case| {
        let rule = folder.file_name().unwrap().to_string_lossy().into_owned();
        (case.bad && case.rules_found != [rule.clone()])
            .then(|| format!("gives {:?}, must give exactly `{rule}`", case.rules_found))
    });
}

#[test]
fn documents_of_kinds() {
    check(&root().join("fixtures/kinds"), |_, _| None);
}

#[test]
fn work_items() {
    check(&root().join("fixtures/work-items"), |_, _| None);
}

#[test]
fn every_rule_has_good_and_bad_fixtures() {
    let mut missing = Vec::new();
    for card in Packs::builtin().cards() {
        if WITHOUT_FIXTURES.contains(&&*card.name) {
            continue;
        }
        let folder = root().join("fixtures/rules").join(&*card.pack).join(&*card.name);
        let names: Vec<String> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        for prefix in ["good", "bad"] {
            if !names.iter().any(|name| name.starts_with(prefix) && !name.ends_with(".out")) {
                missing.push(format!("{}/{}: no `{prefix}…` document", card.pack, card.name));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_case_of_a_card_is_shown_by_a_fixture() {
    // A case whose words are never printed may be wrong for years. Stored output holds the words of each case's message.
    let mut missing = Vec::new();
    for card in Packs::builtin().cards() {
        if WITHOUT_FIXTURES.contains(&&*card.name) || card.format.stage == Some(Stage::Suppress) {
            continue;
        }
        let folder = root().join("fixtures/rules").join(&*card.pack).join(&*card.name);
        let outputs: String = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "out"))
            .map(|entry| fs::read_to_string(entry.path()).unwrap())
            .collect();
        // Messages are wrapped between words, with a bar before what is continued.
        let outputs = outputs.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        for (name, case) in &card.format.cases {
            let Some(message) = &case.message else { continue };
            if CASES_OF_OTHER_PACKS.contains(&(&*card.name, name)) {
                continue;
            }
            let longest =
                message.split(['{', '}']).step_by(2).map(str::trim).max_by_key(|piece| piece.len()).unwrap_or_default();
            if !outputs.contains(&longest.split_whitespace().collect::<Vec<_>>().join(" ")) {
                missing.push(format!("{}/{}: case `{name}` (“{longest}”)", card.pack, card.name));
            }
        }
    }
    assert!(missing.is_empty(), "cases that no bad fixture shows:\n{}", missing.join("\n"));
}

#[test]
fn fixture_folders_belong_to_rules_and_kinds() {
    let packs = Packs::builtin();
    let rules: BTreeSet<String> = packs.cards().iter().map(|card| format!("{}/{}", card.pack, card.name)).collect();
    for folder in case_folders(&root().join("fixtures/rules")) {
        let name = folder.strip_prefix(root().join("fixtures/rules")).unwrap().to_string_lossy().replace('\\', "/");
        assert!(rules.contains(&name), "fixtures/rules/{name}: there is no such rule");
    }
    for folder in case_folders(&root().join("fixtures/kinds")) {
        let name = folder.strip_prefix(root().join("fixtures/kinds")).unwrap().to_string_lossy().replace('\\', "/");
        assert!(packs.kind(&name).is_some(), "fixtures/kinds/{name}: there is no such kind");
    }
    for kind in packs.all_kinds() {
        let folder = root().join("fixtures/kinds").join(&*kind.name);
        assert!(folder.is_dir(), "the kind `{}` has no fixtures", kind.name);
    }
}
