//! Why a provider gave no answer, in the classes that a caller can act on. No text of a provider is kept in here: bodies may repeat
//! what was asked, and what was asked may be a buyer's words.

use std::time::Duration;

use crate::http::{Classified, Retry};

/// A question that was not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many requests; it may say when to come back.
    #[error("the provider asks to slow down")]
    RateLimited {
        /// How long to wait, as the provider said.
        after: Option<Duration>,
    },
    /// Broken for the moment: overloaded, restarting, a lost connection.
    #[error("the provider fails for the moment")]
    Transient,
    /// The account is empty; only its owner can help.
    #[error("the account's quota is used up")]
    Quota,
    /// No key, a wrong key, or a key without the right.
    #[error("the provider does not accept the key")]
    Auth,
    /// The provider does not take such a request: a wrong model name, address or parameter.
    #[error("the provider does not accept the request ({})", param.as_deref().unwrap_or("it does not say why"))]
    BadRequest {
        /// The parameter or code it names.
        param: Option<String>,
    },
    /// Prompt and answer do not fit into the model.
    #[error("the prompt is too long for the model")]
    ContextTooLong,
    /// Held back by a content filter, or declined by the model.
    #[error("the provider refuses to answer this")]
    Refused,
    /// The answer ends in the middle. What is there is never repaired: half a JSON text can be made valid, and wrong.
    #[error("the answer is cut off")]
    Cut,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The merchant's own limit is reached; nothing was asked.
    #[error("the budget does not pay for it")]
    Spent {
        /// Which limit, in Chinese.
        why: String,
    },
    /// Answers are played back, and there is none of this question.
    #[error("no answer to this question was recorded")]
    Unrecorded,
    /// Something came back that is no answer.
    #[error("what came back is not an answer")]
    Malformed,
}

impl ModelError {
    /// Why no model wrote a text, as the merchant reads it behind 规则生成.
    #[must_use]
    pub fn why(&self) -> String {
        let why = match self {
            Self::RateLimited { .. } => "模型限流",
            Self::Transient => "模型服务暂时不可用",
            Self::Quota => "模型额度已用完",
            Self::Auth => "模型密钥无效",
            Self::BadRequest { .. } => "模型不接受请求，请检查模型名和地址",
            Self::ContextTooLong => "内容超出模型长度上限",
            Self::Refused => "模型拒绝回答",
            Self::Cut => "回答被截断",
            Self::Timeout => "模型超时",
            Self::Spent { why } => why,
            Self::Unrecorded => "没有录下这个问题的回答",
            Self::Malformed => "模型回答无法读取",
        };
        why.into()
    }

    /// Its class, as counts and spans name it.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Transient => "transient",
            Self::Quota => "quota",
            Self::Auth => "auth",
            Self::BadRequest { .. } => "bad_request",
            Self::ContextTooLong => "context_too_long",
            Self::Refused => "refused",
            Self::Cut => "cut",
            Self::Timeout => "timeout",
            Self::Spent { .. } => "budget",
            Self::Unrecorded => "unrecorded",
            Self::Malformed => "malformed",
        }
    }

    /// Whether another model may do better. A refused question and a cut answer are this question's, not the provider's.
    pub(super) fn is_for_another(&self) -> bool {
        !matches!(self, Self::Refused | Self::Cut | Self::Unrecorded | Self::Spent { .. })
    }

    /// Whether the provider may have counted tokens: an answer was begun, or nobody knows.
    pub(super) fn may_be_billed(&self) -> bool {
        matches!(self, Self::Cut | Self::Timeout | Self::Refused | Self::Malformed | Self::Transient)
    }

    /// Whether it says that the provider itself is in trouble, rather than this one request.
    pub(super) fn provider_is_down(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Transient | Self::Timeout)
    }
}

impl Classified for ModelError {
    fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { after: Some(after) } => Retry::After(*after),
            // A question changes nothing at the other side, so one that got lost may be asked again.
            Self::RateLimited { after: None } | Self::Transient | Self::Timeout => Retry::Backoff,
            _ => Retry::No,
        }
    }
}
