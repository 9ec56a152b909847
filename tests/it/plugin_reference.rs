//! What authors read of the contract is made from the types, and a stale page is a failing test. `cp` takes over what the test wrote.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use xiaoer::plugin::manifest::API;
use xiaoer_sdk::{ActionKind, Call, Change};

use crate::support::catalogue::{Catalogue, Inside, Known, Member, Shape, Variant};

/// Where the made part of `skill.d.ts` begins.
const MADE: &str = "// Made from the Rust types by tests/it/plugin_reference.rs. Nothing below is written by hand.\n";
/// Types that an author of JavaScript meets; what they are made of follows.
const MET: &[&str] = &[
    "ShopCard",
    "Event",
    "Period",
    "Order",
    "Refund",
    "Product",
    "Cost",
    "TrafficDay",
    "Activity",
    "ScoreCard",
    "Marginal",
    "Forecast",
    "PlanWish",
    "Planned",
    "PastTask",
    "PictureFindings",
    "Asked",
    "Generator",
    "Fact",
    "Facts",
    "Value",
    "Block",
    "Table",
    "Cell",
    "Task",
    "Proposal",
    "Expected",
    "Change",
    "Fetched",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Complains when a page differs from what the types say, with the command that mends it.
fn holds(page: &str, made: &str) {
    let path = root().join(page);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != made {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join(path.file_name().expect("a name"));
        std::fs::write(&fresh, made).expect("the target directory can be written");
        let at = kept.lines().zip(made.lines()).position(|(a, b)| a != b).unwrap_or_else(|| kept.lines().count());
        panic!(
            "{page} is not what the types say, from line {} on; take it over with\n  cp {} {page}",
            at + 1,
            fresh.display()
        );
    }
}

#[test]
fn the_types_of_javascript_are_ours() {
    let page = std::fs::read_to_string(root().join("sdk/skill.d.ts")).expect("sdk/skill.d.ts");
    let (by_hand, _) = page.split_once(MADE).expect("the line behind which everything is made");
    let catalogue = Catalogue::read(&root());
    let known: Vec<String> = catalogue.reached(MET).into_iter().map(Known::typescript).collect();
    holds("sdk/skill.d.ts", &format!("{by_hand}{MADE}\n{}", known.join("\n")));
}

#[test]
fn every_word_of_the_scripts_context_is_declared_and_no_other() {
    let script = std::fs::read_to_string(root().join("sdk/runner/src/js/context.js")).expect("the runner's source");
    let types = std::fs::read_to_string(root().join("sdk/skill.d.ts")).expect("sdk/skill.d.ts");
    let (_, offered) = script.split_once("const cx = Object.freeze({").expect("the context");
    let offered = keys(offered.split_once("\n  });").expect("its end").0, 4);
    let (_, declared) = types.split_once("export interface Context {").expect("the context");
    let declared = keys(declared.split_once("\n}").expect("its end").0, 2);
    assert_eq!(offered, declared, "sdk/skill.d.ts and the runner disagree about cx");

    let script = std::fs::read_to_string(root().join("sdk/runner/src/js/report.js")).expect("the runner's source");
    let (_, methods) = script.split_once("  class Report {").expect("the report");
    let methods: BTreeSet<String> = methods
        .split_once("\n  }\n")
        .expect("its end")
        .0
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once('(').map(|(name, _)| name.to_owned()))
        .filter(|name| name.chars().all(char::is_alphanumeric) && name != "constructor")
        .collect();
    let (_, declared) = types.split_once("export interface ReportBuilder extends Report {").expect("the report");
    assert_eq!(
        methods,
        keys(declared.split_once("\n}").expect("its end").0, 2),
        "sdk/skill.d.ts and the runner disagree about reports"
    );
}

/// Words that begin a line of this indentation and are followed by `:`, `(`, `<` or `,`.
fn keys(text: &str, indent: usize) -> BTreeSet<String> {
    let word = |line: &str| {
        let line = line.strip_prefix(&" ".repeat(indent))?;
        let line = line.strip_prefix("readonly ").unwrap_or(line);
        let end = line.find(|c: char| !c.is_alphanumeric())?;
        (end > 0 && line[end..].starts_with([':', '(', '<', ','])).then(|| line[..end].to_owned())
    };
    text.lines().filter_map(word).collect()
}

#[test]
fn the_reference_says_what_the_types_say() {
    let catalogue = Catalogue::read(&root());
    let mut page = String::new();
    writeln!(page, "# Context reference · 参考手册\n\n<!-- Made from the Rust types by tests/it/plugin_reference.rs; do not edit. -->\n\nContract version 契约版本：{} (`xiaoer.api: \"{}\"`). Additions never break; a change that would is a new version.\n", API.end(), API.end()).expect("text");
    page.push_str(include_str!("support/reference.md"));
    calls(&mut page, &catalogue);
    for (title, about, roots) in [
        (
            "Rows · 店铺数据",
            "What the reads answer.",
            &[
                "ShopCard",
                "Event",
                "EventKind",
                "Period",
                "Order",
                "Refund",
                "Product",
                "Cost",
                "TrafficDay",
                "Activity",
                "PastTask",
                "TaskOutcome",
                "PictureFindings",
            ][..],
        ),
        (
            "Report · 报告",
            "What a run hands back.",
            &[
                "Report",
                "Block",
                "Tone",
                "Table",
                "Column",
                "Align",
                "Cell",
                "Series",
                "Fan",
                "DayAhead",
                "Band",
                "Task",
                "Fact",
                "Value",
                "Unit",
                "Source",
                "Generator",
                "Proposal",
                "Expected",
            ][..],
        ),
        (
            "Errors · 错误",
            "What a call that is not answered throws, and what a run that gives no report says.",
            &["CallError", "SkillError"][..],
        ),
    ] {
        writeln!(page, "\n## {title}\n\n{about}").expect("text");
        roots.iter().for_each(|name| section(&mut page, catalogue.get(name)));
    }
    changes(&mut page, &catalogue);
    page.push_str(
        "\n## Growth · 生意积分\n\nScore, forecast and plan are deep; `sdk/skill.d.ts` has every field. In short:\n",
    );
    for name in ["ScoreCard", "Marginal", "Forecast", "PlanWish", "Planned"] {
        section(&mut page, catalogue.get(name));
    }
    holds("docs/authors/reference.md", &page);
}

/// Every call: what the manifest must say for it, what it is called in JavaScript, what it takes.
fn calls(page: &mut String, catalogue: &Catalogue) {
    page.push_str("\n## Calls · 能做的事\n\n| `allowed-tools` | call | JavaScript | takes | what |\n| --- | --- | --- | --- | --- |\n");
    let Shape::Choice { variants, .. } = &catalogue.get("Call").shape else { panic!("a call is a choice") };
    for variant in variants {
        let takes = match &variant.inside {
            Inside::Nothing => String::new(),
            Inside::One(of) => format!("`{of}`"),
            Inside::Named(members) => fields(members),
        };
        let name = &variant.name;
        let row = format!("| {} | `{name}` | `cx.{}` | {takes} | {} |\n", needs(name), camel(name), variant.doc);
        page.push_str(&row.replace("`cx.ask`", "`cx.ask`, `cx.narrate`"));
    }
}

/// What the manifest must say, as the type itself answers.
fn needs(name: &str) -> String {
    let (period, day) = (json!({ "from": "2026-11-01", "to": "2026-11-22" }), "2026-11-22");
    let sample = match name {
        "fetch" => json!({ "call": name, "url": "https://example.com/" }),
        _ => json!({
            "call": name, "period": period, "as_of": day, "days": 7, "wish": { "by": day }, "product": "1", "picture": "p",
            "text": "t", "key": "k", "value": null, "prompt": "p", "variables": {},
            "form": { "form": "narrative", "facts": {} },
        }),
    };
    let call: Call =
        serde_json::from_value(sample).unwrap_or_else(|error| panic!("a sample of {name} is out of date: {error}"));
    let word = |value: Value| value.as_str().map(String::from).unwrap_or_default();
    match (call.needs(), name) {
        (Some(read), _) => format!("`shop({})`", word(serde_json::to_value(read).expect("a word"))),
        (None, "ask") => "`ask(NAME)`".into(),
        (None, "recall" | "keep") => "`kv(1MiB)`".into(),
        (None, "fetch") => "`http(HOST)`".into(),
        (None, "progress") => "—".into(),
        (None, other) => panic!("nobody says what {other} needs"),
    }
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| format!("{out}{}{}", part[..1].to_uppercase(), &part[1..]))
}

/// Every kind of change with its fields.
fn changes(page: &mut String, catalogue: &Catalogue) {
    page.push_str("\n## Proposals · 可以建议的操作\n\nA proposal names its kind; `allowed-tools` must have `propose(KIND)`. Targets are ids that this run read.\n");
    page.push_str("\n| kind | 名称 | fields | what |\n| --- | --- | --- | --- |\n");
    let Shape::Choice { variants, .. } = &catalogue.get("Change").shape else { panic!("a change is a choice") };
    for kind in ActionKind::ALL {
        let variant = variants.iter().find(|one| one.name == kind.name()).expect("each kind is a change");
        let Inside::Named(members) = &variant.inside else { panic!("a change has fields") };
        writeln!(page, "| `{}` | {} | {} | {} |", kind.name(), kind.title(), fields(members), variant.doc)
            .expect("text");
    }
    // The table above is only right while a kind's name is the change's tag.
    let sample: Change = serde_json::from_value(json!({ "kind": "shelf.off", "product": "1" })).expect("a change");
    assert_eq!(sample.kind(), ActionKind::TakeOff);
    for name in ["Flag", "PictureFile", "Listing", "ReturnAddress"] {
        section(page, catalogue.get(name));
    }
}

fn fields(members: &[Member]) -> String {
    members.iter().map(|one| format!("`{}: {}`", one.name, one.of.replace('|', "\\|"))).collect::<Vec<_>>().join("<br>")
}

fn section(page: &mut String, known: &Known) {
    writeln!(page, "\n### {}\n\n{}", known.name, known.doc).expect("text");
    match &known.shape {
        Shape::Same(of) => writeln!(page, "\n`{of}`").expect("text"),
        Shape::Struct(members) => {
            page.push_str("\n| field | type | may be absent | what |\n| --- | --- | --- | --- |\n");
            for one in members {
                let absent = if one.of.ends_with("| null") { "`null`" } else { "" };
                let of = one.of.trim_end_matches(" | null").replace('|', "\\|");
                writeln!(page, "| `{}` | `{of}` | {absent} | {} |", one.name, one.doc).expect("text");
            }
        }
        Shape::Choice { tag, content, variants } => {
            page.push_str("\n| form in JSON | what |\n| --- | --- |\n");
            for variant in variants {
                let form = Variant::typescript(variant, tag.as_deref(), content.as_deref()).replace('|', "\\|");
                writeln!(page, "| `{form}` | {} |", variant.doc).expect("text");
            }
        }
    }
}
