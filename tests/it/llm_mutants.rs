//! Mutated narratives: what is right passes, and no wrong figure, unit, direction, comparison or name made from it does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};
use xiaoer::llm::ground::narrative;
use xiaoer_sdk::{Fact, Value};

use crate::llm_mutants_made::mutants;
use crate::llm_mutants_right::{facts, right};

#[test]
fn two_hundred_right_narratives_pass() {
    let facts = facts();
    let right = right();
    assert!(right.len() >= 200, "only {} right narratives", right.len());
    let refused: Vec<_> =
        right.iter().filter_map(|text| Some(format!("{text}\n    {:?}", narrative(text, &facts).err()?))).collect();
    assert!(
        refused.is_empty(),
        "{} of {} right texts were refused:\n{}",
        refused.len(),
        right.len(),
        refused.join("\n")
    );
}

#[test]
fn the_right_narratives_use_every_kind_of_value() {
    let facts = facts();
    let text = right().into_iter().collect::<Vec<_>>().concat();
    let unused: Vec<_> = facts.0.keys().filter(|id| !text.contains(&format!("{{{id}}}"))).collect();
    assert!(unused.is_empty(), "{unused:?}");
    let kind = |fact: &Fact| match &fact.value {
        Value::Count(_, unit) => format!("count of {unit:?}"),
        Value::CountChange(n, unit) => format!("change {} of {unit:?}", n.signum()),
        other => format!("{:?} {:?}", std::mem::discriminant(other), other.direction()),
    };
    let kinds: BTreeSet<_> = facts.0.values().map(kind).collect();
    assert!(kinds.len() >= 24, "{kinds:?}");
}

#[test]
fn every_one_of_five_hundred_mutants_is_caught() {
    let facts = facts();
    let mutants = mutants(&right(), &facts);
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut escaped = String::new();
    for (operator, text) in &mutants {
        let (caught, total) = table.entry(operator).or_default();
        *total += 1;
        if narrative(text, &facts).is_err() {
            *caught += 1;
        } else {
            let _ = writeln!(escaped, "{operator}: {text}");
        }
    }
    let mut shown = String::new();
    for (operator, (caught, total)) in &table {
        let _ = writeln!(shown, "{operator:<28} {caught:>5} of {total}");
    }
    assert!(mutants.len() >= 500, "only {} mutants", mutants.len());
    assert!(table.len() >= 25 && table.values().all(|(_, total)| *total >= 5), "an operator made too few:\n{shown}");
    assert!(escaped.is_empty(), "{shown}\nescaped:\n{escaped}");
}

/// Runs `xiaoer ground` on some lines; gives its lines, what it complained about, and whether it was content.
fn ground(facts: &Json, lines: &str) -> (Vec<Json>, String, bool) {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("facts.json");
    std::fs::write(&file, facts.to_string()).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
        .args(["ground", "--facts"])
        .arg(&file)
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xiaoer starts");
    // A command that stops at once reads nothing.
    let _ = child.stdin.take().expect("its input").write_all(lines.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    assert!(!dir.path().join("data").exists(), "checking words needs no data directory");
    let told = String::from_utf8(output.stdout).expect("text");
    let told = told.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    (told, String::from_utf8_lossy(&output.stderr).trim().to_owned(), output.status.success())
}

#[test]
fn the_command_line_tells_of_each_line_and_goes_on_after_a_bad_one() {
    let facts = serde_json::to_value(facts()).expect("JSON");
    let lines = concat!(
        r#"{"text": "昨日支付金额{gmv}，较前日下降{gmv_prev}。"}"#,
        "\n",
        r#"{"text": "昨日支付金额{gmv}，较前日上升{gmv_prev}。"}"#,
        "\nno JSON\n",
        r#"{"words": "支付金额"}"#,
        "\n",
        r#"{"text": "支付买家数{buyers}。"}"#,
    );
    let (told, complaint, content) = ground(&facts, lines);
    assert!(content, "{complaint}");
    let ok: Vec<_> = told.iter().map(|line| line["ok"].as_bool().expect("it says")).collect();
    assert_eq!(ok, [true, false, false, false, true]);
    assert_eq!(told[0], json!({"ok": true, "rendered": "昨日支付金额18.98万元，较前日下降▼12.3%。", "problems": []}));
    assert_eq!(told[4]["rendered"], "支付买家数413人。");
    for refused in &told[1..4] {
        assert_eq!(refused["rendered"], Json::Null);
        let why = refused["problems"][0]["why"].as_str().expect("it says why");
        assert!(!why.is_empty(), "{refused}");
    }
    assert!(told[1]["problems"][0]["why"].as_str().is_some_and(|why| why.contains("方向不符")), "{}", told[1]);
}

#[test]
fn facts_may_be_written_by_hand() {
    let line = r#"{"text": "支付金额{gmv}，支付买家数{buyers}，退款率{rate}，支付金额较前日下降{moved}。"}"#;
    let typed = json!({
        "gmv": {"label": "支付金额", "value": {"type": "money", "value": 12800}},
        "buyers": {"label": "支付买家数", "value": {"type": "count", "value": 413, "unit": "人"}},
        "rate": {"label": "退款率", "value": {"type": "ratio", "value": "0.031"}},
        "moved": {"label": "支付金额较前日", "value": {"type": "ratio_change", "value": -0.123}},
    });
    let flat = json!([
        {"id": "gmv", "label": "支付金额", "value": "12,800", "unit": "元", "kind": "level", "period": "2026-11-22"},
        {"id": "buyers", "label": "支付买家数", "value": 413, "unit": "人", "kind": "count"},
        {"id": "rate", "label": "退款率", "value": "3.1", "unit": "%", "kind": "ratio"},
        {"id": "moved", "label": "支付金额较前日", "value": "-12.3%", "kind": "change"},
    ]);
    let expected = "支付金额1.28万元，支付买家数413人，退款率3.1%，支付金额较前日下降▼12.3%。";
    for facts in [typed.clone(), flat.clone(), json!({"facts": typed}), json!({"facts": flat})] {
        let (told, complaint, content) = ground(&facts, line);
        assert!(content, "{facts}: {complaint}");
        assert_eq!(told[0]["rendered"], expected, "{facts}: {}", told[0]);
    }
}

#[test]
fn a_fact_that_is_not_understood_is_named_in_one_sentence() {
    for (facts, named) in [
        (json!({"gmv": {"label": "支付金额", "value": {"type": "money", "value": "much"}}}), ["gmv", "much"]),
        (json!({"gmv": {"label": "支付金额", "value": {"type": "gold", "value": 1}}}), ["gmv", "gold"]),
        (json!({"gmv": {"value": {"type": "money", "value": 1}}}), ["gmv", "label"]),
        (json!({"n": {"label": "件数", "value": 3, "unit": "打"}}), ["\"n\"", "打"]),
        (json!([{"label": "支付金额", "value": 3, "unit": "元"}]), ["number 1", "id"]),
        (json!("facts"), ["neither", "list"]),
    ] {
        let (told, complaint, content) = ground(&facts, "{\"text\": \"好\"}\n");
        assert!(!content && told.is_empty(), "{facts}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(named.iter().all(|piece| complaint.contains(piece)), "{complaint}");
    }
}
