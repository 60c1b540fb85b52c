//! The one selector and the one condition language, compiled: what is selected, and what must be true of it. Evaluating
//! them is the business of `select`.

use serde_json::Value;

use crate::pack::format;
use crate::pack::near::near;
use crate::pack::shape::Shape;

/// What is selected.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The member of the work item; `None` is the document itself.
    pub member: Option<String>,
    /// What of it.
    pub target: Target,
    /// As written.
    pub source: String,
}

/// What of a document is selected.
#[derive(Clone, Debug)]
pub enum Target {
    /// A field, by name or JSON pointer (`/a/*/b`).
    Field(String),
    /// The keys of the mapping that a JSON pointer (`/a/b`, `/`) names.
    Keys(String),
    /// The path, or one of its holes.
    Path(Option<String>),
    /// The title, or one of its holes.
    Title(Option<String>),
    /// A section, by its heading.
    Section(Box<Shape>),
    /// A callout, by its title.
    Callout(Box<Shape>),
    /// Entries of a list, or of a form of it; then a part or capture of them, or their times.
    Entry {
        /// The list.
        list: String,
        /// The form.
        form: Option<String>,
        /// A part or capture; `when` is the time.
        part: Option<String>,
    },
    /// A part or capture of the entry at hand.
    Part(String),
    /// Tasks, or those of a state.
    Tasks(Option<String>),
    /// Criteria, or those that are `checked` or `open`.
    Criteria(Option<String>),
    /// The lifecycle's class: `open`, `done`, `closed`.
    State,
    /// The whole text.
    Text,
    /// The document itself.
    Document,
    /// The file paths that a section lists.
    Paths(Box<Shape>),
    /// A labelled part anywhere (`**Name**: value`).
    Label(String),
    /// A file in the tree, relative to the root.
    File(String),
    /// The phases, or one of the holes of their headings.
    Phases(Option<String>),
    /// The groups that labels of tasks name.
    Labels,
    /// Boxes, or those that are `checked` or `open`.
    Boxes(Option<String>),
    /// Items with an ID, or those of a prefix.
    Items(Option<String>),
    /// What the text states, or one of its holes.
    Fact {
        /// Its name.
        name: String,
        /// The hole.
        hole: Option<String>,
    },
    /// The values that a hole of the kind's path has among all files under the root.
    Known(String),
    /// What a name of `each` stands for, or a part of it.
    Variable {
        /// The name, without the dollar sign.
        name: String,
        /// A capture, part or key of it.
        hole: Option<String>,
    },
    /// The number of things that are selected.
    Count(Box<Selector>),
    /// Of what the second selects the last that comes before what the first selects, by number.
    Preceding(Box<Selector>, Box<Selector>),
    /// The first of them.
    First(Box<Selector>),
    /// The last of them.
    Last(Box<Selector>),
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn compile(source: &str) -> Result<Self, String> {
        let (member, rest) = match source.split_once(": ") {
            Some((member, rest)) if !member.contains(' ') => (Some(member.trim().to_owned()), rest.trim()),
            _ => (None, source.trim()),
        };
        let (word, name) = rest.split_once(' ').map_or((rest, ""), |(word, name)| (word, name.trim()));
        let optional = || (!name.is_empty()).then(|| name.to_owned());
        let one_of = |words: &[&str]| match optional() {
            Some(name) if !words.contains(&name.as_str()) => {
                Err(format!("`{rest}`: after `{word}` stands nothing, or one of `{}`", words.join("`, `")))
            }
            found => Ok(found),
        };
        let named = |what: &str| {
            if name.is_empty() { Err(format!("`{what}` wants a name after it")) } else { Ok(name.to_owned()) }
        };
        let within = || -> Result<Box<Selector>, String> { Ok(Box::new(Selector::compile(&named(word)?)?)) };
        let target = match word {
            "field" => Target::Field(named("field")?),
            "keys" => Target::Keys(named("keys")?),
            "path" => Target::Path(optional()),
            "title" => Target::Title(optional()),
            "section" => Target::Section(Box::new(compile_shape(&named("section")?)?)),
            "callout" => Target::Callout(Box::new(compile_shape(&named("callout")?)?)),
            "entry" | "entries" => {
                let name = named("entry")?;
                let (list, part) = match name.split_once(' ') {
                    Some((list, part)) => (list, Some(part.trim().to_owned())),
                    None => (&*name, None),
                };
                let (list, form) = match list.split_once('/') {
                    Some((list, form)) => (list.to_owned(), Some(form.to_owned())),
                    None => (list.to_owned(), None),
                };
                Target::Entry { list, form, part }
            }
            "part" => Target::Part(named("part")?),
            "paths" => Target::Paths(Box::new(compile_shape(&named("paths")?)?)),
            "label" => Target::Label(named("label")?),
            "tasks" => Target::Tasks(one_of(&["open", "done", "skipped"])?),
            "criteria" => Target::Criteria(one_of(&["checked", "open", "outer"])?),
            "state" => Target::State,
            "text" => Target::Text,
            "document" => Target::Document,
            "file" => Target::File(named("file")?),
            "phases" => Target::Phases(optional()),
            "labels" => Target::Labels,
            "boxes" => Target::Boxes(one_of(&["checked", "open", "skipped"])?),
            "items" => Target::Items(optional()),
            "known" => Target::Known(named("known")?),
            "fact" => {
                let name = named("fact")?;
                let (name, hole) =
                    name.split_once(' ').map_or((&*name, None), |(name, hole)| (name, Some(hole.trim())));
                Target::Fact { name: name.to_owned(), hole: hole.map(str::to_owned) }
            }
            "count" => Target::Count(within()?),
            "preceding" => {
                let (what, list) = rest["preceding".len()..].split_once('|').ok_or_else(|| {
                    format!("`{source}`: `preceding` wants two selectors, as in `preceding $step n | entry steps n`")
                })?;
                let compile = |source: &str| Selector::compile(source.trim()).map(Box::new);
                Target::Preceding(compile(what)?, compile(list)?)
            }
            "first" => Target::First(within()?),
            "last" => Target::Last(within()?),
            word if word.len() > 1 && word.starts_with('$') => {
                Target::Variable { name: word[1..].to_owned(), hole: optional() }
            }
            word if word.starts_with('/') => Target::Field(rest.to_owned()),
            _ => {
                const WORDS: &[&str] = &[
                    "field",
                    "keys",
                    "path",
                    "title",
                    "section",
                    "callout",
                    "entry",
                    "part",
                    "paths",
                    "label",
                    "tasks",
                    "phases",
                    "labels",
                    "items",
                    "boxes",
                    "criteria",
                    "fact",
                    "known",
                    "state",
                    "text",
                    "document",
                    "file",
                    "count",
                    "first",
                    "last",
                    "preceding",
                ];
                if let Some(near) = near(word, WORDS.iter().copied()) {
                    return Err(format!("`{source}` does not begin with a word of selectors; did you mean `{near}`?"));
                }
                return Err(format!("`{source}` does not begin with `{}` or `$`", WORDS.join("`, `")));
            }
        };
        // `plan: count boxes` counts the boxes of the plan.
        let (member, target) = match (member, target) {
            (Some(member), Target::Count(inner)) => (None, Target::Count(inner.of(member))),
            (Some(member), Target::First(inner)) => (None, Target::First(inner.of(member))),
            (Some(member), Target::Last(inner)) => (None, Target::Last(inner.of(member))),
            (Some(_), Target::Preceding(..)) => {
                return Err(format!("`{source}`: the member stands before the selectors after `preceding`"));
            }
            other => other,
        };
        Ok(Self { member, target, source: source.to_owned() })
    }

    /// The same of a member, unless it names one itself.
    fn of(mut self: Box<Self>, member: String) -> Box<Self> {
        self.member.get_or_insert(member);
        self
    }

    /// The name of `each` that it is about.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match &self.target {
            Target::Variable { name, .. } => Some(name),
            Target::Count(inner) | Target::First(inner) | Target::Last(inner) | Target::Preceding(inner, _) => {
                inner.variable()
            }
            _ => None,
        }
    }

    /// The member whose content it is about; nothing for one of which only the path or the existence matters.
    #[must_use]
    pub fn reads(&self) -> Option<&str> {
        match &self.target {
            Target::Document | Target::Path(_) => None,
            Target::Count(inner) | Target::First(inner) | Target::Last(inner) | Target::Preceding(_, inner) => {
                inner.reads()
            }
            _ => self.member.as_deref(),
        }
    }
}

/// A compiled condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Something is there.
    Exists(Selector),
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The kind's variant was chosen.
    Variant(String),
    /// A comparison.
    Test(Box<Test>),
}

/// A compiled comparison. What is `None` or empty is not asked.
#[derive(Clone, Debug)]
pub struct Test {
    /// What is compared.
    pub select: Selector,
    /// It is one of these, compared as text without case when both are text.
    pub one_of: Option<Vec<Value>>,
    /// It is there.
    pub exists: Option<bool>,
    /// It has no value.
    pub empty: Option<bool>,
    /// It fits one of these.
    pub fits: Vec<Shape>,
    /// One of these occurs in it.
    pub holds: Vec<Shape>,
    /// It is earlier.
    pub before: Option<Selector>,
    /// It is among these.
    pub subset: Option<Selector>,
    /// It is the same.
    pub equals: Option<Selector>,
    /// It is another than all of these.
    pub differs: Option<Selector>,
    /// It says the same in other words.
    pub like: Option<Selector>,
    /// It holds one of these.
    pub contains: Option<Selector>,
    /// It is later.
    pub after: Option<Selector>,
    /// Minutes by which it must be earlier or later.
    pub margin: i64,
    /// It is greater.
    pub above: Option<Bound>,
    /// It is less.
    pub below: Option<Bound>,
}

/// A number, or where it stands.
#[derive(Clone, Debug)]
pub enum Bound {
    /// The number.
    Number(f64),
    /// Where it stands.
    Selector(Selector),
}

impl Condition {
    /// Calls `visit` with each selector in it.
    pub fn selectors<'a>(&'a self, visit: &mut dyn FnMut(&'a Selector)) {
        match self {
            Condition::Exists(selector) => visit(selector),
            Condition::All(conditions) | Condition::Any(conditions) => {
                conditions.iter().for_each(|condition| condition.selectors(visit));
            }
            Condition::Not(condition) => condition.selectors(visit),
            Condition::Variant(_) => {}
            Condition::Test(test) => {
                let optional = [&test.before, &test.subset, &test.equals, &test.differs, &test.like, &test.contains];
                let bounds = [&test.above, &test.below].into_iter().filter_map(|bound| match bound {
                    Some(Bound::Selector(selector)) => Some(selector),
                    _ => None,
                });
                let rest = optional.into_iter().chain([&test.after]).flatten().chain(bounds);
                std::iter::once(&test.select).chain(rest).for_each(visit);
            }
        }
    }

    /// Calls `visit` with each variant that it asks for.
    pub fn variants(&self, visit: &mut dyn FnMut(&str)) {
        match self {
            Condition::Variant(name) => visit(name),
            Condition::All(conditions) | Condition::Any(conditions) => {
                conditions.iter().for_each(|condition| condition.variants(visit));
            }
            Condition::Not(condition) => condition.variants(visit),
            Condition::Exists(_) | Condition::Test(_) => {}
        }
    }

    /// Whether a name of `each` occurs in it.
    #[must_use]
    pub fn has_variable(&self) -> bool {
        let mut found = false;
        self.selectors(&mut |selector| found |= selector.variable().is_some());
        found
    }

    /// Whether few things fit it: it asks for a value, rather than for more or less, or that something is not so.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        match self {
            Condition::All(conditions) => conditions.iter().any(Condition::is_selective),
            Condition::Any(conditions) => conditions.iter().all(Condition::is_selective),
            Condition::Not(_) | Condition::Exists(_) | Condition::Variant(_) => false,
            Condition::Test(test) => {
                test.equals.is_some() || test.subset.is_some() || test.like.is_some() || test.one_of.is_some()
            }
        }
    }

    /// What must hold all together, each by itself.
    #[must_use]
    pub fn parts(&self) -> Vec<&Condition> {
        match self {
            Condition::All(conditions) => conditions.iter().flat_map(Condition::parts).collect(),
            _ => vec![self],
        }
    }

    /// Compiles a condition.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn compile(source: &format::Condition) -> Result<Self, String> {
        let list = |conditions: &[format::Condition]| -> Result<Vec<Condition>, String> {
            conditions.iter().map(Condition::compile).collect()
        };
        Ok(match source {
            format::Condition::Exists(selector) => Condition::Exists(Selector::compile(selector)?),
            format::Condition::All { all } => Condition::All(list(all)?),
            format::Condition::Any { any } => Condition::Any(list(any)?),
            format::Condition::Not { not } => Condition::Not(Box::new(Condition::compile(not)?)),
            format::Condition::Variant { variant } => Condition::Variant(variant.clone()),
            format::Condition::Test(test) => Condition::Test(Box::new(Test::compile(test)?)),
        })
    }
}

impl Test {
    /// Whether it asks for more than that something is there and has a value.
    #[must_use]
    pub fn asks_value(&self) -> bool {
        let others = [&self.before, &self.after, &self.subset, &self.equals, &self.differs, &self.like, &self.contains];
        self.one_of.is_some()
            || !self.fits.is_empty()
            || !self.holds.is_empty()
            || others.iter().any(|other| other.is_some())
            || self.above.is_some()
            || self.below.is_some()
    }

    fn compile(source: &format::Test) -> Result<Self, String> {
        let shapes = |shapes: &Option<format::OneOrMany<String>>| match shapes {
            Some(shapes) => compile_shapes(shapes.as_slice()),
            None => Ok(Vec::new()),
        };
        let selector = |source: &Option<String>| source.as_deref().map(Selector::compile).transpose();
        let bound = |source: &Option<format::Bound>| match source {
            Some(format::Bound::Selector(source)) => Selector::compile(source).map(|it| Some(Bound::Selector(it))),
            Some(format::Bound::Number(number)) => Ok(Some(Bound::Number(*number))),
            None => Ok(None),
        };
        let one_of = match (&source.is, &source.one_of) {
            (Some(value), _) => Some(vec![value.clone()]),
            (None, values) => values.clone(),
        };
        Ok(Self {
            select: Selector::compile(&source.select)?,
            one_of,
            exists: source.exists,
            empty: source.empty,
            fits: shapes(&source.fits)?,
            holds: shapes(&source.holds)?,
            before: selector(&source.before)?,
            subset: selector(&source.subset)?,
            equals: selector(&source.equals)?,
            differs: selector(&source.differs)?,
            like: selector(&source.like)?,
            contains: selector(&source.contains)?,
            after: selector(&source.after)?,
            margin: source.margin,
            above: bound(&source.above)?,
            below: bound(&source.below)?,
        })
    }
}

/// Compiles shapes.
///
/// # Errors
/// A sentence that names the shape and what is wrong with it.
pub fn compile_shapes(sources: &[String]) -> Result<Vec<Shape>, String> {
    sources.iter().map(|source| compile_shape(source)).collect()
}

/// Compiles one shape.
///
/// # Errors
/// A sentence that names the shape and what is wrong with it.
pub fn compile_shape(source: &str) -> Result<Shape, String> {
    Shape::compile(source).map_err(|error| format!("the shape `{source}`: {}", error.message))
}
