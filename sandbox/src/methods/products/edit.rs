//! The old edits: `product.edit` overwrites the whole record and has no success flag, `product.incrementModify` sets a
//! few fields and says its success in text.

use serde_json::{Value, json};

use super::draft::{Draft, PICTURES};
use super::record::record;
use super::{keep, own};
use crate::methods::{Answer, ShopCall};
use crate::world::changes::Change;

/// Overwrites a day and offer.
const A_DAY: u32 = 30;
/// Fields of the record whose change is named.
const NAMED: [&str; 9] =
    ["subject", "description", "categoryID", "groupID", "attributes", "image", "skuInfos", "saleInfo", "shippingInfo"];

/// `product.edit`. What only the back office knows of is lost: the record cannot carry it.
pub(in crate::methods) fn whole(call: &mut ShopCall<'_>) -> Answer {
    let refused = |text: &str| Ok(json!({ "errorMsg": text }));
    let id = call.params.int("productID")?.unwrap_or(0);
    let info: Value = call.params.json("productInfo")?.unwrap_or_default();
    let mut product = match own(call, id) {
        Ok(product) => product.clone(),
        Err((_, text)) => return refused(text),
    };
    let today = call.now.day();
    let done = product.overwrites.filter(|(day, _)| *day == today).map_or(0, |(_, count)| count);
    if done >= A_DAY {
        return refused("该商品今日编辑次数已超过30次，请明日再试");
    }
    let draft = Draft::of_record(&info);
    if let Some(flaw) = draft.flaw() {
        return refused(&flaw);
    }
    let before = record(call.shop(), &product, call.now);
    draft.overwrite(&mut product, call.now);
    let after = record(call.shop(), &product, call.now);
    (product.overwrites, product.site_data) = (Some((today, done + 1)), false);
    let changes: Vec<&str> = NAMED.into_iter().filter(|name| before[name] != after[name]).collect();
    keep(call, product, json!({ "productInfo": info }))?;
    Ok(json!({ "productID": id, "errorMsg": "", "attributeChanges": changes }))
}

/// `product.incrementModify`. Empty is the same as missing: it leaves the field as it was.
pub(in crate::methods) fn increment(call: &mut ShopCall<'_>) -> Answer {
    let refused = |code: &str, text: &str| Ok(json!({ "success": "false", "errorCode": code, "errorMessage": text }));
    let id = call.params.int("productID")?.unwrap_or(0);
    let online = call.params.boolean("supportOnlineTrade")?;
    let image: Option<Value> = call.params.json("image")?;
    if let Err((code, text)) = own(call, id) {
        return refused(code, text);
    }
    let subject = call.params.text("subject").map(str::to_owned);
    let description = call.params.text("description").map(str::to_owned);
    let images: Option<Vec<String>> =
        image.map(|image| super::draft::items(&image["images"]).filter_map(super::draft::text).collect());
    if images.as_ref().is_some_and(|images| images.is_empty() || images.len() > PICTURES) {
        return refused("500001", "商品主图不能为空且不能超过5张");
    }
    if images.is_some() && subject.is_none() && description.is_none() {
        return refused("400_1", "修改主图时请同时传入标题或描述");
    }
    let arguments =
        json!({ "subject": subject, "description": description, "supportOnlineTrade": online, "images": images });
    let change = Change::Edited { product: id, subject, description, online, images };
    call.write(change, format!("product:{id}"), arguments)?;
    let shop = call.shop();
    Ok(json!({ "result": shop.product(id).map(|product| record(shop, product, call.now)), "success": "true" }))
}
