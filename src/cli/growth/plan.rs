//! `xiaoer growth plan`: what to do, when to start, what it costs and how sure it is; what else there is, and what was left out and why.

use anyhow::Context as _;
use chrono::NaiveDate;
use xiaoer::score::{Business, PlanAsk};
use xiaoer_sdk::growth::Fen;
use xiaoer_sdk::growth::plan::{Amount, Choice, Excluded, Outcome, Plan, Step};
use xiaoer_sdk::{EarlierPlan, Planned};

use super::args::PlanWish;
use super::forecast::short;
use super::lines::columns;
use super::subject::Subject;
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};

pub(super) async fn run(place: Place, wish: PlanWish) -> anyhow::Result<()> {
    let budget = wish.budget.map(Fen::from_yuan).transpose().context("--budget")?;
    let ask = PlanAsk { level: wish.level, by: wish.by, odds: wish.odds, budget };
    let planned: Planned = match Subject::of(place, &wish.subject).await? {
        Subject::Shop(shop) => {
            let more = [
                ("level", ask.level.clone()),
                ("by", ask.by.map(|by| by.to_string())),
                ("odds", ask.odds.map(|odds| odds.to_string())),
                ("budget", ask.budget.map(|budget| budget.to_string())),
            ];
            shop.get("plan", &more).await?
        }
        Subject::Files(of) => {
            let ahead = of.ahead(wish.business.as_deref().map(business).transpose()?)?;
            ahead.plan(ahead.wish(&ask).map_err(anyhow::Error::msg)?)
        }
    };
    if wish.output.json {
        return say_json(&planned);
    }
    say(&in_words(&planned));
    Ok(())
}

fn business(path: &std::path::Path) -> anyhow::Result<Business> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let business: Business = serde_json::from_slice(&bytes).map_err(|error| {
        anyhow::anyhow!("{}：经营数据读不懂（{error}），格式与 growth-business 接口给出的相同", path.display())
    })?;
    business.check().map_err(|why| anyhow::anyhow!("{}：{why}", path.display()))?;
    Ok(business)
}

fn in_words(planned: &Planned) -> String {
    let mut lines = match &planned.plan {
        Some(plan) => of_plan(plan),
        None => {
            let why = planned.why_not.as_deref().unwrap_or("现在做不出计划");
            std::iter::once(why.to_owned()).chain(listed("用不上的手段", &excluded(&planned.levers.excluded))).collect()
        }
    };
    for earlier in &planned.earlier {
        lines.push(String::new());
        lines.extend(of_earlier(earlier));
    }
    lines.join("\n")
}

fn of_plan(plan: &Plan) -> Vec<String> {
    let day = if plan.judging_known { "评定日" } else { "目标日" };
    let aim = if plan.keeps { "守住" } else { "升到" };
    let mut lines = vec![
        format!(
            "{aim} {}（{} 分），{day} {}，想要的把握 {}%",
            plan.level, plan.threshold, plan.judged_on, plan.odds_percent
        ),
        format!(
            "  照常经营：当天 {}%，期间任一天 {}%；按想要的把握还差 {} 分",
            plan.usual.percent(),
            plan.usual_any_day.percent(),
            short(plan.needed)
        ),
        String::new(),
    ];
    match &plan.outcome {
        Outcome::AlreadyThere => lines.push("照常经营就有足够的把握，不用花钱。".into()),
        Outcome::Reached { best, second } => {
            lines.extend(of_choice("首选方案", best));
            if let Some(second) = second {
                lines.push(String::new());
                lines.extend(of_choice("第二方案（不用首选里的主要手段）", second));
            }
        }
        Outcome::OutOfReach { effort, short_by, why } => {
            lines.push(format!("达不到：还差 {} 分", short(*short_by)));
            lines.extend(why.iter().map(|why| format!("  {why}")));
            lines.push(String::new());
            lines.extend(of_choice("全部做满", effort));
        }
    }
    if let Some(worth) = plan.worth {
        lines.push(format!("  升级对店铺的价值（商家填写）：{worth} 元"));
    }
    lines.extend(listed("受限于", &plan.binding));
    lines.extend(listed("没有采用", &excluded(&plan.excluded)));
    lines.extend(listed("说明", &plan.notes));
    lines
}

fn of_choice(name: &str, choice: &Choice) -> Vec<String> {
    let mut lines = vec![format!(
        "{name}：费用 {} 元，利润变化 {} 元，预计 {} 分，当天把握 {}%，期间任一天 {}%",
        choice.cost,
        choice.margin,
        short(choice.points),
        choice.odds.percent(),
        choice.odds_any_day.percent()
    )];
    if choice.steps.is_empty() {
        return lines;
    }
    let head = ["做什么", "数量", "开始", "结束", "见效", "费用", "利润变化", "积分"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(choice.steps.iter().map(step)).collect();
    lines.extend(columns(&[false, true, false, false, false, true, true, true], &rows));
    lines
}

fn step(step: &Step) -> Vec<String> {
    let day = |day: NaiveDate| day.to_string();
    vec![
        step.title.clone(),
        format!("{} {}", step.units, step.unit),
        day(step.dates.start),
        day(step.dates.end),
        day(step.dates.works_from),
        step.cost.to_string(),
        step.margin.to_string(),
        short(step.points),
    ]
}

fn excluded(excluded: &[Excluded]) -> Vec<String> {
    excluded.iter().map(|one| one.why.clone()).collect()
}

fn listed(title: &str, sentences: &[String]) -> Vec<String> {
    if sentences.is_empty() {
        return Vec::new();
    }
    let head = [String::new(), format!("{title}：")];
    head.into_iter().chain(sentences.iter().map(|sentence| format!("  {sentence}"))).collect()
}

fn of_earlier(earlier: &EarlierPlan) -> Vec<String> {
    let reached = if earlier.total >= earlier.threshold { "达到" } else { "没有达到" };
    let mut lines = vec![format!(
        "{} 采用的计划（{}，目标日 {}）：当天 {} 分，{reached} {} 分",
        earlier.adopted, earlier.level, earlier.judged_on, earlier.total, earlier.threshold
    )];
    lines.extend(earlier.realised.iter().map(|row| {
        let (of, expected, realised) = (&row.of, amount(row.expected), amount(row.realised));
        format!("  {}：{of} 预计多 {expected}，实际多 {realised}（平时 {}）", row.title, amount(row.baseline))
    }));
    lines
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Count(count) => count.to_string(),
        Amount::Yuan(yuan) => format!("{yuan} 元"),
        Amount::Days(days) => format!("{days} 天"),
        Amount::PerMille(share) => format!("{share}‰"),
        Amount::Points(points) => format!("{points} 分"),
    }
}
