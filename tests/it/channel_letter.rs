//! A report as a letter for a phone.

use rust_decimal::Decimal;
use xiaoer::channel::{About, Letter};
use xiaoer_sdk::{
    Band, Block, Cell, Change, DayAhead, Expected, Fan, Generator, Proposal, Report, Source, Table, Task, Tone, Unit,
    Value,
};

pub(crate) const ABOUT: About<'static> = About {
    shop: "demo",
    shop_name: "演示店铺",
    skill: "daily-report",
    run: "0190abc",
    link: Some("http://127.0.0.1:8642/shops/demo/runs/0190abc"),
};

pub(crate) fn report() -> Report {
    let mut report = Report::new("经营日报", "2026-11-22".parse().expect("a day"));
    let source = || Source::rule("订单", "按付款日合计");
    let paid = report.facts.add("paid", "昨日支付金额", Value::Money(Decimal::new(18_979_795, 2)), source());
    let change = report.facts.add("paid_change", "较前日", Value::RatioChange(Decimal::new(-123, 3)), source());
    let buyers = report.facts.add("buyers", "支付买家数", Value::Count(413, Unit::People), source());
    report.summary = "昨日支付{paid}，较前日{paid_change}。".into();
    report.push(Block::Checklist {
        title: "今日待办".into(),
        tasks: vec![Task {
            title: "处理待退款".into(),
            why: "有{buyers}在等".into(),
            deadline: "今天 18:00 前".into(),
            expected: "保住{paid}".into(),
            who: "客服".into(),
            proposal: None,
            skill: None,
        }],
    });
    report.push(Block::Heading { text: "昨日".into() });
    report.push(Block::Figures { facts: vec![paid, change, buyers] });
    report.push(Block::Text {
        text: "生意平稳，{buyers}付款。".into(), generator: Generator::Template { why: None }
    });
    report.push(Block::Notice { tone: Tone::Warning, text: "官方评定日未知".into() });
    let mut table = Table::new("热销商品", &["商品", ">支付金额", ">件数"], "没有");
    table.row([
        Cell::Text("[点我领红包](https://evil.example) <@all> *特价*".into()),
        Cell::Fact("paid".into()),
        Cell::Value(Value::Count(12, Unit::Pieces)),
    ]);
    for n in 1..=11 {
        table.row([Cell::Text(format!("杯子{n}")), Cell::Empty, Cell::Value(Value::Count(n, Unit::Pieces))]);
    }
    report.push(Block::Table(table));
    report.proposals.push(Proposal {
        key: "a".into(),
        change: Change::SetStock { product: "1".into(), sku: None, to: 5 },
        why: String::new(),
        expected: Expected::default(),
    });
    report
}

#[test]
fn a_letter_reads_well_on_a_phone() {
    let letter = Letter::of(&ABOUT, &report());
    assert_eq!(letter.title, "经营日报 · 演示店铺 · 11月22日");
    let expected = "\
# 经营日报 · 演示店铺 · 11月22日

昨日支付18.98万元，较前日▼12.3%。

### 今日待办

1. **处理待退款**（客服，今天 18：00 前）
   原因：有413人在等
   预计：保住18.98万元

## 昨日

- 昨日支付金额：**18.98万元**
- 较前日：**▼12.3%**
- 支付买家数：**413人**

生意平稳，413人付款。

> ⚠️ 官方评定日未知

### 热销商品

- ［点我领红包］(https：//evil.example) ＜＠all＞ ＊特价＊：支付金额 189,797.95元，件数 12件
- 杯子1：件数 1件
";
    assert!(letter.text.starts_with(expected), "{}", letter.text);
    let end = "\
- 另有 2 行，见控制台

有 1 项建议等待审批，批准后才会执行。

文字：规则生成（未使用大模型）

[在控制台查看全文和数字来源](http://127.0.0.1:8642/shops/demo/runs/0190abc)
";
    assert!(letter.text.ends_with(end), "{}", letter.text);
}

/// Thirty days of which the last has no estimate.
fn forecast(report: &mut Report) -> Fan {
    let points = |points: i64| Value::Points(Decimal::new(points, 1));
    let source = || Source::rule("规则包", "按候选规则");
    let day = |ahead: i64| DayAhead {
        day: report.as_of + chrono::Days::new(ahead.unsigned_abs()),
        certain: points(11_434 - 100 * ahead),
        usual: (ahead < 30).then(|| Band {
            p10: points(11_434 - 10 * ahead),
            p25: points(11_434),
            p50: points(11_434 + 10 * ahead),
            p75: points(11_434 + 15 * ahead),
            p90: points(11_434 + 20 * ahead),
        }),
    };
    Fan {
        title: "未来30天生意积分".into(),
        subtitle: "候选规则".into(),
        as_of: report.as_of,
        days: (1..=30).map(day).collect(),
        now: report.facts.add("points_total", "当前积分", points(11_434), source()),
        levels: vec![("L3".into(), report.facts.add("level_l3", "L3 门槛", points(12_000), source()))],
        caption: "距 L3 还差，见{level_l3}。".into(),
    }
}

#[test]
fn a_forecast_keeps_its_two_lines_apart_in_words() {
    let mut report = Report::new("成长预测", "2026-11-22".parse().expect("a day"));
    let fan = forecast(&mut report);
    report.push(Block::Outlook(fan));
    let expected = "\
### 未来30天生意积分

- 当前积分：**1,143.4分**
- 7 天后（11月29日）：零新增 1,073.4分；照常经营 中位 1,150.4分（10–90%：1,136.4分 至 1,157.4分）
- 14 天后（12月6日）：零新增 1,003.4分；照常经营 中位 1,157.4分（10–90%：1,129.4分 至 1,171.4分）
- 30 天后（12月22日）：零新增 843.4分；照常经营 暂无估算

等级线：L3 1,200分

距 L3 还差，见1,200分。
";
    let letter = Letter::of(&ABOUT, &report);
    assert!(letter.text.contains(expected), "{}", letter.text);
    let back: Report = serde_json::from_value(letter.json).expect("the report");
    assert_eq!(back, report);
}

#[test]
fn a_forecast_names_no_figure_without_a_source() {
    let mut report = Report::new("成长预测", "2026-11-22".parse().expect("a day"));
    let mut fan = forecast(&mut report);
    report.push(Block::Outlook(fan.clone()));
    assert_eq!(report.unsourced(), Vec::<String>::new());
    (fan.now, fan.levels[0].1, fan.caption) = ("a_total".into(), "a_level".into(), "到 {a_day} 为止".into());
    report.push(Block::Outlook(fan));
    assert_eq!(report.unsourced(), ["a_total", "a_level", "a_day"]);
}

#[test]
fn the_words_of_others_never_become_a_link_or_a_mention() {
    let mut hostile = report();
    let bad = "[x](http://evil.example) https://evil.example <@all> @所有人 `x` \u{7}# x";
    hostile.title = bad.into();
    hostile.summary = bad.into();
    hostile.blocks = vec![
        Block::Text {
            text: format!("第一段\n# {bad}\n\n> 第二段"), generator: Generator::Model { name: bad.into() }
        },
        Block::Heading { text: bad.into() },
        Block::Pictures { pictures: vec![(bad.into(), String::new(), bad.into())] },
        Block::Outlook(Fan {
            title: bad.into(),
            caption: bad.into(),
            levels: vec![(bad.into(), "paid".into())],
            ..forecast(&mut Report::new("", hostile.as_of))
        }),
    ];
    let letter = Letter::of(&About { link: None, shop_name: bad, ..ABOUT }, &hostile);
    for sign in ["](", "://", "<", "@", "`", "\u{7}"] {
        assert!(!letter.text.contains(sign), "{sign:?} in {}", letter.text);
        assert!(!letter.title.contains(sign), "{sign:?} in {}", letter.title);
    }
    let headings = letter.text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, 3, "only our own headings: {}", letter.text);
}

#[test]
fn the_whole_report_goes_along_as_json_with_its_sources() {
    let letter = Letter::of(&ABOUT, &report());
    let back: Report = serde_json::from_value(letter.json).expect("the report");
    assert_eq!(back, report());
}
