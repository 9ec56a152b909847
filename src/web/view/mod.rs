//! Values to markup. Nothing here waits, reads or decides: a view is given everything that it shows.

pub(crate) mod action;
pub(crate) mod blocks;
pub(crate) mod calibration;
pub(crate) mod chart;
pub(crate) mod checklist;
pub(crate) mod contributions;
pub(crate) mod costs;
pub(crate) mod diff;
pub(crate) mod entries;
pub(crate) mod growth;
pub(crate) mod icon;
pub(crate) mod imports;
pub(crate) mod layout;
pub(crate) mod rates;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod score;
pub(crate) mod source;
pub(crate) mod spending;
pub(crate) mod staff;
pub(crate) mod sync;
pub(crate) mod table;
pub(crate) mod talk;
pub(crate) mod text;
pub(crate) mod when;
