//! The record of a product, which every read and most writes answer. Yuan with a point; pictures without a host; blanks
//! of one space.

use serde_json::{Value, json};

use super::BLANK;
use crate::clock::Moment;
use crate::wire::envelope::decimal;
use crate::world::Shop;
use crate::world::categories;
use crate::world::product::{Picture, Product, Sku};

/// The record of a product as of `now`.
pub(super) fn record(shop: &Shop, product: &Product, now: Moment) -> Value {
    let attributes: Vec<Value> = product
        .attributes
        .iter()
        .map(|(name, value)| {
            let (attribute, made_up) = categories::attribute(product.category, name);
            json!({
                "attributeID": attribute,
                "attributeName": name,
                "valueID": categories::value(value),
                "value": value,
                "isCustom": made_up,
            })
        })
        .collect();
    let images: Vec<String> = product.pictures.iter().map(Picture::path).collect();
    let skus: Vec<Value> = product.choices().map(|sku| sku_record(product, sku)).collect();
    let approved = product.audited().unwrap_or(product.created.plus_minutes(40));
    let mut record = json!({
        "productID": product.id,
        "productType": "wholesale",
        "categoryID": product.category,
        "categoryName": product.category_name,
        "groupID": product.groups,
        "attributes": attributes,
        "status": product.status_at(now),
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
            "freightTemplateID": product.freight,
            "unitWeight": decimal(product.weight / 10),
            "sendGoodsAddressId": 14_254_359,
            "sendGoodsAddressText": format!("{} {}", shop.profile.place.province, shop.profile.place.city),
            "packageSize": "10x20x50",
            "handlingTime": 2,
        },
        "userId": shop.profile.user_id,
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
        "lastUpdateTime": product.modified_at(now).stamp(),
        "modifyTime": product.modified_at(now).stamp(),
        "approvedTime": (approved <= now).then(|| approved.stamp()),
        "lastRepostTime": product.reposted.unwrap_or(product.created.plus_days(3)).stamp(),
        "expireTime": product.created.plus_days(3650).stamp(),
        "reserveInfo": { "supportReserve": false },
        "extendInfos": [
            { "key": "isSupportStepPay", "value": "false" },
            { "key": "isSupportMix", "value": "true" },
            { "key": "isAlipaySupported", "value": "true" },
        ],
    });
    if !product.site_data {
        // An overwrite from outside takes away what it cannot name.
        record["reserveInfo"] = Value::Null;
        record["saleInfo"]["invReduceType"] = Value::Null;
        record["shippingInfo"]["packageSize"] = Value::Null;
    }
    record
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
        "quoteType": if product.has_choices() { 2 } else { 0 },
        "deliveryLimit": 2,
        "invReduceType": "1",
    })
}

fn sku_record(product: &Product, sku: &Sku) -> Value {
    let attribute = |id: i64, name: &str, value: &str, kind: &str| {
        json!({
            "attributeID": id,
            "attributeName": name,
            "attValueID": categories::value(value),
            "attributeValue": value,
            "customValueName": BLANK,
            "attributeDisplayName": BLANK,
            "attrType": kind,
        })
    };
    let mut colour = attribute(categories::COLOUR, "颜色", &sku.colour, "1");
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
        "attributes": [colour, attribute(categories::SIZE, "规格", &sku.size, "2")],
    })
}
