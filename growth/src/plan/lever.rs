//! Levers: what a merchant can do for points, what a unit of it costs and brings, and where each figure comes from.
//!
//! A lever never carries a figure without its origin: a merchant must see which ones the shop's own data gave, which
//! were entered, and which are only a careful guess.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::pack::{RulePack, Stacking};
use crate::points::{Fen, Points};
use crate::rates::Marginal;

use super::kind::LeverKind;

/// What is known for certain is so many per mille.
pub const WHOLE: u32 = 1000;

/// What one unit brings when it works as expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brings {
    /// A buyer who would not be counted in the window otherwise.
    pub new_buyer: bool,
    /// Whether 数字营销 brings that buyer or these inquiries.
    pub marketing: bool,
    /// Counted inquiries.
    pub inquiries: u32,
    /// Turnover that would not be there otherwise.
    pub turnover: Fen,
    /// Turnover that is made in a scene, be it new or moved there.
    pub scene_turnover: Fen,
    /// Turnover that is kept because it is not refunded.
    pub refund_avoided: Fen,
    /// Points of a mark: for as long as it is held.
    pub mark: Points,
}

/// A figure of a basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many.
    Count(i64),
    /// Money, in decimal yuan.
    Yuan(Fen),
    /// Days.
    Days(u32),
    /// A share.
    PerMille(u32),
    /// Points.
    Points(Points),
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Read off the shop's own history.
    Estimated {
        /// Days that were looked at.
        days: u32,
        /// Orders, buyers or inquiries that it rests on.
        cases: u64,
    },
    /// Typed in by the merchant, or handed in by the host.
    Entered,
    /// Corrected by what earlier plans brought.
    Learned {
        /// Plans that were measured.
        times: u32,
    },
    /// A careful guess; nothing in the data says it.
    Assumed,
}

/// One figure behind a lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// What it is, in Chinese.
    pub what: String,
    /// The figure.
    pub figure: Amount,
    /// Where it comes from.
    pub origin: Origin,
}

/// Something a merchant can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lever {
    /// Its id, unique among the levers of a plan.
    pub id: String,
    /// Its kind.
    pub kind: LeverKind,
    /// Its name in Chinese.
    pub title: String,
    /// What one of it is called in Chinese.
    pub unit: String,
    /// What one unit costs; without it the lever is not used.
    pub unit_cost: Option<Fen>,
    /// Most units until the date.
    pub ceiling: u32,
    /// Most units on one day.
    pub per_day: Option<u32>,
    /// Days from doing it to what it brings.
    pub delay_days: u32,
    /// Days for which what it brings counts, where that is less than the pack's window.
    pub lasts_days: Option<u32>,
    /// What one unit brings.
    pub brings: Brings,
    /// Net price less goods, shipping and fees of the sales that one unit touches, before the lever's own cost.
    pub margin: Option<Fen>,
    /// How much of the expectation comes true in the long run, per mille; learned.
    pub success: u32,
    /// How far a single outcome lies off, per mille: at most so much more or less. For a mark: how often it is not
    /// granted in time.
    pub spread: u32,
    /// Where the figures come from.
    pub basis: Vec<Basis>,
    /// Whether the merchant accepts a loss on it.
    pub allow_loss: bool,
    /// The buyers it is aimed at, the most valuable first; empty where it is aimed at nobody by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Of these, how many per mille would come back by themselves until the date.
    #[serde(default)]
    pub natural: u32,
}

/// A lever that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Id of the lever.
    pub lever: String,
    /// Its name in Chinese.
    pub title: String,
    /// Why, in one Chinese sentence that says what to do.
    pub why: String,
}

/// The levers of a shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levers {
    /// The ones that can be used.
    pub levers: Vec<Lever>,
    /// The ones that cannot.
    pub excluded: Vec<Excluded>,
}

impl Lever {
    /// A lever of a kind with everything unknown: brings nothing, may be used never.
    #[must_use]
    pub fn of(kind: LeverKind) -> Lever {
        Lever {
            id: kind.id().to_owned(),
            kind,
            title: kind.title().to_owned(),
            unit: kind.unit().to_owned(),
            unit_cost: None,
            ceiling: 0,
            per_day: None,
            delay_days: 0,
            lasts_days: None,
            brings: Brings::default(),
            margin: None,
            success: WHOLE,
            spread: 0,
            basis: Vec::new(),
            allow_loss: false,
            people: Vec::new(),
            natural: 0,
        }
    }

    /// Margin of a unit less its cost, as learned; `None` while one of the two is unknown.
    #[must_use]
    pub fn margin_after_cost(&self) -> Option<Fen> {
        Some(Fen(self.learned(self.margin?.0) - self.unit_cost?.0))
    }

    /// What a unit changes in the shop's profit: turnover that is only moved brings no new margin.
    #[must_use]
    pub fn gain(&self) -> Option<Fen> {
        let brings = &self.brings;
        let fresh =
            brings.turnover > Fen::ZERO || brings.refund_avoided > Fen::ZERO || brings.scene_turnover == Fen::ZERO;
        if fresh { self.margin_after_cost() } else { Some(Fen(-self.unit_cost?.0)) }
    }

    /// An amount times what comes true in the long run.
    #[must_use]
    pub const fn learned(&self, amount: i64) -> i64 {
        amount.saturating_mul(self.success as i64) / WHOLE as i64
    }

    /// Whether it is a mark, which is granted or not, but never in part.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        self.brings.mark > Points::ZERO
    }
}

impl Brings {
    /// Points of one unit by these rules, before success and spread.
    pub(crate) fn points(&self, pack: &RulePack, rates: &Marginal) -> Points {
        let mut points = self.mark;
        if self.new_buyer {
            points += rates.new_buyer;
            if self.marketing {
                points += rates.marketing_buyer_extra;
            }
        }
        points += rates.inquiry.times(i64::from(self.inquiries));
        if self.marketing {
            points += rates.marketing_inquiry_extra.times(i64::from(self.inquiries));
        }
        points += per_yuan(rates.thousand_yuan, Fen(self.turnover.0 + self.refund_avoided.0));
        let stacks = !(self.marketing && pack.reading.stacking.value == Stacking::MarketingFirst);
        if stacks {
            points += per_yuan(rates.scene_thousand_extra, self.scene_turnover);
        }
        points
    }

    /// Whether turnover is among what it brings: only then can a pack's rounding cut something off.
    pub(crate) fn has_turnover(&self) -> bool {
        self.turnover.0 + self.refund_avoided.0 > 0
    }
}

/// Exact: no rate of a checked pack brings parts of a millionth for one fen.
fn per_yuan(thousand: Points, amount: Fen) -> Points {
    Points::from_micro(thousand.micro() / 100_000).times(amount.0)
}

/// The units of a lever on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// First day of work.
    pub start: NaiveDate,
    /// Last day of work.
    pub end: NaiveDate,
    /// First day on which points of it count.
    pub works_from: NaiveDate,
    /// Last day on which all of it counts; `None` for a mark, which counts while it is held.
    pub works_to: Option<NaiveDate>,
}
