//! On the shelf, off it, into the recycle bin. The first two answer product by product; the third has a flag of its own
//! name and a reason.

use serde_json::{Value, json};

use super::{ids, keep, own};
use crate::methods::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::product::Product;

const EXPIRED: &str = "member expired";
const DELETED: &str = "member deleted";

/// `product.expire`: 下架.
pub(in crate::methods) fn expire(call: &mut ShopCall<'_>) -> Answer {
    each(call, |product, call| {
        let was = product.status_at(call.now) == "published";
        product.status = EXPIRED.to_owned();
        was.then_some(()).ok_or("商品下架失败，商品可能已经下架")
    })
}

/// `product.repost`: 重发.
pub(in crate::methods) fn repost(call: &mut ShopCall<'_>) -> Answer {
    each(call, |product, call| {
        let was = product.status_at(call.now).ends_with("expired");
        // It went through the platform's look long ago: it is on the shelf at once.
        (product.status, product.reposted) = ("published".to_owned(), Some(call.now));
        was.then_some(()).ok_or("商品重发失败，商品可能已经上架")
    })
}

/// Moves each product that can be moved; the others say why not.
fn each(call: &mut ShopCall<'_>, step: fn(&mut Product, &ShopCall<'_>) -> Result<(), &'static str>) -> Answer {
    let mut results = Vec::new();
    for id in ids(call, "productIds")? {
        results.push(match moved(call, id, step)? {
            None => json!({ "productId": id, "result": true }),
            Some((code, text)) => json!({ "productId": id, "result": false, "code": code, "desc": text }),
        });
    }
    Ok(json!({ "result": results }))
}

fn moved(
    call: &mut ShopCall<'_>,
    id: i64,
    step: fn(&mut Product, &ShopCall<'_>) -> Result<(), &'static str>,
) -> Result<Option<super::Missing>, GatewayError> {
    let Ok(product) = own(call, id) else { return Ok(Some(("1003404", "商品不存在"))) };
    let mut product = product.clone();
    if let Err(text) = step(&mut product, call) {
        return Ok(Some(("1000600", text)));
    }
    product.modified = call.now;
    let arguments = json!({ "status": product.status });
    keep(call, product, arguments)?;
    Ok(None)
}

/// `product.delete`: a product in the recycle bin is still listed, as `member deleted`.
pub(in crate::methods) fn delete(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productID")?.unwrap_or(0);
    let mut product = match own(call, id) {
        Ok(product) => product.clone(),
        Err((_, text)) => return Ok(json!({ "isSuccess": false, "reason": text })),
    };
    (product.status, product.deleted, product.modified) = (DELETED.to_owned(), Some(call.now), call.now);
    keep(call, product, Value::Null)?;
    Ok(json!({ "isSuccess": true, "reason": "操作成功!" }))
}
