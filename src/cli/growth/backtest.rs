//! `xiaoer growth backtest`: each figure beside its bar. What misses its bar is printed like what reaches it.

use xiaoer::score::TrialAsk;
use xiaoer_sdk::growth::backtest::{Backtest, HorizonResult, Verdict};

use super::args::BacktestWish;
use super::lines::columns;
use super::subject::Subject;
use crate::cli::local::Place;
use crate::cli::log::{say, say_json};

pub(super) async fn run(place: Place, wish: BacktestWish) -> anyhow::Result<()> {
    let ask = TrialAsk { from: wish.from, to: wish.to, horizons: wish.horizons };
    let found: Backtest = match Subject::of(place, &wish.subject).await? {
        Subject::Shop(shop) => {
            let days: Vec<String> = ask.horizons.iter().map(ToString::to_string).collect();
            let more = [
                ("from", ask.from.map(|day| day.to_string())),
                ("to", ask.to.map(|day| day.to_string())),
                ("horizons", Some(days.join(","))),
            ];
            shop.get("backtest", &more).await?
        }
        Subject::Files(of) => of.ahead(None)?.backtest(&ask.wish(of.as_of).map_err(anyhow::Error::msg)?),
    };
    if wish.output.json {
        return say_json(&found);
    }
    say(&in_words(&found));
    Ok(())
}

fn in_words(found: &Backtest) -> String {
    let Backtest { from, to, pack, .. } = found;
    let mut lines =
        vec![format!("预测回测：{from} 到 {to}，每天用当天以前的数据预测一次（规则 {pack}）"), String::new()];
    // The first line of each horizon says what was tried; its bars stand in the table.
    let tried = |result: &HorizonResult| {
        let alone = Backtest { horizons: vec![result.clone()], ..found.clone() };
        alone.in_words().into_iter().next()
    };
    lines.extend(found.horizons.iter().filter_map(tried).map(|line| format!("  {line}")));
    let skipped = found.horizons.iter().filter(|result| result.skipped > 0);
    lines.extend(skipped.map(|result| format!("  {} 天：另有 {} 天历史太短，没有检验。", result.days, result.skipped)));
    let head = ["预测", "项目", "结果", "要求", "结论"].map(str::to_owned).to_vec();
    let rows = found.horizons.iter().flat_map(|result| result.verdicts.iter().map(|one| row(result.days, one)));
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    if rows.len() > 1 {
        lines.push(String::new());
        lines.extend(columns(&[true, false, true, true, false], &rows));
    }
    lines.join("\n")
}

fn row(days: u32, verdict: &Verdict) -> Vec<String> {
    let bar = match verdict.at_least {
        Some(least) => format!("{least}–{}", verdict.at_most),
        None => format!("≤ {}", verdict.at_most),
    };
    let word = if verdict.reached { "达标" } else { "未达标" };
    vec![format!("{days} 天"), verdict.what.clone(), verdict.figure.to_string(), bar, word.into()]
}
