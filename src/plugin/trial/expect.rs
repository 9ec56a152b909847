//! What is expected of a run, part by part, as the fixture says it. Pure: an outcome in, complaints out.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xiaoer_sdk::{Generator, Report, fill};

use super::compare::first_difference;
use super::{Ending, Outcome, told};

/// Parts of the run that are expected.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// `done`, `blocked` or `failed`; `done` where nothing is said.
    pub ends: Option<String>,
    /// Words in the reason why there is no report.
    pub why: Option<String>,
    /// The summary, figures filled in.
    pub summary: Option<String>,
    /// Facts by their id, as they are read in full: `12件`.
    pub facts: BTreeMap<String, String>,
    /// Words that a merchant reads somewhere in the report.
    pub says: Vec<String>,
    /// Words that stand nowhere in it.
    pub silent: Vec<String>,
    /// Whose words answer the questions.
    pub wrote: Option<Wrote>,
    /// Every change that is proposed, in order.
    pub proposes: Option<Vec<Value>>,
    /// Words of the limits that refuse a proposal, one for each proposal that is refused.
    pub refused: Vec<String>,
    /// What the merchant is told on the way.
    pub progress: Option<Vec<String>>,
}

/// Whose words are expected: of every question, or prompt by prompt.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Wrote {
    /// Of every question that is asked; there must be one.
    All(Writer),
    /// By the prompt's name; each must be asked.
    By(BTreeMap<String, Writer>),
}

/// Who answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// The model of the fixture: its words passed the checks.
    Model,
    /// The template, or the fallback of a typed question.
    Template,
}

/// Something that is otherwise than expected.
pub(super) struct Complaint {
    /// What the fixture's line holds: the first of these that is found.
    near: Vec<String>,
    what: String,
}

impl Complaint {
    fn of(part: &str, what: impl std::fmt::Display) -> Self {
        let near = part.rsplit('.').map(String::from).collect();
        Self { near, what: format!("expect.{part}: {what}") }
    }

    /// Of a place below a part: `/0/title: …`.
    fn below(part: &str, what: &str) -> Self {
        Self { near: vec![part.into()], what: format!("expect.{part}{what}") }
    }

    /// With the file and the line that expects it.
    pub(super) fn at(&self, path: &Path, text: &str) -> String {
        let begins = |line: &str| ["[expect", "expect.", "\"expect\""].iter().any(|word| line.starts_with(word));
        let lines = || text.lines().enumerate().skip_while(|(_, line)| !begins(line.trim_start()));
        let holds = |near: &String| lines().find(|(_, line)| line.contains(near.as_str()));
        match self.near.iter().find_map(holds).or_else(|| lines().next()) {
            Some((at, _)) => format!("{}:{}: {}", path.display(), at + 1, self.what),
            None => format!("{}: {}", path.display(), self.what),
        }
    }
}

impl Expect {
    pub(super) fn is_silent(&self) -> bool {
        let Self { ends, why, summary, facts, says, silent, wrote, proposes, refused, progress } = self;
        let lists = facts.is_empty() && says.is_empty() && silent.is_empty() && refused.is_empty();
        let words = ends.is_none() && why.is_none() && summary.is_none() && wrote.is_none();
        lists && words && proposes.is_none() && progress.is_none()
    }

    /// What is otherwise than expected.
    pub(super) fn complaints(&self, outcome: &Outcome, shop_name: &str) -> Vec<Complaint> {
        let mut found = self.ending(outcome);
        if let Ending::Done(report) = &outcome.ending {
            found.extend(self.report(report));
            found.extend(self.limits(outcome));
        }
        found.extend(self.wrote.iter().flat_map(|wrote| wrote.complaints(outcome)));
        if let Some(expected) = &self.progress {
            found.extend(first_difference(expected, &outcome.progress).map(|why| Complaint::below("progress", &why)));
        }
        let text = told(outcome, shop_name);
        for (part, words, stands) in [("says", &self.says, true), ("silent", &self.silent, false)] {
            for words in words.iter().filter(|words| text.contains(*words) != stands) {
                let what = if stands { "stands nowhere in the report" } else { "stands in the report" };
                let Complaint { near, what } = Complaint::of(part, format!("{words:?} {what}"));
                found.push(Complaint { near: std::iter::once(words.clone()).chain(near).collect(), what });
            }
        }
        found
    }

    fn ending(&self, outcome: &Outcome) -> Vec<Complaint> {
        let (word, why) = (outcome.ending.word(), outcome.ending.report().err().unwrap_or_default());
        let got = if why.is_empty() { word.to_owned() } else { format!("{word}: {why}") };
        let mut found = Vec::new();
        match self.ends.as_deref() {
            None if word != "done" => found.push(Complaint { near: Vec::new(), what: format!("the run is {got}") }),
            Some(expected) if expected != word => found.push(differs("ends", expected, &got)),
            _ => {}
        }
        if let Some(words) = self.why.as_ref().filter(|words| !why.contains(*words)) {
            found.push(Complaint::of("why", format!("{words:?} does not stand in {why:?}")));
        }
        found
    }

    fn report(&self, report: &Report) -> Vec<Complaint> {
        let mut found = Vec::new();
        let mut equal = |part: &str, expected: &str, got: &str| {
            if expected != got {
                found.push(differs(part, expected, got));
            }
        };
        if let Some(summary) = &self.summary {
            equal("summary", summary, &fill(&report.summary, &report.facts));
        }
        for (id, expected) in &self.facts {
            let got = report.facts.get(id).map_or_else(|| "no such fact".into(), |fact| fact.value.exact());
            equal(&format!("facts.{id}"), expected, &got);
        }
        if let Some(expected) = &self.proposes {
            let got: Vec<_> = report.proposals.iter().map(|proposal| &proposal.change).collect();
            found.extend(first_difference(expected, &got).map(|why| Complaint::below("proposes", &why)));
        }
        found
    }

    /// A proposal that the limits refuse is a fault of the skill, unless the case is about that.
    fn limits(&self, outcome: &Outcome) -> Vec<Complaint> {
        let mut expected: Vec<&String> = self.refused.iter().collect();
        let mut found = Vec::new();
        for met in &outcome.proposals {
            let Some(why) = &met.refused else { continue };
            match expected.iter().position(|words| why.contains(*words)) {
                Some(at) => {
                    expected.remove(at);
                }
                None => found.push(Complaint::of(
                    "refused",
                    format!("the limits refuse what is proposed for {:?}: {why}", met.object),
                )),
            }
        }
        found.extend(
            expected.iter().map(|words| Complaint::of("refused", format!("no proposal was refused for {words:?}"))),
        );
        found
    }
}

impl Wrote {
    fn complaints(&self, outcome: &Outcome) -> Vec<Complaint> {
        let expected: Vec<(&str, Writer)> = match self {
            Self::All(writer) => outcome.asked.iter().map(|(prompt, _)| (prompt.as_str(), *writer)).collect(),
            Self::By(prompts) => prompts.iter().map(|(prompt, writer)| (prompt.as_str(), *writer)).collect(),
        };
        if expected.is_empty() {
            return vec![Complaint::of("wrote", "no question was asked")];
        }
        let mut found: Vec<Complaint> = Vec::new();
        for (prompt, writer) in expected {
            let answers: Vec<_> = outcome.asked.iter().filter(|(asked, _)| asked == prompt).collect();
            if answers.is_empty() {
                found.push(Complaint::of("wrote", format!("{prompt} was not asked")));
            }
            if answers.iter().all(|(_, generator)| Writer::of(generator) == writer) {
                continue;
            }
            let refused: Vec<_> = outcome
                .refused
                .iter()
                .filter(|(asked, _)| asked == prompt)
                .map(|(_, why)| format!("\n  {why}"))
                .collect();
            let why = match writer {
                Writer::Template => "the model's words passed the checks".to_owned(),
                Writer::Model if refused.is_empty() => format!("the fixture's [model] says nothing for {prompt}"),
                Writer::Model => format!("the model's words were refused:{}", refused.concat()),
            };
            let complaint =
                Complaint::of("wrote", format!("expected the {} to answer {prompt}, but {why}", writer.word()));
            // Asked more than once, it is still one thing to mend.
            if found.iter().all(|known| known.what != complaint.what) {
                found.push(complaint);
            }
        }
        found
    }
}

impl Writer {
    fn of(generator: &Generator) -> Self {
        match generator {
            Generator::Template { .. } => Self::Template,
            Generator::Model { .. } | Generator::Replay { .. } => Self::Model,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Template => "template",
        }
    }
}

fn differs(part: &str, expected: &str, got: &str) -> Complaint {
    Complaint::of(part, format!("expected {expected:?}, got {got:?}"))
}
