//! Whose word a proposed change is. What a plugin says is never more than a form that was filled in for a person: no setting makes it happen
//! unasked, and a figure that nobody but the plugin knows is shown as such. Pure.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{Change, Input};

use super::ground::Issued;

/// Whose word a change is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A built-in skill's or a person's.
    #[default]
    Own,
    /// A plugin's, and each of its figures is the shop's own or was typed by a person.
    Plugin,
    /// A plugin's, with figures, an address or a number of a parcel that only the plugin knows.
    PluginAlone,
}

/// What of a change somebody could gain by.
#[derive(Default)]
struct Said<'a> {
    yuan: Vec<Decimal>,
    pieces: Vec<i64>,
    words: Vec<&'a str>,
}

impl Origin {
    /// Of a plugin's change, by what its run read and what a person typed into its form.
    #[must_use]
    pub fn of_plugin(change: &Change, issued: &Issued, typed: &Input) -> Self {
        let said = said(change);
        let product = issued.products.iter().find(|product| product.id == change.target().id());
        let in_form = |text: &str| typed.0.values().any(|value| value.as_str().is_some_and(|typed| typed == text));
        let number = |figure: Decimal| {
            typed.0.values().filter_map(|value| value.as_str()?.parse::<Decimal>().ok()).any(|typed| typed == figure)
        };
        let known = said.yuan.iter().all(|yuan| number(*yuan) || product.is_some_and(|of| costs(of, *yuan)))
            && said.pieces.iter().all(|n| number(Decimal::from(*n)) || product.is_some_and(|of| holds(of, *n)))
            && said.words.iter().all(|words| in_form(words));
        if known { Self::Plugin } else { Self::PluginAlone }
    }

    /// Whether it comes from a plugin.
    #[must_use]
    pub fn is_plugin(self) -> bool {
        self != Self::Own
    }

    /// What a person reads before saying yes; none where there is nothing to say.
    #[must_use]
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Self::Own => None,
            Self::Plugin => Some("由插件提出，请确认后再批准"),
            Self::PluginAlone => {
                Some("由插件提出：里面的数值或收件信息只来自插件，店铺里查不到，也不是您填的，请逐项核对后再批准")
            }
        }
    }
}

fn said(change: &Change) -> Said<'_> {
    match change {
        Change::SetStock { to, .. } => Said { pieces: vec![*to], ..Said::default() },
        Change::SetPrice { to, .. } => Said { yuan: vec![*to], ..Said::default() },
        Change::SetLadder { steps, .. } => Said { yuan: steps.iter().map(|step| step.1).collect(), ..Said::default() },
        Change::AddListing { listing } => Said {
            yuan: listing.steps.iter().map(|step| step.1).collect(),
            pieces: vec![listing.stock],
            words: Vec::new(),
        },
        Change::SetOrderPrice { lines, freight, .. } => {
            Said { yuan: lines.values().copied().chain([*freight]).collect(), ..Said::default() }
        }
        Change::SendOrder { waybill, .. } => Said { words: vec![waybill], ..Said::default() },
        Change::AgreeReturn { address, .. } => {
            Said { words: vec![&address.address, &address.post, &address.name, &address.phone], ..Said::default() }
        }
        Change::Enrol { terms, .. } => Said { words: terms.values().map(String::as_str).collect(), ..Said::default() },
        Change::EditTitle { .. }
        | Change::EditAttributes { .. }
        | Change::TakeOff { .. }
        | Change::PutOn { .. }
        | Change::SetPicture { .. }
        | Change::WriteMemo { .. }
        | Change::RateOrders { .. }
        | Change::CloseOrder { .. }
        | Change::AgreeRefund { .. } => Said::default(),
    }
}

fn costs(product: &Product, yuan: Decimal) -> bool {
    product.prices.iter().any(|step| step.1 == yuan) || product.skus.iter().any(|sku| sku.price == Some(yuan))
}

fn holds(product: &Product, pieces: i64) -> bool {
    product.stock == Some(pieces) || product.skus.iter().any(|sku| sku.stock == pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(value: &str) -> Input {
        Input([("to".to_owned(), serde_json::Value::from(value))].into_iter().collect())
    }

    #[test]
    fn a_figure_that_a_person_typed_is_known_and_one_that_only_the_plugin_says_is_not() {
        let change = Change::SetStock { product: "1".into(), sku: None, to: 40 };
        let of = |value: &str| Origin::of_plugin(&change, &Issued::default(), &typed(value));
        assert_eq!(of("40"), Origin::Plugin);
        assert_eq!(of("41"), Origin::PluginAlone);
    }

    #[test]
    fn goods_come_back_to_an_address_that_a_person_typed() {
        let address = xiaoer_sdk::ReturnAddress {
            address: "某地".into(),
            post: "1".into(),
            name: "某人".into(),
            phone: "2".into(),
        };
        let change = Change::AgreeReturn { refund: "r".into(), address };
        assert_eq!(Origin::of_plugin(&change, &Issued::default(), &typed("某地")), Origin::PluginAlone);
    }

    #[test]
    fn words_and_yeses_carry_no_figure() {
        let change = Change::TakeOff { product: "1".into() };
        assert_eq!(Origin::of_plugin(&change, &Issued::default(), &Input::default()), Origin::Plugin);
    }
}
