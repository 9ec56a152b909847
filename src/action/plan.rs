//! From a report's proposals to actions. Targets must be objects that the run really read; guardrails and policy speak first.

use chrono::{DateTime, FixedOffset};
use sha2::{Digest, Sha256};
use xiaoer_sdk::shop::{Product, Refund};
use xiaoer_sdk::{ActionKind, Change, Proposal, Report, fill};

use super::guardrail::Guardrails;
use super::policy::{Policy, Rule};
use super::{Action, ActionState, Decision};
use crate::db::Batch;
use crate::run::{Run, sortable_id};
use crate::shop::{self, Seen};

/// What a run read and may therefore name as a target.
#[derive(Default)]
pub struct Issued {
    /// Products that the run read.
    pub products: Vec<Product>,
    /// Refunds that the run read.
    pub refunds: Vec<Refund>,
}

/// The rules that speak before a person does.
pub struct Rules<'a> {
    /// Limits.
    pub guardrails: &'a Guardrails,
    /// Who decides.
    pub policy: &'a Policy,
    /// What the skill's manifest allows.
    pub may: &'a std::collections::BTreeSet<ActionKind>,
}

/// Actions for a report's proposals, and the batch that stores them. The same run proposes the same actions again after a crash, so
/// the ids follow from the run and the proposal's key.
///
/// # Errors
/// An English sentence for the log when a proposal names what its run never read, or a kind that its manifest does not declare: such a
/// report is refused as a whole.
pub fn plan(
    run: &Run,
    report: &Report,
    issued: &Issued,
    rules: &Rules<'_>,
    now: DateTime<FixedOffset>,
) -> Result<Batch, String> {
    let mut batch = Batch::new();
    for proposal in &report.proposals {
        let kind = proposal.change.kind();
        if !rules.may.contains(&kind) {
            return Err(format!("proposal {} is a {}, which the manifest does not declare", proposal.key, kind.name()));
        }
        let seen = issued.seen(&proposal.change).ok_or_else(|| {
            format!("proposal {} names {}, which the run did not read", proposal.key, proposal.change.target())
        })?;
        let action = propose(run, report, proposal, seen, now);
        batch = batch.and(decide(action, rules, now));
    }
    Ok(batch)
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
        why: fill(&proposal.why, &report.facts),
        expected: fill(&proposal.expected.text, &report.facts),
        state: ActionState::Proposed,
        proposed: now,
        expires: now + Action::lifetime(proposal.change.kind()),
        decided: None,
        undo_of: None,
        version: 0,
    }
}

fn decide(mut action: Action, rules: &Rules<'_>, now: DateTime<FixedOffset>) -> Batch {
    let forbidden = match rules.policy.rule(action.change.kind()) {
        Rule::Never => Err("店铺设置为不做这类操作".to_owned()),
        Rule::Automatic | Rule::Approve => rules.guardrails.check(&action.change, now.date_naive(), 0),
    };
    if let Err(why) = forbidden {
        action.state = ActionState::Refused { why };
        return action.create((now, "xiaoer", "拦截"));
    }
    if rules.policy.rule(action.change.kind()) == Rule::Automatic {
        action.decided = Some(Decision { by: "policy".into(), at: now, hash: action.hash() });
        action.state = ActionState::Approved;
        return action.create((now, "policy", "按店铺设置自动批准"));
    }
    action.create((now, "xiaoer", "提出"))
}

impl Issued {
    /// What the changed field holds; none when the run did not read the object.
    fn seen(&self, change: &Change) -> Option<Seen> {
        match change {
            Change::SetStock { product, .. } | Change::EditTitle { product, .. } => {
                shop::of_product(self.products.iter().find(|p| &p.id == product)?, change)
            }
            Change::AgreeRefund { refund } => Some(shop::of_refund(self.refunds.iter().find(|r| &r.id == refund)?)),
        }
    }
}
