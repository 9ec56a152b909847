//! A merchant's own figures: which there are, that they count, that the card says whose they are.

use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{Confidence, Correction, CorrectionError, packs, score};

use crate::build::{all_known, candidate, corrected, corrections, day, ledger, order, points};

fn refusal(changes: &[(&str, &str)]) -> CorrectionError {
    candidate().corrected(&corrections(changes)).expect_err("a refusal")
}

#[test]
fn a_corrected_rate_counts_and_the_card_says_whose_it_is() {
    let pack = corrected(&[("consumer.base", "2"), ("reading.rounding", "whole_total")]);
    assert_eq!(pack.consumer.base.confidence, Confidence::Merchant);
    assert_eq!(pack.consumer.base.source, "商家填写（2027-05-01）");
    let shop = ledger(&[order("a1", "05-10", "A", "1500")]);
    let card = score(&pack, Consumer, day("05-30"), &shop, &all_known());
    assert_eq!(card.points.total, points("3"), "2 + 1.5, cut down");
    let rows: Vec<_> =
        card.corrected.iter().map(|row| [&row.field, &row.value, &row.before].map(String::as_str)).collect();
    assert_eq!(rows, [["consumer.base", "2", "1"], ["reading.rounding", "合计舍去小数", "不取整"]]);
    let said = "以下分值为商家填写：消费品 每个支付买家 2 分（原为 1 分）；取整 合计舍去小数（原为 不取整）。";
    assert!(card.notes.iter().any(|note| note == said), "{:?}", card.notes);
    assert_eq!(card.pack, candidate().id);

    let other = score(&pack, Industrial, day("05-30"), &shop, &all_known());
    let fields: Vec<_> = other.corrected.iter().map(|row| row.field.as_str()).collect();
    assert_eq!(fields, ["reading.rounding"], "the other industry's rates are not this shop's");
}

#[test]
fn the_pack_itself_stays_as_it_is() {
    let before = candidate().clone();
    drop(corrected(&[("window.days", "20"), ("levels.L3.threshold", "1000")]));
    assert_eq!(*candidate(), before);
    let untouched = score(candidate(), Consumer, day("05-30"), &ledger(&[]), &all_known());
    assert_eq!(untouched.corrected, []);
    assert!(!untouched.notes.iter().any(|note| note.contains("商家填写")));
}

#[test]
fn every_listed_figure_can_be_entered_as_it_is_shown() {
    for pack in packs() {
        for industry in [Consumer, Industrial] {
            let figures = pack.figures(industry);
            assert!(figures.len() > 50, "{}", figures.len());
            for figure in &figures {
                assert!(!figure.title.is_empty() && figure.title != figure.field, "{}", figure.field);
                let same = figures.iter().filter(|other| other.field == figure.field).count();
                assert_eq!(same, 1, "{}", figure.field);
                let Some(value) = figure.value.clone() else {
                    assert_eq!((figure.source.as_str(), figure.choices.len()), ("", 0), "{}", figure.field);
                    continue;
                };
                if !figure.choices.is_empty() {
                    assert!(figure.choices.iter().any(|choice| choice.value == value), "{}", figure.field);
                }
                let again = Correction { field: figure.field.clone(), value, on: day("05-01") };
                let pack = pack.corrected(&[again]).expect("its own value");
                let entered = pack.figures(industry).into_iter().find(|row| row.field == figure.field);
                let entered = entered.expect("the figure");
                assert_eq!((entered.confidence, entered.value), (Confidence::Merchant, figure.value.clone()));
            }
        }
    }
}

#[test]
fn the_list_names_the_figures_of_the_shops_own_formula_in_reading_order() {
    let figures = candidate().figures(Consumer);
    let at = |field: &str| figures.iter().position(|figure| figure.field == field);
    let order = [
        "window.days",
        "consumer.base",
        "reading.acceleration",
        "judging.day_of_month",
        "levels.L2.threshold",
        "levels.L6.threshold",
    ];
    let places: Vec<_> = order.iter().map(|field| at(field).unwrap_or_else(|| panic!("{field} is missing"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(
        at("consumer.marks.超级工厂.points").is_some() && at("levels.L2.gates.shop_information.at_least").is_some()
    );
    assert_eq!(at("industrial.base"), None);
    let base = &figures[places[1]];
    assert_eq!(
        (base.title.as_str(), base.value.as_deref(), base.unit.as_str()),
        ("消费品 每个支付买家", Some("1"), "分")
    );
    let unknown = &figures[places[3]];
    assert_eq!((unknown.value.as_deref(), unknown.confidence), (None, Confidence::Candidate));
    let reading: Vec<_> = figures[places[2]].choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(reading, ["on_top", "in_all"]);
}

#[test]
fn a_figure_nobody_knew_can_be_entered_and_be_unknown_again() {
    let pack = corrected(&[("consumer.marks.实力商家.points", "80")]);
    let row = &pack.corrections[0];
    assert_eq!((row.value.as_str(), row.before.as_str()), ("80", "未知"));
    let notes = score(&pack, Consumer, day("05-30"), &ledger(&[]), &all_known()).notes;
    assert!(notes.iter().any(|note| note.contains("标识：实力商家 80 分（原为 未知）")), "{notes:?}");
    let mark = xiaoer_growth::Mark { kind: "实力商家".to_owned(), from: day("01-01"), to: None };
    let inputs = xiaoer_growth::Inputs { marks: vec![mark], ..all_known() };
    assert_eq!(score(&pack, Consumer, day("05-30"), &ledger(&[]), &inputs).points.total, points("80"));
    let again = pack.corrected(&corrections(&[("consumer.marks.实力商家.points", "未知")])).expect("a pack");
    assert_eq!(score(&again, Consumer, day("05-30"), &ledger(&[]), &inputs).points.total, points("0"));
    assert!(matches!(refusal(&[("consumer.base", "unknown")]), CorrectionError::NotAValue { .. }), "a score needs it");
}

#[test]
fn of_two_corrections_of_one_figure_the_later_day_counts() {
    let of =
        |value: &str, on: &str| Correction { field: "consumer.base".to_owned(), value: value.to_owned(), on: day(on) };
    let pack = candidate().corrected(&[of("3", "05-09"), of("2", "05-02")]).expect("a pack");
    assert_eq!(pack.consumer.base.value, points("3"));
    let row = &pack.corrections[..];
    assert_eq!((row.len(), row[0].value.as_str(), row[0].before.as_str(), row[0].on), (1, "3", "1", day("05-09")));
}

#[test]
fn a_correction_that_contradicts_is_refused_by_name() {
    let error = refusal(&[("levels.L3.threshold", "200")]);
    assert_eq!(error.to_string(), "levels.L3.threshold: L3 begins at 200, which is not above the 300 of L2");
    let said = "“L3 起始积分”与其他规则矛盾：L3 的起始积分 200 不高于 L2 的 300；修改没有采用，请核对后重填。";
    assert_eq!(error.sentence(), said);

    let share = refusal(&[("levels.L2.gates.shop_information.at_least", "120")]);
    assert!(share.to_string().starts_with("levels.L2.gates.shop_information: a share"), "{share}");
    assert!(share.sentence().contains("L2 门槛：店铺信息完整度"), "{}", share.sentence());

    let rate = refusal(&[("reading.acceleration", "in_all"), ("consumer.marketing", "0.5")]);
    assert!(rate.to_string().starts_with("consumer.marketing: is below the basic rate"), "{rate}");
    let mark = refusal(&[("consumer.marks.超级工厂.points", "-1")]);
    assert!(mark.to_string().starts_with("consumer.marks.超级工厂.points: must not be negative"), "{mark}");
    let day = refusal(&[("judging.day_of_month", "40")]);
    assert!(day.sentence().contains("评定日须为 1 至 31 号"), "{}", day.sentence());
}

#[test]
fn two_corrections_that_only_hold_together_are_taken_together() {
    let pack = corrected(&[("levels.L2.threshold", "1500"), ("levels.L3.threshold", "2000")]);
    assert_eq!(pack.levels[1].threshold.value, points("1500"));
    assert!(matches!(refusal(&[("levels.L2.threshold", "1500")]), CorrectionError::Contradicts { .. }));
}

#[test]
fn a_figure_that_does_not_exist_or_a_value_that_is_none_is_refused_in_both_languages() {
    let missing = refusal(&[("consumer.bonus", "3")]);
    assert_eq!(missing.to_string(), "consumer.bonus: this pack has no such figure");
    assert!(missing.sentence().contains("“consumer.bonus”"));
    let text = refusal(&[("window.days", "三十")]);
    assert_eq!(text.to_string(), "window.days: \"三十\" is not a whole number");
    assert_eq!(text.sentence(), "“统计窗口”不能填“三十”，请填不小于 0 的整数。");
    let word = refusal(&[("reading.rounding", "up")]);
    assert!(word.sentence().contains("不取整（none）"), "{}", word.sentence());
    let places = refusal(&[("consumer.base", "0.1234567")]);
    assert!(matches!(places, CorrectionError::NotAValue { .. }), "{places}");
}
