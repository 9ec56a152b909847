//! An axis with round numbers on it, printed as a Chinese reader expects: 万 from ten thousand, 亿 from a hundred million.
//!
//! Tick texts are made from whole numbers, never from sums of `f64`: an axis must not read 0.30000000000000004.

/// Steps between ticks, in tenths of a power of ten.
const STEPS: [i64; 7] = [10, 15, 20, 25, 30, 40, 50];
/// The same for an axis without zero: 234, 237, 240 are not round, however even their steps.
const ROUND: [i64; 4] = [10, 20, 25, 50];
/// Geometry stops here; a figure beyond it is drawn at the edge, and still printed as its own text.
const LARGEST: f64 = 1e15;
/// The least share of their own height that values around a level fill.
const LEAST: f64 = 0.02;
/// Below this everything is zero to the eye.
const SMALLEST: f64 = 1e-6;

#[derive(Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) text: String,
}

/// An axis that covers all values.
#[derive(Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) ticks: Vec<Tick>,
    low: f64,
    high: f64,
}

/// An axis from `first` to `last` steps of `tenths × 10^(exponent - 1)`.
struct Candidate {
    tenths: i64,
    exponent: i32,
    first: i64,
    last: i64,
}

impl Scale {
    /// An axis that includes zero, for sizes: half the height is half the amount. The values must be finite.
    pub(super) fn covering(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high, mut whole) = (0.0_f64, 0.0_f64, true);
        for value in values.map(within) {
            low = low.min(value);
            high = high.max(value);
            whole &= value.fract() == 0.0;
        }
        Self::from((low, high), whole, &STEPS)
    }

    /// An axis that includes zero only where the values come near it, for lines whose moves are looked at: a fall from 3,400 to
    /// 3,300 must be seen. The values must be finite.
    pub(super) fn around(values: impl Iterator<Item = f64>) -> Self {
        let mut whole = true;
        let ends = values.map(within).inspect(|value| whole &= value.fract() == 0.0).fold(None, |ends, value| {
            let (low, high) = ends.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        });
        let (mut low, mut high) = ends.unwrap_or_default();
        // Values that hardly differ are not blown up to fill the sheet.
        let missing = (low.abs().max(high.abs()) * LEAST - (high - low)).max(0.0);
        (low, high) = (low - missing / 2.0, high + missing / 2.0);
        let spread = high - low;
        if (0.0..spread).contains(&low) {
            low = 0.0;
        } else if (0.0..spread).contains(&-high) {
            high = 0.0;
        }
        let steps: &[i64] = if low > 0.0 || high < 0.0 { &ROUND } else { &STEPS };
        Self::from((low, high), whole, steps)
    }

    fn from((mut low, mut high): (f64, f64), mut whole: bool, steps: &[i64]) -> Self {
        if high - low < SMALLEST {
            (low, high, whole) = (0.0, 1.0, true);
        }
        let best = candidates((low, high), whole, steps).min_by(|a, b| {
            let size = |c: &Candidate| (c.last - c.first) as f64 * decimal(c.tenths, c.exponent - 1);
            // The shortest axis wins; of two as long, the one with more lines.
            size(a).total_cmp(&size(b)).then((b.last - b.first).cmp(&(a.last - a.first)))
        });
        let Candidate { tenths, exponent, first, last } =
            best.unwrap_or(Candidate { tenths: 10, exponent: 0, first: 0, last: 1 });
        let ticks: Vec<Tick> = (first..=last)
            .map(|i| Tick { value: decimal(i * tenths, exponent - 1), text: tick_text(i * tenths, exponent - 1) })
            .collect();
        Self { low: decimal(first * tenths, exponent - 1), high: decimal(last * tenths, exponent - 1), ticks }
    }

    /// The lowest and the highest value on the axis.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Where a value lies: 0 at the lowest tick, 1 at the highest.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

fn within(value: f64) -> f64 {
    value.clamp(-LARGEST, LARGEST)
}

/// Axes of three to five steps that reach from `low` to `high`. What is counted in whole pieces gets no ticks between them, and
/// may have fewer.
fn candidates((low, high): (f64, f64), whole: bool, steps: &[i64]) -> impl Iterator<Item = Candidate> {
    let magnitude = (high - low).log10().floor() as i32;
    let steps =
        (magnitude - 2..=magnitude + 1).flat_map(move |exponent| steps.iter().map(move |tenths| (*tenths, exponent)));
    steps.filter_map(move |(tenths, exponent)| {
        let step = decimal(tenths, exponent - 1);
        let (first, last) = ((low / step + 1e-9).floor() as i64, (high / step - 1e-9).ceil() as i64);
        let candidate = Candidate { tenths, exponent, first, last };
        let lines = last - first;
        let counts = !whole || step.fract() == 0.0;
        let fewest = if whole && step == 1.0 { 1 } else { 3 };
        (counts && (fewest..=5).contains(&lines)).then_some(candidate)
    })
}

/// `digits × 10^exponent`; dividing keeps 25 × 10⁻¹ exact where multiplying by 0.1 would not.
fn decimal(digits: i64, exponent: i32) -> f64 {
    let power = 10_f64.powi(exponent.abs());
    if exponent < 0 { digits as f64 / power } else { digits as f64 * power }
}

fn tick_text(digits: i64, exponent: i32) -> String {
    if digits == 0 {
        return "0".into();
    }
    let length = digits.unsigned_abs().to_string().len() as i32 + exponent;
    let (shift, unit) = match length {
        9.. => (8, "亿"),
        5.. => (4, "万"),
        _ => (0, ""),
    };
    format!("{}{unit}", plain(digits, exponent - shift))
}

/// Exact decimal text of `digits × 10^exponent`, with thousands separators and no trailing zeros.
fn plain(digits: i64, exponent: i32) -> String {
    let mut text = digits.unsigned_abs().to_string();
    let decimals = if exponent >= 0 {
        text.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize));
        0
    } else {
        exponent.unsigned_abs() as usize
    };
    let padded = format!("{text:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    let mut out = String::from(if digits < 0 { "-" } else { "" });
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(values: &[f64]) -> Vec<String> {
        Scale::covering(values.iter().copied()).ticks.into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn ticks_are_round_and_turn_to_wan_at_ten_thousand() {
        assert_eq!(texts(&[137_000.0]), ["0", "3万", "6万", "9万", "12万", "15万"]);
        assert_eq!(texts(&[9_800.0]), ["0", "2,000", "4,000", "6,000", "8,000", "1万"]);
        assert_eq!(texts(&[11_900.5]), ["0", "3,000", "6,000", "9,000", "1.2万"]);
        assert_eq!(texts(&[240_000_000.0]), ["0", "5,000万", "1亿", "1.5亿", "2亿", "2.5亿"]);
        assert_eq!(texts(&[0.28]), ["0", "0.1", "0.2", "0.3"]);
    }

    #[test]
    fn buyers_are_never_counted_in_halves() {
        assert_eq!(texts(&[1.0]), ["0", "1"]);
        assert_eq!(texts(&[3.0, 2.0]), ["0", "1", "2", "3"]);
        assert_eq!(texts(&[7.0]), ["0", "2", "4", "6", "8"]);
    }

    #[test]
    fn losses_have_their_own_side_of_zero() {
        assert_eq!(texts(&[-42.5, 12.0]), ["-45", "-30", "-15", "0", "15"]);
        assert_eq!(texts(&[-9.0]), ["-9", "-6", "-3", "0"]);
    }

    #[test]
    fn nothing_but_zeros_still_makes_an_axis() {
        assert_eq!(texts(&[0.0, 0.0]), ["0", "1"]);
        assert_eq!(texts(&[]), ["0", "1"]);
    }

    #[test]
    fn a_level_far_from_zero_is_seen_to_move_and_one_near_it_stands_on_zero() {
        let texts = |values: &[f64]| -> Vec<String> {
            Scale::around(values.iter().copied()).ticks.into_iter().map(|tick| tick.text).collect()
        };
        assert_eq!(texts(&[3_312.0, 3_480.5]), ["3,300", "3,350", "3,400", "3,450", "3,500"]);
        assert_eq!(texts(&[23_600.0, 24_900.0]), ["2.35万", "2.4万", "2.45万", "2.5万"]);
        assert_eq!(texts(&[310.0, 690.0]), ["0", "150", "300", "450", "600", "750"]);
        assert_eq!(texts(&[-20.0, 690.0]), ["-200", "0", "200", "400", "600", "800"]);
        assert_eq!(texts(&[1_200.0, 1_200.0]), ["1,180", "1,190", "1,200", "1,210", "1,220"]);
        assert_eq!(texts(&[]), ["0", "1"]);
    }

    proptest! {
        #[test]
        fn every_axis_around_a_level_covers_it_with_few_lines(level in -1e15..1e15_f64, moves in prop::collection::vec(-1e6..1e6_f64, 1..8)) {
            let values = moves.iter().map(|by| (level + by).clamp(-LARGEST, LARGEST));
            let scale = Scale::around(values.clone());
            prop_assert!((2..=6).contains(&scale.ticks.len()), "{:?}", scale.ticks);
            let slack = (scale.high - scale.low) * 1e-6;
            for value in values {
                prop_assert!(scale.low - slack <= value && value <= scale.high + slack, "{value} in {scale:?}");
            }
        }

        #[test]
        fn every_axis_covers_its_values_with_few_lines(values in prop::collection::vec(-1e15..1e15_f64, 1..8)) {
            let scale = Scale::covering(values.iter().copied());
            prop_assert!((2..=6).contains(&scale.ticks.len()), "{:?}", scale.ticks);
            let slack = (scale.high - scale.low) * 1e-6;
            for value in values {
                prop_assert!(scale.low - slack <= value && value <= scale.high + slack, "{value} in {scale:?}");
            }
            prop_assert!(scale.ticks.iter().any(|tick| tick.value == 0.0));
        }

        #[test]
        fn a_tick_says_where_it_stands(digits in -500_i64..500, exponent in -4_i32..9) {
            let text = tick_text(digits, exponent);
            let (number, unit) = match text.strip_suffix('亿') {
                Some(number) => (number, 1e8),
                None => text.strip_suffix('万').map_or((text.as_str(), 1.0), |number| (number, 1e4)),
            };
            let read: f64 = number.replace(',', "").parse().expect("a number");
            let value = decimal(digits, exponent);
            prop_assert!((read * unit - value).abs() <= value.abs() * 1e-12, "{text} for {value}");
            prop_assert_eq!(unit > 1.0, value.abs() >= 1e4);
        }
    }
}
