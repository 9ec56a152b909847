//! How a person is asked. A client gets the address of the page where proposals are decided, as an `input_required` result where its
//! revision has them; the yes itself is given there, by a person who is logged in. Whatever the client answers in the meantime only
//! means that the page was opened or was not: it decides nothing, so a client that answers by itself approves nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequest, ElicitRequestParams, InputRequest, InputRequiredResult,
    ProtocolVersion,
};
use rmcp::service::RequestContext;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;
use xiaoer_sdk::quoted_to;

use super::door::{Caller, Door, Refusal, typed};
use super::runs::{id, result};

/// The one question of an `input_required` result.
const QUESTION: &str = "decision";
/// Changes that a question names.
const NAMED: usize = 8;
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// A proposal and where it is.
#[derive(Deserialize, Serialize)]
pub(super) struct Proposal {
    #[serde(rename(deserialize = "id"))]
    action: String,
    #[serde(skip_serializing)]
    run: String,
    title: String,
    object: String,
    before: String,
    after: String,
    why: String,
    /// What a merchant calls the state.
    label: String,
    waits_for_person: bool,
    /// Why the person can only decline it, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    barred: Option<String>,
}

/// What a run proposed.
pub(super) async fn of_run(
    door: &dyn Door,
    caller: &Caller,
    (shop, run): (&str, &str),
) -> Result<Vec<Proposal>, Refusal> {
    Ok(all(door, caller, shop).await?.into_iter().filter(|proposal| proposal.run == run).collect())
}

/// What is said of proposals that wait; none when none does.
pub(super) fn asks(proposals: &[Proposal], console: &str, shop: &str) -> Option<String> {
    let waits = proposals.iter().filter(|proposal| proposal.waits_for_person).count();
    (waits > 0).then(|| format!("{waits} 项修改建议在等商家本人决定，还没有执行：{}", page(console, shop)))
}

/// Asks a person, and tells what became of it.
pub(super) async fn ask(
    (door, caller): (&dyn Door, &Caller),
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    patience: Duration,
) -> Result<CallToolResponse, Refusal> {
    let mut given = request.arguments.unwrap_or_default();
    let shop = id(given.remove("shop"), "shop")?;
    let run = given.remove("run").map(|run| id(Some(run), "run")).transpose()?;
    let fits = |proposal: &Proposal| run.as_ref().map_or(proposal.waits_for_person, |run| &proposal.run == run);
    let mut proposals: Vec<Proposal> = all(door, caller, &shop).await?.into_iter().filter(fits).collect();
    let waits = proposals.iter().any(|proposal| proposal.waits_for_person);
    match request.input_responses {
        None if waits && opens_pages(context) => {
            let question = question(&proposals, &page(&caller.console, &shop));
            return Ok(InputRequiredResult::from_input_requests(BTreeMap::from([(QUESTION.into(), question)])).into());
        }
        // The page was opened: the person may be deciding right now.
        Some(answers) if waits && answers.get(QUESTION).is_some_and(|answer| answer["action"] == "accept") => {
            let asked: Vec<String> = proposals.iter().map(|proposal| proposal.action.clone()).collect();
            proposals = decided(door, caller, (&shop, &asked), (context, patience)).await?;
        }
        _ => {}
    }
    Ok(told(&proposals, caller, &shop).into())
}

/// Waits until none of these waits for a person any more, or until there is no more patience.
async fn decided(
    door: &dyn Door,
    caller: &Caller,
    (shop, asked): (&str, &[String]),
    (context, patience): (&RequestContext<RoleServer>, Duration),
) -> Result<Vec<Proposal>, Refusal> {
    let until = Instant::now() + patience;
    loop {
        let now = all(door, caller, shop).await?.into_iter().filter(|proposal| asked.contains(&proposal.action));
        let now: Vec<Proposal> = now.collect();
        if Instant::now() >= until || !now.iter().any(|proposal| proposal.waits_for_person) {
            return Ok(now);
        }
        tokio::select! {
            () = context.ct.cancelled() => return Ok(now),
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

fn told(proposals: &[Proposal], caller: &Caller, shop: &str) -> rmcp::model::CallToolResult {
    let mut lines: Vec<String> =
        proposals.iter().map(|proposal| format!("{}：{}", proposal.label, line(proposal))).collect();
    if lines.is_empty() {
        lines.push("没有等待决定的修改建议。".into());
    }
    lines.extend(asks(proposals, &caller.console, shop));
    let data = json!({ "shop": shop, "proposals": proposals, "link": page(&caller.console, shop) });
    result(lines.join("\n"), data, false)
}

fn question(proposals: &[Proposal], page: &str) -> InputRequest {
    let waiting: Vec<&Proposal> = proposals.iter().filter(|proposal| proposal.waits_for_person).collect();
    let mut message = format!("小二提出了 {} 项修改，要您本人在小二的页面里决定：", waiting.len());
    waiting.iter().take(NAMED).for_each(|proposal| message.push_str(&format!("\n· {}", line(proposal))));
    if waiting.len() > NAMED {
        message.push_str("\n· …");
    }
    InputRequest::Elicitation(ElicitRequest::new(ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message,
        url: page.into(),
        elicitation_id: waiting.first().map(|proposal| proposal.action.clone()).unwrap_or_default(),
    }))
}

/// Names come from listings: they are quoted, cut and on one line.
fn line(proposal: &Proposal) -> String {
    let short = |text: &str| quoted_to(text, 60);
    let Proposal { title, object, before, after, barred, .. } = proposal;
    let barred = barred.as_ref().map(|why| format!("（{why}）")).unwrap_or_default();
    format!("{title}「{}」 {} → {}{barred}", short(object), short(before), short(after))
}

/// Whether this client can ask its user to open a page, within a call.
fn opens_pages(context: &RequestContext<RoleServer>) -> bool {
    let speaks = context.protocol_version().is_some_and(|v| v.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
    speaks && context.client_capabilities().and_then(|able| able.elicitation).is_some_and(|able| able.url.is_some())
}

async fn all(door: &dyn Door, caller: &Caller, shop: &str) -> Result<Vec<Proposal>, Refusal> {
    let said: Value = door.ask(&caller.token, &format!("/api/shops/{shop}/actions"), None).await?;
    typed(said)
}

fn page(console: &str, shop: &str) -> String {
    format!("{console}/shops/{shop}/actions")
}
