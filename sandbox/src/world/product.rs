//! A product as the shop keeps it: prices, stock, pictures, and the history of its title.

use super::dice::digest;
use crate::clock::Moment;

/// One offer of a shop. Money in fen.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) category: i64,
    pub(crate) category_name: String,
    pub(crate) status: String,
    /// Oldest first, never empty: an order keeps the title of its day.
    titles: Vec<(Moment, String)>,
    pub(crate) description: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) cargo: String,
    pub(crate) unit: String,
    pub(crate) min_order: i64,
    /// Step prices, from the smallest quantity; never empty.
    pub(crate) ladder: Vec<(i64, i64)>,
    pub(crate) skus: Vec<Sku>,
    /// Pieces on sale of an offer without skus.
    pub(crate) stock: i64,
    pub(crate) weight: i64,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) created: Moment,
    pub(crate) modified: Moment,
    pub(crate) online: bool,
    /// What the merchant pays; some costs are not known.
    pub(crate) cost: Option<i64>,
    /// How often it is ordered, relative to the others.
    pub(crate) popular: i64,
}

/// One choice of colour and size.
#[derive(Debug, Clone)]
pub(crate) struct Sku {
    /// Unique on the whole platform.
    pub(crate) id: i64,
    /// Unique within the offer; the one that stock changes name.
    pub(crate) spec: String,
    pub(crate) cargo: String,
    pub(crate) colour: String,
    pub(crate) size: String,
    /// Fen on top of the step price.
    pub(crate) surcharge: i64,
    pub(crate) stock: i64,
    pub(crate) picture: Option<Picture>,
}

/// What can be wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    Small,
    Wide,
    Blurred,
}

/// The recipe of one picture; it is drawn only when asked for.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) file: String,
    pub(crate) shape: String,
    /// The colours of the goods as `#rrggbb`, the shown one first.
    pub(crate) colours: Vec<String>,
    pub(crate) view: u8,
    pub(crate) flaw: Flaw,
}

impl Picture {
    pub(crate) fn file_name(product: i64, what: &str) -> String {
        format!("O1CN01{}.png", digest(&format!("{product}/{what}"), 18))
    }

    /// As a product record has it: without a host.
    pub(crate) fn path(&self) -> String {
        format!("img/ibank/{}", self.file)
    }
}

/// What only a new product needs to say; the rest has a plain beginning.
#[derive(Debug)]
pub(crate) struct NewProduct {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) category: (i64, String),
    pub(crate) unit: String,
    pub(crate) ladder: Vec<(i64, i64)>,
    pub(crate) created: Moment,
}

impl Product {
    pub(crate) fn new(new: NewProduct) -> Self {
        Self {
            id: new.id,
            category: new.category.0,
            category_name: new.category.1,
            status: "published".to_owned(),
            titles: vec![(new.created, new.title)],
            description: None,
            attributes: Vec::new(),
            cargo: String::new(),
            unit: new.unit,
            min_order: new.ladder.first().map_or(1, |(quantity, _)| *quantity),
            ladder: new.ladder,
            skus: Vec::new(),
            stock: 0,
            weight: 200,
            pictures: Vec::new(),
            created: new.created,
            modified: new.created,
            online: true,
            cost: None,
            popular: 1,
        }
    }

    /// Today's title.
    pub(crate) fn title(&self) -> &str {
        self.titles.last().map_or("", |(_, title)| title)
    }

    /// The title that an order of that time carries.
    pub(crate) fn title_at(&self, at: Moment) -> &str {
        let then = self.titles.iter().rev().find(|(since, _)| *since <= at).or(self.titles.first());
        then.map_or("", |(_, title)| title)
    }

    pub(crate) fn set_title(&mut self, at: Moment, title: String) {
        self.titles.push((at, title));
        self.modified = at;
    }

    /// The price of one piece when `quantity` of them are bought.
    pub(crate) fn price_for(&self, quantity: i64, sku: Option<usize>) -> i64 {
        let step = self.ladder.iter().rev().find(|(from, _)| *from <= quantity).or(self.ladder.first());
        let surcharge = sku.and_then(|sku| self.skus.get(sku)).map_or(0, |sku| sku.surcharge);
        step.map_or(0, |(_, price)| *price) + surcharge
    }

    /// The price of the first step: what the list shows.
    pub(crate) fn base_price(&self) -> i64 {
        self.ladder.first().map_or(0, |(_, price)| *price)
    }

    /// Pieces on sale, all skus together.
    pub(crate) fn amount_on_sale(&self) -> i64 {
        if self.skus.is_empty() { self.stock } else { self.skus.iter().map(|sku| sku.stock).sum() }
    }

    pub(crate) fn all_pictures(&self) -> impl Iterator<Item = &Picture> {
        self.pictures.iter().chain(self.skus.iter().filter_map(|sku| sku.picture.as_ref()))
    }
}
