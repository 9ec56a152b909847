//! What 成长中心 showed, beside what the rules give.

use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{Calibration, Inputs, score};

use crate::build::{all_known, candidate, day, ledger, order, points};

#[test]
fn what_was_shown_is_compared_with_the_score_of_the_day_before() {
    let events = [order("a1", "05-01", "A", "1000"), order("b1", "05-20", "B", "1000")];
    let shown = Calibration { day: day("05-20"), points: points("2.5"), level: Some("L1".to_owned()) };
    let inputs = Inputs { shown: vec![shown], ..all_known() };
    // The card itself is of a later day, when A has left the window.
    let card = score(candidate(), Consumer, day("06-05"), &ledger(&events), &inputs);
    assert_eq!(card.points.total, points("2"));
    let entered = card.entered.expect("the comparison");
    assert_eq!(entered.as_of, day("05-19"));
    assert_eq!(entered.computed, points("2"), "B paid on the day it was read, which is not shown yet");
    assert_eq!(entered.computed_level, "L1");
    assert_eq!(card.difference, Some(points("0.5")));
    assert!(card.notes.iter().any(|note| note.contains("相差 0.5 分")));
}

#[test]
fn without_an_entry_there_is_no_difference() {
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert_eq!((card.entered, card.difference), (None, None));
}
