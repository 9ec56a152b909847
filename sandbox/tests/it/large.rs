//! A shop of hundreds of thousands of orders: listed in full, page by page, without waiting.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use xiaoer_sandbox::{Industry, Options, ShopSource};

use crate::rig::{ORDERS, Rig, TRADE, options};

async fn large(days: u32) -> Rig {
    let source = ShopSource::Large {
        name: "演示店铺".to_owned(),
        seed: 1688,
        days,
        industry: Industry::Consumer,
        orders_a_day: 500,
    };
    Rig::with(Options { shops: vec![source], ..options() }).await
}

#[tokio::test]
async fn a_large_shop_has_the_asked_trade_and_any_week_of_changes_is_walked_without_a_gap() {
    let rig = large(30).await;
    let total = rig.call(TRADE, ORDERS, &[]).await["totalRecord"].as_u64().expect("a total");
    assert!((13_500..17_000).contains(&total), "{total} orders in 30 days of 500");

    let window = [("modifyStartTime", "20261120000000000+0800"), ("modifyEndTime", "20261121120000000+0800")];
    let changed = rig.orders(&window).await;
    let ids: HashSet<&str> = changed.iter().filter_map(|order| order["baseInfo"]["idOfStr"].as_str()).collect();
    assert_eq!(ids.len(), changed.len(), "an order came twice");
    assert!(changed.len() > 500, "{} changed", changed.len());
    // The complement, found the slow way round: what was last changed before or after.
    let count = async |fields: &[(&str, &str)]| rig.call(TRADE, ORDERS, fields).await["totalRecord"].as_u64();
    let before = count(&[("modifyEndTime", "20261119235959999+0800")]).await.expect("a total");
    let after = count(&[("modifyStartTime", "20261121120000001+0800")]).await.expect("a total");
    assert_eq!(before + changed.len() as u64 + after, total);

    // What is remembered of a list must not outlive what happens to the shop.
    rig.set_clock("2026-11-23T16:00:00+08:00").await;
    assert!(count(&[]).await.expect("a total") > total);
    assert!(count(&window).await.expect("a total") < changed.len() as u64, "some have changed once more");
    rig.set_clock("2026-11-23T10:00:00+08:00").await;
    assert_eq!(count(&[]).await, Some(total));
}

#[tokio::test]
#[ignore = "measures 200,000 orders; run it in a release build"]
async fn two_hundred_thousand_orders_open_in_seconds_and_a_page_takes_a_moment() {
    let start = Instant::now();
    let rig = large(400).await;
    eprintln!("opened in {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(5));
    for (what, window) in [("all", None), ("a day", Some(("modifyStartTime", "20261001000000000+0800")))] {
        let start = Instant::now();
        for page in 1..=200 {
            let page = page.to_string();
            let mut fields = vec![("page", page.as_str()), ("modifyEndTime", "20261002000000000+0800")];
            fields.extend(window);
            rig.call_raw(TRADE, ORDERS, &fields).await;
            if page == "1" {
                eprintln!("{what}: the first page took {:?}", start.elapsed());
            }
        }
        eprintln!("{what}: {:?} a page, with signing and HTTP", start.elapsed() / 200);
        assert!(start.elapsed() < Duration::from_secs(4), "{what}");
    }
}
