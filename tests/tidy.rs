//! The invariants of DESIGN.md section 6, as far as a test of the tree can see them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

fn rust_files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root().join("src")).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The text without its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
}

/// The modules in layer order.
fn layers() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

#[test]
fn modules_name_only_what_stands_above_them() {
    let layers = layers();
    let rank = |name: &str| layers.iter().position(|layer| layer == name);
    let mut wrong = Vec::new();
    for (path, text) in rust_files() {
        let first = path.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let Some(own) = rank(&first) else { continue };
        for line in code(&text).lines() {
            let mut rest = line;
            while let Some(at) = rest.find("crate::") {
                rest = &rest[at + 7..];
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // The one knot: a document knows its kind, and a capture its hole.
                if first == "document" && name == "pack" {
                    continue;
                }
                if rank(&name).is_some_and(|other| other > own) {
                    wrong.push(format!("{}: crate::{name} stands below {first}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in rust_files() {
        assert!(text.starts_with("//!"), "{} does not open with `//!`", path.display());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!["utils", "helpers", "common", "misc"].contains(&name.as_str()), "{} is a drawer", path.display());
    }
}

#[test]
fn no_workflow_is_named_in_rust() {
    // String literals only: English words in comments are free.
    let mut words: Vec<String> = fs::read_dir(root().join("rules"))
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != "core")
        .collect();
    for word in
        ["milestone", "story", "checkpoint", "work log", "acceptance", "release-ready", "in-progress", "speckit"]
    {
        words.push(word.to_owned());
    }
    let mut wrong = Vec::new();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| !is_test(path)) {
        for literal in literals(&code(&text)) {
            let lower = literal.to_lowercase();
            if let Some(word) = words.iter().find(|word| lower.contains(word.as_str())) {
                wrong.push(format!("{}: \"{literal}\" names `{word}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' {
            // A character literal may hold a quotation mark.
            if chars.peek() == Some(&'"') {
                chars.next();
            }
            continue;
        }
        if c != '"' {
            continue;
        }
        let mut literal = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '"' => break,
                c => literal.push(c),
            }
        }
        found.push(literal);
    }
    found
}

#[test]
fn checks_name_no_rule_and_no_severity() {
    let rules: Vec<String> =
        worklint::pack::Packs::builtin().cards().iter().map(|card| card.name.to_string()).collect();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| path.starts_with("check")) {
        // The registry itself (`check.rs`) names checks, and a check that serves one rule has that rule's name.
        for literal in literals(&code(&text)) {
            assert!(!rules.contains(&literal), "{}: \"{literal}\" is a rule's name", path.display());
        }
        assert!(!code(&text).contains("Severity::"), "{} names a severity", path.display());
    }
}

#[test]
fn only_their_modules_name_miette_and_print() {
    for (path, text) in rust_files() {
        let code = code(&text);
        let name = path.to_string_lossy().replace('\\', "/");
        assert!(!code.contains("miette") || name.starts_with("render"), "{name} names miette");
        let prints = code.contains("println!") || code.contains("print!(");
        assert!(!prints || name.starts_with("cli") || name == "main.rs" || name == "build.rs", "{name} prints");
        let opens = code.contains("std::fs") || code.contains("fs::read");
        let may = name.starts_with("cli") || name.starts_with("discover") || name == "build.rs";
        assert!(!opens || may, "{name} opens files");
    }
}
