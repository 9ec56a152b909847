//! The same promise with a real process and a real `kill -9`: a click in the middle of a question to the model.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xiaoer::presence::Presence;

use crate::support::model::CountingModel;

struct Server(Child);

impl Server {
    fn start(data: &Path, model: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(data)
            .envs([("XIAOER_LOG", "error"), ("XIAOER_MODEL_BASE_URL", model), ("XIAOER_MODEL_NAME", "counting")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("xiaoer starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        assert!(line.contains("http://"), "{line}");
        Self(child)
    }

    fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }
}

async fn call(data: &Path, path: &str, body: Option<Value>) -> Value {
    let there = Presence::of(data).expect("a server is announced");
    let url = format!("http://{}{path}", there.address);
    let client = xiaoer::http::client();
    let request = match body {
        Some(body) => client.post(url).json(&body),
        None => client.get(url),
    };
    let answer = request.bearer_auth(there.token).send().await.expect("it answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.expect("JSON")
}

async fn until<F, Fut>(what: &str, mut done: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let started = Instant::now();
    while !done().await {
        assert!(started.elapsed() < Duration::from_secs(60), "{what} did not happen within a minute");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_survives_kill_9_in_the_middle_of_a_question() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path();
    let model = CountingModel::default();
    let base = model.serve().await;
    model.hold(true);

    let first = Server::start(data, &base);
    let shop =
        json!({ "id": "real", "name": "真实样例", "industry": "consumer", "zone": "Asia/Shanghai", "platform": null });
    call(data, "/api/shops", Some(shop)).await;
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/order-export-2011-05.xlsx");
    let imported = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
        .arg("--data")
        .arg(data)
        .args(["import", export, "--shop", "real"])
        .output()
        .expect("xiaoer starts");
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let run = call(data, "/api/shops/real/runs", Some(json!({ "skill": "growth-report" }))).await;
    let path = format!("/api/shops/real/runs/{}", run["id"].as_str().expect("an id"));
    until("the question", || async { !model.asked().is_empty() }).await;
    first.kill();

    model.hold(false);
    let second = Server::start(data, &base);
    until("the report", || async { call(data, &path, None).await["report"].is_object() }).await;
    let told = call(data, &path, None).await;
    assert_eq!(told["run"]["attempts"], 2, "{}", told["run"]);
    assert_eq!(model.asked().len(), 1, "the same question, not another: {:?}", model.asked().keys());
    assert_eq!(model.asked().values().sum::<usize>(), 2, "once in flight at the kill, once after it");

    let again = second.0.id();
    second.kill();
    let third = Server::start(data, &base);
    assert_ne!(third.0.id(), again);
    assert!(call(data, &path, None).await["report"].is_object());
    assert_eq!(model.asked().values().sum::<usize>(), 2, "a stored answer was asked for again");
    third.kill();
}
