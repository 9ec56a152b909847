//! The API: JSON in, JSON out, one file a resource. The command line and the console's script speak it.

pub(crate) mod actions;
pub(crate) mod assistants;
pub(crate) mod authorization;
pub(crate) mod costs;
pub(crate) mod events;
pub(crate) mod growth;
pub(crate) mod imports;
pub(crate) mod metrics;
pub(crate) mod pictures;
pub(crate) mod plans;
pub(crate) mod plugins;
pub(crate) mod push;
pub(crate) mod rules;
pub(crate) mod runs;
pub(crate) mod shelf;
pub(crate) mod shops;
pub(crate) mod skills;
pub(crate) mod system;
pub(crate) mod talks;
pub(crate) mod usage;
