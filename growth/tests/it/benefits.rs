//! What levels give: held, gained, lost, and what nobody knows.

use xiaoer_growth::Industry::Consumer;
use xiaoer_growth::{BenefitRow, Benefits, Confidence, Figure, Inputs, Mark, pack, score};

use crate::build::{all_known, candidate, card, corrected, day, ledger, order};

fn names(rows: &[BenefitRow]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

fn at(yuan: &str) -> Benefits {
    card(Consumer, "05-30", &[order("a1", "05-10", "A", yuan)]).benefits
}

const L3: [&str; 5] =
    ["搜索加权", "日常活动报名", "猜你喜欢基础曝光（免费）", "七天无理由、破损包赔", "基础版生意参谋"];
const L4: [&str; 5] = ["更高的搜索加权", "行业大促报名", "流量包", "极速开票、官方直送", "客户分层与同行对比"];

#[test]
fn a_level_holds_its_own_benefits_and_those_below_gains_the_next_and_loses_its_own() {
    let l4 = at("3000000");
    assert_eq!(l4.level.as_deref(), Some("L4"));
    assert_eq!(names(&l4.held), [L3, L4].concat());
    assert_eq!(l4.next.len(), 5, "what L5 gives besides");
    assert_eq!(names(&l4.lost), L4);

    let l2 = at("300000");
    assert_eq!((l2.held.len(), names(&l2.next), l2.lost.len()), (0, L3.to_vec(), 0));
    let l1 = at("1000");
    assert_eq!((l1.level.as_deref(), l1.next.len(), l1.lost.len()), (Some("L1"), 0, 0));
}

#[test]
fn the_two_highest_levels_give_the_same() {
    let l5 = at("6500000");
    assert_eq!((l5.held.len(), l5.next.len()), (15, 0));
    assert_eq!(at("12000000").level.as_deref(), Some("L5"), "no mark is held, and L6 asks for one");
    let mark = Mark { kind: "深度验厂".to_owned(), from: day("01-01"), to: None };
    let inputs = Inputs { marks: vec![mark], ..all_known() };
    let shop = ledger(&[order("a1", "05-10", "A", "12000000")]);
    let l6 = score(candidate(), Consumer, day("05-30"), &shop, &inputs).benefits;
    assert_eq!((l6.level.as_deref(), l6.next.len(), l6.lost.len()), (Some("L6"), 0, 0));
}

#[test]
fn where_levels_do_not_keep_the_benefits_below_only_their_own_count() {
    let pack = corrected(&[("reading.benefits_cumulative", "false")]);
    let shop = ledger(&[order("a1", "05-10", "A", "3000000")]);
    let card = score(&pack, Consumer, day("05-30"), &shop, &all_known());
    assert_eq!((names(&card.benefits.held), names(&card.benefits.lost)), (L4.to_vec(), L4.to_vec()));
}

#[test]
fn an_amount_nobody_knows_is_said_to_be_unknown_until_the_merchant_enters_it() {
    let unknown = at("1200000").held;
    assert_eq!((unknown[0].amount.as_deref(), unknown[1].amount.as_deref()), (Some("未知"), None));
    assert_eq!(unknown[0].confidence, Confidence::Candidate);

    let pack = corrected(&[("levels.L3.benefits.搜索加权.amount", "5.5")]);
    let shop = ledger(&[order("a1", "05-10", "A", "1200000")]);
    let known = score(&pack, Consumer, day("05-30"), &shop, &all_known()).benefits.held;
    assert_eq!((known[0].amount.as_deref(), known[0].confidence), (Some("5.5 %"), Confidence::Merchant));
}

#[test]
fn what_the_notice_names_without_a_level_is_listed_apart_with_its_dates() {
    let on = |id: &str, as_of: &str| {
        let rules = pack(id).expect("an embedded pack");
        let as_of = as_of.parse().expect("a date");
        score(rules, Consumer, as_of, &ledger(&[]), &all_known()).benefits.level_unknown
    };
    let first = on("2024-11-08", "2024-12-20");
    assert_eq!(names(&first), ["镇店之宝名额", "通天打爆名额", "网商银行贷款利率优惠", "AI数字人"]);
    assert!(first.iter().all(|row| row.confidence == Confidence::Confirmed));
    let amounts: Vec<_> = first.iter().map(|row| row.amount.as_deref()).collect();
    assert_eq!(amounts, [Some("未知"), Some("未知"), Some("未知"), None]);

    // Said to end, and to be bound to another score, on 2026-05-25.
    let before = on("2026-candidate", "2026-05-24");
    assert_eq!(names(&before), names(&first));
    assert_eq!(before[1].until.map(|day| day.to_string()).as_deref(), Some("2026-05-25"));
    let after = on("2026-candidate", "2026-05-25");
    assert_eq!(names(&after), ["镇店之宝名额（采购指数）", "网商银行贷款利率优惠", "AI数字人"]);
    assert_eq!(
        (after[0].text.as_deref(), after[0].confidence),
        (Some("要求采购指数不低于 4.0，每店最多 22 个"), Confidence::Candidate)
    );
}

#[test]
fn a_benefit_of_a_level_is_given_only_on_its_days() {
    let mut pack = candidate().clone();
    let ends = Figure { value: day("05-30"), source: "公告".to_owned(), confidence: Confidence::Confirmed };
    pack.levels[2].benefits[0].valid_to = Some(ends);
    let held = |as_of| {
        let shop = ledger(&[order("a1", "05-10", "A", "1200000")]);
        score(&pack, Consumer, day(as_of), &shop, &all_known()).benefits.held
    };
    let last = held("05-29");
    assert_eq!((last.len(), last[0].until), (5, Some(day("05-30"))));
    assert_eq!(names(&held("05-30")), L3[1..]);
}

#[test]
fn a_gate_that_is_known_to_fail_takes_the_benefits_of_its_level() {
    let shop = ledger(&[order("a1", "05-10", "A", "1300000")]);
    let mut inputs = all_known();
    let unsure = score(candidate(), Consumer, day("05-30"), &shop, &inputs).benefits;
    assert_eq!((unsure.level.as_deref(), unsure.certain), (Some("L3"), false), "no gate is known yet");
    inputs.gates.insert("buyer_satisfaction".to_owned(), "80".parse().expect("a decimal"));
    let failed = score(candidate(), Consumer, day("05-30"), &shop, &inputs).benefits;
    assert_eq!((failed.level.as_deref(), failed.held.len(), failed.next.len()), (Some("L2"), 0, 5));
}
