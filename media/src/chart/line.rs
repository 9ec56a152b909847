//! A value over time: a smooth line that never rises above or falls below what was measured.

use serde::{Deserialize, Serialize};

use super::pen::{BRAND, CARD, INK, Look, N, Pen, SUB, Sheet};
use super::plot::{Plot, heading};
use super::scale::Scale;
use super::text::{fit, safe_id, width};
use super::{Figure, Frame, Point, Svg};

const LEGEND: f64 = 108.0;

/// A value over time, with the same days one period earlier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineChart {
    /// What is drawn.
    pub title: String,
    /// Period, source, time of data.
    pub subtitle: String,
    /// From left to right, at equal distances.
    pub points: Vec<Point>,
    /// The same points one period earlier, dashed; empty where there is nothing to compare.
    #[serde(default)]
    pub previous: Vec<Option<Figure>>,
    /// 元, 人, 分: stands over the axis and after each figure.
    pub unit: String,
}

pub(super) type Spot = (f64, f64);

impl LineChart {
    /// The chart for one frame. `id` must be its own on the page: the gradient is found by it.
    #[must_use]
    pub fn svg(&self, id: &str, frame: Frame) -> Svg {
        let sheet = Sheet::from(frame);
        let mut pen =
            Pen::open(&format!("chart-line {}", frame.class()), &self.sentence(), (sheet.width, sheet.height));
        let compares = self.previous().next().is_some();
        heading(&mut pen, &sheet, (&self.title, &self.subtitle), if compares { LEGEND + 12.0 } else { 0.0 });
        if compares {
            legend(&mut pen, &sheet);
        }
        let known = self.known().map(|(_, _, figure)| figure.value);
        let scale = Scale::covering(known.chain(self.previous().map(|(_, figure)| figure.value)));
        let plot = Plot::edge_to_edge(sheet, &self.points, scale, &self.unit);
        if self.known().next().is_none() {
            pen.nothing_yet(plot.middle(), plot.sheet.body);
            return pen.close();
        }
        plot.grid(&mut pen, &self.unit);
        plot.labels(&mut pen);
        self.draw(&mut pen, &plot, &safe_id(id));
        self.mark(&mut pen, &plot);
        if frame == Frame::Wide {
            self.hints(&mut pen, &plot);
        }
        pen.close()
    }

    /// Both frames; the page's style sheet shows the one that fits.
    #[must_use]
    pub fn responsive(&self, id: &str) -> Svg {
        Svg::pair(&self.svg(&format!("{id}-w"), Frame::Wide), &self.svg(&format!("{id}-c"), Frame::Compact))
    }

    fn known(&self) -> impl Iterator<Item = (usize, &str, &Figure)> {
        let points = self.points.iter().enumerate();
        points.filter_map(|(i, point)| point.known().map(|figure| (i, point.label.as_str(), figure)))
    }

    fn previous(&self) -> impl Iterator<Item = (usize, &Figure)> {
        let earlier = self.previous.iter().take(self.points.len()).enumerate();
        earlier.filter_map(|(i, figure)| figure.as_ref().filter(|f| f.value.is_finite()).map(|f| (i, f)))
    }

    fn draw(&self, pen: &mut Pen, plot: &Plot<'_>, id: &str) {
        let floor = plot.y(0.0);
        let spots = self.known().map(|(i, _, figure)| (i, (plot.x(i), plot.y(figure.value))));
        let earlier = self.previous().map(|(i, figure)| (i, (plot.x(i), plot.y(figure.value))));
        pen.put(format_args!(
            "<defs><linearGradient id=\"{id}\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" x2=\"0\" y1=\"{}\" y2=\"{}\">\
             <stop stop-color=\"{BRAND}\" stop-opacity=\".26\"/>\
             <stop offset=\"1\" stop-color=\"{BRAND}\" stop-opacity=\".02\"/></linearGradient></defs>",
            N(plot.top),
            N(plot.bottom)
        ));
        for run in runs(earlier) {
            pen.put(format_args!(
                "<path class=\"chart-previous\" d=\"{}\" fill=\"none\" stroke=\"{SUB}\" stroke-opacity=\".75\" \
                 stroke-width=\"1.6\" stroke-dasharray=\"4 4\" stroke-linecap=\"round\"/>",
                curve(&run)
            ));
        }
        for run in runs(spots) {
            let (start, end) = (run[0], run[run.len() - 1]);
            let path = curve(&run);
            if run.len() == 1 {
                dot(pen, start);
                continue;
            }
            pen.put(format_args!(
                "<path class=\"chart-area\" d=\"{path}L{} {}H{}Z\" fill=\"url(#{id})\"/>\
                 <path class=\"chart-value\" d=\"{path}\" fill=\"none\" stroke=\"{BRAND}\" stroke-width=\"2.5\" \
                 stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
                N(end.0),
                N(floor),
                N(start.0)
            ));
        }
    }

    /// Names the highest point, or the newest where none is higher than the others.
    fn mark(&self, pen: &mut Pen, plot: &Plot<'_>) {
        let (Some(highest), Some(newest)) = (self.highest(), self.known().last()) else {
            return;
        };
        let ((index, label, figure), word) = if self.is_flat() { (newest, "最新") } else { (highest, "峰值") };
        let spot = (plot.x(index), plot.y(figure.value));
        if newest.0 != index {
            dot(pen, (plot.x(newest.0), plot.y(newest.2.value)));
        }
        dot(pen, spot);
        // A long name gives way to the figure.
        let name = fit(label, 1.0, 8.0);
        pill(pen, plot, spot, &format!("{name} {word} {}{}", figure.text, self.unit));
        if self.known().count() == 1 {
            let (x, _) = plot.middle();
            let below = (x, plot.bottom - 12.0);
            pen.text("仅 1 个数据点，暂无趋势", below, Look::new(plot.sheet.tick, SUB).middle());
        }
    }

    fn hints(&self, pen: &mut Pen, plot: &Plot<'_>) {
        for (index, label, figure) in self.known() {
            let mut words = format!("{label} {}{}", figure.text, self.unit);
            if let Some(Some(earlier)) = self.previous.get(index) {
                words += &format!("，上期 {}{}", earlier.text, self.unit);
            }
            let at = (plot.x(index) - plot.step / 2.0, plot.top);
            pen.hint(&words, at, (plot.step, plot.bottom - plot.top));
        }
    }

    fn highest(&self) -> Option<(usize, &str, &Figure)> {
        self.known().reduce(|best, next| if next.2.value > best.2.value { next } else { best })
    }

    fn lowest(&self) -> Option<(usize, &str, &Figure)> {
        self.known().reduce(|best, next| if next.2.value < best.2.value { next } else { best })
    }

    fn is_flat(&self) -> bool {
        self.highest().map(|(_, _, figure)| figure.value) == self.lowest().map(|(_, _, figure)| figure.value)
    }

    fn sentence(&self) -> String {
        let Self { title, unit, .. } = self;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return format!("{title}：暂无数据");
        };
        let (Some(high), Some(low), Some(newest)) = (self.highest(), self.lowest(), self.known().last()) else {
            return format!("{title}：暂无数据");
        };
        let mut out = format!("{title}，{}至{}共{}个数据点", first.label, last.label, self.points.len());
        let unknown = self.points.len() - self.known().count();
        if unknown > 0 {
            out += &format!("，其中{unknown}个未知");
        }
        let one =
            |word: &str, (_, label, figure): (usize, &str, &Figure)| format!("{word}{label} {}{unit}", figure.text);
        if self.is_flat() {
            out += &format!("，{}", one("最新", newest));
        } else {
            out += &format!("，{}，{}，{}", one("最高", high), one("最低", low), one("最新", newest));
        }
        if self.previous().next().is_some() {
            out += "，虚线为上期";
        }
        out
    }
}

fn legend(pen: &mut Pen, sheet: &Sheet) {
    let (x, y) = (sheet.width - LEGEND, sheet.title - 3.0);
    pen.put(format_args!(
        "<path d=\"M{} {y}h16\" stroke=\"{BRAND}\" stroke-width=\"2.5\" stroke-linecap=\"round\"/>\
         <path d=\"M{} {y}h16\" stroke=\"{SUB}\" stroke-opacity=\".75\" stroke-width=\"1.6\" stroke-dasharray=\"4 4\" \
         stroke-linecap=\"round\"/>",
        N(x),
        N(x + 58.0),
        y = N(y)
    ));
    let look = Look::new(sheet.tick, SUB);
    pen.text("本期", (x + 22.0, y + sheet.tick * 0.36), look);
    pen.text("上期", (x + 80.0, y + sheet.tick * 0.36), look);
}

pub(super) fn dot(pen: &mut Pen, (x, y): Spot) {
    pen.put(format_args!(
        "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{CARD}\" stroke=\"{BRAND}\" stroke-width=\"2.5\"/>",
        N(x),
        N(y)
    ));
}

/// Words over a spot, in the page's ink turned round, so that they stand out in either theme.
fn pill(pen: &mut Pen, plot: &Plot<'_>, (x, y): Spot, words: &str) {
    let size = plot.sheet.tick;
    let words = &fit(words, size, plot.sheet.width - 16.0);
    let (w, h) = (width(words, size) + 16.0, size + 11.0);
    // The unit stands to the left of the plot: the pill stays clear of it unless it is too long.
    let left = (x - w / 2.0).max(plot.left).min(plot.sheet.width - w).max(0.0);
    let top = y - 10.0 - h;
    pen.put(format_args!(
        "<path d=\"M{} {}l5 5l5 -5Z\" fill=\"{INK}\"/>\
         <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"{INK}\"/>",
        N((x - 5.0).clamp(left + 6.0, (left + w - 16.0).max(left + 6.0))),
        N(top + h - 0.5),
        N(left),
        N(top),
        N(w),
        N(h)
    ));
    pen.text(words, (left + w / 2.0, top + h / 2.0 + size * 0.36), Look::new(size, CARD).middle());
}

/// Neighbours without a gap between them. What is not known is not bridged: a line there would be a guess.
pub(super) fn runs<T>(spots: impl Iterator<Item = (usize, T)>) -> Vec<Vec<T>> {
    let mut out: Vec<Vec<T>> = Vec::new();
    let mut next = None;
    for (index, spot) in spots {
        match out.last_mut() {
            Some(run) if next == Some(index) => run.push(spot),
            _ => out.push(vec![spot]),
        }
        next = Some(index + 1);
    }
    out
}

/// A cubic through all spots that is monotone between neighbours (Steffen's slopes): it makes no peak that was not measured.
fn curve(spots: &[Spot]) -> String {
    let slopes: Vec<f64> = spots.windows(2).map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0)).collect();
    let tangent = |i: usize| match (i.checked_sub(1).and_then(|before| slopes.get(before)), slopes.get(i)) {
        (Some(before), Some(after)) if before * after > 0.0 => {
            before.signum() * before.abs().min(after.abs()).min((before + after).abs() / 4.0) * 2.0
        }
        (Some(_), Some(_)) | (None, None) => 0.0,
        (Some(only), None) | (None, Some(only)) => *only,
    };
    let mut path = format!("M{} {}", N(spots[0].0), N(spots[0].1));
    for (i, pair) in spots.windows(2).enumerate() {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let third = (x1 - x0) / 3.0;
        let (from, to) = (y0 + tangent(i) * third, y1 - tangent(i + 1) * third);
        path += &format!("C{} {} {} {} {} {}", N(x0 + third), N(from), N(x1 - third), N(to), N(x1), N(y1));
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(path: &str) -> Vec<f64> {
        let words = path.split(|c: char| c.is_ascii_alphabetic() || c == ' ').filter(|word| !word.is_empty());
        words.map(|word| word.parse().expect("a coordinate")).collect()
    }

    proptest! {
        #[test]
        fn the_curve_invents_no_peak(heights in prop::collection::vec(0.0..300.0_f64, 2..40)) {
            let spots: Vec<Spot> = heights.iter().enumerate().map(|(i, y)| (i as f64 * 20.0, *y)).collect();
            let path = numbers(&curve(&spots));
            for (i, pair) in heights.windows(2).enumerate() {
                let (low, high) = (pair[0].min(pair[1]) - 0.11, pair[0].max(pair[1]) + 0.11);
                let controls = [path[2 + i * 6 + 1], path[2 + i * 6 + 3]];
                prop_assert!(controls.iter().all(|y| (low..=high).contains(y)), "{controls:?} outside {low}..{high}");
            }
        }
    }

    #[test]
    fn a_day_that_is_not_known_breaks_the_line() {
        let spots = [(0, (0.0, 1.0)), (1, (1.0, 1.0)), (3, (3.0, 1.0))];
        assert_eq!(runs(spots.into_iter()), [vec![(0.0, 1.0), (1.0, 1.0)], vec![(3.0, 1.0)]]);
    }
}
