//! A merchant's leave to call over its whole life: renewed in time and once, over crashes and bad answers, until the platform takes it
//! back and the merchant has to give it anew.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use xiaoer::secret::Secrets;
use xiaoer::shop::{Authorizations, Connect, Connector, Leaves, Link, ReadError, Shop, Shops, Standing, WriteError};
use xiaoer_sdk::Change;

use crate::shop_world::{Ground, at, platform_shop};
use crate::support::World;
use crate::support::gateway::Gateway;
use crate::support::lines::Lines;

/// A shop whose merchant has given leave: the pair a1/r1 at nine fifteen, good for ten hours.
struct Given {
    ground: Ground,
    gateway: Gateway,
    shop: Shop,
}

impl Given {
    async fn new() -> Self {
        let (ground, gateway) = (Ground::new(), Gateway::start().await);
        let secrets = Secrets::open(ground.db.clone(), ground.dir.path()).expect("no key yet");
        let link = Link::Alibaba {
            gateway: gateway.base.clone(),
            pictures: gateway.base.clone(),
            app_key: "1000000".into(),
            secret: secrets.keep("test", "app_secret", "app-secret-of-shop").await.expect("kept"),
            token: xiaoer::secret::SecretRef("access_token".into()),
            member_id: "b2b-1".into(),
        };
        let given = Self { ground, gateway, shop: Shop { link, ..platform_shop() } };
        let shops = Shops::new(given.ground.db.clone());
        shops.register(&given.shop).await.expect("registered");
        let authorizations = given.authorizations();
        let begun =
            authorizations.begin(&given.shop, "http://127.0.0.1:1/authorize/callback", false).await.expect("a link");
        let back = xiaoer::shop::Returned { state: &begun.state, code: "good", browser: None, shop: Some("test") };
        authorizations.finish(back).await.expect("given");
        given.gateway.script().asked.clear();
        given
    }

    /// As after a start: nothing is remembered but what is stored.
    fn leaves(&self) -> Leaves {
        let secrets = Secrets::open(self.ground.db.clone(), self.ground.dir.path()).expect("the key");
        Leaves::new(secrets, self.ground.clock.clone())
    }

    fn authorizations(&self) -> Authorizations {
        Authorizations::new(Shops::new(self.ground.db.clone()), self.leaves())
    }

    fn connector(&self) -> Connector {
        let secrets = Secrets::open(self.ground.db.clone(), self.ground.dir.path()).expect("the key");
        Connector::new(secrets, self.ground.clock.clone())
    }

    async fn call(&self, connector: &Connector) -> Result<(), ReadError> {
        connector.platform(&self.shop).await.expect("a way").account().await.map(drop)
    }

    async fn standing(&self) -> Standing {
        self.authorizations().standing(&self.shop).await.expect("it can be told")
    }

    fn time(&self, text: &str) {
        self.ground.clock.set(at(text).to_utc());
    }

    /// The tokens of the calls so far.
    fn used(&self) -> Vec<String> {
        self.gateway.script().calls.iter().filter_map(|call| call.split(' ').nth(1).map(str::to_owned)).collect()
    }
}

#[tokio::test]
async fn a_pair_is_renewed_before_its_end_and_always_with_the_newest_refresh_token() {
    let given = Given::new().await;
    given.gateway.script().rotates = true;
    let connector = given.connector();
    given.call(&connector).await.expect("a1 holds");
    given.time("2026-11-23T19:04:00");
    given.call(&connector).await.expect("a1 still holds");
    given.time("2026-11-23T19:06:00");
    given.call(&connector).await.expect("renewed");
    given.call(&connector).await.expect("and kept");
    given.time("2026-11-24T05:00:00");
    // Another process goes on from what is stored.
    given.call(&given.connector()).await.expect("renewed again");
    assert_eq!(given.used(), ["a1", "a1", "a2", "a2", "a3"]);
    let asked: Vec<String> =
        given.gateway.script().asked.iter().map(|fields| fields["refresh_token"].clone()).collect();
    assert_eq!(asked, ["r1", "r2"]);
}

#[tokio::test]
async fn many_calls_at_once_renew_once() {
    let given = Given::new().await;
    {
        let mut script = given.gateway.script();
        (script.rotates, script.slow) = (true, Duration::from_millis(50));
    }
    let connector = given.connector();
    given.time("2026-11-23T20:00:00");
    let calls = (0..12).map(|_| given.call(&connector));
    assert!(futures::future::join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(given.gateway.asked(), 1);
    // The same when the platform ends a token early and all hear of it together.
    given.gateway.script().good.remove("a2");
    given.time("2026-11-23T20:30:00");
    let calls = (0..12).map(|_| given.call(&connector));
    assert!(futures::future::join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(given.gateway.asked(), 2);
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_no_new_pair_with_it() {
    let given = Given::new().await;
    {
        let mut script = given.gateway.script();
        (script.rotates, script.slow) = (true, Duration::from_millis(100));
    }
    let connector = given.connector();
    given.time("2026-11-23T20:00:00");
    let gone = tokio::time::timeout(Duration::from_millis(30), given.call(&connector)).await;
    assert!(gone.is_err(), "it was still waiting");
    given.call(&connector).await.expect("the pair that came is there");
    assert_eq!((given.gateway.asked(), given.used()), (1, vec!["a2".to_owned()]));
}

#[tokio::test]
async fn a_kill_between_the_answer_and_the_sealing_is_overcome_or_said() {
    for rotates in [false, true] {
        let given = Given::new().await;
        given.time("2026-11-23T20:00:00");
        given.gateway.script().rotates = rotates;
        // The process that was killed had asked with r1 and sealed nothing of the answer.
        let killed =
            [("grant_type", "refresh_token"), ("client_secret", "app-secret-of-shop"), ("refresh_token", "r1")];
        let url = format!("{}/openapi/http/1/system.oauth2/getToken/1000000", given.gateway.base);
        let answer = xiaoer::http::client().post(url).form(&killed).send().await.expect("an answer");
        assert!(answer.status().is_success());
        let after = given.call(&given.connector()).await;
        if rotates {
            assert_eq!((after, given.standing().await), (Err(ReadError::Authorize), Standing::Ended));
        } else {
            after.expect("the old refresh token is still good");
            assert_eq!(given.used(), ["a3"]);
        }
    }
}

#[tokio::test]
async fn a_leave_that_was_taken_back_is_said_once_and_nothing_is_sent_any_more() {
    let given = Given::new().await;
    let connector = given.connector();
    given.time("2026-11-23T10:00:00");
    {
        let mut script = given.gateway.script();
        script.good.clear();
        script.refresh.clear();
    }
    assert_eq!(given.call(&connector).await, Err(ReadError::Authorize));
    assert_eq!(given.standing().await, Standing::Ended, "also for another process");
    let (asked, calls) = (given.gateway.asked(), given.used().len());
    let write = Change::SetStock { product: "1".into(), sku: None, to: 1 };
    let platform = connector.platform(&given.shop).await.expect("a way");
    assert!(matches!(platform.write(&write).await, Err(WriteError::NotSent { why }) if why.contains("重新授权")));
    assert_eq!(given.call(&given.connector()).await, Err(ReadError::Authorize));
    assert_eq!((given.gateway.asked(), given.used().len()), (asked, calls));
}

#[tokio::test]
async fn a_write_that_meets_a_dead_token_is_sent_once_more_with_a_new_one() {
    let given = Given::new().await;
    given.gateway.script().good.clear();
    given.time("2026-11-23T10:00:00");
    let write = Change::SetStock { product: "1".into(), sku: None, to: 1 };
    given.connector().platform(&given.shop).await.expect("a way").write(&write).await.expect("sent");
    assert_eq!(given.used(), ["a1", "a2"]);
}

#[tokio::test]
async fn a_write_for_which_no_token_could_be_had_was_not_sent() {
    let given = Given::new().await;
    given.time("2026-11-23T20:00:00");
    given.gateway.script().instead.extend([(500, "<html>".to_owned()), (200, "{\"access_".to_owned())]);
    let write = Change::SetStock { product: "1".into(), sku: None, to: 1 };
    for _ in 0..2 {
        let failed = given.connector().platform(&given.shop).await.expect("a way").write(&write).await;
        assert!(matches!(failed, Err(WriteError::NotSent { .. })), "{failed:?}");
    }
    assert!(given.used().is_empty());
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_not_replaced_again_and_again() {
    let given = Given::new().await;
    let connector = given.connector();
    given.time("2026-11-23T10:00:00");
    let refused = (401, r#"{"error_code":"401","error_message":"Request need user authorized"}"#.to_owned());
    given.gateway.script().calls_instead.extend(vec![refused; 6]);
    for _ in 0..5 {
        assert_eq!(given.call(&connector).await, Err(ReadError::Authorize));
    }
    assert_eq!(given.gateway.asked(), 1);
    given.call(&connector).await.expect("once it is taken, it is good");
}

#[tokio::test]
async fn trouble_on_the_way_to_the_tokens_stops_no_call_while_the_old_one_holds() {
    let given = Given::new().await;
    let connector = given.connector();
    given.time("2026-11-23T19:10:00");
    let trouble = [(500, "<html>"), (200, "{\"access_"), (200, r#"{"error_code":"gw.QosRequestLimit"}"#)];
    given.gateway.script().instead.extend(trouble.map(|(status, body)| (status, body.to_owned())));
    for _ in 0..5 {
        given.call(&connector).await.expect("a1 holds for five minutes more");
    }
    assert_eq!(given.gateway.asked(), 1, "and it is not asked at every call");
    assert!(matches!(given.standing().await, Standing::Good { .. }));
    // Past its end only a new one will do: the read is tried again until there is one.
    given.time("2026-11-23T19:20:00");
    given.call(&connector).await.expect("the fourth answer is a pair");
    assert_eq!((given.gateway.asked(), given.used().last().map(String::as_str)), (4, Some("a2")));
}

#[tokio::test]
async fn a_wrong_app_secret_is_no_end_of_the_leave() {
    let given = Given::new().await;
    given.time("2026-11-23T20:00:00");
    let wrong = r#"{"error_code":"invalid_grant","error_message":"client_id or client_secret is wrong"}"#;
    given.gateway.script().instead.push_back((400, wrong.into()));
    assert!(matches!(given.call(&given.connector()).await, Err(ReadError::App { .. })));
    assert!(matches!(given.standing().await, Standing::Good { .. }));
    given.call(&given.connector()).await.expect("with the right one it goes on");
}

#[tokio::test]
async fn tokens_of_another_member_are_never_kept() {
    let given = Given::new().await;
    given.time("2026-11-23T20:00:00");
    given.gateway.script().member = "b2b-2".into();
    assert!(given.call(&given.connector()).await.is_err());
    given.gateway.script().member = "b2b-1".into();
    given.call(&given.connector()).await.expect("renewed");
    assert!(given.gateway.script().asked.iter().all(|fields| fields["refresh_token"] == "r1"));
    assert!(!given.used().is_empty());
}

#[tokio::test]
async fn the_refresh_token_is_renewed_before_it_ends_and_a_refusal_of_that_ends_nothing() {
    let given = Given::new().await;
    let connector = given.connector();
    given.time("2027-05-10T09:00:00");
    {
        let mut script = given.gateway.script();
        script.refresh_ends = String::new();
        // The renewal of the access token says nothing new about the refresh token's end.
        let access = json!({ "access_token": "b1", "expires_in": "36000" }).to_string();
        script.good.insert("b1".into());
        script.instead.push_back((200, access));
        script.instead.push_back((400, r#"{"error_code":"400","error_message":"not yet"}"#.into()));
    }
    given.call(&connector).await.expect("b1");
    let apis = |given: &Given| -> Vec<String> {
        given.gateway.script().asked.iter().map(|fields| fields["api"].clone()).collect()
    };
    assert_eq!(apis(&given), ["getToken", "postponeToken"]);
    given.call(&connector).await.expect("b1 again");
    assert_eq!(given.gateway.asked(), 2, "not at every call");
    given.time("2027-05-10T10:30:00");
    given.gateway.script().refresh_ends = "20271106080000000+0800".into();
    given.call(&connector).await.expect("postponed");
    assert_eq!(apis(&given).last().map(String::as_str), Some("postponeToken"));
    let asked = given.gateway.script().asked.last().cloned().expect("a question");
    assert_eq!((asked["refresh_token"].as_str(), asked["access_token"].as_str()), ("r1", "b1"));
    let ends = at("2027-11-06T08:00:00").to_utc();
    assert_eq!(given.standing().await, Standing::Good { ends: Some(ends) });
}

#[tokio::test]
async fn a_leave_near_its_end_that_could_not_be_renewed_is_said_in_time() {
    let given = Given::new().await;
    given.time("2027-05-17T09:00:00");
    assert_eq!(given.standing().await, Standing::Soon { ends: at("2027-05-22T08:00:00").to_utc() });
    given.time("2027-05-22T09:00:00");
    assert_eq!(given.standing().await, Standing::Ended);
}

#[tokio::test]
async fn what_is_taken_back_here_is_gone_and_calls_nobody() {
    let given = Given::new().await;
    given.authorizations().withdraw(&given.shop).await.expect("forgotten");
    assert_eq!(given.standing().await, Standing::NotYet);
    let refused = given.connector().platform(&given.shop).await.err().expect("no way").to_string();
    assert!(refused.contains("请先完成授权"), "{refused}");
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_a_sync_is_replaced_and_the_sync_goes_on() {
    let world = World::new().await;
    let app = world.app(world.db());
    let shop = world.register(&app, "test").await;
    let info = &world.sandbox.shops()[0];
    // Without an end that anybody knows: only the platform's refusal tells.
    let pair = json!({ "access": info.access_token, "refresh": info.refresh_token }).to_string();
    app.secrets.keep("test", "access_token", &pair).await.expect("kept");
    let state = Arc::clone(&app);
    let (sync, ()) = tokio::join!(app.upkeep.sync(&shop), async {
        while matches!(state.upkeep.state("test"), xiaoer::upkeep::SyncState::Idle) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        world.admin("tokens/revoke", json!({ "shop": "测试店铺" })).await;
    });
    sync.expect("synced").expect("a platform shop");
    app.upkeep.sync(&shop).await.expect("and again");
    assert!(matches!(app.authorizations.standing(&shop).await, Ok(Standing::Good { .. })));
}

#[tokio::test]
async fn no_reply_however_hostile_puts_a_secret_or_a_buyer_into_a_log_or_an_error() {
    let lines = Lines::default();
    let sink = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || sink.clone())
        .finish();
    // With one subscriber alone, tracing asks only the thread that first meets a call site, and another story's thread has none.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    let given = Given::new().await;
    let connector = given.connector();
    let (access, refresh) = ("tok-6f1d2c3b4a59", "ref-0a1b2c3d4e5f");
    let pair = json!({ "access": access, "refresh": refresh, "renew_from": "2026-11-23T12:00:00Z",
        "access_ends": "2026-11-23T13:00:00Z", "gained": "2026-11-23T01:00:00Z" });
    let secrets = Secrets::open(given.ground.db.clone(), given.ground.dir.path()).expect("the key");
    secrets.keep("test", "access_token", &pair.to_string()).await.expect("kept");

    // Whatever was sent, and whom a shop sells to, in every place where a reply can put a text.
    let told = [access, "app-secret-of-shop", "张三", "13800138000", "买家 13800138000", "浙江省杭州市网商路699号"];
    let mut said = String::new();
    for word in told {
        let code = json!({ "error_code": word, "error_message": word, "exception": word, "request_id": word });
        let business = json!({ "success": false, "errorCode": word, "errorMessage": word, "eagleTraceId": word });
        let shape = json!({ "result": [word], "success": true });
        let broken = format!("{{\"error_code\":\"{word}");
        let replies = [
            (400, code.to_string()),
            (403, business.to_string()),
            (200, business.to_string()),
            (200, shape.to_string()),
        ];
        for (status, body) in replies.into_iter().chain([(400, broken)]) {
            given.gateway.script().calls_instead.extend(vec![(status, body); 4]);
            let platform = connector.platform(&given.shop).await.expect("a way");
            said.push_str(
                &platform.account().await.err().map(|error| format!("{error} {error:?}")).unwrap_or_default(),
            );
            given.gateway.script().calls_instead.clear();
        }
    }
    given.time("2026-11-23T20:30:00");
    for word in told.into_iter().chain([refresh]) {
        let code = json!({ "error_code": format!("gw.Signature {word}"), "error_message": word, "request_id": word });
        given.gateway.script().instead.extend(vec![(400, code.to_string()); 4]);
        let failed = given.call(&connector).await;
        said.push_str(&format!("{failed:?}"));
        given.gateway.script().instead.clear();
    }
    drop(guard);
    let log = String::from_utf8(lines.0.lock().expect("nobody panics with it").clone()).expect("text");
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("xiaoer::")).collect();
    let calls: Vec<&&str> = ours.iter().filter(|line| line.contains("called the platform")).collect();
    assert!(calls.len() >= told.len() * 5, "one line a call: {}", calls.len());
    for part in ["shop=", "api=", "ms=", "code=", "request="] {
        assert!(calls.iter().all(|line| line.contains(part)), "{part}: {calls:?}");
    }
    assert!(ours.iter().any(|line| line.contains("getToken")), "questions for tokens are logged too");
    for word in told.into_iter().chain([refresh, "buyer-login", "_aop_signature", "client_secret"]) {
        assert!(ours.iter().all(|line| !line.contains(word)), "{word} is in the log");
        assert!(!said.contains(word), "{word} is in an error: {said}");
    }
}
