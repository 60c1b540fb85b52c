//! The head of a document: where it begins and ends ([`split`]), and its fields ([`parse`]). YAML and JSON files go the
//! same way ([`parse_data`]).
//!
//! The split is our own, because other readers miss a head behind a byte order mark, do not know `...` as a closing fence
//! and drop an unclosed one silently. It stops at the closing fence, so it costs nothing on a long document.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::Finding;
use crate::document::{Format, Node, Value};
use crate::parse::yaml::{self, Mistake, Yaml};
use crate::text::{Span, Text};

/// What the head of a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Between `---` and `---` or `...`.
    Yaml,
    /// Between `+++` and `+++`.
    Toml,
    /// From `{` to a line that is `}`.
    Json,
}

/// The places of the parts of a document with a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// The opening fence, without its line ending. For JSON the brace.
    pub open: Span,
    /// What stands between the fences, its last line ending included. For JSON both braces too.
    pub content: Span,
    /// The closing fence, without its line ending; `None` when it is missing.
    pub close: Option<Span>,
    /// Where the body begins.
    pub body: usize,
    /// What it is written in.
    pub language: Language,
}

/// The fields of a head or of a data file.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// The fields, as far as they could be parsed. In a head always a mapping, perhaps an empty one.
    pub root: Option<Node>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// The comments, `#` included.
    pub comments: Vec<Span>,
    /// Something could not be parsed: nothing may be said about what is missing.
    pub broken: bool,
}

/// The lines of a text from an offset on: where each begins, where it ends without its line ending, where the next begins.
fn lines(text: &Text, from: usize) -> impl Iterator<Item = (Span, usize)> {
    (text.line_at(from)..text.line_count()).map(move |line| {
        let span = text.line_span(line);
        let next = if line + 1 < text.line_count() { text.line_span(line + 1).start } else { text.len() };
        (Span::new(span.start.max(from), span.end.max(from)), next)
    })
}

/// Finds the head of a Markdown document. `None` when it has none, also when its first line is a thematic break.
#[must_use]
pub fn split(text: &Text) -> Option<Split> {
    let start = text.start();
    let (first, content) = lines(text, start).next()?;
    let fence = text.slice(first).trim_end();
    let (language, closers): (_, &[&str]) = match fence {
        "---" => (Language::Yaml, &["---", "..."]),
        "+++" => (Language::Toml, &["+++"]),
        _ if fence.starts_with('{') => return split_json(text),
        _ => return None,
    };
    let open = Span::new(start, start + fence.len());
    let closed = lines(text, content)
        .skip_while(|(line, _)| line.start < content)
        .find(|(line, _)| closers.contains(&text.slice(*line).trim_end()));
    if let Some((line, next)) = closed {
        let content = Span::new(content, line.start);
        if language == Language::Yaml && is_break(text, content) {
            return None;
        }
        if language == Language::Yaml && runs_into_body(text, content) {
            let end = unclosed_end(text, content.start, language)?;
            return Some(Split { open, content: Span::new(content.start, end), close: None, body: end, language });
        }
        let close = Span::new(line.start, line.start + text.slice(line).trim_end().len());
        return Some(Split { open, content, close: Some(close), body: next, language });
    }
    let end = unclosed_end(text, content, language)?;
    Some(Split { open, content: Span::new(content, end), close: None, body: end, language })
}

/// A JSON object at the beginning is a head only if it parses: Markdown may begin with a brace.
fn split_json(text: &Text) -> Option<Split> {
    let start = text.start();
    let (close, body) = lines(text, start).find(|(line, _)| text.slice(*line).trim_end() == "}")?;
    let content = Span::new(start, close.start + 1);
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text.slice(content)).ok()?;
    let open = Span::new(start, start + 1);
    let close = Span::new(close.start, close.start + 1);
    Some(Split { open, content, close: Some(close), body, language: Language::Json })
}

/// Whether what stands between two `---` lines is Markdown between two thematic breaks: it begins with a blank line, and no
/// line before the next blank one is a field.
fn is_break(text: &Text, content: Span) -> bool {
    let slice = text.slice(content);
    let first = slice.lines().next().unwrap_or_default();
    let next = slice.lines().map(str::trim_end).find(|line| !line.trim().is_empty());
    first.trim().is_empty() && next.is_some_and(|line| !is_field(line) && !line.starts_with(['{', '-']))
}

/// Whether the fence that seems to close the head is a ruler further down, because the real one is missing: what stands
/// between is no YAML, and has a line that only a body has.
fn runs_into_body(text: &Text, content: Span) -> bool {
    let body = text.slice(content).lines().any(|line| {
        let line = line.trim_end();
        let fence = line.len() > 3 && line.bytes().all(|byte| byte == b'-');
        fence || line.starts_with("> ") || line.starts_with("## ") || line.starts_with("```")
    });
    body && !yaml::parse(text, content).mistakes.is_empty()
}

/// Where an unclosed head ends: after its last line that looks like YAML, comments and blank lines between fields included.
/// `None` when it has no fields, so that the fence is a thematic break.
fn unclosed_end(text: &Text, content: usize, language: Language) -> Option<usize> {
    let mut fields = false;
    let mut end = content;
    // A list or an indented line belongs to the field directly above it.
    let mut below_field = false;
    // A comment stands directly above a field; with a blank line below it, it is a heading.
    let mut below_mark = false;
    for (span, next) in lines(text, content).skip_while(|(line, _)| line.start < content) {
        let line = text.slice(span).trim_end();
        let field = match language {
            Language::Toml => line.contains('=') || line.starts_with('['),
            _ => is_field(line) || below_field && (line.starts_with("- ") || line.starts_with("  ")),
        };
        if field {
            (fields, end) = (true, next);
        } else if !line.is_empty() && !line.starts_with('#') || line.is_empty() && below_mark {
            break;
        }
        below_field = field;
        below_mark = line.starts_with('#');
    }
    fields.then_some(end)
}

/// Whether a line looks like `key: value`: a short key at its beginning, made of words.
fn is_field(line: &str) -> bool {
    let Some(colon) = line.match_indices(':').map(|(at, _)| at).find(|at| {
        let rest = &line[at + 1..];
        rest.is_empty() || rest.starts_with([' ', '\t'])
    }) else {
        return false;
    };
    let key = line[..colon].trim_matches(['"', '\'']);
    let word = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '.' | ' ' | '/' | '$');
    key.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '_' | '$'))
        && key.chars().all(word)
        && key.split(' ').count() <= 3
}

/// Parses the head that `split` found.
#[must_use]
pub fn parse(text: &Text, split: &Split) -> Fields {
    let mut yaml = match split.language {
        Language::Yaml => yaml::parse(text, split.content),
        Language::Json => yaml::parse_json(text, split.content),
        Language::Toml => parse_toml(text, split.content),
    };
    if split.close.is_none() {
        // The missing fence explains whatever else is wrong.
        let findings = vec![Finding::new("unclosed-front-matter", split.open)];
        let root = yaml.root.filter(|root| matches!(root.value, Value::Map(_)));
        return Fields { root, findings, comments: yaml.comments, broken: true };
    }
    if let Some(root) = yaml.root.take_if(|root| !matches!(root.value, Value::Map(_) | Value::Null))
        && yaml.mistakes.is_empty()
    {
        let span = text.line_span(text.line_at(root.span.start));
        let span = Span::new(root.span.start, root.span.end.min(span.end).max(root.span.start));
        let value = yaml::shortened(text.slice(root.span));
        yaml.mistakes.push(Mistake { span, case: "not-a-mapping", values: vec![("value".into(), value)] });
    }
    let empty = Node { span: Span::point(split.content.start), value: Value::Map(Vec::new()) };
    let root = yaml.root.take().filter(|root| root.value != Value::Null);
    yaml.root = root.or_else(|| yaml.mistakes.is_empty().then_some(empty));
    fields(yaml, "front-matter-syntax")
}

/// Parses a YAML or JSON file.
#[must_use]
pub fn parse_data(text: &Text, format: Format) -> Fields {
    let span = Span::new(text.start(), text.len());
    let yaml = if format == Format::Json { yaml::parse_json(text, span) } else { yaml::parse(text, span) };
    fields(yaml, "data-syntax")
}

/// Makes findings of what is wrong, duplicate keys included.
fn fields(yaml: Yaml, rule: &str) -> Fields {
    let broken = !yaml.mistakes.is_empty();
    let mut findings: Vec<Finding> = yaml
        .mistakes
        .into_iter()
        .map(|mistake| {
            let mut finding = Finding::new(rule, mistake.span).case(mistake.case);
            finding.values = mistake.values;
            finding
        })
        .collect();
    let duplicates = yaml.root.as_ref().map(yaml::duplicates).unwrap_or_default();
    findings.extend(duplicates.into_iter().map(|duplicate| {
        Finding::new("duplicate-field", duplicate.again)
            .value("field", duplicate.name)
            .related("first", duplicate.first)
    }));
    Fields { root: yaml.root, findings, comments: yaml.comments, broken }
}

/// Parses TOML into the tree that YAML has. Dates are text.
fn parse_toml(text: &Text, span: Span) -> Yaml {
    let source = text.slice(span);
    let (table, errors) = DeTable::parse_recoverable(source);
    let mistakes = errors.iter().take(1).map(|error| {
        let range = toml_place(source, error.span().unwrap_or(0..0));
        let place = Span::from(range.clone()).shifted(span.start);
        let problem = error.message().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
        let value = yaml::shortened(&source[range]);
        Mistake { span: place, case: "toml", values: vec![("value".into(), value), ("problem".into(), problem)] }
    });
    let mistakes = mistakes.collect();
    // A table's own range is that of its header; the whole content serves better.
    let root = Node { span: text.trimmed(span), value: toml_table(table.get_ref(), source, span.start) };
    Yaml { root: Some(root), mistakes, comments: Vec::new() }
}

/// A range that lies within the text and covers something, if its line does.
fn toml_place(source: &str, range: Range<usize>) -> Range<usize> {
    let end = range.end.min(source.len());
    let start = range.start.min(end);
    if source.get(start..end).is_some_and(|slice| !slice.trim().is_empty()) {
        return start..end;
    }
    let start = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let length = source[start..].find('\n').unwrap_or(source.len() - start);
    start..start + source[start..start + length].trim_end().len()
}

fn toml_table(table: &DeTable<'_>, source: &str, base: usize) -> Value {
    let place = |range: Range<usize>| Span::new(range.start, range.end.max(range.start)).shifted(base);
    let mut pairs: Vec<(Node, Node)> = table
        .iter()
        .map(|(key, value)| {
            let name = Value::Str(key.get_ref().to_string());
            (Node { span: place(key.span()), value: name }, toml_value(value, source, base))
        })
        .collect();
    pairs.sort_by_key(|(key, _)| key.span);
    Value::Map(pairs)
}

fn toml_value(value: &Spanned<DeValue<'_>>, source: &str, base: usize) -> Node {
    let range = value.span();
    let span = Span::new(range.start, range.end.max(range.start)).shifted(base);
    let value = match value.get_ref() {
        DeValue::String(value) => Value::Str(value.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Str(source.get(range).unwrap_or_default().to_owned()), Value::Int),
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(value) => Value::Str(source.get(range).map_or_else(|| value.to_string(), str::to_owned)),
        DeValue::Array(items) => Value::Seq(items.iter().map(|item| toml_value(item, source, base)).collect()),
        DeValue::Table(table) => toml_table(table, source, base),
    };
    Node { span, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(source: &str) -> (Text, Option<Split>) {
        let text = Text::new(source);
        let split = split(&text);
        (text, split)
    }

    /// `rule case|place` of each finding.
    fn findings(source: &str) -> Vec<String> {
        let (text, split) = head(source);
        let fields = parse(&text, &split.expect("the text has a head"));
        shown(&text, &fields)
    }

    fn shown(text: &Text, fields: &Fields) -> Vec<String> {
        let one = |finding: &Finding| {
            format!("{} {}|{}", finding.rule, finding.case.as_deref().unwrap_or("-"), text.slice(finding.span))
        };
        fields.findings.iter().map(one).collect()
    }

    #[test]
    fn parts_keep_their_places() {
        for (source, content, rest) in [
            ("---\na: 1\n---\nbody", "a: 1\n", "body"),
            ("\u{FEFF}---  \r\na: 1\r\n--- \r\nbody", "a: 1\r\n", "body"),
            ("---\na: 1\n...\nbody\n---\n", "a: 1\n", "body\n---\n"),
            ("---\n---", "", ""),
            ("---\na: 1\n ---\n---\nx", "a: 1\n ---\n", "x"),
            ("+++\na = 1\n+++\nbody", "a = 1\n", "body"),
            ("{\n  \"a\": 1\n}\n\nbody", "{\n  \"a\": 1\n}", "\nbody"),
            ("---\n\ntitle: x\n---\nbody", "\ntitle: x\n", "body"),
        ] {
            let (text, split) = head(source);
            let split = split.unwrap_or_else(|| panic!("{source:?} has a head"));
            assert_eq!(text.slice(split.content), content, "{source:?}");
            assert_eq!(&source[split.body..], rest, "{source:?}");
            assert!(matches!(text.slice(split.open), "---" | "+++" | "{"));
            assert!(split.close.is_some());
        }
    }

    #[test]
    fn a_thematic_break_is_no_head() {
        for source in [
            "",
            "---",
            "---\n\nSome text.\n\n---\n\nMore.\n",
            "---\nJust text here\n",
            "---\n# Heading\n\nText\n",
            "----\na: 1\n---\n",
            "# x\n---\na: 1\n---\n",
            " ---\na: 1\n---\n",
            "{ not json\n}\n",
            "---\n**Status**: done\n",
        ] {
            assert_eq!(head(source).1, None, "{source:?}");
        }
    }

    #[test]
    fn an_unclosed_head_ends_where_its_fields_do() {
        let source = "---\ntitle: x\nstatus: open\n\n# Heading\n\nkey: text\n";
        let (text, split) = head(source);
        let split = split.expect("the fields make it a head");
        assert_eq!(text.slice(split.content), "title: x\nstatus: open\n");
        assert_eq!(split.body, split.content.end);
        assert_eq!(split.close, None);
        let fields = parse(&text, &split);
        assert_eq!(shown(&text, &fields), ["unclosed-front-matter -|---"]);
        assert_eq!(
            fields.root.and_then(|root| root.get("title").cloned()).map(|node| node.value),
            Some(Value::Str("x".into()))
        );
    }

    #[test]
    fn findings_name_rule_case_and_place() {
        assert_eq!(findings("---\na: b: c\n---\n"), ["front-matter-syntax colon-in-value|b: c"]);
        assert_eq!(findings("---\njust text\nand more\n---\n"), ["front-matter-syntax not-a-mapping|just text"]);
        assert_eq!(findings("---\n- a\n- b\n---\n"), ["front-matter-syntax not-a-mapping|- a"]);
        assert_eq!(findings("---\na: 1\na: 2\n---\n"), ["duplicate-field -|a"]);
        assert_eq!(findings("{\n \"a\": 1, \"a\": 2\n}\n"), ["duplicate-field -|\"a\""]);
        assert_eq!(findings("+++\na = 1\nb = nope\n+++\n"), ["front-matter-syntax toml|nope"]);
        assert_eq!(findings("+++\na = 1\na = 2\n+++\n"), ["front-matter-syntax toml|a"]);
        assert_eq!(findings("---\n# nothing\n---\n"), [] as [&str; 0]);
    }

    #[test]
    fn an_empty_head_is_an_empty_mapping() {
        let (text, split) = head("---\n---\nbody\n");
        let fields = parse(&text, &split.expect("two fences make a head"));
        assert_eq!(fields.root, Some(Node { span: Span::point(4), value: Value::Map(Vec::new()) }));
        assert!(!fields.broken);
    }

    #[test]
    fn toml_keeps_places() {
        let (text, split) =
            head("\u{FEFF}+++\ntitle = \"x\"\ndate = 2025-01-02\n[owner]\nname = 'y'\ntags = [1, 2.5, true]\n+++\n");
        let root = parse(&text, &split.expect("the fences are TOML's")).root.expect("the TOML is right");
        assert_eq!(root.get("date").and_then(Node::as_str), Some("2025-01-02"));
        assert_eq!(
            root.entry("title").map(|(key, value)| (text.slice(key.span), text.slice(value.span))),
            Some(("title", "\"x\""))
        );
        assert_eq!(root.pointer("/owner/tags/1").map(|node| text.slice(node.span)), Some("2.5"));
    }

    #[test]
    fn data_files_have_their_own_rule() {
        let text = Text::new("a: @x\na: 1\n");
        let fields = parse_data(&text, Format::Yaml);
        assert!(fields.broken);
        assert_eq!(shown(&text, &fields), ["data-syntax reserved-start|@x", "duplicate-field -|a"]);
        let text = Text::new("{\"a\": 1,}");
        assert_eq!(shown(&text, &parse_data(&text, Format::Json)), ["data-syntax json|,"]);
        let text = Text::new("");
        let fields = parse_data(&text, Format::Yaml);
        assert!(fields.root.is_none() && !fields.broken);
    }
}
