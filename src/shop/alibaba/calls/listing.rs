//! A new product. It is sent once, whatever happens: after silence it may be there, and [`super::products::list_of`] finds it by its
//! title or 货号. More than about ten rounds of deleting and adding in an hour make the platform answer success and create nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told, inside};
use super::super::wire::part;
use super::outcome::{made, number, refuse};
use super::{site, some};
use crate::shop::platform::{ReadError, WriteError};

/// Rows of variants that a listing may have.
const MOST_ROWS: usize = 2000;

/// Whose rules are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// A leaf category.
    pub category: String,
    /// `cbu`, `popular`, `industry`.
    pub scene: String,
    /// More of it, as the scene wants.
    pub more: Option<Value>,
}

/// A listing, by the names of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Where it goes.
    pub at: Scene,
    /// `title`, `catProp`, `skuTable`, `primaryPicture`, `priceRange` …
    pub values: Map<String, Value>,
    /// What the schema calls `global`, as it was read.
    pub global: Value,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The product's number.
    pub product: String,
    /// `auditing` or `published`; untold where the platform said no more.
    pub status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Reply {
    #[serde(deserialize_with = "part")]
    result: Body,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    biz_data: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Made {
    #[serde(deserialize_with = "inside")]
    data_json: Item,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    item_id: Told<Id>,
    offer_status: Told<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MadeOld {
    #[serde(rename = "productID")]
    product_id: Told<Id>,
}

/// The rules of a category: which components a listing has. With a product, filled with what it shows now.
///
/// # Errors
/// As any read.
pub async fn schema(client: &Client, at: &Scene, product: Option<&str>) -> Result<Map<String, Value>, ReadError> {
    let mut params = scene(at);
    params.extend(some("offerId", product.as_ref()));
    rules(client.read(&m::LISTING_SCHEMA, &params).await?)
}

/// The rules of components that depend on what was filled in: `data` and `global` as the schema named them.
///
/// # Errors
/// As any read.
pub async fn sub_schema(
    client: &Client,
    at: &Scene,
    global: &Value,
    data: &Value,
) -> Result<Map<String, Value>, ReadError> {
    let mut params = scene(at);
    params.push(("dataBody", json!({ "global": global, "data": data }).to_string()));
    rules(client.read(&m::LISTING_SUB_SCHEMA, &params).await?)
}

/// They come as an object or as its text.
fn rules(reply: Reply) -> Result<Map<String, Value>, ReadError> {
    let rules = reply.result.biz_data.and_then(|raw| super::super::told::unwrapped(&raw));
    rules.ok_or_else(|| ReadError::Unreachable { why: "平台没有返回发布规则".into() })
}

fn scene(at: &Scene) -> Params {
    let mut params: Params = vec![("catId", at.category.clone()), ("scene", at.scene.clone())];
    params.extend(some("bizParam", at.more.as_ref()));
    params
}

/// Lists a new product.
///
/// # Errors
/// As any write; after [`WriteError::Unknown`] the product may exist, and nothing may be sent again before it was searched for.
pub async fn add(client: &Client, listing: &Listing) -> Result<Listed, WriteError> {
    let params = new(listing)?;
    made(&m::LISTING_ADD, client.send(&m::LISTING_ADD, &params, None).await, listed)
}

fn new(listing: &Listing) -> Result<Params, WriteError> {
    number(&listing.at.category, "类目")?;
    let filled = |name: &str| listing.values.get(name).is_some_and(|value| !value.is_null() && value != "");
    if let Some(missing) = [("title", "标题"), ("primaryPicture", "主图")].iter().find(|(name, _)| !filled(name)) {
        return Err(refuse(format!("新商品缺少{}，请补全后再发布", missing.1)));
    }
    let rows = listing.values.get("skuTable").and_then(Value::as_array).map_or(0, Vec::len);
    if rows > MOST_ROWS {
        return Err(refuse(format!("规格有 {rows} 行，超过 {MOST_ROWS} 行，请减少规格")));
    }
    let mut params = scene(&listing.at);
    params.push(("dataBody", json!({ "formValues": listing.values, "global": listing.global }).to_string()));
    Ok(params)
}

pub(super) fn listed(body: &str) -> Option<Listed> {
    let reply: Reply = serde_json::from_str(body).ok()?;
    let made: Made = super::super::told::unwrapped(&reply.result.biz_data?)?;
    let product = made.data_json.item_id.0?.0;
    Some(Listed { product, status: made.data_json.offer_status.0 })
}

/// Lists a new product by the older method: the record as `product.add` wants it, field by field. Whether it still answers is not known.
///
/// # Errors
/// As [`add`].
pub async fn add_old(client: &Client, record: &Params) -> Result<String, WriteError> {
    let mut params = record.clone();
    params.push(site());
    made(&m::LISTING_ADD_OLD, client.send(&m::LISTING_ADD_OLD, &params, None).await, |body| {
        let made: MadeOld = serde_json::from_str(body).ok()?;
        Some(made.product_id.0?.0)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn the_number_of_a_new_product_is_read_through_both_wrappings() {
        let made = listed(&samples::reply("new.product.add")).expect("the sample");
        assert_eq!(made, Listed { product: "9007199254740993123".into(), status: Some("auditing".into()) });
        let text = r#"{"result":{"success":true,"bizData":"{\"dataJson\":{\"itemId\":\"700000000002\"}}"}}"#;
        assert_eq!(listed(text).map(|made| made.product).as_deref(), Some("700000000002"));
        assert_eq!(
            listed(r#"{"result":{"success":true,"bizData":{}}}"#),
            None,
            "success without a product is no product"
        );
    }

    #[test]
    fn a_listing_without_title_or_picture_is_not_sent() {
        let mut listing =
            Listing { at: Scene { category: "1048182".into(), ..Scene::default() }, ..Listing::default() };
        assert!(new(&listing).is_err());
        listing.values.insert("title".into(), "保温杯".into());
        assert!(new(&listing).is_err());
        listing.values.insert("primaryPicture".into(), json!({ "imageList": [{ "url": "img/a.jpg" }] }));
        assert!(new(&listing).is_ok());
        listing.values.insert("skuTable".into(), json!(vec![0; 2001]));
        assert!(new(&listing).is_err());
    }
}
