//! What a refund does, and what it must not touch.

use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{EventError, Ledger, Pushed};

use crate::build::{Told, card, day, order, points, refund_of, refund_to, total};

#[test]
fn a_refund_of_an_unknown_order_waits_is_listed_and_counts_once_its_order_comes() {
    let mut events = vec![order("a1", "05-10", "A", "1000"), refund_of("b1", "r1", "05-12", "400")];
    let waiting = card(Consumer, "05-30", &events);
    assert_eq!(waiting.points.total, points("2"));
    assert_eq!(waiting.waiting_refunds, ["r1"]);
    assert!(waiting.notes.iter().any(|note| note.contains("找不到原订单") && note.contains("r1")));

    events.push(order("b1", "05-11", "B", "1000"));
    let found = card(Consumer, "05-30", &events);
    assert_eq!(found.points.total, points("3.6"));
    assert!(found.waiting_refunds.is_empty());
}

#[test]
fn a_refund_counts_from_its_own_day_on() {
    let events = [order("a1", "05-10", "A", "1000"), refund_of("a1", "r1", "05-20", "1000")];
    assert_eq!(total(Consumer, "05-19", &events), "2");
    assert_eq!(total(Consumer, "05-20", &events), "0");
}

#[test]
fn a_refund_of_an_order_out_of_the_window_changes_nothing() {
    let events =
        [order("a1", "04-01", "A", "1000"), order("a2", "05-10", "A", "500"), refund_of("a1", "r1", "05-20", "1000")];
    assert_eq!(total(Consumer, "05-30", &events), "1.5");
}

#[test]
fn more_than_an_order_was_worth_cannot_go_back() {
    let events = [
        order("a1", "05-10", "A", "100").in_scene(),
        order("b1", "05-10", "B", "1000"),
        refund_of("a1", "r1", "05-11", "80"),
        refund_of("a1", "r2", "05-12", "80"),
    ];
    assert_eq!(total(Consumer, "05-30", &events), "2");
}

#[test]
fn a_refund_that_did_not_happen_is_ignored_even_where_its_order_is_unknown() {
    let events = [
        order("a1", "05-10", "A", "1000"),
        refund_of("a1", "r1", "05-11", "1000").fake(),
        refund_to("A", "r2", "05-11", "1000").fake(),
        refund_of("zz", "r3", "05-11", "1000").fake(),
    ];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.points.total, points("2"));
    assert!(card.waiting_refunds.is_empty());
}

#[test]
fn a_loose_refund_lowers_scene_turnover_only_when_it_says_so() {
    let sale = order("a1", "05-10", "A", "1000").in_scene();
    let silent = [sale.clone(), refund_to("A", "r1", "05-11", "100")];
    assert_eq!(total(Consumer, "05-30", &silent), "4.9");
    let named = [sale, refund_to("A", "r1", "05-11", "100").in_scene()];
    assert_eq!(total(Consumer, "05-30", &named), "4.6");
}

#[test]
fn a_loose_refund_without_a_buyer_costs_turnover_and_no_buyer() {
    let events = [order("a1", "05-10", "A", "1000"), refund_to("A", "r1", "05-11", "1000").without_buyer()];
    assert_eq!(total(Consumer, "05-30", &events), "1");
}

#[test]
fn turnover_never_goes_below_zero_and_the_card_says_why() {
    let events = [order("a1", "05-10", "A", "100"), refund_to("B", "r1", "05-11", "5000")];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.points.turnover, points("0"));
    assert_eq!(card.points.total, points("1"));
    assert!(card.notes.iter().any(|note| note.contains("支付金额按 0 计")));
}

#[test]
fn a_promotion_order_refunded_in_full_no_longer_accelerates_its_buyer() {
    let events = [
        order("a1", "05-10", "A", "1000").by_promotion(),
        order("a2", "05-11", "A", "1000"),
        refund_of("a1", "r1", "05-12", "1000"),
    ];
    assert_eq!(total(Consumer, "05-11", &events), "6");
    assert_eq!(total(Consumer, "05-30", &events), "2");
}

#[test]
fn an_order_without_a_buyer_counts_in_turnover_only() {
    let events = [order("a1", "05-10", "A", "1000").without_buyer().by_promotion()];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.points.total, points("1"));
    assert_eq!((card.counts.buyers, card.counts.orders_without_buyer), (0, 1));
    assert!(card.notes.iter().any(|note| note.contains("没有买家")));
}

#[test]
fn an_order_counts_for_thirty_days_and_not_on_the_thirty_first() {
    let events = [order("a1", "05-01", "A", "1000")];
    let scores = ["04-30", "05-01", "05-30", "05-31"].map(|as_of| total(Consumer, as_of, &events));
    assert_eq!(scores, ["0", "2", "2", "0"]);
}

#[test]
fn importing_twice_changes_nothing_and_the_first_version_stays() -> Result<(), EventError> {
    let mut ledger = Ledger::new();
    assert_eq!(ledger.push(order("1", "05-10", "A", "1000"))?, Pushed::New);
    // An order and a refund may bear the same number.
    assert_eq!(ledger.push(refund_of("1", "1", "05-11", "100"))?, Pushed::New);
    assert_eq!(ledger.push(order("1", "05-10", "B", "9000"))?, Pushed::Repeated);
    assert_eq!(ledger.push(refund_of("1", "1", "05-11", "900"))?, Pushed::Repeated);
    let rules = crate::build::candidate();
    let inputs = crate::build::all_known();
    let card = xiaoer_growth::score(rules, Consumer, day("05-30"), &ledger, &inputs);
    assert_eq!(card.points.total, points("1.9"));
    Ok(())
}

#[test]
fn an_event_that_cannot_be_is_refused_and_leaves_no_trace() -> Result<(), EventError> {
    let mut ledger = Ledger::new();
    let nameless = order("", "05-10", "A", "10");
    assert!(matches!(ledger.push(nameless), Err(EventError::NoId { .. })));
    let negative = order("1", "05-10", "A", "-10");
    let refused = ledger.push(negative).map_err(|error| error.to_string());
    assert_eq!(refused, Err("event 1 has an impossible amount of -10.00 yuan".to_owned()));
    let absurd = refund_of("1", "r1", "05-10", "99999999999");
    assert!(matches!(ledger.push(absurd), Err(EventError::Amount { .. })));
    // The number is still free for the right row.
    assert_eq!(ledger.push(refund_of("1", "r1", "05-10", "9"))?, Pushed::New);
    Ok(())
}
