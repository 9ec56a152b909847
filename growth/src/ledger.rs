//! The ledger: every event of a shop, indexed by day, in whatever order it arrived.
//!
//! Arrival order must never show: a refund may come before its order, a whole day may come late. So nothing is
//! summed up here; the ledger only keeps what is needed to sum any window quickly: the orders of a day side by side.

use std::collections::BTreeMap;
use std::hint::black_box;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::ahead::{Named, Prepared};
use crate::counting::{Counting, Left};
use crate::event::{Event, EventError, EventKind, Pushed};
use crate::ids::Ids;
use crate::points::Fen;
use crate::rows::{Answer, Asked, DayRows, Link, LooseRefund, OrderRow, Person, Undo, time_of_day};
use crate::words::Words;

/// Largest amount that is believed, in fen: keeps every sum inside its range.
const LARGEST: Fen = Fen(1_000_000_000_000);

/// An index of events that grows by one event at a time.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub(crate) names: Words,
    pub(crate) order_ids: Ids,
    refund_ids: Ids,
    inquiry_ids: Ids,
    /// Day of each order, and its place among the orders of that day.
    places: Vec<(i32, u32)>,
    undos: Vec<Undo>,
    /// By the id of the order that is not here yet: numbers of the refunds and what they take.
    waiting: HashMap<String, Vec<Waiting>, FixedState>,
    days: BTreeMap<i32, DayRows>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    refund: u32,
    day: i32,
    amount: Fen,
}

/// What an event was to a ledger, so that sums can follow without reading a whole day again.
pub(crate) enum Change {
    /// Known before, invalid, or waiting for its order: nothing that is summed has changed.
    None(Pushed),
    /// An order of this day.
    Order { day: i32, order: OrderRow },
    /// A refund of an order of this day.
    Undo { day: i32, order: OrderRow, undo: Undo },
    /// A refund without an order, the last one of its day.
    Loose { day: i32 },
    /// An inquiry: what was known of this person on this day, and what is now.
    Asked { day: i32, before: Option<Answer>, after: Answer },
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
        Ok(match self.take(&event)? {
            Change::None(pushed) => pushed,
            _ => Pushed::New,
        })
    }

    /// As [`Ledger::push`], and says what it changed.
    pub(crate) fn take(&mut self, event: &Event) -> Result<Change, EventError> {
        self.apply(&self.prepare(event))
    }

    /// As [`Ledger::take`], of an event that is prepared.
    pub(crate) fn apply(&mut self, prepared: &Prepared<'_>) -> Result<Change, EventError> {
        let event = prepared.event;
        if event.id.is_empty() {
            return Err(EventError::NoId { at: event.at });
        }
        let amount = event.kind.amount();
        if amount < Fen::ZERO || amount > LARGEST {
            return Err(EventError::Amount { id: event.id.clone(), amount });
        }
        let ids = match event.kind {
            EventKind::Order { .. } => &mut self.order_ids,
            EventKind::Refund { .. } => &mut self.refund_ids,
            EventKind::Inquiry { .. } => &mut self.inquiry_ids,
        };
        let (number, new) = ids.take(prepared.id);
        if !new {
            return Ok(Change::None(Pushed::Repeated));
        }
        Ok(match event.kind {
            EventKind::Order { .. } => self.add_order(prepared, number),
            EventKind::Refund { .. } => self.add_refund(prepared, number),
            EventKind::Inquiry { .. } => self.add_inquiry(prepared, number),
        })
    }

    fn add_order(&mut self, prepared: &Prepared<'_>, number: u32) -> Change {
        let Prepared { event, day, names, .. } = prepared;
        let EventKind::Order { amount, marketing, scene, valid, .. } = &event.kind else {
            return Change::None(Pushed::New);
        };
        let mut undone = Link::END;
        // Nearly always there is none, and then the id is not hashed a second time.
        if !self.waiting.is_empty()
            && let Some(waiting) = self.waiting.remove(event.id.as_str())
        {
            for Waiting { day, amount, .. } in waiting {
                undone = self.add_undo(Undo { amount, day, order: number, before: undone });
            }
        }
        let buyer = self.person(names);
        let orders = &mut self.days.entry(*day).or_default().orders;
        let at = u32::try_from(orders.len()).expect("no more orders on a day than numbers for them");
        let order = OrderRow {
            amount: *amount,
            buyer,
            number,
            time: time_of_day(event.at),
            undone,
            marketing: (*marketing).into(),
            scene: (*scene).into(),
            valid: *valid,
        };
        orders.push(order);
        self.places.push((*day, at));
        Change::Order { day: *day, order }
    }

    fn add_refund(&mut self, prepared: &Prepared<'_>, number: u32) -> Change {
        let Prepared { event, day, names, .. } = prepared;
        let EventKind::Refund { amount, scene, valid: true, .. } = &event.kind else {
            return Change::None(Pushed::New);
        };
        let number_of_order = match names {
            Named::KnownOrder(number) => *number,
            Named::Order(order) => match self.order_ids.find(*order) {
                Some(number) => number,
                None => {
                    let waiting = Waiting { refund: number, day: *day, amount: *amount };
                    self.waiting.entry_ref(order.id).or_default().push(waiting);
                    return Change::None(Pushed::New);
                }
            },
            Named::Nobody | Named::Person(_) | Named::KnownPerson(_) => {
                let buyer = self.person(names);
                let refund = LooseRefund { number, buyer, amount: *amount, scene: *scene == Some(true) };
                self.days.entry(*day).or_default().refunds.push(refund);
                return Change::Loose { day: *day };
            }
        };
        let (of, at) = self.places[number_of_order as usize];
        let before = self.row(of, at).map_or(Link::END, |row| row.undone);
        let undo = Undo { amount: *amount, day: *day, order: number_of_order, before };
        let link = self.add_undo(undo);
        let Some(row) = self.days.get_mut(&of).and_then(|rows| rows.orders.get_mut(at as usize)) else {
            return Change::None(Pushed::New);
        };
        row.undone = link;
        Change::Undo { day: of, order: *row, undo }
    }

    fn add_undo(&mut self, undo: Undo) -> Link {
        let link = Link(u32::try_from(self.undos.len()).expect("no more refunds than numbers for them"));
        self.undos.push(undo);
        self.days.entry(undo.day).or_default().undone.push(link);
        link
    }

    fn add_inquiry(&mut self, prepared: &Prepared<'_>, number: u32) -> Change {
        let Prepared { event, day, names, .. } = prepared;
        let EventKind::Inquiry { marketing, valid: true, .. } = &event.kind else {
            return Change::None(Pushed::New);
        };
        let Some(person) = self.person(names) else {
            return Change::None(Pushed::New);
        };
        let ids = &self.inquiry_ids;
        let marketing = Answer::from(*marketing);
        let first = (time_of_day(event.at), number);
        let mut before = None;
        let asked = self
            .days
            .entry(*day)
            .or_default()
            .asked
            .entry(person)
            .and_modify(|asked| {
                before = Some(asked.marketing);
                asked.marketing = asked.marketing.max(marketing);
                // Two of one moment are told apart by their ids, not by who came first to us.
                let by_id = || ids.id(first.1).cmp(&ids.id(asked.first.1));
                if first.0.cmp(&asked.first.0).then_with(by_id).is_lt() {
                    asked.first = first;
                }
            })
            .or_insert(Asked { first, marketing });
        Change::Asked { day: *day, before, after: asked.marketing }
    }

    fn person(&mut self, named: &Named<'_>) -> Option<Person> {
        match named {
            Named::Person(name) => Some(self.names.take(name).0),
            Named::KnownPerson(person) => Some(*person),
            Named::Nobody | Named::Order(_) | Named::KnownOrder(_) => None,
        }
    }

    pub(crate) fn name(&self, person: Person) -> Option<String> {
        self.names.word(person)
    }

    pub(crate) fn people(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn order_id(&self, number: u32) -> String {
        self.order_ids.id(number).unwrap_or_default()
    }

    pub(crate) fn refund_id(&self, refund: &LooseRefund) -> String {
        self.refund_ids.id(refund.number).unwrap_or_default()
    }

    /// Id of the first of one person's inquiries of one day.
    pub(crate) fn inquiry_id(&self, asked: &Asked) -> String {
        self.inquiry_ids.id(asked.first.1).unwrap_or_default()
    }

    pub(crate) fn day(&self, day: i32) -> Option<&DayRows> {
        self.days.get(&day)
    }

    /// The ids of events of a kind.
    pub(crate) fn ids_of(&self, event: &Event) -> &Ids {
        match event.kind {
            EventKind::Order { .. } => &self.order_ids,
            EventKind::Refund { .. } => &self.refund_ids,
            EventKind::Inquiry { .. } => &self.inquiry_ids,
        }
    }

    /// Day of an order, and its place among the orders of that day.
    pub(crate) fn place(&self, order: u32) -> Option<(i32, u32)> {
        self.places.get(order as usize).copied()
    }

    /// The order at a place of a day.
    pub(crate) fn row(&self, day: i32, at: u32) -> Option<&OrderRow> {
        self.days.get(&day)?.orders.get(at as usize)
    }

    /// Orders that refunds of some days name, each once, with their days.
    pub(crate) fn undone_on(&self, days: std::ops::RangeInclusive<i32>) -> Vec<(i32, &OrderRow)> {
        if days.is_empty() {
            return Vec::new();
        }
        let links = self.days.range(days).flat_map(|(_, rows)| &rows.undone);
        let mut orders: Vec<u32> = links.filter_map(|link| Some(self.undos.get(link.0 as usize)?.order)).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
            .into_iter()
            .filter_map(|order| self.place(order))
            .filter_map(|(day, at)| Some((day, self.row(day, at)?)))
            .collect()
    }

    /// What an order is worth after the refunds that were made up to a day; never below zero.
    pub(crate) fn net(&self, order: &OrderRow, until: i32) -> Fen {
        if order.undone == Link::END { order.amount } else { self.net_of(order, order.undone, until) }
    }

    /// As [`Ledger::net`], with only the refunds that came to us before one.
    pub(crate) fn net_before(&self, order: &OrderRow, undo: Undo, until: i32) -> Fen {
        self.net_of(order, undo.before, until)
    }

    /// Reads the refunds of some orders side by side, before each is asked for alone.
    pub(crate) fn touch_undos(&self, orders: &[OrderRow]) {
        let undos = orders.iter().filter_map(|order| self.undos.get(order.undone.0 as usize));
        black_box(undos.fold(0, |all, undo| all ^ undo.day));
    }

    fn net_of(&self, order: &OrderRow, mut chain: Link, until: i32) -> Fen {
        let mut net = order.amount.0;
        while let Some(undo) = self.undos.get(chain.0 as usize) {
            if undo.day <= until {
                net -= undo.amount.0;
            }
            chain = undo.before;
        }
        Fen(net.max(0))
    }

    /// What counts of an order on a day, by the refund rule of a pack.
    pub(crate) fn left(&self, order: &OrderRow, until: i32, counting: Counting) -> Left {
        counting.left(order.amount, self.net(order, until))
    }

    /// Ids of the refunds, made up to a day, whose order is not in the ledger; sorted.
    pub(crate) fn waiting(&self, until: i32) -> Vec<String> {
        let known = self.waiting.values().flatten().filter(|waiting| waiting.day <= until);
        let mut ids: Vec<String> = known.filter_map(|waiting| self.refund_ids.id(waiting.refund)).collect();
        ids.sort_unstable();
        ids
    }

    /// First day with an event, and the last one up to a day.
    pub(crate) fn span(&self, until: i32) -> Option<(i32, i32)> {
        let mut days = self.days.range(..=until).filter(|(_, rows)| rows.has_events()).map(|(day, _)| *day);
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first)))
    }

    /// Whether any refund was handed in, valid or not.
    pub(crate) fn has_refunds(&self) -> bool {
        self.refund_ids.len() > 0
    }
}
