//! The goods of the generated shops: `data/catalogue.toml` and a seed make products with skus, step prices, stock and
//! pictures.

use std::sync::LazyLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use super::Industry;
use super::dice::{Dice, digest};
use super::product::{Flaw, NewProduct, Picture, Product, Sku};
use crate::clock::{Day, Moment};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    trade: Vec<Trade>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trade {
    shape: String,
    industry: Industry,
    category: i64,
    category_name: String,
    unit: String,
    weight: i64,
    sizes: Vec<String>,
    colours: Vec<(String, String)>,
    attributes: Vec<(String, String)>,
    product: Vec<Goods>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goods {
    title: String,
    cargo: String,
    price: Decimal,
    moq: i64,
    popular: i64,
    cost: i64,
    /// Pieces of the whole offer where it runs low.
    stock: Option<i64>,
    picture: Option<String>,
    status: Option<String>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/catalogue.toml"))
        .expect("catalogue.toml ships with the package and a test reads it")
});

/// The trades of an industry: what activities and companies are named after.
pub(crate) fn trade_names(industry: Industry) -> Vec<&'static str> {
    CATALOGUE
        .trade
        .iter()
        .filter(|trade| trade.industry == industry)
        .map(|trade| trade.category_name.as_str())
        .collect()
}

/// What products of a category can be: the same words that its generated goods use.
#[derive(Debug)]
pub(crate) struct Choices {
    pub(crate) unit: &'static str,
    pub(crate) colours: Vec<&'static str>,
    pub(crate) sizes: Vec<&'static str>,
    /// Name and the value that is usual.
    pub(crate) attributes: Vec<(&'static str, &'static str)>,
}

/// The choices of a leaf category; a category that no trade stands for has none.
pub(crate) fn choices(category: i64) -> Option<Choices> {
    let trade = CATALOGUE.trade.iter().find(|trade| trade.category == category)?;
    Some(Choices {
        unit: &trade.unit,
        colours: trade.colours.iter().map(|(name, _)| name.as_str()).collect(),
        sizes: trade.sizes.iter().map(String::as_str).collect(),
        attributes: trade.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
    })
}

/// All products of a shop with this seed.
pub(crate) fn products(seed: u64, industry: Industry) -> Vec<Product> {
    let trades = CATALOGUE.trade.iter().filter(|trade| trade.industry == industry);
    let goods = trades.flat_map(|trade| trade.product.iter().map(move |goods| (trade, goods)));
    goods.enumerate().map(|(position, (trade, goods))| product(seed, position, trade, goods)).collect()
}

fn product(seed: u64, position: usize, trade: &Trade, goods: &Goods) -> Product {
    let serial = i64::try_from(position).unwrap_or(0);
    let mut dice = Dice::of(seed, "product", serial);
    let id = 700_000_000_000
        + i64::try_from(seed % 9_973).unwrap_or(0) * 1_000_003
        + serial * 7_919
        + dice.between(0, 7_000);
    let price = (goods.price * Decimal::ONE_HUNDRED).to_i64().unwrap_or(100);
    let created = Day(20_000).start().plus_days(dice.between(0, 300)).plus_minutes(dice.between(540, 1_200));
    let mut product = Product::new(NewProduct {
        id,
        title: goods.title.clone(),
        category: (trade.category, trade.category_name.clone()),
        unit: trade.unit.clone(),
        ladder: ladder(price, goods.moq),
        created,
    });
    product.attributes = trade.attributes.clone();
    product.attributes.push(("货号".to_owned(), goods.cargo.clone()));
    product.cargo.clone_from(&goods.cargo);
    product.status = goods.status.clone().unwrap_or(product.status);
    product.weight = trade.weight;
    product.popular = if goods.status.is_some() { 0 } else { goods.popular };
    product.modified = created.plus_days(dice.between(1, 200));
    // A few costs are missing on purpose: what is not known must be said, not guessed.
    product.cost = (serial % 17 != 11).then_some(price * goods.cost / 100);
    product.skus = skus(&mut dice, &product, trade);
    let stock = goods.stock.unwrap_or_else(|| dice.between(80, 900) * 10);
    spread_stock(&mut product, stock);
    product.pictures = pictures(&product, trade, goods.picture.as_deref());
    product
}

/// Three steps, cheaper by about five per cent each.
fn ladder(price: i64, moq: i64) -> Vec<(i64, i64)> {
    vec![(moq, price), (moq * 10, price * 95 / 100), (moq * 50, price * 90 / 100)]
}

fn skus(dice: &mut Dice, product: &Product, trade: &Trade) -> Vec<Sku> {
    // One offer in nine has no choices at all: its stock stands on the offer itself.
    if dice.between(0, 8) == 0 {
        return Vec::new();
    }
    let colours = usize::try_from(dice.between(2, 4)).unwrap_or(2).min(trade.colours.len());
    let sizes = usize::try_from(dice.between(1, 3)).unwrap_or(1).min(trade.sizes.len());
    let choices = trade.colours[..colours]
        .iter()
        .flat_map(|colour| trade.sizes[..sizes].iter().enumerate().map(move |size| (colour, size)));
    let mut skus = Vec::new();
    for (serial, ((colour, hue), (step, size))) in (1_i64..).zip(choices) {
        let step = i64::try_from(step).unwrap_or(0);
        skus.push(Sku {
            id: 5_000_000_000_000 + (product.id % 1_000_000_000) * 100 + serial,
            spec: digest(&format!("{}/{colour}/{size}", product.id), 32),
            cargo: format!("{}-{serial:02}", product.cargo),
            colour: colour.clone(),
            size: size.clone(),
            surcharge: product.base_price() * step * 12 / 100,
            stock: 0,
            picture: Some(Picture {
                file: Picture::file_name(product.id, colour),
                shape: trade.shape.clone(),
                colours: vec![hue.clone()],
                view: 0,
                flaw: Flaw::None,
            }),
            gone: false,
        });
    }
    skus
}

fn spread_stock(product: &mut Product, stock: i64) {
    let shares = i64::try_from(product.skus.len()).unwrap_or(0);
    if shares == 0 {
        product.stock = stock;
        return;
    }
    for (sku, serial) in product.skus.iter_mut().zip(0..) {
        sku.stock = stock / shares + i64::from(serial < stock % shares);
    }
}

fn pictures(product: &Product, trade: &Trade, flaw: Option<&str>) -> Vec<Picture> {
    let flaw = match flaw {
        Some("small") => Flaw::Small,
        Some("wide") => Flaw::Wide,
        Some("blurred") => Flaw::Blurred,
        _ => Flaw::None,
    };
    let turn = usize::try_from(product.id).unwrap_or(0) % trade.colours.len();
    let mut colours: Vec<String> = trade.colours.iter().map(|(_, hue)| hue.clone()).collect();
    colours.rotate_left(turn);
    let picture = |view: u8| Picture {
        file: Picture::file_name(product.id, &format!("main{view}")),
        shape: trade.shape.clone(),
        colours: colours.clone(),
        view,
        // The first picture is the one that buyers and the picture check see.
        flaw: if view == 0 { flaw } else { Flaw::None },
    };
    (0..4).map(picture).collect()
}

/// When the catalogue's first products were listed: no shop is older.
pub(crate) fn opening() -> Moment {
    Day(20_000).start()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_shop_has_some_forty_products_with_distinct_ids() {
        for (industry, least) in [(Industry::Consumer, 40), (Industry::Industrial, 15)] {
            let products = products(7, industry);
            assert!(products.len() >= least);
            let skus: HashSet<i64> = products.iter().flat_map(|p| p.skus.iter().map(|sku| sku.id)).collect();
            assert_eq!(skus.len(), products.iter().map(|p| p.skus.len()).sum::<usize>());
            assert_eq!(products.iter().map(|p| p.id).collect::<HashSet<_>>().len(), products.len());
            assert!(products.iter().any(|p| p.skus.is_empty()), "some offer has no skus");
            assert!(products.iter().any(|p| p.amount_on_sale() < 20) || industry == Industry::Industrial);
        }
    }

    #[test]
    fn more_pieces_are_never_dearer() {
        for product in products(11, Industry::Consumer) {
            let prices: Vec<i64> =
                product.ladder.iter().map(|(quantity, _)| product.price_for(*quantity, None)).collect();
            assert!(prices.windows(2).all(|pair| pair[0] >= pair[1]), "{}", product.title());
        }
    }
}
