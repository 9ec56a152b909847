//! A shop of fixed rows, answered at once: what is measured is the way to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::sync::Semaphore;
use xiaoer_sdk::shop::{Order, Product, ShopCard};
use xiaoer_sdk::{Answer, Asked, Call, CallError, Context, Generator, Host, Input, Pin, async_trait};

const NOW: &str = "2026-11-23T09:15:00+08:00";

/// Three products, thirty orders.
pub(crate) struct Shopkeeper {
    products: Vec<Product>,
    orders: Vec<Order>,
}

impl Shopkeeper {
    pub(crate) fn new() -> Self {
        let products = [3, 7, 4_000].into_iter().enumerate().map(|(n, stock)| {
            let row = json!({ "id": id(n), "title": "保温杯 500ml 不锈钢", "on_sale": true, "category": "杯子",
                "attributes": [["材质", "不锈钢"]], "pictures": [], "prices": [[1, "12.50"]], "min_order": 1, "stock": stock,
                "skus": [], "sold": 200, "modified": "2026-11-20T10:00:00+08:00" });
            serde_json::from_value(row).expect("a product")
        });
        let orders = (0..30).map(|n| {
            let row = json!({ "id": format!("29000000000000{n:05}"), "buyer": format!("b{}", n % 7), "status": "success",
                "sample": false, "created": "2026-11-20T09:00:00+08:00", "paid": "2026-11-20T10:00:00+08:00",
                "modified": "2026-11-20T10:00:00+08:00", "total": "125.00", "freight": "0", "marketing": null, "scene": null,
                "valid": true, "lines": [{ "product": id(n % 3), "sku": null, "title": "保温杯 500ml 不锈钢", "quantity": "10",
                "amount": "125.00" }] });
            serde_json::from_value(row).expect("an order")
        });
        Self { products: products.collect(), orders: orders.collect() }
    }
}

fn id(n: usize) -> String {
    format!("6100000000000{n:05}")
}

#[async_trait]
impl Host for Shopkeeper {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        Ok(match call {
            Call::Products => Answer::Products(self.products.clone()),
            Call::OrdersPaid { .. } => Answer::Orders(self.orders.clone()),
            Call::Ask(_) => {
                let value = json!("有规格快卖完了，先补货。");
                Answer::Asked(Asked { value, generator: Generator::Template { why: None } })
            }
            Call::Progress { .. } => Answer::Done,
            other => return Err(CallError::Denied { what: format!("{other:?}") }),
        })
    }
}

/// The same shop, whose model answers nobody until all have come.
pub(crate) struct Crowd {
    shop: Shopkeeper,
    all: usize,
    waiting: AtomicUsize,
    here: Semaphore,
    go: Semaphore,
}

impl Crowd {
    pub(crate) fn new(all: usize) -> Self {
        let (here, go) = (Semaphore::new(0), Semaphore::new(0));
        Self { shop: Shopkeeper::new(), all, waiting: AtomicUsize::new(0), here, go }
    }

    /// Until all are here.
    pub(crate) async fn gathered(&self) {
        let _all = self.here.acquire().await;
    }

    pub(crate) fn release(&self) {
        self.go.add_permits(self.all);
    }
}

#[async_trait]
impl Host for Crowd {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        if matches!(call, Call::Ask(_)) {
            if self.waiting.fetch_add(1, Ordering::Relaxed) + 1 == self.all {
                self.here.add_permits(1);
            }
            let _go = self.go.acquire().await;
        }
        self.shop.call(call).await
    }
}

pub(crate) fn context(host: Arc<dyn Host>) -> Context {
    let shop = ShopCard { id: "s1".into(), name: "小店".into(), industry: xiaoer_growth::Industry::Consumer };
    let (as_of, now) = ("2026-11-22".parse().expect("a day"), NOW.parse().expect("a time"));
    Context::new(Pin { shop, as_of, now, events: Vec::new() }, host)
}

pub(crate) fn input() -> Input {
    let values = json!({ "days": "7", "cover": "30" });
    serde_json::from_value(values).expect("a form's values")
}
