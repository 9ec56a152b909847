//! The one integration binary: stories told from outside.

mod actions;
mod channel_delivery;
mod channel_file;
mod channel_letter;
mod channel_webhook;
mod cli;
mod crash;
mod daily;
mod db;
mod growth_cli;
mod growth_explain;
mod kill;
mod llm_fake;
mod llm_ground;
mod llm_provider;
mod runs;
mod schedule_config;
mod schedule_mortal;
mod schedule_slots;
mod schedule_ticker;
mod shop_import;
mod shop_sync;
mod shop_wire;
mod shop_world;
mod support;
mod tidy;
