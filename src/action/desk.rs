//! People's decisions. Each is stored before it is shown, used once, and bound to exactly what the person saw.

mod settle;
mod wish;

use chrono::{DateTime, FixedOffset};
use xiaoer_sdk::Change;

use super::checks::Checks;
use super::kind::meaning;
use super::state::ActionEvent;
use super::{Action, ActionState, AuditRow, Decision, Origin, key};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::withdrawn::{Withdrawals, Withdrawn};
use crate::run::events::Bell;
use crate::run::sortable_id;
use crate::shop::Shop;

/// Takes decisions about actions.
#[derive(Clone)]
pub struct Desk {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    checks: Checks,
    withdrawals: Withdrawals,
}

/// Why a decision was not taken. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// No such action in this shop.
    #[error("没有这个操作")]
    NotFound,
    /// Somebody or something was quicker.
    #[error("这个操作已经是“{0}”，不能再处理")]
    Settled(&'static str),
    /// The page showed something else.
    #[error("内容在您打开页面后有变化，请刷新后重新确认")]
    Changed,
    /// Its time is over.
    #[error("这个建议已过期，请重新运行技能")]
    Expired,
    /// A limit forbids it.
    #[error("{0}")]
    Refused(String),
    /// What proposed it was taken back since; a no is all that is left.
    #[error("{}", .0.of_proposal())]
    Withdrawn(Withdrawn),
    /// There is no way back; why not.
    #[error("不能撤销：{0}")]
    NoUndo(&'static str),
    /// The edited value does not fit.
    #[error("{0}")]
    Edit(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a person may change before saying yes.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Another number of pieces, or another price in yuan.
    pub to: Option<String>,
    /// Another title.
    pub title: Option<String>,
}

impl Desk {
    /// Over a database; `checks` and `withdrawals` speak before a person's yes holds.
    #[must_use]
    pub fn new((db, clock, bell): (SharedDb, Clock, Bell), checks: Checks, withdrawals: Withdrawals) -> Self {
        Self { db, clock, bell, checks, withdrawals }
    }

    /// A shop's action.
    ///
    /// # Errors
    /// As the database.
    pub async fn get(&self, shop: &str, action: &str) -> Result<Option<Action>, DbError> {
        db::get(&*self.db, Table::Actions, &key(shop, action)).await
    }

    /// A shop's actions, newest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn list(&self, shop: &str, most: usize) -> Result<Vec<Action>, DbError> {
        db::scan(&*self.db, Table::Actions, Scan::under(&Key::of(shop)).newest_first().limit(most)).await
    }

    /// Who did what to an action, oldest first.
    ///
    /// # Errors
    /// As the database.
    pub async fn audit(&self, shop: &str, action: &str) -> Result<Vec<AuditRow>, DbError> {
        db::scan(&*self.db, Table::Audit, Scan::under(&Key::of(shop).part(action))).await
    }

    /// What was taken back, where an action waits for a person who can only say no to it for that.
    ///
    /// # Errors
    /// As the database.
    pub async fn withdrawn(&self, action: &Action) -> Result<Option<Withdrawn>, DbError> {
        let waits = action.state.waits_for_person();
        if waits { Ok(self.withdrawals.of(action).await?.err()) } else { Ok(None) }
    }

    /// Yes, to exactly what `hash` stands for; an edit is the person's own value and goes through the guardrails again.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub async fn approve(
        &self,
        shop: &Shop,
        action: &str,
        by: &str,
        (hash, edit): (&str, Edit),
    ) -> Result<Action, DecisionError> {
        let before = self.open(shop, action, hash).await?;
        let now = self.clock.now_in(shop.zone);
        let mut after = before.clone();
        after.change = edited(&before.change, edit)?;
        let words = if after.change == before.change { "批准" } else { "修改后批准" };
        if after.after() == after.before {
            return Err(DecisionError::Edit("新值和现在的一样，不需要修改".into()));
        }
        if let Some(why) = self.checks.against(shop, &after, now).await? {
            return Err(DecisionError::Refused(why));
        }
        after.decided = Some(Decision { by: by.into(), at: now, hash: after.hash() });
        self.advance(before, after, ActionEvent::Approve, (now, by, words)).await
    }

    /// The person has looked at the shop and says that the attempt did not take effect: it is approved once more.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub async fn retry(&self, shop: &Shop, action: &str, by: &str, hash: &str) -> Result<Action, DecisionError> {
        let before = self.get(&shop.id, action).await?.ok_or(DecisionError::NotFound)?;
        if before.hash() != hash {
            return Err(DecisionError::Changed);
        }
        let now = self.clock.now_in(shop.zone);
        let expires = now + meaning(before.change.kind()).lifetime();
        let decided = Some(Decision { by: by.into(), at: now, hash: before.hash() });
        let after = Action { decided, expires, ..before.clone() };
        self.advance(before, after, ActionEvent::Retry, (now, by, "核对后重新提交")).await
    }

    /// No; or, where nobody knows what became of it, the end of the matter.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub async fn reject(&self, shop: &Shop, action: &str, by: &str, hash: &str) -> Result<Action, DecisionError> {
        let known = self.get(&shop.id, action).await?;
        let before = match known.filter(|known| matches!(known.state, ActionState::Unknown { .. })) {
            Some(unknown) if unknown.hash() == hash => unknown,
            Some(_) => return Err(DecisionError::Changed),
            None => self.open(shop, action, hash).await?,
        };
        let now = self.clock.now_in(shop.zone);
        let decided = Some(Decision { by: by.into(), at: now, hash: before.hash() });
        let after = Action { decided, ..before.clone() };
        self.advance(before, after, ActionEvent::Reject, (now, by, "拒绝")).await
    }

    /// The person has done it in the back office.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub async fn claim(&self, shop: &Shop, action: &str, by: &str) -> Result<Action, DecisionError> {
        let before = self.get(&shop.id, action).await?.ok_or(DecisionError::NotFound)?;
        let now = self.clock.now_in(shop.zone);
        self.advance(before.clone(), before, ActionEvent::Claim, (now, by, "报告已手动完成")).await
    }

    /// Takes a done action back: a new action with the old value, approved by the person who asked.
    ///
    /// # Errors
    /// [`DecisionError`].
    pub async fn undo(&self, shop: &Shop, action: &str, by: &str) -> Result<Action, DecisionError> {
        let done = self.get(&shop.id, action).await?.ok_or(DecisionError::NotFound)?;
        if done.state != ActionState::Done || done.undo_of.is_some() {
            return Err(DecisionError::Settled(done.state.label()));
        }
        let change = done.reverse().cloned().ok_or_else(|| DecisionError::NoUndo(no_way_back(&done)))?;
        let now = self.clock.now_in(shop.zone);
        let mut undo = Action {
            // One undo for each action: a second click is a conflict, not a second change.
            id: sortable_id(done.proposed.timestamp_millis(), &format!("{}-undo", &done.id[11..])),
            run: String::new(),
            key: format!("undo-{}", done.key),
            before: done.after(),
            back: None,
            change,
            why: format!("撤销“{}”", done.change.kind().title()),
            expected: String::new(),
            state: ActionState::Approved,
            proposed: now,
            expires: now + meaning(done.change.kind()).lifetime(),
            undo_of: Some(done.id.clone()),
            // The person who takes it back said so.
            origin: Origin::Own,
            version: 0,
            ..done
        };
        undo.decided = Some(Decision { by: by.into(), at: now, hash: undo.hash() });
        match self.db.commit(undo.create((now, by, "撤销"))).await {
            Ok(()) => {}
            Err(DbError::Conflict) => return Err(DecisionError::Settled("正在撤销")),
            Err(error) => return Err(error.into()),
        }
        self.bell.ring(&undo.id);
        Ok(undo)
    }

    async fn open(&self, shop: &Shop, action: &str, hash: &str) -> Result<Action, DecisionError> {
        let action = self.get(&shop.id, action).await?.ok_or(DecisionError::NotFound)?;
        if action.state != ActionState::Proposed {
            return Err(DecisionError::Settled(action.state.label()));
        }
        if action.expires <= self.clock.now() {
            return Err(DecisionError::Expired);
        }
        if action.hash() != hash {
            return Err(DecisionError::Changed);
        }
        Ok(action)
    }

    async fn advance(
        &self,
        before: Action,
        after: Action,
        event: ActionEvent,
        row: (DateTime<FixedOffset>, &str, &str),
    ) -> Result<Action, DecisionError> {
        // A yes holds only if nothing is taken back before it is stored.
        let still = match event {
            ActionEvent::Approve | ActionEvent::Retry => {
                self.withdrawals.of(&before).await?.map_err(DecisionError::Withdrawn)?
            }
            _ => Batch::new(),
        };
        let state = before.state.after(event).ok_or(DecisionError::Settled(before.state.label()))?;
        let (after, batch) = Action { state, ..after }.update(&before, row);
        match self.db.commit(batch.and(still)).await {
            Ok(()) => {
                self.bell.ring(&after.id);
                Ok(after)
            }
            Err(DbError::Conflict) => Err(DecisionError::Changed),
            Err(error) => Err(error.into()),
        }
    }
}

fn no_way_back(action: &Action) -> &'static str {
    meaning(action.change.kind()).undo.why_not().unwrap_or("没有记下原来的值")
}

fn edited(change: &Change, edit: Edit) -> Result<Change, DecisionError> {
    let mut change = change.clone();
    match (&mut change, edit) {
        (_, Edit { to: None, title: None }) => {}
        (Change::SetStock { to, .. }, Edit { to: Some(text), title: None }) => {
            *to = text.trim().parse().map_err(|_| DecisionError::Edit(format!("“{text}”不是整数件数")))?;
        }
        (Change::SetPrice { to, .. }, Edit { to: Some(text), title: None }) => {
            *to = text
                .trim()
                .parse()
                .map_err(|_| DecisionError::Edit(format!("“{text}”不是价格，请填元，最多两位小数")))?;
        }
        (Change::EditTitle { title, .. }, Edit { to: None, title: Some(text) }) => *title = text.trim().to_owned(),
        _ => return Err(DecisionError::Edit("这个操作没有可改的内容".into())),
    }
    Ok(change)
}
