//! What a shop lets a plugin do, as the merchant meets it over the API: nothing unasked, nothing that was not shown, nothing after a no.

use std::time::Duration;

use serde_json::json;

use crate::support::stand::{REFILL, Stand, TOOLS, ending};

const AUTOMATIC: &str = "[policy]\n\"stock.set\" = \"automatic\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_does_nothing_before_a_yes_and_then_what_was_shown() {
    let stand = Stand::new(AUTOMATIC).await;
    stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
    let home = stand.office.text("/shops/test").await;
    assert!(home.contains("补货小帮手") && home.contains("插件"), "it stands among its role's skills at once");

    let told = stand.ran("refill").await;
    let (how, why) = ending(&told);
    assert_eq!(how, "blocked");
    assert!(why.contains("授权") && why.contains("插件"), "what to do is said: {why}");

    let shown = stand.plugin("refill").await;
    assert_eq!((shown["standing"].as_str(), shown["state"].as_str()), (Some("未授权"), Some("ready")));
    let wishes = shown["wishes"].to_string();
    assert!(wishes.contains("读商品和库存") && wishes.contains("修改库存"), "{wishes}");
    let other = stand.office.told(&stand.at("plugins/refill/grant"), json!({ "hash": "0" })).await;
    assert_eq!(other.status, 409, "a yes to something else gives nothing");
    assert_eq!(stand.grant("refill").await["standing"], "已授权");

    let told = stand.ran("refill").await;
    assert_eq!(ending(&told).0, "done", "{told}");
    assert_eq!(told["report"]["title"], "第一版");
    assert!(told["run"]["plugin"]["digest"].as_str().is_some_and(|digest| digest.len() == 64));
    let actions = stand.office.get(&stand.at("actions")).await;
    let action = &actions[0];
    assert_eq!(
        action["state"]["state"], "proposed",
        "the shop's policy says automatic, but a plugin never is: {action}"
    );
    assert_eq!(action["origin"], "plugin_alone", "seven more is the plugin's own figure");
    let page = stand.office.text("/shops/test/actions").await;
    assert!(page.contains("只来自插件"), "the person is told whose figure it is");

    let decided = json!({ "hash": action["hash"] });
    let path = stand.at(&format!("actions/{}/approve", action["id"].as_str().expect("an id")));
    stand.office.post(&path, decided).await;
    while stand.app.executor.step().await.expect("a step") > 0 {}
    assert_eq!(stand.office.get(&stand.at("actions")).await[0]["state"]["state"], "done");
    let ledger = stand.world.effects().await;
    let counts =
        ledger["effects"].as_array().expect("a ledger").iter().map(|row| row["count"].as_u64().expect("a count"));
    assert_eq!(counts.sum::<u64>(), 1, "done at the shop, once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_that_wants_more_keeps_the_old_grant_and_asks_again() {
    let stand = Stand::new("").await;
    stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
    stand.grant("refill").await;
    let curious = REFILL
        .replace("第一版", "第二版")
        .replace("const products", "if (input.unused === undefined) await cx.costs();\n  const products");
    stand.install(&stand.folder("refill", "1.1.0", "shop(products) shop(costs) propose(stock.set)", &curious)).await;
    let shown = stand.plugin("refill").await;
    assert_eq!(shown["standing"], "需要确认");
    assert_eq!(shown["more"], json!(["读商品成本"]), "only what is new is asked for");
    let page = stand.office.text("/shops/test/plugins").await;
    assert!(page.contains("需要确认") && page.contains("新增") && page.contains("1.1.0"), "{page}");

    let told = stand.ran("refill").await;
    let (how, why) = ending(&told);
    assert_eq!(how, "blocked");
    assert!(why.contains("新版本") && why.contains("确认"), "{why}");
    assert_eq!(stand.grant("refill").await["standing"], "已授权");
    let told = stand.ran("refill").await;
    assert_eq!((ending(&told).0, told["report"]["title"].as_str()), ("done", Some("第二版")), "{told}");
    let page = stand.office.text("/shops/test/plugins").await;
    assert!(page.contains("重新授权") && page.contains("运行 2 次"), "decisions and runs are told: {page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_a_grant_back_stops_the_run_under_way_and_every_later_one() {
    let stand = Stand::new("").await;
    let endless = "export async function run(cx) { for (;;) await cx.progress('还在看'); }";
    stand.install(&stand.folder("refill", "1.0.0", TOOLS, endless)).await;
    stand.grant("refill").await;
    let run = stand.accept("refill").await;
    let worker = std::sync::Arc::clone(&stand.app.worker);
    let working = tokio::spawn(async move { worker.step().await });
    while stand.told(&run).await["run"]["state"]["state"] != "running" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let said = stand.office.post(&stand.at("plugins/refill/withdraw"), json!({})).await;
    assert_eq!(said["standing"], "已收回");
    let stopped = tokio::time::timeout(Duration::from_secs(20), working).await.expect("it stops");
    assert!(stopped.expect("no panic").expect("a step"));
    let told = stand.told(&run).await;
    assert_eq!(ending(&told).0, "blocked");
    assert!(ending(&told).1.contains("已收回"), "it is said what it was: {told}");
    let told = stand.ran("refill").await;
    assert_eq!(ending(&told).0, "blocked");
    assert!(ending(&told).1.contains("收回"), "{told}");
    assert_eq!(stand.office.told(&stand.at("plugins/refill/withdraw"), json!({})).await.status, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_kept_for_later_runs_and_nowhere_without_the_grant() {
    let stand = Stand::new("").await;
    let counts = "export async function run(cx) {
  const before = (await cx.recall('runs')) ?? 0;
  await cx.keep('runs', before + 1);
  const report = cx.report(`第 ${before + 1} 次`);
  return report;
}";
    stand.install(&stand.folder("counter", "1.0.0", "kv(1MiB)", counts)).await;
    stand.grant("counter").await;
    for expected in ["第 1 次", "第 2 次", "第 3 次"] {
        let told = stand.ran("counter").await;
        assert_eq!((ending(&told).0, told["report"]["title"].as_str()), ("done", Some(expected)), "{told}");
    }
    stand.install(&stand.folder("greedy", "1.0.0", "shop(products)", &counts.replace("runs", "other"))).await;
    stand.grant("greedy").await;
    assert_eq!(ending(&stand.ran("greedy").await).0, "failed", "what was not declared is refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_leaves_for_the_merchants_own_network_or_an_ungranted_host() {
    let stand = Stand::new("").await;
    let asks = "export async function run(cx) {
  const said = [];
  for (const url of ['https://inside.example/', 'https://127.0.0.1/', 'http://inside.example/', 'https://elsewhere.example/']) {
    try { await cx.fetch(url); said.push('answered'); } catch (error) { said.push(error.error); }
  }
  return cx.report(said.join(' '));
}";
    stand.install(&stand.folder("asker", "1.0.0", "http(inside.example)", asks)).await;
    stand.grant("asker").await;
    let told = stand.ran("asker").await;
    assert_eq!(ending(&told).0, "done", "{told}");
    assert_eq!(told["report"]["title"], "unavailable unavailable unavailable denied");
}
