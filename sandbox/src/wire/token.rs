//! Tokens that carry their own proof: shop, generation, time and life are in the text, sealed with the app's secret.
//! So they outlive a restart without being kept anywhere.

use super::sign;
use crate::clock::Moment;
use crate::world::{Shop, World};

/// Seconds that an access token lives: ten hours.
pub(crate) const ACCESS_SECONDS: i64 = 36_000;
/// Seconds that a code from the authorize page lives.
const CODE_SECONDS: i64 = 120;
/// Seconds that a refresh token lives: half a year, the shorter of the two figures that official pages give.
pub(crate) const REFRESH_SECONDS: i64 = 180 * 24 * 3600;

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
            Self::Refresh => REFRESH_SECONDS,
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
    let generation = if kind == Kind::Access { shop.generation } else { 0 };
    let body = format!("{}{generation}z{}z{}", kind.letter(), shop.profile.user_id, issued.map_or(0, |at| at.0));
    let seal = hex::encode(&sign::mac(secret, &["token", &body])[..10]);
    format!("{body}z{seal}")
}

/// The shop that `token` stands for.
pub(crate) fn read(secret: &str, kind: Kind, world: &World, token: &str, now: Moment) -> Result<usize, Refused> {
    let mut parts = token.split('z');
    let user = parts.nth(1).and_then(|part| part.parse::<i64>().ok()).ok_or(Refused::Foreign)?;
    let issued = parts.next().and_then(|part| part.parse::<i64>().ok()).map(Moment).ok_or(Refused::Foreign)?;
    let position = world.shops.iter().position(|shop| shop.profile.user_id == user).ok_or(Refused::Foreign)?;
    let shop = &world.shops[position];
    let lasting = issued == Moment(0);
    let born = (!lasting).then_some(issued);
    if token != mint(secret, kind, shop, born) {
        // The seal of an older generation was right once: that token has ended rather than never been.
        let older =
            (0..shop.generation).any(|generation| token.starts_with(&format!("{}{generation}z", kind.letter())));
        return Err(if older { Refused::Expired } else { Refused::Foreign });
    }
    if !lasting && now.0 > issued.0 + kind.seconds() * 1000 {
        return Err(Refused::Expired);
    }
    Ok(position)
}
