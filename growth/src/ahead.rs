//! Reading ahead: what a group of events is about to ask a ledger for, asked once before without doing anything with the answers.
//!
//! Among millions of orders and names every question is a cache miss, and questions about one event wait for each other. Questions
//! about different events do not: asked side by side, a miss costs a tenth. So each round here asks one thing of every event of the
//! group, and nothing stands between two reads. All of it is hints: nothing is changed, and a wrong guess costs time only.

use std::hint::black_box;

use crate::event::{Event, EventKind};
use crate::ids;
use crate::ledger::Ledger;
use crate::rows::{Person, day_number};
use crate::words;

/// So many events are read ahead of at once: what they ask for has to stay in the nearest cache.
pub(crate) const GROUP: usize = 128;

/// An event and all that can be told of it without looking anything up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared<'a> {
    pub(crate) event: &'a Event,
    pub(crate) id: ids::Key<'a>,
    pub(crate) day: i32,
    pub(crate) names: Named<'a>,
}

/// Whom or what an event names besides itself. A number never changes, so what was found once is not looked for again.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named<'a> {
    Nobody,
    Person(words::Key<'a>),
    KnownPerson(Person),
    Order(ids::Key<'a>),
    KnownOrder(u32),
}

impl Ledger {
    /// Prepares some events and reads ahead for them. `glance` reads what is kept of a person elsewhere.
    pub(crate) fn look_ahead<'a>(&self, events: &'a [Event], glance: impl Fn(Person)) -> Vec<Prepared<'a>> {
        // The events themselves may lie anywhere too.
        round(events.iter().map(|event| event.id.as_bytes().first().copied()));
        round(events.iter().map(|event| named(event).as_bytes().first().copied()));
        let mut group: Vec<Prepared<'a>> = events.iter().map(|event| self.prepare(event)).collect();

        round(group.iter().map(|prepared| match &prepared.names {
            Named::Person(name) => self.names.touch(name),
            Named::Order(order) => self.order_ids.touch(*order),
            _ => None,
        }));
        let late = |prepared: &&Prepared<'a>| !self.ids_of(prepared.event).is_next(prepared.id);
        round(group.iter().filter(late).map(|prepared| self.ids_of(prepared.event).touch(prepared.id)));

        let (mut people, mut orders, mut asked) = (Vec::with_capacity(group.len()), Vec::new(), Vec::new());
        let mut unknown = self.people();
        for prepared in &mut group {
            match prepared.names {
                Named::Person(name) => {
                    let found = self.names.find(&name);
                    if let Some(person) = found {
                        prepared.names = Named::KnownPerson(person);
                        people.push(person);
                    }
                    if let EventKind::Inquiry { .. } = prepared.event.kind {
                        // Whoever is new will most likely get the next number.
                        asked.push((prepared.day, found.unwrap_or(unknown as Person)));
                    }
                    unknown += usize::from(found.is_none());
                }
                Named::Order(order) => {
                    if let Some(number) = self.order_ids.find(order) {
                        prepared.names = Named::KnownOrder(number);
                        orders.push(number);
                    }
                }
                Named::Nobody | Named::KnownPerson(_) | Named::KnownOrder(_) => {}
            }
        }
        round(people.into_iter().map(&glance));
        round(orders.iter().map(|number| self.place(*number)));
        let rows = orders.iter().filter_map(|number| self.place(*number)).filter_map(|(day, at)| self.row(day, at));
        let buyers: Vec<Person> = rows.filter_map(|row| row.buyer).collect();
        round(buyers.into_iter().map(&glance));
        round(asked.into_iter().map(|(day, person)| self.day(day).map(|rows| rows.asked.contains_key(&person))));
        group
    }

    /// What can be told of an event without looking anything up.
    pub(crate) fn prepare<'a>(&self, event: &'a Event) -> Prepared<'a> {
        let name = named(event);
        let names = match &event.kind {
            // Somebody asked, even where nobody says who.
            EventKind::Inquiry { .. } => Named::Person(words::Key::of(name)),
            _ if name.is_empty() => Named::Nobody,
            EventKind::Refund { order: Some(order), .. } if !order.is_empty() => {
                Named::Order(self.order_ids.key(order))
            }
            _ => Named::Person(words::Key::of(name)),
        };
        Prepared { event, id: self.ids_of(event).key(&event.id), day: day_number(event.at.date()), names }
    }
}

/// The order that a refund names, or else the person of an event; empty if it names nobody.
fn named(event: &Event) -> &str {
    match &event.kind {
        EventKind::Refund { order: Some(order), .. } if !order.is_empty() => order,
        EventKind::Order { buyer, .. } | EventKind::Refund { buyer, .. } => buyer.as_deref().unwrap_or_default(),
        EventKind::Inquiry { person, .. } => person,
    }
}

/// Reads one thing after the other, none of which waits for another.
fn round<T>(reads: impl Iterator<Item = T>) {
    reads.for_each(|read| drop(black_box(read)));
}
