//! `[budget]` in agents.toml: what models may cost, and the sentence when that is spent.
//!
//! A limit that is not named does not exist. What a call of unknown price reserves is never nothing unless the owner wrote so.

use serde::{Deserialize, Serialize};

use crate::llm::money::MicroYuan;

/// The limits, each in yuan as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of one run, or one conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_yuan: Option<MicroYuan>,
    /// Of one role of one shop in a day of the shop's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_day_yuan: Option<MicroYuan>,
    /// Of one shop in a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop_day_yuan: Option<MicroYuan>,
    /// Of one shop in a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop_month_yuan: Option<MicroYuan>,
    /// What a call counts as whose price nobody knows.
    #[serde(default = "cautious")]
    pub unknown_price_yuan: MicroYuan,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            run_yuan: None,
            role_day_yuan: None,
            shop_day_yuan: None,
            shop_month_yuan: None,
            unknown_price_yuan: cautious(),
        }
    }
}

/// More than a question to a large model costs at any price that we know of.
fn cautious() -> MicroYuan {
    MicroYuan(200_000)
}

/// Which limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// Of the run.
    Run,
    /// Of the role, today.
    RoleDay,
    /// Of the shop, today.
    ShopDay,
    /// Of the shop, this month.
    ShopMonth,
}

impl Which {
    /// What merchants read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Run => "本次运行",
            Self::RoleDay => "这个岗位今天",
            Self::ShopDay => "店铺今天",
            Self::ShopMonth => "店铺本月",
        }
    }

    /// The word of a metric's label.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::RoleDay => "role_day",
            Self::ShopDay => "shop_day",
            Self::ShopMonth => "shop_month",
        }
    }
}

/// What is left does not pay for one more call. The sentence may stand where a merchant reads why a template wrote the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("模型预算已用完（{}上限 {limit} 元，剩下的不够再问一次）", which.title())]
pub struct Spent {
    /// Which limit.
    pub which: Which,
    /// How much it is.
    pub limit: MicroYuan,
}
