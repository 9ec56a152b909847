//! One value of the wire, read only when it is known what it should be.
//!
//! The platform writes ids as numbers beyond 2^53 or as text, flags as booleans or as text, and nothing as a missing field, a null, a
//! space or the word "null". A [`Field`] keeps the raw JSON, so that no digit ever goes through a float and no odd type fails a page.

use chrono::TimeZone as _;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use xiaoer_sdk::shop::Time;

use super::told::{self, Value as _};

/// A scalar as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Field(Option<Box<RawValue>>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(Some(Box::<RawValue>::deserialize(from)?)))
    }
}

impl Field {
    /// The text, or a number's or flag's own digits and letters; none for nothing, however it is written.
    pub(super) fn text(&self) -> Option<String> {
        let raw = self.0.as_ref()?.get();
        let text = match raw.as_bytes().first()? {
            b'"' => serde_json::from_str::<String>(raw).ok()?,
            b'{' | b'[' => return None,
            _ => raw.to_owned(),
        };
        let text = text.trim();
        (!text.is_empty() && text != "null").then(|| text.to_owned())
    }

    /// An id; zero and minus one stand for none.
    pub(super) fn id(&self) -> Option<String> {
        self.text().filter(|id| id != "0" && id != "-1")
    }

    /// A decimal number, digit for digit.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        Decimal::read(&self.text()?)
    }

    /// Fen as yuan.
    pub(super) fn fen(&self) -> Option<Decimal> {
        let fen = self.decimal()?;
        (fen.fract().is_zero()).then(|| (fen / Decimal::ONE_HUNDRED).normalize())
    }

    /// A whole number, also where the wire writes `1200.0`.
    pub(super) fn whole(&self) -> Option<i64> {
        i64::read(&self.text()?)
    }

    /// A flag, as a boolean or as text.
    pub(super) fn flag(&self) -> Option<bool> {
        bool::read(&self.text()?)
    }

    /// `yyyyMMddHHmmssSSSZ`, for example `20180721172608000+0800`.
    pub(super) fn stamp(&self) -> Option<Time> {
        told::stamp(&self.text()?)
    }

    /// Milliseconds since 1970, as text or as a number, on China's clock.
    pub(super) fn millis(&self) -> Option<Time> {
        let millis = self.whole()?;
        china().timestamp_millis_opt(millis).single()
    }
}

/// The platform's own offset.
pub(super) fn china() -> chrono::FixedOffset {
    chrono::FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset")
}

/// A moment as the platform writes it.
pub(super) fn stamp(at: Time) -> String {
    at.with_timezone(&china()).format("%Y%m%d%H%M%S%3f%z").to_string()
}

/// A moment as few methods want it, on China's clock.
pub(super) fn stamp_local(at: Time) -> String {
    at.with_timezone(&china()).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A list that may be missing or null.
pub(super) fn list<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(from)?.unwrap_or_default())
}

/// An object that may be missing or null.
pub(super) fn part<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> Field {
        serde_json::from_str(json).expect("JSON")
    }

    #[test]
    fn an_id_beyond_2_to_the_53_keeps_every_digit() {
        assert_eq!(field("193441303243969811").id().as_deref(), Some("193441303243969811"));
        assert_eq!(field("\"193441303243969811\"").id().as_deref(), Some("193441303243969811"));
    }

    #[test]
    fn money_is_read_without_a_float() {
        assert_eq!(field("0.03").decimal(), Some(Decimal::new(3, 2)));
        assert_eq!(field("\"189797.95\"").decimal(), Some(Decimal::new(18_979_795, 2)));
        assert_eq!(field("1.085E2").decimal(), Some(Decimal::new(1085, 1)));
        assert_eq!(field("-317597").fen(), Some(Decimal::new(-317_597, 2)));
        assert_eq!(field("0.5").fen(), None, "half a fen is not a sum of money");
    }

    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        for nothing in ["null", "\" \"", "\"\"", "\"null\"", "{}", "[]"] {
            assert_eq!(field(nothing).text(), None, "{nothing}");
        }
    }

    #[test]
    fn flags_pieces_and_times_come_in_two_spellings_each() {
        assert_eq!((field("true").flag(), field("\"false\"").flag()), (Some(true), Some(false)));
        assert_eq!(
            (field("1200.0").whole(), field("\"1999\"").whole(), field("1.5").whole()),
            (Some(1200), Some(1999), None)
        );
        let written = field("\"20180721172608123+0800\"").stamp().expect("a stamp");
        assert_eq!(stamp(written), "20180721172608123+0800");
        assert_eq!(stamp(written.to_utc().fixed_offset()), "20180721172608123+0800");
        assert_eq!(field("\"1594310400000\"").millis().map(stamp).as_deref(), Some("20200710000000000+0800"));
    }
}
