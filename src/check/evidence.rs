//! What a document says its work has made: is it there.

use std::collections::HashSet;

use crate::check::{Context, Findings};
use crate::pack::{Member, Shared};
use crate::workspace::evidence::{Trace, is_claim};

/// `evidence-present`: a file that is said to have been made does not exist.
pub(super) fn present(context: &Context<'_>, found: &mut Findings) {
    if context.body.evidence.is_none() {
        return;
    }
    let document = context.document;
    let mentions = context.workspace.evidence_of(context.index);
    let named: HashSet<&str> = mentions.iter().map(|mention| mention.path.as_str()).collect();
    let missing: Vec<_> = mentions
        .iter()
        .filter(|mention| is_claim(mention))
        .filter_map(|mention| match context.workspace.trace(document, &mention.path) {
            Trace::Missing(base) => Some((mention, base)),
            Trace::Fine => None,
        })
        .filter(|(mention, base)| !is_own(context, &format!("{base}{}", mention.path)))
        .filter(|(mention, base)| !context.workspace.has_moved(base, &mention.path, &named))
        .collect();
    if missing.is_empty() {
        return;
    }
    // What any document of the work item says is gone need not be there.
    let groups: Vec<_> = context.workspace.work_items(context.packs, context.index).collect();
    let mut others: Vec<usize> = groups
        .iter()
        .filter(|(_, group)| group.members.values().map(Vec::len).sum::<usize>() <= MOST_MEMBERS)
        .flat_map(|(_, group)| group.members.values().flatten().copied())
        .filter(|index| *index != context.index)
        .collect();
    others.sort_unstable();
    others.dedup();
    let told = others.iter().flat_map(|index| context.workspace.evidence_of(*index));
    let gone: HashSet<&str> =
        mentions.iter().chain(told).filter(|mention| mention.gone).map(|mention| mention.path.as_str()).collect();
    let mut seen = HashSet::new();
    for (mention, base) in missing {
        if gone.contains(mention.path.as_str()) || !seen.insert(mention.path.as_str()) {
            continue;
        }
        let first = mention.path.split('/').next().unwrap_or_default();
        let finding = found
            .at(mention.span)
            .value("path", mention.path.clone())
            .value("folder", format!("{base}{first}"))
            .value("looked", format!("{base}{}", mention.path));
        found.push(finding);
    }
}

/// Work items with more members are no single piece of work.
const MOST_MEMBERS: usize = 100;

/// Whether a path is that of a document of the same work item, by its place: whether that exists is another question.
fn is_own(context: &Context<'_>, path: &str) -> bool {
    *context.document.path == *path
        || context.workspace.work_items(context.packs, context.index).any(|(item, group)| {
            let own = |(shared, _): (Shared, &Member)| shared == group.shared;
            item.locate(path).is_some_and(own)
        })
}
