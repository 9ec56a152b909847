//! What a chosen plan promised, and what came of it: measured in the ledger against the time before.
//!
//! Never against nothing: a shop that always wins ten buyers a week has not won them by a plan. And never early: a
//! promise whose days are not over is not judged.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ledger::Ledger;
use crate::points::{Fen, Points};
use crate::rows::day_number;

use super::entry::part;
use super::history::{self, MONTH, returned};
use super::kind::LeverKind;
use super::lever::{Amount, Lever, Levers, WHOLE};
use super::outcome::{Choice, Plan};

/// What one step of a chosen plan promised. To be kept until its days are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Id of the lever.
    pub lever: String,
    /// Its kind.
    pub kind: LeverKind,
    /// Its name in Chinese.
    pub title: String,
    /// How many were bought.
    pub units: u32,
    /// First day of work.
    pub from: NaiveDate,
    /// The judged day, by which all of it should have worked.
    pub to: NaiveDate,
    /// Expected points on that day.
    pub points: Points,
    /// Expected buyers who would not have counted otherwise.
    pub buyers: u32,
    /// Expected inquiries.
    pub inquiries: u32,
    /// Expected turnover that would not have been there, refunds that were avoided included.
    pub turnover: Fen,
    /// Expected turnover in scenes.
    pub scene_turnover: Fen,
    /// What was believed to come true of the estimate, per mille.
    pub success: u32,
    /// Buyers who were addressed by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// How many per mille of them would have come back anyway.
    #[serde(default)]
    pub natural: u32,
}

/// What came of a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Realised {
    /// Id of the lever.
    pub lever: String,
    /// Its name in Chinese.
    pub title: String,
    /// First day that was measured.
    pub from: NaiveDate,
    /// Last day that was measured.
    pub to: NaiveDate,
    /// What was promised.
    pub expected: Amount,
    /// What there was beyond the baseline; below zero when there was less than usual.
    pub realised: Amount,
    /// What there would have been anyway.
    pub baseline: Amount,
    /// Realised of expected, per mille; not below zero.
    pub ratio: u32,
    /// What was measured, in Chinese.
    pub of: String,
    /// What was believed to come true of the estimate when it was promised, per mille.
    pub success: u32,
}

/// What a choice of a plan promises, step by step.
#[must_use]
pub fn promises(plan: &Plan, choice: &Choice, levers: &Levers) -> Vec<Promise> {
    let steps = choice.steps.iter().filter_map(|step| {
        let lever = levers.levers.iter().find(|lever| lever.id == step.lever)?;
        let brings = &lever.brings;
        let all = |each: i64| lever.learned(each.saturating_mul(i64::from(step.units)));
        let number = |each: u32| u32::try_from(all(i64::from(each))).unwrap_or(u32::MAX);
        Some(Promise {
            lever: lever.id.clone(),
            kind: lever.kind,
            title: lever.title.clone(),
            units: step.units,
            from: step.dates.start,
            to: plan.judged_on,
            points: step.points,
            buyers: number(u32::from(brings.new_buyer)),
            inquiries: number(brings.inquiries),
            turnover: Fen(all(brings.turnover.0 + brings.refund_avoided.0)),
            scene_turnover: Fen(all(brings.scene_turnover.0)),
            success: lever.success,
            people: addressed(lever, step.units),
            natural: lever.natural,
        })
    });
    steps.collect()
}

/// The buyers to write to so that so many come back who would not have: some would have come anyway.
fn addressed(lever: &Lever, units: u32) -> Vec<String> {
    let others = u64::from(WHOLE.saturating_sub(lever.natural).max(1));
    let needed = (u64::from(units) * u64::from(WHOLE)).div_ceil(others);
    lever.people.iter().take(usize::try_from(needed).unwrap_or(usize::MAX)).cloned().collect()
}

/// Measures the promises whose days are over on `as_of`. A mark is not among them: the ledger cannot show it.
#[must_use]
pub fn realise(ledger: &Ledger, promises: &[Promise], as_of: NaiveDate) -> Vec<Realised> {
    promises.iter().filter(|promise| promise.to <= as_of).filter_map(|promise| measured(ledger, promise)).collect()
}

/// A figure of the days of a promise: what there was, what there would have been, and what was promised.
struct Measure {
    of: &'static str,
    unit: fn(i64) -> Amount,
    was: i64,
    usual: i64,
    promised: i64,
}

fn measured(ledger: &Ledger, promise: &Promise) -> Option<Realised> {
    let Measure { of, unit, was, usual, promised } = measure(ledger, promise)?;
    if promised <= 0 {
        return None;
    }
    let realised = was - usual;
    let ratio = part(realised.max(0), i64::from(WHOLE), promised);
    Some(Realised {
        lever: promise.lever.clone(),
        title: promise.title.clone(),
        from: promise.from,
        to: promise.to,
        expected: unit(promised),
        realised: unit(realised),
        baseline: unit(usual),
        ratio: u32::try_from(ratio).unwrap_or(u32::MAX),
        of: of.to_owned(),
        success: promise.success,
    })
}

fn measure(ledger: &Ledger, promise: &Promise) -> Option<Measure> {
    let (from, to) = (day_number(promise.from), day_number(promise.to));
    let now = history::days(ledger, from, to, to);
    let usual = Usual::before(ledger, from, to);
    let yuan = |fen| Amount::Yuan(Fen(fen));
    let counted = |of, was: i64, usual, promised| Some(Measure { of, unit: Amount::Count, was, usual, promised });
    let paid = |of, was: i64, usual, promised: Fen| Some(Measure { of, unit: yuan, was, usual, promised: promised.0 });
    match promise.kind {
        LeverKind::PromotionBuyers => {
            let (was, promised) = (length(now.marketing_buyers.len()), i64::from(promise.buyers));
            counted("数字营销带来的买家数", was, usual.mean(|days| length(days.marketing_buyers.len())), promised)
        }
        LeverKind::PromotionInquiries => {
            let usual = usual.mean(|days| length(days.marketing_inquiries));
            counted("数字营销带来的询盘数", length(now.marketing_inquiries), usual, i64::from(promise.inquiries))
        }
        LeverKind::ResponseRate => {
            let usual = usual.mean(|days| length(days.inquiries));
            counted("询盘数", length(now.inquiries), usual, i64::from(promise.inquiries))
        }
        LeverKind::WinBack | LeverKind::RepeatOrder => {
            let back = returned(ledger, &promise.people, &now);
            let anyway = part(length(promise.people.len()), i64::from(promise.natural), i64::from(WHOLE));
            let promised = part(i64::from(promise.units), i64::from(promise.success), i64::from(WHOLE));
            counted("点名老客中再次下单的人数", back, anyway, promised)
        }
        LeverKind::SceneTurnover => {
            paid("场景成交额", now.scene, usual.mean(|days| days.scene), promise.scene_turnover)
        }
        LeverKind::FewerRefunds => {
            // Refunds by the usual share of what was sold, less the refunds there were.
            let expected = part(now.turnover + now.refunded, usual.refunded(), usual.sold());
            paid("少退的金额（按以往退款率）", expected, now.refunded, promise.turnover)
        }
        LeverKind::LadderPrice | LeverKind::MinimumOrder => {
            let by_usual_orders = part(length(now.orders), usual.turnover(), usual.orders());
            paid("客单价提高带来的成交额", now.turnover, by_usual_orders, promise.turnover)
        }
        LeverKind::Verification => None,
    }
}

/// The days before a promise, in stretches as long as its own: the number of different buyers does not grow evenly
/// with the days, so a month cannot be divided by its days.
struct Usual {
    stretches: Vec<history::Days>,
}

impl Usual {
    fn before(ledger: &Ledger, from: i32, to: i32) -> Usual {
        let length = (to - from + 1).max(1);
        let stretches = (1..=(MONTH / length).max(1)).map(|back| {
            let first = from - length * back;
            // As it looked when the stretch ended: the promise's own late refunds are not known yet either.
            history::days(ledger, first, first + length - 1, first + length - 1)
        });
        Usual { stretches: stretches.collect() }
    }

    fn sum(&self, figure: impl Fn(&history::Days) -> i64) -> i64 {
        self.stretches.iter().map(figure).sum()
    }

    /// Mean of the stretches, rounded up: in doubt, less is owed to the plan.
    fn mean(&self, figure: impl Fn(&history::Days) -> i64) -> i64 {
        -part(-self.sum(figure), 1, length(self.stretches.len()))
    }

    fn turnover(&self) -> i64 {
        self.sum(|days| days.turnover)
    }

    fn refunded(&self) -> i64 {
        self.sum(|days| days.refunded)
    }

    fn sold(&self) -> i64 {
        self.turnover() + self.refunded()
    }

    fn orders(&self) -> i64 {
        self.sum(|days| length(days.orders))
    }
}

fn length<N>(number: N) -> i64
where
    i64: TryFrom<N>,
{
    i64::try_from(number).unwrap_or(i64::MAX)
}
