//! Hostile scripts in the whole product: what they propose is held against what their run really read, and their neighbours do not
//! notice them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;
use xiaoer::action::{Action, ActionState};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::run::{Ending, NewRun, Run, RunState, Trigger};
use xiaoer::shop::Shop;
use xiaoer_sandbox::{Industry, ShopSource};
use xiaoer_sdk::{Context, Input, Manifest, Report, Skill, SkillError, async_trait};

use crate::support::World;
use crate::support::script::{body, endless, run};

/// A plugin on the staff.
struct Hired(Arc<dyn Skill>);

#[async_trait]
impl Skill for Hired {
    fn manifest(&self) -> Manifest {
        self.0.manifest()
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        self.0.run(cx, input).await
    }
}

/// The product with a script on its staff.
fn hire(world: &World, script: Arc<dyn Skill>) -> Arc<App> {
    let prompts = vec![("probe", "# system\n你是运营。\n# user\n写。\n# template\n好。\n")];
    world.app_with(world.db(), &Env::default(), vec![xiaoer_skills::Entry { skill: Box::new(Hired(script)), prompts }])
}

/// One run of it, from its click to its end.
async fn worked(app: &App, shop: &Shop) -> Run {
    let id = accepted(app, shop).await;
    while app.worker.step().await.expect("a step") {}
    app.runs.get(&shop.id, &id).await.expect("read").expect("it is there")
}

/// How a run of this script ends in a shop, and what it left for a person to decide.
async fn ending(world: &World, source: &str) -> (Ending, Vec<Action>) {
    ending_of(world, body(source)).await
}

async fn ending_of(world: &World, script: Arc<dyn Skill>) -> (Ending, Vec<Action>) {
    let app = hire(world, script);
    let shop = world.join(&app).await;
    let run = worked(&app, &shop).await;
    let RunState::Ended(ending) = run.state else { panic!("not over: {:?}", run.state) };
    let mut actions = app.desk.list(&shop.id, 50).await.expect("actions");
    actions.retain(|action| action.run == run.id);
    (ending, actions)
}

async fn accepted(app: &App, shop: &Shop) -> String {
    let wish = NewRun { skill: "probe", input: &Map::new(), as_of: None, trigger: Trigger::Person };
    app.runs.accept(shop, wish).await.expect("accepted").id
}

const PROPOSE: &str =
    "const r = cx.report('补货'); r.propose('k', { kind: 'stock.set', product: target, sku: null, to: 50 }, '要补');";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_honest_script_proposes_waits_for_a_person() {
    let world = World::new().await;
    let source = "const p = (await cx.products()).find(p => p.on_sale && p.stock !== null);
        const r = cx.report('补货'); r.propose('k', { kind: 'stock.set', product: p.id, sku: p.skus[0]?.id ?? null, to: 50 }, '要补'); return r";
    let (ending, actions) = ending(&world, source).await;
    assert_eq!(ending, Ending::Done);
    assert!(matches!(actions[..], [Action { state: ActionState::Proposed, .. }]), "{actions:?}");
    assert_eq!(world.effects().await["effects"].as_array().map(Vec::len), Some(0), "nothing happens by itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_target_a_foreign_one_and_one_that_was_not_read_are_all_held_back() {
    let neighbour =
        ShopSource::Generated { name: "隔壁店铺".into(), seed: 9, days: 5, industry: Industry::Consumer };
    let world = World::with(|options| options.shops.push(neighbour)).await;
    let theirs = {
        let app = hire(&world, body("return cx.report((await cx.products())[0].id)"));
        let shop = world.register_one(&app, "next", 1).await;
        app.upkeep.sync(&shop).await.expect("a sync");
        let run = worked(&app, &shop).await;
        app.runs.report(&shop.id, &run.id).await.expect("read").expect("a report").title
    };
    let foreign = format!("await cx.products(); const target = '{theirs}';");
    let stories = [
        ("the neighbour's", foreign.as_str()),
        ("forged", "const [p] = await cx.products(); const target = String(BigInt(p.id) + 1n);"),
        ("with a path in it", "const [p] = await cx.products(); const target = p.id + '/../1';"),
        ("an object that turns into text", "const [p] = await cx.products(); const target = p.id + '\\u200b';"),
        ("empty", "await cx.products(); const target = '';"),
        ("not read in this run", "const target = '610000000000000001';"),
    ];
    for (story, target) in stories {
        let (ending, actions) = ending(&world, &format!("{target} {PROPOSE} return r")).await;
        let Ending::Failed { why } = ending else { panic!("{story}: {ending:?}") };
        assert!(why.contains("没有通过核对") && actions.is_empty(), "{story}: {why}");
    }
    assert_eq!(world.effects().await["effects"].as_array().map(Vec::len), Some(0), "neither shop was touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_manifest_does_not_declare_is_neither_read_nor_proposed() {
    let world = World::new().await;
    let (costs, _) = ending(&world, "return cx.report(String((await cx.costs()).length))").await;
    assert!(matches!(&costs, Ending::Failed { why } if why.contains("说明书以外")), "{costs:?}");
    let (prompt, _) = ending(&world, "await cx.narrate('daily-report', {}, {}); return cx.report('x')").await;
    assert!(matches!(&prompt, Ending::Failed { .. }), "{prompt:?}");
    let source = "const [p] = await cx.products(); const r = cx.report('x'); r.propose('k', { kind: 'shelf.off', product: p.id }, '不想卖了'); return r";
    let (kind, actions) = ending(&world, source).await;
    assert!(matches!(&kind, Ending::Failed { .. }) && actions.is_empty(), "{kind:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_figure_that_nothing_stands_behind_is_not_shown() {
    let world = World::new().await;
    let (unsourced, _) = ending(&world, "return cx.report('x').say('赚了 {profit}。')").await;
    assert!(matches!(&unsourced, Ending::Failed { why } if why.contains("没有通过核对")), "{unsourced:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_stopped_ends_like_any_other_and_the_next_one_goes_on() {
    let world = World::new().await;
    let (stopped, _) = ending_of(&world, endless("for (;;) {}")).await;
    assert!(
        matches!(&stopped, Ending::Failed { why } if why.contains("计算超过") && why.contains("没有任何改动")),
        "{stopped:?}"
    );
    assert_eq!(ending(&world, "return cx.report('好了')").await.0, Ending::Done);
    let (blocked, _) = ending(&world, "cx.blocked('请先导入成本表。')").await;
    assert_eq!(blocked, Ending::Blocked { why: "请先导入成本表。".into() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_runs_finish_while_hostile_ones_fill_the_box() {
    let hostile = [
        "for (;;) {}",
        "const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))",
        "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    ];
    let mut at_it = Vec::new();
    for source in hostile {
        let skill = endless(source);
        for _ in 0..8 {
            let skill = Arc::clone(&skill);
            at_it.push(tokio::spawn(async move { run(&*skill).await }));
        }
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let honest = body("const products = await cx.products(); return cx.report(products[0].title)");
    for _ in 0..20 {
        assert_eq!(run(&*honest).await.expect("a report").title, "保温杯");
    }
    assert!(at_it.iter().any(|one| !one.is_finished()), "they were still at it");
    for one in at_it {
        assert!(matches!(one.await.expect("no panic"), Err(SkillError::Failed(_))));
    }
}
