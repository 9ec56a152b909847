//! Archives as strangers send them: what was packed comes back byte for byte, and every trick is refused by its name.

use std::io::{Cursor, Write as _};

use xiaoer::plugin::manifest::Post;
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{archive, names};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::plugins::{CODE, package, packed, skill, zipped};

fn key() -> (tempfile::TempDir, Key) {
    let dir = tempfile::tempdir().expect("a directory");
    let key = Key::make(&dir.path().join("key")).expect("a key");
    (dir, key)
}

fn refused(bytes: &[u8]) -> String {
    archive::unpack(bytes, &Post::default()).expect_err("it is refused").to_string()
}

#[test]
fn the_same_plugin_and_key_make_the_same_bytes_and_come_back_whole() {
    let (dir, key) = key();
    let first = packed("counter", "1.0.0", &key);
    assert_eq!(first, packed("counter", "1.0.0", &key), "deterministic");
    let again = Key::read(&dir.path().join("key")).expect("the same key");
    assert_eq!(first, packed("counter", "1.0.0", &again), "also after the key was read from its file");
    let unpacked = archive::unpack(&first, &Post::default()).expect("it is right");
    assert_eq!(unpacked.package, package("counter", "1.0.0", "shop(orders)"));
    assert_eq!(unpacked.author, key.author());
    assert_eq!(archive::name(&unpacked.package), "counter-1.0.0.xskill");
}

#[test]
fn a_key_is_for_its_owners_eyes_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, key) = key();
    let file = dir.path().join("key");
    assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(Key::make(&file).err().expect("refused").to_string().contains("is there already"));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("opened");
    assert!(Key::read(&file).err().expect("refused").to_string().contains("chmod 600"));
    let secret = std::fs::read_to_string(&file).expect("text");
    assert!(!secret.contains(&key.author().to_string()), "the file holds the secret half");
}

#[test]
fn a_changed_file_is_named() {
    let (_dir, key) = key();
    let whole = package("counter", "1.0.0", "shop(orders)");
    let signature = key.sign_package(&whole);
    let text = skill("counter", "1.0.0", "shop(orders)");
    let code = format!("{CODE}// 1.0.0\n");
    let entries = |text: &str, code: &str, signature: &str| {
        zipped(&[
            ("counter/SKILL.md", text.as_bytes()),
            ("counter/index.js", code.as_bytes()),
            ("counter/SIGNATURE", signature.as_bytes()),
        ])
    };
    assert!(archive::unpack(&entries(&text, &code, &signature), &Post::default()).is_ok(), "the pieces are right");
    assert!(refused(&entries(&text, "export {}\n", &signature)).starts_with("index.js: the file was changed"));
    let wider = skill("counter", "1.0.0", "shop(orders) shop(costs)");
    assert!(refused(&entries(&wider, &code, &signature)).starts_with("SKILL.md: the file was changed"));
    let (_other_dir, other) = self::key();
    let stolen = signature.replace(&key.author().to_string(), &other.author().to_string());
    assert!(refused(&entries(&text, &code, &stolen)).contains("the signature does not fit"));
    assert!(refused(&entries(&text, &code, "hello")).starts_with("SIGNATURE: "));
    assert!(refused(&entries(&text, &code, "")).starts_with("SIGNATURE: "));
    let of_another = key.sign_package(&package("counter", "1.0.1", "shop(orders)"));
    assert!(refused(&entries(&text, &code, &of_another)).contains("changed"));
    // A part of one version in another: signed by the same key, and still refused.
    let mixed = [("counter/SKILL.md", text.as_bytes()), ("counter/index.js", code.as_bytes())];
    assert!(refused(&zipped(&mixed)).contains("nobody signed it"));
}

#[test]
fn tricks_with_paths_are_refused_by_name() {
    let text = skill("counter", "1.0.0", "shop(orders)");
    for path in [
        "counter/../../etc/passwd",
        "counter/../x",
        "/counter/x",
        "counter//x",
        "counter/./x",
        "..",
        "../counter/x",
        "counter\\x",
        "counter/a\\..\\b",
        "C:/counter/x",
        "counter/C:x",
        "counter/NUL",
        "counter/com1.txt",
        "counter/a/aux.js",
        "counter/trailing.",
        "counter/trailing ",
        "counter/.hidden",
        "counter/new\nline",
        "counter/nul\0byte",
        "counter/\u{202e}gnp.exe",
        "counter/ｓkill.md",
        "counter/e\u{301}.md",
        "counter/skill.MD",
        "counter/SKILL.md/x",
        "counter/signature",
        "counter/target/x",
        "counter/-rf",
        "other/x",
        "SKILL.md",
        "counter/a/b/c/d/e/f/g/h/i/x",
    ] {
        let archive = zipped(&[("counter/SKILL.md", text.as_bytes()), (path, b"x")]);
        let fault = refused(&archive);
        assert!(!fault.contains("nobody signed"), "{path:?} went through: {fault}");
        assert!(fault.len() < 300, "one sentence: {fault}");
    }
    let long = format!("counter/{}", "a".repeat(300));
    assert!(
        refused(&zipped(&[("counter/SKILL.md", text.as_bytes()), (&long, b"x")])).contains("longer than 200 bytes")
    );
}

#[test]
fn links_and_devices_are_no_files() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("counter/SKILL.md", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    let bytes = zip.finish().expect("an archive").into_inner();
    assert!(refused(&bytes).contains("the entry is no plain file"));
    // The same kind, said as a device.
    let plain = zipped(&[("counter/SKILL.md", b"x")]);
    let (plain_mode, device) = ((0o100_644_u32 << 16).to_le_bytes(), (0o020_644_u32 << 16).to_le_bytes());
    let at = plain.windows(4).rposition(|window| window == plain_mode).expect("the mode");
    let mut bent = plain;
    bent[at..at + 4].copy_from_slice(&device);
    assert!(refused(&bent).contains("the entry is no plain file"));
}

#[test]
fn an_archive_that_unfolds_without_end_is_stopped_at_its_bound() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let zeros = vec![0; 8 * 1024 * 1024];
    zip.start_file("counter/big", options).expect("an entry");
    for _ in 0..16 {
        zip.write_all(&zeros).expect("bytes");
    }
    let bomb = zip.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 1024 * 1024, "a bomb is small: {}", bomb.len());
    assert!(refused(&bomb).contains("more than 32 MiB"));
    // One that lies about its size: what is read counts.
    let mut lying = bomb;
    let size = u32::try_from(16 * zeros.len()).expect("fits").to_le_bytes();
    let places: Vec<_> = lying.windows(4).enumerate().filter(|(_, window)| *window == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "the archive says its size");
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    refused(&lying);
}

#[test]
fn many_entries_twins_and_shared_bytes_are_refused() {
    let many: Vec<_> = (0..=names::MOST_FILES).map(|n| format!("counter/n{n}")).collect();
    let entries: Vec<_> = many.iter().map(|path| (path.as_str(), b"x".as_slice())).collect();
    assert!(refused(&zipped(&entries)).contains("more than 200 files"));
    // Two entries of one name: a writer refuses, so the second name is bent afterwards.
    let mut twins = zipped(&[("counter/SKILL.md", b"one"), ("counter/SKILL.mx", b"two")]);
    while let Some(at) = twins.windows(8).position(|window| window == b"SKILL.mx") {
        twins[at + 7] = b'd';
    }
    assert!(refused(&twins).contains("twice"), "{}", refused(&twins));
    let mut prefixed = b"#!/bin/sh\n".to_vec();
    prefixed.extend(zipped(&[("counter/SKILL.md", b"x")]));
    assert!(refused(&prefixed).contains("the archive"));
    for nothing in [&b""[..], b"PK", b"not a zip", &[0; 1000]] {
        assert!(refused(nothing).contains("is no zip file"));
    }
    assert!(refused(&zipped(&[])).contains("the archive"));
    assert!(refused(&vec![0; archive::LARGEST + 1]).contains("more than 32 MiB"));
}
