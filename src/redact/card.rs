//! Numbers of bank cards: thirteen to nineteen digits with Luhn's check digit and an issuer's beginning, or so named.

use super::cues::{Cue, Topic, order_follows};
use super::digits::Chains;
use super::page::Page;
use super::shape::Shape;

/// The group behind a card's groups. Of several lengths that fit, the longest.
pub(super) fn find(page: &Page, chains: &Chains, from: usize, cue: Option<Cue>) -> Option<usize> {
    let topic = cue.map(|cue| cue.topic);
    let direct = cue.is_some_and(|cue| cue.direct);
    let first = chains.groups[from].from;
    let code = page.before(first).is_ascii_alphabetic()
        || (page.before(first) == '-' && page.before(first - 1).is_ascii_alphanumeric());
    let named = topic == Some(Topic::Card);
    if !named && (code || (direct && matches!(topic, Some(Topic::Code | Topic::Carrier)))) {
        return None;
    }
    let mut found = None;
    let mut to = from;
    while to < chains.groups.len() && (to == from || chains.linked(to)) {
        to += 1;
        let digits = chains.run(from, to);
        if digits.len() > 19 {
            break;
        }
        let shape = || Shape::of(chains, from, to);
        let end = chains.groups[to - 1].to;
        let known = issued(digits) && luhn(digits) && (named || !order_follows(page, end)) && (named || shape().even());
        let told = named && direct && told(digits) && (luhn(digits) || !chains.linked(to)) && shape().even();
        if known || told {
            found = Some(to);
            // What follows may be a phone with the same blanks.
            if chains.linked(to) && super::phone::find(page, chains, to, None).is_some() {
                break;
            }
        }
    }
    found
}

/// Named as a card, a number needs no issuer, only a card's length.
fn told(digits: &[u8]) -> bool {
    (15..=19).contains(&digits.len()) || (digits.len() >= 13 && luhn(digits))
}

fn issued(digits: &[u8]) -> bool {
    let start =
        |length: usize| digits[..length.min(digits.len())].iter().fold(0_u32, |n, digit| n * 10 + u32::from(*digit));
    match digits.len() {
        14 => matches!(start(2), 36 | 38),
        15 => matches!(start(2), 34 | 37),
        16 => {
            matches!(start(2), 51..=55 | 60 | 62 | 65 | 81 | 35)
                || start(1) == 4
                || (2221..=2720).contains(&start(4))
                || start(3) == 955
        }
        17 | 18 => matches!(start(2), 60 | 62 | 65),
        19 => {
            matches!(start(2), 60 | 62 | 65 | 81)
                || start(3) == 955
                || matches!(start(6), 436_742 | 456_351 | 405_512 | 438_088)
        }
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |(place, digit): (usize, &u8)| match (place % 2, u32::from(*digit) * 2) {
        (1, twice @ 10..) => twice - 9,
        (1, twice) => twice,
        _ => u32::from(*digit),
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}
