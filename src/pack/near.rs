//! What was probably meant by a name that nothing has, in words for a help line.

/// The known name that is nearest, if one is near enough.
pub(super) fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = |name: &str| name.trim().to_lowercase().replace(['_', ' '], "-");
    let wanted = folded(name);
    let limit = match wanted.chars().count() {
        0..=2 => 0,
        3..=6 => 1,
        7..=12 => 2,
        _ => 3,
    };
    let distances = known.into_iter().map(|known| (strsim::osa_distance(&wanted, &folded(known)), known));
    distances.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// Advice about a name that nothing has: the one that was probably meant, else all of them.
pub(super) fn advice(name: &str, known: &[String], what: &str) -> String {
    if let Some(near) = near(name, known.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    match known {
        [] => format!("there are no {what}"),
        [only] => format!("the only one of the {what} is `{only}`"),
        _ => format!("the {what} are {}", listed(known)),
    }
}

/// Names in back-ticks.
fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_must_be_nearer_than_long_ones() {
        assert_eq!(near("pln", ["plan", "task"]), Some("plan"));
        assert_eq!(near("Statuss", ["Status"]), Some("Status"));
        assert_eq!(near("no", ["nr"]), None);
        assert_eq!(near("status", ["stage"]), None);
        assert_eq!(advice("x", &["a".into(), "b".into()], "holes"), "the holes are `a`, `b`");
    }
}
