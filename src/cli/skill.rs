//! `xiaoer run` and `xiaoer schedule next`.

use anyhow::Context as _;
use serde_json::{Map, Value};
use xiaoer::channel::{About, Letter};
use xiaoer::clock::Clock;
use xiaoer::run::{Ending, Run, RunState};
use xiaoer::schedule;
use xiaoer_sdk::Report;

use super::args::{ScheduleCommand, Wish};
use super::local::Place;
use super::log::{complain, say, say_json};
use super::remote::Remote;

/// What the API tells about a run.
#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    run: Run,
    report: Option<Report>,
}

pub(super) async fn run(place: Place, wish: Wish) -> anyhow::Result<()> {
    let mut input = Map::new();
    for pair in &wish.input {
        let (key, value) = pair.split_once('=').with_context(|| format!("--input takes KEY=VALUE, not {pair:?}"))?;
        input.insert(key.into(), Value::String(value.into()));
    }
    let remote = Remote::reach(place).await?;
    let body = serde_json::json!({ "skill": wish.skill, "input": input, "as_of": wish.as_of });
    let run: Run = remote.post(&format!("/api/shops/{}/runs", wish.shop), &body).await?;
    if !wish.output.json {
        complain(&format!("{}（{}）已开始", run.title, run.id));
    }
    let path = format!("/api/shops/{}/runs/{}", wish.shop, run.id);
    let told: Told = loop {
        let told: Told = remote.get(&path).await?;
        if told.run.state.is_over() {
            break told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    if wish.output.json {
        return say_json(&told);
    }
    match (&told.run.state, &told.report) {
        (RunState::Ended(Ending::Done), Some(report)) => {
            let shop = &told.run.shop;
            let about = About { shop, shop_name: shop, skill: &told.run.skill, run: &told.run.id, link: None };
            say(&Letter::of(&about, report).text);
            Ok(())
        }
        (RunState::Ended(Ending::Failed { why } | Ending::Blocked { why }), _) => anyhow::bail!("{why}"),
        _ => anyhow::bail!("{}", told.run.state.label()),
    }
}

pub(super) fn schedule(place: &Place, command: &ScheduleCommand) -> anyhow::Result<()> {
    let ScheduleCommand::Next(output) = command;
    let now = Clock::default().now();
    let next: Vec<_> = place
        .settings()?
        .config
        .schedules
        .iter()
        .map(|schedule| {
            let fires =
                schedule::next_fires(schedule, now, 5).into_iter().map(|slot| slot.at.with_timezone(&schedule.zone));
            (schedule.name.clone(), fires.collect::<Vec<_>>())
        })
        .collect();
    if output.json {
        let rows: Vec<_> = next
            .iter()
            .map(|(name, fires)| serde_json::json!({ "schedule": name, "next": fires.iter().map(|f| f.to_rfc3339()).collect::<Vec<_>>() }))
            .collect();
        return say_json(&rows);
    }
    for (name, fires) in next {
        say(&name);
        for fire in fires {
            say(&format!("  {}", fire.format("%Y-%m-%d %H:%M %Z")));
        }
    }
    Ok(())
}
