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
