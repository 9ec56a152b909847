//! `xiaoer growth explain` and the files that go with an order export: refunds, marks, what was typed in.

use std::path::PathBuf;
use std::process::{Command, Output};

use rust_decimal::Decimal;
use serde_json::Value;
use tempfile::TempDir;

/// An order export: A and B twice, C's order was closed after payment.
const EXPORT: &str = "订单编号,买家会员名,实付款,订单状态,订单创建时间,订单付款时间\n\
    280000000000000000001,A,1200.00,交易成功,2026-06-01 09:00,2026-06-01 09:05\n\
    280000000000000000002,B,2000.00,交易成功,2026-06-10 09:00,2026-06-10 09:05\n\
    280000000000000000003,C,500.00,交易关闭,2026-06-11 09:00,2026-06-11 09:05\n\
    280000000000000000004,B,300.00,交易成功,2026-06-12 09:00,2026-06-12 09:05\n";

const REFUNDS: &str = "退款编号,订单编号,买家会员名,退款金额,退款状态,退款申请时间,退款完成时间\n\
    TK1,280000000000000000002,B,500.00,退款成功,2026-06-14 09:00,2026-06-15 09:00\n\
    TK2,280000000000000000003,C,500.00,退款成功,2026-06-14 09:00,2026-06-16 09:00\n\
    TK3,999,E,70.00,退款成功,2026-06-14 09:00,2026-06-15 09:00\n\
    TK4,280000000000000000001,A,100.00,退款关闭,2026-06-14 09:00,2026-06-15 09:00\n";

/// Orders of a promotion and of a scene, a refund without an order, an invalid order.
const LEDGER: &str = "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
    2026-06-01 10:00,order,1,A,1200,0,0,1,\n\
    2026-06-10 10:00,order,2,B,2000,1,1,1,\n\
    2026-06-11 10:00,order,3,C,500,0,0,1,\n\
    2026-06-12 10:00,order,4,D,800,0,0,0,\n\
    2026-06-12 11:00,order,8,A,200,0,0,1,\n\
    2026-06-20 10:00,refund,5,B,500,,,1,2\n\
    2026-06-21 10:00,refund,6,C,500,,,1,3\n\
    2026-06-28 10:00,refund,7,A,300,,,1,\n";

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    fn growth(&self, command: &str, as_of: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xiaoer"))
            .args(["growth", command, "--industry", "consumer", "--as-of", as_of])
            .args(more)
            .output()
            .expect("xiaoer starts")
    }

    fn json(&self, command: &str, as_of: &str, more: &[&str]) -> Value {
        let output = self.growth(command, as_of, &[more, &["--json"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON value")
    }

    fn complaint(&self, more: &[&str]) -> String {
        let output = self.growth("score", "2026-06-30", more);
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        complaint
    }
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a decimal as text")).parse().expect("a decimal")
}

/// The sum of some columns over all rows.
fn sum(explained: &Value, columns: &[&str]) -> Decimal {
    let rows = explained["contributions"].as_array().expect("a list");
    rows.iter().flat_map(|row| columns.iter().map(|column| decimal(&row[*column]))).sum()
}

const ALL: [&str; 4] = ["base", "turnover", "marketing", "scene"];

#[test]
fn refunds_of_a_file_lower_the_score_from_their_own_day_on() {
    let desk = Desk::new();
    let (orders, refunds) = (desk.file("orders.csv", EXPORT), desk.file("refunds.csv", REFUNDS));
    let with = ["--orders", &orders, "--refunds", &refunds];
    let total = |as_of: &str, files: &[&str]| desk.json("score", as_of, files)["points"]["total"].clone();
    // Without refunds C's closed order counts nothing: 2 buyers and 3,500 yuan.
    assert_eq!(total("2026-06-14", &["--orders", &orders]), "5.5");
    // With them it counts until its refund: that is what happened.
    assert_eq!(total("2026-06-14", &with), "7");
    assert_eq!(total("2026-06-15", &with), "6.5");
    assert_eq!(total("2026-06-16", &with), "5");
    assert_eq!(total("2026-06-30", &["--orders", &orders]), "5.5", "the export alone never changes");
}

#[test]
fn a_refund_of_an_unknown_order_waits_and_is_listed() {
    let desk = Desk::new();
    let (orders, refunds) = (desk.file("orders.csv", EXPORT), desk.file("refunds.csv", REFUNDS));
    let alone = desk.json("score", "2026-06-30", &["--orders", &orders]);
    assert!(alone.to_string().contains("未扣退款"), "{alone}");
    let card = desk.json("score", "2026-06-30", &["--orders", &orders, "--refunds", &refunds]);
    assert_eq!(card["waiting_refunds"], serde_json::json!(["TK3"]));
    let notes = card["notes"].to_string();
    assert!(notes.contains("TK3") && !notes.contains("未扣退款") && !notes.contains("退款可能不全"), "{notes}");
}

#[test]
fn refunds_may_come_as_a_ledger_and_other_rows_of_it_are_left_alone() {
    let desk = Desk::new();
    let orders = desk.file("orders.csv", EXPORT);
    let ledger = "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
        2026-06-15 09:00,refund,TK1,B,500,,,1,280000000000000000002\n\
        2026-06-15 09:00,order,77,Z,900,,,1,\n";
    let refunds = desk.file("ledger.csv", ledger);
    let output = desk.growth("score", "2026-06-30", &["--orders", &orders, "--refunds", &refunds, "--json"]);
    let card: Value = serde_json::from_slice(&output.stdout).expect("a card");
    assert_eq!(card["points"]["total"], "5");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("ledger.csv") && complaint.contains("1 行不是退款"), "{complaint}");
    let wrong = desk.complaint(&["--orders", &orders, "--refunds", &orders]);
    assert!(wrong.contains("里面没有退款"), "{wrong}");
}

#[test]
fn the_rows_of_an_explanation_add_up_to_every_part_of_the_card() {
    let desk = Desk::new();
    let (ledger, marks) =
        (desk.file("ledger.csv", LEDGER), desk.file("marks.csv", "kind,from,to\n超级工厂,2026-01-01,\n"));
    let files = ["--orders", &ledger, "--marks", &marks];
    for as_of in ["2026-06-15", "2026-06-20", "2026-06-30", "2026-07-01", "2026-07-12", "2026-07-28"] {
        let whole = desk.json("explain", as_of, &files);
        let card = &whole["card"];
        assert_eq!(sum(&whole, &ALL) + Decimal::from(600), decimal(&card["points"]["total"]), "{as_of}");
        let parts = [
            ("buyers", vec!["base"], &card["points"]["buyers"]),
            ("turnover", vec!["turnover"], &card["points"]["turnover"]),
            ("marketing", vec!["marketing"], &card["acceleration"]["marketing"]),
            ("scene", vec!["scene"], &card["acceleration"]["scene"]),
        ];
        for (part, columns, expected) in parts {
            let opened = desk.json("explain", as_of, &[&files[..], &["--part", part]].concat());
            assert_eq!(sum(&opened, &columns), decimal(expected), "{as_of} {part}");
            assert_eq!(&opened["card"], card, "one card, whatever is opened");
            let rows = opened["contributions"].as_array().expect("a list");
            assert!(rows.iter().all(|row| decimal(&row[columns[0]]) != Decimal::ZERO), "{as_of} {part}: {rows:?}");
        }
    }
}

#[test]
fn what_drops_out_on_a_day_is_named_order_by_order_and_adds_up() {
    let desk = Desk::new();
    let ledger = desk.file("ledger.csv", LEDGER);
    // The score of the 27th: the loose refund of the 28th has not happened, and no coming day may know of it.
    for as_of in ["2026-06-15", "2026-06-27", "2026-06-30"] {
        let card = desk.json("score", as_of, &["--orders", &ledger]);
        let rows = card["dropping"].as_array().expect("thirty rows");
        assert!(rows.iter().any(|row| row["points"] != "0"), "{as_of}");
        for row in rows.iter().filter(|row| row["points"] != "0" || row["date"] == "2026-07-02") {
            let day = row["date"].as_str().expect("a day");
            let opened = desk.json("explain", as_of, &["--orders", &ledger, "--day", day]);
            assert_eq!(sum(&opened, &ALL), decimal(&row["points"]), "{as_of} {day}: {}", opened["contributions"]);
        }
        let all = desk.json("explain", as_of, &["--orders", &ledger, "--part", "dropping"]);
        assert_eq!(sum(&all, &ALL), decimal(&card["points"]["total"]), "{as_of}: all days together are the score");
    }
    let first = desk.json("explain", "2026-06-30", &["--orders", &ledger, "--day", "2026-07-01"]);
    let rows = first["contributions"].as_array().expect("a list");
    assert_eq!((rows.len(), &rows[0]["id"], &rows[0]["turnover"]), (1, &"1".into(), &"1.2".into()), "{rows:?}");
}

#[test]
fn a_buyer_who_ordered_again_does_not_drop_with_the_first_order() {
    let desk = Desk::new();
    let ledger = desk.file(
        "ledger.csv",
        "time,kind,id,buyer,amount,marketing,scene,valid,order\n\
         2026-06-01 10:00,order,1,A,1000,1,0,1,\n2026-06-05 10:00,order,2,A,500,1,0,1,\n",
    );
    let on =
        |day: &str| desk.json("explain", "2026-06-30", &["--orders", &ledger, "--day", day])["contributions"].clone();
    let (first, last) = (on("2026-07-01"), on("2026-07-05"));
    assert_eq!(
        (&first[0]["base"], &first[0]["turnover"], &first[0]["marketing"]),
        (&"0".into(), &"1".into(), &"0".into())
    );
    assert_eq!(first.as_array().map(Vec::len), Some(1), "the order that stays is not in the list: {first}");
    assert_eq!(
        (&last[0]["base"], &last[0]["turnover"], &last[0]["marketing"]),
        (&"1".into(), &"0.5".into(), &"3".into())
    );
}

#[test]
fn a_person_reads_the_same_figures_in_words() {
    let desk = Desk::new();
    let ledger = desk.file("ledger.csv", LEDGER);
    let shown = |more: &[&str]| {
        let output = desk.growth("explain", "2026-06-30", &[&["--orders", &ledger], more].concat());
        String::from_utf8(output.stdout).expect("text")
    };
    let card = desk.json("score", "2026-06-30", &["--orders", &ledger]);
    let total = card["points"]["total"].as_str().expect("points");
    let text = shown(&[]);
    assert!(text.starts_with(&format!("生意积分 {total}（")), "{text}");
    let order = text.lines().find(|line| line.contains("2026-06-10")).expect("the order of the 10th");
    let cells: Vec<&str> = order.split_whitespace().collect();
    assert_eq!(cells, ["2026-06-10", "订单", "2", "B", "1500.00", "1", "1.5", "3", "4.5", "10"]);
    let sums = text.lines().find(|line| line.trim_start().starts_with("合计")).expect("a line of sums");
    assert!(sums.ends_with(&format!(" {total}")), "{sums}");
    assert!(text.contains("无效订单 1 笔，不计分：4"), "{text}");
    let turnover = shown(&["--part", "turnover"]);
    assert!(turnover.contains("  支付金额 2.6 分\n"), "{turnover}");
    let wrong = desk.growth("explain", "2026-06-30", &["--orders", &ledger, "--part", "inquiries"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("消费品按支付买家计分"), "{wrong:?}");
    let late = desk.growth("explain", "2026-06-30", &["--orders", &ledger, "--day", "2026-09-01"]);
    assert!(String::from_utf8_lossy(&late.stderr).contains("2026-07-01 到 2026-07-30"), "{late:?}");
}

#[test]
fn marks_come_as_csv_or_toml_and_count_while_they_are_held() {
    let desk = Desk::new();
    let orders = desk.file("orders.csv", EXPORT);
    let marks = [
        desk.file("marks.csv", "kind,from,to\n超级工厂,2026-01-01,2026-06-20\n实力商家,2026-01-01,\n"),
        desk.file("titled.csv", "标识,开始日期,结束日期\n超级工厂,2026-01-01,2026-06-20\n实力商家,2026-01-01\n"),
        desk.file(
            "marks.toml",
            "[[marks]]\nkind = \"超级工厂\"\nfrom = 2026-01-01\nto = \"2026-06-20\"\n[[marks]]\nkind = \"实力商家\"\nfrom = \"2026-01-01\"\n",
        ),
    ];
    for file in &marks {
        let on = |as_of: &str| desk.json("explain", as_of, &["--orders", &orders, "--marks", file, "--part", "marks"]);
        let held = on("2026-06-20");
        assert_eq!(held["card"]["points"]["acceleration"], "600", "{file}");
        assert_eq!(held["contributions"], serde_json::json!([]), "no order brings a mark");
        assert_eq!(on("2026-06-21")["card"]["points"]["acceleration"], "0", "{file}");
        assert!(held["card"]["notes"].to_string().contains("实力商家"), "a mark without a rate is shown as unknown");
        let missing = held["card"]["missing"].to_string();
        assert!(!missing.contains("\"marks\""), "whoever lists marks lists all of them: {missing}");
    }
}

#[test]
fn a_bad_list_of_marks_gets_one_sentence_that_names_the_row() {
    let desk = Desk::new();
    let orders = desk.file("orders.csv", EXPORT);
    for (name, text, says) in [
        ("day.csv", "kind,from,to\n超级工厂,2026-01-01,\n深度验厂,五月,\n", "第 3 行的 from“五月”不是日期"),
        ("none.csv", "kind,from,to\n,2026-01-01,\n", "第 2 行没有写标识的名称"),
        ("head.csv", "name,since\n超级工厂,2026-01-01\n", "kind,from,to"),
        ("order.csv", "kind,from,to\n超级工厂,2026-06-01,2026-05-01\n", "结束日期早于开始日期"),
        ("marks.toml", "[[marks]]\nkind = \"超级工厂\"\nfrom = \"soon\"\n", "第 1 个标识的 from“soon”不是日期"),
        ("other.toml", "a = 1\n", "[[marks]]"),
    ] {
        let file = desk.file(name, text);
        let complaint = desk.complaint(&["--orders", &orders, "--marks", &file]);
        assert!(complaint.contains(name) && complaint.contains(says), "{name}: {complaint}");
    }
}

#[test]
fn what_the_merchant_typed_in_goes_with_a_file_as_the_api_gives_it() {
    let desk = Desk::new();
    let orders = desk.file("orders.csv", EXPORT);
    let inputs = desk.file(
        "inputs.json",
        r#"{"marks_known": true, "marks": [{"kind": "超级工厂", "from": "2026-01-01"}],
            "gates": {"shop_information": "97"}, "entered": {"day": "2026-07-01", "points": "610"}}"#,
    );
    let card = desk.json("score", "2026-06-30", &["--orders", &orders, "--inputs", &inputs]);
    assert_eq!((&card["points"]["total"], &card["level"]), (&"605.5".into(), &"L2".into()));
    assert_eq!(card["difference"], "4.5", "the shown points of a day are compared with those of the day before");
    let gate = card["gates"].as_array().and_then(|gates| gates.iter().find(|gate| gate["gate"] == "shop_information"));
    assert!(gate.is_some_and(|gate| gate.to_string().contains("97")), "{}", card["gates"]);
    let complaint = desk.complaint(&["--orders", &orders, "--inputs", &orders]);
    assert!(complaint.contains("orders.csv") && complaint.contains("growth-inputs"), "{complaint}");
}

#[test]
fn a_shop_that_read_the_same_files_is_explained_by_the_same_rows() {
    let desk = Desk::new();
    let (orders, refunds) = (desk.file("orders.csv", EXPORT), desk.file("refunds.csv", REFUNDS));
    let installed = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
        command.arg("--data").arg(desk.0.path().join("data")).current_dir(desk.0.path()).env("XIAOER_LOG", "error");
        let output = command.args(args).output().expect("xiaoer starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    installed(&["shop", "add", "real", "--name", "真实样例", "--industry", "consumer"]);
    installed(&["import", &orders, "--shop", "real"]);
    let imported = installed(&["import", &refunds, "--shop", "real", "--json"]);
    assert!(String::from_utf8_lossy(&imported).contains("退款表"));
    for (as_of, more) in
        [("2026-06-14", vec![]), ("2026-06-16", vec!["--part", "buyers"]), ("2026-06-16", vec!["--day", "2026-07-10"])]
    {
        let of_files =
            desk.json("explain", as_of, &[&["--orders", &orders, "--refunds", &refunds], &more[..]].concat());
        let asked = [&["growth", "explain", "--shop", "real", "--as-of", as_of, "--json"], &more[..]].concat();
        let of_shop: Value = serde_json::from_slice(&installed(&asked)).expect("JSON");
        assert_eq!(of_shop["contributions"], of_files["contributions"], "{as_of} {more:?}");
        assert_eq!(of_shop["card"]["points"], of_files["card"]["points"], "{as_of} {more:?}");
        assert!(of_shop["contributions"].as_array().is_some_and(|rows| !rows.is_empty()), "{as_of} {more:?}");
    }
}
