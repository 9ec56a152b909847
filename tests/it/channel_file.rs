//! Reports as files: whole, at their place, and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use xiaoer::channel::file::Folder;
use xiaoer::channel::{Channel as _, DeliveryError, Letter};

use crate::channel_letter::{ABOUT, report};

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_letter_twice_is_the_same_two_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let letter = Letter::of(&ABOUT, &report());
    let folder = Folder::new(dir.path().join("reports"));
    for _ in 0..2 {
        folder.deliver(&letter).await.expect("written");
        let at = dir.path().join("reports/demo");
        assert_eq!(files(dir.path()), [at.join("2026-11-22-daily-report.json"), at.join("2026-11-22-daily-report.md")]);
        assert_eq!(fs::read_to_string(at.join("2026-11-22-daily-report.md")).expect("text"), letter.text);
        let json = fs::read(at.join("2026-11-22-daily-report.json")).expect("json");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&json).expect("json"), letter.json);
    }
}

#[tokio::test]
async fn no_name_leads_out_of_the_directory() {
    for hostile in
        ["../../out", "/etc/cron.d", "..", ".", "", "a/../../b", "c:\\x", "nul\0byte", "-rf", &"长".repeat(400)]
    {
        let dir = tempfile::tempdir().expect("a directory");
        let mut report = report();
        report.title = hostile.into();
        let letter =
            Letter { shop: hostile.into(), skill: hostile.into(), id: hostile.into(), ..Letter::of(&ABOUT, &report) };
        Folder::new(dir.path().join("reports")).deliver(&letter).await.expect("written");
        let found = files(dir.path());
        assert_eq!(found.len(), 2, "{hostile:?}: {found:?}");
        let reports = dir.path().join("reports");
        assert!(found.iter().all(|path| path.starts_with(&reports) && path.components().count() == reports.components().count() + 2));
        assert_eq!(
            fs::read_dir(dir.path()).expect("a directory").count(),
            1,
            "{hostile:?} made something beside the directory"
        );
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_said_and_tried_later() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("reports"), "a file stands where the directory should be").expect("written");
    let sent = Folder::new(dir.path().join("reports")).deliver(&Letter::of(&ABOUT, &report())).await;
    let Err(DeliveryError::Later { why, after: None }) = sent else { panic!("{sent:?}") };
    assert!(why.contains("请检查目录"), "{why}");
    assert!(!why.contains(&dir.path().display().to_string()), "the machine's path is nobody's business");
}

#[tokio::test]
async fn a_reader_never_sees_half_a_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = Folder::new(dir.path().to_path_buf());
    let letters =
        ["一".repeat(500_000), "二".repeat(900_000)].map(|text| Letter { text, ..Letter::of(&ABOUT, &report()) });
    folder.deliver(&letters[0]).await.expect("written");
    let place = folder.path(&letters[0]);
    let whole = letters.clone().map(|letter| letter.text.len());
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let reader = std::thread::spawn(move || {
        let mut reads = 0;
        while is_done.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            let seen = fs::read(&place).expect("the file is always there").len();
            assert!(whole.contains(&seen), "a reader saw {seen} bytes");
            reads += 1;
        }
        reads
    });
    for letter in letters.iter().cycle().take(20) {
        folder.deliver(letter).await.expect("written");
    }
    done.send(()).expect("the reader is there");
    assert!(reader.join().expect("whole files only") > 20, "the reader hardly looked");
}
