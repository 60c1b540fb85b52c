//! Names of files that a document says its work has made: do they carry the name of the work.

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use serde_json::Value;

use crate::check::{Context, Findings, Prepared};
use crate::pack::condition::Selector;
use crate::read::mentions::evidence;
use crate::workspace::evidence::is_claim;

/// What `file-named-after` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    /// The files that are looked at: a glob.
    files: String,
    /// What their names begin with.
    prefix: String,
    /// The selector of the name that follows; its hyphens are underscores in file names.
    name: String,
}

/// `file-named-after`: a file that the document's evidence names begins with the prefix and then with neither the name nor
/// the end of it after a hyphen.
pub(super) fn named_after(parameters: &Value) -> Result<Prepared, String> {
    let naming: Naming = serde_json::from_value(parameters.clone()).map_err(|error| error.to_string())?;
    let selector = Selector::compile(&naming.name)?;
    let glob = GlobBuilder::new(&naming.files).literal_separator(true).build();
    let glob = glob.map_err(|error| error.to_string())?.compile_matcher();
    Ok(Box::new(move |context, found| report(&naming, &selector, &glob, context, found)))
}

fn report(naming: &Naming, selector: &Selector, glob: &GlobMatcher, context: &Context<'_>, found: &mut Findings) {
    let Some(name) = context.scope().select(selector).into_iter().next() else { return };
    let name = name.text.trim().to_lowercase();
    // `core-cli-fix` may be called `cli_fix` or `fix`: nobody can say where the name of what is above it ends.
    let starts = std::iter::once(0).chain(name.match_indices('-').map(|(at, _)| at + 1));
    let names: Vec<String> = starts.map(|at| name[at..].replace('-', "_")).filter(|name| !name.is_empty()).collect();
    let Some(whole) = names.first() else { return };
    let mut seen: Vec<String> = Vec::new();
    for mention in evidence(context.document).into_iter().filter(is_claim) {
        let base = mention.path.rsplit('/').next().unwrap_or_default();
        let Some(rest) = base.strip_prefix(&naming.prefix).filter(|_| glob.is_match(&mention.path)) else { continue };
        let fits = names
            .iter()
            .any(|name| rest.strip_prefix(name.as_str()).is_some_and(|after| after.starts_with(['_', '.'])));
        if fits || seen.contains(&mention.path) {
            continue;
        }
        let finding = found
            .at(mention.span)
            .value("path", mention.path.clone())
            .value("expected", format!("{}{whole}_", naming.prefix));
        found.push(finding);
        seen.push(mention.path);
    }
}
