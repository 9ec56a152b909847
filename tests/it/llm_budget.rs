//! Budgets: reserved before a call, settled on what it used, and never passed however many ask at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset};
use xiaoer::app::open_db;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::{Batch, Db, DbError, Key, Row, Scan, SharedDb, Table};
use xiaoer::llm::budget::{Budget, Limits, Quote, ReserveError, Used, Which};
use xiaoer::llm::money::MicroYuan;
use xiaoer::llm::prices::{Price, Tokens};
use xiaoer::llm::talk::Account;

use crate::support::office::{Office, day};

const MORNING: &str = "2026-11-23T09:15:00+08:00";

fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).expect("a time")
}

fn yuan(text: &str) -> MicroYuan {
    text.parse().expect("an amount")
}

fn account(shop: &str, role: &str, run: &str) -> Account {
    Account { shop: shop.into(), role: role.into(), run: run.into() }
}

/// One yuan for a million tokens either way: a token is a micro-yuan.
fn plain() -> Price {
    Price { version: "t1".into(), input: yuan("1"), output: yuan("1"), cached: yuan("1"), confirmed: false }
}

fn quote(worst: &str) -> Quote {
    Quote { model: "m".into(), price: Some(plain()), worst: Some(yuan(worst)) }
}

fn used(prompt: u64, answer: u64) -> Used {
    Used { tokens: Tokens { prompt, answer, ..Tokens::default() }, estimated: false }
}

fn db(dir: &Path) -> SharedDb {
    open_db(dir).expect("a database").0
}

fn limits(text: &str) -> Limits {
    toml::from_str(text).expect("limits")
}

fn refused(result: Result<impl std::fmt::Debug, ReserveError>) -> (Which, String) {
    match result {
        Err(ReserveError::Spent(spent)) => (spent.which, spent.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn what_is_reserved_counts_until_the_call_tells_what_it_used() {
    let dir = tempfile::tempdir().expect("a directory");
    let budget = Budget::new(db(dir.path()), limits("shop_day_yuan = \"1\""));
    let (who, now) = (account("甲", "operations", "r1"), at(MORNING));

    let first = budget.reserve(&who, quote("0.8"), now).await.expect("room");
    let (which, sentence) = refused(budget.reserve(&who, quote("0.3"), now).await);
    assert_eq!(which, Which::ShopDay);
    assert_eq!(sentence, "模型预算已用完（店铺今天上限 1 元，剩下的不够再问一次）");

    let usage = budget.settle(first, used(100_000, 50_000), now).await.expect("settled");
    assert_eq!((usage.cost, usage.counted), (Some(yuan("0.15")), yuan("0.15")));
    let second = budget.reserve(&who, quote("0.85"), now).await.expect("the rest came back");
    budget.release(second).await.expect("released");

    let standing = budget.standing("甲", now).await.expect("standing");
    assert_eq!((standing.day.sum.cost, standing.day.reserved), (yuan("0.15"), MicroYuan::ZERO));
    assert_eq!((standing.month.calls, standing.month.cost), (1, yuan("0.15")));
    let rows = budget.usage("甲", day("2026-11-23"), day("2026-11-23")).await.expect("rows");
    assert_eq!(rows, [usage]);
    assert_eq!(rows[0].price.as_ref().expect("a price").version, "t1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_at_once_exactly_those_pass_that_the_limit_pays_for() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = db(dir.path());
    // Two budgets know nothing of each other, as two processes would.
    let two = [(); 2].map(|()| Budget::new(db.clone(), limits("shop_day_yuan = \"1\"")));
    let asks = (0..64).map(|n: usize| {
        let budget = two[n % 2].clone();
        let who = account("甲", ["operations", "design"][n % 2], &format!("r{}", n % 5));
        tokio::spawn(async move { budget.reserve(&who, quote("0.1"), at(MORNING)).await })
    });
    let mut passed = Vec::new();
    for ask in asks.collect::<Vec<_>>() {
        match ask.await.expect("no panic") {
            Ok(reservation) => passed.push(reservation),
            Err(ReserveError::Spent(spent)) => assert_eq!(spent.which, Which::ShopDay),
            Err(ReserveError::Db(error)) => panic!("{error}"),
        }
    }
    assert_eq!(passed.len(), 10);
    let ends = passed.into_iter().enumerate().map(|(n, reservation)| {
        let budget = two[n % 2].clone();
        tokio::spawn(async move { budget.settle(reservation, used(10_000, 0), at(MORNING)).await })
    });
    for end in ends.collect::<Vec<_>>() {
        end.await.expect("no panic").expect("settled");
    }
    let standing = two[0].standing("甲", at(MORNING)).await.expect("standing");
    assert_eq!((standing.day.sum.counted, standing.day.reserved), (yuan("0.1"), MicroYuan::ZERO));
}

#[tokio::test]
async fn a_price_that_nobody_knows_is_never_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let budget = Budget::new(db(dir.path()), limits("run_yuan = \"0.5\"\nunknown_price_yuan = \"0.3\""));
    let (who, now) = (account("甲", "data", "r1"), at(MORNING));
    let unknown = || Quote { model: "new".into(), price: None, worst: None };
    let call = budget.reserve(&who, unknown(), now).await.expect("room");
    let usage = budget.settle(call, used(10, 10), now).await.expect("settled");
    assert_eq!((usage.cost, usage.counted), (None, yuan("0.3")));
    let (which, sentence) = refused(budget.reserve(&who, unknown(), now).await);
    assert_eq!(which, Which::Run);
    assert!(sentence.contains("本次运行"), "{sentence}");
    let day = budget.standing("甲", now).await.expect("standing").day.sum;
    assert_eq!((day.calls, day.unknown, day.cost), (1, 1, MicroYuan::ZERO));
}

#[tokio::test]
async fn a_call_that_died_under_way_counts_at_its_worst_until_midnight_in_the_shop() {
    let dir = tempfile::tempdir().expect("a directory");
    let all = "shop_day_yuan = \"1\"\nshop_month_yuan = \"1\"\nrun_yuan = \"1\"";
    let who = account("甲", "data", "r1");
    {
        let budget = Budget::new(db(dir.path()), limits(all));
        let dead = budget.reserve(&who, quote("0.9"), at("2026-11-23T23:59:00+08:00")).await.expect("room");
        drop(dead);
    }
    let budget = Budget::new(db(dir.path()), limits(all));
    refused(budget.reserve(&who, quote("0.2"), at("2026-11-23T23:59:30+08:00")).await);
    // The same instant is the next day elsewhere: the shop's own date counts.
    refused(budget.reserve(&who, quote("0.2"), at("2026-11-23T15:59:30+00:00")).await);
    let next = budget.reserve(&who, quote("0.2"), at("2026-11-24T00:00:01+08:00")).await.expect("a new day");
    budget.settle(next, used(200_000, 0), at("2026-11-24T00:00:05+08:00")).await.expect("settled");
    let standing = budget.standing("甲", at("2026-11-24T00:01:00+08:00")).await.expect("standing");
    assert_eq!((standing.month.cost, standing.day.reserved), (yuan("0.2"), MicroYuan::ZERO));
}

#[tokio::test]
async fn a_call_over_midnight_counts_for_the_day_that_reserved_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let budget = Budget::new(db(dir.path()), limits("shop_month_yuan = \"1\"\nrun_yuan = \"1\""));
    let who = account("甲", "data", "r1");
    let (before, after) = (at("2026-11-30T23:59:00+08:00"), at("2026-12-01T00:00:10+08:00"));
    let late = budget.reserve(&who, quote("0.4"), before).await.expect("room");
    let new = budget.reserve(&who, quote("0.5"), after).await.expect("room");
    let usage = budget.settle(late, used(300_000, 0), after).await.expect("settled");
    assert_eq!(usage.day, day("2026-11-30"));
    assert_eq!(budget.standing("甲", before).await.expect("standing").month.cost, yuan("0.3"));
    assert_eq!(budget.standing("甲", after).await.expect("standing").day.reserved, yuan("0.5"));
    // The run pays for both days.
    assert_eq!(refused(budget.reserve(&who, quote("0.3"), after).await).0, Which::Run);
    budget.release(new).await.expect("released");
    assert_eq!(budget.standing("甲", after).await.expect("standing").day.reserved, MicroYuan::ZERO);
}

#[tokio::test]
async fn roles_runs_and_shops_each_have_their_own() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = db(dir.path());
    let all = "run_yuan = \"0.3\"\nrole_day_yuan = \"0.5\"\nshop_day_yuan = \"0.8\"\nshop_month_yuan = \"5\"";
    let budget = Budget::new(db.clone(), limits(all));
    let now = at(MORNING);
    let spend = async |who: Account| {
        let call = budget.reserve(&who, quote("0.25"), now).await?;
        budget.settle(call, used(250_000, 0), now).await?;
        Ok::<_, ReserveError>(())
    };
    spend(account("甲", "data", "r1")).await.expect("room");
    assert_eq!(refused(spend(account("甲", "data", "r1")).await).0, Which::Run);
    spend(account("甲", "data", "r2")).await.expect("room");
    assert_eq!(refused(spend(account("甲", "data", "r3")).await).0, Which::RoleDay);
    spend(account("甲", "design", "r4")).await.expect("room");
    assert_eq!(refused(spend(account("甲", "design", "r5")).await).0, Which::ShopDay);
    spend(account("乙", "data", "r1")).await.expect("another shop has spent nothing");
    assert_eq!(budget.standing("乙", now).await.expect("standing").day.sum.calls, 1);
    assert_eq!(budget.usage("乙", day("2026-11-01"), day("2026-11-30")).await.expect("rows").len(), 1);
    // All that is kept begins with a shop.
    let rows = db.scan(Table::Budget, Scan::under(&xiaoer::db::Key::global())).await.expect("rows");
    assert!(rows.iter().all(|row| ["甲", "乙"].contains(&row.key.texts(1)[0].as_str())));
}

/// Counts commits, and on demand lets none pass that changes more than one record.
struct Busy {
    inner: SharedDb,
    commits: AtomicUsize,
    crowded: AtomicBool,
}

#[async_trait]
impl Db for Busy {
    async fn commit(&self, batch: Batch) -> Result<(), DbError> {
        if batch.len() > 1 && self.crowded.load(Ordering::Relaxed) {
            return Err(DbError::Conflict);
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.inner.commit(batch).await
    }

    async fn get(&self, table: Table, key: &Key) -> Result<Option<Vec<u8>>, DbError> {
        self.inner.get(table, key).await
    }

    async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Row>, DbError> {
        self.inner.scan(table, scan).await
    }

    async fn size(&self) -> Result<u64, DbError> {
        self.inner.size().await
    }
}

fn busy(dir: &Path) -> Arc<Busy> {
    Arc::new(Busy { inner: db(dir), commits: AtomicUsize::new(0), crowded: AtomicBool::new(false) })
}

/// What a run stores of a question, as long as its lease is this one.
fn answer(nth: u64, lease: &str) -> Batch {
    let fenced = Batch::new().expect(Table::OpenRuns, Key::of("甲").part("r1"), &lease);
    fenced.put(Table::Journal, Key::of("甲").part("r1").number(nth), &"an answer")
}

async fn answers(db: &dyn Db) -> Vec<u64> {
    let rows = db.scan(Table::Journal, Scan::under(&Key::of("甲").part("r1"))).await.expect("rows");
    rows.iter().map(|row| row.key.last_number().expect("a number")).collect()
}

#[tokio::test]
async fn an_answer_and_its_bill_are_stored_together_or_not_at_all() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = busy(dir.path());
    let budget = Budget::new(db.clone(), limits("shop_day_yuan = \"1\""));
    let (who, now) = (account("甲", "data", "r1"), at(MORNING));
    db.commit(Batch::new().put(Table::OpenRuns, Key::of("甲").part("r1"), &"mine")).await.expect("a lease");
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(budget.reserve(&who, quote("0.2"), now).await.expect("room"));
    }
    // All in one group; the second has lost its lease and must take nobody along.
    let ends = calls.into_iter().zip(["mine", "another's", "mine"]).enumerate();
    let ends =
        ends.map(|(nth, (call, lease))| budget.settle_with(call, (used(150_000, 0), now), answer(nth as u64, lease)));
    let ends = futures::future::join_all(ends).await;
    assert!(matches!(ends[..], [Ok(_), Err(DbError::Conflict), Ok(_)]), "{ends:?}");
    assert_eq!(answers(&*db).await, [0, 2]);
    let held = budget.standing("甲", now).await.expect("standing").day;
    assert_eq!((held.sum.counted, held.reserved), (yuan("0.3"), yuan("0.2")));
}

#[tokio::test]
async fn an_answer_is_stored_even_where_its_bill_cannot_be() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = busy(dir.path());
    let budget = Budget::new(db.clone(), Limits::default());
    let (who, now) = (account("甲", "data", "r1"), at(MORNING));
    db.commit(Batch::new().put(Table::OpenRuns, Key::of("甲").part("r1"), &"mine")).await.expect("a lease");
    let call = budget.reserve(&who, quote("0.2"), now).await.expect("room");
    db.crowded.store(true, Ordering::Relaxed);
    budget.settle_with(call, (used(10, 0), now), answer(0, "mine")).await.expect("stored");
    assert_eq!(answers(&*db).await, [0]);
    let held = budget.standing("甲", now).await.expect("standing").day;
    assert_eq!((held.sum.calls, held.reserved), (0, yuan("0.2")), "it counts at its worst");
}

#[tokio::test]
async fn many_at_once_share_a_commit() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = busy(dir.path());
    let budget = Budget::new(db.clone(), limits("shop_day_yuan = \"1\""));
    let who: Vec<_> = (0..16).map(|n| account("甲", &format!("role{}", n % 4), &format!("r{n}"))).collect();
    let asked = who.iter().map(|who| budget.reserve(who, quote("0.1"), at(MORNING)));
    let asked = futures::future::join_all(asked).await;
    assert_eq!(asked.iter().filter(|one| one.is_ok()).count(), 10, "what the limit pays for");
    assert_eq!(db.commits.load(Ordering::Relaxed), 1);
    let ends = asked.into_iter().flatten().map(|call| budget.settle(call, used(50_000, 0), at(MORNING)));
    assert!(futures::future::join_all(ends).await.iter().all(Result::is_ok));
    assert_eq!(db.commits.load(Ordering::Relaxed), 2);
    let held = budget.standing("甲", at(MORNING)).await.expect("standing").day;
    assert_eq!((held.sum.calls, held.sum.counted, held.reserved), (10, yuan("0.5"), MicroYuan::ZERO));
}

#[test]
fn a_limit_is_text_and_a_word_that_nobody_knows_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let read = |text: &str| {
        std::fs::write(dir.path().join("agents.toml"), text).expect("written");
        Loaded::read(None, dir.path(), &Env::default())
    };
    let fine = "[budget]\nshop_day_yuan = \"5\"\n[model]\nname = \"m\"\nbase_url = \"http://x/v1\"\n\
                [model.price]\ninput = \"0.8\"\noutput = \"2\"";
    let config = read(fine).expect("read").config;
    assert_eq!(config.budget.shop_day_yuan, Some(yuan("5")));
    assert_eq!(config.model.and_then(|model| model.price).map(|price| price.output), Some(yuan("2")));
    for bad in ["[budget]\nshop_day = \"5\"", "[budget]\nrun_yuan = 0.1", "[budget]\nrun_yuan = \"-1\""] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn the_console_tells_what_was_spent_and_says_unknown_where_nobody_knows() {
    let office = Office::on("2026-11-23", &["a", "b"]).await;
    let path = "/api/shops/a/model-usage";
    let none = office.get(path).await;
    assert_eq!((&none["total"]["cost_yuan"], &none["rows"]), (&"0".into(), &serde_json::json!([])), "{none}");

    let spend = async |price: Option<Price>, now: &str| {
        let now = at(now);
        let quote = Quote { model: "m".into(), price, worst: None };
        let call = office.app.budget.reserve(&account("a", "data", "r1"), quote, now).await.expect("room");
        office.app.budget.settle(call, used(250_000, 0), now).await.expect("settled");
    };
    spend(Some(plain()), MORNING).await;
    let one = office.get(path).await;
    assert_eq!((&one["total"]["cost_yuan"], &one["by_role"]["data"]["calls"]), (&"0.25".into(), &1.into()), "{one}");
    assert_eq!(one["rows"][0]["cost_yuan"], "0.25");
    assert_eq!(one["rows"][0]["price"]["version"], "t1");
    spend(None, "2026-11-23T09:15:01+08:00").await;
    let two = office.get(path).await;
    assert_eq!((&two["total"]["cost_yuan"], &two["total"]["known_yuan"]), (&"未知".into(), &"0.25".into()), "{two}");
    assert_eq!(two["rows"][1]["cost_yuan"], "未知");
    assert_eq!(office.get("/api/shops/b/model-usage").await["total"]["calls"], 0);
    let old = office.get(&format!("{path}?from=2026-10-01&to=2026-11-22")).await;
    assert_eq!(old["total"]["calls"], 0);
    let said = office.asked(&format!("{path}?from=2026-11-22&to=2026-11-01")).await;
    assert!(said.refusal().contains("日期"), "{}", said.json);
}
