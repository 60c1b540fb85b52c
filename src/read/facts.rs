//! What the text states: the places where the shapes of the kind's `facts` occur.

use crate::document::{Body, Document, Fact, Line};
use crate::pack::Kind;
use crate::pack::compile::FactRule;
use crate::select::regions;
use crate::text::Span;

/// Reads the facts of a document.
pub fn read(document: &mut Document, kind: &Kind) {
    let mut facts = Vec::new();
    for rule in &kind.body().facts {
        let regions = if rule.places.is_empty() {
            vec![Span::new(0, document.parsed.text.len())]
        } else {
            regions(document, &rule.places)
        };
        for region in regions {
            search(document, rule, region, &mut facts);
        }
    }
    let quoted = |fact: &Fact| {
        let bare = kind.body().facts.iter().any(|rule| rule.bare && rule.name == *fact.name);
        bare && document.parsed.code_spans.iter().any(|code| code.contains(fact.span))
    };
    facts.retain(|fact| !quoted(fact));
    facts.sort_by_key(|fact: &Fact| fact.span);
    document.facts = facts;
}

fn search(document: &Document, rule: &FactRule, region: Span, facts: &mut Vec<Fact>) {
    let text = &document.parsed.text;
    for block in document.parsed.blocks.iter().filter(|block| region.contains(Span::point(block.span.start))) {
        match &block.body {
            Body::Code { content, .. } if rule.code && !content.is_empty() => {
                for number in text.line_at(content.start)..=text.line_at(content.end - 1) {
                    let span = text.line_span(number);
                    let span = Span::new(span.start.max(content.start).min(span.end), span.end);
                    line(rule, &Line::of(text.slice(span), span.start), facts);
                }
            }
            Body::Heading { .. } | Body::Paragraph | Body::Item { .. } if !rule.code => line(rule, &block.plain, facts),
            Body::Table { rows } if !rule.code => rows.iter().flatten().for_each(|cell| line(rule, cell, facts)),
            _ => {}
        }
    }
}

/// Every place in a line where a shape occurs; of several shapes the first that occurs at all.
fn line(rule: &FactRule, line: &Line, facts: &mut Vec<Fact>) {
    let small = line.text.to_lowercase();
    for shape in &rule.shapes {
        let before = facts.len();
        let mut from = 0;
        while let Some((range, captures)) = shape.find_in(line, &small, from) {
            let text = line.text[range.clone()].to_owned();
            facts.push(Fact { name: rule.name.as_str().into(), span: line.span(range.clone()), text, captures });
            from = range.end;
        }
        if facts.len() > before {
            return;
        }
    }
}
