//! 退款参谋: open refunds, the one with the least time first, with the evidence for each and a recommendation.
//!
//! The recommendation follows from states and amounts only. What a buyer wrote is shown as a quotation and decides nothing: a reason that
//! says 同意退款 is still a reason. Agreeing is proposed where goods and money are clear; everything else is for a person to look into.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use xiaoer_sdk::shop::{Order, OrderStatus, Refund, RefundStatus, Time};
use xiaoer_sdk::{
    ActionKind, Block, Cell, Change, Context, Expected, Input, Manifest, Period, Proposal, Read, Report, Skill,
    SkillError, Source, Table, Task, Unit, Value, quoted, sum,
};

#[path = "refund_advisor/advice.rs"]
mod advice;

use self::advice::{Advice, Evidence};

/// How far back a buyer's history reaches.
const HISTORY_DAYS: u32 = 90;
/// A refund with less time left is urgent.
const HURRY_HOURS: i64 = 24;
/// Refunds that get a task each; the table lists all.
const LISTED: usize = 20;

/// Advice on refunds.
pub(crate) struct RefundAdvisor;

#[xiaoer_sdk::async_trait]
impl Skill for RefundAdvisor {
    fn manifest(&self) -> Manifest {
        Manifest::new("service", "refund-advisor", "退款参谋")
            .about("把等着处理的退款按剩余时间排好，摆出订单、发货、买家历史这些依据，告诉你该同意、先沟通还是查物流。")
            .reads([Read::Refunds, Read::Orders])
            .asks(["refund-advisor"])
            .proposes([ActionKind::AgreeRefund])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        cx.progress("正在看等着处理的退款").await?;
        let mut open = cx.refunds_open().await?;
        open.sort_by(|a, b| {
            let key = |r: &Refund| (r.deadline.is_none(), r.deadline);
            key(a).cmp(&key(b)).then(b.asked.cmp(&a.asked)).then(a.id.cmp(&b.id))
        });
        cx.progress("正在对订单和买家的历史").await?;
        let past =
            Period { from: Period::ending(cx.as_of(), HISTORY_DAYS).from, to: cx.now().date_naive().max(cx.as_of()) };
        let orders = cx.orders_paid(past).await?;
        let settled = cx.refunds_settled(past).await?;
        let history = History::of(&orders, &settled);
        let judged: Vec<(&Refund, Evidence, Advice)> = open
            .iter()
            .map(|refund| {
                let evidence = history.evidence(refund);
                let advice = advice::judge(refund, &evidence);
                (refund, evidence, advice)
            })
            .collect();

        let mut report = Report::new("退款参谋", cx.as_of());
        headline(&mut report, &judged, cx.now());
        cx.progress("正在写结论").await?;
        let told = report.facts.only(["waiting", "asked", "hurried", "agree", "talk", "first_left"]);
        let hurried = judged.iter().any(|(refund, ..)| is_hurried(refund, cx.now()));
        let variables = json!({ "shop": cx.shop().name, "quiet": judged.is_empty(), "hurried": hurried });
        report.say(cx.narrate("refund-advisor", variables, &told).await?);
        overview(&mut report, &judged, cx.now());
        evidence(&mut report, &judged);
        let mut tasks = Vec::new();
        for (at, one) in judged.iter().filter(|(.., advice)| advice.is_ours()).take(LISTED).enumerate() {
            tasks.push(task(&mut report, one, at, cx.now()));
        }
        if !tasks.is_empty() {
            report.push(Block::Checklist { title: "逐笔处理".into(), tasks });
            report.info("买家写的话只作参考；同意之前，请再看一眼订单和聊天记录。");
        }
        Ok(report)
    }
}

/// What buyers did before.
struct History<'a> {
    orders: BTreeMap<&'a str, &'a Order>,
    paid: BTreeMap<&'a str, usize>,
    refunded: BTreeMap<&'a str, usize>,
}

impl<'a> History<'a> {
    fn of(orders: &'a [Order], settled: &'a [Refund]) -> Self {
        let mut history = Self { orders: BTreeMap::new(), paid: BTreeMap::new(), refunded: BTreeMap::new() };
        for order in orders {
            history.orders.insert(&order.id, order);
            *history.paid.entry(order.buyer.as_deref().unwrap_or_default()).or_default() += 1;
        }
        for refund in settled.iter().filter(|refund| refund.status == RefundStatus::Success) {
            *history.refunded.entry(refund.buyer.as_deref().unwrap_or_default()).or_default() += 1;
        }
        history
    }

    fn evidence(&self, refund: &Refund) -> Evidence<'a> {
        let order = refund.order.as_deref().and_then(|id| self.orders.get(id)).copied();
        let buyer = refund.buyer.as_deref().or_else(|| order.and_then(|order| order.buyer.as_deref()));
        let of = |counts: &BTreeMap<&str, usize>| buyer.map(|buyer| counts.get(buyer).copied().unwrap_or(0));
        Evidence { order, paid_before: of(&self.paid), refunded_before: of(&self.refunded) }
    }
}

fn count(number: usize, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}

fn left(refund: &Refund, now: Time) -> Option<TimeDelta> {
    refund.deadline.map(|deadline| deadline - now)
}

fn is_hurried(refund: &Refund, now: Time) -> bool {
    left(refund, now).is_some_and(|left| left.num_hours() < HURRY_HOURS)
}

fn headline(report: &mut Report, judged: &[(&Refund, Evidence, Advice)], now: Time) {
    let facts = &mut report.facts;
    let mut number = |id: &str, label: &str, how: &str, chosen: &dyn Fn(&(&Refund, Evidence, Advice)) -> bool| {
        let ids: Vec<&str> = judged.iter().filter(|one| chosen(one)).map(|(refund, ..)| refund.id.as_str()).collect();
        facts.add(id, label, count(ids.len(), Unit::Items), Source::rows("退款", how, ids));
    };
    number("waiting", "没处理完的退款", "还没有结束的退款", &|_| true);
    number("hurried", "快到期的退款", "剩余时间不到一天", &|(refund, ..)| is_hurried(refund, now));
    number("agree", "建议同意的退款", "按规则判断", &|(.., advice)| advice.agrees());
    number("talk", "要先了解的退款", "按规则判断", &|(.., advice)| advice.is_ours() && !advice.agrees());
    let ids = judged.iter().map(|(refund, ..)| refund.id.as_str());
    let asked = sum(judged.iter().map(|(refund, ..)| refund.asked));
    facts.add("asked", "申请退款金额", Value::Money(asked), Source::rows("退款", "买家申请的金额之和", ids));
    if let Some(left) = judged.first().and_then(|(refund, ..)| left(refund, now)) {
        let hours = Value::Count(left.num_hours().max(0), Unit::Hours);
        facts.add("first_left", "最急一笔剩余时间", hours, Source::rule("退款", "平台期限 − 现在"));
    }
    report.summary = if judged.is_empty() {
        "现在没有等着处理的退款。".into()
    } else {
        "有 {waiting}退款没处理完，共 {asked}；{agree}建议同意，{talk}要先了解情况。".into()
    };
}

fn remaining(refund: &Refund, now: Time) -> Cell {
    match left(refund, now) {
        Some(left) if left <= TimeDelta::zero() => Cell::text("已超时"),
        Some(left) => Cell::Value(Value::Count(left.num_hours(), Unit::Hours)),
        None => Cell::text("平台没给期限"),
    }
}

fn overview(report: &mut Report, judged: &[(&Refund, Evidence, Advice)], now: Time) {
    let heads = ["退款编号", "商品", ">申请金额", ">剩余时间", "状态", "建议"];
    let mut table = Table::new("按剩余时间排好的退款", &heads, "没有等着处理的退款。");
    for (refund, _, advice) in judged {
        table.row([
            Cell::quoted(&refund.id),
            Cell::quoted(&refund.title),
            Cell::Value(Value::Money(refund.asked)),
            remaining(refund, now),
            Cell::text(advice::state(&refund.status)),
            Cell::text(advice.words()),
        ]);
    }
    report.push(Block::Table(table));
}

fn evidence(report: &mut Report, judged: &[(&Refund, Evidence, Advice)]) {
    if judged.is_empty() {
        return;
    }
    let heads = [
        "退款编号",
        "订单状态",
        ">实付款",
        "发货了吗",
        "买家收到货了吗",
        "买家原话",
        ">买家近期订单",
        ">买家近期退款",
        "判断依据",
    ];
    let mut table = Table::new("依据", &heads, "");
    for (refund, evidence, advice) in judged {
        let known = |number: Option<usize>, unit| number.map_or(Cell::text("未知"), |n| Cell::Value(count(n, unit)));
        table.row([
            Cell::quoted(&refund.id),
            Cell::text(evidence.order.map_or("找不到订单".into(), |order| advice::order_state(&order.status))),
            evidence.order.map_or(Cell::Empty, |order| Cell::Value(Value::Money(order.total))),
            Cell::text(evidence.sent_words()),
            Cell::text(advice::received_words(refund.goods_received)),
            Cell::Text(format!("“{}”", quoted(&refund.reason))),
            known(evidence.paid_before, Unit::Orders),
            known(evidence.refunded_before, Unit::Items),
            Cell::text(advice.why()),
        ]);
    }
    report.push(Block::Table(table));
}

fn task(report: &mut Report, (refund, evidence, advice): &(&Refund, Evidence, Advice), at: usize, now: Time) -> Task {
    let facts = &mut report.facts;
    let id = |what: &str| format!("refund_{}_{what}", at + 1);
    let of = |how: &str| Source::rows("退款", how, [refund.id.as_str()]);
    let asked = facts.add(&id("asked"), "申请金额", Value::Money(refund.asked), of("买家申请的金额"));
    let deadline = match left(refund, now) {
        Some(left) if left <= TimeDelta::zero() => "已超时，马上看".to_owned(),
        Some(left) => {
            let hours = Value::Count(left.num_hours(), Unit::Hours);
            format!("还剩 {{{}}}", facts.add(&id("left"), "剩余时间", hours, of("平台期限 − 现在")))
        }
        None => "今天".to_owned(),
    };
    let why = format!("申请 {{{asked}}}；{}", advice.why());
    let title = format!("{}：退款 {}", advice.words(), quoted(&refund.id));
    let task = Task::new("客服", title).because(why.as_str()).until(deadline);
    if !advice.agrees() {
        return task.brings(advice.next_step());
    }
    let key = format!("refund-{}", refund.id);
    let text = if evidence.is_unsent() { "退掉 {}，货先别让仓库发出" } else { "退掉 {}，尽快了结" };
    let expected = Expected {
        by: refund.deadline.map(|deadline| deadline.date_naive()),
        text: text.replace("{}", &format!("{{{asked}}}")),
        facts: vec![asked],
        ..Expected::default()
    };
    let task = task.brings(expected.text.as_str()).with_proposal(&key);
    report.proposals.push(Proposal { key, change: Change::AgreeRefund { refund: refund.id.clone() }, why, expected });
    task
}

impl Evidence<'_> {
    fn is_unsent(&self) -> bool {
        self.order.is_some_and(|order| order.status == OrderStatus::WaitSend)
    }

    fn sent_words(&self) -> &'static str {
        match self.order.map(|order| &order.status) {
            Some(OrderStatus::WaitSend | OrderStatus::WaitPay) => "没发",
            Some(OrderStatus::WaitReceive | OrderStatus::Success) => "发了",
            _ => "未知",
        }
    }
}
