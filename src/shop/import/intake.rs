//! Rows of a file into the next generation: whose word counts where two sources tell of the same thing.
//!
//! It works the same over a writer that keeps nothing: that is a preview.

use chrono::NaiveDate;
use xiaoer_orders::{
    CostRow, InquiryRow, InvoiceKind, InvoiceOrder, LedgerKind, LedgerRow, MarkRow, OrderRow, Table, TrafficRow,
};
use xiaoer_sdk::shop::{Order, Product, Refund, TrafficDay};

use super::history::{self, Past};
use super::{Imported, rows};
use crate::db::{DbError, SharedDb};
use crate::shop::mirror::{GenerationWriter, Mark, Mirror, Mirrored, Origin, Put, Top};
use crate::shop::{Link, Shop};

/// Changes that go into one commit.
const BATCH: usize = 600;

/// One file on its way into the mirror.
pub(super) struct Intake<'a> {
    db: &'a SharedDb,
    writer: GenerationWriter,
    shop: &'a Shop,
    /// Files are all there is: orders, refunds and products come from them too.
    from_files: bool,
    last_day: Option<NaiveDate>,
    done: Imported,
}

impl<'a> Intake<'a> {
    pub(super) fn new(shop: &'a Shop, mirror: &'a Mirror, writer: GenerationWriter, done: Imported) -> Self {
        let from_files = matches!(shop.link, Link::Files);
        Self { db: mirror.db(), writer, shop, from_files, last_day: None, done }
    }

    /// Every row to its place.
    pub(super) async fn take(&mut self, table: Table) -> Result<(), DbError> {
        match table {
            Table::Orders(read) => self.orders(read.rows).await,
            Table::Ledger(read) | Table::Refunds(read) => self.ledger(read.rows).await,
            Table::Costs(read) => self.costs(read.rows).await,
            Table::Traffic(read) | Table::Ads(read) => self.traffic(read.rows).await,
            Table::Inquiries(read) => self.inquiries(read.rows).await,
            Table::Marks(read) => self.marks(read.rows).await,
            Table::Invoices(read) => self.invoices(read.rows).await,
        }
    }

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

    /// Of two files the later one wins, figure by figure: what it leaves open stays as the earlier one told it.
    async fn traffic(&mut self, rows: Vec<TrafficRow>) -> Result<(), DbError> {
        for row in rows {
            let told = rows::traffic_day(&row);
            let known: Option<TrafficDay> = self.writer.known(&told.id()).await?;
            let day = match known {
                Some(known) => TrafficDay {
                    day: told.day,
                    impressions: told.impressions.or(known.impressions),
                    visitors: told.visitors.or(known.visitors),
                    ad_spend: told.ad_spend.or(known.ad_spend),
                },
                None => told,
            };
            let put = self.put(day, Origin::Export).await?;
            self.count(put);
        }
        Ok(())
    }

    async fn inquiries(&mut self, rows: Vec<InquiryRow>) -> Result<(), DbError> {
        for row in rows {
            let inquiry = rows::inquiry(row, self.shop.zone);
            self.saw(inquiry.at);
            let put = self.put(inquiry, Origin::Ledger).await?;
            self.count(put);
        }
        Ok(())
    }

    /// A blank says nothing: it takes back nothing that was said before.
    async fn marks(&mut self, rows: Vec<MarkRow>) -> Result<(), DbError> {
        for row in rows {
            if self.writer.known::<Order>(&row.order).await?.is_none() {
                self.done.waiting += 1;
            }
            let known: Option<Mark> = self.writer.known(&row.order).await?;
            let mark = Mark {
                marketing: row.marketing.or(known.as_ref().and_then(|mark| mark.marketing)),
                scene: row.scene.or(known.as_ref().and_then(|mark| mark.scene)),
                valid: row.valid.or(known.map(|mark| mark.valid)).unwrap_or(true),
                order: row.order,
            };
            let put = self.put(mark, Origin::Ledger).await?;
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

    /// Makes the file visible, all at once, with its line of the history. Only where files are all there is can a file say that a day is
    /// complete.
    pub(super) async fn finish(mut self, past: Option<Past>) -> Result<Imported, DbError> {
        // What changed nothing leaves no line.
        if let Some(past) = past.filter(|_| self.done.new + self.done.changed > 0) {
            let record = history::record(self.db, &self.shop.id, &Past { done: self.done.clone(), ..past }).await?;
            self.writer.also(record);
        }
        let before = self.writer.top();
        let last_day = self.last_day.filter(|_| self.from_files);
        let next = Top { complete_through: before.complete_through.max(last_day), ..before };
        self.writer.publish(next).await?;
        Ok(self.done)
    }
}
