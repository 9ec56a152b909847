//! The one way in which a request fails: a status and one Chinese sentence. What it looks like is decided in [`super::answer`].

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::action::desk::DecisionError;
use crate::assistant::AssistantError;
use crate::chat::ChatError;
use crate::db::DbError;
use crate::plugin::grant::GrantError;
use crate::run::AcceptError;
use crate::score::KeepError;
use crate::shop::import::ImportError;
use crate::shop::kept::KeptError;
use crate::shop::push::Refused;
use crate::shop::{AuthorizeError, ShopError};
use crate::upkeep::UpkeepError;

/// Why a request was not answered.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    text: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// There is no such thing, or it belongs to another shop: nobody learns which.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("没有找到{what}"))
    }

    /// The asker can do better.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// Something else was quicker, or has to come first.
    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, text)
    }

    /// A place outside did not answer.
    pub(crate) fn outside(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, text)
    }

    /// Our own fault: the log gets the cause, the asker does not.
    pub(crate) fn broken(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request could not be answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "小二内部出错了，已记入日志；请稍后再试")
    }

    /// The sentence.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Conflict => Self::conflict("内容刚刚有变化，请刷新后再试"),
            other => Self::broken(other),
        }
    }
}

impl From<AssistantError> for Problem {
    fn from(error: AssistantError) -> Self {
        match error {
            AssistantError::Db(error) => error.into(),
            AssistantError::Name | AssistantError::NoShop => Self::bad(error.to_string()),
            AssistantError::Taken(_) | AssistantError::Full => Self::conflict(error.to_string()),
            AssistantError::Unknown(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            AssistantError::Busy => Self::new(StatusCode::TOO_MANY_REQUESTS, error.to_string()),
        }
    }
}

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Db(error) => error.into(),
            error @ (GrantError::Changed | GrantError::NotGiven) => Self::conflict(error.to_string()),
        }
    }
}

impl From<KeptError> for Problem {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Db(error) => error.into(),
            KeptError::TooLarge(_) | KeptError::NoPicture => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
            }
        }
    }
}

impl From<KeepError> for Problem {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Refused(why) => Self::bad(why),
            KeepError::Db(error) => error.into(),
        }
    }
}

impl From<AcceptError> for Problem {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::Db(error) => error.into(),
            AcceptError::NoData(_) | AcceptError::NotYet { .. } => Self::conflict(error.to_string()),
            AcceptError::NoSkill(_) | AcceptError::Input(_) => Self::bad(error.to_string()),
        }
    }
}

impl From<ChatError> for Problem {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Db(error) => error.into(),
            ChatError::NotFound => Self::not_found("这次对话"),
            ChatError::NoRole(..) | ChatError::Question(_) => Self::bad(error.to_string()),
            ChatError::Busy | ChatError::Full => Self::conflict(error.to_string()),
        }
    }
}

impl From<DecisionError> for Problem {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Db(error) => error.into(),
            DecisionError::NotFound => Self::not_found("这个操作"),
            DecisionError::Edit(_) | DecisionError::Refused(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
            }
            DecisionError::Settled(_)
            | DecisionError::Changed
            | DecisionError::Expired
            | DecisionError::Withdrawn(_)
            | DecisionError::NoUndo(_) => Self::conflict(error.to_string()),
        }
    }
}

impl From<ShopError> for Problem {
    fn from(error: ShopError) -> Self {
        match error {
            ShopError::Db(error) => error.into(),
            ShopError::Secret(error) => Self::broken(error),
            ShopError::BadId(_) => Self::bad(error.to_string()),
            ShopError::OtherMember { .. }
            | ShopError::OtherZone(_)
            | ShopError::NoPlatform(_)
            | ShopError::NoSecret { .. } => Self::conflict(error.to_string()),
        }
    }
}

impl From<AuthorizeError> for Problem {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::Shop(error) => error.into(),
            AuthorizeError::Away(_) => Self::outside(error.to_string()),
            AuthorizeError::Gateway(_)
            | AuthorizeError::State
            | AuthorizeError::OtherBrowser
            | AuthorizeError::ByHand
            | AuthorizeError::OtherShop
            | AuthorizeError::Refused
            | AuthorizeError::App(_) => Self::bad(error.to_string()),
            AuthorizeError::OtherMember { .. } | AuthorizeError::NoMember(_) => Self::conflict(error.to_string()),
        }
    }
}

impl From<Refused> for Problem {
    fn from(error: Refused) -> Self {
        match error {
            Refused::Unsigned => Self::new(StatusCode::UNAUTHORIZED, error.to_string()),
            // Whatever it is, the platform can do nothing but try again.
            Refused::Shop(error) => Self::broken(error),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Db(error) => error.into(),
            ImportError::File(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            ImportError::NotForPlatform(_) | ImportError::NotAsSeen => Self::conflict(error.to_string()),
        }
    }
}

impl From<UpkeepError> for Problem {
    fn from(error: UpkeepError) -> Self {
        Self::outside(error.to_string())
    }
}
