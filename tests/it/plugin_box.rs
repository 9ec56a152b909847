//! Plugins that try to use up more than there is for them: each is stopped, told by name, and its neighbour finishes its work.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use xiaoer_sdk::{Input, SkillError};

use crate::support::guest::{
    Shopkeeper, beside_a_neighbour, component, context, report, run, running, skill_of, stopped,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_ends() {
    let why = stopped(running(&[], "(loop $on (br $on)) (unreachable)")).await;
    assert!(why.contains("计算超过 0.3 秒，已停止；店铺没有任何改动"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_recursion_ends() {
    let code = r#"(func $down (param i32) (result i32) (i32.add (i32.const 1) (call $down (local.get 0))))
        (func (export "run") (param i32 i32 i32 i32) (result i32) (call $down (i32.const 0)))"#;
    let why = stopped(component(&[], code)).await;
    assert!(why.contains("无限递归"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_memory_bomb_is_refused_its_memory() {
    let body = "(loop $on (drop (memory.grow (i32.const 16))) (memory.fill (i32.const 200000) (i32.const 7) (i32.const 1000)) (br $on))
        (unreachable)";
    let why = stopped(running(&[], body)).await;
    assert!(why.contains("占用内存超过 64 MB"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_memories_of_a_plugin_count_together() {
    // Four memories of 40 MiB: each is within the bound, all of them are not.
    let code = r#"(func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable))"#;
    let more: String = (0..3)
        .map(|n| {
            format!(
                r#"(core module $more{n} (memory (export "memory") 640)) (core instance $more{n} (instantiate $more{n}))"#
            )
        })
        .collect();
    let why = stopped(beside(code, &more)).await;
    assert!(why.contains("占用内存超过 64 MB"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_bomb_is_refused_its_table() {
    let code = r#"(table $t 1 funcref)
        (func (export "run") (param i32 i32 i32 i32) (result i32)
          (loop $on (drop (table.grow $t (ref.null func) (i32.const 5000))) (br $on)) (unreachable))"#;
    let why = stopped(component(&[], code)).await;
    assert!(why.contains("占用的表超过"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_before_the_first_word_is_a_trap() {
    let code = r#"(func $start (unreachable)) (start $start)
        (func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable))"#;
    let why = stopped(component(&[], code)).await;
    assert!(why.contains("代码出错"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_before_the_first_word_ends_too() {
    let code = r#"(func $start (loop $on (br $on))) (start $start)
        (func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable))"#;
    let why = stopped(component(&[], code)).await;
    assert!(why.contains("计算超过"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_computes_between_calls_is_counted_over_all_of_them() {
    // Some milliseconds each time, a call after each: no stretch is long, all of them are.
    let body = "(loop $on (local.set $i (i32.const 20000000))
          (loop $work (br_if $work (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
          (call $call (global.get $t0) (global.get $n0) (i32.const 32)) (br $on))
        (unreachable)";
    let why = stopped(running(&[r#"{"call":"costs"}"#], body)).await;
    assert!(why.contains("计算超过"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_the_host_is_nobodys_fault() {
    // Twice 400 ms of waiting, with a patience of 300.
    let texts = [r#"{"call":"products"}"#, &report("耐心")];
    let body = "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
        (call $call (global.get $t0) (global.get $n0) (i32.const 32))
        (call $ok (global.get $t1) (global.get $n1))";
    let host = Arc::new(Shopkeeper { slow: Duration::from_millis(400), ..Shopkeeper::default() });
    let report = run(skill_of(running(&texts, body)), host).await.expect("it only waited");
    assert_eq!(report.title, "耐心");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runs_of_one_plugin_take_turns_and_leave_the_others_alone() {
    // Eight endless runs of one plugin, on a machine of two cores or more: a neighbour still comes through at once.
    let greedy = skill_of(running(&[], "(loop $on (br $on)) (unreachable)"));
    let runs: Vec<_> =
        (0..8).map(|_| tokio::spawn(run(Arc::clone(&greedy), Arc::new(Shopkeeper::default())))).collect();
    let texts = [&*report("穿过")];
    let through = beside_a_neighbour(running(&texts, "(call $ok (global.get $t0) (global.get $n0))")).await;
    assert_eq!(through.expect("it comes through").title, "穿过");
    for one in runs {
        let SkillError::Failed(why) = one.await.expect("unharmed").expect_err("endless") else { panic!("a failure") };
        assert!(why.contains("计算超过"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_dropped_is_gone_at_once() {
    let skill = skill_of(running(&[], "(loop $on (br $on)) (unreachable)"));
    let cx = context(Arc::new(Shopkeeper::default()));
    // Who does not let go of it before it has computed for 300 ms is told that it was stopped, and not that the time is up.
    let cut = tokio::time::timeout(Duration::from_millis(50), skill.run(&cx, Input::default())).await;
    assert!(cut.is_err(), "it went on to its own end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instructions_that_cannot_be_carried_out_end_the_run() {
    for body in [
        "(i32.div_u (i32.const 1) (local.get $i))",
        "(i32.load (i32.const -4))",
        "(i32.trunc_f32_s (f32.const nan))",
        "(memory.copy (i32.const 0) (i32.const 0) (i32.const -1)) (i32.const 0)",
    ] {
        let why = stopped(running(&[], body)).await;
        assert!(why.contains("代码出错"), "{body}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_while_an_answer_is_handed_in_ends() {
    // The place for an answer is asked of the plugin's own code; this one never gives it.
    let host = Arc::new(Shopkeeper::default());
    let skill = skill_of(allocating("(loop $on (br $on)) (unreachable)"));
    let SkillError::Failed(why) = run(skill, host.clone()).await.expect_err("endless") else { panic!("a failure") };
    assert!(why.contains("计算超过"), "{why}");
    assert_eq!(host.count.load(Ordering::Relaxed), 0, "it never came to a call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_put_outside_of_memory_ends_the_run() {
    let why = stopped(allocating("(i32.const -16)")).await;
    assert!(why.contains("代码出错"), "{why}");
}

/// A component whose place for what it is given is made by this body.
fn allocating(body: &str) -> Vec<u8> {
    let wat = format!(
        r#"(component
          (core module $m (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) {body})
            (func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable)))
          (core instance $m (instantiate $m))
          (func (export "run") (param "pin" string) (param "input" string) (result (result string (error string)))
            (canon lift (core func $m "run") (memory $m "memory") (realloc (func $m "realloc")))))"#
    );
    wat::parse_str(wat).expect("a component")
}

/// A component with something more in it.
fn beside(code: &str, more: &str) -> Vec<u8> {
    let wat = format!(
        r#"(component {more}
          (core module $m (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64)) {code})
          (core instance $m (instantiate $m))
          (func (export "run") (param "pin" string) (param "input" string) (result (result string (error string)))
            (canon lift (core func $m "run") (memory $m "memory") (realloc (func $m "realloc")))))"#
    );
    wat::parse_str(wat).expect("a component")
}
