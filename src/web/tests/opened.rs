//! A score, opened: from the home page's card down to the orders, with figures that add up.

use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{HOSTILE, World};

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a decimal as text")).parse().expect("a decimal")
}

/// Every address on a page that leads to an opened score, as a browser would follow it.
fn doors(page: &str) -> Vec<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.contains("/score?")).map(|href| href.replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn every_figure_of_the_score_card_leads_to_the_orders_it_is_made_of() {
    let world = World::new().await;
    let home = world.get("/shops/one").await;
    let doors = doors(&home.text);
    for part in ["part=buyers", "part=turnover", "part=acceleration", "part=dropping"] {
        assert!(doors.iter().any(|door| door.contains(part)), "{part}: {doors:?}");
    }
    assert!(doors.len() >= 35, "each coming day has its own: {}", doors.len());
    for door in &doors {
        let page = world.get(door).await;
        assert_eq!(page.status, StatusCode::OK, "{door}: {}", page.text);
        assert!(page.text.contains("怎么算的") && page.text.contains("href=\"/shops/one\""), "{door}");
    }
    let turnover = world.get("/shops/one/score?part=turnover").await.text;
    assert!(turnover.contains("one-20") && turnover.contains("one-1<") && turnover.contains("buyer7"), "{turnover}");
    assert!(turnover.contains("每 1,000 元支付金额 1 分 × 2,000.00元 = 2 分"), "{turnover}");
    assert!(turnover.contains("商家整理，非官方") && turnover.contains("来源："), "a rate says where it comes from");
    let (newest, oldest) = (turnover.find("2026-11-20</td>"), turnover.find("2026-11-01</td>"));
    assert!(newest.is_some() && newest < oldest, "newest first");
}

#[tokio::test]
async fn the_api_gives_rows_that_add_up_to_the_card() {
    let world = World::new().await;
    let all = world.get("/api/shops/one/score/contributions").await.json();
    let sum = |answer: &Value, column: &str| -> Decimal {
        answer["contributions"].as_array().expect("a list").iter().map(|row| decimal(&row[column])).sum()
    };
    assert_eq!(sum(&all, "base") + sum(&all, "turnover"), decimal(&all["card"]["points"]["total"]));
    assert_eq!(all["card"], world.get("/api/shops/one/score").await.json()["card"]);
    for row in all["card"]["dropping"].as_array().expect("rows") {
        let path =
            format!("/api/shops/one/score/contributions?part=dropping&day={}", row["date"].as_str().expect("a day"));
        let opened = world.get(&path).await.json();
        assert_eq!(sum(&opened, "base") + sum(&opened, "turnover"), decimal(&row["points"]), "{path}");
    }
    let earlier = world.get("/api/shops/one/score/contributions?as_of=2026-11-05&part=buyers").await.json();
    assert_eq!(sum(&earlier, "base"), Decimal::from(5), "an earlier day is opened as it stood");
    let ahead =
        world.get("/api/shops/one/score/contributions?as_of=2026-11-05&part=dropping&day=2026-12-04").await.json();
    assert_eq!(ahead["contributions"].as_array().map(Vec::len), Some(1), "what came after that day is not foreseen");
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_in_one_sentence() {
    let world = World::new().await;
    for (query, says) in [
        ("part=money", "money"),
        ("part=inquiries", "支付买家"),
        ("part=dropping&day=2030-01-01", "掉出日期"),
        ("part=dropping&day=2026-11-25&to=2026-11-22", "掉出日期"),
    ] {
        let api = world.get(&format!("/api/shops/one/score/contributions?{query}")).await;
        assert_eq!(api.status, StatusCode::BAD_REQUEST, "{query}: {}", api.text);
        assert!(api.json()["error"].as_str().is_some_and(|why| why.contains(says)), "{query}: {}", api.text);
        let page = world.get(&format!("/shops/one/score?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(page.text.contains("<html") && page.text.contains(says), "{query}: {}", page.text);
    }
    let late = world.get("/shops/one/score?as_of=2030-01-01").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_long_list_is_turned_page_by_page_and_a_refund_is_below_zero() {
    let world = World::new().await;
    let mut ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n".to_owned();
    for n in 1..=70 {
        ledger.push_str(&format!("2026-11-21 10:{:02}:00,order,more-{n:03},many{n},10,1,0,1,\n", n % 60));
    }
    ledger.push_str(&format!("2026-11-22 10:00:00,refund,loose-1,\"{HOSTILE}\",30,,,1,\n"));
    ledger.push_str("2026-11-22 11:00:00,refund,lost-1,x,30,,,1,unknown-order\n");
    let imported = world.post_bytes("/api/shops/one/import", ledger.into_bytes()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text);

    let first = world.get("/shops/one/score?part=turnover").await.text;
    let rows = |page: &str| page.matches("<td class=\"day\">").count();
    assert_eq!(rows(&first), 50, "{first}");
    assert!(first.contains("loose-1") && first.contains("-30.00") && first.contains("-0.03"), "{first}");
    assert!(!first.contains(HOSTILE) && first.contains("&lt;script&gt;"), "a name from outside stays a name");
    let next = doors(&first).into_iter().find(|door| door.contains("from=50")).expect("a way to the older ones");
    let second = world.get(&next).await.text;
    assert_eq!(rows(&second), 41);
    let sums =
        |page: &str| page.split("<tfoot>").nth(1).and_then(|rest| rest.split("</tfoot>").next()).map(str::to_owned);
    assert_eq!(sums(&first), sums(&second), "the sums are those of all rows, on every page");
    assert!(sums(&first).is_some_and(|sums| sums.contains(">2.67<") && sums.contains("91 条")), "{first}");
    let faster = world.get("/shops/one/score?part=acceleration").await.text;
    assert!(faster.contains("加速 3 分 × 70 = 210 分") && faster.contains("没有填写商家标识"), "{faster}");
    assert!(world.get("/shops/one/score?from=999999").await.status.is_success(), "beyond the end is the last page");

    let inputs = json!({ "marks_known": true, "marks": [{ "kind": "超级工厂", "from": "2026-01-01" }] });
    assert_eq!(world.post("/api/shops/one/growth-inputs", inputs).await.status, StatusCode::OK);
    let marks = world.get("/shops/one/score?part=marks").await.text;
    assert!(marks.contains("标识“超级工厂”在有效期内 600 分"), "{marks}");
}

#[tokio::test]
async fn what_a_floor_changes_has_a_row_that_says_so() {
    let world = World::new().await;
    let ledger =
        "time,kind,id,buyer,amount,marketing,scene,valid,order\n2026-11-20 12:00,refund,huge-1,nobody,5000,,,1,\n";
    assert_eq!(world.post_bytes("/api/shops/one/import", ledger.into()).await.status, StatusCode::OK);
    let page = world.get("/shops/one/score?part=turnover").await.text;
    // 2,000 yuan less 5,000 would be less than nothing: the row brings the sum back to zero.
    assert!(page.contains("限额/取整") && page.contains("不是一笔交易") && page.contains(">3<"), "{page}");
    let sums = page.split("<tfoot>").nth(1).expect("a line of sums");
    assert!(sums.contains(">0<"), "{sums}");
}
