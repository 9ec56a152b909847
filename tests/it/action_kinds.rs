//! Every kind of action, over the real wire form: proposed about what the shop shows, approved by a person, done once whatever dies in
//! between, read back, and taken back where that is possible; and what becomes of it when the app lacks the right.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use xiaoer::action::desk::{DecisionError, Edit};
use xiaoer::action::{Action, ActionState};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::shop::kept::Kept;
use xiaoer::shop::{Link, Shop};
use xiaoer_sdk::shop::{Order, OrderStatus, Product, Refund, RefundStatus};
use xiaoer_sdk::{ActionKind, Change, Flag, Listing, PictureFile, ReturnAddress};

use crate::support::World;
use crate::support::crash::{DyingDb, Moment};

/// An app that may call everything; the shop has rows.
struct Story {
    world: World,
    app: Arc<App>,
    shop: Shop,
}

impl Story {
    async fn new() -> Self {
        let world = World::with(|options| options.solutions = vec!["*".into()]).await;
        Self::over(world).await
    }

    async fn without_rights() -> Self {
        Self::over(World::new().await).await
    }

    async fn over(world: World) -> Self {
        let app = world.app_with(world.db(), &Env::default(), Vec::new());
        let shop = world.join(&app).await;
        Self { world, app, shop }
    }

    async fn propose(&self, change: Change) -> Result<Action, DecisionError> {
        propose(&self.app, &self.shop, change).await
    }

    async fn approve(&self, action: &Action) -> Action {
        let hash = action.hash();
        let edit = (hash.as_str(), Edit::default());
        self.app.desk.approve(&self.shop, &action.id, "店主", edit).await.expect("approved")
    }

    async fn now(&self, action: &Action) -> Action {
        self.app.desk.get(&self.shop.id, &action.id).await.expect("read").expect("there")
    }

    /// Proposes, approves and executes.
    async fn done(&self, change: Change) -> Action {
        let action = self.propose(change).await.expect("proposed");
        self.approve(&action).await;
        self.app.executor.step().await.expect("a step");
        self.now(&action).await
    }
}

async fn propose(app: &App, shop: &Shop, change: Change) -> Result<Action, DecisionError> {
    let seen = app.upkeep.seen_now(shop, &change).await.expect("the shop shows it");
    app.desk.propose(shop, (change, seen), "店主", "试试").await
}

/// One change of each kind that the platform lets an app make, about objects that the sandbox's shop has.
async fn one_of(kind: ActionKind, world: &World, app: &App, shop: &Shop) -> Change {
    let generation = app.mirror.generation(&shop.id).await.expect("read");
    let products = app.mirror.products(shop, generation).await.expect("read");
    let orders = app.mirror.all_orders(shop, generation).await.expect("read");
    let product = || rich(&products);
    let order = |status: OrderStatus| orders.iter().find(|order| order.status == status).expect("an order").clone();
    let ids = |order: &Order| order.id.clone();
    match kind {
        kind if plain(kind, &products).is_some() => plain(kind, &products).expect("a product"),
        ActionKind::SetPicture => {
            let sha256 = Kept::new(app.db.clone()).keep(&shop.id, PNG).await.expect("kept");
            Change::SetPicture { product: product().id, picture: PictureFile::Kept(sha256) }
        }
        ActionKind::AddListing => {
            let sha256 = Kept::new(app.db.clone()).keep(&shop.id, PNG).await.expect("kept");
            let listing = Listing {
                number: "XE-2026-001".into(),
                title: "测试新品 玻璃杯 耐热".into(),
                category: "1048182".into(),
                attributes: BTreeMap::new(),
                steps: vec![(2, Decimal::from(20)), (100, Decimal::from(18))],
                stock: 500,
                pictures: vec![PictureFile::Kept(sha256)],
                description: "<p>耐热玻璃</p>".into(),
            };
            Change::AddListing { listing: Box::new(listing) }
        }
        ActionKind::WriteMemo => {
            let order = ids(&order(OrderStatus::WaitSend));
            Change::WriteMemo { order, text: "周五前发货".into(), flag: Flag::Red }
        }
        ActionKind::SetOrderPrice => Change::SetOrderPrice {
            lines: BTreeMap::new(),
            freight: Decimal::new(1250, 2),
            order: ids(&order(OrderStatus::WaitPay)),
        },
        ActionKind::RateOrders => rate(app, shop, &orders).await,
        ActionKind::SendOrder => send(app, shop, &orders).await,
        ActionKind::CloseOrder => {
            Change::CloseOrder { order: ids(&order(OrderStatus::WaitPay)), remark: "买家要求取消".into() }
        }
        ActionKind::AgreeReturn => {
            let refund = asked_back(world, app, shop, &product()).await;
            let address = ReturnAddress {
                address: "浙江省义乌市稠州北路1号".into(),
                post: "322000".into(),
                name: "仓库".into(),
                phone: "0579-80000000".into(),
            };
            Change::AgreeReturn { refund, address }
        }
        ActionKind::Enrol => {
            let activities = app.mirror.activities(shop, generation).await.expect("read");
            let (activity, product) = activities
                .iter()
                .find_map(|a| {
                    let free = products.iter().find(|p| p.on_sale && !a.enrolled.contains(&p.id))?;
                    Some((a.id.clone(), free.id.clone()))
                })
                .expect("an activity to join");
            let terms = BTreeMap::from([("mkcQuantity".to_owned(), "2".to_owned())]);
            Change::Enrol { activity, batch: None, product, terms }
        }
        other => unreachable!("{} has no story", other.name()),
    }
}

/// A product on sale that has everything.
fn rich(products: &[Product]) -> Product {
    let fits = |p: &&Product| p.on_sale && !p.skus.is_empty() && p.prices.len() > 1 && !p.attributes.is_empty();
    products.iter().find(fits).expect("a product").clone()
}

/// The kinds that touch one field of a product.
fn plain(kind: ActionKind, products: &[Product]) -> Option<Change> {
    let product = || rich(products);
    Some(match kind {
        ActionKind::SetStock => {
            let product = product();
            let sku = &product.skus[0];
            Change::SetStock { product: product.id.clone(), sku: Some(sku.id.clone()), to: sku.stock + 5 }
        }
        ActionKind::EditTitle => {
            Change::EditTitle { product: product().id, title: "不锈钢保温杯 大容量 办公".into() }
        }
        ActionKind::EditAttributes => {
            let product = product();
            let (name, _) = product.attributes[0].clone();
            Change::EditAttributes { product: product.id, set: BTreeMap::from([(name, "测试值".to_owned())]) }
        }
        ActionKind::SetPrice => {
            let product = product();
            let sku = &product.skus[0];
            let to = sku.price.expect("a price") + Decimal::new(150, 2);
            Change::SetPrice { product: product.id.clone(), sku: sku.id.clone(), to }
        }
        ActionKind::SetLadder => {
            let product = product();
            let steps = product.prices.iter().map(|(from, price)| (*from, *price + Decimal::ONE)).collect();
            Change::SetLadder { product: product.id, steps }
        }
        ActionKind::TakeOff => Change::TakeOff { product: product().id },
        ActionKind::PutOn => {
            let off = products.iter().find(|product| !product.on_sale).expect("a product off the shelf");
            Change::PutOn { product: off.id.clone() }
        }
        _ => return None,
    })
}

/// A buyer who received the goods asks to send them back.
async fn asked_back(world: &World, app: &App, shop: &Shop, product: &Product) -> String {
    let order =
        serde_json::json!({ "product": product.id, "spec": product.skus[0].id, "quantity": 2, "stage": "success" });
    let put = world.admin("orders", serde_json::json!({ "shop": "测试店铺", "order": order })).await;
    let refund = serde_json::json!({ "order": put["id"], "amount_fen": 1000, "goods_back": true, "after_sale": true });
    world.admin("orders", serde_json::json!({ "shop": "测试店铺", "refund": refund })).await;
    app.upkeep.sync(shop).await.expect("a sync");
    let generation = app.mirror.generation(&shop.id).await.expect("read");
    let refunds = app.mirror.refunds_open(shop, generation).await.expect("read");
    let waiting = |r: &&Refund| r.status == RefundStatus::WaitSeller && !r.only_money;
    refunds.iter().find(waiting).expect("a return that waits").id.clone()
}

/// The first order that is not rated yet.
async fn rate(app: &App, shop: &Shop, orders: &[Order]) -> Change {
    for order in orders.iter().filter(|order| order.status == OrderStatus::Success) {
        let change = Change::RateOrders { orders: vec![order.id.clone()], stars: 5, words: "合作愉快".into() };
        if app.upkeep.seen_now(shop, &change).await.is_ok_and(|seen| seen.value == "已评 0 / 1 单") {
            return change;
        }
    }
    panic!("every order is rated");
}

/// An order all of whose lines may be sent.
async fn send(app: &App, shop: &Shop, orders: &[Order]) -> Change {
    let platform = app.connect.platform(shop).await.expect("a way");
    for order in orders.iter().filter(|order| order.status == OrderStatus::WaitSend) {
        let now = platform.order_now(&order.id).await.expect("read");
        if now.lines.iter().all(|line| line.can_send) {
            let lines = now.lines.iter().map(|line| line.id.clone()).collect();
            return Change::SendOrder {
                order: order.id.clone(),
                lines,
                carrier: "SF".into(),
                waybill: "SF1234567890123".into(),
            };
        }
    }
    panic!("no order can be sent");
}

/// One pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 8, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0,
    3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Effects by what they are about; an upload is an effect of its own.
async fn effects(world: &World) -> BTreeMap<String, u64> {
    let ledger = world.effects().await;
    let rows = ledger["effects"].as_array().expect("a ledger");
    let row = |row: &serde_json::Value| {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (format!("{} {}", text("method"), text("identity")), row["count"].as_u64().expect("a count"))
    };
    rows.iter().map(row).collect()
}

fn makeable() -> impl Iterator<Item = ActionKind> {
    ActionKind::ALL.iter().copied().filter(|kind| *kind != ActionKind::AgreeRefund)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_done_once_after_a_yes_and_shows_in_the_shop() {
    for kind in makeable() {
        let story = Story::new().await;
        let change = one_of(kind, &story.world, &story.app, &story.shop).await;
        let action = story.propose(change).await.unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        assert_ne!(action.before, action.after(), "{}", kind.name());
        story.app.executor.step().await.expect("a step");
        assert!(effects(&story.world).await.is_empty(), "{} happened without leave", kind.name());

        story.approve(&action).await;
        story.app.executor.step().await.expect("a step");
        story.app.executor.step().await.expect("a step");
        let done = story.now(&action).await;
        assert_eq!(done.state, ActionState::Done, "{}: {} -> {}", kind.name(), done.before, done.after());
        let seen = story.app.upkeep.seen_now(&story.shop, &done.change).await.expect("read");
        assert_eq!(seen.value, done.after(), "{}", kind.name());
        let effects = effects(&story.world).await;
        assert!(!effects.is_empty() && effects.values().all(|count| *count == 1), "{}: {effects:?}", kind.name());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_taken_back_is_as_it_was_and_what_cannot_says_why() {
    for kind in makeable() {
        let story = Story::new().await;
        let change = one_of(kind, &story.world, &story.app, &story.shop).await;
        let before = story.app.upkeep.seen_now(&story.shop, &change).await.expect("read").value;
        let done = story.done(change).await;
        assert_eq!(done.state, ActionState::Done, "{}", kind.name());
        match story.app.desk.undo(&story.shop, &done.id, "店主").await {
            Ok(undo) => {
                story.app.executor.step().await.expect("a step");
                assert_eq!(story.now(&undo).await.state, ActionState::Done, "{}: {undo:?}", kind.name());
                assert_eq!(story.now(&done).await.state, ActionState::Undone, "{}", kind.name());
                let after = story.app.upkeep.seen_now(&story.shop, &done.change).await.expect("read").value;
                assert_eq!(after, before, "{}", kind.name());
            }
            Err(DecisionError::NoUndo(why)) => {
                assert!(!why.is_empty(), "{}", kind.name());
                let one_way = [
                    ActionKind::AddListing,
                    ActionKind::RateOrders,
                    ActionKind::SendOrder,
                    ActionKind::CloseOrder,
                    ActionKind::AgreeReturn,
                    ActionKind::Enrol,
                    // An order that had no memo cannot get rid of one.
                    ActionKind::WriteMemo,
                ];
                assert!(one_way.contains(&kind), "{} could be taken back: {why}", kind.name());
            }
            Err(error) => panic!("{}: {error}", kind.name()),
        }
    }
}

/// Works until nothing is left or the database dies.
async fn work_until_death(app: &App, db: &DyingDb) {
    let dying = async {
        while !db.died() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        step = app.executor.step() => drop(step),
        () = dying => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_the_call_and_its_outcome_makes_nothing_happen_twice() {
    for kind in makeable() {
        // 0: the intent is written and nothing was sent; 1: the call went out and its outcome is not written.
        for (boundary, moment) in [(0, Moment::After), (1, Moment::Before)] {
            let world = World::with(|options| options.solutions = vec!["*".into()]).await;
            let inner = world.db();
            let first = world.app_with(inner.clone(), &Env::default(), Vec::new());
            let shop = world.join(&first).await;
            let change = one_of(kind, &world, &first, &shop).await;
            let action = propose(&first, &shop, change).await.expect("proposed");
            let hash = action.hash();
            first.desk.approve(&shop, &action.id, "店主", (&hash, Edit::default())).await.expect("approved");
            drop(first);

            let db = DyingDb::after(inner.clone(), boundary, moment);
            let dying = world.app_with(db.clone(), &Env::default(), Vec::new());
            work_until_death(&dying, &db).await;
            assert!(db.died(), "{} has an intent and an outcome", kind.name());
            drop(dying);

            let second = world.app_with(inner, &Env::default(), Vec::new());
            second.executor.step().await.expect("a step");
            let at = format!("{} killed {moment:?} commit {boundary}", kind.name());
            let mut ended = second.desk.get(&shop.id, &action.id).await.expect("read").expect("there");
            if boundary == 0 && matches!(ended.state, ActionState::Unknown { .. }) {
                // Nobody can tell from outside that nothing was sent; the person looks and says so.
                second.desk.retry(&shop, &action.id, "店主", &ended.hash()).await.expect("once more");
                second.executor.step().await.expect("a step");
                ended = second.desk.get(&shop.id, &action.id).await.expect("read").expect("there");
            }
            assert_eq!(ended.state, ActionState::Done, "{at}");
            let effects = effects(&world).await;
            assert!(!effects.is_empty() && effects.values().all(|count| *count == 1), "{at}: {effects:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_a_person_does_it_and_the_shop_itself_confirms() {
    let story = Story::without_rights().await;
    let memo = one_of(ActionKind::WriteMemo, &story.world, &story.app, &story.shop).await;
    let handed = story.done(memo.clone()).await;
    let ActionState::ByHand { why, claimed: false } = &handed.state else { panic!("{:?}", handed.state) };
    assert!(why.contains("权限"), "{why}");
    story.app.desk.claim(&story.shop, &handed.id, "店主").await.expect("claimed");
    story.app.upkeep.sync(&story.shop).await.expect("a sync");
    assert!(matches!(story.now(&handed).await.state, ActionState::ByHand { claimed: true, .. }), "a claim is no proof");

    // The person writes it in the back office: another app, with the right.
    story.world.admin("rights", serde_json::json!({ "withheld": [] })).await;
    let platform = story.app.connect.platform(&story.shop).await.expect("a way");
    platform.write(&memo).await.expect("written");
    story.app.upkeep.sync(&story.shop).await.expect("a sync");
    assert_eq!(story.now(&handed).await.state, ActionState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_changed_meanwhile_is_left_alone() {
    let story = Story::new().await;
    let change = one_of(ActionKind::WriteMemo, &story.world, &story.app, &story.shop).await;
    let Change::WriteMemo { order, .. } = &change else { unreachable!() };
    let action = story.propose(change.clone()).await.expect("proposed");
    let other = Change::WriteMemo { order: order.clone(), text: "同事写的".into(), flag: Flag::Green };
    let platform = story.app.connect.platform(&story.shop).await.expect("a way");
    platform.write(&other).await.expect("a colleague was quicker");
    story.approve(&action).await;
    story.app.executor.step().await.expect("a step");
    let ActionState::Expired { why } = story.now(&action).await.state else { panic!("it went on") };
    assert!(why.contains("同事写的"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_for_prices_refunds_and_orders_whoever_asks() {
    let story = Story::new().await;
    let change = one_of(ActionKind::SetPrice, &story.world, &story.app, &story.shop).await;
    let Change::SetPrice { product, sku, .. } = change else { unreachable!() };
    let price = |to: Decimal| Change::SetPrice { product: product.clone(), sku: sku.clone(), to };
    for (wish, part) in [
        (price(Decimal::new(1, 2)), "最多降"),
        (price(Decimal::ZERO), "大于 0"),
        (
            Change::SetLadder {
                product: product.clone(),
                steps: vec![(2, Decimal::from(30)), (10, Decimal::from(31))],
            },
            "价格从高到低",
        ),
    ] {
        let refused = story.propose(wish).await;
        assert!(matches!(&refused, Err(DecisionError::Refused(why)) if why.contains(part)), "{refused:?}");
    }
    let order = one_of(ActionKind::SetOrderPrice, &story.world, &story.app, &story.shop).await;
    let Change::SetOrderPrice { order, .. } = order else { unreachable!() };
    let platform = story.app.connect.platform(&story.shop).await.expect("a way");
    let now = platform.order_now(&order).await.expect("read");
    let lines = now.lines.iter().map(|line| (line.id.clone(), -line.original)).collect();
    let refused = story.propose(Change::SetOrderPrice { order, lines, freight: Decimal::ZERO }).await;
    assert!(matches!(&refused, Err(DecisionError::Refused(why)) if why.contains("超过货款")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_of_files_hands_every_step_to_the_person() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    let change = one_of(ActionKind::SetStock, &world, &app, &shop).await;
    let files = Shop { link: Link::Files, ..shop };
    let seen = app.upkeep.seen_now(&files, &change).await.expect("what was imported");
    let action = app.desk.propose(&files, (change, seen), "店主", "补货").await.expect("proposed");
    assert_eq!(action.state, ActionState::Proposed);
}
