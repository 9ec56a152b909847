//! Three things to do, each with what it should bring. What cannot be counted is said per unit; nothing is promised.

use rust_decimal::Decimal;
use xiaoer_sdk::growth::Industry;
use xiaoer_sdk::{Block, Facts, Report, Source, Task, Unit, Unpaid, Value, points_for, quoted, units_to_fill};

use super::dropping::Fading;
use super::{Seen, UNPAID_DAYS};

/// How many are recommended.
const RECOMMENDED: usize = 3;

pub(super) fn show(report: &mut Report, seen: &Seen, fading: &Fading) {
    let facts = &mut report.facts;
    let mut counted: Vec<(Decimal, Task)> =
        [unpaid(facts, seen), win_back(facts, seen, fading)].into_iter().flatten().collect();
    counted.sort_by_key(|(worth, _)| std::cmp::Reverse(*worth));
    let per_unit = [marketing(facts, seen), scene(facts, seen), supply(seen)].into_iter().flatten();
    let tasks: Vec<Task> = counted.into_iter().map(|(_, task)| task).chain(per_unit).take(RECOMMENDED).collect();
    if !tasks.is_empty() {
        report.push(Block::Checklist { title: "建议先做这几件事".into(), tasks });
    }
    report.info("积分要靠真实的生意。先看毛利，再看发货和服务，别为冲级亏本卖。");
}

/// Orders that only wait for the money: the surest points there are.
fn unpaid(facts: &mut Facts, seen: &Seen) -> Option<(Decimal, Task)> {
    let unpaid = Unpaid::among(&seen.placed, &seen.paid);
    if unpaid.orders.is_empty() {
        return None;
    }
    let from = |how: &str| Source::rows("订单", how, &unpaid.orders);
    let days = Value::Count(i64::from(UNPAID_DAYS), Unit::Days);
    facts.add("unpaid_days", "看几天内下的单", days, Source::rule("订单", "更早的待付款订单不再提醒"));
    facts.add("unpaid_orders", "待付款订单", count(unpaid.orders.len(), Unit::Orders), from("状态为待付款"));
    facts.add("unpaid_yuan", "待付款金额", Value::Money(unpaid.yuan), from("待付款订单的应付款之和"));
    let worth = points_for(&seen.marginal, unpaid.new_buyers, unpaid.yuan);
    let how = "新买家数 × 每位买家分值 + 金额 × 分值，不含生意加速";
    facts.add("unpaid_points", "全部付款可得", Value::Points(worth), from(how));
    let task = Task::new("客服", "提醒还没付款的买家付款")
        .because("{unpaid_days}内下的单有 {unpaid_orders}还没付款，共 {unpaid_yuan}")
        .until("今天")
        .brings("若都付款，可得 {unpaid_points}");
    Some((worth, task))
}

fn win_back(facts: &mut Facts, seen: &Seen, fading: &Fading) -> Option<(Decimal, Task)> {
    if fading.buyers.is_empty() {
        return None;
    }
    let from = |how: &str| Source::rows("订单", how, &fading.orders);
    let buyers = count(fading.buyers.len(), Unit::People);
    facts.add("fading_buyers", "快掉出的老买家", buyers, from("最后一笔付款快要掉出窗口的买家"));
    let first = Value::Day(fading.first?);
    facts.add("fading_first", "最早掉出日", first, from("最早一位老买家掉出窗口的日子"));
    let (worth, basis) = match seen.card.industry {
        Industry::Consumer => {
            (points_for(&seen.marginal, fading.buyers.len(), Decimal::ZERO), "只算买家数，不含支付金额")
        }
        Industry::Industrial => (points_for(&seen.marginal, 0, fading.yuan), "按原来的金额再买一次算"),
    };
    facts.add("fading_points", "请回老买家可保住", Value::Points(worth), from(basis));
    let task = Task::new("客服", "请快掉出的老买家回来下单")
        .because("{ahead}内会掉出窗口、之后又没再付款的老买家有 {fading_buyers}")
        .until("{fading_first}之前")
        .brings(format!("若都再下单，可保住 {{fading_points}}（{basis}）"));
    Some((worth, task))
}

/// A push by 数字营销: what each buyer or inquiry brings, and how many would close the gap.
fn marketing(facts: &mut Facts, seen: &Seen) -> Option<Task> {
    let rates = &seen.marginal;
    let (plain, extra, unit, noun) = match seen.card.industry {
        Industry::Consumer => (rates.new_buyer, rates.marketing_buyer_extra, Unit::People, "新买家"),
        Industry::Industrial => (rates.inquiry, rates.marketing_inquiry_extra, Unit::Times, "有效询盘"),
    };
    let each = plain + extra;
    let rule = |how: &str| Source::rule("生意积分规则", how);
    let needed = seen.card.next.as_ref().and_then(|next| units_to_fill(next.gap.to_decimal(), each.to_decimal()));
    facts.add("plain_each", &format!("平常一个{noun}"), Value::points(plain), rule("规则分值"));
    facts.add("marketing_each", &format!("数字营销一个{noun}"), Value::points(each), rule("规则分值加生意加速"));
    let expected = match needed {
        Some(needed) => {
            let how = rule("还差的积分 ÷ 每个可得积分，向上取整");
            facts.add("marketing_needed", "补齐差距约需", Value::Count(needed, unit), how);
            format!("只靠它补齐到 {{next_level}}，约需{noun} {{marketing_needed}}（不含支付金额；花多少钱先算清）")
        }
        None => "每个可得 {marketing_each}（不含支付金额；花多少钱先算清）".into(),
    };
    (each > plain).then(|| {
        Task::new("运营", format!("用数字营销引来{noun}"))
            .because(format!("数字营销带来的{noun}每个得 {{marketing_each}}，平常是 {{plain_each}}"))
            .until("本周内排好计划")
            .brings(expected)
            .with_skill("growth-plan")
    })
}

fn scene(facts: &mut Facts, seen: &Seen) -> Option<Task> {
    let extra = seen.marginal.scene_thousand_extra;
    let rule = |how: &str| Source::rule("生意积分规则", how);
    facts.add("scene_yuan", "计分单位", Value::Money(Decimal::ONE_THOUSAND), rule("规则按这个金额计分"));
    facts.add("scene_each", "场景里每单位另得", Value::points(extra), rule("场景支付金额的加速分值"));
    (extra.micro() > 0).then(|| {
        Task::new("运营", "让合适的商品进大严选、托管等场景")
            .because("场景里每支付 {scene_yuan}，另得 {scene_each}")
            .until("本周内看看哪些商品够条件")
            .brings("得多少要看场景里卖出多少，现在算不出来")
    })
}

/// What is missing may already have been earned.
fn supply(seen: &Seen) -> Option<Task> {
    let input = seen.card.missing.first()?;
    Some(
        Task::new("老板", "把缺的数据补上")
            .because(format!("没有提供：{}", quoted(&input.title)))
            .until("本周内")
            .brings("积分和等级才算得准，该得的不会漏算"),
    )
}

fn count(number: usize, unit: Unit) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), unit)
}
