//! Doing what was approved, once: intent written, shop called, outcome written. What a crash or a silent shop leaves open is settled by
//! reading the shop back, never by calling again blindly.

use std::sync::Arc;
use std::time::Duration;

use xiaoer_sdk::shop::Time;

use super::checks::Checks;
use super::kind::meaning;
use super::state::ActionEvent;
use super::{Action, ActionState, key};
use crate::clock::Clock;
use crate::db::{self, Batch, DbError, Key, Scan, SharedDb, Table};
use crate::plugin::withdrawn::Withdrawals;
use crate::run::events::Bell;
use crate::shop::kept::Kept;
use crate::shop::{Connect, Platform, ReadError, Seen, Shop, Shops, WriteError};
use crate::telemetry::metrics;

/// How often and how long after a write the shop is read back.
const READ_BACKS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// Executes approved actions, one after the other.
pub struct Executor {
    db: SharedDb,
    clock: Clock,
    bell: Bell,
    shops: Shops,
    connect: Arc<dyn Connect>,
    checks: Checks,
    withdrawals: Withdrawals,
    kept: Kept,
}

impl Executor {
    /// Over a database and the ways to the shops.
    pub fn new(
        (db, clock, bell): (SharedDb, Clock, Bell),
        shops: Shops,
        connect: Arc<dyn Connect>,
        (checks, withdrawals): (Checks, Withdrawals),
    ) -> Self {
        let kept = Kept::new(db.clone());
        Self { db, clock, bell, shops, connect, checks, withdrawals, kept }
    }

    /// Executes what is approved until the future ends.
    pub async fn work(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut rings = self.bell.listen();
        loop {
            let pause = match self.step().await {
                Ok(0) => Duration::from_secs(5),
                Ok(_) => Duration::from_secs(1),
                Err(error) => {
                    tracing::error!(%error, "approved actions cannot be read; will look again");
                    Duration::from_secs(5)
                }
            };
            tokio::select! {
                () = &mut stop => return,
                _ = rings.recv() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Brings every due action one step on, and says how many there were.
    ///
    /// # Errors
    /// As the database; what is under way is settled at the next step.
    pub async fn step(&self) -> Result<usize, DbError> {
        let due = self.db.scan(Table::DueActions, Scan::under(&Key::global())).await?;
        for row in &due {
            let [shop, id] = <[String; 2]>::try_from(row.key.texts(2)).unwrap_or_default();
            let action: Option<Action> = db::get(&*self.db, Table::Actions, &key(&shop, &id)).await?;
            if let (Some(action), Some(shop)) = (action, self.shops.get(&shop).await?) {
                match self.carry_out(&shop, action).await {
                    // Somebody else changed it in between; the next step sees what it is now.
                    Ok(()) | Err(DbError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(due.len())
    }

    async fn carry_out(&self, shop: &Shop, action: Action) -> Result<(), DbError> {
        // What has begun is finished, whatever was taken back since.
        if action.state == ActionState::Approved
            && let Err(withdrawn) = self.withdrawals.of(&action).await?
        {
            let why = format!("{}，批准后没有执行", withdrawn.what());
            return self.note(shop, action, ActionEvent::Refuse(why), "拦截").await.map(drop);
        }
        let platform = match self.connect.platform(shop).await {
            Ok(platform) => platform,
            Err(error) => return self.without_platform(shop, action, &error.to_string()).await,
        };
        match action.state.clone() {
            ActionState::Approved => self.begin(shop, action, &*platform).await,
            ActionState::Executing { .. } => self.resume(shop, action, &*platform).await,
            _ => Ok(()),
        }
    }

    /// A shop that is only files has nothing to call: the person does it.
    async fn without_platform(&self, shop: &Shop, action: Action, why: &str) -> Result<(), DbError> {
        let action = self.intend(shop, action).await?;
        self.note(shop, action, ActionEvent::HandOver(why.to_owned()), "没有可用的接口").await.map(drop)
    }

    /// Everything that was true when the person said yes must still be true.
    async fn begin(&self, shop: &Shop, action: Action, platform: &dyn Platform) -> Result<(), DbError> {
        let now = self.now(shop);
        if action.decided.as_ref().is_none_or(|decision| decision.hash != action.hash()) {
            let why = "审批与内容不一致".to_owned();
            return self.note(shop, action, ActionEvent::Refuse(why), "拦截").await.map(drop);
        }
        if action.expires <= now {
            return self.note(shop, action, ActionEvent::Expire("批准后超过时限未执行".into()), "过期").await.map(drop);
        }
        if let Some(why) = self.checks.against(shop, &action, now).await? {
            return self.note(shop, action, ActionEvent::Refuse(why), "拦截").await.map(drop);
        }
        match platform.look(&action.change).await {
            Ok(seen) if seen.value == action.before => {}
            Ok(seen) => {
                let why = format!("店铺里已从“{}”变为“{}”，请重新运行技能", action.before, seen.value);
                return self.note(shop, action, ActionEvent::Expire(why), "对象已变化").await.map(drop);
            }
            // Nothing was sent yet, so waiting is safe.
            Err(error) => {
                tracing::warn!(action = action.id, %error, "the shop cannot be read; the action waits");
                return Ok(());
            }
        }
        let action = self.intend(shop, action).await?;
        self.call(shop, action, platform).await
    }

    /// A worker died between intent and outcome. The shop itself tells whether the call had its effect.
    async fn resume(&self, shop: &Shop, action: Action, platform: &dyn Platform) -> Result<(), DbError> {
        match platform.look(&action.change).await {
            Ok(seen) if seen.value == action.after() => {
                self.note(shop, action, ActionEvent::Confirm, "重启后读回确认").await.map(drop)
            }
            Ok(seen) if seen.value == action.before && meaning(action.change.kind()).repeats => {
                let action = self.intend(shop, action).await?;
                self.call(shop, action, platform).await
            }
            // The call may be on its way through the platform still, and a second one would be a second parcel or a second product.
            Ok(seen) if seen.value == action.before => {
                let why = format!("提交时中断，店铺里还是“{}”。请在后台核对：没有生效就点“重新提交”", seen.value);
                self.note(shop, action, ActionEvent::LoseSight(why), "结果待查").await.map(drop)
            }
            Ok(seen) => {
                let why = format!("店铺里现在是“{}”，既不是原值也不是新值，请核对", seen.value);
                self.note(shop, action, ActionEvent::LoseSight(why), "结果待查").await.map(drop)
            }
            Err(error) => {
                tracing::warn!(action = action.id, %error, "the shop cannot be read; the action stays open");
                Ok(())
            }
        }
    }

    async fn call(&self, shop: &Shop, action: Action, platform: &dyn Platform) -> Result<(), DbError> {
        let written = match self.hand_over(shop, &action, platform).await? {
            Ok(()) => platform.write(&action.change).await,
            Err(error) => Err(error),
        };
        let (event, words) = match written {
            Ok(()) => self.settled_by_reading(&action, platform).await,
            Err(WriteError::NoRight { api, solution }) => {
                let why = format!("应用没有“{api}”的权限（需要：{solution}）");
                (ActionEvent::HandOver(why), "转为手动")
            }
            Err(WriteError::Refused { why }) => (ActionEvent::Fail(why), "平台拒绝"),
            Err(WriteError::NotSent { why }) => (ActionEvent::Fail(format!("没有发出：{why}")), "没有发出"),
            Err(WriteError::Unknown { why }) => {
                tracing::warn!(action = action.id, why, "the outcome of a write is unknown; reading back");
                self.settled_by_reading(&action, platform).await
            }
        };
        self.note(shop, action, event, words).await.map(drop)
    }

    /// Pictures go before the change that shows them. They lie there under a name of their own, so a second time uploads nothing.
    async fn hand_over(
        &self,
        shop: &Shop,
        action: &Action,
        platform: &dyn Platform,
    ) -> Result<Result<(), WriteError>, DbError> {
        for sha256 in action.change.kept() {
            let Some(bytes) = self.kept.get(&shop.id, sha256).await? else {
                let why = "要换的图片已不在小二里，请重新上传".to_owned();
                return Ok(Err(WriteError::Refused { why }));
            };
            if let Err(error) = platform.keep_picture(sha256, bytes).await {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// The platform's yes is not believed either: only what the shop shows counts.
    async fn settled_by_reading(&self, action: &Action, platform: &dyn Platform) -> (ActionEvent, &'static str) {
        let mut last: Option<Result<Seen, ReadError>> = None;
        for pause in READ_BACKS {
            tokio::time::sleep(pause).await;
            let looked = platform.look(&action.change).await;
            if looked.as_ref().is_ok_and(|seen| seen.value == action.after()) {
                return (ActionEvent::Confirm, "已执行并读回确认");
            }
            last = Some(looked);
        }
        let why = match last {
            Some(Ok(seen)) => format!("提交后店铺里仍是“{}”，可能稍后生效，下次同步会再核对", seen.value),
            Some(Err(error)) => format!("提交后读不到店铺：{error}；下次同步会再核对"),
            None => "没有读回".into(),
        };
        (ActionEvent::LoseSight(why), "结果待查")
    }

    async fn intend(&self, shop: &Shop, action: Action) -> Result<Action, DbError> {
        self.note(shop, action, ActionEvent::Begin, "开始执行").await
    }

    async fn note(&self, shop: &Shop, before: Action, event: ActionEvent, words: &str) -> Result<Action, DbError> {
        let confirmed = event == ActionEvent::Confirm;
        // The shop was looked at since the last look at the records: it begins only if nothing was taken back meanwhile.
        let still = match (&before.state, &event) {
            (ActionState::Approved, ActionEvent::Begin) => {
                self.withdrawals.of(&before).await?.map_err(|_| DbError::Conflict)?
            }
            _ => Batch::new(),
        };
        let Some(state) = before.state.after(event) else { return Err(DbError::Conflict) };
        let row = (self.now(shop), "xiaoer", words);
        let (after, batch) = Action { state, ..before.clone() }.update(&before, row);
        let mut batch = batch.and(still);
        if let (true, Some(original)) = (confirmed, &before.undo_of) {
            let original: Option<Action> = db::get(&*self.db, Table::Actions, &key(&shop.id, original)).await?;
            if let Some((original, state)) = original.and_then(|o| o.state.after(ActionEvent::Undo).map(|s| (o, s))) {
                let (_, undone) = Action { state, ..original.clone() }.update(&original, (row.0, "xiaoer", "已撤销"));
                batch = batch.and(undone);
            }
        }
        self.db.commit(batch).await?;
        if let Some(outcome) = outcome(&after.state) {
            metrics::action(after.change.kind().name(), outcome);
        }
        self.bell.ring(&after.id);
        Ok(after)
    }

    fn now(&self, shop: &Shop) -> Time {
        self.clock.now_in(shop.zone)
    }
}

/// The word of a metric's label for what an attempt came to; none for a step on the way.
fn outcome(state: &ActionState) -> Option<&'static str> {
    match state {
        ActionState::Done => Some("done"),
        ActionState::Failed { .. } => Some("failed"),
        ActionState::Unknown { .. } => Some("unknown"),
        ActionState::ByHand { .. } => Some("by_hand"),
        ActionState::Expired { .. } => Some("expired"),
        ActionState::Refused { .. } => Some("refused"),
        ActionState::Undone => Some("undone"),
        ActionState::Proposed | ActionState::Approved | ActionState::Rejected | ActionState::Executing { .. } => None,
    }
}
