//! 库存预警.

use xiaoer_sdk::shop::{OrderStatus, Product};
use xiaoer_sdk::{Change, Report};

use crate::plain::plain;
use crate::rows::*;
use crate::shop::FakeShop;

/// A product that sells so many pieces a day for a fortnight.
fn selling(product: Product, a_day: i64) -> FakeShop {
    let mut shop = FakeShop::default();
    for back in 0..14 {
        let mut order = order(&format!("o{back}"), "b1", days_ago(back), "100.00");
        order.lines.push(line(&product.id, &product.title, a_day, "100.00"));
        shop.orders.push(order);
    }
    shop.products = vec![product];
    shop
}

fn refills(report: &Report) -> Vec<&Change> {
    report.proposals.iter().map(|proposal| &proposal.change).collect()
}

#[test]
fn what_runs_out_within_the_days_is_refilled_to_last() {
    let shop = selling(Product { stock: Some(20), ..product("1", "保温杯") }, 4);
    let report = shop.click("stock-alert");
    assert_eq!(refills(&report), [&Change::SetStock { product: "1".into(), sku: None, to: 120 }]);
    assert!(plain(&report).contains("请按实际到货填写"));
    let far = shop.run("stock-alert", &[("days", "4")]);
    assert!(far.proposals.is_empty(), "five days are more than four");
}

#[test]
fn each_variant_has_its_own_pace() {
    let skus = vec![sku("white", "白色", 2), sku("black", "黑色", 900), sku("red", "红色", 0)];
    let mut shop = selling(Product { skus, ..product("1", "保温杯") }, 4);
    for (at, order) in shop.orders.iter_mut().enumerate() {
        order.lines[0].sku = Some(if at % 2 == 0 { "white" } else { "black" }.into());
    }
    let report = shop.click("stock-alert");
    // Seven of fourteen days with four pieces: 28 in a fortnight, 60 in a month. Red never sold and is not missed.
    assert_eq!(refills(&report), [&Change::SetStock { product: "1".into(), sku: Some("white".into()), to: 60 }]);
}

#[test]
fn a_stock_that_nobody_told_is_not_taken_for_zero() {
    let shop = selling(Product { stock: None, ..product("1", "保温杯") }, 4);
    let report = shop.click("stock-alert");
    assert!(report.proposals.is_empty());
    assert!(plain(&report).contains("有 1款商品没有库存数"));
}

#[test]
fn what_never_sold_never_runs_out() {
    let shop =
        FakeShop { products: vec![Product { stock: Some(0), ..product("1", "保温杯") }], ..FakeShop::default() };
    assert!(shop.click("stock-alert").proposals.is_empty());
}

#[test]
fn returned_and_fake_orders_make_no_pace() {
    let mut shop = selling(Product { stock: Some(20), ..product("1", "保温杯") }, 4);
    for (at, order) in shop.orders.iter_mut().enumerate() {
        if at % 2 == 0 { order.valid = false } else { order.status = OrderStatus::Closed }
    }
    assert!(shop.click("stock-alert").proposals.is_empty());
}

#[test]
fn an_absurd_quantity_gives_a_report_all_the_same() {
    let mut shop = selling(Product { stock: Some(i64::MAX), ..product("1", "保温杯") }, 4);
    shop.orders[0].lines[0].quantity = rust_decimal::Decimal::MAX;
    shop.orders[1].lines[0].quantity = rust_decimal::Decimal::MAX;
    shop.click("stock-alert");
}
