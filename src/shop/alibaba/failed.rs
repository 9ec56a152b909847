//! What a failed call means: for a read, whether another try may help; for a write, whether it may have taken effect.
//!
//! This is where a doubt is decided, and always in the same way: what nobody knows is never called a refusal.

use super::client::printable;
use super::envelope::Fault;
use super::errors::{Class, meaning};
use super::methods::{ENROLL, Method, OPEN, PRODUCT};
use crate::shop::platform::{ReadError, WriteError};

/// Stands for the code of a refusal that had only a message.
pub(super) const NO_CODE: &str = "没有说明原因";

/// How far a call came.
#[derive(Debug)]
pub(super) enum Failed {
    /// Nothing left this machine.
    NotSent(&'static str),
    /// It may have arrived.
    Silent(&'static str),
    /// There was an answer.
    Fault(Fault),
}

impl Failed {
    /// The platform's code, or a word for the log.
    pub(super) fn code(&self) -> String {
        match self {
            Self::NotSent(_) => "not sent".into(),
            Self::Silent(_) => "no answer".into(),
            Self::Fault(Fault::Refused { code, .. } | Fault::App { code }) => code.clone(),
            Self::Fault(fault) => format!("{fault:?}"),
        }
    }

    /// The platform does not take the token.
    pub(super) fn is_of_token(&self) -> bool {
        matches!(self, Self::Fault(Fault::Token))
    }

    /// The same with a code that may be logged and shown.
    pub(super) fn cleaned(self, hidden: &[&str]) -> Self {
        match self {
            Self::Fault(Fault::App { code }) => Self::Fault(Fault::App { code: printable(&code, hidden) }),
            Self::Fault(Fault::Refused { code, message }) => {
                Self::Fault(Fault::Refused { code: printable(&code, hidden), message })
            }
            other => other,
        }
    }

    pub(super) fn of_read(self, method: &Method) -> ReadError {
        match self {
            Self::NotSent(why) | Self::Silent(why) => ReadError::Unreachable { why: why.into() },
            Self::Fault(Fault::Broken { why }) => ReadError::Unreachable { why },
            Self::Fault(Fault::Token) => ReadError::Authorize,
            Self::Fault(Fault::Busy) => ReadError::Busy,
            Self::Fault(Fault::App { code }) => ReadError::App { code },
            Self::Fault(Fault::NoRight) => ReadError::NoRight { api: method.name.into(), solution: method.needs() },
            // What the message says may be a buyer's: the code and our own sentence are enough.
            Self::Fault(Fault::Refused { code, message }) => match meaning(method.name, &code, &message) {
                Some(known) if known.class == Class::Authorize => ReadError::Authorize,
                Some(known) if known.class == Class::Busy => ReadError::Busy,
                Some(known) if known.class == Class::Unknown => {
                    ReadError::Unreachable { why: format!("平台内部出错（{code}）") }
                }
                Some(known) if !code.is_empty() => ReadError::Known { code, say: known.say },
                _ => ReadError::Refused { code: if code.is_empty() { NO_CODE.into() } else { code } },
            },
        }
    }

    pub(super) fn of_write(self, method: &Method) -> WriteError {
        let not_sent = |error: &ReadError| WriteError::NotSent { why: error.to_string() };
        match self {
            Self::NotSent(why) => WriteError::NotSent { why: why.into() },
            Self::Silent(why) => WriteError::Unknown { why: why.into() },
            Self::Fault(Fault::Broken { why }) => WriteError::Unknown { why },
            Self::Fault(Fault::NoRight) => WriteError::NoRight { api: method.name.into(), solution: method.needs() },
            // The gateway turned it away before any method ran.
            Self::Fault(Fault::Token) => not_sent(&ReadError::Authorize),
            Self::Fault(Fault::Busy) => not_sent(&ReadError::Busy),
            Self::Fault(Fault::App { code }) => not_sent(&ReadError::App { code }),
            Self::Fault(Fault::Refused { code, message }) => match meaning(method.name, &code, &message) {
                Some(known) if known.class == Class::Gone => {
                    WriteError::NoRight { api: method.name.into(), solution: known.say.into() }
                }
                Some(known) if known.class == Class::Authorize => not_sent(&ReadError::Authorize),
                Some(known) if known.class == Class::Unknown => {
                    WriteError::Unknown { why: format!("{}{}", known.say, in_brackets(&code)) }
                }
                Some(known) => WriteError::Refused { why: format!("{}{}", known.say, in_brackets(&code)) },
                None => WriteError::Refused { why: refusal(method, &code, &message) },
            },
        }
    }
}

/// The platform's own words about a product of the shop, kept short. Words about an order may hold a buyer's name or address.
fn refusal(method: &Method, code: &str, message: &str) -> String {
    let tellable = [PRODUCT, ENROLL, OPEN].contains(&method.namespace);
    let words: String = message.chars().filter(|c| tellable && !c.is_control()).take(80).collect();
    let why = if words.is_empty() { "没有说明原因" } else { &words };
    format!("平台拒绝：{why}{}，请到商家后台核对后再试", in_brackets(code))
}

fn in_brackets(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!("（{code}）") }
}

/// A write of which nothing was sent: what had to be read first could not be.
pub(super) fn unread(error: ReadError) -> WriteError {
    match error {
        ReadError::NoRight { api, solution } => WriteError::NoRight { api, solution },
        ReadError::NotFound { what } => {
            WriteError::Refused { why: format!("平台上没有{what}，可能已被删除") }
        }
        other => WriteError::NotSent { why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::super::methods::STOCK;
    use super::*;

    #[test]
    fn an_outcome_that_nobody_knows_is_never_called_a_refusal() {
        let method = STOCK;
        let broken = Failed::Fault(Fault::Broken { why: "x".into() });
        let threw = Failed::Fault(Fault::Refused { code: "500_2".into(), message: String::new() });
        for failed in [broken, threw, Failed::Silent("x")] {
            assert!(matches!(failed.of_write(&method), WriteError::Unknown { .. }));
        }
        for failed in [Failed::NotSent("x"), Failed::Fault(Fault::Token), Failed::Fault(Fault::Busy)] {
            assert!(matches!(failed.of_write(&method), WriteError::NotSent { .. }));
        }
    }
}
