//! Products that are gone without a word: deleted ones usually keep a state for a while, some do not. What the daily walk through the
//! list did not name is looked up one by one, and only a product that the platform does not know any more counts as gone: lists lag,
//! and some kinds of product are in no list.

use xiaoer_sdk::shop::Product;

use super::cursor::{Cursor, Stage};
use super::{Pass, SyncError};
use crate::shop::mirror::{GenerationWriter, Origin};
use crate::shop::platform::{Listed, ReadError};

/// Look-ups with one commit.
const A_COMMIT: usize = 20;

/// Looks up what the walk that ended just now did not name.
pub(super) async fn look_up(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
) -> Result<(), SyncError> {
    let part = Stage::Vanished.title();
    loop {
        let (unlisted, next) = writer.unlisted(cursor.until, cursor.looked_up.as_deref()).await?;
        for some in unlisted.chunks(A_COMMIT) {
            for id in some {
                let put = match pass.platform.product(id).await {
                    Ok(Listed::Here(product)) => writer.put(*product, Origin::Sync).await?,
                    Ok(Listed::Gone { .. }) | Err(ReadError::NotFound { .. }) => {
                        writer.remove::<Product>(id, Origin::Sync).await?
                    }
                    Err(error) => return Err(SyncError::Read { part, error }),
                };
                cursor.counts.add(put);
                cursor.rows += 1;
            }
            cursor.looked_up = some.last().cloned();
            pass.tell(cursor, Stage::Vanished);
            writer.commit(cursor).await?;
        }
        let Some(next) = next else { return Ok(()) };
        cursor.looked_up = Some(next);
    }
}
