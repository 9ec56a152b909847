//! What each kind of action means for a person: what it needs, whether it can be taken back, whether it may ever happen unasked, and
//! whether it may be sent again when nobody knows what became of it. Pure; one row a kind.

use chrono::TimeDelta;
use xiaoer_sdk::ActionKind;

/// What a kind of action means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What it touches.
    pub risk: Risk,
    /// What an app needs to do it.
    pub right: Right,
    /// Whether it can be taken back.
    pub undo: Undo,
    /// Whether doing it twice comes to the same as doing it once.
    pub repeats: bool,
    /// Whether it binds the merchant to somebody, so that no setting makes it happen unasked.
    pub binds: bool,
    /// Hours that a proposal waits for an answer: what was right yesterday may be wrong today.
    pub waits: i64,
}

/// What an action touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// What is shown: words, pictures, notes.
    Config,
    /// What is sold, sent or paid.
    Write,
}

/// What an app needs in order to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// A merchant's own app has it.
    OwnApp,
    /// Only apps whose maker was invited.
    Invited,
    /// Nobody outside knows whether an own app can have it.
    Unknown,
    /// No public method does it.
    Nobody,
}

/// Whether an action can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// By the opposite change.
    Back,
    /// Not; why, in Chinese.
    Never(&'static str),
}

impl Right {
    /// What a merchant reads before saying yes; none where nothing stands in the way.
    #[must_use]
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Self::OwnApp => None,
            Self::Invited => Some("平台只向受邀的应用开放这一步；没有权限时会转为请您手动完成"),
            Self::Unknown => Some("平台没有说明自用应用能否做这一步；没有权限时会转为请您手动完成"),
            Self::Nobody => Some("平台没有开放这个接口，批准后会给出手动完成的步骤"),
        }
    }
}

impl Undo {
    /// Why it cannot be taken back; none where it can.
    #[must_use]
    pub fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Back => None,
            Self::Never(why) => Some(why),
        }
    }
}

impl Meaning {
    /// How long a proposal waits for an answer.
    #[must_use]
    pub fn lifetime(self) -> TimeDelta {
        TimeDelta::hours(self.waits)
    }
}

const SHOWN: Meaning =
    Meaning { risk: Risk::Config, right: Right::Invited, undo: Undo::Back, repeats: true, binds: false, waits: 72 };
const SOLD: Meaning =
    Meaning { risk: Risk::Write, right: Right::OwnApp, undo: Undo::Back, repeats: true, binds: false, waits: 24 };

/// The table.
#[must_use]
pub fn meaning(kind: ActionKind) -> Meaning {
    use ActionKind as K;
    match kind {
        K::EditTitle | K::EditAttributes | K::SetPicture => SHOWN,
        K::WriteMemo => Meaning { right: Right::Unknown, ..SHOWN },
        K::SetStock | K::TakeOff => SOLD,
        K::SetPrice | K::SetLadder | K::PutOn => Meaning { right: Right::Unknown, ..SOLD },
        K::SetOrderPrice => Meaning { right: Right::Unknown, binds: true, ..SOLD },
        K::AddListing => Meaning {
            undo: Undo::Never("新品发布后不能收回，不想卖可以下架"),
            repeats: false,
            binds: true,
            waits: 72,
            ..SOLD
        },
        K::RateOrders => {
            let undo = Undo::Never("评价发出后平台不能收回");
            Meaning { right: Right::Unknown, undo, repeats: false, binds: true, waits: 72, ..SOLD }
        }
        K::SendOrder => {
            Meaning {
                undo: Undo::Never("发货后平台不能撤回，请联系承运方"), repeats: false, binds: true, ..SOLD
            }
        }
        K::CloseOrder => Meaning { undo: Undo::Never("订单关闭后不能恢复"), binds: true, ..SOLD },
        K::AgreeRefund => {
            let undo = Undo::Never("同意退款后钱已退回买家");
            Meaning { right: Right::Nobody, undo, repeats: false, binds: true, ..SOLD }
        }
        K::AgreeReturn => {
            let undo = Undo::Never("同意退货后不能反悔");
            Meaning { right: Right::Unknown, undo, repeats: false, binds: true, ..SOLD }
        }
        K::Enrol => {
            let undo = Undo::Never("报名后按活动规则执行，退出请在活动后台申请");
            Meaning { undo, repeats: false, binds: true, waits: 48, ..SOLD }
        }
    }
}
