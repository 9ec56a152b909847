//! The score opened down to single orders: which row bears which points.

use xiaoer_growth::Industry::{self, Consumer, Industrial};
use xiaoer_growth::{Contribution, ContributionKind, Event, contributions};

use crate::build::{Told, candidate, day, inquiry, ledger, order, points, refund_of, refund_to, yuan};

fn rows(industry: Industry, events: &[Event]) -> Vec<Contribution> {
    contributions(candidate(), industry, day("05-30"), &ledger(events))
}

fn ids(rows: &[Contribution]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn a_buyer_counts_with_their_first_order_and_accelerates_with_their_first_promoted_one() {
    let events = [
        order("late", "05-12", "A", "300").by_promotion(),
        order("undone", "05-09", "A", "100").by_promotion(),
        order("early", "05-10", "A", "1000").in_scene(),
        order("fake", "05-11", "A", "5000").fake(),
        refund_of("undone", "r", "05-10", "100"),
    ];
    let rows = rows(Consumer, &events);
    assert_eq!(ids(&rows), ["undone", "early", "late"], "in order of time, invalid orders left out");
    let totals = rows.iter().map(Contribution::total).collect::<Vec<_>>();
    // Nothing is left of the first; 1 + 1 + 3 of scene turnover; 0.3 + 3.
    assert_eq!(totals, [points("0"), points("5"), points("3.3")]);
    assert_eq!((rows[1].base, rows[1].scene), (points("1"), points("3")));
    assert_eq!((rows[2].base, rows[2].marketing), (points("0"), points("3")));
    assert_eq!(rows[1].buyer.as_deref(), Some("A"));
}

#[test]
fn loose_refunds_of_one_day_are_listed_in_one_order_however_they_came() {
    let events = [
        order("a", "05-10", "A", "1000"),
        refund_to("A", "r2", "05-20", "20"),
        refund_to("A", "r1", "05-20", "10").in_scene(),
    ];
    let listed = rows(Consumer, &events);
    assert_eq!(ids(&listed)[..3], ["a", "r1", "r2"]);
    let refund = &listed[1];
    assert_eq!((refund.kind, refund.amount), (ContributionKind::Refund, yuan("-10")));
    assert_eq!((refund.turnover, refund.scene), (points("-0.01"), points("-0.03")));
    // There was no scene turnover to take from: the floor gives it back in a row of its own.
    let limit = &listed[3];
    assert_eq!((limit.kind, limit.scene), (ContributionKind::Limit, points("0.03")));

    let [first, second, third] = events;
    assert_eq!(rows(Consumer, &[third, second, first]), listed);
}

#[test]
fn a_persons_inquiries_of_one_day_are_one_row_under_the_first() {
    let mut noon = inquiry("noon", "05-10", "P").by_promotion();
    noon.at += chrono::Duration::hours(2);
    let morning = inquiry("morning", "05-10", "P");
    for events in [[noon.clone(), morning.clone()], [morning, noon]] {
        let rows = rows(Industrial, &events);
        assert_eq!(ids(&rows), ["morning"]);
        assert_eq!(rows[0].total(), points("1.2"));
        assert!(self::rows(Consumer, &events).is_empty(), "inquiries bring a consumer shop nothing");
    }
}

#[test]
fn an_industrial_shops_orders_bear_no_buyer_points() {
    let rows = rows(Industrial, &[order("a", "05-10", "A", "1000").by_promotion()]);
    assert_eq!(rows[0].total(), points("1"));
}
