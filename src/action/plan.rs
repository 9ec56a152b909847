//! From a report's proposals to actions. Pure; guardrails and policy speak first.

use chrono::{DateTime, FixedOffset};
use sha2::{Digest, Sha256};
use xiaoer_sdk::{Change, Proposal, Report, fill};

use super::ground::Grounded;
use super::guardrail::{Guardrails, Scene};
use super::kind::meaning;
use super::policy::{Policy, Rule};
use super::{Action, ActionState, Decision, Origin};
use crate::db::Batch;
use crate::run::{Run, sortable_id};
use crate::shop::Seen;

/// The rules that speak before a person does.
pub struct Rules<'a> {
    /// Limits.
    pub guardrails: &'a Guardrails,
    /// Who decides.
    pub policy: &'a Policy,
}

/// What the rules say of a change before a person is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not done; why, for the merchant.
    Refused {
        /// The first limit that forbids it.
        why: String,
    },
    /// It is done without asking.
    Automatic,
    /// A person decides.
    Person,
}

impl Rules<'_> {
    /// Who decides about a change, if anybody may.
    #[must_use]
    pub fn verdict(&self, change: &Change, origin: Origin, scene: &Scene) -> Verdict {
        let rule = self.policy.rule(change.kind(), origin);
        let forbidden = match rule {
            Rule::Never => Err("店铺设置为不做这类操作".to_owned()),
            Rule::Automatic | Rule::Approve => self.guardrails.check(change, scene),
        };
        match (forbidden, rule) {
            (Err(why), _) => Verdict::Refused { why },
            (Ok(()), Rule::Automatic) => Verdict::Automatic,
            (Ok(()), Rule::Approve | Rule::Never) => Verdict::Person,
        }
    }
}

/// Actions for a report's proposals, and the batch that stores them. The same run proposes the same actions again after a crash, so
/// the ids follow from the run and the proposal's key.
#[must_use]
pub fn plan(
    run: &Run,
    report: &Report,
    grounded: Vec<Grounded<'_>>,
    rules: &Rules<'_>,
    now: DateTime<FixedOffset>,
) -> Batch {
    grounded.into_iter().fold(Batch::new(), |batch, Grounded { proposal, seen, scene, origin }| {
        let action = Action { origin, ..propose(run, report, proposal, seen, now) };
        batch.and(decide(action, rules, &scene, (now, run.wished_by())))
    })
}

fn propose(run: &Run, report: &Report, proposal: &Proposal, seen: Seen, now: DateTime<FixedOffset>) -> Action {
    let suffix = hex::encode(&Sha256::digest(format!("{}\0{}", run.id, proposal.key))[..6]);
    Action {
        id: sortable_id(run.accepted.timestamp_millis(), &suffix),
        shop: run.shop.clone(),
        run: run.id.clone(),
        skill: run.skill.clone(),
        key: proposal.key.clone(),
        change: proposal.change.clone(),
        object: seen.name,
        before: seen.value,
        back: seen.back,
        why: fill(&proposal.why, &report.facts),
        expected: fill(&proposal.expected.text, &report.facts),
        state: ActionState::Proposed,
        proposed: now,
        expires: now + meaning(proposal.change.kind()).lifetime(),
        decided: None,
        undo_of: None,
        origin: Origin::Own,
        version: 0,
    }
}

fn decide(
    mut action: Action,
    rules: &Rules<'_>,
    scene: &Scene,
    (now, wished_by): (DateTime<FixedOffset>, Option<String>),
) -> Batch {
    let verdict = match rules.verdict(&action.change, action.origin, scene) {
        // What somebody else's assistant set off, with a form that it filled in, is never done unasked.
        Verdict::Automatic if wished_by.is_some() => Verdict::Person,
        verdict => verdict,
    };
    match verdict {
        Verdict::Refused { why } => {
            action.state = ActionState::Refused { why };
            action.create((now, "xiaoer", "拦截"))
        }
        Verdict::Automatic => {
            action.decided = Some(Decision { by: "policy".into(), at: now, hash: action.hash() });
            action.state = ActionState::Approved;
            action.create((now, "policy", "按店铺设置自动批准"))
        }
        Verdict::Person => action.create((now, wished_by.as_deref().unwrap_or("xiaoer"), "提出")),
    }
}
