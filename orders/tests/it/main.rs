//! Stories of the files merchants hand over, told at the package's one door: bytes in, table out.

mod costs;
mod files;
mod hostile;
mod invoices;
mod ledger;
mod mend;
mod old_workbook;
mod order_export;
mod refunds;
mod sample;
mod templates;
mod times;
mod traffic;
mod workbook;
