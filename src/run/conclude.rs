//! From a skill's report to what is stored of it. A report that names a figure without a source, or proposes a change to something that the run
//! never read, is refused whole; nothing of it is corrected here, and nothing committed.

use xiaoer_sdk::{Block, Generator, Manifest, Report};

use super::broker::Broker;
use super::worker::Worker;
use super::{Ending, Run, Trigger, lease};
use crate::action::ground::Ground;
use crate::action::plan::{self, Rules};
use crate::channel::{About, Deliveries, Letter};
use crate::db::{Batch, DbError, Table};
use crate::shop::Shop;

impl Worker {
    /// A report is stored only if every figure has a source and every proposal names what the run really read.
    pub(super) async fn conclude(
        &self,
        run: &Run,
        shop: &Shop,
        (mut report, broker): (Report, &Broker),
        (manifest, more): (&Manifest, Option<String>),
    ) -> Result<(Ending, Batch), DbError> {
        let ungranted = report.proposals.iter().any(|proposal| !manifest.proposes.contains(&proposal.change.kind()));
        if let Some(why) = more.filter(|_| ungranted) {
            return Ok((Ending::Blocked { why }, Batch::new()));
        }
        let unsourced = report.unsourced();
        if !unsourced.is_empty() {
            return Ok(refused(run, &format!("no fact stands behind {unsourced:?}")));
        }
        let now = self.clock.now_in(shop.zone);
        let plugin = run.plugin.as_ref().map(|_| &run.input);
        let (issued, checks) = (broker.take_issued(), &self.checks);
        let ground = Ground { shop, issued, checks, connect: &*self.ports.connect, plugin };
        let proposals = std::mem::take(&mut report.proposals);
        let (grounded, unread) = match ground.all(&proposals, &manifest.proposes, now).await? {
            Ok(grounded) => grounded,
            Err(detail) => return Ok(refused(run, &detail)),
        };
        if let Some(words) = unread {
            report.push(Block::Text { text: words, generator: Generator::Template { why: None } });
        }
        let rules = Rules { guardrails: self.checks.guardrails(), policy: &self.policy };
        report.proposals = grounded.iter().map(|one| one.proposal.clone()).collect();
        let actions = plan::plan(run, &report, grounded, &rules, now);
        let stored = actions.put(Table::Reports, lease::run_key(&run.shop, &run.id), &report);
        Ok((Ending::Done, stored.and(self.letters(run, shop, &report))))
    }

    /// Delivery starts when the report is stored; it has its own state from then on.
    fn letters(&self, run: &Run, shop: &Shop, report: &Report) -> Batch {
        let Trigger::Schedule { schedule, .. } = &run.trigger else { return Batch::new() };
        let Some(schedule) = self.schedules.iter().find(|known| &known.name == schedule) else { return Batch::new() };
        let about = About { shop: &shop.id, shop_name: &shop.name, skill: &run.skill, run: &run.id, link: None };
        Deliveries::plan(&Letter::of(&about, report), &schedule.deliver, self.clock.now())
    }
}

fn refused(run: &Run, detail: &str) -> (Ending, Batch) {
    tracing::error!(run = run.id, skill = run.skill, detail, "the report was refused");
    let why = "报告没有通过核对（有数字找不到来源，或建议的对象不在店铺里），已拦下，请联系技能作者";
    (Ending::Failed { why: why.into() }, Batch::new())
}
