//! Empty tables for what no API and no export gives: a header, one line of explanation, one example.
//!
//! The example begins with 示例 and is never read, so that a merchant who leaves it in place imports nothing false.

use std::str::FromStr;

use crate::header::TableKind;
use crate::sheet::EXAMPLE;
use crate::sheet_out::Sheet;

/// A table that a merchant fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// What products cost.
    Costs,
    /// What advertisements cost.
    Ads,
    /// Visitors and impressions.
    Traffic,
    /// Inquiries.
    Inquiries,
    /// Marks of orders.
    Marks,
    /// Refunds.
    Refunds,
    /// Orders, refunds and inquiries of a shop without any export.
    Ledger,
}

impl Template {
    /// THE list.
    pub const ALL: [Self; 7] =
        [Self::Costs, Self::Ads, Self::Inquiries, Self::Marks, Self::Traffic, Self::Refunds, Self::Ledger];

    /// Its name in addresses and on the command line.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Costs => "costs",
            Self::Ads => "ads",
            Self::Traffic => "traffic",
            Self::Inquiries => "inquiries",
            Self::Marks => "marks",
            Self::Refunds => "refunds",
            Self::Ledger => "ledger",
        }
    }

    /// What a filled one is read as.
    #[must_use]
    pub fn kind(self) -> TableKind {
        match self {
            Self::Costs => TableKind::Costs,
            Self::Ads => TableKind::Ads,
            Self::Traffic => TableKind::Traffic,
            Self::Inquiries => TableKind::Inquiries,
            Self::Marks => TableKind::Marks,
            Self::Refunds => TableKind::Refunds,
            Self::Ledger => TableKind::Ledger,
        }
    }

    /// What it is for, in one sentence.
    #[must_use]
    pub fn note(self) -> &'static str {
        match self {
            Self::Costs => "每件商品或规格的进货成本，单位元；SKU ID 留空表示这个商品的所有规格；成本留空就是不知道。",
            Self::Ads => "每天的推广总花费，单位元，一天一行。",
            Self::Traffic => "每天的流量，一天一行；不知道的数字留空，不要写 0。",
            Self::Inquiries => "一行一条询盘；没有询盘编号就留空，同一买家同一天算一条。",
            Self::Marks => "给订单补标识：是否来自数字营销、是否场景成交、是否有效（刷单填“否”）；不知道就留空。",
            Self::Refunds => "一行一笔退款；只有退款成功的计入，金额单位元、写正数。",
            Self::Ledger => "没有订单导出的店铺用：一行一笔，类型写 订单、退款 或 询盘；金额单位元，退款也写正数。",
        }
    }

    /// The empty table.
    #[must_use]
    pub fn sheet(self) -> Sheet {
        let (header, example): (&[&str], &[&str]) = match self {
            Self::Costs => (&["Offer ID", "SKU ID", "成本(元)"], &["610947572360", "5012345678901234567", "12.50"]),
            Self::Ads => (&["日期", "推广花费(元)"], &["2026-05-01", "35.00"]),
            Self::Traffic => (
                &["日期", "展现次数", "广告展现次数", "访客数", "支付金额(元)", "支付订单数", "推广消耗金额(元)"],
                &["2026-05-01", "2059", "1960", "29", "1280.50", "3", "34"],
            ),
            Self::Inquiries => (
                &["询盘时间", "买家会员名", "询盘编号", "数字营销", "有效"],
                &["2026-05-01 10:30:00", "某某商贸", "", "否", "是"],
            ),
            Self::Marks => (&["订单编号", "数字营销", "场景", "有效"], &["2900000000000000001", "是", "否", "是"]),
            Self::Refunds => (
                &["退款编号", "订单编号", "买家会员名", "退款金额(元)", "退款状态", "退款完成时间"],
                &["TQ1234567890", "2900000000000000001", "某某商贸", "20.00", "退款成功", "2026-05-03 09:00:00"],
            ),
            Self::Ledger => (
                &["时间", "类型", "编号", "买家", "金额", "数字营销", "场景", "有效", "订单编号"],
                &["2026-05-01 10:30:00", "订单", "A0001", "某某商贸", "100.00", "否", "否", "是", ""],
            ),
        };
        let owned = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        let mut example = owned(example);
        if let Some(first) = example.first_mut() {
            *first = format!("{EXAMPLE}：{first}");
        }
        let note = format!("{}：{}从示例的下一行填起，示例不会读入。", self.kind().name(), self.note());
        Sheet { notes: vec![note], header: owned(header), rows: vec![example] }
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(key: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|template| template.key() == key);
        known.ok_or_else(|| format!("没有模板“{key}”，可以是 {}", Self::ALL.map(Self::key).join("、")))
    }
}
