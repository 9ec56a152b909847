//! The box that plugins run in.
//!
//! A plugin is a stranger's code. In here it has a memory of its own, which is thrown away after the run, and one door: [`door`] hands its
//! calls to the run's host, which grants, journals and meters them as it does for every skill. Nothing else is linked: no files, no
//! network, no clock. What it may use up is bounded in [`limits`], and whoever goes beyond is stopped with a [`Stop`] that says what it
//! was. Neither the host nor any other run notices.
//!
//! Nothing here may know what a plugin is for, who wrote it or what it was granted.

mod door;
mod guest;
pub mod inspect;
pub mod limits;
mod meter;
mod refused;
mod stop;
mod tick;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Wake};
use std::thread::Thread;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::Component;
use wasmtime::{Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use guest::Place;
pub use guest::{Code, Given, Outcome, Room};
pub use refused::Refused;
pub use stop::Stop;
use tick::Long;

/// Parts of one component: a Python one consists of dozens of modules.
const MODULES: u32 = 64;
const TABLES: u32 = 8;
const MEMORIES: u32 = 4;
/// Bytes of a run's memory that are set back and kept instead of handed back to the system and fetched again. A system that tells which
/// of them were written (Linux 6.7) sets back only those, so that it may be as much as a script uses; others wipe all of it.
const WARM: usize = 1 << 20;
const WARM_BLINDLY: usize = 64 << 10;

/// The box. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
    computing: Duration,
    /// All scripts share it; it is loaded when the first one comes.
    runner: Arc<OnceLock<Arc<Code>>>,
}

/// What runs scripts: built from `sdk/runner`, which says how.
const RUNNER: &[u8] = include_bytes!("../../../sdk/runner/runner.wasm");

struct Inner {
    cache: PathBuf,
    /// Set up when the first code is loaded: a shop without plugins pays nothing for it. Held while compiling, so that strangers' code
    /// is compiled one after the other.
    works: Mutex<Option<Works>>,
}

#[derive(Clone)]
struct Works {
    engine: Engine,
    places: Arc<Semaphore>,
    long: Long,
}

impl Sandbox {
    /// The box of a data directory: whoever works with one finds what the others have compiled.
    ///
    /// # Errors
    /// As [`Sandbox::open`].
    pub fn beside(data: &Path) -> anyhow::Result<Self> {
        Self::open(&data.join("cache").join("plugins"))
    }

    /// A box that keeps compiled code in a folder. The folder is code that will be run: it must be ours alone.
    ///
    /// # Errors
    /// When the folder can neither be made nor found.
    pub fn open(cache: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(cache)?;
        let cache = cache.canonicalize()?;
        #[cfg(unix)]
        std::fs::set_permissions(&cache, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let inner = Arc::new(Inner { cache, works: Mutex::new(None) });
        Ok(Self { inner, computing: limits::COMPUTING, runner: Arc::default() })
    }

    /// The same box with less patience for what is loaded from now on: for whoever tries plugins out.
    #[must_use]
    pub fn patience(mut self, computing: Duration) -> Self {
        self.computing = computing.min(limits::COMPUTING);
        self.runner = Arc::default();
        self
    }

    /// Compiles a component, or finds it compiled. This takes seconds: call it from a blocking thread.
    ///
    /// # Errors
    /// [`Refused`] says what is wrong with it.
    pub fn load(&self, bytes: &[u8]) -> Result<Code, Refused> {
        self.compiled(bytes, 2)
    }

    /// What runs scripts. The first call compiles it, or finds it compiled.
    ///
    /// # Errors
    /// [`Refused::NoBox`] and the like: nothing that a script's author can mend.
    pub fn runner(&self) -> Result<Arc<Code>, Refused> {
        if let Some(runner) = self.runner.get() {
            return Ok(Arc::clone(runner));
        }
        let runner = Arc::new(self.compiled(RUNNER, 3)?);
        Ok(Arc::clone(self.runner.get_or_init(|| runner)))
    }

    /// Whether a text is a script that could be run: it can be parsed, and it has a `run`. Not a line of it is executed. The first call
    /// compiles the runner: call it from a blocking thread.
    ///
    /// # Errors
    /// [`Refused::Script`], with line and column; and as [`Sandbox::runner`].
    pub fn check(&self, source: &str) -> Result<(), Refused> {
        Refused::length("script", source.len(), limits::SCRIPT)?;
        let runner = self.runner()?;
        match waited(runner.check(source)) {
            Ok(found) => found.map_err(|why| Refused::script(&why)),
            Err(stop) => Err(Refused::script(&format!("parsing it took {stop}: make it smaller and flatter"))),
        }
    }

    fn compiled(&self, bytes: &[u8], parameters: usize) -> Result<Code, Refused> {
        inspect::inspect(bytes)?;
        let mut works = self.inner.works.lock().unwrap_or_else(PoisonError::into_inner);
        let Works { engine, places, long } = match &*works {
            Some(works) => works.clone(),
            None => works.insert(self.works()?).clone(),
        };
        // A stranger's file may meet a defect of the compiler: that refuses the file, and nothing else.
        let component = catch_unwind(AssertUnwindSafe(|| Component::from_binary(&engine, bytes)));
        let component = component.map_err(|_| Refused::Uncompiled { why: "the compiler gave up on it".into() })?;
        let component = component.map_err(|error| Refused::uncompiled(&error))?;
        Code::new(&component, Place { places, long, computing: self.computing }, parameters)
    }

    fn works(&self) -> Result<Works, Refused> {
        let no_box = |error: wasmtime::Error| Refused::NoBox { why: format!("{error:#}") };
        let mut kept = CacheConfig::new();
        kept.with_directory(&self.inner.cache);
        let engine = Cache::new(kept).and_then(|cache| Engine::new(&config(cache))).map_err(no_box)?;
        let long = Long::default();
        tick::start(&engine, &long).map_err(|error| Refused::NoBox { why: error.to_string() })?;
        Ok(Works { engine, places: Arc::new(Semaphore::new(limits::PLACES)), long })
    }
}

fn config(cache: Cache) -> Config {
    let mut config = Config::new();
    config
        .wasm_features(wasmtime::WasmFeatures::all(), false)
        .wasm_features(inspect::features(), true)
        .epoch_interruption(true)
        .max_wasm_stack(limits::STACK)
        .async_stack_size(limits::WHOLE_STACK)
        .cache(Some(cache))
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

/// Room for [`limits::PLACES`] runs of an ordinary component; it is reserved, not used.
fn pool() -> PoolingAllocationConfig {
    let places = u32::try_from(limits::PLACES).unwrap_or(u32::MAX);
    let warm = if PoolingAllocationConfig::is_pagemap_scan_available() { WARM } else { WARM_BLINDLY };
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(places)
        .total_core_instances(places * 8)
        .total_memories(places + 100)
        .total_tables(places * 4)
        .total_stacks(places)
        .max_core_instances_per_component(MODULES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .max_memory_size(limits::MEMORY)
        .table_elements(limits::TABLE)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(warm)
        .table_keep_resident(WARM_BLINDLY)
        .async_stack_keep_resident(WARM_BLINDLY / 4);
    pool
}

/// Stays on this thread until it is done: what is waited for asks nobody outside the box.
fn waited<T>(work: impl Future<Output = T>) -> T {
    struct Sleeper(Thread);
    impl Wake for Sleeper {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Sleeper(std::thread::current())).into();
    let (mut work, mut cx) = (pin!(work), Context::from_waker(&waker));
    loop {
        match work.as_mut().poll(&mut cx) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}
