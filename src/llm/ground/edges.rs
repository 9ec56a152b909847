//! What touches a figure: an id is rendered with its unit and sign, so nothing beside it may bend it or measure it again.

use xiaoer_sdk::{Facts, Unit, Value};

use super::bends::{BENDS, BLURS, NO_BEND, NO_BLUR};
use super::doubled::doubled;
use super::narrative::MARK;
use super::{Problem, plain};

/// Checks what touches each id.
pub(super) fn around_ids(bare: &str, ids: &[String], facts: &Facts, problems: &mut Vec<Problem>) {
    let plain: String = bare.chars().map(|c| if c == MARK { c } else { plain(c) }).collect();
    for ((at, _), id) in plain.match_indices(MARK).zip(ids) {
        let (before, after) = (&plain[..at], &plain[at + MARK.len_utf8()..]);
        let value = facts.get(id).map(|fact| &fact.value);
        // 最近{x} and 近{x} are spans of days, where the figure is one.
        let days = matches!(value, Some(Value::Count(_, Unit::Days | Unit::Hours)));
        let nearly = ["接近", "将近"].iter().any(|word| before.ends_with(word));
        let span = before.ends_with("最近") || (days && before.ends_with('近') && !nearly);
        // A dash is a dash when it is doubled or opens the line.
        let written = bare.chars().collect::<Vec<_>>();
        let long = plain[..at].chars().count().checked_sub(1).is_some_and(|at| "—–".contains(written[at]));
        let dash = long || before.ends_with("--") || matches!(before.rsplit('\n').next(), Some("-" | "*" | "+"));
        let fine = dash || span || NO_BEND.iter().any(|word| before.ends_with(word));
        if let Some(bend) = BENDS.iter().find(|bend| before.ends_with(**bend) && !fine) {
            problems.push(Problem::new(&format!("{bend}{{{id}}}"), "编号前面不能加这样的字或符号"));
        }
        if after.starts_with(MARK)
            || after.starts_with(['*', '×', '/', '÷', '+', '=', '~', '<', '>', '≥', '≤', '≈'])
            || calculates(after)
        {
            problems.push(Problem::new(&format!("{{{id}}}"), "两个编号之间要有文字，不能自己计算"));
        }
        let within = days && ["以内", "以上", "以下"].iter().any(|word| after.starts_with(word));
        // 比{b}多 compares two figures.
        let clause = before.rsplit(['，', ',', '。', '；', '\n']).next().unwrap_or_default();
        let compares = after
            .strip_prefix('多')
            .is_some_and(|rest| rest.starts_with([',', '。', ';', '!', '了', '\n']) || rest.is_empty())
            && clause.contains(MARK)
            && clause.contains(['比', '较']);
        let clear = within || compares || NO_BLUR.iter().any(|word| after.starts_with(word));
        if let Some(blur) = BLURS.iter().find(|blur| after.starts_with(**blur) && !clear) {
            problems.push(Problem::new(&format!("{{{id}}}{blur}"), "编号后面不能加这样的字"));
        }
        let named = matches!(value, Some(Value::Name(_)));
        // A name may be that of a grade or a model.
        let unit = doubled(after).filter(|_| !named || !after.starts_with(['级', '款', '号']));
        if let Some(unit) = unit {
            problems.push(Problem::new(&format!("{{{id}}}{unit}"), "编号自带单位，后面不能再写单位"));
        }
    }
}

/// {a}加上{b}, {a}与{b}之和: a sum of the text's own.
fn calculates(after: &str) -> bool {
    let joins = ["加上", "加", "减去", "减", "乘以", "乘", "除以", "-", "扣除", "扣掉"];
    let results =
        ["之和", "之差", "相加", "相减", "的总和", "的差额", "的差", "之积", "之比", "相除", "加起来", "合起来"];
    let joined = joins.iter().any(|join| after.strip_prefix(join).is_some_and(|rest| rest.starts_with(MARK)));
    joined || results.iter().any(|result| after.starts_with(result))
}
