//! A model that answers a harmless sentence and counts how often it was asked what.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
pub(crate) struct CountingModel {
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    held: Arc<AtomicBool>,
}

impl CountingModel {
    /// Serves the model and gives its base URL.
    pub(crate) async fn serve(&self) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the model serves") });
        format!("http://{address}/v1")
    }

    /// While held, questions are counted and not answered.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
    }

    /// How often each question was asked.
    pub(crate) fn asked(&self) -> BTreeMap<String, usize> {
        self.asked.lock().expect("a lock").clone()
    }
}

async fn answer(State(model): State<CountingModel>, body: axum::Json<Value>) -> axum::Json<Value> {
    let question = body["messages"].to_string();
    *model.asked.lock().expect("a lock").entry(question).or_default() += 1;
    if model.held.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    axum::Json(json!({
        "id": "x", "object": "chat.completion", "created": 0, "model": "counting",
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "店铺一切正常，请继续保持。" } }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 }
    }))
}
