//! A plugin's POST when the process dies between the request and its line in the journal: it is sent again, and says that it is the same.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::llm::Llm;
use xiaoer::llm::prompt::Prompts;
use xiaoer::run::broker::Ports;
use xiaoer::run::worker::Worker;

use crate::plugin_fetch::{fetcher, serve_and_note};
use crate::support::crash::{DyingDb, Moment};
use crate::support::stand::{Stand, ending};

const POSTS: &str = "export async function run(cx) {
  const send = () => cx.fetch('https://api.example.com/orders', { body: '{\"n\":1}' });
  await send();
  await send();
  await cx.fetch('https://api.example.com/look');
  return cx.report('发过了');
}";

/// The app's worker, whose requests go to one place.
fn worker(app: &App, place: std::net::SocketAddr) -> Worker {
    let (worker, ports) = (&app.worker, &app.worker.ports);
    let ports = Ports {
        mirror: ports.mirror.clone(),
        scorer: ports.scorer.clone(),
        llm: Llm::new(None, Prompts::new(app.db.clone(), None, Vec::new())),
        connect: Arc::clone(&ports.connect),
        runs: ports.runs.clone(),
        desk: ports.desk.clone(),
        values: ports.values.clone(),
        fetcher: fetcher(&app.secrets, vec![place], |_| true),
    };
    Worker {
        process: worker.process.clone(),
        db: worker.db.clone(),
        clock: worker.clock.clone(),
        bell: worker.bell.clone(),
        shops: worker.shops.clone(),
        staff: worker.staff.clone(),
        loader: Arc::clone(&worker.loader),
        grants: worker.grants.clone(),
        ports: Arc::new(ports),
        checks: worker.checks.clone(),
        policy: worker.policy.clone(),
        schedules: worker.schedules.clone(),
    }
}

/// What each POST said of itself, in the order in which they came; none for a GET.
fn keys(notes: &Mutex<Vec<String>>) -> Vec<Option<String>> {
    let of = |heard: &String| {
        let line = heard.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
        assert_eq!(line.is_some(), heard.starts_with("POST"), "{heard}");
        line.map(str::to_owned)
    };
    notes.lock().expect("unharmed").iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_is_sent_again_after_a_crash_and_no_other_request_has_it() {
    let stand = Stand::new("").await;
    stand.install(&stand.folder("poster", "1.0.0", "http(api.example.com)", POSTS)).await;
    stand.grant("poster").await;
    let notes = Arc::new(Mutex::new(Vec::new()));
    let place = serve_and_note(Arc::clone(&notes));
    let run = stand.accept("poster").await;

    // The claim is stored; the first request was answered, and its line is lost.
    let db = DyingDb::after(stand.db.clone(), 1, Moment::Before);
    let dying = stand.world.app_with(db.clone(), &Env::default(), Vec::new());
    let dying_worker = worker(&dying, place);
    let dead = async {
        while !db.died() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! { done = dying_worker.step() => panic!("it was to be killed: {done:?}"), () = dead => {} }
    drop((dying_worker, dying));
    assert_eq!(keys(&notes).len(), 1, "it was sent");

    let stand = stand.again();
    stand.app.loader.load().await.expect("loaded");
    let second = worker(&stand.app, place);
    assert!(second.step().await.expect("a step"));
    assert_eq!(ending(&stand.told(&run).await).0, "done");
    let heard = keys(&notes);
    let [first, again, next, look] = heard.as_slice() else { panic!("{heard:?}") };
    assert!(first.as_ref().is_some_and(|key| key.len() == 32 && first == again), "{heard:?}");
    assert!(next.is_some() && next != first, "the same words a second time are another request: {heard:?}");
    assert_eq!(look, &None);

    stand.accept("poster").await;
    assert!(second.step().await.expect("a step"));
    let later = keys(&notes).split_off(4);
    assert!(later.iter().flatten().all(|key| !heard.contains(&Some(key.clone()))), "another run is another request");
}
