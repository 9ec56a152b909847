//! `xiaoer skill test`, `run`, `record` and `eval`: what an author does with a plugin's folder before anybody installs it.

mod eval;
mod record;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use xiaoer::action::guardrail::Guardrails;
use xiaoer::plugin::sandbox::Sandbox;
use xiaoer::plugin::trial::{Case, Fixture, Trial, told};
use xiaoer::plugin::{Package, folder, prompts, skill};
use xiaoer_sdk::Skill;

use super::local::Place;
use super::log::{complain, say};

#[derive(Debug, Subcommand)]
pub(crate) enum TrialCommand {
    /// Try a plugin's folder against the fixtures in its tests folder; each run is also stopped after every call and taken up again.
    Test {
        /// The plugin's folder.
        dir: PathBuf,
        /// Write the snapshots of the reports (NAME.expected.md, NAME.expected.json) instead of comparing with them.
        #[arg(long)]
        update: bool,
    },
    /// Run a plugin's folder on a fixture and print the report as the merchant reads it.
    Run {
        /// The plugin's folder.
        dir: PathBuf,
        /// The fixture: TOML or JSON.
        #[arg(long, value_name = "FILE")]
        fixture: PathBuf,
    },
    /// Run a plugin's folder on a shop of this installation and write the answers it got as a fixture. It may read whatever its
    /// allowed-tools say; nothing is proposed.
    Record(record::Wish),
    /// Ask the configured model each question of the fixtures several times, and tell which share of its answers passes the checks.
    Eval(eval::Wish),
}

pub(super) async fn run(place: Place, command: TrialCommand) -> anyhow::Result<()> {
    match command {
        TrialCommand::Test { dir, update } => test(&place, &dir, update).await,
        TrialCommand::Run { dir, fixture } => {
            let trial = load(&place, &dir).await?.trial()?;
            let fixture = Fixture::read(&fixture).with_context(|| fixture.display().to_string())?;
            let fixture = Arc::new(fixture);
            let outcome = trial.run(&fixture).await;
            for (prompt, why) in &outcome.refused {
                complain(&format!("an answer of the model was refused, {prompt}: {why}"));
            }
            if let Err(why) = outcome.ending.report() {
                bail!("the run is {}: {why}", outcome.ending.word());
            }
            say(told(&outcome, fixture.shop_name()).trim_end());
            Ok(())
        }
        TrialCommand::Record(wish) => record::record(&place, wish).await,
        TrialCommand::Eval(wish) => eval::eval(&place, &wish).await,
    }
}

struct Loaded {
    package: Arc<Package>,
    skill: Arc<dyn Skill>,
    /// The limits of this place: those of its agents.toml, or those that xiaoer comes with.
    guardrails: Guardrails,
}

impl Loaded {
    fn trial(&self) -> anyhow::Result<Trial> {
        let mut asked = BTreeMap::new();
        for name in self.skill.manifest().asks {
            let prompt = prompts::of(&self.package, &name)?;
            asked.insert(name, prompt);
        }
        Ok(Trial::of(Arc::clone(&self.skill), asked, self.guardrails.clone()))
    }
}

/// Reads a folder and makes a skill of it. Compiling a component takes seconds, once: the cache stands in the data directory.
async fn load(place: &Place, dir: &Path) -> anyhow::Result<Loaded> {
    let package = Arc::new(folder::read_for(dir, &place.post()?).with_context(|| dir.display().to_string())?);
    let (data, made) = (place.data.clone(), Arc::clone(&package));
    let skill = tokio::task::spawn_blocking(move || -> anyhow::Result<Arc<dyn Skill>> {
        skill::maker(Sandbox::beside(&data)?)(made).map_err(anyhow::Error::msg)
    });
    Ok(Loaded { package, skill: skill.await??, guardrails: place.settings()?.config.guardrails })
}

/// Writes the snapshots of a new folder: what it says today is what its author changes from.
pub(super) async fn keep_snapshots(place: &Place, dir: &Path) -> anyhow::Result<()> {
    let trial = load(place, dir).await?.trial()?;
    for case in Case::all(dir)? {
        let verdict = case.try_out(&trial, true).await.with_context(|| case.path.display().to_string())?;
        ensure!(verdict.complaints.is_empty(), "{}", verdict.complaints.join("\n"));
    }
    Ok(())
}

async fn test(place: &Place, dir: &Path, update: bool) -> anyhow::Result<()> {
    let trial = load(place, dir).await?.trial()?;
    let cases = Case::all(dir)
        .with_context(|| format!("{} cannot be read; fixtures stand there", dir.join("tests").display()))?;
    ensure!(
        !cases.is_empty(),
        "{} has no fixture: write tests/basic.toml, or record one with `xiaoer skill record`",
        dir.display()
    );
    let (mut failed, mut updatable) = (0, false);
    for case in &cases {
        let verdict = case.try_out(&trial, update).await.with_context(|| case.path.display().to_string())?;
        let stops = verdict.resumed.map_or(0, |resumed| resumed.stops);
        if verdict.complaints.is_empty() {
            say(&format!("ok      {} (stopped and taken up again after {stops} calls)", case.name));
        } else {
            failed += 1;
            say(&format!("FAILED  {}", case.name));
            verdict.complaints.iter().for_each(|why| say(&indented(why)));
        }
        updatable |= verdict.updatable;
        verdict.remarks.iter().for_each(|remark| say(&indented(&format!("note: {remark}"))));
    }
    if updatable {
        say(&format!("If the report is meant to read so now: xiaoer skill test {} --update", dir.display()));
    }
    ensure!(failed == 0, "{failed} of {} cases failed", cases.len());
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
}
