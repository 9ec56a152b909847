//! Plans over outlooks that are written down: every cheapest set can be checked by hand, or by trying all sets.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use xiaoer_growth::forecast::Outlook;
use xiaoer_growth::plan::{
    Brings, Choice, Ground, Lever, LeverKind, Levers, Outcome, Plan, PlanError, PlanWish, plan, what_if,
};
use xiaoer_growth::{Fen, Industry, Inputs, Points, Rounding, Stacking};

use crate::build::{all_known, candidate, day, points, yuan};

/// Every path stays where it is.
pub(crate) fn flat(totals: &[i64]) -> Outlook {
    Outlook { as_of: day("06-30"), paths: totals.iter().map(|total| vec![Points::whole(*total); 30]).collect() }
}

/// Ten days ahead.
pub(crate) fn wish() -> PlanWish {
    PlanWish::by(day("07-10"))
}

pub(crate) fn ground<'a>(outlook: &'a Outlook, inputs: &'a Inputs, present: i64) -> Ground<'a> {
    Ground { pack: candidate(), industry: Industry::Consumer, inputs, present: Points::whole(present), outlook }
}

/// A new promotion buyer who orders for 100 yuan: 1 + 3 + 0.1 = 4.1 points.
pub(crate) fn promotion(cost: &str, ceiling: u32) -> Lever {
    Lever {
        unit_cost: Some(yuan(cost)),
        ceiling,
        margin: Some(yuan("20")),
        brings: Brings { new_buyer: true, marketing: true, turnover: yuan("100"), ..Brings::default() },
        ..Lever::of(LeverKind::PromotionBuyers)
    }
}

/// A buyer won back who orders for 200 yuan: 1 + 0.2 = 1.2 points.
pub(crate) fn win_back(cost: &str, ceiling: u32) -> Lever {
    Lever {
        unit_cost: Some(yuan(cost)),
        ceiling,
        margin: Some(yuan("30")),
        brings: Brings { new_buyer: true, turnover: yuan("200"), ..Brings::default() },
        ..Lever::of(LeverKind::WinBack)
    }
}

pub(crate) fn of(levers: &[Lever]) -> Levers {
    Levers { levers: levers.to_vec(), excluded: Vec::new() }
}

fn planned(totals: &[i64], levers: &[Lever], wish: &PlanWish) -> Plan {
    let (outlook, inputs) = (flat(totals), all_known());
    plan(&ground(&outlook, &inputs, 260), &of(levers), wish).expect("a plan")
}

fn best(plan: &Plan) -> &Choice {
    match &plan.outcome {
        Outcome::Reached { best, .. } => best,
        other => panic!("not reached: {other:?}"),
    }
}

fn why(plan: &Plan) -> String {
    match &plan.outcome {
        Outcome::OutOfReach { why, .. } => why.concat(),
        other => panic!("reached: {other:?}"),
    }
}

fn units(choice: &Choice) -> Vec<(&str, u32)> {
    choice.steps.iter().map(|step| (step.lever.as_str(), step.units)).collect()
}

#[test]
fn forty_points_are_bought_where_they_are_cheapest() {
    let plan = planned(&[260], &[promotion("10", 60), win_back("2", 20)], &wish());
    assert_eq!((plan.level.as_str(), plan.needed), ("L2", points("40")));
    let best = best(&plan);
    // 20 × 1.2 = 24 for 40 yuan, and 4 × 4.1 = 16.4 for 40 yuan; 17 and 5 would cost 84, 19 and 5 would cost 88.
    assert_eq!(units(best), [("promotion_buyers", 4), ("win_back", 20)]);
    assert_eq!((best.cost, best.points), (yuan("80"), points("40.4")));
    // 4 × (20 − 10) + 20 × (30 − 2).
    assert_eq!(best.margin, yuan("600"));
    assert_eq!((best.odds.hits, best.odds.of), (1, 1));
    assert!(plan.binding.concat().contains("「老客召回」已用到上限 20 人"), "{:?}", plan.binding);
}

#[test]
fn the_second_plan_does_without_the_first_ones_main_lever() {
    let plan = planned(&[260], &[promotion("10", 60), win_back("2", 20)], &wish());
    let Outcome::Reached { second: Some(second), .. } = &plan.outcome else { panic!("no second: {plan:?}") };
    // Win-back brings the most of the best set; without it 10 × 4.1 = 41.
    assert_eq!((units(second), second.cost), (vec![("promotion_buyers", 10)], yuan("100")));
}

#[test]
fn a_shop_that_gets_there_by_itself_is_told_so() {
    let plan = planned(&[310], &[promotion("10", 60)], &PlanWish { level: Some("L2".into()), ..wish() });
    assert_eq!((plan.outcome, plan.needed), (Outcome::AlreadyThere, Points::ZERO));
}

#[test]
fn a_level_at_risk_is_kept_before_the_next_one_is_chased() {
    let (outlook, inputs) = (flat(&[260]), all_known());
    let levers = of(&[promotion("10", 60)]);
    let falling = plan(&ground(&outlook, &inputs, 320), &levers, &wish()).expect("a plan");
    assert_eq!((falling.level.as_str(), falling.keeps), ("L2", true));
    let safe = flat(&[320]);
    let rising = plan(&ground(&safe, &inputs, 320), &levers, &wish()).expect("a plan");
    assert_eq!((rising.level.as_str(), rising.keeps), ("L3", false));
}

#[test]
fn eight_of_ten_paths_are_enough_for_eighty_per_cent() {
    // Two bad paths need not be bought; the worst of the other eight is 10 short: 3 × 4.1 = 12.3.
    let totals = [0, 100, 290, 295, 296, 297, 298, 299, 299, 299];
    let plan = planned(&totals, &[promotion("10", 60)], &wish());
    assert_eq!(plan.needed, points("10"));
    assert_eq!(units(best(&plan)), [("promotion_buyers", 3)]);
    assert_eq!(best(&plan).odds.percent(), 80);
}

#[test]
fn a_lever_that_works_too_late_is_not_bought() {
    let late = Lever { delay_days: 10, ..win_back("1", 100) };
    let plan = planned(&[290], &[promotion("10", 60), late.clone()], &wish());
    assert_eq!(units(best(&plan)), [("promotion_buyers", 3)]);
    assert!(plan.binding.concat().contains("「老客召回」要 10 天后才见效，赶不上 2027-07-10"), "{:?}", plan.binding);
    // Nine days are in time: done on the first day, it counts on the last one.
    let just = Lever { delay_days: 9, ..late };
    let plan = planned(&[290], &[just], &wish());
    let step = &best(&plan).steps[0];
    assert_eq!((step.units, step.dates.start, step.dates.works_from), (9, day("07-01"), day("07-10")));
}

#[test]
fn work_is_spread_over_the_days_it_takes() {
    let slow = Lever { per_day: Some(2), delay_days: 3, ..promotion("10", 60) };
    let plan = planned(&[280], std::slice::from_ref(&slow), &wish());
    let step = &best(&plan).steps[0];
    // 20 points are 5 buyers: two days with two, one with one.
    assert_eq!((step.units, step.dates.start, step.dates.end), (5, day("07-01"), day("07-03")));
    // By the tenth day, only seven days of work count: 14 buyers, 57.4 points.
    let plan = planned(&[240], &[slow], &wish());
    assert!(why(&plan).contains("只来得及 14 人"), "{plan:?}");
}

#[test]
fn a_unit_that_would_have_left_the_window_is_not_counted() {
    let mut outlook = flat(&[260]);
    outlook.paths = vec![vec![Points::whole(260); 60]];
    let inputs = all_known();
    let wish = PlanWish { judging_day: Some(day("08-20")), ..PlanWish::by(day("08-20")) };
    let plan = plan(&ground(&outlook, &inputs, 260), &of(&[promotion("10", 60)]), &wish).expect("a plan");
    let dates = best(&plan).steps[0].dates;
    // The window of 08-20 begins on 07-22: no earlier start would still count.
    assert_eq!((dates.start, dates.works_to), (day("07-22"), Some(day("08-20"))));
    assert!(plan.judging_known);
    // And it is a plan for that day: the day before the work, nothing has changed.
    let shown = what_if(
        &ground(&outlook, &inputs, 260),
        &of(&[promotion("10", 60)]),
        &asked(&[("promotion_buyers", 10)]),
        &wish,
    );
    let days = shown.expect("days").days;
    let median = |date: &str| days.iter().find(|row| row.date == day(date)).expect("a day").median;
    assert_eq!(
        (median("07-21"), median("07-22"), median("08-20"), median("08-21")),
        (points("260"), points("301"), points("301"), points("260"))
    );
}

#[test]
fn refunds_that_are_avoided_count_as_long_as_their_orders() {
    let fewer = Lever {
        unit_cost: Some(Fen::ZERO),
        margin: Some(yuan("20")),
        ceiling: 10,
        lasts_days: Some(4),
        brings: Brings { refund_avoided: yuan("1000"), ..Brings::default() },
        ..Lever::of(LeverKind::FewerRefunds)
    };
    let plan = planned(&[295], &[fewer], &wish());
    let dates = best(&plan).steps[0].dates;
    assert_eq!((dates.start, dates.works_to), (day("07-07"), Some(day("07-10"))));
}

#[test]
fn buyers_who_still_count_bring_turnover_only() {
    let again = Lever {
        unit_cost: Some(yuan("2")),
        ceiling: 100,
        margin: Some(yuan("30")),
        brings: Brings { turnover: yuan("200"), ..Brings::default() },
        ..Lever::of(LeverKind::RepeatOrder)
    };
    let plan = planned(&[288], &[again], &wish());
    // 12 points at 0.2 each.
    assert_eq!(units(best(&plan)), [("repeat_order", 60)]);
}

#[test]
fn a_lever_that_loses_money_is_left_out_unless_the_merchant_allows_it() {
    let losing = promotion("25", 60);
    let plan = planned(&[290], std::slice::from_ref(&losing), &wish());
    assert!(plan.excluded[0].why.contains("每人要亏 5.00 元"), "{:?}", plan.excluded);
    assert!(matches!(plan.outcome, Outcome::OutOfReach { .. }));
    let plan = planned(&[290], &[Lever { allow_loss: true, ..losing }], &wish());
    assert_eq!((best(&plan).cost, best(&plan).margin), (yuan("75"), Fen(-1500)));
}

#[test]
fn a_lever_without_a_cost_asks_for_it() {
    let unknown = Lever { unit_cost: None, ..promotion("1", 60) };
    let plan = planned(&[290], &[unknown], &wish());
    assert_eq!(plan.excluded[0].why, "「数字营销买家」没有成本：请填写每人要花多少钱。");
    let unknown = Lever { margin: None, ..promotion("1", 60) };
    let plan = planned(&[290], &[unknown], &wish());
    assert!(plan.excluded[0].why.contains("没有毛利"), "{:?}", plan.excluded);
}

#[test]
fn a_budget_that_is_too_small_says_what_would_be_enough() {
    let wish = PlanWish { budget: Some(yuan("70")), ..wish() };
    let plan = planned(&[260], &[promotion("10", 60), win_back("2", 20)], &wish);
    assert_eq!(why(&plan), "预算 70.00 元不够：用这些手段最少要 80.00 元。");
    let Outcome::OutOfReach { effort, short_by, .. } = &plan.outcome else { panic!("reached") };
    // 40 yuan for 24 points and 30 yuan for 12.3.
    assert_eq!((effort.cost, effort.points, *short_by), (yuan("70"), points("36.3"), points("3.7")));
}

#[test]
fn what_is_out_of_reach_says_how_far() {
    let plan = planned(&[260], &[promotion("10", 5)], &wish());
    let Outcome::OutOfReach { effort, short_by, why } = &plan.outcome else { panic!("reached") };
    assert_eq!((units(effort), *short_by), (vec![("promotion_buyers", 5)], points("19.5")));
    assert!(why.concat().contains("还差 19.5 分") && why.concat().contains("已用到上限 5 人"), "{why:?}");
}

#[test]
fn a_mark_counts_from_its_day_on_and_only_whole() {
    let mark = Lever {
        unit_cost: Some(yuan("9800")),
        margin: Some(Fen::ZERO),
        allow_loss: true,
        ceiling: 1,
        delay_days: 4,
        spread: 300,
        brings: Brings { mark: Points::whole(600), ..Brings::default() },
        ..Lever::of(LeverKind::Verification)
    };
    let (outlook, inputs) = (flat(&[250; 1000]), all_known());
    let levers = of(&[mark]);
    let shown =
        what_if(&ground(&outlook, &inputs, 250), &levers, &asked(&[("verification", 1)]), &wish()).expect("days");
    assert_eq!(shown.days[3].high, points("250"));
    assert_eq!(
        (shown.days[4].low, shown.days[4].median, shown.days[29].median),
        (points("250"), points("850"), points("850"))
    );
    assert!((65..=75).contains(&shown.odds.percent()), "{:?}", shown.odds);
    assert_eq!(shown.steps[0].dates.works_to, None);
}

#[test]
fn a_loss_that_is_not_allowed_says_what_it_would_save() {
    let losing = Lever { unit_cost: Some(yuan("9")), margin: Some(yuan("8")), ..promotion("9", 60) };
    let plan_of = |levers: &[Lever]| planned(&[290], levers, &wish()).binding.concat();
    // Three for 27 yuan instead of nine at 5 for 45.
    let said = plan_of(&[losing.clone(), win_back("5", 20)]);
    assert!(said.contains("允许「数字营销买家」亏损的话，可以再省 18.00 元"), "{said}");
    let said = plan_of(&[losing, win_back("5", 2)]);
    assert!(said.contains("亏损的话，花 27.00 元可以达到"), "{said}");
}

#[test]
fn whole_thousands_are_never_promised_by_halves() {
    let mut whole = candidate().clone();
    whole.reading.rounding.value = Rounding::WholeThousands;
    let (outlook, inputs) = (flat(&[298]), all_known());
    let again = Lever { brings: Brings { turnover: yuan("200"), ..Brings::default() }, ..win_back("2", 100) };
    let ground = Ground { pack: &whole, ..ground(&outlook, &inputs, 298) };
    let found = plan(&ground, &of(&[again]), &wish()).expect("a plan");
    // Ten orders bring 2000 yuan, but a part of a thousand may be cut off: five more, to be sure of two whole ones.
    assert_eq!(units(best(&found)), [("win_back", 15)]);
    assert!(found.notes.concat().contains("整千元"), "{:?}", found.notes);
}

#[test]
fn accelerations_that_do_not_stack_are_not_counted_twice() {
    let mut first = candidate().clone();
    first.reading.stacking.value = Stacking::MarketingFirst;
    let (outlook, inputs) = (flat(&[260]), all_known());
    let brings = Brings { scene_turnover: yuan("1000"), turnover: yuan("1000"), ..promotion("1", 1).brings };
    let levers = of(&[Lever { brings, ..promotion("1", 60) }]);
    let units = asked(&[("promotion_buyers", 1)]);
    let shown = |ground: Ground<'_>| what_if(&ground, &levers, &units, &wish()).expect("days").steps[0].points;
    // 1 + 3 + 1, and 3 for the scene where both count.
    assert_eq!(shown(ground(&outlook, &inputs, 260)), points("8"));
    assert_eq!(shown(Ground { pack: &first, ..ground(&outlook, &inputs, 260) }), points("5"));
}

#[test]
fn an_industrial_shop_plans_with_inquiries() {
    let (outlook, inputs) = (flat(&[294]), all_known());
    let brings = Brings { inquiries: 1, marketing: true, ..Brings::default() };
    let asked =
        Lever { brings, ..Lever { id: "asked".into(), kind: LeverKind::PromotionInquiries, ..promotion("3", 60) } };
    let buyers = Lever { brings: Brings { new_buyer: true, ..Brings::default() }, ..win_back("1", 60) };
    let ground = Ground { industry: Industry::Industrial, ..ground(&outlook, &inputs, 294) };
    let found = plan(&ground, &of(&[asked, buyers]), &wish()).expect("a plan");
    // 0.3 + 0.9 each; buyers without turnover count nothing here.
    assert_eq!(units(best(&found)), [("asked", 5)]);
    assert!(found.excluded[0].why.contains("在工业品类店铺的规则里不加分"), "{:?}", found.excluded);
}

#[test]
fn the_judging_day_and_any_day_have_their_own_odds() {
    // One path is high early and falls, one rises late.
    let path = |early: i64, late: i64| (0..30).map(|at| Points::whole(if at < 5 { early } else { late })).collect();
    let outlook = Outlook { as_of: day("06-30"), paths: vec![path(310, 250), path(250, 310)] };
    let inputs = all_known();
    let shown = what_if(&ground(&outlook, &inputs, 250), &Levers::default(), &BTreeMap::new(), &wish()).expect("days");
    assert_eq!((shown.odds.percent(), shown.odds_any_day.percent()), (50, 100));
}

#[test]
fn what_if_warns_of_what_cannot_be_done() {
    let (outlook, inputs) = (flat(&[260]), all_known());
    let levers = of(&[promotion("25", 5), Lever { per_day: Some(1), ..win_back("2", 90) }]);
    let wish = PlanWish { budget: Some(yuan("100")), ..wish() };
    let units = asked(&[("promotion_buyers", 6), ("win_back", 12)]);
    let said = what_if(&ground(&outlook, &inputs, 260), &levers, &units, &wish).expect("days").warnings.concat();
    for warning in ["6 人超过上限 5 人", "每人要亏 5.00 元", "只有 10 人来得及算分", "超过预算 100.00 元"]
    {
        assert!(said.contains(warning), "{warning}: {said}");
    }
}

#[test]
fn a_plan_survives_being_kept() {
    let plan = planned(&[260], &[promotion("10", 60), win_back("2", 20)], &wish());
    let kept = serde_json::to_string(&plan).expect("json");
    assert_eq!(serde_json::from_str::<Plan>(&kept).expect("a plan"), plan);
    assert!(kept.contains("\"state\":\"reached\"") && kept.contains("\"skill\":\"activity-picker\""), "{kept}");
}

#[test]
fn what_the_level_is_worth_is_shown_only_if_it_was_entered() {
    let plan = planned(&[260], &[promotion("10", 60)], &wish());
    assert!(!serde_json::to_string(&plan).expect("json").contains("worth"));
    let plan = planned(&[260], &[promotion("10", 60)], &PlanWish { worth: Some(yuan("500")), ..wish() });
    assert_eq!(serde_json::to_value(&plan).expect("json")["worth"], "500.00");
}

#[test]
fn a_plan_says_what_points_cannot_buy() {
    let plan = planned(&[260], &[promotion("10", 60)], &wish());
    let said = plan.notes.concat();
    assert!(said.contains("官方评定日未知") && said.contains("不是官方公布"), "{said}");
    assert!(said.contains("L2 要求的“店铺信息完整度”还没有填写"), "{said}");
    assert_eq!(plan.gates.len(), 2);
}

#[test]
fn levels_and_days_that_are_not_there_are_refused() {
    let (outlook, inputs) = (flat(&[260]), all_known());
    let ask = |wish: &PlanWish| plan(&ground(&outlook, &inputs, 260), &Levers::default(), wish);
    let unknown = ask(&PlanWish { level: Some("L9".into()), ..wish() });
    assert_eq!(unknown.expect_err("refused"), PlanError::UnknownLevel("L9".into()));
    let late = ask(&PlanWish::by(day("08-01"))).expect_err("refused");
    assert_eq!(late.to_string(), "2027-08-01 lies outside the days that were simulated, 2027-07-01 to 2027-07-30");
}

fn asked(units: &[(&str, u32)]) -> BTreeMap<String, u32> {
    units.iter().map(|(lever, units)| ((*lever).to_owned(), *units)).collect()
}

#[derive(Clone, Debug)]
struct Case {
    totals: Vec<i64>,
    levers: Vec<Lever>,
    odds: u8,
    budget: Option<Fen>,
}

fn cases(spread: u32) -> impl Strategy<Value = Case> {
    let kinds = [LeverKind::PromotionBuyers, LeverKind::WinBack, LeverKind::RepeatOrder];
    let one = (0..3000_i64, 0..60_000_i64, 1..7_u32, proptest::option::of(1..4_u32), 0..8_u32, any::<[bool; 2]>());
    let levers = proptest::collection::vec(one, 3).prop_map(move |all| {
        type Drawn = (i64, i64, u32, Option<u32>, u32, [bool; 2]);
        let lever =
            |((cost, turnover, ceiling, per_day, delay_days, [new_buyer, marketing]), kind): (Drawn, _)| Lever {
                unit_cost: Some(Fen(cost)),
                margin: Some(Fen(10_000)),
                ceiling,
                per_day,
                delay_days,
                spread,
                brings: Brings { new_buyer, marketing, turnover: Fen(turnover + 1), ..Brings::default() },
                ..Lever::of(kind)
            };
        all.into_iter().zip(kinds).map(lever).collect()
    });
    let budget = proptest::option::of((0..20_000_i64).prop_map(Fen));
    (proptest::collection::vec(275..303_i64, 1..12), levers, 1..=100_u8, budget)
        .prop_map(|(totals, levers, odds, budget)| Case { totals, levers, odds, budget })
}

/// Tries every set; the cheapest one with which what-if shows the odds.
fn by_trying(case: &Case, ground: &Ground<'_>, wish: &PlanWish) -> Option<Fen> {
    let levers = of(&case.levers);
    let ids: Vec<&str> = case.levers.iter().map(|lever| lever.id.as_str()).collect();
    let most = |lever: usize| case.levers[lever].ceiling;
    let (most_b, most_c) = (most(1), most(2));
    let sets = (0..=most(0)).flat_map(|a| (0..=most_b).flat_map(move |b| (0..=most_c).map(move |c| (a, b, c))));
    let mut cheapest: Option<Fen> = None;
    for (a, b, c) in sets {
        let shown = what_if(ground, &levers, &asked(&[(ids[0], a), (ids[1], b), (ids[2], c)]), wish).expect("days");
        let enough = shown.odds.hits * 100 >= u32::from(case.odds) * shown.odds.of;
        let affordable = case.budget.is_none_or(|budget| shown.cost <= budget);
        if enough && affordable && cheapest.is_none_or(|least| shown.cost < least) {
            cheapest = Some(shown.cost);
        }
    }
    cheapest
}

fn wish_of(case: &Case) -> PlanWish {
    PlanWish { level: Some("L2".into()), odds_percent: Some(case.odds), budget: case.budget, seed: 7, ..wish() }
}

/// Cost of the plan, after checking that its odds hold and that what-if shows the same figures.
fn checked_cost(case: &Case, ground: &Ground<'_>, wish: &PlanWish) -> Option<Fen> {
    let levers = of(&case.levers);
    let found = plan(ground, &levers, wish).expect("a plan");
    let best = match &found.outcome {
        Outcome::AlreadyThere => return Some(Fen::ZERO),
        Outcome::OutOfReach { .. } => return None,
        Outcome::Reached { best, .. } => best,
    };
    assert!(best.odds.hits * 100 >= u32::from(case.odds) * best.odds.of, "the odds hold");
    assert!(case.budget.is_none_or(|budget| best.cost <= budget), "the budget holds");
    let units = best.steps.iter().map(|step| (step.lever.clone(), step.units)).collect();
    let shown = what_if(ground, &levers, &units, wish).expect("days");
    assert_eq!((shown.odds, shown.odds_any_day, shown.cost), (best.odds, best.odds_any_day, best.cost));
    assert_eq!((&shown.steps, shown.margin), (&best.steps, best.margin));
    Some(best.cost)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_set_is_cheaper_than_the_plan(case in cases(0)) {
        let (outlook, inputs) = (flat(&case.totals), all_known());
        let (ground, wish) = (ground(&outlook, &inputs, 260), wish_of(&case));
        prop_assert_eq!(checked_cost(&case, &ground, &wish), by_trying(&case, &ground, &wish));
    }
}

#[test]
fn with_spread_outcomes_the_plan_holds_its_odds_and_is_seldom_dearer_than_need_be() {
    // Outcomes that differ from path to path make the search a good one instead of an exact one: over always the
    // same two hundred cases, it finds the cheapest set nearly always, and a set wherever there is one.
    let (mut cheapest, mut reached) = (0, 0);
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let case = Case { budget: None, ..cases(400).new_tree(&mut runner).expect("a case").current() };
        let (outlook, inputs) = (flat(&case.totals), all_known());
        let (ground, wish) = (ground(&outlook, &inputs, 260), wish_of(&case));
        let (found, least) = (checked_cost(&case, &ground, &wish), by_trying(&case, &ground, &wish));
        assert_eq!(found.is_some(), least.is_some(), "{case:?}");
        reached += u32::from(found > Some(Fen::ZERO));
        cheapest += u32::from(found > Some(Fen::ZERO) && found == least);
    }
    assert!(reached > 60 && cheapest * 100 >= reached * 95, "{cheapest} of {reached}");
}
