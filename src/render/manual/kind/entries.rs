//! The lists of entries of a kind: where they stand, their forms and parts.

use crate::pack::format::{Entries, Form, Order, Parts, Required};
use crate::render::manual::kind::required;
use crate::render::manual::{Block, list, words};

pub(super) fn blocks(blocks: &mut Vec<Block>, name: &str, entries: &Entries) {
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
