//! The head of a document as other tools see it. gray_matter, with our YAML as its engine, gives the typed view of the
//! fields that every workflow has in some form, and tells when readers that split as it does see another head than we do.

use std::collections::HashMap;

use gray_matter::engine::Engine;
use gray_matter::{Matter, ParsedEntity, Pod};
use serde::{Deserialize, Deserializer};

use crate::document::{Node, Value};
use crate::parse::front_matter::{Language, Split};
use crate::parse::yaml;
use crate::text::{Span, Text};

/// What most documents say about themselves. A field of another type than these counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Head {
    /// `title`.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// `description`.
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    /// `type`.
    #[serde(rename = "type", deserialize_with = "text")]
    pub class: Option<String>,
    /// `kind`.
    #[serde(deserialize_with = "text")]
    pub kind: Option<String>,
    /// `status`.
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    /// `tags`, a list or a single word.
    #[serde(deserialize_with = "list")]
    pub tags: Vec<String>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    <Pod as Deserialize>::deserialize(deserializer)
        .map(|pod| words(&pod).pop().filter(|_| !matches!(pod, Pod::Array(_))))
}

fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    <Pod as Deserialize>::deserialize(deserializer).map(|pod| words(&pod))
}

fn words(pod: &Pod) -> Vec<String> {
    match pod {
        Pod::String(text) => vec![text.clone()],
        Pod::Integer(number) => vec![number.to_string()],
        Pod::Float(number) => vec![number.to_string()],
        Pod::Boolean(value) => vec![value.to_string()],
        Pod::Array(items) => items.iter().flat_map(words).collect(),
        Pod::Null | Pod::Hash(_) => Vec::new(),
    }
}

/// Our YAML for gray_matter. The engine has no state, so the head is parsed again; that costs microseconds.
struct Yaml;

impl Engine for Yaml {
    fn parse(content: &str) -> gray_matter::Result<Pod> {
        let text = Text::new(content);
        let yaml = yaml::parse(&text, Span::new(0, text.len()));
        match yaml.mistakes.first() {
            Some(mistake) => Err(gray_matter::Error::deserialize_error(mistake.case)),
            None => Ok(yaml.root.map_or(Pod::Null, |root| pod(&root))),
        }
    }
}

fn pod(node: &Node) -> Pod {
    match &node.value {
        Value::Null | Value::Alias(_) => Pod::Null,
        Value::Bool(value) => Pod::Boolean(*value),
        Value::Int(value) => Pod::Integer(*value),
        Value::Float(value) => Pod::Float(*value),
        Value::Str(value) => Pod::String(value.clone()),
        Value::Seq(items) => Pod::Array(items.iter().map(pod).collect()),
        Value::Map(pairs) => {
            let mut fields = HashMap::new();
            for (key, value) in pairs {
                if let Some(name) = key.scalar() {
                    fields.entry(name).or_insert_with(|| pod(value));
                }
            }
            Pod::Hash(fields)
        }
    }
}

/// The typed view of a YAML head. Empty for other heads, for a broken one and for none.
#[must_use]
pub fn head(text: &Text, split: Option<&Split>) -> Head {
    let Some(split) = split.filter(|split| split.language == Language::Yaml) else { return Head::default() };
    // Only the head, without byte order mark, and always closed as gray_matter closes it.
    let slice = format!("---\n{}\n---\n", text.slice(split.content));
    let parsed: Option<ParsedEntity<Head>> = Matter::<Yaml>::new().parse(&slice).ok();
    parsed.and_then(|parsed| parsed.data).unwrap_or_default()
}

/// How other readers of front matter see a document differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// A byte order mark hides the opening fence.
    Mark,
    /// They read on past a closing `...`.
    Dots,
    /// The closing fence is missing: they drop the opening one and show the fields as text.
    Unclosed,
    /// What worklint takes for two thematic breaks is a head to them.
    Break,
    /// They see other fields, or none.
    Other,
}

impl Disagreement {
    /// What they see, in one sentence without its full stop.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Mark => {
                "many readers find no front matter here, because a byte order mark (U+FEFF) precedes the first `---`"
            }
            Self::Dots => "many readers do not know `...` as a closing fence and read on to the next `---`",
            Self::Unclosed => {
                "many readers drop the opening `---` and show the fields as text, because no fence closes them"
            }
            Self::Break => "many readers take the text between the first two `---` lines for front matter",
            Self::Other => "many readers see other front matter here than worklint does",
        }
    }
}

/// Asks gray_matter what it makes of the whole text, and compares. `None` when it sees the same, and for TOML and JSON,
/// which it is told about by its caller.
#[must_use]
pub fn others_see(text: &Text, split: Option<&Split>) -> Option<Disagreement> {
    if split.is_some_and(|split| split.language != Language::Yaml)
        || !text.slice(Span::new(text.start(), text.len())).starts_with("---")
    {
        return None;
    }
    // A head that its engine refuses is refused by ours too; only the split is compared.
    let theirs = Matter::<Whole>::new().parse::<Pod>(text.as_str()).ok();
    let theirs = theirs.map(|parsed| parsed.matter).unwrap_or_default();
    let Some(split) = split else {
        return (!theirs.is_empty()).then_some(Disagreement::Break);
    };
    let ours = text.slice(split.content).replace("\r\n", "\n");
    if split.close.is_none() {
        return Some(Disagreement::Unclosed);
    }
    if ours.trim() == theirs {
        return None;
    }
    let dots = split.close.is_some_and(|close| text.slice(close) == "...");
    Some(match () {
        () if text.start() > 0 => Disagreement::Mark,
        () if dots => Disagreement::Dots,
        () => Disagreement::Other,
    })
}

/// An engine that reads nothing, to see how gray_matter splits.
struct Whole;

impl Engine for Whole {
    fn parse(_: &str) -> gray_matter::Result<Pod> {
        Ok(Pod::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::front_matter::split;

    fn both(source: &str) -> (Head, Option<Disagreement>) {
        let text = Text::new(source);
        let split = split(&text);
        (head(&text, split.as_ref()), others_see(&text, split.as_ref()))
    }

    #[test]
    fn the_typed_view_takes_what_it_can() {
        let (head, seen) =
            both("---\ntitle: 12\ntype: task\ntags: [a, 2]\ndescription: [no, text]\nother: {a: 1}\n---\nbody\n");
        assert_eq!(seen, None);
        let expected = Head {
            title: Some("12".into()),
            class: Some("task".into()),
            tags: vec!["a".into(), "2".into()],
            ..Head::default()
        };
        assert_eq!(head, expected);
        assert_eq!(both("no head\n").0, Head::default());
        assert_eq!(both("---\na: b: c\n---\n").0, Head::default());
    }

    #[test]
    fn others_see_less() {
        assert_eq!(both("\u{FEFF}---\ntitle: x\n---\n").1, Some(Disagreement::Mark));
        assert_eq!(both("---\ntitle: x\n...\ntext\n").1, Some(Disagreement::Dots));
        assert_eq!(both("---\ntitle: x\n\ntext\n").1, Some(Disagreement::Unclosed));
        assert_eq!(both("---\n\nSome text\n\n---\nmore\n").1, Some(Disagreement::Break));
        assert_eq!(both("---\r\ntitle: x\r\n---\r\nbody\r\n").1, None);
        assert_eq!(both("---\n---\nbody\n").1, None);
        assert_eq!(both("# no head\n\n---\ntext\n").1, None);
        assert_eq!(both("\u{FEFF}---\ntitle: x\n...\n").0.title.as_deref(), Some("x"));
    }
}
