//! The list of marks: CSV (`kind,from,to`) or TOML (`[[marks]]`), as a person writes it.
//!
//! A list is read whole or not at all: a mark that was dropped for a typing error would be six hundred points that nobody misses.

use chrono::NaiveDate;
use xiaoer_growth::Mark;

use super::File;

/// The columns, with the titles that a merchant may write instead.
const COLUMNS: [(&str, &str); 3] = [("kind", "标识"), ("from", "开始日期"), ("to", "结束日期")];

/// Reads the marks of a file; TOML if its name says so, else CSV.
///
/// # Errors
/// One clear Chinese sentence with the row.
pub fn marks(file: &File) -> anyhow::Result<Vec<Mark>> {
    let text = std::str::from_utf8(&file.bytes).map_err(|_| anyhow::anyhow!("标识文件要存成 UTF-8 编码"))?;
    let text = text.trim_start_matches('\u{feff}');
    let found = if file.name.to_ascii_lowercase().ends_with(".toml") { of_toml(text)? } else { of_csv(text)? };
    check(&found)?;
    Ok(found)
}

/// Refuses a mark that ends before it begins.
pub(super) fn check(marks: &[Mark]) -> anyhow::Result<()> {
    match marks.iter().find(|mark| mark.to.is_some_and(|to| to < mark.from)) {
        Some(mark) => anyhow::bail!("标识“{}”的结束日期早于开始日期", mark.kind),
        None => Ok(()),
    }
}

fn of_csv(text: &str) -> anyhow::Result<Vec<Mark>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let heads = reader.headers()?.clone();
    let place = |(name, also): (&str, &str)| heads.iter().position(|head| head == name || head == also);
    let [Some(kind), Some(from), Some(to)] = COLUMNS.map(place) else {
        anyhow::bail!("标识文件的表头应为 kind,from,to（或 标识,开始日期,结束日期）");
    };
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| anyhow::anyhow!("标识文件读不懂：{error}"))?;
        let place = format!("第 {} 行", record.position().map_or(0, csv::Position::line));
        let cell = |at: usize| record.get(at).unwrap_or_default();
        found.push(mark(&place, [cell(kind), cell(from), cell(to)])?);
    }
    Ok(found)
}

fn of_toml(text: &str) -> anyhow::Result<Vec<Mark>> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| anyhow::anyhow!("标识文件读不懂：{}", error.message()))?;
    let Some(list) = table.get("marks").and_then(toml::Value::as_array) else {
        anyhow::bail!("标识文件里没有 [[marks]]，每个标识写 kind、from、to");
    };
    let each = list.iter().enumerate().map(|(at, one)| {
        let text = |key: &str| match one.get(key) {
            Some(toml::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        mark(&format!("第 {} 个标识", at + 1), [&text("kind"), &text("from"), &text("to")])
    });
    each.collect()
}

fn mark(place: &str, [kind, from, to]: [&str; 3]) -> anyhow::Result<Mark> {
    let day = |name: &str, text: &str| -> anyhow::Result<NaiveDate> {
        text.parse().map_err(|_| anyhow::anyhow!("{place}的 {name}“{text}”不是日期，请写成 2026-05-01 这样"))
    };
    if kind.is_empty() {
        anyhow::bail!("{place}没有写标识的名称（kind）");
    }
    let to = if to.is_empty() { None } else { Some(day("to", to)?) };
    Ok(Mark { kind: kind.to_owned(), from: day("from", from)?, to })
}
