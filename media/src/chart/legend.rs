//! Which mark means what: entries side by side, on as many lines as they need.

use super::line::dot;
use super::pen::{BRAND, INK, Look, N, Pen, SUB, Sheet};
use super::text::width;

/// From a mark to its words.
const MARK: f64 = 22.0;
/// Between two entries.
const GAP: f64 = 14.0;
/// From one line to the next.
const LINE: f64 = 18.0;

/// What stands before the words.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// A ring, as around today's value.
    Ring,
    /// A thin line in the page's ink.
    Plain,
    /// A line in the brand's colour.
    Brand,
    /// An area of the brand's colour, so strong.
    Area(&'static str),
    /// Words alone.
    Nothing,
}

/// Entries with the places that they have on the sheet.
pub(super) struct Legend {
    /// Left edge and line of each.
    entries: Vec<(Mark, String, (f64, usize))>,
    size: f64,
}

impl Legend {
    /// Groups of entries from left to right. A group that does not fit begins a new line; so does an entry, within a group that
    /// no line has room for.
    pub(super) fn new(sheet: &Sheet, groups: Vec<Vec<(Mark, String)>>) -> Self {
        let (size, mut x, mut line) = (sheet.tick, 0.0, 0);
        let wide = |(mark, words): &(Mark, String)| mark.room() + width(words, size);
        let mut entries = Vec::new();
        for group in groups {
            let whole = group.iter().map(wide).sum::<f64>() + GAP * group.len().saturating_sub(1) as f64;
            for (place, entry) in group.into_iter().enumerate() {
                let room = if place == 0 { whole.min(sheet.width) } else { wide(&entry) };
                if x > 0.0 && x + room > sheet.width {
                    (x, line) = (0.0, line + 1);
                }
                let at = (x, line);
                x += wide(&entry) + GAP;
                entries.push((entry.0, entry.1, at));
            }
        }
        Self { entries, size }
    }

    /// How much room it takes.
    pub(super) fn height(&self) -> f64 {
        self.entries.last().map_or(0.0, |(_, _, (_, line))| (line + 1) as f64 * LINE)
    }

    /// Draws it below `top`.
    pub(super) fn draw(&self, pen: &mut Pen, top: f64) {
        for (mark, words, (x, line)) in &self.entries {
            let middle = top + LINE * (*line as f64 + 0.5);
            mark.draw(pen, (*x, middle));
            pen.text(words, (x + mark.room(), middle + self.size * 0.36), Look::new(self.size, SUB));
        }
    }
}

impl Mark {
    fn room(self) -> f64 {
        match self {
            Self::Ring => 14.0,
            Self::Nothing => 0.0,
            Self::Plain | Self::Brand | Self::Area(_) => MARK,
        }
    }

    fn draw(self, pen: &mut Pen, (x, y): (f64, f64)) {
        let mut line = |colour: &str, thick: &str| {
            pen.put(format_args!(
                "<path d=\"M{} {}h14\" stroke=\"{colour}\" stroke-width=\"{thick}\" stroke-linecap=\"round\"/>",
                N(x + 1.0),
                N(y)
            ));
        };
        match self {
            Self::Ring => dot(pen, (x + 5.0, y)),
            Self::Plain => line(INK, "2"),
            Self::Brand => line(BRAND, "2.5"),
            Self::Area(strength) => pen.put(format_args!(
                "<rect x=\"{}\" y=\"{}\" width=\"16\" height=\"10\" rx=\"2\" fill=\"{BRAND}\" fill-opacity=\"{strength}\"/>",
                N(x),
                N(y - 5.0)
            )),
            Self::Nothing => {}
        }
    }
}
