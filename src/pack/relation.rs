//! What must hold between the documents of a work item, or within one document: relations and claims, compiled.

use crate::pack::compile::Problems;
use crate::pack::condition::{Condition, Selector, Target};
use crate::pack::format;

/// What must hold, compiled.
#[derive(Debug)]
pub struct Relation {
    /// What its file says.
    pub format: format::Relation,
    /// What it is asked of: a name and what it stands for. What uses another name comes after it.
    pub each: Vec<(String, Selector)>,
    /// When it applies.
    pub when: Option<Condition>,
    /// What excuses it.
    pub unless: Option<Condition>,
    /// What must not hold.
    pub forbid: Option<Condition>,
    /// Where the finding points.
    pub at: Vec<Selector>,
    /// Places that explain it.
    pub related: Vec<Selector>,
    /// Values for the words.
    pub values: Vec<(String, Selector)>,
    /// The members whose content it is about, but for what it is asked of one by one.
    pub reads: Vec<String>,
    /// It asks what else lies under the root.
    pub asks_known: bool,
}

/// Compiles a relation; `pointer` is its place in the file.
pub(super) fn relation(pointer: &str, source: &format::Relation, problems: &mut Problems) -> Option<Relation> {
    let before = problems.found.len();
    let mut condition = |name: &str, source: &Option<format::Condition>| {
        source.as_ref().and_then(|source| problems.condition(format!("{pointer}/{name}"), source))
    };
    let when = condition("when", &source.when);
    let unless = condition("unless", &source.unless);
    let forbid = condition("forbid", &source.forbid);
    let mut selectors = |name: &str, sources: &[String]| -> Vec<Selector> {
        sources.iter().filter_map(|selector| problems.selector(format!("{pointer}/{name}"), selector)).collect()
    };
    let at = selectors("at", source.at.as_slice());
    let related = selectors("related", source.related.as_slice());
    let mut named = |key: &str, sources: &std::collections::BTreeMap<String, String>| -> Vec<(String, Selector)> {
        sources
            .iter()
            .filter_map(|(name, selector)| {
                let place = format!("{pointer}/{key}/{name}");
                Some((name.clone(), problems.selector(place, selector)?))
            })
            .collect()
    };
    let values = named("values", &source.values);
    let each = in_order(named("each", &source.each));
    for (name, selector) in each.iter().flatten() {
        if selector.variable().is_some() && matches!(selector.target, Target::Count(_) | Target::Preceding(..)) {
            let words = format!("`{}` is one value of another name: say it in a condition", selector.source);
            problems.take::<()>(format!("{pointer}/each/{name}"), Err(words));
        }
    }
    let each = problems.take(format!("{pointer}/each"), each)?;
    let mut relation = Relation {
        format: source.clone(),
        each,
        when,
        unless,
        forbid,
        at,
        related,
        values,
        reads: Vec::new(),
        asks_known: false,
    };
    let mut reads: Vec<String> = Vec::new();
    let mut asks_known = false;
    let mut unknown: Vec<String> = Vec::new();
    relation.selectors(&mut |selector| {
        asks_known |= matches!(selector.target, Target::Known(_));
        if let Some(name) = selector.variable().filter(|name| !source.each.contains_key(*name)) {
            unknown.push(format!("`{}` uses the name `{name}`, which `each` does not have", selector.source));
        }
    });
    // What only `each` names is asked one by one.
    relation.selectors_in_conditions(&mut |selector| reads.extend(selector.reads().map(str::to_owned)));
    reads.sort();
    reads.dedup();
    relation.reads = reads;
    relation.asks_known = asks_known;
    for message in unknown {
        problems.take::<()>(pointer, Err(message));
    }
    if source.work_item.is_none()
        && let Some(other) = relation.places().next()
    {
        let words = format!("a claim is reported in its own document, not in that of `{other}`; `related` may name it");
        problems.take::<()>(format!("{pointer}/at"), Err(words));
    }
    if source.forbid.is_none() && source.demand.is_empty() && source.when.is_none() && source.each.is_empty() {
        problems.take::<()>(pointer, Err("it says neither `when`, `each`, `forbid` nor `demand`".to_owned()));
    }
    // Half a condition would report what nobody asked for.
    (problems.found.len() == before).then_some(relation)
}

/// Names in an order in which each comes after those that it uses.
fn in_order(mut each: Vec<(String, Selector)>) -> Result<Vec<(String, Selector)>, String> {
    let mut ordered: Vec<(String, Selector)> = Vec::new();
    while !each.is_empty() {
        let ready = |(_, selector): &(String, Selector)| {
            selector.variable().is_none_or(|used| ordered.iter().any(|(name, _)| name == used))
        };
        let Some(at) = each.iter().position(ready) else {
            return Err("its names use each other in a circle".to_owned());
        };
        ordered.push(each.remove(at));
    }
    Ok(ordered)
}

impl Relation {
    /// The members that its findings lie in; nothing where they lie in the document itself.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let own = self.at.is_empty().then(|| self.each.first().map(|(_, selector)| selector)).flatten();
        let of_each = |selector: &Selector| match selector.variable() {
            Some(name) => self.each.iter().find(|(known, _)| known == name).and_then(|(_, it)| it.member.as_deref()),
            None => None,
        };
        self.at
            .iter()
            .chain(own)
            .filter_map(move |selector| selector.reads().or(selector.member.as_deref()).or(of_each(selector)))
    }

    fn selectors_in_conditions<'a>(&'a self, visit: &mut dyn FnMut(&'a Selector)) {
        for condition in [&self.when, &self.unless, &self.forbid].into_iter().flatten() {
            condition.selectors(visit);
        }
    }

    /// The files that it asks for, relative to the root.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        self.selectors(&mut |selector| {
            if let Target::File(path) = &selector.target {
                files.push(path.clone());
            }
        });
        files
    }

    /// Calls `visit` with each selector in it.
    fn selectors<'a>(&'a self, visit: &mut dyn FnMut(&'a Selector)) {
        self.selectors_in_conditions(visit);
        self.each.iter().chain(&self.values).map(|(_, selector)| selector).for_each(&mut *visit);
        self.at.iter().chain(&self.related).for_each(visit);
    }
}
