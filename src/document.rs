//! The tree of one document: what parsing finds in any Markdown, YAML or JSON file ([`Parsed`]), and what a kind's shapes
//! make of it ([`Document`]). Every node has its span in the original bytes.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use crate::diagnostic::Finding;
use crate::text::{Span, Text};
use crate::time::Timestamp;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// CommonMark with GFM tables, with or without front matter.
    Markdown,
    /// A YAML file.
    Yaml,
    /// A JSON file.
    Json,
}

/// What any document has, before a kind is known.
#[derive(Clone, Debug, Serialize)]
pub struct Parsed {
    /// The text that every span below points into.
    #[serde(skip)]
    pub text: Arc<Text>,
    /// How it is written.
    pub format: Format,
    /// The front matter, if the document begins with one.
    pub front_matter: Option<FrontMatter>,
    /// The value of a YAML or JSON file, as far as it could be parsed.
    pub data: Option<Node>,
    /// The headings outside lists and quotes, in document order, each with the region under it.
    pub sections: Vec<Section>,
    /// Everything in document order: headings, paragraphs, list items, tables, code, comments, rulers.
    pub blocks: Vec<Block>,
    /// `> [!note] Title` blocks.
    pub callouts: Vec<Callout>,
    /// `**Name**: value` pieces, wherever they stand.
    pub labels: Vec<Label>,
    /// Links, images, autolinks and wikilinks outside code.
    pub links: Vec<Link>,
    /// Code spans in running text.
    pub code_spans: Vec<Span>,
    /// The comments that speak to worklint.
    pub directives: Vec<Directive>,
    /// What parsing noticed.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// The document could not be parsed as a whole (broken YAML or front matter): what is missing from the tree may be
    /// there in the text, so that nothing may be said about what is missing.
    pub broken: bool,
}

/// A value with its place: a YAML or JSON node, or a field of a Markdown document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// The value's bytes, without tag and anchor, quotes included. Empty for an empty value.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// A YAML 1.2 core value. JSON is a part of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text; also every date, because YAML 1.2 has no dates.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// Keys and values in the order written, duplicates included.
    Map(Vec<(Node, Node)>),
    /// `*name`, never expanded.
    Alias(String),
}

impl Node {
    /// The value of `key`, if this is a mapping that has it. Of duplicates the first.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key and value of `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        match &self.value {
            Value::Map(pairs) => {
                pairs.iter().find(|(name, _)| name.as_str() == Some(key)).map(|(name, value)| (name, value))
            }
            _ => None,
        }
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The scalar as the text that a person would write; `None` for lists, mappings and null.
    #[must_use]
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Str(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Int(value) => Some(value.to_string()),
            Value::Float(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Whether there is no value: null, or text without anything in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Str(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// Key and value pairs of a mapping; nothing for any other value.
    #[must_use]
    pub fn pairs(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The node that a JSON pointer (`/tags/1`) names. `~1` and `~0` stand for `/` and `~`.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            node = match &node.value {
                Value::Map(_) => node.get(&step)?,
                Value::Seq(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }
}

/// The head of a document.
#[derive(Clone, Debug, Serialize)]
pub struct FrontMatter {
    /// From the opening fence to the end of the closing one.
    pub span: Span,
    /// The opening fence, without its line ending.
    pub open: Span,
    /// What stands between the fences.
    pub content: Span,
    /// The closing fence; `None` when it is missing.
    pub close: Option<Span>,
    /// The fields, as far as they could be parsed.
    pub root: Option<Node>,
}

/// A line of text that may be folded from several lines of the source: soft breaks are one blank each, the marks of
/// quotes and lists are left out. Offsets in it can be turned into spans of the source.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Line {
    /// The folded text.
    pub text: String,
    /// Where each part of `text` comes from: (offset in `text`, offset in the source), ascending.
    #[serde(skip)]
    pub pieces: Vec<(usize, usize)>,
}

impl Line {
    /// The line of one unfolded slice of the source that begins at `start`.
    #[must_use]
    pub fn of(text: &str, start: usize) -> Self {
        Self { text: text.to_owned(), pieces: vec![(0, start)] }
    }

    /// The place in the source of a byte range of the folded text.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        if range.is_empty() {
            return Span::point(start);
        }
        let end = self.offset(range.end - 1) + 1;
        Span::new(start, end.max(start))
    }

    /// The place in the source of the whole line.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.span(0..self.text.len())
    }

    /// The part of the line from `range`, with its places.
    #[must_use]
    pub fn sub(&self, range: Range<usize>) -> Line {
        let mut pieces = vec![(0, self.offset(range.start))];
        for (at, start) in &self.pieces {
            if *at > range.start && *at < range.end {
                pieces.push((*at - range.start, *start));
            }
        }
        Line { text: self.text[range].to_owned(), pieces }
    }

    /// The same line without blanks at its ends.
    #[must_use]
    pub fn trimmed(&self) -> Line {
        let start = self.text.len() - self.text.trim_start().len();
        let end = start + self.text.trim().len();
        self.sub(start..end)
    }

    /// The byte in the source of an offset in the folded text.
    #[must_use]
    pub fn offset(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(begin, _)| *begin <= at).saturating_sub(1);
        self.pieces.get(piece).map_or(0, |(begin, start)| start + at.saturating_sub(*begin))
    }
}

/// A heading outside lists and quotes, with what stands under it.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// 1 to 6.
    pub level: u8,
    /// The heading's text without emphasis.
    pub title: Line,
    /// The heading, marks included, without its line ending.
    pub heading: Span,
    /// From the heading to the next heading of the same or a higher level.
    pub span: Span,
    /// Where what stands directly under the heading ends: the next heading of any level.
    pub own_end: usize,
    /// The section that holds this one.
    pub parent: Option<usize>,
    /// The heading's place in [`Parsed::blocks`].
    pub block: usize,
}

/// One block of a document.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    /// All its bytes; for a list item also what is nested in it.
    pub span: Span,
    /// What it is.
    pub body: Body,
    /// Its first paragraph as written, with emphasis marks, folded to one line. Empty for code, tables and rulers.
    pub line: Line,
    /// The same without emphasis marks (`**`, `_`, `~~`); back-ticks stay.
    #[serde(skip)]
    pub plain: Line,
    /// The innermost section it stands in.
    pub section: Option<usize>,
    /// The list item it is nested in, by its place in [`Parsed::blocks`].
    pub parent: Option<usize>,
    /// The callout it stands in.
    pub callout: Option<usize>,
    /// How many quotes it stands in.
    pub quotes: usize,
}

/// What a block is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Body {
    /// A heading of any place; those outside lists and quotes are sections too.
    Heading {
        /// 1 to 6.
        level: u8,
    },
    /// A paragraph that is not the first one of a list item.
    Paragraph,
    /// A list item; its line is its first paragraph, without bullet and box.
    Item {
        /// How deep it is nested, 0 for the outermost list.
        depth: usize,
        /// The number of an ordered item.
        number: Option<u64>,
        /// The bullet or number.
        marker: Span,
        /// The box, if the item begins with one.
        checkbox: Option<Checkbox>,
    },
    /// A code block.
    Code {
        /// What stands after the opening fence.
        info: String,
        /// The lines between the fences.
        content: Span,
        /// Whether it is fenced, rather than indented.
        fenced: bool,
    },
    /// A table; rows and their cells, the header first.
    Table {
        /// The cells, each without the blanks around it.
        rows: Vec<Vec<Line>>,
    },
    /// An HTML comment, its marks included in the span.
    Comment,
    /// Other HTML.
    Html,
    /// A thematic break.
    Ruler,
}

/// The box of a task or criterion.
#[derive(Clone, Debug, Serialize)]
pub struct Checkbox {
    /// `[x]`, brackets included.
    pub span: Span,
    /// What stands in it; a blank for an open box.
    pub state: char,
    /// It is not written `[ ]`, one character in brackets, after a bullet and a blank.
    pub malformed: bool,
}

/// A quote that begins with `[!type]`.
#[derive(Clone, Debug, Serialize)]
pub struct Callout {
    /// The whole quote from the `[!type]` line on.
    pub span: Span,
    /// The word in brackets, in lower case.
    pub class: String,
    /// What stands after it on the same line, without a fold mark.
    pub title: Line,
    /// The `[!type] …` line.
    pub heading: Span,
    /// Where the quote is interrupted by a blank line: what follows is not shown as part of the callout.
    pub split: Option<Span>,
    /// It follows another callout inside the same quote, so it is not shown as a callout.
    pub merged: bool,
    /// The section it stands in.
    pub section: Option<usize>,
}

/// `**Name**: value` or `**Name:** value` at the beginning of a line, of a list item, or after ` | `.
#[derive(Clone, Debug, Serialize)]
pub struct Label {
    /// The name without marks and colon.
    pub name: String,
    /// The place of the name, without its marks.
    pub name_span: Span,
    /// What follows, up to the next label or the end of the paragraph; may be empty.
    pub value: Line,
    /// The block that it stands in.
    pub block: usize,
    /// The bytes from the marks of the name to the end of the value.
    pub span: Span,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// All of it, brackets included.
    pub span: Span,
    /// Where it leads, as written; for a wikilink the target without alias.
    pub target: String,
    /// What it is.
    pub class: LinkClass,
    /// The block that it stands in, if one is known.
    pub section: Option<usize>,
}

/// What sort of link it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkClass {
    /// `[text](target)`, also by reference.
    Markdown,
    /// `![text](target)`.
    Image,
    /// `<https://…>`.
    Auto,
    /// `[[target|alias]]`.
    Wiki,
}

/// A comment that speaks to worklint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Directive {
    /// The comment.
    pub span: Span,
    /// What it covers.
    pub scope: Scope,
    /// Each rule or pack it names, with its place.
    pub rules: Vec<(String, Span)>,
    /// The reason in brackets.
    pub reason: Option<String>,
    /// Where a finding must begin to be allowed.
    pub covers: Span,
}

/// What a suppression covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The next block, or the next line of YAML.
    Next,
    /// The section that the comment stands in.
    Section,
    /// The whole document.
    File,
}

/// A value that a shape caught.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Capture {
    /// The hole's name.
    pub name: String,
    /// The text, as written.
    pub text: String,
    /// Its place.
    pub span: Span,
    /// The hole's type.
    pub hole: crate::pack::shape::Hole,
}

/// One document, read by its kind.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its path, relative to the working directory, with forward slashes.
    pub path: Arc<str>,
    /// What parsing found.
    pub parsed: Parsed,
    /// What it is; `None` for a plain document.
    pub kind: Option<Arc<crate::pack::Kind>>,
    /// Why it is that.
    pub because: Vec<String>,
    /// What its path says: the holes of the kind's path.
    pub path_captures: Vec<Capture>,
    /// What precedes the kind's path, with a slash at the end; empty when the path begins at the working directory.
    pub root: Arc<str>,
    /// The fields: one mapping, whatever they were written as.
    pub fields: Node,
    /// The first heading of level 1.
    pub title: Option<usize>,
    /// The holes of the title's shape.
    pub title_captures: Vec<Capture>,
    /// The entries, in document order.
    pub entries: Vec<Entry>,
    /// Lines that are nearly entries.
    pub near_entries: Vec<NearEntry>,
    /// The task lines, in document order.
    pub tasks: Vec<Task>,
    /// Lines that are tasks by their place but not by their grammar.
    pub near_tasks: Vec<NearTask>,
    /// The sections that hold task lines.
    pub phases: Vec<Phase>,
    /// The boxes of acceptance and success lists.
    pub criteria: Vec<Criterion>,
    /// `**FM-001**: …` items.
    pub items: Vec<Item>,
    /// What its text states, by the kind's `facts`, in document order.
    pub facts: Vec<Fact>,
    /// What remains of the template.
    pub leftovers: Vec<Leftover>,
    /// It is still the template.
    pub unfilled: bool,
    /// What the schema of the fields does not allow.
    pub violations: Vec<Violation>,
    /// Every time that a kind's shapes and fields found, with its place.
    pub times: Vec<TimeValue>,
    /// The kind's named conditions that hold.
    pub variants: Vec<String>,
}

/// One entry of a log or one step.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Which of the kind's entry lists it belongs to (`log`, `step`).
    pub list: Arc<str>,
    /// Which form it has (`action`, `checkpoint`); the list's name where there is one form only.
    pub form: Arc<str>,
    /// The line that makes it an entry.
    pub line: Line,
    /// The block of that line.
    pub block: usize,
    /// From its line to the next entry or the end of the region.
    pub span: Span,
    /// What the shapes of line and parts caught.
    pub captures: Vec<Capture>,
    /// Its labelled parts.
    pub parts: Vec<Part>,
    /// When it was written, with the day that the headings above it give.
    pub when: Option<(Timestamp, Span)>,
    /// It is struck through.
    pub struck: bool,
}

/// A labelled part of an entry.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The label, spelled as the kind does where it knows it.
    pub name: String,
    /// The label's place.
    pub name_span: Span,
    /// What stands on the label's line.
    pub value: Line,
    /// From the label to the next one, or the end of the entry.
    pub span: Span,
    /// Whether there is anything in it.
    pub empty: bool,
}

/// A line that is nearly an entry.
#[derive(Clone, Debug, Serialize)]
pub struct NearEntry {
    /// The list it nearly belongs to.
    pub list: Arc<str>,
    /// The line.
    pub line: Line,
    /// The shape that fits best, as the kind writes it.
    pub shape: String,
    /// Where the line departs from it.
    pub departs: Span,
    /// What should stand there.
    pub expected: String,
    /// The line has the form of an entry, and should be this sort of block; empty text where it is a heading that should
    /// give the day of its entries.
    pub place: Option<String>,
}

impl Entry {
    /// Whether its own line says the day.
    #[must_use]
    pub fn when_is_dated(&self) -> bool {
        use crate::pack::shape::Hole;
        self.captures
            .iter()
            .any(|capture| matches!(capture.hole, Hole::Date | Hole::Datetime | Hole::Timestamp | Hole::Instant))
    }
}

/// One task line.
#[derive(Clone, Debug, Serialize)]
pub struct Task {
    /// The whole item, its nested items included.
    pub span: Span,
    /// The line without bullet and box.
    pub line: Line,
    /// The block.
    pub block: usize,
    /// The ID, as written.
    pub id: String,
    /// The ID's place.
    pub id_span: Span,
    /// Whether it is done, open or skipped.
    pub state: TaskState,
    /// The box's character and place.
    pub checkbox: Checkbox,
    /// Markers (`P`) with their places, brackets included.
    pub markers: Vec<(String, Span)>,
    /// Labels with their places, brackets included.
    pub labels: Vec<TaskLabel>,
    /// A marker stands after a label.
    pub marker_after_label: bool,
    /// What is to be done.
    pub description: Line,
    /// File paths in the description.
    pub paths: Vec<(String, Span)>,
    /// IDs it depends on; the two ends of a range are both listed.
    pub depends: Vec<(String, Span)>,
    /// The phase it stands in.
    pub phase: Option<usize>,
}

/// The state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Still to do.
    Open,
    /// Done.
    Done,
    /// Struck or skipped: done as far as others wait for it.
    Skipped,
}

/// A label of a task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskLabel {
    /// What stands in the brackets.
    pub text: String,
    /// The place, brackets included.
    pub span: Span,
    /// The groups (milestones, stories) it names; empty for other labels.
    pub groups: Vec<String>,
}

/// A line that is a task by its place but not by its grammar.
#[derive(Clone, Debug, Serialize)]
pub struct NearTask {
    /// What is wrong, by case.
    pub case: &'static str,
    /// The place.
    pub span: Span,
    /// The line as written.
    pub text: String,
}

/// A section that holds task lines.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// The section.
    pub section: usize,
    /// The number, as written.
    pub number: Option<(String, Span)>,
    /// The kind's role for it (`shared`, `group`, `last`), if its heading fits a shape.
    pub role: Option<String>,
    /// The groups that its heading names.
    pub groups: Vec<String>,
    /// What the heading's shape caught.
    pub captures: Vec<Capture>,
    /// Which shape of the kind it fits.
    pub shape: Option<usize>,
    /// Nothing after it may be done before it is.
    pub blocks: bool,
}

/// A box of an acceptance or success list.
#[derive(Clone, Debug, Serialize)]
pub struct Criterion {
    /// The line without bullet and box.
    pub line: Line,
    /// The box.
    pub checkbox: Checkbox,
    /// Whether it is ticked.
    pub checked: bool,
    /// The block.
    pub block: usize,
}

impl Criterion {
    /// Whether the whole criterion is struck through, but for a remark behind it: it no longer counts. A word or two at its
    /// beginning are a correction of it (`~~50 ms~~ now 20 ms`).
    #[must_use]
    pub fn is_struck(&self) -> bool {
        /// So many words are a sentence.
        const SENTENCE: usize = 3;
        let text = self.line.text.trim();
        let Some(rest) = text.strip_prefix("~~") else { return false };
        let Some((struck, remark)) = rest.rfind("~~").map(|at| (&rest[..at], rest[at + 2..].trim_start())) else {
            return false;
        };
        remark.is_empty()
            || remark.starts_with(['(', '[', '—', '–', '-', ':', ';', ',', '.', '→'])
            || struck.split_whitespace().count() >= SENTENCE
    }
}

/// `**FM-001**: text`.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The ID, as written.
    pub id: String,
    /// Its place.
    pub span: Span,
    /// It does not have the form that the kind asks for.
    pub malformed: bool,
    /// What follows the ID.
    pub text: Line,
}

/// Something that the text states, found by a shape.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// Its name in the kind.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub text: String,
    /// What the shape's holes caught.
    pub captures: Vec<Capture>,
}

/// Something that remains of the template.
#[derive(Clone, Debug, Serialize)]
pub struct Leftover {
    /// What sort: `placeholder`, `instruction`, `sample-task`, `clarification`.
    pub sort: Arc<str>,
    /// The place.
    pub span: Span,
    /// The text there.
    pub text: String,
    /// A severity that the kind asks for.
    pub severity: Option<crate::diagnostic::Severity>,
    /// The field whose value it is.
    pub field: Option<String>,
}

/// Something that the schema of the fields does not allow.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The schema keyword (`required`, `enum`, `pattern`, `additionalProperties` …), which decides the rule.
    pub keyword: String,
    /// The field, as a JSON pointer.
    pub pointer: String,
    /// The last name of the pointer, or the name that is missing.
    pub field: String,
    /// The place.
    pub span: Span,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// The names or values that are allowed, for "did you mean".
    pub allowed: Vec<String>,
    /// The schema's `description` for the field.
    pub description: Option<String>,
    /// The field that makes this one required, as `name: value`, with its place.
    pub because: Option<(String, Span)>,
    /// The entry whose part it is: what such an entry is called, its line, and its place.
    pub entry: Option<(String, String, Span)>,
    /// A severity that the schema asks for (`severity: warning` beside the field's other keywords).
    pub severity: Option<crate::diagnostic::Severity>,
}

/// A time with its place and what is demanded of it.
#[derive(Clone, Debug, Serialize)]
pub struct TimeValue {
    /// The place.
    pub span: Span,
    /// The text there.
    pub text: String,
    /// What is demanded.
    pub demand: crate::time::Demand,
    /// The field or hole it comes from.
    pub name: String,
    /// Whether it is a field of a data document or front matter, rather than a line that people write by hand.
    pub strict: bool,
}
