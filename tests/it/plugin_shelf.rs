//! The shelf through a plugin's life: installed, updated, taken back, never inherited, and never in the way of the start.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use xiaoer::app::open_db;
use xiaoer::db::{BackupError, SharedDb};
use xiaoer::plugin::index::{self, Changes, Index, Issue};
use xiaoer::plugin::manifest::{Adopted, Post};
use xiaoer::plugin::shelf::{Change, House, State};
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::skill::maker;
use xiaoer::plugin::{Package, Shelf, ShelfError, archive};

use crate::support::plugins::{folder, package, packed};
use crate::support::script::sandbox;

/// An installation without anything else.
struct Installation {
    dir: TempDir,
    db: SharedDb,
    shelf: Arc<Shelf>,
}

impl Installation {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let (db, _) = open_db(dir.path()).expect("a database");
        let shelf = Self::over(&db, dir.path());
        Self { dir, db, shelf }
    }

    fn over(db: &SharedDb, data: &Path) -> Arc<Shelf> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let house = House { roles: set(&["operations"]), taken: set(&["daily-report"]) };
        Shelf::open(db.clone(), data, house, maker(sandbox()))
    }

    /// As after a restart: nothing is remembered but what is kept.
    fn restart(&mut self) {
        self.shelf = Self::over(&self.db, self.dir.path());
    }

    fn key(&self, name: &str) -> Key {
        Key::make(&self.dir.path().join(name)).expect("a key")
    }

    async fn archive(&self, bytes: Vec<u8>, trust: bool) -> Result<Change, ShelfError> {
        self.shelf.install_archive(bytes, trust).await
    }

    /// `name version` of what runs, with what is wrong with it.
    async fn shows(&self) -> Vec<String> {
        let all = self.shelf.all().await.expect("a list");
        let text = |standing: &State| match standing {
            State::Ready => String::new(),
            State::Broken { why } => format!(" broken: {why}"),
            State::Revoked => " revoked".into(),
        };
        all.iter().map(|one| format!("{} {}{}", one.name, one.version, text(&one.state))).collect()
    }
}

fn said(outcome: Result<Change, ShelfError>) -> String {
    outcome.expect_err("it is refused").to_string()
}

#[tokio::test]
async fn an_archive_is_taken_from_who_is_trusted_and_from_nobody_else() {
    let one = Installation::new();
    let key = one.key("key");
    let refusal = said(one.archive(packed("counter", "1.0.0", &key), false).await);
    assert!(refusal.contains(&key.author().to_string()) && refusal.contains("--trust"), "{refusal}");
    assert!(one.shows().await.is_empty(), "nothing was installed");
    let change = one.archive(packed("counter", "1.0.0", &key), true).await.expect("a person said so");
    assert_eq!((change.before, change.author), (None, key.author().to_string()));
    // From now on the author is known.
    let change = one.archive(packed("counter", "1.1.0", &key), false).await.expect("the same author");
    assert_eq!(change.before.as_deref(), Some("1.0.0"));
    assert_eq!(one.shows().await, ["counter 1.1.0"]);
    let refusal = said(one.archive(packed("counter", "1.0.0", &key), false).await);
    assert!(refusal.contains("不能装更旧的 1.0.0"), "{refusal}");
    let other = archive::pack(&package("counter", "1.1.0", "shop(products)"), &key);
    let refusal = said(one.archive(other.expect("packed"), false).await);
    assert!(refusal.contains("同一个版本号不能有两种内容"), "{refusal}");
    assert_eq!(one.shows().await, ["counter 1.1.0"]);
}

#[tokio::test]
async fn a_name_is_never_inherited() {
    let one = Installation::new();
    let (ann, bob) = (one.key("ann"), one.key("bob"));
    one.archive(packed("counter", "1.0.0", &ann), true).await.expect("installed");
    let refusal = said(one.archive(packed("counter", "2.0.0", &bob), true).await);
    assert!(refusal.contains("已被作者") && refusal.contains("不能接手"), "{refusal}");
    let local = folder(one.dir.path(), "counter", "3.0.0", "shop(orders)");
    let refusal = said(one.shelf.install_folder(&local, None).await);
    assert!(refusal.contains("已被作者"), "{refusal}");
    let built_in = folder(one.dir.path(), "daily-report", "1.0.0", "shop(orders)");
    let refusal = said(one.shelf.install_folder(&built_in, None).await);
    assert!(refusal.contains("内置技能"), "{refusal}");
    assert_eq!(one.shows().await, ["counter 1.0.0"]);
    // Taken off by its owner, the name is free; whoever takes it is somebody else.
    one.shelf.remove("counter").await.expect("removed");
    let change = one.archive(packed("counter", "2.0.0", &bob), false).await.expect("free");
    assert_ne!(change.author, ann.author().to_string());
}

#[tokio::test]
async fn code_stays_for_whoever_pinned_it_and_no_longer() {
    let mut one = Installation::new();
    let key = one.key("key");
    let mut digests = Vec::new();
    for minor in 0..6 {
        let change = one.archive(packed("counter", &format!("1.{minor}.0"), &key), true).await.expect("installed");
        digests.push(change.package.digest);
    }
    let pinned = BTreeSet::from([digests[0].clone()]);
    one.restart();
    one.shelf.sweep(&pinned).await.expect("swept");
    one.restart();
    let there = |digest: &str| one.dir.path().join("plugins").join(digest).exists();
    assert!(there(&digests[0]), "a run is still at it");
    assert!(!there(&digests[1]), "nobody can use it");
    assert!(digests[2..].iter().all(|digest| there(digest)), "the current one, and three to go back to");
    let old = one.shelf.get(&digests[0]).await.expect("a look").expect("kept");
    assert_eq!((old.version.as_str(), old.state), ("1.0.0", State::Ready));
    one.shelf.remove("counter").await.expect("removed");
    assert!(one.shelf.get(&digests[5]).await.expect("a look").is_some(), "runs that have begun end with it");
    one.shelf.sweep(&BTreeSet::new()).await.expect("swept");
    assert!(one.shelf.get(&digests[5]).await.expect("a look").is_none());
    let left = std::fs::read_dir(one.dir.path().join("plugins")).expect("a folder").count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn going_back_stays_back_until_somebody_says_otherwise() {
    let one = Installation::new();
    let key = one.key("key");
    for version in ["1.0.0", "1.1.0"] {
        one.archive(packed("counter", version, &key), true).await.expect("installed");
    }
    let back = one.shelf.rollback("counter").await.expect("back");
    assert_eq!((back.from.as_str(), back.to.as_str()), ("1.1.0", "1.0.0"));
    let refusal = said(one.archive(packed("counter", "1.2.0", &key), false).await);
    assert!(refusal.contains("已固定"), "{refusal}");
    assert!(one.shelf.rollback("counter").await.is_err(), "there is nothing before the first");
    one.shelf.pin("counter", false).await.expect("let go");
    one.archive(packed("counter", "1.2.0", &key), false).await.expect("goes on");
    assert_eq!(one.shows().await, ["counter 1.2.0"]);
    assert!(matches!(one.shelf.pin("nobody", true).await, Err(ShelfError::Unknown(_))));
}

#[tokio::test]
async fn a_broken_plugin_is_listed_with_the_reason_and_stops_nothing() {
    let mut one = Installation::new();
    let key = one.key("key");
    let first = one.archive(packed("counter", "1.0.0", &key), true).await.expect("installed").package.digest;
    let second = one.archive(packed("other", "1.0.0", &key), true).await.expect("installed").package.digest;
    let third = one.archive(packed("third", "1.0.0", &key), true).await.expect("installed").package.digest;
    let at = one.dir.path().join("plugins");
    std::fs::write(at.join(&first).join("index.js"), "export function run() { steal() }").expect("bent");
    std::fs::remove_dir_all(at.join(&second)).expect("lost");
    one.restart();
    let shows = one.shows().await;
    assert_eq!(
        shows[0],
        "counter 1.0.0 broken: the installed files: they were changed on disk; install the plugin again"
    );
    assert!(shows[1].starts_with("other 1.0.0 broken: "), "{}", shows[1]);
    assert_eq!(shows[2], "third 1.0.0");
    one.archive(packed("counter", "1.0.0", &key), false).await.expect("installed again");
    assert_eq!(one.shows().await[0], "counter 1.0.0");
    drop(third);
}

#[tokio::test]
async fn a_folder_of_this_machine_is_changed_in_place_and_an_agent_skill_is_adopted() {
    let one = Installation::new();
    let at = folder(one.dir.path(), "mine", "1.0.0", "shop(orders)");
    let first = one.shelf.install_folder(&at, None).await.expect("installed");
    assert_eq!(first.author, "", "nobody signed it: it is this machine's");
    let mut changed = one.shelf.changed();
    changed.mark_unchanged();
    one.shelf.install_folder(&at, None).await.expect("the same");
    assert!(!changed.has_changed().expect("open"), "a touch is no change");
    std::fs::write(at.join("index.js"), "export async function run() {}\n").expect("edited");
    let updated = one.shelf.update(Some("mine")).await.expect("looked");
    assert_eq!((updated[0].trouble.as_deref(), updated[0].to.as_str()), (None, "1.0.0"));
    assert!(changed.has_changed().expect("open"));
    assert_ne!(one.shelf.all().await.expect("a list")[0].digest, first.package.digest);
    std::fs::write(at.join("SKILL.md"), "broken").expect("edited");
    let updated = one.shelf.update(None).await.expect("looked");
    assert!(updated[0].trouble.as_deref().expect("told").contains("SKILL.md, line 1"), "{updated:?}");
    assert_eq!(one.shows().await, ["mine 1.0.0"], "what ran runs on");

    let broken = folder(one.dir.path(), "broken", "1.0.0", "shop(orders)");
    std::fs::write(broken.join("index.js"), "export async function run() {\n  const a = ;\n}\n").expect("edited");
    let refusal = said(one.shelf.install_folder(&broken, None).await);
    assert!(refusal.contains("没有安装：index.js: line 2, column 13"), "{refusal}");
    assert_eq!(one.shows().await, ["mine 1.0.0"], "what cannot run is not let in");

    let elsewhere = one.dir.path().join("pdf");
    std::fs::create_dir_all(&elsewhere).expect("made");
    let text = "---\nname: pdf\ndescription: Reads PDFs.\nallowed-tools: Bash Read\n---\nDo it.\n";
    std::fs::write(elsewhere.join("SKILL.md"), text).expect("written");
    assert!(said(one.shelf.install_folder(&elsewhere, None).await).contains("--role"));
    let adopted = Adopted { role: "operations".into(), allow: "shop(products)".into() };
    one.shelf.install_folder(&elsewhere, Some(adopted)).await.expect("adopted");
    let all = one.shelf.all().await.expect("a list");
    let pdf = all.iter().find(|one| one.name == "pdf").and_then(|one| one.package.clone()).expect("whole");
    assert_eq!(pdf.manifest.reads.len(), 1, "what a person said, also after it is read from the shelf");
}

#[tokio::test]
async fn a_revoked_key_stops_what_it_signed() {
    let mut one = Installation::new();
    let key = one.key("key");
    let digest = one.archive(packed("counter", "1.0.0", &key), true).await.expect("installed").package.digest;
    one.shelf.trust(&key.author().to_string(), true).await.expect("revoked");
    assert_eq!(one.shows().await, ["counter 1.0.0 revoked"]);
    one.restart();
    assert_eq!(one.shelf.get(&digest).await.expect("a look").expect("there").state, State::Revoked);
    assert!(said(one.archive(packed("counter", "1.1.0", &key), true).await).contains("已作废"));
    assert!(one.shelf.trust(&key.author().to_string(), false).await.is_err(), "for good");
    assert!(matches!(one.shelf.trust("abc", false).await, Err(ShelfError::NotAKey(_))));
}

/// A place where an author publishes.
pub(crate) struct Site(TempDir);

impl Site {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    pub(crate) fn at(&self) -> &str {
        self.0.path().to_str().expect("text")
    }

    fn last(&self) -> Index {
        let text = std::fs::read_to_string(self.0.path().join(index::FILE));
        text.map_or_else(|_| Index::default(), |text| Index::read(&text).expect("ours").index)
    }

    /// A small plugin's version, listed.
    pub(crate) fn publish(&self, name: &str, version: &str, key: &Key, wishes: Changes) {
        self.list(packed(name, version, key), key, wishes);
    }

    /// Lists an archive and signs the index, as `xiaoer skill index` does.
    pub(crate) fn list(&self, bytes: Vec<u8>, key: &Key, wishes: Changes) {
        let Package { manifest, digest, .. } = archive::unpack(&bytes, &Post::default()).expect("right").package;
        let (name, version) = (manifest.name, manifest.version);
        let file = format!("{name}-{version}.xskill");
        std::fs::write(self.0.path().join(&file), bytes).expect("written");
        let issue = Issue {
            version: version.clone(),
            digest,
            key: key.author().to_string(),
            api: "1".into(),
            file,
            changes: format!("what {version} brings"),
            yanked: false,
            revoked: false,
        };
        self.write(&index::next(self.last(), vec![(name, issue)], wishes).expect("next"), key);
    }

    fn write(&self, index: &Index, key: &Key) {
        std::fs::write(self.0.path().join(index::FILE), index.signed(key).expect("signed")).expect("written");
    }
}

#[tokio::test]
async fn an_index_brings_updates_and_takes_back() {
    let one = Installation::new();
    let (site, key) = (Site::new(), one.key("key"));
    site.publish("counter", "1.0.0", &key, Changes::default());
    assert!(said(one.shelf.install_named("counter", site.at(), false).await).contains("--trust"));
    one.shelf.install_named("counter", site.at(), true).await.expect("installed");
    assert!(said(one.shelf.install_named("nothing", site.at(), false).await).contains("没有可以安装的“nothing”"));
    site.publish("counter", "1.1.0", &key, Changes::default());
    let updated = one.shelf.update(None).await.expect("looked");
    assert_eq!((updated[0].from.as_str(), updated[0].to.as_str()), ("1.0.0", "1.1.0"), "{updated:?}");
    assert_eq!(updated[0].changes, "what 1.1.0 brings");
    assert_eq!(one.shelf.update(None).await.expect("looked")[0].to, "1.1.0", "and no further");
    let (old, file) = (site.last(), site.0.path().join(index::FILE));
    let old_text = std::fs::read_to_string(&file).expect("text");

    // 1.1.0 turns out to be harmful: it is taken back and stops at once.
    site.publish("counter", "1.0.1", &key, Changes { revoke: vec!["counter@1.1.0".into()], ..Changes::default() });
    let updated = one.shelf.update(None).await.expect("looked");
    assert_eq!(updated[0].to, "1.1.0", "an older version is no update");
    assert_eq!(one.shows().await, ["counter 1.1.0 revoked"]);
    // Whoever plays the old index again is noticed.
    std::fs::write(&file, &old_text).expect("played");
    let trouble = one.shelf.update(None).await.expect("looked")[0].trouble.clone().expect("told");
    assert!(trouble.contains("重放旧索引"), "{trouble}");
    // So is a second index of the same number.
    let mut twin = site.last();
    twin.serial = old.serial + 1;
    site.write(&twin, &key);
    assert!(one.shelf.update(None).await.expect("looked")[0].trouble.is_some());
    assert_eq!(one.shows().await, ["counter 1.1.0 revoked"]);
    twin.serial = old.serial + 2;
    site.write(&twin, &key);
    assert!(one.shelf.update(None).await.expect("looked")[0].trouble.is_none());
    assert_eq!(one.shows().await, ["counter 1.1.0 revoked"], "what was taken back stays so");
}

#[tokio::test]
async fn a_new_key_follows_the_old_one_only_by_its_word() {
    let one = Installation::new();
    let (site, old, new) = (Site::new(), one.key("old"), one.key("new"));
    site.publish("counter", "1.0.0", &old, Changes::default());
    let author = one.shelf.install_named("counter", site.at(), true).await.expect("installed").author;
    // Without the old key's word the new one is a stranger, whatever the index says.
    let before = std::fs::read_to_string(site.0.path().join(index::FILE)).expect("text");
    site.publish("counter", "1.1.0", &new, Changes::default());
    assert!(one.shelf.update(None).await.expect("looked")[0].trouble.is_some());
    std::fs::write(site.0.path().join(index::FILE), before).expect("taken back");
    let rotation = Some(old.hand_over(new.author()));
    site.publish("counter", "1.2.0", &new, Changes { rotation, ..Changes::default() });
    let updated = one.shelf.update(None).await.expect("looked");
    assert_eq!((updated[0].to.as_str(), updated[0].trouble.as_deref()), ("1.2.0", None));
    let all = one.shelf.all().await.expect("a list");
    assert_eq!(all[0].author, author, "the author is the same: grants and values stay");
    // The old key signs nothing new.
    assert!(said(one.archive(packed("counter", "1.3.0", &old), false).await).contains("已作废"));
    one.archive(packed("counter", "1.3.0", &new), false).await.expect("the new one does");
}

#[tokio::test]
async fn an_index_is_read_from_https_or_this_machine_and_cannot_be_bent() {
    let one = Installation::new();
    let (site, key) = (Site::new(), one.key("key"));
    site.publish("counter", "1.0.0", &key, Changes::default());
    for address in ["http://example.com/x", "ftp://example.com", "file:///etc", "http://10.0.0.1", "://"] {
        assert!(said(one.shelf.install_named("counter", address, true).await).contains("不能用"), "{address}");
    }
    assert!(said(one.shelf.install_named("counter", "/nowhere", true).await).contains("读不到索引"));
    // Other bytes under a listed name.
    std::fs::write(site.0.path().join("counter-1.0.0.xskill"), packed("counter", "1.0.1", &key)).expect("swapped");
    assert!(said(one.shelf.install_named("counter", site.at(), true).await).contains("不是同一个"));
    let file = site.0.path().join(index::FILE);
    let text = std::fs::read_to_string(&file).expect("text");
    std::fs::write(&file, text.replace("\"yanked\": false", "\"yanked\": true ")).expect("bent");
    assert!(said(one.shelf.install_named("counter", site.at(), true).await).contains("不可信"));
    let mut index = Index::read(&text).expect("ours").index;
    index.plugins[0].versions[0].file = "../../../etc/passwd".into();
    index.serial += 1;
    site.write(&index, &key);
    assert!(said(one.shelf.install_named("counter", site.at(), true).await).contains("不可信"));
    index.plugins[0].versions[0].api = "7".into();
    index.serial += 1;
    site.write(&index, &key);
    assert!(said(one.shelf.install_named("counter", site.at(), true).await).contains("不适用"));
    assert!(one.shows().await.is_empty());
}

#[tokio::test]
async fn a_backup_holds_the_records_of_the_shelf() {
    let one = Installation::new();
    let key = one.key("key");
    one.archive(packed("counter", "1.0.0", &key), true).await.expect("installed");
    let mut text = Vec::new();
    let written: Result<_, BackupError> = xiaoer::db::export(one.db.as_ref(), &mut text).await;
    written.expect("exported");
    assert!(String::from_utf8_lossy(&text).contains("counter"), "its place is in the backup");
}
