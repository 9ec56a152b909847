//! Scripts in the box: a package around a text, one box for all tests, and a host that answers from fixed rows.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::json;
use xiaoer::plugin::sandbox::{Sandbox, limits};
use xiaoer::plugin::skill;
use xiaoer::plugin::{Code, Package};
use xiaoer_growth::Industry;
use xiaoer_sdk::shop::{Product, ShopCard};
use xiaoer_sdk::{
    ActionKind, Answer, Asked, Call, CallError, Context, Generator, Host, Input, Manifest, Pin, Read, Report, Skill,
    SkillError, async_trait,
};

/// One box for all tests. Compiled code stays in the build folder, so that only the first run waits for the compiler.
pub(crate) fn sandbox() -> Sandbox {
    static BOX: OnceLock<Sandbox> = OnceLock::new();
    let cache = || Sandbox::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("box")).expect("a box");
    BOX.get_or_init(cache).clone()
}

/// A plugin that may read products and orders, ask with `probe`, and propose stocks.
pub(crate) fn manifest() -> Manifest {
    Manifest::new("operations", "probe", "试用插件")
        .about("测试用的插件。")
        .reads([Read::Products, Read::Orders])
        .asks(["probe"])
        .proposes([ActionKind::SetStock])
}

pub(crate) fn package(code: Code) -> Package {
    Package {
        manifest: manifest(),
        body: String::new(),
        code,
        prompts: [("probe".into(), "# system\n你是运营。\n# user\n写一句话。\n# template\n一切正常。\n".into())].into(),
        files: [].into(),
        digest: "0".repeat(64),
    }
}

/// The script as a skill, with the patience of the product: however slow a machine is, it ends by what it does.
pub(crate) fn script(source: &str) -> Arc<dyn Skill> {
    within(limits::COMPUTING, source)
}

/// What is given to those that compute without end: enough to see that they do.
pub(crate) const LITTLE: Duration = Duration::from_millis(600);

/// A script whose `run` has this body and computes without end.
pub(crate) fn endless(body: &str) -> Arc<dyn Skill> {
    within(LITTLE, &module(body))
}

fn within(patience: Duration, source: &str) -> Arc<dyn Skill> {
    let package = package(Code::Script(source.into()));
    skill::of(Arc::new(package), &sandbox().patience(patience)).expect("the runner runs it")
}

/// A script whose `run` has this body.
pub(crate) fn body(body: &str) -> Arc<dyn Skill> {
    script(&module(body))
}

/// A module whose `run` has this body.
fn module(body: &str) -> String {
    format!("export async function run(cx, input) {{\n{body}\n}}")
}

/// What a test's host does.
#[derive(Default)]
pub(crate) struct Desk {
    /// Every call that arrived, in order.
    pub(crate) heard: Mutex<Vec<Call>>,
    /// The merchant gives up as soon as the run shows a sign of life.
    pub(crate) cancelled: bool,
}

/// One product, as every test sees it.
pub(crate) fn cup() -> Product {
    let row = json!({ "id": "610000000000000001", "title": "保温杯", "on_sale": true, "category": null, "attributes": [],
        "pictures": [], "prices": [[1, "12.50"]], "min_order": 1, "stock": 3, "skus": [], "sold": null,
        "modified": "2026-11-20T10:00:00+08:00" });
    serde_json::from_value(row).expect("a product")
}

#[async_trait]
impl Host for Desk {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        self.heard.lock().expect("unpoisoned").push(call.clone());
        if self.cancelled {
            return Err(CallError::Cancelled);
        }
        if let Some(read) = call.needs().filter(|read| !manifest().reads.contains(read)) {
            return Err(CallError::Denied { what: format!("{read:?}").to_lowercase() });
        }
        Ok(match call {
            Call::Products => Answer::Products(vec![cup()]),
            Call::OrdersPaid { .. } | Call::OrdersPlaced { .. } => Answer::Orders(Vec::new()),
            Call::Ask(_) => {
                Answer::Asked(Asked { value: json!("一切正常。"), generator: Generator::Template { why: None } })
            }
            _ => Answer::Done,
        })
    }
}

impl Desk {
    /// The names of the calls that arrived.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |call: &Call| serde_json::to_value(call).expect("JSON")["call"].as_str().unwrap_or_default().into();
        self.heard.lock().expect("unpoisoned").iter().map(name).collect()
    }
}

pub(crate) fn pin() -> Pin {
    Pin {
        shop: ShopCard { id: "s1".into(), name: "测试店铺".into(), industry: Industry::Consumer },
        as_of: "2026-11-22".parse().expect("a day"),
        now: super::now(),
        events: Vec::new(),
    }
}

/// One run over a host of the test's own.
pub(crate) async fn run_over(skill: &dyn Skill, desk: &Arc<Desk>) -> Result<Report, SkillError> {
    skill.run(&Context::new(pin(), Arc::clone(desk) as _), Input::default()).await
}

/// One run.
pub(crate) async fn run(skill: &dyn Skill) -> Result<Report, SkillError> {
    run_over(skill, &Arc::default()).await
}
