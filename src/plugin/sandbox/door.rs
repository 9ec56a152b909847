//! The host's side of one run: reads what the plugin hands over, counts it, and hands on what is a call.
//!
//! Whether a call is granted is not decided here; the run's own host does that, as for every skill. Whatever a plugin hands over is a
//! stranger's text: it becomes a typed [`Call`] or it goes no further.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use xiaoer_sdk::{Answer, Call, CallError, Generator, Host};

use super::limits;
use super::stop::Stop;

/// Bytes that an answer begins with, so that a short one need not grow.
const PAGE: usize = 4 << 10;

/// An answer or an error as the plugin gets it: JSON either way.
pub(super) type Answered = Result<String, String>;

/// The door of one run.
pub(super) struct Door {
    host: Arc<dyn Host>,
    calls: AtomicU32,
    told: AtomicU32,
    wrote: Mutex<Vec<Generator>>,
}

impl Door {
    pub(super) fn new(host: Arc<dyn Host>) -> Self {
        Self { host, calls: AtomicU32::new(0), told: AtomicU32::new(0), wrote: Mutex::default() }
    }

    /// Who wrote what the plugin was answered by models and templates.
    pub(super) fn take_wrote(&self) -> Vec<Generator> {
        std::mem::take(&mut *self.wrote.lock().expect("nothing panics while holding it"))
    }

    /// One call.
    pub(super) async fn call(&self, text: &str) -> Result<Answered, Stop> {
        self.count(1)?;
        self.answer(text, limits::ANSWER).await
    }

    /// Several calls side by side; the answers keep their order.
    pub(super) async fn call_all(&self, texts: &[String]) -> Result<Vec<Answered>, Stop> {
        self.count(u32::try_from(texts.len()).unwrap_or(u32::MAX))?;
        let each = limits::ANSWER / texts.len().max(1);
        let answers: Vec<_> = texts.iter().map(|text| self.answer(text, each)).collect();
        futures::stream::iter(answers).buffered(limits::SIDE_BY_SIDE).try_collect().await
    }

    fn count(&self, calls: u32) -> Result<(), Stop> {
        let before = self.calls.fetch_add(calls, Ordering::Relaxed);
        if before.saturating_add(calls) > limits::CALLS { Err(Stop::Calls) } else { Ok(()) }
    }

    async fn answer(&self, text: &str, most: usize) -> Result<Answered, Stop> {
        let call = match serde_json::from_str::<Call>(text) {
            Ok(call) => call,
            Err(error) => return Ok(Err(refusal(&CallError::Broken { why: format!("this is no call: {error}") }))),
        };
        let call = match call {
            Call::Progress { .. } if self.told.fetch_add(1, Ordering::Relaxed) >= limits::TOLD => {
                return Ok(written(&Answer::Done, most));
            }
            Call::Progress { text } => Call::Progress { text: text.chars().take(limits::WORDS).collect() },
            call => call,
        };
        match self.host.call(call).await {
            Ok(answer) => {
                if let Answer::Asked(asked) = &answer {
                    self.wrote.lock().expect("nothing panics while holding it").push(asked.generator.clone());
                }
                Ok(written(&answer, most))
            }
            // These end the run. A plugin is not asked whether it agrees.
            Err(stop @ (CallError::Cancelled | CallError::LeaseLost)) => Err(Stop::Call(stop)),
            Err(error) => Ok(Err(refusal(&error))),
        }
    }
}

fn refusal(error: &CallError) -> String {
    serde_json::to_string(error).expect("an error of ours is JSON")
}

/// The answer as text, unless it is longer than a plugin could hold.
fn written(answer: &Answer, most: usize) -> Answered {
    let mut text = Bounded { bytes: Vec::with_capacity(PAGE), most };
    match answer.serialize(&mut serde_json::Serializer::new(&mut text)) {
        Ok(()) => Ok(String::from_utf8(text.bytes).expect("JSON is UTF-8")),
        Err(_) => {
            let why = format!("一次读取的数据超过 {} MB，请缩短日期范围", most >> 20);
            Err(refusal(&CallError::Unavailable { why }))
        }
    }
}

/// Takes so many bytes and no more.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
