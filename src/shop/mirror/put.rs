//! What becomes of a row that is put, by what is known of it. Here alone a weaker source or an older date is turned away.

use xiaoer_sdk::shop::Time;

use super::row::{Origin, Provenance};
use crate::db::{self, DbError, Table};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was not there.
    New,
    /// It was there and is another now.
    Changed,
    /// It was there and is the same.
    Unchanged,
    /// It was there from a better source and stays as it was.
    Kept,
}

impl Put {
    /// Of a row with this origin and date, beside its newest known version.
    pub(super) fn of(
        value: &[u8],
        known: Option<&[u8]>,
        (from, modified): (Origin, Option<Time>),
    ) -> Result<Self, DbError> {
        let Some(known) = known else { return Ok(Self::New) };
        if known == value {
            return Ok(Self::Unchanged);
        }
        let known: Provenance = db::decode(Table::Mirror, known)?;
        Ok(match known.row {
            Some(_) if known.from > from || known.is_newer_than(from, modified) => Self::Kept,
            Some(_) => Self::Changed,
            None => Self::New,
        })
    }
}
