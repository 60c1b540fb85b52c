//! Work items: are the members there that must be.

use crate::check::{Context, Findings};

/// `document-present`: the work item lacks a member that it requires. Reported once, at the first member that is there.
pub(super) fn missing_document(context: &Context<'_>, found: &mut Findings) {
    for (item, group) in context.workspace.work_items(context.packs, context.index) {
        // The first required member that is there speaks for the work item.
        let present = item.required.iter().filter_map(|role| group.members.get(role)?.first());
        let first = present.chain(group.members.values().flatten()).next();
        if first != Some(&context.index) {
            continue;
        }
        for role in &item.required {
            if group.members.contains_key(role) {
                continue;
            }
            let Some(member) = item.member(role) else { continue };
            let files: Vec<String> = member.files.iter().map(|file| group.shared.path(file)).collect();
            // A document that is there but could not be read, or is not recognised, is another finding.
            if files.iter().any(|file| context.workspace.document(file).is_some()) {
                continue;
            }
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
