//! The formula: sums of a window times the rates of a pack.
//!
//! All readings of the rules (on top or in all, what is cut off) are settled here and nowhere else.

use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::pack::{Acceleration, Rounding, RulePack};
use crate::points::{Fen, Points};
use crate::tally::Sums;

/// Fen in 1000 yuan.
const THOUSAND_YUAN: i64 = 100_000;

/// The rates of one industry after all readings: what one unit more brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    industry: Industry,
    pub(crate) base: Points,
    turnover: Points,
    pub(crate) marketing: Points,
    scene: Points,
    rounding: Rounding,
}

/// The points of a window without marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) base: Points,
    pub(crate) turnover: Points,
    pub(crate) marketing: Points,
    pub(crate) scene: Points,
    /// What would come on top if every open question were answered with yes.
    pub(crate) marketing_open: Points,
    pub(crate) scene_open: Points,
}

impl Rates {
    pub(crate) fn of(pack: &RulePack, industry: Industry) -> Rates {
        let formula = industry.formula(pack);
        let (base, turnover) = (formula.base.value, formula.turnover.value);
        let (marketing, scene) = (formula.marketing.value, formula.scene.value);
        let (marketing, scene) = match pack.reading.acceleration.value {
            Acceleration::OnTop => (marketing, scene),
            Acceleration::InAll => (marketing - base, scene - turnover),
        };
        Rates { industry, base, turnover, marketing, scene, rounding: pack.reading.rounding.value }
    }

    /// For the turnover of a window, cut off as the pack says.
    pub(crate) fn turnover(&self, amount: Fen) -> Points {
        self.turnover_exact(self.cut(amount))
    }

    /// For the scene turnover of a window, cut off as the pack says.
    pub(crate) fn scene(&self, amount: Fen) -> Points {
        self.scene_exact(self.cut(amount))
    }

    /// For the amount of one order: only the sum of a window is ever cut off.
    pub(crate) fn turnover_exact(&self, amount: Fen) -> Points {
        money(self.turnover, amount)
    }

    /// For the scene amount of one order.
    pub(crate) fn scene_exact(&self, amount: Fen) -> Points {
        money(self.scene, amount)
    }

    const fn cut(&self, Fen(amount): Fen) -> Fen {
        match self.rounding {
            Rounding::None => Fen(amount),
            Rounding::WholeThousands => Fen(amount - amount % THOUSAND_YUAN),
        }
    }

    pub(crate) fn parts(&self, sums: &Sums) -> Parts {
        let (counted, marketing, open) = match self.industry {
            Industry::Consumer => (sums.buyers, sums.marketing_buyers, sums.marketing_buyers_unknown),
            Industry::Industrial => (sums.inquiries, sums.marketing_inquiries, sums.marketing_inquiries_unknown),
        };
        let scene = self.scene(net_of(sums.scene));
        Parts {
            base: self.base.times(counted),
            turnover: self.turnover(net_of(sums.turnover)),
            marketing: self.marketing.times(marketing),
            scene,
            marketing_open: self.marketing.times(open),
            scene_open: self.scene(net_of(sums.scene + sums.scene_unknown)) - scene,
        }
    }
}

impl Parts {
    pub(crate) fn total(&self) -> Points {
        self.base + self.turnover + self.marketing + self.scene
    }
}

/// Exact: a checked pack has no rate that brings parts of a millionth for one fen.
const fn money(rate: Points, Fen(amount): Fen) -> Points {
    Points::from_micro(rate.micro() / THOUSAND_YUAN).times(amount)
}

/// Refunds without an order may outweigh a window's sales; a turnover is never below zero.
pub(crate) fn net_of(sum: i64) -> Fen {
    Fen(sum.max(0))
}

/// What one unit more brings, for the expected effect of an action. Exact; a zero means it brings nothing in this
/// industry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marginal {
    /// A buyer who is not yet counted in the window, turnover not included.
    pub new_buyer: Points,
    /// A counted inquiry: one person on one day.
    pub inquiry: Points,
    /// 1000 yuan of turnover.
    pub thousand_yuan: Points,
    /// In addition, when 数字营销 brings the buyer.
    pub marketing_buyer_extra: Points,
    /// In addition, when 数字营销 brings the inquiry.
    pub marketing_inquiry_extra: Points,
    /// In addition, when 1000 yuan are made in a scene.
    pub scene_thousand_extra: Points,
    /// The marks that bring points while they are held; one without a known rate is left out.
    pub marks: Vec<MarkPoints>,
}

/// A mark and what it brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkPoints {
    /// Name of the mark.
    pub kind: String,
    /// Its points; `None` when no rate is known, which counts as 0 and is shown as 未知.
    pub points: Option<Points>,
}

/// What one unit more brings by these rules.
#[must_use]
pub fn marginal(pack: &RulePack, industry: Industry) -> Marginal {
    let rates = Rates::of(pack, industry);
    let thousand = Fen(THOUSAND_YUAN);
    let consumer = |points| {
        if industry == Industry::Consumer { points } else { Points::ZERO }
    };
    let industrial = |points| {
        if industry == Industry::Industrial { points } else { Points::ZERO }
    };
    let marks = industry.formula(pack).marks.iter().filter_map(|mark| {
        let points = mark.points.as_ref()?.value;
        Some(MarkPoints { kind: mark.kind.clone(), points: Some(points) })
    });
    Marginal {
        new_buyer: consumer(rates.base),
        inquiry: industrial(rates.base),
        thousand_yuan: rates.turnover(thousand),
        marketing_buyer_extra: consumer(rates.marketing),
        marketing_inquiry_extra: industrial(rates.marketing),
        scene_thousand_extra: rates.scene(thousand),
        marks: marks.collect(),
    }
}
