//! What the author allowed: takes away the findings that a comment covers, and reports comments that name no rule, cover
//! nothing or give no reason.

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::document::{Directive, Document, Scope};
use crate::parse::directives;
use crate::text::Span;

/// What a name in a suppression stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// A rule.
    Rule {
        /// Its present name; the comment may use a former one.
        name: Arc<str>,
        /// Its pack.
        pack: Arc<str>,
        /// Whether it runs on this document; a suppression of a rule that does not run is not called unused.
        runs: bool,
    },
    /// All rules of a pack: `name/*`.
    Pack {
        /// Its name.
        name: Arc<str>,
        /// Whether all of its rules run that run by default.
        runs: bool,
    },
    /// Nothing.
    Unknown {
        /// The name that was probably meant.
        near: Option<String>,
    },
}

const UNUSED: &str = "unused-suppression";
const UNKNOWN: &str = "unknown-rule";
const NO_REASON: &str = "suppression-without-reason";
const MALFORMED: &str = "malformed-suppression";

/// The findings that remain, with those about the suppressions themselves. `known` tells what a name stands for.
pub fn apply(document: &Document, findings: Vec<Finding>, known: impl Fn(&str) -> Known) -> Vec<Finding> {
    let directives = &document.parsed.directives;
    if directives.is_empty() {
        return findings;
    }
    let mut targets: Vec<Target> = directives
        .iter()
        .flat_map(|directive| directive.rules.iter().map(move |(name, span)| (directive, name, *span)))
        .map(|(directive, name, span)| Target { directive, name, span, known: known(name), used: false })
        .collect();
    let mut kept = remaining(document, findings, &mut targets, &known);
    let mut noticed = notices(document, &targets);
    // A suppression may allow what is said about suppressions, too; one that does nothing else is not called unused.
    noticed = remaining(document, noticed, &mut targets, &known);
    kept.append(&mut noticed);
    kept
}

/// One name in one suppression.
struct Target<'a> {
    directive: &'a Directive,
    name: &'a str,
    span: Span,
    known: Known,
    used: bool,
}

impl Target<'_> {
    /// Whether it allows a finding of this rule and pack.
    /// A pack stands for its own rules, and for every rule on the documents of its kinds.
    fn names(&self, rule: &str, pack: Option<&str>, own: Option<&str>) -> bool {
        match &self.known {
            Known::Rule { name, .. } => &**name == rule,
            Known::Pack { name, .. } => Some(&**name) == pack || Some(&**name) == own,
            Known::Unknown { .. } => false,
        }
    }

    fn covers(&self, finding: &Finding) -> bool {
        // A place at the very end of the text lies behind its last byte.
        self.directive.scope == Scope::File || self.directive.covers.contains_offset(finding.span.start)
    }
}

fn remaining(
    document: &Document,
    findings: Vec<Finding>,
    targets: &mut [Target],
    known: &impl Fn(&str) -> Known,
) -> Vec<Finding> {
    let own = document.kind.as_ref().map(|kind| &*kind.pack);
    let mut kept = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut allowed = false;
        let mut pack = None;
        for target in targets.iter_mut().filter(|target| target.covers(&finding)) {
            if matches!(target.known, Known::Pack { .. }) && pack.is_none() {
                pack = Some(match known(&finding.rule) {
                    Known::Rule { pack, .. } => Some(pack),
                    _ => None,
                });
            }
            if target.names(&finding.rule, pack.as_ref().and_then(|pack| pack.as_deref()), own) {
                target.used = true;
                allowed = true;
            }
        }
        if !allowed {
            kept.push(finding);
        }
    }
    kept
}

/// What is to be said about the suppressions.
fn notices(document: &Document, targets: &[Target]) -> Vec<Finding> {
    let mut found = Vec::new();
    for directive in &document.parsed.directives {
        if directive.rules.is_empty() {
            let problem = directives::fault(document.parsed.text.slice(directive.span));
            let problem = problem.unwrap_or_else(|| "it names no rule".to_owned());
            found.push(Finding::new(MALFORMED, directive.span).value("problem", problem));
        } else if directive.reason.is_none() {
            found.push(Finding::new(NO_REASON, directive.span));
        }
    }
    for target in targets {
        match &target.known {
            Known::Unknown { near } => {
                let mut finding = Finding::new(UNKNOWN, target.span).value("rule", target.name);
                if let Some(near) = near {
                    finding = finding.case("near").value("near", near.as_str());
                }
                found.push(finding);
            }
            Known::Rule { name, runs, .. } => {
                let about_suppressions = [UNUSED, UNKNOWN, NO_REASON, MALFORMED].contains(&&**name);
                if *runs && !target.used && !about_suppressions {
                    found.push(Finding::new(UNUSED, target.span).value("rule", target.name));
                }
            }
            Known::Pack { runs, .. } => {
                if *runs && !target.used {
                    found.push(Finding::new(UNUSED, target.span).value("rule", target.name));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Format;
    use crate::text::Text;

    /// Findings of `a-rule` and `b-rule` (both of `pack`) at each `%` and `?` of the text; what remains, as rule and text.
    fn remaining(source: &str) -> Vec<(String, String)> {
        let text = Arc::new(Text::new(source));
        let document = crate::read::draft("a.md".into(), crate::parse::parse(text.clone(), Format::Markdown));
        let findings = source
            .char_indices()
            .filter_map(|(at, c)| match c {
                '%' => Some(Finding::new("a-rule", Span::new(at, at + 1))),
                '?' => Some(Finding::new("b-rule", Span::new(at, at + 1))),
                _ => None,
            })
            .collect();
        let known = |name: &str| match name {
            "pack/*" => Known::Pack { name: "pack".into(), runs: true },
            "a-rule" | "b-rule" => Known::Rule { name: name.into(), pack: "pack".into(), runs: true },
            "old-a" => Known::Rule { name: "a-rule".into(), pack: "pack".into(), runs: true },
            "asleep" => Known::Rule { name: name.into(), pack: "pack".into(), runs: false },
            UNUSED => Known::Rule { name: name.into(), pack: "core".into(), runs: true },
            _ => Known::Unknown { near: None },
        };
        let kept = apply(&document, findings, known);
        kept.into_iter().map(|found| (found.rule.to_string(), text.slice(found.span).to_owned())).collect()
    }

    fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
        found.iter().map(|(rule, text)| (rule.as_str(), text.as_str())).collect()
    }

    #[test]
    fn the_next_block_is_covered() {
        let found = remaining("<!-- worklint ignore next: a-rule (known) -->\nx % ?\n\ny %\n");
        assert_eq!(pairs(&found), [("b-rule", "?"), ("a-rule", "%")]);
    }

    #[test]
    fn former_names_and_packs_are_known() {
        assert_eq!(pairs(&remaining("<!-- worklint ignore next: old-a (r) -->\nx % ?\n")), [("b-rule", "?")]);
        assert_eq!(pairs(&remaining("<!-- worklint ignore file: pack/* (r) -->\nx % ?\n\ny %\n")), []);
    }

    #[test]
    fn what_allows_nothing_is_reported() {
        let found = remaining("<!-- worklint ignore next: a-rule, asleep, nonsense -->\nx ?\n");
        let whole = "<!-- worklint ignore next: a-rule, asleep, nonsense -->";
        assert_eq!(pairs(&found), [("b-rule", "?"), (NO_REASON, whole), (UNUSED, "a-rule"), (UNKNOWN, "nonsense")]);
    }

    #[test]
    fn what_is_not_understood_is_reported() {
        let found = remaining("<!-- worklint ignore nxt: a-rule -->\nx %\n");
        assert_eq!(pairs(&found), [("a-rule", "%"), (MALFORMED, "<!-- worklint ignore nxt: a-rule -->")]);
    }

    #[test]
    fn notices_can_be_allowed_too() {
        let found = remaining(
            "<!-- worklint ignore file: unused-suppression (r) -->\n\n<!-- worklint ignore next: a-rule (r) -->\nx\n",
        );
        assert_eq!(pairs(&found), []);
    }
}
