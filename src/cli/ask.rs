//! `xiaoer ask`: one turn of a talk.

use std::time::Duration;

use anyhow::Context as _;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::json;
use xiaoer::chat::{Answer, Line, Talk, What};
use xiaoer::shop::Shop;
use xiaoer_sdk::{Block, Series, Value, fill};

use super::args::Question;
use super::local::Place;
use super::log::{complain, say, say_json};
use super::remote::Remote;

/// Widest bar of a drawn chart, in characters.
const WIDE: u8 = 24;

/// What the API tells of a talk.
#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    talk: Talk,
    lines: Vec<Line>,
}

pub(super) async fn run(place: Place, question: Question) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let shop = match question.shop {
        Some(shop) => shop,
        None => only_shop(&remote).await?,
    };
    let talks = format!("/api/shops/{shop}/talks");
    let talk: Talk = match &question.talk {
        Some(id) => remote.post(&format!("{talks}/{id}/ask"), &json!({ "text": question.text })).await?,
        None => {
            let role =
                question.role.context("--role says whom to ask: data, operations, service, campaigns, design")?;
            remote.post(&talks, &json!({ "role": role, "text": question.text })).await?
        }
    };
    // The line of this question is the newest that there was when it was taken.
    let (first, quiet) = (talk.lines.saturating_sub(1), question.output.json);
    let lines = turn(&remote, &format!("{talks}/{}", talk.id), first, quiet).await?;
    if quiet {
        return say_json(&lines);
    }
    match lines.last().map(|line| &line.what) {
        Some(What::Answered(answer)) => {
            say(&words(answer));
            complain(&format!("接着问：xiaoer ask --shop {shop} --talk {} \"…\"", talk.id));
            Ok(())
        }
        Some(What::Stopped { why, .. }) => anyhow::bail!("{why}"),
        _ => anyhow::bail!("the talk ended without an answer"),
    }
}

/// The lines of one turn; its steps are told as they happen.
async fn turn(remote: &Remote, path: &str, first: u64, quiet: bool) -> anyhow::Result<Vec<Line>> {
    let mut told = 0;
    loop {
        let now: Told = remote.get(path).await?;
        let lines: Vec<Line> = now.lines.into_iter().filter(|line| line.seq >= first).collect();
        for line in lines.iter().skip(told).filter(|_| !quiet) {
            match &line.what {
                What::Called { title, shown, .. } if shown.is_empty() => complain(&format!("· {title}")),
                What::Called { title, shown, .. } => complain(&format!("· {title}（{shown}）")),
                What::Returned { text, .. } => complain(&format!("  {text}")),
                _ => {}
            }
        }
        told = lines.len();
        if lines.last().is_some_and(|line| line.what.is_last()) {
            return Ok(lines);
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

async fn only_shop(remote: &Remote) -> anyhow::Result<String> {
    let shops: Vec<Shop> = remote.get("/api/shops").await?;
    match shops.as_slice() {
        [shop] => Ok(shop.id.clone()),
        [] => anyhow::bail!("there is no shop yet; add one with: xiaoer shop add"),
        shops => {
            let known: Vec<&str> = shops.iter().map(|shop| shop.id.as_str()).collect();
            anyhow::bail!("--shop says which one: {}", known.join(", "))
        }
    }
}

/// The answer as text: figures in their places, drawings as bars of characters.
fn words(answer: &Answer) -> String {
    let mut parts = vec![fill(&answer.text, &answer.facts)];
    parts.extend(answer.blocks.iter().filter_map(|block| match block {
        Block::Chart(series) => Some(bars(series)),
        _ => None,
    }));
    if answer.proposals > 0 {
        parts.push(format!("有 {} 项修改建议等您在“待审批”里决定。", answer.proposals));
    }
    parts.push(format!("—— {}", answer.generator.label()));
    parts.join("\n\n")
}

fn bars(series: &Series) -> String {
    let heights: Vec<Decimal> = series.points.iter().map(|(_, value)| height(value)).collect();
    let most = heights.iter().copied().max().unwrap_or_default();
    let mut lines = vec![format!("{}（{}）", series.title, series.subtitle)];
    for ((label, value), height) in series.points.iter().zip(heights) {
        let share = height.saturating_mul(WIDE.into()).checked_div(most).and_then(|share| share.round().to_usize());
        let bar = "▇".repeat(share.unwrap_or_default());
        lines.push(format!("{label:>6}  {bar} {}", value.short()));
    }
    lines.join("\n")
}

fn height(value: &Value) -> Decimal {
    match value {
        Value::Money(amount) | Value::Points(amount) | Value::Ratio(amount) => *amount,
        Value::Count(count, _) => Decimal::from(*count),
        _ => Decimal::ZERO,
    }
}
