//! 成长计划 and 规则与校准: what they tell, what is kept, and what is never done by itself.

use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::{HOSTILE, World};

/// A ledger with a past that a forecast can stand on: 150 days, some buyers who come back, one name that tries to be markup.
fn past() -> Vec<u8> {
    let mut ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n".to_owned();
    let last: NaiveDate = "2026-11-22".parse().expect("a date");
    for back in 0..150_u64 {
        let day = last - Days::new(back);
        for n in 0..8_u64 {
            let buyer = if n == 0 { HOSTILE.to_owned() } else { format!("客{}", (back * 5 + n * 7) % 240) };
            let promoted = i32::from(n < 3);
            ledger.push_str(&format!(
                "{day} 10:0{n}:00,order,p{back}-{n},\"{buyer}\",{},{promoted},0,1,\n",
                300 + n * 90
            ));
        }
    }
    ledger.into_bytes()
}

/// A world in which shop `one` has a past and figures for two levers.
async fn planned() -> World {
    let world = World::new().await;
    let imported = world.post_bytes("/api/shops/one/import", past()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text);
    let lever = |id: &str, cost: &str| json!({ "lever": id, "unit_cost": cost });
    let business = json!({ "goods_per_mille": 600, "fee_per_mille": 50, "shipping_per_order": "6",
        "levers": [lever("promotion_buyers", "8"), lever("win_back", "5")] });
    let kept = world.post("/api/shops/one/growth-business", business).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    world
}

/// What stands in the answer's list of figures, tags left out.
fn figures(fragment: &str) -> String {
    let list = fragment.split("<dl").nth(1).and_then(|rest| rest.split("</dl>").next()).expect("figures");
    list.split('>').filter_map(|rest| rest.split('<').next()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_page_tells_both_lines_and_two_odds_and_never_mixes_them() {
    let page = planned().await.get("/shops/one/growth").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in ["零新增", "照常经营", "官方评定日未知", "任一天", "试一试", "怎么达到"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(page.text.contains("aria-current=\"page\""), "the navigation knows where it is");
    assert!(page.text.len() < 90_000, "{} bytes", page.text.len());
}

#[tokio::test]
async fn a_short_past_says_why_there_is_no_plan_and_still_asks_for_the_figures() {
    let page = World::new().await.get("/shops/one/growth").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("暂无估算") && !page.text.contains("id=\"levers\""), "{}", page.text);
    assert!(page.text.contains("平台费率") && page.text.contains("id=\"lever-win_back\""), "{}", page.text);
}

#[tokio::test]
async fn a_moved_slider_changes_odds_and_cost_and_nothing_that_is_kept() {
    let world = planned().await;
    let before = world.get("/api/shops/one/growth-business").await.text;
    let ask = |units: &str| format!("/shops/one/growth/what-if?level=L3&odds=80&{units}");
    let none = world.get(&ask("u.promotion_buyers=0")).await;
    let some = world.get(&ask("u.promotion_buyers=20")).await;
    assert_eq!((none.status, some.status), (StatusCode::OK, StatusCode::OK), "{} {}", none.text, some.text);
    assert!(!some.text.contains("<html"), "a fragment, not a page");
    assert!(figures(&none.text).contains("0.00元"), "{}", figures(&none.text));
    assert!(figures(&some.text).contains("160.00元"), "{}", figures(&some.text));
    let beyond = world.get(&ask("u.promotion_buyers=99999")).await;
    assert!(beyond.text.contains("超过上限"), "{}", beyond.text);
    assert_eq!(world.get(&ask("u.promotion_buyers=many")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.get("/shops/one/growth?by=1999-01-01").await.status.as_u16() / 100, 4);
    assert_eq!(world.get("/api/shops/one/growth-business").await.text, before);
}

#[tokio::test]
async fn a_missing_figure_is_asked_for_at_its_own_field() {
    let world = planned().await;
    let page = world.get("/shops/one/growth").await.text;
    assert!(
        page.contains("href=\"#lever-verification:超级工厂\"") && page.contains("id=\"lever-verification:超级工厂\""),
        "{page}"
    );
    assert!(page.contains("value=\"60\""), "shares are typed in per cent");
    let refused = world.post("/api/shops/one/growth-business", json!({ "goods_per_mille": 1001 })).await;
    assert!(refused.status.is_client_error() && refused.text.contains("货款占比"), "{}", refused.text);
}

#[tokio::test]
async fn an_adopted_plan_is_shown_with_its_promises_and_can_be_given_up() {
    let world = planned().await;
    // A level within this shop's reach, as if 成长中心 had shown another threshold.
    let nearer = json!({ "corrections": [{ "field": "levels.L3.threshold", "value": "600" }] });
    assert_eq!(world.post("/api/shops/one/growth-rules", nearer).await.status, StatusCode::OK);
    let plan = world.get("/api/shops/one/plan?level=L3&odds=50").await.json()["plan"].clone();
    assert_eq!(plan["outcome"]["state"], "reached", "the world is made so that a plan is found: {plan}");
    let wish = json!({ "level": "L3", "by": plan["judged_on"], "odds": 50 });
    let adopted = world.post("/api/shops/one/plans", json!({ "wish": wish, "choice": "best" })).await;
    assert_eq!(adopted.status, StatusCode::OK, "{}", adopted.text);
    let page = world.get("/shops/one/growth").await.text;
    assert!(page.contains("已采用的计划") && page.contains("进行中"), "{page}");
    assert!(!page.contains(HOSTILE), "a buyer's name stays a name");
    let id = adopted.json()["id"].as_str().expect("an id").to_owned();
    assert!(page.contains(&format!("data-post=\"/plans/{id}/drop\"")), "{page}");
    assert!(!world.get("/shops/two/growth").await.text.contains(&id), "the other shop has none");
    assert_eq!(world.post(&format!("/api/shops/one/plans/{id}/drop"), json!({})).await.status, StatusCode::OK);
    assert!(world.get("/shops/one/growth").await.text.contains("已放弃"));
}

#[tokio::test]
async fn a_plan_whose_day_is_over_stands_beside_what_came_of_it() {
    let world = planned().await;
    let nearer = json!({ "corrections": [{ "field": "levels.L3.threshold", "value": "600" }] });
    assert_eq!(world.post("/api/shops/one/growth-rules", nearer).await.status, StatusCode::OK);
    let wish = json!({ "level": "L3", "by": "2026-11-10", "odds": 50 });
    let then = json!({ "wish": wish, "choice": "best", "as_of": "2026-10-15" });
    let adopted = world.post("/api/shops/one/plans", then).await;
    assert_eq!(adopted.status, StatusCode::OK, "{}", adopted.text);
    let page = world.get("/shops/one/growth").await.text;
    let told = page.split("已采用的计划").nth(1).and_then(|rest| rest.split("</section>").next()).expect("a plan");
    for words in ["没达到", "预期", "实际", "本来就有", "数字营销带来的买家数"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("放弃这个计划"), "what is over cannot be given up: {told}");
}

#[tokio::test]
async fn a_corrected_figure_is_marked_as_the_merchants_until_it_is_taken_back() {
    let world = World::new().await;
    let correct = async |corrections: Value| {
        world.post("/api/shops/one/growth-rules", json!({ "corrections": corrections })).await
    };
    let before = world.get("/shops/one").await.text;
    assert!(!before.contains("商家填写"), "{before}");
    let done = correct(json!([{ "field": "consumer.base", "value": "2" }])).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let page = world.get("/shops/one/rules").await.text;
    assert!(page.contains("商家填写 1 项") && page.contains("原来是 1（商家整理，非官方）"), "{page}");
    assert!(page.contains("data-take-back") && page.contains("来源") || page.contains("商家规则卡"), "{page}");
    assert!(world.get("/shops/one").await.text.contains("商家填写 1 项"));
    assert!(!world.get("/shops/two").await.text.contains("商家填写"), "the other shop counts by its own rules");

    let refused = correct(json!([{ "field": "levels.L3.threshold", "value": "5" }])).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    assert!(refused.json()["error"].as_str().is_some_and(|why| why.contains("L3")), "{}", refused.text);
    assert!(world.get("/shops/one/rules").await.text.contains("商家填写 1 项"), "what was refused changes nothing");

    assert_eq!(correct(json!([])).await.status, StatusCode::OK);
    assert!(!world.get("/shops/one/rules").await.text.contains("商家填写 1 项"));
}

#[tokio::test]
async fn what_was_shown_is_kept_day_by_day_and_no_explanation_is_used_by_itself() {
    let world = planned().await;
    // As if every buyer brought 1.5 points: the same factor explains all three days.
    for back in 0..3 {
        let day: NaiveDate = "2026-11-22".parse().expect("a date");
        let day = day - Days::new(back);
        let card = world.get(&format!("/api/shops/one/score?as_of={day}")).await.json()["card"].clone();
        let of = |key: &str| -> rust_decimal::Decimal {
            card["points"][key].as_str().expect("text").parse().expect("a decimal")
        };
        let shown = of("total") + of("buyers") / rust_decimal::Decimal::TWO;
        let seen = day + Days::new(1);
        let kept = world.post("/api/shops/one/calibrations", json!({ "day": seen, "points": shown.to_string() })).await;
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    }
    // Saving the form beside it forgets none of them.
    assert_eq!(world.post("/api/shops/one/growth-inputs", json!({ "marks_known": true })).await.status, StatusCode::OK);
    let page = world.get("/shops/one/rules").await.text;
    assert_eq!(page.matches(">删除</button>").count(), 3, "{page}");
    assert!(page.contains("用这个分值") && page.contains("data-correct=\"consumer.base\""), "{page}");
    assert!(page.contains("name=\"value\" value=\"1.5\""), "{page}");
    assert!(!page.contains("商家填写 1 项"), "nothing is corrected without a click");
    let settings = world.get("/shops/one/settings").await.text;
    assert!(!settings.contains("name=\"entered"), "the form of the gates does not carry what was shown");
}
