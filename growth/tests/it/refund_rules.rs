//! The other readings of what a refund takes back, each by a story that can be counted on paper.

use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{Contribution, Points, RefundBuyer, RefundTakes, RulePack, contributions, score};

use crate::build::{Told, all_known, candidate, day, ledger, order, points, refund_of};

/// The candidate rules with another refund rule.
pub(crate) fn by(takes: RefundTakes, buyer: RefundBuyer) -> RulePack {
    let mut pack = candidate().clone();
    pack.refund.takes.value = takes;
    pack.refund.buyer.value = buyer;
    pack
}

/// A pays 1,000 by promotion in a scene and gets 100 back on the 20th; A also pays 500; B pays 2,000, C pays 300 and
/// gets all of it back; of D's fake order 50 go back.
fn totals(pack: &RulePack, days: [&str; 3]) -> [Points; 3] {
    let events = [
        order("a1", "05-10", "A", "1000").by_promotion().in_scene(),
        order("a2", "05-11", "A", "500"),
        order("b1", "05-12", "B", "2000"),
        order("c1", "05-13", "C", "300"),
        order("d1", "05-14", "D", "800").fake(),
        refund_of("a1", "r1", "05-20", "100"),
        refund_of("c1", "r2", "05-21", "300"),
        refund_of("d1", "r3", "05-21", "50"),
        refund_of("b1", "r4", "05-22", "0"),
        refund_of("b1", "r5", "05-23", "1").fake(),
    ];
    let shop = ledger(&events);
    days.map(|as_of| {
        let card = score(pack, Consumer, day(as_of), &shop, &all_known());
        let rows = contributions(pack, Consumer, day(as_of), &shop);
        let opened: Points = rows.iter().map(Contribution::total).sum();
        assert_eq!(opened, card.points.total, "the score opens down to its orders under every reading");
        assert_eq!(card.dropping.iter().map(|row| row.points).sum::<Points>(), card.points.total);
        card.points.total
    })
}

const DAYS: [&str; 3] = ["05-19", "05-20", "05-30"];

#[test]
fn as_the_packs_say_a_refund_takes_its_amount_and_the_buyer_stays_while_something_is_left() {
    let pack = by(RefundTakes::Amount, RefundBuyer::WhenNothingLeft);
    assert_eq!(&pack, candidate());
    // 3 buyers + 3.8 + 3 of promotion + 3 of a scene; 0.1 and 0.3 of the scene go; C and 0.3 go.
    assert_eq!(totals(&pack, DAYS), [points("12.8"), points("12.4"), points("11.1")]);
}

#[test]
fn a_refund_may_take_the_whole_order_whatever_was_refunded() {
    let pack = by(RefundTakes::WholeOrder, RefundBuyer::WhenNothingLeft);
    // a1 goes with its 1 of turnover, 3 of scene and 3 of promotion; A stays by a2. Then C and 0.3 go.
    assert_eq!(totals(&pack, DAYS), [points("12.8"), points("5.8"), points("4.5")]);
}

#[test]
fn a_refund_may_cost_the_order_its_buyer_while_its_turnover_stays() {
    let pack = by(RefundTakes::Amount, RefundBuyer::AtAnyRefund);
    // 0.1 and 0.3 of the scene go, and promotion's 3; A stays by a2. Then C and 0.3 go.
    assert_eq!(totals(&pack, DAYS), [points("12.8"), points("9.4"), points("8.1")]);
}

#[test]
fn a_buyer_of_one_order_is_lost_with_its_first_refund_only_where_the_rules_say_so() {
    let events = [order("a1", "05-10", "A", "1000"), refund_of("a1", "r1", "05-11", "1")];
    let total = |takes, buyer| {
        let pack = by(takes, buyer);
        score(&pack, Consumer, day("05-30"), &ledger(&events), &all_known()).points.total
    };
    use {RefundBuyer::*, RefundTakes::*};
    assert_eq!(total(Amount, WhenNothingLeft), points("1.999"));
    assert_eq!(total(Amount, AtAnyRefund), points("0.999"));
    assert_eq!(total(WholeOrder, WhenNothingLeft), points("0"));
    assert_eq!(total(WholeOrder, AtAnyRefund), points("0"));
}
