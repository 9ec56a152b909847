//! Numbers that can be dialled: mobiles, landlines with and without their area, 400 and 800 numbers, and foreign ones behind a plus.

use super::cues::{Cue, Topic};
use super::digits::{Chains, Gap, Script, digit};
use super::page::Page;
use super::shape::Shape;

/// Letters that may touch a phone: tel13800138000.
const INTRODUCES: [&str; 17] = [
    "tel",
    "phone",
    "mobile",
    "mob",
    "call",
    "cell",
    "vx",
    "wx",
    "v",
    "dh",
    "sj",
    "ph",
    "hp",
    "t",
    "m",
    "mp",
    "telephone",
];
const MOBILE: usize = 11;

/// Groups that are a phone, first and last; the cue is what stands before the first.
pub(super) fn find(page: &Page, chains: &Chains, from: usize, cue: Option<Cue>) -> Option<usize> {
    if of_a_code(page, chains, from) || decimal(page, chains, from, cue) {
        return None;
    }
    let told = cue.is_some_and(|cue| cue.topic == Topic::Phone && cue.direct);
    let code = cue.filter(|cue| cue.direct).map(|cue| cue.topic);
    let mut to = from;
    let mut found = None;
    while to < chains.groups.len() && (to == from || chains.linked(to)) {
        to += 1;
        let digits = chains.run(from, to);
        if digits.len() > 16 {
            break;
        }
        let shape = || Shape::of(chains, from, to);
        let end = chains.groups[to - 1].to;
        let hit = match (abroad(page, chains, from, digits), bare(digits)) {
            (true, _) => true,
            (_, Some(number)) if mobile(number) => {
                let protected =
                    matches!(code, Some(Topic::Code)) || (code == Some(Topic::Carrier) && number.len() < digits.len());
                !protected
                    && real(chains, from, to)
                    && (told || shape().without(digits.len() - number.len()).one_mobile(page, end))
            }
            (_, Some(number)) => {
                let quiet = matches!(code, Some(Topic::Code | Topic::Carrier | Topic::Account | Topic::Card));
                !quiet && (landline(number, &shape(), told) || hotline(number, &shape(), told))
            }
            _ => false,
        };
        let local = told && matches!(digits.len(), 7 | 8) && local(page, digits, &shape(), end);
        if hit {
            return Some(extended(page, chains, to));
        }
        if local {
            found = Some(to);
        }
    }
    found.map(|to| extended(page, chains, to))
}

/// Letters alone make no number: at least four of the digits must be written as such.
fn real(chains: &Chains, from: usize, to: usize) -> bool {
    let digits: usize = chains.groups[from..to]
        .iter()
        .filter(|group| group.script != Script::Letter)
        .map(|group| group.last - group.first)
        .sum();
    digits >= 4
}

/// The digits without the country.
fn bare(digits: &[u8]) -> Option<&[u8]> {
    let prefixes: [&[u8]; 3] = [&[0, 0, 8, 6], &[8, 6], &[0]];
    let mobile_behind = |prefix: &&[u8]| digits.strip_prefix(*prefix).filter(|rest| mobile(rest));
    if let Some(rest) = prefixes.iter().find_map(mobile_behind) {
        return Some(rest);
    }
    match digits {
        // An area is written without its nought behind the country.
        [0, 0, 8, 6, rest @ ..] | [8, 6, rest @ ..] if matches!(rest.len(), 9..=11) => Some(rest),
        digits => Some(digits),
    }
}

fn mobile(digits: &[u8]) -> bool {
    digits.len() == MOBILE && digits[0] == 1 && (3..=9).contains(&digits[1])
}

fn landline(digits: &[u8], shape: &Shape, told: bool) -> bool {
    let Some(area) = area(digits) else { return false };
    let subscriber = &digits[area..];
    let fits = (2..=8).contains(&subscriber[0]) && (subscriber.len() == 8 || (area == 4 && subscriber.len() == 7));
    let cut = shape.whole()
        || shape.pieces[0] == area
        || matches!(shape.pieces.as_slice(), [3, 4, 4] | [4, 4, 4] | [4, 4, 3] | [4, 3, 4]);
    fits && (told || (cut && !shape.has_sign(":.,，/*×、")))
}

/// The length of an area code with its nought.
fn area(digits: &[u8]) -> Option<usize> {
    match digits {
        [0, 1, 0, ..] | [0, 2, 0..=9, ..] => (digits.len() == 11).then_some(3),
        [0, 3, 1 | 3 | 4 | 5 | 7 | 9, ..]
        | [0, 4, 1..=8, ..]
        | [0, 5, 1..=9, ..]
        | [0, 6, 3 | 6 | 9, ..]
        | [0, 7, 0..=7 | 9, ..]
        | [0, 8, 1 | 2 | 3 | 5 | 7 | 8 | 9, ..]
        | [0, 9, 0 | 1 | 3 | 4 | 5 | 7 | 9, ..] => matches!(digits.len(), 11 | 12).then_some(4),
        _ => None,
    }
}

fn hotline(digits: &[u8], shape: &Shape, told: bool) -> bool {
    let fits = matches!(digits, [4 | 8, 0, 0, 0 | 1 | 6..=9, ..]) && digits.len() == 10;
    let cut = matches!(shape.pieces.as_slice(), [10] | [3, 3, 4] | [3, 4, 3] | [4, 3, 3] | [3, 7] | [4, 6]);
    fits && (told || (cut && shape.even() && !shape.has_sign(":.,，/*×、")))
}

/// A number without its area counts only right behind a word for a phone, and not when it is a day.
fn local(page: &Page, digits: &[u8], shape: &Shape, end: usize) -> bool {
    let day = matches!(digits, [1, 9, ..] | [2, 0, ..]) && digits.len() == 8;
    let cut = matches!(shape.pieces.as_slice(), [7 | 8] | [4, 4] | [3, 4]);
    let more = page.at(end).is_ascii_alphanumeric();
    cut && !day && !more && !super::cues::unit_follows(page, end) && (2..=8).contains(&digits[0])
}

/// A plus with another country behind it.
fn abroad(page: &Page, chains: &Chains, from: usize, digits: &[u8]) -> bool {
    let plus = page.before(chains.groups[from].from) == '+';
    let next = |group: usize| chains.groups.get(group).map_or(Gap::Start, |group| group.gap);
    let ends = matches!(next(from + 1), Gap::Start) || digits.len() >= 10;
    plus && ends && (10..=13).contains(&digits.len()) && !digits.starts_with(&[8, 6])
}

/// Whether a letter or a code's hyphen touches the first group: SF1380…, A-1380….
fn of_a_code(page: &Page, chains: &Chains, from: usize) -> bool {
    let first = chains.groups[from].from;
    let mut at = first;
    if matches!(page.before(at), '-' | '_') {
        at -= 1;
    }
    let mut begin = at;
    while begin > 0
        && at - begin < 12
        && page.before(begin).is_ascii_alphanumeric()
        && digit(page.before(begin)).is_none()
    {
        begin -= 1;
    }
    let letters = begin < at && page.at(begin).is_ascii_alphabetic();
    letters
        && !INTRODUCES.iter().any(|word| word.len() == at - begin && page.starts(begin, word))
        && chains.groups[from].gap != Gap::Tight
}

/// The digits behind a decimal point. A short count at a line's beginning is an item of a list instead.
fn decimal(page: &Page, chains: &Chains, from: usize, cue: Option<Cue>) -> bool {
    let group = &chains.groups[from];
    if from == 0
        || group.gap != Gap::Sign('.')
        || page.at(group.from.saturating_sub(2)) == ' '
        || group.to - group.from < 7
    {
        return false;
    }
    let whole = &chains.groups[from - 1];
    let begins = matches!(whole.gap, Gap::Start | Gap::Sign(' ')) && matches!(page.before(whole.from), '\n' | ' ');
    let listed = begins && whole.to - whole.from <= 2 && chains.run(from - 1, from)[0] != 0;
    group.from - whole.to == 1 && !listed && !cue.is_some_and(|cue| cue.topic == Topic::Phone)
}

/// The groups with an extension behind the number: 转801, -1234.
fn extended(page: &Page, chains: &Chains, to: usize) -> usize {
    let Some(next) = chains.groups.get(to) else { return to };
    let end = chains.groups[to - 1].to;
    let digits = next.last - next.first;
    let between: String = (end..next.from.min(end + 4)).map(|at| page.at(at)).collect();
    let turned =
        matches!(between.trim(), "转" | "转接" | "分机" | "转分机" | "ext" | "ext." | "#") && (1..=6).contains(&digits);
    let hyphen = between == "-" && matches!(digits, 3 | 4) && !super::cues::unit_follows(page, next.to);
    if turned || hyphen { to + 1 } else { to }
}
