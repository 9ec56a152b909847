//! The platform's methods that the sandbox answers, each in the file of its group.
//! [`METHODS`] is the one list: a method that is not in it is `gw.APIUnsupported`.

mod account;
mod activities;
mod categories;
mod clock;
mod delivery;
mod enrol;
mod freight;
mod logistics;
mod newton;
mod order_detail;
mod order_parts;
mod order_record;
mod order_writes;
mod orders;
mod photobank;
mod products;
mod push;
mod refund_detail;
mod refunds;
mod stock;
mod subaccounts;
mod token;

use serde_json::Value;

use self::photobank::{albums, photos, white};
use self::products::{edit, listing, new_model, price, rates, read, shelf};
use crate::clock::Moment;
use crate::state::{State, Write, WriteError};
use crate::wire::envelope::GatewayError;
use crate::wire::params::Params;
use crate::world::Shop;
use crate::world::changes::Change;

/// What a method answers. A business refusal is an `Ok` in that method's own form.
pub(crate) type Answer = Result<Value, GatewayError>;

/// One method of the platform.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) handler: Handler,
    /// The title of the solution that gives an app this right; empty: none is known to.
    pub(crate) right: &'static str,
    pub(crate) signed: bool,
    pub(crate) required: &'static [&'static str],
}

impl Method {
    /// The gateway's own and the messages' methods come with every app.
    pub(crate) fn belongs_to_everybody(&self) -> bool {
        matches!(self.namespace, "system" | OAUTH) || (self.namespace == OPEN && self.name.starts_with("push."))
    }
}

/// How a method runs; this also says whether it needs a token.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Handler {
    /// For the shop that the token stands for.
    Shop(fn(&mut ShopCall<'_>) -> Answer),
    /// For anybody.
    Open(fn(&mut OpenCall<'_>) -> Answer),
}

/// A call on behalf of a shop, after all checks.
#[derive(Debug)]
pub(crate) struct ShopCall<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) shop: usize,
    pub(crate) params: &'a Params,
    pub(crate) now: Moment,
    pub(crate) method: &'static str,
}

/// A call without a token, after all checks.
#[derive(Debug)]
pub(crate) struct OpenCall<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) params: &'a Params,
    pub(crate) now: Moment,
}

impl ShopCall<'_> {
    pub(crate) fn shop(&self) -> &Shop {
        &self.state.world.shops[self.shop]
    }

    /// Makes a change take effect and counts it in the ledger.
    pub(crate) fn write(&mut self, change: Change, identity: String, arguments: Value) -> Result<(), GatewayError> {
        let entry =
            Write { change, method: self.method, identity, arguments }.entry(&self.shop().profile.name, self.now);
        self.state.write(&entry).map_err(|error: WriteError| GatewayError::broken(&error.to_string()))
    }
}

const AGENT: &str = "com.alibaba.agent";
const LOGISTICS: &str = "com.alibaba.logistics";
/// The older trade calls stand here, and the pulling of messages.
const OPEN: &str = "cn.alibaba.open";
const TRADE: &str = "com.alibaba.trade";
const PRODUCT: &str = "com.alibaba.product";
const ENROLL: &str = "com.alibaba.enroll";
const OAUTH: &str = "system.oauth2";
const ORDERS_OWN: &str = "订单管理解决方案（商家版）";
const PRODUCTS_OWN: &str = "新版商品管理解决方案（商家自用版）";
const PRODUCTS_INVITED: &str = "工业品商品数字化（定向招募）";
const ACTIVITIES: &str = "商品营销活动解决方案";
/// Official and in use, but in no list of a solution that was seen.
const NOT_KNOWN: &str = "";
const EVERYBODY: &str = "";

/// Every method, by namespace and name.
pub(crate) const METHODS: &[Method] = &[
    shop("com.alibaba.account", "alibaba.account.basic", account::basic, "新版商品管理（服务商版）", &[]),
    open(ENROLL, "alibaba.batch.detail.get", enrol::batch, ACTIVITIES, &["batchId"]),
    open(ENROLL, "alibaba.light.enroll.topic.info.query", activities::topic_info, ACTIVITIES, &["topicId"]),
    shop(ENROLL, "alibaba.daily.topic.recommend", activities::daily, ACTIVITIES, &[]),
    shop(ENROLL, "alibaba.enroll.records.list", activities::records, ACTIVITIES, &["topicId", "pageNo", "pageSize"]),
    shop(ENROLL, "alibaba.promotion.topic.recommend", activities::promotions, ACTIVITIES, &[]),
    shop(ENROLL, "alibaba.white.image.upload", white::upload, ACTIVITIES, &[]),
    shop(LOGISTICS, "alibaba.logistics.freightTemplate.getList", freight::templates, PRODUCTS_OWN, &["webSite"]),
    shop(PRODUCT, "alibaba.category.attribute.get", categories::attributes, "", &["categoryID", "webSite"]),
    open(PRODUCT, "alibaba.category.get", categories::get, PRODUCTS_OWN, &["categoryID"]),
    shop(PRODUCT, "alibaba.category.searchByKeyword", categories::search, PRODUCTS_OWN, &["keyword"]),
    shop(PRODUCT, "alibaba.new.product.add", listing::add, PRODUCTS_OWN, &["catId", "scene", "dataBody"]),
    shop(PRODUCT, "alibaba.new.product.edit", new_model::edit, "", &["catId", "offerId", "scene", "dataBody"]),
    shop(PRODUCT, "alibaba.new.product.getSchema", new_model::schema, PRODUCTS_OWN, &["catId", "scene"]),
    shop(AGENT, "newtoncloud.file.upload", newton::upload, NOT_KNOWN, &[]),
    shop(AGENT, "newtoncloud.model.list", newton::models, NOT_KNOWN, &[]),
    shop(AGENT, "newtoncloud.points.query", newton::points, NOT_KNOWN, &[]),
    shop(AGENT, "newtoncloud.task.create", newton::create, NOT_KNOWN, &["message"]),
    shop(AGENT, "newtoncloud.task.get", newton::get, NOT_KNOWN, &["taskId"]),
    shop(AGENT, "newtoncloud.task.kill", newton::kill, NOT_KNOWN, &["taskId"]),
    shop(AGENT, "newtoncloud.task.list", newton::list, NOT_KNOWN, &[]),
    shop(AGENT, "newtoncloud.task.resume", newton::resume, NOT_KNOWN, &["sessionId", "scene", "taskId"]),
    shop(ENROLL, "alibaba.batch.fatigue.get", enrol::fatigue, ACTIVITIES, &["topicId"]),
    shop(ENROLL, "alibaba.light.enroll.record.batch.insert", enrol::insert, ACTIVITIES, &["param"]),
    shop(ENROLL, "alibaba.topic.recommend", enrol::deprecated, ACTIVITIES, &["businessType"]),
    shop(
        LOGISTICS,
        "alibaba.logistics.OpDeliverySendOrder.dummy",
        delivery::dummy,
        ORDERS_OWN,
        &["sendGoods", "extBody"],
    ),
    shop(LOGISTICS, "alibaba.logistics.OpDeliverySendOrder.offline", delivery::offline, ORDERS_OWN, &["sendGoods"]),
    shop(LOGISTICS, "alibaba.logistics.OpQueryLogisticCompanyList.offline", delivery::carriers, ORDERS_OWN, &[]),
    shop(
        LOGISTICS,
        "alibaba.trade.ec.getLogisticsInfos.sellerView",
        logistics::infos,
        NOT_KNOWN,
        &["orderId", "webSite"],
    ),
    shop(
        LOGISTICS,
        "alibaba.trade.getLogisticsTraceInfo.buyerView",
        logistics::trace,
        ORDERS_OWN,
        &["orderId", "webSite"],
    ),
    shop(
        LOGISTICS,
        "alibaba.trade.getLogisticsTraceInfo.sellerView",
        logistics::trace,
        NOT_KNOWN,
        &["orderId", "webSite"],
    ),
    shop(OPEN, "trade.order.batch.rate", order_writes::rate, NOT_KNOWN, &["orders"]),
    shop(OPEN, "trade.order.modifyOrderPrice", order_writes::price, NOT_KNOWN, &["orderId"]),
    shop(
        PRODUCT,
        "alibaba.new.product.getSubSchema",
        new_model::sub_schema,
        PRODUCTS_OWN,
        &["catId", "scene", "dataBody"],
    ),
    shop(PRODUCT, "alibaba.photobank.album.add", albums::add, "", &["name", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.album.delete", albums::delete, "", &["albumID", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.album.getList", albums::list, PRODUCTS_OWN, &["webSite"]),
    shop(PRODUCT, "alibaba.photobank.album.getProfile", albums::profile, "", &["webSite"]),
    shop(PRODUCT, "alibaba.photobank.album.modify", albums::modify, PRODUCTS_OWN, &["albumInfo", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.photo.add", photos::add, PRODUCTS_OWN, &["albumID", "name", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.photo.delete", photos::delete, "", &["photoID", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.photo.deleteBatch", photos::delete_batch, "", &["imageIds", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.photo.getList", photos::list, "", &["albumID", "webSite"]),
    shop(PRODUCT, "alibaba.photobank.photo.modify", photos::modify, PRODUCTS_OWN, &["imageInfo", "webSite"]),
    shop(PRODUCT, "alibaba.product.add", listing::add_record, "", &["categoryID", "subject", "webSite"]),
    shop(PRODUCT, "alibaba.product.delete", shelf::delete, PRODUCTS_OWN, &["productID"]),
    shop(PRODUCT, "alibaba.product.edit", edit::whole, PRODUCTS_INVITED, &["productID", "productInfo", "webSite"]),
    shop(PRODUCT, "alibaba.product.expire", shelf::expire, PRODUCTS_OWN, &["productIds", "webSite"]),
    shop(PRODUCT, "alibaba.product.get", read::get, PRODUCTS_OWN, &["productID"]),
    shop(PRODUCT, "alibaba.product.getByIdList", read::by_ids, PRODUCTS_OWN, &["productIdList"]),
    shop(PRODUCT, "alibaba.product.getByStatus", read::by_status, "", &["pageNo", "pageSize", "statusList"]),
    shop(PRODUCT, "alibaba.product.incrementModify", edit::increment, PRODUCTS_INVITED, &["productID", "webSite"]),
    shop(PRODUCT, "alibaba.product.list.get", read::list, PRODUCTS_OWN, &["pageNo", "pageSize"]),
    shop(PRODUCT, "alibaba.product.modifyStock", stock::modify, PRODUCTS_OWN, &["productStockChange", "webSite"]),
    shop(PRODUCT, "alibaba.product.price.edit", price::edit, "", &["productId"]),
    shop(PRODUCT, "alibaba.product.rate.list", rates::list, "", &["productId"]),
    shop(PRODUCT, "alibaba.product.repost", shelf::repost, "", &["productIds", "webSite"]),
    shop(PRODUCT, "alibaba.userDefine.category.add", categories::add_group, PRODUCTS_OWN, &["groupName", "parentID"]),
    shop(PRODUCT, "product.increment.editInfo", new_model::edit_info, "", &["catId", "scene", "offerId", "dataBody"]),
    shop(TRADE, "alibaba.ec.getInvoice.sellerView", order_detail::invoice, ORDERS_OWN, &["orderId"]),
    shop(TRADE, "alibaba.order.memoAdd", order_writes::memo, NOT_KNOWN, &["orderId", "memo", "remarkIcon"]),
    shop(TRADE, "alibaba.trade.addresscode.parse", order_detail::address, ORDERS_OWN, &["addressInfo"]),
    shop(TRADE, "alibaba.trade.cancel", order_writes::cancel, ORDERS_OWN, &["webSite", "tradeID", "cancelReason"]),
    shop(TRADE, "alibaba.trade.ec.getOrder.sellerView", order_detail::get, ORDERS_OWN, &["orderId"]),
    shop(TRADE, "alibaba.trade.ec.getOrderList.sellerView", orders::list, ORDERS_OWN, &[]),
    shop(TRADE, "alibaba.trade.get.sellerView", order_detail::get, NOT_KNOWN, &["webSite", "orderId"]),
    shop(TRADE, "alibaba.trade.getSellerOrderList", orders::list, ORDERS_OWN, &[]),
    shop(TRADE, "alibaba.trade.refund.OpAgreeReturnGoods", refunds::agree_return, NOT_KNOWN, &["refundId"]),
    shop(TRADE, "alibaba.trade.refund.OpQueryOrderRefund.sellerView", refund_detail::get, NOT_KNOWN, &["refundId"]),
    shop(TRADE, "alibaba.trade.refund.queryOrderRefundList", refunds::list, ORDERS_OWN, &[]),
    open(OPEN, "push.cursor.messageList", push::cursor, EVERYBODY, &[]),
    open(OPEN, "push.message.confirm", push::confirm, EVERYBODY, &["msgIdList"]),
    open(OPEN, "push.query.messageList", push::query, EVERYBODY, &[]),
    unsigned("system", "currentTime", clock::current_time),
    unsigned("system", "currentTimeMillis", clock::current_time_millis),
    unsigned(OAUTH, "getToken", token::get),
    unsigned(OAUTH, "postponeToken", token::postpone),
    shop(OAUTH, "subaccount.auth.add", subaccounts::add, EVERYBODY, &["subUserIdentityList"]),
    shop(OAUTH, "subaccount.auth.cancel", subaccounts::cancel, EVERYBODY, &["subUserIdentityList"]),
    shop(OAUTH, "subaccount.auth.list", subaccounts::list, EVERYBODY, &["subUserIdentityList"]),
];

const fn shop(
    namespace: &'static str,
    name: &'static str,
    run: fn(&mut ShopCall<'_>) -> Answer,
    right: &'static str,
    required: &'static [&'static str],
) -> Method {
    Method { namespace, name, handler: Handler::Shop(run), right, signed: true, required }
}

const fn open(
    namespace: &'static str,
    name: &'static str,
    run: fn(&mut OpenCall<'_>) -> Answer,
    right: &'static str,
    required: &'static [&'static str],
) -> Method {
    Method { namespace, name, handler: Handler::Open(run), right, signed: true, required }
}

const fn unsigned(namespace: &'static str, name: &'static str, run: fn(&mut OpenCall<'_>) -> Answer) -> Method {
    Method { namespace, name, handler: Handler::Open(run), right: EVERYBODY, signed: false, required: &[] }
}
