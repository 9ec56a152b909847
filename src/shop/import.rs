//! Files that a merchant hands over, into the mirror: order exports, ledgers, refunds, costs, traffic, invoices.
//!
//! `xiaoer_orders` turns bytes into rows; here rows become the shop's, in one new generation or none. For a shop on a platform the
//! platform's own rows win: a file only adds what no API tells. Importing the same file twice changes nothing.

mod rows;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xiaoer_orders::{CostRow, InvoiceKind, InvoiceOrder, LedgerKind, LedgerRow, OrderRow, Table, TrafficRow};
use xiaoer_sdk::shop::{Order, Product, Refund};

use super::mirror::{GenerationWriter, Mark, Mirror, Mirrored, Origin, Purpose, Put, Top};
use super::{Link, Shop};
use crate::clock::Clock;
use crate::db::DbError;

/// Changes that go into one commit.
const BATCH: usize = 600;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Which table it was, in Chinese.
    pub kind: String,
    /// Rows that could be read; an order counts once, not once a line.
    pub rows: usize,
    /// Of these: were not there before.
    pub new: usize,
    /// Of these: were there and are another now.
    pub changed: usize,
    /// Of these: were there and are the same.
    pub unchanged: usize,
    /// Of these: left alone, since the shop knows them from a better source.
    pub kept: usize,
    /// Marks of orders that the shop does not have yet; they wait for them.
    pub waiting: usize,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// One place in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1, as Excel or WPS shows it.
    pub row: u32,
    /// The column's title, or 整行.
    pub column: String,
    /// One Chinese sentence.
    pub why: String,
}

/// Why a file was not imported at all. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file as a whole cannot be read.
    #[error(transparent)]
    File(#[from] xiaoer_orders::ReadError),
    /// Invoices know no order numbers of a platform.
    #[error("店铺“{0}”连着平台，订单以平台为准，不能再导入发票明细；请导入到只用文件的店铺")]
    NotForPlatform(String),
    /// The database; a conflict says that another process writes to this shop.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Imports a file, whatever table it is.
///
/// # Errors
/// [`ImportError`]; nothing of the file is visible then. Single bad rows are in [`Imported::problems`].
pub async fn import(shop: &Shop, mirror: &Mirror, bytes: &[u8], clock: &Clock) -> Result<Imported, ImportError> {
    let owned = bytes.to_vec();
    // A large workbook takes a second of pure work: not on a thread that others wait for.
    let read = tokio::task::spawn_blocking(move || xiaoer_orders::read(&owned)).await;
    // A file on which the reader itself fell over is a broken file to whoever handed it over.
    let table = read.map_err(|error| xiaoer_orders::ReadError::Workbook { detail: error.to_string() })??;
    let from_files = matches!(shop.link, Link::Files);
    if matches!(table, Table::Invoices(_)) && !from_files {
        return Err(ImportError::NotForPlatform(shop.name.clone()));
    }
    let problems = table.problems().iter().map(Problem::from).collect();
    let mut intake = Intake {
        writer: mirror.begin(shop, Purpose::Import).await?,
        shop,
        from_files,
        last_day: None,
        done: Imported { kind: table.kind().name().into(), rows: table.len(), problems, ..Imported::default() },
    };
    match table {
        Table::Orders(read) => intake.orders(read.rows).await?,
        Table::Ledger(read) | Table::Refunds(read) => intake.ledger(read.rows).await?,
        Table::Costs(read) => intake.costs(read.rows).await?,
        Table::Traffic(read) => intake.traffic(read.rows).await?,
        Table::Invoices(read) => intake.invoices(read.rows).await?,
    }
    let done = intake.finish().await?;
    let (rows, new, changed) = (done.rows, done.new, done.changed);
    tracing::info!(shop = shop.id, kind = done.kind, rows, new, changed, at = %clock.now(), "imported a file");
    Ok(done)
}

/// One file on its way into the mirror.
struct Intake<'a> {
    writer: GenerationWriter,
    shop: &'a Shop,
    /// Files are all there is: orders, refunds and products come from them too.
    from_files: bool,
    last_day: Option<NaiveDate>,
    done: Imported,
}

impl Intake<'_> {
    async fn orders(&mut self, rows: Vec<OrderRow>) -> Result<(), DbError> {
        let orders: Vec<Order> = rows.iter().map(rows::of_export).collect();
        self.with_products(orders, Origin::Export).await
    }

    /// Orders, and for a shop of files the products that their lines name.
    async fn with_products(&mut self, orders: Vec<Order>, from: Origin) -> Result<(), DbError> {
        let products = if self.from_files { rows::products_of(&orders) } else { Vec::new() };
        for order in orders {
            self.saw(order.paid.unwrap_or(order.created));
            let put = self.put(order, from).await?;
            self.count(put);
        }
        for product in products {
            let known: Option<Product> = self.writer.known(&product.id).await?;
            // An older file must not bring back an older title.
            if known.is_none_or(|known| known.modified < product.modified) {
                self.put(product, Origin::Derived).await?;
            }
        }
        Ok(())
    }

    async fn ledger(&mut self, rows: Vec<LedgerRow>) -> Result<(), DbError> {
        for row in rows {
            let at = rows::on_the_clock_of(self.shop.zone, row.time);
            self.saw(at);
            let put = match row.kind {
                LedgerKind::Order => self.ledger_order(&row, at).await?,
                LedgerKind::Refund if !self.from_files => Put::Kept,
                LedgerKind::Refund if !row.valid => self.writer.remove::<Refund>(&row.id, Origin::Ledger).await?,
                LedgerKind::Refund => self.put(rows::ledger_refund(&row, at), Origin::Ledger).await?,
                LedgerKind::Inquiry => self.put(rows::ledger_inquiry(&row, at), Origin::Ledger).await?,
            };
            self.count(put);
        }
        Ok(())
    }

    /// What the ledger alone knows of an order is a mark; the order itself comes from it only where nothing better tells of it.
    async fn ledger_order(&mut self, row: &LedgerRow, at: xiaoer_sdk::shop::Time) -> Result<Put, DbError> {
        let mark = Mark { order: row.id.clone(), marketing: row.marketing, scene: row.scene, valid: row.valid };
        if !self.from_files {
            if self.writer.known::<Order>(&row.id).await?.is_none() {
                self.done.waiting += 1;
            }
            return self.put(mark, Origin::Ledger).await;
        }
        let order = self.put(rows::ledger_order(row, at), Origin::Ledger).await?;
        let mark = self.put(mark, Origin::Ledger).await?;
        Ok(match (order, mark) {
            (Put::New, _) => Put::New,
            (Put::Unchanged | Put::Kept, Put::Unchanged) => Put::Unchanged,
            _ => Put::Changed,
        })
    }

    async fn costs(&mut self, rows: Vec<CostRow>) -> Result<(), DbError> {
        for row in rows {
            let put = self.put(rows::cost(row), Origin::Ledger).await?;
            self.count(put);
        }
        Ok(())
    }

    async fn traffic(&mut self, rows: Vec<TrafficRow>) -> Result<(), DbError> {
        for row in rows {
            let put = self.put(rows::traffic_day(&row), Origin::Export).await?;
            self.count(put);
        }
        Ok(())
    }

    async fn invoices(&mut self, rows: Vec<InvoiceOrder>) -> Result<(), DbError> {
        let (sales, refunds): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.kind == InvoiceKind::Order);
        let zone = self.shop.zone;
        self.with_products(sales.into_iter().map(|row| rows::invoice_order(row, zone)).collect(), Origin::Ledger)
            .await?;
        for row in refunds {
            let refund = rows::invoice_refund(row, zone);
            self.saw(refund.applied);
            let put = self.put(refund, Origin::Ledger).await?;
            self.count(put);
        }
        Ok(())
    }

    async fn put<T: Mirrored>(&mut self, row: T, from: Origin) -> Result<Put, DbError> {
        let put = self.writer.put(row, from).await?;
        if self.writer.waiting() >= BATCH {
            self.writer.commit(&()).await?;
        }
        Ok(put)
    }

    fn count(&mut self, put: Put) {
        match put {
            Put::New => self.done.new += 1,
            Put::Changed => self.done.changed += 1,
            Put::Unchanged => self.done.unchanged += 1,
            Put::Kept => self.done.kept += 1,
        }
    }

    fn saw(&mut self, at: xiaoer_sdk::shop::Time) {
        let day = at.with_timezone(&self.shop.zone).date_naive();
        self.last_day = self.last_day.max(Some(day));
    }

    /// Makes the file visible, all at once. Only where files are all there is can a file say that a day is complete.
    async fn finish(self) -> Result<Imported, DbError> {
        let before = self.writer.top();
        let last_day = self.last_day.filter(|_| self.from_files);
        let next = Top { complete_through: before.complete_through.max(last_day), ..before };
        self.writer.publish(next).await?;
        Ok(self.done)
    }
}

impl From<&xiaoer_orders::Problem> for Problem {
    fn from(problem: &xiaoer_orders::Problem) -> Self {
        Self { row: problem.row, column: problem.column.clone(), why: problem.why.clone() }
    }
}
