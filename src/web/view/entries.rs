//! The form for what no order tells: health gates and marks. Field names are the paths of the API's value; an empty field is left out: not known, never zero.

use maud::{Markup, html};
use xiaoer_sdk::growth::{Confidence, Industry, Inputs, RulePack};

/// The form over what was entered before.
pub(crate) fn form(pack: Option<&RulePack>, industry: Industry, inputs: &Inputs) -> Markup {
    html! {
        form #growth-form data-growth="" {
            @if let Some(pack) = pack { (before(pack, inputs)) (gates(pack, inputs)) (marks(pack, industry, inputs)) }
            (known(industry, inputs))
            p.error role="alert" hidden {}
            div.buttons { button.button.primary type="submit" { "保存" } }
        }
    }
}

/// The level before these rules; asked only while a pack protects it.
fn before(pack: &RulePack, inputs: &Inputs) -> Markup {
    html! {
        @if pack.protection.is_some() {
            fieldset.row {
                legend { "规则生效前 " small { "保护期内权益按它算" } }
                div.field { label for="level-before" { "原来的等级" } input #level-before name="level_before" placeholder="L3" maxlength="4" value=[&inputs.level_before]; }
            }
        } @else if let Some(level) = &inputs.level_before {
            // Saving must not forget it: an earlier day may still be asked for.
            input type="hidden" name="level_before" value=(level);
        }
    }
}

/// One field for each health figure that any level asks for.
fn gates(pack: &RulePack, inputs: &Inputs) -> Markup {
    let mut seen: Vec<(&str, &str, &str)> = Vec::new();
    for gate in pack.levels.iter().flat_map(|level| &level.gates).filter(|gate| gate.any_mark.is_none()) {
        if !seen.iter().any(|(id, ..)| *id == gate.id) {
            seen.push((&gate.id, &gate.name, &gate.unit));
        }
    }
    html! {
        @if !seen.is_empty() {
            fieldset.row {
                legend { "升级门槛 " small { (Confidence::Candidate.label()) } }
                @for (id, name, unit) in seen {
                    @let at = format!("gate-{id}");
                    div.field {
                        label for=(at) { (name) @if !unit.is_empty() { "（" (unit) "）" } }
                        input #(at) name={ "gates." (id) } inputmode="decimal" pattern="[0-9]+([.][0-9]+)?" value=[inputs.gates.get(id).map(ToString::to_string)];
                    }
                }
            }
        }
    }
}

fn marks(pack: &RulePack, industry: Industry, inputs: &Inputs) -> Markup {
    let known = &industry.formula(pack).marks;
    html! {
        @if !known.is_empty() {
            details.marks open[!inputs.marks.is_empty()] {
                summary { "商家标识（超级工厂、实力商家等）" }
                @for (at, mark) in known.iter().enumerate() {
                    @let held = inputs.marks.iter().find(|held| held.kind == mark.kind);
                    fieldset.row data-row="" {
                        legend { (mark.kind) }
                        input type="hidden" name={ "marks." (at) ".kind" } value=(mark.kind);
                        div.field { label for={ "mark-from-" (at) } { "从" } input #{ "mark-from-" (at) } type="date" data-key="" name={ "marks." (at) ".from" } value=[held.map(|held| held.from.to_string())]; }
                        div.field { label for={ "mark-to-" (at) } { "到（没有就留空）" } input #{ "mark-to-" (at) } type="date" name={ "marks." (at) ".to" } value=[held.and_then(|held| held.to).map(|to| to.to_string())]; }
                    }
                }
            }
        }
    }
}

fn known(industry: Industry, inputs: &Inputs) -> Markup {
    let boxes = [
        ("marks_known", "上面的商家标识已经填全（没有就是没有）", inputs.marks_known, true),
        ("refunds_known", "退款数据已经齐全", inputs.refunds_known, true),
        ("inquiries_known", "询盘数据已经齐全", inputs.inquiries_known, industry == Industry::Industrial),
    ];
    html! {
        @for (name, label, checked, _) in boxes.into_iter().filter(|(.., wanted)| *wanted) {
            label.check { input type="checkbox" name=(name) checked[checked]; span { (label) } }
        }
    }
}
