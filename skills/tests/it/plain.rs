//! A report as plain text, as a merchant would read it on a phone.

use xiaoer_sdk::{Block, Cell, Change, Proposal, Report, Table, Task, Tone, fill};

/// The whole report.
pub(crate) fn plain(report: &Report) -> String {
    let summary = fill(&report.summary, &report.facts);
    let head = format!("《{}》数据到 {}\n{summary}\n", report.title, report.as_of);
    let blocks = report.blocks.iter().map(|one| block(report, one));
    let proposals = report.proposals.iter().map(|one| proposal(report, one));
    std::iter::once(head).chain(blocks).chain(proposals).collect::<Vec<_>>().join("\n") + "\n"
}

fn exact(report: &Report, id: &str) -> String {
    report.facts.get(id).map_or_else(|| format!("??{id}"), |fact| fact.value.exact())
}

fn block(report: &Report, block: &Block) -> String {
    let say = |text: &str| fill(text, &report.facts);
    match block {
        Block::Heading { text } => format!("\n## {text}"),
        Block::Text { text, generator } => format!("{}\n    —— {}", say(text), generator.label()),
        Block::Notice { tone: Tone::Warning, text } => format!("⚠ {}", say(text)),
        Block::Notice { tone: Tone::Info, text } => format!("ℹ {}", say(text)),
        Block::Figures { facts } => {
            let figures = facts.iter().map(|id| format!("{} {}", report.facts.0[id].label, exact(report, id)));
            format!("[{}]", figures.collect::<Vec<_>>().join(" | "))
        }
        Block::Table(table) => rows(report, table),
        Block::Chart(series) => {
            let points = series.points.iter().map(|(label, value)| format!("{label} {}", value.short()));
            let points = points.collect::<Vec<_>>().join("，");
            format!("\n[图] {}：{}\n     {points}", series.title, series.subtitle)
        }
        Block::Gauge { levels, value, range, level, caption } => {
            let levels = levels.iter().map(|(name, id)| format!("{name} {}", exact(report, id)));
            let levels = levels.collect::<Vec<_>>().join("，");
            let range = range.as_deref().map(|id| format!(" 可能 {}", exact(report, id))).unwrap_or_default();
            let (level, value) = (exact(report, level), exact(report, value));
            format!("[仪表] {level} {value}{range} / {levels}\n     {}", say(caption))
        }
        Block::Outlook(fan) => {
            let days = fan.told().map(|(far, ahead)| {
                let usual = ahead
                    .usual
                    .as_ref()
                    .map(|band| format!("{}（{}–{}）", band.p50.short(), band.p10.short(), band.p90.short()));
                let usual = usual.unwrap_or_else(|| "暂无估算".into());
                format!("     {far} 天后：零新增 {}；照常经营 {usual}", ahead.certain.short())
            });
            let days = days.collect::<Vec<_>>().join("\n");
            format!("\n[预测] {}：现在 {}\n{days}\n     {}", fan.title, exact(report, &fan.now), say(&fan.caption))
        }
        Block::Checklist { title, tasks } => {
            let tasks = tasks.iter().enumerate().map(|(at, one)| task(report, at + 1, one));
            format!("\n☐ {title}\n{}", tasks.collect::<Vec<_>>().join("\n"))
        }
        Block::Pictures { pictures } => {
            let pictures =
                pictures.iter().map(|(product, picture, finding)| format!("[图片] {product} {picture} {finding}"));
            pictures.collect::<Vec<_>>().join("\n")
        }
    }
}

fn rows(report: &Report, table: &Table) -> String {
    let heads = table.columns.iter().map(|column| column.title.clone()).collect::<Vec<_>>();
    let mut lines = vec![format!("\n【{}】\n| {} |", table.title, heads.join(" | "))];
    if table.rows.is_empty() {
        lines.push(format!("（{}）", table.empty));
    }
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Fact(id) => exact(report, id),
        Cell::Value(value) => value.exact(),
        Cell::Empty => "—".into(),
    };
    lines.extend(table.rows.iter().map(|row| format!("| {} |", row.iter().map(cell).collect::<Vec<_>>().join(" | "))));
    lines.join("\n")
}

fn task(report: &Report, number: usize, task: &Task) -> String {
    let say = |text: &str| fill(text, &report.facts);
    let Task { title, who, .. } = task;
    let helps = task.skill.as_deref().or(task.proposal.as_deref()).unwrap_or("-");
    let (why, deadline, expected) = (say(&task.why), say(&task.deadline), say(&task.expected));
    format!(
        "  {number}. {title}（{who}）\n     为什么：{why}\n     什么时候：{deadline}\n     能带来：{expected}\n     帮手：{helps}"
    )
}

fn proposal(report: &Report, proposal: &Proposal) -> String {
    let change = match &proposal.change {
        Change::SetStock { product, sku, to } => format!("库存 {product}/{} → {to}", sku.as_deref().unwrap_or("-")),
        Change::EditTitle { product, title } => format!("标题 {product} → {title}"),
        other => format!("{} {}", other.kind().title(), other.target().id()),
    };
    let (why, expected) = (fill(&proposal.why, &report.facts), fill(&proposal.expected.text, &report.facts));
    format!("▶ {}：{change}\n     为什么：{why}\n     能带来：{expected}", proposal.key)
}
