//! Plans: the cheapest way, what the sliders say of the same figures, what was adopted and what came of it.

use serde_json::{Map, Value, json};
use xiaoer_sdk::growth::plan::PlanWish;
use xiaoer_sdk::{Context, Input, Manifest, Read, Report, Skill, SkillError, async_trait};

use crate::support::office::{Office, day, decimal, trade};

const LAST: &str = "2026-11-22";

fn business() -> Value {
    let lever = |id: &str, cost: &str, ceiling: u32| json!({ "lever": id, "unit_cost": cost, "ceiling": ceiling });
    json!({ "margin_per_thousand": "200",
        "levers": [lever("promotion_buyers", "9", 80), lever("scene_turnover", "25", 60)] })
}

/// A shop whose next level is not far: its threshold is as its merchant says it is.
async fn office() -> Office {
    of(Office::on("2026-11-23", &["one", "two"]).await).await
}

async fn of(office: Office) -> Office {
    office.import("one", &trade(LAST, 150)).await;
    office.import("two", &trade(LAST, 150)).await;
    let coming = office.get("/api/shops/one/forecast").await;
    let above = (decimal(&coming["usual"][29]["p90"]) + rust_decimal::Decimal::from(80)).round().to_string();
    let next = office.get("/api/shops/one/score").await["card"]["next"]["level"].as_str().expect("a level").to_owned();
    let nearer = json!({ "corrections": [{ "field": format!("levels.{next}.threshold"), "value": above }] });
    office.post("/api/shops/one/growth-rules", nearer).await;
    office.post("/api/shops/one/growth-business", business()).await;
    office
}

fn best(planned: &Value) -> Value {
    assert_eq!(planned["plan"]["outcome"]["state"], "reached", "{planned}");
    planned["plan"]["outcome"]["best"].clone()
}

fn units(choice: &Value) -> Map<String, Value> {
    let steps = choice["steps"].as_array().expect("steps");
    steps.iter().map(|step| (step["lever"].as_str().expect("an id").to_owned(), step["units"].clone())).collect()
}

fn percent(odds: &Value) -> u64 {
    odds["hits"].as_u64().expect("a count") * 100 / odds["of"].as_u64().expect("a count")
}

#[tokio::test]
async fn the_plan_is_the_cheapest_set_and_the_sliders_say_the_same_of_it() {
    let office = office().await;
    let planned = office.get("/api/shops/one/plan").await;
    let best = best(&planned);
    assert!(percent(&best["odds"]) >= 80, "{best}");
    let ask = async |units: &Map<String, Value>| office.post("/api/shops/one/what-if", json!({ "units": units })).await;
    let chosen = units(&best);
    let same = ask(&chosen).await;
    for key in ["cost", "margin", "odds", "odds_any_day"] {
        assert_eq!(same[key], best[key], "{key}");
    }
    // Every other set of these two levers that has the odds costs as much or more.
    let mut cheaper = 0;
    for buyers in (0..=80_u64).step_by(8) {
        for scene in (0..=60_u64).step_by(6) {
            let cost = buyers * 9 + scene * 25;
            if rust_decimal::Decimal::from(cost) < decimal(&best["cost"]) {
                let mut set = Map::new();
                set.insert("promotion_buyers".into(), buyers.into());
                set.insert("scene_turnover".into(), scene.into());
                let tried = ask(&set).await;
                let (hits, of) = (tried["odds"]["hits"].as_u64(), tried["odds"]["of"].as_u64());
                assert!(
                    hits.zip(of).is_some_and(|(hits, of)| hits * 100 < of * 80),
                    "{cost} yuan were enough: {tried}"
                );
                cheaper += 1;
            }
        }
    }
    assert!(cheaper > 2, "nothing was compared with");
    let mut beyond = chosen;
    beyond.insert("promotion_buyers".into(), 81.into());
    assert!(ask(&beyond).await["warnings"].to_string().contains("超过上限 80"), "a ceiling is no wall for a slider");
}

#[tokio::test]
async fn a_lever_without_a_cost_is_left_out_and_asked_for() {
    let office = office().await;
    let planned = office.get("/api/shops/one/plan").await;
    let excluded = planned["plan"]["excluded"].as_array().expect("a list");
    let why = |id: &str| excluded.iter().find(|one| one["lever"] == id).map(|one| one["why"].to_string());
    assert!(why("win_back").is_some_and(|why| why.contains("成本")), "{excluded:?}");
    assert!(why("promotion_buyers").is_none());
    assert_eq!(planned["plan"].get("worth"), None, "a worth that nobody entered is not made up");
    let mut said = business();
    said["level_worth"] = "5000".into();
    said["levers"][0]["enabled"] = false.into();
    office.post("/api/shops/one/growth-business", said).await;
    let planned = office.get("/api/shops/one/plan").await;
    assert_eq!(planned["plan"]["worth"], "5000.00");
    assert!(planned["plan"]["excluded"].to_string().contains("已由商家停用"), "{planned}");
}

#[tokio::test]
async fn a_known_judging_day_is_aimed_at_and_a_budget_binds() {
    let office = office().await;
    let mut said = business();
    said["judging_day"] = 20.into();
    said["budget"] = "1".into();
    office.post("/api/shops/one/growth-business", said).await;
    let plan = office.get("/api/shops/one/plan").await["plan"].clone();
    assert_eq!((&plan["judged_on"], &plan["judging_known"]), (&"2026-12-20".into(), &true.into()));
    assert_eq!(plan["outcome"]["state"], "out_of_reach", "{plan}");
    assert!(plan["binding"].to_string().contains("预算"), "{plan}");
    let richer = office.get("/api/shops/one/plan?budget=100000").await;
    best(&richer);
}

#[tokio::test]
async fn a_plan_adopted_twice_is_one_and_one_given_up_teaches_nothing() {
    let office = office().await;
    let adopt = async |choice: &str| office.told("/api/shops/one/plans", json!({ "wish": {}, "choice": choice })).await;
    let first = adopt("best").await.json;
    assert_eq!(first["choice"], best(&office.get("/api/shops/one/plan").await));
    assert_eq!((&first["adopted"], &first["as_of"]), (&"2026-11-23".into(), &LAST.into()));
    assert_eq!(adopt("best").await.json, first);
    let plans =
        async |shop: &str| office.get(&format!("/api/shops/{shop}/plans")).await.as_array().cloned().expect("a list");
    assert_eq!(plans("one").await.len(), 1);
    assert_eq!(plans("two").await.len(), 0);

    let id = first["id"].as_str().expect("an id");
    let dropped = office.post(&format!("/api/shops/one/plans/{id}/drop"), json!({})).await;
    assert_eq!(dropped["dropped"], "2026-11-23");
    assert_eq!(office.told(&format!("/api/shops/two/plans/{id}/drop"), json!({})).await.status, 404);
    assert_eq!(adopt("best").await.json["dropped"], Value::Null, "taken up again");
    assert_eq!(plans("one").await.len(), 1);
    assert!(adopt("third").await.status.is_client_error());
    let reached = json!({ "wish": { "level": "L1" }, "choice": "best" });
    assert!(office.told("/api/shops/one/plans", reached).await.refusal().contains("不需要采用计划"));
}

#[tokio::test]
async fn when_its_day_is_over_a_plan_is_measured_and_its_levers_learn() {
    let office = office().await;
    let adopted = office.post("/api/shops/one/plans", json!({ "wish": {}, "choice": "best" })).await;
    let given_up = office.post("/api/shops/one/plans", json!({ "wish": { "odds": 60 }, "choice": "best" })).await;
    let id = given_up["id"].as_str().expect("an id");
    office.post(&format!("/api/shops/one/plans/{id}/drop"), json!({})).await;
    let result = async |id: &Value| {
        let plans = office.get("/api/shops/one/plans").await;
        plans.as_array().and_then(|all| all.iter().find(|one| one["plan"]["id"] == *id)).expect("listed")["result"]
            .clone()
    };
    assert_eq!(result(&adopted["id"]).await, Value::Null, "nothing is measured before the day");
    let before = office.get("/api/shops/one/plan").await;
    assert_eq!(before["earlier"], json!([]));

    office.it_is("2027-01-05");
    office.import("one", &trade("2027-01-04", 193)).await;
    let measured = result(&adopted["id"]).await;
    let judged = adopted["judged_on"].as_str().expect("a day");
    let card = office.get(&format!("/api/shops/one/score?as_of={judged}")).await["card"].clone();
    assert_eq!(measured["total"], card["points"]["total"], "{measured}");
    assert_eq!((&measured["expected"], &measured["threshold"]), (&adopted["expected"], &adopted["threshold"]));
    let realised = measured["realised"].as_array().expect("levers");
    assert!(!realised.is_empty() && realised[0]["expected"].is_object(), "{measured}");
    assert_eq!(result(&given_up["id"]).await, Value::Null);

    let after = office.get("/api/shops/one/plan").await;
    assert_eq!(after["earlier"].as_array().map(Vec::len), Some(1), "{}", after["earlier"]);
    let learned = realised[0]["lever"].clone();
    let levers = after["levers"]["levers"].as_array().expect("levers");
    let lever = levers.iter().find(|lever| lever["id"] == learned).expect("it is still there");
    assert!(lever["basis"].to_string().contains("learned"), "{lever}");
    let then = office.get(&format!("/api/shops/one/plan?as_of={LAST}")).await;
    assert_eq!(then["earlier"], json!([]), "an earlier day does not know what came later");
}

/// A skill that asks for the coming days.
struct Asks;

#[async_trait]
impl Skill for Asks {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "asks", "问一问").reads([Read::Forecast, Read::Plan])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        let coming = cx.forecast(cx.as_of(), 14).await?;
        let planned = cx.plan(cx.as_of(), PlanWish::by(day("2026-12-22"))).await?;
        let needed = planned.plan.map(|plan| plan.needed.to_string()).unwrap_or_default();
        cx.progress(format!("{} 天，差 {needed} 分", coming.zero_new.len())).await?;
        Ok(Report::new("问一问", cx.as_of()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skill_is_answered_with_the_same_plan_as_the_console() {
    let entry = xiaoer_skills::Entry { skill: Box::new(Asks), prompts: vec![] };
    let office = of(Office::with("2026-11-23", &["one", "two"], vec![entry]).await).await;
    let plan = office.get("/api/shops/one/plan?by=2026-12-22").await["plan"].clone();
    let run = office.told("/api/shops/one/runs", json!({ "skill": "asks" })).await.json;
    while office.app.worker.step().await.expect("a step") {}
    let run = run["id"].as_str().expect("an id");
    let mut watcher = xiaoer::run::events::Watcher::new(office.app.db.clone(), &office.app.bell, "one", run, None);
    let lines = watcher.lines().await.expect("lines");
    let told = format!("14 天，差 {} 分", plan["needed"].as_str().expect("points"));
    assert!(format!("{lines:?}").contains(&told), "{told}: {lines:?}");
}

#[test]
fn a_person_reads_what_to_do_when_and_what_it_costs() {
    let dir = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let (ledger, known) = (write("ledger.csv", &trade(LAST, 150)), write("business.json", &business().to_string()));
    let plan = |more: &[&str]| {
        let files = ["growth", "plan", "--industry", "consumer", "--as-of", LAST, "--orders", &ledger];
        std::process::Command::new(env!("CARGO_BIN_EXE_xiaoer")).args(files).args(more).output().expect("xiaoer starts")
    };
    let json: Value = serde_json::from_slice(&plan(&["--business", &known, "--json"]).stdout).expect("JSON");
    let words = String::from_utf8(plan(&["--business", &known]).stdout).expect("text");
    let plan_of = &json["plan"];
    assert!(words.contains(&format!("{} 分", plan_of["threshold"].as_str().expect("points"))), "{words}");
    for word in ["想要的把握 80%", "照常经营", "官方评定日未知", "没有采用", "老客召回"] {
        assert!(words.contains(word), "{word}: {words}");
    }
    let choice = match plan_of["outcome"]["state"].as_str() {
        Some("reached") => &plan_of["outcome"]["best"],
        Some("out_of_reach") => &plan_of["outcome"]["effort"],
        other => panic!("{other:?}"),
    };
    for step in choice["steps"].as_array().expect("steps") {
        let cells = [&step["title"], &step["start"], &step["cost"]].map(|cell| cell.as_str().expect("text"));
        assert!(words.lines().any(|line| cells.iter().all(|cell| line.contains(cell))), "{step}: {words}");
    }
    let wrong = plan(&["--business", &write("wrong.json", r#"{"judging_day": 40}"#)]);
    let complaint = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(complaint.contains("wrong.json") && complaint.contains("每月评定日"), "{complaint}");
}
