//! Files → [`Package`]. The one way in, whether they came from a folder or an archive: what is not understood is refused here, before
//! anything of it is kept or run.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use xiaoer_sdk::{Beyond, Manifest};

use super::fault::Fault;
use super::manifest::{self, Declared, Entry, Post};
use super::{Code, Package, form};
use crate::llm::prompt::PromptFile;

/// Every file by its path.
pub type Files = BTreeMap<String, Vec<u8>>;

const LONGEST_TEXT: usize = 512 * 1024;
const LONGEST_SCRIPT: usize = 1024 * 1024;
const OUTPUT: &str = "schemas/output.json";
/// How a component begins; a core module has another number behind the mark.
const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

/// Makes a package of files whose paths and sizes were checked.
///
/// # Errors
/// The first [`Fault`].
pub fn package(folder: &str, files: Files, post: &Post) -> Result<Package, Fault> {
    let text = text_of(&files, "SKILL.md", LONGEST_TEXT)?
        .ok_or_else(|| Fault::of("SKILL.md", "there is none", "a plugin is a folder with a SKILL.md"))?;
    let Declared { mut manifest, body, entry, api: _, foreign } = manifest::parse(folder, text, post)?;
    let mut prompts = BTreeMap::new();
    if !foreign {
        if let Some(text) = text_of(&files, form::INPUT, LONGEST_TEXT)? {
            manifest.fields = form::parse(text)?;
        }
        if let Some(text) = text_of(&files, OUTPUT, LONGEST_TEXT)? {
            check_output(text)?;
        }
        prompts = read_prompts(&files)?;
        for name in &manifest.asks {
            let is_body = entry == Entry::Prompt && *name == manifest.name;
            if !is_body && !prompts.contains_key(name) {
                let what = format!("allowed-tools has ask({name}), but there is no such prompt");
                return Err(Fault::of("SKILL.md", what, format!("add prompts/{name}.md or leave the word out")));
            }
        }
        if let Some(name) = prompts.keys().find(|name| !manifest.asks.contains(*name)) {
            let what = "allowed-tools does not have this prompt";
            return Err(Fault::of(&format!("prompts/{name}.md"), what, format!("add ask({name}) or remove the file")));
        }
    }
    starts_by_itself(&manifest, text)?;
    let code = code(&files, entry, foreign)?;
    let digest = digest(&files);
    Ok(Package { manifest, body, code, prompts, files, digest })
}

/// A run that nobody clicked has nobody who fills in a form.
fn starts_by_itself(manifest: &Manifest, text: &str) -> Result<(), Fault> {
    let Beyond { on, every, .. } = &manifest.beyond;
    let word = on.first().map(|event| format!("on({})", event.name()));
    let Some(word) = word.or_else(|| every.as_ref().map(|every| format!("every({every})"))) else { return Ok(()) };
    let Some(field) = manifest.fields.iter().find(|field| field.default.is_none()) else { return Ok(()) };
    let line = text.lines().position(|line| line.contains(&word)).map_or(0, |at| at + 1);
    let what = format!("allowed-tools has {word}, but then nobody is there to fill in the field {:?}", field.name);
    let mend = format!("give the field a default in {}, or leave the word out", form::INPUT);
    Err(Fault::of("SKILL.md", what, mend).at(u64::try_from(line).unwrap_or_default()))
}

/// SHA-256 over every path and every byte, each with its length before it, so that no two different plugins run into one another.
#[must_use]
pub fn digest(files: &Files) -> String {
    let mut hash = Sha256::new();
    hash.update(b"xiaoer skill 1\n");
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())
}

fn text_of<'a>(files: &'a Files, path: &str, longest: usize) -> Result<Option<&'a str>, Fault> {
    let Some(bytes) = files.get(path) else { return Ok(None) };
    if bytes.len() > longest {
        return Err(Fault::of(path, format!("the file is longer than {} KiB", longest / 1024), "shorten it"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = good.iter().filter(|b| **b == b'\n').count() + 1;
            let fault = Fault::of(path, "the text is not UTF-8", "save it as UTF-8");
            Err(fault.at(u64::try_from(line).unwrap_or_default()))
        }
    }
}

fn code(files: &Files, entry: Entry, foreign: bool) -> Result<Code, Fault> {
    let spare = [Entry::Script, Entry::Component].into_iter().filter(|other| *other != entry);
    if let Some(file) = spare.filter_map(Entry::file).find(|file| !foreign && files.contains_key(*file)) {
        let mend = format!("write xiaoer.entry: {file}, or remove the file");
        return Err(Fault::of(file, "the file is there but xiaoer.entry does not name it", mend));
    }
    let Some(path) = entry.file() else { return Ok(Code::Prompt) };
    let absent =
        || Fault::of(path, "xiaoer.entry names it, but there is no such file", "add it, or leave xiaoer.entry out");
    if entry == Entry::Script {
        return text_of(files, path, LONGEST_SCRIPT)?.map(|text| Code::Script(text.into())).ok_or_else(absent);
    }
    let bytes = files.get(path).ok_or_else(absent)?;
    if !bytes.starts_with(&COMPONENT) {
        let mend =
            "build a component for the world in sdk/wit; a core module is turned into one by wasm-tools component new";
        return Err(Fault::of(path, "the file is no WebAssembly component", mend));
    }
    Ok(Code::Component(bytes.clone()))
}

fn read_prompts(files: &Files) -> Result<BTreeMap<String, String>, Fault> {
    let mut prompts = BTreeMap::new();
    for path in files.keys().filter(|path| path.starts_with("prompts/")) {
        let name = path.strip_prefix("prompts/").and_then(|rest| rest.strip_suffix(".md"));
        let name = name.filter(|name| super::tools::is_prompt_name(name)).ok_or_else(|| {
            Fault::of(
                path,
                "the file is no prompt",
                "name it prompts/NAME.md with lower-case letters, digits and hyphens",
            )
        })?;
        let text = text_of(files, path, LONGEST_TEXT)?.unwrap_or_default();
        PromptFile::parse(path, text).and_then(|prompt| prompt.check()).map_err(|error| {
            // The error names file and line itself.
            let what = error.to_string();
            let what = what.strip_prefix(path.as_str()).unwrap_or(&what).trim_start_matches([',', ':', ' ']);
            Fault::of(path, what, "a prompt has the sections # system, # user and, for running text, # template")
        })?;
        prompts.insert(name.into(), text.into());
    }
    Ok(prompts)
}

/// What a prompt-only skill's answer must look like. Nothing is fetched for it.
fn check_output(text: &str) -> Result<(), Fault> {
    let schema: Value = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or_default();
        Fault::of(OUTPUT, "the file is not JSON", "mend it").at(line)
    })?;
    match jsonschema::validator_for(&schema) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::of(OUTPUT, format!("the file is no JSON schema: {error}"), "mend it")),
    }
}
