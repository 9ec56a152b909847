//! 退款原因: why buyers asked for their money back, by the words they used.
//!
//! A buyer's sentence only ever chooses a row; it is never shown, and never obeyed.

use rust_decimal::Decimal;
use xiaoer_sdk::shop::Refund;
use xiaoer_sdk::{
    Block, Cell, Context, FieldKind, Input, Manifest, Period, Read, Report, Skill, SkillError, Source, Table, Unit,
    Value, sum,
};

/// A reason and the words that tell it; the first row that fits counts.
const REASONS: [(&str, &[&str]); 6] = [
    ("质量问题", &["质量", "破", "坏", "瑕疵", "裂", "漏"]),
    ("发错或少发", &["发错", "少发", "漏发", "少件", "不一致"]),
    ("发货或物流慢", &["发货", "物流", "快递", "太慢", "未收到", "没收到"]),
    ("与描述不符", &["描述", "不符", "色差", "尺寸", "材质"]),
    ("不想要了", &["不想要", "拍错", "多拍", "不喜欢", "七天", "7天"]),
    ("价格", &["价格", "降价", "便宜", "优惠"]),
];
const OTHER: &str = "其他原因";

/// Why buyers asked for refunds.
pub(crate) struct RefundReasons;

#[cfg(target_arch = "wasm32")]
xiaoer_component::skill!(RefundReasons);

#[xiaoer_sdk::async_trait]
impl Skill for RefundReasons {
    /// In the box SKILL.md is what counts; this is for whoever compiles the skill in.
    fn manifest(&self) -> Manifest {
        Manifest::new("service", "refund-reasons", "退款原因").reads([Read::Refunds]).field(
            "days",
            "看最近几天",
            FieldKind::Number { min: 7, max: 90 },
            "30",
        )
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在看退款").await?;
        let days = u32::try_from(input.number("days")).unwrap_or(30);
        let period = Period::ending(cx.as_of(), days);
        let refunds = cx.refunds_settled(period).await?;
        let mut rows: Vec<(&str, Vec<&Refund>)> = Vec::new();
        for refund in &refunds {
            let reason = reason(&refund.reason);
            match rows.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, of)) => of.push(refund),
                None => rows.push((reason, vec![refund])),
            }
        }
        rows.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
        Ok(report(cx, period, &rows))
    }
}

fn reason(words: &str) -> &'static str {
    REASONS.iter().find(|(_, told)| told.iter().any(|word| words.contains(word))).map_or(OTHER, |(name, _)| name)
}

fn report(cx: &Context, period: Period, rows: &[(&str, Vec<&Refund>)]) -> Report {
    let mut report = Report::new("退款原因", cx.as_of());
    let all: Vec<&Refund> = rows.iter().flat_map(|(_, of)| of.iter().copied()).collect();
    let from = |of: &[&Refund], how: &str| Source::rows("退款", how, of.iter().map(|refund| refund.id.as_str()));
    let facts = &mut report.facts;
    facts.add_for("refunds", "退款", period, count(&all), from(&all, "这些天里结束的退款"));
    facts.add_for("refunded", "退回的钱", period, Value::Money(given_back(&all)), from(&all, "已退金额合计"));
    let mut table = Table::new("按原因", &["原因", ">退款", ">占比", ">退回的钱"], "这些天里没有结束的退款。");
    for (reason, of) in rows {
        let share = Decimal::from(of.len()) / Decimal::from(all.len().max(1));
        table.row([
            Cell::Text((*reason).into()),
            Cell::Value(count(of)),
            Cell::Value(Value::Ratio(share.round_dp(4))),
            Cell::Value(Value::Money(given_back(of))),
        ]);
    }
    report.summary = match rows.first() {
        None => "这些天里没有结束的退款。".into(),
        Some((worst, of)) => {
            let id = report.facts.add_for("worst", worst, period, count(of), from(of, "买家的话里有这类词"));
            format!("这些天里有 {{refunds}}退款，退回 {{refunded}}；最多的原因是“{worst}”，{{{id}}}。")
        }
    };
    report.push(Block::Figures { facts: vec!["refunds".into(), "refunded".into()] });
    report.push(Block::Table(table));
    report
}

fn count(of: &[&Refund]) -> Value {
    Value::Count(i64::try_from(of.len()).unwrap_or(i64::MAX), Unit::Items)
}

fn given_back(of: &[&Refund]) -> Decimal {
    sum(of.iter().filter_map(|refund| refund.refunded))
}
