//! Brings a shop's mirror up to date with its platform: by time of change, page by page, every page stored with the place to go on
//! from. A sync that is killed anywhere goes on there; what it has written is seen by nobody until the last commit.
//!
//! It never decides that a row is gone because it was not listed, and never reads past the moment at which it began: what changes
//! meanwhile is the next sync's. Every read is paced by the shop's own gate, so no shop waits for another.

mod cursor;
mod plan;
mod progress;
mod vanished;
mod walk;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::{Activity, Time};

use super::mirror::{GenerationWriter, Mirror, Mirrored as _, Origin, Purpose, Reached, Top, Withheld};
use super::platform::{Platform, ReadError};
use super::{Link, Shop};
use crate::clock::Clock;
use crate::db::DbError;
use cursor::{Cursor, Stage};
use plan::OVERLAP;
use progress::Pace;

pub use cursor::Counts;
pub use progress::SyncProgress;

/// How far back the first sync reaches: a year, and the same weeks a year ago to compare with.
const HISTORY: TimeDelta = TimeDelta::days(400);
/// Platforms refuse to look back further than two years.
const OLDEST: TimeDelta = TimeDelta::days(729);
/// So much is read again once a day, for lists that lag longer than they should: what is shown up to a day late, at any moment between
/// two daily passes, lies within it.
const DAILY_OVERLAP: TimeDelta = TimeDelta::hours(49);

/// Hears where a sync is.
pub type Progress<'a> = &'a (dyn Fn(SyncProgress) + Send + Sync);

/// What a sync brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncOutcome {
    /// The newest generation afterwards.
    pub generation: u64,
    /// The last day of which everything is there.
    pub complete_through: NaiveDate,
    /// Rows by what became of them.
    pub counts: Counts,
    /// What the app has no right to read.
    pub withheld: Vec<Withheld>,
    /// It went on where a killed one had stopped.
    pub resumed: bool,
}

/// Why a sync did not come to its end. What it stored stays for the next one. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// A shop of files has nothing to sync with.
    #[error("店铺“{0}”只有导入的文件，没有可以同步的接口")]
    NoPlatform(String),
    /// The token is another member's: its rows must not mix with this shop's.
    #[error("访问令牌属于会员 {found}，而店铺“{shop}”是会员 {expected} 的，请用本店账号重新授权")]
    OtherMember {
        /// The shop's name.
        shop: String,
        /// Whose it is.
        expected: String,
        /// Whose the token is.
        found: String,
    },
    /// The platform.
    #[error("同步{part}没有完成：{error}")]
    Read {
        /// What was read, in Chinese.
        part: &'static str,
        /// What went wrong.
        error: ReadError,
    },
    /// Rows kept coming into a time that is over, so nobody could say when all were read.
    #[error("同步{0}没有完成：平台的列表一直在变，请稍后再试")]
    Restless(&'static str),
    /// The database; a conflict says that another process syncs this shop.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Syncs a shop.
///
/// # Errors
/// [`SyncError`]; calling again goes on.
pub async fn sync(
    shop: &Shop,
    platform: &dyn Platform,
    mirror: &Mirror,
    clock: &Clock,
    progress: Progress<'_>,
) -> Result<SyncOutcome, SyncError> {
    check_member(shop, platform).await?;
    let began = platform.now().await.map_err(|error| SyncError::Read { part: "平台时间", error })?;
    let began = began.with_timezone(&shop.zone).fixed_offset();
    let pass = Pass { shop, platform, mirror, clock, progress, pace: Pace::default(), began };
    let outcome = pass.run().await?;
    // A sync that was begun days ago ends as of then: what came since is still to be read.
    if outcome.resumed && Some(outcome.complete_through) < pass.began.date_naive().pred_opt() {
        let next = pass.run().await?;
        return Ok(SyncOutcome { counts: outcome.counts.and(next.counts), resumed: true, ..next });
    }
    Ok(outcome)
}

/// Reading the account is a right that not every app has; where it is missing the token is taken on trust.
async fn check_member(shop: &Shop, platform: &dyn Platform) -> Result<(), SyncError> {
    let Link::Alibaba { member_id, .. } = &shop.link else { return Err(SyncError::NoPlatform(shop.name.clone())) };
    match platform.account().await {
        Ok(account) if account.member_id == *member_id => Ok(()),
        Ok(account) => {
            let (expected, found) = (member_id.clone(), account.member_id);
            Err(SyncError::OtherMember { shop: shop.name.clone(), expected, found })
        }
        Err(ReadError::NoRight { .. }) => Ok(()),
        Err(error) => Err(SyncError::Read { part: "账号", error }),
    }
}

/// One way through all parts of a shop.
struct Pass<'a> {
    shop: &'a Shop,
    platform: &'a dyn Platform,
    mirror: &'a Mirror,
    clock: &'a Clock,
    progress: Progress<'a>,
    pace: Pace,
    /// The platform's time, in the shop's zone.
    began: Time,
}

impl Pass<'_> {
    async fn run(&self) -> Result<SyncOutcome, SyncError> {
        let mut writer = self.mirror.begin(self.shop, Purpose::Sync).await?;
        let before = writer.top();
        let found: Option<Cursor> = writer.cursor()?;
        let resumed = found.is_some();
        let walk_all = before.reached.walked != Some(self.began.date_naive());
        let mut cursor = found.unwrap_or_else(|| Cursor::new(self.began, walk_all));
        while let Some(stage) = cursor.stage {
            // After a restart this tells at once how far the one before had come.
            self.tell(&cursor, stage);
            let read = match stage {
                Stage::Activities => self.activities(&mut writer, &mut cursor).await,
                Stage::Vanished => self.vanished(&mut writer, &mut cursor).await,
                _ => self.listed(&mut writer, &mut cursor, stage).await,
            };
            if let Err(error) = read {
                // Or the next sync would begin while the last commit of this one is still on its way.
                writer.settle().await?;
                return Err(error);
            }
        }
        let complete_through = before.complete_through.max(cursor.until.date_naive().pred_opt());
        let next = Top {
            generation: before.generation,
            complete_through,
            synced_at: Some(self.clock.now_in(self.shop.zone)),
            reached: reached(&before.reached, &cursor),
            withheld: cursor.withheld.clone(),
        };
        let top = writer.publish(next).await?;
        let Cursor { counts, withheld, until, .. } = cursor;
        let complete_through = top.complete_through.unwrap_or(until.date_naive());
        Ok(SyncOutcome { generation: top.generation, complete_through, counts, withheld, resumed })
    }

    /// A part that is read by pages; one that the app has no right to is passed over, except orders, without which there is no shop.
    async fn listed(&self, writer: &mut GenerationWriter, cursor: &mut Cursor, stage: Stage) -> Result<(), SyncError> {
        let reached = writer.top().reached;
        let from = match stage {
            Stage::Orders => reached.orders,
            // An order that changed and went to rest between two syncs is in the archive only, under the time of that change.
            Stage::Archive if reached.archive.is_some() && !cursor.walk_all => return self.next(writer, cursor).await,
            Stage::Archive => reached.archive,
            Stage::Refunds => reached.refunds,
            Stage::Products | Stage::Vanished | Stage::Activities => reached.products,
        };
        let overlap = if cursor.walk_all { DAILY_OVERLAP } else { OVERLAP };
        cursor.begin(from.map_or(cursor.until - HISTORY, |from| from - overlap), self.began - OLDEST);
        match walk::walk(self, writer, cursor, stage).await {
            Ok(()) => self.next(writer, cursor).await,
            Err(SyncError::Read { error: ReadError::NoRight { api, solution }, .. }) if stage != Stage::Orders => {
                self.without(writer, cursor, Withheld { part: stage.title().into(), api, solution }).await
            }
            Err(error) => Err(error),
        }
    }

    /// Only the daily walk tells what is not listed any more, and only if it was let through.
    async fn vanished(&self, writer: &mut GenerationWriter, cursor: &mut Cursor) -> Result<(), SyncError> {
        if cursor.walk_all && was_read(cursor, Stage::Products) {
            match vanished::look_up(self, writer, cursor).await {
                Err(SyncError::Read { part, error: ReadError::NoRight { api, solution } }) => {
                    return self.without(writer, cursor, Withheld { part: part.into(), api, solution }).await;
                }
                other => other?,
            }
        }
        self.next(writer, cursor).await
    }

    /// What is open now replaces what was open before.
    async fn activities(&self, writer: &mut GenerationWriter, cursor: &mut Cursor) -> Result<(), SyncError> {
        let part = Stage::Activities.title();
        let open = match self.platform.activities().await {
            Ok(open) => open,
            Err(ReadError::NoRight { api, solution }) => {
                return self.without(writer, cursor, Withheld { part: part.into(), api, solution }).await;
            }
            Err(error) => return Err(SyncError::Read { part, error }),
        };
        let known = self.mirror.activities(self.shop, writer.top().generation).await?;
        for over in known.iter().filter(|known| open.iter().all(|activity| activity.id != known.id)) {
            cursor.counts.add(writer.remove::<Activity>(&over.id(), Origin::Sync).await?);
        }
        for activity in open {
            cursor.counts.add(writer.put(activity, Origin::Sync).await?);
        }
        self.next(writer, cursor).await
    }

    async fn without(
        &self,
        writer: &mut GenerationWriter,
        cursor: &mut Cursor,
        what: Withheld,
    ) -> Result<(), SyncError> {
        tracing::warn!(shop = self.shop.id, api = what.api, "the app has no right to read a part of the shop");
        cursor.withheld.push(what);
        self.next(writer, cursor).await
    }

    fn tell(&self, cursor: &Cursor, stage: Stage) {
        (self.progress)(self.pace.of(cursor, stage));
    }

    async fn next(&self, writer: &mut GenerationWriter, cursor: &mut Cursor) -> Result<(), SyncError> {
        cursor.advance();
        Ok(writer.commit(cursor).await?)
    }
}

fn was_read(cursor: &Cursor, stage: Stage) -> bool {
    cursor.withheld.iter().all(|withheld| withheld.part != stage.title())
}

/// How far each part was read, now that the pass is through; a part that was withheld stays where it was.
fn reached(before: &Reached, cursor: &Cursor) -> Reached {
    let of = |stage: Stage, before| if was_read(cursor, stage) { Some(cursor.until) } else { before };
    let walked = cursor.walk_all && was_read(cursor, Stage::Products);
    // Passed over on all other days.
    let rested = before.archive.is_none() || cursor.walk_all;
    Reached {
        orders: of(Stage::Orders, before.orders),
        archive: if rested { of(Stage::Archive, before.archive) } else { before.archive },
        refunds: of(Stage::Refunds, before.refunds),
        products: of(Stage::Products, before.products),
        walked: if walked { Some(cursor.until.date_naive()) } else { before.walked },
    }
}
