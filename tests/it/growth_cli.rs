//! `xiaoer growth score` on files: the figures that a merchant can check by hand, and an independent calculation beside ours.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader as _};
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn score(orders: &Path, industry: &str, as_of: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xiaoer"))
        .args(["growth", "score", "--industry", industry, "--as-of", as_of, "--json", "--orders"])
        .arg(orders)
        .output()
        .expect("xiaoer starts")
}

fn card(orders: &Path, industry: &str, as_of: &str) -> Value {
    let output = score(orders, industry, as_of);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON value")
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a decimal as text")).parse().expect("a decimal")
}

#[test]
fn the_real_export_scores_413_buyers_and_their_turnover() {
    let card = card(&fixture("order-export-2011-05.xlsx"), "consumer", "2011-05-10");
    assert_eq!(card["points"]["buyers"], "413");
    assert_eq!(card["points"]["turnover"], "189.79795");
    assert_eq!(card["as_of"], "2011-05-10");
    assert_eq!(card["level"], "L2");
    assert_eq!(card["next"]["level"], "L3");
    assert_eq!(card["next"]["threshold"], "1200");
    assert_eq!(decimal(&card["next"]["gap"]), Decimal::from(1200) - decimal(&card["points"]["total"]));
}

#[test]
fn what_an_export_cannot_tell_makes_a_range_and_says_how_to_supply_it() {
    let card = card(&fixture("order-export-2011-05.xlsx"), "consumer", "2011-05-10");
    assert!(decimal(&card["range"]["high"]) > decimal(&card["points"]["total"]), "{}", card["range"]);
    assert_eq!(card["estimated"], true);
    for missing in card["missing"].as_array().expect("a list") {
        assert!(!missing["how"].as_str().expect("a sentence").is_empty(), "{missing}");
    }
    assert!(card.to_string().contains("未扣退款"), "an export carries no refunds and the answer says so");
}

/// One order of the export, read without our reader: order-level cells stand in an order's first row.
struct Plain {
    buyer: String,
    day: NaiveDate,
    amount: Decimal,
}

fn read_plainly(path: &Path) -> Vec<Plain> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    let mut rows = sheet.rows();
    let heads: Vec<String> = rows.next().expect("a header").iter().map(ToString::to_string).collect();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap_or_else(|| panic!("no column {name}"));
    let (number, buyer, paid, amount) = (at("订单编号"), at("买家会员名"), at("订单付款时间"), at("实付款(元)"));
    rows.filter(|row| row[number] != Data::Empty)
        .map(|row| Plain {
            buyer: row[buyer].to_string(),
            day: row[paid].to_string()[..10].parse().expect("a day"),
            amount: row[amount].to_string().parse::<Decimal>().expect("an amount").round_dp(2),
        })
        .collect()
}

#[test]
fn our_score_of_the_real_orders_is_a_plain_fold_over_them() {
    let path = fixture("order-export-2011-05.xlsx");
    let orders = read_plainly(&path);
    assert_eq!(orders.len(), 494);
    for day in 1..=12 {
        let as_of = NaiveDate::from_ymd_opt(2011, 5, day).expect("a day");
        let from = as_of - Days::new(29);
        let counted: Vec<_> = orders.iter().filter(|order| from <= order.day && order.day <= as_of).collect();
        let buyers: BTreeSet<_> = counted.iter().map(|order| &order.buyer).collect();
        let turnover: Decimal = counted.iter().map(|order| order.amount).sum();

        let card = card(&path, "consumer", &as_of.to_string());
        assert_eq!(decimal(&card["points"]["buyers"]), Decimal::from(buyers.len()), "{as_of}");
        assert_eq!(decimal(&card["points"]["turnover"]), turnover / Decimal::from(1000), "{as_of}");
    }
}

/// Nine months of invoice lines, if the machine has them: `XIAOER_LINES` names the CSV.
#[test]
fn our_score_of_nine_months_is_a_plain_fold_over_the_lines() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the file is too large for the repository; the machine says where it is"
    )]
    let Some(path) = std::env::var_os("XIAOER_LINES").map(PathBuf::from) else {
        eprintln!("SKIP: XIAOER_LINES names no file with the nine months of invoice lines");
        return;
    };
    let mut invoices: BTreeMap<String, (NaiveDate, Option<String>, Decimal)> = BTreeMap::new();
    for line in csv::Reader::from_path(&path).expect("a CSV").records() {
        let line = line.expect("a line");
        let decimal = |at: usize| line[at].parse::<Decimal>().expect("a number");
        let day = line[4][..10].parse().expect("a day");
        let buyer = Some(line[6].to_owned()).filter(|buyer| !buyer.is_empty());
        let entry = invoices.entry(line[0].to_owned()).or_insert((day, buyer, Decimal::ZERO));
        entry.2 += decimal(3) * decimal(5);
    }
    for as_of in [
        "2011-01-10",
        "2011-01-31",
        "2011-02-14",
        "2011-03-01",
        "2011-03-31",
        "2011-04-15",
        "2011-05-10",
        "2011-06-30",
        "2011-07-15",
        "2011-08-31",
    ] {
        let to: NaiveDate = as_of.parse().expect("a day");
        let window = (to - Days::new(29))..=to;
        let (mut turnover, mut balance) = (Decimal::ZERO, BTreeMap::<&String, Decimal>::new());
        for (number, (day, buyer, sum)) in &invoices {
            let refund = number.starts_with('C');
            if !window.contains(day) || (!refund && *sum <= Decimal::ZERO) {
                continue;
            }
            let amount = if refund { -sum.abs() } else { *sum }.round_dp(2);
            turnover += amount;
            if let Some(buyer) = buyer {
                *balance.entry(buyer).or_default() += amount;
            }
        }
        let buyers = balance.values().filter(|left| **left > Decimal::ZERO).count();
        let card = card(&path, "consumer", as_of);
        assert_eq!(decimal(&card["points"]["turnover"]), turnover.max(Decimal::ZERO) / Decimal::from(1000), "{as_of}");
        assert_eq!(decimal(&card["points"]["buyers"]), Decimal::from(buyers), "{as_of}");
    }
}

#[test]
fn the_hand_check_of_the_rules_comes_out_on_the_command_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("ledger.csv");
    let orders = "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
        2026-05-01 10:00,order,1,A,1200,0,0,1,\n\
        2026-05-10 10:00,order,2,B,2000,1,1,1,\n\
        2026-05-11 10:00,order,3,C,500,0,0,1,\n\
        2026-05-12 10:00,order,4,D,800,0,0,0,\n";
    let total = |text: &str, as_of: &str| {
        std::fs::write(&file, text).expect("written");
        card(&file, "consumer", as_of)["points"]["total"].clone()
    };
    assert_eq!(total(orders, "2026-05-30"), "15.7");
    let refunded = format!(
        "{orders}2026-05-20 10:00,refund,5,B,500,,,1,2\n2026-05-21 10:00,refund,6,C,500,,,1,3\n2026-05-28 10:00,refund,7,A,300,,,1,\n"
    );
    assert_eq!(total(&refunded, "2026-05-30"), "11.9");
    assert_eq!(total(&refunded, "2026-05-31"), "9.7");
}

#[test]
fn a_file_that_is_no_table_of_orders_gets_one_clear_sentence() {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, bytes) in [
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n0000".as_slice()),
        ("empty.csv", b"".as_slice()),
        ("other.csv", "姓名,年龄\n张三,3\n".as_bytes()),
        ("costs.csv", "Offer ID,SKU ID,成本\n1,,2.5\n".as_bytes()),
    ] {
        let file = dir.path().join(name);
        std::fs::write(&file, bytes).expect("written");
        let output = score(&file, "consumer", "2026-01-01");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name} was scored");
        assert_eq!(complaint.trim().lines().count(), 1, "{name}: {complaint}");
        assert!(complaint.contains(name), "{name} is not named: {complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
}
