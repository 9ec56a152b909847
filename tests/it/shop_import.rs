//! Files that a merchant hands over: read once or twice the shop is the same, and the platform's own rows are never spoilt by them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use xiaoer::shop::import::{ImportError, Imported, import, past, preview};
use xiaoer::shop::{Link, Shop};
use xiaoer_sdk::Period;
use xiaoer_sdk::shop::{Order, OrderStatus};

use crate::shop_world::{Fake, Ground, at, day, files_shop, platform_shop, shown};

const EXPORT: &str = "订单编号,买家会员名,货品总价(元),运费(元),涨价或折扣(元),实付款(元),订单状态,订单创建时间,\
                      订单付款时间,货品标题,单价(元),数量,Offer ID,SKU ID";
const REAL: &[u8] = include_bytes!("../fixtures/order-export-2011-05.xlsx");

impl Ground {
    async fn hand_over(&self, shop: &Shop, bytes: impl AsRef<[u8]>) -> Imported {
        import(shop, &self.mirror, bytes.as_ref(), &self.clock).await.expect("imported")
    }

    async fn orders(&self, shop: &Shop) -> Vec<Order> {
        let generation = self.mirror.generation(&shop.id).await.expect("read");
        self.mirror.all_orders(shop, generation).await.expect("orders")
    }
}

fn became(imported: &Imported) -> (usize, usize, usize, usize) {
    (imported.new, imported.changed, imported.unchanged, imported.kept)
}

#[tokio::test]
async fn the_real_export_is_494_orders_and_a_second_import_changes_nothing() {
    let (ground, shop) = (Ground::new(), files_shop());
    let started = Instant::now();
    let first = ground.hand_over(&shop, REAL).await;
    let took = started.elapsed();
    assert_eq!((first.rows, first.problems.len(), became(&first)), (494, 0, (494, 0, 0, 0)));
    // The promise is a second for a release build.
    assert!(took < Duration::from_secs(20), "{took:?}");
    let orders = ground.orders(&shop).await;
    assert_eq!(orders.iter().map(|order| order.total).sum::<Decimal>(), Decimal::new(18_979_795, 2));
    assert_eq!(orders.iter().filter_map(|order| order.buyer.as_ref()).collect::<BTreeSet<_>>().len(), 413);
    for order in &orders {
        assert_eq!(
            order.lines.iter().map(|line| line.amount).sum::<Decimal>() + order.freight,
            order.total,
            "order {}",
            order.id
        );
    }
    let head = ground.mirror.head("test").await.expect("read").expect("there are orders");
    assert_eq!((head.generation, head.complete_through, head.synced_at), (1, day("2011-05-10"), None));
    let named: BTreeSet<_> = orders.iter().flat_map(|o| &o.lines).filter_map(|line| line.product.clone()).collect();
    let products = ground.mirror.products(&shop, 1).await.expect("products");
    assert_eq!(products.iter().map(|product| product.id.clone()).collect::<BTreeSet<_>>(), named);
    assert!(
        products.iter().all(|product| product.stock.is_none() && product.prices.is_empty()),
        "a file tells neither"
    );

    let again = ground.hand_over(&shop, REAL).await;
    assert_eq!(became(&again), (0, 0, 494, 0));
    assert_eq!(ground.mirror.head("test").await.expect("read"), Some(head));
}

#[tokio::test]
async fn a_bad_row_is_named_and_the_good_ones_load() {
    let (ground, shop) = (Ground::new(), files_shop());
    let ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
                  2026-11-20 10:00:00,order,A1,老王,100.00,,,,\n\
                  2026-11-20 11:00:00,order,A2,老李,一百,,,,\n\
                  2026-11-21 09:00:00,refund,R1,老王,20,,,,A1\n";
    let done = ground.hand_over(&shop, ledger).await;
    assert_eq!((done.rows, became(&done)), (2, (2, 0, 0, 0)));
    assert_eq!((done.problems.len(), done.problems[0].row, done.problems[0].column.as_str()), (1, 3, "amount"));
    let refunds = ground.mirror.all_refunds(&shop, 1).await.expect("refunds");
    assert_eq!((refunds[0].order.as_deref(), refunds[0].refunded), (Some("A1"), Some(Decimal::from(20))));
    let settled = Period::day(day("2026-11-21"));
    assert_eq!(ground.mirror.refunds_settled(&shop, 1, settled).await.expect("refunds").len(), 1);

    let before = ground.mirror.head("test").await.expect("read");
    let refused = import(&shop, &ground.mirror, b"this is no table", &ground.clock).await;
    assert!(matches!(refused, Err(ImportError::File(_))), "{refused:?}");
    assert_eq!(ground.mirror.head("test").await.expect("read"), before);
}

#[tokio::test]
async fn marks_from_a_ledger_outlive_every_sync() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let id = |number: u32| format!("29000000000000{number:05}");
    let ledger = format!(
        "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
         2026-11-22 10:00:00,order,{},somebody,999,1,0,1,\n\
         2026-11-22 10:00:00,order,{},somebody,999,,,0,\n\
         2026-11-22 10:00:00,order,{},somebody,999,1,,1,\n\
         2026-11-22 11:00:00,refund,R9,somebody,5,,,,\n\
         2026-11-24 12:00:00,inquiry,X1,b2b-7,,1,,,\n",
        id(1),
        id(2),
        id(777)
    );
    let done = ground.hand_over(&shop, &ledger).await;
    assert_eq!((became(&done), done.waiting), ((4, 0, 0, 1), 1), "the refund is the platform's to tell");
    assert_eq!(became(&ground.hand_over(&shop, &ledger).await), (0, 0, 4, 1));
    let head = ground.mirror.head("test").await.expect("read").expect("there");
    assert_eq!(head.complete_through, day("2026-11-22"), "a file does not say what a platform shop has complete");

    fake.change(|held| {
        held.now += chrono::TimeDelta::hours(3);
        let now = held.now;
        held.orders.iter_mut().for_each(|order| (order.status, order.modified) = (OrderStatus::Success, now));
        held.orders.push(crate::shop_world::order(777, now));
    });
    let outcome = ground.sync(&shop, &fake).await.expect("synced");
    let order = async |number| {
        ground.mirror.order(&shop, outcome.generation, &id(number)).await.expect("read").expect("it is there")
    };
    let marked = order(1).await;
    assert_eq!((marked.marketing, marked.scene, marked.valid), (Some(true), Some(false), true));
    assert_eq!((marked.total, marked.status), (Decimal::from(11), OrderStatus::Success), "the rest is the platform's");
    assert!(!order(2).await.valid);
    assert_eq!(order(777).await.marketing, Some(true), "the mark had waited for its order");
    assert_eq!(order(3).await.marketing, None, "nobody said");
    let paid = Period { from: day("2026-11-01"), to: day("2026-11-23") };
    let window = ground.mirror.orders_paid(&shop, outcome.generation, paid).await.expect("orders");
    assert_eq!(window.iter().filter(|order| order.marketing == Some(true)).count(), 2);
    assert_eq!(ground.mirror.inquiries(&shop, outcome.generation).await.expect("inquiries").len(), 1);
    assert!(ground.mirror.refund(&shop, outcome.generation, "R9").await.expect("read").is_none());
}

#[tokio::test]
async fn an_export_adds_old_orders_to_a_platform_shop_and_spoils_none() {
    let (ground, shop, fake) = (Ground::new(), platform_shop(), Fake::with_some_of_everything());
    ground.sync(&shop, &fake).await.expect("synced");
    let before = shown(&ground.mirror, &shop, 1).await;
    let row =
        |id: &str| format!("{id},某某,1,0,0,1,交易关闭,2025-01-05 10:00:00,2025-01-05 10:05:00,杯,1,1,700000000001,5");
    let export = format!("{EXPORT}\n{}\n{}\n", row("2900000000000000003"), row("1800000000000000001"));
    let done = ground.hand_over(&shop, &export).await;
    assert_eq!((done.problems.as_slice(), became(&done)), ([].as_slice(), (1, 0, 0, 1)));
    let orders = ground.orders(&shop).await;
    assert_eq!(orders.len(), 25);
    assert_eq!(
        orders.iter().find(|o| o.id == "2900000000000000003").map(|o| o.status.clone()),
        Some(OrderStatus::WaitSend)
    );
    let generation = ground.mirror.generation("test").await.expect("read");
    let after = shown(&ground.mirror, &shop, generation).await;
    assert_eq!(after["products"], before["products"], "lines of a file are no products of a platform shop");
}

#[tokio::test]
async fn an_export_tells_more_than_a_ledger_whichever_comes_first() {
    let export = format!(
        "{EXPORT}\n\
         A1,老王,100,5,-10,95,交易成功,2026-11-20 09:00:00,2026-11-20 10:00:00,红杯,10,3,11,1\n\
         ,,,,,,,,,白杯,35,2,12,2\n"
    );
    let ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n2026-11-20 10:00:00,order,A1,老王,95,1,,,\n";
    let mut shops = Vec::new();
    for files in [[export.as_str(), ledger], [ledger, export.as_str()]] {
        let (ground, shop) = (Ground::new(), files_shop());
        for file in files {
            assert!(ground.hand_over(&shop, file).await.problems.is_empty());
        }
        shops.push(ground.orders(&shop).await);
    }
    assert_eq!(shops[0], shops[1]);
    let order = &shops[0][0];
    assert_eq!((order.marketing, order.freight, order.lines.len()), (Some(true), Decimal::from(5), 2));
    let amounts: Vec<Decimal> = order.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [Decimal::from(27), Decimal::from(63)], "ten yuan off, each line its share");
    assert_eq!(order.paid, Some(at("2026-11-20T10:00:00")));
}

#[tokio::test]
async fn an_older_file_does_not_bring_an_older_title_back() {
    let (ground, shop) = (Ground::new(), files_shop());
    let export = |id: &str, month: u32, title: &str| {
        format!(
            "{EXPORT}\n{id},老王,10,0,0,10,交易成功,2026-{month:02}-20 09:00:00,2026-{month:02}-20 10:00:00,{title},10,1,11,1\n"
        )
    };
    for (id, month, title) in [("A2", 10, "新标题"), ("A1", 9, "旧标题")] {
        ground.hand_over(&shop, export(id, month, title)).await;
    }
    let product = ground.mirror.product(&shop, 2, "11").await.expect("read").expect("it is there");
    assert_eq!(product.title, "新标题");
}

#[tokio::test]
async fn costs_and_traffic_are_known_and_make_no_day_complete() {
    let (ground, shop) = (Ground::new(), files_shop());
    let done = ground.hand_over(&shop, "Offer ID,SKU ID,成本\n11,,8.50\n11,5,9\n").await;
    assert_eq!((done.kind.as_str(), became(&done)), ("成本表", (2, 0, 0, 0)));
    assert_eq!(ground.mirror.head("test").await.expect("read"), None, "no order was ever told");
    ground.hand_over(&shop, "日期,展现次数,访客数\n2026-11-21,2059,29\n2026-11-22,-,31\n").await;
    ground.hand_over(&shop, "time,kind,id,buyer,amount\n2026-11-20 10:00:00,order,A1,老王,95\n").await;
    let head = ground.mirror.head("test").await.expect("read").expect("now there is one");
    assert_eq!(head.complete_through, day("2026-11-20"));
    assert_eq!(ground.mirror.costs(&shop, head.generation).await.expect("costs").len(), 2);
    let period = Period { from: day("2026-11-22"), to: day("2026-11-30") };
    let traffic = ground.mirror.traffic(&shop, head.generation, period).await.expect("traffic");
    assert_eq!((traffic.len(), traffic[0].impressions, traffic[0].visitors), (1, None, Some(31)));

    let dearer = ground.hand_over(&shop, "Offer ID,SKU ID,成本\n11,,8.80\n11,5,9\n").await;
    assert_eq!(became(&dearer), (0, 1, 1, 0));
    ground.hand_over(&shop, "time,kind,id,buyer,amount\n2026-11-10 10:00:00,order,A0,老王,95\n").await;
    let head = ground.mirror.head("test").await.expect("read").expect("there");
    assert_eq!(head.complete_through, day("2026-11-20"), "an older file does not take days away");
}

#[tokio::test]
async fn invoices_become_orders_and_refunds_of_a_shop_of_files_alone() {
    let (ground, shop) = (Ground::new(), files_shop());
    let invoices = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n\
                    536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850\n\
                    536365,71053,LANTERN,2,2010-12-01 08:26:00,3.39,17850\n\
                    C536379,D,Discount,-1,2010-12-02 09:41:00,27.50,14527\n";
    let done = ground.hand_over(&shop, invoices).await;
    assert_eq!((done.rows, became(&done)), (2, (2, 0, 0, 0)));
    let orders = ground.orders(&shop).await;
    assert_eq!((orders.len(), orders[0].total, orders[0].lines.len()), (1, Decimal::new(2208, 2), 2));
    let head = ground.mirror.head("test").await.expect("read").expect("there are orders");
    assert_eq!(head.complete_through, day("2010-12-02"));
    let linked = Shop { id: "linked".into(), link: platform_shop().link, ..files_shop() };
    assert!(matches!(linked.link, Link::Alibaba { .. }));
    let refused = import(&linked, &ground.mirror, invoices.as_bytes(), &ground.clock).await;
    assert!(matches!(refused, Err(ImportError::NotForPlatform(_))), "{refused:?}");
}

#[tokio::test]
async fn a_preview_tells_exactly_what_the_import_will_do_and_writes_nothing() {
    let (ground, shop) = (Ground::new(), files_shop());
    let older =
        format!("{EXPORT}\nA1,老王,10,0,0,10,等待卖家发货,2026-11-20 09:00:00,2026-11-20 10:00:00,杯,10,1,11,1\n");
    ground.hand_over(&shop, &older).await;
    let before = ground.mirror.head("test").await.expect("read");
    let file = format!(
        "{older}A2,老李,20,0,0,20,交易成功,2026-11-21 09:00:00,2026-11-21 10:00:00,盘,20,1,12,1\n\
         A3,老张,二十,0,0,二十,交易成功,2026-11-21 09:00:00,2026-11-21 10:00:00,盘,20,1,12,1\n"
    )
    .replace("等待卖家发货", "交易成功");
    let shown = preview(&shop, &ground.mirror, &file).await.expect("a preview");
    assert_eq!(ground.mirror.head("test").await.expect("read"), before);
    assert_eq!(ground.orders(&shop).await.len(), 1);
    assert_eq!(shown.days, Some((day("2026-11-20"), day("2026-11-21"))));
    assert_eq!(shown.would.problems[0].value, "二十");
    let done = ground.hand_over(&shop, &file).await;
    assert_eq!(became(&done), (1, 1, 0, 0));
    assert_eq!(shown.would, done, "what was promised is what was done");
    let again = preview(&shop, &ground.mirror, &file).await.expect("a preview");
    assert_eq!((became(&again.would), again.before.is_some()), ((0, 0, 2, 0), true));
    assert_eq!(past(&shop, &ground.mirror, 10).await.expect("read").len(), 2);
}

#[tokio::test]
async fn the_real_export_is_previewed_while_a_sync_is_writing() {
    let (ground, shop) = (Ground::new(), files_shop());
    let writing = ground.mirror.begin(&shop, xiaoer::shop::mirror::Purpose::Sync).await.expect("a writer");
    let shown = preview(&shop, &ground.mirror, REAL).await.expect("a preview waits for nobody");
    assert_eq!(became(&shown.would), (494, 0, 0, 0));
    assert_eq!(shown.first[0].len(), shown.columns.len());
    drop(writing);
}

#[tokio::test]
async fn of_two_files_that_tell_of_one_day_the_later_wins_figure_by_figure() {
    let (ground, shop) = (Ground::new(), files_shop());
    ground
        .hand_over(&shop, "日期,展现次数,访客数,支付金额,支付订单数,推广消耗金额\n2026-11-20,2059,29,95,1,34\n")
        .await;
    ground.hand_over(&shop, "time,kind,id,buyer,amount\n2026-11-20 10:00:00,order,A1,老王,95\n").await;
    let newer = "日期,展现次数,访客数,支付金额,支付订单数\n2026-11-21,10,2,-,-\n2026-11-20,2100,-,195,2\n";
    let shown = preview(&shop, &ground.mirror, newer).await.expect("a preview");
    assert!(shown.differs[0].contains("2026-11-20（看板 2 单 195 元，这里 1 单 95 元）"), "{:?}", shown.differs);
    ground.hand_over(&shop, newer).await;
    ground.hand_over(&shop, "日期,推广花费\n2026-11-21,5\n").await;
    let generation = ground.mirror.generation("test").await.expect("read");
    let period = Period { from: day("2026-11-20"), to: day("2026-11-21") };
    let days = ground.mirror.traffic(&shop, generation, period).await.expect("traffic");
    let figures: Vec<_> = days.iter().map(|day| (day.impressions, day.visitors, day.ad_spend)).collect();
    let yuan = |yuan: i64| Some(Decimal::from(yuan));
    assert_eq!(figures, [(Some(2100), Some(29), yuan(34)), (Some(10), Some(2), yuan(5))]);
}

#[tokio::test]
async fn a_blank_mark_takes_back_nothing_and_inquiries_count_once() {
    let (ground, shop) = (Ground::new(), files_shop());
    ground.hand_over(&shop, "time,kind,id,buyer,amount\n2026-11-20 10:00:00,order,A1,老王,95\n").await;
    ground.hand_over(&shop, "订单编号,数字营销,场景,有效\nA1,是,,\n").await;
    let done = ground.hand_over(&shop, "订单编号,数字营销,场景,有效\nA1,,否,否\nA9,是,,\n").await;
    assert_eq!(done.waiting, 1, "the second order is not there yet");
    let order = &ground.orders(&shop).await[0];
    assert_eq!((order.marketing, order.scene, order.valid), (Some(true), Some(false), false));
    let asked = "询盘时间,买家会员名\n2026-11-20 10:00,老王\n2026-11-21 10:00,老王\n";
    assert_eq!(became(&ground.hand_over(&shop, asked).await), (2, 0, 0, 0));
    assert_eq!(became(&ground.hand_over(&shop, asked).await), (0, 0, 2, 0));
}
