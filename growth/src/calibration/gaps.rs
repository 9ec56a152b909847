//! Which single missing input would account for a difference, and about how much of it.
//!
//! Only what can lie inside the input's own range is said; refunds have none and end where the turnover does.

use super::Comparison;
use super::explain::{Explains, Explanation, told};
use crate::missing::missing;
use crate::points::{Fen, Points};

/// How much of one missing input the difference stands for, where it lies inside what that input can bring.
pub(super) fn gaps(compared: &[Comparison<'_>], differing: &Comparison<'_>) -> Vec<Explanation> {
    let open = missing(&differing.found);
    open.iter().filter_map(|input| gap(compared, differing, (&input.input, &input.title))).collect()
}

fn gap(compared: &[Comparison<'_>], differing: &Comparison<'_>, (input, title): (&str, &str)) -> Option<Explanation> {
    let amount = needed(differing, input)?;
    let fits =
        |comparison: &&Comparison<'_>| comparison.fits(comparison.row.computed) || needed(comparison, input).is_some();
    let (fits, of) = (compared.iter().filter(fits).count(), compared.len());
    let how = match input {
        "marks" => format!("若店铺持有标识“{amount}”"),
        "refunds" => format!("若还有未导入的退款约 {amount} 元"),
        "scene_turnover" => format!("若其中{title}约 {amount} 元"),
        "inquiries" => format!("若还有未导入的有效询盘约 {amount} 个"),
        "marketing_inquiries" => format!("若其中数字营销询盘约 {amount} 个"),
        _ => format!("若其中数字营销买家约 {amount} 人"),
    };
    Some(Explanation {
        kind: Explains::Missing,
        field: input.to_owned(),
        title: title.to_owned(),
        value: amount,
        fits,
        of,
        fits_all: fits == of,
        sentence: format!("{how}，就能解释 {} 的差异（{}）。", differing.row.day, told(fits, of)),
    })
}

/// How much of an input explains one difference; `None` where it cannot.
fn needed(comparison: &Comparison<'_>, input: &str) -> Option<String> {
    let found = &comparison.found;
    let difference = comparison.row.difference;
    let effect = missing(found).into_iter().find(|missing| missing.input == input)?.effect;
    let inside = match input {
        "refunds" => difference < Points::ZERO,
        _ => difference > Points::ZERO && effect.high.is_none_or(|high| difference <= high),
    };
    if !inside {
        return None;
    }
    let thousand = |rate: Points| whole(difference.abs(), rate, 1000);
    match input {
        "marketing_buyers" | "marketing_inquiries" => whole(difference, found.rates.marketing, 1),
        "inquiries" => whole(difference, found.rates.base, 1),
        "scene_turnover" => thousand(found.rates.scene_exact(Fen(100_000))),
        // Nobody gets back more than was paid.
        "refunds" => thousand(found.rates.turnover_exact(Fen(100_000)))
            .filter(|yuan| yuan.parse().is_ok_and(|yuan: i64| yuan <= found.sums.turnover / 100)),
        "marks" => found
            .industry
            .formula(found.pack)
            .marks
            .iter()
            .filter(|mark| found.marks.iter().all(|held| held.kind != mark.kind))
            .find(|mark| {
                let points = mark.points.as_ref().map(|points| points.value);
                points.is_some_and(|points| comparison.fits(comparison.row.computed + points))
            })
            .map(|mark| mark.kind.clone()),
        _ => None,
    }
}

/// The whole number nearest to `difference / rate × per`; `None` for zero.
fn whole(difference: Points, rate: Points, per: i128) -> Option<String> {
    let rate = i128::from(rate.micro());
    if rate <= 0 {
        return None;
    }
    let wanted = i128::from(difference.micro()) * per;
    let number = (wanted + rate / 2) / rate;
    (number > 0).then(|| number.to_string())
}
