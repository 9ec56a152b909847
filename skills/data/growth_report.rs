//! 生意积分与L等级报告: where the shop stands, what falls away on which day, and three things to do about it.
//!
//! All points come from the score that the host computed; nothing here knows a rate or a threshold. What is not known is shown as a range
//! with the way to supply it, and no figure is called official that no official page shows.

use chrono::Days;
use serde_json::json;
use xiaoer_sdk::growth::forecast::Forecast;
use xiaoer_sdk::growth::{Industry, Marginal, Points, ScoreCard};
use xiaoer_sdk::shop::Order;
use xiaoer_sdk::{
    Block, Cell, Context, Facts, Input, Manifest, Period, Read, Report, Skill, SkillError, Source, Table, Unit, Value,
    judging, levels, quoted,
};

#[path = "growth_report/actions.rs"]
mod actions;
#[path = "growth_report/ahead.rs"]
mod ahead;
#[path = "growth_report/dropping.rs"]
mod dropping;
#[path = "growth_report/gives.rs"]
mod gives;
#[path = "growth_report/known.rs"]
mod known;
#[path = "growth_report/trust.rs"]
mod trust;

/// Days back in which an unpaid order is worth a reminder.
const UNPAID_DAYS: u32 = 7;

/// The growth score, taken apart.
pub(crate) struct GrowthReport;

/// What the report is made of.
struct Seen {
    card: ScoreCard,
    marginal: Marginal,
    /// The coming days.
    forecast: Forecast,
    /// Total a week before.
    week_ago: Points,
    /// Orders of the score's window.
    paid: Vec<Order>,
    /// Orders of the last days, paid or not.
    placed: Vec<Order>,
}

#[xiaoer_sdk::async_trait]
impl Skill for GrowthReport {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "growth-report", "生意积分与L等级报告")
            .about("核算滚动窗口内的生意积分和L等级，看清离下一级差多少、哪天掉多少、往后多半会怎样，并给出三个可以马上做的动作。")
            .reads([Read::Orders, Read::Score, Read::Forecast])
            .asks(["growth-report"])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        cx.progress("正在核算生意积分").await?;
        let (card, marginal) = cx.score(cx.as_of()).await?;
        let (before, _) = cx.score(cx.as_of() - Days::new(7)).await?;
        cx.progress("正在估算往后的积分").await?;
        let forecast = cx.forecast(cx.as_of(), ahead::DAYS).await?;
        cx.progress("正在看哪些订单快要掉出窗口").await?;
        let paid = cx.orders_paid(Period { from: card.window.from, to: card.window.to }).await?;
        let placed = cx.orders_placed(Period::ending(cx.as_of(), UNPAID_DAYS)).await?;
        let seen = Seen { card, marginal, forecast, week_ago: before.points.total, paid, placed };

        let mut report = Report::new("生意积分与L等级报告", cx.as_of());
        headline(&mut report.facts, &seen);
        let drops = dropping::facts(&mut report.facts, &seen);
        report.summary = summary(&seen.card);

        cx.progress("正在写结论").await?;
        let told =
            ["points_total", "level", "next_level", "gap", "drop_tomorrow", "drop_ahead", "ahead", "points_week"];
        let variables = json!({
            "shop": cx.shop().name,
            "industry": seen.card.industry.title(),
            "estimated": seen.card.estimated,
            "empty": seen.card.counts.orders == 0,
        });
        let words = cx.narrate("growth-report", variables, &report.facts.only(told)).await?;

        gauge(&mut report, &seen.card);
        if seen.paid.is_empty() {
            report.warn("这段时间还没有付款订单。先同步店铺，或导入订单表格，积分就会算出来。");
        }
        report.say(words);
        parts(&mut report, &seen);
        actions::show(&mut report, &seen, &drops);
        ahead::show(&mut report, &seen);
        dropping::show(&mut report, &seen, &drops);
        gives::show(&mut report, &seen.card);
        known::show(&mut report, &seen.card);
        trust::show(&mut report, &seen.card);
        known::notes(&mut report, &seen.card);
        Ok(report)
    }
}

fn count(number: u64, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}

fn headline(facts: &mut Facts, seen: &Seen) {
    let card = &seen.card;
    let rules = |how: &str| Source::rule("生意积分规则", how);
    let days = Period { from: card.window.from, to: card.window.to };
    let ids = seen.paid.iter().map(|order| order.id.as_str());
    let total = Source::rows("订单", "窗口内各部分积分之和", ids);
    facts.add_for("points_total", "生意积分", days, Value::points(card.points.total), total);
    let moved = card.points.total - seen.week_ago;
    let how = rules("今天的积分 − 七天前的积分");
    facts.add("points_week", "生意积分较上周同日", Value::points_moved(moved), how);
    facts.add("level", "L等级", Value::Name(card.level.clone()), rules("积分达到的最高一级门槛"));
    facts.add("pack", "规则", Value::Name(card.pack_name.clone()), rules("所用的规则包"));
    let confidence = card.confidence.label().to_owned();
    facts.add("confidence", "规则可信度", Value::Name(confidence), rules("规则包里最弱的一项"));
    if let Some(next) = &card.next {
        facts.add("next_level", "下一级", Value::Name(next.level.clone()), rules("下一级"));
        facts.add("next_threshold", "下一级门槛", Value::points(next.threshold), rules("下一级门槛"));
        facts.add("gap", "还差", Value::points(next.gap), rules("下一级门槛 − 生意积分"));
    }
    if let Some(range) = &card.range {
        let value = match range.high {
            Some(high) => Value::PointsRange(range.low.to_decimal(), high.to_decimal()),
            None => Value::Unknown("缺的数据没有上限".into()),
        };
        facts.add("points_range", "可能的积分", value, rules("低：缺的都没有；高：缺的都算上"));
    }
}

fn summary(card: &ScoreCard) -> String {
    let gap = if card.next.is_some() { "离 {next_level} 还差 {gap}" } else { "已经在最高一级" };
    format!("现在 {{level}}，生意积分 {{points_total}}，{gap}；明日掉出 {{drop_tomorrow}}。")
}

fn gauge(report: &mut Report, card: &ScoreCard) {
    let levels = levels(&mut report.facts, card);
    let judged = judging(&mut report.facts, card);
    let bounded = card.range.as_ref().is_some_and(|range| range.high.is_some());
    report.push(Block::Gauge {
        levels,
        value: "points_total".into(),
        range: bounded.then(|| "points_range".into()),
        level: "level".into(),
        caption: format!("规则：{{pack}}；可信度：{{confidence}}；{judged}。"),
    });
}

fn parts(report: &mut Report, seen: &Seen) {
    let card = &seen.card;
    let mut table = Table::new("积分由什么组成", &["部分", ">数量", ">积分"], "");
    for (id, label, amount, brought) in rows(card) {
        let ids = seen.paid.iter().filter(|order| order.valid).map(|order| order.id.as_str());
        let of = match amount {
            Value::Count(_, Unit::Times) => Source::rule("询盘", &format!("窗口内的{label}")),
            _ => Source::rows("订单", &format!("窗口内的{label}"), ids),
        };
        let amount = report.facts.add(&format!("count_{id}"), &label, amount, of);
        let how = Source::rule("生意积分规则", &format!("{label} × 规则分值"));
        let brought = report.facts.add(&format!("points_{id}"), &format!("{label}的积分"), Value::points(brought), how);
        table.row([Cell::text(label), Cell::Fact(amount), Cell::Fact(brought)]);
    }
    for mark in &card.acceleration.marks {
        let value = mark.points.map_or_else(|| Value::Unknown("分值未知".into()), Value::points);
        table.row([Cell::quoted(&format!("生意加速：{}", mark.kind)), Cell::Empty, Cell::Value(value)]);
    }
    table.row([Cell::text("合计"), Cell::Empty, Cell::Fact("points_total".into())]);
    report.push(Block::Table(table));
}

/// `(id, label, how much was counted, what it brings)`. A part that is not fully known says so: its zero may be no zero.
fn rows(card: &ScoreCard) -> [(&'static str, String, Value, Points); 4] {
    let (counts, gained) = (&card.counts, &card.acceleration);
    let named = if card.scenes.is_empty() { "场景".into() } else { quoted(&card.scenes.join("/")) };
    let scenes = format!("生意加速：{named}");
    let known = |label: &str, inputs: &[&str]| {
        let open = card.missing.iter().any(|missing| inputs.contains(&missing.input.as_str()));
        if open { format!("{label}（只算已知的）") } else { label.to_owned() }
    };
    let (base, number, promoted, brought) = match card.industry {
        Industry::Consumer => {
            let promoted = count(counts.marketing_buyers, Unit::People);
            ("支付买家数", count(counts.buyers, Unit::People), promoted, card.points.buyers)
        }
        Industry::Industrial => {
            let promoted = count(counts.marketing_inquiries, Unit::Times);
            ("有效询盘", count(counts.inquiries, Unit::Times), promoted, card.points.inquiries)
        }
    };
    let promotion = known("生意加速：数字营销", &["inquiries", "marketing_buyers", "marketing_inquiries"]);
    let turnover = Value::Money(counts.turnover_yuan.to_yuan());
    let in_scenes = Value::Money(counts.scene_yuan.to_yuan());
    [
        ("base", known(base, &["inquiries"]), number, brought.unwrap_or_default()),
        ("turnover", "支付金额（已减退款）".into(), turnover, card.points.turnover),
        ("marketing", promotion, promoted, gained.marketing),
        ("scene", known(&scenes, &["scene_turnover"]), in_scenes, gained.scene),
    ]
}
