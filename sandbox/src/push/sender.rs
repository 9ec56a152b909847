//! The callback: a signed form to the app's address, again and again until it is taken. Only plain addresses: the sandbox
//! and whoever it serves are on one machine.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinSet;
use url::form_urlencoded;

use super::{Delivery, Message};
use crate::Sandbox;
use crate::clock::{Clock, Moment};
use crate::state::App;
use crate::wire::sign;

/// Deliveries under way at once.
const AT_ONCE: usize = 32;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the shops' time is looked at. Each look goes over all orders, and nobody needs to hear of one sooner.
const LOOK: Duration = Duration::from_millis(300);

pub(super) fn real_now() -> Moment {
    Clock::Real.now()
}

/// Sends what is due, for ever: whoever serves the sandbox drops this when it ends.
pub(crate) async fn run(sandbox: &Sandbox) {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let wake = Arc::clone(&sandbox.state().push.wake);
    loop {
        let (due, url, app, next) = {
            let mut state = sandbox.state();
            state.settle_late(real_now());
            state.tick();
            let url = state.push.options.url.as_deref().map(Arc::<str>::from);
            let due = state.push.take_due(real_now(), if url.is_some() { AT_ONCE } else { 0 });
            (due, url, state.app.clone(), state.push.next_due())
        };
        let Some(url) = url.filter(|_| !due.is_empty()) else {
            // Either way it is time to look again.
            let wait = next.map_or(LOOK, |due| due.since(real_now()).min(LOOK));
            let _ = tokio::time::timeout(wait, wake.notified()).await;
            continue;
        };
        let mut sent = JoinSet::new();
        for delivery in due {
            sent.spawn(deliver(client.clone(), url.clone(), app.clone(), delivery));
        }
        while let Some(Ok((delivery, taken))) = sent.join_next().await {
            sandbox.state().push.settle(delivery, taken, real_now());
        }
    }
}

async fn deliver(client: Client<HttpConnector, Body>, url: Arc<str>, app: App, delivery: Delivery) -> (Delivery, bool) {
    let request = Request::post(&*url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")
        .body(Body::from(signed(&delivery.message, &app)));
    let taken = match request {
        Err(_) => false,
        Ok(request) => match tokio::time::timeout(PATIENCE, client.request(request)).await {
            Ok(Ok(answer)) => matches!(answer.status(), StatusCode::OK | StatusCode::NO_CONTENT),
            Ok(Err(_)) | Err(_) => false,
        },
    };
    if !taken {
        tracing::debug!(message = delivery.message.id, failures = delivery.failures, "sandbox: a push was not taken");
    }
    (delivery, taken)
}

/// The form's text. A push is signed like a call, without a path.
fn signed(message: &Message, app: &App) -> String {
    let mut form = message.form(&app.key);
    let signature = sign::signature(&app.secret, "", &form);
    form.push((sign::FIELD.to_owned(), signature));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}
