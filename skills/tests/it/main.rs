//! The staff at work, seen from outside: a shop of fixed rows, a click, a report as a merchant reads it.

mod activity_picker;
mod daily_report;
mod every_skill;
mod growing;
mod growth_ahead;
mod growth_plan;
mod growth_report;
mod growth_watch;
mod main_image_check;
mod plain;
mod prompt;
mod refund_advisor;
mod rows;
mod shop;
mod stock_alert;
mod title_optimizer;
