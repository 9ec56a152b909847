//! A plugin that starts by itself, in a shop where things happen.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::json;
use xiaoer::app::App;
use xiaoer::run::{Run, Trigger};
use xiaoer::shop::{Link, Shop};
use xiaoer_sdk::Event;

use super::stand::Stand;

/// What the plugin does unless a story says otherwise.
const SEEN: &str = "export async function run(cx) { return cx.report('看到了'); }\n";

impl Stand {
    /// With the plugin `watch`, which wishes for this and has it granted, and was seen once.
    pub(crate) async fn watching(tools: &str) -> Self {
        let stand = Self::quiet().await;
        stand.hire(tools).await;
        assert_eq!(stand.look().await, 0, "a grant starts from now");
        stand
    }

    /// With a shop in which nothing is under way any more: what happens from now on, a story makes happen.
    pub(crate) async fn quiet() -> Self {
        let stand = Self::new("").await;
        stand.later(3 * 24 * 60).await;
        stand.sync().await;
        stand
    }

    /// The same over a shop of files in a zone, with some old orders.
    pub(crate) async fn watching_files(tools: &str, zone: Tz) -> Self {
        let mut stand = Self::new("").await;
        let (id, name, industry) = ("files".to_owned(), "文件店铺".to_owned(), xiaoer_growth::Industry::Consumer);
        stand.shop = Shop { id, name, zone, industry, link: Link::Files };
        stand.app.shops.register(&stand.shop).await.expect("registered");
        stand.import(&["2026-11-01 10:00:00,order,first"]).await;
        stand.hire(tools).await;
        assert_eq!(stand.look().await, 0, "a grant starts from now");
        stand
    }

    /// Installs `watch` and grants it.
    pub(crate) async fn hire(&self, tools: &str) {
        self.install(&self.folder("watch", "1.0.0", tools, SEEN)).await;
        self.grant("watch").await;
    }

    pub(crate) async fn withdraw(&self) {
        self.office.post(&self.at("plugins/watch/withdraw"), json!({})).await;
    }

    /// Looks once what happened, and says how many runs that started.
    pub(crate) async fn look(&self) -> usize {
        look(&self.app, self.world.clock.now()).await
    }

    /// Time passes, here and at the platform.
    pub(crate) async fn later(&self, minutes: i64) {
        self.it_is(self.world.clock.now() + TimeDelta::minutes(minutes)).await;
    }

    /// Moves the time, here and at the platform.
    pub(crate) async fn it_is(&self, now: DateTime<Utc>) {
        self.world.clock.set(now);
        self.world.admin("clock", json!({ "now": now })).await;
    }

    /// Somebody orders at the platform; `waitbuyerpay` or `waitsellersend`.
    pub(crate) async fn buy(&self, stage: &str) -> String {
        let generation = self.app.mirror.generation(&self.shop.id).await.expect("read");
        let product = self.app.mirror.products(&self.shop, generation).await.expect("products").remove(0);
        let spec = product.skus.first().map(|sku| sku.id.clone());
        let order = json!({ "product": product.id, "spec": spec, "quantity": 3, "stage": stage });
        let put = self.world.admin("orders", json!({ "shop": self.shop.name, "order": order })).await;
        put["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn sync(&self) {
        self.app.upkeep.sync(&self.shop).await.expect("a sync");
    }

    /// Lines of a ledger: time, kind and id.
    pub(crate) async fn import<T: AsRef<str>>(&self, lines: &[T]) {
        let mut ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n".to_owned();
        for line in lines {
            ledger.push_str(&format!("{},某某,12.00,0,0,1,\n", line.as_ref()));
        }
        self.office.import(&self.shop.id, &ledger).await;
    }

    /// Runs that events started, the oldest first, each with what it was told.
    pub(crate) async fn started(&self) -> Vec<(Run, Vec<Event>)> {
        let mut runs = self.app.runs.list(&self.shop.id, 1000).await.expect("runs");
        runs.reverse();
        let of_event = |run: Run| match run.trigger.clone() {
            Trigger::Event { events } => Some((run, events)),
            _ => None,
        };
        runs.into_iter().filter_map(of_event).collect()
    }

    /// The ids that its runs were told, run by run.
    pub(crate) async fn told_ids(&self) -> Vec<Vec<String>> {
        let ids = |(_, events): (Run, Vec<Event>)| events.into_iter().map(|event| event.id).collect();
        self.started().await.into_iter().map(ids).collect()
    }
}

/// Looks once what happened in an app.
pub(crate) async fn look(app: &App, now: DateTime<Utc>) -> usize {
    app.lookout.look(now).await.expect("a look")
}
