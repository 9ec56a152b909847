//! What a question to a model costs besides the model: processor time of our whole way (prompt, schema, masking, budget, client, checks,
//! journal) over a bare client's loop with the same bodies to the same stand-in.
//!
//! `cargo bench --bench llm -- run` prints the figures and fails above the goal. Without `run` it does nothing, so that building all
//! targets never starts it. The stand-in is a process of its own: what it spends is not counted.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use xiaoer::clock::Clock;
use xiaoer::db::{Batch, Key, SledDb, Table};
use xiaoer::llm::budget::{Budget, Limits};
use xiaoer::llm::prices::Prices;
use xiaoer::llm::prompt::Prompts;
use xiaoer::llm::talk::Account;
use xiaoer::llm::{Llm, ModelConfig, Purse};
use xiaoer::shop::Shops;
use xiaoer_sdk::{Ask, Facts, Form, Generator, Period, Source, Value as Figure};

/// Questions of one measurement.
const ASKED: usize = 2048;
/// Measurements of each side, taken in turn; the median is told.
const ROUNDS: usize = 5;
/// How many are asked side by side where a server with several roles is meant.
const MANY: usize = 16;
/// What our way may cost on top, of a server that has several roles at work.
const GOAL: Duration = Duration::from_micros(250);

const PROMPT: &str = "# system\n你是{{ shop|quote }}的运营专员，给老板改商品标题。\n# user\n标题：{{ title|quote }}\n买家说：{{ said|quote }}\n";
const ANSWER: &str = r#"{"title":"加厚保温杯500ml 大容量","why":"原标题没有写容量"}"#;

/// Processor time of a question: of the thread that asks, and of all others of the process, which are the database's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spent {
    whole: Duration,
    own: Duration,
}

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match std::env::args().nth(1).as_deref() {
        Some("stand-in") => runtime.block_on(stand_in()),
        Some("run") => runtime.block_on(measure()),
        _ => Ok(()),
    }
}

/// A model that always says the same at once.
async fn stand_in() -> Outcome {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    let answer = || async {
        Json(json!({
            "id": "x", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}],
            "usage": {"prompt_tokens": 400, "completion_tokens": 30, "total_tokens": 430}
        }))
    };
    axum::serve(listener, Router::new().route("/v1/chat/completions", post(answer))).await?;
    Ok(())
}

async fn measure() -> Outcome {
    let mut child = Command::new(std::env::current_exe()?).arg("stand-in").stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut address)?;
    let base = format!("http://{}/v1", address.trim());
    let measured = compare(&base).await;
    child.kill()?;
    child.wait()?;
    let mut over = Duration::ZERO;
    for (together, bare, ours) in measured? {
        // The last is the one with several roles at work.
        over = ours.whole.saturating_sub(bare.whole);
        writeln!(
            std::io::stdout(),
            "{together} at once: a bare client {} µs a question, our whole way {} µs ({} µs where it is asked, {} µs in the database): {} µs on top",
            bare.whole.as_micros(),
            ours.whole.as_micros(),
            ours.own.as_micros(),
            (ours.whole.saturating_sub(ours.own)).as_micros(),
            over.as_micros(),
        )?;
    }
    writeln!(std::io::stdout(), "with {MANY} at once, at most {} µs on top are asked", GOAL.as_micros())?;
    if over > GOAL { Err("our way costs more than it may".into()) } else { Ok(()) }
}

async fn compare(base: &str) -> Outcome<Vec<(usize, Spent, Spent)>> {
    let dir = tempfile::tempdir()?;
    let db = Arc::new(SledDb::open(&dir.path().join("db"), 1 << 24)?);
    let prompts = Prompts::new(db.clone(), None, vec![("operations/title".into(), PROMPT.into())]);
    let llm = Llm::new(Some(ModelConfig::new("m", base)), prompts).paying(Purse {
        budget: Budget::new(db.clone(), Limits::default()),
        prices: Arc::new(Prices::embedded()?),
        shops: Shops::new(db.clone()),
        clock: Clock::default(),
    });
    let (llm, client) = (Arc::new(llm), xiaoer::http::client());
    let mut figures = Vec::new();
    for together in [1, MANY] {
        let (mut bare, mut ours) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let url = format!("{base}/chat/completions");
            let one = spent(together, |_| bare_loop(client.clone(), url.clone(), ASKED / together)).await?;
            let run = |nth| Account {
                shop: "shop".into(),
                role: format!("role{nth}"),
                run: format!("{together}-{round}-{nth}"),
            };
            let other = spent(together, |nth| our_loop(llm.clone(), run(nth), ASKED / together)).await?;
            // The first round warms connections and caches up.
            if round > 0 {
                bare.push(one);
                ours.push(other);
            }
        }
        bare.sort_unstable();
        ours.sort_unstable();
        figures.push((together, bare[ROUNDS / 2], ours[ROUNDS / 2]));
    }
    Ok(figures)
}

/// What a question of so many loops side by side costs.
async fn spent<F>(together: usize, each: impl Fn(usize) -> F) -> Outcome<Spent>
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let now = |clock| Duration::try_from(clock_gettime(clock)).expect("time runs forward from zero");
    let (whole, own) = (now(ClockId::ProcessCPUTime), now(ClockId::ThreadCPUTime));
    let mut loops = tokio::task::JoinSet::new();
    for nth in 0..together {
        loops.spawn(each(nth));
    }
    while let Some(ended) = loops.join_next().await {
        ended??;
    }
    let asked = u32::try_from(ASKED)?;
    Ok(Spent {
        whole: (now(ClockId::ProcessCPUTime) - whole) / asked,
        own: (now(ClockId::ThreadCPUTime) - own) / asked,
    })
}

async fn bare_loop(client: reqwest::Client, url: String, asked: usize) -> Result<(), String> {
    let words = "你是运营专员，给老板改商品标题。".repeat(20);
    let body = json!({"model": "m", "stream": false, "max_tokens": 1500, "messages": [
        {"role": "system", "content": words}, {"role": "user", "content": "标题：「加厚保温杯」"}
    ]});
    for _ in 0..asked {
        let reply = client.post(&url).json(&body).send().await.map_err(|e| e.to_string())?;
        let reply: Value = reply.json().await.map_err(|e| e.to_string())?;
        let text = reply["choices"][0]["message"]["content"].as_str().ok_or("no answer")?;
        let _: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    }
    Ok(())
}

async fn our_loop(llm: Arc<Llm>, account: Account, asked: usize) -> Result<(), String> {
    let ask = ask();
    for nth in 0..asked {
        let got = llm.answer(&account, &ask).await.map_err(|e| e.to_string())?;
        assert!(matches!(got.asked.generator, Generator::Model { .. }), "{:?}", got.asked.generator);
        // As the journal does: stored before anyone uses it.
        let key = Key::of("shop").part(&account.run).number(nth as u64);
        let answer = Batch::new().put(Table::Journal, key, &(&got.asked, &got.paid));
        let bill = got.bill.ok_or("nobody pays")?;
        bill.settle_with(answer).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn ask() -> Ask {
    let mut facts = Facts::default();
    let day = Period::day("2026-11-22".parse().expect("a date"));
    facts.add_for("gmv", "支付金额", day, Figure::Count(12, xiaoer_sdk::Unit::Orders), Source::rule("计算", ""));
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["title", "why"],
        "properties": {"title": {"type": "string", "maxLength": 30}, "why": {"type": "string", "maxLength": 60}}
    });
    let form = Form::Typed {
        schema,
        fallback: json!({"title": "保温杯", "why": "没有模型"}),
        grounds: vec!["加厚 保温杯 500ml 大容量".into()],
    };
    let variables = json!({
        "shop": "演示店铺", "title": "加厚保温杯500ml",
        "said": "老板你好，我电话138 0013 8000，地址浙江省义乌市稠州北路1号，这款杯子有没有500ml的？上次单号2760123456789012345还没到。"
    });
    Ask { prompt: "operations/title".into(), variables, form }
}
