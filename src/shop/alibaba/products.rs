//! Products: the list, walked by id so that nothing moves between pages, and one of them.

use serde::Deserialize;
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Product;

use super::client::{Client, Params};
use super::convert;
use super::failed::NO_CODE;
use super::methods::{PRODUCT_GET, PRODUCTS};
use super::wire::{Field, list, part, stamp};
use crate::shop::platform::{Listed, Page, ReadError, Span};

/// Every state that a product is known to have: a deleted one must be heard of too.
const STATES: &str = r#"["published","expired","TBD","deleted","new","modified","member expired","auto expired","member deleted","approved","auditing","untread"]"#;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reply {
    #[serde(deserialize_with = "part")]
    result: Body,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    #[serde(deserialize_with = "part")]
    page_result: Frame,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Frame {
    #[serde(deserialize_with = "list")]
    result_list: Vec<Box<RawValue>>,
    total_records: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Single {
    product_info: Option<Box<RawValue>>,
}

/// One product. Any field may be absent.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Info {
    #[serde(rename = "productID")]
    pub(super) product_id: Field,
    pub(super) status: Field,
    pub(super) subject: Field,
    pub(super) category_name: Field,
    #[serde(deserialize_with = "list")]
    pub(super) attributes: Vec<Attribute>,
    #[serde(deserialize_with = "part")]
    pub(super) image: Image,
    #[serde(deserialize_with = "list")]
    pub(super) sku_infos: Vec<SkuInfo>,
    #[serde(deserialize_with = "part")]
    pub(super) sale_info: Sale,
    pub(super) booked_count: Field,
    pub(super) create_time: Field,
    pub(super) last_update_time: Field,
    pub(super) modify_time: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Attribute {
    pub(super) attribute_name: Field,
    pub(super) value: Field,
    pub(super) attribute_value: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Image {
    #[serde(deserialize_with = "list")]
    pub(super) images: Vec<Field>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SkuInfo {
    pub(super) spec_id: Field,
    pub(super) sku_id: Field,
    pub(super) price: Field,
    pub(super) amount_on_sale: Field,
    #[serde(deserialize_with = "list")]
    pub(super) attributes: Vec<Attribute>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Sale {
    #[serde(deserialize_with = "list")]
    pub(super) price_ranges: Vec<Range>,
    pub(super) amount_on_sale: Field,
    pub(super) min_order_quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Range {
    pub(super) start_quantity: Field,
    pub(super) price: Field,
}

pub(super) async fn page(client: &Client, span: Option<Span>, page: u32) -> Result<Page<Listed>, ReadError> {
    let mut params: Params = vec![
        ("pageNo", (page + 1).to_string()),
        ("pageSize", "20".into()),
        ("statusList", STATES.into()),
        // Any other order lets equals change places between two pages.
        ("orderByCondition", "ID".into()),
        ("orderByType", "ASC".into()),
        ("needDetail", "true".into()),
    ];
    if let Some(span) = span {
        params.extend([("startModifyTime", stamp(span.from)), ("endModifyTime", stamp(span.to))]);
    }
    Ok(read(&client.read::<Reply>(&PRODUCTS, &params).await?))
}

/// One product as it stands now; a deleted one is not found.
pub(super) async fn get(client: &Client, id: &str) -> Result<Product, ReadError> {
    match listed(client, id).await? {
        Listed::Here(product) => Ok(*product),
        Listed::Gone { .. } => Err(ReadError::NotFound { what: format!("商品 {id}") }),
    }
}

/// One product as it stands now, or that it was deleted.
pub(super) async fn listed(client: &Client, id: &str) -> Result<Listed, ReadError> {
    let not_found = || ReadError::NotFound { what: format!("商品 {id}") };
    let params: Params = vec![("productID", id.to_owned()), ("webSite", "1688".into())];
    let single: Single = match client.read(&PRODUCT_GET, &params).await {
        // This method says "no such product" by a message alone.
        Err(ReadError::Refused { code }) if code == NO_CODE => return Err(not_found()),
        other => other?,
    };
    let raw = single.product_info.ok_or_else(not_found)?;
    let listed = serde_json::from_str(raw.get()).ok().and_then(|info| convert::product(&info).ok());
    match listed {
        Some(Listed::Here(product)) if product.id != id => Err(not_found()),
        Some(Listed::Gone { id: other }) if other != id => Err(not_found()),
        Some(listed) => Ok(listed),
        None => Err(ReadError::Unreachable { why: "平台返回的商品资料不完整".into() }),
    }
}

fn read(reply: &Reply) -> Page<Listed> {
    let frame = &reply.result.page_result;
    convert::page(&frame.result_list, &frame.total_records, "商品", convert::product)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::samples;
    use super::*;

    fn check(product: &Product) {
        assert_eq!((product.id.as_str(), product.on_sale), ("584051070147", true));
        assert_eq!((product.stock, product.min_order, product.sold), (Some(108), Some(3), Some(1999)));
        assert_eq!(product.prices, [(123, Decimal::new(123, 2))]);
        assert_eq!(product.pictures.len(), 3);
        assert_eq!(product.attributes, [("风格".to_owned(), "民族风".to_owned())]);
        let sku = &product.skus[0];
        assert_eq!((sku.id.as_str(), sku.number.as_str()), ("77c543d0d306007fd97efef14cf81393", "3745786328076"));
        assert_eq!((sku.name.as_str(), sku.stock, sku.price), ("紫色", 100, Some(Decimal::from(8700))));
    }

    #[test]
    fn the_official_product_list_and_the_single_product_read_alike() {
        let page = read(&serde_json::from_str(&samples::reply("product.list.get")).expect("the sample"));
        assert_eq!((page.total, page.unreadable.len()), (Some(123), 0));
        let Listed::Here(product) = &page.rows[0] else { panic!("it is not deleted") };
        check(product);
        let single: Single = serde_json::from_str(&samples::reply("product.get")).expect("the sample");
        let info = serde_json::from_str(single.product_info.expect("a product").get()).expect("an info");
        let Ok(Listed::Here(product)) = convert::product(&info) else { panic!("it is whole") };
        check(&product);
    }

    #[test]
    fn a_deleted_product_is_gone_and_one_off_sale_is_not() {
        let of = |status: &str| {
            let text = format!(
                r#"{{"productID":7,"subject":"杯","status":"{status}","modifyTime":"20261120093000000+0800"}}"#
            );
            convert::product(&serde_json::from_str(&text).expect("JSON")).expect("whole")
        };
        assert_eq!(of("member deleted"), Listed::Gone { id: "7".into() });
        let Listed::Here(product) = of("member expired") else { panic!("it is only off sale") };
        assert!(!product.on_sale);
        assert_eq!((product.stock, product.sold), (None, None), "what is not told is not zero");
    }
}
