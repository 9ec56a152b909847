//! Which single figure or single missing input would make the rules give what 成长中心 showed.
//!
//! Hypotheses for the merchant to judge: each is checked by computing the totals again, and none is ever applied here.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::Comparison;
use super::gaps::gaps;
use crate::event::Industry;
use crate::pack::{PackFigure, RulePack};
use crate::points::Points;
use crate::score::Reckoning;

/// A point in millionths, wide enough for products.
const POINT: i128 = 1_000_000;
/// Rates are round: at most one decimal place.
const RATE_STEP: i128 = POINT / 10;
/// Marks bring round numbers of points.
const MARK_STEP: i128 = 10 * POINT;
/// How many explanations are worth reading.
const MOST: usize = 6;

/// What would explain the differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Explains {
    /// Another value of one figure of the pack: `field` and `value` can be entered as a correction.
    Figure,
    /// An input that is missing: `field` is its key, `value` about how much of it.
    Missing,
}

/// One thing that would explain the differences. Never applied by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// A figure or a missing input.
    pub kind: Explains,
    /// Path of the figure, or key of the missing input.
    pub field: String,
    /// Its name in Chinese.
    pub title: String,
    /// The value that would fit.
    pub value: String,
    /// How many of the comparisons it fits.
    pub fits: usize,
    /// How many comparisons there are.
    pub of: usize,
    /// Whether it fits all of them.
    pub fits_all: bool,
    /// The same as a Chinese sentence.
    pub sentence: String,
}

/// What would explain the comparisons, what fits most of them first.
pub(super) fn explain(card: &Reckoning<'_>, compared: &[Comparison<'_>]) -> Vec<Explanation> {
    let Some(differing) = compared.iter().find(|comparison| !comparison.fits(comparison.row.computed)) else {
        return Vec::new();
    };
    let figures = card.pack.figures(card.industry);
    let mut found: Vec<Explanation> = figures
        .iter()
        .filter_map(|figure| match step(card.industry, &figure.field) {
            Some(step) => rate(card.pack, compared, differing, (figure, step)),
            None => reading(card.pack, compared, differing, figure),
        })
        .collect();
    found.extend(gaps(compared, differing));
    found.sort_by_key(|explanation| (Reverse(explanation.fits), doubt(explanation)));
    found.truncate(MOST);
    found
}

/// How doubtful an explanation is beside another that fits as well: what is known to be missing is the likeliest, then
/// what the rules leave open to reading, then whole rates.
fn doubt(explanation: &Explanation) -> u8 {
    match explanation.kind {
        Explains::Missing => 0,
        Explains::Figure if explanation.field.starts_with("reading.") => 1,
        Explains::Figure if !explanation.value.contains('.') => 2,
        Explains::Figure => 3,
    }
}

/// How round a rate is; `None` for what is no rate.
fn step(industry: Industry, field: &str) -> Option<i128> {
    let key = field.strip_prefix(&format!("{industry}."))?;
    if key.starts_with("marks.") {
        return Some(MARK_STEP);
    }
    ["base", "turnover", "marketing", "scene"].contains(&key).then_some(RATE_STEP)
}

impl Comparison<'_> {
    /// Whether a total is what was shown, as exactly as it was shown: 成长中心 may cut or round the last place.
    pub(super) fn fits(&self, total: Points) -> bool {
        (self.row.shown - total).abs() < self.last_place()
    }

    /// The unit of the last place that was shown.
    fn last_place(&self) -> Points {
        let mut unit = 1_000_000_i64;
        while unit > 1 && self.row.shown.micro() % unit != 0 {
            unit /= 10;
        }
        Points::from_micro(unit)
    }
}

/// How many comparisons a pack fits.
fn fitted(pack: &RulePack, compared: &[Comparison<'_>]) -> usize {
    compared.iter().filter(|comparison| comparison.fits(comparison.found.total_by(pack))).count()
}

/// The round rate that gives what was shown. Each comparison is solved for it; computing again decides.
fn rate(
    pack: &RulePack,
    compared: &[Comparison<'_>],
    differing: &Comparison<'_>,
    (figure, step): (&PackFigure, i128),
) -> Option<Explanation> {
    let now: Points = figure.value.as_ref().map_or(Some(Points::ZERO), |value| value.parse().ok())?;
    let one_more = pack.tried(&figure.field, &(now + Points::whole(1)).to_string())?;
    let candidates = compared.iter().filter_map(|comparison| {
        let slope = (comparison.found.total_by(&one_more) - comparison.row.computed).micro();
        let change = i128::from(comparison.row.difference.micro()) * POINT;
        solved(now, change, i128::from(slope), step)
    });
    let mut best: Option<(usize, Points, RulePack)> = None;
    for value in candidates.filter(|value| *value > Points::ZERO && *value != now) {
        let Some(changed) = pack.tried(&figure.field, &value.to_string()) else { continue };
        if changed.check().is_err() || !differing.fits(differing.found.total_by(&changed)) {
            continue;
        }
        let fits = fitted(&changed, compared);
        if best.as_ref().is_none_or(|(most, ..)| fits > *most) {
            best = Some((fits, value, changed));
        }
    }
    let (fits, value, _) = best?;
    let was = figure.value.as_ref().map_or_else(|| "未知".to_owned(), |value| format!(" {value} {}", figure.unit));
    let sentence = format!("若“{}”不是{was}而是 {value} {}", figure.title, figure.unit);
    Some(explanation(figure, value.to_string(), sentence, (fits, compared.len())))
}

/// `now + change / slope`, rounded to the nearest step.
fn solved(now: Points, change: i128, slope: i128, step: i128) -> Option<Points> {
    if slope == 0 {
        return None;
    }
    let exact = i128::from(now.micro()) + change / slope;
    let steps = (exact + step / 2).div_euclid(step);
    i64::try_from(steps * step).ok().map(Points::from_micro)
}

/// The other reading of a sentence that can be read in two ways.
fn reading(
    pack: &RulePack,
    compared: &[Comparison<'_>],
    differing: &Comparison<'_>,
    figure: &PackFigure,
) -> Option<Explanation> {
    if !["reading.acceleration", "reading.rounding", "reading.stacking"].contains(&figure.field.as_str()) {
        return None;
    }
    let now = figure.choices.iter().find(|choice| Some(&choice.value) == figure.value.as_ref())?;
    let others = figure.choices.iter().filter(|choice| choice.value != now.value);
    let (fits, choice) = others
        .filter_map(|choice| {
            let changed = pack.tried(&figure.field, &choice.value)?;
            let fits = changed.check().is_ok() && differing.fits(differing.found.total_by(&changed));
            fits.then(|| (fitted(&changed, compared), choice))
        })
        .max_by_key(|(fits, _)| *fits)?;
    let sentence = format!("若“{}”按“{}”而不是“{}”计算", figure.title, choice.title, now.title);
    Some(explanation(figure, choice.value.clone(), sentence, (fits, compared.len())))
}

fn explanation(figure: &PackFigure, value: String, start: String, (fits, of): (usize, usize)) -> Explanation {
    Explanation {
        kind: Explains::Figure,
        field: figure.field.clone(),
        title: figure.title.clone(),
        value,
        fits,
        of,
        fits_all: fits == of,
        sentence: format!("{start}，{}。", told(fits, of)),
    }
}

/// How many of the comparisons it fits, in words.
pub(super) fn told(fits: usize, of: usize) -> String {
    match (fits == of, of) {
        (true, 1) => "就与成长中心吻合（只有 1 次对比，请再填几天）".to_owned(),
        (true, _) => format!("{of} 次对比全部吻合"),
        (false, _) => format!("{of} 次对比中 {fits} 次吻合"),
    }
}
