//! What a model costs: a dated table of list prices, and the owner's own price over it.
//!
//! Lookups only. Whoever is not in the table has no price, which is not the same as costing nothing: nothing here may turn an unknown
//! price into a zero. A server of one's own costs nothing only where its owner wrote so.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ModelConfig;
use super::money::MicroYuan;

const EMBEDDED: &str = include_str!("prices.toml");
/// Stands in the place of the table's version where the owner's price was used.
const OWN: &str = "agents.toml";
const MILLION: u128 = 1_000_000;

/// `[model.price]`: what this model really costs, in yuan for a million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPrice {
    /// For what is sent.
    pub input: MicroYuan,
    /// For what is answered, reasoning included.
    pub output: MicroYuan,
    /// For what is sent and the provider still knew; none = as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<MicroYuan>,
}

/// A price, as it is kept with every call that was counted by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Which table, or `agents.toml`.
    pub version: String,
    /// For a million tokens sent.
    pub input: MicroYuan,
    /// For a million tokens answered, reasoning included.
    pub output: MicroYuan,
    /// For a million tokens sent that the provider still knew.
    pub cached: MicroYuan,
    /// False where nobody compared it with what the vendor really asks.
    pub confirmed: bool,
}

/// Tokens of one call, as the provider counted them or as they were estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Sent, cached ones included.
    pub prompt: u64,
    /// Answered, reasoning included.
    pub answer: u64,
    /// Of the sent ones, those that the provider still knew.
    pub cached: u64,
    /// Of the answered ones, those that nobody reads.
    pub reasoning: u64,
}

impl Tokens {
    /// With those of another call.
    pub fn add(&mut self, other: &Self) {
        self.prompt += other.prompt;
        self.answer += other.answer;
        self.cached += other.cached;
        self.reasoning += other.reasoning;
    }
}

/// The table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    version: String,
    currency: String,
    #[serde(rename = "price")]
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    provider: String,
    host: String,
    model: String,
    input: u64,
    output: u64,
    cached: Option<u64>,
    #[serde(deserialize_with = "day")]
    checked: NaiveDate,
    source: String,
    confidence: Confidence,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Confidence {
    /// Compared with the vendor's page.
    Confirmed,
    /// Commonly known.
    Candidate,
}

/// Why the table cannot be used; stops the start.
#[derive(Debug, thiserror::Error)]
#[error("prices.toml: {0}")]
pub struct PricesError(String);

impl Prices {
    /// The table that is built in.
    ///
    /// # Errors
    /// [`PricesError`], with the row.
    pub fn embedded() -> Result<Self, PricesError> {
        Self::parse(EMBEDDED)
    }

    fn parse(text: &str) -> Result<Self, PricesError> {
        let prices: Self = toml::from_str(text).map_err(|error| PricesError(error.to_string()))?;
        if prices.currency != "CNY" {
            return Err(PricesError(format!("{:?} is not the currency that budgets are kept in", prices.currency)));
        }
        match prices.rows.iter().find(|row| row.is_bare()) {
            Some(row) => Err(PricesError(format!("{} {}: says not where it is from", row.provider, row.model))),
            None => Ok(prices),
        }
    }

    /// Which table.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The price of a model at an address; none where nobody said.
    #[must_use]
    pub fn of(&self, base_url: &str, model: &str, own: Option<&OwnPrice>) -> Option<Price> {
        if let Some(OwnPrice { input, output, cached }) = own.cloned() {
            return Some(Price {
                version: OWN.into(),
                input,
                output,
                cached: cached.unwrap_or(input),
                confirmed: true,
            });
        }
        let host = host(base_url);
        let fits = self.rows.iter().filter(|row| row.host == host && row.covers(model));
        let row = fits.max_by_key(|row| row.model.len())?;
        Some(Price {
            version: self.version.clone(),
            input: MicroYuan(row.input),
            output: MicroYuan(row.output),
            cached: MicroYuan(row.cached.unwrap_or(row.input)),
            confirmed: row.confidence == Confidence::Confirmed,
        })
    }

    /// The price of a configured model, the owner's first.
    #[must_use]
    pub fn of_model(&self, model: &ModelConfig) -> Option<Price> {
        self.of(model.base(), model.asked_for(), model.price.as_ref())
    }

    /// What the provider at an address is called, for telemetry; `other` where the table does not know it.
    #[must_use]
    pub fn provider(&self, base_url: &str) -> &str {
        let host = host(base_url);
        self.rows.iter().find(|row| row.host == host).map_or("other", |row| &row.provider)
    }
}

impl Row {
    fn covers(&self, model: &str) -> bool {
        match self.model.strip_suffix('*') {
            Some(beginning) => model.starts_with(beginning),
            None => model == self.model,
        }
    }

    /// Whether it lacks what makes it a dated fact.
    fn is_bare(&self) -> bool {
        let long_ago = self.checked < NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
        let texts = [&self.provider, &self.host, &self.model, &self.source];
        long_ago || texts.iter().any(|text| text.is_empty())
    }
}

impl Price {
    /// What tokens cost, rounded up to a whole micro-yuan.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens) -> MicroYuan {
        // A provider that counts more cached than sent tokens is not paid twice for them.
        let cached = tokens.cached.min(tokens.prompt);
        let parts = [(tokens.prompt - cached, self.input), (cached, self.cached), (tokens.answer, self.output)];
        let sum: u128 = parts.iter().map(|(count, price)| u128::from(*count) * u128::from(price.0)).sum();
        MicroYuan(u64::try_from(sum.div_ceil(MILLION)).unwrap_or(u64::MAX))
    }
}

/// The most that a question can cost: all of the prompt, the longest answer, every try. None without a price.
#[must_use]
pub fn worst_case(prompt_tokens: u64, max_tokens: u32, tries: u32, price: Option<&Price>) -> Option<MicroYuan> {
    let tokens = Tokens { prompt: prompt_tokens, answer: max_tokens.into(), ..Tokens::default() };
    price.map(|price| MicroYuan(price.cost(&tokens).0.saturating_mul(tries.max(1).into())))
}

/// Tokens of a text, rather too many than too few: a Chinese character is one, three others are one.
#[must_use]
pub fn estimate_tokens(text: &str) -> u64 {
    let narrow = text.bytes().filter(u8::is_ascii).count() as u64;
    // Every other character begins with one byte of this kind.
    let wide = text.bytes().filter(|byte| *byte >= 0xc0).count() as u64;
    wide + narrow.div_ceil(3)
}

fn host(base_url: &str) -> String {
    let rest = base_url.trim().split_once("://").map_or(base_url.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host.to_ascii_lowercase()
}

/// A date of TOML as a day.
fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    date.to_string().parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAILIAN: &str = "https://dashscope.aliyuncs.com/compatible-mode/v1";

    #[test]
    fn every_row_of_the_table_has_a_date_and_a_source_and_nothing_is_free() {
        let prices = Prices::embedded().unwrap();
        assert!(prices.rows.len() > 4);
        for row in &prices.rows {
            assert!(row.source.len() > 10 && row.input > 0 && row.output > 0, "{row:?}");
            assert!(row.checked.to_string().starts_with("2026-"), "{row:?}");
            assert_eq!(row.confidence, Confidence::Candidate, "{row:?}");
        }
        let bare = EMBEDDED.replace("source = \"", "source = \"\" #");
        assert!(Prices::parse(&bare).unwrap_err().to_string().contains("says not where it is from"));
    }

    #[test]
    fn a_price_is_found_by_address_and_name_and_what_is_unknown_stays_unknown() {
        let prices = Prices::embedded().unwrap();
        let plus = prices.of(BAILIAN, "qwen-plus-2025-07-28", None).unwrap();
        assert_eq!((plus.version.as_str(), plus.input), ("2026-11", MicroYuan(800_000)));
        assert_eq!(prices.of(BAILIAN, "qwen9-huge", None), None);
        assert_eq!(prices.of("https://proxy.example/v1", "qwen-plus", None), None, "somebody else's price");
        assert_eq!(prices.of("http://127.0.0.1:11434/v1", "qwen3", None), None, "nobody said that it is free");
        let own = toml::from_str("input = \"0\"\noutput = \"0\"").unwrap();
        assert_eq!(prices.of("http://127.0.0.1:11434/v1", "qwen3", Some(&own)).unwrap().version, "agents.toml");
        assert_eq!(prices.provider(BAILIAN), "dashscope");
        assert_eq!(prices.provider("http://localhost:8000/v1"), "other");
    }

    #[test]
    fn a_cost_is_rounded_up_and_a_cached_token_is_paid_once() {
        let price = Price {
            version: "t".into(),
            input: MicroYuan(800_000),
            output: MicroYuan(2_000_000),
            cached: MicroYuan(1),
            confirmed: false,
        };
        let tokens = |prompt, answer, cached| Tokens { prompt, answer, cached, reasoning: 0 };
        assert_eq!(price.cost(&tokens(1, 0, 0)), MicroYuan(1));
        assert_eq!(price.cost(&tokens(1000, 500, 0)), MicroYuan(1800));
        assert_eq!(price.cost(&tokens(1000, 500, 2000)), MicroYuan(1001));
        assert_eq!(worst_case(1000, 500, 3, Some(&price)), Some(MicroYuan(5400)));
        assert_eq!(worst_case(1000, 500, 3, None), None);
    }

    #[test]
    fn tokens_are_rather_overcounted() {
        assert_eq!(estimate_tokens("近30天销售额"), 6);
        assert_eq!(estimate_tokens("abcd"), 2);
        assert_eq!(estimate_tokens(""), 0);
    }
}
