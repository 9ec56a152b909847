//! Activities: what takes enrolments now, and which products of the shop are in. Times are milliseconds as text, some flags are text,
//! and the number of enrolments is right on the first page only.

use std::collections::BTreeMap;

use serde::Deserialize;
use xiaoer_sdk::shop::Activity;

use super::client::{Client, Params};
use super::methods::{DAILY_TOPICS, ENROLMENTS, PROMOTIONS};
use super::time;
use super::wire::{Field, list};
use crate::shop::platform::ReadError;

const PAGE: usize = 20;
/// An activity with more enrolled products of one shop is read no further.
const MOST_PAGES: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Topics {
    #[serde(deserialize_with = "list")]
    result: Vec<Topic>,
}

/// A daily topic, or a promotion that holds topics.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Topic {
    id: Field,
    name: Field,
    enroll_begin: Field,
    enroll_end: Field,
    act_begin: Field,
    act_end: Field,
    #[serde(deserialize_with = "list")]
    topics: Vec<Topic>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Records {
    #[serde(deserialize_with = "list")]
    result: Vec<Record>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    offer_id: Field,
    status: Field,
}

/// Activities that take enrolments now, by id.
pub(super) async fn open(client: &Client) -> Result<Vec<Activity>, ReadError> {
    let daily: Topics = client.read(&DAILY_TOPICS, &vec![("businessType", "0".into())]).await?;
    let promotions: Topics = client.read(&PROMOTIONS, &vec![]).await?;
    let now = time::now(client).await?;
    let mut open = known(&daily, &promotions);
    open.retain(|_, activity| activity.enrol.0 <= now && now < activity.enrol.1);
    for activity in open.values_mut() {
        activity.enrolled = enrolled(client, &activity.id).await?;
    }
    Ok(open.into_values().collect())
}

/// Every topic once, however many lists name it. A topic without its times cannot be planned for and is left out.
fn known(daily: &Topics, promotions: &Topics) -> BTreeMap<String, Activity> {
    let nested = promotions.result.iter().flat_map(|promotion| &promotion.topics);
    daily.result.iter().chain(nested).filter_map(activity).map(|activity| (activity.id.clone(), activity)).collect()
}

fn activity(topic: &Topic) -> Option<Activity> {
    Some(Activity {
        id: topic.id.id()?,
        name: topic.name.text()?,
        enrol: (topic.enroll_begin.millis()?, topic.enroll_end.millis()?),
        runs: (topic.act_begin.millis()?, topic.act_end.millis()?),
        enrolled: Vec::new(),
    })
}

async fn enrolled(client: &Client, topic: &str) -> Result<Vec<String>, ReadError> {
    let mut products = Vec::new();
    for page in 1..=MOST_PAGES {
        let params: Params =
            vec![("topicId", topic.to_owned()), ("pageNo", page.to_string()), ("pageSize", PAGE.to_string())];
        let records: Records = client.read(&ENROLMENTS, &params).await?;
        products.extend(records.result.iter().filter_map(still_in));
        // The total is zero from the second page on, so only a page that is not full tells the end.
        if records.result.len() < PAGE {
            break;
        }
    }
    products.sort_unstable();
    products.dedup();
    Ok(products)
}

/// A refused or withdrawn product may be enrolled again.
fn still_in(record: &Record) -> Option<String> {
    let out = ["refused", "reject", "rejected", "disable", "cancel", "canceled", "quit", "expired"];
    let status = record.status.text().unwrap_or_default();
    (!out.contains(&status.as_str())).then(|| record.offer_id.id()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_topic_that_two_official_lists_name_is_one_activity() {
        let read = |name: &str| serde_json::from_str::<Topics>(&samples::reply(name)).expect("the sample");
        let known = known(&read("enroll.daily.topic.recommend"), &read("enroll.promotion.topic.recommend"));
        assert_eq!(known.keys().collect::<Vec<_>>(), ["35602"]);
        let activity = &known["35602"];
        assert_eq!(activity.name, "721伙拼新品首发活动专场入口");
        assert_eq!(activity.enrol.0.to_rfc3339(), "2020-07-10T00:00:00+08:00");
        assert_eq!(activity.runs.1.to_rfc3339(), "2020-07-23T23:59:59+08:00");
    }

    #[test]
    fn the_official_enrolment_names_its_product_unless_it_was_refused() {
        let records: Records = serde_json::from_str(&samples::reply("enroll.records.list")).expect("the sample");
        assert_eq!(records.result.iter().filter_map(still_in).collect::<Vec<_>>(), ["613127097400"]);
        let refused: Record = serde_json::from_str(r#"{"offerId":1,"status":"refused"}"#).expect("JSON");
        assert_eq!(still_in(&refused), None);
    }
}
