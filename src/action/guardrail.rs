//! Limits that no approval overrides. Pure: checked when an action is proposed and again right before it is executed.

mod limits;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use xiaoer_sdk::shop::{Cost, Order, Product, Refund};
use xiaoer_sdk::{Change, Listing};

use limits::{attributes, cost_of, lowest, parcel, price_now, rating, rising, touches_listing, words};

/// The limits of `[guardrails]` in `agents.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrails {
    /// Most pieces that a stock may be set to.
    pub stock_most: i64,
    /// Longest title, in Chinese characters of two bytes; two Latin letters count as one.
    pub title_longest: usize,
    /// Words that no title may hold (广告法).
    pub title_banned: Vec<String>,
    /// Phrases that hold such a word and are fine: 第一步.
    #[serde(default)]
    pub title_allowed: Vec<String>,
    /// Most changes of one kind on one day.
    pub changes_a_day: u32,
    /// The share of its price that a product may lose at once.
    #[serde(default = "share_30")]
    pub price_drop_most: Decimal,
    /// The share of its cost that a price must lie above it, where the cost is known.
    #[serde(default)]
    pub margin_least: Decimal,
    /// The share of an order's goods that it may be made cheaper by.
    #[serde(default = "share_30")]
    pub order_discount_most: Decimal,
    /// Most yuan of one refund that is agreed to from here.
    #[serde(default = "yuan_500")]
    pub refund_most: Decimal,
    /// Days on which listings are left alone, both included.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

fn share_30() -> Decimal {
    Decimal::new(30, 2)
}

fn yuan_500() -> Decimal {
    Decimal::from(500)
}

/// Days on which listings are left alone, such as a promotion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What it is called.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// What a change is held against: the day, and what the mirror knows about the object.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// The shop's day.
    pub today: NaiveDate,
    /// Changes of the same kind that were approved today.
    pub done_today: u32,
    /// The product, as it is now.
    pub product: Option<Product>,
    /// What the product costs the merchant.
    pub costs: Vec<Cost>,
    /// The refund.
    pub refund: Option<Refund>,
    /// The order.
    pub order: Option<Order>,
}

impl Guardrails {
    /// Why a change may not be made; the text is for the merchant.
    ///
    /// # Errors
    /// The first limit that forbids it.
    pub fn check(&self, change: &Change, scene: &Scene) -> Result<(), String> {
        let kind = change.kind();
        if scene.done_today >= self.changes_a_day {
            return Err(format!("今天“{}”已达上限 {} 次，请明天再试", kind.title(), self.changes_a_day));
        }
        let frozen = |freeze: &&Freeze| freeze.from <= scene.today && scene.today <= freeze.to;
        if let Some(freeze) = self.freezes.iter().find(|freeze| touches_listing(kind) && frozen(freeze)) {
            return Err(format!("“{}”期间（{} 至 {}）不改商品信息", freeze.name, freeze.from, freeze.to));
        }
        match change {
            Change::SetStock { to, .. } => self.stock(*to),
            Change::EditTitle { title, .. } => self.title(title),
            Change::EditAttributes { set, .. } => attributes(set),
            Change::SetPrice { sku, to, .. } => self.price(*to, price_now(scene, sku), cost_of(scene, Some(sku))),
            Change::SetLadder { steps, .. } => {
                rising(steps)?;
                let now = scene.product.as_ref().and_then(|product| product.prices.iter().map(|step| step.1).min());
                self.price(lowest(steps), now, cost_of(scene, None))
            }
            Change::AddListing { listing } => self.listing(listing),
            Change::WriteMemo { text, .. } => words("备注", text, 500),
            Change::SetOrderPrice { lines, freight, .. } => self.order_price(lines, *freight, scene.order.as_ref()),
            Change::RateOrders { orders, stars, words: text } => rating(orders, *stars, text),
            Change::SendOrder { lines, carrier, waybill, .. } => parcel(lines, carrier, waybill),
            Change::CloseOrder { remark, .. } => words("关闭原因", remark, 200),
            Change::AgreeRefund { .. } | Change::AgreeReturn { .. } => self.refund(scene.refund.as_ref()),
            Change::Enrol { terms, .. } => attributes(terms),
            Change::TakeOff { .. } | Change::PutOn { .. } | Change::SetPicture { .. } => Ok(()),
        }
    }

    fn stock(&self, to: i64) -> Result<(), String> {
        match to {
            ..0 => Err("库存不能为负数".into()),
            _ if to > self.stock_most => Err(format!("库存不能超过 {} 件", self.stock_most)),
            _ => Ok(()),
        }
    }

    /// A price is held against what it was and against what the goods cost; a cost that nobody entered holds nothing back.
    fn price(&self, to: Decimal, now: Option<Decimal>, cost: Option<Decimal>) -> Result<(), String> {
        if to <= Decimal::ZERO || to.normalize().scale() > 2 {
            return Err(format!("价格 {to} 不对：要大于 0，最多到分"));
        }
        if let Some(now) = now.filter(|now| to < *now * (Decimal::ONE - self.price_drop_most)) {
            let most = (self.price_drop_most * Decimal::ONE_HUNDRED).normalize();
            return Err(format!("从 {now:.2} 元降到 {to:.2} 元，超过一次最多降 {most}% 的限制"));
        }
        let floor = cost.map(|cost| cost * (Decimal::ONE + self.margin_least));
        match floor {
            Some(floor) if to < floor => Err(format!("{to:.2} 元低于成本加最低毛利 {floor:.2} 元")),
            _ => Ok(()),
        }
    }

    fn order_price(
        &self,
        lines: &BTreeMap<String, Decimal>,
        freight: Decimal,
        order: Option<&Order>,
    ) -> Result<(), String> {
        if freight < Decimal::ZERO {
            return Err("运费不能小于 0".into());
        }
        if lines.values().chain([&freight]).any(|amount| amount.normalize().scale() > 2) {
            return Err("改价和运费最多到分".into());
        }
        let goods: Decimal =
            order.map(|order| order.total - order.freight).ok_or("这个订单还没有同步，请先同步再改价")?;
        let off: Decimal = -lines.values().sum::<Decimal>();
        if off > goods * self.order_discount_most {
            let most = (self.order_discount_most * Decimal::ONE_HUNDRED).normalize();
            return Err(format!("一共便宜 {off:.2} 元，超过货款 {goods:.2} 元的 {most}%"));
        }
        Ok(())
    }

    fn refund(&self, refund: Option<&Refund>) -> Result<(), String> {
        match refund {
            Some(refund) if refund.asked > self.refund_most => {
                Err(format!("退款 {:.2} 元超过单笔上限 {:.2} 元，请在商家后台处理", refund.asked, self.refund_most))
            }
            _ => Ok(()),
        }
    }

    fn listing(&self, listing: &Listing) -> Result<(), String> {
        self.title(&listing.title)?;
        self.stock(listing.stock)?;
        rising(&listing.steps)?;
        self.price(lowest(&listing.steps), None, None)?;
        if listing.number.trim().is_empty() || listing.number.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("新品要有货号，货号里不能有空格".into());
        }
        if !(1..=5).contains(&listing.pictures.len()) {
            return Err("新品要有 1 到 5 张主图".into());
        }
        Ok(())
    }

    fn title(&self, title: &str) -> Result<(), String> {
        let width = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().div_ceil(2);
        if title.trim().is_empty() {
            return Err("标题不能为空".into());
        }
        if width > self.title_longest {
            return Err(format!("标题有 {width} 个字，超过平台上限 {} 个字", self.title_longest));
        }
        if title.chars().any(char::is_control) {
            return Err("标题里有看不见的控制字符，请删掉".into());
        }
        // Symbols between the letters hide a word from a person's eye as little as from a court's.
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let plain = self.title_allowed.iter().fold(letters(title), |plain, fine| plain.replace(&letters(fine), " "));
        match self.title_banned.iter().find(|word| plain.contains(&letters(word))) {
            Some(word) => Err(format!("标题里有广告法不允许的“{word}”")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rails() -> Guardrails {
        let freeze = Freeze { name: "双12".into(), from: day("2026-12-10"), to: day("2026-12-12") };
        Guardrails {
            stock_most: 1000,
            title_longest: 30,
            title_banned: vec!["全网最低".into(), "第一".into(), "100%有效".into()],
            title_allowed: vec!["第一步".into()],
            changes_a_day: 3,
            price_drop_most: Decimal::new(30, 2),
            margin_least: Decimal::new(5, 2),
            order_discount_most: Decimal::new(20, 2),
            refund_most: Decimal::from(500),
            freezes: vec![freeze],
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn on(text: &str) -> Scene {
        Scene { today: day(text), ..Scene::default() }
    }

    fn title(text: &str) -> Change {
        Change::EditTitle { product: "1".into(), title: text.into() }
    }

    #[test]
    fn a_banned_word_does_not_hide_behind_symbols() {
        let refused = rails().check(&title("不锈钢保温杯 全-网*最低"), &on("2026-11-23"));
        assert_eq!(refused, Err("标题里有广告法不允许的“全网最低”".into()));
    }

    #[test]
    fn a_harmless_phrase_around_a_banned_word_is_let_through() {
        assert!(rails().check(&title("收纳第一步 抽屉分隔盒"), &on("2026-11-23")).is_ok());
        assert!(rails().check(&title("收纳第一步 销量第一"), &on("2026-11-23")).is_err());
        assert!(
            rails().check(&title("防潮剂 100%有效"), &on("2026-11-23")).is_err(),
            "a word with a symbol of its own"
        );
    }

    #[test]
    fn listings_are_left_alone_during_a_promotion_and_stock_is_not() {
        assert!(rails().check(&title("保温杯"), &on("2026-12-12")).is_err());
        assert!(rails().check(&title("保温杯"), &on("2026-12-13")).is_ok());
        let stock = Change::SetStock { product: "1".into(), sku: None, to: 5 };
        assert!(rails().check(&stock, &on("2026-12-11")).is_ok());
    }

    #[test]
    fn a_stock_is_never_negative_nor_beyond_belief() {
        for to in [-1, 1001] {
            assert!(
                rails().check(&Change::SetStock { product: "1".into(), sku: None, to }, &on("2026-11-23")).is_err()
            );
        }
    }

    #[test]
    fn a_day_has_only_so_many_changes_of_a_kind() {
        assert!(rails().check(&title("保温杯"), &Scene { done_today: 2, ..on("2026-11-23") }).is_ok());
        assert!(rails().check(&title("保温杯"), &Scene { done_today: 3, ..on("2026-11-23") }).is_err());
    }
}
