//! Boxes that are no boxes, and lines that fell out of their callout.

use crate::check::{Context, Findings};
use crate::document::Body;
use crate::parse::boxes::with_marker;

/// `malformed-checkbox`: a box that Markdown does not show as one.
pub(super) fn malformed_checkbox(context: &Context<'_>, found: &mut Findings) {
    for block in &context.document.parsed.blocks {
        let Body::Item { checkbox: Some(checkbox), marker, .. } = &block.body else { continue };
        if !checkbox.malformed {
            continue;
        }
        let span = with_marker(*marker, checkbox);
        let box_ = if checkbox.state == ' ' { "[ ]".to_owned() } else { format!("[{}]", checkbox.state) };
        let finding = found.at(span).value("found", context.text(span)).value("expected", format!("- {box_} "));
        found.push(finding);
    }
}

/// `broken-callout`: the log is in a callout, but a line of it lost its `>`; or a second callout begins inside the first
/// one's quote.
pub(super) fn broken_callout(context: &Context<'_>, found: &mut Findings) {
    let parsed = &context.document.parsed;
    for callout in &parsed.callouts {
        if callout.merged {
            let finding = found.at(callout.heading).case("merged").value("callout", callout.title.text.clone());
            found.push(finding);
        }
    }
    let holds_log = |callout: usize| {
        context.document.entries.iter().any(|entry| parsed.callouts[callout].span.contains(entry.line.whole()))
    };
    for (index, callout) in parsed.callouts.iter().enumerate() {
        if !holds_log(index) {
            continue;
        }
        if let Some(place) = callout.split {
            let after = |entry: &crate::document::Entry| {
                callout.span.contains(entry.line.whole()) && entry.line.offset(0) >= place.start
            };
            if context.document.entries.iter().any(after) {
                let finding = found
                    .at(place)
                    .case("split")
                    .value("callout", callout.title.text.clone())
                    .related("callout", callout.heading);
                found.push(finding);
            }
        }
        // What follows without a blank line, or is itself followed by more of the quote, was meant to be in it.
        let Some(at) = parsed.blocks.iter().position(|block| block.span.start >= callout.span.end) else { continue };
        let block = &parsed.blocks[at];
        if block.quotes > 0 || !matches!(block.body, Body::Item { .. } | Body::Paragraph) {
            continue;
        }
        let gap = parsed.text.line_at(block.span.start) - parsed.text.line_at(callout.span.end);
        let quoted_again = parsed.blocks[at + 1..]
            .iter()
            .find(|next| next.span.start >= block.span.end)
            .is_some_and(|next| next.quotes > 0 && next.callout.is_none());
        // An item on the very next line breaks out of the quote; whoever wrote it meant to go on.
        let clings = gap == 1 && matches!(block.body, Body::Item { .. });
        if gap <= 1 && (quoted_again || clings) {
            let finding = found
                .at(block.line.whole())
                .case("fell-out")
                .value("callout", callout.title.text.clone())
                .related("callout", callout.heading);
            found.push(finding);
        }
    }
}
