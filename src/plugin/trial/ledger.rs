//! The growth score of a fixture, made from its rows by the rules in force, as a shop's is made from its mirror.

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use xiaoer_sdk::growth::plan::PlanWish;
use xiaoer_sdk::growth::{Inputs, Ledger, pack_for};
use xiaoer_sdk::{Answer, CallError};

use super::fixture::Fixture;
use crate::score::{Ahead, Business, Stand, economics, events, score_ledger};

/// What is known of a shop beside its rows, and what was made of them.
#[derive(Clone, Debug)]
pub(super) struct Known {
    inputs: Inputs,
    ledger: OnceLock<Arc<Ledger>>,
}

impl Known {
    /// What the fixture says; where it says nothing, nothing is unknown: there are no marks and no inquiries.
    pub(super) fn of(inputs: Option<Inputs>) -> Self {
        let told = Inputs { refunds_known: true, marks_known: true, inquiries_known: true, ..Inputs::default() };
        Self { inputs: inputs.unwrap_or(told), ledger: OnceLock::new() }
    }
}

impl Fixture {
    pub(super) fn score(&self, as_of: NaiveDate) -> Result<Answer, CallError> {
        let (pack, _) = pack_for(as_of);
        let score = score_ledger(&*self.ledger()?, self.shop.industry, as_of, &self.known.inputs, pack);
        Ok(Answer::Score { card: Box::new(score.card), marginal: score.marginal })
    }

    pub(super) fn forecast(&self, as_of: NaiveDate, days: u32) -> Result<Answer, CallError> {
        Ok(Answer::Forecast(Box::new(Arc::unwrap_or_clone(self.ahead(as_of)?.forecast(days)))))
    }

    pub(super) fn plan(&self, as_of: NaiveDate, wish: PlanWish) -> Result<Answer, CallError> {
        Ok(Answer::Plan(Box::new(self.ahead(as_of)?.plan(wish))))
    }

    fn ahead(&self, as_of: NaiveDate) -> Result<Ahead, CallError> {
        let business = Business::default();
        Ok(Ahead::of(Stand {
            rules: pack_for(as_of).0.clone(),
            industry: self.shop.industry,
            inputs: self.known.inputs.clone(),
            ledger: self.ledger()?,
            as_of,
            economics: economics(&business, None),
            business,
            earlier: Vec::new(),
            seed: crate::score::seed(&self.shop.id, as_of),
        }))
    }

    fn ledger(&self) -> Result<Arc<Ledger>, CallError> {
        if let Some(ledger) = self.known.ledger.get() {
            return Ok(Arc::clone(ledger));
        }
        let broken = |why: String| CallError::Broken { why };
        let zone = chrono_tz::Asia::Shanghai;
        let events = events(zone, &self.orders, &self.refunds, &[]).map_err(|error| broken(format!("{error:#}")))?;
        let ledger = Arc::new(Ledger::of(events).map_err(|error| broken(error.to_string()))?);
        Ok(Arc::clone(self.known.ledger.get_or_init(|| ledger)))
    }
}
