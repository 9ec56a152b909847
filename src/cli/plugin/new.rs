//! `xiaoer skill new`: a folder that works as it stands. What is written here are files, never text of ours: a template is a plugin.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use xiaoer::plugin::folder;

use super::{Kind, New};
use crate::cli::local::Place;
use crate::cli::log::say;
use crate::cli::trial;

/// `(path in the folder, content)`.
type Files = &'static [(&'static str, &'static [u8])];

/// Where the shop lies that an author tries a skill on.
const FIXTURE: &str = "tests/basic.toml";

const PROMPT: Files = &[
    ("SKILL.md", include_bytes!("new/prompt/SKILL.md")),
    (FIXTURE, concat!(include_str!("new/basic.toml"), include_str!("new/prompt/words.toml")).as_bytes()),
];

const SCRIPT: Files = &[
    ("SKILL.md", include_bytes!("new/js/SKILL.md")),
    ("index.js", include_bytes!("new/js/index.js")),
    ("prompts/@NAME@.md", include_bytes!("new/js/prompt.md")),
    ("schemas/input.json", include_bytes!("new/js/input.json")),
    (FIXTURE, include_bytes!("new/basic.toml")),
    ("skill.d.ts", include_bytes!("../../../sdk/skill.d.ts")),
];

/// What the sample in Rust is called in its own files.
const SAMPLE: &str = "refund-reasons";

/// The sample in Rust, so that a built component lies beside its source from the first moment.
const RUST: Files = &[
    ("SKILL.md", include_bytes!("new/rust/SKILL.md")),
    ("Cargo.toml", include_bytes!("new/rust/Cargo.toml.txt")),
    ("Cargo.lock", include_bytes!("../../../skills/plugins/refund-reasons/Cargo.lock")),
    ("src/lib.rs", include_bytes!("../../../skills/plugins/refund-reasons/src/lib.rs")),
    ("schemas/input.json", include_bytes!("../../../skills/plugins/refund-reasons/schemas/input.json")),
    (FIXTURE, include_bytes!("../../../skills/plugins/refund-reasons/tests/basic.toml")),
    ("skill.wasm", include_bytes!("../../../skills/plugins/refund-reasons/skill.wasm")),
];

pub(super) async fn new(place: &Place, wish: &New) -> anyhow::Result<()> {
    let New { name, kind, role } = wish;
    let taken = xiaoer_skills::all().iter().any(|entry| entry.skill.manifest().name == *name);
    anyhow::ensure!(!taken, "{name:?} is the name of a built-in skill; choose another one");
    let roles: Vec<String> = place.settings()?.config.roles.into_iter().map(|role| role.id).collect();
    anyhow::ensure!(roles.contains(role), "there is no role {role:?}; --role takes one of: {}", roles.join(", "));
    let dir = Path::new(name);
    // A name that is no name of a plugin could be a path.
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    anyhow::ensure!(plain && !name.is_empty(), "{name:?} is no name; use lower-case letters, digits and hyphens");
    fs::create_dir(dir).with_context(|| format!("./{name} cannot be made; choose another name or another folder"))?;
    let (files, first) = match kind {
        Kind::Prompt => (PROMPT, "SKILL.md"),
        Kind::Js => (SCRIPT, "index.js"),
        Kind::Rust => (RUST, "src/lib.rs"),
    };
    let fill = |text: &str| text.replace("@NAME@", name).replace("@ROLE@", role).replace(SAMPLE, name);
    for (path, content) in files {
        let path = dir.join(fill(path));
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        match std::str::from_utf8(content) {
            Ok(text) => fs::write(&path, fill(text)),
            Err(_) => fs::write(&path, content),
        }
        .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    trial::keep_snapshots(place, dir).await?;
    let package = folder::read(dir)?;
    say(&format!("made ./{name} ({} files)", package.files.len()));
    say(&format!("next: edit {name}/{first}, then: xiaoer skill test {name}; xiaoer skill install {name}"));
    Ok(())
}
