//! What the protocol costs beside the plain API: the list of tools and a quick skill, over HTTP and over the pipe, in one process and as a
//! ratio. Nothing is held against the clock; `cargo test --test it -- mcp_cost --nocapture` prints the figures.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::mcp::{Pipe, TOKEN, Wire, served};

const TIMES: usize = 30;

/// The one in the middle.
fn median(mut took: Vec<Duration>) -> f64 {
    took.sort();
    took[took.len() / 2].as_secs_f64() * 1000.0
}

fn tell(what: &str, plain: f64, http: f64, pipe: f64) {
    let line = format!(
        "{what}: plain API {plain:.1} ms; MCP over HTTP {http:.1} ms ({:.1} times), over the pipe {pipe:.1} ms ({:.1} times)\n",
        http / plain,
        pipe / plain
    );
    // Where nobody reads it, nothing is lost.
    let _ = std::io::stdout().write_all(line.as_bytes());
}

/// Sets a skill off by the plain API and looks until it is over.
async fn run(client: &reqwest::Client, base: &str) -> Value {
    let url = format!("{base}/api/shops/one/runs");
    let begun = client.post(&url).bearer_auth(TOKEN).json(&json!({ "skill": "stock-alert" })).send().await;
    let begun: Value = begun.expect("an answer").json().await.expect("JSON");
    let url = format!("{url}/{}", begun["id"].as_str().expect("an id"));
    loop {
        let told = client.get(&url).bearer_auth(TOKEN).send().await.expect("an answer");
        let told: Value = told.json().await.expect("JSON");
        if told["run"]["state"]["state"] == "ended" {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_protocol_beside_the_plain_api() {
    let (_office, base) = served(&Arc::default()).await;
    let (client, wire) = (reqwest::Client::new(), Wire::to(&base, TOKEN, json!({})));
    let call = json!({ "name": "stock-alert", "arguments": { "shop": "one" } });
    let (mut plain, mut http) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..TIMES {
        let began = Instant::now();
        let skills = client.get(format!("{base}/api/skills")).bearer_auth(TOKEN).send().await.expect("an answer");
        let skills: Vec<Value> = skills.json().await.expect("JSON");
        plain[0].push(began.elapsed());
        let began = Instant::now();
        let tools = wire.result("tools/list", json!({})).await;
        http[0].push(began.elapsed());
        assert_eq!(tools["tools"].as_array().map(Vec::len), Some(skills.len() + 3), "they speak of the same");
        let began = Instant::now();
        let told = run(&client, &base).await;
        plain[1].push(began.elapsed());
        let began = Instant::now();
        let result = wire.result("tools/call", call.clone()).await;
        http[1].push(began.elapsed());
        let state = &result["structuredContent"]["state"];
        assert_eq!((&told["run"]["state"]["ending"], state), (&json!("done"), &json!("done")), "{told} {result}");
    }
    let pipe = tokio::task::spawn_blocking(move || {
        let dir = tempfile::tempdir().expect("a directory");
        let mut pipe = Pipe::start(dir.path(), &["--server", &base], TOKEN);
        pipe.greet();
        let (mut lists, mut calls) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            let began = Instant::now();
            assert!(pipe.ask("tools/list", &json!({}))["tools"].is_array());
            lists.push(began.elapsed());
            let began = Instant::now();
            assert_eq!(pipe.ask("tools/call", &call)["structuredContent"]["state"], "done");
            calls.push(began.elapsed());
        }
        pipe.end();
        [lists, calls]
    });
    let ([lists, calls], [plain_list, plain_run], [http_list, http_run]) = (pipe.await.expect("no panic"), plain, http);
    tell("the list of tools", median(plain_list), median(http_list), median(lists));
    tell("a quick skill to its report", median(plain_run), median(http_run), median(calls));
}
