//! The warm score beside the fresh one: whatever happens, in whatever order, the two say the same.

use chrono::Days;
use proptest::prelude::*;
use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{
    Event, EventError, Industry, Ledger, Live, Pushed, RefundBuyer, RefundTakes, RulePack, ScoreCard, score,
};

use crate::build::{Told, all_known, candidate, day, inquiry, order, points, refund_of, refund_to};
use crate::properties::{as_of, history, industry};
use crate::refund_rules::by;

/// What a shop goes through while it is watched.
#[derive(Clone, Debug)]
enum Turn {
    Comes(Event),
    Passes(u64),
    BackTo(u64),
}

/// The events of a history in any order, with days that pass in between.
fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let days = prop_oneof![6 => (0_u64..4).prop_map(Turn::Passes), 1 => (4_u64..60).prop_map(Turn::Passes),
        1 => (0_u64..70).prop_map(Turn::BackTo)];
    (history().prop_shuffle(), prop::collection::vec(days, 0..25)).prop_flat_map(|(events, days)| {
        let turns: Vec<Turn> = events.into_iter().map(Turn::Comes).chain(days).collect();
        Just(turns).prop_shuffle()
    })
}

fn readings() -> impl Strategy<Value = RulePack> {
    let takes = prop_oneof![Just(RefundTakes::Amount), Just(RefundTakes::WholeOrder)];
    let buyer = prop_oneof![Just(RefundBuyer::WhenNothingLeft), Just(RefundBuyer::AtAnyRefund)];
    (takes, buyer).prop_map(|(takes, buyer)| by(takes, buyer))
}

fn fresh(pack: &RulePack, industry: Industry, live: &Live, events: &[Event]) -> ScoreCard {
    let ledger = Ledger::of(events.iter().cloned()).expect("a ledger");
    score(pack, industry, live.as_of(), &ledger, &all_known())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_live_score_equals_a_fresh_one_after_every_event_and_every_day(
        turns in turns(), pack in readings(), industry in industry(), start in as_of(), known in 0_usize..10,
    ) {
        let mut events: Vec<Event> = Vec::new();
        let mut turns = turns.into_iter();
        for turn in turns.by_ref().take(known) {
            if let Turn::Comes(event) = turn { events.push(event); }
        }
        let ledger = Ledger::of(events.iter().cloned()).expect("a ledger");
        let mut live = Live::new(ledger, pack.counting(), start);
        for turn in turns {
            match turn {
                Turn::Comes(event) => {
                    prop_assert_eq!(live.push(&event), Ok(Pushed::New));
                    prop_assert_eq!(live.push(&event), Ok(Pushed::Repeated));
                    events.push(event);
                }
                Turn::Passes(days) => live.advance(live.as_of() + Days::new(days)),
                Turn::BackTo(days) => live.advance(day("04-01") + Days::new(days)),
            }
            let expected = fresh(&pack, industry, &live, &events);
            prop_assert_eq!(live.points(&pack, industry, &all_known()), expected.points);
            prop_assert_eq!(live.counts(), expected.counts);
            prop_assert_eq!(live.score(&pack, industry, &all_known()), expected);
        }
    }
}

#[test]
fn events_that_come_together_are_taken_as_if_one_by_one() -> Result<(), EventError> {
    let mut events: Vec<Event> = (0..300_u32)
        .map(|at| order(&format!("o{at}"), "05-10", &format!("buyer {}", at % 40), "100"))
        .chain((0..100).map(|at| refund_of(&format!("o{}", at * 4), &format!("r{at}"), "05-11", "60")))
        .chain((0..20).map(|at| refund_to(&format!("buyer {at}"), &format!("l{at}"), "05-12", "500")))
        .chain((0..50).map(|at| inquiry(&format!("i{at}"), "05-13", &format!("buyer {at}"))))
        .collect();
    events.push(order("o7", "05-10", "another", "1"));
    let (mut alone, mut together) = (live("05-30"), live("05-30"));
    for event in &events {
        alone.push(event)?;
    }
    assert_eq!(together.push_all(&events)?, 470, "one number was there before");
    assert_eq!(together.counts(), alone.counts());
    for industry in [Consumer, Industrial] {
        assert_eq!(now(&together, industry), now(&alone, industry));
    }
    let refused = [order("x1", "05-10", "X", "1"), order("x2", "05-10", "Y", "-1"), order("x3", "05-10", "Z", "1")];
    assert!(together.push_all(&refused).is_err());
    assert_eq!(together.counts().orders, alone.counts().orders + 1, "those before the refused one are in");
    Ok(())
}

fn live(as_of: &str) -> Live {
    Live::new(Ledger::new(), candidate().counting(), day(as_of))
}

fn now(live: &Live, industry: Industry) -> String {
    live.points(candidate(), industry, &all_known()).total.to_string()
}

#[test]
fn a_watched_shop_is_followed_event_by_event() -> Result<(), EventError> {
    let mut shop = live("05-30");
    let story = [
        (refund_of("b1", "r1", "05-20", "500"), "0", "it waits for its order"),
        (order("b1", "05-10", "B", "2000").by_promotion().in_scene(), "10", "1 + 1.5 + 3 + 4.5: the refund was there"),
        (order("a1", "05-01", "A", "1200"), "12.2", "a late order on the first day of the window"),
        (order("old", "04-30", "Z", "9000"), "12.2", "the day before the window"),
        (order("next", "05-31", "N", "100"), "12.2", "tomorrow has not come"),
        (refund_of("b1", "r2", "06-02", "1500"), "12.2", "nor has a refund of next week"),
        (refund_to("A", "r3", "05-28", "300"), "11.9", "A keeps a balance"),
    ];
    for (event, total, why) in story {
        assert_eq!(shop.push(&event)?, Pushed::New);
        assert_eq!(now(&shop, Consumer), total, "{why}");
        assert_eq!(shop.push(&event)?, Pushed::Repeated);
        assert_eq!(now(&shop, Consumer), total, "what was known changes nothing");
    }
    for (to, total, why) in [
        ("05-31", "10.8", "A's 1.2 and 1 leave, N's 0.1 and 1 come; A's refund stays"),
        ("06-01", "10.8", "nothing happens"),
        ("06-02", "1", "nothing is left of B's order from today on; 0.3 goes off N's 0.1"),
        ("05-30", "11.9", "the past looks as it did"),
    ] {
        shop.advance(day(to));
        assert_eq!((now(&shop, Consumer).as_str(), shop.as_of()), (total, day(to)), "{why}");
    }
    Ok(())
}

#[test]
fn a_persons_second_question_of_a_day_only_settles_what_was_unknown() -> Result<(), EventError> {
    let mut shop = live("05-30");
    for (event, total) in [
        (inquiry("i1", "05-20", "P").marketing(None), "0.3"),
        (inquiry("i2", "05-20", "P").by_promotion(), "1.2"),
        (inquiry("i3", "05-20", "P"), "1.2"),
        (inquiry("i4", "05-21", "P"), "1.5"),
        (inquiry("i5", "05-21", "Q").fake(), "1.5"),
    ] {
        shop.push(&event)?;
        assert_eq!(now(&shop, Industrial), total);
    }
    Ok(())
}

#[test]
fn a_refused_event_leaves_log_and_sums_as_they_were() -> Result<(), EventError> {
    let mut shop = live("05-30");
    shop.push(&order("a1", "05-10", "A", "1000"))?;
    assert!(shop.push(&order("a2", "05-10", "A", "-1")).is_err());
    assert_eq!(now(&shop, Consumer), "2");
    assert_eq!(shop.push(&order("a2", "05-10", "A", "1"))?, Pushed::New, "the number is still free");
    Ok(())
}

#[test]
fn rules_that_count_otherwise_are_reckoned_over_the_log() -> Result<(), EventError> {
    let mut shop = live("05-30");
    shop.push(&order("a1", "05-10", "A", "1000"))?;
    shop.push(&refund_of("a1", "r1", "05-11", "1"))?;
    let strict = by(RefundTakes::WholeOrder, RefundBuyer::AtAnyRefund);
    assert_eq!(now(&shop, Consumer), "1.999");
    assert_eq!(shop.points(&strict, Consumer, &all_known()).total, points("0"));
    assert_eq!(shop.score(&strict, Consumer, &all_known()).points.total, points("0"));
    Ok(())
}
