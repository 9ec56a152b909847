//! The Model Context Protocol as a small client of our own speaks it, byte by byte: over HTTP to an office, over the pipe to the program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::chat::slow;
use crate::support::office::{Office, trade};

pub(crate) const TOKEN: &str = "abcdefabcdefabcdefabcdefabcdefabcdefabcd";
const REVISION: &str = "2026-07-28";

/// A client over HTTP, of the newest revision.
pub(crate) struct Wire {
    client: reqwest::Client,
    base: String,
    token: String,
    /// What it says it is able to do.
    able: Value,
}

impl Wire {
    pub(crate) fn to(base: &str, token: &str, able: Value) -> Self {
        Self { client: reqwest::Client::new(), base: base.into(), token: token.into(), able }
    }

    pub(crate) fn request(&self, method: &str, mut params: Value) -> reqwest::RequestBuilder {
        let name = params["name"].as_str().or_else(|| params["taskId"].as_str()).unwrap_or_default().to_owned();
        let meta = &mut params["_meta"];
        meta["io.modelcontextprotocol/protocolVersion"] = REVISION.into();
        meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "ours", "version": "1" });
        meta["io.modelcontextprotocol/clientCapabilities"] = self.able.clone();
        self.client
            .post(format!("{}/mcp", self.base))
            .bearer_auth(&self.token)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", REVISION)
            .header("mcp-method", method)
            .header("mcp-name", name)
            .json(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    /// Everything that came back for one request; the last message is the answer.
    pub(crate) async fn said(&self, method: &str, params: Value) -> Vec<Value> {
        let response = self.request(method, params).send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("text");
        let events = text.lines().filter_map(|line| line.strip_prefix("data:")).filter(|data| !data.trim().is_empty());
        let mut said: Vec<Value> = events.map(|data| serde_json::from_str(data).expect("JSON")).collect();
        if said.is_empty() {
            said.push(serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}")));
        }
        said
    }

    /// The result of a request.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let last = self.said(method, params).await.pop().expect("an answer");
        assert!(last["error"].is_null(), "{method}: {last}");
        last["result"].clone()
    }

    pub(crate) async fn call(&self, name: &str, arguments: Value) -> Value {
        self.result("tools/call", json!({ "name": name, "arguments": arguments })).await
    }

    /// The second round of a call: what the user answered.
    pub(crate) async fn answered(&self, name: &str, arguments: Value, responses: Value) -> Value {
        let params = json!({ "name": name, "arguments": arguments, "inputResponses": responses });
        self.result("tools/call", params).await
    }
}

pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no words in {result}"))
}

/// An office behind a real port, with one skill more that works until it is let go.
pub(crate) async fn served(go: &Arc<Notify>) -> (Office, String) {
    let office = Office::with("2026-11-23", &["one", "two"], slow(go)).await;
    office.import("one", &trade("2026-11-22", 60)).await;
    office.work();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(xiaoer::web::serve(Arc::clone(&office.app), listener, TOKEN.into(), std::future::pending()));
    (office, base)
}

async fn until_cancelled(office: &Office) {
    for _ in 0..200 {
        // Two runs of one moment stand in no order.
        let runs = office.get("/api/shops/one/runs").await;
        if runs.as_array().expect("a list").iter().any(|run| run["state"]["ending"] == "cancelled") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the run goes on: {}", office.get("/api/shops/one/runs").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_comes_with_its_steps_its_words_and_the_same_figures_as_the_api_tells() {
    let (office, base) = served(&Arc::default()).await;
    let wire = Wire::to(&base, TOKEN, json!({}));
    let params = json!({ "name": "growth-report", "arguments": { "shop": "one" }, "_meta": { "progressToken": "p" } });
    let mut said = wire.said("tools/call", params).await;
    let result = said.pop().expect("an answer")["result"].clone();
    assert_eq!((&result["isError"], &result["resultType"]), (&json!(false), &json!("complete")), "{result}");
    let steps: Vec<f64> = said.iter().filter_map(|note| note["params"]["progress"].as_f64()).collect();
    assert!(steps.len() >= 3 && steps.is_sorted_by(|a, b| a < b), "steps only go on: {steps:?}");
    assert!(said.iter().all(|note| note["params"]["message"].is_string()), "{said:?}");

    let data = &result["structuredContent"];
    let card = office.get("/api/shops/one/score").await;
    let points = data["facts"].as_object().expect("facts").values().find(|fact| fact["label"] == "生意积分");
    assert_eq!(points.expect("the score")["value"]["points"], card["score"]["low"]["points"], "{card}");
    let run = data["run"].as_str().expect("an id");
    assert_eq!(data["link"], format!("{base}/shops/one/runs/{run}"));
    let told = office.get(&format!("/api/shops/one/runs/{run}")).await;
    assert_eq!((&data["facts"], &told["run"]["trigger"]["by"]), (&told["report"]["facts"], &json!("person")));
    assert!(text(&result).contains(data["summary"].as_str().expect("a sentence")), "{}", text(&result));
    assert!(!result.to_string().contains(TOKEN), "the token goes into no answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_in_without_the_token_nor_from_a_page_of_another_site() {
    let (_office, base) = served(&Arc::default()).await;
    for token in ["", "wrong", &TOKEN[1..]] {
        let wire = Wire::to(&base, token, json!({}));
        for (method, params) in [("tools/list", json!({})), ("tools/call", json!({ "name": "list_shops" }))] {
            let refused = wire.request(method, params).send().await.expect("an answer");
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{token:?} {method}");
            assert!(refused.text().await.expect("text").contains("令牌"));
        }
    }
    let wire = Wire::to(&base, TOKEN, json!({}));
    let page = wire.request("tools/list", json!({})).header("origin", "https://evil.example");
    assert_eq!(page.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    let looked = reqwest::get(format!("{base}/mcp")).await.expect("an answer");
    assert_eq!(looked.status(), StatusCode::UNAUTHORIZED, "a client is not sent to the login page");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_said_in_one_sentence_and_leaves_no_run() {
    let (office, base) = served(&Arc::default()).await;
    let wire = Wire::to(&base, TOKEN, json!({}));
    for (name, arguments, names) in [
        ("growth-report", json!({ "shop": "nobody" }), "nobody"),
        ("growth-report", json!({ "shop": "two" }), "还没有数据"),
        ("growth-report", json!({ "shop": "../two" }), "../two"),
        ("growth-report", json!({ "shop": 1 }), "shop"),
        ("growth-report", json!({ "shop": "one", "as_of": "gestern" }), "as_of"),
        ("growth-report", json!({ "shop": "one", "as_of": "2026-12-24" }), "2026-12-24"),
        ("growth-plan", json!({ "shop": "one", "days": 0 }), "几天之内"),
        ("growth-plan", json!({ "shop": "one", "approve": true }), "approve"),
        ("approve_action", json!({ "shop": "one" }), "approve_action"),
        ("get_run", json!({ "shop": "one", "run": "0" }), "运行"),
        ("ask_for_decision", json!({ "shop": "nobody" }), "nobody"),
    ] {
        let result = wire.call(name, arguments).await;
        assert_eq!(result["isError"], true, "{name}: {result}");
        assert!(text(&result).contains(names) && !text(&result).contains('\n'), "{names}: {}", text(&result));
    }
    assert_eq!(office.get("/api/shops/one/runs").await, json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_is_a_task_that_outlives_the_connection_and_can_be_cancelled() {
    let go = Arc::new(Notify::new());
    let (office, base) = served(&go).await;
    let wire = Wire::to(&base, TOKEN, json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } }));
    let begun = wire.call("slow", json!({ "shop": "one" })).await;
    assert_eq!((&begun["resultType"], &begun["status"]), (&json!("task"), &json!("working")), "{begun}");
    let task = begun["taskId"].clone();
    let later = wire.result("tasks/get", json!({ "taskId": task })).await;
    assert_eq!(later["status"], "working");
    assert!(later["statusMessage"].as_str().expect("a step").starts_with('第'), "{later}");
    go.notify_one();
    let done = loop {
        let now = wire.result("tasks/get", json!({ "taskId": task })).await;
        if now["status"] != "working" {
            break now;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    };
    assert_eq!((&done["status"], &done["result"]["structuredContent"]["state"]), (&json!("completed"), &json!("done")));

    let second = wire.call("slow", json!({ "shop": "one" })).await;
    wire.result("tasks/cancel", json!({ "taskId": second["taskId"] })).await;
    until_cancelled(&office).await;
    let over = wire.result("tasks/get", json!({ "taskId": second["taskId"] })).await;
    assert_eq!(over["status"], "cancelled");
    for forged in ["one:0", "two:1", "../../metrics", ""] {
        let refused = wire.said("tasks/get", json!({ "taskId": forged })).await.pop().expect("an answer");
        assert!(refused["error"]["message"].as_str().is_some_and(|why| why.contains("没有找到")), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_stops_its_run() {
    let go = Arc::new(Notify::new());
    let (office, base) = served(&go).await;
    let wire = Wire::to(&base, TOKEN, json!({}));
    let call = wire.request("tools/call", json!({ "name": "slow", "arguments": { "shop": "one" } }));
    let call = tokio::spawn(call.send());
    while office.get("/api/shops/one/runs").await[0].is_null() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    call.abort();
    until_cancelled(&office).await;
}

/// A client on the pipe of the program.
pub(crate) struct Pipe {
    child: Child,
    writes: ChildStdin,
    reads: BufReader<ChildStdout>,
    next: u64,
}

impl Pipe {
    pub(crate) fn start(data: &Path, arguments: &[&str], token: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
            .arg("--data")
            .arg(data)
            .arg("mcp")
            .args(arguments)
            .current_dir(data)
            .env("XIAOER_TOKEN", token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("xiaoer starts");
        let (writes, reads) = (child.stdin.take().expect("its input"), child.stdout.take().expect("its output"));
        Self { child, writes, reads: BufReader::new(reads), next: 0 }
    }

    /// Hangs up and waits for its end.
    pub(crate) fn end(self) {
        let Self { mut child, writes, reads, .. } = self;
        drop((writes, reads));
        child.wait().expect("it ends");
    }

    fn write(&mut self, message: &Value) {
        writeln!(self.writes, "{message}").expect("it listens");
    }

    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert!(self.reads.read_line(&mut line).expect("a line") > 0, "it hung up");
            // Whatever stands on the output is the protocol and nothing else.
            let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not the protocol: {line}"));
            if said["id"] == id {
                return said["result"].clone();
            }
        }
    }

    pub(crate) fn greet(&mut self) -> Value {
        let who = json!({ "name": "ours", "version": "1" });
        let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": who });
        let welcome = self.ask("initialize", &hello);
        self.write(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        welcome
    }
}

fn run(data: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    let output = command.arg("--data").arg(data).args(arguments).current_dir(data).output().expect("xiaoer starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_pipe_needs_no_running_server_and_ends_with_its_client() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path();
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/order-export-2011-05.xlsx");
    run(data, &["shop", "add", "real", "--name", "真实样例", "--industry", "consumer"]);
    run(data, &["import", export, "--shop", "real"]);

    let mut pipe = Pipe::start(data, &[], "");
    let welcome = pipe.greet();
    assert_eq!((&welcome["protocolVersion"], &welcome["serverInfo"]["name"]), (&json!("2025-06-18"), &json!("xiaoer")));
    let shops = pipe.ask("tools/call", &json!({ "name": "list_shops", "arguments": {} }));
    assert_eq!(shops["structuredContent"]["shops"], json!([{ "shop": "real", "name": "真实样例" }]));
    let call = json!({ "name": "growth-report", "arguments": { "shop": "real", "as_of": "2011-05-10" } });
    let result = pipe.ask("tools/call", &call);
    assert_eq!(result["structuredContent"]["as_of"], "2011-05-10");

    // Another command meanwhile finds the server that this one started.
    let card: Value = serde_json::from_str(&run(data, &["growth", "score", "--shop", "real", "--json"])).expect("JSON");
    assert_eq!(card["points"]["buyers"], "413");
    assert!(text(&result).contains("413"), "{}", text(&result));

    let Pipe { mut child, writes, reads, .. } = pipe;
    drop((writes, reads));
    for _ in 0..250 {
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "{status}");
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    panic!("it goes on without its client");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pipe_speaks_for_a_server_elsewhere_with_that_members_token() {
    let (_office, base) = served(&Arc::default()).await;
    let ended = tokio::task::spawn_blocking(move || {
        let dir = tempfile::tempdir().expect("a directory");
        let mut pipe = Pipe::start(dir.path(), &["--server", &base], TOKEN);
        pipe.greet();
        let shops = pipe.ask("tools/call", &json!({ "name": "list_shops", "arguments": {} }));
        assert_eq!(shops["structuredContent"]["shops"][0]["shop"], "one");
        drop(pipe.writes);
        pipe.child.wait().expect("it ends");

        let mut stranger = Pipe::start(dir.path(), &["--server", &base], "wrong");
        stranger.greet();
        let refused = stranger.ask("tools/call", &json!({ "name": "list_shops", "arguments": {} }));
        assert_eq!(refused["isError"], true);
        assert!(text(&refused).contains("令牌"), "{refused}");
        drop(stranger.writes);
        stranger.child.wait().expect("it ends");

        let mut clear = Pipe::start(dir.path(), &["--server", "http://shop.example"], TOKEN);
        assert!(!clear.child.wait().expect("it ends").success(), "a token went out in the clear");
    });
    ended.await.expect("no panic");
}
