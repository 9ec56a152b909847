//! Reads of the shop that a talk may do without a run. Each answers figures with their sources, never rows: no buyer and no buyer's
//! words leave through here.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use xiaoer_sdk::growth::{Points, ScoreCard};
use xiaoer_sdk::shop::{Order, OrderStatus};
use xiaoer_sdk::{
    Block, Cell, Comparison, Facts, Period, Report, Sales, Series, Source, Table, Unit, Value, levels, quoted, sum,
};

use crate::score::Scorer;
use crate::shop::Shop;
use crate::shop::mirror::{Head, Mirror};

/// Days of the near future.
const AHEAD: usize = 7;
/// Days of a drawing.
const DRAWN: usize = 30;
/// Days of sales behind a product's figures.
const SOLD: u32 = 30;
/// Products of an answer.
const PRODUCTS: usize = 8;
/// Longest span of days.
const LONGEST: i64 = 92;

/// What the reads read from.
pub(super) struct Reads<'a> {
    pub(super) mirror: &'a Mirror,
    pub(super) scorer: &'a Scorer,
    pub(super) shop: &'a Shop,
    pub(super) head: &'a Head,
}

impl Reads<'_> {
    /// Points, level, and what moved them within a week.
    pub(super) async fn score(&self, as_of: Option<NaiveDate>) -> Result<Report, String> {
        let as_of = as_of.unwrap_or(self.head.complete_through).min(self.head.complete_through);
        let card = self.card(as_of).await?;
        let before = self.card(as_of - Days::new(7)).await?;
        let mut report = Report::new("生意积分", as_of);
        let facts = &mut report.facts;
        let rule = |how: &str| Source::rule("生意积分规则", how);
        let days = Period { from: card.window.from, to: card.window.to };
        facts.add_for("points", "生意积分", days, Value::points(card.points.total), rule("窗口内各部分积分之和"));
        facts.add("level", "L等级", Value::Name(card.level.clone()), rule("积分达到的最高一级门槛"));
        let moved = |now: Points, then: Points| Value::points_moved(now - then);
        let week = rule("今天的积分 − 七天前的积分");
        let parts = [
            ("points_week", "生意积分较上周同日", card.points.total, before.points.total),
            ("buyers_week", "买家（询盘）积分较上周同日", base(&card), base(&before)),
            ("turnover_week", "支付金额积分较上周同日", card.points.turnover, before.points.turnover),
            ("speed_week", "生意加速积分较上周同日", card.points.acceleration, before.points.acceleration),
        ];
        for (id, label, now, then) in parts {
            facts.add(id, label, moved(now, then), week.clone());
        }
        report.summary = "现在 {level}，生意积分 {points}，较上周同日 {points_week}".into();
        if let Some(next) = &card.next {
            facts.add("next_level", "下一级", Value::Name(next.level.clone()), rule("下一级"));
            facts.add("gap", "离下一级还差", Value::points(next.gap), rule("下一级门槛 − 生意积分"));
            report.summary.push_str("，离 {next_level} 还差 {gap}");
        }
        let steps = levels(&mut report.facts, &card);
        report.push(Block::Gauge {
            levels: steps,
            value: "points".into(),
            range: None,
            level: "level".into(),
            caption: String::new(),
        });
        Ok(report)
    }

    /// What falls out of the window in the coming days.
    pub(super) async fn dropping(&self) -> Result<Report, String> {
        let as_of = self.head.complete_through;
        let card = self.card(as_of).await?;
        let mut report = Report::new("往后会掉出的积分", as_of);
        let rule = |how: &str| Source::rule("生意积分规则", how);
        let rows = &card.dropping;
        let tomorrow = rows.first().map_or(Points::ZERO, |row| row.points);
        let ahead: Points = rows.iter().take(AHEAD).map(|row| row.points).sum();
        let facts = &mut report.facts;
        facts.add("drop_tomorrow", "明日掉出积分", Value::points(tomorrow), rule("窗口最早一天带来的积分"));
        facts.add("drop_ahead", "往后一周共掉出", Value::points(ahead), rule("窗口最早几天带来的积分之和"));
        report.summary = "如果没有新订单，明天会掉出 {drop_tomorrow}，往后一周共掉出 {drop_ahead}".into();
        if let Some(worst) = rows.iter().take(DRAWN).max_by_key(|row| (row.points, std::cmp::Reverse(row.date))) {
            facts.add("worst_day", "掉得最多的一天", Value::Day(worst.date), rule("掉出积分最多的日子"));
            facts.add("worst", "那一天掉出", Value::points(worst.points), rule("掉出积分最多的日子"));
        }
        let points = rows.iter().take(DRAWN).map(|row| (short(row.date), Value::points(row.points))).collect();
        report.push(chart("每天掉出的积分", "零新增时，窗口每往前一天会失去的积分", points));
        Ok(report)
    }

    /// Paid amount, orders and buyers of some days, beside the days before.
    pub(super) async fn sales(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Report, String> {
        let to = to.unwrap_or(self.head.complete_through).min(self.head.complete_through);
        let from = from.unwrap_or(to - Days::new(6));
        let period = Period { from, to };
        if from > to || period.days() > LONGEST {
            return Err(format!("日期不对：开始日不能晚于结束日（数据完整到 {to}），最多看 {LONGEST} 天"));
        }
        let now = self.paid(period).await?;
        let then = self.paid(period.before()).await?;
        let mut report = Report::new("支付情况", to);
        let how = "按付款日，不含刷单和已关闭的订单";
        let ids = || now.iter().map(|order| order.id.as_str());
        for (id, label, of, value) in METRICS {
            let figure = of(&now);
            report.facts.add_for(id, label, period, value(figure), Source::rows("订单", how, ids()));
            Comparison { key: "prev", label: "较上一期", period: period.before(), value: of(&then) }.record(
                &mut report.facts,
                id,
                label,
                figure,
            );
        }
        report.summary = "支付金额 {amount}，较上一期 {amount_prev}；支付订单 {orders}，支付买家 {buyers}".into();
        report.push(Block::Figures { facts: METRICS.iter().map(|(id, ..)| (*id).to_owned()).collect() });
        let days = (0..period.days()).filter_map(|n| from.checked_add_days(Days::new(u64::try_from(n).ok()?)));
        let of_day = |day| sum(now.iter().filter(|order| order.paid_day() == Some(day)).map(|order| order.total));
        let points: Vec<_> = days.map(|day| (short(day), Value::Money(of_day(day)))).collect();
        if (2..=DRAWN + 1).contains(&points.len()) {
            report.push(chart("每天支付金额", how, points));
        }
        Ok(report)
    }

    /// Refunds that wait, and those settled of late.
    pub(super) async fn refunds(&self) -> Result<Report, String> {
        let generation = self.head.generation;
        let open = self.mirror.refunds_open(self.shop, generation).await.map_err(unreadable)?;
        let period = Period::ending(self.head.complete_through, SOLD);
        let settled = self.mirror.refunds_settled(self.shop, generation, period).await.map_err(unreadable)?;
        let mut report = Report::new("退款情况", self.head.complete_through);
        let facts = &mut report.facts;
        let waiting = || Source::rows("退款", "还没有结束的退款", open.iter().map(|refund| refund.id.as_str()));
        facts.add("open", "等着处理的退款", Value::Count(whole(open.len()), Unit::Items), waiting());
        facts.add("asked", "申请退款金额", Value::Money(sum(open.iter().map(|refund| refund.asked))), waiting());
        let back = sum(settled.iter().filter_map(|refund| refund.refunded));
        let ids = settled.iter().map(|refund| refund.id.as_str());
        facts.add_for(
            "refunded",
            "已退金额",
            period,
            Value::Money(back),
            Source::rows("退款", "按退款完成日合计", ids),
        );
        report.summary = "等着处理的退款有 {open}，申请退款金额 {asked}".into();
        if let Some(first) = open.iter().filter_map(|refund| refund.deadline).min() {
            facts.add("deadline", "最早的处理期限", Value::Day(first.date_naive()), waiting());
            report.summary.push_str("，最早的处理期限是 {deadline}");
        }
        report.push(Block::Figures { facts: vec!["open".into(), "asked".into(), "refunded".into()] });
        Ok(report)
    }

    /// Products whose title or number holds some words: stock, and what was sold of them.
    pub(super) async fn products(&self, query: &str) -> Result<Report, String> {
        let generation = self.head.generation;
        let period = Period::ending(self.head.complete_through, SOLD);
        let all = self.mirror.products(self.shop, generation).await.map_err(unreadable)?;
        let paid = self.paid(period).await?;
        let sales = Sales::of(&paid);
        let query = query.trim().to_lowercase();
        let fits = |text: &str| text.to_lowercase().contains(&query);
        let mut found: Vec<_> = all.iter().filter(|product| fits(&product.title) || product.id == query).collect();
        found.sort_by_key(|product| std::cmp::Reverse(sales.product(&product.id).map_or(Decimal::ZERO, |s| s.amount)));
        let mut report = Report::new("商品", self.head.complete_through);
        let ids = found.iter().map(|product| product.id.as_str());
        let count = Value::Count(whole(found.len()), Unit::Products);
        report.facts.add("found", "找到的商品", count, Source::rows("商品", "标题里有这些字的商品", ids));
        report.summary = "标题里有这些字的商品有 {found}".into();
        let mut table = Table::new("找到的商品", &["商品", ">库存", ">近期售出"], "没有这样的商品。");
        for (at, product) in found.iter().take(PRODUCTS).enumerate() {
            let (name, row) = (quoted(&product.title), |what: &str| Source::rows("商品", what, [product.id.as_str()]));
            let facts: &mut Facts = &mut report.facts;
            let stock = product.stock.map_or_else(
                || Cell::text("未知"),
                |stock| {
                    let value = Value::Count(stock, Unit::Pieces);
                    Cell::Fact(facts.add(
                        &format!("stock_{}", at + 1),
                        &format!("库存：{name}"),
                        value,
                        row("商品的库存"),
                    ))
                },
            );
            let sold = sales.product(&product.id);
            let value = Value::Count(sold.map_or(0, xiaoer_sdk::Sold::whole_pieces), Unit::Pieces);
            let from = Source::rows("订单", "按付款日合计件数", sold.map(|s| s.orders.clone()).unwrap_or_default());
            let sold = facts.add_for(&format!("sold_{}", at + 1), &format!("售出：{name}"), period, value, from);
            table.row([Cell::quoted(&product.title), stock, Cell::Fact(sold)]);
        }
        report.push(Block::Table(table));
        Ok(report)
    }

    async fn card(&self, as_of: NaiveDate) -> Result<ScoreCard, String> {
        let score = self.scorer.score(self.shop, self.head.generation, as_of).await;
        score.map(|score| score.card).map_err(|error| format!("积分算不出来：{error:#}"))
    }

    /// Paid orders that moved goods.
    async fn paid(&self, period: Period) -> Result<Vec<Order>, String> {
        let mut orders = self.mirror.orders_paid(self.shop, self.head.generation, period).await.map_err(unreadable)?;
        orders.retain(|order| order.valid && order.status != OrderStatus::Closed);
        Ok(orders)
    }
}

type Metric = (&'static str, &'static str, fn(&[Order]) -> Decimal, fn(Decimal) -> Value);

const METRICS: [Metric; 3] = [
    ("amount", "支付金额", |orders| sum(orders.iter().map(|order| order.total)), Value::Money),
    ("orders", "支付订单", |orders| orders.len().into(), |n| counted(n, Unit::Orders)),
    ("buyers", "支付买家", buyers, |n| counted(n, Unit::People)),
];

fn buyers(orders: &[Order]) -> Decimal {
    let known: std::collections::BTreeSet<&str> = orders.iter().filter_map(|order| order.buyer.as_deref()).collect();
    known.len().into()
}

fn counted(n: Decimal, unit: Unit) -> Value {
    Value::Count(rust_decimal::prelude::ToPrimitive::to_i64(&n).unwrap_or(i64::MAX), unit)
}

/// Points of what the formula counts first: buyers, or inquiries.
fn base(card: &ScoreCard) -> Points {
    card.points.buyers.or(card.points.inquiries).unwrap_or(Points::ZERO)
}

fn chart(title: &str, subtitle: &str, points: Vec<(String, Value)>) -> Block {
    Block::Chart(Series { title: title.into(), subtitle: subtitle.into(), points, previous: Vec::new(), bars: true })
}

fn short(day: NaiveDate) -> String {
    day.format("%-m-%-d").to_string()
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn unreadable(error: crate::db::DbError) -> String {
    format!("本地数据读不出来：{error}")
}
