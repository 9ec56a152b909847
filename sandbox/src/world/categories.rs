//! The category tree of `data/categories.toml`, and the ids of attributes, which are the same in every record that
//! names them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::catalogue;
use super::dice::Dice;

/// 颜色, the first choice of a sku.
pub(crate) const COLOUR: i64 = 3216;
/// 规格, the second choice of a sku.
pub(crate) const SIZE: i64 = 450;
/// 货号.
pub(crate) const CARGO: i64 = 1398;

/// One node of the tree.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// 0 for a root.
    #[serde(default)]
    pub(crate) parent: i64,
}

#[derive(Debug, Deserialize)]
struct Tree {
    category: Vec<Category>,
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/categories.toml"))
        .expect("categories.toml ships with the package and a test reads it")
});

impl Category {
    pub(crate) fn is_leaf(&self) -> bool {
        children(self.id).next().is_none()
    }
}

pub(crate) fn all() -> impl Iterator<Item = &'static Category> {
    TREE.category.iter()
}

pub(crate) fn find(id: i64) -> Option<&'static Category> {
    all().find(|category| category.id == id)
}

/// A category that takes goods.
pub(crate) fn leaf(id: i64) -> Option<&'static Category> {
    find(id).filter(|category| category.is_leaf())
}

/// The nodes below one; 0 gives the roots.
pub(crate) fn children(parent: i64) -> impl Iterator<Item = &'static Category> {
    all().filter(move |category| category.parent == parent)
}

/// The id of an attribute, and whether it is one that the merchant made up.
pub(crate) fn attribute(category: i64, name: &str) -> (i64, bool) {
    let of_category = || catalogue::choices(category)?.attributes.iter().position(|(known, _)| *known == name);
    match name {
        "颜色" => (COLOUR, false),
        "规格" => (SIZE, false),
        "货号" => (CARGO, false),
        _ => match of_category() {
            Some(position) => (971 + i64::try_from(position).unwrap_or(0), false),
            None => (Dice::of(0, name, 0).between(100_000_000, 199_999_999), true),
        },
    }
}

/// The name of an attribute of a category.
pub(crate) fn attribute_name(category: i64, id: i64) -> Option<&'static str> {
    match id {
        COLOUR => Some("颜色"),
        SIZE => Some("规格"),
        CARGO => Some("货号"),
        _ => {
            let names = catalogue::choices(category)?.attributes;
            names.get(usize::try_from(id - 971).ok()?).map(|(name, _)| *name)
        }
    }
}

/// The id of a value that can be chosen.
pub(crate) fn value(text: &str) -> i64 {
    Dice::of(0, text, 1).between(20_000, 99_999)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Industry;

    #[test]
    fn every_product_stands_in_a_leaf_three_levels_down() {
        for industry in [Industry::Consumer, Industry::Industrial] {
            for product in catalogue::products(7, industry) {
                let leaf = leaf(product.category).expect("a leaf");
                assert_eq!(leaf.name, product.category_name);
                let middle = find(leaf.parent).expect("a parent");
                assert_eq!(find(middle.parent).expect("a root").parent, 0);
                for (name, _) in &product.attributes {
                    let (id, made_up) = attribute(product.category, name);
                    assert!(!made_up);
                    assert_eq!(attribute_name(product.category, id), Some(name.as_str()));
                }
            }
        }
    }
}
