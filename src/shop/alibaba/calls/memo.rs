//! The seller's memo of an order. The platform overwrites it, so that only what was read before may be sent back with more.

use super::super::client::Client;
use super::super::methods::MEMO_ADD;
use super::outcome::{number, one, refuse};
use super::trade::Trade;
use crate::shop::platform::WriteError;

/// Characters that a memo may have.
const LONGEST: usize = 500;

/// A colour beside a memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// 红.
    Red,
    /// 蓝.
    Blue,
    /// 绿.
    Green,
    /// 黄.
    Yellow,
}

/// A memo that holds all that stood there before. Only [`joined`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo(String);

impl Memo {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The old memo with a line more. A line that stands there already is not added again.
///
/// # Errors
/// [`WriteError::Refused`] for an empty line, and where both do not fit into 500 characters.
pub fn joined(old: Option<&str>, new: &str) -> Result<Memo, WriteError> {
    let new = new.trim();
    if new.is_empty() {
        return Err(refuse("备注不能为空，请填写内容"));
    }
    let old = old.unwrap_or_default().trim_end();
    let text = match old {
        "" => new.to_owned(),
        _ if old.lines().any(|line| line.trim() == new) => old.to_owned(),
        _ => format!("{old}\n{new}"),
    };
    let long = text.chars().count();
    if long > LONGEST {
        return Err(refuse(format!("备注连同原有内容共 {long} 字，超过 {LONGEST} 字，请缩短新的备注")));
    }
    Ok(Memo(text))
}

/// Writes a memo to the order that was read. Without a colour the old one stays.
///
/// # Errors
/// As any write.
pub async fn add(client: &Client, order: &Trade, memo: &Memo, icon: Option<Icon>) -> Result<(), WriteError> {
    let id = order.id().ok_or_else(|| refuse("订单没有编号，请重新读取订单"))?;
    let old = order.base_info.seller_remark_icon.as_deref().filter(|icon| ["1", "2", "3", "4"].contains(icon));
    let icon = match icon {
        Some(Icon::Red) => "1",
        Some(Icon::Blue) => "2",
        Some(Icon::Green) => "3",
        Some(Icon::Yellow) => "4",
        None => old.unwrap_or("2"),
    };
    let params = vec![
        ("orderId", number(id, "订单")?.to_string()),
        ("memo", memo.text().to_owned()),
        ("remarkIcon", icon.to_owned()),
    ];
    one(&MEMO_ADD, client.send(&MEMO_ADD, &params, None).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_before_is_never_lost() {
        assert_eq!(joined(Some("老客户，送样品"), " 周五前发货 ").expect("fits").text(), "老客户，送样品\n周五前发货");
        assert_eq!(joined(None, "周五前发货").expect("fits").text(), "周五前发货");
        let again = joined(Some("老客户\n周五前发货"), "周五前发货").expect("fits");
        assert_eq!(again.text(), "老客户\n周五前发货", "a second try adds nothing");
        let full = "满".repeat(500);
        assert!(joined(None, &full).is_ok());
        assert!(matches!(joined(Some(&full), "多"), Err(WriteError::Refused { .. })), "cutting would lose the end");
        assert!(joined(Some("旧"), "  ").is_err());
    }
}
