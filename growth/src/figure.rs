//! A figure of a rule pack: a value that says where it comes from and how far it can be trusted.
//!
//! No official page gives most of these values. A figure without its class would be read as official, so a pack
//! cannot hold one.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// How far a figure can be trusted. Ordered from the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Written down by merchants; no official page shows it.
    Candidate,
    /// Entered by this shop's merchant.
    Merchant,
    /// Stated by the platform.
    Confirmed,
}

impl Confidence {
    /// The label that stands beside a figure of this class.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Confidence::Candidate => "商家整理，非官方",
            Confidence::Merchant => "商家填写",
            Confidence::Confirmed => "官方公布",
        }
    }
}

/// A value with its source and class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure<T> {
    /// The value itself.
    pub value: T,
    /// Where it was read, in words a merchant can follow.
    #[serde(deserialize_with = "not_blank")]
    pub source: String,
    /// How far it can be trusted.
    pub confidence: Confidence,
}

/// A decimal that was read from text or from an integer, never by way of a binary fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        exact_decimal(deserializer).map(Exact)
    }
}

/// Reads a decimal in quotes or an integer; refuses `0.3` without quotes, which is already inexact when we see it.
pub(crate) fn exact_decimal<'de, D: Deserializer<'de>>(d: D) -> Result<Decimal, D::Error> {
    struct Text;

    impl Visitor<'_> for Text {
        type Value = Decimal;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a decimal in quotes (\"0.3\") or a whole number")
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
            Ok(Decimal::from(value))
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
            Ok(Decimal::from(value))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
            Decimal::from_str_exact(text.trim())
                .map_err(|_| E::custom(format_args!("\"{text}\" is not a decimal number")))
        }
    }

    d.deserialize_any(Text)
}

/// Text that says something.
pub(crate) fn not_blank<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let text = String::deserialize(d)?;
    if text.trim().is_empty() {
        return Err(de::Error::custom("must not be empty"));
    }
    Ok(text)
}
