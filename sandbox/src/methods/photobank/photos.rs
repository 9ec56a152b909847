//! Pictures of the photobank. The bytes are on disk before the change is: a picture that is listed can be fetched.

use serde::Deserialize;
use serde_json::{Value, json};

use super::flaw;
use crate::methods::products::number;
use crate::methods::{Answer, ShopCall};
use crate::pictures::uploads;
use crate::wire::envelope::GatewayError;
use crate::wire::params::Page;
use crate::world::changes::Change;
use crate::world::photobank::Photo;

const MOST: i64 = 30;
/// Pictures that one call may delete.
const BATCH: usize = 20;
/// The codes of `photo.modify`.
const NO_ID: &str = "400_2";
const NOTHING_TO_CHANGE: &str = "400_3";
const NO_SUCH: &str = "120003";

/// `photo.add`: the picture as a multipart part, which is not signed, or as base64 text, which is. The ledger names it
/// by its bytes: an upload that was sent twice counts twice.
pub(in crate::methods) fn add(call: &mut ShopCall<'_>) -> Answer {
    let refused = |code: &str, text: &str| Ok(json!({ "errorCode": code, "errorMsg": text }));
    let bytes = call.params.bytes("imageBytes")?.ok_or_else(|| GatewayError::param_missing("imageBytes"))?;
    let text = |name| call.params.text(name).unwrap_or("").to_owned();
    let (album, name, description) = (call.params.int("albumID")?.unwrap_or(0), text("name"), text("description"));
    let bank = &call.shop().photobank;
    if bank.album(album).is_none() {
        return refused("404", "相册不存在");
    }
    if let Some(wrong) = flaw(&name, &description).or(uploads::refusal(&bytes)) {
        return refused("400_1", wrong);
    }
    let photo = Photo {
        id: bank.next_photo(),
        album,
        name,
        description,
        file: uploads::file_name(&bytes),
        bytes: u64::try_from(bytes.len()).unwrap_or(0),
    };
    kept(call, &photo.file, &bytes)?;
    let (id, identity) = (photo.id, format!("photo:{}", uploads::digest(&bytes)));
    let arguments = json!({ "albumID": album, "name": photo.name });
    call.write(Change::Photo(photo), identity, arguments)?;
    Ok(json!({ "image": call.shop().photobank.photo(id).map(|photo| info(call, photo)) }))
}

/// Puts the bytes where they can be fetched.
pub(super) fn kept(call: &mut ShopCall<'_>, file: &str, bytes: &[u8]) -> Result<(), GatewayError> {
    let kept = call.state.journal.uploads.keep(file, bytes);
    kept.map_err(|error| GatewayError::broken(&format!("sandbox pictures: {error}")))
}

/// Unlike in product records, the address is whole.
pub(super) fn url(call: &ShopCall<'_>, file: &str) -> String {
    format!("{}img/ibank/{file}", call.state.image_base)
}

fn info(call: &ShopCall<'_>, photo: &Photo) -> Value {
    json!({ "id": photo.id, "albumID": photo.album, "name": photo.name, "url": url(call, &photo.file) })
}

/// `photo.getList`: one album's pictures, newest first.
pub(in crate::methods) fn list(call: &mut ShopCall<'_>) -> Answer {
    let album = call.params.int("albumID")?.unwrap_or(0);
    let number = call.params.int("pageNo")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let bank = &call.shop().photobank;
    if bank.album(album).is_none() {
        return Ok(json!({ "errorCode": "404", "errorMsg": "相册不存在" }));
    }
    let infos: Vec<Value> = page.of(bank.photos_in(album)).into_iter().map(|photo| info(call, photo)).collect();
    let count = bank.photos_in(album).count();
    Ok(json!({ "photoInfos": infos, "count": count, "currentPage": number, "pageSize": page.size }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    #[serde(default)]
    image_id: Value,
    name: Option<String>,
    description: Option<String>,
}

/// `photo.modify`: name and description.
pub(in crate::methods) fn modify(call: &mut ShopCall<'_>) -> Answer {
    let refused = |code: &str, text: &str| Ok(json!({ "errorCode": code, "errorMsg": text }));
    let wish: Wish = call.params.json("imageInfo")?.ok_or_else(|| GatewayError::param_missing("imageInfo"))?;
    let Some(id) = number(&wish.image_id) else { return refused(NO_ID, "图片ID不能为空") };
    if wish.name.is_none() && wish.description.is_none() {
        return refused(NOTHING_TO_CHANGE, "没有需要修改的内容");
    }
    let Some(mut photo) = call.shop().photobank.photo(id).cloned() else { return refused(NO_SUCH, "图片不存在") };
    photo.name = wish.name.unwrap_or(photo.name);
    photo.description = wish.description.unwrap_or(photo.description);
    if let Some(wrong) = flaw(&photo.name, &photo.description) {
        return refused("400_1", wrong);
    }
    let arguments = json!({ "name": photo.name, "description": photo.description });
    let mut result = arguments.clone();
    result["imageId"] = json!(id);
    call.write(Change::Photo(photo), format!("photo:{id}"), arguments)?;
    Ok(json!({ "result": result }))
}

/// `photo.delete`. Products that show the picture go on showing it.
pub(in crate::methods) fn delete(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("photoID")?.unwrap_or(0);
    Ok(match gone(call, id)? {
        true => json!({ "isSuccess": true }),
        false => json!({ "isSuccess": false, "reason": "图片不存在" }),
    })
}

/// `photo.deleteBatch`: picture by picture.
pub(in crate::methods) fn delete_batch(call: &mut ShopCall<'_>) -> Answer {
    let list: Vec<Value> = call.params.json("imageIds")?.ok_or_else(|| GatewayError::param_missing("imageIds"))?;
    if list.len() > BATCH {
        return Ok(json!({ "errorCode": "400_1", "errorMessage": "每次最多支持删除20张图片" }));
    }
    let mut results = Vec::new();
    for id in &list {
        let id = number(id).ok_or_else(|| GatewayError::wrong_type("imageIds"))?;
        results.push(match gone(call, id)? {
            true => json!({ "imageId": id, "result": true }),
            false => json!({ "imageId": id, "result": false, "code": NO_SUCH }),
        });
    }
    Ok(json!({ "result": results }))
}

fn gone(call: &mut ShopCall<'_>, id: i64) -> Result<bool, GatewayError> {
    if call.shop().photobank.photo(id).is_none() {
        return Ok(false);
    }
    call.write(Change::PhotoDeleted { photo: id }, format!("photo:{id}"), Value::Null)?;
    Ok(true)
}
