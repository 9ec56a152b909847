//! Stories of the coming days: what is certain, what is simulated, and what a merchant is told beside it.

use chrono::{Days, NaiveDate};
use xiaoer_growth::forecast::{Basis, Forecast, ForecastWish, forecast, outlook};
use xiaoer_growth::{Event, Industry, Inputs, Ledger, Mark, Points, score};

use crate::build::{Told, all_known, candidate, day, inquiry, ledger, order, points, refund_of, refund_to};

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).expect("a date")
}

/// `MM-DD` so many days after the first of March, a stretch without festivals up to the end of April.
fn month_day(days: u64) -> String {
    after(day("03-01"), days).format("%m-%d").to_string()
}

fn basis<'a>(ledger: &'a Ledger, inputs: &'a Inputs) -> Basis<'a> {
    Basis { pack: candidate(), industry: Industry::Consumer, ledger, inputs }
}

fn told(events: &[Event], as_of: NaiveDate, wish: &ForecastWish) -> Forecast {
    forecast(&basis(&ledger(events), &all_known()), as_of, wish)
}

/// A shop whose week repeats: some new buyers each day, none on Sundays, each for 1,000 yuan.
fn weekly(days: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for passed in 0..days {
        for buyer in 0..[0, 3, 5, 4, 6, 2, 1][passed as usize % 7] {
            let name = format!("{passed}-{buyer}");
            events.push(order(&format!("o{name}"), &month_day(passed), &name, "1000"));
        }
    }
    events
}

/// A shop with ups and downs: buyers who come back, refunds of both kinds, and orders without a buyer.
fn lively(days: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for passed in 0..days {
        for visit in 0..(passed * 7 + passed / 5) % 6 {
            let id = format!("{passed}-{visit}");
            let buyer = format!("b{}", (passed * 13 + visit * 29) % 97);
            let mut sale =
                order(&id, &month_day(passed), &buyer, &format!("{}", 100 + (passed * 37 + visit * 411) % 1900));
            if visit == 3 {
                sale = sale.without_buyer();
            }
            events.push(sale);
            if (passed + visit) % 9 == 0 {
                events.push(refund_of(&id, &format!("r{id}"), &month_day(passed + 4), "90"));
            }
            if (passed + visit) % 11 == 0 {
                events.push(refund_to(&buyer, &format!("u{id}"), &month_day(passed + 1), "250"));
            }
        }
    }
    events
}

#[test]
fn what_is_certain_equals_what_the_card_says_will_drop_and_marks_end_by_their_own_dates() {
    let as_of = after(day("03-01"), 79);
    let ends = after(as_of, 4);
    let mark = Mark { kind: "超级工厂".into(), from: day("01-01"), to: Some(ends) };
    let inputs = Inputs { marks: vec![mark], ..all_known() };
    let ledger = ledger(&lively(80));
    let card = score(candidate(), Industry::Consumer, as_of, &ledger, &inputs);
    let found = forecast(&basis(&ledger, &inputs), as_of, &ForecastWish { days: 45, ..ForecastWish::default() });

    assert_eq!(found.total, card.points.total);
    assert_eq!(found.zero_new.len(), 45);
    let mut left = card.points.total;
    for (at, stays) in found.zero_new.iter().enumerate() {
        left -= card.dropping.get(at).map_or(Points::ZERO, |drop| drop.points);
        let mark_gone = if stays.date > ends { points("600") } else { Points::ZERO };
        assert_eq!(stays.points, left - mark_gone, "{}", stays.date);
    }
    assert_eq!(found.zero_new[44].points, Points::ZERO);
}

#[test]
fn a_mark_that_ends_takes_its_points_off_the_simulated_days_too() {
    let as_of = after(day("03-01"), 55);
    let mark = Mark { kind: "超级工厂".into(), from: day("01-01"), to: Some(after(as_of, 10)) };
    let inputs = Inputs { marks: vec![mark], ..all_known() };
    let ledger = ledger(&weekly(56));
    let bands = forecast(&basis(&ledger, &inputs), as_of, &ForecastWish::default()).usual.expect("bands");
    let plain = forecast(&basis(&ledger, &all_known()), as_of, &ForecastWish::default()).usual.expect("bands");

    for (at, (with, without)) in bands.iter().zip(&plain).enumerate() {
        let mark = if at < 10 { points("600") } else { Points::ZERO };
        assert_eq!(
            (with.p10, with.p50, with.p90),
            (without.p10 + mark, without.p50 + mark, without.p90 + mark),
            "{at}"
        );
    }
}

#[test]
fn a_shop_whose_week_repeats_is_foreseen_to_the_point() {
    let (all, known) = (ledger(&weekly(131)), ledger(&weekly(71)));
    let (as_of, inputs) = (after(day("03-01"), 70), all_known());
    let wish = ForecastWish { days: 60, ..ForecastWish::default() };
    let bands = forecast(&basis(&known, &inputs), as_of, &wish).usual.expect("bands");

    assert_eq!(bands.len(), 60);
    for band in bands {
        let came = score(candidate(), Industry::Consumer, band.date, &all, &inputs).points.total;
        assert_eq!((band.p10, band.p50, band.p90), (came, came, came), "{}", band.date);
    }
}

#[test]
fn buyers_who_come_every_day_are_never_counted_twice() {
    let mut events = Vec::new();
    for passed in 0..60 {
        for buyer in 0..10 {
            events.push(order(&format!("{passed}-{buyer}"), &month_day(passed), &format!("b{buyer}"), "100"));
        }
    }
    let found = told(&events, after(day("03-01"), 59), &ForecastWish::default());

    // Ten buyers and thirty days of 1,000 yuan, on every day and every path.
    assert_eq!(found.total, points("40"));
    let bands = found.usual.expect("bands");
    assert!(bands.iter().all(|band| band.p10 == points("40") && band.p90 == points("40")), "{bands:?}");
}

#[test]
fn the_same_seed_gives_the_same_forecast_whatever_the_order_of_arrival() {
    let as_of = after(day("03-01"), 79);
    let (mut events, wish) = (lively(80), ForecastWish::default());
    let first = told(&events, as_of, &wish);
    assert_eq!(told(&events, as_of, &wish), first);
    events.reverse();
    assert_eq!(told(&events, as_of, &wish), first);

    let other = told(&events, as_of, &ForecastWish { seed: 7, ..wish });
    assert_ne!(other.usual, first.usual, "another seed draws other paths");
    assert_eq!(other.zero_new, first.zero_new, "what is certain is not drawn");
}

#[test]
fn what_comes_after_the_day_changes_nothing() {
    let as_of = after(day("03-01"), 79);
    let mut events = lively(80);
    let late = events.iter().filter(|event| event.at.date() > as_of).count();
    assert!(late > 0, "refunds of the last orders come after the day");
    let before = told(&events, as_of, &ForecastWish::default());
    events.push(order("later", "05-21", "new", "99999"));
    events.push(refund_of("79-1", "later", "05-22", "50"));
    events.push(refund_to("b3", "later too", "05-22", "5000"));
    assert_eq!(told(&events, as_of, &ForecastWish::default()), before);

    events.retain(|event| event.at.date() <= as_of);
    assert_eq!(told(&events, as_of, &ForecastWish::default()), before);
}

#[test]
fn a_longer_look_ahead_begins_with_the_same_days() {
    let as_of = after(day("03-01"), 79);
    let near = told(&lively(80), as_of, &ForecastWish { days: 10, ..ForecastWish::default() }).usual.expect("bands");
    let far = told(&lively(80), as_of, &ForecastWish::default()).usual.expect("bands");
    assert_eq!(far[..10], near);
}

#[test]
fn three_days_of_history_make_a_sentence_and_no_bands() {
    let found = told(&weekly(3), day("03-03"), &ForecastWish::default());
    assert_eq!(found.usual, None);
    assert!(found.odds.is_empty());
    let why = found.why_not.expect("a sentence");
    assert!(why.contains("只有 2 天") && why.contains("至少 42 天"), "{why}");
    assert_eq!(found.zero_new.len(), 30, "what is certain needs no history");

    // The first Sunday is without orders, so the history begins on its second day.
    let enough = told(&weekly(43), after(day("03-01"), 42), &ForecastWish::default());
    assert!(enough.usual.is_some() && enough.why_not.is_none(), "{:?}", enough.why_not);
    let short = told(&weekly(42), after(day("03-01"), 41), &ForecastWish::default());
    assert!(short.usual.is_none());
}

#[test]
fn a_shop_without_any_record_is_told_so() {
    let found = told(&[], day("03-03"), &ForecastWish::default());
    let why = found.why_not.expect("a sentence");
    assert!(why.contains("没有任何历史记录"), "{why}");
    assert!(found.zero_new.iter().all(|day| day.points == Points::ZERO));
    assert!(outlook(&basis(&ledger(&[]), &all_known()), day("03-03"), &ForecastWish::default()).is_none());
}

#[test]
fn the_odds_of_one_day_are_never_above_those_of_any_day() {
    let as_of = after(day("03-01"), 79);
    let ledger = ledger(&lively(80));
    let mut pack = candidate().clone();
    let now = score(&pack, Industry::Consumer, as_of, &ledger, &all_known()).points.total;
    for (level, share) in pack.levels.iter_mut().skip(1).zip([90, 97, 102, 108, 120]) {
        level.threshold.value = Points::from_micro(now.micro() / 100 * share);
    }
    let inputs = all_known();
    let basis = Basis { pack: &pack, industry: Industry::Consumer, ledger: &ledger, inputs: &inputs };
    let judged = after(as_of, 12);
    let wish = ForecastWish { judging_day: Some(judged), ..ForecastWish::default() };
    let found = forecast(&basis, as_of, &wish);

    // Present is the one at 97%: one below, two above.
    let names: Vec<&str> = found.odds.iter().map(|odds| odds.level.as_str()).collect();
    assert_eq!(names, ["L2", "L3", "L4", "L5"]);
    let mut apart = false;
    for level in &found.odds {
        let on = level.on_day.expect("the day is among the days");
        assert_eq!((on.date, level.any_day.by), (judged, judged));
        assert!(on.odds.hits <= level.any_day.odds.hits, "{level:?}");
        apart |= on.odds.hits < level.any_day.odds.hits;
    }
    assert!(apart, "the two figures are two: {:?}", found.odds);
    assert!(found.odds.is_sorted_by(|low, high| low.any_day.odds.hits >= high.any_day.odds.hits));
    assert!(!found.notes.join("").contains("官方评定日未知"));
}

#[test]
fn an_unknown_judging_day_is_said_and_one_beyond_the_days_has_no_odds() {
    let as_of = after(day("03-01"), 79);
    let daily = told(&lively(80), as_of, &ForecastWish::default());
    assert!(daily.notes.join("").contains("官方评定日未知"), "{:?}", daily.notes);
    let last = after(as_of, 30);
    assert!(daily.odds.iter().all(|level| level.on_day.is_some_and(|on| on.date == last) && level.any_day.by == last));

    let wish = ForecastWish { judging_day: Some(after(as_of, 31)), ..ForecastWish::default() };
    let beyond = told(&lively(80), as_of, &wish);
    assert!(beyond.odds.iter().all(|level| level.on_day.is_none() && level.any_day.by == last));
    assert!(beyond.notes.join("").contains("之后"), "{:?}", beyond.notes);
}

#[test]
fn what_is_missing_from_the_score_is_said_beside_its_forecast() {
    let as_of = after(day("03-01"), 60);
    let ledger = ledger(&weekly(61));
    let found = forecast(&basis(&ledger, &Inputs::default()), as_of, &ForecastWish::default());
    assert!(found.notes[0].starts_with("估算：还缺") && found.notes[0].contains("退款"), "{:?}", found.notes);
    let known = forecast(&basis(&ledger, &all_known()), as_of, &ForecastWish::default());
    assert!(!known.notes.join("").contains("估算"), "{:?}", known.notes);
}

#[test]
fn an_industrial_shop_is_foreseen_by_its_inquiries() {
    let events: Vec<Event> = (0..70)
        .flat_map(|passed| {
            (0..4).map(move |asker| inquiry(&format!("{passed}-{asker}"), &month_day(passed), &format!("p{asker}")))
        })
        .collect();
    let (ledger, inputs) = (ledger(&events), all_known());
    let basis = Basis { pack: candidate(), industry: Industry::Industrial, ledger: &ledger, inputs: &inputs };
    let found = forecast(&basis, after(day("03-01"), 69), &ForecastWish::default());

    // Four inquiries of 0.3 points on each of thirty days.
    assert_eq!(found.total, points("36"));
    assert!(found.usual.expect("bands").iter().all(|band| band.p10 == points("36") && band.p90 == points("36")));
}

#[test]
fn a_forecast_is_stored_and_read_again_with_its_points_as_text() {
    let found =
        told(&lively(80), after(day("03-01"), 79), &ForecastWish { days: 3, paths: 50, ..ForecastWish::default() });
    let json = serde_json::to_value(&found).expect("JSON");
    assert!(
        json["total"].is_string() && json["usual"][2]["p90"].is_string() && json["zero_new"][0]["points"].is_string()
    );
    assert_eq!(serde_json::from_value::<Forecast>(json).expect("a forecast"), found);
}
