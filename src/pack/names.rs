//! The names that a selector can use: what a kind has of fields, holes, entries and facts. A name that cannot be decided,
//! because documents may have more than their kind says, is unknown only where a known one is near.

use std::sync::Arc;

use serde_json::Value;

use crate::pack::compile::{EntryRules, FormRule};
use crate::pack::condition::{Selector, Target};
use crate::pack::near::{advice, near};
use crate::pack::{Kind, Packs, WorkItem};

/// What a condition or a selector is about.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// Each document of one kind.
    Kind(&'a Arc<Kind>),
    /// The members of a work item.
    Item(&'a WorkItem),
    /// The documents of several kinds; of all, if there are none.
    Kinds(&'a [Arc<Kind>]),
}

/// What is wrong with a name: in words, and what to do.
pub(super) type Fault = (String, String);

/// Where names are looked up.
pub(super) struct Names<'a> {
    pub(super) packs: &'a Packs,
    pub(super) about: About<'a>,
    /// The names of a relation's `each`, with what they stand for.
    pub(super) each: &'a [(String, Selector)],
}

/// One kind's answer to a name that it does not have.
struct Lacks {
    what: String,
    known: Vec<String>,
    called: &'static str,
    /// Nothing but the known names can ever be there.
    closed: bool,
}

impl Names<'_> {
    /// What is wrong with the names in a selector, if anything is.
    pub(super) fn fault(&self, selector: &Selector) -> Option<Fault> {
        match &selector.target {
            Target::Count(inner) | Target::First(inner) | Target::Last(inner) => return self.fault(inner),
            Target::Preceding(what, list) => return self.fault(what).or_else(|| self.fault(list)),
            Target::Variable { name, hole: Some(hole) } => {
                let (_, stands) = self.each.iter().find(|(known, _)| known == name)?;
                return self.fault_within(stands, hole);
            }
            _ => {}
        }
        let kinds = match self.kinds(selector.member.as_deref()) {
            Ok(kinds) => kinds,
            Err(fault) => return Some(fault),
        };
        if matches!(selector.target, Target::State)
            && !kinds.is_empty()
            && kinds.iter().all(|kind| kind.format.lifecycle.is_none())
        {
            let words = format!("`{}`: `{}` has no `lifecycle`", selector.source, kinds[0].name);
            return Some((words, "say there which words are `open`, `done` and `closed`".to_owned()));
        }
        judge(&kinds, &selector.source, |kind| lacks(kind, &selector.target))
    }

    /// What is wrong with what is asked of a name of `each`.
    fn fault_within(&self, stands: &Selector, hole: &str) -> Option<Fault> {
        let stands = match &stands.target {
            Target::First(inner) | Target::Last(inner) => inner,
            _ => stands,
        };
        let kinds = self.kinds(stands.member.as_deref()).ok()?;
        // `$step fact NAME`: what the document says within it.
        if let Some((word, _)) = hole.split_once(' ')
            && matches!(word, "fact" | "entry" | "field" | "path")
            && let Ok(inner) = Selector::compile(hole)
        {
            return judge(&kinds, hole, |kind| lacks(kind, &inner.target));
        }
        judge(&kinds, hole, |kind| {
            let (known, called, closed): (Vec<String>, _, _) = match &stands.target {
                Target::Entry { list, form, .. } => (parts_of(entries(kind, list, form.as_deref())), "parts", false),
                Target::Fact { name, hole: None } => {
                    let fact = kind.body().facts.iter().find(|fact| fact.name == *name)?;
                    (names(fact.shapes.iter().flat_map(|shape| shape.names())), "holes", true)
                }
                Target::Phases(None) => {
                    let holes = kind.body().phases.iter().flat_map(|phase| &phase.headings);
                    let holes = holes.flat_map(|shape| shape.names()).chain(["group", "number"]);
                    (names(holes), "holes", true)
                }
                Target::Tasks(_) => (names(["id", "state", "labels", "paths", "depends", "text"]), "parts", true),
                Target::Items(_) => (names(["id", "text"]), "parts", true),
                _ => return None,
            };
            let lacking = !known.iter().any(|name| name.eq_ignore_ascii_case(hole));
            lacking.then(|| Lacks { what: hole.to_owned(), known, called, closed })
        })
    }

    /// The kinds that a selector with that member can be about; none where that is not known.
    fn kinds(&self, member: Option<&str>) -> Result<Vec<Arc<Kind>>, Fault> {
        let items: Vec<&WorkItem> = match (self.about, member) {
            (About::Kind(kind), None) => return Ok(vec![kind.clone()]),
            (About::Kinds(kinds), None) => return Ok(kinds.to_vec()),
            (About::Item(_), None) => return Ok(Vec::new()),
            (About::Item(item), Some(role)) if item.member(role).is_some() => vec![item],
            // The other work items of its documents.
            (About::Item(item), Some(_)) => {
                let plays = |kind: &&Arc<Kind>| item.members.iter().any(|member| kind.is(&member.kind));
                let kinds: Vec<Arc<Kind>> = self.packs.all_kinds().filter(plays).cloned().collect();
                if kinds.is_empty() { vec![item] } else { self.items_of(&kinds) }
            }
            (About::Kind(kind), Some(_)) => self.items_of(std::slice::from_ref(kind)),
            (About::Kinds(kinds), Some(_)) => self.items_of(kinds),
        };
        let role = member.unwrap_or_default();
        let members: Vec<_> = items.iter().filter_map(|item| item.member(role)).collect();
        if members.is_empty() {
            let known = names(items.iter().flat_map(|item| &item.members).map(|member| member.role.as_str()));
            let words = match self.about {
                About::Item(item) => format!("the work item `{}` has no member `{role}`", item.name),
                _ => format!("no work item of such documents has a member `{role}`"),
            };
            return Err((words, advice(role, &known, "members")));
        }
        let plays = |kind: &&Arc<Kind>| members.iter().any(|member| kind.is(&member.kind));
        Ok(self.packs.all_kinds().filter(plays).cloned().collect())
    }

    /// The work items in which documents of these kinds are members; all, if there are no kinds.
    fn items_of(&self, kinds: &[Arc<Kind>]) -> Vec<&WorkItem> {
        let plays = |item: &&WorkItem| item.members.iter().any(|member| kinds.iter().any(|kind| kind.is(&member.kind)));
        let items = self.packs.packs.iter().flat_map(|pack| &pack.work_items);
        items.filter(|item| kinds.is_empty() || plays(item)).collect()
    }
}

/// What is wrong with a name of one kind's own, if anything is.
pub(super) fn fault_in(kind: &Kind, selector: &Selector) -> Option<Fault> {
    let lacking = lacks(kind, &selector.target)?;
    let near = near(&lacking.what, lacking.known.iter().map(String::as_str));
    if !lacking.closed && near.is_none() {
        return None;
    }
    let words = format!("`{}` is not among the {} of `{}`", lacking.what, lacking.called, kind.name);
    Some((words, advice(&lacking.what, &lacking.known, lacking.called)))
}

/// A name is wrong when no kind that it can be about has it.
fn judge(kinds: &[Arc<Kind>], source: &str, lacks: impl Fn(&Kind) -> Option<Lacks>) -> Option<Fault> {
    let mut all: Vec<Lacks> = Vec::new();
    for kind in kinds {
        all.push(lacks(kind)?);
    }
    let first = all.first()?;
    let mut known: Vec<String> = all.iter().flat_map(|lacks| lacks.known.iter().cloned()).collect();
    known.sort();
    known.dedup();
    if !all.iter().all(|lacks| lacks.closed) && near(&first.what, known.iter().map(String::as_str)).is_none() {
        return None;
    }
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.name)).collect();
    let whose = if let [kind] = kinds.as_slice() { kind.clone() } else { "any of its kinds".to_owned() };
    let words = if source == first.what {
        format!("`{}` is not among the {} of {whose}", first.what, first.called)
    } else {
        format!("`{source}`: `{}` is not among the {} of {whose}", first.what, first.called)
    };
    Some((words, advice(&first.what, &known, first.called)))
}

/// What a kind lacks of what a target names.
fn lacks(kind: &Kind, target: &Target) -> Option<Lacks> {
    let body = kind.body();
    let unless = |what: &str, known: Vec<String>, called: &'static str, closed: bool| {
        let there = known.iter().any(|name| name.eq_ignore_ascii_case(what));
        (!there).then(|| Lacks { what: what.to_owned(), known, called, closed })
    };
    match target {
        Target::Field(pointer) if pointer.starts_with('/') => pointed(kind, pointer),
        Target::Field(name) => field(kind, name),
        Target::Path(Some(hole)) | Target::Known(hole) => {
            let known = names(kind.marks.paths.iter().flat_map(|shape| shape.names()));
            if hole == "path" { None } else { unless(hole, known, "holes of the path", true) }
        }
        Target::Title(Some(hole)) => {
            unless(hole, names(body.title.iter().flat_map(|shape| shape.names())), "holes of the title", true)
        }
        Target::Section(shape) if shape.names().is_empty() && !body.sections.is_empty() => {
            let known = names(body.sections.iter().flat_map(|rule| &rule.headings).map(|shape| shape.source()));
            let fits = |heading: &str| shape.fits_loosely(heading);
            let declared = body.sections.iter().flat_map(|rule| &rule.headings);
            let there =
                declared.clone().any(|heading| heading.fits_loosely(shape.source())) || known.iter().any(|k| fits(k));
            if there { None } else { unless(shape.source(), known, "sections", false) }
        }
        Target::Entry { list, form, part } => {
            let Some(rules) = body.entries.iter().find(|rules| rules.name == *list) else {
                let known = names(body.entries.iter().map(|rules| rules.name.as_str()));
                return unless(list, known, "lists of entries", true);
            };
            if let Some(form) = form
                && let lacking @ Some(_) =
                    unless(form, names(rules.forms.iter().map(|form| form.name.as_str())), "forms", true)
            {
                return lacking;
            }
            let part = part.as_deref()?;
            unless(part, parts_of(entries(kind, list, form.as_deref())), "parts", false)
        }
        Target::Part(name) if !body.entries.is_empty() => {
            unless(name, parts_of(body.entries.iter().flat_map(|rules| &rules.forms).collect()), "parts", false)
        }
        Target::Phases(Some(hole)) if !body.phases.is_empty() => {
            let holes = body.phases.iter().flat_map(|phase| &phase.headings).flat_map(|shape| shape.names());
            unless(hole, names(holes.chain(["group", "number"])), "holes of its phases", true)
        }
        Target::Items(Some(prefix)) => {
            let prefixes = &body.items.as_ref()?.prefixes;
            if prefixes.is_empty() { None } else { unless(prefix, prefixes.clone(), "prefixes of items", true) }
        }
        Target::Fact { name, hole } => {
            let Some(fact) = body.facts.iter().find(|fact| fact.name == *name) else {
                return unless(name, names(body.facts.iter().map(|fact| fact.name.as_str())), "facts", true);
            };
            let holes = names(fact.shapes.iter().flat_map(|shape| shape.names()));
            unless(hole.as_deref()?, holes, "holes of the fact", true)
        }
        _ => None,
    }
}

fn field(kind: &Kind, name: &str) -> Option<Lacks> {
    let fields = kind.format.fields.as_ref()?;
    let (known, closed) = fields_of(kind);
    let step = name.split('.').next().unwrap_or(name);
    let there = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    if fields.schema.is_none() || there(name) || there(step) {
        return None;
    }
    Some(Lacks { what: name.to_owned(), known, called: "fields", closed })
}

/// The names of a kind's fields, and whether it can have no others.
pub(super) fn fields_of(kind: &Kind) -> (Vec<String>, bool) {
    let Some(fields) = &kind.format.fields else { return (Vec::new(), false) };
    let mut known: Vec<String> = Vec::new();
    if let Some(schema) = &fields.schema {
        properties(schema, &mut known);
    }
    known.extend(fields.from.keys().cloned());
    known.extend(fields.aliases.iter().flat_map(|(spelling, name)| [spelling.clone(), name.clone()]));
    known.sort();
    known.dedup();
    let closed = kind.body().fields.as_ref().and_then(|fields| fields.schema.as_ref()).is_some_and(|it| it.closed);
    (known, closed)
}

/// The properties of a schema, those of its branches included.
fn properties(schema: &Value, known: &mut Vec<String>) {
    if let Some(own) = schema.get("properties").and_then(Value::as_object) {
        known.extend(own.keys().cloned());
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    known.extend(required.filter_map(Value::as_str).map(str::to_owned));
    for branch in ["then", "else", "if", "not"].into_iter().filter_map(|key| schema.get(key)) {
        properties(branch, known);
    }
    for branches in ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()) {
        branches.iter().for_each(|branch| properties(branch, known));
    }
}

/// A step of a pointer into data that the schema does not have there, but nearly.
fn pointed(kind: &Kind, pointer: &str) -> Option<Lacks> {
    let mut schema = kind.format.fields.as_ref()?.schema.as_ref()?;
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        if name == "*" || name.bytes().all(|byte| byte.is_ascii_digit()) {
            schema = schema.get("items").or_else(|| schema.get("additionalProperties"))?;
            continue;
        }
        match schema.get("properties")?.get(&name) {
            Some(inner) => schema = inner,
            None => {
                let mut known = Vec::new();
                properties(schema, &mut known);
                let there = known.contains(&name);
                return (!there).then_some(Lacks { what: name, known, called: "fields", closed: false });
            }
        }
    }
    None
}

/// The forms of a list, or the one of that name.
fn entries<'k>(kind: &'k Kind, list: &str, form: Option<&str>) -> Vec<&'k FormRule> {
    let lists = kind.body().entries.iter().filter(|rules: &&EntryRules| rules.name == list);
    lists.flat_map(|rules| &rules.forms).filter(|rule| form.is_none_or(|form| rule.name == form)).collect()
}

/// The parts and captures of entries, as far as their forms name them.
fn parts_of(forms: Vec<&FormRule>) -> Vec<String> {
    let mut known = names(["when", "struck", "progress"]);
    for form in forms {
        let parts = &form.parts;
        known.extend(form.shapes.iter().flat_map(|shape| shape.names()).map(str::to_owned));
        known.extend(parts.required.iter().chain(&parts.optional).chain(&parts.may_be_empty).cloned());
        known.extend(parts.required_when.iter().map(|(name, _)| name.clone()));
        known.extend(parts.aliases.iter().flat_map(|(spelling, name)| [spelling.clone(), name.clone()]));
        known.extend(parts.values.iter().map(|(name, _)| name.clone()));
        for (name, shapes) in &parts.shapes {
            known.push(name.clone());
            known.extend(shapes.iter().flat_map(|shape| shape.names()).map(str::to_owned));
        }
    }
    known
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut list: Vec<String> = names.into_iter().map(str::to_owned).collect();
    list.sort();
    list.dedup();
    list
}
