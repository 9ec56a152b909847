//! A SKILL.md as its author meets it: what is right is understood whole, and what is wrong is said with its line and what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use xiaoer::plugin::manifest::{self, Adopted, Declared, Entry, Post};
use xiaoer::plugin::{Code, Fault, folder, tools};
use xiaoer_sdk::{ActionKind, EventKind, FieldKind, Read};

const GOOD: &str = r#"---
name: low-stock
description: Finds SKUs that will run out. Use when the merchant asks about stock.
license: Apache-2.0
compatibility: xiaoer 0.1
allowed-tools: >-
  shop(orders) shop(products) propose(stock.set)
  ask(low-stock) http(api.example.com) kv(1MiB) on(order.paid) every(0 8 * * *)
metadata:
  xiaoer.role: operations
  xiaoer.title: 库存预警
  xiaoer.version: 1.2.0
  xiaoer.api: "1"
  xiaoer.entry: index.js
  author: somebody
---
Read me.
"#;

fn parse(text: &str) -> Result<Declared, Fault> {
    manifest::parse("low-stock", text, &Post::default())
}

fn refused(text: &str) -> String {
    parse(text).expect_err("it is wrong").to_string()
}

fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the sample has no {from:?}");
    refused(&GOOD.replacen(from, to, 1))
}

#[test]
fn everything_that_a_manifest_can_say_is_understood() {
    let declared = parse(GOOD).expect("it is right");
    let manifest = declared.manifest;
    assert_eq!((manifest.name.as_str(), manifest.role.as_str()), ("low-stock", "operations"));
    assert_eq!((manifest.title.as_str(), manifest.version.as_str()), ("库存预警", "1.2.0"));
    assert_eq!(manifest.reads, BTreeSet::from([Read::Orders, Read::Products]));
    assert_eq!(manifest.proposes, BTreeSet::from([ActionKind::SetStock]));
    assert_eq!(manifest.asks, BTreeSet::from(["low-stock".to_owned()]));
    assert_eq!(manifest.beyond.http, BTreeSet::from(["api.example.com".to_owned()]));
    assert!(manifest.beyond.kv);
    assert_eq!(manifest.beyond.on, BTreeSet::from([EventKind::OrderPaid]));
    assert_eq!(manifest.beyond.every.as_deref(), Some("0 8 * * *"));
    assert_eq!((declared.entry, declared.foreign, declared.api), (Entry::Script, false, 1..=1));
    assert_eq!(declared.body, "Read me.\n");
    // The same file from an editor of Windows.
    let windows = parse(&GOOD.replace('\n', "\r\n")).expect("line ends do not matter");
    assert_eq!(windows.manifest.reads.len(), 2);
}

#[test]
fn every_word_of_a_read_has_its_tool() {
    for (word, read) in tools::READS {
        assert_eq!(serde_json::to_value(read).expect("JSON"), word, "one word everywhere");
        let text = GOOD.replacen("shop(orders) shop(products)", &format!("shop({word})"), 1);
        assert_eq!(parse(&text).expect("it is right").manifest.reads, BTreeSet::from([read]));
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let long = "长".repeat(1025);
    let cases = [
        ("license: Apache-2.0", "licence: Apache-2.0", "line 4: the field \"licence\" is not one of an Agent Skill"),
        ("name: low-stock", "name: Low-Stock", "line 2: name \"Low-Stock\" is not allowed"),
        ("name: low-stock", "name: -low", "line 2: name \"-low\" is not allowed"),
        ("name: low-stock", "name: low--stock", "line 2: name \"low--stock\" is not allowed"),
        ("name: low-stock", "name: other", "line 2: name \"other\" is not the name of its folder \"low-stock\""),
        ("name: low-stock", "name: 7", "line 2: \"name\" is a number, not a text"),
        ("name: low-stock\n", "", "name is missing"),
        ("license: Apache-2.0", "license: [a, b]", "line 4: \"license\" is a list, not a text"),
        ("license: Apache-2.0", "license: \"\"", "line 4: license is empty"),
        ("license: Apache-2.0", "name: low-stock", "line 4: "),
        ("xiaoer.title", "xiaoer.titel", "line 11: the metadata key \"xiaoer.titel\" is not known; known: xiaoer.role"),
        (
            "xiaoer.title: 库存预警",
            "xiaoer.title: \"库存\u{202e}预警\"",
            "line 11: xiaoer.title holds the invisible character U+202E",
        ),
        ("1.2.0", "1.2.x", "line 12: xiaoer.version "),
        (
            "xiaoer.version: 1.2.0",
            "xiaoer.version: 1.2",
            "line 12: \"xiaoer.version\" is a number, not a text; write a text; a number goes in quotes",
        ),
        ("\"1\"", "1", "line 13: \"xiaoer.api\" is a number"),
        ("\"1\"", "\"2\"", "line 13: xiaoer.api 2 is not served by this xiaoer, which serves 1 to 1; update xiaoer"),
        ("\"1\"", "\"2-1\"", "line 13: xiaoer.api \"2-1\" is no version"),
        ("\"1\"", "\"one\"", "line 13: xiaoer.api \"one\" is no version"),
        ("index.js", "main.py", "line 14: xiaoer.entry \"main.py\" is no file that can be run"),
        ("author: somebody", "author: 7", "line 15: \"author\" is a number"),
        ("author: somebody", "author:\n    name: x", "line 15: \"author\" is keys and values"),
        (
            "shop(orders)",
            "shop(everything)",
            "line 7: allowed-tools: \"shop(everything)\" is no part of a shop; known: orders, refunds",
        ),
        ("ask(low-stock)", "ask(../secret)", "line 8: allowed-tools: \"ask(../secret)\" is no prompt's name"),
        (
            "propose(stock.set)",
            "propose(stock.steal)",
            "line 7: allowed-tools: \"propose(stock.steal)\" is no kind of action",
        ),
        ("propose(stock.set)", "Bash(git:*)", "line 7: allowed-tools: \"Bash(git:*)\" is not a tool of xiaoer"),
        ("propose(stock.set)", "shop(orders)", "line 7: allowed-tools: \"shop(orders)\" is there twice"),
        ("kv(1MiB)", "kv(1GiB)", "line 8: allowed-tools: \"kv(1GiB)\" is no size"),
        ("on(order.paid)", "on(moon.full)", "line 8: allowed-tools: \"on(moon.full)\" is no event"),
        ("every(0 8 * * *)", "every(* 99 * * *)", "line 8: allowed-tools: \"every(* 99 * * *)\" is not understood"),
        ("every(0 8 * * *)", "every(* * * * * *)", "line 8: allowed-tools: \"every(* * * * * *)\" has not five fields"),
        ("every(0 8 * * *)", "every(0 8 * * *", "line 8: allowed-tools: "),
    ];
    for (from, to, said) in cases {
        let fault = with(from, to);
        assert!(fault.starts_with("SKILL.md") && fault.contains(said), "{to}: {fault}");
    }
    let fault = with("Finds SKUs that will run out. Use when the merchant asks about stock.", &long);
    assert!(fault.contains("line 3: description is longer than 1024 characters"), "{fault}");
}

#[test]
fn hosts_are_public_names_only() {
    for host in [
        "localhost",
        "10.0.0.1",
        "[::1]",
        "db.internal",
        "printer.local",
        "*.example.com",
        "example.com:80",
        "https://a.com",
        "a..com",
        "-a.com",
        "EXAMPLE.com",
        "169.254.169.254",
        "0x7f.1",
    ] {
        let fault = with("api.example.com", host);
        assert!(fault.contains("line 8"), "{host}: {fault}");
    }
}

#[test]
fn front_matter_that_is_no_front_matter_is_refused() {
    for (text, said) in [
        ("", "line 1: there is no front matter"),
        ("# A readme\n", "line 1: there is no front matter"),
        ("---\nname: a\n", "line 1: the front matter does not end"),
        ("---\nname: [\n---\n", "not plain YAML"),
        ("---\n- a\n- b\n---\n", "not plain YAML"),
        ("---\nname: &a low-stock\ndescription: *a\n---\n", "not plain YAML"),
        ("---\nname: a\nname: b\n---\n", "line 3"),
    ] {
        let fault = refused(text);
        assert!(fault.contains(said), "{text:?}: {fault}");
    }
    let bomb = format!("---\nname: {}\n---\n", "[".repeat(10_000));
    assert!(refused(&bomb).len() < 400, "a fault stays one sentence");
    let long = format!("---\nname: {}\n---\n", "a".repeat(20_000));
    assert!(refused(&long).contains("longer than 16 KiB"));
}

#[test]
fn a_role_must_exist_where_the_skill_is_to_work() {
    let post = Post { roles: Some(BTreeSet::from(["data".to_owned()])), adopted: None };
    let fault = manifest::parse("low-stock", GOOD, &post).expect_err("there is no such role").to_string();
    assert_eq!(fault, "SKILL.md, line 10: xiaoer.role \"operations\" is no role of this installation; known: data");
}

#[test]
fn an_agent_skill_from_elsewhere_may_do_what_a_person_says_and_nothing_else() {
    let text = "---\nname: pdf\ndescription: Reads PDF files.\nallowed-tools: Bash(git:*) Read\nmetadata:\n  version: \"1.0\"\n---\nDo it.\n";
    let fault = manifest::parse("pdf", text, &Post::default()).expect_err("nobody chose a role").to_string();
    assert!(fault.contains("--role ROLE"), "{fault}");
    let adopted =
        |allow: &str| Post { roles: None, adopted: Some(Adopted { role: "data".into(), allow: allow.into() }) };
    let declared = manifest::parse("pdf", text, &adopted("")).expect("it is adopted");
    assert!(declared.foreign && declared.entry == Entry::Prompt);
    assert!(declared.manifest.reads.is_empty() && declared.manifest.proposes.is_empty());
    assert_eq!(declared.manifest.role, "data");
    let declared = manifest::parse("pdf", text, &adopted("shop(orders)")).expect("it is adopted");
    assert_eq!(declared.manifest.reads, BTreeSet::from([Read::Orders]));
    let fault = manifest::parse("pdf", text, &adopted("Read")).expect_err("no tool of ours").to_string();
    assert!(fault.starts_with("--allow: \"Read\" is not a tool of xiaoer"), "{fault}");
}

fn plugin(at: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = at.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
}

const PROMPT: &str = "# system\nyou\n# user\nhi {{ shop|quote }}\n";
const CODE: &str = "export async function run(cx, input) {}\n";

#[test]
fn a_folder_becomes_a_package_with_its_form_and_prompts() {
    let dir = tempfile::tempdir().expect("a directory");
    let at = dir.path().join("low-stock");
    // What starts by itself has nobody who fills in a field without a default.
    let clicked = GOOD.replace(" on(order.paid) every(0 8 * * *)", "");
    let form = r#"{ "type": "object", "properties": {
        "days": { "type": "integer", "title": "看几天", "minimum": 1, "maximum": 30, "default": 7 },
        "brand": { "type": "string", "title": "品牌", "maxLength": 20 },
        "tone": { "type": "string", "title": "语气", "oneOf": [{ "const": "calm", "title": "平实" }], "default": "calm" } } }"#;
    let files = [
        ("SKILL.md", clicked.as_str()),
        ("index.js", CODE),
        ("prompts/low-stock.md", PROMPT),
        ("schemas/input.json", form),
    ];
    plugin(&at, &files);
    plugin(&at, &[(".git/config", "x"), ("target/debug/x", "x"), ("SIGNATURE", "x")]);
    let package = folder::read(&at).expect("it is right");
    let names: Vec<_> = package.manifest.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["days", "brand", "tone"], "in the order of the file");
    assert_eq!(package.manifest.fields[0].kind, FieldKind::Number { min: 1, max: 30 });
    assert_eq!(package.manifest.fields[0].default.as_deref(), Some("7"));
    assert_eq!(package.manifest.fields[1].default, None, "without a default it must be filled in");
    assert_eq!(package.code, Code::Script(CODE.into()));
    assert_eq!(package.prompts["low-stock"], PROMPT);
    assert_eq!(package.files.len(), 4, "what builds and editors leave behind is no part of it");
    assert_eq!(package.digest.len(), 64);

    let before = package.digest;
    fs::write(at.join("prompts/low-stock.md"), format!("{PROMPT}!")).expect("written");
    assert_ne!(folder::read(&at).expect("right").digest, before, "every byte counts");
}

#[test]
fn what_is_wrong_in_a_folder_is_named_with_its_file() {
    let base = [("SKILL.md", GOOD), ("index.js", CODE), ("prompts/low-stock.md", PROMPT)];
    for (path, text, said) in [
        ("index.js", None, "index.js: xiaoer.entry names it, but there is no such file"),
        ("skill.wasm", Some("x"), "skill.wasm: the file is there but xiaoer.entry does not name it"),
        (
            "prompts/low-stock.md",
            None,
            "SKILL.md: allowed-tools has ask(low-stock), but there is no such prompt; add prompts/low-stock.md",
        ),
        ("prompts/other.md", Some(PROMPT), "prompts/other.md: allowed-tools does not have this prompt; add ask(other)"),
        (
            "prompts/low-stock.md",
            Some("# system\na\n# usre\nb"),
            "prompts/low-stock.md: line 3: unknown section \"usre\"",
        ),
        ("prompts/low-stock.md", Some("# system\na\n# user\n{% if %}"), "prompts/low-stock.md: line 4"),
        (
            "schemas/input.json",
            Some("{\n\"type\": \"object\",\n\"propertys\": {} }"),
            "schemas/input.json, line 3: unknown field `propertys`",
        ),
        (
            "schemas/input.json",
            Some(r#"{"type":"object","properties":{"n":{"type":"integer","title":"数"}}}"#),
            "schemas/input.json: the field \"n\" has no bounds",
        ),
        (
            "schemas/input.json",
            Some(
                r#"{"type":"object","properties":{"n":{"type":"integer","title":"数","minimum":1,"maximum":2,"default":9}}}"#,
            ),
            "has a default that it does not take",
        ),
        (
            "schemas/input.json",
            Some(r#"{"type":"object","properties":{"n":{"type":"string","title":"字"}},"required":[]}"#),
            "is not required and has no default",
        ),
        ("schemas/output.json", Some(r#"{"type": 7}"#), "schemas/output.json: the file is no JSON schema"),
        ("no\u{4f60}.md", Some("x"), "holds a character that not every disk can take"),
        ("aux.txt", Some("x"), "\"aux.txt\": the name is a device's"),
        ("Index.JS", Some("x"), "differs from another one only in case"),
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let at = dir.path().join("low-stock");
        plugin(&at, &base);
        match text {
            Some(text) => plugin(&at, &[(path, text)]),
            None => fs::remove_file(at.join(path)).expect("removed"),
        }
        let fault = folder::read(&at).expect_err("it is wrong").to_string();
        assert!(fault.contains(said), "{path}: {fault}");
    }
}

#[test]
fn a_folder_leads_nowhere_else() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("secret"), "the key").expect("written");
    let at = dir.path().join("low-stock");
    plugin(&at, &[("SKILL.md", GOOD), ("index.js", CODE), ("prompts/low-stock.md", PROMPT)]);
    std::os::unix::fs::symlink(dir.path().join("secret"), at.join("notes.md")).expect("linked");
    let fault = folder::read(&at).expect_err("a link leads out").to_string();
    assert!(fault.contains("\"notes.md\": it is neither file nor folder"), "{fault}");
    fs::remove_file(at.join("notes.md")).expect("removed");
    std::os::unix::fs::symlink(dir.path(), at.join("up")).expect("linked");
    assert!(folder::read(&at).is_err(), "nor a folder");
    fs::remove_file(at.join("up")).expect("removed");
    for n in 0..200 {
        fs::write(at.join(format!("n{n}")), "").expect("written");
    }
    assert!(folder::read(&at).expect_err("too many").to_string().contains("more than 200 files"));
    for n in 0..200 {
        fs::remove_file(at.join(format!("n{n}"))).expect("removed");
    }
    let huge = fs::File::create(at.join("huge")).expect("made");
    huge.set_len(1 << 40).expect("a hole of a terabyte");
    assert!(folder::read(&at).expect_err("too large").to_string().contains("more than 32 MiB"));
    assert!(folder::read(&dir.path().join("nothing")).is_err());
}
