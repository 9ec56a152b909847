//! Files over HTTP: looked at before they are written, confirmed byte for byte, remembered; and costs beside them.

use axum::http::StatusCode;
use serde_json::json;

use super::{HOSTILE, World};

const COSTS: &str = "Offer ID,SKU ID,成本\n70001,,8.50\n70002,,十\n";

impl World {
    async fn costs(&self, shop: &str) -> usize {
        self.get(&format!("/api/shops/{shop}/costs")).await.json().as_array().expect("a list").len()
    }
}

#[tokio::test]
async fn nothing_is_written_before_the_very_bytes_that_were_shown_are_confirmed() {
    let world = World::new().await;
    let shown = world.post_bytes("/api/shops/one/import/preview", COSTS.into()).await.json();
    assert_eq!((&shown["kind"], &shown["rows"], &shown["new"]), (&json!("成本表"), &json!(1), &json!(1)));
    assert_eq!(shown["first"][0], json!(["70001", "所有规格", "8.5 元"]));
    let problem = &shown["problems"][0];
    assert_eq!((&problem["row"], &problem["column"], &problem["value"]), (&json!(3), &json!("成本"), &json!("十")));
    assert_eq!(world.costs("one").await, 0, "a preview writes nothing");
    let listed = world.get("/api/shops/one/imports").await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "and is no import");

    let sha256 = shown["sha256"].as_str().expect("a fingerprint");
    let path = format!("/api/shops/one/import?name=%E6%88%90%E6%9C%AC.csv&sha256={sha256}");
    let other = world.post_bytes(&path, COSTS.replace("8.50", "0.85").into()).await;
    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.text);
    assert!(other.text.contains("和预览时不一样"), "{}", other.text);
    assert_eq!(world.costs("one").await, 0);

    let done = world.post_bytes(&path, COSTS.into()).await;
    assert_eq!((done.status, done.json()["new"].clone()), (StatusCode::OK, json!(1)));
    assert_eq!(world.costs("one").await, 1);
    assert_eq!(world.costs("two").await, 0, "the other shop knows nothing of it");
    let listed = world.get("/api/shops/one/imports").await.json();
    let newest = &listed[0];
    assert_eq!(
        (&newest["name"], &newest["sha256"], &newest["by"]),
        (&json!("成本.csv"), &json!(sha256), &json!("商家"))
    );
    assert_eq!((&newest["done"]["new"], &newest["done"]["problems"][0]["row"]), (&json!(1), &json!(3)));

    let again = world.post_bytes("/api/shops/one/import/preview", COSTS.into()).await.json();
    assert_eq!(
        (&again["new"], &again["unchanged"], &again["before"]["name"]),
        (&json!(0), &json!(1), &json!("成本.csv"))
    );
    assert!(world.post_bytes("/api/shops/two/import/preview", COSTS.into()).await.json()["before"].is_null());
    let card = world.post_bytes("/api/shops/one/import/card?name=x", COSTS.into()).await;
    assert!(card.text.contains("已经导入过") && !card.text.contains("确认导入"), "{}", card.text);
}

#[tokio::test]
async fn a_file_that_is_no_table_is_a_sentence_on_its_card_and_its_name_is_no_markup() {
    let world = World::new().await;
    let name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for (bytes, says) in [(b"%PDF-1.7".as_slice(), "PDF"), (b"a,b\n1,2\n", "认不出表头"), (b"\xFF\xFEa\0", "文字编码")]
    {
        let path = format!("/api/shops/one/import/card?name={name}");
        let card = world.post_bytes(&path, bytes.to_vec()).await;
        assert_eq!(card.status, StatusCode::OK);
        assert!(card.text.contains(says) && !card.text.contains(HOSTILE), "{}", card.text);
        let plain = world.post_bytes("/api/shops/one/import", bytes.to_vec()).await;
        assert_eq!(plain.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", plain.text);
    }
    let cell = format!("询盘时间,买家会员名\n2026-11-20,{HOSTILE}\n");
    let card = world.post_bytes("/api/shops/one/import/card", cell.into()).await;
    assert!(card.text.contains("&lt;script&gt;") && !card.text.contains(HOSTILE), "{}", card.text);
}

#[tokio::test]
async fn rows_to_mend_templates_and_the_list_of_costs_are_files_that_import_again() {
    let world = World::new().await;
    let book = world.post_bytes("/api/shops/one/import/to-mend", COSTS.into()).await;
    assert!(book.headers["content-disposition"].to_str().expect("text").starts_with("attachment"));
    let fine = world.post_bytes("/api/shops/one/import/to-mend", "Offer ID,成本\n1,2\n".into()).await;
    assert_eq!(fine.status, StatusCode::NO_CONTENT);
    for key in ["costs", "ads", "inquiries", "marks", "traffic", "refunds", "ledger"] {
        let csv = world.get(&format!("/api/templates/{key}.csv")).await;
        let shown = world.post_bytes("/api/shops/one/import/preview", csv.text.into_bytes()).await.json();
        assert_eq!((&shown["rows"], &shown["problems"]), (&json!(0), &json!([])), "{key}");
        assert_eq!(world.get(&format!("/api/templates/{key}.xlsx")).await.status, StatusCode::OK);
    }
    for unknown in ["costs.exe", "costs", "orders.csv", "..%2Fcosts.csv"] {
        assert_eq!(world.get(&format!("/api/templates/{unknown}")).await.status, StatusCode::NOT_FOUND, "{unknown}");
    }
    assert_eq!(world.get("/api/shops/one/costs.xlsx").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cost_is_entered_changed_and_made_unknown_again_and_who_did_it_is_known() {
    let world = World::new().await;
    let save = async |cost: serde_json::Value| {
        let body = json!({ "costs": [{ "product": "70001", "sku": null, "cost": cost }] });
        world.post("/api/shops/one/costs", body).await
    };
    assert_eq!(save(json!("8.50")).await.json()["changes"][0]["after"], json!("8.5"));
    assert_eq!(save(json!("8.5")).await.json()["changes"], json!([]), "the same cost is no change");
    assert_eq!(save(json!("9")).await.json()["changes"][0]["before"], json!("8.5"));
    for (wrong, says) in [("-1", "负数"), ("1.23456", "小数"), ("900000000", "不像单价")] {
        let refused = save(json!(wrong)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.text.contains(says), "{}", refused.text);
    }
    let page = world.get("/shops/one/costs").await.text;
    assert!(
        page.contains("value=\"9\"") && page.contains("8.5 元 → 9 元") && page.contains("19 个商品还不知道成本"),
        "{page}"
    );
    assert_eq!(save(json!(null)).await.json()["changes"][0]["after"], json!(null));
    assert_eq!(world.costs("one").await, 0, "unknown is no row, and no zero");
    assert!(world.get("/shops/one/costs?q=70003").await.text.contains("70003"));
    assert!(!world.get("/shops/two/costs").await.text.contains("one商品"));
}
