//! What a question costs, around the asking: reserved at its worst before, settled on what was used after.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::budget::{Budget, Quote, Reservation, ReserveError, Used};
use super::chain::Outcome;
use super::money::MicroYuan;
use super::prices::{Price, Prices, Tokens, estimate_tokens, worst_case};
use super::talk::Account;
use super::{ModelConfig, ModelError};
use crate::clock::Clock;
use crate::db::{Batch, DbError};
use crate::shop::Shops;

/// Budget and prices, and the shops whose day it is.
#[derive(Clone)]
pub struct Purse {
    /// What may be spent.
    pub budget: Budget,
    /// What is known of prices.
    pub prices: Arc<Prices>,
    /// Whose zone says which day pays.
    pub shops: Shops,
    /// The time.
    pub clock: Clock,
}

/// A question that is paid for.
pub(super) struct Reserved {
    reservation: Reservation,
    price: Option<Price>,
    asked: u64,
}

/// What is to be settled of an answered question, in one commit with its answer: a process that dies has both or neither, and then the
/// question counts at its worst, as it does for the rest of the day when this is dropped.
#[must_use = "an answer counts at its worst until it is settled"]
pub struct Bill {
    purse: Purse,
    account: Account,
    reserved: Reserved,
    used: Used,
}

impl Bill {
    /// What the question used.
    pub(super) fn tokens(&self) -> Tokens {
        self.used.tokens
    }

    /// What it costs, and the version of the price table; none where nobody knows.
    pub(super) fn cost(&self) -> Option<(MicroYuan, &str)> {
        self.reserved.price.as_ref().map(|price| (price.cost(&self.used.tokens), price.version.as_str()))
    }

    /// Stores an answer and counts what was used in place of the worst, in one commit.
    ///
    /// # Errors
    /// As [`Budget::settle_with`].
    pub async fn settle_with(self, answer: Batch) -> Result<(), DbError> {
        let at = self.purse.now(&self.account).await;
        self.purse.budget.settle_with(self.reserved.reservation, (self.used, at), answer).await.map(drop)
    }

    /// Counts what was used in place of the worst, where no answer is kept.
    pub async fn settle(self) {
        if let Err(error) = self.settle_with(Batch::new()).await {
            tracing::error!(%error, "a question counts at its worst for the day");
        }
    }
}

impl Purse {
    /// Reserves the worst that a question can cost.
    ///
    /// # Errors
    /// [`ModelError::Spent`] with the limit that is reached.
    pub(super) async fn reserve(
        &self,
        account: &Account,
        config: &ModelConfig,
        asked: &str,
    ) -> Result<Reserved, ModelError> {
        let price = self.prices.of_model(config);
        let asked = estimate_tokens(asked);
        let worst = worst_case(asked, config.max_tokens, config.tries, price.as_ref());
        let quote = Quote { model: config.asked_for().into(), price: price.clone(), worst };
        match self.budget.reserve(account, quote, self.now(account).await).await {
            Ok(reservation) => Ok(Reserved { reservation, price, asked }),
            Err(ReserveError::Spent(spent)) => Err(ModelError::Spent { why: spent.to_string() }),
            Err(ReserveError::Db(error)) => {
                tracing::error!(%error, "nothing is asked: the budget cannot be written");
                Err(ModelError::Transient)
            }
        }
    }

    /// The bill of a question: of what the provider counted, or of our estimate where nobody did. None = it was not billed.
    pub(super) async fn bill(&self, account: &Account, reserved: Reserved, outcome: &Outcome) -> Option<Bill> {
        let asked = reserved.asked;
        let estimate = |answer| Used { tokens: Tokens { prompt: asked, answer, ..Tokens::default() }, estimated: true };
        let used = match outcome {
            Ok((_, Some(tokens))) => Used { tokens: *tokens, estimated: false },
            Ok((turn, None)) => estimate(estimate_tokens(&turn.text)),
            Err(error) if error.may_be_billed() => estimate(0),
            Err(_) => {
                self.release(reserved).await;
                return None;
            }
        };
        Some(Bill { purse: self.clone(), account: account.clone(), reserved, used })
    }

    /// Gives back what was reserved for a question that was surely not billed.
    async fn release(&self, reserved: Reserved) {
        let released = self.budget.release(reserved.reservation).await;
        released.unwrap_or_else(|error| tracing::error!(%error, "a reservation stays open for the day"));
    }

    async fn now(&self, account: &Account) -> DateTime<FixedOffset> {
        // A shop that is gone has no day of its own any more.
        let shop = self.shops.get(&account.shop).await.ok().flatten();
        self.clock.now_in(shop.map_or(chrono_tz::Tz::UTC, |shop| shop.zone))
    }
}
