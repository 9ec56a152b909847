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
use xiaoer::db::{Batch, Db, Key, SledDb, Table};
use xiaoer::llm::budget::{Budget, Limits};
use xiaoer::llm::prices::Prices;
use xiaoer::llm::prompt::Prompts;
use xiaoer::llm::talk::Account;
use xiaoer::llm::{Llm, ModelConfig, Purse};
use xiaoer::shop::Shops;
use xiaoer_sdk::{Ask, Facts, Form, Generator, Period, Source, Value as Figure};

/// Questions of one measurement.
const ASKED: usize = 2000;
/// Measurements of each side, taken in turn; the median is told.
const ROUNDS: usize = 5;
/// What our way may cost on top.
const GOAL: Duration = Duration::from_micros(250);

const PROMPT: &str = "# system\n你是{{ shop|quote }}的运营专员，给老板改商品标题。\n# user\n标题：{{ title|quote }}\n买家说：{{ said|quote }}\n";
const ANSWER: &str = r#"{"title":"加厚保温杯500ml 大容量","why":"原标题没有写容量"}"#;

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
    let (bare, ours) = measured?;
    let over = ours.saturating_sub(bare);
    writeln!(
        std::io::stdout(),
        "a bare client {} µs a question, our whole way {} µs: {} µs on top, at most {} µs are asked",
        bare.as_micros(),
        ours.as_micros(),
        over.as_micros(),
        GOAL.as_micros()
    )?;
    if over > GOAL { Err("our way costs more than it may".into()) } else { Ok(()) }
}

async fn compare(base: &str) -> Outcome<(Duration, Duration)> {
    let dir = tempfile::tempdir()?;
    let db = Arc::new(SledDb::open(&dir.path().join("db"), 1 << 24)?);
    let prompts = Prompts::new(db.clone(), None, vec![("operations/title".into(), PROMPT.into())]);
    let llm = Llm::new(Some(ModelConfig::new("m", base)), prompts).paying(Purse {
        budget: Budget::new(db.clone(), Limits::default()),
        prices: Arc::new(Prices::embedded()?),
        shops: Shops::new(db.clone()),
        clock: Clock::default(),
    });
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let times = (bare_loop(base).await?, our_loop(&llm, &db, round).await?);
        // The first round warms connections and caches up.
        if round > 0 {
            bare.push(times.0);
            ours.push(times.1);
        }
    }
    bare.sort_unstable();
    ours.sort_unstable();
    Ok((bare[ROUNDS / 2], ours[ROUNDS / 2]))
}

fn now() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().expect("time runs forward from zero")
}

async fn bare_loop(base: &str) -> Outcome<Duration> {
    let client = xiaoer::http::client();
    let url = format!("{base}/chat/completions");
    let words = "你是运营专员，给老板改商品标题。".repeat(20);
    let body = json!({"model": "m", "stream": false, "max_tokens": 1500, "messages": [
        {"role": "system", "content": words}, {"role": "user", "content": "标题：「加厚保温杯」"}
    ]});
    let began = now();
    for _ in 0..ASKED {
        let reply: Value = client.post(&url).json(&body).send().await?.json().await?;
        let text = reply["choices"][0]["message"]["content"].as_str().ok_or("no answer")?;
        let _: Value = serde_json::from_str(text)?;
    }
    Ok((now() - began) / ASKED as u32)
}

async fn our_loop(llm: &Llm, db: &Arc<SledDb>, round: usize) -> Outcome<Duration> {
    let ask = ask();
    let account = Account { shop: "shop".into(), role: "operations".into(), run: format!("r{round}") };
    let began = now();
    for nth in 0..ASKED {
        let got = llm.answer(&account, &ask).await?;
        assert!(matches!(got.asked.generator, Generator::Model { .. }), "{:?}", got.asked.generator);
        // As the journal does: stored before anyone uses it.
        let key = Key::of("shop").part(&account.run).number(nth as u64);
        db.commit(Batch::new().put(Table::Journal, key, &(&got.asked, &got.paid))).await?;
        if let Some(bill) = got.bill {
            bill.settle().await;
        }
    }
    Ok((now() - began) / ASKED as u32)
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
