//! Festivals in the coming days: told by the shop's own earlier year, and by nothing else.

use chrono::NaiveDate;
use xiaoer_growth::forecast::{Basis, Forecast, ForecastWish, forecast};
use xiaoer_growth::{Event, EventKind, Fen, Industry, Ledger, score};

use crate::build::{all_known, candidate};

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Ten new buyers for 1,000 yuan each day, and so many times as many on 11 November.
fn shop(from: &str, to: &str, times: u64) -> Ledger {
    let mut ledger = Ledger::new();
    for day in date(from).iter_days().take_while(|day| *day <= date(to)) {
        let buyers = if day.format("%m-%d").to_string() == "11-11" { 10 * times } else { 10 };
        for buyer in 0..buyers {
            let id = format!("{day}-{buyer}");
            let kind = EventKind::Order {
                buyer: Some(id.clone()),
                amount: Fen(100_000),
                marketing: Some(false),
                scene: Some(false),
                valid: true,
            };
            ledger.push(Event { at: day.and_hms_opt(9, 0, 0).expect("a time"), id, kind }).expect("an order");
        }
    }
    ledger
}

fn told(ledger: &Ledger, as_of: &str, days: u32) -> Forecast {
    let inputs = all_known();
    let basis = Basis { pack: candidate(), industry: Industry::Consumer, ledger, inputs: &inputs };
    forecast(&basis, date(as_of), &ForecastWish { days, ..ForecastWish::default() })
}

#[test]
fn a_festival_comes_as_it_came_to_this_shop_a_year_before() {
    let (known, all) = (shop("2025-06-01", "2026-11-05", 6), shop("2025-06-01", "2026-12-20", 6));
    // It comes, and a whole window later it has left again.
    let found = told(&known, "2026-11-05", 45);
    for band in found.usual.expect("bands") {
        let came = score(candidate(), Industry::Consumer, band.date, &all, &all_known()).points.total;
        assert_eq!((band.p10, band.p50, band.p90), (came, came, came), "{}", band.date);
    }
    assert!(found.method.join("").contains("双11（2026-11-11）按本店往年同期"), "{:?}", found.method);
    assert!(!found.notes.join("").contains("双11"), "{:?}", found.notes);
}

#[test]
fn a_shop_that_has_grown_has_a_festival_of_its_present_size() {
    // Last year's shop was as large as this year's; a second line of business doubles it from August on.
    let mut ledger = shop("2025-06-01", "2026-11-05", 6);
    for day in date("2026-07-01").iter_days().take_while(|day| *day <= date("2026-11-05")) {
        for buyer in 0..10 {
            let kind = EventKind::Order {
                buyer: Some(format!("second {day}-{buyer}")),
                amount: Fen(100_000),
                marketing: Some(false),
                scene: Some(false),
                valid: true,
            };
            let id = format!("second {day}-{buyer}");
            ledger.push(Event { at: day.and_hms_opt(9, 0, 0).expect("a time"), id, kind }).expect("an order");
        }
    }
    let bands = told(&ledger, "2026-11-05", 8).usual.expect("bands");
    let day = |text: &str| bands.iter().find(|band| band.date == date(text)).expect("a day").p50;
    // Twenty buyers of two points a day come and twenty leave; on the festival six times as many come.
    let gained = day("2026-11-11") - day("2026-11-10");
    assert_eq!(gained.to_string(), "200");
}

#[test]
fn a_festival_that_the_history_does_not_hold_is_said_and_changes_nothing() {
    let found = told(&shop("2026-06-01", "2026-11-05", 6), "2026-11-05", 20);
    assert!(found.notes.join("").contains("预测期内有双11（2026-11-11），没有往年同期的记录"), "{:?}", found.notes);
    let bands = found.usual.expect("bands");
    assert!(bands.iter().all(|band| band.p10 == found.total && band.p90 == found.total));
}

#[test]
fn a_festival_that_is_over_is_not_expected_again() {
    let found = told(&shop("2026-06-01", "2026-11-25", 6), "2026-11-25", 14);
    let ordinary = "600".parse().expect("points");
    // 11 November leaves the window on 11 December; until then its fifty more buyers of two points stay.
    let with_festival = "700".parse().expect("points");
    let bands = found.usual.expect("bands");
    assert!(bands.iter().all(|band| band.p10 == with_festival && band.p90 == with_festival), "{bands:?}");
    let later = told(&shop("2026-06-01", "2026-11-25", 6), "2026-11-25", 16).usual.expect("bands");
    assert_eq!((later[15].p10, later[15].p90), (ordinary, ordinary));
}
