//! What the YAML side of parsing promises.

use super::*;

fn yaml(source: &str) -> (Text, Yaml) {
    let text = Text::new(source);
    let yaml = parse(&text, Span::new(text.start(), text.len()));
    (text, yaml)
}

/// Every value with its path and the text under its span, one per line.
fn outline(text: &Text, node: &Node) -> String {
    fn walk(text: &Text, path: &str, node: &Node, out: &mut String) {
        use std::fmt::Write;
        let _ = writeln!(out, "{path} {}..{} {:?}", node.span.start, node.span.end, text.slice(node.span));
        match &node.value {
            Value::Seq(items) => {
                for (at, item) in items.iter().enumerate() {
                    walk(text, &format!("{path}/{at}"), item, out);
                }
            }
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    walk(text, &format!("{path}/{}", key.scalar().unwrap_or_default()), value, out);
                }
            }
            _ => {}
        }
    }
    let mut out = String::new();
    walk(text, "", node, &mut out);
    out
}

/// `case|text at the place|key|problem` of each mistake.
fn mistakes(source: &str) -> Vec<String> {
    let (text, yaml) = yaml(source);
    yaml.mistakes
        .iter()
        .map(|mistake| {
            let value = |name: &str| {
                let found = mistake.values.iter().find(|(key, _)| key == name);
                found.map_or("", |(_, value)| value.as_str()).to_owned()
            };
            format!("{}|{}|{}|{}", mistake.case, text.slice(mistake.span), value("key"), value("problem"))
        })
        .collect()
}

#[track_caller]
fn one(source: &str, expected: &str) {
    let found = mistakes(source);
    assert_eq!(found.len(), 1, "{source:?} gives {found:?}");
    let mut fits = found[0].split('|').zip(expected.split('|'));
    assert!(fits.all(|(found, expected)| found == expected), "{source:?} gives {found:?}, expected {expected}");
}

#[test]
fn values_have_their_exact_places() {
    let (text, yaml) = yaml(
        "\u{FEFF}title: \"Ü – x\"\r\nempty:\r\nnested:\r\n  - a: 1\r\n    b:   \r\n  -\r\n  - [x, 'y z', {k: }]\r\nlong: >-\r\n  one\r\n  two\r\n\r\nlast: !!str 5\r\n",
    );
    assert_eq!(yaml.mistakes, []);
    let root = yaml.root.expect("the text is a mapping");
    insta_like(
        &outline(&text, &root),
        r#"
 3..136 "title: \"Ü – x\"\r\nempty:\r\nnested:\r\n  - a: 1\r\n    b:   \r\n  -\r\n  - [x, 'y z', {k: }]\r\nlong: >-\r\n  one\r\n  two\r\n\r\nlast: !!str 5"
/title 10..20 "\"Ü – x\""
/empty 28..28 ""
/nested 41..90 "- a: 1\r\n    b:   \r\n  -\r\n  - [x, 'y z', {k: }]"
/nested/0 43..55 "a: 1\r\n    b:"
/nested/0/a 46..47 "1"
/nested/0/b 55..55 ""
/nested/1 63..63 ""
/nested/2 69..90 "[x, 'y z', {k: }]"
"#,
    );
    assert_eq!(root.get("long").and_then(Node::as_str), Some("one two"));
    assert_eq!(root.get("last").and_then(Node::as_str), Some("5"));
}

/// Compares the lines of `expected` that are not blank with the beginning of `found`, numbers included only where the
/// texts agree: a wrong span shows as a wrong text.
#[track_caller]
fn insta_like(found: &str, expected: &str) {
    let texts = |all: &str| -> Vec<(String, String)> {
        all.lines()
            .filter(|line| !line.is_empty())
            .map(|line| {
                let mut parts = line.splitn(3, ' ');
                let path = parts.next().unwrap_or_default().to_owned();
                (path, parts.nth(1).unwrap_or_default().to_owned())
            })
            .collect()
    };
    let (found, expected) = (texts(found), texts(expected));
    assert_eq!(found[..expected.len()], expected);
}

#[test]
fn scalars_follow_the_core_schema() {
    for (text, value) in [
        ("", Value::Null),
        ("~", Value::Null),
        ("True", Value::Bool(true)),
        ("yes", Value::Str("yes".into())),
        ("on", Value::Str("on".into())),
        ("012", Value::Int(12)),
        ("-7", Value::Int(-7)),
        ("0x1F", Value::Int(31)),
        ("0o17", Value::Int(15)),
        ("1_000", Value::Str("1_000".into())),
        ("1.5", Value::Float(1.5)),
        ("1e3", Value::Float(1000.0)),
        ("1.", Value::Float(1.0)),
        (".5", Value::Float(0.5)),
        (".", Value::Str(".".into())),
        ("-", Value::Str("-".into())),
        ("1e", Value::Str("1e".into())),
        ("-.inf", Value::Float(f64::NEG_INFINITY)),
        ("2025-01-02", Value::Str("2025-01-02".into())),
        ("50%", Value::Str("50%".into())),
        ("99999999999999999999", Value::Float(1e20)),
    ] {
        assert_eq!(scalar(text), value, "{text}");
    }
}

#[test]
fn each_trap_has_its_name_and_place() {
    one("a: 1\ndescription: Migrate auth: OAuth 2.0\nb: 2\n", "colon-in-value|Migrate auth: OAuth 2.0|description");
    one("current_phase: Phase 2: Implementation\n", "colon-in-value|Phase 2: Implementation|current_phase");
    one("x:\n  - name: a: b\n  - c\n", "colon-in-value|a: b|name");
    one("a: one\n  two three: four\nb: 1\n", "colon-in-value|one\n  two three: four|a");
    one("reporter: @someone\n", "reserved-start|@someone|reporter");
    one("a: `x` and y\nb: 1\n", "reserved-start|`x` and y|a");
    one("a: %x\n", "reserved-start|%x|a");
    one("a: [@x, b]\n", "reserved-start|@x|a");
    one("- @x\n- b\n", "reserved-start|@x|");
    one("hint: [a] [b]\nc: d\n", "bracket-start|[a] [b]|hint");
    one("title: [WIP] Fix it\n", "bracket-start|[WIP] Fix it|title");
    one("tags: [a, b\nstatus: x\n", "bracket-start|[a, b|tags");
    one("tags: [a, b\n", "bracket-start|[a, b|tags");
    one("title: {{ title }}\n", "template-braces|{{ title }}|title");
    one("title: {{ title }} by {{ x }}\nb: 1\n", "template-braces|{{ title }} by {{ x }}|title");
    one("title: {% x %}\n", "template-braces|{% x %}|title");
    one("a:\n\tb: 1\n", "tab|\t|b");
    one("a: 1\n\tb: 1\n", "tab|\t|b");
    one("a: 1\nb: \"unclosed\nc: 3\nd: 4\n", "unclosed-quote|\"unclosed|b");
    one("a: 'unclosed", "unclosed-quote|'unclosed|a");
    one("a:\n    b: 1\n  c: 2\n", "bad-indentation|c: 2|c");
    one("a:\n  - x\n - y\n", "bad-indentation|y|");
    one("a: 1\n  b: 2\n", "bad-indentation|b: 2|b");
    one("{% if x %}\na: 1\n{% endif %}\n", "template-braces|{% if x %}|");
    one("  a: 1\nb: 2\n", "bad-indentation|b: 2|b");
    one("a: *nope\n", "unknown-alias|*nope|a");
    one("a: *nope* and more\nb: 1\n", "unknown-alias|*nope* and more|a");
    one("a: 1\n---\nb: 2\n", "several-documents|---|");
}

#[test]
fn what_has_no_name_is_told_in_plain_words() {
    one(
        "a: 'it's'\nb: 1\n",
        "other|'it's'|a|there is text after the closing quote; a quote inside must be written twice in `'…'` and as `\\\"` in `\"…\"`",
    );
    one("a: \"C:\\work\"\n", "other|\"C:\\work\"|a");
    one("a: b\njust text\nc: d\n", "other|just text||this line is neither `key: value` nor a list item");
    one("a: b\ntitle:text\nc: d\n", "other|title:text||a blank must stand after the colon of a key");
    one("a:b\nc: d\n", "other|a:b||a blank must stand after the colon of a key");
    one("a: [x, y: z: w]\n", "other|[x, y: z: w]|a|between brackets, a comma or the closing bracket is expected here");
    one("a: [\n  x\n  y: 1: 2\n]\nb: 1\n", "colon-in-value|1: 2|y");
    one("a: - b\n", "other|- b|a|a list must begin on the line after its key");
    one("a: b\n- c\n", "other|c||a list item stands where `key: value` is expected");
}

#[test]
fn what_is_legal_is_no_mistake() {
    for source in [
        "",
        "# only a comment\n",
        "a: 1\n---\n",
        "a: 1\n...\n",
        "parent: [[x]]\n",
        "url: https://example.org/a:b\ntime: 10:30\n",
        "a: |\n  x: y: z\n  \t tab\n  - `@`\nb: \"q: 'x'\"\n",
        "a: &x 1\nb: *x\n",
        "{\n\t\"a\": [1,\n\t\t2]\n}\n",
        "a: [x,\n  y\n]\n",
        "a: it's\nb: say \"hi\"\n",
    ] {
        assert_eq!(mistakes(source), [] as [&str; 0], "{source:?}");
    }
}

#[test]
fn the_rest_is_parsed_in_spite_of_a_mistake() {
    let (text, yaml) = yaml("type: task\nfrom: @me\nabout: x: y\nstatus: open\nlist:\n  - [a] b\n");
    assert_eq!(yaml.mistakes.len(), 3);
    let root = yaml.root.expect("the fields are known");
    assert_eq!(root.get("about").and_then(Node::as_str), Some("x: y"));
    assert_eq!(root.get("from").map(|node| text.slice(node.span)), Some("@me"));
    assert_eq!(root.get("status").and_then(Node::as_str), Some("open"));
}

#[test]
fn what_stood_before_a_mistake_stays() {
    let (_, yaml) = yaml("type: task\nn:\n    b: 1\n  c: 2\nd: 3\n");
    let root = yaml.root.expect("the first fields are known");
    assert_eq!(root.get("type").and_then(Node::as_str), Some("task"));
    assert_eq!(root.pointer("/n/b").map(|node| node.value.clone()), Some(Value::Int(1)));
}

#[test]
fn depth_is_bounded() {
    for bomb in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(5_000),
        format!("{}{}", "[".repeat(500), "]".repeat(500)),
    ] {
        let found = mistakes(&bomb);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("too-deep|"), "{found:?}");
    }
}

#[test]
fn aliases_are_never_expanded() {
    let mut bomb = String::from("a0: &a0 [x, x, x]\n");
    for at in 1..30 {
        bomb += &format!("a{at}: &a{at} [*a{0}, *a{0}, *a{0}]\n", at - 1);
    }
    let (_, yaml) = yaml(&bomb);
    assert_eq!(yaml.mistakes, []);
    let root = yaml.root.expect("the text is a mapping");
    assert_eq!(root.pointer("/a29/0").map(|node| node.value.clone()), Some(Value::Alias("a28".into())));
}

#[test]
fn duplicates_are_found_at_every_level() {
    let (text, yaml) = yaml("a: 1\nb: {x: 1, y: 2, x: 3}\na: 2\n1: x\n'1': y\na: 3\n");
    let found = duplicates(&yaml.root.expect("the text is a mapping"));
    let shown: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.first.start, one.again.start)).collect();
    assert_eq!(shown, [("x", 9, 21), ("a", 0, 27), ("a", 0, 44)]);
    assert_eq!(text.slice(found[0].again), "x");
}

#[test]
fn trees_become_json() {
    let (_, yaml) = yaml("a: 1\na: 2\nb:\nc: [~, 1.5, *x]\nd: {e: ~}\n");
    let root = yaml.root.expect("the text is a mapping");
    assert_eq!(to_json(&root, Nulls::Drop).to_string(), r#"{"a":1,"c":[null,1.5,null],"d":{}}"#);
    assert_eq!(to_json(&root, Nulls::Keep).to_string(), r#"{"a":1,"b":null,"c":[null,1.5,null],"d":{"e":null}}"#);
}

#[test]
fn json_is_stricter() {
    for (source, place, problem) in [
        ("{\"a\": 1,}", ",", "a comma must not stand before the closing bracket"),
        ("{\n  \"a\": [1, 2,\n  ]\n}", ",", "a comma must not stand before the closing bracket"),
        ("{a: 1}", "a", "a key must stand in double quotes"),
        ("{\"a\": yes}", "yes", "a value is expected here"),
        ("{\"a\": 1", "1", "the file ends before everything is closed"),
        ("{\"a\": 1 // one\n}", "//", "expected `,` or `}` here"),
        ("// x\n{}", "//", "JSON has no comments"),
        ("{} x", "x", "there is text after the end of the value"),
        ("", "", "the file is empty"),
        ("\u{FEFF}{\"ä\": \"a\tb\"}", "\t", "a string must not hold a line break or a tab; write `\\n` or `\\t`"),
    ] {
        let text = Text::new(source);
        let yaml = parse_json(&text, Span::new(0, text.len()));
        assert_eq!(yaml.mistakes.len(), 1, "{source:?}");
        let mistake = &yaml.mistakes[0];
        assert_eq!((mistake.case, text.slice(mistake.span)), ("json", place), "{source:?}: {mistake:?}");
        assert_eq!(mistake.values[1].1, problem, "{source:?}");
    }
    let text = Text::new("\u{FEFF}{\"a\\/b\": \"\\u00e4\", \"n\": [1e3, -0]}\r\n");
    let yaml = parse_json(&text, Span::new(0, text.len()));
    assert_eq!(yaml.mistakes, []);
    let root = yaml.root.expect("the text is an object");
    assert_eq!(root.get("a/b").and_then(Node::as_str), Some("ä"));
}
