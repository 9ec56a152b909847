//! `xiaoer mcp`: the Model Context Protocol on the pipe of whoever started this command. Like every command it speaks to the running
//! server, or to one that it starts for itself; nothing but the protocol is written to the output.

use std::sync::Arc;

use anyhow::Context as _;
use rmcp::ServiceExt as _;
use rmcp::transport::io::stdio_pipes;
use xiaoer::mcp::{Caller, Network, Reception};

use super::args::Elsewhere;
use super::local::Place;
use super::remote::Remote;

pub(super) async fn run(place: Place, at: Elsewhere) -> anyhow::Result<()> {
    let own = place.env.get("XIAOER_TOKEN").filter(|token| !token.is_empty()).map(str::to_owned);
    if let Some(server) = at.server {
        let token = own.context("XIAOER_TOKEN must hold the token of --server")?;
        return speak(Caller { token, console: address(&server)? }).await;
    }
    let mut remote = Remote::reach(place).await?;
    let (base, token) = remote.address();
    // An assistant's own token says whose the runs are, and in which shops; without one it asks as the owner does.
    let caller = Caller { token: own.unwrap_or_else(|| token.to_owned()), console: base.to_owned() };
    tokio::select! {
        spoken = speak(caller) => spoken,
        () = remote.ended() => Ok(()),
    }
}

/// Until the other side closes the pipe.
async fn speak(caller: Caller) -> anyhow::Result<()> {
    let reception = Reception::of(Arc::new(Network::at(&caller.console)), caller);
    let speaking = reception.serve(stdio_pipes()).await.context("this is no MCP client")?;
    speaking.waiting().await.context("the conversation broke off")?;
    Ok(())
}

/// Scheme and host. A token never leaves this machine in the clear.
fn address(server: &str) -> anyhow::Result<String> {
    let url: reqwest::Url = server.parse().with_context(|| format!("--server {server:?} is no address: https://…"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    anyhow::ensure!(
        url.scheme() == "https" || (here && url.scheme() == "http"),
        "--server {server:?} would carry the token in the clear: use https://"
    );
    Ok(url.origin().ascii_serialization())
}
