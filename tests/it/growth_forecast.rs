//! The coming days: the certain line and the simulated one, over the API and on the command line.

use std::path::Path;
use std::process::{Command, Output};

use chrono::Days;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::office::{Office, day, decimal, trade};

const LAST: &str = "2026-11-22";

async fn office() -> Office {
    let office = Office::on("2026-11-23", &["one", "two"]).await;
    for shop in ["one", "two"] {
        office.import(shop, &trade(LAST, 150)).await;
    }
    office
}

fn growth(orders: &Path, command: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xiaoer"))
        .args(["growth", command, "--industry", "consumer", "--as-of", LAST, "--orders"])
        .arg(orders)
        .args(more)
        .output()
        .expect("xiaoer starts")
}

fn said(orders: &Path, command: &str, more: &[&str]) -> String {
    let output = growth(orders, command, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn without_anything_new_the_score_falls_exactly_by_what_drops_out() {
    let office = office().await;
    let mark =
        json!({ "marks_known": true, "marks": [{ "kind": "超级工厂", "from": "2026-01-01", "to": "2026-12-01" }] });
    office.post("/api/shops/one/growth-inputs", mark).await;
    let card = office.get("/api/shops/one/score").await["card"].clone();
    let coming = office.get("/api/shops/one/forecast").await;
    let mut left = decimal(&card["points"]["total"]);
    let rows = card["dropping"].as_array().expect("thirty rows");
    let days = coming["zero_new"].as_array().expect("thirty days");
    assert_eq!((rows.len(), days.len()), (30, 30));
    for (row, certain) in rows.iter().zip(days) {
        left -= decimal(&row["points"]);
        assert_eq!(row["date"], certain["date"]);
        // The mark is no order: it leaves on its own day and not with the window.
        let held = if row["date"].as_str() <= Some("2026-12-01") { Decimal::ZERO } else { Decimal::from(600) };
        assert_eq!(decimal(&certain["points"]), left - held, "{}", row["date"]);
    }
    assert_eq!(left, Decimal::from(600));
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_and_the_later_days_do_not_leak_into_it() {
    let office = office().await;
    let first = office.get("/api/shops/one/forecast?as_of=2026-11-10&days=14").await;
    assert_eq!(office.get("/api/shops/one/forecast?as_of=2026-11-10&days=14").await, first);
    let other = office.get("/api/shops/two/forecast?as_of=2026-11-10&days=14").await;
    assert_eq!(other["zero_new"], first["zero_new"], "what is certain is no matter of luck");
    assert_ne!(other["usual"], first["usual"], "two shops do not share their luck");

    let earlier = Office::on("2026-11-11", &["one"]).await;
    earlier.import("one", &trade("2026-11-10", 138)).await;
    let then = earlier.get("/api/shops/one/forecast?days=14").await;
    assert_eq!((&then["as_of"], &then["usual"]), (&first["as_of"], &first["usual"]), "as it was said on that day");
}

#[tokio::test]
async fn the_bands_lie_in_order_and_the_odds_of_any_day_are_never_smaller() {
    let office = office().await;
    let coming = office.get("/api/shops/one/forecast").await;
    for band in coming["usual"].as_array().expect("bands") {
        let points: Vec<Decimal> = ["p10", "p25", "p50", "p75", "p90"].iter().map(|p| decimal(&band[*p])).collect();
        assert!(points.is_sorted() && points[0] < points[4], "{band}");
    }
    let odds = coming["odds"].as_array().expect("levels");
    assert!(!odds.is_empty());
    for level in odds {
        assert_eq!(level["on_day"]["date"], "2026-12-22", "nobody knows the judging day: the last one stands for it");
        assert!(level["any_day"]["odds"]["hits"].as_u64() >= level["on_day"]["odds"]["hits"].as_u64(), "{level}");
    }
    assert!(coming["notes"].to_string().contains("官方评定日未知"), "{}", coming["notes"]);

    office.post("/api/shops/one/growth-business", json!({ "judging_day": 5 })).await;
    let judged = office.get("/api/shops/one/forecast").await;
    assert_eq!(judged["odds"][0]["on_day"]["date"], "2026-12-05");
    assert!(!judged["notes"].to_string().contains("官方评定日未知"), "{}", judged["notes"]);
    assert_eq!(judged["usual"], coming["usual"], "to know the day changes no point");
}

#[tokio::test]
async fn a_short_past_keeps_the_certain_line_and_says_what_is_missing() {
    let office = Office::on("2026-11-23", &["one"]).await;
    office.import("one", &trade(LAST, 12)).await;
    let coming = office.get("/api/shops/one/forecast").await;
    assert_eq!(coming["usual"], Value::Null);
    assert!(coming["why_not"].as_str().is_some_and(|why| why.contains("12 天")), "{}", coming["why_not"]);
    assert_eq!(coming["zero_new"].as_array().map(Vec::len), Some(30));
    let planned = office.get("/api/shops/one/plan").await;
    assert_eq!((&planned["plan"], &planned["why_not"]), (&Value::Null, &coming["why_not"]));
}

#[tokio::test]
async fn a_bad_word_in_the_question_gets_one_sentence() {
    let office = office().await;
    for (query, says) in [
        ("forecast?days=0", "1 到 60"),
        ("forecast?days=soon", "soon"),
        ("forecast?as_of=yesterday", "yesterday"),
        ("forecast?pack=none", "没有规则包“none”"),
        ("plan?odds=101", "1 到 100"),
        ("plan?odds=sure", "sure"),
        ("plan?level=L99", "L99"),
        ("plan?by=2026-11-22", "2026-11-23"),
        ("plan?by=2027-11-22", "2027-01-21"),
        ("plan?budget=-1", "负数"),
        ("plan?budget=1.234", "1.234"),
        ("backtest?horizons=7,x", "x"),
        ("backtest?horizons=61", "61"),
        ("backtest?from=2026-11-22", "早于"),
    ] {
        let said = office.asked(&format!("/api/shops/one/{query}")).await;
        assert!(said.refusal().contains(says), "{query}: {}", said.json);
    }
}

#[tokio::test]
async fn files_and_a_shop_that_read_them_foresee_the_same_certain_days() {
    let office = office().await;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("ledger.csv");
    std::fs::write(&file, trade(LAST, 150)).expect("written");
    let of_files: Value = serde_json::from_str(&said(&file, "forecast", &["--json"])).expect("JSON");
    let of_shop = office.get("/api/shops/one/forecast").await;
    assert_eq!(of_files["zero_new"], of_shop["zero_new"]);
    assert_eq!(of_files["total"], of_shop["total"]);

    let words = said(&file, "forecast", &[]);
    for (ahead, at) in [("7 天", 6), ("14 天", 13), ("30 天", 29)] {
        let date = (day(LAST) + Days::new(at as u64 + 1)).to_string();
        let line = words
            .lines()
            .find(|line| line.trim_start().starts_with(ahead))
            .unwrap_or_else(|| panic!("{ahead}: {words}"));
        let certain = decimal(&of_files["zero_new"][at]["points"]).round_dp(1).to_string();
        let middle = decimal(&of_files["usual"][at]["p50"]).round_dp(1).to_string();
        assert!(line.contains(&date) && line.contains(&certain) && line.contains(&middle), "{line}");
    }
    for word in ["零新增", "照常经营", "10%–90%", "当天", "任一天", "官方评定日未知"] {
        assert!(words.contains(word), "{word}: {words}");
    }
}

#[test]
fn a_backtest_prints_every_bar_and_whether_it_was_reached() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("ledger.csv");
    std::fs::write(&file, trade(LAST, 230)).expect("written");
    let found: Value = serde_json::from_str(&said(&file, "backtest", &["--json"])).expect("JSON");
    let horizons = found["horizons"].as_array().expect("a list");
    assert_eq!(horizons.iter().map(|one| one["days"].as_u64()).collect::<Vec<_>>(), [Some(7), Some(14)]);
    assert_eq!(horizons[1]["origins"], 60, "{}", horizons[1]);
    let words = said(&file, "backtest", &[]);
    for verdict in horizons.iter().flat_map(|one| one["verdicts"].as_array().expect("verdicts")) {
        let what = verdict["what"].as_str().expect("text");
        let figure = verdict["figure"].as_str().expect("a decimal");
        let word = if verdict["reached"] == true { " 达标" } else { "未达标" };
        let told = words.lines().any(|line| line.contains(what) && line.contains(figure) && line.ends_with(word));
        assert!(told, "{verdict} is not in\n{words}");
    }
    let late = growth(&file, "backtest", &["--to", "2027-01-01"]);
    assert!(String::from_utf8_lossy(&late.stderr).contains("超过了数据的最后一天 2026-11-22"), "{late:?}");
}
