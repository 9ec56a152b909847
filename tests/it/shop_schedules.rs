//! A small shop in which anything happens: trade, faults of the platform, kills between any two commits, and changes that people approved.
//! In the end the faults are off and one more sync runs: the mirror is the shop, row by row, and nothing was written twice.
//!
//! `XIAOER_SCHEDULES` is how many schedules are tried, `XIAOER_SEED` where their numbers begin; a failure names both and the smallest
//! schedule that still fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use xiaoer::action::desk::Edit;
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::db::SharedDb;
use xiaoer::run::{NewRun, Trigger};
use xiaoer::shop::mirror::Mirror;
use xiaoer::shop::sync::sync;
use xiaoer::shop::{Listed, OrderTable, Platform, Shop, Span};
use xiaoer_sandbox::{Industry, ShopSource};
use xiaoer_sdk::{
    ActionKind, Change, Context, Expected, Input, Manifest, Proposal, Read, Report, Skill, SkillError, async_trait,
};

use crate::support::World;
use crate::support::crash::{DyingDb, Moment};

/// Schedules of an ordinary test run.
const USUALLY: u32 = 200;
/// They wait more than they count, so they run side by side.
const SIDE_BY_SIDE: u32 = 8;

/// After how many commits the process dies, and on which side of the disk; none: it lives.
type Death = Option<(i64, bool)>;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody buys; the list may show it late.
    Order { product: usize, paid: bool, minutes_late: i64 },
    /// The buyer of an order of before wants the money back.
    Refund { order: usize, after_sale: bool },
    /// Time passes: orders are paid, sent and finished by themselves.
    Later { minutes: i64 },
    /// The platform misbehaves at the next calls of a method, or of any.
    Fault { kind: usize, method: usize, times: u32 },
    /// The shop is synced; the process may die at any commit of it.
    Sync { dies: Death },
    /// The staff proposes, a person agrees, it is carried out.
    Act { dies: Death },
}

const KINDS: [&str; 5] = ["http_500", "truncated", "rate_limit", "slow", "timeout_after_effect"];
const METHODS: [Option<&str>; 8] = [
    None,
    Some("alibaba.trade.getSellerOrderList"),
    Some("alibaba.trade.refund.queryOrderRefundList"),
    Some("alibaba.product.list.get"),
    Some("alibaba.product.get"),
    Some("alibaba.product.modifyStock"),
    Some("alibaba.product.incrementModify"),
    Some("alibaba.enroll.records.list"),
];

fn step() -> impl Strategy<Value = Step> {
    let dies = || prop::option::of((0_i64..10, any::<bool>()));
    prop_oneof![
        3 => (0..40_usize, any::<bool>(), 0..55_i64)
            .prop_map(|(product, paid, minutes_late)| Step::Order { product, paid, minutes_late }),
        2 => (0..8_usize, any::<bool>()).prop_map(|(order, after_sale)| Step::Refund { order, after_sale }),
        3 => (1..900_i64).prop_map(|minutes| Step::Later { minutes }),
        2 => (0..KINDS.len(), 0..METHODS.len(), 1..3_u32)
            .prop_map(|(kind, method, times)| Step::Fault { kind, method, times }),
        4 => dies().prop_map(|dies| Step::Sync { dies }),
        1 => dies().prop_map(|dies| Step::Act { dies }),
    ]
}

#[test]
fn whatever_happens_the_mirror_becomes_the_shop_and_nothing_is_written_twice() {
    #[expect(clippy::disallowed_methods, reason = "how the nightly run asks for more")]
    let told = |name: &str| std::env::var(name).ok();
    let number = |name: &str, usual: u64| told(name).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (schedules, seed) = (number("XIAOER_SCHEDULES", USUALLY.into()), number("XIAOER_SEED", 1688));
    std::thread::scope(|scope| {
        for part in 0..u64::from(SIDE_BY_SIDE) {
            scope.spawn(move || {
                let cases = u32::try_from(schedules / u64::from(SIDE_BY_SIDE)).expect("not that many").max(1);
                let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
                let mut start = [0; 32];
                start[..8].copy_from_slice(&seed.to_le_bytes());
                start[8..16].copy_from_slice(&part.to_le_bytes());
                let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &start));
                let done = runner.run(&prop::collection::vec(step(), 1..10), |steps| {
                    let runtime =
                        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                    runtime.block_on(play(&steps));
                    runtime.shutdown_timeout(Duration::ZERO);
                    Ok(())
                });
                if let Err(error) = done {
                    panic!("XIAOER_SCHEDULES={schedules} XIAOER_SEED={seed}, part {part}: {error}");
                }
            });
        }
    });
}

/// Proposes a stock and a title that nobody proposed before.
struct Proposer(Arc<AtomicI64>);

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
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let at = usize::try_from(number).unwrap_or_default() % products.len().max(1);
        let product = products.get(at).ok_or_else(|| SkillError::Blocked("没有商品".into()))?;
        let sku = product.skus.first().map(|sku| sku.id.clone());
        for (key, change) in [
            ("stock", Change::SetStock { product: product.id.clone(), sku, to: 400 + number }),
            (
                "title",
                Change::EditTitle {
                    product: product.id.clone(), title: format!("不锈钢保温杯 办公 {number}号")
                },
            ),
        ] {
            let (key, why, expected) = (key.into(), "试试".into(), Expected::default());
            report.proposals.push(Proposal { key, change, why, expected });
        }
        Ok(report)
    }
}

struct Story {
    world: World,
    db: SharedDb,
    shop: Shop,
    app: Arc<App>,
    numbers: Arc<AtomicI64>,
    http: reqwest::Client,
    products: Vec<String>,
    orders: Vec<String>,
}

async fn play(steps: &[Step]) {
    let mut story = Story::new().await;
    for step in steps {
        story.step(step).await;
    }
    story.ends().await;
}

impl Story {
    async fn new() -> Self {
        let world = World::with(|options| {
            let (name, industry) = ("测试店铺".to_owned(), Industry::Consumer);
            options.shops = vec![ShopSource::Generated { name, seed: 3, days: 1, industry }];
            options.withheld = Vec::new();
        })
        .await;
        let (db, numbers) = (world.db(), Arc::default());
        let app = app(&world, db.clone(), &numbers);
        let shop = world.register(&app, "test").await;
        let listed = app.connect.platform(&shop).await.expect("a platform").products(None, 0).await.expect("products");
        let id = |listed: Listed| match listed {
            Listed::Here(product) => product.id,
            Listed::Gone { id } => id,
        };
        let products = listed.rows.into_iter().map(id).collect();
        Self { world, db, shop, app, numbers, http: xiaoer::http::client(), products, orders: Vec::new() }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Order { product, paid, minutes_late } => {
                let order = json!({
                    "product": self.products[product % self.products.len()],
                    "quantity": 2,
                    "stage": if *paid { "waitsellersend" } else { "waitbuyerpay" },
                    "placed": self.world.clock.now() - TimeDelta::minutes(*minutes_late),
                });
                let put = self.admin("orders", json!({ "shop": "测试店铺", "order": order })).await;
                self.orders.push(put["id"].as_str().expect("an id").to_owned());
            }
            Step::Refund { order, after_sale } if !self.orders.is_empty() => {
                // One refund an order: the next story of this order is another order's.
                let order = self.orders.remove(order % self.orders.len());
                let refund = json!({ "order": order, "amount_fen": 100, "after_sale": after_sale });
                self.admin("orders", json!({ "shop": "测试店铺", "refund": refund })).await;
            }
            Step::Refund { .. } => {}
            Step::Later { minutes } => self.later(*minutes).await,
            Step::Fault { kind, method, times } => {
                let fault = json!({ "kind": KINDS[*kind], "method": METHODS[*method], "times": times, "delay_ms": 5 });
                self.admin("faults", fault).await;
            }
            Step::Sync { dies } => self.sync(*dies).await,
            Step::Act { dies } => self.act(*dies).await,
        }
    }

    /// A sync that fails or dies is a sync that somebody begins again.
    async fn sync(&self, dies: Death) {
        let platform = self.app.connect.platform(&self.shop).await.expect("a platform");
        let Some(db) = self.dying(dies) else {
            drop(sync(&self.shop, &*platform, &self.app.mirror, &self.world.clock, &|_| {}).await);
            return;
        };
        let mirror = Mirror::new(db.clone());
        until_death(sync(&self.shop, &*platform, &mirror, &self.world.clock, &|_| {}), &db).await;
    }

    async fn act(&self, dies: Death) {
        let dying = self.dying(dies);
        let app = match &dying {
            Some(db) => app(&self.world, db.clone(), &self.numbers),
            None => Arc::clone(&self.app),
        };
        let acting = async {
            let wish = NewRun { skill: "proposer", input: &Map::new(), as_of: None, trigger: Trigger::Person };
            // Before its first sync a shop has nothing to run on.
            let accepted = app.runs.accept(&self.shop, wish).await.is_ok();
            while accepted && app.worker.step().await.expect("a step") {}
            for action in app.desk.list("test", 100).await.expect("listed") {
                // What was decided before, or does not pass the guardrails, stays as it is.
                drop(app.desk.approve(&self.shop, &action.id, "店主", (&action.hash(), Edit::default())).await);
            }
            while app.executor.step().await.expect("a step") > 0 {}
        };
        match &dying {
            Some(db) => until_death(acting, db).await,
            None => acting.await,
        }
    }

    /// Faults off, a restart, what was begun is finished, and one more sync on the next day.
    async fn ends(mut self) {
        let faults = format!("http://{}/admin/faults", self.world.address);
        self.http.delete(faults).send().await.expect("the sandbox answers");
        self.app = app(&self.world, self.db.clone(), &self.numbers);
        while self.app.worker.step().await.expect("a step") {}
        while self.app.executor.step().await.expect("a step") > 0 {}
        self.later(25 * 60).await;
        let platform = self.app.connect.platform(&self.shop).await.expect("a platform");
        sync(&self.shop, &*platform, &self.app.mirror, &self.world.clock, &|_| {})
            .await
            .expect("nothing is in its way");
        let (shown, there) = (self.shown().await, there(&*platform).await);
        for (kind, rows) in &there {
            for (id, row) in rows {
                assert_eq!(shown[kind].get(id), Some(row), "{kind} {id}: the mirror (left) is not the shop (right)");
            }
            let extra: Vec<&String> = shown[kind].keys().filter(|id| !rows.contains_key(*id)).collect();
            assert!(extra.is_empty(), "{kind} that the shop does not have: {extra:?}");
        }
        for effect in self.world.effects().await["effects"].as_array().expect("a ledger") {
            assert_eq!(effect["count"], 1, "written twice: {effect}");
        }
    }

    async fn shown(&self) -> Shown {
        let (mirror, shop) = (&self.app.mirror, &self.shop);
        let generation = mirror.generation("test").await.expect("read");
        BTreeMap::from([
            ("orders", by_id(mirror.all_orders(shop, generation).await.expect("orders"))),
            ("refunds", by_id(mirror.all_refunds(shop, generation).await.expect("refunds"))),
            ("products", by_id(mirror.products(shop, generation).await.expect("products"))),
            ("activities", by_id(mirror.activities(shop, generation).await.expect("activities"))),
        ])
    }

    async fn later(&self, minutes: i64) {
        let now = self.world.clock.now() + TimeDelta::minutes(minutes);
        self.world.clock.set(now);
        self.admin("clock", json!({ "now": now })).await;
    }

    fn dying(&self, dies: Death) -> Option<Arc<DyingDb>> {
        let (commits, after) = dies?;
        Some(DyingDb::after(self.db.clone(), commits, if after { Moment::After } else { Moment::Before }))
    }

    async fn admin(&self, path: &str, body: Value) -> Value {
        let url = format!("http://{}/admin/{path}", self.world.address);
        let answer = self.http.post(url).json(&body).send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.unwrap_or_default()
    }
}

fn app(world: &World, db: SharedDb, numbers: &Arc<AtomicI64>) -> Arc<App> {
    let entry = xiaoer_skills::Entry { skill: Box::new(Proposer(Arc::clone(numbers))), prompts: vec![] };
    world.app_with(db, &Env::default(), vec![entry])
}

async fn until_death<T>(doing: impl Future<Output = T>, db: &DyingDb) {
    let dying = async {
        while !db.died() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = doing => {}
        () = dying => {}
    }
}

type Shown = BTreeMap<&'static str, BTreeMap<String, Value>>;

fn by_id<T: serde::Serialize>(rows: Vec<T>) -> BTreeMap<String, Value> {
    let json = |row: T| serde_json::to_value(row).expect("rows are plain data");
    rows.into_iter().map(json).map(|row| (row["id"].as_str().expect("an id").to_owned(), row)).collect()
}

/// The shop as its plain lists tell it, read forwards and all at once: nothing moves any more.
async fn there(platform: &dyn Platform) -> Shown {
    let now = platform.now().await.expect("the time");
    let span = Span { from: now - TimeDelta::days(300), to: now };
    let (mut orders, mut refunds, mut products) = (Vec::new(), Vec::new(), Vec::new());
    for page in 0.. {
        let found = platform.orders(OrderTable::Current, span, page).await.expect("orders").rows;
        if found.is_empty() {
            break;
        }
        orders.extend(found);
    }
    for page in 0.. {
        let found = platform.refunds(span, page).await.expect("refunds").rows;
        if found.is_empty() {
            break;
        }
        refunds.extend(found);
    }
    for page in 0.. {
        let found = platform.products(None, page).await.expect("products").rows;
        if found.is_empty() {
            break;
        }
        products.extend(found.into_iter().filter_map(|listed| match listed {
            Listed::Here(product) => Some(*product),
            Listed::Gone { .. } => None,
        }));
    }
    let activities = platform.activities().await.expect("activities");
    BTreeMap::from([
        ("orders", by_id(orders)),
        ("refunds", by_id(refunds)),
        ("products", by_id(products)),
        ("activities", by_id(activities)),
    ])
}
