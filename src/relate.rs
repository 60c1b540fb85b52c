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
    // What is wrong with a broken document has one cause, and that is reported.
    let claims: &[Relation] = if is_broken(context.document) { &[] } else { &context.body.claims };
    for claim in claims {
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

/// One name of `each`.
struct Level<'a> {
    name: &'a str,
    selector: &'a Selector,
    /// What it can stand for, where that does not depend on other names.
    fixed: Option<Vec<Selected<'a>>>,
    /// How it is joined to a name before it.
    join: Option<Join<'a>>,
    /// Conditions all of whose names are bound now.
    asked: Vec<&'a Condition>,
}

/// Things that are looked up by a value which they share with another thing.
struct Join<'a> {
    by_value: HashMap<String, Vec<usize>>,
    /// The value of the other thing.
    other: &'a Selector,
}

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
        let conditions: Vec<&'a Condition> = self.relation.when.iter().flat_map(Condition::parts).collect();
        let (varying, fixed): (Vec<_>, Vec<_>) = conditions.into_iter().partition(|condition| condition.has_variable());
        if !fixed.iter().all(|condition| scope.holds(condition)) {
            return Vec::new();
        }
        let levels = self.levels(scope, varying);
        let mut found = Vec::new();
        self.descend(scope, &levels, &mut Vec::new(), &mut found);
        if self.relation.format.once { once(found) } else { found }
    }

    /// For each name of `each` what it can stand for, and the conditions that can be asked once it stands for something.
    fn levels(&self, scope: Scope<'a>, mut conditions: Vec<&'a Condition>) -> Vec<Level<'a>> {
        let mut bound: Vec<&str> = Vec::new();
        let mut levels = Vec::new();
        for (name, selector) in self.in_order(&conditions) {
            let fixed = selector.variable().is_none().then(|| {
                let mut values = scope.select(selector);
                // Of what it is asked of one by one, the broken ones are left out by themselves.
                values.retain(|value| !is_broken(value.document));
                values
            });
            let join = fixed.as_ref().and_then(|values| {
                let (own, other) = conditions.iter().find_map(|condition| link(condition, name, &bound))?;
                Some(Join { by_value: self.by_value(name, own, values), other })
            });
            bound.push(name);
            let (asked, later) = conditions.into_iter().partition(|condition| {
                let mut known = true;
                condition
                    .selectors(&mut |selector| known &= selector.variable().is_none_or(|name| bound.contains(&name)));
                known
            });
            conditions = later;
            levels.push(Level { name, selector, fixed, join, asked });
        }
        levels
    }

    /// The names of `each` in the order in which they are bound: next the one that most conditions can then be asked of,
    /// those that ask for one value before those that compare times and numbers, which leave many. What uses another name
    /// comes after it.
    fn in_order(&self, conditions: &[&'a Condition]) -> Vec<&'a (String, Selector)> {
        let mut open: Vec<&(String, Selector)> = self.relation.each.iter().collect();
        let mut bound: Vec<&str> = Vec::new();
        let mut ordered = Vec::new();
        while !open.is_empty() {
            let weight = |name: &str| {
                let asked = conditions.iter().filter(|condition| {
                    let (mut known, mut own) = (true, false);
                    condition.selectors(&mut |selector| {
                        if let Some(used) = selector.variable() {
                            own |= used == name;
                            known &= used == name || bound.contains(&used);
                        }
                    });
                    known && own
                });
                asked.map(|condition| if condition.is_selective() { 10 } else { 1 }).sum::<usize>()
            };
            let free = |selector: &Selector| selector.variable().is_none_or(|used| bound.contains(&used));
            let ready = open.iter().enumerate().filter(|(_, (_, selector))| free(selector));
            let next = ready.max_by_key(|(at, (name, _))| (weight(name), usize::MAX - at)).map_or(0, |(at, _)| at);
            let chosen = open.remove(next);
            bound.push(&chosen.0);
            ordered.push(chosen);
        }
        ordered
    }

    /// Things by the values that join them to others.
    fn by_value(&self, name: &str, own: &Selector, values: &[Selected<'a>]) -> HashMap<String, Vec<usize>> {
        let mut by_value: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, value) in values.iter().enumerate() {
            let row = [(name, value.clone())];
            for key in (Scope { bound: &row, ..Scope::of(self.base, self.members) }).select(own) {
                let numbers = by_value.entry(normal(&key.text)).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
        by_value
    }

    /// Binds one name after the other, and goes on only where everything holds that can be asked so far: the combinations
    /// are never all there at once.
    fn descend(&self, scope: Scope<'_>, levels: &[Level<'a>], row: &mut Row<'a>, found: &mut Vec<(Arc<str>, Finding)>) {
        let Some((level, rest)) = levels.split_first() else {
            let scope = Scope { bound: row, ..scope };
            let excused = self.relation.unless.as_ref().is_some_and(|unless| scope.holds(unless));
            if !excused {
                self.findings(&scope, found);
            }
            return;
        };
        for value in self.values(level, row) {
            row.push((level.name, value));
            let here = Scope { bound: row, ..scope };
            if level.asked.iter().all(|condition| here.holds(condition)) {
                self.descend(scope, rest, row, found);
            }
            row.pop();
        }
    }

    /// What a name can stand for, given what those before it do.
    fn values(&self, level: &Level<'a>, row: &Row<'a>) -> Vec<Selected<'a>> {
        match (&level.fixed, &level.join) {
            (Some(values), Some(join)) => {
                let keys = (Scope { bound: row, ..Scope::of(self.base, self.members) }).select(join.other);
                let keys = keys.iter().filter_map(|key| join.by_value.get(&normal(&key.text)));
                let mut numbers: Vec<usize> = keys.flatten().copied().collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers.into_iter().map(|number| values[number].clone()).collect()
            }
            (Some(values), None) => values.clone(),
            (None, _) => {
                let mut values = bound_select(self, row, level.selector);
                values.retain(|value| !is_broken(value.document));
                values
            }
        }
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
            let own = [("document", name), ("member", role.clone()), ("path", file)];
            let finding = self.finding(scope, &path, span, own);
            found.push((path.clone(), finding));
        }
        let forbidden = match &self.relation.forbid {
            Some(forbid) => scope.holds(forbid),
            // What applies, and neither forbids nor demands anything, is itself what must not be.
            None => self.relation.format.demand.is_empty(),
        };
        if forbidden {
            found.push((path.clone(), self.finding(scope, &path, span, [])));
        }
    }

    fn finding<const N: usize>(
        &self,
        scope: &Scope<'_>,
        path: &Arc<str>,
        span: Span,
        own: [(&'static str, String); N],
    ) -> Finding {
        let format = &self.relation.format;
        let mut finding = Finding::new(format.report.as_str(), span).severity(format.severity);
        finding.case = format.case.clone().map(Into::into);
        finding.message.clone_from(&format.message);
        for (name, value) in own {
            finding = finding.value(name, value);
        }
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
            let first = self.relation.each.first().map(|(name, _)| name.as_str());
            return match scope.bound.iter().find(|(name, _)| Some(*name) == first) {
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

/// The two sides of an equality that joins a name with one that is bound: its own side first.
fn link<'c>(condition: &'c Condition, name: &str, bound: &[&str]) -> Option<(&'c Selector, &'c Selector)> {
    let Condition::Test(test) = condition else { return None };
    let other = test.equals.as_ref()?;
    let has = |wanted: Option<&str>| wanted.is_some_and(|wanted| bound.contains(&wanted));
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
