//! What the seller's calls do to an order: note, price, parcel, end, rating. Whether a call may do it is checked
//! before; here it becomes true, and the order's time of change moves.

use super::Shop;
use super::changes::Misfit;
use super::order::{Closing, Order, Rating, Status};
use super::parcel::Parcel;
use crate::clock::Moment;

impl Shop {
    pub(super) fn change_order(&mut self, id: i64, change: impl FnOnce(&mut Order)) -> Result<(), Misfit> {
        let position = self.position(id).ok_or(Misfit::Order(id))?;
        change(&mut self.orders[position]);
        self.index.learn(&self.orders[position]);
        Ok(())
    }

    /// Like `change_order`, by the seller at `at`.
    fn write_order(&mut self, at: Moment, id: i64, change: impl FnOnce(&mut Order)) -> Result<(), Misfit> {
        self.change_order(id, |order| {
            order.written.at.push(at);
            change(order);
        })
    }

    pub(super) fn note(&mut self, at: Moment, order: i64, memo: &str, icon: &str) -> Result<(), Misfit> {
        self.write_order(at, order, |order| {
            order.memo = Some(memo.to_owned());
            order.written.icon = Some(icon.to_owned());
        })
    }

    /// Lines that are not named go back to their original price: a change replaces the one before.
    pub(super) fn reprice(
        &mut self,
        at: Moment,
        order: i64,
        freight: Option<i64>,
        discounts: &[(i64, i64)],
    ) -> Result<(), Misfit> {
        self.write_order(at, order, |order| {
            order.freight = freight.unwrap_or(order.freight);
            for line in &mut order.lines {
                line.discount = discounts.iter().find(|(id, _)| *id == line.id).map_or(0, |(_, discount)| *discount);
            }
            let (goods, freight) = (order.total() - order.freight, order.freight);
            // A refund that is still to come asks for no more than was paid.
            if let Some(refund) = &mut order.refund {
                refund.amount = refund.amount.min(goods);
                refund.freight = refund.freight.min(freight);
            }
        })
    }

    pub(super) fn send(&mut self, order: i64, parcel: &Parcel) -> Result<(), Misfit> {
        let at = parcel.at;
        self.write_order(at, order, |order| {
            order.written.parcels.push(parcel.clone());
            let packed = |line: i64| order.written.parcels.iter().any(|parcel| parcel.lines.contains(&line));
            if !order.lines.iter().all(|line| packed(line.id)) {
                return;
            }
            let life = &mut order.life;
            // What was to come stays as far from the sending as it was.
            let moved = at.0 - life.sent.unwrap_or(at).0;
            life.sent = Some(at);
            for later in [&mut life.received, &mut life.finished] {
                *later = later.map(|later| Moment(later.0 + moved));
            }
        })
    }

    pub(super) fn cancel(&mut self, at: Moment, order: i64, reason: &str) -> Result<(), Misfit> {
        let reason = match reason {
            "buyerCancel" => "buyerCancel",
            "sellerGoodsLack" => "sellerGoodsLack",
            _ => "other",
        };
        self.write_order(at, order, |order| {
            let created = order.life.created;
            order.life = super::order::Life::placed(created);
            order.life.closed = Some(Closing { at, status: Status::Cancel, reason });
            order.refund = None;
        })
    }

    pub(super) fn rate(&mut self, at: Moment, order: i64, stars: u8, content: &str) -> Result<(), Misfit> {
        self.write_order(at, order, |order| {
            order.written.rating = Some(Rating { at, stars, content: content.to_owned() });
        })
    }
}
