//! One run of one script: evaluate the module, call its `run`, hand back the report's JSON or the `SkillError`'s.

use std::cell::RefCell;

use rquickjs::{
    Array, CatchResultExt, CaughtError, Context, Ctx, Function, Module, Object, Persistent, Promise, Runtime, Value,
};

use crate::clock;
use crate::xiaoer::skill::host;

/// Deep enough for any honest recursion, and well within the stack that the box gives a guest.
const STACK: usize = 192 << 10;
/// What authors see in positions; the package holds no other script.
pub(crate) const FILE: &str = "index.js";

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// A JavaScript world in which no script of a plugin has run yet.
pub(crate) struct World {
    pub(crate) context: Context,
    open: Persistent<Function<'static>>,
}

impl World {
    fn new() -> rquickjs::Result<Self> {
        let runtime = Runtime::new()?;
        runtime.set_max_stack_size(STACK);
        let context = Context::full(&runtime)?;
        let open = context.with(|ctx| opening(&ctx).map(|open| Persistent::save(&ctx, open)))?;
        Ok(Self { context, open })
    }
}

/// Our own scripts, parsed: the function that opens the door for a run.
fn opening<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Function<'js>> {
    let raw = Object::new(ctx.clone())?;
    raw.set("call", Function::new(ctx.clone(), call)?)?;
    raw.set("callAll", Function::new(ctx.clone(), call_all)?)?;
    raw.set("stopAt", Function::new(ctx.clone(), |at: f64, offset: i32| clock::stop_at(at as i64, offset))?)?;
    let tools = Object::new(ctx.clone())?;
    let decimal: Value = ctx.eval(include_str!("js/decimal.js"))?;
    let report: Function = ctx.eval(include_str!("js/report.js"))?;
    tools.set("report", report.call::<_, Value>((decimal.clone(),))?)?;
    tools.set("decimal", decimal)?;
    tools.set("days", ctx.eval::<Value, _>(include_str!("js/days.js"))?)?;
    let context: Function = ctx.eval(include_str!("js/context.js"))?;
    context.call((raw, tools))
}

/// Makes the world that runs begin with. A failure shows at the first run.
pub(crate) fn begin() {
    WORLD.set(World::new().ok());
}

/// The one world there is: the box gives every run a copy.
pub(crate) fn world() -> rquickjs::Result<World> {
    WORLD.take().map_or_else(World::new, Ok)
}

/// As the world's `run`.
pub(crate) fn run(source: String, pin: String, input: String) -> Result<String, String> {
    let broken = |error: rquickjs::Error| failed(&format!("技能脚本无法启动：{error}"));
    let World { context, open } = world().map_err(broken)?;
    let said = context.with(|ctx| {
        let door = Door::open(&ctx, open, (pin, input)).map_err(broken)?;
        door.run(&ctx, source).catch(&ctx).unwrap_or_else(|error| Err(door.told(error)))
    });
    // The box throws the whole memory away; taking the world apart piece by piece would only cost time.
    std::mem::forget(context);
    said
}

/// Our side of the script's world, made before any line of the script has run.
struct Door<'js> {
    run: Function<'js>,
    told: Function<'js>,
}

impl<'js> Door<'js> {
    fn open(ctx: &Ctx<'js>, open: Persistent<Function<'static>>, given: (String, String)) -> rquickjs::Result<Self> {
        let door: Object = open.restore(ctx)?.call(given)?;
        Ok(Self { run: door.get("run")?, told: door.get("told")? })
    }

    /// The outer error is what loading threw; what `run` threw is told by the door itself.
    fn run(&self, ctx: &Ctx<'js>, source: String) -> rquickjs::Result<Result<String, String>> {
        let (module, loaded) = Module::declare(ctx.clone(), FILE, source)?.eval()?;
        loaded.finish::<()>()?;
        let report: Promise = self.run.call((module.namespace()?,))?;
        let (ok, text): (bool, String) = pair(&report.finish::<Array>()?)?;
        Ok(if ok { Ok(text) } else { Err(text) })
    }

    fn told(&self, error: CaughtError<'js>) -> String {
        let thrown = match error {
            CaughtError::Exception(exception) => exception.into_value(),
            CaughtError::Value(value) => value,
            // Nothing is left to do and the promise still stands open.
            CaughtError::Error(rquickjs::Error::WouldBlock) => {
                return failed("技能脚本没有跑完：它在等一个永远不会有结果的 Promise");
            }
            CaughtError::Error(error) => return failed(&format!("技能脚本无法运行：{error}")),
        };
        self.told.call((thrown,)).unwrap_or_else(|_| failed("技能脚本出错，连错误本身也读不出来"))
    }
}

fn call<'js>(ctx: Ctx<'js>, text: String) -> rquickjs::Result<Array<'js>> {
    answer(&ctx, host::call(&text))
}

fn call_all<'js>(ctx: Ctx<'js>, texts: Vec<String>) -> rquickjs::Result<Vec<Array<'js>>> {
    host::call_all(&texts).into_iter().map(|one| answer(&ctx, one)).collect()
}

fn answer<'js>(ctx: &Ctx<'js>, answer: Result<String, String>) -> rquickjs::Result<Array<'js>> {
    let pair = Array::new(ctx.clone())?;
    pair.set(0, answer.is_ok())?;
    pair.set(1, answer.unwrap_or_else(|refused| refused))?;
    Ok(pair)
}

fn pair(array: &Array) -> rquickjs::Result<(bool, String)> {
    Ok((array.get(0)?, array.get(1)?))
}

/// `SkillError::Failed` as JSON. The text is ours or the engine's: it holds no control characters.
fn failed(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " ");
    format!("{{\"failed\":\"{text}\"}}")
}
