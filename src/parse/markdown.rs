//! The body of a Markdown document as a flat list of blocks with their places: pulldown-cmark's events, folded into what
//! kinds speak of (items with boxes, callouts, labels, sections). It decides nothing about what a block means.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

use crate::document::{Block, Body, Callout, Checkbox, Label, Line, Link, LinkClass, Section};
use crate::parse::boxes;
use crate::parse::labels;
use crate::text::{Span, Text};

/// What the body of a Markdown document holds.
#[derive(Default)]
pub struct Markdown {
    /// Headings outside lists and quotes.
    pub sections: Vec<Section>,
    /// All blocks in document order.
    pub blocks: Vec<Block>,
    /// `> [!note]` blocks.
    pub callouts: Vec<Callout>,
    /// `**Name**: value`.
    pub labels: Vec<Label>,
    /// Links outside code.
    pub links: Vec<Link>,
    /// Code spans.
    pub code_spans: Vec<Span>,
}

/// Parses the text from byte `body` on.
#[must_use]
pub fn parse(text: &Text, body: usize) -> Markdown {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_WIKILINKS;
    let source = &text.as_str()[body..];
    let mut reader = Reader {
        text,
        base: body,
        found: Markdown::default(),
        stack: Vec::new(),
        inline: None,
        table: None,
        in_code: false,
    };
    let parser = Parser::new_ext(source, options);
    let definitions: Vec<Span> = parser
        .reference_definitions()
        .iter()
        .map(|(_, definition)| Span::from(definition.span.clone()).shifted(body))
        .collect();
    for (event, range) in parser.into_offset_iter() {
        reader.event(event, Span::from(range).shifted(body));
    }
    reader.finish();
    let mut found = reader.found;
    // `- [Name]: [Text]` defines a link to CommonMark; where an item has nothing else, people mean it as text.
    for definition in definitions {
        let item = found.blocks.iter_mut().rev().find(|block| {
            matches!(block.body, Body::Item { .. }) && block.span.contains(definition) && block.line.text.is_empty()
        });
        if let Some(item) = item {
            let line = fold(text, &[text.trimmed(definition)], &[]);
            item.plain = line.clone();
            item.line = line;
        }
    }
    found
}

/// A container that blocks stand in.
enum Container {
    Item { block: usize, filled: bool },
    Quote { end: usize, callout: Option<usize> },
    List { number: Option<u64> },
}

/// The inline content that is being collected.
struct Inline {
    target: Target,
    /// The finished physical lines.
    lines: Vec<Span>,
    /// Where the current physical line starts, once something of it was seen.
    start: Option<usize>,
    end: usize,
    /// Emphasis marks.
    marks: Vec<Span>,
    /// An emphasis whose first inner event has not come yet.
    opened: Option<usize>,
}

#[derive(Clone, Copy)]
enum Target {
    Heading { level: u8, span: Span },
    Paragraph { span: Span },
    Item { block: usize },
}

struct Reader<'a> {
    text: &'a Text,
    base: usize,
    found: Markdown,
    stack: Vec<Container>,
    inline: Option<Inline>,
    table: Option<(Span, Vec<Vec<Line>>)>,
    /// Within a code block, whose text is not read.
    in_code: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::SoftBreak | Event::HardBreak => {
                if let Some(inline) = &mut self.inline {
                    inline.close_line(self.text, span.start);
                }
            }
            Event::Code(_) => {
                self.found.code_spans.push(span);
                self.inline_event(span);
            }
            Event::InlineHtml(_) => {
                self.inline_event(span);
                if self.text.slice(span).starts_with("<!--") {
                    self.push(Body::Comment, span, Line::default(), Line::default());
                }
            }
            Event::Html(_) => {}
            Event::Rule => {
                self.close_inline();
                let span = self.text.trimmed(span);
                self.push(Body::Ruler, span, Line::default(), Line::default());
            }
            Event::Text(_) if self.in_code => {}
            _ => self.inline_event(span),
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Paragraph => {
                self.close_inline();
                let target = match self.stack.last_mut() {
                    Some(Container::Item { block, filled }) if !*filled => {
                        *filled = true;
                        Target::Item { block: *block }
                    }
                    _ => Target::Paragraph { span: self.text.trimmed(span) },
                };
                self.inline = Some(Inline::new(target));
            }
            Tag::Heading { level, .. } => {
                self.close_inline();
                self.fill_item();
                let target = Target::Heading { level: level_number(level), span: self.text.trimmed(span) };
                self.inline = Some(Inline::new(target));
            }
            Tag::BlockQuote(_) => {
                self.close_inline();
                self.fill_item();
                let callout = self.continued(span);
                self.stack.push(Container::Quote { end: span.end, callout });
            }
            Tag::List(number) => {
                self.close_inline();
                self.fill_item();
                self.stack.push(Container::List { number });
            }
            Tag::Item => self.start_item(span),
            Tag::CodeBlock(kind) => {
                self.close_inline();
                self.fill_item();
                let (info, fenced) = match kind {
                    CodeBlockKind::Fenced(info) => (info.to_string(), true),
                    CodeBlockKind::Indented => (String::new(), false),
                };
                self.in_code = true;
                let content = code_content(self.text, span, fenced);
                let body = Body::Code { info, content, fenced };
                self.push(body, self.text.trimmed(span), Line::default(), Line::default());
            }
            Tag::HtmlBlock => {
                self.close_inline();
                self.fill_item();
                self.html(span);
            }
            Tag::Table(_) => {
                self.close_inline();
                self.fill_item();
                self.table = Some((self.text.trimmed(span), Vec::new()));
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some((_, rows)) = &mut self.table {
                    rows.push(Vec::new());
                }
            }
            Tag::TableCell => {
                let cell = self.text.trimmed(span);
                let line = Line::of(self.text.slice(cell), cell.start);
                if let Some((_, rows)) = &mut self.table
                    && let Some(row) = rows.last_mut()
                {
                    row.push(line);
                }
            }
            Tag::Link { link_type, dest_url, .. } => {
                self.inline_event(span);
                let class = match link_type {
                    LinkType::WikiLink { .. } => LinkClass::Wiki,
                    LinkType::Autolink | LinkType::Email => LinkClass::Auto,
                    _ => LinkClass::Markdown,
                };
                self.link(class, &dest_url, span);
            }
            Tag::Image { link_type, dest_url, .. } => {
                self.inline_event(span);
                let class =
                    if matches!(link_type, LinkType::WikiLink { .. }) { LinkClass::Wiki } else { LinkClass::Image };
                self.link(class, &dest_url, span);
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {
                self.inline_event(Span::point(span.start));
                if let Some(inline) = &mut self.inline {
                    inline.opened = Some(span.start);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                if let Some(inline) = &mut self.inline {
                    if inline.end < span.end && inline.end >= span.start {
                        inline.marks.push(Span::new(inline.end, span.end));
                    }
                    inline.end = inline.end.max(span.end);
                }
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Paragraph | TagEnd::Heading(_) => self.close_inline(),
            TagEnd::Link | TagEnd::Image => {
                if let Some(inline) = &mut self.inline {
                    inline.end = inline.end.max(span.end);
                }
            }
            TagEnd::Item => {
                self.close_inline();
                self.stack.pop();
            }
            TagEnd::List(_) | TagEnd::BlockQuote(_) => {
                self.close_inline();
                self.stack.pop();
            }
            TagEnd::Table => {
                if let Some((span, rows)) = self.table.take() {
                    self.push(Body::Table { rows }, span, Line::default(), Line::default());
                }
            }
            _ => {}
        }
    }

    /// An inline event outside any paragraph is the content of a tight list item.
    fn inline_event(&mut self, span: Span) {
        if self.table.is_some() {
            return;
        }
        if self.inline.is_none() {
            let target = match self.stack.last_mut() {
                Some(Container::Item { block, filled }) if !*filled => {
                    *filled = true;
                    Target::Item { block: *block }
                }
                _ => Target::Paragraph { span },
            };
            self.inline = Some(Inline::new(target));
        }
        if let Some(inline) = &mut self.inline {
            inline.see(span);
        }
    }

    fn start_item(&mut self, span: Span) {
        self.close_inline();
        let depth = self.stack.iter().filter(|container| matches!(container, Container::Item { .. })).count();
        let number = match self.stack.last_mut() {
            Some(Container::List { number: Some(number) }) => {
                *number += 1;
                Some(*number - 1)
            }
            _ => None,
        };
        let slice = self.text.slice(span);
        let blanks = slice.len() - slice.trim_start().len();
        let start = span.start + blanks;
        let length = slice[blanks..].find([' ', '\t', '\n', '\r']).unwrap_or(slice.len() - blanks);
        let marker = Span::new(start, start + length);
        let whole = Span::new(start, self.text.trimmed(span).end.max(start));
        let body = Body::Item { depth, number, marker, checkbox: None };
        let block = self.push(body, whole, Line::default(), Line::default());
        self.stack.push(Container::Item { block, filled: false });
    }

    /// What follows in this item is not its first paragraph.
    fn fill_item(&mut self) {
        if let Some(Container::Item { filled, .. }) = self.stack.last_mut() {
            *filled = true;
        }
    }

    fn html(&mut self, span: Span) {
        let slice = self.text.slice(span).to_owned();
        let mut at = 0;
        let mut comments = false;
        while let Some(open) = slice[at..].find("<!--").map(|found| found + at) {
            let close = slice[open..].find("-->").map_or(slice.trim_end().len(), |found| open + found + 3);
            let comment = Span::new(span.start + open, span.start + close.max(open + 4).min(slice.len()));
            self.push(Body::Comment, comment, Line::default(), Line::default());
            comments = true;
            at = close.max(open + 4).min(slice.len());
        }
        if !comments {
            self.push(Body::Html, self.text.trimmed(span), Line::default(), Line::default());
        }
    }

    fn link(&mut self, class: LinkClass, target: &str, span: Span) {
        let section = self.section();
        // In a table the bar before an alias is escaped.
        let target = if class == LinkClass::Wiki { target.trim_end_matches('\\') } else { target };
        self.found.links.push(Link { span, target: target.to_owned(), class, section });
    }

    fn section(&self) -> Option<usize> {
        self.found.sections.len().checked_sub(1)
    }

    fn callout(&self) -> Option<usize> {
        self.stack.iter().rev().find_map(|container| match container {
            Container::Quote { callout, .. } => Some(*callout),
            _ => None,
        })?
    }

    fn push(&mut self, body: Body, span: Span, line: Line, plain: Line) -> usize {
        let parent = self.stack.iter().rev().find_map(|container| match container {
            Container::Item { block, .. } => Some(*block),
            _ => None,
        });
        let quotes = self.stack.iter().filter(|container| matches!(container, Container::Quote { .. })).count();
        let block = Block { span, body, line, plain, section: self.section(), parent, callout: self.callout(), quotes };
        self.found.blocks.push(block);
        self.found.blocks.len() - 1
    }

    fn close_inline(&mut self) {
        let Some(mut inline) = self.inline.take() else { return };
        let end = inline.end;
        inline.close_line(self.text, end);
        let Inline { target, mut lines, marks, .. } = inline;
        if let Target::Heading { level, span } = target {
            self.heading(level, span, &lines, &marks);
            return;
        }
        if !self.stack.iter().any(|container| matches!(container, Container::Quote { .. })) {
            self.paragraph(target, &lines, &marks);
            return;
        }
        // A quote's `[!type]` lines begin callouts; the lines before and after each are paragraphs of their own.
        let mut target = target;
        while let Some(at) = lines.iter().position(|line| callout_class(self.text.slice(*line)).is_some()) {
            let rest = lines.split_off(at + 1);
            let heading = lines.pop().expect("the position just found exists");
            if !lines.is_empty() {
                self.paragraph(target, &lines, &marks);
            }
            self.begin_callout(heading);
            let span = rest.first().map_or(Span::point(heading.end), |first| first.cover(rest[rest.len() - 1]));
            target = Target::Paragraph { span };
            lines = rest;
        }
        if !lines.is_empty() {
            self.paragraph(target, &lines, &marks);
        }
    }

    /// The callout that a quote continues after nothing but blank lines, unless it begins one of its own.
    fn continued(&mut self, span: Span) -> Option<usize> {
        let text = self.text;
        let number = self.found.callouts.len().checked_sub(1)?;
        let callout = &mut self.found.callouts[number];
        let line = text.slice(span).lines().next().unwrap_or_default().trim_start_matches(['>', ' ']);
        let apart = Span::new(callout.span.end, span.start.max(callout.span.end));
        let outer = self.stack.is_empty();
        if !outer || line.starts_with("[!") || !text.slice(apart).trim_matches(['>', ' ', '\n', '\r']).is_empty() {
            return None;
        }
        let place = text.line_span(text.line_at(span.start));
        callout.split.get_or_insert(place);
        callout.span.end = text.trimmed(span).end;
        Some(number)
    }

    fn begin_callout(&mut self, heading: Span) {
        let slice = self.text.slice(heading);
        let Some((class, rest)) = callout_class(slice) else { return };
        let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let title = rest.trim();
        let start = heading.end - (rest.len() - (rest.len() - rest.trim_start().len()));
        let title = Line::of(title, start);
        let class = class.to_lowercase();
        let section = self.section();
        let number = self.found.callouts.len();
        let Some((end, before)) = self.stack.iter_mut().rev().find_map(|container| match container {
            Container::Quote { end, callout } => Some((*end, callout.replace(number))),
            _ => None,
        }) else {
            return;
        };
        if let Some(before) = before {
            self.found.callouts[before].span.end = heading.start;
        }
        let span = Span::new(heading.start, self.text.trimmed(Span::new(heading.start, end)).end);
        self.found.callouts.push(Callout {
            span,
            class,
            title,
            heading,
            split: None,
            merged: before.is_some(),
            section,
        });
    }

    fn heading(&mut self, level: u8, span: Span, lines: &[Span], marks: &[Span]) {
        let line = fold(self.text, lines, &[]);
        let plain = fold(self.text, lines, marks);
        let last_line = self.text.slice(span).lines().next_back().unwrap_or_default().trim();
        let underlined = !self.text.slice(span).starts_with('#');
        // The middle of a merge conflict is no underline either.
        let conflict = last_line == "=======" && self.text.as_str().contains("<<<<<<< ");
        if underlined && (conflict || last_line.starts_with('-') && line.text.starts_with("**")) {
            // A labelled paragraph directly above a ruler is a heading to CommonMark, but nobody means one.
            let span = lines.first().map_or(span, |first| first.cover(lines[lines.len() - 1]));
            self.paragraph(Target::Paragraph { span }, lines, marks);
            return;
        }
        let block = self.push(Body::Heading { level }, span, line, plain.clone());
        if self.stack.is_empty() {
            let number = self.found.sections.len();
            self.found.blocks[block].section = Some(number);
            self.found.sections.push(Section {
                level,
                title: plain.trimmed(),
                heading: span,
                span,
                own_end: span.end,
                parent: None,
                block,
            });
        }
    }

    fn paragraph(&mut self, target: Target, lines: &[Span], marks: &[Span]) {
        // `-[ ] text` is no list item to CommonMark, but it was meant as one.
        let lost = lines.iter().position(|line| boxes::lost(self.text.slice(*line)).is_some());
        let (own, rest) = lines.split_at(lost.unwrap_or(lines.len()));
        let block = match target {
            Target::Item { block } => {
                let line = fold(self.text, own, &[]);
                let plain = fold(self.text, own, marks);
                let (checkbox, skip) = boxes::of_line(&line);
                let cut = |line: &Line| line.sub(skip.min(line.text.len())..line.text.len()).trimmed();
                let (line, plain) = if checkbox.is_some() { (cut(&line), cut(&plain)) } else { (line, plain) };
                let node = &mut self.found.blocks[block];
                node.line = line;
                node.plain = plain;
                if let Body::Item { checkbox: slot, .. } = &mut node.body {
                    *slot = checkbox;
                }
                Some(block)
            }
            Target::Paragraph { .. } | Target::Heading { .. } if own.is_empty() => None,
            Target::Paragraph { span } | Target::Heading { span, .. } => {
                let span = if lost.is_some() { own[0].cover(own[own.len() - 1]) } else { span };
                let line = fold(self.text, own, &[]);
                let plain = fold(self.text, own, marks);
                Some(self.push(Body::Paragraph, span, line, plain))
            }
        };
        if let Some(block) = block {
            let line = self.found.blocks[block].line.clone();
            labels::collect(&line, block, &mut self.found.labels);
        }
        if !rest.is_empty() {
            self.lost_item(rest, marks);
        }
    }

    fn lost_item(&mut self, lines: &[Span], marks: &[Span]) {
        let Some((marker, state, skip)) = boxes::lost(self.text.slice(lines[0])) else { return };
        let start = lines[0].start;
        let next = lines[1..].iter().position(|line| boxes::lost(self.text.slice(*line)).is_some()).map(|at| at + 1);
        let (own, rest) = lines.split_at(next.unwrap_or(lines.len()));
        let line = fold(self.text, own, &[]);
        let plain = fold(self.text, own, marks);
        let checkbox = Checkbox { span: Span::new(start, start + skip), state, malformed: true };
        let depth =
            self.stack.iter().filter(|container| matches!(container, Container::Item { .. })).count().saturating_sub(1);
        let body =
            Body::Item { depth, number: None, marker: Span::new(start, start + marker), checkbox: Some(checkbox) };
        let cut = |line: &Line| line.sub(skip.min(line.text.len())..line.text.len()).trimmed();
        let block = self.push(body, own[0].cover(own[own.len() - 1]), cut(&line), cut(&plain));
        // It stands beside the item whose paragraph swallowed it, not in it.
        let beside = self.found.blocks[block].parent.and_then(|parent| self.found.blocks[parent].parent);
        self.found.blocks[block].parent = beside;
        let line = self.found.blocks[block].line.clone();
        labels::collect(&line, block, &mut self.found.labels);
        if !rest.is_empty() {
            self.lost_item(rest, marks);
        }
    }

    fn finish(&mut self) {
        self.close_inline();
        debug_assert!(self.base <= self.text.len());
        let end = self.text.len();
        let sections = &mut self.found.sections;
        let mut open: Vec<usize> = Vec::new();
        for index in 0..sections.len() {
            let (level, start) = (sections[index].level, sections[index].heading.start);
            if index > 0 {
                sections[index - 1].own_end = start;
            }
            while let Some(&last) = open.last() {
                if sections[last].level < level {
                    break;
                }
                sections[last].span.end = start;
                open.pop();
            }
            sections[index].parent = open.last().copied();
            open.push(index);
        }
        for index in open {
            sections[index].span.end = end;
        }
        if let Some(last) = sections.last_mut() {
            last.own_end = end;
        }
    }
}

impl Inline {
    fn new(target: Target) -> Self {
        Self { target, lines: Vec::new(), start: None, end: 0, marks: Vec::new(), opened: None }
    }

    fn see(&mut self, span: Span) {
        if let Some(opened) = self.opened.take()
            && span.start > opened
        {
            self.marks.push(Span::new(opened, span.start));
        }
        if self.start.is_none() {
            self.start = Some(span.start);
        }
        self.end = self.end.max(span.end);
    }

    fn close_line(&mut self, text: &Text, at: usize) {
        if let Some(start) = self.start.take() {
            let line = text.trimmed(Span::new(start.min(at), at));
            if !line.is_empty() {
                self.lines.push(line);
            }
        }
        self.end = self.end.max(at);
    }
}

/// Folds physical lines into one, leaving out `marks`.
fn fold(text: &Text, lines: &[Span], marks: &[Span]) -> Line {
    let mut line = Line::default();
    for span in lines {
        if !line.text.is_empty() {
            line.text.push(' ');
        }
        let mut at = span.start;
        for mark in marks.iter().filter(|mark| mark.start >= span.start && mark.end <= span.end) {
            if mark.start > at {
                add(&mut line, text, Span::new(at, mark.start));
            }
            at = at.max(mark.end);
        }
        if at < span.end {
            add(&mut line, text, Span::new(at, span.end));
        }
    }
    line
}

fn add(line: &mut Line, text: &Text, span: Span) {
    line.pieces.push((line.text.len(), span.start));
    let slice = text.slice(span);
    if slice.contains(['\n', '\r']) {
        // A code span over several lines: one byte stays one byte.
        line.text.extend(slice.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c }));
    } else {
        line.text.push_str(slice);
    }
}

/// The word of a `[!word]` line and what follows the bracket.
fn callout_class(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("[!")?;
    let close = rest.find(']')?;
    let class = &rest[..close];
    let word = !class.is_empty() && class.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    word.then(|| (class, &rest[close + 1..]))
}

fn code_content(text: &Text, span: Span, fenced: bool) -> Span {
    if !fenced {
        return text.trimmed(span);
    }
    let slice = text.slice(span);
    let Some(first) = slice.find('\n').map(|at| at + 1) else { return Span::point(span.end) };
    let body = slice.trim_end();
    let last = body.rfind('\n').map_or(first, |at| at + 1).max(first);
    let closing = body[last.min(body.len())..].trim_start_matches([' ', '>', '\t']);
    let closed = closing.starts_with("```") || closing.starts_with("~~~");
    let end = if closed { last } else { body.len().max(first) };
    Span::new(span.start + first, span.start + end)
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
