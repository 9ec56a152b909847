//! Where parcels are, and what sending costs. Names, phones and addresses on a parcel are left unread.

use serde::Deserialize;
use xiaoer_sdk::shop::Time;

use super::super::client::{Client, Params};
use super::super::methods as m;
use super::super::told::{Id, Told};
use super::super::wire::list;
use super::topics::Many;
use super::{site, some};
use crate::shop::platform::ReadError;

/// The way of a parcel so far.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Trace {
    pub logistics_id: Told<Id>,
    pub logistics_bill_no: Told<String>,
    #[serde(deserialize_with = "list")]
    pub logistics_steps: Vec<Step>,
    #[serde(deserialize_with = "list")]
    pub trace_node_list: Vec<Node>,
}

/// A step in words. They may name a courier and a phone: not for a model, a log or a report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Step {
    pub accept_time: Told<Time>,
    pub remark: Told<String>,
}

/// A step as a kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Node {
    pub action: Told<String>,
    pub accept_time: Told<Time>,
    pub area_code: Told<String>,
}

/// A parcel of an order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct Parcel {
    pub logistics_id: Told<Id>,
    pub logistics_bill_no: Told<String>,
    /// Lines in it, with commas between.
    pub order_entry_ids: Told<String>,
    /// `WAITACCEPT`, `CANCEL`, `ACCEPT`, `TRANSPORT`, `NOGET`, `SIGN`, `UNSIGN`.
    pub status: Told<String>,
    pub logistics_company_id: Told<Id>,
    pub logistics_company_name: Told<String>,
}

/// A freight template.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the platform's own names")]
pub struct FreightTemplate {
    pub id: Told<Id>,
    pub name: Told<String>,
    pub status: Told<i64>,
    /// Where goods are sent from.
    pub address_code_text: Told<String>,
    pub from_area_code: Told<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Traces {
    #[serde(deserialize_with = "list")]
    pub(super) logistics_trace: Vec<Trace>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Templates {
    #[serde(deserialize_with = "list")]
    pub(super) freight_templates: Vec<FreightTemplate>,
}

/// Where the parcels of an order are. Before the carrier scans anything the platform answers an error.
///
/// # Errors
/// As any read.
pub async fn trace(client: &Client, order: &str, parcel: Option<&str>) -> Result<Vec<Trace>, ReadError> {
    let mut params: Params = vec![("orderId", order.to_owned()), site()];
    params.extend(some("logisticsId", parcel.as_ref()));
    let traces: Traces = client.read(&m::TRACE, &params).await?;
    Ok(traces.logistics_trace)
}

/// The parcels of an order.
///
/// # Errors
/// As any read.
pub async fn parcels(client: &Client, order: &str) -> Result<Vec<Parcel>, ReadError> {
    let params = vec![("orderId", order.to_owned()), ("fields", "company,name".into()), site()];
    let many: Many<Parcel> = client.read(&m::PARCELS, &params).await?;
    Ok(many.result)
}

/// The shop's freight templates.
///
/// # Errors
/// As any read.
pub async fn freight_templates(client: &Client) -> Result<Vec<FreightTemplate>, ReadError> {
    let templates: Templates = client.read(&m::FREIGHT_TEMPLATES, &vec![site()]).await?;
    Ok(templates.freight_templates)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;

    #[test]
    fn a_trace_has_times_of_china_without_saying_so() {
        let traces: Traces = serde_json::from_str(&samples::reply("trade.getLogisticsTraceInfo")).expect("the sample");
        let steps = &traces.logistics_trace[0].logistics_steps;
        assert_eq!(steps.len(), 9);
        assert_eq!(steps[0].accept_time.map(|at| at.to_rfc3339()).as_deref(), Some("2018-07-24T21:55:33+08:00"));
    }
}
