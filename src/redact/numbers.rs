//! Walks the chains of digits and lets each kind of number claim its groups: identity papers first, for their check is the strongest.

use super::Kind;
use super::cues::{self, Topic};
use super::digits::Chains;
use super::page::Page;
use super::{card, identity, phone};

/// Digits below which a chain holds no number of a person.
const SHORTEST: usize = 7;

pub(super) fn find(page: &mut Page) {
    let chains = Chains::read(page);
    let groups = &chains.groups;
    let mut at = 0;
    let mut spared = None;
    let mut chain_end = 0;
    while at < groups.len() {
        if chain_end <= at {
            chain_end = (at + 1..groups.len()).find(|at| !chains.linked(*at)).unwrap_or(groups.len());
        }
        if chains.groups[chain_end - 1].last - groups[at].first < SHORTEST {
            at = chain_end;
            continue;
        }
        at = claim(page, &chains, at, &mut spared);
    }
    passports(page);
}

/// Claims what begins at a group; the next group to look at.
fn claim(page: &mut Page, chains: &Chains, at: usize, spared: &mut Option<(usize, usize)>) -> usize {
    let first = &chains.groups[at];
    let digits = first.last - first.first;
    let mut cue = cues::before(page, first.from);
    // 订单 1…、1…、1…: what is said of the first is said of those in the same list.
    if cue.is_none() && spared.is_some_and(|(last, length)| last + 1 == at && chains.linked(at) && length == digits) {
        cue = Some(cues::Cue { topic: Topic::Code, direct: true });
    }
    if let Some((to, end)) = identity::find(page, chains, at, cue) {
        let from = opened(page, first.from, end);
        page.take(Kind::Id, from, end);
        return to;
    }
    if let Some(to) = phone::find(page, chains, at, cue) {
        let end = closed(page, first.from, chains.groups[to - 1].to);
        let from = opened(page, first.from, end);
        page.take(Kind::Phone, from, end);
        return to;
    }
    if let Some(to) = card::find(page, chains, at, cue) {
        page.take(Kind::Card, first.from, chains.groups[to - 1].to);
        return to;
    }
    if cue.is_some_and(|cue| cue.direct && cue.topic == Topic::Code) {
        *spared = Some((at, digits));
    }
    at + 1
}

/// The plus and the bracket that belong to a number: (+86)138….
fn opened(page: &Page, from: usize, end: usize) -> usize {
    let mut from = from;
    if page.before(from) == '+' {
        from -= 1;
    }
    let closes = (from..end).any(|at| page.at(at) == ')');
    let opens = (from..end).any(|at| page.at(at) == '(');
    if page.before(from) == '(' && closes && !opens { from - 1 } else { from }
}

fn closed(page: &Page, from: usize, end: usize) -> usize {
    let opens = (from..end).any(|at| page.at(at) == '(');
    let closes = (from..end).any(|at| page.at(at) == ')');
    if opens && !closes && page.at(end) == ')' { end + 1 } else { end }
}

/// Passports and passes: a letter or two and seven to nine digits, where a word names them.
fn passports(page: &mut Page) {
    let mut at = 0;
    while at < page.cells.len() {
        let letters = (0..2).take_while(|step| page.at(at + step).is_ascii_alphabetic()).count();
        let begins = letters > 0 && !page.before(at).is_ascii_alphanumeric();
        let digits = (0..10).take_while(|step| page.at(at + letters + step).is_ascii_digit()).count();
        let end = at + letters + digits;
        if begins && (7..=9).contains(&digits) && !page.at(end).is_ascii_alphanumeric() {
            if cues::before(page, at).is_some_and(|cue| cue.topic == Topic::Passport) {
                page.take(Kind::Id, at, end);
            }
            at = end;
        } else {
            at += 1;
        }
    }
}
