//! Why code is not let into the box. Told to its author before anything of it runs.

use super::limits;
use crate::plugin::fault::one_line;

/// Why a plugin's code was not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Longer than anything that is compiled here.
    #[error("the {what} has {bytes} bytes; at most {most} are accepted: make it smaller (strip it, optimise for size)")]
    TooLarge {
        /// `component`, `script`, or `function`.
        what: &'static str,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
    },
    /// WebAssembly, but a bare module.
    #[error(
        "this is a core WebAssembly module, not a component: build it for the world xiaoer:skill/skill (see sdk/wit)"
    )]
    NotAComponent,
    /// No WebAssembly, or none that holds together.
    #[error("this is no valid WebAssembly component: {why}")]
    Invalid {
        /// What is wrong, with its place.
        why: String,
    },
    /// It wants something that is not in the box.
    #[error("the component imports {}, and the box holds only {host}: leave out what needs it (files, network, clock, randomness)", .names.join(", "))]
    Imports {
        /// What it wants beside our interface.
        names: Vec<String>,
        /// What there is.
        host: &'static str,
    },
    /// It was built for a version of our interface that is not served any more, or never was one.
    #[error(
        "the component is built for version {wanted} of xiaoer:skill; this xiaoer serves {served}: build it for that one"
    )]
    Version {
        /// What it was built for.
        wanted: String,
        /// What there is.
        served: &'static str,
    },
    /// It was built for a version of our interface that is younger than this host.
    #[error("the component needs version {wanted} of xiaoer:skill; this xiaoer serves {served}: update xiaoer")]
    Younger {
        /// What it was built for.
        wanted: String,
        /// What there is.
        served: &'static str,
    },
    /// It is no script that could be run.
    #[error("{why}")]
    Script {
        /// What is wrong with it, with its line.
        why: String,
    },
    /// It has not the one function that is called.
    #[error("the component exports no function {wanted}")]
    NoRun {
        /// The function, as the interface writes it.
        wanted: &'static str,
    },
    /// It cannot be compiled or does not fit into the box.
    #[error("the component cannot be compiled: {why}")]
    Uncompiled {
        /// What the compiler says.
        why: String,
    },
    /// The box itself could not be set up; not the plugin's fault.
    #[error("the box for plugins could not be opened: {why}")]
    NoBox {
        /// What the system says.
        why: String,
    },
}

/// Words that may hold names of a stranger's: one line, and not a long one.
fn line(words: &str) -> String {
    const LONGEST: usize = 400;
    one_line(words).chars().take(LONGEST).collect()
}

impl Refused {
    /// Whether the length is within its bound.
    pub(crate) fn length(what: &'static str, bytes: usize, most: usize) -> Result<(), Self> {
        if bytes > most { Err(Self::TooLarge { what, bytes, most }) } else { Ok(()) }
    }

    /// What was found wrong with a script.
    pub(super) fn script(why: &str) -> Self {
        Self::Script { why: line(why) }
    }

    /// What the validator says.
    pub(super) fn invalid(error: &wasmparser::BinaryReaderError) -> Self {
        Self::Invalid { why: line(&error.to_string()) }
    }

    /// What the compiler or the linker says.
    pub(super) fn uncompiled(error: &wasmtime::Error) -> Self {
        Self::Uncompiled { why: line(&format!("{error:#}")) }
    }

    /// A component that is too long to be looked at.
    pub(super) fn component(bytes: &[u8]) -> Result<(), Self> {
        Self::length("component", bytes.len(), limits::COMPONENT)
    }
}
