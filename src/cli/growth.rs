//! `xiaoer growth`: the score of a shop, or of a file that needs no installation at all.

use anyhow::Context as _;
use xiaoer::score::file::{self, FileLedger};
use xiaoer::score::{Score, score_ledger};
use xiaoer_sdk::growth::{Industry, ScoreCard};

use super::args::{GrowthCommand, ScoreWish};
use super::local::Place;
use super::log::{complain, say, say_json};
use super::remote::Remote;

pub(super) async fn run(place: Place, command: GrowthCommand) -> anyhow::Result<()> {
    let GrowthCommand::Score(wish) = command;
    let card = match (&wish.orders, &wish.shop) {
        (Some(path), _) => {
            let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            score_file(&bytes, &wish).with_context(|| path.display().to_string())?.card
        }
        (None, Some(shop)) => {
            let remote = Remote::reach(place).await?;
            let mut path = format!("/api/shops/{shop}/score?");
            if let Some(day) = wish.as_of {
                path.push_str(&format!("as_of={day}&"));
            }
            if let Some(pack) = &wish.pack {
                path.push_str(&format!("pack={pack}"));
            }
            let score: Score = remote.get(&path).await?;
            score.card
        }
        (None, None) => anyhow::bail!("say --shop or --orders"),
    };
    if wish.output.json {
        return say_json(&card);
    }
    say(&in_words(&card));
    Ok(())
}

fn score_file(bytes: &[u8], wish: &ScoreWish) -> anyhow::Result<Score> {
    let FileLedger { ledger, inputs, problems } = file::read(bytes)?;
    for problem in &problems {
        complain(&format!("第 {} 行“{}”：{}", problem.row, problem.column, problem.why));
    }
    let (Some(industry), Some(as_of)) = (wish.industry, wish.as_of) else {
        anyhow::bail!("a file needs --industry and --as-of")
    };
    let pack = wish.pack.as_deref().map(|id| {
        let known = || xiaoer_sdk::growth::packs().iter().map(|pack| pack.id.as_str()).collect::<Vec<_>>().join(", ");
        xiaoer_sdk::growth::pack(id).with_context(|| format!("there is no rule pack {id:?}; known: {}", known()))
    });
    score_ledger(&ledger, industry, as_of, &inputs, pack.transpose()?)
}

fn in_words(card: &ScoreCard) -> String {
    let people = match card.industry {
        Industry::Consumer => "支付买家",
        Industry::Industrial => "有效询盘",
    };
    let counted = card.points.buyers.or(card.points.inquiries).unwrap_or_default();
    let mut lines = vec![
        format!("生意积分 {}（{}，截至 {}，规则 {}）", card.points.total, card.level, card.as_of, card.pack_name),
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
