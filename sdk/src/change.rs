//! What can be done to a shop: one variant a kind, with its typed arguments. What a kind means for a person (its right, its way back)
//! is the host's to say; what it is called is said here, since manifests, policy and guardrails name it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One change to one object of the shop. Targets are ids that the host handed to this run and checks on return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum Change {
    /// Sets a stock to a number of pieces.
    #[serde(rename = "stock.set")]
    SetStock {
        /// The product.
        product: String,
        /// The SKU's id within the offer; none for an offer without SKUs.
        sku: Option<String>,
        /// Pieces on hand afterwards.
        to: i64,
    },
    /// Gives a product a new title.
    #[serde(rename = "title.edit")]
    EditTitle {
        /// The product.
        product: String,
        /// The new title.
        title: String,
    },
    /// Sets some attributes of a product; those that are not named stay.
    #[serde(rename = "attributes.edit")]
    EditAttributes {
        /// The product.
        product: String,
        /// Name → value.
        set: BTreeMap<String, String>,
    },
    /// Sets the price of one SKU.
    #[serde(rename = "price.set")]
    SetPrice {
        /// The product.
        product: String,
        /// The SKU's id within the offer.
        sku: String,
        /// Yuan a piece afterwards.
        to: Decimal,
    },
    /// Replaces all prices by quantity of a product.
    #[serde(rename = "ladder.set")]
    SetLadder {
        /// The product.
        product: String,
        /// `(from this quantity, yuan a piece)`, rising quantity, falling price.
        steps: Vec<(u32, Decimal)>,
    },
    /// Takes a product off the shelf (下架).
    #[serde(rename = "shelf.off")]
    TakeOff {
        /// The product.
        product: String,
    },
    /// Puts a product back on the shelf (上架).
    #[serde(rename = "shelf.on")]
    PutOn {
        /// The product.
        product: String,
    },
    /// Gives a product another main picture; the others stay behind it.
    #[serde(rename = "picture.set")]
    SetPicture {
        /// The product.
        product: String,
        /// The picture.
        picture: PictureFile,
    },
    /// Publishes a new product.
    #[serde(rename = "listing.add")]
    AddListing {
        /// What it is.
        listing: Box<Listing>,
    },
    /// Sets the seller's memo of an order; the platform replaces the old one, so the text is the whole memo.
    #[serde(rename = "memo.write")]
    WriteMemo {
        /// The order.
        order: String,
        /// The whole memo afterwards.
        text: String,
        /// Its colour.
        flag: Flag,
    },
    /// Changes what an unpaid order costs. Counted from the original prices, it replaces an earlier change.
    #[serde(rename = "order.price")]
    SetOrderPrice {
        /// The order.
        order: String,
        /// Line → yuan on top of the original amount of the line; minus makes it cheaper.
        lines: BTreeMap<String, Decimal>,
        /// Freight in all, yuan.
        freight: Decimal,
    },
    /// Rates the buyers of finished orders.
    #[serde(rename = "orders.rate")]
    RateOrders {
        /// At most ten orders.
        orders: Vec<String>,
        /// 1 to 5.
        stars: u8,
        /// The words of the rating.
        words: String,
    },
    /// Tells the platform that an order was sent with a carrier of the merchant's own.
    #[serde(rename = "order.send")]
    SendOrder {
        /// The order.
        order: String,
        /// The lines that are in the parcel.
        lines: Vec<String>,
        /// The carrier's code: `SF`.
        carrier: String,
        /// The number of the waybill.
        waybill: String,
    },
    /// Closes an order that nobody paid.
    #[serde(rename = "order.close")]
    CloseOrder {
        /// The order.
        order: String,
        /// Why, in the merchant's words.
        remark: String,
    },
    /// Agrees to give money back. No public API does it for a merchant's own app, so a person completes it.
    #[serde(rename = "refund.agree")]
    AgreeRefund {
        /// The refund.
        refund: String,
    },
    /// Agrees that goods come back, and says where to.
    #[serde(rename = "return.agree")]
    AgreeReturn {
        /// The refund.
        refund: String,
        /// The merchant's own address.
        address: ReturnAddress,
    },
    /// Enrols a product in an activity, whose terms bind the shop.
    #[serde(rename = "activity.enrol")]
    Enrol {
        /// The activity.
        activity: String,
        /// The time slot of the activity, where it has several.
        batch: Option<String>,
        /// The product.
        product: String,
        /// Input key → value, as the activity's form wants: `mkcQuantity` → `2`.
        terms: BTreeMap<String, String>,
    },
}

/// The colour of a memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// 红旗
    Red,
    /// 蓝旗
    Blue,
    /// 绿旗
    Green,
    /// 黄旗
    Yellow,
}

impl Flag {
    /// What a merchant calls it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Red => "红旗",
            Self::Blue => "蓝旗",
            Self::Green => "绿旗",
            Self::Yellow => "黄旗",
        }
    }
}

/// A picture, by where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFile {
    /// Bytes that the host keeps, by their SHA-256 in hex.
    Kept(String),
    /// A path that the platform knows already.
    Shop(String),
}

/// A product that does not exist yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// 货号: the merchant's own number. It tells whether the product was published already, so no two products may share it.
    pub number: String,
    /// Its title.
    pub title: String,
    /// A leaf category's id.
    pub category: String,
    /// Attribute id of the category → value.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// `(from this quantity, yuan a piece)`, rising quantity, falling price.
    pub steps: Vec<(u32, Decimal)>,
    /// Pieces on hand.
    pub stock: i64,
    /// Main pictures, 1 to 5; the first is the one buyers see.
    pub pictures: Vec<PictureFile>,
    /// Running text of the page.
    #[serde(default)]
    pub description: String,
}

/// Where returned goods go. The merchant's own data, typed by the merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnAddress {
    /// Province, city, street, door.
    pub address: String,
    /// Post code.
    pub post: String,
    /// Who receives the parcel.
    pub name: String,
    /// Their telephone.
    pub phone: String,
}

/// Kinds: one row a kind, in the order in which a merchant reads them.
macro_rules! kinds {
    ($($variant:ident $name:literal $title:literal),+ $(,)?) => {
        /// The kind of a change, as manifests, policy and guardrails name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ActionKind {
            $(#[doc = $title] #[serde(rename = $name)] $variant,)+
        }

        impl ActionKind {
            /// Every kind there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the wire and in `agents.toml`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What a merchant reads.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }

        impl Change {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> ActionKind {
                match self { $(Self::$variant { .. } => ActionKind::$variant),+ }
            }
        }
    };
}

kinds! {
    SetStock "stock.set" "修改库存",
    EditTitle "title.edit" "修改标题",
    EditAttributes "attributes.edit" "修改属性",
    SetPrice "price.set" "修改价格",
    SetLadder "ladder.set" "修改阶梯价",
    TakeOff "shelf.off" "下架商品",
    PutOn "shelf.on" "上架商品",
    SetPicture "picture.set" "更换主图",
    AddListing "listing.add" "发布新品",
    WriteMemo "memo.write" "写订单备注",
    SetOrderPrice "order.price" "订单改价",
    RateOrders "orders.rate" "批量评价",
    SendOrder "order.send" "订单发货",
    CloseOrder "order.close" "关闭订单",
    AgreeRefund "refund.agree" "同意退款",
    AgreeReturn "return.agree" "同意退货",
    Enrol "activity.enrol" "报名活动",
}

/// What kind of object a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A product, by its id.
    Product(&'a str),
    /// An order, by its id.
    Order(&'a str),
    /// A refund, by its id.
    Refund(&'a str),
    /// A product to be, by the merchant's number for it.
    Listing(&'a str),
}

impl<'a> Target<'a> {
    /// The id itself.
    #[must_use]
    pub fn id(self) -> &'a str {
        match self {
            Self::Product(id) | Self::Order(id) | Self::Refund(id) | Self::Listing(id) => id,
        }
    }

    /// What a merchant calls such an object.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Product(_) => "商品",
            Self::Order(_) => "订单",
            Self::Refund(_) => "退款",
            Self::Listing(_) => "货号",
        }
    }
}

impl Change {
    /// The object it changes; the first of several orders.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        match self {
            Self::SetStock { product, .. }
            | Self::EditTitle { product, .. }
            | Self::EditAttributes { product, .. }
            | Self::SetPrice { product, .. }
            | Self::SetLadder { product, .. }
            | Self::TakeOff { product }
            | Self::PutOn { product }
            | Self::SetPicture { product, .. }
            | Self::Enrol { product, .. } => Target::Product(product),
            Self::AddListing { listing } => Target::Listing(&listing.number),
            Self::WriteMemo { order, .. }
            | Self::SetOrderPrice { order, .. }
            | Self::SendOrder { order, .. }
            | Self::CloseOrder { order, .. } => Target::Order(order),
            Self::RateOrders { orders, .. } => Target::Order(orders.first().map_or("", String::as_str)),
            Self::AgreeRefund { refund } | Self::AgreeReturn { refund, .. } => Target::Refund(refund),
        }
    }

    /// The pictures that the host has to hand over first, by their SHA-256.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        let pictures = match self {
            Self::SetPicture { picture, .. } => std::slice::from_ref(picture),
            Self::AddListing { listing } => &listing.pictures,
            _ => &[],
        };
        pictures.iter().filter_map(|picture| match picture {
            PictureFile::Kept(sha256) => Some(sha256.as_str()),
            PictureFile::Shop(_) => None,
        })
    }
}
