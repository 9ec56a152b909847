//! 标题优化: finds titles that break the rules of good listing, and proposes a better one for the worst.
//!
//! The defects are found by rule and the new title is checked by the same rules, whoever wrote it. A best seller is left alone unless
//! the merchant chooses otherwise: a title that sells is not broken. A title is data: whatever it says, it is only ever quoted.

use chrono::Days;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{
    ActionKind, Block, Cell, Change, Context, Expected, FieldKind, Input, Manifest, Period, Proposal, Read, Report,
    Sales, Skill, SkillError, Source, Table, Task, Unit, Value, quoted, quoted_to,
};

use self::title::{Defect, LONGEST, Title};

#[path = "title_optimizer/title.rs"]
mod title;

/// Days of sales that say what sells best.
const SALES_DAYS: u32 = 30;
/// One in so many products that sold counts as a best seller.
const BEST_SHARE: usize = 5;
/// Days after which a new title shows whether it works.
const REVIEW_DAYS: u64 = 7;
/// Characters of outside text that a prompt may hold.
const PROMPT_TEXT: usize = 200;

/// Better titles.
pub(crate) struct TitleOptimizer;

/// The answer that is asked for.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NewTitle {
    /// 新标题，最多三十个汉字宽
    title: String,
}

/// A product whose title has defects.
struct Found<'a> {
    product: &'a Product,
    defects: Vec<Defect>,
    sold: Decimal,
    best: bool,
}

#[xiaoer_sdk::async_trait]
impl Skill for TitleOptimizer {
    fn manifest(&self) -> Manifest {
        let scope = [("issues", "有问题的（不动卖得最好的）"), ("all", "全部（包括卖得最好的）")];
        let options = scope.map(|(value, label)| (value.into(), label.into())).to_vec();
        Manifest::new("operations", "title-optimizer", "标题优化")
            .about("检查商品标题的长短、重复、极限词和乱加的符号，给问题最大的商品写好新标题，你同意了才改。")
            .reads([Read::Products, Read::Orders])
            .asks(["title-optimizer"])
            .proposes([ActionKind::EditTitle])
            .field("scope", "检查哪些商品", FieldKind::Choice { options }, "issues")
            .field("limit", "最多改几个", FieldKind::Number { min: 1, max: 20 }, "5")
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在检查商品标题").await?;
        let products = cx.products().await?;
        let paid = cx.orders_paid(Period::ending(cx.as_of(), SALES_DAYS)).await?;
        let on_sale = products.iter().filter(|product| product.on_sale).count();
        let found = examine(&products, &Sales::of(&paid));
        let spare = input.text("scope") != "all";
        let limit = usize::try_from(input.number("limit")).unwrap_or(0);
        let chosen: Vec<&Found> = found.iter().filter(|found| !(spare && found.best)).take(limit).collect();

        let mut report = Report::new("标题优化", cx.as_of());
        headline(&mut report, on_sale, found.len());
        overview(&mut report, &found);
        if spare && found.iter().any(|found| found.best) {
            report.info("卖得最好的商品标题没有动：能卖就别乱改。一定要改，就把“检查哪些商品”选成“全部”。");
        }
        let mut table = Table::new("改前改后", &["现在的标题", "新标题", ">新标题字数", "谁写的"], "没有要改的标题。");
        let mut tasks = Vec::new();
        for (at, found) in chosen.iter().enumerate() {
            cx.progress(format!("正在写新标题（{}/{}）", at + 1, chosen.len())).await?;
            rewrite(cx, &mut report, found, (&mut table, &mut tasks)).await?;
        }
        written(&mut report, (on_sale, found.len(), tasks.len()));
        report.push(Block::Table(table));
        if !tasks.is_empty() {
            report.push(Block::Checklist { title: "看过再同意".into(), tasks });
            report.info("同意之前看看新标题和商品对不对得上。改完先别再动，过 {review} 对比展现和访客，变差就改回来。");
        }
        Ok(report)
    }
}

/// Titles with defects, the worst first.
fn examine<'a>(products: &'a [Product], sales: &Sales) -> Vec<Found<'a>> {
    let ranked = sales.ranked();
    let best: Vec<&str> = ranked.iter().take(ranked.len().div_ceil(BEST_SHARE)).map(|(id, _)| *id).collect();
    let mut found: Vec<Found> = products
        .iter()
        .filter(|product| product.on_sale)
        .map(|product| Found {
            product,
            defects: Title::of(&product.title).defects(product),
            sold: sales.product(&product.id).map_or(Decimal::ZERO, |sold| sold.amount),
            best: best.contains(&product.id.as_str()),
        })
        .filter(|found| !found.defects.is_empty())
        .collect();
    let weight = |found: &Found| found.defects.iter().map(Defect::weight).sum::<u32>();
    found.sort_by(|a, b| weight(b).cmp(&weight(a)).then(b.sold.cmp(&a.sold)).then(a.product.id.cmp(&b.product.id)));
    found
}

fn products(number: usize) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), Unit::Products)
}

fn headline(report: &mut Report, on_sale: usize, faulty: usize) {
    let read = |how: &str| Source::rule("商品", how);
    let facts = &mut report.facts;
    facts.add("on_sale", "在售商品", products(on_sale), read("状态为在售"));
    facts.add("faulty", "标题有问题的商品", products(faulty), read("按标题规则检查"));
    let days = Value::Count(REVIEW_DAYS.try_into().unwrap_or_default(), Unit::Days);
    facts.add("review", "看效果的天数", days, Source::rule("规则", "改标题后看效果的天数"));
    let longest = Value::Count(LONGEST.try_into().unwrap_or_default(), Unit::Characters);
    let source = Source::rule("平台", "商品标题最多这么多汉字，两个字母或数字算一个");
    facts.add("longest", "标题上限", longest, source);
}

/// The summary, once it is known how many new titles there are.
fn written(report: &mut Report, (on_sale, faulty, written): (usize, usize, usize)) {
    let source = Source::rule("商品", "问题最大、又写得出新标题的几款");
    report.facts.add("written", "这次写了新标题的", products(written), source);
    report.summary = match (on_sale, faulty, written) {
        (0, ..) => "店里还没有在售的商品。",
        (_, 0, _) => "检查了 {on_sale}商品，标题都没有问题。",
        (.., 0) => "检查了 {on_sale}商品，{faulty}标题有问题，这次没有写新标题。",
        _ => "检查了 {on_sale}商品，{faulty}标题有问题，这次给 {written}写了新标题。",
    }
    .into();
}

fn overview(report: &mut Report, found: &[Found]) {
    let heads = ["Offer ID", "标题", ">字数", "问题", ">近期货款"];
    let mut table = Table::new("有问题的标题", &heads, "没有发现有问题的标题。");
    for found in found {
        table.row([
            Cell::quoted(&found.product.id),
            Cell::quoted(&found.product.title),
            Cell::Value(width(&found.product.title)),
            Cell::Text(named(&found.defects)),
            Cell::Value(Value::Money(found.sold)),
        ]);
    }
    report.push(Block::Table(table));
    if !found.is_empty() {
        report.info("标题最多 {longest}，两个字母或数字算一个字。");
    }
}

fn width(title: &str) -> Value {
    Value::Count(i64::try_from(Title::of(title).width()).unwrap_or(i64::MAX), Unit::Characters)
}

fn named(defects: &[Defect]) -> String {
    defects.iter().map(Defect::words).collect::<Vec<_>>().join("；")
}

/// Asks for a new title; where none is proper, the merchant is told so.
async fn rewrite(
    cx: &Context,
    report: &mut Report,
    found: &Found<'_>,
    (table, tasks): (&mut Table, &mut Vec<Task>),
) -> Result<(), SkillError> {
    let product = found.product;
    let (title, by) = new_title(cx, found).await?;
    if !Title::of(&title).is_proper() || title == product.title {
        table.row([Cell::quoted(&product.title), Cell::text("写不出合适的，请自己改"), Cell::Empty, Cell::Empty]);
        return Ok(());
    }
    table.row([Cell::quoted(&product.title), Cell::quoted(&title), Cell::Value(width(&title)), Cell::Text(by)]);
    let key = format!("title-{}", product.id);
    let why = format!("现在的标题：{}", named(&found.defects));
    let expected = Expected {
        by: Some(cx.as_of() + Days::new(REVIEW_DAYS)),
        text: "买家更容易搜到、看懂；过 {review} 对比展现和访客".into(),
        facts: vec!["review".into()],
        ..Expected::default()
    };
    let task = Task::new("运营", format!("改标题：{}", quoted(&product.title)))
        .because(why.as_str())
        .until("本周内")
        .brings(expected.text.as_str())
        .with_proposal(&key);
    tasks.push(task);
    let change = Change::EditTitle { product: product.id.clone(), title };
    report.proposals.push(Proposal { key, change, why, expected });
    Ok(())
}

/// A title and the label of what wrote it.
async fn new_title(cx: &Context, found: &Found<'_>) -> Result<(String, String), SkillError> {
    let product = found.product;
    let fallback = NewTitle { title: Title::of(&product.title).mended(product) };
    let attribute = |(name, value): &(String, String)| format!("{}：{}", quoted_to(name, 20), quoted_to(value, 50));
    let attributes: Vec<String> = product.attributes.iter().take(20).map(attribute).collect();
    let now = quoted_to(&product.title, PROMPT_TEXT);
    let variables = json!({
        "title": now,
        "category": product.category.as_deref().map_or(String::new(), |name| quoted_to(name, 30)),
        "attributes": attributes,
        "problems": found.defects.iter().map(Defect::words).collect::<Vec<_>>(),
    });
    let grounds = attributes.iter().cloned().chain([now]).collect();
    let asked = cx.ask("title-optimizer", variables, &fallback, grounds).await?;
    // A model's title stands to the same rules as the one it replaces; where it breaks one, ours is taken.
    if Title::of(&asked.value.title).is_proper() {
        return Ok((asked.value.title.trim().to_owned(), asked.generator.label()));
    }
    Ok((fallback.title, "规则生成（大模型写的标题不合规则）".into()))
}
