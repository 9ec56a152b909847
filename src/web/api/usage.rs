//! What a shop's models cost: each call, and sums that say 未知 where a price is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::llm::budget::{Sum, Usage};
use crate::llm::prices::Tokens;
use crate::web::error::Problem;
use crate::web::extract::Of;

/// Longer times would be an export.
const LONGEST: TimeDelta = TimeDelta::days(92);
const UNKNOWN: &str = "未知";

/// From which day to which; today where nobody says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    from: Option<String>,
    to: Option<String>,
}

/// Calls and their sums.
#[derive(Serialize)]
pub(crate) struct Used {
    from: NaiveDate,
    to: NaiveDate,
    total: Total,
    by_role: BTreeMap<String, Total>,
    by_day: BTreeMap<NaiveDate, Total>,
    rows: Vec<Value>,
}

#[derive(Default, Serialize)]
struct Total {
    calls: u64,
    /// 未知 as soon as one price is: a sum of the others would read as the whole.
    cost_yuan: String,
    known_yuan: String,
    unknown_calls: u64,
    tokens: Tokens,
    #[serde(skip)]
    sum: Sum,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(span): Query<Span>,
) -> Result<Json<Used>, Problem> {
    let today = app.clock.now_in(shop.zone).date_naive();
    let to = day(span.to.as_deref())?.unwrap_or(today);
    let from = day(span.from.as_deref())?.unwrap_or(to);
    if from > to || to - from > LONGEST {
        return Err(Problem::bad(format!("日期不对：开始不能晚于结束，最多 {} 天", LONGEST.num_days())));
    }
    let rows = app.budget.usage(&shop.id, from, to).await?;
    let mut used = Used {
        from,
        to,
        total: Total::default(),
        by_role: BTreeMap::new(),
        by_day: BTreeMap::new(),
        rows: Vec::with_capacity(rows.len()),
    };
    for row in &rows {
        used.total.add(row);
        used.by_role.entry(row.account.role.clone()).or_default().add(row);
        used.by_day.entry(row.day).or_default().add(row);
        used.rows.push(shown(row)?);
    }
    let totals = used.by_role.values_mut().chain(used.by_day.values_mut());
    totals.chain([&mut used.total]).for_each(Total::finish);
    Ok(Json(used))
}

impl Total {
    fn add(&mut self, row: &Usage) {
        self.sum.add(row);
        self.tokens.add(&row.tokens);
    }

    fn finish(&mut self) {
        (self.calls, self.unknown_calls) = (self.sum.calls, self.sum.unknown);
        self.known_yuan = self.sum.cost.to_string();
        self.cost_yuan = if self.sum.unknown > 0 { UNKNOWN.into() } else { self.known_yuan.clone() };
    }
}

fn shown(row: &Usage) -> Result<Value, Problem> {
    let mut value = serde_json::to_value(row).map_err(Problem::broken)?;
    if row.cost.is_none() {
        value["cost_yuan"] = UNKNOWN.into();
    }
    Ok(value)
}

fn day(text: Option<&str>) -> Result<Option<NaiveDate>, Problem> {
    let said = text.filter(|text| !text.is_empty());
    said.map(|text| text.parse().map_err(|_| Problem::bad("日期要写成 2026-06-30 这样"))).transpose()
}
