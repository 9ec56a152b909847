//! Facts as people write them by hand: the serialised form, and the short forms that one tries first. A fact that is not understood is
//! named and stops the command; it is never guessed at.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};
use xiaoer_sdk::{Fact, Facts, Period, Source, Unit, Value};

/// What is wrong with one fact, as the end of a sentence.
type Read<T> = Result<T, String>;

/// A file of facts that was not understood.
#[derive(Debug)]
pub(crate) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Reads facts: an object by id, a list of facts with an `id`, or either within `{"facts": …}`.
pub(crate) fn read(text: &str) -> Result<Facts, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let json: Json =
        serde_json::from_str(text).map_err(|error| Unreadable(format!("the facts are no JSON: {error}")))?;
    let inner = match &json {
        Json::Object(fields) => fields.get("facts").filter(|inner| fields.len() == 1 || !looks_like_fact(inner)),
        _ => None,
    };
    let rows: Vec<(String, &Json)> = match inner.unwrap_or(&json) {
        Json::Object(fields) => fields.iter().map(|(id, fact)| (id.clone(), fact)).collect(),
        Json::Array(list) => list.iter().enumerate().map(listed).collect::<Result<_, _>>()?,
        _ => return Err(Unreadable("the facts are neither an object by id nor a list".into())),
    };
    let mut facts = Facts::default();
    for (id, row) in rows {
        let named = |why: String| Unreadable(format!("the fact {id:?} is not understood: {why}"));
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return Err(named("an id has only a-z, 0-9 and _".into()));
        }
        let fact = fact(row).map_err(named)?;
        if facts.0.insert(id.clone(), fact).is_some() {
            return Err(named("its id stands twice".into()));
        }
    }
    Ok(facts)
}

fn looks_like_fact(json: &Json) -> bool {
    json.get("label").is_some() && json.get("value").is_some()
}

fn listed((at, fact): (usize, &Json)) -> Result<(String, &Json), Unreadable> {
    match fact.get("id").and_then(Json::as_str) {
        Some(id) => Ok((id.to_owned(), fact)),
        None => Err(Unreadable(format!("fact number {} of the list has no id", at + 1))),
    }
}

fn fact(json: &Json) -> Read<Fact> {
    let fields = json.as_object().ok_or("it is no object")?;
    let label = match fields.get("label").or_else(|| fields.get("name")) {
        Some(Json::String(label)) if !label.trim().is_empty() => label.trim().to_owned(),
        _ => return Err("it has no label".into()),
    };
    let value = match fields.get("value") {
        Some(Json::Object(inner)) => value(inner)?,
        Some(_) => value(fields)?,
        None => return Err("it has no value".into()),
    };
    let period = fields.get("period").map_or(Ok(None), period)?;
    let source = match fields.get("source") {
        None | Some(Json::Null) => Source::default(),
        Some(Json::String(read)) => Source::rule(read, ""),
        Some(other) => serde_json::from_value(other.clone()).unwrap_or_default(),
    };
    Ok(Fact { label, value, period, source })
}

/// `{"from": …, "to": …}`, `[from, to]`, one day, or nothing.
fn period(json: &Json) -> Read<Option<Period>> {
    let day = |json: Option<&Json>| -> Read<NaiveDate> {
        let text = json.and_then(Json::as_str).ok_or("its period lacks a day")?;
        text.trim().parse().map_err(|_| format!("its period has {text:?}, which is no day such as 2026-11-22"))
    };
    let (from, to) = match json {
        Json::Null => return Ok(None),
        Json::Object(fields) => (
            day(fields.get("from").or_else(|| fields.get("start")))?,
            day(fields.get("to").or_else(|| fields.get("end")))?,
        ),
        Json::Array(days) => (day(days.first())?, day(days.last())?),
        Json::String(text) => {
            match text.split_once("..").or_else(|| text.split_once('~')).or_else(|| text.split_once('/')) {
                Some((from, to)) => (day(Some(&from.into()))?, day(Some(&to.into()))?),
                None => (day(Some(json))?, day(Some(json))?),
            }
        }
        _ => return Err("its period is no pair of days".into()),
    };
    if from > to {
        return Err("its period ends before it begins".into());
    }
    Ok(Some(Period { from, to }))
}

/// The value of `{"type": …, "value": …, "unit": …}`, or of a flat fact with its `kind`.
fn value(fields: &Map<String, Json>) -> Read<Value> {
    let text = |name: &str| fields.get(name).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
    let given = fields.get("value").ok_or("its value has no value")?;
    let unit = text("unit");
    match text("type").or_else(|| text("kind")) {
        Some(kind) => typed(&kind.to_lowercase(), given, unit),
        None => by_unit(given, unit, false),
    }
}

fn typed(kind: &str, given: &Json, unit: Option<&str>) -> Read<Value> {
    Ok(match kind {
        "money" | "amount" | "yuan" => Value::Money(number(given)?),
        "points" => Value::Points(number(given)?),
        "count" | "count_change" => {
            let (n, unit) = counted(given, unit)?;
            if kind == "count" { Value::Count(n, unit) } else { Value::CountChange(n, unit) }
        }
        "ratio" | "share" | "percent" => Value::Ratio(share(given, unit)?),
        "money_change" => Value::MoneyChange(number(given)?),
        "points_change" => Value::PointsChange(number(given)?),
        "ratio_change" => Value::RatioChange(share(given, unit)?),
        "level" | "value" | "state" => by_unit(given, unit, false)?,
        "delta" | "change" | "diff" => by_unit(given, unit, true)?,
        "day" | "date" => Value::Day(day(given)?),
        "name" | "text" | "string" => Value::Name(words(given)?),
        "points_range" | "range" => {
            let (low, high) = match given.as_array().map(Vec::as_slice) {
                Some([low, high]) => (number(low)?, number(high)?),
                _ => return Err("a range is a pair of figures".into()),
            };
            Value::PointsRange(low, high)
        }
        "unknown" => Value::Unknown(given.as_str().unwrap_or("没有数据").to_owned()),
        other => return Err(format!("{other:?} is no type of value that is known")),
    })
}

/// What a figure is, by its unit alone. A ratio that is a change stands without a unit: 0.123.
fn by_unit(given: &Json, unit: Option<&str>, change: bool) -> Read<Value> {
    let Some(unit) = unit else {
        return match given {
            Json::Null => Ok(Value::Unknown("没有数据".into())),
            Json::String(text) if day(given).is_ok() => Ok(Value::Day(day(&Json::String(text.clone()))?)),
            Json::String(text) if number(given).is_err() => Ok(Value::Name(text.trim().into())),
            _ if change => Ok(Value::RatioChange(share(given, None)?)),
            _ => Err("it has neither a type nor a unit".into()),
        };
    };
    Ok(match (unit, change) {
        ("元" | "yuan" | "CNY" | "RMB" | "¥", false) => Value::Money(number(given)?),
        ("元" | "yuan" | "CNY" | "RMB" | "¥", true) => Value::MoneyChange(number(given)?),
        ("分" | "积分" | "points" | "point", false) => Value::Points(number(given)?),
        ("分" | "积分" | "points" | "point", true) => Value::PointsChange(number(given)?),
        ("%" | "％" | "percent" | "ratio" | "百分比", false) => Value::Ratio(share(given, Some(unit))?),
        ("%" | "％" | "percent" | "ratio" | "百分比", true) => Value::RatioChange(share(given, Some(unit))?),
        ("日期" | "date" | "day", _) if day(given).is_ok() => Value::Day(day(given)?),
        (_, false) => counted(given, Some(unit)).map(|(n, unit)| Value::Count(n, unit))?,
        (_, true) => counted(given, Some(unit)).map(|(n, unit)| Value::CountChange(n, unit))?,
    })
}

/// `[413, "people"]`, or 413 with its unit beside it.
fn counted(given: &Json, unit: Option<&str>) -> Read<(i64, Unit)> {
    let (n, unit) = match given {
        Json::Array(pair) => (pair.first().unwrap_or(&Json::Null), pair.get(1).and_then(Json::as_str).or(unit)),
        other => (other, unit),
    };
    let n = number(n)?.normalize();
    if n.scale() > 0 {
        return Err(format!("{n} is no whole number"));
    }
    let n = n.to_string().parse().map_err(|_| format!("{n} is too large"))?;
    Ok((n, measure(unit.unwrap_or("个"))?))
}

fn measure(word: &str) -> Read<Unit> {
    Ok(match word {
        "people" | "person" | "人" | "位" | "名" | "人次" => Unit::People,
        "orders" | "order" | "单" => Unit::Orders,
        "items" | "item" | "笔" => Unit::Items,
        "pieces" | "piece" | "件" => Unit::Pieces,
        "things" | "thing" | "个" | "家" | "条" => Unit::Things,
        "products" | "product" | "款" | "种" => Unit::Products,
        "days" | "day" | "天" | "日" => Unit::Days,
        "hours" | "hour" | "小时" => Unit::Hours,
        "characters" | "character" | "字" => Unit::Characters,
        "pixels" | "pixel" | "像素" => Unit::Pixels,
        "times" | "time" | "次" => Unit::Times,
        "percent" | "%" | "％" => Unit::Percent,
        other => return Err(format!("{other:?} is no unit that is known")),
    })
}

/// A share of one; with a percent sign beside or in it, hundredths: 12.3 with "%" is 0.123.
fn share(given: &Json, unit: Option<&str>) -> Read<Decimal> {
    let in_text = given.as_str().is_some_and(|text| text.trim().ends_with(['%', '％']));
    let hundredths = in_text || unit.is_some_and(|unit| matches!(unit, "%" | "％" | "percent" | "百分比"));
    let number = number(given)?;
    Ok(if hundredths { number / Decimal::ONE_HUNDRED } else { number })
}

/// A figure as a number or a text, with grouping commas, a sign or a percent sign.
fn number(given: &Json) -> Read<Decimal> {
    let text = match given {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().replace(',', ""),
        other => return Err(format!("{other} is no figure")),
    };
    let plain = text.trim_end_matches(['%', '％']).trim_start_matches('+').trim();
    plain.parse().or_else(|_| Decimal::from_scientific(plain)).map_err(|_| format!("{text:?} is no figure"))
}

fn day(given: &Json) -> Read<NaiveDate> {
    let text = given.as_str().ok_or_else(|| format!("{given} is no day"))?;
    text.trim().parse().map_err(|_| format!("{text:?} is no day such as 2026-11-22"))
}

fn words(given: &Json) -> Read<String> {
    match given {
        Json::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        other => Err(format!("{other} is no name")),
    }
}
