//! Plugins of a few instructions, beside each other in one box: what a hostile one does to itself, and what its neighbour notices.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use xiaoer::plugin::sandbox::Sandbox;
use xiaoer::plugin::{Code, Package, skill};
use xiaoer_sdk::shop::ShopCard;
use xiaoer_sdk::{
    Answer, Call, CallError, Context, Host, Input, Manifest, Pin, Report, Skill, SkillError, async_trait,
};

/// One box for all stories, as in one process: whoever harms it harms them all. Its patience is short, so that loops cost little.
pub(crate) static BOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("box");
    Sandbox::open(&cache).expect("a box").patience(Duration::from_millis(300))
});

/// The last complete day of every run here.
pub(crate) const AS_OF: &str = "2026-11-22";

/// Answers like a shop without products, and remembers what it was asked.
#[derive(Default)]
pub(crate) struct Shopkeeper {
    pub(crate) calls: Mutex<Vec<Call>>,
    pub(crate) count: AtomicU32,
    /// Answers with this instead.
    pub(crate) error: Option<CallError>,
    /// Takes so long for each answer.
    pub(crate) slow: Duration,
}

#[async_trait]
impl Host for Shopkeeper {
    async fn call(&self, call: Call) -> Result<Answer, CallError> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.calls.lock().expect("unharmed").push(call.clone());
        if self.slow > Duration::ZERO {
            tokio::time::sleep(self.slow).await;
        }
        match (&self.error, call) {
            (Some(error), _) => Err(error.clone()),
            (None, Call::Progress { .. }) => Ok(Answer::Done),
            (None, Call::Products) => Ok(Answer::Products(Vec::new())),
            (None, Call::OrdersPaid { .. }) => Ok(Answer::Orders(Vec::new())),
            (None, Call::Costs) => Ok(Answer::Costs(Vec::new())),
            (None, other) => Err(CallError::Denied { what: format!("{other:?}") }),
        }
    }
}

pub(crate) fn context(host: Arc<dyn Host>) -> Context {
    let shop = ShopCard { id: "s1".into(), name: "小店".into(), industry: xiaoer_growth::Industry::Consumer };
    let now = "2026-11-23T09:15:00+08:00".parse().expect("a time");
    Context::new(Pin { shop, as_of: AS_OF.parse().expect("a day"), now, events: Vec::new() }, host)
}

pub(crate) fn package(code: Code) -> Arc<Package> {
    let manifest = Manifest::new("operations", "guest", "来客");
    let (prompts, files) = (BTreeMap::new(), BTreeMap::new());
    Arc::new(Package { manifest, body: String::new(), code, prompts, files, digest: "0".repeat(64) })
}

pub(crate) fn skill_of(bytes: Vec<u8>) -> Arc<dyn Skill> {
    skill::of(package(Code::Component(bytes)), &BOX).expect("the box takes it")
}

/// Runs a plugin as a worker does, on a blocking thread, before a shopkeeper.
pub(crate) async fn run(skill: Arc<dyn Skill>, host: Arc<dyn Host>) -> Result<Report, SkillError> {
    let (cx, runtime) = (context(host), tokio::runtime::Handle::current());
    let task = tokio::task::spawn_blocking(move || runtime.block_on(skill.run(&cx, Input::default())));
    task.await.expect("the host is unharmed")
}

/// A report that is right in every way.
pub(crate) fn report(title: &str) -> String {
    format!(r#"{{"title":"{title}","summary":"","as_of":"{AS_OF}","blocks":[],"facts":{{}},"proposals":[]}}"#)
}

/// A component of texts, which its code knows as `$t0`, `$n0` (where, how long), `$t1` … and core WebAssembly. The code finds:
/// `$call` (text, length, where the answer goes), `$call_all` (list, length, where the answers go), memory with `$realloc`, and `$ok`, `$err`
/// (text, length → what `run` returns). Everything below 1,024 is free.
pub(crate) fn component(texts: &[&str], code: &str) -> Vec<u8> {
    let (mut known, mut at) = (String::new(), 1024);
    for (n, text) in texts.iter().enumerate() {
        let bytes: String = text.bytes().fold(String::new(), |mut all, b| {
            write!(all, "\\{b:02x}").expect("written");
            all
        });
        let len = text.len();
        write!(
            known,
            "(data (i32.const {at}) \"{bytes}\")(global $t{n} i32 (i32.const {at}))(global $n{n} i32 (i32.const {len}))"
        )
        .expect("written");
        at += text.len().next_multiple_of(8);
    }
    assert!(at < 1 << 17, "the texts overlap with what is given out");
    let wat = FRAME.replace("TEXTS", &known).replace("CODE", code);
    wat::parse_str(&wat).unwrap_or_else(|error| panic!("{error}"))
}

/// A component whose `run` is this body; it may use locals `$i` and `$j`.
pub(crate) fn running(texts: &[&str], body: &str) -> Vec<u8> {
    component(
        texts,
        &format!(r#"(func (export "run") (param i32 i32 i32 i32) (result i32) (local $i i32) (local $j i32) {body})"#),
    )
}

/// A plugin that does its work: reads, tells, reports.
pub(crate) fn neighbour() -> Arc<dyn Skill> {
    static READY: LazyLock<Arc<dyn Skill>> = LazyLock::new(|| {
        let texts = [r#"{"call":"products"}"#, r#"{"call":"progress","text":"看商品"}"#, &report("邻居")];
        skill_of(running(
            &texts,
            "(call $call (global.get $t0) (global.get $n0) (i32.const 32))
             (call $call (global.get $t1) (global.get $n1) (i32.const 32))
             (call $ok (global.get $t2) (global.get $n2))",
        ))
    });
    Arc::clone(&READY)
}

/// Runs a hostile plugin with a neighbour beside it, before, during and after. Gives what became of the hostile one.
pub(crate) async fn beside_a_neighbour(bytes: Vec<u8>) -> Result<Report, SkillError> {
    let skill = skill_of(bytes);
    let hostile = tokio::spawn(run(skill, Arc::new(Shopkeeper::default())));
    loop {
        let over = hostile.is_finished();
        let host = Arc::new(Shopkeeper::default());
        let report = run(neighbour(), host.clone()).await.expect("the neighbour is unharmed");
        assert_eq!(report.title, "邻居");
        assert_eq!(host.count.load(Ordering::Relaxed), 2, "the neighbour's calls are all answered");
        if over {
            return hostile.await.expect("the host is unharmed");
        }
    }
}

/// The merchant's sentence about a plugin that was stopped.
pub(crate) async fn stopped(bytes: Vec<u8>) -> String {
    match beside_a_neighbour(bytes).await {
        Err(SkillError::Failed(why)) => {
            assert!(why.contains("插件“来客”"), "it is named: {why}");
            why
        }
        other => panic!("it was to be stopped, and gave {other:?}"),
    }
}

const FRAME: &str = r#"
(component
  (import "xiaoer:skill/host@1.0.0" (instance $host
    (export "call" (func (param "call" string) (result (result string (error string)))))
    (export "call-all" (func (param "calls" (list string)) (result (list (result string (error string))))))))
  (core module $memory
    (memory (export "memory") 3)
    (global $next (mut i32) (i32.const 131072))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (block $fits (loop $more
        (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable)))
      (local.get $at)))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $m))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $call (canon lower (func $host "call") (memory $m) (realloc $realloc)))
  (core func $call_all (canon lower (func $host "call-all") (memory $m) (realloc $realloc)))
  (core module $main
    (import "host" "call" (func $call (param i32 i32 i32)))
    (import "host" "call-all" (func $call_all (param i32 i32 i32)))
    (import "memory" "memory" (memory 3))
    (import "memory" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    TEXTS
    (func $end (param i32 i32 i32) (result i32)
      (i32.store8 (i32.const 16) (local.get 2))
      (i32.store (i32.const 20) (local.get 0))
      (i32.store (i32.const 24) (local.get 1))
      (i32.const 16))
    (func $ok (param i32 i32) (result i32) (call $end (local.get 0) (local.get 1) (i32.const 0)))
    (func $err (param i32 i32) (result i32) (call $end (local.get 0) (local.get 1) (i32.const 1)))
    CODE)
  (core instance $main (instantiate $main
    (with "host" (instance (export "call" (func $call)) (export "call-all" (func $call_all))))
    (with "memory" (instance $memory))))
  (func (export "run") (param "pin" string) (param "input" string) (result (result string (error string)))
    (canon lift (core func $main "run") (memory $m) (realloc $realloc))))
"#;
