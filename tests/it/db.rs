//! The database's promise: what was confirmed is there, whatever happens to the process; a batch is whole or absent.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;
use xiaoer::db::{self, Batch, Db, DbError, Key, Scan, SledDb, Table};

const CHILD: &str = "XIAOER_TEST_DB_CHILD";

fn open(dir: &Path) -> Arc<dyn Db> {
    Arc::new(SledDb::open(dir, 1 << 20).expect("a database"))
}

fn key(n: u64) -> Key {
    Key::of("shop").number(n)
}

/// Not a story: the process that the next one kills. It prints an id once it is confirmed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writer_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "how the story tells its child who it is")]
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let db = open(Path::new(&dir));
    let start = db.scan(Table::Runs, Scan::under(&Key::of("shop"))).await.expect("rows").len() as u64;
    for n in start.. {
        // Two tables in one batch, one value large enough for a blob file of its own.
        let large = "x".repeat(if n % 7 == 0 { 20_000 } else { 300 });
        let batch = Batch::new().put(Table::Runs, key(n), &large).put(Table::Events, key(n), &n);
        db.commit(batch).await.expect("confirmed");
        println!("confirmed {n}");
    }
}

#[test]
fn what_was_confirmed_survives_kill_9_and_batches_are_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut last = None;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["db::writer_that_is_killed", "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the writer starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        for line in lines.by_ref().take(40 + round * 13) {
            if let Some(id) = line.expect("a line").strip_prefix("confirmed ").and_then(|id| id.parse::<u64>().ok()) {
                last = Some(id);
            }
        }
        child.kill().expect("killed");
        // What it confirmed before it died, but we had not read yet, counts too.
        for line in lines.map_while(Result::ok) {
            if let Some(id) = line.strip_prefix("confirmed ").and_then(|id| id.parse::<u64>().ok()) {
                last = Some(id);
            }
        }
        child.wait().expect("gone");

        let last = last.expect("it confirmed something");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let db = open(dir.path());
            let runs = db.scan(Table::Runs, Scan::under(&Key::of("shop"))).await.expect("rows");
            let events = db.scan(Table::Events, Scan::under(&Key::of("shop"))).await.expect("rows");
            assert!(runs.len() as u64 > last, "round {round}: {last} was confirmed, {} rows are there", runs.len());
            assert_eq!(runs.len(), events.len(), "round {round}: a batch is half there");
        });
    }
}

#[tokio::test]
async fn a_batch_that_relies_on_something_changed_does_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = open(dir.path());
    db.commit(Batch::new().expect_absent(Table::Runs, key(1)).put(Table::Runs, key(1), &"first")).await.expect("new");
    let again = Batch::new().expect_absent(Table::Runs, key(1)).put(Table::Runs, key(1), &"second").put(
        Table::Runs,
        key(2),
        &"x",
    );
    assert!(matches!(db.commit(again).await, Err(DbError::Conflict)));
    assert_eq!(db::get::<String>(&*db, Table::Runs, &key(1)).await.expect("read").as_deref(), Some("first"));
    assert_eq!(db.get(Table::Runs, &key(2)).await.expect("read"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_claim_the_same_thing_one_gets_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = open(dir.path());
    let claims = (0..64).map(|n| {
        let db = Arc::clone(&db);
        tokio::spawn(async move {
            db.commit(Batch::new().expect_absent(Table::Slots, key(0)).put(Table::Slots, key(0), &n)).await.is_ok()
        })
    });
    let mut won = 0;
    for claim in claims.collect::<Vec<_>>() {
        won += usize::from(claim.await.expect("no panic"));
    }
    assert_eq!(won, 1);
}

#[test]
fn a_directory_of_another_format_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(SledDb::open(dir.path(), 1 << 20).expect("a database"));
    std::fs::write(dir.path().join("FORMAT"), "somebody else's 9\n").expect("written");
    let refused = SledDb::open(dir.path(), 1 << 20).err().expect("refused").to_string();
    assert!(refused.contains("somebody else's 9"), "{refused}");
    std::fs::remove_file(dir.path().join("FORMAT")).expect("removed");
    let refused = SledDb::open(dir.path(), 1 << 20).err().expect("refused").to_string();
    assert!(refused.contains("not a database of this program"), "{refused}");
}

#[test]
fn a_damaged_database_is_said_to_be_and_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = open(dir.path());
        for n in 0..50 {
            db.commit(Batch::new().put(Table::Runs, key(n), &"x".repeat(500))).await.expect("confirmed");
        }
    });
    std::fs::write(dir.path().join("conf"), b"\xff\xfe nonsense \x00\x01").expect("written");
    let refused = SledDb::open(dir.path(), 1 << 20).err().expect("refused").to_string();
    assert!(refused.contains("restore"), "{refused}");
    assert_eq!(std::fs::read(dir.path().join("conf")).expect("there"), b"\xff\xfe nonsense \x00\x01");
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8, u8),
    Delete(u8, u8),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, 0..12_u8, any::<u8>()).prop_map(|(shop, id, value)| Step::Put(shop, id, value)),
        2 => (0..3_u8, 0..12_u8).prop_map(|(shop, id)| Step::Delete(shop, id)),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever is put, deleted and reopened, the database holds what a map would, and a shop's scan only its own.
    #[test]
    fn it_behaves_like_a_map_by_shop(steps in proptest::collection::vec(step(), 1..60)) {
        let dir = tempfile::tempdir().expect("a directory");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut db = open(dir.path());
            let mut map: BTreeMap<(u8, u8), u8> = BTreeMap::new();
            let place = |shop: u8, id: u8| Key::of(&format!("s{shop}")).part(&format!("{id:02}"));
            for step in steps {
                match step {
                    Step::Put(shop, id, value) => {
                        map.insert((shop, id), value);
                        db.commit(Batch::new().put(Table::Mirror, place(shop, id), &value)).await.expect("confirmed");
                    }
                    Step::Delete(shop, id) => {
                        map.remove(&(shop, id));
                        db.commit(Batch::new().delete(Table::Mirror, place(shop, id))).await.expect("confirmed");
                    }
                    Step::Reopen => {
                        drop(db);
                        db = open(dir.path());
                    }
                }
            }
            for shop in 0..3 {
                let rows: Vec<u8> = db::scan(&*db, Table::Mirror, Scan::under(&Key::of(&format!("s{shop}")))).await.expect("rows");
                let expected: Vec<u8> = map.range((shop, 0)..=(shop, u8::MAX)).map(|(_, value)| *value).collect();
                assert_eq!(rows, expected);
            }
        });
    }
}

#[tokio::test]
async fn a_backup_holds_everything_and_goes_only_into_an_empty_database() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = open(dir.path());
    for n in 0..1203_u64 {
        let table = if n % 2 == 0 { Table::Mirror } else { Table::Audit };
        db.commit(Batch::new().put(table, Key::of("甲").number(n), &json!({ "n": n, "text": "行\n列" })))
            .await
            .expect("confirmed");
    }
    let mut backup = Vec::new();
    assert_eq!(db::export(&*db, &mut backup).await.expect("exported"), 1203);

    let other = tempfile::tempdir().expect("a directory");
    let copy = open(other.path());
    assert_eq!(
        db::restore(&*copy, &mut backup.as_slice(), &mut |_| Err("no parcel".into())).await.expect("restored"),
        1203
    );
    for table in Table::ALL {
        let all = Scan::under(&Key::global());
        assert_eq!(db.scan(table, all.clone()).await.expect("rows"), copy.scan(table, all).await.expect("rows"));
    }
    let again = db::restore(&*copy, &mut backup.as_slice(), &mut |_| Ok(())).await;
    assert!(again.is_err(), "it was restored over what is there");

    let third = tempfile::tempdir().expect("a directory");
    let cut = &backup[..backup.len() / 2];
    let refused = db::restore(&*open(third.path()), &mut &*cut, &mut |_| Ok(())).await.expect_err("cut").to_string();
    assert!(refused.starts_with("line "), "{refused}");
}

#[tokio::test]
async fn a_second_opening_of_the_same_directory_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let _first = open(dir.path());
    assert!(matches!(SledDb::open(dir.path(), 1 << 20), Err(DbError::Taken { .. })));
}
