//! Plugins as they were handed out in earlier times, against the host of today. For each version of the contract there is a folder with
//! archives and what each of them told and reported then.
//!
//! These files are never packed, built or written again. Where one of them no longer installs, no longer runs or reports other bytes, it
//! is the host that is wrong: every plugin that authors have published would break like it. What is added to a report or an answer must
//! not show where it is not used. A new version of the contract gets a folder of its own beside these.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use xiaoer::app::open_db;
use xiaoer::plugin::shelf::House;
use xiaoer::plugin::skill::maker;
use xiaoer::plugin::trial::{Fixture, Trial};
use xiaoer::plugin::{Package, Shelf, prompts};

use crate::plugin_trial::limits;
use crate::support::script::sandbox;

fn frozen() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plugins/frozen/1.0")
}

/// The archive on a shelf of its own, as a merchant installs it.
async fn installed(archive: &str) -> Arc<Package> {
    let dir = tempfile::tempdir().expect("a directory");
    let (db, _) = open_db(dir.path()).expect("a database");
    let house = House { roles: BTreeSet::from(["operations".into()]), ..House::default() };
    let shelf = Shelf::open(db, dir.path(), house, maker(sandbox()));
    let bytes = std::fs::read(frozen().join(archive)).expect("it is kept");
    shelf.install_archive(bytes, true).await.expect("it is let in");
    let mut all = shelf.all().await.expect("a list");
    all.remove(0).package.expect("it is whole")
}

async fn tells_as_ever(name: &str) {
    let package = installed(&format!("{name}-1.0.0.xskill")).await;
    let skill = maker(sandbox())(Arc::clone(&package)).expect("it can be run");
    let asks = skill.manifest().asks;
    let asked: BTreeMap<_, _> =
        asks.iter().map(|ask| (ask.clone(), prompts::of(&package, ask).expect("a prompt"))).collect();
    let fixture = std::str::from_utf8(&package.files["tests/whole.toml"]).expect("text");
    let fixture = Arc::new(Fixture::from_toml(fixture).expect("a fixture of its day"));
    let outcome = Trial::of(skill, asked, limits()).run(&fixture).await;
    let report = outcome.ending.report().unwrap_or_else(|why| panic!("{name}: {why}"));
    assert_eq!(outcome.refused, Vec::new(), "{name}: the scripted words pass as they did");
    let told = json!({ "progress": outcome.progress, "report": report });
    let told = format!("{}\n", serde_json::to_string_pretty(&told).expect("JSON"));
    let kept = std::fs::read_to_string(frozen().join(format!("{name}.json"))).unwrap_or_default();
    let today = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    std::fs::write(&today, &told).expect("written");
    assert_eq!(told, kept, "{name} reports other bytes than it did; see {}", today.display());
}

#[tokio::test]
async fn a_script_of_the_first_contract_reports_what_it_always_did() {
    tells_as_ever("kept-script").await;
}

#[tokio::test]
async fn a_skill_of_words_of_the_first_contract_reports_what_it_always_did() {
    tells_as_ever("kept-words").await;
}

#[tokio::test]
async fn a_component_of_the_first_contract_reports_what_it_always_did() {
    tells_as_ever("kept-component").await;
}
