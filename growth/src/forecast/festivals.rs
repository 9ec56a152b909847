//! Festivals: days on which trade is not as usual, read from the crate's own list of dates.
//!
//! Dates only. Whether a festival lifts or empties a shop is for the shop's own history to say.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::rows::{date, day_number};

const TEXT: &str = include_str!("../../festivals.toml");

static FESTIVALS: LazyLock<Vec<Festival>> = LazyLock::new(|| {
    let list: List = toml::from_str(TEXT).expect("a test reads the embedded list");
    list.festival
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    festival: Vec<Festival>,
}

/// A festival and the days around it that are not as usual.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Festival {
    /// In Chinese.
    pub(crate) name: String,
    anchors: Vec<NaiveDate>,
    before: i32,
    after: i32,
}

/// A day of a festival.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FestivalDay {
    pub(crate) festival: &'static Festival,
    anchor: i32,
    offset: i32,
}

/// The festival that a day belongs to.
pub(crate) fn festival_on(day: i32) -> Option<FestivalDay> {
    FESTIVALS.iter().find_map(|festival| {
        festival.anchors.iter().find_map(|anchor| {
            let anchor = day_number(*anchor);
            let offset = day - anchor;
            (-festival.before..=festival.after).contains(&offset).then_some(FestivalDay { festival, anchor, offset })
        })
    })
}

impl FestivalDay {
    /// The same day of the same festival in earlier years, the latest first.
    pub(crate) fn earlier(self) -> Vec<i32> {
        let anchors = self.festival.anchors.iter().map(|anchor| day_number(*anchor));
        let mut days: Vec<i32> =
            anchors.filter(|anchor| *anchor < self.anchor).map(|anchor| anchor + self.offset).collect();
        days.reverse();
        days
    }

    /// The day that the festival is named after.
    pub(crate) fn anchor(self) -> NaiveDate {
        date(self.anchor)
    }
}
