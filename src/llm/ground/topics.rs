//! What figures of a shop are called: one list of names for each, so that a synonym is no mistake and another figure's name is one.
//! It knows names only; which figure may stand behind a name is decided in `naming`.

use super::subject::subject;
use super::words::Kind;

/// Names of one figure, separated by blanks, and what kind of figure it is.
const TOPICS: &[(&str, Kind)] = &[
    (
        "支付金额 成交额 成交金额 销售额 销售金额 营业额 交易额 交易金额 营收 GMV 付款金额 支付额 支付总额 成交总额 订单金额 流水",
        Kind::Money,
    ),
    (
        "支付买家数 支付买家 买家数 买家人数 客户数 支付人数 付款人数 付款买家数 付款买家 成交客户数 成交买家数 成交客户 成交买家 支付客户数 买家总数",
        Kind::People,
    ),
    ("新客数 新买家数 新买家 新增买家数 新增买家 新增客户数 新增客户 新客户数 新客户 新客人数", Kind::People),
    (
        "老客数 老买家数 老买家 老客户数 老客户 老客人数 回头客数 回头客 复购买家数 复购买家 复购人数 复购客户数",
        Kind::People,
    ),
    (
        "支付订单数 支付订单 订单数 订单量 单量 成交单数 成交单量 成交订单数 成交订单 付款订单数 付款订单 总单量 支付单量",
        Kind::Pieces,
    ),
    ("退款金额 退款额 退款总额 申请退款金额", Kind::Money),
    ("退款笔数 退款单数 退款单量 退款订单数 退款数 退款数量", Kind::Pieces),
    ("退款买家数 退款买家 退款人数 退款客户数 退款客户", Kind::People),
    ("退款率", Kind::Share),
    ("退货率", Kind::Share),
    ("访客数 访客人数 访客量 UV 浏览人数", Kind::People),
    ("浏览量 PV 浏览次数 访问量", Kind::Pieces),
    ("支付转化率 成交转化率 转化率 下单转化率", Kind::Share),
    ("客单价 笔单价", Kind::Money),
    ("生意积分 当前积分 积分 成长分 成长值 成长积分", Kind::Points),
    ("询盘数 询盘量 询盘次数 咨询人数 咨询量", Kind::Pieces),
    ("复购率 回购率 老客复购率", Kind::Share),
    ("好评率", Kind::Share),
    ("点击率", Kind::Share),
    ("点击量 点击次数 点击数", Kind::Pieces),
    ("曝光量 曝光次数 展现量", Kind::Pieces),
    ("加购人数 加购件数 加购数", Kind::Pieces),
    ("收藏人数 收藏数 收藏量", Kind::Pieces),
    ("待发货订单数 待发货订单 待发货单数 待发货单量", Kind::Pieces),
    ("待付款订单数 待付款订单 待付款单数", Kind::Pieces),
    ("待付款金额", Kind::Money),
    ("毛利额 毛利润 毛利", Kind::Money),
    ("净利润 利润", Kind::Money),
    ("毛利率", Kind::Share),
    ("利润率", Kind::Share),
    ("推广花费 推广费用 推广费 广告花费 广告费 投放花费 推广消耗", Kind::Money),
    ("库存量 库存数 库存件数", Kind::Pieces),
    ("销量 销售件数 支付件数 成交件数 售出件数", Kind::Pieces),
    ("在售商品数 在售商品", Kind::Pieces),
    ("粉丝数 粉丝总数 粉丝量 粉丝", Kind::People),
    ("新增粉丝数 新增粉丝 涨粉数", Kind::People),
    ("差评数 新增差评数 新增差评", Kind::Pieces),
    ("好评数 新增好评数 新增好评", Kind::Pieces),
    ("老客占比 老客成交占比 老客支付占比 老客金额占比", Kind::Share),
    ("新客占比 新客成交占比 新客支付占比 新客金额占比", Kind::Share),
    ("加购率", Kind::Share),
    ("收藏率", Kind::Share),
    ("跳失率", Kind::Share),
    ("动销率", Kind::Share),
    ("纠纷率", Kind::Share),
    ("发货率 及时发货率", Kind::Share),
    ("揽收率 及时揽收率", Kind::Share),
    ("响应率 回复率", Kind::Share),
];

/// Short names: only where they touch the figure, and then its label must have one of the roots, or the figure be of the kind.
const SHORT: &[(&str, &[&str], Option<Kind>)] = &[
    ("退款", &["退"], None),
    ("退货", &["退"], None),
    ("新客", &["新"], None),
    ("老客", &["老", "复购", "回头"], None),
    ("访客", &["访客", "UV", "浏览"], None),
    ("询盘", &["询盘", "咨询"], None),
    ("待发货", &["发货"], None),
    ("待付款", &["待付"], None),
    ("加购", &["加购"], None),
    ("收藏", &["收藏"], None),
    ("库存", &["库存"], None),
    ("曝光", &["曝光", "展现"], None),
    ("点击", &["点击"], None),
    ("推广", &["推广", "广告", "投放", "营销"], None),
    ("差评", &["差评"], None),
    ("好评", &["好评"], None),
    ("买家", &[], Some(Kind::People)),
    ("客户", &[], Some(Kind::People)),
    ("订单", &["单"], None),
];

/// A name of a figure as it stands in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) what: What,
}

/// Which name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A full name: the figure's place in the list.
    Full(usize),
    /// A short one.
    Short(usize),
}

/// The names in a text, in order; of two that overlap the longer one.
pub(super) fn mentions(text: &[char]) -> Vec<Mention> {
    let full = TOPICS
        .iter()
        .enumerate()
        .flat_map(|(at, (names, _))| names.split_whitespace().map(move |name| (name, What::Full(at))));
    let short = SHORT.iter().enumerate().map(|(at, (name, _, _))| (*name, What::Short(at)));
    let mut found: Vec<Mention> = full.chain(short).flat_map(|(name, what)| places(text, name, what)).collect();
    found.sort_by_key(|mention| (mention.start, std::cmp::Reverse(mention.end)));
    let mut kept: Vec<Mention> = Vec::new();
    for mention in found {
        match kept.last_mut() {
            Some(last) if mention.start < last.end => {
                // 退款买家数 before 买家数: the longer name is meant.
                if mention.end - mention.start > last.end - last.start {
                    *last = mention;
                }
            }
            _ => kept.push(mention),
        }
    }
    kept
}

fn places(text: &[char], name: &str, what: What) -> Vec<Mention> {
    let name: Vec<char> = name.chars().collect();
    let is = |window: &[char]| window.iter().zip(&name).all(|(a, b)| a.eq_ignore_ascii_case(b));
    let found = text.windows(name.len()).enumerate().filter(|(_, window)| is(window));
    found.map(|(start, _)| Mention { start, end: start + name.len(), what }).collect()
}

/// The full names in a label, the last of which is what it is about.
pub(super) fn topics_of(label: &str) -> Vec<usize> {
    let text: Vec<char> = subject(label).chars().collect();
    let full = |mention: Mention| if let What::Full(at) = mention.what { Some(at) } else { None };
    mentions(&text).into_iter().filter_map(full).collect()
}

/// What a label says beyond the name of its figure: 掉出 of 明日掉出积分, 老客 of 老客支付金额.
pub(super) fn rest_of(label: &str) -> String {
    let mut text: Vec<char> = subject(label).chars().collect();
    let last = mentions(&text).into_iter().rev().find(|mention| matches!(mention.what, What::Full(_)));
    if let Some(last) = last {
        text.drain(last.start..last.end);
    }
    ["本店", "店铺", "全店", "总", "的", "为"]
        .iter()
        .fold(text.iter().collect(), |rest: String, word| rest.replace(word, ""))
}

pub(super) fn kind_of(topic: usize) -> Kind {
    TOPICS[topic].1
}

/// Whether a short name may stand by a figure of this label.
pub(super) fn short_fits(at: usize, label: &str, holds: impl Fn(Kind) -> bool) -> bool {
    let (_, roots, kind) = SHORT[at];
    label.contains(SHORT[at].0) || roots.iter().any(|root| label.contains(root)) || kind.is_some_and(holds)
}
