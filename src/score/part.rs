//! The parts of a score that can be opened: their words, and their points in a row and on a card. No rate is known here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use xiaoer_growth::{Contribution, Industry, Points, ScoreCard};

/// A part of a score that can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Counted buyers.
    Buyers,
    /// Counted inquiries.
    Inquiries,
    /// Net turnover.
    Turnover,
    /// 数字营销, scenes and marks together.
    Acceleration,
    /// 数字营销 alone.
    Marketing,
    /// Scenes alone.
    Scene,
    /// Marks: no event brings them, the card has them.
    Marks,
    /// What falls out of the window on coming days, if nothing new happens.
    Dropping,
}

/// A word that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是积分的一部分；可用：buyers、inquiries、turnover、acceleration、marketing、scene、marks、dropping")]
pub struct UnknownPart(String);

impl Part {
    /// All parts.
    pub const ALL: [Self; 8] = [
        Self::Buyers,
        Self::Inquiries,
        Self::Turnover,
        Self::Acceleration,
        Self::Marketing,
        Self::Scene,
        Self::Marks,
        Self::Dropping,
    ];

    /// The word in addresses and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Buyers => "buyers",
            Self::Inquiries => "inquiries",
            Self::Turnover => "turnover",
            Self::Acceleration => "acceleration",
            Self::Marketing => "marketing",
            Self::Scene => "scene",
            Self::Marks => "marks",
            Self::Dropping => "dropping",
        }
    }

    /// The name merchants use.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Buyers => "支付买家数",
            Self::Inquiries => "有效询盘",
            Self::Turnover => "支付金额",
            Self::Acceleration => "生意加速",
            Self::Marketing => "数字营销加速",
            Self::Scene => "场景加速",
            Self::Marks => "商家标识",
            Self::Dropping => "掉出积分",
        }
    }

    /// The points of this part in a row; for [`Part::Dropping`] all of them.
    #[must_use]
    pub fn points(self, row: &Contribution) -> Points {
        match self {
            Self::Buyers | Self::Inquiries => row.base,
            Self::Turnover => row.turnover,
            Self::Acceleration => row.marketing + row.scene,
            Self::Marketing => row.marketing,
            Self::Scene => row.scene,
            Self::Marks => Points::ZERO,
            Self::Dropping => row.total(),
        }
    }

    /// The part's points on a card; for [`Part::Dropping`] those of all days.
    #[must_use]
    pub fn of_card(self, card: &ScoreCard) -> Points {
        match self {
            Self::Buyers => card.points.buyers.unwrap_or_default(),
            Self::Inquiries => card.points.inquiries.unwrap_or_default(),
            Self::Turnover => card.points.turnover,
            Self::Acceleration => card.points.acceleration,
            Self::Marketing => card.acceleration.marketing,
            Self::Scene => card.acceleration.scene,
            Self::Marks => card.acceleration.marks.iter().filter_map(|mark| mark.points).sum(),
            Self::Dropping => card.dropping.iter().map(|row| row.points).sum(),
        }
    }

    /// Whether a score of this industry has it.
    #[must_use]
    pub fn is_of(self, industry: Industry) -> bool {
        match self {
            Self::Buyers => industry == Industry::Consumer,
            Self::Inquiries => industry == Industry::Industrial,
            _ => true,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Part {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        Self::ALL.into_iter().find(|part| part.word() == word).ok_or_else(|| UnknownPart(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_the_part_that_writes_it() {
        for part in Part::ALL {
            assert_eq!(part.word().parse(), Ok(part));
            assert_eq!(serde_json::to_value(part).expect("text"), part.word());
        }
    }
}
