//! `xiaoer skill test`, `run`, `record` and `eval`: what an author does with a plugin's folder before anybody installs it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::{Map, Value};
use xiaoer::plugin::sandbox::Sandbox;
use xiaoer::plugin::trial::{Case, Fixture, Recorder, Recording, Trial, judge, told};
use xiaoer::plugin::{Code, Package, folder, prompts, skill};
use xiaoer::run::{Ending, NewRun, RunState, Trigger};
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
    Record {
        /// The plugin's folder.
        dir: PathBuf,
        /// The shop's id.
        #[arg(long)]
        shop: String,
        /// Name of the fixture: tests/NAME.json.
        #[arg(long, default_value = "recorded")]
        name: String,
        /// A value of the skill's form; may be repeated.
        #[arg(long = "input", value_name = "KEY=VALUE")]
        input: Vec<String>,
        /// Report about the days up to this one; default: the last complete day.
        #[arg(long, value_name = "DATE")]
        as_of: Option<NaiveDate>,
    },
    /// Ask the configured model each question of the fixtures several times, and tell which share of its answers passes the checks.
    Eval {
        /// The plugin's folder.
        dir: PathBuf,
        /// How often each question is asked.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
        times: u32,
        /// Whose budget pays.
        #[arg(long, default_value = "eval")]
        shop: String,
    },
}

pub(super) async fn run(place: Place, command: TrialCommand) -> anyhow::Result<()> {
    match command {
        TrialCommand::Test { dir, update } => test(&place, &dir, update).await,
        TrialCommand::Run { dir, fixture } => {
            let trial = load(&place, &dir).await?.trial()?;
            let fixture = Fixture::read(&fixture).with_context(|| fixture.display().to_string())?;
            let fixture = Arc::new(fixture);
            let outcome = trial.run(&fixture).await;
            outcome.refused.iter().for_each(|why| complain(&format!("an answer of the model was refused, {why}")));
            if let Err(why) = outcome.ending.report() {
                bail!("the run is {}: {why}", outcome.ending.word());
            }
            say(told(&outcome, fixture.shop_name()).trim_end());
            Ok(())
        }
        TrialCommand::Record { dir, shop, name, input, as_of } => {
            let wish = Wish { shop, input, as_of };
            record(&place, &dir, &name, wish).await
        }
        TrialCommand::Eval { dir, times, shop } => eval(&place, &dir, times, &shop).await,
    }
}

struct Loaded {
    package: Arc<Package>,
    skill: Arc<dyn Skill>,
}

impl Loaded {
    fn trial(&self) -> anyhow::Result<Trial> {
        let mut asked = BTreeMap::new();
        for name in self.skill.manifest().asks {
            let prompt = prompts::of(&self.package, &name)?;
            asked.insert(name, prompt);
        }
        Ok(Trial::of(Arc::clone(&self.skill), asked))
    }
}

/// Reads a folder and makes a skill of it. Compiling a component takes seconds, once: the cache stands in the data directory.
async fn load(place: &Place, dir: &Path) -> anyhow::Result<Loaded> {
    let package = Arc::new(folder::read(dir).with_context(|| dir.display().to_string())?);
    let (cache, made) = (place.data.join("cache").join("plugins"), Arc::clone(&package));
    let skill = tokio::task::spawn_blocking(move || -> anyhow::Result<Arc<dyn Skill>> {
        skill::maker(Sandbox::open(&cache)?)(made).map_err(anyhow::Error::msg)
    });
    Ok(Loaded { package, skill: skill.await?? })
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
    let mut failed = 0;
    for case in &cases {
        let verdict = case.try_out(&trial, update).await.with_context(|| case.path.display().to_string())?;
        let stops = verdict.resumed.map_or(0, |resumed| resumed.stops);
        if verdict.complaints.is_empty() {
            say(&format!("ok      {} (stopped and taken up again after {stops} calls)", case.name));
        } else {
            failed += 1;
            say(&format!("FAILED  {}", case.name));
            verdict.complaints.iter().for_each(|why| say(&format!("        {}: {why}", case.path.display())));
        }
        verdict.remarks.iter().for_each(|remark| say(&format!("        note: {remark}")));
    }
    ensure!(failed == 0, "{failed} of {} cases failed", cases.len());
    Ok(())
}

struct Wish {
    shop: String,
    input: Vec<String>,
    as_of: Option<NaiveDate>,
}

async fn record(place: &Place, dir: &Path, name: &str, wish: Wish) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(plain),
        "--name takes letters, digits, hyphens and underscores, not {name:?}"
    );
    let mut input = Map::new();
    for pair in &wish.input {
        let (key, value) = pair.split_once('=').with_context(|| format!("--input takes KEY=VALUE, not {pair:?}"))?;
        input.insert(key.into(), Value::String(value.into()));
    }
    let loaded = load(place, dir).await?;
    let recording = Arc::new(Recording::default());
    let recorder = Recorder::of(loaded.skill, Arc::clone(&recording));
    let title = recorder.manifest().name;
    let entry = xiaoer_skills::Entry { skill: Box::new(recorder), prompts: texts(&loaded.package)? };
    let app = place.open_with(vec![entry])?.app;
    let shop = app
        .shops
        .get(&wish.shop)
        .await?
        .with_context(|| format!("there is no shop {:?}; see `xiaoer shop list`", wish.shop))?;
    let new = NewRun { skill: &title, input: &input, as_of: wish.as_of, trigger: Trigger::Person };
    let accepted = app.runs.accept(&shop, new).await?;
    let ended = loop {
        let Some(run) = app.runs.get(&shop.id, &accepted.id).await? else { bail!("the run is gone") };
        match run.state {
            RunState::Ended(ending) => break ending,
            _ => app.worker.step().await?,
        };
    };
    match ended {
        Ending::Done => {}
        Ending::Blocked { why } | Ending::Failed { why } => bail!("the run came to nothing: {why}"),
        Ending::Cancelled => bail!("the run was cancelled"),
    }
    let text = recording.fixture()?.context("the skill made no call")?;
    let path = dir.join("tests").join(format!("{name}.json"));
    std::fs::create_dir_all(dir.join("tests"))
        .and_then(|()| std::fs::write(&path, text))
        .with_context(|| path.display().to_string())?;
    say(&format!(
        "{} is written; look through it before you publish it, then run `xiaoer skill test {} --update`",
        path.display(),
        dir.display()
    ));
    Ok(())
}

/// A package's prompts as the list of skills has them: it lives as long as the process, and so may these few texts.
fn texts(package: &Package) -> anyhow::Result<Vec<(&'static str, &'static str)>> {
    let mut texts = package.prompts.clone();
    if package.code == Code::Prompt {
        let name = &package.manifest.name;
        let file = prompts::of(package, name)?;
        let template = file.template()?;
        let text = format!("# system\n{}\n# user\n{}\n# template\n{}", file.system.text, file.user.text, template.text);
        texts.insert(name.clone(), text);
    }
    Ok(texts.into_iter().map(|(name, text)| (&*name.leak(), &*text.leak())).collect())
}

async fn eval(place: &Place, dir: &Path, times: u32, shop: &str) -> anyhow::Result<()> {
    let loaded = load(place, dir).await?;
    let trial = loaded.trial()?;
    let app = place.open()?.app;
    let llm = &app.worker.ports.llm;
    let model =
        llm.model().context("no model is configured: give agents.toml a [model], then a share can be told")?.to_owned();
    let mut asked = 0;
    for case in Case::all(dir).with_context(|| dir.join("tests").display().to_string())? {
        let fixture = case.fixture().with_context(|| case.path.display().to_string())?;
        for question in trial.questions(&fixture).await {
            asked += 1;
            let share = judge(llm, shop, &trial, &question, times).await?;
            say(&format!(
                "{}  {}: {} of {times} pass at once, {} after a second try, {} not ({model})",
                case.name, question.prompt, share.at_once, share.again, share.never
            ));
            share.why.iter().for_each(|(why, count)| say(&format!("        {count} × {why}")));
        }
    }
    ensure!(asked > 0, "the fixtures lead to no question: nothing to judge");
    Ok(())
}
