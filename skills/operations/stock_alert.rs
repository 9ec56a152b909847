//! 库存预警: what will be sold out soon at the pace of the last fortnight, and how many pieces would do.
//!
//! The number is arithmetic on past sales, no promise of future ones, and nobody has counted the warehouse: it fills in a form that a
//! person corrects and confirms. A stock that nobody told is never taken for zero.

use serde_json::json;
use xiaoer_sdk::{
    ActionKind, Block, Cell, Change, Context, Expected, FieldKind, Input, Manifest, Period, Proposal, Read, Report,
    Sales, Shelf, Skill, SkillError, Source, Table, Task, Unit, Value, quoted,
};

/// Days of sales that say how fast a stock goes.
const PACE_DAYS: u32 = 14;
/// Most refills proposed at once; the table lists all.
const PROPOSED: usize = 20;

/// Stocks that end soon.
pub(crate) struct StockAlert;

#[xiaoer_sdk::async_trait]
impl Skill for StockAlert {
    fn manifest(&self) -> Manifest {
        Manifest::new("operations", "stock-alert", "库存预警")
            .about("按最近两周的销量算出哪些规格快卖完了，备好补货后的库存数，你按实际到货改好再确认。")
            .reads([Read::Products, Read::Orders])
            .asks(["stock-alert"])
            .proposes([ActionKind::SetStock])
            .field("days", "几天内卖完就提醒", FieldKind::Number { min: 1, max: 60 }, "7")
            .field("cover", "补货够卖几天", FieldKind::Number { min: 1, max: 90 }, "30")
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在看库存和最近的销量").await?;
        let products = cx.products().await?;
        let sales = Sales::of(&cx.orders_paid(Period::ending(cx.as_of(), PACE_DAYS)).await?);
        let (days, cover) = (input.number("days"), input.number("cover"));
        let ending: Vec<Shelf> =
            sales.shelves(&products, PACE_DAYS).into_iter().filter(|shelf| shelf.days_left <= days).collect();
        let untold = products.iter().filter(|p| p.on_sale && p.skus.is_empty() && p.stock.is_none()).count();

        let mut report = Report::new("库存预警", cx.as_of());
        let gone = ending.iter().filter(|shelf| shelf.stock <= 0).count();
        headline(&mut report, (&ending, gone, untold), (days, cover));
        cx.progress("正在写结论").await?;
        let told = report.facts.only(["ending", "gone", "days", "worst_left", "pace_days"]);
        let today = ending.first().is_some_and(|worst| worst.days_left == 0);
        let variables = json!({ "shop": cx.shop().name, "quiet": ending.is_empty(), "gone": gone > 0, "today": today });
        report.say(cx.narrate("stock-alert", variables, &told).await?);
        if untold > 0 {
            report.info("有 {untold}商品没有库存数，不知道还剩多少，没有算进来。");
        }
        overview(&mut report, &ending, cover);
        let tasks: Vec<Task> = ending
            .iter()
            .take(PROPOSED)
            .enumerate()
            .filter_map(|(at, shelf)| refill(&mut report, shelf, (at, cover)))
            .collect();
        if !tasks.is_empty() {
            report.push(Block::Checklist { title: "补货（请按实际到货填写）".into(), tasks });
            report.warn("补货后的库存只是按销量算出来的建议数，请按实际到货填写，货没到别先改。");
        }
        Ok(report)
    }
}

fn count(number: usize, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}

fn headline(report: &mut Report, (ending, gone, untold): (&[Shelf], usize, usize), (days, cover): (i64, i64)) {
    let facts = &mut report.facts;
    let rule = |how: &str| Source::rule("设置", how);
    let from = |how: &str| Source::rows("商品", how, ending.iter().map(|shelf| shelf.product.id.as_str()));
    facts.add("days", "多少天内会卖完", Value::Count(days, Unit::Days), rule("几天内卖完就提醒"));
    facts.add("cover", "补货够卖的天数", Value::Count(cover, Unit::Days), rule("补货够卖几天"));
    facts.add("pace_days", "看几天的销量", Value::Count(PACE_DAYS.into(), Unit::Days), rule("销量按这些天平均"));
    facts.add("ending", "快卖完的规格", count(ending.len(), Unit::Things), from("现有库存 ÷ 每天销量"));
    facts.add("gone", "已经断货的规格", count(gone, Unit::Things), from("库存为零而最近卖出过"));
    facts.add("untold", "没有库存数的商品", count(untold, Unit::Products), Source::rule("商品", "平台没有给出库存"));
    if let Some(worst) = ending.first() {
        let left = Value::Count(worst.days_left, Unit::Days);
        facts.add("worst_left", "最急的还能卖", left, from("最急一个的库存 ÷ 每天销量"));
    }
    let sold_out_today = ending.first().is_some_and(|worst| worst.days_left == 0);
    report.summary = if ending.is_empty() {
        "按最近 {pace_days}的销量，{days}内没有要卖完的规格。".into()
    } else {
        let worst = if sold_out_today { "最急的撑不过今天" } else { "最急的还能卖 {worst_left}" };
        format!("按最近 {{pace_days}}的销量，有 {{ending}}规格 {{days}}内会卖完，{worst}。")
    };
}

fn variant(shelf: &Shelf) -> String {
    shelf.sku.map_or_else(|| "整个商品".into(), |sku| quoted(&sku.name))
}

fn overview(report: &mut Report, ending: &[Shelf], cover: i64) {
    let heads = ["商品", "规格", ">现有库存", ">最近卖出", ">还能卖", ">建议补到"];
    let mut table = Table::new("快卖完的", &heads, "没有快卖完的，库存都够。");
    for shelf in ending {
        table.row([
            Cell::quoted(&shelf.product.title),
            Cell::Text(variant(shelf)),
            Cell::Value(Value::Count(shelf.stock, Unit::Pieces)),
            Cell::Value(Value::Count(shelf.sold.whole_pieces(), Unit::Pieces)),
            Cell::Value(Value::Count(shelf.days_left, Unit::Days)),
            Cell::Value(Value::Count(shelf.sold.pieces_for(cover, PACE_DAYS), Unit::Pieces)),
        ]);
    }
    report.push(Block::Table(table));
}

/// A refill for a person to correct; none where the stock already covers the days.
fn refill(report: &mut Report, shelf: &Shelf, (at, cover): (usize, i64)) -> Option<Task> {
    let to = shelf.sold.pieces_for(cover, PACE_DAYS);
    if to <= shelf.stock {
        return None;
    }
    let (product, sku) = (shelf.product.id.clone(), shelf.sku.map(|sku| sku.id.clone()));
    let key = format!("stock-{product}-{}", sku.as_deref().unwrap_or("all"));
    let id = |what: &str| format!("refill_{}_{what}", at + 1);
    let from = |how: &str| Source::rows("订单", how, &shelf.sold.orders);
    let facts = &mut report.facts;
    let sold = Value::Count(shelf.sold.whole_pieces(), Unit::Pieces);
    let sold = facts.add(&id("sold"), "最近卖出", sold, from("付款订单里的件数"));
    let left = Value::Count(shelf.days_left, Unit::Days);
    let left = facts.add(&id("left"), "还能卖", left, from("现有库存 ÷ 每天销量"));
    let to_fact =
        facts.add(&id("to"), "建议补到", Value::Count(to, Unit::Pieces), from("每天销量 × 补货够卖的天数，向上取整"));
    let why = format!("最近 {{pace_days}}卖出 {{{sold}}}，现有库存还能卖 {{{left}}}");
    let expected = Expected {
        by: None,
        text: format!("补到 {{{to_fact}}}，够卖 {{cover}}；请按实际到货填写"),
        facts: vec![to_fact],
        ..Expected::default()
    };
    let task = Task::new("仓库", format!("补货：{}（{}）", quoted(&shelf.product.title), variant(shelf)))
        .because(why.as_str())
        .until(match shelf.days_left {
            _ if shelf.stock <= 0 => "已经没货了，尽快".into(),
            0 => "今天，撑不过今天".into(),
            _ => format!("{{{left}}}内"),
        })
        .brings(expected.text.as_str())
        .with_proposal(&key);
    report.proposals.push(Proposal { key, change: Change::SetStock { product, sku, to }, why, expected });
    Some(task)
}
