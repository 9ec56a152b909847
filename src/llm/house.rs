//! What every question is asked with, whatever its prompt file says: the rules that the checks will hold the answer to.
//!
//! They stand behind the prompt's own words, so that neither a skill's author nor a merchant has to know or can drop them.

use std::sync::LazyLock;

use serde_json::json;
use xiaoer_sdk::{Ask, Facts, Form};

use super::ground::Problem;
use super::prompt::{PromptError, PromptFile};
use super::render::{Fixed, Scene};
use super::talk::Said;
use super::validate::ready;

static RULES: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::new([
        ("narrative", include_str!("house/narrative.md")),
        ("typed", include_str!("house/typed.md")),
        ("again", include_str!("house/again.md")),
    ])
});
/// Characters of a refused answer that are shown to its author again.
const SHOWN_AGAIN: usize = 4000;
/// Problems that are named; a model that made more starts over anyway.
const NAMED: usize = 8;

/// What the templates of a question see.
pub(super) fn scene(ask: &Ask) -> Scene {
    match &ask.form {
        Form::Narrative { facts } => Scene::new(&ask.variables, Some(facts)),
        Form::Typed { .. } => Scene::new(&ask.variables, None),
    }
}

/// The first words of the talk: the prompt's sections and the house rules.
///
/// # Errors
/// [`PromptError`]: a section cannot be rendered.
pub(super) fn opening(prompt: &PromptFile, ask: &Ask) -> Result<Vec<Said>, PromptError> {
    let scene = scene(ask);
    let system = prompt.render(&prompt.system, &scene)?;
    let user = prompt.render(&prompt.user, &scene)?;
    let rules = match &ask.form {
        Form::Narrative { facts } => {
            // A prompt that lists the facts itself needs no second list.
            let shown = |id: &String| [&system, &user].iter().any(|text| text.contains(&format!("{{{id}}}")));
            let unseen = Facts(
                facts.0.iter().filter(|(id, _)| !shown(id)).map(|(id, fact)| (id.clone(), fact.clone())).collect(),
            );
            let example = facts.0.keys().next().map(|id| format!("{{{id}}}"));
            let scene = Scene::new(&json!({ "example": example }), Some(&unseen));
            house("narrative", &scene.listing("unseen"))?
        }
        Form::Typed { schema, .. } => house("typed", &Scene::new(&json!({ "schema": ready(schema).told }), None))?,
    };
    Ok(vec![Said::System { text: format!("{system}\n\n{rules}") }, Said::User { text: user }])
}

/// The words that go back with a refused answer.
///
/// # Errors
/// Never in practice: the text is ours.
pub(super) fn again(talk: &mut Vec<Said>, answer: &str, problems: &[Problem]) -> Result<(), PromptError> {
    let problems: Vec<String> = problems.iter().take(NAMED).map(ToString::to_string).collect();
    let words = house("again", &Scene::new(&json!({ "problems": problems }), None))?;
    if !answer.is_empty() {
        let text = answer.chars().take(SHOWN_AGAIN).collect();
        talk.push(Said::Assistant { text, calls: Vec::new(), reasoning: None });
    }
    talk.push(Said::User { text: words });
    Ok(())
}

fn house(name: &str, scene: &Scene) -> Result<String, PromptError> {
    let origin = || format!("the house rules, {name}.md");
    RULES.render(name, scene).map_err(|(line, why)| PromptError::Template { origin: origin(), line, why })
}
