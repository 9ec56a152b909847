//! What can be typed behind `xiaoer growth`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use xiaoer::score::Part;
use xiaoer_sdk::growth::Industry;

use crate::cli::args::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum GrowthCommand {
    /// Points, level and what drops out.
    Score(ScoreWish),
    /// The points down to single orders, refunds and inquiries.
    Explain(ExplainWish),
}

/// What to score: a shop of this installation, or files.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["shop", "orders"]))]
pub(crate) struct SubjectArgs {
    /// A shop of this installation.
    #[arg(long)]
    pub(crate) shop: Option<String>,
    /// A file: an order export (.xlsx, .csv) or a ledger CSV.
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    /// The refunds of these orders: a refund table, or a ledger CSV with refund rows.
    #[arg(long, value_name = "FILE", requires = "orders")]
    pub(crate) refunds: Option<PathBuf>,
    /// The marks that were held: CSV with kind,from,to (to may be empty), or TOML with [[marks]].
    #[arg(long, value_name = "FILE", requires = "orders")]
    pub(crate) marks: Option<PathBuf>,
    /// What is known besides: JSON as the API's growth-inputs gives it.
    #[arg(long, value_name = "FILE", requires = "orders")]
    pub(crate) inputs: Option<PathBuf>,
    /// Which formula; a shop knows its own.
    #[arg(long, required_unless_present = "shop")]
    pub(crate) industry: Option<Industry>,
    /// Last day of the window; default for a shop: the last complete day.
    #[arg(long, value_name = "DATE", required_unless_present = "shop")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Rule pack; default: the one in force on the day, else the newest.
    #[arg(long)]
    pub(crate) pack: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ScoreWish {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainWish {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// Only this part: buyers, inquiries, turnover, acceleration, marketing, scene, marks or dropping.
    #[arg(long)]
    pub(crate) part: Option<Part>,
    /// Only this day; without --part: what drops out on it.
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Option<NaiveDate>,
    #[command(flatten)]
    pub(crate) output: Output,
}
