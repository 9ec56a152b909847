//! A run's life as a watcher sees it: accepted, told, cancelled, taken over.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Map;
use tokio::sync::Notify;
use xiaoer::app::App;
use xiaoer::config::Env;
use xiaoer::run::events::{News, Watcher};
use xiaoer::run::{AcceptError, Ending, NewRun, Run, RunState, Trigger};
use xiaoer::shop::Shop;
use xiaoer_sdk::{Block, Context, Input, Manifest, Report, Skill, SkillError, async_trait};

use crate::support::World;

/// Works until it is told to stop, one step at a time.
struct Slow(Arc<Notify>);

#[async_trait]
impl Skill for Slow {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "slow", "慢慢来")
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        for step in 0.. {
            cx.progress(format!("第 {step} 步")).await?;
            self.0.notified().await;
        }
        Ok(Report::new("慢慢来", cx.as_of()))
    }
}

struct Panics;

#[async_trait]
impl Skill for Panics {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "panics", "出错")
    }

    async fn run(&self, _cx: &Context, _input: Input) -> Result<Report, SkillError> {
        panic!("a defect in a skill");
    }
}

async fn accept(app: &App, shop: &Shop, skill: &str) -> Run {
    let wish = NewRun { skill, input: &Map::new(), as_of: None, trigger: Trigger::Person };
    app.runs.accept(shop, wish).await.expect("accepted")
}

fn entry(skill: impl Skill + 'static) -> xiaoer_skills::Entry {
    xiaoer_skills::Entry { skill: Box::new(skill), prompts: vec![] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_sees_every_line_once_also_after_a_break() {
    let world = World::new().await;
    let step = Arc::new(Notify::new());
    let app = world.app_with(world.db(), &Env::default(), vec![entry(Slow(Arc::clone(&step)))]);
    let shop = world.join(&app).await;
    let run = accept(&app, &shop, "slow").await;
    let mut watcher = Watcher::new(app.db.clone(), &app.bell, &shop.id, &run.id, None);
    let worker = Arc::clone(&app.worker);
    let working = tokio::spawn(async move { worker.step().await });

    let mut seen = Vec::new();
    while seen.len() < 4 {
        seen.extend(watcher.lines().await.expect("lines"));
        step.notify_one();
    }
    assert!(matches!(seen[0].news, News::Queued) && matches!(seen[1].news, News::Started { attempt: 1 }), "{seen:?}");

    // The browser lost its connection after the second line and comes back.
    let mut again = Watcher::new(app.db.clone(), &app.bell, &shop.id, &run.id, Some(seen[1].seq));
    assert_eq!(again.lines().await.expect("lines")[0], seen[2]);

    assert!(app.runs.cancel(&shop.id, &run.id).await.expect("asked"));
    let nudge = tokio::spawn(async move {
        loop {
            step.notify_one();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    working.await.expect("no panic").expect("a step");
    nudge.abort();
    loop {
        if again.lines().await.expect("lines").iter().any(|line| line.news.is_last()) {
            break;
        }
    }
    let ended = app.runs.get(&shop.id, &run.id).await.expect("read").expect("there");
    assert_eq!(ended.state, RunState::Ended(Ending::Cancelled));
    assert!(!app.runs.cancel(&shop.id, &run.id).await.expect("asked"), "a run is cancelled once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_nobody_began_is_cancelled_at_once() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    let run = accept(&app, &shop, "growth-report").await;
    assert!(app.runs.cancel(&shop.id, &run.id).await.expect("asked"));
    assert!(!app.worker.step().await.expect("a step"), "a cancelled run was begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skill_that_panics_fails_its_run_and_nothing_else() {
    let world = World::new().await;
    let app = world.app_with(world.db(), &Env::default(), vec![entry(Panics)]);
    let shop = world.join(&app).await;
    let bad = accept(&app, &shop, "panics").await;
    let good = accept(&app, &shop, "growth-report").await;
    while app.worker.step().await.expect("a step") {}
    let state = |run: &Run| {
        let (app, shop, run) = (Arc::clone(&app), shop.id.clone(), run.id.clone());
        async move { app.runs.get(&shop, &run).await.expect("read").expect("there").state }
    };
    assert!(matches!(state(&bad).await, RunState::Ended(Ending::Failed { .. })));
    assert_eq!(state(&good).await, RunState::Ended(Ending::Done));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_skill_of_the_staff_reports_on_the_sandbox_shop() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.join(&app).await;
    let mut refused = Vec::new();
    for skill in app.staff.now().manifests().keys() {
        let run = accept(&app, &shop, skill).await;
        while app.worker.step().await.expect("a step") {}
        let ended = app.runs.get(&shop.id, &run.id).await.expect("read").expect("there");
        assert_eq!(ended.state, RunState::Ended(Ending::Done), "{skill}");
        let report = app.runs.report(&shop.id, &run.id).await.expect("read").expect("a report");
        assert!(!report.blocks.is_empty() && report.unsourced().is_empty(), "{skill}");
        for block in &report.blocks {
            let Block::Text { text, .. } = block else { continue };
            if let Err(problems) = xiaoer::llm::ground::narrative(text, &report.facts) {
                refused.push(format!("{skill} says {text:?}: {problems:?}"));
            }
        }
    }
    assert!(
        refused.is_empty(),
        "our own words would not be let through if a model wrote them:\n{}",
        refused.join("\n")
    );
}

#[tokio::test]
async fn a_wish_that_cannot_be_met_is_refused_before_it_is_stored() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.register(&app, "test").await;
    let wish = |skill, as_of, input| NewRun { skill, input, as_of, trigger: Trigger::Person };
    let nothing = Map::new();
    let refused = app.runs.accept(&shop, wish("growth-report", None, &nothing)).await;
    assert!(matches!(refused, Err(AcceptError::NoData(_))), "{refused:?}");
    app.upkeep.sync(&shop).await.expect("a sync");
    let refused = app.runs.accept(&shop, wish("no-such", None, &nothing)).await;
    assert!(matches!(refused, Err(AcceptError::NoSkill(_))), "{refused:?}");
    let tomorrow = Some("2026-11-24".parse().expect("a day"));
    let refused = app.runs.accept(&shop, wish("growth-report", tomorrow, &nothing)).await;
    assert!(matches!(refused, Err(AcceptError::NotYet { .. })), "{refused:?}");
    let odd = Map::from_iter([("no-such".to_owned(), "1".into())]);
    let refused = app.runs.accept(&shop, wish("growth-report", None, &odd)).await;
    assert!(matches!(refused, Err(AcceptError::Input(_))), "{refused:?}");
    assert!(app.runs.list("test", 10).await.expect("listed").is_empty(), "a refused wish left something behind");
}
