//! The changes that this client can make. One call, one object; a stock is set, never moved by a difference, so that a call that
//! arrives twice does no more than once.

use xiaoer_sdk::Change;

use super::client::{Client, Params};
use super::methods::{PRODUCT_INCREMENT as EDIT, STOCK};
use crate::shop::platform::WriteError;

pub(super) async fn write(client: &Client, change: &Change) -> Result<(), WriteError> {
    match change {
        Change::SetStock { product, sku, to } => {
            let params = stock(product, sku.as_deref(), *to)?;
            match client.write(&STOCK, &params).await {
                // "Nothing to change": the shop shows the wanted number already.
                Err(failed) if failed.code() == "500_005" => Ok(()),
                other => other.map_err(|failed| failed.of_write(&STOCK)),
            }
        }
        Change::EditTitle { product, title } => {
            client.write(&EDIT, &edit(product, title)?).await.map_err(|failed| failed.of_write(&EDIT))
        }
        _ => Err(WriteError::NoRight {
            api: "同意退款".into(),
            solution: "平台没有向商家自用应用开放这个接口，请在商家后台处理".into(),
        }),
    }
}

/// `increaceModify` is misspelt on the wire, and what it calls `skuId` is the specId.
fn stock(product: &str, sku: Option<&str>, to: i64) -> Result<Params, WriteError> {
    let product: u64 = number(product)?;
    if to < 0 {
        return Err(WriteError::Refused { why: "库存不能小于 0".into() });
    }
    let change = match sku {
        Some(spec) => {
            serde_json::json!([{ "productId": product, "skuStocks": [{ "skuId": spec, "stockChange": to }] }])
        }
        None => serde_json::json!([{ "productId": product, "productAmountChange": to }]),
    };
    Ok(vec![("productStockChange", change.to_string()), ("increaceModify", "false".into()), ("webSite", "1688".into())])
}

/// An empty field means "leave it", so an empty title would be a write that silently does nothing.
fn edit(product: &str, title: &str) -> Result<Params, WriteError> {
    let product: u64 = number(product)?;
    if title.trim().is_empty() {
        return Err(WriteError::Refused { why: "标题不能为空".into() });
    }
    Ok(vec![("productID", product.to_string()), ("subject", title.to_owned()), ("webSite", "1688".into())])
}

fn number(id: &str) -> Result<u64, WriteError> {
    id.parse().map_err(|_| WriteError::Refused { why: format!("“{id}”不是平台的商品编号") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_is_set_by_spec_and_every_digit_of_the_product_is_kept() {
        let params = stock("9007199254740993123", Some("0f1e"), 5).expect("a stock");
        let text = |name| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(
            text("productStockChange"),
            Some(r#"[{"productId":9007199254740993123,"skuStocks":[{"skuId":"0f1e","stockChange":5}]}]"#)
        );
        assert_eq!(text("increaceModify"), Some("false"), "the default would add to what is there");
    }

    #[test]
    fn what_would_do_harm_or_nothing_is_not_sent() {
        assert!(matches!(stock("1", None, -1), Err(WriteError::Refused { .. })));
        assert!(matches!(stock("1\",\"x", None, 1), Err(WriteError::Refused { .. })));
        assert!(matches!(edit("1", " "), Err(WriteError::Refused { .. })));
    }
}
