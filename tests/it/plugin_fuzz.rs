//! Bytes that nobody meant: whatever a manifest, a form, an index or an archive holds, the answer is a package or one sentence, never a
//! crash and never long.

use xiaoer::plugin::index::Index;
use xiaoer::plugin::manifest::{self, Adopted, Post};
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{archive, form};

use crate::support::fuzz::Kind;
use crate::support::plugins::{packed, skill, zipped};

const WORDS: &[&[u8]] = &[
    b"---\n",
    b"\n",
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"!!str ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"'",
    b"|\n  ",
    b">-\n",
    b"%",
    b"?",
    b"\t",
    b"xiaoer.role: ",
    b"metadata:\n",
    b"shop(",
    b")",
    b"every(* * * * *)",
    b"http(a.b)",
    b"<<: ",
    b"\xff\xfe",
    b"\0",
    b"1e999",
    "\u{202e}".as_bytes(),
    "长".as_bytes(),
    b"\"default\":",
    b"\"oneOf\":[{",
    b"9223372036854775808",
    b"../",
    b"\\",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"PK\x03\x04",
    b"\"index\":",
];

#[test]
fn bent_manifests_are_read_or_refused() {
    let good =
        skill("counter", "1.0.0", "shop(orders) ask(a) propose(stock.set) kv(1MiB) every(0 8 * * *) on(order.paid)");
    let foreign = "---\nname: counter\ndescription: x\nlicense: MIT\nmetadata:\n  version: \"1\"\n---\nbody\n";
    let adopted = Post { roles: None, adopted: Some(Adopted { role: "data".into(), allow: "shop(orders)".into() }) };
    let read = std::cell::Cell::new(0);
    Kind::text("manifests", 15, 1).try_all(|dice| {
        let mut bytes = dice.one(&[good.as_str(), foreign]).as_bytes().to_vec();
        dice.bend(&mut bytes, WORDS);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let declared = manifest::parse("counter", &text, &adopted).map_err(|fault| fault.to_string())?;
        assert_eq!(declared.manifest.name, "counter", "what is read is what it claims to be");
        read.set(read.get() + 1);
        Ok(())
    });
    assert!(read.get() > 0, "something got through: the bends are not all fatal");
}

#[test]
fn bent_forms_and_indexes_are_read_or_refused() {
    let input = r#"{"type":"object","properties":{"days":{"type":"integer","title":"几天","minimum":1,"maximum":90,"default":7},
        "tone":{"type":"string","title":"语气","oneOf":[{"const":"a","title":"平"}],"default":"a"}},"required":[]}"#;
    Kind::text("forms", 5, 2).try_all(|dice| {
        let mut bytes = input.as_bytes().to_vec();
        dice.bend(&mut bytes, WORDS);
        form::parse(&String::from_utf8_lossy(&bytes)).map(drop).map_err(|fault| fault.to_string())
    });
    let dir = tempfile::tempdir().expect("a directory");
    let key = Key::make(&dir.path().join("key")).expect("a key");
    let signed = Index { serial: 3, ..Index::default() }.signed(&key).expect("signed");
    Kind::text("indexes", 5, 8).try_all(|dice| {
        let mut bytes = signed.as_bytes().to_vec();
        dice.bend(&mut bytes, WORDS);
        let text = String::from_utf8_lossy(&bytes);
        let read = Index::read(&text)?;
        assert_eq!((read.index.serial, read.signer), (3, key.author()), "nothing that was signed can be bent");
        Ok(())
    });
}

#[test]
fn bent_archives_are_unpacked_whole_or_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let key = Key::make(&dir.path().join("key")).expect("a key");
    let good = packed("counter", "1.0.0", &key);
    let whole = archive::unpack(&good, &Post::default()).expect("it is right").package;
    Kind::text("archives", 15, 1).try_all(|dice| {
        let mut bytes = good.clone();
        dice.bend(&mut bytes, WORDS);
        let unpacked = archive::unpack(&bytes, &Post::default()).map_err(|fault| fault.to_string())?;
        assert_eq!(unpacked.package, whole, "nothing that was signed can be bent");
        Ok(())
    });
    let text = skill("counter", "1.0.0", "shop(orders)");
    Kind::text("paths", 10, 10).try_all(|dice| {
        let mut path = b"counter/some/file.md".to_vec();
        dice.bend(&mut path, WORDS);
        let path = String::from_utf8_lossy(&path).into_owned();
        if path == "counter/SKILL.md" {
            return Ok(());
        }
        let bytes = zipped(&[("counter/SKILL.md", text.as_bytes()), (&path, b"x")]);
        archive::unpack(&bytes, &Post::default()).map(drop).map_err(|fault| fault.to_string())
    });
}
