//! `[[schedule]]`: when which skill runs for which shops. Whatever is not understood is refused when it is read, never at 8 o'clock.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Times;

/// One `[[schedule]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Unique; slots are remembered under it.
    pub name: String,
    /// What is run.
    pub skill: String,
    /// For whom.
    pub shops: ShopChoice,
    /// When, on the clock of `zone`.
    pub cron: Times,
    /// An IANA zone. There is no default: eight o'clock means nothing without one.
    #[serde(with = "iana")]
    pub zone: Tz,
    /// What happens to slots that passed while nothing ran.
    #[serde(default)]
    pub catch_up: CatchUp,
    /// How late a slot may still be run.
    #[serde(default = "six_hours", with = "humantime_serde")]
    pub max_lateness: Duration,
    /// Names of channels that the report goes to.
    #[serde(default)]
    pub deliver: Vec<String>,
    /// Rests; when it goes on, it goes on from that moment.
    #[serde(default)]
    pub paused: bool,
}

/// What happens to slots that passed while nothing ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// The latest is run, those before it are recorded as missed.
    #[default]
    Latest,
    /// Every one that is not too late is run.
    All,
    /// None is run.
    Skip,
}

/// For whom a schedule runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WordOrList", into = "WordOrList")]
pub enum ShopChoice {
    /// Every shop, also those that come later.
    All,
    /// These, by id.
    These(Vec<String>),
}

/// Why schedules do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Two would share one memory of slots.
    #[error("two schedules are called {0:?}; give each its own name")]
    Twice(String),
    /// A name is missing.
    #[error("a schedule for {skill:?} has no name")]
    Nameless {
        /// Its skill.
        skill: String,
    },
}

/// Checks what one schedule alone cannot show.
///
/// # Errors
/// [`ScheduleError`].
pub fn check(schedules: &[Schedule]) -> Result<(), ScheduleError> {
    let mut names = BTreeSet::new();
    for schedule in schedules {
        if schedule.name.trim().is_empty() {
            return Err(ScheduleError::Nameless { skill: schedule.skill.clone() });
        }
        if !names.insert(&schedule.name) {
            return Err(ScheduleError::Twice(schedule.name.clone()));
        }
    }
    Ok(())
}

impl ShopChoice {
    /// Whether it is for this shop.
    #[must_use]
    pub fn includes(&self, shop: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(shops) => shops.iter().any(|id| id == shop),
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "shops is \"all\" or a list of shop ids")]
enum WordOrList {
    Word(String),
    List(Vec<String>),
}

impl TryFrom<WordOrList> for ShopChoice {
    type Error = String;

    fn try_from(written: WordOrList) -> Result<Self, String> {
        match written {
            WordOrList::Word(word) if word == "all" => Ok(Self::All),
            WordOrList::Word(word) => Err(format!("shops is \"all\" or a list of shop ids, not {word:?}")),
            WordOrList::List(shops) if shops.is_empty() => {
                Err("shops names no shop; pause the schedule instead".into())
            }
            WordOrList::List(shops) => Ok(Self::These(shops)),
        }
    }
}

impl From<ShopChoice> for WordOrList {
    fn from(choice: ShopChoice) -> Self {
        match choice {
            ShopChoice::All => Self::Word("all".into()),
            ShopChoice::These(shops) => Self::List(shops),
        }
    }
}

mod iana {
    use chrono_tz::Tz;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(zone: &Tz, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(zone.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Tz, D::Error> {
        let name = String::deserialize(from)?;
        name.parse().map_err(|_| {
            D::Error::custom(format!("zone {name:?} is not known; use an IANA name such as \"Asia/Shanghai\""))
        })
    }
}

fn six_hours() -> Duration {
    Duration::from_secs(6 * 3600)
}
