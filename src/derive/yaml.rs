//! YAML for people: lines, and values quoted only where that is needed.

/// Collects lines.
#[derive(Default)]
pub(super) struct Writer {
    /// What was written.
    pub(super) text: String,
}

impl Writer {
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A scalar, quoted where YAML would read something else.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " /_.()'+&-".contains(c);
    let word = text.to_lowercase();
    let is_word = ["true", "false", "null", "yes", "no", "on", "off", "~"].contains(&word.as_str());
    let safe = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain) && !text.ends_with(' ');
    if safe && !is_word {
        return text.to_owned();
    }
    // JSON's quotes are YAML's double quotes.
    serde_json::Value::from(text).to_string()
}

/// A text within a comment: one line.
pub(super) fn remark(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list in brackets.
pub(super) fn list<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| {
            let item = quoted(item);
            // Within brackets some plain text must be quoted that elsewhere need not.
            if item.starts_with('"') { item } else { item.replace(['[', ']', ','], " ") }
        })
        .collect();
    format!("[{}]", items.join(", "))
}
