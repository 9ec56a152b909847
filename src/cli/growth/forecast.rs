//! `xiaoer growth forecast`: the coming days, the certain line and the simulated one side by side, never added up.

use chrono::Days;
use xiaoer_sdk::growth::Points;
use xiaoer_sdk::growth::forecast::{Forecast, LevelOdds};

use super::args::ForecastWish;
use super::lines::columns;
use super::subject::Subject;
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};

/// Days ahead that a table shows.
const SHOWN: [u32; 4] = [7, 14, 30, 60];

pub(super) async fn run(place: Place, wish: ForecastWish) -> anyhow::Result<()> {
    let forecast: Forecast = match Subject::of(place, &wish.subject).await? {
        Subject::Shop(shop) => shop.get("forecast", &[("days", Some(wish.days.to_string()))]).await?,
        Subject::Files(of) => of.ahead(None)?.forecast(wish.days).as_ref().clone(),
    };
    if wish.output.json {
        return say_json(&forecast);
    }
    say(&in_words(&forecast));
    Ok(())
}

fn in_words(forecast: &Forecast) -> String {
    let mut lines =
        vec![format!("生意积分 {}（截至 {}，规则 {}）", forecast.total, forecast.as_of, forecast.pack), String::new()];
    lines.extend(table(forecast));
    if let Some(why) = &forecast.why_not {
        lines.push(format!("  {why}"));
    }
    if !forecast.odds.is_empty() {
        lines.push(String::new());
        lines.push("等级把握（照常经营）：".into());
        lines.extend(forecast.odds.iter().map(odds));
    }
    lines.push(String::new());
    lines.extend(forecast.notes.iter().chain(&forecast.method).map(|note| format!("  {note}")));
    lines.join("\n")
}

/// A week, two, a month, and the last day that was asked for.
fn table(forecast: &Forecast) -> Vec<String> {
    let head = ["几天后", "日期", "零新增（确定）", "照常经营 中位", "10%–90%"].map(str::to_owned).to_vec();
    let last = u32::try_from(forecast.zero_new.len()).unwrap_or(u32::MAX);
    let mut shown: Vec<u32> = SHOWN.into_iter().filter(|days| *days < last).collect();
    shown.push(last);
    let row = |days: u32| {
        let date = forecast.as_of + Days::new(days.into());
        let certain = forecast.zero_new.iter().find(|day| day.date == date)?;
        let band = forecast.usual.iter().flatten().find(|band| band.date == date);
        Some(vec![
            format!("{days} 天"),
            date.to_string(),
            short(certain.points),
            band.map_or_else(|| "—".into(), |band| short(band.p50)),
            band.map_or_else(|| "—".into(), |band| format!("{}–{}", short(band.p10), short(band.p90))),
        ])
    };
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(shown.into_iter().filter_map(row)).collect();
    columns(&[true, false, true, true, true], &rows)
}

fn odds(level: &LevelOdds) -> String {
    let LevelOdds { level, threshold, on_day, any_day } = level;
    let on = on_day.map(|on| format!("{} 当天 {}%", on.date, on.odds.percent()));
    let any = format!("到 {} 任一天 {}%", any_day.by, any_day.odds.percent());
    format!("  {level}（{threshold} 分）：{}", on.into_iter().chain([any]).collect::<Vec<_>>().join("，"))
}

/// Simulated millionths mean nothing to a reader; `--json` has all of them.
pub(super) fn short(points: Points) -> String {
    points.to_decimal().round_dp(1).to_string()
}
