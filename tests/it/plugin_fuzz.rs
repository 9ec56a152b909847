//! Bytes that nobody meant: whatever a manifest, a form, an index or an archive holds, the answer is a package or one sentence, never a
//! crash and never long.
//!
//! `XIAOER_FUZZ=1000000` is the nightly form, `XIAOER_FUZZ_SEED` begins elsewhere; without them some thousands are tried.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use xiaoer::plugin::index::Index;
use xiaoer::plugin::manifest::{self, Adopted, Post};
use xiaoer::plugin::signature::Key;
use xiaoer::plugin::{archive, form};

use crate::support::plugins::{packed, skill, zipped};

fn told(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the nightly form is asked for from outside")]
    let told = std::env::var(name).ok();
    told.map(|text| text.parse().expect("a number"))
}

/// A generator that a seed alone decides: a failure is repeated by its number.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("fits")).expect("fits")
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Cuts, doubles, swaps, flips and inserts, a few times.
    fn bend(&mut self, bytes: &mut Vec<u8>, words: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(7) {
                0 => bytes.truncate(at),
                1 => {
                    let end = (at + self.below(40)).min(bytes.len());
                    let part = bytes[at..end].to_vec();
                    bytes.splice(at..at, part);
                }
                2 => {
                    let end = (at + self.below(20)).min(bytes.len());
                    bytes.drain(at..end);
                }
                3 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                4 if !bytes.is_empty() => bytes[at] = u8::try_from(self.below(256)).expect("a byte"),
                5 if bytes.len() >= at + 4 => bytes[at..at + 4].copy_from_slice(&[0xff; 4]),
                _ => {
                    let word = self.one(words).to_vec();
                    bytes.splice(at..at, word);
                }
            }
        }
    }
}

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

/// Tries one kind of thing; what it does must not panic, and what it says must be one sentence.
fn try_all(kind: &str, rounds: u64, mut attempt: impl FnMut(&mut Dice) -> Result<(), String>) {
    let seed = told("XIAOER_FUZZ_SEED").unwrap_or(1);
    let (mut refused, started) = (0_u64, Instant::now());
    for round in 0..rounds {
        let mut dice = Dice(seed.wrapping_mul(0x0100_0000_01b3).wrapping_add(round));
        let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&mut dice)));
        let outcome = outcome.unwrap_or_else(|_| panic!("{kind}: seed {seed}, round {round} crashed"));
        if let Err(said) = outcome {
            refused += 1;
            assert!(said.len() < 2_000, "{kind}: seed {seed}, round {round} says {} bytes", said.len());
        }
    }
    let took = started.elapsed();
    eprintln!("{kind}: {rounds} tried, {refused} refused, {took:?}");
    assert!(refused > 0, "{kind}: nothing was bent far enough to be refused");
}

fn rounds() -> u64 {
    told("XIAOER_FUZZ").unwrap_or(8_000)
}

#[test]
fn bent_manifests_are_read_or_refused() {
    let good =
        skill("counter", "1.0.0", "shop(orders) ask(a) propose(stock.set) kv(1MiB) every(0 8 * * *) on(order.paid)");
    let foreign = "---\nname: counter\ndescription: x\nlicense: MIT\nmetadata:\n  version: \"1\"\n---\nbody\n";
    let adopted = Post { roles: None, adopted: Some(Adopted { role: "data".into(), allow: "shop(orders)".into() }) };
    let read = std::cell::Cell::new(0);
    try_all("manifests", rounds(), |dice| {
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
    try_all("forms", rounds() / 2, |dice| {
        let mut bytes = input.as_bytes().to_vec();
        dice.bend(&mut bytes, WORDS);
        form::parse(&String::from_utf8_lossy(&bytes)).map(drop).map_err(|fault| fault.to_string())
    });
    let dir = tempfile::tempdir().expect("a directory");
    let key = Key::make(&dir.path().join("key")).expect("a key");
    let signed = Index { serial: 3, ..Index::default() }.signed(&key).expect("signed");
    try_all("indexes", rounds() / 8, |dice| {
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
    try_all("archives", rounds(), |dice| {
        let mut bytes = good.clone();
        dice.bend(&mut bytes, WORDS);
        let unpacked = archive::unpack(&bytes, &Post::default()).map_err(|fault| fault.to_string())?;
        assert_eq!(unpacked.package, whole, "nothing that was signed can be bent");
        Ok(())
    });
    let text = skill("counter", "1.0.0", "shop(orders)");
    try_all("paths", rounds() / 2, |dice| {
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
