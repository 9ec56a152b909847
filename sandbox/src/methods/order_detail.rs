//! One order in full, and the papers around it: invoice and address. Here `success` is text.

use serde_json::{Value, json};

use super::order_record::{Wants, Writer};
use super::{Answer, ShopCall};
use crate::world::dice::{Dice, digest};
use crate::world::names;

/// Parts that come when nothing is asked for by name.
const USUAL: &str = "GuaranteesTerms,NativeLogistics,OrderInvoice,CanSendCheck";

pub(super) fn get(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let overdue = call.params.wants("needSendGoodsOverdueRisk")?;
    // The same flag of the list is a boolean; here it is text, and any text but `true` is off.
    let late = call.params.text("needDeliverGoodsOverdueRisk") == Some("true");
    let fields = call.params.text("includeFields").unwrap_or(USUAL);
    let wants = Wants { overdue, late, ..Wants::detail(fields) };
    let shop = call.shop();
    let Some(view) = shop.order_at(id, call.now) else {
        return Ok(json!({ "success": "false", "errorCode": "ORDER_NOT_EXIST", "errorMessage": "订单不存在" }));
    };
    let writer = Writer { shop, wants, image_base: &call.state.image_base };
    let mut trade = writer.trade(&view);
    if wants.invoice
        && let Some(invoice) = invoice_of(shop.profile.user_id, id)
    {
        trade["orderInvoiceInfo"] = invoice;
    }
    Ok(
        json!({ "result": trade, "success": "true", "errorCode": "", "errorMessage": "", "retCodes": ["BUYER_INFO_MASKED"] }),
    )
}

/// About every third buyer wants an invoice; the company is made up and the buyer's own data is not in it.
fn invoice_of(shop: i64, order: i64) -> Option<Value> {
    let mut dice = Dice::of(shop.cast_unsigned(), "invoice", order);
    let number = dice.percent(33).then(|| dice.between(200_000_000, 999_999_999))?;
    let [province, city, area, code] = dice.pick(names::WORDS.cities()).clone();
    Some(json!({
        "id": number,
        "idString": number.to_string(),
        "localInvoiceId": number - 20_551_039,
        "orderId": order,
        "invoiceType": 1,
        "source": "COMMON",
        "invoiceCompanyName": format!("{}测试专用发票", city.trim_end_matches('市')),
        "taxpayerIdentify": format!("91{}", digest(&number.to_string(), 16).to_uppercase()),
        "registerBank": "工商银行",
        "registerAccountId": format!("6222{number}00"),
        "registerPhone": "0000-00000000",
        "registerStreet": "***",
        "registerCodeText": "",
        "receiveName": "***",
        "receiveMobile": "138****0000",
        "receiveCode": code,
        "receiveCodeText": format!("{province} {city} {area}"),
        "receiveStreet": "***",
        "receivePost": "",
        "success": true,
    }))
}

pub(super) fn invoice(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("orderId")?.unwrap_or(0);
    let known = call.shop().order_at(id, call.now).is_some();
    let found = known.then(|| invoice_of(call.shop().profile.user_id, id)).flatten();
    // The flag stands inside of the result.
    Ok(json!({ "result": found.unwrap_or_else(|| json!({ "orderId": id, "success": false })) }))
}

/// Takes an address apart as far as the sandbox knows the place. No flag tells success.
pub(super) fn address(call: &mut ShopCall<'_>) -> Answer {
    let text = call.params.text("addressInfo").unwrap_or("");
    let extra = [["浙江", "杭州市", "滨江区", "330108"].map(str::to_owned)];
    let found = names::WORDS.cities().iter().chain(&extra).find_map(|[_, city, area, code]| {
        let (_, rest) = text.split_once(city.as_str())?.1.split_once(area.as_str())?;
        Some((rest.trim().to_owned(), code.clone()))
    });
    let (address, code) = found.unwrap_or_else(|| (text.to_owned(), String::new()));
    let post = code.get(..4).map(|head| format!("{head}00")).unwrap_or_default();
    Ok(json!({
        "result": { "address": address, "addressCode": code, "isDefault": false, "latest": false, "postCode": post },
    }))
}
