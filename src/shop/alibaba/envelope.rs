//! The one reader of what a reply says about itself: success comes in a dozen shapes, failure in as many.
//!
//! A reply is a success only if it is no error of the gateway, no flag says false at any of the known places, and every code is blank
//! or zero. Messages stay here: they may quote what was sent, so only codes reach logs, and only writes about the shop's own products
//! show a message at all.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::errors::{Class, meaning, speaks_of_token};
use super::told::unwrapped;
use super::wire::Field;

/// The parts of a JSON object, unread.
type Parts = BTreeMap<String, Box<RawValue>>;

/// Fields that are flags. `succes` and `successed` are the platform's own spellings; `result` is one only where it holds a boolean.
const FLAGS: [&str; 5] = ["success", "succes", "isSuccess", "successed", "result"];
/// Fields that hold codes.
const CODES: [&str; 5] = ["errorCode", "error_code", "errCode", "code", "resultCode"];
/// Fields that hold messages, the most telling first.
const MESSAGES: [&str; 12] = [
    "errorMessage",
    "error_message",
    "errorMsg",
    "errMsg",
    "resultMsg",
    "reason",
    "desc",
    "message",
    "msgInfo",
    "failReason",
    "extErrorMessage",
    "subErrorMessage",
];
/// Messages that make a failure of a reply that has neither flag nor code.
const TELLING: [&str; 2] = ["errMsg", "errorMsg"];

/// What went wrong, before anyone decides what that means for a read or a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The access has ended.
    Token,
    /// The app has no right to this method.
    NoRight,
    /// Too many calls.
    Busy,
    /// Key, secret, signature or address of the app are wrong.
    App {
        /// The gateway's code.
        code: String,
    },
    /// The server broke down or answered what nobody can read: it may have done the work.
    Broken {
        /// What came instead, in Chinese.
        why: String,
    },
    /// The platform said no.
    Refused {
        /// Its code; empty when it gave none.
        code: String,
        /// Its message, for replies that cannot speak of buyers.
        message: String,
    },
}

/// What a reply says about one of the objects that a call named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its id, where it is told.
    pub(super) id: Option<String>,
    /// Whether it was done, where it is told.
    pub(super) done: Option<bool>,
    pub(super) code: String,
    pub(super) message: String,
}

/// Judges a reply about one object.
///
/// # Errors
/// The [`Fault`] that it reports.
pub(super) fn check(status: u16, body: &str) -> Result<(), Fault> {
    gateway(status, body)?;
    frame(body)?;
    let failed = items(body).into_iter().find(|item| item.done == Some(false));
    failed.map_or(Ok(()), |item| Err(Fault::Refused { code: item.code, message: item.message }))
}

/// Judges a reply by its status and the gateway alone: whether a method ran and answered.
///
/// # Errors
/// The [`Fault`] that it reports.
pub(super) fn gateway(status: u16, body: &str) -> Result<(), Fault> {
    let Ok(parts) = serde_json::from_str::<Parts>(body) else {
        return unreadable(status, body);
    };
    let code = CODES.iter().filter_map(|name| text(&parts, name)).find(|code| code.starts_with("gw."));
    let code = code.or_else(|| code_of(&parts));
    if status / 100 != 2 || code.as_deref().is_some_and(|code| code.starts_with("gw.")) {
        return Err(of_gateway(status, code.unwrap_or_default(), &parts));
    }
    Ok(())
}

/// Judges what a method says about the call as a whole.
///
/// # Errors
/// The [`Fault`] that it reports.
pub(super) fn frame(body: &str) -> Result<(), Fault> {
    // A bare number has passed the gateway and can say no more.
    let parts: Parts = serde_json::from_str(body).unwrap_or_default();
    let inner = inner(&parts);
    let code = code_of(&parts);
    let told =
        TELLING.iter().find_map(|name| text(&parts, name)).filter(|_| code.is_none() && flags(&parts).next().is_none());
    let code = code.or_else(|| code_of(&inner));
    let denied = flags(&parts).chain(flags(&inner)).any(|flag| !flag);
    if denied || code.is_some() || told.is_some() {
        let message = told.or_else(|| message_of(&parts)).or_else(|| message_of(&inner)).unwrap_or_default();
        return Err(Fault::Refused { code: code.unwrap_or_default(), message });
    }
    Ok(())
}

/// Whether a flag says that it was done. A write that no flag confirms may have failed.
pub(super) fn affirmed(body: &str) -> bool {
    let parts: Parts = serde_json::from_str(body).unwrap_or_default();
    flags(&parts).chain(flags(&inner(&parts))).any(|flag| flag)
}

/// Whether the reply lists those that failed, so that whoever is not on the list did not.
pub(super) fn lists_failures(body: &str) -> bool {
    let parts: Parts = serde_json::from_str(body).unwrap_or_default();
    parts.get("failedOrder").is_some_and(|raw| unwrapped::<Parts>(raw).is_some())
}

/// What stands under `result`, as an object or as the JSON text of one.
fn inner(parts: &Parts) -> Parts {
    parts.get("result").and_then(|raw| unwrapped(raw)).unwrap_or_default()
}

/// Some methods answer a bare number, which no flag or code can stand in.
fn unreadable(status: u16, body: &str) -> Result<(), Fault> {
    match status {
        200..300 if serde_json::from_str::<i64>(body).is_ok() => Ok(()),
        429 => Err(Fault::Busy),
        400..500 if status != 408 => Err(Fault::App { code: format!("HTTP {status}") }),
        500..600 | 408 => Err(Fault::Broken { why: format!("平台返回 HTTP {status}") }),
        _ => Err(Fault::Broken { why: "平台返回的内容不完整".into() }),
    }
}

fn of_gateway(status: u16, code: String, parts: &Parts) -> Fault {
    let message = message_of(parts).unwrap_or_default();
    match meaning("", &code, "").filter(|_| code.starts_with("gw.")).map(|meaning| meaning.class) {
        Some(Class::NoRight) => Fault::NoRight,
        Some(Class::Busy) => Fault::Busy,
        Some(Class::App) => Fault::App { code },
        _ if status == 429 => Fault::Busy,
        None if status >= 500 || status == 408 => Fault::Broken { why: format!("平台返回 HTTP {status}") },
        _ if speaks_of_token(&code) || speaks_of_token(&message) || status == 401 || code == "401" => Fault::Token,
        _ => Fault::Refused { code, message },
    }
}

/// What a reply says about each object: a list of results with a flag each, or a map of the orders that failed.
pub(super) fn items(body: &str) -> Vec<Item> {
    let parts: Parts = serde_json::from_str(body).unwrap_or_default();
    let rows: Vec<Parts> = parts.get("result").and_then(|raw| unwrapped(raw)).unwrap_or_default();
    let listed = rows.iter().map(|row| Item {
        id: ["productId", "offerId"].iter().find_map(|name| text(row, name)),
        done: ["result", "enrollResult"].iter().find_map(|name| flag(row, name)),
        code: code_of(row).unwrap_or_default(),
        message: message_of(row).unwrap_or_default(),
    });
    let failed: BTreeMap<String, Field> = parts.get("failedOrder").and_then(|raw| unwrapped(raw)).unwrap_or_default();
    let orders = failed.into_iter().map(|(id, code)| Item {
        id: Some(id),
        done: Some(false),
        code: code.text().unwrap_or_default(),
        message: String::new(),
    });
    listed.chain(orders).collect()
}

fn field(parts: &Parts, name: &str) -> Option<Field> {
    serde_json::from_str(parts.get(name)?.get()).ok()
}

fn text(parts: &Parts, name: &str) -> Option<String> {
    field(parts, name)?.text()
}

fn flag(parts: &Parts, name: &str) -> Option<bool> {
    // A number under `result` is a result.
    match field(parts, name)?.text()?.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn flags(parts: &Parts) -> impl Iterator<Item = bool> {
    FLAGS.iter().filter_map(|name| flag(parts, name))
}

fn code_of(parts: &Parts) -> Option<String> {
    // Cut, since some methods put a whole JSON text where a code should be.
    CODES
        .iter()
        .filter_map(|name| text(parts, name))
        .find(|code| code != "0")
        .map(|code| code.chars().take(40).collect())
}

fn message_of(parts: &Parts) -> Option<String> {
    MESSAGES.iter().find_map(|name| text(parts, name))
}

/// The number that the platform's own people ask for.
pub(super) fn request_id(body: &str) -> Option<String> {
    let parts: Parts = serde_json::from_str(body).ok()?;
    let id = text(&parts, "request_id").or_else(|| text(&parts, "eagleTraceId"))?;
    // It goes into logs: nothing but what such a number is made of.
    id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)).then_some(id).filter(|id| id.len() <= 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, message: &str) -> Result<(), Fault> {
        Err(Fault::Refused { code: code.into(), message: message.into() })
    }

    #[test]
    fn official_successes_are_successes_in_all_their_shapes() {
        for name in [
            "product.modifyStock",
            "product.incrementModify",
            "product.delete",
            "product.expire",
            "trade.cancel",
            "product.get",
        ] {
            assert_eq!(check(200, &super::super::samples::reply(name)), Ok(()), "{name}");
        }
        for reply in
            [r#"{"success":"true","code":" ","message":" "}"#, r#"{"succes":"true","errorCode":"0"}"#, "1795363200000"]
        {
            assert_eq!(check(200, reply), Ok(()), "{reply}");
        }
    }

    #[test]
    fn a_failure_is_found_wherever_the_platform_puts_it() {
        assert_eq!(
            check(200, r#"{"success":"false","errorCode":"404","errorMessage":"商品不存在"}"#),
            refused("404", "商品不存在")
        );
        assert_eq!(check(200, r#"{"succes":"false"}"#), refused("", ""));
        assert_eq!(check(200, r#"{"isSuccess":false,"reason":"不能删除"}"#), refused("", "不能删除"));
        assert_eq!(
            check(200, r#"{"result":false,"resultCode":"E1","resultMsg":"状态不对"}"#),
            refused("E1", "状态不对")
        );
        assert_eq!(check(200, r#"{"result":{"success":false,"message":"排队中"}}"#), refused("", "排队中"));
        assert_eq!(check(200, r#"{"errMsg":"12:商品不存在"}"#), refused("", "12:商品不存在"));
        assert_eq!(check(200, r#"{"failedOrder":{"29":"400"}}"#), refused("400", ""));
        assert_eq!(check(200, r#"{"successed":false}"#), refused("", ""));
        assert_eq!(check(200, r#"{"result":"{\"success\":false}","success":true}"#), refused("", ""));
        let item = r#"{"result":[{"productId":1,"result":false,"code":"500_002","desc":"规格不存在"}],"success":true}"#;
        assert_eq!(check(200, item), refused("500_002", "规格不存在"));
        let memo = check(200, &super::super::samples::reply("order.memoAdd.not-found"));
        assert!(
            matches!(memo, Err(Fault::Refused { code, .. }) if code == "400_4"),
            "success:true with a code is a failure"
        );
    }

    #[test]
    fn the_gateway_is_heard_at_any_status() {
        let gateway = |code: &str| format!(r#"{{"error_code":"{code}","error_message":"m","request_id":"01-a"}}"#);
        for status in [200, 400] {
            assert_eq!(check(status, &gateway("gw.APIACLDecline")), Err(Fault::NoRight));
            assert_eq!(check(status, &gateway("gw.QosRequestLimit")), Err(Fault::Busy));
            assert_eq!(
                check(status, &gateway("gw.SignatureInvalid")),
                Err(Fault::App { code: "gw.SignatureInvalid".into() })
            );
            assert_eq!(check(status, &gateway("gw.AccessTokenExpired")), Err(Fault::Token));
        }
        assert_eq!(check(401, &gateway("401")), Err(Fault::Token));
        assert_eq!(check(400, &gateway("gw.ParamMissing")), refused("gw.ParamMissing", "m"));
        assert_eq!(request_id(&gateway("x")).as_deref(), Some("01-a"));
        // A business 401 says that the product is another seller's, and nothing about the token.
        assert_eq!(check(200, r#"{"success":"false","errorCode":"401"}"#), refused("401", ""));
    }

    #[test]
    fn what_cannot_be_read_is_unknown_and_never_a_success() {
        for (status, body) in [(200, r#"{"success":tr"#), (200, ""), (500, "<html>"), (504, ""), (302, "{")] {
            assert!(matches!(check(status, body), Err(Fault::Broken { .. })), "{status} {body}");
        }
        assert_eq!(
            check(500, r#"{"error_code":"500","error_message":"unauthorized"}"#),
            Err(Fault::Broken { why: "平台返回 HTTP 500".into() })
        );
        assert_eq!(check(404, "<html>"), Err(Fault::App { code: "HTTP 404".into() }));
    }
}
