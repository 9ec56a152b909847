//! What 成长中心 showed beside what the rules give, day by day, and what would explain the difference. An explanation is a suggestion:
//! nothing of it is used without a click and a second one.

use chrono::NaiveDate;
use maud::{Markup, html};
use xiaoer_sdk::Value;
use xiaoer_sdk::growth::{CalibrationRow, Explains, Explanation, Points, ScoreCard};

use super::growth::points;
use super::icon::Icon;
use super::{text, when};

pub(crate) fn card(card: &ScoreCard, today: NaiveDate) -> Markup {
    html! {
        section #calibration.card {
            header {
                h2.title { "成长中心校准" }
                @match card.trusted { Some(true) => { span.chip.good { "和成长中心对得上" } } Some(false) => { span.chip.bad { "对不上，暂不可信" } } None => {} }
            }
            p.sub { "把成长中心某一天显示的积分填进来，小二记下差异，逐天保留，不会互相覆盖。成长中心晚一天更新，小二会自动对到前一天。" }
            @if card.trusted == Some(false) {
                div.notice.warning { (Icon::Warning.draw()) p { "这份规则和成长中心显示的差得太多：积分、预测和计划都只能当参考，请先看下面可能的原因。" } }
            }
            (form(today))
            (history(&card.calibration, today))
            (explanations(&card.explanations, &card.pack))
        }
    }
}

fn form(today: NaiveDate) -> Markup {
    html! {
        form data-post="/calibrations" data-done="已记下，积分已重新对过" {
            div.row {
                div.field { label for="shown-day" { "看到的日期" } input #shown-day type="date" name="day" value=(today) max=(today) required; }
                div.field { label for="shown-points" { "显示的积分" } input #shown-points name="points" inputmode="decimal" pattern="[0-9]+([.][0-9]{1,6})?" required; }
                div.field { label for="shown-level" { "显示的等级（可不填）" } input #shown-level name="level" placeholder="L3" maxlength="4"; }
                div.field { button.button.primary type="submit" { "记下这一天" } }
            }
            p.error role="alert" hidden {}
        }
    }
}

fn history(rows: &[CalibrationRow], today: NaiveDate) -> Markup {
    html! {
        @if !rows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="校准记录" {
                table.calibrations {
                    thead { tr { th.number scope="col" { "看到的日期" } th.number scope="col" { "显示" } th.number scope="col" { "小二算的" } th.number scope="col" { "差异" } th { span.unseen { "操作" } } } }
                    tbody { @for row in rows { (compared(row, today)) } }
                }
            }
        }
    }
}

fn compared(row: &CalibrationRow, today: NaiveDate) -> Markup {
    let change = Value::PointsChange(row.difference.to_decimal());
    html! {
        tr {
            td.number { (when::short_day(row.day, today)) @if !row.covered { " " small { "订单没到那么早，不作数" } } }
            td.number { (points(row.shown)) @if let Some(level) = &row.level { " " small { (level) } } }
            td.number { (points(row.computed)) " " small { (row.computed_level) } }
            td.number { @if row.difference == Points::ZERO { "一致" } @else { span.(text::direction(&change)) { (change.exact()) } } }
            td.number {
                form data-post="/calibrations" data-done="已删除这一天的记录" {
                    input type="hidden" name="day" value=(row.day);
                    button.button.small type="submit" aria-label={ "删除 " (when::short_day(row.day, today)) " 的记录" } { "删除" }
                }
            }
        }
    }
}

fn explanations(found: &[Explanation], pack: &str) -> Markup {
    html! {
        @if !found.is_empty() {
            div.explanations data-pack=(pack) {
                h3 { "差异可能是因为" }
                ul {
                    @for (at, one) in found.iter().enumerate() {
                        li {
                            p { (one.sentence) }
                            @if one.kind == Explains::Figure { (accept(at, one)) }
                        }
                    }
                }
            }
        }
    }
}

fn accept(at: usize, one: &Explanation) -> Markup {
    let id = format!("use-{at}");
    let title = format!("{id}-title");
    html! {
        button.button.small type="button" data-open=(id) aria-haspopup="dialog" { "用这个分值" }
        dialog #(id) aria-labelledby=(title) {
            header { h2 #(title) { "用这个分值" } button.icon-button type="button" data-close="" aria-label="关闭" { (Icon::Close.draw()) } }
            p { "“" (one.title) "”改为 " b { (one.value) } "，对得上 " (one.of) " 次记录中的 " (one.fits) " 次。" }
            p.sub { "这只是推算，不是官方数字；会标成“商家填写”，随时能撤回。" }
            form data-correct=(one.field) {
                input type="hidden" name="value" value=(one.value);
                p.error role="alert" hidden {}
                div.buttons { button.button.primary type="submit" { "确认使用" } button.button type="button" data-close="" { "取消" } }
            }
        }
    }
}
