//! A stream of events on its way to the client crate: read line by line, under a clock, with everything taken out that is no JSON.
//!
//! What goes wrong in the middle becomes an event of its own, which the reader above understands like a provider's: a stream has no
//! other way to say so. A stream that just ends says nothing, and is cut.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use reqwest::Body;
use serde::de::IgnoredAny;
use tokio::sync::OwnedSemaphorePermit;

use super::cassette::Cassette;

/// More bytes than this are no answer.
const LARGEST: usize = 8 << 20;
/// Nothing came for too long.
const SILENT: &[u8] = b"data: {\"error\":{\"code\":408}}\n\n";
/// The connection broke, or what came was no event.
const BROKEN: &[u8] = b"data: {\"error\":{\"code\":502}}\n\n";

/// Lines as they come in.
pub(super) struct Lines {
    response: reqwest::Response,
    idle: Duration,
    until: Instant,
    rest: Vec<u8>,
    read: usize,
    over: bool,
    tape: Option<(Tape, Vec<u8>)>,
    _place: Option<OwnedSemaphorePermit>,
}

/// Where an answer is recorded once it is whole.
pub(super) struct Tape {
    cassette: Cassette,
    asked: Vec<u8>,
}

impl Tape {
    pub(super) fn new(cassette: Cassette, asked: Vec<u8>) -> Self {
        Self { cassette, asked }
    }

    pub(super) fn keep(&self, kind: &str, body: &[u8]) {
        self.cassette.keep(&self.asked, (200, kind), body);
    }
}

impl Lines {
    /// `(idle, until)`: how long it may be silent, and when it must be over.
    pub(super) fn new(
        response: reqwest::Response,
        (idle, until): (Duration, Instant),
        place: Option<OwnedSemaphorePermit>,
        tape: Option<Tape>,
    ) -> Self {
        let tape = tape.map(|tape| (tape, Vec::new()));
        Self { response, idle, until, rest: Vec::new(), read: 0, over: false, tape, _place: place }
    }

    /// The same as a body.
    pub(super) fn body(self) -> Body {
        Body::wrap_stream(futures::stream::unfold(self, |mut lines| async move {
            let next = lines.next().await?;
            Some((Ok::<_, std::io::Error>(next), lines))
        }))
    }

    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let left = self.until.saturating_duration_since(Instant::now());
        let chunk = match tokio::time::timeout(self.idle.min(left), self.response.chunk()).await {
            Err(_) => return self.end(SILENT),
            Ok(Err(_)) => return self.end(BROKEN),
            Ok(Ok(None)) => {
                let last = std::mem::take(&mut self.rest);
                let seen = self.seen(&last);
                if let Some((tape, whole)) = &self.tape {
                    tape.keep("text/event-stream", whole);
                }
                return self.end(&seen);
            }
            Ok(Ok(Some(chunk))) => chunk,
        };
        self.read += chunk.len();
        if self.read > LARGEST {
            return self.end(BROKEN);
        }
        self.rest.extend_from_slice(&chunk);
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        Some(self.seen(&lines).into())
    }

    fn end(&mut self, last: &[u8]) -> Option<Bytes> {
        self.over = true;
        Some(Bytes::copy_from_slice(last))
    }

    /// What of some whole lines goes on.
    fn seen(&mut self, lines: &[u8]) -> Vec<u8> {
        let mut seen = Vec::with_capacity(lines.len());
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let data = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii);
            let fine = data.is_none_or(|data| {
                data.is_empty() || data == b"[DONE]" || serde_json::from_slice::<IgnoredAny>(data).is_ok()
            });
            seen.extend_from_slice(if fine { line } else { BROKEN });
        }
        if let Some((_, whole)) = &mut self.tape {
            whole.extend_from_slice(&seen);
        }
        seen
    }
}
