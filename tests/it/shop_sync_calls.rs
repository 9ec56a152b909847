//! What a sync costs in calls of the platform, counted by the stand-in itself.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_shop_costs_a_handful_of_calls_and_the_daily_pass_its_products() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    let cost = async || {
        let before = world.sandbox.calls();
        app.upkeep.sync(&shop).await.expect("a sync");
        world.sandbox.calls() - before
    };
    let activities = {
        let generation = app.mirror.generation("test").await.expect("read");
        u64::try_from(app.mirror.activities(&shop, generation).await.expect("activities").len()).expect("few")
    };
    // Account, time, orders, refunds, products: one page each. Activities: two lists, the time, and who is in each.
    let quiet = 5 + 3 + activities;
    assert_eq!(cost().await, quiet, "nothing happened since the last sync");

    let later = crate::support::now() + TimeDelta::minutes(30);
    world.clock.set(later.to_utc());
    world.admin("clock", json!({ "now": later })).await;
    assert!(cost().await <= quiet + 2, "half an hour of trade is a page more at most");

    let tomorrow = later + TimeDelta::days(1);
    world.clock.set(tomorrow.to_utc());
    world.admin("clock", json!({ "now": tomorrow })).await;
    let generation = app.mirror.generation("test").await.expect("read");
    let products = u64::try_from(app.mirror.products(&shop, generation).await.expect("products").len()).expect("few");
    let daily = cost().await;
    // The day's changed orders and refunds, the archive, and every page of the products.
    assert!(daily <= quiet + 1 + products.div_ceil(20) + 14, "{daily} calls for a shop of {products} products");
}
