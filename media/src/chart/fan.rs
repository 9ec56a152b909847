//! Where a value goes from here: what is certain as a line, what is usual as a median with bands around it.
//!
//! The two are never mixed: no band lies around the certain line, and nothing is drawn between the two.

use serde::{Deserialize, Serialize};

use super::gutter::{Gutter, Note};
use super::legend::{Legend, Mark};
use super::line::{Spot, dot, runs};
use super::pen::{BRAND, INK, N, Pen, SUB, Sheet};
use super::plot::{Plot, heading, heading_height};
use super::scale::Scale;
use super::{Figure, Frame, Level, Point, Svg};

const OUTER: &str = ".2";
const INNER: &str = ".34";
/// A threshold so near to the lines, as a share of their spread, is drawn with them; one farther away would flatten them.
const NEAR: f64 = 0.4;

/// What a day may be like: five quantiles in rising order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say which share of the outcomes lies below")]
pub struct Band {
    pub p10: Figure,
    pub p25: Figure,
    pub p50: Figure,
    pub p75: Figure,
    pub p90: Figure,
}

/// A value today and on the days ahead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FanChart {
    /// What is drawn.
    pub title: String,
    /// Period, source, time of data.
    pub subtitle: String,
    /// The last known day; both lines begin there.
    pub today: Point,
    /// 零新增: the days ahead if nothing new happens.
    pub certain: Vec<Point>,
    /// 照常经营: the same days if business goes on as before; as long as `certain`, or empty where there is no estimate.
    #[serde(default)]
    pub usual: Vec<Option<Band>>,
    /// Lines to reach. Those far from the values are only named at the edge.
    #[serde(default)]
    pub thresholds: Vec<Level>,
    /// 分: stands over the axis.
    pub unit: String,
}

impl Band {
    fn all(&self) -> [&Figure; 5] {
        [&self.p10, &self.p25, &self.p50, &self.p75, &self.p90]
    }

    fn values(&self) -> [f64; 5] {
        self.all().map(|figure| figure.value)
    }
}

impl FanChart {
    /// The chart for one frame.
    #[must_use]
    pub fn svg(&self, frame: Frame) -> Svg {
        let mut sheet = Sheet::from(frame);
        let legend = Legend::new(&sheet, self.entries());
        // The legend's lines are added: the plot is as high with two of them as with one.
        sheet.height += legend.height() + 4.0;
        let mut pen = Pen::open(&format!("chart-fan {}", frame.class()), &self.sentence(), (sheet.width, sheet.height));
        heading(&mut pen, &sheet, (&self.title, &self.subtitle), 0.0);
        if self.is_empty() {
            pen.nothing_yet((sheet.width / 2.0, sheet.height / 2.0), sheet.body);
            return pen.close();
        }
        let top = heading_height(&sheet);
        legend.draw(&mut pen, top);
        let scale = Scale::around(self.drawn().into_iter());
        let ends = scale.ends();
        let gutter = Gutter::new(self.notes(ends, frame), sheet.tick, sheet.width * 0.3);
        let days = self.days();
        let (plot_top, size) = (top + legend.height() + sheet.tick * 1.2 + 16.0, sheet.tick);
        let mut plot = Plot::edge_to_edge(sheet, &days, scale, &self.unit).beside(gutter.width());
        plot.top = plot_top.min(plot.bottom - size);
        plot.grid(&mut pen, &self.unit);
        plot.labels(&mut pen);
        self.bands(&mut pen, &plot);
        self.levels(&mut pen, &plot, ends);
        self.lines(&mut pen, &plot);
        gutter.draw(&mut pen, &plot);
        if frame == Frame::Wide {
            self.hints(&mut pen, &plot);
        }
        pen.close()
    }

    /// Both frames; the page's style sheet shows the one that fits.
    #[must_use]
    pub fn responsive(&self) -> Svg {
        Svg::pair(&self.svg(Frame::Wide), &self.svg(Frame::Compact))
    }

    fn is_empty(&self) -> bool {
        self.certain().next().is_none() && self.usual().next().is_none()
    }

    /// Today and the days ahead: what stands under the axis.
    fn days(&self) -> Vec<Point> {
        std::iter::once(&self.today).chain(&self.certain).cloned().collect()
    }

    /// The known days ahead, counted from today.
    fn certain(&self) -> impl DoubleEndedIterator<Item = (usize, &str, &Figure)> {
        let days = self.certain.iter().enumerate();
        days.filter_map(|(i, point)| point.known().map(|figure| (i + 1, point.label.as_str(), figure)))
    }

    /// The days ahead with an estimate, counted from today.
    fn usual(&self) -> impl DoubleEndedIterator<Item = (usize, &Band)> {
        let days = self.usual.iter().take(self.certain.len()).enumerate();
        let known = |band: &&Band| band.values().iter().all(|value| value.is_finite());
        days.filter_map(move |(i, band)| band.as_ref().filter(known).map(|band| (i + 1, band)))
    }

    fn thresholds(&self) -> impl Iterator<Item = &Level> {
        self.thresholds.iter().filter(|level| level.threshold.value.is_finite())
    }

    /// All values that the axis must hold: those of the lines, and thresholds near them.
    fn drawn(&self) -> Vec<f64> {
        let lines = self.certain().map(|(_, _, figure)| figure.value);
        let mut values: Vec<f64> = lines.chain(self.usual().flat_map(|(_, band)| band.values())).collect();
        values.extend(self.today.known().map(|figure| figure.value));
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let reach = ((highest - lowest) * NEAR).max(highest.abs() * 0.02);
        let near = |value: &f64| (lowest - reach..=highest + reach).contains(value);
        values.extend(self.thresholds().map(|level| level.threshold.value).filter(near));
        values
    }

    fn entries(&self) -> Vec<Vec<(Mark, String)>> {
        let now = self.today.known().map(|now| vec![(Mark::Ring, format!("当前 {}{}", now.text, self.unit))]);
        let usual = if self.usual().next().is_some() {
            vec![
                (Mark::Brand, "照常经营（中位）".into()),
                (Mark::Area(INNER), "25–75%".into()),
                (Mark::Area(OUTER), "10–90%".into()),
            ]
        } else {
            vec![(Mark::Nothing, "照常经营：暂无估算".into())]
        };
        now.into_iter().chain([vec![(Mark::Plain, "零新增（确定）".into())], usual]).collect()
    }

    /// What stands beside the plot: the ends of the two lines, the thresholds on it, and the next one beyond each edge.
    fn notes(&self, (low, high): (f64, f64), frame: Frame) -> Vec<Note> {
        let end = |name: &str, figure: &Figure, colour| Note {
            value: figure.value,
            // On a phone the colour of line and figure must do; the legend names it.
            name: if frame == Frame::Wide { name.into() } else { String::new() },
            figure: figure.text.clone(),
            colour,
            led: true,
        };
        let mut notes = Vec::new();
        notes.extend(self.certain().next_back().map(|(_, _, figure)| end("零新增", figure, INK)));
        notes.extend(self.usual().next_back().map(|(_, band)| end("中位", &band.p50, BRAND)));
        let level = |sign: &str, level: &Level| Note {
            value: level.threshold.value,
            name: format!("{sign}{}", level.name),
            figure: level.threshold.text.clone(),
            colour: SUB,
            led: sign.is_empty(),
        };
        let at = |level: &&Level| level.threshold.value;
        let above = self.thresholds().filter(|level| at(level) > high).min_by(|a, b| at(a).total_cmp(&at(b)));
        let below = self.thresholds().filter(|level| at(level) < low).max_by(|a, b| at(a).total_cmp(&at(b)));
        notes.extend(self.thresholds().filter(|one| (low..=high).contains(&at(one))).map(|one| level("", one)));
        notes.extend(above.map(|one| level("↑", one)));
        notes.extend(below.map(|one| level("↓", one)));
        notes
    }

    fn bands(&self, pen: &mut Pen, plot: &Plot<'_>) {
        let now = self.today.known().map(|figure| (0, [figure.value; 5]));
        let days: Vec<(usize, [f64; 5])> =
            now.into_iter().chain(self.usual().map(|(i, band)| (i, band.values()))).collect();
        for (class, strength, (low, high)) in [("chart-outer", OUTER, (0, 4)), ("chart-inner", INNER, (1, 3))] {
            let places = days.iter().map(|(i, values)| (*i, (plot.x(*i), plot.y(values[low]), plot.y(values[high]))));
            for run in runs(places).iter().filter(|run| run.len() > 1) {
                let upper: Vec<Spot> = run.iter().map(|(x, _, high)| (*x, *high)).collect();
                let lower: Vec<Spot> = run.iter().rev().map(|(x, low, _)| (*x, *low)).collect();
                pen.put(format_args!(
                    "<path class=\"{class}\" d=\"{}{}Z\" fill=\"{BRAND}\" fill-opacity=\"{strength}\"/>",
                    straight(&upper),
                    straight(&lower).replacen('M', "L", 1)
                ));
            }
        }
    }

    fn levels(&self, pen: &mut Pen, plot: &Plot<'_>, (low, high): (f64, f64)) {
        for level in self.thresholds().filter(|level| (low..=high).contains(&level.threshold.value)) {
            pen.put(format_args!(
                "<path class=\"chart-threshold\" d=\"M{} {}H{}\" stroke=\"{SUB}\" stroke-dasharray=\"6 4\"/>",
                N(plot.left),
                N(plot.y(level.threshold.value)),
                N(plot.right)
            ));
        }
    }

    fn lines(&self, pen: &mut Pen, plot: &Plot<'_>) {
        let now = || self.today.known().map(|figure| (0, figure.value)).into_iter();
        let median: Vec<_> = now().chain(self.usual().map(|(i, band)| (i, band.p50.value))).collect();
        let certain: Vec<_> = now().chain(self.certain().map(|(i, _, figure)| (i, figure.value))).collect();
        for (class, days, colour, thick) in
            [("chart-median", median, BRAND, "2.5"), ("chart-certain", certain, INK, "2")]
        {
            let spots = days.into_iter().map(|(i, value)| (i, (plot.x(i), plot.y(value))));
            for run in runs(spots) {
                if let [(x, y)] = run[..] {
                    // A day alone makes no line, and must not vanish.
                    pen.put(format_args!("<circle cx=\"{}\" cy=\"{}\" r=\"2.5\" fill=\"{colour}\"/>", N(x), N(y)));
                    continue;
                }
                pen.put(format_args!(
                    "<path class=\"{class}\" d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{thick}\" \
                     stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
                    straight(&run)
                ));
            }
        }
        if let Some(figure) = self.today.known() {
            dot(pen, (plot.x(0), plot.y(figure.value)));
        }
    }

    fn hints(&self, pen: &mut Pen, plot: &Plot<'_>) {
        let unit = &self.unit;
        for (index, point) in self.certain.iter().enumerate() {
            let mut words = point.label.clone();
            if let Some(figure) = point.known() {
                words += &format!("：零新增 {}{unit}", figure.text);
            }
            if let Some((_, band)) = self.usual().find(|(i, _)| *i == index + 1) {
                words += &format!("；照常经营 {}", spoken(band, unit));
            }
            let at = (plot.x(index + 1) - plot.step / 2.0, plot.top);
            pen.hint(&words, at, (plot.step, plot.bottom - plot.top));
        }
    }

    fn sentence(&self) -> String {
        let Self { title, unit, .. } = self;
        if self.is_empty() {
            return format!("{title}：暂无数据");
        }
        let mut out = title.clone();
        if let Some(now) = self.today.known() {
            out += &format!("，{}为{}{unit}", self.today.label, now.text);
        }
        if let Some((_, label, figure)) = self.certain().next_back() {
            out += &format!("。零新增（确定）：到{label}为{}{unit}", figure.text);
        }
        match self.usual().next_back() {
            Some((i, band)) => {
                out += &format!("。照常经营：到{}{}", self.certain[i - 1].label, spoken(band, unit));
            }
            None => out += "。照常经营：暂无估算",
        }
        for level in self.thresholds() {
            out += &format!("，{}需{}{unit}", level.name, level.threshold.text);
        }
        out
    }
}

fn spoken(band: &Band, unit: &str) -> String {
    let Band { p10, p25, p50, p75, p90 } = band;
    format!("中位{}{unit}（25–75%：{}至{}，10–90%：{}至{}）", p50.text, p25.text, p75.text, p10.text, p90.text)
}

/// Straight from day to day: a curve would suggest values between two days, and there are none.
fn straight(spots: &[Spot]) -> String {
    let mut path = String::new();
    for (i, (x, y)) in spots.iter().enumerate() {
        path += &format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, N(*x), N(*y));
    }
    path
}
