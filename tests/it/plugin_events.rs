//! A plugin that starts on what happens: each event starts one run, whichever way its row came, however often, and wherever it died.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::db::{Key, Scan, SharedDb, Table};
use xiaoer::run::{Ending, RunState};
use xiaoer_sdk::EventKind;

use crate::support::crash::{DyingDb, Moment};
use crate::support::stand::{Stand, ending};
use crate::support::watch::look;

const ON_PAID: &str = "shop(orders) on(order.paid)";

async fn kept(stand: &Stand) -> usize {
    stand.db.scan(Table::Told, Scan::under(&Key::of(&stand.shop.id))).await.expect("rows").len()
}

/// Another process over the same database.
async fn another(stand: &Stand, db: SharedDb) -> Arc<App> {
    let app = stand.world.app_with(db, &Env::default(), Vec::new());
    app.loader.load().await.expect("loaded");
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_starts_one_run_that_knows_it_and_the_same_row_again_none() {
    let stand = Stand::watching(ON_PAID).await;
    let words = stand.plugin("watch").await.to_string();
    assert!(words.contains("在“有订单付款”时自己运行") && !words.contains("这一版"), "{words}");

    let paid = stand.buy("waitsellersend").await;
    stand.sync().await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    let [(run, events)] = <[_; 1]>::try_from(stand.started().await).expect("one run");
    assert_eq!((events[0].kind, &events[0].id, events.len()), (EventKind::OrderPaid, &paid, 1));
    assert_eq!(run.state, RunState::Ended(Ending::Done), "{run:?}");
    for page in ["runs".to_owned(), format!("runs/{}", run.id)] {
        let page = stand.office.text(&format!("/shops/test/{page}")).await;
        assert!(page.contains("有订单付款时自动运行（1 笔）"), "{page}");
    }

    // It is looked again, read again, and read changed: the buyer wants some of the money back.
    assert_eq!(stand.look().await, 0);
    stand.later(30).await;
    stand
        .world
        .admin("orders", json!({ "shop": stand.shop.name, "refund": { "order": paid, "amount_fen": 100 } }))
        .await;
    stand.sync().await;
    assert_eq!(stand.look().await, 0, "the same payment, whatever became of the order");
    assert_eq!(stand.told_ids().await, [[paid]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_pushed_and_then_synced_is_one_event() {
    let stand = Stand::watching("shop(orders) on(order.paid) on(order.created)").await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let url = format!("http://{}/push/alibaba/1000000", listener.local_addr().expect("its address"));
    let router = xiaoer::web::router(Arc::clone(&stand.app), "0123456789abcdef0123456789abcdef01234567".into());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let app = Arc::clone(&stand.app);
    let working = tokio::spawn(async move { app.pushes.work(std::future::pending()).await });
    stand.world.admin("push", json!({ "url": url, "duplicates": 3 })).await;

    let order = stand.buy("waitsellersend").await;
    let began = Instant::now();
    while stand.look().await == 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "a pushed order starts nothing");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stand.work().await;
    let [(run, events)] = <[_; 1]>::try_from(stand.started().await).expect("one run");
    assert!(events.iter().all(|event| event.id == order), "{events:?}");
    assert_eq!(
        events.iter().map(|event| event.kind).collect::<Vec<_>>(),
        [EventKind::OrderCreated, EventKind::OrderPaid]
    );
    let page = stand.office.text(&format!("/shops/test/runs/{}", run.id)).await;
    assert!(page.contains("有新订单、有订单付款时自动运行（2 笔）"), "{page}");

    stand.later(30).await;
    stand.sync().await;
    assert_eq!(stand.look().await, 0, "what was pushed is no news to a sync");
    serving.abort();
    working.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_refund_starts_what_was_granted_to_hear_of_it_and_nothing_else() {
    let stand = Stand::watching("shop(refunds) on(refund.opened)").await;
    let order = stand.buy("waitsellersend").await;
    stand.sync().await;
    assert_eq!(stand.look().await, 0, "orders are not its business");
    let refund = json!({ "order": order, "amount_fen": 100 });
    stand.world.admin("orders", json!({ "shop": stand.shop.name, "refund": refund })).await;
    stand.later(5).await;
    stand.sync().await;
    assert_eq!(stand.look().await, 1);
    let generation = stand.app.mirror.generation("test").await.expect("read");
    let open = stand.app.mirror.refunds_open(&stand.shop, generation).await.expect("refunds");
    let ours = open.iter().find(|refund| refund.order.as_deref() == Some(&order)).expect("it is open");
    let [(_, events)] = <[_; 1]>::try_from(stand.started().await).expect("one run");
    assert_eq!((events[0].kind, &events[0].id, events[0].at), (EventKind::RefundOpened, &ours.id, ours.applied));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_taken_back_is_forgotten_and_another_starts_from_now() {
    let stand = Stand::watching(ON_PAID).await;
    assert!(kept(&stand).await > 1, "what was there counts as told");
    stand.buy("waitsellersend").await;
    stand.sync().await;
    assert_eq!(stand.look().await, 1);
    stand.withdraw().await;
    let [(run, _)] = <[_; 1]>::try_from(stand.started().await).expect("one run");
    stand.work().await;
    assert_eq!(ending(&stand.told(&run.id).await).0, "blocked");
    assert_eq!(stand.look().await, 0);
    assert_eq!(kept(&stand).await, 0, "nothing is left of it");

    // Whether or not somebody looked meanwhile.
    for looked in [true, false] {
        stand.later(30).await;
        stand.buy("waitsellersend").await;
        stand.sync().await;
        if looked {
            assert_eq!(stand.look().await, 0);
        }
        stand.grant("watch").await;
        assert_eq!(stand.look().await, 0, "what came without a grant starts nothing");
        let next = stand.buy("waitsellersend").await;
        stand.sync().await;
        assert_eq!(stand.look().await, 1);
        assert_eq!(stand.told_ids().await.last(), Some(&vec![next]));
        stand.work().await;
        // A second yes to the same wishes is no break.
        stand.later(30).await;
        let waiting = stand.buy("waitsellersend").await;
        stand.sync().await;
        stand.grant("watch").await;
        assert_eq!(stand.look().await, 1);
        assert_eq!(stand.told_ids().await.last(), Some(&vec![waiting]));
        stand.work().await;
        stand.withdraw().await;
    }
    stand.app.shelf.remove("watch").await.expect("removed");
    stand.app.loader.load().await.expect("loaded");
    assert_eq!((stand.look().await, kept(&stand).await), (0, 0), "and so is a plugin that is gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_commit_each_payment_starts_one_run() {
    for moment in [Moment::Before, Moment::After] {
        let mut boundary = 0;
        loop {
            let stand = Stand::quiet().await;
            stand.hire(ON_PAID).await;
            let db = DyingDb::after(stand.db.clone(), boundary, moment);
            let dying = another(&stand, db.clone()).await;
            let mut paid = Vec::new();
            // The first look, a payment, a quiet look on the next day, and another payment.
            for step in 0..4 {
                if step % 2 == 1 {
                    paid.push(stand.buy("waitsellersend").await);
                }
                stand.sync().await;
                if !db.died() {
                    let died = async {
                        while !db.died() {
                            tokio::time::sleep(Duration::from_millis(2)).await;
                        }
                    };
                    tokio::select! { _ = look(&dying, stand.world.clock.now()) => {}, () = died => {} }
                }
                if db.died() {
                    stand.look().await;
                }
                stand.work().await;
                stand.later(12 * 60).await;
            }
            let at = format!("killed {moment:?} commit {boundary}");
            let told: Vec<String> = stand.told_ids().await.concat();
            assert_eq!(told, paid, "{at}");
            if !db.died() {
                break;
            }
            boundary += 1;
        }
        assert!(boundary >= 6, "the first look, two runs and a new day are six commits at least, found {boundary}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_look_one_starts_the_run() {
    let stand = Stand::watching(ON_PAID).await;
    let second = another(&stand, stand.db.clone()).await;
    for round in 0..12 {
        stand.later(20).await;
        let order = stand.buy("waitsellersend").await;
        stand.sync().await;
        let now = stand.world.clock.now();
        let (one, two) = tokio::join!(look(&stand.app, now), look(&second, now));
        assert_eq!(one + two, 1, "round {round}");
        assert_eq!(stand.told_ids().await.last(), Some(&vec![order]));
        stand.work().await;
    }
}

/// Orders that are paid, as the mirror shows them.
async fn paid(stand: &Stand) -> BTreeSet<String> {
    let generation = stand.app.mirror.generation("test").await.expect("read");
    let orders = stand.app.mirror.all_orders(&stand.shop, generation).await.expect("orders");
    orders.into_iter().filter(|order| order.paid.is_some()).map(|order| order.id).collect()
}

/// The same numbers in every run of the test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_in_whatever_order_each_payment_is_told_once() {
    let stand = Stand::watching(ON_PAID).await;
    let mut second = another(&stand, stand.db.clone()).await;
    let (mut dice, before) = (Dice(1688), paid(&stand).await);
    for _ in 0..160 {
        match dice.below(8) {
            0 | 1 => _ = stand.buy("waitsellersend").await,
            // The platform lets its buyer pay later, or never.
            2 => _ = stand.buy("waitbuyerpay").await,
            3 => stand.sync().await,
            4 => {
                let now = stand.world.clock.now();
                tokio::join!(look(&stand.app, now), look(&second, now));
            }
            5 => _ = stand.app.worker.step().await.expect("a step"),
            6 => stand.later(i64::try_from(dice.below(90)).expect("small")).await,
            _ => second = another(&stand, stand.db.clone()).await,
        }
    }
    stand.sync().await;
    for _ in 0..6 {
        stand.later(11).await;
        stand.look().await;
        stand.work().await;
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for id in stand.told_ids().await.concat() {
        *times.entry(id).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "told twice: {times:?}");
    let since = &paid(&stand).await - &before;
    assert!(since.len() > 30, "{since:?}");
    assert_eq!(times.into_keys().collect::<BTreeSet<_>>(), since);
}
