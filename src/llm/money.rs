//! Money that a model costs: whole micro-yuan inside, decimal yuan as text at every edge.
//!
//! No binary fraction ever holds an amount, and a text with more places than a micro-yuan has is refused, never rounded.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const PER_YUAN: u64 = 1_000_000;

/// An amount in millionths of a yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroYuan(pub u64);

impl MicroYuan {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Both together; an amount that no counter holds is the largest one.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left without the other, at least nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Why a text is no amount.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no amount: write yuan as a decimal in quotes, such as \"0.5\", with at most six places")]
pub struct NoAmount(String);

impl FromStr for MicroYuan {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let refused = || NoAmount(text.into());
        let yuan: Decimal = text.trim().parse().map_err(|_| refused())?;
        let micro = yuan.checked_mul(Decimal::from(PER_YUAN)).ok_or_else(refused)?;
        if micro.is_integer() { micro.to_u64().map(Self).ok_or_else(refused) } else { Err(refused()) }
    }
}

impl fmt::Display for MicroYuan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yuan, rest) = (self.0 / PER_YUAN, self.0 % PER_YUAN);
        if rest == 0 {
            return write!(f, "{yuan}");
        }
        let (mut rest, mut places) = (rest, 6);
        while rest % 10 == 0 {
            (rest, places) = (rest / 10, places - 1);
        }
        write!(f, "{yuan}.{rest:0places$}")
    }
}

impl Serialize for MicroYuan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MicroYuan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Text only: a bare 0.1 of a file would already have been a binary fraction.
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_comes_back_as_it_was_written() {
        for text in ["0", "1", "0.5", "12.000001", "0.0008"] {
            assert_eq!(text.parse::<MicroYuan>().unwrap().to_string(), text);
        }
        assert_eq!("1.50".parse(), Ok(MicroYuan(1_500_000)));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-1", "0.0000001", "1e3x", "一元", "99999999999999999999999"] {
            assert!(text.parse::<MicroYuan>().is_err(), "{text}");
        }
    }
}
