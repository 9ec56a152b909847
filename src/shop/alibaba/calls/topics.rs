//! Activities in full: what one asks and gives, which of the shop's products are in, when it runs and how often one may still enrol.

use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told};
use super::super::wire::{list, part};
use super::some;
use crate::shop::platform::ReadError;

/// What the platform writes where there is no limit.
const NO_LIMIT: i64 = 2_147_483_647;

/// An activity as a list names it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Topic {
    pub id: Told<Id>,
    pub name: Told<String>,
    pub enroll_begin: Told<Time>,
    pub enroll_end: Told<Time>,
    pub act_begin: Told<Time>,
    pub act_end: Told<Time>,
    /// `m`: the shop enrols as a whole.
    pub dimension: Told<String>,
    pub enroll_url: Told<String>,
    pub tag: Told<String>,
}

/// A promotion with its activities.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Promotion {
    pub id: Told<Id>,
    pub name: Told<String>,
    pub degree: Told<String>,
    pub enroll_begin_time: Told<Time>,
    pub enroll_end_time: Told<Time>,
    pub preheat_time: Told<Time>,
    pub burst_begin_time: Told<Time>,
    pub burst_end_time: Told<Time>,
    #[serde(deserialize_with = "list")]
    pub topics: Vec<Topic>,
}

/// An activity in full.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Terms {
    #[serde(deserialize_with = "part")]
    pub topic_model: Topic,
    /// Whether [`super::enrol`] works for it.
    pub support_light_enroll: Told<bool>,
    #[serde(deserialize_with = "list")]
    pub batch_time: Vec<Batch>,
    #[serde(deserialize_with = "part")]
    pub benefit_info: Benefits,
    /// HTML.
    pub agreement: Told<String>,
    pub commitment_letter: Told<String>,
    /// HTML.
    pub rule_detail: Told<String>,
}

/// What an activity gives to buyers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Benefits {
    /// On the shop.
    #[serde(deserialize_with = "list")]
    pub m_infos: Vec<Told<String>>,
    /// On a product.
    #[serde(deserialize_with = "list")]
    pub o_infos: Vec<Told<String>>,
}

/// One run of an activity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Batch {
    pub id: Told<Id>,
    pub start_time: Told<Time>,
    pub end_time: Told<Time>,
    pub warmup_time: Told<Time>,
    pub post_time: Told<Time>,
}

/// A product that was enrolled.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Record {
    pub offer_id: Told<Id>,
    pub topic_id: Told<Id>,
    pub status: Told<String>,
    pub fail_reason: Told<String>,
    #[serde(deserialize_with = "part")]
    pub batch_model: Batch,
    #[serde(deserialize_with = "list")]
    pub items: Vec<Given>,
}

/// What was answered in the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Given {
    pub input_key: Told<String>,
    pub offer_value: Told<String>,
    #[serde(deserialize_with = "list")]
    pub sku_values_list: Vec<SkuGiven>,
    pub is_sku: Told<bool>,
}

/// What was answered for a variant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct SkuGiven {
    pub sku_id: Told<Id>,
    pub value: Told<String>,
}

/// How often the shop may still enrol.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Fatigue {
    /// Already in.
    pub count_in_cur_topic: Told<i64>,
    count_can_apply: Told<i64>,
}

impl Fatigue {
    /// How many more; none where there is no limit or it is not told.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        self.count_can_apply.filter(|left| *left < NO_LIMIT)
    }
}

/// Why a shop may or may not take part, by the method that the platform calls deprecated.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Fitness {
    pub huopin_member: Told<bool>,
    pub topic_id: Told<Id>,
    #[serde(deserialize_with = "list")]
    pub fail_reasons: Vec<Unfit>,
}

/// What a shop lacks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Unfit {
    pub required_text: Told<String>,
    pub message: Told<String>,
}

/// A reply whose list stands under `result`.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>", default)]
pub(super) struct Many<T> {
    #[serde(deserialize_with = "list")]
    pub(super) result: Vec<T>,
}

/// A reply whose object stands under `result`.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de> + Default", default)]
pub(super) struct One<T> {
    #[serde(deserialize_with = "part")]
    pub(super) result: T,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self { result: Vec::new() }
    }
}

impl<T: Default> Default for One<T> {
    fn default() -> Self {
        Self { result: T::default() }
    }
}

/// Activities of a kind; 0 is all.
///
/// # Errors
/// As any read.
pub async fn daily(client: &Client, kind: u32) -> Result<Vec<Topic>, ReadError> {
    let many: Many<Topic> = client.read(&m::DAILY_TOPICS, &vec![("businessType", kind.to_string())]).await?;
    Ok(many.result)
}

/// Promotions of the whole site.
///
/// # Errors
/// As any read.
pub async fn promotions(client: &Client) -> Result<Vec<Promotion>, ReadError> {
    let many: Many<Promotion> = client.read(&m::PROMOTIONS, &vec![]).await?;
    Ok(many.result)
}

/// An activity in full.
///
/// # Errors
/// As any read.
pub async fn terms(client: &Client, topic: &str) -> Result<Terms, ReadError> {
    let one: One<Terms> = client.read(&m::TOPIC, &vec![("topicId", topic.to_owned())]).await?;
    Ok(one.result)
}

/// One page of 20 of the shop's enrolled products; the first is 0, and only a page that is not full is the last.
///
/// # Errors
/// As any read.
pub async fn enrolments(client: &Client, topic: &str, page: u32) -> Result<Vec<Record>, ReadError> {
    let params = vec![("topicId", topic.to_owned()), ("pageNo", (page + 1).to_string()), ("pageSize", "20".to_owned())];
    let many: Many<Record> = client.read(&m::ENROLMENTS, &params).await?;
    Ok(many.result)
}

/// When a run of an activity is.
///
/// # Errors
/// As any read.
pub async fn batch(client: &Client, batch: &str) -> Result<Batch, ReadError> {
    let one: One<Batch> = client.read(&m::BATCH, &vec![("batchId", batch.to_owned())]).await?;
    Ok(one.result)
}

/// How often the shop may still enrol.
///
/// # Errors
/// As any read.
pub async fn fatigue(client: &Client, topic: &str, batch: Option<&str>) -> Result<Fatigue, ReadError> {
    let mut params: Params = vec![("topicId", topic.to_owned())];
    params.extend(some("batchId", batch.as_ref()));
    let one: One<Fatigue> = client.read(&m::FATIGUE, &params).await?;
    Ok(one.result)
}

/// Whether the shop may take part in 天天特卖 (10001) or 伙拼 (10004).
///
/// # Errors
/// As any read.
pub async fn fitness(client: &Client, kind: u32) -> Result<Fitness, ReadError> {
    let one: One<Fitness> = client.read(&m::TOPIC_OLD, &vec![("businessType", kind.to_string())]).await?;
    Ok(one.result)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn the_official_activity_is_read_with_its_runs_and_benefits() {
        let one: One<Terms> =
            serde_json::from_str(&samples::reply("enroll.light.enroll.topic.info.query")).expect("the sample");
        let terms = one.result;
        assert_eq!(terms.topic_model.name.as_deref(), Some("伙拼新人首单拿样4.9元"));
        assert_eq!(*terms.support_light_enroll, Some(true));
        assert_eq!(
            terms.batch_time[0].start_time.map(|at| at.to_rfc3339()).as_deref(),
            Some("2020-08-07T10:00:00+08:00")
        );
        assert_eq!(terms.benefit_info.o_infos[0].as_deref(), Some("包邮"));
    }

    #[test]
    fn a_number_that_stands_for_no_limit_is_none() {
        let one: One<Fatigue> = serde_json::from_str(&samples::reply("enroll.batch.fatigue.get")).expect("the sample");
        assert_eq!((*one.result.count_in_cur_topic, one.result.left()), (Some(0), None));
    }
}
