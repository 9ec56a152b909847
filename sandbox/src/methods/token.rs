//! `getToken` and `postponeToken`: a code or a refresh token becomes tokens. Every value of the replies is text, numbers
//! too. A new refresh token kills the one before it: whoever loses the reply must have the shop authorised again.

use serde_json::json;

use super::{Answer, OpenCall};
use crate::clock::Moment;
use crate::journal::Entry;
use crate::wire::envelope::GatewayError;
use crate::wire::token::{self, Kind, Taken};
use crate::world::changes::Change;

pub(super) fn get(call: &mut OpenCall<'_>) -> Answer {
    let kind = match required(call, "grant_type")? {
        "authorization_code" => Kind::Code,
        "refresh_token" => Kind::Refresh,
        other => return Err(GatewayError::grant(&format!("grant_type {other} is not known"))),
    };
    check_app(call)?;
    if kind == Kind::Refresh {
        let Taken { shop, issued } = taken(call, Kind::Refresh, "refresh_token")?;
        // A refresh gives a new text and the old end; only postponeToken moves the end.
        let issued = issued.unwrap_or(call.now);
        return reply(call, shop, Some(issued));
    }
    let code = required(call, "code")?.to_owned();
    let Taken { shop, .. } = taken(call, Kind::Code, "code")?;
    if !call.state.used_codes.insert(code) {
        return Err(GatewayError::grant("the code was used before"));
    }
    let issued = call.params.wants("need_refresh_token")?.then_some(call.now);
    reply(call, shop, issued)
}

pub(super) fn postpone(call: &mut OpenCall<'_>) -> Answer {
    check_app(call)?;
    let Taken { shop, issued } = taken(call, Kind::Refresh, "refresh_token")?;
    if taken(call, Kind::Access, "access_token")?.shop != shop {
        return Err(GatewayError::grant("access_token and refresh_token are of two shops"));
    }
    if issued.is_some_and(|issued| call.now < token::refresh_end(issued).plus_days(-token::RENEWABLE_DAYS)) {
        return Err(GatewayError::grant("the refresh_token has more than 30 days left"));
    }
    let issued = Some(call.now);
    reply(call, shop, issued)
}

fn required<'a>(call: &OpenCall<'a>, name: &str) -> Result<&'a str, GatewayError> {
    call.params.text(name).ok_or_else(|| GatewayError::param_missing(name))
}

fn check_app(call: &OpenCall<'_>) -> Result<(), GatewayError> {
    let app = &call.state.app;
    if required(call, "client_id")? == app.key && required(call, "client_secret")? == app.secret {
        return Ok(());
    }
    Err(GatewayError::grant("client_id or client_secret is wrong"))
}

fn taken(call: &OpenCall<'_>, kind: Kind, name: &str) -> Result<Taken, GatewayError> {
    let given = required(call, name)?;
    token::read(&call.state.app.secret, kind, &call.state.world, given, call.now)
        .map_err(|_| GatewayError::grant(&format!("the {name} is wrong or expired")))
}

/// Tokens for a shop, with a refresh token that counts from `issued` where there shall be one.
fn reply(call: &mut OpenCall<'_>, shop: usize, issued: Option<Moment>) -> Answer {
    if issued.is_some() {
        let shop = &call.state.world.shops[shop];
        let change = Change::Refreshed { serial: shop.refreshed + 1 };
        let entry = Entry { at: call.now, shop: shop.profile.name.clone(), change, effect: None };
        call.state.write(&entry).map_err(|error| GatewayError::broken(&error.to_string()))?;
    }
    let shop = &call.state.world.shops[shop];
    let profile = &shop.profile;
    let mint = |kind, issued| token::mint(&call.state.app.secret, kind, shop, Some(issued));
    let mut reply = json!({
        "access_token": mint(Kind::Access, call.now),
        "expires_in": token::ACCESS_SECONDS.to_string(),
        "resource_owner": profile.login_id,
        "uid": profile.user_id.to_string(),
        "aliId": profile.user_id.to_string(),
        "memberId": profile.member_id,
    });
    if let Some(issued) = issued {
        reply["refresh_token"] = json!(mint(Kind::Refresh, issued));
        reply["refresh_token_timeout"] = json!(token::refresh_end(issued).stamp());
    }
    Ok(reply)
}
