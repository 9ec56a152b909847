//! A person's own wishes.

use sha2::{Digest as _, Sha256};
use xiaoer_sdk::Change;

use super::{DecisionError, Desk};
use crate::action::kind::meaning;
use crate::action::{Action, ActionState, Origin};
use crate::run::sortable_id;
use crate::shop::{Seen, Shop};

impl Desk {
    /// A person's own wish, about an object as it was just `seen`. It waits for a yes like any other proposal; the same wish again is
    /// the one that waits already.
    ///
    /// # Errors
    /// [`DecisionError::Refused`] when a limit forbids it, [`DecisionError::Edit`] when there is nothing to change.
    pub async fn propose(
        &self,
        shop: &Shop,
        (change, seen): (Change, Seen),
        by: &str,
        why: &str,
    ) -> Result<Action, DecisionError> {
        let now = self.clock.now_in(shop.zone);
        let waiting = self.list(&shop.id, usize::MAX).await?.into_iter();
        let mut same = waiting.filter(|open| open.state == ActionState::Proposed && open.expires > now);
        if let Some(same) = same.find(|open| open.change == change && open.before == seen.value) {
            return Ok(same);
        }
        let text = serde_json::to_vec(&(&change, now.timestamp_millis())).expect("a change is plain data");
        let id = sortable_id(now.timestamp_millis(), &hex::encode(&Sha256::digest(text)[..6]));
        let action = Action {
            key: format!("wish-{id}"),
            id,
            shop: shop.id.clone(),
            run: String::new(),
            skill: String::new(),
            object: seen.name,
            before: seen.value,
            back: seen.back,
            why: why.trim().to_owned(),
            expected: String::new(),
            state: ActionState::Proposed,
            proposed: now,
            expires: now + meaning(change.kind()).lifetime(),
            decided: None,
            undo_of: None,
            origin: Origin::Own,
            version: 0,
            change,
        };
        if action.after() == action.before {
            return Err(DecisionError::Edit("店铺里已经是这个值，不需要修改".into()));
        }
        if let Some(why) = self.checks.against(shop, &action, now).await? {
            return Err(DecisionError::Refused(why));
        }
        self.db.commit(action.create((now, by, "提出"))).await?;
        self.bell.ring(&action.id);
        Ok(action)
    }
}
