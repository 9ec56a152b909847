//! One fixture of a plugin with the snapshots beside it, and how it went.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::compare::{first_difference, lines};
use super::fixture::{Fixture, FixtureError};
use super::resume::Resumed;
use super::{Ending, Outcome, Trial, told};

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
    /// What is otherwise than expected, each with its file and, where there is one, its line; nothing when the case passes.
    pub complaints: Vec<String>,
    /// Whether writing the snapshots anew would accept some of that.
    pub updatable: bool,
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
        let text = std::fs::read_to_string(&self.path)?;
        let expected = fixture.expect.complaints(&outcome, &fixture.shop.name);
        let mut complaints: Vec<String> = expected.iter().map(|complaint| complaint.at(&self.path, &text)).collect();
        let differences = self.snapshots(&outcome, &fixture, update)?;
        let updatable = differences.as_ref().is_some_and(|found| !found.is_empty());
        match differences {
            Some(found) => complaints.extend(found),
            None if fixture.expect.is_silent() && complaints.is_empty() => complaints.push(format!(
                "{}: nothing is expected of this case: give it [expect], or write its snapshots with --update",
                self.path.display()
            )),
            None => {}
        }
        let mut resumed = None;
        match trial.resumes(&fixture, &outcome).await {
            Ok(stops) => resumed = Some(stops),
            Err(why) => complaints.push(format!("{}: {why}", self.path.display())),
        }
        let remarks =
            outcome.refused.iter().map(|(prompt, why)| format!("an answer of the model was refused, {prompt}: {why}"));
        Ok(Verdict { complaints, updatable, remarks: remarks.collect(), resumed })
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
        let whole = serde_json::to_string_pretty(report).map_err(|error| FixtureError::Form(error.to_string()))? + "\n";
        if update {
            std::fs::write(&json, whole)?;
            std::fs::write(&text, read_as)?;
            return Ok(Some(Vec::new()));
        }
        let mut found = None;
        if text.exists() {
            let differs = lines(&std::fs::read_to_string(&text)?, &read_as);
            found.get_or_insert_with(Vec::new).extend(differs.map(|differs| {
                let (place, line) = (text.display(), differs.line);
                format!(
                    "{place}:{line}: the merchant reads something else (- as kept, + as it is now)\n{}",
                    differs.text
                )
            }));
        }
        if json.exists() {
            let kept = std::fs::read_to_string(&json)?;
            let expected: Value = serde_json::from_str(&kept)
                .map_err(|error| FixtureError::Form(format!("{}: {error}", json.display())))?;
            let differs = first_difference(&expected, report);
            let line = lines(&kept, &whole).map_or(1, |differs| differs.line);
            let place = json.display();
            found.get_or_insert_with(Vec::new).extend(differs.map(|why| format!("{place}:{line}: {why}")));
        }
        Ok(found)
    }

    fn beside(&self, end: &str) -> PathBuf {
        self.path.with_file_name(format!("{}.{end}", self.name))
    }
}
