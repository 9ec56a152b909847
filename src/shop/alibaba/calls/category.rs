//! Categories: the tree, a search by words, and which attributes a category wants.

use serde::Deserialize;

use super::super::client::Client;
use super::super::methods as m;
use super::super::told::{Id, Told};
use super::super::wire::list;
use super::site;
use crate::shop::platform::ReadError;

/// A category. Goods can be listed in leaves only.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Category {
    #[serde(rename = "categoryID")]
    category_id: Told<Id>,
    /// How a child is named within its parent.
    id: Told<Id>,
    pub name: Told<String>,
    pub is_leaf: Told<bool>,
    pub category_type: Told<String>,
    #[serde(rename = "parentIDs", deserialize_with = "list")]
    pub parent_ids: Vec<Told<Id>>,
    #[serde(rename = "childCategorys", deserialize_with = "list")]
    pub children: Vec<Category>,
    pub min_order_quantity: Told<i64>,
    pub seven_days_refunds: Told<bool>,
}

impl Category {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.category_id.as_ref().or(self.id.as_ref()).map(|id| id.0.as_str())
    }
}

/// An attribute that a category has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Attribute {
    #[serde(rename = "attrID")]
    pub attr_id: Told<Id>,
    pub name: Told<String>,
    pub required: Told<bool>,
    #[serde(deserialize_with = "list")]
    pub units: Vec<Told<String>>,
    #[serde(rename = "isSKUAttribute")]
    pub is_sku_attribute: Told<bool>,
    #[serde(deserialize_with = "list")]
    pub attr_values: Vec<Choice>,
    /// 1 drop-down, 2 several, 3 one, 0 text, -1 number, 4 list, 5 date.
    pub input_type: Told<i64>,
    /// `int`, `string`, `enum`.
    pub field_type: Told<String>,
    /// 0 of the product, 1 of a variant, 2 added to a variant.
    pub attr_type: Told<i64>,
    #[serde(rename = "parentAttrID")]
    pub parent_attr_id: Told<Id>,
    #[serde(rename = "parentAttrValueID")]
    pub parent_attr_value_id: Told<Id>,
}

/// A value that an attribute can have.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Choice {
    #[serde(rename = "attrValueID")]
    pub attr_value_id: Told<Id>,
    pub name: Told<String>,
    #[serde(rename = "isSKU")]
    pub is_sku: Told<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reply {
    #[serde(deserialize_with = "list")]
    category_info: Vec<Category>,
    #[serde(deserialize_with = "list")]
    products: Vec<Category>,
    #[serde(deserialize_with = "list")]
    attributes: Vec<Attribute>,
}

/// A category with its children; 0 is the root.
///
/// # Errors
/// As any read.
pub async fn get(client: &Client, category: &str) -> Result<Vec<Category>, ReadError> {
    let reply: Reply = client.read(&m::CATEGORY, &vec![("categoryID", category.to_owned())]).await?;
    Ok(reply.category_info)
}

/// Categories that fit the words. The platform calls them products.
///
/// # Errors
/// As any read.
pub async fn search(client: &Client, words: &str) -> Result<Vec<Category>, ReadError> {
    let reply: Reply = client.read(&m::CATEGORY_SEARCH, &vec![("keyword", words.to_owned())]).await?;
    Ok(reply.products)
}

/// Attributes of a category.
///
/// # Errors
/// As any read.
pub async fn attributes(client: &Client, category: &str) -> Result<Vec<Attribute>, ReadError> {
    let params = vec![("categoryID", category.to_owned()), site()];
    let reply: Reply = client.read(&m::CATEGORY_ATTRIBUTES, &params).await?;
    Ok(reply.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_wants_what_the_documents_show() {
        let reply: Reply = serde_json::from_str(
            r#"{"attributes":[{"attrID":3216,"name":"颜色","required":true,"isSKUAttribute":true,"inputType":"2","fieldType":"enum","attrValues":[{"attrValueID":28341,"name":"白色","isSKU":true}]}],
            "categoryInfo":[{"categoryID":1,"childCategorys":[{"id":2,"name":"杯","isLeaf":"true"}],"sevenDaysRefunds":"y"}],"succes":"true"}"#,
        )
        .expect("JSON");
        let colour = &reply.attributes[0];
        assert_eq!((*colour.required, *colour.input_type, *colour.is_sku_attribute), (Some(true), Some(2), Some(true)));
        assert_eq!(colour.attr_values[0].attr_value_id.as_ref().map(|id| id.0.as_str()), Some("28341"));
        let child = &reply.category_info[0].children[0];
        assert_eq!((child.id(), *child.is_leaf), (Some("2"), Some(true)));
    }
}
