//! What becomes of a proposal before a person is asked: held against what the run read, against the limits, and against whose word its
//! figures are. The decisions are those of `action`; only the rows come from the fixture. Nothing is approved or carried out here.

use xiaoer_sdk::{Change, Input, Proposal, Report, Target};

use super::fixture::Fixture;
use crate::action::Origin;
use crate::action::ground::{Issued, Told};
use crate::action::guardrail::{Guardrails, Scene};
use crate::action::plan::{Rules, Verdict};
use crate::action::policy::Policy;

/// A proposal as a person would meet it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// What it is about.
    pub object: String,
    /// What the changed field holds by what the run read.
    pub before: String,
    /// What the limits say against it, in the words that the merchant reads; none where nothing does.
    pub refused: Option<String>,
    /// What a person is to look at before saying yes.
    pub notice: Option<&'static str>,
}

/// Each proposal of a report, in order.
///
/// # Errors
/// As a run: the report is refused as a whole where a proposal names what was not read, or what the manifest does not declare.
pub(super) fn meet(
    report: &Report,
    (issued, typed): (&Issued, &Input),
    may: &std::collections::BTreeSet<xiaoer_sdk::ActionKind>,
    (fixture, guardrails): (&Fixture, &Guardrails),
) -> Result<Vec<Met>, String> {
    // Who decides is each shop's own setting; what binds everybody are the limits.
    let policy = Policy::default();
    let rules = Rules { guardrails, policy: &policy };
    let one = |proposal: &Proposal| {
        let change = &proposal.change;
        let (object, before) = match issued.stands(proposal, may)? {
            Told::Here(seen) => (seen.name, seen.value),
            Told::Ask => (change.target().id().to_owned(), "（执行前从平台读取）".to_owned()),
        };
        let origin = Origin::of_plugin(change, issued, typed);
        let refused = match rules.verdict(change, origin, &scene(fixture, change)) {
            Verdict::Refused { why } => Some(why),
            Verdict::Automatic | Verdict::Person => None,
        };
        Ok(Met { object, before, refused, notice: origin.notice() })
    };
    report.proposals.iter().map(one).collect()
}

/// What the limits are held against, from the fixture's rows; nothing was done today.
fn scene(fixture: &Fixture, change: &Change) -> Scene {
    let mut scene = Scene { today: fixture.now.date_naive(), ..Scene::default() };
    match change.target() {
        Target::Product(id) => {
            scene.product = fixture.products.iter().find(|product| product.id == id).cloned();
            scene.costs = fixture.costs.iter().filter(|cost| cost.product == id).cloned().collect();
        }
        Target::Order(id) => scene.order = fixture.orders.iter().find(|order| order.id == id).cloned(),
        Target::Refund(id) => scene.refund = fixture.refunds.iter().find(|refund| refund.id == id).cloned(),
        Target::Listing(_) => {}
    }
    scene
}
