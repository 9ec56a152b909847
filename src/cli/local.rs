//! An installation on this machine: opening it, and serving it until somebody says stop.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use xiaoer::app::{App, Parts};
use xiaoer::clock::Clock;
use xiaoer::config::{Env, Loaded};
use xiaoer::db::{DbError, SharedDb};
use xiaoer::plugin::manifest::{Adopted, Post};
use xiaoer::presence::{self, Presence};
use xiaoer::{app, web};

/// Where an installation is and what it is told.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) data: PathBuf,
    pub(super) config: Option<PathBuf>,
    pub(super) env: Env,
}

/// An opened installation; `failed` tells when the disk has refused a write.
pub(super) struct Opened {
    pub(super) app: Arc<App>,
    pub(super) failed: watch::Receiver<Option<String>>,
}

impl Place {
    pub(super) fn settings(&self) -> anyhow::Result<Loaded> {
        let here = std::env::current_dir().context("this directory cannot be read")?;
        Ok(Loaded::read(self.config.as_deref(), &here, &self.env)?)
    }

    /// The roles of this place; an Agent Skill from elsewhere is read as one that may do nothing.
    pub(super) fn post(&self) -> anyhow::Result<Post> {
        let roles: BTreeSet<String> = self.settings()?.config.roles.into_iter().map(|role| role.id).collect();
        let adopted = roles.first().map(|role| Adopted { role: role.clone(), allow: String::new() });
        Ok(Post { roles: Some(roles), adopted })
    }

    pub(super) fn database(&self) -> anyhow::Result<(SharedDb, watch::Receiver<Option<String>>)> {
        app::open_db(&self.data).map_err(|error| match (error, Presence::of(&self.data)) {
            (DbError::Taken { dir }, Some(holder)) => {
                anyhow::anyhow!("{dir} is in use by xiaoer at http://{} (process {})", holder.address, holder.pid)
            }
            (error, _) => error.into(),
        })
    }

    pub(super) fn open(&self) -> anyhow::Result<Opened> {
        self.open_with(Vec::new())
    }

    /// The same with skills that are not built in.
    pub(super) fn open_with(&self, more: Vec<xiaoer_skills::Entry>) -> anyhow::Result<Opened> {
        let loaded = self.settings()?;
        let (db, failed) = self.database()?;
        let parts = Parts {
            loaded,
            data: self.data.clone(),
            clock: Clock::default(),
            db,
            skills: xiaoer_skills::all().into_iter().chain(more).collect(),
            env: self.env.clone(),
        };
        Ok(Opened { app: App::build(parts)?, failed })
    }
}

/// Serves an installation until a signal, or until the disk fails. `ready` is called once the address is known.
pub(super) async fn serve(
    opened: Opened,
    listen: SocketAddr,
    ready: impl FnOnce(&Presence) + Send,
) -> anyhow::Result<()> {
    let Opened { app, mut failed } = opened;
    app.secrets.check().await?;
    // Whoever asks first finds the plugins there.
    app.loader.load().await?;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let presence =
        Presence { address: listener.local_addr()?, token: presence::token(&app.data)?, pid: std::process::id() };
    let _announced = presence.announce(&app.data)?;
    ready(&presence);
    let (stop, stopped) = watch::channel(false);
    let serving = {
        let web = web::serve(Arc::clone(&app), listener, presence.token.clone(), stopping(stopped.clone()));
        let work = app.work(stopped);
        async { tokio::join!(web, work).0 }
    };
    tokio::pin!(serving);
    let broken = tokio::select! {
        served = &mut serving => return served.context("the console stopped"),
        () = signal() => None,
        why = disk_failure(&mut failed) => Some(why),
    };
    let _ = stop.send(true);
    // Watchers hold their connections open; nobody waits for them longer than this.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(3), serving).await;
    match broken {
        Some(why) => anyhow::bail!(
            "stopped because the disk refused a write ({why}); nothing that was confirmed is lost: free some space and start again"
        ),
        None => Ok(()),
    }
}

async fn stopping(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn disk_failure(failed: &mut watch::Receiver<Option<String>>) -> String {
    let why = failed.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
    match why {
        Some(why) => why,
        None => std::future::pending().await,
    }
}

async fn signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
