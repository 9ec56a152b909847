//! `product.rate.list`: what buyers said of a product. Made up from its finished orders, the same every time.

use serde_json::{Value, json};

use crate::methods::{Answer, ShopCall};
use crate::wire::params::Page;
use crate::world::dice::Dice;

const MOST: i64 = 20;
/// Stars and words, and how often they come.
const WORDS: [(i64, &str, i64); 5] = [
    (5, "质量很好，发货快，下次还来", 46),
    (5, "客户反馈不错，包装仔细", 30),
    (4, "东西可以，物流慢了一天", 14),
    (3, "颜色和图片有点差别", 7),
    (1, "收到有破损，联系售后处理了", 3),
];

pub(in crate::methods) fn list(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productId")?.unwrap_or(0);
    let stars = call.params.int("starLevel")?;
    let page =
        Page::new((call.params.int("page")?.unwrap_or(1), 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let shop = call.shop();
    let Some(product) = shop.product(id) else { return Ok(json!({ "modelList": [], "totalCount": 0 })) };
    let mut found = Vec::new();
    for view in shop.orders_at(call.now) {
        let order = view.order;
        let Some(finished) = order.life.finished.filter(|at| *at <= call.now) else { continue };
        for line in order.lines.iter().filter(|line| shop.products[line.product].id == id) {
            let mut dice = Dice::of(0, "rate", line.id);
            if !dice.percent(35) {
                continue;
            }
            let (star, words, _) = WORDS[dice.weighted(WORDS.iter().map(|(_, _, weight)| *weight))];
            let buyer = shop.buyers[order.buyer].login_id.chars().next().unwrap_or('t');
            found.push(json!({
                "starLevel": star,
                "content": words,
                "raterUserNick": format!("{buyer}***"),
                "quantity": line.quantity,
                "tradeId": order.id,
                "subTradeId": line.id,
                "offerId": id,
                "offerName": product.title_at(order.life.created),
                "gmtPublished": finished.plus_minutes(dice.between(0, 3_000)).stamp(),
                "status": "published",
            }));
        }
    }
    found.retain(|rate: &Value| stars.is_none_or(|stars| rate["starLevel"] == stars));
    let total = found.len();
    Ok(json!({ "modelList": page.of(found), "totalCount": total }))
}
