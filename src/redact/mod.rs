//! Buyers' personal data, found and masked before a text reaches a model.
//!
//! Pure: a text goes in, spans or a masked text come out. It knows no model, no run, no clock and no chance, and it must never hold a
//! figure back that is no person's: order numbers, waybills, article codes, prices and sizes stay. Where it cannot tell, a phone, an
//! identity number or a bank card is masked, because a leak is worse than a gap.
//!
//! The way of a text: [`page`] reads it once, without what nobody sees; then room by room the mails, the numbers, the accounts, the
//! addresses and at last the names claim their cells. A later room never takes what an earlier one has.

mod account;
mod address;
mod card;
mod chain;
mod cues;
mod digits;
mod family;
mod identity;
mod leads;
mod name;
mod numbers;
mod page;
mod phone;
mod places;
mod seen;
mod shape;
mod suffix;
mod token;
mod vault;

use serde::{Deserialize, Serialize};

pub use seen::Seen;
pub use vault::Vault;

/// What kind of personal data a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number that can be dialled: mobile, landline, 400.
    Phone,
    /// The number of an identity paper.
    Id,
    /// The number of a bank card or account.
    Card,
    /// Where somebody lives or takes parcels.
    Address,
    /// A person's name.
    Name,
    /// An account through which somebody is reached: 微信, QQ, mail, 支付宝.
    Wechat,
}

/// A stretch of the original text, in characters, its end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// What it is.
    pub kind: Kind,
    /// Its first character.
    pub start: usize,
    /// The first character behind it.
    pub end: usize,
}

/// The personal data in a text, in order and without overlaps.
#[must_use]
pub fn spans(text: &str) -> Vec<Span> {
    let mut page = page::Page::read(text);
    account::mails(&mut page);
    numbers::find(&mut page);
    account::find(&mut page);
    address::find(&mut page);
    name::find(&mut page);
    page.into_spans()
}
