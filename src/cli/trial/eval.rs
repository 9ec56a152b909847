//! `xiaoer skill eval`: how much of what the configured model writes passes the checks. Bounded in time and in money; a model that does not
//! answer is an error, an answer that is refused is a figure.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use xiaoer::llm::money::MicroYuan;
use xiaoer::plugin::trial::{Bounds, Case, Ended, Share, judge};

use super::load;
use crate::cli::local::Place;
use crate::cli::log::say;

/// Faults of refused answers that are shown of a question, the most frequent first.
const SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// The plugin's folder.
    dir: PathBuf,
    /// How often each question is asked.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=200))]
    times: u32,
    /// Ask no further question after so many minutes.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    minutes: u64,
    /// Ask no further question once the answers cost so much.
    #[arg(long, default_value = "5", value_name = "YUAN")]
    yuan: MicroYuan,
    /// Fail when a smaller share of the answers passes, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    least: Option<u32>,
    /// Whose budget pays.
    #[arg(long, default_value = "eval")]
    shop: String,
}

pub(super) async fn eval(place: &Place, wish: &Wish) -> anyhow::Result<()> {
    let trial = load(place, &wish.dir).await?.trial()?;
    let app = place.open()?.app;
    let llm = &app.worker.ports.llm;
    let model =
        llm.model().context("no model is configured: give agents.toml a [model], then a share can be told")?.to_owned();
    let mut questions = Vec::new();
    for case in Case::all(&wish.dir).with_context(|| wish.dir.join("tests").display().to_string())? {
        let fixture = case.fixture().with_context(|| case.path.display().to_string())?;
        questions.extend(trial.questions(&fixture).await.into_iter().map(|question| (case.name.clone(), question)));
    }
    ensure!(!questions.is_empty(), "the fixtures lead to no question: nothing to judge");
    say(&format!("{model} is asked {} questions, {} times each", questions.len(), wish.times));
    let began = Instant::now();
    let mut bounds = Bounds::of(wish.times, began + Duration::from_secs(wish.minutes * 60), wish.yuan);
    let (mut accepted, mut answered) = (0, 0);
    for (case, question) in &questions {
        let share = judge(llm, &wish.shop, &trial, question, &mut bounds).await?;
        if share != Share::default() {
            tell(case, &question.prompt, &share);
        }
        accepted += share.accepted();
        answered += share.answered();
        if bounds.ended() == Some(Ended::Away) {
            let why = share.silent.keys().cloned().collect::<Vec<_>>().join("; ");
            bail!("{model} does not answer ({why}); see to it that it runs where [model] says, then begin again");
        }
    }
    match bounds.ended() {
        Some(Ended::Late) => say(&format!("stopped after {} minutes; --minutes allows more", wish.minutes)),
        Some(Ended::Spent) => say(&format!("stopped after {} yuan; --yuan allows more", bounds.spent)),
        Some(Ended::Away) | None => {}
    }
    ensure!(answered > 0, "{model} gave no answer in time: nothing can be told");
    let percent = accepted * 100 / answered;
    let cost = if bounds.spent == MicroYuan::ZERO { "no price known".into() } else { format!("{} yuan", bounds.spent) };
    say(&format!(
        "{accepted} of {answered} answers of {model} pass: {percent}% ({} s, {cost})",
        began.elapsed().as_secs()
    ));
    if let Some(least) = wish.least {
        ensure!(percent >= least, "{percent}% is less than --least {least}");
    }
    Ok(())
}

fn tell(case: &str, prompt: &str, share: &Share) {
    let Share { at_once, again, refused, unanswered, wrong, silent } = share;
    let mut line =
        format!("{case}  {prompt}: {at_once} pass at once, {again} after a second try, {refused} are refused");
    if *unanswered > 0 {
        line.push_str(&format!(", {unanswered} were not answered"));
    }
    say(&line);
    let mut wrong: Vec<_> = wrong.iter().collect();
    wrong.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (why, count) in wrong.into_iter().take(SHOWN).chain(silent) {
        say(&format!("        {count} × {why}"));
    }
}
