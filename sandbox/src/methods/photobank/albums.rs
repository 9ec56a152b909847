//! Albums of the photobank.

use serde::Deserialize;
use serde_json::{Value, json};

use super::flaw;
use crate::methods::products::number;
use crate::methods::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::photobank::{Album, Photobank};

/// Bytes that a shop may fill. The unit of the platform's figures is not stated.
const SPACE: u64 = 1 << 30;
/// Behind a password.
const LOCKED: i64 = 2;

/// `album.getList`. Pictures are never refused here, so the lists of refused and waiting ones are empty.
pub(in crate::methods) fn list(call: &mut ShopCall<'_>) -> Answer {
    let bank = &call.shop().photobank;
    let own = |album: &&Album| !bank.is_first(album.id);
    let albums: Vec<&Album> = match call.params.text("albumType") {
        None | Some("MY") => bank.albums.iter().collect(),
        Some("CUSTOM") => bank.albums.iter().filter(own).collect(),
        // The second one is spelt like this.
        Some("OFF" | "AUDTING" | "NOPASS") => Vec::new(),
        Some(_) => return Ok(json!({ "errorCode": "400_1", "errorMsg": "相册类型不正确" })),
    };
    let infos: Vec<Value> = albums.into_iter().map(|album| info(bank, album)).collect();
    Ok(json!({ "albumInfos": infos }))
}

fn info(bank: &Photobank, album: &Album) -> Value {
    json!({
        "albumID": album.id,
        "name": album.name,
        "description": album.description,
        "authority": album.authority,
        "imageCount": bank.photos_in(album.id).count(),
    })
}

/// `album.add`. Its error fields have names of their own.
pub(in crate::methods) fn add(call: &mut ShopCall<'_>) -> Answer {
    let text = |name| call.params.text(name).unwrap_or("").to_owned();
    let album = Album {
        id: call.shop().photobank.next_album(),
        name: text("name"),
        description: text("description"),
        authority: call.params.int("authority")?.unwrap_or(0),
        password: call.params.text("password").map(str::to_owned),
    };
    if let Some(refused) = refused(&album) {
        return Ok(json!({ "errCode": "400_1", "errMsg": refused }));
    }
    let (id, identity) = (album.id, format!("album:{}", album.name));
    let arguments = json!({ "description": album.description, "authority": album.authority });
    call.write(Change::Album(album), identity, arguments)?;
    Ok(json!({ "albumID": id }))
}

/// `albumInfo` of a change; what it does not name stays.
#[derive(Debug, Deserialize)]
struct Wish {
    #[serde(rename = "albumID")]
    id: Value,
    name: Option<String>,
    description: Option<String>,
    authority: Option<i64>,
}

/// `album.modify`. A password locks the album.
pub(in crate::methods) fn modify(call: &mut ShopCall<'_>) -> Answer {
    let wish: Wish = call.params.json("albumInfo")?.ok_or_else(|| GatewayError::param_missing("albumInfo"))?;
    let found = number(&wish.id).and_then(|id| call.shop().photobank.album(id));
    let Some(mut album) = found.cloned() else {
        return Ok(json!({ "errorCode": "404", "errorMessage": "相册不存在" }));
    };
    album.name = wish.name.unwrap_or(album.name);
    album.description = wish.description.unwrap_or(album.description);
    album.authority = wish.authority.unwrap_or(album.authority);
    if let Some(password) = call.params.text("password") {
        (album.authority, album.password) = (LOCKED, Some(password.to_owned()));
    }
    if let Some(refused) = refused(&album) {
        return Ok(json!({ "errorCode": "400_1", "errorMessage": refused }));
    }
    let id = album.id;
    let arguments = json!({ "name": album.name, "description": album.description, "authority": album.authority });
    call.write(Change::Album(album), format!("album:{id}"), arguments)?;
    let bank = &call.shop().photobank;
    Ok(json!({ "result": bank.album(id).map(|album| info(bank, album)) }))
}

/// `album.delete`: with the pictures in it.
pub(in crate::methods) fn delete(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("albumID")?.unwrap_or(0);
    let bank = &call.shop().photobank;
    let refused = match bank.album(id) {
        None => Some("相册不存在"),
        Some(_) if bank.is_first(id) => Some("默认相册不能删除"),
        Some(_) => None,
    };
    if let Some(reason) = refused {
        return Ok(json!({ "isSuccess": false, "reason": reason }));
    }
    call.write(Change::AlbumDeleted { album: id }, format!("album:{id}"), Value::Null)?;
    Ok(json!({ "isSuccess": true }))
}

/// `album.getProfile`: how full the photobank is.
pub(in crate::methods) fn profile(call: &mut ShopCall<'_>) -> Answer {
    let used: u64 = call.shop().photobank.photos.iter().map(|photo| photo.bytes).sum();
    Ok(json!({ "usedSpace": used, "defaultSpace": SPACE, "externalSpace": 0, "full": used >= SPACE }))
}

fn refused(album: &Album) -> Option<&'static str> {
    let length = album.password.as_ref().map_or(0, |password| password.chars().count());
    if let Some(flaw) = flaw(&album.name, &album.description) {
        Some(flaw)
    } else if !(0..=LOCKED).contains(&album.authority) {
        Some("相册权限不正确")
    } else if album.authority == LOCKED && !(4..=16).contains(&length) {
        Some("相册密码必须是4到16位")
    } else {
        None
    }
}
