//! Reads: rows of the generation that the run pinned, and what is computed from them. They cost nothing and give the same answer again,
//! so nothing here writes, journals or leaves the house.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Days;
use xiaoer_sdk::{Answer, Block, Call, CallError, PastTask, TaskOutcome, fill};

use super::{Broker, unreadable};
use crate::action::{Action, ActionState};
use crate::db::DbError;
use crate::run::Run;

/// How far back a report asks after its own tasks.
const PAST_DAYS: u64 = 7;

impl Broker {
    /// Answers a read, and remembers what was handed out: a proposal may name nothing else.
    pub(super) async fn read(&self, call: &Call) -> Result<Answer, CallError> {
        let answer = self.rows(call).await?;
        self.issued.lock().expect("nothing panics while holding it").note(call, &answer);
        Ok(answer)
    }

    async fn rows(&self, call: &Call) -> Result<Answer, CallError> {
        let (mirror, shop, generation) = (&self.ports.mirror, &self.shop, self.run.generation);
        Ok(match call {
            Call::OrdersPaid { period } => {
                Answer::Orders(mirror.orders_paid(shop, generation, *period).await.map_err(unreadable)?)
            }
            Call::OrdersPlaced { period } => {
                Answer::Orders(mirror.orders_placed(shop, generation, *period).await.map_err(unreadable)?)
            }
            Call::RefundsOpen => Answer::Refunds(mirror.refunds_open(shop, generation).await.map_err(unreadable)?),
            Call::RefundsSettled { period } => {
                Answer::Refunds(mirror.refunds_settled(shop, generation, *period).await.map_err(unreadable)?)
            }
            Call::Products => Answer::Products(mirror.products(shop, generation).await.map_err(unreadable)?),
            Call::Costs => Answer::Costs(mirror.costs(shop, generation).await.map_err(unreadable)?),
            Call::Traffic { period } => {
                Answer::Traffic(mirror.traffic(shop, generation, *period).await.map_err(unreadable)?)
            }
            Call::Activities => Answer::Activities(mirror.activities(shop, generation).await.map_err(unreadable)?),
            Call::Score { as_of } => {
                let score = self.ports.scorer.score(shop, generation, *as_of).await;
                let score = score.map_err(uncounted)?;
                Answer::Score { card: Box::new(score.card), marginal: score.marginal }
            }
            Call::Forecast { as_of, days } => {
                let forecast = self.ports.scorer.forecast(shop, generation, *as_of, *days).await;
                Answer::Forecast(Box::new(Arc::unwrap_or_clone(forecast.map_err(uncounted)?)))
            }
            Call::Plan { as_of, wish } => {
                let planned = self.ports.scorer.plan_for(shop, generation, *as_of, wish.clone()).await;
                Answer::Plan(Box::new(planned.map_err(uncounted)?))
            }
            Call::PastTasks => Answer::PastTasks(self.past_tasks().await.map_err(unreadable)?),
            other => return Err(CallError::Broken { why: format!("{other:?} is not a read") }),
        })
    }

    /// Tasks that earlier reports of this skill recommended, and what became of the actions behind them.
    async fn past_tasks(&self) -> Result<Vec<PastTask>, DbError> {
        let since = self.run.as_of - Days::new(PAST_DAYS);
        let mut tasks = Vec::new();
        let mut days = BTreeSet::new();
        let actions = self.ports.desk.list(&self.run.shop, usize::MAX).await?;
        for run in self.ports.runs.list(&self.run.shop, 200).await? {
            let earlier = run.skill == self.run.skill && run.as_of < self.run.as_of && run.as_of >= since;
            if !earlier || days.contains(&run.as_of) {
                continue;
            }
            let Some(report) = self.ports.runs.report(&run.shop, &run.id).await? else { continue };
            days.insert(run.as_of);
            for block in &report.blocks {
                let Block::Checklist { tasks: listed, .. } = block else { continue };
                tasks.extend(listed.iter().map(|task| PastTask {
                    day: run.as_of,
                    title: task.title.clone(),
                    expected: fill(&task.expected, &report.facts),
                    outcome: outcome(task.proposal.as_deref(), &run, &actions),
                }));
            }
        }
        Ok(tasks)
    }
}

fn outcome(proposal: Option<&str>, run: &Run, actions: &[Action]) -> TaskOutcome {
    let Some(key) = proposal else { return TaskOutcome::NotTracked };
    let Some(action) = actions.iter().find(|a| a.run == run.id && a.key == key) else { return TaskOutcome::NotTracked };
    match &action.state {
        ActionState::Done => TaskOutcome::Done { at: action.decided.as_ref().map_or(action.proposed, |d| d.at) },
        ActionState::Rejected | ActionState::Refused { .. } | ActionState::Expired { .. } | ActionState::Undone => {
            TaskOutcome::Declined
        }
        _ => TaskOutcome::Open,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn uncounted(error: anyhow::Error) -> CallError {
    CallError::Unavailable { why: format!("积分算不出来：{error:#}") }
}
