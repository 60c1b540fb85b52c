//! The tree of one small document, whole, as `worklint ast` prints it.

use worklint::pack::Packs;
use worklint::read::ast::ast;
use worklint::text::Text;
use worklint::workspace::{Source, Workspace};

#[test]
fn the_tree_of_a_small_plan_of_tasks() {
    let text = "# Execution Plan: Search\n\n**Execution ID**: `003-search` | **Date**: 2026-02-03 | **Plan**: [plan](plan.md)\n\n\
                ## Phase 1: Setup (Shared Infrastructure)\n\n- [x] T001 [P] Create the index in src/index.rs\n- [ ] T002 Load it (depends on T001)\n";
    let source =
        Source { path: "visions/003-search/execute.md".into(), content: Ok(Text::new(text)), kind: None, report: true };
    let workspace = Workspace::build(Packs::builtin(), vec![source]);
    insta::assert_json_snapshot!(ast(&workspace.documents()[0]));
}

/// The entries of a document: form and the names of the parts.
fn entries(path: &str, text: &str) -> Vec<(String, Vec<String>)> {
    let source = Source { path: path.into(), content: Ok(Text::new(text)), kind: None, report: true };
    let workspace = Workspace::build(Packs::builtin(), vec![source]);
    let document = &workspace.documents()[0];
    assert!(document.near_entries.is_empty(), "{:?}", document.near_entries);
    let parts = |entry: &worklint::document::Entry| entry.parts.iter().map(|part| part.name.clone()).collect();
    document.entries.iter().map(|entry| (entry.form.to_string(), parts(entry))).collect()
}

#[test]
fn the_documented_work_log_pattern_is_read_as_entries_with_parts() {
    let text = "---\ntype: task\ntask-id: IN-007\n---\n\n# Task: IN-007 - Move the queue\n\n## Work Log\n\n\
                ### 2026-02-03 14:10 - Phase 1: Draining\n\n**Completed:**\n- Drained the queue\n\n**Decisions:**\n\
                - Drain by night: fewer messages\n\n**Issues Encountered:**\n- One stuck message: deleted\n\n\
                **Lessons Learned:**\n- Watch the age of the oldest message\n\n**Next:** Phase 2 - Switch over\n";
    let parts = ["Completed", "Decisions", "Issues Encountered", "Lessons Learned", "Next"].map(str::to_owned);
    let found = entries("tasks/current/IN-007-move-the-queue.md", text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, parts);
}

#[test]
fn the_documented_execution_log_is_read_in_its_forms() {
    let text = "# Execution Log\n\n## 2026-02-03\n\n\
                ### 14:32 - File Read\n- Tool: Read\n- Target: src/auth.ts\n- Result: Reviewed it\n- Status: success\n\n\
                ### 14:45 - Build Failed\n- Tool: Bash\n- Target: make\n- Result: 3 errors\n- Status: failed\n- Error Details: types\n\n\
                ### 14:50 - Error Resolution Attempt\n- Tool: Edit\n- Target: src/types.ts\n- Result: defined\n- Status: success\n\n\
                ### 15:00 - Phase Complete: Research\n- Duration: 1h\n- Accomplishments: read all\n- Status: Complete\n- Next Phase: Build\n\n\
                ### 15:01 - CHECKPOINT\n- Phase: Build\n- Progress: 40%\n- Summary: types done\n- Completed: types\n- Next: tests\n";
    let found = entries("work/active_tasks/20260203-1430-auth/execution_log.md", text);
    let forms: Vec<&str> = found.iter().map(|(form, _)| form.as_str()).collect();
    assert_eq!(forms, ["action", "failure", "retry", "phase-end", "checkpoint"]);
    assert_eq!(found[0].1, ["Tool", "Target", "Result", "Status"]);
    assert_eq!(found[4].1, ["Phase", "Progress", "Summary", "Completed", "Next"]);
}
