//! Embeds `rules/`: every YAML file of a pack is turned into JSON, which is read many times faster at start-up; the values
//! go through the same types and the same compiler as a user's YAML. The YAML source is embedded beside it, because it is
//! what a mistake in a pack points into. Of the fixtures one example of each rule is embedded. A new file in either folder
//! causes a rebuild.

#[path = "pack/example.rs"]
#[expect(unreachable_pub, reason = "the crate compiles the file too, and there it is public")]
mod example;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-changed=src/pack/example.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).expect("the file was found below the root");
        let name = name.to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(&file)?;
        // A file that does not parse is embedded without a value; loading it from its source then says what is wrong.
        let json = serde_yaml::from_str::<serde_json::Value>(&source)
            .ok()
            .and_then(|value| serde_json::to_string(&value).ok())
            .unwrap_or_default();
        writeln!(code, "    ({name:?}, {json:?}, {source:?}),").expect("writing to a string cannot fail");
    }
    code.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("packs.rs"), code)?;
    let fixtures = root.with_file_name("fixtures").join("rules");
    println!("cargo::rerun-if-changed=fixtures/rules");
    fs::write(out.join("examples.rs"), examples(&fixtures)?)
}

/// What the manual shows of each rule, from its fixtures.
fn examples(fixtures: &Path) -> io::Result<String> {
    let mut code = String::from("&[\n");
    for pack in folders(fixtures)? {
        for rule in folders(&pack)? {
            let mut files = Vec::new();
            texts(&rule, &rule, &mut files)?;
            files.sort();
            let example::Example { path, bad, output, good_path, good } = example::choose(&files);
            let texts = [path, bad, output, good_path, good];
            writeln!(code, "    ({:?}, {:?}, {texts:?}),", name_of(&pack), name_of(&rule))
                .expect("writing to a string cannot fail");
        }
    }
    code.push_str("]\n");
    Ok(code)
}

/// All text files below a folder, by their path from `root`.
fn texts(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            texts(root, &path, files)?;
        } else if let (Ok(text), Ok(name)) = (fs::read_to_string(&path), path.strip_prefix(root)) {
            // A file with a zero byte is no text for worklint either.
            if !text.contains('\0') {
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    Ok(())
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
