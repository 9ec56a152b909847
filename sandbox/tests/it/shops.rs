//! Shops: generated ones, one from an order export, their files and pictures.

use std::time::{Duration, Instant};

use serde_json::Value;
use xiaoer_orders::{LedgerKind, Table};
use xiaoer_sandbox::{Industry, Options, Sandbox, SandboxError, ShopSource};

use crate::rig::{ORDERS, REFUNDS, Rig, TRADE, generated, options};

const EXPORT: &str = "订单编号,买家公司名,买家会员名,货品总价(元),运费(元),涨价或折扣(元),实付款(元),订单状态,订单创建时间,订单付款时间,货品标题,单价(元),数量,单位,货号\n\
    551515,甲公司,buyer1,33.00,2.00,-1.50,33.50,交易成功,2011-05-01 10:51:00,2011-05-01 10:52:00,RED LIGHT,1.65,12,件,21731\n\
    ,,,,,,,,,,MINI CASES,13.20,1,件,20749\n\
    551516,乙公司,buyer2,8.00,0,0,8.00,等待卖家发货,2011-05-02 09:00:00,2011-05-02 09:01:00,RED LIGHT,2.00,4,件,21731\n";

fn export_shop() -> ShopSource {
    ShopSource::OrderExport { name: "真实样例".to_owned(), bytes: EXPORT.as_bytes().to_vec() }
}

#[tokio::test]
async fn an_order_export_becomes_a_shop_with_its_orders_as_they_were() {
    let rig = Rig::with(Options { shops: vec![export_shop()], ..options() }).await;
    let orders = rig.orders(&[]).await;
    assert_eq!(orders.len(), 2);
    let (newer, older) = (&orders[0]["baseInfo"], &orders[1]["baseInfo"]);
    assert_eq!((&older["idOfStr"], &newer["idOfStr"]), (&Value::from("551515"), &Value::from("551516")));
    assert_eq!((&older["status"], &newer["status"]), (&Value::from("success"), &Value::from("waitsellersend")));
    assert_eq!(older["totalAmount"].to_string(), "33.5");
    assert_eq!((older["discount"].as_i64(), older["payTime"].as_str()), (Some(-150), Some("20110501105200000+0800")));
    assert_eq!(older["buyerContact"]["companyName"], "甲公司");
    assert_eq!(orders[1]["productItems"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        orders[0]["productItems"][0]["productID"], orders[1]["productItems"][0]["productID"],
        "one article is one product"
    );
    assert_eq!(rig.call(TRADE, REFUNDS, &[]).await["result"]["totalCount"], 0);
    assert!(rig.sandbox.merchant_files("真实样例").is_empty());
}

#[test]
fn a_file_that_is_no_export_and_two_shops_of_one_name_are_refused_by_name() {
    let broken = Options {
        shops: vec![ShopSource::OrderExport { name: "坏的".to_owned(), bytes: b"hello".to_vec() }],
        ..options()
    };
    let error = Sandbox::open(broken).expect_err("it must not open");
    assert!(matches!(&error, SandboxError::Export { name, .. } if name == "坏的"), "{error}");
    let twice = Options { shops: vec![generated("甲", 1), generated("甲", 1)], ..options() };
    assert!(matches!(Sandbox::open(twice), Err(SandboxError::SameName(name)) if name == "甲"));
}

#[tokio::test]
async fn each_token_sees_its_own_shop_only() {
    let mut rig = Rig::with(Options { shops: vec![generated("演示店铺", 10), export_shop()], ..options() }).await;
    let first = rig.call(TRADE, ORDERS, &[]).await;
    rig.token = rig.sandbox.shops()[1].access_token.clone();
    let second = rig.call(TRADE, ORDERS, &[]).await;
    assert_eq!(second["totalRecord"], 2);
    assert_ne!(first["result"][0]["baseInfo"]["sellerID"], second["result"][0]["baseInfo"]["sellerID"]);
    assert_eq!(second["result"][0]["baseInfo"]["sellerID"], rig.sandbox.shops()[1].member_id);
}

#[tokio::test]
async fn the_merchants_files_are_read_without_a_problem_and_agree_with_the_orders() {
    let rig = Rig::start().await;
    let files = rig.sandbox.merchant_files("演示店铺");
    let read = |name: &str| {
        xiaoer_orders::read(&files.iter().find(|file| file.0 == name).expect("the file").1).expect("a table")
    };
    let Table::Ledger(ledger) = read("ledger.csv") else { panic!("not a ledger") };
    let Table::Costs(costs) = read("costs.csv") else { panic!("not costs") };
    let Table::Traffic(traffic) = read("traffic.csv") else { panic!("not traffic") };
    assert!(ledger.problems.is_empty() && costs.problems.is_empty() && traffic.problems.is_empty());
    assert!(
        costs.rows.len() > 100 && traffic.rows.len() == 30,
        "{} costs, {} days",
        costs.rows.len(),
        traffic.rows.len()
    );

    let paid: Vec<Value> = rig
        .orders(&[("createEndTime", "20261122235959999+0800")])
        .await
        .into_iter()
        .filter(|order| order["baseInfo"]["payTime"].as_str().is_some_and(|at| at < "20261123"))
        .collect();
    let orders: Vec<_> = ledger.rows.iter().filter(|row| row.kind == LedgerKind::Order).collect();
    assert_eq!(orders.len(), paid.len());
    for row in &orders {
        let order = paid.iter().find(|order| order["baseInfo"]["idOfStr"] == row.id.as_str()).expect("its order");
        assert_eq!(order["baseInfo"]["buyerID"].as_str(), row.buyer.as_deref());
        assert_eq!(order["baseInfo"]["totalAmount"].to_string().parse(), Ok(row.amount.normalize()));
    }
    assert!(orders.iter().any(|row| row.marketing == Some(true)) && orders.iter().any(|row| row.scene == Some(true)));
    assert!(ledger.rows.iter().any(|row| row.kind == LedgerKind::Refund));
    assert!(
        ledger.rows.iter().all(|row| row.kind != LedgerKind::Inquiry),
        "a consumer shop's points know no inquiries"
    );
}

#[test]
fn an_industrial_shop_hands_over_its_inquiries() {
    let source = ShopSource::Generated { name: "五金".to_owned(), seed: 1, days: 30, industry: Industry::Industrial };
    let sandbox = Sandbox::open(Options { shops: vec![source], ..options() }).expect("it opens");
    let Table::Ledger(ledger) = xiaoer_orders::read(&sandbox.merchant_files("五金")[0].1).expect("a table") else {
        panic!("not a ledger")
    };
    assert!(ledger.problems.is_empty(), "{:?}", ledger.problems);
    let inquiries: Vec<_> = ledger.rows.iter().filter(|row| row.kind == LedgerKind::Inquiry).collect();
    assert!(inquiries.len() > 300);
    assert!(inquiries.iter().any(|row| !row.valid) && inquiries.iter().any(|row| row.marketing == Some(true)));
}

#[tokio::test]
async fn a_products_picture_is_served_where_its_record_says() {
    let rig = Rig::start().await;
    let product = rig.product(|_| true).await;
    let path = product["image"]["images"][0].as_str().expect("text");
    let answer = rig.get(path).await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    let bytes = answer.bytes().await.expect("a body");
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!(rig.get(path).await.bytes().await.expect("a body"), bytes, "the same every time");
    assert_eq!(rig.get("img/ibank/none.png").await.status(), 404);
}

#[test]
fn opening_four_months_takes_a_moment() {
    let start = Instant::now();
    Sandbox::open(Options { shops: vec![generated("演示店铺", 120)], ..options() }).expect("it opens");
    // The release build takes a tenth of this; the margin is for a busy machine and an unoptimised build.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}
