//! Whether a script is a module that has a `run`, told without executing a line of it.

use rquickjs::{CatchResultExt, CaughtError, Ctx, Module};

use crate::script::{self, FILE};

/// Modules are linked before any is evaluated, and in the order in which they are imported. So this pair finds what `index.js` exports
/// and stops before the first line of it.
const STOP: (&str, &str) = ("stop", "throw undefined");
const ASK: (&str, &str) = ("ask", "import 'stop'; import { run } from 'index.js'");
const SHAPE: &str = "export async function run(cx, input) { … }";

/// As the world's `check`.
pub(crate) fn check(source: String) -> Result<(), String> {
    let world = script::world().map_err(|error| error.to_string())?;
    let found = world.context.with(|ctx| {
        parsed(&ctx, source).catch(&ctx).map_err(told)?;
        exported(&ctx).catch(&ctx).map_err(|error| format!("{}: a skill is a module that has {SHAPE}", told(error)))
    });
    // As after a run: the box throws the whole memory away.
    std::mem::forget(world);
    found
}

/// It imports nothing: the modules that it could import do not stand yet.
fn parsed(ctx: &Ctx, source: String) -> rquickjs::Result<()> {
    Module::declare(ctx.clone(), FILE, source).map(drop)
}

fn exported(ctx: &Ctx) -> rquickjs::Result<()> {
    Module::declare(ctx.clone(), STOP.0, STOP.1)?;
    // The promise is of the evaluation, which stopped where it was to stop.
    Module::declare(ctx.clone(), ASK.0, ASK.1)?.eval().map(drop)
}

/// `line 3, column 5: expecting ';'`, where the engine knows the place.
fn told(error: CaughtError) -> String {
    let CaughtError::Exception(exception) = error else { return error.to_string() };
    let what = exception.message().unwrap_or_default();
    let place = exception.stack().and_then(|stack| place(&stack));
    match place {
        Some((line, column)) => format!("line {line}, column {column}: {what}"),
        None => what,
    }
}

/// The first position in the script: `    at index.js:3:5`.
fn place(stack: &str) -> Option<(u32, u32)> {
    let (_, rest) = stack.split_once(FILE)?;
    let mut numbers = rest.strip_prefix(':')?.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
