//! What is not let into the box at all: told to its author, with the names, before a byte of it is compiled or run.

use xiaoer::plugin::manifest;
use xiaoer::plugin::sandbox::inspect::{SERVED, inspect};
use xiaoer::plugin::sandbox::{Refused, limits};
use xiaoer::plugin::{Code, skill};

use crate::support::guest::{BOX, component, package, report, running, stopped};

fn refused(bytes: &[u8]) -> Refused {
    match skill::of(package(Code::Component(bytes.to_vec())), &BOX) {
        Ok(_) => panic!("it was let in"),
        Err(refused) => refused,
    }
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("WebAssembly")
}

#[test]
fn whoever_needs_files_network_or_a_clock_hears_which() {
    let greedy = wat(r#"(component
          (import "wasi:filesystem/types@0.2.0" (instance (export "read" (func))))
          (import "wasi:sockets/tcp@0.2.0" (instance (export "connect" (func))))
          (import "wasi:clocks/wall-clock@0.2.0" (instance (export "now" (func))))
          (import "secrets" (func (result string))))"#);
    let why = refused(&greedy).to_string();
    for name in ["wasi:filesystem/types@0.2.0", "wasi:sockets/tcp@0.2.0", "wasi:clocks/wall-clock@0.2.0", "secrets"] {
        assert!(why.contains(name), "{name} is named: {why}");
    }
}

#[test]
fn our_interface_holds_no_more_than_its_two_functions() {
    let curious =
        wat(r#"(component (import "xiaoer:skill/host@1.0.0" (instance (export "secrets" (func (result string))))))"#);
    let Refused::Uncompiled { why } = refused(&curious) else { panic!("it cannot be linked") };
    assert!(why.contains("secrets"), "{why}");
    let mistaken =
        wat(r#"(component (import "xiaoer:skill/host@1.0.0" (instance (export "call" (func (param "call" u32))))))"#);
    assert!(matches!(refused(&mistaken), Refused::Uncompiled { .. }));
}

#[test]
fn another_version_of_the_interface_is_told_apart_from_a_strange_one() {
    let built_for = |version: &str| {
        let bytes = running(&[&report("旧")], "(call $ok (global.get $t0) (global.get $n0))");
        let (from, to) = (b"xiaoer:skill/host@1.0.0", format!("xiaoer:skill/host@{version}"));
        assert_eq!(from.len(), to.len());
        let at = bytes.windows(from.len()).position(|part| part == from).expect("it imports us");
        [&bytes[..at], to.as_bytes(), &bytes[at + to.len()..]].concat()
    };
    for (wanted, what_to_do) in [
        ("0.9.0", "build it for that one"),
        ("0.0.1", "build it for that one"),
        ("1.1.0", "update xiaoer"),
        ("1.7.0", "update xiaoer"),
        ("2.0.0", "update xiaoer"),
        ("9.1.4", "update xiaoer"),
    ] {
        let refused = refused(&built_for(wanted));
        let (Refused::Version { wanted: w, .. } | Refused::Younger { wanted: w, .. }) = &refused else {
            panic!("{refused}")
        };
        let said = refused.to_string();
        assert!(w == wanted && said.contains("serves 1.0.0") && said.ends_with(what_to_do), "{said}");
    }
    // What is served is linked, and so is a mended edition of it: nothing is missing in the one that is here.
    for served in ["1.0.0", "1.0.9"] {
        let package = package(Code::Component(built_for(served)));
        assert!(skill::of(package, &BOX).is_ok(), "{served}");
    }
    let early = wat(r#"(component (import "xiaoer:skill/host@1.0.0-rc.1" (instance)))"#);
    assert!(matches!(refused(&early), Refused::Version { .. }), "no edition but a finished one");
    assert_eq!(
        SERVED[0].split('.').next(),
        Some(manifest::API.end().to_string().as_str()),
        "a manifest's api is its N"
    );
}

#[test]
fn a_module_is_no_component_and_a_text_is_neither() {
    assert_eq!(refused(&wat("(module)")), Refused::NotAComponent);
    for bytes in [&b""[..], b"#!/bin/sh\nexit", b"(component)", b"\0asm", &[0xff; 4_000]] {
        assert!(matches!(refused(bytes), Refused::Invalid { .. }), "{bytes:?}");
    }
}

#[test]
fn a_component_without_its_function_is_no_skill() {
    let nothing = refused(&wat("(component)"));
    assert!(nothing.to_string().contains("run(pin: string, input: string)"), "{nothing}");
    let other = component(&[], r#"(func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable))"#);
    let text = wat_of_other_shape();
    assert!(matches!(refused(&text), Refused::NoRun { .. }));
    assert!(skill::of(package(Code::Component(other)), &BOX).is_ok(), "the same with its function is one");
}

fn wat_of_other_shape() -> Vec<u8> {
    wat(r#"(component (core module $m (func (export "run") (param i32) (result i32) (local.get 0)))
          (core instance $m (instantiate $m))
          (func (export "run") (param "n" u32) (result u32) (canon lift (core func $m "run"))))"#)
}

#[test]
fn what_is_too_long_is_not_even_looked_at() {
    // Zeros are no component: whoever looked at them would say that instead.
    let long = refused(&vec![0; limits::COMPONENT + 1]);
    assert!(matches!(long, Refused::TooLarge { what: "component", .. }), "{long}");
}

#[test]
fn a_function_that_would_keep_the_compiler_busy_is_refused() {
    let body = "(drop (i32.const 1))".repeat(limits::FUNCTION / 3 + 1);
    let long = running(&[], &format!("{body} (unreachable)"));
    let refused = refused(&long);
    assert!(matches!(refused, Refused::TooLarge { what: "function", .. }), "{refused}");
}

#[test]
fn more_memory_or_tables_than_there_is_are_refused_before_the_first_run() {
    for part in [r#"(memory 2000)"#, r#"(table 200000 funcref)"#] {
        let text = format!(r#"(component (core module $m {part}) (core instance (instantiate $m)))"#);
        assert!(matches!(refused(&wat(&text)), Refused::Uncompiled { .. }), "{part}");
    }
}

#[test]
fn threads_and_wide_memories_are_not_in_the_box() {
    for part in ["(memory 1 2 shared)", "(memory i64 1)"] {
        let text = format!(r#"(component (core module $m {part}) (core instance (instantiate $m)))"#);
        assert!(matches!(refused(&wat(&text)), Refused::Invalid { .. }), "{part}");
    }
}

#[test]
fn a_damaged_component_is_refused_or_harmless() {
    let whole = running(&[&report("好")], "(call $ok (global.get $t0) (global.get $n0))");
    let mut refused = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        // Whatever comes of it, it is an answer and no crash. What stays whole between two of its parts may pass here; it has no function.
        refused += usize::from(inspect(&damaged).is_err()) + usize::from(inspect(&damaged[..at]).is_err());
    }
    assert!(refused > whole.len() / 7, "most damage is seen: {refused} of {}", whole.len() / 7 * 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_is_not_called_while_the_host_is_handing_something_in() {
    // The place for the input is asked of the plugin; it asks back instead. It would be a way to be called while it is called.
    let text = r#"(component
      (import "xiaoer:skill/host@1.0.0" (instance $host
        (export "call" (func (param "call" string) (result (result string (error string)))))))
      (core module $memory (memory (export "memory") 1))
      (core instance $memory (instantiate $memory))
      (core module $fix (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512)))
      (core instance $fix (instantiate $fix))
      (core func $call (canon lower (func $host "call") (memory $memory "memory") (realloc (func $fix "realloc"))))
      (core module $main
        (import "host" "call" (func $call (param i32 i32 i32)))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (call $call (i32.const 0) (i32.const 0) (i32.const 32)) (i32.const 512))
        (func (export "run") (param i32 i32 i32 i32) (result i32) (unreachable)))
      (core instance $main (instantiate $main (with "host" (instance (export "call" (func $call))))))
      (func (export "run") (param "pin" string) (param "input" string) (result (result string (error string)))
        (canon lift (core func $main "run") (memory $memory "memory") (realloc (func $main "realloc")))))"#;
    let why = stopped(wat(text)).await;
    assert!(why.contains("代码出错"), "{why}");
}
