//! What a write brought about, object by object.
//!
//! Something counts as done only where the reply says so; a reply that says nothing leaves the outcome unknown, and the shop has to be
//! looked at.

use std::collections::BTreeMap;

use super::super::envelope::{self, Fault, Item};
use super::super::failed::Failed;
use super::super::methods::Method;
use crate::shop::platform::WriteError;

/// What became of each object of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome(BTreeMap<String, Result<(), WriteError>>);

impl Outcome {
    /// Every object that was asked for, by its id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Result<(), WriteError>)> {
        self.0.iter().map(|(id, outcome)| (id.as_str(), outcome))
    }

    /// Done where all was done; else the first thing that was not, and an unknown outcome before a refusal.
    ///
    /// # Errors
    /// Why an object is not known to be changed.
    pub fn whole(&self) -> Result<(), WriteError> {
        let unknown = self.0.values().find(|outcome| matches!(outcome, Err(WriteError::Unknown { .. })));
        unknown.or_else(|| self.0.values().find(|outcome| outcome.is_err())).cloned().unwrap_or(Ok(()))
    }
}

/// The outcome of a call about one object that a flag confirms.
pub(super) fn one(method: &Method, sent: Result<String, Failed>) -> Result<(), WriteError> {
    confirmed(method, sent, |body| envelope::affirmed(body).then_some(())).map(|_| ())
}

/// The thing that a call made or changed, whose being in the reply is what confirms it.
pub(super) fn confirmed<T>(
    method: &Method,
    sent: Result<String, Failed>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, WriteError> {
    let body = sent.map_err(|failed| failed.of_write(method))?;
    match envelope::check(200, &body) {
        Ok(()) => read(&body).map(Some).ok_or_else(silent),
        Err(fault) => judged(method, fault).map(|()| read(&body)),
    }
}

/// As [`confirmed`], where "it is so already" makes nothing to hand back.
pub(super) fn made<T>(
    method: &Method,
    sent: Result<String, Failed>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, WriteError> {
    confirmed(method, sent, read)?.ok_or_else(silent)
}

impl Outcome {
    /// Of objects that the caller judged itself.
    pub(super) fn of(items: impl IntoIterator<Item = (String, Result<(), WriteError>)>) -> Self {
        Self(items.into_iter().collect())
    }
}

/// The outcome of a call about several objects.
///
/// # Errors
/// What kept the whole call from being made or answered.
pub(super) fn each(method: &Method, asked: &[&str], sent: Result<String, Failed>) -> Result<Outcome, WriteError> {
    let body = sent.map_err(|failed| failed.of_write(method))?;
    let (frame, items) = (envelope::frame(&body), envelope::items(&body));
    let told = |id: &str| {
        let same = |item: &&Item| match item.id.as_deref() {
            Some(known) => known == id,
            None => asked.len() == 1,
        };
        // Where two rows speak of one object, the worse is believed.
        let mut rows = items.iter().filter(same).collect::<Vec<_>>();
        rows.sort_by_key(|item| item.done.unwrap_or_default());
        match rows.first() {
            Some(Item { done: Some(true), code, .. }) if code.is_empty() => Ok(()),
            Some(Item { done: Some(_), code, message, .. }) => {
                judged(method, Fault::Refused { code: code.clone(), message: message.clone() })
            }
            Some(Item { done: None, .. }) => Err(silent()),
            None => match &frame {
                Err(fault) => judged(method, fault.clone()),
                Ok(()) if envelope::lists_failures(&body) => Ok(()),
                Ok(()) if items.is_empty() && envelope::affirmed(&body) => Ok(()),
                Ok(()) => Err(silent()),
            },
        }
    };
    Ok(Outcome(asked.iter().map(|id| ((*id).to_owned(), told(id))).collect()))
}

/// "The shop shows it already" is what was wanted.
fn judged(method: &Method, fault: Fault) -> Result<(), WriteError> {
    use super::super::errors::{Class, meaning};
    let already = matches!(&fault, Fault::Refused { code, message }
        if meaning(method.name, code, message).is_some_and(|known| known.class == Class::AlreadySo));
    if already { Ok(()) } else { Err(Failed::Fault(fault).of_write(method)) }
}

/// A reply that neither confirms nor denies.
pub(super) fn silent() -> WriteError {
    WriteError::Unknown { why: "平台没有说明是否完成，请到店铺核对".into() }
}

/// What the caller may not send.
pub(super) fn refuse(why: impl Into<String>) -> WriteError {
    WriteError::Refused { why: why.into() }
}

/// An id where the wire wants a number: every digit is kept.
pub(super) fn number(id: &str, what: &str) -> Result<u64, WriteError> {
    id.parse().ok().filter(|number| *number > 0).ok_or_else(|| refuse(format!("“{id}”不是平台的{what}编号，请核对")))
}

#[cfg(test)]
mod tests {
    use super::super::super::methods::{BATCH_RATE, ENROL, EXPIRE, MEMO_ADD, STOCK};
    use super::*;

    fn several(body: &str) -> Vec<Result<(), WriteError>> {
        let outcome = each(&EXPIRE, &["1", "2"], Ok(body.to_owned())).expect("it was answered");
        outcome.iter().map(|(_, outcome)| outcome.clone()).collect()
    }

    #[test]
    fn each_object_of_a_call_has_its_own_outcome() {
        let mixed = r#"{"result":[{"productId":1,"result":true},{"productId":2,"result":false,"code":"1000600"}]}"#;
        let outcome = several(mixed);
        assert_eq!(outcome[0], Ok(()));
        assert!(matches!(&outcome[1], Err(WriteError::Refused { why }) if why.contains("已经下架")), "{outcome:?}");
        // One that the reply forgot is not taken for done because its neighbour is.
        assert!(matches!(several(r#"{"result":[{"productId":1,"result":true}]}"#)[1], Err(WriteError::Unknown { .. })));
        // The whole call failed, and still the reply says that one went through.
        let odd = r#"{"success":false,"errorCode":"X","result":[{"productId":1,"result":"true"}]}"#;
        assert!(matches!(several(odd).as_slice(), [Ok(()), Err(WriteError::Refused { .. })]));
        let twice = r#"{"result":[{"productId":1,"result":true},{"productId":1,"result":false}]}"#;
        assert!(several(twice)[0].is_err());
        let enrolled =
            each(&ENROL, &["7"], Ok(r#"{"result":[{"offerId":7,"enrollResult":false}],"success":true}"#.into()));
        assert!(matches!(enrolled.expect("answered").whole(), Err(WriteError::Refused { .. })));
    }

    #[test]
    fn a_reply_that_says_nothing_confirms_nothing() {
        for silence in ["{}", "7", r#"{"result":null}"#, r#"{"result":[]}"#, r#"{"errorCode":" "}"#] {
            assert!(matches!(one(&MEMO_ADD, Ok(silence.into())), Err(WriteError::Unknown { .. })), "{silence}");
            assert!(several(silence).iter().all(|outcome| matches!(outcome, Err(WriteError::Unknown { .. }))));
        }
        assert_eq!(one(&MEMO_ADD, Ok(r#"{"success":"true"}"#.into())), Ok(()));
        assert!(one(&MEMO_ADD, Ok(r#"{"success":true,"errorCode":"400_4"}"#.into())).is_err());
        assert_eq!(each(&BATCH_RATE, &["1"], Ok(r#"{"failedOrder":{}}"#.into())).expect("answered").whole(), Ok(()));
        let mixed = each(&BATCH_RATE, &["1", "2"], Ok(r#"{"failedOrder":{"2":"500_2"}}"#.into()));
        assert!(matches!(mixed.expect("answered").whole(), Err(WriteError::Unknown { .. })));
    }

    #[test]
    fn what_the_shop_shows_already_is_done() {
        let reply = r#"{"result":[{"productId":7,"result":false,"code":"500_005"}],"success":true}"#;
        assert_eq!(each(&STOCK, &["7"], Ok(reply.into())).expect("answered").whole(), Ok(()));
    }
}
