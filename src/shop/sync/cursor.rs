//! Where a sync goes on: plain data, stored with the rows of every batch of pages.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Time;

use crate::shop::mirror::{Put, Withheld};

/// What is asked for at once from a platform that refuses a wider span.
const CAUTIOUS: TimeDelta = TimeDelta::days(30);
/// A span with more pages is cut: lists are slow, and some are closed, far behind their beginning.
pub(super) const MOST_PAGES: u64 = 50;
/// Pages that the next span should have, by what the last one had: most of [`MOST_PAGES`], so that a busier day need not be cut again.
const WANTED_PAGES: u64 = 35;
/// A quiet span says little about the next one: so much wider that may be, not more.
const WIDER: i64 = 8;

/// What is read, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Orders,
    Archive,
    Refunds,
    Products,
    /// Products that the list does not name any more.
    Vanished,
    Activities,
}

impl Stage {
    fn after(self) -> Option<Self> {
        match self {
            Self::Orders => Some(Self::Archive),
            Self::Archive => Some(Self::Refunds),
            Self::Refunds => Some(Self::Products),
            Self::Products => Some(Self::Vanished),
            Self::Vanished => Some(Self::Activities),
            Self::Activities => None,
        }
    }

    /// What a merchant reads.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Orders => "订单",
            Self::Archive => "历史订单",
            Self::Refunds => "退款",
            Self::Products => "商品",
            Self::Vanished => "下架商品",
            Self::Activities => "活动",
        }
    }
}

/// Rows by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that are another now.
    pub changed: u64,
    /// Rows that are the same.
    pub unchanged: u64,
    /// Rows that could not be understood, each named in the log.
    pub unreadable: u64,
}

impl Counts {
    pub(super) fn add(&mut self, put: Put) {
        match put {
            Put::New => self.new += 1,
            Put::Changed => self.changed += 1,
            Put::Unchanged | Put::Kept => self.unchanged += 1,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            new: self.new + other.new,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
            unreadable: self.unreadable + other.unreadable,
        }
    }
}

/// Pages of one span that are still to be read, from the last to the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pages {
    /// The next one.
    pub(super) next: u32,
    /// How many there were at first.
    #[serde(default)]
    pub(super) all: u32,
    /// The smallest total that the list has shown.
    pub(super) total: u64,
    /// Rows left the span while it was read: the first page has to be read again.
    pub(super) shrank: bool,
    /// Rows came into it: it has to be read again from its end.
    pub(super) grew: bool,
}

/// Where a sync goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// When it began: nothing later is asked for.
    pub(super) until: Time,
    /// The daily pass: all products are walked through whether they changed or not, the archive is read, and more is read again.
    pub(super) walk_all: bool,
    /// What is being read; none when all is.
    pub(super) stage: Option<Stage>,
    /// The part's changes were read up to here; none before it began.
    pub(super) at: Option<Time>,
    /// How wide the next span is, in seconds; none: all that is left.
    #[serde(default)]
    pub(super) width: Option<i64>,
    /// The platform refuses wider spans than these seconds.
    #[serde(default)]
    pub(super) widest: Option<i64>,
    /// The pages of the span that begins at `at`.
    pub(super) pages: Option<Pages>,
    /// How often this span was begun again.
    pub(super) again: u32,
    /// Rows of this part so far, each span's once.
    pub(super) rows: u64,
    /// Rows of the whole part, where the platform told them when it was begun.
    #[serde(default)]
    pub(super) total: Option<u64>,
    /// The last vanished product that was looked up.
    #[serde(default)]
    pub(super) looked_up: Option<String>,
    pub(super) counts: Counts,
    pub(super) withheld: Vec<Withheld>,
}

impl Cursor {
    pub(super) fn new(until: Time, walk_all: bool) -> Self {
        Self {
            until,
            walk_all,
            stage: Some(Stage::Orders),
            at: None,
            width: None,
            widest: None,
            pages: None,
            again: 0,
            rows: 0,
            total: None,
            looked_up: None,
            counts: Counts::default(),
            withheld: Vec::new(),
        }
    }

    /// Begins a part, unless it was begun before a kill. What has become too old to be asked for since then is passed over: a refusal
    /// would come again at every sync.
    pub(super) fn begin(&mut self, from: Time, oldest: Time) {
        let at = *self.at.get_or_insert(from);
        if at < oldest {
            self.at = Some(oldest);
            self.pages = None;
        }
    }

    /// On to the next part.
    pub(super) fn advance(&mut self) {
        *self = Self {
            stage: self.stage.and_then(Stage::after),
            counts: self.counts.clone(),
            withheld: std::mem::take(&mut self.withheld),
            ..Self::new(self.until, self.walk_all)
        };
    }

    /// The products are read as one list, whatever their time of change.
    pub(super) fn is_whole_list(&self) -> bool {
        self.walk_all && self.stage == Some(Stage::Products)
    }

    /// The end of the span that begins at `at`.
    pub(super) fn end(&self, at: Time) -> Time {
        let widest = [self.width, self.widest].into_iter().flatten().min().filter(|_| !self.is_whole_list());
        widest.map_or(self.until, |seconds| (at + TimeDelta::seconds(seconds)).min(self.until))
    }

    /// The span was read; the next one is as wide as this one's pages suggest.
    pub(super) fn finish(&mut self, (at, end): (Time, Time), pages: u64) {
        let (seconds, pages) = ((end - at).num_seconds().max(1), i64::try_from(pages.max(1)).unwrap_or(i64::MAX));
        let wanted = i64::try_from(WANTED_PAGES).unwrap_or(1);
        self.width = Some(seconds.saturating_mul(wanted) / pages).map(|width| width.clamp(1, seconds * WIDER));
        self.at = Some(end);
        self.pages = None;
        self.again = 0;
    }

    /// Cuts the span so that it has about as many pages as wanted, at least in half; false when it is as fine as can be.
    pub(super) fn cut(&mut self, (at, end): (Time, Time), pages: u64) -> bool {
        let seconds = (end - at).num_seconds();
        if seconds <= 1 {
            return false;
        }
        let share = i128::from(seconds) * i128::from(WANTED_PAGES) / i128::from(pages.max(1));
        self.width = Some(i64::try_from(share).unwrap_or(seconds).clamp(1, seconds / 2));
        true
    }

    /// Asks for less at once after a refusal; false when it was not the width that was refused.
    pub(super) fn shrink(&mut self, (at, end): (Time, Time)) -> bool {
        let shrinks = !self.is_whole_list() && end - at > CAUTIOUS;
        if shrinks {
            self.widest = Some(CAUTIOUS.num_seconds());
        }
        shrinks
    }
}
