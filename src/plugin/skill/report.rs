//! Reads the report that a plugin hands back. It is a stranger's text: bounded in every direction, and honest about who wrote what.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use xiaoer_sdk::{Block, Generator, Report};

/// Blocks of a report.
const BLOCKS: usize = 300;
/// Facts of a report.
const FACTS: usize = 5_000;
/// Proposals of a report: each is something that a person has to look at.
const PROPOSALS: usize = 200;
/// Cells, points, tasks and pictures of all blocks.
const PARTS: usize = 50_000;
/// Bytes of a name: a fact's id, a proposal's key.
const NAME: usize = 100;
/// Characters of what the reader says of a defect.
const SAID: usize = 160;

/// The report in a plugin's text; `wrote` is who answered what it asked.
///
/// # Errors
/// What is wrong with it, in Chinese, as the middle of a sentence.
pub(super) fn read(text: &str, as_of: NaiveDate, wrote: &[Generator]) -> Result<Report, String> {
    let unread = |error: serde_json::Error| {
        let error: String = error.to_string().chars().filter(|c| !c.is_control()).take(SAID).collect();
        format!("交回的报告格式不对（{error}）")
    };
    if let Some(fraction) = fraction(text) {
        let fraction: String = fraction.chars().take(SAID).collect();
        return Err(format!("交回的报告里有小数 {fraction}，金额、积分和比例要写成文字，比如 \"12.30\""));
    }
    let mut report: Report = serde_json::from_str(text).map_err(unread)?;
    if report.as_of != as_of {
        return Err(format!("交回的报告是 {} 的，不是这次运行的 {as_of}", report.as_of));
    }
    bounded(&report)?;
    for block in &mut report.blocks {
        if let Block::Text { generator, .. } = block {
            // Only who really answered may be named as the author.
            if !wrote.contains(generator) {
                *generator = Generator::Template { why: None };
            }
        }
    }
    Ok(report)
}

/// The first number in a JSON text that is no whole one of 64 bits. What went through binary is not the figure that it shows: money,
/// points and shares are texts.
fn fraction(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => quoted(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let part = |b: &u8| b.is_ascii_digit() || b"+-.eE".contains(b);
                let number = &text[at..at + bytes[at..].iter().take_while(|b| part(b)).count()];
                if number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    return Some(number);
                }
                number.len()
            }
            _ => 1,
        };
    }
    None
}

/// Bytes of the string that the text begins with, its quotes among them.
fn quoted(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

fn bounded(report: &Report) -> Result<(), String> {
    let parts = report.blocks.iter().map(parts).sum();
    let counts = [
        ("段", report.blocks.len(), BLOCKS),
        ("个数字", report.facts.0.len(), FACTS),
        ("条建议", report.proposals.len(), PROPOSALS),
        ("个单元", parts, PARTS),
    ];
    if let Some((what, _, most)) = counts.iter().find(|(_, count, most)| count > most) {
        return Err(format!("交回的报告太长，超过 {most} {what}"));
    }
    if report.facts.0.keys().any(|id| !named(id)) {
        return Err("交回的报告里有数字的名字不对（只能用小写字母、数字和下划线）".into());
    }
    let mut keys = BTreeSet::new();
    if report.proposals.iter().any(|one| one.key.is_empty() || one.key.len() > NAME || !keys.insert(&one.key)) {
        return Err("交回的建议里有重复、太长或空的名字".into());
    }
    Ok(())
}

fn named(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !id.is_empty() && id.len() <= NAME && id.bytes().all(fits)
}

/// How much of a block there is to show.
fn parts(block: &Block) -> usize {
    match block {
        Block::Heading { .. } | Block::Text { .. } | Block::Notice { .. } => 1,
        Block::Figures { facts } => facts.len(),
        Block::Table(table) => {
            table.columns.len().max(1) * table.rows.len().max(1) + table.rows.iter().map(Vec::len).sum::<usize>()
        }
        Block::Chart(series) => series.points.len() + series.previous.len(),
        Block::Gauge { levels, .. } => levels.len(),
        Block::Outlook(fan) => fan.days.len() + fan.levels.len(),
        Block::Checklist { tasks, .. } => tasks.len(),
        Block::Pictures { pictures } => pictures.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_OF: &str = "2026-11-22";

    fn read_with(title: &str, more: &str) -> Result<Report, String> {
        let text = format!(
            r#"{{"title":{title},"summary":"","as_of":"{AS_OF}","blocks":[],"facts":{{}},"proposals":[],"more":{more}}}"#
        );
        read(&text, AS_OF.parse().expect("a day"), &[])
    }

    #[test]
    fn a_number_that_went_through_binary_is_refused_wherever_it_stands() {
        let beyond = ["18446744073709551616", "-9223372036854775809"];
        for number in ["0.1", "-1.5", "1e2", "1E-2", "2.0"].into_iter().chain(beyond) {
            for more in [number.to_owned(), format!("[1,{{\"a\":[{number}]}}]"), format!("[\"\\\\\",{number},\"\"]")] {
                let why = read_with("\"a\"", &more).expect_err("it is refused");
                assert!(why.contains(&format!("小数 {number}，")), "{more}: {why}");
            }
        }
    }

    #[test]
    fn whole_numbers_and_texts_with_figures_are_let_through() {
        let titles = [r#""价格 1.5""#, r#""他说\"0.1\"，又说 1e9""#, r#""\\""#, r#""\\\"2.5""#];
        for title in titles {
            for more in ["18446744073709551615", "-9223372036854775808", "[0,-1,true,null,\"0.1\"]"] {
                let report = read_with(title, more).expect("a report");
                assert_eq!(serde_json::to_string(&report.title).expect("JSON"), title);
            }
        }
    }

    #[test]
    fn what_is_no_json_is_told_as_such() {
        for more in ["\"", "\"\\", "[", "tru", "-", "1.", "01", "\u{1}"] {
            read_with("\"a\"", more).expect_err("it is no report");
        }
    }
}
