//! Blocks of a report as markdown that a phone shows well: no tables, no pictures, short lines.
//!
//! Words from listings, buyers and models are tainted: whatever could be a link, a mention or markup is written with full-width
//! characters, so that a product's title cannot become a link in the merchant's chat.

use xiaoer_sdk::{Block, Cell, DayAhead, Facts, Fan, Generator, Series, Table, Task, Tone, fill};

/// Rows of a table that a phone gets; the console has all.
const ROWS: usize = 10;
/// Points of a chart that a phone gets, the latest.
const POINTS: usize = 7;

/// Words that stay words.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        out.push(match c {
            '[' => '［',
            ']' => '］',
            '<' => '＜',
            '>' => '＞',
            '*' => '＊',
            '`' => '｀',
            '_' => '＿',
            '#' => '＃',
            '@' => '＠',
            '|' => '｜',
            '~' => '～',
            '\\' => '＼',
            // A bare address would be made a link.
            ':' => '：',
            c if c.is_control() => ' ',
            c => c,
        });
    }
    out
}

/// Words with their figures.
pub(super) fn words(text: &str, facts: &Facts) -> String {
    plain(&fill(text, facts))
}

/// One block, or nothing where it has nothing for a phone.
pub(super) fn block(block: &Block, facts: &Facts) -> String {
    match block {
        Block::Heading { text } => format!("## {}", plain(text)),
        Block::Text { text, .. } => paragraphs(text, facts),
        Block::Notice { tone, text } => {
            let sign = match tone {
                Tone::Info => "ℹ️",
                Tone::Warning => "⚠️",
            };
            format!("> {sign} {}", words(text, facts))
        }
        Block::Figures { facts: ids } => lines(ids.iter().filter_map(|id| figure(id, facts))),
        Block::Table(table) => self::table(table, facts),
        Block::Chart(series) => chart(series),
        Block::Gauge { value, range, level, caption, .. } => {
            let shown = [Some(level), Some(value), range.as_ref()];
            let list = lines(shown.into_iter().flatten().filter_map(|id| figure(id, facts)));
            format!("{list}\n\n{}", words(caption, facts))
        }
        Block::Outlook(fan) => outlook(fan, facts),
        Block::Checklist { title, tasks } => {
            let tasks = tasks.iter().enumerate().map(|(at, task)| self::task(at + 1, task, facts));
            format!("### {}\n\n{}", plain(title), lines(tasks))
        }
        Block::Pictures { pictures } => lines(
            pictures.iter().take(ROWS).map(|(product, _, finding)| format!("- {}：{}", plain(product), plain(finding))),
        ),
    }
}

/// Who wrote the words of a report, each once.
pub(super) fn writers(blocks: &[Block]) -> Vec<String> {
    let mut labels = Vec::new();
    for block in blocks {
        if let Block::Text { generator, .. } = block {
            let label = plain(&Generator::label(generator));
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    labels
}

fn paragraphs(text: &str, facts: &Facts) -> String {
    let parts: Vec<String> = text.lines().map(|line| words(line, facts)).filter(|line| !line.is_empty()).collect();
    parts.join("\n\n")
}

fn figure(id: &str, facts: &Facts) -> Option<String> {
    let fact = facts.get(id)?;
    Some(format!("- {}：**{}**", plain(&fact.label), plain(&fact.value.short())))
}

fn table(table: &Table, facts: &Facts) -> String {
    let title = format!("### {}", plain(&table.title));
    if table.rows.is_empty() {
        return format!("{title}\n\n{}", plain(&table.empty));
    }
    let row = |cells: &Vec<Cell>| {
        let mut shown = cells
            .iter()
            .zip(&table.columns)
            .filter_map(|(cell, column)| Some((plain(&column.title), self::cell(cell, facts)?)));
        let name = shown.next().map(|(_, text)| text).unwrap_or_default();
        let rest: Vec<String> = shown.map(|(head, text)| format!("{head} {text}")).collect();
        if rest.is_empty() { format!("- {name}") } else { format!("- {name}：{}", rest.join("，")) }
    };
    let mut out = format!("{title}\n\n{}", lines(table.rows.iter().take(ROWS).map(row)));
    if table.rows.len() > ROWS {
        out.push_str(&format!("\n- 另有 {} 行，见控制台", table.rows.len() - ROWS));
    }
    out
}

fn cell(cell: &Cell, facts: &Facts) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(plain(text)),
        Cell::Fact(id) => facts.get(id).map(|fact| plain(&fact.value.exact())),
        Cell::Value(value) => Some(plain(&value.exact())),
        Cell::Empty => None,
    }
    .filter(|text| !text.is_empty())
}

fn chart(series: &Series) -> String {
    let latest = &series.points[series.points.len().saturating_sub(POINTS)..];
    let points = latest.iter().map(|(label, value)| format!("- {}：{}", plain(label), plain(&value.short())));
    format!("### {}\n\n{}", plain(&series.title), lines(points))
}

/// The two lines of a forecast in words, each under its own name.
fn outlook(fan: &Fan, facts: &Facts) -> String {
    let now = figure(&fan.now, facts);
    let days = fan.told().map(|(far, ahead)| {
        let DayAhead { day, certain, usual } = ahead;
        let usual = usual.as_ref().map_or_else(
            || "暂无估算".to_owned(),
            |band| format!("中位 {}（10–90%：{} 至 {}）", band.p50.short(), band.p10.short(), band.p90.short()),
        );
        let head = format!("{far} 天后（{}）", day.format("%-m月%-d日"));
        plain(&format!("{head}：零新增 {}；照常经营 {usual}", certain.short()))
    });
    let levels = fan.levels.iter().filter_map(|(name, id)| Some((name, facts.get(id)?.value.short())));
    let levels: Vec<String> = levels.map(|(name, value)| format!("{} {}", plain(name), plain(&value))).collect();
    let list = lines(now.into_iter().chain(days.map(|day| format!("- {day}"))));
    let levels = if levels.is_empty() { String::new() } else { format!("等级线：{}", levels.join("，")) };
    let mut parts = vec![format!("### {}", plain(&fan.title)), list, levels, words(&fan.caption, facts)];
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn task(number: usize, task: &Task, facts: &Facts) -> String {
    let mut out = format!("{number}. **{}**", plain(&task.title));
    let aside: Vec<String> =
        [plain(&task.who), words(&task.deadline, facts)].into_iter().filter(|text| !text.is_empty()).collect();
    if !aside.is_empty() {
        out.push_str(&format!("（{}）", aside.join("，")));
    }
    for (head, text) in [("原因", &task.why), ("预计", &task.expected)] {
        if !text.trim().is_empty() {
            out.push_str(&format!("\n   {head}：{}", words(text, facts)));
        }
    }
    out
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
