//! Why a run was stopped: told to its author in English, to the merchant in one Chinese sentence.

use std::time::Duration;

use xiaoer_sdk::CallError;

use super::limits;

/// Why the box stopped a run. The host and all other runs go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Stop {
    /// It wanted more memory than there is for it.
    #[error("more than {} MiB of memory", limits::MEMORY >> 20)]
    Memory,
    /// It wanted larger tables than there are for it.
    #[error("more than {} table elements", limits::TABLE)]
    Table,
    /// It computed for too long.
    #[error("more than {} s of computing", .0.as_secs_f32())]
    Computing(Duration),
    /// It called itself too deeply.
    #[error("the stack is exhausted: endless recursion")]
    Stack,
    /// It called the host too often.
    #[error("more than {} calls", limits::CALLS)]
    Calls,
    /// It handed over too many calls at once.
    #[error("more than {} calls at once", limits::TOGETHER)]
    Together,
    /// A call is too long.
    #[error("a call of more than {} MiB", limits::CALL >> 20)]
    CallTooLong,
    /// It handed over too much at once: a report, or calls.
    #[error("more than {} MiB handed over at once", limits::REPORT >> 20)]
    TooMuch,
    /// The host ended the run: it was cancelled, or another worker has it.
    #[error(transparent)]
    Call(CallError),
    /// Its code broke: a trap, an instruction that cannot be carried out, text that is no text.
    #[error("the code broke: {0}")]
    Broken(String),
}

impl Stop {
    /// What happened, for the merchant, without a full stop.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Memory => format!("占用内存超过 {} MB", limits::MEMORY >> 20),
            Self::Table => format!("占用的表超过 {} 项", limits::TABLE),
            Self::Computing(most) => format!("计算超过 {} 秒", most.as_secs_f32()),
            Self::Stack => "代码无限递归".into(),
            Self::Calls => format!("一次运行请求超过 {} 次", limits::CALLS),
            Self::Together => format!("同时提出的请求超过 {} 个", limits::TOGETHER),
            Self::CallTooLong => format!("一个请求超过 {} MB", limits::CALL >> 20),
            Self::TooMuch => format!("交回的内容超过 {} MB", limits::REPORT >> 20),
            Self::Call(error) => error.to_string(),
            Self::Broken(_) => "代码出错".into(),
        }
    }

    /// From what came out of the box.
    pub(super) fn of(error: &wasmtime::Error) -> Self {
        if let Some(stop) = error.downcast_ref::<Self>() {
            return stop.clone();
        }
        match error.downcast_ref::<wasmtime::Trap>() {
            Some(wasmtime::Trap::StackOverflow) => Self::Stack,
            Some(trap) => Self::Broken(trap.to_string()),
            // The type behind this one is private; its words are held by a test.
            None if error.root_cause().to_string().contains("too much data") => Self::TooMuch,
            None => Self::Broken(error.root_cause().to_string()),
        }
    }
}
