//! What a test turns at the gateway: rights, faults, tokens, the told time, messages.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Done, Refused, Shared, keep};
use crate::clock::Clock;
use crate::faults::{Fault, FaultSchedule};
use crate::methods::METHODS;
use crate::oauth;
use crate::push::PushOptions;
use crate::rights::{EVERYTHING, Rights};
use crate::world::changes::Change;

pub(super) async fn add_fault(State(sandbox): Shared, Json(fault): Json<Fault>) -> Done {
    named(fault.method.iter())?;
    sandbox.state().faults.add(fault);
    done()
}

/// Forgets what waits and the schedule.
pub(super) async fn clear_faults(State(sandbox): Shared) -> Done {
    sandbox.state().faults.clear();
    done()
}

/// A schedule in place of the last one; null ends it.
pub(super) async fn plan_faults(State(sandbox): Shared, Json(schedule): Json<Option<FaultSchedule>>) -> Done {
    named(schedule.iter().flat_map(|schedule| &schedule.methods))?;
    sandbox.state().faults.plan(schedule);
    done()
}

/// What the app has from now on, all of it: without `solutions` it has every one, so `withheld` alone is what it lacks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRights {
    solutions: Option<Vec<String>>,
    #[serde(default)]
    granted: Vec<String>,
    #[serde(default)]
    withheld: Vec<String>,
}

pub(super) async fn set_rights(State(sandbox): Shared, Json(new): Json<NewRights>) -> Done {
    named(new.granted.iter().chain(&new.withheld))?;
    let solutions = new.solutions.unwrap_or_else(|| vec![EVERYTHING.to_owned()]);
    let rights = Rights::new(&solutions, new.granted, new.withheld);
    sandbox.state().rights = rights.map_err(|unknown| Refused(format!("no solution {unknown}")))?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfShop {
    shop: String,
}

/// The code that the authorize page would hand to the callback.
pub(super) async fn issue_code(State(sandbox): Shared, Json(of): Json<OfShop>) -> Done {
    let code = oauth::new_code(&mut sandbox.state(), &of.shop);
    let code = code.ok_or_else(|| Refused(format!("no shop named {}", of.shop)))?;
    Ok(Json(json!({ "code": code })))
}

/// Ends all access tokens of a shop at once; refresh tokens live on.
pub(super) async fn revoke_tokens(State(sandbox): Shared, Json(of): Json<OfShop>) -> Done {
    let mut state = sandbox.state();
    let generation = state.world.shop(&of.shop).map_or(0, |shop| shop.generation) + 1;
    keep(&mut state, of.shop, Change::TokensRevoked { generation })?;
    done()
}

/// The merchant takes the authorisation back: no token of the shop is good for anything, until it is given again.
pub(super) async fn withdraw(State(sandbox): Shared, Json(of): Json<OfShop>) -> Done {
    let mut state = sandbox.state();
    let shop = state.world.shop(&of.shop).ok_or_else(|| Refused(format!("no shop named {}", of.shop)))?;
    let (generation, serial) = (shop.generation + 1, shop.refreshed + 1);
    keep(&mut state, of.shop.clone(), Change::TokensRevoked { generation })?;
    keep(&mut state, of.shop, Change::Refreshed { serial })?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Skew {
    seconds: i64,
}

pub(super) async fn set_skew(State(sandbox): Shared, Json(skew): Json<Skew>) -> Done {
    sandbox.state().skew_seconds = skew.seconds;
    done()
}

/// What holds, and how much waits.
pub(super) async fn push(State(sandbox): Shared) -> Json<Value> {
    let mut state = sandbox.state();
    state.tick();
    let (waiting, delivered) = state.push.counts();
    Json(json!({
        "options": state.push.options,
        "unconfirmed": state.push.inbox.unconfirmed().count(),
        "waiting": waiting,
        "delivered": delivered,
    }))
}

/// Other options, all of them: what is left out is as by default. What is unconfirmed is sent to the new address.
pub(super) async fn set_push(State(sandbox): Shared, Json(options): Json<PushOptions>) -> Done {
    sandbox.state().push.set(options);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Burst {
    /// The first one unless said.
    shop: Option<String>,
    count: u32,
    per_second: u32,
}

/// Messages about orders that are there already.
pub(super) async fn burst(State(sandbox): Shared, Json(burst): Json<Burst>) -> Done {
    let mut state = sandbox.state();
    state.tick();
    let now = state.now();
    let state = &mut *state;
    let mut shops = state.world.shops.iter();
    let shop = shops.find(|shop| burst.shop.as_ref().is_none_or(|name| *name == shop.profile.name));
    let shop = shop.ok_or_else(|| Refused("no such shop".to_owned()))?;
    state.push.burst(shop, (burst.count, burst.per_second), (now, Clock::Real.now()));
    done()
}

fn named<'a>(mut names: impl Iterator<Item = &'a String>) -> Result<(), Refused> {
    match names.find(|name| METHODS.iter().all(|method| method.name != **name)) {
        Some(unknown) => Err(Refused(format!("no method named {unknown}"))),
        None => Ok(()),
    }
}

fn done() -> Done {
    Ok(Json(json!({ "ok": true })))
}
