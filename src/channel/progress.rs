//! One delivery: its record, and what follows from a try. Pure; [`super::delivery`] does the rest.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{DeliveryError, Letter};
use crate::db::Key;

/// First pause after a failed try; doubled each time.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// No pause is longer, whatever the other side asks.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// Tries before giving up: about ten hours, in which somebody can mend a receiver.
const MOST_TRIES: u32 = 15;

/// A letter on its way to one channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The letter's id on this channel.
    pub id: String,
    /// Whose.
    pub shop: String,
    /// The run whose report it is.
    pub run: String,
    /// The channel's name.
    pub channel: String,
    /// The letter's title.
    pub title: String,
    /// Where it is.
    pub status: DeliveryStatus,
    /// Tries that were begun.
    pub attempts: u32,
    /// How the last try failed, for the merchant.
    pub last_failure: Option<String>,
    /// What is sent; dropped when there is nothing more to send.
    pub(super) letter: Option<Letter>,
}

/// Where a delivery is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// To be tried, not before this time.
    Pending {
        /// When.
        next: DateTime<Utc>,
    },
    /// Arrived.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// Cannot arrive.
    Failed {
        /// When that was clear.
        at: DateTime<Utc>,
    },
    /// Did not arrive however often it was tried.
    GaveUp {
        /// When the last try failed.
        at: DateTime<Utc>,
    },
}

impl DeliveryStatus {
    /// What a merchant reads.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "待投递",
            Self::Sent { .. } => "已送达",
            Self::Failed { .. } => "投递失败",
            Self::GaveUp { .. } => "多次投递失败，已放弃",
        }
    }

    fn is_over(&self) -> bool {
        !matches!(self, Self::Pending { .. })
    }
}

pub(super) const OPEN: &str = "open";
pub(super) const OVER: &str = "over";

impl Delivery {
    /// A letter that is to be sent to a channel at once.
    pub(super) fn planned(letter: &Letter, channel: &str, now: DateTime<Utc>) -> Self {
        // One receiver may stand behind two channels and must not take the second letter for a double.
        // A hash, because ids stand in headers and channels may have Chinese names.
        let id = format!("{}-{}", letter.run, hex::encode(&Sha256::digest(channel)[..4]));
        Self {
            id: id.clone(),
            shop: letter.shop.clone(),
            run: letter.run.clone(),
            channel: channel.into(),
            title: letter.title.clone(),
            status: DeliveryStatus::Pending { next: now },
            attempts: 0,
            last_failure: None,
            letter: Some(Letter { id, ..letter.clone() }),
        }
    }

    /// The same with one more try begun; nobody else tries before the claim ends.
    pub(super) fn claimed(&self, until: DateTime<Utc>) -> Self {
        Self { status: DeliveryStatus::Pending { next: until }, attempts: self.attempts + 1, ..self.clone() }
    }

    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        matches!(self.status, DeliveryStatus::Pending { next } if next <= now)
    }

    /// Open ones lie together, so that looking for what is due does not read what was sent in all the years.
    pub(super) fn key(&self) -> Key {
        let part = if self.status.is_over() { OVER } else { OPEN };
        Key::of(&self.shop).part(part).part(&self.run).part(&self.channel)
    }

    /// After a try: sent, over, or when to try again.
    pub(super) fn judged(mut self, sent: Result<(), DeliveryError>, now: DateTime<Utc>) -> Self {
        self.last_failure = sent.as_ref().err().map(ToString::to_string);
        self.status = match sent {
            Ok(()) => DeliveryStatus::Sent { at: now },
            Err(DeliveryError::Permanent(_)) => DeliveryStatus::Failed { at: now },
            Err(_) if self.attempts >= MOST_TRIES => DeliveryStatus::GaveUp { at: now },
            Err(DeliveryError::Later { after: Some(after), .. }) => {
                DeliveryStatus::Pending { next: now + asked(after) }
            }
            // Also an unknown outcome goes again: the id tells the receiver that it is the same letter.
            Err(DeliveryError::Later { after: None, .. } | DeliveryError::Unknown(_)) => {
                DeliveryStatus::Pending { next: now + backoff(self.attempts) }
            }
        };
        if self.status.is_over() {
            self.letter = None;
        }
        self
    }
}

fn asked(after: Duration) -> TimeDelta {
    TimeDelta::from_std(after).unwrap_or(LONGEST_PAUSE).clamp(TimeDelta::seconds(1), LONGEST_PAUSE)
}

fn backoff(attempts: u32) -> TimeDelta {
    (FIRST_PAUSE * 2_i32.saturating_pow(attempts.saturating_sub(1).min(10))).min(LONGEST_PAUSE)
}
