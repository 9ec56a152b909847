//! The ticker: a slot is decided once, in one commit, whoever looks and whenever it is killed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use xiaoer::clock::Clock;
use xiaoer::db::{self, Batch, Db as _, Key, Scan, SharedDb, Table};
use xiaoer::schedule::record::{SlotOutcome, SlotRecord, heartbeat, history};
use xiaoer::schedule::{Firing, Intake, IntakeError, Missed, Roster, Schedule, SlotRun, Ticked, Ticker, roster};

use crate::schedule_mortal::{Mortal, Strike};

/// Makes runs as plain records.
#[derive(Default)]
struct Desk {
    roster: Mutex<Roster>,
    answers: Mutex<Option<fn() -> IntakeError>>,
    asked: AtomicUsize,
    rung: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Intake for Desk {
    async fn roster(&self) -> Result<Roster, IntakeError> {
        Ok(self.roster.lock().expect("unpoisoned").clone())
    }

    async fn slot_batch(&self, firing: Firing<'_>) -> Result<SlotRun, IntakeError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // Both of two tickers are here before either commits.
        tokio::task::yield_now().await;
        if let Some(answer) = *self.answers.lock().expect("unpoisoned") {
            return Err(answer());
        }
        let key = Key::of(firing.shop).part(&firing.run);
        let run = json!({ "slot": firing.slot.name, "late": firing.late });
        let batch = Batch::new().put(Table::Runs, key, &run);
        Ok(SlotRun { run: firing.run, batch })
    }

    fn stored(&self, run: &str) {
        self.rung.lock().expect("unpoisoned").push(run.into());
    }
}

struct House {
    db: Arc<Mortal>,
    desk: Arc<Desk>,
}

impl House {
    fn new(schedules: &[Schedule], shops: &[&str]) -> Self {
        let house = Self { db: Arc::new(Mortal::new()), desk: Arc::default() };
        house.plan(schedules, shops);
        house
    }

    fn plan(&self, schedules: &[Schedule], shops: &[&str]) {
        let shops: Vec<String> = shops.iter().map(ToString::to_string).collect();
        *self.desk.roster.lock().expect("unpoisoned") = roster(schedules, &shops);
    }

    fn ticker(&self) -> Ticker {
        Ticker::new(Arc::clone(&self.db) as SharedDb, Clock::default(), Arc::clone(&self.desk) as Arc<dyn Intake>)
    }

    /// One look of a process of its own.
    async fn look(&self, now: &str) -> Ticked {
        self.ticker().tick(at(now)).await.expect("a look")
    }

    async fn runs(&self, shop: &str) -> Vec<Value> {
        db::scan(&*self.db, Table::Runs, Scan::under(&Key::of(shop))).await.expect("runs")
    }

    async fn told(&self, shop: &str) -> Vec<String> {
        let records = history(&*self.db, shop, "morning", 100).await.expect("records");
        records.iter().map(|SlotRecord { slot, outcome, .. }| format!("{slot} {}", word(outcome))).collect()
    }
}

fn word(outcome: &SlotOutcome) -> String {
    match outcome {
        SlotOutcome::Ran { late: false, .. } => "ran".into(),
        SlotOutcome::Ran { late: true, .. } => "late".into(),
        SlotOutcome::Refused { why } => why.clone(),
        SlotOutcome::Missed { why, first, count, .. } => format!("{why:?} {count} from {first}"),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn morning(rest: &str) -> Schedule {
    let text = "name = 'morning'\nskill = 'daily-report'\nshops = 'all'\ncron = '3 8 * * *'\nzone = 'Asia/Shanghai'\n";
    toml::from_str(&format!("{text}{rest}")).expect("a good schedule")
}

#[tokio::test]
async fn a_new_schedule_owes_nothing_for_the_past_and_then_fires_once_a_slot() {
    let house = House::new(&[morning("")], &["one", "two"]);
    assert_eq!(house.look("2026-11-22T09:00:00+08:00").await, Ticked::default());
    assert_eq!(house.look("2026-11-23T08:02:59+08:00").await, Ticked::default());
    assert_eq!(house.look("2026-11-23T08:03:04+08:00").await, Ticked { ran: 2, ..Ticked::default() });
    assert_eq!(house.look("2026-11-23T08:03:14+08:00").await, Ticked::default());
    assert_eq!(house.runs("one").await, [json!({ "slot": "2026-11-23T08:03", "late": false })]);
    assert_eq!(house.told("two").await, ["2026-11-23T08:03 ran"]);
    assert_eq!(house.desk.rung.lock().expect("unpoisoned").len(), 2, "the worker was not woken");
}

#[tokio::test]
async fn two_tickers_make_one_run() {
    let house = House::new(&[morning("")], &["one"]);
    house.look("2026-11-23T08:00:00+08:00").await;
    let (a, b) = (house.ticker(), house.ticker());
    let now = at("2026-11-23T08:03:01+08:00");
    let (a, b) = tokio::join!(a.tick(now), b.tick(now));
    assert_eq!(house.desk.asked.load(Ordering::SeqCst), 2, "they did not meet");
    assert_eq!(a.expect("a look").ran + b.expect("a look").ran, 1);
    assert_eq!(house.runs("one").await.len(), 1);
}

#[tokio::test]
async fn a_kill_around_any_commit_neither_loses_nor_repeats_a_slot() {
    let all = "catch_up = 'all'\nmax_lateness = '7days'";
    // Three slots came up and a heartbeat follows: four commits, and the process dies at each of them.
    for nth in 0..4 {
        for strike in [Strike::Before, Strike::After] {
            let house = House::new(&[morning(all)], &["one"]);
            house.look("2026-11-20T08:00:00+08:00").await;
            house.db.dies_after(nth, strike);
            house.ticker().tick(at("2026-11-22T09:00:00+08:00")).await.expect_err("it died");
            house.look("2026-11-22T09:00:10+08:00").await;
            let told = house.told("one").await;
            assert_eq!(
                told,
                ["2026-11-22T08:03 late", "2026-11-21T08:03 late", "2026-11-20T08:03 late"],
                "{strike:?} {nth}"
            );
            assert_eq!(house.runs("one").await.len(), 3, "{strike:?} {nth}");
        }
    }
}

#[tokio::test]
async fn what_passed_while_nobody_looked_is_run_late_or_told_as_missed() {
    let house = House::new(&[morning("catch_up = 'latest'\nmax_lateness = '2h'")], &["one"]);
    house.look("2026-11-01T12:00:00+08:00").await;
    assert_eq!(house.look("2026-11-22T09:00:00+08:00").await, Ticked { ran: 1, missed: 20, ..Ticked::default() });
    assert_eq!(house.told("one").await, ["2026-11-22T08:03 late", "2026-11-21T08:03 TooLate 20 from 2026-11-02T08:03"]);
    let records = history(&*house.db, "one", "morning", 2).await.expect("records");
    assert_eq!(records[1].outcome.label(), "错过：超过了允许的最长延迟（自 2026-11-02T08:03 起共 20 次）");
    assert!(matches!(records[1].outcome, SlotOutcome::Missed { why: Missed::TooLate, .. }));
}

#[tokio::test]
async fn a_slot_that_cannot_be_run_is_recorded_with_its_reason() {
    let house = House::new(&[morning("")], &["one"]);
    house.look("2026-11-23T08:00:00+08:00").await;
    *house.desk.answers.lock().expect("unpoisoned") =
        Some(|| IntakeError::Refused("店铺还没有数据，请先同步或导入订单".into()));
    assert_eq!(house.look("2026-11-23T08:03:01+08:00").await, Ticked { refused: 1, ..Ticked::default() });
    *house.desk.answers.lock().expect("unpoisoned") = None;
    assert_eq!(house.look("2026-11-23T08:03:11+08:00").await, Ticked::default(), "a decided slot was decided again");
    assert_eq!(house.told("one").await, ["2026-11-23T08:03 店铺还没有数据，请先同步或导入订单"]);
}

#[tokio::test]
async fn a_slot_waits_for_a_shop_that_is_away_but_not_for_ever() {
    let house = House::new(&[morning("max_lateness = '1h'")], &["one"]);
    house.look("2026-11-23T08:00:00+08:00").await;
    *house.desk.answers.lock().expect("unpoisoned") = Some(|| IntakeError::Later("授权已过期".into()));
    assert_eq!(house.look("2026-11-23T08:03:01+08:00").await, Ticked { waiting: 1, ..Ticked::default() });
    assert!(house.told("one").await.is_empty());
    *house.desk.answers.lock().expect("unpoisoned") = None;
    assert_eq!(house.look("2026-11-23T08:30:00+08:00").await, Ticked { ran: 1, ..Ticked::default() });

    *house.desk.answers.lock().expect("unpoisoned") = Some(|| IntakeError::Later("授权已过期".into()));
    let ticker = house.ticker();
    ticker.tick(at("2026-11-24T08:03:01+08:00")).await.expect("a look");
    let ticked = ticker.tick(at("2026-11-24T09:03:01+08:00")).await.expect("a look");
    assert_eq!(ticked, Ticked { missed: 1, ..Ticked::default() });
    let records = history(&*house.db, "one", "morning", 1).await.expect("records");
    assert_eq!(records[0].outcome.label(), "错过：超过了允许的最长延迟；当时：授权已过期");
}

#[tokio::test]
async fn a_changed_schedule_starts_from_now() {
    let house = House::new(&[morning("")], &["one"]);
    house.look("2026-11-22T12:00:00+08:00").await;
    let changed: Schedule = toml::from_str(
        "name = 'morning'\nskill = 'daily-report'\nshops = 'all'\ncron = '0 7 * * *'\nzone = 'Asia/Shanghai'\ncatch_up = 'all'",
    )
    .expect("a good schedule");
    house.plan(&[changed], &["one"]);
    assert_eq!(
        house.look("2026-11-23T08:00:00+08:00").await,
        Ticked::default(),
        "seven o'clock has passed before it was wanted"
    );
    house.look("2026-11-24T07:00:01+08:00").await;
    assert_eq!(house.told("one").await, ["2026-11-24T07:00 ran"]);
}

#[tokio::test]
async fn a_paused_or_removed_schedule_goes_on_from_where_it_comes_back() {
    let house = House::new(&[morning("")], &["one"]);
    house.look("2026-11-20T12:00:00+08:00").await;
    for (away, back) in [("2026-11-21", "2026-11-22"), ("2026-11-24", "2026-11-26")] {
        house.plan(if away == "2026-11-21" { vec![morning("paused = true")] } else { Vec::new() }.as_slice(), &["one"]);
        assert_eq!(house.look(&format!("{away}T07:00:00+08:00")).await, Ticked::default());
        assert_eq!(house.look(&format!("{away}T09:00:00+08:00")).await, Ticked::default());
        house.plan(&[morning("")], &["one"]);
        assert_eq!(house.look(&format!("{back}T08:05:00+08:00")).await, Ticked::default());
    }
    house.look("2026-11-27T08:03:01+08:00").await;
    assert_eq!(house.told("one").await, ["2026-11-27T08:03 ran"]);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_fire_a_slot_again() {
    let house = House::new(&[morning("")], &["one"]);
    house.look("2026-11-23T08:00:00+08:00").await;
    house.look("2026-11-23T08:03:01+08:00").await;
    // Set back, and the schedule is edited to and fro: its memory begins again before the slot.
    house.plan(&[morning("paused = true")], &["one"]);
    house.look("2026-11-23T07:30:00+08:00").await;
    house.plan(&[morning("")], &["one"]);
    house.look("2026-11-23T07:31:00+08:00").await;
    assert_eq!(house.look("2026-11-23T08:03:05+08:00").await, Ticked::default());
    assert_eq!(house.runs("one").await.len(), 1);
    assert_eq!(house.look("2026-11-24T08:03:05+08:00").await, Ticked { ran: 1, ..Ticked::default() });
}

#[tokio::test]
async fn one_shops_trouble_is_not_the_others() {
    let house = House::new(&[morning("")], &["one", "two"]);
    house.look("2026-11-23T08:00:00+08:00").await;
    // A record of shop one that nobody can read.
    let broken = Key::of("one").part("cursor").part("morning");
    house.db.commit(Batch::new().put(Table::Slots, broken, &"?")).await.expect("a commit");
    assert!(house.ticker().tick(at("2026-11-23T08:03:01+08:00")).await.is_err(), "the trouble was kept quiet");
    assert_eq!(house.told("two").await, ["2026-11-23T08:03 ran"]);
}

#[tokio::test]
async fn the_heartbeat_tells_when_the_ticker_last_looked() {
    let house = House::new(&[], &[]);
    assert_eq!(heartbeat(&*house.db).await.expect("a read"), None);
    let ticker = house.ticker();
    for (now, beat) in [("08:00:00", "08:00:00"), ("08:00:10", "08:00:00"), ("08:00:40", "08:00:40")] {
        ticker.tick(at(&format!("2026-11-23T{now}Z"))).await.expect("a look");
        assert_eq!(heartbeat(&*house.db).await.expect("a read"), Some(at(&format!("2026-11-23T{beat}Z"))));
    }
}
