//! When a plugin starts by itself: what counts as news, how many events are one run, whose midnight it is; and its own time-table.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::{America, Asia};
use serde_json::Value;
use xiaoer::db::{Key, Scan, Table};
use xiaoer::plugin::assemble;
use xiaoer::plugin::manifest::Post;
use xiaoer::plugin::skill::of as of_package;
use xiaoer::plugin::trial::{Fixture, Trial};
use xiaoer::run::{Ending, RunState, Trigger};
use xiaoer_sdk::{Context, EventKind, Input, Manifest, Report, Skill, SkillError, async_trait};

use crate::plugin_trial::limits;
use crate::support::office::trade;
use crate::support::plugins::{CODE, skill};
use crate::support::script::sandbox;
use crate::support::stand::Stand;

const ON_PAID: &str = "shop(orders) on(order.paid)";

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
}

async fn told_rows(stand: &Stand) -> usize {
    let told = Key::of(&stand.shop.id).part("told");
    stand.db.scan(Table::Told, Scan::under(&told)).await.expect("rows").len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_while_a_run_is_open_waits_and_is_told_together() {
    let stand = Stand::watching(ON_PAID).await;
    let first = [stand.buy("waitsellersend").await, stand.buy("waitsellersend").await];
    stand.sync().await;
    assert_eq!(stand.look().await, 1);
    let second = [stand.buy("waitsellersend").await];
    stand.later(5).await;
    stand.sync().await;
    assert_eq!(stand.look().await, 0, "its run is open");
    let second = [second.as_slice(), &[stand.buy("waitsellersend").await]].concat();
    stand.sync().await;
    stand.work().await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    let third = stand.buy("waitsellersend").await;
    stand.sync().await;
    assert_eq!(stand.look().await, 0, "the last began just now");
    stand.later(1).await;
    assert_eq!(stand.look().await, 1, "a minute later, though nothing moved");
    let mut told = stand.told_ids().await;
    told.iter_mut().for_each(|ids| ids.sort());
    assert_eq!(told, [first.to_vec(), second, vec![third]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_told_a_hundred_at_a_time_from_the_oldest_on() {
    let stand = Stand::watching_files(ON_PAID, Asia::Shanghai).await;
    let lines: Vec<String> =
        (0..230).map(|n| format!("2026-11-23 08:{:02}:{:02},order,o{n:03}", n / 60, n % 60)).collect();
    stand.import(&lines).await;
    for (round, told) in [100, 100, 30].into_iter().enumerate() {
        assert_eq!(stand.look().await, 1, "round {round}: a full run is followed at once");
        assert_eq!(stand.look().await, 0, "round {round}: not before it is through");
        stand.work().await;
        let ids = stand.told_ids().await.pop().expect("a run");
        let wanted: Vec<String> = (0..told).map(|n| format!("o{:03}", round * 100 + n)).collect();
        assert_eq!(ids, wanted, "round {round}");
        // Runs are told apart by their moment.
        stand.it_is(stand.world.clock.now() + TimeDelta::seconds(1)).await;
    }
    stand.later(30).await;
    assert_eq!(stand.look().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_day_of_a_plugin_that_always_fails_is_some_hundred_runs_and_no_storm() {
    let stand = Stand::watching_files(ON_PAID, Asia::Shanghai).await;
    let fails = "export async function run(cx) { throw new Error('总是不行'); }\n";
    stand.install(&stand.folder("watch", "1.0.1", ON_PAID, fails)).await;
    let mut orders = 0;
    // From a quarter past nine, a payment a minute for four hours.
    for minute in 0..240 {
        stand.later(1).await;
        let now = stand.world.clock.now().with_timezone(&stand.shop.zone).format("%F %T");
        stand.import(&[format!("{now},order,m{minute}")]).await;
        orders += 1;
        stand.look().await;
        stand.work().await;
    }
    stand.later(11).await;
    stand.look().await;
    let runs = stand.started().await;
    assert_eq!(runs.iter().map(|(_, events)| events.len()).sum::<usize>(), orders, "each was told, once");
    assert!(matches!(&runs[0].0.state, RunState::Ended(Ending::Failed { .. })), "{:?}", runs[0].0.state);
    assert!((60..90).contains(&runs.len()), "{} runs", runs.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imported_history_starts_nothing_and_what_is_kept_goes_with_its_day() {
    let stand = Stand::watching_files(ON_PAID, Asia::Shanghai).await;
    stand.office.import(&stand.shop.id, &trade("2026-11-20", 60)).await;
    assert_eq!(stand.look().await, 0, "the day before yesterday is the last that counts");
    stand.import(&["2026-11-21 23:00:00,order,late"]).await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    assert_eq!(stand.told_ids().await, [["late"]]);
    assert!(told_rows(&stand).await >= 1);

    for day in 24..28 {
        stand.it_is(at(&format!("2026-11-{day}T09:00:00+08:00"))).await;
        assert_eq!(stand.look().await, 0);
    }
    assert_eq!(told_rows(&stand).await, 0, "older days are forgotten");
    // Its row comes again in another file, and the clock is set back: neither is news.
    stand.import(&["2026-11-21 23:00:00,order,late", "2026-11-26 12:00:00,order,next"]).await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    stand.it_is(at("2026-11-22T09:00:00+08:00")).await;
    stand.import(&["2026-11-22 08:00:00,order,before"]).await;
    assert_eq!(stand.look().await, 0, "of those days nothing is known any more: it starts from now");
    stand.import(&["2026-11-22 08:30:00,order,again"]).await;
    assert_eq!(stand.look().await, 1);
    let mut told = stand.told_ids().await.concat();
    told.sort();
    assert_eq!(told, ["again", "late", "next"], "the clock was set back, so these are in no order of time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_days_are_the_shops_and_midnight_tells_nothing_twice() {
    let stand = Stand::watching_files(ON_PAID, America::New_York).await;
    // Ten in the evening of the 22nd in New York; the 23rd in Shanghai and in UTC.
    stand.it_is(at("2026-11-23T03:00:00Z")).await;
    stand.import(&["2026-11-19 23:59:59,order,history", "2026-11-20 00:00:00,order,news"]).await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    assert_eq!(stand.told_ids().await, [["news"]]);

    stand.it_is(at("2026-11-22T23:59:30-05:00")).await;
    // The platform's clock is a little ahead: there the next day has begun.
    stand.import(&["2026-11-22 23:59:20,order,eve", "2026-11-23 00:00:10,order,ahead"]).await;
    assert_eq!(stand.look().await, 1);
    stand.work().await;
    // Past midnight, back before it as a clock that is set right, and past it again.
    for (n, now) in ["23T00:00:01", "22T23:59:58", "23T00:02:00"].into_iter().enumerate() {
        stand.it_is(at(&format!("2026-11-{now}-05:00"))).await;
        stand.import(&[format!("2026-11-21 10:00:0{n},order,more{n}")]).await;
        stand.look().await;
        stand.work().await;
    }
    stand.later(2).await;
    stand.look().await;
    let mut told = stand.told_ids().await.concat();
    told.sort();
    assert_eq!(told, ["ahead", "eve", "more0", "more1", "more2", "news"]);
}

async fn tick(stand: &Stand) -> usize {
    let ticked = stand.app.ticker.tick(stand.world.clock.now()).await.expect("a look");
    stand.work().await;
    ticked.ran
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_table_fires_once_with_a_grant_and_never_without() {
    let stand = Stand::new("").await;
    let ours = |stand: &Stand| {
        let runs = stand.app.runs.clone();
        async move {
            let mut runs = runs.list("test", 50).await.expect("runs");
            runs.retain(|run| run.skill == "watch");
            runs
        }
    };
    stand.install(&stand.folder("watch", "1.0.0", "shop(orders) every(0 7 * * *)", CODE)).await;
    tick(&stand).await;
    stand.it_is(at("2026-11-24T07:00:05+08:00")).await;
    tick(&stand).await;
    assert_eq!(ours(&stand).await.len(), 0, "nobody has granted it");

    stand.grant("watch").await;
    tick(&stand).await;
    assert_eq!(ours(&stand).await.len(), 0, "it starts from now, not from this morning");
    stand.it_is(at("2026-11-25T06:59:55+08:00")).await;
    tick(&stand).await;
    assert_eq!(ours(&stand).await.len(), 0, "in the shop's zone it is not time yet");
    stand.it_is(at("2026-11-25T07:00:05+08:00")).await;
    tick(&stand).await;
    tick(&stand).await;
    let [run] = <[_; 1]>::try_from(ours(&stand).await).expect("once a slot");
    assert!(
        matches!(&run.trigger, Trigger::Schedule { slot, late: false, .. } if slot == "2026-11-25T07:00"),
        "{run:?}"
    );
    assert_eq!(run.state, RunState::Ended(Ending::Done));

    // Down at seven, up at eight: late, and once. Two weeks of the staff's own reports are nobody's business here.
    let stand = stand.again();
    stand.app.loader.load().await.expect("loaded");
    stand.it_is(at("2026-11-26T08:00:00+08:00")).await;
    tick(&stand).await;
    assert!(matches!(&ours(&stand).await[0].trigger, Trigger::Schedule { late: true, .. }));
    assert_eq!(ours(&stand).await.len(), 2);

    stand.withdraw().await;
    stand.it_is(at("2026-11-27T07:00:05+08:00")).await;
    tick(&stand).await;
    assert_eq!(ours(&stand).await.len(), 2, "taken back is taken back");
}

#[test]
fn a_form_that_somebody_must_fill_in_is_refused_for_what_starts_by_itself() {
    let files = |tools: &str, default: Option<&str>| {
        let mut field = serde_json::json!({ "type": "string", "title": "给谁看" });
        let mut form = serde_json::json!({ "type": "object", "properties": {} });
        match default {
            Some(text) => field["default"] = Value::from(text),
            None => form["required"] = serde_json::json!(["reader"]),
        }
        form["properties"]["reader"] = field;
        let texts = [
            ("SKILL.md", skill("watch", "1.0.0", tools)),
            ("index.js", CODE.into()),
            ("schemas/input.json", form.to_string()),
        ];
        texts.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect()
    };
    for (tools, word) in [("shop(orders) on(order.paid)", "on(order.paid)"), ("every(0 8 * * *)", "every(0 8 * * *)")] {
        let fault = assemble::package("watch", files(tools, None), &Post::default()).expect_err("nobody fills it in");
        let told = fault.to_string();
        assert!(told.starts_with("SKILL.md, line 4: ") && told.contains(word) && told.contains("reader"), "{told}");
        assemble::package("watch", files(tools, Some("")), &Post::default()).expect("it has a default");
    }
    assemble::package("watch", files("shop(orders)", None), &Post::default()).expect("a person fills it in");
}

/// Says what started it.
struct Echo;

#[async_trait]
impl Skill for Echo {
    fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::new("data", "echo", "复述");
        manifest.beyond.on.insert(EventKind::OrderPaid);
        manifest
    }

    async fn run(&self, cx: &Context, _: Input) -> Result<Report, SkillError> {
        let told = cx.events().iter().map(|event| format!("{} {} {}", event.kind.name(), event.id, event.at));
        Ok(Report::new(told.collect::<Vec<_>>().join(", "), cx.as_of()))
    }
}

#[tokio::test]
async fn a_fixture_starts_a_skill_by_what_it_declares_and_by_nothing_else() {
    let trial = Trial::of(Arc::new(Echo), BTreeMap::new(), limits());
    let run = async |events: &str| {
        let fixture = Fixture::from_toml(&format!("as_of = 2026-11-22\n{events}")).expect("a fixture");
        trial.run(&Arc::new(fixture)).await.ending
    };
    let told = run(r#"events = [{ kind = "order.paid", id = "7" }, { kind = "order.paid", id = "8", at = 2026-11-22T23:00:00+08:00 }]"#).await;
    let title = &told.report().expect("a report").title;
    assert_eq!(title, "order.paid 7 2026-11-23 08:00:00 +08:00, order.paid 8 2026-11-22 23:00:00 +08:00");
    assert_eq!(run("").await.report().expect("a report").title, "", "nothing started it");
    let refused = run(r#"events = [{ kind = "refund.opened", id = "7" }]"#).await;
    assert!(refused.report().expect_err("it is not declared").contains("no on(refund.opened)"), "{refused:?}");
    let unknown = Fixture::from_toml("as_of = 2026-11-22\nevents = [{ kind = \"moon.full\", id = \"7\" }]");
    assert!(unknown.expect_err("no such event").to_string().starts_with("events[0]: "));
}

/// The script in the authors' page.
fn sample(page: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authors").join(page);
    let text = std::fs::read_to_string(path).expect("the page");
    let (_, behind) = text.split_once("```js\n// allowed-tools: shop(orders) on(order.paid)\n").expect("the sample");
    behind.split_once("```").expect("its end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_of_the_authors_page_is_about_what_started_it() {
    let orders = r#"
        [[orders]]
        id = "1"
        paid = 2026-11-23T07:50:00+08:00
        total = "1200.00"
        [[orders]]
        id = "2"
        paid = 2026-11-23T07:51:00+08:00
        total = "999.99"
        [[orders]]
        id = "3"
        paid = 2026-11-21T10:00:00+08:00
        total = "5000.00"
    "#;
    for page in ["README.md", "README.zh-CN.md"] {
        let texts = [("SKILL.md", skill("watch", "1.0.0", ON_PAID)), ("index.js", sample(page))];
        let files = texts.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
        let package = assemble::package("watch", files, &Post::default()).expect("it is right");
        let trial = Trial::of(of_package(Arc::new(package), &sandbox()).expect("it runs"), BTreeMap::new(), limits());
        for (events, wanted) in [
            (r#"events = [{ kind = "order.paid", id = "1" }, { kind = "order.paid", id = "2" }]"#, vec!["1"]),
            (r#"events = [{ kind = "order.paid", id = "2" }]"#, vec![]),
            ("", vec!["1", "3"]),
        ] {
            let fixture = Fixture::from_toml(&format!("as_of = 2026-11-22\n{events}\n{orders}")).expect("a fixture");
            let outcome = trial.run(&Arc::new(fixture)).await;
            let report = outcome.ending.report().unwrap_or_else(|why| panic!("{page}, {events}: {why}"));
            assert_eq!(report.facts.get("big").expect("a fact").source.ids, wanted, "{page}, {events}");
        }
    }
}
