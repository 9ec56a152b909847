//! What a client wants a product to be: the record form of the old methods becomes a [`Draft`], and so do the forms of
//! the new ones. A draft is whole: what it does not say, the product does not have afterwards.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::number;
use crate::clock::Moment;
use crate::world::categories;
use crate::world::dice::digest;
use crate::world::product::{Product, Sku};

/// Main pictures that a product can have.
pub(super) const PICTURES: usize = 5;
/// Characters of a title.
const TITLE: usize = 128;
const LARGEST_ORDER: i64 = 99_999;

/// A product as it shall be. Money in fen.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) subject: String,
    pub(super) description: Option<String>,
    pub(super) category: i64,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) images: Vec<String>,
    /// Quantity and price, from the smallest quantity. Empty: the choices have prices of their own.
    pub(super) ladder: Vec<(i64, i64)>,
    pub(super) skus: Vec<DraftSku>,
    /// Pieces of an offer without choices.
    pub(super) stock: i64,
    pub(super) unit: Option<String>,
    pub(super) min_order: Option<i64>,
    pub(super) online: bool,
    /// Grams.
    pub(super) weight: i64,
    pub(super) groups: Vec<i64>,
    pub(super) freight: i64,
}

/// One choice as it shall be.
#[derive(Debug, Default)]
pub(super) struct DraftSku {
    pub(super) id: Option<i64>,
    pub(super) spec: Option<String>,
    pub(super) cargo: String,
    pub(super) colour: String,
    pub(super) size: String,
    pub(super) price: Option<i64>,
    pub(super) stock: i64,
    pub(super) picture: Option<String>,
}

impl Draft {
    /// Reads the record form: the fields of `productInfo`, or the parameters of the old `product.add`.
    pub(super) fn of_record(info: &Value) -> Self {
        let sale = &info["saleInfo"];
        let category = number(&info["categoryID"]).unwrap_or(0);
        Self {
            subject: text(&info["subject"]).unwrap_or_default(),
            description: text(&info["description"]),
            category,
            attributes: items(&info["attributes"]).filter_map(|it| attribute(category, it)).collect(),
            images: items(&info["image"]["images"]).filter_map(text).collect(),
            ladder: items(&sale["priceRanges"])
                .filter_map(|step| Some((number(&step["startQuantity"])?, fen(&step["price"])?)))
                .collect(),
            skus: items(&info["skuInfos"]).map(DraftSku::of_record).collect(),
            stock: pieces(&sale["amountOnSale"]),
            unit: text(&sale["unit"]),
            min_order: number(&sale["minOrderQuantity"]),
            online: sale["supportOnlineTrade"].as_bool().unwrap_or(false),
            weight: fen(&info["shippingInfo"]["unitWeight"]).unwrap_or(0) * 10,
            groups: items(&info["groupID"]).filter_map(number).collect(),
            freight: number(&info["shippingInfo"]["freightTemplateID"]).unwrap_or(0),
        }
    }

    /// What is wrong with it, in the platform's language.
    pub(super) fn flaw(&self) -> Option<String> {
        let (characters, pictures) = (self.subject.chars().count(), self.images.len());
        let descending = self.ladder.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 >= pair[1].1);
        let priced =
            !self.ladder.is_empty() || (!self.skus.is_empty() && self.skus.iter().all(|sku| sku.price.is_some()));
        let prices = self.ladder.iter().map(|(_, price)| *price).chain(self.skus.iter().filter_map(|sku| sku.price));
        let choices_named = self.skus.iter().all(|sku| !sku.colour.is_empty());
        let flaw = if characters == 0 || characters > TITLE {
            format!("商品标题不能为空且不能超过{TITLE}个字符")
        } else if categories::leaf(self.category).is_none() {
            format!("类目{}不存在或不是叶子类目", self.category)
        } else if pictures == 0 || pictures > PICTURES {
            format!("商品主图不能为空且不能超过{PICTURES}张")
        } else if !priced || prices.into_iter().any(|price| price <= 0) {
            "商品价格不能为空且必须大于0".to_owned()
        } else if !descending {
            "区间价必须按起批量从小到大、价格从高到低填写".to_owned()
        } else if self.min_order.is_some_and(|least| !(1..=LARGEST_ORDER).contains(&least)) {
            format!("最小起订量必须在1到{LARGEST_ORDER}之间")
        } else if !choices_named {
            "SKU的规格属性不能为空".to_owned()
        } else {
            return None;
        };
        Some(flaw)
    }

    /// The draft's first price of a piece.
    pub(super) fn base_price(&self) -> i64 {
        let of_skus = self.skus.iter().filter_map(|sku| sku.price).min();
        self.ladder.first().map(|(_, price)| *price).or(of_skus).unwrap_or(0)
    }

    /// Makes the product what the draft says.
    pub(super) fn overwrite(self, product: &mut Product, at: Moment) {
        let base = self.base_price();
        if product.title() != self.subject {
            product.set_title(at, self.subject);
        }
        product.description = self.description;
        if let Some(category) = categories::leaf(self.category) {
            (product.category, product.category_name) = (category.id, category.name.clone());
        }
        product.cargo = self.attributes.iter().find(|(name, _)| name == "货号").map_or("", |(_, it)| it).to_owned();
        product.attributes = self.attributes;
        product.show(&self.images);
        let least = self.min_order.or(self.ladder.first().map(|(quantity, _)| *quantity)).unwrap_or(1);
        product.min_order = least;
        product.ladder = if self.ladder.is_empty() { vec![(least, base)] } else { self.ladder };
        product.unit = self.unit.unwrap_or_else(|| "件".to_owned());
        (product.stock, product.online, product.weight) = (self.stock, self.online, self.weight);
        (product.groups, product.freight, product.modified) = (self.groups, self.freight, at);
        product.skus.iter_mut().for_each(|sku| sku.gone = true);
        self.skus.into_iter().for_each(|sku| sku.place(product, base));
    }
}

impl DraftSku {
    fn of_record(record: &Value) -> Self {
        let of_id = |id: i64| items(&record["attributes"]).find(|it| number(&it["attributeID"]) == Some(id));
        // Attributes of other ids are choices too, in their order.
        let colour = of_id(categories::COLOUR).or_else(|| items(&record["attributes"]).next());
        let size = of_id(categories::SIZE).or_else(|| items(&record["attributes"]).nth(1));
        let value = |it: Option<&Value>| it.and_then(|it| text(&it["attributeValue"])).unwrap_or_default();
        Self {
            id: number(&record["skuId"]),
            spec: text(&record["specId"]),
            cargo: text(&record["cargoNumber"]).unwrap_or_default(),
            colour: value(colour),
            size: value(size),
            price: fen(&record["price"]),
            stock: pieces(&record["amountOnSale"]),
            picture: colour.and_then(|it| text(&it["skuImageUrl"])),
        }
    }

    fn place(self, product: &mut Product, base: i64) {
        let surcharge = self.price.map_or(0, |price| price - base);
        let pictures: Vec<_> = product.all_pictures().cloned().collect();
        let picture = self.picture.map(|path| Product::picture_among(&pictures, &path));
        let same = |sku: &Sku| {
            self.spec.as_ref() == Some(&sku.spec)
                || self.id == Some(sku.id)
                || (sku.colour == self.colour && sku.size == self.size)
        };
        if let Some(known) = product.skus.iter_mut().find(|sku| same(sku)) {
            (known.gone, known.stock, known.cargo, known.surcharge) = (false, self.stock, self.cargo, surcharge);
            (known.colour, known.size) = (self.colour, self.size);
            if let Some(old) = std::mem::replace(&mut known.picture, picture) {
                product.remember(old);
            }
            return;
        }
        let serial = i64::try_from(product.skus.len()).unwrap_or(0) + 1;
        product.skus.push(Sku {
            id: 5_000_000_000_000 + (product.id % 1_000_000_000) * 100 + serial,
            spec: digest(&format!("{}/{}/{}", product.id, self.colour, self.size), 32),
            cargo: self.cargo,
            colour: self.colour,
            size: self.size,
            surcharge,
            stock: self.stock,
            picture,
            gone: false,
        });
    }
}

fn attribute(category: i64, it: &Value) -> Option<(String, String)> {
    let id = || number(&it["attributeID"]);
    let name = text(&it["attributeName"])
        .or_else(|| categories::attribute_name(category, id()?).map(str::to_owned))
        .or_else(|| Some(id()?.to_string()))?;
    Some((name, text(&it["value"])?))
}

/// The items of a list; what is none has none.
pub(super) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A text that says something; one space is a blank.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// Pieces, which come as `12`, `12.0` or text.
pub(super) fn pieces(value: &Value) -> i64 {
    fen(value).unwrap_or(0) / 100
}

/// Yuan as a number or text, in fen.
pub(super) fn fen(value: &Value) -> Option<i64> {
    match value {
        Value::Number(yuan) => fen_of(&yuan.to_string()),
        Value::String(yuan) => fen_of(yuan),
        _ => None,
    }
}

/// As [`fen`], from the text alone.
pub(super) fn fen_of(yuan: &str) -> Option<i64> {
    let yuan: Decimal = yuan.trim().parse().or_else(|_| Decimal::from_scientific(yuan.trim())).ok()?;
    yuan.checked_mul(Decimal::ONE_HUNDRED)?.round().to_i64()
}
