//! The score once more, the slow way: a plain reading of the rules over a list of events, with no index, no running
//! sums and none of the crate's own arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use xiaoer_growth::{Event, EventKind, Industry};

/// Points in millionths: base, turnover, marketing, scene.
pub(crate) type Micro = [i64; 4];

struct Sale<'a> {
    buyer: Option<&'a str>,
    net: i64,
    promoted: bool,
    scene: bool,
}

/// The known points by the candidate rates on a day.
pub(crate) fn points(events: &[Event], industry: Industry, as_of: NaiveDate) -> Micro {
    let from = as_of.checked_sub_days(Days::new(29)).expect("a date");
    let inside = |event: &Event| (from..=as_of).contains(&event.at.date());
    let seen: Vec<&Event> = events.iter().filter(|event| event.at.date() <= as_of).collect();

    let sales: Vec<Sale<'_>> =
        seen.iter().filter(|event| inside(event)).filter_map(|event| sale(event, &seen)).collect();
    let mut turnover: i64 = sales.iter().map(|sale| sale.net).sum();
    let mut scene: i64 = sales.iter().filter(|sale| sale.scene).map(|sale| sale.net).sum();
    let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
    for sale in &sales {
        if let Some(buyer) = sale.buyer {
            *balance.entry(buyer).or_default() += sale.net;
        }
    }
    for event in seen.iter().filter(|event| inside(event)) {
        let EventKind::Refund { order: None, buyer, amount, scene: in_scene, valid: true } = &event.kind else {
            continue;
        };
        turnover -= amount.0;
        if *in_scene == Some(true) {
            scene -= amount.0;
        }
        if let Some(buyer) = buyer {
            *balance.entry(buyer).or_default() -= amount.0;
        }
    }

    let (base, marketing) = match industry {
        Industry::Consumer => {
            let counted: BTreeSet<&str> =
                balance.into_iter().filter(|(_, left)| *left > 0).map(|(buyer, _)| buyer).collect();
            let promoted: BTreeSet<&str> = sales
                .iter()
                .filter(|sale| sale.promoted && sale.net > 0)
                .filter_map(|sale| sale.buyer)
                .filter(|buyer| counted.contains(buyer))
                .collect();
            (counted.len() as i64 * 1_000_000, promoted.len() as i64 * 3_000_000)
        }
        Industry::Industrial => inquiries(seen.into_iter().filter(|event| inside(event))),
    };
    [base, turnover.max(0) * 10, marketing, scene.max(0) * 30]
}

/// A valid order with what is left of it after all refunds that name it.
fn sale<'a>(event: &&'a Event, seen: &[&Event]) -> Option<Sale<'a>> {
    let EventKind::Order { buyer, amount, marketing, scene, valid: true } = &event.kind else {
        return None;
    };
    let back: i64 = seen
        .iter()
        .filter_map(|other| match &other.kind {
            EventKind::Refund { order: Some(order), amount, valid: true, .. } if *order == event.id => Some(amount.0),
            _ => None,
        })
        .sum();
    Some(Sale {
        buyer: buyer.as_deref(),
        net: (amount.0 - back).max(0),
        promoted: *marketing == Some(true),
        scene: *scene == Some(true),
    })
}

fn inquiries<'a>(events: impl Iterator<Item = &'a Event>) -> (i64, i64) {
    let mut days: BTreeMap<(NaiveDate, &str), bool> = BTreeMap::new();
    for event in events {
        if let EventKind::Inquiry { person, marketing, valid: true } = &event.kind {
            *days.entry((event.at.date(), person)).or_default() |= *marketing == Some(true);
        }
    }
    let promoted = days.values().filter(|promoted| **promoted).count();
    (days.len() as i64 * 300_000, promoted as i64 * 900_000)
}
