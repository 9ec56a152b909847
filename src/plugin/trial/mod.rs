//! Trying a skill without a shop, a server or a model: a fixture answers its calls, and what comes out is held against what was expected.
//!
//! The rules are a run's own: the manifest is what is granted, a model's words pass the same checks or the template speaks, a figure needs
//! its fact, a proposal may name only what was read. And the run is stopped after every call and taken up again, as a crash would do it.
//! Nothing in here reaches a network, a database or a clock; what a trial shows is only as good as its fixture.

mod blank;
mod compare;
mod expect;
mod fixture;
mod journal;
mod judge;
mod ledger;
mod record;
mod resume;
mod script;
mod stage;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use xiaoer_sdk::{Ask, CallError, Context, Generator, Input, Manifest, Pin, Proposal, Report, Skill, SkillError};

use crate::action::ground::{Issued, Told};
use crate::llm::prompt::PromptFile;

pub use expect::{Case, Expect, Verdict};
pub use fixture::{Fixture, FixtureError};
pub use judge::{Share, judge};
pub use record::{Recorder, Recording};
pub use resume::Resumed;
pub use told::told;

use journal::Life;
use stage::Stage;

/// A skill on trial.
pub struct Trial {
    skill: Arc<dyn Skill>,
    prompts: BTreeMap<String, PromptFile>,
}

/// What one run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// What stood in the shop where something is proposed: what it is, and the value before, each in the order of the proposals.
    pub before: Vec<(String, String)>,
    /// What was called, in order.
    pub calls: Vec<String>,
    /// What the merchant was told on the way.
    pub progress: Vec<String>,
    /// Each question's prompt, and what wrote the answer.
    pub asked: Vec<(String, Generator)>,
    /// Why answers of the scripted model were not used, one English sentence each.
    pub refused: Vec<String>,
    /// How many answers the scripted model gave.
    given: usize,
    /// The questions themselves.
    questions: Vec<Ask>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// With a report that would be kept.
    Done(Box<Report>),
    /// The merchant must supply something first; the words are the skill's.
    Blocked(String),
    /// It came to nothing; the words say why to the author.
    Failed(String),
}

impl Ending {
    /// The word of a fixture for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Blocked(_) => "blocked",
            Self::Failed(_) => "failed",
        }
    }

    /// The report, or why there is none.
    ///
    /// # Errors
    /// Why.
    pub fn report(&self) -> Result<&Report, &str> {
        match self {
            Self::Done(report) => Ok(report),
            Self::Blocked(why) | Self::Failed(why) => Err(why),
        }
    }
}

impl Trial {
    /// A skill with the prompts it asks with.
    #[must_use]
    pub fn of(skill: Arc<dyn Skill>, prompts: BTreeMap<String, PromptFile>) -> Self {
        Self { skill, prompts }
    }

    /// What is on trial.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        self.skill.manifest()
    }

    /// Runs it once, from its beginning to its end.
    pub async fn run(&self, fixture: &Arc<Fixture>) -> Outcome {
        let stage = self.stage(fixture, &Arc::default(), None);
        let ended = self.play(fixture, &stage).await;
        self.outcome(ended, &stage)
    }

    /// Every question that a fixture leads to.
    pub async fn questions(&self, fixture: &Arc<Fixture>) -> Vec<Ask> {
        self.run(fixture).await.questions
    }

    fn stage(&self, fixture: &Arc<Fixture>, life: &Arc<Life>, stop_after: Option<usize>) -> Arc<Stage> {
        Arc::new(Stage::new((self.manifest(), self.prompts.clone()), Arc::clone(fixture), Arc::clone(life), stop_after))
    }

    async fn play(&self, fixture: &Fixture, stage: &Arc<Stage>) -> Result<Report, SkillError> {
        let input: Input = self.manifest().accept(&fixture.input)?;
        let Fixture { shop, as_of, now, events, .. } = fixture;
        if let Some(event) = events.iter().find(|event| !self.manifest().beyond.on.contains(&event.kind)) {
            let name = event.kind.name();
            let why = format!("the fixture starts it by {name}, which never does: allowed-tools has no on({name})");
            return Err(SkillError::Failed(why));
        }
        let pin = Pin { shop: shop.clone(), as_of: *as_of, now: *now, events: events.clone() };
        self.skill.run(&Context::new(pin, Arc::clone(stage) as _), input).await
    }

    fn outcome(&self, ended: Result<Report, SkillError>, stage: &Stage) -> Outcome {
        let notes = stage.notes();
        let (ending, before) = match ended.map_err(ending_of).and_then(|report| self.kept(report, &notes.issued)) {
            Ok((report, before)) => (Ending::Done(Box::new(report)), before),
            Err(ending) => (ending, Vec::new()),
        };
        // What the fixture could not answer is the author's business, whatever the skill made of it.
        let ending = notes.missing.map_or(ending, Ending::Failed);
        let stage::Notes { calls, progress, asked, refused, questions, .. } = notes;
        Outcome { ending, before, calls, progress, asked, refused, given: stage.given(), questions }
    }

    /// The report as a run would keep it, and the values before what it proposes; or why a run would refuse it.
    fn kept(&self, report: Report, issued: &Issued) -> Result<(Report, Vec<(String, String)>), Ending> {
        let failed = |why: String| Err(Ending::Failed(why));
        let unsourced = report.unsourced();
        if !unsourced.is_empty() {
            return failed(format!("the report names {unsourced:?}, and no fact stands behind them"));
        }
        let may = self.manifest().proposes;
        let mut before = Vec::new();
        for Proposal { key, change, .. } in &report.proposals {
            if !may.contains(&change.kind()) {
                return failed(format!(
                    "proposal {key} is a {}, which the manifest does not declare",
                    change.kind().name()
                ));
            }
            match issued.seen(change) {
                Ok(Told::Here(seen)) => before.push((seen.name, seen.value)),
                Ok(Told::Ask) => before.push((change.target().id().to_owned(), "（执行前从平台读取）".to_owned())),
                Err(why) => return failed(format!("proposal {key}: {why}")),
            }
        }
        Ok((report, before))
    }
}

fn ending_of(error: SkillError) -> Ending {
    match error {
        SkillError::Blocked(why) => Ending::Blocked(why),
        SkillError::Input(error) => Ending::Blocked(error.to_string()),
        SkillError::Call(CallError::Unavailable { why }) | SkillError::Failed(why) => Ending::Failed(why),
        SkillError::Call(error) => Ending::Failed(error.to_string()),
    }
}
