//! The careful guesses that stand where neither data nor merchant says anything. Every use is marked as assumed.
//!
//! They only ever make a plan smaller or wait longer; what a merchant enters replaces them, and what plans bring
//! corrects them.

use crate::points::Fen;

use super::kind::LeverKind;

/// 1000 yuan.
pub(crate) const THOUSAND: Fen = Fen(100_000);
/// 100 yuan.
pub(crate) const HUNDRED: Fen = Fen(10_000);
/// Most buyers that a campaign addresses by name.
pub(crate) const NAMED: usize = 2_000;
/// Old buyers that a campaign moves to an order which they would not have placed by themselves, per mille.
pub(crate) const MOVED: u32 = 100;
/// Refunds that can be avoided, per mille of their money.
pub(crate) const AVOIDABLE: u32 = 300;
/// Turnover that a ladder price adds, per mille.
pub(crate) const LADDER: u32 = 100;
/// Small orders whose buyers accept a minimum, per mille.
pub(crate) const RAISED: u32 = 300;

/// Days until a kind works; `None` where only the merchant can know.
pub(crate) const fn delay(kind: LeverKind) -> Option<u32> {
    match kind {
        LeverKind::FewerRefunds => Some(0),
        LeverKind::PromotionBuyers | LeverKind::PromotionInquiries | LeverKind::ResponseRate => Some(1),
        LeverKind::LadderPrice | LeverKind::MinimumOrder => Some(2),
        LeverKind::WinBack | LeverKind::RepeatOrder | LeverKind::SceneTurnover => Some(3),
        LeverKind::Verification => None,
    }
}

/// How far outcomes lie off, per mille.
pub(crate) const fn spread(kind: LeverKind) -> u32 {
    match kind {
        LeverKind::Verification => 200,
        LeverKind::PromotionBuyers | LeverKind::PromotionInquiries => 250,
        LeverKind::SceneTurnover => 300,
        LeverKind::FewerRefunds => 400,
        LeverKind::WinBack
        | LeverKind::RepeatOrder
        | LeverKind::LadderPrice
        | LeverKind::MinimumOrder
        | LeverKind::ResponseRate => 500,
    }
}
