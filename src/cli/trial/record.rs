//! `xiaoer skill record`: a run on a shop of this installation, written down as a fixture. Nothing is proposed and nothing granted.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use chrono::NaiveDate;
use serde_json::{Map, Value};
use xiaoer::plugin::trial::{Recorder, Recording};
use xiaoer::plugin::{Code, Package, prompts};
use xiaoer::run::{Ending, NewRun, RunState, Trigger};
use xiaoer_sdk::Skill as _;

use super::load;
use crate::cli::local::Place;
use crate::cli::log::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
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
    /// Keep at most so many orders, refunds and products each, the newest; what these name is kept beside.
    #[arg(long, default_value_t = 100, value_name = "ROWS")]
    most: usize,
}

pub(super) async fn record(place: &Place, wish: Wish) -> anyhow::Result<()> {
    let Wish { dir, shop, name, input: pairs, as_of, most } = wish;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(plain),
        "--name takes letters, digits, hyphens and underscores, not {name:?}"
    );
    let mut input = Map::new();
    for pair in &pairs {
        let (key, value) = pair.split_once('=').with_context(|| format!("--input takes KEY=VALUE, not {pair:?}"))?;
        input.insert(key.into(), Value::String(value.into()));
    }
    let loaded = load(place, &dir).await?;
    let recording = Arc::new(Recording::default());
    let recorder = Recorder::of(loaded.skill, Arc::clone(&recording));
    let title = recorder.manifest().name;
    let entry = xiaoer_skills::Entry { skill: Box::new(recorder), prompts: texts(&loaded.package)? };
    let app = place.open_with(vec![entry])?.app;
    let shop =
        app.shops.get(&shop).await?.with_context(|| format!("there is no shop {shop:?}; see `xiaoer shop list`"))?;
    let new = NewRun { skill: &title, input: &input, as_of, trigger: Trigger::Person };
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
    let recorded = recording.fixture(most)?.context("the skill made no call")?;
    let path = dir.join("tests").join(format!("{name}.json"));
    std::fs::create_dir_all(dir.join("tests"))
        .and_then(|()| std::fs::write(&path, &recorded.text))
        .with_context(|| path.display().to_string())?;
    for part in &recorded.parts {
        say(&format!(
            "kept {} of {} {}: sums in this fixture are those of the rows in it",
            part.kept, part.heard, part.list
        ));
    }
    say(&format!(
        "{} is written, {} KiB; look through it before you publish it, then run `xiaoer skill test {} --update`",
        path.display(),
        recorded.text.len().div_ceil(1024),
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
