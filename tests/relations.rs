//! The language of relations and claims, on a small pack of our own: what crosses documents is asked of each thing, joined,
//! counted and compared, and reported at its place in the document that claims.

use std::fmt::Write as _;

use worklint::config::Settings;
use worklint::lint::lint_all;
use worklint::pack::{PackSource, Packs};
use worklint::ruleset::RuleSet;
use worklint::text::Text;
use worklint::time::{Demand, Form, parse};
use worklint::workspace::{Source, Workspace};

const PLAN: &str = "\
kind: plan
summary: What shall be brewed.
path: \"brews/{name}/plan.md\"
recognise: [path]
fields: { source: header }
entries:
  steps:
    under: section Steps
    as: heading 3
    shapes: [\"{? ~~}Step {n:int}: {title}{? (P{priority:int})}\"]
criteria: section Goals
";

const REPORT: &str = "\
kind: report
summary: What was brewed.
path: \"brews/{name}/report.md\"
recognise: [path]
fields: { source: header }
lifecycle: { state: field State, open: [brewing], done: [drunk] }
entries:
  steps:
    under: section Steps
    as: heading 3
    shapes: [\"Step {n:int}: {title}{? (P{priority:int})}{? - {state=finished|waiting}}\"]
    progress: { captures: [state], done: [finished], current: [], open: [waiting] }
criteria: section Goals
facts:
  bottles: { in: section Result, shape: \"{n:int} bottles of {total:int}\" }
  keg: { in: section Result, shape: \"keg {Id:id}\" }
  broken: { code: true, shape: \"{n:int} BROKEN\" }
claims:
  - report: sour-claim
    case: waiting
    each: { step: \"entry steps\" }
    when: { all: [ { select: state, is: done }, { select: \"$step progress\", is: open } ] }
    related: field State
  - report: sour-claim
    case: broken
    each: { step: \"entry steps\", failure: \"$step fact broken\" }
    when:
      all: [ { select: \"$step progress\", is: done }, { select: \"$failure n\", above: 0 } ]
    at: $failure
    related: $step
  - report: sour-claim
    case: too-many
    each: { bottles: fact bottles }
    forbid: { select: \"$bottles n\", above: \"$bottles total\" }
  - report: sour-claim
    message: \"keg {id} is not known\"
    each: { keg: fact keg }
    when: { select: \"$keg Id\", fits: \"K{:int}\" }
    values: { id: $keg Id }
";

const PACK: &str = "\
name: brews
summary: Brews.
work-items:
  brew:
    root: \"brews/{name}/\"
    members:
      plan: { kind: plan, file: plan.md }
      report: { kind: report, file: report.md }
relations:
  - work-item: brew
    report: sour-claim
    case: no-result
    each: { step: \"plan: entry steps\" }
    when: { all: [ \"report: document\", { select: \"report: state\", is: done } ] }
    forbid: { not: { select: \"$step n\", subset: \"report: entry steps n\" } }
    values: { n: $step n }
    at: [ \"preceding $step n | report: entry steps n\", \"report: section Steps\", \"report: title\" ]
    related: $step
  - work-item: brew
    report: sour-claim
    message: step {n} has priority {mine} here and {theirs} in the plan
    help: Ask the brewer.
    severity: info
    each: { mine: \"report: entry steps\", theirs: \"plan: entry steps\" }
    when: { select: \"$mine n\", equals: \"$theirs n\" }
    forbid: { select: \"$mine priority\", differs: \"$theirs priority\" }
    values: { n: $mine n, mine: $mine priority, theirs: $theirs priority }
    related: $theirs priority
  - work-item: brew
    report: sour-claim
    case: count
    when: { all: [ \"plan: document\", { select: \"count report: criteria\", differs: \"count plan: criteria\" } ] }
    values: { here: \"count report: criteria\", there: \"count plan: criteria\" }
    at: [ \"report: section Goals\", \"report: title\" ]
  - work-item: brew
    report: sour-claim
    message: the keg is not in the cellar
    when: { all: [ \"report: document\", { select: file cellar/keg.txt, exists: false } ] }
    at: \"report: title\"
  - work-item: brew
    report: sour-claim
    case: early
    when: { select: \"report: field Begun\", before: \"plan: field Written\", margin: 5 }
    at: \"report: field Begun\"
    related: \"plan: field Written\"
";

const CARD: &str = "\
summary: Reports are true.
why: Nobody likes sour beer.
severity: error
stage: relations
cases:
  waiting: { message: \"`{step}` waits, but all is drunk\" }
  broken: { message: \"{failure}\" }
  too-many: { message: \"{bottles}\" }
  no-result: { message: \"step {n} has no result\" }
  count: { message: \"{here} goals here, {there} there\" }
  early: { message: begun too early }
related: { source: this }
since: 0.1.0
";

/// The findings of the pack over these documents, a line each, with the place and the related places.
fn findings(documents: &[(&str, &str)]) -> String {
    let files = [
        ("pack.yaml", PACK),
        ("kinds/plan.yaml", PLAN),
        ("kinds/report.yaml", REPORT),
        ("rules/sour-claim.yaml", CARD),
    ];
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), Text::new(*text))).collect();
    let (packs, mistakes) = Packs::load(&[PackSource { folder: "brews".to_owned(), files }]);
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).into(),
        content: Ok(Text::new(*text)),
        kind: None,
        report: true,
    };
    let mut workspace = Workspace::build(&packs, documents.iter().map(source).collect());
    workspace.answer(|path| path == "cellar/keg.txt");
    let now = parse("2026-11-20T12:00:00Z", Demand { form: Form::Timestamp, zone: false }).unwrap();
    let (rules, _) = RuleSet::new(&packs, &Settings::new(now));
    let mut lines = String::new();
    for found in lint_all(&rules, &workspace).iter().filter(|found| &*found.rule == "sour-claim") {
        write!(
            lines,
            "{}:{}:{} {} {}",
            found.path,
            found.start.line,
            found.start.column,
            found.severity.name(),
            found.message
        )
        .unwrap();
        for related in &found.related {
            write!(lines, " <- {}:{}", related.path, related.start.line).unwrap();
        }
        lines.push('\n');
    }
    lines
}

const GOOD_PLAN: &str = "\
# Stout

**Written**: 2026-01-01T10:00Z

## Goals

- [ ] Dark
- [ ] Cold

## Steps

### Step 1: Mash (P1)

### Step 2: Boil (P2)
";

const GOOD_REPORT: &str = "\
# Stout

**State**: drunk
**Begun**: 2026-01-01T10:00Z

## Goals

- [x] Dark
- [x] Cold

## Steps

### Step 1: Mash (P1) - finished

### Step 2: Boil (P2) - finished

## Result

12 bottles of 12
";

#[test]
fn what_agrees_gives_nothing() {
    assert_eq!(findings(&[("brews/stout/plan.md", GOOD_PLAN), ("brews/stout/report.md", GOOD_REPORT)]), "");
}

#[test]
fn each_side_by_itself_gives_nothing() {
    assert_eq!(findings(&[("brews/stout/plan.md", GOOD_PLAN)]), "");
    assert_eq!(findings(&[("brews/stout/report.md", GOOD_REPORT)]), "");
    // Another brew is another work item.
    assert_eq!(findings(&[("brews/ale/plan.md", GOOD_PLAN), ("brews/stout/report.md", GOOD_REPORT)]), "");
}

#[test]
fn what_differs_is_reported_where_it_is_claimed() {
    let report = GOOD_REPORT
        .replace("### Step 2: Boil (P2) - finished\n", "```\n0 broken\n3 BROKEN\n```\n")
        .replace("(P1)", "(P3)")
        .replace("12 bottles of 12", "13 Bottles of 12, KEG K012")
        .replace("- [x] Cold\n", "")
        .replace("2026-01-01T10:00Z", "2026-01-01T09:50Z");
    let expected = "\
brews/stout/report.md:4:12 error begun too early <- brews/stout/plan.md:3
brews/stout/report.md:6:1 error 1 goals here, 2 there
brews/stout/report.md:12:5 info step 1 has priority 3 here and 1 in the plan <- brews/stout/plan.md:12
brews/stout/report.md:12:5 error step 2 has no result <- brews/stout/plan.md:14
brews/stout/report.md:16:1 error 3 BROKEN <- brews/stout/report.md:12
brews/stout/report.md:21:1 error 13 Bottles of 12
brews/stout/report.md:21:19 error keg K012 is not known
";
    assert_eq!(findings(&[("brews/stout/plan.md", GOOD_PLAN), ("brews/stout/report.md", &report)]), expected);
}

#[test]
fn a_margin_is_not_exceeded_by_less() {
    let report = GOOD_REPORT.replace("2026-01-01T10:00Z", "2026-01-01T09:56Z");
    assert_eq!(findings(&[("brews/stout/plan.md", GOOD_PLAN), ("brews/stout/report.md", &report)]), "");
}

#[test]
fn a_waiting_step_contradicts_the_state() {
    let report = GOOD_REPORT.replace("(P2) - finished", "(P2) - waiting");
    let expected = "\
brews/stout/report.md:15:5 error `Step 2: Boil (P2) - waiting` waits, but all is drunk <- brews/stout/report.md:3
";
    assert_eq!(findings(&[("brews/stout/report.md", &report)]), expected);
}
