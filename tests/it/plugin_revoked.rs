//! A plugin that is taken back while its run is under way: the run stops at its next call, and however far it had come, nothing of it is
//! kept. What is only replaced or removed goes on to its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use xiaoer::config::Env;
use xiaoer::plugin::index::Changes;
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{archive, folder};

use crate::plugin_shelf::Site;
use crate::support::crash::HaltingDb;
use crate::support::stand::{REFILL, Stand, TOOLS, ending};

/// A run in the hands of a worker that halts before one of its commits.
struct Halted {
    run: String,
    db: Arc<HaltingDb>,
    working: tokio::task::JoinHandle<bool>,
}

impl Halted {
    async fn before(stand: &Stand, skill: &str, commits: i64) -> Self {
        let run = stand.accept(skill).await;
        let db = HaltingDb::after(stand.db.clone(), commits);
        let app = stand.world.app_with(db.clone(), &Env::default(), Vec::new());
        app.loader.load().await.expect("loaded");
        let worker = Arc::clone(&app.worker);
        let working = tokio::spawn(async move { worker.step().await.expect("a step") });
        tokio::time::timeout(Duration::from_secs(30), db.halted()).await.expect("it halts");
        Self { run, db, working }
    }

    /// Lets it go, and tells how it ended.
    async fn then(self, stand: &Stand) -> Value {
        self.db.go();
        let worked = tokio::time::timeout(Duration::from_secs(30), self.working).await.expect("it ends");
        assert!(worked.expect("no panic"));
        stand.told(&self.run).await
    }
}

/// Installs a script under somebody's key, and the shop says yes.
async fn signed(stand: &Stand, script: &str) -> Key {
    let key = Key::make(&stand.world.data().join("author.key")).expect("a key");
    let package = folder::read(&stand.folder("refill", "1.0.0", TOOLS, script)).expect("right");
    let bytes = archive::pack(&package, &key).expect("packed");
    stand.app.shelf.install_archive(bytes, true).await.expect("installed");
    stand.app.loader.load().await.expect("loaded");
    stand.grant("refill").await;
    key
}

async fn revoke(stand: &Stand, key: &Key) {
    let word = json!({ "key": key.author().to_string(), "revoke": true });
    stand.office.post("/api/shelf/keys", word).await;
}

async fn is_blocked(stand: &Stand, told: &Value, says: &str) {
    let (how, why) = ending(told);
    assert_eq!(how, "blocked", "{told}");
    assert!(why.contains(says), "{why}");
    assert_eq!(told["report"], Value::Null, "nothing of it is kept");
    assert_eq!(stand.office.get(&stand.at("actions")).await, json!([]), "no proposal became an action");
    let run = told["run"]["id"].as_str().expect("an id");
    let lines = stand.office.get(&stand.at(&format!("runs/{run}/lines"))).await;
    let last = lines.as_array().and_then(|all| all.last()).expect("a line");
    assert_eq!((last["how"].as_str(), last["why"].as_str()), (Some("blocked"), Some(why)), "{lines}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_would_go_on_for_ever_stops_at_its_next_call_though_it_hears_nothing_of_it() {
    let stand = Stand::new("").await;
    let deaf = "export async function run(cx) {
  let heard = 0;
  while (heard < 3) { try { await cx.progress('还在看'); } catch { heard += 1; } }
  return cx.report('装作没事');
}";
    let key = signed(&stand, deaf).await;
    // The claim, and a few of its steps.
    let halted = Halted::before(&stand, "refill", 3).await;
    revoke(&stand, &key).await;
    let told = halted.then(&stand).await;
    is_blocked(&stand, &told, "已被作者吊销").await;
    let lines =
        stand.office.get(&stand.at(&format!("runs/{}/lines", told["run"]["id"].as_str().expect("an id")))).await;
    let steps = lines.as_array().expect("a list").iter().filter(|line| line["event"] == "step").count();
    assert_eq!(steps, 3, "the step that was being stored is the last one: {lines}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_just_finishing_leaves_no_action_behind() {
    for taken_back in ["key", "grant"] {
        let stand = Stand::new("").await;
        let key = signed(&stand, REFILL).await;
        // The claim and the one step are stored; the next commit would be the report with its action.
        let halted = Halted::before(&stand, "refill", 2).await;
        if taken_back == "key" {
            revoke(&stand, &key).await;
        } else {
            stand.office.post(&stand.at("plugins/refill/withdraw"), json!({})).await;
        }
        let told = halted.then(&stand).await;
        is_blocked(&stand, &told, if taken_back == "key" { "已被作者吊销" } else { "已收回" }).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_that_takes_a_version_back_stops_its_runs_also_where_the_update_itself_fails() {
    let stand = Stand::new("").await;
    let (site, key) = (Site::new(), Key::make(&stand.world.data().join("author.key")).expect("a key"));
    site.publish("counter", "1.0.0", &key, Changes::default());
    stand.app.shelf.install_named("counter", site.at(), true).await.expect("installed");
    stand.app.loader.load().await.expect("loaded");
    stand.grant("counter").await;
    let halted = Halted::before(&stand, "counter", 1).await;
    site.publish("other", "1.0.0", &key, Changes { revoke: vec!["counter@1.0.0".into()], ..Changes::default() });
    let named = json!({ "name": "nothing", "index": site.at(), "trust": false });
    let refused = stand.office.told("/api/shelf/named", named).await;
    assert!(!refused.status.is_success(), "there is no such plugin, but the index was read");
    let told = halted.then(&stand).await;
    is_blocked(&stand, &told, "已被作者吊销").await;
    assert!(ending(&stand.ran("stock-alert").await).0 == "done", "everybody else works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_replaced_or_removed_while_it_runs_goes_on_to_its_end() {
    for change in ["update", "remove"] {
        let stand = Stand::new("").await;
        stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
        stand.grant("refill").await;
        let halted = Halted::before(&stand, "refill", 1).await;
        if change == "update" {
            stand.install(&stand.folder("refill", "2.0.0", TOOLS, &REFILL.replace("第一版", "第二版"))).await;
        } else {
            stand.office.post("/api/shelf/refill/remove", json!({})).await;
        }
        let told = halted.then(&stand).await;
        assert_eq!((ending(&told).0, told["report"]["title"].as_str()), ("done", Some("第一版")), "{change}: {told}");
        assert_eq!(stand.app.desk.list("test", 10).await.expect("listed").len(), 1, "{change}");
    }
}
