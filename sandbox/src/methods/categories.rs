//! The category tree and its attributes, and the shop's own groups. The tree's flag is spelt `succes` and is text.

use serde_json::{Value, json};

use super::{Answer, OpenCall, ShopCall};
use crate::world::catalogue;
use crate::world::categories::{self, Category};
use crate::world::changes::Change;
use crate::world::photobank::Group;

/// `category.get`; 0 stands for the root of all.
pub(super) fn get(call: &mut OpenCall<'_>) -> Answer {
    let id = call.params.int("categoryID")?.unwrap_or(0);
    let children: Vec<Value> = categories::children(id)
        .map(|child| json!({ "id": child.id, "name": child.name, "isLeaf": child.is_leaf(), "categoryType": "1" }))
        .collect();
    let info = match categories::find(id) {
        Some(category) => json!({
            "categoryID": id,
            "name": category.name,
            "isLeaf": category.is_leaf(),
            "parentIDs": [category.parent],
            "childCategorys": children,
            "minOrderQuantity": 1,
            "featureInfos": [],
            "categoryType": "1",
            "isSupportProcessing": true,
            "sevenDaysRefunds": "y",
        }),
        None if id == 0 => json!({ "categoryID": 0, "name": "root", "isLeaf": false, "childCategorys": children }),
        None => return Ok(json!({ "succes": "false", "errorCode": "404", "errorMsg": format!("类目{id}不存在") })),
    };
    Ok(json!({ "succes": "true", "categoryInfo": [info] }))
}

/// `category.attribute.get`.
pub(super) fn attributes(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("categoryID")?.unwrap_or(0);
    if categories::leaf(id).is_none() {
        return Ok(json!({ "errorMsg": format!("类目{id}不存在或不是叶子类目") }));
    }
    let mut list = vec![attribute(id, "货号", Kind::Text, &[])];
    if let Some(choices) = catalogue::choices(id) {
        list.push(attribute(id, "颜色", Kind::Choice, &choices.colours));
        list.push(attribute(id, "规格", Kind::Choice, &choices.sizes));
        list.extend(choices.attributes.iter().map(|(name, value)| attribute(id, name, Kind::Property, &[*value])));
    }
    Ok(json!({ "attributes": list }))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Typed in.
    Text,
    /// One of several words.
    Property,
    /// What skus differ in.
    Choice,
}

fn attribute(category: i64, name: &str, kind: Kind, values: &[&str]) -> Value {
    let id = categories::attribute(category, name).0;
    let is_sku = kind == Kind::Choice;
    let values: Vec<Value> = values
        .iter()
        .map(|value| json!({ "attrValueID": categories::value(value), "name": value, "childAttrs": [], "isSKU": is_sku }))
        .collect();
    json!({
        "attrID": id,
        "name": name,
        "required": is_sku,
        "units": [],
        "isSKUAttribute": is_sku,
        "attrValues": values,
        // Numbers as text.
        "inputType": match kind { Kind::Text => "0", Kind::Property => "1", Kind::Choice => "2" },
        "aspect": if is_sku { "3" } else { "0" },
        "fieldType": if kind == Kind::Text { "string" } else { "enum" },
        "isSpecPicAttr": id == categories::COLOUR,
        "attrType": if is_sku { "1" } else { "0" },
    })
}

/// `category.searchByKeyword`: leaves only.
pub(super) fn search(call: &mut ShopCall<'_>) -> Answer {
    let word = call.params.text("keyword").unwrap_or("");
    let fits =
        |category: &&Category| category.is_leaf() && (category.name.contains(word) || word.contains(&category.name));
    let found: Vec<Value> = categories::all()
        .filter(fits)
        .map(|it| json!({ "categoryID": it.id, "name": it.name, "isLeaf": true, "categoryType": "1" }))
        .collect();
    Ok(json!({ "products": found, "success": "true" }))
}

/// `userDefine.category.add`: a group for the shop's own goods; parent 0 is the top.
pub(super) fn add_group(call: &mut ShopCall<'_>) -> Answer {
    let name = call.params.text("groupName").unwrap_or("").to_owned();
    let parent = call.params.int("parentID")?.unwrap_or(0);
    let shop = call.shop();
    if parent != 0 && shop.groups.iter().all(|group| group.id != parent) {
        return Ok(json!({ "errorCode": "400_1", "errorMsg": "上一级类目不存在" }));
    }
    let last = shop.groups.iter().map(|group| group.id).max();
    let id = last.unwrap_or(80_000_000 + shop.profile.user_id % 1_000_000 * 10) + 1;
    let identity = format!("group:{parent}/{name}");
    let arguments = json!({ "groupName": name, "parentID": parent });
    call.write(Change::Group(Group { id, parent, name }), identity, arguments)?;
    Ok(json!({ "catId": id }))
}
