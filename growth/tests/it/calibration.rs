//! What 成长中心 showed, beside what the rules give: kept by day, judged, and explained where one thing explains it.

use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{Calibration, Event, Explains, Explanation, Inputs, Mark, Points, ScoreCard, score};

use crate::build::{Told, all_known, candidate, corrected, day, inquiry, ledger, order, points};

fn shown(month_day: &str, points: &str) -> Calibration {
    Calibration { day: day(month_day), points: self::points(points), level: None }
}

fn with(entries: &[(&str, &str)]) -> Inputs {
    Inputs { shown: entries.iter().map(|(day, points)| shown(day, points)).collect(), ..all_known() }
}

/// Ten buyers of 1000 yuan on 05-10, four by promotion; on 05-25 five of 2000 yuan, one by promotion, and one sale of
/// 1000 yuan in a scene by a buyer already counted. 32 points on 05-20, 54 on 05-27. An old order covers the windows.
fn shop() -> Vec<Event> {
    let mut events = vec![order("old", "03-01", "Z", "100")];
    for at in 0..10 {
        let sale = order(&format!("a{at}"), "05-10", &format!("A{at}"), "1000");
        events.push(if at < 4 { sale.by_promotion() } else { sale });
    }
    for at in 0..5 {
        let sale = order(&format!("b{at}"), "05-25", &format!("B{at}"), "2000");
        events.push(if at == 0 { sale.by_promotion() } else { sale });
    }
    events.push(order("s", "05-25", "A9", "1000").in_scene());
    events
}

fn at(inputs: &Inputs) -> ScoreCard {
    score(candidate(), Consumer, day("05-30"), &ledger(&shop()), inputs)
}

fn explained<'a>(card: &'a ScoreCard, field: &str) -> Option<&'a Explanation> {
    card.explanations.iter().find(|found| found.field == field)
}

#[test]
fn what_was_shown_is_compared_with_the_score_of_the_day_before() {
    let events = [order("a1", "05-01", "A", "1000"), order("b1", "05-20", "B", "1000")];
    let entry = Calibration { level: Some("L1".to_owned()), ..shown("05-20", "2.5") };
    let inputs = Inputs { shown: vec![entry], ..all_known() };
    // The card itself is of a later day, when A has left the window.
    let card = score(candidate(), Consumer, day("06-05"), &ledger(&events), &inputs);
    assert_eq!(card.points.total, points("2"));
    let entered = card.entered.expect("the comparison");
    assert_eq!(entered.as_of, day("05-19"));
    assert_eq!(entered.computed, points("2"), "B paid on the day it was read, which is not shown yet");
    assert_eq!(entered.computed_level, "L1");
    assert_eq!(card.difference, Some(points("0.5")));
    assert!(card.notes.iter().any(|note| note.contains("相差 0.5 分")));
}

#[test]
fn without_an_entry_there_is_no_difference_and_no_verdict() {
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert_eq!((card.entered, card.difference, card.trusted), (None, None, None));
    assert_eq!((card.calibration.len(), card.explanations.len()), (0, 0));
}

#[test]
fn the_single_entry_of_older_inputs_is_still_read() {
    let old = r#"{"entered": {"day": "2027-05-21", "points": "30", "level": "L1"}, "marks_known": true}"#;
    let inputs: Inputs = serde_json::from_str(old).expect("inputs that were kept before there was a list");
    assert_eq!(inputs.shown, [Calibration { level: Some("L1".to_owned()), ..shown("05-21", "30") }]);
    let none: Inputs = serde_json::from_str(r#"{"entered": null}"#).expect("inputs without an entry");
    assert_eq!(none, Inputs::default());
    let text = serde_json::to_string(&inputs).expect("json");
    assert_eq!(serde_json::from_str::<Inputs>(&text).expect("inputs"), inputs);
    let wrong = serde_json::from_str::<Inputs>(r#"{"shown": [{"day": "2027-05-21", "points": 0.5}]}"#);
    assert!(wrong.expect_err("a binary fraction").to_string().contains("in quotes"));
}

#[test]
fn the_history_is_one_row_a_day_the_newest_first_and_never_more_than_twelve() {
    let card = at(&with(&[("05-21", "9"), ("05-28", "54"), ("05-21", "28")]));
    let rows: Vec<_> = card.calibration.iter().map(|row| (row.day, row.as_of, row.difference.to_string())).collect();
    assert_eq!(rows, [(day("05-28"), day("05-27"), "0".to_owned()), (day("05-21"), day("05-20"), "-4".to_owned())]);
    assert_eq!(card.entered.map(|entered| entered.day), Some(day("05-28")));

    let many: Vec<(String, &str)> = (1..=20).map(|at| (format!("05-{at:02}"), "1")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(day, points)| (day.as_str(), *points)).collect();
    let card = at(&with(&many));
    let days: Vec<_> = card.calibration.iter().map(|row| row.day).collect();
    assert_eq!((days.len(), days[0], days[11]), (12, day("05-20"), day("05-09")));

    let mut kept = with(&[("05-21", "9"), ("05-28", "54")]);
    kept.keep_shown(shown("05-21", "28"));
    assert_eq!((kept.shown.len(), kept.newest_shown()), (2, Some(&shown("05-28", "54"))));
}

#[test]
fn what_was_shown_after_the_day_of_the_card_is_not_compared_with_orders_it_does_not_look_at() {
    let card = at(&with(&[("05-31", "54"), ("06-01", "99")]));
    assert_eq!(card.entered.map(|entered| entered.day), Some(day("05-31")));
    assert!(card.notes.iter().any(|note| note.contains("2027-06-01 的数据晚于")), "{:?}", card.notes);
}

#[test]
fn a_day_of_older_rules_is_not_held_against_the_new_ones() {
    let shop = ledger(&shop());
    let entry = |day: &str| Calibration { day: day.parse().expect("a date"), points: points("77"), level: None };
    let inputs = Inputs { shown: vec![entry("2026-05-24"), entry("2026-05-25")], ..all_known() };
    let card = score(candidate(), Consumer, day("05-30"), &shop, &inputs);
    let days: Vec<String> = card.calibration.iter().map(|row| row.day.to_string()).collect();
    assert_eq!(days, ["2026-05-25"], "what was shown on 05-24 is the score of 05-23");
    assert!(card.notes.iter().any(|note| note.contains("有 1 次成长中心的数据在")), "{:?}", card.notes);
}

#[test]
fn the_one_wrong_rate_that_fits_every_comparison_stands_first() {
    // What a marketing rate of 2 gives: 10 + 10 + 8, and 15 + 21 + 10 + 3.
    let card = at(&with(&[("05-21", "28"), ("05-28", "49")]));
    let first = &card.explanations[0];
    assert_eq!((first.kind, first.field.as_str(), first.value.as_str()), (Explains::Figure, "consumer.marketing", "2"));
    assert_eq!((first.fits, first.of, first.fits_all), (2, 2, true));
    assert_eq!(first.sentence, "若“消费品 每个数字营销买家的加速”不是 3 分而是 2 分，2 次对比全部吻合。");
    assert!(card.explanations[1..].iter().all(|other| !other.fits_all), "{:?}", card.explanations);
    assert!(card.notes.contains(&first.sentence));
    assert_eq!(card.points.total, points("54"), "nothing is applied by itself");

    let taken = corrected(&[(&first.field, &first.value)]);
    let fixed = score(&taken, Consumer, day("05-30"), &ledger(&shop()), &with(&[("05-21", "28"), ("05-28", "49")]));
    assert_eq!((fixed.difference, fixed.explanations.len()), (Some(Points::ZERO), 0));
}

#[test]
fn the_other_reading_of_the_acceleration_and_of_the_rounding_are_found() {
    // In all: 10 + 10 + 8, and 15 + 21 + 10 + 2.
    let card = at(&with(&[("05-21", "28.0"), ("05-28", "48")]));
    let first = &card.explanations[0];
    assert_eq!((first.field.as_str(), first.value.as_str(), first.fits_all), ("reading.acceleration", "in_all", true));
    assert!(first.sentence.contains("按“已包含基础分”而不是“在基础分之外另加”计算"), "{}", first.sentence);

    let odd =
        [order("old", "03-01", "Z", "1"), order("a", "05-10", "A", "1990"), order("b", "05-10", "B", "500").in_scene()];
    // 2 + 2.49 + 1.5 = 5.99; each part cut: 2 + 2 + 1.
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&odd), &with(&[("05-21", "4.99")]));
    assert_eq!(explained(&card, "reading.rounding"), None, "a total with fractions is not rounded");
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&odd), &with(&[("05-21", "4")]));
    // 2 + 2 + 0: only whole thousands of the scene's 500 yuan, which are none.
    assert_eq!(explained(&card, "reading.rounding").map(|found| found.value.as_str()), Some("whole_thousands"));
}

#[test]
fn rates_that_are_not_round_or_not_positive_are_no_explanation() {
    // Off by 0.37 of 32: base would be 1.037, marketing 3.0925.
    let card = at(&with(&[("05-21", "32.37")]));
    assert_eq!(card.explanations, []);
    // 40 points less than nothing could be taken from any rate.
    let card = at(&with(&[("05-21", "-8")]));
    assert!(
        card.explanations.iter().all(|found| !found.value.starts_with('-') && found.value != "0"),
        "{:?}",
        card.explanations
    );
}

#[test]
fn a_rate_that_would_contradict_the_pack_is_no_explanation() {
    // In all, base 4: 40 + 10 + 4 × (3 − 4), but the acceleration cannot be less than the base it contains.
    let in_all = corrected(&[("reading.acceleration", "in_all")]);
    let card = score(&in_all, Consumer, day("05-30"), &ledger(&shop()), &with(&[("05-21", "46")]));
    assert!(!card.explanations.is_empty());
    assert_eq!(explained(&card, "consumer.base"), None);
}

#[test]
fn a_difference_below_the_last_place_shown_needs_no_explanation() {
    let events = [order("old", "03-01", "Z", "1"), order("a", "05-10", "A", "1990")];
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&events), &with(&[("05-21", "2")]));
    assert_eq!((card.difference, card.explanations.len()), (Some(points("-0.99")), 0));
}

#[test]
fn the_points_of_a_held_mark_are_solved_for() {
    let mark = Mark { kind: "实力商家".to_owned(), from: day("01-01"), to: None };
    let inputs = Inputs { marks: vec![mark], ..with(&[("05-21", "132"), ("05-28", "154")]) };
    let card = at(&inputs);
    let found = explained(&card, "consumer.marks.实力商家.points").expect("the unknown mark");
    assert_eq!((found.value.as_str(), found.fits_all), ("100", true));
    assert!(found.sentence.contains("标识：实力商家”不是未知而是 100 分"), "{}", found.sentence);
}

#[test]
fn a_missing_answer_that_fits_says_how_many() {
    let mut events = vec![order("old", "03-01", "Z", "100")];
    for at in 0..6 {
        events.push(order(&format!("a{at}"), "05-10", &format!("A{at}"), "1000").marketing(None));
    }
    let inputs = with(&[("05-19", "24"), ("05-20", "24"), ("05-21", "24")]);
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&events), &inputs);
    let found = explained(&card, "marketing_buyers").expect("the missing answer");
    assert_eq!((found.kind, found.value.as_str()), (Explains::Missing, "4"), "12 known, 12 = 4 × 3");
    assert!(found.sentence.contains("数字营销买家约 4 人"), "{}", found.sentence);
    assert_eq!(card.trusted, None, "what a missing answer accounts for says nothing about the rules");

    let beyond = score(candidate(), Consumer, day("05-30"), &ledger(&events), &with(&[("05-21", "31")]));
    assert_eq!(explained(&beyond, "marketing_buyers"), None, "six buyers bring at most 18");
    assert_eq!(beyond.calibration[0].beyond, points("1"));
}

#[test]
fn missing_scenes_inquiries_marks_and_refunds_are_measured() {
    let old = || order("old", "03-01", "Z", "100");
    let explain = |industry, events: &[Event], inputs: &Inputs, field: &str| {
        let card = score(candidate(), industry, day("05-30"), &ledger(events), inputs);
        explained(&card, field).map(|found| (found.value.clone(), found.sentence.clone()))
    };
    let value = |found: Option<(String, String)>| found.map(|(value, _)| value);
    let scene = [old(), order("a", "05-10", "A", "4000").scene(None)];
    // 1 + 4, and 7.5 of scene points: 2500 yuan.
    assert_eq!(
        value(explain(Consumer, &scene, &with(&[("05-21", "12.5")]), "scene_turnover")).as_deref(),
        Some("2500")
    );

    let asked = [old(), inquiry("p", "05-10", "P")];
    let inputs = Inputs { inquiries_known: false, ..with(&[("05-21", "3.3")]) };
    assert_eq!(value(explain(Industrial, &asked, &inputs, "inquiries")).as_deref(), Some("10"));

    let inputs = Inputs { marks_known: false, ..with(&[("05-21", "632"), ("05-28", "654")]) };
    let (mark, sentence) = explain(Consumer, &shop(), &inputs, "marks").expect("a mark nobody asked about");
    assert_eq!((mark.as_str(), sentence.starts_with("若店铺持有标识“超级工厂”")), ("超级工厂", true));

    let inputs = Inputs { refunds_known: false, ..with(&[("05-21", "30.5")]) };
    let (yuan, sentence) = explain(Consumer, &shop(), &inputs, "refunds").expect("refunds that were not handed in");
    assert_eq!((yuan.as_str(), sentence.contains("未导入的退款约 1500 元")), ("1500", true));
    let inputs = Inputs { refunds_known: false, ..with(&[("05-21", "20")]) };
    assert_eq!(explain(Consumer, &shop(), &inputs, "refunds"), None, "12,000 yuan were never paid");
    assert_eq!(explain(Consumer, &shop(), &with(&[("05-21", "30.5")]), "refunds"), None, "there are none missing");
}

#[test]
fn a_pack_that_misses_its_limit_three_times_running_is_not_trusted() {
    // Off by 6 each time; the limit is the larger of 5 points and 2 %.
    let off = [("05-21", "38"), ("05-22", "38"), ("05-23", "38")];
    let card = at(&with(&off));
    assert_eq!(card.trusted, Some(false));
    assert!(
        card.notes
            .iter()
            .any(|note| note.contains("最近 3 次") && note.contains("暂不可信") && note.contains("本项目自定"))
    );
    assert_eq!(at(&with(&off[..2])).trusted, None, "two are too few to say");
    assert_eq!(
        at(&with(&[("05-21", "37"), ("05-22", "38"), ("05-23", "38")])).trusted,
        Some(true),
        "5 is still inside"
    );
    let patient = corrected(&[("calibration.after", "2"), ("calibration.limit_points", "0.5")]);
    let card = score(&patient, Consumer, day("05-30"), &ledger(&shop()), &with(&[("05-21", "33"), ("05-22", "33")]));
    assert_eq!(card.trusted, Some(false), "two per cent of 33 are less than one point");
}

#[test]
fn a_comparison_without_the_orders_of_its_window_says_nothing_about_the_rules() {
    let young: Vec<Event> = shop().into_iter().filter(|event| event.id != "old").collect();
    let off = with(&[("05-21", "99"), ("05-22", "99"), ("05-23", "99")]);
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&young), &off);
    assert_eq!((card.trusted, card.explanations.len()), (None, 0));
    assert!(card.calibration.iter().all(|row| !row.covered));
    assert!(card.notes.iter().any(|note| note.contains("没有覆盖对比那天的整个窗口")));
}
