//! What a trial tells an author: what is otherwise than expected, and what a crash would do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use xiaoer::action::guardrail::Guardrails;
use xiaoer::llm::prompt::PromptFile;
use xiaoer::llm::{Llm, ModelConfig};
use xiaoer::plugin::trial::{Bounds, Case, Ended, Ending, Fixture, Share, Trial, Verdict, judge};
use xiaoer_sdk::{
    ActionKind, Block, Change, Context, Expected, Generator, Input, Manifest, Proposal, Read, Report, Skill,
    SkillError, Source, Unit, Value, async_trait,
};

use crate::llm_provider::prompts;
use crate::support::model::CountingModel;

const PROMPT: &str =
    "# system\nyou\n\n# user\nsay {% for id in facts %}{{ id }}{% endfor %}\n\n# template\n共有 {products}。\n";

const SHOP: &str = r#"
as_of = 2026-11-22
[[products]]
id = "101"
title = "保温杯"
stock = 3
"#;

/// The limits that xiaoer comes with.
pub(crate) fn limits() -> Guardrails {
    let defaults: toml::Table = xiaoer::config::DEFAULTS.parse().expect("TOML");
    defaults["guardrails"].clone().try_into().expect("limits")
}

/// Counts the products, says a word about them, and proposes to take the first one off. What it does wrong is told from outside.
#[derive(Clone, Default)]
struct Counter {
    proposes: Vec<ActionKind>,
    reads: Vec<Read>,
    /// What the proposal is about instead of the first product.
    about: Option<&'static str>,
    /// Proposed instead of taking it off.
    change: Option<Change>,
    /// Remembered from run to run, as no skill may.
    runs: Option<Arc<AtomicUsize>>,
}

impl Counter {
    fn honest() -> Self {
        Self { proposes: vec![ActionKind::TakeOff], reads: vec![Read::Products], ..Self::default() }
    }

    fn trial(self) -> Trial {
        let prompt = PromptFile::parse("prompts/words.md", PROMPT).expect("a prompt");
        Trial::of(Arc::new(self), BTreeMap::from([("words".to_owned(), prompt)]), limits())
    }
}

#[async_trait]
impl Skill for Counter {
    fn manifest(&self) -> Manifest {
        let manifest = Manifest::new("data", "counter", "数一数").asks(["words"]);
        manifest.reads(self.reads.clone()).proposes(self.proposes.clone())
    }

    async fn run(&self, cx: &Context, _: Input) -> Result<Report, SkillError> {
        cx.progress("正在数").await?;
        let products = cx.products().await?;
        let mut report = Report::new("数一数", cx.as_of());
        let count = Value::Count(i64::try_from(products.len()).expect("few"), Unit::Products);
        report.facts.add(
            "products",
            "商品",
            count,
            Source::rows("商品", "数", products.iter().map(|one| one.id.as_str())),
        );
        report.say(cx.narrate("words", json!({}), &report.facts).await?);
        report.summary = match &self.runs {
            Some(runs) => format!("第 {} 次", runs.fetch_add(1, Ordering::SeqCst)),
            None => "有 {products}。".into(),
        };
        let product = self.about.map(String::from).or_else(|| products.first().map(|one| one.id.clone()));
        if let Some(product) = product {
            let change = self.change.clone().unwrap_or(Change::TakeOff { product });
            report.proposals.push(Proposal {
                key: "off".into(),
                change,
                why: "太多".into(),
                expected: Expected::default(),
            });
        }
        Ok(report)
    }
}

/// A plugin's folder with one fixture.
struct Folder(TempDir);

impl Folder {
    fn with(fixture: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(dir.path().join("tests")).expect("made");
        std::fs::write(dir.path().join("tests/basic.toml"), fixture).expect("written");
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn beside(&self, end: &str) -> PathBuf {
        self.path().join("tests").join(format!("basic.expected.{end}"))
    }

    async fn try_out(&self, skill: Counter, update: bool) -> Verdict {
        let cases = Case::all(self.path()).expect("the tests folder");
        assert_eq!(cases.len(), 1, "a snapshot is no fixture: {cases:?}");
        cases[0].try_out(&skill.trial(), update).await.expect("a verdict")
    }
}

async fn complaints(fixture: &str, skill: Counter) -> Vec<String> {
    Folder::with(fixture).try_out(skill, false).await.complaints
}

#[tokio::test]
async fn a_run_as_expected_passes_and_was_stopped_after_each_call() {
    let fixture = format!(
        "{SHOP}[model]\nwords = [\"一共 {{products}}。\"]\n[expect]\nsummary = \"有 1款。\"\nfacts = {{ products = \"1款\" }}\n\
         says = [\"一共 1款\"]\nsilent = [\"没有\"]\nprogress = [\"正在数\"]\nproposes = [{{ kind = \"shelf.off\", product = \"101\" }}]\n"
    );
    let verdict = Folder::with(&fixture).try_out(Counter::honest(), false).await;
    assert_eq!(verdict.complaints, Vec::<String>::new());
    assert_eq!(verdict.resumed.expect("it was stopped").stops, 3);
}

#[tokio::test]
async fn each_wrong_expectation_is_named_with_what_came() {
    for (expected, named) in [
        ("summary = \"有 2款。\"", "expect.summary: expected \"有 2款。\", got \"有 1款。\""),
        ("facts = { products = \"2款\" }", "expect.facts.products: expected \"2款\", got \"1款\""),
        ("facts = { gone = \"2款\" }", "expect.facts.gone: expected \"2款\", got \"no such fact\""),
        ("says = [\"马克杯\"]", "\"马克杯\" stands nowhere"),
        ("silent = [\"1款\"]", "\"1款\" stands in the report"),
        ("proposes = []", "expect.proposes/0: expected nothing"),
        (
            "proposes = [{ kind = \"shelf.off\", product = \"102\" }]",
            "expect.proposes/0/product: expected \"102\", got \"101\"",
        ),
        ("progress = [\"正在想\"]", "expect.progress/0: expected \"正在想\", got \"正在数\""),
        ("ends = \"blocked\"", "expect.ends: expected \"blocked\", got \"done\""),
    ] {
        let found = complaints(&format!("{SHOP}[expect]\n{expected}\n"), Counter::honest()).await;
        assert_eq!(found.len(), 1, "{expected}: {found:?}");
        assert!(found[0].contains(named), "{expected}: {found:?}");
    }
}

#[tokio::test]
async fn a_case_may_demand_the_models_words_and_is_told_why_they_were_refused() {
    let run = async |model: &str, wrote: &str| {
        complaints(&format!("{SHOP}[model]\n{model}\n[expect]\nwrote = {wrote}\n"), Counter::honest()).await
    };
    let (good, bad) = ("words = [\"一共 {products}。\"]", "words = [\"一共 7 款。\", \"一共 8 款。\"]");
    assert_eq!(run(good, "\"model\"").await, Vec::<String>::new());
    assert_eq!(run(bad, "\"template\"").await, Vec::<String>::new());
    assert_eq!(run(good, "{ words = \"model\" }").await, Vec::<String>::new());
    let found = run(bad, "\"model\"").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let named = ["basic.toml:10: expect.wrote: ", "expected the model to answer words", "7", "8", "只能用编号"];
    assert!(named.iter().all(|words| found[0].contains(words)), "{found:?}");
    for (model, wrote, named) in [
        (good, "\"template\"", "passed the checks"),
        ("", "\"model\"", "[model] says nothing for words"),
        (good, "{ other = \"model\" }", "other was not asked"),
    ] {
        let found = run(model, wrote).await;
        assert!(found.len() == 1 && found[0].contains(named), "{named}: {found:?}");
    }
}

#[tokio::test]
async fn proposals_meet_the_limits_and_the_person_as_in_a_shop() {
    let title = |title: &str| Change::EditTitle { product: "101".into(), title: title.into() };
    let stock = |to| Change::SetStock { product: "101".into(), sku: None, to };
    let skill = |change: Change| Counter { proposes: vec![change.kind()], change: Some(change), ..Counter::honest() };
    let run =
        async |change: Change, expect: &str| complaints(&format!("{SHOP}[expect]\n{expect}\n"), skill(change)).await;
    let found = run(title("全网最低的保温杯"), "says = [\"已拦下\"]").await;
    assert!(found.len() == 1 && found[0].contains("标题里有广告法不允许的“全网最低”"), "{found:?}");
    assert_eq!(run(title("全网最低的保温杯"), "refused = [\"广告法\"]").await, Vec::<String>::new());
    let found = run(title("保温杯500ml"), "refused = [\"广告法\"]").await;
    assert!(found.len() == 1 && found[0].contains("no proposal was refused"), "{found:?}");
    // A figure that only the plugin knows is for the person to look at; the shop's own is not.
    assert_eq!(run(stock(40), "says = [\"请逐项核对后再批准\"]").await, Vec::<String>::new());
    assert_eq!(run(stock(3), "silent = [\"请逐项核对后再批准\"]").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_case_that_expects_nothing_cannot_pass() {
    let found = complaints(SHOP, Counter::honest()).await;
    assert!(found.len() == 1 && found[0].contains("--update"), "{found:?}");
}

#[tokio::test]
async fn snapshots_hold_the_whole_report_and_name_the_first_difference() {
    let folder = Folder::with(SHOP);
    assert_eq!(folder.try_out(Counter::honest(), true).await.complaints, Vec::<String>::new());
    assert_eq!(folder.try_out(Counter::honest(), false).await.complaints, Vec::<String>::new());
    let text = std::fs::read_to_string(folder.beside("md")).expect("the snapshot");
    assert!(text.contains("待批准 · 下架商品 · 保温杯：在售 → 已下架"), "{text}");
    std::fs::write(folder.beside("md"), text.replace("有 1款", "有 9款")).expect("written");
    let json = std::fs::read_to_string(folder.beside("json")).expect("the snapshot");
    std::fs::write(folder.beside("json"), json.replace("\"太多\"", "\"太少\"")).expect("written");
    let found = folder.try_out(Counter::honest(), false).await.complaints;
    let (text, json) = (&found[0], &found[1]);
    assert!(
        text.contains("basic.expected.md:3: ")
            && text.ends_with("   3 - 有 9款。\n   3 + 有 1款。\n   5 - 共有 9款。\n   5 + 共有 1款。"),
        "{text}"
    );
    let line = std::fs::read_to_string(folder.beside("json")).expect("the snapshot");
    let line = 1 + line.lines().position(|line| line.contains("太少")).expect("the changed line");
    let named = format!("basic.expected.json:{line}: /proposals/0/why: expected \"太少\", got \"太多\"");
    assert!(json.ends_with(&named), "{json}");
}

#[tokio::test]
async fn a_skill_that_remembers_across_a_crash_is_found_out() {
    let skill = Counter { runs: Some(Arc::default()), ..Counter::honest() };
    let found = complaints(&format!("{SHOP}[expect]\nsays = [\"次\"]\n"), skill).await;
    assert!(
        found.iter().any(|why| why.contains("stopped after call 1 (progress)") && why.contains("/summary")),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_a_run_would_refuse_fails_here_too() {
    let expect = format!("{SHOP}[expect]\nends = \"failed\"\nwhy = ");
    for (skill, why) in [
        (Counter { reads: Vec::new(), ..Counter::honest() }, "may not call products"),
        (Counter { proposes: Vec::new(), ..Counter::honest() }, "shelf.off, which the manifest does not declare"),
        (Counter { about: Some("999"), ..Counter::honest() }, "names 999, which the run did not read"),
    ] {
        assert_eq!(complaints(&format!("{expect}{why:?}\n"), skill).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_scripted_answer_passes_the_checks_or_is_asked_for_once_more() {
    let run = async |model: &str| {
        let fixture = Arc::new(Fixture::from_toml(&format!("{SHOP}[model]\nwords = {model}\n")).expect("a fixture"));
        Counter::honest().trial().run(&fixture).await
    };
    let wrote = |report: &Report| match &report.blocks[0] {
        Block::Text { generator, text } => (text.clone(), generator.clone()),
        other => panic!("{other:?}"),
    };
    let outcome = run("[\"一共 5 款。\", \"一共 {products}。\"]").await;
    let report = outcome.ending.report().expect("a report");
    assert!(matches!(wrote(report), (text, Generator::Model { .. }) if text == "一共 {products}。"));
    assert_eq!(outcome.refused.len(), 1, "the author is told why the first one was not used");
    let outcome = run("[\"一共 5 款。\", \"一共 6 款。\"]").await;
    let report = outcome.ending.report().expect("a report");
    assert!(matches!(wrote(report), (_, Generator::Template { why: Some(_) })));
    let outcome = run("[]").await;
    assert!(matches!(outcome.ending, Ending::Failed(why) if why.contains("model.words has no answer left")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_time_of_an_evaluation_is_up_nothing_more_is_asked_and_what_was_under_way_counts_for_nothing() {
    let (dir, model) = (tempfile::tempdir().expect("a folder"), CountingModel::saying(&["一共 {products}。"]));
    let (_db, prompts) = prompts(dir.path());
    let llm = Llm::new(Some(ModelConfig::new("counting", &model.serve().await)), prompts);
    let trial = Counter::honest().trial();
    let questions = trial.questions(&Arc::new(Fixture::from_toml(SHOP).expect("a fixture"))).await;
    let judged = async |within: Duration| {
        let mut bounds = Bounds::of(2, Instant::now() + within, "5".parse().expect("yuan"));
        (judge(&llm, "eval", &trial, &questions[0], &mut bounds).await.expect("a share"), bounds.ended())
    };
    let (share, ended) = judged(Duration::from_secs(600)).await;
    assert_eq!((share.at_once, ended, model.times()), (2, None, 2), "in time, both are answered");
    let late = (Share::default(), Some(Ended::Late));
    assert_eq!(judged(Duration::ZERO).await, late);
    assert_eq!(model.times(), 2, "the time was up before a question");
    model.hold(true);
    assert_eq!(judged(Duration::from_millis(500)).await, late);
    assert!(model.times() <= 3, "nobody is asked after it");
}

#[tokio::test]
async fn a_fixture_that_is_not_understood_is_named_with_its_place() {
    for (text, named) in [
        (
            "as_of = 2026-11-22\n[[products]]\nid = \"1\"\ntitle = \"x\"\nstok = 3\n",
            "products[0]: there is no field stok",
        ),
        ("as_of = 2026-11-22\n[[orders]]\nid = \"1\"\ntotal = 12.5\n", "orders[0].total: write 12.5 as text"),
        (
            "as_of = 2026-11-22\n[[orders]]\nid = \"1\"\ntotal = \"1\"\nlines = [{ titel = \"x\", title = \"x\", quantity = \"1\", amount = \"1\" }]\n",
            "lines.titel",
        ),
        ("as_of = 2026-11-22\n[[orders]]\nid = 1\ntotal = \"1\"\n", "orders[0]: invalid type"),
        ("as_of = 2026-11-22\n[expects]\n", "expects"),
        ("[expect]\n", "as_of"),
    ] {
        let said = Fixture::from_toml(text).expect_err("it is refused").to_string();
        assert!(said.contains(named), "{named} is not named in: {said}");
    }
}
