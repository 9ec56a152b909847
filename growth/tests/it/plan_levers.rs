//! Levers read off a shop's own past: every figure can be counted by hand, and says where it comes from.

use xiaoer_growth::plan::{Amount, Books, Economics, Lever, LeverEntry, LeverKind, Levers, Origin, estimate};
use xiaoer_growth::{Event, Fen, Industry, Inputs, Mark, Points};

use crate::build::{Told, all_known, candidate, day, inquiry, ledger, order, points, refund_of, yuan};

/// Levers on 06-30, for a date ten days on.
fn levers(industry: Industry, events: &[Event], economics: &Economics, entries: &[LeverEntry]) -> Levers {
    let (ledger, inputs) = (ledger(events), all_known());
    let books = Books { pack: candidate(), industry, ledger: &ledger, inputs: &inputs, as_of: day("06-30") };
    estimate(&books, day("07-10"), economics, entries)
}

/// Every lever costs a yuan, and a thousand yuan of turnover leave 250.
fn known() -> Economics {
    let unit_costs = LeverKind::all().map(|kind| (kind.id().to_owned(), yuan("1"))).collect();
    Economics { margin_per_thousand: Some(yuan("250")), unit_costs, ..Economics::default() }
}

fn lever(levers: &Levers, kind: LeverKind) -> &Lever {
    let excluded = &levers.excluded;
    levers
        .levers
        .iter()
        .find(|lever| lever.kind == kind)
        .unwrap_or_else(|| panic!("{kind:?} is not there: {excluded:?}"))
}

fn why(levers: &Levers, id: &str) -> String {
    levers.excluded.iter().find(|out| out.lever == id).map(|out| out.why.clone()).expect("an excluded lever")
}

/// Buyers `name1` … of a hundred yuan each on one day.
fn buyers(name: &str, count: usize, month_day: &str) -> Vec<Event> {
    (1..=count).map(|at| order(&format!("{name}{at}-{month_day}"), month_day, &format!("{name}{at}"), "100")).collect()
}

/// A shop whose old buyers fade: see the two tests about them.
fn fading() -> Vec<Event> {
    let mut events = vec![order("first", "01-15", "Z", "100")];
    events.extend(buyers("G", 40, "03-20"));
    events.extend(buyers("F", 80, "05-15"));
    events.extend(buyers("G", 10, "06-08"));
    events.extend(buyers("F", 20, "06-15"));
    events
}

#[test]
fn only_those_who_would_not_come_back_by_themselves_can_be_won_back() {
    let found = levers(Industry::Consumer, &fading(), &known(), &[]);
    let lever = lever(&found, LeverKind::WinBack);
    // Last order from 04-02 to 06-10, so out of the window of 07-10: G1 … G10, who spent more, and F21 … F80.
    let mut people = (1..=10).map(|at| format!("G{at}")).collect::<Vec<_>>();
    people.extend((21..=80).map(|at| format!("F{at}")));
    assert_eq!(lever.people, people);
    // Ten days before, 60 such buyers and none returned; twenty days before, 110 and 20 did; thirty days before, 40 and 10.
    assert_eq!(lever.natural, 142);
    let natural = lever.basis.iter().find(|basis| basis.figure == Amount::PerMille(142)).expect("its basis");
    assert!(matches!(natural.origin, Origin::Estimated { cases: 210, .. }), "{natural:?}");
    // 70 × 0.858 = 60.06 would not come back; a campaign is trusted with a tenth of them, and says that this is a guess.
    assert_eq!(lever.ceiling, 6);
    assert!(lever.basis.iter().any(|basis| basis.origin == Origin::Assumed && basis.figure == Amount::PerMille(100)));
    assert!(lever.brings.new_buyer);
    assert_eq!((lever.brings.turnover, lever.margin), (yuan("100"), Some(yuan("25"))));
}

#[test]
fn buyers_who_still_count_on_the_day_bring_turnover_only() {
    let mut events = fading();
    events.extend(buyers("H", 40, "06-20"));
    let found = levers(Industry::Consumer, &events, &known(), &[]);
    let lever = lever(&found, LeverKind::RepeatOrder);
    // The forty, and F1 … F20, whose newest order still counts on the day.
    assert_eq!((lever.people.len(), lever.brings.new_buyer), (60, false));
}

#[test]
fn a_short_past_does_not_claim_to_know_who_returns() {
    let events = buyers("F", 8, "06-05");
    let found = levers(Industry::Consumer, &events, &known(), &[]);
    assert!(why(&found, "win_back").contains("历史太短"), "{found:?}");
    let entry = LeverEntry { ceiling: Some(3), ..LeverEntry::of("win_back") };
    let found = levers(Industry::Consumer, &events, &known(), &[entry]);
    assert_eq!(lever(&found, LeverKind::WinBack).ceiling, 3);
}

#[test]
fn promotion_is_trusted_with_what_its_best_month_brought() {
    let mut events: Vec<Event> = buyers("M", 12, "05-20").into_iter().map(Told::by_promotion).collect();
    events.extend(buyers("J", 6, "06-20").into_iter().map(Told::by_promotion));
    let found = levers(Industry::Consumer, &events, &known(), &[]);
    let lever = lever(&found, LeverKind::PromotionBuyers);
    // Twelve in thirty days are four in ten, never more than one a day.
    assert_eq!((lever.ceiling, lever.per_day), (4, Some(1)));
    assert!(lever.basis.iter().any(|basis| matches!(basis.origin, Origin::Estimated { cases: 12, .. })), "{lever:?}");
}

#[test]
fn what_was_never_done_is_asked_for_and_not_guessed() {
    let found = levers(Industry::Consumer, &buyers("A", 9, "06-20"), &known(), &[]);
    assert!(why(&found, "promotion_buyers").contains("请填写到期前最多能带来几人"));
    assert!(why(&found, "scene_turnover").contains("过去没有记录到场景成交"));
    assert!(why(&found, "response_rate").contains("询盘不加分"));
}

#[test]
fn a_scene_never_takes_more_than_is_sold_outside() {
    let mut events = vec![order("a", "05-20", "A", "9000").in_scene(), order("b", "06-10", "B", "2000").in_scene()];
    events.push(order("c", "06-11", "C", "6500"));
    let lever = lever(&levers(Industry::Consumer, &events, &known(), &[]), LeverKind::SceneTurnover).clone();
    // The best month made 9000 in scenes, but only 6500 a month are sold outside: 6 in a month, 2 in ten days.
    assert_eq!((lever.ceiling, lever.brings.scene_turnover, lever.brings.turnover), (2, yuan("1000"), Fen::ZERO));
    // Moved turnover earns no new margin: only its cost changes the shop's profit.
    assert_eq!((lever.margin_after_cost(), lever.gain()), (Some(yuan("249")), Some(Fen(-100))));
}

#[test]
fn avoided_refunds_count_only_as_long_as_their_orders_do() {
    let mut events = buyers("A", 60, "06-10");
    events.extend((1..=60).map(|at| refund_of(&format!("A{at}-06-10"), &format!("r{at}"), "06-16", "100")));
    let lever = lever(&levers(Industry::Consumer, &events, &known(), &[]), LeverKind::FewerRefunds).clone();
    // 6000 refunded, 30 % avoidable: 18 hundreds a month, 6 in ten days; six days after the order, 24 are left.
    assert_eq!((lever.ceiling, lever.lasts_days), (6, Some(24)));
}

#[test]
fn a_minimum_order_raises_the_small_ones() {
    let mut events = buyers("A", 30, "06-10");
    events.extend((0..30).map(|at| order(&format!("s{at}"), "06-12", &format!("S{at}"), "20")));
    let lever = lever(&levers(Industry::Consumer, &events, &known(), &[]), LeverKind::MinimumOrder).clone();
    // On average 60; thirty orders of 20 could become 30. Nine of them, three in ten days.
    assert_eq!((lever.brings.turnover, lever.ceiling), (yuan("10"), 3));
}

#[test]
fn an_industrial_shop_has_inquiries_instead_of_buyers() {
    let mut events = buyers("A", 9, "06-20");
    events.extend((0..60).map(|at| inquiry(&format!("q{at}"), "06-03", &format!("P{at}")).by_promotion()));
    let mut economics = known();
    economics.unit_costs.insert("verification:验厂".to_owned(), yuan("6000"));
    let margin = |id: &str| LeverEntry { margin: Some(yuan("5")), ceiling: Some(10), ..LeverEntry::of(id) };
    let entries = [margin("promotion_inquiries"), margin("response_rate")];
    let found = levers(Industry::Industrial, &events, &economics, &entries);
    let asked = lever(&found, LeverKind::PromotionInquiries);
    assert_eq!((asked.brings.inquiries, asked.brings.marketing, asked.brings.new_buyer), (1, true, false));
    assert_eq!(lever(&found, LeverKind::ResponseRate).brings.inquiries, 1);
    assert!(found.levers.iter().all(|lever| lever.kind != LeverKind::PromotionBuyers));
    assert!(why(&found, "verification:验厂").contains("请填写费用和办理天数"));
}

#[test]
fn a_missing_figure_is_named() {
    let economics = Economics { goods_per_mille: Some(600), ..known() };
    let economics = Economics { margin_per_thousand: None, ..economics };
    let found = levers(Industry::Consumer, &fading(), &economics, &[]);
    assert_eq!(why(&found, "win_back"), "「老客召回」没有毛利：请填写平台费率、每单运费，或直接填写每千元成交的毛利。");
    let costs = Economics { unit_costs: Default::default(), ..known() };
    let found = levers(Industry::Consumer, &fading(), &costs, &[]);
    assert_eq!(why(&found, "win_back"), "「老客召回」没有成本：请填写每人要花多少钱。");
}

#[test]
fn a_margin_is_price_less_goods_fees_and_shipping() {
    let economics = Economics {
        margin_per_thousand: None,
        goods_per_mille: Some(600),
        fee_per_mille: Some(50),
        shipping_per_order: Some(yuan("8")),
        ..known()
    };
    let found = levers(Industry::Consumer, &fading(), &economics, &[]);
    // 100 − 60 − 5 − 8.
    assert_eq!(lever(&found, LeverKind::WinBack).margin, Some(yuan("27")));
}

#[test]
fn what_the_merchant_enters_goes_before_every_estimate() {
    let entry = LeverEntry {
        unit_cost: Some(yuan("30")),
        margin: Some(yuan("28")),
        ceiling: Some(5),
        per_day: Some(2),
        delay_days: Some(0),
        turnover: Some(yuan("150")),
        spread: Some(0),
        ..LeverEntry::of("win_back")
    };
    let found = levers(Industry::Consumer, &fading(), &known(), std::slice::from_ref(&entry));
    assert!(why(&found, "win_back").contains("每人要亏 2.00 元"), "{found:?}");
    let found = levers(Industry::Consumer, &fading(), &known(), &[LeverEntry { allow_loss: true, ..entry.clone() }]);
    let lever = lever(&found, LeverKind::WinBack);
    assert_eq!((lever.unit_cost, lever.ceiling, lever.per_day), (Some(yuan("30")), 5, Some(2)));
    assert_eq!((lever.delay_days, lever.brings.turnover, lever.spread), (0, yuan("150"), 0));
    assert_eq!(lever.basis.iter().filter(|basis| basis.origin == Origin::Entered).count(), 7);
    let off = levers(Industry::Consumer, &fading(), &known(), &[LeverEntry { enabled: false, ..entry }]);
    assert_eq!(why(&off, "win_back"), "「老客召回」已由商家停用。");
}

#[test]
fn only_marks_with_points_that_are_not_held_are_levers() {
    let ledger = ledger(&fading());
    let mark = Mark { kind: "深度验厂".into(), from: day("01-01"), to: None };
    let inputs = Inputs { marks: vec![mark], ..all_known() };
    let books = Books {
        pack: candidate(),
        industry: Industry::Consumer,
        ledger: &ledger,
        inputs: &inputs,
        as_of: day("06-30"),
    };
    let entry = LeverEntry {
        unit_cost: Some(yuan("9800")),
        delay_days: Some(5),
        allow_loss: true,
        ..LeverEntry::of("verification:超级工厂")
    };
    let found = estimate(&books, day("07-10"), &known(), &[entry]);
    let marks: Vec<(&str, Points)> = found
        .levers
        .iter()
        .filter(|lever| lever.kind == LeverKind::Verification)
        .map(|lever| (lever.title.as_str(), lever.brings.mark))
        .collect();
    assert_eq!(marks, [("认证标识：超级工厂", points("600"))]);
    assert!(found.excluded.iter().all(|out| !out.lever.starts_with("verification")), "{:?}", found.excluded);
}

#[test]
fn levers_survive_being_kept() {
    let found = levers(Industry::Consumer, &fading(), &known(), &[]);
    let kept = serde_json::to_string(&found).expect("json");
    assert_eq!(serde_json::from_str::<Levers>(&kept).expect("levers"), found);
}
