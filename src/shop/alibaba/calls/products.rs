//! Products in full: any filter of the list, single ones, and what buyers wrote about one.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::failed::NO_CODE;
use super::super::methods as m;
use super::super::told::{Id, Told, Yuan};
use super::super::wire::{list, part, stamp};
use super::{site, some};
use crate::shop::platform::{ReadError, Span};

/// Which products. What is left out does not filter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `published`, `expired`, `TBD`, `deleted`, `new`, `modified`, `member expired` …
    pub states: Vec<String>,
    /// By time of the last change.
    pub modified: Option<Span>,
    /// Words of the title.
    pub title: Option<String>,
    /// 货号.
    pub cargo_number: Option<String>,
    /// A category.
    pub category: Option<String>,
    /// The first page is 0.
    pub page: u32,
}

/// Some products.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Products {
    /// This page's.
    #[serde(rename = "resultList", deserialize_with = "list")]
    pub products: Vec<Info>,
    /// How many there are in all.
    pub total_records: Told<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Framed {
    #[serde(deserialize_with = "part")]
    pub(super) result: Frame,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Frame {
    #[serde(deserialize_with = "part")]
    pub(super) page_result: Products,
}

/// A product; prices in yuan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Info {
    #[serde(rename = "productID")]
    pub product_id: Told<Id>,
    #[serde(rename = "categoryID")]
    pub category_id: Told<Id>,
    pub category_name: Told<String>,
    #[serde(rename = "groupID", deserialize_with = "list")]
    pub group_id: Vec<Told<Id>>,
    pub product_type: Told<String>,
    pub status: Told<String>,
    pub subject: Told<String>,
    pub description: Told<String>,
    #[serde(deserialize_with = "list")]
    pub attributes: Vec<Attribute>,
    #[serde(deserialize_with = "part")]
    pub image: Images,
    #[serde(deserialize_with = "list")]
    pub sku_infos: Vec<Sku>,
    #[serde(deserialize_with = "part")]
    pub sale_info: Sale,
    #[serde(deserialize_with = "part")]
    pub shipping_info: Shipping,
    pub quality_level: Told<i64>,
    pub booked_count: Told<i64>,
    pub reference_price: Told<Yuan>,
    pub product_cargo_number: Told<String>,
    pub create_time: Told<Time>,
    pub last_update_time: Told<Time>,
    pub modify_time: Told<Time>,
    pub approved_time: Told<Time>,
    pub expire_time: Told<Time>,
    pub last_repost_time: Told<Time>,
    /// The platform's own polished copy.
    #[serde(deserialize_with = "part")]
    pub intelligent_info: Polished,
}

/// An attribute of a product, or of one of its variants.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Attribute {
    #[serde(rename = "attributeID")]
    pub attribute_id: Told<Id>,
    pub attribute_name: Told<String>,
    pub value: Told<String>,
    /// The same of a variant.
    pub attribute_value: Told<String>,
    pub sku_image_url: Told<String>,
    pub is_custom: Told<bool>,
}

/// Main pictures, as paths below the picture host.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Images {
    /// In order.
    #[serde(deserialize_with = "list")]
    pub images: Vec<Told<String>>,
}

/// A variant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Sku {
    /// Across the platform.
    pub sku_id: Told<Id>,
    /// Within the product: what a change of stock names it by.
    pub spec_id: Told<Id>,
    pub cargo_number: Told<String>,
    pub sku_code: Told<String>,
    pub amount_on_sale: Told<i64>,
    pub price: Told<Yuan>,
    pub retail_price: Told<Yuan>,
    pub consign_price: Told<Yuan>,
    #[serde(deserialize_with = "list")]
    pub price_range: Vec<Step>,
    #[serde(deserialize_with = "list")]
    pub attributes: Vec<Attribute>,
}

/// From how many pieces on which price.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Step {
    pub start_quantity: Told<i64>,
    pub price: Told<Yuan>,
}

/// How a product is sold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Sale {
    pub support_online_trade: Told<bool>,
    pub mix_whole_sale: Told<bool>,
    pub sale_type: Told<String>,
    #[serde(deserialize_with = "list")]
    pub price_ranges: Vec<Step>,
    pub amount_on_sale: Told<i64>,
    pub unit: Told<String>,
    pub min_order_quantity: Told<i64>,
    pub batch_number: Told<i64>,
    /// 0 no variants, by quantity; 1 by variant; 2 variants, steps for the product; 3 variants, steps each.
    pub quote_type: Told<i64>,
    pub consign_price: Told<Yuan>,
    pub delivery_limit: Told<i64>,
    /// 1 when ordered, 2 when paid.
    pub inv_reduce_type: Told<i64>,
}

/// How a product is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Shipping {
    #[serde(rename = "freightTemplateID")]
    pub freight_template_id: Told<String>,
    /// Kilograms.
    pub unit_weight: Told<Decimal>,
    pub send_goods_address_id: Told<Id>,
}

/// The platform's own polished copy of title and pictures.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Polished {
    pub title: Told<String>,
    #[serde(deserialize_with = "list")]
    pub images: Vec<Told<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Single {
    pub(super) product_info: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ById {
    #[serde(deserialize_with = "list")]
    pub(super) product_list: Vec<Info>,
}

/// What buyers wrote about a product. Who wrote is left unread.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Reviews {
    /// This page's.
    #[serde(rename = "modelList", deserialize_with = "list")]
    pub reviews: Vec<Review>,
    /// How many there are in all.
    pub total_count: Told<i64>,
}

/// One review.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Review {
    pub star_level: Told<i64>,
    pub content: Told<String>,
    pub remark_content: Told<String>,
    pub explain_content: Told<String>,
    pub quantity: Told<i64>,
    pub trade_id: Told<Id>,
    pub sub_trade_id: Told<Id>,
    pub offer_id: Told<Id>,
    pub gmt_published: Told<Time>,
    pub status: Told<String>,
}

/// One page of products, by id, so that nothing moves between pages.
///
/// # Errors
/// As any read.
pub async fn list_of(client: &Client, wanted: &Wanted) -> Result<Products, ReadError> {
    let mut params: Params = vec![
        ("pageNo", (wanted.page + 1).to_string()),
        ("pageSize", "20".into()),
        ("orderByCondition", "ID".into()),
        ("orderByType", "ASC".into()),
        ("needDetail", "true".into()),
    ];
    params.extend((!wanted.states.is_empty()).then(|| ("statusList", serde_json::json!(wanted.states).to_string())));
    params.extend(some("subjectKey", wanted.title.as_ref()));
    params.extend(some("cargoNumber", wanted.cargo_number.as_ref()));
    params.extend(some("categoryId", wanted.category.as_ref()));
    let span = |span: &Span| [("startModifyTime", stamp(span.from)), ("endModifyTime", stamp(span.to))];
    params.extend(wanted.modified.iter().flat_map(span));
    let framed: Framed = client.read(&m::PRODUCTS, &params).await?;
    Ok(framed.result.page_result)
}

/// One page of products of a state, by the older method.
///
/// # Errors
/// As any read.
pub async fn by_status(client: &Client, states: &[&str], page: u32) -> Result<Products, ReadError> {
    let params = vec![
        ("pageNo", (page + 1).to_string()),
        ("pageSize", "20".into()),
        ("statusList", serde_json::json!(states).to_string()),
    ];
    let framed: Framed = client.read(&m::PRODUCTS_BY_STATUS, &params).await?;
    Ok(framed.result.page_result)
}

/// One product in full.
///
/// # Errors
/// [`ReadError::NotFound`] where there is none; one that was just made may be missing for some minutes.
pub async fn get(client: &Client, product: &str) -> Result<Info, ReadError> {
    let info = Value::Object(record(client, product).await?).to_string();
    serde_json::from_str(&info)
        .map_err(|_| ReadError::Unreachable { why: "平台返回的商品资料不完整".into() })
}

/// The whole record of a product, field by field as it came: what [`super::edit::whole`] writes back.
///
/// # Errors
/// As [`get`].
pub async fn record(client: &Client, product: &str) -> Result<Map<String, Value>, ReadError> {
    let not_found = || ReadError::NotFound { what: format!("商品 {product}") };
    let params = vec![("productID", product.to_owned()), site()];
    let single: Single = match client.read(&m::PRODUCT_GET, &params).await {
        // This method says "no such product" by a message alone.
        Err(ReadError::Refused { code }) if code == NO_CODE => return Err(not_found()),
        other => other?,
    };
    let info: Map<String, Value> =
        single.product_info.and_then(|raw| serde_json::from_str(raw.get()).ok()).ok_or_else(not_found)?;
    let same = |id: &Value| id.to_string().trim_matches('"') == product;
    if info.get("productID").is_some_and(same) { Ok(info) } else { Err(not_found()) }
}

/// Several products; those that are not in the answer do not exist.
///
/// # Errors
/// As any read.
pub async fn by_ids(client: &Client, products: &[&str]) -> Result<Vec<Info>, ReadError> {
    let ids =
        format!("[{}]", products.iter().filter(|id| id.parse::<u64>().is_ok()).copied().collect::<Vec<_>>().join(","));
    let found: ById = client.read(&m::PRODUCTS_BY_ID, &vec![("productIdList", ids)]).await?;
    Ok(found.product_list)
}

/// What buyers wrote about a product. The platform may have taken this method back: reviews also stand at the orders.
///
/// # Errors
/// As any read.
pub async fn reviews(client: &Client, product: &str, page: u32) -> Result<Reviews, ReadError> {
    let params = vec![("productId", product.to_owned()), ("page", (page + 1).to_string()), ("pageSize", "20".into())];
    client.read(&m::PRODUCT_RATES, &params).await
}
