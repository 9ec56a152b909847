//! 经营日报: what to do today first, then how the day went, then what became of yesterday's tasks.
//!
//! At most three tasks, because a list of ten is a list of none. The day is compared with the day before, the same weekday and the mean
//! of seven days; an unusual figure is told by a rule that a merchant can check, not by a guess.

use std::collections::BTreeSet;

use chrono::Days;
use serde_json::json;
use xiaoer_sdk::growth::ScoreCard;
use xiaoer_sdk::shop::Order;
use xiaoer_sdk::{
    Block, Cell, Context, Input, Manifest, PastTask, Period, Read, Report, Sales, Skill, SkillError, Source, Table,
    TaskOutcome, Unit, Value, quoted,
};

use self::days::{Day, History};
use self::today::{Candidate, Now};

#[path = "daily_report/days.rs"]
mod days;
#[path = "daily_report/today.rs"]
mod today;

/// Days before the day of the report that say what is usual.
const USUAL: u32 = 28;
/// Tasks for today.
const TASKS: usize = 3;
/// Rows in the list of best products.
const BEST: usize = 5;

/// The shop's day.
pub(crate) struct DailyReport;

#[xiaoer_sdk::async_trait]
impl Skill for DailyReport {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "daily-report", "经营日报")
            .about("每天先告诉你今天最该做的一到三件事，再看昨天卖得怎么样、哪里不对劲、昨天的任务做了没有。")
            .reads([Read::Orders, Read::Refunds, Read::Products, Read::Score, Read::Tasks])
            .asks(["daily-report"])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        let as_of = cx.as_of();
        cx.progress("正在核算积分变动").await?;
        let (card, marginal) = cx.score(as_of).await?;
        let (before, _) = cx.score(as_of - Days::new(1)).await?;
        cx.progress("正在看昨天的订单和退款").await?;
        let span = Period::ending(as_of, USUAL + 1);
        let paid = cx.orders_paid(Period { from: span.from.min(card.window.from), to: as_of }).await?;
        let settled = cx.refunds_settled(span).await?;
        let history = History::of(&paid, &settled, as_of);
        cx.progress("正在找今天要做的事").await?;
        let now = Now {
            at: cx.now(),
            as_of,
            open: cx.refunds_open().await?,
            placed: cx.orders_placed(Period::ending(as_of, today::UNPAID_DAYS)).await?,
            products: cx.products().await?,
            paid,
            card,
            marginal,
        };
        let past = cx.past_tasks().await?;

        let mut report = Report::new("经营日报", as_of);
        let candidates = today::candidates(&mut report.facts, &now);
        history.record(&mut report.facts);
        points_moved(&mut report, &now.card, &before);
        report.summary =
            "支付金额 {paid_amount}，{paid_orders}，{paid_buyers}；生意积分 {points_total}，较前日 {points_moved}。"
                .into();

        cx.progress("正在写结论").await?;
        let unusual = history.unusual(&mut report.facts);
        let words = cx.narrate("daily-report", variables(cx, &history), &report.facts.only(days::TOLD)).await?;

        lateness(&mut report, cx);
        tasks(&mut report, &candidates);
        report.heading("生意怎么样");
        report.say(words);
        history.show(&mut report);
        best_sellers(&mut report, &now.paid, as_of);
        report.push(Block::Table(unusual));
        yesterday(&mut report, &past, &candidates);
        Ok(report)
    }
}

fn variables(cx: &Context, history: &History) -> serde_json::Value {
    let day = if cx.now().date_naive() - Days::new(1) == cx.as_of() { "昨日" } else { "当日" };
    json!({ "shop": cx.shop().name, "day": day, "quiet": history.last() == &Day::default() })
}

/// A report about an old day must not look like this morning's.
fn lateness(report: &mut Report, cx: &Context) {
    if cx.as_of() + Days::new(1) < cx.now().date_naive() {
        let source = Source::rule("店铺数据", "数据完整到这一天");
        report.facts.add("through", "数据到", Value::Day(cx.as_of()), source);
        report.warn("店铺数据只到 {through}，不是最新的。先同步，再照着做。");
    }
}

fn tasks(report: &mut Report, candidates: &[Candidate]) {
    report.heading("今日待办");
    if candidates.is_empty() {
        report.info("今天没有非做不可的事，可以安心上新、打磨商品。");
        return;
    }
    let tasks = candidates.iter().take(TASKS).map(|candidate| candidate.task.clone()).collect();
    report.push(Block::Checklist { title: "今天先做这几件".into(), tasks });
}

fn points_moved(report: &mut Report, card: &ScoreCard, before: &ScoreCard) {
    let facts = &mut report.facts;
    let rule = |how: &str| Source::rule("生意积分规则", how);
    let moved = card.points.total - before.points.total;
    facts.add("points_total", "生意积分", Value::Points(card.points.total.to_decimal()), rule("窗口内各部分积分之和"));
    let change = Value::PointsChange(moved.to_decimal());
    facts.add("points_moved", "生意积分较前日", change, rule("当天的积分 − 前一天的积分"));
    facts.add("level", "L等级", Value::Name(card.level.clone()), rule("积分达到的最高一级门槛（商家整理，非官方）"));
    let tomorrow = card.dropping.first().map(|row| row.points).unwrap_or_default();
    facts.add("drop_tomorrow", "明日掉出积分", Value::Points(tomorrow.to_decimal()), rule("窗口最早一天带来的积分"));
}

fn best_sellers(report: &mut Report, paid: &[Order], as_of: chrono::NaiveDate) {
    let sales = Sales::of(paid.iter().filter(|order| order.paid_day() == Some(as_of)));
    let heads = ["商品", ">货款", ">件数", ">订单"];
    let mut table = Table::new("卖得最好的商品", &heads, "这一天没有卖出商品。");
    for (_, sold) in sales.ranked().into_iter().take(BEST) {
        let orders = i64::try_from(sold.orders.len()).unwrap_or(i64::MAX);
        table.row([
            Cell::quoted(&sold.title),
            Cell::Value(Value::Money(sold.amount)),
            Cell::Value(Value::Count(sold.whole_pieces(), Unit::Pieces)),
            Cell::Value(Value::Count(orders, Unit::Orders)),
        ]);
    }
    report.push(Block::Table(table));
}

/// What became of the newest earlier report's tasks: by their actions where they had one, else by whether the matter is still there.
fn yesterday(report: &mut Report, past: &[PastTask], candidates: &[Candidate]) {
    let Some(day) = past.iter().map(|task| task.day).max() else { return };
    let source = Source::rule("上一份日报", "上一份日报的日子");
    report.facts.add("past_day", "上一份日报", Value::Day(day), source);
    report.heading("上次的任务");
    report.info("上一份日报是 {past_day} 的，当时的任务现在这样：");
    let mut table = Table::new("上次的任务", &["任务", "当时预期", "做了吗", ">现在"], "");
    let mut seen = BTreeSet::new();
    for task in past.iter().filter(|task| task.day == day && seen.insert(&task.title)) {
        let still = candidates.iter().find(|candidate| candidate.task.title == task.title);
        let done = match (&task.outcome, still) {
            (TaskOutcome::Done { .. }, _) => "已完成",
            (TaskOutcome::Declined, _) => "决定不做",
            (_, Some(_)) => "还有没做完的",
            (TaskOutcome::Open | TaskOutcome::NotTracked, None) => "数据里已经没有这件事了",
        };
        let now = still.map_or(Cell::Empty, |candidate| Cell::Fact(candidate.size.clone()));
        table.row([Cell::quoted(&task.title), Cell::Text(quoted(&task.expected)), Cell::text(done), now]);
    }
    report.push(Block::Table(table));
}
