//! What happened in a shop on some days, as its rows tell it: each event is a row with a moment, so that a row that comes again, or comes
//! by another way, is the same event.

use std::collections::BTreeSet;

use xiaoer_sdk::shop::{Order, Refund, Time};
use xiaoer_sdk::{Event, EventKind, Period};

use super::Mirror;
use super::read::falls;
use super::row::{Bare, Day, Mirrored as _};
use crate::db::DbError;
use crate::shop::Shop;

/// Rows read in one go; more are looked for in the whole shop, which has years of them.
const CHUNK: usize = 500;

impl Mirror {
    /// Events of a kind on the local days, but for these ids; the oldest first. It looks through all rows of the days.
    ///
    /// # Errors
    /// As the database.
    pub async fn happened(
        &self,
        shop: &Shop,
        generation: u64,
        kind: EventKind,
        (period, known): (Period, &BTreeSet<String>),
    ) -> Result<Vec<Event>, DbError> {
        let day = match kind {
            EventKind::OrderCreated => Day::Placed,
            EventKind::OrderPaid => Day::Paid,
            EventKind::RefundOpened => Day::Applied,
        };
        let filed = self.on_days(shop, day, period).await?;
        let unknown = filed.into_iter().filter(|id| !known.contains(id)).collect();
        self.of_rows(shop, generation, kind, (period, unknown)).await
    }

    /// Events of a kind on the local days among the rows that came after one generation, up to another; the oldest first. None where
    /// it is not known any more which rows those are.
    ///
    /// # Errors
    /// As the database.
    pub async fn happened_since(
        &self,
        shop: &Shop,
        (before, generation): (u64, u64),
        (kind, period): (EventKind, Period),
    ) -> Result<Option<Vec<Event>>, DbError> {
        let rows = match kind {
            EventKind::OrderCreated | EventKind::OrderPaid => Order::KIND,
            EventKind::RefundOpened => Refund::KIND,
        };
        let Some(ids) = self.news.since(&shop.id, rows, (before, generation)) else { return Ok(None) };
        let ids = ids.into_iter().collect();
        self.of_rows(shop, generation, kind, (period, ids)).await.map(Some)
    }

    async fn of_rows(
        &self,
        shop: &Shop,
        generation: u64,
        kind: EventKind,
        (period, rows): (Period, Vec<String>),
    ) -> Result<Vec<Event>, DbError> {
        let mut events = Vec::new();
        for ids in rows.chunks(CHUNK) {
            let ids = ids.iter().cloned().collect();
            let moments = self.moments(shop, generation, (kind, &ids)).await?;
            let fits = moments.into_iter().filter(|(_, at)| falls(shop, *at, period));
            events.extend(fits.map(|(id, at)| Event { kind, id, at }));
        }
        events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(events)
    }

    /// When it happened to each of these rows, where it did. A row that is filed and not shown yet is not there.
    async fn moments(
        &self,
        shop: &Shop,
        generation: u64,
        (kind, ids): (EventKind, &BTreeSet<String>),
    ) -> Result<Vec<(String, Time)>, DbError> {
        let moment: fn(Bare) -> Option<(String, Time)> = match kind {
            EventKind::OrderCreated => |Bare(order)| Some((order.id, order.created)),
            EventKind::OrderPaid => |Bare(order)| order.paid.map(|at| (order.id, at)),
            EventKind::RefundOpened => {
                let refunds: Vec<Refund> = self.some(shop, generation, ids).await?;
                return Ok(refunds.into_iter().map(|refund| (refund.id, refund.applied)).collect());
            }
        };
        Ok(self.some::<Bare>(shop, generation, ids).await?.into_iter().filter_map(moment).collect())
    }
}
