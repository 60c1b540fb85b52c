//! The command line: what it prints and how it exits.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insta_cmd::{assert_cmd_snapshot, get_cargo_bin};

use crate::root;

/// worklint in a folder of `fixtures/cli`, with a pinned clock and no colour.
fn worklint(folder: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(get_cargo_bin("worklint"));
    command.current_dir(root().join("fixtures/cli").join(folder)).args(arguments).env_remove("NO_COLOR");
    command
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(get_cargo_bin("worklint")).current_dir(folder).args(arguments).output().unwrap()
}

const NOW: &str = "2026-11-20T12:00:00Z";

#[test]
fn a_broken_document() {
    assert_cmd_snapshot!(worklint("broken", &["check", "--now", NOW]));
}

#[test]
fn a_broken_document_concisely() {
    assert_cmd_snapshot!(worklint("broken", &["check", "--now", NOW, "--output-format", "concise"]));
}

#[test]
fn a_broken_document_as_json() {
    assert_cmd_snapshot!(worklint("broken", &["check", "--now", NOW, "--output-format", "json"]));
}

#[test]
fn a_broken_document_from_a_folder_inside() {
    // The kind is told by the path from the repository, the printed path is relative to the working directory.
    let output = worklint("broken/tasks/current", &["check", "--now", NOW, "--output-format", "concise", "--quiet"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("IN-041-rotate-certificates.md:4:9: error value-not-allowed"), "{text}");
    assert!(!text.contains("tasks/current"), "{text}");
}

#[test]
fn clean_documents() {
    assert_cmd_snapshot!(worklint("clean", &["check", "--now", NOW]));
}

#[test]
fn levels_decide_the_exit_code() {
    let code = |arguments: &[&str]| {
        let mut all = vec!["check", "--now", NOW, "--quiet"];
        all.extend(arguments);
        worklint("broken", &all).output().unwrap().status.code()
    };
    assert_eq!(code(&[]), Some(1));
    assert_eq!(code(&["--fail-on", "never"]), Some(0));
    assert_eq!(code(&["--select", "malformed-checkbox"]), Some(0));
    assert_eq!(code(&["--select", "malformed-checkbox", "--fail-on", "warning"]), Some(1));
    assert_eq!(code(&["--select", "malformed-checkbox", "--rule", "malformed-checkbox=error"]), Some(1));
    assert_eq!(
        code(&["--select", "malformed-checkbox", "--ignore", "malformed-checkbox", "--fail-on", "info"]),
        Some(0)
    );
}

#[test]
fn what_cannot_be_run_says_what_to_do() {
    assert_cmd_snapshot!("no_such_path", worklint("clean", &["check", "tasks/nowhere.md"]));
    assert_cmd_snapshot!("no_such_kind", worklint("clean", &["check", "--kind", "mdtd/tasks"]));
    assert_cmd_snapshot!("no_such_rule", worklint("clean", &["check", "--select", "missing-feild"]));
    assert_cmd_snapshot!("no_such_level", worklint("clean", &["check", "--rule", "missing-field=fatal"]));
    assert_cmd_snapshot!("no_such_card", worklint("clean", &["rule", "missing-feild"]));
}

#[test]
fn broken_configuration_has_a_place() {
    assert_cmd_snapshot!(worklint("configuration", &["check"]));
}

#[test]
fn configuration_sets_levels_kinds_and_packs() {
    assert_cmd_snapshot!(worklint("own-pack", &["check", "--now", NOW, "--output-format", "concise"]));
}

#[test]
fn the_card_of_a_rule() {
    assert_cmd_snapshot!(worklint("clean", &["rule", "parallel-conflict"]));
}

#[test]
fn the_kinds() {
    assert_cmd_snapshot!(worklint("clean", &["kinds"]));
}

#[test]
fn what_a_kind_says() {
    assert_cmd_snapshot!(worklint("clean", &["kinds", "mdtd/adr"]));
}

#[test]
fn cards_for_programs() {
    let read = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let output = worklint("clean", arguments).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let all = read(&["rule", "--output-format", "json"]);
    assert_eq!(all.len(), worklint::pack::Packs::builtin().cards().len());
    let one = read(&["rule", "unreadable-document", "--output-format", "json"]);
    assert_eq!(one[0]["severity"], "error");
    assert_eq!(one[0]["cases"]["encrypted"]["severity"], "info");
    assert!(all.contains(&one[0]));
}

#[test]
fn why_a_document_is_what_it_is() {
    assert_cmd_snapshot!(worklint("clean", &["explain", "tasks/backlog/IN-042-renew-domain.md"]));
}

#[test]
fn standard_input() {
    let mut child = worklint("clean", &["check", "-", "--stdin-filename", "visions/001-a/plan.md", "--now", NOW])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("# Implementation Plan: [FEATURE]\n\n\u{e2}\u{80}\u{201d}\n".as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("visions/001-a/plan.md"));
}

#[test]
fn a_folder_without_documents_and_files_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_in(folder.path(), &["check"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.to_lowercase().contains("no document"), "{text}");

    fs::write(folder.path().join("binary.md"), b"\x7fELF\0\0\0\0").unwrap();
    fs::write(folder.path().join("empty.md"), b"").unwrap();
    let output = run_in(folder.path(), &["check", "--output-format", "concise"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("binary.md:1:1: error unreadable-document"), "{text}");
    assert!(text.contains("1 unreadable"), "{text}");
}

#[test]
fn ignored_and_hidden_files_are_left_alone_unless_named() {
    let folder = tempfile::tempdir().unwrap();
    let bad = "# A\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";
    fs::write(folder.path().join(".gitignore"), "ignored.md\n").unwrap();
    fs::write(folder.path().join("ignored.md"), bad).unwrap();
    fs::create_dir(folder.path().join(".hidden")).unwrap();
    fs::write(folder.path().join(".hidden/a.md"), bad).unwrap();
    assert_eq!(run_in(folder.path(), &["check"]).status.code(), Some(0));
    assert_eq!(run_in(folder.path(), &["check", "ignored.md"]).status.code(), Some(1));
    assert_eq!(run_in(folder.path(), &["check", ".hidden/a.md"]).status.code(), Some(1));
}

#[test]
fn suppressions_hold() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# A\n\n<!-- worklint ignore file: merge-conflict-marker (an example) -->\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n";
    fs::write(folder.path().join("a.md"), text).unwrap();
    let output = run_in(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_tree_and_pipes_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let status = Command::new("mkfifo").arg(folder.path().join("pipe.md")).status();
    let output = run_in(folder.path(), &["check"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code().is_some_and(|code| code < 2), "{text}");
    if status.is_ok_and(|status| status.success()) {
        let output = run_in(folder.path(), &["check", "pipe.md", "--output-format", "concise"]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("unreadable-document"));
    }
}

#[test]
fn the_readme_shows_real_output() {
    let arguments = ["check", "--now", NOW, "--select", "value-not-allowed,timestamp-order,invalid-timestamp"];
    let output = worklint("broken", &arguments).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(output.trim_end()), "the README does not show:\n{output}");
}

#[test]
fn a_whole_pack_can_be_named() {
    let run = |arguments: &[&str]| {
        let mut all = vec!["check", "--now", NOW, "--quiet", "--output-format", "concise"];
        all.extend(arguments);
        let output = worklint("broken", &all).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap().lines().count())
    };
    let whole = run(&[]);
    assert_eq!(run(&["--select", "mdtd/*"]), whole);
    assert_eq!(run(&["--select", "teds/*"]), (Some(0), 0));
    assert_eq!(run(&["--ignore", "mdtd/*"]), (Some(0), 0));
    assert_eq!(run(&["--rule", "mdtd/*=off"]), (Some(0), 0));
    assert_eq!(run(&["--rule", "mdtd/*=off", "--rule", "value-not-allowed=error"]), (Some(1), 1));
}

#[test]
fn a_wrong_rule_in_the_configuration_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("worklint.toml"), "[rules]\nvalue-not-alowed = \"off\"\n").unwrap();
    fs::write(folder.path().join("a.md"), "# A\n").unwrap();
    let output = run_in(folder.path(), &["check"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("worklint.toml:2:1") && text.contains("did you mean `value-not-allowed`"), "{text}");
}

#[test]
fn a_suppression_names_a_whole_pack() {
    let folder = tempfile::tempdir().unwrap();
    let broken = root().join("fixtures/cli/broken/tasks/current/IN-041-rotate-certificates.md");
    let text = fs::read_to_string(broken).unwrap() + "\n<!-- worklint ignore file: mdtd/* (an example) -->\n";
    fs::create_dir_all(folder.path().join("tasks/current")).unwrap();
    fs::write(folder.path().join("tasks/current/IN-041-rotate-certificates.md"), text).unwrap();
    let output = run_in(folder.path(), &["check", "--fail-on", "info"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}
