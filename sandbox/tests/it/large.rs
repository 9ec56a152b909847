//! A shop of hundreds of thousands of orders: listed in full, page by page, without waiting.

use std::collections::HashSet;

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
