//! What must be there before a run spends a token: the shop with its rows, the code, and the leave to use it. Only looks: nothing is called
//! and nothing stored.

use xiaoer_sdk::Manifest;

use super::Run;
use super::worker::Worker;
use crate::db::DbError;
use crate::plugin::grant::{self, Standing};
use crate::shop::Shop;
use crate::staff::Member;

/// What is there before the first token is spent.
pub(super) struct Ready {
    pub(super) member: Member,
    /// What it may do in this shop.
    pub(super) manifest: Manifest,
    /// What to tell the merchant where it stops at something that was not granted yet.
    pub(super) more: Option<String>,
    pub(super) shop: Shop,
}

/// Who runs, what it may do, and what is to be told where it wants more.
type May = (Member, Manifest, Option<String>);

impl Worker {
    /// What must be there before a token is spent; the text says what is missing and how to supply it.
    pub(super) async fn preflight(&self, run: &Run) -> Result<Result<Ready, String>, DbError> {
        let Some(shop) = self.shops.get(&run.shop).await? else { return Ok(Err("这个店铺已被移除".into())) };
        let (member, manifest, more) = match self.may(run).await? {
            Ok(may) => may,
            Err(why) => return Ok(Err(why)),
        };
        let Some(head) = self.ports.mirror.head(&run.shop).await? else {
            return Ok(Err("店铺还没有数据，请先同步或导入订单".into()));
        };
        if run.as_of > head.complete_through {
            return Ok(Err(format!("店铺数据只完整到 {}，请先同步或导入", head.complete_through)));
        }
        Ok(Ok(Ready { member, manifest, more, shop }))
    }

    /// Whose code it is and what it may do in this shop: a built-in skill what it declares, a plugin what was granted of that.
    async fn may(&self, run: &Run) -> Result<Result<May, String>, DbError> {
        let Some((pinned, identity)) = run.plugin.as_ref().zip(run.identity()) else {
            // A plugin that has come to the name of a skill of old gets none of its runs.
            let member = self.staff.now().get(&run.skill).filter(|member| member.plugin.is_none()).cloned();
            return Ok(member
                .map(|member| (member.skill.manifest(), member))
                .map(|(manifest, member)| (member, manifest, None))
                .ok_or_else(|| format!("技能“{}”已不在这个版本里，请改用其他技能", run.title)));
        };
        let member = match self.loader.exactly(pinned).await? {
            Ok(member) => member,
            Err(gone) => return Ok(Err(gone.words(&run.title))),
        };
        let (declared, grant) = (member.skill.manifest(), self.grants.of(&run.shop, &identity).await?);
        let standing = grant::standing(&declared, grant.as_ref());
        let more = matches!(standing, Standing::Wants(_))
            .then(|| format!("插件“{}”的新版本还想做更多的事，请在“插件”页看清以后确认，再运行一次", run.title));
        match grant::effective(&declared, grant.as_ref()) {
            Some(manifest) => Ok(Ok((member, manifest, more))),
            None => Ok(Err(standing.why_not(&run.title).unwrap_or_default())),
        }
    }
}
