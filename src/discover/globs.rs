//! Which paths the user's globs take in, leave out and give a kind.

use std::path::Path;

use globset::{Glob, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::config::Settings;
use crate::discover::Problem;

/// The globs of the settings, ready to be asked.
pub(super) struct Globs {
    /// What precedes a path, as the settings' folder sees it.
    prefix: String,
    exclude: GlobSet,
    include: Option<GlobSet>,
    kinds: Vec<(GlobMatcher, String)>,
}

impl Globs {
    pub(super) fn new(settings: &Settings) -> Result<Self, Problem> {
        let mut kinds = Vec::new();
        for (glob, kind) in &settings.kinds {
            kinds.push((one_glob(glob)?.compile_matcher(), kind.clone()));
        }
        let include = if settings.include.is_empty() { None } else { Some(glob_set(&settings.include)?) };
        Ok(Self { prefix: settings.prefix.clone(), exclude: glob_set(&settings.exclude)?, include, kinds })
    }

    /// The path as the settings' folder sees it.
    fn seen(&self, path: &str) -> String {
        if self.prefix.is_empty() {
            path.to_owned()
        } else {
            super::slashed(&super::lexical(&Path::new(&self.prefix).join(path)))
        }
    }

    pub(super) fn excludes(&self, path: &str) -> bool {
        let path = self.seen(path);
        // A folder's name alone excludes what is in it.
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.chain([path.as_str()]).any(|part| self.exclude.is_match(part))
    }

    pub(super) fn includes(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(self.seen(path)))
    }

    pub(super) fn kind(&self, path: &str) -> Option<String> {
        let path = self.seen(path);
        self.kinds.iter().rev().find(|(glob, _)| glob.is_match(&path)).map(|(_, kind)| kind.clone())
    }
}

fn one_glob(glob: &str) -> Result<Glob, Problem> {
    // `dir/` means the folder and what is in it.
    let glob = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    globset::GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| Problem {
        message: format!("`{glob}` is not a glob: {}", error.kind()),
        help: "Quote special characters with a backslash".to_owned(),
    })
}

fn glob_set(globs: &[String]) -> Result<GlobSet, Problem> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(one_glob(glob)?);
    }
    set.build().map_err(|error| Problem {
        message: format!("the globs are too large: {error}"),
        help: "Write fewer or shorter ones".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn globs_are_relative_to_the_folder_of_the_settings() {
        let mut settings = Settings::new(Timestamp::of_seconds(0));
        settings.exclude = vec!["docs/old/".to_owned(), "**/drafts".to_owned()];
        settings.kinds = vec![("docs/*.md".to_owned(), "a/b".to_owned()), ("docs/x.md".to_owned(), "a/c".to_owned())];
        settings.prefix = "docs/".to_owned();
        let globs = Globs::new(&settings).expect("good globs");
        assert!(globs.excludes("old/a/b.md") && globs.excludes("a/drafts/b.md") && !globs.excludes("older/a.md"));
        assert!(globs.excludes("../a/drafts/b.md"));
        assert_eq!((globs.kind("a.md").as_deref(), globs.kind("x.md").as_deref()), (Some("a/b"), Some("a/c")));
        assert_eq!(globs.kind("a/b.md"), None);
    }
}
