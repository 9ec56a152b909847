//! Scripts in the box, as their authors and their merchants see them: what they can say, and how their mistakes are told.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use xiaoer_sdk::{Block, Call, CallError, Generator, SkillError, Value};

use crate::support::script::{Desk, body, run, run_over, script};

/// What the merchant is told when a run fails.
async fn failure(source: &str) -> String {
    match run(&*script(source)).await {
        Err(SkillError::Failed(why)) => why,
        other => panic!("it should have failed: {other:?}"),
    }
}

async fn title(source: &str) -> String {
    run(&*body(source)).await.expect("a report").title
}

#[test]
fn the_runner_is_the_one_that_its_source_was_built_to() {
    let [artifact, told]: [&[u8]; 2] =
        [include_bytes!("../../sdk/runner/runner.wasm"), include_bytes!("../../sdk/runner/runner.wasm.sha256")];
    let told = std::str::from_utf8(told).expect("text");
    assert_eq!(told, format!("{}  runner.wasm\n", hex::encode(Sha256::digest(artifact))), "run sdk/runner/build");
}

#[tokio::test]
async fn a_script_reads_asks_and_proposes_in_a_few_lines() {
    let desk = Arc::new(Desk::default());
    let skill = body(
        "await cx.progress('正在看库存');
         const products = await cx.products();
         const report = cx.report('库存');
         const low = products.filter(p => p.stock < 10);
         report.fact('low', '快没了的', cx.value.count(low.length, 'products'), { read: '商品', how: '库存不到十件', ids: low.map(p => p.id) });
         report.say('有 {low} 快没了。').text(await cx.narrate('probe', { n: 1 }, report));
         const table = report.table('明细', ['商品', '>库存', '>件数']);
         for (const p of low) {
           table.row(cx.quoted(p.title), cx.value.count(p.stock, 'pieces'), { fact: 'low' });
           report.propose(`stock-${p.id}`, { kind: 'stock.set', product: p.id, sku: null, to: 50 }, '有 {low} 要补');
         }
         return report;",
    );
    let report = run_over(&*skill, &desk).await.expect("a report");

    assert_eq!(desk.names(), ["progress", "products", "ask"]);
    assert_eq!((report.title.as_str(), report.summary.as_str()), ("库存", "有 {low} 快没了。"));
    assert_eq!(report.as_of.to_string(), "2026-11-22");
    assert_eq!(report.unsourced(), Vec::<String>::new());
    assert_eq!(report.facts.get("low").expect("it is there").source.ids, ["610000000000000001"]);
    assert!(
        matches!(&report.blocks[0], Block::Text { text, generator: Generator::Template { why: None } } if text == "一切正常。")
    );
    assert_eq!(report.proposals[0].change.target().id(), "610000000000000001");
}

#[tokio::test]
async fn what_is_asked_before_anything_is_awaited_goes_out_together() {
    let desk = Arc::new(Desk::default());
    let skill = body(
        "const week = cx.days.ending(cx.asOf, 7);
         const [products, paid, placed] = await cx.queryAll([cx.products(), cx.ordersPaid(week), cx.ordersPlaced(week)]);
         return cx.report(`${products.length} ${paid.length} ${placed.length}`);",
    );
    assert_eq!(run_over(&*skill, &desk).await.expect("a report").title, "1 0 0");
    assert_eq!(desk.names(), ["products", "orders_paid", "orders_placed"]);
    let heard = desk.heard.lock().expect("unpoisoned");
    let Call::OrdersPaid { period } = &heard[1] else { panic!("orders") };
    assert_eq!((period.from.to_string(), period.to.to_string()), ("2026-11-16".into(), "2026-11-22".into()));
}

#[tokio::test]
async fn more_calls_at_once_than_the_box_takes_go_out_in_parts() {
    let desk = Arc::new(Desk::default());
    let skill = body(
        "const all = await Promise.all(Array.from({ length: 150 }, () => cx.products())); return cx.report(`${all.length}`);",
    );
    assert_eq!(run_over(&*skill, &desk).await.expect("a report").title, "150");
}

#[tokio::test]
async fn money_is_added_exactly_and_never_as_a_float() {
    let sums = [
        ("cx.decimal.sum(['0.1', '0.2', '12.50'])", "12.80"),
        ("cx.decimal.subtract('1', '2.005')", "-1.005"),
        ("cx.decimal.multiply('12.50', '3')", "37.50"),
        ("cx.decimal.divide('1', '3', 4)", "0.3333"),
        ("cx.decimal.divide('-2', '3', 2)", "-0.67"),
        ("cx.decimal.round('2.345', 2)", "2.35"),
        ("cx.decimal.compare('10.00', '9.99')", "1"),
        ("cx.decimal.sum([])", "0"),
    ];
    for (sum, right) in sums {
        assert_eq!(title(&format!("return cx.report({sum})")).await, right, "{sum}");
    }
    let wrong = [
        ("cx.decimal.sum(['1e3'])", "not a decimal: 1e3"),
        ("cx.decimal.add('1', 0.1 + 0.2)", "not exact: 0.30000000000000004"),
        ("cx.decimal.multiply(2 ** 53, '1')", "not exact: 9007199254740992"),
        ("cx.value.money(0.1 + 0.2)", "not exact: 0.30000000000000004"),
        ("cx.value.ratio(1 / 3)", "not exact"),
        ("cx.value.pointsChange(-0.5)", "not exact"),
        ("cx.value.money(NaN)", "not exact: NaN"),
        ("cx.value.money('12.5元')", "not a decimal: 12.5元"),
        ("cx.value.money(undefined)", "not a decimal: undefined"),
    ];
    for (sum, words) in wrong {
        let why = failure(&format!("export const run = async cx => cx.report({sum});")).await;
        assert!(why.contains(words) && why.contains("第 1 行"), "{sum}: {why}");
    }
    // Whole numbers are as exact as text.
    assert_eq!(title("return cx.report(cx.value.money(12).value + cx.value.ratio('0.125').value)").await, "120.125");
}

#[tokio::test]
async fn the_clock_stands_at_the_run_in_the_shops_zone_and_the_dice_fall_the_same_again() {
    let source = "return cx.report([Date.now(), new Date().getHours(), new Date('2026-11-23T00:00').toISOString(),
        new Date().getTimezoneOffset(), Math.random(), Math.random(), performance?.now?.()].join(' '))";
    let first = title(source).await;
    assert!(first.starts_with("1795396500000 9 2026-11-22T16:00:00.000Z -480 0."), "{first}");
    assert_eq!(title(source).await, first);
    let dice = title("const seen = new Set(Array.from({ length: 1000 }, Math.random)); return cx.report(`${seen.size} ${Math.max(...seen) < 1}`)").await;
    assert_eq!(dice, "1000 true");
}

#[tokio::test]
async fn an_authors_mistakes_are_named_with_their_place() {
    let told = [
        ("export const run = 1;\nexport const x = 1;", "没有导出 run 函数（导出了：run、x）"),
        ("export async function run(cx) {\n  const missing = cx.missing;\n  return missing.title;\n}", "第 3 行"),
        ("export async function run(cx) {\n  return cx.orderPaid();\n}", "TypeError"),
        ("export async function run() {\n  return JSON.parse('{');\n}", "出错（第 2 行"),
        ("export async function run() {\n  await import('./other.js');\n}", "other.js"),
        ("export async function run() {}", "run 返回了 undefined"),
        ("export async function run(cx) { return cx.report('x').push({ block: 'haeding', text: '' }); }", "haeding"),
        ("export async function run(cx) { await cx.ordersPaid('2026-11-22'); }", "a period is { from, to }"),
        ("throw new Error('oops'); export async function run() {}", "Error: oops"),
        ("export async function run() { await new Promise(() => {}); }", "永远不会有结果的 Promise"),
        ("await new Promise(() => {}); export async function run() {}", "永远不会有结果的 Promise"),
    ];
    for (source, words) in told {
        let why = failure(source).await;
        assert!(why.contains(words), "{source}\n→ {why}");
    }
}

#[tokio::test]
async fn an_authors_own_sentence_reaches_the_merchant_and_a_missing_thing_blocks() {
    let why = failure("export async function run() { throw new Error('请先导入成本表。'); }").await;
    assert_eq!(why, "插件“试用插件”：请先导入成本表。");
    let blocked = run(&*body("cx.blocked('请先在设置里填好成本。')")).await;
    assert_eq!(blocked, Err(SkillError::Blocked("请先在设置里填好成本。".into())));
}

#[tokio::test]
async fn a_refused_call_is_an_error_that_can_be_caught_and_looked_at() {
    let caught =
        title("try { await cx.costs() } catch (e) { return cx.report([e.name, e.error, e.what].join(' ')) }").await;
    assert_eq!(caught, "CallError denied costs");
    let denied = run(&*body("await cx.costs()")).await;
    assert_eq!(denied, Err(SkillError::Call(CallError::Denied { what: "costs".into() })));
}

#[tokio::test]
async fn a_question_with_a_value_brings_its_schema_from_the_fallback() {
    let desk = Arc::new(Desk::default());
    let skill = body("await cx.ask('probe', {}, { titles: ['一'], sure: true }); return cx.report('x')");
    run_over(&*skill, &desk).await.expect("a report");
    let heard = serde_json::to_value(&desk.heard.lock().expect("unpoisoned")[0]).expect("JSON");
    let schema = &heard["form"]["schema"];
    assert_eq!(schema["properties"]["titles"]["items"]["type"], "string");
    assert_eq!((&schema["required"][0], &schema["additionalProperties"]), (&"titles".into(), &false.into()));
    assert_eq!(heard["form"]["grounds"], serde_json::json!([]));
}

#[tokio::test]
async fn ids_and_money_stay_text_on_the_whole_way() {
    let report = run(&*body(
        "const [p] = await cx.products(); const r = cx.report(typeof p.id + typeof p.prices[0][1]);
         r.fact('price', '价格', cx.value.money(p.prices[0][1]), { read: '商品', how: '标价' }); return r",
    ))
    .await
    .expect("a report");
    assert_eq!(report.title, "stringstring");
    let price = &report.facts.get("price").expect("it is there").value;
    assert!(matches!(price, Value::Money(yuan) if yuan.to_string() == "12.50"), "{price:?}");
}

/// The names that an interface of `skill.d.ts` declares.
fn declared(interface: &str) -> Vec<String> {
    let text = include_str!("../../sdk/skill.d.ts");
    let body = text.split(&format!("export interface {interface} ")).nth(1).expect("it is there");
    let body = body.split("\n}").next().expect("it ends");
    let lines = body.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.contains("*"));
    let name =
        |line: &str| line.trim().trim_start_matches("readonly ").split(['(', ':', '<', '?']).next().map(String::from);
    let mut names: Vec<String> = lines.filter_map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_an_editor_offers_is_what_a_script_finds() {
    for (interface, object) in
        [("Context", "cx"), ("Values", "cx.value"), ("Decimals", "cx.decimal"), ("Days", "cx.days")]
    {
        let found = title(&format!("return cx.report(Object.keys({object}).sort().join(' '))")).await;
        assert_eq!(found, declared(interface).join(" "), "{interface}");
    }
}
