//! Places that take one kind of value only, whatever its name: 请在{x}前, 有{x}付款, 距{x}还差.

use xiaoer_sdk::{Fact, Unit, Value};

/// Behind a figure: what only so many people, orders or pieces do.
const ACTS: &[&str] = &[
    "付款",
    "付了款",
    "完成支付",
    "完成付款",
    "支付成功",
    "下单",
    "下了单",
    "成交",
    "申请退款",
    "进店",
    "到店",
    "来访",
    "购买",
];
/// Before a figure: what has an amount or a number.
const YIELDS: &[&str] =
    &["共有", "一共", "总共", "共计", "共", "合计", "总计", "累计", "产生", "带来", "成交", "达成", "完成"];
/// Before a figure: people, orders or things that are turned to.
const TURNS_TO: &[&str] = &["联系这", "联系", "回访", "跟进这", "涉及", "处理这", "这"];

/// 近{days}, 最近{days}: a stretch of time, not a figure of what follows.
pub(super) fn is_span(before: &str, value: &Value) -> bool {
    let time = matches!(value, Value::Count(_, Unit::Days | Unit::Hours));
    time && ["近", "过去", "这", "前", "后", "未来", "按", "每", "在"].iter().any(|word| before.ends_with(word))
}

/// Whether what stands around a figure takes a value like its.
pub(super) fn frame_fits(before: &str, after: &str, fact: &Fact) -> bool {
    let value = &fact.value;
    if matches!(value, Value::Unknown(_)) {
        return true;
    }
    let ends = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
    let starts = |words: &[&str]| words.iter().any(|word| after.starts_with(word));
    let day = matches!(value, Value::Day(_));
    let name = matches!(value, Value::Name(_));
    let time = matches!(value, Value::Count(_, Unit::Days | Unit::Hours));
    let of_goods = matches!(value, Value::Count(_, Unit::Characters | Unit::Pixels | Unit::Percent));
    let change = value.direction().is_some();
    let number = matches!(value, Value::Count(..)) && !time && !of_goods;
    let until = before.ends_with('在') && after.starts_with('前') || starts(&["前处理", "前完成"]);
    let levelled = name && (fact.label.contains(['级', '档', '层']) || has_digit(value));
    let level = ends(&["距", "距离", "离"]) && after.starts_with(['还', '差'])
        || ends(&["店铺目前是", "店铺现在是", "店铺现为", "店铺是", "升到", "升至", "升上"]);
    let sold = ends(&["卖了", "卖出", "卖出了"]);
    let lasts = ends(&["够卖", "还能卖", "只能卖", "可卖", "能卖"]);
    let dearest = before.contains("卖得") && before.ends_with('是');
    let amount = number || change || matches!(value, Value::Money(_) | Value::Points(_) | Value::PointsRange(..));
    let own = |words: &[&str]| words.iter().any(|word| fact.label.ends_with(word));
    [
        !until || day || time,
        !level || levelled || (day && !before.ends_with(['到', '至', '上', '是', '为'])),
        !sold || number || matches!(value, Value::Money(_)),
        !lasts || time,
        !dearest || name,
        !starts(ACTS) || number || change || is_span(before, value),
        !ends(YIELDS) || amount || time || own(YIELDS),
        !ends(&["成交", "产生", "带来"]) || amount,
        !ends(TURNS_TO)
            || number
            || (before.ends_with("涉及") && matches!(value, Value::Money(_)))
            || is_span(before, value),
    ]
    .into_iter()
    .all(|fits| fits)
}

fn has_digit(value: &Value) -> bool {
    matches!(value, Value::Name(name) if name.contains(|c: char| c.is_ascii_digit()))
}
