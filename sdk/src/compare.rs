//! Comparing a figure with an earlier one, in the way merchants read it: 较昨日 / 较上周同日 / 较7日均值.

use rust_decimal::Decimal;

use crate::{FactId, Facts, Period, Source, Value};

/// A figure to compare with: its name in Chinese (前日), its days, and its value.
pub struct Comparison<'a> {
    /// A word for the id: `prev`, `week`, `avg7`.
    pub key: &'a str,
    /// What it is called: 较前日.
    pub label: &'a str,
    /// Its days.
    pub period: Period,
    /// The earlier value.
    pub value: Decimal,
}

impl Comparison<'_> {
    /// Records how far `now` lies from the earlier value as a fact `{of}_{key}` and gives its id.
    pub fn record(&self, facts: &mut Facts, of: &str, label: &str, now: Decimal) -> FactId {
        let id = format!("{of}_{}", self.key);
        let how = format!(
            "（本期 − {base}）÷ {base}，{base}取 {}",
            self.period.text(),
            base = self.label.trim_start_matches('较')
        );
        facts.add_for(
            &id,
            &format!("{label}{}", self.label),
            self.period,
            change_of(now, self.value),
            Source::rule("计算", &how),
        )
    }
}

/// The relative change, or why there is none.
#[must_use]
pub fn change_of(now: Decimal, before: Decimal) -> Value {
    if before.is_zero() {
        return if now.is_zero() {
            Value::RatioChange(Decimal::ZERO)
        } else {
            Value::Unknown("对比期为零".into())
        };
    }
    Value::RatioChange(((now - before) / before.abs()).round_dp(6))
}
