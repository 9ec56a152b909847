//! What can be typed behind `xiaoer growth`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use rust_decimal::Decimal;
use xiaoer::score::Part;
use xiaoer_sdk::growth::Industry;

use crate::cli::args::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum GrowthCommand {
    /// Points, level and what drops out.
    Score(ScoreWish),
    /// The points down to single orders, refunds and inquiries.
    Explain(ExplainWish),
    /// The coming days: what certainly stays, what business as usual brings, and the odds of levels.
    Forecast(ForecastWish),
    /// The cheapest way to a level.
    Plan(Box<PlanWish>),
    /// How good the forecast would have been on past days.
    Backtest(BacktestWish),
}

/// What to score: a shop of this installation, or files.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("told_by").required(true).args(["shop", "orders"]))]
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

#[derive(Debug, clap::Args)]
pub(crate) struct ForecastWish {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// How many days ahead.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) days: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PlanWish {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// What is known of the business: JSON as the API's growth-business takes it.
    #[arg(long, value_name = "FILE", requires = "orders")]
    pub(crate) business: Option<PathBuf>,
    /// The level to reach; default: the present one when it is at risk, the next one otherwise.
    #[arg(long)]
    pub(crate) level: Option<String>,
    /// Last day by which it should be reached; default: in 30 days.
    #[arg(long, value_name = "DATE")]
    pub(crate) by: Option<NaiveDate>,
    /// Wanted odds in per cent; default: what the shop's settings say, else 80.
    #[arg(long, value_name = "PERCENT")]
    pub(crate) odds: Option<u8>,
    /// Most money for levers, in yuan.
    #[arg(long, value_name = "YUAN")]
    pub(crate) budget: Option<Decimal>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BacktestWish {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// First day that is forecast from; default: the last 60 that can be.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// Last day that is compared with; default: the last day of the data.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
    /// Days ahead.
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_value = "7,14")]
    pub(crate) horizons: Vec<u32>,
    #[command(flatten)]
    pub(crate) output: Output,
}
