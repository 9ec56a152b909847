//! Recorded answers: kept while a real provider answers, played back where none is called.
//!
//! A recording is named by the hash of the whole request, so a changed prompt is a missing recording and never a wrong answer. What is
//! recorded was masked before it got here; keys and headers are never part of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::config::{CassetteConfig, CassetteMode};

/// Characters of a question that a recording shows to whoever reads the folder.
const SHOWN: usize = 200;

/// A folder of recordings.
#[derive(Clone, Debug)]
pub(super) struct Cassette {
    mode: CassetteMode,
    dir: PathBuf,
}

/// One answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recording {
    /// The last thing that was said to the model.
    pub(super) asked: String,
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Cassette {
    pub(super) fn new(config: &CassetteConfig) -> Self {
        Self { mode: config.mode, dir: config.dir.clone() }
    }

    pub(super) fn replays(&self) -> bool {
        self.mode == CassetteMode::Replay
    }

    /// The recording of a request; none is a hard error of whoever replays, named with what comes nearest.
    pub(super) fn find(&self, request: &[u8]) -> Option<Recording> {
        let key = key(request);
        let text = std::fs::read(self.dir.join(format!("{key}.json"))).ok();
        let found = text.and_then(|text| serde_json::from_slice(&text).ok());
        if found.is_none() {
            let nearest = self.nearest(&asked(request));
            tracing::error!(key, nearest, dir = %self.dir.display(), "no recording of this question");
        }
        found
    }

    /// Keeps an answer; a folder that cannot be written is told and costs nothing else.
    pub(super) fn keep(&self, request: &[u8], (status, content_type): (u16, &str), body: &[u8]) {
        let recording = Recording {
            asked: asked(request),
            status,
            content_type: content_type.into(),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        let text = serde_json::to_vec_pretty(&recording).expect("a recording is plain data");
        let path = self.dir.join(format!("{}.json", key(request)));
        let kept = std::fs::create_dir_all(&self.dir).and_then(|()| std::fs::write(&path, text));
        if let Err(error) = kept {
            tracing::error!(path = %path.display(), %error, "an answer could not be recorded");
        }
    }

    fn nearest(&self, wanted: &str) -> String {
        let same = |text: &str| text.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
        let recordings = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let texts = recordings.filter_map(|entry| std::fs::read(entry.path()).ok());
        let all = texts.filter_map(|text| serde_json::from_slice::<Recording>(&text).ok());
        all.max_by_key(|recording| same(&recording.asked)).map(|recording| recording.asked).unwrap_or_default()
    }
}

/// Names a request, whatever the order of its fields.
fn key(request: &[u8]) -> String {
    // serde_json orders the fields of an object.
    let canonical = serde_json::from_slice::<Value>(request).map(|body| body.to_string()).unwrap_or_default();
    hex::encode(&Sha256::digest(canonical.as_bytes())[..12])
}

fn asked(request: &[u8]) -> String {
    let body: Value = serde_json::from_slice(request).unwrap_or_default();
    let last = body["messages"].as_array().and_then(|messages| messages.last()).map(|message| &message["content"]);
    last.and_then(Value::as_str).unwrap_or_default().chars().take(SHOWN).collect()
}
