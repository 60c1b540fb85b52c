//! What a kind says of its documents: where they lie, their fields, sections, entries, task lines and states.

mod entries;
mod fields;
mod tasks;

use crate::pack::Kind;
use crate::pack::format::{self, Condition, Format, Holds, OneOrMany, Required, Title};
use crate::render::manual::{Block, fact, list, words};

/// The manual of a kind, below a heading of the given level.
#[must_use]
pub fn blocks(kind: &Kind, level: usize) -> Vec<Block> {
    // Taken apart as a whole, so that a new key is not forgotten here.
    let format::Kind {
        kind: _,
        extends,
        summary,
        format,
        path,
        recognise,
        not,
        unless,
        governs,
        fields,
        title: titles,
        variants,
        lifecycle: states,
        sections: all_sections,
        sections_in_order,
        entries,
        tasks: task_lines,
        phases: all_phases,
        criteria,
        items,
        leftovers: texts,
        unfilled_when,
        order,
        agree,
        facts,
        claims,
        severity,
        criteria_left_open,
        sums,
        evidence,
        names_documents,
        unique,
    } = &kind.format;
    let mut blocks = vec![Block::Heading(level, kind.name.to_string()), Block::Text(summary.trim().to_owned())];
    if let Some(other) = extends {
        fact(&mut blocks, "Extends", &words::code(other));
    }
    match format {
        Format::Markdown => {}
        Format::Yaml => fact(&mut blocks, "Format", "YAML"),
        Format::Json => fact(&mut blocks, "Format", "JSON"),
    }
    fact(&mut blocks, "Path", &words::codes(path.as_slice(), "or"));
    fact(&mut blocks, "Never at", &words::codes(not, "or"));
    fact(&mut blocks, "Governs", &words::codes(governs, "and"));
    if let Some(titles) = titles {
        title(&mut blocks, titles);
    }
    list(&mut blocks, "Told by, one of", conditions(recognise));
    list(&mut blocks, "But not when", conditions(unless));
    let variants = variants.iter();
    let variants = variants.map(|(name, when)| (0, format!("{}: {}", words::code(name), words::condition(when))));
    list(&mut blocks, "Variants", variants.collect());
    if let Some(states) = states {
        lifecycle(&mut blocks, states);
    }
    if let Some(fields) = fields {
        fields::blocks(&mut blocks, fields);
    }
    sections(&mut blocks, all_sections, *sections_in_order);
    for (name, entries) in entries {
        entries::blocks(&mut blocks, name, entries);
    }
    if let Some(tasks) = task_lines {
        tasks::lines(&mut blocks, tasks);
    }
    tasks::phases(&mut blocks, all_phases);
    selected(&mut blocks, "Criteria", criteria);
    fact(&mut blocks, "Criteria that may stay open", &words::codes(criteria_left_open.as_slice(), "or"));
    if let Some(items) = items {
        item_ids(&mut blocks, items);
    }
    selected(&mut blocks, "Sums must add up in", sums);
    if let Some(evidence) = evidence {
        files_made(&mut blocks, evidence);
    }
    selected(&mut blocks, "Documents are named in", names_documents);
    same_values(&mut blocks, agree);
    unique_values(&mut blocks, unique);
    let order = order.iter().map(|times| (0, words::selectors(times, "and")));
    list(&mut blocks, "These times ascend", order.collect());
    let facts = facts.iter().map(|(name, stated)| (0, of_fact(name, stated)));
    list(&mut blocks, "What its text states", facts.collect());
    list(&mut blocks, "What must hold in it", words::relations(claims));
    leftovers(&mut blocks, texts, unfilled_when);
    let levels = severity.iter().map(|(rule, level)| (0, format!("`{rule}`: `{}`", level.name())));
    list(&mut blocks, "Levels of its own", levels.collect());
    blocks
}

/// The places that selectors name, in one line.
fn selected(blocks: &mut Vec<Block>, name: &'static str, places: &OneOrMany<String>) {
    fact(blocks, name, &words::selectors(places.as_slice(), "and"));
}

fn of_fact(name: &str, stated: &format::Fact) -> String {
    let places = words::selectors(stated.places.as_slice(), "or");
    let places = if places.is_empty() { String::new() } else { format!(", in {places}") };
    let code = if stated.code { ", in code blocks" } else { "" };
    format!("{} is written {}{places}{code}", words::code(name), words::few(&stated.shape))
}

fn files_made(blocks: &mut Vec<Block>, evidence: &format::Evidence) {
    let when = evidence.when.as_ref().map_or(String::new(), |when| format!(", when {}", words::condition(when)));
    let places = words::selectors(evidence.from.as_slice(), "and");
    fact(blocks, "Files must exist that are named in", &format!("{places}{when}"));
}

fn unique_values(blocks: &mut Vec<Block>, unique: &[format::Unique]) {
    let unique = unique.iter().map(|unique| {
        let number = if unique.number { "the number in " } else { "" };
        let per =
            unique.per.as_ref().map_or(String::new(), |per| format!(", unless {} is the same", words::selector(per)));
        (0, format!("{number}{}{per}", words::selector(&unique.value)))
    });
    list(blocks, "No two of them share", unique.collect());
}

fn conditions(conditions: &[Condition]) -> Vec<(usize, String)> {
    conditions.iter().map(|one| (0, words::condition(one))).collect()
}

fn title(blocks: &mut Vec<Block>, title: &Title) {
    let (shapes, required) = match title {
        Title::Shape(shape) => (std::slice::from_ref(shape), true),
        Title::Shapes(shapes) => (shapes.as_slice(), true),
        Title::Full { shapes, required } => (shapes.as_slice(), *required),
    };
    let said = if shapes.is_empty() { "any text".to_owned() } else { words::codes(shapes, "or") };
    fact(blocks, "Title", &format!("{said}{}", if required { "" } else { " (need not be there)" }));
}

fn lifecycle(blocks: &mut Vec<Block>, states: &format::Lifecycle) {
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

fn sections(blocks: &mut Vec<Block>, sections: &[format::Section], in_order: bool) {
    let items = sections.iter().map(|section| {
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
    let label = if in_order { "Sections, in this order" } else { "Sections" };
    list(blocks, label, items.collect());
}

/// `name` (remark; remark). Description.
fn described(name: &str, remarks: &[String], description: Option<&str>) -> String {
    let remarks: Vec<&str> = remarks.iter().map(String::as_str).filter(|remark| !remark.is_empty()).collect();
    let remarks = if remarks.is_empty() { String::new() } else { format!(" ({})", remarks.join("; ")) };
    let description = description.map_or(String::new(), |text| format!(": {}", text.trim()));
    format!("{name}{remarks}{description}")
}

fn item_ids(blocks: &mut Vec<Block>, items: &format::Items) {
    let prefixes = if items.prefixes.is_empty() {
        String::new()
    } else {
        format!(", with the prefixes {}", words::codes(&items.prefixes, "and"))
    };
    fact(blocks, "Item IDs", &format!("{}{prefixes}", words::code(&items.id)));
}

fn same_values(blocks: &mut Vec<Block>, agree: &[format::Agree]) {
    let agree = agree.iter().map(|agree| {
        let (places, level) = match agree {
            format::Agree::Plain(places) => (places, None),
            format::Agree::With { values, severity } => (values, *severity),
        };
        let level = level.map_or(String::new(), |level| format!(" (`{}`)", level.name()));
        (0, format!("{}{level}", words::selectors(places, "and")))
    });
    list(blocks, "The same value stands in", agree.collect());
}

fn leftovers(blocks: &mut Vec<Block>, leftovers: &[format::Leftover], unfilled_when: &[Condition]) {
    let texts: usize = leftovers
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
    list(blocks, "It is still the template when all of this is so", conditions(unfilled_when));
}
