//! Figures that a merchant corrects, and what a merchant types in: whose they are, and that they stay.

use serde_json::{Value, json};

use crate::support::office::{Office, Said, decimal, trade};

async fn office() -> Office {
    let office = Office::on("2026-11-23", &["one", "two"]).await;
    for shop in ["one", "two"] {
        office.import(shop, &trade("2026-11-22", 40)).await;
    }
    office
}

async fn card(office: &Office, shop: &str) -> Value {
    office.get(&format!("/api/shops/{shop}/score")).await["card"].clone()
}

async fn correct(office: &Office, shop: &str, corrections: Value) -> Said {
    office.told(&format!("/api/shops/{shop}/growth-rules"), json!({ "corrections": corrections })).await
}

#[tokio::test]
async fn a_correction_changes_every_answer_and_the_card_says_whose_it_is() {
    let office = office().await;
    let before = card(&office, "one").await;
    let said = correct(&office, "one", json!([{ "field": "consumer.base", "value": "2" }])).await;
    let figure = |rules: &Value| {
        rules["figures"].as_array().expect("a list").iter().find(|f| f["field"] == "consumer.base").cloned()
    };
    let kept = figure(&said.json).expect("the figure");
    assert_eq!((&kept["value"], &kept["confidence"]), (&"2".into(), &"merchant".into()), "{kept}");

    let after = card(&office, "one").await;
    let buyers = decimal(&before["points"]["buyers"]);
    assert_eq!(decimal(&after["points"]["total"]), decimal(&before["points"]["total"]) + buyers);
    assert_eq!(
        (&after["corrected"][0]["field"], &after["corrected"][0]["before"]),
        (&"consumer.base".into(), &"1".into())
    );
    assert_eq!(after["corrected"][0]["on"], "2026-11-23");
    let opened = office.get("/api/shops/one/score/contributions?part=buyers").await;
    assert_eq!(decimal(&opened["card"]["points"]["buyers"]), buyers + buyers);
    let coming = office.get("/api/shops/one/forecast?days=7").await;
    assert_eq!(coming["total"], after["points"]["total"], "what is foreseen starts from the same score");

    let settings = office.get("/api/shops/one/settings").await.to_string();
    assert!(
        settings.contains("growth.rules.2026-candidate.consumer.base") && settings.contains("2026-11-23"),
        "{settings}"
    );
    correct(&office, "one", json!([{ "field": "consumer.base", "value": "" }])).await;
    assert_eq!(card(&office, "one").await, before, "an emptied field leaves the pack's own figure");
}

#[tokio::test]
async fn what_contradicts_itself_is_refused_and_nothing_is_kept() {
    let office = office().await;
    correct(&office, "one", json!([{ "field": "consumer.base", "value": "2" }])).await;
    let before = card(&office, "one").await;
    for (field, value, says) in [
        // L3 would begin below L2.
        ("levels.L3.threshold", "100", "矛盾"),
        ("consumer.base", "many", "many"),
        ("consumer.magic", "1", "consumer.magic"),
    ] {
        let said = correct(&office, "one", json!([{ "field": field, "value": value }])).await;
        assert!(said.refusal().contains(says), "{field}: {}", said.json);
    }
    assert_eq!(card(&office, "one").await, before);
    let kept = office.get("/api/shops/one/growth-rules").await["corrections"].clone();
    assert_eq!(kept, json!([{ "field": "consumer.base", "value": "2", "on": "2026-11-23" }]));
}

#[tokio::test]
async fn corrections_are_of_one_shop_and_of_one_pack() {
    let office = office().await;
    let before = card(&office, "two").await;
    correct(&office, "one", json!([{ "field": "consumer.base", "value": "2" }])).await;
    assert_eq!(card(&office, "two").await, before);
    let other = office.get("/api/shops/one/score?pack=2024-11-08").await["card"].clone();
    assert_eq!(other["corrected"], json!([]), "the older rules have their own corrections");
    let said = office
        .told(
            "/api/shops/one/growth-rules",
            json!({ "pack": "2024-11-08", "corrections": [{ "field": "consumer.base", "value": "3" }] }),
        )
        .await;
    assert_eq!(said.json["corrections"][0]["value"], "3", "{}", said.json);
    assert_eq!(card(&office, "one").await["corrected"][0]["value"], "2");
    let unknown = office.told("/api/shops/one/growth-rules", json!({ "pack": "none", "corrections": [] })).await;
    assert!(unknown.refusal().contains("没有规则包“none”"), "{}", unknown.json);
}

#[tokio::test]
async fn what_was_shown_day_by_day_survives_saving_the_form() {
    let office = office().await;
    let shown = |inputs: &Value| inputs["shown"].as_array().map_or(0, Vec::len);
    for (day, points) in [("2026-11-20", "200"), ("2026-11-21", "210"), ("2026-11-21", "211")] {
        office.post("/api/shops/one/calibrations", json!({ "day": day, "points": points, "level": "L1" })).await;
    }
    // The form knows nothing of the past days and sends one entry at most.
    let saved =
        office.post("/api/shops/one/growth-inputs", json!({ "marks_known": true, "gates": { "a": "97" } })).await;
    assert_eq!((shown(&saved), &saved["marks_known"]), (2, &Value::Bool(true)), "{saved}");
    let entered = json!({ "entered": { "day": "2026-11-22", "points": "220" } });
    let saved = office.post("/api/shops/one/growth-inputs", entered).await;
    assert_eq!((shown(&saved), &saved["marks_known"]), (3, &Value::Bool(false)), "a form is saved as it is: {saved}");
    assert_eq!(card(&office, "one").await["calibration"].as_array().map(Vec::len), Some(3));

    let less = office.post("/api/shops/one/calibrations", json!({ "day": "2026-11-21", "points": null })).await;
    assert_eq!(shown(&less), 2, "what was typed wrongly can be taken back: {less}");
    for (body, says) in [
        (json!({ "day": "2026-11-24", "points": "1" }), "还没有到"),
        (json!({ "day": "2026-11-20", "points": "-1" }), "不会是负数"),
        (json!({ "day": "2026-11-20", "points": "1", "level": "L99" }), "没有等级“L99”"),
    ] {
        let said = office.told("/api/shops/one/calibrations", body).await;
        assert!(said.refusal().contains(says), "{}", said.json);
    }
    assert_eq!(shown(&office.get("/api/shops/one/growth-inputs").await), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_forms_saved_at_once_neither_undoes_the_other() {
    let office = std::sync::Arc::new(office().await);
    let one = |day: u32| {
        let office = std::sync::Arc::clone(&office);
        tokio::spawn(async move {
            let shown = json!({ "day": format!("2026-11-{day:02}"), "points": "100" });
            office.post("/api/shops/one/calibrations", shown).await;
        })
    };
    let all: Vec<_> = (1..=6).map(one).collect();
    for saved in all {
        saved.await.expect("kept");
    }
    let kept = office.get("/api/shops/one/growth-inputs").await;
    assert_eq!(kept["shown"].as_array().map(Vec::len), Some(6), "{kept}");
}

#[tokio::test]
async fn a_figure_of_the_business_that_cannot_be_is_refused_and_the_last_one_stays() {
    let office = office().await;
    let kept = office.post("/api/shops/one/growth-business", json!({ "fee_per_mille": 30, "judging_day": 5 })).await;
    assert_eq!(kept["business"]["entered"], "2026-11-23", "{kept}");
    let said = office.told("/api/shops/one/growth-business", json!({ "fee_per_mille": 2000 })).await;
    assert!(said.refusal().contains("平台费率"), "{}", said.json);
    assert_eq!(office.get("/api/shops/one/growth-business").await, kept);
    assert_eq!(office.get("/api/shops/two/growth-business").await["business"]["fee_per_mille"], Value::Null);
    let card = card(&office, "one").await;
    assert_eq!(card["judging"]["day"], "2026-12-05", "a known judging day is part of the rules: {}", card["judging"]);
    let settings = office.get("/api/shops/one/settings").await.to_string();
    assert!(settings.contains("growth.business.fee_per_mille"), "{settings}");
}

#[tokio::test]
async fn what_the_goods_cost_is_read_off_orders_with_all_their_costs() {
    let office = Office::on("2026-11-23", &["one"]).await;
    let export = "订单编号,买家会员名,实付款,订单状态,订单创建时间,订单付款时间,货品标题,单价,数量,Offer ID\n\
        1,A,100.00,交易成功,2026-11-01 10:00:00,2026-11-01 10:05:00,杯子,10.00,10,70001\n\
        2,B,50.00,交易成功,2026-11-02 10:00:00,2026-11-02 10:05:00,盘子,10.00,5,70002\n";
    office.import("one", export).await;
    assert_eq!(office.get("/api/shops/one/growth-business").await["goods"], Value::Null, "no costs, no share");
    office.import("one", "Offer ID,SKU ID,成本\n70001,,6.5\n").await;
    let goods = office.get("/api/shops/one/growth-business").await["goods"].clone();
    assert_eq!(goods, json!({ "per_mille": 650, "orders": 1, "without_cost": 1 }));
}
