//! A prompt-only skill: no code of its own. The host reads what it declares, counts the facts, and asks the model with its text.
//!
//! Every figure is counted here, never by a model. Without a model the facts are the report, and it says so.
//!
//! The question goes out under the plugin's own name: whoever finds prompts by name answers it with the body of its SKILL.md. That prompt
//! sees `shop`, `day`, `input` (the form's values) and `plain` (the sentence below, with `{fact_id}`s, for use without a model).

use std::sync::Arc;

use serde_json::json;
use xiaoer_sdk::{Block, Cell, Context, Facts, Input, Manifest, Report, Skill, SkillError, Table};

use crate::plugin::Package;

#[path = "prompt/facts.rs"]
mod facts;

/// How many facts the plain sentence names; the table has them all.
const NAMED: usize = 6;

/// A skill that is a text.
pub(super) struct PromptOnly(pub(super) Arc<Package>);

#[xiaoer_sdk::async_trait]
impl Skill for PromptOnly {
    /// As its author wrote it; it always may ask what it consists of.
    fn manifest(&self) -> Manifest {
        let mut manifest = self.0.manifest.clone();
        manifest.asks.insert(manifest.name.clone());
        manifest
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        let manifest = &self.0.manifest;
        let mut report = Report::new(&manifest.title, cx.as_of());
        let read = facts::read(cx, &manifest.reads).await?;
        report.facts = read.facts;
        let plain = plain(&report.facts);
        report.summary.clone_from(&plain);

        cx.progress("正在写结论").await?;
        let variables = json!({ "shop": cx.shop().name, "day": cx.as_of(), "input": input.0, "plain": plain });
        let words = cx.narrate(&manifest.name, variables, &report.facts).await?;
        report.say(words);
        if !report.facts.0.is_empty() {
            report.push(Block::Table(table(&report.facts)));
        }
        for table in read.tables {
            report.push(Block::Table(table));
        }
        Ok(report)
    }
}

/// The facts in one sentence.
fn plain(facts: &Facts) -> String {
    let named: Vec<_> = facts.0.iter().take(NAMED).map(|(id, fact)| format!("{} {{{id}}}", fact.label)).collect();
    if named.is_empty() {
        "这个技能没有读取店铺数据。".into()
    } else {
        format!("{}。", named.join("，"))
    }
}

fn table(facts: &Facts) -> Table {
    let mut table = Table::new("用到的数字", &["数字", ">值", "怎么来的"], "");
    for (id, fact) in &facts.0 {
        let how = format!("{}：{}", fact.source.read, fact.source.how);
        table.row([Cell::text(&fact.label), Cell::Fact(id.clone()), Cell::text(how)]);
    }
    table
}
