//! The sections of a template, in order: which are asked for, which may be left out.

use crate::derive::Template;
use crate::derive::blanks::{blanks, literal, shape};
use crate::derive::entries::List;
use crate::derive::fields::is_optional;
use crate::derive::tasks::Tasks;
use crate::derive::yaml::{Writer, list, quoted};
use crate::document::{Body, Section};

/// A section of the kind.
pub(super) struct Rule {
    /// Its first heading, as a shape.
    pub(super) heading: String,
    others: Vec<String>,
    /// It is asked for; otherwise it may be there.
    pub(super) asked: bool,
    /// The template says so itself.
    mandatory: bool,
    may_be_empty: bool,
    remark: &'static str,
}

impl Rule {
    /// Whether part of its heading is open.
    pub(super) fn has_hole(&self) -> bool {
        self.heading.contains('{')
    }
}

/// Reads the sections.
pub(super) fn read(template: &Template, tasks: Option<&Tasks>, lists: &[List]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (at, section) in template.main_sections() {
        if let Some(tasks) = tasks.filter(|tasks| tasks.is_phase(at)) {
            let shapes = tasks.any_phase();
            if !rules.iter().any(|rule| Some(&rule.heading) == shapes.first()) {
                let (first, others) = shapes.split_first().map_or((String::new(), &[][..]), |(a, b)| (a.clone(), b));
                rules.push(Rule {
                    heading: first,
                    others: others.to_vec(),
                    asked: true,
                    mandatory: false,
                    may_be_empty: true,
                    remark: "",
                });
            }
            continue;
        }
        // Headings that are entries are counted with those.
        if lists.iter().any(|list| list.holds(at)) {
            continue;
        }
        let rule = of(template, section, tasks);
        if !rules.iter().any(|known| known.heading == rule.heading) && !rule.heading.is_empty() {
            rules.push(rule);
        }
    }
    rules
}

fn of(template: &Template, section: &Section, tasks: Option<&Tasks>) -> Rule {
    let written = template.parsed.text.slice(section.heading);
    let title = section.title.text.trim();
    // A grammar in back-ticks is the template's own.
    let bare = match title.split_once('`') {
        Some((before, _)) if !before.trim().is_empty() => format!("{}{{grammar}}", literal(before)),
        _ => match blanks(title, &template.legend).is_empty() {
            false => shape(title, &template.legend, false).shapes.into_iter().next().unwrap_or_default(),
            true => {
                let title = title.trim_end_matches(':');
                let title =
                    title.rsplit_once(" (").map_or(title, |(name, _)| if title.ends_with(')') { name } else { title });
                let title = title.rsplit_once(" *(").map_or(title, |(name, _)| name);
                tasks.map_or_else(|| literal(title), |tasks| tasks.without_group(title))
            }
        },
    };
    let lower = written.to_lowercase();
    let mandatory = lower.contains("(mandatory)") || lower.contains("(required)");
    let blocks: Vec<_> = template.blocks_in(section).collect();
    let says = |text: &str| !blanks(text, &template.legend).is_empty();
    let has_blank = blocks.iter().any(|block| match &block.body {
        Body::Table { rows } => rows.iter().flatten().any(|cell| says(&cell.text)),
        Body::Comment | Body::Code { .. } | Body::Html | Body::Ruler => false,
        _ => says(&block.plain.text),
    });
    let nothing = !blocks.iter().any(|block| !matches!(block.body, Body::Comment | Body::Ruler | Body::Heading { .. }));
    let first = blocks.iter().find(|block| !matches!(block.body, Body::Heading { .. } | Body::Ruler));
    let optional = lower.contains("optional")
        || lower.contains("(include ")
        || lower.contains("if applicable")
        || first.is_some_and(|block| {
            let text = if matches!(block.body, Body::Comment) {
                template.parsed.text.slice(block.span)
            } else {
                &block.plain.text
            };
            text.len() < 400 && is_optional(text)
        });
    // A comment may stand above the heading that it is about.
    let above = template.parsed.blocks[..section.block].last().filter(|block| matches!(block.body, Body::Comment));
    let optional = optional || above.is_some_and(|block| is_optional(template.parsed.text.slice(block.span)));
    let hole = bare.contains('{');
    let (asked, remark) = if mandatory {
        (true, "")
    } else if optional {
        (false, "  # the template says that it may be left out")
    } else if hole {
        (false, "")
    } else if has_blank || nothing {
        (true, "")
    } else {
        (false, "  # has nothing to fill in")
    };
    Rule { heading: bare, others: Vec::new(), asked, mandatory, may_be_empty: false, remark }
}

pub(super) fn write(out: &mut Writer, rules: &[Rule]) {
    if rules.is_empty() {
        return;
    }
    out.line("sections-in-order: true");
    out.line(
        "# Those that the template leaves to be filled in are asked for, and a missing one is a remark: guessed. Take",
    );
    out.line("# `severity: info` out where a section must be there.");
    out.line("sections:");
    for rule in rules {
        let heading = if rule.others.is_empty() {
            quoted(&rule.heading)
        } else {
            list(std::iter::once(rule.heading.as_str()).chain(rule.others.iter().map(String::as_str)))
        };
        let mut keys = vec![format!("heading: {heading}")];
        if rule.asked {
            keys.push("required: true".to_owned());
            if !rule.mandatory {
                keys.push("severity: info".to_owned());
            }
        }
        if rule.may_be_empty || !rule.asked {
            keys.push("may-be-empty: true".to_owned());
        }
        out.line(&format!("  - {{ {} }}{}", keys.join(", "), rule.remark));
    }
}
