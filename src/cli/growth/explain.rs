//! `xiaoer growth explain`: the points down to single orders, refunds and inquiries.

use xiaoer::score::{Explained, Part, Wanted, explain};
use xiaoer_sdk::growth::{Contribution, ContributionKind, Industry, Points, ScoreCard, score};

use super::args::ExplainWish;
use super::lines::columns;
use super::score::headline;
use super::subject::{FileSubject, Subject};
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};

pub(super) async fn run(place: Place, wish: ExplainWish) -> anyhow::Result<()> {
    // A day alone asks for what drops out on it.
    let part = wish.part.or(wish.day.map(|_| Part::Dropping));
    let wanted = Wanted { part, day: wish.day, to: None };
    let found: Explained = match Subject::of(place, &wish.subject).await? {
        Subject::Shop(shop) => {
            let more = [("part", part.map(|part| part.to_string())), ("day", wish.day.map(|day| day.to_string()))];
            shop.get("score/contributions", &more).await?
        }
        Subject::Files(of) => explain_files(&of, &wanted)?,
    };
    if wish.output.json {
        return say_json(&found);
    }
    say(&in_words(&found, &wanted));
    Ok(())
}

fn explain_files(of: &FileSubject, wanted: &Wanted) -> anyhow::Result<Explained> {
    let card = score(of.pack, of.industry, of.as_of, &of.read.ledger, &of.read.inputs);
    if wanted.looks_ahead() {
        return Ok(explain(card, of.pack, &of.read.until(of.as_of)?, wanted)?);
    }
    Ok(explain(card, of.pack, &of.read.ledger, wanted)?)
}

fn in_words(found: &Explained, wanted: &Wanted) -> String {
    let card = &found.card;
    let mut lines = vec![headline(card)];
    match wanted.part {
        None => lines.extend(parts(card)),
        Some(Part::Dropping) => lines.push(dropping(card, wanted)),
        Some(part) => {
            let of_day = wanted.day.map(|day| format!("，其中 {day} 的记录：")).unwrap_or_default();
            lines.push(format!("  {} {} 分{of_day}", part.title(), part.of_card(card)));
        }
    }
    if matches!(wanted.part, None | Some(Part::Acceleration | Part::Marks)) {
        lines.extend(marks(card));
    }
    if wanted.part != Some(Part::Marks) {
        lines.push(String::new());
        lines.extend(table(found));
    }
    if wanted.part.is_none() {
        let events: Points = found.contributions.iter().map(Contribution::total).sum();
        let marks = Part::Marks.of_card(card);
        lines.push(format!("  以上 {events} 分 + 标识 {marks} 分 = {} 分", card.points.total));
    }
    if !card.excluded.is_empty() {
        lines.push(format!("  无效订单 {} 笔，不计分：{}", card.excluded_orders, card.excluded.join("、")));
    }
    if !card.waiting_refunds.is_empty() {
        lines.push(format!("  找不到原订单、暂不扣分的退款：{}", card.waiting_refunds.join("、")));
    }
    lines.join("\n")
}

fn parts(card: &ScoreCard) -> Vec<String> {
    let shown = |part: &Part| format!("  {} {} 分", part.title(), part.of_card(card));
    let counted = match card.industry {
        Industry::Consumer => Part::Buyers,
        Industry::Industrial => Part::Inquiries,
    };
    [counted, Part::Turnover, Part::Marketing, Part::Scene, Part::Marks].iter().map(shown).collect()
}

fn dropping(card: &ScoreCard, wanted: &Wanted) -> String {
    let asked = |row: &&xiaoer_sdk::growth::DropOut| wanted.day.is_none_or(|day| day == row.date);
    let points: Points = card.dropping.iter().filter(asked).map(|row| row.points).sum();
    match wanted.day {
        Some(day) => format!("  零新增时，{day} 掉出 {points} 分（负数表示退款先离开窗口，积分回升）"),
        None => format!("  零新增时，未来 {} 天共掉出 {points} 分", card.dropping.len()),
    }
}

fn marks(card: &ScoreCard) -> Vec<String> {
    let shown =
        |points: Option<Points>| points.map_or_else(|| "未知，按 0 计".to_owned(), |points| format!("{points} 分"));
    let all = card.acceleration.marks.iter();
    all.map(|mark| format!("  标识 {}：{}", mark.kind, shown(mark.points))).collect()
}

/// One line an event, and their sums at the end.
fn table(found: &Explained) -> Vec<String> {
    let rows = &found.contributions;
    if rows.is_empty() {
        return vec!["  没有记录".into()];
    }
    let people = match found.card.industry {
        Industry::Consumer => "买家分",
        Industry::Industrial => "询盘分",
    };
    let head = ["日期", "类型", "编号", "买家", "净额", people, "金额分", "营销分", "场景分", "合计"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    cells.extend(rows.iter().map(row));
    let sum = |part: fn(&Contribution) -> Points| rows.iter().map(part).sum::<Points>().to_string();
    cells.push(vec![
        "合计".into(),
        String::new(),
        String::new(),
        String::new(),
        xiaoer_sdk::growth::Fen(rows.iter().map(|row| row.amount.0).sum()).to_string(),
        sum(|row| row.base),
        sum(|row| row.turnover),
        sum(|row| row.marketing),
        sum(|row| row.scene),
        sum(Contribution::total),
    ]);
    columns(&[false, false, false, false, true, true, true, true, true, true], &cells)
}

fn row(row: &Contribution) -> Vec<String> {
    let kind = match row.kind {
        ContributionKind::Order => "订单",
        ContributionKind::Refund => "退款",
        ContributionKind::Inquiry => "询盘",
        ContributionKind::Limit => "限额/取整",
    };
    vec![
        row.day.to_string(),
        kind.into(),
        row.id.clone(),
        row.buyer.clone().unwrap_or_default(),
        row.amount.to_string(),
        row.base.to_string(),
        row.turnover.to_string(),
        row.marketing.to_string(),
        row.scene.to_string(),
        row.total().to_string(),
    ]
}
