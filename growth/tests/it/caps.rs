//! Caps, rounding and stacking: what they cut, and that every list still adds up.

use proptest::prelude::*;
use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{
    ContributionKind, Event, Industry, Points, RulePack, ScoreCard, Stacking, contributions, marginal, score,
};

use crate::build::{Told, all_known, candidate, corrected, day, inquiry, ledger, order, points};
use crate::properties::{as_of, history, industry};

/// 3 buyers, 3.75 of turnover, 2 promoted buyers for 6, 1,250 yuan of scene turnover for 3.75: 16.5 in all.
fn shop() -> Vec<Event> {
    vec![
        order("a1", "05-10", "A", "1250").by_promotion().in_scene(),
        order("b1", "05-11", "B", "1500").by_promotion(),
        order("c1", "05-12", "C", "1000"),
    ]
}

fn by(pack: &RulePack) -> ScoreCard {
    score(pack, Consumer, day("05-30"), &ledger(&shop()), &all_known())
}

fn parts(card: &ScoreCard) -> [String; 4] {
    let base = card.points.buyers.or(card.points.inquiries).unwrap_or_default();
    [base, card.points.turnover, card.acceleration.marketing, card.acceleration.scene].map(|part| part.to_string())
}

/// Rows of orders, dropping and the card tell one total.
fn assert_adds_up(pack: &RulePack, industry: Industry, events: &[Event]) {
    let shop = ledger(events);
    let card = score(pack, industry, day("05-30"), &shop, &all_known());
    let rows = contributions(pack, industry, day("05-30"), &shop);
    assert_eq!(rows.iter().map(xiaoer_growth::Contribution::total).sum::<Points>(), card.points.total);
    assert_eq!(card.dropping.iter().map(|row| row.points).sum::<Points>(), card.points.total);
}

#[test]
fn without_a_known_cap_nothing_is_cut_and_no_cap_is_named() {
    let card = by(candidate());
    assert_eq!(parts(&card), ["3", "3.75", "6", "3.75"]);
    assert_eq!(card.points.total, points("16.5"));
    assert!(!card.notes.iter().any(|note| note.contains("上限")));
    assert!(candidate().consumer.caps.is_empty() && candidate().industrial.caps.is_empty());
}

#[test]
fn a_cap_cuts_its_own_part_and_the_limit_row_says_what_it_took() {
    let capped = corrected(&[("consumer.caps.marketing", "4"), ("consumer.caps.base", "2.5")]);
    let card = by(&capped);
    assert_eq!(parts(&card), ["2.5", "3.75", "4", "3.75"]);
    assert_eq!(card.points.total, points("14"));
    assert!(card.notes.iter().any(|note| note == "数字营销积分已到上限 4 分（商家填写）。"), "{:?}", card.notes);
    let rows = contributions(&capped, Consumer, day("05-30"), &ledger(&shop()));
    let limit = rows.last().filter(|row| row.kind == ContributionKind::Limit).expect("a limit row");
    assert_eq!((limit.base, limit.marketing, limit.turnover), (points("-0.5"), points("-2"), points("0")));
    assert_adds_up(&capped, Consumer, &shop());
    // Every event has the same cap from above: A leaves, and the two that stay are still above it.
    assert_eq!(by(&capped).dropping[9].points, points("0.5") + points("1.25") + points("3.75") + points("1"));

    let turnover = corrected(&[("consumer.caps.turnover", "1"), ("consumer.caps.scene", "0")]);
    assert_eq!(parts(&by(&turnover)), ["3", "1", "6", "0"]);
}

#[test]
fn a_cap_of_one_industry_leaves_the_other_alone() {
    let capped = corrected(&[("industrial.caps.base", "0.3")]);
    assert_eq!(by(&capped).points.total, points("16.5"));
    let asked = [inquiry("p", "05-10", "P"), inquiry("q", "05-10", "Q")];
    let card = score(&capped, Industrial, day("05-30"), &ledger(&asked), &all_known());
    assert_eq!(card.points.inquiries, Some(points("0.3")));
    assert_adds_up(&capped, Industrial, &asked);
}

#[test]
fn a_cap_bounds_what_a_missing_answer_can_bring() {
    let capped = corrected(&[("consumer.caps.marketing", "4")]);
    let events = [order("a", "05-10", "A", "1000").by_promotion(), order("b", "05-10", "B", "1000").marketing(None)];
    let card = score(&capped, Consumer, day("05-30"), &ledger(&events), &all_known());
    assert_eq!(card.range.and_then(|range| range.high), Some(points("8")), "2 + 2 + 3, and 1 more up to the cap");
    assert_eq!(marginal(&capped, Consumer), marginal(candidate(), Consumer), "said below every cap");
}

#[test]
fn each_rounding_cuts_what_it_names() {
    let rounded = |how: &str| corrected(&[("reading.rounding", how)]);
    // 3 + 3 + 6 + 3: whole thousands of turnover and of scene turnover.
    assert_eq!(by(&rounded("whole_thousands")).points.total, points("15"));
    let whole = by(&rounded("whole_parts"));
    assert_eq!(parts(&whole), ["3", "3", "6", "3"]);
    let total = by(&rounded("whole_total"));
    assert_eq!(parts(&total), ["3", "3.75", "6", "3.75"], "the parts keep their fractions");
    assert_eq!((total.points.rounding, total.points.total), (points("-0.5"), points("16")));
    for how in ["none", "whole_thousands", "whole_parts", "whole_total"] {
        assert_adds_up(&rounded(how), Consumer, &shop());
    }
    assert!(total.notes.iter().any(|note| note == "积分合计舍去小数（商家填写）。"));
}

#[test]
fn rounding_parts_and_thousands_differ_where_a_rate_is_not_one() {
    let asked: Vec<Event> = (0..5).map(|at| inquiry(&format!("{at}"), "05-10", &format!("P{at}"))).collect();
    let by = |how: &str| {
        let pack = corrected(&[("reading.rounding", how)]);
        score(&pack, Industrial, day("05-30"), &ledger(&asked), &all_known()).points.total
    };
    assert_eq!((by("none"), by("whole_thousands"), by("whole_parts")), (points("1.5"), points("1.5"), points("1")));
}

#[test]
fn a_promoted_order_earns_nothing_for_its_scene_where_promotion_goes_first() {
    let first = corrected(&[("reading.stacking", "marketing_first")]);
    let mut events = shop();
    assert_eq!(by(&first).points.total, points("12.75"), "A's 3.75 of scene points are not added");
    assert_adds_up(&first, Consumer, &events);
    let rows = contributions(&first, Consumer, day("05-30"), &ledger(&events));
    assert_eq!((rows[0].id.as_str(), rows[0].scene, rows.len()), ("a1", Points::ZERO, 3), "no limit row is needed");
    events.push(order("d1", "05-12", "D", "2000").in_scene());
    let card = score(&first, Consumer, day("05-30"), &ledger(&events), &all_known());
    assert_eq!(card.acceleration.scene, points("6"));
    assert_adds_up(&first, Consumer, &events);
    assert!(card.notes.iter().any(|note| note.contains("不再计场景加速")));
}

#[test]
fn an_order_that_may_be_promoted_may_lose_its_scene_points() {
    let first = corrected(&[("reading.stacking", "marketing_first")]);
    let events = [
        order("a1", "05-10", "A", "1000").by_promotion(),
        order("a2", "05-11", "A", "2000").marketing(None).in_scene(),
    ];
    let card = score(&first, Consumer, day("05-30"), &ledger(&events), &all_known());
    assert_eq!(card.points.total, points("13"), "1 + 3 + 3 + 6");
    let range = card.range.expect("a range");
    assert_eq!((range.low, range.high), (points("7"), Some(points("13"))));
    assert!(card.missing.iter().any(|input| input.input == "scene_marketing"));
    let additive = score(candidate(), Consumer, day("05-30"), &ledger(&events), &all_known());
    assert_eq!(additive.range, None, "where both are added nothing is open");
}

#[test]
fn a_level_that_rests_on_doubtful_scene_points_is_not_confirmed() {
    let first = corrected(&[("reading.stacking", "marketing_first")]);
    let mut inputs = all_known();
    for (gate, value) in [("shop_information", "98"), ("serious_violations", "0")] {
        inputs.gates.insert(gate.to_owned(), value.parse().expect("a decimal"));
    }
    let sale = |marketing| ledger(&[order("a1", "05-10", "A", "100000").marketing(marketing).in_scene()]);
    let doubtful = score(&first, Consumer, day("05-30"), &sale(None), &inputs);
    assert_eq!((doubtful.level.as_str(), doubtful.points.total), ("L2", points("401")));
    assert!(!doubtful.level_confirmed, "300 of the points are gone if the order was promoted");
    assert_eq!(doubtful.level_range.map(|range| range.low).as_deref(), Some("L1"));
    assert!(score(&first, Consumer, day("05-30"), &sale(Some(false)), &inputs).level_confirmed);
}

fn reading() -> impl Strategy<Value = RulePack> {
    let rounding = prop_oneof![Just("none"), Just("whole_thousands"), Just("whole_parts"), Just("whole_total")];
    let acceleration = prop_oneof![Just("on_top"), Just("in_all")];
    let cap = || prop_oneof![Just("unknown"), Just("1.55"), Just("4")];
    (rounding, acceleration, any::<bool>(), [cap(), cap(), cap(), cap()]).prop_map(
        |(rounding, acceleration, first, caps)| {
            let mut changes = vec![("reading.rounding", rounding), ("reading.acceleration", acceleration)];
            for industry in ["consumer", "industrial"] {
                for (part, cap) in ["base", "turnover", "marketing", "scene"].into_iter().zip(caps) {
                    let field = format!("{industry}.caps.{part}");
                    changes.push((Box::leak(field.into_boxed_str()), cap));
                }
            }
            let mut pack = corrected(&changes);
            pack.reading.stacking.value = if first { Stacking::MarketingFirst } else { Stacking::Additive };
            pack
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn whatever_the_reading_orders_and_dropping_add_up_to_the_total(
        pack in reading(), events in history(), industry in industry(), as_of in as_of(),
    ) {
        let shop = ledger(&events);
        let card = score(&pack, industry, as_of, &shop, &all_known());
        let rows = contributions(&pack, industry, as_of, &shop);
        let sum = |part: fn(&xiaoer_growth::Contribution) -> Points| rows.iter().map(part).sum::<Points>();
        prop_assert_eq!(sum(|row| row.base), card.points.buyers.or(card.points.inquiries).unwrap_or_default());
        prop_assert_eq!(sum(|row| row.turnover), card.points.turnover);
        prop_assert_eq!(sum(|row| row.marketing), card.acceleration.marketing);
        prop_assert_eq!(sum(|row| row.scene), card.acceleration.scene);
        prop_assert_eq!(sum(xiaoer_growth::Contribution::total), card.points.total);
        prop_assert_eq!(card.dropping.iter().map(|row| row.points).sum::<Points>(), card.points.total);
    }

    #[test]
    fn whatever_the_reading_the_range_holds(
        pack in reading(), events in history(), industry in industry(), as_of in as_of(),
        answers in prop::collection::vec(any::<(bool, bool)>(), 40),
    ) {
        let open = score(&pack, industry, as_of, &ledger(&events), &all_known());
        let mut settled = events;
        for (event, (first, second)) in settled.iter_mut().zip(answers) {
            use xiaoer_growth::EventKind::{Inquiry, Order};
            match &mut event.kind {
                Order { marketing, scene, .. } => {
                    marketing.get_or_insert(first);
                    scene.get_or_insert(second);
                }
                Inquiry { marketing, .. } => {
                    marketing.get_or_insert(first);
                }
                _ => {}
            }
        }
        let known = score(&pack, industry, as_of, &ledger(&settled), &all_known()).points.total;
        let (low, high) = open.range.map_or((open.points.total, Some(open.points.total)), |range| (range.low, range.high));
        prop_assert!(low <= known, "{} below {}", known, low);
        prop_assert!(Some(known) <= high, "{} above {:?}", known, high);
    }
}
