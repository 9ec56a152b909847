//! What outlives a stop: the answers that were paid for, and how far the scripted model has come. As a run's journal, a call is known by
//! its name, its input and how often it was made.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;
use xiaoer_sdk::{Answer, Call};

use super::script::Script;

/// One run over all its attempts.
#[derive(Default)]
pub(super) struct Life {
    answers: Mutex<HashMap<Step, Answer>>,
    /// What the skill kept for later runs.
    values: Mutex<HashMap<String, Option<Value>>>,
    /// The words of the model that were not said yet.
    pub(super) script: Mutex<Script>,
}

/// One call of one run, however often it is taken up again.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Step {
    input: String,
    occurrence: usize,
}

/// Counts the calls of one attempt.
#[derive(Default)]
pub(super) struct Steps(HashMap<String, usize>);

impl Steps {
    /// Names a call. Each naming of the same call counts one occurrence on.
    pub(super) fn name(&mut self, call: &Call) -> Step {
        let input = serde_json::to_string(call).expect("a call is plain data with text keys");
        let count = self.0.entry(input.clone()).or_default();
        let step = Step { input, occurrence: *count };
        *count += 1;
        step
    }
}

impl Life {
    pub(super) fn find(&self, step: &Step) -> Option<Answer> {
        self.answers.lock().expect("nothing panics while reading").get(step).cloned()
    }

    /// What the skill kept under a key; none where it kept nothing in this run.
    pub(super) fn kept(&self, key: &str) -> Option<Option<Value>> {
        self.values.lock().expect("nothing panics while reading").get(key).cloned()
    }

    pub(super) fn put(&self, key: String, value: Option<Value>) {
        self.values.lock().expect("nothing panics while keeping").insert(key, value);
    }

    pub(super) fn keep(&self, step: Step, answer: Answer) {
        self.answers.lock().expect("nothing panics while keeping").insert(step, answer);
    }
}
