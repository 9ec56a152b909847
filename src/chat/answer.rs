//! From what was found to what may be shown. A model's words come in here only after they were checked; without them code writes the
//! answer from the reports' own sentences.

use std::collections::BTreeSet;

use xiaoer_sdk::{Block, Facts, Generator, Manifest, Report, quoted};

use super::found::Found;
use super::record::{Answer, Named};

/// Blocks under an answer.
const SHOWN: usize = 3;
/// What a skill records beside a figure of a tile.
const BESIDE: [&str; 3] = ["prev", "week", "avg7"];

/// An answer in these words over what was found; `earlier` are figures of the talk so far, which the words may name again.
pub(super) fn of(text: String, generator: Generator, found: &[Found], earlier: &Facts) -> Answer {
    let newest = || found.iter().rev();
    let blocks: Vec<Block> = newest().flat_map(|one| one.blocks.iter().cloned()).take(SHOWN).collect();
    let mut facts = earlier.clone();
    facts.0.extend(found.iter().flat_map(|one| one.facts.0.clone()));
    let facts = named(&text, &blocks, &facts);
    Answer {
        text,
        generator,
        as_of: newest().map(|one| one.as_of).next(),
        blocks,
        facts,
        reports: newest().filter_map(|one| one.run.clone()).collect(),
        proposals: found.iter().map(|one| one.proposals).sum(),
        colleague: None,
    }
}

/// The answer that code writes: each finding's own sentences, then what could be done.
pub(super) fn by_rules(found: &[Found], why: Option<&str>, earlier: &Facts) -> Answer {
    let mut lines = Vec::new();
    for one in found {
        // The longer text of a report says what its summary says, and more.
        let words = if one.more.is_empty() { one.summary.as_str() } else { one.more.as_str() };
        let words = if words.is_empty() { one.title.as_str() } else { words };
        let ended = words.ends_with(['。', '！', '？', '\n']);
        lines.push(if ended { words.trim_end().to_owned() } else { format!("{words}。") });
        if !one.tasks.is_empty() {
            lines.push("可以先做：".into());
            lines.extend(one.tasks.iter().take(3).map(|task| format!("- {task}")));
        }
    }
    let generator = Generator::Template { why: why.map(String::from) };
    of(lines.join("\n"), generator, found, earlier)
}

/// What to say when another member of staff knows more.
pub(super) fn colleague(role: Named, skill: &Manifest, why: Option<&str>) -> Answer {
    let text = format!("这个问题归{}管，可以用“{}”来看。点下面就能去问。", role.title, skill.title);
    let generator = Generator::Template { why: why.map(String::from) };
    Answer { colleague: Some(role), ..of(text, generator, &[], &Facts::default()) }
}

/// What to say when nothing fits.
pub(super) fn at_a_loss<'a>(skills: impl Iterator<Item = &'a Manifest>, why: Option<&str>) -> Answer {
    let mut lines = vec!["这个问题我现在答不上来。我能帮您做的是：".to_owned()];
    lines.extend(skills.map(|skill| format!("- {}：{}", quoted(&skill.title), skill.description)));
    let generator = Generator::Template { why: why.map(String::from) };
    of(lines.join("\n"), generator, &[], &Facts::default())
}

/// The facts that text and blocks name, and those that a view sets beside them.
fn named(text: &str, blocks: &[Block], facts: &Facts) -> Facts {
    let mut bare = Report::new("", chrono::NaiveDate::default());
    bare.summary = text.into();
    bare.blocks = blocks.to_vec();
    // Of a report without facts, every id that it names is without a source.
    let mut ids: BTreeSet<String> = bare.unsourced().into_iter().collect();
    let beside: Vec<String> = ids.iter().flat_map(|id| BESIDE.map(|key| format!("{id}_{key}"))).collect();
    ids.extend(beside);
    Facts(facts.0.iter().filter(|(id, _)| ids.contains(*id)).map(|(id, fact)| (id.clone(), fact.clone())).collect())
}
