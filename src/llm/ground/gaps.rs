//! Figures that are missing. Whoever may not write a figure leaves its place empty; no reader is to find such a place.

use xiaoer_sdk::Facts;

use super::days::without_days;
use super::narrative::MARK;
use super::subject::subject;
use super::topics::{What, mentions};
use super::{Problem, plain};

/// Words after which a figure is due; with nothing behind them a slot was left blank.
const DUE: &[&str] = &["为", "达", "达到", "共", "约", "仅", "较", "比", "升至", "降至", "增至", "减至"];
const BLANKS: &[&str] = &[
    "XX",
    "xx",
    "××",
    "__",
    "＿＿",
    "某某",
    "[]",
    "【】",
    "……元",
    "（）",
    "()",
    "「」",
    "“”",
    "《》",
    "…元",
    "——元",
    "**",
];

/// A model that was tempted to write a figure, and may not, leaves a gap: 金额为，
pub(super) fn blanks(bare: &str, problems: &mut Vec<Problem>) {
    if let Some(blank) = BLANKS.iter().find(|blank| bare.contains(**blank)) {
        problems.push(Problem::new(blank, "是空着的位置，要么写编号，要么不提"));
    }
    let plain: String = bare.chars().map(plain).collect();
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| ",。;、!.元\n".contains(c));
    // 因为, 相比, 占比: no figure is due behind these.
    let whole =
        |before: &str| before.ends_with(['因', '以', '认', '成', '作', '行', '相', '同', '环', '占', '价', '对', '比']);
    for due in DUE {
        let mut places = plain.match_indices(due);
        // 与前日比，
        let framed = |before: &str| {
            let clause = before.rsplit([',', '。', ';', '\n']).next().unwrap_or_default();
            *due == "比" && clause.starts_with(['与', '和', '同', '跟']) && clause.chars().count() > 2
        };
        if places.any(|(at, _)| ends(&plain[at + due.len()..]) && !whole(&plain[..at]) && !framed(&plain[..at])) {
            problems.push(Problem::new(due, "后面空着，要么写编号，要么不提"));
        }
    }
}

/// A figure's name, and nothing where the figure should stand: 昨日支付金额，
pub(super) fn gaps(bare: &str, facts: &Facts, problems: &mut Vec<Problem>) {
    for sentence in bare.split(['。', '！', '？', '；', '!', '?', ';', '\n']) {
        for clause in sentence.split(['，', ',']) {
            let pieces = clause.split(MARK).collect::<Vec<_>>();
            for (order, piece) in pieces.iter().enumerate() {
                let last = order + 1 == pieces.len();
                // {x}的成交额 names what is before it; {x}、成交额 was to go on.
                let opens = order == 0 || piece.starts_with(['、', '和', '及', '与', '）', ')']);
                let text =
                    piece.trim_start_matches(['、', '和', '及', '与', '）', ')', '-', '·', '•', '*', '（', '(', '且']);
                let text = text.trim_end_matches(['：', ':', '）', ')', '为', '是', '达', '共', '、']);
                let text = without_days(text);
                if last && opens && !text.is_empty() && only_a_name(&text, facts) {
                    problems.push(Problem::new(clause, "后面空着，要么写编号，要么不提"));
                }
            }
        }
    }
}

fn only_a_name(text: &str, facts: &Facts) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let listed = mentions(&letters)
        .iter()
        .any(|mention| matches!(mention.what, What::Full(_)) && mention.start == 0 && mention.end == letters.len());
    listed
        || (letters.len() >= 3
            && facts
                .0
                .values()
                .any(|fact| fact.label == text || (subject(&fact.label) == text && !text.contains("订单"))))
}
