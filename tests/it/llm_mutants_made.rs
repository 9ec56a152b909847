//! How a right narrative becomes a wrong one. Each operator changes only what makes the text false or its own, and is deterministic:
//! what may stay true after a change is not made.

use std::collections::BTreeSet;

use xiaoer_sdk::{Fact, Facts, Value, placeholders};

/// `(operator, text)`, each text once.
pub(crate) fn mutants(right: &BTreeSet<String>, facts: &Facts) -> Vec<(&'static str, String)> {
    let mut made = Vec::new();
    for (at, text) in right.iter().enumerate() {
        for (order, id) in placeholders(text).into_iter().enumerate() {
            let Some(fact) = facts.get(id) else { continue };
            let slot = Slot { text, id, fact, turn: at + order };
            slot.written(&mut made);
            slot.measured(&mut made);
            slot.bent(&mut made);
            slot.broken(&mut made);
            slot.swapped(facts, &mut made);
        }
        turned(text, facts, &mut made);
        based(text, &mut made);
        dated(text, &mut made);
        compared(text, &mut made);
        appended(text, at, &mut made);
    }
    let mut seen = right.clone();
    made.retain(|(_, text)| seen.insert(text.clone()));
    made
}

type Made = Vec<(&'static str, String)>;

/// One id in a text.
struct Slot<'a> {
    text: &'a str,
    id: &'a str,
    fact: &'a Fact,
    /// Picks one of several ways, so that not every text gets every mutant.
    turn: usize,
}

impl Slot<'_> {
    fn with(&self, what: &str) -> String {
        self.text.replacen(&format!("{{{}}}", self.id), what, 1)
    }

    /// The figure, right or wrong, written by the text itself.
    fn written(&self, made: &mut Made) {
        let exact = self.fact.value.exact();
        let digits: String = exact.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let (number, unit) = (digits.trim_matches('.'), unit_of(&self.fact.value));
        if number.is_empty() {
            return;
        }
        let whole = number.split('.').next().unwrap_or(number);
        let wrong: String = number
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from(b'0' + (c as u8 - b'0' + 3) % 10) } else { c })
            .collect();
        let wide: String = number.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap_or(c)).collect();
        match self.turn % 7 {
            0 => made.push(("figure written", self.with(&exact))),
            1 => made.push(("wrong figure", self.with(&format!("{wrong}{unit}")))),
            2 => made.push(("full width", self.with(&format!("{wide}{unit}")))),
            3 => made.push((
                "汉字",
                self.with(&format!("{}{unit}", han(whole, "零一二三四五六七八九", ["", "十", "百", "千"]))),
            )),
            4 => made.push((
                "大写",
                self.with(&format!("{}{unit}", han(whole, "零壹贰叁肆伍陆柒捌玖", ["", "拾", "佰", "仟"]))),
            )),
            5 => {
                made.push(("english", self.with([" five hundred ", " two ", " twenty ", " one dozen "][self.turn % 4])))
            }
            _ => {
                let hidden: String = whole.chars().flat_map(|c| [c, '\u{200b}']).collect();
                made.push(("hidden", self.with(&format!("{hidden}{unit}"))));
            }
        }
    }

    fn measured(&self, made: &mut Made) {
        if matches!(self.fact.value, Value::Name(_) | Value::Day(_) | Value::Unknown(_)) {
            return;
        }
        let own = unit_of(&self.fact.value);
        made.push(("unit doubled", self.with(&format!("{{{}}}{own}", self.id))));
        let others = ["万元", "%", "倍", "人", "单", "元", "个百分点", "件", "亿", "分", "折", "块"];
        let other = others.iter().cycle().skip(self.turn).find(|other| **other != own).expect("one of many");
        made.push(("wrong unit", self.with(&format!("{{{}}}{other}", self.id))));
    }

    fn bent(&self, made: &mut Made) {
        if matches!(self.fact.value, Value::Name(_) | Value::Day(_) | Value::Unknown(_)) {
            return;
        }
        let id = format!("{{{}}}", self.id);
        let bends = ["约", "超", "大约", "将近", "不足", "接近", "不到", "超过", "高达约", "近乎约", "-", "逾", "至少"];
        made.push(("approximation before", self.with(&format!("{}{id}", bends[self.turn % bends.len()]))));
        let blurs = ["左右", "上下", "多", "余", "以上", "出头", "有余", "不到"];
        if !matches!(self.fact.value, Value::Count(_, xiaoer_sdk::Unit::Days | xiaoer_sdk::Unit::Hours)) {
            made.push(("approximation behind", self.with(&format!("{id}{}", blurs[self.turn % blurs.len()]))));
        }
        let sums = [
            "{x}+{x}",
            "{x}*{x}",
            "{x}加上{x}",
            "{x}减去{x}",
            "{x}/{x}",
            "{x}与{x}之和",
            "{x}{x}",
            "{x}×{x}",
            "{x}除以{x}",
        ];
        let sum = sums[self.turn % sums.len()].replace("{x}", &id).replace("之和", "").replacen(
            '与',
            if self.turn.is_multiple_of(2) { "乘以" } else { "加" },
            1,
        );
        made.push(("arithmetic", self.with(&sum)));
    }

    fn broken(&self, made: &mut Made) {
        let id = self.id;
        let unknown = [
            format!("{{{id}_x}}"),
            format!("{{{}}}", id.to_uppercase()),
            format!("{{{id}"),
            format!("{{{{{id}}}}}"),
            "{total}".into(),
            format!("｛{id}｝"),
        ];
        made.push(("unknown id", self.with(&unknown[self.turn % unknown.len()])));
        let blanks = ["XX", "____", "（）", "{}", "[]", "某某", "……元", "××"];
        made.push(("blank", self.with(blanks[self.turn % blanks.len()])));
        // 昨日支付金额{gmv}， without its figure.
        let slot = format!("{{{id}}}");
        let alone = ["支付金额", "支付买家数", "支付订单数", "退款金额", "客单价", "访客数", "为", "为 "];
        let bare = alone
            .iter()
            .any(|name| ["，", "。", "；"].iter().any(|stop| self.text.contains(&format!("{name}{slot}{stop}"))));
        if bare && self.fact.value.direction().is_none() {
            made.push(("figure left out", self.with("")));
        }
    }

    /// A figure of another kind, or of another subject, behind the name of this one.
    fn swapped(&self, facts: &Facts, made: &mut Made) {
        let Some((before, _)) = self.text.split_once(&format!("{{{}}}", self.id)) else { return };
        let before = before.trim_end_matches(['为', '是', ' ', '：', '达', '共', '只', '有']);
        let named = NAMES.iter().find(|(_, names)| names.iter().any(|name| before.ends_with(name)));
        let Some((own, _)) = named else { return };
        let kind = |fact: &Fact| std::mem::discriminant(&fact.value);
        for (operator, same) in [("other kind", false), ("same kind, other subject", true)] {
            let others = facts.0.iter().filter(|(id, fact)| {
                NAMES.iter().any(|(other, _)| *other == id.as_str() && other != own)
                    && (kind(fact) == kind(self.fact)) == same
                    && fact.value.direction().is_none()
            });
            let others: Vec<_> = others.collect();
            let Some((id, _)) = others.get(self.turn % others.len().max(1)) else { continue };
            made.push((operator, self.with(&format!("{{{id}}}"))));
        }
    }
}

/// Names that can belong to one fact only.
const NAMES: &[(&str, &[&str])] = &[
    ("gmv", &["支付金额", "成交金额", "销售额", "营业额"]),
    ("buyers", &["支付买家数", "客户数"]),
    ("new_buyers", &["新客数", "新买家数", "新客"]),
    ("old_buyers", &["老客数", "老买家数", "老客"]),
    ("orders", &["支付订单数", "订单数", "单量"]),
    ("refund", &["退款金额", "退款额"]),
    ("refunds", &["退款笔数"]),
    ("refund_buyers", &["退款买家", "退款买家数"]),
    ("refund_rate", &["退款率"]),
    ("visitors", &["访客数", "UV", "访客"]),
    ("conv", &["转化率"]),
    ("aov", &["客单价"]),
    ("ad", &["推广花费", "广告费"]),
    ("inquiries", &["询盘量", "询盘"]),
    ("sold", &["销量"]),
    ("points", &["生意积分", "当前积分"]),
    ("dropping", &["明日掉出积分"]),
    ("level", &["当前等级", "店铺等级"]),
    ("gap", &["还差"]),
    ("due", &["请在"]),
    ("hours", &["最急一笔还剩", "剩余时间"]),
    ("to_ship", &["待发货订单"]),
    ("stock_days", &["可售天数"]),
    ("title", &["标题字数"]),
    ("side", &["主图边长"]),
    ("odds", &["保级把握"]),
];

/// The other way round, and denied.
fn turned(text: &str, facts: &Facts, made: &mut Made) {
    let ways = [
        ("下降", "上升"),
        ("上升", "下降"),
        ("增加", "减少"),
        ("减少", "增加"),
        ("增长", "下跌"),
        ("下滑", "攀升"),
        ("回落", "回升"),
        ("持平", "上涨"),
        ("多了", "少了"),
        ("高于", "低于"),
        ("低于", "高于"),
        ("多于", "少于"),
        ("少于", "多于"),
        ("增至", "降至"),
        ("降至", "升至"),
        ("没有变化", "有所提高"),
        ("翻倍", "腰斩"),
        ("还差", "超出"),
    ];
    for (way, other) in ways {
        if text.contains(way) {
            made.push(("other way", text.replacen(way, other, 1)));
        }
    }
    for way in ["下降", "上升", "增加", "减少", "增长"] {
        let with_figure = placeholders(text).into_iter().any(|id| {
            facts.get(id).is_some_and(|fact| fact.value.direction().is_some())
                && text.contains(&format!("{way}{{{id}}}"))
        });
        if with_figure {
            for denial in ["没有", "并未", "不再", "并非"] {
                made.push(("denied", text.replacen(way, &format!("{denial}{way}"), 1)));
            }
            for trend in ["连续", "持续", "一路", "逐日"] {
                made.push(("trend", text.replacen(way, &format!("{trend}{way}"), 1)));
            }
            made.push(("flat", text.replacen(way, "持平", 1)));
        }
    }
    for id in placeholders(text) {
        let level = facts.get(id).is_some_and(|fact| {
            fact.value.direction().is_none() && !matches!(fact.value, Value::Name(_) | Value::Day(_))
        });
        if level {
            let slot = format!("{{{id}}}");
            for claim in ["上升", "下降了", "提高了", "增加"] {
                made.push(("level as change", text.replacen(&slot, &format!("{claim}{slot}"), 1)));
            }
        }
    }
}

/// Held against something else.
fn based(text: &str, made: &mut Made) {
    for (base, others) in [
        ("前日", ["上周同日", "行业均值", "去年同期", "预期"]),
        ("上周同日", ["前日", "同行", "上月", "历史同期"]),
        ("7日均值", ["前日", "30日均值", "同行均值", "大盘"]),
    ] {
        for word in ["较", "比", "与"] {
            if text.contains(&format!("{word}{base}")) {
                let other = |other| text.replacen(&format!("{word}{base}"), &format!("{word}{other}"), 1);
                made.extend(others.iter().map(|name| ("wrong base", other(*name))));
            }
        }
    }
    for base in ["环比", "较前日"] {
        if text.contains(base) {
            made.push(("wrong base", text.replacen(base, "同比", 1)));
        }
    }
}

/// Said of other days.
fn dated(text: &str, made: &mut Made) {
    for (word, others) in [
        ("昨日", ["近30天", "前日", "上周", "本月"]),
        ("昨天", ["前天", "本周", "近7天", "今年"]),
        ("近30天", ["昨日", "近7天", "上周", "近三十天内近九十天"]),
    ] {
        // Of a text that says its days once and is about them.
        if text.starts_with(word) || text.contains(&format!("，{word}")) || text.contains(&format!("本店{word}")) {
            made.extend(others.iter().map(|other| ("other days", text.replacen(word, other, 1))));
        }
    }
}

/// Two facts the wrong way round.
fn compared(text: &str, made: &mut Made) {
    for (from, to) in [
        ("{old_buyers}高于新客数{new_buyers}", "{old_buyers}不及新客数{new_buyers}"),
        ("{old_buyers}高于新客数{new_buyers}", "{old_buyers}与新客数{new_buyers}持平"),
        ("{old_buyers}高于新客数{new_buyers}", "{old_buyers}与新客数{new_buyers}相当"),
        ("{old_buyers}高于新客数{new_buyers}", "{old_buyers}是新客数{new_buyers}的两倍"),
        ("{new_buyers}少于老客数{old_buyers}", "{new_buyers}超过老客数{old_buyers}"),
        ("{new_buyers}少于老客数{old_buyers}", "{new_buyers}不低于老客数{old_buyers}"),
        ("{new_buyers}少于老客数{old_buyers}", "{new_buyers}比老客数{old_buyers}多"),
        ("{new_buyers}少于老客数{old_buyers}", "{new_buyers}不到老客数{old_buyers}的一半"),
        ("{gmv}远高于退款金额{refund}", "{gmv}远低于退款金额{refund}"),
        ("{gmv}远高于退款金额{refund}", "{gmv}低于退款买家数{refund_buyers}"),
        ("{gmv}远高于退款金额{refund}", "{gmv}和退款金额{refund}差不多"),
        ("{ad}，低于退款金额{refund}", "{ad}，多于退款金额{refund}"),
        ("{ad}，低于退款金额{refund}", "{ad}，与退款金额{refund}持平"),
        ("{refund_rate}不高于转化率{conv}", "{refund_rate}高于转化率{conv}"),
        ("{refund_rate}不高于转化率{conv}", "{refund_rate}不低于转化率{conv}"),
    ] {
        if text.contains(from) {
            made.push(("false comparison", text.replacen(from, to, 1)));
        }
    }
}

/// Something of the text's own behind it.
fn appended(text: &str, at: usize, made: &mut Made) {
    let claims: [(&str, &[&str]); 6] = [
        (
            "invented comparison",
            &[
                "较上周明显上升",
                "同比表现亮眼",
                "高于行业均值",
                "领先同行",
                "环比向好",
                "好于预期",
                "比上月强",
                "超过去年同期",
                "优于同类店铺",
                "不及往常",
            ],
        ),
        (
            "invented share",
            &[
                "翻倍",
                "接近腰斩",
                "老客占比过半",
                "其中三成来自老客",
                "大多数是老客",
                "占了大头",
                "是平时的两倍",
                "翻了一番",
                "占百分之五",
            ],
        ),
        (
            "invented rank",
            &["创历史新高", "排名第一", "行业第一", "位居前列", "名列前茅", "刷新纪录", "位列前三", "是近期最高"],
        ),
        (
            "invented cause",
            &[
                "因为来了三百位新客",
                "活动带来五十单",
                "受两款新品拉动",
                "推广多花了几百元",
                "有好几位大客户下单",
                "因为涨价5%",
            ],
        ),
        ("invented trend", &["持续走高", "呈上升趋势", "势头一路向好", "连续三天增长", "继续下滑", "不断攀升"]),
        ("contact", &["加微信详聊", "见www.x.cn", "电话13800138000"]),
    ];
    for (operator, pieces) in claims {
        let piece = pieces[at % pieces.len()];
        let text = text.trim_end_matches(['。', ' ']);
        made.push((operator, format!("{text}，{piece}。")));
    }
}

fn unit_of(value: &Value) -> &'static str {
    match value {
        Value::Money(_) | Value::MoneyChange(_) => "元",
        Value::Points(_) | Value::PointsChange(_) | Value::PointsRange(..) => "分",
        Value::Count(_, unit) | Value::CountChange(_, unit) => unit.word(),
        Value::Ratio(_) | Value::RatioChange(_) => "%",
        Value::Day(_) | Value::Name(_) | Value::Unknown(_) => "",
    }
}

/// A whole number in 汉字, up to 千万.
fn han(number: &str, digits: &str, scales: [&str; 4]) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let length = number.len();
    let mut out = String::new();
    for (at, c) in number.chars().enumerate() {
        let place = length - 1 - at;
        let digit = c.to_digit(10).unwrap_or(0) as usize;
        if digit > 0 {
            out.push(digits[digit]);
            out.push_str(scales[place % 4]);
        }
        if place == 4 {
            out.push('万');
        }
    }
    if out.is_empty() { digits[0].to_string() } else { out }
}
