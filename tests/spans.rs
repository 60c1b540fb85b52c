//! Every place that the tree names slices the text that it claims, whatever the bytes around it.

use std::sync::Arc;

use worklint::document::{Body, Line, Parsed};
use worklint::parse::{format_of, parse};
use worklint::text::{Span, Text};

/// A document with the traps: front matter, callouts, nested lists, tables, multibyte text, boxes and links.
const DOCUMENT: &str = "---\ntitle: \"Übersicht – 日本\"\nstatus: open # later\ntags: [a, 'b c']\n---\n\n# Täsk: ÜX-1 – 名前\n\n\
**Status**: öpen | **Date**: 2026-01-02\n**Next**: naïve\nfolded value\n\n> [!note]- 📋 Wörk Log\n>\n> **2026-01-02 - Étape 1** ✅\n> - item *émphasis* and\n>   more `code`\n\n\
- [ ] ÀB-1 **böld** text\n  - [x] nested 日本\n-[ ] lost bøx\n\n| Kéy | Välue |\n|---|---|\n| **Státus** | `x` \\| y |\n\n\
1. one [link](./ä.md) and [[wíki|alias]]\n\n<!-- worklint ignore next: some-rule (because) -->\n\n```rust\nlet é = 1;\n```\n";

fn variants() -> Vec<(String, &'static str)> {
    let crlf = DOCUMENT.replace('\n', "\r\n");
    vec![
        (DOCUMENT.to_owned(), "lf"),
        (crlf.clone(), "crlf"),
        (format!("\u{FEFF}{DOCUMENT}"), "bom"),
        (format!("\u{FEFF}{crlf}"), "bom and crlf"),
    ]
}

fn parsed(text: &str) -> Parsed {
    parse(Arc::new(Text::new(text)), format_of("x.md"))
}

/// Each character of a folded line stands in the source where the line says.
fn check_line(text: &str, line: &Line, name: &str) {
    for (at, c) in line.text.char_indices() {
        let span = line.span(at..at + c.len_utf8());
        let source = &text[span.start..span.end];
        // A blank may stand for a line ending with what quotes put before the next line.
        let folded = c == ' ';
        assert!(folded || source == c.to_string(), "{name}: `{c}` of `{}` is `{source}` in the source", line.text);
    }
}

#[test]
fn every_span_slices_the_text_it_claims() {
    for (text, name) in variants() {
        let parsed = parsed(&text);
        assert!(text.is_char_boundary(0));
        let check = |span: Span| {
            assert!(span.start <= span.end && span.end <= text.len(), "{name}: {span:?}");
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{name}: {span:?}");
        };
        for block in &parsed.blocks {
            check(block.span);
            check_line(&text, &block.line, name);
            check_line(&text, &block.plain, name);
            if let Body::Table { rows } = &block.body {
                rows.iter().flatten().for_each(|cell| check_line(&text, cell, name));
            }
            if let Body::Item { checkbox: Some(checkbox), .. } = &block.body {
                check(checkbox.span);
                assert!(text[checkbox.span.start..checkbox.span.end].ends_with(']'), "{name}");
            }
        }
        for label in &parsed.labels {
            assert_eq!(&text[label.name_span.start..label.name_span.end], label.name, "{name}");
            check_line(&text, &label.value, name);
        }
        for section in &parsed.sections {
            check(section.span);
            check_line(&text, &section.title, name);
        }
        for link in &parsed.links {
            assert!(text[link.span.start..link.span.end].contains(&link.target), "{name}");
        }
    }
}

#[test]
fn the_tree_is_the_same_under_bom_and_crlf() {
    let shape = |text: &str| {
        let parsed = parsed(text);
        let blocks: Vec<(String, String)> = parsed
            .blocks
            .iter()
            .map(|block| {
                let sort = serde_json::to_value(&block.body).unwrap()["type"].as_str().unwrap().to_owned();
                (sort, block.plain.text.clone())
            })
            .collect();
        let labels: Vec<(String, String)> =
            parsed.labels.iter().map(|label| (label.name.clone(), label.value.text.clone())).collect();
        let fields = parsed
            .front_matter
            .as_ref()
            .and_then(|front| front.root.as_ref())
            .map(|root| root.pairs().iter().map(|(key, value)| (key.scalar(), value.scalar())).collect::<Vec<_>>());
        (blocks, labels, fields, parsed.callouts.len(), parsed.directives.len())
    };
    let plain = shape(DOCUMENT);
    assert!(plain.0.iter().any(|(_, text)| text == "lost bøx"), "{:#?}", plain.0);
    assert!(!plain.0.iter().any(|(sort, text)| sort != "code" && text.contains("let é")), "code is read as text");
    assert_eq!((plain.3, plain.4), (1, 1));
    for (text, name) in variants() {
        assert_eq!(shape(&text), plain, "{name}");
    }
}
