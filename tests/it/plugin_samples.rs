//! The samples that authors copy: each is a valid plugin, and each does what its own tests say.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("skills/plugins");
    let all = std::fs::read_dir(folder).expect("the samples").flatten().map(|entry| entry.path());
    let mut all: Vec<PathBuf> = all.filter(|path| path.join("SKILL.md").exists()).collect();
    all.sort();
    all
}

fn xiaoer(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    command.arg("--data").arg(data).env("XIAOER_LOG", "error").args(args).output().expect("xiaoer starts")
}

#[test]
fn every_sample_passes_its_own_tests() {
    let data = tempfile::tempdir().expect("a directory");
    let samples = samples();
    assert!(samples.len() >= 3, "{samples:?}");
    for sample in samples {
        let told = xiaoer(data.path(), &["skill", "test", &sample.to_string_lossy()]);
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.status.success(), "{}:\n{text}{}", sample.display(), String::from_utf8_lossy(&told.stderr));
        assert!(text.lines().filter(|line| line.starts_with("ok ")).count() >= 2, "{}: {text}", sample.display());
    }
}

#[test]
fn a_sample_that_is_changed_for_the_worse_fails_with_the_place_and_a_status() {
    let dir = tempfile::tempdir().expect("a directory");
    let copy = dir.path().join("slow-movers");
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("skills/plugins/slow-movers"), &copy);
    let script = std::fs::read_to_string(copy.join("index.js")).expect("the script");
    let worse = script.replace("order => order.valid", "() => true");
    assert_ne!(script, worse);
    std::fs::write(copy.join("index.js"), worse).expect("written");
    let told = xiaoer(dir.path(), &["skill", "test", &copy.to_string_lossy()]);
    assert_eq!(told.status.code(), Some(1));
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(text.contains("FAILED  basic") && text.contains("basic.toml:61: expect.summary"), "{text}");
    let complaint = String::from_utf8_lossy(&told.stderr);
    assert!(complaint.contains("cases failed"), "{complaint}");
}

/// `xiaoer skill …` in a folder of the author's.
fn author(dir: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoer"));
    command.current_dir(dir).arg("skill").args(args).env("XIAOER_LOG", "error");
    let told = command.output().expect("xiaoer starts");
    let words = [told.stdout, told.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (told.status.code(), words.concat())
}

#[test]
fn a_new_folder_of_every_kind_passes_as_it_is_and_an_edit_is_shown_line_by_line_with_the_way_to_accept_it() {
    let dir = tempfile::tempdir().expect("a directory");
    for (kind, file, from, to) in [
        ("prompt", "SKILL.md", "xiaoer.title: 近况简报", "xiaoer.title: 每周简报"),
        ("js", "index.js", "有 {orders}付款订单。", "一共有 {orders}付款订单。"),
        ("rust", "tests/basic.toml", "拍错了", "太慢"),
    ] {
        let name = format!("my-{kind}");
        let (status, words) = author(dir.path(), &["new", &name, "--kind", kind]);
        assert_eq!(status, Some(0), "{kind}: {words}");
        let (status, words) = author(dir.path(), &["test", &name]);
        assert!(status == Some(0) && words.contains("ok      basic"), "{kind}: {words}");
        let path = dir.path().join(&name).join(file);
        let text = std::fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{kind}: {text}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let (status, words) = author(dir.path(), &["test", &name]);
        assert_eq!(status, Some(1), "{kind}: {words}");
        let numbered =
            |line: &str, sign: &str| line.split_once(sign).is_some_and(|(at, _)| at.trim().parse::<u32>().is_ok());
        let shown = |sign: &str| words.lines().any(|line| numbered(line, sign));
        let (before, after) = (shown(" - "), shown(" + "));
        let accept = format!("xiaoer skill test {name} --update");
        let named = words.contains(&format!("{name}/tests/basic.expected.md:")) && words.contains(&accept);
        assert!(named && before && after, "{kind}: {words}");
        let (status, words) = author(dir.path(), &["test", &name, "--update"]);
        assert_eq!(status, Some(0), "{kind}: {words}");
        assert_eq!(author(dir.path(), &["test", &name]).0, Some(0), "{kind}: it was accepted");
    }
    let (status, words) = author(dir.path(), &["new", "of-nobody", "--role", "captain"]);
    assert!(status == Some(1) && words.contains("operations"), "the roles that there are: {words}");
    assert!(!dir.path().join("of-nobody").exists(), "nothing is left of it");
}

pub(crate) fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copied(&from, &to);
        } else {
            std::fs::copy(from, to).expect("copied");
        }
    }
}

#[test]
fn a_report_on_a_fixture_is_printed_as_the_merchant_reads_it() {
    let data = tempfile::tempdir().expect("a directory");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("skills/plugins/slow-movers");
    let fixture = sample.join("tests/basic.toml");
    let told =
        xiaoer(data.path(), &["skill", "run", &sample.to_string_lossy(), "--fixture", &fixture.to_string_lossy()]);
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    for words in [
        "# 滞销品 · 示例店铺 · 11月22日",
        "压着 400件",
        "待批准 · 下架商品 · 旧款茶壶：在售 → 已下架",
        "数字由系统核算",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}
