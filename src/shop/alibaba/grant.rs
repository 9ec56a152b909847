//! What a merchant's leave to call consists of, and when it wants care: two tokens, the moments at which they end, and whether the
//! platform has taken it back. It is kept as one sealed value, so that a new pair replaces the old one at once or not at all.
//!
//! A bare token that somebody entered is a leave without an end: nothing can be renewed about it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::oauth::Reply;

/// An access token is renewed so long before its end, or a fifth of its life if that is shorter.
const MARGIN: TimeDelta = TimeDelta::minutes(10);
/// A refresh token is renewed so long before its end, or a third of its life if that is shorter.
const REFRESH_MARGIN: TimeDelta = TimeDelta::days(14);
/// A merchant is told so long before the end that it comes.
const NOTICE: TimeDelta = TimeDelta::days(7);
/// After a renewal that did not work the next one is tried so much later.
const PAUSE: TimeDelta = TimeDelta::hours(1);

/// A leave to call. It holds tokens in the clear and shows itself to nobody.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) access: String,
    /// None: without an end, or nobody said.
    access_ends: Option<DateTime<Utc>>,
    renew_from: Option<DateTime<Utc>>,
    pub(super) refresh: Option<String>,
    refresh_ends: Option<DateTime<Utc>>,
    postpone_from: Option<DateTime<Utc>>,
    /// When the pair came.
    pub(super) gained: Option<DateTime<Utc>>,
    /// When the platform said that it is over.
    pub(super) ended: Option<DateTime<Utc>>,
}

/// How a shop's leave to call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// The merchant has never given it, or took it back here.
    NotYet,
    /// A token that was entered by hand, of which nobody said when it ends.
    Endless,
    /// It holds, and is renewed by itself.
    Good {
        /// When it would end if it were not renewed.
        ends: Option<DateTime<Utc>>,
    },
    /// It ends soon and could not be renewed so far.
    Soon {
        /// When.
        ends: DateTime<Utc>,
    },
    /// The platform takes it no more: the merchant has to give it anew.
    Ended,
}

impl Grant {
    /// From the sealed value. What is no record of ours is a bare token.
    pub(super) fn parse(kept: &str) -> Self {
        serde_json::from_str(kept).unwrap_or_else(|_| Self {
            access: kept.to_owned(),
            access_ends: None,
            renew_from: None,
            refresh: None,
            refresh_ends: None,
            postpone_from: None,
            gained: None,
            ended: None,
        })
    }

    /// As it is sealed.
    pub(super) fn kept(&self) -> String {
        serde_json::to_string(self).expect("texts and times are plain data")
    }

    /// What a reply of the platform gives; what it leaves out stays as it was. `asked` is when the question went out.
    pub(super) fn given(reply: &Reply, before: Option<&Self>, asked: DateTime<Utc>) -> Self {
        let access_ends = reply.lives.map(|life| asked + life);
        let known = before.and_then(|before| before.refresh_ends);
        let refresh_ends = reply.refresh_ends.or(known);
        let margin = |ends: DateTime<Utc>| REFRESH_MARGIN.min((ends - asked).max(TimeDelta::zero()) / 3);
        // The same end told again brings no new life, of which the margin could be a part.
        let postpone_from = match before.filter(|_| refresh_ends == known) {
            Some(before) => before.postpone_from,
            None => refresh_ends.map(|ends| ends - margin(ends)),
        };
        Self {
            access: reply.access.clone(),
            access_ends,
            renew_from: access_ends.map(|ends| ends - MARGIN.min((ends - asked) / 5)),
            refresh: reply.refresh.clone().or_else(|| before.and_then(|before| before.refresh.clone())),
            refresh_ends,
            postpone_from,
            gained: Some(asked),
            ended: None,
        }
    }

    pub(super) fn is_to_be_renewed(&self, now: DateTime<Utc>) -> bool {
        self.refresh.is_some() && self.renew_from.is_some_and(|from| from <= now)
    }

    pub(super) fn is_to_be_postponed(&self, now: DateTime<Utc>) -> bool {
        self.refresh.is_some() && self.postpone_from.is_some_and(|from| from <= now)
    }

    /// Whether the access token is past its end.
    pub(super) fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.access_ends.is_some_and(|ends| ends <= now)
    }

    /// The same, at its end: the platform said so now.
    pub(super) fn over(&self, now: DateTime<Utc>) -> Self {
        Self { ended: Some(now), ..self.clone() }
    }

    /// The refresh token could not be renewed now; not before long.
    pub(super) fn postpone_later(&mut self, now: DateTime<Utc>) {
        self.postpone_from = Some(now + PAUSE);
    }

    pub(super) fn standing(&self, now: DateTime<Utc>) -> Standing {
        // Without a refresh token the access token's end is the end of it, and nothing will put it off.
        let (ends, due) = match self.refresh {
            Some(_) => (self.refresh_ends, self.postpone_from.map(|from| from - PAUSE)),
            None => (self.access_ends, None),
        };
        let is_due = due.is_none_or(|due| due <= now);
        match ends {
            _ if self.ended.is_some() => Standing::Ended,
            Some(ends) if ends <= now => Standing::Ended,
            Some(ends) if is_due && ends - now < NOTICE => Standing::Soon { ends },
            None if self.refresh.is_none() => Standing::Endless,
            ends => Standing::Good { ends },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn reply(hours: i64, refresh_ends: &str) -> Reply {
        Reply {
            access: "a".into(),
            refresh: Some("r".into()),
            lives: Some(TimeDelta::hours(hours)),
            refresh_ends: Some(at(refresh_ends)),
            member: None,
        }
    }

    #[test]
    fn a_leave_is_renewed_before_its_end_and_told_of_when_that_fails() {
        let now = at("2026-11-23T00:00:00Z");
        let grant = Grant::given(&reply(10, "2027-05-22T00:00:00Z"), None, now);
        assert!(
            !grant.is_to_be_renewed(at("2026-11-23T09:49:00Z")) && grant.is_to_be_renewed(at("2026-11-23T09:50:00Z"))
        );
        assert!(
            !grant.is_to_be_postponed(at("2027-05-07T00:00:00Z"))
                && grant.is_to_be_postponed(at("2027-05-08T00:00:00Z"))
        );
        assert!(matches!(grant.standing(at("2027-05-14T00:00:00Z")), Standing::Good { .. }));
        assert!(matches!(grant.standing(at("2027-05-16T00:00:00Z")), Standing::Soon { .. }));
        assert_eq!(grant.standing(at("2027-05-22T00:00:00Z")), Standing::Ended);
    }

    #[test]
    fn a_reply_without_a_refresh_token_keeps_the_one_there_is() {
        let now = at("2026-11-23T00:00:00Z");
        let before = Grant::given(&reply(10, "2027-05-22T00:00:00Z"), None, now);
        let less = Reply { access: "b".into(), refresh: None, refresh_ends: None, ..reply(10, "2027-05-22T00:00:00Z") };
        let after = Grant::given(&less, Some(&before), now + TimeDelta::hours(9));
        assert_eq!((after.access.as_str(), after.refresh.as_deref()), ("b", Some("r")));
        assert_eq!(after.refresh_ends, before.refresh_ends);
    }

    #[test]
    fn a_token_that_was_entered_by_hand_has_no_end_and_comes_back_as_it_was() {
        let grant = Grant::parse("a0z1z2z3");
        assert_eq!(
            (grant.access.as_str(), grant.standing(at("2099-01-01T00:00:00Z"))),
            ("a0z1z2z3", Standing::Endless)
        );
        assert!(!grant.is_to_be_renewed(at("2099-01-01T00:00:00Z")));
        assert_eq!(Grant::parse(&grant.kept()).access, "a0z1z2z3");
    }
}
