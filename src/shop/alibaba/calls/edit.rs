//! Changing a listing: a few fields, the whole record, or what the site's own form holds. After every edit the product is to be read
//! back: a success has been seen that changed nothing.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Fen, Id, Told, Yuan};
use super::super::wire::{list, part};
use super::outcome::{confirmed, made, number, one, refuse};
use super::site;
use crate::shop::platform::WriteError;

/// Edits of one product that the platform takes on one day.
pub const EDITS_A_DAY: u32 = 30;
/// Characters of a title.
const TITLE: usize = 128;
/// Main pictures of a product.
const PICTURES: usize = 5;

/// Fields to change; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Increment {
    /// The title.
    pub title: Option<String>,
    /// HTML.
    pub description: Option<String>,
    /// All main pictures, as paths of the photo bank.
    pub pictures: Option<Vec<String>>,
}

/// An edit in the form that the site itself uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The product.
    pub product: String,
    /// Its category.
    pub category: String,
    /// `cbu` where nothing else is known.
    pub scene: String,
    /// By the names of the schema: `title`, `description`, `priceRange`, `totalSales`, `skuTable`.
    pub values: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Edited {
    #[serde(rename = "productID")]
    pub(super) product_id: Told<Id>,
    #[serde(deserialize_with = "list")]
    pub(super) attribute_changes: Vec<Told<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Incremented {
    #[serde(deserialize_with = "part")]
    pub(super) result: Edited,
}

/// Changes a few fields.
///
/// # Errors
/// As any write; [`WriteError::Refused`] for what would silently do nothing.
pub async fn increment(client: &Client, product: &str, change: &Increment) -> Result<(), WriteError> {
    let params = changes(product, change)?;
    let sent = client.send(&m::PRODUCT_INCREMENT, &params, None).await;
    // Some replies have a flag, some only the product as it is now.
    confirmed(&m::PRODUCT_INCREMENT, sent, |body| {
        let shown: Option<Incremented> = serde_json::from_str(body).ok();
        let same = shown.is_some_and(|shown| shown.result.product_id.as_ref().is_some_and(|id| id.0 == product));
        (same || super::super::envelope::affirmed(body)).then_some(())
    })
    .map(|_| ())
}

fn changes(product: &str, change: &Increment) -> Result<Params, WriteError> {
    let mut params: Params = vec![("productID", number(product, "商品")?.to_string()), site()];
    let Increment { title, description, pictures } = change;
    if [title, description].into_iter().flatten().any(|text| text.trim().is_empty()) {
        return Err(refuse("标题和详情不能为空，请填写内容"));
    }
    if title.as_ref().is_some_and(|title| title.chars().count() > TITLE) {
        return Err(refuse(format!("标题超过 {TITLE} 字，请缩短")));
    }
    params.extend(title.iter().map(|title| ("subject", title.clone())));
    params.extend(description.iter().map(|text| ("description", text.clone())));
    if let Some(pictures) = pictures {
        if pictures.is_empty() || pictures.len() > PICTURES {
            return Err(refuse(format!("主图要有 1 到 {PICTURES} 张，请调整")));
        }
        if title.is_none() && description.is_none() {
            return Err(refuse("修改主图时请同时提交标题"));
        }
        params.push(("image", json!({ "images": pictures }).to_string()));
    }
    if params.len() == 2 { Err(refuse("没有任何改动，请填写要改的内容")) } else { Ok(params) }
}

/// Writes a whole record, read just before by [`super::products::record`]: what the record leaves out is lost. Gives back the names of
/// the attributes that changed.
///
/// # Errors
/// As any write.
pub async fn whole(client: &Client, product: &str, record: &Map<String, Value>) -> Result<Vec<String>, WriteError> {
    let id = number(product, "商品")?;
    if record.get("productID").is_none_or(|told| told.to_string().trim_matches('"') != product) {
        return Err(refuse("提交的资料不是这个商品的，请重新读取商品"));
    }
    let info = Value::Object(record.clone()).to_string();
    let params = vec![("productID", id.to_string()), ("productInfo", info), site()];
    let edited: Edited = made(&m::PRODUCT_EDIT, client.send(&m::PRODUCT_EDIT, &params, None).await, |body| {
        serde_json::from_str(body).ok().filter(|edited: &Edited| edited.product_id.is_some())
    })?;
    Ok(edited.attribute_changes.iter().filter_map(|name| (**name).clone()).collect())
}

/// Changes title, description, prices or stock in the site's own form. Attributes, freight and parcel sizes it does not change.
///
/// # Errors
/// As any write.
pub async fn form(client: &Client, form: &Form) -> Result<(), WriteError> {
    if form.values.is_empty() {
        return Err(refuse("没有任何改动，请填写要改的内容"));
    }
    let params = vec![
        ("catId", number(&form.category, "类目")?.to_string()),
        ("scene", form.scene.clone()),
        ("offerId", number(&form.product, "商品")?.to_string()),
        ("dataBody", json!({ "formValues": form.values }).to_string()),
    ];
    one(&m::PRODUCT_EDIT_INFO, client.send(&m::PRODUCT_EDIT_INFO, &params, None).await)
}

/// Prices by quantity, for the `priceRange` of a [`Form`]: they replace all that there are, and more pieces must not cost more each.
///
/// # Errors
/// [`WriteError::Refused`] where the steps do not go up in quantity and down in price.
pub fn ladder(steps: &[(u32, Yuan)]) -> Result<Value, WriteError> {
    let goes_on = |pair: &[(u32, Yuan)]| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1;
    let fits = steps.iter().all(|(from, price)| *from > 0 && price.0 > Decimal::ZERO && price.fen().is_some());
    if steps.is_empty() || !fits || !steps.windows(2).all(goes_on) {
        return Err(refuse("阶梯价不对：数量要从少到多，单价要从高到低，最多两位小数"));
    }
    let row = |(from, price): &(u32, Yuan)| json!({ "pricerange_beginAmount": from, "pricerange_price": price.0.to_string() });
    Ok(Value::Array(steps.iter().map(row).collect()))
}

/// Changes prices of variants that exist, by their number across the platform. Prices by quantity are left alone: in which unit this
/// method wants them is not published.
///
/// # Errors
/// As any write.
pub async fn sku_prices(client: &Client, product: &str, prices: &[(String, Fen)]) -> Result<(), WriteError> {
    let rows = prices
        .iter()
        .map(|(sku, price)| {
            if price.0 <= 0 {
                return Err(refuse("价格要大于 0 元，请核对"));
            }
            Ok(json!({ "skuId": number(sku, "规格")?, "price": price.0 }))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Err(refuse("没有任何改动，请填写要改的价格"));
    }
    let params =
        vec![("productId", number(product, "商品")?.to_string()), ("skuPriceList", Value::Array(rows).to_string())];
    one(&m::PRODUCT_PRICE, client.send(&m::PRODUCT_PRICE, &params, None).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_that_would_do_nothing_or_too_much_is_not_sent() {
        let title = |title: &str| Increment { title: Some(title.into()), ..Increment::default() };
        assert!(changes("700000000001", &title("不锈钢保温杯")).is_ok());
        assert!(changes("x\",", &title("杯")).is_err(), "not a product's number");
        assert!(changes("7", &title(" ")).is_err() && changes("7", &title(&"长".repeat(129))).is_err());
        assert!(changes("7", &Increment::default()).is_err());
        let pictures = |count: usize| Increment { pictures: Some(vec!["img/a.jpg".into(); count]), ..title("杯") };
        assert!(changes("7", &pictures(5)).is_ok());
        assert!(changes("7", &pictures(0)).is_err() && changes("7", &pictures(6)).is_err());
        assert!(changes("7", &Increment { title: None, ..pictures(1) }).is_err(), "pictures do not go alone");
    }

    #[test]
    fn a_ladder_goes_up_in_pieces_and_down_in_price() {
        let yuan = |fen: i64| Yuan(Decimal::new(fen, 2));
        let good = ladder(&[(2, yuan(2200)), (100, yuan(2050))]).expect("a ladder");
        assert_eq!(good[1], json!({ "pricerange_beginAmount": 100, "pricerange_price": "20.50" }));
        for bad in
            [vec![], vec![(0, yuan(1))], vec![(2, yuan(100)), (2, yuan(90))], vec![(2, yuan(100)), (9, yuan(200))]]
        {
            assert!(ladder(&bad).is_err(), "{bad:?}");
        }
    }
}
