//! What a kind says of its documents: where they lie, their fields, sections, entries, task lines and states.

mod fields;

use crate::pack::Kind;
use crate::pack::format::{self, Condition, Entries, Form, Format, Holds, Order, Parts, Required, Role, Title};
use crate::render::manual::{Block, fact, list, words};

/// The manual of a kind, below a heading of the given level.
#[must_use]
pub fn blocks(kind: &Kind, level: usize) -> Vec<Block> {
    let format = &kind.format;
    let mut blocks = vec![Block::Heading(level, kind.name.to_string()), Block::Text(format.summary.trim().to_owned())];
    match format.format {
        Format::Markdown => {}
        Format::Yaml => fact(&mut blocks, "Format", "YAML"),
        Format::Json => fact(&mut blocks, "Format", "JSON"),
    }
    fact(&mut blocks, "Path", &words::codes(format.path.as_slice(), "or"));
    title(&mut blocks, format);
    list(&mut blocks, "Told by, one of", conditions(&format.recognise));
    list(&mut blocks, "But not when", conditions(&format.unless));
    let variants = format.variants.iter();
    let variants = variants.map(|(name, when)| (0, format!("{}: {}", words::code(name), words::condition(when))));
    list(&mut blocks, "Variants", variants.collect());
    lifecycle(&mut blocks, format);
    if let Some(fields) = &format.fields {
        fields::blocks(&mut blocks, fields);
    }
    sections(&mut blocks, format);
    for (name, entries) in &format.entries {
        of_entries(&mut blocks, name, entries);
    }
    tasks(&mut blocks, format);
    values(&mut blocks, format);
    leftovers(&mut blocks, format);
    let levels = format.severity.iter().map(|(rule, level)| (0, format!("`{rule}`: `{}`", level.name())));
    list(&mut blocks, "Levels of its own", levels.collect());
    blocks
}

fn conditions(conditions: &[Condition]) -> Vec<(usize, String)> {
    conditions.iter().map(|one| (0, words::condition(one))).collect()
}

fn title(blocks: &mut Vec<Block>, format: &format::Kind) {
    let (shapes, required) = match &format.title {
        None => return,
        Some(Title::Shape(shape)) => (std::slice::from_ref(shape), true),
        Some(Title::Shapes(shapes)) => (shapes.as_slice(), true),
        Some(Title::Full { shapes, required }) => (shapes.as_slice(), *required),
    };
    let said = if shapes.is_empty() { "any text".to_owned() } else { words::codes(shapes, "or") };
    fact(blocks, "Title", &format!("{said}{}", if required { "" } else { " (need not be there)" }));
}

fn lifecycle(blocks: &mut Vec<Block>, format: &format::Kind) {
    let Some(states) = &format.lifecycle else { return };
    let mut items = Vec::new();
    for (name, values) in [("Open", &states.open), ("Done", &states.done), ("Given up", &states.closed)] {
        if !values.is_empty() {
            items.push((0, format!("{name}: {}", words::codes(values, "or"))));
        }
    }
    for (state, folders) in &states.folder {
        items.push((0, format!("With {} it lies in {}", words::code(state), words::codes(folders.as_slice(), "or"))));
    }
    list(blocks, &format!("States, told by {}", words::selector(&states.state)), items);
}

fn required(required: &Required) -> String {
    match required {
        Required::Always(true) => "required".to_owned(),
        Required::Always(false) => String::new(),
        Required::When(when) => format!("required when {}", words::condition(when)),
    }
}

fn sections(blocks: &mut Vec<Block>, format: &format::Kind) {
    let items = format.sections.iter().map(|section| {
        let headings: Vec<String> = match section.level {
            Some(level) => {
                let marks = "#".repeat(usize::from(level));
                section.heading.as_slice().iter().map(|heading| format!("{marks} {heading}")).collect()
            }
            None => section.heading.as_slice().to_vec(),
        };
        let holds = match section.holds {
            None | Some(Holds::Anything) => "",
            Some(Holds::Checklist) => "holds boxes",
            Some(Holds::List) => "holds a list",
            Some(Holds::Table) => "holds a table",
            Some(Holds::Code) => "holds code",
        };
        let level = section.severity.map_or(String::new(), |level| format!("reported as `{}`", level.name()));
        let remarks = [required(&section.required), holds.to_owned(), level];
        (0, described(&words::codes(&headings, "or"), &remarks, section.description.as_deref()))
    });
    let label = if format.sections_in_order { "Sections, in this order" } else { "Sections" };
    list(blocks, label, items.collect());
}

/// `name` (remark; remark). Description.
fn described(name: &str, remarks: &[String], description: Option<&str>) -> String {
    let remarks: Vec<&str> = remarks.iter().map(String::as_str).filter(|remark| !remark.is_empty()).collect();
    let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
    let description = description.map_or(String::new(), |text| format!(": {}", text.trim()));
    format!("{name}{remarks}{description}")
}

fn of_entries(blocks: &mut Vec<Block>, name: &str, entries: &Entries) {
    let mut items = Vec::new();
    let places: Vec<String> = entries.under.as_slice().iter().map(|place| words::selector(place)).collect();
    let places = if places.is_empty() { String::new() } else { format!(" under {}", words::joined(&places, "or")) };
    let forms: Vec<String> = entries.blocks.as_slice().iter().map(|block| block_words(block)).collect();
    items.push((0, format!("Each is {}{places}", words::joined(&forms, "or"))));
    match &entries.required {
        Required::Always(false) => {}
        other => items.push((0, format!("At least one is {}", required(other)))),
    }
    if let Some(order) = entries.order {
        let order = match order {
            Order::Ascending => "the oldest first",
            Order::Descending => "the newest first",
            Order::Either => "the oldest or the newest first, throughout",
        };
        items.push((0, format!("In the order of their times, {order}")));
    }
    if let Some(shape) = &entries.dated_by {
        items.push((0, format!("The heading above gives the day: {}", words::code(shape))));
    }
    if !entries.shapes.as_slice().is_empty() {
        items.push((0, format!("Written as {}", words::codes(entries.shapes.as_slice(), "or"))));
    }
    parts(&mut items, 0, &entries.parts);
    for form in &entries.forms {
        of_form(&mut items, form);
    }
    for next in &entries.followed_by {
        items.push((0, format!("After {} comes {}", words::code(&next.form), words::code(&next.next))));
    }
    list(blocks, &format!("Entries `{name}`, each called {}", with_article(&entries.called)), items);
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}

fn block_words(block: &str) -> String {
    match block.split_once(' ').unwrap_or((block, "")) {
        ("heading", level) if !level.is_empty() => format!("a heading of level {level}"),
        ("bold", _) => "a paragraph that begins in bold".to_owned(),
        ("item", _) => "a list item".to_owned(),
        ("row", _) => "a row of a table".to_owned(),
        _ => with_article(block),
    }
}

fn of_form(items: &mut Vec<(usize, String)>, form: &Form) {
    let shapes = form.shapes.as_slice();
    let shapes = if shapes.is_empty() { String::new() } else { format!(": {}", words::codes(shapes, "or")) };
    let when = form.when.as_ref().map_or(String::new(), |when| format!(", when {}", words::condition(when)));
    items.push((0, format!("Form {}{shapes}{when}", words::code(&form.name))));
    parts(items, 1, &form.parts);
}

fn parts(items: &mut Vec<(usize, String)>, depth: usize, parts: &Parts) {
    if !parts.required.is_empty() {
        items.push((
            depth,
            format!(
                "With the part{} {}",
                if parts.required.len() > 1 { "s" } else { "" },
                words::codes(&parts.required, "and")
            ),
        ));
    }
    for part in &parts.required_when {
        items.push((depth, format!("With {} when {}", words::code(&part.part), words::condition(&part.when))));
    }
    if !parts.optional.is_empty() {
        items.push((depth, format!("It may have {}", words::codes(&parts.optional, "and"))));
    }
    for (part, values) in &parts.values {
        items.push((depth, format!("{} is {}", words::code(part), words::codes(values, "or"))));
    }
    for (part, shapes) in &parts.shapes {
        items.push((depth, format!("{} is written {}", words::code(part), words::codes(shapes.as_slice(), "or"))));
    }
}

fn tasks(blocks: &mut Vec<Block>, format: &format::Kind) {
    if let Some(tasks) = &format.tasks {
        let mut items = vec![
            (0, format!("Written as {}", words::code(&tasks.grammar))),
            (0, format!("ID: {}", words::code(&tasks.id))),
        ];
        let boxes = [("open", &tasks.states.open), ("done", &tasks.states.done), ("given up", &tasks.states.skipped)];
        for (name, characters) in boxes {
            let written: Vec<String> = characters.chars().map(|c| format!("[{c}]")).collect();
            if !written.is_empty() {
                items.push((0, format!("A task that is {name} has the box {}", words::codes(&written, "or"))));
            }
        }
        for (marker, meaning) in &tasks.markers {
            items.push((0, format!("Marker `[{marker}]`: {meaning}")));
        }
        if let Some(label) = &tasks.label {
            let called = tasks.label_called.as_ref().map_or(String::new(), |called| format!(", for its {called}"));
            items.push((0, format!("Label: {}{called}", words::code(&format!("[{label}]")))));
        }
        if !tasks.depends.is_empty() {
            items.push((0, format!("What it depends on follows {}", words::codes(&tasks.depends, "or"))));
        }
        if !tasks.totals.is_empty() {
            items.push((0, format!("Their number is stated as {}", words::codes(&tasks.totals, "or"))));
        }
        list(blocks, "Task lines", items);
    }
    let phases = format.phases.iter().map(|phase| {
        let role = match phase.role {
            Role::Shared => "for all: its tasks have no label",
            Role::Group => "for one group: its tasks have its label",
            Role::Any => "",
        };
        let blocking = if phase.blocks.is_some() { "nothing later is done before it" } else { "" };
        let parts =
            if phase.parts.is_empty() { String::new() } else { format!("with {}", words::codes(&phase.parts, "and")) };
        let remarks = [role.to_owned(), blocking.to_owned(), parts];
        (0, described(&words::codes(phase.heading.as_slice(), "or"), &remarks, None))
    });
    list(blocks, "Phases", phases.collect());
}

/// What is told apart by IDs, and what must agree.
fn values(blocks: &mut Vec<Block>, format: &format::Kind) {
    let criteria: Vec<String> = format.criteria.as_slice().iter().map(|place| words::selector(place)).collect();
    fact(blocks, "Criteria", &words::joined(&criteria, "and"));
    let unique: Vec<String> = format.unique.iter().map(|unique| words::selector(&unique.value)).collect();
    fact(blocks, "Unique", &words::joined(&unique, "and"));
    let facts: Vec<String> = format.facts.keys().map(|name| words::code(name)).collect();
    fact(blocks, "Facts", &words::joined(&facts, "and"));
    let mut claims: Vec<String> = format.claims.iter().map(|claim| words::code(&claim.report)).collect();
    claims.dedup();
    fact(blocks, "Claims", &words::joined(&claims, "and"));
    if let Some(items) = &format.items {
        let prefixes = if items.prefixes.is_empty() {
            String::new()
        } else {
            format!(", with the prefixes {}", words::codes(&items.prefixes, "and"))
        };
        fact(blocks, "Item IDs", &format!("{}{prefixes}", words::code(&items.id)));
    }
    let agree = format.agree.iter().map(|agree| {
        let (places, level) = match agree {
            format::Agree::Plain(places) => (places, None),
            format::Agree::With { values, severity } => (values, *severity),
        };
        let level = level.map_or(String::new(), |level| format!(" (`{}`)", level.name()));
        let places: Vec<String> = places.iter().map(|place| words::selector(place)).collect();
        (0, format!("{}{level}", words::joined(&places, "and")))
    });
    list(blocks, "The same value stands in", agree.collect());
    let order = format.order.iter().map(|times| {
        let times: Vec<String> = times.iter().map(|time| words::selector(time)).collect();
        (0, words::joined(&times, "and"))
    });
    list(blocks, "These times ascend", order.collect());
}

fn leftovers(blocks: &mut Vec<Block>, format: &format::Kind) {
    let texts: usize = format
        .leftovers
        .iter()
        .map(|leftover| match leftover {
            format::Leftover::Text(_) => 1,
            format::Leftover::Full(full) => full.text.as_slice().len() + full.shape.as_slice().len(),
        })
        .sum();
    if texts > 0 {
        let texts = if texts == 1 {
            "1 text of its template is".to_owned()
        } else {
            format!("{texts} texts of its template are")
        };
        fact(blocks, "Template", &format!("{texts} reported where they are left in the document"));
    }
    list(blocks, "It is still the template when all of this is so", conditions(&format.unfilled_when));
}
