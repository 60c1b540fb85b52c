//! The fields of a template: front matter, bold lines below the title, tables of attributes.

use crate::derive::Template;
use crate::derive::blanks::{blanks, is_whole, time_of};
use crate::derive::yaml::{Writer, list, quoted};
use crate::document::{Body, Value};

/// One field.
struct Field {
    name: String,
    /// What the template has for a value.
    value: String,
    required: bool,
}

/// All fields, and where they are written.
#[derive(Default)]
pub(super) struct Fields {
    sources: Vec<String>,
    fields: Vec<Field>,
    front_matter: bool,
    /// Values that only the template has: text of its own about itself.
    pub(super) own: Vec<String>,
    /// Required fields whose whole value is a blank, no time.
    blank: Vec<String>,
}

impl Fields {
    /// Names of the required ones.
    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.required).map(|field| field.name.as_str())
    }

    /// Names of those that the template leaves blank.
    pub(super) fn blank(&self) -> &[String] {
        &self.blank
    }

    fn add(&mut self, template: &Template, name: &str, value: &str) {
        let name = name.trim().trim_end_matches(':');
        let known = self.fields.iter().any(|field| field.name == name);
        let is_blank = !blanks(name, &template.legend).is_empty();
        let says = |c: char| c.is_alphanumeric() || c == ' ' || c.is_ascii_punctuation() && c != '"';
        if known || is_blank || name.is_empty() || name.len() > 60 || !name.chars().all(says) {
            return;
        }
        let whole = is_whole(value, &template.legend) || options(value).is_some();
        let required = whole && !is_optional(value) && !is_optional(name);
        if required && options(value).is_none() && time_of(value, name).is_none() {
            self.blank.push(name.to_owned());
        }
        self.fields.push(Field { name: name.to_owned(), value: value.trim().to_owned(), required });
    }

    pub(super) fn write(&self, out: &mut Writer) {
        if self.fields.is_empty() {
            return;
        }
        out.line("fields:");
        out.line(&format!("  source: {}", list(self.sources.iter().map(String::as_str))));
        if self.front_matter && self.fields.iter().any(|field| field.required) && self.sources.len() == 1 {
            out.line("  required: true");
        }
        out.line("  schema:");
        out.line("    type: object");
        let required: Vec<&str> = self.required().collect();
        if !required.is_empty() {
            out.line("    # The template leaves these blank; the others are optional.");
            out.line(&format!("    required: {}", list(required)));
        }
        out.line("    properties:");
        for field in &self.fields {
            let (schema, remark) = schema(field);
            // A guess remarks, until somebody has read it.
            let schema = match schema.strip_suffix(" }") {
                Some(start) => format!("{start}, severity: info }}"),
                None => schema,
            };
            out.line(&format!("      {}: {schema}{remark}", quoted(&field.name)));
        }
        let optional: Vec<&str> =
            self.fields.iter().filter(|field| !field.required).map(|field| field.name.as_str()).collect();
        if !optional.is_empty() {
            out.line(&format!("  may-be-empty: {}", list(optional)));
        }
    }
}

/// Whether the template itself says that something may be left out.
pub(super) fn is_optional(text: &str) -> bool {
    let text = text.to_lowercase();
    ["optional", "if applicable", "if needed", "if any", "when applicable", "if known", "include if", "include only if"]
        .iter()
        .any(|words| text.contains(words))
}

/// The words of `[a / b / c]`, `a | b`.
fn options(value: &str) -> Option<Vec<String>> {
    let inner = value.trim().trim_matches(['`', '[', ']', '{', '}', '"']).trim();
    let parts: Vec<&str> = if inner.contains(" | ") || inner.contains('|') {
        inner.split('|').collect()
    } else if inner.contains(" / ") {
        inner.split(" / ").collect()
    } else {
        return None;
    };
    let parts = parts.iter().map(|part| part.trim().trim_matches(['`', '*']).to_owned());
    // “And so on” is no word.
    let parts: Vec<String> = parts.filter(|part| !matches!(part.as_str(), "…" | "...")).collect();
    let fits = |part: &String| {
        !part.is_empty()
            && part.split_whitespace().count() <= 3
            && !part.contains("...")
            && !part.contains(['…', '[', '{'])
    };
    (parts.len() > 1 && parts.iter().all(fits)).then_some(parts)
}

fn schema(field: &Field) -> (String, String) {
    let value = field.value.trim_matches('`');
    if let Some(options) = options(value) {
        let words = list(options.iter().map(String::as_str));
        return (format!("{{ enum: {words}, remark: true }}"), "  # guessed: only these words".to_owned());
    }
    if field.required
        && let Some(format) = time_of(value, &field.name)
    {
        let format = if format == "time" { "time" } else { format };
        return (format!("{{ type: string, format: {format} }}"), String::new());
    }
    if value.starts_with("[###-") {
        let expects = quoted("a number and a name joined by hyphens, such as `003-name`");
        return (format!("{{ type: string, pattern: '\\d+-\\S', expects: {expects} }}"), String::new());
    }
    if field.required {
        ("{ type: [string, number] }".to_owned(), String::new())
    } else {
        ("{}".to_owned(), String::new())
    }
}

/// Reads the fields.
pub(super) fn read(template: &Template) -> Fields {
    let mut fields = Fields::default();
    let parsed = &template.parsed;
    if let Some(front) = &parsed.front_matter {
        let pairs: Vec<(String, String)> = front.root.as_ref().map_or_else(
            || plain_pairs(parsed.text.slice(front.content)),
            |root| {
                let pairs = root.pairs().iter().filter_map(|(key, value)| {
                    let text = if value.value == Value::Null { "" } else { parsed.text.slice(value.span) };
                    Some((key.scalar()?, text.to_owned()))
                });
                pairs.collect()
            },
        );
        if !pairs.is_empty() {
            fields.sources.push("front-matter".to_owned());
            fields.front_matter = true;
        }
        for (name, value) in pairs {
            let bare = value.trim().trim_matches(['"', '\'']);
            if bare.to_lowercase().contains("template") {
                fields.own.push(bare.to_owned());
            }
            fields.add(template, &name, bare);
        }
    }
    let before = fields.fields.len();
    for label in parsed.labels.iter().filter(|label| template.in_head(parsed.blocks[label.block].section)) {
        if parsed.blocks[label.block].quotes == 0 {
            fields.add(template, &label.name, &label.value.text);
        }
    }
    if fields.fields.len() > before {
        fields.sources.push("header".to_owned());
    }
    for block in parsed.blocks.iter().filter(|block| template.in_head(block.section) && block.quotes == 0) {
        let source = match block.body {
            Body::Item { depth: 0, checkbox: None, .. } => "bullets",
            Body::Paragraph => "lines",
            _ => continue,
        };
        let before = fields.fields.len();
        for line in parsed.text.slice(block.span).lines().filter(|line| !line.contains("**")) {
            if let Some((name, value)) = line.trim_start_matches(['-', '*', '+', ' ']).split_once(": ")
                && name.split(' ').count() <= 3
                && name.starts_with(char::is_alphabetic)
            {
                fields.add(template, name, value);
            }
        }
        if fields.fields.len() > before && !fields.sources.iter().any(|known| known == source) {
            fields.sources.push(source.to_owned());
        }
    }
    for block in &parsed.blocks {
        let Body::Table { rows } = &block.body else { continue };
        let Some(section) = block.section.filter(|at| Some(*at) != template.title) else { continue };
        let body = rows.get(1..).unwrap_or_default();
        let named = body.iter().filter(|row| row.first().is_some_and(|cell| cell.text.starts_with("**"))).count();
        let two = rows.iter().all(|row| row.len() == 2) && !body.is_empty();
        // A table of attributes names each of them in bold; a table of two columns may be anything else.
        if !two || named * 2 < body.len() {
            continue;
        }
        let heading = &parsed.sections[section].title.text;
        if !blanks(heading, &template.legend).is_empty() {
            continue;
        }
        fields.sources.push(format!("table {heading}"));
        for row in body {
            fields.add(template, row[0].text.trim_matches('*'), &row[1].text);
        }
    }
    fields
}

/// `name: value` lines of front matter that is no YAML because of its blanks.
fn plain_pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter(|line| !line.starts_with([' ', '#', '-', '\t']));
    pairs.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_bars_are_a_closed_list() {
        let words = |value: &str| options(value).map(|words| words.join(","));
        assert_eq!(words("{proposed | rejected | accepted}").as_deref(), Some("proposed,rejected,accepted"));
        assert_eq!(words("\"{proposed | accepted | … }\"").as_deref(), Some("proposed,accepted"));
        assert_eq!(words("{a whole sentence of words | b}"), None);
    }
}
