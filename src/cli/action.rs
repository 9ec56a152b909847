//! `xiaoer action`: what waits for a person, a person's own wishes, and their yes and no.

use anyhow::Context as _;
use serde_json::{Value, json};
use xiaoer_sdk::Change;

use super::args::{ActionCommand, Decide, Of};
use super::local::Place;
use super::log::{say, say_json};
use super::remote::Remote;

pub(super) async fn run(place: Place, command: ActionCommand) -> anyhow::Result<()> {
    match command {
        ActionCommand::List(of) => list(place, of).await,
        ActionCommand::Propose { shop, change, why, picture } => {
            let remote = Remote::reach(place).await?;
            let mut change: Value = serde_json::from_str(&change).context("--change is not JSON")?;
            if let Some(file) = picture {
                let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let kept: Value = remote.send_file(&format!("/api/shops/{shop}/kept"), bytes).await?;
                change["picture"] = json!({ "kept": kept["sha256"] });
            }
            let change: Change = serde_json::from_value(change).context("--change is no change that there is")?;
            let wish = json!({ "change": change, "why": why });
            let action: Value = remote.post(&format!("/api/shops/{shop}/actions"), &wish).await?;
            say(&line(&action));
            Ok(())
        }
        ActionCommand::Approve(one) => decide(place, one, "approve").await,
        ActionCommand::Reject(one) => decide(place, one, "reject").await,
        ActionCommand::Retry(one) => decide(place, one, "retry").await,
        ActionCommand::Claim(one) => decide(place, one, "claim").await,
        ActionCommand::Undo(one) => decide(place, one, "undo").await,
    }
}

async fn list(place: Place, of: Of) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let actions: Vec<Value> = remote.get(&format!("/api/shops/{}/actions", of.shop)).await?;
    if of.output.json {
        return say_json(&actions);
    }
    actions.iter().for_each(|action| say(&line(action)));
    Ok(())
}

/// A decision names exactly what the person sees here: it is read first, and its hash goes with the yes.
async fn decide(place: Place, one: Decide, way: &str) -> anyhow::Result<()> {
    let remote = Remote::reach(place).await?;
    let Decide { shop, action } = one;
    let actions: Vec<Value> = remote.get(&format!("/api/shops/{shop}/actions")).await?;
    let seen = actions.iter().find(|known| known["id"] == action.as_str()).context("没有这个操作")?;
    let body = match way {
        "claim" | "undo" => json!({}),
        _ => json!({ "hash": seen["hash"] }),
    };
    let _: Value = remote.post(&format!("/api/shops/{shop}/actions/{action}/{way}"), &body).await?;
    let actions: Vec<Value> = remote.get(&format!("/api/shops/{shop}/actions")).await?;
    let now = actions.iter().find(|known| known["id"] == action.as_str()).unwrap_or(seen);
    say(&line(now));
    Ok(())
}

fn line(action: &Value) -> String {
    let text = |name: &str| action[name].as_str().unwrap_or_default();
    let (id, label, title, object) = (text("id"), text("label"), text("title"), text("object"));
    let barred = action["barred"].as_str().map(|why| format!("（{why}）")).unwrap_or_default();
    format!("{id}  {label}  {title}：{object}  {} → {}{barred}", text("before"), text("after"))
}
