//! Stories at the edge: requests in, answers out, over a whole app with two shops that live from files.

mod access;
mod answers;
mod assistants;
mod imports;
mod opened;
mod plans;
mod tenants;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use chrono::{DateTime, Utc};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;
use xiaoer_sdk::growth::Industry;

use crate::app::{App, Parts, open_db};
use crate::clock::Clock;
use crate::config::{Env, Loaded};
use crate::shop::{Link, Shop};

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
/// A shop whose name tries to be markup.
const HOSTILE: &str = "<script>alert(1)</script>";

struct World {
    app: Arc<App>,
    router: Router,
    _dir: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl World {
    /// Two shops, `one` and `two`, each with its own orders.
    async fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let now: DateTime<Utc> = "2026-11-23T01:15:00Z".parse().expect("a time");
        let parts = Parts {
            loaded: Loaded::read(None, dir.path(), &Env::default()).expect("settings"),
            data: dir.path().to_path_buf(),
            clock: Clock::standing_at(now),
            db: open_db(dir.path()).expect("a database").0,
            skills: xiaoer_skills::all(),
            env: Env::default(),
        };
        let app = App::build(parts).expect("an app");
        let router = super::router(Arc::clone(&app), TOKEN.into());
        let world = Self { app, router, _dir: dir };
        for (id, name) in [("one", "第一家店"), ("two", HOSTILE)] {
            let shop = Shop {
                id: id.into(),
                name: name.into(),
                zone: chrono_tz::Asia::Shanghai,
                industry: Industry::Consumer,
                link: Link::Files,
            };
            world.app.shops.register(&shop).await.expect("registered");
            let imported = world.post_bytes(&format!("/api/shops/{id}/import"), orders(id)).await;
            assert_eq!(imported.status, StatusCode::OK, "{}", imported.text);
        }
        world
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(with_token(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let request = with_token(Method::POST, path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        self.send(with_token(Method::POST, path).body(Body::from(body)).expect("a request")).await
    }

    /// Runs a skill to its end and gives the run's id.
    async fn run(&self, shop: &str, skill: &str) -> String {
        let run = self.post(&format!("/api/shops/{shop}/runs"), serde_json::json!({ "skill": skill })).await;
        assert_eq!(run.status, StatusCode::CREATED, "{}", run.text);
        while self.app.worker.step().await.expect("a step") {}
        run.json()["id"].as_str().expect("an id").to_owned()
    }
}

fn with_token(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:1")
        .header("authorization", format!("Bearer {TOKEN}"))
}

/// An order export of a shop: twenty days, one buyer a day, a title that any optimizer would want to change.
fn orders(shop: &str) -> Vec<u8> {
    let mut text =
        "订单编号,买家会员名,实付款,订单状态,订单创建时间,订单付款时间,货品标题,单价,数量,Offer ID\n".to_owned();
    for day in 1..=20 {
        text.push_str(&format!(
            "{shop}-{day},buyer{day},100.00,交易成功,2026-11-{day:02} 10:00:00,2026-11-{day:02} 10:05:00,\
             {shop}商品 全网最低!!!★★,10.00,10,7000{day}\n"
        ));
    }
    text.into_bytes()
}

/// Every path of the list of routes, as it is written there.
fn paths() -> Vec<&'static str> {
    let list = include_str!("../mod.rs");
    let found: Vec<_> = list.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(found.len() > 25, "the list of routes was not found");
    found
}
