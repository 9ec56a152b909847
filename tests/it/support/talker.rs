//! A model that says what a story gives it, turn by turn, and remembers what it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use xiaoer::chat::Talker;
use xiaoer::llm::ModelError;
use xiaoer::llm::talk::{Account, Said, Tool, ToolCall, Turn};

/// One turn of the script.
pub(crate) enum Line {
    /// Words; `{points}` and the like stand for the newest id that ends so.
    Says(&'static str),
    /// Tools by name and arguments.
    Wants(Vec<(&'static str, Value)>),
    /// The provider fails.
    Fails(ModelError),
    /// It never answers.
    Hangs,
}

/// A script, played once; its last line is repeated for ever.
pub(crate) struct Scripted {
    script: Mutex<VecDeque<Line>>,
    last: Mutex<Option<Value>>,
    /// What it was told at each turn.
    pub(crate) heard: Mutex<Vec<Vec<Said>>>,
    /// The tools it was offered last.
    pub(crate) offered: Mutex<Vec<String>>,
}

impl Scripted {
    pub(crate) fn of(script: Vec<Line>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into()),
            last: Mutex::default(),
            heard: Mutex::default(),
            offered: Mutex::default(),
        })
    }

    /// Everything that tools and checks told it, newest turn.
    pub(crate) fn told(&self) -> String {
        let heard = self.heard.lock().expect("no panic");
        let text = |said: &Said| match said {
            Said::Tool { text, .. } | Said::User { text } | Said::System { text } => text.clone(),
            Said::Assistant { .. } => String::new(),
        };
        heard.last().map(|talk| talk.iter().map(text).collect::<Vec<_>>().join("\n")).unwrap_or_default()
    }
}

#[async_trait::async_trait]
impl Talker for Scripted {
    fn model(&self) -> Option<String> {
        Some("scripted".into())
    }

    async fn turn(
        &self,
        _account: &Account,
        talk: &[Said],
        tools: &[Tool],
        hear: &(dyn for<'w> Fn(&'w str) + Send + Sync),
    ) -> Result<Turn, ModelError> {
        self.heard.lock().expect("no panic").push(talk.to_vec());
        *self.offered.lock().expect("no panic") = tools.iter().map(|tool| tool.name.clone()).collect();
        let line = self.script.lock().expect("no panic").pop_front();
        let turn = match line {
            Some(Line::Fails(error)) => return Err(error),
            Some(Line::Hangs) => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                return Err(ModelError::Timeout);
            }
            Some(Line::Says(words)) => {
                hear("未核对 12345");
                json!({ "text": filled(words, talk), "calls": [] })
            }
            Some(Line::Wants(calls)) => {
                let calls: Vec<Value> = calls.iter().map(|(name, arguments)| json!([name, arguments])).collect();
                json!({ "text": "我先查一下 999", "calls": calls })
            }
            None => self.last.lock().expect("no panic").clone().unwrap_or_else(|| json!({ "text": "", "calls": [] })),
        };
        *self.last.lock().expect("no panic") = Some(turn.clone());
        let calls = turn["calls"].as_array().expect("calls").iter().enumerate().map(|(at, call)| ToolCall {
            id: format!("call-{at}"),
            name: call[0].as_str().expect("a name").into(),
            arguments: call[1].clone(),
        });
        let text = turn["text"].as_str().expect("words").to_owned();
        Ok(Turn { text, calls: calls.collect(), reasoning: None, model: "scripted".into() })
    }
}

/// Puts the newest id that ends with what stands in braces in its place.
fn filled(words: &str, talk: &[Said]) -> String {
    let mut out = words.to_owned();
    for id in xiaoer_sdk::placeholders(words) {
        let told = talk.iter().rev().find_map(|said| match said {
            Said::Tool { text, .. } => {
                xiaoer_sdk::placeholders(text).into_iter().find(|known| known.ends_with(&format!("_{id}")))
            }
            _ => None,
        });
        if let Some(told) = told {
            out = out.replace(&format!("{{{id}}}"), &format!("{{{told}}}"));
        }
    }
    out
}
