//! Where no model has the last word: what was found so far, or the one skill that the question is routed to. What is answered here is
//! written by rules, and says why.

use xiaoer_sdk::Facts;

use super::answer;
use super::record::{Named, What};
use super::route::{Known, Way, route};
use super::turn::Turn;
use super::used::came_of;
use crate::db::DbError;

impl Turn<'_> {
    /// The answer that code can write of what was found so far; none when that is nothing.
    pub(super) fn so_far(&self, why: &str) -> Option<What> {
        let found = self.found.lock().expect("nothing panics while holding it");
        let made = (!found.is_empty()).then(|| answer::by_rules(&found, Some(why), &Facts::default()))?;
        Some(What::Answered(Box::new(made)))
    }

    /// Without a model's words: what was found already, or the skill that fits.
    pub(super) async fn without(&self, why: &str) -> Result<What, DbError> {
        match self.so_far(why) {
            Some(made) => Ok(made),
            None => self.by_route(Some(why)).await,
        }
    }

    /// At a bound: what was found, or a sentence.
    pub(super) fn bounded(&self, why: &str) -> What {
        let advice = "已停下；请换个问法，或在工作台直接运行技能";
        self.so_far(why).unwrap_or_else(|| What::stopped("limit", format!("{why}，{advice}")))
    }

    pub(super) async fn by_route(&self, why: Option<&str>) -> Result<What, DbError> {
        let none = Vec::new();
        // The role's own order first, then everybody else's.
        let others = self.manifests.values().filter(|manifest| manifest.role != self.role.id);
        let known: Vec<Known<'_>> = self
            .own()
            .chain(others)
            .map(|manifest| Known {
                skill: &manifest.name,
                role: &manifest.role,
                title: &manifest.title,
                about: &manifest.description,
                words: self.chat.config.skills.get(&manifest.name).map_or(&none, |hints| &hints.words),
            })
            .collect();
        let made = match route(self.question, &self.role.id, &known) {
            Way::Own(skill) => return self.routed(skill, why).await,
            Way::Colleague(skill, role) => {
                let role = self.chat.roles.iter().find(|known| known.id == role);
                match role.zip(self.manifests.get(skill)) {
                    Some((role, skill)) => {
                        answer::colleague(Named { id: role.id.clone(), title: role.title.clone() }, skill, why)
                    }
                    None => answer::at_a_loss(self.own(), why),
                }
            }
            Way::None => answer::at_a_loss(self.own(), why),
        };
        Ok(What::Answered(Box::new(made)))
    }

    async fn routed(&self, skill: &str, why: Option<&str>) -> Result<What, DbError> {
        let title = self.manifests.get(skill).map_or(skill, |manifest| manifest.title.as_str()).to_owned();
        let called = What::Called { tool: format!("run_{skill}"), title: title.clone(), shown: String::new() };
        let seq = self.tell(called).await?;
        let found = self.run(skill, &serde_json::Map::new(), seq).await?;
        let (ok, text, run) = match &found {
            Ok(found) => (true, came_of(found), found.run.as_ref().map(|run| run.id.clone())),
            Err(why) => (false, why.clone(), None),
        };
        self.tell(What::Returned { call: seq, ok, text, run }).await?;
        Ok(match found {
            Ok(found) => What::Answered(Box::new(answer::by_rules(&[found], why, &Facts::default()))),
            Err(why) => What::stopped("failed", format!("“{title}”没有完成：{why}")),
        })
    }
}
