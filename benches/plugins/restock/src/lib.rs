//! The small skill that the goal was set with: one read, a little arithmetic, three words of progress, one question, and a report with a
//! proposal for each product that runs out. The bench compiles it in, and runs the component that was built from it.

use serde_json::json;
use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{
    ActionKind, Block, Cell, Change, Context, Expected, Input, Manifest, Proposal, Read, Report, Skill, SkillError,
    Source, Table, Unit, Value,
};

/// Pieces below which a product runs out, and up to which it is filled.
const LOW: i64 = 20;
const FULL: i64 = 200;

/// What runs out.
pub(crate) struct Restock;

#[cfg(target_arch = "wasm32")]
xiaoer_component::skill!(Restock);

#[xiaoer_sdk::async_trait]
impl Skill for Restock {
    fn manifest(&self) -> Manifest {
        let reads = Manifest::new("operations", "restock", "补货").reads([Read::Products]);
        reads.asks(["restock"]).proposes([ActionKind::SetStock])
    }

    async fn run(&self, cx: &Context, _: Input) -> Result<Report, SkillError> {
        cx.progress("正在看库存").await?;
        let products = cx.products().await?;
        let low: Vec<&Product> =
            products.iter().filter(|product| product.stock.is_some_and(|left| left < LOW)).collect();

        cx.progress("正在写结论").await?;
        let mut report = Report::new("补货", cx.as_of());
        let count = Value::Count(i64::try_from(low.len()).unwrap_or(i64::MAX), Unit::Products);
        let source = Source::rows("商品", "库存不到二十件", low.iter().map(|product| product.id.as_str()));
        report.facts.add("low", "快卖完的商品", count, source);
        report.summary = "有 {low}商品快卖完了。".into();
        report.say(cx.narrate("restock", json!({ "shop": cx.shop().name }), &report.facts).await?);
        let mut table = Table::new("快卖完的", &["商品", ">库存"], "都够。");
        for product in low {
            let left = Value::Count(product.stock.unwrap_or_default(), Unit::Pieces);
            table.row([Cell::quoted(&product.title), Cell::Value(left)]);
            report.proposals.push(Proposal {
                key: format!("stock-{}", product.id),
                change: Change::SetStock { product: product.id.clone(), sku: None, to: FULL },
                why: "库存不到二十件".into(),
                expected: Expected::default(),
            });
        }
        report.push(Block::Table(table));
        cx.progress("好了").await?;
        Ok(report)
    }
}
