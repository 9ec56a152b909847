//! The levers of a shop, from its own past, its economics and what the merchant entered.
//!
//! A lever whose cost or margin nobody said is left out and asked for, never filled in.

use chrono::NaiveDate;

use crate::event::Industry;
use crate::inputs::Inputs;
use crate::ledger::Ledger;
use crate::pack::RulePack;
use crate::points::Fen;

use super::drafts::{Draft, Past, entered};
use super::entry::{Economics, LeverEntry};
use super::guess;
use super::kind::LeverKind;
use super::lever::{Amount, Brings, Excluded, Lever, Levers, WHOLE};
use super::sentences;

/// What is known of a shop.
#[derive(Clone, Copy, Debug)]
pub struct Books<'a> {
    /// The rules.
    pub pack: &'a RulePack,
    /// Which formula.
    pub industry: Industry,
    /// What happened.
    pub ledger: &'a Ledger,
    /// Marks that are already held.
    pub inputs: &'a Inputs,
    /// Last day that is known.
    pub as_of: NaiveDate,
}

/// The levers of a shop for the days from `as_of` to `day`.
///
/// What the merchant entered goes before what the economics say, and that before what the past shows.
#[must_use]
pub fn estimate(books: &Books<'_>, day: NaiveDate, economics: &Economics, entries: &[LeverEntry]) -> Levers {
    let past = Past::of(books, day, economics);
    let mut found = Levers::default();
    for draft in LeverKind::all().flat_map(|kind| past.drafts(kind)) {
        let entry = entries.iter().find(|entry| entry.lever == draft.lever.id);
        match finished(&past, draft, entry) {
            Ok(lever) => found.levers.push(lever),
            Err(excluded) => found.excluded.push(excluded),
        }
    }
    found
}

/// Puts in what was handed in and entered; a lever that cannot be used says why.
fn finished(past: &Past<'_>, draft: Draft, entry: Option<&LeverEntry>) -> Result<Lever, Excluded> {
    let Draft { mut lever, gap } = draft;
    let out = |lever: &Lever, why: String| Excluded { lever: lever.id.clone(), title: lever.title.clone(), why };
    if let Some(cost) = past.economics.unit_costs.get(&lever.id) {
        lever.unit_cost = Some(*cost);
        lever.basis.push(entered("每单位成本", Amount::Yuan(*cost)));
    }
    let mut gap = gap;
    if let Some(entry) = entry {
        if !entry.enabled {
            return Err(out(&lever, format!("「{}」已由商家停用。", lever.title)));
        }
        gap = gap.filter(|_| entry.ceiling.is_none() || lever.brings == Brings::default());
        take(&mut lever, entry);
    }
    if let Some(gap) = gap {
        return Err(out(&lever, format!("「{}」{gap}。", lever.title)));
    }
    let unasked = entry.is_none_or(|entry| entry.delay_days.is_none());
    if guess::delay(lever.kind).is_none() && (unasked || lever.unit_cost.is_none()) {
        return Err(out(&lever, format!("「{}」请填写费用和办理天数。", lever.title)));
    }
    if lever.margin.is_none() {
        give_margin(past, &mut lever).map_err(|why| out(&lever, why))?;
    }
    sentences::excluded(&lever).map_or(Ok(lever), Err)
}

/// Margin of the turnover that a unit touches.
fn give_margin(past: &Past<'_>, lever: &mut Lever) -> Result<(), String> {
    let brings = &lever.brings;
    let touched = Fen((brings.turnover.0 + brings.refund_avoided.0).max(brings.scene_turnover.0));
    let Lever { title, unit, .. } = &*lever;
    if touched == Fen::ZERO {
        return Err(format!("「{title}」没有毛利：请填写每{unit}带来的毛利。"));
    }
    let margin = past.economics.margin(touched, past.average).map_err(|unknown| {
        let unknown = unknown.join("、");
        format!("「{title}」没有毛利：请填写{unknown}，或直接填写每千元成交的毛利。")
    })?;
    lever.basis.push(entered("每单位毛利（未扣手段成本）", Amount::Yuan(margin)));
    lever.margin = Some(margin);
    Ok(())
}

/// What the merchant entered goes before every estimate.
fn take(lever: &mut Lever, entry: &LeverEntry) {
    let mut said = Vec::new();
    lever.allow_loss = entry.allow_loss;
    if let Some(cost) = entry.unit_cost {
        lever.unit_cost = Some(cost);
        said.push(entered("每单位成本", Amount::Yuan(cost)));
    }
    if let Some(margin) = entry.margin {
        lever.margin = Some(margin);
        said.push(entered("每单位毛利（未扣手段成本）", Amount::Yuan(margin)));
    }
    if let Some(ceiling) = entry.ceiling {
        lever.ceiling = ceiling;
        // What the past managed in a day does not limit what the merchant says can be done.
        lever.per_day = None;
        said.push(entered("到期前的上限", Amount::Count(i64::from(ceiling))));
    }
    if let Some(per_day) = entry.per_day {
        lever.per_day = Some(per_day);
        said.push(entered("每天的上限", Amount::Count(i64::from(per_day))));
    }
    if let Some(delay) = entry.delay_days {
        lever.delay_days = delay;
        said.push(entered("多少天后见效", Amount::Days(delay)));
    }
    if let Some(turnover) = entry.turnover {
        lever.brings.turnover = turnover;
        said.push(entered("每单位成交额", Amount::Yuan(turnover)));
    }
    if let Some(spread) = entry.spread {
        lever.spread = spread.min(WHOLE);
        said.push(entered("效果的上下浮动", Amount::PerMille(lever.spread)));
    }
    lever.basis.retain(|old| said.iter().all(|new| new.what != old.what));
    lever.basis.extend(said);
}
