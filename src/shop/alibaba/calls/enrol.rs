//! Enrolling products in an activity. It binds the shop to the activity's terms, so that nothing but a person's decision may lead here.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::client::Client;
use super::super::methods::ENROL;
use super::outcome::{Outcome, each, number, refuse};
use crate::shop::platform::WriteError;

/// Products of one call.
pub const MOST: usize = 10;

/// One answer in an activity's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The platform's number of the question, where the person knows it: no method tells a form's numbers.
    pub item: Option<String>,
    /// What it is called: `mkcQuantity`, `hasFreePostage` …
    pub key: String,
    /// Yuan where it is a price.
    pub value: String,
    /// Where each variant has an answer of its own: its number across the platform.
    pub sku: Option<String>,
}

/// What is enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The activity.
    pub topic: String,
    /// When it runs, for activities with several runs.
    pub batch: Option<String>,
    /// Products with their answers.
    pub products: Vec<(String, Vec<Answer>)>,
    /// The letter of commitment that the person agreed to, as the activity named it.
    pub commitment: String,
}

/// Enrols up to [`MOST`] products.
///
/// # Errors
/// As any write.
pub async fn enrol(client: &Client, enrolment: &Enrolment) -> Result<Outcome, WriteError> {
    let param = written(enrolment)?;
    let asked: Vec<&str> = enrolment.products.iter().map(|(product, _)| product.as_str()).collect();
    each(&ENROL, &asked, client.send(&ENROL, &vec![("param", param)], None).await)
}

fn written(enrolment: &Enrolment) -> Result<String, WriteError> {
    let products = &enrolment.products;
    let different: BTreeSet<&str> = products.iter().map(|(product, _)| product.as_str()).collect();
    if products.is_empty() || products.len() > MOST || different.len() < products.len() {
        return Err(refuse(format!("一次可以报名 1 到 {MOST} 个不同的商品，请分批提交")));
    }
    let offers = products.iter().map(|(product, answers)| offer(product, answers)).collect::<Result<Vec<_>, _>>()?;
    let mut param = json!({
        "topicId": number(&enrolment.topic, "活动")?,
        "enrollOffers": offers,
        "commitmentLetter": enrolment.commitment,
    });
    if let Some(batch) = &enrolment.batch {
        param["batchId"] = json!(number(batch, "场次")?);
    }
    Ok(param.to_string())
}

fn offer(product: &str, answers: &[Answer]) -> Result<Value, WriteError> {
    let items = answers
        .iter()
        .map(|answer| {
            let mut item = json!({ "inputKey": answer.key, "inputValue": answer.value });
            if let Some(number_of) = &answer.item {
                item["formItemId"] = json!(number(number_of, "报名项")?);
            }
            if let Some(sku) = &answer.sku {
                item["skuId"] = json!(number(sku, "规格")?);
            }
            Ok(item)
        })
        .collect::<Result<Vec<_>, WriteError>>()?;
    number(product, "商品")?;
    Ok(json!({ "offerId": product, "formItems": items }))
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn an_enrolment_goes_out_as_the_official_sample_shows() {
        let answer = Answer {
            item: Some("270809".into()),
            key: "mkcQuantity".into(),
            value: "1".into(),
            sku: Some("4599255811894".into()),
        };
        let enrolment = Enrolment {
            topic: "35684".into(),
            batch: Some("45673".into()),
            products: vec![("624875893169".into(), vec![answer])],
            commitment: "xxx".into(),
        };
        let sent: Value = serde_json::from_str(&written(&enrolment).expect("whole")).expect("JSON");
        assert_eq!(sent, samples::request("enroll.light.enroll.record.batch.insert")["param"]);
        let twice = Enrolment { products: vec![enrolment.products[0].clone(); 2], ..enrolment };
        assert!(written(&twice).is_err(), "a product enrols once");
    }
}
