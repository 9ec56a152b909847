//! `snapshot IN OUT`: runs a component's `begin` once and writes the component with the memory as it is then.
//!
//! What `begin` did, a run finds done: the engine stands, our own scripts are parsed. `begin` may ask the host for nothing.

use anyhow::{Context as _, Result};
use wasmtime::component::Linker;
use wasmtime::{Engine, Store};
use wasmtime_wizer::Wizer;

fn main() -> Result<()> {
    let mut paths = std::env::args().skip(1);
    let (from, to) = paths.next().zip(paths.next()).context("snapshot IN OUT")?;
    let component = std::fs::read(&from).with_context(|| from.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let written = runtime.block_on(written(&component)).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    std::fs::write(&to, written).with_context(|| to.clone())
}

async fn written(component: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut wizer = Wizer::new();
    // Kept, because the component still names it. Nobody calls it again.
    wizer.init_func("begin").keep_init_func(true);
    let begun = wizer.run_component(&mut store, component, async |store, component| {
        let mut linker = Linker::new(store.engine());
        linker.define_unknown_imports_as_traps(component)?;
        linker.instantiate_async(store, component).await
    });
    Ok(begun.await?.0)
}
