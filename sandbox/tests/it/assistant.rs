//! Enrolling in activities, and 牛顿云.

use serde_json::{Value, json};

use crate::rig::{ENROLL, Rig};

const INSERT: &str = "alibaba.light.enroll.record.batch.insert";
const AGENT: &str = "com.alibaba.agent";

async fn open_topic(rig: &Rig) -> i64 {
    let daily = rig.call(ENROLL, "alibaba.daily.topic.recommend", &[]).await;
    let mut ids = daily["result"].as_array().expect("a list").iter().filter_map(|topic| topic["id"].as_i64());
    ids.find(|id| id % 10 >= 2).expect("a topic that the shop has not joined")
}

fn form(topic: i64, offers: &[&str], price: &str, letter: &str) -> String {
    let items = json!([{ "formItemId": 1, "inputKey": "activityPrice", "inputValue": price }]);
    let offers: Vec<Value> = offers.iter().map(|offer| json!({ "offerId": offer, "formItems": items })).collect();
    json!({ "topicId": topic, "batchId": topic * 10 + 1, "enrollOffers": offers, "commitmentLetter": letter })
        .to_string()
}

#[tokio::test]
async fn an_offer_is_enrolled_once_under_the_terms_and_is_looked_at_for_a_day() {
    let rig = Rig::start().await;
    let (topic, product) = (open_topic(&rig).await, rig.plain().await);
    let insert = async |form: String| rig.call(ENROLL, INSERT, &[("param", &form)]).await;
    assert_eq!(insert(form(topic, &[&product], "0.01", " ")).await["code"], "400_1", "not without the terms");
    let eleven: Vec<&str> = vec![product.as_str(); 11];
    assert_eq!(insert(form(topic, &eleven, "0.01", "同意")).await["code"], "400_1");
    assert_eq!(insert(form(39_999, &[&product], "0.01", "同意")).await["success"], false);

    let done = insert(form(topic, &[&product, "7"], "0.01", "同意")).await;
    let flags: Vec<&Value> =
        done["result"].as_array().expect("a list").iter().map(|one| &one["enrollResult"]).collect();
    assert_eq!(flags, [&json!(true), &json!(false)], "each offer has its own answer");
    assert_eq!(insert(form(topic, &[&product], "0.01", "同意")).await["result"][0]["enrollResult"], false);
    let rows = rig.effects().await;
    assert_eq!((rows.len(), &rows[0]["count"]), (1, &json!(1)));
    assert_eq!(rows[0]["identity"], format!("topic:{topic}/batch:{}/offer:{product}", topic * 10 + 1));

    let id = topic.to_string();
    let records = async || {
        rig.call(ENROLL, "alibaba.enroll.records.list", &[("topicId", &id), ("pageNo", "1"), ("pageSize", "20")]).await
            ["result"]
            .clone()
    };
    assert_eq!(records().await[0]["status"], "auditing");
    assert_eq!(
        rig.call(ENROLL, "alibaba.batch.fatigue.get", &[("topicId", &id)]).await["result"]["countInCurTopic"],
        1
    );
    rig.set_clock("2026-11-24T10:00:00+08:00").await;
    assert_eq!(records().await[0]["status"], "approved");
}

#[tokio::test]
async fn a_task_waits_runs_and_ends_with_words_that_say_they_are_the_sandboxs() {
    let rig = Rig::start().await;
    let given = rig.call(AGENT, "newtoncloud.task.create", &[("message", "昨天的经营数据")]).await;
    let id = given["taskId"].as_str().expect("text");
    let look = async || rig.call(AGENT, "newtoncloud.task.get", &[("taskId", id)]).await;
    assert_eq!(given["status"], "QUEUED");
    rig.set_clock("2026-11-23T10:00:02+08:00").await;
    assert_eq!((&look().await["status"], &look().await["messages"]), (&json!("RUNNING"), &Value::Null));
    rig.set_clock("2026-11-23T10:00:09+08:00").await;
    let ended = look().await;
    assert_eq!(
        (&ended["status"], &ended["outputStatus"], &ended["content"]),
        (&json!("END"), &json!("done"), &Value::Null)
    );
    assert!(ended["messages"][0]["content"].as_str().expect("text").contains("沙箱"));
    assert!(ended["chunks"].as_str().expect("a list inside of a text").starts_with('['));
    let points = rig.call(AGENT, "newtoncloud.points.query", &[]).await["result"].clone();
    assert_eq!((&points["availableCredits"], &points["total"]), (&json!("12192.5"), &json!(1)));
    assert_eq!(rig.effects().await[0]["identity"], format!("newton:{id}"));
}

#[tokio::test]
async fn a_task_that_asks_back_goes_on_when_answered_and_is_stopped_when_not() {
    let rig = Rig::start().await;
    let create = async || {
        rig.call(AGENT, "newtoncloud.task.create", &[("message", "请先问我")]).await["taskId"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    let state = async |id: &str| rig.call(AGENT, "newtoncloud.task.get", &[("taskId", id)]).await["status"].clone();
    let resume = async |id: &str| {
        let fields = [("sessionId", "s"), ("scene", "open_api"), ("taskId", id), ("userInput", "继续")];
        rig.call(AGENT, "newtoncloud.task.resume", &fields).await["result"].clone()
    };
    let (answered, left, killed) = (create().await, create().await, create().await);
    let more = rig.call(AGENT, "newtoncloud.task.create", &[("message", "再来")]).await;
    assert_eq!(more["errorCode"], "RATE_LIMIT_CONCURRENT");
    assert_eq!(resume(&answered).await["errorCode"], "INVALID_REQUEST", "it is still queued");
    rig.set_clock("2026-11-23T10:00:05+08:00").await;
    assert_eq!(state(&answered).await, "WAIT_USER");
    assert_eq!(resume(&answered).await["success"], true);
    assert_eq!(rig.call(AGENT, "newtoncloud.task.kill", &[("taskId", &killed)]).await["status"], "KILL");
    rig.set_clock("2026-11-23T10:11:00+08:00").await;
    assert_eq!(
        (state(&answered).await, state(&left).await, state(&killed).await),
        (json!("END"), json!("KILL"), json!("KILL"))
    );
    let tasks = rig.call(AGENT, "newtoncloud.task.list", &[]).await;
    assert_eq!(tasks["total"], 3);
}
