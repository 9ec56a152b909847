//! Short words for writing a shop's history down in a test.

use chrono::NaiveDate;
use xiaoer_growth::{
    Correction, Event, EventKind, Fen, Industry, Inputs, Ledger, Points, RulePack, ScoreCard, pack, score,
};

/// A date of 2027, when the candidate rules are in force.
pub(crate) fn day(month_day: &str) -> NaiveDate {
    format!("2027-{month_day}").parse().expect("a date")
}

pub(crate) fn points(text: &str) -> Points {
    text.parse().expect("points")
}

pub(crate) fn yuan(text: &str) -> Fen {
    Fen::from_yuan(text.parse().expect("yuan")).expect("whole fen")
}

pub(crate) fn candidate() -> &'static RulePack {
    pack("2026-candidate").expect("an embedded pack")
}

fn event(month_day: &str, id: &str, kind: EventKind) -> Event {
    let at = day(month_day).and_hms_opt(10, 0, 0).expect("a time");
    Event { at, id: id.to_owned(), kind }
}

/// A valid order of a known buyer, known to be neither promotion nor scene.
pub(crate) fn order(id: &str, month_day: &str, buyer: &str, amount: &str) -> Event {
    let kind = EventKind::Order {
        buyer: Some(buyer.to_owned()),
        amount: yuan(amount),
        marketing: Some(false),
        scene: Some(false),
        valid: true,
    };
    event(month_day, id, kind)
}

/// A refund that names its order.
pub(crate) fn refund_of(order: &str, id: &str, month_day: &str, amount: &str) -> Event {
    let kind = EventKind::Refund {
        order: Some(order.to_owned()),
        buyer: None,
        amount: yuan(amount),
        scene: None,
        valid: true,
    };
    event(month_day, id, kind)
}

/// A refund that names only its buyer.
pub(crate) fn refund_to(buyer: &str, id: &str, month_day: &str, amount: &str) -> Event {
    let kind = EventKind::Refund {
        order: None,
        buyer: Some(buyer.to_owned()),
        amount: yuan(amount),
        scene: None,
        valid: true,
    };
    event(month_day, id, kind)
}

/// A valid inquiry, known not to come from promotion.
pub(crate) fn inquiry(id: &str, month_day: &str, person: &str) -> Event {
    let kind = EventKind::Inquiry { person: person.to_owned(), marketing: Some(false), valid: true };
    event(month_day, id, kind)
}

/// Changes to an event, one word each.
pub(crate) trait Told: Sized {
    fn marketing(self, known: Option<bool>) -> Self;
    fn scene(self, known: Option<bool>) -> Self;
    fn fake(self) -> Self;
    fn without_buyer(self) -> Self;

    fn by_promotion(self) -> Self {
        self.marketing(Some(true))
    }

    fn in_scene(self) -> Self {
        self.scene(Some(true))
    }
}

impl Told for Event {
    fn marketing(mut self, known: Option<bool>) -> Event {
        if let EventKind::Order { marketing, .. } | EventKind::Inquiry { marketing, .. } = &mut self.kind {
            *marketing = known;
        }
        self
    }

    fn scene(mut self, known: Option<bool>) -> Event {
        if let EventKind::Order { scene, .. } | EventKind::Refund { scene, .. } = &mut self.kind {
            *scene = known;
        }
        self
    }

    fn fake(mut self) -> Event {
        match &mut self.kind {
            EventKind::Order { valid, .. } | EventKind::Refund { valid, .. } | EventKind::Inquiry { valid, .. } => {
                *valid = false
            }
        }
        self
    }

    fn without_buyer(mut self) -> Event {
        if let EventKind::Order { buyer, .. } | EventKind::Refund { buyer, .. } = &mut self.kind {
            *buyer = None;
        }
        self
    }
}

/// Everything but the gates is known, and there is nothing of it.
pub(crate) fn all_known() -> Inputs {
    Inputs { inquiries_known: true, refunds_known: true, marks_known: true, ..Inputs::default() }
}

pub(crate) fn ledger(events: &[Event]) -> Ledger {
    Ledger::of(events.iter().cloned()).expect("a ledger")
}

/// The card by the candidate rules, with everything known.
pub(crate) fn card(industry: Industry, as_of: &str, events: &[Event]) -> ScoreCard {
    score(candidate(), industry, day(as_of), &ledger(events), &all_known())
}

/// The candidate rules with some figures as a merchant says they are.
pub(crate) fn corrected(changes: &[(&str, &str)]) -> RulePack {
    candidate().corrected(&corrections(changes)).expect("rules that hold together")
}

pub(crate) fn corrections(changes: &[(&str, &str)]) -> Vec<Correction> {
    let on = day("05-01");
    let correction =
        |(field, value): &(&str, &str)| Correction { field: (*field).to_owned(), value: (*value).to_owned(), on };
    changes.iter().map(correction).collect()
}

pub(crate) fn total(industry: Industry, as_of: &str, events: &[Event]) -> String {
    card(industry, as_of, events).points.total.to_string()
}
