//! What a list does not say in time: products that vanish, orders that go to rest, rows that are shown late, syncs that sleep for years.
//! And how far a sync says it is.

use std::sync::Mutex;

use chrono::TimeDelta;
use xiaoer::shop::mirror::Mirror;
use xiaoer::shop::sync::{SyncProgress, sync};
use xiaoer_sdk::shop::{OrderStatus, RefundStatus};

use crate::shop_world::{Fake, Ground, order, platform_shop, refund};

async fn product(ground: &Ground, generation: u64, id: &str) -> Option<xiaoer_sdk::shop::Product> {
    ground.mirror.product(&platform_shop(), generation, id).await.expect("read")
}

#[tokio::test]
async fn a_product_that_vanished_without_a_word_is_gone_the_next_day_and_one_that_no_list_names_stays() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    fake.change(|held| {
        held.products.remove(3);
        held.hidden.insert("700000000005".into());
        held.now += TimeDelta::hours(2);
    });
    let same_day = ground.sync(&shop, &fake).await.expect("synced");
    assert!(product(&ground, same_day.generation, "700000000003").await.is_some(), "only the daily walk tells");
    fake.change(|held| held.now += TimeDelta::days(1));
    let next_day = ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(product(&ground, next_day.generation, "700000000003").await, None);
    assert!(product(&ground, next_day.generation, "700000000005").await.is_some(), "it was looked up and is there");
    assert_eq!(ground.mirror.products(&shop, next_day.generation).await.expect("products").len(), 7);
}

#[tokio::test]
async fn a_look_up_killed_at_every_call_ends_like_an_unbroken_one() {
    let shop = platform_shop();
    for killed in 1..=30 {
        let (ground, fake) = (Ground::new(), Fake::with_some_of_everything());
        ground.sync(&shop, &fake).await.expect("synced");
        fake.change(|held| {
            held.products.drain(2..5);
            held.hidden.insert("700000000006".into());
            held.now += TimeDelta::days(1);
            held.dies_at = Some(held.calls + killed);
        });
        let died = ground.sync(&shop, &fake).await.is_err();
        fake.change(|held| held.dies_at = None);
        let ground = Ground { mirror: Mirror::new(ground.db.clone()), ..ground };
        let outcome = ground.sync(&shop, &fake).await.expect("synced");
        let left = ground.mirror.products(&shop, outcome.generation).await.expect("products");
        assert_eq!(left.len(), 5, "killed at call {killed}: {left:?}");
        if !died {
            return;
        }
    }
    panic!("the sync of a day takes more than 30 calls");
}

#[tokio::test]
async fn an_order_that_changed_and_went_to_rest_between_two_syncs_is_found_in_the_archive() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    fake.change(|held| {
        held.now += TimeDelta::days(3);
        let mut rested = held.orders.remove(4);
        (rested.status, rested.modified) = (OrderStatus::Success, held.now - TimeDelta::days(2));
        held.archive.push(rested);
    });
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    let orders = ground.mirror.all_orders(&shop, outcome.generation).await.expect("orders");
    let rested = fake.change(|held| held.archive[1].clone());
    assert!(orders.contains(&rested), "the mirror still shows it as it was before");
}

#[tokio::test]
async fn a_change_that_the_list_shows_most_of_a_day_late_is_caught_up_with() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    fake.change(|held| {
        // Changed before the sync, shown after it.
        held.orders.push(order(700, held.now - TimeDelta::hours(20)));
        held.orders.push(order(701, held.now - TimeDelta::minutes(50)));
        let now = held.now;
        held.refunds[2].status = RefundStatus::Closed;
        held.refunds[2].modified = now - TimeDelta::minutes(59);
        held.now += TimeDelta::hours(1);
    });
    let soon = ground.sync(&shop, &fake).await.expect("synced");
    let orders = ground.mirror.all_orders(&shop, soon.generation).await.expect("orders");
    assert!(orders.iter().any(|order| order.id.ends_with("701")), "within the overlap of every sync");
    let settled = ground.mirror.all_refunds(&shop, soon.generation).await.expect("refunds");
    assert_eq!(settled.iter().filter(|refund| refund.status == RefundStatus::Closed).count(), 1);
    fake.change(|held| held.now += TimeDelta::hours(15));
    let daily = ground.sync(&shop, &fake).await.expect("synced");
    let orders = ground.mirror.all_orders(&shop, daily.generation).await.expect("orders");
    assert!(orders.iter().any(|order| order.id.ends_with("700")), "within the overlap of the day");
}

#[tokio::test]
async fn a_refund_of_an_order_that_is_long_over_comes_by_the_time_of_its_own_change() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    fake.change(|held| {
        held.now += TimeDelta::days(120);
        held.refunds.push(refund(77, held.now - TimeDelta::days(40)));
    });
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(ground.mirror.all_refunds(&shop, outcome.generation).await.expect("refunds").len(), 6);
}

#[tokio::test]
async fn a_sync_that_was_killed_and_slept_for_two_years_asks_for_nothing_that_is_refused() {
    let shop = platform_shop();
    for killed in 3..=40 {
        let (ground, fake) = (Ground::new(), Fake::with_some_of_everything());
        fake.change(|held| held.dies_at = Some(killed));
        let died = ground.sync(&shop, &fake).await.is_err();
        fake.change(|held| {
            held.dies_at = None;
            held.now += TimeDelta::days(740);
        });
        ground.sync(&shop, &fake).await.unwrap_or_else(|error| panic!("killed at call {killed}: {error}"));
        if !died {
            return;
        }
    }
    panic!("the first sync takes more than 40 calls");
}

#[tokio::test]
async fn a_sync_says_how_much_there_is_and_a_restart_forgets_none_of_it() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    let told: Mutex<Vec<SyncProgress>> = Mutex::default();
    let hear = |progress: SyncProgress| told.lock().expect("nobody panics with it").push(progress);
    fake.change(|held| held.dies_at = Some(8));
    sync(&shop, &fake, &ground.mirror, &ground.clock, &hear).await.expect_err("killed");
    let before: Vec<SyncProgress> = std::mem::take(&mut *told.lock().expect("nobody panics with it"));
    let last = before.last().expect("it was under way").clone();
    assert_eq!((last.part, last.total), ("订单", Some(23)));
    assert!(last.rows > 0 && last.rows < 23, "{last:?}");

    sync(&shop, &fake, &ground.mirror, &ground.clock, &hear).await.expect("synced");
    let after = told.lock().expect("nobody panics with it").clone();
    assert_eq!((after[0].part, after[0].total), ("订单", Some(23)), "told before anything is read again");
    assert!(after[0].rows > 0, "what was read before the kill counts");
    let orders: Vec<u64> = after.iter().filter(|told| told.part == "订单").map(|told| told.rows).collect();
    assert!(orders.is_sorted() && orders.last() == Some(&23), "{orders:?}");
    assert!(after.iter().all(|told| told.left.is_none()), "nobody can tell a pace from a moment: {after:?}");
}

#[tokio::test]
async fn a_platform_that_refuses_wide_spans_is_asked_for_narrower_ones() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    fake.change(|held| held.widest = Some(TimeDelta::days(31)));
    ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(ground.mirror.all_orders(&shop, 1).await.expect("orders").len(), 24);
}
