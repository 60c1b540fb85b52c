//! What is asked of the working tree: IDs in the names of files that nobody reads, and files that git ignores or hides.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta_cmd::get_cargo_bin;

fn write(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn check(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["check", "--quiet", "--output-format", "concise", "--now", "2026-11-20T12:00:00Z"];
    all.extend(arguments);
    let output = Command::new(get_cargo_bin("worklint")).current_dir(folder).args(all).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn task(id: &str) -> String {
    format!("---\ntype: task\ntask-id: {id}\nstatus: pending\n---\n\n# Task: {id} - Name\n")
}

#[test]
fn an_id_is_found_in_the_list_of_files() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    write(root, "house/tasks/backlog/IN-007-a.md", &task("IN-007"));
    write(root, "house/tasks/completed/2026-Q2/IN-007-b.md", &task("IN-007"));
    write(root, "house/tasks/backlog/IN-008-a.md", &task("IN-008"));
    write(root, "garden/tasks/backlog/IN-008-c.md", &task("IN-008"));
    write(root, "house/tasks/archived/README.md", "# IN-008\n");
    fs::create_dir(root.join(".git")).unwrap();
    let select = ["--select", "duplicate-id"];
    let one = |path: &str| check(root, &[&select[..], &[path]].concat());
    // Checked alone, each sees the other; together, the first stays silent.
    assert_eq!(one("house/tasks/backlog/IN-007-a.md").len(), 1);
    assert_eq!(one("house/tasks/completed/2026-Q2/IN-007-b.md").len(), 1);
    assert_eq!(one("house/tasks/backlog/IN-008-a.md"), Vec::<String>::new());
    let all = check(root, &select);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("house/tasks/completed/2026-Q2/IN-007-b.md"), "{all:?}");
}

#[test]
fn what_git_ignores_exists() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    fs::create_dir(root.join(".git")).unwrap();
    write(root, ".gitignore", "src/generated/\n*.secret.json\n");
    write(root, "src/generated/api.rs", "");
    write(root, "src/.hidden/keys.rs", "");
    write(root, "config/app.secret.json", "{}");
    write(root, "lib/moved/clock.rs", "");
    let plan = "# Execution Plan: Swaps\n\n**Execution ID**: 001-swaps\n\n## Phase 1: Setup\n\n\
                - [x] T001 Create src/generated/api.rs, src/.hidden/keys.rs and config/app.secret.json\n\
                - [x] T002 Create lib/clock.rs\n\
                - [x] T003 Create src/rules.rs\n";
    write(root, "visions/001-swaps/execute.md", plan);
    let select = ["--select", "missing-evidence"];
    let found = check(root, &select);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("`src/rules.rs`"), "{found:?}");
    // From a folder inside, the repository is still the root.
    let inside = check(&root.join("visions/001-swaps"), &select);
    assert_eq!(inside.len(), 1, "{inside:?}");
    assert!(inside[0].starts_with("execute.md:9:"), "{inside:?}");
}

#[test]
fn in_a_repository_what_is_not_there_does_not_exist() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    let text = task("IN-007")
        + "\nSee [the manual](../../manual/a.md) and [[notes/no-such-page]], [[nowhere]] and [[tasks/backlog/IN-008-b]].\n";
    write(root, "tasks/backlog/IN-007-a.md", &text);
    let select = ["--select", "broken-link,broken-wikilink"];
    // Without a repository the folders may have been left behind; a folder that is there is known.
    let found = check(root, &select);
    assert!(found.len() == 1 && found[0].contains("IN-008-b"), "{found:?}");
    fs::create_dir(root.join(".git")).unwrap();
    assert_eq!(check(root, &select).len(), 4);
}

#[test]
fn a_document_of_elsewhere_is_not_held_against_this_repository() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path();
    fs::create_dir_all(root.join("here/.git")).unwrap();
    write(root, "here/src/main.rs", "");
    let text = task("IN-007") + "\nSee [the manual](../../manual/a.md).\n";
    write(root, "there/tasks/backlog/IN-007-a.md", &text);
    let plan =
        "# Execution Plan: Swaps\n\n**Execution ID**: 001-swaps\n\n## Phase 1: Setup\n\n- [x] T001 Create src/lib.rs\n";
    write(root, "there/visions/001-swaps/execute.md", plan);
    let select = ["--select", "broken-link,missing-evidence", "../there"];
    assert_eq!(check(&root.join("here"), &select), Vec::<String>::new());
}
