//! The new product model: its schemas, its form, and its two edits. One edit says success and changes nothing; the
//! other changes title, description, prices and stock, answers JSON text, and is silent about everything else it was
//! given. Yuan.

use serde_json::{Map, Value, json};

use super::draft::{Draft, DraftSku, fen, items, pieces, text};
use super::{keep, number, own};
use crate::methods::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::catalogue;
use crate::world::categories::{self, CARGO, COLOUR, SIZE};
use crate::world::product::{Product, Sku};

/// `new.product.getSchema`: what a listing of this category is made of. `bizData` comes as JSON text.
pub(in crate::methods) fn schema(call: &mut ShopCall<'_>) -> Answer {
    let Some(category) = call.params.int("catId")?.filter(|id| categories::leaf(*id).is_some()) else {
        return Ok(refusal("SYS_ERROR", "系统错误，请稍后重试"));
    };
    let scene = call.params.text("scene").unwrap_or("");
    let industry: Option<Value> = call.params.json("bizParam")?;
    let known = match scene {
        "cbu" | "popular" => true,
        "industry" => industry.is_some_and(|param| number(&param["industryCategoryId"]).is_some()),
        _ => false,
    };
    if !known {
        return Ok(refusal("PARAM_ERROR", "scene不支持，或缺少industryCategoryId"));
    }
    let data = json!({ "catId": category, "scene": scene, "components": components(category) });
    Ok(json!({ "result": { "success": true, "bizData": data.to_string() } }))
}

/// `new.product.getSubSchema`: the same choices for one component. `bizData` comes as an object.
pub(in crate::methods) fn sub_schema(call: &mut ShopCall<'_>) -> Answer {
    let Some(category) = call.params.int("catId")?.filter(|id| categories::leaf(*id).is_some()) else {
        return Ok(refusal("SYS_ERROR", "系统错误，请稍后重试"));
    };
    let body: Value = call.params.json("dataBody")?.unwrap_or_default();
    let mut all = components(category);
    let asked = body["data"].as_object().cloned().unwrap_or_default();
    if let Some(known) = all.as_object_mut() {
        known.retain(|name, _| asked.contains_key(name));
    }
    Ok(json!({ "result": { "success": true, "bizData": { "components": all, "reload": false } } }))
}

fn components(category: i64) -> Value {
    let choices = catalogue::choices(category);
    let property = |id: i64, name: &str, values: Vec<&str>| {
        let options: Vec<Value> =
            values.iter().map(|value| json!({ "value": categories::value(value), "text": value })).collect();
        (format!("p-{id}"), json!({ "label": name, "required": id == COLOUR, "options": options }))
    };
    let (mut product, mut sale) = (Map::new(), Map::new());
    product.extend([property(CARGO, "货号", Vec::new())]);
    if let Some(choices) = choices {
        let named = choices.attributes.iter();
        product
            .extend(named.map(|(name, value)| property(categories::attribute(category, name).0, name, vec![*value])));
        sale.extend([property(COLOUR, "颜色", choices.colours), property(SIZE, "规格", choices.sizes)]);
    }
    json!({
        "title": { "required": true },
        "description": { "required": true },
        "primaryPicture": { "required": true, "max": super::draft::PICTURES },
        "catProp": { "required": true, "children": product },
        "saleProp": { "required": false, "children": sale },
        "skuTable": { "required": false, "supportLevelProp": true },
        "priceRange": { "required": true },
        "beginAmount": { "required": true },
        "totalSales": { "required": false },
        "freight": { "required": true },
    })
}

/// `new.product.edit`: a practitioner saw success with nothing changed, and so it is here.
pub(in crate::methods) fn edit(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("offerId")?.unwrap_or(0);
    let Ok(product) = own(call, id) else { return Ok(refusal("PARAM_ERROR", "商品不存在")) };
    let data = json!({ "itemId": id.to_string(), "offerStatus": product.status_at(call.now) });
    Ok(json!({ "result": { "success": true, "bizData": { "dataJson": data.to_string() } } }))
}

/// `product.increment.editInfo`; its name has no `alibaba.` in front.
pub(in crate::methods) fn edit_info(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("offerId")?.unwrap_or(0);
    let body = body(call)?;
    let edited = own(call, id).map_err(|(_, text)| text.to_owned()).and_then(|product| edited(product, &body, call));
    let product = match edited {
        Ok(product) => product,
        Err(text) => {
            let inner = json!({ "success": false, "bizCode": "PARAM_ERROR", "message": text });
            return Ok(json!({ "result": inner.to_string(), "success": false }));
        }
    };
    keep(call, product, body)?;
    Ok(json!({ "result": json!({ "success": true }).to_string(), "success": true }))
}

fn edited(product: &Product, body: &Value, call: &ShopCall<'_>) -> Result<Product, String> {
    let form = Draft::of_form(product.category, body);
    let mut product = product.clone();
    if !form.subject.is_empty() && form.subject != product.title() {
        product.set_title(call.now, form.subject);
    }
    product.description = form.description.or(product.description);
    if !form.ladder.is_empty() {
        product.ladder = form.ladder;
    }
    if let Some(total) = body["formValues"].get("totalSales") {
        product.stock = pieces(total);
    }
    let base = product.base_price();
    for wanted in form.skus {
        let same = |sku: &&mut Sku| {
            !sku.gone && sku.colour == wanted.colour && (wanted.size.is_empty() || sku.size == wanted.size)
        };
        let known = product.skus.iter_mut().find(same).ok_or("SKU不存在，不能通过此接口新增规格")?;
        known.stock = wanted.stock;
        known.surcharge = wanted.price.map_or(known.surcharge, |price| price - base);
    }
    product.modified = call.now;
    Ok(product)
}

/// The form of a call; a body without one is of the wrong type.
pub(super) fn body(call: &ShopCall<'_>) -> Result<Value, GatewayError> {
    let body: Option<Value> = call.params.json("dataBody")?;
    body.filter(|body| body["formValues"].is_object()).ok_or_else(|| GatewayError::wrong_type("dataBody.formValues"))
}

pub(super) fn refusal(code: &str, text: &str) -> Value {
    json!({ "result": { "success": false, "bizCode": code, "message": text } })
}

impl Draft {
    /// Reads the form of the new model.
    pub(super) fn of_form(category: i64, body: &Value) -> Self {
        let form = &body["formValues"];
        let attributes = form["catProp"].as_object().into_iter().flatten().filter_map(|(key, value)| {
            let id = key.strip_prefix("p-")?.parse().ok()?;
            let name = categories::attribute_name(category, id).map_or_else(|| id.to_string(), str::to_owned);
            Some((name, word(value)?))
        });
        let freight = &form["freight"];
        Self {
            subject: text(&form["title"]).unwrap_or_default(),
            description: text(&form["description"]),
            category,
            attributes: attributes.collect(),
            images: items(&form["primaryPicture"]["imageList"]).filter_map(|it| text(&it["url"])).collect(),
            ladder: items(&form["priceRange"])
                .filter_map(|it| Some((number(&it["pricerange_beginAmount"])?, fen(&it["pricerange_price"])?)))
                .collect(),
            skus: items(&form["skuTable"]).filter(|row| is_on(&row["sku_status"])).map(of_row).collect(),
            stock: pieces(&form["totalSales"]),
            unit: catalogue::choices(category).map(|choices| choices.unit.to_owned()),
            min_order: number(&form["beginAmount"]),
            online: true,
            weight: fen(&form["weight"]).unwrap_or(0) * 10,
            groups: Vec::new(),
            freight: number(&freight["freightId"]).unwrap_or(0),
        }
    }
}

fn of_row(row: &Value) -> DraftSku {
    let mut words = items(&row["sku_props"]).filter_map(word);
    DraftSku {
        colour: words.next().unwrap_or_default(),
        size: words.next().unwrap_or_default(),
        price: fen(&row["sku_price"]),
        stock: pieces(&row["sku_amountOnSale"]),
        ..DraftSku::default()
    }
}

/// A row without a status is on.
fn is_on(status: &Value) -> bool {
    !matches!(status, Value::Bool(false)) && number(status) != Some(0)
}

/// The chosen word of a property. Its form is not known to the letter: a text, or an object that holds one.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => ["text", "value", "name"].iter().find_map(|name| text(fields.get(*name)?)),
        Value::Array(list) => list.first().and_then(word),
        _ => text(value),
    }
}
