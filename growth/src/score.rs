//! The score of a shop on a day: the one function that puts the pieces together.

use chrono::NaiveDate;

use crate::benefits::benefits;
use crate::calibration::calibrate;
use crate::card::{AccelerationParts, Counts, LevelStep, Missing, PartPoints, Range, ScoreCard, WindowDays};
use crate::dropping::dropping;
use crate::event::Industry;
use crate::gates::{Reach, Standing};
use crate::inputs::{Inputs, held_marks};
use crate::judging::judging;
use crate::ledger::Ledger;
use crate::missing::missing;
use crate::notes::notes;
use crate::pack::{Corrected, RulePack};
use crate::points::{Fen, Points};
use crate::protection::protection;
use crate::rates::{MarkPoints, Parts, Rates, net_of};
use crate::rows::{date, day_number};
use crate::tally::{Sums, Tally, first_day};

/// A score before it is written on a card.
pub(crate) struct Reckoning<'a> {
    pub(crate) pack: &'a RulePack,
    pub(crate) industry: Industry,
    pub(crate) as_of: NaiveDate,
    pub(crate) ledger: &'a Ledger,
    pub(crate) inputs: &'a Inputs,
    pub(crate) rates: Rates,
    pub(crate) sums: Sums,
    pub(crate) parts: Parts,
    pub(crate) marks: Vec<MarkPoints>,
}

/// Scores a shop by the window that ends with `as_of`. Events after that day are not looked at.
///
/// The points are the known ones; what is missing is listed on the card with what it could change.
#[must_use]
pub fn score(pack: &RulePack, industry: Industry, as_of: NaiveDate, ledger: &Ledger, inputs: &Inputs) -> ScoreCard {
    let tally = Tally::window(ledger, day_number(as_of), pack.counting());
    let (days, today) = (window_days(pack), tally.as_of());
    let found = Reckoning::of((pack, industry, as_of), ledger, *tally.sums(), inputs);
    let total = found.total();
    let mut missing = missing(&found);
    let reach = found.reach(&missing);
    let standing = Standing::find(pack, inputs, as_of, reach);
    missing.extend(standing.unknown().map(crate::missing::gate));
    let compared = calibrate(&found);
    let (reached, certain) = standing.not_ruled_out();
    let (protection, benefits_at) = protection(&found, &standing.level(), reached);
    let dropping = dropping(&tally, &found.rates);
    let (excluded, waiting) = (tally.excluded(), ledger.waiting(today));
    let mut card = ScoreCard {
        as_of,
        industry,
        pack: pack.id.clone(),
        pack_name: pack.name.clone(),
        pack_in_force: pack.in_force(as_of),
        confidence: pack.confidence(industry),
        window: WindowDays { from: date(first_day(today, days)), to: as_of },
        points: found.part_points(),
        acceleration: AccelerationParts {
            marketing: found.parts.marketing,
            scene: found.parts.scene,
            marks: found.marks.clone(),
        },
        range: reach.open().then_some(Range { low: reach.low, high: reach.high }),
        estimated: !missing.is_empty(),
        missing,
        level: standing.level(),
        level_confirmed: standing.confirmed(),
        level_range: standing.open(),
        next: standing.next(total),
        gates: standing.into_rows(),
        dropping,
        counts: counts(&found.sums),
        excluded_orders: excluded.len() as u64,
        excluded,
        waiting_refunds: waiting,
        difference: compared.newest.as_ref().map(|shown| shown.points - shown.computed),
        entered: compared.newest,
        calibration: compared.rows,
        trusted: compared.trusted,
        explanations: compared.explanations,
        corrected: corrected(pack, industry),
        levels: steps(pack),
        scenes: industry.formula(pack).scenes.value.clone(),
        judging: judging(pack, as_of),
        benefits: benefits(pack, as_of, benefits_at, certain),
        protection,
        notes: Vec::new(),
    };
    card.notes = notes(&found, &card);
    card
}

impl<'a> Reckoning<'a> {
    /// Sums of the window that ends with a day, by the rates of a pack for an industry.
    pub(crate) fn of(
        (pack, industry, as_of): (&'a RulePack, Industry, NaiveDate),
        ledger: &'a Ledger,
        sums: Sums,
        inputs: &'a Inputs,
    ) -> Reckoning<'a> {
        let rates = Rates::of(pack, industry);
        let marks = held_marks(inputs, industry.formula(pack), as_of);
        Reckoning { pack, industry, as_of, ledger, inputs, rates, sums, parts: rates.parts(&sums), marks }
    }

    /// All known points, marks included.
    pub(crate) fn total(&self) -> Points {
        self.rates.total(&self.parts) + mark_points(&self.marks)
    }

    /// The total of the same counts by other rates.
    pub(crate) fn total_by(&self, pack: &RulePack) -> Points {
        let rates = Rates::of(pack, self.industry);
        let marks = held_marks(self.inputs, self.industry.formula(pack), self.as_of);
        rates.total(&rates.parts(&self.sums)) + mark_points(&marks)
    }

    /// How far what is missing can move the total. What has no bound downwards is left out: the notes say it.
    pub(crate) fn reach(&self, missing: &[Missing]) -> Reach {
        let known = self.total();
        let falls: Points = missing.iter().filter_map(|input| input.effect.low).sum();
        let high = missing.iter().map(|input| input.effect.high).try_fold(known, |sum, high| Some(sum + high?));
        Reach { low: known + falls, known, high }
    }

    pub(crate) fn part_points(&self) -> PartPoints {
        let base = Some(self.parts.base);
        let (buyers, inquiries) = match self.industry {
            Industry::Consumer => (base, None),
            Industry::Industrial => (None, base),
        };
        PartPoints {
            buyers,
            inquiries,
            turnover: self.parts.turnover,
            acceleration: self.parts.marketing + self.parts.scene + mark_points(&self.marks),
            rounding: self.rates.total(&self.parts) - self.parts.sum(),
            total: self.total(),
        }
    }
}

impl Reach {
    fn open(&self) -> bool {
        self.low != self.known || self.high != Some(self.known)
    }
}

/// Length of the pack's window; a pack that was never checked gets at least a day and at most 366.
pub(crate) fn window_days(pack: &RulePack) -> i32 {
    pack.counting().days()
}

fn mark_points(marks: &[MarkPoints]) -> Points {
    marks.iter().filter_map(|mark| mark.points).sum()
}

pub(crate) fn counts(sums: &Sums) -> Counts {
    let count = |sum: i64| u64::try_from(sum).unwrap_or(0);
    Counts {
        buyers: count(sums.buyers),
        marketing_buyers: count(sums.marketing_buyers),
        marketing_buyers_unknown: count(sums.marketing_buyers_unknown),
        orders: count(sums.orders),
        orders_without_buyer: count(sums.orders_without_buyer),
        turnover_yuan: net_of(sums.turnover),
        refunded_yuan: Fen(sums.refunded),
        scene_yuan: net_of(sums.scene),
        scene_unknown_yuan: Fen(sums.scene_unknown),
        inquiries: count(sums.inquiries),
        marketing_inquiries: count(sums.marketing_inquiries),
        marketing_inquiries_unknown: count(sums.marketing_inquiries_unknown),
    }
}

fn steps(pack: &RulePack) -> Vec<LevelStep> {
    let step = |level: &crate::pack::Level| LevelStep {
        level: level.id.clone(),
        threshold: level.threshold.value,
        confidence: level.threshold.confidence,
    };
    pack.levels.iter().map(step).collect()
}

/// What the merchant corrected, the other industry's formula left out.
fn corrected(pack: &RulePack, industry: Industry) -> Vec<Corrected> {
    let ours = |row: &&Corrected| row.industry.is_none_or(|own| own == industry);
    pack.corrections.iter().filter(ours).cloned().collect()
}
