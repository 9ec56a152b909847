//! Money and points as integers: fen, and millionths of a point.
//!
//! Every edge sees decimals in text; inside, sums are exact. A binary fraction never enters: one lost millionth
//! would make a shop's total differ from the sum of its orders, and nobody could say why.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::figure::exact_decimal;

/// One point in millionths.
const MICRO: i64 = 1_000_000;

/// An amount of money in fen (a hundredth of a yuan). In JSON: decimal yuan as a string, always two places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

/// A number of growth points, kept in millionths. In JSON: an exact decimal as a string, at most six places,
/// without trailing zeros (`"15.7"`).
///
/// Arithmetic stops at the edge of its range instead of panicking: one absurd row must not take down a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

/// A decimal that is not an amount of money, or not a number of points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a decimal number at all.
    #[error("\"{0}\" is not a decimal number")]
    NotANumber(String),
    /// More decimal places than the unit has, or too many digits.
    #[error("{0} does not fit: at most {1} decimal places")]
    DoesNotFit(Decimal, u32),
}

/// `value × 10^places` as an integer, if that is exact.
fn scaled(value: Decimal, places: u32) -> Result<i64, DecimalError> {
    let misfit = DecimalError::DoesNotFit(value, places);
    let Some(wide) = value.checked_mul(Decimal::from(10_i64.pow(places))) else {
        return Err(misfit);
    };
    if !wide.fract().is_zero() {
        return Err(misfit);
    }
    wide.to_i64().ok_or(misfit)
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// From decimal yuan; refused when it has parts of a fen.
    ///
    /// # Errors
    /// [`DecimalError::DoesNotFit`].
    pub fn from_yuan(yuan: Decimal) -> Result<Fen, DecimalError> {
        scaled(yuan, 2).map(Fen)
    }

    /// As decimal yuan with two places.
    #[must_use]
    pub fn to_yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

impl Points {
    /// Nothing.
    pub const ZERO: Points = Points(0);

    /// From millionths of a point.
    #[must_use]
    pub const fn from_micro(micro: i64) -> Points {
        Points(micro)
    }

    /// From whole points.
    #[must_use]
    pub const fn whole(points: i64) -> Points {
        Points(points.saturating_mul(MICRO))
    }

    /// In millionths of a point.
    #[must_use]
    pub const fn micro(self) -> i64 {
        self.0
    }

    /// So many times over.
    #[must_use]
    pub const fn times(self, count: i64) -> Points {
        Points(self.0.saturating_mul(count))
    }

    /// Cut down to whole points.
    pub(crate) const fn floor(self) -> Points {
        Points(self.0.saturating_sub(self.0.rem_euclid(MICRO)))
    }

    /// Up to whole points.
    pub(crate) const fn ceil(self) -> Points {
        Points(Points(self.0.saturating_neg()).floor().0.saturating_neg())
    }

    /// Without its sign.
    pub(crate) const fn abs(self) -> Points {
        Points(self.0.saturating_abs())
    }

    /// As a decimal without trailing zeros.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 6).normalize()
    }
}

impl TryFrom<Decimal> for Points {
    type Error = DecimalError;

    fn try_from(value: Decimal) -> Result<Points, DecimalError> {
        scaled(value, 6).map(Points)
    }
}

impl FromStr for Points {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Points, DecimalError> {
        let value = Decimal::from_str_exact(text.trim()).map_err(|_| DecimalError::NotANumber(text.to_owned()))?;
        Points::try_from(value)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_decimal().fmt(f)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_yuan().fmt(f)
    }
}

impl Add for Points {
    type Output = Points;

    fn add(self, other: Points) -> Points {
        Points(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Points;

    fn sub(self, other: Points) -> Points {
        Points(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Points;

    fn neg(self) -> Points {
        Points(self.0.saturating_neg())
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Points) {
        *self = *self + other;
    }
}

impl SubAssign for Points {
    fn sub_assign(&mut self, other: Points) {
        *self = *self - other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(all: I) -> Points {
        all.fold(Points::ZERO, Add::add)
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Points, D::Error> {
        Points::try_from(exact_decimal(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        Fen::from_yuan(exact_decimal(deserializer)?).map_err(serde::de::Error::custom)
    }
}
