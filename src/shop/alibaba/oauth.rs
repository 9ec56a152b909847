//! The wire of a leave to call: the link that a merchant opens, a code for tokens, tokens for newer ones.
//!
//! These calls carry the app's secret and are not signed, so they go over https or to this machine and nowhere else. Their replies hold
//! tokens: nothing of them but a checked code is ever logged or shown. Nothing here is tried again: a code is good once.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::client::{answered, is_number_of_a_request};
use super::envelope::{self, Fault};
use super::failed::Failed;
use super::wire::Field;
use crate::secret::Secret;

const GET_TOKEN: &str = "http/1/system.oauth2/getToken";
const POSTPONE: &str = "param2/1/system.oauth2/postponeToken";
/// The host that serves merchants' browsers for the gateway of 1688 itself; a stand-in serves both.
const GATEWAY: &str = "gw.open.1688.com";
const LOGIN: &str = "https://auth.1688.com";
/// No reply of this kind is larger.
const MAX_REPLY: usize = 1 << 16;

/// Where and as which app tokens are asked for.
#[derive(Clone)]
pub(super) struct Office {
    pub(super) http: reqwest::Client,
    pub(super) gateway: String,
    pub(super) app_key: String,
    pub(super) secret: Secret,
    /// For the log.
    pub(super) shop: String,
}

/// What came, as far as it is of use.
pub(super) struct Reply {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) lives: Option<TimeDelta>,
    pub(super) refresh_ends: Option<DateTime<Utc>>,
    /// Whose tokens they are.
    pub(super) member: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire {
    access_token: Field,
    refresh_token: Field,
    expires_in: Field,
    refresh_token_timeout: Field,
    #[serde(rename = "memberId")]
    member_id: Field,
    error: Field,
}

/// The address that a merchant opens to give an app leave; none when the gateway's address is no address.
pub fn link(gateway: &str, app_key: &str, callback: &str, state: &str) -> Option<String> {
    let gateway = reqwest::Url::parse(gateway).ok()?;
    let base = if gateway.host_str() == Some(GATEWAY) { reqwest::Url::parse(LOGIN).ok()? } else { gateway };
    let mut url = base.join("/oauth/authorize").ok()?;
    url.query_pairs_mut()
        .append_pair("client_id", app_key)
        .append_pair("site", "1688")
        .append_pair("redirect_uri", callback)
        .append_pair("state", state);
    Some(url.into())
}

/// Whether secrets may be sent there: nobody on the way can read them.
#[must_use]
pub fn is_private(gateway: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(gateway) else { return false };
    let is_here = url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

impl Office {
    /// A code for the first pair. `callback` is the one of the link.
    pub(super) async fn exchange(&self, code: &str, callback: &str) -> Result<Reply, Failed> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("need_refresh_token", "true"),
            ("redirect_uri", callback),
            ("code", code),
        ];
        self.ask(GET_TOKEN, &fields, "").await
    }

    /// A refresh token for a new pair. The access token is not sent, but the platform knows it: no log may hold it either.
    pub(super) async fn refresh(&self, refresh: &str, access: &str) -> Result<Reply, Failed> {
        self.ask(GET_TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", refresh)], access).await
    }

    /// A pair whose refresh token ends soon for one that lives longer.
    pub(super) async fn postpone(&self, refresh: &str, access: &str) -> Result<Reply, Failed> {
        self.ask(POSTPONE, &[("refresh_token", refresh), ("access_token", access)], access).await
    }

    /// Asks once, and tells the log how it went.
    async fn ask(&self, path: &str, fields: &[(&str, &str)], access: &str) -> Result<Reply, Failed> {
        let started = Instant::now();
        let answered = self.post(path, fields).await;
        let ms = started.elapsed().as_millis();
        // What stands where a code should be may be what was sent.
        let secrets = fields.iter().filter(|(name, _)| ["code", "refresh_token"].contains(name));
        let hidden: Vec<&str> = secrets.map(|(_, value)| *value).chain([self.secret.expose(), access]).collect();
        let (answered, request) = match answered {
            Ok((reply, request)) => (Ok(reply), request),
            Err((failed, request)) => (Err(failed.cleaned(&hidden)), request),
        };
        let code = answered.as_ref().err().map(Failed::code).unwrap_or_default();
        let request = request.filter(|id| is_number_of_a_request(id, &hidden)).unwrap_or_default();
        let api = path.rsplit('/').next().unwrap_or_default();
        tracing::info!(shop = self.shop, api, ms, code, request, "asked the platform for tokens");
        answered
    }

    async fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<(Reply, Option<String>), (Failed, Option<String>)> {
        if !is_private(&self.gateway) {
            return Err((Failed::NotSent("网关地址必须是 https，应用密钥不能明文传输"), None));
        }
        let url = format!("{}/openapi/{path}/{}", self.gateway.trim_end_matches('/'), self.app_key);
        let mut form = fields.to_vec();
        form.extend([("client_id", self.app_key.as_str()), ("client_secret", self.secret.expose())]);
        let (status, body) =
            answered(self.http.post(url).form(&form), MAX_REPLY).await.map_err(|failed| (failed, None))?;
        let request = envelope::request_id(&body);
        read(status, &body).map(|reply| (reply, request.clone())).map_err(|fault| (Failed::Fault(fault), request))
    }
}

/// Tokens, or why there are none. A clear no to the code or token itself is [`Fault::Token`]: only the merchant can help then.
fn read(status: u16, body: &str) -> Result<Reply, Fault> {
    let wire: Wire = serde_json::from_str(body).unwrap_or_default();
    match envelope::check(status, body) {
        Ok(()) => {}
        // Key or secret are wrong, and so would be those of a new authorization.
        Err(Fault::Refused { code, message }) if [&code, &message].iter().any(|text| text.contains("client_")) => {
            return Err(Fault::App { code });
        }
        Err(Fault::Refused { .. }) => return Err(Fault::Token),
        Err(Fault::NoRight) => return Err(Fault::App { code: "gw.APIACLDecline".into() }),
        Err(fault) => return Err(fault),
    }
    if let Some(error) = wire.error.text() {
        return Err(if error.contains("client") { Fault::App { code: error } } else { Fault::Token });
    }
    let access = wire.access_token.text().ok_or(Fault::Broken { why: "平台没有返回令牌".into() })?;
    Ok(Reply {
        access,
        refresh: wire.refresh_token.text(),
        lives: wire.expires_in.whole().filter(|seconds| (1..=400_000_000).contains(seconds)).map(TimeDelta::seconds),
        refresh_ends: wire.refresh_token_timeout.stamp().map(|at| at.to_utc()),
        member: wire.member_id.text(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_leads_to_the_platforms_own_login_and_carries_every_word_safely() {
        let url =
            link("https://gw.open.1688.com", "1000000", "https://a.example/authorize?x=1&y", "s&t").expect("a link");
        assert_eq!(
            url,
            "https://auth.1688.com/oauth/authorize?client_id=1000000&site=1688\
             &redirect_uri=https%3A%2F%2Fa.example%2Fauthorize%3Fx%3D1%26y&state=s%26t"
        );
        let here = link("http://127.0.0.1:8788", "1", "http://127.0.0.1:1/cb", "s").expect("a link");
        assert!(here.starts_with("http://127.0.0.1:8788/oauth/authorize?client_id=1&"), "{here}");
        assert_eq!(link("gw.open.1688.com", "1", "c", "s"), None);
    }

    #[test]
    fn secrets_go_over_https_or_stay_on_this_machine() {
        for fine in ["https://gw.open.1688.com", "http://127.0.0.1:8788", "http://localhost:1", "http://[::1]:1"] {
            assert!(is_private(fine), "{fine}");
        }
        for open in
            ["http://gw.open.1688.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "gw.open.1688.com", ""]
        {
            assert!(!is_private(open), "{open}");
        }
    }

    #[test]
    fn tokens_are_read_from_text_or_numbers() {
        let text = r#"{"access_token":"a","refresh_token":"r","expires_in":"36000",
            "refresh_token_timeout":"20270522080000000+0800","memberId":"b2b-1","uid":"1"}"#;
        let reply = read(200, text).expect("tokens");
        assert_eq!(
            (reply.access.as_str(), reply.refresh.as_deref(), reply.member.as_deref()),
            ("a", Some("r"), Some("b2b-1"))
        );
        assert_eq!(reply.lives, Some(TimeDelta::hours(10)));
        assert_eq!(reply.refresh_ends.map(|at| at.to_rfc3339()).as_deref(), Some("2027-05-22T00:00:00+00:00"));
        let bare = read(200, r#"{"access_token":"a","expires_in":36000}"#).expect("tokens");
        assert_eq!((bare.refresh, bare.lives), (None, Some(TimeDelta::hours(10))));
    }

    #[test]
    fn a_no_to_the_token_is_told_from_trouble_with_the_app_or_the_way() {
        let fault = |status, body: &str| read(status, body).err();
        for (status, body) in [
            (400, r#"{"error_code":"invalid_grant","error_message":"the code is wrong or expired"}"#),
            (401, r#"{"error_code":"401","error_message":"refresh token expired"}"#),
            (400, r#"{"error":"invalid_grant","error_description":"x"}"#),
            (200, r#"{"error":"invalid_grant"}"#),
        ] {
            assert_eq!(fault(status, body), Some(Fault::Token), "{body}");
        }
        for (status, body) in [
            (400, r#"{"error_code":"invalid_grant","error_message":"client_id or client_secret is wrong"}"#),
            (400, r#"{"error_code":"gw.AppKeyMissing","error_message":"m"}"#),
            (400, r#"{"error_code":"gw.APIACLDecline","error_message":"m"}"#),
            (200, r#"{"error":"invalid_client"}"#),
            (404, "<html>"),
        ] {
            assert!(matches!(fault(status, body), Some(Fault::App { .. })), "{body}: {:?}", fault(status, body));
        }
        for (status, body) in [(500, "<html>"), (200, r#"{"access_"#), (200, "{}"), (502, r#"{"error":"x"}"#)] {
            assert!(matches!(fault(status, body), Some(Fault::Broken { .. })), "{body}: {:?}", fault(status, body));
        }
        assert_eq!(fault(200, r#"{"error_code":"gw.QosRequestLimit"}"#), Some(Fault::Busy));
    }
}
