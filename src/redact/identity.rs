//! Numbers of identity papers: eighteen digits with a check digit after MOD 11-2, and the old fifteen where a word names them.

use super::cues::{Cue, Topic};
use super::digits::Chains;
use super::page::Page;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// What the check digit is by the sum's rest; ten is written X.
const CHECKS: [u32; 11] = [1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2];
const X: [char; 8] = ['X', 'x', '×', 'Х', 'х', '✕', '✖', '叉'];

/// Groups from `from` that are an identity number: the group behind them and the cell where they end.
pub(super) fn find(page: &Page, chains: &Chains, from: usize, cue: Option<Cue>) -> Option<(usize, usize)> {
    let named = cue.is_some_and(|cue| cue.topic == Topic::Identity);
    let mut to = from;
    while to < chains.groups.len() && (to == from || chains.linked(to)) {
        to += 1;
        let digits = chains.run(from, to);
        let end = chains.groups[to - 1].to;
        match digits.len() {
            // Named as one, a slip of the finger makes it nobody's less.
            18 if plausible(digits) && (named || checks(digits, u32::from(digits[17]))) => return Some((to, end)),
            18 if named && chains.groups[from].to - chains.groups[from].from == 18 => return Some((to, end)),
            17 => {
                if let Some(end) = x_follows(page, end).filter(|_| plausible(digits) && (named || checks(digits, 10))) {
                    return Some((to, end));
                }
            }
            15 if named && !chains.linked(to) && old(digits) => return Some((to, end)),
            19.. => return None,
            _ => {}
        }
    }
    None
}

/// A region that exists, and a day of birth.
fn plausible(digits: &[u8]) -> bool {
    let region = digits[0] * 10 + digits[1];
    let year = digits[6..10].iter().fold(0_u32, |year, digit| year * 10 + u32::from(*digit));
    region_exists(region) && (1900..=2099).contains(&year) && day(&digits[10..14])
}

fn old(digits: &[u8]) -> bool {
    region_exists(digits[0] * 10 + digits[1]) && day(&digits[8..12])
}

fn region_exists(region: u8) -> bool {
    matches!(region, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

fn day(digits: &[u8]) -> bool {
    let (month, day) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]);
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn checks(digits: &[u8], check: u32) -> bool {
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(weight, digit)| weight * u32::from(*digit)).sum();
    CHECKS[(sum % 11) as usize] == check
}

/// The end of an X behind seventeen digits, also a little apart.
fn x_follows(page: &Page, end: usize) -> Option<usize> {
    let apart = (0..2).take_while(|step| " -.·,/，_".contains(page.at(end + step))).count();
    let at = end + apart;
    (X.contains(&page.at(at)) && !page.at(at + 1).is_ascii_alphanumeric()).then_some(at + 1)
}
