//! The prompts of a package. They are found in the package that the run pinned and nowhere else: a plugin neither reads nor shadows a
//! built-in prompt, and no shop's text or folder takes the place of what was signed.

use super::{Code, Package};
use crate::llm::prompt::{PromptError, PromptFile, Section};

/// What a prompt-only skill is asked with beside its own words.
const ALONE: &str = include_str!("alone.md");

/// The prompt of this name.
///
/// # Errors
/// [`PromptError`]: the package has none, or it is no prompt file.
pub fn of(package: &Package, name: &str) -> Result<PromptFile, PromptError> {
    let origin = format!("{}/prompts/{name}.md", package.manifest.name);
    if let Some(text) = package.prompts.get(name) {
        return PromptFile::parse(&origin, text);
    }
    if package.code == Code::Prompt && name == package.manifest.name {
        let around = PromptFile::parse("alone.md", ALONE)?;
        let body = Section { text: literal(&package.body), line: 1 };
        return Ok(PromptFile { origin: format!("{name}/SKILL.md"), system: body, ..around });
    }
    Err(PromptError::Unknown { name: name.into() })
}

/// A text that is no template, as the template that says it: other people's skills are full of braces.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('{', Some('{' | '%' | '#')) => out.push_str("{% raw %}{{% endraw %}"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use xiaoer_sdk::Manifest;

    use super::*;
    use crate::llm::Scene;

    fn package(body: &str, prompts: &[(&str, &str)]) -> Package {
        Package {
            manifest: Manifest::new("data", "guest", "客人"),
            body: body.into(),
            code: Code::Prompt,
            prompts: prompts.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            files: BTreeMap::new(),
            digest: String::new(),
        }
    }

    #[test]
    fn a_body_full_of_braces_is_said_as_it_stands() {
        let body = "Use {{ name }} and {% if %} {# so #} {{{%}} {gmv} { {";
        let prompt = of(&package(body, &[]), "guest").expect("a prompt");
        assert_eq!(prompt.render(&prompt.system, &Scene::new(&json!({}), None)).expect("text"), body);
    }

    #[test]
    fn only_the_packages_own_prompts_are_found() {
        let package = package("body", &[("words", "# system\na\n# user\nb\n")]);
        assert!(of(&package, "words").is_ok());
        for name in ["growth-report", "../words", "daily-report", ""] {
            assert!(of(&package, name).is_err(), "{name}");
        }
    }
}
