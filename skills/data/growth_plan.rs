//! 冲级计划: the cheapest honest way to a level, what every figure in it rests on, and what became of earlier plans.
//!
//! The host finds the plan; nothing here knows a rate, a cost or a probability, and nothing is proposed without its cost. What cannot be
//! reached is said to be out of reach, and what is not known is asked for instead of filled in.

use chrono::Days;
use serde_json::json;
use xiaoer_sdk::growth::plan::{Choice, Outcome, Plan, PlanWish};
use xiaoer_sdk::growth::{Points, ScoreCard};
use xiaoer_sdk::{
    Block, Cell, Context, Facts, FieldKind, Input, InputError, Manifest, Planned, Read, Report, Skill, SkillError,
    Source, Table, Value, judging, said,
};

#[path = "growth_plan/basis.rs"]
mod basis;
#[path = "growth_plan/earlier.rs"]
mod earlier;
#[path = "growth_plan/steps.rs"]
mod steps;

/// Longest name of a level that is read from the form.
const LEVEL_LONGEST: usize = 8;

/// The choice that leaves the odds to the shop's settings.
const SHOPS_OWN: &str = "shop";

/// The way to a level.
pub(crate) struct GrowthPlan;

#[xiaoer_sdk::async_trait]
impl Skill for GrowthPlan {
    fn manifest(&self) -> Manifest {
        Manifest::new("data", "growth-plan", "冲级计划")
            .about("算清到目标等级还要补多少积分，从店里能用的手段里排出最省钱的做法：做什么、做多少、哪天开始、花多少、把握有多大。")
            .reads([Read::Score, Read::Plan])
            .asks(["growth-plan"])
            .field("level", "目标等级（不填：先保级，保得住就看下一级）", FieldKind::Text { max: LEVEL_LONGEST }, "")
            .field("days", "几天之内", FieldKind::Number { min: 1, max: 60 }, "30")
            .field("odds", "想要多大把握", FieldKind::Choice { options: odds_offered() }, SHOPS_OWN)
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在核算生意积分").await?;
        let (card, _) = cx.score(cx.as_of()).await?;
        let wish = wish(cx, &card, &input)?;
        cx.progress("正在排最省的做法").await?;
        let planned = cx.plan(cx.as_of(), wish).await?;

        let mut report = Report::new("冲级计划", cx.as_of());
        standing(&mut report.facts, &card);
        match &planned.plan {
            Some(plan) => aim(&mut report.facts, plan),
            None => no_plan(&mut report.facts, &planned, &card),
        }
        report.summary = summary(planned.plan.as_ref());
        cx.progress("正在写结论").await?;
        let variables = json!({
            "shop": cx.shop().name,
            "state": state(planned.plan.as_ref()),
            "keeps": planned.plan.as_ref().is_some_and(|plan| plan.keeps),
        });
        let told =
            ["level", "points_total", "target", "aim_day", "needed", "cost", "odds_usual", "odds_with", "short_by"];
        let words = cx.narrate("growth-plan", variables, &report.facts.only(told)).await?;

        show(&mut report, words, (&planned, &card));
        Ok(report)
    }
}

/// Odds to choose from; without a choice the shop's own settings say.
fn odds_offered() -> Vec<(String, String)> {
    let offered = ["60", "70", "80", "90", "95"].map(|odds| (odds.to_owned(), format!("{odds}%")));
    std::iter::once((SHOPS_OWN.to_owned(), "按店铺设置".to_owned())).chain(offered).collect()
}

/// What the form asks for. A level that these rules do not have is the merchant's to correct.
fn wish(cx: &Context, card: &ScoreCard, input: &Input) -> Result<PlanWish, InputError> {
    let days = u64::try_from(input.number("days")).unwrap_or(1);
    let asked = input.text("level").trim().to_uppercase();
    let named = card.levels.iter().map(|step| step.level.as_str());
    if !asked.is_empty() && named.clone().all(|level| level != asked) {
        let all = named.collect::<Vec<_>>().join("、");
        return Err(InputError(format!("“目标等级”不能是“{asked}”：请填 {all} 中的一个，或者不填")));
    }
    Ok(PlanWish {
        level: (!asked.is_empty()).then_some(asked),
        odds_percent: input.text("odds").parse().ok(),
        // The host knows the judging days, the budget and what the level is worth.
        ..PlanWish::by(cx.as_of() + Days::new(days))
    })
}

fn standing(facts: &mut Facts, card: &ScoreCard) {
    let rules = |how: &str| Source::rule("生意积分规则", how);
    facts.add("level", "L等级", Value::Name(card.level.clone()), rules("积分达到的最高一级门槛"));
    facts.add("points_total", "生意积分", Value::points(card.points.total), rules("窗口内各部分积分之和"));
}

fn aim(facts: &mut Facts, plan: &Plan) {
    let planned = |how: &str| Source::rule("冲级计划", how);
    let day = plan.judged_on;
    facts.add("target", "目标等级", Value::Name(plan.level.clone()), planned("要达到或保住的等级"));
    facts.add("threshold", "目标门槛", Value::points(plan.threshold), planned("目标等级的积分门槛（规则）"));
    facts.add("aim_day", "计划瞄准的日子", Value::Day(day), planned("评定日；不知道评定日就用期限的最后一天"));
    let wanted = Value::percent(u32::from(plan.odds_percent));
    facts.add("odds_wanted", "想要的把握", wanted, planned("表单里选的；没选就用店铺设置里的，也没设就用常用的"));
    let simulated = |how: &str| Source::rule("预测（照常经营）", how);
    let usual = "照常经营的模拟里，这一天够门槛的次数占比";
    facts.add("odds_usual", "照常经营的把握", Value::odds(plan.usual), simulated(usual));
    let any = "照常经营的模拟里，到这一天为止任一天够过门槛的次数占比";
    facts.add("odds_usual_any", "照常经营任一天的把握", Value::odds(plan.usual_any_day), simulated(any));
    if plan.needed > Points::ZERO {
        let low = "照常经营的模拟里，按想要的把握至少能有的积分";
        facts.add("usual_low", "照常经营靠得住的积分", Value::points(plan.threshold - plan.needed), simulated(low));
        facts.add("needed", "还要补的积分", Value::points(plan.needed), planned("目标门槛 − 照常经营靠得住的积分"));
    }
    if let Some(choice) = chosen(plan) {
        totals(facts, choice);
    }
    if let Outcome::OutOfReach { short_by, .. } = &plan.outcome {
        facts.add("short_by", "做满还差", Value::points(*short_by), planned("做满以后，按想要的把握还缺的积分"));
    }
    if let Some(worth) = plan.worth {
        let source = Source::rule("商家填写", "到这一级值多少钱");
        facts.add("worth", "这一级值多少", Value::yuan(worth), source);
    }
}

fn totals(facts: &mut Facts, choice: &Choice) {
    let planned = |how: &str| Source::rule("冲级计划", how);
    facts.add("cost", "方案成本", Value::yuan(choice.cost), planned("各项手段成本之和"));
    let profit = Value::MoneyChange(choice.margin.to_yuan());
    facts.add("profit", "利润变化", profit, planned("各项手段带来的毛利减去全部成本"));
    facts.add("plan_points", "方案预计积分", Value::points(choice.points), planned("各项手段预计积分之和"));
    let simulated = |how: &str| Source::rule("预测（加上方案）", how);
    facts.add("odds_with", "做了方案的把握", Value::odds(choice.odds), simulated("这一天够门槛的次数占比"));
    let any = simulated("到这一天为止任一天够过门槛的次数占比");
    facts.add("odds_with_any", "做了方案任一天的把握", Value::odds(choice.odds_any_day), any);
}

fn no_plan(facts: &mut Facts, planned: &Planned, card: &ScoreCard) {
    let why = planned.why_not.as_deref().unwrap_or("数据不够，排不出计划。");
    let source = Source::rule("冲级计划", "排计划要先估算照常经营");
    facts.add("why_not", "排不出计划的原因", Value::Name(said(why, card.as_of)), source);
}

/// The set of levers to speak of: the best one, or the most that can be done.
fn chosen(plan: &Plan) -> Option<&Choice> {
    match &plan.outcome {
        Outcome::AlreadyThere => None,
        Outcome::Reached { best, .. } => Some(best),
        Outcome::OutOfReach { effort, .. } => Some(effort),
    }
}

fn state(plan: Option<&Plan>) -> &'static str {
    match plan.map(|plan| &plan.outcome) {
        None => "none",
        Some(Outcome::AlreadyThere) => "there",
        Some(Outcome::Reached { .. }) => "reached",
        Some(Outcome::OutOfReach { .. }) => "out",
    }
}

fn summary(plan: Option<&Plan>) -> String {
    let Some(plan) = plan else { return "暂时排不出冲级计划：{why_not}".into() };
    let goal = if plan.keeps { "保住" } else { "升到" };
    match &plan.outcome {
        Outcome::AlreadyThere => {
            format!(
                "照常经营，{{aim_day}} {goal} {{target}} 的把握有 {{odds_usual}}，够你要的 {{odds_wanted}}，不用花钱冲。"
            )
        }
        Outcome::Reached { .. } => format!(
            "要在 {{aim_day}} {goal} {{target}}，还要补 {{needed}}：最省的做法花 {{cost}}，把握从 {{odds_usual}} 到 {{odds_with}}。"
        ),
        Outcome::OutOfReach { effort, .. } if effort.steps.is_empty() => {
            format!("要在 {{aim_day}} {goal} {{target}}，还要补 {{needed}}；手段的数字还没填全，排不出做法。")
        }
        Outcome::OutOfReach { .. } => format!(
            "{{aim_day}} {goal} {{target}} 够不着：能做的都做满，把握也只有 {{odds_with}}，按你要的把握还差 {{short_by}}。"
        ),
    }
}

fn show(report: &mut Report, words: xiaoer_sdk::Narrative, (planned, card): (&Planned, &ScoreCard)) {
    let Some(plan) = &planned.plan else {
        report.say(words);
        basis::excluded(report, &planned.levers.excluded, card.as_of);
        earlier::show(report, &planned.earlier);
        return;
    };
    figures(report, plan);
    report.say(words);
    steps::show(report, plan, card);
    why(report, plan, card);
    basis::excluded(report, &plan.excluded, card.as_of);
    basis::assumptions(report, plan, &planned.levers);
    earlier::show(report, &planned.earlier);
    basis::notes(report, plan, card.as_of);
}

fn figures(report: &mut Report, plan: &Plan) {
    // What an effort in vain would cost is no figure to begin with.
    let shown: &[&str] = match plan.outcome {
        Outcome::Reached { .. } => &["needed", "cost", "profit", "odds_usual", "odds_with"],
        Outcome::AlreadyThere => &["points_total", "odds_usual"],
        Outcome::OutOfReach { .. } => &["points_total", "needed", "odds_usual"],
    };
    let facts = shown.iter().map(|id| (*id).to_owned()).collect();
    report.push(Block::Figures { facts });
}

/// From the threshold back to what is missing: the arithmetic that a merchant can check.
fn why(report: &mut Report, plan: &Plan, card: &ScoreCard) {
    report.heading("还要补多少、为什么");
    let mut table = Table::new("补分怎么算的", &["看什么", ">是多少"], "");
    let mut row = |what: &str, id: &str| table.row([Cell::text(what), Cell::Fact(id.into())]);
    row("现在的积分", "points_total");
    row("目标门槛", "threshold");
    row("想要的把握", "odds_wanted");
    if plan.needed > Points::ZERO {
        row("照常经营到那天，按这个把握靠得住的积分", "usual_low");
        row("要补的积分（门槛减去靠得住的）", "needed");
    }
    row("照常经营，那天够门槛的把握", "odds_usual");
    let acts = chosen(plan).is_some_and(|choice| !choice.steps.is_empty());
    if acts {
        row("做了方案，那天够门槛的把握", "odds_with");
    }
    // To have kept a level on any one day says nothing: only the day itself counts for it.
    if !plan.keeps {
        row("照常经营，到那天为止任一天够过门槛的把握", "odds_usual_any");
    }
    if acts && !plan.keeps {
        row("做了方案，到那天为止任一天够过门槛的把握", "odds_with_any");
    }
    report.push(Block::Table(table));
    let judged = judging(&mut report.facts, card);
    report.info(format!("{judged}。计划瞄准 {{aim_day}} 当天的积分，等级最后以成长中心的评定为准。"));
}
