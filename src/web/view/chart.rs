//! Series and gauges of a report as drawings, with their values as a table for whoever does not look at drawings.
//!
//! The numbers of a drawing decide only where ink goes; every figure in print is the sdk's own text.

use maud::{Markup, PreEscaped, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use xiaoer_media::{BarChart, BarKind, Figure, Gauge, Level, LineChart, Point, Svg};
use xiaoer_sdk::growth::{self, Points, ScoreCard};
use xiaoer_sdk::{Block, Facts, Series, Value};

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
    let points = |points: Points| {
        figure(&Value::Points(points.to_decimal())).unwrap_or_else(|| Figure::new(0.0, points.to_string()))
    };
    let pack = growth::pack(&card.pack);
    let levels =
        pack.map(|pack| pack.levels.iter().map(|level| (level.id.clone(), level.threshold.value)).collect::<Vec<_>>());
    let levels = levels.unwrap_or_else(|| vec![(card.level.clone(), Points::ZERO)]);
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
    use xiaoer_sdk::Unit;

    use super::*;

    #[test]
    fn a_drawing_prints_the_sdks_text_and_never_its_own_number() {
        let text = |value: Value| figure(&value).map(|figure| figure.text);
        assert_eq!(text(Value::Money(Decimal::new(18_979_795, 2))).as_deref(), Some("18.98万"));
        assert_eq!(text(Value::PointsChange(Decimal::new(-125, 1))).as_deref(), Some("-12.5"));
        assert_eq!(text(Value::CountChange(0, Unit::Orders)).as_deref(), Some("0"));
        assert_eq!(text(Value::Unknown("没有数据".into())), None);
    }
}
