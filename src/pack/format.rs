//! What may stand in the YAML files of a pack. These types say nothing but that: unknown keys are refused, every comment
//! is the documentation of a key. `pack::compile` makes checked values of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Severity;

/// One value or a list of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields, expecting = "expected one value, or a list of them")]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// A single value.
    One(T),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// The values as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(value) => std::slice::from_ref(value),
            OneOrMany::Many(values) => values,
        }
    }
}

/// `pack.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pack {
    /// The pack's name; its folder has the same.
    pub name: String,
    /// What family of documents it is about, in one sentence.
    pub summary: String,
    /// Where the workflow is described.
    #[serde(default)]
    pub source: String,
    /// Paths that are never documents of this pack: templates, commands, prompts.
    #[serde(default)]
    pub not: Vec<String>,
    /// The work items: which documents belong together, by name.
    #[serde(default)]
    pub work_items: BTreeMap<String, WorkItem>,
    /// What must hold between the documents of a work item.
    #[serde(default)]
    pub relations: Vec<Relation>,
}

/// One sort of work item.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorkItem {
    /// The folder (with a slash at its end) or file stem that the members share, as a shape:
    /// `active_tasks/{id:segment}/`, `docs/{slug}`. It may begin at any folder boundary.
    pub root: OneOrMany<String>,
    /// Holes of the members' paths whose values the members share, where they have no folder or stem in common:
    /// `[id]` joins `archived/{id}/log.md` and `index/{id}-summary.md` below one root.
    #[serde(default)]
    pub key: Vec<String>,
    /// Role of each member, and the kind that plays it.
    pub members: BTreeMap<String, Member>,
    /// The members that must exist.
    #[serde(default)]
    pub required: Vec<String>,
}

/// A member of a work item.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Member {
    /// The kind: of this pack by its name, of any other as `pack/kind`. Kinds that extend it play its part as well.
    pub kind: String,
    /// The path after the root; what a missing member would be called. Relative to the root, without a leading slash.
    /// Where the work item has a key, its holes stand here.
    #[serde(default)]
    pub file: OneOrMany<String>,
}

/// What must hold in a work item, or within a document of one kind (its `claims`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Relation {
    /// The sort of work item. Not in the claims of a kind: they are about each of its documents.
    #[serde(default)]
    pub work_item: Option<String>,
    /// The rule that is reported.
    pub report: String,
    /// The case of its card.
    #[serde(default)]
    pub case: Option<String>,
    /// What is wrong, in place of the card's words; values in braces are those of `values` and the names of `each`.
    #[serde(default)]
    pub message: Option<String>,
    /// What to do next, in place of the card's words.
    #[serde(default)]
    pub help: Option<String>,
    /// In place of the card's level.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// It is asked of each of these: a name, and what it stands for. Other selectors say `$name`, or `$name HOLE` for a
    /// capture or part of it. With several names it is asked of each combination for which `when` holds.
    #[serde(default)]
    pub each: BTreeMap<String, String>,
    /// Values for the words: name to selector; the first that is selected.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Of several findings only the first is reported, with the others as related places and their number as `count`.
    #[serde(default)]
    pub once: bool,
    /// When it applies; always, if there is no condition.
    #[serde(default)]
    pub when: Option<Condition>,
    /// What excuses it.
    #[serde(default)]
    pub unless: Option<Condition>,
    /// Members that must then exist; each that does not is a finding.
    #[serde(default)]
    pub demand: Vec<String>,
    /// What must not hold then.
    #[serde(default)]
    pub forbid: Option<Condition>,
    /// Where the finding points: selectors with a member (`report: section Changed Files`), the first that is found. If
    /// nothing is said, the first name of `each`, else the document.
    #[serde(default)]
    pub at: OneOrMany<String>,
    /// Places of other members that explain it.
    #[serde(default)]
    pub related: OneOrMany<String>,
}

/// The one condition language. A bare selector means that what it selects exists.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "this is no condition: write a selector, `{ select: SELECTOR, TEST: … }` with the tests of rules/README.md, or one of `all`, `any`, `not`, `variant` by itself"
)]
pub enum Condition {
    /// A selector: `section Work Log`, `field status`, `path`.
    Exists(String),
    /// All of them hold.
    All {
        /// The conditions.
        all: Vec<Condition>,
    },
    /// One of them holds.
    Any {
        /// The conditions.
        any: Vec<Condition>,
    },
    /// It does not hold.
    Not {
        /// The condition.
        not: Box<Condition>,
    },
    /// One of the kind's `variants` was chosen.
    Variant {
        /// Its name.
        variant: String,
    },
    /// A comparison.
    Test(Box<Test>),
}

/// What is selected, and what must be true of it. With several values it is enough that one fits.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Test {
    /// `[member:] field NAME | keys POINTER | path [HOLE] | title [HOLE] | section NAME | callout NAME | entry LIST[/FORM] [PART] |
    /// part NAME | label NAME | paths SECTION | tasks [STATE] | phases [HOLE] | labels | items [PREFIX] | boxes [STATE] |
    /// criteria [STATE] | fact NAME [HOLE] | known HOLE | state | text | document | file PATH`, or `$name [HOLE]`, or
    /// `count SELECTOR`, `first SELECTOR`, `last SELECTOR`, `preceding SELECTOR | SELECTOR` (of what the second selects the
    /// last that comes before the first by number). A field may be a JSON pointer with `*`. A section that the kind
    /// declares is found by any of its headings.
    pub select: String,
    /// It is this value.
    #[serde(default)]
    pub is: Option<serde_json::Value>,
    /// It is one of these.
    #[serde(default, rename = "in")]
    pub one_of: Option<Vec<serde_json::Value>>,
    /// It is there (`true`) or not (`false`).
    #[serde(default)]
    pub exists: Option<bool>,
    /// It has no value, or is not there (`true`).
    #[serde(default)]
    pub empty: Option<bool>,
    /// A shape that it fits as a whole.
    #[serde(default)]
    pub fits: Option<OneOrMany<String>>,
    /// A shape that occurs in it, whatever its case.
    #[serde(default)]
    pub holds: Option<OneOrMany<String>>,
    /// It is earlier than what this selector selects.
    #[serde(default)]
    pub before: Option<String>,
    /// It is among the values that this selector selects.
    #[serde(default)]
    pub subset: Option<String>,
    /// It equals what this selector selects.
    #[serde(default)]
    pub equals: Option<String>,
    /// It has a value, this selector selects values, and it is none of them.
    #[serde(default)]
    pub differs: Option<String>,
    /// Its words are those of what this selector selects, or one has all words of the other in a row: `Phase 2:
    /// Implementation` is like `Implementation`.
    #[serde(default)]
    pub like: Option<String>,
    /// What this selector selects occurs in it.
    #[serde(default)]
    pub contains: Option<String>,
    /// It is later than what this selector selects.
    #[serde(default)]
    pub after: Option<String>,
    /// Minutes by which it must be earlier or later for `before` and `after` to hold.
    #[serde(default)]
    pub margin: i64,
    /// It is a number, greater than this one or than what this selector selects.
    #[serde(default)]
    pub above: Option<Bound>,
    /// It is a number, less than this one or than what this selector selects.
    #[serde(default)]
    pub below: Option<Bound>,
}

/// A number, or the selector of one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields, expecting = "expected a number, or the selector of one")]
pub enum Bound {
    /// The number.
    Number(f64),
    /// What is selected.
    Selector(String),
}

/// `kinds/<kind>.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Kind {
    /// The kind's name; the file has the same.
    pub kind: String,
    /// Another kind (`pack/kind`, or one of this pack) that this one is, but for what stands here. Mappings are merged key
    /// by key, and `null` takes a key away; a single value takes the place of the other's; a list adds to the other's,
    /// where an item with a known `name`, `heading`, `text`, `shape`, `field`, `part` or `form` changes that item.
    /// `{ remove: ITEM }` in a list takes an item away, `{ only: [ … ] }` in place of a list replaces it.
    /// `required: false` at a property of the schema makes a field optional. A single `path` narrows the kind to that
    /// place. Documents that the other kind would claim are of this kind, and play its role in work items and rules.
    #[serde(default)]
    pub extends: Option<String>,
    /// What such a document is, in one sentence.
    pub summary: String,
    /// How it is written. Only such files are asked.
    #[serde(default)]
    pub format: Format,
    /// Path shapes, matched at the end of the path at any folder boundary: `tasks/{folder}/**/{task-id:id}-{slug}.md`.
    /// `{name}` is text within one path segment; `**/` is any number of folders; `*` any text within a segment.
    #[serde(default)]
    pub path: OneOrMany<String>,
    /// Marks, strongest first; one that holds is enough. Before a kind is known, only `field`, `path`, `title`,
    /// `section`, `callout` and `text` can be selected.
    pub recognise: Vec<Condition>,
    /// Paths (globs) that are never this kind.
    #[serde(default)]
    pub not: Vec<String>,
    /// Conditions that exclude it.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// Places whose documents this kind governs (globs): what no kind claims there is reported.
    #[serde(default)]
    pub governs: Vec<String>,
    /// Its fields: where they are written, and what they must be.
    #[serde(default)]
    pub fields: Option<Fields>,
    /// Shapes of the title (the first level-1 heading).
    #[serde(default)]
    pub title: Option<Title>,
    /// Named conditions: generations of the workflow, which other parts can refer to.
    #[serde(default)]
    pub variants: BTreeMap<String, Condition>,
    /// States of the document.
    #[serde(default)]
    pub lifecycle: Option<Lifecycle>,
    /// Sections, in order.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Whether the sections must come in the order above.
    #[serde(default)]
    pub sections_in_order: bool,
    /// Lists of entries, by name.
    #[serde(default)]
    pub entries: BTreeMap<String, Entries>,
    /// The grammar of task lines.
    #[serde(default)]
    pub tasks: Option<Tasks>,
    /// Shapes of phase headings.
    #[serde(default)]
    pub phases: Vec<Phase>,
    /// Where acceptance or success criteria are listed: selectors (`section Success Criteria`).
    #[serde(default)]
    pub criteria: OneOrMany<String>,
    /// Items with an ID (`- **FM-001**: …`).
    #[serde(default)]
    pub items: Option<Items>,
    /// Text that only the template has; a closed list.
    #[serde(default)]
    pub leftovers: Vec<Leftover>,
    /// All of these hold: the document is still the template.
    #[serde(default)]
    pub unfilled_when: Vec<Condition>,
    /// Lists of selectors; the times that each selects must not be later than those of the next.
    #[serde(default)]
    pub order: Vec<Vec<String>>,
    /// Lists of selectors; what they select is one value, written in several places. Reported at each but the first
    /// that is there.
    #[serde(default)]
    pub agree: Vec<Agree>,
    /// What its text states, for `fact NAME [HOLE]` in relations and claims: wherever a shape occurs.
    #[serde(default)]
    pub facts: BTreeMap<String, Fact>,
    /// What must hold within each document of this kind; with a member in front, also what must hold towards the others.
    #[serde(default)]
    pub claims: Vec<Relation>,
    /// Levels that rules have for this kind, in place of their own.
    #[serde(default)]
    pub severity: BTreeMap<String, Severity>,
    /// Criteria that the workflow itself leaves open when a document is done: shapes that occur in them, whatever their
    /// case.
    #[serde(default)]
    pub criteria_left_open: OneOrMany<String>,
    /// Where sums that are written out must add up (`294 tests (280 existing + 14 new)`): selectors of regions (`section
    /// Final Validation`), or `text` for the whole document.
    #[serde(default)]
    pub sums: OneOrMany<String>,
    /// Where a document names files that its work has made, which must therefore exist.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Values that name other documents by file name or path, which must exist: selectors (`field Plan`).
    #[serde(default)]
    pub names_documents: OneOrMany<String>,
    /// Values that no two documents of this kind under one root may share.
    #[serde(default)]
    pub unique: Vec<Unique>,
}

/// Where a document names files that its work has made.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// Selectors: `tasks` (those that are done), `entry LIST [PART]` (those whose state is done, if the list has one),
    /// `criteria checked`, `section NAME`, `label NAME`, `text`. What stands in or under an open box is never evidence.
    pub from: OneOrMany<String>,
    /// When it counts; always, if there is no condition.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Verbs whose object need not exist any more (`delete`). Their regular forms count, too; a verb that is the name of
    /// something (`add the delete button`) does not.
    #[serde(default)]
    pub gone: Vec<String>,
    /// Words that say shortly before a path that it need not exist (`without`).
    #[serde(default)]
    pub without: Vec<String>,
    /// Words that say the same after a path, as they stand: for languages other than English (`eliminado`).
    #[serde(default)]
    pub gone_after: Vec<String>,
    /// Verbs whose object must exist (`create`): of two verbs before a path the nearer one counts.
    #[serde(default)]
    pub made: Vec<String>,
    /// Paths that are never looked for: globs.
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// A value that must be unique.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Unique {
    /// The selector of the value: `path HOLE` is looked for in the names of all files under the root, anything else in the
    /// documents that are read.
    pub value: String,
    /// Another hole of the path (`path HOLE`): two documents with the same value are in conflict only if this differs.
    #[serde(default)]
    pub per: Option<String>,
    /// Only the number that the value begins with counts.
    #[serde(default)]
    pub number: bool,
    /// Where the finding points: a selector; the value, or the document where the value stands in its path.
    #[serde(default)]
    pub at: Option<String>,
    /// The case of the rule's card.
    #[serde(default)]
    pub case: Option<String>,
}

/// Something that a document's text states.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fact {
    /// Where: selectors (`section Final Validation`, `callout NAME`, `field status`); the text of the whole document, if
    /// none.
    #[serde(default, rename = "in")]
    pub places: OneOrMany<String>,
    /// Whether it stands in code blocks, rather than in headings, paragraphs, items and tables.
    #[serde(default)]
    pub code: bool,
    /// Whether what stands in back-ticks is left out: it is quoted, not stated.
    #[serde(default)]
    pub bare: bool,
    /// Shapes, searched for within each line whatever the case of letters.
    pub shape: OneOrMany<String>,
}

/// How a document of a kind is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// CommonMark.
    #[default]
    Markdown,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// One value written in several places.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a list of selectors, or `{ values: [selectors], severity: … }`"
)]
pub enum Agree {
    /// The selectors.
    Plain(Vec<String>),
    /// With a level of its own.
    With {
        /// The selectors.
        values: Vec<String>,
        /// In place of the rule's.
        severity: Option<Severity>,
    },
}

/// The fields of a kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fields {
    /// Where they are written, the first source that has a field wins: `front-matter`, `data`, `header` (bold lines
    /// before the first level-2 heading), `header SECTION`, `labels` (bold lines anywhere), `table SECTION`, `tables`
    /// (all two-column tables), `bullets`, `bullets SECTION`,
    /// `lines` (plain `Name: value` lines before the first level-2 heading), `lines SECTION`.
    pub source: OneOrMany<String>,
    /// Front matter must be there.
    #[serde(default)]
    pub required: bool,
    /// Fields that are read from elsewhere: name to selector (`section Final Status`: its first item or paragraph).
    #[serde(default)]
    pub from: BTreeMap<String, String>,
    /// JSON Schema 2020-12. Beside the standard's keywords a property may have `severity`, `expects` (words that say
    /// what should stand there), `section` (the section it stands in: when that is missing, the field is not reported
    /// too) and, beside `enum` in Markdown, `remark: true` (a remark may follow the word; likewise beside
    /// `format`, after the date). `format: date`, `date-time` (an offset is demanded) and `timestamp` (any ISO 8601
    /// date or date-time) are checked by the timestamp rules.
    #[serde(default)]
    pub schema: Option<serde_json::Value>,
    /// Names that differ from a known one by case or by this list are that field: other spelling to name.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// Fields that may stand there without a value, and those that may while the document is open.
    #[serde(default)]
    pub may_be_empty: Vec<MayBeEmpty>,
    /// Values that stand for "not yet" and count as empty (`—`, `TBD`).
    #[serde(default)]
    pub empty_values: Vec<String>,
}

/// A field that may be empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected the name of a field, or `{ field: NAME, when: CONDITION }`"
)]
pub enum MayBeEmpty {
    /// Always.
    Always(String),
    /// Under a condition.
    When {
        /// The field.
        field: String,
        /// When it may.
        when: Box<Condition>,
    },
}

/// The title of a kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a shape, a list of shapes, or `{ shapes: […], required: … }`"
)]
pub enum Title {
    /// One shape.
    Shape(String),
    /// Several, any of them.
    Shapes(Vec<String>),
    /// With details.
    Full {
        /// Any of these; with none, any title will do.
        #[serde(default)]
        shapes: Vec<String>,
        /// Whether it must be there; it must, if nothing is said.
        #[serde(default = "yes")]
        required: bool,
    },
}

fn yes() -> bool {
    true
}

/// The states of a document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lifecycle {
    /// The selector of the value that says it (`field status`, `path folder`).
    pub state: String,
    /// Work goes on: values or shapes of values.
    #[serde(default)]
    pub open: Vec<String>,
    /// Work is done.
    #[serde(default)]
    pub done: Vec<String>,
    /// Work was given up.
    #[serde(default)]
    pub closed: Vec<String>,
    /// The folder (the path's hole of that name) that belongs to each state.
    #[serde(default)]
    pub folder: BTreeMap<String, OneOrMany<String>>,
    /// The path's hole that holds the folder.
    #[serde(default = "folder_hole")]
    pub folder_hole: String,
}

fn folder_hole() -> String {
    "folder".to_owned()
}

/// A section of a kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Section {
    /// Its heading, or several that mean the same; shapes, compared without case, emoji and `*(mandatory)*`.
    pub heading: OneOrMany<String>,
    /// Whether it must be there: `true`, `false`, or a condition.
    #[serde(default)]
    pub required: Required,
    /// What it must hold to count as filled: `anything`, `checklist`, `list`, `table`, `code`.
    #[serde(default)]
    pub holds: Option<Holds>,
    /// It may be empty.
    #[serde(default)]
    pub may_be_empty: bool,
    /// In place of the rule's level.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The level of its heading; any, if nothing is said.
    #[serde(default)]
    pub level: Option<u8>,
    /// What should be in it; printed as help when it is missing.
    #[serde(default)]
    pub description: Option<String>,
}

/// Whether something must be there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields, expecting = "expected `true`, `false`, or a condition")]
pub enum Required {
    /// Always, or never.
    Always(bool),
    /// When a condition holds.
    When(Box<Condition>),
}

impl Default for Required {
    fn default() -> Self {
        Required::Always(false)
    }
}

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Any content.
    Anything,
    /// Boxes.
    Checklist,
    /// List items.
    List,
    /// A table.
    Table,
    /// A code block.
    Code,
}

/// A list of entries.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entries {
    /// Where they stand: selectors (`section Work Log`, `callout Work Log`); the whole document, if none.
    #[serde(default)]
    pub under: OneOrMany<String>,
    /// What such an entry is called in messages: `log entry`, `step`.
    #[serde(default = "entry_word")]
    pub called: String,
    /// Which blocks can be entries: `heading` (with a level: `heading 3`), `bold` (a paragraph that begins in bold),
    /// `item` (a list item of the outermost list), `paragraph`, `row` (a row of a table: its cells joined by ` | `; its
    /// parts are the columns by the names in the table's head).
    #[serde(rename = "as")]
    pub blocks: OneOrMany<String>,
    /// Forms, the first that fits wins. With `shapes` there is one form, named as the list.
    #[serde(default)]
    pub forms: Vec<Form>,
    /// Shapes of the one form.
    #[serde(default)]
    pub shapes: OneOrMany<String>,
    /// Parts of the one form, or of all forms.
    #[serde(default)]
    pub parts: Parts,
    /// Every block of that sort in the region must be an entry.
    #[serde(default)]
    pub every: bool,
    /// A block whose line begins with one of these shapes is meant to be an entry.
    #[serde(default)]
    pub near: OneOrMany<String>,
    /// Headings of one level above give the day: a shape with a date hole.
    #[serde(default)]
    pub dated_by: Option<String>,
    /// The order of their times.
    #[serde(default)]
    pub order: Option<Order>,
    /// Whether there must be at least one when the document is done.
    #[serde(default)]
    pub required: Required,
    /// The capture that numbers the entries: they ascend by it, and no two have the same.
    #[serde(default)]
    pub identity: Option<String>,
    /// The capture that is the ID of each entry: no two have the same.
    #[serde(default)]
    pub unique: Option<String>,
    /// Steps are done one after the other: the capture that holds the state and its words.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// Selectors of times between which the entries must lie: first, last (the later of several).
    #[serde(default)]
    pub lifetime: Option<Lifetime>,
    /// Trailing marks of one meaning; more than one sort in a document is reported. Each is a list of spellings.
    #[serde(default)]
    pub status_marks: Vec<Vec<String>>,
    /// Items of these parts need a reason after a colon: part names.
    #[serde(default)]
    pub explained: Vec<String>,
    /// After an entry of one form another must follow.
    #[serde(default)]
    pub followed_by: Vec<FollowedBy>,
}

fn entry_word() -> String {
    "entry".to_owned()
}

/// An entry of one form must be followed by one of another, before the log closes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FollowedBy {
    /// The form that asks for it.
    pub form: String,
    /// The form that must follow.
    pub next: String,
    /// Forms after which nothing is asked any more, and which end the search.
    #[serde(default)]
    pub before: Vec<String>,
}

/// When entries may have been written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lifetime {
    /// Selectors; the earliest counts.
    pub from: OneOrMany<String>,
    /// Selectors; the latest counts.
    pub to: OneOrMany<String>,
}

/// How the state of a step is told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Progress {
    /// Captures, the first that is there counts.
    pub captures: OneOrMany<String>,
    /// Words for done.
    pub done: Vec<String>,
    /// Words for being worked on.
    pub current: Vec<String>,
    /// Words for not begun.
    pub open: Vec<String>,
}

/// The order of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The oldest first.
    Ascending,
    /// The newest first.
    Descending,
    /// Either, but one of them throughout.
    Either,
}

/// A form of an entry.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Form {
    /// Its name.
    pub name: String,
    /// Its shapes; those of the list, if none.
    #[serde(default)]
    pub shapes: OneOrMany<String>,
    /// A further condition; `part NAME` selects a part of the entry.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Its parts.
    #[serde(default)]
    pub parts: Parts,
}

/// The labelled parts of an entry.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Parts {
    /// Must be there.
    #[serde(default)]
    pub required: Vec<String>,
    /// Must be there when a condition holds.
    #[serde(default)]
    pub required_when: Vec<RequiredPart>,
    /// May be there.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Other spellings: spelling to name.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    /// The values that a part, or a capture of that name, may have: words, or shapes.
    #[serde(default)]
    pub values: BTreeMap<String, Vec<String>>,
    /// Shapes of which one must fit the part's value; what they catch belongs to the entry.
    #[serde(default)]
    pub shapes: BTreeMap<String, OneOrMany<String>>,
    /// Parts that may be empty.
    #[serde(default)]
    pub may_be_empty: Vec<String>,
}

/// A part that a condition requires.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequiredPart {
    /// The part.
    pub part: String,
    /// When.
    pub when: Condition,
}

/// The grammar of task lines.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tasks {
    /// A regular expression for a legal ID (`T\d{3,4}[a-z]?`).
    pub id: String,
    /// A regular expression for what was probably meant as an ID (`[Tt]-?\d+`).
    #[serde(default)]
    pub near_id: Option<String>,
    /// The grammar in words, for messages: `- [ ] T001 [P] [M1] Description`.
    pub grammar: String,
    /// The characters of each state's box.
    #[serde(default)]
    pub states: States,
    /// Markers and what they mean: `P: parallel`.
    #[serde(default)]
    pub markers: BTreeMap<String, String>,
    /// The label of a group: `M{group}`.
    #[serde(default)]
    pub label: Option<String>,
    /// What a label stands for in messages: `milestone`.
    #[serde(default)]
    pub label_called: Option<String>,
    /// Other labels that are no group.
    #[serde(default)]
    pub other_labels: Vec<String>,
    /// Words before IDs that a task depends on: `depends on`, `after`.
    #[serde(default)]
    pub depends: Vec<String>,
    /// The share of task lines (percent) that must have an ID before lines without one are faulted.
    #[serde(default = "thirty")]
    pub share: usize,
    /// Paths that parallel tasks may share: globs.
    #[serde(default)]
    pub shared_paths: Vec<String>,
    /// Where tasks stand: selectors; the phases, if none.
    #[serde(default)]
    pub under: OneOrMany<String>,
    /// Sections under which IDs are only mentioned: headings.
    #[serde(default)]
    pub not_under: OneOrMany<String>,
    /// Words in a box by which it repeats a task that stands above: such a line is no second task of its ID.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Names of what states the number of tasks: a bold label, the first cell of a row, or what stands before a colon.
    #[serde(default)]
    pub totals: Vec<String>,
    /// Shapes with a hole `groups` (a list) or `group` that say which groups exist: level-2 or -3 headings of another
    /// document of the work item, as `member: shape`.
    #[serde(default)]
    pub groups_from: Vec<String>,
    /// Where IDs of tasks are mentioned in prose: headings of sections.
    #[serde(default)]
    pub mentioned_under: OneOrMany<String>,
    /// Words that make a task a test (`test-after-implementation`).
    #[serde(default)]
    pub test_words: Vec<String>,
}

fn thirty() -> usize {
    30
}

/// The characters of each state.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct States {
    /// Open boxes.
    pub open: String,
    /// Done boxes.
    pub done: String,
    /// Skipped boxes.
    #[serde(default)]
    pub skipped: String,
}

impl Default for States {
    fn default() -> Self {
        States { open: " ".to_owned(), done: "xX".to_owned(), skipped: String::new() }
    }
}

/// A shape of phase headings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Phase {
    /// The shape; hole `n` is the number, `group` (or `groups`) the group.
    pub heading: OneOrMany<String>,
    /// `shared` (no labels), `group` (its label is demanded), `any`.
    pub role: Role,
    /// Nothing of a later phase may be done before it is.
    #[serde(default)]
    pub blocks: Option<Blocks>,
    /// Parts that it should have: names that labels or headings in it begin with; `|` divides spellings of one.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// What a phase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Serves all groups: its tasks have no label.
    Shared,
    /// Belongs to a group.
    Group,
    /// Anything.
    Any,
}

/// What waits for a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Blocks {
    /// All later phases.
    Later,
}

/// Items with an ID.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Items {
    /// A regular expression for a legal ID.
    pub id: String,
    /// The prefixes in use; an item with another prefix is not looked at. All upper-case ones, if none.
    #[serde(default)]
    pub prefixes: Vec<String>,
}

/// Something that only the template has.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a text, or a mapping with `text` or `shape` and, if need be, `in`, `as`, `unless`, `severity`, `whole`"
)]
pub enum Leftover {
    /// A blank that should hold a value; found anywhere outside code and comments.
    Text(String),
    /// With details.
    Full(FullLeftover),
}

/// A leftover with details.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FullLeftover {
    /// The text, or several. `{…}` holes as in shapes when `shape` is used instead.
    #[serde(default)]
    pub text: OneOrMany<String>,
    /// Shapes, searched for within a line.
    #[serde(default)]
    pub shape: OneOrMany<String>,
    /// What sort of leftover it is.
    #[serde(default, rename = "as")]
    pub sort: Sort,
    /// Where it counts: `title`, `fields`, `values` (fields of which it is the whole value), `headings`, `entries`, `items` (list items that begin with it), `tasks` (a
    /// task line whose description it is, or begins with it), `comments`, `code`, `text` (paragraphs, list items,
    /// headings and tables; all outside code and comments), `section NAME`.
    #[serde(default, rename = "in")]
    pub places: OneOrMany<String>,
    /// When it is legal.
    #[serde(default)]
    pub unless: Option<Condition>,
    /// In place of the rule's level.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The finding covers the whole block (a comment, a task line) rather than the text.
    #[serde(default)]
    pub whole: bool,
}

/// What sort of leftover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A blank that should hold a value.
    #[default]
    Placeholder,
    /// Text that tells the author what to do.
    Instruction,
    /// A task that the template calls a sample, or the comment above it.
    SampleTask,
    /// An open question that the template has a mark for.
    Clarification,
}

impl Sort {
    /// The word in YAML and in the tree.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sort::Placeholder => "placeholder",
            Sort::Instruction => "instruction",
            Sort::SampleTask => "sample-task",
            Sort::Clarification => "clarification",
        }
    }
}

/// `rules/<rule>.yaml`: the card of a rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Card {
    /// What must hold, in one sentence.
    pub summary: String,
    /// Why it matters.
    pub why: String,
    /// The level, where configuration says nothing else.
    pub severity: Severity,
    /// The check that finds it.
    #[serde(default)]
    pub check: Option<String>,
    /// The check's parameters.
    #[serde(default)]
    pub with: Option<serde_json::Value>,
    /// The stage that finds it, where no check does: `discover`, `parse`, `classify`, `read`, `suppress`, `relations`.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// The kinds that it is for, as `kind` of this pack or `pack/kind`; all kinds, if none.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// It also looks at documents that no kind claims.
    #[serde(default)]
    pub plain: bool,
    /// Where findings overlap, the one of the lower group is reported. The groups, in order: `syntax`, `leftover`,
    /// `duplicate`, `type`, `time`, `malformed`, `value`, `unknown`, `mismatch`.
    #[serde(default)]
    pub group: Option<Group>,
    /// Where it is found, only what reading notices is reported: the rest of the document cannot be believed.
    #[serde(default)]
    pub alone: bool,
    /// Rules whose findings have the same cause where they lie at one of the places of a finding of this rule: they are then
    /// not reported.
    #[serde(default)]
    pub instead_of: Vec<String>,
    /// What is wrong here; values in braces.
    #[serde(default)]
    pub message: String,
    /// What to do next; values in braces.
    #[serde(default)]
    pub help: String,
    /// What stands at each related place, by label.
    #[serde(default)]
    pub related: BTreeMap<String, String>,
    /// Situations with words and levels of their own.
    #[serde(default)]
    pub cases: BTreeMap<String, Case>,
    /// Former names, which suppressions and configuration may still use.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The version that first had it.
    pub since: String,
}

/// A situation of a rule.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    /// In place of the card's.
    #[serde(default)]
    pub message: Option<String>,
    /// In place of the card's.
    #[serde(default)]
    pub help: Option<String>,
    /// In place of the card's.
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// Who finds it, where no check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Reading files.
    Discover,
    /// Parsing.
    Parse,
    /// Deciding the kind.
    Classify,
    /// Reading by the kind.
    Read,
    /// Suppressions and configuration.
    Suppress,
    /// The pack's relations.
    Relations,
    /// Loading packs.
    Pack,
}

/// Which of two overlapping findings is reported: the lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// It does not parse.
    Syntax,
    /// It is the template's.
    Leftover,
    /// It is there twice.
    Duplicate,
    /// It has the wrong type.
    Type,
    /// It is no time.
    Time,
    /// It does not fit its shape.
    Malformed,
    /// It is not allowed or out of range.
    Value,
    /// It refers to nothing.
    Unknown,
    /// Two places disagree.
    Mismatch,
}
