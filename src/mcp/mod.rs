//! The Model Context Protocol: what other people's assistants may ask of the staff.
//!
//! [`Reception`] speaks the protocol, [`door`] is its only way to anything: the API of this installation, with the token of whoever
//! asks. So a tool can do what that person can do over the API and no more; shop, form, grants and limits are checked where they
//! always are. [`tools`] says what is offered, [`runs`] what came of a run, [`decisions`] how a person is asked.
//!
//! The other way round, [`Away`] brings tools of other people's servers to a talk, as far as an owner lent them to a role.
//!
//! Nothing here approves, rejects or executes. A proposal that waits is told with the page where a person decides; whatever a client
//! answers in that person's name changes nothing.

mod away;
mod decisions;
mod door;
pub mod http;
mod reception;
mod runs;
mod tools;

pub(crate) use away::Lent;
pub use away::{Away, AwayConfig};
pub use door::{Caller, Door, Network, Refusal};
pub use reception::Reception;

/// What an id of a shop, a run or an action looks like. Anything else could leave its place in an address.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
