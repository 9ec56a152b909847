//! A part of a score, down to the single orders, refunds and inquiries that it is made of.
//!
//! The rules stay where they are: what brings points is told by the growth package, and what drops out is the difference of two of its
//! answers. Nothing is computed here by a rate, so the rows can never add up to something else than the card.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use xiaoer_growth::{Contribution, Fen, Industry, Ledger, Points, RulePack, ScoreCard};

use super::part::Part;

/// Which rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Rows that bring something to this part; none = all rows.
    pub part: Option<Part>,
    /// Only of this day; for [`Part::Dropping`] the first day without the points.
    pub day: Option<NaiveDate>,
    /// Together with `day`: the last of several days.
    pub to: Option<NaiveDate>,
}

/// A score and the rows that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The whole score.
    pub card: ScoreCard,
    /// In order of time. For [`Part::Dropping`]: what each loses, so that a refund that leaves the window stands with less than zero; the
    /// rows of a day add up to the card's figure for it. Otherwise: what each brings, as the growth package says.
    pub contributions: Vec<Contribution>,
}

/// Why there is nothing to open. The texts are for the merchant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The other industry's part.
    #[error("{}按{}计分，没有这一部分", .0.title(), counted(*.0))]
    OtherIndustry(Industry),
    /// Nothing is said about this day.
    #[error("掉出日期应在 {from} 到 {to} 之间")]
    Day {
        /// The first day that can be asked for.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
}

fn counted(industry: Industry) -> &'static str {
    match industry {
        Industry::Consumer => "支付买家",
        Industry::Industrial => "有效询盘",
    }
}

impl Wanted {
    /// Whether it asks for coming days: then the ledger must end with the day of the score.
    #[must_use]
    pub fn looks_ahead(&self) -> bool {
        self.part == Some(Part::Dropping)
    }
}

/// Takes a card apart. Pack and ledger are those that the card was made by; where [`Wanted::looks_ahead`], the ledger holds no event
/// after the card's day.
///
/// # Errors
/// [`ExplainError`].
pub fn explain(card: ScoreCard, pack: &RulePack, ledger: &Ledger, wanted: &Wanted) -> Result<Explained, ExplainError> {
    if wanted.part.is_some_and(|part| !part.is_of(card.industry)) {
        return Err(ExplainError::OtherIndustry(card.industry));
    }
    let contributions = if wanted.looks_ahead() {
        dropping(&card, pack, ledger, wanted)?
    } else {
        let mut rows = xiaoer_growth::contributions(pack, card.industry, card.as_of, ledger);
        rows.retain(|row| wanted.part.is_none_or(|part| part.points(row) != Points::ZERO));
        let last = wanted.to.or(wanted.day);
        rows.retain(|row| wanted.day.is_none_or(|first| first <= row.day) && last.is_none_or(|last| row.day <= last));
        rows
    };
    Ok(Explained { card, contributions })
}

/// What the rows of the window lose between two days on which nothing new happens.
fn dropping(
    card: &ScoreCard,
    pack: &RulePack,
    ledger: &Ledger,
    wanted: &Wanted,
) -> Result<Vec<Contribution>, ExplainError> {
    let (Some(earliest), Some(latest)) = (card.dropping.first(), card.dropping.last()) else {
        return Ok(Vec::new());
    };
    let first = wanted.day.unwrap_or(earliest.date);
    let last = wanted.to.or(wanted.day).unwrap_or(latest.date);
    if first < earliest.date || last > latest.date || last < first {
        return Err(ExplainError::Day { from: earliest.date, to: latest.date });
    }
    let on = |day| xiaoer_growth::contributions(pack, card.industry, day, ledger);
    let before = on(first.checked_sub_days(Days::new(1)).unwrap_or(first));
    Ok(lost(before, on(last)))
}

/// Before less after, row by row.
fn lost(before: Vec<Contribution>, after: Vec<Contribution>) -> Vec<Contribution> {
    let key = |row: &Contribution| (row.kind as u8, row.id.clone());
    let mut left: HashMap<_, Contribution> = after.into_iter().map(|row| (key(&row), row)).collect();
    let mut rows: Vec<Contribution> = before
        .into_iter()
        .map(|row| match left.remove(&key(&row)) {
            Some(rest) => minus(row, &rest),
            None => row,
        })
        .collect();
    let mut risen: Vec<Contribution> = left.into_values().map(|row| minus(blank(&row), &row)).collect();
    risen.sort_by(|a, b| (a.day, &a.id).cmp(&(b.day, &b.id)));
    rows.extend(risen);
    stay(&mut rows, |row| &mut row.base);
    stay(&mut rows, |row| &mut row.marketing);
    rows.retain(|row| moved(row) || row.amount != Fen::ZERO);
    rows
}

/// A buyer's points stand with their first order; when that leaves and another stays, they move there. Nothing is lost then, and the two
/// rows say so.
fn stay(rows: &mut [Contribution], part: impl Fn(&mut Contribution) -> &mut Points) {
    let mut gained: HashMap<String, Points> = HashMap::new();
    for row in rows.iter_mut() {
        let Some(buyer) = row.buyer.clone() else { continue };
        let points = part(row);
        if *points < Points::ZERO {
            *gained.entry(buyer).or_default() += *points;
            *points = Points::ZERO;
        }
    }
    for row in rows.iter_mut() {
        let Some(moved) = row.buyer.as_ref().and_then(|buyer| gained.get_mut(buyer)) else { continue };
        let points = part(row);
        if *points > Points::ZERO {
            *points += std::mem::take(moved);
        }
    }
    // Gained without any loss: an unlinked refund left, and the buyer counts again. The first of the buyer's rows says it.
    for row in rows.iter_mut() {
        let Some(moved) = row.buyer.as_ref().and_then(|buyer| gained.get_mut(buyer)) else { continue };
        *part(row) += std::mem::take(moved);
    }
}

fn moved(row: &Contribution) -> bool {
    [row.base, row.turnover, row.marketing, row.scene].into_iter().any(|points| points != Points::ZERO)
}

fn minus(mut row: Contribution, rest: &Contribution) -> Contribution {
    row.amount = Fen(row.amount.0 - rest.amount.0);
    row.base -= rest.base;
    row.turnover -= rest.turnover;
    row.marketing -= rest.marketing;
    row.scene -= rest.scene;
    row.rounding -= rest.rounding;
    row
}

fn blank(row: &Contribution) -> Contribution {
    Contribution {
        id: row.id.clone(),
        kind: row.kind,
        day: row.day,
        buyer: row.buyer.clone(),
        amount: Fen::ZERO,
        base: Points::ZERO,
        turnover: Points::ZERO,
        marketing: Points::ZERO,
        scene: Points::ZERO,
        rounding: Points::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xiaoer_growth::{Event, EventKind, Inputs};

    use super::*;

    fn day(n: u32) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date");
        first.checked_add_days(Days::new(n.into())).expect("a date")
    }

    /// Few buyers over sixty days, so that they order again, take back and ask twice.
    fn events() -> impl Strategy<Value = Vec<Event>> {
        let one = (0..60u32, 0..3u8, 0..4u8, 1..50_000i64, any::<[bool; 3]>(), 0..40usize);
        let drawn = one.prop_map(|(n, what, who, fen, [promoted, scene, loose], undone)| {
            let (buyer, marketing, amount) = (Some(format!("buyer{who}")), Some(promoted), Fen(fen));
            let kind = match what {
                0 => EventKind::Order { buyer, amount, marketing, scene: Some(scene), valid: fen % 7 != 0 },
                1 => {
                    let order = (!loose).then(|| format!("{undone}"));
                    EventKind::Refund { order, buyer, amount, scene: Some(scene), valid: true }
                }
                _ => EventKind::Inquiry { person: format!("buyer{who}"), marketing, valid: true },
            };
            Event { at: day(n).and_hms_opt(10, 0, 0).expect("a time"), id: String::new(), kind }
        });
        proptest::collection::vec(drawn, 0..40).prop_map(|mut all| {
            all.iter_mut().enumerate().for_each(|(at, event)| event.id = at.to_string());
            all
        })
    }

    proptest! {
        #[test]
        fn the_rows_of_every_coming_day_add_up_to_the_cards_figure(events in events(), consumer in any::<bool>(), as_of in 20..50u32) {
            let industry = if consumer { Industry::Consumer } else { Industry::Industrial };
            let whole = Ledger::of(events.iter().cloned()).expect("events");
            let until = crate::score::ledger_until(events, day(as_of)).expect("events");
            let pack = xiaoer_growth::pack_for(day(as_of)).0;
            // The card is that of all events: what came after the day must not show in what it foresees.
            let card = xiaoer_growth::score(pack, industry, day(as_of), &whole, &Inputs::default());
            let lost = |wanted: Wanted| -> Points {
                let opened = explain(card.clone(), pack, &until, &wanted).expect("a day of the card");
                opened.contributions.iter().map(Contribution::total).sum()
            };
            let dropping = Wanted { part: Some(Part::Dropping), ..Wanted::default() };
            for row in &card.dropping {
                prop_assert_eq!(lost(Wanted { day: Some(row.date), ..dropping }), row.points, "{}", row.date);
            }
            prop_assert_eq!(lost(dropping), card.points.total);
        }
    }
}
