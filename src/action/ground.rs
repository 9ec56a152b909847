//! What a proposal stands on: the object as the run read it, or, where the mirror does not keep the field, as the shop shows it now.
//! A proposal about anything that the run did not read is refused, and with it the whole report.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use xiaoer_sdk::shop::{Activity, Product, Refund};
use xiaoer_sdk::{ActionKind, Answer, Call, Change, Input, Proposal, Target};

use super::Origin;
use super::checks::Checks;
use super::guardrail::Scene;
use crate::db::DbError;
use crate::shop::{self, Connect, Seen, Shop};

/// What a run read and may therefore name as a target.
#[derive(Default)]
pub struct Issued {
    /// Products that the run read.
    pub products: Vec<Product>,
    /// Refunds that the run read.
    pub refunds: Vec<Refund>,
    /// Orders that the run read, by id.
    pub orders: BTreeSet<String>,
    /// Activities that the run read.
    pub activities: Vec<Activity>,
}

/// A proposal with what it is about: what the object shows, and what the limits are held against.
pub struct Grounded<'a> {
    /// What the skill proposes.
    pub proposal: &'a Proposal,
    /// What the changed field holds.
    pub seen: Seen,
    /// For the guardrails.
    pub scene: Scene,
    /// Whose word it is.
    pub origin: Origin,
}

/// Finds what proposals stand on.
pub struct Ground<'a> {
    /// Whose.
    pub shop: &'a Shop,
    /// What the run read.
    pub issued: Issued,
    /// Gathers what the limits are held against.
    pub checks: &'a Checks,
    /// The way to the shop.
    pub connect: &'a dyn Connect,
    /// What a person typed into the form, where the proposals are a plugin's.
    pub plugin: Option<&'a Input>,
}

/// Proposals that stand, and a sentence about those whose object could not be read just now.
pub type Standing<'p> = (Vec<Grounded<'p>>, Option<String>);

impl Ground<'_> {
    /// What each proposal stands on.
    ///
    /// # Errors
    /// The database; and inside, an English sentence for the log when a proposal names what its run never read, or a kind that its
    /// manifest does not declare.
    pub async fn all<'p>(
        &self,
        proposals: &'p [Proposal],
        may: &BTreeSet<ActionKind>,
        now: DateTime<FixedOffset>,
    ) -> Result<Result<Standing<'p>, String>, DbError> {
        let (mut standing, mut unread) = (Vec::new(), Vec::new());
        for proposal in proposals {
            let (change, kind) = (&proposal.change, proposal.change.kind());
            let seen = match self.issued.stands(proposal, may) {
                Err(detail) => return Ok(Err(detail)),
                Ok(Told::Here(seen)) => Ok(seen),
                Ok(Told::Ask) => self.look(change).await,
            };
            match seen {
                Ok(seen) => {
                    let scene = self.checks.scene(self.shop, change, now).await?;
                    let plugin = self.plugin.map(|typed| Origin::of_plugin(change, &self.issued, typed));
                    standing.push(Grounded { proposal, seen, scene, origin: plugin.unwrap_or_default() });
                }
                Err(why) => unread.push(format!("{}（{}）", kind.title(), why)),
            }
        }
        let words = (!unread.is_empty())
            .then(|| format!("有的建议没有提出，因为读不到店铺里现在的内容：{}", unread.join("；")));
        Ok(Ok((standing, words)))
    }

    async fn look(&self, change: &Change) -> Result<Seen, String> {
        let platform = self.connect.platform(self.shop).await.map_err(|error| error.to_string())?;
        platform.look(change).await.map_err(|error| error.to_string())
    }
}

impl Issued {
    /// Remembers what a call's answer hands out. A settled refund is history: nothing can be proposed about it.
    pub fn note(&mut self, call: &Call, answer: &Answer) {
        match (call, answer) {
            (_, Answer::Orders(orders)) => self.orders.extend(orders.iter().map(|order| order.id.clone())),
            (Call::RefundsOpen, Answer::Refunds(refunds)) => self.refunds.extend(refunds.iter().cloned()),
            (_, Answer::Products(products)) => self.products.extend(products.iter().cloned()),
            (_, Answer::Activities(open)) => self.activities.extend(open.iter().cloned()),
            _ => {}
        }
    }

    /// What a proposal stands on, where the manifest declares its kind and the run read its object.
    ///
    /// # Errors
    /// An English sentence for the log; such a report is refused as a whole.
    pub fn stands(&self, proposal: &Proposal, may: &BTreeSet<ActionKind>) -> Result<Told, String> {
        let (key, kind) = (&proposal.key, proposal.change.kind());
        if !may.contains(&kind) {
            return Err(format!(
                "proposal {key} is a {}, which the manifest does not declare: it takes propose({})",
                kind.name(),
                kind.name()
            ));
        }
        self.seen(&proposal.change).map_err(|detail| format!("proposal {key}: {detail}"))
    }

    /// What the changed field holds by what the run read.
    fn seen(&self, change: &Change) -> Result<Told, String> {
        let told = match (change, change.target()) {
            (Change::Enrol { activity, product, .. }, _) => self.enrolment(activity, product).map(Told::Here),
            (_, Target::Product(id)) => {
                self.product(id).and_then(|product| shop::of_product(product, change)).map(Told::Here)
            }
            (_, Target::Refund(id)) => self.refunds.iter().find(|r| r.id == id).map(shop::of_refund).map(Told::Here),
            (Change::RateOrders { orders, .. }, _) => {
                orders.iter().all(|id| self.orders.contains(id)).then_some(Told::Ask)
            }
            (_, Target::Order(id)) => self.orders.contains(id).then_some(Told::Ask),
            (_, Target::Listing(_)) => Some(Told::Ask),
        };
        told.ok_or_else(|| format!("a proposal names {}, which the run did not read", change.target().id()))
    }

    fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    fn enrolment(&self, activity: &str, product: &str) -> Option<Seen> {
        let activity = self.activities.iter().find(|known| known.id == activity)?;
        let enrolled = activity.enrolled.iter().any(|known| known == product);
        Some(shop::of_enrolment(&activity.name, Some(self.product(product)?), enrolled))
    }
}

/// Where the value of a changed field stands.
pub enum Told {
    /// In a row that the run read.
    Here(Seen),
    /// Only at the platform: the mirror keeps no memos, ratings and lines to send.
    Ask,
}
