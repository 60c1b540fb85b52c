//! What only the whole of a pack can show: names that nothing has. Types and shapes are checked while its files are read.

use crate::diagnostic::Diagnostic;
use crate::pack::format::Stage;
use crate::pack::near::{advice, near};
use crate::pack::source::Source;
use crate::pack::{Card, Pack, Packs, format, load};
use crate::text::Span;

impl Packs {
    /// Checks a whole pack: every card is read, and every name of a rule, kind, member or work item is one that exists.
    /// Mistakes are diagnostics in its files.
    pub fn validate(&self, name: &str, mistakes: &mut Vec<Diagnostic>) {
        let Some(pack) = self.packs.iter().find(|pack| &*pack.name == name) else { return };
        for (rule, source) in &pack.cards {
            let Some(format) = source.parse::<format::Card>(mistakes) else { continue };
            let other = self.packs.iter().find(|other| {
                !std::sync::Arc::ptr_eq(&other.name, &pack.name) && other.cards.iter().any(|(name, _)| name == rule)
            });
            if let Some(other) = other {
                let message = format!("the rule `{rule}` is also in the pack `{}`; rule names are unique", other.name);
                mistakes.push(source.mistake(Span::point(0), message, "give the file another name".to_owned()));
            }
            let card = Card { name: rule.as_str().into(), pack: pack.name.clone(), format };
            self.card_names(&card, source, mistakes);
        }
        self.pack_names(pack, mistakes);
        self.unknown_names(pack, mistakes);
    }

    fn card_names(&self, card: &Card, source: &Source, mistakes: &mut Vec<Diagnostic>) {
        for (number, kind) in card.kinds().enumerate() {
            if self.kind(&kind).is_none() && !is_broken(&kind, mistakes) {
                let help = self.near_kind(&kind);
                let place = source.place(&format!("/kinds/{number}"));
                mistakes.push(source.mistake(place, format!("there is no kind `{kind}`"), help));
            }
        }
        if card.format.check.is_none() && card.format.stage.is_none() {
            let help = "add `check: NAME`, or `stage: relations` for a rule that `pack.yaml` reports".to_owned();
            mistakes.push(source.mistake(Span::point(0), "nothing finds this rule".to_owned(), help));
        }
    }

    fn pack_names(&self, pack: &Pack, mistakes: &mut Vec<Diagnostic>) {
        let head = &pack.head;
        let broken: Vec<String> = pack
            .work_items
            .iter()
            .flat_map(|item| &item.members)
            .map(|member| member.kind.to_string())
            .filter(|kind| is_broken(kind, mistakes))
            .collect();
        let mut say = |pointer: String, message: String, help: &str| {
            mistakes.push(head.mistake(head.place(&pointer), message, help.to_owned()));
        };
        for item in &pack.work_items {
            let place = format!("/work-items/{}", item.name);
            for member in &item.members {
                if self.kind(&member.kind).is_none() && !broken.iter().any(|kind| **kind == *member.kind) {
                    let pointer = format!("{place}/members/{}/kind", member.role);
                    let help = self.near_kind(&member.kind);
                    say(pointer, format!("there is no kind `{}`", member.kind), &help);
                }
            }
            for (number, role) in item.required.iter().enumerate().filter(|(_, role)| item.member(role).is_none()) {
                let known: Vec<String> = item.members.iter().map(|member| member.role.clone()).collect();
                let help = advice(role, &known, "members");
                say(format!("{place}/required/{number}"), format!("there is no member `{role}`"), &help);
            }
        }
        for (number, relation) in pack.format.relations.iter().enumerate() {
            let place = format!("/relations/{number}");
            // That the work item exists was asked when the relation was compiled.
            let item = pack.work_items.iter().find(|item| relation.work_item.as_ref() == Some(&item.name));
            let unknown = |role: &&String| item.is_some_and(|item| item.member(role).is_none());
            for role in relation.demand.iter().filter(unknown) {
                let members = item.iter().flat_map(|item| &item.members);
                let known: Vec<String> = members.map(|member| member.role.clone()).collect();
                let help = advice(role, &known, "members");
                say(format!("{place}/demand"), format!("there is no member `{role}`"), &help);
            }
            if let Some((pointer, message, help)) = self.unknown_report(relation) {
                say(format!("{place}{pointer}"), message, &help);
            }
        }
        for (kind, file) in pack.kinds.iter().zip(&pack.kind_files) {
            let source = &file.source;
            for (number, claim) in kind.format.claims.iter().enumerate() {
                if let Some((pointer, message, help)) = self.unknown_report(claim) {
                    let pointer = format!("/claims/{number}{pointer}");
                    mistakes.push(source.mistake(source.place(&pointer), message, help));
                }
            }
        }
        for (rule, source) in &pack.cards {
            let Some(card) = self.cards().iter().find(|card| *card.name == **rule && card.pack == pack.name) else {
                continue;
            };
            let claims = self.all_kinds().flat_map(|kind| &kind.format.claims);
            let reported =
                self.packs.iter().flat_map(|pack| &pack.format.relations).chain(claims).any(|r| r.report == *rule);
            // A kind that cannot be read may have the claim.
            if card.format.stage == Some(Stage::Relations) && !reported && pack.broken.is_empty() {
                let help =
                    "add a relation in `pack.yaml`, or one of the `claims` of a kind, with `report:` and this name"
                        .to_owned();
                let message =
                    format!("neither a relation of `pack.yaml` nor one of the `claims` of a kind reports `{rule}`");
                mistakes.push(source.mistake(source.place("/stage"), message, help));
            }
        }
    }

    /// What is wrong with the rule and the case that a relation or claim reports: place, what, advice.
    fn unknown_report(&self, relation: &format::Relation) -> Option<(&'static str, String, String)> {
        let Some(card) = self.card(&relation.report) else {
            // A card with mistakes has told them.
            if self.has_rule(&relation.report) {
                return None;
            }
            let help = match near(&relation.report, self.cards().iter().map(|card| &*card.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "write its card as a file of that name in `rules/`; `worklint rule` lists the others".to_owned()
                }
            };
            return Some(("/report", format!("there is no rule `{}`", relation.report), help));
        };
        let case = relation.case.as_ref().filter(|case| !card.format.cases.contains_key(*case))?;
        let known: Vec<&str> = card.format.cases.keys().map(String::as_str).collect();
        let help = match near(case, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to the card's `cases`".to_owned(),
        };
        Some(("/case", format!("the card of `{}` has no case `{case}`", card.name), help))
    }

    /// Advice about a kind that does not exist.
    fn near_kind(&self, name: &str) -> String {
        let short = name.rsplit('/').next().unwrap_or(name);
        let kinds = || self.all_kinds().map(|kind| &*kind.name);
        let same = || kinds().find(|kind| kind.rsplit('/').next() == Some(short));
        match near(name, kinds()).or_else(same) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "kinds of other packs are written `PACK/KIND`; `worklint kinds` lists them".to_owned(),
        }
    }

    /// Whether there is a rule of that name, be its card in order or not.
    pub(super) fn has_rule(&self, name: &str) -> bool {
        self.card(name).is_some() || self.packs.iter().any(|pack| pack.cards.iter().any(|(rule, _)| rule == name))
    }

    /// A mistake in the card of a rule, at a JSON pointer into its file: for those who know more than the types do.
    #[must_use]
    pub fn mistake_in_card(&self, card: &Card, pointer: &str, message: String, help: &str) -> Option<Diagnostic> {
        let pack = self.packs.iter().find(|pack| pack.name == card.pack)?;
        let (_, source) = pack.cards.iter().find(|(name, _)| **name == *card.name)?;
        if message.contains(load::NO_CONDITION) {
            let root = source.root();
            let with = root.as_ref().and_then(|root| root.pointer(pointer));
            let mut values = with.into_iter().flat_map(|with| with.pairs()).map(|(_, value)| value);
            if let Some(mistake) = values.find_map(load::no_condition) {
                return Some(source.mistake(mistake.span, mistake.message, mistake.help));
            }
        }
        Some(source.mistake(source.place(pointer), message, help.to_owned()))
    }
}

/// Whether a kind is missing only because its own file has mistakes, which were told.
fn is_broken(kind: &str, mistakes: &[Diagnostic]) -> bool {
    let file = format!("/kinds/{}.yaml", kind.rsplit('/').next().unwrap_or(kind));
    mistakes.iter().any(|mistake| mistake.path.ends_with(&file))
}

/// What is wrong with the name of a pack.
pub(super) fn name_of(head: &format::Pack) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = !head.name.is_empty() && head.name.chars().all(plain);
    (!fits).then(|| format!("`{}` is no name of a pack; use lower-case letters, digits and hyphens", head.name))
}

/// Whether a file lies where files of a pack are read; scaffolds and fixtures are another matter.
pub(super) fn is_known_place(path: &str) -> bool {
    path == "pack.yaml"
        || !path.ends_with(".yaml") && !path.ends_with(".yml")
        || path.ends_with(".yaml") && (path.starts_with("kinds/") || path.starts_with("rules/"))
        || path.starts_with("scaffolds/")
        || path.starts_with("fixtures/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_other_places_are_noticed() {
        for path in
            ["pack.yaml", "kinds/a.yaml", "rules/b.yaml", "README.md", "scaffolds/x.yaml", "fixtures/c/case.yaml"]
        {
            assert!(is_known_place(path), "{path}");
        }
        for path in ["kind/a.yaml", "kinds/a.yml", "other.yaml"] {
            assert!(!is_known_place(path), "{path}");
        }
    }
}
