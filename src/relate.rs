//! The relations that packs declare between the documents of a work item, and the claims of kinds about one document: what
//! must exist, what must not hold. A relation is evaluated once for its work item, however many documents that has.

use std::collections::HashMap;
use std::sync::Arc;

use crate::check::Context;
use crate::diagnostic::Finding;
use crate::document::Document;
use crate::pack::Packs;
use crate::pack::condition::{Condition, Selector, Target};
use crate::pack::relation::Relation;
use crate::read::fields::in_words;
use crate::ruleset::fill;
use crate::select::{Members, Memo, Scope, Selected, head, normal};
use crate::text::Span;
use crate::workspace::{Workspace, folder_of};

/// The findings of all relations and claims whose place lies in the document.
#[must_use]
pub fn relations(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for claim in &context.body.claims {
        let missing = |_: &str| None;
        let own = Evaluation { relation: claim, base: context.document, members: &context.members, missing: &missing };
        if own.is_readable() {
            found.extend(own.run().into_iter().filter(|it| it.0 == context.document.path).map(|(_, finding)| finding));
        }
    }
    for group in context.workspace.groups_of(context.index) {
        let all = context.workspace.findings_of(*group, || of_group(context.packs, context.workspace, *group));
        let first = all.partition_point(|(index, _)| *index < context.index);
        found.extend(all[first..].iter().take_while(|(index, _)| *index == context.index).map(|(_, f)| f.clone()));
    }
    found
}

/// The findings of all relations of a work item, with the document that each lies in, in order.
fn of_group(packs: &Packs, workspace: &Workspace, number: usize) -> Vec<(usize, Finding)> {
    let group = &workspace.groups()[number];
    let Some(pack) = packs.packs().get(group.sort.0) else { return Vec::new() };
    let item = &pack.work_items[group.sort.1];
    let Some(base) = group.members.values().flatten().min() else { return Vec::new() };
    let base = &workspace.documents()[*base];
    let members = workspace.members_of_group(number, item);
    // Where a missing member would lie, unless something lies there.
    let missing = |role: &str| item.member(role).and_then(|member| group.lacks(member, workspace));
    let mut found = Vec::new();
    for relation in pack.relations().iter().filter(|it| it.format.work_item.as_ref() == Some(&item.name)) {
        let evaluation = Evaluation { relation, base, members: &members, missing: &missing };
        if evaluation.is_readable() {
            found.extend(evaluation.run());
        }
    }
    let index = |path: &str| workspace.documents().binary_search_by(|other| (*other.path).cmp(path)).ok();
    let mut found: Vec<(usize, Finding)> =
        found.into_iter().filter_map(|(path, finding)| Some((index(&path)?, finding))).collect();
    found.sort_by_key(|(index, _)| *index);
    found
}

/// A relation, and what it is evaluated on.
struct Evaluation<'a> {
    relation: &'a Relation,
    /// The document that selectors without a member are about.
    base: &'a Document,
    members: &'a dyn Members,
    /// The paths that a member could have, if it is not there.
    missing: &'a dyn Fn(&str) -> Option<Vec<String>>,
}

/// What the names of `each` stand for.
type Row<'a> = Vec<(&'a str, Selected<'a>)>;

impl<'a> Evaluation<'a> {
    /// Whether all documents that it reads can be believed: what is wrong with one that is broken or still the template has
    /// one cause, and that is reported there.
    fn is_readable(&self) -> bool {
        !self.relation.reads.iter().any(|role| self.members.of_role(role).into_iter().any(is_broken))
    }

    /// The findings, each with the path of the document that it lies in.
    fn run(&self) -> Vec<(Arc<str>, Finding)> {
        let memo = Memo::default();
        let scope = Scope { memo: Some(&memo), ..Scope::of(self.base, self.members) };
        let conditions: Vec<&Condition> = self.relation.when.iter().flat_map(Condition::parts).collect();
        let (varying, fixed): (Vec<&Condition>, Vec<&Condition>) =
            conditions.into_iter().partition(|condition| condition.has_variable());
        if !fixed.iter().all(|condition| scope.holds(condition)) {
            return Vec::new();
        }
        let excused = |scope: &Scope<'_>| self.relation.unless.as_ref().is_some_and(|unless| scope.holds(unless));
        let mut found = Vec::new();
        for row in self.rows(scope, &varying) {
            let scope = Scope { bound: &row, ..scope };
            if varying.iter().all(|condition| scope.holds(condition)) && !excused(&scope) {
                self.findings(&scope, &mut found);
            }
        }
        if self.relation.format.once { once(found) } else { found }
    }

    /// Each combination of what the names stand for.
    fn rows(&self, scope: Scope<'a>, conditions: &[&Condition]) -> Vec<Row<'a>> {
        let mut rows: Vec<Row<'a>> = vec![Vec::new()];
        for (name, selector) in &self.relation.each {
            let link = conditions.iter().find_map(|condition| link(condition, name, &rows));
            let mut next = Vec::new();
            if let Some((own, other)) = link.filter(|_| selector.variable().is_none()) {
                // Things that are joined by a common value are looked up by it.
                let mut values = scope.select(selector);
                values.retain(|value| !is_broken(value.document));
                let mut by_value: HashMap<String, Vec<&Selected<'a>>> = HashMap::new();
                for value in &values {
                    let scope = [(name.as_str(), value.clone())];
                    let keys = Scope { bound: &scope, ..Scope::of(self.base, self.members) }.select(own);
                    for key in keys {
                        by_value.entry(normal(&key.text)).or_default().push(value);
                    }
                }
                for row in &rows {
                    let keys = Scope { bound: row, ..Scope::of(self.base, self.members) }.select(other);
                    let mut keys: Vec<String> = keys.iter().map(|key| normal(&key.text)).collect();
                    keys.sort();
                    keys.dedup();
                    for value in keys.iter().filter_map(|key| by_value.get(key)).flatten() {
                        next.push(with(row, name, (*value).clone()));
                    }
                }
            } else {
                for row in &rows {
                    let mut values: Vec<Selected<'a>> = bound_select(self, row, selector);
                    // Of what it is asked of one by one, the broken ones are left out by themselves.
                    values.retain(|value| !is_broken(value.document));
                    next.extend(values.into_iter().map(|value| with(row, name, value)));
                }
            }
            rows = next;
        }
        rows
    }

    fn findings(&self, scope: &Scope<'_>, found: &mut Vec<(Arc<str>, Finding)>) {
        let Some((path, span)) = self.place(scope) else { return };
        for role in &self.relation.format.demand {
            let Some(mut files) = (self.missing)(role) else { continue };
            // Where the document that demands it lies, there it would go.
            let own = folder_of(&path);
            files.sort_by_key(|file| folder_of(file) != own);
            let file = files.into_iter().next().unwrap_or_default();
            let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
            let finding = self.finding(scope, &path, span);
            let finding = finding.value("document", name).value("member", role.clone()).value("path", file);
            found.push((path.clone(), finding));
        }
        let forbidden = match &self.relation.forbid {
            Some(forbid) => scope.holds(forbid),
            // What applies, and neither forbids nor demands anything, is itself what must not be.
            None => self.relation.format.demand.is_empty(),
        };
        if forbidden {
            found.push((path.clone(), self.finding(scope, &path, span)));
        }
    }

    fn finding(&self, scope: &Scope<'_>, path: &Arc<str>, span: Span) -> Finding {
        let format = &self.relation.format;
        let mut finding = Finding::new(format.report.as_str(), span).severity(format.severity);
        finding.case = format.case.clone().map(Into::into);
        finding.message.clone_from(&format.message);
        for (name, selector) in &self.relation.values {
            let text = scope.select(selector).into_iter().next().map_or(String::new(), |value| value.text);
            finding = finding.value(name.clone(), in_words(&text));
        }
        for (name, value) in scope.bound {
            finding = finding.value((*name).to_owned(), in_words(&value.text));
        }
        finding.help = format.help.as_deref().map(|help| fill(help, &finding));
        for selected in self.relation.related.iter().filter_map(|selector| scope.select(selector).into_iter().next()) {
            let span = place_of(&selected);
            finding = if selected.path == *path {
                finding.related("source", span)
            } else {
                finding.related_in(&selected.path, "source", span)
            };
        }
        finding
    }

    /// The first place that is found, with its document.
    fn place(&self, scope: &Scope<'_>) -> Option<(Arc<str>, Span)> {
        if self.relation.at.is_empty() {
            return match scope.bound.first() {
                Some((_, value)) => Some((value.path.clone(), place_of(value))),
                None => Some((self.base.path.clone(), head(self.base))),
            };
        }
        let selected = self.relation.at.iter().find_map(|selector| scope.select(selector).into_iter().next())?;
        Some((selected.path.clone(), place_of(&selected)))
    }
}

/// Whether what a document says cannot be believed, for a cause that is reported there.
fn is_broken(document: &Document) -> bool {
    document.unfilled || document.parsed.broken
}

fn with<'a>(row: &Row<'a>, name: &'a str, value: Selected<'a>) -> Row<'a> {
    let mut row = row.clone();
    row.push((name, value));
    row
}

/// What a selector selects while the names of a row stand for what they do. What is selected lives in the documents, and so
/// longer than the row.
fn bound_select<'a>(evaluation: &Evaluation<'a>, row: &Row<'a>, selector: &Selector) -> Vec<Selected<'a>> {
    match &selector.target {
        Target::Variable { name, hole } => {
            let Some((_, bound)) = row.iter().find(|(known, _)| known == name) else { return Vec::new() };
            hole.as_ref().map_or_else(|| vec![bound.clone()], |hole| bound.hole(hole))
        }
        Target::First(inner) => bound_select(evaluation, row, inner).into_iter().take(1).collect(),
        Target::Last(inner) => bound_select(evaluation, row, inner).pop().into_iter().collect(),
        _ => Scope::of(evaluation.base, evaluation.members).select(selector),
    }
}

/// The two sides of an equality that joins a name with one that the rows have: its own side first.
fn link<'c>(condition: &'c Condition, name: &str, rows: &[Row<'_>]) -> Option<(&'c Selector, &'c Selector)> {
    let Condition::Test(test) = condition else { return None };
    let other = test.equals.as_ref()?;
    let has = |wanted: Option<&str>| {
        wanted.is_some_and(|wanted| rows.first().is_some_and(|row| row.iter().any(|(known, _)| *known == wanted)))
    };
    if test.select.variable() == Some(name) && has(other.variable()) {
        Some((&test.select, other))
    } else if other.variable() == Some(name) && has(test.select.variable()) {
        Some((other, &test.select))
    } else {
        None
    }
}

/// Of several findings the first, with the others of its document as related places.
fn once(found: Vec<(Arc<str>, Finding)>) -> Vec<(Arc<str>, Finding)> {
    /// Further places that are shown.
    const MOST: usize = 3;
    let count = found.len();
    let mut found = found.into_iter();
    let Some((path, mut first)) = found.next() else { return Vec::new() };
    first = first.value("count", count.to_string());
    for (other, finding) in found.take(MOST) {
        first = if other == path {
            first.related("also", finding.span)
        } else {
            first.related_in(&other, "also", finding.span)
        };
    }
    vec![(path, first)]
}

/// Where a finding about a selected thing points: a document, and what has no place in its text, are told at its head.
fn place_of(selected: &Selected<'_>) -> Span {
    let whole = selected.span.is_empty() || selected.span == Span::new(0, selected.document.parsed.text.len());
    if whole { head(selected.document) } else { selected.span }
}
