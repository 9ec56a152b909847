//! Right narratives: figures of a shop, and what a merchant's staff would say of them. Nothing here counts or compares on its own.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xiaoer_sdk::{Facts, Period, Source, Unit, Value};

/// A day on which money fell, buyers rose and orders stood still; and the thirty days up to it.
pub(crate) fn facts() -> Facts {
    let last = "2026-11-22".parse().expect("a date");
    let (day, month) = (Period::day(last), Period::ending(last, 30));
    let source = || Source::rule("计算", "测试");
    let money = |cents: i64| Value::Money(Decimal::new(cents, 2));
    let ratio = |thousandths: i64| Value::Ratio(Decimal::new(thousandths, 3));
    let moved = |thousandths: i64| Value::RatioChange(Decimal::new(thousandths, 3));
    let mut facts = Facts::default();
    for (id, label, value) in [
        ("gmv", "支付金额", money(18_979_795)),
        ("gmv_prev", "支付金额较前日", moved(-123)),
        ("gmv_week", "支付金额较上周同日", moved(80)),
        ("gmv_avg7", "支付金额较7日均值", moved(-41)),
        ("buyers", "支付买家数", Value::Count(413, Unit::People)),
        ("buyers_prev", "支付买家数较前日", Value::CountChange(12, Unit::People)),
        ("new_buyers", "新客数", Value::Count(88, Unit::People)),
        ("new_prev", "新客数较前日", Value::CountChange(-9, Unit::People)),
        ("old_buyers", "老客数", Value::Count(325, Unit::People)),
        ("orders", "支付订单数", Value::Count(520, Unit::Orders)),
        ("orders_prev", "支付订单数较前日", Value::CountChange(0, Unit::Orders)),
        ("refund", "退款金额", money(328_050)),
        ("refund_moved", "退款金额较前日", Value::MoneyChange(Decimal::new(42_000, 2))),
        ("refunds", "退款笔数", Value::Count(7, Unit::Items)),
        ("refund_buyers", "退款买家数", Value::Count(5, Unit::People)),
        ("refund_rate", "退款率", ratio(31)),
        ("refund_rate_prev", "退款率较前日", Value::Unknown("对比期为零".into())),
        ("visitors", "访客数", Value::Count(8260, Unit::People)),
        ("conv", "转化率", ratio(50)),
        ("conv_prev", "转化率环比变化", moved(21)),
        ("aov", "客单价", money(45_956)),
        ("ad", "推广花费", money(86_000)),
        ("inquiries", "询盘量", Value::Count(64, Unit::Times)),
        ("sold", "销量", Value::Count(1260, Unit::Pieces)),
    ] {
        facts.add_for(id, label, day, value, source());
    }
    for (id, label, value) in [
        ("turnover", "近30天成交额", money(428_000_000)),
        ("turnover_mom", "近30天成交额环比", moved(1200)),
        ("buyers_month", "近30天买家数", Value::Count(6200, Unit::People)),
    ] {
        facts.add_for(id, label, month, value, source());
    }
    for (id, label, value) in [
        ("points", "生意积分", Value::Points(Decimal::new(61_320, 2))),
        ("points_prev", "生意积分较前日", Value::PointsChange(Decimal::new(-35, 1))),
        ("points_week", "生意积分较上周同日", Value::PointsChange(Decimal::ZERO)),
        ("points_range", "可能的积分", Value::PointsRange(Decimal::new(600, 0), Decimal::new(650, 0))),
        ("gap", "距L3还差", Value::Points(Decimal::new(88, 0))),
        ("dropping", "明日掉出积分", Value::Points(Decimal::new(52, 1))),
        ("level", "当前等级", Value::Name("L2".into())),
        ("next", "下一级", Value::Name("L3".into())),
        ("best", "最畅销商品", Value::Name("不锈钢保温杯".into())),
        ("due", "最晚处理时间", Value::Day("2026-11-24".parse().expect("a date"))),
        ("hours", "最急一笔剩余时间", Value::Count(6, Unit::Hours)),
        ("to_ship", "待发货订单", Value::Count(37, Unit::Orders)),
        ("short", "快断货商品", Value::Count(4, Unit::Products)),
        ("specs", "快卖完的规格", Value::Count(9, Unit::Things)),
        ("stock_days", "库存可售天数", Value::Count(9, Unit::Days)),
        ("title", "标题字数", Value::Count(28, Unit::Characters)),
        ("side", "主图边长", Value::Count(800, Unit::Pixels)),
        ("odds", "保级把握", Value::Count(83, Unit::Percent)),
        ("profit", "利润变化", Value::MoneyChange(Decimal::new(-126_000, 2))),
    ] {
        facts.add(id, label, value, source());
    }
    facts
}

/// A figure of the day, and what it is called.
const OF_THE_DAY: &[(&str, &[&str])] = &[
    ("gmv", &["支付金额", "成交金额", "销售额", "营业额"]),
    ("buyers", &["支付买家数", "买家数", "客户数"]),
    ("orders", &["支付订单数", "订单数", "单量"]),
    ("refund", &["退款金额", "退款额"]),
    ("refunds", &["退款笔数"]),
    ("refund_rate", &["退款率"]),
    ("visitors", &["访客数", "UV"]),
    ("conv", &["转化率", "支付转化率"]),
    ("aov", &["客单价"]),
    ("new_buyers", &["新客数", "新买家数"]),
    ("old_buyers", &["老客数", "老买家数"]),
    ("ad", &["推广花费", "广告费"]),
];
const OF_THE_DAY_SAID: &[&str] =
    &["昨日{name}{x}。", "昨日{name}为 {x}，请知悉。", "老板好，昨天店里{name}是{x}，整体平稳。", "{name}：{x}"];

/// A change, what changed, and the word for what it is held against.
const CHANGES: &[(&str, &str, &str)] = &[
    ("gmv_prev", "支付金额", "前日"),
    ("gmv_week", "支付金额", "上周同日"),
    ("gmv_avg7", "支付金额", "7日均值"),
    ("buyers_prev", "支付买家数", "前日"),
    ("new_prev", "新客数", "前日"),
    ("orders_prev", "支付订单数", "前日"),
    ("refund_moved", "退款金额", "前日"),
    ("points_prev", "生意积分", "前日"),
    ("points_week", "生意积分", "上周同日"),
];
const CHANGES_SAID: &[&str] = &[
    "{name}较{base}{way}{x}。",
    "{name}比{base}{way}了{x}，请留意后续变化。",
    "与{base}相比，{name}{way}{x}。",
    "{name}较{base} {x}，详见下表。",
];

const TOLD: &[&str] = &[
    "昨日支付金额为{gmv}，比前日下降{gmv_prev}。",
    "昨日支付金额{gmv}，较前日下滑{gmv_prev}，但比上周同日高{gmv_week}。",
    "昨日支付金额{gmv}（较前日{gmv_prev}，较上周同日{gmv_week}）。",
    "昨日支付金额{gmv}(较前日{gmv_prev})，支付买家数{buyers}(较前日{buyers_prev})。",
    "整体来看，昨日支付金额达{gmv}，虽较前日回落{gmv_prev}，但仍高于上周同日（{gmv_week}）。",
    "昨日成交额{gmv}，较前日下降{gmv_prev}，较上周同日增长{gmv_week}。",
    "昨日有{buyers}付款，其中{new_buyers}是新客。",
    "昨日共有{buyers}完成支付，产生{orders}订单。",
    "昨日共成交{orders}，支付金额合计{gmv}。",
    "支付买家数{buyers}，其中新客{new_buyers}、老客{old_buyers}。",
    "支付买家数增至{buyers}，较前日增加{buyers_prev}。",
    "支付金额降至{gmv}，较前日下降{gmv_prev}。",
    "买家数比前日多了{buyers_prev}，达到{buyers}，拉新效果不错。",
    "老客数{old_buyers}高于新客数{new_buyers}，说明复购不错。",
    "新客数{new_buyers}少于老客数{old_buyers}，建议做好拉新。",
    "老客{old_buyers}，多于新客{new_buyers}。",
    "支付金额{gmv}远高于退款金额{refund}，不必担心。",
    "推广花费{ad}，低于退款金额{refund}。",
    "老客数{old_buyers}比新客数{new_buyers}多，维护好老客就好。",
    "退款率{refund_rate}不高于转化率{conv}。",
    "支付订单数{orders}，与前日持平。",
    "支付订单数{orders}，与前日持平（{orders_prev}）。",
    "和前日相比，订单量没有变化（{orders_prev}）。",
    "生意积分{points}，较上周同日持平（{points_week}）。",
    "昨日退款金额{refund}，涉及{refund_buyers}，退款率{refund_rate}，属于正常水平。",
    "退款方面：退款笔数{refunds}，退款金额{refund}，退款买家{refund_buyers}。",
    "昨日有{refund_buyers}申请退款，共{refunds}，请优先处理。",
    "建议先联系这{refund_buyers}，了解退款原因。",
    "退款率较前日{refund_rate_prev}，先不下结论。",
    "退款金额较前日增加{refund_moved}，建议排查原因。",
    "退款金额{refund}，比前日多{refund_moved}，请核实商品描述。",
    "访客数{visitors}，转化率{conv}，客单价{aov}。",
    "访客{visitors}，转化率为{conv}，环比上升{conv_prev}。",
    "询盘量{inquiries}，请客服及时回复。",
    "昨日收到询盘{inquiries}，请及时跟进。",
    "销量{sold}，最畅销商品是{best}。",
    "卖得最好的是{best}，请备好货。",
    "本店近30天共有{buyers_month}付款，带来{turnover}的成交额。",
    "近30天成交额{turnover}，环比增长{turnover_mom}。",
    "近30天成交额{turnover}，环比翻倍（{turnover_mom}）。",
    "近30天买家数{buyers_month}，成交额{turnover}。",
    "近30天累计成交{turnover}，买家{buyers_month}，感谢老板支持。",
    "当前积分{points}，距离L3还差{gap}。",
    "生意积分{points}，距L3还差{gap}，争取早日升级。",
    "当前等级{level}，距{next}还差{gap}。",
    "目前等级为{level}，再积累{gap}即可升到{next}。",
    "店铺等级{level}，积分{points}，离下一级还差{gap}。",
    "可能的积分在{points_range}之间，以成长中心显示为准。",
    "生意积分{points}，明日掉出积分{dropping}，请提前安排促单。",
    "生意积分较前日减少{points_prev}，明日还有{dropping}掉出。",
    "{due}前处理完即可。",
    "请在{due}前处理完退款，避免影响服务分。",
    "最急的一笔退款还剩{hours}，请优先处理。",
    "最急一笔剩余时间{hours}，请尽快回复买家。",
    "待发货订单还有{to_ship}，请尽快安排。",
    "今日重点：先处理退款，最急一笔还剩{hours}；再安排{to_ship}待发货订单。",
    "有{short}商品快断货，库存可售天数只有{stock_days}。",
    "快断货商品{short}，快卖完的规格{specs}，请联系供应商补货。",
    "标题字数{title}，可以再补充一些热搜词。",
    "主图边长{side}，符合要求。",
    "保级把握{odds}，可以放心。",
    "利润变化{profit}，推广花费{ad}，建议复盘投放效果。",
    "- 支付金额：{gmv}\n- 支付买家数：{buyers}\n- 支付订单数：{orders}",
    "· 支付金额：{gmv}\n· 较前日：{gmv_prev}",
    "支付金额{gmv}；支付买家数{buyers}；支付订单数{orders}。",
    "支付金额 {gmv} ，较前日 {gmv_prev} ；支付买家数 {buyers} 。",
    "支付金额、支付买家数分别为{gmv}、{buyers}。",
    "昨日支付金额{gmv}，客单价{aov}。\n建议优化主图，提高点击率。",
    "昨日营业额{gmv}，客户数{buyers}，单量{orders}，整体平稳，一切正常。",
    "支付金额较前日下降{gmv_prev}，建议先排查下滑的原因，再调整推广计划。",
    "双十一之后，支付金额较前日下降{gmv_prev}属正常回落，不必紧张。",
];

/// Every right narrative.
pub(crate) fn right() -> BTreeSet<String> {
    let facts = facts();
    let mut right: BTreeSet<String> = TOLD.iter().map(ToString::to_string).collect();
    for (id, names) in OF_THE_DAY {
        for name in *names {
            let said = OF_THE_DAY_SAID.iter().map(|said| said.replace("{name}", name));
            right.extend(said.map(|said| said.replace("{x}", &format!("{{{id}}}"))));
        }
    }
    for (id, name, base) in CHANGES {
        let way = match facts.get(id).and_then(|fact| fact.value.direction()) {
            Some(1) => "上升",
            Some(0) => "持平",
            _ => "下降",
        };
        for said in CHANGES_SAID {
            // 持平了 is said by nobody.
            let said = if way == "持平" { said.replace("{way}了", "{way}") } else { said.to_string() };
            let said = said.replace("{name}", name).replace("{base}", base).replace("{way}", way);
            right.insert(said.replace("{x}", &format!("{{{id}}}")));
        }
    }
    right
}
