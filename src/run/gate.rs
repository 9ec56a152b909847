//! What a skill's call is held against before anything is done about it. Pure, and the same for a run and for a trial: what a trial lets
//! through, a run lets through. Nothing here answers a call.

use xiaoer_sdk::{Call, CallError, Manifest};

use crate::plugin::fetch;

/// Calls of one attempt of a plugin that are answered from outside or kept: each takes room on the disk for good.
const MOST_JOURNALED: usize = 200;

/// Whether the manifest that holds allows the call.
///
/// # Errors
/// [`CallError::Denied`] with the word that is missing in it, or [`CallError::Unavailable`] for an address that is none.
pub fn allowed(manifest: &Manifest, call: &Call) -> Result<(), CallError> {
    let denied = |what: String| Err(CallError::Denied { what });
    if let Some(read) = call.needs().filter(|read| !manifest.reads.contains(read)) {
        return denied(format!("{read:?}").to_lowercase());
    }
    match call {
        Call::Ask(ask) if !manifest.asks.contains(&ask.prompt) => denied(format!("ask({})", ask.prompt)),
        Call::Recall { .. } | Call::Keep { .. } if !manifest.beyond.kv => denied("kv".into()),
        Call::Fetch(fetch) => match fetch::host(fetch) {
            Ok(host) if manifest.beyond.http.contains(&host) => Ok(()),
            Ok(host) => denied(format!("http({host})")),
            Err(why) => Err(CallError::Unavailable { why }),
        },
        _ => Ok(()),
    }
}

/// Whether a plugin that made so many journaled calls in this attempt may make another one.
///
/// # Errors
/// [`CallError::Unavailable`] with the limit.
pub fn within(made: usize) -> Result<(), CallError> {
    if made < MOST_JOURNALED {
        return Ok(());
    }
    let why = format!("插件一次运行最多向外请求 {MOST_JOURNALED} 次");
    Err(CallError::Unavailable { why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_call_of_the_limit_is_let_through_and_the_one_after_it_is_not() {
        assert_eq!(within(MOST_JOURNALED - 1), Ok(()));
        assert!(matches!(within(MOST_JOURNALED), Err(CallError::Unavailable { .. })));
    }
}
