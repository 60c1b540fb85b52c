//! `worklint generate`: writes what is made of packs: a page for each, and the schemas for editors.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::cli::Failure;
use crate::cli::examples::Fixtures;
use crate::cli::output::Streams;
use crate::discover;
use crate::pack::{Pack, Packs};
use crate::render::manual::page::{self, Sources};
use crate::render::schema;

/// The exit code of `--check` where a file differs.
const DIFFERS: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A pack's folder, or the folder of several packs
    #[arg(value_name = "FOLDER", default_value = "rules")]
    folder: PathBuf,
    /// Write nothing; fail if a file differs from what would be written
    #[arg(long)]
    check: bool,
    /// Also overwrite files of these names that worklint did not write
    #[arg(long, conflicts_with = "check")]
    force: bool,
}

pub(super) fn run(arguments: &Arguments, streams: &mut Streams) -> Result<u8, Failure> {
    let mut differing = Vec::new();
    let files = files(&arguments.folder)?;
    for (path, text) in &files {
        let stored = discover::read(path).ok();
        // A checkout may have other line ends.
        if stored.is_none_or(|stored| stored.as_str().replace("\r\n", "\n") != *text) {
            differing.push((path, text));
        }
    }
    let out = &mut streams.out;
    if arguments.check {
        for (path, _) in &differing {
            writeln!(out, "`{}` differs from what its sources say", shown(path))?;
        }
        if !differing.is_empty() {
            let folder = shown(&arguments.folder);
            writeln!(out, "Run `worklint generate {folder}` to write it anew.")?;
            return Ok(DIFFERS);
        }
        writeln!(out, "{} files are as their sources say.", files.len())?;
        return Ok(0);
    }
    if let Some((path, _)) = differing.iter().find(|(path, text)| !arguments.force && !may_be_replaced(path, text)) {
        return Err(Failure::new(
            format!("`{}` is there already, and worklint did not write it; nothing was written", shown(path)),
            "Move the file away, or let `--force` overwrite it",
        ));
    }
    for (path, text) in &differing {
        std::fs::write(path, text).map_err(|error| {
            let help = "Check that the folder may be written to";
            Failure::new(format!("`{}` cannot be written: {error}", shown(path)), help)
        })?;
        writeln!(out, "wrote {}", shown(path))?;
    }
    writeln!(out, "{} files, {} of them new or changed", files.len(), differing.len())?;
    Ok(0)
}

/// Whether a file is not there, or was written by this command: a page by its mark, a schema by its title.
fn may_be_replaced(path: &Path, text: &str) -> bool {
    if path.symlink_metadata().is_err() {
        return true;
    }
    let Ok(stored) = discover::read(path) else { return false };
    let stored = stored.as_str();
    let title = |text: &str| serde_json::from_str::<Value>(text).ok()?.get("title").cloned();
    // Nothing is lost with an empty file.
    stored.trim().is_empty()
        || stored.starts_with(page::MARK)
        || title(stored).is_some_and(|it| Some(it) == title(text))
}

fn shown(path: &Path) -> String {
    crate::render::clean(&path.to_string_lossy().replace('\\', "/")).into_owned()
}

/// All generated files of a folder, with their texts.
fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    let folders = pack_folders(folder)?;
    let mut sources = Vec::new();
    for folder in &folders {
        sources.push(discover::pack(folder, &shown(folder)).map_err(|problem| Failure::Problems(vec![problem]))?);
    }
    let (packs, mistakes) = Packs::load(&sources);
    if !mistakes.is_empty() {
        let texts = sources.into_iter().flat_map(|source| {
            let folder = source.folder;
            source.files.into_iter().map(move |(path, text)| (format!("{folder}/{path}"), text))
        });
        return Err(Failure::Mistakes(mistakes, texts.collect()));
    }
    let mut files = vec![
        (folder.join("schema.json"), json(&schema::pack_files())),
        (folder.join("worklint.schema.json"), json(&schema::settings(&packs))),
    ];
    let own = |pack: &&Pack, place: &Path| pack.folder() == Some(shown(place).trim_end_matches('/'));
    let written: Vec<(&Path, &Pack)> = folders
        .iter()
        .filter_map(|place| Some((place.as_path(), packs.packs().iter().find(|pack| own(pack, place))?)))
        .collect();
    for (place, pack) in &written {
        let fixtures = Fixtures { folder: place, pack: &pack.name };
        let text = page::page(
            pack,
            &Sources {
                packs: &packs,
                example: &|rule| fixtures.example(rule),
                reported: &|kind| fixtures.reported(kind),
                page: &|other| {
                    let (place, _) = written.iter().find(|(_, pack)| *pack.name == *other)?;
                    Some(format!("../{}/RULES.md", name_of(place)))
                },
            },
        );
        files.push((place.join("RULES.md"), text));
    }
    Ok(files)
}

/// The folder itself, if it is a pack, else the packs in it.
fn pack_folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_pack = |folder: &Path| folder.join("pack.yaml").is_file();
    let found: Vec<PathBuf> = if is_pack(folder) {
        vec![folder.to_owned()]
    } else {
        let (folders, _) = discover::listing(folder).unwrap_or_default();
        folders.iter().map(|name| folder.join(name)).filter(|folder| is_pack(folder)).collect()
    };
    if found.is_empty() {
        let help = "Name the folder of a pack (it holds a `pack.yaml`), or the folder that packs lie in";
        return Err(Failure::new(format!("there is no pack in `{}`", shown(folder)), help));
    }
    Ok(found)
}

fn name_of(folder: &Path) -> String {
    // `.` has a name only as a whole path.
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().or(whole.file_name()).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn json(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
