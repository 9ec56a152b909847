//! Writes markup. The only place that puts words into a drawing, so that none gets there unescaped.

use std::fmt;

use super::text::Escaped;
use super::{Frame, Svg};

pub(super) const INK: &str = "currentColor";
pub(super) const SUB: &str = "var(--sub, currentColor)";
pub(super) const CARD: &str = "var(--card, Canvas)";
pub(super) const BRAND: &str = "var(--brand, light-dark(#c8400a, #ff8a4c))";
/// Red is up and green is down, as every Chinese merchant reads it.
pub(super) const UP: &str = "var(--up, light-dark(#cf1322, #ff7875))";
pub(super) const DOWN: &str = "var(--down, light-dark(#237804, #73d13d))";

/// A coordinate: one decimal is finer than a screen's pixel, and keeps a page small.
pub(super) struct N(pub(super) f64);

impl fmt::Display for N {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding zero turns -0 into 0: the same picture must be the same bytes.
        let rounded = (self.0 * 10.0).round() / 10.0 + 0.0;
        write!(f, "{rounded}")
    }
}

/// How words look.
#[derive(Clone, Copy)]
pub(super) struct Look {
    size: f64,
    fill: &'static str,
    anchor: &'static str,
    bold: &'static str,
}

impl Look {
    pub(super) fn new(size: f64, fill: &'static str) -> Self {
        Self { size, fill, anchor: "", bold: "" }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: " font-weight=\"600\"", ..self }
    }

    pub(super) fn middle(self) -> Self {
        Self { anchor: " text-anchor=\"middle\"", ..self }
    }

    pub(super) fn end(self) -> Self {
        Self { anchor: " text-anchor=\"end\"", ..self }
    }
}

/// A drawing in the making.
pub(super) struct Pen(String);

impl Pen {
    /// `kind` is the chart's class; `sentence` is what a listener hears instead of the picture.
    pub(super) fn open(kind: &str, sentence: &str, (width, height): (f64, f64)) -> Self {
        let mut pen = Self(String::with_capacity(8 * 1024));
        pen.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart {kind}\" viewBox=\"0 0 {} {}\" width=\"100%\" \
             font-variant=\"tabular-nums\" role=\"img\" aria-label=\"{}\">",
            N(width),
            N(height),
            Escaped(sentence)
        ));
        pen
    }

    pub(super) fn close(mut self) -> Svg {
        self.0.push_str("</svg>");
        Svg(self.0)
    }

    /// Markup of our own: shapes and numbers, never words from outside.
    pub(super) fn put(&mut self, markup: fmt::Arguments<'_>) {
        fmt::Write::write_fmt(&mut self.0, markup).expect("a String takes all that is written");
    }

    pub(super) fn text(&mut self, words: &str, (x, y): (f64, f64), look: Look) {
        let Look { size, fill, anchor, bold } = look;
        self.put(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{bold}{anchor} fill=\"{fill}\">{}</text>",
            N(x),
            N(y),
            N(size),
            Escaped(words)
        ));
    }

    /// An area that shows its words while the pointer rests on it.
    pub(super) fn hint(&mut self, words: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.put(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"transparent\"><title>{}</title></rect>",
            N(x),
            N(y),
            N(width),
            N(height),
            Escaped(words)
        ));
    }

    /// 暂无数据, with an empty tray over it, in the middle of an area.
    pub(super) fn nothing_yet(&mut self, (x, y): (f64, f64), size: f64) {
        self.put(format_args!(
            "<g transform=\"translate({} {})\" fill=\"none\" stroke=\"{INK}\" stroke-opacity=\".35\" stroke-width=\"1.5\" \
             stroke-linejoin=\"round\"><path d=\"M-26 0L-16 -20H16L26 0V18H-26Z\"/>\
             <path d=\"M-26 0H-10C-10 8 10 8 10 0H26\"/></g>",
            N(x),
            N(y - 18.0)
        ));
        self.text("暂无数据", (x, y + 24.0), Look::new(size, SUB).middle());
    }
}

/// Sizes that differ between the two frames, in user units.
pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) title: f64,
    pub(super) body: f64,
    pub(super) tick: f64,
}

impl From<Frame> for Sheet {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Wide => Self { width: 640.0, height: 320.0, title: 17.0, body: 13.0, tick: 12.0 },
            Frame::Compact => Self { width: 340.0, height: 270.0, title: 16.0, body: 12.5, tick: 11.5 },
        }
    }
}

impl Frame {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Wide => "chart-wide",
            Self::Compact => "chart-compact",
        }
    }
}
