//! What a page relies on when it embeds a chart: it is well formed, says the caller's figures, and brings no foreign markup.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use xiaoer_media::chart::STYLESHEET;
use xiaoer_media::{BarChart, BarKind, Figure, Frame, Gauge, Level, LineChart, Point, Svg};

const HOSTILE: &str = "</text><script>alert(1)</script>\" onload='x' &\u{0}\u{202E}杯";

fn line(points: Vec<Point>) -> LineChart {
    LineChart {
        title: "近3天支付金额".into(),
        subtitle: "来源：订单".into(),
        points,
        previous: Vec::new(),
        unit: "元".into(),
    }
}

fn three_days() -> Vec<Point> {
    vec![
        Point::new("11-10", 900.0, "900.00"),
        Point::new("11-11", 137_000.125, "137,000.125"),
        Point::new("11-12", 4_000.0, "4,000.00"),
    ]
}

fn bars(points: Vec<Point>) -> BarChart {
    BarChart {
        title: "未来3天掉出积分".into(),
        subtitle: "估算".into(),
        points,
        unit: "分".into(),
        kind: BarKind::Change,
    }
}

fn gauge(value: Option<Figure>) -> Gauge {
    let levels = [("L1", 0.0, "0"), ("L2", 300.0, "300"), ("L3", 1200.0, "1,200"), ("L4", 3000.0, "3,000")];
    let level =
        |(name, value, text): (&str, f64, &str)| Level { name: name.into(), threshold: Figure::new(value, text) };
    Gauge {
        title: "生意积分".into(),
        level: "L2".into(),
        levels: levels.map(level).into(),
        value,
        range: None,
        unit: "分".into(),
        next: "距 L3 还差 56.54 分".into(),
    }
}

/// Reads the drawing as strict XML and hands back what it says and which elements it has.
fn read(svg: &Svg) -> (Vec<String>, Vec<String>) {
    let mut reader = Reader::from_str(svg.as_str());
    reader.config_mut().check_end_names = true;
    let (mut names, mut label) = (Vec::new(), Vec::new());
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) => {
                depth += 1;
                names.push(tag.name().as_ref().to_owned());
                label.extend(attributes(&tag));
            }
            Event::Empty(tag) => {
                names.push(tag.name().as_ref().to_owned());
                label.extend(attributes(&tag));
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element stays open");
    (names, label)
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>) -> Vec<String> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.expect("a well-formed attribute, given once");
            attribute.key.as_ref().to_owned()
        })
        .collect()
}

fn spoken(svg: &Svg) -> &str {
    let rest = svg.as_str().split_once("aria-label=\"").expect("a sentence").1;
    rest.split_once('"').expect("its end").0
}

#[test]
fn a_hostile_title_label_and_figure_bring_no_markup_in() {
    let points = vec![Point::new(HOSTILE, 3.0, HOSTILE), Point::new(HOSTILE, -7.0, HOSTILE)];
    let mut chart = line(points.clone());
    (chart.title, chart.subtitle, chart.unit) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
    chart.previous = vec![Some(Figure::new(1.0, HOSTILE)), None];
    let mut bar = bars(points);
    (bar.title, bar.subtitle, bar.unit) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
    let mut level = gauge(Some(Figure::new(900.0, HOSTILE)));
    (level.title, level.level, level.unit, level.next) =
        (HOSTILE.into(), HOSTILE.into(), HOSTILE.into(), HOSTILE.repeat(9));
    level.range = Some((Figure::new(1.0, HOSTILE), Figure::new(2.0, HOSTILE)));
    level.levels[1].name = HOSTILE.into();
    level.levels[1].threshold.text = HOSTILE.into();

    let drawn = [
        chart.svg(HOSTILE, Frame::Wide),
        chart.svg(HOSTILE, Frame::Compact),
        bar.svg(Frame::Wide),
        bar.svg(Frame::Compact),
        level.svg(),
    ];
    for svg in &drawn {
        let (names, attributes) = read(svg);
        let ours = ["svg", "g", "path", "rect", "circle", "text", "title", "defs", "linearGradient", "stop"];
        assert!(names.iter().all(|name| ours.contains(&name.as_str())), "{names:?}");
        assert!(!attributes.iter().any(|name| name.starts_with("on") || name == "style"), "{attributes:?}");
        assert!(!svg.as_str().contains(['\u{0}', '\u{202E}']), "a control character got through");
    }
}

#[test]
fn the_figures_in_print_are_the_callers_own() {
    let svg = line(three_days()).svg("a", Frame::Compact);
    assert!(svg.as_str().contains("11-11 峰值 137,000.125元"), "{svg}");
    let svg = bars(vec![Point::new("明天", -0.1 - 0.2, "-0.30")]).svg(Frame::Wide);
    assert!(svg.as_str().contains(">▼-0.30<") && !svg.as_str().contains("0.30000"), "{svg}");
    let svg = gauge(Some(Figure::new(1143.46, "1,143.460"))).svg();
    assert!(svg.as_str().contains(">1,143.460分<"), "{svg}");
}

#[test]
fn a_listener_hears_what_the_picture_shows() {
    let mut chart = line(three_days());
    assert_eq!(
        spoken(&chart.svg("a", Frame::Wide)),
        "近3天支付金额，11-10至11-12共3个数据点，最高11-11 137,000.125元，最低11-10 900.00元，最新11-12 4,000.00元"
    );
    chart.points[0].figure = None;
    chart.previous = vec![None, Some(Figure::new(1.0, "1.00"))];
    assert_eq!(
        spoken(&chart.svg("a", Frame::Wide)),
        "近3天支付金额，11-10至11-12共3个数据点，其中1个未知，最高11-11 137,000.125元，最低11-12 4,000.00元，最新11-12 4,000.00元，虚线为上期"
    );
    let points = vec![
        Point::new("11-24", -12.5, "-12.50"),
        Point::new("11-25", 6.0, "+6.00"),
        Point::new("11-26", -42.25, "-42.25"),
    ];
    assert_eq!(
        spoken(&bars(points).svg(Frame::Compact)),
        "未来3天掉出积分，共3项，1项上升，2项下降，上升最多：11-25 +6.00分，下降最多：11-26 -42.25分"
    );
    let mut level = gauge(Some(Figure::new(1143.46, "1,143.46")));
    level.range = Some((Figure::new(1097.75, "1,097.75"), Figure::new(1438.75, "1,438.75")));
    assert_eq!(
        spoken(&level.svg()),
        "生意积分：当前L2，1,143.46分，估算范围1,097.75至1,438.75分，L3需1,200分。距 L3 还差 56.54 分"
    );
}

#[test]
fn without_data_every_chart_says_so() {
    let unknown = || vec![Point::unknown("11-10"), Point::new("11-11", f64::NAN, "?")];
    let mut no_ladder = gauge(Some(Figure::new(3.0, "3")));
    no_ladder.levels.clear();
    let drawn = [
        line(Vec::new()).svg("a", Frame::Wide),
        line(unknown()).svg("a", Frame::Compact),
        bars(Vec::new()).svg(Frame::Wide),
        bars(unknown()).svg(Frame::Compact),
        gauge(None).svg(),
        no_ladder.svg(),
    ];
    for svg in &drawn {
        read(svg);
        assert!(svg.as_str().contains(">暂无数据<"), "{svg}");
        assert!(spoken(svg).ends_with("：暂无数据"), "{svg}");
    }
}

#[test]
fn a_single_day_is_a_dot_with_its_figure_and_no_trend() {
    let svg = line(vec![Point::new("11-11", 5.0, "5.00")]).svg("a", Frame::Wide);
    read(&svg);
    assert!(svg.as_str().contains("11-11 最新 5.00元") && svg.as_str().contains("暂无趋势"), "{svg}");
    assert!(!svg.as_str().contains("chart-value"), "one point makes no line: {svg}");
}

#[test]
fn a_day_that_is_not_known_is_a_gap_and_not_a_zero() {
    let mut points = three_days();
    points.insert(2, Point::unknown("11-11b"));
    points.push(Point::new("11-13", 1.0, "1"));
    let svg = line(points).svg("a", Frame::Wide);
    assert_eq!(svg.as_str().matches("class=\"chart-value\"").count(), 2, "{svg}");
    let svg = bars(vec![Point::unknown("11-24"), Point::new("11-25", 0.0, "0")]).svg(Frame::Wide);
    assert!(svg.as_str().contains(">未知<") && svg.as_str().contains(">0<"), "{svg}");
}

#[test]
fn rises_are_red_and_losses_green_and_neither_by_colour_alone() {
    let points = vec![Point::new("a", 5.0, "+5"), Point::new("b", -3.0, "-3")];
    let changes = bars(points.clone()).svg(Frame::Wide);
    assert!(changes.as_str().contains(">▲+5<") && changes.as_str().contains(">▼-3<"), "{changes}");
    assert!(changes.as_str().contains("var(--up,") && changes.as_str().contains("var(--down,"));
    let mut amounts = bars(points[..1].to_vec());
    amounts.kind = BarKind::Amount;
    let amounts = amounts.svg(Frame::Wide);
    assert!(!amounts.as_str().contains(['▲', '▼']), "an amount is not a rise: {amounts}");
}

#[test]
fn the_level_is_the_judged_one_even_where_the_points_would_reach_further() {
    let svg = gauge(Some(Figure::new(2900.0, "2,900"))).svg();
    assert!(spoken(&svg).contains("当前L2，2,900分"), "{svg}");
    assert!(
        svg.as_str().contains("font-size=\"40\" font-weight=\"600\" text-anchor=\"middle\" fill=\"currentColor\">L2<")
    );
}

#[test]
fn a_page_without_the_rules_shows_one_of_the_pair() {
    let pair = line(three_days()).responsive("pay");
    assert_eq!(pair.as_str().matches("<svg ").count(), 2);
    assert_eq!(pair.as_str().matches("display=\"none\"").count(), 1);
    for id in ["id=\"cpay-w\"", "url(#cpay-w)", "id=\"cpay-c\"", "url(#cpay-c)"] {
        assert_eq!(pair.as_str().matches(id).count(), 1, "{id}");
    }
    for class in ["chart-if-wide", "chart-if-narrow"] {
        assert!(pair.as_str().contains(class) && STYLESHEET.contains(class), "{class}");
    }
}

#[test]
fn no_chart_needs_what_a_strict_content_policy_forbids() {
    for svg in [line(three_days()).responsive("a"), bars(three_days()).responsive(), gauge(None).svg()] {
        assert!(!svg.as_str().contains("style=") && !svg.as_str().contains("<style"), "{svg}");
        assert!(svg.as_str().contains("role=\"img\" aria-label=\"") && svg.as_str().contains("width=\"100%\""));
    }
}

fn points() -> impl Strategy<Value = Vec<Point>> {
    let value = prop_oneof![
        prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
        -1e6..1e6_f64,
        (-50..50_i32).prop_map(f64::from),
    ];
    let point = (prop::option::weighted(0.9, value), ".{0,12}").prop_map(|(value, label)| Point {
        label,
        figure: value.map(|value| Figure::new(value, format!("{value:e}"))),
    });
    prop::collection::vec(point, 0..45)
}

/// Every number that decides where ink goes; texts and sentences may say what they like.
fn assert_drawable(svg: &Svg) -> Result<(), TestCaseError> {
    read(svg);
    for part in svg.as_str().split('<') {
        let tag = part.split('>').next().unwrap_or_default();
        for attribute in ["d=\"", " x=\"", " y=\"", "cx=\"", "cy=\"", "width=\"", "height=\"", "font-size=\""] {
            let Some((_, rest)) = tag.split_once(attribute) else {
                continue;
            };
            let value = rest.split('"').next().unwrap_or_default();
            prop_assert!(!value.contains("NaN") && !value.contains("inf") && !value.contains('e'), "{tag}");
            for number in value.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).filter(|n| !n.is_empty())
            {
                let number: f64 = number.parse().map_err(|_| TestCaseError::fail(format!("{number} in {tag}")))?;
                prop_assert!(number.abs() < 2_000.0, "{number} is off the sheet in {tag}");
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn finite_values_always_make_a_picture(points in points(), earlier in points(), figures in prop::array::uniform3(-1e300..1e300_f64)) {
        let mut chart = line(points.clone());
        chart.previous = earlier.into_iter().map(|point| point.figure).collect();
        let mut bar = bars(points);
        let [value, low, high] = figures.map(|value| Figure::new(value, "7"));
        let mut level = gauge(Some(value));
        level.range = Some((low, high));
        for frame in [Frame::Wide, Frame::Compact] {
            assert_drawable(&chart.svg("a", frame))?;
            assert_drawable(&bar.svg(frame))?;
        }
        bar.kind = BarKind::Amount;
        assert_drawable(&bar.svg(Frame::Compact))?;
        assert_drawable(&level.svg())?;
        prop_assert_eq!(chart.svg("a", Frame::Wide), chart.clone().svg("a", Frame::Wide));
    }
}
