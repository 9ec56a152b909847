//! The sandbox from outside: over HTTP, signed by this test's own few lines, never by the package's.

mod admin;
mod assistant;
mod delivery;
mod gateway;
mod large;
mod lists;
mod rig;
mod samples;
mod shops;
mod trade;
mod writes;
