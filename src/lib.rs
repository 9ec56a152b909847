//! The shell of xiaoer: everything that touches the world.
//!
//! The way of one click, room by room: [`web`] or [`schedule`] or [`trigger`] accepts it, [`run`] carries it out and answers the skill's calls from
//! [`shop`], [`llm`] and [`score`], [`action`] takes what the report proposes to a person and then to the shop, [`channel`] delivers.
//! [`app`] builds all of it once. ARCHITECTURE.md walks through it.

pub mod action;
pub mod app;
pub mod assistant;
pub mod channel;
pub mod chat;
pub mod clock;
pub mod config;
pub mod db;
pub mod http;
pub mod intake;
mod lexicon;
pub mod llm;
pub mod mcp;
pub mod plugin;
pub mod presence;
pub mod redact;
pub mod run;
pub mod schedule;
pub mod score;
pub mod secret;
pub mod shop;
pub mod staff;
pub mod telemetry;
pub mod trigger;
pub mod upkeep;
pub mod web;
