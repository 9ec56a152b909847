//! `getSellerOrderList`: pages from 1 of at most 20, buyers masked, yuan for sums and fen for discounts.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::order_record::{Wants, Writer};
use super::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::wire::params::{Page, Params, Window};
use crate::world::Shop;
use crate::world::index::Ask;
use crate::world::order::OrderView;

const MOST: i64 = 20;

pub(super) fn list(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter::read(call.params)?;
    let wants = Wants::read(call.params)?;
    let number = call.params.int("page")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let shop = call.shop();
    // The archive is another table; the sandbox has nothing in it.
    let archive = call.params.wants("isHis")?;
    let ask = Ask { key: call.params.question(call.method), created: filter.created, touched: filter.modified };
    let newest_first = |view: &OrderView<'_>| (Reverse(view.order.life.created), -view.order.id);
    let found = shop.find(ask, call.now, newest_first, |view| !archive && filter.holds(shop, view));
    let total = found.len();
    let writer = Writer { shop, wants, image_base: &call.state.image_base };
    let result: Vec<Value> = page
        .of(found.iter())
        .into_iter()
        .filter_map(|order| Some(writer.trade(&shop.orders[*order].at(call.now)?)))
        .collect();
    Ok(json!({ "result": result, "totalRecord": total, "success": true, "retCodes": ["BUYER_INFO_MASKED"] }))
}

/// Which orders a call asks for.
#[derive(Debug)]
struct Filter {
    created: Window,
    modified: Window,
    status: Option<String>,
    refund: Option<String>,
    buyer: Option<String>,
    kinds: Option<Vec<String>>,
    product: Option<String>,
}

impl Filter {
    fn read(params: &Params) -> Result<Self, GatewayError> {
        let text = |name| params.text(name).map(str::to_owned);
        Ok(Self {
            created: params.window("createStartTime", "createEndTime")?,
            modified: params.window("modifyStartTime", "modifyEndTime")?,
            status: text("orderStatus"),
            refund: text("refundStatus"),
            buyer: text("buyerMemberId").or_else(|| text("buyerLoginId")),
            kinds: params.json("bizTypes")?,
            product: text("productName"),
        })
    }

    fn holds(&self, shop: &Shop, view: &OrderView<'_>) -> bool {
        let order = view.order;
        let is = |asked: &Option<String>, known: &str| asked.as_ref().is_none_or(|asked| asked == known);
        let buyer = &shop.buyers[order.buyer];
        self.created.holds(order.life.created)
            && self.modified.holds(view.modified)
            && is(&self.status, view.status.wire())
            && is(&self.refund, view.refund.map_or("", |(_, step)| step.status.wire()))
            && self.buyer.as_ref().is_none_or(|asked| *asked == buyer.member_id || *asked == buyer.login_id)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind == order.kind))
            && self.product.as_ref().is_none_or(|word| {
                order.lines.iter().any(|line| shop.products[line.product].title().contains(word.as_str()))
            })
    }
}
