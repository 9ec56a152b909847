//! Folders of plugins that are being written: a change is tried, and takes the place of what ran before only if it is whole.
//!
//! Only folders that a person installed as folders are watched. Runs in flight keep the code that they began with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use super::folder;
use super::loader::Loader;
use super::shelf::Shelf;

/// Editors write in several steps: what comes within this belongs together.
const QUIET: Duration = Duration::from_millis(40);

/// Watches until told to stop.
pub async fn folders(shelf: &Arc<Shelf>, loader: &Loader, stop: impl Future<Output = ()>) {
    let mut changes = shelf.changed();
    tokio::pin!(stop);
    loop {
        changes.mark_unchanged();
        let named = match shelf.folders().await {
            Ok(named) => named,
            Err(error) => {
                tracing::error!(%error, "the folders of plugins cannot be read");
                Vec::new()
            }
        };
        tokio::select! {
            () = &mut stop => return,
            // Another folder may have come, or one may have gone.
            changed = changes.changed() => if changed.is_err() { return },
            () = attend(shelf, loader, &named) => {}
        }
    }
}

/// Takes up changes of these folders, one after the other, until somebody stops waiting.
async fn attend(shelf: &Arc<Shelf>, loader: &Loader, named: &[(String, PathBuf)]) {
    let (heard, mut hear) = mpsc::unbounded_channel::<PathBuf>();
    let ear = move |event: notify::Result<Event>| {
        let written = event.into_iter().filter(|event| !event.kind.is_access());
        // Nobody listens any more once the folders change: then nothing is to be told.
        written.flat_map(|event| event.paths).for_each(|path| drop(heard.send(path)));
    };
    let mut watcher: RecommendedWatcher = match notify::recommended_watcher(ear) {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "folders of plugins cannot be watched; xiaoer skill update takes a change over");
            return std::future::pending().await;
        }
    };
    for (name, path) in named {
        if let Err(error) = watcher.watch(path, RecursiveMode::Recursive) {
            tracing::warn!(plugin = name, %error, "the folder of a plugin cannot be watched");
        }
    }
    // What was changed while nobody watched.
    for (name, path) in named {
        follow(shelf, loader, (name, path)).await;
    }
    while let Some(first) = hear.recv().await {
        let mut touched = vec![first];
        while let Ok(Some(next)) = tokio::time::timeout(QUIET, hear.recv()).await {
            touched.push(next);
        }
        for (name, path) in named.iter().filter(|(_, path)| touched.iter().any(|one| one.starts_with(path))) {
            follow(shelf, loader, (name, path)).await;
        }
    }
}

async fn follow(shelf: &Arc<Shelf>, loader: &Loader, (name, path): (&str, &Path)) {
    if let Err(why) = take_over(shelf, loader, (name, path)).await {
        tracing::warn!(plugin = name, why, "a change of a plugin is broken; the version before goes on");
        loader.note(name, Some(why));
    }
}

async fn take_over(shelf: &Arc<Shelf>, loader: &Loader, (name, path): (&str, &Path)) -> Result<(), String> {
    let from = path.to_owned();
    let read = tokio::task::spawn_blocking(move || folder::read(&from)).await.map_err(|error| error.to_string())?;
    let package = read.map_err(|fault| fault.to_string())?;
    let is_current = loader.listed().iter().any(|one| one.identity.name == name && one.digest == package.digest);
    if is_current {
        loader.note(name, None);
        return Ok(());
    }
    // Apart: the shelf tells of the change before it answers, and whoever hears that stops listening here.
    let (shelf, named) = (Arc::clone(shelf), name.to_owned());
    let updated = tokio::spawn(async move { shelf.update(Some(&named)).await }).await;
    let updated = updated.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    updated.into_iter().find_map(|one| one.trouble).map_or(Ok(()), Err)?;
    loader.note(name, None);
    loader.load().await.map_err(|error| error.to_string())
}
