//! What kinds of row the mirror holds, how each is named, and on which days it is filed. Never renumber or rename a kind: the names
//! are part of stored keys.

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use xiaoer_sdk::shop::{Activity, Cost, Inquiry, Order, OrderStatus, Product, Refund, RefundStatus, Time, TrafficDay};

use crate::db::Key;

/// Something that the mirror holds.
pub trait Mirrored: Clone + Serialize + DeserializeOwned + Send + Sync {
    /// Its kind, as keys name it.
    const KIND: &'static str;

    /// Unique within the shop and kind.
    fn id(&self) -> String;

    /// The same with its times in the shop's zone: whoever reads a row need not know the zone to know the day.
    #[must_use]
    fn in_zone(self, _zone: Tz) -> Self {
        self
    }

    /// When the platform last changed it, for rows that the platform dates: an older one never takes a newer one's place.
    fn modified(&self) -> Option<Time> {
        None
    }

    /// Days on which it is looked for.
    fn days(&self, _zone: Tz) -> Vec<(Day, NaiveDate)> {
        Vec::new()
    }
}

/// What happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// An order was paid.
    Paid,
    /// An order was placed.
    Placed,
    /// A refund was asked for.
    Applied,
    /// A refund was settled.
    Settled,
}

impl Day {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Placed => "placed",
            Self::Applied => "applied",
            Self::Settled => "settled",
        }
    }
}

/// What a merchant's ledger says about an order that no platform says. A row of its own, so that no sync overwrites it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The order.
    pub order: String,
    /// Came by 数字营销; none = nobody said.
    pub marketing: Option<bool>,
    /// Came in a scene; none = nobody said.
    pub scene: Option<bool>,
    /// False when it was marked as fake or violating.
    pub valid: bool,
}

/// Where a row comes from. A weaker source never replaces a row of a stronger one: an order export has no SKUs and no buyer ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Worked out from other rows.
    Derived,
    /// The merchant's own books.
    Ledger,
    /// A file of the platform.
    Export,
    /// The platform itself.
    Sync,
}

/// One version of a row; without content it says that the row was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Version<T> {
    pub(super) from: Origin,
    pub(super) row: Option<T>,
}

/// The same, when only its origin matters.
#[derive(Deserialize)]
pub(super) struct Provenance {
    pub(super) from: Origin,
    pub(super) row: Option<Dated>,
}

/// Of a row no more than its date.
#[derive(Deserialize)]
pub(super) struct Dated {
    #[serde(default)]
    pub(super) modified: Option<Time>,
}

impl Provenance {
    /// Whether a row of that origin and date comes too late: the platform has already said something newer.
    pub(super) fn is_newer_than(&self, from: Origin, modified: Option<Time>) -> bool {
        let known = self.row.as_ref().and_then(|row| row.modified);
        self.from == from && known.zip(modified).is_some_and(|(known, given)| known > given)
    }
}

fn local(at: Time, zone: Tz) -> Time {
    at.with_timezone(&zone).fixed_offset()
}

pub(super) fn kind_key(shop: &str, kind: &str) -> Key {
    Key::of(shop).part(kind)
}

/// The prefix of all versions of a row.
pub(super) fn row_key(shop: &str, kind: &str, id: &str) -> Key {
    kind_key(shop, kind).part(id)
}

pub(super) fn day_key(shop: &str, day: Day, date: NaiveDate) -> Key {
    Key::of(shop).part(day.name()).part(&date.to_string())
}

impl Mirrored for Order {
    const KIND: &'static str = "order";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn modified(&self) -> Option<Time> {
        Some(self.modified)
    }

    fn in_zone(self, zone: Tz) -> Self {
        let created = local(self.created, zone);
        Self { created, paid: self.paid.map(|at| local(at, zone)), modified: local(self.modified, zone), ..self }
    }

    fn days(&self, zone: Tz) -> Vec<(Day, NaiveDate)> {
        let placed = (Day::Placed, local(self.created, zone).date_naive());
        let paid = self.paid.map(|at| (Day::Paid, local(at, zone).date_naive()));
        std::iter::once(placed).chain(paid).collect()
    }
}

/// An order read without its lines: most of its bytes, and nothing that a score asks for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Bare(#[serde(deserialize_with = "without_lines")] pub(super) Order);

impl Mirrored for Bare {
    const KIND: &'static str = Order::KIND;

    fn id(&self) -> String {
        self.0.id.clone()
    }
}

fn without_lines<'de, D: Deserializer<'de>>(input: D) -> Result<Order, D::Error> {
    #[derive(Deserialize)]
    struct Head {
        id: String,
        buyer: Option<String>,
        status: OrderStatus,
        sample: bool,
        created: Time,
        paid: Option<Time>,
        modified: Time,
        total: Decimal,
        freight: Decimal,
        marketing: Option<bool>,
        scene: Option<bool>,
        valid: bool,
    }
    let Head { id, buyer, status, sample, created, paid, modified, total, freight, marketing, scene, valid } =
        Head::deserialize(input)?;
    let lines = Vec::new();
    Ok(Order { id, buyer, status, sample, created, paid, modified, total, freight, lines, marketing, scene, valid })
}

impl Mirrored for Refund {
    const KIND: &'static str = "refund";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn modified(&self) -> Option<Time> {
        Some(self.modified)
    }

    fn in_zone(self, zone: Tz) -> Self {
        Self {
            applied: local(self.applied, zone),
            deadline: self.deadline.map(|at| local(at, zone)),
            completed: self.completed.map(|at| local(at, zone)),
            modified: local(self.modified, zone),
            ..self
        }
    }

    fn days(&self, zone: Tz) -> Vec<(Day, NaiveDate)> {
        let applied = (Day::Applied, local(self.applied, zone).date_naive());
        let settled = settled(self, zone).map(|day| (Day::Settled, day));
        std::iter::once(applied).chain(settled).collect()
    }
}

/// The local day on which a refund came to its end.
pub(super) fn settled(refund: &Refund, zone: Tz) -> Option<NaiveDate> {
    let over = matches!(refund.status, RefundStatus::Success | RefundStatus::Closed);
    let at = refund.completed.unwrap_or(refund.modified);
    over.then(|| local(at, zone).date_naive())
}

impl Mirrored for Product {
    const KIND: &'static str = "product";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn modified(&self) -> Option<Time> {
        Some(self.modified)
    }

    fn in_zone(self, zone: Tz) -> Self {
        Self { modified: local(self.modified, zone), ..self }
    }
}

impl Mirrored for Activity {
    const KIND: &'static str = "activity";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn in_zone(self, zone: Tz) -> Self {
        let both = |(from, to): (Time, Time)| (local(from, zone), local(to, zone));
        Self { enrol: both(self.enrol), runs: both(self.runs), ..self }
    }
}

impl Mirrored for Mark {
    const KIND: &'static str = "mark";

    fn id(&self) -> String {
        self.order.clone()
    }
}

impl Mirrored for Inquiry {
    const KIND: &'static str = "inquiry";

    fn id(&self) -> String {
        self.id.clone()
    }

    fn in_zone(self, zone: Tz) -> Self {
        Self { at: local(self.at, zone), ..self }
    }
}

impl Mirrored for Cost {
    const KIND: &'static str = "cost";

    fn id(&self) -> String {
        // Ids of products hold no slash.
        format!("{}/{}", self.product, self.sku.as_deref().unwrap_or_default())
    }
}

impl Mirrored for TrafficDay {
    const KIND: &'static str = "traffic";

    fn id(&self) -> String {
        self.day.to_string()
    }
}
