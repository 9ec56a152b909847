//! The gateway's checks in their order: path and API name, app key, right, signature, token, rate limit, required
//! parameters. Known of the platform is only that the right comes before the parameters; the rest of the order is ours
//! and must stay fixed.

use serde_json::Value;

use super::envelope::GatewayError;
use super::params::Params;
use super::{sign, token};
use crate::clock::Clock;
use crate::methods::{self, Handler, Method, OpenCall, ShopCall};
use crate::state::State;

/// A call's address: `{protocol}/{version}/{namespace}/{api}/{appKey}`.
#[derive(Debug)]
pub(crate) struct Address<'a> {
    pub(crate) method: &'static Method,
    app_key: &'a str,
    /// As it is signed.
    path: &'a str,
}

/// Finds the method that a path names; the path begins after `/openapi/`.
pub(crate) fn address(path: &str) -> Result<Address<'_>, GatewayError> {
    let parts: Vec<&str> = path.split('/').collect();
    let (protocol, version, namespace, api) = match parts[..] {
        [protocol, version, namespace, api, _] | [protocol, version, namespace, api] => {
            (protocol, version, namespace, api)
        }
        _ => return Err(GatewayError::unsupported(path)),
    };
    let named = methods::METHODS.iter().find(|method| method.namespace == namespace && method.name == api);
    let spoken = matches!(protocol, "param2" | "http") && version == "1";
    let method =
        named.filter(|_| spoken).ok_or_else(|| GatewayError::unsupported(&format!("{namespace}:{api}-{version}")))?;
    let app_key = parts.get(4).copied().unwrap_or("");
    Ok(Address { method, app_key, path })
}

/// Runs the checks and, when all hold, the method.
pub(crate) fn serve(state: &mut State, address: &Address<'_>, params: &Params) -> Result<Value, GatewayError> {
    let Address { method, app_key, path } = *address;
    let now = state.now();
    state.settle_late(Clock::Real.now());
    if app_key.is_empty() {
        return Err(GatewayError::app_key_missing());
    }
    if app_key != state.app.key || !state.rights.allow(method) {
        return Err(GatewayError::no_right());
    }
    check_signature(state, method, path, params)?;
    if !state.world.advance(now) {
        return Err(GatewayError::broken("the sandbox's clock is too far ahead of its shops"));
    }
    let shop = match method.handler {
        Handler::Shop(_) => Some(shop_of(state, params)?),
        Handler::Open(_) => None,
    };
    if !state.limit.admit(Clock::Real.now()) {
        return Err(GatewayError::rate_limit());
    }
    if let Some(missing) = method.required.iter().find(|name| !params.has(name)) {
        return Err(GatewayError::param_missing(missing));
    }
    match (method.handler, shop) {
        (Handler::Shop(run), Some(shop)) => run(&mut ShopCall { state, shop, params, now, method: method.name }),
        (Handler::Open(run), _) => run(&mut OpenCall { state, params, now }),
        (Handler::Shop(_), None) => Err(GatewayError::unauthorized("no shop")),
    }
}

fn check_signature(state: &State, method: &Method, path: &str, params: &Params) -> Result<(), GatewayError> {
    match params.text(sign::FIELD) {
        // A call that needs none may carry one, but then a right one.
        None if method.signed => Err(GatewayError::signature_missing()),
        None => Ok(()),
        Some(given) if given == sign::signature(&state.app.secret, path, &params.fields) => Ok(()),
        Some(_) => Err(GatewayError::signature_invalid()),
    }
}

fn shop_of(state: &State, params: &Params) -> Result<usize, GatewayError> {
    let given = params.text("access_token").ok_or_else(|| GatewayError::unauthorized("access_token is missing"))?;
    token::read(&state.app.secret, token::Kind::Access, &state.world, given, state.now())
        .map(|taken| taken.shop)
        .map_err(|refused| match refused {
            token::Refused::Expired => GatewayError::unauthorized("access_token is expired"),
            token::Refused::Foreign => GatewayError::unauthorized("access_token is invalid"),
        })
}
