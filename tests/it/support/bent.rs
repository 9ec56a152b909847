//! WebAssembly that nobody meant: sections of what is right, bent and put together anew with their lengths mended, so that it comes past
//! the first look and reaches the validator, the compiler and the box; and code that is right by its types and nothing else.

use std::fmt::Write as _;

use super::fuzz::Dice;
use super::guest::running;

const COMPONENT: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];
const MODULE: [u8; 8] = [0, b'a', b's', b'm', 1, 0, 0, 0];
/// Pieces of WebAssembly: types, opcodes, lengths at their bounds.
const WORDS: &[&[u8]] = &[
    b"\x00asm\x01\x00\x00\x00",
    b"\x00asm\x0d\x00\x01\x00",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x08",
    b"\xff\xff\xff\xff\x7f",
    b"\x80\x01",
    b"\x7f\x7e\x7d\x7c",
    b"\x73\x72\x71\x70\x6f",
    b"\x60\x01\x7f\x01\x7f",
    b"\x02\x40\x03\x40\x0b\x0b",
    b"\x0e\xff\x7f",
    b"\xfc\x0a\x00\x00",
    b"\xfd\x0c",
    b"\xfe\x10\x02\x00",
    b"\x41\x00\x0b",
    b"\x40\x00",
    b"\x43\x00",
    b"name",
    b"run",
    b"xiaoer:skill/host@1.0.0",
    "长".as_bytes(),
];

/// A small component that has one of nearly everything.
const RICH: &str = r#"(component
  (import "xiaoer:skill/host@1.0.0" (instance $host
    (export "call" (func (param "call" string) (result (result string (error string)))))))
  (type $r (record (field "a" u32) (field "b" (list string)) (field "c" (option (tuple f32 char)))))
  (type $v (variant (case "x" u8) (case "y" s64) (case "z")))
  (type $f (flags "p" "q" "r"))
  (type $e (enum "m" "n"))
  (core module $m
    (type $t (func (param i32 i64) (result i32)))
    (memory (export "memory") 1 4)
    (table $tab 4 8 funcref)
    (global $g (mut i32) (i32.const 7))
    (elem (table $tab) (i32.const 0) func $a $b)
    (data (i32.const 8) "text of a kind")
    (func $a (type $t) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))
    (func $b (type $t) (block (result i32) (br_table 0 0 (i32.const 1) (local.get 0))))
    (func (export "go") (param i32) (result i32) (local i64 f64 v128)
      (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (br_if $l (i32.lt_u (global.get $g) (i32.const 100))))
      (call_indirect $tab (type $t) (local.get 0) (i64.const 3) (i32.const 1)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (memory.fill (i32.const 64) (i32.const 0) (i32.const 9)) (i32.const 64)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $mem))
  (alias core export $i "realloc" (core func $realloc))
  (type $res (resource (rep i32)))
  (core func $new (canon resource.new $res))
  (core func $drop (canon resource.drop $res))
  (func $go (param "a" u32) (result u32) (canon lift (core func $i "go")))
  (component $inner (import "f" (func $f (param "a" u32) (result u32))) (export "g" (func $f)))
  (instance $made (instantiate $inner (with "f" (func $go))))
  (alias export $made "g" (func $again))
  (export "go" (func $again))
  (export "made" (instance $made)))"#;

/// What is bent.
pub(crate) struct Seeds(Vec<Vec<u8>>);

impl Seeds {
    pub(crate) fn new() -> Self {
        let told = r#"{"call":"progress","text":"在看"}"#;
        let calls = "(call $call (global.get $t0) (global.get $n0) (i32.const 32)) (call $ok (global.get $t0) (global.get $n0))";
        let rich = wat::parse_str(RICH).expect("a component");
        Self(vec![running(&[told], calls), rich])
    }

    /// The next attempt.
    pub(crate) fn bent(&self, dice: &mut Dice) -> Vec<u8> {
        match dice.below(10) {
            0..=4 => self.rearranged(dice),
            5..=7 => code(dice),
            8 => self.wrapped(dice),
            _ => self.soup(dice),
        }
    }

    fn seed(&self, dice: &mut Dice) -> &[u8] {
        &self.0[dice.below(self.0.len())]
    }

    fn rearranged(&self, dice: &mut Dice) -> Vec<u8> {
        let bytes = self.seed(dice).to_vec();
        let donor = cut(self.seed(dice)).expect("it is right");
        bent(dice, &bytes, &donor, 3)
    }

    /// A core module where a component is expected, or inside of one.
    fn wrapped(&self, dice: &mut Dice) -> Vec<u8> {
        let parts = cut(self.seed(dice)).expect("it is right");
        let module = parts.sections.iter().find(|section| section.id == 1).expect("it holds one");
        let donor = cut(&module.body).expect("it is right");
        let body = bent(dice, &module.body, &donor, 2);
        if dice.below(4) == 0 {
            return body;
        }
        let copies = 1 + dice.below(6);
        let sections = (0..copies).map(|_| Section { id: 1, body: body.clone() }).collect();
        joined(&Parts { head: COMPONENT, sections })
    }

    /// Sections of any kind in any order.
    fn soup(&self, dice: &mut Dice) -> Vec<u8> {
        let donor = cut(self.seed(dice)).expect("it is right");
        let head = if dice.below(5) == 0 { MODULE } else { COMPONENT };
        let mut sections = Vec::new();
        for _ in 0..dice.below(12) {
            let id = u8::try_from(dice.below(14)).expect("small");
            let body = match dice.below(3) {
                0 => (0..dice.below(60)).map(|_| dice.byte()).collect(),
                1 => donor.sections[dice.below(donor.sections.len())].body.clone(),
                _ => [&COMPONENT[..], &[id]].concat(),
            };
            sections.push(Section { id, body });
        }
        let mut bytes = joined(&Parts { head, sections });
        // As deep as its length allows.
        if dice.below(6) == 0 {
            for _ in 0..dice.below(400) {
                bytes = joined(&Parts { head: COMPONENT, sections: vec![Section { id: 4, body: bytes }] });
            }
        }
        bytes
    }
}

#[derive(Clone)]
struct Section {
    id: u8,
    body: Vec<u8>,
}

struct Parts {
    head: [u8; 8],
    sections: Vec<Section>,
}

fn cut(bytes: &[u8]) -> Option<Parts> {
    let (head, mut rest) = bytes.split_first_chunk::<8>()?;
    let mut sections = Vec::new();
    while let Some((id, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (body, after) = after.split_at_checked(length)?;
        sections.push(Section { id: *id, body: body.to_vec() });
        rest = after;
    }
    Some(Parts { head: *head, sections })
}

fn joined(parts: &Parts) -> Vec<u8> {
    let mut bytes = parts.head.to_vec();
    for Section { id, body } in &parts.sections {
        bytes.push(*id);
        let mut length = body.len();
        while length > 0x7f {
            bytes.push(u8::try_from(length & 0x7f).expect("seven bits") | 0x80);
            length >>= 7;
        }
        bytes.push(u8::try_from(length).expect("seven bits"));
        bytes.extend_from_slice(body);
    }
    bytes
}

/// A length as WebAssembly writes it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0).filter(|end| *end < 5)?;
    let value = bytes[..=end].iter().rev().fold(0_usize, |all, byte| all << 7 | usize::from(byte & 0x7f));
    Some((value, &bytes[end + 1..]))
}

/// Moves, doubles, drops, mixes and bends sections; those that hold sections are gone into.
fn bent(dice: &mut Dice, bytes: &[u8], donor: &Parts, depth: u32) -> Vec<u8> {
    let Some(mut parts) = cut(bytes).filter(|parts| !parts.sections.is_empty()) else { return bytes.to_vec() };
    let is_component = parts.head == COMPONENT;
    for _ in 0..=dice.below(2) {
        let (at, other) = (dice.below(parts.sections.len()), dice.below(parts.sections.len()));
        match dice.below(9) {
            0 => parts.sections.swap(at, other),
            1 => drop(parts.sections.remove(at)),
            2 => parts.sections.insert(other, parts.sections[at].clone()),
            3 if !donor.sections.is_empty() => {
                parts.sections.insert(at, donor.sections[dice.below(donor.sections.len())].clone());
            }
            4 => parts.sections[at].id = u8::try_from(dice.below(14)).expect("small"),
            5 => dice.bend(&mut parts.sections[at].body, WORDS),
            // One byte: the lengths around it stay right.
            _ => {
                let Section { id, body } = &mut parts.sections[at];
                if is_component && matches!(id, 1 | 4) && depth > 0 {
                    *body = bent(dice, body, donor, depth - 1);
                } else if !body.is_empty() {
                    let place = dice.below(body.len());
                    body[place] = if dice.below(2) == 0 { dice.byte() } else { body[place] ^ 1 << dice.below(7) };
                }
            }
        }
        if parts.sections.is_empty() {
            break;
        }
    }
    joined(&parts)
}

/// A component that is right by its types: what it computes, nobody meant. It may trap, it may never end; it is compiled and run.
fn code(dice: &mut Dice) -> Vec<u8> {
    let mut body = String::new();
    for _ in 0..=dice.below(4) {
        let value = i32_of(dice, 5);
        match dice.below(5) {
            0 => write!(body, "(local.set $i {value})"),
            1 => write!(body, "(i32.store offset={} {} {value})", dice.below(1 << 20), i32_of(dice, 3)),
            2 => write!(body, "(drop {})", i64_of(dice, 5)),
            3 => write!(
                body,
                "(block $b (loop $l (br_if $b {value}) (local.set $j {}) (br_if $l {})))",
                i32_of(dice, 3),
                i32_of(dice, 3)
            ),
            _ => write!(body, "(call $call {value} {} (i32.const 32))", i32_of(dice, 2)),
        }
        .expect("written");
    }
    running(&["{}"], &format!("{body} (call $ok (global.get $t0) {})", i32_of(dice, 2)))
}

fn i32_of(dice: &mut Dice, depth: u32) -> String {
    if depth == 0 {
        return match dice.below(4) {
            0 => format!("(i32.const {})", dice.next() as u32 as i32),
            1 => "(local.get $i)".into(),
            2 => "(local.get $j)".into(),
            _ => format!("(i32.const {})", dice.below(70_000)),
        };
    }
    let depth = depth - 1;
    let a = i32_of(dice, depth);
    match dice.below(12) {
        0 => format!("(if (result i32) {a} (then {}) (else {}))", i32_of(dice, depth), i32_of(dice, depth)),
        1 => format!("(select {a} {} {})", i32_of(dice, depth), i32_of(dice, depth)),
        2 => format!("(i32.load offset={} {a})", dice.next() as u32),
        3 => format!("(memory.grow (i32.and {a} (i32.const 2047)))"),
        4 => format!("(i32.wrap_i64 {})", i64_of(dice, depth)),
        5 => format!("(i32.trunc_sat_f64_s (f64.convert_i32_u {a}))"),
        6 => format!("(i32x4.extract_lane {} (i32x4.splat {a}))", dice.below(4)),
        7 => format!("(block $d (result i32) (block $e (result i32) (br_table $d $e {a} {})))", i32_of(dice, depth)),
        8 => format!("(call $realloc (i32.const 0) (i32.const 0) (i32.const 1) {a})"),
        _ => {
            let op = dice.one(&["add", "sub", "mul", "div_s", "rem_u", "shl", "rotr", "xor", "lt_s", "ge_u", "ne"]);
            format!("(i32.{op} {a} {})", i32_of(dice, depth))
        }
    }
}

fn i64_of(dice: &mut Dice, depth: u32) -> String {
    if depth == 0 {
        return format!("(i64.const {})", dice.next() as i64);
    }
    let (op, a) = (dice.one(&["add", "mul", "div_u", "rem_s", "and", "shr_s", "rotl"]), i64_of(dice, depth - 1));
    match dice.below(3) {
        0 => format!("(i64.extend_i32_s {})", i32_of(dice, depth - 1)),
        1 => format!("(i64.reinterpret_f64 (f64.sqrt (f64.reinterpret_i64 {a})))"),
        _ => format!("(i64.{op} {a} {})", i64_of(dice, depth - 1)),
    }
}
