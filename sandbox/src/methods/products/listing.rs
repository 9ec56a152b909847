//! New listings, by the new form and by the old record. Neither knows a request twice: the same listing sent again is a
//! second product, which is why the ledger names a listing by its 货号 or title. Too many rounds of deleting and adding
//! are answered like any other and create nothing.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::new_model::{body, refusal};
use crate::methods::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::world::changes::Change;
use crate::world::product::{NewProduct, Product};

/// Rounds of deleting and adding within an hour that risk control lets pass.
const ROUNDS: usize = 10;
/// Parameters of the old method that hold JSON.
const BLOCKS: [&str; 6] = ["attributes", "groupID", "image", "saleInfo", "shippingInfo", "skuInfos"];

/// `new.product.add`.
pub(in crate::methods) fn add(call: &mut ShopCall<'_>) -> Answer {
    let category = call.params.int("catId")?.unwrap_or(0);
    let body = body(call)?;
    let draft = Draft::of_form(category, &body);
    if let Some(flaw) = draft.flaw() {
        return Ok(refusal("PARAM_ERROR", &flaw));
    }
    let id = create(call, draft, body)?;
    // The number inside the text is text too.
    let data = json!({ "itemId": id.to_string(), "offerStatus": "auditing" });
    Ok(json!({ "result": { "success": true, "bizData": { "dataJson": data.to_string() } } }))
}

/// `product.add`, the old model: the id, or a message and no id.
pub(in crate::methods) fn add_record(call: &mut ShopCall<'_>) -> Answer {
    let mut info = Map::new();
    for name in BLOCKS {
        info.extend(call.params.json::<Value>(name)?.map(|block| (name.to_owned(), block)));
    }
    for name in ["subject", "description", "categoryID"] {
        info.extend(call.params.text(name).map(|text| (name.to_owned(), json!(text))));
    }
    let info = Value::Object(info);
    let draft = Draft::of_record(&info);
    if let Some(flaw) = draft.flaw() {
        return Ok(json!({ "errorMsg": flaw }));
    }
    let id = create(call, draft, info)?;
    Ok(json!({ "productID": id }))
}

/// The id that the caller is told; under risk control nothing has it.
fn create(call: &mut ShopCall<'_>, draft: Draft, arguments: Value) -> Result<i64, GatewayError> {
    let shop = call.shop();
    let count = i64::try_from(shop.products.len()).unwrap_or(0);
    let first = 790_000_000_000 + shop.profile.user_id % 100_000_000 * 1_000;
    if is_suspected(call) {
        return Ok(first + 500 + count);
    }
    let mut product = Product::new(NewProduct {
        id: first + count,
        title: draft.subject.clone(),
        category: (draft.category, String::new()),
        unit: String::new(),
        ladder: vec![(1, draft.base_price())],
        created: call.now,
    });
    draft.overwrite(&mut product, call.now);
    product.status = "auditing".to_owned();
    (product.submitted, product.reposted) = (Some(call.now), Some(call.now));
    // Nobody has found it yet.
    product.popular = 0;
    let id = product.id;
    let name = if product.cargo.is_empty() { product.title() } else { &product.cargo }.to_owned();
    call.write(Change::Listed(Box::new(product)), format!("listing:{name}"), arguments)?;
    Ok(id)
}

fn is_suspected(call: &ShopCall<'_>) -> bool {
    let since = call.now.plus_minutes(-60);
    let lately = |at: Option<crate::clock::Moment>| at.is_some_and(|at| at > since);
    let products = &call.shop().products;
    let deleted = products.iter().filter(|product| lately(product.deleted)).count();
    let added = products.iter().filter(|product| lately(product.submitted)).count();
    deleted.min(added) >= ROUNDS
}
