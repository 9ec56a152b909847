//! The card of what a shop's models cost today and this month, beside what they may.

use maud::{Markup, html};

use crate::llm::budget::{Limits, Standing, Sum};
use crate::llm::money::MicroYuan;
use crate::llm::prices::Price;

/// The card. `price` is that of the model that is asked now; none = unknown.
pub(crate) fn card(standing: &Standing, limits: &Limits, price: Option<&Price>, table: &str) -> Markup {
    html! {
        section #spending.card {
            h2.title { "大模型费用" }
            dl.pairs {
                div { dt { "今天" } dd { (spent(&standing.day.sum)) (limit(limits.shop_day_yuan)) } }
                div { dt { "本月" } dd { (spent(&standing.month)) (limit(limits.shop_month_yuan)) } }
                @if standing.day.reserved > MicroYuan::ZERO {
                    div { dt { "预留" } dd { (standing.day.reserved) " 元，正在进行或中断的提问按最高价计" } }
                }
                div { dt { "单价" } dd { (unit(price)) } }
                div { dt { "价格表" } dd { (table) } }
            }
            p.sub { "预算用完后文字改由规则生成，运行照常结束。上限在 agents.toml 的 [budget]，单价在 [model.price]。" }
        }
    }
}

fn spent(sum: &Sum) -> Markup {
    html! {
        @if sum.unknown == 0 { (sum.cost) " 元" }
        @else if sum.unknown == sum.calls { "未知（" (sum.unknown) " 次提问没有价格）" }
        @else { "未知：" (sum.cost) " 元，另有 " (sum.unknown) " 次提问没有价格" }
    }
}

fn limit(limit: Option<MicroYuan>) -> Markup {
    html! { @match limit { Some(most) => { "，上限 " (most) " 元" } None => { "，没有上限" } } }
}

fn unit(price: Option<&Price>) -> Markup {
    html! {
        @match price {
            None => "未知",
            Some(price) => {
                "每百万 token 输入 " (price.input) " 元，输出 " (price.output) " 元"
                @if !price.confirmed { "（公开价，未经核对）" }
            }
        }
    }
}
