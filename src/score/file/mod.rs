//! Scoring files without any shop: an order export, a ledger or invoice lines become events of the growth rules; a refund file, marks
//! and what was typed in go with them.
//!
//! Pure: bytes in, events out. It never guesses what a file does not say: an export without a refund file leaves refunds unknown.

mod marks;
mod rows;

use std::sync::Arc;

use anyhow::Context as _;
use chrono::NaiveDate;
use xiaoer_growth::{Event, Inputs, Ledger};

pub use marks::marks;

/// A file as it was handed over.
#[derive(Clone, Debug)]
pub struct File {
    /// What to call it in a message.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The files that together tell of one shop.
#[derive(Clone, Debug)]
pub struct Files {
    /// An order export, a ledger or invoice lines.
    pub orders: File,
    /// A refund table, or a ledger with refund rows.
    pub refunds: Option<File>,
    /// The marks that the shop held, as CSV or TOML.
    pub marks: Option<File>,
    /// [`Inputs`] as JSON.
    pub inputs: Option<File>,
}

/// What files tell of a shop.
pub struct FileLedger {
    /// All events, in the order of the files.
    pub events: Vec<Event>,
    /// The same, indexed.
    pub ledger: Arc<Ledger>,
    /// What is known besides events.
    pub inputs: Inputs,
    /// Rows that could not be used, one Chinese sentence each, with the file and the row.
    pub problems: Vec<String>,
}

impl FileLedger {
    /// The ledger as it stood at the end of a day.
    ///
    /// # Errors
    /// Never for events that made a ledger once.
    pub fn until(&self, day: NaiveDate) -> anyhow::Result<Ledger> {
        super::ledger_until(self.events.clone(), day)
    }
}

/// Reads what the files tell.
///
/// # Errors
/// One clear sentence that names the file: it is not what it should be, or an amount is beyond what can be counted.
pub fn read(files: &Files) -> anyhow::Result<FileLedger> {
    let mut problems = Vec::new();
    let refunds = match &files.refunds {
        Some(file) => Some(rows::refunds(file, &mut problems).with_context(|| file.name.clone())?),
        None => None,
    };
    let of_orders = rows::orders(&files.orders, refunds.as_deref().unwrap_or_default(), &mut problems)
        .with_context(|| files.orders.name.clone())?;
    let mut inputs = match &files.inputs {
        Some(file) => inputs(file).with_context(|| file.name.clone())?,
        None => Inputs::default(),
    };
    inputs.refunds_known |= of_orders.tells_refunds || refunds.is_some();
    inputs.inquiries_known |= of_orders.tells_inquiries;
    if let Some(file) = &files.marks {
        inputs.marks = marks(file).with_context(|| file.name.clone())?;
        // Whoever hands over a list of marks hands over all of them.
        inputs.marks_known = true;
    }
    let mut events = of_orders.events;
    events.extend(refunds.into_iter().flatten());
    let ledger = Arc::new(Ledger::of(events.iter().cloned()).context("文件里有无法计分的行")?);
    Ok(FileLedger { events, ledger, inputs, problems })
}

fn inputs(file: &File) -> anyhow::Result<Inputs> {
    let found: Inputs = serde_json::from_slice(&file.bytes)
        .map_err(|error| anyhow::anyhow!("填写的数据读不懂（{error}），格式与 growth-inputs 接口给出的相同"))?;
    marks::check(&found.marks)?;
    Ok(found)
}
