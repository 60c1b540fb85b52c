//! Chooses and cuts the examples that a manual shows of a rule: a bad document with what is printed about it, and a good
//! one. Also compiled into `build.rs`, which embeds the examples of the built-in rules, so it names nothing of the crate.

use serde_json::Value;

/// The file in a folder of fixtures that gives paths to its documents.
const TERMS: &str = "case.yaml";
/// A document of at most so many lines is shown whole.
const SHOWN_WHOLE: usize = 30;
/// Of a longer one, so many lines are shown above and below the place.
const AROUND: usize = 6;

/// What a manual shows of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// The path of the bad document; empty if there is none.
    pub path: String,
    /// The bad document, or what stands around the finding.
    pub bad: String,
    /// What is printed about it.
    pub output: String,
    /// The path of the good document; `/` if its text is the bad one's, and the files beside it make the difference.
    pub good_path: String,
    /// A good document, or what stands around the place where the bad one differs; or the list of the good files.
    pub good: String,
}

/// The example of one folder of fixtures: the shortest bad case, and the good document that is most like it. `files` are
/// the paths below the folder with their texts.
#[must_use]
pub fn choose(files: &[(String, String)]) -> Example {
    let mut cases: Vec<(usize, &str, Example, Option<&str>)> = Vec::new();
    for (name, output) in files {
        let Some(stem) = name.strip_suffix(".out").filter(|stem| stem.starts_with("bad") && !stem.contains('/')) else {
            continue;
        };
        let (path, lines) = places(output);
        let document = document(files, stem, path);
        let bad = document.map_or(String::new(), |text| excerpt(text, &lines));
        let example = Example { path: path.to_owned(), bad, output: output.clone(), ..Example::default() };
        cases.push((example.bad.len() + output.len(), name, example, document));
    }
    cases.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let (mut example, document) =
        cases.into_iter().next().map_or((Example::default(), None), |(_, _, example, document)| (example, document));
    let is_good = |name: &str| name.starts_with("good") && (!name.contains('/') || name.ends_with(&example.path));
    let terms = files.iter().find(|(name, _)| name == TERMS);
    let terms: Value = terms.and_then(|(_, text)| serde_yaml::from_str(text).ok()).unwrap_or_default();
    let path_of = |name: &str| match name.split_once('/') {
        Some((_, path)) => path.to_owned(),
        None => told_path(&terms, name),
    };
    let is_same = |name: &str, text: &str| document == Some(text) && path_of(name) == example.path;
    // A document with the bad one's text is good for its place or for what lies beside it, which shows less.
    let good = files.iter().filter(|(name, _)| is_good(name)).max_by_key(|(name, text)| {
        let likeness = document.map_or(0, |bad| likeness(bad, text));
        let alike = ending(name) == ending(&example.path);
        (!is_same(name, text), alike, likeness, std::cmp::Reverse((text.len(), name)))
    });
    let Some((name, text)) = good else { return example };
    if is_same(name, text) {
        let case = name.split_once('/').map_or(name.as_str(), |(case, _)| case);
        let beside = files.iter().filter_map(|(name, _)| name.strip_prefix(case)?.strip_prefix('/'));
        example.good = beside.map(|name| format!("{name}\n")).collect();
        example.good_path = "/".to_owned();
    } else {
        example.good_path = path_of(name);
        example.good = excerpt(text, &[document.map_or(1, |bad| first_difference(bad, text))]);
    }
    example
}

/// The path that the terms of the folder give a file.
fn told_path(terms: &Value, file: &str) -> String {
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let own = |name: &str| terms["cases"][name]["path"].as_str();
    let path = own(file).or_else(|| own(stem)).or_else(|| terms["path"].as_str());
    path.map_or(String::new(), |path| path.replace("{file}", file))
}

/// The document of a case: the file of its name, or in the folder of its name the one that is reported.
fn document<'f>(files: &'f [(String, String)], stem: &str, path: &str) -> Option<&'f str> {
    let is_it = |name: &str| match name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => rest == path,
        None => {
            let of_case = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.'));
            of_case.is_some_and(|ending| ending != "out" && !ending.contains('.') && !ending.contains('/'))
        }
    };
    files.iter().find(|(name, _)| is_it(name)).map(|(_, text)| text.as_str())
}

/// The document of the first report, and the lines that it shows of it.
fn places(output: &str) -> (&str, Vec<usize>) {
    let report = output.split("\n\n").next().unwrap_or(output);
    let mut found = report.split("─[").skip(1).filter_map(|rest| {
        let (place, _) = rest.split_once(']')?;
        let (place, _column) = place.rsplit_once(':')?;
        let (path, line) = place.rsplit_once(':')?;
        Some((path, line.parse::<usize>().ok()?))
    });
    let Some((path, line)) = found.next() else { return ("", Vec::new()) };
    let others = found.filter(|(other, _)| *other == path).map(|(_, line)| line);
    (path, std::iter::once(line).chain(others).collect())
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// How many lines at the beginning and the end are the same, in percent of the lines.
fn likeness(a: &str, b: &str) -> usize {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let most = a.len().max(b.len()).max(1);
    (head + tail).min(most) * 100 / most
}

/// The number of the first line in which `b` differs from `a`.
fn first_difference(a: &str, b: &str) -> usize {
    a.lines().zip(b.lines()).take_while(|(a, b)| a == b).count() + 1
}

/// A short text whole; of a longer one what stands around some lines, with `…` for what is left out. Lines that are far
/// from each other are not shown together: the last of them counts.
#[must_use]
pub fn excerpt(text: &str, places: &[usize]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= SHOWN_WHOLE {
        return text.to_owned();
    }
    let last = places.last().copied().unwrap_or(1).clamp(1, lines.len()) - 1;
    let near = places.iter().map(|line| line.clamp(&1, &lines.len()) - 1);
    let near: Vec<usize> = near.filter(|line| line.abs_diff(last) + 2 * AROUND < SHOWN_WHOLE).collect();
    let first = near.iter().copied().min().unwrap_or(last);
    let last = near.iter().copied().max().unwrap_or(last);
    let end = (last.max(AROUND) + AROUND + 1).min(lines.len());
    let start = first.min(end - AROUND - 1).saturating_sub(AROUND);
    let shown = lines[start..end].join("\n");
    let shown = shown.trim_matches('\n');
    let (above, below) = (if start > 0 { "…\n" } else { "" }, if end < lines.len() { "\n…" } else { "" });
    format!("{above}{shown}{below}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_shortest_case_and_the_most_similar_document_are_chosen() {
        let example = choose(&files(&[
            ("bad-long.md", "a\nb\nc\nd\n"),
            ("bad-long.out", "error[x]: y\n  ╭─[notes/a.md:2:1]\nand more\n"),
            ("bad-short.md", "a\nb\n"),
            ("bad-short.out", "error[x]: y\n  ╭─[notes/a.md:2:1]\n"),
            ("bad-short.fixed.md", "a\n"),
            ("good-like.md", "a\nc\n"),
            ("good-other.md", "q\n"),
            ("case.yaml", "cases: { good-like: { path: 'notes/{file}' } }"),
        ]));
        assert_eq!(example.good_path, "notes/good-like.md");
        assert_eq!(
            (example.path.as_str(), example.bad.as_str(), example.good.as_str()),
            ("notes/a.md", "a\nb\n", "a\nc\n")
        );
    }

    #[test]
    fn in_a_tree_the_reported_document_is_shown() {
        let example = choose(&files(&[
            ("bad/one/a.md", "a\n"),
            ("bad/one/b.md", "b\n"),
            ("bad.out", "error[x]: y\n  ╭─[one/b.md:1:1]\n"),
            ("good/one/a.md", "b\n"),
            ("good/one/b.md", "c\n"),
        ]));
        assert_eq!((example.bad.as_str(), example.good.as_str()), ("b\n", "c\n"));
    }

    #[test]
    fn where_the_text_is_the_same_the_files_are_listed() {
        let example = choose(&files(&[
            ("bad/a.md", "a\n"),
            ("bad.out", "error[x]: y\n  ╭─[a.md:1:1]\n"),
            ("good/a.md", "a\n"),
            ("good/b.md", "b\n"),
        ]));
        assert_eq!((example.good_path.as_str(), example.good.as_str()), ("/", "a.md\nb.md\n"));
    }

    #[test]
    fn long_documents_are_cut_around_the_place() {
        let text: String = (1..=50).map(|n| format!("{n}\n")).collect();
        let cut = excerpt(&text, &[25]);
        assert!(cut.starts_with("…\n19\n") && cut.ends_with("31\n…\n"), "{cut}");
        assert!(excerpt(&text, &[1]).starts_with("1\n2\n") && excerpt(&text, &[50]).ends_with("49\n50\n"));
        let two = excerpt(&text, &[20, 25]);
        assert!(two.starts_with("…\n14\n") && two.ends_with("31\n…\n"), "{two}");
        assert_eq!(excerpt("a\nb\n", &[2]), "a\nb\n");
    }
}
