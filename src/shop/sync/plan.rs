//! Which pages to read next, and what a batch of them proves. Pure: nothing here reads, waits or stores.
//!
//! **Why nothing is missed.** A part is read span by span of the time of change, a span's pages from the last to the first.
//!
//! 1. While a span is read, rows leave it: whatever changes now has a time of change behind the span's end. A row that leaves lets
//!    those behind it move towards the first page, never away from it. Read backwards, rows move only towards pages that are still to
//!    come: some are seen twice, none is missed. (Read forwards, one would slip over the edge into a page that was read already.)
//! 2. Rows that come late into a time that is over would push others away from the first page. They come at most [`OVERLAP`] late, so a
//!    span that ends before `until - OVERLAP` is **settled**: rows only leave it. A span with more than one page is therefore cut at that
//!    moment, and the last piece, which is still fresh, is read again by every next sync. Once a day the two days before are read again,
//!    so that a list that lags by up to a day is caught up with too. A total that grows is seen all the same, and then the span is read again.
//! 3. Pages of a settled span may be asked for side by side. Of a settled list the total can only fall, so **equal totals on all pages of
//!    a batch say that no row moved between the first and the last of them**: they are pages of one and the same list, and it does not
//!    matter in which order they were answered. A batch whose totals differ proves nothing; its rows are right but it is read again, page
//!    by page, as in 1. Between two batches rows may leave: that is 1 again, since a batch is only asked for when the one behind it is
//!    there.
//! 4. The first page is read before the others because it tells how many there are. If any total differed from its own, it is read
//!    again at the end.
//! 5. The list of all products is sorted by id, so that only deletions and new products move it: the same holds, and what is missing from
//!    it is looked up one by one before it counts as gone.

use chrono::TimeDelta;
use xiaoer_sdk::shop::Time;

use super::cursor::{Cursor, MOST_PAGES, Pages};

/// Lists lag behind and clocks differ by less than this.
pub(super) const OVERLAP: TimeDelta = TimeDelta::hours(1);
/// Pages that are asked for side by side. More would only wait in line: for the limit of calls, or for the disk.
pub(super) const MOST_AT_ONCE: u32 = 8;
/// No list of any platform has shorter pages.
const SURELY_SHORT: u64 = 10;
/// How often a span is begun again.
const MOST_AGAIN: u32 = 5;

/// Pages to read, from the last to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) from: Time,
    pub(super) to: Time,
    /// Whatever changed when, all of it.
    pub(super) whole_list: bool,
    pub(super) pages: Vec<u32>,
}

/// What a list said on one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Rows of the whole list, where it says.
    pub(super) total: Option<u64>,
    /// Rows on this page.
    pub(super) rows: u64,
}

/// Why a list cannot be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// It does not say how long it is.
    Endless,
    /// It grew again and again.
    Restless,
}

/// The next pages; none when the part is through. `at_once` is how many may be asked for side by side.
pub(super) fn next(cursor: &Cursor, at_once: u32) -> Option<Ask> {
    let at = cursor.at.filter(|at| *at < cursor.until)?;
    let end = cursor.end(at);
    let pages = match &cursor.pages {
        None | Some(Pages { next: 0, .. }) => vec![0],
        Some(pages) => {
            let most = if is_settled(cursor, end) { at_once.clamp(1, MOST_AT_ONCE) } else { 1 };
            let last = pages.next.saturating_sub(most - 1).max(1);
            (last..=pages.next).rev().collect()
        }
    };
    Some(Ask { from: at, to: end, whole_list: cursor.is_whole_list(), pages })
}

/// Moves the cursor behind what was read. False: rows moved between pages that were read side by side, so they are to be read again.
pub(super) fn judge(cursor: &mut Cursor, ask: &Ask, told: &[Told]) -> Result<bool, Stuck> {
    match cursor.pages.clone() {
        None => first(cursor, ask, told[0]).map(|()| true),
        Some(pages) => back(cursor, ask, told, pages),
    }
}

/// The first page tells how many there are.
fn first(cursor: &mut Cursor, ask: &Ask, told: Told) -> Result<(), Stuck> {
    let span = (ask.from, ask.to);
    let pages = match told.total {
        Some(total) if total <= told.rows => 1,
        Some(_) if told.rows == 0 => return Err(Stuck::Endless),
        Some(total) => total.div_ceil(told.rows),
        // Without a total only a short list is sure to be a whole one, and a longer one is cut until it is short.
        None if told.rows < SURELY_SHORT => 1,
        None => u64::MAX,
    };
    if cursor.total.is_none() && cursor.rows == 0 && ask.to == cursor.until {
        cursor.total = told.total;
    }
    if pages > 1 && !cursor.is_whole_list() {
        // What came is right, but belongs to a part of the span that is read again.
        if pages > MOST_PAGES && cursor.cut(span, pages) {
            return Ok(());
        }
        let settled = (cursor.until - OVERLAP - ask.from).num_seconds();
        if settled >= 1 && ask.to > cursor.until - OVERLAP {
            cursor.width = Some(settled);
            return Ok(());
        }
    }
    let number = u32::try_from(pages).map_err(|_| Stuck::Endless)?;
    cursor.rows += told.rows;
    if number <= 1 {
        cursor.finish(span, 1);
    } else {
        let total = told.total.unwrap_or_default();
        cursor.pages = Some(Pages { next: number - 1, all: number, total, shrank: false, grew: false });
    }
    Ok(())
}

/// A batch further towards the first page.
fn back(cursor: &mut Cursor, ask: &Ask, told: &[Told], pages: Pages) -> Result<bool, Stuck> {
    let totals: Vec<u64> = told.iter().map(|told| told.total).collect::<Option<_>>().ok_or(Stuck::Endless)?;
    let (least, most) = totals.iter().fold((u64::MAX, 0), |(least, most), &total| (least.min(total), most.max(total)));
    let still = least == most;
    let read_to = ask.pages.last().copied().unwrap_or_default();
    let seen = Pages {
        next: if still { read_to.saturating_sub(1) } else { pages.next },
        all: pages.all,
        total: pages.total.min(least),
        shrank: pages.shrank || least < pages.total,
        grew: pages.grew || most > pages.total,
    };
    if !still {
        cursor.pages = Some(seen);
        return Ok(false);
    }
    if pages.next > 0 {
        cursor.rows += told.iter().map(|told| told.rows).sum::<u64>();
    }
    // The first page was read before the others: only if nothing moved it need not be read again.
    let through = pages.next == 0 || (seen.next == 0 && !seen.shrank && !seen.grew);
    match (through, seen.grew) {
        (false, _) => cursor.pages = Some(seen),
        (true, false) => cursor.finish((ask.from, ask.to), pages.all.into()),
        (true, true) if cursor.again < MOST_AGAIN => {
            cursor.again += 1;
            cursor.rows = cursor.rows.saturating_sub(most);
            cursor.pages = None;
        }
        (true, true) => return Err(Stuck::Restless),
    }
    Ok(true)
}

/// Rows only leave it. The list of all products may be read side by side as well: see the head of this file.
fn is_settled(cursor: &Cursor, end: Time) -> bool {
    end <= cursor.until - OVERLAP || cursor.is_whole_list()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;

    fn until() -> Time {
        DateTime::parse_from_rfc3339("2026-11-23T09:00:00+08:00").expect("a time")
    }

    /// A list in a fixed order whose rows have a time of change; drawn numbers say what happens between two answers.
    struct List {
        rows: Vec<(u32, Time)>,
        /// Rows of a page.
        size: usize,
        drawn: std::vec::IntoIter<u8>,
        left: BTreeSet<u32>,
    }

    impl List {
        fn draw(&mut self) -> usize {
            self.drawn.next().unwrap_or(0).into()
        }

        /// One page as it stands when it is answered; before it, a row may change and leave.
        fn answer(&mut self, ask: &Ask, page: u32) -> (Told, Vec<u32>) {
            let happens = self.draw();
            if happens % 3 == 1 && !self.rows.is_empty() {
                let (id, _) = self.rows.remove(happens * 7 % self.rows.len());
                self.left.insert(id);
            }
            let within: Vec<u32> =
                self.rows.iter().filter(|(_, at)| ask.from <= *at && *at <= ask.to).map(|(id, _)| *id).collect();
            let total = u64::try_from(within.len()).ok();
            let skip = usize::try_from(page).expect("few") * self.size;
            let rows: Vec<u32> = within.into_iter().skip(skip).take(self.size).collect();
            (Told { total, rows: rows.len() as u64 }, rows)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        /// Whatever leaves between two answers, and in whatever order pages that were asked for side by side are answered: every row that
        /// stayed was read.
        #[test]
        fn no_row_that_stays_is_missed(
            size in 1..4_usize,
            minutes in prop::collection::vec(61_i64..60_000, 0..90),
            drawn in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let rows = (0..).zip(minutes).map(|(id, ago)| (id, until() - TimeDelta::minutes(ago))).collect();
            let mut list = List { rows, size, drawn: drawn.into_iter(), left: BTreeSet::new() };
            let mut cursor = Cursor::new(until(), false);
            cursor.begin(until() - TimeDelta::days(60), until() - TimeDelta::days(700));
            let (mut at_once, mut read, mut asked) = (1, BTreeSet::new(), 0);
            while let Some(ask) = next(&cursor, at_once) {
                asked += 1;
                prop_assert!(asked < 2_000, "it does not come to an end");
                let mut order: Vec<usize> = (0..ask.pages.len()).collect();
                for place in 1..order.len() {
                    let other = list.draw() % (place + 1);
                    order.swap(place, other);
                }
                let mut told = vec![Told { total: None, rows: 0 }; ask.pages.len()];
                for place in order {
                    let (said, rows) = list.answer(&ask, ask.pages[place]);
                    told[place] = said;
                    read.extend(rows);
                }
                let still = judge(&mut cursor, &ask, &told).expect("the list says how long it is");
                at_once = if still { (at_once * 2).min(MOST_AT_ONCE) } else { 1 };
            }
            let missed: Vec<u32> = list.rows.iter().map(|(id, _)| *id).filter(|id| !read.contains(id)).collect();
            prop_assert!(missed.is_empty(), "missed {missed:?}, {} left meanwhile", list.left.len());
        }
    }

    #[test]
    fn a_big_shop_is_cut_into_spans_of_few_pages_with_few_vain_calls() {
        let mut cursor = Cursor::new(until(), false);
        cursor.begin(until() - TimeDelta::days(400), until() - TimeDelta::days(729));
        let (mut firsts, mut others) = (0_u64, 0_u64);
        while let Some(ask) = next(&cursor, MOST_AT_ONCE) {
            // 200,000 rows, evenly over 400 days.
            let total = u64::try_from((ask.to - ask.from).num_seconds() * 200_000 / (400 * 86_400)).expect("positive");
            let told = vec![Told { total: Some(total), rows: total.min(20) }; ask.pages.len()];
            let count = u64::try_from(ask.pages.len()).expect("few");
            if cursor.pages.is_none() {
                firsts += 1
            } else {
                others += count
            }
            judge(&mut cursor, &ask, &told).expect("it says how long it is");
        }
        assert_eq!(cursor.total, Some(200_000));
        assert!(firsts + others < 10_500, "{firsts} first pages and {others} others for 10,000 pages");
    }

    #[test]
    fn what_is_still_fresh_is_read_page_by_page() {
        let mut cursor = Cursor::new(until(), false);
        cursor.begin(until() - TimeDelta::hours(5), until() - TimeDelta::days(729));
        let mut fresh = Vec::new();
        while let Some(ask) = next(&cursor, MOST_AT_ONCE) {
            if ask.to > until() - OVERLAP {
                fresh.push(ask.pages.clone());
            }
            let total = u64::try_from((ask.to - ask.from).num_minutes()).expect("positive");
            let told = vec![Told { total: Some(total), rows: total.min(20) }; ask.pages.len()];
            judge(&mut cursor, &ask, &told).expect("it says how long it is");
        }
        assert!(fresh.len() > 2 && fresh.iter().all(|pages| pages.len() == 1), "{fresh:?}");
    }
}
