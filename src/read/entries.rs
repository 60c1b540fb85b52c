//! Entries: the items of a log and the steps of a plan, with their parts. A block that is nearly an entry is kept as a
//! [`NearEntry`] with the nearest shape and the first place where it departs from it.

use std::ops::Range;
use std::sync::Arc;

use crate::document::{Block, Body, Capture, Document, Entry, Line, NearEntry, Parsed, Part, TimeValue, Violation};
use crate::pack::Kind;
use crate::pack::compile::{EntryBlock, EntryRules, FormRule};
use crate::pack::schema::one_of;
use crate::pack::shape::{Hole, Shape, nearest};
use crate::read::fields::short;
use crate::read::times_of;
use crate::select::{Scope, regions};
use crate::text::Span;
use crate::time::{Demand, Timestamp};

/// Reads the entries of all lists.
pub fn read(document: &mut Document, kind: &Arc<Kind>) {
    // Headings before bold lines before items: an item within an entry of another list is a detail of it.
    let mut lists: Vec<&EntryRules> = kind.body().entries.iter().collect();
    lists.sort_by_key(|rules| {
        let rank = |block: &EntryBlock| match block {
            EntryBlock::Heading(_) => 0,
            EntryBlock::Bold => 1,
            EntryBlock::Paragraph | EntryBlock::Row => 2,
            EntryBlock::Item => 3,
        };
        rules.blocks.iter().map(rank).min()
    });
    for rules in &lists {
        let regions = regions(document, &rules.under);
        for region in regions {
            read_region(document, rules, &lists, region);
        }
    }
    document.entries.sort_by_key(|entry| entry.span);
    document.near_entries.sort_by_key(|entry| entry.line.offset(0));
}

/// Headings that hold entries and should give their day, but do not.
fn undated(document: &mut Document, rules: &EntryRules, entries: &[(Entry, &FormRule)]) {
    let Some(shape) = &rules.dated_by else { return };
    let parsed = &document.parsed;
    let mut seen: Vec<Option<usize>> = Vec::new();
    let mut found = Vec::new();
    for (entry, _) in entries {
        let own = parsed.blocks[entry.block].section.map(|section| &parsed.sections[section]);
        // A heading's own section is the entry; the day is above it.
        let above = own.and_then(|section| if section.block == entry.block { section.parent } else { None });
        if seen.contains(&above) {
            continue;
        }
        seen.push(above);
        let mut chain = above;
        let mut dated = false;
        while let Some(index) = chain {
            dated |= shape.fits(&parsed.sections[index].title).is_some();
            chain = parsed.sections[index].parent;
        }
        if dated || entry.when_is_dated() {
            continue;
        }
        let holder = above.map(|index| &parsed.sections[index]).filter(|section| section.level > 1);
        let line = holder.map_or_else(|| entry.line.clone(), |section| section.title.clone());
        found.push(NearEntry {
            list: rules.name.as_str().into(),
            departs: line.whole(),
            line,
            shape: shape.display(),
            expected: String::new(),
            place: Some(String::new()),
        });
    }
    document.near_entries.extend(found);
}

/// A block that may be an entry.
struct Candidate {
    block: usize,
    line: Line,
    span: Span,
    captures: Option<Vec<Capture>>,
    /// For a row of a table: its columns and cells.
    cells: Option<Vec<(Line, Line)>>,
    /// It has the form of an entry, but not the place: another level of heading, a paragraph.
    stray: bool,
}

fn read_region(document: &mut Document, rules: &EntryRules, lists: &[&EntryRules], region: Span) {
    let mut candidates = candidates(&document.parsed, rules, lists, region);
    if rules.blocks == [EntryBlock::Item] {
        candidates
            .retain(|candidate| !document.entries.iter().any(|entry| entry.span.contains(candidate.line.whole())));
    }
    let mut entries = Vec::new();
    for candidate in candidates {
        let Some(_) = &candidate.captures else {
            let mut near = near_entry(rules, &candidate);
            near.place = candidate.stray.then(|| block_words(&rules.blocks));
            document.near_entries.push(near);
            continue;
        };
        match entry(document, rules, &candidate) {
            Some(entry) => entries.push(entry),
            None => {
                let near = near_entry(rules, &candidate);
                document.near_entries.push(near);
            }
        }
    }
    undated(document, rules, &entries);
    let mut dates: Vec<Span> = Vec::new();
    for (entry, form) in &mut entries {
        let own = entry.captures.len();
        part_shapes(document, rules, form, entry);
        entry.when = when(document, rules, entry, own, &mut dates);
        let times = times_of(&entry.captures, false);
        document.times.extend(times);
    }
    document.entries.extend(entries.into_iter().map(|(entry, _)| entry));
}

fn candidates(parsed: &Parsed, rules: &EntryRules, lists: &[&EntryRules], region: Span) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut ends: Vec<(usize, usize)> = Vec::new();
    for (index, block) in parsed.blocks.iter().enumerate() {
        if block.span.start < region.start || block.span.end > region.end {
            continue;
        }
        if let Body::Heading { level } = block.body {
            ends.push((block.span.start, usize::from(level)));
        }
        if let (Body::Table { rows }, true) = (&block.body, rules.blocks.contains(&EntryBlock::Row)) {
            rows_of(index, rows, rules, &mut found);
            continue;
        }
        let Some(line) = line_of(block, &rules.blocks) else {
            if let Some(line) = stray(parsed, index, rules, lists).filter(|_| block.span.start != region.start) {
                found.push(Candidate {
                    block: index,
                    line,
                    span: block.span,
                    captures: None,
                    cells: None,
                    stray: true,
                });
            }
            continue;
        };
        if line.text.is_empty() || block.span.start == region.start {
            continue;
        }
        let shapes = || rules.forms.iter().flat_map(|form| &form.shapes);
        let captures = shapes().find_map(|shape| shape.fits(&line));
        let meant =
            captures.is_some() || rules.format.every || rules.near.iter().any(|shape| shape.begins(&line).is_some());
        // What is struck out is no entry that could be wrong.
        let struck = captures.is_none() && block.line.text.starts_with("~~");
        if meant && !struck {
            found.push(Candidate { block: index, line, span: block.span, captures, cells: None, stray: false });
        }
    }
    // An entry ends where the next begins, at the end of the region, or at a heading that is not below it.
    let starts: Vec<usize> = found.iter().map(|candidate| candidate.span.start).collect();
    for (number, candidate) in found.iter_mut().enumerate() {
        let level = match parsed.blocks[candidate.block].body {
            Body::Heading { level } => usize::from(level),
            _ => 6,
        };
        if candidate.cells.is_some() {
            continue;
        }
        let start = candidate.span.start;
        let mut end = region.end;
        if let Some(next) = starts.get(number + 1) {
            end = end.min(*next);
        }
        let after = ends.partition_point(|(at, _)| *at <= start);
        let mut below = ends[after..].iter().take_while(|(at, _)| *at < end);
        if let Some((heading, _)) = below.find(|(_, other)| *other <= level) {
            end = end.min(*heading);
        }
        candidate.span = parsed.text.trimmed(Span::new(start, end.max(start)));
    }
    found
}

/// The line of a block that has the form of a heading's entry, with a time or number in it, but is a heading of another
/// level or a paragraph; and no other list takes it.
fn stray(parsed: &Parsed, index: usize, rules: &EntryRules, lists: &[&EntryRules]) -> Option<Line> {
    let block = &parsed.blocks[index];
    let headings = rules.blocks.iter().all(|sort| matches!(sort, EntryBlock::Heading(Some(_))));
    if !headings || block.parent.is_some() || block.quotes > 0 {
        return None;
    }
    let line = match block.body {
        Body::Heading { .. } => block.plain.trimmed(),
        Body::Paragraph => {
            // `###14:30 - …`: without a blank the marks make no heading.
            let line = first_line(block);
            let bare = line.text.trim_start_matches('#').len();
            line.sub(line.text.len() - bare..line.text.len()).trimmed()
        }
        _ => return None,
    };
    // Prose may speak of a step by its number; an entry without a time is meant where one of its parts follows.
    let followed = || {
        let end = parsed.blocks[index + 1..]
            .iter()
            .find(|block| matches!(block.body, Body::Heading { .. }))
            .map_or(parsed.text.len(), |heading| heading.span.start);
        let first = parsed.labels.partition_point(|label| label.name_span.start < block.span.end);
        parsed.labels[first..].iter().take(3).any(|label| label.span.end <= end && is_known(label.name.trim(), rules))
    };
    let timed = |shape: &&Shape| {
        shape
            .holes()
            .any(|(_, hole)| matches!(hole, Hole::Date | Hole::Time | Hole::Datetime | Hole::Timestamp | Hole::Instant))
    };
    let telling = |shape: &&Shape| {
        shape.holes().any(|(_, hole)| {
            matches!(
                hole,
                Hole::Date | Hole::Time | Hole::Datetime | Hole::Timestamp | Hole::Instant | Hole::Step | Hole::Int
            )
        })
    };
    let fits = |rules: &EntryRules| {
        rules.forms.iter().flat_map(|form| &form.shapes).filter(telling).any(|shape| shape.fits(&line).is_some())
    };
    let taken =
        lists.iter().any(|other| other.name != rules.name && line_of(block, &other.blocks).is_some() && fits(other));
    // A heading that gives the day is none of its entries.
    let day = rules.dated_by.as_ref().is_some_and(|shape| shape.fits(&line).is_some());
    let by_time =
        || rules.forms.iter().flat_map(|form| &form.shapes).filter(timed).any(|shape| shape.fits(&line).is_some());
    (!line.text.is_empty() && fits(rules) && !taken && !day && (by_time() || followed())).then_some(line)
}

/// The blocks that can be entries, in words.
fn block_words(blocks: &[EntryBlock]) -> String {
    let words: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            EntryBlock::Heading(Some(level)) => {
                format!("a heading of level {level} (`{}`)", "#".repeat(usize::from(*level)))
            }
            EntryBlock::Heading(None) => "a heading".to_owned(),
            EntryBlock::Bold => "a bold line".to_owned(),
            EntryBlock::Item => "a list item".to_owned(),
            EntryBlock::Paragraph => "a paragraph".to_owned(),
            EntryBlock::Row => "a row of a table".to_owned(),
        })
        .collect();
    words.join(" or ")
}

/// The rows of a table that fit a shape, or are meant to.
fn rows_of(block: usize, rows: &[Vec<Line>], rules: &EntryRules, found: &mut Vec<Candidate>) {
    let Some((head, rows)) = rows.split_first() else { return };
    for row in rows {
        let mut line = Line::default();
        // Empty cells at the end have no bytes of their own that the line could end in.
        let filled = row.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
        for cell in &row[..filled] {
            if !line.text.is_empty() {
                line.text.push_str(" | ");
            }
            line.pieces.push((line.text.len(), cell.offset(0)));
            line.text.push_str(&cell.text);
        }
        let captures = rules.forms.iter().flat_map(|form| &form.shapes).find_map(|shape| shape.fits(&line));
        let meant =
            captures.is_some() || rules.format.every || rules.near.iter().any(|shape| shape.begins(&line).is_some());
        if meant && !line.text.trim_matches([' ', '|']).is_empty() {
            let cells = head.iter().cloned().zip(row.iter().cloned()).collect();
            found.push(Candidate { block, span: line.whole(), line, captures, cells: Some(cells), stray: false });
        }
    }
}

/// The line that a shape sees, if the block is of a sort that can be an entry.
fn line_of(block: &Block, sorts: &[EntryBlock]) -> Option<Line> {
    let fits = sorts.iter().any(|sort| match (sort, &block.body) {
        (EntryBlock::Heading(None), Body::Heading { .. }) | (EntryBlock::Paragraph, Body::Paragraph) => true,
        (EntryBlock::Heading(Some(wanted)), Body::Heading { level }) => wanted == level,
        (EntryBlock::Bold, Body::Paragraph) => block.line.text.starts_with("**"),
        (EntryBlock::Item, Body::Item { .. }) => block.parent.is_none(),
        _ => false,
    });
    if !fits {
        return None;
    }
    Some(match block.body {
        Body::Paragraph => first_line(block),
        _ => block.plain.trimmed(),
    })
}

/// The first physical line of a paragraph, without emphasis.
fn first_line(block: &Block) -> Line {
    let Some((_, second)) = block.line.pieces.get(1) else { return block.plain.trimmed() };
    let end =
        block.plain.pieces.iter().find(|(_, source)| source >= second).map_or(block.plain.text.len(), |(at, _)| *at);
    block.plain.sub(0..end).trimmed()
}

fn near_entry(rules: &EntryRules, candidate: &Candidate) -> NearEntry {
    let shapes = rules.forms.iter().flat_map(|form| &form.shapes);
    let (shape, departs, expected) = match nearest(shapes, &candidate.line) {
        Some((shape, departure)) => {
            let at = departure.at.min(candidate.line.text.len());
            let rest = candidate.line.text[at..].chars().next().map_or(0, |_| candidate.line.text.len() - at);
            (shape.display(), candidate.line.span(at..at + rest), departure.expected)
        }
        None => (String::new(), candidate.line.whole(), String::new()),
    };
    NearEntry { list: rules.name.as_str().into(), line: candidate.line.clone(), shape, departs, expected, place: None }
}

/// The entry of a candidate, with its form.
fn entry<'r>(document: &Document, rules: &'r EntryRules, candidate: &Candidate) -> Option<(Entry, &'r FormRule)> {
    let struck = document.parsed.blocks[candidate.block].line.text.contains("~~");
    let mut entry = Entry {
        list: rules.name.as_str().into(),
        form: rules.name.as_str().into(),
        line: candidate.line.clone(),
        block: candidate.block,
        span: candidate.span,
        captures: Vec::new(),
        parts: parts(&document.parsed, rules, candidate),
        when: None,
        struck,
    };
    for form in &rules.forms {
        let Some(captures) = form.shapes.iter().find_map(|shape| shape.fits(&candidate.line)) else { continue };
        entry.captures = captures;
        let scope = Scope::alone(document).entry(&entry);
        if form.when.as_ref().is_some_and(|when| !scope.holds(when)) {
            continue;
        }
        entry.form = form.name.as_str().into();
        for part in &mut entry.parts {
            part.name = canonical(&part.name, rules);
        }
        return Some((entry, form));
    }
    None
}

/// The parts of an entry: its labels, and its `- Name: value` items.
fn parts(parsed: &Parsed, rules: &EntryRules, candidate: &Candidate) -> Vec<Part> {
    let region = candidate.span;
    let own_line = candidate.line.whole();
    let mut found: Vec<Part> = Vec::new();
    if let Some(cells) = &candidate.cells {
        return cells
            .iter()
            .map(|(name, value)| Part {
                name: canonical(name.text.trim_matches(['*', ' ', '`']), rules),
                // An empty cell has no place of its own.
                name_span: if value.text.is_empty() { own_line } else { value.whole() },
                value: value.clone(),
                span: value.whole(),
                empty: value.text.trim().is_empty(),
            })
            .collect();
    }
    // Labels and blocks are in document order.
    let first = parsed.labels.partition_point(|label| label.name_span.start < region.start);
    for label in parsed.labels[first..].iter().take_while(|label| label.name_span.start < region.end) {
        if !region.contains(label.span) || label.name_span.start < own_line.end {
            continue;
        }
        let nested = parsed.blocks[label.block].parent.is_some_and(|parent| parent != candidate.block);
        if nested && !is_known(label.name.trim(), rules) {
            continue;
        }
        // A label that begins its item has the whole item.
        let block = &parsed.blocks[label.block];
        let begins = matches!(block.body, Body::Item { .. }) && label.span.start <= block.line.offset(0);
        found.push(Part {
            name: canonical(label.name.trim(), rules),
            name_span: label.name_span,
            value: label.value.clone(),
            span: if begins { block.span.cover(label.span) } else { label.span },
            empty: label.value.text.trim().is_empty(),
        });
    }
    let bold = !found.is_empty();
    for block in &parsed.blocks[candidate.block..] {
        if block.span.start >= region.end {
            break;
        }
        let Body::Item { .. } = block.body else { continue };
        if !region.contains(block.span) || block.span.start < own_line.end {
            continue;
        }
        let Some(colon) = block.line.text.find(':') else { continue };
        let name = block.line.text[..colon].trim();
        let plausible = !name.is_empty() && name.len() <= 40 && !name.contains(['*', '`', '[']);
        let deep = block.parent.is_some_and(|parent| parent != candidate.block);
        // Where parts are bold, an item with a colon is content.
        if !plausible || ((deep || bold) && !is_known(name, rules)) {
            continue;
        }
        let at = block.line.text.find(name).unwrap_or(0);
        let value = block.line.sub(colon + 1..block.line.text.len()).trimmed();
        found.push(Part {
            name: canonical(name, rules),
            name_span: block.line.span(at..at + name.len()),
            empty: value.text.is_empty(),
            value,
            span: block.span,
        });
    }
    found.sort_by_key(|part| part.name_span);
    // A part ends where the block or label of the next one begins.
    let starts: Vec<usize> = found.iter().map(|part| part.span.start).collect();
    for (number, part) in found.iter_mut().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(region.end).max(part.span.start);
        part.span = parsed.text.trimmed(Span::new(part.span.start, end));
        if part.empty {
            let from = part.name_span.end;
            let is_item = |block: &&Block| matches!(block.body, Body::Item { .. });
            let blocks = &parsed.blocks[candidate.block..];
            let blocks = &blocks[..blocks.partition_point(|block| block.span.start < region.end)];
            let own = blocks
                .iter()
                .filter(is_item)
                .find(|block| block.span.contains(part.name_span) && block.line.offset(0) + 2 >= part.name_span.start);
            part.empty = !blocks.iter().any(|block| {
                // A paragraph after the list is not the content of one of its items.
                let after = own.is_some_and(|own| !own.span.contains(block.span)) && !is_item(&block);
                block.span.start >= from
                    && block.span.start < end
                    && !after
                    && !matches!(block.body, Body::Ruler | Body::Comment)
                    && !(matches!(block.body, Body::Item { .. }) && block.line.text.trim().is_empty())
            });
        }
    }
    found
}

fn names(rules: &EntryRules) -> impl Iterator<Item = &String> {
    rules.forms.iter().flat_map(|form| {
        let parts = &form.parts;
        parts.required.iter().chain(parts.required_when.iter().map(|(name, _)| name)).chain(&parts.optional)
    })
}

fn is_known(name: &str, rules: &EntryRules) -> bool {
    let aliases = rules.forms.iter().flat_map(|form| &form.parts.aliases).map(|(spelling, _)| spelling);
    names(rules).chain(aliases).any(|known| known.eq_ignore_ascii_case(name))
}

fn canonical(name: &str, rules: &EntryRules) -> String {
    let mut aliases = rules.forms.iter().flat_map(|form| &form.parts.aliases);
    if let Some((_, known)) = aliases.find(|(spelling, _)| spelling.eq_ignore_ascii_case(name)) {
        return known.clone();
    }
    names(rules).find(|known| known.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

/// A part's value without emphasis and back-ticks around it.
fn bare(value: &Line) -> Line {
    let mut line = value.trimmed();
    for mark in ["**", "`", "\""] {
        if line.text.len() > 2 * mark.len() && line.text.starts_with(mark) && line.text.ends_with(mark) {
            line = line.sub(mark.len()..line.text.len() - mark.len());
        }
    }
    line
}

/// Fits the values of parts to their shapes and closed lists; what they catch belongs to the entry.
fn part_shapes(document: &mut Document, rules: &EntryRules, form: &FormRule, entry: &mut Entry) {
    let mut captured = Vec::new();
    for part in &entry.parts {
        let value = bare(&part.value);
        if value.text.is_empty() {
            continue;
        }
        let shapes = form.parts.shapes.iter().find(|(name, _)| *name == part.name).map(|(_, shapes)| shapes);
        if let Some(shapes) = shapes {
            match shapes.iter().find_map(|shape| shape.fits(&value)) {
                Some(captures) => captured.extend(captures),
                None => {
                    let (expected, at) = expectation(shapes, &value);
                    let violation = violation(rules, entry, part.name.clone(), &value, at, "pattern", expected);
                    document.violations.push(violation);
                }
            }
        }
        let values = form.parts.values.iter().find(|(name, _)| *name == part.name).map(|(_, values)| values);
        if let Some(values) = values
            && !values.iter().any(|(_, shape)| shape.fits(&value).is_some())
        {
            let allowed: Vec<String> = values.iter().map(|(_, shape)| shape.display()).collect();
            let expected = one_of(&allowed);
            let whole = 0..value.text.len();
            let mut violation = violation(rules, entry, part.name.clone(), &value, whole, "enum", expected);
            violation.allowed = allowed;
            document.violations.push(violation);
        }
    }
    entry.captures.extend(captured);
    for (name, values) in &form.parts.values {
        let captures = entry.captures.iter().filter(|capture| capture.name == *name);
        for capture in captures.filter(|_| !is_known(name, rules)) {
            if values
                .iter()
                .any(|(word, shape)| word.eq_ignore_ascii_case(&capture.text) || shape.fits_str(&capture.text))
            {
                continue;
            }
            let allowed: Vec<String> = values.iter().map(|(_, shape)| shape.display()).collect();
            let value = Line::of(&capture.text, capture.span.start);
            let whole = 0..value.text.len();
            // What a part's shape caught is reported as that part.
            let part = entry.parts.iter().find(|part| part.value.whole().contains(capture.span));
            let field = part.map_or_else(|| name.clone(), |part| part.name.clone());
            let mut found = violation(rules, entry, field, &value, whole, "enum", one_of(&allowed));
            found.span = capture.span;
            found.allowed = allowed;
            document.violations.push(found);
        }
    }
}

fn expectation(shapes: &[Shape], value: &Line) -> (String, Range<usize>) {
    let shown: Vec<String> = shapes.iter().map(Shape::display).collect();
    (one_of(&shown), 0..value.text.len())
}

fn violation(
    rules: &EntryRules,
    entry: &Entry,
    field: String,
    value: &Line,
    range: Range<usize>,
    keyword: &str,
    expected: String,
) -> Violation {
    Violation {
        keyword: keyword.to_owned(),
        pointer: format!("{}/{}", rules.name, field),
        field,
        span: value.span(range),
        found: short(&value.text),
        expected,
        allowed: Vec::new(),
        description: None,
        because: None,
        entry: Some((
            rules.format.called.clone(),
            // Of a row its first cell names it.
            short(entry.line.text.split(" | ").next().unwrap_or_default()).replace('`', "'"),
            entry.line.whole(),
        )),
        severity: None,
    }
}

/// When an entry was written: its own date and time, with the day that the heading above it gives.
fn when(
    document: &mut Document,
    rules: &EntryRules,
    entry: &Entry,
    own: usize,
    dates: &mut Vec<Span>,
) -> Option<(Timestamp, Span)> {
    let mut found: Option<(Timestamp, Span)> = None;
    for (number, capture) in entry.captures.iter().enumerate() {
        // What parts catch is the entry's time only under these names; other times are times of something else.
        if number >= own && !["when", "at", "date", "day", "time"].contains(&capture.name.as_str()) {
            continue;
        }
        let format = match capture.hole {
            Hole::Date => "date",
            Hole::Time => "time",
            Hole::Datetime => "local-date-time",
            Hole::Timestamp | Hole::Instant => "timestamp",
            _ => continue,
        };
        let parsed = Demand::of_format(format).and_then(|demand| crate::time::parse(&capture.text, demand).ok());
        // A time that cannot be read is no reason to take another one.
        let time = parsed?;
        found = match found {
            None => Some((time, capture.span)),
            Some((mut known, span)) => {
                if known.time.is_none() && known.offset.is_none() && time.date.is_none() {
                    known.time = time.time;
                    Some((known, span.cover(capture.span)))
                } else {
                    Some((known, span))
                }
            }
        };
    }
    let Some(shape) = &rules.dated_by else { return found };
    let mut section = document.parsed.blocks[entry.block].section;
    while let Some(index) = section {
        let heading = &document.parsed.sections[index];
        section = heading.parent;
        let Some(captures) = shape.fits(&heading.title) else { continue };
        let day = captures.iter().find(|capture| capture.hole == Hole::Date)?;
        if !dates.contains(&day.span) {
            dates.push(day.span);
            let times: Vec<TimeValue> = times_of(&captures, false);
            document.times.extend(times);
        }
        let date = Demand::of_format("date").and_then(|demand| crate::time::parse(&day.text, demand).ok())?.date?;
        return found.map(|(time, span)| if time.date.is_none() { (time.with_date(date), span) } else { (time, span) });
    }
    found
}
