//! The tutorials for authors, done exactly as they say: the commands of each page are run, what it tells to write is written, and at the end
//! the skill's report is in the console.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Steps from nothing to a report in the console, at most.
const STEPS: usize = 5;

/// What a page tells to do.
#[derive(Debug, PartialEq)]
enum Step {
    /// A command.
    Type(String),
    /// A file to write.
    Write { path: String, text: String },
}

fn page(name: &str) -> String {
    let path = root().join("docs/authors").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The steps of a page: a block of `sh` is typed, a block with a path behind its language is written there.
fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut lines) = (Vec::new(), page.lines());
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(' ') {
            Some((_, path)) => steps.push(Step::Write { path: path.into(), text: inside.join("\n") + "\n" }),
            None if info == "sh" => steps.extend(inside.into_iter().map(|line| Step::Type(line.into()))),
            None => {}
        }
    }
    steps
}

/// An author's desk: a directory, and the demo once it is started.
struct Desk {
    dir: TempDir,
    demo: Option<(Child, String)>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.demo {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Desk {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a directory"), demo: None }
    }

    fn does(&mut self, step: &Step) {
        match step {
            Step::Write { path, text } => {
                std::fs::write(self.dir.path().join(path), text).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            Step::Type(line) if line == "xiaoer demo" => self.start(),
            Step::Type(line) => {
                let mut command = self.command(line);
                let told = command.output().unwrap_or_else(|error| panic!("{line}: {error}"));
                let words = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
                assert!(told.status.success(), "{line}:\n{}{}", words.0, words.1);
            }
        }
    }

    fn command(&self, line: &str) -> Command {
        let mut words = line.split_whitespace();
        let program = match words.next().expect("a command") {
            "xiaoer" => env!("CARGO_BIN_EXE_xiaoer"),
            other => other,
        };
        let mut command = Command::new(program);
        command.args(words).current_dir(self.dir.path()).env("XIAOER_LOG", "error");
        command
    }

    /// The demo as the page says, but on a port that is free.
    fn start(&mut self) {
        let mut child =
            self.command("xiaoer demo --listen 127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("the demo starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut address = String::new();
        while !address.contains("http://") {
            address.clear();
            assert!(out.read_line(&mut address).expect("a line") > 0, "the demo ended");
        }
        let (_, url) = address.trim().split_once("http://").expect("an address");
        self.demo = Some((child, format!("http://{url}")));
    }
}

/// The console, as somebody who opened the printed address.
struct Console {
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Console {
    fn of(desk: &Desk) -> Self {
        let (_, url) = desk.demo.as_ref().expect("the page starts the demo");
        let (base, token) = url.split_once("/login?token=").expect("an address with a token");
        Self { base: base.into(), token: token.into(), client: xiaoer::http::client() }
    }

    async fn get(&self, path: &str) -> Value {
        let told =
            self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await.expect("an answer");
        assert!(told.status().is_success(), "{path}: {} {}", told.status(), told.text().await.unwrap_or_default());
        told.json().await.expect("JSON")
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(&body);
        let told = request.send().await.expect("an answer");
        let (status, text) = (told.status(), told.text().await.unwrap_or_default());
        if status.is_success() { Ok(serde_json::from_str(&text).unwrap_or_default()) } else { Err(text) }
    }

    async fn page(&self, path: &str) -> String {
        let told =
            self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await.expect("an answer");
        told.text().await.expect("a page")
    }

    /// Says 授权, clicks the skill, and waits for its report.
    async fn click(&self, skill: &str) -> Value {
        let until = Instant::now() + Duration::from_secs(120);
        let installed = self.get("/api/shops/demo/plugins").await;
        let plugin = installed.as_array().expect("a list").iter().find(|one| one["name"] == skill);
        let plugin = plugin.unwrap_or_else(|| panic!("{skill} is not installed: {installed}"));
        let yes = json!({ "hash": plugin["hash"] });
        self.post(&format!("/api/shops/demo/plugins/{skill}/grant"), yes).await.expect("granted");
        // The demo's first sync goes on while the author reads what the skill wants.
        let run = loop {
            match self.post("/api/shops/demo/runs", json!({ "skill": skill, "input": {} })).await {
                Ok(run) => break run,
                Err(why) => assert!(Instant::now() < until, "{why}"),
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        let path = format!("/api/shops/demo/runs/{}", run["id"].as_str().expect("an id"));
        loop {
            let told = self.get(&path).await;
            if !told["report"].is_null() {
                return told;
            }
            let state = told["run"]["state"].to_string();
            assert!(!state.contains("failed") && !state.contains("blocked") && Instant::now() < until, "{told}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Does what a page says and sees the report in the console.
async fn follow(desk: &mut Desk, name: &str, skill: &str, words: &str) {
    let steps = steps(&page(name));
    assert!(matches!(steps.last(), Some(Step::Type(line)) if line == "xiaoer demo"), "{name}: {steps:?}");
    steps.iter().for_each(|step| desk.does(step));
    let console = Console::of(desk);
    let told = console.click(skill).await;
    let run = told["run"]["id"].as_str().expect("an id");
    let shown = console.page(&format!("/shops/demo/runs/{run}")).await;
    assert!(shown.contains(words), "{name}: {words} is not on the report's page:\n{shown}");
    assert!(console.page("/shops/demo").await.contains(skill), "the skill stands on the home page");
}

#[tokio::test]
async fn the_tutorial_in_javascript_leads_to_a_report_in_five_steps() {
    let steps = steps(&page("tutorial-js.md"));
    assert!(steps.len() <= STEPS, "{steps:?}");
    follow(&mut Desk::new(), "tutorial-js.md", "top-products", "带货榜").await;
}

#[tokio::test]
async fn the_tutorial_of_words_leads_to_a_report_in_five_steps() {
    assert!(steps(&page("tutorial-prompt.md")).len() <= STEPS);
    follow(&mut Desk::new(), "tutorial-prompt.md", "partner-note", "给合伙人的话").await;
}

#[tokio::test]
async fn the_tutorial_of_components_leads_to_a_report_in_five_steps() {
    assert!(steps(&page("tutorial-component.md")).len() <= STEPS);
    follow(&mut Desk::new(), "tutorial-component.md", "refund-words", "退款原因").await;
}

#[test]
fn both_languages_tell_the_same_steps() {
    for name in ["tutorial-js", "tutorial-prompt", "tutorial-component"] {
        assert_eq!(steps(&page(&format!("{name}.md"))), steps(&page(&format!("{name}.zh-CN.md"))), "{name}");
    }
}

#[test]
fn every_page_stands_in_both_languages_and_its_links_lead_somewhere() {
    let folder = root().join("docs/authors");
    for entry in std::fs::read_dir(&folder).expect("the pages").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let other = match name.strip_suffix(".zh-CN.md") {
            Some(stem) => format!("{stem}.md"),
            None => name.replace(".md", ".zh-CN.md"),
        };
        assert!(name == "reference.md" || folder.join(&other).exists(), "{name} has no {other}");
        for link in page(&name).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let there = link.starts_with("https://") || file.is_empty() || folder.join(file).exists();
            assert!(there, "{name} leads to {link}, which is not there");
            assert!(
                place.is_empty() || headings(if file.is_empty() { &name } else { file }).contains(&place.to_owned()),
                "{name} has no heading for {link}"
            );
        }
    }
}

/// What a page's headings are called in a link.
fn headings(name: &str) -> Vec<String> {
    let called = |heading: &str| -> String {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
    };
    page(name)
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| called(line.trim_start_matches('#').trim()))
        .collect()
}
