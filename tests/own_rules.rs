//! Rules of packs of one's own: what their cards' parameters mean.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta_cmd::get_cargo_bin;

const CARD: &str = "summary: a\nwhy: b\nseverity: error\nsince: 0.1.0\n";

/// What a card of a pack finds in a log.
fn found(card: &str, log: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let kind = "\
kind: log
summary: A log.
path: \"logs/{slug}.md\"
recognise: [path]
entries:
  log:
    under: section Log
    as: heading 3
    shapes: \"{when:date}: {name}\"
    parts: { optional: [Progress, Notes] }
tasks:
  id: 'T\\d{3}'
  grammar: \"- [ ] T001 Text\"
  under: section Tasks
  mentioned-under: [Order]
  totals: [Total Tasks]
";
    write("worklint.toml", "packs = [\"p\"]\n");
    write("p/pack.yaml", "name: p\nsummary: P.\n");
    write("p/kinds/log.yaml", kind);
    write("p/rules/own-rule.yaml", &format!("{CARD}{card}"));
    write("logs/a.md", log);
    write("logs/other.md", "# Other\n\n## Tasks\n\n- [ ] T050 Boil\n");
    write("elsewhere/logs/far.md", "# Far\n\n## Tasks\n\n- [ ] T060 Boil\n");
    run(folder.path())
}

fn run(folder: &Path) -> String {
    let arguments = ["check", "logs/a.md", "logs/other.md", "elsewhere", "--output-format", "concise", "--quiet"];
    let output = Command::new(get_cargo_bin("worklint")).current_dir(folder).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn progress_stands_in_a_part() {
    let card = "check: entry-progress\nwith: { list: log, forms: [log], part: progress }\nmessage: \"from {before} to {value}\"\n";
    let log = "\
# A

## Log

### 2026-03-02: One

- **Progress**: 1,050

### 2026-03-03: Two

- **Progress**: 40 %
";
    let said = found(card, log);
    assert!(said.contains("logs/a.md:11:17: error own-rule: from 1,050 to 40 %"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(found(card, &log.replace("40 %", "1,060")), "");
}

#[test]
fn what_a_condition_finds_is_told_in_one_line() {
    let card = "check: condition\nwith: { forbid: section Log, at: section Log }\nmessage: \"there is `{found}`\"\n";
    let log = format!("# A\n\n## Log\n\n{}\n\nMore.\n", "word ".repeat(40));
    let said = found(card, &log);
    assert!(said.contains("own-rule: there is `") && said.lines().count() == 1, "{said}");
    assert!(said.len() < 160 && !said.contains("More."), "{said}");
}

#[test]
fn tasks_of_another_document_under_the_same_root_are_known() {
    let card = "check: entry-present\nmessage: none\n";
    let log = "# A\n\n## Tasks\n\n- [ ] T001 Boil\n\n## Order\n\nT001 before T050 and T060.\n";
    let said = found(card, log);
    assert!(said.contains("unknown-task") && said.contains("`T060`") && !said.contains("`T050`"), "{said}");
}

#[test]
fn totals_have_commas_between_thousands() {
    let card = "check: entry-present\nmessage: none\n";
    let log = |total: &str| format!("# A\n\n**Total Tasks**: {total}\n\n## Tasks\n\n- [ ] T001 Boil\n");
    let said = found(card, &log("1,000"));
    assert!(said.contains("logs/a.md:3:18: warning total-mismatch") && said.contains("1000"), "{said}");
    let said = found(card, &log("1, all open"));
    assert!(!said.contains("total-mismatch"), "{said}");
}
