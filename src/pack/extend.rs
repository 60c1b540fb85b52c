//! What `extends:` means: a kind that says only what differs from another one, and the value that both make together.
//!
//! The rule, as `rules/README.md` teaches it:
//! * a mapping is merged key by key; `null` takes a key away;
//! * a single value takes the place of the other kind's;
//! * a list adds to the other kind's. An item that is known by its `name`, `heading`, `text`, `shape`, `field`, `part`,
//!   `form` or `values` changes the item of the same key, every other one is new. A new item stands behind the item
//!   before it, the first one at the end; in `phases` and `forms`, where the first that fits wins, before all others;
//! * `{ remove: ITEM }` in a list takes an item away, `{ only: [ … ] }` in place of a list replaces it;
//! * `required: false` or `true` at a property of the schema takes its name from, or adds it to, the required ones;
//! * a single `path` narrows the kind: it takes the other's documents only where that path fits.
//!
//! Merging happens before the types are asked, so a merged kind is checked like any other. Where each part of it comes
//! from is kept, so that a mistake is shown in the file that made it.

use serde_json::{Map, Value};

use crate::pack::near::near;

/// The key that names the other kind.
const EXTENDS: &str = "extends";
/// Takes an item out of a list.
const REMOVE: &str = "remove";
/// Replaces a list.
const ONLY: &str = "only";
/// Keys that tell one item of a list from another.
const IDENTITY: &[&str] = &["name", "heading", "text", "shape", "field", "part", "form", "values"];
/// Lists whose first fitting item wins: what is added goes before.
const FIRST_WINS: &[&str] = &["phases", "forms"];

/// A merged value.
#[derive(Debug, Default)]
pub struct Merged {
    /// The value.
    pub value: Value,
    /// Pointers into the value, and the place in the extending file that they come from; none, if it is not there.
    places: Vec<(String, Option<String>)>,
    /// What is wrong with the extending file: pointer into it, words, and advice.
    pub mistakes: Vec<(String, String, String)>,
}

impl Merged {
    /// Where a place of the merged value stands in the extending file; `None` if it comes from the other kind.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Option<String> {
        let holds =
            |prefix: &str| pointer.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let nearest = self.places.iter().filter(|(prefix, _)| holds(prefix)).max_by_key(|(prefix, _)| prefix.len());
        match nearest {
            Some((prefix, own)) => own.as_ref().map(|own| format!("{own}{}", &pointer[prefix.len()..])),
            None => Some(pointer.to_owned()),
        }
    }

    fn of(value: Value) -> Self {
        Merged { value, ..Merged::default() }
    }

    /// Takes over what was noticed below: `to` in the merged value, `from` in the extending file.
    fn take(&mut self, below: Merged, to: &str, from: &str) -> Value {
        let places = below.places.into_iter();
        self.places
            .extend(places.map(|(pointer, own)| (format!("{to}{pointer}"), own.map(|own| format!("{from}{own}")))));
        let mistakes = below.mistakes.into_iter();
        self.mistakes.extend(mistakes.map(|(pointer, words, help)| (format!("{from}{pointer}"), words, help)));
        below.value
    }
}

/// The kind that `own` makes of `base`. `not` are paths that are never documents of the base's pack.
#[must_use]
pub fn extend(base: &Value, own: &Value, not: &[String]) -> Merged {
    let mut own = own.clone();
    let mut base = base.clone();
    if let Some(own) = own.as_object_mut() {
        own.shift_remove(EXTENDS);
    }
    if let Some(base) = base.as_object_mut() {
        let list = base.entry("not").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(not.iter().map(|glob| Value::from(glob.as_str())));
        }
        // A path of its own narrows the kind: the other's marks count only where it fits.
        if own.get("path").is_some_and(Value::is_string)
            && own.get("recognise").is_none()
            && let Some(Value::Array(marks)) = base.get_mut("recognise")
        {
            for mark in marks.iter_mut().filter(|mark| mark.as_str() != Some("path")) {
                let inner = mark.take();
                *mark = serde_json::json!({ "all": ["path", inner] });
            }
        }
    }
    let mut merged = merge("", &base, &own);
    let schema = |kind: &Value| kind.pointer("/fields/schema").cloned().unwrap_or_default();
    unknown_optional(&schema(&base), &schema(&own), "/fields/schema", &mut merged.mistakes);
    if let Some(schema) = merged.value.pointer_mut("/fields/schema") {
        settle_required(schema);
    }
    merged
}

/// Merges two values that stand under the same key.
fn merge(key: &str, base: &Value, own: &Value) -> Merged {
    match (base, own) {
        (_, Value::Object(object)) if is_only(object) => {
            let mut merged = list(key, &[], object[ONLY].as_array().map_or(&[], Vec::as_slice));
            for (_, from) in &mut merged.places {
                *from = from.take().map(|from| format!("/{ONLY}{from}"));
            }
            for (from, _, _) in &mut merged.mistakes {
                *from = format!("/{ONLY}{from}");
            }
            merged
        }
        (Value::Object(base), Value::Object(own)) => Merged::default().object(base, own),
        (_, Value::Object(own)) => Merged::default().object(&Map::new(), own),
        (Value::Array(base), Value::Array(own)) => list(key, base, own),
        (Value::Object(object), Value::Array(own)) if object.contains_key("shapes") => {
            let mut merged = Merged::of(base.clone());
            let shapes = match &object["shapes"] {
                Value::Array(shapes) => list("shapes", shapes, own),
                single => list("shapes", std::slice::from_ref(single), own),
            };
            merged.value["shapes"] = merged.take(shapes, "/shapes", "");
            merged
        }
        (Value::Null | Value::Object(_), Value::Array(own)) => list(key, &[], own),
        (single, Value::Array(own)) => list(key, std::slice::from_ref(single), own),
        (_, single) => Merged::of(single.clone()),
    }
}

fn is_only(object: &Map<String, Value>) -> bool {
    object.len() == 1 && object.get(ONLY).is_some_and(Value::is_array)
}

impl Merged {
    fn object(mut self, base: &Map<String, Value>, own: &Map<String, Value>) -> Merged {
        let mut result = base.clone();
        for (key, value) in own {
            if value.is_null() {
                if result.shift_remove(key).is_none() {
                    let words = format!("there is no `{key}` to take away");
                    let help = near(key, base.keys().map(String::as_str));
                    let help = help.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                    self.mistakes.push((step(key), words, help));
                }
                continue;
            }
            let below = merge(key, base.get(key).unwrap_or(&Value::Null), value);
            let step = step(key);
            let value = self.take(below, &step, &step);
            result.insert(key.clone(), value);
        }
        self.value = Value::Object(result);
        self
    }
}

/// A key as a step of a pointer.
fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// An item of a merged list: what it is, what was noticed in it, and its number in the extending file.
struct Slot {
    item: Merged,
    own: Option<usize>,
}

fn list(key: &str, base: &[Value], own: &[Value]) -> Merged {
    let mut merged = Merged::default();
    let mut slots: Vec<Slot> = base.iter().map(|item| Slot { item: Merged::of(item.clone()), own: None }).collect();
    let mut next = if FIRST_WINS.contains(&key) { Some(0) } else { None };
    for (number, item) in own.iter().enumerate() {
        if let Some(wanted) = item.as_object().filter(|object| object.len() == 1).and_then(|object| object.get(REMOVE))
        {
            for wanted in one_or_many(wanted) {
                if !remove(&mut slots, wanted) {
                    let words = format!("there is no `{}` in the list that is extended", plain(wanted));
                    let known: Vec<String> =
                        base.iter().filter_map(identity).flat_map(|it| it.1).map(|it| plain(&it)).collect();
                    let help = near(&plain(wanted), known.iter().map(String::as_str));
                    let help = help.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
                    merged.mistakes.push((format!("/{number}/{REMOVE}"), words, help));
                }
            }
            next = next.map(|next| next.min(slots.len()));
            continue;
        }
        let at = match slots.iter().position(|slot| is_same(&slot.item.value, item)) {
            Some(at) => change(&mut slots, at, item),
            None => {
                let at = next.unwrap_or(slots.len());
                slots.insert(at, Slot { item: merge("", &Value::Null, item), own: None });
                at
            }
        };
        slots[at].own = Some(number);
        next = Some(at + 1);
    }
    let mut items = Vec::new();
    for (number, slot) in slots.into_iter().enumerate() {
        let to = format!("/{number}");
        let from = slot.own.map(|own| format!("/{own}"));
        merged.places.push((to.clone(), from.clone()));
        items.push(merged.take(slot.item, &to, from.as_deref().unwrap_or_default()));
    }
    merged.value = Value::Array(items);
    merged
}

/// Changes the item at `at`; returns where the changed one stands.
fn change(slots: &mut Vec<Slot>, at: usize, own: &Value) -> usize {
    let base = slots[at].item.value.clone();
    if base == *own {
        return at;
    }
    let (Some(known), Some(changes)) = (base.as_object(), own.as_object()) else {
        slots[at].item = merge("", &Value::Null, own);
        return at;
    };
    let mut item = Merged::default().object(known, changes);
    match IDENTITY.iter().find(|key| changes.contains_key(**key)) {
        // Further headings are further spellings of the same section.
        Some(key @ &"heading") => {
            let mut all: Vec<Value> = one_or_many(&known[*key]).to_vec();
            for heading in one_or_many(&changes[*key]) {
                if !all.contains(heading) {
                    all.push(heading.clone());
                }
            }
            item.value[*key] = Value::Array(all);
        }
        // Of a group of texts only those that are named change.
        Some(key @ (&"text" | &"shape")) => {
            let named = one_or_many(&changes[*key]);
            let rest: Vec<Value> =
                one_or_many(&known[*key]).iter().filter(|text| !named.contains(text)).cloned().collect();
            item.value[*key] = changes[*key].clone();
            if !rest.is_empty() {
                slots[at].item.value[*key] = Value::Array(rest);
                slots.insert(at + 1, Slot { item, own: None });
                return at + 1;
            }
        }
        _ => {}
    }
    slots[at].item = item;
    at
}

/// Takes an item out of a list, by what it is known by. Returns whether it was there.
fn remove(slots: &mut Vec<Slot>, wanted: &Value) -> bool {
    let before = slots.len();
    let mut found = false;
    slots.retain_mut(|slot| {
        let value = &mut slot.item.value;
        if value == wanted {
            return false;
        }
        let Some((key, names)) = identity(value) else { return true };
        if !names.contains(wanted) {
            return true;
        }
        // A text may be one of a group, which stays.
        if matches!(key, "text" | "shape") && names.len() > 1 {
            let rest: Vec<Value> = names.iter().filter(|name| *name != wanted).cloned().collect();
            value[key] = Value::Array(rest);
            found = true;
            return true;
        }
        false
    });
    found || slots.len() < before
}

/// What an item is known by.
fn identity(item: &Value) -> Option<(&'static str, Vec<Value>)> {
    match item {
        Value::Object(object) => {
            let key = IDENTITY.iter().find(|key| object.contains_key(**key))?;
            Some((key, one_or_many(&object[*key]).to_vec()))
        }
        // Values that agree are a list, or a mapping with one.
        Value::Array(values) => Some(("values", values.clone())),
        _ => None,
    }
}

/// Whether an item of the extending list means one of the other's.
fn is_same(base: &Value, own: &Value) -> bool {
    if base == own {
        return true;
    }
    match (identity(base), identity(own)) {
        (Some((key, names)), Some((other, others))) => {
            let place = |value: &Value| value.get("in").cloned();
            let elsewhere = matches!(key, "text" | "shape") && place(own).is_some() && place(own) != place(base);
            key == other
                && !elsewhere
                && if key == "values" { names == others } else { names.iter().any(|name| others.contains(name)) }
        }
        (Some((key, names)), None) => key != "values" && names.len() == 1 && names[0] == *own,
        (None, Some((key, others))) => key != "values" && others.len() == 1 && others[0] == *base,
        (None, None) => false,
    }
}

fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        single => std::slice::from_ref(single),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `required: false` at a property takes its name from the required ones, `required: true` adds it.
fn settle_required(schema: &mut Value) {
    let mut asked: Vec<(String, bool)> = Vec::new();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            if let Some(property) = property.as_object_mut()
                && let Some(required) = property.get("required").and_then(Value::as_bool)
            {
                property.shift_remove("required");
                asked.push((name.clone(), required));
            }
            settle_required(property);
        }
    }
    for (name, required) in asked {
        if required {
            let list = schema
                .as_object_mut()
                .map(|schema| schema.entry("required").or_insert_with(|| Value::Array(Vec::new())));
            if let Some(Value::Array(list)) = list
                && !list.iter().any(|known| *known == *name)
            {
                list.push(name.into());
            }
        } else {
            not_required(schema, &name);
        }
    }
}

/// Fields that are made optional, and that the other kind does not have.
fn unknown_optional(base: &Value, own: &Value, pointer: &str, mistakes: &mut Vec<(String, String, String)>) {
    let members = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let known = members(base);
    let listed = base.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, property) in members(own) {
        let at = format!("{pointer}/properties{}", step(&name));
        let optional = property.get("required").and_then(Value::as_bool) == Some(false);
        match known.get(&name) {
            Some(inner) => unknown_optional(inner, &property, &at, mistakes),
            None if optional && !listed.contains(&Value::from(name.as_str())) => {
                let help = near(&name, known.keys().map(String::as_str));
                let help = help.map_or_else(
                    || "a field of your own is optional unless `required` lists it".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                mistakes.push((at, format!("the other kind has no field `{name}` that could be optional"), help));
            }
            None => {}
        }
    }
}

/// Takes a name out of every list of required ones, also out of those that a condition adds.
fn not_required(schema: &mut Value, name: &str) {
    let Some(schema) = schema.as_object_mut() else { return };
    if let Some(Value::Array(list)) = schema.get_mut("required") {
        list.retain(|known| *known != *name);
    }
    for key in ["then", "else"] {
        if let Some(branch) = schema.get_mut(key) {
            not_required(branch, name);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(key) {
            branches.iter_mut().for_each(|branch| not_required(branch, name));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(base: Value, own: Value) -> Value {
        let merged = merge("", &base, &own);
        assert_eq!(merged.mistakes, Vec::new());
        merged.value
    }

    #[test]
    fn mappings_merge_and_null_takes_away() {
        assert_eq!(
            merged(json!({"a": {"b": 1, "c": 2}, "d": 3}), json!({"a": {"c": 4, "e": 5}, "d": null})),
            json!({"a": {"b": 1, "c": 4, "e": 5}})
        );
    }

    #[test]
    fn a_single_value_replaces_and_a_list_adds() {
        assert_eq!(merged(json!({"path": "a"}), json!({"path": "b"})), json!({"path": "b"}));
        assert_eq!(merged(json!({"path": "a"}), json!({"path": ["b"]})), json!({"path": ["a", "b"]}));
        assert_eq!(merged(json!({"enum": ["a", "b"]}), json!({"enum": ["b", "c"]})), json!({"enum": ["a", "b", "c"]}));
        assert_eq!(merged(json!({"enum": ["a", "b"]}), json!({"enum": {"only": ["c"]}})), json!({"enum": ["c"]}));
        assert_eq!(merged(json!({"enum": ["a", "b"]}), json!({"enum": [{"remove": "a"}]})), json!({"enum": ["b"]}));
        assert_eq!(
            merged(json!({"title": {"shapes": ["a"], "required": false}}), json!({"title": ["b"]})),
            json!({"title": {"shapes": ["a", "b"], "required": false}})
        );
    }

    #[test]
    fn items_are_known_by_their_names() {
        let base = json!({"sections": [
            {"heading": ["Plan", "Approach"], "required": true, "holds": "list"},
            {"heading": "Notes"}
        ]});
        let own =
            json!({"sections": [{"heading": "Plan", "required": false}, {"heading": "Rollback", "required": true}]});
        assert_eq!(
            merged(base.clone(), own),
            json!({"sections": [
                {"heading": ["Plan", "Approach"], "required": false, "holds": "list"},
                {"heading": "Rollback", "required": true},
                {"heading": "Notes"}
            ]})
        );
        assert_eq!(
            merged(base, json!({"sections": [{"remove": "Approach"}, {"heading": ["Notes", "Remarks"]}]})),
            json!({"sections": [{"heading": ["Notes", "Remarks"]}]})
        );
    }

    #[test]
    fn of_a_group_of_texts_only_the_named_one_changes() {
        let base = json!({"leftovers": ["[X]", {"in": "tasks", "text": ["a", "b", "c"]}]});
        assert_eq!(
            merged(base.clone(), json!({"leftovers": [{"text": "b", "severity": "info"}, "[Y]"]})),
            json!({"leftovers": [
                "[X]",
                {"in": "tasks", "text": ["a", "c"]},
                {"in": "tasks", "text": "b", "severity": "info"},
                "[Y]"
            ]})
        );
        assert_eq!(
            merged(base, json!({"leftovers": [{"remove": ["c", "[X]"]}]})),
            json!({"leftovers": [{"in": "tasks", "text": ["a", "b"]}]})
        );
    }

    #[test]
    fn what_is_added_where_the_first_wins_goes_first() {
        let base = json!({"phases": [{"heading": "Phase {n}: {title}", "role": "any"}]});
        let own = json!({"phases": [{"heading": "Phase {n}: Rollout", "role": "shared"}]});
        assert_eq!(merged(base, own)["phases"][0]["role"], "shared");
    }

    #[test]
    fn values_that_agree_are_known_by_themselves() {
        let base = json!({"agree": [["a", "b"], ["c", "d"]]});
        assert_eq!(
            merged(base, json!({"agree": [{"values": ["a", "b"], "severity": "off"}]})),
            json!({"agree": [{"values": ["a", "b"], "severity": "off"}, ["c", "d"]]})
        );
    }

    #[test]
    fn fields_are_switched_by_required() {
        let base = json!({"fields": {"schema": {
            "required": ["a", "b"],
            "properties": {"a": {}, "b": {}},
            "allOf": [{"if": {}, "then": {"required": ["a", "c"]}}]
        }}});
        let own = json!({"fields": {"schema": {"properties": {"a": {"required": false}, "d": {"required": true, "type": "string"}}}}});
        let value = extend(&base, &own, &[]).value;
        assert_eq!(value.pointer("/fields/schema/required"), Some(&json!(["b", "d"])));
        assert_eq!(value.pointer("/fields/schema/allOf/0/then/required"), Some(&json!(["c"])));
        assert_eq!(value.pointer("/fields/schema/properties/d"), Some(&json!({"type": "string"})));
    }

    #[test]
    fn a_path_of_its_own_narrows_the_kind() {
        let base = json!({"path": "a.md", "recognise": [{"select": "field x"}, "path"]});
        let value = extend(&base, &json!({"extends": "p/k", "path": "b.md"}), &["t/**".to_owned()]).value;
        assert_eq!(value["recognise"], json!([{"all": ["path", {"select": "field x"}]}, "path"]));
        assert_eq!(value["not"], json!(["t/**"]));
    }

    #[test]
    fn places_lead_to_the_extending_file() {
        let base = json!({"sections": [{"heading": "A"}, {"heading": "B"}], "x": {"y": [1]}});
        let own = json!({"sections": [{"heading": "C", "colour": "red"}], "x": {"y": {"only": [2]}}});
        let merged = merge("", &base, &own);
        assert_eq!(merged.place("/sections/2/colour").as_deref(), Some("/sections/0/colour"));
        assert_eq!(merged.place("/sections/0/heading"), None);
        assert_eq!(merged.place("/x/y/0").as_deref(), Some("/x/y/only/0"));
        assert_eq!(merged.place("/title").as_deref(), Some("/title"));
        let wrong = merge("", &base, &json!({"sections": [{"remove": "D"}]}));
        assert_eq!(wrong.mistakes[0].0, "/sections/0/remove");
    }
}
