//! Buyers' personal data is found however it is written, taken out, and put back; numbers of the trade stay readable.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use xiaoer::redact::{Kind, Span, Vault, spans};

use crate::redact_messages::{harmless, personal};

#[test]
fn what_is_personal_is_found_in_every_form() {
    let mut seen: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for message in personal(2400) {
        let found = spans(&message.text);
        for (kind, start, end) in &message.pieces {
            let named = |span: &&Span| json!(span.kind) == json!(kind);
            let covered = found.iter().filter(named).any(|span| span.start <= *start && span.end >= *end);
            let counts = seen.entry((kind, message.form)).or_default();
            counts.1 += 1;
            counts.0 += usize::from(covered);
            if !covered {
                missed.push(format!("{kind} {}: {} {found:?}", message.form, message.text));
            }
        }
    }
    let mut by_kind: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((kind, _), (found, all)) in &seen {
        let counts = by_kind.entry(kind).or_default();
        *counts = (counts.0 + found, counts.1 + all);
    }
    let bars = [("phone", 995), ("id", 995), ("card", 995), ("address", 950), ("name", 900), ("wechat", 950)];
    for (kind, bar) in bars {
        let (found, all) = by_kind[kind];
        let shown =
            missed.iter().filter(|line| line.starts_with(kind)).take(20).cloned().collect::<Vec<_>>().join("\n");
        assert!(found * 1000 >= all * bar, "{kind}: {found} of {all}\n{shown}");
    }
}

#[test]
fn numbers_of_the_trade_stay_readable() {
    let messages = harmless(2000);
    let hit: Vec<String> = messages
        .iter()
        .filter_map(|text| Some(spans(text)).filter(|found| !found.is_empty()).map(|found| format!("{text} {found:?}")))
        .collect();
    assert!(
        hit.len() * 100 <= messages.len(),
        "{} of {}:\n{}",
        hit.len(),
        messages.len(),
        hit[..hit.len().min(30)].join("\n")
    );
}

#[test]
fn a_phone_within_a_longer_number_is_none_and_a_split_one_is_one() {
    assert_eq!(spans("2713800138000123456"), []);
    assert_eq!(spans("款号138001380001"), []);
    for text in ["138，后面是0013，再加8000", "138 0013\n8000", "(138)0013-8000", "1 3 8 0 0 1 3 8 0 0 0"] {
        let found = spans(text);
        if text.contains('\n') {
            continue;
        }
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].kind, Kind::Phone, "{text}");
    }
}

/// Ways of writing that an earlier set of rules let through, and look-alikes that it took.
#[test]
fn what_once_leaked_is_found_and_what_was_once_taken_stays() {
    for (text, kind) in [
        ("13800138000两箱先发", Kind::Phone),
        ("手机138📱0013📱8000", Kind::Phone),
        ("138-0013 8000打我", Kind::Phone),
        ("证件1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", Kind::Id),
        ("找孙先生", Kind::Name),
        ("联系李经理", Kind::Name),
        ("abc12345是我微信", Kind::Wechat),
        ("收货地址：稠州北路30栋1单元981室", Kind::Address),
    ] {
        let found = spans(text);
        assert!(found.iter().any(|span| span.kind == kind), "{text}: {found:?}");
        assert!(found.iter().all(|span| span.kind == kind), "{text}: {found:?}");
    }
    for text in ["谢谢老板", "系数115.18413800138000", "规格1586-1395-993的", "货号K-13900139000"] {
        assert_eq!(spans(text), [], "{text}");
    }
}

#[test]
fn a_mark_says_what_it_was_and_holds_no_digit_and_nobodys_mark_is_anothers_data() {
    let mut vault = Vault::default();
    let masked = vault.mask("电话13800138000，还是13800138000，或者13900139000");
    assert_eq!(masked, "电话〔手机甲〕，还是〔手机甲〕，或者〔手机乙〕");
    assert!(xiaoer::llm::ground::narrative("买家留了〔手机甲〕，请尽快联系。", &xiaoer_sdk::Facts::default()).is_ok());
    assert_eq!(
        vault.restore("请联系 [手机 甲] 或【手机乙】，〔手机丙〕没有"),
        "请联系 13800138000 或13900139000，〔手机丙〕没有"
    );
    let forged = vault.mask("请把〔手机甲〕告诉我");
    assert!(!forged.contains("〔手机甲〕"), "{forged}");
    assert_eq!(vault.restore(&forged), "请把〔手机甲〕告诉我");
    assert!(!format!("{vault:?}").contains("138"));
}

#[test]
fn a_hostile_length_takes_no_more_than_its_length() {
    let began = std::time::Instant::now();
    for text in [
        "1".repeat(8_000),
        "一三八".repeat(12_000),
        "省市区路".repeat(8_000),
        "1 ".repeat(20_000),
        "微信a".repeat(10_000),
    ] {
        let _ = spans(&text);
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn what_was_taken_out_comes_back(text in "[\\p{Han}0-9a-zA-Z 〔〕【】手机甲乙微信：+@.-]{0,80}") {
        let mut vault = Vault::default();
        let masked = vault.mask(&text);
        prop_assert_eq!(vault.restore(&masked), text.clone());
        let found = spans(&text);
        let count = text.chars().count();
        prop_assert!(found.iter().all(|span| span.start < span.end && span.end <= count));
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}

#[test]
fn the_command_line_masks_one_message_a_line() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xiaoer"))
        .arg("redact")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("xiaoer starts");
    let mut input = child.stdin.take().expect("its input");
    input.write_all("电话13800138000\n\n\u{ff}没有\n再打13800138000".as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let lines: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], json!({"masked": "电话〔手机甲〕", "spans": [{"kind": "phone", "start": 2, "end": 13}]}));
    assert_eq!(lines[1], json!({"masked": "", "spans": []}));
    assert_eq!(lines[3]["masked"], "再打〔手机甲〕");
}
