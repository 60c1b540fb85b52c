//! An array of objects for programs. Its form is a promise: keys are added, never renamed or removed.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::render::Report;
use crate::text::{Position, Span};

/// Prints all diagnostics as one JSON array.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let objects: Vec<Object> = report.diagnostics.iter().map(Object::of).collect();
    serde_json::to_writer_pretty(&mut *out, &objects)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Object<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    help: &'a str,
    path: &'a str,
    span: Span,
    start: Position,
    end: Position,
    kind: Option<&'a str>,
    related: Vec<RelatedObject<'a>>,
    fix: Option<FixObject<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct RelatedObject<'a> {
    path: &'a str,
    span: Span,
    start: Position,
    end: Position,
    message: &'a str,
}

/// Fixes are not offered yet; the form is part of the promise.
#[derive(Serialize)]
struct FixObject<'a> {
    applicability: Applicability,
    message: &'a str,
    edits: Vec<EditObject<'a>>,
}

#[derive(Serialize)]
struct EditObject<'a> {
    path: &'a str,
    span: Span,
    content: &'a str,
}

impl<'a> Object<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        Self {
            rule: &diagnostic.rule,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            help: &diagnostic.help,
            path: &diagnostic.path,
            span: diagnostic.span,
            start: diagnostic.start,
            end: diagnostic.end,
            kind: diagnostic.kind.as_deref(),
            related: diagnostic
                .related
                .iter()
                .map(|label| RelatedObject {
                    path: &label.path,
                    span: label.span,
                    start: label.start,
                    end: label.end,
                    message: &label.message,
                })
                .collect(),
            fix: None,
            fingerprint: &diagnostic.fingerprint,
        }
    }
}
