//! Shapes of paths: `tasks/{folder}/**/{task-id:id}-{slug}.md`. Written like the shapes of lines, with `**/` for any
//! folders and `*` for any text without a slash; a hole for text stays within one segment of the path.
//!
//! A path fits when its end does, from any folder boundary on: a workspace may lie deep in a repository. What precedes
//! is the root.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};

use crate::pack::shape::grammar::{self, HoleSegment, Segment};
use crate::pack::shape::{Hole, ShapeError};

/// The grammar of a path. Slashes are forward slashes.
#[derive(Clone)]
pub struct PathShape {
    source: String,
    segments: Vec<Segment>,
    /// The segments up to the last slash.
    folder: Vec<Segment>,
    /// Text that every fitting path holds: checked before any expression is built.
    needs: String,
    whole: OnceLock<Regex>,
    beside: OnceLock<Regex>,
}

/// What a path shape catches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMatch {
    /// What precedes the shape: nothing, or folders with a slash at their end.
    pub root: String,
    /// Name, text and place in the path of each hole, in the order of the source.
    pub captures: Vec<(String, String, Range<usize>)>,
}

impl PathMatch {
    /// The text of the first hole of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.captures.iter().find(|(known, _, _)| known == name).map(|(_, text, _)| text.as_str())
    }
}

impl fmt::Debug for PathShape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PathShape({:?})", self.source)
    }
}

impl PathShape {
    /// Reads the shape's source.
    ///
    /// # Errors
    /// The first place where the source is no shape.
    pub fn compile(source: &str) -> Result<Self, ShapeError> {
        let segments = grammar::parse(source)?;
        let pieces = segments.iter().filter_map(|segment| match segment {
            Segment::Literal(text) => Some(text.split("**/").flat_map(|text| text.split('*'))),
            _ => None,
        });
        let needs = pieces.flatten().max_by_key(|piece| piece.len()).unwrap_or_default().to_owned();
        Ok(Self {
            source: source.to_owned(),
            folder: folder_of(&segments),
            segments,
            needs,
            whole: OnceLock::new(),
            beside: OnceLock::new(),
        })
    }

    /// The source, as the pack writes it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of its holes, in the order of the source.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        grammar::holes(&self.segments)
            .into_iter()
            .map(|hole| hole.name.as_str())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// What the holes catch, if the path ends with this shape; of several folder boundaries the last one counts.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<PathMatch> {
        if !path.contains(&self.needs) || !self.whole().is_match(path) {
            return None;
        }
        self.whole().captures(path).map(|found| read(&self.segments, &found))
    }

    /// What the holes of the folders catch, if the path lies where the shape says but has another file name.
    #[must_use]
    pub fn near(&self, path: &str) -> Option<PathMatch> {
        if self.folder.is_empty() || self.whole().is_match(path) {
            return None;
        }
        let regex = self.beside.get_or_init(|| build(&self.folder, "[^/]+"));
        regex.captures(path).map(|found| read(&self.folder, &found))
    }

    /// The path with these values in its holes. A hole without a value is written `{name}`, optional parts without
    /// values and `**/` are left out.
    #[must_use]
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let mut path = String::new();
        fill(&self.segments, values, &mut path);
        path
    }

    fn whole(&self) -> &Regex {
        self.whole.get_or_init(|| build(&self.segments, ""))
    }
}

/// The segments up to and with the last slash outside groups and holes.
fn folder_of(segments: &[Segment]) -> Vec<Segment> {
    for (place, segment) in segments.iter().enumerate().rev() {
        if let Segment::Literal(text) = segment
            && let Some(slash) = text.rfind('/')
        {
            let mut folder = segments[..place].to_vec();
            folder.push(Segment::Literal(text[..=slash].to_owned()));
            return folder;
        }
    }
    Vec::new()
}

fn build(segments: &[Segment], after: &str) -> Regex {
    // The root takes as much as it can, so that the last folder boundary wins.
    let mut pattern = "^((?:.*/)?)(?:".to_owned();
    write(segments, &mut pattern);
    pattern.push(')');
    pattern.push_str(after);
    pattern.push('$');
    RegexBuilder::new(&pattern)
        .size_limit(1 << 27)
        .build()
        .expect("the length and depth of a shape are limited, and its literals are escaped")
}

fn write(segments: &[Segment], out: &mut String) {
    for (place, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Literal(text) => write_literal(text, place + 1 == segments.len(), out),
            Segment::Hole(hole) => {
                out.push('(');
                write_hole(hole, out);
                out.push_str(if hole.optional { ")?" } else { ")" });
            }
            Segment::Group { alternatives, optional } => {
                out.push_str("(?:");
                for (place, alternative) in alternatives.iter().enumerate() {
                    if place > 0 {
                        out.push('|');
                    }
                    write(alternative, out);
                }
                out.push_str(if *optional { ")?" } else { ")" });
            }
        }
    }
}

fn write_literal(text: &str, last: bool, out: &mut String) {
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/") {
            out.push_str("(?:[^/]+/)*");
            rest = after;
        } else if last && rest == "**" {
            out.push_str(".*");
            rest = "";
        } else {
            if char == '*' {
                out.push_str("[^/]*");
            } else {
                out.push_str(&regex::escape(&rest[..char.len_utf8()]));
            }
            rest = &rest[char.len_utf8()..];
        }
    }
}

fn write_hole(hole: &HoleSegment, out: &mut String) {
    match hole.hole {
        Hole::Text => out.push_str("[^/]+?"),
        Hole::Rest | Hole::Any => out.push_str("[^/]*?"),
        Hole::Word => out.push_str(r"[^/\s]+"),
        Hole::Path => out.push_str(".+?"),
        Hole::OneOf => {
            let choices: Vec<_> = hole.longest_first().into_iter().map(regex::escape).collect();
            out.push_str(&choices.join("|"));
        }
        other => other.write_pattern(out),
    }
}

fn read(segments: &[Segment], found: &Captures<'_>) -> PathMatch {
    let holes = grammar::holes(segments);
    let captures = holes
        .into_iter()
        .zip(found.iter().skip(2))
        .filter_map(|(hole, group)| {
            let group = group.filter(|_| !hole.name.is_empty())?;
            Some((hole.name.clone(), group.as_str().to_owned(), group.range()))
        })
        .collect();
    PathMatch { root: found.get(1).map_or("", |root| root.as_str()).to_owned(), captures }
}

fn fill(segments: &[Segment], values: &[(&str, &str)], out: &mut String) {
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    for segment in segments {
        match segment {
            Segment::Literal(text) => out.push_str(&text.replace("**/", "")),
            Segment::Hole(hole) => match value(&hole.name) {
                Some(value) => out.push_str(value),
                None if hole.optional => {}
                None => out.push_str(&format!("{{{}}}", hole.name)),
            },
            Segment::Group { alternatives, optional } => {
                let known = |segments: &&Vec<Segment>| {
                    let holes = grammar::holes(segments);
                    holes.iter().all(|hole| value(&hole.name).is_some()) && !(*optional && holes.is_empty())
                };
                let fallback = if *optional { None } else { alternatives.first() };
                if let Some(chosen) = alternatives.iter().find(known).or(fallback) {
                    fill(chosen, values, out);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(source: &str) -> PathShape {
        PathShape::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"))
    }

    /// Root and captures as `root|name=text|…`, and a check of the places.
    fn caught(found: Option<PathMatch>, path: &str) -> String {
        let Some(found) = found else { return "-".to_owned() };
        let mut shown = found.root;
        for (name, text, range) in found.captures {
            assert_eq!(path[range], text);
            shown.push_str(&format!("|{name}={text}"));
        }
        shown
    }

    #[test]
    fn paths_fit_at_any_folder_boundary() {
        let task = "tasks/{folder}/**/{task-id:id}-{slug}.md";
        for (source, path, expected) in [
            (task, "tasks/backlog/IN-007-add-dns.md", "|folder=backlog|task-id=IN-007|slug=add-dns"),
            (task, "a/b/tasks/done/2025-Q4/IN-7-x.md", "a/b/|folder=done|task-id=IN-7|slug=x"),
            (task, "mytasks/backlog/IN-007-x.md", "-"),
            (task, "tasks/IN-007-x.md", "-"),
            (task, "tasks/a/tasks/b/IN-1-x.md", "tasks/a/|folder=b|task-id=IN-1|slug=x"),
            ("docs/{slug}-{part=plan|plan-old}.md", "docs/x-plan-old.md", "|slug=x|part=plan-old"),
            ("{run}/report.md", "a/b/report.md", "a/|run=b"),
            ("*.config.yaml", "a/.x.config.yaml", "a/"),
            ("notes/**", "a/notes/b/c.md", "a/"),
            ("{(plan|milestones)}{? {n:int}}.md", "x/plan 2.md", "x/|n=2"),
            ("runs/{date:date}/**/{file:path}", "runs/2025-11-01/a/b.md", "|date=2025-11-01|file=b.md"),
            ("a.md", "a-md", "-"),
        ] {
            assert_eq!(caught(shape(source).matches(path), path), expected, "{source} on {path}");
        }
    }

    #[test]
    fn a_file_beside_is_near() {
        let task = shape("tasks/{folder=backlog|current}/**/{task-id:id}-{slug}.md");
        let near = |path: &str| caught(task.near(path), path);
        assert_eq!(near("x/tasks/backlog/q/add-dns.md"), "x/|folder=backlog");
        assert_eq!(near("tasks/backlog/IN-007-x.md"), "-");
        assert_eq!(near("tasks/later/add-dns.md"), "-");
        assert_eq!(caught(shape("plan.md").near("plans.md"), "plans.md"), "-");
    }

    #[test]
    fn paths_are_written_from_values() {
        let task = shape("tasks/{folder}/**/{task-id:id}-{slug}.md");
        assert_eq!(task.fill(&[("folder", "done"), ("task-id", "IN-1"), ("slug", "x")]), "tasks/done/IN-1-x.md");
        assert_eq!(task.fill(&[("folder", "done")]), "tasks/done/{task-id}-{slug}.md");
        assert_eq!(shape("{a}{?-{b}}/{(x|y {c})}.md").fill(&[("a", "1")]), "1/x.md");
        assert_eq!(task.names(), ["folder", "task-id", "slug"]);
        assert!(PathShape::compile("a/{b:nothing}.md").is_err());
    }
}
