//! Reads one part of a shop span by span, and a span's pages from the last to the first.
//!
//! While a span is read, rows leave it: whatever changes now has a time of change behind the span's end. Read forwards, a row that
//! leaves an early page would pull another one over the edge into a page that was read already, and that one would be lost. Read
//! backwards, rows move only towards pages that are still to come: some are seen twice, none is missed. The total on every page tells
//! whether that happened. A row that comes late into a time that is over makes the total grow; then the span is read again.

use xiaoer_sdk::shop::{Product, Time};

use super::cursor::{Cursor, Pages, Stage};
use super::{Pass, SyncError, SyncProgress};
use crate::db::DbError;
use crate::shop::mirror::{GenerationWriter, Origin, Put};
use crate::shop::platform::{Listed, OrderTable, Page, ReadError, Span};

/// A span with more pages is cut: lists are slow, and some are closed, far behind their beginning.
const MOST_PAGES: u64 = 50;
/// No list of any platform has shorter pages.
const SURELY_SHORT: u64 = 10;
/// How often a span is begun again.
const MOST_AGAIN: u32 = 5;

/// Reads a part up to the moment at which the sync began.
pub(super) async fn walk(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    stage: Stage,
) -> Result<(), SyncError> {
    while let Some(at) = cursor.at.filter(|at| *at < cursor.until) {
        let end = if stage == Stage::Products && cursor.walk_all { cursor.until } else { cursor.end(at) };
        match cursor.pages.clone() {
            None => first(pass, writer, cursor, (stage, at, end)).await?,
            Some(pages) => back(pass, writer, cursor, (stage, at, end), pages).await?,
        }
        (pass.progress)(SyncProgress { part: stage.title(), rows: cursor.rows });
    }
    Ok(())
}

/// The first page tells how many there are.
async fn first(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    (stage, at, end): (Stage, Time, Time),
) -> Result<(), SyncError> {
    let (total, size) = read(pass, writer, cursor, (stage, Span { from: at, to: end }, 0)).await?;
    let pages = match total {
        Some(total) if total <= size => 1,
        Some(_) if size == 0 => return Err(broken(stage)),
        Some(total) => total.div_ceil(size),
        // Without a total only a short list is sure to be a whole one, and a longer one is cut until it is short.
        None if size < SURELY_SHORT => 1,
        None => u64::MAX,
    };
    let whole_list = stage == Stage::Products && cursor.walk_all;
    if pages > MOST_PAGES && !whole_list && cursor.halve(at) {
        // What came is right, but belongs to a part of the span that is read again.
        return Ok(writer.commit(cursor).await?);
    }
    let pages = u32::try_from(pages).map_err(|_| broken(stage))?;
    match pages {
        0 | 1 => cursor.finish(end, true),
        _ => {
            let total = total.unwrap_or_default();
            cursor.pages = Some(Pages { next: pages - 1, total, shrank: false, grew: false });
        }
    }
    Ok(writer.commit(cursor).await?)
}

/// One page further towards the first.
async fn back(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    (stage, at, end): (Stage, Time, Time),
    pages: Pages,
) -> Result<(), SyncError> {
    let (total, _) = read(pass, writer, cursor, (stage, Span { from: at, to: end }, pages.next)).await?;
    let total = total.ok_or_else(|| broken(stage))?;
    let seen = Pages {
        next: pages.next.saturating_sub(1),
        total: pages.total.min(total),
        shrank: pages.shrank || total < pages.total,
        grew: pages.grew || total > pages.total,
    };
    let was_first = pages.next == 0;
    // The first page was read before the others: only if nothing moved it need not be read again.
    let through = was_first || (seen.next == 0 && !seen.shrank && !seen.grew);
    match (through, seen.grew) {
        (false, _) => cursor.pages = Some(seen),
        (true, false) => cursor.finish(end, pages.total < MOST_PAGES * 5),
        (true, true) if cursor.again < MOST_AGAIN => {
            cursor.again += 1;
            cursor.pages = None;
        }
        (true, true) => return Err(SyncError::Restless(stage.title())),
    }
    Ok(writer.commit(cursor).await?)
}

/// Reads a page and puts its rows: how many the list has, and how many came.
async fn read(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    (stage, span, page): (Stage, Span, u32),
) -> Result<(Option<u64>, u64), SyncError> {
    let failed = |error: ReadError| SyncError::Read { part: stage.title(), error };
    let platform = pass.platform;
    let (total, size) = match stage {
        Stage::Orders | Stage::Archive => {
            let table = if stage == Stage::Archive { OrderTable::Archive } else { OrderTable::Current };
            let page = platform.orders(table, span, page).await.map_err(failed)?;
            let sizes = sizes(pass, cursor, &page);
            for order in page.rows {
                cursor.counts.add(writer.put(order, Origin::Sync).await?);
            }
            sizes
        }
        Stage::Refunds => {
            let page = platform.refunds(span, page).await.map_err(failed)?;
            let sizes = sizes(pass, cursor, &page);
            for refund in page.rows {
                cursor.counts.add(writer.put(refund, Origin::Sync).await?);
            }
            sizes
        }
        Stage::Products | Stage::Activities => {
            let span = (!cursor.walk_all).then_some(span);
            let page = platform.products(span, page).await.map_err(failed)?;
            let sizes = sizes(pass, cursor, &page);
            for listed in page.rows {
                cursor.counts.add(product(writer, listed).await?);
            }
            sizes
        }
    };
    cursor.rows += size;
    Ok((total, size))
}

async fn product(writer: &mut GenerationWriter, listed: Listed) -> Result<Put, DbError> {
    match listed {
        Listed::Here(product) => writer.put(*product, Origin::Sync).await,
        Listed::Gone { id } => writer.remove::<Product>(&id, Origin::Sync).await,
    }
}

fn sizes<T>(pass: &Pass<'_>, cursor: &mut Cursor, page: &Page<T>) -> (Option<u64>, u64) {
    for row in &page.unreadable {
        tracing::warn!(shop = pass.shop.id, row, "a row of the platform cannot be understood");
    }
    cursor.counts.unreadable += u64::try_from(page.unreadable.len()).unwrap_or(u64::MAX);
    (page.total, page.len())
}

fn broken(stage: Stage) -> SyncError {
    let why = "平台没有说明列表有多长".to_owned();
    SyncError::Read { part: stage.title(), error: ReadError::Unreachable { why } }
}
