//! 等级预警: one verdict, the figures behind it and three things to do; one line when there is nothing to say.
//!
//! It speaks up only when a level is at risk or within reach. A warning that comes every day is read by nobody.

use chrono::{Days, NaiveDate};
use serde_json::json;
use xiaoer_sdk::growth::forecast::{DayOdds, Forecast};
use xiaoer_sdk::growth::plan::{Choice, Outcome, Plan, PlanWish};
use xiaoer_sdk::growth::{Fen, Points, ScoreCard};
use xiaoer_sdk::{
    Block, Context, Facts, Input, Manifest, Read, Report, Skill, SkillError, Source, Task, Value, first_below, floor,
    judging, said, step_task,
};

/// How far the watch looks ahead, unless the level is judged later.
const AHEAD: u32 = 30;
/// A level that would be gone so soon without new business is at risk.
const SOON: u64 = 7;
/// Odds of keeping a level, in per cent, below which it is at risk.
const SAFE: u32 = 80;
/// Odds of the next level, in per cent, from which it is within reach.
const NEAR: u32 = 30;
/// Things to do.
const TASKS: usize = 3;

/// The lookout.
pub(crate) struct GrowthWatch;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The present level may be lost.
    Risk,
    /// The next level can be had.
    Reach,
    /// Neither.
    Calm,
    /// Nothing was sold yet.
    Empty,
}

struct Seen {
    card: ScoreCard,
    week_ago: ScoreCard,
    forecast: Forecast,
    plan: Option<Plan>,
}

#[xiaoer_sdk::async_trait]
impl Skill for GrowthWatch {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "growth-watch", "等级预警")
            .about("盯着等级：有掉级风险或有机会升级才提醒，并告诉你先做哪三件事；平稳就一句话。适合每天定时看一次。")
            .reads([Read::Score, Read::Forecast, Read::Plan])
            .asks(["growth-watch"])
    }

    async fn run(&self, cx: &Context, _input: Input) -> Result<Report, SkillError> {
        cx.progress("正在核算生意积分").await?;
        let (card, _) = cx.score(cx.as_of()).await?;
        let (week_ago, _) = cx.score(cx.as_of() - Days::new(7)).await?;
        cx.progress("正在看往后的积分").await?;
        let forecast = cx.forecast(cx.as_of(), ahead(&card)).await?;
        let at_risk =
            falls_soon(&card, &forecast).is_some() || keep(&card, &forecast).is_some_and(|on| !sure(on, SAFE));
        let plan = match wish(&card, at_risk) {
            Some(wish) => {
                cx.progress("正在排最省的做法").await?;
                cx.plan(cx.as_of(), wish).await?.plan
            }
            None => None,
        };
        let verdict = verdict(&card, &forecast, (at_risk, plan.as_ref()));
        let seen = Seen { card, week_ago, forecast, plan };

        let mut report = Report::new("等级预警", cx.as_of());
        facts(&mut report.facts, &seen);
        report.summary = summary(&report.facts, verdict);
        cx.progress("正在写结论").await?;
        let told = ["level", "points_total", "points_week", "next_level", "gap"];
        let state = match verdict {
            Verdict::Risk => "risk",
            Verdict::Reach => "reach",
            Verdict::Calm => "calm",
            Verdict::Empty => "empty",
        };
        let variables = json!({ "shop": cx.shop().name, "state": state });
        let words = cx.narrate("growth-watch", variables, &report.facts.only(told)).await?;
        report.say(words);
        if matches!(verdict, Verdict::Risk | Verdict::Reach) {
            speak(&mut report, &seen);
        }
        Ok(report)
    }
}

/// The judging day is looked at, wherever it lies.
fn ahead(card: &ScoreCard) -> u32 {
    let judged = card.judging.day.and_then(|day| u32::try_from((day - card.as_of).num_days()).ok());
    judged.unwrap_or(AHEAD).clamp(AHEAD, 60)
}

fn odds_of(forecast: &Forecast, level: &str) -> Option<DayOdds> {
    forecast.odds.iter().find(|odds| odds.level == level)?.on_day
}

/// The odds of still having the present level's points; none on a level that cannot be lost.
fn keep(card: &ScoreCard, forecast: &Forecast) -> Option<DayOdds> {
    floor(card)?;
    odds_of(forecast, &card.level)
}

fn sure(on: DayOdds, percent: u32) -> bool {
    u64::from(on.odds.hits) * 100 >= u64::from(percent) * u64::from(on.odds.of)
}

fn falls_soon(card: &ScoreCard, forecast: &Forecast) -> Option<NaiveDate> {
    first_below(forecast, floor(card)?).filter(|day| *day <= card.as_of + Days::new(SOON))
}

/// To keep what is at risk, else to reach the next level; nothing on top of the highest.
fn wish(card: &ScoreCard, at_risk: bool) -> Option<PlanWish> {
    let next = card.next.as_ref().map(|next| next.level.clone());
    let level = if at_risk { Some(card.level.clone()) } else { next }?;
    let wish = PlanWish::by(card.as_of + Days::new(u64::from(ahead(card))));
    (card.counts.orders > 0).then_some(PlanWish { level: Some(level), ..wish })
}

fn verdict(card: &ScoreCard, forecast: &Forecast, (at_risk, plan): (bool, Option<&Plan>)) -> Verdict {
    let next = card.next.as_ref().and_then(|next| odds_of(forecast, &next.level));
    // Only a way that does not cost more than it earns is a chance worth a message.
    let can = plan.and_then(best).is_some_and(|best| best.margin >= Fen::ZERO);
    if card.counts.orders == 0 && card.points.total == Points::ZERO {
        Verdict::Empty
    } else if at_risk {
        Verdict::Risk
    } else if can || next.is_some_and(|on| sure(on, NEAR)) {
        Verdict::Reach
    } else {
        Verdict::Calm
    }
}

/// The figures; what does not hold for this shop has no fact, and texts ask for the fact.
fn facts(facts: &mut Facts, seen: &Seen) {
    let card = &seen.card;
    let rules = |how: &str| Source::rule("生意积分规则", how);
    let usual = |how: &str| Source::rule("预测（照常经营）", how);
    facts.add("level", "L等级", Value::Name(card.level.clone()), rules("积分达到的最高一级门槛"));
    facts.add("points_total", "生意积分", Value::points(card.points.total), rules("窗口内各部分积分之和"));
    let moved = Value::points_moved(card.points.total - seen.week_ago.points.total);
    facts.add("points_week", "生意积分较上周同日", moved, rules("今天的积分 − 七天前的积分"));
    if seen.week_ago.level != card.level {
        let before = Value::Name(seen.week_ago.level.clone());
        facts.add("level_week", "上周同日的等级", before, rules("七天前的积分达到的等级"));
    }
    if let Some(next) = &card.next {
        facts.add("next_level", "下一级", Value::Name(next.level.clone()), rules("下一级"));
        facts.add("gap", "离下一级还差", Value::points(next.gap), rules("下一级门槛 − 生意积分"));
        if let Some(on) = odds_of(&seen.forecast, &next.level) {
            facts.add("odds_next", "够到下一级的把握", Value::odds(on.odds), usual("那天够门槛的次数占比"));
            facts.add("odds_day", "看的是哪天", Value::Day(on.date), usual("评定日；不知道就用预测的最后一天"));
        }
    }
    if let Some(on) = keep(card, &seen.forecast) {
        facts.add("odds_keep", "保住现在等级的把握", Value::odds(on.odds), usual("那天够门槛的次数占比"));
        facts.add("odds_day", "看的是哪天", Value::Day(on.date), usual("评定日；不知道就用预测的最后一天"));
    }
    if let Some(day) = falls_soon(card, &seen.forecast) {
        facts.add("fall_day", "零新增的掉级日", Value::Day(day), rules("零新增时积分第一次低于本级门槛的日子"));
    }
    if let Some(best) = seen.plan.as_ref().and_then(best) {
        let planned = |how: &str| Source::rule("冲级计划", how);
        facts.add("cost", "最省做法的成本", Value::yuan(best.cost), planned("各项手段成本之和"));
        facts.add("odds_with", "照做的把握", Value::odds(best.odds), planned("加上方案，那天够门槛的次数占比"));
    }
}

fn best(plan: &Plan) -> Option<&Choice> {
    match &plan.outcome {
        Outcome::Reached { best, .. } => Some(best),
        Outcome::AlreadyThere | Outcome::OutOfReach { .. } => None,
    }
}

fn summary(facts: &Facts, verdict: Verdict) -> String {
    let known = |id: &str| facts.get(id).is_some();
    let when = |id: &str, text: &str| if known(id) { text.to_owned() } else { String::new() };
    let plan = when("cost", "；按最省的做法花 {cost}，把握能到 {odds_with}");
    match verdict {
        Verdict::Risk => {
            let usual = when("odds_keep", "照常经营到 {odds_day}，保住 {level} 的把握是 {odds_keep}");
            let fall = when("fall_day", "要是零新增，{fall_day} 起就不够 {level} 的门槛");
            let both: Vec<String> = [fall, usual].into_iter().filter(|text| !text.is_empty()).collect();
            format!("有掉级风险：{}{plan}。", both.join("；"))
        }
        Verdict::Reach => {
            let usual = when("odds_next", "，照常经营到 {odds_day} 够到的把握是 {odds_next}");
            format!("有机会升级：离 {{next_level}} 还差 {{gap}}{usual}{plan}。")
        }
        Verdict::Calm => {
            let keep = when("odds_keep", "，{odds_day} 保住的把握是 {odds_keep}");
            let gap = when("gap", "，离 {next_level} 还差 {gap}");
            format!("平稳：现在 {{level}}，生意积分 {{points_total}}{keep}{gap}。")
        }
        Verdict::Empty => "还没有算得上积分的订单：先同步店铺，或导入订单表格。".into(),
    }
}

fn speak(report: &mut Report, seen: &Seen) {
    let shown = ["points_total", "points_week", "odds_keep", "gap", "odds_next"];
    let shown = shown.into_iter().filter(|id| report.facts.get(id).is_some()).map(String::from).collect();
    report.push(Block::Figures { facts: shown });
    if report.facts.get("level_week").is_some() {
        report.info("上周同日是 {level_week}，现在是 {level}。");
    }
    if seen.card.trusted == Some(false) {
        report.warn("和成长中心对不上已经好几次了，下面的数字先别全信，以成长中心为准。");
    }
    if let Some(why) = &seen.forecast.why_not {
        let source = Source::rule("预测", "估算照常经营需要的历史");
        report.facts.add("no_usual", "照常经营", Value::Name(said(why, seen.card.as_of)), source);
        report.info("{no_usual}");
    }
    let tasks = tasks(&mut report.facts, seen);
    report.push(Block::Checklist { title: "先做这几件".into(), tasks });
    if seen.plan.as_ref().is_some_and(|plan| !plan.gates.is_empty()) {
        report.info("积分之外还有门槛没达标或没填，积分够了也不一定作数，去生意积分报告里看是哪几项。");
    }
    let judged = judging(&mut report.facts, &seen.card);
    report.info(format!("{judged}。把握是照往常的生意估的；每一步的来历和备选做法，点冲级计划看。"));
}

/// The steps that bring most; where no step can be counted, what makes them countable.
fn tasks(facts: &mut Facts, seen: &Seen) -> Vec<Task> {
    let steps = match seen.plan.as_ref().map(|plan| &plan.outcome) {
        Some(Outcome::Reached { best: choice, .. } | Outcome::OutOfReach { effort: choice, .. }) => &choice.steps[..],
        Some(Outcome::AlreadyThere) | None => &[],
    };
    // Where nothing is enough, only what earns its own cost is worth doing all the same.
    let enough = seen.plan.as_ref().and_then(best).is_some();
    let mut steps: Vec<_> = steps.iter().filter(|step| enough || step.margin >= Fen::ZERO).collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.points));
    let steps = steps.into_iter().take(TASKS).enumerate();
    let mut tasks: Vec<Task> = steps.map(|(at, step)| step_task(facts, (at + 1, step), &seen.card)).collect();
    tasks.extend(always(seen).into_iter().take(TASKS.saturating_sub(tasks.len())));
    tasks
}

/// What can be done in any case, without a figure of its own.
fn always(seen: &Seen) -> Vec<Task> {
    let mut tasks = vec![
        Task::new("客服", "提醒待付款的买家，联系快掉出的老客")
            .because("钱没到账不算分，老客掉出窗口分就没了")
            .until("今天")
            .brings("名单和能得的分，在生意积分报告里")
            .with_skill("growth-report"),
    ];
    if seen.plan.as_ref().is_none_or(|plan| !plan.excluded.is_empty()) {
        tasks.push(
            Task::new("老板", "把手段缺的数字补上")
                .because("有的手段缺成本、毛利或数量，没敢算进来")
                .until("本周内")
                .brings("能排出更省、更稳的做法")
                .with_skill("growth-plan"),
        );
    }
    tasks.push(
        Task::new("运营", "照常上新、发货、守住服务")
            .because("把握是照往常的生意估的，断了单就不作数")
            .until("每天")
            .brings("不断单，零新增的那条线就不会成真"),
    );
    tasks
}
