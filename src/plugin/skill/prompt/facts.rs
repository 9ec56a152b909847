//! The facts that a prompt-only skill's reads come to: counts and sums of the last thirty days, each with its source.
//!
//! A plan and a picture cannot be read without knowing which one; a prompt-only skill that declares them gets no facts of them.

use std::collections::BTreeSet;

use xiaoer_sdk::shop::{Order, OrderStatus, Product, Refund, RefundStatus};
use xiaoer_sdk::{
    Cell, Context, Facts, Period, Read, Sales, SkillError, Source, Table, TaskOutcome, Unit, Value, quoted, sum,
};

/// How many days back is looked.
const DAYS: u32 = 30;
/// How many days ahead is looked.
const AHEAD: u32 = 14;
/// Rows of a list.
const LISTED: usize = 10;

/// What was read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) facts: Facts,
    pub(super) tables: Vec<Table>,
}

pub(super) async fn read(cx: &Context, reads: &BTreeSet<Read>) -> Result<Found, SkillError> {
    let mut found = Found::default();
    let period = Period::ending(cx.as_of(), DAYS);
    if !reads.is_empty() {
        cx.progress("正在读店铺数据").await?;
    }
    for read in reads {
        match read {
            Read::Orders => found.orders(&cx.orders_paid(period).await?, period),
            Read::Refunds => found.refunds(&cx.refunds_open().await?, &cx.refunds_settled(period).await?, period),
            Read::Products => found.products(&cx.products().await?),
            Read::Costs => {
                let costs = cx.costs().await?;
                let source = Source::rows("成本", "数有成本的规格或商品", costs.iter().map(|cost| &cost.product));
                found.count("costs", "有成本的商品或规格", (costs.len(), Unit::Things), source);
            }
            Read::Traffic => found.traffic(&cx.traffic(period).await?, period),
            Read::Activities => {
                let open = cx.activities().await?;
                let source = Source::rows("活动", "数可以报名的活动", open.iter().map(|activity| &activity.id));
                found.count("activities", "可报名的活动", (open.len(), Unit::Things), source);
            }
            Read::Score => found.score(cx).await?,
            Read::Forecast => found.forecast(cx).await?,
            Read::Tasks => {
                let open = cx.past_tasks().await?;
                let open = open.iter().filter(|task| matches!(task.outcome, TaskOutcome::Open)).count();
                let source = Source::rule("以前的任务", "数还没有决定的任务");
                found.count("tasks_open", "还没做的任务", (open, Unit::Things), source);
            }
            Read::Plan | Read::Pictures => {}
        }
    }
    Ok(found)
}

impl Found {
    fn count(&mut self, id: &str, label: &str, (count, unit): (usize, Unit), source: Source) {
        self.facts.add(id, label, Value::Count(i64::try_from(count).unwrap_or(i64::MAX), unit), source);
    }

    fn orders(&mut self, paid: &[Order], period: Period) {
        let paid: Vec<_> = paid.iter().filter(|order| order.valid && order.status != OrderStatus::Closed).collect();
        let source = |how: &str| Source::rows("订单", how, paid.iter().map(|order| &order.id));
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let amount = Value::Money(sum(paid.iter().map(|order| order.total)));
        let facts = &mut self.facts;
        facts.add_for("paid_amount", "支付金额", period, amount, source("合计有效订单的实付款"));
        let orders = Value::Count(whole(paid.len()), Unit::Orders);
        facts.add_for("paid_orders", "支付订单", period, orders, source("数有效的已付款订单"));
        let buyers: BTreeSet<_> = paid.iter().filter_map(|order| order.buyer.as_ref()).collect();
        let buyers = Value::Count(whole(buyers.len()), Unit::People);
        facts.add_for("paid_buyers", "支付买家数", period, buyers, source("数买家，同一买家只算一个"));
        let waiting = paid.iter().filter(|order| order.status == OrderStatus::WaitSend);
        let waiting: Vec<_> = waiting.map(|order| &order.id).collect();
        let source = Source::rows("订单", "数待发货的订单", waiting.iter().copied());
        self.count("wait_send", "待发货订单", (waiting.len(), Unit::Orders), source);

        let sales = Sales::of(paid);
        let mut table = Table::new("卖得最好的商品", &["商品", ">货款", ">件数"], "这段时间没有卖出商品。");
        for (_, sold) in sales.ranked().into_iter().take(LISTED) {
            let pieces = Value::Count(sold.whole_pieces(), Unit::Pieces);
            table.row([Cell::quoted(&sold.title), Cell::Value(Value::Money(sold.amount)), Cell::Value(pieces)]);
        }
        self.tables.push(table);
    }

    fn refunds(&mut self, open: &[Refund], settled: &[Refund], period: Period) {
        let source = Source::rows("退款", "数等待处理的退款", open.iter().map(|refund| &refund.id));
        self.count("refunds_open", "待处理退款", (open.len(), Unit::Items), source);
        let given: Vec<_> = settled.iter().filter(|refund| refund.status == RefundStatus::Success).collect();
        let source = Source::rows("退款", "合计成功退款的金额", given.iter().map(|refund| &refund.id));
        let amount = Value::Money(sum(given.iter().filter_map(|refund| refund.refunded)));
        self.facts.add_for("refunded", "退款金额", period, amount, source);
        let mut table = Table::new("待处理的退款", &["商品", "买家的理由", ">申请金额"], "没有待处理的退款。");
        for refund in open.iter().take(LISTED) {
            let asked = Cell::Value(Value::Money(refund.asked));
            table.row([Cell::quoted(&refund.title), Cell::Text(quoted(&refund.reason)), asked]);
        }
        self.tables.push(table);
    }

    fn products(&mut self, products: &[Product]) {
        let on_sale: Vec<_> = products.iter().filter(|product| product.on_sale).collect();
        let source = Source::rows("商品", "数在售的商品", on_sale.iter().map(|product| &product.id));
        self.count("products_on_sale", "在售商品", (on_sale.len(), Unit::Products), source);
        let stock = |product: &Product| match product.skus.is_empty() {
            true => product.stock,
            false => Some(product.skus.iter().map(|sku| sku.stock).fold(0, i64::saturating_add)),
        };
        let out: Vec<_> = on_sale.iter().filter(|product| stock(product).is_some_and(|left| left <= 0)).collect();
        let source = Source::rows("商品", "数在售而没有库存的商品", out.iter().map(|product| &product.id));
        self.count("products_out", "断货商品", (out.len(), Unit::Products), source);
    }

    fn traffic(&mut self, days: &[xiaoer_sdk::shop::TrafficDay], period: Period) {
        let source = |how: &str| Source::rows("流量", how, days.iter().map(|row| row.day.to_string()));
        let visitors = days.iter().filter_map(|row| row.visitors).fold(0, i64::saturating_add);
        let visitors = Value::Count(visitors, Unit::People);
        self.facts.add_for("visitors", "访客数", period, visitors, source("合计每天的访客数"));
        let spent = Value::Money(sum(days.iter().filter_map(|row| row.ad_spend)));
        self.facts.add_for("ad_spend", "推广花费", period, spent, source("合计每天的推广消耗金额"));
    }

    async fn score(&mut self, cx: &Context) -> Result<(), SkillError> {
        let (card, _) = cx.score(cx.as_of()).await?;
        let rule = |how: &str| Source::rule("生意积分规则", how);
        let points = Value::Points(card.points.total.to_decimal());
        self.facts.add("points_total", "生意积分", points, rule("窗口内各部分积分之和"));
        self.facts.add("level", "L等级", Value::Name(card.level), rule("积分达到的最高一级门槛（商家整理，非官方）"));
        Ok(())
    }

    async fn forecast(&mut self, cx: &Context) -> Result<(), SkillError> {
        let forecast = cx.forecast(cx.as_of(), AHEAD).await?;
        let Some(last) = forecast.zero_new.last() else { return Ok(()) };
        let source = Source::rule("生意积分规则", "没有新增时，窗口移到那一天还剩的积分");
        self.facts.add("points_ahead", "零新增时两周后的积分", Value::points(last.points), source);
        Ok(())
    }
}
