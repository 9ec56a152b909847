//! The ledger: every event of a shop, indexed by day, in whatever order it arrived.
//!
//! Arrival order must never show: a refund may come before its order, a whole day may come late. So nothing is
//! summed up here; the ledger only keeps what is needed to sum any window quickly.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::event::{Event, EventError, EventKind, Pushed};
use crate::points::Fen;
use crate::rows::{Answer, Asked, DayRows, LooseRefund, Names, OrderRow, Person, Undo, day_number};

/// Largest amount that is believed, in fen: keeps every sum inside its range.
const LARGEST: Fen = Fen(1_000_000_000_000);

/// An index of events that grows by one event at a time.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    names: Names,
    orders: Vec<OrderRow>,
    order_at: HashMap<Arc<str>, usize>,
    refund_ids: HashSet<String>,
    inquiry_ids: HashSet<String>,
    linked: HashMap<usize, Vec<Undo>>,
    waiting: HashMap<String, Vec<(String, Undo)>>,
    days: BTreeMap<i32, DayRows>,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// A ledger of these events.
    ///
    /// # Errors
    /// The first event that no ledger takes.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Result<Ledger, EventError> {
        let mut ledger = Ledger::new();
        for event in events {
            ledger.push(event)?;
        }
        Ok(ledger)
    }

    /// Takes one more event, in any order of arrival. An id that was seen in its kind before changes nothing.
    ///
    /// # Errors
    /// [`EventError`]; the ledger is then as before.
    pub fn push(&mut self, event: Event) -> Result<Pushed, EventError> {
        if event.id.is_empty() {
            return Err(EventError::NoId { at: event.at });
        }
        let amount = event.kind.amount();
        if amount < Fen::ZERO || amount > LARGEST {
            return Err(EventError::Amount { id: event.id, amount });
        }
        let seen = match event.kind {
            EventKind::Order { .. } => self.order_at.contains_key(event.id.as_str()),
            EventKind::Refund { .. } => !self.refund_ids.insert(event.id.clone()),
            EventKind::Inquiry { .. } => !self.inquiry_ids.insert(event.id.clone()),
        };
        if seen {
            return Ok(Pushed::Repeated);
        }
        match event.kind {
            EventKind::Order { .. } => self.add_order(event),
            EventKind::Refund { .. } => self.add_refund(event),
            EventKind::Inquiry { .. } => self.add_inquiry(event),
        }
        Ok(Pushed::New)
    }

    fn add_order(&mut self, event: Event) {
        let EventKind::Order { buyer, amount, marketing, scene, valid } = event.kind else {
            return;
        };
        let index = self.orders.len();
        if let Some(undone) = self.waiting.remove(&event.id) {
            self.linked.insert(index, undone.into_iter().map(|(_, undo)| undo).collect());
        }
        let id: Arc<str> = Arc::from(event.id);
        self.order_at.insert(Arc::clone(&id), index);
        self.days.entry(day_number(event.at.date())).or_default().orders.push(index);
        let buyer = self.person(buyer.as_deref());
        self.orders.push(OrderRow {
            id,
            at: event.at,
            buyer,
            amount,
            marketing: marketing.into(),
            scene: scene.into(),
            valid,
        });
    }

    fn add_refund(&mut self, event: Event) {
        let EventKind::Refund { order, buyer, amount, scene, valid } = event.kind else {
            return;
        };
        if !valid {
            return;
        }
        let day = day_number(event.at.date());
        let Some(order) = order.filter(|order| !order.is_empty()) else {
            let buyer = self.person(buyer.as_deref());
            let refund = LooseRefund { id: event.id, buyer, amount, scene: scene == Some(true) };
            self.days.entry(day).or_default().refunds.push(refund);
            return;
        };
        let undo = Undo { day, amount };
        match self.order_at.get(order.as_str()) {
            Some(index) => self.linked.entry(*index).or_default().push(undo),
            None => self.waiting.entry(order).or_default().push((event.id, undo)),
        }
    }

    fn add_inquiry(&mut self, event: Event) {
        let EventKind::Inquiry { person, marketing, valid } = event.kind else {
            return;
        };
        if !valid {
            return;
        }
        let person = self.names.intern(&person);
        let asked = self.days.entry(day_number(event.at.date())).or_default();
        let marketing = Answer::from(marketing);
        let first = (event.at, event.id);
        asked
            .asked
            .entry(person)
            .and_modify(|asked| {
                asked.marketing = asked.marketing.max(marketing);
                if first < asked.first {
                    asked.first = first.clone();
                }
            })
            .or_insert_with(|| Asked { first: first.clone(), marketing });
    }

    fn person(&mut self, name: Option<&str>) -> Option<Person> {
        name.filter(|name| !name.is_empty()).map(|name| self.names.intern(name))
    }

    pub(crate) fn name(&self, person: Person) -> Option<&str> {
        self.names.name(person)
    }

    pub(crate) fn people(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn day(&self, day: i32) -> Option<&DayRows> {
        self.days.get(&day)
    }

    pub(crate) fn orders_of<'a>(&'a self, day: &'a DayRows) -> impl Iterator<Item = (usize, &'a OrderRow)> {
        day.orders.iter().filter_map(|index| Some((*index, self.orders.get(*index)?)))
    }

    /// What is left of an order after the refunds that were made up to a day; never below zero.
    pub(crate) fn net(&self, index: usize, order: &OrderRow, until: i32) -> Fen {
        let Some(undone) = self.linked.get(&index) else {
            return order.amount;
        };
        let back: i64 = undone.iter().filter(|undo| undo.day <= until).map(|undo| undo.amount.0).sum();
        Fen((order.amount.0 - back).max(0))
    }

    /// Ids of the refunds, made up to a day, whose order is not in the ledger; sorted.
    pub(crate) fn waiting(&self, until: i32) -> Vec<String> {
        let mut ids: Vec<String> =
            self.waiting.values().flatten().filter(|(_, undo)| undo.day <= until).map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// First day with an event, and the last one up to a day.
    pub(crate) fn span(&self, until: i32) -> Option<(i32, i32)> {
        let mut days = self.days.range(..=until).map(|(day, _)| *day);
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first)))
    }

    /// Whether any refund was handed in, valid or not.
    pub(crate) fn has_refunds(&self) -> bool {
        !self.refund_ids.is_empty()
    }
}
