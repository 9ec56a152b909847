//! The bars that a forecast has to reach, and whether it does.
//!
//! Bars stand here and nowhere else. A bar is never moved to where a figure lies.

use rust_decimal::Decimal;

use super::answer::{Backtest, HorizonResult, Verdict};

/// Largest ratio of a loss to the baseline's, in thousandths.
const LOSS: i64 = 850;
/// Largest ratio of the median's error to the last value's, in thousandths.
const ERROR: i64 = 900;
/// How often a band from 10 to 90% of one real shop has to hold, in per cent.
const HELD: (i64, i64) = (62, 95);

/// Millionths as a decimal.
pub(crate) fn decimal(micro: i64) -> Decimal {
    Decimal::new(micro, 6).normalize()
}

/// To thousandths, rounded up: no bar is reached by rounding.
pub(crate) fn ratio(ours: i64, other: i64) -> Option<Decimal> {
    let (ours, other) = (i128::from(ours) * 1000, i128::from(other));
    let thousandths = ours.checked_div(other)? + i128::from(ours % other != 0);
    Some(Decimal::new(i64::try_from(thousandths).ok()?, 3))
}

pub(crate) fn verdicts(result: &HorizonResult) -> Vec<Verdict> {
    if result.origins == 0 {
        return Vec::new();
    }
    let error = result.error.micro();
    let most = |what: &str, figure: Option<Decimal>, bar: i64| {
        // No error of the other side leaves nothing to be compared with.
        figure.map(|figure| verdict(what, figure, (None, Decimal::new(bar, 3))))
    };
    let held = (Some(Decimal::from(HELD.0)), Decimal::from(HELD.1));
    [
        most("分位数误差与基线之比", result.pinball.ratio, LOSS),
        most("等级把握误差（Brier）与基线之比", result.brier.ratio, LOSS),
        most("中位数误差与“维持现值”之比", ratio(error, result.error_of_last.micro()), ERROR),
        most("中位数误差与“七天均值”之比", ratio(error, result.error_of_mean.micro()), 999),
        Some(verdict("10%–90% 区间命中率（%）", result.coverage.percent, held)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn verdict(what: &str, figure: Decimal, (at_least, at_most): (Option<Decimal>, Decimal)) -> Verdict {
    let reached = figure <= at_most && at_least.is_none_or(|least| least <= figure);
    Verdict { what: what.to_owned(), figure, at_least, at_most, reached }
}

impl Backtest {
    /// One Chinese line for each figure, and one for each horizon that could not be tried.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        self.horizons.iter().flat_map(HorizonResult::in_words).collect()
    }
}

impl HorizonResult {
    fn in_words(&self) -> Vec<String> {
        let days = self.days;
        if self.origins == 0 {
            return vec![format!("{days} 天：历史太短，没有可以检验的日期。")];
        }
        let mut lines = vec![format!(
            "{days} 天：检验 {} 个起点，中位数平均误差 {} 分，维持现值 {} 分，七天均值 {} 分；区间平均宽 {} 分，命中率 {}% ± {}%。",
            self.origins,
            self.error.to_decimal().round_dp(1),
            self.error_of_last.to_decimal().round_dp(1),
            self.error_of_mean.to_decimal().round_dp(1),
            self.coverage.width.to_decimal().round_dp(1),
            self.coverage.percent.round_dp(1),
            self.coverage.error,
        )];
        lines.extend(self.verdicts.iter().map(|verdict| {
            let bar = match verdict.at_least {
                Some(least) => format!("要求 {least} 至 {}", verdict.at_most),
                None => format!("要求不超过 {}", verdict.at_most),
            };
            let word = if verdict.reached { "达标" } else { "未达标" };
            format!("{days} 天：{} {}，{bar}：{word}。", verdict.what, verdict.figure)
        }));
        lines
    }
}
