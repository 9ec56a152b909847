//! What skills say of the growth score in the same way: its amounts as values, its thresholds, its coming days and their odds.
//!
//! It only turns what the host computed into facts and blocks. It never knows a rate, and never puts 零新增 and 照常经营 into one figure.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::growth::forecast::{self, Forecast, LevelOdds, Odds};
use crate::growth::plan::LeverKind;
use crate::growth::{Fen, Points, Rhythm, ScoreCard};
use crate::{Band, Block, DayAhead, FactId, Facts, Fan, Source, Unit, Value};

impl Value {
    /// Points of the score.
    #[must_use]
    pub fn points(points: Points) -> Self {
        Self::Points(points.to_decimal())
    }

    /// How far points moved; up is positive.
    #[must_use]
    pub fn points_moved(points: Points) -> Self {
        Self::PointsChange(points.to_decimal())
    }

    /// Money of the growth rules.
    #[must_use]
    pub fn yuan(amount: Fen) -> Self {
        Self::Money(amount.to_yuan())
    }

    /// Odds in whole per cent: a simulation knows no more, and never that something is certain or impossible.
    ///
    /// ```
    /// use xiaoer_sdk::{Value, growth::forecast::Odds};
    /// assert_eq!(Value::odds(Odds { hits: 824, of: 1000 }).exact(), "82%");
    /// assert_eq!(Value::odds(Odds { hits: 1000, of: 1000 }).exact(), "99%以上");
    /// ```
    #[must_use]
    pub fn odds(odds: Odds) -> Self {
        match odds.percent() {
            0 => Self::Name("不到1%".into()),
            100.. => Self::Name("99%以上".into()),
            percent => Self::percent(percent),
        }
    }

    /// So many per cent.
    #[must_use]
    pub fn percent(percent: u32) -> Self {
        Self::Count(i64::from(percent), Unit::Percent)
    }

    /// How much of a lever. What is counted in thousands or hundreds of yuan is money to a merchant.
    ///
    /// ```
    /// use xiaoer_sdk::{Value, growth::plan::LeverKind};
    /// assert_eq!(Value::units(LeverKind::WinBack, 12).exact(), "12人");
    /// assert_eq!(Value::units(LeverKind::SceneTurnover, 12).exact(), "12,000.00元");
    /// ```
    #[must_use]
    pub fn units(kind: LeverKind, units: u32) -> Self {
        let of = |each: Decimal| Self::Money(Decimal::from(units).saturating_mul(each));
        let count = |unit| Self::Count(i64::from(units), unit);
        match kind {
            LeverKind::PromotionBuyers | LeverKind::WinBack => count(Unit::People),
            LeverKind::RepeatOrder | LeverKind::MinimumOrder => count(Unit::Orders),
            LeverKind::PromotionInquiries | LeverKind::ResponseRate => count(Unit::Times),
            LeverKind::Verification => count(Unit::Things),
            LeverKind::SceneTurnover | LeverKind::LadderPrice => of(Decimal::ONE_THOUSAND),
            LeverKind::FewerRefunds => of(Decimal::ONE_HUNDRED),
        }
    }
}

/// Thresholds of all levels as facts `level_1`, `level_2` …, from the lowest, with the levels' names.
pub fn levels(facts: &mut Facts, card: &ScoreCard) -> Vec<(String, FactId)> {
    let steps = card.levels.iter().enumerate();
    let fact = |(at, step): (usize, &crate::growth::LevelStep)| {
        let source = Source::rule("生意积分规则", &format!("这一级的门槛（{}）", step.confidence.label()));
        let label = format!("{} 门槛", step.level);
        let id = facts.add(&format!("level_{}", at + 1), &label, Value::points(step.threshold), source);
        (step.level.clone(), id)
    };
    steps.map(fact).collect()
}

/// The points below which the present level is lost; none on a level that begins at zero, which nobody can lose.
#[must_use]
pub fn floor(card: &ScoreCard) -> Option<Points> {
    let own = card.levels.iter().find(|step| step.level == card.level)?;
    (own.threshold > Points::ZERO).then_some(own.threshold)
}

/// The first day on which 零新增 no longer reaches a threshold.
#[must_use]
pub fn first_below(forecast: &Forecast, threshold: Points) -> Option<NaiveDate> {
    forecast.zero_new.iter().find(|row| row.points < threshold).map(|row| row.date)
}

/// When the level is judged, as words for a text; a known day becomes the fact `judging_day`.
pub fn judging(facts: &mut Facts, card: &ScoreCard) -> &'static str {
    match (card.judging.rhythm, card.judging.day) {
        (Rhythm::Daily, _) => "等级每天评定",
        (_, Some(day)) => {
            let source = Source::rule("生意积分规则", &format!("评定日（{}）", card.judging.confidence.label()));
            facts.add("judging_day", "下一个评定日", Value::Day(day), source);
            "下一个评定日是 {judging_day}"
        }
        (_, None) => "官方评定日未知",
    }
}

/// The coming days as a block; `now` is the fact of today's points. Without 照常经营 the caption says why, as the fact `no_usual`.
/// A level that begins at zero has no line: nobody can fall below it.
pub fn outlook(facts: &mut Facts, card: &ScoreCard, (forecast, now): (&Forecast, &str)) -> Block {
    let all = levels(facts, card);
    let lines = all.into_iter().zip(&card.levels).filter(|(_, step)| step.threshold > Points::ZERO);
    let mut caption = String::new();
    if let Some(why) = &forecast.why_not {
        let source = Source::rule("预测", "估算照常经营需要的历史");
        facts.add("no_usual", "照常经营", Value::Name(crate::said(why, forecast.as_of)), source);
        caption.push_str("{no_usual}");
    }
    Block::Outlook(Fan {
        title: "往后的积分".into(),
        subtitle: "零新增：没有新订单时剩下的积分，是确定的；照常经营：照本店过去的节奏做下去，是估算的".into(),
        as_of: forecast.as_of,
        now: now.into(),
        days: days(forecast),
        levels: lines.map(|(line, _)| line).collect(),
        caption,
    })
}

fn days(forecast: &Forecast) -> Vec<DayAhead> {
    let band = |one: &forecast::Band| Band {
        p10: Value::points(one.p10),
        p25: Value::points(one.p25),
        p50: Value::points(one.p50),
        p75: Value::points(one.p75),
        p90: Value::points(one.p90),
    };
    let usual = |day| forecast.usual.as_ref()?.iter().find(|one| one.date == day).map(band);
    let ahead = forecast.zero_new.iter();
    ahead.map(|row| DayAhead { day: row.date, certain: Value::points(row.points), usual: usual(row.date) }).collect()
}

/// The odds of a level as facts. The two are never one figure: to have its points on one day, and to have had them on any day until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddsFacts {
    /// On the judging day, or on the last day where none is known; none when that day lies beyond the forecast.
    pub on_day: Option<FactId>,
    /// On any day up to it.
    pub any_day: FactId,
}

/// Records the odds of a level as `odds_{key}_day` and `odds_{key}_any`.
pub fn odds_facts(facts: &mut Facts, key: &str, level: &LevelOdds) -> OddsFacts {
    let paths = |odds: Odds, when: &str| {
        let how = format!("模拟 {} 次，其中 {} 次{when}积分达到 {} 的门槛", odds.of, odds.hits, level.level);
        Source::rule("预测（照常经营）", &how)
    };
    let name = &level.level;
    let on_day = level.on_day.map(|on| {
        let (label, source) = (format!("{name} 当天达到的把握"), paths(on.odds, "当天"));
        facts.add(&format!("odds_{key}_day"), &label, Value::odds(on.odds), source)
    });
    let any = level.any_day.odds;
    let (label, source) = (format!("{name} 任一天达到的把握"), paths(any, "至少有一天"));
    let any_day = facts.add(&format!("odds_{key}_any"), &label, Value::odds(any), source);
    OddsFacts { on_day, any_day }
}
