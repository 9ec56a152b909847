//! What touches a figure, and figures that are missing: an id is rendered with its unit and sign, so nothing beside it may bend it or
//! measure it again, and no place for a figure may be left empty.

use xiaoer_sdk::{Facts, Unit, Value};

use super::Problem;
use super::days::without_days;
use super::narrative::MARK;
use super::plain;
use super::subject::subject;
use super::topics::{What, mentions};

/// Directly before an id these change what it says: 近{x}, -{x}, 负{x}.
const BENDS: &[&str] = &[
    "接近",
    "将近",
    "不足",
    "不到",
    "超",
    "逾",
    "破",
    "近",
    "负",
    "-",
    "+",
    "±",
    "*",
    "×",
    "/",
    "÷",
    "=",
    "~",
    "≈",
    "<",
    ">",
    "≥",
    "≤",
    "￥",
    "¥",
    "$",
    "约",
    "大概",
    "差不多",
    "至少",
    "最多",
    "最少",
    "起码",
    "不止",
    "不下",
    "几乎",
    "估计",
    "可能有",
    "上下",
    "满",
];
/// What ends like one of them and is none.
const NO_BEND: &[&str] =
    &["节约", "预约", "签约", "合约", "契约", "续约", "违约", "最近", "附近", "不满", "圆满", "充满"];
/// Behind an id these bend it as well: {x}左右, {x}多.
const BLURS: &[&str] = &[
    "左右", "上下", "以上", "以下", "以内", "之多", "有余", "出头", "不到", "开外", "多", "余", "上百", "加", "减",
    "乘",
];
/// What begins with one of them and bends nothing.
const NO_BLUR: &[&str] = &[
    "多于",
    "多来自",
    "多亏",
    "多为",
    "多是",
    "多过",
    "余额",
    "上下游",
    "加购",
    "加上老",
    "加油",
    "加快",
    "加强",
    "加大",
    "减少",
    "减去",
];
/// Units that would stand twice, or make another figure of it: {x}万.
const DOUBLED: &[&str] = &[
    "%",
    "个百分点",
    "百分点",
    "元",
    "万",
    "亿",
    "千",
    "百",
    "十",
    "倍",
    "成",
    "折",
    "人",
    "单",
    "件",
    "笔",
    "个",
    "款",
    "天",
    "小时",
    "分",
    "次",
    "位",
    "名",
    "家",
    "条",
    "种",
    "块",
    "美元",
    "角",
    "毛钱",
    "公斤",
    "斤",
    "吨",
    "箱",
    "套",
    "台",
    "只",
    "瓶",
    "米",
    "克",
    "周",
    "年",
    "月",
    "秒",
    "钟头",
    "度",
    "级",
    "日",
    "号",
    "点",
    "张",
    "包",
    "双",
    "层",
    "组",
    "批",
    "盒",
    "颗",
    "像素",
    "字",
    "w",
    "W",
    "k",
    "K",
    "RMB",
    "rmb",
    "CNY",
    "USD",
    "yuan",
    "￥",
    "¥",
    "$",
    "‰",
];
/// What begins with one of them and is none.
const NO_UNIT: &[&str] = &[
    "元旦",
    "元素",
    "万一",
    "百货",
    "百搭",
    "十分",
    "成交",
    "成本",
    "成功",
    "成为",
    "成绩",
    "成长",
    "成熟",
    "成效",
    "折扣",
    "折合",
    "折后",
    "人均",
    "人群",
    "人气",
    "单价",
    "单品",
    "单独",
    "单量",
    "件数",
    "笔数",
    "个别",
    "款式",
    "款项",
    "天猫",
    "分别",
    "分布",
    "分析",
    "分散",
    "分开",
    "分成",
    "次日",
    "次要",
    "次数",
    "位于",
    "位列",
    "位置",
    "名列",
    "名称",
    "家居",
    "家具",
    "条件",
    "条码",
    "种类",
    "周转",
    "周期",
    "周末",
    "周一",
    "周二",
    "周三",
    "周四",
    "周五",
    "周六",
    "周日",
    "年底",
    "年前",
    "年后",
    "年初",
    "年中",
    "年度",
    "月底",
    "月初",
    "月末",
    "月度",
    "月均",
    "日均",
    "日常",
    "日后",
    "点击",
    "点评",
    "点赞",
    "只有",
    "只是",
    "只要",
    "只占",
    "只能",
    "只剩",
    "套餐",
    "套装",
    "套路",
    "台阶",
    "箱包",
    "包装",
    "包含",
    "包括",
    "包邮",
    "双方",
    "双双",
    "层面",
    "组成",
    "组合",
    "批发",
    "批量",
    "批次",
    "度过",
    "级别",
    "字样",
    "字数",
    "号召",
    "张罗",
    "成单",
    "块头",
    "分给",
    "个体",
    "家长",
    "条理",
    "秒杀",
    "克服",
    "米色",
    "件件",
    "分配",
    "分层",
    "家里",
    "人工",
    "成交额",
    "点亮",
    "点开",
];
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
        let no_unit =
            NO_UNIT.iter().any(|word| after.starts_with(word)) || (named && after.starts_with(['级', '款', '号']));
        if let Some(unit) = DOUBLED.iter().find(|unit| after.starts_with(**unit) && !no_unit) {
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
