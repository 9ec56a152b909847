//! From a proposal to the shop: decided by a person, done once, read back, taken back; and what happens when the shop says no, says
//! nothing, or says yes too late.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Map, json};
use xiaoer::action::desk::{DecisionError, Edit};
use xiaoer::action::{Action, ActionState};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::run::{Ending, NewRun, Run, RunState, Trigger};
use xiaoer::shop::Shop;
use xiaoer_sdk::{
    ActionKind, Change, Context, Expected, Input, Manifest, Proposal, Read, Report, Skill, SkillError, async_trait,
};

use crate::support::World;

/// Proposes a stock and a title for the shop's first product with SKUs, or whatever else a story wants.
struct Proposer(fn(&xiaoer_sdk::shop::Product) -> Vec<Change>);

#[async_trait]
impl Skill for Proposer {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "proposer", "提两个建议")
            .reads([Read::Products])
            .proposes([ActionKind::SetStock, ActionKind::EditTitle])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        let mut report = Report::new("提两个建议", cx.as_of());
        let products = cx.products().await?;
        let product =
            products.iter().find(|p| !p.skus.is_empty()).ok_or_else(|| SkillError::Blocked("没有商品".into()))?;
        for (at, change) in self.0(product).into_iter().enumerate() {
            report.proposals.push(Proposal {
                key: at.to_string(),
                change,
                why: "试试".into(),
                expected: Expected::default(),
            });
        }
        Ok(report)
    }
}

fn stock_and_title(product: &xiaoer_sdk::shop::Product) -> Vec<Change> {
    let sku = &product.skus[0];
    vec![
        Change::SetStock { product: product.id.clone(), sku: Some(sku.id.clone()), to: sku.stock + 5 },
        Change::EditTitle { product: product.id.clone(), title: "不锈钢保温杯 大容量 办公".into() },
    ]
}

struct Story {
    world: World,
    app: Arc<App>,
    shop: Shop,
}

impl Story {
    async fn with(changes: fn(&xiaoer_sdk::shop::Product) -> Vec<Change>) -> Self {
        let world = World::new().await;
        let entry = xiaoer_skills::Entry { skill: Box::new(Proposer(changes)), prompts: vec![] };
        let app = world.app_with(world.db(), &Env::default(), vec![entry]);
        let shop = world.join(&app).await;
        Self { world, app, shop }
    }

    /// Runs the skill once.
    async fn run(&self) -> Run {
        let wish = NewRun { skill: "proposer", input: &Map::new(), as_of: None, trigger: Trigger::Person };
        let run = self.app.runs.accept(&self.shop, wish).await.expect("accepted");
        while self.app.worker.step().await.expect("a step") {}
        self.app.runs.get(&self.shop.id, &run.id).await.expect("read").expect("there")
    }

    async fn action(&self, kind: ActionKind) -> Action {
        let all = self.app.desk.list(&self.shop.id, 10).await.expect("listed");
        all.into_iter().find(|action| action.change.kind() == kind && action.undo_of.is_none()).expect("proposed")
    }

    async fn approve(&self, action: &Action) -> Result<Action, DecisionError> {
        self.app.desk.approve(&self.shop, &action.id, "店主", (&action.hash(), Edit::default())).await
    }

    async fn execute(&self) {
        self.app.executor.step().await.expect("a step");
    }

    async fn effects(&self) -> u64 {
        let ledger = self.world.effects().await;
        ledger["effects"].as_array().expect("a ledger").iter().map(|row| row["count"].as_u64().expect("a count")).sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_happens_without_a_yes_and_a_yes_happens_once() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    story.execute().await;
    assert_eq!(story.effects().await, 0, "something was done without leave");

    let action = story.action(ActionKind::SetStock).await;
    story.approve(&action).await.expect("approved");
    story.execute().await;
    story.execute().await;
    let done = story.action(ActionKind::SetStock).await;
    assert_eq!(done.state, ActionState::Done);
    assert_eq!(story.effects().await, 1);
    assert!(matches!(story.approve(&action).await, Err(DecisionError::Settled("已完成"))), "a yes is used once");
    let audit = story.app.desk.audit(&story.shop.id, &done.id).await.expect("audit");
    let told: Vec<_> = audit.iter().map(|row| (row.by.as_str(), row.what.as_str())).collect();
    assert_eq!(told, [("xiaoer", "提出"), ("店主", "批准"), ("xiaoer", "开始执行"), ("xiaoer", "已执行并读回确认")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_and_a_silence_are_both_a_no() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let stock = story.action(ActionKind::SetStock).await;
    story.app.desk.reject(&story.shop, &stock.id, "店主", &stock.hash()).await.expect("rejected");
    story.world.clock.set(story.world.clock.now() + TimeDelta::days(4));
    let title = story.action(ActionKind::EditTitle).await;
    assert!(matches!(story.approve(&title).await, Err(DecisionError::Expired)));
    story.app.upkeep.sync(&story.shop).await.expect("a sync");
    story.execute().await;
    assert_eq!(story.action(ActionKind::SetStock).await.state, ActionState::Rejected);
    assert!(matches!(story.action(ActionKind::EditTitle).await.state, ActionState::Expired { .. }));
    assert_eq!(story.effects().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_to_something_else_is_no_yes() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let stock = story.action(ActionKind::SetStock).await;
    let title = story.action(ActionKind::EditTitle).await;
    let crossed = story.app.desk.approve(&story.shop, &stock.id, "店主", (&title.hash(), Edit::default())).await;
    assert!(matches!(crossed, Err(DecisionError::Changed)));
    let edit = Edit { to: Some("-3".into()), title: None };
    let refused = story.app.desk.approve(&story.shop, &stock.id, "店主", (&stock.hash(), edit)).await;
    assert!(
        matches!(refused, Err(DecisionError::Refused(_))),
        "a guardrail holds for a person's own number too: {refused:?}"
    );
    story.execute().await;
    assert_eq!(story.effects().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_person_typed_is_what_is_done() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let stock = story.action(ActionKind::SetStock).await;
    let edit = Edit { to: Some("321".into()), title: None };
    story.app.desk.approve(&story.shop, &stock.id, "店主", (&stock.hash(), edit)).await.expect("approved");
    story.execute().await;
    let done = story.action(ActionKind::SetStock).await;
    assert_eq!((&done.state, done.after().as_str()), (&ActionState::Done, "321"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_action_is_taken_back_once() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let stock = story.action(ActionKind::SetStock).await;
    story.approve(&stock).await.expect("approved");
    story.execute().await;
    story.app.desk.undo(&story.shop, &stock.id, "店主").await.expect("undone");
    assert!(story.app.desk.undo(&story.shop, &stock.id, "店主").await.is_err(), "a second click is no second undo");
    story.execute().await;
    assert_eq!(story.action(ActionKind::SetStock).await.state, ActionState::Undone);
    let platform = story.app.connect.platform(&story.shop).await.expect("a platform");
    assert_eq!(platform.look(&stock.change).await.expect("seen").value, stock.before, "the shop shows the old value");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_it_becomes_the_persons_and_the_next_sync_confirms_it() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let title = story.action(ActionKind::EditTitle).await;
    story.approve(&title).await.expect("approved");
    story.execute().await;
    let by_hand = story.action(ActionKind::EditTitle).await;
    assert!(
        matches!(&by_hand.state, ActionState::ByHand { why, claimed: false } if why.contains("权限")),
        "{:?}",
        by_hand.state
    );
    assert_eq!(story.effects().await, 0);

    story.app.desk.claim(&story.shop, &title.id, "店主").await.expect("claimed");
    story.app.upkeep.sync(&story.shop).await.expect("a sync");
    let state = story.action(ActionKind::EditTitle).await.state;
    assert!(matches!(state, ActionState::ByHand { claimed: true, .. }), "a claim alone is not believed: {state:?}");

    // The person does it in the back office: here, with the right for a moment.
    story.world.admin("rights", json!({ "withheld": [] })).await;
    let platform = story.app.connect.platform(&story.shop).await.expect("a platform");
    platform.write(&title.change).await.expect("written");
    story.world.clock.set(story.world.clock.now() + TimeDelta::minutes(5));
    story.world.admin("clock", json!({ "now": story.world.clock.now().to_rfc3339() })).await;
    story.app.upkeep.sync(&story.shop).await.expect("a sync");
    assert_eq!(story.action(ActionKind::EditTitle).await.state, ActionState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_outcome_is_settled_by_looking_not_by_calling_again() {
    for (fault, state, effects) in
        [("timeout_after_effect", "已完成", 1), ("http_500", "结果待查", 0), ("truncated", "已完成", 1)]
    {
        let story = Story::with(stock_and_title).await;
        story.run().await;
        let stock = story.action(ActionKind::SetStock).await;
        story.approve(&stock).await.expect("approved");
        let wish = json!({ "method": "alibaba.product.modifyStock", "kind": fault, "times": 1, "delay_ms": 300 });
        story.world.admin("faults", wish).await;
        story.execute().await;
        story.execute().await;
        let after = story.action(ActionKind::SetStock).await.state;
        assert_eq!(after.label(), state, "{fault}: {after:?}");
        assert_eq!(story.effects().await, effects, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_changed_since_is_left_alone() {
    let story = Story::with(stock_and_title).await;
    story.run().await;
    let stock = story.action(ActionKind::SetStock).await;
    story.approve(&stock).await.expect("approved");
    let Change::SetStock { product, sku, .. } = &stock.change else { panic!("a stock") };
    let platform = story.app.connect.platform(&story.shop).await.expect("a platform");
    let elsewhere = Change::SetStock { product: product.clone(), sku: sku.clone(), to: 1 };
    platform.write(&elsewhere).await.expect("somebody else's write");
    story.execute().await;
    let state = story.action(ActionKind::SetStock).await.state;
    assert!(matches!(state, ActionState::Expired { .. }), "{state:?}");
    assert_eq!(platform.look(&stock.change).await.expect("seen").value, "1", "the other's value stands");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_banned_word_is_stopped_before_anyone_is_asked() {
    let story = Story::with(|product| {
        vec![Change::EditTitle { product: product.id.clone(), title: "全网最低 保温杯".into() }]
    })
    .await;
    story.run().await;
    let title = story.action(ActionKind::EditTitle).await;
    assert!(matches!(&title.state, ActionState::Refused { why } if why.contains("全网最低")), "{:?}", title.state);
    assert!(story.approve(&title).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_the_run_never_read_spoils_the_whole_report() {
    let story = Story::with(|_| vec![Change::SetStock { product: "88888".into(), sku: None, to: 1 }]).await;
    let run = story.run().await;
    assert!(matches!(run.state, RunState::Ended(Ending::Failed { .. })), "{:?}", run.state);
    assert!(story.app.desk.list(&story.shop.id, 10).await.expect("listed").is_empty());
    assert_eq!(story.app.runs.report(&story.shop.id, &run.id).await.expect("read"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_that_the_manifest_does_not_declare_is_refused() {
    struct Sly;
    #[async_trait]
    impl Skill for Sly {
        fn manifest(&self) -> Manifest {
            Manifest::new("data", "sly", "越权").reads([Read::Products])
        }
        async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
            let products = cx.products().await?;
            let mut report = Report::new("越权", cx.as_of());
            let change = Change::EditTitle { product: products[0].id.clone(), title: "新标题".into() };
            report.proposals.push(Proposal {
                key: "x".into(),
                change,
                why: String::new(),
                expected: Expected::default(),
            });
            cx.refunds_open().await.expect_err("refunds were not declared");
            Ok(report)
        }
    }
    let world = World::new().await;
    let entry = xiaoer_skills::Entry { skill: Box::new(Sly), prompts: vec![] };
    let app = world.app_with(world.db(), &Env::default(), vec![entry]);
    let shop = world.join(&app).await;
    let wish = NewRun { skill: "sly", input: &Map::new(), as_of: None, trigger: Trigger::Person };
    let run = app.runs.accept(&shop, wish).await.expect("accepted");
    while app.worker.step().await.expect("a step") {}
    let ended = app.runs.get(&shop.id, &run.id).await.expect("read").expect("there");
    assert!(matches!(ended.state, RunState::Ended(Ending::Failed { .. })), "{:?}", ended.state);
    assert!(app.desk.list(&shop.id, 10).await.expect("listed").is_empty());
}
