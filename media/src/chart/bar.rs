//! Amounts side by side, or gains and losses around zero.

use serde::{Deserialize, Serialize};

use super::pen::{BRAND, DOWN, INK, Look, N, Pen, SUB, Sheet, UP};
use super::plot::{Plot, heading};
use super::scale::Scale;
use super::text::width;
use super::{Figure, Frame, Point, Svg};

/// Whether the values are changes or sizes. Red with ▲ on a plain amount would read as a rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarKind {
    /// Gains red with ▲, losses green with ▼.
    Change,
    /// Sizes, in the brand's colour.
    Amount,
}

/// Bars by day or name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarChart {
    /// What is drawn.
    pub title: String,
    /// Period, source, time of data.
    pub subtitle: String,
    /// From left to right. The figures of changes bring their own sign.
    pub points: Vec<Point>,
    /// 元, 人, 分: stands over the axis and after each figure.
    pub unit: String,
    /// What the values are.
    pub kind: BarKind,
}

/// How figures are set, by the room there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// ▼-12.50
    Inline,
    /// The arrow on a line of its own.
    Stacked,
    /// Two figures, arrows for the rest.
    Extremes,
}

impl BarChart {
    /// The chart for one frame.
    #[must_use]
    pub fn svg(&self, frame: Frame) -> Svg {
        let sheet = Sheet::from(frame);
        let mut pen = Pen::open(&format!("chart-bar {}", frame.class()), &self.sentence(), (sheet.width, sheet.height));
        heading(&mut pen, &sheet, (&self.title, &self.subtitle), 0.0);
        let scale = Scale::covering(self.known().map(|(_, _, figure)| figure.value));
        let mut plot = Plot::in_slots(sheet, &self.points, scale, &self.unit);
        if self.known().next().is_none() {
            pen.nothing_yet(plot.middle(), plot.sheet.body);
            return pen.close();
        }
        let style = self.style(&plot);
        if self.known().any(|(_, _, figure)| figure.value < 0.0) {
            // Figures of losses stand under their bars, over the labels.
            plot.bottom -= plot.sheet.tick * if style == Style::Stacked { 2.0 } else { 1.0 } + 4.0;
        }
        plot.grid(&mut pen, &self.unit);
        plot.labels(&mut pen);
        for (index, point) in self.points.iter().enumerate() {
            match point.known() {
                Some(figure) => self.bar(&mut pen, &plot, (index, figure)),
                None => {
                    let at = (plot.x(index), plot.y(0.0) - 5.0);
                    pen.text("未知", at, Look::new(plot.sheet.tick.min(plot.step / 2.2), SUB).middle());
                }
            }
        }
        self.figures(&mut pen, &plot, style);
        if frame == Frame::Wide {
            for (index, label, figure) in self.known() {
                let words = format!("{label} {}{}", figure.text, self.unit);
                let at = (plot.x(index) - plot.step / 2.0, plot.top);
                pen.hint(&words, at, (plot.step, plot.bottom - plot.top));
            }
        }
        pen.close()
    }

    /// Both frames; the page's style sheet shows the one that fits.
    #[must_use]
    pub fn responsive(&self) -> Svg {
        Svg::pair(&self.svg(Frame::Wide), &self.svg(Frame::Compact))
    }

    fn known(&self) -> impl Iterator<Item = (usize, &str, &Figure)> {
        let points = self.points.iter().enumerate();
        points.filter_map(|(i, point)| point.known().map(|figure| (i, point.label.as_str(), figure)))
    }

    fn bar(&self, pen: &mut Pen, plot: &Plot<'_>, (index, figure): (usize, &Figure)) {
        let (x, zero, end) = (plot.x(index), plot.y(0.0), plot.y(figure.value));
        let wide = (plot.step * 0.58).clamp(1.0, 34.0);
        let (colour, class) = self.colour(figure.value);
        if figure.value == 0.0 {
            // A known zero leaves a mark, so that it is not taken for a gap.
            pen.put(format_args!(
                "<path d=\"M{} {}h{}\" stroke=\"{INK}\" stroke-opacity=\".5\" stroke-width=\"2\"/>",
                N(x - wide / 2.0),
                N(zero),
                N(wide)
            ));
            return;
        }
        // The smallest bar is still to be seen; only the end away from zero is round.
        let height = (end - zero).abs().max(1.5);
        let away = if figure.value < 0.0 { 1.0 } else { -1.0 };
        let round = 4.0_f64.min(wide / 2.0).min(height);
        pen.put(format_args!(
            "<path class=\"{class}\" d=\"M{left} {zero}V{shoulder}Q{left} {end} {inner_left} {end}H{inner_right}\
             Q{right} {end} {right} {shoulder}V{zero}Z\" fill-opacity=\".88\" fill=\"{colour}\"/>",
            left = N(x - wide / 2.0),
            right = N(x + wide / 2.0),
            inner_left = N(x - wide / 2.0 + round),
            inner_right = N(x + wide / 2.0 - round),
            zero = N(zero),
            end = N(zero + away * height),
            shoulder = N(zero + away * (height - round)),
        ));
    }

    fn style(&self, plot: &Plot<'_>) -> Style {
        let size = plot.sheet.tick;
        let widest = |words: fn(&Self, &Figure) -> String| {
            self.known().map(|(_, _, figure)| width(&words(self, figure), size)).fold(0.0, f64::max) + 3.0
        };
        if widest(Self::label) <= plot.step {
            Style::Inline
        } else if widest(|_, figure| figure.text.clone()) <= plot.step {
            Style::Stacked
        } else {
            Style::Extremes
        }
    }

    /// The figure at the end of each bar, or, where there is no room, of the two extremes with an arrow at the others.
    fn figures(&self, pen: &mut Pen, plot: &Plot<'_>, style: Style) {
        let extremes = self.extremes();
        for (index, _, figure) in self.known() {
            let mark = if self.kind == BarKind::Change { arrow(figure.value) } else { None };
            match (style, mark) {
                (Style::Stacked, Some(mark)) => {
                    self.beside(pen, plot, (index, figure, 0.0), &figure.text);
                    self.beside(pen, plot, (index, figure, 1.0), mark);
                }
                (Style::Extremes, _) if !extremes.contains(&Some(index)) => {
                    let free = plot.step >= plot.sheet.tick && !self.crowded(plot, (index, figure));
                    if let Some(mark) = mark.filter(|_| free) {
                        self.beside(pen, plot, (index, figure, 0.0), mark);
                    }
                }
                _ => self.beside(pen, plot, (index, figure, 0.0), &self.label(figure)),
            }
        }
    }

    /// Whether an arrow here would run into the figure of an extreme.
    fn crowded(&self, plot: &Plot<'_>, (index, figure): (usize, &Figure)) -> bool {
        let size = plot.sheet.tick;
        self.extremes().into_iter().flatten().any(|extreme| {
            let Some(other) = self.points[extreme].known() else {
                return false;
            };
            let reach = (width(&self.label(other), size) + size) / 2.0;
            let across = (plot.x(extreme) - plot.x(index)).abs();
            let same_side = (other.value < 0.0) == (figure.value < 0.0);
            let up_and_down = (plot.y(other.value) - plot.y(figure.value)).abs();
            same_side && across < reach && up_and_down < size * 1.3
        })
    }

    /// Words at the outer end of a bar, `line` lines away from it.
    fn beside(&self, pen: &mut Pen, plot: &Plot<'_>, (index, figure, line): (usize, &Figure, f64), words: &str) {
        let size = plot.sheet.tick;
        let away = line * (size + 1.0);
        let offset = if figure.value < 0.0 { size + 3.0 + away } else { -6.0 - away };
        let half = width(words, size) / 2.0;
        let x = plot.x(index).clamp(half, (plot.sheet.width - half).max(half));
        let look = Look::new(size, self.ink(figure.value)).middle().bold();
        pen.text(words, (x, plot.y(figure.value) + offset), look);
    }

    fn extremes(&self) -> [Option<usize>; 2] {
        let values = || self.known().map(|(index, _, figure)| (index, figure.value));
        let top = values().reduce(|best, next| if next.1 > best.1 { next } else { best });
        let bottom = values().reduce(|best, next| if next.1 < best.1 { next } else { best });
        let (top, bottom) = (top.filter(|(_, value)| *value > 0.0), bottom.filter(|(_, value)| *value < 0.0));
        [top.map(|(index, _)| index), bottom.map(|(index, _)| index)]
    }

    fn label(&self, figure: &Figure) -> String {
        match (self.kind, arrow(figure.value)) {
            (BarKind::Change, Some(arrow)) => format!("{arrow}{}", figure.text),
            _ => figure.text.clone(),
        }
    }

    fn colour(&self, value: f64) -> (&'static str, &'static str) {
        match self.kind {
            BarKind::Amount => (BRAND, "chart-amount"),
            BarKind::Change if value < 0.0 => (DOWN, "chart-down"),
            BarKind::Change => (UP, "chart-up"),
        }
    }

    fn ink(&self, value: f64) -> &'static str {
        if value == 0.0 || self.kind == BarKind::Amount { INK } else { self.colour(value).0 }
    }

    fn sentence(&self) -> String {
        let Self { title, unit, points, .. } = self;
        let count = self.known().count();
        if count == 0 {
            return format!("{title}：暂无数据");
        }
        let mut out = format!("{title}，共{}项", points.len());
        if count < points.len() {
            out += &format!("，其中{}项未知", points.len() - count);
        }
        if self.kind == BarKind::Change {
            let ups = self.known().filter(|(_, _, figure)| figure.value > 0.0).count();
            let downs = self.known().filter(|(_, _, figure)| figure.value < 0.0).count();
            out += &format!("，{ups}项上升，{downs}项下降");
        }
        let words = match self.kind {
            BarKind::Change => ["上升最多", "下降最多"],
            BarKind::Amount => ["最高", "最低"],
        };
        for (word, index) in words.into_iter().zip(self.extremes()) {
            let found = index.and_then(|i| self.points.get(i)).and_then(|p| p.known().map(|figure| (p, figure)));
            if let Some((point, figure)) = found {
                out += &format!("，{word}：{} {}{unit}", point.label, figure.text);
            }
        }
        out
    }
}

fn arrow(value: f64) -> Option<&'static str> {
    match value {
        v if v > 0.0 => Some("▲"),
        v if v < 0.0 => Some("▼"),
        _ => None,
    }
}
