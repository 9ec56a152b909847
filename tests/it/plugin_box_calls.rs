//! Plugins that hand over too much, too often, or what is no call; and reports that are not what they say.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use xiaoer::plugin::sandbox::limits;
use xiaoer::plugin::{Code, skill};
use xiaoer_sdk::{Block, CallError, Generator, SkillError};

use crate::support::guest::{
    AS_OF, BOX, Shopkeeper, beside_a_neighbour, package, report, run, running, skill_of, stopped,
};

const PROGRESS: &str = r#"{"call":"progress","text":"还在做"}"#;

/// Calls with the first text and reports the second.
const ONE_CALL: &str = "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
    (call $ok (global.get $t1) (global.get $n1))";
/// Calls with the first text and hands back, as its error, what it was answered with.
const GIVES_BACK: &str = "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
    (call $err (i32.load (i32.const 36)) (i32.load (i32.const 40)))";
/// Reports the first text.
const REPORTS: &str = "(call $ok (global.get $t0) (global.get $n0))";
/// Fails with the first text.
const FAILS: &str = "(call $err (global.get $t0) (global.get $n0))";

fn failed(error: SkillError) -> String {
    match error {
        SkillError::Failed(why) => why,
        other => panic!("a failure was expected, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_words_of_progress_are_cut_off_and_few_are_told() {
    let body = "(local.set $i (i32.const 1000000))
        (loop $on (call $call (global.get $t0) (global.get $n0) (i32.const 32))
          (br_if $on (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (call $ok (global.get $t1) (global.get $n1))";
    let host = Arc::new(Shopkeeper::default());
    // Ten thousand calls take an unoptimised build a while; it is the calls that are to be counted here.
    let patient = BOX.clone().patience(limits::COMPUTING);
    let code = Code::Component(running(&[PROGRESS, &report("做完了")], body));
    let skill = skill::of(package(code), &patient).expect("the box takes it");
    let why = failed(run(skill, host.clone()).await.expect_err("too many"));
    assert!(why.contains("一次运行请求超过 10000 次"), "{why}");
    assert_eq!(host.count.load(Ordering::Relaxed), 200, "the rest was counted, not told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_of_progress_is_a_short_one() {
    let long = format!(r#"{{"call":"progress","text":"{}"}}"#, "长".repeat(5_000));
    let host = Arc::new(Shopkeeper::default());
    run(skill_of(running(&[&long, &report("说完了")], ONE_CALL)), host.clone()).await.expect("it is only cut");
    let calls = host.calls.lock().expect("unharmed");
    let [xiaoer_sdk::Call::Progress { text }] = &calls[..] else { panic!("one word: {calls:?}") };
    assert_eq!(text.chars().count(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_of_output_are_not_taken() {
    // The memory is within its bound; the report is not. A plugin cannot even name a hundred megabytes.
    let grown = "(drop (memory.grow (i32.const 900))) (call $ok (i32.const 0) (i32.const 50000000))";
    let why = stopped(running(&[], grown)).await;
    assert!(why.contains("交回的内容超过 4 MB"), "{why}");
    let beyond = "(call $ok (i32.const 0) (i32.const 100000000))";
    let why = stopped(running(&[], beyond)).await;
    assert!(why.contains("代码出错"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_many_megabytes_is_not_taken() {
    for (length, words) in [("2000000", "一个请求超过 1 MB"), ("50000000", "交回的内容超过 4 MB")] {
        let body = format!(
            "(drop (memory.grow (i32.const 900))) (call $call (i32.const 1024) (i32.const {length}) (i32.const 32)) (unreachable)"
        );
        let why = stopped(running(&[], &body)).await;
        assert!(why.contains(words), "{why}");
    }
}

/// Writes a list of `count` texts at 200,000, each the same `$n0` bytes or `length`, and calls with it.
fn listing(count: u32, length: &str) -> String {
    format!(
        "(drop (memory.grow (i32.const 40))) (local.set $i (i32.const {count})) (local.set $j (i32.const 200000))
         (loop $on (i32.store (local.get $j) (global.get $t0)) (i32.store offset=4 (local.get $j) {length})
           (local.set $j (i32.add (local.get $j) (i32.const 8)))
           (br_if $on (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
         (call $call_all (i32.const 200000) (i32.const {count}) (i32.const 32))
         (call $ok (global.get $t1) (global.get $n1))"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_names_one_long_text_many_times_is_bounded_in_all() {
    // Sixty times one megabyte of the same memory: the host would hold sixty.
    let why = stopped(running(&[PROGRESS, ""], &listing(60, "(i32.const 1000000)"))).await;
    assert!(why.contains("交回的内容超过 4 MB"), "{why}");
    let why = stopped(running(&[PROGRESS, ""], &listing(65, "(global.get $n0)"))).await;
    assert!(why.contains("同时提出的请求超过 64 个"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_side_by_side_are_answered_and_counted() {
    let host = Arc::new(Shopkeeper::default());
    let texts = [r#"{"call":"costs"}"#, &report("一起问")];
    run(skill_of(running(&texts, &listing(64, "(global.get $n0)"))), host.clone()).await.expect("all are answered");
    assert_eq!(host.count.load(Ordering::Relaxed), 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_call_reaches_nobody() {
    let deep = format!(
        r#"{{"call":"ask","prompt":"x","variables":{}1{},"form":{{"form":"narrative","facts":{{}}}}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let hostile = [
        deep.as_str(),
        "",
        "null",
        "[]",
        "{}",
        r#"{"call":"no-such-thing"}"#,
        r#"{"call":"orders_paid"}"#,
        r#"{"call":"orders_paid","period":{"from":"2026-13-77","to":"2026-11-01"}}"#,
        r#"{"call":"orders_paid","period":{"from":"2026-11-01","from":"2026-11-02","to":"2026-11-01"}}"#,
        r#"{"call":"score","as_of":7}"#,
        r#"{"call":"forecast","as_of":"2026-11-22","days":-1}"#,
        r#"{"call":"forecast","as_of":"2026-11-22","days":1e400}"#,
        r#"{"call":{"call":"products"}}"#,
        r#"{"call":"products"} {"call":"products"}"#,
        "\u{feff}{\"call\":\"products\"}",
    ];
    for text in hostile {
        let host = Arc::new(Shopkeeper::default());
        let error =
            run(skill_of(running(&[text], GIVES_BACK)), host.clone()).await.expect_err("it gives the error back");
        // As the plugin hands on an error of a call that is no skill's error, it is told apart from a skill's own.
        assert!(failed(error).contains("交回的错误格式不对"), "{text:.80}");
        assert_eq!(host.count.load(Ordering::Relaxed), 0, "{text:.80}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_no_text_ends_the_run() {
    let body = "(i32.store8 (i32.const 200) (i32.const 0xff)) (i32.store8 (i32.const 201) (i32.const 0xfe))
        (call $call (i32.const 200) (i32.const 2) (i32.const 32)) (unreachable)";
    let why = stopped(running(&[], body)).await;
    assert!(why.contains("代码出错"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_not_granted_is_an_error_that_the_plugin_may_hand_on() {
    let denied = CallError::Denied { what: "products".into() };
    let text = r#"{"call":{"error":"denied","what":"products"}}"#;
    let body = "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
        (if (i32.eqz (i32.load8_u (i32.const 32))) (then (unreachable)))
        (call $err (global.get $t1) (global.get $n1))";
    let host = Arc::new(Shopkeeper { error: Some(denied.clone()), ..Shopkeeper::default() });
    let error = run(skill_of(running(&[r#"{"call":"products"}"#, text], body)), host).await.expect_err("denied");
    assert_eq!(error, SkillError::Call(denied));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_run_ends_whatever_the_plugin_thinks_of_it() {
    // It ignores every answer and goes on calling.
    let body = "(loop $on (call $call (global.get $t0) (global.get $n0) (i32.const 32)) (br $on)) (unreachable)";
    for stop in [CallError::Cancelled, CallError::LeaseLost] {
        let host = Arc::new(Shopkeeper { error: Some(stop.clone()), ..Shopkeeper::default() });
        let error = run(skill_of(running(&[PROGRESS], body)), host.clone()).await.expect_err("it is over");
        assert_eq!(error, SkillError::Call(stop));
        assert_eq!(host.count.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_cannot_say_in_the_hosts_name_that_its_run_is_lost() {
    // The worker would leave such a run open and take it up again without end.
    for lie in [r#"{"call":{"error":"lease_lost"}}"#, r#"{"call":{"error":"cancelled"}}"#] {
        let why = stopped(running(&[lie], FAILS)).await;
        assert!(why.contains("交回的错误格式不对"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_its_own_is_one_short_line() {
    let long = format!(r#"{{"failed":"没有库存\n\u0007{}"}}"#, "很".repeat(10_000));
    let why = stopped(running(&[&long], FAILS)).await;
    assert!(why.starts_with("插件“来客”：没有库存  很很") && why.chars().count() < 230, "{why}");
    let blocked = beside_a_neighbour(running(&[r#"{"blocked":"请先导入成本"}"#], FAILS)).await;
    assert_eq!(blocked.expect_err("blocked"), SkillError::Blocked("请先导入成本".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_report_is_refused_with_its_place() {
    let other_day = report("昨天").replace(AS_OF, "2026-11-21");
    let hostile: [(&str, &str); 6] = [
        ("", "格式不对"),
        ("{}", "格式不对（missing field"),
        (r#"{"title":1}"#, "格式不对"),
        (&report("x").replace("\"blocks\":[]", "\"blocks\":[{\"block\":\"script\",\"text\":\"<script>\"}]"), "格式不对"),
        (&report("x").replace("\"facts\":{}", "\"facts\":{\"A b\":{\"label\":\"x\",\"value\":{\"type\":\"name\",\"value\":\"x\"},\"period\":null,\"source\":{\"read\":\"\",\"how\":\"\",\"rows\":0,\"ids\":[]}}}"), "数字的名字不对"),
        (&other_day, "报告是 2026-11-21 的"),
    ];
    for (text, words) in hostile {
        let why = stopped(running(&[text], REPORTS)).await;
        assert!(why.contains(words), "{text}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_endless_parts_is_refused() {
    let heading = r#"{"block":"heading","text":"x"}"#;
    let long = report("长").replace("\"blocks\":[]", &format!("\"blocks\":[{}]", vec![heading; 301].join(",")));
    let why = stopped(running(&[&long], REPORTS)).await;
    assert!(why.contains("超过 300 段"), "{why}");
    let nested =
        report("深").replace("\"summary\":\"\"", &format!("\"summary\":{}1{}", "[".repeat(9_000), "]".repeat(9_000)));
    let why = stopped(running(&[&nested], REPORTS)).await;
    assert!(why.contains("格式不对"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_named_as_the_author_who_was_not_asked() {
    let block = r#"{"block":"text","text":"请转账","generator":{"by":"model","name":"deepseek-chat"}}"#;
    let lie = report("谎").replace("\"blocks\":[]", &format!("\"blocks\":[{block}]"));
    let report = beside_a_neighbour(running(&[&lie], REPORTS)).await.expect("a report");
    let [Block::Text { generator, .. }] = &report.blocks[..] else { panic!("{report:?}") };
    assert_eq!(*generator, Generator::Template { why: None });
}
