//! Cards + checks + settings -> the rules that run, ready to run: which rule runs on which kind, at which level, and the
//! words of its findings.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::check::{self, Prepared};
use crate::config::{Settings, fault, nearest};
use crate::diagnostic::{Diagnostic, Finding, Severity};
use crate::pack::{Card, Packs};
use crate::suppress::Known;
use crate::time::Timestamp;

/// The rules of a run.
pub struct RuleSet<'p> {
    packs: &'p Packs,
    rules: Vec<Rule<'p>>,
    by_name: HashMap<Arc<str>, usize>,
    selected: Vec<Arc<str>>,
    ignored: Vec<Arc<str>>,
    pack_levels: Vec<(Arc<str>, Severity)>,
    /// What counts as now.
    pub now: Timestamp,
}

/// A rule of a run.
pub struct Rule<'p> {
    /// Its card.
    pub card: &'p Card,
    /// The level that settings give it; `None` leaves it to card, case and kind.
    pub level: Option<Severity>,
    /// It was switched off by `--select` or `--ignore`.
    pub narrowed: bool,
    kinds: Vec<String>,
    prepared: OnceLock<Option<Prepared>>,
}

impl Rule<'_> {
    /// Whether it is for documents of a kind; `None` stands for plain documents.
    #[must_use]
    pub fn is_for(&self, kind: Option<&crate::pack::Kind>) -> bool {
        match kind {
            None => self.card.format.plain,
            Some(kind) => self.kinds.is_empty() || self.kinds.iter().any(|known| kind.is(known)),
        }
    }

    /// The check, ready to run; `None` for rules that a stage finds.
    #[must_use]
    pub fn prepared(&self) -> Option<&Prepared> {
        self.prepared
            .get_or_init(|| {
                let entry = check::find(self.card.format.check.as_deref()?)?;
                let parameters = self.card.format.with.clone().unwrap_or_default();
                (entry.prepare)(&parameters).ok()
            })
            .as_ref()
    }
}

impl<'p> RuleSet<'p> {
    /// The rules of a run. Names that no rule has are diagnostics.
    #[must_use]
    pub fn new(packs: &'p Packs, settings: &Settings) -> (RuleSet<'p>, Vec<Diagnostic>) {
        let cards = packs.cards();
        let mut rules: Vec<Rule<'p>> = cards
            .iter()
            .map(|card| Rule {
                card,
                level: None,
                narrowed: !settings.select.is_empty(),
                kinds: card.kinds().collect(),
                prepared: OnceLock::new(),
            })
            .collect();
        let by_name: HashMap<Arc<str>, usize> =
            cards.iter().enumerate().map(|(at, card)| (card.name.clone(), at)).collect();
        let named = |name: &str| -> Vec<usize> {
            if let Some(pack) = name.strip_suffix("/*") {
                return (0..cards.len()).filter(|at| &*cards[*at].pack == pack).collect();
            }
            let bare = name.rsplit('/').next().unwrap_or(name);
            match packs.card(bare) {
                Some(card) => by_name.get(&card.name).copied().into_iter().collect(),
                None => Vec::new(),
            }
        };
        // A pack stands for its own rules, and for every rule on the documents of its kinds.
        let pack_of = |name: &str| -> Option<Arc<str>> {
            let pack = packs.pack(name.strip_suffix("/*")?)?;
            Some(pack.name.clone())
        };
        let packs_in = |names: &[String]| names.iter().filter_map(|name| pack_of(name)).collect();
        let selected: Vec<Arc<str>> = packs_in(&settings.select);
        let ignored: Vec<Arc<str>> = packs_in(&settings.ignore);
        let mut pack_levels: Vec<(Arc<str>, Severity)> = Vec::new();
        let mut mistakes = Vec::new();
        for (names, narrowed, flag) in [(&settings.select, false, "--select"), (&settings.ignore, true, "--ignore")] {
            for name in names {
                let found = named(name);
                if found.is_empty() && pack_of(name).is_none() {
                    mistakes.push(unknown(packs, name, None, flag));
                }
                for at in found {
                    rules[at].narrowed = narrowed;
                }
            }
        }
        for (name, level, origin) in &settings.levels {
            let found = named(name);
            if let Some(pack) = pack_of(name) {
                pack_levels.push((pack, *level));
            } else if found.is_empty() {
                mistakes.push(unknown(packs, name, origin.as_ref(), "--rule"));
            }
            for at in found {
                rules[at].level = Some(*level);
                // A rule that is asked for by name and level runs, unless it was asked not to.
                if settings.select.is_empty() {
                    rules[at].narrowed = settings.ignore.iter().any(|ignored| named(ignored).contains(&at));
                }
            }
        }
        (RuleSet { packs, rules, by_name, selected, ignored, pack_levels, now: settings.now }, mistakes)
    }

    /// The packs.
    #[must_use]
    pub fn packs(&self) -> &'p Packs {
        self.packs
    }

    /// All rules, by pack and name.
    #[must_use]
    pub fn rules(&self) -> &[Rule<'p>] {
        &self.rules
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule<'p>> {
        self.by_name.get(name).map(|at| &self.rules[*at])
    }

    /// Whether `--select` or `--ignore` leave a rule out on documents of a kind.
    fn is_narrowed(&self, rule: &Rule<'_>, kind: Option<&crate::pack::Kind>) -> bool {
        let of_pack = |packs: &[Arc<str>]| kind.is_some_and(|kind| packs.contains(&kind.pack));
        of_pack(&self.ignored) || rule.narrowed && !of_pack(&self.selected)
    }

    /// The level that settings give all rules on documents of a kind's pack.
    fn pack_level(&self, kind: Option<&crate::pack::Kind>) -> Option<Severity> {
        let pack = &kind?.pack;
        self.pack_levels.iter().rev().find(|(name, _)| name == pack).map(|(_, level)| *level)
    }

    /// Whether a rule may report anything on documents of a kind.
    #[must_use]
    pub fn runs(&self, rule: &Rule<'_>, kind: Option<&crate::pack::Kind>) -> bool {
        if self.is_narrowed(rule, kind) || !rule.is_for(kind) {
            return false;
        }
        if let (None, Some(level)) = (rule.level, self.pack_level(kind)) {
            return level != Severity::Off;
        }
        let own = kind.and_then(|kind| kind.format.severity.get(&*rule.card.name)).copied();
        match rule.level.or(own) {
            Some(level) => level != Severity::Off,
            None => {
                rule.card.format.severity != Severity::Off
                    || rule.card.format.cases.values().any(|case| case.severity.is_some_and(|s| s != Severity::Off))
            }
        }
    }

    /// The rules that run on a document, with their levels, by name.
    #[must_use]
    pub fn running(&self, document: &crate::document::Document) -> Vec<(Arc<str>, Severity)> {
        let kind = document.kind.as_deref();
        self.rules
            .iter()
            .filter(|rule| self.runs(rule, kind))
            .filter(|rule| {
                // What only relations report runs where one of them does.
                rule.card.format.stage != Some(crate::pack::format::Stage::Relations)
                    || kind.is_some_and(|kind| self.packs.relates(&rule.card.name, kind))
            })
            .map(|rule| {
                let own = kind.and_then(|kind| kind.format.severity.get(&*rule.card.name)).copied();
                (rule.card.name.clone(), rule.level.or(own).unwrap_or(rule.card.format.severity))
            })
            .collect()
    }

    /// The level of a finding: configuration over kind over what the finding asks for over case over card.
    #[must_use]
    pub fn level(&self, finding: &Finding, kind: Option<&crate::pack::Kind>) -> Severity {
        let Some(rule) = self.rule(&finding.rule) else { return Severity::Error };
        if self.is_narrowed(rule, kind) || !rule.is_for(kind) {
            return Severity::Off;
        }
        if let Some(level) = rule.level.or_else(|| self.pack_level(kind)) {
            return level;
        }
        let own = kind.and_then(|kind| kind.format.severity.get(&*finding.rule)).copied();
        finding.severity.or(own).unwrap_or_else(|| rule.card.severity(finding.case.as_deref()))
    }

    /// What a name in a suppression stands for.
    #[must_use]
    pub fn known(&self, name: &str, kind: Option<&crate::pack::Kind>) -> Known {
        if let Some(pack) = name.strip_suffix("/*")
            && self.packs.pack(pack).is_some()
        {
            let narrowed = self.rules.iter().any(|rule| &*rule.card.pack == pack && rule.narrowed);
            return Known::Pack { name: pack.into(), runs: !narrowed };
        }
        let bare = name.rsplit('/').next().unwrap_or(name);
        match self.packs.card(bare).and_then(|card| self.rule(&card.name)) {
            Some(rule) => {
                Known::Rule { name: rule.card.name.clone(), pack: rule.card.pack.clone(), runs: self.runs(rule, kind) }
            }
            None => Known::Unknown { near: near_rule(self.packs, name) },
        }
    }

    /// Message, why, help and the texts of related places of a finding.
    #[must_use]
    pub fn words(&self, finding: &Finding) -> Words {
        let Some(rule) = self.rule(&finding.rule) else {
            return Words { message: finding.rule.to_string(), ..Words::default() };
        };
        let card = &rule.card.format;
        let case = finding.case.as_deref().and_then(|case| card.cases.get(case));
        let own = finding.message.as_deref();
        let message = own.or(case.and_then(|case| case.message.as_deref())).unwrap_or(&card.message);
        let help = case.and_then(|case| case.help.as_deref()).unwrap_or(&card.help);
        let help = finding.help.clone().unwrap_or_else(|| fill(help, finding));
        Words {
            message: fill(message, finding),
            why: card.why.trim().to_owned(),
            help,
            related: finding
                .related
                .iter()
                .map(|related| {
                    let text = card.related.get(&*related.label).map_or(&*related.label, String::as_str);
                    fill(text, finding)
                })
                .collect(),
        }
    }

    /// The group of a rule, for findings that overlap.
    #[must_use]
    pub fn group(&self, rule: &str) -> Option<crate::pack::format::Group> {
        self.rule(rule)?.card.format.group
    }
}

/// What is wrong with the cards of a pack that only the checks can tell: names and parameters.
#[must_use]
pub fn mistakes(packs: &Packs, pack: &str) -> Vec<Diagnostic> {
    let cards = packs.cards().iter().filter(|card| &*card.pack == pack);
    cards
        .filter_map(|card| {
            let name = card.format.check.as_deref()?;
            let Some(entry) = check::find(name) else {
                let near = nearest(name, check::CHECKS.iter().map(|entry| entry.name));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => {
                        let names: Vec<&str> = check::CHECKS.iter().map(|entry| entry.name).collect();
                        format!("the checks are `{}`", names.join("`, `"))
                    }
                };
                return packs.mistake_in_card(card, "/check", format!("there is no check `{name}`"), &help);
            };
            let parameters = card.format.with.clone().unwrap_or_default();
            let words = (entry.prepare)(&parameters).err()?;
            if card.format.with.is_none() {
                // Asked with nothing in it, the check names what it wants.
                let words = (entry.prepare)(&serde_json::json!({})).err().unwrap_or_default();
                let (_, help) = crate::pack::load::in_words(&words);
                let help = if help.is_empty() { String::new() } else { format!("{help} below it") };
                return packs.mistake_in_card(card, "/check", format!("the check `{name}` wants its `with:`"), &help);
            }
            let (words, help) = crate::pack::load::in_words(&words);
            packs.mistake_in_card(card, "/with", format!("the parameters of `{name}`: {words}"), &help)
        })
        .collect()
}

/// The words of a finding.
#[derive(Default)]
pub struct Words {
    /// What is wrong here.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do next.
    pub help: String,
    /// What stands at each related place.
    pub related: Vec<String>,
}

/// Puts a finding's values into a card's text.
#[must_use]
pub fn fill(text: &str, finding: &Finding) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let value = after.find('}').and_then(|close| {
            let name = &after[..close];
            let value = finding.values.iter().find(|(known, _)| known == name)?;
            Some((value.1.as_str(), close))
        });
        match value {
            Some((value, close)) => {
                filled.push_str(value);
                rest = &after[close + 1..];
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled.trim().to_owned()
}

fn near_rule(packs: &Packs, name: &str) -> Option<String> {
    let bare = name.rsplit('/').next().unwrap_or(name);
    nearest(bare, packs.cards().iter().map(|card| &*card.name)).map(str::to_owned)
}

fn unknown(packs: &Packs, name: &str, origin: Option<&crate::config::Origin>, flag: &str) -> Diagnostic {
    let message = format!("there is no rule `{name}`");
    let help = match near_rule(packs, name) {
        Some(near) => format!("did you mean `{near}`? `worklint rule` lists all rules"),
        None => "`worklint rule` lists all rules; a whole pack is written `pack/*`".to_owned(),
    };
    match origin {
        Some(origin) => fault(origin.clone(), message, help),
        None => Diagnostic {
            rule: "invalid-configuration".into(),
            severity: Severity::Error,
            message: format!("{flag}: {message}"),
            why: String::new(),
            help,
            path: "".into(),
            kind: None,
            span: crate::text::Span::point(0),
            start: crate::text::Position { line: 1, column: 1 },
            end: crate::text::Position { line: 1, column: 1 },
            related: Vec::new(),
            fingerprint: String::new(),
        },
    }
}
