//! What a skill is made of.
//!
//! A skill is one type that answers two questions: what it is ([`Manifest`]) and what it has to say ([`Skill::run`]). It reads the
//! shop, asks the model and reports progress through its [`Context`] and nothing else, and hands back a [`Report`]: blocks to read,
//! the [`Fact`]s behind every figure, and [`Proposal`]s for a person to decide.
//!
//! Nothing here touches the world: no IO, no runtime, no clock. The host on the other side of the context does that, so the same
//! skill runs natively, in a test over fixed rows, or in a sandbox.

mod answer;
mod ask;
mod call;
mod change;
mod compare;
mod context;
mod event;
mod fact;
mod growing;
mod kind;
mod manifest;
mod proposal;
mod quote;
mod render;
mod report;
mod sales;
mod say;
pub mod shop;
mod skill;
mod steps;
mod worth;

pub use ask::{Ask, Asked, Form, Generator, Narrative};
pub use async_trait::async_trait;
pub use call::{Answer, Call, CallError, EarlierPlan, Fetch, Fetched, Host, PictureFindings, Planned};
pub use change::{ActionKind, Change, Flag, Listing, PictureFile, ReturnAddress, Target};
pub use compare::{Comparison, change_of};
pub use context::{Context, Pin};
pub use event::{Event, EventKind};
pub use fact::{Fact, FactId, Facts, Period, Source, Unit, Value};
pub use growing::{OddsFacts, first_below, floor, judging, levels, odds_facts, outlook};
pub use manifest::{Beyond, Field, FieldKind, Input, InputError, Manifest, Read};
pub use proposal::{Expected, PastTask, Proposal, TaskOutcome};
pub use quote::{quoted, quoted_to, said};
pub use render::{fill, placeholders};
pub use report::{Align, Band, Block, Cell, Column, DayAhead, Fan, Report, Series, Table, Task, Tone};
pub use sales::{Sales, Shelf, Sold, sum};
pub use skill::{Skill, SkillError};
pub use steps::step_task;
pub use worth::{Unpaid, points_for, units_to_fill};
pub use xiaoer_growth as growth;
