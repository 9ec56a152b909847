//! What the coming days bring: 零新增, which is certain, and 照常经营, which is simulated. The two are never mixed.

mod outlook;

pub use outlook::{Odds, Outlook, quantile};
