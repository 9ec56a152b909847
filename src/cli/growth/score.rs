//! `xiaoer growth score`: the card.

use xiaoer::score::Score;
use xiaoer_sdk::growth::{self, Industry, ScoreCard};

use super::args::ScoreWish;
use super::subject::Subject;
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};

pub(super) async fn run(place: Place, wish: ScoreWish) -> anyhow::Result<()> {
    let card = match Subject::of(place, &wish.subject).await? {
        Subject::Shop(shop) => shop.get::<Score>("score", &[]).await?.card,
        Subject::Files(of) => growth::score(of.pack, of.industry, of.as_of, &of.read.ledger, &of.read.inputs),
    };
    if wish.output.json {
        return say_json(&card);
    }
    say(&in_words(&card));
    Ok(())
}

fn in_words(card: &ScoreCard) -> String {
    let people = match card.industry {
        Industry::Consumer => "支付买家",
        Industry::Industrial => "有效询盘",
    };
    let counted = card.points.buyers.or(card.points.inquiries).unwrap_or_default();
    let mut lines = vec![
        headline(card),
        format!("  {people} {counted}  支付金额 {}  生意加速 {}", card.points.turnover, card.points.acceleration),
    ];
    if let Some(next) = &card.next {
        lines.push(format!("  距 {}（{} 分）还差 {}", next.level, next.threshold, next.gap));
    }
    if let Some(range) = &card.range {
        let high = range.high.map_or_else(|| "上不封顶".into(), |high| high.to_string());
        lines.push(format!("  估算范围 {}–{high}", range.low));
    }
    lines.extend(card.missing.iter().map(|missing| format!("  缺 {}：{}", missing.title, missing.how)));
    lines.extend(card.notes.iter().map(|note| format!("  {note}")));
    lines.join("\n")
}

/// Total, level, day and rules on one line.
pub(super) fn headline(card: &ScoreCard) -> String {
    format!("生意积分 {}（{}，截至 {}，规则 {}）", card.points.total, card.level, card.as_of, card.pack_name)
}
