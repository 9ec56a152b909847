//! SKILL.md → [`Manifest`]. The file is an Agent Skill, held to the format's own rules; what is ours stands in `metadata` under `xiaoer.`
//! and in `allowed-tools`. Pure: text in, manifest or [`Fault`] out. Whatever is not known is refused, with its line.
//!
//! A folder that says nothing about us is somebody else's Agent Skill. It becomes a prompt-only skill that may do exactly what the person
//! who installs it says ([`Adopted`]): foreign words of `allowed-tools` mean nothing here.

mod api;
mod sheet;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use semver::Version;
use xiaoer_sdk::Manifest;

use super::fault::{Fault, shown};
use super::front::{self, Front};
use super::tools;
use api::check_api;
pub use api::{API, read_api, served};
use sheet::{Field, Sheet, bounded, missing};

const FILE: &str = "SKILL.md";

/// What a skill's code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// None: the model is asked.
    Prompt,
    /// `index.js`.
    Script,
    /// `skill.wasm`.
    Component,
}

impl Entry {
    /// The file that holds it.
    #[must_use]
    pub fn file(self) -> Option<&'static str> {
        match self {
            Self::Prompt => None,
            Self::Script => Some("index.js"),
            Self::Component => Some("skill.wasm"),
        }
    }
}

/// What is known about the place where a skill is to work.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// The roles there are; none when the place is not known, as when an author checks a folder.
    pub roles: Option<BTreeSet<String>>,
    /// What was decided for an Agent Skill from elsewhere.
    pub adopted: Option<Adopted>,
}

/// What a person decided for an Agent Skill that says nothing about xiaoer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Adopted {
    /// The role that runs it.
    pub role: String,
    /// What it may do at most, in the words of `allowed-tools`.
    pub allow: String,
}

/// A SKILL.md that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// What it declares. The form's fields come from another file.
    pub manifest: Manifest,
    /// The text below the front matter.
    pub body: String,
    /// What its code is.
    pub entry: Entry,
    /// Versions of the contract that it was written for.
    pub api: RangeInclusive<u32>,
    /// Whether it was written for somebody else.
    pub foreign: bool,
}

/// Reads the SKILL.md of a folder of this name.
///
/// # Errors
/// The first [`Fault`].
pub fn parse(folder: &str, text: &str, post: &Post) -> Result<Declared, Fault> {
    let front = front::read(text)?;
    let sheet = Sheet::over(&front)?;
    let name = sheet.text("name")?.ok_or_else(|| missing("name", "write name: and the folder's name"))?;
    check_name(name, folder)?;
    let description = sheet
        .text("description")?
        .ok_or_else(|| missing("description", "say what the skill does and when to use it"))?;
    bounded(&description, 1024)?;
    for (key, longest) in [("license", 500), ("compatibility", 500)] {
        if let Some(field) = sheet.text(key)? {
            bounded(&field, longest)?;
        }
    }
    let ours = sheet.metadata()?;
    let mut manifest = Manifest::new("", name.value, name.value).about(description.value);
    let foreign = ours.is_empty();
    let (entry, api) = if foreign {
        adopt(&mut manifest, &sheet, post)?;
        (Entry::Prompt, API)
    } else {
        let told = own(&mut manifest, &ours, post)?;
        if let Some(field) = sheet.text("allowed-tools")? {
            allow(&front, &field, &mut manifest)?;
        }
        told
    };
    if entry == Entry::Prompt {
        // Its own text is its prompt: asking the model with it is what such a skill is.
        manifest.asks.insert(manifest.name.clone());
        if front.body.trim().is_empty() {
            let mend = "write below the front matter what the model shall do, or name the code in xiaoer.entry";
            return Err(Fault::of(FILE, "a skill without code needs a text", mend));
        }
    }
    Ok(Declared { manifest, body: front.body.into(), entry, api, foreign })
}

fn check_name(name: Field<'_>, folder: &str) -> Result<(), Fault> {
    let plain = name.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let hyphens = name.value.starts_with('-') || name.value.ends_with('-') || name.value.contains("--");
    if !plain || hyphens || !(1..=64).contains(&name.value.len()) {
        let mend = "use 1 to 64 lower-case letters, digits and single hyphens inside";
        return Err(name.wrong(format!("{} is not allowed", shown(name.value)), mend));
    }
    if name.value != folder {
        let what = format!("{:?} is not the name of its folder {}", name.value, shown(folder));
        return Err(name.wrong(what, "give both the same name"));
    }
    Ok(())
}

/// Reads what is ours.
fn own(manifest: &mut Manifest, ours: &[Field<'_>], post: &Post) -> Result<(Entry, RangeInclusive<u32>), Fault> {
    let find = |key: &str| ours.iter().find(|field| field.key == key);
    let need = |key: &str, mend: &str| find(key).ok_or_else(|| missing(key, &format!("add it under metadata: {mend}")));
    let role = need("xiaoer.role", "who runs the skill, as in operations")?;
    check_role(post, role.value).map_err(|(what, mend)| role.wrong(what, mend))?;
    let title = need("xiaoer.title", "what the merchant clicks, in Chinese")?;
    bounded(title, 40)?;
    let version = need("xiaoer.version", "as in 1.0.0")?;
    let read = Version::parse(version.value).map_err(|error| {
        version.wrong(format!("{} is no version ({error})", shown(version.value)), "write three numbers, as in 1.0.0")
    })?;
    let api = match find("xiaoer.api") {
        None => return Err(missing("xiaoer.api", &format!("add it under metadata: xiaoer.api: \"{}\"", API.end()))),
        Some(field) => check_api(field)?,
    };
    let entry = match find("xiaoer.entry") {
        None => Entry::Prompt,
        Some(field) => match field.value {
            "index.js" => Entry::Script,
            "skill.wasm" => Entry::Component,
            other => {
                let what = format!("{} is no file that can be run", shown(other));
                return Err(field.wrong(what, "write index.js or skill.wasm, or leave it out for a skill without code"));
            }
        },
    };
    manifest.role = role.value.into();
    manifest.title = title.value.into();
    manifest.version = read.to_string();
    Ok((entry, api))
}

fn check_role(post: &Post, role: &str) -> Result<(), (String, String)> {
    if let Some(roles) = &post.roles
        && !roles.contains(role)
    {
        let known: Vec<_> = roles.iter().map(String::as_str).collect();
        return Err((
            format!("{} is no role of this installation", shown(role)),
            format!("known: {}", known.join(", ")),
        ));
    }
    let plain = (1..=64).contains(&role.len()) && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if plain {
        Ok(())
    } else {
        Err((format!("{} is no role's id", shown(role)), "write an id of agents.toml, as in operations".into()))
    }
}

/// Makes an Agent Skill from elsewhere a skill of ours, within what a person decided.
fn adopt(manifest: &mut Manifest, sheet: &Sheet<'_>, post: &Post) -> Result<(), Fault> {
    // It must be one line of text there too, whatever the words mean.
    sheet.text("allowed-tools")?;
    let Some(adopted) = &post.adopted else {
        let mend = "install it with --role ROLE (and --allow \"shop(orders) …\" for what it may read), or add metadata xiaoer.role, xiaoer.title, xiaoer.version and xiaoer.api";
        return Err(Fault::of(FILE, "the skill does not say which role runs it", mend));
    };
    let refuse = |(what, mend): (String, String)| Fault::of("--role", what, mend);
    check_role(post, &adopted.role).map_err(refuse)?;
    manifest.role.clone_from(&adopted.role);
    // It has no version that we could compare, so every other content counts as a change.
    manifest.version = "0.0.0".into();
    tools::allow(&adopted.allow, manifest).map_err(|unknown| Fault::of("--allow", unknown.what, unknown.mend))
}

fn allow(front: &Front<'_>, field: &Field<'_>, manifest: &mut Manifest) -> Result<(), Fault> {
    tools::allow(field.value, manifest).map_err(|unknown| {
        let line = front.line_of(&unknown.word, field.line);
        Fault::of(FILE, format!("allowed-tools: {}", unknown.what), unknown.mend).at(line)
    })
}
