//! The port to a shop's platform. An adapter reads pages, writes one change and reads one object back; it classifies what goes wrong.
//!
//! Reads may be tried again, writes never: a write whose outcome nobody knows is settled by [`Platform::look`].

use serde::{Deserialize, Serialize};
use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Activity, Order, Product, Refund, Time};

use super::push::Message;
use super::seen::OrderNow;
use crate::http::{Classified, Retry};

/// A shop on a platform.
#[async_trait::async_trait]
pub trait Platform: Send + Sync {
    /// The platform's own time. Lists are cut by it, and the clock of this machine may be wrong.
    async fn now(&self) -> Result<Time, ReadError>;

    /// One page of the orders that last changed within the span; the first page is 0.
    async fn orders(&self, table: OrderTable, span: Span, page: u32) -> Result<Page<Order>, ReadError>;

    /// One page of the refunds that last changed within the span.
    async fn refunds(&self, span: Span, page: u32) -> Result<Page<Refund>, ReadError>;

    /// One page of the products that last changed within the span, or of all. The order of pages must not depend on what changes.
    async fn products(&self, span: Option<Span>, page: u32) -> Result<Page<Listed>, ReadError>;

    /// One order as it stands now.
    async fn order(&self, id: &str) -> Result<Order, ReadError>;

    /// The same with what only changes need: memo, lines, ratings. Kept nowhere.
    async fn order_now(&self, id: &str) -> Result<OrderNow, ReadError>;

    /// All refunds of an order.
    async fn refunds_of(&self, order: &str) -> Result<Vec<Refund>, ReadError>;

    /// One product as it stands now.
    async fn product(&self, id: &str) -> Result<Listed, ReadError>;

    /// The next messages for a member that were not delivered. The platform forgets at once what it has answered here: they are to be
    /// stored before anything is done with them, and after [`WriteError::Unknown`] some are gone.
    async fn messages(&self, member: &str) -> Result<Page<Message>, WriteError>;

    /// Activities open for enrolment, with the products of this shop that are enrolled.
    async fn activities(&self) -> Result<Vec<Activity>, ReadError>;

    /// Whose shop the access belongs to.
    async fn account(&self) -> Result<Account, ReadError>;

    /// The bytes of a picture, by the path that a product names. Bounded in size.
    async fn picture(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// Makes one change, or says why not. Sent at most once.
    async fn write(&self, change: &Change) -> Result<(), WriteError>;

    /// Makes sure that the platform has a picture under the name that follows from its bytes; a second call uploads nothing.
    async fn keep_picture(&self, sha256: &str, bytes: Vec<u8>) -> Result<(), WriteError>;

    /// What the object of a change shows now in the field that the change touches.
    async fn look(&self, change: &Change) -> Result<Seen, ReadError>;
}

/// Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From.
    pub from: Time,
    /// To.
    pub to: Time,
}

/// Platforms move old orders to a table of their own, which has to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderTable {
    /// Where orders change.
    Current,
    /// Where old orders rest.
    Archive,
}

/// Some rows of a list, and how many the whole list has.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows that could be understood.
    pub rows: Vec<T>,
    /// Why a row could not: which row and which field, never what it says.
    pub unreadable: Vec<String>,
    /// Rows of the whole list; none where the platform does not say.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// How many rows came, understood or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        u64::try_from(self.rows.len() + self.unreadable.len()).unwrap_or(u64::MAX)
    }

    /// Whether nothing came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A product as a list names it.
#[derive(Clone, Debug, PartialEq)]
pub enum Listed {
    /// It exists, on sale or not.
    Here(Box<Product>),
    /// It was deleted.
    Gone {
        /// Its id.
        id: String,
    },
}

/// Who the access belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The platform's member id.
    pub member_id: String,
    /// The company's name.
    pub company: Option<String>,
    /// Main category.
    pub category: Option<String>,
    /// Years of paid membership.
    pub years: Option<i64>,
}

/// What an object shows now.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The object's title.
    pub name: String,
    /// The field that the change touches, as text; [`super::wanted`] is what it holds once the change took effect.
    pub value: String,
    /// When the object last changed, where the platform says.
    pub modified: Option<Time>,
    /// The change that would put it back as it is; none where the platform lets one not.
    pub back: Option<Change>,
}

/// Why a read gave nothing. The texts are for the merchant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The access has ended or never was.
    #[error("店铺授权已失效，请重新授权后再试")]
    Authorize,
    /// The app's own key or secret is wrong.
    #[error("平台不认这个应用，请核对网关地址、AppKey 和密钥（{code}）")]
    App {
        /// The platform's code.
        code: String,
    },
    /// The app lacks a right.
    #[error("应用没有“{api}”的权限，请在开放平台申请：{solution}")]
    NoRight {
        /// The platform's name of the method.
        api: String,
        /// What gives the right.
        solution: String,
    },
    /// Too many calls for now.
    #[error("平台限制了调用频率，请稍后再试")]
    Busy,
    /// No answer, or none that can be read.
    #[error("暂时连不上平台：{why}")]
    Unreachable {
        /// In Chinese.
        why: String,
    },
    /// It has failed so often that it is left alone for a while.
    #[error("平台连续多次没有应答，暂停一会儿再试")]
    Resting,
    /// The platform does not know the object.
    #[error("平台上没有{what}，可能已被删除")]
    NotFound {
        /// Which, in Chinese.
        what: String,
    },
    /// The platform's no.
    #[error("平台拒绝了读取（{code}）")]
    Refused {
        /// The platform's code.
        code: String,
    },
    /// The platform's no, and what to do about it.
    #[error("{say}（{code}）")]
    Known {
        /// The platform's code.
        code: String,
        /// In Chinese.
        say: &'static str,
    },
    /// More bytes than anyone needs.
    #[error("{what}太大，没有读取")]
    TooLarge {
        /// What, in Chinese.
        what: String,
    },
}

impl Classified for ReadError {
    fn retry(&self) -> Retry {
        match self {
            Self::Busy | Self::Unreachable { .. } => Retry::Backoff,
            Self::Authorize
            | Self::App { .. }
            | Self::NoRight { .. }
            | Self::Resting
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::Known { .. }
            | Self::TooLarge { .. } => Retry::No,
        }
    }
}

/// Why a change is not known to be made. The texts are for the merchant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The app lacks the right, or there is no such method for it. Nothing was changed.
    #[error("应用没有“{api}”的权限（需要：{solution}）")]
    NoRight {
        /// The platform's name of the method.
        api: String,
        /// What would give the right.
        solution: String,
    },
    /// The platform looked at it and said no. Nothing was changed.
    #[error("{why}")]
    Refused {
        /// In Chinese.
        why: String,
    },
    /// It never reached the place where changes are made. Nothing was changed.
    #[error("没有发出：{why}")]
    NotSent {
        /// In Chinese.
        why: String,
    },
    /// It may have taken effect: look before anything else.
    #[error("结果未知：{why}")]
    Unknown {
        /// In Chinese.
        why: String,
    },
}
