//! Looks up the names that the files of a pack use: members, fields, holes, facts, forms, variants, cases, values of
//! messages. Run for packs of one's own when all packs are loaded, and for the built-in ones by a test.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Value};
use crate::pack::compile::{self, Problems, UsedName};
use crate::pack::condition::{Selector, Target};
use crate::pack::format::{self, OneOrMany, Stage};
use crate::pack::names::{About, Names, fields_of};
use crate::pack::near::{advice, near};
use crate::pack::relation::Relation;
use crate::pack::source::Source;
use crate::pack::{Card, Kind, KindFile, Pack, Packs};
use crate::text::Span;

/// Collects what is wrong with one file.
struct File<'a> {
    source: &'a Source,
    kind: Option<&'a KindFile>,
    root: Option<Node>,
    mistakes: Vec<Diagnostic>,
}

impl<'a> File<'a> {
    fn new(source: &'a Source, kind: Option<&'a KindFile>) -> Self {
        File { source, kind, root: source.root(), mistakes: Vec::new() }
    }

    /// Reports a mistake at what is written as `text`, at or below a pointer. What another kind wrote is its own affair.
    fn say(&mut self, pointer: &str, text: &str, (message, help): (String, String)) {
        let merged = self.kind.and_then(|kind| kind.merged.as_ref());
        let own = match merged {
            Some(merged) => merged.place(pointer),
            None => Some(pointer.to_owned()),
        };
        let (Some(own), Some(root)) = (own, &self.root) else { return };
        let Some(span) = find(root, &own, text) else {
            if merged.is_none() {
                self.mistakes.push(self.source.mistake(self.source.place(&own), message, help));
            }
            return;
        };
        let again = self.mistakes.iter().any(|told| told.span == span);
        if !again {
            self.mistakes.push(self.source.mistake(span, message, help));
        }
    }
}

/// The scalar or key `text` at or below a pointer.
fn find(root: &Node, pointer: &str, text: &str) -> Option<Span> {
    fn within(node: &Node, text: &str) -> Option<Span> {
        if node.scalar().as_deref().is_some_and(|scalar| scalar.trim() == text) {
            return Some(node.span);
        }
        let pairs = node.pairs().iter().find_map(|(key, value)| within(value, text).or_else(|| within(key, text)));
        let items: &[Node] = if let Value::Seq(items) = &node.value { items } else { &[] };
        pairs.or_else(|| items.iter().find_map(|item| within(item, text)))
    }
    let mut pointer = pointer;
    loop {
        if let Some(node) = root.pointer(pointer) {
            return within(node, text);
        }
        (pointer, _) = pointer.rsplit_once('/')?;
    }
}

impl Packs {
    /// Every name in a pack's files that nothing has.
    pub(super) fn unknown_names(&self, pack: &Pack, mistakes: &mut Vec<Diagnostic>) {
        for (kind, file) in pack.kinds.iter().zip(&pack.kind_files) {
            mistakes.extend(self.names_of_kind(kind, file));
        }
        mistakes.extend(self.names_of_relations(pack));
        for (rule, source) in &pack.cards {
            let card = self.cards().iter().find(|card| *card.name == **rule && card.pack == pack.name);
            if let Some(card) = card {
                mistakes.extend(self.names_of_card(card, source));
            }
        }
    }

    fn names_of_kind(&self, kind: &Arc<Kind>, kind_file: &KindFile) -> Vec<Diagnostic> {
        let mut file = File::new(&kind_file.source, Some(kind_file));
        let short = kind.short_name();
        if kind_file.stem != short {
            let help = format!("write `kind: {}`, or call the file `{short}.yaml`", kind_file.stem);
            let words = format!("the file is called `{}.yaml`, but the kind `{short}`", kind_file.stem);
            file.say("/kind", short, (words, help));
        }
        let mut problems = Problems::keeping();
        compile::marks(&kind.format, &[], &mut problems);
        let body = compile::body(&kind.format, &mut problems);
        let variants: Vec<String> = kind.format.variants.keys().cloned().collect();
        for used in problems.used {
            let claim = used.pointer.strip_prefix("/claims/").and_then(|rest| rest.split('/').next()?.parse().ok());
            let claim: Option<&Relation> =
                claim.and_then(|at: usize| body.claims.iter().find(|claim| is_at(&kind.format.claims, at, claim)));
            let names = Names {
                packs: self,
                about: About::Kind(kind),
                each: claim.map_or(&[][..], |claim| claim.each.as_slice()),
            };
            match used.what {
                UsedName::Variant(name) if !variants.contains(&name) => {
                    let words = format!("`{}` has no variant `{name}`", kind.name);
                    file.say(&used.pointer, &name, (words, advice(&name, &variants, "variants")));
                }
                UsedName::Variant(_) => {}
                UsedName::Selector(selector) => {
                    let of_path = matches!(selector.target, Target::Path(None)) && selector.member.is_none();
                    if used.pointer.starts_with("/recognise") && of_path && kind.marks.paths.is_empty() {
                        let words = "`path` is a mark, but the kind has no `path`".to_owned();
                        let help = "write the path of such documents: `path: \"docs/{slug}.md\"`".to_owned();
                        file.say(&used.pointer, &selector.source, (words, help));
                    } else if let Some(fault) = names.fault(&selector) {
                        file.say(&used.pointer, &selector.source, fault);
                    }
                }
            }
        }
        self.fields(kind, &mut file);
        lifecycle(kind, &mut file);
        entries(kind, &mut file);
        self.reported(kind, &mut file);
        file.mistakes
    }

    /// Names of fields and sections around the schema.
    fn fields(&self, kind: &Kind, file: &mut File<'_>) {
        let Some(fields) = &kind.format.fields else { return };
        let (known, _) = fields_of(kind);
        for item in &fields.may_be_empty {
            let (format::MayBeEmpty::Always(name) | format::MayBeEmpty::When { field: name, .. }) = item;
            if let Some(near) = missed(name, &known).filter(|_| fields.schema.is_some()) {
                let words = format!("the schema has no field `{name}`");
                file.say("/fields/may-be-empty", name, (words, format!("did you mean `{near}`?")));
            }
        }
        let sections = &kind.body().sections;
        let Some(properties) = fields.schema.as_ref().and_then(|schema| schema.get("properties")?.as_object()) else {
            return;
        };
        for (name, property) in properties {
            let Some(section) = property.get("section").and_then(serde_json::Value::as_str) else { continue };
            let there = sections.iter().flat_map(|rule| &rule.headings).any(|heading| heading.fits_loosely(section));
            if !there && !sections.is_empty() {
                let known: Vec<String> = sections.iter().map(|rule| rule.name.clone()).collect();
                let words = format!("`section: {section}`: the kind has no such section");
                let pointer = format!("/fields/schema/properties/{}/section", step(name));
                file.say(&pointer, section, (words, advice(section, &known, "sections")));
            }
        }
    }

    /// Rules and cases that a kind names.
    fn reported(&self, kind: &Kind, file: &mut File<'_>) {
        for rule in kind.format.severity.keys().filter(|rule| !self.has_rule(rule)) {
            file.say("/severity", rule, (format!("there is no rule `{rule}`"), self.near_rule(rule)));
        }
        for (number, unique) in kind.format.unique.iter().enumerate() {
            let Some(case) = &unique.case else { continue };
            let cards = self.cards().iter().filter(|card| card.format.check.as_deref() == Some("values-unique"));
            let known: Vec<String> = cards.flat_map(|card| card.format.cases.keys().cloned()).collect();
            if !known.is_empty() && !known.contains(case) {
                let words = format!("no card has a case `{case}` for values that are not unique");
                file.say(&format!("/unique/{number}/case"), case, (words, advice(case, &known, "cases")));
            }
        }
        for (number, claim) in kind.format.claims.iter().enumerate() {
            self.values(claim, &format!("/claims/{number}"), file);
        }
    }

    fn names_of_relations(&self, pack: &Pack) -> Vec<Diagnostic> {
        let mut file = File::new(&pack.head, None);
        let mut problems = Problems::keeping();
        let relations = crate::pack::compile_relations(&pack.format, &mut problems);
        for used in problems.used {
            let UsedName::Selector(selector) = used.what else { continue };
            let number = used.pointer.strip_prefix("/relations/").and_then(|rest| rest.split('/').next()?.parse().ok());
            let Some(number) = number else { continue };
            let Some(format) = pack.format.relations.get::<usize>(number) else { continue };
            let item = pack.work_items.iter().find(|item| format.work_item.as_ref() == Some(&item.name));
            let relation = relations.iter().find(|relation| is_at(&pack.format.relations, number, relation));
            let (Some(item), Some(relation)) = (item, relation) else { continue };
            let names = Names { packs: self, about: About::Item(item), each: &relation.each };
            if let Some(fault) = names.fault(&selector) {
                file.say(&used.pointer, &selector.source, fault);
            }
        }
        for (number, relation) in pack.format.relations.iter().enumerate() {
            self.values(relation, &format!("/relations/{number}"), &mut file);
        }
        file.mistakes
    }

    /// Values in the words of a relation that nothing gives it.
    fn values(&self, relation: &format::Relation, pointer: &str, file: &mut File<'_>) {
        let mut known: Vec<String> = relation.values.keys().chain(relation.each.keys()).cloned().collect();
        if relation.once {
            known.push("count".to_owned());
        }
        if !relation.demand.is_empty() {
            known.extend(["document", "member", "path"].map(str::to_owned));
        }
        let card = self.card(&relation.report);
        let case = card.and_then(|card| card.format.cases.get(relation.case.as_ref()?));
        let texts = [
            (
                relation.message.as_deref(),
                case.and_then(|case| case.message.as_deref()),
                card.map(|c| &c.format.message),
            ),
            (relation.help.as_deref(), case.and_then(|case| case.help.as_deref()), card.map(|c| &c.format.help)),
        ];
        for (key, (own, case, card)) in ["message", "help"].into_iter().zip(texts) {
            let Some(text) = own.or(case).or(card.map(String::as_str)) else { continue };
            for name in holes(text).into_iter().filter(|name| !known.contains(name)) {
                let words = format!("`{{{name}}}` in the {key} of `{}` is filled by nothing", relation.report);
                let help = match near(&name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{{{near}}}`?"),
                    None => format!("give it under `values`: `{name}: SELECTOR`"),
                };
                let (place, text) = if own.is_some() {
                    (format!("{pointer}/{key}"), text)
                } else {
                    (format!("{pointer}/report"), &*relation.report)
                };
                file.say(&place, text.trim(), (words, help));
            }
        }
    }

    fn names_of_card(&self, card: &Card, source: &Source) -> Vec<Diagnostic> {
        let mut file = File::new(source, None);
        for (number, rule) in card.format.instead_of.iter().enumerate().filter(|(_, rule)| !self.has_rule(rule)) {
            let pointer = format!("/instead-of/{number}");
            file.say(&pointer, rule, (format!("there is no rule `{rule}`"), self.near_rule(rule)));
        }
        if card.format.stage == Some(Stage::Relations) || card.format.check.as_deref() != Some("condition") {
            return file.mistakes;
        }
        let known = ["found".to_owned()];
        for (key, text) in [("message", &card.format.message), ("help", &card.format.help)] {
            for name in holes(text).into_iter().filter(|name| !known.contains(name)) {
                let words = format!("`{{{name}}}` in the {key} is filled by nothing");
                let help = "a condition gives its words only `{found}`, the text that `at` selects".to_owned();
                file.say(&format!("/{key}"), text.trim(), (words, help));
            }
        }
        let wanted: Vec<String> = card.kinds().collect();
        let kinds: Vec<Arc<Kind>> =
            self.all_kinds().filter(|kind| wanted.iter().any(|name| kind.is(name))).cloned().collect();
        if wanted.iter().any(|name| self.kind(name).is_none()) {
            return file.mistakes;
        }
        let mut problems = Problems::keeping();
        let with = card.format.with.as_ref();
        for key in ["forbid", "when", "unless"] {
            let condition = with.and_then(|with| serde_json::from_value(with.get(key)?.clone()).ok());
            if let Some(condition) = condition {
                problems.condition(format!("/with/{key}"), &condition);
            }
        }
        let at = with.and_then(|with| serde_json::from_value::<OneOrMany<String>>(with.get("at")?.clone()).ok());
        for selector in at.unwrap_or_default().as_slice() {
            problems.selector("/with/at", selector);
        }
        let names = Names { packs: self, about: About::Kinds(&kinds), each: &[] };
        let variants: Vec<String> = kinds.iter().flat_map(|kind| kind.format.variants.keys().cloned()).collect();
        for used in problems.used {
            match used.what {
                UsedName::Variant(name) if !kinds.is_empty() && !variants.contains(&name) => {
                    let words = format!("no kind of this card has a variant `{name}`");
                    file.say(&used.pointer, &name, (words, advice(&name, &variants, "variants")));
                }
                UsedName::Variant(_) => {}
                UsedName::Selector(selector) => {
                    if let Some(fault) = names.fault(&selector) {
                        file.say(&used.pointer, &selector.source, fault);
                    }
                }
            }
        }
        file.mistakes
    }

    /// Advice about a rule that does not exist.
    pub(super) fn near_rule(&self, name: &str) -> String {
        match near(name, self.cards().iter().map(|card| &*card.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`worklint rule` lists them".to_owned(),
        }
    }
}

/// Whether a compiled relation is the one of that number: what cannot be compiled is left out of the compiled ones.
fn is_at(all: &[format::Relation], number: usize, relation: &Relation) -> bool {
    let same = |other: &format::Relation| format!("{other:?}") == format!("{:?}", relation.format);
    all.get(number).is_some_and(same)
}

/// States that the field cannot have, and folders of no state.
fn lifecycle(kind: &Kind, file: &mut File<'_>) {
    let (Some(source), Some(compiled)) = (&kind.format.lifecycle, &kind.body().lifecycle) else { return };
    let fits = |shapes: &[crate::pack::shape::Shape], word: &str| {
        shapes.iter().any(|shape| shape.fits_str(word) || shape.fits_loosely(word))
    };
    let classed = |word: &str| [&compiled.open, &compiled.done, &compiled.closed].into_iter().any(|it| fits(it, word));
    // The words that the field may have, where the schema lists them.
    let allowed: Vec<String> = match &compiled.state.target {
        Target::Field(name) if compiled.state.member.is_none() => {
            let fields = kind.body().fields.as_ref().and_then(|fields| fields.schema.as_ref());
            let property =
                fields.and_then(|schema| schema.property(&format!("/{}", step(name.trim_start_matches('/')))));
            let words = property.and_then(|property| property.get("enum")?.as_array());
            words.into_iter().flatten().filter_map(serde_json::Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    // A word of no class that is nearly one that is said here: that one is misspelt.
    let lost: Vec<&str> = allowed.iter().map(String::as_str).filter(|word| !classed(word)).collect();
    for (key, words) in [("open", &source.open), ("done", &source.done), ("closed", &source.closed)] {
        for word in words.iter().filter(|word| !allowed.iter().any(|known| known.eq_ignore_ascii_case(word))) {
            if let Some(near) = near(word, lost.iter().copied()) {
                let words = format!("`{word}` is no value of `{}`", compiled.state.source);
                file.say(&format!("/lifecycle/{key}"), word, (words, format!("did you mean `{near}`?")));
            }
        }
    }
    for state in source.folder.keys() {
        let known = allowed.iter().any(|word| word.eq_ignore_ascii_case(state)) || classed(state);
        if !known {
            let mut words = allowed.clone();
            words.extend([&source.open, &source.done, &source.closed].into_iter().flatten().cloned());
            words.sort();
            words.dedup();
            let fault = (format!("`{state}` is no state of such a document"), advice(state, &words, "states"));
            file.say("/lifecycle/folder", state, fault);
        }
    }
}

/// Names of forms, captures and parts in the rules of entries.
fn entries(kind: &Kind, file: &mut File<'_>) {
    for (rules, source) in kind.body().entries.iter().zip(kind.format.entries.values()) {
        let place = format!("/entries/{}", rules.name);
        let forms: Vec<String> = rules.forms.iter().map(|form| form.name.clone()).collect();
        for (number, next) in source.followed_by.iter().enumerate() {
            for name in [&next.form, &next.next].into_iter().chain(&next.before) {
                if !forms.contains(name) {
                    let words = format!("the entries `{}` have no form `{name}`", rules.name);
                    file.say(&format!("{place}/followed-by/{number}"), name, (words, advice(name, &forms, "forms")));
                }
            }
        }
        let captures = source.progress.iter().flat_map(|progress| progress.captures.as_slice());
        let captures =
            captures.map(|name| ("progress", name)).chain(source.identity.iter().map(|name| ("identity", name)));
        for (key, name) in captures {
            let selector = Selector {
                member: None,
                target: Target::Entry { list: rules.name.clone(), form: None, part: Some(name.clone()) },
                source: name.clone(),
            };
            if let Some(fault) = crate::pack::names::fault_in(kind, &selector) {
                file.say(&format!("{place}/{key}"), name, fault);
            }
        }
    }
}

/// The known name that a name nearly is, if it is none.
fn missed<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let there = known.iter().any(|known| known.eq_ignore_ascii_case(name));
    if there { None } else { near(name, known.iter().map(String::as_str)) }
}

/// The names in braces of a text.
fn holes(text: &str) -> Vec<String> {
    let named = |name: &&str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c))
    };
    let inner = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    inner.filter(named).map(str::to_owned).collect()
}

/// A key as a step of a pointer.
fn step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_are_values() {
        assert_eq!(holes("a {b} c {d-e}: {F} {} {x"), ["b", "d-e"]);
    }
}
