//! Links and wikilinks: do their targets exist. A target that cannot be judged from what was read is left alone.

use std::collections::HashMap;

use serde::Deserialize;

use crate::check::fields::nearest;
use crate::check::{Context, Findings};
use crate::diagnostic::Finding;
use crate::document::{Document, Format, Link, LinkClass};
use crate::workspace::{first_folders, folder_of, link_candidates, link_file};

/// What a rule reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct What {
    /// `link`, `anchor`, `wikilink` or `moved`.
    what: String,
}

/// What became of a wikilink or link.
enum Verdict {
    /// It leads somewhere.
    Found(String),
    /// It leads to a document of that name in another folder.
    Moved(String),
    /// It leads nowhere.
    Broken,
    /// Too little was read to say.
    Unknown,
}

/// `link-target`: a link leads nowhere.
pub(super) fn target(parameters: &What, context: &Context<'_>, found: &mut Findings) {
    for link in &context.document.parsed.links {
        let external =
            link.target.contains("://") || link.target.starts_with("mailto:") || link.target.starts_with("//");
        let templated = link.target.contains(['{', '<', '*', '$']) || link.target.is_empty();
        if external || templated || link.class == LinkClass::Auto {
            continue;
        }
        let file = link_file(&link.target);
        let anchor = link.target.split_once('#').map(|(_, anchor)| anchor).filter(|anchor| !anchor.is_empty());
        let wiki = link.class == LinkClass::Wiki;
        if file.is_empty() {
            if let (Some(anchor), "anchor", false) = (anchor, parameters.what.as_str(), wiki) {
                anchored(context.document, link, anchor, found);
            }
            continue;
        }
        let verdict = verdict(context, link, &file);
        match (parameters.what.as_str(), verdict) {
            ("link", Verdict::Broken) if !wiki => {
                let finding = found.at(link.span).value("target", file.clone());
                found.push(near_file(context, link, &file, finding));
            }
            ("wikilink", Verdict::Broken) if wiki => {
                let finding = found.at(link.span).value("target", file.clone());
                found.push(near_file(context, link, &file, finding));
            }
            ("moved", Verdict::Moved(path)) => {
                let finding = found.at(link.span).value("target", file.clone()).value("path", path);
                found.push(finding);
            }
            ("anchor", Verdict::Found(path)) => {
                if let (Some(anchor), Some(document)) = (anchor, context.workspace.document(&path)) {
                    anchored(document, link, anchor, found);
                }
            }
            _ => {}
        }
    }
}

/// Adds the file that was probably meant, as the author can write it: for a link relative to the document, for a wikilink
/// from the root.
fn near_file(context: &Context<'_>, link: &Link, file: &str, finding: Finding) -> Finding {
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let root = &*context.document.root;
    let files: Vec<&str> =
        context.workspace.files_under(root).filter(|path| *path != &*context.document.path).collect();
    let names: Vec<String> = files.iter().map(|path| base(path)).collect();
    let Some(near) = nearest(&base(file), names.iter().map(String::as_str)) else { return finding };
    // A name that many folders have says nothing about which file was meant; the document's own folder comes first.
    let own = folder_of(&context.document.path);
    let same: Vec<&str> = files.into_iter().filter(|path| base(path) == near).collect();
    let beside = same.iter().find(|path| folder_of(path) == own);
    let Some(path) = beside.or(if same.len() == 1 { same.first() } else { None }).copied() else { return finding };
    let near = if link.class == LinkClass::Wiki {
        let path = path.strip_prefix(root).unwrap_or(path);
        path.strip_suffix(".md").unwrap_or(path).to_owned()
    } else {
        relative(folder_of(&context.document.path), path)
    };
    if near == file { finding } else { finding.case("near").value("near", near) }
}

/// A path as a document in `folder` writes it.
fn relative(folder: &str, path: &str) -> String {
    let folder: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    let path: Vec<&str> = path.split('/').collect();
    let shared = folder.iter().zip(&path).take_while(|(a, b)| a == b).count();
    let up = vec![".."; folder.len() - shared];
    up.into_iter().chain(path[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn verdict(context: &Context<'_>, link: &Link, file: &str) -> Verdict {
    let candidates = link_candidates(context.document, link.class, file);
    let mut unknown = candidates.is_empty();
    for candidate in &candidates {
        match context.workspace.exists(candidate.trim_end_matches('/')) {
            Some(true) => return Verdict::Found(candidate.clone()),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if link.class == LinkClass::Wiki {
        let name = file.trim_end_matches('/').rsplit('/').next().unwrap_or(file);
        let name = name.strip_suffix(".md").unwrap_or(name);
        let stem = |path: &str| {
            let own = path.rsplit('/').next().unwrap_or("");
            own.strip_suffix(".md").unwrap_or(own).to_owned()
        };
        let suffix = format!("/{}", file.strip_suffix(".md").unwrap_or(file));
        let mut same: Vec<&str> =
            context.workspace.files_under(&context.document.root).filter(|path| stem(path) == name).collect();
        same.sort_unstable();
        same.dedup();
        if let Some(path) = same.first() {
            let bare = !file.contains('/')
                || same.iter().any(|path| path.strip_suffix(".md").unwrap_or(path).ends_with(&suffix));
            match (bare, same.len()) {
                (true, _) => return Verdict::Found((*path).to_owned()),
                (false, 1) => return Verdict::Moved((*path).to_owned()),
                // Of several documents of that name none is the one in this folder.
                (false, _) => {}
            }
        }
        // A bare name may lie anywhere under the root, which was perhaps not read.
        if !file.contains('/') && !context.workspace.is_whole(context.document) {
            return Verdict::Unknown;
        }
    }
    if unknown {
        return Verdict::Unknown;
    }
    // Outside of a repository, a target whose first folder does not exist may lie outside of what is here.
    if context.workspace.is_whole(context.document) {
        return Verdict::Broken;
    }
    let places = first_folders(context.document, file);
    let judged = places.is_empty() || places.iter().any(|place| context.workspace.exists(place) == Some(true));
    if judged { Verdict::Broken } else { Verdict::Unknown }
}

/// The anchor of a heading, as GitHub makes it.
fn slug(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn anchored(document: &Document, link: &Link, anchor: &str, found: &mut Findings) {
    if document.parsed.format != Format::Markdown
        || anchor.starts_with('L') && anchor[1..].starts_with(|c: char| c.is_ascii_digit())
    {
        return;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut slugs: Vec<String> = Vec::new();
    for section in &document.parsed.sections {
        let base = slug(&section.title.text.replace('`', ""));
        let count = seen.entry(base.clone()).or_insert(0);
        slugs.push(if *count == 0 { base.clone() } else { format!("{base}-{count}") });
        *count += 1;
    }
    if link.class == LinkClass::Wiki {
        // A wikilink names the heading itself, or a block by `^id`.
        let last = anchor.rsplit('#').next().unwrap_or(anchor).trim();
        let wanted = slug(last);
        let known = document.parsed.sections.iter().any(|section| slug(&section.title.text.replace('`', "")) == wanted);
        if !last.starts_with('^') && !known {
            let titles = document.parsed.sections.iter().map(|section| section.title.text.as_str());
            let finding = found.at(link.span).value("anchor", last).value("document", name_of(&document.path));
            found.push(match nearest(last, titles) {
                Some(near) => finding.case("near").value("near", near),
                None => finding,
            });
        }
        return;
    }
    let wanted = link_file(anchor).to_lowercase();
    let html = document.parsed.text.as_str();
    let named = html.contains(&format!("id=\"{anchor}\"")) || html.contains(&format!("name=\"{anchor}\""));
    if slugs.contains(&wanted) || named || wanted == "top" {
        return;
    }
    let mut finding = found.at(link.span).value("anchor", anchor).value("document", name_of(&document.path));
    if let Some(near) = nearest(&wanted, slugs.iter().map(String::as_str)) {
        finding = finding.case("near").value("near", near);
    }
    found.push(finding);
}
