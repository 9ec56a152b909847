//! What an author does with a folder: check, sign, pack, publish. Needs no installation.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use xiaoer::plugin::index::{self, Changes, Index, Issue};
use xiaoer::plugin::manifest::{self, Post};
use xiaoer::plugin::sandbox::Sandbox;
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{Code, Package, archive, folder, skill};

use super::Publish;
use crate::cli::local::Place;
use crate::cli::log::{complain, say};

pub(super) fn check(place: &Place, dir: &Path) -> anyhow::Result<()> {
    let package = folder::read_for(dir, &place.post()?)?;
    would_run(place, &package)?;
    let kind = match package.code {
        Code::Prompt => "prompt-only",
        Code::Script(_) => "JavaScript",
        Code::Component(_) => "a component",
    };
    let bytes: usize = package.files.values().map(Vec::len).sum();
    let Package { manifest, files, digest, .. } = package;
    say(&format!(
        "{} {} is right: {kind}, {} files, {bytes} bytes, sha256 {digest}",
        manifest.name,
        manifest.version,
        files.len()
    ));
    Ok(())
}

/// What no installation would let in is refused here, before anybody has it.
fn would_run(place: &Place, package: &Package) -> anyhow::Result<()> {
    if package.code == Code::Prompt {
        return Ok(());
    }
    let make = skill::maker(Sandbox::beside(&place.data)?);
    make(Arc::new(package.clone())).map(drop).map_err(anyhow::Error::msg)
}

pub(super) fn key(file: &Path) -> anyhow::Result<()> {
    let key = if file.exists() { Key::read(file)? } else { Key::make(file)? };
    complain("the public half, to be told to whoever installs your plugins:");
    say(&key.author().to_string());
    Ok(())
}

pub(super) fn pack(place: &Place, dir: &Path, key: &Path, out: &Path) -> anyhow::Result<()> {
    let package = folder::read(dir)?;
    would_run(place, &package)?;
    let bytes = archive::pack(&package, &Key::read(key)?)?;
    // What cannot be read again must not be handed out.
    archive::unpack(&bytes, &Post::default())?;
    let file = out.join(archive::name(&package));
    fs::write(&file, &bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    say(&file.display().to_string());
    Ok(())
}

pub(super) fn index(wish: &Publish) -> anyhow::Result<()> {
    let key = Key::read(&wish.key)?;
    let file = wish.dir.join(index::FILE);
    let last = match fs::read_to_string(&file) {
        Ok(text) => {
            let signed = Index::read(&text)
                .map_err(|why| anyhow::anyhow!("{}: {why}; take the file away to begin anew", file.display()))?;
            let old = wish.replaces.as_deref().map(Key::read).transpose()?.map(|old| old.author());
            let is_ours = signed.signer == key.author() || old == Some(signed.signer);
            anyhow::ensure!(is_ours, "{} is signed by another key; name it with --replaces", file.display());
            signed.index
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Index::default(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    let rotation = wish.replaces.as_deref().map(Key::read).transpose()?.map(|old| old.hand_over(key.author()));
    let changes = Changes {
        yank: wish.yank.clone(),
        revoke: wish.revoke.clone(),
        revoke_keys: wish.revoke_key.clone(),
        rotation,
    };
    let next = index::next(last, issues(&wish.dir)?, changes).map_err(anyhow::Error::msg)?;
    let beside = file.with_extension("new");
    fs::write(&beside, next.signed(&key)?)?;
    fs::rename(&beside, &file)?;
    let versions: usize = next.plugins.iter().map(|listed| listed.versions.len()).sum();
    say(&format!("{}: serial {}, {} plugins, {versions} versions", file.display(), next.serial, next.plugins.len()));
    Ok(())
}

/// The archives of a folder, the older version first.
fn issues(dir: &Path) -> anyhow::Result<Vec<(String, Issue)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("{} cannot be read", dir.display()))? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("xskill")) {
            files.push(path);
        }
    }
    files.sort();
    let issue = |path: &std::path::PathBuf| {
        let unpacked =
            archive::unpack(&fs::read(path)?, &Post::default()).with_context(|| path.display().to_string())?;
        let package = &unpacked.package;
        let text = package.files.get("SKILL.md").map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
        let api = manifest::parse(&package.manifest.name, &text, &Post::default())?.api;
        let issue = Issue {
            version: package.manifest.version.clone(),
            digest: package.digest.clone(),
            key: unpacked.author.to_string(),
            api: if api.start() == api.end() {
                api.start().to_string()
            } else {
                format!("{}-{}", api.start(), api.end())
            },
            file: path.file_name().and_then(OsStr::to_str).unwrap_or_default().into(),
            changes: changes(package),
            yanked: false,
            revoked: false,
        };
        Ok((package.manifest.name.clone(), issue))
    };
    files.iter().map(issue).collect()
}

/// The part of a CHANGELOG.md that is about this version.
fn changes(package: &Package) -> String {
    let text = package.files.get("CHANGELOG.md").map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let version = &package.manifest.version;
    let is_ours = |line: &&str| {
        line.starts_with('#') && line.split_whitespace().any(|word| word.trim_matches(['[', ']']) == version)
    };
    let below = text.lines().skip_while(|line| !is_ours(line)).skip(1);
    let lines: Vec<_> = below.take_while(|line| !line.starts_with('#')).collect();
    lines.join("\n").trim().chars().take(2000).collect()
}
