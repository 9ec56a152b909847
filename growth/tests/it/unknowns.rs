//! What is not known makes a range and a sentence, never a zero.

use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{Effect, Inputs, Mark, Missing, Points, Range, ScoreCard, score};

use crate::build::{Told, all_known, candidate, card, day, inquiry, ledger, order, points, refund_of};

fn missing<'a>(card: &'a ScoreCard, input: &str) -> Option<&'a Missing> {
    card.missing.iter().find(|missing| missing.input == input)
}

fn up_to(high: &str) -> Effect {
    Effect { low: Some(Points::ZERO), high: Some(points(high)) }
}

#[test]
fn unknown_promotion_and_scene_widen_the_score_by_exactly_what_they_could_bring() {
    let events = [
        order("a1", "05-10", "A", "1000").marketing(None),
        order("a2", "05-11", "A", "1000").marketing(None).in_scene(),
        order("b1", "05-12", "B", "500").by_promotion().scene(None),
        order("b2", "05-13", "B", "500").marketing(None),
        order("c1", "05-14", "C", "100"),
    ];
    let card = card(Consumer, "05-30", &events);
    // 3 buyers, 3.1 of turnover, B's 3 and the scene's 3 are certain.
    assert_eq!(card.points.total, points("12.1"));
    // A once, not twice; B is known already; 500 yuan may be scene turnover.
    assert_eq!(missing(&card, "marketing_buyers").map(|input| input.effect), Some(up_to("3")));
    assert_eq!(missing(&card, "scene_turnover").map(|input| input.effect), Some(up_to("1.5")));
    assert_eq!(card.range, Some(Range { low: points("12.1"), high: Some(points("16.6")) }));
    assert!(card.estimated);
    assert!(card.missing.iter().all(|input| !input.how.is_empty() && !input.title.is_empty()));
}

#[test]
fn an_unknown_order_that_was_refunded_in_full_opens_nothing() {
    let events = [
        order("a1", "05-10", "A", "1000").marketing(None).scene(None),
        order("a2", "05-10", "A", "1000"),
        refund_of("a1", "r1", "05-11", "1000"),
    ];
    let card = card(Consumer, "05-30", &events);
    assert_eq!((card.points.total, card.range), (points("2"), None));
}

#[test]
fn unknown_inquiries_have_no_upper_bound_and_only_matter_to_industrial_shops() {
    let events = [order("a1", "05-10", "A", "1000"), inquiry("i1", "05-11", "P").marketing(None)];
    let inputs = Inputs { inquiries_known: false, ..all_known() };
    let shop = ledger(&events);
    let industrial = score(candidate(), Industrial, day("05-30"), &shop, &inputs);
    assert_eq!(industrial.points.total, points("1.3"));
    assert_eq!(industrial.range, Some(Range { low: points("1.3"), high: None }));
    assert_eq!(industrial.level_range.and_then(|range| range.high), None);
    assert!(!industrial.level_confirmed);

    let consumer = score(candidate(), Consumer, day("05-30"), &shop, &inputs);
    assert_eq!((consumer.points.total, consumer.range), (points("2"), None));

    let all_there = score(candidate(), Industrial, day("05-30"), &shop, &all_known());
    assert_eq!(missing(&all_there, "marketing_inquiries").map(|input| input.effect), Some(up_to("0.9")));
}

#[test]
fn a_second_answer_of_the_same_day_settles_a_persons_unknown_inquiry() {
    let events = [inquiry("i1", "05-11", "P").marketing(None), inquiry("i2", "05-11", "P").by_promotion()];
    let card = card(Industrial, "05-30", &events);
    assert_eq!((card.points.total, card.range), (points("1.2"), None));
}

#[test]
fn without_refunds_the_card_says_so() {
    let events = [order("a1", "05-10", "A", "1000")];
    let inputs = Inputs { refunds_known: false, ..all_known() };
    let card = score(candidate(), Consumer, day("05-30"), &ledger(&events), &inputs);
    assert!(card.notes.iter().any(|note| note.contains("未扣退款")));
    let effect = missing(&card, "refunds").map(|input| input.effect);
    assert_eq!(effect, Some(Effect { low: None, high: Some(Points::ZERO) }));
    assert_eq!(card.range, None, "nobody can bound it, so no bound is claimed");
}

#[test]
fn marks_nobody_asked_about_are_a_range_and_a_mark_without_a_rate_is_said() {
    let inputs = Inputs { marks_known: false, ..all_known() };
    let shop = ledger(&[order("a1", "05-10", "A", "1000")]);
    let asked = score(candidate(), Consumer, day("05-30"), &shop, &inputs);
    assert_eq!(missing(&asked, "marks").map(|input| input.effect), Some(up_to("1200")));

    let mark = |kind: &str| Mark { kind: kind.to_owned(), from: day("01-01"), to: None };
    let inputs = Inputs { marks: vec![mark("实力商家"), mark("金牌卖家")], ..all_known() };
    let card = score(candidate(), Consumer, day("05-30"), &shop, &inputs);
    assert_eq!(card.points.total, points("2"));
    for kind in ["实力商家", "金牌卖家"] {
        let said = |note: &String| note.contains(kind) && note.contains("未知");
        assert!(card.notes.iter().any(said), "{kind}: {:?}", card.notes);
    }
}

#[test]
fn a_mark_counts_once_a_kind_while_it_is_held() {
    let mark = |kind: &str, from, to: Option<&str>| Mark { kind: kind.to_owned(), from: day(from), to: to.map(day) };
    let marks = vec![
        mark("超级工厂", "01-01", Some("06-10")),
        mark("超级工厂", "03-01", Some("06-10")),
        mark("深度验厂", "06-01", None),
    ];
    let inputs = Inputs { marks, ..all_known() };
    let shop = ledger(&[order("a1", "05-10", "A", "1000")]);
    let at = |as_of| score(candidate(), Consumer, day(as_of), &shop, &inputs);
    let totals = ["05-30", "06-01", "06-10", "06-11"].map(|as_of| at(as_of).points.total);
    assert_eq!(totals.map(|total| total.to_string()), ["602", "1202", "1200", "600"]);

    let may = at("05-30");
    let fallen: Points = may.dropping.iter().map(|row| row.points).sum();
    assert_eq!(fallen, points("2"), "marks do not leave with the window");
    assert!(may.notes.iter().any(|note| note.contains("2027-06-10 到期") && note.contains("600")));
}

#[test]
fn a_window_the_data_do_not_cover_is_said() {
    let events = [order("a1", "05-20", "A", "1000"), order("a2", "05-25", "A", "1000")];
    let partly = card(Consumer, "05-30", &events).notes;
    assert!(partly.iter().any(|note| note.contains("2027-05-20 开始") && note.contains("19 天")));
    assert!(partly.iter().any(|note| note.contains("2027-05-25 之后没有记录")));
    let after = card(Consumer, "08-30", &events).notes;
    assert!(after.iter().any(|note| note.contains("没有任何记录")));
}
