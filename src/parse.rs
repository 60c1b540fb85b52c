//! From a text to its tree: [`parse`] finds what any document has, whatever its kind. It never fails: a broken document is
//! a document with findings.

pub mod boxes;
pub mod bytes;
pub mod directives;
pub mod front_matter;
pub mod head;
pub mod labels;
pub mod markdown;
pub mod paths;
pub mod yaml;

use std::sync::Arc;

use crate::diagnostic::Finding;
use crate::document::{Body, Directive, Format, FrontMatter, Parsed, Scope};
use crate::text::{Span, Text};

/// How a file of this name is written; Markdown, unless its ending says otherwise.
#[must_use]
pub fn format_of(path: &str) -> Format {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    if ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml") {
        Format::Yaml
    } else if ending.eq_ignore_ascii_case("json") {
        Format::Json
    } else {
        Format::Markdown
    }
}

/// Parses a document.
#[must_use]
pub fn parse(text: Arc<Text>, format: Format) -> Parsed {
    match format {
        Format::Markdown => parse_markdown(text),
        Format::Yaml | Format::Json => parse_data(text, format),
    }
}

fn empty(text: Arc<Text>, format: Format) -> Parsed {
    Parsed {
        text,
        format,
        front_matter: None,
        data: None,
        sections: Vec::new(),
        blocks: Vec::new(),
        callouts: Vec::new(),
        labels: Vec::new(),
        links: Vec::new(),
        code_spans: Vec::new(),
        directives: Vec::new(),
        findings: Vec::new(),
        broken: false,
    }
}

fn parse_data(text: Arc<Text>, format: Format) -> Parsed {
    let mut parsed = empty(text.clone(), format);
    let data = front_matter::parse_data(&text, format);
    parsed.data = data.root;
    parsed.broken = data.broken;
    parsed.findings = data.findings;
    parsed.findings.extend(bytes::findings(&text, &[], false));
    conflicts(&mut parsed.findings, Span::new(0, text.len()));
    let end = text.len();
    parsed.directives = data
        .comments
        .iter()
        .filter_map(|span| directives::parse(text.slice(*span), *span))
        .map(|mut directive| {
            directive.covers = match directive.scope {
                Scope::Next => next_line(&text, directive.span),
                Scope::Section | Scope::File => Span::new(0, end),
            };
            directive
        })
        .collect();
    parsed
}

fn parse_markdown(text: Arc<Text>) -> Parsed {
    let mut parsed = empty(text.clone(), Format::Markdown);
    let mut body = text.start();
    let mut directives: Vec<Directive> = Vec::new();
    if let Some(split) = front_matter::split(&text) {
        let head = front_matter::parse(&text, &split);
        parsed.broken = head.findings.iter().any(|finding| &*finding.rule != "duplicate-field");
        parsed.findings = head.findings;
        for span in &head.comments {
            if let Some(mut directive) = directives::parse(text.slice(*span), *span) {
                directive.covers = match directive.scope {
                    Scope::Next => next_line(&text, directive.span),
                    Scope::Section => split.content,
                    Scope::File => Span::new(0, text.len()),
                };
                directives.push(directive);
            }
        }
        body = split.body;
        let end = split.close.map_or(split.content.end, |close| close.end);
        parsed.front_matter = Some(FrontMatter {
            span: Span::new(split.open.start, end),
            open: split.open,
            content: split.content,
            close: split.close,
            root: head.root,
        });
    }
    let markdown = markdown::parse(&text, body);
    parsed.sections = markdown.sections;
    parsed.blocks = markdown.blocks;
    parsed.callouts = markdown.callouts;
    parsed.labels = markdown.labels;
    parsed.links = markdown.links;
    parsed.code_spans = markdown.code_spans;
    let code = code_places(&parsed);
    parsed.findings.extend(bytes::findings(&text, &code, true));
    if let Some(front) = &parsed.front_matter {
        conflicts(&mut parsed.findings, front.span);
    }
    for (index, block) in parsed.blocks.iter().enumerate() {
        if !matches!(block.body, Body::Comment) {
            continue;
        }
        let Some(mut directive) = directives::parse(text.slice(block.span), block.span) else { continue };
        directive.covers = match directive.scope {
            Scope::Next => covered_next(&parsed, index),
            Scope::Section => {
                block.section.map_or(Span::new(0, first_heading(&parsed)), |section| parsed.sections[section].span)
            }
            Scope::File => Span::new(0, text.len()),
        };
        directives.push(directive);
    }
    parsed.directives = directives;
    parsed
}

/// Where a merge conflict lies in fields, it is why they do not parse: the conflict alone is reported.
fn conflicts(findings: &mut Vec<Finding>, fields: Span) {
    let conflict = |finding: &Finding| &*finding.rule == "merge-conflict-marker" && fields.contains(finding.span);
    if findings.iter().any(conflict) {
        findings.retain(|finding| {
            !fields.contains(finding.span)
                || !matches!(
                    &*finding.rule,
                    "front-matter-syntax" | "data-syntax" | "duplicate-field" | "unclosed-front-matter"
                )
        });
    }
}

/// The spans of code blocks and code spans, in order.
fn code_places(parsed: &Parsed) -> Vec<Span> {
    let mut code: Vec<Span> = parsed
        .blocks
        .iter()
        .filter(|block| matches!(block.body, Body::Code { .. }))
        .map(|block| block.span)
        .chain(parsed.code_spans.iter().copied())
        .collect();
    code.sort_unstable();
    code
}

fn first_heading(parsed: &Parsed) -> usize {
    parsed.sections.first().map_or(parsed.text.len(), |section| section.heading.start)
}

/// The block after a comment; a comment within a line covers its own line.
fn covered_next(parsed: &Parsed, comment: usize) -> Span {
    let block = &parsed.blocks[comment];
    let line = parsed.text.line_span(parsed.text.line_at(block.span.start));
    if !parsed.text.slice(Span::new(line.start, block.span.start)).trim().trim_matches('>').is_empty() {
        return line;
    }
    parsed.blocks[comment + 1..]
        .iter()
        .find(|next| next.span.start >= block.span.end && !matches!(next.body, Body::Comment))
        .map_or(Span::point(block.span.end), |next| next.span)
}

/// The line after a YAML comment that stands alone, or the comment's own line.
fn next_line(text: &Text, comment: Span) -> Span {
    let own = text.line_at(comment.start);
    let line = text.line_span(own);
    if text.slice(Span::new(line.start, comment.start)).trim().is_empty() {
        let mut next = own + 1;
        while next < text.line_count() && text.slice(text.line_span(next)).trim().is_empty() {
            next += 1;
        }
        text.line_span(next)
    } else {
        line
    }
}
