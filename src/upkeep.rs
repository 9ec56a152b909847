//! Keeping mirrors fresh: sync a shop, settle what its actions wait for, sweep what no run needs any more.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use xiaoer_sdk::Change;

use crate::action::desk::Desk;
use crate::clock::Clock;
use crate::db::{DbError, SharedDb};
use crate::run::events::Bell;
use crate::shop::mirror::Mirror;
use crate::shop::sync::{self, SyncError, SyncOutcome, SyncProgress};
use crate::shop::{Connect, Link, Shop, Shops};

/// Keeps mirrors fresh.
pub struct Upkeep {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    shops: Shops,
    mirror: Mirror,
    connect: Arc<dyn Connect>,
    desk: Desk,
    /// One sync a shop at a time; the text is its last state for the console.
    busy: Mutex<HashMap<String, Arc<Mutex<()>>>>,
}
