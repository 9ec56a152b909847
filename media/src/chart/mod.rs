//! Charts as inline SVG in the page's own colours.
//!
//! Every figure in print is the caller's text; the `f64` beside it only decides where ink goes, so a rounding error can move a
//! dot by a hair and never change a number. Only the axis has figures made here, and those are exact. No style attributes and
//! no `<style>`: a strict content security policy forbids both. Colours are `currentColor`, the page's variables (`--brand`,
//! `--sub`, `--card`, `--up`, `--down`) or, without those, system colours of the scheme in force.

mod bar;
mod fan;
mod gauge;
mod gutter;
mod legend;
mod line;
mod pen;
mod plot;
mod scale;
mod text;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use bar::{BarChart, BarKind};
pub use fan::{Band, FanChart};
pub use gauge::{Gauge, Level};
pub use line::LineChart;

/// Rules for the page's own style sheet: charts fill their column, and of a pair made by `responsive` one is shown. Without
/// them the wide one is shown everywhere.
pub const STYLESHEET: &str = "\
svg.chart{display:block;width:100%;height:auto;font-variant-numeric:tabular-nums}
svg.chart.chart-if-narrow{display:none}
@media screen and (max-width:760px){svg.chart.chart-if-wide{display:none}svg.chart.chart-if-narrow{display:block}}
";

/// A number for the eye and its text for the reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Where to draw it. A value that is not finite counts as not known.
    pub value: f64,
    /// What to print, exactly: sign and separators as wanted, no unit.
    pub text: String,
}

impl Figure {
    /// A figure.
    #[must_use]
    pub fn new(value: f64, text: impl Into<String>) -> Self {
        Self { value, text: text.into() }
    }
}

/// One place on the axis. What is not known is a gap, never a zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The day or name under it.
    pub label: String,
    /// Its figure, if known.
    pub figure: Option<Figure>,
}

impl Point {
    /// A point whose figure is known.
    #[must_use]
    pub fn new(label: impl Into<String>, value: f64, text: impl Into<String>) -> Self {
        Self { label: label.into(), figure: Some(Figure::new(value, text)) }
    }

    /// A point whose figure is not known.
    #[must_use]
    pub fn unknown(label: impl Into<String>) -> Self {
        Self { label: label.into(), figure: None }
    }

    fn known(&self) -> Option<&Figure> {
        self.figure.as_ref().filter(|figure| figure.value.is_finite())
    }
}

/// The room that a chart is drawn for. Text grows and shrinks with an SVG, so one drawing cannot be read in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// A column of about 500 to 900 px.
    Wide,
    /// A phone, or a narrow card of about 300 to 450 px.
    Compact,
}

/// A finished drawing. Only this crate makes one, with every text in it escaped, so a page may embed it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Svg(String);

impl Svg {
    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, for keeps.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Two drawings of one chart, of which the page shows the one that fits (see [`STYLESHEET`]). The narrow one is hidden by
    /// an attribute, which any style rule overrides: a page without the rules shows one chart, not two.
    fn pair(wide: &Self, compact: &Self) -> Self {
        let wide = wide.0.replacen("class=\"chart ", "class=\"chart chart-if-wide ", 1);
        let compact = compact.0.replacen("class=\"chart ", "display=\"none\" class=\"chart chart-if-narrow ", 1);
        Self(wide + &compact)
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
