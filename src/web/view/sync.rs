//! How fresh the data is, in words.

use maud::{Markup, html};

use super::icon::Icon;
use crate::upkeep::SyncState;

/// One line about the last or present sync.
pub(crate) fn line(state: &SyncState) -> Markup {
    match state {
        SyncState::Idle => {
            html! { p.sync-line { (Icon::Clock.draw()) "正在排队，马上开始" } progress aria-label="同步进度" {} }
        }
        SyncState::Running(progress) => {
            html! {
                p.sync-line role="status" { (Icon::Refresh.draw()) (progress) }
                @match progress.percent() {
                    Some(percent) => { progress aria-label="同步进度" max="100" value=(percent) {} }
                    // How long it takes is not known: a bar that only moves.
                    None => { progress aria-label="同步进度" {} }
                }
            }
        }
        SyncState::Fresh => html! { p.sync-line.good { (Icon::Done.draw()) "已是最新" } },
        SyncState::Failed(why) => {
            html! { p.sync-line.bad { (Icon::Warning.draw()) "没有同步成功：" (why) "。小二会接着再试。" } }
        }
    }
}
