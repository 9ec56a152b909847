//! What a change is compared by: the text of the one field it touches, before and after. The same words for a live look at the
//! platform and for a row of the mirror, or an approval would be lost over a difference of wording.
//!
//! Pure. Whoever looks hands over the object; what comes back also holds the change that would put it back as it is.

mod order;
mod product;
mod refund;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xiaoer_sdk::shop::RefundStatus;
use xiaoer_sdk::{Change, Flag, PictureFile};

pub use order::{LineNow, OrderNow, of_order, of_rated, of_sent};
pub use product::{of_enrolment, of_number, of_product, picture_name};
pub use refund::{of_refund, refund_state};

const OFF: &str = "已下架";
const ON: &str = "在售";
const SENT: &str = "已发货";
const CLOSED: &str = "交易关闭";
const ENROLLED: &str = "已报名";
const LISTED: &str = "已发布";

/// The text that the touched field holds once the change took effect.
#[must_use]
pub fn wanted(change: &Change) -> String {
    match change {
        Change::SetStock { to, .. } => to.to_string(),
        Change::EditTitle { title, .. } => title.clone(),
        Change::EditAttributes { set, .. } => pairs(set),
        Change::SetPrice { to, .. } => yuan(*to),
        Change::SetLadder { steps, .. } => ladder(steps),
        Change::TakeOff { .. } => OFF.into(),
        Change::PutOn { .. } => ON.into(),
        Change::SetPicture { picture: PictureFile::Shop(path), .. } => path.clone(),
        Change::SetPicture { picture: PictureFile::Kept(hash), .. } => picture_name(hash),
        Change::AddListing { .. } => LISTED.into(),
        Change::WriteMemo { text, flag, .. } => memo(text, Some(*flag)),
        Change::SetOrderPrice { lines, freight, .. } => order_price(lines, *freight),
        Change::RateOrders { orders, .. } => rated(orders.len(), orders.len()),
        Change::SendOrder { .. } => SENT.into(),
        Change::CloseOrder { .. } => CLOSED.into(),
        // Agreeing is only sure to have happened when the money went back: a return waits for the parcel first.
        Change::AgreeRefund { .. } => refund_state(&RefundStatus::Success).to_owned(),
        Change::AgreeReturn { .. } => refund_state(&RefundStatus::WaitBuyer).to_owned(),
        Change::Enrol { .. } => ENROLLED.into(),
    }
}

/// Whether a person's own work in the back office shows: the value that was wanted, or, for a picture that the person uploaded
/// under a name of its own, any other than before.
#[must_use]
pub fn done_by_hand(change: &Change, before: &str, shown: &str) -> bool {
    let own_picture = matches!(change, Change::SetPicture { picture: PictureFile::Kept(_), .. });
    shown == wanted(change) || (own_picture && shown != before)
}

/// Yuan with two places, as every page shows it.
fn yuan(amount: Decimal) -> String {
    format!("{amount:.2} 元")
}

fn ladder(steps: &[(u32, Decimal)]) -> String {
    let steps: Vec<String> = steps.iter().map(|(from, price)| format!("{from} 件起 {}", yuan(*price))).collect();
    steps.join("；")
}

fn pairs(set: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = set.iter().map(|(name, value)| format!("{name}：{value}")).collect();
    pairs.join("；")
}

fn memo(text: &str, flag: Option<Flag>) -> String {
    match (text.is_empty(), flag) {
        (true, None) => "（没有备注）".into(),
        (_, None) => text.to_owned(),
        (_, Some(flag)) => format!("【{}】{text}", flag.title()),
    }
}

fn order_price(lines: &BTreeMap<String, Decimal>, freight: Decimal) -> String {
    let mut parts: Vec<String> = lines.iter().map(|(line, change)| format!("{line} {change:+.2} 元")).collect();
    parts.push(format!("运费 {}", yuan(freight)));
    parts.join("；")
}

fn rated(done: usize, of: usize) -> String {
    format!("已评 {done} / {of} 单")
}
