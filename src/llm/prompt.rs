//! Prompt files: what the model is told, and what is written without one.
//!
//! A file has level-1 headings: `# system`, `# user`, and for running text `# template`, which writes the text when no model does.
//! Each section is a minijinja template; an unknown variable is an error. `{fact_id}` in single braces is no template syntax and
//! passes through: the reader's code fills it in. What stands above the first heading is a note for authors.
//!
//! Three places are asked in order: the shop's own text, the folder beside agents.toml, the text that is built in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::render::Scene;
use crate::db::{self, DbError, Key, SharedDb, Table};

/// The sections of a prompt file, each with the line it begins in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptFile {
    /// Where the text came from, for error texts.
    pub origin: String,
    /// Who the model is and what it must keep to.
    pub system: Section,
    /// The question.
    pub user: Section,
    /// The text for use without a model.
    pub template: Option<Section>,
}

/// A template and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The template's text.
    pub text: String,
    /// The line of the file in which the text begins, from 1.
    pub line: usize,
}

/// What is wrong with a prompt, with its place.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// No place has a prompt of this name.
    #[error("there is no prompt named {name:?}")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// A heading that means nothing here.
    #[error("{origin}, line {line}: unknown section {heading:?}; sections are system, user and template")]
    Section {
        /// The file.
        origin: String,
        /// The heading's line.
        line: usize,
        /// The heading.
        heading: String,
    },
    /// The same heading twice.
    #[error("{origin}, line {line}: section {heading:?} is there twice")]
    Twice {
        /// The file.
        origin: String,
        /// The second heading's line.
        line: usize,
        /// The heading.
        heading: String,
    },
    /// A section that is needed is not there, or empty.
    #[error("{origin}: section {section:?} is missing or empty")]
    Missing {
        /// The file.
        origin: String,
        /// Which.
        section: &'static str,
    },
    /// A section cannot be rendered: its syntax, or a variable that is not there.
    #[error("{origin}, line {line}: {why}")]
    Template {
        /// The file.
        origin: String,
        /// The line of the file.
        line: usize,
        /// What the template language says.
        why: String,
    },
    /// The template section names a fact that the report has not.
    #[error("{origin}: the template section names the facts {ids:?}, which there are not")]
    Facts {
        /// The file.
        origin: String,
        /// The ids.
        ids: Vec<String>,
    },
    /// A prompt file beside agents.toml cannot be read.
    #[error("cannot read the prompt {path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// The shop's own prompts cannot be read.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl PromptFile {
    /// Reads a prompt file's text; `origin` names it in errors.
    ///
    /// # Errors
    /// [`PromptError`] with the line.
    pub fn parse(origin: &str, text: &str) -> Result<Self, PromptError> {
        let mut found: BTreeMap<&str, Section> = BTreeMap::new();
        let mut open: Option<&str> = None;
        let mut fenced = false;
        for (at, line) in text.lines().enumerate() {
            let number = at + 1;
            fenced ^= line.trim_start().starts_with("```");
            match line.strip_prefix("# ").filter(|_| !fenced) {
                Some(heading) => {
                    let (origin, heading) = (origin.to_owned(), heading.trim());
                    if !["system", "user", "template"].contains(&heading) {
                        return Err(PromptError::Section { origin, line: number, heading: heading.into() });
                    }
                    if found.contains_key(heading) {
                        return Err(PromptError::Twice { origin, line: number, heading: heading.into() });
                    }
                    found.insert(heading, Section { text: String::new(), line: number + 1 });
                    open = Some(heading);
                }
                None => {
                    if let Some(section) = open.and_then(|name| found.get_mut(name)) {
                        section.text.push_str(line);
                        section.text.push('\n');
                    }
                }
            }
        }
        found.retain(|_, section| !section.text.trim().is_empty());
        let mut take = |name| found.remove(name).ok_or(PromptError::Missing { origin: origin.into(), section: name });
        let (system, user) = (take("system")?, take("user")?);
        Ok(Self { origin: origin.into(), system, user, template: take("template").ok() })
    }

    /// The text for use without a model.
    ///
    /// # Errors
    /// [`PromptError::Missing`]: running text without a template could not be written on a bad day.
    pub fn template(&self) -> Result<&Section, PromptError> {
        self.template.as_ref().ok_or(PromptError::Missing { origin: self.origin.clone(), section: "template" })
    }

    /// Checks that every section is a template, so that a broken one is found before it is needed.
    ///
    /// # Errors
    /// [`PromptError::Template`] with the line of the file.
    pub fn check(&self) -> Result<(), PromptError> {
        let all = [Some(&self.system), Some(&self.user), self.template.as_ref()];
        let broken = all.into_iter().flatten().find_map(|section| Scene::new(&Value::Null, None).syntax(section).err());
        broken.map_or(Ok(()), |(line, why)| Err(PromptError::Template { origin: self.origin.clone(), line, why }))
    }

    /// Renders one section.
    ///
    /// # Errors
    /// [`PromptError::Template`] with the line of the file.
    pub fn render(&self, section: &Section, scene: &Scene) -> Result<String, PromptError> {
        scene.render(section).map_err(|(line, why)| PromptError::Template { origin: self.origin.clone(), line, why })
    }
}

/// Finds prompts by name.
#[derive(Clone)]
pub struct Prompts {
    db: SharedDb,
    beside: Option<PathBuf>,
    built_in: BTreeMap<String, String>,
}

impl Prompts {
    /// Looks in the shops' settings, then in `beside` (a folder of `<name>.md`), then in `built_in` (`(name, text)`).
    #[must_use]
    pub fn new(db: SharedDb, beside: Option<PathBuf>, built_in: Vec<(String, String)>) -> Self {
        Self { db, beside, built_in: built_in.into_iter().collect() }
    }

    /// Where a shop's own text of a prompt lies in [`Table::Settings`], as a JSON string.
    #[must_use]
    pub fn key(shop: &str, name: &str) -> Key {
        Key::of(shop).part("prompt").part(name)
    }

    /// The prompt that holds for a shop.
    ///
    /// # Errors
    /// [`PromptError`] when no place has it, or the first place that has it holds no prompt file.
    pub async fn find(&self, shop: &str, name: &str) -> Result<PromptFile, PromptError> {
        let own: Option<String> = db::get(self.db.as_ref(), Table::Settings, &Self::key(shop, name)).await?;
        if let Some(text) = own {
            return PromptFile::parse(&format!("the shop's prompt {name}"), &text);
        }
        // A name comes from a manifest, and a manifest may be a plugin's: it must not lead out of the folder.
        let plain = name
            .split('/')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        if let Some(path) = self.beside.as_ref().filter(|_| plain).map(|dir| dir.join(format!("{name}.md"))) {
            match tokio::fs::read_to_string(&path).await {
                Ok(text) => return PromptFile::parse(&path.display().to_string(), &text),
                Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
                Err(why) => return Err(PromptError::File { path, why }),
            }
        }
        let text = self.built_in.get(name).ok_or_else(|| PromptError::Unknown { name: name.into() })?;
        PromptFile::parse(&format!("prompts/{name}.md"), text)
    }

    /// Checks every built-in prompt, so that a broken one is found at the start and not in a run.
    ///
    /// # Errors
    /// The first that is broken.
    pub fn check(&self) -> Result<(), PromptError> {
        self.built_in
            .iter()
            .try_for_each(|(name, text)| PromptFile::parse(&format!("prompts/{name}.md"), text)?.check())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keep_their_lines_and_notes_stay_out() {
        let file =
            PromptFile::parse("x.md", "a note\n\n# system\nyou\n## rules\n```\n# no heading\n```\n# user\nhi {gmv}\n")
                .unwrap();
        assert_eq!(file.system, Section { text: "you\n## rules\n```\n# no heading\n```\n".into(), line: 4 });
        assert_eq!(file.user, Section { text: "hi {gmv}\n".into(), line: 10 });
        assert!(file.template().unwrap_err().to_string().contains("\"template\""));
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let says = |text: &str| PromptFile::parse("x.md", text).unwrap_err().to_string();
        assert_eq!(
            says("# system\na\n# usre\nb"),
            "x.md, line 3: unknown section \"usre\"; sections are system, user and template"
        );
        assert_eq!(says("# system\na\n# user\nb\n# user\nc"), "x.md, line 5: section \"user\" is there twice");
        assert_eq!(says("# system\na\n# user\n \n"), "x.md: section \"user\" is missing or empty");
        assert_eq!(says(""), "x.md: section \"system\" is missing or empty");
    }
}
