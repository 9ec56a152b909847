//! THE list of the platform's methods: what each is called, whether it changes anything, and who may call it.
//!
//! One line a method; `calls` and the files beside it each hold one line's parameters and reply. Nothing here makes a call.

/// Whether a method changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// It only tells.
    Read,
    /// It changes something at the platform: sent once, never tried again.
    Write,
}

/// How an app of the merchant's own comes to the right to a method, as the documents tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Any app has it.
    Open,
    /// Granted at once on request.
    OwnApp,
    /// Only vendors, or after a review.
    Reviewed,
    /// Only whom the platform invites.
    Invited,
    /// Nobody published it.
    Unknown,
}

/// A method of the platform; every one has version 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// Stands before the name in the address.
    pub namespace: &'static str,
    /// The platform's name for it.
    pub name: &'static str,
    /// What gives an app the right to it; empty where no right is needed.
    pub solution: &'static str,
    /// Whether it changes anything.
    pub risk: Risk,
    /// How one comes to the right.
    pub right: Right,
    /// Whether it is called in a shop's name.
    pub token: bool,
}

impl Method {
    /// What the merchant has to apply for, in Chinese.
    #[must_use]
    pub fn needs(&self) -> String {
        match self.right {
            Right::Open | Right::OwnApp => self.solution.to_owned(),
            // The name of the invited solution says so itself.
            Right::Invited => self.solution.to_owned(),
            Right::Reviewed => format!("{}，需平台审核", self.solution),
            Right::Unknown => format!("{}，平台未说明商家自用应用能否申请，请咨询平台客服", self.solution),
        }
    }
}

const TRADE: &str = "com.alibaba.trade";
pub(super) const OPEN: &str = "cn.alibaba.open";
const LOGISTICS: &str = "com.alibaba.logistics";
pub(super) const PRODUCT: &str = "com.alibaba.product";
pub(super) const ENROLL: &str = "com.alibaba.enroll";
const ACCOUNT: &str = "com.alibaba.account";
const AGENT: &str = "com.alibaba.agent";
const SYSTEM: &str = "system";

const ORDERS: &str = "订单管理解决方案（商家版）";
const GOODS: &str = "新版商品管理解决方案（商家自用版）";
const EVENTS: &str = "商品营销活动解决方案";
const INDUSTRIAL: &str = "工业品商品数字化（定向招募）";
const VENDOR: &str = "新版商品管理（服务商版）";
/// The platform gives this one a number only.
const NUMBERED: &str = "解决方案 1703167397970";
const UNTOLD: &str = "平台没有公布所属的解决方案";
const NOTHING: &str = "";

macro_rules! methods {
    ($($key:ident = $namespace:ident $name:literal $risk:ident $right:ident $solution:ident $token:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub const $key: Method = Method {
                namespace: $namespace,
                name: $name,
                solution: $solution,
                risk: Risk::$risk,
                right: Right::$right,
                token: $token,
            };
        )*
        /// Every method that this client knows.
        pub const METHODS: &[Method] = &[$($key),*];
        #[cfg(test)]
        const KEYS: &[&str] = &[$(stringify!($key)),*];
    };
}

methods! {
    CLOCK = SYSTEM "currentTimeMillis" Read Open NOTHING false;
    ACCOUNT_BASIC = ACCOUNT "alibaba.account.basic" Read Reviewed VENDOR true;

    SELLER_ORDERS = TRADE "alibaba.trade.getSellerOrderList" Read OwnApp ORDERS true;
    SELLER_ORDERS_MASKED = TRADE "alibaba.trade.ec.getOrderList.sellerView" Read OwnApp ORDERS true;
    ORDER_DETAIL = TRADE "alibaba.trade.ec.getOrder.sellerView" Read OwnApp ORDERS true;
    ORDER_DETAIL_OLD = TRADE "alibaba.trade.get.sellerView" Read Unknown UNTOLD true;
    INVOICE = TRADE "alibaba.ec.getInvoice.sellerView" Read OwnApp ORDERS true;
    ADDRESS_PARSE = TRADE "alibaba.trade.addresscode.parse" Read OwnApp ORDERS true;
    MEMO_ADD = TRADE "alibaba.order.memoAdd" Write Unknown NUMBERED true;
    ORDER_PRICE = OPEN "trade.order.modifyOrderPrice" Write Unknown UNTOLD true;
    BATCH_RATE = OPEN "trade.order.batch.rate" Write Unknown UNTOLD true;
    CANCEL = TRADE "alibaba.trade.cancel" Write OwnApp ORDERS true;

    SEND_OFFLINE = LOGISTICS "alibaba.logistics.OpDeliverySendOrder.offline" Write OwnApp ORDERS true;
    SEND_DUMMY = LOGISTICS "alibaba.logistics.OpDeliverySendOrder.dummy" Write OwnApp ORDERS true;
    CARRIERS = LOGISTICS "alibaba.logistics.OpQueryLogisticCompanyList.offline" Read Unknown UNTOLD true;
    TRACE = LOGISTICS "alibaba.trade.getLogisticsTraceInfo.sellerView" Read Unknown UNTOLD true;
    PARCELS = LOGISTICS "alibaba.trade.ec.getLogisticsInfos.sellerView" Read Unknown UNTOLD true;
    FREIGHT_TEMPLATES = LOGISTICS "alibaba.logistics.freightTemplate.getList" Read OwnApp GOODS true;

    REFUNDS = TRADE "alibaba.trade.refund.queryOrderRefundList" Read OwnApp ORDERS true;
    REFUND_DETAIL = TRADE "alibaba.trade.refund.OpQueryOrderRefund.sellerView" Read Unknown UNTOLD true;
    AGREE_RETURN = TRADE "alibaba.trade.refund.OpAgreeReturnGoods" Write Unknown UNTOLD true;

    PRODUCTS = PRODUCT "alibaba.product.list.get" Read OwnApp GOODS true;
    PRODUCT_GET = PRODUCT "alibaba.product.get" Read OwnApp GOODS true;
    PRODUCTS_BY_ID = PRODUCT "alibaba.product.getByIdList" Read OwnApp GOODS true;
    PRODUCTS_BY_STATUS = PRODUCT "alibaba.product.getByStatus" Read Unknown UNTOLD true;
    PRODUCT_RATES = PRODUCT "alibaba.product.rate.list" Read Unknown UNTOLD true;
    PRODUCT_EDIT = PRODUCT "alibaba.product.edit" Write Invited INDUSTRIAL true;
    PRODUCT_INCREMENT = PRODUCT "alibaba.product.incrementModify" Write Invited INDUSTRIAL true;
    PRODUCT_EDIT_NEW = PRODUCT "alibaba.new.product.edit" Write Unknown UNTOLD true;
    PRODUCT_EDIT_INFO = PRODUCT "product.increment.editInfo" Write Unknown UNTOLD true;
    PRODUCT_PRICE = PRODUCT "alibaba.product.price.edit" Write Unknown UNTOLD true;
    STOCK = PRODUCT "alibaba.product.modifyStock" Write OwnApp GOODS true;
    EXPIRE = PRODUCT "alibaba.product.expire" Write OwnApp GOODS true;
    REPOST = PRODUCT "alibaba.product.repost" Write Unknown UNTOLD true;
    DELETE = PRODUCT "alibaba.product.delete" Write OwnApp GOODS true;

    CATEGORY_SEARCH = PRODUCT "alibaba.category.searchByKeyword" Read OwnApp GOODS true;
    CATEGORY = PRODUCT "alibaba.category.get" Read OwnApp GOODS false;
    CATEGORY_ATTRIBUTES = PRODUCT "alibaba.category.attribute.get" Read Unknown UNTOLD true;
    LISTING_SCHEMA = PRODUCT "alibaba.new.product.getSchema" Read OwnApp GOODS true;
    LISTING_SUB_SCHEMA = PRODUCT "alibaba.new.product.getSubSchema" Read OwnApp GOODS true;
    LISTING_ADD = PRODUCT "alibaba.new.product.add" Write OwnApp GOODS true;
    LISTING_ADD_OLD = PRODUCT "alibaba.product.add" Write Unknown UNTOLD true;

    ALBUMS = PRODUCT "alibaba.photobank.album.getList" Read OwnApp GOODS true;
    ALBUM_ADD = PRODUCT "alibaba.photobank.album.add" Write Unknown UNTOLD true;
    ALBUM_MODIFY = PRODUCT "alibaba.photobank.album.modify" Write OwnApp GOODS true;
    ALBUM_DELETE = PRODUCT "alibaba.photobank.album.delete" Write Unknown UNTOLD true;
    ALBUM_PROFILE = PRODUCT "alibaba.photobank.album.getProfile" Read Unknown UNTOLD true;
    PHOTOS = PRODUCT "alibaba.photobank.photo.getList" Read Unknown UNTOLD true;
    PHOTO_ADD = PRODUCT "alibaba.photobank.photo.add" Write OwnApp GOODS true;
    PHOTO_MODIFY = PRODUCT "alibaba.photobank.photo.modify" Write OwnApp GOODS true;
    PHOTO_DELETE = PRODUCT "alibaba.photobank.photo.delete" Write Unknown UNTOLD true;
    PHOTOS_DELETE = PRODUCT "alibaba.photobank.photo.deleteBatch" Write Unknown UNTOLD true;
    WHITE_IMAGE = ENROLL "alibaba.white.image.upload" Write OwnApp EVENTS true;

    DAILY_TOPICS = ENROLL "alibaba.daily.topic.recommend" Read OwnApp EVENTS true;
    PROMOTIONS = ENROLL "alibaba.promotion.topic.recommend" Read OwnApp EVENTS true;
    TOPIC_OLD = ENROLL "alibaba.topic.recommend" Read OwnApp EVENTS true;
    TOPIC = ENROLL "alibaba.light.enroll.topic.info.query" Read OwnApp EVENTS false;
    ENROL = ENROLL "alibaba.light.enroll.record.batch.insert" Write OwnApp EVENTS true;
    ENROLMENTS = ENROLL "alibaba.enroll.records.list" Read OwnApp EVENTS true;
    BATCH = ENROLL "alibaba.batch.detail.get" Read OwnApp EVENTS false;
    FATIGUE = ENROLL "alibaba.batch.fatigue.get" Read OwnApp EVENTS true;

    // What it hands over it also takes from the queue: not a thing to try twice.
    PUSH_CURSOR = OPEN "push.cursor.messageList" Write Open NOTHING false;
    PUSH_QUERY = OPEN "push.query.messageList" Read Open NOTHING false;
    PUSH_CONFIRM = OPEN "push.message.confirm" Write Open NOTHING false;

    NEWTON_CREATE = AGENT "newtoncloud.task.create" Write Unknown NUMBERED true;
    NEWTON_GET = AGENT "newtoncloud.task.get" Read Unknown NUMBERED true;
    NEWTON_RESUME = AGENT "newtoncloud.task.resume" Write Unknown NUMBERED true;
    NEWTON_LIST = AGENT "newtoncloud.task.list" Read Unknown NUMBERED true;
    NEWTON_KILL = AGENT "newtoncloud.task.kill" Write Unknown NUMBERED true;
    NEWTON_FETCH = AGENT "newtoncloud.task.fetch" Read Unknown NUMBERED true;
    NEWTON_INQUIRY = AGENT "newtoncloud.batchInquiry.getResult" Read Unknown NUMBERED true;
    NEWTON_UPLOAD = AGENT "newtoncloud.file.upload" Write Unknown NUMBERED true;
    NEWTON_MODELS = AGENT "newtoncloud.model.list" Read Unknown NUMBERED true;
    NEWTON_POINTS = AGENT "newtoncloud.points.query" Read Unknown NUMBERED true;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_method_of_the_list_is_called_somewhere_and_named_once() {
        let names: BTreeSet<_> = METHODS.iter().map(|method| method.name).collect();
        assert_eq!(names.len(), METHODS.len());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/shop/alibaba");
        let mut code = String::new();
        for folder in [folder.clone(), folder.join("calls")] {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_file() && !path.ends_with("methods.rs") {
                    code += &std::fs::read_to_string(path).expect("a file");
                }
            }
        }
        let words: BTreeSet<&str> = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        let unused: Vec<_> = KEYS.iter().filter(|key| !words.contains(*key)).collect();
        assert!(unused.is_empty(), "in the list but never called: {unused:?}");
    }

    #[test]
    fn whoever_lacks_a_right_is_told_how_one_comes_to_it() {
        assert_eq!(STOCK.needs(), "新版商品管理解决方案（商家自用版）");
        assert!(PRODUCT_INCREMENT.needs().contains("定向招募"));
        assert!(ACCOUNT_BASIC.needs().contains("审核"));
        assert!(MEMO_ADD.needs().contains("请咨询平台客服"));
        for method in METHODS.iter().filter(|method| method.right != Right::Open) {
            assert!(!method.needs().is_empty(), "{}", method.name);
        }
    }
}
