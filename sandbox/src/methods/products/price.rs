//! `product.price.edit`: prices of one offer. Here, unlike in the record, a price is in fen. The ranges that come
//! replace all ranges; choices are changed where they are named.

use serde_json::{Value, json};

use super::draft::items;
use super::record::record;
use super::{keep, number, own};
use crate::methods::{Answer, ShopCall};
use crate::world::product::Product;

pub(in crate::methods) fn edit(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productId")?.unwrap_or(0);
    // The parameter's name is misspelt on the wire.
    let ranges: Option<Value> = call.params.json("priceRangList")?;
    let skus: Option<Value> = call.params.json("skuPriceList")?;
    let changed = own(call, id).and_then(|product| priced(product, ranges.as_ref(), skus.as_ref()));
    let mut product = match changed {
        Ok(product) => product,
        Err((code, text)) => return Ok(json!({ "success": false, "errorCode": code, "errorMsg": text })),
    };
    product.modified = call.now;
    keep(call, product, json!({ "priceRangList": ranges, "skuPriceList": skus }))?;
    let shop = call.shop();
    Ok(json!({ "success": true, "productInfo": shop.product(id).map(|product| record(shop, product, call.now)) }))
}

/// The product with its new prices, or why it cannot have them: all of them or none.
fn priced(product: &Product, ranges: Option<&Value>, skus: Option<&Value>) -> Result<Product, super::Missing> {
    let mut product = product.clone();
    if let Some(ranges) = ranges {
        let steps: Option<Vec<(i64, i64)>> =
            items(ranges).map(|step| Some((number(&step["startQuantity"])?, number(&step["price"])?))).collect();
        let steps =
            steps.filter(|steps| !steps.is_empty() && steps.iter().all(|(from, price)| *from > 0 && *price > 0));
        let steps = steps.ok_or(("400_1", "区间价的起批量和价格必须是正整数"))?;
        if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0 || pair[0].1 <= pair[1].1) {
            return Err(("400_1", "区间价必须按起批量从小到大、价格从高到低填写"));
        }
        product.ladder = steps;
    }
    let base = product.base_price();
    for wanted in skus.into_iter().flat_map(items) {
        let known = product.skus.iter_mut().find(|sku| !sku.gone && Some(sku.id) == number(&wanted["skuId"]));
        let sku = known.ok_or(("400_1", "SKU不存在，只能修改已有SKU的价格"))?;
        let price = number(&wanted["price"]).filter(|price| *price > 0);
        sku.surcharge = price.ok_or(("400_1", "SKU价格必须是正整数，单位为分"))? - base;
    }
    if ranges.is_none() && skus.is_none() {
        return Err(("400_1", "没有需要修改的价格"));
    }
    Ok(product)
}
