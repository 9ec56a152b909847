//! What a week ahead usually brings: by weekday, by how far ahead it lies, and by what it loses again beyond the window.
//!
//! Plain sums of integers; where the weeks come from is the business of `past`.

/// Days of a week: gains are drawn a week at a time, so that the days of one week stay together.
pub(crate) const WEEK: i32 = 7;
/// Seven days in millionths of a point, by slot (see [`Usual::slot`]).
pub(crate) type Week = [i64; 7];

/// The weekday of a day, as a position.
pub(crate) fn weekday(day: i32) -> usize {
    usize::try_from(day.rem_euclid(WEEK)).unwrap_or(0)
}

/// What a week ahead usually brings, and how other weeks are compared with it.
///
/// Inside the window a day's gain goes by its weekday. A week that reaches beyond it also loses its own first days again, so its days stay
/// where they are and only the usual difference between weekdays is made up for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    /// Days before the week.
    pub(crate) before: usize,
    pub(crate) window: usize,
    /// What a weekday brings.
    pub(crate) weekdays: Week,
    /// On top, by the week's days in order: buyers who come again and again are gained on the day on which their old orders have left,
    /// so many days ahead, whatever weekday that is.
    pub(crate) lift: [i64; 7],
}

impl Usual {
    /// Whether nothing that the week brings leaves again within it.
    pub(crate) const fn inside(&self) -> bool {
        self.before + 7 <= self.window
    }

    /// What the week's day `at` brings after an origin: weekday, less the weekday that leaves, and lift.
    pub(crate) fn gain(&self, origin: i32, at: usize) -> i64 {
        self.by_weekday(origin, at) + self.lift[at]
    }

    pub(crate) fn by_weekday(&self, origin: i32, at: usize) -> i64 {
        self.weekdays[weekday(self.day(origin, at))] - self.leaving(origin, at)
    }

    /// What a day that is gained and left again within the days ahead usually takes with it.
    pub(crate) fn leaving(&self, origin: i32, at: usize) -> i64 {
        let gone = (self.before + at + 1).checked_sub(self.window).filter(|gone| *gone > 0);
        gone.map_or(0, |gone| self.weekdays[weekday(origin + i32::try_from(gone).unwrap_or(0))])
    }

    fn day(&self, origin: i32, at: usize) -> i32 {
        origin + i32::try_from(self.before + at + 1).unwrap_or(0)
    }

    /// Where the distance of the week's day `at` stands.
    pub(crate) fn slot(&self, origin: i32, at: usize) -> usize {
        if self.inside() { weekday(self.day(origin, at)) } else { at }
    }
}

/// The days that follow an origin, by weekday; whole weeks later it is the same.
pub(crate) fn by_weekday(origin: i32, steps: &[i64; 7]) -> Week {
    let mut week = [0; 7];
    for (step, day) in steps.iter().zip(origin + 1..) {
        week[weekday(day)] = *step;
    }
    week
}

pub(crate) fn plus(sum: Week, gains: Week) -> Week {
    std::array::from_fn(|at| sum[at] + gains[at])
}
