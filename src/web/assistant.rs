//! What an assistant's token opens: THE list, and whether a request is on it. Everything else is closed to it, also a route that is added
//! tomorrow. Whatever decides, installs, grants, changes settings, hands out files or makes tokens is never put on the list.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};

use super::error::Problem;
use crate::assistant::Assistant;
use crate::shop::Shop;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// Whoever has the console's token.
    Owner,
    /// Somebody else's assistant.
    Assistant(Assistant),
}

/// THE list: methods and the routes that they open. A `{shop}` is one of the token's own, or it is not found.
const MAY: [(&[Method], &str); 9] = [
    (&[Method::GET, Method::POST, Method::DELETE], crate::mcp::http::PATH),
    (&[Method::GET], "/api/shops"),
    (&[Method::GET], "/api/skills"),
    (&[Method::GET, Method::POST], "/api/shops/{shop}/runs"),
    (&[Method::GET], "/api/shops/{shop}/runs/{run}"),
    (&[Method::GET], "/api/shops/{shop}/runs/{run}/lines"),
    // Its own runs only: the handler looks at what set a run off.
    (&[Method::POST], "/api/shops/{shop}/runs/{run}/cancel"),
    (&[Method::GET], "/api/shops/{shop}/actions"),
    (&[Method::GET], "/api/shops/{shop}/score"),
];

impl Who {
    /// Whether they may ask in a shop.
    pub(crate) fn is_in(&self, shop: &str) -> bool {
        match self {
            Self::Owner => true,
            Self::Assistant(assistant) => assistant.is_in(shop),
        }
    }

    /// Of these shops the ones that are theirs to see.
    pub(crate) fn among(&self, mut shops: Vec<Shop>) -> Vec<Shop> {
        shops.retain(|shop| self.is_in(&shop.id));
        shops
    }
}

/// Why a request of an assistant goes no further; none where it may.
pub(crate) fn closed(assistant: &Assistant, request: &Request) -> Option<Problem> {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    if !MAY.iter().any(|(methods, path)| *path == route && methods.contains(request.method())) {
        let why = "这是 AI 助手的令牌，只能查看、运行技能和取消自己的运行；这件事请商家本人在控制台做";
        return Some(Problem::new(StatusCode::FORBIDDEN, why));
    }
    // As it is written: an id in another spelling is nobody's.
    let parts = route.split('/').zip(request.uri().path().split('/'));
    let mut shops = parts.filter(|(name, _)| *name == "{shop}").map(|(_, id)| id);
    shops.find(|shop| !assistant.is_in(shop)).map(|shop| Problem::not_found(&format!("店铺“{shop}”")))
}
