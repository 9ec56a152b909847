//! How far a shop is on the ladder of levels.
//!
//! The level is what the caller says, never what the value's place suggests: a level has gates besides its points.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use super::pen::{BRAND, CARD, INK, Look, N, Pen, SUB};
use super::text::{fit, two_lines, width};
use super::{Figure, Svg};

const SIZE: (f64, f64) = (340.0, 300.0);
const CENTRE: (f64, f64) = (170.0, 164.0);
const RADIUS: f64 = 108.0;
const TRACK: f64 = 13.0;
/// The arc begins at the lower left and runs 240° over the top.
const START: f64 = PI * 5.0 / 6.0;
const SWEEP: f64 = PI * 4.0 / 3.0;
/// Half the gap between two levels, round caps included.
const GAP: f64 = 0.078;
/// Room for words between the ends of the arc.
const INSIDE: f64 = 150.0;

/// A step of the ladder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// L1, L2 …
    pub name: String,
    /// From how much on.
    pub threshold: Figure,
}

/// A value on a ladder of levels, each as long as the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gauge {
    /// What is measured.
    pub title: String,
    /// The name of the level reached, as judged; it need not be the one that the value lies in.
    pub level: String,
    /// From the lowest up.
    pub levels: Vec<Level>,
    /// The value, if known.
    pub value: Option<Figure>,
    /// Lowest and highest possible value, where an input is missing: shown as 估算.
    #[serde(default)]
    pub range: Option<(Figure, Figure)>,
    /// 分: stands after the value.
    pub unit: String,
    /// What is missing to the next level, in words.
    pub next: String,
}

impl Gauge {
    /// The gauge, for a column of about 300 to 450 px.
    #[must_use]
    pub fn svg(&self) -> Svg {
        let mut pen = Pen::open("chart-gauge", &self.sentence(), SIZE);
        pen.text(&fit(&self.title, 16.0, SIZE.0), (0.0, 18.0), Look::new(16.0, INK).bold());
        if self.levels.is_empty() || (self.value().is_none() && self.range().is_none()) {
            pen.nothing_yet(CENTRE, 13.0);
            return pen.close();
        }
        if let Some((low, high)) = self.range() {
            let (from, to) = (self.angle(low.value), self.angle(high.value));
            arc(
                &mut pen,
                (from, to),
                &format!(
                    "class=\"chart-range\" stroke=\"{BRAND}\" stroke-opacity=\".2\" stroke-width=\"{}\"",
                    TRACK + 14.0
                ),
            );
        }
        self.ladder(&mut pen);
        if let Some(value) = self.value() {
            let (x, y) = on_circle(RADIUS, self.angle(value.value));
            pen.put(format_args!(
                "<circle class=\"chart-marker\" cx=\"{}\" cy=\"{}\" r=\"9\" fill=\"{CARD}\" stroke=\"{BRAND}\" stroke-width=\"4.5\"/>",
                N(x),
                N(y)
            ));
        }
        self.words(&mut pen);
        pen.close()
    }

    /// Where a value lies on the ladder, from 0 to 1: every level takes the same room, and within it the value moves evenly.
    /// Above the last threshold there is no end, so the marker comes ever nearer to the end of the arc.
    fn place(&self, value: f64) -> f64 {
        let thresholds = self.thresholds();
        let passed = thresholds.iter().take_while(|threshold| **threshold <= value).count();
        let Some(index) = passed.checked_sub(1) else {
            return 0.0;
        };
        let from = thresholds[index];
        let within = match thresholds.get(index + 1) {
            Some(to) => (value - from) / (to - from),
            None => {
                let before = index.checked_sub(1).map_or(0.0, |i| thresholds[i]);
                let pace = (from - before).max(1.0);
                1.0 - pace / (pace + (value - from))
            }
        };
        ((index as f64 + within) / thresholds.len() as f64).clamp(0.0, 1.0)
    }

    /// Rising and within what an `f64` can subtract.
    fn thresholds(&self) -> Vec<f64> {
        let mut highest = -1e15_f64;
        let rising = self.levels.iter().map(|level| {
            let value = if level.threshold.value.is_finite() { level.threshold.value } else { highest };
            highest = highest.max(value.min(1e15));
            highest
        });
        rising.collect()
    }

    fn angle(&self, value: f64) -> f64 {
        START + SWEEP * self.place(value.clamp(-1e15, 1e15))
    }

    fn value(&self) -> Option<&Figure> {
        self.value.as_ref().filter(|figure| figure.value.is_finite())
    }

    fn range(&self) -> Option<(&Figure, &Figure)> {
        let (low, high) = self.range.as_ref()?;
        (low.value.is_finite() && high.value.is_finite()).then_some((low, high))
    }

    fn ladder(&self, pen: &mut Pen) {
        let count = self.levels.len() as f64;
        let gap = GAP.min(SWEEP / count / 4.0);
        let reached = self.value().map_or(START, |figure| self.angle(figure.value));
        for (index, level) in self.levels.iter().enumerate() {
            let edges = [index as f64, index as f64 + 1.0].map(|i| START + SWEEP * i / count);
            let (from, to) = (edges[0] + gap, edges[1] - gap);
            arc(
                pen,
                (from, to),
                &format!("class=\"chart-track\" stroke=\"{INK}\" stroke-opacity=\".1\" stroke-width=\"{TRACK}\""),
            );
            if reached > edges[0] {
                // Each level a little stronger than the one before: the ladder is seen to rise.
                let strength = 0.45 + 0.55 * (index as f64 + 1.0) / count;
                let ink = format!(
                    "class=\"chart-reached\" stroke=\"{BRAND}\" stroke-opacity=\"{strength:.2}\" stroke-width=\"{TRACK}\""
                );
                arc(pen, (from, reached.clamp(from, to)), &ink);
            }
            let (x, y) = on_circle(RADIUS - 25.0, (edges[0] + edges[1]) / 2.0);
            let look = Look::new(12.5, if level.name == self.level { BRAND } else { SUB }).middle();
            let look = if level.name == self.level { look.bold() } else { look };
            pen.text(&fit(&level.name, 12.5, 40.0), (x, y + 4.5), look);
            if index > 0 {
                threshold(pen, edges[0], &level.threshold.text);
            }
        }
    }

    fn words(&self, pen: &mut Pen) {
        let (x, y) = CENTRE;
        pen.text(&fit(&self.level, 40.0, 110.0), (x, y + 2.0), Look::new(40.0, INK).bold().middle());
        let mut at = y + 32.0;
        if let Some(value) = self.value() {
            let words = format!("{}{}", value.text, self.unit);
            let size = shrunk(&words, 20.0);
            pen.text(&words, (x, at), Look::new(size, BRAND).bold().middle());
            at += 22.0;
        }
        if let Some((low, high)) = self.range() {
            let words = format!("估算 {}–{}", low.text, high.text);
            let size = shrunk(&words, if self.value().is_some() { 12.0 } else { 15.0 });
            pen.text(&words, (x, at), Look::new(size, SUB).middle());
        }
        for (line, words) in two_lines(&self.next, 14.0, SIZE.0 - 8.0).iter().enumerate() {
            let below = (x, SIZE.1 - 32.0 + 20.0 * line as f64);
            pen.text(words.trim_end(), below, Look::new(14.0, INK).middle());
        }
    }

    fn sentence(&self) -> String {
        let Self { title, level, unit, next, .. } = self;
        if self.levels.is_empty() || (self.value().is_none() && self.range().is_none()) {
            return format!("{title}：暂无数据");
        }
        let mut out = format!("{title}：当前{level}");
        if let Some(value) = self.value() {
            out += &format!("，{}{unit}", value.text);
        }
        if let Some((low, high)) = self.range() {
            out += &format!("，估算范围{}至{}{unit}", low.text, high.text);
        }
        let above = self.levels.iter().skip_while(|step| step.name != *level).nth(1);
        if let Some(step) = above {
            out += &format!("，{}需{}{unit}", step.name, step.threshold.text);
        }
        if !next.is_empty() {
            out += &format!("。{next}");
        }
        out
    }
}

fn threshold(pen: &mut Pen, angle: f64, words: &str) {
    let (x, y) = on_circle(RADIUS + 23.0, angle);
    let look = Look::new(11.0, SUB);
    let look = match angle.cos() {
        side if side < -0.2 => look.end(),
        side if side > 0.2 => look,
        _ => look.middle(),
    };
    pen.text(&fit(words, 11.0, 60.0), (x, y + 4.0), look);
}

/// The size at which the words fit between the ends of the arc: a figure is made smaller, never cut.
fn shrunk(words: &str, size: f64) -> f64 {
    (size * INSIDE / width(words, size).max(INSIDE)).max(6.0)
}

fn on_circle(radius: f64, angle: f64) -> (f64, f64) {
    (CENTRE.0 + radius * angle.cos(), CENTRE.1 + radius * angle.sin())
}

fn arc(pen: &mut Pen, (from, to): (f64, f64), ink: &str) {
    // Arcs of no length are not drawn everywhere; a hair's breadth with round caps is a dot everywhere.
    let to = to.max(from + 0.002);
    let ((x0, y0), (x1, y1)) = (on_circle(RADIUS, from), on_circle(RADIUS, to));
    let large = u8::from(to - from > PI);
    pen.put(format_args!(
        "<path d=\"M{x0:.2} {y0:.2}A{RADIUS} {RADIUS} 0 {large} 1 {x1:.2} {y1:.2}\" fill=\"none\" stroke-linecap=\"round\" {ink}/>"
    ));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ladder() -> Gauge {
        let level =
            |(name, value): (&str, f64)| Level { name: name.into(), threshold: Figure::new(value, value.to_string()) };
        let levels = [("L1", 0.0), ("L2", 300.0), ("L3", 1200.0), ("L4", 3000.0), ("L5", 6500.0), ("L6", 12000.0)];
        Gauge {
            title: "生意积分".into(),
            level: "L2".into(),
            levels: levels.map(level).into(),
            value: None,
            range: None,
            unit: "分".into(),
            next: String::new(),
        }
    }

    #[test]
    fn a_threshold_lies_on_the_border_of_its_level() {
        let gauge = ladder();
        for (index, level) in gauge.levels.iter().enumerate() {
            let place = gauge.place(level.threshold.value);
            assert!((place - index as f64 / 6.0).abs() < 1e-12, "{} at {place}", level.name);
        }
        assert!((gauge.place(750.0) - 1.5 / 6.0).abs() < 1e-12);
        assert_eq!(gauge.place(-40.0), 0.0);
    }

    proptest! {
        #[test]
        fn more_points_never_move_the_marker_back(a in -1e4..1e6_f64, b in -1e4..1e6_f64) {
            let gauge = ladder();
            let (low, high) = (gauge.place(a.min(b)), gauge.place(a.max(b)));
            prop_assert!(low <= high && (0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            if a.min(b) > 0.0 && (a - b).abs() > 1.0 {
                prop_assert!(low < high, "{a} and {b} share the place {low}");
            }
        }

        #[test]
        fn a_ladder_in_disorder_still_has_a_place_for_every_value(
            thresholds in prop::collection::vec(prop::num::f64::ANY, 1..8),
            value in prop::num::f64::NORMAL | prop::num::f64::ZERO,
        ) {
            let mut gauge = ladder();
            gauge.levels = thresholds.iter().map(|t| Level { name: "L".into(), threshold: Figure::new(*t, "?") }).collect();
            let place = gauge.place(value.clamp(-1e15, 1e15));
            prop_assert!((0.0..=1.0).contains(&place), "{place}");
        }
    }
}
