//! Which sub-accounts of a shop the app may act for. They are named `{login name}:{sub-account}`; a list of them travels as
//! JSON text or, as in the official examples, with commas between.

use serde_json::{Map, Value, json};

use super::{Answer, ShopCall};
use crate::wire::token::{self, Kind};
use crate::world::changes::Change;

pub(super) fn add(call: &mut ShopCall<'_>) -> Answer {
    set(call, true)
}

pub(super) fn cancel(call: &mut ShopCall<'_>) -> Answer {
    set(call, false)
}

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let Some(asked) = asked(call) else { return Ok(bad_list()) };
    let (shop, app) = (call.shop(), &call.state.app);
    let profile = &shop.profile;
    let relations: Vec<Value> = asked
        .iter()
        .filter(|id| shop.sub_accounts.contains(*id))
        .map(|id| {
            json!({
                "accessToken": token::mint(&app.secret, Kind::Access, shop, Some(call.now)),
                "adminOwnerId": profile.login_id,
                "adminUserId": profile.user_id,
                "clientId": app.key,
                "gmtExpired": call.now.plus_minutes(token::ACCESS_SECONDS / 60).stamp(),
                "memberId": profile.member_id,
                "ownerId": id,
                "site": "1688",
                "subAuth": true,
                "subOwnerId": id,
            })
        })
        .collect();
    Ok(json!({ "result": { "returnValue": relations, "success": true } }))
}

fn set(call: &mut ShopCall<'_>, authorised: bool) -> Answer {
    let Some(asked) = asked(call) else { return Ok(bad_list()) };
    let own = format!("{}:", call.shop().profile.login_id);
    let mut known = call.shop().sub_accounts.clone();
    let mut done = Map::new();
    for id in asked {
        let ours = id.strip_prefix(&own).is_some_and(|name| !name.is_empty());
        done.insert(id.clone(), json!(ours));
        match (ours, authorised) {
            (true, true) => known.insert(id),
            (true, false) => known.remove(&id),
            (false, _) => false,
        };
    }
    if known != call.shop().sub_accounts {
        let login = call.shop().profile.login_id.clone();
        let arguments = json!({ "authorised": known });
        call.write(Change::SubAccounts { authorised: known }, format!("subaccounts:{login}"), arguments)?;
    }
    Ok(json!({ "result": { "returnValue": done, "success": true } }))
}

fn asked(call: &ShopCall<'_>) -> Option<Vec<String>> {
    let text = call.params.text("subUserIdentityList")?;
    let ids: Vec<String> = match text.starts_with('[') {
        true => serde_json::from_str(text).ok()?,
        false => text.split(',').map(|id| id.trim().to_owned()).collect(),
    };
    (!ids.is_empty() && ids.iter().all(|id| !id.is_empty())).then_some(ids)
}

fn bad_list() -> Value {
    json!({ "result": { "success": false, "errorCode": "param_error", "errorMessage": "invalid param" } })
}
