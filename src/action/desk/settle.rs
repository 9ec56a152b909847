//! What time and the shop itself decide.

use xiaoer_sdk::Change;

use super::{DecisionError, Desk};
use crate::action::ActionState;
use crate::action::state::ActionEvent;
use crate::db::DbError;
use crate::shop::{Shop, done_by_hand};

impl Desk {
    /// Lets proposals expire whose time is over, and confirms what people did by hand, after the mirror has moved.
    ///
    /// `shows` gives what the mirror shows in the place of an action's change.
    ///
    /// # Errors
    /// As the database.
    pub async fn settle<F, Fut>(&self, shop: &Shop, shows: F) -> Result<(), DbError>
    where
        F: Fn(Change) -> Fut,
        Fut: Future<Output = Result<Option<String>, DbError>>,
    {
        let now = self.clock.now_in(shop.zone);
        for action in self.list(&shop.id, usize::MAX).await? {
            let event = match &action.state {
                ActionState::Proposed if action.expires <= now => ActionEvent::Expire("超过时限没有处理".into()),
                ActionState::ByHand { .. } => match shows(action.change.clone()).await? {
                    Some(shown) if done_by_hand(&action.change, &action.before, &shown) => ActionEvent::Confirm,
                    _ => continue,
                },
                ActionState::Unknown { .. } if shows(action.change.clone()).await? == Some(action.after()) => {
                    ActionEvent::Confirm
                }
                _ => continue,
            };
            let words = if event == ActionEvent::Confirm { "同步后确认已生效" } else { "过期" };
            match self.advance(action.clone(), action, event, (now, "xiaoer", words)).await {
                Ok(_) | Err(DecisionError::Changed | DecisionError::Settled(_)) => {}
                Err(DecisionError::Db(error)) => return Err(error),
                Err(other) => tracing::warn!(%other, "an action could not be settled"),
            }
        }
        Ok(())
    }
}
