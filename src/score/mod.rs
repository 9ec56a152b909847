//! The growth score of a shop's mirror: rows become events, the pure package does the rest. Warm ledgers are kept, one a shop and
//! generation, so that a second question costs nothing.

mod adopted;
mod ahead;
mod business;
mod economics;
mod explain;
pub mod file;
mod kept;
mod part;
mod warm;
mod wish;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use xiaoer_growth::{Event, EventKind, Fen, Inputs, Ledger, Marginal, RulePack, ScoreCard};
use xiaoer_sdk::Period;
use xiaoer_sdk::shop::{Inquiry, Order, OrderStatus, Refund, RefundStatus, Time};

use crate::db::{DbError, SharedDb};
use crate::shop::mirror::Mirror;
use crate::shop::{Link, Shop};

pub use adopted::{AdoptedPlan, PlanNews, Which};
pub use ahead::{Ahead, Stand, seed};
pub use business::Business;
pub use economics::{GoodsShare, economics, goods_share};
pub use explain::{ExplainError, Explained, Wanted, explain};
pub use kept::KeepError;
pub use part::{Part, UnknownPart};
pub use warm::Day;
pub use wish::{PlanAsk, TrialAsk};

use warm::{WarmAhead, apart};

/// Ledgers, and stands of coming days, kept warm at once.
const WARM: usize = 8;
/// Days of orders that the shop's economics are read off.
const ECONOMIC_DAYS: u32 = 90;

/// Shop, generation and the day after which nothing is in it → its ledger.
type Warm = HashMap<(String, u64, Option<NaiveDate>), Arc<Ledger>>;

/// Scores shops.
#[derive(Clone)]
pub struct Scorer {
    db: SharedDb,
    mirror: Mirror,
    warm: Arc<Mutex<Warm>>,
    ahead: Arc<WarmAhead>,
}

/// A score and what one more of each thing would bring.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    /// The card.
    pub card: ScoreCard,
    /// What one more would bring.
    pub marginal: Marginal,
}

impl Scorer {
    /// Over the mirror.
    #[must_use]
    pub fn new(db: SharedDb, mirror: Mirror) -> Self {
        Self { db, mirror, warm: Arc::default(), ahead: Arc::default() }
    }

    /// The score of a generation of a shop's mirror, as of a day.
    ///
    /// # Errors
    /// When the mirror cannot be read or holds rows that no event can be made of.
    pub async fn score(&self, shop: &Shop, generation: u64, as_of: NaiveDate) -> anyhow::Result<Score> {
        self.score_by(shop, generation, (as_of, None)).await
    }

    /// The same by a pack of the caller's choice; none = the one in force on the day.
    ///
    /// # Errors
    /// As [`Scorer::score`].
    pub async fn score_by(
        &self,
        shop: &Shop,
        generation: u64,
        (as_of, pack): (NaiveDate, Option<&RulePack>),
    ) -> anyhow::Result<Score> {
        let ledger = self.ledger((shop, generation), None).await?;
        let pack = self.corrected(&shop.id, pack.unwrap_or_else(|| xiaoer_growth::pack_for(as_of).0)).await?;
        Ok(score_ledger(&ledger, shop.industry, as_of, &self.known(shop).await?, &pack))
    }

    /// The score and the single orders, refunds and inquiries that a part of it is made of.
    ///
    /// # Errors
    /// As [`Scorer::score`]; an [`ExplainError`] inside when there is no such part or day.
    pub async fn explain(
        &self,
        shop: &Shop,
        generation: u64,
        (as_of, pack): (NaiveDate, Option<&RulePack>),
        wanted: &Wanted,
    ) -> anyhow::Result<Explained> {
        let until = wanted.looks_ahead().then_some(as_of);
        let ledger = self.ledger((shop, generation), until).await?;
        let pack = self.corrected(&shop.id, pack.unwrap_or_else(|| xiaoer_growth::pack_for(as_of).0)).await?;
        let card = xiaoer_growth::score(&pack, shop.industry, as_of, &ledger, &self.known(shop).await?);
        Ok(explain(card, &pack, &ledger, wanted)?)
    }

    /// What was entered, and what the shop's own link tells besides.
    async fn known(&self, shop: &Shop) -> Result<Inputs, DbError> {
        let mut inputs = self.inputs(&shop.id).await?;
        // A platform tells all refunds; a file tells only what somebody put in.
        inputs.refunds_known |= matches!(shop.link, Link::Alibaba { .. });
        Ok(inputs)
    }

    /// What the goods of a shop cost, from the orders of its last days.
    ///
    /// # Errors
    /// As the database.
    pub async fn goods(&self, shop: &Shop, generation: u64, as_of: NaiveDate) -> Result<Option<GoodsShare>, DbError> {
        let costs = self.mirror.costs(shop, generation).await?;
        if costs.is_empty() {
            return Ok(None);
        }
        let products = self.mirror.products(shop, generation).await?;
        let orders = self.mirror.orders_paid(shop, generation, Period::ending(as_of, ECONOMIC_DAYS)).await?;
        Ok(goods_share(&orders, &costs, &products))
    }

    /// All events of a generation, or those up to a day.
    async fn ledger(&self, (shop, generation): (&Shop, u64), until: Option<NaiveDate>) -> anyhow::Result<Arc<Ledger>> {
        let key = (shop.id.clone(), generation, until);
        if let Some(ledger) = self.warm.lock().expect("nothing panics while looking up").get(&key) {
            return Ok(Arc::clone(ledger));
        }
        let orders = self.mirror.bare_orders(shop, generation).await?;
        let refunds = self.mirror.all_refunds(shop, generation).await?;
        let inquiries = self.mirror.inquiries(shop, generation).await?;
        let zone = shop.zone;
        let ledger = apart(move || {
            let events = events(zone, &orders, &refunds, &inquiries)?;
            match until {
                Some(day) => ledger_until(events, day),
                None => Ok(Ledger::of(events)?),
            }
        });
        let ledger = Arc::new(ledger.await?.context("the mirror holds a row that cannot be scored")?);
        let mut warm = self.warm.lock().expect("nothing panics while inserting");
        if warm.len() >= WARM {
            warm.clear();
        }
        warm.insert(key, Arc::clone(&ledger));
        Ok(ledger)
    }
}

/// Scores a ledger by a pack.
#[must_use]
pub fn score_ledger(
    ledger: &Ledger,
    industry: xiaoer_growth::Industry,
    as_of: NaiveDate,
    inputs: &Inputs,
    pack: &RulePack,
) -> Score {
    let card = xiaoer_growth::score(pack, industry, as_of, ledger, inputs);
    Score { card, marginal: xiaoer_growth::marginal(pack, industry) }
}

/// What had happened by the end of a day. The coming days of such a ledger are those in which nothing new happens.
fn ledger_until(events: Vec<Event>, day: NaiveDate) -> anyhow::Result<Ledger> {
    Ok(Ledger::of(events.into_iter().filter(|event| event.at.date() <= day))?)
}

/// Mirror rows as events of the growth rules. An order counts on the day it was paid; one that was closed after payment without a refund
/// row does not count.
///
/// # Errors
/// When an amount is not a number of fen.
pub fn events(zone: Tz, orders: &[Order], refunds: &[Refund], inquiries: &[Inquiry]) -> anyhow::Result<Vec<Event>> {
    let mut out = Vec::with_capacity(orders.len() + refunds.len() + inquiries.len());
    let refunded: std::collections::HashSet<&str> =
        refunds.iter().filter(|r| r.status == RefundStatus::Success).filter_map(|r| r.order.as_deref()).collect();
    for order in orders {
        let Some(paid) = order.paid else { continue };
        let closed_unexplained = order.status == OrderStatus::Closed && !refunded.contains(order.id.as_str());
        out.push(Event {
            at: local(zone, paid),
            id: order.id.clone(),
            kind: EventKind::Order {
                buyer: order.buyer.clone(),
                amount: Fen::from_yuan(order.total).with_context(|| format!("order {}", order.id))?,
                marketing: order.marketing,
                scene: order.scene,
                valid: order.valid && !closed_unexplained,
            },
        });
    }
    for refund in refunds.iter().filter(|r| r.status == RefundStatus::Success) {
        let Some(amount) = refund.refunded else { continue };
        out.push(Event {
            at: local(zone, refund.completed.unwrap_or(refund.modified)),
            id: refund.id.clone(),
            kind: EventKind::Refund {
                order: refund.order.clone(),
                buyer: refund.buyer.clone(),
                amount: Fen::from_yuan(amount).with_context(|| format!("refund {}", refund.id))?,
                scene: None,
                valid: true,
            },
        });
    }
    out.extend(inquiries.iter().map(|inquiry| Event {
        at: local(zone, inquiry.at),
        id: inquiry.id.clone(),
        kind: EventKind::Inquiry { person: inquiry.person.clone(), marketing: inquiry.marketing, valid: inquiry.valid },
    }));
    Ok(out)
}

fn local(zone: Tz, time: Time) -> NaiveDateTime {
    time.with_timezone(&zone).naive_local()
}
