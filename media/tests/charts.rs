//! What a page relies on when it embeds a chart: it is well formed, says the caller's figures, and brings no foreign markup.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use xiaoer_media::chart::STYLESHEET;
use xiaoer_media::{Band, BarChart, BarKind, FanChart, Figure, Frame, Gauge, Level, LineChart, Point, Svg};

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

fn figure(value: f64) -> Figure {
    Figure::new(value, format!("{value:.1}"))
}

fn band(p50: f64, spread: f64) -> Band {
    let [p10, p25, p50, p75, p90] = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|by| figure(p50 + by * spread));
    Band { p10, p25, p50, p75, p90 }
}

/// Three days ahead of 1,143.5 points, far from zero and just below L3.
fn fan() -> FanChart {
    let ahead = |(day, value): (&str, f64)| Point { label: day.into(), figure: Some(figure(value)) };
    let level = |(name, value): (&str, f64)| Level { name: name.into(), threshold: figure(value) };
    FanChart {
        title: "未来3天生意积分".into(),
        subtitle: "数据到 11-22".into(),
        today: ahead(("11-22", 1143.5)),
        certain: [("11-23", 1130.0), ("11-24", 1101.0), ("11-25", 1080.0)].map(ahead).into(),
        usual: vec![Some(band(1150.0, 10.0)), Some(band(1160.0, 20.0)), Some(band(1190.0, 30.0))],
        thresholds: [("L1", 0.0), ("L2", 300.0), ("L3", 1200.0), ("L4", 3000.0), ("L5", 6500.0)].map(level).into(),
        unit: "分".into(),
    }
}

/// The words of a drawing with the place where each begins and the size in which they are set.
fn words(svg: &Svg) -> Vec<(String, (f64, f64), f64)> {
    let text = |part: &str| {
        let (tag, rest) = part.split_once('>')?;
        let number = |name: &str| tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok();
        Some((rest.split_once("</text>")?.0.to_owned(), (number("x")?, number("y")?), number("font-size")?))
    };
    svg.as_str().split("<text").skip(1).map(|part| text(part).expect("words with a place")).collect()
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
    let mut ahead = fan();
    (ahead.title, ahead.subtitle, ahead.unit) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
    ahead.today = Point::new(HOSTILE, 1143.0, HOSTILE);
    ahead.certain[2] = Point::new(HOSTILE, 1080.0, HOSTILE);
    ahead.thresholds[2] = Level { name: HOSTILE.into(), threshold: Figure::new(1200.0, HOSTILE) };
    if let Some(Some(band)) = ahead.usual.last_mut() {
        band.p50.text = HOSTILE.into();
    }

    let drawn = [
        chart.svg(HOSTILE, Frame::Wide),
        chart.svg(HOSTILE, Frame::Compact),
        bar.svg(Frame::Wide),
        bar.svg(Frame::Compact),
        level.svg(),
        ahead.svg(Frame::Wide),
        ahead.svg(Frame::Compact),
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
        FanChart { certain: Vec::new(), ..fan() }.svg(Frame::Wide),
        FanChart { certain: unknown(), usual: vec![None], ..fan() }.svg(Frame::Compact),
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
fn what_is_certain_and_what_is_usual_are_drawn_and_told_apart() {
    let svg = fan().svg(Frame::Wide);
    for (class, times) in [("chart-certain", 1), ("chart-median", 1), ("chart-outer", 1), ("chart-inner", 1)] {
        assert_eq!(svg.as_str().matches(&format!("class=\"{class}\"")).count(), times, "{class}");
    }
    for words in
        ["零新增（确定）", "照常经营（中位）", "25–75%", "10–90%", "当前 1143.5分", "零新增 1080.0", "中位 1190.0"]
    {
        assert!(svg.as_str().contains(&format!(">{words}<")), "{words} in {svg}");
    }
    assert_eq!(
        spoken(&svg),
        "未来3天生意积分，11-22为1143.5分。零新增（确定）：到11-25为1080.0分。照常经营：到11-25中位1190.0分（25–75%：1160.0至1220.0，10–90%：1130.0至1250.0），\
         L1需0.0分，L2需300.0分，L3需1200.0分，L4需3000.0分，L5需6500.0分"
    );
}

#[test]
fn without_an_estimate_only_the_certain_line_stands_and_it_is_said() {
    for usual in [Vec::new(), vec![None, None, None]] {
        let svg = FanChart { usual, ..fan() }.svg(Frame::Compact);
        assert!(svg.as_str().contains("chart-certain") && svg.as_str().contains(">照常经营：暂无估算<"), "{svg}");
        assert!(!["chart-median", "chart-outer", "10–90%"].iter().any(|what| svg.as_str().contains(what)), "{svg}");
        assert!(spoken(&svg).contains("照常经营：暂无估算"), "{svg}");
    }
}

#[test]
fn a_day_without_an_estimate_is_a_gap_in_the_bands() {
    let mut chart = fan();
    chart.usual.extend([None, Some(band(1190.0, 30.0)), Some(band(1190.0, 30.0))]);
    chart.certain.extend(["11-26", "11-27", "11-28"].map(|day| Point::new(day, 1070.0, "1070.0")));
    let svg = chart.svg(Frame::Wide);
    assert_eq!(svg.as_str().matches("class=\"chart-outer\"").count(), 2, "{svg}");
    assert_eq!(svg.as_str().matches("class=\"chart-certain\"").count(), 1, "{svg}");
}

#[test]
fn a_level_within_reach_is_a_line_and_the_next_beyond_is_named_at_the_edge() {
    let svg = fan().svg(Frame::Compact);
    assert_eq!(svg.as_str().matches("class=\"chart-threshold\"").count(), 1, "{svg}");
    let texts: Vec<String> = words(&svg).into_iter().map(|(words, ..)| words).collect();
    for words in ["L3 1200.0", "↑L4 3000.0", "↓L2 300.0"] {
        assert!(texts.iter().any(|text| text == words), "{words} in {texts:?}");
    }
    assert!(!texts.iter().any(|text| text.contains("L5") || text.contains("L1")), "far levels are left out: {texts:?}");
    assert!(!texts.iter().any(|text| text == "0"), "values far from zero are not pressed flat: {texts:?}");
}

#[test]
fn no_words_of_a_fan_stand_on_others_however_near_the_levels_lie() {
    let mut chart = fan();
    chart.thresholds = (0..9_i32)
        .map(|i| Level { name: format!("L{i}"), threshold: figure(1185.0 + f64::from(i)) })
        .chain([Level { name: "一个很长很长的等级名称".into(), threshold: figure(1079.0) }])
        .collect();
    for (frame, width) in [(Frame::Wide, 640.0), (Frame::Compact, 340.0)] {
        let svg = chart.svg(frame);
        // The day under the plot's right corner is not beside it.
        let beside =
            |(words, (x, y), _): &(String, (f64, f64), f64)| *x > width * 0.69 && *y > 90.0 && !words.contains('-');
        let beside: Vec<_> = words(&svg).into_iter().filter(beside).collect();
        assert_eq!(beside.len(), 12, "ten levels and both lines: {beside:?}");
        for (at, (one, (x, y), size)) in beside.iter().enumerate() {
            let over = beside[at + 1..].iter().find(|(_, (_, other), _)| (y - other).abs() < *size);
            assert_eq!(over, None, "{one} stands on it");
            let em = |c: char| {
                if matches!(c, '.' | ',' | ' ') {
                    0.3
                } else if c.is_ascii() {
                    0.55
                } else {
                    1.0
                }
            };
            let wide = one.chars().map(em).sum::<f64>() * size;
            assert!(x + wide <= width, "{one} is cut off at {}", x + wide);
        }
    }
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
    let drawn =
        [line(three_days()).responsive("a"), bars(three_days()).responsive(), fan().responsive(), gauge(None).svg()];
    for svg in drawn {
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
        let estimate = |point: &Point| point.figure.as_ref().map(|figure| band(figure.value, figure.value.abs() / 9.0));
        let ahead = FanChart {
            usual: points.iter().map(estimate).collect(),
            certain: chart.previous.iter().map(|figure| Point { label: "明天".into(), figure: figure.clone() }).collect(),
            thresholds: figures.map(|value| Level { name: "L".into(), threshold: figure(value) }).into(),
            ..fan()
        };
        let mut bar = bars(points);
        let [value, low, high] = figures.map(|value| Figure::new(value, "7"));
        let mut level = gauge(Some(value));
        level.range = Some((low, high));
        for frame in [Frame::Wide, Frame::Compact] {
            assert_drawable(&chart.svg("a", frame))?;
            assert_drawable(&bar.svg(frame))?;
            assert_drawable(&ahead.svg(frame))?;
        }
        bar.kind = BarKind::Amount;
        assert_drawable(&bar.svg(Frame::Compact))?;
        assert_drawable(&level.svg())?;
        prop_assert_eq!(chart.svg("a", Frame::Wide), chart.clone().svg("a", Frame::Wide));
    }
}
