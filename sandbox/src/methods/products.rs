//! Products: the list, one of them, and the small edit. Yuan with a point; pictures without a host; blanks of one
//! space.

use serde_json::{Value, json};

use super::{Answer, ShopCall};
use crate::wire::envelope::{GatewayError, decimal};
use crate::wire::params::{Page, Params, Window};
use crate::world::Shop;
use crate::world::changes::Change;
use crate::world::product::{Picture, Product, Sku};

const MOST: i64 = 20;
/// What "nothing" looks like in several fields of these replies.
const BLANK: &str = " ";

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter::read(call.params)?;
    let number = call.params.int("pageNo")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let shop = call.shop();
    let mut found: Vec<&Product> = shop.products.iter().filter(|product| filter.holds(product)).collect();
    sort(call.params, &mut found);
    let total = found.len();
    let records: Vec<Value> = page.of(found).into_iter().map(|product| record(shop, product)).collect();
    Ok(json!({
        "result": { "pageResult": { "pageIndex": number, "sizePerPage": page.size, "totalRecords": total, "resultList": records } },
        "success": true,
        "code": BLANK,
        "message": BLANK,
    }))
}

pub(super) fn get(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productID")?.unwrap_or(0);
    let shop = call.shop();
    Ok(match shop.product(id) {
        Some(product) => {
            let groups = json!([{ "support": true, "description": "", "code": "" }]);
            json!({ "productInfo": record(shop, product), "bizGroupInfos": groups, "errMsg": BLANK })
        }
        None => json!({ "errMsg": format!("{id}:商品不存在") }),
    })
}

pub(super) fn increment_modify(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productID")?.unwrap_or(0);
    let online = call.params.boolean("supportOnlineTrade")?;
    let image: Option<Value> = call.params.json("image")?;
    if call.shop().product(id).is_none() {
        let foreign = call.state.world.shops.iter().any(|shop| shop.product(id).is_some());
        return Ok(if foreign {
            edit_refusal("401", "不是商品的所有者")
        } else {
            edit_refusal("404", "商品不存在")
        });
    }
    let count = image.as_ref().map(|image| image["images"].as_array().map_or(0, Vec::len));
    if count.is_some_and(|count| count == 0 || count > 5) {
        return Ok(edit_refusal("500001", "商品主图不能为空且不能超过5张"));
    }
    // Empty is the same as missing: it leaves the field as it was.
    let subject = call.params.text("subject").map(str::to_owned);
    let description = call.params.text("description").map(str::to_owned);
    let arguments = json!({ "subject": subject, "description": description, "supportOnlineTrade": online });
    call.write(Change::Edited { product: id, subject, description, online }, format!("product:{id}"), arguments)?;
    let shop = call.shop();
    Ok(json!({ "result": shop.product(id).map(|product| record(shop, product)), "success": "true" }))
}

fn edit_refusal(code: &str, message: &str) -> Value {
    json!({ "success": "false", "errorCode": code, "errorMessage": message })
}

/// Which products a call asks for.
#[derive(Debug)]
struct Filter {
    statuses: Option<Vec<String>>,
    category: Option<i64>,
    ids: Option<Vec<i64>>,
    modified: Window,
    word: Option<String>,
    cargo: Option<String>,
}

impl Filter {
    fn read(params: &Params) -> Result<Self, GatewayError> {
        let text = |name| params.text(name).map(str::to_owned);
        Ok(Self {
            statuses: params.json("statusList")?,
            category: params.int("categoryId")?,
            ids: params.json("productIds")?,
            modified: params.window("startModifyTime", "endModifyTime")?,
            word: text("subjectKey"),
            cargo: text("cargoNumber"),
        })
    }

    fn holds(&self, product: &Product) -> bool {
        self.statuses.as_ref().is_none_or(|set| set.contains(&product.status))
            && self.category.is_none_or(|category| category == product.category)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&product.id))
            && self.modified.holds(product.modified)
            && self.word.as_ref().is_none_or(|word| product.title().contains(word.as_str()))
            && self.cargo.as_ref().is_none_or(|cargo| product.cargo == *cargo)
    }
}

/// Only sorting by `ID` walks all items once: other keys have equals, and equals change places between pages on the
/// platform.
fn sort(params: &Params, found: &mut [&Product]) {
    match params.text("orderByCondition") {
        Some("CREATE_DATE" | "POST_DATE") => found.sort_by_key(|product| product.created),
        Some("PRICE") => found.sort_by_key(|product| product.base_price()),
        Some("SALE_QUANTITY") => found.sort_by_key(|product| product.popular),
        Some("ID") => found.sort_by_key(|product| product.id),
        _ => found.sort_by_key(|product| product.modified),
    }
    if params.text("orderByType") != Some("ASC") {
        found.reverse();
    }
}

/// The record that the list, the single read and the edit all answer.
fn record(shop: &Shop, product: &Product) -> Value {
    let attributes: Vec<Value> = (1_i64..)
        .zip(&product.attributes)
        .map(|(serial, (name, value))| {
            let (attribute, choice) = (970 + serial, 28_000 + serial);
            json!({
                "attributeID": attribute, "attributeName": name, "valueID": choice, "value": value, "isCustom": false,
            })
        })
        .collect();
    let images: Vec<String> = product.pictures.iter().map(Picture::path).collect();
    let skus: Vec<Value> = product.skus.iter().map(|sku| sku_record(product, sku)).collect();
    json!({
        "productID": product.id,
        "productType": "wholesale",
        "categoryID": product.category,
        "categoryName": product.category_name,
        "groupID": [product.category % 1000],
        "attributes": attributes,
        "status": product.status,
        "subject": product.title(),
        "description": product.description.as_deref().unwrap_or(product.title()),
        "language": "CHINESE",
        "periodOfValidity": 3650,
        "bizType": 1,
        "pictureAuth": false,
        "image": { "images": images },
        "skuInfos": skus,
        "saleInfo": sale(product),
        "shippingInfo": {
            "freightTemplateID": 11_167_193,
            "unitWeight": decimal(product.weight / 10),
            "sendGoodsAddressId": 14_254_359,
            "sendGoodsAddressText": format!("{} {}", shop.profile.place.province, shop.profile.place.city),
            "packageSize": "10x20x50",
            "handlingTime": 2,
        },
        "supplierUserId": shop.profile.user_id.to_string(),
        "supplierLoginId": shop.profile.login_id,
        "sellerLoginId": shop.profile.login_id,
        "qualityLevel": 4,
        "productCargoNumber": product.cargo,
        "crossBorderOffer": false,
        "referencePrice": decimal(product.base_price()).to_string(),
        "bookedCount": (product.popular * 137).to_string(),
        "productLine": "默认",
        "sevenDaysRefunds": true,
        "createTime": product.created.stamp(),
        "lastUpdateTime": product.modified.stamp(),
        "modifyTime": product.modified.stamp(),
        "approvedTime": product.created.plus_minutes(40).stamp(),
        "lastRepostTime": product.created.plus_days(3).stamp(),
        "expireTime": product.created.plus_days(3650).stamp(),
        "reserveInfo": { "supportReserve": false },
    })
}

fn sale(product: &Product) -> Value {
    let ranges: Vec<Value> = product
        .ladder
        .iter()
        .map(|(quantity, price)| json!({ "startQuantity": quantity, "price": decimal(*price) }))
        .collect();
    json!({
        "supportOnlineTrade": product.online,
        "mixWholeSale": true,
        "priceAuth": false,
        "saleType": "normal",
        "priceRanges": ranges,
        // A decimal, though pieces are counted.
        "amountOnSale": decimal(product.amount_on_sale() * 100),
        "unit": product.unit,
        "sellunit": BLANK,
        "tax": BLANK,
        "minOrderQuantity": product.min_order,
        "quoteType": if product.skus.is_empty() { 0 } else { 2 },
        "deliveryLimit": 2,
        "invReduceType": "1",
    })
}

fn sku_record(product: &Product, sku: &Sku) -> Value {
    let attribute = |id: i64, name: &str, value: &str, kind: &str| {
        json!({
            "attributeID": id,
            "attributeName": name,
            "attValueID": 28_341,
            "attributeValue": value,
            "customValueName": BLANK,
            "attributeDisplayName": BLANK,
            "attrType": kind,
        })
    };
    let mut colour = attribute(3216, "颜色", &sku.colour, "1");
    colour["skuImageUrl"] = json!(sku.picture.as_ref().map(Picture::path));
    let price = product.base_price() + sku.surcharge;
    json!({
        "skuId": sku.id,
        "specId": sku.spec,
        // The same number, here as text.
        "skuCode": sku.id.to_string(),
        "cargoNumber": sku.cargo,
        "amountOnSale": sku.stock,
        "price": decimal(price),
        "consignPrice": decimal(price * 110 / 100),
        "retailPrice": decimal(price * 2),
        "attributes": [colour, attribute(450, "规格", &sku.size, "2")],
    })
}
