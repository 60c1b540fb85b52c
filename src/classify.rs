//! Which kind a document is, and why. Marks are asked strongest first; the kind whose stronger mark holds wins, then the
//! one with more marks. Nothing is guessed twice: everything after this stage knows the kind or that there is none.

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::document::{Capture, Document};
use crate::pack::condition::{Condition, Target};
use crate::pack::shape::Hole;
use crate::pack::{Kind, Packs};
use crate::select::Scope;
use crate::text::Span;

/// Decides the kind of a draft (a document with path, tree and generic fields) and writes it into the document, with the
/// reasons and what the path says.
pub fn classify(packs: &Packs, document: &mut Document, forced: Option<&Arc<Kind>>) {
    if let Some(kind) = forced {
        document.kind = Some(kind.clone());
        document.because = vec!["it was asked for".to_owned()];
        path_of(document, kind);
        return;
    }
    let mut candidates: Vec<(usize, usize, Arc<Kind>, Vec<String>)> = Vec::new();
    for kind in packs.all_kinds() {
        if kind.document_format() != document.parsed.format {
            continue;
        }
        let saved = (document.path_captures.clone(), document.root.clone());
        path_of(document, kind);
        let held: Vec<usize> = {
            let scope = Scope::alone(document);
            kind.marks
                .recognise
                .iter()
                .enumerate()
                .filter(|(_, condition)| holds(&scope, condition))
                .map(|(rank, _)| rank)
                .collect()
        };
        if let Some(first) = held.first()
            && !kind.excludes(&document.path)
            && !kind.marks.unless.iter().any(|condition| holds(&Scope::alone(document), condition))
        {
            let reasons = held.iter().map(|rank| words(&kind.marks.recognise[*rank])).collect();
            candidates.push((*first, usize::MAX - held.len(), kind.clone(), reasons));
        }
        (document.path_captures, document.root) = saved;
    }
    // A kind takes the place of the one that it extends, where it recognises the document.
    let extended: Vec<Arc<str>> = candidates.iter().flat_map(|(_, _, kind, _)| kind.lineage.iter().cloned()).collect();
    candidates.retain(|(_, _, kind, _)| !extended.contains(&kind.name));
    candidates.sort_by_key(|(rank, held, ..)| (*rank, *held));
    let tie = match candidates.as_slice() {
        [a, b, ..] if (a.0, a.1) == (b.0, b.1) => {
            Some((a.2.name.clone(), b.2.name.clone(), a.3.join(", "), b.3.join(", ")))
        }
        _ => None,
    };
    if let Some((first, second, marks, second_marks)) = tie {
        let span = first_line(document);
        document.parsed.findings.push(
            Finding::new("ambiguous-kind", span)
                .value("first", &*first)
                .value("second", &*second)
                .value("marks", marks)
                .value("second_marks", second_marks),
        );
    }
    match candidates.into_iter().next() {
        Some((_, _, kind, reasons)) => {
            path_of(document, &kind);
            document.kind = Some(kind);
            document.because = reasons;
        }
        None => {
            if let Some(kind) = packs.governs(&document.path) {
                let span = first_line(document);
                let name = document.path.rsplit('/').next().unwrap_or(&document.path).to_owned();
                document
                    .parsed
                    .findings
                    .push(Finding::new("unclaimed-document", span).value("document", name).value("pack", &*kind.pack));
            }
        }
    }
}

/// `path` means that one of the kind's path shapes fits, which `path_of` has found out.
fn holds(scope: &Scope<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::Exists(selector) if matches!(selector.target, Target::Path(None)) => {
            !scope.document.path_captures.is_empty()
        }
        Condition::All(conditions) => conditions.iter().all(|condition| holds(scope, condition)),
        Condition::Any(conditions) => conditions.iter().any(|condition| holds(scope, condition)),
        Condition::Not(condition) => !holds(scope, condition),
        other => scope.holds(other),
    }
}

/// Fills in what the path says, if one of the kind's shapes fits.
fn path_of(document: &mut Document, kind: &Kind) {
    document.path_captures = Vec::new();
    document.root = "".into();
    for shape in &kind.marks.paths {
        let Some(found) = shape.matches(&document.path) else { continue };
        if document.path_captures.is_empty() {
            document.root = found.root.as_str().into();
            // A path without holes fits too.
            document.path_captures.push(Capture {
                name: "path".to_owned(),
                text: document.path.to_string(),
                span: Span::point(0),
                hole: Hole::Text,
            });
        }
        // Several shapes are several views of one path; the first that names a hole says what is in it.
        for (name, text, _) in found.captures {
            if !document.path_captures.iter().any(|capture| capture.name == name) {
                document.path_captures.push(Capture { name, text, span: Span::point(0), hole: Hole::Text });
            }
        }
    }
}

fn first_line(document: &Document) -> Span {
    let text = &document.parsed.text;
    let line = text.line_span(0);
    text.trimmed(Span::new(line.start.max(text.start()).min(line.end), line.end))
}

fn words(condition: &Condition) -> String {
    match condition {
        Condition::Exists(selector) => selector.source.clone(),
        Condition::All(all) => all.iter().map(words).collect::<Vec<_>>().join(" and "),
        Condition::Any(any) => any.iter().map(words).collect::<Vec<_>>().join(" or "),
        Condition::Not(not) => format!("not {}", words(not)),
        Condition::Variant(name) => format!("variant {name}"),
        Condition::Test(test) => match &test.one_of {
            Some(values) => {
                let values: Vec<String> = values.iter().map(crate::pack::schema::plain).collect();
                format!("{} is {}", test.select.source, values.join(" or "))
            }
            None => {
                let shapes: Vec<&str> = test.fits.iter().chain(&test.holds).map(|shape| shape.source()).collect();
                format!("{} {}", test.select.source, shapes.join(" or ")).trim().to_owned()
            }
        },
    }
}
