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
    assert!(text.contains("FAILED  basic") && text.contains("basic.toml: expect.summary"), "{text}");
    let complaint = String::from_utf8_lossy(&told.stderr);
    assert!(complaint.contains("cases failed"), "{complaint}");
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
