//! `allowed-tools`: the most that a skill may do, word by word. One form for everything: `word(what)`, words parted by spaces.
//!
//! | word | what it allows |
//! | --- | --- |
//! | `shop(orders)` | a read of the shop; the words are those of [`Read`] |
//! | `ask(NAME)` | a question to the model with `prompts/NAME.md` |
//! | `propose(stock.set)` | proposing this kind of action |
//! | `http(api.example.com)` | calls to this host over HTTPS |
//! | `kv(1MiB)` | keeping values of its own |
//! | `on(order.paid)` | being started by this event |
//! | `every(0 8 * * *)` | being started at these times of the shop's zone |

use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as Unread, StrDeserializer};
use xiaoer_sdk::{ActionKind, Beyond, EventKind, Manifest, Read};

use super::fault::shown;
use crate::schedule::Times;

/// The only size of a skill's own values.
const KV: &str = "1MiB";

/// A word that is not understood.
pub(crate) struct Unknown {
    /// The word.
    pub(crate) word: String,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do.
    pub(crate) mend: String,
}

/// The words of a line, parted by spaces outside of brackets.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut from, mut open) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            c if c.is_whitespace() && open == 0 => {
                words.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    words.push(&text[from..]);
    words.retain(|word| !word.is_empty());
    words
}

/// Adds what the words allow to a manifest.
///
/// # Errors
/// The first word that is not known, or that is there twice.
pub(crate) fn allow(text: &str, manifest: &mut Manifest) -> Result<(), Unknown> {
    let mut seen = Vec::new();
    for word in words(text) {
        let refuse = |what: String, mend: String| {
            Err(Unknown { word: word.into(), what: format!("{} {what}", shown(word)), mend })
        };
        if seen.contains(&word) {
            return refuse("is there twice".into(), "leave one out".into());
        }
        seen.push(word);
        let Some((kind, rest)) = word.split_once('(') else {
            return refuse(
                "is not a tool of xiaoer".into(),
                "write shop(…), ask(…), propose(…), http(…), kv(1MiB), on(…) or every(…)".into(),
            );
        };
        let Some(what) = rest.strip_suffix(')') else {
            return refuse("does not end with a bracket".into(), format!("write {kind}(…)"));
        };
        if let Err((wrong, mend)) = one(kind, what, manifest) {
            return refuse(wrong, mend);
        }
    }
    Ok(())
}

/// A value of an enum by its name in JSON.
fn named<'de, T: Deserialize<'de>>(name: &'de str) -> Option<T> {
    let from: StrDeserializer<'de, Unread> = name.into_deserializer();
    T::deserialize(from).ok()
}

/// Every word of [`Read`], in the order of the type.
pub const READS: [(&str, Read); 11] = [
    ("orders", Read::Orders),
    ("refunds", Read::Refunds),
    ("products", Read::Products),
    ("pictures", Read::Pictures),
    ("costs", Read::Costs),
    ("traffic", Read::Traffic),
    ("activities", Read::Activities),
    ("score", Read::Score),
    ("forecast", Read::Forecast),
    ("plan", Read::Plan),
    ("tasks", Read::Tasks),
];

fn one(kind: &str, what: &str, manifest: &mut Manifest) -> Result<(), (String, String)> {
    let Beyond { http, kv, on, every } = &mut manifest.beyond;
    match kind {
        "shop" => {
            let read = READS.iter().find(|(word, _)| *word == what);
            let known = || READS.map(|(word, _)| word).join(", ");
            let (_, read) = read.ok_or_else(|| ("is no part of a shop".to_owned(), format!("known: {}", known())))?;
            manifest.reads.insert(*read);
        }
        "ask" => {
            if !is_prompt_name(what) {
                return Err((
                    "is no prompt's name".into(),
                    "use lower-case letters, digits and hyphens, as in prompts/NAME.md".into(),
                ));
            }
            manifest.asks.insert(what.into());
        }
        "propose" => {
            let known = || ActionKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
            let kind = named(what).ok_or_else(|| ("is no kind of action".to_owned(), format!("known: {}", known())))?;
            manifest.proposes.insert(kind);
        }
        "http" => {
            host(what)
                .map_err(|why| (why.to_owned(), "name one public host, as in http(api.example.com)".to_owned()))?;
            http.insert(what.into());
        }
        "kv" => {
            if what != KV {
                return Err(("is no size that there is".into(), format!("write kv({KV})")));
            }
            *kv = true;
        }
        "on" => {
            let known = || EventKind::ALL.map(EventKind::name).join(", ");
            on.insert(named(what).ok_or_else(|| ("is no event".to_owned(), format!("known: {}", known())))?);
        }
        "every" => {
            if every.is_some() {
                return Err(("is a second time-table".into(), "write one every(…)".into()));
            }
            if what.split_whitespace().count() != 5 {
                return Err((
                    "has not five fields".into(),
                    "write minute hour day month weekday, as in every(0 8 * * *)".into(),
                ));
            }
            Times::parse(what)
                .map_err(|error| (format!("is not understood: {error}"), "as in every(0 8 * * *)".into()))?;
            *every = Some(what.into());
        }
        _ => {
            let tools = "write shop(…), ask(…), propose(…), http(…), kv(1MiB), on(…) or every(…)";
            return Err(("is not a tool of xiaoer".into(), tools.into()));
        }
    }
    Ok(())
}

/// Whether a prompt may be called so. A name becomes a path.
pub(crate) fn is_prompt_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Checks a host's name. Addresses and names of the inner network are never a plugin's to call.
fn host(name: &str) -> Result<(), &'static str> {
    let labels: Vec<_> = name.split('.').collect();
    let plain = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > 253 || labels.len() < 2 || !labels.iter().all(plain) {
        return Err("is no host's name (no scheme, port, path or wildcard)");
    }
    let last = labels.last().copied().unwrap_or_default();
    if !last.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("is an address, not a name");
    }
    if ["local", "localhost", "internal", "lan", "home", "arpa", "test", "invalid", "onion"].contains(&last) {
        return Err("is a name of an inner network");
    }
    Ok(())
}
