//! A plugin's life while runs go on: updated, removed, killed in the middle, broken; and no run ever sees two versions of its code.

use std::fs;
use std::time::{Duration, Instant};

use xiaoer::config::Env;
use xiaoer::run::{Ending, RunState};

use crate::support::crash::{DyingDb, Moment};
use crate::support::stand::{REFILL, Stand, TOOLS, ending};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_killed_is_finished_by_the_code_it_began_with_though_another_is_installed() {
    // In the claim, and in the first thing that it tells.
    for boundary in [0, 1] {
        let stand = Stand::new("").await;
        stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
        stand.grant("refill").await;
        let run = stand.accept("refill").await;

        let dying_db = DyingDb::after(stand.db.clone(), boundary, Moment::After);
        let dying = stand.world.app_with(dying_db.clone(), &Env::default(), Vec::new());
        dying.loader.load().await.expect("loaded");
        let step = dying.worker.step();
        let dead = async {
            while !dying_db.died() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::select! { done = step => panic!("it was to be killed: {done:?}"), () = dead => {} }
        drop(dying);

        let stand = stand.again();
        let second = REFILL.replace("第一版", "第二版");
        stand.install(&stand.folder("refill", "2.0.0", TOOLS, &second)).await;
        stand.app.shelf.remove("refill").await.expect("removed");
        stand.app.loader.load().await.expect("loaded");
        let pinned = stand.app.runs.pinned().await.expect("read");
        assert_eq!(pinned.len(), 1, "the run is open and holds on to its code");
        stand.app.loader.sweep(&pinned).await.expect("swept");
        let refused = stand.office.told(&stand.at("runs"), serde_json::json!({ "skill": "refill" })).await;
        assert!(!refused.status.is_success(), "it is gone for everybody else");
        stand.work().await;
        let told = stand.told(&run).await;
        assert_eq!((ending(&told).0, told["report"]["title"].as_str()), ("done", Some("第一版")), "{told}");
        assert_eq!(stand.app.desk.list("test", 10).await.expect("listed").len(), 1, "one proposal is one action");

        let digest = told["run"]["plugin"]["digest"].as_str().expect("a digest").to_owned();
        let code = stand.world.data().join("plugins").join(&digest);
        assert!(code.exists(), "the code stays while a run needs it");
        stand.app.loader.sweep(&stand.app.runs.pinned().await.expect("read")).await.expect("swept");
        assert!(!code.exists(), "and goes with the last of them");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_plugin_is_listed_with_the_reason_and_stops_nothing() {
    let stand = Stand::new("").await;
    stand.install(&stand.folder("refill", "1.0.0", TOOLS, REFILL)).await;
    stand.grant("refill").await;
    let run = stand.accept("refill").await;
    for found in fs::read_dir(stand.world.data().join("plugins")).expect("the shelf") {
        fs::write(found.expect("an entry").path().join("index.js"), "changed on disk").expect("written");
    }
    let stand = stand.again();
    stand.app.loader.load().await.expect("the start goes on");
    let shown = stand.plugin("refill").await;
    assert_eq!(shown["state"], "broken");
    assert!(shown["why"].as_str().is_some_and(|why| why.contains("changed on disk")), "{shown}");
    let page = stand.office.text("/shops/test/plugins").await;
    assert!(page.contains("坏了") && page.contains("changed on disk"), "{page}");
    stand.work().await;
    let told = stand.told(&run).await;
    assert_eq!(ending(&told).0, "blocked");
    assert!(ending(&told).1.contains("坏了"), "{told}");
    assert_eq!(ending(&stand.ran("stock-alert").await).0, "done", "everybody else works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_a_watched_folder_is_there_at_once_and_a_broken_one_keeps_the_version_before() {
    let stand = Stand::new("").await;
    let folder = stand.folder("refill", "1.0.0", TOOLS, REFILL);
    stand.install(&folder).await;
    stand.grant("refill").await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let app = std::sync::Arc::clone(&stand.app);
    let working = tokio::spawn(async move { app.work(stopped).await });
    tokio::time::sleep(Duration::from_millis(300)).await;

    let digest = |stand: &Stand| stand.app.loader.listed()[0].digest.clone();
    let before = digest(&stand);
    let began = Instant::now();
    fs::write(folder.join("index.js"), REFILL.replace("第一版", "第二版")).expect("written");
    while digest(&stand) == before {
        assert!(began.elapsed() < Duration::from_secs(10), "the change is never seen");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(began.elapsed() < Duration::from_millis(1000), "seen after {:?}", began.elapsed());

    let good = digest(&stand);
    let mistakes = [
        ("SKILL.md", "---\nname: refill\nrubbish: yes\n---\n", "SKILL.md"),
        ("index.js", "export async function run(cx) {\n  const a = ;\n}\n", "index.js: line 2, column 13"),
        ("index.js", "export async function walk(cx) {}\n", "export async function run(cx, input)"),
    ];
    for (file, bad, words) in mistakes {
        let whole = fs::read(folder.join(file)).expect("read");
        fs::write(folder.join(file), bad).expect("written");
        let began = Instant::now();
        while stand.app.loader.listed()[0].trouble.is_none() {
            assert!(began.elapsed() < Duration::from_secs(10), "the fault is never told");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(digest(&stand), good, "what ran before goes on");
        let page = stand.office.text("/shops/test/plugins").await;
        assert!(page.contains("新改动有问题") && page.contains(words), "{page}");
        fs::write(folder.join(file), whole).expect("written");
        let began = Instant::now();
        while stand.app.loader.listed()[0].trouble.is_some() {
            assert!(began.elapsed() < Duration::from_secs(10), "the fault stays though it was mended");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    let run = stand.accept("refill").await;
    let began = Instant::now();
    loop {
        let state = stand.app.runs.get("test", &run).await.expect("read").expect("there").state;
        if let RunState::Ended(ended) = state {
            assert_eq!(ended, Ending::Done);
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "it never ends");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stand.told(&run).await["report"]["title"], "第二版");
    stop.send(true).expect("somebody listens");
    let _ = tokio::time::timeout(Duration::from_secs(10), working).await;
}
