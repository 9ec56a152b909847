//! Plugins that start when something happens in a shop: `on(order.paid)`.
//!
//! Nothing is queued. An event is a row of the mirror whose moment lies within the last days and that the plugin was not told of; what it
//! was told of is kept ([`record`]). So it is the same whichever way a row came, how often, in which order, and where a process died.
//! [`decision`] is pure, [`step`] marks the past, [`lookout`] looks and commits: the run and what it is told are one commit, which holds only if nobody else
//! decided meanwhile. Nothing here runs a skill, reads a platform, or says anything of an object but its id.

mod decision;
mod lookout;
mod record;
mod step;

pub use lookout::Lookout;
