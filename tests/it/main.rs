//! The one integration binary: stories told from outside.

mod channel_delivery;
mod channel_file;
mod channel_letter;
mod channel_webhook;
mod cli;
mod crash;
mod db;
mod growth_cli;
mod llm_fake;
mod llm_ground;
mod llm_provider;
mod schedule_config;
mod schedule_mortal;
mod schedule_slots;
mod schedule_ticker;
mod support;
mod tidy;
