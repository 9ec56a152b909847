//! The rules of a shop figure by figure, and what a merchant may do about each. A figure is never changed here; a correction that the
//! rules refuse shows its sentence at the field.

use maud::{Markup, html};
use xiaoer_sdk::growth::{Confidence, PackFigure};

/// All figures of a pack. `own` are the pack's own values, where a merchant's stand now.
pub(crate) fn list(pack: &str, figures: &[PackFigure], own: &[PackFigure]) -> Markup {
    let mine = figures.iter().filter(|figure| figure.confidence == Confidence::Merchant).count();
    html! {
        section #figures.card {
            header { h2.title { "分值和门槛" } @if mine > 0 { span.chip.busy { "商家填写 " (mine) " 项" } } }
            p.sub { "成长中心显示的和这里不一样时，可以改成您看到的数字；改过的会标成“商家填写”，随时能撤回。互相矛盾的改动不会采用。" }
            ul.rule-list data-pack=(pack) {
                @for figure in figures { (row(figure, own.iter().find(|own| own.field == figure.field))) }
            }
        }
    }
}

fn row(figure: &PackFigure, own: Option<&PackFigure>) -> Markup {
    let mine = figure.confidence == Confidence::Merchant;
    html! {
        li data-field=(figure.field) {
            p.name { (figure.title) }
            p.value { b { (shown(figure)) } @if figure.value.is_some() && !figure.unit.is_empty() { " " (figure.unit) } }
            p.sub.from {
                @if figure.value.is_some() { span.chip.busy[mine] { (figure.confidence.label()) } " " }
                @if mine { @if let Some(own) = own { "原来是 " (shown(own)) "（" (own.confidence.label()) "）" } } @else { (figure.source) }
            }
            details.correct {
                summary aria-label={ "修改 " (figure.title) } { "修改" }
                form data-correct=(figure.field) {
                    div.field {
                        label for={ "r-" (figure.field) } { "改为" @if !figure.unit.is_empty() { "（" (figure.unit) "）" } }
                        (input(figure))
                    }
                    button.button.small.primary type="submit" { "保存" }
                    @if mine { button.button.small type="button" data-take-back="" { "撤回，用原来的" } }
                    p.error role="alert" hidden {}
                }
            }
        }
    }
}

/// The value in the words that merchants read.
fn shown(figure: &PackFigure) -> &str {
    let Some(value) = figure.value.as_deref() else { return "未知" };
    figure.choices.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.title.as_str())
}

fn input(figure: &PackFigure) -> Markup {
    let id = format!("r-{}", figure.field);
    let value = figure.value.as_deref();
    html! {
        @if figure.choices.is_empty() {
            input #(id) name="value" value=[value] required maxlength="80" autocomplete="off";
        } @else {
            select #(id) name="value" required {
                @if value.is_none() { option value="" selected { "未知" } }
                @for choice in &figure.choices { option value=(choice.value) selected[value == Some(choice.value.as_str())] { (choice.title) } }
            }
        }
    }
}
