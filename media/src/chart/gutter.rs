//! Words to the right of a plot, each beside the line it names and none over another.

use super::pen::{Look, N, Pen, SUB};
use super::plot::Plot;
use super::text::{fit, width};

/// From the plot to the words; a leader bridges it.
const LEAD: f64 = 9.0;
/// Between two lines of words.
const LINE: f64 = 3.0;

/// Words beside one height of the plot.
pub(super) struct Note {
    /// The value of what it names; one beyond the axis stands at its end.
    pub(super) value: f64,
    /// Its name, cut where there is no room.
    pub(super) name: String,
    /// Its figure, never cut.
    pub(super) figure: String,
    /// The line's and the words' colour.
    pub(super) colour: &'static str,
    /// Whether something ends at this height, to which a leader is drawn.
    pub(super) led: bool,
}

/// Notes with the size at which all of them fit.
pub(super) struct Gutter {
    notes: Vec<Note>,
    size: f64,
    room: f64,
}

impl Gutter {
    /// A gutter at most `widest` wide; the most important notes come first, for a low plot has no room for all.
    pub(super) fn new(notes: Vec<Note>, size: f64, widest: f64) -> Self {
        let most = widest - LEAD;
        let figures = notes.iter().map(|note| width(&note.figure, size)).fold(0.0, f64::max);
        // A figure is made smaller rather than cut.
        let size = if figures > most { (size * most / figures).max(4.0) } else { size };
        let words = notes.iter().map(|note| width(&note.words(most, size), size)).fold(0.0, f64::max);
        Self { notes, size, room: words.min(most) }
    }

    /// The room to the right of the plot that it needs.
    pub(super) fn width(&self) -> f64 {
        if self.notes.is_empty() { 0.0 } else { self.room + LEAD }
    }

    /// Draws the notes, and leaders from the plot's edge to those that belong to a line.
    pub(super) fn draw(mut self, pen: &mut Pen, plot: &Plot<'_>) {
        let line = self.size + LINE;
        self.notes.truncate(((plot.bottom - plot.top) / line).floor().max(0.0) as usize + 1);
        self.notes.sort_by(|a, b| b.value.total_cmp(&a.value));
        let heights: Vec<f64> = self.notes.iter().map(|note| plot.y(note.value)).collect();
        let placed = spread(&heights, line, (plot.top, plot.bottom));
        for ((note, at), height) in self.notes.iter().zip(placed).zip(heights) {
            if note.led {
                pen.put(format_args!(
                    "<path d=\"M{} {}L{} {}\" fill=\"none\" stroke=\"{}\" stroke-opacity=\".55\"/>",
                    N(plot.right),
                    N(height),
                    N(plot.right + LEAD - 3.0),
                    N(at),
                    note.colour
                ));
            }
            let look = Look::new(self.size, note.colour);
            let look = if note.colour == SUB { look } else { look.bold() };
            let words = note.words(self.room.max(1.0) + 0.5, self.size);
            pen.text(&words, (plot.right + LEAD, at + self.size * 0.36), look);
        }
    }
}

impl Note {
    fn words(&self, room: f64, size: f64) -> String {
        let left = room - width(&self.figure, size) - width(" ", size);
        if self.name.is_empty() || left < size {
            return self.figure.clone();
        }
        format!("{} {}", fit(&self.name, size, left), self.figure)
    }
}

/// Heights in rising order, moved as little as keeps them `line` apart between the ends. There must be room for them all.
fn spread(heights: &[f64], line: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    // Once pushed down and once pushed up: halfway between the two, a cluster stands around its own middle.
    let (mut down, mut up) = (heights.to_vec(), heights.to_vec());
    push_down(&mut down, line, top);
    push_up(&mut down, line, bottom);
    push_up(&mut up, line, bottom);
    push_down(&mut up, line, top);
    down.iter().zip(&up).map(|(a, b)| (a + b) / 2.0).collect()
}

fn push_down(heights: &mut [f64], line: f64, top: f64) {
    let mut least = top;
    for height in heights {
        *height = height.max(least);
        least = *height + line;
    }
}

fn push_up(heights: &mut [f64], line: f64, bottom: f64) {
    let mut most = bottom;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - line;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_that_would_touch_stand_around_the_middle_of_what_they_name() {
        assert_eq!(spread(&[50.0, 52.0], 14.0, (0.0, 100.0)), [44.0, 58.0]);
        assert_eq!(spread(&[20.0, 80.0], 14.0, (0.0, 100.0)), [20.0, 80.0]);
        assert_eq!(spread(&[99.0, 100.0], 14.0, (0.0, 100.0)), [86.0, 100.0]);
    }

    proptest! {
        #[test]
        fn no_words_cover_others_or_leave_the_plot(mut heights in prop::collection::vec(0.0..200.0_f64, 1..14)) {
            heights.sort_by(f64::total_cmp);
            let placed = spread(&heights, 15.0, (0.0, 200.0));
            prop_assert!(placed.windows(2).all(|pair| pair[1] - pair[0] > 14.999), "{placed:?}");
            prop_assert!(placed.iter().all(|at| (-0.001..=200.001).contains(at)), "{placed:?}");
        }
    }
}
