//! One run in the box: a fresh memory, our two functions, and whoever of them gives up first.
//!
//! What is linked here is all that a plugin can reach: there is no clock, no file, no network, no environment and no randomness.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker, WasmList, WasmStr};
use wasmtime::{Engine, Store, StoreContextMut, UpdateDeadline};
use xiaoer_sdk::{Answer, Call, CallError, Generator, Host, async_trait};

use super::door::Door;
use super::inspect::{INTERFACE, SERVED};
use super::limits::{self, Held};
use super::meter::Meter;
use super::refused::Refused;
use super::stop::Stop;
use super::tick::Long;

/// Bytes beside a report that one hand-over may have: its own length and the list around it.
const MARGIN: usize = 64 << 10;

/// What the box knows of one run.
pub(super) struct Guest {
    held: Held,
    door: Arc<Door>,
    meter: Arc<Meter>,
}

/// The places of one plugin.
pub struct Room {
    places: Semaphore,
    turns: Semaphore,
}

impl Default for Room {
    fn default() -> Self {
        Self { places: Semaphore::new(limits::PLACES_EACH), turns: Semaphore::new(limits::TURNS_EACH) }
    }
}

/// What a run is given.
pub struct Given<'a> {
    /// The text of a script, for the runner; a component has none.
    pub script: Option<&'a str>,
    /// What the run holds fixed, as JSON.
    pub pin: &'a str,
    /// The form's values, as JSON.
    pub input: &'a str,
}

/// What a run hands back.
#[derive(Debug)]
pub struct Outcome {
    /// A report or an error of the plugin's own, as JSON. A stranger's text.
    pub said: Result<String, String>,
    /// Who wrote what it was answered by models and templates.
    pub wrote: Vec<Generator>,
}

/// Compiled code, ready to be run any number of times.
pub struct Code {
    pre: InstancePre<Guest>,
    run: ComponentExportIndex,
    place: Place,
}

/// What the box has for a run.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) places: Arc<Semaphore>,
    pub(super) long: Long,
    pub(super) computing: Duration,
}

impl Code {
    /// Links a component and looks for its function.
    pub(super) fn new(component: &Component, place: Place, parameters: usize) -> Result<Self, Refused> {
        let wanted = match parameters {
            3 => "run(source: string, pin: string, input: string) -> result<string, string>",
            _ => "run(pin: string, input: string) -> result<string, string>",
        };
        let uncompiled = |error: wasmtime::Error| Refused::uncompiled(&error);
        let linker = linker(component.engine()).map_err(uncompiled)?;
        let pre = linker.instantiate_pre(component).map_err(uncompiled)?;
        let run = component.get_export_index(None, "run").filter(|_| fits(component, parameters));
        Ok(Self { pre, run: run.ok_or(Refused::NoRun { wanted })?, place })
    }

    /// Runs it once, in a memory of its own. Dropping the future ends the run at once.
    ///
    /// # Errors
    /// [`Stop`] when the box ended it.
    pub async fn run(&self, room: &Room, given: Given<'_>, host: Arc<dyn Host>) -> Result<Outcome, Stop> {
        let _own = room.places.acquire().await;
        let _place = self.place.places.acquire().await;
        let (meter, door) = (Arc::new(Meter::default()), Arc::new(Door::new(host)));
        let mut guests = self.admit(&meter, &door, self.place.computing);
        let work = async {
            let instance = self.pre.instantiate_async(&mut guests).await?;
            let (said,): (Result<String, String>,) = match given.script {
                Some(script) => {
                    let run = instance.get_typed_func::<(&str, &str, &str), _>(&mut guests, self.run)?;
                    run.call_async(&mut guests, (script, given.pin, given.input)).await?
                }
                None => {
                    let run = instance.get_typed_func::<(&str, &str), _>(&mut guests, self.run)?;
                    run.call_async(&mut guests, (given.pin, given.input)).await?
                }
            };
            wasmtime::Result::Ok(said)
        };
        let said = meter.computing(&room.turns, work).await.map_err(|error| Stop::of(&error))?;
        if said.as_ref().map_or_else(String::len, String::len) > limits::REPORT {
            return Err(Stop::TooMuch);
        }
        Ok(Outcome { said, wrote: door.take_wrote() })
    }

    /// As the runner's `check`: in a memory of its own like a run, under the same bounds, and with nobody behind the door.
    pub(super) async fn check(&self, source: &str) -> Result<Result<(), String>, Stop> {
        let (room, _place) = (Room::default(), self.place.places.acquire().await);
        let (meter, door) = (Arc::new(Meter::default()), Arc::new(Door::new(Arc::new(Nobody))));
        let mut guests = self.admit(&meter, &door, self.place.computing.min(limits::CHECKING));
        let work = async {
            let instance = self.pre.instantiate_async(&mut guests).await?;
            let check = instance.get_typed_func::<(&str,), (Result<(), String>,)>(&mut guests, "check")?;
            wasmtime::Result::Ok(check.call_async(&mut guests, (source,)).await?.0)
        };
        meter.computing(&room.turns, work).await.map_err(|error| Stop::of(&error))
    }

    fn admit(&self, meter: &Arc<Meter>, door: &Arc<Door>, most: Duration) -> Store<Guest> {
        let guest = Guest { held: Held::default(), door: Arc::clone(door), meter: Arc::clone(meter) };
        let mut guests = Store::new(self.pre.engine(), guest);
        guests.limiter(|guest| &mut guest.held);
        guests.set_hostcall_fuel(limits::REPORT + MARGIN);
        guests.set_epoch_deadline(1);
        let (meter, long) = (Arc::clone(meter), self.place.long.clone());
        guests.epoch_deadline_callback(move |_| {
            let spent = meter.spent();
            if spent > most {
                return Err(Stop::Computing(most).into());
            }
            if spent < limits::SHORT {
                return Ok(UpdateDeadline::Continue(1));
            }
            long.seen();
            // Whoever waits for this processor comes first: a neighbour's run is short, and this one has no end in sight.
            std::thread::yield_now();
            Ok(UpdateDeadline::Yield(1))
        });
        guests
    }
}

/// Behind the door when nothing is to be asked.
struct Nobody;

#[async_trait]
impl Host for Nobody {
    async fn call(&self, _: Call) -> Result<Answer, CallError> {
        Err(CallError::Denied { what: "anything".into() })
    }
}

/// Whether `run` takes so many texts and gives one, or another as its error.
fn fits(component: &Component, parameters: usize) -> bool {
    use wasmtime::component::Type;
    use wasmtime::component::types::ComponentItem;

    let text = |ty: Type| matches!(ty, Type::String);
    let engine = component.engine();
    let ty = component.component_type();
    let Some(run) = ty.get_export(engine, "run") else { return false };
    let ComponentItem::ComponentFunc(run) = run.ty else { return false };
    let gives = |ty: Type| match ty {
        Type::Result(result) => result.ok().is_some_and(text) && result.err().is_some_and(text),
        _ => false,
    };
    run.params().len() == parameters
        && run.params().all(|(_, ty)| text(ty))
        && run.results().len() == 1
        && run.results().all(gives)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    for version in SERVED {
        serve(&mut linker, version)?;
    }
    Ok(linker)
}

fn serve(linker: &mut Linker<Guest>, version: &str) -> wasmtime::Result<()> {
    let mut host = linker.instance(&format!("{INTERFACE}@{version}"))?;
    host.func_wrap_async("call", |guests: StoreContextMut<'_, Guest>, (text,): (WasmStr,)| {
        Box::new(async move {
            let text = taken(&guests, &text)?;
            let (door, meter) = guests.data().parts();
            answered(meter.waiting(door.call(&text)).await)
        })
    })?;
    host.func_wrap_async("call-all", |mut guests: StoreContextMut<'_, Guest>, (texts,): (WasmList<WasmStr>,)| {
        Box::new(async move {
            let texts = all_taken(&mut guests, &texts)?;
            let (door, meter) = guests.data().parts();
            answered(meter.waiting(door.call_all(&texts)).await)
        })
    })
}

impl Guest {
    fn parts(&self) -> (Arc<Door>, Arc<Meter>) {
        (Arc::clone(&self.door), Arc::clone(&self.meter))
    }
}

fn answered<T>(answer: Result<T, Stop>) -> wasmtime::Result<(T,)> {
    Ok((answer?,))
}

/// A call's text, taken out of the run's memory.
fn taken(guests: &StoreContextMut<'_, Guest>, text: &WasmStr) -> wasmtime::Result<String> {
    let text = text.to_str(guests)?;
    if text.len() > limits::CALL { Err(Stop::CallTooLong.into()) } else { Ok(text.into_owned()) }
}

/// The texts of several calls. A list may name one long text a thousand times: it is bounded before it is copied, and in all.
fn all_taken(guests: &mut StoreContextMut<'_, Guest>, texts: &WasmList<WasmStr>) -> wasmtime::Result<Vec<String>> {
    if texts.len() > limits::TOGETHER {
        return Err(Stop::Together.into());
    }
    let (mut all, mut bytes) = (Vec::with_capacity(texts.len()), 0);
    for at in 0..texts.len() {
        let Some(text) = texts.get(&mut *guests, at) else { break };
        let text = taken(guests, &text?)?;
        bytes += text.len();
        if bytes > limits::REPORT {
            return Err(Stop::TooMuch.into());
        }
        all.push(text);
    }
    Ok(all)
}
