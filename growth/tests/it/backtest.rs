//! Stories of the look back: what is compared with what, and what is said where nothing can be compared.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use xiaoer_growth::backtest::{Backtest, BacktestWish, backtest};
use xiaoer_growth::forecast::Basis;
use xiaoer_growth::{Event, Industry, Points, score};

use crate::build::{all_known, candidate, day, ledger, order, refund_to};

fn on(passed: u64) -> NaiveDate {
    day("01-04").checked_add_days(Days::new(passed)).expect("a date")
}

/// Between none and eight new buyers a day for uneven amounts, and now and then money back.
fn uneven(days: u64) -> Vec<Event> {
    let mut events = Vec::new();
    for passed in 0..days {
        let date = on(passed).format("%m-%d").to_string();
        for visit in 0..(passed * passed + passed / 3) % 9 {
            let id = format!("{passed}-{visit}");
            events.push(order(&id, &date, &id, &format!("{}", 200 + (passed * 91 + visit * 517) % 3000)));
            if visit == 4 {
                events.push(refund_to(&id, &format!("r{id}"), &date, "150"));
            }
        }
    }
    events
}

fn tried(events: &[Event], wish: &BacktestWish) -> Backtest {
    let (ledger, inputs) = (ledger(events), all_known());
    backtest(&Basis { pack: candidate(), industry: Industry::Consumer, ledger: &ledger, inputs: &inputs }, wish)
}

#[test]
fn the_naive_answers_are_what_anybody_can_compute_from_the_cards() {
    let (events, wish) = (uneven(140), BacktestWish::between(on(100), on(139)));
    let found = tried(&events, &wish);
    let ledger = ledger(&events);
    let total = |passed: u64| score(candidate(), Industry::Consumer, on(passed), &ledger, &all_known()).points.total;
    for (result, days) in found.horizons.iter().zip([7, 14]) {
        let origins: Vec<u64> = (100..=139 - days).collect();
        assert_eq!((result.days, result.origins as usize, result.skipped), (days as u32, origins.len(), 0));
        let mean = |error: &dyn Fn(u64) -> i64| {
            Points::from_micro(origins.iter().map(|origin| error(*origin)).sum::<i64>() / origins.len() as i64)
        };
        let of_last = mean(&|origin| (total(origin + days) - total(origin)).micro().abs());
        let of_mean = mean(&|origin| {
            let week: i64 = (origin - 6..=origin).map(|day| total(day).micro()).sum();
            (total(origin + days).micro() - week / 7).abs()
        });
        assert_eq!((result.error_of_last, result.error_of_mean), (of_last, of_mean), "{days} days");
        assert!(result.coverage.error > Decimal::ZERO && result.coverage.width > Points::ZERO, "{result:?}");
    }
}

#[test]
fn what_comes_after_the_last_day_changes_nothing() {
    let wish = BacktestWish::between(on(100), on(125));
    let found = tried(&uneven(126), &wish);
    assert_eq!(tried(&uneven(140), &wish), found);
    let mut reversed = uneven(126);
    reversed.reverse();
    assert_eq!(tried(&reversed, &wish), found, "nor does the order of arrival");
}

#[test]
fn a_history_that_is_too_short_is_said_and_has_no_verdicts() {
    let found = tried(&uneven(30), &BacktestWish::between(on(10), on(29)));
    for result in &found.horizons {
        assert_eq!(result.origins, 0);
        assert!(result.skipped > 0 && result.verdicts.is_empty());
    }
    assert_eq!(found.in_words(), ["7 天：历史太短，没有可以检验的日期。", "14 天：历史太短，没有可以检验的日期。"]);
}

#[test]
fn a_miss_is_said_in_words() {
    // Five buyers a day, every day: the forecast is right to the point, so its band holds too often.
    let events: Vec<Event> = (0..120)
        .flat_map(|passed| (0..5).map(move |buyer| (passed, format!("{passed}-{buyer}"))))
        .map(|(passed, id)| order(&id, &on(passed).format("%m-%d").to_string(), &id, "100"))
        .collect();
    let found = tried(&events, &BacktestWish::between(on(90), on(119)));
    let result = &found.horizons[0];
    assert_eq!((result.error, result.coverage.width), (Points::ZERO, Points::ZERO));
    assert_eq!(result.coverage.percent.to_string(), "100");
    assert!(!result.verdicts.last().expect("verdicts").reached);
    let words = found.in_words().join("\n");
    assert!(words.contains("命中率（%） 100，要求 62 至 95：未达标"), "{words}");
}

#[test]
fn what_was_found_is_stored_and_read_again_with_decimals_as_text() {
    let found = tried(&uneven(120), &BacktestWish { paths: 50, ..BacktestWish::between(on(100), on(119)) });
    let json = serde_json::to_value(&found).expect("JSON");
    let first = &json["horizons"][0];
    assert!(first["error"].is_string() && first["brier"]["ours"].is_string() && first["coverage"]["width"].is_string());
    assert_eq!(serde_json::from_value::<Backtest>(json).expect("a backtest"), found);
}
