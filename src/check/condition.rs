//! A rule of a pack's own: what must not hold in a document, as one condition. Most packs need no more than this and kinds.

use serde::Deserialize;
use serde_json::Value;

use crate::check::{Context, Findings, Prepared};
use crate::pack::condition::{Condition, Selector, Target};
use crate::pack::format::{self, OneOrMany};
use crate::read::fields::in_words;

/// What a card says in `with`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// What must not hold.
    forbid: format::Condition,
    /// When that is asked; always, if nothing is said.
    #[serde(default)]
    when: Option<format::Condition>,
    /// What excuses it.
    #[serde(default)]
    unless: Option<format::Condition>,
    /// Where the finding points: selectors, the first that is found; its first line is `{found}` in the message. The head of
    /// the document, if nothing is said.
    #[serde(default)]
    at: OneOrMany<String>,
}

/// `condition`: something holds that must not.
pub(super) fn prepare(parameters: &Value) -> Result<Prepared, String> {
    let parameters: Parameters = serde_json::from_value(parameters.clone()).map_err(|error| error.to_string())?;
    let compile = |condition: &Option<format::Condition>| condition.as_ref().map(Condition::compile).transpose();
    let forbid = Condition::compile(&parameters.forbid)?;
    let (when, unless) = (compile(&parameters.when)?, compile(&parameters.unless)?);
    let at: Vec<Selector> =
        parameters.at.as_slice().iter().map(|selector| Selector::compile(selector)).collect::<Result<_, _>>()?;
    Ok(Box::new(move |context: &Context<'_>, found: &mut Findings| {
        let scope = context.scope();
        let asked = when.as_ref().is_none_or(|when| scope.holds(when));
        if !asked || unless.as_ref().is_some_and(|unless| scope.holds(unless)) || !scope.holds(&forbid) {
            return;
        }
        let place = at.iter().find_map(|selector| {
            let whole = matches!(selector.target, Target::Text | Target::Document | Target::Path(_));
            let selected =
                scope.select(selector).into_iter().find(|selected| selected.path == context.document.path)?;
            let span = if whole || selected.span.is_empty() { context.head() } else { selected.span };
            Some((span, if whole { String::new() } else { selected.text }))
        });
        let (span, text) = place.unwrap_or_else(|| (context.head(), String::new()));
        let finding = found.at(span).value("found", in_words(&text));
        found.push(finding);
    }))
}
