//! Tokens that carry their own proof: shop, generation, time and life are in the text, sealed with the app's secret.
//! So they outlive a restart without being kept anywhere.

use super::sign;
use crate::clock::Moment;
use crate::world::{Shop, World};

/// Seconds that an access token lives: ten hours.
pub(crate) const ACCESS_SECONDS: i64 = 36_000;
/// Seconds that a code from the authorize page lives.
const CODE_SECONDS: i64 = 120;
/// Days that a refresh token lives: half a year, the shorter of the two figures that official pages give.
const REFRESH_DAYS: i64 = 180;
/// A refresh token may be renewed when it has no more days left than this (a figure of several foreign clients).
pub(crate) const RENEWABLE_DAYS: i64 = 30;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Refresh,
    Code,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::Access => 'a',
            Self::Refresh => 'r',
            Self::Code => 'c',
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Access => ACCESS_SECONDS,
            Self::Refresh => REFRESH_DAYS * 24 * 3600,
            Self::Code => CODE_SECONDS,
        }
    }
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Foreign,
    Expired,
}

/// A token of this shop from `issued` on. Without a time it never ends: that is for the shop list handed to whoever
/// opens the sandbox.
pub(crate) fn mint(secret: &str, kind: Kind, shop: &Shop, issued: Option<Moment>) -> String {
    // A refresh token survives the death of access tokens: it is the way back.
    let number = match kind {
        Kind::Access => shop.generation,
        Kind::Refresh => shop.refreshed,
        Kind::Code => 0,
    };
    sealed(secret, kind, (number, shop), issued)
}

/// The code number `number`. Two codes of one instant must not be the same: each is good once.
pub(crate) fn code(secret: &str, number: u32, shop: &Shop, issued: Moment) -> String {
    sealed(secret, Kind::Code, (number, shop), Some(issued))
}

/// When a refresh token of this time ends.
pub(crate) fn refresh_end(issued: Moment) -> Moment {
    issued.plus_days(REFRESH_DAYS)
}

fn sealed(secret: &str, kind: Kind, (number, shop): (u32, &Shop), issued: Option<Moment>) -> String {
    let body = format!("{}{number}z{}z{}", kind.letter(), shop.profile.user_id, issued.map_or(0, |at| at.0));
    let seal = hex::encode(&sign::mac(secret, &["token", &body])[..10]);
    format!("{body}z{seal}")
}

/// What a token says that is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// The shop's position.
    pub(crate) shop: usize,
    /// None: it never ends.
    pub(crate) issued: Option<Moment>,
}

/// Reads a token of this kind.
pub(crate) fn read(secret: &str, kind: Kind, world: &World, token: &str, now: Moment) -> Result<Taken, Refused> {
    let mut parts = token.split('z');
    let number = parts.next().and_then(|part| part.strip_prefix(kind.letter()));
    let number = number.and_then(|part| part.parse::<u32>().ok()).ok_or(Refused::Foreign)?;
    let user = parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or(Refused::Foreign)?;
    let issued = parts.next().and_then(|part| part.parse::<i64>().ok()).map(Moment).ok_or(Refused::Foreign)?;
    let position = world.shops.iter().position(|shop| shop.profile.user_id == user).ok_or(Refused::Foreign)?;
    let shop = &world.shops[position];
    let issued = (issued != Moment(0)).then_some(issued);
    if token != sealed(secret, kind, (number, shop), issued) {
        return Err(Refused::Foreign);
    }
    // An older number was right once: that token has ended rather than never been.
    let ended = match kind {
        Kind::Access => number != shop.generation,
        Kind::Refresh => number != shop.refreshed,
        Kind::Code => false,
    };
    if ended || issued.is_some_and(|issued| now.0 > issued.0 + kind.seconds() * 1000) {
        return Err(Refused::Expired);
    }
    Ok(Taken { shop: position, issued })
}
