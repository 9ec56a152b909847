//! The sandbox from outside: over HTTP, signed by this test's own few lines, never by the package's.

mod admin;
mod gateway;
mod large;
mod lists;
mod rig;
mod samples;
mod shops;
mod writes;
