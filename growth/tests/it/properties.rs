//! Promises for any history: small numbers of buyers and orders, so that everything meets everything.

use chrono::{Days, NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use xiaoer_growth::{Event, EventKind, Fen, Industry, Ledger, Points, ScoreCard, contributions, score};

use crate::build::{all_known, candidate, day, ledger};
use crate::naive;

fn moment() -> impl Strategy<Value = NaiveDateTime> {
    (0_u64..70, 0_u32..24).prop_map(|(days, hour)| {
        let date = day("04-01").checked_add_days(Days::new(days)).expect("a date");
        date.and_hms_opt(hour, 0, 0).expect("a time")
    })
}

fn known() -> impl Strategy<Value = Option<bool>> {
    prop_oneof![Just(None), Just(Some(false)), Just(Some(true))]
}

fn person() -> impl Strategy<Value = String> {
    (0_u8..6).prop_map(|at| format!("person {at}"))
}

fn mostly_valid() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.85)
}

fn kind() -> impl Strategy<Value = EventKind> {
    let buyer = || prop::option::weighted(0.85, person());
    let amount = || (0_i64..200_000).prop_map(Fen);
    let order_id = prop::option::of((0_u8..40).prop_map(|at| format!("{at}")));
    prop_oneof![
        4 => (buyer(), amount(), known(), known(), mostly_valid()).prop_map(
            |(buyer, amount, marketing, scene, valid)| EventKind::Order {
                buyer, amount, marketing, scene, valid,
            }
        ),
        2 => (order_id, buyer(), amount(), known(), mostly_valid()).prop_map(
            |(order, buyer, amount, scene, valid)| EventKind::Refund {
                order, buyer, amount, scene, valid,
            }
        ),
        1 => (person(), known(), mostly_valid()).prop_map(|(person, marketing, valid)| {
            EventKind::Inquiry { person, marketing, valid }
        }),
    ]
}

/// Up to forty events, numbered in their order so that a refund's order often exists.
pub(crate) fn history() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((moment(), kind()), 0..40).prop_map(|rows| {
        let event = |(at, (moment, kind))| Event { at: moment, id: format!("{at}"), kind };
        rows.into_iter().enumerate().map(event).collect()
    })
}

pub(crate) fn industry() -> impl Strategy<Value = Industry> {
    prop_oneof![Just(Industry::Consumer), Just(Industry::Industrial)]
}

pub(crate) fn as_of() -> impl Strategy<Value = NaiveDate> {
    (0_u64..80).prop_map(|days| day("04-01").checked_add_days(Days::new(days)).expect("a date"))
}

fn card(ledger: &Ledger, industry: Industry, as_of: NaiveDate) -> ScoreCard {
    score(candidate(), industry, as_of, ledger, &all_known())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn the_score_equals_a_plain_reading_of_the_rules(
        events in history(), industry in industry(), as_of in as_of(),
    ) {
        let card = card(&ledger(&events), industry, as_of);
        let base = card.points.buyers.or(card.points.inquiries).unwrap_or_default();
        let parts = [
            base, card.points.turnover, card.acceleration.marketing, card.acceleration.scene,
        ];
        prop_assert_eq!(parts.map(Points::micro), naive::points(&events, industry, as_of));
        prop_assert_eq!(parts.into_iter().sum::<Points>(), card.points.total);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        (sorted, shuffled) in history().prop_flat_map(|events| {
            (Just(events.clone()), Just(events).prop_shuffle())
        }),
        industry in industry(), as_of in as_of(),
    ) {
        let (one, other) = (ledger(&sorted), ledger(&shuffled));
        prop_assert_eq!(card(&one, industry, as_of), card(&other, industry, as_of));
        prop_assert_eq!(
            contributions(candidate(), industry, as_of, &one),
            contributions(candidate(), industry, as_of, &other)
        );
    }

    #[test]
    fn a_ledger_that_grew_event_by_event_scores_like_one_built_at_once(
        events in history(), industry in industry(), as_of in as_of(),
    ) {
        let mut growing = Ledger::new();
        for (at, event) in events.iter().enumerate() {
            growing.push(event.clone()).expect("a possible event");
            // Scoring in between and handing the same event in again must leave no trace.
            growing.push(event.clone()).expect("a possible event");
            let full = ledger(&events[..=at]);
            prop_assert_eq!(card(&growing, industry, as_of), card(&full, industry, as_of));
        }
    }

    #[test]
    fn the_score_never_falls_when_a_valid_order_is_added(
        events in history(), industry in industry(), as_of in as_of(),
        at in moment(), buyer in person(), amount in 0_i64..200_000, answers in (known(), known()),
    ) {
        let before = card(&ledger(&events), industry, as_of);
        let mut more = events;
        // The number may be one that a waiting refund names.
        let id = format!("{}", more.len());
        let (marketing, scene) = answers;
        let kind = EventKind::Order {
            buyer: Some(buyer), amount: Fen(amount), marketing, scene, valid: true,
        };
        more.push(Event { at, id, kind });
        let after = card(&ledger(&more), industry, as_of);
        prop_assert!(after.points.total >= before.points.total);
        let high = |card: &ScoreCard| {
            card.range.map_or(Some(card.points.total), |range| range.high)
        };
        prop_assert!(high(&after) >= high(&before));
    }

    #[test]
    fn dropping_is_the_fall_of_the_score_without_new_events_and_sums_to_it(
        events in history(), industry in industry(), as_of in as_of(),
    ) {
        let known: Vec<Event> =
            events.iter().filter(|event| event.at.date() <= as_of).cloned().collect();
        let today = card(&ledger(&events), industry, as_of);
        let quiet = ledger(&known);
        let mut last = today.points.total;
        for row in &today.dropping {
            let then = card(&quiet, industry, row.date).points.total;
            prop_assert_eq!(row.points, last - then, "{}", row.date);
            last = then;
        }
        prop_assert_eq!(today.dropping.len(), 30);
        let fallen: Points = today.dropping.iter().map(|row| row.points).sum();
        prop_assert_eq!(fallen, today.points.total);
    }

    #[test]
    fn the_score_opens_down_to_its_events(
        events in history(), industry in industry(), as_of in as_of(),
    ) {
        let shop = ledger(&events);
        let today = card(&shop, industry, as_of);
        let rows = contributions(candidate(), industry, as_of, &shop);
        let sum = |part: fn(&xiaoer_growth::Contribution) -> Points| {
            rows.iter().map(part).sum::<Points>()
        };
        let base = today.points.buyers.or(today.points.inquiries).unwrap_or_default();
        prop_assert_eq!(sum(|row| row.base), base);
        prop_assert_eq!(sum(|row| row.turnover), today.points.turnover);
        prop_assert_eq!(sum(|row| row.marketing), today.acceleration.marketing);
        prop_assert_eq!(sum(|row| row.scene), today.acceleration.scene);
    }

    #[test]
    fn the_range_holds_whatever_the_answers_turn_out_to_be(
        events in history(), industry in industry(), as_of in as_of(),
        answers in prop::collection::vec(any::<(bool, bool)>(), 40),
    ) {
        let open = card(&ledger(&events), industry, as_of);
        let mut settled = events;
        for (event, (first, second)) in settled.iter_mut().zip(answers) {
            if let EventKind::Order { marketing, scene, .. } = &mut event.kind {
                marketing.get_or_insert(first);
                scene.get_or_insert(second);
            }
            if let EventKind::Inquiry { marketing, .. } = &mut event.kind {
                marketing.get_or_insert(first);
            }
        }
        let known = card(&ledger(&settled), industry, as_of);
        let high = open.range.map_or(Some(open.points.total), |range| range.high);
        prop_assert!(known.points.total >= open.points.total);
        prop_assert!(Some(known.points.total) <= high);
    }

    #[test]
    fn points_are_written_and_read_exactly(micro in any::<i64>()) {
        let points = Points::from_micro(micro);
        prop_assert_eq!(points.to_string().parse::<Points>(), Ok(points));
    }
}
