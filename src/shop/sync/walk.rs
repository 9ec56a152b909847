//! Reads one part of a shop: asks for the pages that the plan names, stores their rows with the place to go on from, and reads the next
//! ones meanwhile. Which pages, and why none is missed, is said in `plan`.

use futures::future::try_join_all;
use xiaoer_sdk::shop::{Order, Product, Refund};

use super::cursor::{Counts, Cursor, Stage};
use super::plan::{self, Ask, MOST_AT_ONCE, Stuck, Told};
use super::{Pass, SyncError};
use crate::db::DbError;
use crate::shop::mirror::{GenerationWriter, Origin, Put};
use crate::shop::platform::{Listed, OrderTable, Page, ReadError, Span};

/// One page as it came.
struct Came {
    told: Told,
    rows: Rows,
    unreadable: Vec<String>,
}

/// Its rows, of whatever part.
enum Rows {
    Orders(Vec<Order>),
    Refunds(Vec<Refund>),
    Products(Vec<Listed>),
}

/// Reads a part up to the moment at which the sync began.
pub(super) async fn walk(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    stage: Stage,
) -> Result<(), SyncError> {
    let mut at_once = 1;
    let Some(mut ask) = plan::next(cursor, at_once) else { return Ok(()) };
    let mut came = read(pass, &ask, stage).await;
    loop {
        let pages = match came {
            Err(ReadError::Refused { .. }) if cursor.shrink((ask.from, ask.to)) => {
                ask = plan::next(cursor, 1).unwrap_or(ask);
                came = read(pass, &ask, stage).await;
                continue;
            }
            came => came.map_err(|error| SyncError::Read { part: stage.title(), error })?,
        };
        let told: Vec<Told> = pages.iter().map(|page| page.told).collect();
        let still = plan::judge(cursor, &ask, &told).map_err(|stuck| stuck_at(stage, stuck))?;
        at_once = if still { (at_once * 2).min(MOST_AT_ONCE) } else { 1 };
        let next = plan::next(cursor, at_once);
        let reading = async {
            match &next {
                Some(ask) => read(pass, ask, stage).await,
                None => Ok(Vec::new()),
            }
        };
        // Reading goes first: it waits for the other side, and storing has something to do meanwhile.
        let (ahead, stored) = futures::join!(reading, keep(pass, writer, cursor, pages));
        stored?;
        pass.tell(cursor, stage);
        let Some(next) = next else { return Ok(()) };
        (ask, came) = (next, ahead);
    }
}

/// The pages side by side.
async fn read(pass: &Pass<'_>, ask: &Ask, stage: Stage) -> Result<Vec<Came>, ReadError> {
    try_join_all(ask.pages.iter().map(|&page| one(pass, ask, stage, page))).await
}

async fn one(pass: &Pass<'_>, ask: &Ask, stage: Stage, page: u32) -> Result<Came, ReadError> {
    let (platform, span) = (pass.platform, Span { from: ask.from, to: ask.to });
    Ok(match stage {
        Stage::Orders | Stage::Archive => {
            let table = if stage == Stage::Archive { OrderTable::Archive } else { OrderTable::Current };
            came(platform.orders(table, span, page).await?, Rows::Orders)
        }
        Stage::Refunds => came(platform.refunds(span, page).await?, Rows::Refunds),
        Stage::Products | Stage::Vanished | Stage::Activities => {
            let span = (!ask.whole_list).then_some(span);
            came(platform.products(span, page).await?, Rows::Products)
        }
    })
}

fn came<T>(page: Page<T>, rows: impl FnOnce(Vec<T>) -> Rows) -> Came {
    let told = Told { total: page.total, rows: page.len() };
    Came { told, unreadable: page.unreadable, rows: rows(page.rows) }
}

/// Puts the rows and hands them to the database with the place to go on from.
async fn keep(
    pass: &Pass<'_>,
    writer: &mut GenerationWriter,
    cursor: &mut Cursor,
    pages: Vec<Came>,
) -> Result<(), DbError> {
    for page in pages {
        for row in &page.unreadable {
            tracing::warn!(shop = pass.shop.id, row, "a row of the platform cannot be understood");
        }
        cursor.counts.unreadable += u64::try_from(page.unreadable.len()).unwrap_or(u64::MAX);
        put(writer, cursor, page.rows).await?;
    }
    writer.hand_over(cursor).await
}

async fn put(writer: &mut GenerationWriter, cursor: &mut Cursor, rows: Rows) -> Result<(), DbError> {
    let walked = cursor.is_whole_list().then_some(cursor.until);
    let counts: &mut Counts = &mut cursor.counts;
    match rows {
        Rows::Orders(orders) => {
            for order in orders {
                counts.add(writer.put(order, Origin::Sync).await?);
            }
        }
        Rows::Refunds(refunds) => {
            for refund in refunds {
                counts.add(writer.put(refund, Origin::Sync).await?);
            }
        }
        Rows::Products(products) => {
            for listed in products {
                if let (Some(walked), Listed::Here(product)) = (walked, &listed) {
                    writer.listed(&product.id, walked);
                }
                counts.add(product(writer, listed).await?);
            }
        }
    }
    Ok(())
}

async fn product(writer: &mut GenerationWriter, listed: Listed) -> Result<Put, DbError> {
    match listed {
        Listed::Here(product) => writer.put(*product, Origin::Sync).await,
        Listed::Gone { id } => writer.remove::<Product>(&id, Origin::Sync).await,
    }
}

fn stuck_at(stage: Stage, stuck: Stuck) -> SyncError {
    match stuck {
        Stuck::Endless => {
            let why = "平台没有说明列表有多长".to_owned();
            SyncError::Read { part: stage.title(), error: ReadError::Unreachable { why } }
        }
        Stuck::Restless => SyncError::Restless(stage.title()),
    }
}
