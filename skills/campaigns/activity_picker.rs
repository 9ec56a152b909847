//! 活动选品: which products could join the activities that are open, and down to which price that still earns.
//!
//! Without a cost there is no lowest price, and a product without a lowest price is never recommended: a campaign sold below cost is
//! worse than none. Enrolment has no executor, so it is a checklist item and never an action.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;
use xiaoer_sdk::shop::{Activity, Cost, Product, Time};
use xiaoer_sdk::{
    Block, Cell, Context, FieldKind, Input, Manifest, Period, Read, Report, Sales, Skill, SkillError, Source, Table,
    Task, Unit, Value, quoted,
};

/// Days of sales that say what buyers want.
const SALES_DAYS: u32 = 30;
/// Days of an activity that a stock should last at the usual pace.
const LASTING: i64 = 7;
/// Activities that get a task; the table lists all.
const TASKS: usize = 5;
/// Products that a task names.
const NAMED: usize = 3;

/// Products for activities.
pub(crate) struct ActivityPicker;

/// A product on sale and what is known of its margin.
struct Offer<'a> {
    product: &'a Product,
    /// The lowest price that a buyer can get now.
    price: Option<Decimal>,
    /// The dearest of its variants.
    cost: Option<Decimal>,
    /// The lowest price that keeps the wanted margin.
    floor: Option<Decimal>,
    sold: Decimal,
    /// Pieces that go in a few days at the usual pace.
    needed: i64,
    enrolled: usize,
}

#[derive(PartialEq)]
enum Verdict {
    Recommended,
    FloorUnknown,
    TooDear,
    NoSales,
    NoStock,
    LowStock,
    NoPrice,
}

#[xiaoer_sdk::async_trait]
impl Skill for ActivityPicker {
    fn manifest(&self) -> Manifest {
        Manifest::new("campaigns", "activity-picker", "活动选品")
            .about("看看哪些活动正在报名、哪些商品适合上、最低能报多少钱还不亏，备好报名清单。")
            .reads([Read::Activities, Read::Products, Read::Costs, Read::Orders])
            .asks(["activity-picker"])
            .field("margin", "至少留多少毛利率（%）", FieldKind::Number { min: 0, max: 90 }, "15")
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在看正在报名的活动").await?;
        let mut activities = cx.activities().await?;
        activities.retain(|activity| activity.enrol.0 <= cx.now() && cx.now() < activity.enrol.1);
        activities.sort_by(|a, b| a.enrol.1.cmp(&b.enrol.1).then(a.id.cmp(&b.id)));
        cx.progress("正在算商品的毛利和最低可报价").await?;
        let products = cx.products().await?;
        let costs = cx.costs().await?;
        let sales = Sales::of(&cx.orders_paid(Period::ending(cx.as_of(), SALES_DAYS)).await?);
        let margin = Decimal::new(input.number("margin"), 2);
        let mut offers: Vec<Offer> = products
            .iter()
            .filter(|product| product.on_sale)
            .map(|product| offer(product, (&costs, &sales, &activities), margin))
            .collect();
        offers.sort_by(|a, b| b.sold.cmp(&a.sold).then(a.product.id.cmp(&b.product.id)));

        let mut report = Report::new("活动选品", cx.as_of());
        headline(&mut report, &activities, &offers, margin);
        cx.progress("正在写结论").await?;
        let told = report.facts.only(["open", "fitting", "floor_unknown", "margin", "first_end"]);
        let variables = json!({
            "shop": cx.shop().name,
            "open": !activities.is_empty(),
            "fitting": offers.iter().any(|offer| offer.verdict() == Verdict::Recommended),
            "costless": offers.iter().any(|offer| offer.cost.is_none()),
        });
        report.say(cx.narrate("activity-picker", variables, &told).await?);
        if offers.iter().any(|offer| offer.cost.is_none()) {
            report.warn("有 {floor_unknown}商品没有成本，最低可报价未知，不推荐上活动。导入成本表（列名：Offer ID、SKU ID、成本）就能算。");
        }
        calendar(&mut report, &activities, cx.now());
        overview(&mut report, &offers);
        tasks(&mut report, &activities, &offers);
        Ok(report)
    }
}

fn offer<'a>(
    product: &'a Product,
    (costs, sales, activities): (&[Cost], &Sales, &[Activity]),
    margin: Decimal,
) -> Offer<'a> {
    let ladder = product.prices.iter().map(|(_, price)| *price);
    let price = ladder.chain(product.skus.iter().filter_map(|sku| sku.price)).min();
    let cost = cost_of(product, costs);
    let kept = Decimal::ONE - margin;
    // Rounded up to whole fen: rounding down would eat into the margin.
    let floor = cost
        .and_then(|cost| cost.checked_div(kept))
        .map(|f| f.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero));
    let sold = sales.product(&product.id);
    Offer {
        product,
        price,
        cost,
        floor,
        sold: sold.map_or(Decimal::ZERO, |sold| sold.amount),
        needed: sold.map_or(0, |sold| sold.pieces_for(LASTING, SALES_DAYS)),
        enrolled: activities.iter().filter(|activity| activity.enrolled.contains(&product.id)).count(),
    }
}

/// The dearest variant's cost. One variant without a cost leaves the whole product without: its price holds for that one too.
fn cost_of(product: &Product, costs: &[Cost]) -> Option<Decimal> {
    let own = |sku: Option<&str>| {
        costs.iter().rfind(|cost| cost.product == product.id && cost.sku.as_deref() == sku).map(|cost| cost.cost)
    };
    let whole = own(None);
    if product.skus.is_empty() {
        return whole;
    }
    let each: Option<Vec<Decimal>> = product.skus.iter().map(|sku| own(Some(&sku.number)).or(whole)).collect();
    each?.into_iter().max()
}

impl Offer<'_> {
    fn verdict(&self) -> Verdict {
        let (Some(price), stock) = (self.price, self.product.stock) else { return Verdict::NoPrice };
        match self.floor {
            None => Verdict::FloorUnknown,
            Some(floor) if price < floor => Verdict::TooDear,
            Some(_) if stock.is_some_and(|pieces| pieces <= 0) => Verdict::NoStock,
            Some(_) if self.sold.is_zero() => Verdict::NoSales,
            Some(_) if stock.is_some_and(|pieces| pieces < self.needed) => Verdict::LowStock,
            Some(_) => Verdict::Recommended,
        }
    }

    fn margin(&self) -> Option<Decimal> {
        let (price, cost) = self.price.zip(self.cost)?;
        (price - cost).checked_div(price).map(|ratio| ratio.round_dp(4))
    }
}

impl Verdict {
    fn words(&self) -> &'static str {
        match self {
            Self::Recommended => "适合",
            Self::FloorUnknown => "最低可报价未知，不推荐",
            Self::TooDear => "毛利不够，不推荐",
            Self::NoSales => "近期没卖出，先别上",
            Self::NoStock => "没有库存",
            Self::LowStock => "库存偏少，先补货",
            Self::NoPrice => "没有价格",
        }
    }
}

fn count(number: usize, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}

fn headline(report: &mut Report, activities: &[Activity], offers: &[Offer], margin: Decimal) {
    let facts = &mut report.facts;
    let ids = activities.iter().map(|activity| activity.id.as_str());
    facts.add(
        "open",
        "正在报名的活动",
        count(activities.len(), Unit::Things),
        Source::rows("活动", "报名时间包含现在", ids),
    );
    let fitting: Vec<&str> =
        offers.iter().filter(|o| o.verdict() == Verdict::Recommended).map(|o| o.product.id.as_str()).collect();
    let how = "在售、库存够卖几天、近期卖出过、现价不低于最低可报价";
    facts.add("fitting", "适合上活动的商品", count(fitting.len(), Unit::Products), Source::rows("商品", how, fitting));
    let unknown: Vec<&str> = offers.iter().filter(|o| o.cost.is_none()).map(|o| o.product.id.as_str()).collect();
    let source = Source::rows("成本表", "没有导入成本的在售商品", unknown.iter().copied());
    facts.add("floor_unknown", "没有成本的商品", count(unknown.len(), Unit::Products), source);
    facts.add("margin", "至少留的毛利率", Value::Ratio(margin), Source::rule("设置", "至少留多少毛利率"));
    if let Some(first) = activities.first() {
        let day = Value::Day(first.enrol.1.date_naive());
        facts.add("first_end", "最早截止", day, Source::rows("活动", "报名截止日", [first.id.as_str()]));
    }
    report.summary = if activities.is_empty() {
        "现在没有正在报名的活动。按现价算，{fitting}商品适合上活动，等有活动再报。".into()
    } else {
        "有 {open}活动正在报名，{fitting}商品适合上，最早 {first_end} 截止。".into()
    };
}

fn calendar(report: &mut Report, activities: &[Activity], now: Time) {
    let heads = ["活动", "报名截止", ">剩余时间", "活动开始", "活动结束", ">已报名商品"];
    let mut table = Table::new("正在报名的活动", &heads, "现在没有正在报名的活动。");
    for activity in activities {
        let day = |at: Time| Cell::Value(Value::Day(at.date_naive()));
        table.row([
            Cell::quoted(&activity.name),
            day(activity.enrol.1),
            Cell::Value(Value::Count((activity.enrol.1 - now).num_hours(), Unit::Hours)),
            day(activity.runs.0),
            day(activity.runs.1),
            Cell::Value(count(activity.enrolled.len(), Unit::Products)),
        ]);
    }
    report.push(Block::Table(table));
}

fn overview(report: &mut Report, offers: &[Offer]) {
    let heads = ["商品", ">现价", ">成本", ">毛利率", ">最低可报价", ">近期货款", ">库存", "报名情况", "结论"];
    let mut table = Table::new("商品能不能上", &heads, "店里还没有在售的商品。");
    for offer in offers {
        let money = |yuan: Option<Decimal>| yuan.map_or(Cell::text("未知"), |yuan| Cell::Value(Value::Money(yuan)));
        let enrolled = if offer.enrolled > 0 { "已报名" } else { "没报名" };
        table.row([
            Cell::quoted(&offer.product.title),
            money(offer.price),
            money(offer.cost),
            offer.margin().map_or(Cell::text("未知"), |ratio| Cell::Value(Value::Ratio(ratio))),
            money(offer.floor),
            Cell::Value(Value::Money(offer.sold)),
            offer.product.stock.map_or(Cell::text("未知"), |stock| Cell::Value(Value::Count(stock, Unit::Pieces))),
            Cell::text(enrolled),
            Cell::text(offer.verdict().words()),
        ]);
    }
    report.push(Block::Table(table));
}

fn tasks(report: &mut Report, activities: &[Activity], offers: &[Offer]) {
    let mut tasks = Vec::new();
    for (at, activity) in activities.iter().enumerate() {
        let free = |offer: &&Offer| !activity.enrolled.contains(&offer.product.id);
        let fitting: Vec<&Offer> = offers.iter().filter(|o| o.verdict() == Verdict::Recommended).filter(free).collect();
        if fitting.is_empty() || tasks.len() == TASKS {
            continue;
        }
        let named: Vec<String> =
            fitting.iter().take(NAMED).map(|o| format!("「{}」", quoted(&o.product.title))).collect();
        let id = |what: &str| format!("activity_{}_{what}", at + 1);
        let ids = fitting.iter().map(|offer| offer.product.id.as_str());
        let source = Source::rows("商品", "适合而且还没报这个活动", ids);
        let number = report.facts.add(&id("fitting"), "可报的商品", count(fitting.len(), Unit::Products), source);
        let end = Value::Day(activity.enrol.1.date_naive());
        let source = Source::rows("活动", "报名截止日", [activity.id.as_str()]);
        let end = report.facts.add(&id("end"), "报名截止", end, source);
        let task = Task::new("运营", format!("报名活动「{}」", quoted(&activity.name)))
            .because(format!("有 {{{number}}}商品适合还没报，先报{}", named.join("、")))
            .until(format!("{{{end}}} 之前到后台报名"))
            .brings("报价别低于表里的最低可报价，保住 {margin} 的毛利率；能卖多少要看活动");
        tasks.push(task);
    }
    if !tasks.is_empty() {
        report.push(Block::Checklist { title: "报名清单（到后台手动报名）".into(), tasks });
    }
}
