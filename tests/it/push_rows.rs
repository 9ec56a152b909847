//! From a stored message to rows: whatever dies, comes late, comes twice or comes while a sync is at work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use rust_decimal::Decimal;
use xiaoer::db::SharedDb;
use xiaoer::shop::import::import;
use xiaoer::shop::mirror::{Mirror, Pushed, Shown};
use xiaoer::shop::push::{Inbox, Message, Object, Watcher, Worker};
use xiaoer::shop::{Connect, Listed, Platform, Shop, ShopError, Shops};
use xiaoer_sdk::shop::{Order, OrderStatus};

use crate::shop_world::{Fake, Ground, order, platform_shop, refund};
use crate::support::crash::{DyingDb, Moment};

struct ToFake(Arc<Fake>);

#[async_trait::async_trait]
impl Connect for ToFake {
    async fn platform(&self, _shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        Ok(Arc::clone(&self.0) as _)
    }
}

struct Nobody;

#[async_trait::async_trait]
impl Watcher for Nobody {
    async fn rows_changed(&self, _shop: &Shop) {}
}

/// What a process has of pushes.
struct Desk {
    inbox: Inbox,
    worker: Worker,
}

impl Desk {
    async fn over(ground: &Ground, db: &SharedDb, fake: &Arc<Fake>) -> Self {
        let (shops, mirror) = (Shops::new(db.clone()), Mirror::new(db.clone()));
        Shops::new(ground.db.clone()).register(&platform_shop()).await.expect("registered");
        let inbox = Inbox::new(db.clone(), ground.clock.clone(), mirror.clone());
        let connect = Arc::new(ToFake(Arc::clone(fake)));
        let worker = Worker::new(ground.clock.clone(), (shops, mirror), connect, inbox.clone(), Arc::new(Nobody));
        Self { inbox, worker }
    }

    /// Works until so much waits, or for a moment.
    async fn work_until(&self, waiting: usize) {
        let through = async {
            let started = Instant::now();
            while self.inbox.standing("test").await.expect("read").waiting != waiting
                && started.elapsed() < Duration::from_secs(10)
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        self.worker.work(through).await;
        assert_eq!(self.inbox.standing("test").await.expect("read").waiting, waiting);
    }
}

fn about(id: &str, about: Vec<Object>) -> Message {
    Message { id: id.into(), member: "b2b-1".into(), topic: "ORDER_PAY".into(), born: None, about }
}

fn of_order(id: &str, order: &Order) -> Message {
    about(id, vec![Object::Order(order.id.clone())])
}

/// The first order of the platform, sent meanwhile.
fn sent(fake: &Fake) -> Order {
    fake.change(|held| {
        held.now += TimeDelta::minutes(5);
        let now = held.now;
        (held.orders[0].status, held.orders[0].modified) = (OrderStatus::WaitReceive, now);
        held.orders[0].clone()
    })
}

async fn shows(ground: &Ground, order: &Order) -> bool {
    let generation = ground.mirror.generation("test").await.expect("read");
    let shown = ground.mirror.order(&platform_shop(), generation, &order.id).await.expect("read");
    shown.as_ref() == Some(order)
}

async fn synced() -> (Ground, Arc<Fake>) {
    let (ground, fake) = (Ground::new(), Arc::new(Fake::with_some_of_everything()));
    ground.sync(&platform_shop(), &fake).await.expect("synced");
    (ground, fake)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_answered_outlives_a_death_at_any_commit() {
    for moment in [Moment::Before, Moment::After] {
        let mut boundary = 0;
        loop {
            let (ground, fake) = synced().await;
            let changed = sent(&fake);
            let stored = Desk::over(&ground, &ground.db, &fake).await;
            let both = about("m", vec![Object::Order(changed.id.clone()), Object::Product("700000000001".into())]);
            assert_eq!(stored.inbox.take(&platform_shop(), &[both]).await.expect("answered"), 1);
            drop(stored);

            let db = DyingDb::after(ground.db.clone(), boundary, moment);
            let dying = Desk::over(&ground, &(db.clone() as SharedDb), &fake).await;
            let through = async {
                let started = Instant::now();
                while !db.died()
                    && dying.inbox.standing("test").await.expect("read").waiting > 0
                    && started.elapsed() < Duration::from_secs(10)
                {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            dying.worker.work(through).await;
            let killed = db.died();
            drop(dying);

            let ground = Ground { mirror: Mirror::new(ground.db.clone()), ..ground };
            Desk::over(&ground, &ground.db, &fake).await.work_until(0).await;
            assert!(shows(&ground, &changed).await, "killed {moment:?} commit {boundary}");
            if !killed {
                break;
            }
            boundary += 1;
        }
        assert!(boundary >= 2, "rows and the inbox are two commits at least, found {boundary}");
    }
}

#[tokio::test]
async fn messages_in_any_order_and_number_show_what_the_platform_shows() {
    let (ground, fake) = synced().await;
    let desk = Desk::over(&ground, &ground.db, &fake).await;
    let old = fake.change(|held| held.orders[0].clone());
    let changed = sent(&fake);
    let late: Vec<Message> = (0..1_000).map(|n| of_order(&(n % 40).to_string(), &old)).collect();
    assert_eq!(desk.inbox.take(&platform_shop(), &late).await.expect("taken"), 40);
    let calls = fake.change(|held| std::mem::take(&mut held.calls));
    desk.work_until(0).await;
    assert!(shows(&ground, &changed).await);
    assert!(fake.change(|held| held.calls) <= 2, "forty messages are one fetch, {calls} calls before");

    // A row that was fetched earlier and comes later, as from a reader that lags.
    let shown = ground.mirror.show(&platform_shop(), vec![Pushed::Order(Box::new(old))]).await.expect("shown");
    assert_eq!(shown, Shown::Known);
    assert!(shows(&ground, &changed).await);
}

#[tokio::test]
async fn a_push_during_a_sync_is_shown_at_once_and_outlives_it() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    // From now on writers leave room.
    desk.inbox.take(&shop, &[about("first", Vec::new())]).await.expect("taken");
    sent(&fake);
    let before = fake.change(|held| {
        let now = held.now;
        held.orders.iter_mut().for_each(|order| (order.total, order.modified) = (order.total + Decimal::ONE, now));
        held.products.iter_mut().for_each(|(at, _)| *at = now);
        held.dies_at = Some(held.calls + 12);
        held.orders[0].clone()
    });
    ground.sync(&shop, &fake).await.expect_err("killed after its orders were read");
    assert!(!shows(&ground, &before).await, "half a sync shows nothing");

    // The rows that the sync has read and does not show yet are older than this.
    let generation = ground.mirror.generation("test").await.expect("read");
    let changed = sent(&fake);
    desk.inbox.take(&shop, &[of_order("second", &changed)]).await.expect("taken");
    desk.work_until(0).await;
    assert!(shows(&ground, &changed).await);
    assert_eq!(ground.mirror.generation("test").await.expect("read"), generation + 1);

    fake.change(|held| held.dies_at = None);
    let until = fake.change(|held| held.orders[0].clone());
    // The sync goes on from where it was and must not bring its older row back.
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert!(outcome.resumed && outcome.generation > generation + 1, "{outcome:?}");
    assert!(shows(&ground, &until).await, "the sync hides what was pushed meanwhile");
    let orders = ground.mirror.all_orders(&shop, outcome.generation).await.expect("orders");
    assert_eq!(orders.len(), 24);
    while ground.mirror.sweep("test").await.expect("swept") > 0 {}
    assert_eq!(ground.mirror.all_orders(&shop, outcome.generation).await.expect("orders"), orders, "swept too much");
}

#[tokio::test]
async fn an_import_that_takes_over_throws_away_its_own_and_no_pushed_row() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    desk.inbox.take(&shop, &[about("first", Vec::new())]).await.expect("taken");
    fake.change(|held| {
        held.now += TimeDelta::hours(1);
        let now = held.now;
        held.orders.iter_mut().for_each(|order| (order.total, order.modified) = (order.total + Decimal::ONE, now));
        held.dies_at = Some(held.calls + 6);
    });
    ground.sync(&shop, &fake).await.expect_err("killed");
    let changed = sent(&fake);
    desk.inbox.take(&shop, &[of_order("second", &changed)]).await.expect("taken");
    desk.work_until(0).await;
    let generation = ground.mirror.generation("test").await.expect("read");
    let before = ground.mirror.all_orders(&shop, generation).await.expect("orders");
    let costs = "Offer ID,SKU ID,成本\n700000000001,,5.00\n";
    import(&shop, &ground.mirror, costs.as_bytes(), &ground.clock).await.expect("imported");
    assert!(shows(&ground, &changed).await, "the pushed row was thrown away with the sync's");
    let generation = ground.mirror.generation("test").await.expect("read");
    assert_eq!(ground.mirror.costs(&shop, generation).await.expect("costs").len(), 1);
    let after = ground.mirror.all_orders(&shop, generation).await.expect("orders");
    assert_eq!(after, before, "rows of the sync that was given up shine through");
}

#[tokio::test]
async fn a_shop_whose_first_sync_is_not_through_shows_nothing_and_forgets_nothing() {
    let (ground, fake) = (Ground::new(), Arc::new(Fake::with_some_of_everything()));
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    let changed = sent(&fake);
    desk.inbox.take(&shop, &[of_order("m", &changed)]).await.expect("taken");
    let a_while = tokio::time::sleep(Duration::from_millis(200));
    desk.worker.work(a_while).await;
    assert_eq!(ground.mirror.head("test").await.expect("read"), None);
    assert_eq!(desk.inbox.standing("test").await.expect("read").waiting, 1);
    ground.sync(&shop, &fake).await.expect("synced");
    desk.work_until(0).await;
    assert!(shows(&ground, &changed).await);
}

#[tokio::test]
async fn refunds_and_products_come_with_their_messages_and_a_deleted_product_goes() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    let order = sent(&fake);
    let (mut asked, mut other) = (refund(50, order.modified), refund(51, order.modified));
    (asked.order, other.order) = (Some(order.id.clone()), Some("2900".into()));
    fake.change(|held| {
        held.refunds.extend([asked.clone(), other.clone()]);
        let Listed::Here(product) = &mut held.products[2].1 else { panic!("it is there") };
        product.stock = Some(7);
        held.products[3].1 = Listed::Gone { id: "700000000003".into() };
    });
    let objects = vec![
        Object::RefundsOf(order.id.clone()),
        Object::Product("700000000002".into()),
        Object::Product("700000000003".into()),
    ];
    desk.inbox.take(&shop, &[about("m", objects)]).await.expect("taken");
    desk.work_until(0).await;
    let generation = ground.mirror.generation("test").await.expect("read");
    assert_eq!(ground.mirror.refund(&shop, generation, &asked.id).await.expect("read"), Some(asked));
    assert_eq!(ground.mirror.refund(&shop, generation, &other.id).await.expect("read"), None);
    let stocked = ground.mirror.product(&shop, generation, "700000000002").await.expect("read").expect("there");
    assert_eq!(stocked.stock, Some(7), "its time of change did not move, and still it is newer");
    assert_eq!(ground.mirror.product(&shop, generation, "700000000003").await.expect("read"), None);
}

#[tokio::test]
async fn what_cannot_be_fetched_is_tried_again_then_named_and_made_good_by_a_sync() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    let changed = sent(&fake);
    fake.change(|held| held.withheld.extend(["order"]));
    desk.inbox.take(&shop, &[of_order("m", &changed)]).await.expect("taken");
    let mut tries = 0;
    while desk.inbox.standing("test").await.expect("read").failed.is_empty() {
        desk.worker.work(tokio::time::sleep(Duration::from_millis(30))).await;
        ground.clock.set(ground.clock.now() + TimeDelta::minutes(11));
        tries += 1;
        assert!(tries < 60, "it is tried for ever");
    }
    let standing = desk.inbox.standing("test").await.expect("read");
    assert_eq!((standing.waiting, standing.failed[0].object.title()), (0, format!("订单 {}", changed.id)));
    assert!(standing.failed[0].why.contains("权限"), "{}", standing.failed[0].why);
    fake.change(|held| held.now += TimeDelta::days(1));
    ground.sync(&shop, &fake).await.expect("synced");
    desk.inbox.sweep("test").await.expect("swept");
    assert!(desk.inbox.standing("test").await.expect("read").failed.is_empty(), "the sync has brought it");
    assert!(shows(&ground, &changed).await);
}

#[tokio::test]
async fn what_came_while_nobody_was_there_is_asked_for_until_nothing_is_left() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    let changed = sent(&fake);
    let foreign = Message { member: "b2b-2".into(), ..of_order("9", &changed) };
    fake.change(|held| held.missed = vec![vec![of_order("2", &changed), of_order("1", &changed)], vec![foreign]]);
    assert_eq!(desk.worker.replay(&shop).await.expect("asked"), 0, "no push ever came for this shop");
    desk.inbox.take(&shop, &[of_order("1", &order(7, changed.modified))]).await.expect("taken");
    assert_eq!(desk.worker.replay(&shop).await.expect("asked"), 1, "one was known, one is of another member");
    assert!(fake.change(|held| held.missed.is_empty()));
    desk.work_until(0).await;
    assert!(shows(&ground, &changed).await);
}

#[tokio::test]
async fn numbers_of_old_messages_are_forgotten() {
    let (ground, fake) = synced().await;
    let (desk, shop) = (Desk::over(&ground, &ground.db, &fake).await, platform_shop());
    desk.inbox.take(&shop, &[about("old", Vec::new())]).await.expect("taken");
    ground.clock.set(ground.clock.now() + TimeDelta::days(6));
    desk.inbox.take(&shop, &[about("new", Vec::new())]).await.expect("taken");
    assert_eq!(desk.inbox.sweep("test").await.expect("swept"), 0);
    ground.clock.set(ground.clock.now() + TimeDelta::days(2));
    assert_eq!(desk.inbox.sweep("test").await.expect("swept"), 1);
    assert_eq!(desk.inbox.take(&shop, &[about("new", Vec::new())]).await.expect("taken"), 0, "it is still known");
}
