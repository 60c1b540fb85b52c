//! Bad input: each gives a clear finding or message, and never a panic. Time is not measured here, but what would take for
//! ever would not end.

use std::fs;
use std::sync::Arc;

use worklint::config::Settings;
use worklint::discover;
use worklint::lint::lint_all;
use worklint::pack::Packs;
use worklint::parse::{format_of, parse};
use worklint::ruleset::RuleSet;
use worklint::text::Text;
use worklint::time::Timestamp;
use worklint::workspace::{Source, Unread, Workspace};

/// The rules that report something on one document.
fn rules_on(path: &str, content: Result<Text, Unread>) -> Vec<String> {
    rules_on_all(vec![Source { path: path.into(), content, kind: None, report: true }])
}

/// The rules that report something on documents that are checked together.
fn run(documents: &[(&str, &str)]) -> Vec<String> {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).into(),
        content: Ok(Text::new(*text)),
        kind: None,
        report: true,
    };
    rules_on_all(documents.iter().map(source).collect())
}

fn rules_on_all(sources: Vec<Source>) -> Vec<String> {
    let packs = Packs::builtin();
    let settings = Settings::new(Timestamp::of_seconds(1_795_176_000));
    let (rules, _) = RuleSet::new(packs, &settings);
    let workspace = Workspace::build(packs, sources);
    lint_all(&rules, &workspace).into_iter().map(|diagnostic| diagnostic.rule.to_string()).collect()
}

fn rules_on_bytes(path: &str, bytes: &[u8]) -> Vec<String> {
    rules_on(path, Text::from_bytes(bytes.to_vec()).map_err(Unread::Bytes))
}

#[test]
fn what_is_no_text_gives_one_note() {
    for bytes in [&b"\0GITCRYPT\0abc"[..], b"\xFF\xFEa\0b\0", b"PK\x03\x04\0\0\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"] {
        assert_eq!(rules_on_bytes("docs/x-results.md", bytes), ["unreadable-document"]);
    }
    for unread in
        [Unread::Permission, Unread::Vanished, Unread::TooLarge(1 << 33), Unread::NotAFile, Unread::Other("x".into())]
    {
        assert_eq!(rules_on("docs/x-results.md", Err(unread)), ["unreadable-document"]);
    }
}

#[test]
fn bad_bytes_are_one_finding_and_the_rest_is_checked() {
    let rules = rules_on_bytes("README.md", b"# A\n\nbad \xe2\x86 bytes \xff\n");
    assert_eq!(rules, ["invalid-utf8"]);
}

#[test]
fn an_empty_file_is_a_plain_document() {
    assert_eq!(rules_on_bytes("README.md", b""), Vec::<String>::new());
}

#[test]
fn deep_nesting_in_front_matter_is_one_finding() {
    let text = format!("---\na: {}\n---\n\n# A\n", "[".repeat(100_000));
    assert_eq!(rules_on("x.md", Ok(Text::new(text))), ["front-matter-syntax"]);
}

#[test]
fn aliases_are_not_expanded() {
    let mut text = String::from("---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(", ")));
    }
    text.push_str("---\n\n# A\n");
    assert_eq!(rules_on("x.md", Ok(Text::new(text))), Vec::<String>::new());
}

#[test]
fn markdown_in_unusual_amounts_is_parsed() {
    let samples = [
        "> ".repeat(20_000),
        "- ".repeat(20_000),
        "[".repeat(100_000),
        "*".repeat(100_000),
        "# x\n".repeat(20_000),
        "- [ ] T001 x\n".repeat(5_000),
        format!("- [ ] T001 {}\n", "a".repeat(1_000_000)),
        "| a ".repeat(20_000),
        "`".repeat(50_000),
        "<!--".repeat(20_000),
    ];
    for text in samples {
        let _ = parse(Arc::new(Text::new(text)), format_of("x.md"));
    }
}

#[test]
fn a_document_can_be_cut_anywhere() {
    // Every prefix of a document of each kind is a document: nothing panics, and every finding has a place in it.
    let packs = Packs::builtin();
    let settings = Settings::new(Timestamp::of_seconds(1_795_176_000));
    let (rules, _) = RuleSet::new(packs, &settings);
    for kind in packs.all_kinds() {
        let folder = crate::root().join("fixtures/kinds").join(&*kind.name);
        let Some((_, files)) = discover::listing(&folder) else { continue };
        let Some(file) = files.iter().find(|name| name.starts_with("good") && !name.ends_with(".out")) else {
            continue;
        };
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let step = (text.len() / 40).max(1);
        let cuts = (0..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at));
        let sources = cuts
            .map(|at| Source {
                path: format!("{at}-{file}").into(),
                content: Ok(Text::new(&text[..at])),
                kind: Some(kind.name.to_string()),
                report: true,
            })
            .collect();
        let workspace = Workspace::build(packs, sources);
        for diagnostic in lint_all(&rules, &workspace) {
            assert_ne!(&*diagnostic.rule, "internal-error", "{}", diagnostic.path);
            let length = workspace.document(&diagnostic.path).unwrap().parsed.text.len();
            assert!(diagnostic.span.end <= length, "{diagnostic:?}");
        }
    }
}

#[test]
fn a_folder_named_like_a_hole_ends() {
    for name in ["{id}", "{id:segment}", "{"] {
        let path = format!("work/archived_tasks/{name}/manifest.yaml");
        let found = run(&[(&path, "task_id: x\nname: x\n")]);
        assert!(found.contains(&"missing-field".to_owned()), "{name}: {found:?}");
    }
}

#[test]
fn relations_over_several_names_do_not_hold_all_combinations() {
    // With all of them at once this took gigabytes: four names, each for sixty phases or their entries.
    let mut plan = "# Task Plan: big\n\n## Phases\n\n".to_owned();
    let mut log = "# Execution Log\n\n## 2026-03-02\n\n".to_owned();
    for n in 1..=60 {
        plan += &format!("{n}. **Phase {n}: Part {n}**\n");
        let (hour, minute) = (9 + n / 10, n % 10 * 6);
        log += &format!(
            "### {hour:02}:{minute:02} - Phase Complete: Phase {n}: Part {n}\n- Duration: 5m\n- Status: Complete\n\n"
        );
    }
    plan += "\n## Success Criteria\n\n- [ ] Done\n";
    let folder = "work/active_tasks/20260302-0900-big";
    let found = run(&[(&format!("{folder}/plan.md"), &plan), (&format!("{folder}/execution_log.md"), &log)]);
    assert!(!found.contains(&"internal-error".to_owned()), "{found:?}");
}
