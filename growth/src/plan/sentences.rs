//! What a plan says in Chinese: what binds, why a level is out of reach, what must be known besides.

use crate::figure::Confidence;
use crate::gates::GateRow;
use crate::pack::{Caps, Rounding};
use crate::points::{Fen, Points};

use super::ground::{Ground, Percent, PlanWish, Target};
use super::lever::{Excluded, Lever};
use super::outcome::Choice;
use super::trial::Trial;

/// Why a lever is not used, if it is not.
pub(crate) fn excluded(lever: &Lever) -> Option<Excluded> {
    let (title, unit) = (&lever.title, &lever.unit);
    let why = if lever.unit_cost.is_none() {
        format!("「{title}」没有成本：请填写每{unit}要花多少钱。")
    } else if lever.margin.is_none() {
        format!("「{title}」没有毛利：请填写每{unit}的毛利（净价减货款、运费和平台费用）。")
    } else {
        let after = lever.margin_after_cost()?;
        if after >= Fen::ZERO || lever.allow_loss {
            return None;
        }
        let loss = Fen(-after.0);
        format!("「{title}」每{unit}要亏 {loss} 元，没有采用；确实要做请勾选“允许亏损”。")
    };
    Some(Excluded { lever: lever.id.clone(), title: title.clone(), why })
}

/// A lever that brings nothing by these rules.
pub(crate) fn pointless(lever: &Lever, ground: &Ground<'_>) -> Excluded {
    let why = format!("「{}」在{}类店铺的规则里不加分，没有采用。", lever.title, ground.industry.title());
    Excluded { lever: lever.id.clone(), title: lever.title.clone(), why }
}

/// The levers that cannot do more, each with the reason.
pub(crate) fn limits(trial: &Trial<'_>, units: &[u32]) -> Vec<String> {
    let day = trial.target.day;
    trial
        .levers
        .iter()
        .zip(&trial.most)
        .zip(units)
        .filter(|((_, most), units)| units >= most)
        .map(|((lever, most), _)| {
            let Lever { title, unit, ceiling, delay_days, .. } = lever;
            if *ceiling == 0 {
                format!("「{title}」的上限是 0 {unit}。")
            } else if *most == 0 {
                format!("「{title}」要 {delay_days} 天后才见效，赶不上 {day}。")
            } else if most < ceiling {
                let per_day = lever.per_day.unwrap_or(*ceiling);
                format!(
                    "「{title}」每天最多 {per_day} {unit}、{delay_days} 天后见效，到 {day} 只来得及 {most} {unit}。"
                )
            } else {
                format!("「{title}」已用到上限 {ceiling} {unit}。")
            }
        })
        .collect()
}

/// Why nothing reaches the level.
pub(crate) fn out_of_reach(trial: &Trial<'_>, effort: &Choice, short_by: Points) -> Vec<String> {
    let Target { day, level, .. } = trial.target;
    if trial.levers.is_empty() {
        return vec!["没有可用的手段：请先补全成本和毛利。".to_owned()];
    }
    let odds = Percent(effort.odds);
    vec![format!("能做的全部做满，{day} 达到 {level} 的把握也只有 {odds}，按想要的把握还差 {short_by} 分。")]
}

/// A cheaper set that needs a loss.
pub(crate) fn loss_would_save(losing: &[&Lever], saved: Fen) -> String {
    format!("不亏本的要求在起作用：允许{}亏损的话，可以再省 {saved} 元手段费用。", titles(losing))
}

/// A way that needs a loss.
pub(crate) fn loss_would_reach(losing: &[&Lever], cost: Fen) -> String {
    format!("不亏本的要求在起作用：允许{}亏损的话，花 {cost} 元可以达到。", titles(losing))
}

fn titles(levers: &[&Lever]) -> String {
    let titles: Vec<String> = levers.iter().map(|lever| format!("「{}」", lever.title)).collect();
    titles.join("、")
}

/// A budget that is too small.
pub(crate) fn too_little(budget: Fen, least: Fen) -> String {
    format!("预算 {budget} 元不够：用这些手段最少要 {least} 元。")
}

/// What must be known besides the figures.
pub(crate) fn notes(ground: &Ground<'_>, target: &Target, wish: &PlanWish, gates: &[GateRow]) -> Vec<String> {
    let mut notes = Vec::new();
    if ground.pack.confidence(ground.industry) == Confidence::Candidate {
        notes.push("积分和门槛来自商家整理的规则，不是官方公布，以成长中心为准。".to_owned());
    }
    if wish.judging_day.is_none() {
        notes.push(format!("官方评定日未知：按每天都可能评定计算，计划瞄准 {}。", target.day));
    }
    let lag = ground.pack.window.lag_days.value;
    if lag > 0 {
        notes.push(format!("成长中心晚 {lag} 天更新：{} 的积分要再过 {lag} 天才看得到。", target.day));
    }
    match ground.pack.reading.rounding.value {
        Rounding::None => {}
        Rounding::WholeThousands => {
            notes.push("成交额按整千元计分：新增成交额少算一个整千元，以免高估。".to_owned());
        }
        Rounding::WholeParts | Rounding::WholeTotal => {
            notes.push("积分按整分计：新增积分少算被舍去的零头，以免高估。".to_owned());
        }
    }
    if ground.industry.formula(ground.pack).caps != Caps::default() {
        notes.push("规则给积分设了上限：方案没有把上限算进去，快到上限的部分请打折看。".to_owned());
    }
    notes.extend(gates.iter().map(|gate| {
        let state = if gate.ok.is_none() { "还没有填写" } else { "没有达到" };
        format!("{} 要求的“{}”{state}，积分再高也不能代替。", gate.level, gate.name)
    }));
    notes
}
