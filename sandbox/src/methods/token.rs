//! `getToken`: a code or a refresh token becomes tokens. Every value of the reply is text, numbers too.

use serde_json::json;

use super::{Answer, OpenCall};
use crate::wire::envelope::GatewayError;
use crate::wire::token::{self, Kind};

pub(super) fn get(call: &mut OpenCall<'_>) -> Answer {
    let required = |name| call.params.text(name).ok_or_else(|| GatewayError::param_missing(name));
    let kind = match required("grant_type")? {
        "authorization_code" => Kind::Code,
        "refresh_token" => Kind::Refresh,
        other => return Err(GatewayError::grant(&format!("grant_type {other} is not known"))),
    };
    if required("client_id")? != call.state.app.key || required("client_secret")? != call.state.app.secret {
        return Err(GatewayError::grant("client_id or client_secret is wrong"));
    }
    let given = required(if kind == Kind::Code { "code" } else { "refresh_token" })?;
    let found = token::read(&call.state.app.secret, kind, &call.state.world, given, call.now);
    let shop = found.map_err(|_| GatewayError::grant("the code or refresh_token is wrong or expired"))?;
    if kind == Kind::Code && !call.state.used_codes.insert(given.to_owned()) {
        return Err(GatewayError::grant("the code was used before"));
    }
    let shop = &call.state.world.shops[shop];
    let mint = |kind| token::mint(&call.state.app.secret, kind, shop, Some(call.now));
    let profile = &shop.profile;
    Ok(json!({
        "access_token": mint(Kind::Access),
        "refresh_token": mint(Kind::Refresh),
        "expires_in": token::ACCESS_SECONDS.to_string(),
        "refresh_token_timeout": call.now.plus_minutes(token::REFRESH_SECONDS / 60).stamp(),
        "resource_owner": profile.login_id,
        "uid": profile.user_id.to_string(),
        "aliId": profile.user_id.to_string(),
        "memberId": profile.member_id,
    }))
}
