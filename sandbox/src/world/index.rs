//! Finding orders of a shop of hundreds of thousands without looking at each of them on every call.
//! It only narrows down and remembers: what an order is at an instant, the order itself says.

use std::cell::{OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Shop;
use super::order::{Order, OrderView};
use crate::clock::Moment;
use crate::wire::params::Window;

/// Answers remembered at once: several walks may run side by side.
const REMEMBERED: usize = 16;

/// An instant at which something happens to an order, the order's own first instant, and its number.
type Event = (Moment, Moment, i64);

/// Where things are.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// When each order was placed: together with its number that is its place in the sorted list.
    placed: HashMap<i64, Moment>,
    /// The order of each refund.
    refunds: HashMap<i64, i64>,
    /// Made on first need: a shop that nobody lists by time of change goes without. An instant that a later write has
    /// moved stays in it, which costs a look and no more.
    events: OnceCell<BTreeSet<Event>>,
    answers: RefCell<Vec<Answer>>,
}

/// A list as it was found, good until something happens or is written.
#[derive(Debug)]
struct Answer {
    key: String,
    from: Moment,
    until: Option<Moment>,
    found: Arc<Vec<usize>>,
}

/// What a list asks for.
#[derive(Debug)]
pub(crate) struct Ask {
    /// All that the answer depends on, besides the time.
    pub(crate) key: String,
    pub(crate) created: Window,
    /// Something must have happened to the order within it.
    pub(crate) touched: Window,
}

impl Index {
    pub(crate) fn of(orders: &[Order]) -> Self {
        let mut index = Self::default();
        orders.iter().for_each(|order| index.learn(order));
        index
    }

    /// Takes in an order that is new or was changed.
    pub(crate) fn learn(&mut self, order: &Order) {
        self.placed.insert(order.id, order.life.created);
        if let Some(refund) = &order.refund {
            self.refunds.insert(refund.id, order.id);
        }
        if let Some(events) = self.events.get_mut() {
            events.extend(events_of(order));
        }
        self.forget();
    }

    /// No remembered answer is good any more.
    pub(crate) fn forget(&self) {
        self.answers.borrow_mut().clear();
    }

    fn remembered(&self, key: &str, now: Moment) -> Option<Arc<Vec<usize>>> {
        let answers = self.answers.borrow();
        let good =
            |answer: &&Answer| answer.key == key && answer.from <= now && answer.until.is_none_or(|until| now < until);
        answers.iter().find(good).map(|answer| Arc::clone(&answer.found))
    }

    fn remember(&self, answer: Answer) {
        let mut answers = self.answers.borrow_mut();
        answers.retain(|known| known.key != answer.key);
        if answers.len() >= REMEMBERED {
            answers.remove(0);
        }
        answers.push(answer);
    }
}

fn events_of(order: &Order) -> impl Iterator<Item = Event> {
    order.events().map(|at| (at, order.life.created, order.id))
}

impl Shop {
    /// The place in `orders` of the order with this number.
    pub(crate) fn position(&self, id: i64) -> Option<usize> {
        let placed = *self.index.placed.get(&id)?;
        self.orders.binary_search_by_key(&(placed, id), |order| (order.life.created, order.id)).ok()
    }

    /// The order with this number as it stands at `now`, if it has been placed by then.
    pub(crate) fn order_at(&self, id: i64, now: Moment) -> Option<OrderView<'_>> {
        self.orders[self.position(id)?].at(now)
    }

    /// The number of the order that a refund is about.
    pub(crate) fn order_of_refund(&self, refund: i64) -> Option<i64> {
        self.index.refunds.get(&refund).copied()
    }

    /// Places in `orders` of those that hold at `now`, by rank.
    pub(crate) fn find(
        &self,
        ask: Ask,
        now: Moment,
        rank: fn(&OrderView<'_>) -> (Reverse<Moment>, i64),
        holds: impl Fn(&OrderView<'_>) -> bool,
    ) -> Arc<Vec<usize>> {
        if let Some(found) = self.index.remembered(&ask.key, now) {
            return found;
        }
        let mut ranked: Vec<((Reverse<Moment>, i64), usize)> = self
            .candidates(&ask, now)
            .into_iter()
            .filter_map(|position| Some((position, self.orders[position].at(now)?)))
            .filter(|(_, view)| holds(view))
            .map(|(position, view)| (rank(&view), position))
            .collect();
        ranked.sort_unstable();
        let found = Arc::new(ranked.into_iter().map(|(_, position)| position).collect::<Vec<usize>>());
        let next = (Moment(now.0 + 1), Moment(i64::MIN), i64::MIN);
        let until = self.events().range(next..).next().map(|event| event.0);
        self.index.remember(Answer { key: ask.key, from: now, until, found: Arc::clone(&found) });
        found
    }

    /// A superset of what is asked for.
    fn candidates(&self, ask: &Ask, now: Moment) -> Vec<usize> {
        let start = ask.created.from.map_or(0, |from| self.orders.partition_point(|order| order.life.created < from));
        let last = ask.created.to.unwrap_or(now).min(now);
        let end = self.orders.partition_point(|order| order.life.created <= last);
        self.touched(ask.touched, now).unwrap_or_else(|| (start..end.max(start)).collect())
    }

    /// Orders that something happened to within the window; none where looking at all of them is quicker.
    fn touched(&self, window: Window, now: Moment) -> Option<Vec<usize>> {
        let from = window.from?;
        let to = window.to.unwrap_or(now).min(now);
        if from > to {
            return Some(Vec::new());
        }
        let range = (from, Moment(i64::MIN), i64::MIN)..=(to, Moment(i64::MAX), i64::MAX);
        let most = self.orders.len() / 4;
        let mut ids: Vec<i64> = self.events().range(range).take(most + 1).map(|event| event.2).collect();
        if ids.len() > most {
            return None;
        }
        ids.sort_unstable();
        ids.dedup();
        Some(ids.into_iter().filter_map(|id| self.position(id)).collect())
    }

    fn events(&self) -> &BTreeSet<Event> {
        self.index.events.get_or_init(|| self.orders.iter().flat_map(events_of).collect())
    }
}
