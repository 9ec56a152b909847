//! Two shops at once: a slow one holds up nobody, and rows go where they belong.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use xiaoer::shop::{Connect, Platform, Shop, ShopError};
use xiaoer::upkeep::Upkeep;

use crate::shop_world::{Fake, order, platform_shop};
use crate::support::World;

/// Platforms by shop; one of them never answers.
struct Reach {
    platforms: BTreeMap<String, Arc<Fake>>,
    silent: &'static str,
}

#[async_trait::async_trait]
impl Connect for Reach {
    async fn platform(&self, shop: &Shop) -> Result<Arc<dyn Platform>, ShopError> {
        if shop.id == self.silent {
            std::future::pending::<()>().await;
        }
        Ok(Arc::clone(&self.platforms[&shop.id]) as Arc<dyn Platform>)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_does_not_answer_holds_up_no_other_and_rows_of_two_shops_do_not_mix() {
    let world = World::new().await;
    let app = world.app(world.db());
    let names = ["a", "b", "c", "d", "e", "slow"];
    let mut platforms = BTreeMap::new();
    for (number, id) in (0..).zip(names) {
        let fake = Fake::new("2026-11-23T09:00:00");
        fake.change(|held| held.orders = (0..30).map(|n| order(number * 100 + n, held.now)).collect());
        platforms.insert(id.to_owned(), Arc::new(fake));
        app.shops.register(&Shop { id: id.into(), ..platform_shop() }).await.expect("registered");
    }
    let reach = Arc::new(Reach { platforms, silent: "slow" });
    let upkeep = Upkeep::new(
        (world.clock.clone(), app.bell.clone()),
        (app.shops.clone(), app.mirror.clone()),
        Arc::clone(&reach) as Arc<dyn Connect>,
        app.desk.clone(),
    );
    let all_twice = async {
        // Shops sync again and again while the slow one waits.
        while names[..5].iter().any(|id| reach.platforms[*id].change(|held| held.calls) < 25) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let worked = tokio::time::timeout(Duration::from_secs(30), upkeep.work(Duration::from_millis(20), all_twice)).await;
    assert!(worked.is_ok(), "the others wait for the slow one");
    for (number, id) in (0..).zip(&names[..5]) {
        let shop = Shop { id: (*id).into(), ..platform_shop() };
        let orders = app.mirror.all_orders(&shop, 1).await.expect("orders");
        let wanted: Vec<String> = (0..30).map(|n| order(number * 100 + n, world_now()).id).collect();
        assert_eq!(orders.iter().map(|order| order.id.clone()).collect::<Vec<_>>(), wanted, "shop {id}");
    }
    assert_eq!(app.mirror.head("slow").await.expect("read"), None);
}

fn world_now() -> xiaoer_sdk::shop::Time {
    crate::shop_world::at("2026-11-23T09:00:00")
}
