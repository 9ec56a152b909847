//! Limits that no approval overrides. Pure: checked when an action is proposed and again right before it is executed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::{ActionKind, Change};

/// The limits of `[guardrails]` in `agents.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrails {
    /// Most pieces that a stock may be set to.
    pub stock_most: i64,
    /// Longest title, in Chinese characters of two bytes; two Latin letters count as one.
    pub title_longest: usize,
    /// Words that no title may hold (广告法).
    pub title_banned: Vec<String>,
    /// Phrases that hold such a word and are fine: 第一步.
    #[serde(default)]
    pub title_allowed: Vec<String>,
    /// Most changes of one kind on one day.
    pub changes_a_day: u32,
    /// Days on which listings are left alone, both included.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

/// Days on which listings are left alone, such as a promotion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What it is called.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Guardrails {
    /// Why a change may not be made today; the text is for the merchant.
    ///
    /// # Errors
    /// The first limit that forbids it.
    pub fn check(&self, change: &Change, today: NaiveDate, done_today: u32) -> Result<(), String> {
        if done_today >= self.changes_a_day {
            return Err(format!("今天“{}”已达上限 {} 次，请明天再试", change.kind().title(), self.changes_a_day));
        }
        let listing = matches!(change.kind(), ActionKind::EditTitle);
        if let Some(freeze) = self.freezes.iter().find(|f| listing && f.from <= today && today <= f.to) {
            return Err(format!("“{}”期间（{} 至 {}）不改商品信息", freeze.name, freeze.from, freeze.to));
        }
        match change {
            Change::SetStock { to, .. } if *to < 0 => Err("库存不能为负数".into()),
            Change::SetStock { to, .. } if *to > self.stock_most => Err(format!("库存不能超过 {} 件", self.stock_most)),
            Change::EditTitle { title, .. } => self.check_title(title),
            Change::SetStock { .. } | Change::AgreeRefund { .. } => Ok(()),
        }
    }

    fn check_title(&self, title: &str) -> Result<(), String> {
        let width = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().div_ceil(2);
        if title.trim().is_empty() {
            return Err("标题不能为空".into());
        }
        if width > self.title_longest {
            return Err(format!("标题有 {width} 个字，超过平台上限 {} 个字", self.title_longest));
        }
        if title.chars().any(char::is_control) {
            return Err("标题里有看不见的控制字符，请删掉".into());
        }
        // Symbols between the letters hide a word from a person's eye as little as from a court's.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let plain = self.title_allowed.iter().fold(letters(title), |plain, fine| plain.replace(&letters(fine), " "));
        match self.title_banned.iter().find(|word| plain.contains(&letters(word))) {
            Some(word) => Err(format!("标题里有广告法不允许的“{word}”")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rails() -> Guardrails {
        let freeze = Freeze { name: "双12".into(), from: day("2026-12-10"), to: day("2026-12-12") };
        Guardrails {
            stock_most: 1000,
            title_longest: 30,
            title_banned: vec!["全网最低".into(), "第一".into(), "100%有效".into()],
            title_allowed: vec!["第一步".into()],
            changes_a_day: 3,
            freezes: vec![freeze],
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn title(text: &str) -> Change {
        Change::EditTitle { product: "1".into(), title: text.into() }
    }

    #[test]
    fn a_banned_word_does_not_hide_behind_symbols() {
        let refused = rails().check(&title("不锈钢保温杯 全-网*最低"), day("2026-11-23"), 0);
        assert_eq!(refused, Err("标题里有广告法不允许的“全网最低”".into()));
    }

    #[test]
    fn a_harmless_phrase_around_a_banned_word_is_let_through() {
        assert!(rails().check(&title("收纳第一步 抽屉分隔盒"), day("2026-11-23"), 0).is_ok());
        assert!(rails().check(&title("收纳第一步 销量第一"), day("2026-11-23"), 0).is_err());
        assert!(
            rails().check(&title("防潮剂 100%有效"), day("2026-11-23"), 0).is_err(),
            "a word with a symbol of its own"
        );
    }

    #[test]
    fn listings_are_left_alone_during_a_promotion_and_stock_is_not() {
        assert!(rails().check(&title("保温杯"), day("2026-12-12"), 0).is_err());
        assert!(rails().check(&title("保温杯"), day("2026-12-13"), 0).is_ok());
        let stock = Change::SetStock { product: "1".into(), sku: None, to: 5 };
        assert!(rails().check(&stock, day("2026-12-11"), 0).is_ok());
    }

    #[test]
    fn a_stock_is_never_negative_nor_beyond_belief() {
        for to in [-1, 1001] {
            assert!(
                rails().check(&Change::SetStock { product: "1".into(), sku: None, to }, day("2026-11-23"), 0).is_err()
            );
        }
    }

    #[test]
    fn a_day_has_only_so_many_changes_of_a_kind() {
        assert!(rails().check(&title("保温杯"), day("2026-11-23"), 2).is_ok());
        assert!(rails().check(&title("保温杯"), day("2026-11-23"), 3).is_err());
    }
}
