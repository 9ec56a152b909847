//! `xiaoer sandbox`: the stand-in for the open platform alone, for authors and for other people's clients.

use std::future::pending;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use xiaoer_sandbox::{Clock, Industry, Options, Sandbox, ShopSource};

use super::args::SandboxOptions;
use super::local::Place;
use super::log::say;

pub(super) async fn run(place: Place, wish: SandboxOptions) -> anyhow::Result<()> {
    let mut options = Options { state_dir: Some(place.data.join("sandbox")), clock: Clock::Real, ..Options::default() };
    options.shops = vec![ShopSource::Generated {
        name: "演示店铺".into(),
        seed: wish.seed,
        days: 120,
        industry: Industry::Consumer,
    }];
    options.withheld.extend(wish.withhold);
    let (key, secret) = (options.app_key.clone(), options.app_secret.clone());
    let sandbox = Arc::new(Sandbox::open(options)?);
    let listener = TcpListener::bind(wish.listen).await.with_context(|| format!("cannot listen on {}", wish.listen))?;
    say(&format!("1688 open platform sandbox at http://{}  app key {key}  secret {secret}", listener.local_addr()?));
    for shop in sandbox.shops() {
        say(&format!("  {}  memberId {}  access_token {}", shop.name, shop.member_id, shop.access_token));
    }
    let serving = sandbox.serve(listener, pending());
    tokio::select! {
        served = serving => Ok(served?),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
