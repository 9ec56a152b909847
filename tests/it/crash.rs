//! A process may die between any two commits, or in one. Nothing is lost, nothing is paid for twice, nothing is done twice.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;
use xiaoer::action::desk::Edit;
use xiaoer::action::{Action, ActionState};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::run::{Ending, NewRun, RunState, Trigger};
use xiaoer::shop::Shop;
use xiaoer_sdk::{
    ActionKind, Block, Change, Context, Expected, Input, Manifest, Proposal, Read, Report, Skill, SkillError,
    async_trait,
};

use crate::support::World;
use crate::support::crash::{DyingDb, Moment};
use crate::support::model::CountingModel;

/// Two questions, the same one twice, and a proposal: every kind of step there is.
struct Walk;

#[async_trait]
impl Skill for Walk {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "walk", "走一遍").reads([Read::Products]).asks(["walk"]).proposes([ActionKind::SetStock])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        let mut report = Report::new("走一遍", cx.as_of());
        cx.progress("读商品").await?;
        let products = cx.products().await?;
        for question in ["甲", "乙", "甲"] {
            let told = cx.narrate("walk", serde_json::json!({ "question": question }), &report.facts).await?;
            report.push(Block::Text { text: told.value, generator: told.generator });
        }
        cx.progress("写报告").await?;
        let (product, sku) = products
            .iter()
            .find_map(|p| p.skus.first().map(|sku| (p, sku)))
            .ok_or_else(|| SkillError::Blocked("没有商品".into()))?;
        report.proposals.push(Proposal {
            key: "refill".into(),
            change: Change::SetStock { product: product.id.clone(), sku: Some(sku.id.clone()), to: sku.stock + 7 },
            why: "补货".into(),
            expected: Expected::default(),
        });
        Ok(report)
    }
}

fn walk() -> Vec<xiaoer_skills::Entry> {
    let prompt = "# system\n说一句话。\n# user\n问题：{{ question }}\n# template\n规则写的一句话。\n";
    vec![xiaoer_skills::Entry { skill: Box::new(Walk), prompts: vec![("walk", prompt)] }]
}

async fn accept(app: &App, shop: &Shop) -> String {
    let wish = NewRun { skill: "walk", input: &Map::new(), as_of: None, trigger: Trigger::Person };
    app.runs.accept(shop, wish).await.expect("accepted").id
}

/// Works until nothing is left or the database dies.
async fn work_until_death(app: &Arc<App>, db: &DyingDb) {
    let working = async {
        while app.worker.step().await.expect("a step") {}
        while app.executor.step().await.expect("a step") > 0 {}
    };
    let dying = async {
        while !db.died() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        () = working => {}
        () = dying => {}
    }
}

async fn actions(app: &App) -> Vec<Action> {
    app.desk.list("test", 100).await.expect("listed")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_killed_at_any_commit_finishes_and_asks_nothing_twice() {
    for moment in [Moment::Before, Moment::After] {
        let mut boundary = 0;
        loop {
            let world = World::new().await;
            let model = CountingModel::default();
            let env = Env::of(&[("XIAOER_MODEL_BASE_URL", &model.serve().await), ("XIAOER_MODEL_NAME", "counting")]);
            let inner = world.db();
            let first = world.app_with(inner.clone(), &env, walk());
            let shop = world.join(&first).await;
            let run = accept(&first, &shop).await;
            drop(first);

            let db = DyingDb::after(inner.clone(), boundary, moment);
            let dying = world.app_with(db.clone(), &env, walk());
            work_until_death(&dying, &db).await;
            let killed = db.died();
            let asked_before: usize = model.asked().values().sum();
            drop(dying);

            let second = world.app_with(inner, &env, walk());
            while second.worker.step().await.expect("a step") {}
            let ended = second.runs.get("test", &run).await.expect("read").expect("the run is there");
            let at = format!("killed {moment:?} commit {boundary}");
            assert_eq!(ended.state, RunState::Ended(Ending::Done), "{at}");
            let report = second.runs.report("test", &run).await.expect("read").expect("a report");
            assert_eq!(report.blocks.len(), 3, "{at}");
            assert_eq!(actions(&second).await.len(), 1, "{at}: one proposal is one action");

            // Three asks; only the one whose answer was not stored yet may be asked again.
            let asked: usize = model.asked().values().sum();
            let lost = usize::from(killed && moment == Moment::Before);
            assert!(asked <= 3 + lost, "{at}: {asked} questions, {asked_before} before the kill");
            assert!(asked >= 3, "{at}: {asked} questions");
            if !killed {
                break;
            }
            boundary += 1;
        }
        assert!(boundary >= 6, "the walk has a commit for the claim, each step and the end, found {boundary}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approved_action_killed_at_any_commit_happens_exactly_once() {
    for moment in [Moment::Before, Moment::After] {
        let mut boundary = 0;
        loop {
            let world = World::new().await;
            let inner = world.db();
            let first = world.app_with(inner.clone(), &Env::default(), walk());
            let shop = world.join(&first).await;
            accept(&first, &shop).await;
            while first.worker.step().await.expect("a step") {}
            let action = actions(&first).await.remove(0);
            first.desk.approve(&shop, &action.id, "test", (&action.hash(), Edit::default())).await.expect("approved");
            drop(first);

            let db = DyingDb::after(inner.clone(), boundary, moment);
            let dying = world.app_with(db.clone(), &Env::default(), walk());
            work_until_death(&dying, &db).await;
            let killed = db.died();
            drop(dying);

            let second = world.app_with(inner, &Env::default(), walk());
            while second.executor.step().await.expect("a step") > 0 {}
            let at = format!("killed {moment:?} commit {boundary}");
            let action = actions(&second).await.remove(0);
            assert_eq!(action.state, ActionState::Done, "{at}");
            let effects = world.effects().await;
            assert_eq!(writes(&effects), 1, "{at}: {effects}");
            if !killed {
                break;
            }
            boundary += 1;
        }
        assert_eq!(boundary, 2, "an execution has two commits: the intent and the outcome");
    }
}

fn writes(effects: &serde_json::Value) -> u64 {
    effects["effects"].as_array().expect("a ledger").iter().map(|row| row["count"].as_u64().expect("a count")).sum()
}
