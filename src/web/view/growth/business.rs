//! The business figures that no order tells, as a form. An empty field is unknown, never zero; beside a field stands what the shop's own
//! rows say, and whose word that is.

use maud::{Markup, html};
use rust_decimal::Decimal;
use xiaoer_sdk::growth::Fen;
use xiaoer_sdk::growth::plan::{Lever, LeverEntry, Levers};

use super::{amount, origin, place};
use crate::score::{Business, GoodsShare};

/// What a field may look like.
const MONEY: &str = "-?[0-9]+([.][0-9]{1,2})?";
const PERCENT: &str = "[0-9]+([.][0-9])?";
const WHOLE: &str = "[0-9]+";

/// A field: where its value goes, what it is called, what it may look like, and what stands below it.
struct Field<'a> {
    name: String,
    label: &'a str,
    value: Option<String>,
    pattern: &'a str,
    /// What the typed number is multiplied with on its way into a JSON number; none = text.
    number: Option<&'a str>,
    hint: String,
}

/// The form. `goods` is what imported costs say.
pub(crate) fn form(business: &Business, goods: Option<GoodsShare>, levers: &Levers) -> Markup {
    html! {
        section #business.card {
            h2.title { "经营数据" }
            p.sub { "订单里看不出来的数字，填了计划才算得准。留空就是“不知道”：用得上它的手段会先不用，不会当成 0。" }
            form data-post="/growth-business" data-done="已保存，计划已按新的数字重新算" {
                div.row { @for one in shared(business, goods) { (field(&one)) } }
                h3 { "每个手段" }
                div.levers {
                    @for (at, row) in rows(levers, business).iter().enumerate() { (lever(at, row)) }
                }
                p.error role="alert" hidden {}
                div.buttons { button.button.primary type="submit" { "保存" } }
            }
        }
    }
}

fn shared(business: &Business, goods: Option<GoodsShare>) -> [Field<'static>; 8] {
    let from_costs = goods.map(|goods| {
        let left_out = if goods.without_cost > 0 {
            format!("，另有 {} 单缺成本", goods.without_cost)
        } else {
            String::new()
        };
        format!("按成本表估计 {}（{} 单{left_out}）", tenths(goods.per_mille), goods.orders)
    });
    let money = |name: &str, label, value: Option<Fen>, hint: &str| Field {
        name: name.into(),
        label,
        value: value.map(|money| money.to_string()),
        pattern: MONEY,
        number: None,
        hint: hint.into(),
    };
    let percent = |name: &str, label, value: Option<u32>, hint: String| Field {
        name: name.into(),
        label,
        value: value.map(|share| Decimal::new(i64::from(share), 1).normalize().to_string()),
        pattern: PERCENT,
        number: Some("10"),
        hint,
    };
    let whole = |name: &str, label, value: Option<u32>, hint: &str| Field {
        name: name.into(),
        label,
        value: value.map(|value| value.to_string()),
        pattern: WHOLE,
        number: Some("1"),
        hint: hint.into(),
    };
    let unseen = "订单里看不出来";
    [
        percent(
            "goods_per_mille",
            "货款占成交（%）",
            business.goods_per_mille,
            from_costs.unwrap_or_else(|| "导入成本表后会自动估计".into()),
        ),
        percent("fee_per_mille", "平台费率（%）", business.fee_per_mille, unseen.into()),
        money("shipping_per_order", "每单运费（元）", business.shipping_per_order, "店铺付的运费；买家付的不算"),
        money(
            "margin_per_thousand",
            "或：每千元成交的毛利（元）",
            business.margin_per_thousand,
            "填了它，前三项就不用填",
        ),
        money("budget", "计划预算（元）", business.budget, "留空就是不限"),
        money("level_worth", "升一级值多少钱（元）", business.level_worth, "只有填了才会和成本比"),
        whole("judging_day", "每月评定日（几号）", business.judging_day, "官方评定日未知，知道就填"),
        whole("odds_percent", "通常想要的把握（%）", business.odds_percent.map(u32::from), "留空按 80%"),
    ]
}

fn tenths(per_mille: u32) -> String {
    format!("{}%", Decimal::new(i64::from(per_mille), 1).normalize())
}

fn field(field: &Field<'_>) -> Markup {
    let id = format!("f-{}", field.name);
    let hint = format!("{id}-hint");
    let described = (!field.hint.is_empty()).then_some(&hint);
    html! {
        div.field {
            label for=(id) { (field.label) }
            input #(id) name=(field.name) inputmode="decimal" pattern=(field.pattern) value=[&field.value] data-number=[field.number] aria-describedby=[described];
            @if !field.hint.is_empty() { span.hint #(hint) { (field.hint) } }
        }
    }
}

/// A lever with what is known of it: its figures, or why it has none.
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    lever: Option<&'a Lever>,
    why: Option<&'a str>,
    entry: LeverEntry,
}

fn rows<'a>(levers: &'a Levers, business: &Business) -> Vec<Row<'a>> {
    let entry = |id: &str| {
        business.levers.iter().find(|entry| entry.lever == id).cloned().unwrap_or_else(|| LeverEntry::of(id))
    };
    let used = levers.levers.iter().map(|lever| Row {
        id: &lever.id,
        title: &lever.title,
        lever: Some(lever),
        why: None,
        entry: entry(&lever.id),
    });
    let unused = levers.excluded.iter().map(|one| Row {
        id: &one.lever,
        title: &one.title,
        lever: None,
        why: Some(&one.why),
        entry: entry(&one.lever),
    });
    used.chain(unused).collect()
}

fn lever(at: usize, row: &Row<'_>) -> Markup {
    let Row { entry, .. } = row;
    html! {
        details.lever #(place(row.id)) {
            summary {
                b { (row.title) }
                @if !entry.enabled { span.chip.calm { "停用" } }
                @else if row.why.is_some() { span.chip.wait { "没用上" } }
                @else { span.chip.good { "可用" } }
            }
            @if let Some(why) = row.why { p.sub { (why) } }
            input type="hidden" name={ "levers." (at) ".lever" } value=(row.id);
            @for (name, value) in kept(entry) { input type="hidden" name={ "levers." (at) "." (name) } value=(value) data-number=[(name == "spread").then_some("1")]; }
            div.row { @for one in fields(at, row) { (field(&one)) } }
            div.checks {
                label.check { input type="checkbox" name={ "levers." (at) ".allow_loss" } checked[entry.allow_loss]; span { "亏本也可以做" } }
                label.check { input type="checkbox" name={ "levers." (at) ".enabled" } data-is="false" checked[!entry.enabled]; span { "不用这个手段" } }
            }
            @if let Some(lever) = row.lever.filter(|lever| !lever.basis.is_empty()) {
                details.values { summary { "数字从哪来" } ul.dots { @for basis in &lever.basis { li { (basis.what) "：" (amount(basis.figure)) "（" (origin(basis.origin)) "）" } } } }
            }
        }
    }
}

/// Figures of a lever that have no field here.
fn kept(entry: &LeverEntry) -> Vec<(&'static str, String)> {
    let turnover = entry.turnover.map(|money| ("turnover", money.to_string()));
    turnover.into_iter().chain(entry.spread.map(|spread| ("spread", spread.to_string()))).collect()
}

fn fields<'a>(at: usize, row: &Row<'_>) -> [Field<'a>; 5] {
    let Row { entry, lever, .. } = row;
    let name = |of: &str| format!("levers.{at}.{of}");
    let unit = lever.map_or("单位", |lever| lever.unit.as_str());
    let money = |of: &str, label, value: Option<Fen>, hint: String| Field {
        name: name(of),
        label,
        value: value.map(|money| money.to_string()),
        pattern: MONEY,
        number: None,
        hint,
    };
    let whole = |of: &str, label, value: Option<u32>, hint: String| Field {
        name: name(of),
        label,
        value: value.map(|value| value.to_string()),
        pattern: WHOLE,
        number: Some("1"),
        hint,
    };
    let now = |entered: bool, shown: Option<String>| match shown {
        Some(shown) if !entered => format!("估计 {shown}"),
        _ => String::new(),
    };
    let margin = lever.and_then(|lever| lever.margin);
    let ceiling = lever.map(|lever| format!("{} {unit}", lever.ceiling));
    let per_day = lever.and_then(|lever| lever.per_day).map(|most| format!("{most} {unit}"));
    let delay = lever.map(|lever| format!("{} 天", lever.delay_days));
    [
        money("unit_cost", "单位成本（元）", entry.unit_cost, format!("每{unit}要花多少")),
        money("margin", "单位毛利（元）", entry.margin, now(entry.margin.is_some(), margin.map(super::yuan))),
        whole("ceiling", "最多做多少", entry.ceiling, now(entry.ceiling.is_some(), ceiling)),
        whole("per_day", "每天最多", entry.per_day, now(entry.per_day.is_some(), per_day)),
        whole("delay_days", "几天后见效", entry.delay_days, now(entry.delay_days.is_some(), delay)),
    ]
}
