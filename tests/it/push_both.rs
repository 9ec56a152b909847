//! The sandbox pushes by itself and the product listens, over real ports: neither side knows the other's code.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;
use xiaoer::app::App;
use xiaoer::shop::Shop;

use crate::support::World;

/// Puts an order into the sandbox's shop and gives its id.
async fn buy(world: &World, app: &App, shop: &Shop) -> String {
    let generation = app.mirror.generation(&shop.id).await.expect("read");
    let product = app.mirror.products(shop, generation).await.expect("products").remove(0);
    let spec = product.skus.first().map(|sku| sku.id.clone());
    let order = json!({ "product": product.id, "spec": spec, "quantity": 3, "stage": "waitsellersend" });
    let put = world.admin("orders", json!({ "shop": shop.name, "order": order })).await;
    put["id"].as_str().expect("an id").to_owned()
}

async fn shows(app: &App, shop: &Shop, order: &str, within: Duration) {
    let started = Instant::now();
    loop {
        let generation = app.mirror.generation(&shop.id).await.expect("read");
        if app.mirror.order(shop, generation, order).await.expect("read").is_some() {
            return;
        }
        assert!(started.elapsed() < within, "order {order} is not in the mirror after {within:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_in_the_shop_is_pushed_taken_and_shown_and_what_was_missed_is_asked_for() {
    let world = World::with(|options| options.clock = xiaoer_sandbox::Clock::Fixed(crate::support::now())).await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let url = format!("http://{}/push/alibaba/1000000", listener.local_addr().expect("its address"));
    let router = xiaoer::web::router(Arc::clone(&app), "0123456789abcdef0123456789abcdef01234567".into());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let working = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.pushes.work(std::future::pending()).await }
    });

    let push = |url: &str| json!({ "url": url, "duplicates": 1 });
    world.admin("push", push(&url)).await;
    let order = buy(&world, &app, &shop).await;
    shows(&app, &shop, &order, Duration::from_secs(5)).await;

    // Nobody listens for a while; the platform keeps the messages.
    world.admin("push", json!({ "url": null })).await;
    serving.abort();
    let missed = buy(&world, &app, &shop).await;
    app.pushes.replay(&shop).await.expect("asked for");
    shows(&app, &shop, &missed, Duration::from_secs(5)).await;
    working.abort();
}
