//! A sync brings all of a shop, or shows nothing of it; and what a run has pinned stays as it was.

use chrono::TimeDelta;
use rust_decimal::Decimal;
use xiaoer::db::{Batch, DbError, Key, Scan, Table};
use xiaoer::shop::Listed;
use xiaoer::shop::import::import;
use xiaoer::shop::mirror::{Mirror, Origin, Purpose};
use xiaoer::shop::sync::SyncError;
use xiaoer_sdk::Period;
use xiaoer_sdk::shop::OrderStatus;

use crate::shop_world::{Fake, Ground, activity, at, day, order, platform_shop, product, shown};

#[tokio::test]
async fn the_first_sync_brings_everything_and_says_which_days_are_complete() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!((outcome.generation, outcome.complete_through), (1, day("2026-11-22")));
    assert_eq!((outcome.counts.new, outcome.counts.unreadable), (23 + 1 + 5 + 8 + 2, 0));
    let head = ground.mirror.head("test").await.expect("read").expect("there is data");
    assert_eq!((head.generation, head.complete_through, head.withheld.len()), (1, day("2026-11-22"), 0));
    let orders = ground.mirror.all_orders(&shop, 1).await.expect("orders");
    assert_eq!(orders.len(), 24, "the archive holds one that the list does not");
    let open = ground.mirror.refunds_open(&shop, 1).await.expect("refunds");
    assert_eq!(open.len(), 5);
}

#[tokio::test]
async fn half_a_sync_shows_nothing() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    fake.change(|held| held.dies_at = Some(6));
    let failed = ground.sync(&shop, &fake).await;
    assert!(matches!(failed, Err(SyncError::Read { part: "订单", .. })), "{failed:?}");
    assert_eq!(ground.mirror.head("test").await.expect("read"), None);
    assert!(ground.mirror.all_orders(&shop, 0).await.expect("orders").is_empty());

    ground.sync(&shop, &fake).await.expect("synced");
    let whole = shown(&ground.mirror, &shop, 1).await;
    fake.change(|held| {
        held.now += TimeDelta::days(1);
        let now = held.now;
        for order in held.orders.iter_mut().take(9) {
            (order.status, order.modified) = (OrderStatus::WaitReceive, now - TimeDelta::hours(2));
        }
        held.dies_at = Some(held.calls + 4);
    });
    ground.sync(&shop, &fake).await.expect_err("killed");
    let head = ground.mirror.head("test").await.expect("read").expect("still there");
    assert_eq!(head.generation, 1);
    assert_eq!(shown(&ground.mirror, &shop, 1).await, whole, "rows of the unfinished sync shine through");
}

#[tokio::test]
async fn a_sync_killed_at_every_page_ends_like_an_unbroken_one() {
    let shop = platform_shop();
    let (whole, calls) = {
        let (ground, fake) = (Ground::new(), Fake::with_some_of_everything());
        ground.sync(&shop, &fake).await.expect("synced");
        (shown(&ground.mirror, &shop, 1).await, fake.change(|held| held.calls))
    };
    for killed in 2..=calls {
        let (ground, fake) = (Ground::new(), Fake::with_some_of_everything());
        fake.change(|held| held.dies_at = Some(killed));
        ground.sync(&shop, &fake).await.expect_err("killed");
        let before = fake.change(|held| held.calls);
        // Another process: nothing but the database is left.
        let mirror = Mirror::new(ground.db.clone());
        let ground = Ground { mirror, ..ground };
        let outcome = ground.sync(&shop, &fake).await.expect("synced");
        assert_eq!(outcome.generation, 1);
        assert_eq!(shown(&ground.mirror, &shop, 1).await, whole, "killed at call {killed}");
        let again = fake.change(|held| held.calls) - before;
        // Eight pages may have been under way side by side.
        assert!(again <= calls - killed + 2 + 8, "killed at call {killed} of {calls}, {again} more were made");
    }
}

#[tokio::test]
async fn an_order_that_moves_while_the_list_is_read_pushes_none_out_of_sight() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    // After every page the order that stands first in the list changes, leaves it, and everything behind moves up.
    let (began, mut pages) = (fake.change(|held| held.now), 0);
    fake.between(move |held| {
        pages += 1;
        if pages > 8 {
            return;
        }
        held.now += TimeDelta::seconds(1);
        let now = held.now;
        let first = held.orders.iter_mut().filter(|order| order.modified <= began).max_by_key(|order| order.modified);
        if let Some(order) = first {
            (order.status, order.modified) = (OrderStatus::Success, now);
        }
    });
    ground.sync(&shop, &fake).await.expect("synced");
    fake.between(|_| {});
    let first = ground.mirror.all_orders(&shop, 1).await.expect("orders").len();
    assert!(first > 12, "most were read before they moved, not {first} of 24");
    // Those that had moved past the sync's own moment before they were read come with the next one.
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    let orders = ground.mirror.all_orders(&shop, outcome.generation).await.expect("orders");
    assert_eq!(orders.len(), 24, "the first sync saw {first}");
    let held = fake.change(|held| held.orders.clone());
    for order in held {
        assert!(orders.contains(&order), "order {} is not as it is now", order.id);
    }
}

#[tokio::test]
async fn a_row_that_comes_late_into_a_time_that_is_over_pushes_none_out_of_sight() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    let mut late = 0;
    fake.between(move |held| {
        late += 1;
        if [2, 3, 5].contains(&late) {
            // The newest row of the list: everything else moves one place back.
            held.orders.push(order(500 + late, held.now - TimeDelta::minutes(late.into())));
        }
    });
    ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(ground.mirror.all_orders(&shop, 1).await.expect("orders").len(), 24 + 3);
}

#[tokio::test]
async fn a_sync_that_finds_nothing_new_reads_little_and_makes_no_generation() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let first = fake.change(|held| std::mem::take(&mut held.calls));
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    let second = fake.change(|held| held.calls);
    assert_eq!((outcome.generation, outcome.counts.new, outcome.counts.changed), (1, 0, 0));
    assert!(second <= 6 && second < first / 2, "{second} calls, the first sync took {first}");
}

#[tokio::test]
async fn all_products_are_walked_through_once_a_day_because_stocks_move_without_a_sign() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let sell = |stock| {
        fake.change(|held| {
            let Listed::Here(product) = &mut held.products[7].1 else { panic!("it is there") };
            product.stock = Some(stock);
            held.now += TimeDelta::hours(1);
        });
    };
    let stock = async |generation| {
        ground.mirror.product(&shop, generation, "700000000007").await.expect("read").expect("there").stock
    };
    sell(60);
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(stock(outcome.generation).await, Some(100), "its time of change did not move");
    fake.change(|held| held.now += TimeDelta::days(1));
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(stock(outcome.generation).await, Some(60));
}

#[tokio::test]
async fn a_pinned_generation_keeps_its_rows_until_the_run_ends() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let pinned = shown(&ground.mirror, &shop, 1).await;
    let open = Key::of("test").part("run-1");
    let pin = serde_json::json!({ "generation": 1, "lease": null });
    ground.db.commit(Batch::new().put(Table::OpenRuns, open.clone(), &pin)).await.expect("accepted");

    for round in 1..=3 {
        fake.change(|held| {
            held.now += TimeDelta::hours(6);
            let now = held.now;
            held.orders.iter_mut().for_each(|order| {
                (order.total, order.modified) = (order.total + Decimal::ONE, now - TimeDelta::minutes(1));
            });
            if round == 1 {
                held.products[0] = (now, Listed::Gone { id: "700000000000".into() });
                held.products[1].0 = now;
                let Listed::Here(product) = &mut held.products[1].1 else { panic!("it is there") };
                product.title = "新标题".into();
            }
            held.activities = vec![activity(round + 10)];
        });
        ground.sync(&shop, &fake).await.expect("synced");
        ground.mirror.sweep("test").await.expect("swept");
        assert_eq!(shown(&ground.mirror, &shop, 1).await, pinned, "after round {round}");
    }
    let newest = shown(&ground.mirror, &shop, 4).await;
    assert_eq!(ground.mirror.product(&shop, 4, "700000000000").await.expect("read"), None, "it was deleted");

    ground.db.commit(Batch::new().delete(Table::OpenRuns, open)).await.expect("ended");
    assert!(ground.mirror.sweep("test").await.expect("swept") > 0);
    assert_eq!(ground.mirror.sweep("test").await.expect("swept"), 0, "nothing is swept twice");
    assert!(ground.mirror.all_orders(&shop, 1).await.expect("orders").len() < 3, "the old rows are gone");
    assert_eq!(shown(&ground.mirror, &shop, 4).await, newest, "the sweep touched what is shown");
    let deleted = Scan::under(&Key::of("test").part("product").part("700000000000"));
    assert!(ground.db.scan(Table::Mirror, deleted).await.expect("rows").is_empty(), "a tombstone outlives its grave");
}

#[tokio::test]
async fn the_generation_before_the_newest_outlives_a_sweep_for_whoever_is_about_to_pin_it() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let before = shown(&ground.mirror, &shop, 1).await;
    let head = ground.mirror.head("test").await.expect("read").expect("there");
    ground.db.commit(Mirror::still_at("test", &head)).await.expect("the head has not moved");
    fake.change(|held| {
        held.now += TimeDelta::hours(6);
        let now = held.now;
        held.orders.iter_mut().for_each(|order| (order.total, order.modified) = (Decimal::ONE, now));
    });
    ground.sync(&shop, &fake).await.expect("synced");
    ground.mirror.sweep("test").await.expect("swept");
    assert_eq!(shown(&ground.mirror, &shop, 1).await, before);
    let moved = ground.db.commit(Mirror::still_at("test", &head)).await;
    assert!(matches!(moved, Err(DbError::Conflict)), "a pin of the old head must be decided again");
}

#[tokio::test]
async fn a_part_without_its_right_is_named_and_read_from_the_beginning_once_the_right_is_there() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    fake.change(|held| held.withheld.extend(["refunds", "activities", "account"]));
    let outcome = ground.sync(&shop, &fake).await.expect("the rest is synced");
    let parts: Vec<_> =
        outcome.withheld.iter().map(|withheld| (withheld.part.as_str(), withheld.api.as_str())).collect();
    assert_eq!(parts, [("退款", "api.refunds"), ("活动", "api.activities")]);
    assert_eq!(ground.mirror.head("test").await.expect("read").expect("there").withheld, outcome.withheld);

    fake.change(|held| {
        held.withheld.clear();
        held.now += TimeDelta::days(3);
    });
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    assert!(outcome.withheld.is_empty());
    assert_eq!(ground.mirror.all_refunds(&shop, outcome.generation).await.expect("refunds").len(), 5);

    fake.change(|held| held.withheld.insert("orders"));
    let failed = ground.sync(&shop, &fake).await.expect_err("without orders there is no shop");
    assert!(failed.to_string().contains("一个解决方案"), "{failed}");
}

#[tokio::test]
async fn the_rows_of_another_member_never_enter_the_shop() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    fake.change(|held| held.member = "b2b-2".into());
    let refused = ground.sync(&shop, &fake).await;
    assert!(matches!(refused, Err(SyncError::OtherMember { .. })), "{refused:?}");
    assert_eq!(fake.change(|held| held.calls), 1, "nothing else was read");
}

#[tokio::test]
async fn an_import_after_a_killed_sync_shows_none_of_its_rows() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let before = shown(&ground.mirror, &shop, 1).await;
    fake.change(|held| {
        held.now += TimeDelta::days(1);
        let now = held.now;
        held.orders.iter_mut().for_each(|order| (order.total, order.modified) = (Decimal::ONE, now));
        held.dies_at = Some(held.calls + 7);
    });
    ground.sync(&shop, &fake).await.expect_err("killed");
    let costs = "Offer ID,SKU ID,成本\n700000000001,,8.5\n".as_bytes();
    import(&shop, &ground.mirror, costs, &ground.clock).await.expect("imported");
    let head = ground.mirror.head("test").await.expect("read").expect("there");
    assert_eq!(ground.mirror.costs(&shop, head.generation).await.expect("costs").len(), 1);
    assert_eq!(shown(&ground.mirror, &shop, head.generation).await, before);
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    let orders = ground.mirror.all_orders(&shop, outcome.generation).await.expect("orders");
    assert_eq!(
        orders.iter().filter(|order| order.total == Decimal::ONE).count(),
        23,
        "what was thrown away came again"
    );
}

#[tokio::test]
async fn a_second_writer_fences_the_first_one_out() {
    let (ground, shop) = (Ground::new(), platform_shop());
    let mut first = ground.mirror.begin(&shop, Purpose::Sync).await.expect("begun");
    first.put(order(1, at("2026-11-20T10:00:00")), Origin::Sync).await.expect("put");
    first.commit(&1).await.expect("it is alone");
    // Another process, which knows nothing of the first one's lock.
    let mut second = Mirror::new(ground.db.clone()).begin(&shop, Purpose::Sync).await.expect("takes over");
    first.put(order(2, at("2026-11-20T10:00:00")), Origin::Sync).await.expect("put");
    assert!(matches!(first.commit(&2).await, Err(DbError::Conflict)), "two writers mixed their rows");
    assert_eq!(second.cursor::<u8>().expect("a number"), Some(1), "the second goes on where the first had stored");
    second.commit(&3).await.expect("it is alone now");
}

#[tokio::test]
async fn a_window_of_days_holds_exactly_the_orders_of_its_local_days() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::new("2026-11-23T09:00:00"));
    fake.change(|held| {
        let mut unpaid = order(1, at("2026-11-21T23:59:59"));
        unpaid.paid = None;
        held.orders = vec![unpaid, order(2, at("2026-11-22T00:00:00")), order(3, at("2026-11-22T23:59:59"))];
        // The same moment in another spelling still is a day of the shop's own calendar.
        let midnight = at("2026-11-23T00:00:00").with_timezone(&chrono::Utc).fixed_offset();
        held.orders.push(order(4, midnight));
    });
    ground.sync(&shop, &fake).await.expect("synced");
    let ids = |orders: Vec<xiaoer_sdk::shop::Order>| -> Vec<char> {
        orders.iter().filter_map(|o| o.id.chars().last()).collect()
    };
    let paid = async |generation, from, to| {
        let period = Period { from: day(from), to: day(to) };
        ids(ground.mirror.orders_paid(&shop, generation, period).await.expect("orders"))
    };
    assert_eq!(paid(1, "2026-11-22", "2026-11-22").await, ['2', '3']);
    assert_eq!(paid(1, "2026-11-20", "2026-11-21").await, [' '; 0]);
    let placed = Period::day(day("2026-11-21"));
    assert_eq!(
        ids(ground.mirror.orders_placed(&shop, 1, placed).await.expect("orders")),
        ['1', '2'],
        "2 was placed before midnight"
    );

    fake.change(|held| {
        held.now = at("2026-11-23T10:00:00");
        (held.orders[0].paid, held.orders[0].modified) = (Some(held.now), held.now);
    });
    ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(paid(2, "2026-11-23", "2026-11-23").await, ['4', '1'], "in the order of payment");
    assert_eq!(
        paid(1, "2026-11-23", "2026-11-23").await,
        ['4'],
        "the day's list names it now, but it was not paid then"
    );
}

#[tokio::test]
async fn two_shops_share_nothing() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    let other = xiaoer::shop::Shop { id: "tes".into(), ..platform_shop() };
    ground.sync(&shop, &fake).await.expect("synced");
    assert_eq!(ground.mirror.head("tes").await.expect("read"), None);
    let one = Fake::new("2026-11-23T09:00:00");
    one.change(|held| held.products = vec![product(1, held.now)]);
    let before = shown(&ground.mirror, &shop, 1).await;
    ground.sync(&other, &one).await.expect("synced");
    ground.mirror.sweep("tes").await.expect("swept");
    assert_eq!(shown(&ground.mirror, &shop, 1).await, before);
    assert_eq!(ground.mirror.products(&other, 1).await.expect("products").len(), 1);
    assert!(ground.mirror.all_orders(&other, 1).await.expect("orders").is_empty());
}
