//! THE PIPELINE: from one document to its diagnostics. The command line, the editor and the tests all enter here. It takes
//! values and returns values: it opens no path, prints nothing and starts no thread, but for [`lint_all`], which runs
//! [`lint`] over many documents.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::check::{Context, Findings};
use crate::diagnostic::{Diagnostic, Finding, Label, Severity};
use crate::document::Document;
use crate::relate::relations;
use crate::ruleset::{Rule, RuleSet};
use crate::suppress;
use crate::text::Text;
use crate::workspace::Workspace;

/// The diagnostics of one document, in order.
#[must_use]
pub fn lint(rules: &RuleSet<'_>, workspace: &Workspace, document: &Document) -> Vec<Diagnostic> {
    let kind = document.kind.as_deref();
    let mut findings = document.parsed.findings.clone();
    if let (Some(kind), Some(index)) = (kind, workspace.index_of(document)) {
        let context = Context {
            document,
            kind,
            body: kind.body(),
            workspace,
            packs: rules.packs(),
            index,
            members: workspace.members(index),
            now: rules.now,
        };
        // A rule that takes precedence over others is asked even where it is not reported: the cause is the same.
        let asked = |rule: &&Rule<'_>| {
            rules.runs(rule, Some(kind)) || rule.card.format.group.is_some() && rule.is_for(Some(kind))
        };
        for rule in rules.rules().iter().filter(asked) {
            let Some(check) = rule.prepared() else { continue };
            let mut found = Findings::new(rule.card.name.clone());
            check(&context, &mut found);
            findings.extend(found.into_list());
        }
        findings.extend(relations(&context));
    }
    let findings = one_cause(rules, document, findings);
    let findings = suppress::apply(document, findings, |name| rules.known(name, kind));
    explain(rules, workspace, document, findings)
}

/// The diagnostics of all reported documents, in order of path and place. A panic is a diagnostic of its document.
#[must_use]
pub fn lint_all(rules: &RuleSet<'_>, workspace: &Workspace) -> Vec<Diagnostic> {
    let documents = workspace.documents();
    let found: Vec<Vec<Diagnostic>> = (0..documents.len())
        .into_par_iter()
        .filter(|index| workspace.is_reported(*index))
        .map(|index| {
            let document = &documents[index];
            catch_unwind(AssertUnwindSafe(|| lint(rules, workspace, document))).unwrap_or_else(|_| {
                let finding = Finding::new("internal-error", crate::text::Span::point(0)).value("stage", "checking");
                explain(rules, workspace, document, vec![finding])
            })
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// One cause, one finding: an unfilled document says only that (and what reading noticed); of findings that overlap, the
/// one of the lower group is kept.
fn one_cause(rules: &RuleSet<'_>, document: &Document, mut findings: Vec<Finding>) -> Vec<Finding> {
    let alone = |finding: &Finding| rules.rule(&finding.rule).is_some_and(|rule| rule.card.format.alone);
    if document.unfilled || findings.iter().any(alone) {
        let from_reading = |rule: &str| {
            rules.rule(rule).is_none_or(|rule| {
                rule.card.format.plain || rule.card.format.check.as_deref() == Some("unfilled-document")
            })
        };
        findings.retain(|finding| from_reading(&finding.rule));
    }
    findings.sort_by(|a, b| (a.span, &a.rule, &a.case).cmp(&(b.span, &b.rule, &b.case)));
    findings.dedup_by(|a, b| {
        a.rule == b.rule && a.span == b.span && a.case == b.case && a.values == b.values && a.message == b.message
    });
    without_same_cause(rules, &mut findings);
    let groups: Vec<_> = findings.iter().map(|finding| rules.group(&finding.rule)).collect();
    let mut keep = vec![true; findings.len()];
    for at in 0..findings.len() {
        let Some(group) = groups[at] else { continue };
        // Findings are sorted by place: only neighbours can overlap.
        for other in at + 1..findings.len() {
            if findings[other].span.start > findings[at].span.end {
                break;
            }
            let Some(rival) = groups[other] else { continue };
            let empty = findings[at].span.is_empty() != findings[other].span.is_empty();
            if !findings[at].span.overlaps(findings[other].span) || empty || findings[at].rule == findings[other].rule {
                continue;
            }
            if rival < group {
                keep[at] = false;
            } else if group < rival {
                keep[other] = false;
            }
        }
    }
    // Of an empty document everything is missing: one finding says so.
    if document.parsed.text.as_str().trim().is_empty() {
        keep.iter_mut().skip(1).for_each(|kept| *kept = false);
    }
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(true));
    let kind = document.kind.as_deref();
    findings.retain(|finding| rules.level(finding, kind) != Severity::Off);
    findings
}

/// Drops findings at a place of one that takes their place.
fn without_same_cause(rules: &RuleSet<'_>, findings: &mut Vec<Finding>) {
    let mut told: Vec<(Arc<str>, Vec<crate::text::Span>)> = Vec::new();
    for finding in findings.iter() {
        let Some(rule) = rules.rule(&finding.rule).filter(|rule| !rule.card.format.instead_of.is_empty()) else {
            continue;
        };
        let own = finding.related.iter().filter(|related| related.path.is_none()).map(|related| related.span);
        let places: Vec<_> = std::iter::once(finding.span).chain(own).collect();
        told.extend(rule.card.format.instead_of.iter().map(|other| (other.as_str().into(), places.clone())));
    }
    findings.retain(|finding| {
        let same = |(rule, places): &(Arc<str>, Vec<crate::text::Span>)| {
            *rule == finding.rule && places.iter().any(|place| place.overlaps(finding.span))
        };
        !told.iter().any(same)
    });
}

/// Gives findings their level, words and positions.
fn explain(rules: &RuleSet<'_>, workspace: &Workspace, document: &Document, findings: Vec<Finding>) -> Vec<Diagnostic> {
    let text = &document.parsed.text;
    let kind: Option<Arc<str>> = document.kind.as_ref().map(|kind| kind.name.clone());
    let mut diagnostics: Vec<Diagnostic> = findings
        .into_iter()
        .filter_map(|finding| {
            let severity = rules.level(&finding, document.kind.as_deref());
            if severity == Severity::Off {
                return None;
            }
            let words = rules.words(&finding);
            let related = finding
                .related
                .iter()
                .zip(words.related)
                .map(|(related, message)| {
                    let other = related.path.as_ref().and_then(|path| workspace.document(path));
                    let place: &Text = other.map_or(text, |other| &other.parsed.text);
                    Label {
                        path: related.path.clone().unwrap_or_else(|| document.path.clone()),
                        span: related.span,
                        start: place.position(related.span.start),
                        end: place.position(related.span.end),
                        message,
                    }
                })
                .collect();
            Some(Diagnostic {
                rule: finding.rule.clone(),
                severity,
                message: words.message,
                why: words.why,
                help: words.help,
                path: document.path.clone(),
                kind: kind.clone(),
                span: finding.span,
                start: text.position(finding.span.start),
                end: text.position(finding.span.end),
                related,
                fingerprint: String::new(),
            })
        })
        .collect();
    diagnostics.sort_by(|a, b| (a.span, &a.rule, &a.message).cmp(&(b.span, &b.rule, &b.message)));
    fingerprints(text, &mut diagnostics);
    diagnostics
}

/// Rule, kind, the text of the place and its number among equals: what stays when lines move or the file is renamed.
fn fingerprints(text: &Text, diagnostics: &mut [Diagnostic]) {
    let mut seen: std::collections::HashMap<u64, u32> = std::collections::HashMap::new();
    for diagnostic in diagnostics {
        let place = text.slice(diagnostic.span);
        let place = if place.len() > 4096 { &diagnostic.message } else { place };
        let key = format!(
            "{}\0{}\0{place}\0{}",
            diagnostic.rule,
            diagnostic.kind.as_deref().unwrap_or_default(),
            diagnostic.message
        );
        let hash = xxh3_64(key.as_bytes());
        let number = seen.entry(hash).or_insert(0);
        diagnostic.fingerprint = format!("{:016x}", xxh3_64(format!("{key}\0{number}").as_bytes()));
        *number += 1;
    }
}
