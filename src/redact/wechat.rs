//! Accounts outside the platform: what comes behind the word for one, and addresses of e-mail.

use std::sync::LazyLock;

use regex::Regex;

use super::plain::Plain;
use super::{Found, Kind};

static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let cue = r"(?:微信|薇信|威信|徽信|微信号|维信|微❤|薇❤|威❤|v❤|微x|卫星|绿泡泡|加微|加v|加V|[vV]信|[vV][xX]|[wW][xX]|[wW]e[cC]hat|weixin|扣扣|企鹅|[qQ]\s?[qQ]|支付宝)";
    let between = r"(?:\s|号|号码|账号|同号|是|为|[:=,，]|加|我|id|ID){0,8}";
    let account = r"(?:[A-Za-z][-_A-Za-z0-9]{5,19}|[A-Za-z](?:[ .]?[-_A-Za-z0-9]){5,19}|[0-9]{5,12})";
    Regex::new(&format!("{cue}{between}(?P<account>{account})")).expect("a pattern that a test uses")
});

static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,62})+")
        .expect("a pattern that a test uses")
});

pub(super) fn find(plain: &Plain) -> Vec<Found> {
    let accounts = ACCOUNT.captures_iter(&plain.text).filter_map(|found| found.name("account"));
    let mails = MAIL.find_iter(&plain.text);
    let whole = |found: regex::Match<'_>| Found {
        kind: Kind::Wechat,
        start: plain.place_of(found.start()),
        end: plain.place_of(found.end()),
    };
    accounts.chain(mails).map(whole).collect()
}
