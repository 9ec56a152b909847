//! Plugins in whole runs: the worker's own checks hold for what comes out of the box, and a text is enough to be a skill.

use std::sync::Arc;

use serde_json::Map;
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::plugin::{Code, Package, skill};
use xiaoer::run::{Ending, NewRun, RunState, Trigger};
use xiaoer_sdk::{
    ActionKind, Answer, Ask, Asked, Block, Call, CallError, Context, Form, Generator, Host, Input, Manifest, Read,
    Report, Skill, SkillError, async_trait,
};

use crate::support::World;
use crate::support::guest::{BOX, context, report, running};

const PROPOSES: &str = r#"{"key":"more","change":{"kind":"stock.set","product":"PRODUCT","sku":null,"to":50},
    "why":"补货","expected":{"points":null,"yuan":null,"by":null,"text":""}}"#;

/// A plugin among the built-in skills.
struct Installed(Arc<dyn Skill>);

#[async_trait]
impl Skill for Installed {
    fn manifest(&self) -> Manifest {
        self.0.manifest()
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        self.0.run(cx, input).await
    }
}

fn installed(manifest: Manifest, code: Code, body: &str) -> Installed {
    let (prompts, files) = Default::default();
    let package = Package { manifest, body: body.into(), code, prompts, files, digest: "0".repeat(64) };
    Installed(skill::of(Arc::new(package), &BOX).expect("the box takes it"))
}

/// How a plugin's run ends in a shop with real rows, and a neighbour's after it.
async fn ending(plugin: Installed, prompts: Vec<(&'static str, &'static str)>) -> (Ending, Option<Report>) {
    let world = World::new().await;
    let name = plugin.manifest().name;
    let entry = xiaoer_skills::Entry { skill: Box::new(plugin), prompts };
    let app = world.app_with(world.db(), &Env::default(), vec![entry]);
    let shop = world.join(&app).await;
    let runs = [accept(&app, &shop, &name).await, accept(&app, &shop, "growth-report").await];
    while app.worker.step().await.expect("a step") {}
    let mut endings = Vec::new();
    for run in &runs {
        let RunState::Ended(ending) = app.runs.get(&shop.id, run).await.expect("read").expect("there").state else {
            panic!("a run was left open");
        };
        endings.push(ending);
    }
    assert_eq!(endings.pop(), Some(Ending::Done), "the neighbour is unharmed");
    let report = app.runs.report(&shop.id, &runs[0]).await.expect("read");
    (endings.remove(0), report)
}

async fn accept(app: &App, shop: &xiaoer::shop::Shop, skill: &str) -> String {
    let wish = NewRun { skill, input: &Map::new(), as_of: None, trigger: Trigger::Person };
    app.runs.accept(shop, wish).await.expect("accepted").id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposal_about_a_product_that_was_never_handed_out_is_caught() {
    let forged = PROPOSES.replace("PRODUCT", "610000000000000001");
    let lie = report("补货").replace("\"proposals\":[]", &format!("\"proposals\":[{forged}]"));
    let bytes = running(&[&lie], "(call $ok (global.get $t0) (global.get $n0))");
    let manifest = Manifest::new("operations", "forger", "补货").proposes([ActionKind::SetStock]);
    let (ending, report) = ending(installed(manifest, Code::Component(bytes), ""), vec![]).await;
    assert!(matches!(&ending, Ending::Failed { why } if why.contains("已拦下")), "{ending:?}");
    assert!(report.is_none(), "nothing of it is stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_of_action_that_was_not_declared_is_caught() {
    let forged = PROPOSES.replace("PRODUCT", "1");
    let lie = report("补货").replace("\"proposals\":[]", &format!("\"proposals\":[{forged}]"));
    let bytes = running(&[&lie], "(call $ok (global.get $t0) (global.get $n0))");
    let manifest = Manifest::new("operations", "forger", "补货");
    let (ending, _) = ending(installed(manifest, Code::Component(bytes), ""), vec![]).await;
    assert!(matches!(&ending, Ending::Failed { why } if why.contains("已拦下")), "{ending:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_not_declared_is_denied_whatever_the_plugin_makes_of_it() {
    // It ends in a trap unless it was refused, and then claims to be done.
    let body = "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
        (if (i32.eqz (i32.load8_u (i32.const 32))) (then (unreachable)))
        (call $ok (global.get $t1) (global.get $n1))";
    let bytes = running(&[r#"{"call":"products"}"#, &report("没看到商品")], body);
    let manifest = Manifest::new("operations", "curious", "好奇");
    let (ending, report) = ending(installed(manifest, Code::Component(bytes), ""), vec![]).await;
    assert_eq!(ending, Ending::Done, "it was denied and lived with it");
    assert_eq!(report.expect("stored").title, "没看到商品");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_figure_that_no_fact_carries_is_caught() {
    let block = r#"{"block":"figures","facts":["made_up"]}"#;
    let lie = report("假数字").replace("\"blocks\":[]", &format!("\"blocks\":[{block}]"));
    let bytes = running(&[&lie], "(call $ok (global.get $t0) (global.get $n0))");
    let (ending, _) =
        ending(installed(Manifest::new("data", "liar", "假数字"), Code::Component(bytes), ""), vec![]).await;
    assert!(matches!(&ending, Ending::Failed { why } if why.contains("已拦下")), "{ending:?}");
}

fn prompt_only() -> Installed {
    let reads = [Read::Orders, Read::Refunds, Read::Products, Read::Score, Read::Forecast, Read::Traffic, Read::Tasks];
    let manifest = Manifest::new("data", "week-in-words", "一周小结").reads(reads);
    installed(manifest, Code::Prompt, "用三句话说说这家店。")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_alone_is_a_skill_and_useful_without_a_model() {
    let prompt =
        "# system\n你是店铺助理。\n# user\n{{ shop }}，{{ day }}：用三句话说说这家店。\n# template\n{{ plain }}\n";
    let (ending, report) = ending(prompt_only(), vec![("week-in-words", prompt)]).await;
    assert_eq!(ending, Ending::Done);
    let report = report.expect("stored");
    for fact in
        ["paid_amount", "paid_orders", "paid_buyers", "refunds_open", "products_on_sale", "points_total", "level"]
    {
        let fact = report.facts.get(fact).unwrap_or_else(|| panic!("{fact} is told"));
        assert!(!fact.source.read.is_empty() && !fact.source.how.is_empty(), "{fact:?} has its source");
    }
    assert_eq!(report.unsourced(), Vec::<String>::new());
    let [Block::Text { text, generator }, Block::Table(facts), ..] = &report.blocks[..] else { panic!("{report:?}") };
    assert_eq!(generator.label(), "规则生成（未使用大模型）");
    assert!(text.contains('{'), "it names facts: {text}");
    assert_eq!(facts.rows.len(), report.facts.0.len(), "every figure stands in the table");
    assert!(report.proposals.is_empty());
}

/// A shop that cannot be read, and a model that is asked.
#[derive(Default)]
struct Asks(std::sync::Mutex<Vec<Ask>>);

#[async_trait]
impl Host for Asks {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        match call {
            Call::Progress { .. } => Ok(Answer::Done),
            Call::Ask(ask) => {
                self.0.lock().expect("unharmed").push(ask);
                let generator = Generator::Model { name: "m".into() };
                Ok(Answer::Asked(Asked { value: "好。".into(), generator }))
            }
            other => Err(CallError::Denied { what: format!("{other:?}") }),
        }
    }
}

#[tokio::test]
async fn a_text_from_elsewhere_reads_nothing_and_is_asked_under_its_own_name() {
    let skill = installed(Manifest::new("data", "elsewhere", "别处来的"), Code::Prompt, "# 说明\n随便写点什么。");
    assert!(skill.manifest().asks.contains("elsewhere"), "it may ask what it consists of");
    let asks = Arc::new(Asks::default());
    let report = skill.run(&context(asks.clone()), Input::default()).await.expect("a report");
    let asked = asks.0.lock().expect("unharmed");
    let [Ask { prompt, form: Form::Narrative { facts }, variables }] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((prompt.as_str(), facts.0.len()), ("elsewhere", 0));
    assert_eq!(variables["shop"], "小店");
    assert_eq!(report.summary, "这个技能没有读取店铺数据。");
    assert!(matches!(&report.blocks[..], [Block::Text { generator: Generator::Model { .. }, .. }]), "{report:?}");
}
