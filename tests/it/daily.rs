//! The daily report arrives: on time, once, on fresh rows, also when nobody was there at 08:03.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use xiaoer::app::App;
use xiaoer::run::Trigger;

use crate::support::World;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").with_timezone(&Utc)
}

/// Moves the time of the shop and of the platform.
async fn it_is(world: &World, text: &str) {
    world.clock.set(at(text));
    world.admin("clock", json!({ "now": text })).await;
}

async fn work(app: &Arc<App>, world: &World) -> usize {
    let ticked = app.ticker.tick(world.clock.now()).await.expect("a look");
    while app.worker.step().await.expect("a step") {}
    while app.deliveries.step(world.clock.now()).await.expect("a step") > 0 {}
    ticked.ran
}

fn letters(data: &Path) -> Vec<PathBuf> {
    let folder = data.join("reports").join("test");
    let mut found: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|kind| kind == "md"));
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daily_report_arrives_once_on_the_rows_of_the_day_before() {
    let world = World::with(|options| options.live = true).await;
    let db = world.db();
    let app = world.app(db.clone());
    world.join(&app).await;
    assert_eq!(work(&app, &world).await, 0, "a schedule starts from now, never from this morning");

    it_is(&world, "2026-11-24T08:02:59+08:00").await;
    assert_eq!(work(&app, &world).await, 0, "it is not time yet");
    it_is(&world, "2026-11-24T08:03:01+08:00").await;
    assert_eq!(work(&app, &world).await, 1);
    assert_eq!(work(&app, &world).await, 0, "once a slot");

    let found = letters(world.data());
    assert_eq!(found.len(), 1, "{found:?}");
    let text = std::fs::read_to_string(&found[0]).expect("readable");
    assert!(text.starts_with("# 经营日报") && text.contains("11月23日"), "it is about yesterday:\n{text}");
    assert!(text.contains("今日待办"), "{text}");

    // Another process after a restart finds nothing left to do.
    drop(app);
    let again = world.app(db);
    assert_eq!(work(&again, &world).await, 0);
    assert_eq!(letters(world.data()).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_morning_without_power_is_made_up_for_and_marked_late() {
    let world = World::with(|options| options.live = true).await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    work(&app, &world).await;
    it_is(&world, "2026-11-26T10:30:00+08:00").await;
    assert_eq!(work(&app, &world).await, 1, "the latest slot is run, those before it are recorded as missed");
    let runs = app.runs.list(&shop.id, 10).await.expect("listed");
    assert!(
        matches!(&runs[0].trigger, Trigger::Schedule { late: true, slot, .. } if slot.starts_with("2026-11-26")),
        "{:?}",
        runs[0].trigger
    );
    let history = xiaoer::schedule::record::history(&*app.db, &shop.id, "daily-report", 10).await.expect("read");
    assert_eq!(history.len(), 2, "one record for what ran, one for what was missed: {history:?}");
    assert_eq!(letters(world.data()).len(), 1);
}
