//! Nobody who bought something is named in a fixture: it goes where the plugin goes. Buyers become `buyer-1`, `buyer-2` … in the order of
//! their orders, wherever their ids stand, and whatever was written by a person or answered by somebody outside is masked.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::redact::Vault;

/// Ids that are shorter are replaced only where they are all of a text: "b1" stands in too many words.
const TELLING: usize = 6;

/// Parts of a fixture that hold words of people, models and hosts.
const WORDS: [&str; 4] = ["input", "answers", "kept", "model"];

/// Whoever is named, and what stands there instead.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Of these buyers, in their order.
    pub(super) fn of(buyers: impl Iterator<Item = String>) -> Self {
        let mut names = BTreeMap::new();
        for buyer in buyers {
            let next = format!("buyer-{}", names.len() + 1);
            names.entry(buyer).or_insert(next);
        }
        Self(names)
    }

    /// A fixture without them.
    pub(super) fn hide(&self, fixture: &mut Map<String, Value>) {
        let mut vault = Vault::new();
        for list in ["orders", "refunds"] {
            for row in fixture.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                for (field, value) in row.as_object_mut().into_iter().flatten() {
                    match field.as_str() {
                        "buyer" => self.rename(value),
                        // What a buyer wrote; the other fields are the platform's and the shop's.
                        "reason" => self.hide_in(value, &mut vault),
                        _ => {}
                    }
                }
            }
        }
        for list in WORDS {
            if let Some(value) = fixture.get_mut(list) {
                self.hide_in(value, &mut vault);
            }
        }
    }

    fn hide_in(&self, value: &mut Value, vault: &mut Vault) {
        self.rename(value);
        each(value, &mut |text| vault.mask(text));
    }

    fn rename(&self, value: &mut Value) {
        each(value, &mut |text| {
            if let Some(name) = self.0.get(text) {
                return name.clone();
            }
            let telling = self.0.iter().filter(|(id, _)| id.len() >= TELLING);
            telling.fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name))
        });
    }
}

/// Changes every text of a value, keys included.
fn each(value: &mut Value, change: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Object(fields) => {
            for (key, mut value) in std::mem::take(fields) {
                each(&mut value, change);
                fields.insert(change(&key), value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
