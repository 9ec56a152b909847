//! Prompt files as the host reads them, and the rules that a narrative's text must keep.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use xiaoer_sdk::{Ask, Facts, Form, placeholders, quoted_to};

/// The sections of a prompt file.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) system: String,
    pub(crate) user: String,
    pub(crate) template: Option<String>,
}

#[derive(Serialize)]
struct Told {
    label: String,
    text: String,
    short: String,
    direction: &'static str,
    period: String,
}

/// The sections of a prompt for a question.
pub(crate) fn render(file: &str, ask: &Ask) -> Sections {
    let mut variables = ask.variables.clone();
    if let Form::Narrative { facts } = &ask.form {
        variables["facts"] = serde_json::to_value(told(facts)).expect("facts are JSON");
    }
    let variables = minijinja::Value::from(Serde(&variables));
    let mut environment = Environment::new();
    environment.add_filter("quote", |text: &str| format!("「{}」", quoted_to(text, 500)));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let fill = |text: &str| {
        environment
            .render_str(text, variables.clone())
            .unwrap_or_else(|e| panic!("{}: {e:#}", ask.prompt))
            .trim()
            .to_owned()
    };
    let sections = split(file);
    Sections {
        system: fill(&sections.system),
        user: fill(&sections.user),
        template: sections.template.as_deref().map(fill),
    }
}

/// The sections as they stand in the file.
pub(crate) fn split(file: &str) -> Sections {
    let mut sections = Sections::default();
    for part in file.split("\n# ").map(|part| part.trim_start_matches("# ")) {
        let (name, text) = part.split_once('\n').expect("a heading has text");
        match name.trim() {
            "system" => sections.system = text.into(),
            "user" => sections.user = text.into(),
            "template" => sections.template = Some(text.into()),
            other => panic!("an unknown section {other:?}"),
        }
    }
    sections
}

fn told(facts: &Facts) -> BTreeMap<&str, Told> {
    facts
        .0
        .iter()
        .map(|(id, fact)| {
            let direction = match fact.value.direction() {
                Some(1) => "up",
                Some(-1) => "down",
                Some(_) => "flat",
                None => "",
            };
            let period = fact.period.map(|period| period.text()).unwrap_or_default();
            let told = Told {
                label: fact.label.clone(),
                text: fact.value.exact(),
                short: fact.value.short(),
                direction,
                period,
            };
            (id.as_str(), told)
        })
        .collect()
}

/// Fails when a narrative holds a figure of its own, names an unknown fact, or compares without a change.
pub(crate) fn grounded(text: &str, facts: &Facts) {
    for id in placeholders(text) {
        assert!(facts.get(id).is_some(), "{{{id}}} was not asked about: {text}");
    }
    for clause in text.split(['，', '。', '；', '\n']) {
        let changes =
            placeholders(clause).into_iter().any(|id| facts.get(id).is_some_and(|f| f.value.direction().is_some()));
        let words = placeholders(clause)
            .into_iter()
            .fold(clause.to_owned(), |words, id| words.replace(&format!("{{{id}}}"), ""));
        let figure = words.chars().find(|c| c.is_numeric() || "零一二三四五六七八九十百千万亿两半几倍%％".contains(*c));
        assert_eq!(figure, None, "a figure of its own in: {clause}");
        let ranks = ["最高", "最低", "最多", "最少", "最大", "最小", "多数", "少数", "占比", "两成", "翻番"];
        assert_eq!(ranks.into_iter().find(|word| words.contains(word)), None, "a rank or share in: {clause}");
        let compares = ["较", "比", "升", "降", "涨", "跌", "增", "减", "持平", "高于", "低于", "超过", "多于", "少于"];
        let compared = compares.into_iter().find(|word| words.contains(word));
        assert!(compared.is_none() || changes, "{compared:?} without a change in: {clause}");
    }
}
