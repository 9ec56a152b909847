//! Scripts that mean harm, or do it by mistake: each is stopped and named, and nothing of it is left for the next run.

use std::sync::Arc;

use xiaoer_sdk::{Call, CallError, Report, Skill, SkillError};

use crate::support::script::{Desk, body, endless, run, run_over, script};

/// The merchant's words for a run that came to nothing.
async fn failure(source: &str) -> String {
    failure_of(body(source), source).await
}

async fn failure_of(skill: Arc<dyn Skill>, source: &str) -> String {
    match run(&*skill).await {
        Err(SkillError::Failed(why)) => why,
        other => panic!("it should have been stopped: {source}: {:?}", other.map(|report| report.title)),
    }
}

async fn report(source: &str) -> Report {
    run(&*body(source)).await.expect("a report")
}

/// Each is stopped for one of the reasons, which the merchant is told. Only those that the clock may stop are given little of it: a slow
/// machine ends no other story by the clock.
async fn all_stopped(stories: &[(&str, &[&str])]) {
    for (source, reasons) in stories {
        let skill = if reasons.contains(&TIME) { endless(source) } else { body(source) };
        let why = failure_of(skill, source).await;
        assert!(reasons.iter().any(|reason| why.contains(reason)), "{source}\n→ {why}");
        assert!(why.starts_with("插件“试用插件”"), "whose fault it is, is said: {why}");
    }
    // The box itself is none the worse.
    assert_eq!(report("return cx.report('还在')").await.title, "还在");
}

const TIME: &str = "计算超过 0.6 秒";
const MEMORY: &str = "占用内存超过 64 MB";

#[tokio::test(flavor = "multi_thread")]
async fn who_computes_without_end_is_stopped_however_it_is_written() {
    all_stopped(&[
        ("for (;;) {}", &[TIME]),
        ("for (;;) { try { for (;;) {} } catch {} finally { continue } }", &[TIME]),
        ("const f = () => { try { f() } catch {} try { f() } catch {} }; for (;;) f()", &[TIME]),
        ("const f = () => Promise.resolve().then(f); await f()", &[TIME, MEMORY]),
        ("const it = (function* () { for (;;) yield 1 })(); for (const x of it) {}", &[TIME]),
        ("/^(a+)+$/.test('a'.repeat(60) + 'b')", &[TIME, "RangeError", "InternalError"]),
        ("return { title: String(7n ** 40000000n) }", &[TIME, MEMORY, "RangeError"]),
        ("let x = 3n; for (;;) x = x * x", &[TIME, MEMORY, "RangeError"]),
        ("return { get title() { for (;;) {} } }", &[TIME]),
        ("return { title: 'x', toJSON() { for (;;) {} } }", &[TIME]),
        ("throw { get message() { for (;;) {} }, toString() { for (;;) {} } }", &[TIME]),
        ("[1, 2, 3].sort(() => { for (;;) {} })", &[TIME]),
        ("new Proxy({}, { has: () => { for (;;) {} } }).x in 1; 'x' in new Proxy({}, { has: () => { for (;;) {} } })", &[TIME, "TypeError"]),
        ("await { then() { for (;;) {} } }", &[TIME]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_all_memory_gets_its_share_and_no_more() {
    all_stopped(&[
        ("const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))", &[MEMORY]),
        ("const a = []; for (;;) { try { a.push(new Array(1 << 16).fill({})) } catch {} }", &[MEMORY]),
        ("let s = 'x'.repeat(1 << 20); for (;;) s += s", &[MEMORY, "RangeError", "InternalError"]),
        ("new ArrayBuffer(2 ** 40)", &[MEMORY, "RangeError"]),
        ("return { title: 'x'.repeat(100 << 20) }", &[MEMORY]),
        ("const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })", &[MEMORY]),
        ("const all = []; for (;;) all.push(cx.progress('x'))", &[MEMORY, "计算超过 10 秒"]),
        ("globalThis.kept = []; const f = () => { kept.push(f.bind()); return f() }; for (;;) { try { f() } catch {} }", &[MEMORY, "计算超过 10 秒"]),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_too_deep_falls_on_its_own_feet() {
    const DEEP: &[&str] = &["RangeError", "InternalError", "SyntaxError", "语法错误", "无限递归", MEMORY];
    all_stopped(&[
        ("const f = () => f() + 1; return f()", DEEP),
        ("JSON.parse('['.repeat(200000))", DEEP),
        ("eval('('.repeat(200000))", DEEP),
        ("new RegExp('('.repeat(200000))", DEEP),
        ("let a = []; for (let i = 0; i < 200000; i++) a = [a]; return { title: 'x', blocks: a }", DEEP),
        ("let a = []; for (let i = 0; i < 200000; i++) a = [a]; return { title: String(a) }", DEEP),
        ("class A { get x() { return this.x } } return { title: new A().x }", DEEP),
        (
            "const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return { title: p.x }",
            &["TypeError", "RangeError", "InternalError", "无限递归"],
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_floods_the_door_is_shown_out() {
    let calls = "一次运行请求超过 10000 次";
    all_stopped(&[
        ("for (let i = 0; i < 1e6; i++) await cx.progress('第 ' + i + ' 步')", &[calls, TIME]),
        ("for (;;) { try { await cx.products() } catch {} }", &[calls, TIME]),
        ("await cx.progress('x'.repeat(2 << 20))", &["一个请求超过 1 MB"]),
        (
            "await Promise.all(Array.from({ length: 60 }, () => cx.progress('x'.repeat(500 << 10))))",
            &["交回的内容超过 4 MB", MEMORY],
        ),
        ("return { title: 'x'.repeat(5 << 20) }", &["交回的内容超过 4 MB"]),
        ("const r = cx.report('x'); for (let i = 0; i < 1000; i++) r.heading('x'); return r", &["太长"]),
    ])
    .await;
}

#[tokio::test]
async fn nobody_may_say_in_the_hosts_name_that_the_run_is_over() {
    for forged in ["cancelled", "lease_lost"] {
        // Its own error, made to look like one of ours, is only an error.
        let thrown = format!("throw Object.assign(new Error('x'), {{ name: 'CallError', error: '{forged}' }})");
        assert!(matches!(run(&*body(&thrown)).await, Err(SkillError::Failed(_))), "{forged}");
    }
}

#[tokio::test]
async fn who_is_cancelled_stops_and_is_not_asked_whether_it_agrees() {
    let desk = Arc::new(Desk { cancelled: true, ..Desk::default() });
    let stubborn = body("for (;;) { try { await cx.progress('还在做') } catch {} }");
    assert_eq!(run_over(&*stubborn, &desk).await, Err(SkillError::Call(CallError::Cancelled)));
    assert_eq!(desk.names().len(), 1);
}

#[tokio::test]
async fn there_is_nothing_in_a_scripts_world_but_the_language_and_its_context() {
    let names = report(
        "const plain = `fetch XMLHttpRequest require process Deno Bun std os setTimeout setInterval Worker WebSocket navigator
            crypto __loadScript scriptArgs print`.split(/\\s+/);
         return cx.report(plain.filter(name => name in globalThis).join(' '))",
    )
    .await;
    assert_eq!(names.title, "");
    // The functions behind the context are not to be had by any of its words.
    let reached = report(
        "const seen = new Set(), found = [];
         const look = (at, path) => {
           if ((typeof at !== 'object' && typeof at !== 'function') || at === null || seen.has(at)) return;
           seen.add(at);
           for (const key of Reflect.ownKeys(at)) {
             if (['callAll', 'stopAt'].includes(key)) found.push(path + '.' + String(key));
             let next; try { next = at[key] } catch { continue }
             look(next, path + '.' + String(key));
           }
           look(Object.getPrototypeOf(at), path + '.__proto__');
         };
         look(globalThis, 'globalThis'); look(cx, 'cx'); look(cx.report('x'), 'report'); look(input, 'input');
         return cx.report(`${seen.size > 500} ${found}`)",
    )
    .await;
    assert_eq!(reached.title, "true ");
    for import in
        ["import('std')", "import('./index.js')", "import('/etc/passwd')", "import('https://example.com/x.js')"]
    {
        let loaded = report(&format!(
            "const m = await {import}.catch(() => null); return cx.report(m && m.run === undefined ? 'in' : 'out')"
        ))
        .await;
        assert_eq!(loaded.title, "out", "{import}");
    }
}

#[tokio::test]
async fn the_context_is_frozen_and_so_is_what_it_stands_for() {
    let kept = report(
        "'use strict'; let refused = 0;
         const tries = [() => { cx.shop = {} }, () => { cx.shop.id = 's2' }, () => { cx.asOf = '2020-01-01' }, () => { delete cx.products },
           () => { cx.value.money = 1 }, () => { cx.decimal.sum = () => '0' }, () => { cx.days.add = 1 }, () => { console.log = 1 }];
         for (const attempt of tries) { try { attempt() } catch (e) { if (e instanceof TypeError) refused++ } }
         return cx.report(`${refused} ${cx.shop.id} ${cx.asOf}`)",
    )
    .await;
    assert_eq!(kept.title, "8 s1 2026-11-22");
}

#[tokio::test]
async fn a_spoilt_world_is_the_scripts_own_and_is_gone_with_its_run() {
    const SPOILT: &str = "
        Object.prototype.title = 'forged'; Object.prototype.toJSON = () => ({ forged: 1 }); Array.prototype.map = () => ['forged'];
        Array.prototype.push = () => 0; JSON.stringify = () => '{}'; JSON.parse = () => ({ value: 'forged' });
        Promise.prototype.then = function () { return this }; Promise.all = () => 'forged'; Object.freeze = x => x;
        Math.random = () => 0; Date.now = () => 0; String.prototype.slice = () => ''; RegExp.prototype.exec = () => null;
        WeakMap.prototype.get = () => 'forged'; globalThis.Error = class {}; Function.prototype.call = () => 'forged';
        globalThis.left = 'behind';
        export async function run(cx) { const r = cx.report('一'); throw new TypeError('x') }";
    let honest = script(
        "export async function run(cx) { const [p] = await cx.queryAll([cx.products()]);
        return cx.report([p.length, typeof left, {}.title, Math.random() > 0, Date.now() > 0].join(' ')) }",
    );
    for _ in 0..3 {
        let spoilt = run(&*script(SPOILT)).await;
        assert!(matches!(spoilt, Err(SkillError::Failed(_))), "{spoilt:?}");
        assert_eq!(run(&*honest).await.expect("a report").title, "1 undefined  true true");
    }
}

#[tokio::test]
async fn odd_things_can_be_thrown_and_every_one_is_told() {
    let odd = [
        "throw undefined",
        "throw null",
        "throw 7",
        "throw Symbol('x')",
        "throw {}",
        "throw []",
        "throw () => {}",
        "throw 10n",
        "throw { get message() { throw 1 }, toString() { throw 2 } }",
        "throw new Proxy(new Error('x'), { get() { throw new Error('inner') } })",
        "throw new Proxy({}, { getPrototypeOf() { throw 1 } })",
        "throw Object.assign(new Error(), { message: { toString() { throw 1 } } })",
        "throw Object.assign(new Error('x'), { stack: { toString() { throw 1 } } })",
        "throw Object.assign(new Error('x'), { name: Symbol('y') })",
        "throw new Error('很长'.repeat(100000))",
        "throw new Error('控制\\u0000\\u001b[31m字符')",
        "throw Object.create(null)",
        "throw Promise.reject(1)",
        "await Promise.reject(undefined)",
        "return 7",
        "return null",
        "return 'x'",
        "return () => {}",
        "return Symbol('x')",
        "return []",
        "return {}",
        "return new Proxy({ title: 1 }, { ownKeys() { throw 1 } })",
        "return new Proxy({}, { has() { throw 1 } })",
        "const a = {}; a.a = a; return { title: 'x', blocks: [a] }",
        "return { title: 10n }",
    ];
    for source in odd {
        let why = failure(source).await;
        assert!(why.chars().count() < 300 && !why.contains(char::is_control), "{source}\n→ {why}");
    }
}

#[tokio::test]
async fn what_was_looked_at_once_is_what_counts() {
    // A period that changes while it is looked at, and a change that is altered after it was handed over.
    let desk = Arc::new(Desk::default());
    let skill = body(
        "let looks = 0;
         const wily = { get from() { return ++looks > 2 ? '2020-01-01' : '2026-11-22' }, get to() { return '2026-11-22' } };
         await cx.ordersPaid(wily);
         const paid = { from: '2026-11-22', to: '2026-11-22' };
         const asked = cx.ordersPaid(paid); paid.from = '2020-01-01'; await asked;
         let reads = 0;
         const change = { kind: 'stock.set', get product() { return reads++ ? '2' : '610000000000000001' }, sku: null, to: 5 };
         const r = cx.report('x'); r.propose('k', change, '因为'); return r",
    );
    let report = run_over(&*skill, &desk).await.expect("a report");
    for call in desk.heard.lock().expect("unpoisoned").iter() {
        let Call::OrdersPaid { period } = call else { panic!("orders") };
        assert!(period.from.to_string() == "2026-11-22" || period.from.to_string() == "2020-01-01");
    }
    // What the host holds is a typed value: there is nothing left to look at twice.
    assert_eq!(report.proposals[0].change.target().id(), "610000000000000001");
}

#[tokio::test]
async fn a_report_cannot_say_more_than_a_report_can() {
    let refused = [
        ("return { title: 'x', as_of: '2020-01-01' }", "2020-01-01"),
        (
            "return { title: 'x', proposals: [{ key: 'k', change: { kind: 'shop.delete' }, why: '', expected: { text: '' } }] }",
            "shop.delete",
        ),
        (
            "const r = cx.report('x'); r.propose('k', { kind: 'stock.set', product: '1', sku: null, to: 5, shop: 's2' }, ''); return r",
            "shop",
        ),
        (
            "const r = cx.report('x'); r.propose('k', { kind: 'stock.set', product: 1, sku: null, to: 5 }, ''); return r",
            "expected a string",
        ),
        ("const r = cx.report('x'); r.fact('x', '钱', { type: 'money', value: '很多' }, {}); return r", "格式不对"),
        (
            "const r = cx.report('x'); r.fact('x', '钱', { type: 'money', value: 0.1 + 0.2 }, {}); return r",
            "要写成文字",
        ),
        ("const r = cx.report('x'); r.fact('../etc', '钱', cx.value.money('1'), {}); return r", "名字不对"),
        (
            "const r = cx.report('x'); r.propose('k', { kind: 'shelf.off', product: '1' }, ''); r.propose('k', { kind: 'shelf.off', product: '2' }, ''); return r",
            "重复",
        ),
        ("return { title: { toJSON: () => ({ html: '<script>' }) } }", "格式不对"),
    ];
    for (source, word) in refused {
        let why = failure(source).await;
        assert!(why.contains(word), "{source}\n→ {why}");
    }
}

#[tokio::test]
async fn nobody_signs_a_text_with_a_models_name() {
    let forged = report(
        "const r = cx.report('x'); r.text({ value: '大卖', generator: { by: 'model', name: 'gpt' } }); return r",
    )
    .await;
    let xiaoer_sdk::Block::Text { generator, .. } = &forged.blocks[0] else { panic!("a text") };
    assert_eq!(generator.label(), "规则生成（未使用大模型）");
}
