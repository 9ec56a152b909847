//! What line, bar and fan charts share: heading, unit, grid and the labels under it.

use super::Point;
use super::pen::{INK, Look, N, Pen, SUB, Sheet};
use super::scale::Scale;
use super::text::{fit, width};

/// Room for a label above the topmost value.
const HEAD: f64 = 34.0;
/// Between two labels on one line.
const GAP: f64 = 12.0;
/// The widest unit beside the axis.
const UNIT: f64 = 60.0;
/// So many points are told apart by name, not by their place in a row of days.
const HANDFUL: usize = 6;

/// Where values and points lie on the sheet, in user units.
pub(super) struct Plot<'a> {
    pub(super) sheet: Sheet,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// From one point to the next.
    pub(super) step: f64,
    first: f64,
    scale: Scale,
    points: &'a [Point],
}

impl<'a> Plot<'a> {
    /// Points from edge to edge, as on a line.
    pub(super) fn edge_to_edge(sheet: Sheet, points: &'a [Point], scale: Scale, unit: &str) -> Self {
        let mut plot = Self::framed(sheet, points, scale, unit);
        let room = plot.right - plot.left;
        match points.len() {
            0 | 1 => plot.first = plot.left + room / 2.0,
            count => plot.step = room / (count - 1) as f64,
        }
        plot
    }

    /// Each point in a slot of its own, as bars are.
    pub(super) fn in_slots(sheet: Sheet, points: &'a [Point], scale: Scale, unit: &str) -> Self {
        let mut plot = Self::framed(sheet, points, scale, unit);
        plot.step = (plot.right - plot.left) / points.len().max(1) as f64;
        plot.first = plot.left + plot.step / 2.0;
        plot
    }

    fn framed(sheet: Sheet, points: &'a [Point], scale: Scale, unit: &str) -> Self {
        let size = sheet.tick;
        let ticks = scale.ticks.iter().map(|tick| width(&tick.text, size)).fold(width(unit, size).min(UNIT), f64::max);
        let last = points.last().map_or(0.0, |point| width(&point.label, size) / 2.0);
        let (left, right) = (ticks + 8.0, sheet.width - last.clamp(8.0, 40.0));
        let (top, bottom) = (heading_height(&sheet) + HEAD, sheet.height - size - 14.0);
        Self { sheet, left, right, top, bottom, step: right - left, first: left, scale, points }
    }

    pub(super) fn x(&self, index: usize) -> f64 {
        self.first + self.step * index as f64
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.scale.share(value)
    }

    /// The same with room to the right of it, taken from the plot.
    pub(super) fn beside(mut self, room: f64) -> Self {
        let right = self.right.min(self.sheet.width - room).max(self.left + 1.0);
        self.step *= (right - self.left) / (self.right - self.left);
        self.first = self.left + (self.first - self.left) * (right - self.left) / (self.right - self.left);
        self.right = right;
        self
    }

    pub(super) fn grid(&self, pen: &mut Pen, unit: &str) {
        let look = Look::new(self.sheet.tick, SUB).end();
        for tick in &self.scale.ticks {
            let y = self.y(tick.value);
            let strength = if tick.value == 0.0 { ".28" } else { ".1" };
            pen.put(format_args!(
                "<path d=\"M{} {}H{}\" stroke=\"{INK}\" stroke-opacity=\"{strength}\"/>",
                N(self.left),
                N(y),
                N(self.right)
            ));
            pen.text(&tick.text, (self.left - 8.0, y + self.sheet.tick * 0.36), look);
        }
        let unit_at = (self.left - 8.0, self.top - self.sheet.tick * 1.2);
        pen.text(&fit(unit, self.sheet.tick, UNIT), unit_at, look);
    }

    /// As many labels as fit side by side, counted back from the last: the newest day is always named. A handful of names is
    /// rather cut than left out.
    pub(super) fn labels(&self, pen: &mut Pen) {
        let size = self.sheet.tick;
        let widest = self.points.iter().map(|point| width(&point.label, size)).fold(0.0, f64::max);
        let few = self.points.len() <= HANDFUL;
        let room = if few { self.step - 4.0 } else { (self.right - self.left) / 4.0 };
        let slot = widest.min(room);
        let every = if few { 1 } else { ((slot + GAP) / self.step.max(0.01)).ceil().max(1.0) as usize };
        let look = Look::new(size, SUB).middle();
        for (index, point) in self.points.iter().enumerate().rev().step_by(every) {
            // Half a unit of slack: a label exactly as wide as its slot is not cut.
            let words = fit(&point.label, size, slot + 0.5);
            let half = width(&words, size) / 2.0;
            let x = self.x(index).clamp(half, (self.sheet.width - half).max(half));
            pen.text(&words, (x, self.sheet.height - 6.0), look);
        }
    }

    pub(super) fn middle(&self) -> (f64, f64) {
        (self.sheet.width / 2.0, (self.top + self.bottom) / 2.0)
    }
}

/// Title and subtitle; `reserved` is what stands to the right of the title.
pub(super) fn heading(pen: &mut Pen, sheet: &Sheet, (title, subtitle): (&str, &str), reserved: f64) {
    let title_room = sheet.width - reserved;
    pen.text(&fit(title, sheet.title, title_room), (0.0, sheet.title + 2.0), Look::new(sheet.title, INK).bold());
    let below = (0.0, sheet.title + 10.0 + sheet.body);
    pen.text(&fit(subtitle, sheet.body, sheet.width), below, Look::new(sheet.body, SUB));
}

pub(super) fn heading_height(sheet: &Sheet) -> f64 {
    sheet.title + sheet.body + 16.0
}
