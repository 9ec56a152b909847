//! Plugins: skills that strangers write. They come as a folder or an archive with one `SKILL.md`, and run in a box.
//!
//! The way of a plugin: [`manifest`] reads its SKILL.md, [`package`] holds what it consists of, [`shelf`] keeps it, [`sandbox`] runs it;
//! from [`skill`] on it is a [`xiaoer_sdk::Skill`] like any other, and everything above knows no difference.

pub mod archive;
pub mod assemble;
pub mod fault;
pub mod fetch;
pub mod folder;
pub mod form;
mod front;
pub mod grant;
pub mod index;
pub mod loader;
pub mod manifest;
pub mod names;
pub mod package;
pub mod prompts;
pub mod sandbox;
pub mod shelf;
pub mod signature;
pub mod skill;
pub mod tools;
pub mod trial;
pub mod trust;
pub mod values;
pub mod watch;
pub mod withdrawn;

pub use fault::Fault;
pub use package::{Code, Package};
pub use shelf::{Shelf, ShelfError, Shelved};
