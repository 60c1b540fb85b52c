//! The checks: each finds one thing in a document and its work item. A check knows spans and values; the rule's name,
//! level and words come from the card that uses it. [`CHECKS`] is the registry: adding a check is one file and one line.

pub mod checkbox_form;
pub mod condition;
pub mod criteria;
pub mod entries;
pub mod entry_flow;
pub mod entry_times;
pub mod evidence;
pub mod fields;
pub mod file_names;
pub mod item_ids;
pub mod leftovers;
pub mod links;
pub mod sections;
pub mod steps;
pub mod sums;
pub mod task_dependencies;
pub mod task_form;
pub mod task_labels;
pub mod task_phases;
pub mod times;
pub mod unique_values;
pub mod work_items;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostic::Finding;
use crate::document::Document;
use crate::pack::compile::{Demanded, KindBody};
use crate::pack::{Kind, Packs};
use crate::select::{Scope, StateClass, head, state};
use crate::text::Span;
use crate::time::Timestamp;
use crate::workspace::{MembersOf, Workspace};

/// What a check sees.
pub struct Context<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its kind.
    pub kind: &'a Kind,
    /// What the kind says.
    pub body: &'a KindBody,
    /// All documents.
    pub workspace: &'a Workspace,
    /// The packs.
    pub packs: &'a Packs,
    /// The document's place in the workspace.
    pub index: usize,
    /// The others of its work items.
    pub members: MembersOf<'a>,
    /// The present time.
    pub now: Timestamp,
}

impl Context<'_> {
    /// What conditions are evaluated on.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        Scope::of(self.document, &self.members)
    }

    /// Whether something is demanded of this document.
    #[must_use]
    pub fn demands(&self, demanded: &Demanded) -> bool {
        match demanded {
            Demanded::Always => true,
            Demanded::Never => false,
            Demanded::When(condition) => self.scope().holds(condition),
        }
    }

    /// The class of the document's state.
    #[must_use]
    pub fn state(&self) -> Option<StateClass> {
        state(self.document).map(|(_, class)| class)
    }

    /// Where something that is missing from the document as a whole is reported.
    #[must_use]
    pub fn head(&self) -> Span {
        head(self.document)
    }

    /// The text under a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.document.parsed.text.slice(span)
    }
}

/// The findings of one rule.
pub struct Findings {
    rule: Arc<str>,
    list: Vec<Finding>,
}

impl Findings {
    /// No findings yet.
    #[must_use]
    pub fn new(rule: Arc<str>) -> Self {
        Self { rule, list: Vec::new() }
    }

    /// A finding at a place, to be completed and pushed.
    #[must_use]
    pub fn at(&self, span: Span) -> Finding {
        Finding::new(self.rule.clone(), span)
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// All of them.
    #[must_use]
    pub fn into_list(self) -> Vec<Finding> {
        self.list
    }
}

/// A check that is ready to run.
pub type Prepared = Box<dyn Fn(&Context<'_>, &mut Findings) + Send + Sync>;

/// A check in the registry.
pub struct Entry {
    /// Its name, as cards write it.
    pub name: &'static str,
    /// Makes it ready with a card's parameters.
    pub prepare: fn(&Value) -> Result<Prepared, String>,
}

/// A check without parameters.
type Plain = fn(&Context<'_>, &mut Findings);

macro_rules! plain {
    ($name:literal, $check:path) => {
        Entry { name: $name, prepare: |parameters| without_parameters(parameters, $check) }
    };
}

macro_rules! with {
    ($name:literal, $check:path) => {
        Entry { name: $name, prepare: |parameters| with_parameters(parameters, $check) }
    };
}

fn without_parameters(parameters: &Value, check: Plain) -> Result<Prepared, String> {
    match parameters {
        Value::Null => Ok(Box::new(check)),
        _ => Err("this check takes no parameters".to_owned()),
    }
}

fn with_parameters<P: DeserializeOwned + Send + Sync + 'static>(
    parameters: &Value,
    check: fn(&P, &Context<'_>, &mut Findings),
) -> Result<Prepared, String> {
    let parameters: P = serde_json::from_value(parameters.clone()).map_err(|error| error.to_string())?;
    Ok(Box::new(move |context, found| check(&parameters, context, found)))
}

/// Every check, by name.
pub const CHECKS: &[Entry] = &[
    plain!("ambiguous-marker-case", task_form::mixed_box_case),
    plain!("broken-callout", checkbox_form::broken_callout),
    Entry { name: "condition", prepare: condition::prepare },
    plain!("criteria-checked", criteria::open),
    plain!("dependency-cycle", task_dependencies::cycle),
    plain!("dependency-not-done", task_dependencies::not_done),
    plain!("document-present", work_items::missing_document),
    plain!("duplicate-item-id", item_ids::duplicate),
    plain!("duplicate-phase", task_phases::duplicate),
    plain!("duplicate-section", sections::duplicate),
    plain!("duplicate-task-id", task_form::duplicate_id),
    plain!("empty-phase", task_phases::empty),
    plain!("empty-section", sections::empty),
    Entry { name: "entry-gap", prepare: entry_flow::gap },
    plain!("entry-order", entry_times::order),
    plain!("entry-outside-lifetime", entry_times::lifetime),
    plain!("entry-parts", entries::parts),
    plain!("entry-present", entries::present),
    Entry { name: "entry-progress", prepare: entry_flow::progress },
    plain!("entry-without-follower", steps::without_follower),
    plain!("evidence-present", evidence::present),
    Entry { name: "file-named-after", prepare: file_names::named_after },
    plain!("front-matter-present", fields::front_matter_present),
    plain!("future-time", times::future),
    plain!("heading-level", sections::skipped_level),
    plain!("label-mismatch", task_labels::mismatch),
    with!("leftover", leftovers::leftover),
    with!("link-target", links::target),
    plain!("malformed-checkbox", checkbox_form::malformed_checkbox),
    plain!("malformed-entry", entries::malformed),
    plain!("malformed-item-id", item_ids::malformed),
    plain!("malformed-task", task_form::malformed),
    plain!("marker-out-of-order", task_labels::marker_out_of_order),
    plain!("missing-label", task_labels::missing),
    plain!("missing-path", task_form::missing_path),
    plain!("missing-phase-part", task_phases::missing_part),
    plain!("parallel-conflict", task_dependencies::parallel_conflict),
    plain!("path-fits", fields::path_fits),
    with!("schema", fields::schema),
    plain!("section-order", sections::order),
    plain!("section-present", sections::present),
    plain!("state-in-folder", fields::state_in_folder),
    plain!("status-marks", steps::status_marks),
    plain!("step-skipped", steps::skipped),
    plain!("sum-adds-up", sums::adds_up),
    plain!("task-id-gap", task_form::id_gap),
    plain!("task-id-order", task_form::id_order),
    plain!("test-after-implementation", task_dependencies::test_after),
    with!("time-form", times::form),
    plain!("times-ascend", times::ascend),
    with!("title", sections::title),
    plain!("total-mismatch", task_phases::total),
    plain!("unexpected-label", task_labels::unexpected),
    with!("unexplained-item", steps::unexplained),
    plain!("unfilled-document", leftovers::unfilled),
    plain!("unknown-dependency", task_dependencies::unknown),
    plain!("unknown-field", fields::unknown),
    plain!("unknown-label", task_labels::unknown),
    plain!("unknown-task", task_dependencies::unknown_mention),
    plain!("values-agree", fields::agree),
    plain!("values-unique", unique_values::unique),
];

/// Which of `count` things belong to the longest run in which each is in order after the one before; of equal runs the one
/// that begins first. What is not in it stands wrong. Takes time by the square of `count`.
fn longest_run(count: usize, in_order: impl Fn(usize, usize) -> bool) -> Vec<bool> {
    let mut longest = vec![(1, usize::MAX); count];
    for at in 0..count {
        for before in (0..at).filter(|before| in_order(*before, at)) {
            if longest[before].0 + 1 > longest[at].0 {
                longest[at] = (longest[before].0 + 1, before);
            }
        }
    }
    let mut run = vec![false; count];
    let mut at = (0..count).max_by_key(|at| (longest[*at].0, usize::MAX - at)).unwrap_or(usize::MAX);
    while let Some((_, before)) = longest.get(at) {
        run[at] = true;
        at = *before;
    }
    run
}

/// The check of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    CHECKS.iter().find(|entry| entry.name == name)
}
