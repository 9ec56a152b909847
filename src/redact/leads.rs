//! Words around an address: those that lead to one, and those that no name of a place has in it.

use std::sync::LazyLock;

use super::family::singly;
use super::page::Page;
use crate::lexicon::Lexicon;

/// Words that lead to an address.
const LEADS: [&str; 26] = [
    "地址",
    "寄到",
    "寄往",
    "发到",
    "发往",
    "送到",
    "送至",
    "住在",
    "住",
    "收货",
    "收件",
    "邮寄",
    "寄",
    "寄给",
    "所在地",
    "家在",
    "地点",
    "放到",
    "放在",
    "发货到",
    "位置",
    "定位",
    "搬到",
    "在",
    "到",
    "改成",
];
/// What no name of a place has in it; whatever stood before is no part of an address.
const STOPS: &str =
    "的了是吗呢吧啊我你您他她它们这请烦寄啥么怎给把让被很吃哦嗯哈呀谁哪没要就在到送往搬收帮想看买跟等些住";
const STOP_WORDS: [&str; 16] = [
    "地址",
    "快递",
    "顺丰",
    "发货",
    "发往",
    "放在",
    "电话",
    "手机",
    "所在地",
    "联系",
    "家住",
    "改成",
    "谢谢",
    "麻烦",
    "那边",
    "那个",
];

/// The length of a word that leads away from any address.
pub(super) fn away(page: &Page, at: usize) -> Option<usize> {
    static ALL: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain(singly(STOPS).chain(STOP_WORDS)));
    page.word(at, &ALL).map(|(length, ())| length)
}

/// Whether a word before this place leads to an address.
pub(super) fn to(page: &Page, from: usize) -> bool {
    let mut at = from;
    while at > 0 && from - at < 4 && (" :：,，".contains(page.before(at)) || "是为写填".contains(page.before(at)))
    {
        at -= 1;
    }
    static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::plain_backwards(LEADS));
    page.follows(at, &WORDS)
}
