//! Code that nobody meant, through the door that an installation uses: it is let in or told why not, quickly and in one sentence; and what
//! is let in runs and ends. The host neither falls nor swells.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use xiaoer::plugin::sandbox::{Sandbox, limits};
use xiaoer::plugin::{Code, skill};
use xiaoer_sdk::{Input, SkillError};

use crate::support::bent::Seeds;
use crate::support::fuzz::Kind;
use crate::support::guest::{Shopkeeper, context, package};
use crate::support::script::sandbox;

/// What looking one component over may take of this thread's time, compiling included.
const LOOK: Duration = Duration::from_secs(1);
/// What all of it may leave in memory. Other stories run beside this one.
const LEFT: u64 = 1 << 30;

fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).expect("a time"), u32::try_from(time.tv_nsec).expect("below a second"))
}

/// Bytes of this process that are in memory.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
    pages.unwrap_or_default() * 4096
}

/// A box whose cache is gone with it: tens of thousands of components are not to fill the build folder.
fn fresh() -> (tempfile::TempDir, Sandbox) {
    let dir = tempfile::tempdir().expect("a directory");
    let sandbox = Sandbox::open(dir.path()).expect("a box").patience(Duration::from_millis(60));
    (dir, sandbox)
}

#[test]
fn bent_components_are_let_in_or_refused_and_what_is_let_in_ends() {
    let (seeds, (_dir, sandbox)) = (Seeds::new(), fresh());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let (ran, before) = (Cell::new(0), resident());
    Kind::code("components", 35).try_all(|dice| {
        let bytes = seeds.bent(dice);
        let began = computed();
        let made = skill::of(package(Code::Component(bytes)), &sandbox);
        let took = computed() - began;
        assert!(took < LOOK, "looking it over took {took:?}");
        let skill = made.map_err(|refused| refused.to_string())?;
        ran.set(ran.get() + 1);
        let began = Instant::now();
        let ended = runtime.block_on(skill.run(&context(Arc::new(Shopkeeper::default())), Input::default()));
        assert!(began.elapsed() < Duration::from_secs(20), "it ran for {:?}", began.elapsed());
        match ended {
            Ok(_) => panic!("nothing here makes a report"),
            Err(SkillError::Failed(why)) => assert!(why.contains("来客"), "it is named: {why}"),
            Err(other) => panic!("a stranger's bytes speak in the host's name: {other:?}"),
        }
        Ok(())
    });
    assert!(ran.get() > 0, "something got through: the bends are not all fatal");
    let grown = resident().saturating_sub(before);
    eprintln!("components: {} ran, {} MiB more than before", ran.get(), grown >> 20);
    assert!(grown < LEFT, "{grown} bytes more than before");
}

const WORDS: &[&[u8]] = &[
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b"`",
    b"${",
    b"'",
    b"\"",
    b"/",
    b"/*",
    b"*/",
    b"//",
    b"=>",
    b"...",
    b"?.",
    b"??=",
    b"**",
    b"#x",
    b"async ",
    b"await ",
    b"yield ",
    b"function* ",
    b"class A extends ",
    b"static {",
    b"new.target",
    b"super(",
    b"import(",
    b"import ",
    b"export ",
    b"export * from 'index.js';",
    b"export {run as ",
    b"\\u{110000}",
    b"\\u0061",
    b"/(?<a>.)\\k<a>/u",
    b"/[^]/v",
    b"0x",
    b"1n",
    b"1e999",
    b"\0",
    b"\xff\xfe",
    b"\xe2\x80\xa8",
    "长".as_bytes(),
    b"let let",
    b"with(",
    b"<!--",
    b"label:",
    b"get ",
    b"=",
];

#[test]
fn bent_scripts_are_let_in_or_refused_and_not_run() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("skills/plugins");
    let read = |name: &str| std::fs::read_to_string(samples.join(name).join("index.js")).expect("a sample");
    let texts = [
        read("slow-movers"),
        read("buyer-repeat"),
        "export async function run(cx, input) { return cx.report('x') }".into(),
    ];
    let (sandbox, passed) = (sandbox(), Cell::new(0));
    Kind::code("scripts", 15).try_all(|dice| {
        let mut bytes = texts[dice.below(texts.len())].clone().into_bytes();
        dice.bend(&mut bytes, WORDS);
        let began = computed();
        let found = sandbox.check(&String::from_utf8_lossy(&bytes));
        let took = computed() - began;
        assert!(took < limits::CHECKING * 2, "looking it over took {took:?}");
        found.map_err(|refused| refused.to_string())?;
        passed.set(passed.get() + 1);
        Ok(())
    });
    assert!(passed.get() > 0, "something got through: the bends are not all fatal");
}
