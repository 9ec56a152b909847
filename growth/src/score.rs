//! The score of a shop on a day: the one function that puts the pieces together.

use chrono::{Days, NaiveDate};

use crate::card::{AccelerationParts, Counts, Entered, PartPoints, Range, ScoreCard, WindowDays};
use crate::dropping::dropping;
use crate::event::Industry;
use crate::gates::{Standing, level_at};
use crate::inputs::{Calibration, Inputs, held_marks};
use crate::ledger::Ledger;
use crate::missing::missing;
use crate::notes::notes;
use crate::pack::RulePack;
use crate::points::{Fen, Points};
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
    score_of(pack, industry, Tally::window(ledger, day_number(as_of), pack.counting()), inputs)
}

/// The card of a tally that was counted as the pack counts.
pub(crate) fn score_of(pack: &RulePack, industry: Industry, tally: Tally<'_>, inputs: &Inputs) -> ScoreCard {
    let (days, today, ledger) = (window_days(pack), tally.as_of(), tally.ledger());
    let as_of = date(today);
    let found = Reckoning::of((pack, industry, as_of), ledger, *tally.sums(), inputs);
    let total = found.total();
    let mut missing = missing(&found);
    let high = missing.iter().map(|input| input.effect.high).try_fold(total, |sum, high| Some(sum + high?));
    let standing = Standing::find(pack, inputs, as_of, (total, high));
    missing.extend(standing.unknown().map(crate::missing::gate));
    let entered = inputs.entered.as_ref().map(|shown| found.compare(shown));
    let excluded = excluded(ledger, today, days);
    let waiting = ledger.waiting(today);
    let notes = notes(&found, &waiting, entered.as_ref());
    ScoreCard {
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
        range: (high != Some(total)).then_some(Range { low: total, high }),
        estimated: !missing.is_empty(),
        missing,
        level: standing.level(),
        level_confirmed: standing.confirmed(),
        level_range: standing.open(),
        next: standing.next(total),
        gates: standing.into_rows(),
        dropping: dropping(tally, &found.rates, today, days),
        counts: counts(&found.sums),
        excluded_orders: excluded.len() as u64,
        excluded,
        waiting_refunds: waiting,
        difference: entered.as_ref().map(|shown| shown.points - shown.computed),
        entered,
        notes,
    }
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
        self.parts.total() + mark_points(&self.marks)
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
            total: self.total(),
        }
    }

    /// 成长中心 is some days behind: what it showed belongs to an earlier score, which is computed here.
    fn compare(&self, shown: &Calibration) -> Entered {
        let lag = u64::from(self.pack.window.lag_days.value);
        let as_of = shown.day.checked_sub_days(Days::new(lag)).unwrap_or(NaiveDate::MIN);
        let tally = Tally::window(self.ledger, day_number(as_of), self.pack.counting());
        let marks = held_marks(self.inputs, self.industry.formula(self.pack), as_of);
        let computed = self.rates.parts(tally.sums()).total() + mark_points(&marks);
        let level = self.pack.levels.get(level_at(&self.pack.levels, computed));
        Entered {
            day: shown.day,
            as_of,
            points: shown.points,
            level: shown.level.clone(),
            computed,
            computed_level: level.map(|level| level.id.clone()).unwrap_or_default(),
        }
    }
}

/// Length of the pack's window; a pack that was never checked gets at least a day and at most 366.
pub(crate) fn window_days(pack: &RulePack) -> i32 {
    pack.counting().days()
}

fn mark_points(marks: &[MarkPoints]) -> Points {
    marks.iter().filter_map(|mark| mark.points).sum()
}

fn excluded(ledger: &Ledger, as_of: i32, days: i32) -> Vec<String> {
    let mut ids: Vec<String> = (first_day(as_of, days)..=as_of)
        .filter_map(|day| ledger.day(day))
        .flat_map(|rows| &rows.orders)
        .filter(|order| !order.valid)
        .map(|order| ledger.order_id(order).to_owned())
        .collect();
    ids.sort_unstable();
    ids
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
