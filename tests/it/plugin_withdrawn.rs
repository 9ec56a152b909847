//! What a plugin proposed before it was taken back: nobody can say yes to it any more, nothing that has not begun begins, and a no is still
//! a no. What has begun is finished; a grant that is given again opens it again; and no kill in between loses a word of that.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::db::SharedDb;
use xiaoer::plugin::index::Changes;
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{archive, folder};

use crate::plugin_shelf::Site;
use crate::support::crash::{DyingDb, HaltingDb, Moment};
use crate::support::office::{Office, Said};
use crate::support::stand::{REFILL, Stand, TOOLS, ending};

const AUTOMATIC: &str = "[policy]\n\"stock.set\" = \"automatic\"\n";

/// What can be taken back, and the words for it.
const ALL: [(&str, &str); 3] =
    [("version", "这个插件的版本已被撤回"), ("key", "作者的密钥已被撤回"), ("grant", "店铺收回了它的权限")];

/// A plugin from an index, and its one proposal that waits for a person.
struct Waiting {
    stand: Stand,
    site: Site,
    key: Key,
    action: String,
}

impl Waiting {
    async fn new() -> Self {
        let stand = Stand::new(AUTOMATIC).await;
        let (site, key) = (Site::new(), Key::make(&stand.world.data().join("author.key")).expect("a key"));
        let story = Self { stand, site, key, action: String::new() };
        story.publish("1.0.0", Changes::default());
        let named = json!({ "name": "refill", "index": story.site.at(), "trust": true });
        story.stand.office.post("/api/shelf/named", named).await;
        story.stand.grant("refill").await;
        let told = story.stand.ran("refill").await;
        assert_eq!(ending(&told).0, "done", "{told}");
        let action = story.stand.office.get(&story.stand.at("actions")).await[0]["id"].as_str().expect("an id").into();
        Self { action, ..story }
    }

    fn publish(&self, version: &str, wishes: Changes) {
        let folder = self.stand.folder("refill", version, TOOLS, &format!("{REFILL}// {version}\n"));
        let bytes = archive::pack(&folder::read(&folder).expect("right"), &self.key).expect("packed");
        self.site.list(bytes, &self.key, wishes);
    }

    async fn take_back(&self, what: &str) {
        let office = &self.stand.office;
        match what {
            "version" => {
                self.publish("0.9.0", Changes { revoke: vec!["refill@1.0.0".into()], ..Changes::default() });
                office.post("/api/shelf/update", json!({ "name": null })).await;
            }
            "key" => {
                let word = json!({ "key": self.key.author().to_string(), "revoke": true });
                office.post("/api/shelf/keys", word).await;
            }
            _ => drop(office.post(&self.stand.at("plugins/refill/withdraw"), json!({})).await),
        }
    }

    /// The action as the API tells it.
    async fn now(&self) -> Value {
        let all = self.stand.office.get(&self.stand.at("actions")).await;
        let found = all.as_array().expect("a list").iter().find(|one| one["id"] == self.action.as_str()).cloned();
        found.expect("it is there")
    }

    async fn is(&self) -> String {
        self.now().await["label"].as_str().expect("a state").to_owned()
    }

    async fn decide(&self, way: &str) -> Said {
        self.decide_at(&self.stand.office, way).await
    }

    async fn decide_at(&self, office: &Office, way: &str) -> Said {
        let path = self.stand.at(&format!("actions/{}/{way}", self.action));
        office.told(&path, json!({ "hash": self.now().await["hash"] })).await
    }

    async fn page(&self) -> String {
        self.stand.office.text(&format!("/shops/test/actions/{}", self.action)).await
    }

    /// Does what is due, and tells how much of it took effect at the shop.
    async fn executed(&self) -> u64 {
        while self.stand.app.executor.step().await.expect("a step") > 0 {}
        let ledger = self.stand.world.effects().await;
        ledger["effects"].as_array().expect("a list").iter().map(|row| row["count"].as_u64().expect("a count")).sum()
    }

    /// Another process over the same records.
    fn beside(&self, db: SharedDb) -> Arc<App> {
        self.stand.world.app_with(db, &Env::default(), Vec::new())
    }

    fn after_a_kill(self) -> Self {
        let Self { stand, site, key, action } = self;
        Self { stand: stand.again(), site, key, action }
    }
}

fn why(said: &Said) -> String {
    said.json["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_taken_back_only_a_no_is_left_and_it_is_said_why() {
    for (what, words) in ALL {
        let story = Waiting::new().await;
        assert!(story.page().await.contains("data-act=\"approve\""), "before, it is a choice");
        assert_eq!(story.now().await["barred"], Value::Null);
        story.take_back(what).await;
        // Nothing marked it, so a process that knows nothing of it but the records says the same.
        let story = story.after_a_kill();
        assert!(story.now().await["barred"].as_str().expect(what).contains(words), "{what}");
        let page = story.page().await;
        assert!(page.contains(words) && page.contains("data-act=\"reject\""), "{what}: {page}");
        assert!(!page.contains("data-act=\"approve\""), "{what}: there is nothing to press");

        let refused = story.decide("approve").await;
        assert_eq!(refused.status, 409, "{what}: {refused:?}");
        assert_eq!(why(&refused), story.now().await["barred"].as_str().expect("told"), "{what}: the very sentence");
        assert_eq!(story.is().await, "待审批", "{what}");
        assert_eq!(story.executed().await, 0, "{what}: the policy of this shop does not slip it through either");
        let declined = story.decide("reject").await;
        assert!(declined.status.is_success(), "{what}: {declined:?}");
        let after = story.now().await;
        assert_eq!((after["label"].as_str(), &after["barred"]), (Some("已拒绝"), &Value::Null), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_is_given_again_opens_it_again() {
    let story = Waiting::new().await;
    story.take_back("grant").await;
    assert_eq!(story.decide("approve").await.status, 409);
    story.stand.grant("refill").await;
    assert_eq!(story.now().await["barred"], Value::Null);
    let approved = story.decide("approve").await;
    assert!(approved.status.is_success(), "{approved:?}");
    assert_eq!(story.executed().await, 1);
    assert_eq!(story.is().await, "已完成");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_that_was_given_before_is_not_carried_out_after() {
    for (what, words) in ALL {
        let story = Waiting::new().await;
        assert!(story.decide("approve").await.status.is_success());
        story.take_back(what).await;
        let story = story.after_a_kill();
        assert_eq!(story.executed().await, 0, "{what}");
        let after = story.now().await;
        assert_eq!(after["label"], "已拦截", "{what}");
        assert!(after["state"]["why"].as_str().expect("a reason").contains(words), "{what}: {after}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_back_in_the_moment_of_a_decision_or_of_its_beginning_is_heard() {
    for (what, _) in ALL {
        // The person's yes is about to be stored.
        let story = Waiting::new().await;
        let db = HaltingDb::after(story.stand.db.clone(), 0);
        let office = Office::over(story.beside(db.clone()), &story.stand.world.clock);
        let (said, ()) = tokio::join!(story.decide_at(&office, "approve"), async {
            db.halted().await;
            story.take_back(what).await;
            db.go();
        });
        assert_eq!(said.status, 409, "{what}: {said:?}");
        assert_eq!(story.is().await, "待审批", "{what}");

        // The executor has looked at the shop and is about to write that it begins.
        let story = Waiting::new().await;
        assert!(story.decide("approve").await.status.is_success());
        let db = HaltingDb::after(story.stand.db.clone(), 0);
        let app = story.beside(db.clone());
        let stepping = tokio::spawn(async move { app.executor.step().await.expect("a step") });
        tokio::time::timeout(Duration::from_secs(30), db.halted()).await.expect("it halts");
        story.take_back(what).await;
        db.go();
        stepping.await.expect("no panic");
        assert_eq!(story.is().await, "已批准", "{what}: it did not begin");
        assert_eq!(story.executed().await, 0, "{what}");
        assert_eq!(story.is().await, "已拦截", "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_begun_is_finished() {
    let story = Waiting::new().await;
    assert!(story.decide("approve").await.status.is_success());
    let db = DyingDb::after(story.stand.db.clone(), 0, Moment::After);
    let dying = story.beside(db.clone());
    let dead = async {
        while !db.died() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! { done = dying.executor.step() => panic!("it was to be killed: {done:?}"), () = dead => {} }
    drop(dying);
    assert_eq!(story.is().await, "执行中");
    story.take_back("key").await;
    let story = story.after_a_kill();
    assert_eq!(story.executed().await, 1, "the shop is not left with half of it");
    assert_eq!(story.is().await, "已完成");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_happened_is_not_tried_again_and_still_settled() {
    let story = Waiting::new().await;
    assert!(story.decide("approve").await.status.is_success());
    let fault = json!({ "method": "alibaba.product.modifyStock", "kind": "http_500", "times": 1, "delay_ms": 0 });
    story.stand.world.admin("faults", fault).await;
    assert_eq!(story.executed().await, 0);
    assert_eq!(story.is().await, "结果待查");
    story.take_back("version").await;
    let page = story.page().await;
    assert!(page.contains("已被撤回") && !page.contains("data-act=\"retry\""), "{page}");
    let refused = story.decide("retry").await;
    assert_eq!((refused.status.as_u16(), story.executed().await), (409, 0), "{refused:?}");

    // It did happen in the end, as far as the shop shows.
    let Stand { app, shop, world, .. } = &story.stand;
    let known = app.desk.get("test", &story.action).await.expect("read").expect("there");
    app.connect.platform(shop).await.expect("a way").write(&known.change).await.expect("written");
    world.clock.set(world.clock.now() + TimeDelta::minutes(5));
    world.admin("clock", json!({ "now": world.clock.now().to_rfc3339() })).await;
    app.upkeep.sync(shop).await.expect("a sync");
    assert_eq!(story.is().await, "已完成");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_that_is_long_gone_is_taken_back_all_the_same() {
    for (what, words) in ALL.into_iter().take(2) {
        let story = Waiting::new().await;
        story.stand.office.post("/api/shelf/refill/remove", json!({})).await;
        story.stand.app.shelf.sweep(&BTreeSet::new()).await.expect("swept");
        let left = std::fs::read_dir(story.stand.world.data().join("plugins")).expect("a folder").count();
        assert_eq!(left, 0, "the code is gone");
        assert_eq!(story.now().await["barred"], Value::Null, "a removal takes nothing back");
        if what == "version" {
            // Its index is read for whatever else is installed from it.
            story.publish("0.9.0", Changes { revoke: vec!["refill@1.0.0".into()], ..Changes::default() });
            let named = json!({ "name": "nothing", "index": story.site.at(), "trust": false });
            assert!(!story.stand.office.told("/api/shelf/named", named).await.status.is_success());
        } else {
            story.take_back(what).await;
        }
        assert!(story.now().await["barred"].as_str().expect(what).contains(words), "{what}");
        assert_eq!(story.decide("approve").await.status, 409, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_staff_s_own_proposals_and_a_person_s_are_as_they_were() {
    let story = Waiting::new().await;
    for (what, _) in ALL {
        story.take_back(what).await;
    }
    let office = &story.stand.office;
    let wish = json!({ "skill": "stock-alert", "input": { "days": "30", "cover": "60" } });
    assert!(office.told(&story.stand.at("runs"), wish).await.status.is_success());
    story.stand.work().await;
    let product = story.now().await["change"]["product"].clone();
    let off = json!({ "change": { "kind": "shelf.off", "product": product }, "why": "不卖了" });
    office.post(&story.stand.at("actions"), off).await;
    let of = async |skill: &str| {
        let all = office.get(&story.stand.at("actions")).await;
        let found = all.as_array().expect("a list").iter().find(|one| one["skill"] == skill).cloned();
        found.unwrap_or_else(|| panic!("{skill:?} is not in {all}"))
    };
    let own = of("").await;
    assert_eq!((own["label"].as_str(), &own["barred"]), (Some("待审批"), &Value::Null), "{own}");
    let path = story.stand.at(&format!("actions/{}/approve", own["id"].as_str().expect("an id")));
    office.post(&path, json!({ "hash": own["hash"] })).await;
    assert_eq!(of("stock-alert").await["label"], "已批准", "by the policy, which is for the staff's own");
    story.executed().await;
    assert_eq!(
        (of("").await["label"].as_str(), of("stock-alert").await["label"].as_str()),
        (Some("已完成"), Some("已完成"))
    );
    assert_eq!(story.is().await, "待审批");
}
