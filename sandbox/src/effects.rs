//! The effects ledger: which writes took effect, and how often. It proves "once", so it counts even what changes
//! nothing new.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;

/// One write that came over the wire and took effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Effect {
    pub(crate) method: String,
    /// What was written, for example `product:700000000001/spec:0f1e…`.
    pub(crate) identity: String,
    /// As the client sent them.
    pub(crate) arguments: Value,
}

/// One row of the ledger: the same write, however often it took effect.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    shop: String,
    #[serde(flatten)]
    effect: Effect,
    count: u32,
    /// When it last took effect.
    at: String,
}

/// All effects since the sandbox's state began.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    rows: Vec<Row>,
}

impl Ledger {
    pub(crate) fn count(&mut self, shop: &str, at: Moment, effect: &Effect) {
        let known = self.rows.iter_mut().find(|row| row.shop == shop && row.effect == *effect);
        match known {
            Some(row) => {
                row.count += 1;
                row.at = at.rfc3339();
            }
            None => self.rows.push(Row { shop: shop.to_owned(), effect: effect.clone(), count: 1, at: at.rfc3339() }),
        }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }
}
