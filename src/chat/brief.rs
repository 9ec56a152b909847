//! What a model is told before the question: who it is, what day it is, and what was said before. Only what was shown to the merchant
//! comes back, with its figures.

use serde_json::json;
use xiaoer_sdk::Facts;

use super::found::rendered;
use super::record::What;
use super::turn::Turn;
use crate::db::DbError;
use crate::llm::talk::Said;

const SYSTEM: &str = include_str!("system.md");
/// Earlier answers that a model is reminded of.
const REMEMBERED: usize = 4;

/// What earlier lines leave to a new turn.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) said: Vec<Said>,
    pub(super) facts: Facts,
}

impl Turn<'_> {
    pub(super) async fn system(&self) -> Result<String, DbError> {
        let head = self.chat.mirror.head(&self.shop.id).await?;
        let as_of = head.map_or_else(|| "（还没有数据）".into(), |head| head.complete_through.to_string());
        let others = self.chat.roles.iter().filter(|role| role.id != self.role.id);
        let colleagues: Vec<String> = others.map(|role| format!("{}（{}）", role.title, role.about)).collect();
        let variables = json!({
            "shop": xiaoer_sdk::quoted(&self.shop.name).replace(['「', '」'], " "),
            "role": self.role.title,
            "about": self.role.about,
            "today": self.chat.clock.now_in(self.shop.zone).format("%Y-%m-%d").to_string(),
            "as_of": as_of,
            "colleagues": colleagues.join("、"),
        });
        Ok(rendered(SYSTEM, &variables, None))
    }

    /// The newest answers before this question, as they were said, and the figures in them.
    pub(super) async fn memory(&self) -> Result<Memory, DbError> {
        let (mut memory, mut asked, mut pairs) = (Memory::default(), None, Vec::new());
        for line in self.chat.room.lines(&self.shop.id, &self.talk.id, 0).await? {
            match line.what {
                What::Asked { text } => asked = Some(text),
                What::Answered(answer) => pairs.extend(asked.take().map(|question| (question, answer))),
                _ => {}
            }
        }
        for (question, answer) in pairs.into_iter().rev().take(REMEMBERED).rev() {
            memory.said.push(Said::User { text: question });
            let text = answer.text.clone();
            memory.said.push(Said::Assistant { text, calls: Vec::new(), reasoning: None });
            memory.facts.0.extend(answer.facts.0);
        }
        Ok(memory)
    }
}
