//! A product as the shop keeps it: prices, stock, pictures, and the history of its title.
//! What was once sold or shown is never forgotten: orders go on naming it.

use serde::{Deserialize, Serialize};

use super::dice::digest;
use crate::clock::{Day, Moment};

/// What a new listing waits for the platform's look at it, in minutes.
const AUDIT: i64 = 5;
/// So long the single read does not know a new listing yet, in minutes; the list does.
const UNREAD: i64 = 2;

/// One offer of a shop. Money in fen.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// The shop's own groups that it is sorted into.
    pub(crate) groups: Vec<i64>,
    /// The freight template; 0 by note, 1 the seller pays.
    pub(crate) freight: i64,
    /// When a new listing was handed in; it is `auditing` for some minutes.
    pub(crate) submitted: Option<Moment>,
    pub(crate) reposted: Option<Moment>,
    pub(crate) deleted: Option<Moment>,
    /// Pictures that it once showed: links to them go on working.
    pub(crate) former: Vec<Picture>,
    /// Overwrites of the whole record, and the day that they are counted for.
    pub(crate) overwrites: Option<(Day, u32)>,
    /// What only the back office can set (parcel size, stock rule, pre-order) is still there.
    pub(crate) site_data: bool,
}

/// One choice of colour and size.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// Taken off the offer. It keeps its place, because lines of orders name it by position.
    pub(crate) gone: bool,
}

/// What can be wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Flaw {
    None,
    Small,
    Wide,
    Blurred,
}

/// The recipe of one picture; it is drawn only when asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) file: String,
    /// Empty where there is no recipe: somebody uploaded it.
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

    /// A picture that somebody else made, by its path or address.
    pub(crate) fn uploaded(path: &str) -> Self {
        let file = path.rsplit('/').next().unwrap_or(path).to_owned();
        Self { file, shape: String::new(), colours: Vec::new(), view: 0, flaw: Flaw::None }
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
            groups: vec![new.category.0 % 1000],
            freight: 11_167_193,
            submitted: None,
            reposted: None,
            deleted: None,
            former: Vec::new(),
            overwrites: None,
            site_data: true,
        }
    }

    /// The status as of `now`: time alone publishes a new listing.
    pub(crate) fn status_at(&self, now: Moment) -> &str {
        if self.status == "auditing" && self.audited().is_some_and(|at| at <= now) { "published" } else { &self.status }
    }

    /// When it last changed, as of `now`; being published is a change.
    pub(crate) fn modified_at(&self, now: Moment) -> Moment {
        self.audited().filter(|at| *at <= now).map_or(self.modified, |at| at.max(self.modified))
    }

    /// When the platform's look at it ends or ended; `None` for goods older than the sandbox.
    pub(crate) fn audited(&self) -> Option<Moment> {
        self.submitted.map(|at| at.plus_minutes(AUDIT))
    }

    /// The single read does not find a listing that is younger than this.
    pub(crate) fn is_readable(&self, now: Moment) -> bool {
        self.submitted.is_none_or(|at| at.plus_minutes(UNREAD) <= now)
    }

    /// The weight with which buyers choose it; nobody buys what is off the shelf.
    pub(crate) fn pull(&self) -> i64 {
        if matches!(self.status.as_str(), "published" | "auditing") { self.popular } else { 0 }
    }

    /// The choices that buyers have.
    pub(crate) fn choices(&self) -> impl Iterator<Item = &Sku> {
        self.skus.iter().filter(|sku| !sku.gone)
    }

    pub(crate) fn has_choices(&self) -> bool {
        self.choices().next().is_some()
    }

    /// Shows these pictures from now on, by path or address.
    pub(crate) fn show(&mut self, paths: &[String]) {
        let known: Vec<Picture> = self.all_pictures().cloned().collect();
        let shown = paths.iter().map(|path| Self::picture_among(&known, path)).collect();
        for picture in std::mem::replace(&mut self.pictures, shown) {
            self.remember(picture);
        }
    }

    /// Keeps a picture that is no longer shown.
    pub(crate) fn remember(&mut self, picture: Picture) {
        if self.all_pictures().all(|known| known.file != picture.file) {
            self.former.push(picture);
        }
    }

    /// The recipe that a path names, or a picture of somebody else's.
    pub(crate) fn picture_among(known: &[Picture], path: &str) -> Picture {
        let named = Picture::uploaded(path);
        known.iter().find(|picture| picture.file == named.file).cloned().unwrap_or(named)
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
        if self.has_choices() { self.choices().map(|sku| sku.stock).sum() } else { self.stock }
    }

    pub(crate) fn all_pictures(&self) -> impl Iterator<Item = &Picture> {
        let of_skus = self.skus.iter().filter_map(|sku| sku.picture.as_ref());
        self.pictures.iter().chain(of_skus).chain(&self.former)
    }
}
