//! `modifyStock`: adds to or sets the stock, product by product. What it calls `skuId` is the specId.

use serde::Deserialize;
use serde_json::{Value, json};

use super::products::number;
use super::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::product::Product;

/// One product of `productStockChange`. Ids come as numbers or as text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductChange {
    product_id: Value,
    product_amount_change: Option<i64>,
    #[serde(default)]
    sku_stocks: Vec<SkuChange>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SkuChange {
    /// The specId, in spite of the name.
    sku_id: String,
    stock_change: i64,
}

/// A stock as it shall be.
#[derive(Debug)]
struct Wanted {
    spec: Option<String>,
    stock: i64,
    asked: i64,
}

/// Code and text of a product that was left as it is.
type Refusal = (&'static str, &'static str);

pub(super) fn modify(call: &mut ShopCall<'_>) -> Answer {
    // The parameter's name is misspelt on the wire. True, the default, adds; false sets.
    let adds = call.params.boolean("increaceModify")?.unwrap_or(true);
    let changes: Vec<ProductChange> =
        call.params.json("productStockChange")?.ok_or_else(|| GatewayError::param_missing("productStockChange"))?;
    let mut results = Vec::new();
    for change in &changes {
        let id = number(&change.product_id).ok_or_else(|| GatewayError::wrong_type("productStockChange.productId"))?;
        let wanted = match call.shop().product(id).filter(|product| product.deleted.is_none()) {
            Some(product) => wanted(product, change, adds),
            None => Err(("404", "商品不存在")),
        };
        match wanted {
            Ok(wanted) => {
                take_effect(call, id, wanted, adds)?;
                results.push(json!({ "productId": id, "result": true }));
            }
            Err((code, text)) => results.push(json!({ "productId": id, "result": false, "code": code, "desc": text })),
        }
    }
    Ok(json!({ "result": results, "success": true }))
}

/// All stocks of one product, or none of them.
fn wanted(product: &Product, change: &ProductChange, adds: bool) -> Result<Vec<Wanted>, Refusal> {
    let moved = |now: i64, asked: i64| if adds { now + asked } else { asked };
    let asked: Vec<(Option<&str>, i64, i64)> =
        match (!product.has_choices(), change.product_amount_change, change.sku_stocks.is_empty()) {
            (true, _, false) => return Err(("500_001", "该商品没有SKU，请使用productAmountChange修改库存")),
            (false, Some(_), _) => return Err(("500_003", "该商品有SKU，请使用skuStocks修改库存")),
            (true, None, true) | (false, None, true) => return Err(("500_005", "没有需要修改的库存")),
            (true, Some(asked), true) => vec![(None, product.stock, asked)],
            (false, None, false) => {
                let skus = change.sku_stocks.iter().map(|sku| {
                    let known = product.choices().find(|known| known.spec == sku.sku_id);
                    known
                        .map(|known| (Some(known.spec.as_str()), known.stock, sku.stock_change))
                        .ok_or(("500_002", "规格不存在"))
                });
                skus.collect::<Result<_, Refusal>>()?
            }
        };
    if adds && asked.iter().any(|(_, _, change)| *change == 0) {
        return Err(("500_004", "库存变更数量不能为0"));
    }
    if asked.iter().all(|(_, now, change)| moved(*now, *change) == *now) {
        return Err(("500_005", "没有需要修改的库存"));
    }
    if asked.iter().any(|(_, now, change)| moved(*now, *change) < 0) {
        return Err(("500_1", "库存不能小于0"));
    }
    Ok(asked
        .into_iter()
        .map(|(spec, now, asked)| Wanted { spec: spec.map(str::to_owned), stock: moved(now, asked), asked })
        .collect())
}

fn take_effect(call: &mut ShopCall<'_>, product: i64, wanted: Vec<Wanted>, adds: bool) -> Result<(), GatewayError> {
    for Wanted { spec, stock, asked } in wanted {
        let identity =
            spec.as_ref().map_or_else(|| format!("product:{product}"), |spec| format!("product:{product}/spec:{spec}"));
        let arguments = json!({ "stockChange": asked, "increaceModify": adds });
        call.write(Change::Stock { product, spec, stock }, identity, arguments)?;
    }
    Ok(())
}
