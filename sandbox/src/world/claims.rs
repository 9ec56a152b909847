//! What goes wrong with an order: money back before sending, part of the money, goods sent back, claims after the end.

use super::dice::Dice;
use super::ids::Serial;
use super::order::{Closing, Order, Status};
use super::refund::{Claim, Refund, RefundStatus, Step};
use crate::clock::Moment;

/// A paid order's plan before the claim changes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paid {
    pub(crate) serial: Serial,
    pub(crate) paid: Moment,
    pub(crate) received: Moment,
    pub(crate) finished: Moment,
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

const UNSENT: [(&str, i64); 4] =
    [("不想买了", 20_028), ("多拍/错拍", 20_029), ("未按约定时间发货", 20_006), ("协商一致退款", 20_030)];
const PARTIAL: [(&str, i64); 4] =
    [("少件/漏发", 20_015), ("包装/商品破损", 20_013), ("质量问题", 20_012), ("运费差价", 20_031)];
const RETURN: [(&str, i64); 4] =
    [("颜色/图案/款式不符", 20_021), ("质量问题", 20_012), ("七天无理由退货", 20_040), ("材质与描述不符", 20_022)];

/// Gives `order` a refund and bends its life around it.
pub(crate) fn go_wrong(dice: &mut Dice, order: &mut Order, plan: Paid) {
    match dice.weighted([34, 26, 24, 16].into_iter()) {
        0 => money_back_before_sending(dice, order, plan),
        1 => part_of_the_money(dice, order, plan),
        2 => goods_back(dice, order, plan),
        _ => after_the_end(dice, order, plan),
    }
}

fn money_back_before_sending(dice: &mut Dice, order: &mut Order, plan: Paid) {
    let (reason, reason_id) = *dice.pick(&UNSENT);
    let applied = plan.paid.plus_minutes(dice.between(20, 8 * HOUR));
    let deadline = applied.plus_days(3);
    let settled = applied.plus_minutes(dice.between(6 * HOUR, 5 * DAY)).min(deadline);
    let (amount, freight) = (order.total() - order.freight, order.freight);
    let claim = Claim { in_sale: true, only_refund: true, goods: 1, reason, reason_id };
    let steps = vec![waiting(applied, deadline), ended(settled, RefundStatus::Success)];
    order.refund = Some(refund(plan.serial, claim, (amount, freight), every_line(order), steps));
    order.life.sent = None;
    order.life.received = None;
    order.life.finished = None;
    order.life.closed = Some(Closing { at: settled, status: Status::Terminated, reason: "other" });
}

fn part_of_the_money(dice: &mut Dice, order: &mut Order, plan: Paid) {
    let (reason, reason_id) = *dice.pick(&PARTIAL);
    let applied = plan.received.plus_minutes(dice.between(HOUR, DAY));
    let deadline = applied.plus_days(5);
    let settled = applied.plus_minutes(dice.between(16 * HOUR, 8 * DAY)).min(deadline);
    let amount = order.lines[0].amount() * dice.between(8, 60) / 100;
    let claim = Claim { in_sale: true, only_refund: true, goods: 2, reason, reason_id };
    // Some buyers withdraw after a word with the shop.
    let end = if dice.percent(25) { RefundStatus::Closed } else { RefundStatus::Success };
    order.refund =
        Some(refund(plan.serial, claim, (amount, 0), vec![0], vec![waiting(applied, deadline), ended(settled, end)]));
    order.life.finished = Some(settled.plus_minutes(dice.between(HOUR, 3 * DAY)));
}

fn goods_back(dice: &mut Dice, order: &mut Order, plan: Paid) {
    let (reason, reason_id) = *dice.pick(&RETURN);
    let applied = plan.received.plus_minutes(dice.between(2 * HOUR, 2 * DAY));
    let steps = return_steps(dice, applied);
    let settled = steps.last().map_or(applied, |step| step.at);
    let claim = Claim { in_sale: true, only_refund: false, goods: 2, reason, reason_id };
    let mut refund = refund(plan.serial, claim, (order.lines[0].amount(), 0), vec![0], steps);
    refund.return_bill = Some(format!("YT{:013}", dice.between(0, 9_999_999_999_999)));
    order.refund = Some(refund);
    if order.lines.len() == 1 {
        order.life.finished = None;
        order.life.closed = Some(Closing { at: settled, status: Status::Terminated, reason: "other" });
    } else {
        order.life.finished = Some(settled.plus_minutes(dice.between(HOUR, 2 * DAY)));
    }
}

fn after_the_end(dice: &mut Dice, order: &mut Order, plan: Paid) {
    let (reason, reason_id) = *dice.pick(&PARTIAL);
    let applied = plan.finished.plus_minutes(dice.between(6 * HOUR, 6 * DAY));
    let deadline = applied.plus_days(5);
    let settled = applied.plus_minutes(dice.between(16 * HOUR, 8 * DAY)).min(deadline);
    let amount = order.lines[0].amount() * dice.between(10, 50) / 100;
    let claim = Claim { in_sale: false, only_refund: true, goods: 2, reason, reason_id };
    let steps = vec![waiting(applied, deadline), ended(settled, RefundStatus::Success)];
    order.refund = Some(refund(plan.serial, claim, (amount, 0), vec![0], steps));
}

/// The seller agrees, the buyer sends, the seller receives, the money goes back.
fn return_steps(dice: &mut Dice, applied: Moment) -> Vec<Step> {
    let agreed = applied.plus_minutes(dice.between(14 * HOUR, 5 * DAY));
    let sent = agreed.plus_minutes(dice.between(6 * HOUR, 3 * DAY));
    let done = sent.plus_minutes(dice.between(2 * DAY, 6 * DAY));
    vec![
        waiting(applied, applied.plus_days(5)),
        Step { at: agreed, status: RefundStatus::WaitBuyerSend, deadline: Some(agreed.plus_days(7)) },
        Step { at: sent, status: RefundStatus::WaitSellerReceive, deadline: Some(sent.plus_days(10)) },
        ended(done, RefundStatus::Success),
    ]
}

fn waiting(at: Moment, deadline: Moment) -> Step {
    Step { at, status: RefundStatus::WaitSellerAgree, deadline: Some(deadline) }
}

fn ended(at: Moment, status: RefundStatus) -> Step {
    Step { at, status, deadline: None }
}

fn every_line(order: &Order) -> Vec<usize> {
    (0..order.lines.len()).collect()
}

fn refund(serial: Serial, claim: Claim, (amount, freight): (i64, i64), lines: Vec<usize>, steps: Vec<Step>) -> Refund {
    Refund {
        id: serial.refund(),
        claim,
        amount: amount.max(1),
        freight,
        lines,
        steps,
        return_bill: None,
        return_to: None,
    }
}
