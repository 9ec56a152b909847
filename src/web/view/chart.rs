//! Series, forecasts and gauges of a report as drawings, with their values as a table for whoever does not look at drawings.
//!
//! The numbers of a drawing decide only where ink goes; every figure in print is the sdk's own text.

use chrono::NaiveDate;
use maud::{Markup, PreEscaped, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use xiaoer_media::{Band, BarChart, BarKind, FanChart, Figure, Gauge, Level, LineChart, Point, Svg};
use xiaoer_sdk::growth::forecast::{self, Forecast};
use xiaoer_sdk::growth::{LevelStep, Points, ScoreCard};
use xiaoer_sdk::{Block, DayAhead, Facts, Fan, Period, Series, Value};

use super::text;

/// A series; `id` must be its own on the page.
pub(crate) fn series(series: &Series, id: &str) -> Markup {
    let points: Vec<Point> =
        series.points.iter().map(|(label, value)| Point { label: label.clone(), figure: figure(value) }).collect();
    let unit = series.points.iter().find_map(|(_, value)| unit(value)).unwrap_or_default().to_owned();
    let (title, subtitle) = (series.title.clone(), series.subtitle.clone());
    let drawn = if series.bars {
        let changes = series.points.iter().any(|(_, value)| value.direction().is_some());
        let kind = if changes { BarKind::Change } else { BarKind::Amount };
        BarChart { title, subtitle, points, unit, kind }.responsive()
    } else {
        let previous = series.previous.iter().map(figure).collect();
        LineChart { title, subtitle, points, previous, unit }.responsive(id)
    };
    html! { (embed(&drawn)) (values(series)) }
}

/// A forecast, its figures with their sources, and its days as a table.
pub(crate) fn fan(fan: &Fan, facts: &Facts) -> Markup {
    let level = |(name, id): &(String, String)| {
        Some(Level { name: name.clone(), threshold: facts.get(id).and_then(|fact| figure(&fact.value))? })
    };
    let now = facts.get(&fan.now).map(|fact| &fact.value);
    let drawn = FanChart {
        title: fan.title.clone(),
        subtitle: fan.subtitle.clone(),
        today: Point { label: short_day(fan.as_of), figure: now.and_then(figure) },
        certain: fan.days.iter().map(certain).collect(),
        usual: fan.days.iter().map(|ahead| ahead.usual.as_ref().and_then(band)).collect(),
        thresholds: fan.levels.iter().filter_map(level).collect(),
        unit: fan.days.iter().find_map(|ahead| unit(&ahead.certain)).or(now.and_then(unit)).unwrap_or_default().into(),
    };
    html! { (embed(&drawn.responsive())) (named(fan, facts)) (days(&fan.title, &fan.days)) }
}

/// The coming days of the console's own page, the levels as lines to reach, and the days as a table.
pub(crate) fn outlook(forecast: &Forecast, levels: &[LevelStep]) -> Markup {
    let ahead = ahead(forecast);
    let drawn = FanChart {
        title: format!("接下来 {} 天的生意积分", ahead.len()),
        subtitle: String::new(),
        today: Point { label: short_day(forecast.as_of), figure: figure(&points(forecast.total)) },
        certain: ahead.iter().map(certain).collect(),
        usual: ahead.iter().map(|ahead| ahead.usual.as_ref().and_then(band)).collect(),
        thresholds: levels
            .iter()
            .filter(|step| step.threshold > Points::ZERO)
            .filter_map(|step| Some(Level { name: step.level.clone(), threshold: figure(&points(step.threshold))? }))
            .collect(),
        unit: "分".into(),
    };
    html! { (embed(&drawn.responsive())) (days(&drawn.title, &ahead)) }
}

fn ahead(forecast: &Forecast) -> Vec<DayAhead> {
    let usual = |day: NaiveDate| forecast.usual.iter().flatten().find(|band| band.date == day).map(usual);
    let day =
        |one: &forecast::DayPoints| DayAhead { day: one.date, certain: points(one.points), usual: usual(one.date) };
    forecast.zero_new.iter().map(day).collect()
}

fn usual(band: &forecast::Band) -> xiaoer_sdk::Band {
    let forecast::Band { p10, p25, p50, p75, p90, .. } = *band;
    let [p10, p25, p50, p75, p90] = [p10, p25, p50, p75, p90].map(points);
    xiaoer_sdk::Band { p10, p25, p50, p75, p90 }
}

fn points(points: Points) -> Value {
    Value::Points(points.to_decimal())
}

fn certain(ahead: &DayAhead) -> Point {
    Point { label: short_day(ahead.day), figure: figure(&ahead.certain) }
}

fn band(band: &xiaoer_sdk::Band) -> Option<Band> {
    let [p10, p25, p50, p75, p90] = [&band.p10, &band.p25, &band.p50, &band.p75, &band.p90].map(figure);
    Some(Band { p10: p10?, p25: p25?, p50: p50?, p75: p75?, p90: p90? })
}

/// As narrow as an axis needs it.
fn short_day(day: NaiveDate) -> String {
    day.format("%m-%d").to_string()
}

/// The figures of a forecast that have a source of their own.
fn named(fan: &Fan, facts: &Facts) -> Markup {
    let shown = |id| facts.get(id).map(|fact| text::figure(id, fact, &fact.value.short()));
    html! {
        p.caption {
            @if let Some(now) = shown(&fan.now) { "数据到 " (Period::day(fan.as_of).text()) "，当前 " (now) }
            @for (name, id) in &fan.levels { @if let Some(level) = shown(id) { " · " (name) " " (level) } }
        }
    }
}

/// The two lines side by side in columns of their own.
fn days(title: &str, ahead: &[DayAhead]) -> Markup {
    html! {
        details.values {
            summary { "查看数据" }
            div.scroll tabindex="0" role="region" aria-label={ (title) "的数据" } {
                table {
                    thead { tr {
                        th scope="col" { "日期" } th.number scope="col" { "零新增（确定）" } th.number scope="col" { "照常经营 中位" }
                        th.number scope="col" { "25–75%" } th.number scope="col" { "10–90%" }
                    } }
                    tbody {
                        @for ahead in ahead {
                            tr {
                                td { (Period::day(ahead.day).text()) }
                                td.number { (ahead.certain.exact()) }
                                @match &ahead.usual {
                                    Some(usual) => {
                                        td.number { (usual.p50.exact()) }
                                        td.number { (usual.p25.exact()) " 至 " (usual.p75.exact()) }
                                        td.number { (usual.p10.exact()) " 至 " (usual.p90.exact()) }
                                    }
                                    None => { td.number colspan="3" { "暂无估算" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A report's gauge.
pub(crate) fn gauge(block: &Block, facts: &Facts) -> Option<Markup> {
    let Block::Gauge { levels, value, range, level, .. } = block else { return None };
    let of = |id: &String| facts.get(id).map(|fact| &fact.value);
    let level_of =
        |(name, id): &(String, String)| Some(Level { name: name.clone(), threshold: of(id).and_then(figure)? });
    let range = match range.as_ref().and_then(of) {
        Some(Value::PointsRange(low, high)) => figure(&Value::Points(*low)).zip(figure(&Value::Points(*high))),
        _ => None,
    };
    let (value, level) = (of(value), of(level).map(Value::exact).unwrap_or_default());
    let gauge = Gauge {
        title: "生意积分".into(),
        level,
        levels: levels.iter().filter_map(level_of).collect(),
        value: value.and_then(figure),
        range,
        unit: value.and_then(unit).unwrap_or_default().into(),
        next: next_level(levels, value, facts).unwrap_or_default(),
    };
    Some(embed(&gauge.svg()))
}

/// The gauge of a score card.
pub(crate) fn score(card: &ScoreCard) -> Markup {
    let points = |at: Points| figure(&points(at)).unwrap_or_else(|| Figure::new(0.0, at.to_string()));
    let mut levels: Vec<(String, Points)> =
        card.levels.iter().map(|step| (step.level.clone(), step.threshold)).collect();
    if levels.is_empty() {
        levels.push((card.level.clone(), Points::ZERO));
    }
    let next = card
        .next
        .as_ref()
        .map(|next| format!("距 {} 还差 {}", next.level, Value::Points(next.gap.to_decimal()).exact()));
    let gauge = Gauge {
        title: "生意积分".into(),
        level: card.level.clone(),
        levels: levels.into_iter().map(|(name, at)| Level { name, threshold: points(at) }).collect(),
        value: Some(points(card.points.total)),
        range: card.range.and_then(|range| Some((points(range.low), points(range.high?)))),
        unit: "分".into(),
        next: next.unwrap_or_else(|| "已在最高一级".into()),
    };
    embed(&gauge.svg())
}

fn next_level(levels: &[(String, String)], value: Option<&Value>, facts: &Facts) -> Option<String> {
    let Some(Value::Points(now)) = value else { return None };
    levels.iter().find_map(|(name, id)| match facts.get(id)?.value {
        Value::Points(at) if at > *now => Some(format!("距 {name} 还差 {}", Value::Points(at - now).exact())),
        _ => None,
    })
}

/// The drawing crate escapes every text of a drawing itself, and nobody else can make one.
fn embed(drawing: &Svg) -> Markup {
    PreEscaped(drawing.as_str().to_owned())
}

fn values(series: &Series) -> Markup {
    html! {
        details.values {
            summary { "查看数据" }
            div.scroll tabindex="0" role="region" aria-label={ (series.title) "的数据" } {
                table {
                    thead { tr { th scope="col" { "名称" } th.number scope="col" { (series.title) } @if !series.previous.is_empty() { th.number scope="col" { "上一段" } } } }
                    tbody {
                        @for (at, (label, value)) in series.points.iter().enumerate() {
                            tr {
                                td { (label) }
                                td.number { (value.exact()) }
                                @if let Some(previous) = series.previous.get(at) { td.number { (previous.exact()) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where to draw a value and what to print: the sdk's short text without its unit, changes with a sign.
fn figure(value: &Value) -> Option<Figure> {
    let height = match value {
        Value::Money(amount) | Value::Points(amount) | Value::MoneyChange(amount) | Value::PointsChange(amount) => {
            *amount
        }
        Value::Ratio(ratio) | Value::RatioChange(ratio) => ratio.saturating_mul(Decimal::ONE_HUNDRED),
        Value::Count(count, _) | Value::CountChange(count, _) => Decimal::from(*count),
        Value::Day(_) | Value::Name(_) | Value::PointsRange(..) | Value::Unknown(_) => return None,
    };
    let text = value.short();
    let bare = unit(value).and_then(|unit| text.strip_suffix(unit)).unwrap_or(&text);
    let signed =
        if value.direction() == Some(0) { "0".to_owned() } else { bare.replace('▲', "+").replace('▼', "-") };
    Some(Figure::new(height.to_f64()?, signed))
}

fn unit(value: &Value) -> Option<&'static str> {
    match value {
        Value::Money(_) | Value::MoneyChange(_) => Some("元"),
        Value::Points(_) | Value::PointsChange(_) => Some("分"),
        Value::Ratio(_) | Value::RatioChange(_) => Some("%"),
        Value::Count(_, unit) | Value::CountChange(_, unit) => Some(unit.word()),
        Value::Day(_) | Value::Name(_) | Value::PointsRange(..) | Value::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use xiaoer_sdk::{Report, Source, Unit};

    use super::*;

    fn points(points: i64) -> Value {
        Value::Points(Decimal::from(points))
    }

    /// A report whose forecast knows the first day ahead well and the second not at all.
    fn forecast() -> (Fan, Report) {
        let day = |day: &str| day.parse().expect("a day");
        let mut report = Report::new("成长预测", day("2026-11-22"));
        let now = report.facts.add("points_total", "当前积分", points(1_150), Source::rule("规则包", "合计"));
        let level = report.facts.add("level_l3", "L3 门槛", points(1_200), Source::rule("规则包", "门槛"));
        let usual = xiaoer_sdk::Band {
            p10: points(1_120),
            p25: points(1_140),
            p50: points(1_160),
            p75: points(1_180),
            p90: points(1_210),
        };
        let fan = Fan {
            title: "未来两天<b>".into(),
            subtitle: "候选规则".into(),
            as_of: report.as_of,
            now,
            days: vec![
                DayAhead { day: day("2026-11-23"), certain: points(1_101), usual: Some(usual) },
                DayAhead { day: day("2026-11-24"), certain: points(1_050), usual: None },
            ],
            levels: vec![("L3".into(), level)],
            caption: String::new(),
        };
        (fan, report)
    }

    #[test]
    fn a_forecast_is_drawn_tabled_and_opens_the_sources_of_what_it_names() {
        let (block, report) = forecast();
        let page = fan(&block, &report.facts).into_string();
        for id in ["points_total", "level_l3"] {
            assert!(page.contains(&format!("data-fact=\"{id}\"")), "{id} opens its source: {page}");
        }
        for cell in ["1,101分</td>", ">1,160分</td>", ">1,140分 至 1,180分</td>", ">1,120分 至 1,210分</td>"] {
            assert!(page.contains(cell), "{cell} in {page}");
        }
        assert!(page.contains("colspan=\"3\">暂无估算<"), "a day without an estimate says so: {page}");
        assert!(
            page.contains("11-22为1,150分。零新增（确定）：到11-24为1,050分。照常经营：到11-23中位1,160分"),
            "{page}"
        );
        assert!(!page.contains("<b>"), "a title brings no markup: {page}");
    }

    #[test]
    fn a_forecast_without_any_estimate_draws_the_certain_line_alone() {
        let (mut block, report) = forecast();
        block.days[0].usual = None;
        let page = fan(&block, &report.facts).into_string();
        assert!(page.contains("chart-certain") && !page.contains("chart-median"), "{page}");
        assert!(page.contains("照常经营：暂无估算"), "{page}");
    }

    #[test]
    fn a_drawing_prints_the_sdks_text_and_never_its_own_number() {
        let text = |value: Value| figure(&value).map(|figure| figure.text);
        assert_eq!(text(Value::Money(Decimal::new(18_979_795, 2))).as_deref(), Some("18.98万"));
        assert_eq!(text(Value::PointsChange(Decimal::new(-125, 1))).as_deref(), Some("-12.5"));
        assert_eq!(text(Value::CountChange(0, Unit::Orders)).as_deref(), Some("0"));
        assert_eq!(text(Value::Unknown("没有数据".into())), None);
    }
}
