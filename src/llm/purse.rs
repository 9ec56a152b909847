//! What a question costs, around the asking: reserved at its worst before, settled on what was used after.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::budget::{Budget, Quote, Reservation, ReserveError, Usage, Used};
use super::chain::Outcome;
use super::prices::{Prices, Tokens, estimate_tokens, worst_case};
use super::talk::Account;
use super::{ModelConfig, ModelError};
use crate::clock::Clock;
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
    asked: u64,
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
        let quote = Quote { model: config.asked_for().into(), price, worst };
        match self.budget.reserve(account, quote, self.now(account).await).await {
            Ok(reservation) => Ok(Reserved { reservation, asked }),
            Err(ReserveError::Spent(spent)) => Err(ModelError::Spent { why: spent.to_string() }),
            Err(ReserveError::Db(error)) => {
                tracing::error!(%error, "nothing is asked: the budget cannot be written");
                Err(ModelError::Transient)
            }
        }
    }

    /// Settles a question on what it used; where nobody counted, on our estimate. None = it was not billed.
    pub(super) async fn settle(&self, account: &Account, reserved: Reserved, outcome: &Outcome) -> Option<Usage> {
        let estimate =
            |answer| Used { tokens: Tokens { prompt: reserved.asked, answer, ..Tokens::default() }, estimated: true };
        let used = match outcome {
            Ok((_, Some(tokens))) => Used { tokens: *tokens, estimated: false },
            Ok((turn, None)) => estimate(estimate_tokens(&turn.text)),
            Err(error) if error.may_be_billed() => estimate(0),
            Err(_) => {
                let released = self.budget.release(reserved.reservation).await;
                released.unwrap_or_else(|error| tracing::error!(%error, "a reservation stays open for the day"));
                return None;
            }
        };
        let settled = self.budget.settle(reserved.reservation, used, self.now(account).await).await;
        settled.inspect_err(|error| tracing::error!(%error, "a question counts at its worst for the day")).ok()
    }

    async fn now(&self, account: &Account) -> DateTime<FixedOffset> {
        // A shop that is gone has no day of its own any more.
        let shop = self.shops.get(&account.shop).await.ok().flatten();
        self.clock.now_in(shop.map_or(chrono_tz::Tz::UTC, |shop| shop.zone))
    }
}
