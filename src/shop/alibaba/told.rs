//! What a reply tells of one field, in the type and the unit that the field has: yuan and fen can never be added up by mistake.
//!
//! Whatever is missing, blank, or not of its type is told as nothing; it never fails the reply around it.

use std::ops::Deref;

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Time;

use super::wire::{Field, china};

/// A field of a reply: what the platform told, if it told anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T>(pub Option<T>);

/// What a field can hold.
pub trait Value: Sized {
    /// Reads it from what came, which is never blank.
    fn read(text: &str) -> Option<Self>;
}

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Told<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<'de, T: Value> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Field::deserialize(from)?.text().and_then(|text| T::read(&text))))
    }
}

/// An id: text, since a float would lose digits. Zero and minus one are none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(pub String);

/// Yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yuan(pub Decimal);

/// Fen: a hundredth of a yuan, signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fen(pub i64);

impl Fen {
    /// The same sum in yuan.
    #[must_use]
    pub fn yuan(self) -> Yuan {
        Yuan((Decimal::from(self.0) / Decimal::ONE_HUNDRED).normalize())
    }
}

impl Yuan {
    /// The same sum in fen; none if it is no whole number of them, or too large to be a sum of money.
    #[must_use]
    pub fn fen(self) -> Option<Fen> {
        let fen = self.0.checked_mul(Decimal::ONE_HUNDRED)?;
        fen.fract().is_zero().then(|| i64::try_from(fen).ok()).flatten().map(Fen)
    }
}

impl Value for String {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for Id {
    fn read(text: &str) -> Option<Self> {
        (text != "0" && text != "-1").then(|| Self(text.to_owned()))
    }
}

impl Value for Decimal {
    fn read(text: &str) -> Option<Self> {
        Self::from_str_exact(text).ok().or_else(|| Self::from_scientific(text).ok())
    }
}

impl Value for Yuan {
    fn read(text: &str) -> Option<Self> {
        Decimal::read(text).map(|yuan| Self(yuan.normalize()))
    }
}

impl Value for Fen {
    fn read(text: &str) -> Option<Self> {
        i64::read(text).map(Self)
    }
}

impl Value for i64 {
    fn read(text: &str) -> Option<Self> {
        let number = Decimal::read(text)?;
        number.fract().is_zero().then(|| Self::try_from(number).ok()).flatten()
    }
}

impl Value for bool {
    fn read(text: &str) -> Option<Self> {
        match text {
            "true" | "y" | "Y" | "1" => Some(true),
            "false" | "n" | "N" | "0" => Some(false),
            _ => None,
        }
    }
}

/// All four forms that the platform uses; those without a zone are on China's clock.
impl Value for Time {
    fn read(text: &str) -> Option<Self> {
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let millis = text.parse().ok()?;
            return DateTime::from_timestamp_millis(millis).map(|at| at.with_timezone(&china()));
        }
        stamp(text)
            .or_else(|| {
                let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
                local.and_local_timezone(china()).single()
            })
            .or_else(|| DateTime::parse_from_rfc3339(text).ok())
    }
}

/// `yyyyMMddHHmmssSSSZ`, for example `20180721172608000+0800`.
pub(super) fn stamp(text: &str) -> Option<Time> {
    let (digits, zone) = text.split_at_checked(17)?;
    let (seconds, millis) = digits.split_at_checked(14)?;
    // chrono wants a point before fractions.
    DateTime::parse_from_str(&format!("{seconds}.{millis}{zone}"), "%Y%m%d%H%M%S%.3f%z").ok()
}

/// An object that comes as itself or as JSON text; anything else is an empty one.
pub(super) fn inside<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(unwrapped(&Box::<RawValue>::deserialize(from)?).unwrap_or_default())
}

/// Reads a value, or the JSON text that it is.
pub(super) fn unwrapped<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    let text: Option<String> = serde_json::from_str(raw.get()).ok();
    serde_json::from_str(text.as_deref().unwrap_or(raw.get())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T: Value>(json: &str) -> Option<T> {
        serde_json::from_str::<Told<T>>(json).expect("no value fails a reply").0
    }

    #[test]
    fn yuan_and_fen_are_different_things_and_change_only_into_each_other() {
        assert_eq!(told::<Fen>("-650").map(Fen::yuan), Some(Yuan(Decimal::new(-65, 1))));
        assert_eq!(told::<Yuan>("\"108.50\"").and_then(Yuan::fen), Some(Fen(10_850)));
        assert_eq!(Yuan(Decimal::new(1, 3)).fen(), None, "a tenth of a fen is not a sum");
        assert_eq!(Yuan(Decimal::MAX).fen(), None);
        assert_eq!(told::<Fen>("0.5"), None);
    }

    #[test]
    fn a_time_is_read_in_each_of_the_four_forms() {
        for written in [
            "\"20180721172608000+0800\"",
            "1532165168000",
            "\"1532165168000\"",
            "\"2018-07-21 17:26:08\"",
            "\"2018-07-21T09:26:08.000Z\"",
        ] {
            let at = told::<Time>(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!(at.with_timezone(&china()).to_rfc3339(), "2018-07-21T17:26:08+08:00", "{written}");
        }
        for odd in ["\"昨天\"", "\"99999999999999999999999\"", "\"2018-07-21\"", "{}"] {
            assert_eq!(told::<Time>(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_is_not_of_its_type_is_told_as_nothing() {
        for odd in ["null", "\" \"", "\"null\"", "[]", "{\"a\":1}", "\"x\""] {
            assert_eq!((told::<i64>(odd), told::<bool>(odd), told::<Yuan>(odd)), (None, None, None), "{odd}");
        }
        assert_eq!(told::<Id>("0"), None);
        assert_eq!(told::<Id>("9007199254740993123"), Some(Id("9007199254740993123".into())));
    }
}
