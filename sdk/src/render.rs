//! Facts as a merchant reads them. The only place where a figure becomes text.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{Facts, Period, Value};

impl Value {
    /// The figure for running text: 万 and 亿 from ten thousand on, changes with ▲▼.
    ///
    /// ```
    /// use rust_decimal::Decimal;
    /// use xiaoer_sdk::{Unit, Value};
    /// assert_eq!(Value::Money(Decimal::new(18979795, 2)).short(), "18.98万元");
    /// assert_eq!(Value::RatioChange(Decimal::new(-123, 3)).short(), "▼12.3%");
    /// assert_eq!(Value::Count(413, Unit::People).short(), "413人");
    /// ```
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Money(yuan) => format!("{}元", short(*yuan)),
            Self::MoneyChange(yuan) => arrow(*yuan, &format!("{}元", short(yuan.abs()))),
            _ => self.exact(),
        }
    }

    /// The figure in full, for tables and for the source of a figure.
    #[must_use]
    pub fn exact(&self) -> String {
        match self {
            Self::Money(yuan) => format!("{}元", grouped(*yuan, 2)),
            Self::Points(points) => format!("{}分", points_text(*points)),
            Self::Count(n, unit) => format!("{}{}", grouped(Decimal::from(*n), 0), unit.word()),
            Self::Ratio(ratio) => percent(*ratio),
            Self::MoneyChange(yuan) => arrow(*yuan, &format!("{}元", grouped(yuan.abs(), 2))),
            Self::PointsChange(points) => arrow(*points, &format!("{}分", points_text(points.abs()))),
            Self::CountChange(n, unit) => {
                arrow(Decimal::from(*n), &format!("{}{}", grouped(Decimal::from(*n).abs(), 0), unit.word()))
            }
            Self::RatioChange(ratio) => arrow(*ratio, &percent(ratio.abs())),
            Self::Day(day) => day.format("%-m月%-d日").to_string(),
            Self::Name(name) => name.clone(),
            Self::PointsRange(low, high) => format!("{}–{}分", points_text(*low), points_text(*high)),
            Self::Unknown(why) => format!("未知（{why}）"),
        }
    }

    /// Whether the figure goes up (1), down (-1) or neither; none for a figure that is no change.
    #[must_use]
    pub fn direction(&self) -> Option<i8> {
        let sign = |d: &Decimal| {
            i8::from(d.is_sign_positive() && !d.is_zero()) - i8::from(d.is_sign_negative() && !d.is_zero())
        };
        match self {
            Self::MoneyChange(d) | Self::PointsChange(d) | Self::RatioChange(d) => Some(sign(d)),
            Self::CountChange(n, _) => Some(i8::try_from(n.signum()).unwrap_or_default()),
            _ => None,
        }
    }
}

impl Period {
    /// The days as a merchant reads them: 11月22日, or 10月24日–11月22日.
    #[must_use]
    pub fn text(self) -> String {
        let day = |d: chrono::NaiveDate| d.format("%-m月%-d日").to_string();
        if self.from == self.to { day(self.from) } else { format!("{}–{}", day(self.from), day(self.to)) }
    }
}

/// The ids that stand as `{id}` in a text, in order.
#[must_use]
pub fn placeholders(text: &str) -> Vec<&str> {
    pieces(text).filter_map(|piece| if let Piece::Fact(id) = piece { Some(id) } else { None }).collect()
}

/// Puts figures in place of the `{id}`s of a text. An id without a fact is left standing, so that nobody reads a made-up figure;
/// the host refuses such a report before it is shown.
#[must_use]
pub fn fill(text: &str, facts: &Facts) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Fact(id) => facts.get(id).map_or_else(|| format!("{{{id}}}"), |fact| fact.value.short()),
        })
        .collect()
}

/// A stretch of text, or the id of a fact to stand in its place.
pub(crate) enum Piece<'a> {
    Words(&'a str),
    Fact(&'a str),
}

/// Splits a text at its `{id}`s.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(id) = leading_id(rest) {
            rest = &rest[id.len() + 2..];
            return Some(Piece::Fact(id));
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|&(at, _)| leading_id(&rest[at..]).is_some())
            .map_or(rest.len(), |(at, _)| at);
        let (words, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Words(words))
    })
}

fn leading_id(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('{')?;
    let id = &inner[..inner.find('}')?];
    let well_formed = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    well_formed.then_some(id)
}

fn arrow(sign: Decimal, magnitude: &str) -> String {
    if sign.is_zero() {
        format!("持平（{magnitude}）")
    } else if sign.is_sign_positive() {
        format!("▲{magnitude}")
    } else {
        format!("▼{magnitude}")
    }
}

fn percent(ratio: Decimal) -> String {
    format!("{}%", rounded(ratio * Decimal::ONE_HUNDRED, 1))
}

fn points_text(points: Decimal) -> String {
    grouped(rounded(points, 2).normalize(), 0)
}

fn short(yuan: Decimal) -> String {
    let (wan, yi) = (Decimal::from(10_000), Decimal::from(100_000_000));
    if yuan.abs() >= yi {
        format!("{}亿", rounded(yuan / yi, 2))
    } else if yuan.abs() >= wan {
        format!("{}万", rounded(yuan / wan, 2))
    } else {
        grouped(yuan, 2)
    }
}

fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Thousands separated by commas, with at least `places` decimals.
fn grouped(value: Decimal, places: usize) -> String {
    let mut value = value;
    if value.scale() < u32::try_from(places).unwrap_or(0) {
        value.rescale(u32::try_from(places).unwrap_or(0));
    }
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::new();
    if value.is_sign_negative() && !value.is_zero() {
        out.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}
