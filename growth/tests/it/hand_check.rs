//! One small shop, followed over five weeks; every figure can be checked on paper.

use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{Event, Points};

use crate::build::{Told, card, inquiry, order, points, refund_of, refund_to, total};

fn may() -> Vec<Event> {
    vec![
        order("a1", "05-01", "A", "1200"),
        order("b1", "05-10", "B", "2000").by_promotion().in_scene(),
        order("c1", "05-12", "C", "500"),
        order("d1", "05-15", "D", "800").fake(),
    ]
}

fn inquiries() -> Vec<Event> {
    vec![inquiry("p1", "05-20", "P"), inquiry("p2", "05-20", "P"), inquiry("q1", "05-21", "Q").by_promotion()]
}

fn refunds() -> Vec<Event> {
    vec![
        refund_of("b1", "r1", "05-20", "500"),
        refund_of("c1", "r2", "05-21", "500"),
        refund_to("A", "r3", "05-28", "300"),
    ]
}

#[test]
fn a_consumer_shop_is_followed_through_three_refunds_and_two_days() {
    let mut events = may();
    assert_eq!(total(Consumer, "05-30", &events), "15.7");

    for (refund, left) in refunds().into_iter().zip(["13.7", "12.2", "11.9"]) {
        events.push(refund);
        assert_eq!(total(Consumer, "05-30", &events), left);
    }
    assert_eq!(total(Consumer, "05-31", &events), "9.7", "A's order leaves, A's refund stays");

    events.push(order("a2", "06-01", "A", "200"));
    assert_eq!(total(Consumer, "06-01", &events), "9.9", "A's balance is still below zero");

    events.push(refund_of("d1", "r4", "05-25", "800"));
    assert_eq!(total(Consumer, "06-01", &events), "9.9", "a fake order has nothing to lose");
}

#[test]
fn the_parts_say_where_the_points_come_from() {
    let card = card(Consumer, "05-30", &may());
    assert_eq!(card.points.buyers, Some(points("3")));
    assert_eq!(card.points.inquiries, None);
    assert_eq!(card.points.turnover, points("3.7"));
    assert_eq!(card.points.acceleration, points("9"));
    assert_eq!(card.acceleration.marketing, points("3"));
    assert_eq!(card.acceleration.scene, points("6"));
    assert_eq!((card.excluded_orders, card.excluded.as_slice()), (1, ["d1".to_owned()].as_slice()));
    assert_eq!(card.points.total, points("15.7"));
    assert_eq!(card.range, None);
    assert!(!card.estimated);
}

#[test]
fn an_industrial_shop_counts_persons_and_days_not_buyers() {
    let mut events = may();
    events.extend(inquiries());
    let before = card(Industrial, "05-30", &events);
    assert_eq!(before.points.inquiries, Some(points("0.6")));
    assert_eq!(before.points.buyers, None);
    assert_eq!(before.points.turnover, points("3.7"));
    assert_eq!((before.acceleration.marketing, before.acceleration.scene), (points("0.9"), points("6")));
    assert_eq!(before.points.total, points("11.2"));

    events.extend(refunds());
    assert_eq!(total(Industrial, "05-30", &events), "8.4");
    events.push(refund_of("d1", "r4", "05-25", "800"));
    assert_eq!(total(Industrial, "05-30", &events), "8.4", "a fake order has nothing to lose");
}

#[test]
fn an_invalid_inquiry_counts_nothing_and_the_next_day_counts_again() {
    let mut events = inquiries();
    events.push(inquiry("s1", "05-22", "S").fake());
    assert_eq!(total(Industrial, "05-30", &events), "1.5");
    events.push(inquiry("p3", "05-21", "P"));
    assert_eq!(total(Industrial, "05-30", &events), "1.8");
    // One promotion inquiry among several of a day makes the day's inquiry a promoted one.
    events.push(inquiry("p4", "05-21", "P").by_promotion());
    assert_eq!(total(Industrial, "05-30", &events), "2.7");
}

#[test]
fn dropping_names_the_first_day_without_the_points_and_rises_when_a_refund_leaves() {
    let mut events = may();
    events.extend(refunds());
    let card = card(Consumer, "05-30", &events);
    let dropped = |date: &str| {
        let date = crate::build::day(date);
        card.dropping.iter().find(|row| row.date == date).map(|row| row.points)
    };
    assert_eq!(card.dropping.len(), 30);
    // 1 buyer and 1200 yuan of A leave on 05-31.
    assert_eq!(dropped("05-31"), Some(points("2.2")));
    // B's 1 + 1.5 + 3 + 4.5, of which A's refund had taken 0.3: alone it can take nothing.
    assert_eq!(dropped("06-09"), Some(points("9.7")));
    assert_eq!(dropped("06-11"), Some(Points::ZERO), "nothing was left of C's order");
    // The turnover was at its floor of zero since 06-09: A's refund leaves without a trace.
    assert_eq!(dropped("06-27"), Some(Points::ZERO));
    assert_eq!(card.dropping.iter().map(|row| row.points).sum::<Points>(), points("11.9"));
}

#[test]
fn a_refund_that_leaves_the_window_gives_points_back() {
    let events = [order("a1", "05-02", "A", "1000"), refund_to("B", "r1", "05-01", "400")];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.points.total, points("1.6"));
    let falls: Vec<Points> = card.dropping.iter().take(2).map(|row| row.points).collect();
    assert_eq!(falls, [points("-0.4"), points("2")]);
}

#[test]
fn a_buyer_who_ordered_again_does_not_drop() {
    let events = [order("a1", "05-01", "A", "100"), order("a2", "05-20", "A", "100")];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.points.total, points("1.2"));
    assert_eq!(card.dropping.first().map(|row| row.points), Some(points("0.1")));
}
