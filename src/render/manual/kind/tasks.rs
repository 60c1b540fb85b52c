//! The task lines of a kind and the phases that hold them.

use crate::pack::format::{Phase, Role, Tasks};
use crate::render::manual::kind::described;
use crate::render::manual::{Block, list, words};

pub(super) fn lines(blocks: &mut Vec<Block>, tasks: &Tasks) {
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

pub(super) fn phases(blocks: &mut Vec<Block>, phases: &[Phase]) {
    let phases = phases.iter().map(|phase| {
        let role = match phase.role {
            Role::Shared => "for all: its tasks have no label",
            Role::Group => "for one group: its tasks have its label",
            Role::Any => "",
        };
        let blocking = if phase.blocks.is_some() { "nothing later is done before it" } else { "" };
        // Other spellings stand behind the first.
        let first: Vec<String> =
            phase.parts.iter().map(|part| part.split('|').next().unwrap_or(part).trim().to_owned()).collect();
        let parts =
            if phase.parts.is_empty() { String::new() } else { format!("with {}", words::codes(&first, "and")) };
        let remarks = [role.to_owned(), blocking.to_owned(), parts];
        (0, described(&words::codes(phase.heading.as_slice(), "or"), &remarks, None))
    });
    list(blocks, "Phases", phases.collect());
}
