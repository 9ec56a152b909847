//! A model that answers a harmless sentence, or what it is given to say, and counts how often it was asked what.

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
    /// What it says, one after the other and then from the start; the harmless sentence where there is nothing.
    says: Arc<Vec<String>>,
}

impl CountingModel {
    /// One that says these words in this order, again and again.
    pub(crate) fn saying(words: &[&str]) -> Self {
        Self { says: Arc::new(words.iter().map(|word| (*word).to_owned()).collect()), ..Self::default() }
    }

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

    /// How often it was asked anything.
    pub(crate) fn times(&self) -> usize {
        self.asked().values().sum()
    }

    /// How often each question was asked.
    pub(crate) fn asked(&self) -> BTreeMap<String, usize> {
        self.asked.lock().expect("a lock").clone()
    }
}

async fn answer(State(model): State<CountingModel>, body: axum::Json<Value>) -> axum::Json<Value> {
    let question = body["messages"].to_string();
    let nth: usize = {
        let mut asked = model.asked.lock().expect("a lock");
        *asked.entry(question).or_default() += 1;
        asked.values().sum()
    };
    if model.held.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let words = match &model.says[..] {
        [] => "店铺一切正常，请继续保持。",
        says => &says[(nth - 1) % says.len()],
    };
    axum::Json(json!({
        "id": "x", "object": "chat.completion", "created": 0, "model": "counting",
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": words } }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 }
    }))
}
