//! Plans after they were carried out: what was promised, what came, and what the next estimate makes of it.

use xiaoer_growth::plan::{
    Amount, Brings, Lever, LeverKind, Levers, Origin, Outcome, Promise, Realised, learn, plan, promises, realise,
};
use xiaoer_growth::{Event, Fen, Points};

use crate::build::{Told, all_known, day, ledger, order, refund_of, yuan};
use crate::plan::{flat, ground, of, promotion, win_back, wish};

fn promise(kind: LeverKind, units: u32) -> Promise {
    Promise {
        lever: kind.id().to_owned(),
        kind,
        title: kind.title().to_owned(),
        units,
        from: day("07-01"),
        to: day("07-10"),
        points: Points::ZERO,
        buyers: 0,
        inquiries: 0,
        turnover: Fen::ZERO,
        scene_turnover: Fen::ZERO,
        success: 1000,
        people: Vec::new(),
        natural: 0,
    }
}

fn row(events: &[Event], promise: Promise) -> Realised {
    let found = realise(&ledger(events), &[promise], day("07-10"));
    found.into_iter().next().expect("it is measured")
}

/// Promotion buyers of a hundred yuan each on a day, all different.
fn promoted(month_day: &str, count: usize) -> impl Iterator<Item = Event> {
    (0..count).map(move |at| {
        order(&format!("{month_day}/{at}"), month_day, &format!("{month_day}-{at}"), "100").by_promotion()
    })
}

#[test]
fn a_plan_promises_what_its_steps_bring() {
    let (outlook, inputs) = (flat(&[260]), all_known());
    let names: Vec<String> = (1..=25).map(|at| format!("F{at}")).collect();
    let levers = of(&[promotion("10", 60), Lever { people: names, natural: 200, ..win_back("2", 20) }]);
    let plan = plan(&ground(&outlook, &inputs, 260), &levers, &wish()).expect("a plan");
    let Outcome::Reached { best, .. } = &plan.outcome else { panic!("not reached") };
    let [first, second] = &promises(&plan, best, &levers)[..] else { panic!("two promises") };
    assert_eq!((first.buyers, first.turnover, first.from, first.to), (4, yuan("400"), day("07-01"), day("07-10")));
    // A fifth would come back anyway: to win 20, 25 have to be addressed.
    assert_eq!((second.buyers, second.people.len(), second.natural), (20, 25, 200));
}

#[test]
fn promotion_is_measured_beyond_what_it_usually_brings() {
    let mut events: Vec<Event> = promoted("06-05", 2).chain(promoted("06-15", 4)).chain(promoted("06-25", 3)).collect();
    events.extend(promoted("07-04", 11));
    let row = row(&events, Promise { buyers: 10, ..promise(LeverKind::PromotionBuyers, 10) });
    // Three in ten days are usual: 11 − 3 = 8 of 10.
    assert_eq!((row.baseline, row.realised, row.ratio), (Amount::Count(3), Amount::Count(8), 800));
    assert_eq!(row.of, "数字营销带来的买家数");
}

#[test]
fn a_promise_is_not_judged_before_its_days_are_over() {
    let events: Vec<Event> = promoted("07-04", 11).collect();
    let promise = Promise { buyers: 10, ..promise(LeverKind::PromotionBuyers, 10) };
    assert_eq!(realise(&ledger(&events), &[promise], day("07-09")), []);
}

#[test]
fn buyers_who_would_have_come_anyway_are_not_credited_to_the_campaign() {
    let people: Vec<String> = ["A", "B", "C", "D"].map(str::to_owned).to_vec();
    let mut events = vec![order("0", "03-20", "A", "50"), order("d", "03-20", "D", "50")];
    events.extend([("1", "A"), ("2", "B"), ("3", "C"), ("4", "X")].map(|(id, buyer)| order(id, "07-05", buyer, "50")));
    events.push(refund_of("3", "r", "07-06", "50"));
    let row = row(&events, Promise { people, natural: 250, ..promise(LeverKind::WinBack, 3) });
    // A and B came; C gave everything back; one of four would have come anyway.
    assert_eq!((row.baseline, row.realised, row.ratio), (Amount::Count(1), Amount::Count(1), 333));
}

#[test]
fn refunds_are_measured_against_the_shops_usual_share() {
    let big = |id: &str, month_day: &str, amount: &str| order(id, month_day, id, amount);
    let mut events = vec![big("a", "06-05", "4000"), big("b", "06-15", "4000"), big("c", "06-25", "2000")];
    events.extend([
        refund_of("a", "ra", "06-06", "1000"),
        big("d", "07-03", "5000"),
        refund_of("d", "rd", "07-04", "100"),
    ]);
    let row = row(&events, Promise { turnover: yuan("300"), ..promise(LeverKind::FewerRefunds, 3) });
    // A tenth is usual: 500 of 5000. Only 100 went back.
    assert_eq!((row.realised, row.ratio), (Amount::Yuan(yuan("400")), 1333));
}

#[test]
fn a_ladder_price_is_measured_by_larger_orders_not_by_more_of_them() {
    let mut events: Vec<Event> = (0..10).map(|at| order(&format!("u{at}"), "06-15", "U", "100")).collect();
    events.extend((0..20).map(|at| order(&format!("n{at}"), "07-05", "N", "130")));
    let row = row(&events, Promise { turnover: yuan("1000"), ..promise(LeverKind::LadderPrice, 1) });
    // 20 × (130 − 100).
    assert_eq!((row.realised, row.ratio), (Amount::Yuan(yuan("600")), 600));
}

#[test]
fn less_than_usual_is_nothing_and_not_less_than_nothing() {
    let events: Vec<Event> = (1..=3).flat_map(|at| promoted(["06-05", "06-15", "06-25"][at - 1], 5)).collect();
    let row = row(&events, Promise { buyers: 10, ..promise(LeverKind::PromotionBuyers, 10) });
    assert_eq!((row.realised, row.ratio), (Amount::Count(-5), 0));
}

fn outcome(ratio: u32) -> Realised {
    Realised {
        lever: "promotion_buyers".into(),
        title: String::new(),
        from: day("07-01"),
        to: day("07-10"),
        expected: Amount::Count(10),
        realised: Amount::Count(i64::from(ratio) / 100),
        baseline: Amount::Count(0),
        ratio,
        of: String::new(),
        success: 1000,
    }
}

fn learned(ratios: &[u32]) -> Lever {
    let lever = Lever { spread: 250, ..promotion("1", 60) };
    let record: Vec<Realised> = ratios.iter().map(|ratio| outcome(*ratio)).collect();
    learn(&of(&[lever]), &record).levers.remove(0)
}

#[test]
fn estimates_come_to_believe_what_always_happens() {
    // (4 × 1000 + 96 × 600) ÷ 100.
    let lever = learned(&[600; 96]);
    assert_eq!(lever.success, 616);
    assert!(lever.spread < 100, "what never varies is narrow: {}", lever.spread);
    assert!(lever.basis.iter().any(|basis| basis.origin == Origin::Learned { times: 96 }), "{:?}", lever.basis);
    assert_eq!(learned(&[]).success, 1000);
}

#[test]
fn one_odd_month_does_not_overturn_an_estimate() {
    // (4 × 1000 + 0) ÷ 5, and (4 × 1000 + 2000) ÷ 5 however wild the month was.
    assert_eq!((learned(&[0]).success, learned(&[90_000]).success), (800, 1200));
    assert_eq!(learned(&[1000, 1000, 1000, 1000, 1000, 0]).success, 900);
    assert!(learned(&[1000, 0, 2000, 300]).spread > 250);
}

#[test]
fn what_was_promised_with_less_belief_is_not_learned_twice() {
    // Promised at half, and half came true of that: a quarter of the first estimate.
    let record = [Realised { success: 500, ..outcome(500) }];
    let lever = learn(&of(&[promotion("1", 60)]), &record).levers.remove(0);
    assert_eq!(lever.success, (4000 + 250) / 5);
}

#[test]
fn a_plan_buys_more_of_a_lever_that_keeps_half_its_promise() {
    let (outlook, inputs) = (flat(&[290]), all_known());
    let halved = Lever { success: 500, ..promotion("1", 60) };
    let found = plan(&ground(&outlook, &inputs, 290), &of(&[halved]), &wish()).expect("a plan");
    let Outcome::Reached { best, .. } = &found.outcome else { panic!("not reached") };
    // 10 ÷ 2.05; each brings half of its margin of 20 less one yuan.
    assert_eq!((best.steps[0].units, best.margin), (5, yuan("45")));
}

#[test]
fn a_mark_cannot_be_measured_in_the_ledger() {
    let mark = promise(LeverKind::Verification, 1);
    assert_eq!(realise(&ledger(&[]), &[mark], day("07-10")), []);
    let brings = Brings { mark: Points::whole(600), ..Brings::default() };
    let untouched = of(&[Lever { brings, ..Lever::of(LeverKind::Verification) }]);
    assert_eq!(learn(&untouched, &[outcome(0)]), Levers { ..untouched.clone() });
}
