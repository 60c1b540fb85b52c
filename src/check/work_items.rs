//! Work items: are the members there that must be, and the documents that another one names.

use crate::check::{Context, Findings};
use crate::read::mentions::named_documents;
use crate::workspace::evidence::Trace;
use crate::workspace::{folder_of, link_candidates, link_file};

/// `document-present`: the work item lacks a member that it requires, which is reported once, at the first member that is
/// there; or a document that this one names does not exist.
pub(super) fn missing_document(context: &Context<'_>, found: &mut Findings) {
    missing_member(context, found);
    missing_named(context, found);
}

/// Documents that a header line names and that are not there.
fn missing_named(context: &Context<'_>, found: &mut Findings) {
    if context.body.names_documents.is_empty() {
        return;
    }
    let document = context.document;
    let folder = folder_of(&document.path);
    let mut seen: Vec<String> = Vec::new();
    for (name, span) in named_documents(document) {
        let bare = name.trim_start_matches('/');
        let path = if bare.contains('/') {
            match context.workspace.trace(document, bare) {
                Trace::Missing(base) => format!("{base}{bare}"),
                Trace::Fine => continue,
            }
        } else {
            // A document that was taken out of its folder says nothing about what lies beside it.
            if context.workspace.lies_beside(document, bare) != Some(false) || !has_company(context) {
                continue;
            }
            if folder.is_empty() { bare.to_owned() } else { format!("{folder}/{bare}") }
        };
        // A link to the same document is reported as a link.
        let linked = document.parsed.links.iter().any(|link| {
            let file = link_file(&link.target);
            !file.is_empty() && link_candidates(document, link.class, &file).contains(&path)
        });
        if linked || is_played(context, &path) || seen.contains(&path) {
            continue;
        }
        let finding = found
            .at(span)
            .case("named")
            .value("document", name.rsplit('/').next().unwrap_or(&name))
            .value("named", name.clone())
            .value("path", path.clone());
        found.push(finding);
        seen.push(path);
    }
}

/// Whether another document of the same work item lies beside this one.
fn has_company(context: &Context<'_>) -> bool {
    let folder = folder_of(&context.document.path);
    let documents = context.workspace.documents();
    context.workspace.work_items(context.packs, context.index).any(|(_, group)| {
        let mut members = group.members.values().flatten();
        members.any(|index| *index != context.index && folder_of(&documents[*index].path) == folder)
    })
}

/// Whether a path is one of several names of a member that is there, or of a required one whose absence is reported for the
/// work item as a whole.
fn is_played(context: &Context<'_>, path: &str) -> bool {
    context.workspace.work_items(context.packs, context.index).any(|(item, group)| {
        item.members.iter().any(|member| {
            member.files.iter().any(|file| group.shared.path(file) == *path)
                && (group.members.contains_key(&member.role) || item.required.contains(&member.role))
        })
    })
}

/// The work item lacks a member that it requires.
fn missing_member(context: &Context<'_>, found: &mut Findings) {
    for (item, group) in context.workspace.work_items(context.packs, context.index) {
        // The first required member that is there speaks for the work item.
        let present = item.required.iter().filter_map(|role| group.members.get(role)?.first());
        let first = present.chain(group.members.values().flatten()).next();
        if first != Some(&context.index) {
            continue;
        }
        for role in &item.required {
            let Some(member) = item.member(role) else { continue };
            let Some(files) = group.lacks(member, context.workspace) else { continue };
            let finding = found
                .at(context.head())
                .value("document", member.files.first().cloned().unwrap_or_else(|| role.clone()))
                .value("path", files.first().cloned().unwrap_or_default())
                .value("item", item.name.clone())
                .value("root", group.shared.root.trim_end_matches('/').to_owned());
            found.push(finding);
        }
    }
}
