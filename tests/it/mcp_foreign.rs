//! A client that nobody here wrote: the protocol's official Python package, against the program itself, on both transports and in the
//! newest and the older revision. Installed from the public package index into a directory that is thrown away, pinned by hash.
//! Without Python or the index the test says so and passes; with `XIAOER_TEST_ALL=1` it fails.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use xiaoer::presence::Presence;

use crate::mcp::Wire;

fn skip(why: &str) {
    #[expect(clippy::disallowed_methods, reason = "the checks' own switch, not a setting")]
    let all = std::env::var("XIAOER_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(!all, "nothing may be skipped here: {why}");
    // Past the test's captured output: who runs the tests shall see it.
    writeln!(std::io::stderr(), "the foreign MCP client is skipped: {why}").expect("stderr");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp")
}

fn ran(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let ran =
        Command::new(program).args(arguments).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    ran.status.success().then(|| text(&ran.stdout)).ok_or_else(|| text(&ran.stderr))
}

/// A Python of its own with the client; the error says what is missing.
fn install(room: &Path) -> Result<PathBuf, String> {
    let place = room.to_string_lossy();
    ran(Path::new("python3"), &["-m", "venv", place.as_ref()]).map_err(|why| format!("no Python with venv: {why}"))?;
    let python = room.join("bin/python");
    let file = folder().join("requirements.txt");
    let file = file.to_string_lossy();
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"];
    let pinned = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", file.as_ref()];
    ran(&python, &[&pip[..], &pinned].concat()).map_err(|why| format!("the client cannot be installed: {why}"))?;
    Ok(python)
}

/// The demo, killed when the story is over.
struct Demo(Child);

impl Demo {
    fn start(data: &Path) -> (Self, Presence) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
            .arg("--data")
            .arg(data)
            .args(["demo", "--listen", "127.0.0.1:0"])
            .current_dir(data)
            .env("XIAOER_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("xiaoer starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        (Self(child), Presence::of(data).expect("it is announced"))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the console knows.
struct Console {
    base: String,
    token: String,
}

impl Console {
    async fn get(&self, path: &str) -> Value {
        let sent = reqwest::Client::new().get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await;
        sent.expect("an answer").json().await.expect("JSON")
    }

    async fn post(&self, path: &str, body: Value) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(&body);
        let status = request.send().await.expect("an answer").status();
        assert!(status.is_success(), "{path}: {status}");
    }

    /// What a run proposed.
    async fn proposed(&self, run: &str) -> Vec<Value> {
        let actions = self.get("/api/shops/demo/actions").await;
        actions.as_array().expect("a list").iter().filter(|action| action["run"] == run).cloned().collect()
    }
}

/// The first sync of the demo is behind it.
async fn filled(console: &Console) {
    for _ in 0..600 {
        let wish = json!({ "skill": "growth-report" });
        let request = reqwest::Client::new().post(format!("{}/api/shops/demo/runs", console.base));
        let sent = request.bearer_auth(&console.token).json(&wish).send().await.expect("an answer");
        if sent.status().is_success() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the demo never has data");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_runs_skills_and_its_yes_to_everything_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let room = dir.path().join("python");
    let place = room.clone();
    let python = match tokio::task::spawn_blocking(move || install(&place)).await.expect("no panic") {
        Ok(python) => python,
        Err(why) => return skip(&why),
    };
    let data = dir.path().join("data");
    std::fs::create_dir(&data).expect("a directory");
    let (_demo, presence) = Demo::start(&data);
    let console = Console { base: format!("http://{}", presence.address), token: presence.token };
    filled(&console).await;

    let program = env!("CARGO_BIN_EXE_xiaoer");
    let (url, at) = (format!("{}/mcp", console.base), data.to_string_lossy().into_owned());
    for (how, mode, revision) in [
        ("http", "auto", "2026-07-28"),
        ("http", "legacy", "2025-11-25"),
        ("stdio", "auto", "2026-07-28"),
        ("stdio", "legacy", "2025-11-25"),
    ] {
        let script = folder().join("client.py").to_string_lossy().into_owned();
        let way = match how {
            "http" => vec![url.clone(), console.token.clone()],
            _ => [program, "--data", &at, "mcp"].map(String::from).to_vec(),
        };
        let all = [vec![script, how.into(), mode.into(), "demo".into()], way].concat();
        let python = python.clone();
        let said = tokio::task::spawn_blocking(move || {
            ran(&python, &all.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_or_else(|why| panic!("{why}"))
        });
        let seen: Value = serde_json::from_str(&said.await.expect("no panic")).expect("JSON");
        assert_eq!((&seen["version"], &seen["server"]), (&json!(revision), &json!("xiaoer")), "{how} {mode}");
        holds(&seen, &console, revision == "2026-07-28").await;
    }

    // What waits is decided by a person in the console, while the client waits to hear of it.
    let wire = Wire::to(&console.base, &console.token, json!({ "elicitation": { "url": {} } }));
    let made = wire.call("stock-alert", json!({ "shop": "demo", "days": 30, "cover": 60 })).await;
    let run = made["structuredContent"]["run"].as_str().expect("a run").to_owned();
    let about = json!({ "shop": "demo", "run": run });
    let asked = wire.call("ask_for_decision", about.clone()).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    assert_eq!(asked["inputRequests"]["decision"]["params"]["url"], format!("{}/shops/demo/actions", console.base));
    let opened = json!({ "decision": { "action": "accept" } });
    let waiting = tokio::spawn(async move { wire.answered("ask_for_decision", about, opened).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    for action in console.proposed(&run).await {
        let path = format!("/api/shops/demo/actions/{}/reject", action["id"].as_str().expect("an id"));
        console.post(&path, json!({ "hash": action["hash"] })).await;
    }
    let told = waiting.await.expect("no panic");
    let told = told["structuredContent"]["proposals"].as_array().expect("a list");
    assert!(!told.is_empty() && told.iter().all(|proposal| proposal["waits_for_person"] == false), "{told:?}");
}

async fn holds(seen: &Value, console: &Console, newest: bool) {
    let tools = seen["tools"].as_array().expect("tools");
    let skills: Vec<Value> = serde_json::from_value(console.get("/api/skills").await).expect("a list");
    assert_eq!(tools.len(), skills.len() + 3);
    for skill in &skills {
        let tool = tools.iter().find(|tool| tool["name"] == skill["name"]).expect("every skill is a tool");
        let proposes = !skill["proposes"].as_array().expect("a list").is_empty();
        assert_eq!((&tool["title"], &tool["annotations"]["readOnlyHint"]), (&skill["title"], &json!(!proposes)));
        assert_eq!(tool["annotations"]["destructiveHint"], false);
    }

    let growth = &seen["growth"]["data"];
    let card = console.get("/api/shops/demo/score").await;
    let points = growth["facts"].as_object().expect("facts").values().find(|fact| fact["label"] == "生意积分");
    assert_eq!(points.expect("the score")["value"]["points"], card["score"]["low"]["points"], "{card}");
    assert!(seen["steps"].as_array().expect("steps").len() >= 3, "{}", seen["steps"]);

    let stock = &seen["stock"];
    let run = stock["data"]["run"].as_str().expect("a run");
    let proposals = stock["data"]["proposals"].as_array().expect("proposals");
    assert!(!proposals.is_empty() && stock["text"].as_str().expect("words").contains("在等商家本人决定"));
    assert_eq!(seen["again"]["data"], stock["data"], "get_run tells the same");
    // It was asked, it said yes, and nothing has happened.
    let states: Vec<Value> = console.proposed(run).await.iter().map(|action| action["state"].clone()).collect();
    assert_eq!(states, vec![json!({ "state": "proposed" }); proposals.len()]);
    let questions = seen["questions"].as_array().expect("questions");
    if newest {
        assert_eq!(questions.len(), 1);
        assert_eq!(questions[0]["mode"], "url");
        assert!(questions[0]["url"].as_str().expect("an address").ends_with("/shops/demo/actions"));
    } else {
        assert!(questions.is_empty(), "an older client is told where, and cannot be asked");
        assert!(seen["asked"]["text"].as_str().expect("words").contains("/shops/demo/actions"));
    }
    for (story, names) in [
        ("unknown_shop", "nobody"),
        ("path_as_shop", "metrics"),
        ("no_shop", "shop"),
        ("bad_form", "几天内卖完"),
        ("bad_day", "as_of"),
        ("unknown_skill", "no-such-skill"),
        ("no_such_run", "运行"),
    ] {
        let (told, said) = (&seen[story], seen[story]["text"].as_str().expect("words"));
        assert!(told["error"] == true && said.contains(names) && !said.contains('\n'), "{story}: {told}");
    }
}
