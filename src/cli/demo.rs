//! `xiaoer demo`: two shops of the sandbox, served on real loopback ports, and everything else as in `serve`. No key is needed.
//!
//! What a report shows came over the wire, with signature and paging, like a real shop's. Only what no API gives (which orders
//! 数字营销 brought, costs, traffic) enters as the files that a merchant would hand over, and what levers cost as the form that one would
//! fill in.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::DateTime;
use tokio::net::TcpListener;
use xiaoer::app::App;
use xiaoer::score::Business;
use xiaoer::shop::import::{Handed, import};
use xiaoer::shop::{Link, Shop};
use xiaoer_sandbox::{Clock, Industry, Options, Sandbox, ShopInfo, ShopSource};
use xiaoer_sdk::growth;

use super::args::Listen;
use super::local::{self, Place};
use super::log::say;

/// Ten days of real wholesale orders (UCI Online Retail, CC0), laid out as a 1688 order export.
const REAL_ORDERS: &[u8] = include_bytes!("../../tests/fixtures/order-export-2011-05.xlsx");
/// The morning after the last of them.
const REAL_NOW: &str = "2011-05-11T09:00:00+08:00";

/// What the demo shop's merchant knows of the business: without costs no plan can be made.
const BUSINESS: &str = r#"{
    "fee_per_mille": 6,
    "shipping_per_order": "9",
    "levers": [
        {"lever": "promotion_buyers", "unit_cost": "30"},
        {"lever": "win_back", "unit_cost": "18"},
        {"lever": "repeat_order", "unit_cost": "12"},
        {"lever": "scene_turnover", "unit_cost": "25"},
        {"lever": "fewer_refunds", "unit_cost": "8"},
        {"lever": "ladder_price", "unit_cost": "40"},
        {"lever": "minimum_order", "unit_cost": "3"}
    ]
}"#;

pub(super) async fn run(place: Place, listen: Listen) -> anyhow::Result<()> {
    let generated =
        ShopSource::Generated { name: "演示店铺".into(), seed: 1688, days: 120, industry: Industry::Consumer };
    let real = ShopSource::OrderExport { name: "真实样例".into(), bytes: REAL_ORDERS.to_vec() };
    let real_now = Clock::Fixed(DateTime::parse_from_rfc3339(REAL_NOW).context("the sample's time")?);

    let opened = place.open()?;
    let state = place.data.join("sandbox");
    let demo = stand_up(generated, Clock::Real, &state.join("demo")).await?;
    register(&opened.app, "demo", &demo).await?;
    let sample = stand_up(real, real_now, &state.join("sample")).await?;
    register(&opened.app, "sample", &sample).await?;

    let app = Arc::clone(&opened.app);
    tokio::spawn(async move {
        if let Err(error) = fill(&app, &demo).await {
            tracing::error!(error = format!("{error:#}"), "the demo shop could not be filled");
        }
    });
    local::serve(opened, listen.listen, |presence| {
        say("小二演示已启动：两个演示店铺，不需要任何密钥。");
        say(&format!("请打开 http://{}/login?token={}", presence.address, presence.token));
    })
    .await
}

/// A sandbox with one shop, on a port of its own: the sample lives in its own time.
struct Standing {
    sandbox: Arc<Sandbox>,
    address: SocketAddr,
    app: (String, String),
}

async fn stand_up(shop: ShopSource, clock: Clock, state: &Path) -> anyhow::Result<Standing> {
    let options = Options { shops: vec![shop], clock, state_dir: Some(state.to_path_buf()), ..Options::default() };
    let app = (options.app_key.clone(), options.app_secret.clone());
    let sandbox = tokio::task::spawn_blocking(move || Sandbox::open(options)).await??;
    let sandbox = Arc::new(sandbox);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no loopback port is free")?;
    let address = listener.local_addr()?;
    tokio::spawn(Arc::clone(&sandbox).serve(listener, std::future::pending()));
    Ok(Standing { sandbox, address, app })
}

/// The port is new at every start, so the shop is registered anew; its data stays.
async fn register(app: &App, id: &str, standing: &Standing) -> anyhow::Result<()> {
    let info: &ShopInfo = standing.sandbox.shops().first().context("the sandbox has a shop")?;
    let base = format!("http://{}", standing.address);
    let secret = app.secrets.keep(id, "app_secret", &standing.app.1).await?;
    let token = app.secrets.keep(id, "access_token", &info.access_token).await?;
    let link = Link::Alibaba {
        gateway: base.clone(),
        pictures: base,
        app_key: standing.app.0.clone(),
        secret,
        token,
        member_id: info.member_id.clone(),
    };
    let shop = Shop {
        id: id.into(),
        name: info.name.clone(),
        zone: chrono_tz::Asia::Shanghai,
        industry: growth::Industry::Consumer,
        link,
    };
    app.shops.register(&shop).await?;
    Ok(())
}

/// Hands over the merchant's files once the first sync has brought the orders that they are about.
async fn fill(app: &App, standing: &Standing) -> anyhow::Result<()> {
    for shop in app.shops.list().await? {
        app.upkeep.sync(&shop).await?;
    }
    let shop = app.shops.get("demo").await?.context("the demo shop is registered")?;
    for (name, bytes) in standing.sandbox.merchant_files(&shop.name) {
        let file = Handed { name: &name, by: "演示", bytes: &bytes, seen: None };
        let done = import(&shop, &app.mirror, file, &app.clock).await.with_context(|| name.clone())?;
        tracing::info!(file = name, rows = done.rows, "imported");
    }
    // Never over what somebody has typed in meanwhile.
    if app.scorer.business(&shop.id).await? == Business::default() {
        let business = serde_json::from_str(BUSINESS).context("the demo's business figures")?;
        app.scorer.keep_business(&shop.id, business, app.clock.now_in(shop.zone).date_naive()).await?;
    }
    Ok(())
}
