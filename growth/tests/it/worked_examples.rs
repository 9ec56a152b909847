//! Two whole shops, counted on paper, and the other readings of the same rules.

use xiaoer_growth::Industry::{Consumer, Industrial};
use xiaoer_growth::{Acceleration, Event, Inputs, Marginal, Mark, Rounding, RulePack, ScoreCard, marginal, score};

use crate::build::{Told, all_known, candidate, day, inquiry, ledger, order, points, refund_of};

/// 186 paying buyers, 4 of them fake and 2 refunded in full; 45 by promotion; 18,250 yuan net in scenes.
fn consumer_shop() -> Vec<Event> {
    let mut events = Vec::new();
    for at in 0..180 {
        let mut sale = order(&format!("o{at}"), "05-10", &format!("buyer {at}"), "100");
        if at < 45 {
            sale = sale.by_promotion();
        }
        events.push(sale);
    }
    events.push(order("scene", "05-11", "buyer 0", "18600").in_scene());
    events.push(refund_of("scene", "r0", "05-12", "350"));
    events.push(order("rest", "05-11", "buyer 1", "13030"));
    for at in 0..4 {
        let buyer = format!("fake {at}");
        events.push(order(&format!("f{at}"), "05-11", &buyer, "300").by_promotion().fake());
    }
    for at in 0..2 {
        let id = format!("u{at}");
        events.push(order(&id, "05-12", &format!("undone {at}"), "755.25").by_promotion());
        events.push(refund_of(&id, &format!("r{}", at + 1), "05-13", "755.25"));
    }
    events
}

/// 640 counted inquiries, 150 of them by promotion; 373,750 yuan net, 96,000 of it in scenes.
fn industrial_shop() -> Vec<Event> {
    let mut events = Vec::new();
    for at in 0..640 {
        let asked = inquiry(&format!("i{at}"), "05-10", &format!("person {at}"));
        events.push(if at < 150 { asked.by_promotion() } else { asked });
    }
    for at in 0..231 {
        events.push(inquiry(&format!("again{at}"), "05-10", &format!("person {at}")));
    }
    for at in 0..31 {
        events.push(inquiry(&format!("spam{at}"), "05-11", &format!("spam {at}")).fake());
    }
    events.push(order("scene", "05-12", "A", "96000").in_scene());
    events.push(order("rest", "05-12", "B", "290400"));
    events.push(refund_of("rest", "r", "05-13", "12650"));
    events
}

fn reading(change: impl FnOnce(&mut RulePack)) -> RulePack {
    let mut pack = candidate().clone();
    change(&mut pack);
    assert_eq!(pack.check(), Ok(()));
    pack
}

fn in_all() -> RulePack {
    reading(|pack| pack.reading.acceleration.value = Acceleration::InAll)
}

fn held(kinds: &[&str]) -> Inputs {
    let mark = |kind: &&str| Mark { kind: (*kind).to_owned(), from: day("01-01"), to: None };
    Inputs { marks: kinds.iter().map(mark).collect(), ..all_known() }
}

fn consumer(pack: &RulePack, inputs: &Inputs) -> ScoreCard {
    score(pack, Consumer, day("05-30"), &ledger(&consumer_shop()), inputs)
}

#[test]
fn the_consumer_shop_stands_on_l2() {
    let card = consumer(candidate(), &all_known());
    assert_eq!(card.counts.turnover_yuan.to_string(), "49280.00");
    assert_eq!(card.counts.refunded_yuan.to_string(), "1860.50");
    assert_eq!((card.counts.buyers, card.counts.marketing_buyers), (180, 45));
    assert_eq!(card.points.buyers, Some(points("180")));
    assert_eq!(card.points.turnover, points("49.28"));
    assert_eq!(card.acceleration.marketing, points("135"));
    assert_eq!(card.acceleration.scene, points("54.75"));
    assert_eq!(card.points.total, points("419.03"));
    assert_eq!(card.level, "L2");
    let next = card.next.expect("a level above");
    assert_eq!((next.level.as_str(), next.gap), ("L3", points("780.97")));
}

#[test]
fn the_consumer_shop_by_other_readings() {
    let thousands = reading(|pack| pack.reading.rounding.value = Rounding::WholeThousands);
    assert_eq!(consumer(&thousands, &all_known()).points.total, points("418"));
    let whole = consumer(&in_all(), &all_known());
    assert_eq!(whole.points.total, points("355.78"));
    assert!(whole.notes.iter().any(|note| note.contains("已包含基础分")), "the reading is said");
    assert_eq!(consumer(candidate(), &held(&["超级工厂"])).points.total, points("1019.03"));
}

#[test]
fn one_word_of_the_rules_moves_the_industrial_shop_by_a_level() {
    let shop = ledger(&industrial_shop());
    let inputs = held(&["深度验商", "行家选签约"]);
    let card = score(candidate(), Industrial, day("05-30"), &shop, &inputs);
    assert_eq!(card.points.inquiries, Some(points("192")));
    assert_eq!(card.points.turnover, points("373.75"));
    assert_eq!(card.points.acceleration, points("673"));
    assert_eq!(card.points.total, points("1238.75"));
    let gap = card.next.map(|next| next.gap);
    assert_eq!((card.level.as_str(), gap), ("L3", Some(points("1761.25"))));

    let whole = score(&in_all(), Industrial, day("05-30"), &shop, &inputs);
    assert_eq!((whole.level.as_str(), whole.points.total), ("L2", points("1097.75")));
}

#[test]
fn one_mark_under_two_names_counts_once() {
    let shop = ledger(&industrial_shop());
    let inputs = held(&["验厂", "深度验厂"]);
    let card = score(candidate(), Industrial, day("05-30"), &shop, &inputs);
    assert_eq!(card.points.total, points("1188.75"));
}

#[test]
fn one_unit_more_brings_what_the_card_then_shows() {
    let rules = candidate();
    let brings = marginal(rules, Consumer);
    let expected = Marginal {
        new_buyer: points("1"),
        inquiry: points("0"),
        thousand_yuan: points("1"),
        marketing_buyer_extra: points("3"),
        marketing_inquiry_extra: points("0"),
        scene_thousand_extra: points("3"),
        marks: brings.marks.clone(),
    };
    assert_eq!(brings, expected);
    assert_eq!(brings.marks.len(), 2, "a mark without a rate promises nothing");

    let mut events = consumer_shop();
    events.push(order("one more", "05-20", "newcomer", "1000").by_promotion().in_scene());
    let card = score(rules, Consumer, day("05-30"), &ledger(&events), &all_known());
    let gained = card.points.total - points("419.03");
    let promised = brings.new_buyer + brings.thousand_yuan + brings.marketing_buyer_extra + brings.scene_thousand_extra;
    assert_eq!(gained, promised);

    let inquiry = marginal(&in_all(), Industrial);
    assert_eq!((inquiry.inquiry, inquiry.new_buyer), (points("0.3"), points("0")));
    assert_eq!(inquiry.marketing_inquiry_extra, points("0.6"));
    assert_eq!(inquiry.scene_thousand_extra, points("2"));
}
