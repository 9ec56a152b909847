//! The limits themselves, one small function each: what is said where one forbids. Pure.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xiaoer_sdk::ActionKind;

use super::Scene;

/// What buyers see of a product; during a promotion it stays as it is.
pub(super) fn touches_listing(kind: ActionKind) -> bool {
    use ActionKind as K;
    matches!(
        kind,
        K::EditTitle | K::EditAttributes | K::SetPrice | K::SetLadder | K::TakeOff | K::PutOn | K::SetPicture
    )
}

pub(super) fn price_now(scene: &Scene, sku: &str) -> Option<Decimal> {
    scene.product.as_ref()?.skus.iter().find(|known| known.id == sku)?.price
}

/// The cost of a SKU, or the highest of all that a price for the whole product is for. Cost files name a SKU by its number.
pub(super) fn cost_of(scene: &Scene, sku: Option<&str>) -> Option<Decimal> {
    let number = sku.and_then(|sku| scene.product.as_ref()?.skus.iter().find(|known| known.id == sku));
    let own = number.and_then(|sku| scene.costs.iter().find(|cost| cost.sku.as_ref() == Some(&sku.number)));
    let whole = || scene.costs.iter().filter(|cost| sku.is_none() || cost.sku.is_none()).map(|cost| cost.cost).max();
    own.map(|cost| cost.cost).or_else(whole)
}

pub(super) fn lowest(steps: &[(u32, Decimal)]) -> Decimal {
    steps.iter().map(|(_, price)| *price).min().unwrap_or_default()
}

pub(super) fn rising(steps: &[(u32, Decimal)]) -> Result<(), String> {
    let fits = |pair: &[(u32, Decimal)]| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1;
    if steps.is_empty() || steps.len() > 3 || steps[0].0 == 0 || !steps.windows(2).all(fits) {
        return Err("阶梯价要有 1 到 3 档：数量从小到大，价格从高到低".into());
    }
    if steps.iter().any(|(_, price)| price.normalize().scale() > 2) {
        return Err("阶梯价最多到分".into());
    }
    Ok(())
}

pub(super) fn attributes(set: &BTreeMap<String, String>) -> Result<(), String> {
    if set.is_empty() {
        return Err("没有要填写的内容".into());
    }
    set.iter().try_for_each(|(name, value)| words(name, value, 50))
}

pub(super) fn words(what: &str, text: &str, longest: usize) -> Result<(), String> {
    let length = text.chars().count();
    match () {
        () if text.trim().is_empty() => Err(format!("{what}不能为空")),
        () if length > longest => Err(format!("{what}有 {length} 个字，最多 {longest} 个字")),
        () if text.chars().any(|c| c.is_control() && c != '\n') => Err(format!("{what}里有看不见的控制字符，请删掉")),
        () => Ok(()),
    }
}

pub(super) fn rating(orders: &[String], stars: u8, text: &str) -> Result<(), String> {
    if !(1..=10).contains(&orders.len()) || orders.iter().collect::<BTreeSet<_>>().len() != orders.len() {
        return Err("一次评价 1 到 10 个不同的订单".into());
    }
    if !(1..=5).contains(&stars) {
        return Err("星级是 1 到 5".into());
    }
    if stars < 4 && text.trim().is_empty() {
        return Err("低于 4 星要写明原因".into());
    }
    if text.is_empty() { Ok(()) } else { words("评价", text, 500) }
}

pub(super) fn parcel(lines: &[String], carrier: &str, waybill: &str) -> Result<(), String> {
    let plain = |text: &str| !text.is_empty() && text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    match () {
        () if lines.is_empty() => Err("没有选择要发货的商品行".into()),
        () if !plain(carrier) => Err("承运方要用物流公司编码，比如 SF".into()),
        () if !plain(waybill) => Err(format!("运单号“{waybill}”不对：只能是字母和数字")),
        () => Ok(()),
    }
}
