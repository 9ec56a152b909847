//! Made-up buyers, from word lists. The same seed and number always give the same buyer.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Industry;
use super::dice::Dice;

/// The word lists of `data/names.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    cities: Vec<[String; 4]>,
    first: Vec<String>,
    second: Vec<String>,
    consumer: Vec<String>,
    industrial: Vec<String>,
    forms: Vec<String>,
    surnames: Vec<String>,
    given: Vec<String>,
    pinyin: Vec<String>,
    pub(crate) feedback: Vec<String>,
    pub(crate) memos: Vec<String>,
}

pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/names.toml"))
        .expect("names.toml ships with the package and a test reads it")
});

/// A buyer. The wire shows name and phone masked, the company open.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) member_id: String,
    pub(crate) user_id: i64,
    pub(crate) login_id: String,
    pub(crate) company: String,
    pub(crate) contact: String,
    pub(crate) mobile: String,
    pub(crate) place: Place,
}

/// Where goods go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) province: String,
    pub(crate) city: String,
    pub(crate) area: String,
    pub(crate) code: String,
}

impl Words {
    /// Province, city, area and division code of the places that are known.
    pub(crate) fn cities(&self) -> &[[String; 4]] {
        &self.cities
    }
}

impl Buyer {
    /// The buyer with this number in the neighbourhood of a shop.
    pub(crate) fn made_up(seed: u64, number: usize, industry: Industry) -> Self {
        let words = &*WORDS;
        let serial = i64::try_from(number).unwrap_or(0);
        let mut dice = Dice::of(seed, "buyer", serial);
        let [province, city, area, code] = dice.pick(&words.cities).clone();
        let trades = match industry {
            Industry::Consumer => &words.consumer,
            Industry::Industrial => &words.industrial,
        };
        // All pairs of brand characters are walked before one comes again, from a start that the seed chooses.
        let pairs = words.first.len() * words.second.len();
        let pair = (number * 239 + usize::try_from(seed % 1009).unwrap_or(0)) % pairs;
        let brand = format!("{}{}", words.first[pair / words.second.len()], words.second[pair % words.second.len()]);
        let town = city.trim_end_matches('市');
        let company = format!("{town}{brand}{}{}", dice.pick(trades), dice.pick(&words.forms));
        let user_id = 2_200_000_000 + serial * 97_003 + dice.between(0, 97_000);
        Self {
            member_id: format!("b2b-{user_id}"),
            user_id,
            login_id: format!("{}{}", dice.pick(&words.pinyin), 1000 + serial),
            company,
            contact: format!("{}{}", dice.pick(&words.surnames), dice.pick(&words.given)),
            mobile: format!("1{}{:09}", dice.between(3, 9), dice.between(0, 999_999_999)),
            place: Place { province, city, area, code },
        }
    }

    /// The contact as strangers see it: surname, then stars.
    pub(crate) fn masked_contact(&self) -> String {
        let stars = "*".repeat(self.contact.chars().count().saturating_sub(1));
        self.contact.chars().take(1).collect::<String>() + &stars
    }

    /// The phone with its middle hidden.
    pub(crate) fn masked_mobile(&self) -> String {
        match (self.mobile.get(..3), self.mobile.get(7..)) {
            (Some(head), Some(tail)) => format!("{head}****{tail}"),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_buyers_of_a_shop_share_an_identity() {
        let buyers: Vec<Buyer> = (0..576).map(|number| Buyer::made_up(7, number, Industry::Consumer)).collect();
        for key in [|b: &Buyer| b.member_id.clone(), |b: &Buyer| b.login_id.clone()] {
            assert_eq!(buyers.iter().map(key).collect::<HashSet<_>>().len(), buyers.len());
        }
        assert_eq!(buyers[5].masked_mobile().len(), 11);
        assert!(!buyers[5].masked_contact().contains(&buyers[5].contact));
    }
}
