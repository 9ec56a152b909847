//! What a merchant asks of a plan, and what the shop's settings and rules add to it.
//!
//! A day at which nobody judges is never aimed at where the judging days are known.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use xiaoer_growth::backtest::BacktestWish;
use xiaoer_growth::plan::PlanWish;
use xiaoer_growth::{Fen, RulePack};

use super::business::Business;

/// Farthest day that can be asked for, in days from the last known one.
pub(super) const FARTHEST: u64 = 60;
/// Days of a plan for which nobody said a day.
const USUAL_DAYS: u64 = 30;

/// What is asked of a plan; what is not said comes from the shop's settings, or else is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanAsk {
    /// The level; none: the present one when it is at risk, the next one otherwise.
    pub level: Option<String>,
    /// Last day by which it should be reached.
    pub by: Option<NaiveDate>,
    /// Wanted odds in per cent.
    pub odds: Option<u8>,
    /// Most money for levers.
    pub budget: Option<Fen>,
}

impl PlanAsk {
    /// The whole wish.
    ///
    /// # Errors
    /// One Chinese sentence about what cannot be asked for.
    pub fn wish(&self, rules: &RulePack, as_of: NaiveDate, business: &Business) -> Result<PlanWish, String> {
        check_level(rules, self.level.as_deref())?;
        let last = as_of + Days::new(FARTHEST);
        let by = self.by.unwrap_or(as_of + Days::new(USUAL_DAYS));
        if by <= as_of || by > last {
            return Err(format!("目标日期 {by} 不能用，请选 {} 到 {last} 之间的日期", as_of + Days::new(1)));
        }
        if let Some(odds) = self.odds.filter(|odds| !(1..=100).contains(odds)) {
            return Err(format!("把握填了 {odds}%，请填 1 到 100"));
        }
        if let Some(budget) = self.budget.filter(|budget| *budget < Fen::ZERO) {
            return Err(format!("预算填了 {budget} 元，不能是负数"));
        }
        let wish =
            PlanWish { level: self.level.clone(), odds_percent: self.odds, budget: self.budget, ..PlanWish::by(by) };
        Ok(completed(wish, rules, as_of, business))
    }
}

/// A wish with what the shop's settings and rules say besides.
pub(super) fn completed(wish: PlanWish, rules: &RulePack, as_of: NaiveDate, business: &Business) -> PlanWish {
    let judging_day = wish.judging_day.or_else(|| judging_day(rules, as_of, wish.by));
    PlanWish {
        judging_day,
        odds_percent: wish.odds_percent.or(business.odds_percent),
        budget: wish.budget.or(business.budget),
        worth: wish.worth.or(business.level_worth),
        ..wish
    }
}

/// The last judging day up to a day; where there is none so soon, the first one, if it can be foreseen. None when nobody knows the days.
pub(super) fn judging_day(rules: &RulePack, as_of: NaiveDate, by: NaiveDate) -> Option<NaiveDate> {
    let days = std::iter::successors(rules.next_judging_day(as_of), |day| rules.next_judging_day(*day));
    let mut ahead = days.take_while(|day| *day <= as_of + Days::new(FARTHEST)).peekable();
    let first = ahead.peek().copied();
    ahead.take_while(|day| *day <= by).last().or(first)
}

/// Origins of a backtest for which nobody said a first day.
const USUAL_ORIGINS: u64 = 60;
/// Most days of a backtest: each is a forecast of its own.
const MOST_ORIGINS: u64 = 400;

/// What is asked of a backtest; what is not said is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrialAsk {
    /// First day that is forecast from.
    pub from: Option<NaiveDate>,
    /// Last day that is compared with.
    pub to: Option<NaiveDate>,
    /// Days ahead; none: 7 and 14.
    pub horizons: Vec<u32>,
}

impl TrialAsk {
    /// The whole wish, with data up to a day.
    ///
    /// # Errors
    /// One Chinese sentence about what cannot be asked for.
    pub fn wish(&self, as_of: NaiveDate) -> Result<BacktestWish, String> {
        let to = self.to.unwrap_or(as_of);
        if to > as_of {
            return Err(format!("结束日期 {to} 超过了数据的最后一天 {as_of}"));
        }
        if let Some(days) = self.horizons.iter().find(|days| !(1..=FARTHEST).contains(&u64::from(**days))) {
            return Err(format!("预测天数填了 {days}，请填 1 到 {FARTHEST}"));
        }
        let usual = BacktestWish::between(to, to);
        let horizons = if self.horizons.is_empty() { usual.horizons.clone() } else { self.horizons.clone() };
        let farthest = horizons.iter().copied().max().unwrap_or(1);
        let from = self.from.unwrap_or(to - Days::new(USUAL_ORIGINS + u64::from(farthest) - 1));
        let days = (to - from).num_days();
        match u64::try_from(days).ok().filter(|days| *days >= 1) {
            None => Err(format!("开始日期 {from} 应早于结束日期 {to}")),
            Some(days) if days > MOST_ORIGINS => {
                Err(format!("最多回测 {MOST_ORIGINS} 天，{from} 到 {to} 有 {days} 天"))
            }
            Some(_) => Ok(BacktestWish { from, horizons, ..usual }),
        }
    }
}

fn check_level(rules: &RulePack, level: Option<&str>) -> Result<(), String> {
    let known: Vec<&str> = rules.levels.iter().map(|level| level.id.as_str()).collect();
    match level.filter(|level| !known.contains(level)) {
        Some(unknown) => Err(format!("规则里没有等级“{unknown}”，可选：{}", known.join("、"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use xiaoer_growth::{Correction, pack};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn judged(rhythm: &[(&str, &str)]) -> RulePack {
        let on = day("2026-06-01");
        let figure = |(field, value): &(&str, &str)| Correction { field: (*field).into(), value: (*value).into(), on };
        let corrections: Vec<Correction> = rhythm.iter().map(figure).collect();
        pack("2026-candidate").expect("an embedded pack").corrected(&corrections).expect("figures that hold")
    }

    #[test]
    fn a_plan_aims_at_the_last_judging_day_up_to_the_wished_one() {
        let monthly = judged(&[("judging.rhythm", "monthly"), ("judging.day_of_month", "5")]);
        let on = |by: &str| judging_day(&monthly, day("2026-06-20"), day(by));
        assert_eq!(on("2026-07-20"), Some(day("2026-07-05")));
        assert_eq!(on("2026-08-10"), Some(day("2026-08-05")));
        // Nobody judges before: reaching it earlier brings nothing.
        assert_eq!(on("2026-06-30"), Some(day("2026-07-05")));
        let daily = judged(&[("judging.rhythm", "daily")]);
        assert_eq!(judging_day(&daily, day("2026-06-20"), day("2026-07-20")), Some(day("2026-07-20")));
        assert_eq!(judging_day(&judged(&[]), day("2026-06-20"), day("2026-07-20")), None);
    }

    #[test]
    fn what_is_not_asked_for_comes_from_the_settings() {
        let business = Business { odds_percent: Some(90), budget: Some(Fen(50_000)), ..Business::default() };
        let rules = judged(&[]);
        let wish = PlanAsk::default().wish(&rules, day("2026-06-20"), &business).expect("a wish");
        assert_eq!((wish.odds(), wish.budget, wish.by), (90, Some(Fen(50_000)), day("2026-07-20")));
        let ask = PlanAsk { by: Some(day("2026-06-20")), ..PlanAsk::default() };
        let refused = ask.wish(&rules, day("2026-06-20"), &business).expect_err("today is no coming day");
        assert!(refused.contains("2026-06-21 到 2026-08-19"), "{refused}");
    }
}
