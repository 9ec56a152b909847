//! Stock is set, never moved by a difference: what arrives twice does no more than once. A variant is named by its specId.

use serde_json::{Value, json};

use super::super::client::Client;
use super::super::methods::STOCK;
use super::outcome::{Outcome, each, number, refuse};
use super::site;
use crate::shop::platform::WriteError;

/// What a product shall have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// In all, of a product without variants.
    Whole(i64),
    /// Of the variants, each by its specId.
    Specs(Vec<(String, i64)>),
}

/// Sets the stock of products.
///
/// # Errors
/// As any write.
pub async fn set(client: &Client, products: &[(String, Amount)]) -> Result<Outcome, WriteError> {
    let changes = products.iter().map(|(product, amount)| change(product, amount)).collect::<Result<Vec<_>, _>>()?;
    if changes.is_empty() {
        return Err(refuse("没有任何改动，请填写要改的库存"));
    }
    // Misspelt on the wire; its default would add to what is there.
    let params =
        vec![("productStockChange", Value::Array(changes).to_string()), ("increaceModify", "false".into()), site()];
    let asked: Vec<&str> = products.iter().map(|(product, _)| product.as_str()).collect();
    each(&STOCK, &asked, client.send(&STOCK, &params, None).await)
}

fn change(product: &str, amount: &Amount) -> Result<Value, WriteError> {
    let id = number(product, "商品")?;
    match amount {
        Amount::Whole(to) => Ok(json!({ "productId": id, "productAmountChange": positive(*to)? })),
        Amount::Specs(specs) => {
            let rows = specs
                .iter()
                .map(|(spec, to)| {
                    // What the wire calls skuId is the specId, and a number would be another variant's or nobody's.
                    if spec.is_empty() || (spec.len() < 32 && spec.bytes().all(|b| b.is_ascii_digit())) {
                        return Err(refuse(format!("“{spec}”不是规格编号（specId），请刷新商品后重新选择规格")));
                    }
                    Ok(json!({ "skuId": spec, "stockChange": positive(*to)? }))
                })
                .collect::<Result<Vec<_>, _>>()?;
            if rows.is_empty() {
                Err(refuse("没有选择规格，请选择要改库存的规格"))
            } else {
                Ok(json!({ "productId": id, "skuStocks": rows }))
            }
        }
    }
}

fn positive(to: i64) -> Result<i64, WriteError> {
    if to < 0 { Err(refuse("库存不能小于 0，请核对")) } else { Ok(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_is_named_by_its_spec_and_every_digit_of_the_product_is_kept() {
        let spec = "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned();
        let good = change("9007199254740993123", &Amount::Specs(vec![(spec.clone(), 5)])).expect("a stock");
        assert_eq!(
            good.to_string(),
            format!(r#"{{"productId":9007199254740993123,"skuStocks":[{{"skuId":"{spec}","stockChange":5}}]}}"#)
        );
        assert!(change("7", &Amount::Specs(vec![("5000000000001".into(), 5)])).is_err(), "a skuId is no specId");
        assert!(change("7", &Amount::Specs(vec![(spec, -1)])).is_err() && change("7", &Amount::Whole(-1)).is_err());
        assert!(change("7", &Amount::Specs(vec![])).is_err() && change("七", &Amount::Whole(1)).is_err());
    }
}
