//! A script is looked over before it is let in: its mistakes are told with their place, at once and everywhere, and not a line of it runs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use xiaoer::plugin::sandbox::{Refused, limits};

use crate::support::plugins::{CODE, folder};
use crate::support::script::sandbox;

/// What an author hears.
fn told(source: &str) -> String {
    match sandbox().check(source) {
        Err(Refused::Script { why }) => why,
        other => panic!("it should have been refused: {other:?}"),
    }
}

#[test]
fn a_mistake_is_told_with_its_line_and_column() {
    let stories = [
        ("export async function run(cx) {\n  const a = ;\n}", "line 2, column 13: "),
        ("export async function run(cx) {\n  return cx.report('x');\n", "line 3, column "),
        ("export async function run(cx) {}\nexport function run() {}", "line 2, column "),
        ("export async function run(cx) { return /(/; }", "expecting ')'"),
        ("import x from './other.js';\nexport async function run() {}", "other.js"),
        ("export * from 'index.js';", "'run'"),
        ("export { run } from 'stop';", "stop"),
        ("export { walk as run };", "walk"),
        ("", "export async function run(cx, input)"),
        ("export default function run() {}", "export async function run(cx, input)"),
        ("export async function rnu(cx) {}\nexport const x = 1;", "Could not find export 'run' in module 'index.js'"),
        ("export async function run() { 'use strict'; with (a) {} }", "line 1, column "),
    ];
    for (source, words) in stories {
        let why = told(source);
        assert!(why.contains(words) && !why.contains('\n'), "{source}\n→ {why}");
    }
    let whole = ["export const run = async cx => cx.report('x')", "const go = 1; export { go as run }", CODE];
    for source in whole {
        assert_eq!(sandbox().check(source), Ok(()), "{source}");
    }
}

#[test]
fn not_a_line_of_it_runs() {
    let run = "export async function run() {}";
    let stories = [
        "for (;;) {}",
        "throw new Error('ran')",
        "await new Promise(() => {})",
        "const all = []; for (;;) all.push(new Uint8Array(1 << 20))",
        "Object.prototype.then = () => { for (;;) {} }",
        "class A { static { for (;;) {} } static x = (() => { for (;;) {} })() }",
        "import('index.js')",
    ];
    for source in stories {
        // Whoever ran it would be stopped by the clock, and say so.
        assert_eq!(sandbox().check(&format!("{source}\n{run}")), Ok(()), "{source}");
    }
}

#[test]
fn however_deep_or_long_it_is_the_host_and_the_next_one_are_unharmed() {
    let run = "export async function run() {}";
    let stories: Vec<String> = vec![
        "(".repeat(200_000),
        format!("const a = {}1{}; {run}", "[".repeat(200_000), "]".repeat(200_000)),
        format!("{}{} {run}", "{".repeat(300_000), "}".repeat(300_000)),
        format!("const a = {}1; {run}", "!".repeat(900_000)),
        format!("const a = {}1; {run}", "-+".repeat(400_000)),
        format!("const a = {}1; {run}", "x=>".repeat(200_000)),
        format!("const a = {}1; {run}", "await ".repeat(100_000)),
        format!("const a = {}{}; {run}", "`${".repeat(100_000), "}`".repeat(100_000)),
        format!("const a = {}1; {run}", "1+".repeat(400_000)),
        format!("const a = {}1; {run}", "1**".repeat(300_000)),
        format!("const a = 1{}; {run}", "?.a".repeat(200_000)),
        format!("const a = {}1; {run}", "a?1:".repeat(200_000)),
        format!("const a = /{}a{}/; {run}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("const a = /{}/; {run}", "a{9}".repeat(100_000)),
        format!("const a = /[{}]/u; {run}", "\\p{L}".repeat(50_000)),
        format!("const a = '{}'; {run}", "长".repeat(300_000)),
        format!("{}{run}", "class A extends (".repeat(50_000)),
        format!("{}{} {run}", "if (1) ".repeat(120_000), ";"),
        format!("{} {run}", "label:".repeat(150_000)),
        format!("{run}; {}", (0..60_000).map(|n| format!("let v{n}=v0;")).collect::<String>()),
        format!("{run}; {}", (0..60_000).map(|n| format!("export{{run as r{n}}};")).collect::<String>()),
        format!("{run}; switch(1){{{}}}", "case 1:".repeat(100_000)),
        format!("{run} //{}", "x".repeat(limits::SCRIPT)),
    ];
    for source in stories {
        let (began, shown) = (Instant::now(), source.chars().take(40).collect::<String>());
        let found = sandbox().check(&source);
        assert!(began.elapsed() < Duration::from_secs(20), "{shown} took {:?}", began.elapsed());
        let said = found.err().map(|refused| refused.to_string()).unwrap_or_default();
        assert!(said.len() < 1_000 && !said.contains('\n'), "{shown}: {said}");
        assert_eq!(sandbox().check(CODE), Ok(()), "the next one after {shown}");
    }
}

#[test]
fn the_longest_honest_script_is_looked_over_in_time() {
    let line = "function f(products, days) { return products.filter(p => p.stock < days * 2).map(p => ({ id: p.id, title: p.title })); }\n";
    let many: String = (0..).map(|n| line.replace("f(", &format!("f{n}("))).take(8_000).collect();
    let source = format!("{many}{CODE}");
    assert!(source.len() > limits::SCRIPT - (100 << 10) && source.len() <= limits::SCRIPT, "{}", source.len());
    assert_eq!(sandbox().check(&source), Ok(()));
}

#[test]
fn an_author_hears_it_from_check_from_pack_and_from_test() {
    let dir = tempfile::tempdir().expect("a directory");
    let at = folder(dir.path(), "mine", "1.0.0", "shop(orders)");
    fs::write(at.join("index.js"), "export async function run(cx) {\n  const a = ;\n}\n").expect("written");
    let xiaoer = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
        let command = command.arg("--data").arg(dir.path().join("data")).current_dir(dir.path());
        let told = command.env("XIAOER_LOG", "error").args(args).output().expect("xiaoer starts");
        (told.status.success(), String::from_utf8_lossy(&told.stderr).into_owned())
    };
    assert!(xiaoer(&["skill", "key", "key"]).0);
    for line in
        [&["skill", "check", "mine"][..], &["skill", "pack", "mine", "--key", "key"], &["skill", "test", "mine"]]
    {
        let (well, said) = xiaoer(line);
        assert!(!well && said.contains("index.js: line 2, column 13: "), "{line:?}: {said}");
    }
    assert!(!Path::new(&dir.path().join("mine-1.0.0.xskill")).exists(), "what cannot run is not handed out");
}
