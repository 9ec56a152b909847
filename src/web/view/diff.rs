//! What a change changes, marked letter by letter: a person who approves a title must see the one word that is new.

use maud::{Markup, html};

/// Longer texts are shown without marks: comparing takes the product of both lengths.
const LONGEST: usize = 400;

/// A stretch of a text, and whether the other text has it too.
#[derive(Debug, PartialEq)]
struct Stretch {
    words: String,
    shared: bool,
}

/// Before over after, what differs marked on either side.
pub(crate) fn texts(before: &str, after: &str) -> Markup {
    let (old, new) = compare(before, after);
    html! {
        dl.diff {
            div.before { dt { "现在" } dd { @for one in &old { @if one.shared { (one.words) } @else { del { (one.words) } } } } }
            div.after { dt { "改为" } dd { @for one in &new { @if one.shared { (one.words) } @else { ins { (one.words) } } } } }
        }
    }
}

fn compare(before: &str, after: &str) -> (Vec<Stretch>, Vec<Stretch>) {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    if old.len() > LONGEST || new.len() > LONGEST {
        let whole = |words: &str| vec![Stretch { words: words.into(), shared: true }];
        return (whole(before), whole(after));
    }
    // longest[i][j]: letters that old[i..] and new[j..] have in common, in order.
    let mut longest = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] =
                if old[i] == new[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(&mut left, old[i], true);
            push(&mut right, new[j], true);
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len() || (i < old.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            push(&mut left, old[i], false);
            i += 1;
        } else {
            push(&mut right, new[j], false);
            j += 1;
        }
    }
    (left, right)
}

fn push(to: &mut Vec<Stretch>, letter: char, shared: bool) {
    match to.last_mut() {
        Some(last) if last.shared == shared => last.words.push(letter),
        _ => to.push(Stretch { words: letter.into(), shared }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(side: &[Stretch]) -> String {
        side.iter().map(|one| one.words.as_str()).collect()
    }

    #[test]
    fn only_the_new_words_are_marked() {
        let (old, new) = compare("不锈钢保温杯", "316不锈钢保温杯大容量");
        assert!(old.iter().all(|one| one.shared));
        let marked: Vec<&str> = new.iter().filter(|one| !one.shared).map(|one| one.words.as_str()).collect();
        assert_eq!(marked, ["316", "大容量"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_both_sides_share_the_same(before in "[ab不锈钢<&]{0,40}", after in "[ab不锈钢<&]{0,40}") {
            let (old, new) = compare(&before, &after);
            prop_assert_eq!(whole(&old), before);
            prop_assert_eq!(whole(&new), after);
            let shared = |side: Vec<Stretch>| side.into_iter().filter(|one| one.shared).map(|one| one.words).collect::<String>();
            prop_assert_eq!(shared(old), shared(new));
        }
    }
}
