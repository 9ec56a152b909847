//! What a merchant hands over as files because no API gives it: where orders came from, inquiries, costs, traffic.
//! Only whole days are in them, so that the same day always gives the same lines.

use crate::clock::{Day, Moment};
use crate::world::dice::Dice;
use crate::world::order::OrderView;
use crate::world::refund::RefundStatus;
use crate::world::{Industry, Seed, Shop};

/// All files of a shop: file name and bytes, UTF-8.
pub(crate) fn of(shop: &Shop, now: Moment) -> Vec<(String, Vec<u8>)> {
    let Some(seed) = shop.seed else { return Vec::new() };
    let end = Moment(now.day().start().0 - 1);
    let orders: Vec<OrderView<'_>> = shop.orders_at(end).filter(OrderView::is_paid).collect();
    let Some(first) = orders.last().map(|view| view.order.life.created.day()) else { return Vec::new() };
    vec![
        ("ledger.csv".to_owned(), ledger(shop, seed, &orders, first..=end.day())),
        ("costs.csv".to_owned(), costs(shop)),
        ("traffic.csv".to_owned(), traffic(seed, &orders, first..=end.day())),
    ]
}

type Days = std::ops::RangeInclusive<Day>;

fn each_day(days: &Days) -> impl Iterator<Item = Day> + use<> {
    (days.start().0..=days.end().0).map(Day)
}

fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("writing to memory does not fail");
    for row in rows {
        writer.write_record(&row).expect("writing to memory does not fail");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// Fen as yuan text.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Paid orders with their source, refunds that went through, and the inquiries of an industrial shop; oldest first.
fn ledger(shop: &Shop, seed: Seed, orders: &[OrderView<'_>], days: Days) -> Vec<u8> {
    let mut rows: Vec<(Moment, Vec<String>)> = Vec::new();
    for view in orders {
        let order = view.order;
        let buyer = &shop.buyers[order.buyer].member_id;
        let Some(paid) = order.life.paid else { continue };
        let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
        let source = &order.source;
        rows.push((
            paid,
            vec![
                "order".to_owned(),
                order.id.to_string(),
                buyer.clone(),
                yuan(order.total()),
                flag(source.marketing),
                flag(source.scene),
                flag(true),
                String::new(),
            ],
        ));
        if let Some((refund, step)) = view.refund.filter(|(_, step)| step.status == RefundStatus::Success) {
            let amount = yuan(refund.amount + refund.freight);
            rows.push((
                step.at,
                vec![
                    "refund".to_owned(),
                    refund.number(),
                    buyer.clone(),
                    amount,
                    String::new(),
                    String::new(),
                    flag(true),
                    order.id.to_string(),
                ],
            ));
        }
    }
    if seed.industry == Industry::Industrial {
        rows.extend(each_day(&days).flat_map(|day| inquiries(shop, seed, day)));
    }
    rows.sort();
    let lines = rows.into_iter().map(|(at, mut fields)| {
        fields.insert(0, at.civil_text());
        fields
    });
    table(&["time", "kind", "id", "buyer", "amount", "marketing", "scene", "valid", "order"], lines)
}

/// One day's inquiries: some by 数字营销, some not valid, and some people ask twice.
fn inquiries(shop: &Shop, seed: Seed, day: Day) -> Vec<(Moment, Vec<String>)> {
    let mut dice = Dice::of(seed.value, "inquiries", day.0);
    let most = if day.weekday() >= 5 { 12 } else { 30 };
    let mut asked = Vec::new();
    for number in 0..dice.between(most / 2, most) {
        let at = day.start().plus_minutes(dice.between(480, 1_260));
        let buyer = dice.pick(&shop.buyers).member_id.clone();
        let (marketing, valid) = (dice.percent(22), !dice.percent(6));
        let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
        let id = format!("XP{}{number:03}", day.0);
        asked.push((
            at,
            vec![
                "inquiry".to_owned(),
                id,
                buyer,
                String::new(),
                flag(marketing),
                String::new(),
                flag(valid),
                String::new(),
            ],
        ));
    }
    asked
}

fn costs(shop: &Shop) -> Vec<u8> {
    let rows = shop.products.iter().flat_map(|product| {
        let known = product.cost.into_iter();
        known.flat_map(move |cost| {
            let offer = product.id.to_string();
            if product.skus.is_empty() {
                return vec![vec![offer, String::new(), yuan(cost)]];
            }
            // A dearer choice costs more by the same share.
            let of_sku = |surcharge: i64| cost + cost * surcharge / product.base_price().max(1);
            product
                .skus
                .iter()
                .map(|sku| vec![offer.clone(), sku.id.to_string(), yuan(of_sku(sku.surcharge))])
                .collect()
        })
    });
    table(&["Offer ID", "SKU ID", "成本"], rows)
}

fn traffic(seed: Seed, orders: &[OrderView<'_>], days: Days) -> Vec<u8> {
    let rows = each_day(&days).map(|day| {
        let mut dice = Dice::of(seed.value, "traffic", day.0);
        let paid: Vec<i64> = orders
            .iter()
            .filter(|view| view.order.life.paid.is_some_and(|at| at.day() == day))
            .map(|view| view.order.total())
            .collect();
        let count = i64::try_from(paid.len()).unwrap_or(0);
        let visitors = count * dice.between(11, 17) + dice.between(40, 120);
        let shown = visitors * dice.between(28, 44);
        let spent = dice.between(6_000, 16_000) + count * dice.between(80, 160);
        vec![
            day.date().to_string(),
            shown.to_string(),
            visitors.to_string(),
            yuan(paid.iter().sum()),
            count.to_string(),
            yuan(spent),
        ]
    });
    table(&["日期", "展现次数", "访客数", "支付金额", "支付订单数", "推广消耗金额"], rows)
}
