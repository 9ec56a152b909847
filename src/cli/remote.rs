//! Speaking to an installation over its API: the server that holds the data directory, or one that this command starts for itself on
//! loopback and that ends with it.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use xiaoer::presence::Presence;

use super::local::{self, Place};

/// A way to an installation.
pub(super) struct Remote {
    client: reqwest::Client,
    base: String,
    token: String,
    own: Option<tokio::task::JoinHandle<()>>,
}

impl Remote {
    /// Reaches the installation of a place.
    pub(super) async fn reach(place: Place) -> anyhow::Result<Self> {
        if let Some(presence) = Presence::of(&place.data) {
            let found = Self::at(&presence, None);
            if found.client.get(format!("{}/healthz", found.base)).send().await.is_ok_and(|r| r.status().is_success()) {
                return Ok(found);
            }
        }
        let opened = place.open()?;
        let (tell, told) = oneshot::channel();
        let own = tokio::spawn(async move {
            let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let ready = |presence: &Presence| drop(tell.send(presence.clone()));
            if let Err(error) = local::serve(opened, any_port, ready).await {
                tracing::error!(%error, "the command's own server stopped");
            }
        });
        let presence = told.await.context("the command's own server did not start")?;
        Ok(Self::at(&presence, Some(own)))
    }

    fn at(presence: &Presence, own: Option<tokio::task::JoinHandle<()>>) -> Self {
        Self {
            client: xiaoer::http::client(),
            base: format!("http://{}", presence.address),
            token: presence.token.clone(),
            own,
        }
    }

    /// Scheme and host of the installation, and what lets this command in.
    pub(super) fn address(&self) -> (&str, &str) {
        (&self.base, &self.token)
    }

    /// Waits until the server that this command started for itself has ended; for ever, when there is none.
    pub(super) async fn ended(&mut self) {
        match &mut self.own {
            Some(own) => drop(own.await),
            None => std::future::pending().await,
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.answer(self.client.get(self.url(path))).await
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        self.answer(self.client.post(self.url(path)).json(body)).await
    }

    pub(super) async fn send_file<T: DeserializeOwned>(&self, path: &str, bytes: Vec<u8>) -> anyhow::Result<T> {
        self.answer(self.client.post(self.url(path)).body(bytes)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> anyhow::Result<T> {
        let response = request.bearer_auth(&self.token).send().await.context("xiaoer does not answer")?;
        let status = response.status();
        let body = response.bytes().await.context("the answer broke off")?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .context("the answer is not understood; are both of the same version?");
        }
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        match problem["error"].as_str() {
            Some(error) => anyhow::bail!("{error}"),
            None => anyhow::bail!("xiaoer answered {status}"),
        }
    }
}
