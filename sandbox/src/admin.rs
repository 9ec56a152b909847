//! What a test or a demo turns: `/admin/*`. No such thing exists on the platform, so no method of it may depend on
//! this.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::{Clock, Moment};
use crate::faults::Fault;
use crate::journal::Entry;
use crate::methods::{Handler, METHODS};
use crate::wire::token;
use crate::world::Shop;
use crate::world::changes::{Change, NewOrder, NewRefund, Stage};
use crate::{Sandbox, state};

pub(crate) fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/clock", routing::get(clock).post(set_clock))
        .route("/codes", routing::post(issue_code))
        .route("/effects", routing::get(effects))
        .route("/faults", routing::post(add_fault).delete(clear_faults))
        .route("/methods", routing::get(methods))
        .route("/orders", routing::post(put_order))
        .route("/rights", routing::post(set_rights))
        .route("/tokens/revoke", routing::post(revoke_tokens))
}

type Shared = State<Arc<Sandbox>>;

/// A request that cannot be done, and why.
struct Refused(String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

type Done = Result<Json<Value>, Refused>;

async fn clock(State(sandbox): Shared) -> Json<Value> {
    Json(json!({ "now": sandbox.state().now().rfc3339() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    /// An instant at which the clock stands still; null gives it back to real time.
    now: Option<DateTime<FixedOffset>>,
}

async fn set_clock(State(sandbox): Shared, Json(wanted): Json<SetClock>) -> Done {
    let mut state = sandbox.state();
    let clock = wanted.now.map_or(Clock::Real, Clock::Fixed);
    if !state.world.advance(clock.now()) {
        return Err(Refused("that is too far ahead of the sandbox's shops".to_owned()));
    }
    state.clock = clock;
    Ok(Json(json!({ "now": state.now().rfc3339() })))
}

async fn effects(State(sandbox): Shared) -> Json<Value> {
    Json(json!({ "effects": sandbox.state().ledger.rows() }))
}

async fn methods(State(sandbox): Shared) -> Json<Value> {
    let state = sandbox.state();
    let list: Vec<Value> = METHODS
        .iter()
        .map(|method| {
            json!({
                "namespace": method.namespace,
                "name": method.name,
                "right": method.right,
                "withheld": state.withheld.contains(method.name),
                "token": matches!(method.handler, Handler::Shop(_)),
                "signed": method.signed,
                "required": method.required,
            })
        })
        .collect();
    Json(json!({ "methods": list }))
}

async fn add_fault(State(sandbox): Shared, Json(fault): Json<Fault>) -> Json<Value> {
    sandbox.state().faults.add(fault);
    Json(json!({ "ok": true }))
}

async fn clear_faults(State(sandbox): Shared) -> Json<Value> {
    sandbox.state().faults.clear();
    Json(json!({ "ok": true }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rights {
    withheld: Vec<String>,
}

async fn set_rights(State(sandbox): Shared, Json(rights): Json<Rights>) -> Done {
    if let Some(unknown) = rights.withheld.iter().find(|name| METHODS.iter().all(|method| method.name != **name)) {
        return Err(Refused(format!("no method named {unknown}")));
    }
    sandbox.state().withheld = rights.withheld.into_iter().collect();
    Ok(Json(json!({ "ok": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfShop {
    shop: String,
}

/// The code that the authorize page would hand to the callback.
async fn issue_code(State(sandbox): Shared, Json(of): Json<OfShop>) -> Done {
    let state = sandbox.state();
    let shop = state.world.shop(&of.shop).ok_or_else(|| Refused(format!("no shop named {}", of.shop)))?;
    let code = token::mint(&state.app.secret, token::Kind::Code, shop, Some(state.now()));
    Ok(Json(json!({ "code": code })))
}

/// Ends all access tokens of a shop at once; refresh tokens live on.
async fn revoke_tokens(State(sandbox): Shared, Json(of): Json<OfShop>) -> Done {
    let mut state = sandbox.state();
    let generation = state.world.shop(&of.shop).map_or(0, |shop| shop.generation) + 1;
    keep(&mut state, of.shop, Change::TokensRevoked { generation })?;
    Ok(Json(json!({ "ok": true })))
}

/// An order or a refund to put into a shop, exactly one of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    shop: String,
    order: Option<PutOrder>,
    refund: Option<PutRefund>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutOrder {
    /// A buyer's number; 0 is the shop's best customer.
    #[serde(default)]
    buyer: usize,
    placed: Option<DateTime<FixedOffset>>,
    #[serde(default)]
    stage: Stage,
    product: String,
    spec: Option<String>,
    quantity: i64,
    /// Fen a piece.
    price_fen: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutRefund {
    order: String,
    amount_fen: i64,
    #[serde(default)]
    goods_back: bool,
    #[serde(default)]
    after_sale: bool,
    applied: Option<DateTime<FixedOffset>>,
    deadline: Option<DateTime<FixedOffset>>,
}

async fn put_order(State(sandbox): Shared, Json(put): Json<Put>) -> Done {
    let mut state = sandbox.state();
    let now = state.now();
    let instant = |at: Option<DateTime<FixedOffset>>| at.map(|at| Moment(at.timestamp_millis()));
    let id = |text: &str| text.parse::<i64>().map_err(|_| Refused(format!("{text} is not an id")));
    let number = state.world.shop(&put.shop).map_or(0, objects);
    let change = match (put.order, put.refund) {
        (Some(order), None) => Change::Order(NewOrder {
            number,
            buyer: order.buyer,
            placed: instant(order.placed).unwrap_or(now),
            stage: order.stage,
            product: id(&order.product)?,
            spec: order.spec,
            quantity: order.quantity,
            price: order.price_fen,
        }),
        (None, Some(refund)) => {
            let applied = instant(refund.applied).unwrap_or(now);
            Change::Refund(NewRefund {
                number,
                order: id(&refund.order)?,
                amount: refund.amount_fen,
                only_refund: !refund.goods_back,
                in_sale: !refund.after_sale,
                applied,
                deadline: instant(refund.deadline).unwrap_or(applied.plus_days(5)),
            })
        }
        _ => return Err(Refused("give exactly one of order and refund".to_owned())),
    };
    let added = state.world.shop(&put.shop).and_then(|shop| shop.number_of(&change));
    keep(&mut state, put.shop, change)?;
    Ok(Json(json!({ "id": added })))
}

/// How many orders and refunds a shop has.
fn objects(shop: &Shop) -> i64 {
    let refunds = shop.orders.iter().filter(|order| order.refund.is_some()).count();
    i64::try_from(shop.orders.len() + refunds).unwrap_or(0)
}

fn keep(state: &mut state::State, shop: String, change: Change) -> Result<(), Refused> {
    let at = state.now();
    state.write(&Entry { at, shop, change, effect: None }).map_err(|error| Refused(error.to_string()))
}
