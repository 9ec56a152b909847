//! Buyers' personal data, found in a text and taken out of it reversibly, before a model or a channel sees it.
//!
//! Rules and checksums only, in linear time: no model, no dictionary of people, no IO. Where a rule must choose it rather hides a number
//! that is none than shows one that is; what is known to be an order, a waybill or a price stays readable.

mod address;
mod names;
mod numbers;
mod plain;
mod vault;
mod wechat;

use serde::{Deserialize, Serialize};

pub use vault::Vault;

use plain::Plain;

/// What a piece of personal data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 手机号, 固定电话, 400 numbers.
    Phone,
    /// 身份证号.
    Id,
    /// 银行卡号.
    Card,
    /// 收货地址.
    Address,
    /// 姓名.
    Name,
    /// 微信号, QQ, 邮箱: ways to reach somebody outside the platform.
    Wechat,
}

/// Where a piece stands, in characters of the text; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// What it is.
    pub kind: Kind,
    /// Its first character.
    pub start: usize,
    /// The character behind its last.
    pub end: usize,
}

/// The personal data of a text, in order, none within another.
///
/// ```
/// use xiaoer::redact::{Kind, Span, spans};
/// let found = spans("电话１３８ ００１３ ８０００，单号2760123456789012345");
/// assert_eq!(found, [Span { kind: Kind::Phone, start: 2, end: 15 }]);
/// ```
#[must_use]
pub fn spans(text: &str) -> Vec<Span> {
    let plain = Plain::of(text);
    let mut found: Vec<Found> = numbers::find(&plain);
    found.extend(wechat::find(&plain));
    found.extend(address::find(&plain));
    let phones: Vec<Found> = found.iter().copied().filter(|one| one.kind == Kind::Phone).collect();
    found.extend(names::find(&plain, &phones));
    // An address that holds a phone is cut short by it: what is surer comes first.
    found.sort_by_key(|one| (one.start, one.end));
    let mut taken: Vec<Found> = Vec::new();
    for kind in [Kind::Id, Kind::Card, Kind::Phone, Kind::Wechat, Kind::Address, Kind::Name] {
        for one in found.iter().filter(|one| one.kind == kind) {
            taken.extend(free(*one, &taken));
        }
    }
    taken.sort_by_key(|one| one.start);
    taken
        .iter()
        .map(|one| Span { kind: one.kind, start: plain.at(one.start), end: plain.end_of(one.end - 1) })
        .collect()
}

/// A piece, in places of the plain text.
#[derive(Clone, Copy, Debug)]
struct Found {
    kind: Kind,
    start: usize,
    end: usize,
}

/// What of a piece no other has taken: all of it, or what stands before and behind.
fn free(one: Found, taken: &[Found]) -> Vec<Found> {
    let mut pieces = vec![one];
    for other in taken {
        let apart = |piece: Found| {
            let before = Found { end: piece.end.min(other.start), ..piece };
            let behind = Found { start: piece.start.max(other.end), ..piece };
            [before, behind].into_iter().filter(|piece| piece.start < piece.end).collect::<Vec<_>>()
        };
        let meets = |piece: &Found| piece.start < other.end && other.start < piece.end;
        pieces = pieces.into_iter().flat_map(|piece| if meets(&piece) { apart(piece) } else { vec![piece] }).collect();
    }
    // Scraps of two letters between others tell nobody anything.
    pieces.into_iter().filter(|piece| piece.end - piece.start > 1 || one.end - one.start == 1).collect()
}
