//! How an [`Answer`] is read: its kind first, then the value of that kind. Serde would take them in either order, and for that hold the
//! code that reads every type of the shop twice; a skill that is a component carries all of it along.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::Answer;
use crate::growth::{Marginal, ScoreCard};

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Answer,
    Value,
}

/// The names that the wire has for the variants.
#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Orders,
    Refunds,
    Products,
    Costs,
    Traffic,
    Activities,
    Score,
    Forecast,
    Plan,
    PastTasks,
    Picture,
    Asked,
    Recalled,
    Fetched,
    Done,
}

#[derive(serde::Deserialize)]
struct Scored {
    card: Box<ScoreCard>,
    marginal: Marginal,
}

struct KindFirst;

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KindFirst)
    }
}

impl<'de> Visitor<'de> for KindFirst {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer: its kind, then its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let Some(Key::Answer) = map.next_key()? else { return Err(A::Error::custom("an answer begins with its kind")) };
        let kind = map.next_value()?;
        if let Kind::Done = kind {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Answer::Done);
        }
        let Some(Key::Value) = map.next_key()? else { return Err(A::Error::missing_field("value")) };
        let answer = match kind {
            Kind::Orders => Answer::Orders(map.next_value()?),
            Kind::Refunds => Answer::Refunds(map.next_value()?),
            Kind::Products => Answer::Products(map.next_value()?),
            Kind::Costs => Answer::Costs(map.next_value()?),
            Kind::Traffic => Answer::Traffic(map.next_value()?),
            Kind::Activities => Answer::Activities(map.next_value()?),
            Kind::Score => {
                let Scored { card, marginal } = map.next_value()?;
                Answer::Score { card, marginal }
            }
            Kind::Forecast => Answer::Forecast(map.next_value()?),
            Kind::Plan => Answer::Plan(map.next_value()?),
            Kind::PastTasks => Answer::PastTasks(map.next_value()?),
            Kind::Picture => Answer::Picture(map.next_value()?),
            Kind::Asked => Answer::Asked(map.next_value()?),
            Kind::Recalled => Answer::Recalled(map.next_value()?),
            Kind::Fetched => Answer::Fetched(map.next_value()?),
            Kind::Done => Answer::Done,
        };
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(answer)
    }
}
