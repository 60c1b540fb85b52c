//! The built-in packs go through the loader that a user's packs go through, and mistakes in a pack have a place.

use worklint::check::CHECKS;
use worklint::discover;
use worklint::pack::{PackSource, Packs};
use worklint::text::Text;

use crate::root;

#[test]
fn built_in_packs_have_no_mistake() {
    let mut mistakes = Vec::new();
    for entry in std::fs::read_dir(root().join("rules")).unwrap().flatten() {
        if entry.path().is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            mistakes.extend(worklint::pack::Pack::mistakes(&name));
        }
    }
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| format!("{}:{}:{}: {}", mistake.path, mistake.start.line, mistake.start.column, mistake.message))
        .collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn built_in_packs_use_no_name_that_nothing_has() {
    let sources: Vec<PackSource> = Packs::builtin()
        .packs()
        .iter()
        .map(|pack| {
            let shown = format!("rules/{}", pack.name);
            discover::pack(&root().join(&shown), &shown).map_err(|problem| problem.message).unwrap()
        })
        .collect();
    let (_, mistakes) = Packs::load(&sources);
    let lines: Vec<String> = mistakes
        .iter()
        .map(|it| format!("{}:{}:{}: {} ({})", it.path, it.start.line, it.start.column, it.message, it.help))
        .collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn what_is_embedded_is_what_lies_in_rules() {
    let folder = root().join("rules");
    for (path, json, yaml) in worklint::pack::embedded::FILES {
        let stored = std::fs::read_to_string(folder.join(path)).unwrap();
        assert!(stored == *yaml, "rules/{path} changed without a rebuild");
        assert!(!json.is_empty(), "rules/{path} is no YAML");
    }
}

#[test]
fn every_card_names_a_check_or_a_stage() {
    for card in Packs::builtin().cards() {
        let name = format!("{}/{}", card.pack, card.name);
        match (&card.format.check, card.format.stage) {
            (Some(check), None) => {
                let entry = worklint::check::find(check).unwrap_or_else(|| panic!("{name}: no check `{check}`"));
                let parameters = card.format.with.clone().unwrap_or_default();
                assert!((entry.prepare)(&parameters).is_ok(), "{name}: wrong parameters");
            }
            (None, Some(_)) => {}
            _ => panic!("{name}: a card has either a check or a stage"),
        }
        let has_message = !card.format.message.is_empty() || card.format.cases.values().all(|c| c.message.is_some());
        assert!(
            has_message && !card.format.summary.is_empty() && !card.format.why.is_empty(),
            "{name}: words are missing"
        );
        assert!(!card.format.message.ends_with('.'), "{name}: a message has no full stop");
        assert!(!card.format.message.contains('\n'), "{name}: a message is one line");
    }
}

#[test]
fn rule_names_are_unique_and_checks_are_used() {
    let cards = Packs::builtin().cards();
    for (at, card) in cards.iter().enumerate() {
        assert!(!cards[..at].iter().any(|other| other.name == card.name), "{} stands in two packs", card.name);
    }
    // The card that `worklint pack new` writes counts: some checks are for packs of one's own.
    let scaffold = std::fs::read_to_string(root().join("rules/core/scaffolds/pack/rule.yaml")).unwrap();
    for entry in CHECKS {
        assert!(
            cards.iter().any(|card| card.format.check.as_deref() == Some(entry.name))
                || scaffold.contains(&format!("\ncheck: {}\n", entry.name)),
            "{} is used by no card",
            entry.name
        );
    }
    assert!(CHECKS.windows(2).all(|pair| pair[0].name < pair[1].name), "CHECKS is not sorted");
}

/// A user's pack of one kind.
fn pack(kind: &str) -> PackSource {
    PackSource {
        folder: "my/notes".to_owned(),
        files: vec![
            ("pack.yaml".to_owned(), Text::new("name: notes\nsummary: Notes.\n")),
            ("kinds/note.yaml".to_owned(), Text::new(kind)),
        ],
    }
}

/// What is wrong with a kind: place and message.
fn mistakes(kind: &str) -> Vec<String> {
    let (_, mistakes) = Packs::load(&[pack(kind)]);
    mistakes
        .iter()
        .map(|mistake| format!("{}:{}:{} {}", mistake.path, mistake.start.line, mistake.start.column, mistake.message))
        .collect()
}

#[test]
fn a_sound_pack_of_ones_own_is_loaded() {
    let kind = "kind: note\nsummary: A note.\nrecognise: [path]\npath: \"notes/{slug}.md\"\ntitle: \"Note: {name}\"\n";
    assert_eq!(mistakes(kind), Vec::<String>::new());
    let (packs, _) = Packs::load(&[pack(kind)]);
    assert!(packs.kind("notes/note").is_some());
}

#[test]
fn a_mistake_in_a_pack_has_a_place() {
    let head = "kind: note\nsummary: A note.\nrecognise: [title]\n";
    for (wrong, place) in [
        ("titel: \"Note\"\n", "my/notes/kinds/note.yaml:4:1"),
        ("title: \"Note: {name:nope}\"\n", "my/notes/kinds/note.yaml:4:8"),
        ("fields: { source: nowhere }\n", "my/notes/kinds/note.yaml:4:19"),
        (
            "fields: { source: front-matter, schema: { properties: { a: { pattern: '(?=x)' } } } }\n",
            "my/notes/kinds/note.yaml:4:71",
        ),
        ("sections: [ { heading: A, required: true, colour: red } ]\n", "my/notes/kinds/note.yaml:4:43"),
        ("fields: { source: data, schema: { type: object, fromat: date } }\n", "my/notes/kinds/note.yaml:4:49"),
        ("fields: { source: data, schema: { properties: { a: { type: strng } } } }\n", "my/notes/kinds/note.yaml:4:60"),
        (
            "variants: { old: title }\nsections: [ { heading: A, required: { variant: oll } } ]\n",
            "my/notes/kinds/note.yaml:5:48",
        ),
        ("sums: [part x, \"pln: field a\"]\n", "my/notes/kinds/note.yaml:4:16"),
        (
            "order: [ [ path nr, title nr ] ]\ntitle: \"{no:int}\"\npath: \"{nr:int}.md\"\n",
            "my/notes/kinds/note.yaml:4:21",
        ),
        ("agree: [ [ fact supersede, text ] ]\n", "my/notes/kinds/note.yaml:4:12"),
        (
            "unless: [ { all: [ text, { select: title, iss: x } ] } ]\n",
            "my/notes/kinds/note.yaml:4:43 unknown test `iss`",
        ),
        ("not: [\"a\", \"{b\"]\n", "my/notes/kinds/note.yaml:4:12"),
        ("criteria: [nothing like this]\n", "my/notes/kinds/note.yaml:4:11"),
        ("tasks: { id: 'T(', grammar: x }\n", "my/notes/kinds/note.yaml:4:14"),
        ("not: [\n", "my/notes/kinds/note.yaml:"),
    ] {
        let found = mistakes(&format!("{head}{wrong}"));
        assert!(found.len() == 1 && found[0].starts_with(place), "{wrong}: {found:?}");
    }
}

#[test]
fn mistakes_in_heads_and_cards_are_told_plainly() {
    let of = |head: &str, card: &str| {
        let files = vec![
            ("pack.yaml".to_owned(), Text::new(head)),
            ("kinds/note.yaml".to_owned(), Text::new("kind: note\nsummary: A note.\nrecognise: [title]\n")),
            ("rules/one.yaml".to_owned(), Text::new(card)),
        ];
        let (packs, mut mistakes) = Packs::load(&[PackSource { folder: "my".to_owned(), files }]);
        mistakes.extend(worklint::ruleset::mistakes(&packs, "notes"));
        let lines = mistakes
            .iter()
            .map(|it| format!("{}:{}:{} {} | {}", it.path, it.start.line, it.start.column, it.message, it.help));
        lines.collect::<Vec<_>>()
    };
    let head = "name: notes\nsummary: Notes.\n";
    let card = "summary: a\nwhy: b\nseverity: error\nsince: 0.1.0\nmessage: c\ncheck: condition\n";
    let mut all = Vec::new();
    all.extend(of(&format!("{head}not: [\"ok\", \"a{{b\"]\n"), &format!("{card}with: {{ forbid: text }}\n")));
    all.extend(of(head, card));
    all.extend(of(head, &format!("{card}with: {{ forbid: {{ select: title, iss: x }} }}\n")));
    all.extend(of(head, &format!("{card}with: {{ forbidd: title }}\n")));
    all.extend(of(head, "message: c\ncheck: condition\nwith: { forbid: text }\n"));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_folder_is_a_pack_source() {
    let source = discover::pack(&root().join("rules/core"), "rules/core").map_err(|problem| problem.message).unwrap();
    assert!(source.files.iter().any(|(path, _)| path == "pack.yaml"));
}

#[test]
fn what_relations_and_claims_report_is_a_card_with_that_case() {
    let packs = Packs::builtin();
    let check = |place: &str, relation: &worklint::pack::Relation| {
        let format = &relation.format;
        let card =
            packs.card(&format.report).unwrap_or_else(|| panic!("{place}: there is no rule `{}`", format.report));
        if let Some(case) = &format.case {
            assert!(
                card.format.cases.contains_key(case),
                "{place}: the card of `{}` has no case `{case}`",
                format.report
            );
        }
    };
    for pack in packs.packs() {
        pack.relations().iter().for_each(|relation| check(&pack.name, relation));
    }
    for kind in packs.all_kinds() {
        kind.body().claims.iter().for_each(|claim| check(&kind.name, claim));
    }
}
