//! The formula: sums of a window times the rates of a pack.
//!
//! All readings of the rules (on top or in all, what is cut off) are settled here and nowhere else.

use serde::{Deserialize, Serialize};

use crate::event::Industry;
use crate::pack::{Acceleration, Caps, Rounding, RulePack, Stacking};
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
    stacking: Stacking,
    caps: PartCaps,
}

/// The most that each part brings, where that is known.
#[derive(Clone, Copy, Debug)]
struct PartCaps {
    base: Option<Points>,
    turnover: Option<Points>,
    marketing: Option<Points>,
    scene: Option<Points>,
}

/// The points of a window without marks, each part as it is shown: rounded and capped.
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
        let (rounding, stacking) = (pack.reading.rounding.value, pack.reading.stacking.value);
        let caps = PartCaps::of(&formula.caps);
        Rates { industry, base, turnover, marketing, scene, rounding, stacking, caps }
    }

    /// For the amount of one order: only the sum of a window is ever cut off.
    pub(crate) fn turnover_exact(&self, amount: Fen) -> Points {
        money(self.turnover, amount)
    }

    /// For the scene amount of one order.
    pub(crate) fn scene_exact(&self, amount: Fen) -> Points {
        money(self.scene, amount)
    }

    /// Whether an order of a scene earns for it.
    pub(crate) fn scene_earns(&self, by_marketing: bool) -> bool {
        self.stacking == Stacking::Additive || !by_marketing
    }

    /// Scene turnover that earns, in fen; below zero when refunds outweigh it.
    fn scene_sum(&self, sums: &Sums) -> i64 {
        match self.stacking {
            Stacking::Additive => sums.scene,
            Stacking::MarketingFirst => sums.scene - sums.scene_marketing,
        }
    }

    /// For the scene turnover of a window: rounded and capped.
    fn scene(&self, amount: i64) -> Points {
        self.part(self.scene_exact(self.cut(net_of(amount))), self.caps.scene)
    }

    /// What the scene part loses if so many fen of it turn out to earn nothing.
    pub(crate) fn scene_loss(&self, sums: &Sums, doubtful: Fen) -> Points {
        let earns = self.scene_sum(sums);
        self.whole_effect(self.scene(earns) - self.scene(earns - doubtful.0))
    }

    const fn cut(&self, Fen(amount): Fen) -> Fen {
        match self.rounding {
            Rounding::WholeThousands => Fen(amount - amount % THOUSAND_YUAN),
            Rounding::None | Rounding::WholeParts | Rounding::WholeTotal => Fen(amount),
        }
    }

    /// A part of the total: never above its cap, then rounded.
    fn part(&self, points: Points, cap: Option<Points>) -> Points {
        let capped = cap.map_or(points, |cap| points.min(cap));
        if self.rounding == Rounding::WholeParts { capped.floor() } else { capped }
    }

    /// Where the total is cut down, a fraction more can bring a whole point: a bound has to hold all the same.
    fn whole_effect(&self, change: Points) -> Points {
        if self.rounding == Rounding::WholeTotal { change.ceil() } else { change }
    }

    /// THE sum of a window's points without marks.
    pub(crate) fn total(&self, parts: &Parts) -> Points {
        let sum = parts.sum();
        if self.rounding == Rounding::WholeTotal { sum.floor() } else { sum }
    }

    pub(crate) fn parts(&self, sums: &Sums) -> Parts {
        let (counted, marketing, open) = match self.industry {
            Industry::Consumer => (sums.buyers, sums.marketing_buyers, sums.marketing_buyers_unknown),
            Industry::Industrial => (sums.inquiries, sums.marketing_inquiries, sums.marketing_inquiries_unknown),
        };
        let promoted = |count: i64| self.part(self.marketing.times(count), self.caps.marketing);
        let earns = self.scene_sum(sums);
        let turnover = self.turnover_exact(self.cut(net_of(sums.turnover)));
        Parts {
            base: self.part(self.base.times(counted), self.caps.base),
            turnover: self.part(turnover, self.caps.turnover),
            marketing: promoted(marketing),
            scene: self.scene(earns),
            marketing_open: self.whole_effect(promoted(marketing + open) - promoted(marketing)),
            scene_open: self.whole_effect(self.scene(earns + sums.scene_unknown) - self.scene(earns)),
        }
    }
}

impl PartCaps {
    fn of(caps: &Caps) -> PartCaps {
        let [base, turnover, marketing, scene] = [&caps.base, &caps.turnover, &caps.marketing, &caps.scene]
            .map(|cap| cap.as_ref().map(|figure| figure.value));
        PartCaps { base, turnover, marketing, scene }
    }
}

impl Parts {
    /// The parts together, before the total is rounded.
    pub(crate) fn sum(&self) -> Points {
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

/// What one unit more brings, for the expected effect of an action, before rounding and below every cap. A zero means
/// it brings nothing in this industry.
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
        thousand_yuan: rates.turnover_exact(thousand),
        marketing_buyer_extra: consumer(rates.marketing),
        marketing_inquiry_extra: industrial(rates.marketing),
        scene_thousand_extra: rates.scene_exact(thousand),
        marks: marks.collect(),
    }
}
