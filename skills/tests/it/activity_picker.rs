//! 活动选品.

use xiaoer_sdk::shop::{Cost, Product};
use xiaoer_sdk::{Block, Report};

use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

fn shop(products: Vec<Product>) -> FakeShop {
    let mut order = order("1", "b1", days_ago(1), "100.00");
    order.lines = products.iter().map(|product| line(&product.id, &product.title, 5, "100.00")).collect();
    let activities = vec![activity("a", "双12年终采购盛典", "2026-11-25T23:59")];
    FakeShop { products, activities, orders: vec![order], ..FakeShop::default() }
}

fn tasks(report: &Report) -> Vec<&str> {
    let lists = report.blocks.iter().filter_map(|block| match block {
        Block::Checklist { tasks, .. } => Some(tasks),
        _ => None,
    });
    lists.flatten().map(|task| task.why.as_str()).collect()
}

#[test]
fn without_costs_nothing_is_recommended() {
    let report = shop(vec![product("1", "保温杯")]).click("activity-picker");
    assert!(tasks(&report).is_empty() && report.proposals.is_empty());
    assert!(plain(&report).contains("最低可报价未知，不推荐"));
    assert!(plain(&report).contains("Offer ID、SKU ID、成本"), "the way out is told");
}

#[test]
fn the_lowest_price_keeps_the_margin_to_the_last_fen() {
    let mut shop = shop(vec![product("1", "保温杯")]);
    shop.costs = vec![cost("1", "13.40")];
    // 13.40 ÷ 0.85 = 15.7647…, and 15.76 would keep less than 15%.
    assert!(plain(&shop.click("activity-picker")).contains("| 20.00元 | 13.40元 | 33.0% | 15.77元 |"));
    assert_eq!(tasks(&shop.click("activity-picker")).len(), 1);
    let strict = shop.run("activity-picker", &[("margin", "34")]);
    assert!(tasks(&strict).is_empty() && plain(&strict).contains("毛利不够"));
}

#[test]
fn one_variant_without_a_cost_leaves_the_product_without() {
    let skus = vec![sku("white", "白色", 100), sku("black", "黑色", 100)];
    let mut shop = shop(vec![Product { skus, ..product("1", "保温杯") }]);
    let of = |sku: &str, cost: &str| Cost { product: "1".into(), sku: Some(sku.into()), cost: yuan(cost) };
    shop.costs = vec![of("n-white", "10.00")];
    assert!(tasks(&shop.click("activity-picker")).is_empty());
    shop.costs.push(of("n-black", "14.00"));
    let text = plain(&shop.click("activity-picker"));
    assert!(text.contains("| 20.00元 | 14.00元 |"), "the dearest variant counts: {text}");
}

#[test]
fn enrolled_products_are_not_named_again() {
    let mut shop = shop(vec![product("1", "保温杯"), product("2", "水杯")]);
    shop.costs = vec![cost("1", "10.00"), cost("2", "10.00")];
    shop.activities[0].enrolled = vec!["1".into()];
    let report = shop.click("activity-picker");
    assert_eq!(tasks(&report).len(), 1);
    assert!(tasks(&report)[0].contains("水杯") && !tasks(&report)[0].contains("保温杯"));
    assert!(plain(&report).contains("已报名"));
}

#[test]
fn only_activities_that_take_enrolments_now_are_shown() {
    let mut shop = shop(vec![product("1", "保温杯")]);
    shop.activities.push(activity("old", "去年的活动", "2026-11-22T23:59"));
    let mut next = activity("next", "明年的活动", "2027-01-02T00:00");
    next.enrol.0 = at("2026-12-20T00:00");
    shop.activities.push(next);
    let text = plain(&shop.click("activity-picker"));
    assert!(!text.contains("去年的活动") && !text.contains("明年的活动"), "{text}");
}

#[test]
fn an_empty_shelf_joins_no_activity() {
    let mut shop = shop(vec![Product { stock: Some(0), ..product("1", "保温杯") }]);
    shop.costs = vec![cost("1", "10.00")];
    assert!(tasks(&shop.click("activity-picker")).is_empty());
}

#[test]
fn a_product_without_a_price_divides_nothing() {
    let free = Product { prices: vec![(1, yuan("0"))], ..product("2", "赠品") };
    let mut shop = shop(vec![Product { prices: Vec::new(), ..product("1", "保温杯") }, free]);
    shop.costs = vec![cost("1", "10.00"), cost("2", "0")];
    let text = plain(&shop.click("activity-picker"));
    assert!(text.contains("没有价格"), "{text}");
}
