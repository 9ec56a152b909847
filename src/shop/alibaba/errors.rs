//! Every error that the platform is known to give: what it means for the code, and what the merchant is told to do.
//!
//! The first fitting row counts, so what holds for one method stands above what holds for all. A code that is not here is shown as it
//! came, and never taken for a success.

/// What a caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person has to authorize the shop again.
    Authorize,
    /// The app's key, secret or address is wrong.
    App,
    /// The app has no right to the method.
    NoRight,
    /// The platform has no such method: a person does it in the back office.
    Gone,
    /// Too many calls: later is fine.
    Busy,
    /// The object is not ready yet: later is fine, and nothing was changed.
    Later,
    /// What was sent is wrong.
    Input,
    /// The object's state does not allow it.
    State,
    /// There is no such object.
    NotFound,
    /// It is somebody else's.
    NotYours,
    /// The shop shows the wanted value already.
    AlreadySo,
    /// The platform broke down: whether it did anything is unknown.
    Unknown,
}

/// An error, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// For the code.
    pub class: Class,
    /// For the merchant: what is wrong and what to do.
    pub say: &'static str,
}

/// Where a row's word is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    /// It is the whole code.
    Code,
    /// The code begins with it.
    Start,
    /// Code or message hold it.
    Text,
}

struct Row {
    /// Part of the method's name; empty for all.
    api: &'static str,
    place: In,
    word: &'static str,
    class: Class,
    say: &'static str,
}

const fn row(api: &'static str, place: In, word: &'static str, class: Class, say: &'static str) -> Row {
    Row { api, place, word, class, say }
}

const AUTHORIZE: &str = "店铺授权已失效，请重新授权后再试";
const APP: &str = "平台不认这个应用，请核对网关地址、AppKey 和密钥";
const NO_ORDER: &str = "平台上没有这笔订单，请核对订单号";
const NO_REFUND: &str = "没有查到这笔退款，或它不属于本店，请核对订单号和退款单号";
const BROKE: &str = "平台内部出错，请稍后查看结果，不要直接重复提交";
const FULL: &str = "牛顿云任务数已到上限，请等现有任务完成后再试";
const PICTURE: &str = "图片银行里没有这张图片，请刷新图片列表后重新选择";

const TABLE: &[Row] = &[
    // The gateway, for every method.
    row("", In::Code, "gw.APIUnsupported", Class::Gone, "平台没有这个接口，请到商家后台手动处理"),
    row("", In::Code, "gw.APIACLDecline", Class::NoRight, "应用没有这个接口的权限，请在开放平台申请对应的解决方案"),
    row("", In::Start, "gw.AppKey", Class::App, APP),
    row("", In::Start, "gw.Signature", Class::App, APP),
    row("", In::Code, "gw.QosRequestLimit", Class::Busy, "平台限制了调用频率，请稍后再试"),
    row("", In::Code, "gw.ParamMissing", Class::Input, "提交的内容缺少必填项，请补全后再试"),
    // Orders.
    row("memoAdd", In::Text, "ORDER_NOT_EXIST", Class::NotFound, NO_ORDER),
    row("memoAdd", In::Code, "400_4", Class::Input, "备注没有写入，请核对订单号和备注内容"),
    row("trade.cancel", In::Text, "ORDER_STATUS_ERROR", Class::State, "只有未付款的订单能取消，请刷新订单状态"),
    row("trade.cancel", In::Code, "400_3", Class::NotYours, "这笔订单不属于本店，请核对订单号"),
    row("trade.cancel", In::Text, "CLOSE_ORDER_TOO_FAST", Class::Later, "订单创建不到 10 秒，请稍后再取消"),
    row("", In::Text, "ORDER_NOT_EXIST", Class::NotFound, NO_ORDER),
    // Delivery and parcels.
    row(
        "OpDeliverySendOrder",
        In::Text,
        "系统繁忙",
        Class::Input,
        "平台没有接受发货，请核对订单号和物流公司编码，并不要填写收货人信息",
    ),
    row(
        "OpDeliverySendOrder",
        In::Code,
        "INVALID_PARAM",
        Class::Input,
        "运单号格式不对，或已用满 15 次，请换一个运单号",
    ),
    row("OpDeliverySendOrder", In::Code, "5001", Class::Later, "下游订单正在退款，请等退款处理完再发货"),
    row("OpDeliverySendOrder", In::Code, "5002", Class::State, "下游订单已退款或关闭，请不要发货"),
    row("LogisticsTraceInfo", In::Code, "404", Class::Later, "还没有物流轨迹，请过一会儿再查"),
    row("", In::Start, "order.nopermission", Class::NotYours, "没有权限查看这笔订单，请核对它是否属于本店"),
    row("", In::Start, "order.createtime.history", Class::State, "订单已超过一年，平台不再提供物流轨迹，请到后台查看"),
    // Refunds.
    row("refund.", In::Text, "APPLY_TIME_ERROR", Class::Input, "只能查 730 天以内的退款，请缩短时间范围"),
    row("queryOrderRefundList", In::Code, "500", Class::NotFound, NO_REFUND),
    row("OpQueryOrderRefund", In::Code, "500", Class::NotFound, NO_REFUND),
    row("OpQueryOrderRefund", In::Text, "003002", Class::NotFound, NO_REFUND),
    // Products.
    row("incrementModify", In::Code, "404", Class::NotFound, "平台上没有这个商品，请刷新商品列表"),
    row("incrementModify", In::Code, "401", Class::NotYours, "这个商品不属于本店，请核对商品编号"),
    row("incrementModify", In::Code, "500001", Class::Input, "主图为空或超过 5 张，请保留 1 到 5 张主图"),
    row("modifyStock", In::Code, "500_001", Class::Input, "这个商品没有规格，请直接修改商品的总库存"),
    row("modifyStock", In::Code, "500_002", Class::NotFound, "商品没有这个规格，请刷新商品后重新选择规格"),
    row("modifyStock", In::Code, "500_003", Class::Input, "这个商品有多个规格，请按规格修改库存"),
    row("modifyStock", In::Code, "500_004", Class::Input, "库存变化量为 0，请填写要改成的数量"),
    row("modifyStock", In::Code, "500_005", Class::AlreadySo, "库存已经是要改成的数，请刷新页面查看"),
    row("", In::Code, "1003404", Class::NotFound, "平台上没有这个商品，请刷新商品列表"),
    row("product.expire", In::Code, "1000600", Class::State, "下架没有成功，商品可能已经下架，请刷新商品状态"),
    row("product.repost", In::Code, "1000600", Class::State, "重新上架没有成功，请刷新商品状态后再决定"),
    row("getByIdList", In::Text, "商品不存在", Class::NotFound, "平台上没有这个商品，请刷新商品列表"),
    row("", In::Code, "SYS_ERROR", Class::Unknown, BROKE),
    row("photobank", In::Code, "400_2", Class::Input, "没有指定图片，请重新选择要修改的图片"),
    row("photobank", In::Code, "400_3", Class::Input, "图片没有任何改动，请填写新的名称或说明"),
    row("photobank", In::Code, "30", Class::NotFound, PICTURE),
    row("photobank", In::Code, "120003", Class::NotFound, PICTURE),
    // Newton Cloud.
    row("newtoncloud", In::Code, "INVALID_REQUEST", Class::Later, "任务还在排队，请等它需要回答时再提交"),
    row("newtoncloud", In::Text, "RATE_LIMIT_HOURLY", Class::Busy, "牛顿云本小时的次数已用完，请一小时后再试"),
    row("newtoncloud", In::Text, "RATE_LIMIT_DAILY", Class::Busy, "牛顿云今天的次数已用完，请明天再试"),
    row("newtoncloud", In::Text, "RATE_LIMIT_", Class::Busy, FULL),
    // Any method.
    row(
        "",
        In::Text,
        "HSF Server unexpected",
        Class::Unknown,
        "平台没能处理这次提交，请核对必填项，并先查看是否已生效",
    ),
    row("", In::Code, "400_1", Class::Input, "提交的内容有误，请核对后再试"),
    row("", In::Code, "500_1", Class::Unknown, BROKE),
    row("", In::Code, "500_2", Class::Unknown, BROKE),
    row("", In::Code, "500", Class::Unknown, BROKE),
    row("", In::Start, "gw.", Class::Input, "网关没有接受这次调用，请核对提交的内容"),
];

/// What an error of a method means; none for one that nobody has described.
#[must_use]
pub fn meaning(api: &str, code: &str, message: &str) -> Option<Meaning> {
    // The exact codes of a dead token are not published; every one that was seen at the gateway speaks of the token or the authorization.
    if speaks_of_token(code) {
        return Some(Meaning { class: Class::Authorize, say: AUTHORIZE });
    }
    TABLE
        .iter()
        .filter(|row| api.contains(row.api))
        .find(|row| match row.place {
            In::Code => code == row.word,
            In::Start => code.starts_with(row.word),
            In::Text => code.contains(row.word) || message.contains(row.word),
        })
        .map(|row| Meaning { class: row.class, say: row.say })
}

/// Whether a word of the gateway is about the token.
pub(super) fn speaks_of_token(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("token") || word.contains("authorized")
}

#[cfg(test)]
mod tests {
    use super::super::envelope;
    use super::super::failed::Failed;
    use super::super::methods::{self as m, METHODS, Method};
    use super::*;
    use crate::shop::platform::WriteError;

    /// Every code that the platform's documents name: where it comes, what else stands beside it, what it must be taken for.
    const KNOWN: &[(&Method, &str, &str, Class)] = &[
        (&m::STOCK, "gw.APIUnsupported", "", Class::Gone),
        (&m::STOCK, "gw.AppKeyMissing", "", Class::App),
        (&m::STOCK, "gw.APIACLDecline", "AppKey is not allowed(acl)", Class::NoRight),
        (&m::STOCK, "gw.SignatureMissing", "", Class::App),
        (&m::STOCK, "gw.SignatureInvalid", "", Class::App),
        (&m::STOCK, "gw.ParamMissing", "Required argument scene", Class::Input),
        (&m::STOCK, "gw.QosRequestLimit", "", Class::Busy),
        (&m::STOCK, "gw.AccessTokenExpired", "", Class::Authorize),
        (&m::SEND_OFFLINE, "", "HSF Server unexpected exception", Class::Unknown),
        (&m::ENROL, "400_1", "业务类型businessType错误", Class::Input),
        (&m::ENROL, "500_1", "", Class::Unknown),
        (&m::ENROL, "500_2", "", Class::Unknown),
        (&m::MEMO_ADD, "400_4", "修改备注信息出错[ORDER_NOT_EXIST]", Class::NotFound),
        (&m::MEMO_ADD, "400_4", "", Class::Input),
        (&m::SEND_OFFLINE, "", "系统繁忙，请稍后再试", Class::Input),
        (&m::SEND_OFFLINE, "INVALID_PARAM", "", Class::Input),
        (&m::SEND_OFFLINE, "5001", "", Class::Later),
        (&m::SEND_OFFLINE, "5002", "", Class::State),
        (&m::CANCEL, "ORDER_STATUS_ERROR", "", Class::State),
        (&m::CANCEL, "400_3", "", Class::NotYours),
        (&m::CANCEL, "ORDER_NOT_EXIST", "", Class::NotFound),
        (&m::CANCEL, "CLOSE_ORDER_TOO_FAST", "", Class::Later),
        (&m::REFUNDS, "500", r#"{"code":"500"}"#, Class::NotFound),
        (&m::REFUNDS, "APPLY_TIME_ERROR", "", Class::Input),
        (&m::REFUND_DETAIL, "500", r#"{"code":"003"}"#, Class::NotFound),
        (&m::REFUND_DETAIL, "500", r#"{"code":"003002"}"#, Class::NotFound),
        (&m::AGREE_RETURN, "500", "", Class::Unknown),
        (&m::PRODUCT_INCREMENT, "404", "", Class::NotFound),
        (&m::PRODUCT_INCREMENT, "401", "", Class::NotYours),
        (&m::PRODUCT_INCREMENT, "500001", "", Class::Input),
        (&m::STOCK, "500_001", "", Class::Input),
        (&m::STOCK, "500_002", "", Class::NotFound),
        (&m::STOCK, "500_003", "", Class::Input),
        (&m::STOCK, "500_004", "", Class::Input),
        (&m::STOCK, "500_005", "", Class::AlreadySo),
        (&m::EXPIRE, "1003404", "", Class::NotFound),
        (&m::EXPIRE, "1000600", "", Class::State),
        (&m::REPOST, "1003404", "", Class::NotFound),
        (&m::REPOST, "1000600", "", Class::State),
        (&m::PRODUCTS_BY_ID, "", "57319811:商品不存在", Class::NotFound),
        (&m::LISTING_SCHEMA, "SYS_ERROR", "", Class::Unknown),
        (&m::PHOTO_MODIFY, "400_2", "", Class::Input),
        (&m::PHOTO_MODIFY, "400_3", "", Class::Input),
        (&m::PHOTO_MODIFY, "30", "", Class::NotFound),
        (&m::PHOTO_MODIFY, "120003", "", Class::NotFound),
        (&m::TRACE, "404", "", Class::Later),
        (&m::TRACE, "order.nopermission.seller", "", Class::NotYours),
        (&m::TRACE, "order.createtime.history", "", Class::State),
        (&m::NEWTON_RESUME, "INVALID_REQUEST", "", Class::Later),
        (&m::NEWTON_CREATE, "RATE_LIMIT_CONCURRENT", "", Class::Busy),
        (&m::NEWTON_CREATE, "RATE_LIMIT_PENDING_TOTAL", "", Class::Busy),
        (&m::NEWTON_CREATE, "RATE_LIMIT_QUEUE_FULL", "", Class::Busy),
        (&m::NEWTON_CREATE, "RATE_LIMIT_HOURLY", "", Class::Busy),
        (&m::NEWTON_CREATE, "RATE_LIMIT_DAILY", "", Class::Busy),
    ];

    #[test]
    fn every_code_of_the_documents_is_understood_and_tells_the_merchant_what_to_do() {
        for (method, code, message, class) in KNOWN {
            let meaning = meaning(method.name, code, message).unwrap_or_else(|| panic!("{code} is not known"));
            assert_eq!(meaning.class, *class, "{} {code} {message}", method.name);
            assert!(meaning.say.contains('请') && meaning.say.chars().count() <= 40, "{code}: {}", meaning.say);
        }
        for row in TABLE {
            let used = |(method, code, message, _): &&(&Method, &str, &str, Class)| {
                method.name.contains(row.api) && meaning(method.name, code, message).is_some_and(|m| m.say == row.say)
            };
            // The last row is the net under codes that nobody has described.
            assert!(row.word == "gw." || KNOWN.iter().any(|k| used(&k)), "{}", row.word);
            assert!(METHODS.iter().any(|method| method.name.contains(row.api)), "no method is called {}", row.api);
        }
    }

    /// From the wire to the sentence on the screen, for reads and for writes.
    #[test]
    fn what_the_merchant_reads_of_each_code_says_what_to_do_and_never_calls_an_unknown_outcome_a_refusal() {
        for (method, code, message, class) in KNOWN.iter().filter(|(_, code, ..)| !code.is_empty()) {
            let key = if code.starts_with("gw.") { "error_code" } else { "errorCode" };
            let reply = serde_json::json!({ key: code, "errorMessage": message, "success": "false" }).to_string();
            let fault = envelope::check(200, &reply).expect_err("no code is a success");
            let read = Failed::Fault(fault.clone()).of_read(method).to_string();
            let write = Failed::Fault(fault).of_write(method);
            assert!(read.contains('请') || read.contains("暂时连不上"), "{code}: {read}");
            assert!(write.to_string().contains('请') || *class == Class::NoRight, "{code}: {write}");
            assert_eq!(matches!(write, WriteError::Unknown { .. }), *class == Class::Unknown, "{code}: {write}");
        }
    }
}
