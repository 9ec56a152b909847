//! The rules of the house, held by `cargo test`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Lines a file may have before its tests.
const LONGEST: usize = 500;
const OUR_FOLDERS: [&str; 8] = ["src", "sdk", "growth", "orders", "media", "skills", "sandbox", "tests"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders: Vec<_> = OUR_FOLDERS.iter().map(|name| root().join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("node_modules") && !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source file is readable");
                files.push((path.strip_prefix(root()).expect("below the root").to_path_buf(), text));
            }
        }
    }
    assert!(files.len() > 50, "the walk found only {} files", files.len());
    files
}

/// The part of a file that ships: up to its test module.
fn shipped(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or(text, |at| &text[..at])
}

/// Lines of shipped code with what is between `//` and the line's end taken away.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    shipped(text).lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or(line)))
}

fn complain(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "benches")
}

#[test]
fn no_file_outgrows_a_sitting() {
    let long = rust_files()
        .iter()
        .map(|(path, text)| (path, shipped(text).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    complain(long, "a file has at most 500 lines before its tests; find its second idea and give it a room");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = rust_files()
        .iter()
        .filter(|(path, text)| !is_test(path) && !text.trim_start().starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    complain(silent, "a module begins with a `//!` comment that says what it is for");
}

#[test]
fn each_kind_of_thing_has_its_one_room() {
    // (what, where it may stand, why)
    let rooms: [(&str, &[&str], &str); 8] = [
        ("sled::", &["src/db/"], "only db/ names a database engine"),
        ("env::var", &["src/config.rs"], "config.rs is the only reader of the environment"),
        ("Utc::now", &["src/clock.rs", "sandbox/src/clock.rs"], "clock.rs is the only reader of the clock"),
        ("SystemTime::now", &["src/clock.rs", "sandbox/src/clock.rs"], "clock.rs is the only reader of the clock"),
        ("xiaoer_sandbox", &["src/main.rs", "src/cli/"], "only main names the sandbox"),
        ("async_openai", &["src/llm/", "src/cli/log.rs"], "only llm/ names the model's client"),
        ("reqwest::Client::builder", &["src/http.rs"], "http.rs builds the one client"),
        ("prompt_text", &[], "prompt text lives in prompts/"),
    ];
    let mut broken = Vec::new();
    for (path, text) in rust_files().iter().filter(|(path, _)| !is_test(path)) {
        let name = path.to_string_lossy();
        for (what, places, why) in &rooms {
            if places.iter().any(|place| name.starts_with(place)) {
                continue;
            }
            broken.extend(
                code_lines(text)
                    .filter(|(_, line)| line.contains(what))
                    .map(|(at, _)| format!("{name}:{at}: {what}: {why}")),
            );
        }
    }
    complain(broken, "each thing stands in its room");
}

#[test]
fn names_are_nouns_of_the_trade() {
    let banned_ends = ["Manager", "Service", "Engine", "Helper", "Utils", "Util"];
    let declares = ["struct ", "enum ", "trait ", "type ", "mod "];
    let mut broken = Vec::new();
    for (path, text) in rust_files().iter().filter(|(path, _)| !is_test(path)) {
        for (at, line) in code_lines(text) {
            let Some(rest) = declares.iter().find_map(|word| line.split_once(word).map(|(_, rest)| rest)) else {
                continue;
            };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if banned_ends.iter().any(|end| name.ends_with(end)) || name.to_lowercase().contains("store") {
                broken.push(format!("{}:{at}: {name}", path.display()));
            }
        }
    }
    complain(
        broken,
        "say what a thing is; no manager, service, engine, helper, utils, and shop or db for the word with two meanings",
    );
}

#[test]
fn nothing_is_left_open() {
    // Written apart, so that this file does not find itself.
    let open = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    let mut broken = Vec::new();
    for (path, text) in &rust_files() {
        for (at, line) in text.lines().enumerate() {
            if let Some(word) = open.iter().find(|word| line.contains(**word)) {
                broken.push(format!("{}:{}: {word}", path.display(), at + 1));
            }
        }
    }
    complain(broken, "what is begun is finished");
}

/// What is built on this machine; packages for others need not even be here.
fn metadata() -> Metadata {
    let version = std::process::Command::new("rustc").arg("-vV").output().expect("rustc is here");
    let version = String::from_utf8(version.stdout).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("it names its host");
    let options = ["--offline", "--filter-platform", host].map(String::from);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(options)
        .exec()
        .expect("cargo knows the workspace")
}

fn normal_dependencies(package: &Package) -> BTreeSet<&str> {
    package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal).map(|d| d.name.as_str()).collect()
}

#[test]
fn walls_between_packages_hold() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("xiaoer-growth", &[] as &[&str]),
        ("xiaoer-orders", &[]),
        ("xiaoer-media", &[]),
        ("xiaoer-sdk", &["xiaoer-growth"]),
        ("xiaoer-skills", &["xiaoer-sdk"]),
        ("xiaoer-sandbox", &["xiaoer-orders"]),
    ]);
    let worldly = ["tokio", "reqwest", "axum", "rand", "sled", "hyper", "async-openai"];
    let pure = ["xiaoer-growth", "xiaoer-orders", "xiaoer-media", "xiaoer-sdk", "xiaoer-skills"];
    let metadata = metadata();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        let needs = normal_dependencies(package);
        if let Some(allowed) = allowed.get(package.name.as_str()) {
            let ours = needs.iter().filter(|name| name.starts_with("xiaoer-") && !allowed.contains(name));
            broken.extend(ours.map(|name| format!("{} may not know {name}", package.name)));
        }
        if pure.contains(&package.name.as_str()) {
            let world = needs.iter().filter(|name| worldly.contains(name));
            broken.extend(world.map(|name| format!("{} is pure and may not touch {name}", package.name)));
        }
    }
    complain(broken, "each wall is there to keep something out");
}

#[test]
fn every_dependency_may_be_shipped_under_its_licence() {
    let fine = [
        "Apache-2.0",
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ISC",
        "MIT-0",
        "MPL-2.0",
        "OpenSSL",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "Zlib",
        "0BSD",
        "CDLA-Permissive-2.0",
        "WTFPL",
    ];
    let fits = |expression: &str| {
        let clean = expression.replace(['(', ')'], " ").replace('/', " OR ");
        clean.split(" OR ").any(|option| {
            option.split(" AND ").all(|part| fine.contains(&part.split(" WITH ").next().unwrap_or(part).trim()))
        })
    };
    let broken = metadata()
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(fits))
        .map(|package| {
            format!("{} {}: {}", package.name, package.version, package.license.as_deref().unwrap_or("none"))
        })
        .collect();
    complain(broken, "a dependency's licence must allow shipping it with ours");
}

#[test]
fn one_version_of_what_must_be_one() {
    // Two of these in one tree do not understand each other, or double the build for nothing.
    let single = [
        "axum",
        "chrono",
        "hyper",
        "image",
        "reqwest",
        "rust_decimal",
        "rustls",
        "serde",
        "serde_json",
        "sled",
        "tokio",
        "tower",
    ];
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata().packages {
        versions.entry(package.name.to_string()).or_default().insert(package.version.to_string());
    }
    let broken = versions
        .iter()
        .filter(|(name, found)| single.contains(&name.as_str()) && found.len() > 1)
        .map(|(name, found)| format!("{name}: {found:?}"))
        .collect();
    complain(broken, "one version only");
}
