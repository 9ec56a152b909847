//! Which words of a model pass: running text that only names facts does, and whatever counts, measures or compares on its own does not.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use xiaoer::llm::ground::{content, narrative};
use xiaoer_sdk::{Facts, Period, Source, Unit, Value};

/// A day on which money fell, buyers rose and orders stood still.
fn facts() -> Facts {
    let day = Period::day("2026-11-22".parse().expect("a date"));
    let source = || Source::rule("计算", "测试");
    let ratio = |thousandths: i64| Value::RatioChange(Decimal::new(thousandths, 3));
    let mut facts = Facts::default();
    facts.add_for("gmv", "支付金额", day, Value::Money(Decimal::new(18_979_795, 2)), source());
    facts.add_for("gmv_prev", "支付金额较前日", day, ratio(-123), source());
    facts.add_for("gmv_week", "支付金额较上周同日", day, ratio(80), source());
    facts.add_for("gmv_avg7", "支付金额较7日均值", day, ratio(-41), source());
    facts.add_for("buyers", "支付买家数", day, Value::Count(413, Unit::People), source());
    facts.add_for("buyers_prev", "支付买家数较前日", day, Value::CountChange(12, Unit::People), source());
    facts.add_for("orders", "支付订单数", day, Value::Count(520, Unit::Orders), source());
    facts.add_for("orders_prev", "支付订单数较前日", day, Value::CountChange(0, Unit::Orders), source());
    facts.add_for("refunds", "退款笔数", day, Value::Count(3, Unit::Items), source());
    facts.add_for("refunds_prev", "退款笔数较前日", day, Value::Unknown("对比期为零".into()), source());
    facts.add("points", "生意积分", Value::Points(Decimal::new(61_320, 2)), source());
    facts.add("points_prev", "生意积分较前日", Value::PointsChange(Decimal::new(-35, 1)), source());
    facts.add("gap", "距下一级还差", Value::Points(Decimal::new(88, 0)), source());
    facts.add("level", "当前等级", Value::Name("L3".into()), source());
    facts.add("dropping", "明日掉出积分", Value::Points(Decimal::new(52, 1)), source());
    facts.add("rate", "转化率", Value::Ratio(Decimal::new(5, 2)), source());
    facts.add("repriced", "降价商品数", Value::Count(4, Unit::Products), source());
    facts.add("top_refund", "最高退款金额", Value::Money(Decimal::new(99_900, 2)), source());
    facts.add("days", "看几天的销量", Value::Count(30, Unit::Days), source());
    facts.add("due", "最晚处理时间", Value::Day("2026-11-24".parse().expect("a date")), source());
    facts
}

const RIGHT: &[&str] = &[
    "昨日支付金额{gmv}，较前日{gmv_prev}。",
    "昨日支付金额{gmv}，较前日下降{gmv_prev}，但较上周同日上升{gmv_week}。",
    "昨日支付金额为{gmv}，支付买家数{buyers}，支付订单数{orders}。",
    "与上周同日相比，支付金额上升{gmv_week}。",
    "与前日相比，支付金额下降了{gmv_prev}，支付买家数增加了{buyers_prev}。",
    "支付买家数{buyers}，较前日增加{buyers_prev}，拉新效果不错。",
    "支付订单数与前日持平（{orders_prev}）。",
    "支付订单数较前日持平{orders_prev}。",
    "支付金额较前日下滑{gmv_prev}，建议先排查下滑的原因。",
    "支付金额较前日下降{gmv_prev}，建议优化主图，提高点击率。",
    "建议尽快处理待退款订单，避免影响服务体验。",
    "建议提高老客复购，减少退款。",
    "退款笔数{refunds}，较前日{refunds_prev}。",
    "当前等级{level}，生意积分{points}，距下一级还差{gap}。",
    "生意积分{points}，较前日减少{points_prev}；明日掉出积分{dropping}。",
    "明日掉出积分{dropping}，请及时补单，争取尽快升级。",
    "生意积分较前日回落{points_prev}，若不补充新订单，明日还有{dropping}掉出。",
    "转化率为{rate}，可以从主图和详情页入手优化。",
    "昨日有降价商品{repriced}，降价后请留意毛利。",
    "最高退款金额{top_refund}，请在{due}前处理。",
    "昨日店铺整体平稳：支付金额{gmv}，支付买家数{buyers}，一些老客再次下单。",
    "第一步，先处理退款；第二步，再看库存。",
    "请第一时间回复买家，一起把服务做好。",
    "支持一件代发的商品可以统一检查一次性包装。",
    "支付金额{gmv}，支付买家数{buyers}，分别较前日{gmv_prev}、{buyers_prev}。",
    "支付买家数增加{buyers_prev}、支付金额下降{gmv_prev}，说明客单价值得关注。",
    "万一库存不足，请提前联系供应商。",
    "今日重点：先看退款{refunds}，再看明日掉出积分{dropping}。",
    "生意积分{points}主要来自支付买家数和支付金额，建议继续做好老客维护。",
    "各项指标的变化见下表。",
    "昨日支付金额{gmv}，支付金额较均值低{gmv_avg7}。",
    "支付金额高于上周同日（{gmv_week}）。",
    "支付金额低于前日（{gmv_prev}）。",
    "支付买家数比前日多{buyers_prev}。",
    "双十一之后，支付金额较前日下降{gmv_prev}属正常回落。",
    "昨日支付金额{gmv}。\n支付买家数{buyers}，较前日上升{buyers_prev}。",
    "建议把满减活动和新增买家承接起来，通过客服跟进提升复购。",
    "支付金额占比较大的商品请优先备货，几乎每一单都要检查包装。",
    "距下一级还差{gap}，建议先完成高金额订单的发货。",
    "支付金额较前日没有上升（{gmv_prev}）。",
    "昨日生意积分{points}（较前日{points_prev}），当前等级{level}。",
    "订单不多，但支付买家数较前日上涨{buyers_prev}，值得肯定。",
    "昨日店铺支付金额达到{gmv}，较前日下降{gmv_prev}，不过与上周同日相比仍上升{gmv_week}，整体表现尚可。",
    "昨日共有{buyers}完成支付，产生{orders}订单。",
    "昨日支付金额为{gmv}，较前日有所下降（{gmv_prev}），但高于上周同日（{gmv_week}）。",
    "退款方面，昨日退款笔数{refunds}，需尽快处理，避免升级为纠纷。",
    "生意积分目前为{points}，较前日{points_prev}，明日将掉出{dropping}，建议尽快通过老客回访补充订单。",
    "整体来看，支付金额{gmv}，比前日{gmv_prev}，比上周同日{gmv_week}。",
    "明日掉出积分为{dropping}，请提前安排促单，防止生意积分继续下降。",
    "按最近{days}的销量，库存可以放心；近{days}支付金额见下表。",
    "{buyers}支付成功，{buyers}对店铺的评价不错。",
    "请周一前处理完退款，十分感谢。",
    "如果持续下降，请调整推广计划。",
    "支付金额较前日跌{gmv_prev}，较上周同日涨{gmv_week}。",
];

/// What must not pass, with a piece of what is said about it.
const WRONG: &[(&str, &str)] = &[
    // Figures of its own.
    ("昨日支付金额189797.95元。", "自己写的数字"),
    ("昨日支付金额{gmv}，共413位买家。", "自己写的数字"),
    ("昨日支付金额１８万元。", "自己写的数字"),
    ("退款率3%。", "自己写的数字"),
    ("支付金额①表现好。", "自己写的数字"),
    ("支付金额提升½。", "自己写的数字"),
    ("当前等级L4。", "自己写的数字"),
    ("昨日{gmv}，排名 Top 10。", "自己写的数字"),
    ("支付金额 five percent 的变化。", "自己写的数字"),
    ("约〇笔退款。", "自己写的数字"),
    // Figures in 汉字.
    ("昨日有三单退款。", "自己写的数量"),
    ("昨日有三 单退款。", "自己写的数量"),
    ("昨日有三\u{200b}单退款。", "自己写的数量"),
    ("昨日成交五百二十单。", "自己写的数量"),
    ("支付金额约十八万元。", "自己写的数量"),
    ("支付买家数上百。", "自己写的数量"),
    ("有几十位买家下单。", "自己写的数量"),
    ("退款有两笔。", "自己写的数量"),
    ("近七天表现稳定。", "自己写的数量"),
    ("半个月内请处理。", "自己写的数量"),
    ("支付金额占三成。", "自己写的数量"),
    ("老客贡献了十分之一。", "分之"),
    ("买一送一效果好。", "自己写的数量"),
    ("昨日零退款。", "自己写的数量"),
    ("销量前三的商品要备货。", "自己写的数量"),
    ("十一起退款需要处理。", "自己写的数量"),
    ("三万一千元已到账。", "自己写的数量"),
    ("壹佰件已发。", "自己写的数量"),
    ("有好几单没发货。", "好几"),
    // Shares, multiples, ranks.
    ("支付金额{gmv}，翻倍了。", "没有依据"),
    ("老客占比过半。", "没有依据"),
    ("退款率百分之五。", "没有依据"),
    ("支付金额创新高。", "没有依据"),
    ("大部分来自老客。", "没有依据"),
    ("一半来自老客。", "自己写的数量"),
    ("支付金额最高的是保温杯。", "没有依据"),
    ("支付金额腰斩。", "没有依据"),
    ("数十位买家下单。", "没有依据"),
    // Units and signs around an id.
    ("支付金额{gmv}万元。", "自带单位"),
    ("支付买家数{buyers}万人。", "自带单位"),
    ("转化率{rate}%。", "没有依据"),
    ("支付金额较前日-{gmv_prev}。", "不能加"),
    ("支付买家数近{buyers}。", "不能加"),
    ("支付买家数超{buyers}。", "不能加"),
    ("支付金额{gmv}/{buyers}。", "计算"),
    ("支付金额{gmv}{buyers}。", "要有文字"),
    // Ids that are none.
    ("支付金额{gmvv}。", "没有这个编号"),
    ("支付金额{GMV}。", "编号写法不对"),
    ("支付金额{gmv。", "编号写法不对"),
    ("支付金额{{gmv}}。", "编号写法不对"),
    ("支付金额｛gmv｝。", "编号写法不对"),
    // Blanks.
    ("支付金额为，较前日{gmv_prev}。", "空着"),
    ("支付金额为元。", "空着"),
    ("支付金额XX元。", "空着"),
    ("", "是空的"),
    // The wrong direction.
    ("支付金额较前日上升{gmv_prev}。", "方向不符"),
    ("支付金额较前日提高了{gmv_prev}。", "方向不符"),
    ("支付金额高于前日（{gmv_prev}）。", "方向不符"),
    ("支付买家数较前日减少{buyers_prev}。", "方向不符"),
    ("支付买家数比前日少了{buyers_prev}。", "方向不符"),
    ("支付金额与前日持平（{gmv_prev}）。", "方向不符"),
    ("支付订单数较前日增长{orders_prev}。", "方向不符"),
    ("支付金额较前日没有下降（{gmv_prev}）。", "方向不符"),
    ("支付买家数和支付金额分别上升{buyers_prev}和{gmv_prev}。", "方向不符"),
    ("支付金额较前日▲{gmv_prev}。", "方向不符"),
    ("支付金额较前日下降{gmv_prev}、支付买家数下降{buyers_prev}。", "方向不符"),
    // Invented comparisons.
    ("支付金额{gmv}，较前日上升。", "没有同一分句里的变化量支持"),
    ("昨日支付金额上升。", "没有同一分句里的变化量支持"),
    ("支付金额上升到{gmv}。", "没有同一分句里的变化量支持"),
    ("支付金额提高{gmv}。", "不是变化量"),
    ("转化率提高了{rate}。", "不是变化量"),
    ("支付金额较前日下降{gmv}（{gmv_prev}）。", "不是变化量"),
    ("支付金额{gmv}，比同行好。", "没有变化量支持"),
    ("支付金额{gmv}，同比不错。", "没有变化量支持"),
    ("支付金额{gmv}，超过预期。", "没有同一分句里的变化量支持"),
    ("退款笔数较前日增加{refunds_prev}。", "不是变化量"),
    ("建议关注销量下降的商品。", "没有同一分句里的变化量支持"),
    ("建议继续推广，转化率提高了。", "没有同一分句里的变化量支持"),
    ("支付金额连续下降{gmv_prev}。", "没有依据"),
    ("退款情况有所好转。", "没有同一分句里的变化量支持"),
    ("支付金额跌幅收窄。", "没有依据"),
    // A fact used for something else.
    ("支付金额{buyers}。", "编号用错"),
    ("支付买家数{gmv}。", "编号用错"),
    ("生意积分{dropping}。", "编号用错"),
    ("支付金额{gmv}，较前日上升{buyers_prev}。", "编号用错"),
    ("支付金额较上周同日下降{gmv_prev}。", "日子不对"),
    ("与上周同日相比，支付金额下降{gmv_prev}。", "日子不对"),
    ("支付金额较前日上升{gmv_week}。", "日子不对"),
    ("订单数{gmv}。", "编号用错"),
    ("昨日有{gmv}买家。", "编号用错"),
    ("前日支付金额{gmv}。", "日子不对"),
    // And some that look harmless.
    ("支付金额{gmv}，表现好于前日。", "没有同一分句里的变化量支持"),
    ("支付金额{gmv}，领先同行。", "没有变化量支持"),
    ("支付金额未见增长{gmv_week}。", "方向不符"),
    ("支付金额跟前日差不多。", "没有同一分句里的变化量支持"),
    ("有俩买家退款。", "自己写的数量"),
    ("支付金额不降反升{gmv_prev}。", "方向不符"),
    ("支付金额由升转降{gmv_week}。", "方向不符"),
    ("请注意支付金额上升{gmv_prev}。", "方向不符"),
    ("{gmv_prev}的增长令人满意。", "方向不符"),
    // Ways out.
    ("支付金额{gmv}，详情加微信。", "联系方式"),
    ("支付金额{gmv}，见 www.x.cn。", "联系方式"),
];

#[test]
fn a_text_that_only_names_facts_is_shown() {
    let facts = facts();
    let refused: Vec<_> =
        RIGHT.iter().filter_map(|text| Some(format!("{text}\n    {:?}", narrative(text, &facts).err()?))).collect();
    assert!(RIGHT.len() >= 40);
    assert!(refused.is_empty(), "right texts were refused:\n{}", refused.join("\n"));
}

#[test]
fn no_figure_and_no_claim_of_a_model_gets_through() {
    let facts = facts();
    let mut wrong = Vec::new();
    for (text, why) in WRONG {
        match narrative(text, &facts) {
            Ok(_) => wrong.push(format!("passed: {text}")),
            Err(problems) if !problems.iter().any(|p| p.to_string().contains(why)) => {
                wrong.push(format!("{text}\n    wanted {why}, got {problems:?}"))
            }
            Err(_) => {}
        }
    }
    assert!(WRONG.len() >= 60);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), WRONG.len(), wrong.join("\n"));
}

#[test]
fn a_right_text_with_any_id_swapped_for_another_kind_is_refused_or_names_no_metric() {
    // Each right text that names its metric, with a fact of another metric in the same place.
    let facts = facts();
    for (text, from, to) in [
        (RIGHT[0], "{gmv}", "{orders}"),
        (RIGHT[0], "{gmv_prev}", "{buyers_prev}"),
        (RIGHT[1], "{gmv_week}", "{gmv_prev}"),
        (RIGHT[1], "{gmv_prev}", "{gmv_week}"),
        (RIGHT[2], "{buyers}", "{orders}"),
        (RIGHT[5], "{buyers_prev}", "{gmv_week}"),
        (RIGHT[13], "{points}", "{gmv}"),
        (RIGHT[14], "{points_prev}", "{gmv_prev}"),
        (RIGHT[17], "{rate}", "{gmv}"),
    ] {
        let swapped = text.replacen(from, to, 1);
        assert!(narrative(&swapped, &facts).is_err(), "{swapped}");
    }
}

#[test]
fn a_draft_may_repeat_numbers_with_their_unit_and_make_none() {
    let schema = json!({"type": "object", "properties": {"title": {"type": "string"}, "mood": {"enum": ["L3", "L4"]}}});
    let grounds = vec![
        "304不锈钢保温杯 500ml 加厚 ¥12.80 起批3件 规格20x30cm 三件套 2026新款 M5 含税率13%".to_owned(),
        "订单 123456789012345678 什么时候发货".to_owned(),
    ];
    let right = [
        "304不锈钢保温杯500ml加厚",
        "500ML 保温杯",
        "500毫升保温杯",
        "12.8元",
        "3件起批",
        "三件起批",
        "3件套",
        "20*30cm",
        "2026新款",
        "M5螺丝",
        "税率百分之十三",
        "亲，您的订单123456789012345678正在处理，给您一个准确的答复前请稍等",
        "支持一件代发",
        "亲，这边帮您看一下，一定尽快处理",
    ];
    for title in right {
        assert_eq!(content(&json!({"title": title, "mood": "L4"}), &schema, &grounds), Ok(()), "{title}");
    }
    let wrong = [
        "316不锈钢保温杯",
        "500g保温杯",
        "600ml",
        "1280元",
        "5件起批",
        "五件起批",
        "30x40cm",
        "M6螺丝",
        "税率3%",
        "百分之五优惠",
        "买一送一",
        "送一个杯子",
        "3天内发货",
        "三天内发货",
        "第二件半价",
        "八折优惠",
        "2027新款",
        "②号",
        "500mlX",
        "成本翻倍",
        "加微信13800138000",
        "详见http://x.cn",
        "一三八零零一三八零零零",
        "半小时内回复",
        "M5000",
        "A5",
    ];
    for title in wrong {
        assert!(content(&json!({"title": title, "mood": "L3"}), &schema, &grounds).is_err(), "{title}");
    }
    assert!(content(&json!({"title": "好", "第7条": "好"}), &schema, &grounds).is_err(), "a name is text too");
    assert!(content(&json!({"title": "长".repeat(3000)}), &schema, &grounds).is_err(), "too long");
    assert!(content(&json!({"title": "6\u{200b}00ml"}), &schema, &grounds).is_err(), "hidden");
}

proptest! {
    #[test]
    fn whatever_is_written_a_passing_text_holds_no_figure_but_a_facts(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "支付金额", "较前日", "下降", "上升", "{gmv}", "{gmv_prev}", "{", "}", "，", "。", "三", "单", "百分之", "1", "９", "①", "没有", "建议", "（", "）", "翻", "倍", "元", "\u{200b}",
            " ", "\n", "第", "一", "些", "万", "x", "两成", "𝟙", "é", "👍",
        ]), 0..24)
    ) {
        let text = pieces.concat();
        if let Ok(shown) = narrative(&text, &facts()) {
            let bare = shown.replace("{gmv}", "").replace("{gmv_prev}", "");
            prop_assert!(!bare.chars().any(|c| c.is_numeric() || "{}%百倍".contains(c)), "{shown:?}");
            prop_assert!(!bare.contains("三单") && !bare.contains("两成"), "{shown:?}");
        }
        let _ = content(&json!({"title": text}), &json!({}), &[pieces.join(" ")]);
    }
}
