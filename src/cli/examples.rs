//! The fixtures of a pack, as far as its manual shows them.

use std::path::Path;

use crate::discover;
use crate::pack::Kind;
use crate::pack::example::{self, Example};

/// The fixtures of a pack: in `fixtures` within its folder, or beside the folder of all packs.
pub(super) struct Fixtures<'a> {
    /// The pack's folder.
    pub(super) folder: &'a Path,
    /// Its name.
    pub(super) pack: &'a str,
}

impl Fixtures<'_> {
    /// The text files of the first of these folders that is there: `sort/pack/name`, or in a pack's own `sort/name`.
    fn files(&self, sort: &str, name: &str) -> Vec<(String, String)> {
        let of_pack = Path::new(sort).join(self.pack).join(name);
        let places = [
            self.folder.join("fixtures").join(sort).join(name),
            self.folder.join("fixtures").join(&of_pack),
            self.folder.join("../fixtures").join(&of_pack),
            self.folder.join("../../fixtures").join(&of_pack),
        ];
        let Some(place) = places.iter().find(|place| place.is_dir()) else { return Vec::new() };
        discover::tree(place)
            .into_iter()
            .filter_map(|(path, text)| Some((path, text.ok().filter(|text| text.bad_bytes().is_empty())?)))
            .map(|(path, text)| (path, text.as_str().to_owned()))
            .collect()
    }

    /// What the manual shows of a rule.
    pub(super) fn example(&self, rule: &str) -> Option<Example> {
        let files = self.files("rules", rule);
        (!files.is_empty()).then(|| example::choose(&files))
    }

    /// The rules whose names stand in the stored output of a kind's bad documents.
    pub(super) fn reported(&self, kind: &Kind) -> Vec<String> {
        let mut names: Vec<String> = self
            .files("kinds", kind.short_name())
            .iter()
            .filter(|(path, _)| path.ends_with(".out"))
            .flat_map(|(_, output)| output.lines())
            .filter_map(|line| {
                let (level, rest) = line.split_once('[')?;
                let level = level.parse::<crate::diagnostic::Severity>();
                level.ok().and_then(|_| rest.split_once("]: ")).map(|(name, _)| name.to_owned())
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
