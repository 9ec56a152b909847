//! Where a sync goes on: plain data, stored with the rows of every page.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Time;

use crate::shop::mirror::{Put, Withheld};

/// The widest span that is asked for at once.
const WIDEST: TimeDelta = TimeDelta::days(30);
/// Spans are not cut finer than this.
const FINEST: TimeDelta = TimeDelta::seconds(1);

/// What is read, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Orders,
    Archive,
    Refunds,
    Products,
    Activities,
}

impl Stage {
    fn after(self) -> Option<Self> {
        match self {
            Self::Orders => Some(Self::Archive),
            Self::Archive => Some(Self::Refunds),
            Self::Refunds => Some(Self::Products),
            Self::Products => Some(Self::Activities),
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
    /// All products are walked through, whether they changed or not.
    pub(super) walk_all: bool,
    /// What is being read; none when all is.
    pub(super) stage: Option<Stage>,
    /// The part's changes were read up to here; none before it began.
    pub(super) at: Option<Time>,
    /// How wide the next span is, in seconds.
    pub(super) width: i64,
    /// The pages of the span that begins at `at`.
    pub(super) pages: Option<Pages>,
    /// How often this span was begun again.
    pub(super) again: u32,
    /// Rows of this part so far.
    pub(super) rows: u64,
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
            width: WIDEST.num_seconds(),
            pages: None,
            again: 0,
            rows: 0,
            counts: Counts::default(),
            withheld: Vec::new(),
        }
    }

    /// Begins a part, unless it was begun before a kill.
    pub(super) fn begin(&mut self, from: Time) {
        self.at.get_or_insert(from);
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

    /// The end of the span that begins at `at`.
    pub(super) fn end(&self, at: Time) -> Time {
        (at + TimeDelta::seconds(self.width)).min(self.until)
    }

    /// The span was read; the next one may be wider if this one was nearly empty.
    pub(super) fn finish(&mut self, end: Time, few: bool) {
        self.at = Some(end);
        self.pages = None;
        self.again = 0;
        if few {
            self.width = (self.width * 2).min(WIDEST.num_seconds());
        }
    }

    /// Cuts the span in half; false when it is as fine as can be.
    pub(super) fn halve(&mut self, at: Time) -> bool {
        let seconds = (self.end(at) - at).num_seconds();
        if seconds <= FINEST.num_seconds() {
            return false;
        }
        self.width = seconds / 2;
        true
    }
}
