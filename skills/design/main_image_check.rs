//! 主图体检: looks at the first picture of every product on sale: size, shape, sharpness, weight of the file.
//!
//! Pixel statistics only, no model. The bounds are house rules, not the platform's: no official page with them is known. One picture that
//! cannot be opened is a finding and not the end of the report.

use serde_json::json;
use xiaoer_sdk::shop::Product;
use xiaoer_sdk::{
    Block, CallError, Cell, Context, Facts, FieldKind, Input, Manifest, PictureFindings, Read, Report, Skill,
    SkillError, Source, Table, Task, Unit, Value, quoted,
};

/// A smaller side looks coarse when a buyer zooms in.
const SMALLEST_SIDE: u32 = 750;
/// Below this variance of the Laplacian a picture looks blurred; flat product shots are well above.
const SHARP: u32 = 25;
/// Bigger files are refused by the platform's picture space.
const HEAVIEST: u64 = 2 * 1024 * 1024;

/// A check of main pictures.
pub(crate) struct MainImageCheck;

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Missing,
    Unreadable,
    Small,
    NotSquare,
    Blurred,
    Heavy,
}

/// A product's first picture and what was seen in it.
struct Checked<'a> {
    product: &'a Product,
    seen: Option<PictureFindings>,
    flaws: Vec<Flaw>,
}

#[xiaoer_sdk::async_trait]
impl Skill for MainImageCheck {
    fn manifest(&self) -> Manifest {
        Manifest::new("design", "main-image-check", "主图体检")
            .about("检查在售商品的第一张主图够不够大、是不是正方形、清不清楚、文件大不大，列出要重做的图。")
            .reads([Read::Products, Read::Pictures])
            .asks(["main-image-check"])
            .field("limit", "最多检查几款商品", FieldKind::Number { min: 1, max: 300 }, "60")
    }

    async fn run(&self, cx: &Context, input: Input) -> Result<Report, SkillError> {
        cx.progress("正在找在售的商品").await?;
        let products = cx.products().await?;
        let limit = usize::try_from(input.number("limit")).unwrap_or(0);
        let on_sale: Vec<&Product> = products.iter().filter(|product| product.on_sale).collect();
        let mut checked = Vec::new();
        for (at, product) in on_sale.iter().take(limit).enumerate() {
            if at % 10 == 0 {
                cx.progress(format!("正在看主图（{}/{}）", at + 1, on_sale.len().min(limit))).await?;
            }
            checked.push(check(cx, product).await?);
        }
        checked.sort_by_key(|one| std::cmp::Reverse(one.flaws.len()));

        let mut report = Report::new("主图体检", cx.as_of());
        headline(&mut report, &checked, on_sale.len());
        cx.progress("正在写结论").await?;
        let told =
            report.facts.only(["checked", "faulty", "small", "not_square", "blurred", "heavy", "broken", "side"]);
        let any = |flaw| checked.iter().any(|one| one.flaws.contains(&flaw));
        let variables = json!({
            "shop": cx.shop().name,
            "empty": checked.is_empty(),
            "faulty": checked.iter().any(|one| !one.flaws.is_empty()),
            "small": any(Flaw::Small), "not_square": any(Flaw::NotSquare), "blurred": any(Flaw::Blurred),
        });
        report.say(cx.narrate("main-image-check", variables, &told).await?);
        if on_sale.len() > checked.len() {
            report.info("在售 {on_sale}，这次只看了 {checked}；要看更多，把“最多检查几款商品”调大。");
        }
        overview(&mut report, &checked);
        let pictures = checked.iter().filter(|one| !one.flaws.is_empty());
        let pictures: Vec<_> = pictures.filter_map(|one| Some(pictured(one.product.pictures.first()?, one))).collect();
        if !pictures.is_empty() {
            report.push(Block::Pictures { pictures });
        }
        tasks(&mut report, &checked);
        Ok(report)
    }
}

async fn check<'a>(cx: &Context, product: &'a Product) -> Result<Checked<'a>, CallError> {
    let Some(picture) = product.pictures.first() else {
        return Ok(Checked { product, seen: None, flaws: vec![Flaw::Missing] });
    };
    match cx.inspect(product.id.clone(), picture.clone()).await {
        Ok(seen) => Ok(Checked { product, flaws: flaws(&seen), seen: Some(seen) }),
        Err(CallError::Unavailable { .. } | CallError::NotFound { .. }) => {
            Ok(Checked { product, seen: None, flaws: vec![Flaw::Unreadable] })
        }
        Err(stop) => Err(stop),
    }
}

fn flaws(seen: &PictureFindings) -> Vec<Flaw> {
    let checks = [
        (seen.width.min(seen.height) < SMALLEST_SIDE, Flaw::Small),
        (seen.width != seen.height, Flaw::NotSquare),
        (seen.sharpness < SHARP, Flaw::Blurred),
        (seen.bytes > HEAVIEST, Flaw::Heavy),
    ];
    checks.into_iter().filter_map(|(wrong, flaw)| wrong.then_some(flaw)).collect()
}

impl Flaw {
    const ALL: [Self; 6] = [Self::Missing, Self::Unreadable, Self::Small, Self::NotSquare, Self::Blurred, Self::Heavy];

    fn words(self) -> &'static str {
        match self {
            Self::Missing => "没有主图",
            Self::Unreadable => "图打不开",
            Self::Small => "尺寸太小",
            Self::NotSquare => "不是正方形",
            Self::Blurred => "看着模糊",
            Self::Heavy => "文件太大",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Missing => "without",
            Self::Unreadable => "broken",
            Self::Small => "small",
            Self::NotSquare => "not_square",
            Self::Blurred => "blurred",
            Self::Heavy => "heavy",
        }
    }

    /// What to do, and what it is good for.
    fn cure(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("补上没有的主图", "有图买家才会点"),
            Self::Unreadable => ("把打不开的主图重新上传", "买家看得到图才会点"),
            Self::Small => ("把太小的主图换成大图", "边长至少 {side}，买家能放大看清细节"),
            Self::NotSquare => ("把主图裁成正方形", "列表里不留白边、不被裁掉"),
            Self::Blurred => ("重拍或换掉模糊的主图", "第一眼看得清楚"),
            Self::Heavy => ("把太大的图压小", "压到 {heaviest} 以内，打开更快"),
        }
    }
}

fn count(number: usize) -> Value {
    Value::Count(i64::try_from(number).unwrap_or(i64::MAX), Unit::Products)
}

fn record(facts: &mut Facts, checked: &[Checked], (id, label): (&str, &str), chosen: impl Fn(&Checked) -> bool) {
    let ids: Vec<&str> = checked.iter().filter(|one| chosen(one)).map(|one| one.product.id.as_str()).collect();
    facts.add(id, label, count(ids.len()), Source::rows("商品主图", label, ids));
}

fn headline(report: &mut Report, checked: &[Checked], on_sale: usize) {
    let facts = &mut report.facts;
    let rule = Source::rule("店铺标准", "平台没有公开的数字，按常用标准");
    facts.add("side", "主图边长标准", Value::Count(SMALLEST_SIDE.into(), Unit::Pixels), rule.clone());
    facts.add("heaviest", "文件大小标准", size(HEAVIEST), rule);
    facts.add("on_sale", "在售商品", count(on_sale), Source::rule("商品", "状态为在售"));
    record(facts, checked, ("checked", "检查的主图"), |_| true);
    record(facts, checked, ("faulty", "要改的主图"), |one| !one.flaws.is_empty());
    for flaw in Flaw::ALL {
        record(facts, checked, (flaw.id(), flaw.words()), |one| one.flaws.contains(&flaw));
    }
    report.summary = if checked.is_empty() {
        "店里还没有在售的商品，没有主图可看。".into()
    } else if checked.iter().all(|one| one.flaws.is_empty()) {
        "看了 {checked}商品的主图，都合格。".into()
    } else {
        "看了 {checked}商品的主图，{faulty}要改。".into()
    };
}

/// Whole KB, rounded up: nobody needs more of a file.
fn size(bytes: u64) -> Value {
    let kb = bytes.div_ceil(1024);
    Value::Name(if kb >= 1024 && kb.is_multiple_of(1024) { format!("{} MB", kb / 1024) } else { format!("{kb} KB") })
}

fn named(flaws: &[Flaw]) -> String {
    flaws.iter().map(|flaw| flaw.words()).collect::<Vec<_>>().join("、")
}

fn pictured(picture: &str, one: &Checked) -> (String, String, String) {
    (one.product.id.clone(), picture.to_owned(), format!("{}：{}", quoted(&one.product.title), named(&one.flaws)))
}

fn overview(report: &mut Report, checked: &[Checked]) {
    let heads = ["商品", ">宽", ">高", ">文件", "清楚吗", "结论"];
    let mut table = Table::new("逐张体检", &heads, "没有可以检查的主图。");
    for one in checked {
        let side = |pixels: u32| Cell::Value(Value::Count(pixels.into(), Unit::Pixels));
        let (wide, high, file, sharp) = match &one.seen {
            Some(seen) => {
                let sharp = if seen.sharpness < SHARP { "模糊" } else { "清楚" };
                (side(seen.width), side(seen.height), Cell::Value(size(seen.bytes)), Cell::text(sharp))
            }
            None => (Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty),
        };
        let verdict = if one.flaws.is_empty() { "合格".into() } else { named(&one.flaws) };
        table.row([Cell::quoted(&one.product.title), wide, high, file, sharp, Cell::Text(verdict)]);
    }
    report.push(Block::Table(table));
}

fn tasks(report: &mut Report, checked: &[Checked]) {
    let found = |flaw: &Flaw| checked.iter().any(|one| one.flaws.contains(flaw));
    let tasks: Vec<Task> = Flaw::ALL
        .into_iter()
        .filter(found)
        .map(|flaw| {
            let (what, good) = flaw.cure();
            let first = checked.iter().find(|one| one.flaws.contains(&flaw));
            let first = first.map_or(String::new(), |one| format!("，比如「{}」", quoted(&one.product.title)));
            let why = format!("{{{}}}{}{first}", flaw.id(), flaw.words());
            Task::new("美工", what).because(why).until("本周内").brings(good)
        })
        .collect();
    if !tasks.is_empty() {
        report.push(Block::Checklist { title: "要改的图".into(), tasks });
    }
}
