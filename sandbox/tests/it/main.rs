//! The sandbox from outside: over HTTP, signed by this test's own few lines, never by the package's.

mod admin;
mod assistant;
mod delivery;
mod faults;
mod foreign;
mod gateway;
mod large;
mod listings;
mod lists;
mod oauth;
mod photobank;
mod products;
mod push;
mod repeat;
mod rig;
mod rights;
mod samples;
mod shops;
mod trade;
mod writes;
