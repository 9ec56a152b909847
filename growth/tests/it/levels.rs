//! Levels, their gates, and what a card looks like as JSON.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{Event, Inputs, LevelRange, Mark, ScoreCard, pack, score};

use crate::build::{Told, all_known, candidate, card, day, ledger, order, points};

/// 1,300,000 yuan of one buyer: 1301 points, L3.
fn big_shop() -> Vec<Event> {
    vec![order("a1", "05-10", "A", "1300000")]
}

fn gates(values: &[(&str, &str)]) -> BTreeMap<String, Decimal> {
    let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), value.parse::<Decimal>().expect("a decimal"));
    values.iter().map(entry).collect()
}

fn with_gates(values: &[(&str, &str)]) -> ScoreCard {
    let inputs = Inputs { gates: gates(values), ..all_known() };
    score(candidate(), Consumer, day("05-30"), &ledger(&big_shop()), &inputs)
}

const PASSED: [(&str, &str); 4] = [
    ("shop_information", "98"),
    ("serious_violations", "0"),
    ("buyer_satisfaction", "85"),
    ("on_time_shipping", "93.5"),
];

#[test]
fn a_level_is_confirmed_only_when_every_gate_up_to_it_is_known() {
    let unknown = with_gates(&[]);
    assert_eq!(unknown.level, "L3");
    assert!(!unknown.level_confirmed);
    let open = LevelRange { low: "L1".to_owned(), high: Some("L3".to_owned()) };
    assert_eq!(unknown.level_range, Some(open));
    let asked: Vec<&str> = unknown.missing.iter().map(|input| input.input.as_str()).collect();
    let all = ["shop_information", "serious_violations", "buyer_satisfaction", "on_time_shipping"];
    assert_eq!(asked, all.map(|gate| format!("gate:{gate}")));

    // The gates of L2 are missing: L3's own are not enough.
    assert!(!with_gates(&PASSED[2..]).level_confirmed);

    let known = with_gates(&PASSED);
    assert!(known.level_confirmed);
    assert_eq!((known.level_range, known.estimated), (None, false));
}

#[test]
fn a_failing_gate_says_by_how_much_and_which_level_is_left() {
    let mut values = PASSED;
    values[2].1 = "81.4";
    let card = with_gates(&values);
    assert_eq!(card.level, "L3", "the level by points is still shown");
    assert!(!card.level_confirmed);
    let left = LevelRange { low: "L2".to_owned(), high: Some("L2".to_owned()) };
    assert_eq!(card.level_range, Some(left));
    let failing = card.gates.iter().find(|row| row.ok == Some(false)).expect("a failing gate");
    assert_eq!((failing.gate.as_str(), failing.level.as_str()), ("buyer_satisfaction", "L3"));
    assert_eq!(failing.short_by, Some(Decimal::new(36, 1)));
}

#[test]
fn the_gates_of_the_next_level_say_by_how_much_they_fail() {
    let mut values = PASSED.to_vec();
    values.extend([("inquiry_response", "90.5"), ("reply_within_48h", "97")]);
    let card = with_gates(&values);
    let next: Vec<_> = card.gates.iter().filter(|row| row.level == "L4").collect();
    assert_eq!(next.len(), 2, "the card is on L3");
    assert_eq!((next[0].ok, next[0].short_by), (Some(false), Some(Decimal::new(45, 1))));
    assert_eq!((next[1].ok, next[1].short_by), (Some(true), None));
    assert!(card.level_confirmed, "a gate of the next level does not touch this one");
}

#[test]
fn a_card_names_every_level_and_scene_so_that_it_can_be_drawn_without_the_pack() {
    let card = with_gates(&[]);
    let steps: Vec<_> = card.levels.iter().map(|step| (step.level.as_str(), step.threshold.to_string())).collect();
    let expected = [("L1", "0"), ("L2", "300"), ("L3", "1200"), ("L4", "3000"), ("L5", "6500"), ("L6", "12000")];
    assert_eq!(steps, expected.map(|(level, threshold)| (level, threshold.to_owned())));
    assert_eq!(card.scenes, ["大严选", "托管", "哇噢定制"]);
}

#[test]
fn gates_that_are_not_cumulative_look_at_their_own_level_only() {
    let mut pack = candidate().clone();
    pack.reading.gates_cumulative.value = false;
    let inputs = Inputs { gates: gates(&PASSED[2..]), ..all_known() };
    let card = score(&pack, Consumer, day("05-30"), &ledger(&big_shop()), &inputs);
    assert!(card.level_confirmed);
}

#[test]
fn missing_points_can_leave_two_levels_open() {
    let events = [order("a1", "05-10", "A", "290000").scene(None)];
    let card = card(Consumer, "05-30", &events);
    assert_eq!(card.level, "L1");
    assert!(!card.level_confirmed, "870 points more would be L2");
    assert_eq!(card.level_range.and_then(|range| range.high).as_deref(), Some("L2"));
}

#[test]
fn a_threshold_that_is_just_reached_counts_and_the_highest_level_has_none_above() {
    let just = card(Consumer, "05-30", &[order("a1", "05-10", "A", "299000")]);
    assert_eq!((just.level.as_str(), just.points.total), ("L2", points("300")));
    let fen_less = card(Consumer, "05-30", &[order("a1", "05-10", "A", "298999.99")]);
    assert_eq!(fen_less.level, "L1");
    assert_eq!(fen_less.next.map(|next| next.gap), Some(points("0.00001")));
    let top = card(Consumer, "05-30", &[order("a1", "05-10", "A", "20000000")]);
    assert_eq!((top.level.as_str(), top.next), ("L6", None));
}

#[test]
fn a_mark_opens_the_gate_that_names_it() {
    let row = |inputs: &Inputs| {
        let top = ledger(&[order("a1", "05-10", "A", "20000000")]);
        let card = score(candidate(), Consumer, day("05-30"), &top, inputs);
        let row = card.gates.into_iter().find(|row| row.gate == "verified_factory");
        row.expect("the gate of L6")
    };
    assert_eq!(row(&Inputs::default()).ok, None, "nobody said which marks there are");
    assert_eq!(row(&all_known()).ok, Some(false));
    let mark = Mark { kind: "深度验厂".to_owned(), from: day("01-01"), to: None };
    let held = row(&Inputs { marks: vec![mark], ..all_known() });
    assert_eq!((held.ok, held.value.as_deref()), (Some(true), Some("深度验厂")));
}

#[test]
fn a_value_for_a_gate_that_does_not_exist_is_said_and_not_swallowed() {
    let card = with_gates(&[("satisfaction", "99")]);
    assert!(card.notes.iter().any(|note| note.contains("satisfaction") && note.contains("没有使用")));
}

#[test]
fn protection_changes_no_figure_and_is_said_only_while_it_lasts() {
    let rules = pack("2024-11-08").expect("an embedded pack");
    let at = |as_of: &str| {
        let as_of: chrono::NaiveDate = as_of.parse().expect("a date");
        let mut sale = order("a1", "05-10", "A", "1300000");
        sale.at = as_of.and_hms_opt(8, 0, 0).expect("a time");
        let card = score(rules, Consumer, as_of, &ledger(&[sale]), &all_known());
        let said = card.notes.iter().any(|note| note.contains("保护期"));
        (card.level, card.points.total.to_string(), said, card.pack_in_force)
    };
    let (level, total) = ("L3".to_owned(), "1301".to_owned());
    assert_eq!(at("2024-11-07"), (level.clone(), total.clone(), false, false));
    assert_eq!(at("2024-11-08"), (level.clone(), total.clone(), true, true));
    assert_eq!(at("2024-12-07"), (level.clone(), total.clone(), true, true));
    assert_eq!(at("2024-12-08"), (level, total, false, true));
}

#[test]
fn a_card_is_json_with_decimals_as_strings_and_reads_back_equal() {
    let events = [order("a1", "05-10", "A", "1234.56").marketing(None)];
    let card = card(Consumer, "05-30", &events);
    let json = serde_json::to_value(&card).expect("json");
    assert_eq!(json["as_of"], "2027-05-30");
    assert_eq!(json["industry"], "consumer");
    assert_eq!(json["pack"], "2026-candidate");
    assert_eq!(json["points"]["buyers"], "1");
    assert!(json["points"].get("inquiries").is_none());
    assert_eq!(json["points"]["turnover"], "1.23456");
    assert_eq!(json["points"]["total"], "2.23456");
    assert_eq!(json["counts"]["turnover_yuan"], "1234.56");
    assert_eq!(json["next"]["level"], "L2");
    assert_eq!(json["next"]["threshold"], "300");
    assert_eq!(json["next"]["gap"], "297.76544");
    assert_eq!(json["range"]["high"], "5.23456");
    assert_eq!(json["confidence"], "candidate");
    assert_eq!(json["dropping"][9]["date"], "2027-06-09");
    assert_eq!(json["dropping"][9]["points"], "2.23456");
    assert_eq!(serde_json::from_value::<ScoreCard>(json.clone()).expect("a card"), card);

    let mut old = json;
    let kept = old.as_object_mut().expect("an object");
    let new = [
        "calibration",
        "trusted",
        "explanations",
        "corrected",
        "levels",
        "scenes",
        "judging",
        "benefits",
        "protection",
    ];
    for key in new {
        assert!(kept.remove(key).is_some(), "{key}");
    }
    let read = serde_json::from_value::<ScoreCard>(old).expect("a card that was kept before these fields came");
    assert_eq!((read.points, read.judging.day), (card.points, None));
}
