//! From what stands in a kind's YAML to a checked value. Whatever can be wrong in a kind is found here, with its place as a
//! JSON pointer into the file, and never while linting.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use memchr::memmem::Finder;
use regex::Regex;

use crate::diagnostic::Severity;
use crate::pack::condition::{Condition, Selector, compile_shape};
use crate::pack::format::{self, Agree, Holds, MayBeEmpty, Order, Role, Sort, Title};
use crate::pack::path_shape::PathShape;
use crate::pack::relation::{Relation, relation};
use crate::pack::schema::FieldSchema;
use crate::pack::shape::Shape;

/// What is wrong in a pack's file: where (a JSON pointer) and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place in the file.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
}

/// Collects problems, so that one load reports them all.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    pub(super) fn take<T>(&mut self, pointer: impl Into<String>, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.0.push(Problem { pointer: pointer.into(), message })).ok()
    }

    fn shapes(&mut self, pointer: &str, sources: &[String]) -> Vec<Shape> {
        sources
            .iter()
            .enumerate()
            .filter_map(|(number, source)| {
                let place = if sources.len() == 1 { pointer.to_owned() } else { format!("{pointer}/{number}") };
                self.take(place, compile_shape(source))
            })
            .collect()
    }

    pub(super) fn conditions(&mut self, pointer: &str, sources: &[format::Condition]) -> Vec<Condition> {
        sources
            .iter()
            .enumerate()
            .filter_map(|(number, source)| self.take(format!("{pointer}/{number}"), Condition::compile(source)))
            .collect()
    }

    fn selectors(&mut self, pointer: &str, sources: &[String]) -> Vec<Selector> {
        sources.iter().filter_map(|source| self.take(pointer, Selector::compile(source))).collect()
    }

    fn regex(&mut self, pointer: &str, source: &str) -> Option<Regex> {
        let result = Regex::new(source).map_err(|error| format!("`{source}` is no regular expression: {error}"));
        self.take(pointer, result)
    }
}

/// What a kind needs to recognise its documents.
#[derive(Debug)]
pub struct Marks {
    /// The path's shapes.
    pub paths: Vec<PathShape>,
    /// Marks, strongest first.
    pub recognise: Vec<Condition>,
    /// What excludes it.
    pub unless: Vec<Condition>,
    /// Paths that are never this kind (globs).
    pub not: Vec<String>,
}

/// What a kind says of its documents, compiled when the first of them is met.
#[derive(Debug, Default)]
pub struct KindBody {
    /// Shapes of the title; any title will do, if there are none.
    pub title: Vec<Shape>,
    /// Whether there must be a title.
    pub title_required: bool,
    /// Named conditions.
    pub variants: Vec<(String, Condition)>,
    /// The fields.
    pub fields: Option<FieldRules>,
    /// The states.
    pub lifecycle: Option<Lifecycle>,
    /// The sections.
    pub sections: Vec<SectionRule>,
    /// The lists of entries.
    pub entries: Vec<EntryRules>,
    /// The grammar of task lines.
    pub tasks: Option<TaskRules>,
    /// The shapes of phases.
    pub phases: Vec<PhaseRule>,
    /// Where criteria are listed.
    pub criteria: Vec<Selector>,
    /// Items with an ID.
    pub items: Option<ItemRules>,
    /// What only the template has.
    pub leftovers: Vec<LeftoverRule>,
    /// All hold: it is still the template.
    pub unfilled: Vec<Condition>,
    /// Times that must ascend.
    pub order: Vec<Vec<Selector>>,
    /// Values that must agree.
    pub agree: Vec<(Vec<Selector>, Option<Severity>)>,
    /// What its text states.
    pub facts: Vec<FactRule>,
    /// What must hold within it.
    pub claims: Vec<Relation>,
    /// Criteria that may stay open.
    pub criteria_left_open: Vec<Shape>,
    /// Where sums must add up.
    pub sums: Vec<Selector>,
    /// Where files are named that must exist.
    pub evidence: Option<EvidenceRules>,
    /// Values that name other documents.
    pub names_documents: Vec<Selector>,
    /// Values that no two documents share.
    pub unique: Vec<UniqueRule>,
}

/// Where a document names files that its work has made.
#[derive(Debug)]
pub struct EvidenceRules {
    /// Where they are named.
    pub from: Vec<Selector>,
    /// When it counts.
    pub when: Option<Condition>,
    /// Every form of the verbs whose object need not exist, in lower case.
    pub gone: Vec<String>,
    /// Words that say the same shortly before a path, in lower case.
    pub without: Vec<String>,
    /// Words that say the same after a path, in lower case.
    pub gone_after: Vec<String>,
    /// Every form of the verbs whose object must exist, in lower case.
    pub made: Vec<String>,
    /// Paths that are never looked for.
    pub ignore: GlobSet,
}

/// A value that must be unique.
#[derive(Debug)]
pub struct UniqueRule {
    /// The value.
    pub value: Selector,
    /// The hole of the path that must differ.
    pub per: Option<String>,
    /// Only the number that the value begins with counts.
    pub number: bool,
    /// Where the finding points.
    pub at: Option<Selector>,
    /// The case of the card.
    pub case: Option<String>,
}

/// Where fields are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldSource {
    /// The front matter.
    FrontMatter,
    /// The keys of a YAML or JSON file.
    Data,
    /// Bold lines, before the first section below the title or in a section.
    Header(Option<String>),
    /// The rows of a section's first table, or of the first table.
    Table(Option<String>),
    /// The rows of all tables.
    Tables,
    /// Bold lines anywhere.
    Labels,
    /// `- key: value` items, anywhere or in a section.
    Bullets(Option<String>),
    /// `Name: value` lines.
    Lines(Option<String>),
}

/// The fields of a kind.
#[derive(Debug)]
pub struct FieldRules {
    /// Where they are written.
    pub sources: Vec<FieldSource>,
    /// Front matter must be there.
    pub front_matter_required: bool,
    /// Fields that are read from elsewhere.
    pub from: Vec<(String, Selector)>,
    /// What they may be.
    pub schema: Option<FieldSchema>,
    /// Other spellings.
    pub aliases: Vec<(String, String)>,
    /// Fields that may be empty, and when.
    pub may_be_empty: Vec<(String, Option<Condition>)>,
    /// Values that count as empty.
    pub empty_values: Vec<String>,
}

/// The states of a document.
#[derive(Debug)]
pub struct Lifecycle {
    /// Where the state stands.
    pub state: Selector,
    /// Values of each class.
    pub open: Vec<Shape>,
    /// Values of each class.
    pub done: Vec<Shape>,
    /// Values of each class.
    pub closed: Vec<Shape>,
    /// The folders of a state.
    pub folder: Vec<(String, Vec<String>)>,
    /// The hole of the path that holds the folder.
    pub folder_hole: String,
}

/// A section of a kind.
#[derive(Debug)]
pub struct SectionRule {
    /// Its headings; the first is the one that is named in messages.
    pub headings: Vec<Shape>,
    /// The first heading, as written.
    pub name: String,
    /// Whether it must be there.
    pub required: Demanded,
    /// What it must hold.
    pub holds: Option<Holds>,
    /// It may be empty.
    pub may_be_empty: bool,
    /// In place of the rule's level.
    pub severity: Option<Severity>,
    /// The level of its heading.
    pub level: Option<u8>,
    /// What should be in it.
    pub description: Option<String>,
}

/// Whether something must be there.
#[derive(Debug)]
pub enum Demanded {
    /// Always.
    Always,
    /// Never.
    Never,
    /// When it holds.
    When(Box<Condition>),
}

/// Which blocks can be entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryBlock {
    /// A heading, of a level or of any.
    Heading(Option<u8>),
    /// A paragraph that begins in bold.
    Bold,
    /// A list item.
    Item,
    /// Any paragraph.
    Paragraph,
    /// A row of a table, its cells joined by ` | `; its parts are the columns.
    Row,
}

/// A list of entries.
#[derive(Debug)]
pub struct EntryRules {
    /// Its name.
    pub name: String,
    /// Where they stand.
    pub under: Vec<Selector>,
    /// Which blocks.
    pub blocks: Vec<EntryBlock>,
    /// The forms.
    pub forms: Vec<FormRule>,
    /// Lines that begin so are meant to be entries.
    pub near: Vec<Shape>,
    /// Headings that give the day.
    pub dated_by: Option<Shape>,
    /// Whether there must be one.
    pub required: Demanded,
    /// The format.
    pub format: format::Entries,
    /// The lifetime's two ends.
    pub lifetime: Option<(Vec<Selector>, Vec<Selector>)>,
}

impl EntryRules {
    /// The order that is demanded.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.format.order
    }
}

/// A form of an entry.
#[derive(Debug)]
pub struct FormRule {
    /// Its name.
    pub name: String,
    /// Its shapes.
    pub shapes: Vec<Shape>,
    /// A further condition.
    pub when: Option<Condition>,
    /// Its parts, those of the list included.
    pub parts: PartRules,
}

/// The parts of an entry.
#[derive(Debug, Default)]
pub struct PartRules {
    /// Must be there.
    pub required: Vec<String>,
    /// Must be there when a condition holds.
    pub required_when: Vec<(String, Condition)>,
    /// May be there.
    pub optional: Vec<String>,
    /// Other spellings.
    pub aliases: Vec<(String, String)>,
    /// Allowed values.
    pub values: Vec<(String, Vec<(String, Shape)>)>,
    /// Shapes of values.
    pub shapes: Vec<(String, Vec<Shape>)>,
    /// May be empty.
    pub may_be_empty: Vec<String>,
}

/// The grammar of task lines.
#[derive(Debug)]
pub struct TaskRules {
    /// A legal ID, as a whole.
    pub id: Regex,
    /// Words that make a further line of an ID a mention, in small letters.
    pub repeats: Vec<String>,
    /// The same, at the start of a text.
    pub id_at_start: Regex,
    /// What was probably meant as an ID, at the start of a text.
    pub near_id: Option<Regex>,
    /// The label of a group.
    pub label: Option<Shape>,
    /// The letters before the group in a label.
    pub label_prefix: String,
    /// Paths that parallel tasks may share.
    pub shared_paths: GlobSet,
    /// Where tasks stand.
    pub under: Vec<Selector>,
    /// Where IDs are only mentioned.
    pub not_under: Vec<Shape>,
    /// Where IDs are mentioned in prose.
    pub mentioned_under: Vec<Shape>,
    /// Where groups are defined: member and shape.
    pub groups_from: Vec<(String, Shape)>,
    /// The format.
    pub format: format::Tasks,
}

/// A shape of phase headings.
#[derive(Debug)]
pub struct PhaseRule {
    /// The shapes.
    pub headings: Vec<Shape>,
    /// What it is for.
    pub role: Role,
    /// Nothing later may be done before it is.
    pub blocks: bool,
    /// Parts that it should have.
    pub parts: Vec<String>,
}

/// Items with an ID.
#[derive(Debug)]
pub struct ItemRules {
    /// A legal ID, as a whole.
    pub id: Regex,
    /// The prefixes in use.
    pub prefixes: Vec<String>,
}

/// Something that the text states.
#[derive(Debug)]
pub struct FactRule {
    /// Its name.
    pub name: String,
    /// Where; the whole document, if nothing is said.
    pub places: Vec<Selector>,
    /// In code blocks.
    pub code: bool,
    /// Not in back-ticks.
    pub bare: bool,
    /// The shapes.
    pub shapes: Vec<Shape>,
}

/// Where a leftover counts.
#[derive(Clone, Debug)]
pub enum LeftoverPlace {
    /// The title.
    Title,
    /// Values of fields.
    Fields,
    /// Fields of which it is the whole value.
    Values,
    /// Headings.
    Headings,
    /// The lines of entries.
    Entries,
    /// List items that begin with it.
    Items,
    /// Task lines whose description begins with it.
    Tasks,
    /// HTML comments.
    Comments,
    /// Code blocks.
    Code,
    /// Paragraphs, items, headings, tables.
    Text,
    /// The text of a section.
    Section(Box<Shape>),
}

/// A fixed string that is searched for.
#[derive(Debug)]
pub struct Needle {
    /// The string.
    pub text: String,
    /// Finds it in a line.
    pub finder: Finder<'static>,
    /// Finds its longest word in a whole document.
    pub word: Finder<'static>,
}

impl Needle {
    fn new(text: &str) -> Self {
        let longest = text.split_whitespace().max_by_key(|word| word.len()).unwrap_or_default();
        let finder = |text: &str| Finder::new(text.as_bytes()).into_owned();
        Self { text: text.to_owned(), finder: finder(text), word: finder(longest) }
    }
}

/// Something that only the template has.
#[derive(Debug)]
pub struct LeftoverRule {
    /// Fixed strings.
    pub texts: Vec<Needle>,
    /// Shapes.
    pub shapes: Vec<Shape>,
    /// What sort.
    pub sort: Sort,
    /// Where.
    pub places: Vec<LeftoverPlace>,
    /// When it is legal.
    pub unless: Option<Condition>,
    /// In place of the rule's level.
    pub severity: Option<Severity>,
    /// The finding covers the whole block.
    pub whole: bool,
}

/// Compiles what is needed to recognise documents of a kind; `not` are the pack's own exclusions.
pub(super) fn marks(kind: &format::Kind, not: &[String], problems: &mut Problems) -> Marks {
    let paths = kind
        .path
        .as_slice()
        .iter()
        .filter_map(|source| {
            let result = PathShape::compile(source).map_err(|error| format!("`{source}`: {}", error.message));
            problems.take("/path", result)
        })
        .collect();
    let recognise = problems.conditions("/recognise", &kind.recognise);
    let unless = problems.conditions("/unless", &kind.unless);
    let not = not.iter().chain(&kind.not).cloned().collect();
    Marks { paths, recognise, unless, not }
}

/// Compiles the rest of a kind.
pub(super) fn body(kind: &format::Kind, problems: &mut Problems) -> KindBody {
    let (title, title_required) = match &kind.title {
        None => (Vec::new(), false),
        Some(Title::Shape(shape)) => (problems.shapes("/title", std::slice::from_ref(shape)), true),
        Some(Title::Shapes(shapes)) => (problems.shapes("/title", shapes), true),
        Some(Title::Full { shapes, required }) => (problems.shapes("/title/shapes", shapes), *required),
    };
    let variants = kind
        .variants
        .iter()
        .filter_map(|(name, condition)| {
            let condition = problems.take(format!("/variants/{name}"), Condition::compile(condition))?;
            Some((name.clone(), condition))
        })
        .collect();
    KindBody {
        title,
        title_required,
        variants,
        fields: kind.fields.as_ref().map(|fields| field_rules(fields, problems)),
        lifecycle: kind.lifecycle.as_ref().and_then(|lifecycle| lifecycle_of(lifecycle, problems)),
        sections: kind
            .sections
            .iter()
            .enumerate()
            .map(|(number, section)| section_rule(number, section, problems))
            .collect(),
        entries: kind.entries.iter().map(|(name, entries)| entry_rules(name, entries, problems)).collect(),
        tasks: kind.tasks.as_ref().and_then(|tasks| task_rules(tasks, problems)),
        phases: kind
            .phases
            .iter()
            .enumerate()
            .map(|(number, phase)| PhaseRule {
                headings: problems.shapes(&format!("/phases/{number}/heading"), phase.heading.as_slice()),
                role: phase.role,
                blocks: phase.blocks.is_some(),
                parts: phase.parts.clone(),
            })
            .collect(),
        criteria: problems.selectors("/criteria", kind.criteria.as_slice()),
        items: kind.items.as_ref().and_then(|items| {
            let id = problems.regex("/items/id", &format!("^(?:{})$", items.id))?;
            Some(ItemRules { id, prefixes: items.prefixes.clone() })
        }),
        leftovers: kind
            .leftovers
            .iter()
            .enumerate()
            .map(|(number, leftover)| leftover_rule(number, leftover, problems))
            .collect(),
        unfilled: problems.conditions("/unfilled-when", &kind.unfilled_when),
        order: kind.order.iter().map(|list| problems.selectors("/order", list)).collect(),
        facts: kind.facts.iter().map(|(name, source)| fact_rule(name, source, problems)).collect(),
        claims: kind
            .claims
            .iter()
            .enumerate()
            .filter_map(|(number, source)| {
                let pointer = format!("/claims/{number}");
                if source.work_item.is_some() || !source.demand.is_empty() {
                    let words = "the claims of a kind have no `work-item` and no `demand`; relations in pack.yaml have";
                    problems.take::<()>(pointer.as_str(), Err(words.to_owned()));
                }
                relation(&pointer, source, problems)
            })
            .collect(),
        agree: kind
            .agree
            .iter()
            .map(|agree| match agree {
                Agree::Plain(values) => (problems.selectors("/agree", values), None),
                Agree::With { values, severity } => (problems.selectors("/agree", values), *severity),
            })
            .collect(),
        criteria_left_open: problems.shapes("/criteria-left-open", kind.criteria_left_open.as_slice()),
        sums: problems.selectors("/sums", kind.sums.as_slice()),
        evidence: kind.evidence.as_ref().map(|source| EvidenceRules {
            from: problems.selectors("/evidence/from", source.from.as_slice()),
            when: source.when.as_ref().and_then(|when| problems.take("/evidence/when", Condition::compile(when))),
            gone: source.gone.iter().flat_map(|verb| forms_of(verb)).collect(),
            without: source.without.iter().map(|word| word.to_lowercase()).collect(),
            gone_after: source.gone_after.iter().map(|word| word.to_lowercase()).collect(),
            made: source.made.iter().flat_map(|verb| forms_of(verb)).collect(),
            ignore: globs("/evidence/ignore", &source.ignore, problems),
        }),
        names_documents: problems.selectors("/names-documents", kind.names_documents.as_slice()),
        unique: kind
            .unique
            .iter()
            .enumerate()
            .filter_map(|(number, source)| unique_rule(number, source, problems))
            .collect(),
    }
}

/// The regular forms of an English verb, in lower case: `move`, `moves`, `moved`, `moving`.
fn forms_of(verb: &str) -> Vec<String> {
    let verb = verb.to_lowercase();
    let stem = verb.strip_suffix('e').unwrap_or(&verb);
    let last = stem.chars().last().map(String::from).unwrap_or_default();
    let mut forms = vec![format!("{verb}s"), format!("{verb}es")];
    for end in ["ed", "ing"] {
        forms.push(format!("{stem}{end}"));
        forms.push(format!("{stem}{last}{end}"));
    }
    if let Some(stem) = verb.strip_suffix('y') {
        forms.extend([format!("{stem}ied"), format!("{stem}ies")]);
    }
    forms.push(verb);
    forms
}

fn unique_rule(number: usize, source: &format::Unique, problems: &mut Problems) -> Option<UniqueRule> {
    let pointer = format!("/unique/{number}");
    let value = problems.take(format!("{pointer}/value"), Selector::compile(&source.value))?;
    let per = match &source.per {
        None => None,
        Some(per) => {
            let hole = per.strip_prefix("path ").map(|hole| hole.trim().to_owned());
            Some(problems.take(format!("{pointer}/per"), hole.ok_or_else(|| format!("`{per}` is not `path HOLE`")))?)
        }
    };
    let at = match &source.at {
        Some(at) => Some(problems.take(format!("{pointer}/at"), Selector::compile(at))?),
        None => None,
    };
    Some(UniqueRule { value, per, number: source.number, at, case: source.case.clone() })
}

pub(super) fn globs(pointer: &str, sources: &[String], problems: &mut Problems) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for source in sources {
        let glob = GlobBuilder::new(source).literal_separator(true).build();
        if let Some(glob) = problems.take(pointer, glob.map_err(|error| error.to_string())) {
            set.add(glob);
        }
    }
    problems.take(pointer, set.build().map_err(|error| error.to_string())).unwrap_or_else(GlobSet::empty)
}

fn field_rules(fields: &format::Fields, problems: &mut Problems) -> FieldRules {
    let sources = fields
        .source
        .as_slice()
        .iter()
        .filter_map(|source| problems.take("/fields/source", field_source(source)))
        .collect();
    let from = fields
        .from
        .iter()
        .filter_map(|(name, selector)| {
            Some((name.clone(), problems.take(format!("/fields/from/{name}"), Selector::compile(selector))?))
        })
        .collect();
    let schema =
        fields.schema.as_ref().and_then(|schema| problems.take("/fields/schema", FieldSchema::compile(schema.clone())));
    let may_be_empty = fields
        .may_be_empty
        .iter()
        .filter_map(|item| match item {
            MayBeEmpty::Always(field) => Some((field.clone(), None)),
            MayBeEmpty::When { field, when } => {
                Some((field.clone(), Some(problems.take("/fields/may-be-empty", Condition::compile(when))?)))
            }
        })
        .collect();
    FieldRules {
        sources,
        front_matter_required: fields.required,
        from,
        schema,
        aliases: fields.aliases.iter().map(|(spelling, name)| (spelling.clone(), name.clone())).collect(),
        may_be_empty,
        empty_values: fields.empty_values.clone(),
    }
}

fn fact_rule(name: &str, source: &format::Fact, problems: &mut Problems) -> FactRule {
    FactRule {
        name: name.to_owned(),
        places: problems.selectors(&format!("/facts/{name}/in"), source.places.as_slice()),
        code: source.code,
        bare: source.bare,
        shapes: problems.shapes(&format!("/facts/{name}/shape"), source.shape.as_slice()),
    }
}

fn field_source(source: &str) -> Result<FieldSource, String> {
    let (word, section) = source.split_once(' ').map_or((source, None), |(word, name)| (word, Some(name.to_owned())));
    match (word, section) {
        ("front-matter", None) => Ok(FieldSource::FrontMatter),
        ("data", None) => Ok(FieldSource::Data),
        ("tables", None) => Ok(FieldSource::Tables),
        ("labels", None) => Ok(FieldSource::Labels),
        ("header", section) => Ok(FieldSource::Header(section)),
        ("table", section) => Ok(FieldSource::Table(section)),
        ("bullets", section) => Ok(FieldSource::Bullets(section)),
        ("lines", section) => Ok(FieldSource::Lines(section)),
        _ => Err(format!(
            "`{source}` is not a source of fields; use `front-matter`, `data`, `header [SECTION]`, `labels`, \
             `table [SECTION]`, `tables`, `bullets [SECTION]` or `lines [SECTION]`"
        )),
    }
}

fn lifecycle_of(source: &format::Lifecycle, problems: &mut Problems) -> Option<Lifecycle> {
    Some(Lifecycle {
        state: problems.take("/lifecycle/state", Selector::compile(&source.state))?,
        open: problems.shapes("/lifecycle/open", &source.open),
        done: problems.shapes("/lifecycle/done", &source.done),
        closed: problems.shapes("/lifecycle/closed", &source.closed),
        folder: source.folder.iter().map(|(state, folders)| (state.clone(), folders.as_slice().to_vec())).collect(),
        folder_hole: source.folder_hole.clone(),
    })
}

fn demanded(pointer: &str, source: &format::Required, problems: &mut Problems) -> Demanded {
    match source {
        format::Required::Always(true) => Demanded::Always,
        format::Required::Always(false) => Demanded::Never,
        format::Required::When(condition) => problems
            .take(pointer, Condition::compile(condition))
            .map_or(Demanded::Never, |condition| Demanded::When(Box::new(condition))),
    }
}

fn section_rule(number: usize, source: &format::Section, problems: &mut Problems) -> SectionRule {
    let pointer = format!("/sections/{number}");
    SectionRule {
        headings: problems.shapes(&format!("{pointer}/heading"), source.heading.as_slice()),
        name: source.heading.as_slice().first().cloned().unwrap_or_default(),
        required: demanded(&format!("{pointer}/required"), &source.required, problems),
        holds: source.holds,
        may_be_empty: source.may_be_empty,
        severity: source.severity,
        level: source.level,
        description: source.description.clone(),
    }
}

fn entry_rules(name: &str, source: &format::Entries, problems: &mut Problems) -> EntryRules {
    let pointer = format!("/entries/{name}");
    let blocks = source
        .blocks
        .as_slice()
        .iter()
        .filter_map(|block| {
            let result = match block.as_str() {
                "heading" => Ok(EntryBlock::Heading(None)),
                "bold" => Ok(EntryBlock::Bold),
                "item" => Ok(EntryBlock::Item),
                "paragraph" => Ok(EntryBlock::Paragraph),
                "row" => Ok(EntryBlock::Row),
                other => other
                    .strip_prefix("heading ")
                    .and_then(|level| level.parse().ok())
                    .map(|level| EntryBlock::Heading(Some(level)))
                    .ok_or_else(|| {
                        format!("`{other}` is not a sort of block; use `heading`, `heading 3`, `bold`, `item`, `paragraph` or `row`")
                    }),
            };
            problems.take(format!("{pointer}/as"), result)
        })
        .collect();
    let shapes = problems.shapes(&format!("{pointer}/shapes"), source.shapes.as_slice());
    let forms = if source.forms.is_empty() {
        let parts = part_rules(&format!("{pointer}/parts"), &[&source.parts], problems);
        vec![FormRule { name: name.to_owned(), shapes, when: None, parts }]
    } else {
        source
            .forms
            .iter()
            .enumerate()
            .map(|(number, form)| {
                let pointer = format!("{pointer}/forms/{number}");
                let own = problems.shapes(&format!("{pointer}/shapes"), form.shapes.as_slice());
                FormRule {
                    name: form.name.clone(),
                    shapes: if own.is_empty() { shapes.clone() } else { own },
                    when: form
                        .when
                        .as_ref()
                        .and_then(|when| problems.take(format!("{pointer}/when"), Condition::compile(when))),
                    parts: part_rules(&format!("{pointer}/parts"), &[&form.parts, &source.parts], problems),
                }
            })
            .collect()
    };
    EntryRules {
        name: name.to_owned(),
        under: problems.selectors(&format!("{pointer}/under"), source.under.as_slice()),
        blocks,
        forms,
        near: problems.shapes(&format!("{pointer}/near"), source.near.as_slice()),
        dated_by: source
            .dated_by
            .as_deref()
            .and_then(|shape| problems.take(format!("{pointer}/dated-by"), compile_shape(shape))),
        required: demanded(&format!("{pointer}/required"), &source.required, problems),
        lifetime: source.lifetime.as_ref().map(|lifetime| {
            let pointer = format!("{pointer}/lifetime");
            (
                problems.selectors(&pointer, lifetime.from.as_slice()),
                problems.selectors(&pointer, lifetime.to.as_slice()),
            )
        }),
        format: source.clone(),
    }
}

fn part_rules(pointer: &str, sources: &[&format::Parts], problems: &mut Problems) -> PartRules {
    let mut rules = PartRules::default();
    for source in sources {
        rules.required.extend(source.required.iter().cloned());
        rules.optional.extend(source.optional.iter().cloned());
        rules.may_be_empty.extend(source.may_be_empty.iter().cloned());
        rules.aliases.extend(source.aliases.iter().map(|(spelling, name)| (spelling.clone(), name.clone())));
        for demand in &source.required_when {
            let result = Condition::compile(&demand.when);
            if let Some(condition) = problems.take(format!("{pointer}/required-when"), result) {
                rules.required_when.push((demand.part.clone(), condition));
            }
        }
        for (part, values) in &source.values {
            let place = format!("{pointer}/values/{part}");
            let shapes = values
                .iter()
                .filter_map(|value| Some((value.clone(), problems.take(&*place, compile_shape(value))?)))
                .collect();
            rules.values.push((part.clone(), shapes));
        }
        for (part, shapes) in &source.shapes {
            let shapes = problems.shapes(&format!("{pointer}/shapes/{part}"), shapes.as_slice());
            rules.shapes.push((part.clone(), shapes));
        }
    }
    rules
}

fn task_rules(source: &format::Tasks, problems: &mut Problems) -> Option<TaskRules> {
    let label = source.label.as_deref().and_then(|label| problems.take("/tasks/label", compile_shape(label)));
    let label_prefix = source.label.as_deref().and_then(|label| label.split('{').next()).unwrap_or("").to_owned();
    let groups_from = source
        .groups_from
        .iter()
        .filter_map(|line| {
            let result = line
                .split_once(": ")
                .ok_or_else(|| format!("`{line}` is not `member: shape`"))
                .and_then(|(member, shape)| Ok((member.to_owned(), compile_shape(shape)?)));
            problems.take("/tasks/groups-from", result)
        })
        .collect();
    Some(TaskRules {
        id: problems.regex("/tasks/id", &format!("^(?:{})$", source.id))?,
        repeats: source.repeats.iter().map(|word| word.to_lowercase()).collect(),
        id_at_start: problems.regex("/tasks/id", &format!("^(?:{})", source.id))?,
        near_id: source.near_id.as_deref().and_then(|near| problems.regex("/tasks/near-id", &format!("^(?:{near})"))),
        label,
        label_prefix,
        shared_paths: globs("/tasks/shared-paths", &source.shared_paths, problems),
        under: problems.selectors("/tasks/under", source.under.as_slice()),
        not_under: problems.shapes("/tasks/not-under", source.not_under.as_slice()),
        mentioned_under: problems.shapes("/tasks/mentioned-under", source.mentioned_under.as_slice()),
        groups_from,
        format: source.clone(),
    })
}

fn leftover_rule(number: usize, source: &format::Leftover, problems: &mut Problems) -> LeftoverRule {
    let pointer = format!("/leftovers/{number}");
    match source {
        format::Leftover::Text(text) => LeftoverRule {
            texts: vec![Needle::new(text)],
            shapes: Vec::new(),
            sort: Sort::Placeholder,
            places: vec![LeftoverPlace::Text, LeftoverPlace::Fields],
            unless: None,
            severity: None,
            whole: false,
        },
        format::Leftover::Full(full) => {
            let mut places: Vec<LeftoverPlace> = full
                .places
                .as_slice()
                .iter()
                .filter_map(|place| problems.take(format!("{pointer}/in"), leftover_place(place)))
                .collect();
            if places.is_empty() {
                places = match full.sort {
                    Sort::SampleTask => vec![LeftoverPlace::Tasks],
                    _ => vec![LeftoverPlace::Text, LeftoverPlace::Fields],
                };
            }
            LeftoverRule {
                texts: full.text.as_slice().iter().map(|text| Needle::new(text)).collect(),
                shapes: problems.shapes(&format!("{pointer}/shape"), full.shape.as_slice()),
                sort: full.sort,
                places,
                unless: full
                    .unless
                    .as_ref()
                    .and_then(|unless| problems.take(format!("{pointer}/unless"), Condition::compile(unless))),
                severity: full.severity,
                whole: full.whole,
            }
        }
    }
}

fn leftover_place(place: &str) -> Result<LeftoverPlace, String> {
    Ok(match place {
        "title" => LeftoverPlace::Title,
        "fields" => LeftoverPlace::Fields,
        "values" => LeftoverPlace::Values,
        "headings" => LeftoverPlace::Headings,
        "entries" => LeftoverPlace::Entries,
        "items" => LeftoverPlace::Items,
        "tasks" => LeftoverPlace::Tasks,
        "comments" => LeftoverPlace::Comments,
        "code" => LeftoverPlace::Code,
        "text" => LeftoverPlace::Text,
        other => match other.strip_prefix("section ") {
            Some(name) => LeftoverPlace::Section(Box::new(compile_shape(name)?)),
            None => {
                return Err(format!(
                    "`{other}` is not a place; use `title`, `fields`, `values`, `headings`, `entries`, `items`, \
                     `tasks`, `comments`, `code`, `text` or `section NAME`"
                ));
            }
        },
    })
}

/// A lazily compiled value.
pub(super) type Lazy<T> = OnceLock<T>;
