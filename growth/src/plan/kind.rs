//! The kinds of levers: one list with their ids, their Chinese words and the skills that carry them out.

use serde::{Deserialize, Serialize};

/// The kinds of levers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeverKind {
    /// New buyers by 数字营销.
    PromotionBuyers,
    /// Inquiries by 数字营销.
    PromotionInquiries,
    /// Buyers who would have dropped out of the window and are won back: they count again.
    WinBack,
    /// One more order of buyers who are still in the window: turnover only.
    RepeatOrder,
    /// Turnover that is moved into a scene (大严选 …).
    SceneTurnover,
    /// Refunds that are avoided.
    FewerRefunds,
    /// Larger orders by a ladder price.
    LadderPrice,
    /// Small orders raised by a minimum order.
    MinimumOrder,
    /// Inquiries that are won by answering in time.
    ResponseRate,
    /// A mark of a verified supplier.
    Verification,
}

/// A kind's fixed words: its id, title, unit, and the skill that carries it out (empty if none does).
struct Words(LeverKind, &'static str, &'static str, &'static str, &'static str);

/// THE list of levers; plans and sliders show them in this order.
const WORDS: [Words; 10] = [
    Words(LeverKind::PromotionBuyers, "promotion_buyers", "数字营销买家", "人", "activity-picker"),
    Words(LeverKind::PromotionInquiries, "promotion_inquiries", "数字营销询盘", "次", "activity-picker"),
    Words(LeverKind::WinBack, "win_back", "老客召回", "人", "daily-report"),
    Words(LeverKind::RepeatOrder, "repeat_order", "老客复购", "单", "daily-report"),
    Words(LeverKind::SceneTurnover, "scene_turnover", "场景成交", "千元", "activity-picker"),
    Words(LeverKind::FewerRefunds, "fewer_refunds", "减少退款", "百元", "refund-advisor"),
    Words(LeverKind::LadderPrice, "ladder_price", "阶梯价", "千元", "title-optimizer"),
    Words(LeverKind::MinimumOrder, "minimum_order", "起批凑单", "单", "title-optimizer"),
    Words(LeverKind::ResponseRate, "response_rate", "询盘响应", "次", ""),
    Words(LeverKind::Verification, "verification", "认证标识", "项", ""),
];

impl LeverKind {
    /// All kinds, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = LeverKind> {
        WORDS.iter().map(|words| words.0)
    }

    fn words(self) -> &'static Words {
        WORDS.iter().find(|words| words.0 == self).unwrap_or(&WORDS[0])
    }

    /// The id of the kind's lever; a verification adds the mark's name.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().1
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.words().2
    }

    /// What one of it is called.
    #[must_use]
    pub fn unit(self) -> &'static str {
        self.words().3
    }

    /// The skill that carries it out; empty if the merchant does it in the back office.
    #[must_use]
    pub fn skill(self) -> &'static str {
        self.words().4
    }
}
