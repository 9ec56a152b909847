//! Rows of a fixture as an author writes them: what is left out is what most rows have; what is misspelt is refused with its place.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use xiaoer_sdk::Event;
use xiaoer_sdk::shop::{Activity, Cost, Order, Product, Refund, TrafficDay};

use super::fixture::FixtureError;

/// A kind of row that may be written in few words.
pub(super) trait Row: DeserializeOwned + Serialize {
    /// The fixture's list.
    const LIST: &'static str;

    /// What a row has unless it says otherwise; `null` where a row must say it or nobody told. `now` is when the run is.
    fn blank(now: &str) -> Value;

    /// Fields that follow from others of the same row.
    fn follow(_row: &mut Map<String, Value>, _written: &Map<String, Value>) {}
}

/// Reads the rows of a list.
pub(super) fn rows<R: Row>(written: Vec<Value>, now: &str) -> Result<Vec<R>, FixtureError> {
    let row =
        |(at, value)| row(value, now).map_err(|why| FixtureError::Row { place: format!("{}[{at}]", R::LIST), why });
    written.into_iter().enumerate().map(row).collect()
}

/// Reads one row; the text says what is wrong with it.
pub(super) fn row<R: Row>(written: Value, now: &str) -> Result<R, String> {
    let Value::Object(written) = written else { return Err("a row is a table of fields".into()) };
    let Value::Object(mut whole) = R::blank(now) else { return Err("the blank row is no table".into()) };
    R::follow(&mut whole, &written);
    let said = Value::Object(written.clone());
    whole.extend(written);
    let row: R = serde_json::from_value(Value::Object(whole)).map_err(|error| error.to_string())?;
    match lost(&said, &serde_json::to_value(&row).map_err(|error| error.to_string())?) {
        Some(field) => Err(format!("there is no field {field}")),
        None => Ok(row),
    }
}

/// The first field that was written and not read.
fn lost(written: &Value, read: &Value) -> Option<String> {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => written.iter().find_map(|(key, value)| match read.get(key) {
            None => Some(key.clone()),
            Some(read) => lost(value, read).map(|below| format!("{key}.{below}")),
        }),
        (Value::Array(written), Value::Array(read)) => {
            written.iter().zip(read).find_map(|(written, read)| lost(written, read))
        }
        _ => None,
    }
}

fn copy(row: &mut Map<String, Value>, written: &Map<String, Value>, from: &str, to: &[&str]) {
    if let Some(value) = written.get(from) {
        for key in to {
            row.insert((*key).into(), value.clone());
        }
    }
}

impl Row for Event {
    const LIST: &'static str = "events";

    fn blank(now: &str) -> Value {
        json!({ "kind": null, "id": null, "at": now })
    }
}

impl Row for Order {
    const LIST: &'static str = "orders";

    fn blank(now: &str) -> Value {
        json!({
            "id": null, "buyer": null, "status": "success", "sample": false, "created": now, "paid": null, "modified": now,
            "total": null, "freight": "0.00", "lines": [], "marketing": null, "scene": null, "valid": true,
        })
    }

    fn follow(row: &mut Map<String, Value>, written: &Map<String, Value>) {
        copy(row, written, "created", &["modified"]);
        copy(row, written, "paid", &["created", "modified"]);
    }
}

impl Row for Refund {
    const LIST: &'static str = "refunds";

    fn blank(now: &str) -> Value {
        json!({
            "id": null, "order": null, "buyer": null, "status": "wait_seller", "asked": null, "refunded": null, "reason": "",
            "only_money": true, "goods_received": null, "applied": now, "deadline": null, "completed": null, "modified": now,
            "title": "",
        })
    }

    fn follow(row: &mut Map<String, Value>, written: &Map<String, Value>) {
        copy(row, written, "applied", &["modified"]);
        copy(row, written, "completed", &["modified"]);
    }
}

impl Row for Product {
    const LIST: &'static str = "products";

    fn blank(now: &str) -> Value {
        json!({
            "id": null, "title": null, "on_sale": true, "category": null, "attributes": [], "pictures": [], "prices": [],
            "min_order": null, "stock": null, "skus": [], "sold": null, "modified": now,
        })
    }
}

impl Row for Cost {
    const LIST: &'static str = "costs";

    fn blank(_now: &str) -> Value {
        json!({ "product": null, "sku": null, "cost": null })
    }
}

impl Row for TrafficDay {
    const LIST: &'static str = "traffic";

    fn blank(_now: &str) -> Value {
        json!({ "day": null, "impressions": null, "visitors": null, "ad_spend": null })
    }
}

impl Row for Activity {
    const LIST: &'static str = "activities";

    fn blank(_now: &str) -> Value {
        json!({ "id": null, "name": null, "enrol": null, "runs": null, "enrolled": [] })
    }
}
