//! `xiaoer serve`: the console, the schedules and the work.

use super::args::Listen;
use super::local::{self, Place};
use super::log::say;

pub(super) async fn run(place: Place, listen: Listen) -> anyhow::Result<()> {
    let opened = place.open()?;
    local::serve(opened, listen.listen, |presence| {
        say(&format!("小二已启动：http://{}/login?token={}", presence.address, presence.token));
    })
    .await
}
