//! A plugin's way on the real command line: made, checked, signed, published, installed, granted, run, updated and taken off.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A machine: a directory to type in, and the data below it.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn at(&self) -> &Path {
        self.0.path()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
        command.arg("--data").arg(self.at().join("data")).current_dir(self.at()).env("XIAOER_LOG", "error");
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command().args(line.split_whitespace()).output().expect("xiaoer starts")
    }

    fn says(&self, line: &str) -> String {
        let output = self.run(line);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{line}: {out}{err}");
        out.into_owned()
    }

    fn complains(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(!output.status.success(), "{line} should have been refused");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!text.contains("panicked"), "{text}");
        text
    }

    fn write(&self, path: &str, from: &str, to: &str) {
        let path = self.at().join(path);
        let text = std::fs::read_to_string(&path).expect("there");
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).expect("written");
    }

    fn serve(&self) -> Serving {
        let mut child = self.command();
        let child = child.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = child.spawn().expect("xiaoer starts");
        BufReader::new(child.stdout.take().expect("output")).read_line(&mut String::new()).expect("a line");
        Serving(child)
    }
}

/// A server that is killed, hard, when the story is over.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_template_is_right_as_it_is_made() {
    let author = Machine::new();
    for kind in ["prompt", "js", "rust"] {
        let name = format!("my-{kind}");
        author.says(&format!("skill new {name} --kind {kind} --role data"));
        assert!(author.says(&format!("skill check {name}")).starts_with(&format!("{name} 0.1.0 is right")));
        author.says(&format!("skill test {name} --update"));
    }
    assert!(author.complains("skill new my-js").contains("./my-js cannot be made"), "nothing is overwritten");
    assert!(author.complains("skill new ../x").contains("no name"));
    assert!(author.complains("skill new daily-report").contains("built-in"));
    author.write("my-js/SKILL.md", "shop(orders)", "shop(oders)");
    let said = author.complains("skill check my-js");
    assert!(
        said.contains("SKILL.md, line 4: allowed-tools: \"shop(oders)\" is no part of a shop; known: orders"),
        "{said}"
    );
    assert!(!author.at().join("data").join("db").exists(), "an author needs no installation");
}

#[test]
fn a_plugin_goes_from_its_author_to_a_shop_and_back() {
    let (author, owner) = (Machine::new(), Machine::new());
    author.says("skill new order-count --role operations");
    let key = author.says("skill key my.key").trim().to_owned();
    assert_eq!(author.says("skill key my.key").trim(), key, "the same key is shown again");
    author.says("skill pack order-count --key my.key");
    author.says("skill index . --key my.key");
    let site = author.at().to_str().expect("text").to_owned();

    let _serving = owner.serve();
    let said = owner.complains(&format!("skill install {site}/order-count-0.1.0.xskill"));
    assert!(said.contains(&key) && said.contains("--trust"), "{said}");
    let said = owner.says(&format!("skill install order-count --index {site} --trust"));
    for words in ["已安装 0.1.0", &key, "读订单", "大模型", "xiaoer skill grant order-count"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(owner.says("skill list").contains("order-count"));

    // Nothing runs before the shop says yes; then it does.
    owner.says("shop add real --name 真实样例 --industry consumer");
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/order-export-2011-05.xlsx");
    owner.says(&format!("import {export} --shop real"));
    assert!(owner.complains("run order-count --shop real").contains("授权"));
    assert!(owner.says("skill grant order-count --shop real").contains("读订单"));
    let told: Value = serde_json::from_str(&owner.says("run order-count --shop real --json")).expect("JSON");
    assert_eq!(told["report"]["title"], "近况简报", "{told}");
    assert!(told["report"]["facts"]["orders"].is_object(), "{told}");

    // The next version.
    std::fs::write(author.at().join("order-count/CHANGELOG.md"), "# 0.2.0\n\nCounts better.\n").expect("written");
    author.write("order-count/SKILL.md", "0.1.0", "0.2.0");
    author.says("skill pack order-count --key my.key");
    author.says("skill index . --key my.key");
    let said = owner.says("skill update");
    assert!(said.contains("0.1.0 → 0.2.0") && said.contains("Counts better."), "{said}");
    assert!(owner.says("skill rollback order-count").contains("退回 0.1.0"));
    assert!(owner.says("skill list").contains("已固定"));
    assert!(owner.says("skill update").contains("已是最新"), "pinned");
    owner.says("skill pin order-count --off");
    assert!(owner.says("skill update order-count").contains("0.1.0 → 0.2.0"));

    // The author's key is stolen.
    owner.says(&format!("skill trust {key} --revoke"));
    assert!(owner.says("skill trust").contains(&format!("{key} 已作废")));
    assert!(owner.says("skill list").contains("已吊销"));
    assert!(!owner.run("run order-count --shop real").status.success());
    assert!(owner.says("skill remove order-count").contains("已卸载"));
    assert!(!owner.says("skill list").contains("order-count"));
    assert!(owner.complains("skill remove order-count").contains("没有安装"));
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut all, mut left) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(at) = left.pop() {
        for entry in std::fs::read_dir(at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below").to_str().expect("text").to_owned();
            all.insert(name, std::fs::read(path).expect("read"));
        }
    }
    all
}

#[test]
fn a_restored_installation_runs_its_plugins_byte_for_byte() {
    let (author, owner) = (Machine::new(), Machine::new());
    author.says("skill new order-count --role operations");
    author.says("skill key my.key");
    author.says("skill pack order-count --key my.key");
    author.says("skill new mine --kind js --role data");
    let site = author.at().to_str().expect("text").to_owned();
    owner.says("shop add real --name 真实样例 --industry consumer");
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/order-export-2011-05.xlsx");
    owner.says(&format!("import {export} --shop real"));
    owner.says(&format!("skill install {site}/order-count-0.1.0.xskill --trust"));
    owner.says(&format!("skill install {site}/mine"));
    owner.says("skill grant order-count --shop real");
    let said = owner.says("export backup.jsonl");
    assert!(said.contains("2 份插件"), "{said}");
    let backup = owner.at().join("backup.jsonl");
    let text = std::fs::read_to_string(&backup).expect("read");

    let restored = Machine::new();
    assert!(restored.says(&format!("restore {}", backup.display())).contains("2 份插件"));
    let plugins = |machine: &Machine| files(&machine.at().join("data").join("plugins"));
    assert_eq!(plugins(&restored), plugins(&owner), "byte for byte, signatures too");
    let told: Value = serde_json::from_str(&restored.says("run order-count --shop real --json")).expect("JSON");
    assert_eq!(told["report"]["title"], "近况简报", "granted as before: {told}");
    assert!(!restored.says("skill list").contains("坏了"));

    // A backup from before there were packages in it.
    let old = Machine::new();
    let lines = text.lines().filter(|line| !line.starts_with("{\"parcel\""));
    let before = lines.collect::<Vec<_>>().join("\n").replace("\"xiaoer_backup\":2", "\"xiaoer_backup\":1");
    std::fs::write(old.at().join("old.jsonl"), before).expect("written");
    assert!(old.says("restore old.jsonl").contains("0 份插件"));
    let said = old.says("skill list");
    assert!(said.contains("坏了：the installed files: they are not there"), "{said}");
    assert!(old.complains("run order-count --shop real").contains("order-count"));
    old.says(&format!("skill install {site}/order-count-0.1.0.xskill"));
    assert!(old.run("run order-count --shop real").status.success(), "installed again, the grant holds");

    // What somebody bent on the way is refused, and nothing is written beside.
    let (digest, other) = ("\"parcel\":\"", "../../../../tmp/bent");
    let bend = |what: &str| {
        let parcel = text.lines().find(|line| line.starts_with("{\"parcel\"")).expect("a parcel").to_owned();
        let bent = match what {
            "path" => parcel.replacen("\"files\":{", "\"files\":{\"../../evil\":\"eA==\",", 1),
            "absolute" => parcel.replacen("\"files\":{", "\"files\":{\"/tmp/evil\":\"eA==\",", 1),
            "more" => parcel.replacen("\"files\":{", "\"files\":{\"MORE.md\":\"eA==\",", 1),
            "place" => parcel.replacen(&parcel[..digest.len() + 65], &format!("{{{digest}{other}"), 1),
            _ => parcel.replacen("\"SKILL.md\":\"", "\"SKILL.md\":\"!", 1),
        };
        assert_ne!(parcel, bent, "{what}");
        text.replacen(&parcel, &bent, 1)
    };
    for (what, says) in [
        ("path", "leads out of the plugin"),
        ("absolute", "leads out of the plugin"),
        ("more", "not those that its digest names"),
        ("place", "not those that its digest names"),
        ("text", "SKILL.md is no base64"),
    ] {
        let machine = Machine::new();
        std::fs::write(machine.at().join("bent.jsonl"), bend(what)).expect("written");
        let said = machine.complains("restore bent.jsonl");
        assert!(said.contains("of the backup is not understood") && said.contains(says), "{what}: {said}");
        let all: Vec<_> = files(machine.at()).into_keys().filter(|path| !path.starts_with("data/db/")).collect();
        assert_eq!(all, ["bent.jsonl"], "{what}: nothing was written");
    }
}

#[test]
fn a_broken_plugin_does_not_stop_the_start() {
    let owner = Machine::new();
    owner.says("skill new mine --kind prompt");
    owner.says("skill install mine");
    for entry in std::fs::read_dir(owner.at().join("data").join("plugins")).expect("a shelf") {
        std::fs::write(entry.expect("an entry").path().join("SKILL.md"), "nonsense").expect("bent");
    }
    let _serving = owner.serve();
    let said = owner.says("skill list");
    assert!(said.contains("坏了：SKILL.md, line 1: there is no front matter"), "{said}");
    assert!(said.contains("daily-report"), "everybody else is there");
}
