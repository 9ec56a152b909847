//! What is expected of a run: parts that the fixture names, and snapshots of the whole report beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xiaoer_sdk::{Report, fill};

use super::compare::{first_difference, first_line};
use super::fixture::{Fixture, FixtureError};
use super::resume::Resumed;
use super::{Ending, Outcome, Trial, told};

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
    /// Every change that is proposed, in order.
    pub proposes: Option<Vec<Value>>,
    /// What the merchant is told on the way.
    pub progress: Option<Vec<String>>,
}

impl Expect {
    fn is_silent(&self) -> bool {
        let Self { ends, why, summary, facts, says, silent, proposes, progress } = self;
        let lists = facts.is_empty() && says.is_empty() && silent.is_empty();
        let words = ends.is_none() && why.is_none() && summary.is_none();
        lists && words && proposes.is_none() && progress.is_none()
    }

    /// What is otherwise than expected, one English sentence each.
    fn complaints(&self, outcome: &Outcome, shop_name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut equal = |name: String, expected: &str, got: &str| {
            if expected != got {
                found.push(format!("expect.{name}: expected {expected:?}, got {got:?}"));
            }
        };
        let ends = self.ends.as_deref().unwrap_or("done");
        match outcome.ending.report() {
            Err(why) if ends != outcome.ending.word() => {
                equal("ends".into(), ends, &format!("{}: {why}", outcome.ending.word()))
            }
            _ => equal("ends".into(), ends, outcome.ending.word()),
        }
        if let Ending::Done(report) = &outcome.ending {
            if let Some(summary) = &self.summary {
                equal("summary".into(), summary, &fill(&report.summary, &report.facts));
            }
            for (id, expected) in &self.facts {
                let got = report.facts.get(id).map_or_else(|| "no such fact".into(), |fact| fact.value.exact());
                equal(format!("facts.{id}"), expected, &got);
            }
            found.extend(self.proposes.iter().filter_map(|expected| proposals(expected, report)));
        }
        if let Some(expected) = &self.progress {
            found.extend(first_difference(expected, &outcome.progress).map(|why| format!("expect.progress{why}")));
        }
        let why = outcome.ending.report().err().unwrap_or_default();
        found.extend(
            self.why
                .iter()
                .filter(|words| !why.contains(*words))
                .map(|words| format!("expect.why: {words:?} does not stand in {why:?}")),
        );
        let text = told(outcome, shop_name);
        let missing = self.says.iter().filter(|words| !text.contains(*words));
        found.extend(missing.map(|words| format!("expect.says: {words:?} stands nowhere in the report")));
        let said = self.silent.iter().filter(|words| text.contains(*words));
        found.extend(said.map(|words| format!("expect.silent: {words:?} stands in the report")));
        found
    }
}

fn proposals(expected: &[Value], report: &Report) -> Option<String> {
    let got: Vec<_> = report.proposals.iter().map(|proposal| &proposal.change).collect();
    first_difference(&expected, &got).map(|why| format!("expect.proposes{why}"))
}

/// One fixture of a plugin with the snapshots beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The fixture's name, without its ending.
    pub name: String,
    /// Where it stands.
    pub path: PathBuf,
}

/// How a case went.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What is otherwise than expected; nothing when the case passes.
    pub complaints: Vec<String>,
    /// What the author may want to know though the case passes.
    pub remarks: Vec<String>,
    /// Stops and calls of a run that came through.
    pub resumed: Option<Resumed>,
}

impl Case {
    /// Every case of a plugin: `tests/*.toml` and `tests/*.json` in its folder, by name.
    ///
    /// # Errors
    /// The folder `tests` cannot be read.
    pub fn all(folder: &Path) -> std::io::Result<Vec<Self>> {
        let mut cases = Vec::new();
        for entry in std::fs::read_dir(folder.join("tests"))? {
            cases.extend(Self::of(&entry?.path()));
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    /// The case of a fixture; none for a file that is none.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(".toml").or_else(|| name.strip_suffix(".json"))?;
        (!name.ends_with(".expected")).then(|| Self { name: name.into(), path: path.into() })
    }

    /// Its fixture.
    ///
    /// # Errors
    /// [`FixtureError`]
    pub fn fixture(&self) -> Result<Arc<Fixture>, FixtureError> {
        Fixture::read(&self.path).map(Arc::new)
    }

    /// Runs it and holds it against what is expected. With `update`, the snapshots are written instead of compared.
    ///
    /// # Errors
    /// The fixture cannot be used, or a snapshot cannot be read or written.
    pub async fn try_out(&self, trial: &Trial, update: bool) -> Result<Verdict, FixtureError> {
        let fixture = self.fixture()?;
        let outcome = trial.run(&fixture).await;
        let mut complaints = fixture.expect.complaints(&outcome, &fixture.shop.name);
        let compared = self.snapshots(&outcome, &fixture, update)?;
        match compared {
            Some(found) => complaints.extend(found),
            None if fixture.expect.is_silent() => complaints.push(
                "nothing is expected of this case: give it [expect], or write its snapshots with --update".into(),
            ),
            None => {}
        }
        let mut resumed = None;
        match trial.resumes(&fixture, &outcome).await {
            Ok(stops) => resumed = Some(stops),
            Err(why) => complaints.push(why),
        }
        let remarks = outcome.refused.iter().map(|why| format!("an answer of the model was refused, {why}")).collect();
        Ok(Verdict { complaints, remarks, resumed })
    }

    /// Differences from the snapshots; none where there are no snapshots.
    fn snapshots(
        &self,
        outcome: &Outcome,
        fixture: &Fixture,
        update: bool,
    ) -> Result<Option<Vec<String>>, FixtureError> {
        let (json, text) = (self.beside("expected.json"), self.beside("expected.md"));
        let read_as = told(outcome, &fixture.shop.name);
        let Ending::Done(report) = &outcome.ending else { return Ok(None) };
        if update {
            let whole = serde_json::to_string_pretty(report).map_err(|error| FixtureError::Form(error.to_string()))?;
            std::fs::write(&json, whole + "\n")?;
            std::fs::write(&text, read_as)?;
            return Ok(Some(Vec::new()));
        }
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut found = None;
        if text.exists() {
            let expected = std::fs::read_to_string(&text)?;
            let difference = first_line(&expected, &read_as);
            found.get_or_insert_with(Vec::new).extend(difference.map(|why| format!("{}, {why}", name(&text))));
        }
        if json.exists() {
            let expected = std::fs::read_to_string(&json)?;
            let expected: Value = serde_json::from_str(&expected)
                .map_err(|error| FixtureError::Form(format!("{}: {error}", name(&json))))?;
            let difference = first_difference(&expected, report);
            found.get_or_insert_with(Vec::new).extend(difference.map(|why| format!("{} {why}", name(&json))));
        }
        Ok(found)
    }

    fn beside(&self, end: &str) -> PathBuf {
        self.path.with_file_name(format!("{}.{end}", self.name))
    }
}
